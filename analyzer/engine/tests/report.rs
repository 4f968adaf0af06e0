//! The report: honest on any input, and readable in a terminal.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::{Role, Scale, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Report, report};
use candor_engine::world::World;
use candor_survey::Time;

fn of(text: &str) -> Report {
    let plan = recognise(text.as_bytes(), "x.csv");
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    report(&reading.finish())
}

/// Every number in a report, however deep, is one; and the text fits a terminal.
fn check(report: &Report) {
    let json = serde_json::to_value(report).unwrap();
    assert_eq!(serde_json::from_value::<Report>(json.clone()).unwrap(), *report);
    // serde_json writes a number that is not finite as null; a score that is there has none.
    for score in json["scores"].as_array().unwrap() {
        for key in ["value", "low", "high"] {
            assert!(score[key].is_f64(), "{key} in {score}");
        }
    }
    for line in report.to_text().lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_score_of_a_table_is_the_one_counted_by_hand() {
    // 5 promoters, 2 detractors and 3 others of 10.
    let report = of("nps\n10\n10\n9\n9\n9\n8\n7\n7\n6\n0\n");
    check(&report);
    let score = &report.scores[0];
    assert_eq!((score.kind.as_str(), score.statistic.as_str(), score.n), ("nps", "nps", 10));
    assert!((score.value - 0.3).abs() < 1e-12);
    assert_eq!(score.distribution, [1, 0, 0, 0, 0, 0, 1, 2, 1, 3, 2]);
    assert!(
        score.sentence.starts_with("NPS 30 (") && score.sentence.ends_with("from 10 ratings."),
        "{}",
        score.sentence
    );
}

#[test]
fn a_scale_that_is_no_nps_is_a_mean_in_its_own_points() {
    let report = of("stars\n5\n4\n4\n1\n5\n5\n");
    check(&report);
    let score = &report.scores[0];
    assert_eq!((score.kind.as_str(), score.statistic.as_str()), ("scale", "mean"));
    assert!((score.value - 4.0).abs() < 1e-12 && score.low >= 1.0 && score.high <= 5.0);
}

#[test]
fn csat_is_the_share_of_the_two_highest_points() {
    let simulation = World { seed: 2, responses: 30, units: 2, pressured: 0, start: Time(0) }.simulate();
    // The same survey asked with CSAT: five points, ratings halved.
    let mut text = simulation.ndjson().replace("\"type\":\"nps\"", "\"type\":\"csat\"");
    for (from, to) in
        [(10, 5), (9, 5), (8, 4), (7, 4), (6, 3), (5, 3), (4, 2), (3, 2), (2, 1), (1, 1), (0, 1)]
    {
        text =
            text.replace(&format!("\"answers\":{{\"nps\":{from}"), &format!("\"answers\":{{\"nps\": {to}"));
    }
    let plan = recognise(text.as_bytes(), "x.ndjson");
    assert_eq!(plan.scale(), Some(Scale { low: 1, high: 5, nps: false }));
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let report = report(&reading.finish());
    check(&report);
    let score = &report.scores[0];
    assert_eq!((score.kind.as_str(), score.statistic.as_str(), score.n), ("csat", "top_box", 30));
    let top: u64 = score.distribution[3..].iter().sum();
    assert!((score.value - top as f64 / 30.0).abs() < 1e-12);
    assert!(score.sentence.contains("% gave 4 or 5 ("), "{}", score.sentence);
}

#[test]
fn a_constant_column_has_an_interval_with_a_width() {
    let plan = {
        let mut plan = recognise(b"nps\n10\n0\n", "x.csv");
        plan.columns[0].role = Role::Score;
        plan
    };
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(b"nps\n");
    (0..20).for_each(|_| reading.push(b"10\n"));
    let report = report(&reading.finish());
    check(&report);
    let score = &report.scores[0];
    assert!((score.value - 1.0).abs() < 1e-12 && (score.low - 0.696_833_440_254_393_6).abs() < 1e-9);
}

#[test]
fn no_rows_and_no_ratings_give_no_score_and_a_reason() {
    let plan = recognise(b"agent,nps\nA,10\nB,0\n", "x.csv");
    for (text, reason) in [
        ("", "No response could be used."),
        ("agent,nps\n", "No response could be used."),
        ("agent,nps\nA,\nB,\n", "No response has a rating."),
    ] {
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(text.as_bytes());
        let report = report(&reading.finish());
        check(&report);
        assert!(report.scores.is_empty());
        assert!(report.absent.iter().any(|a| a.what == "score" && a.reason == reason), "{:?}", report.absent);
        assert!(report.units.iter().all(|unit| unit.score.is_none() && unit.n == 0));
    }
}

#[test]
fn one_row_is_one_row() {
    let report = of("nps\n10\n");
    check(&report);
    assert_eq!(report.scores[0].sentence.split(" from ").last(), Some("1 rating."));
    assert!(report.absent.iter().any(|a| a.what == "units"));
    assert!(report.absent.iter().any(|a| a.what == "period"));
}

#[test]
fn a_unit_below_ten_ratings_shows_its_n_and_hides_its_score() {
    let mut text = String::from("agent,nps\n");
    (0..10).for_each(|n| text.push_str(&format!("Many,{n}\n")));
    (0..9).for_each(|_| text.push_str("Few,10\n"));
    text.push_str("Few,\n");
    let report = of(&text);
    check(&report);
    let [few, many] = &report.units[..] else { panic!("two units") };
    assert_eq!((few.unit.as_str(), few.n, few.score), ("Few", 9, None));
    assert!(few.reason.as_ref().is_some_and(|reason| reason.contains("Fewer than 10")));
    assert_eq!((many.n, many.reason.as_deref()), (10, None));
    assert!(many.score.is_some());
    assert!(!few.flagged && few.p_adjusted.is_none());
}

#[test]
fn the_purpose_comes_from_the_definition() {
    let text = World::sample(Time(1_788_220_800_000)).simulate().ndjson();
    let report = of(&text);
    check(&report);
    let purpose = report.survey.purpose.as_ref().unwrap();
    assert!(purpose.decision.as_ref().is_some_and(|d| d.contains("bonus")));
    assert_eq!(report.survey.revisions.len(), 1);
    assert_eq!((report.responses.used, report.units.len()), (2400, 12));
    let e = &report.evidence;
    assert_eq!(e.none + e.some + e.strong, 2400);
    assert!(e.some > 0 && !e.reasons.is_empty() && e.claims_differ == 0);
    let by_unit: u64 = report.units.iter().map(|u| u.evidence.some + u.evidence.strong).sum();
    assert_eq!(by_unit, e.some + e.strong);
    for what in ["flagged", "firm", "findings", "drivers"] {
        assert!(report.absent.iter().any(|a| a.what == what), "{what}");
    }
}

#[test]
fn a_foreign_file_says_that_only_words_can_speak() {
    let with = of("nps,comment\n9,a fine shop with kind people\n0,slow and dirty and far away\n10,\n");
    assert!(
        with.evidence.basis.contains("only words can speak: 2 of 3 responses"),
        "{}",
        with.evidence.basis
    );
    let without = of("nps\n9\n0\n");
    assert!(without.evidence.basis.contains("nothing can be said about pressure"));
}

#[test]
fn the_text_for_the_terminal_reads_in_order() {
    let report = of(
        "agent,nps,date\nA\u{1b}[31m,10,2026-11-01\nB,11,2026-11-02\nB,3,2026-11-03\nA\u{1b}[31m,0,2026-11-09\n",
    );
    let text = report.to_text();
    let order = [
        "Responses",
        "NPS ",
        "Evidence of pressure",
        "By unit (2)",
        "Rows that could not be read",
        "Not in this report",
    ];
    let places: Vec<_> =
        order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in\n{text}"))).collect();
    assert!(places.is_sorted(), "{text}");
    assert!(
        text.contains("From 2026-11-01 to\n2026-11-09.") || text.contains("From 2026-11-01 to 2026-11-09."),
        "{text}"
    );
    assert!(text.contains("row 3, nps: Expected a whole number from 0 to 10, found “11”."), "{text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn a_thousand_skipped_rows_are_listed_and_all_are_counted() {
    let mut text = String::from("agent,nps\nA,9\nA,0\n");
    (0..1500).for_each(|_| text.push_str("A,99\n"));
    let plan = {
        let mut plan = recognise(b"agent,nps\nA,9\nA,0\nB,1\n", "x.csv");
        plan.columns[1].role = Role::Score;
        plan
    };
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let report = report(&reading.finish());
    assert_eq!((report.responses.skipped, report.skipped.len()), (1500, 1000));
    assert!(report.absent.iter().any(|a| a.what == "skipped"));
    assert!(report.to_text().contains("and 1,490 more"));
}
