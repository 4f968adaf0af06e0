//! Shape: ratings just below the top are missing under a heap at the top, given the unit's own mean. It reads a unit's counts
//! of ratings.
//!
//! What a unit's mean leads to is the multinomial distribution of all units' ratings π, tilted to that mean: pₖ ∝ πₖ e^{λk}
//! (exponential family in the mean; Efron 1981, Canadian J. Statistics 9:139–172). When a share β of the ratings just below the
//! top is lifted to it, the log-likelihood rises by Tₖ = p(below)/p(top) for each rating at the top and falls by 1 for each one
//! just below: the score of β. Given the mean its expectation is E T and its information for β is I = Var T − Cov(T, k)²/Var k, so
//! that β̂ = (T̄ − E T)/I has the sampling variance 1/(nI). A tilt is not how quality really moves ratings, so the units' own trend
//! of β̂ over λ is taken off where there is one ([`Trend`]; of fewer than [`TREND_NEEDED`] units none is learned). Honest units are also polarised to different degrees, which shows as a spread of
//! what remains around its centre ([`Spread`]). Just below the top are the next three tenths of the scale: 7 to 9 on 0–10.
//! The effect is β̂ less the usual one: the share of ratings just below the top that is missing there.
//!
//! Trap: raw variance would not do. Near the ceiling a small variance is forced by the mean.

use super::{Channel, Family, Figure, Learned, Reading, Usual, about, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};
use crate::report::grouped;

/// The channel.
pub struct Shape;

/// The fewest units from which a trend over λ is learned.
const TREND_NEEDED: usize = 20;

struct Learnt {
    spread: Learned<Spread>,
    usual: Vec<f64>,
    trend: Trend,
}

/// A unit's own ratings against those that its mean leads to.
struct Shown {
    /// β̂ and its variance.
    seen: Seen,
    /// λ.
    tilt: f64,
    /// Ratings just below the top.
    below: u64,
    /// How many its mean leads to.
    expected: f64,
    n: u64,
}

impl Shown {
    /// β̂ off the trend, and its variance.
    fn from(&self, trend: &Trend) -> Seen {
        (self.seen.0 - trend.at(self.tilt), self.seen.1)
    }
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
        let mut shares: Vec<f64> = usual
            .iter()
            .enumerate()
            .map(|(k, share)| share * libm::exp(lambda * (k as f64 - top as f64)))
            .collect();
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
        tilt: lambda,
        below: at_below as u64,
        expected: below * n as f64,
        n,
    })
}

/// How β̂ goes with λ among honest units: a line, level beyond the middle nine tenths of the units.
#[derive(Clone, Copy, Debug, Default)]
struct Trend {
    slope: f64,
    low: f64,
    high: f64,
}

impl Trend {
    fn at(&self, tilt: f64) -> f64 {
        self.slope * tilt.clamp(self.low, self.high)
    }

    /// Weighted least squares with Tukey's biweight, so that units far off do not bend it. A slope within its error is none: it is
    /// shrunk by the share of its square that two standard errors squared are.
    fn among(units: &[(f64, Seen)], odds: &[f64]) -> Trend {
        if units.len() < TREND_NEEDED {
            return Trend::default();
        }
        let mut tilts: Vec<f64> = units.iter().map(|(tilt, _)| *tilt).collect();
        tilts.sort_unstable_by(f64::total_cmp);
        let margin = units.len() / 20;
        let mut found = Trend { slope: 0.0, low: tilts[margin], high: tilts[units.len() - 1 - margin] };
        let mut robust = vec![1.0; units.len()];
        let (mut slope, mut error) = (0.0, f64::INFINITY);
        for _ in 0..6 {
            let (mut w, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (((tilt, (value, s2)), odds), robust) in units.iter().zip(odds).zip(&robust) {
                let (tilt, weight) = (tilt.clamp(found.low, found.high), robust / (s2 * odds.max(1.0)));
                w += weight;
                x += weight * tilt;
                y += weight * value;
                xx += weight * tilt * tilt;
                xy += weight * tilt * value;
            }
            let spread = xx - x * x / w;
            if spread.is_nan() || spread <= 1e-9 * xx {
                return Trend::default();
            }
            slope = (xy - x * y / w) / spread;
            let level = (y - slope * x) / w;
            // Deviations in units of their median, which is .6745 of a normal sd; beyond 4.685 sd a unit has no say.
            let away = |(tilt, (value, s2)): &(f64, Seen)| {
                (value - level - slope * tilt.clamp(found.low, found.high)).abs() / libm::sqrt(*s2)
            };
            let z: Vec<f64> = units.iter().map(away).collect();
            let mut sorted = z.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let sd = (sorted[sorted.len() / 2] / 0.6745).max(1e-9);
            error = sd / libm::sqrt(spread);
            robust = z.into_iter().map(|z| (1.0 - (z / (4.685 * sd)).min(1.0).powi(2)).powi(2)).collect();
        }
        let squared = slope * slope / (error * error);
        found.slope = if squared > 4.0 { slope * (1.0 - 4.0 / squared) } else { 0.0 };
        found
    }
}

impl Channel for Shape {
    fn name(&self) -> &'static str {
        "shape"
    }
    fn title(&self) -> &'static str {
        "Ratings just below the top that are missing"
    }
    fn test(&self) -> &'static str {
        "Score test for ratings lifted to the top, given the unit's mean, against the honest spread of the units"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "Some customers know only very good and bad, and some units have more of them."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
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
        let shown: Vec<Result<Shown, Absent>> = units.iter().map(|unit| shown(unit, &usual)).collect();
        let (known, known_odds): (Vec<(f64, Seen)>, Vec<f64>) = shown
            .iter()
            .zip(odds)
            .filter_map(|(shown, odds)| Some((shown.as_ref().ok()?, odds)))
            .map(|(shown, odds)| ((shown.tilt, shown.seen), *odds))
            .unzip();
        let trend = Trend::among(&known, &known_odds);
        let seen = shown.into_iter().map(|shown| shown.map(|shown| shown.from(&trend))).collect();
        Ok(Box::new(Learnt { spread: Learned::from(seen, odds, Spread::among)?, usual, trend }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let shown = shown(unit, &self.usual)?;
        let p = self.spread.usual.tail(shown.from(&self.trend), self.spread.place(own));
        let sentence = format!(
            "{} of {} ratings lie just below the top; at the unit's own mean about {} would.",
            grouped(shown.below),
            grouped(shown.n),
            about(shown.expected)
        );
        Ok(Reading {
            p,
            effect: shown.from(&self.trend).0 - self.spread.usual.usual().0,
            figure: Figure::share(shown.below, shown.n, shown.expected / shown.n as f64),
            n: shown.n,
            sentence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// The ratings of SCIENCE.md's world.
    const USUAL: [f64; 11] = [0.03, 0.01, 0.01, 0.02, 0.02, 0.04, 0.04, 0.11, 0.21, 0.20, 0.31];

    /// Those ratings at another quality, a share of the three points below the top lifted to it.
    fn shares(lambda: f64, lifted: f64) -> Vec<f64> {
        let mut shares: Vec<f64> =
            USUAL.iter().enumerate().map(|(k, share)| share * (lambda * k as f64).exp()).collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        let below: f64 = shares[7..10].iter().sum();
        shares[7..10].iter_mut().for_each(|share| *share *= 1.0 - lifted);
        shares[10] += lifted * below;
        shares
    }

    fn unit(n: u64, shares: &[f64], random: &mut impl Rng) -> Gathered {
        let mut ratings = vec![0; 11];
        for _ in 0..n {
            let mut left = draw::share(random);
            let at = shares.iter().position(|share| {
                left -= share;
                left < 0.0
            });
            ratings[at.unwrap_or(10)] += 1;
        }
        Gathered { ratings, ..Gathered::default() }
    }

    #[test]
    fn a_tilt_is_no_shape_and_a_small_share_that_is_lifted_is_found_as_it_is() {
        for lambda in [-0.3, 0.0, 0.3] {
            let exact = |lifted| {
                let ratings =
                    shares(lambda, lifted).iter().map(|share| (1e9 * share).round() as u64).collect();
                shown(&Gathered { ratings, ..Gathered::default() }, &USUAL).unwrap()
            };
            let honest = exact(0.0);
            assert!(honest.seen.0.abs() < 1e-6 && (honest.tilt - lambda).abs() < 1e-6, "{:?}", honest.seen);
            assert!((honest.below as f64 / honest.expected - 1.0).abs() < 1e-6);
            let lifted = exact(0.01);
            assert!((lifted.seen.0 / 0.01 - 1.0).abs() < 0.05, "{lambda}: {:?}", lifted.seen);
            assert!((lifted.below as f64) < lifted.expected);
        }
    }

    #[test]
    fn the_estimate_varies_by_as_much_as_it_says() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(95);
        for lambda in [-0.2, 0.2] {
            let (mut sum, mut squares, mut said) = (0.0, 0.0, 0.0);
            for _ in 0..2000 {
                let (value, variance) =
                    shown(&unit(200, &shares(lambda, 0.0), &mut random), &USUAL).unwrap().seen;
                sum += value;
                squares += value * value;
                said += variance / 2000.0;
            }
            let (mean, found) = (sum / 2000.0, squares / 2000.0 - (sum / 2000.0).powi(2));
            // Three standard errors of a mean and of a variance of 2,000 are 7% and 10%.
            assert!(
                mean.abs() < 0.1 * found.sqrt() && (found / said - 1.0).abs() < 0.15,
                "{mean} {found} {said}"
            );
        }
    }

    #[test]
    fn a_trend_is_the_line_of_most_units_and_level_beyond_them() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(96);
        let mut units = |slope: f64, noise: f64, far: usize| -> Vec<(f64, Seen)> {
            let one = |at: usize| {
                let tilt = at as f64 / 50.0 - 0.6;
                let away = if at < far { 4.0 } else { 0.0 };
                (tilt, (0.1 + slope * tilt + noise * draw::normal(&mut random) + away, 0.01))
            };
            (0..60).map(one).collect()
        };
        let exact = Trend::among(&units(0.5, 1e-6, 0), &[1.0; 60]);
        assert!((exact.slope - 0.5).abs() < 0.001, "{exact:?}");
        assert!((exact.low + 0.54).abs() < 1e-9 && (exact.high - 0.52).abs() < 1e-9, "{exact:?}");
        // Beyond the middle nine tenths it is level.
        assert!((exact.at(9.0) - 0.26).abs() < 0.001 && (exact.at(-9.0) + 0.27).abs() < 0.001, "{exact:?}");
        // Six units far off, all at one end, do not bend it.
        let bent = Trend::among(&units(0.5, 0.1, 6), &[1.0; 60]);
        assert!((bent.slope - 0.5).abs() < 0.15, "{bent:?}");
        // No trend: the slopes of noise are taken for none most of the time, and are small else.
        let slopes: Vec<f64> = (0..40).map(|_| Trend::among(&units(0.0, 0.1, 0), &[1.0; 60]).slope).collect();
        assert!(slopes.iter().filter(|slope| **slope == 0.0).count() > 30, "{slopes:?}");
        assert!(slopes.iter().all(|slope| slope.abs() < 0.1), "{slopes:?}");
        assert_eq!(Trend::among(&units(0.5, 0.0, 0)[..19], &[1.0; 19]).slope, 0.0);
    }

    #[test]
    fn honest_units_of_any_quality_keep_the_level_and_those_that_lift_stand_out() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(97);
        let (mut five, mut all, mut found) = (0, 0, 0);
        for _ in 0..20 {
            let mut units: Vec<Gathered> = (0..54)
                .map(|_| {
                    let quality = 0.15 * draw::normal(&mut random);
                    unit(150, &shares(quality, 0.0), &mut random)
                })
                .collect();
            units.extend((0..6).map(|_| unit(150, &shares(0.0, 0.5), &mut random)));
            let refs: Vec<&Gathered> = units.iter().collect();
            let usual = Shape.usual(&refs, &[1.0; 60], &TERMS).unwrap();
            for (at, unit) in refs.iter().enumerate() {
                let reading = usual.read(unit, Some(at)).unwrap();
                if at < 54 {
                    all += 1;
                    five += u32::from(reading.p <= 0.05);
                } else {
                    found += u32::from(reading.p <= 0.01 && reading.effect > 0.15);
                    assert!(reading.figure.found.value < reading.figure.expected && reading.n == 150);
                }
            }
        }
        // 1,080 honest units: four standard errors of 5% are 2.7%.
        assert!(f64::from(five) < 0.077 * f64::from(all), "{five} of {all}");
        assert!(found > 90, "{found} of 120");
    }

    #[test]
    fn just_below_the_top_are_three_tenths_of_the_scale_and_two_points_have_no_shape() {
        assert_eq!([3, 5, 7, 10, 11].map(just_below), [1, 1, 1, 2, 3]);
        let unit = Gathered { ratings: vec![20, 20], ..Gathered::default() };
        let terms = Terms { scale: Scale { low: 0, high: 1, nps: false }, ..TERMS };
        assert_eq!(Shape.usual(&[&unit; 12], &[1.0; 12], &terms).map(|_| ()), Err(Absent::Scale));
        let constant = Gathered { ratings: vec![0, 0, 0, 40], ..Gathered::default() };
        assert!(shown(&constant, &[0.0, 0.0, 0.0, 1.0]).is_err());
    }

    fn counts(ratings: &[u64]) -> Gathered {
        Gathered { ratings: ratings.into(), ..Gathered::default() }
    }

    #[test]
    fn three_points_are_tilted_and_scored_by_hand() {
        let usual = [0.25, 0.5, 0.25];
        // A mean of 1 needs no tilt. T is ½/¼ = 2 at the top and −1 below it: E T² = ½ + 1, Cov(T, k) = ½, Var k = ½, so that I = 1; T̄ = (2 · 10 −
        // 10)/30.
        let level = shown(&counts(&[10, 10, 10]), &usual).unwrap();
        assert!(level.tilt.abs() < 1e-9 && (level.seen.0 - 1.0 / 3.0).abs() < 1e-9, "{:?}", level.seen);
        assert!((level.seen.1 - 1.0 / 30.0).abs() < 1e-9 && (level.expected - 15.0).abs() < 1e-9);
        assert_eq!((level.below, level.n), (10, 30));
        // A mean of 4⁄3 is a tilt of log 2, to 1⁄9, 4⁄9 and 4⁄9: E T² = 8⁄9, Cov(T, k) = Var k = 4⁄9, I = 4⁄9; T̄ = (15 − 6)/27.
        let high = shown(&counts(&[6, 6, 15]), &usual).unwrap();
        let two = std::f64::consts::LN_2;
        assert!((high.tilt - two).abs() < 1e-9 && (high.seen.0 - 0.75).abs() < 1e-9, "{:?}", high.seen);
        assert!((high.seen.1 - 1.0 / 12.0).abs() < 1e-9 && (high.expected - 12.0).abs() < 1e-9);
        assert_eq!((high.below, high.n), (6, 27));
        // Off a trend of ½ by λ; beyond its ends the trend is level.
        let trend = |low, high| Trend { slope: 0.5, low, high };
        assert!((high.from(&trend(-1.0, 1.0)).0 - 0.75 + 0.5 * two).abs() < 1e-9);
        assert!((high.from(&trend(-1.0, 0.5)).0 - 0.5).abs() < 1e-9);
        assert!((high.from(&trend(0.9, 1.0)).0 - 0.3).abs() < 1e-9);
        assert_eq!(high.from(&trend(-1.0, 0.5)).1, high.seen.1);
    }

    #[test]
    fn a_unit_whose_ratings_all_lie_at_the_top_tells_nothing() {
        let usual = [0.25, 0.5, 0.25];
        assert_eq!(shown(&counts(&[0, 0, 40]), &usual).map(|_| ()), Err(Absent::Constant));
        assert_eq!(
            shown(&counts(&[6, 6, 7]), &usual).map(|_| ()),
            Err(Absent::Responses { needed: 20, found: 19 })
        );
    }

    /// Units at tilts 0 and 1: those of each pair lie beside a line of slope `slope` by their own standard error, the second above
    /// it where the first lies below, so that the weighted sums of both vanish.
    fn beside(slope: f64, one: (usize, f64, f64), other: (usize, f64, f64)) -> (Vec<(f64, Seen)>, Vec<f64>) {
        let mut units = Vec::new();
        for (tilt, side) in [(0.0, 1.0), (1.0, -1.0)] {
            for ((n, s2, odds), side) in [(one, side), (other, -side)] {
                units.extend(vec![((tilt, (0.3 + slope * tilt + side * libm::sqrt(s2), s2)), odds); n]);
            }
        }
        units.into_iter().unzip()
    }

    #[test]
    fn a_trend_is_weighted_and_shrunk_as_it_is_by_hand() {
        // Every |z| is 1, so that sd = 1/.6745 and each unit's biweight is r = (1 − (.6745/4.685)²)² = .958976. Σw(t − ½)² = W/4, where W is the sum
        // of all weights; error² = sd² · 4/W; the slope is shrunk by 4 error²/slope².
        let r = (1.0 - (0.6745f64 / 4.685).powi(2)).powi(2);
        let shrunk = |slope: f64, weights: f64| {
            slope * (1.0 - 16.0 / (0.6745f64.powi(2) * r * weights * slope * slope))
        };
        // 40 units of variance .01; 14 of .01 and 28 of .04; 10 of .01, and 40 whose odds make it .04. Odds below 1 are 1.
        for (one, other, weights) in [
            ((10, 0.01, 1.0), (10, 0.01, 1.0), 4000.0),
            ((7, 0.01, 1.0), (14, 0.04, 0.2), 2.0 * (700.0 + 350.0)),
            ((5, 0.01, 0.5), (20, 0.01, 4.0), 2.0 * (500.0 + 500.0)),
        ] {
            let (units, odds) = beside(0.3, one, other);
            let found = Trend::among(&units, &odds);
            assert!((found.slope - shrunk(0.3, weights)).abs() < 1e-9, "{found:?} {weights}");
            assert_eq!((found.low, found.high), (0.0, 1.0));
            let (units, odds) = beside(-0.3, one, other);
            assert!((Trend::among(&units, &odds).slope + shrunk(0.3, weights)).abs() < 1e-9);
        }
        // Two standard errors of the first are .09575: a slope below is none.
        let slope = |slope: f64| {
            let (units, odds) = beside(slope, (10, 0.01, 1.0), (10, 0.01, 1.0));
            Trend::among(&units, &odds).slope
        };
        assert!(slope(0.095) == 0.0 && slope(0.0965) > 0.0 && slope(-0.0965) < 0.0);
    }

    #[test]
    fn a_trend_needs_twenty_units_that_differ_and_moves_with_them() {
        let (units, odds) = beside(0.3, (5, 0.01, 1.0), (5, 0.01, 1.0));
        assert!(
            Trend::among(&units, &odds).slope > 0.0 && Trend::among(&units[..19], &odds[..19]).slope == 0.0
        );
        let same: Vec<(f64, Seen)> = units.iter().map(|(_, seen)| (0.3, *seen)).collect();
        let none = Trend::among(&same, &odds);
        assert_eq!((none.slope, none.low, none.high), (0.0, 0.0, 0.0));
        // Other origins and units of λ and of β̂; any order.
        let wavy: Vec<(f64, Seen)> = (0..60)
            .map(|at| {
                (
                    f64::from(at) / 30.0,
                    (
                        0.2 * f64::from(at) / 30.0 + 0.02 * f64::from(at * 7 % 13),
                        0.01 + 0.001 * f64::from(at % 5),
                    ),
                )
            })
            .collect();
        let odds: Vec<f64> = (0..60).map(|at| 1.0 + f64::from(at % 3)).collect();
        let found = Trend::among(&wavy, &odds);
        assert!(found.slope > 0.05, "{found:?}");
        let moved = |tilt: &dyn Fn(f64) -> f64, value: &dyn Fn(f64) -> f64, s2: f64| {
            let units: Vec<_> = wavy.iter().map(|&(t, (v, s))| (tilt(t), (value(v), s * s2))).collect();
            Trend::among(&units, &odds)
        };
        for (trend, slope, low) in [
            (moved(&|t| t + 3.0, &|v| v, 1.0), found.slope, found.low + 3.0),
            (moved(&|t| t, &|v| v - 5.0, 1.0), found.slope, found.low),
            (moved(&|t| 2.0 * t, &|v| v, 1.0), found.slope / 2.0, 2.0 * found.low),
            (moved(&|t| t, &|v| 3.0 * v, 9.0), 3.0 * found.slope, found.low),
            (moved(&|t| -t, &|v| v, 1.0), -found.slope, -found.high),
        ] {
            assert!(
                (trend.slope - slope).abs() < 1e-6 && (trend.low - low).abs() < 1e-9,
                "{trend:?} {slope} {low}"
            );
        }
    }

    #[test]
    fn what_is_said_of_a_unit_are_its_ratings_beside_those_of_its_mean() {
        let (unit, high) = (counts(&[10, 10, 10]), counts(&[5, 10, 15]));
        let terms = Terms { scale: Scale { low: 1, high: 3, nps: false }, ..TERMS };
        let usual = Shape.usual(&[&unit; 15], &[1.0; 15], &terms).unwrap();
        let reading = usual.read(&unit, Some(3)).unwrap();
        assert_eq!(
            reading.sentence,
            "10 of 30 ratings lie just below the top; at the unit's own mean about 10 would."
        );
        assert!((reading.figure.found.value - 1.0 / 3.0).abs() < 1e-12 && reading.n == 30);
        assert!(
            (reading.figure.expected - 1.0 / 3.0).abs() < 1e-9 && reading.effect.abs() < 1e-9,
            "{reading:?}"
        );
        // One that was not learned from: a uniform distribution tilted to a mean of 4⁄3 has 30% in the middle.
        let other = usual.read(&high, None).unwrap();
        assert!((other.figure.expected - 0.3).abs() < 0.05 && other.n == 30, "{other:?}");
    }
}
