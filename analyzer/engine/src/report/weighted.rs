//! The score weighted to the customers, where the plan says how many of them there are in each group. It reads ratings and
//! groups of a [`Dataset`], and nothing else.

use super::points::Statistic;
use super::{Absent, counted};
use crate::columns::{Categories, Dataset, NO_RATING};
use crate::scores::cluster::widened;
use crate::scores::distribution::Distribution;
use crate::scores::unavailable::Unavailable;
use crate::scores::weights::{self, Cells, Population, Raking, post_stratified, raked};
use crate::scores::{Estimate, mean::Mean};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The score weighted to the customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    /// The columns whose groups were weighted.
    pub columns: Vec<String>,
    /// How: `post-stratified` or `raked`.
    pub method: String,
    /// The score with its interval.
    pub score: Estimate,
    /// Ratings it rests on.
    pub n: u64,
    /// The size of an unweighted sample that would be worth as much (Kish).
    pub effective_n: f64,
}

/// What the plan's weights come to among some rows.
pub(super) struct Weighting {
    /// The columns whose groups were weighted.
    pub(super) columns: Vec<String>,
    /// `post-stratified` or `raked`.
    pub(super) method: &'static str,
    /// The score.
    pub(super) found: weights::Weighted,
    /// What a response weighs, by weighting cell.
    pub(super) weights: Vec<f64>,
    /// The places of weighting cells in `weights`, by the codes of their groups in the order of the columns.
    of: BTreeMap<Vec<u32>, u32>,
    /// Ratings without a group, which weigh nothing.
    pub(super) without: u64,
}

impl Weighting {
    /// Of the rows that `chosen` has; nothing where the plan has no weights.
    ///
    /// # Errors
    /// A sentence: why the responses cannot be weighted.
    pub(super) fn of(
        dataset: &Dataset,
        statistic: Statistic,
        chosen: impl Fn(usize) -> bool,
    ) -> Result<Option<Weighting>, String> {
        let (margins, groups) = (&dataset.beside.margins, &dataset.beside.groups);
        if margins.is_empty() {
            return Ok(None);
        }
        let columns: Vec<String> = margins.iter().map(|margin| margin.column.clone()).collect();
        let mut by: BTreeMap<Vec<u32>, Distribution> = BTreeMap::new();
        let mut without = 0u64;
        let mut cell = Vec::new();
        for (row, &rating) in dataset.ratings.iter().enumerate() {
            if rating == NO_RATING || !chosen(row) {
                continue;
            }
            cell.clear();
            cell.extend(groups.iter().map(|group| group.code_of(row)));
            if cell.contains(&crate::columns::NO_CODE) {
                without += 1;
            } else if let Some(ratings) = by.get_mut(&cell) {
                ratings.update(&[rating]);
            } else {
                by.entry(cell.clone()).or_default().update(&[rating]);
            }
        }
        let names = |cell: &[u32]| -> Vec<String> {
            cell.iter().zip(groups).map(|(&code, group)| group.labels[code as usize].clone()).collect()
        };
        let mut cells = Cells::default();
        for (cell, ratings) in &by {
            let points: Mean = statistic.points(ratings);
            cells.update(&names(cell), &points);
        }
        let number = |n: &Option<f64>| n.unwrap_or(f64::NAN);
        let shares = margins.iter().any(|margin| margin.shares);
        let kind = if shares { Population::Shares } else { Population::Counts };
        let (method, found) = match &margins[..] {
            [one] => {
                let population =
                    one.population.iter().map(|(group, n)| (vec![group.clone()], number(n))).collect();
                ("post-stratified", post_stratified(&cells, &population, kind))
            }
            several => {
                let margins: Vec<BTreeMap<String, f64>> = several
                    .iter()
                    .map(|margin| {
                        margin.population.iter().map(|(group, n)| (group.clone(), number(n))).collect()
                    })
                    .collect();
                ("raked", raked(&cells, &margins, kind, Raking::default()))
            }
        };
        let found = found.map_err(|reason| {
            let reason = match reason {
                Unavailable::NotFinite => "a number of customers in the plan is missing or is none".into(),
                Unavailable::OutOfRange => "a number of customers in the plan is 0, negative, or smaller than the number of its responses".into(),
                other => other.to_string(),
            };
            format!("The score is not weighted by {}: {reason}.", columns.join(" and "))
        })?;
        let weight_of = |cell: &[u32]| {
            let name = names(cell);
            found
                .weights
                .binary_search_by(|(known, _)| known.cmp(&name))
                .map_or(0.0, |at| found.weights[at].1)
        };
        let weights = by.keys().map(|cell| weight_of(cell)).collect();
        let of = by.into_keys().zip(0..).collect();
        Ok(Some(Weighting { columns, method, found, weights, of, without }))
    }

    /// The place of a row's weighting cell in `weights`; nothing where it is in none. `cell` is room for its codes.
    pub(super) fn place_of(&self, groups: &[Categories], row: usize, cell: &mut Vec<u32>) -> Option<u32> {
        cell.clear();
        cell.extend(groups.iter().map(|group| group.code_of(row)));
        self.of.get(cell).copied()
    }
}

pub(super) fn weighted(
    dataset: &Dataset,
    statistic: Statistic,
    deff: f64,
    absent: &mut Vec<Absent>,
) -> Option<Weighted> {
    let mut say = |reason: String| absent.push(Absent { what: "weights".into(), reason });
    let Weighting { columns, method, found, without, .. } = match Weighting::of(dataset, statistic, |_| true)
    {
        Ok(found) => found?,
        Err(reason) => {
            say(reason);
            return None;
        }
    };
    if without > 0 {
        say(format!("{} without a group; the weighted score leaves them out.", counted(without, "rating")));
    }
    let (least, greatest) = statistic.range();
    let score = widened(statistic.estimate_of(found.mean), deff, least, greatest).ok()?;
    Some(Weighted { columns, method: method.into(), score, n: found.n, effective_n: found.effective_n })
}
