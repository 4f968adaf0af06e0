//! How a score moved: at once, in some periods (steps), little by little (a curve), or not to be told. The state is a score by period (a
//! whole number, such as a day or week counted from any origin); it touches nothing else.
//!
//! **Candidates.** One level; steps, whose best cut into 1 to T/12 changes (at least 1, at most 5) is found exactly
//! ([`super::changepoint`]); curves, polynomials up to the third degree, with the first and second harmonic of a year where the series
//! has half a year ([`super::curve`]), with at most T/4 terms. Each is worth its gain, that is by how much it lowers the deviance of one level, less a
//! price: 3 ln T a change (Zhang and Siegmund 2007, Biometrics 63:22–32, whose modified BIC it is in the first order), (2 + d) ln T for a curve
//! of d terms.
//!
//! **Noise.** Periods differ by more than their responses explain where something moves all of them: weather, news, who is asked. The gain
//! is divided by φ = max(1, X²/(T − p) · (1 + ρ)/(1 − ρ)): the overdispersion (McCullagh and Nelder 1989, "Generalized Linear
//! Models", §4.5) times what a first-order autocorrelation does to a mean's variance (Bartlett 1946, JRSS Supplement 8:27–41). ρ is
//! that of the residuals, corrected for the p parameters, which bias it by about −p/T: (ρ̂ + p/T)/(1 − (p + 2)/T), cut to [0, .9].
//! Residuals are those of the candidate with the least T ln(X²(1 − ρ̂²)) + 1.2·price: one level with noise that lasts is a
//! candidate too, so that such noise is not taken for the levels that would fit it.
//!
//! **Steps or curve.** The cut is that of PELT with the penalty 3φ ln T. Its periods are named only where the steps are worth at least
//! 6 more than the best curve (odds of e³ in the sense of BIC); else the curve is told where it is worth anything.
//!
//! Measured (means of about 50 ratings a week, sizes in their standard deviations; 300 worlds a cell; in % of worlds: with a step /
//! with a curve, and in brackets with a step by PELT and the penalty 3 ln T alone). An ignored test counts them.
//!
//! | what moves the weeks | 12 weeks | 30 | 52 | 104 | 156 |
//! |---|---|---|---|---|---|
//! | nothing | 0 / 0 [4] | 0 / 0 [1] | 1 / 0 [1] | 1 / 0 [1] | 0 / 0 [0] |
//! | a line, ½ high | 2 / 56 [85] | 1 / 89 [100] | 2 / 97 [100] | 0 / 100 [100] | 0 / 100 [100] |
//! | a line, 1 high | 0 / 96 [100] | 0 / 100 [100] | 0 / 100 [100] | 0 / 100 [100] | 0 / 100 [100] |
//! | a season of ±.2 | 0 / 7 [19] | 4 / 49 [82] | 2 / 89 [100] | 0 / 100 [100] | 0 / 100 [100] |
//! | a season of ±.4 | 1 / 26 [51] | 0 / 95 [100] | 0 / 100 [100] | 0 / 100 [100] | 0 / 100 [100] |
//! | noise of .1 | 0 / 1 [14] | 0 / 0 [11] | 0 / 0 [8] | 0 / 0 [3] | 0 / 0 [5] |
//! | noise of .25 | 0 / 3 [72] | 0 / 0 [88] | 0 / 0 [92] | 0 / 0 [96] | 0 / 0 [96] |
//! | noise of .1, ρ = .5 | 1 / 3 [21] | 1 / 1 [24] | 2 / 0 [26] | 1 / 0 [22] | 1 / 0 [25] |
//! | noise of .25, ρ = .5 | 2 / 8 [78] | 2 / 1 [94] | 1 / 0 [98] | 2 / 0 [100] | 1 / 0 [100] |
//! | noise of .25, ρ = .7 | 3 / 13 [75] | 3 / 7 [95] | 4 / 3 [99] | 3 / 1 [100] | 1 / 2 [100] |
//! | noise of .25, ρ = .9 | 4 / 14 [56] | 7 / 26 [88] | 6 / 24 [98] | 11 / 17 [100] | 13 / 9 [100] |
//! | a step of .2 halfway | 2 / 16 [52] | 12 / 30 [82] | 40 / 37 [96] | 83 / 16 [100] | 98 / 2 [100] |
//! | a step of .3 halfway | 10 / 38 [87] | 54 / 33 [100] | 83 / 16 [100] | 96 / 4 [100] | 100 / 0 [100] |
//! | a step of .5 halfway | 36 / 48 [100] | 92 / 8 [100] | 99 / 1 [100] | 100 / 0 [100] | 100 / 0 [100] |
//! | a step of .5 at ¾ | 32 / 40 [100] | 90 / 10 [100] | 97 / 3 [100] | 100 / 0 [100] | 100 / 0 [100] |
//!
//! Of the steps of .5, all that were found but one in a hundred at 156 weeks were dated within two weeks.
//!
//! Traps: a step that is small beside other movement is told as part of a curve, also a step amid seasons. Noise that lasts for months
//! (ρ = .9) cannot be told from levels. Answers clustered in units make periods differ more than the responses say: hand in the design effect.

use super::Z;
use super::changepoint::{Binomial, Cost, SHORTEST, Squares, partitions, pelt};
use super::curve::{Fitted, Series, Shape};
use super::mean::Mean;
use super::state::By;
use super::top_box::TopBox;
use super::unavailable::Unavailable;

/// By how much steps must be worth more than the best curve, in units of twice the log-likelihood.
const MARGIN: f64 = 6.0;
/// How much more than its price a candidate must gain to say what is noise.
const CAUTION: f64 = 1.2;
/// Periods for each change that is tried.
const PERIODS_A_CHANGE: usize = 12;
/// Most changes that are tried for what is noise.
const MOST_CHANGES: usize = 5;
/// Periods for each term of a curve.
const PERIODS_A_TERM: usize = 4;
/// Highest degree of a curve.
const MOST_DEGREE: usize = 3;
/// Harmonics of the year in a curve.
const MOST_HARMONICS: usize = 2;
/// The part of a year from which seasons are tried.
const SEASONS_FROM: f64 = 0.5;
/// Greatest autocorrelation that is believed: beyond, no series is long enough.
const MOST_RHO: f64 = 0.9;

/// A stretch of periods with one level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its first period.
    pub from: i64,
    /// Its last period.
    pub to: i64,
    /// Periods with a response.
    pub periods: u64,
    /// Responses.
    pub n: u64,
    /// Its level: a share in [0, 1], or a mean in points above the scale's low end.
    pub level: f64,
}

/// A curve at one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The period.
    pub period: i64,
    /// The curve there, in the unit of a stretch's level; of means it may leave the scale.
    pub level: f64,
    /// The lower end of its 95% interval, widened by √noise.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How a series moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The stretches in the order of time; one when no period is found at which the level moved.
    pub stretches: Vec<Stretch>,
    /// Each period with a response, where the level moved gradually; else empty. Never beside more than one stretch.
    pub curve: Vec<Point>,
    /// φ, how many times as much the series varies as its responses explain, what it is found to have moved taken off; from 1.
    pub noise: f64,
}

/// A candidate: what it says of each period, how many terms it has and its price in ln T.
struct Candidate {
    fitted: Vec<f64>,
    terms: usize,
    price: usize,
}

/// The levels of the stretches that end at `ends`, at each period.
fn levels(series: &Series, ends: &[usize]) -> Vec<f64> {
    let mut levels = Vec::with_capacity(series.at.len());
    for &end in ends {
        let of = levels.len()..end;
        let weights = &series.weight[of.clone()];
        let sum: f64 = series.observed[of].iter().zip(weights).map(|(y, weight)| y * weight).sum();
        levels.resize(end, sum / weights.iter().sum::<f64>());
    }
    levels
}

/// The sum of squares of residuals, and their autocorrelation as it is found.
fn autocorrelation(residuals: &[f64]) -> (f64, f64) {
    let squares: f64 = residuals.iter().map(|left| left * left).sum();
    let along: f64 = residuals.windows(2).map(|two| two[0] * two[1]).sum();
    (squares, if squares > 0.0 { along / squares } else { 0.0 })
}

/// φ from the residuals of the candidate that may say what is noise.
fn noise(series: &Series, candidates: &[Candidate]) -> f64 {
    let periods = series.at.len() as f64;
    let log = libm::log(periods);
    let mut least = (f64::INFINITY, 1.0);
    for Candidate { fitted, terms, price } in candidates {
        let (squares, found) = autocorrelation(&series.residuals(fitted));
        let lasting = found.clamp(0.0, MOST_RHO);
        let unexplained = (squares / periods * (1.0 - lasting * lasting)).max(f64::MIN_POSITIVE);
        let worth = periods * libm::log(unexplained) + CAUTION * *price as f64 * log;
        if worth < least.0 {
            let p = *terms as f64;
            let rho = (found + p / periods) / (1.0 - (p + 2.0) / periods).max(0.1);
            let rho = rho.clamp(0.0, MOST_RHO);
            least = (worth, squares / (periods - p).max(1.0) * (1.0 + rho) / (1.0 - rho));
        }
    }
    least.1.max(1.0)
}

/// What was found of a series: the ends of its stretches, its curve, and φ.
struct Found {
    ends: Vec<usize>,
    curve: Option<Fitted>,
    noise: f64,
}

/// `year` is how many periods it has.
fn find(series: &Series, cost: &impl Cost, year: f64) -> Found {
    let periods = series.at.len();
    let log = libm::log(periods as f64);
    let one_level = levels(series, &[periods]);
    let deviance = series.deviance(&one_level);
    let mut candidates = vec![Candidate { fitted: one_level, terms: 1, price: 0 }];
    for ends in partitions(cost, (periods / PERIODS_A_CHANGE).clamp(1, MOST_CHANGES), SHORTEST) {
        let changes = ends.len() - 1;
        candidates.push(Candidate {
            fitted: levels(series, &ends),
            terms: 1 + 2 * changes,
            price: 3 * changes,
        });
    }
    let span = series.at[periods - 1] - series.at[0] + 1.0;
    let harmonics = if span >= SEASONS_FROM * year { MOST_HARMONICS } else { 0 };
    let shapes = (0..=harmonics)
        .flat_map(|harmonics| (0..=MOST_DEGREE).map(move |degree| Shape { degree, harmonics }));
    let mut curves: Vec<(usize, Fitted)> = Vec::new();
    for shape in shapes.filter(|shape| (1..=periods / PERIODS_A_TERM).contains(&shape.terms())) {
        if let Some(fitted) = series.fit(shape, year) {
            let (terms, price) = (1 + shape.terms(), 2 + shape.terms());
            candidates.push(Candidate { fitted: fitted.value.clone(), terms, price });
            curves.push((price, fitted));
        }
    }
    let noise = noise(series, &candidates);
    let worth =
        |fitted: &[f64], price: usize| (deviance - series.deviance(fitted)) / noise - price as f64 * log;
    let ends = pelt(cost, 3.0 * noise * log, SHORTEST);
    let changes = ends.len() - 1;
    let of_steps = worth(&levels(series, &ends), 3 * changes);
    let best = curves
        .into_iter()
        .map(|(price, fitted)| (worth(&fitted.value, price), fitted))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let of_curve = best.as_ref().map_or(0.0, |(worth, _)| *worth);
    if changes > 0 && of_steps >= of_curve + MARGIN {
        return Found { ends, curve: None, noise };
    }
    let curve = best.filter(|(worth, _)| *worth > 0.0).map(|(_, fitted)| fitted);
    Found { ends: vec![periods], curve, noise }
}

/// Refuses what has no design effect or too few periods.
fn check(periods: usize, deff: f64) -> Result<(), Unavailable> {
    if !deff.is_finite() {
        return Err(Unavailable::NotFinite);
    }
    let needed = 2 * SHORTEST as u64;
    match periods as u64 {
        0 => Err(Unavailable::Empty),
        found if found < needed => Err(Unavailable::TooFew { needed, found }),
        _ => Ok(()),
    }
}

/// `counts` are the responses of each period and the sum of their points.
fn trend(found: Found, periods: &[i64], counts: &[(u64, u64)]) -> Trend {
    let mut from = 0;
    let mut stretch = |to: usize| {
        let (n, sum) = counts[from..to].iter().fold((0, 0), |(n, sum), of| (n + of.0, sum + of.1));
        let stretch = Stretch {
            from: periods[from],
            to: periods[to - 1],
            periods: (to - from) as u64,
            n,
            level: sum as f64 / n as f64,
        };
        from = to;
        stretch
    };
    let stretches = found.ends.iter().map(|&to| stretch(to)).collect();
    let curve = found.curve.map_or(Vec::new(), |curve| {
        let points = periods.iter().zip(&curve.value).zip(curve.interval(Z * libm::sqrt(found.noise)));
        points.map(|((&period, &level), (low, high))| Point { period, level, low, high }).collect()
    });
    Trend { stretches, curve, noise: found.noise }
}

/// How a share moved by period, of which a year has `year`; periods without a response are passed over, and a `deff` below 1 counts
/// as 1. Refused with fewer than four periods, and where all responses are alike.
pub fn shares(series: &By<i64, TopBox>, year: f64, deff: f64) -> Result<Trend, Unavailable> {
    let met: Vec<(i64, TopBox)> =
        series.iter().filter(|(_, share)| share.n > 0).map(|(&period, &share)| (period, share)).collect();
    check(met.len(), deff)?;
    if met.iter().all(|(_, share)| share.top == 0) || met.iter().all(|(_, share)| share.top == share.n) {
        return Err(Unavailable::Constant);
    }
    let deff = deff.max(1.0);
    let values = Series {
        at: met.iter().map(|(period, _)| *period as f64).collect(),
        observed: met.iter().map(|(_, share)| share.top as f64 / share.n as f64).collect(),
        weight: met.iter().map(|(_, share)| share.n as f64 / deff).collect(),
        shares: true,
    };
    let found = find(&values, &Binomial::new(met.iter().map(|(_, share)| share), deff), year);
    let (periods, counts): (Vec<i64>, Vec<(u64, u64)>) =
        met.iter().map(|(period, share)| (period, (share.n, share.top))).unzip();
    Ok(trend(found, &periods, &counts))
}

/// How a mean moved by period (NPS too: `Mean::from`), of which a year has `year`; periods without a response are passed over, and a
/// `deff` below 1 counts as 1. Refused with fewer than four periods, and where no period has responses that differ.
pub fn means(series: &By<i64, Mean>, year: f64, deff: f64) -> Result<Trend, Unavailable> {
    let met: Vec<(i64, Mean)> =
        series.iter().filter(|(_, mean)| mean.n > 0).map(|(&period, &mean)| (period, mean)).collect();
    check(met.len(), deff)?;
    let (mut n, mut within) = (0, 0.0);
    for (_, mean) in &met {
        n += mean.n;
        let spread =
            u128::from(mean.n) * u128::from(mean.squares) - u128::from(mean.sum) * u128::from(mean.sum);
        within += spread as f64 / mean.n as f64;
    }
    // One response a period leaves no spread within periods to measure changes by; no spread at all leaves nothing to find.
    let df = n - met.len() as u64;
    if df == 0 {
        return Err(Unavailable::OneResponseEach);
    }
    if within == 0.0 {
        return Err(Unavailable::Constant);
    }
    let unit = within / df as f64 * deff.max(1.0);
    let weighted: Vec<(f64, f64)> =
        met.iter().map(|(_, mean)| (mean.sum as f64 / mean.n as f64, mean.n as f64 / unit)).collect();
    let (observed, weight) = weighted.iter().copied().unzip();
    let at = met.iter().map(|(period, _)| *period as f64).collect();
    let found = find(&Series { at, observed, weight, shares: false }, &Squares::new(&weighted), year);
    let (periods, counts): (Vec<i64>, Vec<(u64, u64)>) =
        met.iter().map(|(period, mean)| (period, (mean.n, mean.sum))).unzip();
    Ok(trend(found, &periods, &counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::resample::below;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;
    use rand_pcg::Pcg64;

    const YEAR: f64 = 365.2425 / 7.0;

    fn normal(random: &mut Pcg64) -> f64 {
        let mut uniform = || (below(1 << 40, random) as f64 + 0.5) / (1u64 << 40) as f64;
        let (radius, angle) = (uniform(), uniform());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// A world: what moves the level of a week, in standard deviations of a rating.
    #[derive(Clone, Copy, Debug)]
    enum World {
        Constant,
        /// A line, so high in all.
        Drift(f64),
        /// The season of a year, by its amplitude.
        Season(f64),
        /// Noise of weeks: its standard deviation and autocorrelation.
        Noise(f64, f64),
        /// A step, so high, behind so much of the weeks.
        Step(f64, f64),
    }

    fn levels_of(world: World, weeks: usize, random: &mut Pcg64) -> Vec<f64> {
        let phase = below(1000, random) as f64 / 1000.0;
        let mut last = normal(random);
        let level = |week: usize| {
            let part = week as f64 / weeks as f64;
            match world {
                World::Constant => 0.0,
                World::Drift(height) => height * part,
                World::Season(amplitude) => {
                    amplitude * (std::f64::consts::TAU * (week as f64 / YEAR + phase)).sin()
                }
                World::Noise(deviation, rho) => {
                    last = rho * last + (1.0 - rho * rho).sqrt() * normal(random);
                    deviation * last
                }
                World::Step(height, at) => height * f64::from(u8::from(part >= at)),
            }
        };
        (0..weeks).map(level).collect()
    }

    /// 40 to 60 ratings a week with a standard deviation of 20 points, and how many of these are above the middle.
    fn rated(world: World, weeks: usize, random: &mut Pcg64) -> (By<i64, Mean>, By<i64, TopBox>) {
        let (mut means, mut shares) = (By::default(), By::default());
        for (week, level) in levels_of(world, weeks, random).into_iter().enumerate() {
            for _ in 0..40 + below(21, random) {
                let rating = (200.0 + 20.0 * (level + normal(random))).max(0.0) as u64;
                means.update(&(week as i64), &Mean { n: 1, sum: rating, squares: rating * rating });
                shares.update(&(week as i64), &TopBox { n: 1, top: u64::from(rating >= 200) });
            }
        }
        (means, shares)
    }

    #[test]
    fn a_drop_of_a_share_is_dated_and_measured() {
        let mut series = By::<i64, TopBox>::default();
        for month in 0..24 {
            series.update(&(month + 600), &TopBox { n: 200, top: if month < 15 { 150 } else { 110 } });
        }
        let found = shares(&series, 12.0, 1.0).unwrap();
        let ends: Vec<_> =
            found.stretches.iter().map(|stretch| (stretch.from, stretch.to, stretch.level)).collect();
        assert_eq!(ends, [(600, 614, 0.75), (615, 623, 0.55)]);
        assert!(found.curve.is_empty() && found.noise == 1.0, "{found:?}");
        assert_eq!(shares(&series, 12.0, 1000.0).unwrap().stretches.len(), 1);
    }

    #[test]
    fn a_rise_of_a_mean_is_dated_and_measured_and_empty_periods_are_passed_over() {
        let mut series = By::<i64, Mean>::default();
        for week in 0..20u64 {
            // Half one point below, half one point above 5 or 6.
            let low = if week < 8 { 4 } else { 5 };
            let high = low + 2;
            series.update(
                &(week as i64),
                &Mean { n: 100, sum: 50 * (low + high), squares: 50 * (low * low + high * high) },
            );
        }
        series.update(&100, &Mean::default());
        let found = means(&series, YEAR, 1.0).unwrap();
        let ends: Vec<_> = found
            .stretches
            .iter()
            .map(|stretch| (stretch.from, stretch.to, stretch.periods, stretch.level))
            .collect();
        assert_eq!(ends, [(0, 7, 8, 5.0), (8, 19, 12, 6.0)]);
    }

    #[test]
    fn a_line_is_a_curve_with_its_level_at_each_week() {
        let mut series = By::<i64, Mean>::default();
        for week in 0..30u64 {
            // Half two points below, half two points above 100 − week.
            let (low, high) = (98 - week, 102 - week);
            series.update(
                &(week as i64),
                &Mean { n: 50, sum: 25 * (low + high), squares: 25 * (low * low + high * high) },
            );
        }
        let found = means(&series, YEAR, 1.0).unwrap();
        assert_eq!((found.stretches.len(), found.curve.len(), found.noise), (1, 30, 1.0));
        for (week, point) in found.curve.iter().enumerate() {
            assert_eq!(point.period, week as i64);
            assert!((point.level - (100.0 - week as f64)).abs() < 1e-6, "{point:?}");
        }
        // A line's standard error at its end is σ √(1/n + (T−1)²/4/Σ(t − t̄)²/n_t), here with σ² = 4·50/49 and Σ(t − t̄)² = T(T²−1)/12.
        let variance: f64 =
            4.0 * 50.0 / 49.0 / 50.0 * (1.0 / 30.0 + 29.0 * 29.0 / 4.0 / (30.0 * 899.0 / 12.0));
        let first = found.curve[0];
        assert!((first.high - first.level - Z * variance.sqrt()).abs() < 1e-6, "{first:?}");
    }

    #[test]
    fn series_without_a_change_show_one_in_at_most_five_of_a_hundred() {
        let mut random = Pcg64::seed_from_u64(17);
        for weeks in [24, 60, 120] {
            let (mut by_share, mut by_mean) = (0, 0);
            for _ in 0..100 {
                let (mean, share) = rated(World::Constant, weeks, &mut random);
                let moved = |found: Trend| usize::from(found.stretches.len() > 1 || !found.curve.is_empty());
                by_share += moved(shares(&share, YEAR, 1.0).unwrap());
                by_mean += moved(means(&mean, YEAR, 1.0).unwrap());
            }
            assert!(by_share <= 5 && by_mean <= 5, "{weeks} weeks: {by_share} and {by_mean} of 100");
        }
    }

    /// Of so many worlds, those with a step within two weeks of where one is, with any step, with a curve, and with a step by PELT alone.
    fn counted(world: World, weeks: usize, worlds: u64) -> [u64; 4] {
        let mut counts = [0; 4];
        for seed in 0..worlds {
            let (series, _) = rated(world, weeks, &mut Pcg64::seed_from_u64(seed));
            let found = means(&series, YEAR, 1.0).unwrap();
            let near = |at: f64| {
                let near = |stretch: &Stretch| (stretch.from as f64 - at * weeks as f64).abs() <= 2.0;
                found.stretches.iter().skip(1).any(near)
            };
            let values: Vec<(f64, f64)> = series
                .states()
                .map(|mean| (mean.sum as f64 / mean.n as f64, mean.n as f64 / 400.0))
                .collect();
            let alone = pelt(&Squares::new(&values), 3.0 * (weeks as f64).ln(), SHORTEST);
            let of = [
                matches!(world, World::Step(_, at) if near(at)),
                found.stretches.len() > 1,
                !found.curve.is_empty(),
                alone.len() > 1,
            ];
            counts.iter_mut().zip(of).for_each(|(count, is)| *count += u64::from(is));
        }
        counts
    }

    #[test]
    fn drift_seasons_and_weekly_noise_are_no_steps_and_steps_are() {
        for (world, weeks, curves) in [
            (World::Drift(0.5), 52, 17),
            (World::Season(0.3), 104, 19),
            (World::Noise(0.2, 0.5), 52, 0),
            (World::Noise(0.2, 0.0), 30, 0),
        ] {
            let [_, steps, curve, alone] = counted(world, weeks, 20);
            assert!(steps <= 1 && curve >= curves && alone >= 8, "{world:?}: {steps}, {curve}, {alone}");
        }
        for (weeks, least) in [(30, 16), (52, 18), (104, 20)] {
            let [near, ..] = counted(World::Step(0.5, 0.5), weeks, 20);
            assert!(near >= least, "{weeks} weeks: {near} of 20");
        }
    }

    #[test]
    #[ignore = "prints the table of this file's head, in minutes"]
    #[allow(clippy::print_stdout, reason = "a test says how often it is found")]
    fn the_table_of_worlds() {
        let worlds = [
            World::Constant,
            World::Drift(0.5),
            World::Drift(1.0),
            World::Season(0.2),
            World::Season(0.4),
            World::Noise(0.1, 0.0),
            World::Noise(0.25, 0.0),
            World::Noise(0.1, 0.5),
            World::Noise(0.25, 0.5),
            World::Noise(0.25, 0.7),
            World::Noise(0.25, 0.9),
            World::Step(0.2, 0.5),
            World::Step(0.3, 0.5),
            World::Step(0.5, 0.5),
            World::Step(0.5, 0.75),
        ];
        for world in worlds {
            let cells = [12, 30, 52, 104, 156].map(|weeks| {
                let [near, steps, curve, alone] = counted(world, weeks, 300).map(|count| (count + 1) / 3);
                format!("{steps} ({near}) / {curve} [{alone}]")
            });
            println!("//! | {world:?} | {} |", cells.join(" | "));
        }
    }

    #[test]
    fn noise_is_what_periods_vary_beside_their_responses() {
        let mean = |world, weeks| {
            let of =
                |seed| means(&rated(world, weeks, &mut Pcg64::seed_from_u64(seed)).0, YEAR, 1.0).unwrap();
            (0..30).map(|seed| of(seed).noise).sum::<f64>() / 30.0
        };
        // Responses alone: the variance of a week is 1/50. With white noise of .2 beside it it is .06, three times as much; with an
        // autocorrelation of ½ the sum of all autocovariances is .02 + .04·3, seven times as much.
        let (none, white, lasting) = (
            mean(World::Constant, 104),
            mean(World::Noise(0.2, 0.0), 104),
            mean(World::Noise(0.2, 0.5), 104),
        );
        assert!(
            none < 1.3 && (2.5..4.0).contains(&white) && (5.0..9.0).contains(&lasting),
            "{none} {white} {lasting}"
        );
    }

    #[test]
    fn series_that_cannot_be_told_of_are_refused() {
        let mut series = By::<i64, TopBox>::default();
        assert_eq!(shares(&series, YEAR, 1.0), Err(Unavailable::Empty));
        for period in 0..3 {
            series.update(&period, &TopBox { n: 9, top: 9 });
        }
        assert_eq!(shares(&series, YEAR, 1.0), Err(Unavailable::TooFew { needed: 4, found: 3 }));
        series.update(&7, &TopBox { n: 9, top: 9 });
        assert_eq!(shares(&series, YEAR, 1.0), Err(Unavailable::Constant));
        assert_eq!(shares(&series, YEAR, f64::NAN), Err(Unavailable::NotFinite));
        let mut none = By::<i64, TopBox>::default();
        (0..9).for_each(|period| none.update(&period, &TopBox { n: 9, top: 0 }));
        assert_eq!(shares(&none, YEAR, 1.0), Err(Unavailable::Constant));
        let mut single = By::<i64, Mean>::default();
        (0..9).for_each(|period| single.update(&period, &Mean { n: 1, sum: 3, squares: 9 }));
        assert_eq!(means(&single, YEAR, 1.0), Err(Unavailable::OneResponseEach));
        (0..9).for_each(|period| single.update(&period, &Mean { n: 1, sum: 3, squares: 9 }));
        assert_eq!(means(&single, YEAR, 1.0), Err(Unavailable::Constant));
    }

    proptest! {
        #[test]
        fn any_series_of_shares_has_whole_stretches_and_levels_that_are_shares(
            counts in proptest::collection::vec((0i64..200, 1u64..30, 0.0..=1.0), 4..60), year in 4.0..60.0,
        ) {
            let mut series = By::<i64, TopBox>::default();
            for (period, n, share) in counts {
                series.update(&period, &TopBox { n, top: (share * n as f64) as u64 });
            }
            if let Ok(found) = shares(&series, year, 1.0) {
                prop_assert_eq!(found.stretches.iter().map(|stretch| stretch.n).sum::<u64>(), series.total().n);
                prop_assert_eq!(
                    found.stretches.iter().map(|stretch| stretch.periods).sum::<u64>(), series.len() as u64
                );
                prop_assert!(found.stretches.iter().all(|stretch| (0.0..=1.0).contains(&stretch.level)));
                prop_assert!(found.noise >= 1.0 && found.noise.is_finite());
                prop_assert!(found.curve.is_empty() || found.stretches.len() == 1);
                for point in &found.curve {
                    prop_assert!(0.0 <= point.low && point.low <= point.level, "{:?}", point);
                    prop_assert!(point.level <= point.high && point.high <= 1.0, "{:?}", point);
                }
            }
        }

        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec((-5i64..5, any::<bool>()), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, By<i64, TopBox>>(&rows, &deal, order, |state, &(period, top)| {
                state.update(&period, &TopBox { n: 1, top: u64::from(top) });
            })?;
        }
    }
}
