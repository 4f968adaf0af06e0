//! The report of some of the responses: those that a selection chooses. It is the report of a file that has no others, and
//! nothing is said of fewer than [`MINIMUM_CELL`] of them.

use super::{MINIMUM_CELL, Report, report};
use crate::columns::selection::Selection;
use crate::columns::{Dataset, NO_RATING};
use serde::{Deserialize, Serialize};

/// Too few responses are chosen for anything to be said of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFew {
    /// The responses that are chosen.
    pub responses: u64,
    /// Those of them that have a rating.
    pub ratings: u64,
}

/// Why page views cannot be chosen.
const VIEWS: &str = "Of page views only the unit is known, so among responses that are chosen by anything else nobody can say \
                     who was invited.";

/// Computes the report of the responses that are chosen.
///
/// # Errors
/// Fewer than [`MINIMUM_CELL`] of them have a rating, though not all responses are chosen.
pub fn report_of(dataset: &Dataset, selection: &Selection) -> Result<Report, TooFew> {
    if selection.is_all() {
        return Ok(report(dataset));
    }
    let chosen = dataset.select(selection);
    let ratings = chosen.ratings.iter().filter(|&&rating| rating != NO_RATING).count() as u64;
    if ratings < MINIMUM_CELL {
        return Err(TooFew { responses: chosen.counts.used, ratings });
    }
    let mut report = report(&chosen);
    report.scores.retain(|score| score.n >= MINIMUM_CELL);
    if !dataset.beside.sampled.is_empty() && !selection.is_by_unit() {
        let reasons = report.absent.iter_mut().filter(|absent| absent.what == "response rate");
        reasons.for_each(|absent| absent.reason = VIEWS.into());
        let channels = report.pressure.iter_mut().flat_map(|pressure| &mut pressure.channels);
        channels
            .filter(|channel| channel.name == "coverage")
            .for_each(|channel| channel.reason = Some(VIEWS.into()));
        let channels = report.units.iter_mut().flat_map(|unit| &mut unit.channels);
        channels
            .filter(|channel| channel.name == "coverage" && channel.p.is_none())
            .for_each(|channel| channel.reason = Some(VIEWS.into()));
    }
    Ok(report)
}
