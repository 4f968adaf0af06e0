//! The report: honest on any input, and readable in a terminal.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::{Role, Scale, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Change, Report, report};
use candor_engine::world::{Parameters, World};
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
    let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
    let report = of(&text);
    check(&report);
    let purpose = report.survey.purpose.as_ref().unwrap();
    assert!(purpose.decision.as_ref().is_some_and(|d| d.contains("bonus")));
    assert_eq!(report.survey.revisions.len(), 1);
    assert_eq!((report.responses.used, report.units.len()), (10_000, 40));
    let e = &report.evidence;
    assert_eq!(e.none + e.some + e.strong, 10_000);
    assert!(e.some > 0 && !e.reasons.is_empty() && e.claims_differ == 0);
    let by_unit: u64 = report.units.iter().map(|u| u.evidence.some + u.evidence.strong).sum();
    assert_eq!(by_unit, e.some + e.strong);
    for what in ["channels", "drivers", "protected"] {
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

/// A table of `date,agent,nps` and more columns, planned with items.
fn items_of(text: &str) -> Report {
    let mut plan = recognise(text.as_bytes(), "x.csv");
    // Which columns are ratings is chosen here, as a user would.
    for column in plan.columns.iter_mut().filter(|c| c.role == Role::Ignore && c.scale.is_some()) {
        column.role = Role::Item;
    }
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let report = report(&reading.finish());
    check(&report);
    report
}

fn finding<'r>(report: &'r Report, id: &str) -> &'r candor_engine::report::Finding {
    report
        .findings
        .iter()
        .find(|finding| finding.id == id)
        .unwrap_or_else(|| panic!("{id}: {:?}", report.findings))
}

/// Eight weeks (February 2026 has four, March goes on) of eight units with ten ratings a week each; `score` by week, unit and place.
fn eight_weeks(score: impl Fn(usize, usize, usize) -> usize) -> String {
    let mut text = String::from("date,agent,nps\n");
    for week in 0..8 {
        for unit in 0..8 {
            for n in 0..10 {
                let day = week * 7 + n % 7;
                let date = format!("2026-{:02}-{:02}", 2 + day / 28, 1 + day % 28);
                text.push_str(&format!("{date},A{unit},{}\n", score(week, unit, n)));
            }
        }
    }
    text
}

#[test]
fn a_fall_in_every_unit_is_found_paired_by_unit_and_split_into_rate() {
    // Before, 6 promoters, 2 neutral and 2 detractors in ten, after 3, 3 and 4; but for a unit's own one more or less.
    let report = items_of(&eight_weeks(|week, unit, n| match (week >= 4, n) {
        (false, n) if n < 6 => 10,
        (true, n) if n < 3 + usize::from(unit == 1) => 9,
        (false, 6 | 7) => 8,
        (true, n) if n < 6 => 7,
        _ => 3,
    }));
    let change = report.change.as_ref().unwrap();
    assert_eq!((change.before.n, change.after.n), (320, 320));
    // Before .4 everywhere; after −.1 in seven units and 0 in one.
    let expected = (7.0 * (3.0 - 4.0) + (4.0 - 4.0)) / 80.0 - 0.4;
    assert!((change.difference.value - expected).abs() < 1e-12, "{change:?}");
    assert!(change.test.contains("paired by unit") && change.p.unwrap() < 0.001, "{change:?}");
    let split = change.split.as_ref().unwrap();
    assert!((split.rate.value - expected).abs() < 1e-12 && split.mix.value.abs() < 1e-12 && split.intervals);
    let found = finding(&report, "change");
    assert!(found.conclusive && found.rank == 1, "{found:?}");
    assert!(found.sentence.contains("a fall of \u{2212}49 points"), "{}", found.sentence);
    assert!(!found.alternatives.is_empty() && report.first[0].finding == "change");
    let [before, after] = &report.trend[..] else { panic!("{:?}", report.trend) };
    assert!((before.value - 0.4).abs() < 1e-12 && before.to < after.from);
    assert!(finding(&report, "trend").sentence.contains("moved once"));
    let (first, last) = (&report.weeks[0], &report.weeks[7]);
    assert_eq!((report.weeks.len(), first.n, &first.from, &last.to), (8, 80, &before.from, &after.to));
    assert!((first.value - 0.4).abs() < 1e-12 && first.low < before.low && first.high > before.high);
    assert_eq!(report.funnel.as_ref().map(|funnel| funnel.band[funnel.band.len() - 1].n), Some(80));
}

#[test]
fn a_fall_of_the_whole_that_no_unit_shares_is_mix_and_says_so() {
    // Good units fall silent and bad ones speak; each keeps its own score.
    let mut text = String::from("date,agent,nps\n");
    for day in 0..56usize {
        for unit in 0..40usize {
            let (good, late) = (unit < 20, day >= 28);
            for n in 0..if good == late { 1 } else { 5 } {
                let score = if good { 10 - (day + n) % 3 } else { 5 + (day + n) % 4 };
                text.push_str(&format!("2026-{:02}-{:02},A{unit},{score}\n", 2 + day / 28, 1 + day % 28));
            }
        }
    }
    let report = items_of(&text);
    let split = report.change.as_ref().unwrap().split.as_ref().unwrap();
    assert!(split.mix.value < -0.3 && split.mix.value.abs() > 5.0 * split.rate.value.abs(), "{split:?}");
    assert!(report.findings.iter().any(|f| f.id == "mix" && f.conclusive));
    assert!(report.first[0].sentence.contains("mix moved more than the units"), "{:?}", report.first);
}

#[test]
fn what_chance_gives_is_no_change() {
    let report = items_of(&eight_weeks(|week, unit, n| (week * 5 + unit * 3 + n * 7) % 11));
    let found = finding(&report, "change");
    assert!(!found.conclusive && found.sentence.contains("cannot be told"), "{found:?}");
    assert!(!finding(&report, "trend").conclusive && report.trend.len() == 1);
    assert!(report.first.iter().all(|step| step.finding != "change"));
}

/// So many weeks of ten units with seven ratings a week each; `promoters` by week, in hundredths, the others being detractors.
fn weeks_of(weeks: i64, promoters: impl Fn(i64) -> i64) -> String {
    let mut text = String::from("date,agent,nps\n");
    for day in 0..7 * weeks {
        let date = Time(1_767_571_200_000 + day * 86_400_000).to_string();
        for unit in 0..10 {
            // Every hundredth once before any comes again.
            let at = (day * 10 + unit) * 37 % 100;
            let score = if at < promoters(day / 7) { 10 } else { 3 };
            text.push_str(&format!("{},A{unit},{score}\n", &date[..10]));
        }
    }
    text
}

#[test]
fn a_slow_fall_is_told_as_one_and_names_no_week() {
    let report = items_of(&weeks_of(30, |week| 80 - week));
    assert_eq!((report.trend.len(), report.curve.len()), (1, 30), "{:?}", report.trend);
    let (first, last) = (&report.curve[0], &report.curve[29]);
    // 2·.8 − 1 and 2·.51 − 1.
    assert!((first.value - 0.6).abs() < 0.05 && (last.value - 0.02).abs() < 0.05, "{first:?} {last:?}");
    assert!(first.low < first.value && first.value < first.high && first.n == 70);
    let found = finding(&report, "trend");
    assert!(found.conclusive && found.sentence.contains("NPS fell gradually, from "), "{found:?}");
    assert!(found.sentence.contains("no week stands out") && found.value == Some(last.value));
    assert!(found.alternatives.iter().any(|but| but.contains("Steps that are small")), "{found:?}");
    assert!(report.first.iter().all(|step| !step.sentence.contains("weeks around")), "{:?}", report.first);
    // Up and down it is no fall.
    let report = items_of(&weeks_of(60, |week| 50 + (week - 30) * (week - 30) / 30));
    let found = finding(&report, "trend");
    assert!(found.sentence.starts_with("NPS moved up and down gradually, between "), "{found:?}");
}

#[test]
fn what_weeks_bring_to_all_units_is_no_step_and_widens_the_change() {
    let report = items_of(&weeks_of(30, |week| 50 + (week * week * 7 + week * 3) % 31 * 2 - 30));
    assert!(report.trend.len() == 1 && report.curve.is_empty(), "{:?}", report.trend);
    let change = report.change.as_ref().unwrap();
    assert!(change.noise.is_some_and(|noise| noise > 3.0), "{change:?}");
    assert!(change.test.contains("widened by the root of"), "{change:?}");
    assert!(finding(&report, "change").sentence.contains("Weeks differ by more than their ratings explain"));
    // Weeks alike widen nothing; of two weeks nobody can tell.
    let alike = items_of(&weeks_of(30, |_| 50)).change.unwrap();
    assert!(alike.noise == Some(1.0) && !alike.test.contains("root of"), "{alike:?}");
    let half = |change: &candor_engine::report::Change| change.difference.high - change.difference.low;
    assert!(half(change) > 1.7 * half(&alike), "{change:?} {alike:?}");
    let two = items_of(&weeks_of(2, |_| 50));
    assert!(two.change.as_ref().is_some_and(|change| change.noise.is_none()), "{:?}", two.change);
    let (change, trend) = (finding(&two, "change"), two.absent.iter().find(|absent| absent.what == "trend"));
    assert!(change.sentence.contains("cannot be told") && trend.unwrap().reason.contains("2 whole weeks"));
}

#[test]
fn a_single_rating_apart_from_all_others_is_no_step() {
    let weeks = |apart: &dyn Fn(usize) -> bool| {
        let rows = (0..203).map(|at: usize| {
            let date = Time(1_767_571_200_000 + at as i64 * 86_400_000).to_string();
            format!("{},{}\n", &date[..10], if apart(at) { 0 } else { 10 })
        });
        items_of(&["date,nps\n".to_string()].into_iter().chain(rows).collect::<String>())
    };
    let report = weeks(&|at| at == 150);
    let absent = report.absent.iter().find(|absent| absent.what == "trend").unwrap();
    assert!(absent.reason.starts_with("Of 203 ratings, one counts for anything but"), "{absent:?}");
    assert!(report.trend.is_empty() && report.weeks.is_empty());
    // Ten of them are enough to look at, and here they follow each other.
    assert_eq!(weeks(&|at| (100..110).contains(&at)).trend.len(), 3);
}

#[test]
fn clustering_widens_the_interval_of_the_firm_and_regression_stands_beside_each_unit() {
    // Unit k gives only the score k: all differences lie between units, so that the eighty ratings are worth eight.
    let report =
        items_of(&eight_weeks(|week, unit, n| if unit < 4 { 10 - (week + n) % 2 } else { (n + week) % 7 }));
    let score = &report.scores[0];
    assert!((score.deff - 80.0).abs() < 1.0, "{score:?}");
    assert!(finding(&report, "score").sentence.contains("are worth about 8"));
    let top = report.units.iter().find(|unit| unit.unit == "A0").unwrap();
    assert!((top.next.unwrap().value - 1.0).abs() < 0.01);
    // Units that do not differ are all expected at the mean.
    let same = items_of(&eight_weeks(|week, unit, n| (week * 5 + unit * 3 + n * 7) % 11));
    let mean = same.units.iter().map(|unit| unit.score.unwrap().value).sum::<f64>() / 8.0;
    for unit in &same.units {
        assert!((unit.next.unwrap().value - mean).abs() < 1e-9, "{unit:?}");
    }
    assert!(finding(&same, "ranking").sentence.contains("by luck"));
}

#[test]
fn the_driver_that_is_the_score_has_all_of_it_and_the_others_nothing() {
    let mut text = String::from("nps,speed,price\n");
    (0..400usize).for_each(|n| text.push_str(&format!("{},{},{}\n", n % 5 * 2, 1 + n % 5, 1 + n / 5 % 5)));
    let report = items_of(&text);
    let [first, second] = &report.drivers[..] else { panic!("{:?}", report.drivers) };
    assert_eq!((first.question.as_str(), first.outcome.as_str(), first.n), ("speed", "nps", 400));
    assert!((first.lmg - 1.0).abs() < 1e-9 && (first.johnson - 1.0).abs() < 1e-9 && second.lmg.abs() < 1e-9);
    assert!((first.performance - 0.5).abs() < 1e-12 && first.low > 0.99);
    assert!(finding(&report, "drivers").sentence.contains("“speed” has the largest part of it, 100%"));
}

#[test]
fn drivers_of_few_units_have_no_intervals_and_none_is_named() {
    // Units differ in everything, so that within the file all ratings go together.
    let export = |units: usize| {
        let rows = (0..40 * units).map(|n| {
            let unit = n % units;
            let spread = [n / units % 3, n / units / 3 % 3, n / units / 9 % 3];
            format!(
                "A{unit},{},{},{}\n",
                unit + spread[0],
                1 + unit / 2 + spread[1],
                1 + unit / 2 + spread[2]
            )
        });
        ["agent,nps,speed,price\n".to_string()].into_iter().chain(rows).collect::<String>()
    };
    let few = items_of(&export(5));
    let [first, _] = &few.drivers[..] else { panic!("{:?}", few.drivers) };
    assert!((first.low, first.high) == (0.0, first.r_squared) && first.slope.is_none(), "{first:?}");
    let said = finding(&few, "drivers");
    assert!(!said.conclusive && said.sentence.contains("of none of them can it be told"), "{said:?}");
    assert!(few.first.iter().all(|step| step.finding != "drivers"));
    let why = few.absent.iter().find(|absent| absent.what == "drivers").unwrap();
    assert!(why.reason.contains("come from 5 units. At least 6 are needed"), "{why:?}");
    let more = items_of(&export(6));
    let first = &more.drivers[0];
    assert!(first.low < first.lmg && first.lmg < first.high && first.slope.is_some(), "{first:?}");
}

#[test]
fn one_answer_to_everything_is_counted_and_called_what_satisfied_customers_do() {
    let mut text = String::from("a,b,c,score\n");
    (0..50usize).for_each(|n| {
        let row =
            if n < 20 { [5; 4] } else { [1 + n % 5, 1 + n / 3 % 5, 1 + n / 7 % 5, 1 + (n * 3 + n / 4) % 5] };
        text.push_str(&format!("{},{},{},{}\n", row[0], row[1], row[2], row[3]));
    });
    let report = items_of(&text);
    let careless = report.careless.as_ref().unwrap();
    let by_hand = text.lines().skip(1).filter(|row| row.split(',').all(|cell| row.starts_with(cell))).count();
    assert_eq!((careless.n, careless.straight, careless.items.len()), (50, by_hand as u64, 4));
    assert!(careless.straight_top >= 20 && careless.far.is_some());
    assert!(finding(&report, "careless").alternatives[0].contains("satisfied"));
}

/// Sampled invitations of one agent, as lines of an export.
fn invited(simulation: &candor_engine::world::Simulation, agent: &str, n: usize, from: usize) -> String {
    let (id, revision) = (&simulation.definition.id, simulation.revision.as_str());
    (from..from + n)
        .map(|k| format!(
            "{{\"v\":1,\"id\":\"018f0000-0000-7000-8000-{k:012}\",\"event\":\"sampled\",\"survey\":\"{id}\",\"revision\":\"{revision}\",\"view\":\"018f0000-0000-7000-9000-{k:012}\",\"at\":\"2026-09-01T10:00:00.000Z\",\"attributes\":{{\"agent\":\"{agent}\"}}}}\n"
        ))
        .collect()
}

#[test]
fn who_is_not_heard_is_counted_from_sampled_invitations_and_bounded() {
    let simulation =
        World { seed: 5, responses: 200, units: 2, pressured: 0, start: Time(1_788_220_800_000) }.simulate();
    let of = |agent: &str| {
        simulation.responses.iter().filter(|r| r.attributes.get("agent").is_some_and(|a| a == agent)).count()
    };
    let agents: std::collections::BTreeSet<String> =
        simulation.responses.iter().filter_map(|r| r.attributes.get("agent").cloned()).collect();
    let mut text = simulation.ndjson();
    let mut from = 0;
    for agent in &agents {
        text.push_str(&invited(&simulation, agent, 4 * of(agent), from));
        from += 4 * of(agent);
    }
    let report = of_ndjson(&text);
    let heard = report.heard.as_ref().unwrap();
    use candor_survey::response::Source;
    // Page views that exposures count lead to an answer by a trigger or a link.
    let triggered =
        simulation.responses.iter().filter(|r| matches!(r.invitation.source, Source::Trigger | Source::Link));
    let answered =
        triggered.filter(|r| matches!(r.answers.get("nps"), Some(candor_survey::Answer::Number(_)))).count();
    assert_eq!((heard.sampled, heard.answered), (800, answered as u64));
    assert!((heard.rate.value - answered as f64 / 800.0).abs() < 1e-12);
    let bounds = heard.bounds.unwrap();
    let (r, nps) = (heard.rate.value, heard.among_answers);
    assert!(bounds.low < r * nps - (1.0 - r) && bounds.high > r * nps + (1.0 - r), "{bounds:?}");
    assert!(heard.units.len() == 2 && finding(&report, "heard").sentence.contains("800 sampled invitations"));
    // The same as a table, with its exposures beside it.
    let csv = simulation.responses_csv();
    let mut reading = Reading::new(&recognise(csv.as_bytes(), "responses.csv")).unwrap();
    reading.define(&simulation.definitions_json()).unwrap();
    reading.push(csv.as_bytes());
    let mut exposures = String::from("id,event,survey,revision,view,at,received,attribute.agent\n");
    let (id, revision) = (&simulation.definition.id, simulation.revision.as_str());
    for (k, agent) in agents.iter().flat_map(|agent| (0..4 * of(agent)).map(move |_| agent)).enumerate() {
        exposures.push_str(&format!("018f0000-0000-7000-8000-{k:012},sampled,{id},{revision},018f0000-0000-7000-9000-{k:012},2026-09-01T10:00:00.000Z,,{agent}\n"));
    }
    reading.expose(exposures.as_bytes());
    assert_eq!(self::report(&reading.finish()), report);
    // Fewer invitations than answers are no response rate.
    let few = of_ndjson(&(simulation.ndjson() + &invited(&simulation, "A01", 20, 0)));
    assert!(few.heard.is_none());
    assert!(
        few.absent.iter().any(|a| a.what == "response rate" && a.reason.contains("exposures are missing"))
    );
}

fn of_ndjson(text: &str) -> Report {
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let report = report(&reading.finish());
    check(&report);
    report
}

#[test]
fn comments_in_german_are_heard_in_german() {
    let mut text = String::from("nps,comment\n");
    for n in 0..40 {
        let comment = if n % 4 == 0 {
            "Der Verkäufer war sehr freundlich und hat mich am Ende gebeten eine 10 zu geben"
        } else {
            "Der junge Mann an der Kasse war sehr freundlich und hat mir mit allem geholfen was ich brauchte"
        };
        text.push_str(&format!("{},{comment} am Schalter {n} im Haus\n", n % 11));
    }
    let report = of(&text);
    check(&report);
    let words = report.words.as_ref().unwrap();
    assert_eq!((words.commented, words.solicited), (40, 10));
    assert_eq!(words.languages[0].language, "de");
    assert_eq!(words.cues[0].cue, "names_score");
    assert!(words.sentiment.is_none());
    let found = finding(&report, "words");
    assert!(
        found.sentence.contains("25.0%") && found.sentence.contains("evidence of solicitation"),
        "{}",
        found.sentence
    );
    assert_eq!(report.firm[0].name, "solicitation");
}

/// The world's survey with a crosswise question, answered by two groups: `same` of `n` in each.
fn crosswise(groups: [(usize, usize, f64); 2]) -> Report {
    let n: usize = groups.iter().map(|group| group.1).sum();
    let world =
        World { seed: 9, responses: n as u32, units: 2, pressured: 0, start: Time(1_788_220_800_000) };
    let text = world.simulate().ndjson();
    let (definition, responses) = text.split_once('\n').unwrap();
    let question = r#"{"id":"told","type":"protected","text":"Somebody asked me for a score.","groups":[{"id":"A","text":"Born early.","p":0.2},{"id":"B","text":"Born late.","p":0.8}]}"#;
    let mut value = candor_survey::Value::parse(definition).unwrap();
    let candor_survey::Value::Object(fields) = &mut value else { panic!("{definition}") };
    let own = fields.iter_mut().find(|(name, _)| &**name == "definition").unwrap();
    let changed = own
        .1
        .to_json()
        .replace("\"questions\":[{\"id\":\"why\"", &format!("\"questions\":[{question},{{\"id\":\"why\""))
        .replace("\"protect\":{\"kind\":\"none\"}", "\"protect\":{\"kind\":\"crosswise\"}");
    own.1 = candor_survey::Value::parse(&changed).unwrap();
    let mut answers = Vec::new();
    for (group, (same, n, p)) in ["A", "B"].into_iter().zip(groups) {
        answers.extend(
            (0..n).map(|k| format!("\"told\":{{\"same\":{},\"p\":{p},\"group\":\"{group}\"}},", k < same)),
        );
    }
    let lines = responses
        .lines()
        .zip(answers)
        .map(|(line, answer)| line.replacen("\"answers\":{", &format!("\"answers\":{{{answer}"), 1));
    let report = of_ndjson(&format!("{}\n{}", value.to_json(), lines.collect::<Vec<_>>().join("\n")));
    assert_eq!((report.responses.used, report.responses.skipped), (n as u64, 0), "{:?}", report.skipped);
    report
}

#[test]
fn the_protected_question_gives_a_rate_of_the_group_with_its_fit() {
    // λ = πp + (1 − π)(1 − p) at π = .3: .62 of those with p = .2 and .38 of those with p = .8.
    let report = crosswise([(310, 500, 0.2), (190, 500, 0.8)]);
    let protected = report.protected.as_ref().unwrap();
    assert_eq!((protected.design.as_str(), protected.n, protected.fits), ("extended", 1000, Some(true)));
    assert!((protected.rate.value - 0.3).abs() < 1e-6 && protected.p.unwrap() < 1e-6, "{protected:?}");
    assert!(finding(&report, "protected").sentence.contains("say that they were pressed"));
    assert!(report.firm.iter().any(|channel| channel.name == "protected" && channel.p.is_some()));
    // A rate of the group, never of one of two units, which have nothing to be compared with.
    for unit in &report.units {
        let told = unit.channels.iter().find(|channel| channel.name == "protected").unwrap();
        assert!(!unit.flagged && told.p.is_none() && told.reason.is_some(), "{unit:?}");
    }
}

#[test]
fn a_protected_question_that_was_not_followed_or_hardly_answered_gives_no_rate() {
    let report = crosswise([(100, 150, 0.2), (100, 150, 0.8)]);
    assert_eq!(report.protected.as_ref().unwrap().fits, Some(false));
    let found = finding(&report, "protected");
    assert!(!found.conclusive && found.value.is_none() && found.sentence.contains("contradict"), "{found:?}");
    let few = crosswise([(10, 20, 0.2), (10, 20, 0.8)]);
    assert!(few.protected.is_none());
    assert!(few.absent.iter().any(|a| a.what == "protected" && a.reason.contains("needs at least 50")));
}

/// A world of sixty units as an own file with its page views, read by a plan that knows of the bonus.
fn pressed(pressured: u32, size: f64, bonus: bool) -> Report {
    use candor_engine::plan::{Bonus, Paid, Period};
    use candor_engine::world::{Parameters, Pressure};
    let p = Parameters { size_median: Some(size), kind: Some(Pressure::Mix), ..Parameters::default() };
    let world = World { seed: 4, responses: 0, units: 60, pressured, start: Time(1_788_220_800_000) };
    let simulation = world.simulate_with(&p);
    let mut text = simulation.ndjson();
    for exposure in world.exposures(&p, &simulation.definition.id, &simulation.revision) {
        text.push_str(&candor_survey::Json::to_json(&exposure));
        text.push('\n');
    }
    let mut plan = recognise(text.as_bytes(), "x.ndjson");
    plan.bonus =
        bonus.then_some(Bonus { target: Some(9.0), statistic: Paid::Mean, period: Period::Month, tz: 0 });
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(text.as_bytes());
    let report = report(&reading.finish());
    check(&report);
    let truth: std::collections::BTreeSet<&str> =
        simulation.pressured.iter().map(|(unit, _)| unit.as_str()).collect();
    let wrong =
        report.units.iter().filter(|unit| unit.flagged && !truth.contains(unit.unit.as_str())).count();
    assert!(wrong <= 1, "{wrong} honest units are flagged");
    report
}

#[test]
fn units_that_are_pressed_are_told_with_their_evidence_and_what_else_it_may_be() {
    let report = pressed(6, 300.0, true);
    let pressure = report.pressure.as_ref().unwrap();
    let flagged: Vec<_> = report.units.iter().filter(|unit| unit.flagged).collect();
    assert!(flagged.len() >= 3 && flagged.len() as u64 == pressure.flagged, "{}", pressure.sentence);
    assert!(pressure.sentence.contains("consistent with pressure") && !pressure.sentence.contains("guilty"));
    for unit in &flagged {
        assert!(unit.families.iter().filter(|family| family.speaks).count() >= 2, "{unit:?}");
        assert!(unit.p_adjusted.unwrap() <= 0.05 && unit.untested.is_none());
        assert!(unit.verdict.as_ref().unwrap().contains("no proof of it"));
        assert_eq!((unit.families.len(), unit.channels.len()), (5, 14));
        for channel in &unit.channels {
            assert_eq!(channel.p.is_some(), channel.reason.is_none(), "{channel:?}");
            if channel.p.is_some() {
                let (low, value, high) =
                    (channel.low.unwrap(), channel.value.unwrap(), channel.high.unwrap());
                assert!(
                    low <= value && value <= high && channel.expected.is_some() && channel.n > 0,
                    "{channel:?}"
                );
                assert!(channel.sentence.ends_with('.') && channel.alternative.ends_with('.'), "{channel:?}");
            }
        }
        let removal = unit.suspects.as_ref().unwrap();
        assert!(removal.suspect > 0 && removal.with > removal.without, "{removal:?}");
    }
    // A unit that does not stand out is never called honest.
    let calm =
        report.units.iter().find(|unit| !unit.flagged && unit.families.iter().all(|f| !f.speaks)).unwrap();
    assert!(calm.verdict.as_ref().unwrap().contains("not the same as no pressure"));
    // Who is asked, the ends of months and sentiment are at hand; August to November are too few months, and nothing was asked under
    // protection.
    let usable = |name: &str| pressure.channels.iter().find(|channel| channel.name == name).unwrap();
    for name in ["level", "shape", "period_end", "device", "preset", "solicitation", "coverage", "drift"] {
        assert!(usable(name).units > 30, "{:?}", usable(name));
    }
    assert_eq!(usable("threshold").reason.as_deref(), Some("It needs 6 periods and there are 4."));
    assert_eq!(
        usable("duplicates").reason.as_deref(),
        Some("The survey asks no closed question but the score.")
    );
    assert!(report.absent.iter().any(|a| a.what == "channels" && a.reason.contains("crosswise")));
    assert_eq!((report.findings[0].id.as_str(), report.first[0].finding.as_str()), ("pressure", "pressure"));
    assert!(report.findings[0].p.unwrap() <= 0.05 && !report.findings[0].alternatives.is_empty());
    assert!(report.first[0].sentence.contains("hear the people there"), "{:?}", report.first);
    let all = pressure.without_suspect.as_ref().unwrap();
    assert!(all.with > all.without && finding(&report, "suspects").value.is_some(), "{all:?}");
    assert!(pressure.without_flagged.as_ref().unwrap().suspect < all.suspect);
    // The score with all answers is the report's, and who answered is counted alike in both places.
    assert!((all.with - report.scores[0].value).abs() < 1e-12 && all.n == report.scores[0].n, "{all:?}");
    for unit in &report.heard.as_ref().unwrap().units {
        let of = report.units.iter().find(|of| of.unit == unit.unit).unwrap();
        let Some(coverage) =
            of.channels.iter().find(|channel| channel.name == "coverage" && channel.p.is_some())
        else {
            continue;
        };
        let said = format!("{} of {} who were asked gave a score", unit.answered, unit.sampled);
        assert!(coverage.sentence.replace(',', "").contains(&said), "{said} {}", coverage.sentence);
    }
    let text = report.to_text();
    for part in [
        "Which units stand out",
        "Kinds of evidence at hand",
        "But: ",
        "*: stands out",
        "What comments speak of",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Equal data gives an equal report.
    assert_eq!(pressed(6, 300.0, true), report);
}

#[test]
fn where_nobody_stands_out_no_pressure_is_not_concluded() {
    let report = pressed(0, 100.0, false);
    let pressure = report.pressure.as_ref().unwrap();
    assert_eq!((pressure.flagged, pressure.without_flagged.as_ref()), (0, None));
    let found = finding(&report, "pressure");
    assert!(!found.conclusive && found.sentence.contains("not the same as no pressure"), "{found:?}");
    assert!(report.first.iter().all(|step| step.finding != "pressure"));
    let end = pressure.channels.iter().find(|channel| channel.name == "period_end").unwrap();
    assert_eq!((end.units, end.reason.as_deref()), (0, Some("The plan names no bonus period.")));
}

#[test]
fn with_ratings_alone_units_are_compared_and_none_is_flagged() {
    // Ten units of forty ratings, one of which gives nothing but tens.
    let mut text = String::from("agent,nps\n");
    for unit in 0..10u32 {
        (0..40u32).for_each(|n| {
            text.push_str(&format!("A{unit},{}\n", if unit == 0 { 10 } else { (n * 7 + unit) % 11 }))
        });
    }
    let report = of(&text);
    check(&report);
    let pressure = report.pressure.as_ref().unwrap();
    assert_eq!((pressure.tested, pressure.flagged), (10, 0));
    let absent = report.absent.iter().find(|a| a.what == "flagged").unwrap();
    assert!(
        absent.reason.contains("Two kinds of evidence must agree") && absent.reason.contains("has 1"),
        "{absent:?}"
    );
    for unit in &report.units {
        assert!(!unit.flagged && unit.p_adjusted.is_none());
        assert!(unit.untested.as_ref().unwrap().contains("two kinds of evidence must agree"), "{unit:?}");
    }
}

#[test]
fn a_bonus_that_cannot_be_is_refused_with_a_sentence() {
    use candor_engine::plan::{Bonus, Paid, Period};
    let mut plan = recognise(b"agent,nps\nA,10\nB,0\n", "x.csv");
    for (target, statistic, tz, said) in [
        (Some(11.0), Paid::Mean, 0, "no period can reach its target"),
        (Some(f64::NAN), Paid::Nps, 0, "no period can reach its target"),
        (Some(50.0), Paid::TopBox, 0, "no period can reach its target"),
        (None, Paid::Mean, 9000, "minutes ahead of UTC"),
    ] {
        plan.bonus = Some(Bonus { target, statistic, period: Period::Month, tz });
        let Err(error) = Reading::new(&plan) else { panic!("{said}") };
        assert!(error.to_string().contains(said), "{error}");
    }
    plan.bonus = Some(Bonus { target: Some(0.5), statistic: Paid::Nps, period: Period::Quarter, tz: -300 });
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<candor_engine::plan::Plan>(&json).unwrap(), plan);
    assert!(
        json.contains(r#""bonus":{"target":0.5,"statistic":"nps","period":"quarter","tz":-300}"#),
        "{json}"
    );
    assert!(Reading::new(&plan).is_ok());
}

#[test]
fn a_response_without_a_unit_does_not_make_responses_independent() {
    // Eight units, each with its own change from the first four weeks to the last: the units' changes differ more than chance
    // within them would have it.
    let export = |unnamed: &str| {
        let mut text = String::from("date,agent,nps\n");
        for day in 0..56u32 {
            for unit in 0..8u32 {
                let up = day >= 28 && unit % 2 == 0;
                let score = if up || (day * 8 + unit) % 5 == 0 { 10 } else { 5 };
                let name =
                    if unnamed == format!("{day} {unit}") { String::new() } else { format!("A{unit}") };
                text.push_str(&format!("2026-{:02}-{:02},{name},{score}\n", 1 + day / 28, 1 + day % 28));
            }
        }
        text
    };
    let change = |text: &str| {
        let mut reading = Reading::new(&recognise(text.as_bytes(), "x.csv")).unwrap();
        reading.push(text.as_bytes());
        report(&reading.finish()).change.unwrap()
    };
    let (all, but_one) = (change(&export("")), change(&export("30 3")));
    let half = |change: &Change| (change.difference.high - change.difference.low) / 2.0;
    assert!(all.test.contains("paired by unit, linearized"), "{}", all.test);
    assert!(but_one.test.contains("ratings without a unit counted as one"), "{}", but_one.test);
    assert!((half(&but_one) / half(&all) - 1.0).abs() < 0.25, "{} {}", half(&but_one), half(&all));
    assert!(but_one.split.is_some() && all.split.is_some());
    // With three units nothing is paired, and how responses cluster in them counts all the same.
    let few: String = export("")
        .lines()
        .filter(|line| !["A3", "A4", "A5", "A6", "A7"].iter().any(|unit| line.contains(unit)))
        .map(|line| [line, "\n"].concat())
        .collect();
    let few = change(&few);
    assert!(few.test.ends_with("widened by how responses cluster in units"), "{}", few.test);
    // Other units before than after: their levels do not cancel, and four of them hardly know how far they differ.
    let moved = export("")
        .lines()
        .filter_map(|line| {
            let late = line.starts_with("2026-02");
            let kept = ["A0", "A2"].iter().any(|unit| late && line.contains(unit))
                || ["A1", "A3"].iter().any(|unit| !late && line.contains(unit))
                || line.starts_with("date");
            kept.then(|| format!("{line}\n"))
        })
        .collect::<String>();
    let moved = change(&moved);
    assert!(moved.test.ends_with("cluster in units; t with 2 degrees of freedom"), "{}", moved.test);
}
