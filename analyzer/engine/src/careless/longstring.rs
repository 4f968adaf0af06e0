//! Long strings: the longest and the mean run of identical consecutive answers in the order asked. A function of one
//! response, and a count of how long the longest runs are; nothing else is touched.
//!
//! Source: Johnson (2005), "Ascertaining the validity of individual protocols from web-based personality inventories",
//! Journal of Research in Personality 39:103–129; R package careless, `longstring`. Runs are in items. A missing answer
//! is a run of its own, of length one, even beside another. Mean run = items / runs.
//!
//! Trap: honest people give straight lines when items are parallel, and happy ones when everything was fine. Reference:
//! all 200 rows of careless_dataset.csv, exactly (row 1: 6 and 1.5625; row 50: 50 and 50).

use super::{Block, MISSING, Refusal};
use crate::bytes::{Damaged, Reader, Writer};

const MARK: &[u8; 5] = b"LONG1";

/// Runs of identical answers in one response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Runs {
    /// The longest run, in items.
    pub longest: usize,
    /// The mean run, in items.
    pub mean: f64,
}

/// The runs of one response; none when nothing was answered.
pub fn runs(row: &[u8]) -> Option<Runs> {
    let (mut longest, mut runs, mut run, mut before) = (0, 0usize, 0, MISSING);
    let mut answered = false;
    for &answer in row {
        answered |= answer != MISSING;
        if answer == before && answer != MISSING {
            run += 1;
        } else {
            runs += 1;
            run = 1;
        }
        longest = longest.max(run);
        before = answer;
    }
    answered.then(|| Runs { longest, mean: row.len() as f64 / runs as f64 })
}

/// How many responses have a longest run of how many items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongestRuns {
    /// At place k the responses whose longest run is k items; at 0 those without any answer.
    counts: Vec<u64>,
}

impl LongestRuns {
    /// Nothing counted yet, for blocks of `items` items.
    pub fn new(items: usize) -> LongestRuns {
        LongestRuns { counts: vec![0; items.saturating_add(1)] }
    }

    /// Counts the responses of a block.
    pub fn update(&mut self, block: &Block<'_>) -> Result<(), Refusal> {
        if block.items() + 1 != self.counts.len() {
            return Err(Refusal::Unlike);
        }
        for row in block.rows() {
            self.counts[runs(row).map_or(0, |runs| runs.longest)] += 1;
        }
        Ok(())
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &LongestRuns) -> Result<(), Refusal> {
        if other.counts.len() != self.counts.len() {
            return Err(Refusal::Unlike);
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, others)| *mine += others);
        Ok(())
    }

    /// At place k the responses whose longest run is k items; at 0 those without any answer.
    pub fn finish(&self) -> &[u64] {
        &self.counts
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64(self.counts.len() as u64);
        writer.u64s(&self.counts);
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<LongestRuns, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "longest runs")?;
        let count = reader.count(8)?;
        let counts = reader.u64s(count)?;
        reader.end()?;
        Ok(LongestRuns { counts })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn the_runs_of_the_reference_are_reproduced_exactly() {
        let answers = fixture::answers();
        let found: Vec<Runs> = answers.chunks(50).map(|row| runs(row).unwrap()).collect();
        let longest: Vec<_> = found.iter().map(|runs| Some(runs.longest as f64)).collect();
        let mean: Vec<_> = found.iter().map(|runs| Some(runs.mean)).collect();
        assert_eq!(longest, fixture::reference("longstr"));
        assert!(fixture::deviation(&mean, &fixture::reference("avgstr")) < 1e-14);
    }

    #[test]
    fn a_missing_answer_is_a_run_of_its_own() {
        let found = runs(&[3, 3, MISSING, 3, MISSING, MISSING, 3, 3]).unwrap();
        assert_eq!(found, Runs { longest: 2, mean: 8.0 / 6.0 });
        assert_eq!(runs(&[MISSING; 4]), None);
        assert_eq!(runs(&[]), None);
        assert_eq!(runs(&[7]).unwrap(), Runs { longest: 1, mean: 1.0 });
    }

    #[test]
    fn other_items_are_refused() {
        let mut state = LongestRuns::new(3);
        assert_eq!(state.update(&Block::new(2, &[1, 1]).unwrap()), Err(Refusal::Unlike));
        assert_eq!(state.merge(&LongestRuns::new(2)), Err(Refusal::Unlike));
    }

    proptest! {
        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes(
            rows in proptest::collection::vec((0usize..64, proptest::array::uniform4(prop_oneof![0u8..3, Just(MISSING)])), 0..80), order: u64
        ) {
            let mut whole = LongestRuns::new(4);
            let mut parts = vec![LongestRuns::new(4); 64];
            for (part, row) in &rows {
                whole.update(&Block::new(4, row).unwrap()).unwrap();
                parts[*part].update(&Block::new(4, row).unwrap()).unwrap();
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part).unwrap());
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(whole.finish().iter().sum::<u64>(), rows.len() as u64);
            prop_assert_eq!(LongestRuns::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }

        #[test]
        fn the_longest_run_is_what_a_search_for_it_finds(row in proptest::collection::vec(prop_oneof![0u8..3, Just(MISSING)], 1..20)) {
            let straight = |length: usize| row.windows(length).any(|run| {
                length == 1 || run[0] != MISSING && run.iter().all(|&answer| answer == run[0])
            });
            let longest = (1..=row.len()).filter(|&length| straight(length)).max().unwrap();
            match runs(&row) {
                Some(found) => prop_assert_eq!(found.longest, longest),
                None => prop_assert!(row.iter().all(|&answer| answer == MISSING)),
            }
        }
    }
}
