//! The channels, a file each: what a unit's responses say about one way in which scores can be bent. A channel learns from
//! units what is usual ([`Channel::usual`]) and then reads one unit against it ([`Usual::read`]); it sees what was gathered of
//! units and the terms, nothing else, and no other channel. A new one is a file here and a line in [`ALL`].

pub mod burst;
pub mod coverage;
pub mod device;
pub mod drift;
pub mod duplicates;
pub mod level;
pub mod period_end;
pub mod presence;
pub mod preset;
pub mod protected;
pub mod shape;
pub mod solicitation;
pub mod threshold;
pub mod timing;

use super::gathered::Gathered;
use super::rows::Terms;
use super::usual::{Events, Rates};
use super::{Absent, RESPONSES_NEEDED};
use crate::scores::top_box::TopBox;
use crate::scores::{Estimate, Z};
use std::sync::Arc;

/// Channels that can fail together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// The ratings themselves.
    Ratings,
    /// The moment of answering.
    Moment,
    /// What was written.
    Words,
    /// Who was asked.
    Asking,
    /// What was said under protection.
    Told,
}

impl Family {
    /// Every family.
    pub const ALL: [Family; 5] =
        [Family::Ratings, Family::Moment, Family::Words, Family::Asking, Family::Told];

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Family::Ratings => "The ratings themselves",
            Family::Moment => "The moment of answering",
            Family::Words => "What was written",
            Family::Asking => "Who was asked",
            Family::Told => "What was said under protection",
        }
    }

    /// Its name in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Ratings => "ratings",
            Family::Moment => "moment",
            Family::Words => "words",
            Family::Asking => "asking",
            Family::Told => "told",
        }
    }
}

/// What the figure of a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A share, in [0, 1].
    Share,
    /// Points of the scale.
    Points,
}

impl Measure {
    /// Its name in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Share => "share",
            Measure::Points => "points",
        }
    }
}

/// What was found in a unit as a number, beside what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What the numbers are.
    pub measure: Measure,
    /// What was found, with its 95% sampling interval: what the unit's own number may be, not how honest units differ.
    pub found: Estimate,
    /// What is usual among units like this one.
    pub expected: f64,
}

impl Figure {
    /// A share with Wilson's interval; `expected` is a share too.
    fn share(part: u64, of: u64, expected: f64) -> Figure {
        let nothing = Estimate { value: 0.0, low: 0.0, high: 1.0 };
        let found = TopBox { n: of, top: part.min(of) }.finish().unwrap_or(nothing);
        Figure { measure: Measure::Share, found, expected: expected.clamp(0.0, 1.0) }
    }

    /// Points of the scale with a sampling variance.
    fn points((value, variance): (f64, f64), expected: f64) -> Figure {
        let half = Z * libm::sqrt(variance);
        let found = Estimate { value, low: value - half, high: value + half };
        Figure { measure: Measure::Points, found, expected }
    }
}

/// What a channel finds in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// How often chance and honest differences would show as much: mid-p for counts, in (0, 1].
    pub p: f64,
    /// How much was found beyond what is usual, in the unit that the channel's page says.
    pub effect: f64,
    /// What was found and what is usual, as numbers.
    pub figure: Figure,
    /// What it rests on: responses, comments, periods, page views.
    pub n: u64,
    /// One plain sentence.
    pub sentence: String,
}

/// A channel.
pub trait Channel: Sync {
    /// Its name in a report.
    fn name(&self) -> &'static str;

    /// Its name for people, without a full stop.
    fn title(&self) -> &'static str;

    /// How its p-value comes about, without a full stop.
    fn test(&self) -> &'static str;

    /// Its family.
    fn family(&self) -> Family;

    /// The honest explanation that remains, a sentence.
    fn alternative(&self) -> &'static str;

    /// Learns what is usual among `units`, or says why it cannot. `odds` says how much more likely than others each of them is
    /// to stand apart, by what other families found: 1 where nothing was.
    fn usual(&self, units: &[&Gathered], odds: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent>;
}

/// What a channel has learned.
pub trait Usual: Send + Sync {
    /// Reads a unit; `own` is its place among those that were learned from, so that it is not compared with itself.
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent>;

    /// What [`Channel::usual`] would learn from the same units with other odds, where the units need not be looked at again for it.
    fn again(&self, _odds: &[f64]) -> Option<Result<Box<dyn Usual>, Absent>> {
        None
    }
}

/// Every channel, family by family.
pub static ALL: [&dyn Channel; 14] = [
    &level::Level,
    &shape::Shape,
    &threshold::Threshold,
    &period_end::End,
    &duplicates::Duplicates,
    &device::Device,
    &burst::Burst,
    &timing::Timing,
    &preset::Preset,
    &presence::Presence,
    &solicitation::Solicitation,
    &drift::Drift,
    &coverage::Coverage,
    &protected::Protected,
];

/// What was learned of units of which some had nothing to learn from.
#[derive(Clone, Debug)]
pub(super) struct Learned<T> {
    pub(super) usual: T,
    places: Vec<Option<usize>>,
}

impl<T> Learned<T> {
    /// Learns with `fit` from what is `seen` of each unit. Where no unit has anything, the first one's reason is given.
    pub(super) fn from<S>(
        seen: Vec<Result<S, Absent>>,
        odds: &[f64],
        fit: impl Fn(&[S], &[f64]) -> Result<T, Absent>,
    ) -> Result<Learned<T>, Absent> {
        let mut places = Vec::with_capacity(seen.len());
        let (mut kept, mut kept_odds, mut reason) = (Vec::new(), Vec::new(), None);
        for (unit, odds) in seen.into_iter().zip(odds) {
            match unit {
                Ok(unit) => {
                    places.push(Some(kept.len()));
                    kept.push(unit);
                    kept_odds.push(*odds);
                }
                Err(absent) => {
                    places.push(None);
                    reason = reason.or(Some(absent));
                }
            }
        }
        match (kept.is_empty(), reason) {
            (true, Some(reason)) => Err(reason),
            _ => Ok(Learned { usual: fit(&kept, &kept_odds)?, places }),
        }
    }

    /// The place of a unit among those that were learned from.
    pub(super) fn place(&self, own: Option<usize>) -> Option<usize> {
        own.and_then(|own| self.places.get(own).copied().flatten())
    }
}

/// Refuses fewer than [`RESPONSES_NEEDED`].
fn enough(n: u64) -> Result<u64, Absent> {
    if n >= RESPONSES_NEEDED { Ok(n) } else { Err(Absent::Responses { needed: RESPONSES_NEEDED, found: n }) }
}

/// What a channel that counts events has learned: the rates, what was seen of the units learned from, and how to see and to say.
struct Counted<See, Say> {
    rates: Learned<Rates>,
    seen: Arc<[Result<Events, Absent>]>,
    see: Arc<See>,
    say: Arc<Say>,
}

/// Learns the rate of events, which `see` finds in a unit; `say` makes the effect, the n and the sentence of a unit with so
/// many events expected.
fn counted<See, Say>(units: &[&Gathered], odds: &[f64], see: See, say: Say) -> Result<Box<dyn Usual>, Absent>
where
    See: Fn(&Gathered) -> Result<Events, Absent> + Send + Sync + 'static,
    Say: Fn(&Gathered, u64, f64) -> (f64, u64, String) + Send + Sync + 'static,
{
    let seen = units.iter().map(|unit| see(unit)).collect();
    rates(seen, odds, Arc::new(see), Arc::new(say))
}

fn rates<See, Say>(
    seen: Arc<[Result<Events, Absent>]>,
    odds: &[f64],
    see: Arc<See>,
    say: Arc<Say>,
) -> Result<Box<dyn Usual>, Absent>
where
    See: Fn(&Gathered) -> Result<Events, Absent> + Send + Sync + 'static,
    Say: Fn(&Gathered, u64, f64) -> (f64, u64, String) + Send + Sync + 'static,
{
    Ok(Box::new(Counted { rates: Learned::from(seen.to_vec(), odds, Rates::among)?, seen, see, say }))
}

impl<See, Say> Usual for Counted<See, Say>
where
    See: Fn(&Gathered) -> Result<Events, Absent> + Send + Sync + 'static,
    Say: Fn(&Gathered, u64, f64) -> (f64, u64, String) + Send + Sync + 'static,
{
    fn again(&self, odds: &[f64]) -> Option<Result<Box<dyn Usual>, Absent>> {
        Some(rates(self.seen.clone(), odds, self.see.clone(), self.say.clone()))
    }

    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let events = match own.and_then(|own| self.seen.get(own)) {
            Some(seen) => seen.clone()?,
            None => (self.see)(unit)?,
        };
        let tail = self.rates.usual.tail(events, self.rates.place(own));
        let expected = events.1 * self.rates.usual.usual();
        let (effect, n, sentence) = (self.say)(unit, events.0, expected);
        let figure = Figure::share(events.0, n, expected / n.max(1) as f64);
        Ok(Reading { p: tail.mid_p, effect, figure, n, sentence })
    }
}

/// A count that is expected, as people say it: "none", "1.3", "12".
fn about(expected: f64) -> String {
    match expected {
        e if e < 0.05 => "hardly any".into(),
        e if e < 9.95 => format!("{e:.1}"),
        e => crate::report::grouped(libm::round(e) as u64),
    }
}

/// Points with a sign, a true minus among them.
pub(super) fn moved(points: f64) -> String {
    format!("{points:+.2}").replace('-', "\u{2212}")
}

/// By how many points scores rose beyond something, as words before "than …": "rose 0.30 points more", "rose 0.30 points less".
pub(super) fn further(points: f64) -> String {
    let more = if points < 0.0 { "less" } else { "more" };
    format!("rose {:.2} points {more}", points.abs())
}

/// A share in whole percent.
fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_says_its_name_its_title_its_test_and_what_else_may_be() {
        let names = ALL.map(|channel| channel.name());
        let expected = [
            "level",
            "shape",
            "threshold",
            "period_end",
            "duplicates",
            "device",
            "burst",
            "timing",
            "preset",
            "presence",
            "solicitation",
            "drift",
            "coverage",
            "protected",
        ];
        assert_eq!(names, expected);
        for channel in ALL {
            let begins = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
            let (title, test, alternative) = (channel.title(), channel.test(), channel.alternative());
            assert!(begins(title) && begins(test) && begins(alternative), "{}", channel.name());
            assert!(
                !title.ends_with('.') && !test.ends_with('.') && alternative.ends_with('.'),
                "{}",
                channel.name()
            );
        }
        assert_eq!(
            [Family::Ratings, Family::Moment, Family::Words, Family::Asking, Family::Told]
                .map(Family::as_str),
            ["ratings", "moment", "words", "asking", "told"]
        );
        let titles: std::collections::BTreeSet<&str> =
            ALL.iter().map(|channel| channel.family().title()).collect();
        assert!(
            titles.len() == 5 && titles.iter().all(|title| title.starts_with(char::is_uppercase)),
            "{titles:?}"
        );
        assert_eq!([Measure::Share, Measure::Points].map(Measure::as_str), ["share", "points"]);
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said = [0.0, 0.049, 0.051, 1.26, 9.94, 9.96, 1234.4].map(about);
        assert_eq!(said, ["hardly any", "hardly any", "0.1", "1.3", "9.9", "10", "1,234"]);
        assert_eq!([0.5, -0.5, 0.0].map(moved), ["+0.50", "\u{2212}0.50", "+0.00"]);
        assert_eq!([0.304, -0.3].map(further), ["rose 0.30 points more", "rose 0.30 points less"]);
        assert_eq!([0.0, 0.347, 1.0].map(percent), ["0%", "35%", "100%"]);
    }

    #[test]
    fn figures_have_wilsons_interval_or_that_of_their_variance() {
        // Wilson for 81 of 263: .2553 to .3662.
        let share = Figure::share(81, 263, 1.7);
        assert!(
            (share.found.low - 0.2553).abs() < 1e-4 && (share.found.high - 0.3662).abs() < 1e-4,
            "{share:?}"
        );
        assert_eq!((share.measure, share.expected), (Measure::Share, 1.0));
        let none = Figure::share(0, 0, 0.5).found;
        assert_eq!((none.value, none.low, none.high), (0.0, 0.0, 1.0));
        assert_eq!(Figure::share(7, 5, 0.5).found.value, 1.0);
        // 1.959964 · .2.
        let points = Figure::points((1.5, 0.04), 1.0);
        assert!(
            (points.found.low - 1.108_007).abs() < 1e-6 && (points.found.high - 1.891_993).abs() < 1e-6,
            "{points:?}"
        );
        assert_eq!((points.measure, points.expected, points.found.value), (Measure::Points, 1.0, 1.5));
    }
}
