//! Drawing again from what was observed: numbers below a limit, orders, and the ends of bootstrap intervals. Every random
//! number comes from the generator that is handed in.

use super::Estimate;
use rand_core::Rng;

/// A whole number from 0 to `limit` − 1, each equally likely (Lemire 2019, "Fast random integer generation in an interval", ACM
/// TOMACS 29:3); 0 when `limit` is 0.
pub fn below(limit: u64, random: &mut impl Rng) -> u64 {
    loop {
        let product = u128::from(random.next_u64()) * u128::from(limit);
        if (product as u64) >= limit.wrapping_neg().checked_rem(limit).unwrap_or(0) {
            return (product >> 64) as u64;
        }
    }
}

/// Brings `items` into an order drawn at random, each equally likely (Fisher and Yates 1938, Durstenfeld 1964).
pub fn shuffle<T>(items: &mut [T], random: &mut impl Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last as u64 + 1, random) as usize);
    }
}

/// The middle 95% of bootstrap replicates around `value`, by linear interpolation (Hyndman and Fan 1996, type 7; Efron 1979);
/// absent under 40 replicates, where no replicate would be left outside, or when one of them is not a number.
pub fn percentile_interval(value: f64, mut replicates: Vec<f64>) -> Option<Estimate> {
    if replicates.len() < 40 || replicates.iter().any(|replicate| !replicate.is_finite()) {
        return None;
    }
    replicates.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let position = share * (replicates.len() - 1) as f64;
        let left = position as usize;
        let right = (left + 1).min(replicates.len() - 1);
        replicates[left] + (position - left as f64) * (replicates[right] - replicates[left])
    };
    Some(Estimate { value, low: at(0.025), high: at(0.975) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn every_number_and_every_order_comes_up_equally_often() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(1);
        let mut counts = [0; 6];
        let mut orders = std::collections::BTreeMap::new();
        for _ in 0..60_000 {
            counts[below(6, &mut random) as usize] += 1;
            let mut items = [0, 1, 2];
            shuffle(&mut items, &mut random);
            *orders.entry(items).or_insert(0) += 1;
        }
        // Five standard deviations of a count around 10,000.
        assert!(
            counts.iter().chain(orders.values()).all(|count| (9_540..10_460).contains(count)),
            "{counts:?} {orders:?}"
        );
        assert_eq!(orders.len(), 6);
        assert_eq!((below(0, &mut random), below(1, &mut random)), (0, 0));
    }

    #[test]
    fn the_interval_leaves_a_fortieth_on_each_side() {
        let found = percentile_interval(500.0, (0..=1000).rev().map(f64::from).collect()).unwrap();
        assert_eq!((found.low, found.high), (25.0, 975.0));
        assert_eq!(percentile_interval(0.0, vec![0.0; 39]), None);
        assert_eq!(percentile_interval(0.0, vec![f64::NAN; 50]), None);
    }
}
