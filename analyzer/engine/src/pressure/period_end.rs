//! Period end: top scores and responses that rise in the last days of a bonus period. The state counts a unit's responses by
//! weekday, in the last days and before; it touches nothing else.
//!
//! Exact, within the unit, weekday kept. *Tops*: given how many top scores and how many responses in the last days each weekday
//! has, the top scores among the last days follow Fisher's noncentral hypergeometric distribution, weekdays independent (the exact
//! form of Mantel and Haenszel 1959; Gart 1970, Biometrika 57:471–475). *Volume*: given how many responses a weekday has, those in
//! the last days are binomial with the share of that weekday's days that are last days (Przyborowski and Wilenski 1940, Biometrika
//! 31:313–323). Their sums over weekdays are exact by convolution ([`super::exact`]), so no number of permutations limits p.
//!
//! What is usual comes from all units, [`Usual`]: a common odds ratio (customers may be happier after payday, months may end busily)
//! and the honest spread τ of log odds ratios around it, learned ([`super::usual`]) from Peto's one-step estimates U/V with variance 1/V,
//! U = observed − expected and V the exact variance (Yusuf et al. 1985). A unit's p is the exact tail averaged over the log odds
//! that the *other* units leave possible for it, the spread and what is not known of it and of the common odds: an exact p without
//! these would call every honest unit whose months end busily. The unit itself counts only where the one-step estimates are taken.
//!
//! Traps: a rise that all units share is the common odds ratio, and invisible here; weekday is kept, other calendars (holidays,
//! sales) are not. Simulated with 1,500 units in worlds of 60, a common rise of volume of e^.2 with the spread of
//! SCIENCE.md (.15) and of tops of e^.3, 5% tails hold 4.7% (tops) and 5.1% (volume) of honest units, 1% tails .7% and .9%; the exact
//! test of volume without what is usual holds 39% at 5%.

use super::channel::Learned;
use super::exact::{Counts, Tail};
use super::usual::{Seen, Spread, above};
use super::{Absent, RESPONSES_NEEDED};
use crate::scores::state::{BadBytes, Bytes, State};
use crate::scores::top_box::TopBox;

/// A unit's responses by weekday (0–6, counted from any day), before the last days and in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodEnd {
    days: [[TopBox; 2]; 7],
}

/// How many days of each weekday lie before the last days and in them, over the time that the responses cover.
pub type Calendar = [[u64; 2]; 7];

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rise {
    /// Top scores among the responses of the last days.
    Tops,
    /// Responses in the last days.
    Volume,
}

/// What is usual among the units.
#[derive(Clone, Debug)]
pub struct Usual {
    /// The log odds ratio at which the units' one-step estimates were taken.
    around: f64,
    /// What was learned from the estimates; nothing where no rise is usual.
    learned: Option<Learned<Spread>>,
}

/// How far a unit's last days stand out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The tail under what is usual.
    pub tail: Tail,
    /// What was counted in the last days: top scores, or responses.
    pub found: u64,
    /// What is usual for this unit; the effect is `found` less this.
    pub expected: f64,
    /// Responses.
    pub n: u64,
}

impl PeriodEnd {
    /// Adds a response given on `weekday` (taken modulo 7), in the last days of a period or not, with a top score or not.
    pub fn update(&mut self, weekday: u8, last: bool, top: bool) {
        let day = &mut self.days[usize::from(weekday % 7)][usize::from(last)];
        day.n += 1;
        day.top += u64::from(top);
    }

    /// Responses.
    pub fn n(&self) -> u64 {
        self.days.iter().flatten().map(|day| day.n).sum()
    }

    /// What was found in the last days on each weekday, and its distribution at these log odds; weekdays that say nothing are
    /// left out.
    fn weekdays(
        &self,
        rise: Rise,
        calendar: &Calendar,
        log_odds: f64,
    ) -> impl Iterator<Item = (u64, Counts)> {
        let odds = libm::exp(log_odds);
        self.days.into_iter().zip(*calendar).filter_map(move |([before, last], [ordinary, end])| {
            let (n, top) = (before.n + last.n, before.top + last.top);
            match rise {
                Rise::Tops if before.n > 0 && last.n > 0 && top > 0 && top < n => {
                    Some((last.top, Counts::hypergeometric(n, top, last.n, odds)))
                }
                Rise::Volume if ordinary > 0 && end > 0 && n > 0 => {
                    let odds = odds * end as f64 / ordinary as f64;
                    Some((last.n, Counts::binomial(n, odds / (1.0 + odds))))
                }
                _ => None,
            }
        })
    }

    /// What was found in the last days, and its distribution at these log odds.
    fn against(&self, rise: Rise, calendar: &Calendar, log_odds: f64) -> Option<(u64, Counts)> {
        self.weekdays(rise, calendar, log_odds)
            .reduce(|(found, counts), (more, own)| (found + more, counts.plus(&own)))
    }

    /// How much more than at these log odds was found in the last days, and its exact variance.
    fn excess(&self, rise: Rise, calendar: &Calendar, log_odds: f64) -> (f64, f64) {
        let each = self.weekdays(rise, calendar, log_odds);
        each.fold((0.0, 0.0), |(away, variance), (found, counts)| {
            (away + found as f64 - counts.mean(), variance + counts.variance())
        })
    }

    /// How far the unit's last days stand out from what is usual; `own` is the unit's place among those that were learned from.
    pub fn standing(
        &self,
        rise: Rise,
        calendar: &Calendar,
        usual: &Usual,
        own: Option<usize>,
    ) -> Result<Standing, Absent> {
        let n = self.n();
        if n < RESPONSES_NEEDED {
            return Err(Absent::Responses { needed: RESPONSES_NEEDED, found: n });
        }
        let middle = usual.middle(own);
        let (found, counts) = self.against(rise, calendar, middle).ok_or(Absent::NotComparable)?;
        let (mut p, mut mid_p, mut expected, mut weights) = (0.0, 0.0, 0.0, 0.0);
        for (weight, log_odds) in usual.nodes(own) {
            // One convolution serves all odds, unless they lie so far off that it has left out what counts there.
            let counts = match counts.tilted(log_odds - middle) {
                Some(counts) => counts,
                None => self.against(rise, calendar, log_odds).ok_or(Absent::NotComparable)?.1,
            };
            let tail = counts.upper(found);
            p += weight * tail.p;
            mid_p += weight * tail.mid_p;
            expected += weight * counts.mean();
            weights += weight;
        }
        let tail = Tail { p: (p / weights).min(1.0), mid_p: (mid_p / weights).min(1.0) };
        Ok(Standing { tail, found, expected: expected / weights, n })
    }
}

/// A unit's log odds ratio less [`Usual::around`], as a mixture of normal distributions.
struct Honest {
    mean: f64,
    sd: f64,
    /// Weights, centres and spreads.
    parts: Vec<(f64, f64, f64)>,
}

/// Beside the sd of the odds that are usual: how far apart the nodes are at which a tail is asked for, and how many there are on
/// either side of the middle.
const NODE: f64 = 0.5;
const NODES: i32 = 16;

/// A log odds ratio beyond this says no more than that the odds are far away.
const FAR: f64 = 3.0;

impl Usual {
    /// No rise, in any unit.
    pub const NONE: Usual = Usual { around: 0.0, learned: None };

    /// What is usual among `units`, none of which is more likely than others to stand apart.
    pub fn among(units: &[PeriodEnd], rise: Rise, calendar: &Calendar) -> Result<Usual, Absent> {
        Usual::weighed(units, &vec![1.0; units.len()], rise, calendar)
    }

    /// What is usual among `units`; `odds` as in [`Spread::among`].
    pub fn weighed(
        units: &[PeriodEnd],
        odds: &[f64],
        rise: Rise,
        calendar: &Calendar,
    ) -> Result<Usual, Absent> {
        // One-step estimates are taken at the common odds, twice, so that a large common rise costs no accuracy.
        let mut usual = Usual::NONE;
        for _ in 0..2 {
            let around = usual.middle(None);
            let steps = units.iter().map(|unit| match unit.excess(rise, calendar, around) {
                (away, variance) if variance > 1e-9 => Ok((away / variance, 1.0 / variance)),
                _ => Err(Absent::NotComparable),
            });
            let fit = |steps: &[Seen], odds: &[f64]| Spread::among(steps, odds);
            usual = Usual { around, learned: Some(Learned::from(steps.collect(), odds, fit)?) };
        }
        Ok(usual)
    }

    /// What an honest unit's log odds ratio may be, as the units other than `own` have it.
    fn honest(&self, own: Option<usize>) -> Honest {
        let Some(learned) = &self.learned else {
            return Honest { mean: 0.0, sd: 0.0, parts: vec![(1.0, 0.0, 0.0)] };
        };
        let parts = learned.usual.honest(learned.place(own));
        let mean: f64 = parts.iter().map(|(weight, centre, _)| weight * centre).sum();
        let square = |(weight, centre, spread): &(f64, f64, f64)| {
            weight * (spread * spread + (centre - mean) * (centre - mean))
        };
        let variance: f64 = parts.iter().map(square).sum();
        Honest { mean, sd: libm::sqrt(variance), parts }
    }

    /// The common log odds ratio of the last days, as the units other than `own` have it.
    pub fn middle(&self, own: Option<usize>) -> f64 {
        self.around + self.honest(own).mean.clamp(-FAR, FAR)
    }

    /// Log odds ratios that an honest unit may have, as the units other than `own` have them, after the weight of each.
    fn nodes(&self, own: Option<usize>) -> Vec<(f64, f64)> {
        let Honest { mean, sd, parts } = self.honest(own);
        let middle = self.around + mean.clamp(-FAR, FAR);
        if sd < 1e-9 {
            return vec![(1.0, middle)];
        }
        let beyond = |at: f64| {
            let each = parts.iter().map(|(weight, centre, spread)| {
                let away = mean + at * sd - centre;
                weight * if *spread > 0.0 { above(away / spread) } else { f64::from(away <= 0.0) }
            });
            each.sum::<f64>()
        };
        let node = |at: i32| f64::from(at) * NODE;
        let mut nodes = Vec::new();
        let mut left = 1.0;
        for at in -NODES..=NODES {
            let right = if at == NODES { 0.0 } else { beyond(node(at) + NODE / 2.0) };
            // What is left out is too rare to be seen in any tail.
            if left - right > 1e-9 {
                nodes.push((left - right, middle + node(at) * sd));
            }
            left = right;
        }
        nodes
    }
}

impl State for PeriodEnd {
    const TAG: [u8; 4] = *b"pend";

    fn merge(&mut self, other: &PeriodEnd) {
        for (day, other) in self.days.iter_mut().flatten().zip(other.days.iter().flatten()) {
            day.merge(other);
        }
    }

    fn write(&self, to: &mut Vec<u8>) {
        self.days.iter().flatten().for_each(|day| State::write(day, to));
    }

    fn read(from: &mut Bytes<'_>) -> Result<PeriodEnd, BadBytes> {
        let mut read = PeriodEnd::default();
        for day in read.days.iter_mut().flatten() {
            *day = <TopBox as State>::read(from)?;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::{Rng, SeedableRng};

    /// Three months of 30 days, their last 5 the last days.
    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        (0..90).for_each(|day| calendar[day % 7][usize::from(day % 30 >= 25)] += 1);
        calendar
    }

    /// A unit with some `volume` responses a day, more by `busy` in the last days, and top scores with odds more by `happy` there.
    fn unit(volume: f64, busy: f64, happy: f64, random: &mut impl Rng) -> PeriodEnd {
        let mut unit = PeriodEnd::default();
        for day in 0..90u8 {
            let last = day % 30 >= 25;
            let weekend = if day % 7 >= 5 { 0.7 } else { 1.0 };
            let today =
                draw::binomial(40, volume * weekend * if last { busy.exp() } else { 1.0 } / 40.0, random);
            // Weekends have fewer top scores, which keeping the weekday must allow for.
            let odds = if day % 7 >= 5 { 0.5 } else { 1.0 } * if last { happy.exp() } else { 1.0 };
            for _ in 0..today {
                unit.update(day % 7, last, draw::share(random) < odds / (1.0 + odds));
            }
        }
        unit
    }

    #[test]
    fn one_weekday_is_fishers_exact_test() {
        let mut state = PeriodEnd::default();
        // Last days 9 tops of 10, before 6 of 20: P(X ≥ 9) = [C(15,9)·15 + C(15,10)]/C(30,10).
        for at in 0..10 {
            state.update(2, true, at < 9);
        }
        for at in 0..20 {
            state.update(2, false, at < 6);
        }
        let usual = Usual::NONE;
        let found = state.standing(Rise::Tops, &calendar(), &usual, None).unwrap();
        let expected = (5005.0 * 15.0 + 3003.0) / 30_045_015.0;
        assert!((found.tail.p / expected - 1.0).abs() < 1e-12, "{found:?} {expected}");
        assert_eq!((found.found, found.n), (9, 30));
        assert!((found.expected - 5.0).abs() < 1e-12);
        // Volume: of 30 on that weekday 10 in the last days.
        let [before, last] = calendar()[2];
        let share = last as f64 / (last + before) as f64;
        let volume = state.standing(Rise::Volume, &calendar(), &usual, None).unwrap();
        let expected = Counts::binomial(30, share).upper(10);
        assert!((volume.tail.p / expected.p - 1.0).abs() < 1e-12, "{volume:?} {expected:?}");
        assert!((volume.tail.mid_p / expected.mid_p - 1.0).abs() < 1e-12, "{volume:?} {expected:?}");
    }

    #[test]
    fn honest_units_that_differ_keep_the_level_and_a_common_rise_flags_nobody() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(9);
        let calendar = calendar();
        let levels = [0.05, 0.01];
        let (mut found, mut naive, mut all) = ([[0u32; 2]; 2], 0u32, 0u32);
        for _ in 0..25 {
            let units: Vec<PeriodEnd> = (0..60)
                .map(|_| {
                    let busy = 0.2 + 0.15 * draw::normal(&mut random);
                    unit(3.0, busy, 0.3, &mut random)
                })
                .collect();
            all += 60;
            for (rise, found) in [Rise::Tops, Rise::Volume].into_iter().zip(&mut found) {
                let usual = Usual::among(&units, rise, &calendar).unwrap();
                for (at, unit) in units.iter().enumerate() {
                    let p = unit.standing(rise, &calendar, &usual, Some(at)).unwrap().tail.mid_p;
                    found.iter_mut().zip(levels).for_each(|(found, level)| *found += u32::from(p <= level));
                }
            }
            let p = |unit: &PeriodEnd| {
                unit.standing(Rise::Volume, &calendar, &Usual::NONE, None).unwrap().tail.mid_p
            };
            naive += units.iter().map(|unit| u32::from(p(unit) <= 0.05)).sum::<u32>();
        }
        let share = |count: u32| f64::from(count) / f64::from(all);
        // 1,500 units: four standard errors of 5% are 2.3%, of 1% 1.0%.
        for [five, one] in found {
            assert!((0.027..0.073).contains(&share(five)) && share(one) < 0.02, "{five} {one} of {all}");
        }
        assert!(share(naive) > 0.25);
    }

    #[test]
    fn a_unit_is_not_compared_with_itself() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(11);
        let calendar = calendar();
        let others: Vec<PeriodEnd> = (0..12).map(|_| unit(3.0, 0.0, 0.0, &mut random)).collect();
        for rise in [Rise::Tops, Rise::Volume] {
            let pushing = unit(3.0, 0.8, 1.5, &mut random);
            let (mut all, without) = (others.clone(), Usual::among(&others, rise, &calendar).unwrap());
            all.push(pushing);
            let among = Usual::among(&all, rise, &calendar).unwrap();
            let p = |usual: &Usual, own| pushing.standing(rise, &calendar, usual, own).unwrap().tail.mid_p;
            // What is usual is as if it were learned without the unit, and including it would hide what it did.
            let (left_out, apart) = (p(&among, Some(12)), p(&without, None));
            assert!((left_out / apart - 1.0).abs() < 0.2, "{rise:?} {left_out} {apart}");
            assert!(p(&among, None) > 1.5 * left_out, "{rise:?} {} {left_out}", p(&among, None));
        }
    }

    #[test]
    fn units_that_push_at_the_end_of_the_month_are_found() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(10);
        let calendar = calendar();
        let mut units: Vec<PeriodEnd> = (0..60).map(|_| unit(3.0, 0.0, 0.0, &mut random)).collect();
        units[7] = unit(3.0, 0.0, 2.5, &mut random);
        units[8] = unit(3.0, 1.2, 0.0, &mut random);
        for (at, rise) in [(7, Rise::Tops), (8, Rise::Volume)] {
            let usual = Usual::among(&units, rise, &calendar).unwrap();
            let found = units[at].standing(rise, &calendar, &usual, Some(at)).unwrap();
            assert!(found.tail.p < 1e-3 && found.found as f64 > found.expected, "{rise:?} {found:?}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_said() {
        let usual = Usual::NONE;
        let mut state = PeriodEnd::default();
        assert_eq!(
            state.standing(Rise::Tops, &calendar(), &usual, None),
            Err(Absent::Responses { needed: 20, found: 0 })
        );
        (0..30).for_each(|at| state.update(3, false, at % 2 == 0));
        assert_eq!(state.standing(Rise::Tops, &calendar(), &usual, None), Err(Absent::NotComparable));
        assert_eq!(
            state.standing(Rise::Volume, &Calendar::default(), &usual, None),
            Err(Absent::NotComparable)
        );
        assert_eq!(
            Usual::among(&[state; 3], Rise::Volume, &calendar()).map(|_| ()),
            Err(Absent::Units { needed: 10, found: 3 })
        );
    }

    proptest! {
        #[test]
        fn any_split_of_the_responses_gives_the_same_bytes(
            rows in proptest::collection::vec((0u8..7, any::<bool>(), any::<bool>()), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, PeriodEnd>(&rows, &deal, order, |state, &(weekday, last, top)| {
                state.update(weekday, last, top);
            })?;
        }
    }
}
