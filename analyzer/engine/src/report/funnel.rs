//! Where units of each size are expected to score: the band of a funnel plot. It reads how ratings cluster in units, and
//! nothing else; which units stand out is not its business.
//!
//! Around the mean of the units the score of a unit with n ratings has the variance within/n + between: chance, and how much
//! these units differ (one-way analysis of variance; Spiegelhalter 2005, "Funnel plots for comparing institutional
//! performance", calls it additive overdispersion). A plain funnel, with chance alone, would draw honest units outside.

use super::MINIMUM_CELL;
use super::points::Statistic;
use crate::scores::cluster::Clustering;
use crate::scores::{Estimate, Z};
use serde::{Deserialize, Serialize};

/// Sizes at which the band is computed.
const STEPS: u32 = 24;
/// The normal quantile of .999, for the band that holds 99.8%.
const FAR: f64 = 3.090_232_306_167_813_5;

/// The band in which units are expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// The score of the average unit.
    pub expected: f64,
    /// The band at some sizes, the smallest first.
    pub band: Vec<Width>,
}

/// The band at one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Width {
    /// Ratings of a unit.
    pub n: u64,
    /// The lower end of the range that holds 95% of such units.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The lower end of the range that holds 99.8% of them.
    pub far_low: f64,
    /// Its upper end.
    pub far_high: f64,
}

/// The funnel around `middle`, the mean of the units' points, for the units of these sizes; absent without two units.
pub(super) fn funnel(
    sizes: &[u64],
    statistic: Statistic,
    clustering: Option<&Clustering>,
    middle: Option<f64>,
) -> Option<Funnel> {
    let (clustering, middle) = (clustering?, middle?);
    let most = sizes.iter().copied().max().filter(|_| sizes.len() > 1)?.max(MINIMUM_CELL + 1);
    let growth = most as f64 / MINIMUM_CELL as f64;
    let mut steps: Vec<u64> = (0..STEPS)
        .map(|step| libm::pow(growth, f64::from(step) / f64::from(STEPS - 1)))
        .map(|times| libm::round(MINIMUM_CELL as f64 * times) as u64)
        .map(|n| n.min(most))
        .collect();
    steps.dedup();
    let width = |n: u64| {
        let sd = libm::sqrt(clustering.within / n as f64 + clustering.between_variance());
        let range = |z: f64| {
            statistic.estimate_of(Estimate { value: middle, low: middle - z * sd, high: middle + z * sd })
        };
        let (near, far) = (range(Z), range(FAR));
        Width { n, low: near.low, high: near.high, far_low: far.low, far_high: far.high }
    };
    Some(Funnel { expected: statistic.level(middle), band: steps.into_iter().map(width).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;

    fn clustering() -> Clustering {
        // MSB 2.64, MSW .64, n₀ 200: the units' variance is .01.
        Clustering {
            units: 3,
            n: 600,
            between: 2.64,
            within: 0.64,
            size: 200.0,
            icc_raw: 0.0,
            icc: 0.0,
            met_size: 200.0,
            deff: 1.0,
            p: 0.01,
        }
    }

    #[test]
    fn the_band_is_chance_and_the_units_own_differences_added() {
        let scale = Scale { low: 0, high: 10, nps: true };
        let funnel =
            funnel(&[10, 100, 400], Statistic::usual(None, scale), Some(&clustering()), Some(1.2)).unwrap();
        assert!((funnel.expected - 0.2).abs() < 1e-12);
        let (first, last) = (funnel.band[0], funnel.band[funnel.band.len() - 1]);
        assert_eq!((first.n, last.n), (10, 400));
        // .64/400 + .01 = .0116, whose root is .107703.
        assert!((last.high - (0.2 + 1.959_964 * 0.107_703)).abs() < 1e-5, "{last:?}");
        assert!((last.far_low - (0.2 - 3.090_232 * 0.107_703)).abs() < 1e-5, "{last:?}");
        // .64/10 + .01 = .074, whose root is .272029.
        assert!((first.low - (0.2 - 1.959_964 * 0.272_029)).abs() < 1e-5, "{first:?}");
        assert!(funnel.band.windows(2).all(|w| w[0].n < w[1].n && w[0].high >= w[1].high));
    }

    #[test]
    fn one_unit_has_no_funnel() {
        let scale = Scale { low: 0, high: 10, nps: true };
        assert_eq!(funnel(&[50], Statistic::usual(None, scale), Some(&clustering()), Some(1.0)), None);
    }
}
