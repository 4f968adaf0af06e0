//! Did the score change? Two periods of whole weeks compared, what the change is made of, and the weeks at which the level
//! moved, or the curve along which it did. It reads the times, ratings and units of a [`Dataset`], and nothing else.
//!
//! Which periods are compared follows from how long the data runs alone, never from the ratings, so that no period is
//! picked for its result: the last 13 weeks against the 13 before where there are 26, else 4 against 4, else 1 against 1.
//! Whole weeks hold every weekday equally often.
//!
//! Weeks differ by more than their ratings explain where something moves all units at once. How much so is measured on the weeks
//! ([`trend`]), and what is concluded of periods is widened by it.
//!
//! One wrong date, as `9999-12-31` or a clock that was reset to 1970, must not decide where the data ends. A few ratings that lie more
//! than a year from all others ([`span`]) are named and left out here, and counted everywhere else.

use super::points::{Statistic, signed};
use super::tally::Tally;
use super::{Absent, MINIMUM_CELL, RANDOM, counted};
use crate::columns::{Dataset, NO_RATING, NO_TIME};
use crate::date::written;
use crate::scores::change::{self, Difference, FEWEST_UNITS, Periods, Split, paired, split_intervals};
use crate::scores::cluster::pooled;
use crate::scores::distribution::Distribution;
use crate::scores::mean::Mean;
use crate::scores::state::By;
use crate::scores::top_box::TopBox;
use crate::scores::trend;
use crate::scores::{Estimate, Z};
use candor_survey::Time;
use rand_core::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
const WEEKS: [i64; 3] = [13, 4, 1];
/// Fewest whole weeks in which a change of level is looked for.
const TREND: i64 = 6;
/// Weeks in a year.
const YEAR: f64 = 365.2425 / 7.0;
/// Days without a rating behind which a few ratings are isolated.
const GAP: i64 = 365;
/// Of so many ratings one may be isolated; or fewer than [`MINIMUM_CELL`], if that is more.
const ISOLATED: u64 = 100;
/// Draws of a bootstrap.
const REPLICATES: u32 = 400;
/// Most units from which a bootstrap draws: it costs units × replicates.
const MOST_UNITS: usize = 5000;

/// Two periods beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What is compared: `nps`, `top_box` or `mean`.
    pub statistic: String,
    /// The earlier period.
    pub before: Period,
    /// The later period.
    pub after: Period,
    /// After less before, with its 95% interval.
    pub difference: Estimate,
    /// The probability of such a difference or a larger one if nothing had changed; absent when it cannot be said.
    pub p: Option<f64>,
    /// How it was tested.
    pub test: String,
    /// How many times as much weeks vary as their ratings explain, from 1; the interval is the root of it as wide. Absent where the weeks
    /// are too few to tell: then weeks are taken not to.
    pub noise: Option<f64>,
    /// What the difference is made of; absent without units.
    pub split: Option<Parts>,
}

/// One period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Ratings in it.
    pub n: u64,
    /// The score.
    pub value: f64,
}

/// What a difference is made of; the four add up to it (Kitagawa 1955).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Units in both periods changed themselves.
    pub rate: Estimate,
    /// Responses moved between units.
    pub mix: Estimate,
    /// Units that have responses only in the later period.
    pub opened: Estimate,
    /// Units that have responses only in the earlier period.
    pub closed: Estimate,
    /// Whether the intervals could be had; without, low and high are the value.
    pub intervals: bool,
}

/// A stretch of weeks with one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Ratings in it.
    pub n: u64,
    /// The score in it, with its interval.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How a score moved along a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course<'c> {
    /// From a week to another one, the first and the last, with little return on the way.
    Along(&'c Stretch, &'c Stretch),
    /// Up and down, between the lowest week and the highest one.
    Between(&'c Stretch, &'c Stretch),
}

/// How the score moved, of which a report has the curve by week; nothing where the curve is empty.
///
/// It moved along where what lies between the first and the last week is most (three quarters) of what lies between any two.
pub fn course(curve: &[Stretch]) -> Option<Course<'_>> {
    let by = |a: &&Stretch, b: &&Stretch| a.value.total_cmp(&b.value);
    let (first, last) = (curve.first()?, curve.last()?);
    let (lowest, highest) = (curve.iter().min_by(by)?, curve.iter().max_by(by)?);
    let along = (last.value - first.value).abs() >= 0.75 * (highest.value - lowest.value);
    Some(if along { Course::Along(first, last) } else { Course::Between(lowest, highest) })
}

/// What is known of the score over time.
pub(super) struct Over {
    pub(super) change: Option<Change>,
    /// Weeks of one period of `change`.
    pub(super) weeks: i64,
    pub(super) trend: Vec<Stretch>,
    pub(super) curve: Vec<Stretch>,
    pub(super) by_week: Vec<Stretch>,
}

pub(super) fn over_time(
    dataset: &Dataset,
    tally: &Tally,
    statistic: Statistic,
    deff: f64,
    absent: &mut Vec<Absent>,
) -> Over {
    let mut over = Over { change: None, weeks: 0, trend: Vec::new(), curve: Vec::new(), by_week: Vec::new() };
    let mut say = |what: &str, reason: String| absent.push(Absent { what: what.into(), reason });
    let Some(times) = &dataset.times else {
        say("change", "Without a column for the time nobody can say whether the score changed.".into());
        return over;
    };
    let day = |ms: i64| ms.div_euclid(DAY);
    let rated =
        times.iter().zip(&dataset.ratings).filter(|&(ms, &rating)| ms != NO_TIME && rating != NO_RATING);
    let mut by_day: BTreeMap<i64, u64> = BTreeMap::new();
    // Rows mostly stand in the order of their times, so that a day is looked up once.
    let mut met = (0, 0);
    for (ms, _) in rated {
        let day = day(ms);
        if day != met.0 {
            *by_day.entry(met.0).or_default() += met.1;
            met = (day, 0);
        }
        met.1 += 1;
    }
    *by_day.entry(met.0).or_default() += met.1;
    by_day.retain(|_, n| *n > 0);
    let Some((first, last)) = span(&by_day) else {
        say(
            "change",
            "No rating has a time that could be read, so nobody can say whether the score changed.".into(),
        );
        return over;
    };
    for (outside, from, side) in
        [(by_day.range(..first), first, "before"), (by_day.range(last + 1..), last, "after")]
    {
        let (days, counts): (Vec<i64>, Vec<u64>) = outside.map(|(day, n)| (*day, *n)).unzip();
        let (Some(&earliest), Some(&latest)) = (days.first(), days.last()) else { continue };
        let (n, many) = (counts.iter().sum::<u64>(), earliest < latest);
        say(
            "period",
            format!(
                "{} {} dated {}{}, more than a year {side} all others ({}). So far from them a date is likely wrong: periods and trend are \
                 compared without.",
                counted(n, "rating"),
                if n == 1 { "is" } else { "are" },
                written(&date(earliest)),
                if many { format!(" to {}", written(&date(latest))) } else { String::new() },
                written(&date(from)),
            ),
        );
    }
    let days = last - first + 1;
    let weeks = WEEKS.into_iter().find(|weeks| 2 * 7 * weeks <= days);
    let Some(weeks) = weeks else {
        say(
            "change",
            format!(
                "The ratings span {}; two whole weeks are needed to compare one with the other.",
                counted(days as u64, "day")
            ),
        );
        return over;
    };
    let (cut, start) = (last + 1 - 7 * weeks, last + 1 - 14 * weeks);
    let mut sides = Sides::of(tally.ranks.len());
    let whole_weeks = days / 7;
    let mut series = vec![Distribution::default(); usize::try_from(whole_weeks.min(10_000)).unwrap_or(0)];
    for (at, (ms, &rating)) in times.iter().zip(&dataset.ratings).enumerate() {
        if ms == NO_TIME || rating == NO_RATING {
            continue;
        }
        let day = day(ms);
        // Weeks are counted back from the last day, so that the last one is whole.
        if day > last {
            continue;
        }
        if let Some(week) = usize::try_from((last - day) / 7).ok().filter(|&week| week < series.len()) {
            series[week].update(&[rating]);
        }
        if day < start {
            continue;
        }
        sides.update(statistic, day >= cut, rating, tally.rank_of(dataset, at));
    }
    let [before, after] = &sides.ratings;
    if before.n() < MINIMUM_CELL || after.n() < MINIMUM_CELL {
        say(
            "change",
            format!(
                "{} and {} in the two periods of {}: each needs {MINIMUM_CELL} to be compared.",
                counted(before.n(), "rating"),
                super::grouped(after.n()),
                counted(weeks as u64, "week")
            ),
        );
    } else {
        over.weeks = weeks;
        over.change = compared(statistic, &sides, (start, cut, last), &mut say);
    }
    let change_deff =
        over.change.as_ref().map_or(deff, |change| between_periods(change, statistic, before, after, deff));
    if let Some(found) = found(statistic, &series, change_deff, &mut say) {
        let weekly = Weekly { statistic, ratings: &series, last };
        over.trend = weekly.stretches(&found.stretches, change_deff * found.noise);
        over.curve = weekly.curve(&found.curve);
        over.by_week = weekly.each(change_deff);
        if let Some(change) = &mut over.change {
            change.noise = Some(found.noise);
            if let Some((difference, p, test)) = sides.tested(statistic, found.noise) {
                (change.difference, change.p, change.test) = (difference, p, test);
            }
        }
    }
    over
}

/// The first and the last day of the ratings, those left out that are isolated at either end: behind more than [`GAP`] days without a
/// rating, and fewer than [`MINIMUM_CELL`] or no more than one in [`ISOLATED`] of all. Nothing when there are no ratings.
fn span(by_day: &BTreeMap<i64, u64>) -> Option<(i64, i64)> {
    let all: u64 = by_day.values().sum();
    let few = (MINIMUM_CELL - 1).max(all / ISOLATED);
    // What is left must be more than what goes, at each end.
    let few = few.min(all.saturating_sub(1) / 3);
    let days: Vec<(i64, u64)> = by_day.iter().map(|(day, n)| (*day, *n)).collect();
    let isolated = |days: &mut dyn Iterator<Item = (i64, u64)>| {
        let (mut end, mut before, mut gone) = (None, None, 0);
        for (day, n) in days {
            if before.is_none_or(|before: i64| before.abs_diff(day) > GAP.unsigned_abs()) {
                end = Some(day);
            }
            gone += n;
            if gone > few {
                break;
            }
            before = Some(day);
        }
        end
    };
    Some((isolated(&mut days.iter().copied())?, isolated(&mut days.iter().rev().copied())?))
}

/// The ratings of two sides, and what each unit has on either.
pub(super) struct Sides {
    /// The ratings of the first and of the second side.
    pub(super) ratings: [Distribution; 2],
    /// By rank; behind them, as one more, what has no unit.
    units: Vec<Periods>,
}

impl Sides {
    /// Sides without ratings, of so many units.
    pub(super) fn of(units: usize) -> Sides {
        Sides { ratings: Default::default(), units: vec![Periods::default(); units + 1] }
    }

    /// Adds a rating to the first side, or to the second one; `rank` is its unit's.
    pub(super) fn update(&mut self, statistic: Statistic, second: bool, rating: u8, rank: Option<u32>) {
        self.ratings[usize::from(second)].update(&[rating]);
        let x = statistic.point(rating);
        let unit = rank.map_or(self.units.len() - 1, |rank| rank as usize);
        let unit = &mut self.units[unit];
        if second { &mut unit.after } else { &mut unit.before }.merge(&Mean { n: 1, sum: x, squares: x * x });
    }

    fn unitless(&self) -> u64 {
        self.units.last().map_or(0, |none| none.before.n + none.after.n)
    }

    fn by_unit(&self) -> By<u32, Periods> {
        let mut by = By::default();
        let met = self.units.iter().enumerate().filter(|(_, unit)| unit.before.n + unit.after.n > 0);
        met.for_each(|(rank, unit)| by.update(&(rank as u32), unit));
        by
    }

    /// How much wider each side's interval is because responses cluster in units, by what both sides' units have in common
    /// ([`pooled`]): 1 where a side's responses are all of one unit, or of one each. Nothing when fewer than two units are known.
    pub(super) fn deffs(&self) -> Option<[f64; 2]> {
        Some(self.clusters()?.0)
    }

    /// The design effects, and the degrees of freedom that they are known with: none where units say nothing of each other, or
    /// where the same units are on both sides, so that their levels cancel and the design effects are too wide as they are.
    fn clusters(&self) -> Option<([f64; 2], Option<u64>)> {
        let (_, units) = self.units.split_last()?;
        let met: Vec<&Periods> = units.iter().filter(|unit| unit.before.n + unit.after.n > 0).collect();
        if met.len() < 2 {
            return None;
        }
        let of = |side: fn(&Periods) -> Mean| {
            let mut by: By<u32, Mean> = By::default();
            for (rank, mean) in units.iter().map(side).enumerate().filter(|(_, mean)| mean.n > 0) {
                by.update(&(rank as u32), &mean);
            }
            by
        };
        let same = met.iter().all(|unit| unit.before.n > 0 && unit.after.n > 0);
        Some(match pooled([&of(|unit| unit.before), &of(|unit| unit.after)]) {
            Ok(found) => (found.deff, Some(found.df).filter(|_| !same)),
            Err(_) => ([1.0; 2], None),
        })
    }

    /// The difference of the sides with its p-value and how it was tested: paired by unit where enough units are on both sides,
    /// else as two samples, where units are known each with its design effect and, unless the same units are on both sides,
    /// with Student's t. Ratings without a unit are one more unit, which costs the pairing nothing while they are few. The variance is
    /// `noise` times as large, from 1, as what all units share makes it. Nothing when there is nothing to test.
    pub(super) fn tested(&self, statistic: Statistic, noise: f64) -> Option<(Estimate, Option<f64>, String)> {
        let (units, [before, after]) = (self.by_unit(), &self.ratings);
        let (least, greatest) = statistic.range();
        let range = greatest - least;
        let met = units.states().filter(|unit| unit.before.n > 0 && unit.after.n > 0).count() as u64;
        let few_unitless = 2 * self.unitless() <= before.n() + after.n();
        let (found, df, mut test) = match paired(&units).ok().filter(|_| few_unitless && met >= FEWEST_UNITS)
        {
            Some(found) => {
                let one = if self.unitless() > 0 { ", ratings without a unit counted as one" } else { "" };
                let df = units.len() - 1;
                let said =
                    format!("difference paired by unit{one}, linearized; t with {df} degrees of freedom");
                (found, Some(df as f64), said)
            }
            None => {
                let clusters = self.clusters();
                let deffs = clusters.map_or([1.0; 2], |(deffs, _)| deffs);
                let mut found = two_samples(statistic, before, after, deffs)?;
                let df = clusters.and_then(|(_, df)| df);
                let said = match clusters {
                    Some((_, Some(df))) => {
                        found = found.student(df as f64, range);
                        format!(
                            "widened by how responses cluster in units; t with {df} {} of freedom",
                            if df == 1 { "degree" } else { "degrees" }
                        )
                    }
                    Some((_, None)) => "widened by how responses cluster in units".into(),
                    None => "responses taken for independent".into(),
                };
                let df = df.map(|df| df as f64).filter(|&df| df > 0.0);
                (found, df, format!("two independent samples, adjusted Wald; {said}"))
            }
        };
        let times = libm::sqrt(noise);
        let found = if times > 1.0 { found.widened(times, df, range) } else { found };
        if wider(noise).is_some() {
            test.push_str(&format!(
                "; widened by the root of {}, the variance of weeks beside that of their ratings",
                signed(noise, 2)
            ));
        }
        let difference =
            Estimate { value: found.value, low: found.low.max(-range), high: found.high.min(range) };
        Some((difference, Some(found.p).filter(|p| p.is_finite()), test))
    }

    /// What the difference is made of; nothing where fewer than two units are on both sides.
    pub(super) fn parts(&self, say: &mut impl FnMut(&str, String)) -> Option<Parts> {
        let units = self.by_unit();
        let met = units.states().filter(|unit| unit.before.n > 0 && unit.after.n > 0).count();
        (met >= 2).then(|| parts(&units, say)).flatten()
    }
}

fn date(day: i64) -> String {
    let text = Time(day.saturating_mul(DAY)).to_string();
    text.get(..10).unwrap_or(&text).into()
}

fn compared(
    statistic: Statistic,
    sides: &Sides,
    (start, cut, last): (i64, i64, i64),
    say: &mut impl FnMut(&str, String),
) -> Option<Change> {
    let Some((difference, p, test)) = sides.tested(statistic, 1.0) else {
        say("change", "Both periods hold the same answer everywhere, so there is nothing to test.".into());
        return None;
    };
    let period = |ratings: &Distribution, from: i64, to: i64| {
        let value = statistic.estimate(ratings)?.value;
        Some(Period { from: date(from), to: date(to), n: ratings.n(), value })
    };
    let [before, after] = &sides.ratings;
    Some(Change {
        statistic: statistic.name().into(),
        before: period(before, start, cut - 1)?,
        after: period(after, cut, last)?,
        difference,
        p,
        test,
        noise: None,
        split: sides.parts(say),
    })
}

/// The difference of two samples, each with its design effect.
pub(crate) fn two_samples(
    statistic: Statistic,
    before: &Distribution,
    after: &Distribution,
    [one, other]: [f64; 2],
) -> Option<Difference> {
    use super::points::{nps, top_box};
    let found = match statistic {
        Statistic::Nps => change::nps((&nps(before), one), (&nps(after), other)),
        Statistic::TopBox(scale) => {
            change::top_box((&top_box(before, scale), one), (&top_box(after, scale), other))
        }
        Statistic::BottomBox(scale) | Statistic::Mean(scale) => {
            change::mean((&statistic.points(before), one), (&statistic.points(after), other), scale)
        }
    };
    found.ok()
}

/// How much more two periods differ than independent responses would: the paired variance over the plain one. Never below 1;
/// that of the whole (`deff`) where the periods were not paired.
fn between_periods(
    change: &Change,
    statistic: Statistic,
    before: &Distribution,
    after: &Distribution,
    deff: f64,
) -> f64 {
    if !change.test.contains("paired") {
        return deff;
    }
    let half = (change.difference.high - change.difference.low) / (2.0 * Z);
    match two_samples(statistic, before, after, [1.0; 2]) {
        Some(plain) if plain.standard_error > 0.0 => (half / plain.standard_error).powi(2).max(1.0),
        _ => deff,
    }
}

fn parts(units: &By<u32, Periods>, say: &mut impl FnMut(&str, String)) -> Option<Parts> {
    let (Split { rate, mix, opened, closed, .. }, _) = change::split(units).ok()?;
    let point = |value: f64| Estimate { value, low: value, high: value };
    let found = if units.len() <= MOST_UNITS {
        split_intervals(units, REPLICATES, &mut Pcg64::seed_from_u64(RANDOM))
            .map_err(|reason| reason.to_string())
    } else {
        Err(format!("there are more than {MOST_UNITS} units"))
    };
    Some(match found {
        Ok(found) => Parts {
            rate: found.rate,
            mix: found.mix,
            opened: found.opened,
            closed: found.closed,
            intervals: true,
        },
        Err(reason) => {
            say("rate and mix", format!("The parts of the change have no intervals: {reason}."));
            Parts {
                rate: point(rate),
                mix: point(mix),
                opened: point(opened),
                closed: point(closed),
                intervals: false,
            }
        }
    })
}

/// How many times as wide an interval is for the noise of weeks, where that is worth a word.
pub(super) fn wider(noise: f64) -> Option<f64> {
    Some(libm::sqrt(noise)).filter(|&times| times >= 1.05)
}

/// The ratings of whole weeks, the last week first, and the day at which that one ends.
struct Weekly<'w> {
    statistic: Statistic,
    ratings: &'w [Distribution],
    last: i64,
}

impl Weekly<'_> {
    /// The ratings of weeks that are counted from the first.
    fn of(&self, from: i64, to: i64, deff: f64) -> Option<Stretch> {
        let weeks = self.ratings.len() as i64;
        let start = self.last + 1 - 7 * weeks;
        let mut ratings = Distribution::default();
        for week in from..=to {
            ratings.merge(self.ratings.get(usize::try_from(weeks - 1 - week).ok()?)?);
        }
        let Estimate { value, low, high } = self.statistic.clustered(&ratings, deff)?;
        let (from, to) = (date(start + 7 * from), date(start + 7 * to + 6));
        Some(Stretch { from, to, n: ratings.n(), value, low, high })
    }

    /// The score of each week that has enough ratings to show one.
    fn each(&self, deff: f64) -> Vec<Stretch> {
        let weeks = (0..self.ratings.len() as i64).filter_map(|week| self.of(week, week, deff));
        weeks.filter(|week| week.n >= MINIMUM_CELL).collect()
    }

    /// Stretches with the score that their ratings have.
    fn stretches(&self, found: &[trend::Stretch], deff: f64) -> Vec<Stretch> {
        found.iter().filter_map(|stretch| self.of(stretch.from, stretch.to, deff)).collect()
    }

    /// Weeks with what a curve says of them.
    fn curve(&self, found: &[trend::Point]) -> Vec<Stretch> {
        let of = |point: &trend::Point| {
            let trend::Point { level, low, high, .. } = *point;
            let Estimate { value, low, high } =
                self.statistic.estimate_of(Estimate { value: level, low, high });
            Some(Stretch { value, low, high, ..self.of(point.period, point.period, 1.0)? })
        };
        found.iter().filter_map(of).collect()
    }
}

/// How the level moved over weeks; `weekly` begins with the last week. Nothing, and why, where it cannot be told.
fn found(
    statistic: Statistic,
    weekly: &[Distribution],
    deff: f64,
    say: &mut impl FnMut(&str, String),
) -> Option<trend::Trend> {
    let weeks = weekly.len() as i64;
    if weeks < TREND {
        say(
            "trend",
            format!(
                "There are {} of ratings; a change of level is looked for from {TREND} on.",
                counted(weeks as u64, "whole week")
            ),
        );
        return None;
    }
    // A handful of ratings apart from all others makes its week stand out, whatever the level does.
    let mut by_points: BTreeMap<u64, u64> = BTreeMap::new();
    for rating in 0..NO_RATING {
        let n: u64 = weekly.iter().map(|ratings| ratings.at(rating)).sum();
        *by_points.entry(statistic.point(rating)).or_default() += n;
    }
    let (all, commonest) =
        (by_points.values().sum::<u64>(), by_points.values().max().copied().unwrap_or_default());
    let apart = all - commonest;
    if apart < MINIMUM_CELL {
        say(
            "trend",
            format!(
                "Of {}, {} for anything but the commonest one; whether the level moved is told from {MINIMUM_CELL} such ratings on.",
                counted(all, "rating"),
                match apart {
                    0 => "none counts".into(),
                    1 => "one counts".into(),
                    _ => format!("{apart} count"),
                }
            ),
        );
        return None;
    }
    let (mut means, mut shares): (By<i64, Mean>, By<i64, TopBox>) = Default::default();
    for (back, ratings) in weekly.iter().enumerate().filter(|(_, ratings)| ratings.n() > 0) {
        let week = weeks - 1 - back as i64;
        match statistic.share(ratings) {
            Some(share) => shares.update(&week, &share),
            None => means.update(&week, &statistic.points(ratings)),
        }
    }
    let found = if !shares.is_empty() {
        trend::shares(&shares, YEAR, deff)
    } else {
        trend::means(&means, YEAR, deff)
    };
    found.map_err(|reason| say("trend", format!("Whether the level moved cannot be said: {reason}."))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_ratings_more_than_a_year_from_all_others_are_isolated_at_either_end() {
        let usual = || (20_000..20_100).map(|day| (day, 3));
        let span = |odd: &[(i64, u64)]| span(&usual().chain(odd.iter().copied()).collect()).unwrap();
        assert_eq!(span(&[]), (20_000, 20_099));
        assert_eq!(span(&[(0, 1), (2_932_896, 7)]), (20_000, 20_099));
        // Wrong dates may lie far from each other too.
        assert_eq!(span(&[(30_000, 4), (40_000, 5)]), (20_000, 20_099));
        // Ten of them are another wave, and a pause of a year is none.
        assert_eq!(span(&[(47_000, 10)]), (20_000, 47_000));
        assert_eq!(span(&[(20_099 + 365, 1)]), (20_000, 20_464));
        assert_eq!(span(&[(20_099 + 366, 1)]), (20_000, 20_099));
        // One in a hundred of many.
        let many: BTreeMap<i64, u64> = [(20_000, 50_000), (20_001, 50_000), (30_000, 1000)].into();
        assert_eq!(super::span(&many), Some((20_000, 20_001)));
        // Where there is no bulk nothing is isolated.
        assert_eq!(super::span(&[(0, 2), (1000, 2)].into()), Some((0, 1000)));
        assert_eq!(super::span(&BTreeMap::new()), None);
    }
}
