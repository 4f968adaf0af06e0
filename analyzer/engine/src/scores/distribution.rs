//! How often each point of a scale was chosen: the state that every score of one question is computed from. It counts, and
//! touches nothing else.

use crate::columns::{Categories, NO_RATING};

/// Rows that are counted at a time: their codes stay in the processor's cache.
const BLOCK: usize = 16_384;

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

/// The ratings of each group, by its code, a row of `ratings` for each row of `groups`. Rows without a group or a rating count
/// nowhere.
pub fn by_group(groups: &Categories, ratings: &[u8]) -> Vec<Distribution> {
    let mut found = vec![Distribution::default(); groups.labels.len()];
    let points = ratings.iter().filter(|&&rating| rating != NO_RATING).max();
    let Some(points) = points.map(|&highest| usize::from(highest) + 1) else { return found };
    // One table for all groups is quick; where there are more cells than rows, it would hold little but zeros.
    let mut table = vec![0u32; if points * found.len() <= ratings.len() { points * found.len() } else { 0 }];
    for from in (0..ratings.len()).step_by(BLOCK) {
        let rows = from..ratings.len().min(from + BLOCK);
        for (code, &rating) in groups.codes_in(rows.clone()).into_iter().zip(&ratings[rows]) {
            let (group, point) = (code as usize, usize::from(rating));
            if group >= found.len() || rating == NO_RATING {
                continue;
            }
            match table.get_mut(group * points + point) {
                Some(count) => *count += 1,
                None => found[group].add(rating, 1),
            }
        }
    }
    for (group, counts) in found.iter_mut().zip(table.chunks_exact(points)) {
        let counts = (0..=u8::MAX).zip(counts);
        counts.for_each(|(point, &n)| group.add(point, n.into()));
    }
    found
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

    #[test]
    fn few_groups_and_many_are_counted_alike() {
        let mut groups = Categories::new("unit");
        let mut ratings = Vec::new();
        for row in 0..5_000_u32 {
            // A thousand groups of few rows, beside two of many and rows of none.
            let name = match row % 5 {
                0 => String::new(),
                1 => format!("U{row}"),
                _ => format!("V{}", row % 2),
            };
            groups.push(&name);
            ratings.push(if row % 7 == 0 { NO_RATING } else { (row % 11) as u8 });
        }
        let sparse = by_group(&groups, &ratings);
        for (code, found) in sparse.iter().enumerate() {
            let mut expected = Distribution::default();
            let rows = groups.codes().zip(&ratings).filter(|(of, _)| *of as usize == code);
            rows.for_each(|(_, &rating)| expected.update(&[rating]));
            assert_eq!(*found, expected, "{code}");
        }
        let mut two = Categories::new("unit");
        (0..5_000).for_each(|row| two.push(["A", "B", ""][row % 3]));
        for (code, found) in by_group(&two, &ratings).iter().enumerate() {
            let mut expected = Distribution::default();
            ratings.iter().skip(code).step_by(3).for_each(|&rating| expected.update(&[rating]));
            assert_eq!(*found, expected, "{code}");
        }
        assert_eq!(by_group(&two, &[NO_RATING; 5_000]), vec![Distribution::default(); 2]);
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
