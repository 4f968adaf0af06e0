//! Burst: runs of the same rating within minutes. It reads when each rating of a unit came.
//!
//! A rating is a repeat when the unit's rating just before it, at most five minutes earlier on the same day, was the same. If the
//! times of a unit's ratings were dealt anew among its own days, two of one day would lie within five minutes of each other with
//! the probability q that the site's times of day have, and be the same as often as two of the unit's ratings are, so that a day
//! with m ratings would have m(1 − (1 − q/2)ᵐ⁻¹) · P(same) repeats: the expectation of that permutation, without its noise.
//! What honest units have beyond or below it is learned from them ([`super::Rates`]). The effect is repeats beyond the usual
//! number.
//!
//! Trap: customers come in groups too, which the usual rate takes in only as far as all units have groups.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::{DAY, Gathered};
use crate::pressure::rows::Terms;

/// The channel.
pub struct Burst;

/// How near two ratings of a burst lie, in milliseconds.
const NEAR: i64 = 5 * 60_000;
const SLOTS: usize = (DAY / NEAR) as usize;

/// The probability that two ratings of one day lie within [`NEAR`] of each other.
fn near(units: &[&Gathered]) -> f64 {
    let mut slots = vec![0.0; SLOTS];
    let mut total = 0.0;
    for instant in units.iter().flat_map(|unit| &unit.instants) {
        slots[(instant.div_euclid(256).rem_euclid(DAY) / NEAR) as usize] += 1.0;
        total += 1.0;
    }
    // Two of one slot are near; of two neighbouring slots every other pair is.
    let pairs: f64 = (0..SLOTS).map(|at| slots[at] * (slots[at] + slots[(at + 1) % SLOTS])).sum();
    pairs / (total * total)
}

/// Repeats and how many are expected.
fn repeats(unit: &Gathered, q: f64) -> Result<(u64, f64), Absent> {
    let n = enough(unit.instants.len() as u64)? as f64;
    let (mut found, mut pairs) = (0, 0.0);
    for day in unit.instants.chunk_by(|a, b| a.div_euclid(256 * DAY) == b.div_euclid(256 * DAY)) {
        let m = day.len() as f64;
        pairs += m * (1.0 - libm::pow(1.0 - q / 2.0, m - 1.0));
        for two in day.windows(2) {
            let apart = two[1].div_euclid(256) - two[0].div_euclid(256);
            found += u64::from(apart <= NEAR && two[0].rem_euclid(256) == two[1].rem_euclid(256));
        }
    }
    let same: f64 = unit.ratings.iter().map(|&count| count as f64 * (count as f64 - 1.0).max(0.0)).sum();
    // At least half of a response's share, so that a unit without two of a rating expects something.
    Ok((found, (pairs * same / (n * (n - 1.0))).max(0.5 / n)))
}

impl Channel for Burst {
    fn name(&self) -> &'static str {
        "burst"
    }
    fn title(&self) -> &'static str {
        "Runs of the same rating within minutes"
    }
    fn test(&self) -> &'static str {
        "Count against dealing the times anew among the unit's own days; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Moment
    }
    fn alternative(&self) -> &'static str {
        "A group of customers may answer one after the other, and agree."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.instants.is_empty()) {
            return Err(Absent::NoTimes);
        }
        let q = near(units);
        counted(
            units,
            odds,
            move |unit| repeats(unit, q),
            |unit, found, expected| {
                let n = unit.instants.len() as u64;
                let sentence = format!(
                    "{found} of {n} ratings repeat the one before them within five minutes; {} would be usual.",
                    about(expected)
                );
                (found as f64 - expected, n, sentence)
            },
        )
    }
}
