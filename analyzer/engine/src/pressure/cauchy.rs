//! One p-value from the channels of one family, which may depend on each other in any way. Arithmetic on p-values handed in;
//! it touches nothing else.
//!
//! T = Σ max(0, cot πpᵢ)/k, p = ½ − arctan(T)/π: the Cauchy combination (Liu and Xie 2020, "Cauchy combination test: a powerful
//! test with analytic p-value calculation under arbitrary dependency structures", JASA 115:393–402), truncated so that p above
//! ½ contributes nothing; untruncated, one p near 1 cancels a p of 10⁻⁵. Counts hand in their mid-p ([`super::exact`]). The
//! result is at most ½, which a T of 0 gives.
//!
//! Traps: it is exact only in the tail; the truncation shifts T up by about ln(kT)/π, and dependence adds to it, so that a p near
//! .05 is up to a fifth too small. Which units stand out is decided at .005 and below. The share of honest families with a
//! combined p at or below each level, of 100,000 simulated with normal scores of correlation r (the tests repeat it; standard
//! errors .0007, .0003, .0001):
//!
//! | k channels | r | .05 | .01 | .001 |
//! |---|---|---|---|---|
//! | 2 | 0 | .0524 | .0101 | .0010 |
//! | 2 | .5 | .0540 | .0106 | .0010 |
//! | 2 | .9 | .0510 | .0102 | .0010 |
//! | 5 | 0 | .0587 | .0108 | .0008 |
//! | 5 | .5 | .0600 | .0117 | .0012 |
//! | 5 | .9 | .0525 | .0105 | .0011 |
//! | 3 counts by mid-p | 0 | .0444 | .0074 | .0007 |

use super::{Absent, probability};
use std::f64::consts::PI;

/// The combined p-value of the channels that have one, in [0, ½]; absent when none has.
pub fn combine(channels: &[f64]) -> Result<f64, Absent> {
    if channels.is_empty() {
        return Err(Absent::NoChannel);
    }
    let mut sum = 0.0;
    for &p in channels {
        let p = probability(p)?;
        if p < 0.5 {
            sum += 1.0 / libm::tan(PI * p);
        }
    }
    if sum == 0.0 {
        return Ok(0.5);
    }
    // ½ − arctan(T)/π without its cancellation where T is large.
    Ok(libm::atan(channels.len() as f64 / sum) / PI)
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::super::exact::Counts;
    use super::*;
    use crate::scores::beta;
    use crate::scores::unavailable::Unavailable;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];

    /// How many of `rounds` families have a combined p at or below each level, as shares.
    fn shares(rounds: u32, mut family: impl FnMut() -> Vec<f64>) -> [f64; 3] {
        let mut counts = [0u32; 3];
        for _ in 0..rounds {
            let p = combine(&family()).unwrap();
            for (count, level) in counts.iter_mut().zip(LEVELS) {
                *count += u32::from(p <= level);
            }
        }
        counts.map(|count| f64::from(count) / f64::from(rounds))
    }

    /// The upper tail of a normal score.
    fn tail(z: f64) -> f64 {
        let two = beta::normal_tails(z) / 2.0;
        if z > 0.0 { two } else { 1.0 - two }
    }

    #[test]
    fn the_tail_is_calibrated_whatever_the_dependence() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(5);
        for channels in [2, 5] {
            for correlation in [0.0_f64, 0.5, 0.9] {
                let found = shares(100_000, || {
                    let common = draw::normal(&mut random);
                    (0..channels)
                        .map(|_| {
                            let own = draw::normal(&mut random);
                            tail(correlation.sqrt() * common + (1.0 - correlation).sqrt() * own)
                        })
                        .collect()
                });
                // Five standard errors above the worst of the table above.
                assert!(
                    found[0] < 0.0635 && found[1] < 0.0132 && found[2] < 0.0018,
                    "{channels} {correlation}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn counts_by_their_mid_p_are_calibrated_too() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(6);
        let counts = [(8, 0.3), (20, 0.1), (12, 0.5)].map(|(n, p)| (n, p, Counts::binomial(n, p)));
        let found = shares(100_000, || {
            counts
                .iter()
                .map(|(n, p, known)| known.upper(draw::binomial(*n, *p, &mut random)).mid_p)
                .collect()
        });
        assert!(found[0] < 0.0635 && found[1] < 0.0132 && found[2] < 0.0018, "{found:?}");
    }

    #[test]
    fn one_strong_channel_is_not_cancelled_by_one_near_one() {
        assert!((combine(&[1e-5, 1.0 - 1e-9]).unwrap() - 2e-5).abs() < 1e-9);
        assert!((combine(&[1e-12; 3]).unwrap() / 1e-12 - 1.0).abs() < 1e-9);
        assert!((combine(&[0.02]).unwrap() - 0.02).abs() < 1e-15);
        assert_eq!(combine(&[0.5, 1.0]), Ok(0.5));
        assert_eq!(combine(&[0.0, 0.7]), Ok(0.0));
    }

    #[test]
    fn no_channel_and_no_probability_are_refused() {
        assert_eq!(combine(&[]), Err(Absent::NoChannel));
        assert_eq!(combine(&[0.1, f64::NAN]), Err(Absent::Numbers(Unavailable::NotFinite)));
        assert_eq!(combine(&[1.5]), Err(Absent::Numbers(Unavailable::OutOfRange)));
    }

    proptest! {
        #[test]
        fn less_evidence_never_gives_a_smaller_p(p in proptest::collection::vec(0.0..=1.0, 1..8), at: prop::sample::Index, more in 0.0..=1.0) {
            let before = combine(&p).unwrap();
            let mut weaker = p.clone();
            let at = at.index(p.len());
            weaker[at] = p[at] + (1.0 - p[at]) * more;
            prop_assert!(combine(&weaker).unwrap() >= before * (1.0 - 1e-12));
            prop_assert!((0.0..=0.5).contains(&before));
        }
    }
}
