//! Where texts stand in the file, one a cell. Neighbors stand near each other, so that most places are kept as the distance from the
//! first one of their block.

use super::Place;

/// Places that share a first one.
const BLOCK: usize = 64;
/// Bits of a short place that are its length; the others are its distance.
const LENGTH: u32 = 11;
/// Stands for a place that is too long or too far for a short one.
const LONG: u32 = u32::MAX;

/// Places in order of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// For each block, where its first text begins; [`Place::END`] when it has none.
    bases: Vec<u64>,
    /// The distance from there and the length; 0 where there is no text.
    short: Vec<u32>,
    /// The others, by index.
    long: Vec<(u64, Place)>,
}

impl Places {
    pub(super) fn push(&mut self, place: Place) {
        let index = self.short.len();
        if index.is_multiple_of(BLOCK) {
            self.bases.push(Place::END);
        }
        let range = place.range();
        let short = match self.bases.last_mut() {
            Some(base) if !place.is_empty() => {
                if *base == Place::END {
                    *base = range.start;
                }
                shortened(range.start.checked_sub(*base), range.end - range.start)
            }
            _ => Some(0),
        };
        self.short.push(short.unwrap_or(LONG));
        if short.is_none() {
            self.long.push((index as u64, place));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.short.len()
    }

    /// An empty place where there is no text, and past the end.
    pub(super) fn get(&self, index: usize) -> Place {
        match self.short.get(index) {
            None | Some(0) => Place::default(),
            Some(&LONG) => {
                let at = self.long.binary_search_by_key(&(index as u64), |&(index, _)| index);
                at.map_or(Place::default(), |at| self.long[at].1)
            }
            Some(&short) => {
                let start = self.bases[index / BLOCK] + u64::from(short >> LENGTH);
                Place::new(start..start + u64::from(short & ((1 << LENGTH) - 1)))
            }
        }
    }

    /// Whether there is a text.
    pub(super) fn has(&self, index: usize) -> bool {
        self.short.get(index).is_some_and(|&short| short != 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Makes room for so many more, and for no more.
    pub(super) fn reserve_exact(&mut self, more: usize) {
        self.short.reserve_exact(more);
        self.bases.reserve_exact(more.div_ceil(BLOCK));
    }
}

fn shortened(distance: Option<u64>, length: u64) -> Option<u32> {
    let distance = u32::try_from(distance?).ok().filter(|&distance| distance < 1 << (32 - LENGTH))?;
    let length = u32::try_from(length).ok().filter(|&length| length < 1 << LENGTH)?;
    Some(distance << LENGTH | length).filter(|&short| short != LONG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn a_place_near_the_last_one_takes_four_bytes() {
        let mut places = Places::default();
        (0..1000u64).for_each(|row| places.push(Place::new(row * 137 + 50..row * 137 + 120)));
        assert_eq!((places.long.len(), places.bases.len()), (0, 16));
        assert_eq!(places.get(999).range(), 999 * 137 + 50..999 * 137 + 120);
    }

    proptest! {
        #[test]
        fn places_are_what_they_were(
            cells in vec((0u64..4, 0u64..3_000_000, 0u64..2500), 0..300),
            from in 0..Place::END - 2_000_000_000,
        ) {
            let mut at = from;
            let mut places = Places::default();
            let mut expected = Vec::new();
            for (kind, gap, length) in cells {
                // Some are empty, some stand before their neighbors, and some are as long as a row may be.
                let place = match kind {
                    0 => Place::default(),
                    1 => Place::new(from..from + length),
                    2 => Place::new(at..at + length * 10_000),
                    _ => Place::new(at..at + length),
                };
                let place = if place.is_empty() { Place::default() } else { place };
                at += gap;
                places.push(place);
                expected.push(place);
            }
            prop_assert_eq!(places.iter().collect::<Vec<_>>(), expected.clone());
            for (index, place) in expected.iter().enumerate() {
                prop_assert_eq!(places.has(index), !place.is_empty());
            }
        }
    }
}
