//! A sample of rows that does not depend on how the rows were split: each row's number and a handed-in seed give it a
//! priority, and the lowest priorities stay ("bottom-k", Cohen & Kaplan 2007). It keeps byte strings, and touches nothing else.

use crate::bytes::{Damaged, Reader, Writer};
use std::collections::BTreeMap;

const MARK: &[u8; 5] = b"SAMP1";

/// At most `keep` rows, chosen evenly at random among all that were offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    seed: u64,
    keep: usize,
    offered: u64,
    rows: BTreeMap<(u64, u64), Box<[u8]>>,
}

/// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every output bit depends on every input bit.
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Sample {
    /// A sample of at most `keep` rows. The seed comes from the caller's random source; equal seeds keep equal rows.
    pub fn new(keep: usize, seed: u64) -> Sample {
        Sample { seed, keep, offered: 0, rows: BTreeMap::new() }
    }

    /// Offers row number `index` (counted over the whole file, so that no two rows share one).
    pub fn update(&mut self, index: u64, row: &[u8]) {
        self.offered += 1;
        let key = (mix(self.seed ^ mix(index.wrapping_add(0x9e37_79b9_7f4a_7c15))), index);
        if self.rows.len() >= self.keep {
            match self.rows.last_key_value() {
                Some((&last, _)) if key < last => self.rows.pop_last(),
                _ => return,
            };
        }
        self.rows.insert(key, row.into());
    }

    /// Adds what another sample of the same size and seed has kept. A sample of another seed or size is not mergeable:
    /// nothing changes and the answer is false.
    #[must_use]
    pub fn merge(&mut self, other: &Sample) -> bool {
        if (self.seed, self.keep) != (other.seed, other.keep) {
            return false;
        }
        self.offered += other.offered;
        for (&key, row) in &other.rows {
            self.rows.insert(key, row.clone());
        }
        while self.rows.len() > self.keep {
            self.rows.pop_last();
        }
        true
    }

    /// How many rows were offered.
    pub fn offered(&self) -> u64 {
        self.offered
    }

    /// The rows kept, in the order of their priorities (so a prefix is itself a random sample), each with its number.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (u64, &[u8])> {
        self.rows.iter().map(|(&(_, index), row)| (index, row.as_ref()))
    }

    /// The byte form: equal samples give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.seed, self.keep as u64, self.offered, self.rows.len() as u64]);
        for (&(priority, index), row) in &self.rows {
            writer.u64s(&[priority, index]);
            writer.bytes(row);
        }
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Sample, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "a sample of rows")?;
        let seed = reader.u64()?;
        let keep = usize::try_from(reader.u64()?).map_err(|_| reader.damaged())?;
        let offered = reader.u64()?;
        let count = reader.count(24)?;
        let mut rows = BTreeMap::new();
        for _ in 0..count {
            let key = (reader.u64()?, reader.u64()?);
            rows.insert(key, reader.bytes()?.into());
        }
        if rows.len() != count || count > keep || count as u64 > offered {
            return Err(reader.damaged());
        }
        reader.end()?;
        Ok(Sample { seed, keep, offered, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn every_row_is_kept_about_equally_often() {
        let mut kept = [0; 50];
        for seed in 0..4000 {
            let mut sample = Sample::new(10, seed);
            for index in 0..50 {
                sample.update(index, &[]);
            }
            assert_eq!(sample.rows().len(), 10);
            sample.rows().for_each(|(index, _)| kept[index as usize] += 1);
        }
        // 4,000 draws at a fifth: 800, sd 25.
        assert!(kept.iter().all(|count| (690..=910).contains(count)), "{kept:?}");
    }

    #[test]
    fn samples_of_other_seeds_are_not_mixed() {
        let mut sample = Sample::new(3, 1);
        assert!(!sample.merge(&Sample::new(3, 2)) && !sample.merge(&Sample::new(4, 1)));
        assert_eq!(sample, Sample::new(3, 1));
    }

    proptest! {
        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes(
            parts in proptest::collection::vec(0usize..64, 0..200), keep in 0usize..30, seed: u64, order: u64
        ) {
            let mut whole = Sample::new(keep, seed);
            let mut states = vec![Sample::new(keep, seed); 64];
            for (index, &part) in parts.iter().enumerate() {
                whole.update(index as u64, &[part as u8; 2]);
                states[part].update(index as u64, &[part as u8; 2]);
            }
            let merged = proof::in_any_order(states, order, |into, part| assert!(into.merge(part)));
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(Sample::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }

        #[test]
        fn other_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut marked = MARK.to_vec();
            marked.extend(&bytes);
            let _ = Sample::from_bytes(&marked);
            prop_assert!(Sample::from_bytes(&bytes).is_err());
        }
    }
}
