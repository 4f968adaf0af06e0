//! Numbers, dates and times as text. Days count from 1970-01-01 in the proleptic Gregorian calendar.

use std::fmt::Write as _;

const DAY: i128 = 86_400_000_000_000;

/// Writes a number with the fewest digits that give it back, as ECMAScript does (`Number::toString`); infinities are `inf`
/// and `-inf`, and what is no number writes nothing.
pub fn write_f64(out: &mut String, number: f64) {
    if number.is_finite() {
        out.push_str(ryu_js::Buffer::new().format_finite(number));
    } else {
        write_infinity(out, number);
    }
}

/// As [`write_f64`], with the fewest digits that give back a number of 32 bits.
pub fn write_f32(out: &mut String, number: f32) {
    if number.is_finite() {
        out.push_str(ryu_js::Buffer::new().format_finite(number));
    } else {
        write_infinity(out, f64::from(number));
    }
}

fn write_infinity(out: &mut String, number: f64) {
    if !number.is_nan() {
        out.push_str(if number > 0.0 { "inf" } else { "-inf" });
    }
}

/// Writes `2026-11-22`. `false`, and nothing written, when the year has not four digits.
#[must_use]
pub fn write_date(out: &mut String, days: i64) -> bool {
    // 0000-01-01 to 9999-12-31.
    if !(-719_528..=2_932_896).contains(&days) {
        return false;
    }
    // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    true
}

/// Writes `13:05:00`, with 3, 6 or 9 digits of a second where it has any. `false`, and nothing written, unless the
/// nanoseconds are of one day.
#[must_use]
pub fn write_time(out: &mut String, nanoseconds: i64) -> bool {
    if !(0..DAY as i64).contains(&nanoseconds) {
        return false;
    }
    let seconds = nanoseconds / 1_000_000_000;
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    write_fraction(out, nanoseconds % 1_000_000_000);
    true
}

fn write_fraction(out: &mut String, nanoseconds: i64) {
    let _ = match nanoseconds {
        0 => Ok(()),
        n if n % 1_000_000 == 0 => write!(out, ".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => write!(out, ".{:06}", n / 1_000),
        n => write!(out, ".{n:09}"),
    };
}

/// Writes `2026-11-22T13:05:00` of nanoseconds since 1970. `false`, and nothing written, when the year has not four digits.
#[must_use]
pub fn write_date_time(out: &mut String, nanoseconds: i128) -> bool {
    let Ok(days) = i64::try_from(nanoseconds.div_euclid(DAY)) else { return false };
    if !write_date(out, days) {
        return false;
    }
    out.push('T');
    write_time(out, nanoseconds.rem_euclid(DAY) as i64)
}

/// Writes `PT26H30M5S`.
pub fn write_duration(out: &mut String, nanoseconds: i128) {
    if nanoseconds < 0 {
        out.push('-');
    }
    let whole = nanoseconds.unsigned_abs();
    let (seconds, rest) = (whole / 1_000_000_000, (whole % 1_000_000_000) as i64);
    out.push_str("PT");
    for (n, letter) in [(seconds / 3_600, 'H'), (seconds / 60 % 60, 'M')] {
        if n > 0 {
            let _ = write!(out, "{n}{letter}");
        }
    }
    if seconds % 60 > 0 || rest > 0 || seconds == 0 {
        let _ = write!(out, "{}", seconds % 60);
        write_fraction(out, rest);
        out.push('S');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn numbers_have_the_fewest_digits_that_give_them_back() {
        let cases = [(0.1, "0.1"), (9.0, "9"), (-0.0, "0"), (4.4, "4.4"), (1e300, "1e+300"), (1e-7, "1e-7")];
        for (number, expected) in cases {
            assert_eq!(text(|out| write_f64(out, number)), expected);
        }
        assert_eq!(text(|out| write_f32(out, 0.1)), "0.1");
        assert_eq!(text(|out| write_f64(out, f64::NEG_INFINITY)), "-inf");
        assert_eq!(text(|out| write_f64(out, f64::NAN)), "");
    }

    #[test]
    fn days_become_dates_of_the_gregorian_calendar() {
        let cases = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (20_779, "2026-11-22"),
            (-719_528, "0000-01-01"),
            (2_932_896, "9999-12-31"),
        ];
        for (days, expected) in cases {
            assert_eq!(text(|out| assert!(write_date(out, days))), expected);
        }
        for days in [-719_529, 2_932_897, i64::MIN, i64::MAX] {
            assert_eq!(text(|out| assert!(!write_date(out, days))), "");
        }
    }

    #[test]
    fn times_have_three_six_or_nine_digits_of_a_second() {
        let cases = [
            (0, "1970-01-01T00:00:00"),
            (-1_000_000, "1969-12-31T23:59:59.999"),
            (1_000, "1970-01-01T00:00:00.000001"),
            (1, "1970-01-01T00:00:00.000000001"),
        ];
        for (nanoseconds, expected) in cases {
            assert_eq!(text(|out| assert!(write_date_time(out, nanoseconds))), expected);
        }
    }

    #[test]
    fn durations_go_past_a_day() {
        let cases = [(0, "PT0S"), (95_405, "PT26H30M5S"), (-60, "-PT1M"), (3_600, "PT1H")];
        for (seconds, expected) in cases {
            assert_eq!(text(|out| write_duration(out, seconds * 1_000_000_000)), expected);
        }
        assert_eq!(text(|out| write_duration(out, 1_500_000_000)), "PT1.500S");
    }
}
