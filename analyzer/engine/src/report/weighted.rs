//! The score weighted to the customers, where the plan says how many of them there are in each group. It reads ratings and
//! groups of a [`Dataset`], and nothing else.

use super::points::Statistic;
use super::{Absent, counted};
use crate::columns::{Dataset, NO_RATING};
use crate::scores::cluster::widened;
use crate::scores::distribution::Distribution;
use crate::scores::unavailable::Unavailable;
use crate::scores::weights::{Cells, Population, Raking, post_stratified, raked};
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

pub(super) fn weighted(
    dataset: &Dataset,
    statistic: Statistic,
    deff: f64,
    absent: &mut Vec<Absent>,
) -> Option<Weighted> {
    let mut say = |reason: String| absent.push(Absent { what: "weights".into(), reason });
    let (margins, groups) = (&dataset.beside.margins, &dataset.beside.groups);
    if margins.is_empty() {
        return None;
    }
    let columns: Vec<String> = margins.iter().map(|margin| margin.column.clone()).collect();
    let mut by: BTreeMap<Vec<u32>, Distribution> = BTreeMap::new();
    let mut without = 0u64;
    for (row, &rating) in dataset.ratings.iter().enumerate().filter(|(_, rating)| **rating != NO_RATING) {
        let cell: Vec<u32> = groups.iter().map(|group| group.code_of(row)).collect();
        if cell.contains(&crate::columns::NO_CODE) {
            without += 1;
            continue;
        }
        by.entry(cell).or_default().update(&[rating]);
    }
    let mut cells = Cells::default();
    for (cell, ratings) in &by {
        let names: Vec<String> =
            cell.iter().zip(groups).map(|(&code, group)| group.labels[code as usize].clone()).collect();
        let points: Mean = statistic.points(ratings);
        cells.update(&names, &points);
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
                .map(|margin| margin.population.iter().map(|(group, n)| (group.clone(), number(n))).collect())
                .collect();
            ("raked", raked(&cells, &margins, kind, Raking::default()))
        }
    };
    let found = match found {
        Ok(found) => found,
        Err(reason) => {
            let reason = match reason {
                Unavailable::NotFinite => "a number of customers in the plan is missing or is none".into(),
                Unavailable::OutOfRange => "a number of customers in the plan is 0, negative, or smaller than the number of its responses".into(),
                other => other.to_string(),
            };
            say(format!("The score is not weighted by {}: {reason}.", columns.join(" and ")));
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
