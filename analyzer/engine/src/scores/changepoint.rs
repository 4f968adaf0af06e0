//! When a score changed its level: the periods at which a series is best cut into stretches of one level each. The state is a score by
//! period (a whole number, such as a day or month counted from any origin); it touches nothing else.
//!
//! PELT (Killick, Fearnhead and Eckley 2012, "Optimal detection of changepoints with a linear computational cost", JASA 107:1590–1598)
//! finds the cut with the least Σ cost + penalty·(changes), exactly. Costs:
//! - shares: twice the negative binomial log-likelihood at the stretch's own share, −2[x ln(x/n) + (n−x) ln(1−x/n)];
//! - means: Σnₜ(xₜ − x̄)²/σ², L2 weighted by responses, σ² the variance within periods; the same unit as the binomial cost;
//! - plain values: L2, Σ(y − ȳ)².
//!
//! The penalty is stated with the result. Default for shares and means: 3 ln T (Zhang and Siegmund 2007, Biometrics 63:22–32, whose
//! modified BIC it is in the first order); under it, series of 24, 60 and 180 periods without any change showed one in at most 5 of 100
//! (a test counts them).
//!
//! Trap: answers clustered in units make periods differ more than the binomial says, and every week a "change". Hand in the design
//! effect: costs are divided by it. Tested against ruptures on reference/changepoint_input.csv (75 values, L2, stretches of 2 or more):
//! penalty 3 → 29, 55, 75; penalty 1 → 9, 11, 29, 55, 75; penalty ½ ln 75 → 29, 55, 75. Where a penalty is so low that nearly every
//! stretch is as short as may be, ruptures leaves out starts too early and may miss the least cost by a little; what is found here is the
//! least, as by trying all cuts (a test does).

use super::mean::Mean;
use super::state::By;
use super::top_box::TopBox;
use super::unavailable::Unavailable;

/// Fewest periods in a stretch.
pub const SHORTEST: usize = 2;

/// What a stretch costs, from the sums over it.
trait Cost {
    /// How many positions there are.
    fn len(&self) -> usize;
    /// The cost of positions `from` to `to`, the last not included.
    fn cost(&self, from: usize, to: usize) -> f64;
}

/// L2 from running sums of weights, w·y and w·y².
struct Squares {
    sums: Vec<[f64; 3]>,
}

impl Squares {
    /// Values with their weights. They are measured from their mean, so that the sums of squares keep their digits.
    fn new(values: &[(f64, f64)]) -> Squares {
        let weight: f64 = values.iter().map(|(_, weight)| weight).sum();
        let mean = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / weight;
        let mut sum = [0.0; 3];
        let mut sums = vec![sum];
        for &(value, weight) in values {
            let away = value - mean;
            sum = [sum[0] + weight, sum[1] + weight * away, sum[2] + weight * away * away];
            sums.push(sum);
        }
        Squares { sums }
    }
}

impl Cost for Squares {
    fn len(&self) -> usize {
        self.sums.len() - 1
    }
    fn cost(&self, from: usize, to: usize) -> f64 {
        let [weight, sum, squares] = [0, 1, 2].map(|at| self.sums[to][at] - self.sums[from][at]);
        (squares - sum * sum / weight).max(0.0)
    }
}

/// Binomial deviance from running counts, divided by the design effect.
struct Binomial {
    sums: Vec<TopBox>,
    deff: f64,
}

impl Cost for Binomial {
    fn len(&self) -> usize {
        self.sums.len() - 1
    }
    fn cost(&self, from: usize, to: usize) -> f64 {
        let (n, x) = (self.sums[to].n - self.sums[from].n, self.sums[to].top - self.sums[from].top);
        let term = |count: u64| {
            let count = count as f64;
            if count > 0.0 { count * libm::log(count / n as f64) } else { 0.0 }
        };
        -2.0 * (term(x) + term(n - x)) / self.deff
    }
}

/// The ends of the stretches, the last being the length. Among equally good cuts, the one whose last stretch begins first.
fn pelt(cost: &impl Cost, penalty: f64, shortest: usize) -> Vec<usize> {
    let length = cost.len();
    let mut best = vec![f64::INFINITY; length + 1];
    let mut previous = vec![0; length + 1];
    best[0] = -penalty;
    // Each possible start of the last stretch, and the end from which it can be left out.
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for end in shortest..=length {
        let newest = end - shortest;
        if best[newest].is_finite() {
            starts.push((newest, usize::MAX));
        }
        starts.retain(|&(_, until)| end < until);
        let totals: Vec<f64> = starts.iter().map(|&(start, _)| best[start] + cost.cost(start, end)).collect();
        for (&(start, _), total) in starts.iter().zip(&totals) {
            if total + penalty < best[end] {
                best[end] = total + penalty;
                previous[end] = start;
            }
        }
        // A start that is beaten here by cutting here can be left out once a stretch from here is long enough to be allowed.
        for ((_, until), total) in starts.iter_mut().zip(&totals) {
            if *total > best[end] && *until == usize::MAX {
                *until = end + shortest;
            }
        }
    }
    let mut ends = vec![length];
    while let Some(&end) = ends.last() {
        if previous[end] == 0 {
            break;
        }
        ends.push(previous[end]);
    }
    ends.reverse();
    ends
}

/// Refuses a penalty or a design effect that is none.
fn check(penalty: f64, deff: f64) -> Result<(), Unavailable> {
    if !penalty.is_finite() || !deff.is_finite() {
        Err(Unavailable::NotFinite)
    } else if penalty < 0.0 {
        Err(Unavailable::OutOfRange)
    } else {
        Ok(())
    }
}

/// Refuses a series with fewer than two stretches of `shortest` positions.
fn check_length(length: usize, shortest: usize) -> Result<(), Unavailable> {
    let needed = 2 * shortest.max(1) as u64;
    match length as u64 {
        0 => Err(Unavailable::Empty),
        found if found < needed => Err(Unavailable::TooFew { needed, found }),
        _ => Ok(()),
    }
}

/// The ends of the stretches of `values` under plain L2: how many values lie before each end, the last being all of them.
pub fn values(values: &[f64], penalty: f64, shortest: usize) -> Result<Vec<usize>, Unavailable> {
    check(penalty, 1.0)?;
    check_length(values.len(), shortest)?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Unavailable::NotFinite);
    }
    let weighted: Vec<(f64, f64)> = values.iter().map(|&value| (value, 1.0)).collect();
    Ok(pelt(&Squares::new(&weighted), penalty, shortest.max(1)))
}

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

/// A series cut into stretches.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The stretches in the order of time; one when no change was found.
    pub stretches: Vec<Stretch>,
    /// What a further change had to be worth, in units of twice the log-likelihood.
    pub penalty: f64,
}

/// The default penalty for a series of `periods`: 3 ln T.
pub fn default_penalty(periods: usize) -> f64 {
    3.0 * libm::log(periods.max(1) as f64)
}

fn trend(ends: &[usize], penalty: f64, periods: &[i64], sums: impl Fn(usize, usize) -> (u64, u64)) -> Trend {
    let mut from = 0;
    let stretches = ends
        .iter()
        .map(|&to| {
            let (n, sum) = sums(from, to);
            let stretch = Stretch {
                from: periods[from],
                to: periods[to - 1],
                periods: (to - from) as u64,
                n,
                level: sum as f64 / n as f64,
            };
            from = to;
            stretch
        })
        .collect();
    Trend { stretches, penalty }
}

/// Changes of a share by period; periods without a response are passed over. `penalty` absent means [`default_penalty`]; a `deff`
/// below 1 counts as 1.
pub fn shares(series: &By<i64, TopBox>, penalty: Option<f64>, deff: f64) -> Result<Trend, Unavailable> {
    let met: Vec<(i64, TopBox)> =
        series.iter().filter(|(_, share)| share.n > 0).map(|(&period, &share)| (period, share)).collect();
    let penalty = penalty.unwrap_or_else(|| default_penalty(met.len()));
    check(penalty, deff)?;
    check_length(met.len(), SHORTEST)?;
    let mut sums = vec![TopBox::default()];
    let mut sum = TopBox::default();
    for (_, share) in &met {
        sum.merge(share);
        sums.push(sum);
    }
    if sum.top == 0 || sum.top == sum.n {
        return Err(Unavailable::Constant);
    }
    let cost = Binomial { sums, deff: deff.max(1.0) };
    let ends = pelt(&cost, penalty, SHORTEST);
    let periods: Vec<i64> = met.iter().map(|&(period, _)| period).collect();
    Ok(trend(&ends, penalty, &periods, |from, to| {
        (cost.sums[to].n - cost.sums[from].n, cost.sums[to].top - cost.sums[from].top)
    }))
}

/// Changes of a mean by period (NPS too: `Mean::from`); periods without a response are passed over. `penalty` absent means
/// [`default_penalty`]; a `deff` below 1 counts as 1.
pub fn means(series: &By<i64, Mean>, penalty: Option<f64>, deff: f64) -> Result<Trend, Unavailable> {
    let met: Vec<(i64, Mean)> =
        series.iter().filter(|(_, mean)| mean.n > 0).map(|(&period, &mean)| (period, mean)).collect();
    let penalty = penalty.unwrap_or_else(|| default_penalty(met.len()));
    check(penalty, deff)?;
    check_length(met.len(), SHORTEST)?;
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
    let ends = pelt(&Squares::new(&weighted), penalty, SHORTEST);
    let periods: Vec<i64> = met.iter().map(|&(period, _)| period).collect();
    Ok(trend(&ends, penalty, &periods, |from, to| {
        met[from..to].iter().fold((0, 0), |(n, sum), (_, mean)| (n + mean.n, sum + mean.sum))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::resample::below;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    fn reference() -> Vec<f64> {
        let text = include_str!("../../fixtures/scores/changepoint_input.csv");
        text.lines().skip(1).map(|line| line.parse().unwrap()).collect()
    }

    #[test]
    fn the_changes_that_ruptures_finds_are_found() {
        let series = reference();
        assert_eq!(values(&series, 3.0, 2).unwrap(), [29, 55, 75]);
        assert_eq!(values(&series, 1.0, 2).unwrap(), [9, 11, 29, 55, 75]);
        assert_eq!(values(&series, 2.158_744_056_768_155, 2).unwrap(), [29, 55, 75]);
    }

    /// The least cost of all cuts, by looking at every last stretch.
    fn least(cost: &impl Cost, penalty: f64, shortest: usize) -> f64 {
        let mut best = vec![f64::INFINITY; cost.len() + 1];
        best[0] = -penalty;
        for end in shortest..=cost.len() {
            best[end] = (0..=end - shortest)
                .map(|start| best[start] + cost.cost(start, end) + penalty)
                .fold(f64::INFINITY, f64::min);
        }
        best[cost.len()]
    }

    fn total(cost: &impl Cost, ends: &[usize], penalty: f64) -> f64 {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(from, &to)| cost.cost(from, to) + penalty).sum::<f64>() - penalty
    }

    #[test]
    fn a_drop_of_a_share_is_dated_and_measured() {
        let mut series = By::<i64, TopBox>::default();
        for month in 0..24 {
            series.update(&(month + 600), &TopBox { n: 200, top: if month < 15 { 150 } else { 110 } });
        }
        let found = shares(&series, None, 1.0).unwrap();
        let ends: Vec<_> =
            found.stretches.iter().map(|stretch| (stretch.from, stretch.to, stretch.level)).collect();
        assert_eq!(ends, [(600, 614, 0.75), (615, 623, 0.55)]);
        assert!((found.penalty - 3.0 * 24f64.ln()).abs() < 1e-12);
        assert_eq!(shares(&series, None, 1000.0).unwrap().stretches.len(), 1);
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
        let found = means(&series, None, 1.0).unwrap();
        let ends: Vec<_> = found
            .stretches
            .iter()
            .map(|stretch| (stretch.from, stretch.to, stretch.periods, stretch.level))
            .collect();
        assert_eq!(ends, [(0, 7, 8, 5.0), (8, 19, 12, 6.0)]);
    }

    #[test]
    fn series_without_a_change_show_one_in_at_most_five_of_a_hundred() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(17);
        for periods in [24, 60, 180] {
            let (mut by_share, mut by_mean) = (0, 0);
            for _ in 0..400 {
                let (mut share, mut mean) = (By::<i64, TopBox>::default(), By::<i64, Mean>::default());
                for period in 0..periods {
                    let n = 20 + below(40, &mut random);
                    let top = (0..n).filter(|_| below(100, &mut random) < 70).count() as u64;
                    share.update(&period, &TopBox { n, top });
                    mean.update(&period, &Mean { n, sum: top, squares: top });
                }
                by_share += usize::from(shares(&share, None, 1.0).unwrap().stretches.len() > 1);
                by_mean += usize::from(means(&mean, None, 1.0).unwrap().stretches.len() > 1);
            }
            assert!(by_share <= 20 && by_mean <= 20, "{periods} periods: {by_share} and {by_mean} of 400");
        }
    }

    #[test]
    fn series_that_cannot_be_cut_are_refused() {
        let mut series = By::<i64, TopBox>::default();
        assert_eq!(shares(&series, None, 1.0), Err(Unavailable::Empty));
        for period in 0..3 {
            series.update(&period, &TopBox { n: 9, top: 9 });
        }
        assert_eq!(shares(&series, None, 1.0), Err(Unavailable::TooFew { needed: 4, found: 3 }));
        series.update(&7, &TopBox { n: 9, top: 9 });
        assert_eq!(shares(&series, None, 1.0), Err(Unavailable::Constant));
        assert_eq!(shares(&series, Some(f64::NAN), 1.0), Err(Unavailable::NotFinite));
        assert_eq!(shares(&series, Some(-1.0), 1.0), Err(Unavailable::OutOfRange));
        assert_eq!(values(&[1.0, f64::NAN, 2.0, 3.0], 1.0, 2), Err(Unavailable::NotFinite));
        assert_eq!(values(&[1.0; 6], 1.0, 2), Ok(vec![6]));
        let mut single = By::<i64, Mean>::default();
        (0..9).for_each(|period| single.update(&period, &Mean { n: 1, sum: 3, squares: 9 }));
        assert_eq!(means(&single, None, 1.0), Err(Unavailable::OneResponseEach));
        (0..9).for_each(|period| single.update(&period, &Mean { n: 1, sum: 3, squares: 9 }));
        assert_eq!(means(&single, None, 1.0), Err(Unavailable::Constant));
    }

    proptest! {
        #[test]
        fn leaving_starts_out_never_misses_the_best_cut(
            series in proptest::collection::vec(0.0..10.0, 8..40), penalty in 0.0..40.0, shortest in 1usize..4,
            counts in proptest::collection::vec((1u64..30, 0.0..=1.0), 8..40),
        ) {
            let squares = Squares::new(&series.iter().map(|&value| (value, 1.0)).collect::<Vec<_>>());
            let found = total(&squares, &pelt(&squares, penalty, shortest), penalty);
            prop_assert!((found - least(&squares, penalty, shortest)).abs() < 1e-9);
            let mut sums = vec![TopBox::default()];
            for (n, share) in counts {
                let mut sum = sums[sums.len() - 1];
                sum.merge(&TopBox { n, top: (share * n as f64) as u64 });
                sums.push(sum);
            }
            let binomial = Binomial { sums, deff: 1.0 };
            let ends = pelt(&binomial, penalty, shortest);
            prop_assert!((total(&binomial, &ends, penalty) - least(&binomial, penalty, shortest)).abs() < 1e-9);
            prop_assert!(ends.windows(2).all(|pair| pair[1] - pair[0] >= shortest) && ends[0] >= shortest);
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
