//! The Net Promoter Score: the share of promoters (9, 10) less the share of detractors (0 to 6), in [−1, 1]. It reads a
//! [`Distribution`] and touches nothing else.
//!
//! NPS = P − D; var = P + D − (P − D)² for one response, se = √(var/n). The interval is the adjusted Wald of Rocks
//! (2016, "Interval estimation for the Net Promoter Score", The American Statistician 70:365–372): three responses are
//! added, ¾ promoter, ¾ detractor and 1½ neutral, and Wald is taken on n + 3; then it is cut to [−1, 1]. Plain Wald has no width at all when everybody
//! gives a ten. Tested against the R package NPS: n = 161 with 100 promoters and 11 detractors gives .5527950, se
//! .0488284, .4469247 to .6384411.

use super::distribution::Distribution;
use super::{Estimate, Z};

/// The lowest promoter.
pub const PROMOTER: u8 = 9;
/// The highest detractor.
pub const DETRACTOR: u8 = 6;

/// How many promoters and detractors there are among how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nps {
    /// Ratings.
    pub n: u64,
    /// Those of 9 and 10.
    pub promoters: u64,
    /// Those of 0 to 6.
    pub detractors: u64,
}

impl Nps {
    /// Counts the ratings of a distribution from 0 to 10.
    pub fn update(&mut self, ratings: &Distribution) {
        self.n += ratings.between(0, 10);
        self.promoters += ratings.between(PROMOTER, 10);
        self.detractors += ratings.between(0, DETRACTOR);
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Nps) {
        self.n += other.n;
        self.promoters += other.promoters;
        self.detractors += other.detractors;
    }

    /// P − D; absent without a rating.
    pub fn value(&self) -> Option<f64> {
        (self.n > 0).then(|| (self.promoters as f64 - self.detractors as f64) / self.n as f64)
    }

    /// The variance of one response, P + D − (P − D)².
    pub fn variance(&self) -> Option<f64> {
        let value = self.value()?;
        Some((self.promoters + self.detractors) as f64 / self.n as f64 - value * value)
    }

    /// The standard error of the value, √(var/n).
    pub fn standard_error(&self) -> Option<f64> {
        Some(libm::sqrt(self.variance()? / self.n as f64))
    }

    /// The value with its adjusted Wald interval; absent without a rating.
    pub fn finish(&self) -> Option<Estimate> {
        let value = self.value()?;
        let n = self.n as f64 + 3.0;
        let promoters = (self.promoters as f64 + 0.75) / n;
        let detractors = (self.detractors as f64 + 0.75) / n;
        let center = promoters - detractors;
        let half = Z * libm::sqrt((promoters + detractors - center * center) / n);
        // One or two responses are drawn to the middle so far that the value can fall outside; the interval holds it.
        Some(Estimate {
            value,
            low: (center - half).max(-1.0).min(value),
            high: (center + half).min(1.0).max(value),
        })
    }
}

#[cfg(test)]
mod tests {
    // The figures stand as their source prints them.
    #![allow(clippy::excessive_precision)]

    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    /// Figures of reference/nps_inference.csv (R package NPS): n, promoters, detractors, NPS, var, se, interval (unclipped).
    const REFERENCE: &[(u64, u64, u64, [f64; 5])] = &[
        (
            161,
            100,
            11,
            [
                0.552_795_031_055_900_67,
                0.383_858_647_428_725_77,
                0.048_828_426_161_618_775,
                0.446_924_747_136_460_52,
                0.638_441_106_522_076_2,
            ],
        ),
        (20, 20, 0, [1.0, 0.0, 0.0, 0.696_833_440_254_393_6, 1.042_296_994_528_215]),
        (
            11,
            2,
            7,
            [
                -0.454_545_454_545_454_53,
                0.611_570_247_933_884_26,
                0.235_790_787_069_208_34,
                -0.770_414_829_429_278_2,
                0.056_129_115_143_563_89,
            ],
        ),
        (
            10,
            6,
            2,
            [0.4, 0.64, 0.252_982_212_813_470_39, -0.125_855_799_688_081_03, 0.741_240_415_072_696_45],
        ),
    ];

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        for &(n, promoters, detractors, [value, variance, se, low, high]) in REFERENCE {
            let state = Nps { n, promoters, detractors };
            let found = state.finish().unwrap();
            near(found.value, value);
            near(state.variance().unwrap(), variance);
            near(state.standard_error().unwrap(), se);
            near(found.low, low.max(-1.0));
            near(found.high, high.min(1.0));
        }
    }

    #[test]
    fn a_half_a_third_and_a_sixth_give_a_third() {
        let state = Nps { n: 324, promoters: 162, detractors: 54 };
        near(state.value().unwrap(), 1.0 / 3.0);
        near(state.variance().unwrap(), 5.0 / 9.0);
        assert_eq!((state.standard_error().unwrap() * 1e4).round(), 414.0);
    }

    #[test]
    fn all_tens_still_have_an_interval_with_a_width() {
        let found = Nps { n: 20, promoters: 20, detractors: 0 }.finish().unwrap();
        assert!(found.high - found.low > 0.3 && found.high <= 1.0);
    }

    #[test]
    fn nobody_gives_no_number() {
        assert_eq!(Nps::default().finish(), None);
        assert_eq!(Nps::default().standard_error(), None);
    }

    proptest! {
        #[test]
        fn two_parts_merged_equal_one_pass_and_stay_within_the_scale(
            a in proptest::collection::vec(0u8..=10, 0..60), b in proptest::collection::vec(0u8..=10, 0..60)
        ) {
            let count = |ratings: &[u8]| {
                let mut distribution = Distribution::default();
                distribution.update(ratings);
                let mut nps = Nps::default();
                nps.update(&distribution);
                nps
            };
            let mut merged = count(&a);
            merged.merge(&count(&b));
            let whole = count(&[a, b].concat());
            prop_assert_eq!(merged, whole);
            if let Some(found) = merged.finish() {
                prop_assert!(-1.0 <= found.low && found.low < found.high && found.high <= 1.0);
            }
        }
    }
}
