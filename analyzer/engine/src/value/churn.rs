//! Who left, by score: shares with Wilson's interval and the difference of the lowest and the highest group (adjusted Wald, Agresti
//! and Caffo 2000). Who had left before he answered is not in it: his score cannot have gone before.

use super::crm::Left;
use super::join::{Group, Join};
use super::plan::{JoinPlan, Part};
use super::{MINIMUM, group_of, say};
use crate::columns::NO_TIME;
use crate::report::Absent;
use crate::scores::Estimate;
use crate::scores::change;
use crate::scores::top_box::TopBox;
use serde::{Deserialize, Serialize};

/// Who left, by score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Churn {
    /// The column.
    pub column: String,
    /// Customers of whom it is known.
    pub n: u64,
    /// Those of them who left.
    pub left: u64,
    /// Those who had left before they answered, and are in no group.
    pub before: u64,
    /// The groups of ratings, the lowest first.
    pub groups: Vec<ChurnGroup>,
    /// The lowest group's share less the highest one's; absent when one of them has fewer than 10 customers.
    pub difference: Option<Estimate>,
    /// The p-value of no difference.
    pub p: Option<f64>,
}

/// How many of a group left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChurnGroup {
    /// The lowest rating.
    pub low: u8,
    /// The highest rating.
    pub high: u8,
    /// Customers; absent where there are some, but fewer than 10.
    pub n: Option<u64>,
    /// The share that left, with Wilson's interval; absent under 10.
    pub share: Option<Estimate>,
}

const DAY: i64 = 86_400_000;

pub(super) fn churn(
    join: &Join,
    plan: &JoinPlan,
    groups: &[Group],
    absent: &mut Vec<Absent>,
) -> Option<Churn> {
    let Some(column) = plan.of(Part::Churned) else {
        say(absent, "churn", "No column of the CRM file says who left.");
        return None;
    };
    let mut counts = vec![TopBox::default(); groups.len()];
    let mut before = 0;
    for answer in &join.answers {
        let left = match answer.customer.left {
            Left::Unknown => continue,
            Left::No => false,
            Left::Yes => true,
            Left::On(day) if answer.time != NO_TIME && i64::from(day) < answer.time.div_euclid(DAY) => {
                before += 1;
                continue;
            }
            Left::On(_) => true,
        };
        if let Some(group) = group_of(groups, answer.rating) {
            counts[group].merge(&TopBox { n: 1, top: u64::from(left) });
        }
    }
    let n: u64 = counts.iter().map(|group| group.n).sum();
    if n < MINIMUM {
        say(absent, "churn", "Of fewer than 10 customers who answered it is known whether they left.");
        return None;
    }
    let shown = |group: &&TopBox| group.n >= MINIMUM;
    let ends = counts.first().filter(shown).zip(counts.last().filter(shown)).filter(|_| groups.len() > 1);
    let tested = ends.and_then(|(first, last)| change::top_box((last, 1.0), (first, 1.0)).ok());
    let group = |(group, count): (&Group, &TopBox)| ChurnGroup {
        low: group.low,
        high: group.high,
        n: Some(count.n).filter(|n| *n == 0 || *n >= MINIMUM),
        share: Some(count).filter(shown).and_then(TopBox::finish),
    };
    Some(Churn {
        column: column.name.clone(),
        n,
        left: counts.iter().map(|group| group.top).sum(),
        before,
        groups: groups.iter().zip(&counts).map(group).collect(),
        difference: tested.map(|d| Estimate { value: d.value, low: d.low, high: d.high }),
        p: tested.map(|d| d.p).filter(|p| p.is_finite()),
    })
}
