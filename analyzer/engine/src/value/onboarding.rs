//! The score by onboarding: by how long customers had been ones when they answered, where the CRM table has the day, or by how many days
//! onboarding took. Three groups of about as many customers, those with equal days together.

use super::crm::NO_DAY;
use super::join::Join;
use super::plan::{Form, JoinPlan, Part};
use super::{MINIMUM, say};
use crate::columns::NO_TIME;
use crate::report::{Absent, Statistic, two_samples};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
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
    let mut days: Vec<(i64, u8)> = Vec::new();
    let mut before = 0;
    for answer in join.answers.iter().filter(|answer| answer.customer.onboarding != NO_DAY) {
        let onboarding = i64::from(answer.customer.onboarding);
        match since {
            false => days.push((onboarding, answer.rating)),
            true if answer.time == NO_TIME => {}
            true => match answer.time.div_euclid(DAY) - onboarding {
                early if early < 0 => before += 1,
                passed => days.push((passed, answer.rating)),
            },
        }
    }
    days.sort_unstable();
    // A third begins where the count says so, and those with equal days stay together.
    let edge = |third: usize| {
        let at = days.len() * third / 3;
        days.get(at).map_or(days.len(), |&(edge, _)| days.partition_point(|&(day, _)| day < edge))
    };
    let mut edges = vec![0, edge(1), edge(2), days.len()];
    edges.dedup();
    let parts: Vec<&[(i64, u8)]> = edges.windows(2).map(|pair| &days[pair[0]..pair[1]]).collect();
    if parts.len() < 2 || parts.iter().any(|part| (part.len() as u64) < MINIMUM) {
        let why = if since && days.is_empty() && before == 0 && !join.answers.is_empty() {
            "The answers have no times, so nobody can say how long their writers had been customers."
        } else {
            "Too few customers, or too many with the same day, to compare them by onboarding."
        };
        say(absent, "onboarding", why);
        return None;
    }
    let ratings = |part: &[(i64, u8)]| {
        let mut ratings = Distribution::default();
        part.iter().for_each(|&(_, rating)| ratings.add(rating, 1));
        ratings
    };
    let ends = parts.first().zip(parts.last());
    let tested =
        ends.and_then(|(first, last)| two_samples(statistic, &ratings(first), &ratings(last), [1.0; 2]));
    let group = |part: &&[(i64, u8)]| {
        let (from, to) = (part.first()?.0, part.last()?.0);
        Some(Days { from, to, n: part.len() as u64, score: statistic.estimate(&ratings(part))? })
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
