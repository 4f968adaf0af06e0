//! Regression to the mean: what the best and the worst of a list may be expected to score next time, shown beside every ranking.
//! Arithmetic on a unit's sums and on the [`Clustering`] of all units; it touches nothing else.
//!
//! The reliability of a mean of n responses is rel = n·ICC/(1 + (n − 1)·ICC) (Spearman 1910, Brown 1910, Br. J. Psychology 3), and
//! E(next) = μ + rel·(x − μ) (Galton 1886; Robbins 1956; Efron and Morris 1975, JASA 70:311–319), μ the mean of the units, each
//! counted once. The true level spreads around it by √(τ²(1 − rel)), τ² = (MSB − MSW)/n₀; the *mean* of the next n responses by MSW/n
//! more.
//!
//! Trap: it holds for units that differ by chance and a common spread; a unit that truly changed will not regress. ICC = 0 means that
//! the ranking is noise: every unit is expected at the mean.

use super::Estimate;
use super::Z;
use super::cluster::Clustering;
use super::mean::Mean;
use super::state::{By, Key};
use super::unavailable::Unavailable;

/// What a unit may be expected to score next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regression {
    /// The mean that was observed, in points above the scale's low end.
    pub observed: f64,
    /// How much of a difference from the mean is the unit's own, in [0, 1].
    pub reliability: f64,
    /// The mean expected of as many further responses, in the same points, with the range that holds 95% of such means.
    pub next: Estimate,
}

/// The reliability of the mean of `n` responses at an intraclass correlation `icc` in [0, 1], in [0, 1].
pub fn reliability(n: u64, icc: f64) -> Result<f64, Unavailable> {
    if icc.is_nan() {
        return Err(Unavailable::NotFinite);
    }
    if !(0.0..=1.0).contains(&icc) {
        return Err(Unavailable::OutOfRange);
    }
    if n == 0 {
        return Err(Unavailable::Empty);
    }
    let n = n as f64;
    Ok(n * icc / (1.0 + (n - 1.0) * icc))
}

/// The mean of the units' means, each unit counted once, in points above the scale's low end.
pub fn mean_of_units<K: Key>(units: &By<K, Mean>) -> Result<f64, Unavailable> {
    let (mut n, mut sum) = (0u64, 0.0);
    for unit in units.states().filter(|unit| unit.n > 0) {
        n += 1;
        sum += unit.sum as f64 / unit.n as f64;
    }
    if n == 0 { Err(Unavailable::Empty) } else { Ok(sum / n as f64) }
}

/// What `unit` may be expected to score in as many further responses, when units are spread as `clustering` says around
/// `mean` ([`mean_of_units`]).
pub fn regression(unit: &Mean, mean: f64, clustering: &Clustering) -> Result<Regression, Unavailable> {
    if !mean.is_finite() {
        return Err(Unavailable::NotFinite);
    }
    let reliability = reliability(unit.n, clustering.icc)?;
    let n = unit.n as f64;
    let observed = unit.sum as f64 / n;
    let value = mean + reliability * (observed - mean);
    let variance = clustering.between_variance() * (1.0 - reliability) + clustering.within / n;
    let half = Z * libm::sqrt(variance);
    Ok(Regression { observed, reliability, next: Estimate { value, low: value - half, high: value + half } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::cluster::clustering;
    use crate::scores::resample::below;
    use rand_core::{Rng, SeedableRng};

    #[test]
    fn reliability_follows_spearman_and_brown() {
        // Twenty responses at ICC .05: 20·.05/(1 + 19·.05) = 1/1.95.
        assert!((reliability(20, 0.05).unwrap() - 1.0 / 1.95).abs() < 1e-15);
        assert_eq!(
            (reliability(1, 0.3), reliability(50, 0.0), reliability(3, 1.0)),
            (Ok(0.3), Ok(0.0), Ok(1.0))
        );
        assert_eq!(reliability(0, 0.3), Err(Unavailable::Empty));
        assert_eq!(reliability(5, f64::NAN), Err(Unavailable::NotFinite));
        assert_eq!(reliability(5, 1.5), Err(Unavailable::OutOfRange));
    }

    #[test]
    fn the_best_and_the_worst_come_back_as_far_as_is_foretold() {
        // 2,000 units of 20 responses: a true top-box probability heaped around .75 (a sum of four), observed twice.
        let mut random = rand_pcg::Pcg64::seed_from_u64(11);
        let (mut first, mut second) = (By::<u32, Mean>::default(), By::<u32, Mean>::default());
        for unit in 0..2000 {
            let truth = 550 + (0..4).map(|_| below(101, &mut random)).sum::<u64>();
            for period in [&mut first, &mut second] {
                let top = (0..20).filter(|_| u64::from(random.next_u32()) % 1000 < truth).count() as u64;
                period.update(&unit, &Mean { n: 20, sum: top, squares: top });
            }
        }
        let (clustering, mean) = (clustering(&first).unwrap(), mean_of_units(&first).unwrap());
        let mut ranked: Vec<_> = first.iter().collect();
        ranked.sort_by_key(|(unit, state)| (state.sum, **unit));
        for best in [&ranked[..200], &ranked[1800..]] {
            let average = |value: &dyn Fn(&(&u32, &Mean)) -> f64| best.iter().map(value).sum::<f64>() / 200.0;
            let observed = average(&|(_, state)| state.sum as f64 / 20.0);
            let foretold = average(&|(_, state)| regression(state, mean, &clustering).unwrap().next.value);
            let came = average(&|(unit, _)| second.get(*unit).unwrap().sum as f64 / 20.0);
            assert!((came - foretold).abs() < 0.02, "{foretold} was foretold, {came} came");
            assert!((came - observed).abs() > 0.06, "they did not regress: {observed}, {came}");
        }
        let held = first
            .iter()
            .filter(|(unit, state)| {
                let next = regression(state, mean, &clustering).unwrap().next;
                let came = second.get(*unit).unwrap().sum as f64 / 20.0;
                next.low <= came && came <= next.high
            })
            .count();
        assert!((1880..=1940).contains(&held), "{held} of 2000");
    }

    #[test]
    fn units_without_a_response_are_not_ranked() {
        let clustering = Clustering {
            units: 2,
            n: 20,
            between: 2.0,
            within: 1.0,
            size: 10.0,
            icc_raw: 1.0 / 11.0,
            icc: 1.0 / 11.0,
            met_size: 10.0,
            deff: 1.8,
            p: 0.1,
        };
        assert_eq!(regression(&Mean::default(), 5.0, &clustering), Err(Unavailable::Empty));
        assert_eq!(
            regression(&Mean { n: 1, sum: 1, squares: 1 }, f64::NAN, &clustering),
            Err(Unavailable::NotFinite)
        );
        assert_eq!(mean_of_units(&By::<u32, Mean>::default()), Err(Unavailable::Empty));
    }
}
