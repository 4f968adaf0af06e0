//! Sorting without a copy of the sort for each type. The standard library's sort is some five kilobytes of wasm for each type
//! and each comparison that it is called with; what an analyst's browser fetches had fifty of them. Here one sort of places
//! does for all. For long slices of plain numbers the standard library's is faster, and stays.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Sorts, and leaves what is equal in the order that it had.
pub(crate) fn ascending<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// Sorts by a key, and leaves what has equal keys in the order that it had. The key is asked for at each comparison.
pub(crate) fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by a comparison, and leaves what is equal by it in the order that it had.
pub(crate) fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut from = sorted(items.len(), &|a, b| compare(&items[a], &items[b]));
    // Along each cycle of the places: `here` is given the item that belongs there, and passes its own on.
    for start in 0..items.len() {
        let mut here = start;
        loop {
            let next = std::mem::replace(&mut from[here], here);
            if next == start {
                break;
            }
            items.swap(here, next);
            here = next;
        }
    }
}

/// A map of pairs, the last of those with one key. To collect them would sort them first, by a sort for each type.
pub(crate) fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// The places `0..n`, sorted by a comparison of two of them; equal ones stay in order.
#[inline(never)]
fn sorted(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..n).collect();
    places.sort_by(|&a, &b| compare(a, b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn items_are_sorted_as_the_standard_library_sorts_them(
            items in prop::collection::vec((0u8..9, any::<u16>()), 0..60)
        ) {
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ascending(&mut ours);
            theirs.sort();
            prop_assert_eq!(ours, theirs);
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(ours, theirs);
            let (mut ours, mut theirs) = (items.clone(), items);
            by(&mut ours, |a, b| b.0.cmp(&a.0));
            theirs.sort_by_key(|item| std::cmp::Reverse(item.0));
            prop_assert_eq!(ours, theirs);
        }
    }
}
