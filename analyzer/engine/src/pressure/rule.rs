//! From what was gathered to which units stand out: channels, families, two families, all units. It reads the state that
//! [`super::gathered`] keeps, and touches nothing else.
//!
//! 1. Each channel learns from all units with enough responses what is usual, and reads each of them.
//! 2. The channels of a family are combined ([`super::cauchy`]).
//! 3. Two families must agree ([`super::partial_conjunction`]): one broken channel flags nobody, and with one family at hand
//!    nobody can be flagged.
//! 4. Across units the false discovery rate is held at [`LEVEL`] ([`super::across_units`]). Nothing is filtered afterwards.

use super::cauchy::combine;
use super::channel::{ALL, Channel, Family, Reading, Usual};
use super::gathered::{Gathered, Units};
use super::partial_conjunction::two_families;
use super::rows::Terms;
use super::usual::stride;
use super::{Absent, RESPONSES_NEEDED, across_units};

/// The share of flagged units that may be there by chance.
pub const LEVEL: f64 = 0.05;

/// What all channels have learned from units.
pub struct Rule {
    usuals: Vec<Result<Box<dyn Usual>, Absent>>,
}

/// What is said of one unit, before it is compared with the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What each of [`ALL`] found.
    pub channels: Vec<Result<Reading, Absent>>,
    /// The p-value of each of [`Family::ALL`].
    pub families: Vec<Result<f64, Absent>>,
    /// The p-value of "fewer than two families are affected".
    pub p: Result<f64, Absent>,
}

/// The evidence card of a unit: nothing on it says more than the evidence does.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The unit.
    pub unit: String,
    /// Its ratings.
    pub n: u64,
    /// Whether it stands out in two families at a false discovery rate of [`LEVEL`].
    pub flagged: bool,
    /// What the channels and families say; for a unit that is not tested, why.
    pub verdict: Result<Verdict, Absent>,
    /// The p-value adjusted over all units that were tested.
    pub adjusted: Result<f64, Absent>,
}

/// How often what is usual is learned anew with what the other families found.
const ROUNDS: usize = 3;

impl Rule {
    /// Learns what is usual among `units`, each of which has [`RESPONSES_NEEDED`] ratings or more.
    ///
    /// A unit that one family speaks against is more likely to stand apart in the others, and should not be learned from there.
    /// By how much says the product of the calibrators ½p^(−½) of the *other* families (Vovk and Wang 2021, "E-values: calibration,
    /// combination and applications", Annals of Statistics 49:1736–1754): of independent families an e-value, at most 1 on average
    /// for honest units. No family is told anything by itself, so that an honest unit's p stays independent of its e.
    pub fn learn(units: &[&Gathered], terms: &Terms) -> Rule {
        let mut odds = vec![vec![1.0; units.len()]; Family::ALL.len()];
        let mut rule = Rule { usuals: Vec::new() };
        for round in 1..=ROUNDS {
            let learn = |(at, channel): (usize, &&dyn Channel)| {
                let odds = &odds[channel.family() as usize];
                let before = rule.usuals.get(at).and_then(|usual| usual.as_ref().ok());
                before
                    .and_then(|usual| usual.again(odds))
                    .unwrap_or_else(|| channel.usual(units, odds, terms))
            };
            rule.usuals = ALL.iter().enumerate().map(learn).collect();
            if round == ROUNDS {
                break;
            }
            // Of very many units, only those are asked that a channel may learn from.
            for (place, unit) in units.iter().enumerate().step_by(stride(units.len())) {
                let families = rule.read(unit, Some(place)).families;
                for (family, odds) in odds.iter_mut().enumerate() {
                    let others = families.iter().enumerate().filter(|(other, _)| *other != family);
                    let p = others.filter_map(|(_, p)| p.as_ref().ok());
                    odds[place] = p.map(|p| 0.5 / libm::sqrt(p.clamp(1e-12, 1.0))).product();
                }
            }
        }
        rule
    }

    /// Reads a unit; `own` is its place among those that were learned from.
    pub fn read(&self, unit: &Gathered, own: Option<usize>) -> Verdict {
        let channels: Vec<Result<Reading, Absent>> = self
            .usuals
            .iter()
            .map(|usual| match usual {
                Ok(usual) => usual.read(unit, own),
                Err(reason) => Err(reason.clone()),
            })
            .collect();
        let families: Vec<Result<f64, Absent>> = Family::ALL
            .iter()
            .map(|family| {
                let of_family = ALL.iter().zip(&channels).filter(|(channel, _)| channel.family() == *family);
                let p: Vec<f64> =
                    of_family.filter_map(|(_, reading)| reading.as_ref().ok()).map(|r| r.p).collect();
                combine(&p)
            })
            .collect();
        let at_hand: Vec<f64> = families.iter().flatten().copied().collect();
        Verdict { channels, families, p: two_families(&at_hand) }
    }
}

/// The cards of all units, by name.
pub fn judge(units: &Units, terms: &Terms) -> Result<Vec<Card>, Absent> {
    let tested: Vec<&Gathered> = units.states().filter(|unit| unit.n() >= RESPONSES_NEEDED).collect();
    let rule = Rule::learn(&tested, terms);
    let mut place = 0;
    let verdicts: Vec<Result<Verdict, Absent>> = units
        .states()
        .map(|unit| {
            let found = unit.n();
            if found < RESPONSES_NEEDED {
                return Err(Absent::Responses { needed: RESPONSES_NEEDED, found });
            }
            place += 1;
            Ok(rule.read(unit, Some(place - 1)))
        })
        .collect();
    let p = verdicts.iter().map(|verdict| verdict.clone().and_then(|verdict| verdict.p)).collect();
    let adjusted = across_units(p)?;
    Ok(units
        .iter()
        .zip(verdicts.into_iter().zip(adjusted))
        .map(|((unit, gathered), (verdict, adjusted))| Card {
            unit: unit.clone(),
            n: gathered.n(),
            flagged: adjusted.as_ref().is_ok_and(|p| *p <= LEVEL),
            verdict,
            adjusted,
        })
        .collect())
}

impl Card {
    /// The channels of the card with what they found, family by family.
    pub fn channels(&self) -> impl Iterator<Item = (&'static dyn Channel, Result<&Reading, &Absent>)> {
        ALL.iter().enumerate().map(|(at, channel)| {
            let found = match &self.verdict {
                Ok(verdict) => verdict.channels[at].as_ref(),
                Err(reason) => Err(reason),
            };
            (*channel, found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use crate::scores::top_box::TopBox;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 1, nps: false }, bonus: None, protected: None };

    /// A unit of `n` ratings, a share of which are at the top, and as many links, a share of which carry the score.
    fn unit(n: u64, top: f64, preset: Option<f64>, random: &mut impl Rng) -> Gathered {
        let tops = draw::binomial(n, top, random);
        let preset = preset.map(|share| TopBox { n, top: draw::binomial(n, share, random) });
        Gathered { ratings: vec![n - tops, tops], preset: preset.unwrap_or_default(), ..Gathered::default() }
    }

    fn level(verdict: &Verdict) -> f64 {
        verdict.channels[0].as_ref().unwrap().p
    }

    #[test]
    fn twenty_ratings_are_tested_and_nineteen_neither_tested_nor_learned_from() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(91);
        let mut units = Units::default();
        for at in 0..24 {
            let n = if at == 5 { 20 } else { 60 + at };
            *units.entry(format!("m{at:02}").as_str()) = unit(n, 0.5, Some(0.05), &mut random);
        }
        let before = judge(&units, &TERMS).unwrap();
        assert!(before.iter().all(|card| card.verdict.is_ok() && card.n >= 20));
        *units.entry("a first") = unit(19, 0.9, Some(0.9), &mut random);
        *units.entry("z last") = unit(19, 0.9, Some(0.9), &mut random);
        let after = judge(&units, &TERMS).unwrap();
        for card in [&after[0], &after[25]] {
            assert_eq!(card.verdict, Err(Absent::Responses { needed: 20, found: 19 }));
        }
        assert_eq!(after[1..25], before[..]);
        // Each is compared with the others, in its own place.
        let tested: Vec<&Gathered> = units.states().filter(|unit| unit.n() > 19).collect();
        let rule = Rule::learn(&tested, &TERMS);
        for (place, card) in before.iter().enumerate() {
            assert_eq!(card.verdict, Ok(rule.read(tested[place], Some(place))));
        }
    }

    #[test]
    fn a_family_is_told_nothing_by_itself_and_something_by_another() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(92);
        let mut units: Vec<Gathered> = (0..54)
            .map(|_| unit(60, 0.5 + 0.1 * draw::normal(&mut random), Some(0.03), &mut random))
            .collect();
        units.extend((0..6).map(|_| unit(60, 0.85, Some(0.5), &mut random)));
        let blind: Vec<Gathered> =
            units.iter().map(|unit| Gathered { preset: TopBox::default(), ..unit.clone() }).collect();
        let read = |units: &[Gathered]| -> Vec<Verdict> {
            let units: Vec<&Gathered> = units.iter().collect();
            let rule = Rule::learn(&units, &TERMS);
            units.iter().enumerate().map(|(place, unit)| rule.read(unit, Some(place))).collect()
        };
        let (told, deaf) = (read(&units), read(&blind));
        let refs: Vec<&Gathered> = blind.iter().collect();
        let alone = ALL[0].usual(&refs, &[1.0; 60], &TERMS).unwrap();
        for (place, verdict) in deaf.iter().enumerate() {
            assert_eq!(level(verdict), alone.read(refs[place], Some(place)).unwrap().p);
        }
        // Links that carry the score speak against the six: the others' spread is learned without them.
        for place in 54..60 {
            assert!(
                level(&told[place]) < 0.9 * level(&deaf[place]),
                "{} {}",
                level(&told[place]),
                level(&deaf[place])
            );
        }
    }
}
