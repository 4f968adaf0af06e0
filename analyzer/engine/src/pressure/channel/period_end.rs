//! Period end: top ratings, or responses, that rise in the last days of a bonus period. It reads a unit's ratings by weekday,
//! before the last days and in them.
//!
//! The method and its traps are those of [`crate::pressure::period_end`]; the p-values of tops and of volume are combined
//! ([`crate::pressure::cauchy`]). The effect is top ratings in the last days beyond the usual number.

use super::{Channel, Family, Figure, Reading, Usual, about, enough};
use crate::pressure::Absent;
use crate::pressure::cauchy::combine;
use crate::pressure::gathered::{DAY, Gathered};
use crate::pressure::period_end::{Calendar, Rise, Usual as Common};
use crate::pressure::rows::Terms;
use crate::report::grouped;

/// The channel.
pub struct End;

struct Learnt {
    calendar: Calendar,
    tops: Result<Common, Absent>,
    volume: Result<Common, Absent>,
}

/// The days from the first rating of these units to the last, by weekday, before the last days of a period and in them.
fn calendar(units: &[&Gathered], terms: &Terms) -> Result<Calendar, Absent> {
    let bonus = terms.bonus.ok_or(Absent::NoPeriod)?;
    let first = units.iter().filter_map(|unit| unit.instants.first()).min();
    let last = units.iter().filter_map(|unit| unit.instants.last()).max();
    let (Some(first), Some(last)) = (first, last) else { return Err(Absent::NoTimes) };
    let day = |instant: i64| (instant.div_euclid(256) + i64::from(bonus.offset_min) * 60_000).div_euclid(DAY);
    let mut calendar = Calendar::default();
    // A century of days is enough, and a wrong clock must not cost hours.
    for day in day(*first)..=day(*last).min(day(*first) + 36_525) {
        calendar[day.rem_euclid(7) as usize][usize::from(bonus.period.of(day).1)] += 1;
    }
    Ok(calendar)
}

impl Channel for End {
    fn name(&self) -> &'static str {
        "period_end"
    }
    fn title(&self) -> &'static str {
        "Top ratings and volume at the end of the bonus period"
    }
    fn test(&self) -> &'static str {
        "Exact test by weekday of the last days against the days before, against the honest spread of the units; mid-p"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "Some units are busiest, or at their best, when a period ends: deliveries, paydays, invoices."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let calendar = calendar(units, terms)?;
        let ends: Vec<_> = units.iter().map(|unit| unit.end).collect();
        let [tops, volume] =
            [Rise::Tops, Rise::Volume].map(|rise| Common::weighed(&ends, odds, rise, &calendar));
        match (tops, volume) {
            (Err(reason), Err(_)) => Err(reason),
            (tops, volume) => Ok(Box::new(Learnt { calendar, tops, volume })),
        }
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let n = enough(unit.end.n())?;
        let read = |rise, usual: &Result<Common, Absent>| {
            usual
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|usual| unit.end.standing(rise, &self.calendar, usual, own))
        };
        let (tops, volume) = (read(Rise::Tops, &self.tops), read(Rise::Volume, &self.volume));
        let each: Vec<f64> =
            [&tops, &volume].into_iter().flatten().map(|standing| standing.tail.mid_p).collect();
        let (Some(standing), p) = (tops.as_ref().or(volume.as_ref()).ok(), combine(&each)) else {
            return Err(Absent::NotComparable);
        };
        let mut sentence = String::new();
        if let Ok(tops) = &tops {
            sentence = format!(
                "{} top ratings came in the last days of a bonus period; about {} usually would.",
                grouped(tops.found),
                about(tops.expected)
            );
        }
        if let Ok(volume) = &volume {
            let gap = if sentence.is_empty() { "" } else { " " };
            sentence.push_str(&format!(
                "{gap}{} of {} ratings came in these days; about {} usually would.",
                grouped(volume.found),
                grouped(n),
                about(volume.expected)
            ));
        }
        let figure = Figure::share(standing.found, n, standing.expected / n as f64);
        Ok(Reading { p: p?, effect: standing.found as f64 - standing.expected, figure, n, sentence })
    }
}
