//! Key drivers: how much of the differences in the score each other rating accounts for, and how well it does. It reads the
//! ratings of a [`Dataset`], and nothing else.

use super::points::Statistic;
use super::tally::Tally;
use super::{Absent, MINIMUM_CELL, RANDOM, counted};
use crate::columns::beside::Item;
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING};
use crate::sample::mix;
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
use crate::scores::drivers::{FEWEST_BLOCKS, Moments, driver_intervals, drivers};
use crate::scores::state::By;
use crate::scores::unavailable::Unavailable;
use crate::sort;
use rand_core::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

/// Draws of the bootstrap.
const REPLICATES: u32 = 200;
/// Orders that shares are averaged over past a dozen predictors.
const ORDERS: u32 = 400;
/// Blocks that responses are dealt to where no units are known, and that units are dealt to where there are very many.
const BLOCKS: u64 = 1000;
/// Most predictors; their products are summed pair by pair.
const MOST: usize = 30;

/// What another rating has to do with the score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// The question.
    pub question: String,
    /// The question as it was asked, where that is known.
    pub text: Option<String>,
    /// The question whose score it may drive.
    pub outcome: String,
    /// Its share of the outcome's spread, averaged over all orders (LMG, Shapley), in [0, 1].
    pub lmg: f64,
    /// Its relative weight (Johnson), in [0, 1].
    pub johnson: f64,
    /// The lower end of the 95% interval of `lmg`; 0 where it has none.
    pub low: f64,
    /// The upper end; `r_squared` where it has none.
    pub high: f64,
    /// Its correlation with the outcome, which has the sign.
    pub correlation: f64,
    /// Its own mean, from 0 at the scale's low end to 1 at its high end.
    pub performance: f64,
    /// By how many points of the outcome responses differ that differ by one point in this question and in no other of these, with its
    /// 95% interval; absent where that cannot be told apart, or has no interval.
    pub slope: Option<Estimate>,
    /// Complete responses.
    pub n: u64,
    /// What all drivers together account for, in [0, 1].
    pub r_squared: f64,
}

pub(super) fn key_drivers(dataset: &Dataset, tally: &Tally, absent: &mut Vec<Absent>) -> Vec<Driver> {
    let mut say = |reason: String| absent.push(Absent { what: "drivers".into(), reason });
    let outcome = &dataset.ratings;
    let rated = outcome.iter().filter(|&&rating| rating != NO_RATING).count();
    let enough = |item: &&Item| {
        let both =
            item.ratings.iter().zip(outcome).filter(|(x, y)| **x != NO_RATING && **y != NO_RATING).count();
        both >= MINIMUM_CELL as usize && 2 * both >= rated
    };
    let items: Vec<&Item> = dataset.beside.items.iter().filter(enough).take(MOST).collect();
    let left_out = dataset.beside.items.len() - items.len();
    if items.is_empty() {
        say(if left_out == 0 {
            "No other rating is read, so nothing can drive the score. Give other columns of ratings the role of an item.".into()
        } else {
            "No other rating was answered by half of those who gave the score.".into()
        });
        return Vec::new();
    }
    if left_out > 0 {
        say(format!(
            "{} left out: fewer than half of those who gave the score answered, or there are more than {MOST}.",
            counted(left_out as u64, "rating")
        ));
    }
    let Blocks { blocks, incomplete, by_unit } = by_block(dataset, tally, &items);
    let mut random = Pcg64::seed_from_u64(RANDOM);
    let found = match drivers(&blocks.total(), ORDERS, &mut random) {
        Ok(found) => found,
        Err(reason) => {
            say(format!("Key drivers cannot be told: {reason}."));
            return Vec::new();
        }
    };
    if incomplete > 0 {
        say(format!(
            "{} without all of these ratings; key drivers leave them out.",
            counted(incomplete, "response")
        ));
    }
    if found.collinear {
        say("Some ratings nearly repeat others; what they explain is divided among them by convention."
            .into());
    }
    let intervals = driver_intervals(&blocks, ORDERS, REPLICATES, &mut random);
    if let Err(reason) = &intervals {
        say(match reason {
            Unavailable::TooFew { needed, found } if *needed == FEWEST_BLOCKS && by_unit => format!(
                "The shares have no intervals, and no driver is named: responses of one unit resemble each other, and those with all \
                 of these ratings come from {}. At least {needed} are needed.",
                counted(*found, "unit")
            ),
            reason => format!("The shares have no intervals: {reason}."),
        });
    }
    let mut shown = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let importance = match &found.predictors[at] {
            Ok(importance) => importance,
            Err(reason) => {
                say(format!("{}: {reason}.", item.question));
                continue;
            }
        };
        let interval = intervals.as_ref().ok().and_then(|intervals| intervals.lmg[at].as_ref().ok());
        let mut ratings = Distribution::default();
        ratings.update(&item.ratings);
        let mean = Statistic::Mean(item.scale).points(&ratings);
        shown.push(Driver {
            question: item.question.clone(),
            text: item.text.clone(),
            outcome: dataset.score.question.clone(),
            lmg: importance.lmg,
            johnson: importance.johnson,
            // Without an interval nothing is known of the share.
            low: interval.map_or(0.0, |interval| interval.low),
            high: interval.map_or(found.r_squared, |interval| interval.high),
            correlation: importance.correlation,
            performance: mean.sum as f64 / (mean.n as f64 * f64::from(item.scale.high - item.scale.low)),
            slope: intervals.as_ref().ok().and_then(|intervals| intervals.slope[at].clone().ok()),
            n: found.n,
            r_squared: found.r_squared,
        });
    }
    sort::by(&mut shown, |a, b| b.lmg.total_cmp(&a.lmg));
    shown
}

/// What the bootstrap draws from.
struct Blocks {
    /// Sums of products by block.
    blocks: By<u32, Moments>,
    /// Rows with a score that lacked another rating.
    incomplete: u64,
    /// Whether a block is a unit or several whole ones.
    by_unit: bool,
}

/// Products by block of the bootstrap: units where responses come from two or more, which are dealt to blocks where there are very
/// many; rows without a unit are one more. Else blocks that rows are dealt to: nothing within one unit widens.
fn by_block(dataset: &Dataset, tally: &Tally, items: &[&Item]) -> Blocks {
    let complete = |row: usize| {
        dataset.ratings[row] != NO_RATING && items.iter().all(|item| item.ratings[row] != NO_RATING)
    };
    let several = |units: &&Categories| {
        let mut met = (0..dataset.ratings.len()).filter(|&row| complete(row)).map(|row| units.code_of(row));
        let mut named = met.by_ref().filter(|&code| code != NO_CODE);
        named.next().is_some_and(|first| named.any(|code| code != first))
    };
    let units = dataset.units.as_ref().filter(several);
    let few = units.filter(|units| units.labels.len() <= 2 * BLOCKS as usize);
    let count = few.map_or(BLOCKS as usize, |units| units.labels.len()) + 1;
    let block = |row: usize| match units.map(|units| units.code_of(row)) {
        Some(NO_CODE) => count - 1,
        // By the order of names, so that the draws are the same in whatever order the file has them.
        Some(code) if few.is_some() => tally.ranks[code as usize] as usize,
        Some(code) => (mix(u64::from(tally.ranks[code as usize])) % BLOCKS) as usize,
        None => (mix(row as u64) % BLOCKS) as usize,
    };
    // Rows are brought together by block, so that their products can be summed many at once.
    let mut sizes = vec![0usize; count + 1];
    let mut incomplete = 0;
    for row in 0..dataset.ratings.len() {
        if complete(row) {
            sizes[block(row) + 1] += 1;
        } else {
            incomplete += u64::from(dataset.ratings[row] != NO_RATING);
        }
    }
    for at in 1..sizes.len() {
        sizes[at] += sizes[at - 1];
    }
    let mut next = sizes.clone();
    let mut columns = vec![vec![0u8; sizes[count]]; items.len() + 1];
    for row in (0..dataset.ratings.len()).filter(|&row| complete(row)) {
        let place = &mut next[block(row)];
        for (column, item) in columns.iter_mut().zip(items) {
            column[*place] = item.ratings[row];
        }
        columns[items.len()][*place] = dataset.ratings[row];
        *place += 1;
    }
    let mut blocks = By::default();
    for at in 0..count {
        let rows = sizes[at]..sizes[at + 1];
        if rows.is_empty() {
            continue;
        }
        let predictors: Vec<&[u8]> =
            columns[..items.len()].iter().map(|column| &column[rows.clone()]).collect();
        let mut moments = Moments::default();
        moments.update(&predictors, &columns[items.len()][rows]);
        blocks.update(&(at as u32), &moments);
    }
    Blocks { blocks, incomplete, by_unit: units.is_some() }
}
