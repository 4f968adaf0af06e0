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
    // P(B ≤ k − 1) = I½(n − k + 1, k), which rises with k.
    let below = |k: usize| beta::regularized(0.5, (n - k + 1) as f64, k as f64).0;
    if n < 6 || below(1) > 0.025 {
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
