//! The mean rating in the scale's own points. It adds whole numbers, and touches nothing else.
//!
//! Value: Σx/n. Interval: NPS is the mean of −1, 0 and 1, and its adjusted Wald (see [`super::nps`]) carries over to any
//! bounded scale: three ratings are added, ¾ at each end and 1½ in the middle, and Wald is taken on n + 3, then cut to
//! the scale. On −1, 0, 1 it *is* the NPS interval, which is how it is tested; a constant column keeps a width. That
//! carrying-over is our own, so a test measures how often it holds the true mean.

use super::distribution::Distribution;
use super::{Estimate, Z};
use crate::plan::Scale;

/// Count, sum and sum of squares of ratings, above the scale's low end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mean {
    /// Ratings.
    pub n: u64,
    /// Σ(x − low).
    pub sum: u64,
    /// Σ(x − low)².
    pub squares: u64,
}

impl Mean {
    /// Counts the ratings of a distribution on `scale`.
    pub fn update(&mut self, ratings: &Distribution, scale: Scale) {
        for point in scale.low..=scale.high {
            let (count, above) = (ratings.at(point), u64::from(point - scale.low));
            self.n += count;
            self.sum += count * above;
            self.squares += count * above * above;
        }
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Mean) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The mean with its interval, in points of `scale`; absent without a rating.
    pub fn finish(&self, scale: Scale) -> Option<Estimate> {
        if self.n == 0 {
            return None;
        }
        let low = f64::from(scale.low);
        let range = f64::from(scale.high) - low;
        let n = self.n as f64 + 3.0;
        let center = (self.sum as f64 + 1.5 * range) / n;
        let square = (self.squares as f64 + 0.75 * range * range + 1.5 * range * range / 4.0) / n;
        let half = Z * libm::sqrt((square - center * center).max(0.0) / n);
        let above = self.sum as f64 / self.n as f64;
        // As in the NPS, the interval holds its value.
        Some(Estimate {
            value: low + above,
            low: low + (center - half).max(0.0).min(above),
            high: low + (center + half).min(range).max(above),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::nps::Nps;
    use proptest::prelude::*;
    use rand_core::{Rng, SeedableRng};

    fn count(ratings: &[u8], scale: Scale) -> Mean {
        let mut distribution = Distribution::default();
        distribution.update(ratings);
        let mut mean = Mean::default();
        mean.update(&distribution, scale);
        mean
    }

    const FIVE: Scale = Scale { low: 1, high: 5, nps: false };

    #[test]
    fn on_three_points_it_is_the_interval_of_nps() {
        let scale = Scale { low: 0, high: 2, nps: false };
        for (n, promoters, detractors) in [(161, 100, 11), (10, 6, 2), (11, 2, 7)] {
            let mut ratings = vec![2; promoters];
            ratings.extend(vec![0; detractors]);
            ratings.resize(n, 1);
            let mean = count(&ratings, scale).finish(scale).unwrap();
            let state = Nps { n: n as u64, promoters: promoters as u64, detractors: detractors as u64 };
            let nps = state.finish().unwrap();
            for (found, expected) in [(mean.value, nps.value), (mean.low, nps.low), (mean.high, nps.high)] {
                assert!((found - 1.0 - expected).abs() < 1e-12, "{found} − 1 is not {expected}");
            }
        }
    }

    #[test]
    fn a_constant_column_has_an_interval_with_a_width_inside_the_scale() {
        let found = count(&[5; 20], FIVE).finish(FIVE).unwrap();
        assert_eq!((found.value, found.high), (5.0, 5.0));
        assert!(found.low < 4.9 && found.low > 3.5);
    }

    #[test]
    fn nobody_gives_no_number() {
        assert_eq!(Mean::default().finish(FIVE), None);
    }

    #[test]
    fn the_interval_holds_the_true_mean_about_as_often_as_it_says() {
        // A top-heavy scale of five: .03 .05 .12 .30 .50, true mean 4.19.
        let mut random = rand_pcg::Pcg64::seed_from_u64(7);
        for n in [10, 30, 200] {
            let held = (0..2000)
                .filter(|_| {
                    let ratings: Vec<u8> = (0..n)
                        .map(|_| match random.next_u32() % 100 {
                            0..3 => 1,
                            3..8 => 2,
                            8..20 => 3,
                            20..50 => 4,
                            _ => 5,
                        })
                        .collect();
                    let found = count(&ratings, FIVE).finish(FIVE).unwrap();
                    found.low <= 4.19 && 4.19 <= found.high
                })
                .count();
            assert!((1860..=1990).contains(&held), "n = {n}: {held} of 2000");
        }
    }

    proptest! {
        #[test]
        fn two_parts_merged_equal_one_pass_and_stay_within_the_scale(
            a in proptest::collection::vec(1u8..=5, 0..60), b in proptest::collection::vec(1u8..=5, 0..60)
        ) {
            let mut merged = count(&a, FIVE);
            merged.merge(&count(&b, FIVE));
            prop_assert_eq!(merged, count(&[a, b].concat(), FIVE));
            if let Some(found) = merged.finish(FIVE) {
                prop_assert!(1.0 <= found.low && found.low < found.high && found.high <= 5.0);
            }
        }
    }
}
