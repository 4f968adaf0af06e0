//! Amounts of money as people and programs write them, to whole hundredths. Which sign stands before the fraction is decided
//! once for a column ([`Votes`]), because `1.234` alone does not tell.

/// The largest amount that is read, in hundredths: a hundred thousand million. Squares of it can be added ten thousand million times.
pub const LARGEST: i64 = 10_000_000_000_000;

/// What the cells of a column tell of how it writes numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Votes {
    /// Cells that are amounts with a point, or a comma, before the fraction.
    pub(super) point: u32,
    pub(super) comma: u32,
    /// Amounts that leave it open, as `1.234`, and those without any sign.
    pub(super) open: u32,
    pub(super) plain: u32,
}

impl Votes {
    /// Counts a cell; whether it is an amount at all.
    pub(super) fn hear(&mut self, text: &str) -> bool {
        let Some((_, digits, _)) = stripped(text) else { return false };
        let (dots, commas) = (digits.matches('.').count(), digits.matches(',').count());
        let behind = |sign: char| digits.rsplit(sign).next().map_or(0, str::len);
        let before = |sign: char| digits.split(sign).next().unwrap_or_default();
        let one = |sign: char| behind(sign) != 3 || matches!(before(sign), "0" | "");
        let decimal = match (dots, commas) {
            (0, 0) => None,
            (0, 1) if one(',') => Some(','),
            (1, 0) if one('.') => Some('.'),
            (0, 1) | (1, 0) => {
                self.open += 1;
                return parse(text, '.').is_some() || parse(text, ',').is_some();
            }
            (0, _) => Some('.'),
            (_, 0) => Some(','),
            _ => digits.chars().rev().find(|c| matches!(c, '.' | ',')),
        };
        let is = parse(text, decimal.unwrap_or('.')).is_some();
        *match decimal {
            _ if !is => return false,
            None => &mut self.plain,
            Some(',') => &mut self.comma,
            Some(_) => &mut self.point,
        } += 1;
        true
    }

    /// What stands before the fraction: what most cells say, else a point.
    pub(super) fn decimal(&self) -> char {
        if self.comma > self.point { ',' } else { '.' }
    }
}

/// An amount in hundredths; halves of one are rounded away from zero. Understood are a minus sign before or behind, brackets around a
/// negative amount, a currency's sign or its letters before or behind, and points, commas, spaces or apostrophes between
/// thousands. Nothing for other texts, and beyond [`LARGEST`].
pub fn parse(text: &str, decimal: char) -> Option<i64> {
    let (negative, digits, _) = stripped(text)?;
    let (whole, fraction) = match digits.rsplit_once(decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    if whole.is_empty() && fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return scientific(text, decimal);
    }
    let mut units: i64 = 0;
    let mut groups = whole.split(|c: char| c != decimal && (matches!(c, '.' | ',') || is_space(c)));
    let mut first = true;
    while let Some(group) = groups.next() {
        let last = groups.clone().next().is_none();
        // 1,23,456 as it is written in India has groups of two.
        let long = match (first, last) {
            (true, true) => true,
            (true, false) => (1..=3).contains(&group.len()),
            (false, true) => group.len() == 3,
            (false, false) => (2..=3).contains(&group.len()),
        };
        if !long || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return scientific(text, decimal);
        }
        for digit in group.bytes() {
            units = units.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        }
        first = false;
    }
    let digit = |at: usize| fraction.as_bytes().get(at).map_or(0, |byte| i64::from(byte - b'0'));
    let hundredths = digit(0) * 10 + digit(1) + i64::from(digit(2) >= 5);
    let amount = units.checked_mul(100)?.checked_add(hundredths)?;
    Some(if negative { -amount } else { amount }).filter(|amount| amount.abs() <= LARGEST)
}

/// `1.2e5`, as programs write large and small numbers.
fn scientific(text: &str, decimal: char) -> Option<i64> {
    let text = text.trim();
    let number: f64 = text.parse().ok().filter(|_| decimal == '.' && text.contains(['e', 'E']))?;
    let hundredths = libm::round(number * 100.0);
    (hundredths.abs() <= LARGEST as f64).then_some(hundredths as i64)
}

/// The sign or the letters of the currency of an amount, as `€` or `USD`; empty where there is none.
pub(super) fn currency(text: &str) -> &str {
    stripped(text).map_or("", |(.., currency)| currency)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '\u{2019}')
}

/// Whether it is negative, its digits with the signs between them, and the currency.
fn stripped(text: &str) -> Option<(bool, &str, &str)> {
    let mut rest = text.trim();
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (negative, rest) = (true, inner);
    }
    let mut currency = "";
    // A minus sign and a currency may stand in either order, before or behind.
    for _ in 0..2 {
        rest = rest.trim_matches(is_space);
        for side in [rest.strip_prefix(['-', '\u{2212}']), rest.strip_suffix(['-', '\u{2212}'])] {
            if let Some(without) = side.filter(|_| !negative) {
                (negative, rest) = (true, without.trim_matches(is_space));
                break;
            }
        }
        rest = rest.strip_prefix('+').unwrap_or(rest);
        if currency.is_empty() {
            let digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '\u{2212}');
            let before = rest.find(digit)?;
            let behind = rest.rfind(|c: char| c.is_ascii_digit())? + 1;
            let (one, other) = (rest.get(..before)?, rest.get(behind..)?);
            let other = other.trim_start_matches(['-', '\u{2212}', '.', ',']);
            let named = |sign: &str| {
                let sign = sign.trim_matches(|c: char| is_space(c) || c == '.');
                let signs = sign.chars().filter(|c| is_currency(*c)).count();
                signs == 1 && sign.chars().count() <= 3
                    || LETTERS.iter().any(|known| sign.eq_ignore_ascii_case(known))
            };
            match (one.trim_matches(is_space), other.trim_matches(is_space)) {
                ("", "") => {}
                (sign, "") if named(sign) => (currency, rest) = (sign, rest.get(before..)?),
                ("", sign) if named(sign) => {
                    (currency, rest) = (sign, rest.get(..rest.len() - other.len())?);
                }
                _ => return None,
            }
        }
    }
    let (rest, currency) = (rest.trim_matches(is_space), currency.trim_matches('.'));
    rest.bytes().any(|byte| byte.is_ascii_digit()).then_some((negative, rest, currency))
}

/// Currencies that are written with letters; other letters beside a number make it a name, as `C17`.
const LETTERS: &[&str] = &[
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "RON", "BGN", "BRL", "MXN", "ARS", "CLP", "COP", "ZAR", "KRW", "TRY", "ILS", "AED", "SAR", "SGD",
    "HKD", "THB", "IDR", "MYR", "PHP", "VND", "TWD", "RUB", "UAH", "EGP", "NGN", "KES", "kr", "zł", "Kč",
    "Ft", "lei", "Rs", "Fr", "SFr",
];

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '\u{20a0}'..='\u{20cf}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_however_they_are_written() {
        for (text, decimal, expected) in [
            ("1234.5", '.', 123_450),
            ("$1,234.50", '.', 123_450),
            ("1.234,50 €", ',', 123_450),
            ("EUR 1 234,50", ',', 123_450),
            ("CHF 1'234.50", '.', 123_450),
            ("(1,234.50)", '.', -123_450),
            ("-$12", '.', -1200),
            ("$-12", '.', -1200),
            ("\u{2212}12.005", '.', -1201),
            ("12-", '.', -1200),
            ("1,23,456", '.', 12_345_600),
            (".5", '.', 50),
            ("0", ',', 0),
            ("1.2e5", '.', 12_000_000),
            ("1.234", ',', 123_400),
            ("1.234", '.', 123),
            ("kr 99", ',', 9900),
            ("99 kr.", ',', 9900),
        ] {
            assert_eq!(parse(text, decimal), Some(expected), "{text}");
        }
        for (text, decimal) in [
            ("", '.'),
            ("abc", '.'),
            ("1.234,50", '.'),
            ("12 apples", '.'),
            ("1,2,3", '.'),
            ("--3", '.'),
            ("2026-11-21", '.'),
            ("C00123", '.'),
            ("100000000000.01", '.'),
            ("$", '.'),
        ] {
            assert_eq!(parse(text, decimal), None, "{text}");
        }
    }

    #[test]
    fn the_column_decides_what_stands_before_a_fraction() {
        let decimal = |cells: &[&str]| {
            let mut votes = Votes::default();
            cells.iter().for_each(|cell| {
                votes.hear(cell);
            });
            votes.decimal()
        };
        assert_eq!(decimal(&["1.234", "12,5", "7"]), ',');
        assert_eq!(decimal(&["1.234", "1,234.50"]), '.');
        assert_eq!(decimal(&["1.234.567"]), ',');
        assert_eq!(decimal(&["1.234"]), '.');
        assert_eq!(decimal(&["0,125"]), ',');
    }

    #[test]
    fn a_currency_is_told_from_the_amount() {
        for (text, expected) in [("$5", "$"), ("5 €", "€"), ("USD 5", "USD"), ("5", ""), ("word", "")] {
            assert_eq!(currency(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_with_two_decimals_is_read(cents in -LARGEST..=LARGEST) {
            let sign = if cents < 0 { "-" } else { "" };
            let (whole, part) = (cents.abs() / 100, cents.abs() % 100);
            prop_assert_eq!(parse(&format!("{sign}{whole}.{part:02}"), '.'), Some(cents));
            prop_assert_eq!(parse(&format!("{sign}{whole},{part:02} €"), ','), Some(cents));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,24}") {
            for decimal in ['.', ','] {
                if let Some(amount) = parse(&text, decimal) {
                    prop_assert!(amount.abs() <= LARGEST);
                }
            }
            Votes::default().hear(&text);
            currency(&text);
        }
    }

    fn heard(cells: &[&str]) -> (Votes, Vec<bool>) {
        let mut votes = Votes::default();
        let each = cells.iter().map(|cell| votes.hear(cell)).collect();
        (votes, each)
    }

    #[test]
    fn a_cell_speaks_for_one_sign_or_leaves_it_open_and_what_is_no_amount_says_nothing() {
        let votes = |point, comma, open, plain| Votes { point, comma, open, plain };
        for (cell, expected) in [
            ("7", votes(0, 0, 0, 1)),
            ("-1234 €", votes(0, 0, 0, 1)),
            // Three digits behind the only sign may be thousands or a fraction.
            ("1.234", votes(0, 0, 1, 0)),
            ("1,234", votes(0, 0, 1, 0)),
            ("123,456 $", votes(0, 0, 1, 0)),
            ("1234,567", votes(0, 0, 1, 0)),
            // Nothing, or a zero, before it is never a thousand.
            (".125", votes(1, 0, 0, 0)),
            ("0,125", votes(0, 1, 0, 0)),
            ("1.5", votes(1, 0, 0, 0)),
            ("1,50", votes(0, 1, 0, 0)),
            ("1.2345", votes(1, 0, 0, 0)),
            // What stands twice is no fraction's.
            ("1.234.567", votes(0, 1, 0, 0)),
            ("1,234,567", votes(1, 0, 0, 0)),
            // Of both, the last one.
            ("1.234,5", votes(0, 1, 0, 0)),
            ("1,234.5", votes(1, 0, 0, 0)),
        ] {
            assert_eq!(heard(&[cell]), (expected, vec![true]), "{cell}");
        }
        // Too long a group for thousands, too short a one, and no number at all.
        for cell in ["1.2.3", "1,2,3", "C17", "", "12 apples"] {
            assert_eq!(heard(&[cell]), (Votes::default(), vec![false]), "{cell}");
        }
        let (votes, _) = heard(&["1.234", "2.345", "3,456", "7", "7", "1,5", "2,5", "0.5"]);
        assert_eq!((votes.open, votes.plain, votes.comma, votes.point), (3, 2, 2, 1));
        // As many for either: a point.
        assert_eq!(heard(&["1,5", "1.5"]).0.decimal(), '.');
    }

    #[test]
    fn powers_of_ten_are_read_with_a_point_alone() {
        for (text, expected) in [
            ("1.2e5", Some(12_000_000)),
            ("-1.5E1", Some(-1500)),
            ("2e-2", Some(2)),
            ("1e99", None),
            ("1e11", Some(LARGEST)),
        ] {
            assert_eq!(parse(text, '.'), expected, "{text}");
            assert_eq!(parse(text, ','), None, "{text}");
        }
    }

    #[test]
    fn groups_of_digits_are_three_long_and_in_india_two_but_the_last() {
        for (text, expected) in [
            ("1,234", Some(123_400)),
            ("123,456", Some(12_345_600)),
            ("12,34,567", Some(123_456_700)),
            ("1234,567", None),
            ("1,23", None),
            ("1,2,345", None),
            (",234", None),
            ("1,2345", None),
            ("1,234.005", Some(123_401)),
            ("1,234.004", Some(123_400)),
            ("5.", Some(500)),
        ] {
            assert_eq!(parse(text, '.'), expected, "{text}");
        }
    }

    #[test]
    fn one_minus_sign_or_brackets_make_an_amount_negative_and_two_are_no_amount() {
        for text in ["-5", "5-", "(5)", "\u{2212}5", "- $5", "-5 EUR", "EUR -5", "5- €", "€ 5-"] {
            assert_eq!(parse(text, '.'), Some(-500), "{text}");
        }
        assert_eq!(parse("+5", '.'), Some(500));
        for text in ["(-5)", "--5", "5--", "$5€", "USD 5 EUR", "(5", "5)"] {
            assert_eq!(parse(text, '.'), None, "{text}");
        }
    }

    #[test]
    fn a_currency_is_a_sign_or_known_letters() {
        for (text, expected) in [
            ("kr. 5", "kr"),
            ("US$ 5", "US$"),
            ("5 zł", "zł"),
            ("chf 5", "chf"),
            ("5 $$", ""),
            ("ABC$ 5", ""),
            ("C 5", ""),
        ] {
            assert_eq!(currency(text), expected, "{text}");
        }
    }
}
