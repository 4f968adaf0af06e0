//! Exact distributions of counts, and how far out in them a count lies. Arithmetic on numbers handed in; it touches nothing
//! else.
//!
//! A distribution is built from the ratio of neighbouring probabilities outward from its mode, so that no factorial is ever
//! computed, and sums of independent counts by convolution. Probabilities below 10⁻⁴⁰ of the mode are left out: a tail is
//! never given as less than [`FLOOR`]. Mid-p is P(X > x) + ½P(X = x) (Lancaster 1961, "Significance tests in discrete
//! distributions", JASA 56:223–234): its mean is ½ under the null, which a combination of p-values needs. Trap: a test at
//! level α by mid-p may reject slightly more often than α; `p`, P(X ≥ x), never does.

/// The least tail that is given.
pub const FLOOR: f64 = 1e-40;

/// How far out a count lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// P(X ≥ x), in (0, 1].
    pub p: f64,
    /// P(X > x) + ½P(X = x), in (0, 1].
    pub mid_p: f64,
}

/// The distribution of a count.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    low: u64,
    /// The probabilities of low, low + 1, …; never empty, and they add up to 1.
    shares: Vec<f64>,
    /// Whether something was left out below, and above.
    cut: [bool; 2],
}

/// A share of an end beyond which a tilted distribution may have lost something.
const LOST: f64 = 1e-20;

impl Counts {
    /// The count that is always 0.
    pub fn zero() -> Counts {
        Counts { low: 0, shares: vec![1.0], cut: [false; 2] }
    }

    /// From P(x + 1)/P(x) = `ratio`(x), positive and falling, between `low` and `high`.
    fn from_ratio(low: u64, high: u64, ratio: impl Fn(u64) -> f64) -> Counts {
        // The mode: the first x from which the next is no more probable.
        let (mut left, mut right) = (low, high);
        while left < right {
            let middle = left + (right - left) / 2;
            if ratio(middle) > 1.0 {
                left = middle + 1;
            } else {
                right = middle;
            }
        }
        let mode = left;
        let mut below = Vec::new();
        let (mut x, mut share) = (mode, 1.0);
        while x > low {
            share /= ratio(x - 1);
            if share < FLOOR {
                break;
            }
            below.push(share);
            x -= 1;
        }
        below.reverse();
        let first = mode - below.len() as u64;
        let mut shares = below;
        shares.push(1.0);
        let (mut x, mut share) = (mode, 1.0);
        while x < high {
            share *= ratio(x);
            if share < FLOOR {
                break;
            }
            shares.push(share);
            x += 1;
        }
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        let cut = [first > low, first + (shares.len() as u64) <= high];
        Counts { low: first, shares, cut }
    }

    /// Binomial: `n` trials of probability `p`.
    pub fn binomial(n: u64, p: f64) -> Counts {
        if p <= 0.0 {
            return Counts::zero();
        }
        if p >= 1.0 {
            return Counts { low: n, shares: vec![1.0], cut: [false; 2] };
        }
        let odds = p / (1.0 - p);
        Counts::from_ratio(0, n, |x| odds * (n - x) as f64 / (x + 1) as f64)
    }

    /// Fisher's noncentral hypergeometric: how many of `marked` things are among `drawn` of `n`, when a marked one is drawn
    /// with `odds` times the odds of another (Fisher 1935); the ordinary hypergeometric at odds 1. `marked` and `drawn` are at
    /// most `n`.
    pub fn hypergeometric(n: u64, marked: u64, drawn: u64, odds: f64) -> Counts {
        let low = (marked + drawn).saturating_sub(n);
        Counts::from_ratio(low, marked.min(drawn), |x| {
            odds * (marked - x) as f64 * (drawn - x) as f64
                / ((x + 1) as f64 * (n + x + 1 - marked - drawn) as f64)
        })
    }

    /// The distribution of this count plus an independent other.
    pub fn plus(&self, other: &Counts) -> Counts {
        let mut shares = vec![0.0; self.shares.len() + other.shares.len() - 1];
        for (at, share) in self.shares.iter().enumerate() {
            for (to, more) in shares[at..].iter_mut().zip(&other.shares) {
                *to += share * more;
            }
        }
        let mut low = self.low + other.low;
        let mut cut = [0, 1].map(|end| self.cut[end] || other.cut[end]);
        while shares.len() > 1 && shares[shares.len() - 1] < FLOOR {
            shares.pop();
            cut[1] = true;
        }
        let small = shares.iter().take_while(|&&share| share < FLOOR).count().min(shares.len() - 1);
        shares.drain(..small);
        cut[0] |= small > 0;
        low += small as u64;
        Counts { low, shares, cut }
    }

    /// The distribution with probabilities P(x) e^(`log_odds` · x), made to add up to 1. Binomial and hypergeometric counts at e^`log_odds`
    /// times their odds are these, and so are sums of them. Nothing where more of it than [`LOST`] may lie in what was left out.
    pub fn tilted(&self, log_odds: f64) -> Option<Counts> {
        // The powers must neither vanish nor overflow beside probabilities from 10⁻⁴⁰ to 1.
        if (log_odds * self.shares.len() as f64).abs() > 500.0 {
            return None;
        }
        let (odds, mut power) = (libm::exp(log_odds), 1.0);
        let mut shares: Vec<f64> = self
            .shares
            .iter()
            .map(|share| {
                let tilted = share * power;
                power *= odds;
                tilted
            })
            .collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        let ends = [shares[0], shares[shares.len() - 1]];
        let kept = self.cut.iter().zip(ends).all(|(cut, end)| !cut || end < LOST);
        kept.then_some(Counts { low: self.low, shares, cut: self.cut })
    }

    /// Its mean.
    pub fn mean(&self) -> f64 {
        self.low as f64 + self.shares.iter().enumerate().map(|(at, share)| at as f64 * share).sum::<f64>()
    }

    /// Its variance.
    pub fn variance(&self) -> f64 {
        let mean = self.mean() - self.low as f64;
        self.shares.iter().enumerate().map(|(at, share)| (at as f64 - mean).powi(2) * share).sum()
    }

    /// How far out `x` lies above.
    pub fn upper(&self, x: u64) -> Tail {
        if x < self.low {
            return Tail { p: 1.0, mid_p: 1.0 };
        }
        let at = (x - self.low).min(self.shares.len() as u64) as usize;
        // From the small end, so that a far tail keeps its digits.
        let above: f64 = self.shares.iter().skip(at + 1).rev().sum();
        let here = self.shares.get(at).copied().unwrap_or(0.0);
        Tail { p: (above + here).clamp(FLOOR, 1.0), mid_p: (above + here / 2.0).clamp(FLOOR, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::beta;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn the_tea_tasting_lady_has_the_p_values_that_fisher_printed() {
        // Fisher (1935), The Design of Experiments: 4 cups of 8; all four right 1/70, three or more 17/70.
        let tea = Counts::hypergeometric(8, 4, 4, 1.0);
        near(tea.upper(4).p, 1.0 / 70.0);
        near(tea.upper(3).p, 17.0 / 70.0);
        near(tea.upper(3).mid_p, 9.0 / 70.0);
        near(tea.mean(), 2.0);
        // At odds 2 the weights 1, 16, 36, 16, 1 become 1, 32, 144, 128, 16.
        near(Counts::hypergeometric(8, 4, 4, 2.0).upper(3).p, 144.0 / 321.0);
    }

    #[test]
    fn the_exact_binomial_tails_of_the_reference_are_reproduced() {
        let rows: Vec<Vec<f64>> = include_str!("../../fixtures/pressure/funnel_proportions.csv")
            .lines()
            .skip(1)
            .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
            .collect();
        let share = rows.iter().map(|row| row[0]).sum::<f64>() / rows.iter().map(|row| row[1]).sum::<f64>();
        for row in &rows {
            let tail = Counts::binomial(row[1] as u64, share).upper(row[0] as u64);
            for (found, expected) in [(tail.p, row[12]), (tail.mid_p, row[13])] {
                assert!((found / expected - 1.0).abs() < 1e-9, "{row:?}: {tail:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_counted_has_the_least_tail_and_what_must_be_a_tail_of_one() {
        assert_eq!(Counts::zero().upper(1), Tail { p: FLOOR, mid_p: FLOOR });
        assert_eq!(Counts::zero().upper(0), Tail { p: 1.0, mid_p: 0.5 });
        assert_eq!(Counts::binomial(5, 1.0).upper(5), Tail { p: 1.0, mid_p: 0.5 });
        assert_eq!(Counts::binomial(5, 1.0).upper(4), Tail { p: 1.0, mid_p: 1.0 });
        assert_eq!(Counts::binomial(5, 0.0), Counts::zero());
        // A million trials take a few thousand probabilities.
        let many = Counts::binomial(1_000_000, 0.3);
        assert!(many.shares.len() < 20_000 && (many.mean() - 300_000.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn a_binomial_tail_is_an_incomplete_beta_function(n in 1u64..300, part in 0.0..1.0, p in 0.01..0.99) {
            let x = 1 + (part * n as f64) as u64;
            let found = Counts::binomial(n, p).upper(x).p;
            let expected = beta::regularized(p, x as f64, (n - x + 1) as f64).0;
            prop_assert!((found - expected).abs() < 1e-11 * expected.max(1e-12), "{found} {expected}");
        }

        #[test]
        fn sums_of_counts_at_other_odds_are_the_tilted_sum(
            n in 1u64..200, marked in 0.0..1.0, drawn in 0.0..1.0, m in 1u64..200, p in 0.05..0.95, log_odds in -1.5..1.5, x in 0u64..300
        ) {
            let (marked, drawn) = ((marked * n as f64) as u64, (drawn * n as f64) as u64);
            let at = |log_odds: f64| {
                let odds = p / (1.0 - p) * libm::exp(log_odds);
                Counts::hypergeometric(n, marked, drawn, libm::exp(log_odds)).plus(&Counts::binomial(m, odds / (1.0 + odds)))
            };
            if let Some(tilted) = at(0.0).tilted(log_odds) {
                let (found, expected) = (tilted.upper(x), at(log_odds).upper(x));
                prop_assert!((found.p - expected.p).abs() < 1e-10 * expected.p.max(1e-6), "{:?} {:?}", found, expected);
                prop_assert!((found.mid_p - expected.mid_p).abs() < 1e-10 * expected.mid_p.max(1e-6));
            } else {
                // Only where something was left out, which takes a long way to go.
                prop_assert!(n + m > 25, "{} {}", n, m);
            }
        }

        #[test]
        fn binomials_of_one_probability_add_up(n in 0u64..60, m in 0u64..60, p in 0.05..0.95, x in 0u64..120) {
            let sum = Counts::binomial(n, p).plus(&Counts::binomial(m, p)).upper(x);
            let whole = Counts::binomial(n + m, p).upper(x);
            prop_assert!((sum.p - whole.p).abs() < 1e-12 && (sum.mid_p - whole.mid_p).abs() < 1e-12);
        }
    }
}
