//! What the values of one column look like, counted over the head of a file. It sees texts and counts them; what part the
//! column should play is decided elsewhere.

use super::{DateOrder, Scale};
use crate::date;
use std::collections::BTreeMap;

/// The most different values of a column that are kept apart.
const MOST_VALUES: usize = 5000;

/// Counts over the values of one column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    /// Values that are not empty.
    pub(crate) n: u32,
    /// Rows, empty cells included.
    pub(crate) rows: u32,
    /// Different values and how often each was met.
    pub(crate) values: BTreeMap<String, u32>,
    /// The first three different values.
    pub(crate) first: Vec<String>,
    /// Values that are whole numbers from 0 to 254.
    pub(crate) whole: u32,
    /// Values that are numbers of any kind.
    pub(crate) numbers: u32,
    /// The smallest and the largest whole number.
    pub(crate) low: u8,
    pub(crate) high: u8,
    /// Values that are dates, whatever the order of day and month.
    pub(crate) dates: u32,
    /// Of those, the ones whose first number cannot be a month, and whose second cannot.
    pub(crate) day_first: u32,
    pub(crate) month_first: u32,
    /// Of those, the ones that leave the order open.
    pub(crate) open: u32,
    /// Bare digits that are a time where a column is called so: `20260301`, and seconds or milliseconds since 1970.
    pub(crate) stamps: u32,
    /// From one open date to the next: how often time goes on and how often it goes back, with the day first and with the month
    /// first.
    pub(crate) rises: [u32; 2],
    pub(crate) falls: [u32; 2],
    last: Option<[i64; 2]>,
    /// How often a whole number is one more than that before it.
    pub(crate) steps: u32,
    last_whole: Option<u64>,
    /// Characters in all, and values with three words or more.
    pub(crate) characters: u64,
    pub(crate) wordy: u32,
}

/// A rating: a whole number from 0 to 254, written `9`, `9.0` or `9,0`.
pub(crate) fn rating(text: &str) -> Option<u8> {
    let text = text.trim();
    let digits = match text.split_once(['.', ',']) {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|&n: &u8| plain && n <= 254)
}

/// Whether a cell says that there is no value: empty, or one of the marks that statistics programs, databases and spreadsheets write.
pub(crate) fn is_missing(text: &str) -> bool {
    matches!(
        text,
        "" | "NA"
            | "N/A"
            | "n/a"
            | "NaN"
            | "nan"
            | "<NA>"
            | "NaT"
            | "null"
            | "NULL"
            | "\\N"
            | "-"
            | "."
            | "#N/A"
            | "#NULL!"
            | "#VALUE!"
            | "#DIV/0!"
            | "#REF!"
    )
}

/// What survey programs write for "does not apply", "does not know" and "no answer". A scale that reaches to 100 has values beside them.
const NO_ANSWER: [u8; 5] = [77, 88, 97, 98, 99];

impl Profile {
    pub(crate) fn add(&mut self, value: &str) {
        let value = value.trim();
        self.rows += 1;
        if is_missing(value) {
            return;
        }
        self.n += 1;
        if let Some(count) = self.values.get_mut(value) {
            *count += 1;
        } else if self.values.len() < MOST_VALUES {
            if self.first.len() < 3 {
                self.first.push(value.to_owned());
            }
            self.values.insert(value.to_owned(), 1);
        }
        if let Some(n) = rating(value) {
            self.low = if self.whole == 0 { n } else { self.low.min(n) };
            self.high = self.high.max(n);
            self.whole += 1;
        }
        if value.parse::<f64>().is_ok() || value.replacen(',', ".", 1).parse::<f64>().is_ok() {
            self.numbers += 1;
        }
        let whole = value.parse::<u64>().ok();
        self.steps += u32::from(whole.is_some() && whole == self.last_whole.map(|last| last + 1));
        self.last_whole = whole;
        self.stamps += u32::from(date::stamp(value).is_some());
        let times = [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| date::parse(value, order));
        let orders = times.map(|time| time.is_some());
        if let [Some(day), Some(month)] = times {
            let now = [day, month];
            for (order, last) in self.last.replace(now).into_iter().flatten().enumerate() {
                self.rises[order] += u32::from(now[order] > last);
                self.falls[order] += u32::from(now[order] < last);
            }
        }
        if orders.contains(&true) {
            self.dates += 1;
            match (date::ambiguous_pair(value).is_some(), orders) {
                (false, _) => {}
                (true, [true, true]) => self.open += 1,
                (true, [day, _]) => *(if day { &mut self.day_first } else { &mut self.month_first }) += 1,
            }
        }
        self.characters += value.chars().count() as u64;
        self.wordy += u32::from(value.split_whitespace().nth(2).is_some());
    }

    /// What several columns hold together.
    pub(crate) fn pooled<'a>(columns: impl IntoIterator<Item = &'a Profile>) -> Profile {
        let mut all = Profile::default();
        for column in columns {
            if column.whole > 0 {
                all.low = if all.whole == 0 { column.low } else { all.low.min(column.low) };
                all.high = all.high.max(column.high);
            }
            for (value, count) in &column.values {
                *all.values.entry(value.clone()).or_default() += count;
            }
            all.n += column.n;
            all.rows += column.rows;
            all.whole += column.whole;
            all.numbers += column.numbers;
            all.dates += column.dates;
            all.stamps += column.stamps;
            all.characters += column.characters;
            all.wordy += column.wordy;
        }
        all
    }

    /// The share of values of which `count` is true.
    pub(crate) fn share(&self, count: u32) -> f64 {
        if self.n == 0 { 0.0 } else { f64::from(count) / f64::from(self.n) }
    }

    /// Whether some value is a number with a fraction, as a measure or a coordinate is.
    pub(crate) fn has_fractions(&self) -> bool {
        self.values.keys().any(|value| value.contains('.') && value.parse::<f64>().is_ok())
    }

    /// How many different values there are.
    pub(crate) fn distinct(&self) -> usize {
        self.values.len()
    }

    /// Characters of a value, on average.
    pub(crate) fn length(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.characters as f64 / f64::from(self.n) }
    }

    /// How many values are whole numbers from `low` to `high`.
    pub(crate) fn within(&self, low: u8, high: u8) -> u32 {
        let fits = |value: &str| rating(value).is_some_and(|n| (low..=high).contains(&n));
        self.values.iter().filter(|(value, _)| fits(value)).map(|(_, count)| count).sum()
    }

    /// The scale that the values suggest, when nearly all are whole numbers, or most are and the name says that this is a
    /// score. A few values outside are mistakes in the file, and codes for "no answer" are none: neither stretches the scale.
    pub(crate) fn scale(&self, named: Named) -> Option<Scale> {
        let enough = if named == Named::Not { 0.9 } else { 0.5 };
        if self.n == 0 || self.share(self.whole) < enough {
            return None;
        }
        // "recommended" with 0 and 1 is a yes or no.
        // Among thirty answers to a question from 0 to 10 there is one above 7, or none at all.
        let shorter = self.whole >= 30 && self.low > 0 && self.high <= 7;
        if named == Named::Nps && 2 * self.within(0, 10) >= self.whole && self.high > 1 && !shorter {
            return Some(Scale { low: 0, high: 10, nps: true });
        }
        let codes: u32 = NO_ANSWER.iter().map(|&code| self.within(code, code)).sum();
        let answers = if 2 * codes < self.whole { self.whole - codes } else { self.whole };
        // A score in which one in twenty is above ten has mistakes; a count of visits has a tail.
        let most = if named == Named::Not { 0.98 } else { 0.9 };
        let covers = |high: u8, share: f64| f64::from(self.within(0, high)) >= share * f64::from(answers);
        let scales = [(1, 0.98), (5, 0.98), (7, 0.98), (10, most), (100, 0.98)];
        let high =
            scales.into_iter().find(|&(high, share)| covers(high, share)).map_or(self.high, |(high, _)| high);
        let scale = |low, high| Some(Scale { low, high, nps: false });
        // Scales of three, four and six points: every point is used, and nothing lies above.
        let all_used = |high: u8| (1..=high).all(|point| self.within(point, point) > 0);
        if self.whole >= 30 && self.low == 1 && matches!(self.high, 3 | 4 | 6) && all_used(self.high) {
            return scale(1, self.high);
        }
        let from_zero = (0..=self.high).all(|point| self.within(point, point) > 0);
        if self.whole >= 30 && self.low == 0 && matches!(self.high, 2..=4) && from_zero {
            return scale(0, self.high);
        }
        match (self.low, high) {
            (0, 7 | 10) => Some(Scale { low: 0, high: 10, nps: true }),
            (0, high) => scale(0, high),
            (_, 1) => scale(1, 5),
            (_, high @ (5 | 7 | 10)) => scale(1, high),
            (_, high) => scale(0, high),
        }
    }
}

/// What the name of a column says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Nothing.
    Not,
    /// A score.
    Score,
    /// How likely one is to recommend.
    Nps,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_a_whole_number_however_it_is_written() {
        for (text, expected) in
            [("9", Some(9)), (" 10 ", Some(10)), ("9.0", Some(9)), ("9,00", Some(9)), ("254", Some(254))]
        {
            assert_eq!(rating(text), expected, "{text}");
        }
        for text in ["", "4.5", "-1", "+9", "255", "1e1", "9.", "nine", "1,000,000"] {
            assert_eq!(rating(text), None, "{text}");
        }
    }

    fn scale(values: &[&str], named: Named) -> Option<Scale> {
        let mut profile = Profile::default();
        values.iter().for_each(|value| profile.add(value));
        profile.scale(named)
    }

    #[test]
    fn the_scale_follows_from_the_values_and_the_name() {
        let of = |low, high, nps| Some(Scale { low, high, nps });
        assert_eq!(scale(&["0", "7", "10"], Named::Not), of(0, 10, true));
        assert_eq!(scale(&["0", "6"], Named::Not), of(0, 10, true));
        assert_eq!(scale(&["0", "1"], Named::Not), of(0, 1, false));
        assert_eq!(scale(&["0", "4"], Named::Not), of(0, 5, false));
        assert_eq!(scale(&["1", "7", "10"], Named::Score), of(1, 10, false));
        assert_eq!(scale(&["1", "7", "10"], Named::Nps), of(0, 10, true));
        assert_eq!(scale(&["1", "5"], Named::Not), of(1, 5, false));
        assert_eq!(scale(&["1"], Named::Not), of(1, 5, false));
        assert_eq!(scale(&["2", "7"], Named::Not), of(1, 7, false));
        assert_eq!(scale(&["35", "80"], Named::Not), of(0, 100, false));
        assert_eq!(scale(&["35", "180"], Named::Not), of(0, 180, false));
        assert_eq!(scale(&["0", "1", "1"], Named::Nps), of(0, 1, false));
        assert_eq!(scale(&["good", "bad"], Named::Nps), None);
        assert_eq!(scale(&[], Named::Nps), None);
    }

    #[test]
    fn a_short_scale_from_zero_has_all_of_its_points_in_many_answers() {
        let three = ["0", "1", "2"].repeat(10);
        assert_eq!(scale(&three, Named::Score), Some(Scale { low: 0, high: 2, nps: false }));
        assert_eq!(scale(&["0", "1", "2"], Named::Score), Some(Scale { low: 0, high: 5, nps: false }));
    }

    #[test]
    fn a_mistake_in_the_file_does_not_stretch_the_scale() {
        let mut values = ["1", "2", "3", "4", "5"].repeat(20);
        values.push("55");
        assert_eq!(scale(&values, Named::Not), Some(Scale { low: 1, high: 5, nps: false }));
        assert_eq!(scale(&["9", "11", "4.5", "0"], Named::Nps), Some(Scale { low: 0, high: 10, nps: true }));
        assert_eq!(scale(&["9", "11", "4.5", "0"], Named::Not), None);
        let mut values: Vec<String> = (0..95).map(|at| (at % 11).to_string()).collect();
        values.extend(vec!["11".to_owned(); 5]);
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        assert_eq!(scale(&values, Named::Score), Some(Scale { low: 0, high: 10, nps: true }));
        // What has no name may as well be a count.
        assert_eq!(scale(&values, Named::Not), Some(Scale { low: 0, high: 100, nps: false }));
    }

    #[test]
    fn codes_for_no_answer_do_not_stretch_the_scale_and_a_scale_to_a_hundred_has_them_as_values() {
        let five = [["1", "2", "3", "4", "5"].repeat(10), ["88", "99"].repeat(10)].concat();
        assert_eq!(scale(&five, Named::Not), Some(Scale { low: 1, high: 5, nps: false }));
        assert_eq!(scale(&["0", "10", "99"], Named::Not), Some(Scale { low: 0, high: 10, nps: true }));
        assert_eq!(
            scale(&["0", "20", "88", "99"], Named::Not),
            Some(Scale { low: 0, high: 100, nps: false })
        );
        assert_eq!(scale(&["99", "98"], Named::Not), Some(Scale { low: 0, high: 100, nps: false }));
    }
}
