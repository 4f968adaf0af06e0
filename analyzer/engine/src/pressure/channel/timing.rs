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
use crate::report::grouped;
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
                "{} of {} scores came much faster than this unit's others; about {} usually would.",
                grouped(found),
                grouped(n),
                about(expected)
            );
            (found as f64 - expected, n, sentence)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::channel::Reading;
    use crate::pressure::draw;
    use crate::pressure::gathered::TIMES_TO_DOUBLE;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// A unit of `n` scores, half of them by an input that takes twice as long; `quick` of them are by somebody who knows the page.
    fn unit(n: u64, speed: f64, quick: u64, random: &mut impl Rng) -> Gathered {
        let mut unit = Gathered::default();
        for at in 0..n {
            let (seconds, spread) = if at < quick { (1.2, 0.2) } else { (5.2 * speed, 0.5) };
            let input = at % 2;
            let ms = 1000.0 * seconds * (1.0 + input as f64) * libm::exp(spread * draw::normal(random));
            *unit.speeds.entry((input as u32, (libm::log2(ms) * TIMES_TO_DOUBLE) as u32)).or_default() += 1;
        }
        unit
    }

    fn read(units: &[Gathered]) -> Vec<Reading> {
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Timing.usual(&units, &vec![1.0; units.len()], &TERMS).unwrap();
        units.iter().enumerate().map(|(at, unit)| usual.read(unit, Some(at)).unwrap()).collect()
    }

    #[test]
    fn the_median_lies_within_its_step() {
        assert_eq!(median(&[(5, 10)].into()), 5.5);
        assert_eq!(median(&[(0, 2), (1, 2)].into()), 1.0);
        assert_eq!(median(&[(-3, 1), (2, 2), (9, 1)].into()), 2.5);
        assert_eq!(median(&BTreeMap::new()), 0.0);
    }

    #[test]
    fn two_speeds_in_one_unit_stand_out_and_a_fast_unit_does_not() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(100);
        let (mut five, mut all, mut found, mut hurried, mut expected, mut counted) = (0, 0, 0, 0, 0.0, 0.0);
        for _ in 0..10 {
            let mut units: Vec<Gathered> = (0..30)
                .map(|_| {
                    let speed = libm::exp(0.25 * draw::normal(&mut random));
                    unit(200, speed, 0, &mut random)
                })
                .collect();
            // One in which everybody takes a third of the time, and one in which somebody clicks for a tenth of the customers.
            units.extend([unit(200, 0.33, 0, &mut random), unit(200, 1.0, 20, &mut random)]);
            let read = read(&units);
            five += read[..30].iter().filter(|reading| reading.p <= 0.05).count();
            all += 30;
            hurried += usize::from(read[30].p <= 0.05);
            found += usize::from(read[31].p <= 0.01 && read[31].effect > 8.0 && read[31].n == 200);
            for reading in &read[..30] {
                counted += reading.figure.found.value;
                expected += reading.figure.expected;
            }
        }
        assert!(five < 30 && all == 300, "{five} of {all}");
        assert!(found == 10 && hurried <= 2, "{found} {hurried}");
        assert!((counted / expected - 1.0).abs() < 0.3, "{counted} {expected}");
        // A fiftieth is fast by definition.
        assert!((expected / 300.0 - FAST).abs() < 0.01, "{expected}");
    }

    #[test]
    fn without_times_or_with_few_of_them_nothing_is_said() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(101);
        let mut units: Vec<Gathered> = (0..12).map(|_| unit(100, 1.0, 0, &mut random)).collect();
        units.push(unit(19, 1.0, 0, &mut random));
        let refs: Vec<&Gathered> = units.iter().collect();
        let usual = Timing.usual(&refs, &[1.0; 13], &TERMS).unwrap();
        assert_eq!(usual.read(refs[12], Some(12)), Err(Absent::Responses { needed: 20, found: 19 }));
        let silent = Gathered::default();
        assert_eq!(Timing.usual(&[&silent; 12], &[1.0; 12], &TERMS).map(|_| ()), Err(Absent::NoSignals));
    }
}
