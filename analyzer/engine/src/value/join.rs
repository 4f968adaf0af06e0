//! The join: of each customer the latest answer, and what the CRM table knows. What it leaves out on either side is counted and
//! compared, because a score of those who were found says nothing of the others.

use super::crm::{Crm, Customer, NO_AMOUNT};
use super::plan::Part;
use crate::columns::keys::NO_KEY;
use crate::columns::selection::Selection;
use crate::columns::{Dataset, NO_RATING, NO_TIME};
use crate::plan::Scale;
use crate::report::{Statistic, two_samples};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
use serde::{Deserialize, Serialize};

/// Fewest customers on both sides for any conclusion.
pub const FEWEST: u64 = 30;
/// The least share of answers with a key that must find their customer.
pub const LEAST_FOUND: f64 = 0.5;

/// Who was found on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// Rated responses among those that are chosen.
    pub answers: u64,
    /// Of those, the ones without a key.
    pub keyless: u64,
    /// Those that an answer of the same customer replaces: the latest counts, and where there is no time the last in the file.
    pub repeated: u64,
    /// Different customers who answered.
    pub keys: u64,
    /// Those that the CRM table has.
    pub matched: u64,
    /// Those that it does not have.
    pub unmatched: u64,
    /// The score of the matched, with its interval; absent under 10.
    pub matched_score: Option<Estimate>,
    /// The score of all other answers: those without a key, and of customers whom the CRM table does not have.
    pub rest: u64,
    /// See `rest`.
    pub rest_score: Option<Estimate>,
    /// Matched less rest.
    pub difference: Option<Estimate>,
    /// Its p-value.
    pub p: Option<f64>,
    /// Rows of the CRM table, readable or not.
    pub crm_rows: u64,
    /// Those that could not be read; and cells that could not, which count as empty.
    pub crm_unreadable: u64,
    /// See `crm_unreadable`.
    pub crm_cells: u64,
    /// Those without a key.
    pub crm_keyless: u64,
    /// Keys that stand in several rows, all of which are refused.
    pub crm_repeated_keys: u64,
    /// These rows.
    pub crm_repeated_rows: u64,
    /// Customers of the CRM table.
    pub crm_customers: u64,
    /// Those of them who did not answer.
    pub crm_silent: u64,
    /// The mean money of customers who answered, and of those who did not; absent under 10.
    pub crm_matched_mean: Option<f64>,
    /// See `crm_matched_mean`.
    pub crm_silent_mean: Option<f64>,
    /// Whether enough were found for conclusions.
    pub conclusive: bool,
    /// Why not, or what must be known, a sentence each.
    pub notes: Vec<String>,
}

/// An answer whose customer is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub(super) row: usize,
    pub(super) rating: u8,
    pub(super) time: i64,
    pub(super) customer: Customer,
}

/// A group of ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The lowest and the highest rating.
    pub low: u8,
    /// See `low`.
    pub high: u8,
}

/// The groups of ratings that are compared: detractors, passives and promoters; each point of a scale of up to seven; thirds of a
/// longer one.
pub fn groups(scale: Scale) -> Vec<Group> {
    let Scale { low, high, nps } = scale;
    if nps {
        return [(0, 6), (7, 8), (9, 10)].map(|(low, high)| Group { low, high }).into();
    }
    let points = u32::from(high - low) + 1;
    if points <= 7 {
        return (low..=high).map(|point| Group { low: point, high: point }).collect();
    }
    let end = |third: u32| (u32::from(low) + points * third / 3) as u8;
    (0..3).map(|third| Group { low: end(third), high: end(third + 1).saturating_sub(1) }).collect()
}

/// What the join found.
#[derive(Clone, Debug, Default)]
pub struct Join {
    /// In the order of the survey's rows.
    pub(super) answers: Vec<Answer>,
    pub(super) counts: Counts,
    pub(super) matched: Distribution,
    pub(super) rest: Distribution,
    /// The customers who did not answer.
    silent: Vec<Customer>,
}

/// How many rated responses became what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    answers: u64,
    keyless: u64,
    repeated: u64,
    keys: u64,
}

/// A response that has a key.
type Keyed = (u64, i64, usize);

impl Join {
    pub(super) fn new(dataset: &Dataset, keys: &[u64], crm: &Crm, among: &Selection) -> Join {
        let chosen = dataset.chosen(among);
        let mut join = Join::default();
        let mut keyed: Vec<Keyed> = Vec::new();
        let rated = dataset.ratings.iter().enumerate();
        for (row, &rating) in rated.filter(|(row, rating)| **rating != NO_RATING && chosen[*row]) {
            join.counts.answers += 1;
            match keys.get(row).copied().unwrap_or(NO_KEY) {
                NO_KEY => {
                    join.counts.keyless += 1;
                    join.rest.add(rating, 1);
                }
                key => {
                    let time = dataset.times.as_ref().map_or(NO_TIME, |times| times.get(row));
                    keyed.push((key, time, row));
                }
            }
        }
        // The last of those with one key is the latest, and where there is no time the last in the file.
        keyed.sort_unstable();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(key, time, row)) = same.last() else { continue };
            join.counts.keys += 1;
            join.counts.repeated += same.len() as u64 - 1;
            let rating = dataset.ratings[row];
            match crm.of(key) {
                Some(&customer) => {
                    join.matched.add(rating, 1);
                    join.answers.push(Answer { row, rating, time, customer });
                }
                None => join.rest.add(rating, 1),
            }
        }
        let answered =
            |customer: &&Customer| keyed.binary_search_by_key(&customer.key, |keyed| keyed.0).is_ok();
        join.silent = crm.customers.iter().filter(|customer| !answered(customer)).copied().collect();
        join.answers.sort_unstable_by_key(|answer| answer.row);
        join
    }

    /// The answers whose customer has an amount, with it.
    pub(super) fn amounts(&self, part: Part) -> Vec<(&Answer, i64)> {
        let of = |answer: &Answer| amount(&answer.customer, part);
        self.answers
            .iter()
            .map(|answer| (answer, of(answer)))
            .filter(|(_, amount)| *amount != NO_AMOUNT)
            .collect()
    }
}

fn amount(customer: &Customer, part: Part) -> i64 {
    match part {
        Part::LifetimeValue => customer.lifetime,
        _ => customer.revenue,
    }
}

/// Counts and comparisons of both sides.
pub(super) fn joined(join: &Join, crm: &Crm, statistic: Statistic, part: Option<Part>) -> Joined {
    let Counts { answers, keyless, repeated, keys } = join.counts;
    let matched = join.answers.len() as u64;
    let shown = |ratings: &Distribution| {
        (ratings.n() >= super::MINIMUM).then(|| statistic.estimate(ratings)).flatten()
    };
    let (matched_score, rest_score) = (shown(&join.matched), shown(&join.rest));
    let tested = (matched_score.is_some() && rest_score.is_some())
        .then(|| two_samples(statistic, &join.rest, &join.matched, [1.0; 2]))
        .flatten();
    let mean = |amounts: &mut dyn Iterator<Item = i64>| {
        let mut cell = super::cell::Cell::default();
        amounts.filter(|amount| *amount != NO_AMOUNT).for_each(|amount| cell.update(amount));
        (cell.n >= super::MINIMUM).then(|| cell.mean() / 100.0)
    };
    let of = |customer: &Customer| part.map_or(NO_AMOUNT, |part| amount(customer, part));
    let found = if keys == 0 { 0.0 } else { matched as f64 / keys as f64 };
    let mut notes = Vec::new();
    if keys == 0 {
        notes.push("No rated response has a key.".into());
    } else if matched == 0 {
        notes.push("No key of the survey stands in the CRM file. Compare the masked examples of both columns: is one a number and the other an address?".into());
    } else if matched < FEWEST {
        notes.push(format!("Only {matched} customers who answered are in the CRM file; {FEWEST} are needed for any conclusion."));
    } else if found < LEAST_FOUND {
        notes.push(format!("Of the customers who answered, {:.0}% are in the CRM file; under {:.0}% nothing can be concluded about all of them.", found * 100.0, LEAST_FOUND * 100.0));
    }
    let conclusive = notes.is_empty();
    if crm.repeated_keys > 0 {
        let many = crm.repeated_rows > crm.rows / 2;
        notes.push(format!(
            "{} stand in several rows of the CRM file ({} rows in all) and are left out, because nobody can say which row is meant.{}",
            crate::report::counted(crm.repeated_keys, "key"),
            crate::report::grouped(crm.repeated_rows),
            if many { " This looks like a list of orders: add it up by customer first." } else { "" }
        ));
    }
    if crm.currencies.len() > 1 {
        notes.push(format!(
            "Amounts carry several currencies ({}) and are added up as they stand.",
            crm.currencies.join(", ")
        ));
    }
    if crm.cells > 0 {
        notes.push(format!(
            "{} of the CRM file could not be read and count as empty.",
            crate::report::counted(crm.cells, "cell")
        ));
    }
    Joined {
        answers,
        keyless,
        repeated,
        keys,
        matched,
        unmatched: keys - matched,
        matched_score,
        rest: join.rest.n(),
        rest_score,
        difference: tested.map(|d| Estimate { value: d.value, low: d.low, high: d.high }),
        p: tested.map(|d| d.p).filter(|p| p.is_finite()),
        crm_rows: crm.rows,
        crm_unreadable: crm.unreadable,
        crm_cells: crm.cells,
        crm_keyless: crm.keyless,
        crm_repeated_keys: crm.repeated_keys,
        crm_repeated_rows: crm.repeated_rows,
        crm_customers: crm.customers.len() as u64,
        crm_silent: join.silent.len() as u64,
        crm_matched_mean: mean(&mut join.answers.iter().map(|answer| of(&answer.customer))),
        crm_silent_mean: mean(&mut join.silent.iter().map(of)),
        conclusive,
        notes,
    }
}
