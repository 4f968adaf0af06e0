//! Joining a survey with a CRM table: figures of other programs, the guesses, bad input, and any division.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use candor_engine::columns::Dataset;
use candor_engine::columns::selection::Selection;
use candor_engine::plan::{Plan, recognise};
use candor_engine::reader::{Reading, Takes};
use candor_engine::value::cell::Cell;
use candor_engine::value::weighted::{share, weighted};
use candor_engine::value::worth::{Group, slope};
use candor_engine::value::{
    Crm, CrmReading, Form, JoinError, JoinPlan, Part, Value, guess, rank, survey_of, value,
};
use candor_engine::world::{Parameters, World};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;

fn nothing(_: std::ops::Range<u64>) -> Result<Vec<u8>, Infallible> {
    Ok(Vec::new())
}

fn read(survey: &str) -> Dataset {
    let plan = recognise(survey.as_bytes(), "survey.csv");
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(survey.as_bytes());
    reading.finish()
}

fn guessed(survey: &Dataset, crm: &str) -> JoinPlan {
    let Ok(plan) = guess(survey, &recognise(crm.as_bytes(), "crm.csv"), crm.as_bytes(), nothing);
    plan
}

fn customers(crm: &str, plan: &JoinPlan) -> Result<Crm, JoinError> {
    let mut reading = CrmReading::new(plan)?;
    reading.push(crm.as_bytes());
    Ok(reading.finish()?.finish())
}

fn joined(survey: &Dataset, crm: &str, plan: &JoinPlan) -> Result<Value, JoinError> {
    let customers = customers(crm, plan)?;
    let Ok(found) = value(survey, &customers, plan, &Selection::default(), nothing);
    found
}

fn world() -> (Dataset, String) {
    let (world, p) = (World::sample(), Parameters::sample());
    (read(&world.simulate_with(&p).ndjson()), world.crm(&p))
}

/// A survey of `n` customers, ratings in turn, and a CRM table of the same.
fn small(n: usize, amount: impl Fn(usize) -> String) -> (Dataset, String) {
    let mut survey = String::from("customer_id,nps,submitted\n");
    let mut crm = String::from("Customer ID,Revenue\n");
    for at in 0..n {
        survey.push_str(&format!("K-{at},{},2026-03-{:02}\n", at % 11, 1 + at % 28));
        crm.push_str(&format!("k-{at},{}\n", amount(at)));
    }
    (read(&survey), crm)
}

// ---- Figures of other programs: fixtures/value/reference.py ----

fn input() -> Vec<(u32, u8, i64)> {
    let row = |line: &str| {
        let cells: Vec<i64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        (cells[0] as u32, cells[1] as u8, cells[2])
    };
    include_str!("../fixtures/value/input.csv").lines().skip(1).map(row).collect()
}

fn near(name: &str, found: f64) {
    let line = include_str!("../fixtures/value/reference.csv")
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(','))
        .unwrap_or_else(|| panic!("no {name}"));
    let expected: f64 = line.parse().unwrap();
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{name}: {found} is not {expected}");
}

fn groups(rows: &[(u32, u8, i64)], y: impl Fn(i64) -> f64) -> Vec<Group> {
    let mut cells: BTreeMap<(u32, u8), Vec<f64>> = BTreeMap::new();
    rows.iter()
        .for_each(|&(segment, rating, cents)| cells.entry((segment, rating)).or_default().push(y(cents)));
    cells
        .into_iter()
        .map(|((segment, rating), all)| {
            let n = all.len() as f64;
            let mean = all.iter().sum::<f64>() / n;
            let spread = all.iter().map(|y| (y - mean).powi(2)).sum();
            Group { segment, x: f64::from(rating), n, mean, spread }
        })
        .collect()
}

#[test]
fn the_slope_within_segments_is_that_of_statsmodels() {
    let rows = input();
    for (name, found) in [
        ("slope", slope(&groups(&rows, |cents| cents as f64)).unwrap()),
        ("log", slope(&groups(&rows, |cents| (cents as f64).ln())).unwrap()),
    ] {
        near(&format!("{name}.value"), found.slope.value);
        near(&format!("{name}.low"), found.slope.low);
        near(&format!("{name}.high"), found.slope.high);
        near(&format!("{name}.p"), found.p);
        assert_eq!(found.n, 240);
    }
}

#[test]
fn the_weighted_score_and_shares_of_money_are_those_of_statsmodels() {
    let rows = input();
    let mut points = [Cell::default(); 3];
    let (mut some, mut all) = (Cell::default(), Cell::default());
    for &(segment, rating, cents) in &rows {
        points[usize::from(rating >= 7) + usize::from(rating >= 9)].update(cents);
        all.update(cents);
        if rating <= 6 && segment == 1 {
            some.update(cents);
        }
    }
    let found = weighted((0..3).map(|at| (at as f64 - 1.0, points[at]))).unwrap();
    near("weighted.value", found.mean.value);
    near("weighted.low", found.mean.low);
    near("weighted.high", found.mean.high);
    near("difference.value", found.difference.value);
    near("difference.low", found.difference.low);
    near("difference.high", found.difference.high);
    near("difference.p", found.p);
    near("effective_n", found.effective_n);
    let found = share(some, all).unwrap();
    near("share.value", found.value);
    near("share.low", found.low);
    near("share.high", found.high);
}

#[test]
fn medians_and_ranks_are_those_of_scipy() {
    let rows = input();
    let sorted = |keep: &dyn Fn(u8) -> bool| {
        let mut amounts: Vec<i64> = rows.iter().filter(|row| keep(row.1)).map(|row| row.2).collect();
        amounts.sort_unstable();
        amounts
    };
    let (low, high) = (sorted(&|rating| rating <= 6), sorted(&|rating| rating >= 9));
    let median = rank::median(&high).unwrap();
    near("median.value", median.value);
    near("median.low", median.low);
    near("median.high", median.high);
    let found = rank::superiority(&low, &high).unwrap();
    near("superiority", found.share.value);
    near("brunnermunzel.p", found.p);
    assert_eq!(rank::median(&[1, 2, 3, 4, 5]), None);
    assert_eq!(rank::superiority(&[3, 3], &[3, 3]), None);
}

// ---- The sample ----

#[test]
fn the_sample_is_joined_by_what_both_files_have_in_common() {
    let (survey, crm) = world();
    let plan = guessed(&survey, &crm);
    assert_eq!(plan.survey_key, "attribute.customer");
    let role = |name: &str| plan.columns.iter().find(|column| column.name == name).unwrap().role;
    for (column, part) in [
        ("customer_id", Part::Key),
        ("segment", Part::Segment),
        ("revenue_12m", Part::Revenue),
        ("lifetime_value", Part::LifetimeValue),
        ("churned", Part::Churned),
        ("customer_since", Part::Onboarding),
    ] {
        assert_eq!(role(column), part, "{column}");
    }
    let found = joined(&survey, &crm, &plan).unwrap();
    let join = &found.join;
    assert_eq!(join.answers, join.keyless + join.repeated + join.keys);
    assert_eq!(join.keys, join.matched + join.unmatched);
    assert_eq!(join.crm_customers, join.matched + join.crm_silent);
    assert_eq!(join.crm_rows, join.crm_customers + join.crm_repeated_rows + join.crm_keyless);
    assert_eq!((join.crm_repeated_keys, join.crm_repeated_rows), (4, 8));
    assert!(join.conclusive);
    // What is true of this world: the unhappy leave, and among customers of one kind a point goes with money.
    let churn = found.churn.as_ref().unwrap();
    assert!(churn.p.unwrap() < 0.001 && churn.difference.unwrap().low > 0.0);
    let worth = found.worth.as_ref().unwrap();
    let ratio = worth.ratio.unwrap();
    assert!(ratio.low < 0.0513 && 0.0513 < ratio.high, "exp(.05) − 1 is in {ratio:?}");
    assert_eq!(worth.segments, 3);
    assert!(found.findings.iter().enumerate().all(|(at, finding)| finding.rank as usize == at + 1));
    assert!(found.findings.iter().all(|finding| finding.conclusive || finding.value.is_none()));
    // It is read back as it was written, but for the last digit of some numbers, and shows no key.
    let json = serde_json::to_string(&found).unwrap();
    let back: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&back.plan, &back.join.notes, &back.absent), (&found.plan, &found.join.notes, &found.absent));
    assert!(back.findings.iter().zip(&found.findings).all(|(a, b)| a.sentence == b.sentence));
    assert!(!json.contains("C00") && json.contains("C0\u{2022}"));
    assert!(!found.to_text().contains("C00"));
    assert!(found.to_text().lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_choice_of_responses_is_joined_alone() {
    let (survey, crm) = world();
    let plan = guessed(&survey, &crm);
    let customers = customers(&crm, &plan).unwrap();
    let among = Selection { unit: Some("York".into()), ..Selection::default() };
    let Ok(found) = value(&survey, &customers, &plan, &among, nothing);
    let found = found.unwrap();
    let of_unit = survey.chosen(&among).iter().filter(|chosen| **chosen).count() as u64;
    assert_eq!(found.join.answers, of_unit);
}

// ---- Keys ----

#[test]
fn of_several_answers_the_latest_counts_and_of_several_rows_none() {
    let mut survey = String::from("email,nps,submitted\n");
    let mut crm = String::from("Email,Revenue\n");
    for at in 0..40 {
        survey.push_str(&format!("a{at}@x.example,10,2026-03-02\n a{at}@X.example ,0,2026-03-01\n"));
        crm.push_str(&format!("A{at}@x.example,{}\n", 10 + at));
    }
    crm.push_str("a1@x.example,99\n");
    let survey = read(&survey);
    let plan = guessed(&survey, &crm);
    assert_eq!(plan.survey_key, "email");
    let found = joined(&survey, &crm, &plan).unwrap();
    assert_eq!(
        (found.join.answers, found.join.repeated, found.join.keys, found.join.matched),
        (80, 40, 40, 39)
    );
    assert_eq!((found.join.crm_repeated_keys, found.join.crm_repeated_rows), (1, 2));
    // The later answer is the ten.
    assert_eq!(found.join.matched_score.unwrap().value, 1.0);
}

#[test]
fn a_key_that_never_matches_gives_no_conclusion_and_says_why() {
    let (survey, crm) = small(200, |at| at.to_string());
    let plan = guessed(&survey, &crm);
    let other = crm.replace("k-", "other-");
    let found = joined(&survey, &other, &plan).unwrap();
    assert!(!found.join.conclusive && found.join.matched == 0);
    assert!(
        found.findings[0].sentence.contains("No key of the survey stands in the CRM file"),
        "{:?}",
        found.findings
    );
    assert!(found.findings.iter().all(|finding| !finding.conclusive && finding.value.is_none()));
}

#[test]
fn a_poor_join_has_numbers_and_no_conclusion() {
    let (survey, crm) = small(200, |at| (100 + at).to_string());
    let plan = guessed(&survey, &crm);
    let part: String = crm.lines().take(1 + 60).map(|line| format!("{line}\n")).collect();
    let found = joined(&survey, &part, &plan).unwrap();
    assert_eq!((found.join.matched, found.join.conclusive), (60, false));
    assert!(found.join.notes[0].contains("30%"), "{:?}", found.join.notes);
    assert!(
        found
            .findings
            .iter()
            .all(|finding| finding.value.is_none() && finding.sentence.starts_with("No conclusion"))
    );
}

#[test]
fn bad_plans_and_files_get_a_sentence() {
    let (survey, crm) = small(50, |at| at.to_string());
    let plan = guessed(&survey, &crm);
    let with = |change: &dyn Fn(&mut JoinPlan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        joined(&survey, &crm, &plan).unwrap_err().to_string()
    };
    for (sentence, expected) in [
        (with(&|plan| plan.survey_key = "nps".into()), "is the survey's score and cannot be its key"),
        (with(&|plan| plan.survey_key = "phone".into()), "Choose one of customer_id"),
        (with(&|plan| plan.columns[0].role = Part::Ignore), "is the key"),
        (with(&|plan| plan.columns[1].role = Part::Ignore), "says nothing about customers"),
        (with(&|plan| plan.columns[0].role = Part::Revenue), "2 columns are chosen as revenue"),
        (with(&|plan| plan.columns[1].form = Form::Words), "its cells are no amounts"),
        (with(&|plan| plan.columns[1].name = "Umsatz".into()), "no column \"Umsatz\""),
        (with(&|plan| plan.delimiter = '"'), "cannot stand between cells"),
        (with(&|plan| plan.header_rows = 0), "0 header rows"),
        (with(&|plan| plan.header_rows = 21), "21 header rows"),
        (joined(&survey, "Customer ID,Revenue\n", &plan).unwrap_err().to_string(), "no row below its header"),
        (joined(&survey, "", &plan).unwrap_err().to_string(), "no row below its header"),
    ] {
        assert!(sentence.contains(expected), "{sentence:?} does not say {expected:?}");
    }
}

#[test]
fn orders_in_place_of_customers_are_told() {
    let (survey, _) = small(60, |_| String::new());
    let mut crm = String::from("customer id,revenue\n");
    for at in 0..600 {
        crm.push_str(&format!("k-{},{at}\n", at % 60));
    }
    let mut plan = guessed(&survey, &crm);
    // No column differs in every row, so that none is guessed as the key.
    assert!(plan.of(Part::Key).is_none());
    (plan.survey_key, plan.columns[0].role) = ("customer_id".into(), Part::Key);
    let found = joined(&survey, &crm, &plan).unwrap();
    assert_eq!((found.join.crm_rows, found.join.crm_repeated_rows, found.join.matched), (600, 600, 0));
    assert!(found.join.notes.iter().any(|note| note.contains("list of orders")), "{:?}", found.join.notes);
}

#[test]
fn money_is_read_with_signs_thousands_and_minus_and_what_is_none_is_listed() {
    let amounts = ["\"€1.234,50\"", "\"-20,00 €\"", "\"7,5\"", "\"(3,25)\"", "\"12.000,00\""];
    let (survey, crm) = small(100, |at| if at == 50 { "plenty".into() } else { amounts[at % 5].into() });
    let plan = guessed(&survey, &crm);
    let column = plan.of(Part::Revenue).unwrap();
    assert_eq!((column.form, column.currency.as_str()), (Form::Comma, "€"));
    let found = joined(&survey, &crm, &plan).unwrap();
    assert_eq!((found.join.crm_cells, found.unreadable.len(), found.unreadable[0].row), (1, 1, 52));
    assert_eq!(found.weighted.as_ref().unwrap().negative, 40);
    let mean = |amounts: &[f64]| amounts.iter().sum::<f64>() / amounts.len() as f64;
    let each = [1234.5, -20.0, 7.5, -3.25, 12000.0];
    let all: Vec<f64> = (0..100).filter(|at| *at != 50).map(|at| each[at % 5]).collect();
    assert!((found.join.crm_matched_mean.unwrap() - mean(&all)).abs() < 1e-9);
}

#[test]
fn who_left_before_he_answered_is_no_proof() {
    let mut survey = String::from("customer_id,nps,submitted\n");
    let mut crm = String::from("customer_id,cancelled_at\n");
    for at in 0..120 {
        survey.push_str(&format!("K{at:03},{},2026-03-15\n", if at < 60 { 2 } else { 10 }));
        let left = match at % 6 {
            0 => "2026-03-01",
            1 if at < 60 => "2026-04-01",
            _ => "",
        };
        crm.push_str(&format!("K{at:03},{left}\n"));
    }
    let survey = read(&survey);
    let plan = guessed(&survey, &crm);
    assert_eq!(
        (plan.of(Part::Churned).unwrap().name.as_str(), plan.of(Part::Churned).unwrap().form),
        ("cancelled_at", Form::Date)
    );
    let churn = joined(&survey, &crm, &plan).unwrap().churn.unwrap();
    assert_eq!((churn.before, churn.n, churn.left), (20, 100, 10));
    assert_eq!(churn.groups[0].share.unwrap().value, 0.2);
    assert_eq!(churn.groups[2].share.unwrap().value, 0.0);
}

#[test]
fn of_two_files_the_one_with_answers_is_the_survey() {
    let (_, crm) = world();
    let survey = "agent,nps,comment,submitted\nA1,9,all was well and quick,2026-03-01\nA2,3,I waited for an hour,2026-03-02\n";
    let plan = |text: &str| recognise(text.as_bytes(), "x.csv");
    let (survey, crm): (Plan, Plan) = (plan(survey), plan(&crm));
    assert_eq!(survey_of([&survey, &crm]), Some(0));
    assert_eq!(survey_of([&crm, &survey]), Some(1));
    assert_eq!(survey_of([&survey, &survey]), None);
    // A health score does not make a CRM table a survey.
    let health = plan("customer_id,health_score,revenue,churned\n1,9,100,no\n2,3,20,yes\n3,7,50,no\n");
    assert_eq!(survey_of([&health, &survey]), Some(1));
}

#[test]
fn few_customers_are_not_shown() {
    let (survey, crm) = small(44, |at| (100 + at).to_string());
    let plan = guessed(&survey, &crm);
    let found = joined(&survey, &crm, &plan).unwrap();
    for group in found.money.iter().flat_map(|money| &money.groups) {
        assert!(group.n.is_none_or(|n| n == 0 || n >= 10));
        assert!(group.n.is_some() || group.mean.is_none() && group.median.is_none() && group.share.is_none());
    }
    assert!(found.money[0].groups.iter().any(|group| group.n.is_none()), "some group has fewer than 10");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_division_and_order_of_the_rows_gives_the_same_value(
        cuts in proptest::collection::vec(0usize..300, 0..6), chunk in 1usize..600, turn in 0usize..300,
    ) {
        let (survey, crm) = small(300, |at| format!("{}.{:02}", (at * 7919) % 5000, at % 100));
        let plan = guessed(&survey, &crm);
        let whole = joined(&survey, &crm, &plan).unwrap();
        let mut lines: Vec<&str> = crm.lines().skip(1).collect();
        lines.rotate_left(turn);
        let mut cuts = cuts;
        cuts.extend([0, 300]);
        cuts.sort_unstable();
        let mut parts: Vec<Crm> = Vec::new();
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let mut reading = CrmReading::new(&plan).unwrap();
            let text = format!("Customer ID,Revenue\n{}\n", lines[pair[0]..pair[1]].join("\n"));
            text.as_bytes().chunks(chunk).for_each(|bytes| reading.push(bytes));
            parts.push(reading.finish().unwrap());
        }
        let mut merged = parts.pop().unwrap();
        parts.iter().for_each(|part| merged.merge(part));
        let Ok(found) = value(&survey, &merged.finish(), &plan, &Selection::default(), nothing);
        prop_assert_eq!(serde_json::to_string(&found.unwrap()).unwrap(), serde_json::to_string(&whole).unwrap());
    }

    #[test]
    fn any_bytes_are_joined_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (survey, crm) = small(20, |at| at.to_string());
        let Ok(guessed) = guess(&survey, &recognise(&bytes, "crm.csv"), &bytes, nothing);
        let plan = JoinPlan { survey_key: "customer_id".into(), ..guessed };
        for plan in [plan, self::guessed(&survey, &crm)] {
            if let Ok(mut reading) = CrmReading::new(&plan) {
                reading.push(&bytes);
                if let Ok(crm) = reading.finish() {
                    let Ok(found) = value(&survey, &crm.finish(), &plan, &Selection::default(), nothing);
                    found.map(|found| found.to_text()).ok();
                }
            }
        }
    }
}
