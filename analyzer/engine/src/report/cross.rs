//! The score of each combination of two groupings, and which of them differ from all other responses: each cell is tested
//! against the rest, and the p-values are adjusted for all cells that were tested. Small cells are not shown.

use super::change::two_samples;
use super::points::Statistic;
use super::{MINIMUM_CELL, grouped};
use crate::columns::selection::{MOST_VALUES, Selection};
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
use crate::scores::false_discovery::benjamini_hochberg;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The score by two groupings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cross {
    /// What the scores are: `nps`, `top_box` or `mean`.
    pub statistic: String,
    /// The groups down, sorted.
    pub rows: Vec<String>,
    /// The groups across, sorted.
    pub columns: Vec<String>,
    /// A cell for each, row by row.
    pub cells: Vec<Vec<Cell>>,
    /// How many cells were tested.
    pub tested: u64,
    /// How they were tested.
    pub test: String,
}

/// The responses of one combination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Ratings; absent where there are some, but fewer than [`MINIMUM_CELL`].
    pub n: Option<u64>,
    /// The score with its 95% interval; absent where there are too few.
    pub score: Option<Estimate>,
    /// The cell less all other responses.
    pub difference: Option<Estimate>,
    /// The p-value of that difference, adjusted for all cells that were tested.
    pub p_adjusted: Option<f64>,
}

/// The score by two groupings, among the responses that are chosen. A grouping is the unit or a column of
/// [`Dataset::groupings`].
///
/// # Errors
/// A sentence: a column is no grouping, or both are the same one.
pub fn cross(dataset: &Dataset, among: &Selection, rows: &str, columns: &str) -> Result<Cross, String> {
    if rows == columns {
        return Err("Both are the same column. Choose two that differ.".into());
    }
    let statistic = Statistic::of(&dataset.score);
    let (down, across) = (groups(dataset, rows)?, groups(dataset, columns)?);
    let (row_order, column_order) = (sorted(&down), sorted(&across));
    let chosen = dataset.chosen(among);
    let mut found = vec![Distribution::default(); down.labels.len() * across.labels.len()];
    let mut whole = Distribution::default();
    for (row, rating) in dataset.ratings.iter().enumerate() {
        if !chosen[row] || *rating == NO_RATING {
            continue;
        }
        whole.update(&[*rating]);
        let (one, other) = (down.code_of(row), across.code_of(row));
        if one != NO_CODE && other != NO_CODE {
            found[one as usize * across.labels.len() + other as usize].update(&[*rating]);
        }
    }
    let mut p = Vec::new();
    let mut cell = |ratings: &Distribution| {
        let n = ratings.n();
        if n < MINIMUM_CELL {
            return Cell { n: Some(n).filter(|&n| n == 0), ..Cell::default() };
        }
        let rest = less(&whole, ratings);
        let tested = (rest.n() >= MINIMUM_CELL)
            .then(|| two_samples(statistic, &rest, ratings, [1.0; 2]))
            .flatten()
            .filter(|found| found.p.is_finite());
        p.extend(tested.map(|found| found.p));
        Cell {
            n: Some(n),
            score: statistic.estimate(ratings),
            difference: tested.map(|d| Estimate { value: d.value, low: d.low, high: d.high }),
            // Its place among the tests, until all of them are known.
            p_adjusted: tested.map(|_| p.len() as f64 - 1.0),
        }
    };
    let mut cells: Vec<Vec<Cell>> = row_order
        .iter()
        .map(|&one| {
            column_order.iter().map(|&other| cell(&found[one * across.labels.len() + other])).collect()
        })
        .collect();
    let adjusted =
        benjamini_hochberg(&p).map_err(|reason| format!("The cells cannot be tested: {reason}."))?;
    for cell in cells.iter_mut().flatten() {
        cell.p_adjusted = cell.p_adjusted.and_then(|place| adjusted.get(place as usize).copied());
    }
    let names = |categories: &Categories, order: &[usize]| {
        order.iter().map(|&code| categories.labels[code].clone()).collect()
    };
    Ok(Cross {
        statistic: statistic.name().into(),
        rows: names(&down, &row_order),
        columns: names(&across, &column_order),
        cells,
        tested: p.len() as u64,
        test: format!(
            "each of {} cells against all other responses, two independent samples, adjusted Wald; adjusted for all of them \
             (Benjamini and Hochberg)",
            grouped(p.len() as u64)
        ),
    })
}

fn groups<'d>(dataset: &'d Dataset, column: &str) -> Result<Cow<'d, Categories>, String> {
    let unit = dataset.units.as_ref().filter(|units| units.name == column).map(Cow::Borrowed);
    let found = unit.or_else(|| dataset.grouping(column));
    found.filter(|found| found.labels.len() <= MOST_VALUES).ok_or_else(|| {
        format!(
            "{column} is no column with at most {MOST_VALUES} values. Choose one of those that are offered."
        )
    })
}

/// Codes in the order of their labels.
fn sorted(categories: &Categories) -> Vec<usize> {
    let mut order: Vec<usize> = (0..categories.labels.len()).collect();
    order.sort_unstable_by(|&a, &b| categories.labels[a].cmp(&categories.labels[b]));
    order
}

/// The ratings of `whole` that are not in `part`.
pub(super) fn less(whole: &Distribution, part: &Distribution) -> Distribution {
    let mut rest = Distribution::default();
    for point in 0..NO_RATING {
        let n = whole.at(point) - part.at(point);
        rest.add(point, n);
    }
    rest
}
