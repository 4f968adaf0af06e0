//! What the tests of this folder make their joins of.

use super::crm::{Customer, Left, NO_AMOUNT, NO_DAY, NO_SEGMENT};
use super::join::{Answer, Join};
use super::plan::{Form, JoinColumn, JoinPlan, Part};
use super::scored::NO_UNIT;
use super::{Crm, CrmReading, Value, value};
use crate::columns::selection::Selection;
use crate::columns::{Dataset, NO_TIME};
use crate::plan::{DateOrder, Encoding, Naming, recognise};
use crate::reader::{Reading, Takes};
use crate::report::Absent;
use std::convert::Infallible;

/// A plan by which `customer` of the survey is `key` of the CRM file.
pub(super) fn plan(columns: &[(&str, Part, Form)]) -> JoinPlan {
    let column = |&(name, role, form): &(&str, Part, Form)| JoinColumn {
        name: name.into(),
        role,
        reason: String::new(),
        examples: Vec::new(),
        form,
        currency: String::new(),
        words: Default::default(),
    };
    JoinPlan {
        join: 1,
        survey_key: "customer".into(),
        survey_reason: String::new(),
        survey_columns: Vec::new(),
        columns: columns.iter().map(column).collect(),
        encoding: Encoding::Utf8,
        delimiter: ',',
        header_rows: 1,
        naming: Naming::default(),
        date_order: DateOrder::DayFirst,
        notes: Vec::new(),
    }
}

pub(super) fn customer(key: u64) -> Customer {
    Customer {
        key,
        revenue: NO_AMOUNT,
        lifetime: NO_AMOUNT,
        left: Left::Unknown,
        onboarding: NO_DAY,
        segment: NO_SEGMENT,
    }
}

/// The answer of a customer of whom nothing is known.
pub(super) fn answer(row: usize, rating: u8) -> Answer {
    Answer { row, unit: NO_UNIT, rating, time: NO_TIME, customer: customer(row as u64 + 1) }
}

/// Answers with money, in hundredths.
pub(super) fn paying(rows: &[(u8, i64)]) -> Vec<Answer> {
    let one = |(row, &(rating, amount)): (usize, &(u8, i64))| {
        let mut answer = answer(row, rating);
        answer.customer.revenue = amount;
        answer
    };
    rows.iter().enumerate().map(one).collect()
}

pub(super) fn join(answers: Vec<Answer>) -> Join {
    let mut join = Join::default();
    join.answers = answers;
    join
}

/// What was said to be absent, and why.
pub(super) fn said(absent: &[Absent], what: &str) -> String {
    absent.iter().find(|absent| absent.what == what).map(|absent| absent.reason.clone()).unwrap_or_default()
}

pub(super) fn survey(csv: &str) -> Dataset {
    let mut reading = Reading::new(&recognise(csv.as_bytes(), "survey.csv")).unwrap();
    reading.push(csv.as_bytes());
    reading.finish()
}

pub(super) fn crm(csv: &str, plan: &JoinPlan) -> Crm {
    let mut reading = CrmReading::new(plan).unwrap();
    reading.push(csv.as_bytes());
    reading.finish().unwrap()
}

pub(super) fn joined(survey: &Dataset, table: &str, plan: &JoinPlan) -> Value {
    let customers = crm(table, plan).finish();
    let nothing = |_| Ok::<Vec<u8>, Infallible>(Vec::new());
    let Ok(found) = value(survey, &customers, plan, &Selection::default(), nothing);
    found.unwrap()
}
