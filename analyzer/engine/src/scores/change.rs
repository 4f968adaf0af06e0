//! Did it change? The difference of two periods or groups with its test, and how much of it the units' own scores did (*rate*), how
//! much the mix of units, and how much units that opened or closed. States count; random numbers are handed in.
//!
//! **Two samples.** Each side's adjusted value and variance are subtracted and added: for NPS and means the adjusted Wald of
//! [`super::nps`] and [`super::mean`] (n + 3), for a share one success and one failure more (Agresti and Caffo 2000, The American
//! Statistician 54:280–288). Each variance is multiplied by its design effect. Interval and p come from the same numbers, so that p
//! < .05 exactly when the interval leaves 0 out. Where the design effects were learned from k₁ and k₂ units ([`super::cluster::pooled`]),
//! [`Difference::student`] takes Student's t with k₁ + k₂ − 2 degrees of freedom (Donner and Klar 2000, "Design and Analysis of Cluster
//! Randomization Trials in Health Research", §7.2): of two sides of two units each without a true difference, 18% were otherwise said
//! to differ.
//!
//! **Paired by unit.** With the same units on both sides their levels cancel, and deff on both sides would widen for nothing. The
//! difference of the two means is linearized by unit (Woodruff 1971, JASA 66:411–414): zᵢ = (S₁ᵢ − m₁n₁ᵢ)/N₁ − (S₀ᵢ − m₀n₀ᵢ)/N₀,
//! var = k/(k−1)·Σzᵢ², Student's t with k − 1.
//!
//! **Rate and mix.** With w a unit's share of responses and m its mean (Kitagawa 1955, "Components of a difference between two rates",
//! JASA 50:1168–1194): Σ(m₁−m₀)(w₀+w₁)/2 is rate and Σ(w₁−w₀)(m₀+m₁)/2 mix. Here every m is measured from the middle R of the two
//! firm means, which changes nothing when all units are in both periods; when some are not, it makes their terms, Σw₁(m₁−R) for those
//! that opened and −Σw₀(m₀−R) for those that closed, and the mix itself, independent of where the scale begins. The four add up.
//! Intervals: bootstrap by unit (Efron 1979; Field and Welsh 2007, JRSS B 69:369–390).
//!
//! Traps: a firm's mean can fall while every unit's rises. Under about 20 units the bootstrap is too narrow; under 5 it is refused.
//! Tested against data/ucb_admissions.csv, men against women by department: .141645428 = −.036028483 + .177673911.

use super::mean::Mean;
use super::nps::Nps;
use super::resample::{below, percentile_interval};
use super::state::{BadBytes, By, Bytes, Key, State};
use super::top_box::TopBox;
use super::unavailable::Unavailable;
use super::weights::Domain;
use super::{Estimate, Z, beta};
use crate::plan::Scale;
use rand_core::Rng;

/// Fewest units that a bootstrap by unit may draw from.
pub const FEWEST_UNITS: u64 = 5;

/// A difference, after less before, with its 95% interval and test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference of the two scores as observed.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The standard error.
    pub standard_error: f64,
    /// The probability of such a difference or a larger one, in either direction, if nothing had changed.
    pub p: f64,
    /// The difference that the interval is centered on.
    center: f64,
}

impl Difference {
    /// A difference with its standard error; interval and p are of the normal distribution.
    pub(super) fn with(value: f64, standard_error: f64) -> Difference {
        let half = Z * standard_error;
        Difference {
            value,
            low: value - half,
            high: value + half,
            standard_error,
            p: beta::normal_tails(value / standard_error),
            center: value,
        }
    }

    /// The same difference with interval and p of Student's t; `range` is the longest difference that the scale allows. It is left as
    /// it is where it cannot be had: `df` is not above 0.
    pub fn student(self, df: f64, range: f64) -> Difference {
        self.widened(1.0, Some(df), range)
    }

    /// The same difference with a standard error `times` as long, by Student's t where there are degrees of freedom, else by the normal
    /// distribution; `range` is the longest difference that the scale allows. It is left as it is where it cannot be had.
    pub fn widened(self, times: f64, df: Option<f64>, range: f64) -> Difference {
        let standard_error = self.standard_error * times;
        let half = df.map_or(Z, |df| beta::t_quantile(0.05, df)) * standard_error;
        if !half.is_finite() {
            return self;
        }
        let away = self.center / standard_error;
        Difference {
            low: (self.center - half).min(self.value).max(-range),
            high: (self.center + half).max(self.value).min(range),
            standard_error,
            p: df.map_or_else(|| beta::normal_tails(away), |df| beta::t_tails(away, df)),
            ..self
        }
    }
}

/// One side of a comparison: its value, the value that its interval is centered on, and the variance of that.
struct Side {
    value: f64,
    center: f64,
    variance: f64,
}

impl Side {
    fn new(deff: f64, value: f64, center: f64, square: f64, n: f64) -> Result<Side, Unavailable> {
        if !deff.is_finite() {
            return Err(Unavailable::NotFinite);
        }
        Ok(Side { value, center, variance: (square - center * center).max(0.0) / n * deff.max(1.0) })
    }
}

/// One side of a comparison of weighted scores: the sum and the squares of its points, as `n` responses of equal weight would have
/// them; `n` need not be whole. What is added is what the unweighted sides have.
fn weighted_side(value: f64, sum: f64, squares: f64, n: f64, (range, share): (f64, bool)) -> Side {
    let (added, middle, square) =
        if share { (2.0, 1.0, 1.0) } else { (3.0, 1.5 * range, 1.125 * range * range) };
    let n = n + added;
    let center = (sum + middle) / n;
    Side { value, center, variance: ((squares + square) / n - center * center).max(0.0) / n }
}

/// The difference of two weighted scores, the second less the first, each side's variance multiplied by the factor beside it, and
/// `between` added to their sum.
pub(super) fn difference_of(sides: [(&Domain, f64); 2], between: f64, range: f64, share: bool) -> Difference {
    let [before, after] = sides.map(|(of, factor)| {
        let n = of.effective_n;
        let side = weighted_side(of.mean, n * of.mean, n * of.square, n, (range, share));
        Side { variance: side.variance * factor, ..side }
    });
    difference(&Side { variance: before.variance + between, ..before }, &after, range)
}

/// `range` is the longest difference that the scale allows.
fn difference(before: &Side, after: &Side, range: f64) -> Difference {
    let value = after.value - before.value;
    let center = after.center - before.center;
    let standard_error = libm::sqrt(before.variance + after.variance);
    // Very small samples are drawn to the middle so far that the observed value can fall outside; the interval holds it.
    let (low, high) = (center - Z * standard_error, center + Z * standard_error);
    Difference {
        value,
        low: low.min(value).max(-range),
        high: high.max(value).min(range),
        standard_error,
        p: beta::normal_tails(center / standard_error),
        center,
    }
}

/// The difference of two NPS, in [−2, 2]; each side with its design effect, of which one below 1 counts as 1.
pub fn nps(before: (&Nps, f64), after: (&Nps, f64)) -> Result<Difference, Unavailable> {
    let side = |(nps, deff): (&Nps, f64)| {
        let value = nps.value().ok_or(Unavailable::Empty)?;
        let n = nps.n as f64 + 3.0;
        let center = (nps.promoters as f64 - nps.detractors as f64) / n;
        Side::new(deff, value, center, ((nps.promoters + nps.detractors) as f64 + 1.5) / n, n)
    };
    Ok(difference(&side(before)?, &side(after)?, 2.0))
}

/// The difference of two shares, in [−1, 1]; each side with its design effect, of which one below 1 counts as 1.
pub fn top_box(before: (&TopBox, f64), after: (&TopBox, f64)) -> Result<Difference, Unavailable> {
    let side = |(top, deff): (&TopBox, f64)| {
        if top.n == 0 {
            return Err(Unavailable::Empty);
        }
        let n = top.n as f64 + 2.0;
        let center = (top.top as f64 + 1.0) / n;
        Side::new(deff, top.top as f64 / top.n as f64, center, center, n)
    };
    Ok(difference(&side(before)?, &side(after)?, 1.0))
}

/// The difference of two means on one scale, in its points; each side with its design effect, of which one below 1 counts as 1.
pub fn mean(before: (&Mean, f64), after: (&Mean, f64), scale: Scale) -> Result<Difference, Unavailable> {
    let range = f64::from(scale.high) - f64::from(scale.low);
    if range <= 0.0 {
        return Err(Unavailable::Constant);
    }
    let side = |(mean, deff): (&Mean, f64)| {
        if mean.n == 0 {
            return Err(Unavailable::Empty);
        }
        let n = mean.n as f64 + 3.0;
        let center = (mean.sum as f64 + 1.5 * range) / n;
        let square = (mean.squares as f64 + 1.125 * range * range) / n;
        Side::new(deff, mean.sum as f64 / mean.n as f64, center, square, n)
    };
    Ok(difference(&side(before)?, &side(after)?, range))
}

/// One unit in two periods, in points above the scale's low end; NPS and top box turn into points with `Mean::from`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Periods {
    /// The earlier period, or the first group.
    pub before: Mean,
    /// The later period, or the second group.
    pub after: Mean,
}

impl State for Periods {
    const TAG: [u8; 4] = *b"peri";
    fn merge(&mut self, other: &Periods) {
        self.before.merge(&other.before);
        self.after.merge(&other.after);
    }
    fn write(&self, to: &mut Vec<u8>) {
        self.before.write(to);
        self.after.write(to);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Periods, BadBytes> {
        Ok(Periods { before: Mean::read(from)?, after: Mean::read(from)? })
    }
}

/// The firm's means before and after; refused when a period has no response.
fn firm(total: &Periods) -> Result<(f64, f64), Unavailable> {
    if total.before.n == 0 || total.after.n == 0 {
        return Err(Unavailable::Empty);
    }
    Ok((total.before.sum as f64 / total.before.n as f64, total.after.sum as f64 / total.after.n as f64))
}

/// The change of the firm's mean, paired by unit, in points.
pub fn paired<K: Key>(units: &By<K, Periods>) -> Result<Difference, Unavailable> {
    let total = units.total();
    let (before, after) = firm(&total)?;
    let (n0, n1) = (total.before.n as f64, total.after.n as f64);
    let (mut k, mut squares) = (0u64, 0.0);
    for unit in units.states().filter(|unit| unit.before.n + unit.after.n > 0) {
        let late = (unit.after.sum as f64 - after * unit.after.n as f64) / n1;
        let early = (unit.before.sum as f64 - before * unit.before.n as f64) / n0;
        k += 1;
        squares += (late - early) * (late - early);
    }
    if k < 2 {
        return Err(Unavailable::OneUnit);
    }
    let df = (k - 1) as f64;
    let standard_error = libm::sqrt(squares * k as f64 / df);
    // Rounding leaves a trace of 1e-16 where every unit moved alike.
    if standard_error <= 1e-12 * (before.abs() + after.abs()).max(1.0) {
        return Err(Unavailable::Constant);
    }
    let value = after - before;
    let half = beta::t_quantile(0.05, df) * standard_error;
    let p = beta::t_tails(value / standard_error, df);
    Ok(Difference { value, low: value - half, high: value + half, standard_error, p, center: value })
}

/// What the change of the firm's mean is made of, in points; the four parts add up to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Split {
    /// The change of the firm's mean.
    pub total: f64,
    /// What units in both periods changed themselves.
    pub rate: f64,
    /// What the shift of responses among them changed.
    pub mix: f64,
    /// What units did that have responses only after.
    pub opened: f64,
    /// What units did that have responses only before.
    pub closed: f64,
}

impl Split {
    fn add(&mut self, other: &Split) {
        self.total += other.total;
        self.rate += other.rate;
        self.mix += other.mix;
        self.opened += other.opened;
        self.closed += other.closed;
    }
}

/// What one unit, counted `times` times, adds to the split.
fn part(unit: &Periods, times: f64, n: (f64, f64), middle: f64) -> Split {
    let (n0, n1) = (unit.before.n as f64, unit.after.n as f64);
    let (w0, w1) = (times * n0 / n.0, times * n1 / n.1);
    let m0 = if unit.before.n > 0 { unit.before.sum as f64 / n0 - middle } else { 0.0 };
    let m1 = if unit.after.n > 0 { unit.after.sum as f64 / n1 - middle } else { 0.0 };
    let mut split = Split { total: w1 * m1 - w0 * m0, ..Split::default() };
    match (unit.before.n > 0, unit.after.n > 0) {
        (true, true) => {
            split.rate = (m1 - m0) * (w0 + w1) / 2.0;
            split.mix = (w1 - w0) * (m0 + m1) / 2.0;
        }
        (false, true) => split.opened = w1 * m1,
        (true, false) => split.closed = -w0 * m0,
        (false, false) => {}
    }
    split
}

/// The split of the change into rate, mix, opened and closed, and what each unit adds to it, in the order of the units.
pub fn split<K: Key>(units: &By<K, Periods>) -> Result<(Split, Vec<(K, Split)>), Unavailable> {
    let total = units.total();
    let (before, after) = firm(&total)?;
    let n = (total.before.n as f64, total.after.n as f64);
    let middle = (before + after) / 2.0;
    let mut sum = Split::default();
    let parts = units
        .iter()
        .map(|(key, unit)| {
            let part = part(unit, 1.0, n, middle);
            sum.add(&part);
            (key.clone(), part)
        })
        .collect();
    // What the parts add up to differs from this by rounding alone.
    sum.total = after - before;
    Ok((sum, parts))
}

/// Each part of a split with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitIntervals {
    /// The change of the firm's mean.
    pub total: Estimate,
    /// What units in both periods changed themselves.
    pub rate: Estimate,
    /// What the shift of responses among them changed.
    pub mix: Estimate,
    /// What units did that have responses only after.
    pub opened: Estimate,
    /// What units did that have responses only before.
    pub closed: Estimate,
}

/// Intervals for the parts of a split by drawing whole units again, `replicates` times (at least 40; 1,000 are usual). Costs
/// units × replicates.
pub fn split_intervals<K: Key>(
    units: &By<K, Periods>,
    replicates: u32,
    random: &mut impl Rng,
) -> Result<SplitIntervals, Unavailable> {
    let (observed, _) = split(units)?;
    let met: Vec<&Periods> = units.states().filter(|unit| unit.before.n + unit.after.n > 0).collect();
    if (met.len() as u64) < FEWEST_UNITS {
        return Err(Unavailable::TooFew { needed: FEWEST_UNITS, found: met.len() as u64 });
    }
    let mut drawn: Vec<Split> = Vec::new();
    for _ in 0..replicates {
        let mut times = vec![0u64; met.len()];
        (0..met.len()).for_each(|_| times[below(met.len() as u64, random) as usize] += 1);
        let (mut n0, mut s0, mut n1, mut s1) = (0, 0, 0, 0);
        for (unit, times) in met.iter().zip(&times) {
            n0 += times * unit.before.n;
            s0 += times * unit.before.sum;
            n1 += times * unit.after.n;
            s1 += times * unit.after.sum;
        }
        // A draw without a response in one period says nothing about the change.
        if n0 == 0 || n1 == 0 {
            continue;
        }
        let n = (n0 as f64, n1 as f64);
        let middle = (s0 as f64 / n.0 + s1 as f64 / n.1) / 2.0;
        let mut sum = Split::default();
        for (unit, &times) in met.iter().zip(&times) {
            sum.add(&part(unit, times as f64, n, middle));
        }
        drawn.push(sum);
    }
    let needed = u64::from(replicates).max(40) * 19 / 20;
    if (drawn.len() as u64) < needed.max(40) {
        return Err(Unavailable::TooFew { needed: needed.max(40), found: drawn.len() as u64 });
    }
    let interval = |part: fn(&Split) -> f64| {
        percentile_interval(part(&observed), drawn.iter().map(part).collect()).ok_or(Unavailable::NotFinite)
    };
    Ok(SplitIntervals {
        total: interval(|split| split.total)?,
        rate: interval(|split| split.rate)?,
        mix: interval(|split| split.mix)?,
        opened: interval(|split| split.opened)?,
        closed: interval(|split| split.closed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    fn points(n: u64, sum: u64) -> Mean {
        Mean { n, sum, squares: sum }
    }

    fn berkeley() -> By<String, Periods> {
        let mut departments = By::<String, Periods>::default();
        for line in include_str!("../../fixtures/scores/ucb_admissions.csv").lines().skip(1) {
            let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
            let n: u64 = cells[3].parse().unwrap();
            let count = points(n, if cells[0] == "Admitted" { n } else { 0 });
            let mut periods = Periods::default();
            if cells[1] == "Female" {
                periods.before = count
            } else {
                periods.after = count
            }
            departments.update(cells[2], &periods);
        }
        departments
    }

    #[test]
    fn at_berkeley_the_mix_turns_the_sign() {
        let (found, parts) = split(&berkeley()).unwrap();
        for (found, expected) in
            [(found.total, 0.141_645_428), (found.rate, -0.036_028_483), (found.mix, 0.177_673_911)]
        {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
        assert_eq!((found.opened, found.closed, parts.len()), (0.0, 0.0, 6));
        assert!((found.rate + found.mix - found.total).abs() < 1e-15);
    }

    #[test]
    fn units_that_open_and_close_have_terms_of_their_own() {
        let mut units = By::<String, Periods>::default();
        units.update("stays", &Periods { before: points(50, 25), after: points(50, 25) });
        units.update("closed", &Periods { before: points(50, 10), after: Mean::default() });
        units.update("opened", &Periods { before: Mean::default(), after: points(50, 45) });
        let (found, parts) = split(&units).unwrap();
        // .35 becomes .7; the middle is .525. Opened: ½(.9 − .525); closed: ½(.525 − .2); nothing else moved.
        assert!((found.total - 0.35).abs() < 1e-15);
        assert!((found.opened - 0.1875).abs() < 1e-15 && (found.closed - 0.1625).abs() < 1e-15);
        assert!(found.rate.abs() < 1e-15 && found.mix.abs() < 1e-15);
        assert_eq!(
            parts.iter().map(|(unit, _)| unit.as_str()).collect::<Vec<_>>(),
            ["closed", "opened", "stays"]
        );
    }

    #[test]
    fn a_difference_of_shares_is_that_of_agresti_and_caffo() {
        // Worked by hand: 7 of 10 against 2 of 10 gives 8/12 − 3/12 = .41667, √((.2222 + .1875)/12) = .184770.
        let (before, after) = (TopBox { n: 10, top: 2 }, TopBox { n: 10, top: 7 });
        let found = top_box((&before, 1.0), (&after, 1.0)).unwrap();
        assert!((found.value - 0.5).abs() < 1e-15);
        assert!((found.standard_error - (0.409_722_222_222_222_2_f64 / 12.0).sqrt()).abs() < 1e-12);
        assert!((found.low - (5.0 / 12.0 - Z * found.standard_error)).abs() < 1e-12);
        assert!((found.p - 0.024_13).abs() < 1e-4, "{}", found.p);
        let wider = top_box((&before, 4.0), (&after, 4.0)).unwrap();
        assert!((wider.standard_error - 2.0 * found.standard_error).abs() < 1e-12 && wider.p > found.p);
        assert_eq!(top_box((&before, 0.2), (&after, 1.0)), Ok(found));
    }

    #[test]
    fn on_three_points_the_difference_of_means_is_that_of_nps() {
        let (before, after) =
            (Nps { n: 40, promoters: 20, detractors: 8 }, Nps { n: 60, promoters: 35, detractors: 5 });
        let found = nps((&before, 1.2), (&after, 1.7)).unwrap();
        let scale = Scale { low: 0, high: 2, nps: false };
        let points = mean((&Mean::from(&before), 1.2), (&Mean::from(&after), 1.7), scale).unwrap();
        for (a, b) in [
            (found.value, points.value),
            (found.low, points.low),
            (found.high, points.high),
            (found.p, points.p),
        ] {
            assert!((a - b).abs() < 1e-12, "{found:?} {points:?}");
        }
        assert!((found.value - (0.5 - 0.3)).abs() < 1e-12);
    }

    #[test]
    fn all_tens_twice_is_no_change_with_an_interval_that_has_a_width() {
        let tens = Nps { n: 20, promoters: 20, detractors: 0 };
        let found = nps((&tens, 1.0), (&tens, 1.0)).unwrap();
        assert_eq!((found.value, found.p), (0.0, 1.0));
        assert!(found.low < -0.2 && found.high > 0.2);
    }

    #[test]
    fn a_true_difference_lies_in_the_interval_about_as_often_as_it_says() {
        // NPS with P = .6, D = .15 against P = .7, D = .1: the true difference is .15.
        let mut random = rand_pcg::Pcg64::seed_from_u64(3);
        let mut draw = |n: u64, promoter: u64, detractor: u64| {
            let mut nps = Nps { n, ..Nps::default() };
            for _ in 0..n {
                let at = below(100, &mut random);
                nps.promoters += u64::from(at < promoter);
                nps.detractors += u64::from(at >= 100 - detractor);
            }
            nps
        };
        for n in [15, 60, 400] {
            let held = (0..2000)
                .filter(|_| {
                    let (before, after) = (draw(n, 60, 15), draw(n * 2, 70, 10));
                    let found = nps((&before, 1.0), (&after, 1.0)).unwrap();
                    found.low <= 0.15 && 0.15 <= found.high
                })
                .count();
            assert!((1865..=1940).contains(&held), "n = {n}: {held} of 2000");
        }
    }

    #[test]
    fn student_s_difference_is_worked_by_hand() {
        // 40 of 98 and 60 of 98, with one more on each: .41 and .61 of 100; variance (.41·.59 + .61·.39)/100.
        let share = |top| TopBox { n: 98, top };
        let plain = top_box((&share(40), 1.0), (&share(60), 1.0)).unwrap();
        let se = ((0.41f64 * 0.59 + 0.61 * 0.39) / 100.0).sqrt();
        assert!((plain.standard_error - se).abs() < 1e-12);
        // t₂ = 4.302652729911275; P(|T₂| ≥ t) = 1 − t/√(2 + t²).
        let found = plain.student(2.0, 1.0);
        let t = 0.2 / se;
        assert!((found.low - (0.2 - 4.302_652_729_911_275 * se)).abs() < 1e-9, "{found:?}");
        assert!((found.high - (0.2 + 4.302_652_729_911_275 * se)).abs() < 1e-9, "{found:?}");
        assert!((found.p - (1.0 - t / (2.0 + t * t).sqrt())).abs() < 1e-9, "{found:?}");
        assert_eq!(found.value, plain.value);
        assert_eq!(plain.student(0.0, 1.0), plain);
        // No interval leaves the scale.
        assert_eq!((plain.student(1.0, 0.5).low, plain.student(1.0, 0.5).high), (-0.5, 0.5));
    }

    #[test]
    fn pairing_finds_what_unpaired_intervals_cannot_and_errs_no_more_often() {
        // Twelve units far apart, each a little better in the second period.
        let mut units = By::<u32, Periods>::default();
        for unit in 0..12 {
            let level = 20 + 6 * u64::from(unit);
            let rise = 3 + u64::from(unit % 3);
            units.update(&unit, &Periods { before: points(100, level), after: points(100, level + rise) });
        }
        let found = paired(&units).unwrap();
        assert!((found.value - 0.04).abs() < 1e-12 && found.p < 1e-6, "{found:?}");
        let total = units.total();
        let side = |mean: &Mean| TopBox { n: mean.n, top: mean.sum };
        assert!(top_box((&side(&total.before), 5.0), (&side(&total.after), 5.0)).unwrap().p > 0.3);

        let mut random = rand_pcg::Pcg64::seed_from_u64(5);
        let wrong = (0..1000)
            .filter(|_| {
                let mut units = By::<u32, Periods>::default();
                for unit in 0..15 {
                    let level = 30 + below(60, &mut random);
                    let mut period = |n: u64| {
                        let level = level + below(11, &mut random) - 5;
                        points(n, (0..n).filter(|_| below(100, &mut random) < level).count() as u64)
                    };
                    units.update(&unit, &Periods { before: period(40), after: period(60) });
                }
                paired(&units).unwrap().p < 0.05
            })
            .count();
        assert!((30..=75).contains(&wrong), "{wrong} of 1000");
    }

    #[test]
    fn bootstrap_intervals_hold_the_parts_and_follow_the_seed() {
        let mut units = By::<u32, Periods>::default();
        for unit in 0..30u32 {
            let level = 50 + u64::from(unit * 7 % 30);
            units.update(
                &unit,
                &Periods {
                    before: points(100, level),
                    after: points(80, level * 8 / 10 + u64::from(unit % 5)),
                },
            );
        }
        let run = |seed| split_intervals(&units, 400, &mut rand_pcg::Pcg64::seed_from_u64(seed)).unwrap();
        let found = run(1);
        for part in [found.total, found.rate, found.mix] {
            assert!(part.low <= part.value && part.value <= part.high, "{part:?}");
        }
        assert_eq!(found, run(1));
        assert_ne!(found.rate, run(2).rate);
        assert!(found.rate.low > 0.0, "{found:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let nobody = Nps::default();
        let ten = Nps { n: 1, promoters: 1, detractors: 0 };
        assert_eq!(nps((&nobody, 1.0), (&ten, 1.0)), Err(Unavailable::Empty));
        assert_eq!(nps((&ten, f64::NAN), (&ten, 1.0)), Err(Unavailable::NotFinite));
        assert!(nps((&ten, 1.0), (&ten, 1.0)).unwrap().p > 0.9);
        assert_eq!(top_box((&TopBox::default(), 1.0), (&TopBox::default(), 1.0)), Err(Unavailable::Empty));
        let flat = Scale { low: 3, high: 3, nps: false };
        assert_eq!(mean((&points(1, 0), 1.0), (&points(1, 0), 1.0), flat), Err(Unavailable::Constant));
        let mut units = By::<u32, Periods>::default();
        assert_eq!(paired(&units), Err(Unavailable::Empty));
        units.update(&1, &Periods { before: points(5, 5), after: points(5, 4) });
        assert_eq!(paired(&units), Err(Unavailable::OneUnit));
        units.update(&2, &Periods { before: points(5, 5), after: points(5, 4) });
        assert_eq!(paired(&units), Err(Unavailable::Constant));
        let few = split_intervals(&units, 100, &mut rand_pcg::Pcg64::seed_from_u64(1));
        assert_eq!(few, Err(Unavailable::TooFew { needed: 5, found: 2 }));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_turn_with_time_and_do_not_depend_on_where_the_scale_begins(
            rows in proptest::collection::vec((0u64..20, 0u64..=10, 0u64..20, 0u64..=10), 1..12)
        ) {
            let make = |shift: u64, turned: bool| {
                let mut units = By::<u32, Periods>::default();
                for (at, &(n0, x0, n1, x1)) in rows.iter().enumerate() {
                    let mean = |n: u64, x: u64| Mean { n, sum: n * (x + shift), squares: n * (x + shift) * (x + shift) };
                    let (a, b) = (mean(n0, x0), mean(n1, x1));
                    units.update(&(at as u32), &if turned { Periods { before: b, after: a } } else { Periods { before: a, after: b } });
                }
                split(&units).map(|(split, _)| split)
            };
            if let Ok(found) = make(0, false) {
                prop_assert!((found.rate + found.mix + found.opened + found.closed - found.total).abs() < 1e-12);
                let shifted = make(7, false).unwrap();
                let turned = make(0, true).unwrap();
                for (a, b, c) in [
                    (found.rate, shifted.rate, -turned.rate),
                    (found.mix, shifted.mix, -turned.mix),
                    (found.opened, shifted.opened, -turned.closed),
                ] {
                    prop_assert!((a - b).abs() < 1e-10 && (a - c).abs() < 1e-10);
                }
            }
        }

        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec((0u8..5, 0u64..=10, any::<bool>()), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, By<String, Periods>>(&rows, &deal, order, |state, &(unit, x, late)| {
                let one = Mean { n: 1, sum: x, squares: x * x };
                let mut periods = Periods::default();
                if late { periods.after = one } else { periods.before = one }
                state.update(&unit.to_string(), &periods);
            })?;
        }
    }
}
