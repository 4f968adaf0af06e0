//! The score of each combination of two groupings, and which of them differ from all other responses: each cell is tested
//! against the rest, and the p-values are adjusted for all cells that were tested. Small cells are not shown.

use super::change::two_samples;
use super::points::Statistic;
use super::weighted::Weighting;
use super::{MINIMUM_CELL, grouped};
use crate::columns::selection::{MOST_VALUES, Selection};
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING};
use crate::scores::Estimate;
use crate::scores::change::Difference;
use crate::scores::distribution::Distribution;
use crate::scores::false_discovery::benjamini_hochberg;
use crate::scores::mean::Mean;
use crate::scores::weights::Domain;
use crate::sort;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// How the responses were weighted; absent where they were not.
    #[serde(default)]
    pub weighted: Option<CrossWeights>,
}

/// How the responses of a table were weighted to the customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossWeights {
    /// The columns whose groups were weighted.
    pub columns: Vec<String>,
    /// How: `post-stratified` or `raked`.
    pub method: String,
    /// Ratings with a group of each column.
    pub n: u64,
    /// The size of an unweighted sample that would be worth as much (Kish).
    pub effective_n: f64,
    /// Ratings without one, which the table leaves out.
    pub without: u64,
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

/// Which table is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// The grouping that goes down: the unit or a column of [`Dataset::groupings`].
    pub rows: String,
    /// The grouping that goes across.
    pub columns: String,
    /// Whether responses are weighted to the customers, as the plan's weights say.
    pub weighted: bool,
}

/// The score by two groupings, among the responses that are chosen.
///
/// # Errors
/// A sentence: a column is no grouping, both are the same one, or the responses cannot be weighted.
pub fn cross(dataset: &Dataset, among: &Selection, crossing: &Crossing) -> Result<Cross, String> {
    let Crossing { rows, columns, weighted } = crossing;
    if rows == columns {
        return Err("Both are the same column. Choose two that differ.".into());
    }
    let statistic = Statistic::of(&dataset.score);
    let (down, across) = (groups(dataset, rows)?, groups(dataset, columns)?);
    let (row_order, column_order) = (sorted(&down), sorted(&across));
    let chosen = dataset.chosen(among);
    let weighting = match weighted {
        true => Weighting::of(dataset, statistic, |row| chosen[row])?.ok_or(NO_WEIGHTS).map(Some)?,
        false => None,
    };
    let mut found = vec![Ratings::default(); down.labels.len() * across.labels.len()];
    let mut whole = Ratings::default();
    let mut room = Vec::new();
    for (row, rating) in dataset.ratings.iter().enumerate() {
        if !chosen[row] || *rating == NO_RATING {
            continue;
        }
        let place = match &weighting {
            None => Some(0),
            Some(weighting) => weighting.place_of(&dataset.beside.groups, row, &mut room),
        };
        let Some(place) = place else { continue };
        whole.update(place, *rating);
        let (one, other) = (down.code_of(row), across.code_of(row));
        if one != NO_CODE && other != NO_CODE {
            found[one as usize * across.labels.len() + other as usize].update(place, *rating);
        }
    }
    let weights = weighting.as_ref().map(|weighting| &weighting.weights[..]);
    let mut p = Vec::new();
    let mut cell = |ratings: &Ratings| {
        let n = ratings.n();
        if n < MINIMUM_CELL {
            return Cell { n: Some(n).filter(|&n| n == 0), ..Cell::default() };
        }
        let rest = whole.less(ratings);
        let tested = (rest.n() >= MINIMUM_CELL)
            .then(|| rest.compared(ratings, statistic, weights))
            .flatten()
            .filter(|found| found.p.is_finite());
        p.extend(tested.map(|found| found.p));
        Cell {
            n: Some(n),
            score: ratings.score(statistic, weights),
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
    let samples = match &weighting {
        None => "two independent samples".into(),
        Some(weighting) => format!(
            "{} to the customers by {}, two samples of their effective sizes (Kish)",
            weighting.method,
            weighting.columns.join(" and ")
        ),
    };
    Ok(Cross {
        statistic: statistic.name().into(),
        rows: names(&down, &row_order),
        columns: names(&across, &column_order),
        cells,
        tested: p.len() as u64,
        test: format!(
            "each of {} cells against all other responses, {samples}, adjusted Wald; adjusted for all of them \
             (Benjamini and Hochberg)",
            grouped(p.len() as u64)
        ),
        weighted: weighting.map(|weighting| CrossWeights {
            columns: weighting.columns,
            method: weighting.method.into(),
            n: weighting.found.n,
            effective_n: weighting.found.effective_n,
            without: weighting.without,
        }),
    })
}

/// What is said where the plan has no weights.
const NO_WEIGHTS: &str =
    "The plan does not say how many customers there are in each group, so nothing can be weighted.";

/// The ratings of some responses by weighting cell; without weights all are in one.
#[derive(Clone, Debug, Default)]
struct Ratings {
    by: BTreeMap<u32, Distribution>,
}

impl Ratings {
    fn update(&mut self, place: u32, rating: u8) {
        self.by.entry(place).or_default().update(&[rating]);
    }

    fn n(&self) -> u64 {
        self.by.values().map(Distribution::n).sum()
    }

    /// Those that are not in `part`.
    fn less(&self, part: &Ratings) -> Ratings {
        let rest = self.by.iter().map(|(&place, ratings)| match part.by.get(&place) {
            Some(part) => (place, less(ratings, part)),
            None => (place, ratings.clone()),
        });
        Ratings { by: rest.filter(|(_, ratings)| ratings.n() > 0).collect() }
    }

    /// All together.
    fn merged(&self) -> Distribution {
        self.by.values().fold(Distribution::default(), |mut all, ratings| {
            all.merge(ratings);
            all
        })
    }

    fn weighted(&self, statistic: Statistic, weights: &[f64]) -> Option<Domain> {
        let cells: Vec<(Mean, f64)> = self
            .by
            .iter()
            .filter_map(|(&place, ratings)| Some((statistic.points(ratings), *weights.get(place as usize)?)))
            .collect();
        Domain::of(cells.iter().map(|(points, weight)| (points, *weight)))
    }

    fn score(&self, statistic: Statistic, weights: Option<&[f64]>) -> Option<Estimate> {
        match weights {
            None => statistic.estimate(&self.merged()),
            Some(weights) => Some(statistic.weighted(&self.weighted(statistic, weights)?)),
        }
    }

    /// `part` less these.
    fn compared(&self, part: &Ratings, statistic: Statistic, weights: Option<&[f64]>) -> Option<Difference> {
        match weights {
            None => two_samples(statistic, &self.merged(), &part.merged(), [1.0; 2]),
            Some(weights) => Some(statistic.weighted_difference(
                &self.weighted(statistic, weights)?,
                &part.weighted(statistic, weights)?,
            )),
        }
    }
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
    sort::by(&mut order, |&a, &b| categories.labels[a].cmp(&categories.labels[b]));
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
