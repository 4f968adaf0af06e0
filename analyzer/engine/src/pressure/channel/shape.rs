//! Shape: ratings just below the top are missing under a heap at the top, given the unit's own mean. It reads a unit's counts
//! of ratings.
//!
//! What a unit's mean leads to is the multinomial distribution of all units' ratings π, tilted to that mean: pₖ ∝ πₖ e^{λk}
//! (exponential family in the mean; Efron 1981, Canadian J. Statistics 9:139–172). When a share β of the ratings just below the
//! top is lifted to it, the log-likelihood rises by Tₖ = p(below)/p(top) for each rating at the top and falls by 1 for each one
//! just below: the score of β. Given the mean its expectation is E T and its information for β is I = Var T − Cov(T, k)²/Var k, so
//! that β̂ = (T̄ − E T)/I has the sampling variance 1/(nI). Honest units are polarised to different degrees, which shows as a
//! spread of β̂ around its centre ([`Spread`]). Just below the top are the next three tenths of the scale: 7 to 9 on 0–10.
//! The effect is β̂ less the usual one: the share of ratings just below the top that is missing there.
//!
//! Trap: raw variance would not do. Near the ceiling a small variance is forced by the mean.

use super::{Channel, Family, Learned, Reading, Usual, about, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};

/// The channel.
pub struct Shape;

struct Learnt {
    spread: Learned<Spread>,
    usual: Vec<f64>,
}

/// A unit's own ratings against those that its mean leads to.
struct Shown {
    /// β̂ and its variance.
    seen: Seen,
    /// Ratings just below the top.
    below: u64,
    /// How many its mean leads to.
    expected: f64,
    n: u64,
}

/// How many points lie just below the top.
fn just_below(points: usize) -> usize {
    ((points - 1) * 3 / 10).max(1)
}

fn shown(unit: &Gathered, usual: &[f64]) -> Result<Shown, Absent> {
    let n = enough(unit.n())?;
    let count = |point: usize| unit.ratings.get(point).copied().unwrap_or(0) as f64;
    let mean = (0..usual.len()).map(|point| point as f64 * count(point)).sum::<f64>() / n as f64;
    let top = usual.len() - 1;
    let tilted = |lambda: f64| {
        // Counted down from the top, so that no tilt overflows.
        let mut shares: Vec<f64> =
            usual.iter().enumerate().map(|(k, share)| share * libm::exp(lambda * (k as f64 - top as f64))).collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        shares
    };
    let moments = |shares: &[f64]| {
        let m = shares.iter().enumerate().map(|(k, share)| k as f64 * share).sum::<f64>();
        (m, shares.iter().enumerate().map(|(k, share)| (k as f64 - m).powi(2) * share).sum::<f64>())
    };
    let mut lambda = 0.0;
    for _ in 0..40 {
        let (m, variance) = moments(&tilted(lambda));
        let step = ((mean - m) / variance.max(1e-9)).clamp(-0.5, 0.5);
        lambda += step;
        if step.abs() < 1e-10 {
            break;
        }
    }
    let shares = tilted(lambda);
    let from = top - just_below(usual.len());
    let below: f64 = shares[from..top].iter().sum();
    let score = |k: usize| match k {
        k if k == top => below / shares[top],
        k if k >= from => -1.0,
        _ => 0.0,
    };
    let (m, variance) = moments(&shares);
    let (mut square, mut with_mean, mut found) = (0.0, 0.0, 0.0);
    for (k, share) in shares.iter().enumerate() {
        // E T = 0 by construction: what is taken from below is given to the top.
        square += share * score(k) * score(k);
        with_mean += share * score(k) * (k as f64 - m);
        found += count(k) * score(k);
    }
    let information = square - with_mean * with_mean / variance;
    if information.is_nan() || information < 1e-6 {
        return Err(Absent::Constant);
    }
    let at_below = (from..top).map(count).sum::<f64>();
    Ok(Shown {
        seen: (found / n as f64 / information, 1.0 / (n as f64 * information)),
        below: at_below as u64,
        expected: below * n as f64,
        n,
    })
}

impl Channel for Shape {
    fn name(&self) -> &'static str {
        "shape"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "Some customers know only very good and bad, and some units have more of them."
    }
    fn usual(&self, units: &[&Gathered], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let points = usize::from(terms.scale.high.saturating_sub(terms.scale.low)) + 1;
        let mut usual = vec![0.5; points];
        for unit in units {
            usual.iter_mut().zip(&unit.ratings).for_each(|(sum, &count)| *sum += count as f64);
        }
        let total: f64 = usual.iter().sum();
        usual.iter_mut().for_each(|share| *share /= total);
        if points < 3 {
            return Err(Absent::Scale);
        }
        let seen = units.iter().map(|unit| shown(unit, &usual).map(|shown| shown.seen)).collect();
        Ok(Box::new(Learnt { spread: Learned::from(seen, Spread::among)?, usual }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let shown = shown(unit, &self.usual)?;
        let p = self.spread.usual.tail(shown.seen, self.spread.place(own));
        let sentence = format!(
            "{} of {} ratings lie just below the top; at the unit's own mean about {} would.",
            shown.below,
            shown.n,
            about(shown.expected)
        );
        Ok(Reading { p, effect: shown.seen.0 - self.spread.usual.usual().0, n: shown.n, sentence })
    }
}
