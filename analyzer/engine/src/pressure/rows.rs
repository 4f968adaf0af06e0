//! What the channels look at: columns of responses as slices, and the few facts that are the same for all of them. Plain
//! values; whoever reads a file fills them ([`super::dataset`] does it for a [`crate::columns::Dataset`]), and nothing here
//! knows where they came from.

use crate::plan::Scale;
pub use crate::plan::{Paid, Period};
use crate::scores::nps::{DETRACTOR, PROMOTER};
use crate::scores::top_box::lowest_top;
use candor_survey::response::Input;
use candor_survey::words::Cues;

/// Columns of responses, a value a row; all slices are of one length. A column that the file does not have is absent, and so
/// are the channels that need it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows<'a> {
    /// The names of the units.
    pub names: &'a [String],
    /// Each row's unit, an index into `names`; [`crate::columns::NO_CODE`] where there is none.
    pub units: &'a [u32],
    /// Ratings in points of the scale; [`crate::columns::NO_RATING`] where there is none.
    pub ratings: &'a [u8],
    /// Milliseconds since 1970 UTC, [`crate::columns::NO_TIME`] where there is none.
    pub times: Option<&'a [i64]>,
    /// How each response was given.
    pub moments: Option<Moments<'a>>,
    /// What each comment says was done to its writer; nothing where there is no comment.
    pub cues: Option<&'a [Option<Cues>]>,
    /// The sentiment of each comment in thousandths, from −1000 to 1000; nothing where it is not known.
    pub sentiment: Option<&'a [Option<i16>]>,
    /// A hash of the answers to all closed questions but the score; nothing where they were not all answered.
    pub answers: Option<&'a [Option<u64>]>,
    /// The protected question, asked crosswise: whether both answers were the same.
    pub same: Option<&'a [Option<bool>]>,
    /// Whether each response came of a page view that is counted as asked, by a trigger or a link: a kiosk answers many times in
    /// one view. Absent where the file does not say; then every response counts as one.
    pub triggered: Option<&'a [bool]>,
}

/// How responses were given; see `candor_survey::response::Signals`.
#[derive(Clone, Copy, Debug)]
pub struct Moments<'a> {
    /// Whether the score was filled in beforehand.
    pub preset: &'a [bool],
    /// Whether the device stands where customers pass.
    pub kiosk: &'a [bool],
    /// What the answers were given with.
    pub input: &'a [Option<Input>],
    /// Answers that came from a script.
    pub untrusted: &'a [u32],
    /// Answers raised after having stood.
    pub raised: &'a [u32],
    /// Times the page was hidden.
    pub hidden: &'a [u32],
    /// Milliseconds before the score was given; [`NONE`] where they are not known.
    pub ms_score: &'a [u32],
    /// Earlier responses from this device today; [`NONE`] where they are not known.
    pub device_day: &'a [u32],
}

/// A signal that is missing.
pub const NONE: u32 = crate::columns::Signals::NONE;

/// How far page views of one unit went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Page views in which the survey was due.
    pub eligible: u64,
    /// Those of them that were drawn into the sample.
    pub sampled: u64,
}

/// What is the same for all rows: the scale, and what the plan says of a bonus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The scale of the ratings.
    pub scale: Scale,
    /// What is paid for, when the plan says it.
    pub bonus: Option<Bonus>,
    /// The share of people for whom the unrelated statement of the crosswise question is true.
    pub protected: Option<f64>,
}

/// What a bonus is paid for (FORMATS.md, "Plan").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bonus {
    /// What is compared with the target.
    pub paid: Paid,
    /// The value that pays: a mean in points of the scale, NPS in [−1, 1], the share of the top box.
    pub target: Option<f64>,
    /// How often it is paid.
    pub period: Period,
    /// Minutes that the firm's clocks are ahead of UTC.
    pub offset_min: i32,
}

impl Bonus {
    /// The points of a rating of which the mean is compared with the target.
    pub fn points(&self, rating: u8, scale: Scale) -> u64 {
        match self.paid {
            Paid::Mean => u64::from(rating.saturating_sub(scale.low)),
            Paid::Nps => u64::from(rating > DETRACTOR) + u64::from(rating >= PROMOTER),
            Paid::TopBox => u64::from(rating >= lowest_top(scale)),
        }
    }

    /// The target as a mean of these points.
    pub fn target_points(&self, scale: Scale) -> Option<f64> {
        let target = self.target?;
        Some(match self.paid {
            Paid::Mean => target - f64::from(scale.low),
            Paid::Nps => target + 1.0,
            Paid::TopBox => target,
        })
    }
}

impl Period {
    /// The period's number and whether the day is among its last ones, a sixth of it: a day of a week, five of a month,
    /// fifteen of a quarter. `day` counts from 1970-01-01.
    pub fn of(self, day: i64) -> (i64, bool) {
        match self {
            // Day 4 was a Monday.
            Period::Week => ((day - 4).div_euclid(7), (day - 4).rem_euclid(7) == 6),
            Period::Month => {
                let of = month(day);
                (of, month(day + 5) != of)
            }
            Period::Quarter => {
                let of = month(day).div_euclid(3);
                (of, month(day + 15).div_euclid(3) != of)
            }
        }
    }
}

/// Months since January of year 0 (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub fn month(day: i64) -> i64 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // March is month 0 here, so that February with its leap day ends the year.
    (era * 400 + year) * 12 + (5 * of_year + 2) / 153 + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_survey::Time;

    #[test]
    fn months_and_their_last_days_are_the_calendars() {
        for day in -719_000..800_000i64 {
            if day % 97 != 0 {
                continue;
            }
            let text = Time(day * 86_400_000).to_string();
            let Some((year, rest)) = text.split_once('-') else { continue };
            let (Ok(year), Ok(of_year)) = (year.parse::<i64>(), rest[..2].parse::<i64>()) else { continue };
            assert_eq!(month(day), year * 12 + of_year - 1, "{text}");
        }
        // 2024-02-25 is the first of the last five days of a leap February; day 19,778 is 2024-02-25.
        assert_eq!(Time(19_778 * 86_400_000).to_string()[..10], *"2024-02-25");
        assert_eq!(
            [19_777, 19_778, 19_782, 19_783].map(|day| Period::Month.of(day).1),
            [false, true, true, false]
        );
        // 2024-03-17 is fifteen days before April, and a Sunday.
        assert_eq!([19_798, 19_799].map(|day| Period::Quarter.of(day).1), [false, true]);
        assert_eq!([19_798, 19_799, 19_800].map(|day| Period::Week.of(day).1), [false, true, false]);
        assert_eq!(Period::Week.of(19_800).0, Period::Week.of(19_799).0 + 1);
    }
}
