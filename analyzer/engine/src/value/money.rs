//! Money by score: mean and median of each group of ratings, and whether the highest group has more than the lowest. Money has a
//! heavy tail, so that the comparison goes by ranks ([`super::rank`]).

use super::cell::Cell;
use super::join::{Group, Join};
use super::plan::{JoinColumn, Part};
use super::{MINIMUM, group_of, rank, units};
use crate::scores::{Estimate, beta};
use serde::{Deserialize, Serialize};

/// Money by score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// `revenue` or `lifetime_value`.
    pub part: Part,
    /// The column.
    pub column: String,
    /// The currency, as `€`; empty where the file names none.
    pub currency: String,
    /// The groups of ratings, the lowest first.
    pub groups: Vec<MoneyGroup>,
    /// How often one of the highest group has more than one of the lowest, ties counted half.
    pub more: Option<Estimate>,
    /// The p-value of one half.
    pub p: Option<f64>,
}

/// The money of a group of ratings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyGroup {
    /// The lowest rating.
    pub low: u8,
    /// The highest rating.
    pub high: u8,
    /// Customers; absent where there are some, but fewer than 10.
    pub n: Option<u64>,
    /// The mean, with Student's t interval, which few large amounts make long; absent under 10.
    pub mean: Option<Estimate>,
    /// The median, with an interval that asks for no distribution; absent under 10.
    pub median: Option<Estimate>,
    /// The share of all money that the group brings; absent under 10, and where some amount is below 0.
    pub share: Option<f64>,
    /// The share of the group's money that its largest customer brings.
    pub largest: Option<f64>,
}

/// The money of a column by score; nothing without any.
pub(super) fn money(join: &Join, column: &JoinColumn, groups: &[Group]) -> Option<Money> {
    let paying = join.amounts(column.role);
    if (paying.len() as u64) < MINIMUM {
        return None;
    }
    let mut amounts = vec![Vec::new(); groups.len()];
    for (answer, amount) in &paying {
        if let Some(group) = group_of(groups, answer.rating) {
            amounts[group].push(*amount);
        }
    }
    amounts.iter_mut().for_each(|group| group.sort_unstable());
    let total: i128 = paying.iter().map(|(_, amount)| i128::from(*amount)).sum();
    let negative = paying.iter().any(|(_, amount)| *amount < 0);
    let shown = |amounts: &Vec<i64>| amounts.len() as u64 >= MINIMUM;
    let first = amounts.first().filter(|group| shown(group));
    let last = amounts.last().filter(|group| shown(group) && groups.len() > 1);
    let compared = first.zip(last).and_then(|(first, last)| rank::superiority(first, last));
    let group = |(group, amounts): (&Group, &Vec<i64>)| {
        let mut cell = Cell::default();
        amounts.iter().for_each(|amount| cell.update(*amount));
        let known = shown(amounts);
        let largest = amounts.last().copied().unwrap_or(0);
        let positive = known && !negative && cell.sum > 0;
        MoneyGroup {
            low: group.low,
            high: group.high,
            n: Some(cell.n).filter(|n| *n == 0 || known),
            mean: known.then(|| units(mean(&cell))),
            median: if known { rank::median(amounts).map(units) } else { None },
            share: (known && !negative && total > 0).then(|| cell.sum as f64 / total as f64),
            largest: positive.then(|| largest as f64 / cell.sum as f64),
        }
    };
    Some(Money {
        part: column.role,
        column: column.name.clone(),
        currency: column.currency.clone(),
        groups: groups.iter().zip(&amounts).map(group).collect(),
        more: compared.map(|found| found.share),
        p: compared.map(|found| found.p).filter(|p| p.is_finite()),
    })
}

/// The mean with Student's t interval, in hundredths.
fn mean(cell: &Cell) -> Estimate {
    let n = cell.n as f64;
    let half = beta::t_quantile(0.05, n - 1.0) * libm::sqrt(cell.spread() / (n - 1.0) / n);
    let value = cell.mean();
    Estimate { value, low: value - half, high: value + half }
}
