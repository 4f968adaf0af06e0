//! Value: the survey joined with a CRM table by key, and what the score has to do with money. It reads a [`Dataset`] and the rows
//! of the table, keeps no key that could be read back, and computes associations: nothing here says that a point *makes*
//! anybody pay.
//!
//! [`guess`] makes a [`JoinPlan`], [`CrmReading`] reads the table by it into a [`Crm`], [`value`] joins both. A statistic a file: money by
//! score ([`money`]), the score weighted by money ([`weighted`]), the best customers ([`best`]), what a point is worth ([`worth`]), who
//! left ([`churn`]), onboarding ([`onboarding`]), what the pains cost ([`pains`]).

pub mod amount;
pub mod best;
pub mod cell;
pub mod churn;
pub mod crm;
#[cfg(test)]
mod examples;
mod findings;
pub mod join;
pub mod money;
pub mod onboarding;
pub mod pains;
pub mod plan;
pub mod rank;
mod scored;
mod text;
pub mod weighted;
pub mod worth;

pub use best::Best;
pub use churn::Churn;
pub use crm::{Crm, CrmReading};
pub use findings::amount_said;
pub use join::Joined;
pub use money::Money;
pub use onboarding::Onboarding;
pub use pains::{Pain, Pains};
pub use plan::{Form, JoinColumn, JoinError, JoinPlan, KeyChoice, Part, guess, survey_of};

use crate::columns::selection::Selection;
use crate::columns::{Dataset, Skipped};
use crate::report::{Absent, Finding, Statistic};
use crate::scores::Estimate;
use crate::sort;
use cell::Cell;
use join::{Group, Join};
use scored::Scored;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Fewer customers than this are counted, and nothing is shown of them.
pub const MINIMUM: u64 = crate::report::MINIMUM_CELL;

/// What the score has to do with money (FORMATS.md, "Join plan and value"). Money is in the CRM file's own unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Format version, 1.
    pub value: u32,
    /// The plan by which both files were joined.
    pub plan: JoinPlan,
    /// What a score is: `nps` in [−1, 1], `top_box` in [0, 1] or `mean` in points of the scale.
    pub statistic: String,
    /// The groups of ratings that are compared, the lowest first: their lowest and highest rating.
    pub groups: Vec<(u8, u8)>,
    /// The column whose money is meant below: revenue, else lifetime value; absent when the file has neither.
    pub measure: Option<String>,
    /// The currency, as `€`; empty where the file names none.
    pub currency: String,
    /// Who was found on both sides.
    pub join: Joined,
    /// Money by score, for revenue and for lifetime value.
    pub money: Vec<Money>,
    /// The score weighted by money.
    pub weighted: Option<Weighted>,
    /// The best customers beside the others.
    pub best: Option<Best>,
    /// What a point is worth.
    pub worth: Option<Worth>,
    /// Who left, by score.
    pub churn: Option<Churn>,
    /// The score by onboarding.
    pub onboarding: Option<Onboarding>,
    /// What the pains cost.
    pub pains: Option<Pains>,
    /// What the numbers come to, the most important first.
    pub findings: Vec<Finding>,
    /// What is not said, and why.
    pub absent: Vec<Absent>,
    /// Rows and cells of the CRM file that could not be read, the first [`crm::LISTED`].
    pub unreadable: Vec<Skipped>,
}

/// The score when each customer counts by the money that he brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    /// Customers with money.
    pub n: u64,
    /// As many equal customers would give an interval as long.
    pub effective_n: f64,
    /// The score of these customers, each counted the same.
    pub plain: Estimate,
    /// The score weighted.
    pub weighted: Estimate,
    /// Weighted less plain.
    pub difference: Estimate,
    /// The p-value of no difference; absent when it cannot be had.
    pub p: Option<f64>,
    /// The share of all money that the largest customer brings.
    pub largest: f64,
    /// Customers whose money is below 0, which counts as none.
    pub negative: u64,
}

/// By how much the money of customers differs who differ by one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Customers.
    pub n: u64,
    /// Money by point of the scale.
    pub slope: Estimate,
    /// Its p-value; absent when it cannot be had.
    pub p: Option<f64>,
    /// Money by point as a factor less 1, from the logarithm, among customers who bring more than nothing; absent when
    /// there are too few of them.
    pub ratio: Option<Estimate>,
    /// Its p-value.
    pub ratio_p: Option<f64>,
    /// Customers whose money is above 0.
    pub positive: u64,
    /// Segments within which customers are compared; 1 where there are none.
    pub segments: u64,
}

/// Joins a survey with the customers of a CRM table, among the responses that are chosen. `bytes` hands out the survey's bytes where
/// its key was left in its file.
///
/// # Errors
/// What in the plan cannot be followed; or what `bytes` failed with.
pub fn value<E>(
    dataset: &Dataset,
    crm: &Crm,
    plan: &JoinPlan,
    among: &Selection,
    bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
) -> Result<Result<Value, JoinError>, E> {
    if let Err(error) = plan.check() {
        return Ok(Err(error));
    }
    let keys = match keys(dataset, plan, bytes)? {
        Ok(keys) => keys,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(joined(dataset, &keys, crm, plan, among)))
}

/// The survey's keys by the plan.
fn keys<E>(
    dataset: &Dataset,
    plan: &JoinPlan,
    bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
) -> Result<Result<Vec<u64>, JoinError>, E> {
    let column = &plan.survey_key;
    let score = &dataset.score.question;
    if column == score || dataset.own.is_some() && column.strip_prefix("answer.") == Some(score) {
        return Ok(Err(JoinError::ScoreIsKey(column.clone())));
    }
    Ok(match dataset.keys(column, usize::MAX, bytes)? {
        Some((keys, _)) => Ok(keys),
        None => Err(JoinError::NoSurveyKey { column: column.clone(), among: dataset.key_columns() }),
    })
}

fn joined(dataset: &Dataset, keys: &[u64], crm: &Crm, plan: &JoinPlan, among: &Selection) -> Value {
    let statistic = Statistic::of(&dataset.score);
    let join = Join::new(dataset, keys, crm, among);
    let mut absent = Vec::new();
    let groups = join::groups(dataset.score.scale);
    let money: Vec<Money> = [Part::Revenue, Part::LifetimeValue]
        .into_iter()
        .filter_map(|part| money::money(&join, plan.of(part)?, &groups))
        .collect();
    let measure = plan.of(Part::Revenue).or_else(|| plan.of(Part::LifetimeValue)).cloned();
    let part = measure.as_ref().map(|column| column.role);
    if part.is_none() {
        say(&mut absent, "money", "No column of the CRM file is chosen as revenue or lifetime value.");
    }
    let paying: Vec<(&join::Answer, i64)> = part.map_or_else(Vec::new, |part| join.amounts(part));
    let enough = paying.len() as u64 >= MINIMUM;
    if part.is_some() && !enough {
        say(&mut absent, "money", &format!("Fewer than {MINIMUM} customers who answered have an amount."));
    }
    let paying = if enough { paying } else { Vec::new() };
    let mut value = Value {
        value: 1,
        plan: plan.clone(),
        statistic: statistic.name().into(),
        groups: groups.iter().map(|group| (group.low, group.high)).collect(),
        measure: measure.as_ref().map(|column| column.name.clone()),
        currency: measure.as_ref().map(|column| column.currency.clone()).unwrap_or_default(),
        join: join::joined(&join, crm, statistic, part),
        money,
        weighted: by_money(&paying, statistic),
        best: best::best(&paying, statistic, &mut absent),
        worth: worth(&paying, crm, &mut absent),
        churn: churn::churn(&join, plan, &groups, &mut absent),
        onboarding: onboarding::onboarding(&join, plan, statistic, &mut absent),
        pains: pains::pains(dataset, &paying, &groups, &mut absent),
        findings: Vec::new(),
        absent,
        unreadable: crm.listed.clone(),
    };
    value.findings = findings::findings(&value, statistic);
    value
}

fn say(absent: &mut Vec<Absent>, what: &str, reason: &str) {
    absent.push(Absent { what: what.into(), reason: reason.into() });
}

/// An amount in hundredths as money.
fn units(e: Estimate) -> Estimate {
    Estimate { value: e.value / 100.0, low: e.low / 100.0, high: e.high / 100.0 }
}

/// Money that counts: what is below 0 is none.
fn counts(amount: i64) -> i64 {
    amount.max(0)
}

fn by_money(paying: &[(&join::Answer, i64)], statistic: Statistic) -> Option<Weighted> {
    let mut by: std::collections::BTreeMap<u64, Cell> = std::collections::BTreeMap::new();
    let mut scored = Scored::default();
    for (answer, amount) in paying {
        by.entry(statistic.point(answer.rating)).or_default().update(counts(*amount));
        scored.add(answer.unit, answer.rating);
    }
    let found = weighted::weighted(by.iter().map(|(&point, &cell)| (point as f64, cell)))?;
    let total: i128 = by.values().map(|cell| cell.sum).sum();
    let largest = paying.iter().map(|(_, amount)| counts(*amount)).max().unwrap_or(0);
    let (least, greatest) = statistic.range();
    let range = greatest - least;
    let Estimate { value, low, high } = found.difference;
    Some(Weighted {
        n: found.n,
        effective_n: found.effective_n,
        plain: scored.score(statistic)?,
        weighted: scored.widened(statistic, statistic.estimate_of(found.mean)),
        difference: Estimate { value, low: low.max(-range), high: high.min(range) },
        p: Some(found.p).filter(|p| p.is_finite()),
        largest: largest as f64 / total as f64,
        negative: paying.iter().filter(|(_, amount)| *amount < 0).count() as u64,
    })
}

fn worth(paying: &[(&join::Answer, i64)], crm: &Crm, absent: &mut Vec<Absent>) -> Option<Worth> {
    if paying.is_empty() {
        return None;
    }
    let mut cells = cell::Cells::default();
    for (answer, amount) in paying {
        cells.update(answer.customer.segment, answer.rating, *amount);
    }
    let group = |(&(segment, rating), cell): (&(u32, u8), &Cell)| worth::Group {
        segment,
        x: f64::from(rating),
        n: cell.n as f64,
        mean: cell.mean(),
        spread: cell.spread(),
    };
    let groups: Vec<worth::Group> = cells.0.iter().map(group).collect();
    let Some(found) = worth::slope(&groups) else {
        say(
            absent,
            "worth",
            "What a point is worth cannot be told: within no segment do ratings differ, or there are too few customers.",
        );
        return None;
    };
    let segments = groups.chunk_by(|a, b| a.segment == b.segment).count() as u64;
    // Logarithms are added in the order of their amounts, so that any order of the rows gives the same bits.
    let mut positive: Vec<(u32, u8, i64)> = paying
        .iter()
        .filter(|(_, amount)| *amount > 0)
        .map(|(answer, amount)| (answer.customer.segment, answer.rating, *amount))
        .collect();
    sort::ascending(&mut positive);
    let logs: Vec<worth::Group> = positive
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|same| {
            let log = |amount: i64| libm::log(amount as f64);
            let n = same.len() as f64;
            let mean = same.iter().map(|row| log(row.2)).sum::<f64>() / n;
            let spread = same.iter().map(|row| (log(row.2) - mean) * (log(row.2) - mean)).sum();
            worth::Group { segment: same[0].0, x: f64::from(same[0].1), n, mean, spread }
        })
        .collect();
    let ratio = if positive.len() as u64 >= MINIMUM { worth::slope(&logs) } else { None };
    let factor = |log: f64| libm::expm1(log);
    let finite = |p: f64| Some(p).filter(|p| p.is_finite());
    if crm.too_many_segments {
        let most = crm::MOST_SEGMENTS;
        say(
            absent,
            "segment",
            &format!(
                "The segment has more than {most} values, so it is none; customers are compared with all others."
            ),
        );
    }
    Some(Worth {
        n: found.n,
        slope: units(found.slope),
        p: finite(found.p),
        ratio: ratio.map(|ratio| {
            let Estimate { value, low, high } = ratio.slope;
            Estimate { value: factor(value), low: factor(low), high: factor(high) }
        }),
        ratio_p: ratio.and_then(|ratio| finite(ratio.p)),
        positive: positive.len() as u64,
        segments,
    })
}

/// The group of a rating.
fn group_of(groups: &[Group], rating: u8) -> Option<usize> {
    groups.iter().position(|group| (group.low..=group.high).contains(&rating))
}
