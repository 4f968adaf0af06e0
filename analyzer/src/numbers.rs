//! Numbers and times as the interface writes them: rounded as a reader can use them, with a true minus sign. Pure
//! functions of their arguments; the statistics themselves are the engine's.

use crate::text::{TEXT, fill, form};

/// What stands where there is no number.
pub(crate) const NOTHING: &str = "–";

/// A count with thousands separators: `12,345`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `part` of `whole` in whole percent. What is not nobody never reads 0%, and what is not everybody never 100%.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return NOTHING.into();
    }
    let percent = part as f64 / whole as f64 * 100.0;
    match percent.round() {
        _ if part == 0 || part == whole => format!("{percent:.0}%"),
        r if r < 1.0 => "<1%".into(),
        r if r > 99.0 => ">99%".into(),
        r => format!("{r:.0}%"),
    }
}

/// A share in [0, 1] in percent, with a decimal where it is small: `12%`, `0.4%`. What is not nothing never reads 0%.
pub(crate) fn percent(share: f64) -> String {
    if rounds_to_nothing(share) {
        return "<0.1%".into();
    }
    let places = u32::from(share.abs() < 0.1 && share != 0.0);
    format!("{}%", signed(share * 100.0, places))
}

/// Whether a share in [0, 1] is more than nothing and less than [`percent`] has digits for.
pub(crate) fn rounds_to_nothing(share: f64) -> bool {
    share > 0.0 && (share * 1000.0).round() < 1.0
}

/// A p-value: `p = .032`, `p < .001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 {
        return "p\u{a0}<\u{a0}.001".into();
    }
    let digits = format!("{p:.3}");
    format!("p\u{a0}=\u{a0}{}", digits.strip_prefix('0').unwrap_or(&digits))
}

/// A p-value that is combined of several, which says nothing above a half: `p ≥ .5` there, else as [`p_value`] writes it.
pub(crate) fn combined_p(p: f64) -> String {
    // The combination gives exactly a half wherever there is no evidence (`pressure::cauchy` of the engine).
    if (p - 0.5).abs() < 1e-12 { "p\u{a0}≥\u{a0}.5".into() } else { p_value(p) }
}

/// Bytes in the largest unit that keeps the number short: `640 bytes`, `1.4 MB`.
pub(crate) fn bytes(n: f64) -> String {
    match n {
        n if n < 1e3 => format!("{n:.0} bytes"),
        n if n < 1e6 => format!("{:.0} KB", n / 1e3),
        n if n < 1e9 => format!("{:.1} MB", n / 1e6),
        n => format!("{:.2} GB", n / 1e9),
    }
}

/// What a score's value is, which decides how it is written (the report's `statistic`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    /// In [−1, 1], written in points from −100 to 100.
    Nps,
    /// A share in [0, 1], written in percent.
    TopBox,
    /// In the scale's own points.
    Mean,
}

impl Statistic {
    /// By the report's word; what is unknown is written as it is.
    pub(crate) fn new(word: &str) -> Statistic {
        match word {
            "nps" => Statistic::Nps,
            "top_box" | "bottom_box" => Statistic::TopBox,
            _ => Statistic::Mean,
        }
    }

    /// A value: `41`, `−4`, `62%`, `4.12`.
    pub(crate) fn value(self, value: f64) -> String {
        match self {
            Statistic::Nps => signed(value * 100.0, 0),
            Statistic::TopBox => format!("{}%", signed(value * 100.0, 0)),
            Statistic::Mean => signed(value, 2),
        }
    }

    /// Two values beside each other, with one more decimal where they would read alike and are not: `27.0` and `26.6`.
    pub(crate) fn pair(self, values: [f64; 2]) -> [String; 2] {
        let [one, other] = values.map(|value| self.value(value));
        if one != other || values[0] == values[1] {
            return [one, other];
        }
        values.map(|value| match self {
            Statistic::Nps => signed(value * 100.0, 1),
            Statistic::TopBox => format!("{}%", signed(value * 100.0, 1)),
            Statistic::Mean => signed(value, 3),
        })
    }

    /// An interval: `35 to 47`.
    pub(crate) fn interval(self, low: f64, high: f64) -> String {
        format!("{} to {}", self.value(low), self.value(high))
    }

    /// A difference with its interval and its unit: `−7 points (−12 to −2)`.
    pub(crate) fn difference(self, value: f64, low: f64, high: f64) -> String {
        let bare = |value: f64| self.value(value).trim_end_matches('%').to_owned();
        let unit = if self == Statistic::TopBox { TEXT.percentage_points } else { TEXT.points };
        let places = [("value", &*bare(value)), ("low", &*bare(low)), ("high", &*bare(high))];
        fill(form(unit, u64::from(bare(value).trim_start_matches('−') != "1") + 1), &places)
    }

    /// A value with its interval: `41 (35 to 47)`.
    pub(crate) fn with_interval(self, value: f64, low: f64, high: f64) -> String {
        format!("{} ({})", self.value(value), self.interval(low, high))
    }
}

/// Rounded half away from zero, with a minus sign that is one, and no negative zero.
fn signed(value: f64, places: u32) -> String {
    let unit = 10f64.powi(places as i32);
    let rounded = (value * unit).round() / unit;
    let digits = format!("{:.*}", places as usize, rounded.abs());
    if rounded < 0.0 { format!("−{digits}") } else { digits }
}

/// A time as the report writes it (RFC 3339 in UTC) for a reader: `Nov 21, 2026, 10:00`. What is no such time stays as it is.
pub(crate) fn time(rfc3339: &str) -> String {
    match (date(rfc3339), rfc3339.get(11..16)) {
        (Some(date), Some(clock)) => format!("{date}, {clock}"),
        _ => rfc3339.into(),
    }
}

/// The day of such a time: `Nov 21, 2026`.
pub(crate) fn day(rfc3339: &str) -> String {
    date(rfc3339).unwrap_or_else(|| rfc3339.into())
}

/// From one such time to another in words, or the one day that both are on: `from Nov 1, 2026 to Nov 21, 2026`, `on Nov 21, 2026`.
pub(crate) fn span(from: &str, to: &str) -> String {
    let (from, to) = (day(from), day(to));
    if from == to {
        return fill(TEXT.responses_day, &[("day", &from)]);
    }
    fill(TEXT.responses_span, &[("from", &from), ("to", &to)])
}

/// Days from 1970-01-01 to the day of such a time, by the civil calendar (Hinnant 2013, `days_from_civil`).
pub(crate) fn day_number(rfc3339: &str) -> Option<i64> {
    let year: i64 = rfc3339.get(..4)?.parse().ok()?;
    let month: i64 = rfc3339.get(5..7)?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day: i64 = rfc3339.get(8..10)?.parse().ok()?;
    // The year begins in March, so that the leap day is its last.
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
}

/// The day with this number as a reader writes it: the other way around.
pub(crate) fn day_of_number(number: i64) -> String {
    let iso = iso_day(number);
    date(&iso).unwrap_or(iso)
}

/// The day with this number as `2026-11-21`.
pub(crate) fn iso_day(number: i64) -> String {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

fn date(rfc3339: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month: usize = rfc3339.get(5..7)?.parse().ok()?;
    let day: u8 = rfc3339.get(8..10)?.parse().ok()?;
    Some(format!("{} {day}, {}", MONTHS.get(month.checked_sub(1)?)?, rfc3339.get(..4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_separators() {
        let written: Vec<String> = [0, 7, 999, 1000, 12_345, 1_000_000].into_iter().map(count).collect();
        assert_eq!(written, ["0", "7", "999", "1,000", "12,345", "1,000,000"]);
    }

    #[test]
    fn nps_is_written_in_points_with_a_true_minus_sign() {
        let nps = Statistic::Nps;
        assert_eq!(nps.value(0.409), "41");
        assert_eq!(nps.value(-0.041), "−4");
        assert_eq!(nps.value(1.0), "100");
        assert_eq!(nps.with_interval(0.41, 0.352, 0.468), "41 (35 to 47)");
        assert_eq!(nps.interval(-0.12, 0.03), "−12 to 3");
    }

    #[test]
    fn there_is_no_negative_zero() {
        assert_eq!(Statistic::Nps.value(-0.001), "0");
        assert_eq!(Statistic::Nps.value(-0.0), "0");
    }

    #[test]
    fn means_keep_two_places_and_top_boxes_are_percent() {
        assert_eq!(Statistic::new("mean").with_interval(4.116, 4.0, 4.2), "4.12 (4.00 to 4.20)");
        assert_eq!(Statistic::new("top_box").interval(0.2553, 0.3663), "26% to 37%");
    }

    #[test]
    fn two_values_that_would_read_alike_have_one_more_decimal() {
        assert_eq!(Statistic::Nps.pair([0.27, 0.266]), ["27.0", "26.6"]);
        assert_eq!(Statistic::Nps.pair([0.27, 0.24]), ["27", "24"]);
        assert_eq!(Statistic::Nps.pair([0.27, 0.27]), ["27", "27"]);
        assert_eq!(Statistic::Mean.pair([4.123, 4.119]), ["4.123", "4.119"]);
    }

    #[test]
    fn a_share_never_hides_the_last_person() {
        assert_eq!(share(1, 1000), "<1%");
        assert_eq!(share(999, 1000), ">99%");
        assert_eq!(share(0, 1000), "0%");
        assert_eq!(share(1000, 1000), "100%");
        assert_eq!(share(1, 3), "33%");
        assert_eq!(share(0, 0), NOTHING);
    }

    #[test]
    fn a_difference_says_its_unit_once() {
        assert_eq!(Statistic::Nps.difference(-0.07, -0.12, -0.02), "−7 points (−12 to −2)");
        assert_eq!(Statistic::TopBox.difference(0.03, -0.01, 0.07), "3 percentage points (−1 to 7)");
        assert_eq!(Statistic::Nps.difference(-0.01, -0.02, 0.0), "−1 point (−2 to 0)");
        assert_eq!(Statistic::Mean.difference(0.2, 0.1, 0.3), "0.20 points (0.10 to 0.30)");
    }

    #[test]
    fn small_shares_and_p_values_keep_what_matters_of_them() {
        assert_eq!([0.0, 0.004, 0.096, 0.31, 1.0].map(percent), ["0%", "0.4%", "9.6%", "31%", "100%"]);
        assert_eq!([0.000_25, 0.0005, 1e-12].map(percent), ["<0.1%", "0.1%", "<0.1%"]);
        assert_eq!(
            [0.0004, 0.0321, 1.0].map(|p| p_value(p).replace('\u{a0}', " ")),
            ["p < .001", "p = .032", "p = 1.000"]
        );
        assert_eq!(
            [0.5, 0.4996, 0.531, 0.0004].map(|p| combined_p(p).replace('\u{a0}', " ")),
            ["p ≥ .5", "p = .500", "p = .531", "p < .001"]
        );
    }

    #[test]
    fn days_are_counted_over_leap_years_and_back() {
        assert_eq!(day_number("1970-01-01"), Some(0));
        assert_eq!(day_number("2000-03-01T12:00:00Z"), Some(11_017));
        assert_eq!(day_number("2026-13-01"), None);
        for (number, day) in [(0, "Jan 1, 1970"), (11_016, "Feb 29, 2000"), (20_778, "Nov 21, 2026")] {
            assert_eq!(day_of_number(number), day);
        }
        assert_eq!(day_number("2026-11-21"), Some(20_778));
    }

    #[test]
    fn bytes_stay_short() {
        assert_eq!(bytes(640.0), "640 bytes");
        assert_eq!(bytes(1_440_000.0), "1.4 MB");
        assert_eq!(bytes(1_370_000_000.0), "1.37 GB");
    }

    #[test]
    fn times_are_written_for_readers_and_nonsense_is_left_alone() {
        assert_eq!(time("2026-11-01T10:05:41.210Z"), "Nov 1, 2026, 10:05");
        assert_eq!(day("2026-02-28T00:00:00.000Z"), "Feb 28, 2026");
        assert_eq!(time("yesterday"), "yesterday");
        assert_eq!(span("2026-02-28T00:00:00.000Z", "2026-02-28T12:00:00.000Z"), "on Feb 28, 2026");
        assert_eq!(span("2026-02-28", "2026-03-01"), "from Feb 28, 2026 to Mar 1, 2026");
        assert_eq!(time("2026-13-01T10:05:41.210Z"), "2026-13-01T10:05:41.210Z");
    }
}
