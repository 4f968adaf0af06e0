//! Choosing rows: the report of some responses is the report of a file that has no others, and few are not shown at all.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::columns::selection::{Member, Selection};
use candor_engine::columns::{Dataset, Filter};
use candor_engine::plan::{Bonus, Margin, Paid, Period, Plan, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Crossing, Report, compare, cross, portrait, report, report_of};
use candor_engine::world::World;
use candor_survey::Time;

fn read(plan: &Plan, text: &str) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    reading.push(text.as_bytes());
    let mut dataset = reading.finish();
    let nothing = |_| Ok::<_, std::convert::Infallible>(Vec::new());
    dataset.listen(nothing).unwrap();
    dataset
}

/// The report of the chosen responses, after it was found equal to that of a text which holds these lines alone and what is no
/// response (`else_keep`).
fn checked(
    plan: &Plan,
    text: &str,
    selection: &Selection,
    else_keep: impl Fn(usize, &str) -> bool,
) -> Report {
    let whole = read(plan, text);
    let chosen = whole.chosen(selection);
    let rows: Vec<u64> =
        whole.row_numbers.iter().zip(&chosen).filter(|(_, c)| **c).map(|(row, _)| row).collect();
    let some: String = (1..)
        .zip(text.split_inclusive('\n'))
        .filter(|(row, line)| rows.contains(row) || else_keep(*row as usize, line))
        .map(|(_, line)| line)
        .collect();
    let found = report_of(&whole, selection).unwrap();
    let expected = report(&read(plan, &some));
    assert_eq!(expected.responses.used, rows.len() as u64);
    assert!(rows.len() < chosen.len(), "something is left out");
    assert_eq!(found, expected);
    found
}

fn days(from: i64, to: i64) -> Selection {
    Selection { from: Some(from), to: Some(to), ..Selection::default() }
}

#[test]
fn the_report_of_chosen_responses_is_that_of_a_file_without_the_others() {
    let start = Time(1_788_220_800_000);
    let text = World { seed: 5, responses: 1500, units: 9, pressured: 2, start }.simulate().ndjson();
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let definition = |_: usize, line: &str| line.contains("\"definition\"");
    let first = start.0 / 86_400_000;
    let by_time = checked(&plan, &text, &days(first + 7, first + 40), definition);
    assert!(by_time.change.is_some() && by_time.pressure.is_some());
    let clear = Selection { clear: true, ..Selection::default() };
    let report = checked(&plan, &text, &clear, definition);
    assert_eq!((report.evidence.some, report.evidence.strong), (0, 0));
    let unit = read(&plan, &text).units.unwrap().labels[3].clone();
    let of_unit = Selection { unit: Some(unit.clone()), ..Selection::default() };
    let report = checked(&plan, &text, &of_unit, definition);
    assert_eq!(report.units.iter().map(|unit| &*unit.unit).collect::<Vec<_>>(), [&*unit]);
    let all = Selection { clear: true, ..days(first, first + 50) };
    checked(&plan, &text, &all, definition);
}

/// A table with comments in two languages, a segment of words and one of numbers.
fn table() -> String {
    let mut csv = String::from("store,score,when,region,band,comment\n");
    for row in 0..600 {
        let comment = match row % 9 {
            0 => "The staff was very friendly and I would come back any time",
            1 => "he asked me to give a 10 so that he gets his bonus",
            4 => "Die junge Frau an der Kasse war sehr freundlich und hat mir geholfen",
            _ => "",
        };
        // No two are the same, as nobody writes what another wrote.
        let comment = if comment.is_empty() { String::new() } else { format!("{comment}, {row}") };
        let comment = if comment.is_empty() { comment } else { format!("\"{comment}\"") };
        let (store, region) =
            (["Leeds", "York", "Hull", "Bath"][row % 4], ["North", "South", ""][row / 7 % 3]);
        let score = (row * 7 + row / 13) % 11;
        csv.push_str(&format!(
            "{store},{score},2026-03-{:02},{region},{},{comment}\n",
            row % 28 + 1,
            row % 5
        ));
    }
    csv
}

#[test]
fn responses_are_chosen_by_the_values_of_columns_that_play_no_part() {
    let text = table();
    let plan = recognise(text.as_bytes(), "x.csv");
    let whole = read(&plan, &text);
    let header = |row: usize, _: &str| row == 1;
    let groupings = whole.groupings();
    let region = groupings.iter().find(|grouping| grouping.column == "region").unwrap();
    assert_eq!(region.values.iter().map(|(value, _)| &**value).collect::<Vec<_>>(), ["North", "South"]);
    for (value, n) in &region.values {
        let member = Member { column: "region".into(), value: value.clone() };
        let report =
            checked(&plan, &text, &Selection { member: Some(member), ..Selection::default() }, header);
        assert_eq!(report.scores[0].n, *n);
    }
    let nobody = Member { column: "region".into(), value: "East".into() };
    let few = report_of(&whole, &Selection { member: Some(nobody), ..Selection::default() }).unwrap_err();
    assert_eq!((few.responses, few.ratings), (0, 0));
}

#[test]
fn fewer_than_ten_ratings_are_not_shown_and_rows_are_listed_among_the_chosen() {
    let text = table();
    let whole = read(&recognise(text.as_bytes(), "x.csv"), &text);
    let day = candor_survey::Time::parse("2026-03-05T00:00:00.000Z").unwrap().0 / 86_400_000;
    let member = Some(Member { column: "band".into(), value: "2".into() });
    let one_day = Selection { unit: Some("Leeds".into()), member, ..days(day, day) };
    let few = report_of(&whole, &one_day).unwrap_err();
    let listed = whole.rows(&Filter { among: one_day, ..Filter::default() }, 0, 50);
    assert_eq!((few.responses, listed.total), (listed.rows.len() as u64, few.ratings));
    assert!(few.ratings > 0 && few.ratings < 10);
    assert!(listed.rows.iter().all(|row| row.unit.as_deref() == Some("Leeds")));
}

#[test]
fn page_views_are_chosen_by_unit_alone() {
    let start = Time(1_788_220_800_000);
    let simulation = World { seed: 3, responses: 2400, units: 12, pressured: 2, start }.simulate();
    let mut text = simulation.ndjson();
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let unit = read(&plan, &text).units.unwrap().labels[0].clone();
    let (survey, revision) = (simulation.definition.id.to_string(), simulation.revision.as_str().to_owned());
    for n in 0..3000 {
        let of = if n % 3 == 0 { &*unit } else { "somebody else" };
        text.push_str(&format!(
            "{{\"v\":1,\"id\":\"0190b6e0-0000-7000-8000-{n:012}\",\"event\":\"sampled\",\"survey\":\"{survey}\",\
             \"revision\":\"{revision}\",\"view\":\"0190b6e0-0000-7000-9000-{n:012}\",\
             \"at\":\"2026-09-01T10:00:00.000Z\",\"attributes\":{{\"agent\":\"{of}\"}}}}\n"
        ));
    }
    let whole = read(&plan, &text);
    assert_eq!(whole.beside.sampled[&unit], 1000);
    let report = report_of(&whole, &Selection { unit: Some(unit.clone()), ..Selection::default() }).unwrap();
    assert_eq!(report.heard.unwrap().sampled, 1000);
    let clear = report_of(&whole, &Selection { clear: true, ..Selection::default() }).unwrap();
    assert_eq!(clear.heard, None);
    let why = clear.absent.iter().find(|absent| absent.what == "response rate").unwrap();
    assert!(why.reason.starts_with("Of page views only the unit is known"), "{}", why.reason);
}

#[test]
fn the_reports_own_periods_compared_by_hand_give_the_reports_own_change() {
    let start = Time(1_788_220_800_000);
    let text = World { seed: 8, responses: 1200, units: 8, pressured: 1, start }.simulate().ndjson();
    let whole = read(&recognise(text.as_bytes(), "x.ndjson"), &text);
    let expected = report(&whole).change.unwrap();
    let day = |text: &str| Time::parse(&format!("{text}T00:00:00.000Z")).unwrap().0 / 86_400_000;
    let sides = [&expected.before, &expected.after].map(|period| days(day(&period.from), day(&period.to)));
    let found = compare(&whole, &Selection::default(), &sides).unwrap();
    assert_eq!((found.difference, found.p, &found.test), (expected.difference, expected.p, &expected.test));
    assert_eq!(found.split, expected.split);
    assert_eq!((found.before.n, found.after.n), (expected.before.n, expected.after.n));
    assert!((found.after.score.value - expected.after.value).abs() < 1e-12);
}

#[test]
fn sides_that_share_responses_or_hold_few_are_refused_with_a_sentence() {
    let text = table();
    let whole = read(&recognise(text.as_bytes(), "x.csv"), &text);
    let of = |value: &str| {
        let member = Member { column: "region".into(), value: value.into() };
        Selection { member: Some(member), ..Selection::default() }
    };
    let all = Selection::default();
    let refused = compare(&whole, &all, &[of("North"), all.clone()]).unwrap_err();
    assert!(
        refused.starts_with("On both sides: 2") && refused.ends_with("Choose sides that share none."),
        "{refused}"
    );
    let refused = compare(&whole, &all, &[of("North"), of("East")]).unwrap_err();
    assert!(refused.ends_with("and 0 on the second: each needs 10 to be compared."), "{refused}");
    let found = compare(&whole, &all, &[of("North"), of("South")]).unwrap();
    let north = report_of(&whole, &of("North")).unwrap().scores[0].clone();
    assert!((found.before.score.value - north.value).abs() < 1e-12 && found.before.n == north.n);
    assert!((found.difference.value - (found.after.score.value - found.before.score.value)).abs() < 1e-12);
}

#[test]
fn a_portrait_adds_up_to_the_unit_and_few_ratings_have_none() {
    let start = Time(1_788_220_800_000);
    let text = World { seed: 5, responses: 2400, units: 9, pressured: 3, start }.simulate().ndjson();
    let mut plan = recognise(text.as_bytes(), "x.ndjson");
    let whole = read(&plan, &text);
    let (all, report) = (Selection::default(), report(&whole));
    let units = whole.units.as_ref().unwrap();
    let (mut devices, mut runs) = (0, 0);
    for unit in &report.units {
        let found = portrait(&whole, &all, &unit.unit).unwrap();
        assert_eq!((found.n, found.distribution.iter().sum::<u64>()), (unit.n, unit.n));
        assert!((found.expected.iter().sum::<f64>() - unit.n as f64).abs() < 1e-6);
        assert_eq!(found.timeline.iter().map(|moment| moment.n).sum::<u64>(), unit.n);
        assert!(found.timeline.iter().all(|moment| moment.top.is_some() == (moment.n >= 10)));
        assert_eq!(found.period_ends, []);
        assert!(found.runs.windows(2).all(|two| two[0].n >= two[1].n) && found.runs.len() <= 5);
        runs += found.runs.len();
        // The day with the most answers of devices that had answered again and again, counted anew.
        let signals = &whole.own.as_ref().unwrap().signals;
        let mut days = std::collections::BTreeMap::new();
        for row in (0..whole.ratings.len()).filter(|&row| units.get(row) == Some(&unit.unit)) {
            if !signals.kiosk[row] && (3..u32::MAX).contains(&signals.device_day[row]) {
                *days.entry(whole.times.as_ref().unwrap().get(row).div_euclid(86_400_000)).or_insert(0u64) +=
                    1;
            }
        }
        assert_eq!(found.devices.first().map(|day| day.again), days.values().copied().max());
        assert!(found.devices.iter().all(|day| day.n >= day.again && day.most > 3));
        devices += found.devices.len();
    }
    assert!(devices > 0 && runs > 0, "{devices} {runs}");
    let unit = &report.units[0].unit;
    // The last days of months, by the firm's own clock.
    plan.bonus = Some(Bonus { target: None, statistic: Paid::Mean, period: Period::Month, tz: 120 });
    let paid = portrait(&read(&plan, &text), &all, unit).unwrap();
    assert!(!paid.period_ends.is_empty() && paid.course.contains("in the last days of a period"));
    assert!(portrait(&whole, &all, "nobody").is_err());
    let day = whole.times.as_ref().unwrap().get(0).div_euclid(86_400_000);
    let few = portrait(&whole, &days(day, day), unit).unwrap_err();
    assert!(few.ends_with("from 10 on there are pictures of a unit."), "{few}");
}

fn table_of(rows: &str, columns: &str) -> Crossing {
    Crossing { rows: rows.into(), columns: columns.into(), weighted: false }
}

/// Whom the responses of [`table`] should stand for, by region.
fn customers(plan: &mut Plan, of: &[(&str, f64)]) {
    let population = of.iter().map(|(group, n)| (String::from(*group), Some(*n))).collect();
    plan.weights = vec![Margin { column: "region".into(), population, shares: false }];
}

#[test]
fn a_weighted_cross_table_counts_each_group_as_often_as_there_are_customers_of_it() {
    let text = table();
    let mut plan = recognise(text.as_bytes(), "x.csv");
    let all = Selection::default();
    let weighted = Crossing { weighted: true, ..table_of("store", "band") };
    let refused = cross(&read(&plan, &text), &all, &weighted).unwrap_err();
    assert!(refused.starts_with("The plan does not say how many customers"), "{refused}");

    customers(&mut plan, &[("North", 9000.0), ("South", 1000.0)]);
    let whole = read(&plan, &text);
    let found = cross(&whole, &all, &weighted).unwrap();
    let plain = cross(&whole, &all, &table_of("store", "band")).unwrap();
    let weights = found.weighted.clone().unwrap();
    assert_eq!((&weights.columns[..], &*weights.method), (&["region".to_owned()][..], "post-stratified"));
    let expected = report(&whole).weighted.unwrap();
    assert_eq!((weights.n, weights.effective_n), (expected.n, expected.effective_n));
    assert_eq!(weights.n + weights.without, report(&whole).scores[0].n);
    assert!(found.test.contains("post-stratified to the customers by region"), "{}", found.test);
    // Each cell by hand: the regions' own means of −1, 0 and 1, each as often as its customers are among its ratings.
    let regions = whole.grouping("region").unwrap();
    let bands = whole.grouping("band").unwrap();
    let units = whole.units.as_ref().unwrap();
    let customers = |region: &str| if region == "North" { 9000.0 } else { 1000.0 };
    let rated = |region: &str| (0..600).filter(|&row| regions.get(row) == Some(region)).count() as f64;
    let mut smaller = 0;
    for (row, store) in found.rows.iter().enumerate() {
        for (column, band) in found.columns.iter().enumerate() {
            let (mut total, mut sum, mut n) = (0.0, 0.0, 0);
            for at in 0..600 {
                let Some(region) = regions.get(at) else { continue };
                if units.get(at) == Some(store) && bands.get(at) == Some(band) {
                    let weight = customers(region) / rated(region);
                    total += weight;
                    n += 1;
                    sum += weight * (f64::from(whole.ratings[at] >= 9) - f64::from(whole.ratings[at] <= 6));
                }
            }
            let cell = &found.cells[row][column];
            assert_eq!(cell.n, Some(n), "{store} {band}");
            let score = cell.score.unwrap();
            assert!((score.value - sum / total).abs() < 1e-12, "{store} {band}: {score:?}");
            // Unequal weights cost responses, so that the interval is wider than with as many of equal weight.
            let before = plain.cells[row][column].score.unwrap();
            smaller += u64::from(score.high - score.low <= before.high - before.low);
            assert!(cell.p_adjusted.is_some_and(|p| (0.0..=1.0).contains(&p)));
        }
    }
    assert!(smaller <= 4, "{smaller}");

    // A group that nobody of the chosen is in cannot be weighted, and the sentence says which.
    let member = Some(Member { column: "region".into(), value: "North".into() });
    let north = Selection { member, ..Selection::default() };
    let refused = cross(&whole, &north, &weighted).unwrap_err();
    assert!(refused.contains("South"), "{refused}");
}

#[test]
fn weights_that_are_all_alike_change_no_cell() {
    let text: String =
        table().lines().filter(|line| !line.contains(",,")).map(|line| format!("{line}\n")).collect();
    let mut plan = recognise(text.as_bytes(), "x.csv");
    let read_by = |plan: &Plan| read(plan, &text);
    let regions = read_by(&plan).groupings();
    let regions = &regions.iter().find(|grouping| grouping.column == "region").unwrap().values;
    let as_many: Vec<(&str, f64)> = regions.iter().map(|(name, n)| (&**name, 50.0 * *n as f64)).collect();
    customers(&mut plan, &as_many);
    let (whole, all) = (read_by(&plan), Selection::default());
    let plain = cross(&whole, &all, &table_of("store", "region")).unwrap();
    let found = cross(&whole, &all, &Crossing { weighted: true, ..table_of("store", "region") }).unwrap();
    for (one, other) in plain.cells.iter().flatten().zip(found.cells.iter().flatten()) {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert_eq!(one.n, other.n);
        for (a, b) in [(one.score, other.score), (one.difference, other.difference)] {
            let (a, b) = (a.unwrap(), b.unwrap());
            assert!(near(a.value, b.value) && near(a.low, b.low) && near(a.high, b.high), "{a:?} {b:?}");
        }
        assert!(near(one.p_adjusted.unwrap(), other.p_adjusted.unwrap()));
    }
}

#[test]
fn responses_of_own_files_are_chosen_and_compared_by_their_attributes() {
    let start = Time(1_788_220_800_000);
    let simulation = World { seed: 5, responses: 1500, units: 9, pressured: 2, start }.simulate();
    let text = simulation.ndjson();
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let whole = read(&plan, &text);
    let groupings = whole.groupings();
    // The unit is the agent; what is left is the store.
    assert_eq!(groupings.iter().map(|of| &*of.column).collect::<Vec<_>>(), ["attribute.store"]);
    let stores = &groupings[0].values;
    assert!(stores.len() > 1 && stores.iter().map(|(_, n)| n).sum::<u64>() == report(&whole).scores[0].n);
    let of = |store: &str| {
        let member = Some(Member { column: "attribute.store".into(), value: store.into() });
        Selection { member, ..Selection::default() }
    };
    let definition = |_: usize, line: &str| line.contains("\"definition\"");
    let report = checked(&plan, &text, &of(&stores[0].0), definition);
    assert_eq!(report.scores[0].n, stores[0].1);
    let sides = [of(&stores[0].0), of(&stores[1].0)];
    let found = compare(&whole, &Selection::default(), &sides).unwrap();
    assert_eq!([found.before.n, found.after.n], [stores[0].1, stores[1].1]);
    let unit = whole.units.as_ref().unwrap().name.clone();
    let found = cross(&whole, &Selection::default(), &table_of(&unit, "attribute.store")).unwrap();
    assert_eq!(found.columns, stores.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
}

#[test]
fn a_cross_table_has_the_scores_of_its_cells_and_hides_small_ones() {
    let mut text = table();
    (0..9).for_each(|_| text.push_str("Leeds,10,2026-03-01,East,0,\n"));
    let whole = read(&recognise(text.as_bytes(), "x.csv"), &text);
    let all = Selection::default();
    let found = cross(&whole, &all, &table_of("store", "region")).unwrap();
    assert_eq!(
        (&found.rows[..], &found.columns[..]),
        (
            &["Bath", "Hull", "Leeds", "York"].map(String::from)[..],
            &["East", "North", "South"].map(String::from)[..]
        )
    );
    for (row, unit) in found.rows.iter().enumerate() {
        for (column, value) in found.columns.iter().enumerate() {
            let cell = &found.cells[row][column];
            let member = Some(Member { column: "region".into(), value: value.clone() });
            let selection = Selection { unit: Some(unit.clone()), member, ..Selection::default() };
            match report_of(&whole, &selection) {
                Ok(report) => {
                    assert_eq!(cell.n, Some(report.scores[0].n));
                    let score = cell.score.unwrap();
                    assert!((score.value - report.scores[0].value).abs() < 1e-12);
                    assert!(cell.p_adjusted.is_some_and(|p| (0.0..=1.0).contains(&p)));
                }
                Err(few) => {
                    assert_eq!(cell.n, Some(few.ratings).filter(|&n| n == 0));
                    assert_eq!((cell.score, cell.difference, cell.p_adjusted), (None, None, None));
                }
            }
        }
    }
    assert_eq!(found.tested, 8);
    for (rows, columns) in [("store", "store"), ("store", "when")] {
        assert!(cross(&whole, &all, &table_of(rows, columns)).is_err());
    }
    assert_eq!(found.weighted, None);
}

#[test]
fn comments_are_searched_and_those_that_contradict_their_score_are_found() {
    let text = "score,comment\n\
        0,The staff was wonderful and I love this friendly great place so much\n\
        10,The staff was wonderful and I love this friendly great place so much\n\
        10,\"Horrible and rude staff, the worst shop, I hate this terrible place\"\n\
        1,\"Horrible and RUDE staff, the worst shop, I hate this terrible place\"\n\
        5,\n";
    let whole = read(&recognise(text.as_bytes(), "x.csv"), text);
    let bytes = |range: std::ops::Range<u64>| {
        Ok::<_, std::convert::Infallible>(text.as_bytes()[range.start as usize..range.end as usize].to_vec())
    };
    let rows = |filter: Filter| {
        let page = whole.rows_with_texts(&filter, 0, 9, bytes).unwrap();
        page.rows.iter().map(|row| row.row).collect::<Vec<_>>()
    };
    assert_eq!(rows(Filter { mismatch: true, ..Filter::default() }), [2, 4]);
    assert_eq!(rows(Filter { text: Some(" rude STAFF".into()), ..Filter::default() }), [4, 5]);
    assert_eq!(rows(Filter { text: Some("rude".into()), score: Some(1), ..Filter::default() }), [5]);
}
