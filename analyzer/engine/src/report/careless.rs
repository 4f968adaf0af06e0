//! Careless answering over all ratings of one scale: how many give one answer to everything, and how many lie far from all
//! others. It reads the ratings of a [`Dataset`], and nothing else; `candor careless` has every index of every response.
//!
//! **Confounded with being satisfied**: a happy customer gives the top answer everywhere. So this is a share, it is reported
//! apart from pressure, and it lowers nobody's score.

use super::share::Share;
use super::{Absent, MINIMUM_CELL, grouped};
use crate::careless::indices::{Options, State};
use crate::careless::{Block, row_major};
use crate::columns::{Dataset, NO_RATING};
use crate::plan::Scale;
use crate::scores::Estimate;
use crate::scores::top_box::TopBox;
use serde::{Deserialize, Serialize};

/// Fewest items in which one answer to all says anything.
const ITEMS: usize = 4;
/// Most responses whose distance is computed.
const SAMPLED: usize = 20_000;

/// Careless answering in the whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Careless {
    /// The questions that were compared; all on one scale.
    pub items: Vec<String>,
    /// Responses that answered all of them.
    pub n: u64,
    /// Those that gave one answer to all.
    pub straight: u64,
    /// Of those, the ones that gave the highest answer to all, as happy customers do.
    pub straight_top: u64,
    /// The share of `straight`, with its interval.
    pub share: Estimate,
    /// Responses whose Mahalanobis distance was computed; past 20,000, every so manieth.
    pub measured: u64,
    /// Those of them past the 99% cut, which flags about 8% of honest answers on rating scales.
    pub far: Option<u64>,
}

pub(super) fn careless(dataset: &Dataset, absent: &mut Vec<Absent>) -> Option<Careless> {
    let mut say = |reason: String| absent.push(Absent { what: "careless".into(), reason });
    let score = (dataset.score.question.as_str(), dataset.score.scale, &dataset.ratings);
    let items = dataset.beside.items.iter().map(|item| (item.question.as_str(), item.scale, &item.ratings));
    let all: Vec<(&str, Scale, &Vec<u8>)> = std::iter::once(score).chain(items).collect();
    let ends = |scale: Scale| (scale.low, scale.high);
    let alike = |scale: Scale| all.iter().filter(|item| ends(item.1) == ends(scale)).count();
    // The scale that most questions share; the first one met among equals.
    let scale = all
        .iter()
        .map(|item| item.1)
        .fold(all[0].1, |best, scale| if alike(scale) > alike(best) { scale } else { best });
    let chosen: Vec<_> = all.iter().filter(|item| ends(item.1) == ends(scale)).collect();
    if chosen.len() < ITEMS {
        say(format!(
            "One answer to everything says something from {ITEMS} ratings on one scale on; this file has {}.",
            chosen.len()
        ));
        return None;
    }
    let columns: Vec<&[u8]> = chosen.iter().map(|item| item.2.as_slice()).collect();
    let answers = row_major(&columns).ok()?;
    let block = Block::new(columns.len(), &answers).ok()?;
    let complete =
        || block.rows().enumerate().filter(|(_, row)| row.iter().all(|&answer| answer != NO_RATING));
    let (mut share, mut straight_top) = (Share::of(dataset), 0u64);
    for (row, answers) in complete() {
        share.count(row, answers.iter().all(|answer| *answer == answers[0]));
        straight_top += u64::from(answers.iter().all(|&answer| answer == scale.high));
    }
    let TopBox { n, top: straight } = share.total();
    if n < MINIMUM_CELL {
        say(format!("Only {} answered all of the {} ratings on one scale.", grouped(n), columns.len()));
        return None;
    }
    let step = (n as usize).div_ceil(SAMPLED).max(1);
    let mut sampled: Vec<u8> = Vec::new();
    complete().step_by(step).for_each(|(_, row)| sampled.extend_from_slice(row));
    let sample = Block::new(columns.len(), &sampled).ok()?;
    let mut state = State::new(columns.len());
    state.update(&sample).ok()?;
    let far = match state.finish(&Options::default()).mahalanobis {
        Ok(fit) => {
            Some(sample.rows().filter(|row| fit.of(row).is_some_and(|d2| d2 > fit.cut())).count() as u64)
        }
        Err(reason) => {
            say(format!("Distances cannot be computed. {reason}"));
            None
        }
    };
    Some(Careless {
        items: chosen.iter().map(|item| item.0.to_owned()).collect(),
        n,
        straight,
        straight_top,
        share: share.finish()?,
        measured: sample.rows().len() as u64,
        far,
    })
}
