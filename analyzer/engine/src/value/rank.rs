//! Medians and the comparison of two groups by ranks, for money: a few customers bring most of it, and means of such amounts
//! jump from sample to sample. Neither asks for any distribution.
//!
//! - The median's interval ends at order statistics: x₍ₖ₎ and x₍ₙ₊₁₋ₖ₎ with the largest k for which P(B ≤ k − 1) ≤ .025, B
//!   binomial with n and ½ (Thompson 1936, "On confidence ranges for the median", Ann. Math. Stat. 7:122–128). Under six values
//!   there is none.
//! - Whether one of a group has more than one of another: P(X < Y) + ½ P(X = Y) by midranks, with Brunner and Munzel's variance
//!   and degrees of freedom (2000, "The nonparametric Behrens–Fisher problem", Biometrical Journal 42:17–25). Unlike Mann and
//!   Whitney's it does not take the groups to be spread alike.
//!
//! Tested against scipy 1.17.1 (`quantile_test`, `brunnermunzel`), figures beside the tests.

use crate::scores::{Estimate, beta};

/// The median of sorted amounts with its interval of at least 95%; nothing under six.
pub fn median(sorted: &[i64]) -> Option<Estimate> {
    let n = sorted.len();
    // P(B ≤ k − 1) = I½(n − k + 1, k), which rises with k; P(B ≤ 0) = 2⁻ⁿ is .031 of five and .016 of six.
    let below = |k: usize| beta::regularized(0.5, (n - k + 1) as f64, k as f64).0;
    if n < 6 {
        return None;
    }
    let (mut k, mut no) = (1, n.div_ceil(2) + 1);
    while no - k > 1 {
        let middle = k + (no - k) / 2;
        if below(middle) <= 0.025 { k = middle } else { no = middle }
    }
    let middle = (sorted[(n - 1) / 2] as f64 + sorted[n / 2] as f64) / 2.0;
    Some(Estimate { value: middle, low: sorted[k - 1] as f64, high: sorted[n - k] as f64 })
}

/// How often one of `second` has more than one of `first`, ties counted half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superiority {
    /// The share, with its interval.
    pub share: Estimate,
    /// The p-value of "one half".
    pub p: f64,
}

/// Compares sorted amounts. Nothing when a group has fewer than two, or when the ranks have no spread.
pub fn superiority(first: &[i64], second: &[i64]) -> Option<Superiority> {
    let (n, m) = (first.len(), second.len());
    if n < 2 || m < 2 {
        return None;
    }
    // Twice a midrank is a whole number: values below, twice, and those that are the same, and one.
    let twice = |of: &[i64], x: i64| {
        let below = of.partition_point(|&y| y < x);
        let upto = of.partition_point(|&y| y <= x);
        (below + upto) as u128
    };
    // Placements: how many of the other group are below, twice. Their spread is that of rank less rank within.
    let spread = |own: &[i64], other: &[i64]| {
        let (mut sum, mut squares) = (0u128, 0u128);
        for &x in own {
            let place = twice(other, x);
            sum += place;
            squares += place * place;
        }
        let count = own.len() as u128;
        let about = count * squares - sum * sum;
        (sum, about as f64 / (4.0 * count as f64 * (count as f64 - 1.0)))
    };
    let (_, one) = spread(first, second);
    let (sum, other) = spread(second, first);
    let (nf, mf) = (n as f64, m as f64);
    let share = sum as f64 / (2.0 * nf * mf);
    let (a, b) = (one * nf, other * mf);
    if a + b <= 0.0 {
        return None;
    }
    let error = libm::sqrt(a + b) / (nf * mf);
    let df = (a + b) * (a + b) / (a * a / (nf - 1.0) + b * b / (mf - 1.0));
    let half = beta::t_quantile(0.05, df) * error;
    Some(Superiority {
        share: Estimate { value: share, low: (share - half).max(0.0), high: (share + half).min(1.0) },
        p: beta::t_tails((share - 0.5) / error, df),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_its_interval_are_those_of_the_binomial_table() {
        // With p = ½: of 6, P(B ≤ 0) = 1/64 < .025 < P(B ≤ 1) = 7/64, so that the ends are the least and the greatest; of 9,
        // P(B ≤ 1) = 10/512 = .0195 and P(B ≤ 2) = 46/512; of 10, P(B ≤ 1) = 11/1024; of 12, P(B ≤ 2) = 79/4096 = .0193, P(B ≤ 3) =
        // 299/4096; of 20, P(B ≤ 5) = .0207, P(B ≤ 6) = .0577.
        for (n, low, high) in [(6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (12, 3, 10), (20, 6, 15)] {
            let amounts: Vec<i64> = (1..=n).collect();
            let found = median(&amounts).unwrap();
            assert_eq!(
                (found.low, found.high, found.value),
                (low as f64, high as f64, (n as f64 + 1.0) / 2.0)
            );
        }
        assert_eq!((median(&[]), median(&[1, 2, 3, 4, 5])), (None, None));
    }

    #[test]
    fn superiority_is_that_of_pairs_counted_by_hand() {
        // Of 2 · 3 pairs 1 < 2, 1 < 4, 2 < 4 and 1 < 1 half, 2 < 1 not, 2 < 2 half: 3 and two halves.
        let found = superiority(&[1, 2], &[1, 2, 4]).unwrap();
        assert!((found.share.value - 4.0 / 6.0).abs() < 1e-12, "{found:?}");
        // All the money on one side: no spread, no test. Fewer than two on a side: none either.
        assert_eq!(superiority(&[1, 2], &[3, 4]), None);
        assert_eq!((superiority(&[1], &[1, 2, 3]), superiority(&[1, 2, 3], &[1])), (None, None));
        assert!(superiority(&[1, 4], &[2, 3]).is_some());
    }

    #[test]
    fn superiority_turns_round_with_its_groups_and_asks_for_order_alone() {
        let (one, other) = ([1, 3, 5, 7, 9, 11, 40], [2, 3, 8, 10, 12, 13]);
        let found = superiority(&one, &other).unwrap();
        let turned = superiority(&other, &one).unwrap();
        assert!((found.share.value + turned.share.value - 1.0).abs() < 1e-12, "{found:?} {turned:?}");
        assert!(
            (found.share.low + turned.share.high - 1.0).abs() < 1e-12 && (found.p - turned.p).abs() < 1e-12
        );
        // Cubes are in the same order.
        let cubes = |amounts: &[i64]| amounts.iter().map(|x| x * x * x).collect::<Vec<_>>();
        assert_eq!(superiority(&cubes(&one), &cubes(&other)), Some(found));
        // Nearly apart: the interval is cut to 1.
        let apart = superiority(&[1, 2, 3, 4, 6], &[5, 7, 8, 9, 10]).unwrap().share;
        assert!((apart.value - 0.96).abs() < 1e-12 && apart.high == 1.0 && apart.low > 0.5, "{apart:?}");
    }
}
