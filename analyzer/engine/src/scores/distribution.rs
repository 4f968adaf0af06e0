//! How often each point of a scale was chosen: the state that every score of one question is computed from. It counts, and
//! touches nothing else.

use crate::columns::NO_RATING;

/// Counts of ratings by point, from 0 to 254. Grows to the highest point that was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    counts: Vec<u64>,
}

impl Distribution {
    /// Counts ratings; [`NO_RATING`] is none and is not counted.
    pub fn update(&mut self, ratings: &[u8]) {
        for &rating in ratings.iter().filter(|&&rating| rating != NO_RATING) {
            let point = usize::from(rating);
            if point >= self.counts.len() {
                self.counts.resize(point + 1, 0);
            }
            self.counts[point] += 1;
        }
    }

    /// Counts a point `n` times.
    pub fn add(&mut self, point: u8, n: u64) {
        let at = usize::from(point);
        if n > 0 {
            self.counts.resize(self.counts.len().max(at + 1), 0);
            self.counts[at] += n;
        }
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Distribution) {
        if other.counts.len() > self.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// How many ratings were counted.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many were `point`.
    pub fn at(&self, point: u8) -> u64 {
        self.counts.get(usize::from(point)).copied().unwrap_or(0)
    }

    /// How many lie from `low` to `high`, both included.
    pub fn between(&self, low: u8, high: u8) -> u64 {
        (low..=high).map(|point| self.at(point)).sum()
    }

    /// The counts of every point from `low` to `high`, lowest first.
    pub fn finish(&self, low: u8, high: u8) -> Vec<u64> {
        (low..=high).map(|point| self.at(point)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn skipped_questions_are_not_counted() {
        let mut found = Distribution::default();
        found.update(&[10, NO_RATING, 0, 10]);
        assert_eq!((found.n(), found.at(10), found.between(0, 6)), (3, 2, 1));
        assert_eq!(found.finish(0, 2), vec![1, 0, 0]);
    }

    proptest! {
        #[test]
        fn any_split_merged_in_any_order_equals_one_pass(
            ratings in proptest::collection::vec(any::<u8>(), 0..200), cuts in proptest::collection::vec(0usize..200, 0..63), order: u64
        ) {
            let mut whole = Distribution::default();
            whole.update(&ratings);
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(ratings.len())).collect();
            cuts.extend([0, ratings.len()]);
            cuts.sort_unstable();
            let parts: Vec<_> = cuts.windows(2).map(|ends| {
                let mut part = Distribution::default();
                part.update(&ratings[ends[0]..ends[1]]);
                part
            }).collect();
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part));
            prop_assert_eq!(merged.n(), whole.n());
            prop_assert_eq!(merged.finish(0, 254), whole.finish(0, 254));
        }
    }
}
