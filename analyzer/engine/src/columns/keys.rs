//! Keys: what joins a response with a row of another file. Of a key only a hash of 64 bits is kept, of the text without outer
//! spaces and in lower case, so that ten million of them take 80 MB and none can be read back or shown. Two different keys of
//! ten million share a hash with a probability of some 3 in a million.

use super::{Categories, Dataset, NO_RATING, ShortHash, Texts, Values};
use crate::plan::is_missing;
use crate::reader;
use crate::sample::mix;
use candor_survey::question::{Answer, Part};
use candor_survey::{Id, Response};
use std::hash::Hasher;
use std::ops::Range;

/// The hash of a row that has no key.
pub const NO_KEY: u64 = 0;
/// Most columns of own files that are kept as keys, in the order in which they are met; a file may name thousands.
pub const MOST_COLUMNS: usize = 24;
/// Different values that are kept, masked, to show what a column holds.
const SHOWN: usize = 3;

/// The hash of a key. A number is hashed as it is said, so that `17`, `17.0` and ` 17 ` are one key and `017` is another.
pub fn key(text: &str) -> u64 {
    let text = text.trim();
    if is_missing(text) {
        return NO_KEY;
    }
    let hash = match numeric(text) {
        Some(number) => hash(&number.to_string()),
        None if text.bytes().any(|byte| byte.is_ascii_uppercase()) || !text.is_ascii() => {
            hash(&text.to_lowercase())
        }
        None => hash(text),
    };
    hash.max(NO_KEY + 1)
}

/// The number that a key is. `5e3` is a name, as letters among digits are in many ids.
fn numeric(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-'));
    reader::number(text).filter(|_| plain)
}

fn hash(text: &str) -> u64 {
    let mut hash = ShortHash::default();
    hash.write(text.as_bytes());
    hash.write(&(text.len() as u64).to_le_bytes());
    mix(hash.finish())
}

/// A key as it is shown: its first letters, a third of it and two at most.
pub fn masked(text: &str) -> String {
    let text = text.trim();
    let letters = text.chars().count();
    text.chars().take((letters / 3).min(2)).chain("\u{2022}\u{2022}\u{2022}".chars()).collect()
}

/// The columns of an own file that may be keys: attributes, and e-mail addresses and contacts that were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys {
    columns: Vec<KeyColumn>,
}

/// A column of hashes, one a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyColumn {
    pub(crate) name: String,
    hashes: Vec<u64>,
    /// The first values, masked.
    shown: Vec<String>,
}

impl Keys {
    /// Appends what a response says; `row` is its place in the columns, `is_key` whether a question asks for what may be one.
    pub(crate) fn keep(&mut self, row: usize, response: &Response, is_key: impl Fn(&Id) -> bool) {
        for (name, text) in response.attributes.iter() {
            self.put(row, &["attribute.", name.as_str()], text);
        }
        for (id, answer) in response.answers.iter().filter(|(id, _)| is_key(id)) {
            match answer {
                Answer::Text(text) => self.put(row, &["answer.", id.as_str()], text),
                Answer::Parts(parts) => {
                    for (field, part) in parts.iter() {
                        if let Part::Text(text) = part {
                            self.put(row, &["answer.", id.as_str(), ".", field.as_str()], text);
                        }
                    }
                }
                _ => {}
            }
        }
        self.columns.iter_mut().for_each(|column| column.hashes.resize(row + 1, NO_KEY));
    }

    fn put(&mut self, row: usize, name: &[&str], text: &str) {
        let same = |column: &KeyColumn| {
            name.iter().try_fold(column.name.as_str(), |rest, part| rest.strip_prefix(part)) == Some("")
        };
        let at = match self.columns.iter().position(same) {
            Some(at) => at,
            None if self.columns.len() >= MOST_COLUMNS => return,
            None => {
                let column = KeyColumn { name: name.concat(), hashes: Vec::new(), shown: Vec::new() };
                // By name, since the same responses as NDJSON and as CSV name their attributes in different orders.
                let at = self.columns.partition_point(|known| known.name < column.name);
                self.columns.insert(at, column);
                at
            }
        };
        let column = &mut self.columns[at];
        let hash = key(text);
        column.hashes.resize(row, NO_KEY);
        column.hashes.push(hash);
        if column.shown.len() < SHOWN && hash != NO_KEY {
            let shown = masked(text);
            if !column.shown.contains(&shown) {
                column.shown.push(shown);
            }
        }
    }

    pub(crate) fn retain(&mut self, keep: &[bool]) {
        self.columns.iter_mut().for_each(|column| super::retain(&mut column.hashes, keep));
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Keys {
        let column = |column: &KeyColumn| KeyColumn {
            name: column.name.clone(),
            hashes: rows.iter().filter_map(|&row| column.hashes.get(row).copied()).collect(),
            shown: column.shown.clone(),
        };
        Keys { columns: self.columns.iter().map(column).collect() }
    }
}

/// The hashes of a column, one a row, and its first values, masked.
pub type Hashed = (Vec<u64>, Vec<String>);

impl Dataset {
    /// The columns by which a response may be joined with another file: those that play no part, the unit, and in own files what
    /// [`Keys`] keeps. The score, times and comments are none.
    pub fn key_columns(&self) -> Vec<String> {
        match &self.own {
            Some(own) => own.keys.columns.iter().map(|column| column.name.clone()).collect(),
            None => {
                let others = self.others.iter().filter(|other| !matches!(other.values, Values::Times(_)));
                let units = self.units.iter().map(|units| units.name.clone());
                others.map(|other| other.name.clone()).chain(units).collect()
            }
        }
    }

    /// The hashes of a column, one a row, and its first values, masked; nothing when there is no such column. Of a column that was
    /// left in the file, `bytes` hands out the bytes of a range; `rows` says how many rows are looked at.
    ///
    /// # Errors
    /// What `bytes` failed with.
    pub fn keys<E>(
        &self,
        name: &str,
        rows: usize,
        mut bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
    ) -> Result<Option<Hashed>, E> {
        let rows = rows.min(self.ratings.len());
        if let Some(own) = &self.own {
            let column = own.keys.columns.iter().find(|column| column.name == name);
            return Ok(column.map(|column| {
                let mut hashes: Vec<u64> = column.hashes.iter().copied().take(rows).collect();
                hashes.resize(rows, NO_KEY);
                (hashes, column.shown.clone())
            }));
        }
        let mut hashes = Vec::with_capacity(rows);
        let mut shown: Vec<String> = Vec::new();
        let mut put = |text: &str| {
            let hash = key(text);
            hashes.push(hash);
            if shown.len() < SHOWN && hash != NO_KEY {
                let masked = masked(text);
                if !shown.contains(&masked) {
                    shown.push(masked);
                }
            }
        };
        let mut of_words =
            |words: &Categories| (0..rows).for_each(|row| put(words.get(row).unwrap_or_default()));
        let Some(column) = self.others.iter().find(|other| other.name == name) else {
            let Some(units) = self.units.as_ref().filter(|units| units.name == name) else { return Ok(None) };
            of_words(units);
            return Ok(Some((hashes, shown)));
        };
        let mut odd = column.odd.cells().iter().peekable();
        let mut odd_at = |row: usize| odd.next_if(|(at, _)| *at == row as u64).map(|(_, text)| text.as_str());
        match &column.values {
            Values::Words(words) => of_words(words),
            Values::Texts(texts @ Texts::Held(_)) => (0..rows).for_each(|row| put(texts.get(row))),
            Values::Texts(texts) => {
                for row in 0..rows {
                    put(&texts.read(row, &mut bytes)?);
                }
            }
            Values::Numbers(numbers) => {
                for (row, number) in numbers.iter().enumerate().take(rows) {
                    match odd_at(row) {
                        Some(text) => put(text),
                        None if number.is_nan() => put(""),
                        None => put(&number.to_string()),
                    }
                }
            }
            Values::Ratings(points) => {
                for (row, &point) in points.iter().enumerate().take(rows) {
                    match odd_at(row) {
                        Some(text) => put(text),
                        None if point == NO_RATING => put(""),
                        None => put(&point.to_string()),
                    }
                }
            }
            Values::Times(_) => return Ok(None),
        }
        Ok(Some((hashes, shown)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_the_same_however_it_is_spelled() {
        for (one, other) in
            [("C17", " c17 "), ("17", "17.0"), ("Ann@Shop.example", "ann@shop.example"), ("É", "é")]
        {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        for (one, other) in [("C17", "C18"), ("17", "017"), ("5e3", "5000"), ("a", "a\0"), ("ab", "a b")] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        assert!([" ", "", "NA", "null", "-"].iter().all(|none| key(none) == NO_KEY));
    }

    #[test]
    fn no_key_is_shown_in_whole() {
        assert_eq!(masked("C00123"), "C0\u{2022}\u{2022}\u{2022}");
        assert_eq!(masked("7"), "\u{2022}\u{2022}\u{2022}");
        assert_eq!(masked("ann@shop.example"), "an\u{2022}\u{2022}\u{2022}");
    }

    proptest! {
        #[test]
        fn different_words_have_different_hashes(a in "[a-z0-9]{1,20}", b in "[a-z0-9]{1,20}") {
            let same = a == b || numeric(&a).is_some() && numeric(&a) == numeric(&b);
            prop_assert_eq!(same, key(&a) == key(&b));
        }
    }
}
