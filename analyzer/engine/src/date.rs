//! Dates and times as other tools write them, to milliseconds since 1970 UTC. The order of day and month is handed in:
//! it is decided once for a file, never row by row.

use crate::plan::DateOrder;
use candor_survey::Time;

/// The two numbers of `04/05/2026` whose order the text itself does not tell.
pub(crate) fn ambiguous_pair(text: &str) -> Option<(u32, u32)> {
    let (numbers, _) = date_numbers(text.trim())?;
    (numbers[0].1 < 3).then_some((numbers[0].0, numbers[1].0))
}

/// Reads a date, or a date with a time. Without a zone the time is taken as UTC. Understood are `2026-11-21`,
/// `2026/11/21`, `21.11.2026`, `11/21/2026`, `21/11/26`, `Nov 21, 2026`, `21-Nov-2026`, `Sat, 21 Nov 2026`, `21. März 2026`; after
/// it `10:15`, `10:15:30`, `10:15:30.250`, `10.15`, with AM, PM, `p. m.` or `Uhr`; and `Z`, `UTC`, `GMT`, `CET`, `EST` and their
/// like, `+01:00`, `+0100`, `GMT+1`.
pub(crate) fn parse(text: &str, order: DateOrder) -> Option<i64> {
    if let Some(ms) = iso(text.as_bytes()) {
        return Some(ms);
    }
    let text = text.trim();
    let spelled;
    let text = match basic(text) {
        Some(basic) => {
            spelled = basic;
            spelled.as_str()
        }
        None => text,
    };
    if let Some(Time(ms)) = Time::parse(text) {
        return Some(ms);
    }
    let Some(([first, second, third], rest)) = date_numbers(text) else {
        let (year, month, day, rest) = date_with_a_name(text)?;
        return at(year, month, day, rest);
    };
    let (year, month, day) = if first.1 >= 3 {
        (first, second.0, third.0)
    } else {
        match order {
            DateOrder::DayFirst => (third, second.0, first.0),
            DateOrder::MonthFirst => (third, first.0, second.0),
        }
    };
    at(year, month, day, rest)
}

/// A day and what follows it: its time and zone.
fn at(year: Digits, month: u32, day: u32, rest: &str) -> Option<i64> {
    // Two digits: POSIX reads 69 to 99 as the last century.
    let year = match year {
        (y, 4) => y,
        (y, 2) if y < 69 => 2000 + y,
        (y, 2) => 1900 + y,
        _ => return None,
    };
    let (minutes, ms, rest) = time_of_day(rest)?;
    let offset = zone(rest)?;
    let date = days_from_civil(year, month, day)?;
    Some((date * 1440 + minutes - offset) * 60_000 + ms)
}

/// `20261121T101530Z`, the basic form of ISO 8601, with seconds or without, as the form with signs between.
fn basic(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(8).filter(|(day, _)| day.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = rest.strip_prefix('T')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (time, zone) = rest.split_at_checked(digits)?;
    let seconds = match digits {
        4 => "00",
        6 => time.get(4..)?,
        _ => return None,
    };
    let (year, month, day) = (day.get(..4)?, day.get(4..6)?, day.get(6..)?);
    Some(format!("{year}-{month}-{day}T{}:{}:{seconds}{zone}", time.get(..2)?, time.get(2..4)?))
}

/// Days since 1899-12-30 with a fraction for the time, as spreadsheets store dates, from 2010 to 2039.
fn serial(text: &str) -> Option<i64> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(days) || !digits(fraction) {
        return None;
    }
    let days: i64 = days.parse().ok().filter(|days| (40_179..51_136).contains(days))?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    // 25,569 of them are before 1970; a second is the least that spreadsheets keep of a time.
    Some((days - 25_569) * 86_400_000 + (fraction * 86_400.0).round() as i64 * 1000)
}

/// Bare digits as a time, which only the name of a column can tell from a number: `20261121`, seconds or milliseconds since
/// 1970 from 2001 to 2099, and what spreadsheets store for a date, `46347` or `46347.427` for a time on that day.
pub(crate) fn stamp(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(ms) = serial(text) {
        return Some(ms);
    }
    let number: i64 = Some(text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let seconds = 1_000_000_000..4_102_444_800;
    match text.len() {
        8 if text.starts_with("20") => {
            let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
            Some(days_from_civil(part(0, 4)?, part(4, 6)?, part(6, 8)?)? * 86_400_000)
        }
        10 => seconds.contains(&number).then_some(number * 1000),
        13 => seconds.contains(&(number / 1000)).then_some(number),
        _ => None,
    }
}

/// `2026-11-21T10:15:30Z` in just this shape, with a space for the `T`, with milliseconds, or without the `Z`: what most
/// files have, without a look at anything else.
pub(crate) fn iso(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_first_chunk::<10>()?;
    let (time, rest) = rest.split_first_chunk::<9>()?;
    let (separators, breaks) = ([date[4], date[7]], [time[3], time[6]]);
    if separators != *b"--" || breaks != *b"::" || !matches!(time[0], b'T' | b' ') {
        return None;
    }
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |n, digit| digit.is_ascii_digit().then(|| n * 10 + u32::from(digit - b'0')))
    };
    let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
    let ms = match rest {
        [] => 0,
        [b'.', ms @ ..] if ms.len() == 3 => number(ms)?,
        _ => return None,
    };
    let (hour, minute, second) = (number(&time[1..3])?, number(&time[4..6])?, number(&time[7..9])?);
    let days = days_from_civil(number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?)?;
    let fits = hour < 24 && minute < 60 && second < 60;
    fits.then(|| days * 86_400_000 + i64::from((hour * 60 + minute) * 60 + second) * 1000 + i64::from(ms))
}

type Digits = (u32, usize);

/// Three numbers with the same separator between them, each with its count of digits, and what follows.
fn date_numbers(text: &str) -> Option<([Digits; 3], &str)> {
    let (first, rest) = number(text)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, rest) = number(rest.strip_prefix(separator)?)?;
    let (third, rest) = number(rest.strip_prefix(separator)?)?;
    let shaped = second.1 <= 2 && (first.1 == 4 && third.1 <= 2 || first.1 <= 2 && matches!(third.1, 2 | 4));
    shaped.then_some(([first, second, third], rest))
}

/// What the names of the months begin with, in English, German, French, Spanish, Italian, Portuguese and Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// What the names of the days of the week begin with, in English and German.
const DAYS: &[&str] =
    &["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so"];

/// The month that a word names, whole or shortened to three letters or more.
fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let named = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
    let at = MONTHS.iter().position(named).filter(|_| word.chars().count() <= 10)?;
    u32::try_from(at + 1).ok()
}

/// Year, month, day and what follows, of a date whose month is a word.
fn date_with_a_name(text: &str) -> Option<(Digits, u32, u32, &str)> {
    let word = |text: &str| text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let signs = |c: char| matches!(c, ' ' | ',' | '.' | '-' | '\u{A0}');
    let (mut text, length) = (text, word(text));
    if length > 0 && month(text.get(..length)?).is_none() {
        let day = text.get(..length)?.to_lowercase();
        if !DAYS.iter().any(|known| day.starts_with(known)) || day.len() > 10 {
            return None;
        }
        text = text.get(length..)?.trim_start_matches(signs);
    }
    let (day, named, rest) = match number(text) {
        Some(((day, 1 | 2), rest)) => {
            let rest = rest.trim_start_matches(signs);
            let rest = rest.strip_prefix("de ").unwrap_or(rest);
            let length = word(rest);
            (day, month(rest.get(..length)?)?, rest.get(length..)?)
        }
        Some(_) => return None,
        None => {
            let length = word(text);
            let named = month(text.get(..length)?)?;
            let ((day, digits), rest) = number(text.get(length..)?.trim_start_matches(signs))?;
            let rest = ["st", "nd", "rd", "th"].iter().find_map(|th| rest.strip_prefix(th)).unwrap_or(rest);
            (day, named, (digits <= 2).then_some(rest)?)
        }
    };
    let rest = rest.trim_start_matches(signs);
    let (year, rest) = number(rest.strip_prefix("de ").unwrap_or(rest))?;
    matches!(year.1, 2 | 4).then_some((year, named, day, rest))
}

fn number(text: &str) -> Option<(Digits, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.get(..length).filter(|_| (1..=9).contains(&length))?.parse().ok()?;
    Some(((value, length), &text[length..]))
}

/// Minutes and milliseconds after midnight, and what follows. No time at all is midnight.
fn time_of_day(text: &str) -> Option<(i64, i64, &str)> {
    if text.trim().is_empty() {
        return Some((0, 0, ""));
    }
    let text = ["T", ", ", " at ", " "].iter().find_map(|before| text.strip_prefix(before))?;
    let ((hour, digits), rest) = number(text.trim_start())?;
    // Italian and Finnish programs write points.
    let sign = rest.chars().next().filter(|sign| matches!(sign, ':' | '.'))?;
    let ((minute, minute_digits), mut rest) = number(rest.strip_prefix(sign)?)?;
    let (mut second, mut ms) = (0, 0);
    if let Some(after) = rest.strip_prefix(sign) {
        let ((value, _), after) = number(after)?;
        (second, rest) = (value, after);
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let ((_, length), after_fraction) = number(after)?;
            let digit =
                |i: usize| after.as_bytes().get(i).filter(|_| i < length).map_or(0, |b| i64::from(b - b'0'));
            ms = digit(0) * 100 + digit(1) * 10 + digit(2);
            rest = after_fraction;
        }
    }
    let trimmed = rest.trim_start();
    let hour = match half_of_day(trimmed) {
        Some((afternoon, after)) if (1..=12).contains(&hour) => {
            rest = after;
            hour % 12 + if afternoon { 12 } else { 0 }
        }
        _ => hour,
    };
    let rest = trimmed.strip_prefix("Uhr").unwrap_or(rest);
    let fits = digits <= 2 && minute_digits == 2 && hour < 24 && minute < 60 && second < 60;
    fits.then(|| (i64::from(hour * 60 + minute), i64::from(second) * 1000 + ms, rest))
}

/// Whether a text begins with PM, else with AM (`pm`, `p.m.`, `p. m.`), and what follows.
fn half_of_day(text: &str) -> Option<(bool, &str)> {
    let letter = text.chars().next()?.to_ascii_lowercase();
    let rest = text.get(1..).filter(|_| matches!(letter, 'a' | 'p'))?;
    let rest = rest.strip_prefix('.').unwrap_or(rest).trim_start_matches([' ', '\u{A0}', '\u{202F}']);
    let rest = rest.strip_prefix(['m', 'M'])?;
    Some((letter == 'p', rest.strip_prefix('.').unwrap_or(rest)))
}

/// Zones by the letters that programs write, in minutes ahead of UTC. Those that mean several zones are read as the American
/// ones.
const ZONES: &[(&str, i64)] = &[
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("JST", 540),
    ("AEST", 600),
    ("AEDT", 660),
];

/// The offset from UTC in minutes.
fn zone(text: &str) -> Option<i64> {
    let text = text.trim();
    // What stands in brackets says the zone once more.
    let text = match text.split_once(" (") {
        Some((zone, named)) if named.ends_with(')') => zone,
        _ => text,
    };
    if let Some((_, ahead)) = ZONES.iter().find(|(name, _)| *name == text) {
        return Some(*ahead);
    }
    let text = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC")).unwrap_or(text);
    if text.is_empty() || text == "Z" {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let ((first, length), rest) = number(digits)?;
    let (hours, minutes) = match (length, rest.strip_prefix(':')) {
        (1 | 2, Some(after)) => {
            let ((minutes, 2), "") = number(after)? else { return None };
            (first, minutes)
        }
        (1 | 2, None) if rest.is_empty() => (first, 0),
        (4, None) if rest.is_empty() => (first / 100, first % 100),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: u32, month: u32, day: u32) -> Option<i64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let day_of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day) - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// A day that is written as `2026-07-01`, as sentences write it: `Jul 1, 2026`. What is no such day stays as it is.
pub(crate) fn written(iso: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |at: std::ops::Range<usize>| iso.get(at).and_then(|digits| digits.parse::<usize>().ok());
    let month = number(5..7).and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (iso.get(..4), month, number(8..10)) {
        (Some(year), Some(month), Some(day)) if iso.len() == 10 => format!("{month} {day}, {year}"),
        _ => iso.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_sentences_are_written_for_readers_and_nonsense_is_left_alone() {
        let said = ["2026-07-01", "9999-12-31", "2026-13-01", "soon", ""].map(written);
        assert_eq!(said, ["Jul 1, 2026", "Dec 31, 9999", "2026-13-01", "soon", ""]);
    }

    fn read(text: &str, order: DateOrder) -> Option<String> {
        parse(text, order).map(|ms| Time(ms).to_string())
    }

    #[test]
    fn what_a_spreadsheet_stores_for_a_date_is_one_and_other_numbers_are_none() {
        let read = |text: &str| stamp(text).map(|ms| Time(ms).to_string());
        assert_eq!(read("46082").as_deref(), Some("2026-03-01T00:00:00.000Z"));
        assert_eq!(read("46082.427083").as_deref(), Some("2026-03-01T10:15:00.000Z"));
        assert_eq!(read("46082,5").as_deref(), Some("2026-03-01T12:00:00.000Z"));
        for text in ["4608", "99999", "46082.", "46082.5.1", "-46082", "46082e3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_spellings_of_common_tools_are_read() {
        for (text, expected) in [
            ("2026-11-21", "2026-11-21T00:00:00.000Z"),
            ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
            ("2026-11-21 10:00", "2026-11-21T10:00:00.000Z"),
            ("2026-11-21T10:00:00.25+01:00", "2026-11-21T09:00:00.250Z"),
            ("2026/10/04 10:15:00 AM GMT+5:30", "2026-10-04T04:45:00.000Z"),
            ("21.11.2026 09:05", "2026-11-21T09:05:00.000Z"),
            ("4/5/2026", "2026-05-04T00:00:00.000Z"),
            ("29/02/24", "2024-02-29T00:00:00.000Z"),
            ("1/2/1969 12:00:00 am", "1969-02-01T00:00:00.000Z"),
            ("2026-11-21 10:00:00 UTC", "2026-11-21T10:00:00.000Z"),
            ("2026-11-21 10:00:00 -0330", "2026-11-21T13:30:00.000Z"),
            ("Mar 1, 2026 3:04 PM", "2026-03-01T15:04:00.000Z"),
            ("March 1st, 2026 at 3:04 am", "2026-03-01T03:04:00.000Z"),
            ("Mar 1, 2026", "2026-03-01T00:00:00.000Z"),
            ("01-Mar-2026", "2026-03-01T00:00:00.000Z"),
            ("01-Mar-26 10:00:00", "2026-03-01T10:00:00.000Z"),
            ("Sun, 01 Mar 2026 15:04:05 +0100", "2026-03-01T14:04:05.000Z"),
            ("Sun Mar 01 2026 10:00:00 GMT+0100 (CET)", "2026-03-01T09:00:00.000Z"),
            ("1. März 2026, 10:00", "2026-03-01T10:00:00.000Z"),
            ("1 de marzo de 2026", "2026-03-01T00:00:00.000Z"),
            ("2026-03-01 23:30:00 EST", "2026-03-02T04:30:00.000Z"),
            ("01.03.2026 10:00:00 CET", "2026-03-01T09:00:00.000Z"),
            ("01.03.2026 10:00 Uhr", "2026-03-01T10:00:00.000Z"),
            ("2026/02/10 3:05:09 p. m. GMT-5", "2026-02-10T20:05:09.000Z"),
            ("2026/02/10 3:05:09 a.\u{A0}m. GMT-5", "2026-02-10T08:05:09.000Z"),
            ("10/02/2026 9.05.09", "2026-02-10T09:05:09.000Z"),
            ("20260301T101530Z", "2026-03-01T10:15:30.000Z"),
            ("20260301T1015+0100", "2026-03-01T09:15:00.000Z"),
        ] {
            assert_eq!(read(text, DateOrder::DayFirst).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(
            read("9/6/2018 0:06:16", DateOrder::MonthFirst).as_deref(),
            Some("2018-09-06T00:06:16.000Z")
        );
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "x",
            "10",
            "1.5",
            "2026-13-01",
            "2026-02-29",
            "31/04/2026",
            "1/2/3",
            "2026-11-21 25:00",
            "21-11/2026",
            "2026-11-21 10:00 XYZ",
            "1.2.3.4",
            "12:30",
            "20260301",
            "1772323200",
            "Mar",
            "Mar 2026",
            "Marta 5, 2026 was here",
            "1 star 2026",
            "Mar 32, 2026",
        ] {
            assert_eq!(parse(text, DateOrder::DayFirst), None, "{text}");
        }
        assert_eq!(parse("25/12/2026", DateOrder::MonthFirst), None);
    }

    #[test]
    fn bare_digits_are_a_time_only_where_they_are_asked_to_be() {
        let day = 20_513 * 86_400_000;
        for (text, expected) in [
            ("20260301", Some(day)),
            ("1772323200", Some(day)),
            ("1772323200000", Some(day)),
            ("20261301", None),
            ("12345678", None),
            ("9999999999", None),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(stamp(text), expected, "{text}");
        }
    }

    #[test]
    fn only_dates_with_the_year_last_leave_their_order_open() {
        assert_eq!(ambiguous_pair("04/05/2026 10:00"), Some((4, 5)));
        assert_eq!(ambiguous_pair("2026-05-04"), None);
    }
}
