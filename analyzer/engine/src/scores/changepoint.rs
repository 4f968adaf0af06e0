//! Where a series changes its level: how it is best cut into stretches of one level each. It reads sums over a series, and touches
//! nothing else; whether a cut says anything beside a curve and the noise of periods, [`super::trend`] decides.
//!
//! PELT (Killick, Fearnhead and Eckley 2012, "Optimal detection of changepoints with a linear computational cost", JASA 107:1590–1598)
//! finds the cut with the least Σ cost + penalty·(changes), exactly. Costs:
//! - shares: twice the negative binomial log-likelihood at the stretch's own share, −2[x ln(x/n) + (n−x) ln(1−x/n)];
//! - means: Σnₜ(xₜ − x̄)²/σ², L2 weighted by responses, σ² the variance within periods; the same unit as the binomial cost;
//! - plain values: L2, Σ(y − ȳ)².
//!
//! Tested against ruptures on reference/changepoint_input.csv (75 values, L2, stretches of 2 or more):
//! penalty 3 → 29, 55, 75; penalty 1 → 9, 11, 29, 55, 75; penalty ½ ln 75 → 29, 55, 75. Where a penalty is so low that nearly every
//! stretch is as short as may be, ruptures leaves out starts too early and may miss the least cost by a little; what is found here is the
//! least, as by trying all cuts (a test does).

use super::top_box::TopBox;
use super::unavailable::Unavailable;

/// Fewest periods in a stretch.
pub const SHORTEST: usize = 2;

/// What a stretch costs, from the sums over it.
pub(super) trait Cost {
    /// How many positions there are.
    fn len(&self) -> usize;
    /// The cost of positions `from` to `to`, the last not included.
    fn cost(&self, from: usize, to: usize) -> f64;
}

/// L2 from running sums of weights, w·y and w·y².
pub(super) struct Squares {
    sums: Vec<[f64; 3]>,
}

impl Squares {
    /// Values with their weights. They are measured from their mean, so that the sums of squares keep their digits.
    pub(super) fn new(values: &[(f64, f64)]) -> Squares {
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
pub(super) struct Binomial {
    sums: Vec<TopBox>,
    deff: f64,
}

impl Binomial {
    /// Shares in the order of time; a `deff` below 1 counts as 1.
    pub(super) fn new<'a>(shares: impl Iterator<Item = &'a TopBox>, deff: f64) -> Binomial {
        let mut sum = TopBox::default();
        let mut sums = vec![sum];
        for share in shares {
            sum.merge(share);
            sums.push(sum);
        }
        Binomial { sums, deff: deff.max(1.0) }
    }
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
pub(super) fn pelt(cost: &impl Cost, penalty: f64, shortest: usize) -> Vec<usize> {
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

/// The cuts with the least cost of all that have 1, 2, … `most` changes, as the ends of their stretches (Auger and Lawrence 1989,
/// "Algorithms for the optimal identification of segment neighborhoods", Bulletin of Mathematical Biology 51:39–54); fewer where the
/// series is too short for so many.
pub(super) fn partitions(cost: &impl Cost, most: usize, shortest: usize) -> Vec<Vec<usize>> {
    let length = cost.len();
    // Of each number of changes, the least cost up to each end, and where the last stretch begins.
    let mut best = vec![vec![f64::INFINITY; length + 1]; most + 1];
    let mut previous = vec![vec![0; length + 1]; most + 1];
    for end in shortest..=length {
        best[0][end] = cost.cost(0, end);
        for start in shortest..=end.saturating_sub(shortest) {
            let last = cost.cost(start, end);
            for changes in 1..=most {
                let total = best[changes - 1][start] + last;
                if total < best[changes][end] {
                    best[changes][end] = total;
                    previous[changes][end] = start;
                }
            }
        }
    }
    let cut = |changes: usize| {
        let mut ends = vec![length];
        for left in (1..=changes).rev() {
            ends.push(previous[left][ends[ends.len() - 1]]);
        }
        ends.reverse();
        ends
    };
    (1..=most).filter(|&changes| best[changes][length].is_finite()).map(cut).collect()
}

/// Refuses a penalty that is none.
fn check(penalty: f64) -> Result<(), Unavailable> {
    if !penalty.is_finite() {
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
    check(penalty)?;
    check_length(values.len(), shortest)?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Unavailable::NotFinite);
    }
    let weighted: Vec<(f64, f64)> = values.iter().map(|&value| (value, 1.0)).collect();
    Ok(pelt(&Squares::new(&weighted), penalty, shortest.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn values_that_cannot_be_cut_are_refused() {
        assert_eq!(values(&[], 1.0, 2), Err(Unavailable::Empty));
        assert_eq!(values(&[1.0; 3], 1.0, 2), Err(Unavailable::TooFew { needed: 4, found: 3 }));
        assert_eq!(values(&[1.0, f64::NAN, 2.0, 3.0], 1.0, 2), Err(Unavailable::NotFinite));
        assert_eq!(values(&[1.0; 6], f64::NAN, 2), Err(Unavailable::NotFinite));
        assert_eq!(values(&[1.0; 6], -1.0, 2), Err(Unavailable::OutOfRange));
        assert_eq!(values(&[1.0; 6], 1.0, 2), Ok(vec![6]));
    }

    #[test]
    fn a_series_has_no_more_changes_than_its_stretches_allow() {
        let series = Squares::new(&reference().iter().map(|&value| (value, 1.0)).collect::<Vec<_>>());
        let cuts = partitions(&series, 3, 2);
        assert_eq!(cuts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(cuts[1], [29, 55, 75]);
        let short = Squares::new(&[(1.0, 1.0), (2.0, 1.0), (1.0, 1.0), (2.0, 1.0), (9.0, 1.0)]);
        assert_eq!(partitions(&short, 5, 2), [vec![3, 5]]);
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
        fn a_cut_with_so_many_changes_is_the_best_of_all(series in proptest::collection::vec(0.0..10.0, 4..12)) {
            let squares = Squares::new(&series.iter().map(|&value| (value, 1.0)).collect::<Vec<_>>());
            // Every cut into stretches of two or more, by its marks between positions.
            let every = (0u32..1 << (series.len() - 1)).map(|marks| {
                let cut = (1..series.len()).filter(|at| marks >> (at - 1) & 1 == 1).chain([series.len()]);
                cut.collect::<Vec<usize>>()
            });
            let every: Vec<_> = every
                .filter(|ends| ends[0] >= 2 && ends.windows(2).all(|pair| pair[1] - pair[0] >= 2))
                .collect();
            for (at, ends) in partitions(&squares, 3, 2).iter().enumerate() {
                let least = every
                    .iter()
                    .filter(|other| other.len() == at + 2)
                    .map(|other| total(&squares, other, 0.0))
                    .fold(f64::INFINITY, f64::min);
                prop_assert_eq!(ends.len(), at + 2);
                prop_assert!((total(&squares, ends, 0.0) - least).abs() < 1e-9);
            }
        }
    }
}
