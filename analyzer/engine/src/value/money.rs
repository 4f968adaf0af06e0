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

#[cfg(test)]
mod tests {
    use super::super::examples::{join, paying, plan};
    use super::super::join::groups;
    use super::super::plan::Form;
    use super::*;
    use crate::plan::Scale;

    const NPS: Scale = Scale { low: 0, high: 10, nps: true };

    fn found(rows: &[(u8, i64)], scale: Scale) -> Option<Money> {
        let plan = plan(&[("Sales", Part::Revenue, Form::Point)]);
        money(&join(paying(rows)), plan.of(Part::Revenue)?, &groups(scale))
    }

    /// As many customers who gave a rating, with one, two and more units of money.
    fn rising(rating: u8, n: i64) -> impl Iterator<Item = (u8, i64)> {
        (1..=n).map(move |amount| (rating, 100 * amount))
    }

    #[test]
    fn means_medians_and_shares_of_groups_are_those_of_a_pencil() {
        let rows: Vec<_> = rising(10, 12).chain(rising(0, 10)).chain(rising(8, 9)).collect();
        let money = found(&rows, NPS).unwrap();
        let [low, middle, high] = &money.groups[..] else { panic!("{money:?}") };
        assert_eq!(
            [(low.low, low.high), (middle.low, middle.high), (high.low, high.high)],
            [(0, 6), (7, 8), (9, 10)]
        );
        assert_eq!((low.n, middle.n, high.n), (Some(10), None, Some(12)));
        // 1 to 10: mean 5.5, variance 55/6, and t.975 of nine degrees is 2.262157; the median's ends are the second and the ninth.
        let mean = low.mean.unwrap();
        let half = 2.262_157_162_740_992 * (55.0f64 / 6.0 / 10.0).sqrt();
        assert!((mean.value - 5.5).abs() < 1e-12 && (mean.high - 5.5 - half).abs() < 1e-6, "{mean:?}");
        assert!((5.5 - mean.low - half).abs() < 1e-6, "{mean:?}");
        let median = low.median.unwrap();
        assert_eq!((median.value, median.low, median.high), (5.5, 2.0, 9.0));
        // 55, 45 and 78 of 178.
        assert!(
            (low.share.unwrap() - 55.0 / 178.0).abs() < 1e-12
                && (high.share.unwrap() - 78.0 / 178.0).abs() < 1e-12
        );
        assert!((low.largest.unwrap() - 10.0 / 55.0).abs() < 1e-12);
        assert_eq!((middle.mean, middle.median, middle.share, middle.largest), (None, None, None, None));
        // Of 120 pairs the higher rating has more in 11 + 10 + … + 2 = 65, and ten are the same.
        assert!((money.more.unwrap().value - 70.0 / 120.0).abs() < 1e-12, "{money:?}");
        assert!(money.p.is_some_and(|p| p > 0.05));
        assert_eq!((money.column.as_str(), money.part), ("Sales", Part::Revenue));
    }

    #[test]
    fn ten_customers_with_money_are_needed_at_all_and_in_each_end() {
        assert_eq!(found(&rising(9, 9).collect::<Vec<_>>(), NPS), None);
        let ten = found(&rising(9, 10).collect::<Vec<_>>(), NPS).unwrap();
        assert_eq!((ten.groups[0].n, ten.groups[2].n, ten.more, ten.p), (Some(0), Some(10), None, None));
        assert_eq!((ten.groups[0].mean, ten.groups[0].share), (None, None));
        assert_eq!(ten.groups[2].share, Some(1.0));
        let of = |low, high| found(&rising(2, low).chain(rising(9, high)).collect::<Vec<_>>(), NPS).unwrap();
        assert!(of(10, 10).more.is_some() && of(9, 10).more.is_none() && of(10, 9).more.is_none());
        // A scale of one point has one group, and nothing to compare.
        let one = found(&rising(3, 20).collect::<Vec<_>>(), Scale { low: 3, high: 3, nps: false }).unwrap();
        assert_eq!((one.groups.len(), one.more), (1, None));
    }

    #[test]
    fn no_share_is_told_where_an_amount_is_below_nothing_or_all_are_nothing() {
        let with = |amount: i64| -> Money {
            let rows: Vec<_> = rising(0, 12).chain([(10, amount)]).chain(rising(10, 12)).collect();
            found(&rows, NPS).unwrap()
        };
        let negative = with(-1);
        assert!(negative.groups.iter().all(|group| group.share.is_none() && group.largest.is_none()));
        assert!(negative.groups[2].mean.is_some());
        assert!(with(0).groups[2].share.is_some() && with(0).groups[2].largest.is_some());
        let nothing = found(&[(0, 0); 20], NPS).unwrap();
        assert_eq!((nothing.groups[0].share, nothing.groups[0].largest), (None, None));
        // A group that brings nothing has no largest customer, and a share of 0.
        let poor = found(&[[(0, 0); 10], [(9, 500); 10]].concat(), NPS).unwrap();
        assert_eq!((poor.groups[0].share, poor.groups[0].largest), (Some(0.0), None));
    }
}
