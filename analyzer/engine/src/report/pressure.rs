//! Pressure on units, as the report tells it: which units stand out, on what evidence, and what suspect answers do to the score.
//! It reads what [`crate::pressure`] found in a [`Dataset`], and nothing else.
//!
//! Two rules of that module show here. A unit is flagged only when two families of evidence agree, and never for one channel. And
//! nothing is "no pressure": where nobody stands out, that is all that is said.

use super::Channel;
use crate::pressure::channel::Channel as Source;
use crate::scores::Estimate;
use serde::{Deserialize, Serialize};

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
}
