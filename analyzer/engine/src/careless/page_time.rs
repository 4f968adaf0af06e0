//! Page time: questions answered faster than they can be read. It counts pages of one response at a time, and touches
//! nothing else.
//!
//! A page of k items that took t milliseconds is fast when t < 2,000·k: two seconds an item. Source: Huang, Curran, Keeney,
//! Poposki & DeShon (2012), "Detecting and deterring insufficient effort responding to surveys", Journal of Business and
//! Psychology 27:99–114. Trap: at a kiosk, or with a single question on the page, two seconds are normal; then compare with
//! the site's own distribution (the *timing* channel) instead. Negative times, pages without a time and pages without items
//! are counted as untimed.

use crate::bytes::{Damaged, Reader, Writer};

const MARK: &[u8; 5] = b"PAGE1";

/// The shortest time an item can honestly be read and answered in, in milliseconds.
pub const MILLISECONDS_AN_ITEM: u32 = 2000;

/// One page of one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From shown to left, in milliseconds, when known.
    pub milliseconds: Option<i64>,
    /// Items on the page.
    pub items: u32,
}

/// How many items were answered at what speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageTime {
    /// Items on pages with a usable time.
    pub timed: u64,
    /// Those on pages that went faster than two seconds an item.
    pub fast: u64,
    /// Items on pages without a usable time.
    pub untimed: u64,
}

impl PageTime {
    /// Counts the pages of a response.
    pub fn update(&mut self, pages: &[Page]) {
        for page in pages {
            match page.milliseconds {
                Some(milliseconds) if milliseconds >= 0 && page.items > 0 => {
                    self.timed += u64::from(page.items);
                    if milliseconds < i64::from(MILLISECONDS_AN_ITEM) * i64::from(page.items) {
                        self.fast += u64::from(page.items);
                    }
                }
                _ => self.untimed += u64::from(page.items),
            }
        }
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &PageTime) {
        self.timed += other.timed;
        self.fast += other.fast;
        self.untimed += other.untimed;
    }

    /// The share of timed items that went too fast, in [0, 1]; none when no page has a usable time.
    pub fn finish(&self) -> Option<f64> {
        (self.timed > 0).then(|| self.fast as f64 / self.timed as f64)
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.timed, self.fast, self.untimed]);
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<PageTime, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "page times")?;
        let (timed, fast, untimed) = (reader.u64()?, reader.u64()?, reader.u64()?);
        if fast > timed {
            return Err(reader.damaged());
        }
        reader.end()?;
        Ok(PageTime { timed, fast, untimed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    fn share(pages: &[Page]) -> Option<f64> {
        let mut state = PageTime::default();
        state.update(pages);
        state.finish()
    }

    #[test]
    fn two_seconds_an_item_is_not_yet_fast() {
        assert_eq!(share(&[Page { milliseconds: Some(2000), items: 1 }]), Some(0.0));
        assert_eq!(share(&[Page { milliseconds: Some(1999), items: 1 }]), Some(1.0));
        let pages =
            [Page { milliseconds: Some(39_999), items: 20 }, Page { milliseconds: Some(120_000), items: 5 }];
        assert_eq!(share(&pages), Some(0.8));
    }

    #[test]
    fn times_that_cannot_be_are_not_used() {
        for milliseconds in [None, Some(-1), Some(i64::MIN)] {
            assert_eq!(share(&[Page { milliseconds, items: 3 }]), None);
        }
        assert_eq!(share(&[Page { milliseconds: Some(5), items: 0 }]), None);
        assert_eq!(share(&[Page { milliseconds: Some(i64::MAX), items: u32::MAX }]), Some(0.0));
        assert_eq!(share(&[]), None);
    }

    #[test]
    fn more_fast_items_than_timed_ones_are_damaged_bytes() {
        assert!(PageTime::from_bytes(&PageTime { timed: 1, fast: 2, untimed: 0 }.to_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_split_of_the_pages_gives_the_same_bytes(
            pages in proptest::collection::vec((0usize..64, proptest::option::of(-5i64..20_000), 0u32..6), 0..60), order: u64
        ) {
            let mut whole = PageTime::default();
            let mut parts = vec![PageTime::default(); 64];
            for &(part, milliseconds, items) in &pages {
                whole.update(&[Page { milliseconds, items }]);
                parts[part].update(&[Page { milliseconds, items }]);
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part));
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(PageTime::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }
    }
}
