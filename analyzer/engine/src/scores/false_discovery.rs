//! Many tests at once: p-values adjusted so that, of those called at level q, at most a share q is expected to be false. Arithmetic on
//! numbers handed in; it touches nothing else.
//!
//! Benjamini and Hochberg (1995, "Controlling the false discovery rate", JRSS B 57:289–300): with p₍₁₎ ≤ … ≤ p₍ₘ₎, the adjusted value
//! of p₍ᵢ₎ is min over k ≥ i of m·p₍ₖ₎/k, at most 1. Independent tests, or positively dependent ones (Benjamini and Yekutieli 2001).
//!
//! Trap: filtering units after the adjustment undoes it, and leaving untested units in with p = 1 costs power: hand in exactly the tests
//! that were made. Tested against reference/bh_1995_table.csv, the paper's own example: 4 of 15 at .05.

use super::unavailable::Unavailable;
use crate::sort;

/// The adjusted p-values, in the order of `p`; refused when one is not a probability.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, Unavailable> {
    if p.iter().any(|p| p.is_nan()) {
        return Err(Unavailable::NotFinite);
    }
    if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Err(Unavailable::OutOfRange);
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    sort::by(&mut order, |&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 1.0_f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p.len() as f64 * p[at] / (rank + 1) as f64);
        adjusted[at] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_paper_calls_four_of_fifteen() {
        let rows: Vec<Vec<f64>> = include_str!("../../fixtures/scores/bh_1995_table.csv")
            .lines()
            .skip(1)
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        let p: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        let found = benjamini_hochberg(&p).unwrap();
        for (found, row) in found.iter().zip(&rows) {
            assert!((found - row[1]).abs() < 1e-15, "{found} is not {}", row[1]);
        }
        assert_eq!(found.iter().filter(|&&p| p <= 0.05).count(), 4);
    }

    #[test]
    fn what_is_no_probability_is_refused_and_no_test_gives_no_value() {
        assert_eq!(benjamini_hochberg(&[0.1, f64::NAN]), Err(Unavailable::NotFinite));
        assert_eq!(benjamini_hochberg(&[0.1, 1.1]), Err(Unavailable::OutOfRange));
        assert_eq!(benjamini_hochberg(&[-1e-9]), Err(Unavailable::OutOfRange));
        assert_eq!(benjamini_hochberg(&[]), Ok(vec![]));
        assert_eq!(benjamini_hochberg(&[0.03]), Ok(vec![0.03]));
    }

    proptest! {
        #[test]
        fn it_is_the_least_over_the_later_ranks_whatever_the_order(mut p in proptest::collection::vec(0.0..=1.0, 1..30)) {
            let shuffled = benjamini_hochberg(&p).unwrap();
            let mut pairs: Vec<_> = p.iter().copied().zip(shuffled).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            p.sort_by(f64::total_cmp);
            let m = p.len() as f64;
            for (at, (_, found)) in pairs.iter().enumerate() {
                let least = (at..p.len()).map(|k| m * p[k] / (k + 1) as f64).fold(1.0, f64::min);
                prop_assert_eq!(*found, least);
                prop_assert!(*found >= p[at] || (*found - p[at]).abs() < 1e-15);
            }
        }
    }
}
