//! How often each answer was given to each item. It counts, and touches nothing else.

use super::{Block, Refusal};
use crate::bytes::{Damaged, Reader, Writer};

const MARK: &[u8; 5] = b"ITEM1";

/// Answers by item and value; 255 values an item, the missing left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCounts {
    items: usize,
    rows: u64,
    /// At item·256 + value; the last place of an item holds the missing.
    counts: Vec<u64>,
}

impl ItemCounts {
    /// Nothing counted yet, for blocks of `items` items.
    pub fn new(items: usize) -> ItemCounts {
        ItemCounts { items, rows: 0, counts: vec![0; items * 256] }
    }

    /// Counts the responses of a block.
    pub fn update(&mut self, block: &Block<'_>) -> Result<(), Refusal> {
        if block.items() != self.items {
            return Err(Refusal::Unlike);
        }
        for row in block.rows() {
            self.rows += 1;
            for (counts, &answer) in self.counts.chunks_exact_mut(256).zip(row) {
                counts[usize::from(answer)] += 1;
            }
        }
        Ok(())
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &ItemCounts) -> Result<(), Refusal> {
        if other.items != self.items {
            return Err(Refusal::Unlike);
        }
        self.rows += other.rows;
        self.counts.iter_mut().zip(&other.counts).for_each(|(mine, others)| *mine += others);
        Ok(())
    }

    /// How many items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many responses.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How often `value` was given to `item`.
    pub fn at(&self, item: usize, value: u8) -> u64 {
        self.counts[item * 256 + usize::from(value)]
    }

    /// The lowest and the highest answer given to any item; none when nobody answered.
    pub fn range(&self) -> Option<(u8, u8)> {
        let given = |value: &u8| (0..self.items).any(|item| self.at(item, *value) > 0);
        Some(((0..=254).find(given)?, (0..=254).rev().find(given)?))
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.items as u64, self.rows]);
        writer.u64s(&self.counts);
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<ItemCounts, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "counts of answers")?;
        let items = usize::try_from(reader.u64()?).map_err(|_| reader.damaged())?;
        let rows = reader.u64()?;
        let counts = reader.u64s(items.checked_mul(256).ok_or(reader.damaged())?)?;
        reader.end()?;
        Ok(ItemCounts { items, rows, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::super::MISSING;
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn answers_are_counted_by_item_and_value() {
        let mut counts = ItemCounts::new(2);
        counts.update(&Block::new(2, &[3, 0, 3, MISSING, 5, 9]).unwrap()).unwrap();
        assert_eq!((counts.at(0, 3), counts.at(0, 5), counts.at(1, 9), counts.at(1, 3)), (2, 1, 1, 0));
        assert_eq!((counts.rows(), counts.range()), (3, Some((0, 9))));
        assert_eq!(ItemCounts::new(2).range(), None);
        assert_eq!(counts.update(&Block::new(3, &[]).unwrap()), Err(Refusal::Unlike));
        assert_eq!(counts.merge(&ItemCounts::new(1)), Err(Refusal::Unlike));
    }

    proptest! {
        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes(
            rows in proptest::collection::vec((0usize..64, proptest::array::uniform3(any::<u8>())), 0..60), order: u64
        ) {
            let mut whole = ItemCounts::new(3);
            let mut parts = vec![ItemCounts::new(3); 64];
            for (part, row) in &rows {
                whole.update(&Block::new(3, row).unwrap()).unwrap();
                parts[*part].update(&Block::new(3, row).unwrap()).unwrap();
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part).unwrap());
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(ItemCounts::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }
    }
}
