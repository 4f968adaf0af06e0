//! What the card of a unit draws: how its ratings are spread beside those of all others, how they came over time with the ends of
//! bonus periods, runs of one rating within minutes, and days on which devices answered again and again. It counts, and tests
//! nothing: what may be concluded is the channels' to say ([`crate::pressure::channel`]).

use super::{MINIMUM_CELL, counted, grouped};
use crate::columns::selection::Selection;
use crate::columns::{Dataset, NO_RATING, NO_TIME, Signals};
use crate::pressure::rows::Period;
use crate::scores::distribution::Distribution;
use crate::scores::nps::PROMOTER;
use crate::scores::top_box::lowest_top;
use crate::sort;
use candor_survey::Time;
use candor_survey::evidence::DEVICE_DAY;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// How near two ratings of a run lie, as in [`crate::pressure::channel::burst`].
const NEAR: i64 = 5 * MINUTE;
/// Fewest ratings of a run that is listed.
const RUN: u64 = 3;
/// As many runs, and as many days with devices, are listed.
const LISTED: usize = 5;
/// The lengths that a stretch of the timeline may have, in days.
const LENGTHS: [i64; 4] = [1, 7, 28, 364];
/// Days: a century of them is enough, and a wrong clock must not cost hours.
const CENTURY: i64 = 36_525;
/// Most stretches of a timeline.
const MOST: i64 = 120;

/// What the card of a unit draws.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Portrait {
    /// The unit.
    pub unit: String,
    /// The scale's lowest point.
    pub scale_low: u8,
    /// The lowest point that counts as a top rating.
    pub top_from: u8,
    /// Its ratings.
    pub n: u64,
    /// How often each point was chosen, lowest first.
    pub distribution: Vec<u64>,
    /// How often each would be, were as many ratings spread as those of all other units; empty where these are fewer than
    /// [`MINIMUM_CELL`].
    pub expected: Vec<f64>,
    /// Where it has most more of a rating than that, a sentence; empty where that is empty.
    pub spread: String,
    /// How many of its ratings came in the last days of periods, or when they came, a sentence; empty without times.
    pub course: String,
    /// Its ratings over time, stretch by stretch without a gap; empty without times.
    pub timeline: Vec<Moment>,
    /// The last days of bonus periods within the timeline; empty where the plan does not say what scores are paid for.
    pub period_ends: Vec<Days>,
    /// Runs of the same rating within minutes, the longest first; none where times tell no more than the day or the hour.
    pub runs: Vec<Run>,
    /// The days with the most answers of devices that had answered again and again; empty where the file does not say.
    pub devices: Vec<DeviceDay>,
}

/// Days, both ends included, as `2026-03-01`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub from: String,
    /// The last.
    pub to: String,
}

/// A stretch of the timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub days: Days,
    /// Ratings.
    pub n: u64,
    /// Top ratings among them; absent where there are fewer than [`MINIMUM_CELL`] ratings.
    pub top: Option<u64>,
}

/// Ratings that are the same, each at most five minutes after the one before it on the same day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When the first came, RFC 3339 in UTC.
    pub from: String,
    /// Minutes from the first to the last, begun ones counted.
    pub minutes: u64,
    /// The rating.
    pub rating: u8,
    /// How many.
    pub n: u64,
}

/// A day on which devices answered again and again, kiosks left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDay {
    /// The day, in UTC.
    pub day: String,
    /// Responses of known devices on it.
    pub n: u64,
    /// Those of devices that had answered three times or more that day.
    pub again: u64,
    /// The most answers that one of these devices had given by then.
    pub most: u64,
}

fn date(day: i64) -> String {
    let text = Time(day.saturating_mul(DAY)).to_string();
    text.get(..10).unwrap_or(&text).into()
}

/// What the card of a unit draws, among the responses that are chosen.
///
/// # Errors
/// A sentence: there is no such unit, or it has fewer than [`MINIMUM_CELL`] ratings among them.
pub fn portrait(dataset: &Dataset, among: &Selection, unit: &str) -> Result<Portrait, String> {
    let Some((units, code)) = dataset.units.as_ref().and_then(|units| Some((units, units.code(unit)?)))
    else {
        return Err("There is no unit of that name.".into());
    };
    let chosen = dataset.chosen(among);
    let (mut own, mut others) = (Distribution::default(), Distribution::default());
    let mut rows = Vec::new();
    for (row, &rating) in dataset.ratings.iter().enumerate().filter(|(row, _)| chosen[*row]) {
        let is_own = units.code_of(row) == code;
        if rating != NO_RATING {
            if is_own { &mut own } else { &mut others }.update(&[rating]);
        }
        if is_own {
            rows.push(row);
        }
    }
    let n = own.n();
    if n < MINIMUM_CELL {
        return Err(format!(
            "{} chosen: from {MINIMUM_CELL} on there are pictures of a unit.",
            counted(n, "rating")
        ));
    }
    let scale = dataset.score.scale;
    let top_from = if scale.nps { PROMOTER } else { lowest_top(scale) };
    let of_others = others.finish(scale.low, scale.high);
    let share = |count: u64| count as f64 / others.n() as f64 * n as f64;
    let rated = || rows.iter().copied().filter(|&row| dataset.ratings[row] != NO_RATING);
    let at = |row: usize| dataset.times.as_ref().map(|times| times.get(row)).filter(|&ms| ms != NO_TIME);
    let offset = dataset.beside.bonus.as_ref().map_or(0, |bonus| i64::from(bonus.tz) * MINUTE);
    let days: Vec<(i64, u8)> =
        rated().filter_map(|row| Some(((at(row)? + offset).div_euclid(DAY), dataset.ratings[row]))).collect();
    let timeline = timeline(&days, top_from);
    let period_ends = match (&dataset.beside.bonus, days.iter().map(|day| day.0).min()) {
        (Some(bonus), Some(first)) => {
            let last = days.iter().map(|day| day.0).max().unwrap_or(first);
            period_ends(bonus.period, first, last)
        }
        _ => Vec::new(),
    };
    let distribution = own.finish(scale.low, scale.high);
    let expected: Vec<f64> = match others.n() < MINIMUM_CELL {
        true => Vec::new(),
        false => of_others.into_iter().map(share).collect(),
    };
    let mut instants: Vec<(i64, u8)> =
        rated().filter_map(|row| Some((at(row)?, dataset.ratings[row]))).collect();
    sort::ascending(&mut instants);
    Ok(Portrait {
        unit: unit.into(),
        scale_low: scale.low,
        top_from,
        n,
        spread: spread(&distribution, &expected, scale.low),
        distribution,
        expected,
        course: course(&days, dataset.beside.bonus.as_ref().map(|bonus| bonus.period)),
        timeline,
        period_ends,
        runs: runs(&instants),
        devices: dataset.own.as_ref().map(|own| devices(&own.signals, &rows, at)).unwrap_or_default(),
    })
}

/// Which rating a unit has most more of than others would give so many.
fn spread(distribution: &[u64], expected: &[f64], low: u8) -> String {
    let more = distribution.iter().zip(expected).zip(low..).map(|((&n, &usual), point)| (n, usual, point));
    let most = more.max_by(|a, b| (a.0 as f64 - a.1).total_cmp(&(b.0 as f64 - b.1)));
    most.map_or_else(String::new, |(n, usual, point)| {
        let usual = grouped(libm::round(usual) as u64);
        format!(
            "{} of {point}, where as many of all others’ ratings would hold {usual}",
            counted(n, "rating")
        )
    })
}

/// When the ratings came.
fn course(days: &[(i64, u8)], period: Option<Period>) -> String {
    let ends = days.iter().map(|day| day.0);
    let (Some(first), Some(last)) = (ends.clone().min(), ends.clone().max()) else { return String::new() };
    let all = counted(days.len() as u64, "rating");
    let Some(period) = period else {
        return format!("{all} in {}", counted((last - first + 1).unsigned_abs(), "day"));
    };
    let within = ends.filter(|&day| period.of(day).1).count() as u64;
    let (from, to) = (first, last.min(first + CENTURY));
    let share = (from..=to).filter(|&day| period.of(day).1).count() as f64 / (to - from + 1) as f64;
    format!(
        "{} of {all} came in the last days of a period, which are {}% of the days",
        grouped(within),
        super::hundred(share)
    )
}

/// Stretches of the shortest length at which they hold [`MINIMUM_CELL`] ratings on average, counted back from the last day so that
/// this one is whole.
fn timeline(days: &[(i64, u8)], top_from: u8) -> Vec<Moment> {
    let (Some(first), Some(last)) = (days.iter().map(|day| day.0).min(), days.iter().map(|day| day.0).max())
    else {
        return Vec::new();
    };
    let stretches = |length: i64| (last - first).div_euclid(length) + 1;
    let enough = |length: &i64| {
        let stretches = stretches(*length);
        stretches <= MOST && days.len() as u64 >= MINIMUM_CELL.saturating_mul(stretches.unsigned_abs())
    };
    let few = |length: &i64| stretches(*length) <= MOST;
    let length = LENGTHS.into_iter().find(enough).or_else(|| LENGTHS.into_iter().rfind(few));
    let length = length.unwrap_or((last - first) / MOST + 1);
    let mut counts = vec![[0u64; 2]; usize::try_from(stretches(length)).unwrap_or(0)];
    for (day, rating) in days {
        let back = usize::try_from((last - day).div_euclid(length)).ok().and_then(|at| counts.get_mut(at));
        if let Some([n, top]) = back {
            *n += 1;
            *top += u64::from(*rating >= top_from);
        }
    }
    let moments = counts.into_iter().zip(0i64..).map(|([n, top], back)| {
        let to = last - length * back;
        let days = Days { from: date((to - length + 1).max(first)), to: date(to) };
        Moment { days, n, top: (n >= MINIMUM_CELL).then_some(top) }
    });
    let mut moments: Vec<Moment> = moments.collect();
    moments.reverse();
    moments
}

/// The last days of periods from the first day to the last.
fn period_ends(period: Period, first: i64, last: i64) -> Vec<Days> {
    let mut ends: Vec<(i64, i64)> = Vec::new();
    for day in (first..=last.min(first + CENTURY)).filter(|&day| period.of(day).1) {
        match ends.last_mut() {
            Some((_, to)) if *to + 1 == day && period.of(*to).0 == period.of(day).0 => *to = day,
            _ => ends.push((day, day)),
        }
    }
    ends.into_iter().map(|(from, to)| Days { from: date(from), to: date(to) }).collect()
}

/// The longest runs among ratings in the order of their times. Times that are days or hours say nothing of minutes: of these there
/// are none.
fn runs(instants: &[(i64, u8)]) -> Vec<Run> {
    let first = instants.first().map_or(0, |instant| instant.0);
    if instants.iter().all(|instant| (instant.0 - first).rem_euclid(HOUR) == 0) {
        return Vec::new();
    }
    let same = |one: &(i64, u8), next: &(i64, u8)| {
        one.1 == next.1 && next.0 - one.0 <= NEAR && one.0.div_euclid(DAY) == next.0.div_euclid(DAY)
    };
    let mut runs: Vec<&[(i64, u8)]> = instants.chunk_by(same).filter(|run| run.len() as u64 >= RUN).collect();
    // Of those as long, the earliest first: the sort keeps the order of times.
    sort::by_key(&mut runs, |run| std::cmp::Reverse(run.len()));
    let run = |run: &[(i64, u8)]| {
        let (&(from, rating), &(to, _)) = (run.first()?, run.last()?);
        let minutes = (to - from + MINUTE - 1).div_euclid(MINUTE).unsigned_abs().max(1);
        Some(Run { from: Time(from).to_string(), minutes, rating, n: run.len() as u64 })
    };
    runs.into_iter().take(LISTED).filter_map(run).collect()
}

/// The days with the most answers of devices that had answered again and again.
fn devices(signals: &Signals, rows: &[usize], at: impl Fn(usize) -> Option<i64>) -> Vec<DeviceDay> {
    let mut days: BTreeMap<i64, DeviceDay> = BTreeMap::new();
    for &row in rows.iter().filter(|&&row| !signals.kiosk[row] && signals.device_day[row] != Signals::NONE) {
        let Some(ms) = at(row) else { continue };
        let earlier = signals.device_day[row];
        let day = days.entry(ms.div_euclid(DAY)).or_default();
        day.n += 1;
        if earlier >= DEVICE_DAY {
            day.again += 1;
            day.most = day.most.max(u64::from(earlier) + 1);
        }
    }
    let mut days: Vec<DeviceDay> = days
        .into_iter()
        .filter(|(_, found)| found.again > 0)
        .map(|(day, found)| DeviceDay { day: date(day), ..found })
        .collect();
    sort::by_key(&mut days, |day| std::cmp::Reverse(day.again));
    days.truncate(LISTED);
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_as_short_as_ten_ratings_in_each_allow_and_the_last_one_is_whole() {
        let days: Vec<(i64, u8)> = (0..200).map(|at| (20_000 + at / 5, (at % 11) as u8)).collect();
        let found = timeline(&days, 9);
        // Forty days of five ratings: weeks, the first of them cut.
        assert_eq!(found.len(), 6);
        assert_eq!(found.iter().map(|moment| moment.n).collect::<Vec<_>>(), [25, 35, 35, 35, 35, 35]);
        assert_eq!((&*found[0].days.from, &*found[0].days.to), ("2024-10-04", "2024-10-08"));
        assert_eq!(&*found[5].days.to, "2024-11-12");
        let top = days[..25].iter().filter(|day| day.1 >= 9).count() as u64;
        assert_eq!(found[0].top, Some(top));
        // Twenty a day need no weeks.
        let many: Vec<(i64, u8)> = (0..600).map(|at| (20_000 + at / 20, 10)).collect();
        assert_eq!(timeline(&many, 9).len(), 30);
        // A stretch of fewer than ten ratings does not tell how many were top ones.
        let few: Vec<(i64, u8)> = (0..12).map(|at| (20_000 + at * 40, 10)).collect();
        assert!(timeline(&few, 9).iter().any(|moment| moment.n > 0 && moment.top.is_none()));
        assert_eq!(timeline(&[], 9), []);
        // A wrong clock gives no more stretches than can be drawn.
        let far = [(0, 3), (4_000_000, 4)];
        assert!(timeline(&far, 9).len() as i64 <= MOST + 1);
    }

    #[test]
    fn the_ends_of_months_are_their_last_five_days() {
        // 2024-02-25 is day 19,778.
        let found = period_ends(Period::Month, 19_770, 19_815);
        let days: Vec<(&str, &str)> = found.iter().map(|days| (&*days.from, &*days.to)).collect();
        assert_eq!(days, [("2024-02-25", "2024-02-29"), ("2024-03-27", "2024-03-31")]);
        assert_eq!(period_ends(Period::Week, 19_799, 19_799).len(), 1);
    }

    #[test]
    fn what_stands_out_is_said_in_numbers() {
        assert_eq!(
            spread(&[2, 10, 1], &[3.0, 4.4, 5.6], 1),
            "10 ratings of 2, where as many of all others’ ratings would hold 4"
        );
        assert_eq!(spread(&[2, 10], &[], 1), "");
        let days: Vec<(i64, u8)> = (19_753..19_783).map(|day| (day, 9)).collect();
        assert_eq!(
            course(&days, Some(Period::Month)),
            "6 of 30 ratings came in the last days of a period, which are 20% of the days"
        );
        assert_eq!(course(&days, None), "30 ratings in 30 days");
        assert_eq!(course(&[], None), "");
    }

    #[test]
    fn a_run_is_of_one_rating_within_minutes_and_ends_with_the_day() {
        let noon = 19_778 * DAY + 12 * 60 * MINUTE;
        let mut instants: Vec<(i64, u8)> = (0..7).map(|at| (noon + at * 90_000, 10)).collect();
        instants.extend([(noon + 20 * MINUTE, 10), (noon + 21 * MINUTE, 9), (noon + 22 * MINUTE, 9)]);
        instants.extend((0..4).map(|at| (19_779 * DAY - 2 * MINUTE + at * MINUTE, 8)));
        let found = runs(&instants);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].n, found[0].rating, found[0].minutes), (7, 10, 9));
        assert!(found[0].from.starts_with("2024-02-25T12:00"));
        // Days without a time of day, and whole hours, are no runs.
        let days: Vec<(i64, u8)> = (0..30).map(|at| ((19_778 + at / 10) * DAY, 10)).collect();
        assert_eq!(runs(&days), []);
        let hours: Vec<(i64, u8)> = (0..30).map(|at| (noon + at / 10 * HOUR, 10)).collect();
        assert_eq!(runs(&hours), []);
    }
}
