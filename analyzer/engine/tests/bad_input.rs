//! Input that no statistic is made for: each file gives an honest sentence, never a number that is none, and never a panic.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::{Bonus, Margin, Paid, Period, Plan, Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Report, report};
use candor_engine::world::{Parameters, World};
use candor_survey::Time;
use proptest::prelude::*;
use serde_json::json;

fn planned(text: &str) -> Plan {
    let mut plan = recognise(text.as_bytes(), "x.csv");
    // Which columns are ratings is chosen here, as a user would.
    for column in plan.columns.iter_mut().filter(|c| c.role == Role::Ignore && c.scale.is_some()) {
        column.role = Role::Item;
    }
    plan
}

fn read(plan: &Plan, text: &str) -> Report {
    let mut reading = Reading::new(plan).unwrap();
    reading.push(text.as_bytes());
    let found = report(&reading.finish());
    check(&found);
    found
}

/// No number is NaN or infinite, none of a sentence either, and what is in a range is inside.
fn check(report: &Report) {
    let all = format!("{report:?}");
    assert!(!all.contains("NaN") && !all.contains("inf,") && !all.contains("inf }"), "{all}");
    for finding in &report.findings {
        assert!(finding.sentence.ends_with('.'), "{}", finding.sentence);
        assert!(
            !finding.sentence.contains("NaN") && !finding.sentence.contains("inf%"),
            "{}",
            finding.sentence
        );
        assert!(finding.p.is_none_or(|p| (0.0..=1.0).contains(&p)), "{finding:?}");
        if let (Some(value), Some(low), Some(high)) = (finding.value, finding.low, finding.high) {
            assert!(low <= value && value <= high, "{finding:?}");
        }
    }
    assert!(report.findings.iter().map(|finding| finding.rank).eq(1..=report.findings.len() as u32));
    assert!(report.first.len() <= 3);
    for channel in report.units.iter().flat_map(|unit| &unit.channels).chain(&report.firm) {
        assert!(channel.p.is_none_or(|p| (0.0..=1.0).contains(&p)), "{channel:?}");
        let ends = [channel.value, channel.low, channel.high, channel.expected, channel.effect];
        assert!(ends.iter().flatten().all(|end| end.is_finite()), "{channel:?}");
        assert!(!channel.sentence.contains("NaN") && !channel.sentence.contains("inf"), "{channel:?}");
    }
    for score in &report.scores {
        assert!(score.low <= score.value && score.value <= score.high && score.deff >= 1.0, "{score:?}");
    }
    report.to_text();
}

fn says(report: &Report, what: &str, part: &str) {
    let found = report.absent.iter().any(|absent| absent.what == what && absent.reason.contains(part));
    assert!(found, "{what}: {part} in {:?}", report.absent);
}

/// `date,agent,nps,q1,…` with a day, a unit and ratings a row.
fn table(rows: usize, row: impl Fn(usize) -> (usize, String, u8)) -> String {
    let mut text = String::from("date,agent,nps\n");
    for n in 0..rows {
        let (day, unit, score) = row(n);
        text.push_str(&format!("2026-{:02}-{:02},{unit},{score}\n", 1 + day / 28, 1 + day % 28));
    }
    text
}

#[test]
fn a_constant_column_has_an_interval_and_no_differences() {
    let plan = planned(&table(60, |n| (n, format!("A{}", n % 6), (n % 11) as u8)));
    let report = read(&plan, &table(60, |n| (n, format!("A{}", n % 6), 10)));
    assert!(report.scores[0].low < 1.0);
    says(&report, "clustering", "Every rating is the same");
    assert!(report.units.iter().all(|unit| unit.next.is_none()));
    assert!(report.findings.iter().all(|finding| finding.id != "ranking" && finding.id != "units"));
    let change = report.findings.iter().find(|finding| finding.id == "change").unwrap();
    assert!(!change.conclusive, "{}", change.sentence);
}

#[test]
fn one_unit_is_compared_with_nothing() {
    let report = {
        let text = table(80, |n| (n, "A".into(), (n % 11) as u8));
        let mut plan = planned(&table(80, |n| (n, format!("A{}", n % 3), (n % 11) as u8)));
        plan.notes.clear();
        read(&plan, &text)
    };
    says(&report, "units", "one unit");
    says(&report, "clustering", "all responses belong to one unit");
    assert!((report.scores[0].deff - 1.0).abs() < 1e-12);
}

#[test]
fn no_units_are_said_to_be_none() {
    let report = read(&planned("nps\n10\n0\n7\n"), "nps\n10\n0\n7\n9\n");
    says(&report, "units", "No column is chosen");
    assert!(report.units.is_empty() && report.change.is_none());
}

#[test]
fn columns_in_which_all_is_missing_have_no_score() {
    let plan = planned("date,agent,nps,q1,q2\n2026-01-01,A,10,1,2\n2026-01-02,B,0,5,4\n2026-01-03,C,3,3,3\n");
    let report = read(&plan, "date,agent,nps,q1,q2\n,,,,\n,B,,,\n,,N/A,,\n2026-01-01,A,,,\n");
    assert!(report.scores.is_empty() && report.findings.is_empty() && report.first.is_empty());
    says(&report, "score", "No response has a rating");
    says(&report, "change", "No rating has a time");
}

#[test]
fn days_before_1970_are_days() {
    let mut text = String::from("date,nps\n");
    (0..120).for_each(|n| text.push_str(&format!("1969-{:02}-{:02},{}\n", 9 + n / 30, 1 + n % 28, n % 11)));
    let report = read(&planned(&text), &text);
    let change = report.change.unwrap();
    assert!(change.before.from.starts_with("1969") && change.after.to.starts_with("1969"), "{change:?}");
}

#[test]
fn scores_outside_of_the_scale_are_left_out_and_named() {
    let plan = planned(&table(60, |n| (n, format!("A{}", n % 6), (n % 11) as u8)));
    let report =
        read(&plan, "date,agent,nps\n2026-01-01,A,11\n2026-01-01,A,-1\n2026-01-01,A,3.5\n2026-01-01,A,9\n");
    assert_eq!((report.responses.skipped, report.scores[0].n), (3, 1));
    assert!(report.skipped[0].reason.contains("from 0 to 10"), "{:?}", report.skipped);
}

#[test]
fn items_outside_of_their_scale_are_no_ratings() {
    let head: String = (0..40).map(|n| format!("{},{}\n", n % 11, 1 + n % 5)).collect();
    let plan = planned(&format!("nps,speed\n{head}"));
    let report = read(&plan, &format!("nps,speed\n{head}9,77\n9,fast\n9,\n"));
    let speed = report.scores.iter().find(|score| score.question == "speed").unwrap();
    assert_eq!(speed.n, 40);
    says(&report, "speed", "2 cells are no point of the scale from 1 to 5");
}

#[test]
fn a_million_units_of_one_response_are_no_units() {
    let plan = planned(&table(60, |n| (n, format!("A{}", n % 6), (n % 11) as u8)));
    let mut text = String::from("date,agent,nps\n");
    (0..1_000_000u32)
        .for_each(|n| text.push_str(&format!("2026-01-{:02},U{n},{}\n", 1 + n % 28, (n * 7) % 11)));
    let report = read(&plan, &text);
    assert_eq!(report.responses.used, 1_000_000);
    says(&report, "clustering", "no unit has more than one response");
    says(&report, "units", "1,000,000 units have fewer than 10 ratings; the first 1,000 of them are listed");
    assert_eq!(report.units.len(), 1000);
    assert!(report.units.iter().all(|unit| unit.score.is_none() && unit.next.is_none()));
    assert!((report.scores[0].deff - 1.0).abs() < 1e-12);
}

#[test]
fn weights_that_are_none_are_refused_with_a_sentence() {
    let text = table(80, |n| (n, format!("A{}", n % 2), (n % 11) as u8));
    for (numbers, part) in [
        ([Some(60.0), None], "missing or is none"),
        ([Some(60.0), Some(f64::NAN)], "missing or is none"),
        ([Some(60.0), Some(f64::INFINITY)], "missing or is none"),
        ([Some(60.0), Some(-5.0)], "0, negative"),
        ([Some(600.0), Some(0.0)], "0, negative"),
    ] {
        let mut plan = planned(&text);
        let population = ["A0", "A1"].map(String::from).into_iter().zip(numbers).collect();
        plan.weights = vec![Margin { column: "agent".into(), population, shares: false }];
        let report = read(&plan, &text);
        assert!(report.weighted.is_none());
        says(&report, "weights", part);
    }
    let mut plan = planned(&text);
    let population = [("A0".to_owned(), Some(100.0)), ("A9".to_owned(), Some(100.0))].into();
    plan.weights = vec![Margin { column: "agent".into(), population, shares: false }];
    says(&read(&plan, &text), "weights", "A9");
}

#[test]
fn a_date_column_that_is_none_is_said_row_by_row() {
    let plan = planned(&table(60, |n| (n, format!("A{}", n % 6), (n % 11) as u8)));
    let mut text = String::from("date,agent,nps\n");
    (0..40).for_each(|n| text.push_str(&format!("soon {n},A,{}\n", n % 11)));
    let report = read(&plan, &text);
    assert_eq!((report.scores[0].n, report.repaired.len()), (40, 40));
    assert!(report.repaired[0].reason.contains("is no date"), "{:?}", report.repaired[0]);
    says(&report, "change", "No rating has a time");
    assert!(report.responses.from.is_none());
}

#[test]
fn a_column_that_is_called_a_date_and_is_none_is_named() {
    let mut text = String::from("agent,Date sent,nps\n");
    (0..40).for_each(|n| {
        text.push_str(&format!("A{},{},{}\n", n % 2, ["2026-13-45", "soon", "2026-01-02"][n % 3], n % 11))
    });
    let report = read(&planned(&text), &text);
    assert_eq!(report.scores[0].n, 40);
    says(&report, "period", "What is in “Date sent” cannot be read as dates.");
    assert!(report.responses.from.is_none());
}

#[test]
fn codes_for_no_answer_and_points_beyond_the_scale_are_no_ratings() {
    let mut text = String::from("agent,score\n");
    (0..300).for_each(|n| {
        let score = match n % 20 {
            0 => 99,
            1 => 11,
            _ => n % 11,
        };
        text.push_str(&format!("A{},{score}\n", n % 4));
    });
    let report = read(&planned(&text), &text);
    assert_eq!((report.scores[0].n, report.responses.skipped), (270, 30));
    assert!(report.scores[0].high <= 1.0, "{:?}", report.scores[0]);
    assert!(report.skipped.iter().all(|row| row.reason.contains("from 0 to 10")), "{:?}", report.skipped[0]);
}

#[test]
fn a_file_of_tens_of_thousands_of_days_is_no_trend_of_weeks() {
    let mut text = String::from("date,nps\n");
    for n in 0..60 {
        let year = if n % 2 == 0 { 1 } else { 9999 };
        text.push_str(&format!("{year:04}-01-{:02},{}\n", 1 + n % 28, n % 11));
    }
    read(&planned("date,nps\n2026-01-01,3\n2026-01-02,10\n2026-01-03,0\n"), &text);
}

/// An own file of 12 units with all signals, comments and page views, and a bonus on its monthly mean, of which `bend` has bent each
/// line; the plan is that of the file as it was.
fn bent(bend: impl Fn(usize, &mut serde_json::Value)) -> Report {
    let world = World { seed: 9, responses: 720, units: 12, pressured: 0, start: Time(1_788_220_800_000) };
    let p = Parameters::default();
    let simulation = world.simulate_with(&p);
    let mut text = simulation.ndjson();
    for exposure in world.exposures(&p, &simulation.definition.id, &simulation.revision) {
        text.push_str(&candor_survey::Json::to_json(&exposure));
        text.push('\n');
    }
    let mut plan = recognise(text.as_bytes(), "x.ndjson");
    plan.bonus = Some(Bonus { target: Some(9.0), statistic: Paid::Mean, period: Period::Month, tz: 0 });
    let lines = text.lines().enumerate().map(|(at, line)| {
        let mut line = serde_json::from_str(line).unwrap();
        bend(at, &mut line);
        format!("{line}\n")
    });
    read(&plan, &lines.collect::<String>())
}

/// A response's part of this name, where the line is a response.
fn part<'v>(line: &'v mut serde_json::Value, name: &str) -> Option<&'v mut serde_json::Value> {
    line.get("answers")?;
    line.get_mut(name)
}

fn channels_say(report: &Report, unit: usize, part: &str) -> usize {
    let channels = report.units[unit].channels.iter();
    channels.filter(|channel| channel.reason.as_ref().is_some_and(|reason| reason.contains(part))).count()
}

#[test]
fn responses_that_are_all_alike_are_no_evidence() {
    let report = bent(|_, line| {
        if let Some(answers) = part(line, "answers") {
            *answers = json!({"nps": 10, "why": "he asked me to give a 10"});
            line["signals"] = json!({"ms_total": 3000, "ms_first": 1000, "ms": {"nps": 1000}, "changes": 0, "raised": 0,
                "hidden": 0, "untrusted": 0, "input": "touch", "pasted": 0, "device_day": 0, "device_all": 0});
        }
    });
    assert_eq!(report.scores[0].n, report.responses.used);
    assert!(report.units.iter().all(|unit| !unit.flagged));
    says(&report, "clustering", "Every rating is the same");
}

#[test]
fn one_unit_has_no_others_to_stand_out_from() {
    let report = bent(|_, line| {
        if let Some(attributes) = line.get_mut("attributes") {
            *attributes = json!({"agent": "A"});
        }
    });
    assert_eq!(report.units.len(), 1);
    assert!(!report.units[0].flagged && report.units[0].p_adjusted.is_none());
    assert!(
        channels_say(&report, 0, "units to compare and there is 1") >= 8,
        "{:?}",
        report.units[0].channels
    );
    says(&report, "flagged", "Two kinds of evidence must agree");
}

#[test]
fn units_of_one_response_with_every_signal_are_not_tested() {
    let report = bent(|at, line| {
        if let Some(attributes) = line.get_mut("attributes") {
            *attributes = json!({"agent": format!("A{at}")});
        }
    });
    assert!(report.pressure.is_none() && report.units.iter().all(|unit| unit.untested.is_some()));
    says(&report, "flagged", "No unit has the 20 ratings that a test needs");
}

#[test]
fn responses_without_a_unit_an_answer_or_a_signal_leave_nothing_to_test() {
    let nameless = bent(|_, line| {
        if let Some(attributes) = line.get_mut("attributes") {
            *attributes = json!({});
        }
    });
    assert!(nameless.units.is_empty() && nameless.pressure.is_none());
    let silent = bent(|_, line| {
        if let Some(answers) = part(line, "answers") {
            *answers = json!({});
        }
    });
    assert!(silent.scores.is_empty() && silent.pressure.is_none());
    says(&silent, "score", "No response has a rating");
}

#[test]
fn times_and_counts_that_cannot_be_skip_the_row_with_a_reason() {
    let bends: [(&str, serde_json::Value, &str); 4] = [
        ("ms", json!({"nps": -5}), "found -5"),
        ("ms_total", json!(-1), "found -1"),
        ("device_day", json!(1e300), "whole number"),
        ("input", json!("thought"), "\"thought\""),
    ];
    for (name, value, part_of_reason) in bends {
        let report = bent(|at, line| {
            if let Some(signals) = part(line, "signals").filter(|_| at % 2 == 0) {
                signals[name] = value.clone();
            }
        });
        assert!(report.responses.skipped > 100 && report.scores[0].n > 100, "{name}");
        let skipped = &report.skipped[0];
        assert!(
            skipped.column.as_ref().is_some_and(|column| column.starts_with(&format!("signals.{name}"))),
            "{skipped:?}"
        );
        assert!(skipped.reason.contains(part_of_reason), "{skipped:?}");
    }
    for (score, said) in [(json!(11), "10"), (json!(-1), "0"), (json!("ten"), "\"ten\"")] {
        let report = bent(|at, line| {
            if let Some(answers) = part(line, "answers").filter(|_| at % 2 == 0) {
                answers["nps"] = score.clone();
            }
        });
        assert!(report.responses.skipped > 100 && report.scores[0].n > 100, "{score}");
        assert!(report.skipped[0].reason.contains(said), "{:?}", report.skipped[0]);
    }
    for time in ["soon", "2026-02-30T10:00:00Z", ""] {
        let report = bent(|at, line| {
            if let Some(received) = part(line, "received").filter(|_| at % 2 == 0) {
                *received = json!(time);
            }
        });
        assert!(report.responses.skipped > 100 && report.scores[0].n > 100, "{time}");
        assert!(report.skipped[0].column.as_deref() == Some("received"), "{:?}", report.skipped[0]);
    }
}

#[test]
fn counts_and_times_at_the_ends_of_their_ranges_give_numbers() {
    bent(|at, line| {
        if let Some(signals) = part(line, "signals") {
            let most = if at % 2 == 0 { u32::MAX } else { 0 };
            for name in ["ms_total", "ms_first", "raised", "hidden", "untrusted", "device_day", "device_all"]
            {
                signals[name] = json!(most);
            }
            signals["ms"] = json!({"nps": most});
        }
    });
    bent(|at, line| {
        let ends = ["0000-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"];
        for name in ["started", "submitted", "received"] {
            if let Some(time) = part(line, name) {
                *time = json!(ends[at % 3]);
            }
        }
    });
}

#[test]
fn page_views_that_contradict_the_responses_give_shares_all_the_same() {
    // Nobody could have been asked, and yet everybody was; then the other way round.
    for kept in ["sampled", "eligible"] {
        let report = bent(|_, line| {
            if let Some(event) = line.get_mut("event") {
                *event = json!(kept);
            }
        });
        let tested = report.units.iter().filter(|unit| !unit.channels.is_empty());
        let coverage =
            tested.map(|unit| unit.channels.iter().find(|channel| channel.name == "coverage").unwrap());
        let spoken: Vec<bool> = coverage.map(|channel| channel.p.is_some()).collect();
        assert!(
            !spoken.is_empty() && spoken.iter().all(|spoken| *spoken == (kept == "eligible")),
            "{kept}: {spoken:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_small_table_has_an_honest_report(
        rows in proptest::collection::vec((0u32..200, 0u8..7, 0u8..14, 0u8..7, 0u8..7, 0u8..7, 0u8..7), 0..120)
    ) {
        let mut text = String::from("date,agent,nps,q1,q2,q3,q4,comment\n");
        for (day, unit, score, a, b, c, d) in rows {
            let score = if score > 11 { String::new() } else { score.to_string() };
            text.push_str(&format!(
                "2026-{:02}-{:02},U{unit},{score},{a},{b},{c},{d},he asked me to give a {a}\n", 1 + day / 28, 1 + day % 28
            ));
        }
        let head: String = (0..40).map(|n| format!("2026-01-{:02},U{},{},1,2,3,{},so so\n", 1 + n % 28, n % 3, n % 11, 1 + n % 5)).collect();
        let plan = planned(&format!("date,agent,nps,q1,q2,q3,q4,comment\n{head}"));
        read(&plan, &text);
    }
}
