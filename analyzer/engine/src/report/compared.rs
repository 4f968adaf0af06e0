//! Two sides that somebody picks, beside each other: two periods, two units, two groups. Tested as the report tests its own two
//! periods ([`super::change`]); whoever picks sides by their result makes every test false, and whoever shows this must say so.

use super::change::{Parts, Sides};
use super::points::Statistic;
use super::tally::Tally;
use super::{MINIMUM_CELL, counted, grouped};
use crate::columns::selection::Selection;
use crate::columns::{Dataset, NO_RATING};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
use serde::{Deserialize, Serialize};

/// Two sides beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared: `nps`, `top_box` or `mean`.
    pub statistic: String,
    /// The first side.
    pub before: Side,
    /// The second side.
    pub after: Side,
    /// The second less the first, with its 95% interval.
    pub difference: Estimate,
    /// The probability of such a difference or a larger one if the sides did not differ; absent when it cannot be said.
    pub p: Option<f64>,
    /// Whether the difference is more than chance explains: p < .05, once.
    pub conclusive: bool,
    /// How it was tested.
    pub test: String,
    /// What the difference is made of; absent when fewer than two units are on both sides.
    pub split: Option<Parts>,
    /// What is not said, and why: a sentence each.
    pub notes: Vec<String>,
}

/// A side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Ratings.
    pub n: u64,
    /// The score, with its 95% interval.
    pub score: Estimate,
}

/// Compares two sides among the responses that are chosen.
///
/// # Errors
/// A sentence: a side has too few ratings, the sides share responses, or there is nothing to test.
pub fn compare(dataset: &Dataset, among: &Selection, sides: &[Selection; 2]) -> Result<Comparison, String> {
    let statistic = Statistic::of(&dataset.score);
    let chosen = dataset.chosen(among);
    let [first, second] = sides.each_ref().map(|side| dataset.chosen(side));
    let tally = Tally::of(dataset);
    let mut found = Sides::of(tally.ranks.len());
    let mut shared = 0;
    for (row, &rating) in dataset.ratings.iter().enumerate().filter(|(_, rating)| **rating != NO_RATING) {
        let second = match (chosen[row], first[row], second[row]) {
            (true, true, true) => {
                shared += 1;
                continue;
            }
            (true, true, false) => false,
            (true, false, true) => true,
            _ => continue,
        };
        found.update(statistic, second, rating, tally.rank_of(dataset, row));
    }
    if shared > 0 {
        return Err(format!("On both sides: {}. Choose sides that share none.", counted(shared, "response")));
    }
    let [before, after] = &found.ratings;
    if before.n() < MINIMUM_CELL || after.n() < MINIMUM_CELL {
        return Err(format!(
            "{} on the first side and {} on the second: each needs {MINIMUM_CELL} to be compared.",
            counted(before.n(), "rating"),
            grouped(after.n())
        ));
    }
    let (difference, p, test) = found
        .tested(statistic, 1.0)
        .ok_or("Both sides hold the same answer everywhere, so there is nothing to test.")?;
    let mut notes = Vec::new();
    let split = found.parts(&mut |_: &str, reason: String| notes.push(reason));
    let deffs = found.deffs();
    let side = |ratings: &Distribution, deff: Option<f64>| {
        let score = statistic.clustered(ratings, deff.unwrap_or(1.0));
        score.map(|score| Side { n: ratings.n(), score }).ok_or("A side has no score.")
    };
    Ok(Comparison {
        statistic: statistic.name().into(),
        before: side(before, deffs.map(|deffs| deffs[0]))?,
        after: side(after, deffs.map(|deffs| deffs[1]))?,
        difference,
        p,
        conclusive: p.is_some_and(|p| p < 0.05),
        test,
        split,
        notes,
    })
}
