//! The score by onboarding: by how long customers had been ones when they answered, where the CRM table has the day, or by how many days
//! onboarding took. Three groups of about as many customers, those with equal days together.

use super::crm::NO_DAY;
use super::join::Join;
use super::plan::{Form, JoinPlan, Part};
use super::scored::Scored;
use super::{MINIMUM, say};
use crate::columns::NO_TIME;
use crate::report::{Absent, Statistic, two_samples};
use crate::scores::Estimate;
use crate::sort;
use serde::{Deserialize, Serialize};

/// The score by onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Onboarding {
    /// The column.
    pub column: String,
    /// `since`: days from onboarding to the answer; `took`: days that onboarding took.
    pub measure: String,
    /// Customers.
    pub n: u64,
    /// Answers given before the day of onboarding, which are in no group.
    pub before: u64,
    /// The groups, the fewest days first.
    pub groups: Vec<Days>,
    /// The last group's score less the first one's.
    pub difference: Option<Estimate>,
    /// The p-value of no difference.
    pub p: Option<f64>,
}

/// Customers with so many days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Days {
    /// The fewest days.
    pub from: i64,
    /// The most days.
    pub to: i64,
    /// Customers.
    pub n: u64,
    /// Their score.
    pub score: Estimate,
}

const DAY: i64 = 86_400_000;

pub(super) fn onboarding(
    join: &Join,
    plan: &JoinPlan,
    statistic: Statistic,
    absent: &mut Vec<Absent>,
) -> Option<Onboarding> {
    let Some(column) = plan.of(Part::Onboarding) else {
        say(absent, "onboarding", "No column of the CRM file is about onboarding.");
        return None;
    };
    let since = column.form == Form::Date;
    let mut days: Vec<(i64, u32, u8)> = Vec::new();
    let mut before = 0;
    for answer in join.answers.iter().filter(|answer| answer.customer.onboarding != NO_DAY) {
        let onboarding = i64::from(answer.customer.onboarding);
        match since {
            false => days.push((onboarding, answer.unit, answer.rating)),
            true if answer.time == NO_TIME => {}
            true => match answer.time.div_euclid(DAY) - onboarding {
                early if early < 0 => before += 1,
                passed => days.push((passed, answer.unit, answer.rating)),
            },
        }
    }
    sort::ascending(&mut days);
    // A third begins where the count says so, and those with equal days stay together.
    let edge = |third: usize| {
        let at = days.len() * third / 3;
        days.get(at).map_or(days.len(), |&(edge, ..)| days.partition_point(|&(day, ..)| day < edge))
    };
    let mut edges = vec![0, edge(1), edge(2), days.len()];
    edges.dedup();
    let parts: Vec<&[(i64, u32, u8)]> = edges.windows(2).map(|pair| &days[pair[0]..pair[1]]).collect();
    if parts.len() < 2 || parts.iter().any(|part| (part.len() as u64) < MINIMUM) {
        let why = if since && days.is_empty() && before == 0 && !join.answers.is_empty() {
            "The answers have no times, so nobody can say how long their writers had been customers."
        } else {
            "Too few customers, or too many with the same day, to compare them by onboarding."
        };
        say(absent, "onboarding", why);
        return None;
    }
    let scored = |part: &[(i64, u32, u8)]| {
        let mut scored = Scored::default();
        part.iter().for_each(|&(_, unit, rating)| scored.add(unit, rating));
        scored
    };
    let ends = parts.first().zip(parts.last());
    let tested = ends.and_then(|(first, last)| {
        two_samples(statistic, &scored(first).ratings, &scored(last).ratings, [1.0; 2])
    });
    let group = |part: &&[(i64, u32, u8)]| {
        let (from, to) = (part.first()?.0, part.last()?.0);
        Some(Days { from, to, n: part.len() as u64, score: scored(part).score(statistic)? })
    };
    Some(Onboarding {
        column: column.name.clone(),
        measure: if since { "since" } else { "took" }.into(),
        n: days.len() as u64,
        before,
        groups: parts.iter().filter_map(group).collect(),
        difference: tested.map(|d| Estimate { value: d.value, low: d.low, high: d.high }),
        p: tested.map(|d| d.p).filter(|p| p.is_finite()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::examples::{answer, join, plan, said};
    use super::super::join::Answer;
    use super::*;

    fn took(days: i32, rating: u8) -> Answer {
        let mut one = answer(0, rating);
        one.customer.onboarding = days;
        one
    }

    /// Became a customer on a day, and answered on another.
    fn since(day: i32, time: i64, rating: u8) -> Answer {
        Answer { time, ..took(day, rating) }
    }

    fn found(form: Form, answers: Vec<Answer>) -> Result<Onboarding, String> {
        let plan = plan(&[("start", Part::Onboarding, form)]);
        let mut absent = Vec::new();
        onboarding(&join(answers), &plan, Statistic::Nps, &mut absent)
            .ok_or_else(|| said(&absent, "onboarding"))
    }

    fn shown(found: &Onboarding) -> Vec<(i64, i64, u64)> {
        found.groups.iter().map(|days| (days.from, days.to, days.n)).collect()
    }

    #[test]
    fn customers_fall_in_thirds_and_equal_days_stay_together() {
        // The slow third are promoters, all others detractors.
        let answers: Vec<Answer> =
            (0..30).rev().map(|day| took(day, if day < 20 { 1 } else { 10 })).collect();
        let thirds = found(Form::Point, answers).unwrap();
        assert_eq!(shown(&thirds), [(0, 9, 10), (10, 19, 10), (20, 29, 10)]);
        assert_eq!(
            (thirds.n, thirds.before, thirds.measure.as_str(), thirds.column.as_str()),
            (30, 0, "took", "start")
        );
        let scores: Vec<f64> = thirds.groups.iter().map(|days| days.score.value).collect();
        assert_eq!(scores, [-1.0, -1.0, 1.0]);
        assert!(thirds.difference.unwrap().value == 2.0 && thirds.p.unwrap() < 0.001);
        let days = |of: &[(i32, usize)]| {
            let all = of.iter().flat_map(|&(day, n)| vec![took(day, 10 * (day % 2) as u8); n]).collect();
            found(Form::Comma, all)
        };
        // The first third of 45 ends among those with no day: they all go to the group that begins there.
        assert_eq!(shown(&days(&[(0, 20), (1, 14), (2, 11)]).unwrap()), [(0, 0, 20), (1, 2, 25)]);
        assert_eq!(shown(&days(&[(0, 10), (1, 10)]).unwrap()), [(0, 0, 10), (1, 1, 10)]);
        // One day for all, or fewer than ten in a group, cannot be compared.
        for few in [&[(4, 60)][..], &[(0, 10), (1, 9)], &[(0, 9), (1, 10), (2, 10)]] {
            assert!(days(few).unwrap_err().contains("Too few"), "{few:?}");
        }
    }

    #[test]
    fn days_run_from_onboarding_to_the_answer() {
        let mut answers: Vec<Answer> = (0..30).map(|at| since(100 - at, 100 * DAY + 5, 9)).collect();
        // Answered the day before; and on an unknown day.
        answers.extend([
            since(101, 100 * DAY + DAY - 1, 9),
            since(3, NO_TIME, 9),
            since(NO_DAY, 100 * DAY, 9),
        ]);
        let thirds = found(Form::Date, answers).unwrap();
        assert_eq!(shown(&thirds), [(0, 9, 10), (10, 19, 10), (20, 29, 10)]);
        assert_eq!((thirds.n, thirds.before, thirds.measure.as_str()), (30, 1, "since"));
    }

    #[test]
    fn why_nothing_can_be_compared_is_said() {
        let none = found(Form::Date, (0..40).map(|at| since(at, NO_TIME, 9)).collect()).unwrap_err();
        assert!(none.contains("no times"), "{none}");
        // Nobody answered, or all did before they were customers: that is not for want of times.
        assert!(found(Form::Date, Vec::new()).unwrap_err().contains("Too few"));
        assert!(found(Form::Date, vec![since(9, 0, 9); 20]).unwrap_err().contains("Too few"));
        assert!(found(Form::Point, vec![took(NO_DAY, 9); 20]).unwrap_err().contains("Too few"));
        let mut absent = Vec::new();
        let answers = (0..40).map(|day| took(day, 9)).collect();
        assert_eq!(onboarding(&join(answers), &plan(&[]), Statistic::Nps, &mut absent), None);
        assert!(said(&absent, "onboarding").contains("No column"));
    }
}
