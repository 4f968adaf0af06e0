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

#[cfg(test)]
mod tests {
    use super::super::examples::{answer, join, plan, said};
    use super::super::join::{Answer, groups};
    use super::super::plan::Form;
    use super::*;
    use crate::plan::Scale;

    const NPS: Scale = Scale { low: 0, high: 10, nps: true };

    fn answers(of: &[(u8, usize, usize)]) -> Vec<Answer> {
        let mut all = Vec::new();
        for &(rating, stayed, left) in of {
            for at in 0..stayed + left {
                let mut one = answer(all.len(), rating);
                one.customer.left = if at < left { Left::Yes } else { Left::No };
                all.push(one);
            }
        }
        all
    }

    fn found(answers: Vec<Answer>, scale: Scale) -> Result<Churn, String> {
        let plan = plan(&[("id", Part::Key, Form::Words), ("gone", Part::Churned, Form::Words)]);
        let mut absent = Vec::new();
        churn(&join(answers), &plan, &groups(scale), &mut absent).ok_or_else(|| said(&absent, "churn"))
    }

    #[test]
    fn shares_that_left_are_those_of_known_customers_and_small_groups_are_not_shown() {
        let mut all = answers(&[(3, 6, 4), (7, 8, 1), (10, 9, 3)]);
        // Of two nobody says anything.
        all.extend([answer(90, 3), answer(91, 10)]);
        let churn = found(all, NPS).unwrap();
        assert_eq!((churn.n, churn.left, churn.before, churn.column.as_str()), (31, 8, 0, "gone"));
        let shown: Vec<_> = churn.groups.iter().map(|group| (group.low, group.high, group.n)).collect();
        assert_eq!(shown, [(0, 6, Some(10)), (7, 8, None), (9, 10, Some(12))]);
        assert_eq!(churn.groups[0].share.map(|share| share.value), Some(0.4));
        assert_eq!(churn.groups[1].share, None);
        assert_eq!(churn.groups[2].share.map(|share| share.value), Some(0.25));
        // Agresti and Caffo: 5/12 less 4/14, ± 1.96 √(5 · 7/12³ + 4 · 10/14³) = .1310 ± .3658.
        let difference = churn.difference.unwrap();
        assert!((difference.value - 0.15).abs() < 1e-12, "{difference:?}");
        assert!(
            (difference.low + 0.2348).abs() < 1e-4 && (difference.high - 0.4967).abs() < 1e-4,
            "{difference:?}"
        );
        assert!(churn.p.is_some_and(|p| p > 0.05 && p < 1.0));
    }

    #[test]
    fn ten_customers_are_enough_and_nine_are_not() {
        let churn = found(answers(&[(3, 9, 1)]), NPS).unwrap();
        assert_eq!((churn.n, churn.left, churn.difference, churn.p), (10, 1, None, None));
        // Nobody in a group is said, since it tells on nobody.
        assert_eq!((churn.groups[1].n, churn.groups[1].share), (Some(0), None));
        assert!(found(answers(&[(3, 8, 1)]), NPS).unwrap_err().contains("fewer than 10"));
        // Ten at each end are compared, nine at one are not; and a scale of one point has nothing to compare.
        assert!(found(answers(&[(3, 5, 5), (9, 5, 5)]), NPS).unwrap().difference.is_some());
        assert!(found(answers(&[(3, 5, 4), (9, 5, 5)]), NPS).unwrap().difference.is_none());
        assert!(found(answers(&[(3, 5, 5), (9, 5, 4)]), NPS).unwrap().difference.is_none());
        let one = found(answers(&[(1, 5, 5)]), Scale { low: 1, high: 1, nps: false }).unwrap();
        assert_eq!((one.groups.len(), one.difference), (1, None));
    }

    #[test]
    fn who_left_before_the_day_of_his_answer_is_counted_apart() {
        let day = |left: i32, time: i64| {
            let mut one = answer(0, 4);
            one.customer.left = Left::On(left);
            one.time = time;
            one
        };
        // Answered on day 100, at noon: day 99 is before, day 100 and later are not. Without a time nobody can say.
        let mut all = vec![day(99, 100 * DAY + DAY / 2); 3];
        all.extend(vec![day(100, 100 * DAY + DAY / 2); 4]);
        all.extend(vec![day(101, 100 * DAY); 5]);
        all.extend(vec![day(0, NO_TIME); 6]);
        let churn = found(all, NPS).unwrap();
        assert_eq!((churn.before, churn.n, churn.left), (3, 15, 15));
    }

    #[test]
    fn without_a_column_the_reason_is_said() {
        let plan = plan(&[("id", Part::Key, Form::Words)]);
        let mut absent = Vec::new();
        assert_eq!(churn(&join(answers(&[(3, 20, 20)])), &plan, &groups(NPS), &mut absent), None);
        assert!(said(&absent, "churn").contains("No column"), "{absent:?}");
    }
}
