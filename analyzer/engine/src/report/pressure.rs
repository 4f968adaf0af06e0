//! Pressure on units, as the report tells it: which units stand out, on what evidence, and what suspect answers do to the score.
//! It reads what [`crate::pressure`] found in a [`Dataset`], and nothing else.
//!
//! Two rules of that module show here. A unit is flagged only when two families of evidence agree, and never for one channel. And
//! nothing is "no pressure": where nobody stands out, that is all that is said.

use super::points::signed;
use super::{Absent, CARDS, Channel, Family, Unit, capital, counted, grouped};
use crate::columns::Dataset;
use crate::plan::Scale;
use crate::pressure::channel::{ALL, Channel as Source, Family as Kind, Reading};
use crate::pressure::dataset::{AT_ONCE, Listened, gather};
use crate::pressure::firm;
use crate::pressure::rule::{Card, LEVEL, judge};
use crate::pressure::suspects::{self, Effect, Suspects};
use crate::pressure::{Absent as Reason, RESPONSES_NEEDED};
use crate::scores::Estimate;
use crate::scores::state::By;
use crate::sort;
use candor_survey::response::Level;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How units are tested, as the report says it.
const TEST: &str = "channels combined within each family (Cauchy), two families by partial conjunction (Simes on all but the smallest), \
                    all units by Benjamini and Hochberg at 5%";

/// The p-value up to which a family is said to speak for pressure on a unit.
const SPEAKS: f64 = 0.05;

/// Channels of which there is evidence about the whole firm that no other part of the report gives.
const FIRM: [&str; 2] = ["drift", "threshold"];

/// Pressure on units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pressure {
    /// The result as a sentence.
    pub sentence: String,
    /// Units with enough ratings to be tested.
    pub tested: u64,
    /// Units that stand out.
    pub flagged: u64,
    /// The false discovery rate that is held: the share of flagged units that may be there by chance.
    pub level: f64,
    /// How units were tested, for who wants to check it.
    pub test: String,
    /// The five families, and what of each could be had.
    pub families: Vec<Availability>,
    /// The fourteen channels, family by family.
    pub channels: Vec<Availability>,
    /// The firm's score with and without the suspect answers of the units that are flagged; absent when none is flagged.
    pub without_flagged: Option<Removal>,
    /// The firm's score with and without all suspect answers; absent when no response says how it was given.
    pub without_suspect: Option<Removal>,
}

/// What of a family or channel could be had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Availability {
    /// Its name, as `moment` or `device`.
    pub name: String,
    /// The family: of a family itself, its own name.
    pub family: String,
    /// The name for people, as "One device that answers for many".
    pub title: String,
    /// How many of the tested units have a p-value of it.
    pub units: u64,
    /// Why no unit has one.
    pub reason: Option<String>,
    /// The honest explanation of a channel that remains; absent for a family.
    pub alternative: Option<String>,
}

/// A score with and without suspect answers. What is suspect was decided without looking at any score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Ratings.
    pub n: u64,
    /// Suspect ones among them.
    pub suspect: u64,
    /// The score of all, by the statistic `statistic`.
    pub with: f64,
    /// The score of those that are not suspect.
    pub without: f64,
    /// The first less the second, with its 95% interval; absent with fewer than ten ratings of either sort.
    pub effect: Option<Estimate>,
    /// `nps` in [−1, 1], or `mean` in points of the scale.
    pub statistic: String,
    /// The result as a sentence.
    pub sentence: String,
}

/// Fills the units' part of the evidence and returns the whole's, with what is known of the firm beside words and answers to the
/// protected question.
pub(super) fn pressure(
    dataset: &Dataset,
    listened: &Listened,
    units: &mut [Unit],
    absent: &mut Vec<Absent>,
) -> (Option<Pressure>, Vec<Channel>) {
    let mut say = |reason: String| absent.push(Absent { what: "flagged".into(), reason });
    let Some((gathered, terms)) = gather(dataset, listened) else {
        say("No column is chosen as the unit, so units cannot be compared and none can stand out.".into());
        return (None, Vec::new());
    };
    let firm = firm_wide(firm::firm(&gathered, &terms));
    let cards = match judge(&gathered, &terms) {
        Ok(cards) => cards,
        Err(reason) => {
            say(format!("Whether a unit stands out was not tested: {reason}."));
            return (None, firm);
        }
    };
    let suspects = Removed::of(dataset);
    let shown = shown(&cards);
    let by_name: HashMap<&str, (usize, &Card)> =
        cards.iter().enumerate().map(|(at, card)| (card.unit.as_str(), (at, card))).collect();
    for unit in units.iter_mut() {
        match by_name.get(unit.unit.as_str()) {
            Some((at, card)) => unit.fill(card, shown[*at]),
            None => {
                let reason = Reason::Responses { needed: RESPONSES_NEEDED, found: unit.n };
                unit.untested = Some(format!("It is not tested: {reason}."));
            }
        }
        unit.suspects = suspects.of_unit(&unit.unit);
    }
    let tested = cards.iter().filter(|card| card.verdict.is_ok()).count() as u64;
    if tested == 0 {
        say(format!("No unit has the {RESPONSES_NEEDED} ratings that a test needs, so none can stand out."));
        return (None, firm);
    }
    let with_p = cards.iter().filter(|card| card.adjusted.is_ok()).count() as u64;
    let flagged = cards.iter().filter(|card| card.flagged).count() as u64;
    let families = families(&cards);
    let channels = channels(&cards);
    if with_p == 0 {
        let at_hand = families.iter().filter(|family| family.units > 0).count();
        say(format!(
            "Two kinds of evidence must agree before a unit is flagged, and this file has {}. Units are compared, and none is flagged.",
            if at_hand == 0 { "none".into() } else { at_hand.to_string() }
        ));
    } else if tested > CARDS as u64 {
        say(format!(
            "The evidence is shown of the {} units that stand out most; all {} were tested.",
            grouped(CARDS as u64),
            grouped(tested)
        ));
    }
    missing(&channels, absent);
    let names: Vec<&str> = cards.iter().filter(|card| card.flagged).map(|card| card.unit.as_str()).collect();
    let without_flagged = if names.is_empty() {
        None
    } else {
        suspects.firm("of the units that stand out ", |name| names.binary_search(&name).is_ok())
    };
    let without_suspect = suspects.firm("", |_| true);
    let pressure = Pressure {
        sentence: sentence(tested, with_p, &names),
        tested,
        flagged,
        level: LEVEL,
        test: TEST.into(),
        families,
        channels,
        without_flagged,
        without_suspect,
    };
    (Some(pressure), firm)
}

fn sentence(tested: u64, with_p: u64, names: &[&str]) -> String {
    if with_p == 0 {
        return format!(
            "{} could be compared, and only one kind of evidence or none is at hand, so nobody is flagged.",
            capital(&counted(tested, "unit"))
        );
    }
    match names {
        [] => format!(
            "No unit stands out among {} tested in two kinds of evidence. That is not the same as no pressure: what all units do alike, \
             or what leaves no trace, is not seen here.",
            grouped(with_p)
        ),
        names => format!(
            "{} of {} tested {} out in two kinds of evidence that agree: {}. That is consistent with pressure on ratings, and no proof of it; \
             about one in twenty such flags comes by chance.",
            grouped(names.len() as u64),
            counted(with_p, "unit"),
            if names.len() == 1 { "stands" } else { "stand" },
            listed(names)
        ),
    }
}

/// The first few of some names, "and" before the last.
pub(super) fn listed(names: &[&str]) -> String {
    const NAMED: usize = 5;
    let more = names.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("{} more", grouped(more as u64)));
    let all: Vec<&str> = names.iter().take(NAMED).copied().chain(more.as_deref()).collect();
    match all.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

/// Which cards are shown in full: those that are flagged, and those that come nearest to it.
fn shown(cards: &[Card]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    let p = |card: &Card| card.verdict.as_ref().ok().map(|verdict| verdict.p.clone().unwrap_or(1.0));
    if cards.len() > CARDS {
        let key = |at: &usize| (!cards[*at].flagged, p(&cards[*at]).unwrap_or(2.0));
        sort::by(&mut order, |a, b| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    }
    let mut shown = vec![false; cards.len()];
    for (rank, at) in order.into_iter().enumerate() {
        shown[at] = rank < CARDS || cards[at].flagged;
    }
    shown
}

fn families(cards: &[Card]) -> Vec<Availability> {
    let verdicts = || cards.iter().filter_map(|card| card.verdict.as_ref().ok());
    let of = |(at, family): (usize, &Kind)| {
        let units = verdicts().filter(|verdict| verdict.families[at].is_ok()).count() as u64;
        let reason = verdicts().next().and_then(|verdict| verdict.families[at].as_ref().err());
        Availability {
            name: family.as_str().into(),
            family: family.as_str().into(),
            title: family.title().into(),
            units,
            reason: reason.filter(|_| units == 0).map(said),
            alternative: None,
        }
    };
    Kind::ALL.iter().enumerate().map(of).collect()
}

fn channels(cards: &[Card]) -> Vec<Availability> {
    let verdicts = || cards.iter().filter_map(|card| card.verdict.as_ref().ok());
    let of = |(at, channel): (usize, &&dyn Source)| {
        let units = verdicts().filter(|verdict| verdict.channels[at].is_ok()).count() as u64;
        let reason = verdicts().next().and_then(|verdict| verdict.channels[at].as_ref().err());
        Availability {
            name: channel.name().into(),
            family: channel.family().as_str().into(),
            title: channel.title().into(),
            units,
            reason: reason.filter(|_| units == 0).map(said),
            alternative: Some(channel.alternative().into()),
        }
    };
    ALL.iter().enumerate().map(of).collect()
}

/// Says of the channels that no unit has why, those of one reason together.
fn missing(channels: &[Availability], absent: &mut Vec<Absent>) {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for channel in channels {
        let Some(reason) = channel.reason.as_deref() else { continue };
        match by_reason.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, titles)) => titles.push(&channel.title),
            None => by_reason.push((reason, vec![&channel.title])),
        }
    }
    for (reason, titles) in by_reason {
        let reason = format!("{reason} So there is nothing to say of: {}.", lower(&titles.join("; ")));
        absent.push(Absent { what: "channels".into(), reason });
    }
}

/// A title inside of a sentence.
fn lower(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_lowercase().chain(rest).collect())
}

/// A reason as a sentence.
fn said(reason: &Reason) -> String {
    format!("{}.", capital(&reason.to_string()))
}

fn firm_wide(found: Vec<(&'static str, Result<firm::Evidence, Reason>)>) -> Vec<Channel> {
    let mut shown = Vec::new();
    for (name, evidence) in found.into_iter().filter(|(name, _)| FIRM.contains(name)) {
        let (Ok(evidence), Some(source)) = (evidence, ALL.iter().find(|channel| channel.name() == name))
        else {
            continue;
        };
        let drift = name == "drift";
        shown.push(Channel {
            measure: Some(if drift { "points" } else { "share" }.into()),
            value: Some(evidence.estimate.value),
            low: Some(evidence.estimate.low),
            high: Some(evidence.estimate.high),
            expected: drift.then_some(0.0),
            p: evidence.p,
            effect: Some(evidence.estimate.value),
            n: evidence.n,
            sentence: evidence.sentence,
            test: if drift {
                "later scores less those that a line fitted in the earlier months predicts from sentiment; bootstrap by unit".into()
            } else if evidence.p.is_some() {
                "period averages near the target, Wilson interval; jump of the density of all averages there, local polynomials".into()
            } else {
                "period averages near the target, Wilson interval".into()
            },
            reason: Some(if drift {
                "An interval, not a test of pressure: prices, seasons and people change what words go with.".into()
            } else if evidence.p.is_some() {
                "The share is no test; the jump is one, and says that averages heap, not who lifted them or why.".into()
            } else {
                "A rate, not a test: there is no other firm to compare with.".into()
            }),
            ..Channel::of(*source)
        });
    }
    shown
}

impl Unit {
    fn fill(&mut self, card: &Card, shown: bool) {
        self.flagged = card.flagged;
        self.p_adjusted = card.adjusted.as_ref().ok().copied();
        let verdict = match &card.verdict {
            Ok(verdict) => verdict,
            Err(reason) => {
                self.untested = Some(format!("It is not tested: {reason}."));
                return;
            }
        };
        self.untested = card.adjusted.as_ref().err().map(|reason| format!("It cannot be flagged: {reason}."));
        let families: Vec<Family> = Kind::ALL
            .iter()
            .zip(&verdict.families)
            .map(|(family, p)| Family {
                name: family.as_str().into(),
                title: family.title().into(),
                p: p.as_ref().ok().copied(),
                speaks: p.as_ref().is_ok_and(|p| *p <= SPEAKS),
                reason: p.as_ref().err().map(said),
            })
            .collect();
        self.verdict = Some(told(card, &families));
        if shown {
            self.families = families;
            self.channels = card.channels().map(|(channel, found)| Channel::from(channel, found)).collect();
        }
    }
}

/// The evidence on a unit as a sentence.
fn told(card: &Card, families: &[Family]) -> String {
    let speaking: Vec<&Family> = families.iter().filter(|family| family.speaks).collect();
    let at_hand = families.iter().filter(|family| family.p.is_some()).count();
    // Of each family that speaks, what its strongest channel found.
    let strongest = |family: &&&Family| {
        let found = card.channels().filter(|(channel, _)| channel.family().as_str() == family.name);
        let found = found.filter_map(|(_, found)| found.ok());
        found.min_by(|a, b| a.p.total_cmp(&b.p)).map(|reading| reading.sentence.clone())
    };
    let found: Vec<String> = speaking.iter().filter_map(|family| strongest(&family)).collect();
    match (card.flagged, speaking.len()) {
        (true, n) => format!(
            "{} of {at_hand} kinds of evidence agree, which is consistent with pressure on its ratings and no proof of it: {}{}",
            capital(&spelled(n)),
            found.join(" "),
            unmoved(families)
        ),
        (false, 0) => "Nothing about it stands out. That is not the same as no pressure.".into(),
        (false, 1) => format!("One kind of evidence speaks, and one alone flags nobody: {}", found.join(" ")),
        (false, n) => format!(
            "{} kinds of evidence point one way, but not so strongly that chance among all units would not do it: {}",
            capital(&spelled(n)),
            found.join(" ")
        ),
    }
}

/// What a flag leaves open when its evidence lies in how answers came about alone: empty unless the ratings were looked at and do
/// not speak.
fn unmoved(families: &[Family]) -> &'static str {
    let ratings = families.iter().find(|family| family.name == Kind::Ratings.as_str());
    match ratings {
        Some(Family { p: Some(_), speaks: false, .. }) => " Its ratings themselves show nothing unusual.",
        _ => "",
    }
}

fn spelled(n: usize) -> String {
    match n {
        2 => "two".into(),
        3 => "three".into(),
        4 => "four".into(),
        5 => "five".into(),
        n => n.to_string(),
    }
}

/// Scores with and without suspect answers, by unit; ratings without a unit are one more, so that the firm's score is the report's.
struct Removed {
    units: By<String, Suspects>,
    scale: Scale,
}

impl Removed {
    fn of(dataset: &Dataset) -> Removed {
        let scale = dataset.score.scale;
        let mut found = By::default();
        let suspect: Vec<bool> = dataset.evidence.levels.iter().map(|level| *level != Level::None).collect();
        if let Some(units) = &dataset.units {
            for from in (0..suspect.len()).step_by(AT_ONCE) {
                let rows = from..suspect.len().min(from + AT_ONCE);
                let (ratings, suspect) = (&dataset.ratings[rows.clone()], &suspect[rows.clone()]);
                suspects::update(&mut found, &units.labels, &units.codes_in(rows), ratings, suspect, scale);
            }
        }
        Removed { units: found, scale }
    }

    fn of_unit(&self, name: &str) -> Option<Removal> {
        self.removal(self.units.get(name)?.finish(self.scale)?, "of this unit ")
    }

    fn firm(&self, of: &str, counts: impl Fn(&str) -> bool) -> Option<Removal> {
        self.removal(suspects::firm(&self.units, self.scale, counts)?, of)
    }

    fn removal(&self, effect: Effect, of: &str) -> Option<Removal> {
        let Effect { with, without, effect, n, suspect } = effect;
        // Scores of few people are not shown, and what removes nothing says nothing.
        if suspect == 0 || n - suspect < super::MINIMUM_CELL {
            return None;
        }
        let nps = self.scale.nps;
        // One answer in a hundred moves NPS by tenths of a point.
        let number = |value: f64| if nps { signed(100.0 * value, 1) } else { signed(value, 2) };
        let mut sentence = format!(
            "Without the {} {of}that {} evidence of pressure, {} is {} instead of {}.",
            counted(suspect, "answer"),
            if suspect == 1 { "carries" } else { "carry" },
            if nps { "NPS" } else { "the mean" },
            number(without),
            number(with)
        );
        match effect {
            Some(Estimate { value, low, high }) => sentence.push_str(&format!(
                " They {} it by {} ({} to {}){}.",
                if value < 0.0 { "lower" } else { "raise" },
                number(value.abs()),
                number(low),
                number(high),
                if low <= 0.0 && high >= 0.0 { ", which chance alone gives" } else { "" }
            )),
            None => sentence.push_str(" They are too few to say whether that is chance."),
        }
        let statistic = if nps { "nps" } else { "mean" }.into();
        Some(Removal { n, suspect, with, without, effect, statistic, sentence })
    }
}

impl Channel {
    /// A channel that has found nothing yet.
    pub(super) fn of(source: &dyn Source) -> Channel {
        Channel {
            name: source.name().into(),
            family: source.family().as_str().into(),
            title: source.title().into(),
            p: None,
            measure: None,
            value: None,
            low: None,
            high: None,
            expected: None,
            effect: None,
            n: 0,
            sentence: String::new(),
            test: source.test().into(),
            alternative: source.alternative().into(),
            reason: None,
        }
    }

    /// What a channel found in a unit, or why it found nothing.
    fn from(source: &dyn Source, found: Result<&Reading, &Reason>) -> Channel {
        let channel = Channel::of(source);
        match found {
            Ok(reading) => Channel {
                p: Some(reading.p),
                measure: Some(reading.figure.measure.as_str().into()),
                value: Some(reading.figure.found.value),
                low: Some(reading.figure.found.low),
                high: Some(reading.figure.found.high),
                expected: Some(reading.figure.expected),
                effect: Some(reading.effect),
                n: reading.n,
                sentence: reading.sentence.clone(),
                ..channel
            },
            Err(reason) => Channel { reason: Some(said(reason)), ..channel },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_with_and_before_the_last() {
        assert_eq!([&["A"][..], &["A", "B"], &["A", "B", "C"]].map(listed), ["A", "A and B", "A, B and C"]);
        assert_eq!(listed(&["A", "B", "C", "D", "E", "F", "G"]), "A, B, C, D, E and 2 more");
        assert_eq!(listed(&[]), "");
    }

    #[test]
    fn ratings_are_cleared_only_when_they_were_looked_at_and_do_not_speak() {
        let family = |name: Kind, p: Option<f64>| Family {
            name: name.as_str().into(),
            title: name.title().into(),
            p,
            speaks: p.is_some_and(|p| p <= SPEAKS),
            reason: None,
        };
        let others = [family(Kind::Moment, Some(1e-6)), family(Kind::Words, Some(1e-5))];
        let with = |p: Option<f64>| [&others[..], &[family(Kind::Ratings, p)]].concat();
        assert_eq!(unmoved(&with(Some(0.5))), " Its ratings themselves show nothing unusual.");
        assert_eq!(unmoved(&with(Some(0.01))), "");
        assert_eq!(unmoved(&with(None)), "");
        assert_eq!(unmoved(&others), "");
    }
}
