//! Timing: scores that come faster than the question can be read. It reads how long scores took, by input.
//!
//! How long is long depends on the question, the device and the people, so it comes from the site itself: times are taken in
//! steps of a sixteenth of a doubling from the site's median for their kind of input, and then from the unit's own median, since
//! honest units differ in speed. Fast is what only [`FAST`] of all scores are. A unit whose scores are its own customers' has that
//! share of fast ones whatever its speed; one in which somebody else clicks has two speeds. Counts against the usual rate and its
//! honest spread ([`super::Rates`]). The score itself is not looked at. The effect is fast scores beyond the usual number.
//!
//! Trap: a unit where *everybody* is hurried has one speed, and is not found here.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::{Gathered, INPUTS};
use crate::pressure::rows::Terms;
use std::collections::BTreeMap;

/// The channel.
pub struct Timing;

/// The share of all scores that is called fast.
const FAST: f64 = 0.02;
/// Parts of a step of times.
const FINE: f64 = 8.0;

/// Counts by place, and where their median lies, in places, counted from the lower edge of place 0.
fn median(counts: &BTreeMap<i64, u64>) -> f64 {
    let half = counts.values().sum::<u64>() as f64 / 2.0;
    let mut below = 0.0;
    for (&place, &count) in counts {
        if below + count as f64 >= half {
            return place as f64 + (half - below) / count as f64;
        }
        below += count as f64;
    }
    0.0
}

/// A unit's times from the site's medians.
fn from_medians(unit: &Gathered, medians: &[i64; INPUTS]) -> BTreeMap<i64, u64> {
    let mut times = BTreeMap::new();
    for (&(input, time), &count) in &unit.speeds {
        let median = medians.get(input as usize).copied().unwrap_or(0);
        *times.entry(i64::from(time) - median).or_default() += count;
    }
    times
}

impl Channel for Timing {
    fn name(&self) -> &'static str {
        "timing"
    }
    fn title(&self) -> &'static str {
        "Scores faster than the question can be read"
    }
    fn test(&self) -> &'static str {
        "Count of scores faster than the unit's own others, by input; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Moment
    }
    fn alternative(&self) -> &'static str {
        "Customers who have seen the question before need not read it."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let mut by_input: [BTreeMap<i64, u64>; INPUTS] = Default::default();
        for (&(input, time), &count) in units.iter().flat_map(|unit| &unit.speeds) {
            if let Some(counts) = by_input.get_mut(input as usize) {
                *counts.entry(i64::from(time)).or_default() += count;
            }
        }
        if by_input.iter().all(BTreeMap::is_empty) {
            return Err(Absent::NoSignals);
        }
        let medians = by_input.map(|counts| median(&counts) as i64);
        // The site's times from each unit's own median, spread evenly over their steps, in eighths of a step.
        let mut all: BTreeMap<i64, f64> = BTreeMap::new();
        for unit in units {
            let times = from_medians(unit, &medians);
            let own = median(&times);
            for (&time, &count) in &times {
                let at = libm::floor((time as f64 - own) * FINE) as i64;
                for part in 0..FINE as i64 {
                    *all.entry(at + part).or_default() += count as f64 / FINE;
                }
            }
        }
        let total: f64 = all.values().sum();
        let mut below = 0.0;
        let shares: Vec<(i64, f64)> = all
            .into_iter()
            .map(|(at, count)| {
                below += count / total;
                (at + 1, below)
            })
            .collect();
        let cut = shares.iter().find(|(_, share)| *share >= FAST).map_or(0, |(at, _)| *at);
        let see = move |unit: &Gathered| {
            let times = from_medians(unit, &medians);
            let n = enough(times.values().sum())?;
            let own = median(&times);
            // Whole steps only: the last one that lies below the cut, and the share that all scores have below its end.
            let last = libm::floor(cut as f64 / FINE + own) as i64;
            let end = libm::floor((last as f64 - own) * FINE) as i64;
            let at = shares.partition_point(|(at, _)| *at <= end);
            let share = at.checked_sub(1).map_or(0.0, |at| shares[at].1);
            let found = times.range(..last).map(|(_, count)| count).sum();
            Ok((found, (n as f64 * share).max(0.5 / n as f64)))
        };
        counted(units, odds, see, |unit, found, expected| {
            let n = unit.speeds.values().sum();
            let sentence = format!(
                "{found} of {n} scores came much faster than this unit's others; about {} usually would.",
                about(expected)
            );
            (found as f64 - expected, n, sentence)
        })
    }
}
