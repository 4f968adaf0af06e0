//! The score of each combination of two groupings, and which of them differ from all other responses: each cell is tested
//! against the rest, and the p-values are adjusted for all cells that were tested. Small cells are not shown.
//!
//! **Units.** Responses of one unit are alike, so that a cell which has many of a good one would differ from the rest by that alone. Where
//! two units or more are known, a cell is compared with the rest by unit ([`crate::scores::against`]); ratings without a unit are one
//! more. Levels of units that are in a cell as often as beside it cancel. Where a grouping follows from the unit, as a region does, a cell
//! is whole units, and what counts is how units differ: many ratings of few units prove little. Below [`FEWEST_UNITS`] units in a cell
//! or beside it, the cell's score is given and no test. Where a grouping *is* the unit, each cell is of one: it is then compared with how
//! much units differ, which is learned from all of them, so that honest differences between units are none of the findings; a cell that
//! differs is one that differs by more than they do.

use super::change::two_samples;
use super::points::Statistic;
use super::weighted::Weighting;
use super::{MINIMUM_CELL, grouped};
use crate::columns::selection::{MOST_VALUES, Selection};
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING};
use crate::scores::Estimate;
use crate::scores::against::Part;
use crate::scores::change::{Difference, FEWEST_UNITS};
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
    /// How many cells have a score and no test, because they or all other responses lie in fewer units than a test needs.
    #[serde(default)]
    pub few_units: u64,
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
    let mut units = ByUnit::of(dataset, &chosen, down.labels.len() * across.labels.len());
    let of_one = dataset.units.as_ref().is_some_and(|units| [rows, columns].contains(&&units.name));
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
        let cell =
            (one != NO_CODE && other != NO_CODE).then(|| one as usize * across.labels.len() + other as usize);
        if let Some(cell) = cell {
            found[cell].update(place, *rating);
        }
        if let Some(units) = &mut units {
            let weight = weighting.as_ref().map_or(1.0, |weighting| weighting.weights[place as usize]);
            units.update(cell, row, statistic.point(*rating), weight);
        }
    }
    let weights = weighting.as_ref().map(|weighting| &weighting.weights[..]);
    let mut few_units = 0;
    let mut p = Vec::new();
    let mut cell = |at: usize| {
        let ratings = &found[at];
        let n = ratings.n();
        if n < MINIMUM_CELL {
            return Cell { n: Some(n).filter(|&n| n == 0), ..Cell::default() };
        }
        let rest = whole.less(ratings);
        let tested = (rest.n() >= MINIMUM_CELL)
            .then(|| match &mut units {
                None => rest.compared(ratings, statistic, weights),
                Some(units) => {
                    let [inside, beside] = units.of_cell(at);
                    let enough = of_one || inside.min(beside) >= FEWEST_UNITS;
                    let found = enough.then(|| statistic.against(&units.sides)).flatten();
                    few_units += u64::from(found.is_none());
                    found
                }
            })
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
        .map(|&one| column_order.iter().map(|&other| cell(one * across.labels.len() + other)).collect())
        .collect();
    let adjusted =
        benjamini_hochberg(&p).map_err(|reason| format!("The cells cannot be tested: {reason}."))?;
    for cell in cells.iter_mut().flatten() {
        cell.p_adjusted = cell.p_adjusted.and_then(|place| adjusted.get(place as usize).copied());
    }
    let names = |categories: &Categories, order: &[usize]| {
        order.iter().map(|&code| categories.labels[code].clone()).collect()
    };
    let mut test = format!("each of {} cells against all other responses", grouped(p.len() as u64));
    if let Some(weighting) = &weighting {
        test += &format!(
            ", {} to the customers by {}, at effective sizes (Kish)",
            weighting.method,
            weighting.columns.join(" and ")
        );
    }
    test += match (units.is_some(), of_one) {
        (false, _) => ", two independent samples, adjusted Wald",
        (true, false) => ", by unit: linearized, or by how units differ if that is wider, Student's t",
        (true, true) => ", with how much units differ, Student's t",
    };
    test += "; adjusted for all of them (Benjamini and Hochberg)";
    Ok(Cross {
        statistic: statistic.name().into(),
        rows: names(&down, &row_order),
        columns: names(&across, &column_order),
        cells,
        tested: p.len() as u64,
        few_units,
        test,
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

/// Most units that are told apart here. Of more, several are taken for one: tests by unit hold for larger ones, and the time that a
/// cell takes has a bound.
const MOST_UNITS: usize = 2000;

/// What each unit has of the cells and of all responses.
struct ByUnit<'d> {
    units: &'d Categories,
    /// A unit's place, by its code.
    places: Vec<u32>,
    /// All responses, by the unit's place; behind the last one, those without a unit.
    whole: Vec<Part>,
    /// The responses of each cell, by the unit's place.
    cells: Vec<BTreeMap<u32, Part>>,
    /// Of the cell that was asked for last: what each unit has in it, and what beside it.
    sides: Vec<[Part; 2]>,
}

impl<'d> ByUnit<'d> {
    /// Nothing counted yet; nothing at all where fewer than two units have a chosen rating.
    fn of(dataset: &'d Dataset, chosen: &[bool], cells: usize) -> Option<ByUnit<'d>> {
        let units = dataset.units.as_ref()?;
        let rated = units.codes().zip(&dataset.ratings).zip(chosen);
        let mut met = rated.filter(|((_, rating), chosen)| **chosen && **rating != NO_RATING);
        let ((first, _), _) = met.find(|((code, _), _)| *code != NO_CODE)?;
        met.find(|((code, _), _)| *code != NO_CODE && *code != first)?;
        // In the order of names, so that sums do not depend on the order of the file.
        let mut places = vec![0; units.labels.len()];
        for (place, code) in sorted(units).into_iter().enumerate() {
            places[code] = (place % MOST_UNITS) as u32;
        }
        let whole = vec![Part::default(); units.labels.len().min(MOST_UNITS) + 1];
        Some(ByUnit { units, places, sides: Vec::new(), whole, cells: vec![BTreeMap::new(); cells] })
    }

    /// Adds the rating of a row: so many points, in this cell or in none.
    fn update(&mut self, cell: Option<usize>, row: usize, points: u64, weight: f64) {
        let last = self.whole.len() - 1;
        let place = self.places.get(self.units.code_of(row) as usize).map_or(last, |place| *place as usize);
        self.whole[place].update(points, weight);
        if let Some(cell) = cell {
            self.cells[cell].entry(place as u32).or_default().update(points, weight);
        }
    }

    /// Looks at a cell: how many units have responses in it, and how many beside it.
    fn of_cell(&mut self, cell: usize) -> [u64; 2] {
        self.sides.clear();
        self.sides.extend(self.whole.iter().map(|whole| [Part::default(), *whole]));
        for (&place, part) in &self.cells[cell] {
            let whole = &self.whole[place as usize];
            self.sides[place as usize] = [*part, whole.less(part)];
        }
        [0, 1].map(|side| self.sides.iter().filter(|unit| unit[side].points.n > 0).count() as u64)
    }
}

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
