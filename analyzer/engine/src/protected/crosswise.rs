//! The crosswise model: a rate of pressure from answers that protect those who give them. It counts answers, and touches
//! nothing else.
//!
//! With λ the share of "same" and p the probability of the innocuous statement, π = (λ + p − 1)/(2p − 1) and se =
//! √(λ(1 − λ)/((n − 1)(2p − 1)²)). Source: Yu, Tian & Tang (2008), "Two new models for survey sampling with sensitive
//! characteristic", Metrika 67:251–263; R package RRreg. The interval is Wilson's for λ (1927), carried over to π, then cut
//! to [0, 1], so that it keeps a width at the ends. Rates are shares in [0, 1].
//!
//! Traps: a **rate for a group, never a person**; refused below 50 answers. The protection has a price, [`price`]: the answers
//! needed per answer of a direct question, λ(1 − λ)/((2p − 1)²π(1 − π)): 5.9 at π = .19, p = .25, 16.8 at π = .05. Random
//! answers look like a rate of 50%, so one control statement with a known rate is asked the same way: [`control`].
//!
//! Reference: `crosswise_RRreg.csv` to 1e-12: 400 of 1,000 at p = .25 → .70, se .0309994; 620 of 1,000 at ⅙ → .32, se
//! .0230354; 310 of 500 at .158 → .3245614, se .0317674.

use super::{MINIMUM, Rate, Refusal, Z, check, same};
use crate::bytes::{Damaged, Reader, Writer};
use statrs::distribution::{Binomial, DiscreteCDF};

const MARK: &[u8; 5] = b"CRSW1";

/// How many said "same" among how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crosswise {
    /// Answers.
    pub n: u64,
    /// Those that say both or neither statement is true.
    pub same: u64,
}

impl Crosswise {
    /// Counts answers; true is "same".
    pub fn update(&mut self, answers: &[bool]) {
        self.n += answers.len() as u64;
        self.same += answers.iter().filter(|&&same| same).count() as u64;
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Crosswise) {
        self.n += other.n;
        self.same += other.same;
    }

    /// The rate when the innocuous statement has probability `p`.
    pub fn finish(&self, p: f64) -> Result<Rate, Refusal> {
        check(p)?;
        let share = self.share()?;
        let n = self.n as f64;
        let slope = 2.0 * p - 1.0;
        let unclipped = (share + p - 1.0) / slope;
        let standard_error = libm::sqrt(share * (1.0 - share) / (n - 1.0)) / slope.abs();
        let (low, high) = self.wilson();
        let (a, b) = ((low + p - 1.0) / slope, (high + p - 1.0) / slope);
        Ok(Rate {
            rate: unclipped.clamp(0.0, 1.0),
            unclipped,
            standard_error,
            low: a.min(b).clamp(0.0, 1.0),
            high: a.max(b).clamp(0.0, 1.0),
            n: self.n,
        })
    }

    /// λ, once there are enough answers.
    fn share(&self) -> Result<f64, Refusal> {
        if self.same > self.n {
            return Err(Refusal::Impossible);
        }
        if self.n < MINIMUM {
            return Err(Refusal::TooFewAnswers { found: self.n, needed: MINIMUM });
        }
        Ok(self.same as f64 / self.n as f64)
    }

    /// Wilson's interval for λ.
    fn wilson(&self) -> (f64, f64) {
        let (n, z2) = (self.n as f64, Z * Z);
        let share = self.same as f64 / n;
        let center = share + z2 / (2.0 * n);
        let half = Z * libm::sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n));
        let scale = 1.0 + z2 / n;
        (((center - half) / scale).max(0.0), ((center + half) / scale).min(1.0))
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.n, self.same]);
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Crosswise, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "answers to a protected question")?;
        let state = Crosswise { n: reader.u64()?, same: reader.u64()? };
        if state.same > state.n {
            return Err(reader.damaged());
        }
        reader.end()?;
        Ok(state)
    }
}

/// How many protected answers carry as much as one direct answer, at a rate in (0, 1) and a `p` that is no refusal.
pub fn price(rate: f64, p: f64) -> Result<f64, Refusal> {
    check(p)?;
    if !(rate > 0.0 && rate < 1.0) {
        // A direct question about what nobody or everybody does has no variance to compare with.
        return Err(Refusal::NoControl);
    }
    let share = same(rate, p);
    Ok(share * (1.0 - share) / ((2.0 * p - 1.0) * (2.0 * p - 1.0) * rate * (1.0 - rate)))
}

/// What a control statement with a known rate says about how carefully the protected question was answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// The share of answers given at random (half "same"), in [0, 1].
    pub random: f64,
    /// The lower end of its 95% interval.
    pub random_low: f64,
    /// The upper end of its 95% interval.
    pub random_high: f64,
    /// How probable a count at least this unlikely is when everybody follows the instructions (exact binomial, twice the
    /// smaller tail, at most 1).
    pub p_value: f64,
    /// Whether the rate can be read: p ≥ .05.
    pub passed: bool,
}

/// Checks the answers to a control statement of known `rate` (0 for "I was born on the moon"), paired with an innocuous
/// statement of probability `p`. Honest answers say "same" with λ₀ = πp + (1 − π)(1 − p), random ones with ½; so the share
/// of random answers is (λ − λ₀)/(½ − λ₀). Passing does not prove care: with n = 100 and p = .25 a fifth of random answers
/// is noticed about one time in six.
pub fn control(answers: &Crosswise, rate: f64, p: f64) -> Result<Control, Refusal> {
    check(p)?;
    if !(0.0..=1.0).contains(&rate) {
        return Err(Refusal::NoControl);
    }
    let honest = same(rate, p);
    if (honest - 0.5).abs() <= 0.01 {
        return Err(Refusal::NoControl);
    }
    let share = answers.share()?;
    let random = |share: f64| ((share - honest) / (0.5 - honest)).clamp(0.0, 1.0);
    let (low, high) = answers.wilson();
    let (a, b) = (random(low), random(high));
    let chance = Binomial::new(honest, answers.n).map_err(|_| Refusal::NoControl)?;
    let below = chance.cdf(answers.same);
    let above = if answers.same == 0 { 1.0 } else { chance.sf(answers.same - 1) };
    let p_value = (2.0 * below.min(above)).min(1.0);
    Ok(Control {
        random: random(share),
        random_low: a.min(b),
        random_high: a.max(b),
        p_value,
        passed: p_value >= 0.05,
    })
}

/// The rate among those who followed the instructions, when a share `random` in [0, 1) answered at random: with
/// λ = (1 − r)λ′ + r/2 the rate is (π − r/2)/(1 − r), cut to [0, 1]. Source: Atsusaka & Stevenson (2023), "A bias-corrected
/// estimator for the crosswise model with inattentive respondents", Political Analysis 31:134–148. A point without an
/// interval: the share itself is uncertain.
pub fn among_attentive(rate: &Rate, random: f64) -> Option<f64> {
    (0.0..1.0).contains(&random).then(|| ((rate.unclipped - random / 2.0) / (1.0 - random)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn the_interval_is_that_of_wilson_turned_into_rates() {
        // Wilson's interval of 81/263 is .2553 to .3662 (Altman et al. 2000, "Statistics with Confidence").
        let found = Crosswise { n: 263, same: 81 }.finish(0.25).unwrap();
        let rate = |same: f64| (0.75 - same) / 0.5;
        assert!(
            (found.low - rate(0.3662)).abs() < 2e-4 && (found.high - rate(0.2553)).abs() < 2e-4,
            "{found:?}"
        );
        let turned = Crosswise { n: 263, same: 263 - 81 }.finish(0.75).unwrap();
        assert!(
            (turned.low - found.low).abs() < 1e-12 && (turned.high - found.high).abs() < 1e-12,
            "{turned:?}"
        );
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        for (same, n, p, rate, se) in [
            (400, 1000, 0.25, 0.7, 0.030_999_370_331_685_14),
            (620, 1000, 1.0 / 6.0, 0.32, 0.023_035_421_216_696_484),
            (310, 500, 0.158, 0.324_561_403_508_771_92, 0.031_767_370_524_417_665),
        ] {
            let found = Crosswise { n, same }.finish(p).unwrap();
            assert!(
                (found.rate - rate).abs() < 1e-12 && (found.standard_error - se).abs() < 1e-12,
                "{found:?}"
            );
            assert!(found.low < rate && rate < found.high && found.n == n);
            assert!((found.high - found.low - 2.0 * Z * se).abs() < 0.002);
        }
    }

    #[test]
    fn a_rate_stays_within_its_range_and_says_when_it_had_to_be_cut() {
        let found = Crosswise { n: 100, same: 90 }.finish(0.25).unwrap();
        assert!((found.unclipped + 0.3).abs() < 1e-12 && found.rate == 0.0 && found.low == 0.0);
        let found = Crosswise { n: 100, same: 0 }.finish(0.25).unwrap();
        assert!(found.unclipped == 1.5 && found.rate == 1.0 && found.high == 1.0);
        // p above ½ turns the slope, not the interval.
        let found = Crosswise { n: 100, same: 40 }.finish(0.75).unwrap();
        assert!(found.low < found.rate && found.rate < found.high && (found.rate - 0.3).abs() < 1e-12);
    }

    #[test]
    fn what_protects_nobody_or_says_nothing_is_refused() {
        let state = Crosswise { n: 200, same: 100 };
        for p in [0.0, 1.0, -0.2, 1.2, f64::NAN, f64::INFINITY] {
            assert!(matches!(state.finish(p), Err(Refusal::Unprotected { .. })));
            assert!(price(0.2, p).is_err());
        }
        assert_eq!(state.finish(0.5), Err(Refusal::Uninformative { p: 0.5 }));
        assert_eq!(
            Crosswise { n: 49, same: 20 }.finish(0.25),
            Err(Refusal::TooFewAnswers { found: 49, needed: 50 })
        );
        assert!(Crosswise { n: 50, same: 20 }.finish(0.25).is_ok());
        assert_eq!(Crosswise { n: 50, same: 51 }.finish(0.25), Err(Refusal::Impossible));
        assert!(Crosswise::default().finish(0.25).is_err());
    }

    #[test]
    fn protection_costs_six_times_the_answers_at_a_fifth_and_seventeen_at_a_twentieth() {
        assert!((price(0.19, 0.25).unwrap() - 5.873_294).abs() < 1e-6);
        assert!((price(0.05, 0.25).unwrap() - 16.789_474).abs() < 1e-6);
        for rate in [0.0, 1.0, f64::NAN] {
            assert!(price(rate, 0.25).is_err());
        }
    }

    #[test]
    fn a_control_statement_shows_random_answers() {
        // Nobody is born on the moon: "same" with ¾ when careful, ½ at random.
        let careful = control(&Crosswise { n: 200, same: 150 }, 0.0, 0.25).unwrap();
        assert!(
            careful.passed && careful.random == 0.0 && careful.p_value > 0.9 && careful.random_low == 0.0
        );
        let random = control(&Crosswise { n: 200, same: 100 }, 0.0, 0.25).unwrap();
        assert!(!random.passed && random.random == 1.0 && random.p_value < 1e-9 && random.random_high == 1.0);
        let half = control(&Crosswise { n: 400, same: 250 }, 0.0, 0.25).unwrap();
        assert!(
            (half.random - 0.5).abs() < 1e-12
                && half.random_low < 0.5
                && half.random_high > 0.5
                && !half.passed
        );
        // The exact binomial: 5 or fewer of 50 at ¼ is .0070 (R: pbinom(5, 50, .25) = .007046).
        let few = control(&Crosswise { n: 50, same: 5 }, 1.0, 0.25).unwrap();
        assert!((few.p_value - 2.0 * 0.007_046).abs() < 2e-5, "{few:?}");
        assert!(!control(&Crosswise { n: 50, same: 0 }, 0.0, 0.25).unwrap().passed);
        for rate in [-0.1, 1.1, f64::NAN, 0.5] {
            assert_eq!(control(&Crosswise { n: 200, same: 100 }, rate, 0.25), Err(Refusal::NoControl));
        }
        assert!(control(&Crosswise { n: 20, same: 10 }, 0.0, 0.25).is_err());
    }

    #[test]
    fn random_answers_pull_the_rate_to_a_half_and_can_be_taken_out() {
        // True rate .2 at p = .25: λ = .65; with 40% random .59.
        let rate = Crosswise { n: 1000, same: 590 }.finish(0.25).unwrap();
        assert!((rate.rate - 0.32).abs() < 1e-12);
        assert!((among_attentive(&rate, 0.4).unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(among_attentive(&rate, 0.0), Some(rate.unclipped));
        for random in [1.0, -0.1, f64::NAN] {
            assert_eq!(among_attentive(&rate, random), None);
        }
    }

    proptest! {
        #[test]
        fn any_split_of_the_answers_gives_the_same_bytes(
            answers in proptest::collection::vec((0usize..64, any::<bool>()), 0..200), order: u64
        ) {
            let mut whole = Crosswise::default();
            let mut parts = vec![Crosswise::default(); 64];
            for &(part, same) in &answers {
                whole.update(&[same]);
                parts[part].update(&[same]);
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part));
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(Crosswise::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }

        #[test]
        fn an_estimate_is_never_out_of_range(n in 0u64..5000, same in 0u64..5000, p in -0.5f64..1.5) {
            if let Ok(found) = (Crosswise { n, same }).finish(p) {
                prop_assert!(0.0 <= found.low && found.low <= found.rate && found.rate <= found.high && found.high <= 1.0);
                prop_assert!(found.standard_error.is_finite() && found.unclipped.is_finite());
            }
        }
    }
}
