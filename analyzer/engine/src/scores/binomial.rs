//! Intervals of 95% for a share, `successes` of `n`. Arithmetic on counts; it touches nothing else.
//!
//! - Wilson (1927, "Probable inference, the law of succession, and statistical inference", JASA 22:209–212), the one to show:
//!   (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). It lives in [`TopBox::finish`].
//! - Agresti and Coull (1998, "Approximate is better than 'exact'", The American Statistician 52:119–126): ñ = n + z², p̃ =
//!   (x + z²/2)/ñ, p̃ ± z √(p̃(1−p̃)/ñ); it may leave [0, 1] and is cut there.
//! - Clopper and Pearson (1934, "The use of confidence or fiducial limits", Biometrika 26:404–413): the beta quantiles
//!   B(.025; x, n−x+1) and B(.975; x+1, n−x); never too short, and so usually too long.
//!
//! Trap: all three take the answers for independent. Answers that come in units are not: widen by √deff (see
//! [`super::cluster`]). Tested against reference/binomial_ci.csv (five cases, each end to 1e-9).

use super::beta;
use super::top_box::TopBox;
use super::unavailable::Unavailable;
use super::{Estimate, Z};

/// Refuses counts that are no share.
fn check(top: &TopBox) -> Result<(), Unavailable> {
    match top {
        TopBox { n: 0, .. } => Err(Unavailable::Empty),
        TopBox { n, top } if top > n => Err(Unavailable::OutOfRange),
        _ => Ok(()),
    }
}

/// Wilson's interval, in [0, 1].
pub fn wilson(top: &TopBox) -> Result<Estimate, Unavailable> {
    check(top)?;
    top.finish().ok_or(Unavailable::Empty)
}

/// Agresti and Coull's interval, cut to [0, 1].
pub fn agresti_coull(top: &TopBox) -> Result<Estimate, Unavailable> {
    check(top)?;
    let n = top.n as f64 + Z * Z;
    let center = (top.top as f64 + Z * Z / 2.0) / n;
    let half = Z * libm::sqrt(center * (1.0 - center) / n);
    let value = top.top as f64 / top.n as f64;
    Ok(Estimate { value, low: (center - half).max(0.0), high: (center + half).min(1.0) })
}

/// Clopper and Pearson's interval, in [0, 1].
pub fn clopper_pearson(top: &TopBox) -> Result<Estimate, Unavailable> {
    check(top)?;
    let (x, n) = (top.top as f64, top.n as f64);
    let low = if top.top == 0 { 0.0 } else { beta::quantile(0.025, x, n - x + 1.0) };
    let high = if top.top == top.n { 1.0 } else { 1.0 - beta::quantile(0.025, n - x, x + 1.0) };
    Ok(Estimate { value: x / n, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let mut worst: f64 = 0.0;
        for line in include_str!("../../fixtures/scores/binomial_ci.csv").lines().skip(1) {
            let row: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            let top = TopBox { n: row[1] as u64, top: row[0] as u64 };
            for (found, at) in [(wilson(&top), 2), (agresti_coull(&top), 4), (clopper_pearson(&top), 6)] {
                let found = found.unwrap();
                // The reference does not cut Agresti and Coull's interval to [0, 1].
                for (end, expected) in [(found.low, row[at].max(0.0)), (found.high, row[at + 1].min(1.0))] {
                    worst = worst.max((end - expected).abs());
                    assert!((end - expected).abs() < 1e-9, "{line}: {end} is not {expected}");
                }
            }
        }
        assert!(worst < 1e-13, "the largest deviation is {worst:e}");
    }

    #[test]
    fn a_share_of_a_hundred_million_has_a_short_interval_around_it() {
        let found = clopper_pearson(&TopBox { n: 100_000_000, top: 30_000_000 }).unwrap();
        let half = Z * (0.3_f64 * 0.7 / 1e8).sqrt();
        assert!((found.low - 0.3 + half).abs() < 1e-7 && (found.high - 0.3 - half).abs() < 1e-7, "{found:?}");
    }

    #[test]
    fn no_answers_and_impossible_counts_are_refused() {
        for interval in [wilson, agresti_coull, clopper_pearson] {
            assert_eq!(interval(&TopBox { n: 0, top: 0 }), Err(Unavailable::Empty));
            assert_eq!(interval(&TopBox { n: 2, top: 3 }), Err(Unavailable::OutOfRange));
            let one = interval(&TopBox { n: 1, top: 1 }).unwrap();
            assert!(one.value == 1.0 && one.high == 1.0 && one.low < 0.5);
        }
    }

    proptest! {
        #[test]
        fn clopper_pearson_ends_leave_a_fortieth_of_the_binomial(n in 1u64..60, part in 0.0..=1.0) {
            let top = TopBox { n, top: (part * n as f64) as u64 };
            let found = clopper_pearson(&top).unwrap();
            let tail = |share: f64, counts: std::ops::RangeInclusive<u64>| -> f64 {
                counts.map(|x| {
                    let ways: f64 = (0..x).map(|i| (n - i) as f64 / (i + 1) as f64).product();
                    ways * share.powi(x as i32) * (1.0 - share).powi((n - x) as i32)
                }).sum()
            };
            if top.top > 0 { prop_assert!((tail(found.low, top.top..=n) - 0.025).abs() < 1e-10); }
            if top.top < n { prop_assert!((tail(found.high, 0..=top.top) - 0.025).abs() < 1e-10); }
        }
    }
}
