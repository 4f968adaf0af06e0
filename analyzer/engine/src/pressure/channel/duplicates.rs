//! Duplicates: the same answers to all closed questions again and again inside a unit. It reads how often each pattern of
//! answers came.
//!
//! A response has a twin when another one of its unit has the same answers. How many twins honest customers of that unit would
//! have follows from how common each pattern is among the *other* units, f: 1 − (1 − f)ⁿ⁻¹ for each response, so that the
//! straight line at the top that so many honest customers give expects its many twins, and a pattern that only this unit has
//! expects none. Twins beyond that have their honest spread too ([`super::Rates`]). The effect is twins beyond the usual number.
//!
//! Trap: the famous 85% rule fails on customer surveys, where 58% of honest responses repeat someone on 4 items.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::columns::ShortHash;
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::Events;
use crate::report::grouped;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// The channel.
pub struct Duplicates;

/// How often a pattern is given elsewhere of which the chance of a twin is looked up.
const RARE: usize = 256;

/// How often each pattern came in all units. Only looked up in, so that its order plays no part.
type Patterns = HashMap<u64, u64, BuildHasherDefault<ShortHash>>;

/// A unit's responses with a twin, and how many follow from the `total` patterns of `all` units.
fn twins(unit: &Gathered, all: &Patterns, total: u64) -> Result<Events, Absent> {
    let n = enough(unit.patterns.values().sum())?;
    let others = total.saturating_sub(n) as f64 + 1.0;
    let (mut twins, mut expected) = (0, 0.0);
    let chance = |elsewhere: u64| {
        let common = ((elsewhere as f64 + 0.5) / others).min(1.0);
        1.0 - libm::pow(1.0 - common, n as f64 - 1.0)
    };
    // Most patterns are rare, and a power takes longer than all else here.
    let rare: Vec<f64> = (0..unit.patterns.len().min(RARE) as u64).map(chance).collect();
    for (pattern, &count) in &unit.patterns {
        let elsewhere = all.get(pattern).copied().unwrap_or(0).saturating_sub(count);
        let chance = rare.get(elsewhere as usize).copied().unwrap_or_else(|| chance(elsewhere));
        expected += count as f64 * chance;
        twins += if count > 1 { count } else { 0 };
    }
    Ok((twins, expected))
}

impl Channel for Duplicates {
    fn name(&self) -> &'static str {
        "duplicates"
    }
    fn title(&self) -> &'static str {
        "The same answers again and again"
    }
    fn test(&self) -> &'static str {
        "Count of equal answers against how common each pattern is in other units; Poisson-lognormal, mid-p"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "Customers with little to say often answer alike, and a unit may have many of them."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.patterns.is_empty()) {
            return Err(Absent::OneQuestion);
        }
        let mut all = Patterns::default();
        for (&pattern, &count) in units.iter().flat_map(|unit| &unit.patterns) {
            *all.entry(pattern).or_default() += count;
        }
        let total: u64 = all.values().sum();
        let see = move |unit: &Gathered| twins(unit, &all, total);
        counted(units, odds, see, |unit, twins, expected| {
            let n = unit.patterns.values().sum();
            let sentence = format!(
                "{} of {} responses have the same answers as another one of this unit; about {} usually would.",
                grouped(twins),
                grouped(n),
                about(expected)
            );
            (twins as f64 - expected, n, sentence)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::channel::Reading;

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// Twelve units in which ten customers each give the straight line at the top, pattern 0, and thirty give patterns of their own.
    fn units() -> Vec<Gathered> {
        let unit = |at: u64| {
            let mut patterns: std::collections::BTreeMap<u64, u64> =
                (0..30).map(|own| (1000 * (at + 1) + own, 1)).collect();
            patterns.insert(0, 10);
            Gathered { patterns, ..Gathered::default() }
        };
        (0..12).map(unit).collect()
    }

    fn read(units: &[Gathered]) -> Vec<Reading> {
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Duplicates.usual(&units, &vec![1.0; units.len()], &TERMS).unwrap();
        units.iter().enumerate().map(|(at, unit)| usual.read(unit, Some(at)).unwrap()).collect()
    }

    #[test]
    fn twins_that_other_units_have_too_are_expected_and_a_units_own_are_not() {
        let mut units = units();
        units[3].patterns.insert(7, 15);
        let found = read(&units);
        // Ten straight lines and fifteen of its own, of 55; the former are what others have as well.
        assert!(found[3].p < 0.01 && found[3].n == 55, "{:?}", found[3]);
        assert!((found[3].effect - 15.0).abs() < 5.0, "{:?}", found[3]);
        assert!(found[3].sentence.starts_with("25 of 55 "), "{}", found[3].sentence);
        for reading in found[..3].iter().chain(&found[4..]) {
            assert!(reading.p > 0.1 && reading.effect.abs() < 5.0 && reading.n == 40, "{reading:?}");
        }
    }

    #[test]
    fn a_unit_of_straight_lines_alone_is_no_wonder_where_all_give_them() {
        let mut units = units();
        for unit in &mut units[6..] {
            unit.patterns = [(0, 40)].into();
        }
        for reading in &read(&units)[6..] {
            assert!(reading.p > 0.05, "{reading:?}");
        }
    }

    #[test]
    fn without_closed_questions_or_with_few_responses_nothing_is_said() {
        let mut units = units();
        units[5].patterns = [(0, 19)].into();
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Duplicates.usual(&units, &[1.0; 12], &TERMS).unwrap();
        assert_eq!(usual.read(units[5], Some(5)), Err(Absent::Responses { needed: 20, found: 19 }));
        let silent = Gathered::default();
        let usual = Duplicates.usual(&[&silent; 12], &[1.0; 12], &TERMS);
        assert_eq!(usual.map(|_| ()), Err(Absent::OneQuestion));
    }

    #[test]
    fn twins_follow_from_how_common_a_pattern_is_elsewhere() {
        let patterns = |of: &[(u64, u64)]| of.iter().copied().collect();
        let unit = Gathered { patterns: patterns(&[(0, 18), (1, 2), (2, 1)]), ..Gathered::default() };
        let all: Patterns = [(0, 38), (1, 2), (2, 1), (3, 20)].into_iter().collect();
        // 40 responses elsewhere, 20 of them of pattern 0: f = 20½/41 = ½, and ½/41 of the others; 21 responses, so 20 that may be a twin.
        let (found, expected) = twins(&unit, &all, 61).unwrap();
        let by_hand = 18.0 * (1.0 - 0.5f64.powi(20)) + 3.0 * (1.0 - (81.0f64 / 82.0).powi(20));
        assert!(found == 20 && (expected - by_hand).abs() < 1e-9, "{found} {expected} {by_hand}");
        // What is looked up for rare patterns is what is computed for others: 300 patterns, each a few times elsewhere.
        let many = Gathered { patterns: (0..300).map(|at| (at, 1)).collect(), ..Gathered::default() };
        let all: Patterns = (0..300).map(|at| (at, 1 + at)).collect();
        let total: u64 = all.values().sum();
        let (found, expected) = twins(&many, &all, total).unwrap();
        let others = (total - 300) as f64 + 1.0;
        let by_hand: f64 = (0..300).map(|at| 1.0 - (1.0 - (f64::from(at) + 0.5) / others).powi(299)).sum();
        assert!(found == 0 && (expected - by_hand).abs() < 1e-9, "{found} {expected} {by_hand}");
        // Where all others give one pattern, a twin is as good as certain and never more.
        let all: Patterns = [(0, 500)].into_iter().collect();
        let same = Gathered { patterns: patterns(&[(0, 20)]), ..Gathered::default() };
        let (found, expected) = twins(&same, &all, 500).unwrap();
        assert!(found == 20 && expected <= 20.0 && expected > 19.99, "{expected}");
    }

    #[test]
    fn a_unit_without_twins_has_as_few_as_are_found() {
        let mut units = units();
        units[0].patterns = (0..40).map(|own| (50_000 + own, 1)).collect();
        let first = &read(&units)[0];
        assert!(first.sentence.starts_with("0 of 40 responses"), "{first:?}");
        assert!(
            first.effect <= 0.0 && first.effect > -3.0 && first.p > 0.3 && first.figure.found.value == 0.0,
            "{first:?}"
        );
    }
}
