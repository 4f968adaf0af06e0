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
use crate::report::grouped;

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
                    "{} of {} ratings repeat the one before them within five minutes; {} would be usual.",
                    grouped(found),
                    grouped(n),
                    about(expected)
                );
                (found as f64 - expected, n, sentence)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// A unit of ratings on days, at minutes.
    fn unit(ratings: impl IntoIterator<Item = (i64, f64, u8)>) -> Gathered {
        let mut unit = Gathered { ratings: vec![0; 11], ..Gathered::default() };
        for (day, minute, rating) in ratings {
            unit.instants.push((day * DAY + (minute * 60_000.0) as i64) * 256 + i64::from(rating));
            unit.ratings[usize::from(rating)] += 1;
        }
        unit.instants.sort_unstable();
        unit
    }

    /// Ten days of twelve customers each, between nine and five, who come by themselves.
    fn honest(random: &mut impl Rng) -> Gathered {
        unit((0..120).map(|at| {
            (at / 12, 540.0 + 480.0 * draw::share(random), 8 + draw::binomial(2, 0.6, random) as u8)
        }))
    }

    #[test]
    fn a_repeat_is_the_same_rating_at_most_five_minutes_later_on_the_same_day() {
        let q = 0.1;
        let found = |gap: f64, ratings: [u8; 2]| {
            repeats(
                &unit((0..24).map(|at| (at / 2, 600.0 + gap * (at % 2) as f64, ratings[at as usize % 2]))),
                q,
            )
            .unwrap()
            .0
        };
        assert_eq!(found(5.0, [9, 9]), 12);
        assert_eq!(found(5.01, [9, 9]), 0);
        assert_eq!(found(1.0, [9, 8]), 0);
        // Midnight ends a day.
        let late = unit((0..24).map(|at| (at / 2, if at % 2 == 0 { 0.5 } else { 1439.5 }, 9)));
        assert_eq!(repeats(&late, q).unwrap().0, 0);
        // Two of a day, all alike: m(1 − (1 − q/2)) · 1.
        let (_, expected) = repeats(&unit((0..24).map(|at| (at / 2, 600.0, 9))), q).unwrap();
        assert!((expected - 12.0 * 2.0 * 0.05).abs() < 1e-12, "{expected}");
        let few = unit((0..19).map(|at| (at, 600.0, 9)));
        assert_eq!(repeats(&few, q), Err(Absent::Responses { needed: 20, found: 19 }));
    }

    #[test]
    fn as_many_repeats_are_expected_as_customers_who_come_by_themselves_have() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(98);
        let units: Vec<Gathered> = (0..200).map(|_| honest(&mut random)).collect();
        let refs: Vec<&Gathered> = units.iter().collect();
        let q = near(&refs);
        // Of two within eight hours: 2 · 5/480 less what lies beyond the ends.
        assert!((q - 2.0 * 5.0 / 480.0).abs() < 0.001, "{q}");
        let (mut found, mut expected) = (0, 0.0);
        for unit in &units {
            let (own, usual) = repeats(unit, q).unwrap();
            found += own;
            expected += usual;
        }
        assert!((found as f64 / expected - 1.0).abs() < 0.08, "{found} {expected}");
    }

    #[test]
    fn a_unit_that_gives_ten_tens_in_a_row_each_week_stands_out() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(99);
        let mut units: Vec<Gathered> = (0..24).map(|_| honest(&mut random)).collect();
        let rows = (0..20).map(|at| (at / 10 * 7, 1000.0 + (at % 10) as f64, 10));
        let own = unit(rows);
        units[5].instants.extend(&own.instants);
        units[5].instants.sort_unstable();
        units[5].ratings[10] += 20;
        let refs: Vec<&Gathered> = units.iter().collect();
        let usual = Burst.usual(&refs, &[1.0; 24], &TERMS).unwrap();
        let read = |at: usize| usual.read(refs[at], Some(at)).unwrap();
        assert!(read(5).p < 0.01 && read(5).effect > 10.0 && read(5).n == 140, "{:?}", read(5));
        let low = (0..24).filter(|&at| at != 5 && read(at).p <= 0.05).count();
        assert!(low <= 4, "{low}");
        let silent = Gathered::default();
        assert_eq!(Burst.usual(&[&silent; 12], &[1.0; 12], &TERMS).map(|_| ()), Err(Absent::NoTimes));
    }
}
