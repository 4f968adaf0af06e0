//! The extended crosswise model: two random groups see the protected question with different p, so that answers which
//! ignore the instructions show. It counts answers, and touches nothing else.
//!
//! Each group g has λ_g = πp_g + (1 − π)(1 − p_g). π by maximum likelihood of both binomials on [0, 1]; se = 1/√I with the
//! expected information I = Σ n_g(2p_g − 1)²/(λ_g(1 − λ_g)); fit by G² = 2Σ O ln(O/E) over the four cells, χ² with one
//! degree. Source: Heck, Hoffmann & Moshagen (2018), "Detecting nonadherence without loss in efficiency: A simple extension
//! of the crosswise model", Behavior Research Methods 50:1895–1905; R package ecwm. Usually p₂ = 1 − p₁. The interval is
//! that of the likelihood ratio: all π whose log-likelihood lies within 1.92 of the maximum.
//!
//! Traps: as in [`super::crosswise`]; and a bad fit (small p) means that the rate must not be read, while a good fit proves
//! nothing about *symmetric* mistakes. Reference: `ecwm_doping.csv` (ecwm, MIT), 4 items of 1,211 answers to 1e-9: Q1 .2102945,
//! se .0224531, G² 16.464086, p 4.958e-5; Q4 .0382604, se .0199347, G² .3055743.

use super::crosswise::Crosswise;
use super::{MINIMUM, Rate, Refusal, Z, check, same};
use crate::bytes::Damaged;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// The answers of the two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extended {
    /// The group asked with the first p.
    pub first: Crosswise,
    /// The group asked with the second p.
    pub second: Crosswise,
}

/// The rate, and whether the two groups agree about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The rate by maximum likelihood. `unclipped` is the same: the likelihood is maximized within [0, 1].
    pub rate: Rate,
    /// The rate of the first group alone, as computed (possibly outside [0, 1]).
    pub first: f64,
    /// The rate of the second group alone, as computed.
    pub second: f64,
    /// Goodness of fit, ≥ 0.
    pub g2: f64,
    /// How probable a fit at least this bad is when everybody follows the instructions (χ², one degree).
    pub p_value: f64,
    /// Whether the rate can be read: p ≥ .05.
    pub fits: bool,
}

impl Extended {
    /// Counts answers of the first and of the second group; true is "same".
    pub fn update(&mut self, first: &[bool], second: &[bool]) {
        self.first.update(first);
        self.second.update(second);
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Extended) {
        self.first.merge(&other.first);
        self.second.merge(&other.second);
    }

    /// The rate when the innocuous statements have probabilities `p`. Refused below 50 answers in all, without an answer in
    /// both groups, and when both p are alike.
    pub fn finish(&self, p: [f64; 2]) -> Result<Fitted, Refusal> {
        p.into_iter().try_for_each(check)?;
        if (p[0] - p[1]).abs() <= 0.01 {
            return Err(Refusal::SameDesign);
        }
        let groups = [self.first, self.second];
        if groups.iter().any(|group| group.same > group.n) {
            return Err(Refusal::Impossible);
        }
        let n = self.first.n + self.second.n;
        let smaller = self.first.n.min(self.second.n);
        if n < MINIMUM || smaller == 0 {
            return Err(Refusal::TooFewAnswers { found: if smaller == 0 { 0 } else { n }, needed: MINIMUM });
        }
        let cells = [0, 1].map(|g| {
            let group = groups[g];
            (group.same as f64, (group.n - group.same) as f64, p[g])
        });
        // The log-likelihood is concave in π: its slope falls from end to end.
        let slope = |rate: f64| -> f64 {
            cells
                .iter()
                .map(|&(same_count, other_count, p)| {
                    let share = same(rate, p);
                    (2.0 * p - 1.0) * (same_count / share - other_count / (1.0 - share))
                })
                .sum()
        };
        let log_likelihood = |rate: f64| -> f64 {
            cells
                .iter()
                .map(|&(same_count, other_count, p)| {
                    let share = same(rate, p);
                    same_count * libm::log(share) + other_count * libm::log(1.0 - share)
                })
                .sum()
        };
        let rate = crossing(0.0, 1.0, slope);
        let information: f64 = cells
            .iter()
            .map(|&(same_count, other_count, p)| {
                let share = same(rate, p);
                (same_count + other_count) * (2.0 * p - 1.0) * (2.0 * p - 1.0) / (share * (1.0 - share))
            })
            .sum();
        let floor = log_likelihood(rate) - Z * Z / 2.0;
        let low = crossing(0.0, rate, |at| floor - log_likelihood(at));
        let high = crossing(rate, 1.0, |at| log_likelihood(at) - floor);
        let g2 = cells
            .iter()
            .flat_map(|&(same_count, other_count, p)| {
                let (n, share) = (same_count + other_count, same(rate, p));
                [(same_count, n * share), (other_count, n * (1.0 - share))]
            })
            .map(
                |(observed, expected)| {
                    if observed > 0.0 { 2.0 * observed * libm::log(observed / expected) } else { 0.0 }
                },
            )
            .sum::<f64>()
            .max(0.0);
        let p_value = ChiSquared::new(1.0).map_or(1.0, |chi| chi.sf(g2));
        let alone = cells.map(|(same_count, other_count, p)| {
            (same_count / (same_count + other_count) + p - 1.0) / (2.0 * p - 1.0)
        });
        Ok(Fitted {
            rate: Rate { rate, unclipped: rate, standard_error: 1.0 / libm::sqrt(information), low, high, n },
            first: alone[0],
            second: alone[1],
            g2,
            p_value,
            fits: p_value >= 0.05,
        })
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.first.to_bytes(), self.second.to_bytes()].concat()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Extended, Damaged> {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        Ok(Extended { first: Crosswise::from_bytes(first)?, second: Crosswise::from_bytes(second)? })
    }
}

/// Where a function that falls from `from` to `to` changes its sign, by halving; the end nearest to it when it does not.
fn crossing(mut from: f64, mut to: f64, falling: impl Fn(f64) -> f64) -> f64 {
    if falling(from) <= 0.0 {
        return from;
    }
    if falling(to) >= 0.0 {
        return to;
    }
    // 60 halvings of an interval inside [0, 1] leave nothing that a float could hold.
    for _ in 0..60 {
        let middle = f64::midpoint(from, to);
        if falling(middle) > 0.0 { from = middle } else { to = middle }
    }
    f64::midpoint(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    fn groups(first: (u64, u64), second: (u64, u64)) -> Extended {
        let group = |(same, n)| Crosswise { n, same };
        Extended { first: group(first), second: group(second) }
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        // reference/ecwm_doping.csv: π, se, π at .2, π at .8, G², p.
        for (first, second, expected) in [
            (
                (438, 601),
                (232, 610),
                [
                    0.210_294_522_433_250_84,
                    0.022_453_092_322_458_557,
                    0.118_691_070_438_158_67,
                    0.300_546_448_087_431_64,
                    16.464_085_551_132_94,
                    4.958_043_250_830_580_5e-5,
                ],
            ),
            (
                (330, 610),
                (285, 601),
                [
                    0.444_260_941_370_768_05,
                    0.023_893_128_446_117_483,
                    0.431_693_989_071_038_06,
                    0.457_016_084_303_937_9,
                    0.280_790_206_280_921_3,
                    0.596_183_754_758_228_6,
                ],
            ),
            (
                (302, 601),
                (300, 610),
                [
                    0.491_054_225_158_271_5,
                    0.023_945_375_794_289_563,
                    0.495_840_266_222_961_85,
                    0.486_338_797_814_207_47,
                    0.039_360_105_570_267_48,
                    0.842_736_956_699_360_8,
                ],
            ),
            (
                (478, 610),
                (138, 601),
                [
                    0.038_260_390_861_547_026,
                    0.019_934_678_169_506_8,
                    0.027_322_404_371_584_73,
                    0.049_362_174_154_185_68,
                    0.305_574_283_162_513_9,
                    0.580_408_765_993_604_9,
                ],
            ),
        ] {
            let found = groups(first, second).finish([0.2, 0.8]).unwrap();
            let found6 = [
                found.rate.rate,
                found.rate.standard_error,
                found.first,
                found.second,
                found.g2,
                found.p_value,
            ];
            for (found, expected) in found6.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
            }
            assert_eq!(found.fits, expected[5] >= 0.05);
            assert!(
                found.rate.low < found.rate.rate && found.rate.rate < found.rate.high && found.rate.n == 1211
            );
            let width = found.rate.high - found.rate.low;
            assert!((width / (2.0 * Z * expected[1]) - 1.0).abs() < 0.06, "{width}");
        }
    }

    #[test]
    fn unequal_designs_are_fitted_too() {
        // Exact shares at π = .3: .3·.2 + .7·.8 = .62 and .3·.7 + .7·.3 = .42.
        let found = groups((620, 1000), (210, 500)).finish([0.2, 0.7]).unwrap();
        assert!((found.rate.rate - 0.3).abs() < 1e-9 && found.g2 < 1e-9 && found.fits);
    }

    #[test]
    fn rates_at_the_ends_stay_inside_and_keep_a_width() {
        let found = groups((100, 100), (0, 100)).finish([0.2, 0.8]).unwrap();
        assert_eq!((found.rate.rate, found.rate.low), (0.0, 0.0));
        assert!(found.rate.high > 0.0 && found.rate.high < 0.1 && !found.fits);
        let found = groups((0, 100), (100, 100)).finish([0.2, 0.8]).unwrap();
        assert_eq!((found.rate.rate, found.rate.high), (1.0, 1.0));
    }

    #[test]
    fn what_cannot_be_estimated_is_refused() {
        let good = groups((40, 60), (20, 60));
        assert_eq!(good.finish([0.2, 0.2]), Err(Refusal::SameDesign));
        assert!(matches!(good.finish([0.0, 0.8]), Err(Refusal::Unprotected { .. })));
        assert!(matches!(good.finish([0.2, f64::NAN]), Err(Refusal::Unprotected { .. })));
        assert!(matches!(good.finish([0.5, 0.8]), Err(Refusal::Uninformative { .. })));
        let few = groups((10, 25), (10, 24)).finish([0.2, 0.8]);
        assert_eq!(few, Err(Refusal::TooFewAnswers { found: 49, needed: 50 }));
        assert!(groups((10, 25), (10, 25)).finish([0.2, 0.8]).is_ok());
        assert_eq!(
            groups((10, 100), (0, 0)).finish([0.2, 0.8]),
            Err(Refusal::TooFewAnswers { found: 0, needed: 50 })
        );
        assert_eq!(groups((10, 5), (0, 90)).finish([0.2, 0.8]), Err(Refusal::Impossible));
    }

    proptest! {
        #[test]
        fn any_split_of_the_answers_gives_the_same_bytes(
            answers in proptest::collection::vec((0usize..64, any::<bool>(), any::<bool>()), 0..200), order: u64
        ) {
            let mut whole = Extended::default();
            let mut parts = vec![Extended::default(); 64];
            for &(part, second, same) in &answers {
                let (a, b): (&[bool], &[bool]) = if second { (&[], &[same]) } else { (&[same], &[]) };
                whole.update(a, b);
                parts[part].update(a, b);
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part));
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(Extended::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }

        #[test]
        fn estimates_are_never_out_of_range(
            a in 0u64..300, b in 0u64..300, n in 1u64..300, m in 1u64..300, p in 0.01f64..0.99, q in 0.01f64..0.99
        ) {
            if let Ok(found) = groups((a.min(n), n), (b.min(m), m)).finish([p, q]) {
                let rate = found.rate;
                prop_assert!(0.0 <= rate.low && rate.low <= rate.rate && rate.rate <= rate.high && rate.high <= 1.0);
                prop_assert!(rate.standard_error.is_finite() && found.g2.is_finite());
                prop_assert!((0.0..=1.0).contains(&found.p_value));
            }
        }
    }
}
