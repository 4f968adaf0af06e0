//! The top box: the share that chose the highest points of a scale, as CSAT is read. It counts, and touches nothing else.
//!
//! The interval is Wilson's (1927, "Probable inference, the law of succession, and statistical inference", JASA 22:209–212):
//! (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Reference: 81 of 263 → .2553 to .3662; 1 of 29 → .0061 to .1718.

use super::distribution::Distribution;
use super::{Estimate, Z};
use crate::plan::Scale;

/// How many chose the top among how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopBox {
    /// Ratings.
    pub n: u64,
    /// Those in the top box.
    pub top: u64,
}

/// The lowest point of the top box: the two highest points of a scale of four or more, the highest of a shorter one.
pub fn lowest_top(scale: Scale) -> u8 {
    if scale.high - scale.low >= 3 { scale.high - 1 } else { scale.high }
}

impl TopBox {
    /// Counts the ratings of a distribution on `scale`.
    pub fn update(&mut self, ratings: &Distribution, scale: Scale) {
        self.n += ratings.between(scale.low, scale.high);
        self.top += ratings.between(lowest_top(scale), scale.high);
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &TopBox) {
        self.n += other.n;
        self.top += other.top;
    }

    /// The share with its Wilson interval, in [0, 1]; absent without a rating.
    pub fn finish(&self) -> Option<Estimate> {
        if self.n == 0 {
            return None;
        }
        let n = self.n as f64;
        Some(wilson(self.top as f64 / n, n))
    }
}

/// Wilson's interval of a share among `n`, which is above 0 and need not be whole.
pub(super) fn wilson(share: f64, n: f64) -> Estimate {
    let z2 = Z * Z;
    let center = share + z2 / (2.0 * n);
    let half = Z * libm::sqrt((share * (1.0 - share)).max(0.0) / n + z2 / (4.0 * n * n));
    let scale = 1.0 + z2 / n;
    Estimate {
        value: share,
        // Rounding leaves a trace of 1e-17 at a share of 0 or 1, where the end is the share itself.
        low: ((center - half) / scale).min(share).max(0.0),
        high: ((center + half) / scale).max(share).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    // The figures stand as their source prints them.
    #![allow(clippy::excessive_precision)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        // reference/binomial_ci.csv, columns wilson_lo and wilson_hi.
        for (top, n, low, high) in [
            (81, 263, 0.255_288_519_878_274_28, 0.366_209_576_982_780_16),
            (15, 148, 0.062_386_399_530_736_283, 0.160_487_241_723_308),
            (1, 29, 0.006_113_214_292_762_661, 0.171_755_218_793_202_83),
            (9, 10, 0.595_849_973_204_761_52, 0.982_123_786_904_927_08),
            (50, 100, 0.403_831_530_365_995_67, 0.596_168_469_634_004_33),
        ] {
            let found = TopBox { n, top }.finish().unwrap();
            assert!(
                (found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9,
                "{top} of {n}: {found:?}"
            );
        }
    }

    #[test]
    fn satisfied_is_four_and_five_of_five() {
        assert_eq!(lowest_top(Scale { low: 1, high: 5, nps: false }), 4);
        assert_eq!(lowest_top(Scale { low: 0, high: 1, nps: false }), 1);
    }

    #[test]
    fn nobody_gives_no_number() {
        assert_eq!(TopBox::default().finish(), None);
    }

    proptest! {
        #[test]
        fn two_parts_merged_equal_one_pass(
            a in proptest::collection::vec(1u8..=5, 0..60), b in proptest::collection::vec(1u8..=5, 0..60)
        ) {
            let scale = Scale { low: 1, high: 5, nps: false };
            let count = |ratings: &[u8]| {
                let mut distribution = Distribution::default();
                distribution.update(ratings);
                let mut top = TopBox::default();
                top.update(&distribution, scale);
                top
            };
            let mut merged = count(&a);
            merged.merge(&count(&b));
            prop_assert_eq!(merged, count(&[a, b].concat()));
            if let Some(found) = merged.finish() {
                prop_assert!(0.0 <= found.low && found.low < found.high && found.high <= 1.0);
            }
        }
    }
}
