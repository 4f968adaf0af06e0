//! Bytes to columns: what is read, what is skipped and said, and that chunks make no difference.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::columns::{Dataset, Filter, NO_RATING, Skipped};
use candor_engine::plan::{DateOrder, Encoding, Plan, Role, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::report;
use candor_engine::world::{Parameters, Simulation, World};
use candor_survey::evidence::Reason;
use candor_survey::question::{Answer, Part};
use candor_survey::response::Level;
use candor_survey::{Definition, Id, Json, Map, Time, Value};
use proptest::prelude::*;

fn read_in(plan: &Plan, bytes: &[u8], chunk: usize) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    bytes.chunks(chunk.max(1)).for_each(|part| reading.push(part));
    reading.finish()
}

fn read(text: &str) -> Dataset {
    read_in(&recognise(text.as_bytes(), "x.csv"), text.as_bytes(), usize::MAX)
}

fn said(rows: &[Skipped]) -> Vec<(u64, &str, &str)> {
    rows.iter().map(|s| (s.row, s.column.as_deref().unwrap_or_default(), s.reason.as_str())).collect()
}

fn world() -> Simulation {
    World { seed: 3, responses: 120, units: 6, pressured: 6, start: Time(1_788_220_800_000) }.simulate()
}

#[test]
fn rows_that_cannot_be_read_are_listed_and_cost_no_other() {
    let text = "id,agent,nps,comment\n\
        1,A1,9,\"a quoted\nline break\"\n\
        2,A1,11,too high\n\
        3,A1,4.5,a half\n\
        \n\
        4,A2\n\
        5,A2,8,extra,cells,here\n\
        6,A2,7.0,fine,,\n\
        7,A3,,no rating\n\
        8,A3,NA,none either\n\
        ,,,\n\
        9,A1,0,last without line break";
    let dataset = read(text);
    assert_eq!(dataset.ratings, [9, 7, NO_RATING, NO_RATING, 0]);
    assert_eq!(dataset.row_numbers.iter().collect::<Vec<_>>(), [2, 8, 9, 10, 12]);
    assert_eq!(
        said(&dataset.skipped),
        [
            (3, "nps", "Expected a whole number from 0 to 10, found “11”."),
            (4, "nps", "Expected a whole number from 0 to 10, found “4.5”."),
            (
                6,
                "",
                "This row has 2 cells where the header has 4. Is there a comma or a line break in a text without quotation marks?"
            ),
            (
                7,
                "",
                "This row has 6 cells where the header has 4. Is there a comma or a line break in a text without quotation marks?"
            ),
            (11, "", "Every cell of this row is empty."),
        ]
    );
    let counts = dataset.counts;
    assert_eq!((counts.rows, counts.read, counts.skipped, counts.used), (10, 5, 5, 5));
    assert_eq!(dataset.texts.unwrap().get(0), "a quoted\nline break");
}

#[test]
fn an_unclosed_quotation_mark_is_said_and_nothing_before_it_is_lost() {
    let dataset = read("agent,nps\nA1,9\nA2,3\n\"A3,5\nA4,7\n");
    assert_eq!(dataset.ratings, [9, 3]);
    assert_eq!((dataset.skipped[0].row, dataset.skipped.len()), (4, 1));
    assert!(dataset.skipped[0].reason.contains("never closed"));
}

#[test]
fn a_date_that_is_none_costs_the_time_and_not_the_row() {
    let text = "date,agent,nps\n04/05/2026,A,1\n25/12/2026,B,2\nsoon,B,3\n,A,10\n";
    let mut plan = recognise(text.as_bytes(), "x.csv");
    plan.columns[0].role = Role::Time;
    plan.date_order = DateOrder::MonthFirst;
    let dataset = read_in(&plan, text.as_bytes(), 5);
    assert_eq!(dataset.ratings, [1, 2, 3, 10]);
    let found = said(&dataset.repaired);
    assert_eq!(
        found[0],
        (
            3,
            "date",
            "“25/12/2026” is no date that can be read with the month before the day, so the time is left out."
        )
    );
    assert_eq!((found[1].0, found.len()), (4, 2));
    let page = dataset.rows(&Filter::default(), 0, 1);
    assert_eq!(page.rows[0].time.as_deref(), Some("2026-04-05T00:00:00.000Z"));
}

#[test]
fn the_encoding_of_the_plan_is_obeyed_and_lost_letters_are_said() {
    let text = b"store,nps\nM\xFCnchen,9\nM\xFCnchen,0\n";
    let mut plan = recognise(text, "x.csv");
    assert_eq!(read_in(&plan, text, 4).units.unwrap().labels, ["München"]);
    plan.encoding = Encoding::Utf8;
    let dataset = read_in(&plan, text, 4);
    assert_eq!(dataset.units.unwrap().labels, ["M\u{fffd}nchen"]);
    assert_eq!(dataset.repaired.len(), 2);
}

#[test]
fn a_saved_plan_finds_its_columns_by_name_in_a_file_that_orders_them_otherwise() {
    let plan = recognise(b"agent,nps\nA,1\nB,10\nA,0\n", "x.csv");
    let dataset = read_in(&plan, b"nps,new,agent\n9,x,B\n2,y,A\n", 3);
    assert_eq!(dataset.ratings, [9, 2]);
    assert_eq!(dataset.units.unwrap().labels, ["B", "A"]);
    let dataset = read_in(&plan, b"rating,agent\n9,B\n", 3);
    assert_eq!(
        said(&dataset.skipped),
        [(2, "nps", "The header has no such column, and the plan calls it the score.")]
    );
    let dataset = read_in(&plan, b"nps,store\n9,B\n", 3);
    assert_eq!(
        said(&dataset.repaired),
        [(1, "agent", "The header has no such column, so the unit is left out.")]
    );
    assert_eq!(dataset.ratings, [9]);
}

#[test]
fn columns_that_share_a_name_are_told_apart_by_their_place() {
    let text = "note,nps,note\nfirst words here,9,second words here\nother words here,0,more words here\n";
    let mut plan = recognise(text.as_bytes(), "x.csv");
    for (column, role) in plan.columns.iter_mut().zip([Role::Ignore, Role::Score, Role::Text]) {
        column.role = role;
    }
    assert_eq!(read_in(&plan, text.as_bytes(), 9).texts.unwrap().get(0), "second words here");
}

#[test]
fn words_alone_are_evidence_in_a_foreign_file() {
    let dataset = read(
        "agent,nps,comment\nA,10,he said please give me a 10\nB,9,lovely shop and kind people\nA,2,far too slow for me\nB,10,nobody asked me to give a 10\n",
    );
    let page = dataset.rows(&Filter { level: Some(Level::Some), ..Filter::default() }, 0, 10);
    assert_eq!(page.total, 1);
    assert_eq!((page.rows[0].row, page.rows[0].reasons.clone()), (2, vec![Reason::Solicited]));
    assert_eq!(page.rows[0].claimed, None);
}

#[test]
fn personal_data_leaves_masked_unless_it_is_asked_for_and_marks_stay_where_they_belong() {
    let dataset = read(
        "agent,nps,comment\nA,10,\"Mail jane.doe3@example.com: they said please give me a 10\"\n\
         B,9,Call me at +1 415 555 0113 about the shop\nA,2,far too slow for me\n",
    );
    let texts = |filter: &Filter| -> Vec<String> {
        dataset.rows(filter, 0, 9).rows.into_iter().map(|row| row.text).collect()
    };
    let masked = texts(&Filter::default());
    assert_eq!(masked[0], "Mail [e-mail]: they said please give me a 10");
    assert_eq!(masked[1], "Call me at [phone] about the shop");
    assert_eq!(masked[2], "far too slow for me");
    let shown = texts(&Filter { personal: true, ..Filter::default() });
    assert_eq!(shown[0], "Mail jane.doe3@example.com: they said please give me a 10");
    assert_eq!(shown[1], "Call me at +1 415 555 0113 about the shop");
    for personal in [false, true] {
        let page = dataset.rows(&Filter { personal, ..Filter::default() }, 0, 1);
        let row = &page.rows[0];
        let marked: Vec<&str> = row.marks.iter().map(|range| &row.text[range.clone()]).collect();
        assert!(marked.concat().contains("10") && !marked.concat().contains("ail"), "{marked:?}");
    }
    // Who looks for words finds them in what was written.
    assert_eq!(dataset.rows(&Filter { text: Some("415 555".into()), ..Filter::default() }, 0, 9).total, 1);
}

#[test]
fn rows_can_be_filtered_and_paged() {
    let dataset = read("agent,nps\nA,10\nB,9\nA,2\nB,10\nA,10\n");
    let filter = Filter { unit: Some("A".into()), score: Some(10), ..Filter::default() };
    let page = dataset.rows(&filter, 1, 5);
    assert_eq!((page.total, page.rows.len(), page.rows[0].row), (2, 1, 6));
    assert_eq!(dataset.rows(&Filter { unit: Some("C".into()), ..Filter::default() }, 0, 5).total, 0);
    assert_eq!(dataset.rows(&Filter { score: Some(NO_RATING), ..Filter::default() }, 0, 5).total, 0);
    assert_eq!(dataset.rows(&Filter::default(), 3, 1).rows[0].unit.as_deref(), Some("B"));
}

#[test]
fn ndjson_and_csv_of_one_data_set_give_identical_reports() {
    let simulation = world();
    let ndjson = simulation.ndjson();
    let from_ndjson = read_in(&recognise(ndjson.as_bytes(), "x.ndjson"), ndjson.as_bytes(), 1000);
    let csv = simulation.responses_csv();
    let mut reading = Reading::new(&recognise(csv.as_bytes(), "responses.csv")).unwrap();
    reading.define(&simulation.definitions_json()).unwrap();
    csv.as_bytes().chunks(1000).for_each(|part| reading.push(part));
    let from_csv = reading.finish();
    assert_eq!(from_csv.skipped, []);
    assert_eq!(from_csv.counts.used, 120);
    assert_eq!(report(&from_csv), report(&from_ndjson));
    assert_eq!(from_csv.own, from_ndjson.own);
    assert_eq!(from_csv.texts, from_ndjson.texts);
    assert_eq!(from_csv.evidence, from_ndjson.evidence);
    assert_eq!(from_csv.times, from_ndjson.times);
}

#[test]
fn responses_csv_alone_is_read_and_says_what_it_lacks() {
    let simulation = world();
    let csv = simulation.responses_csv();
    let dataset = read_in(&recognise(csv.as_bytes(), "responses.csv"), csv.as_bytes(), 512);
    assert_eq!((dataset.counts.used, dataset.counts.undefined), (120, 120));
    let report = report(&dataset);
    assert_eq!(report.survey.purpose, None);
    assert!(report.absent.iter().any(|a| a.what == "reading speed"));
    let whole: Vec<u8> = simulation
        .responses
        .iter()
        .map(|r| match r.answers.get("nps") {
            Some(candor_survey::Answer::Number(n)) => n.as_i64().unwrap() as u8,
            _ => NO_RATING,
        })
        .collect();
    assert_eq!(dataset.ratings, whole);
}

#[test]
fn a_broken_line_is_skipped_with_line_column_and_reason() {
    let simulation = world();
    let mut lines: Vec<String> = simulation.ndjson().lines().map(String::from).collect();
    let cut = lines[3].len() - 30;
    lines[3].truncate(cut);
    lines[5] = lines[5].replace("\"nps\":", "\"nbs\":");
    lines[7] = lines[7].replace("\"ms_total\":", "\"ms_total\":-");
    lines[9] = "{\"v\":1}".into();
    lines[11] = "not JSON at all".into();
    let text = lines.join("\r\n");
    let plan = recognise(text.as_bytes(), "x.ndjson");
    let dataset = read_in(&plan, text.as_bytes(), 777);
    let found = said(&dataset.skipped);
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [4, 6, 8, 10, 12]);
    assert!(found[0].2.starts_with("Not valid JSON at line 4, column "), "{:?}", found[0]);
    assert_eq!(found[1].1, "answers.nbs");
    assert!(found[1].2.starts_with("Expected a question of this survey: nps, why"), "{:?}", found[1]);
    assert_eq!(found[2].1, "signals.ms_total");
    assert!(found[4].2.contains("line 12, column 1"));
    assert_eq!((dataset.counts.rows, dataset.counts.read, dataset.counts.used), (120, 115, 115));
}

#[test]
fn a_broken_cell_of_responses_csv_is_named_by_its_column() {
    let simulation = world();
    let csv =
        simulation.responses_csv().replacen(",touch,", ",foot,", 1).replacen(",complete,", ",finished,", 1);
    let mut reading = Reading::new(&recognise(csv.as_bytes(), "responses.csv")).unwrap();
    reading.define(&simulation.definitions_json()).unwrap();
    reading.push(csv.as_bytes());
    let dataset = reading.finish();
    let columns: Vec<_> = said(&dataset.skipped).iter().map(|s| s.1.to_owned()).collect();
    assert!(columns.contains(&"status".to_owned()) && columns.len() <= 2, "{columns:?}");
    assert_eq!(dataset.counts.read + dataset.counts.skipped, 120);
}

#[test]
fn definitions_that_cannot_be_read_are_refused_with_their_place() {
    let csv = world().responses_csv();
    let plan = recognise(csv.as_bytes(), "responses.csv");
    for (definitions, place) in [("[", "line 1"), ("{}", "array"), ("[{\"v\":1}]", "[0]: it has no revision")]
    {
        let error = Reading::new(&plan).unwrap().define(definitions).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
    }
}

#[test]
fn a_later_sending_replaces_an_earlier_one_and_tests_are_left_out() {
    let simulation = world();
    let mut responses = simulation.responses[..6].to_vec();
    // 0: sent again and higher; 1: a lower one comes late; 2: a test; 3: the same twice, and with other content; 4: another survey.
    let mut again = responses[0].clone();
    again.seq = 2;
    again.attributes.0[0].1 = "ZZ".into();
    let mut late = responses[1].clone();
    responses[1].seq = 5;
    late.seq = 4;
    responses[2].test = true;
    let twice = responses[3].clone();
    let mut other = twice.clone();
    other.attributes.0[0].1 = "ZY".into();
    responses[4].survey = candor_survey::Id::new("elsewhere").unwrap();
    let mut text = simulation.ndjson().lines().next().unwrap().to_owned();
    for response in responses.iter().chain([&again, &late, &twice, &other]) {
        text.push('\n');
        text.push_str(&response.to_json());
    }
    let dataset = read_in(&recognise(text.as_bytes(), "x.ndjson"), text.as_bytes(), 64);
    let c = dataset.counts;
    assert_eq!((c.rows, c.read, c.skipped, c.superseded, c.tests, c.other, c.used), (10, 9, 1, 2, 1, 1, 4));
    assert_eq!(c.repeated, 1);
    assert_eq!(dataset.row_numbers.iter().collect::<Vec<_>>(), [3, 5, 7, 8]);
    assert_eq!(dataset.skipped[0].row, 11);
    assert!(dataset.skipped[0].reason.contains("stands in row 5 already, with other content"));
    let ids: Vec<_> = dataset.rows(&Filter::default(), 0, 9).rows.into_iter().filter_map(|r| r.id).collect();
    assert_eq!(ids[3], responses[0].id.as_str());
    assert_eq!(dataset.rows(&Filter { unit: Some("ZZ".into()), ..Filter::default() }, 0, 9).total, 1);
    let c = report(&dataset).responses;
    assert_eq!((c.repeated, c.read), (1, c.used + c.tests + c.repeated + c.superseded + c.other));
}

#[test]
fn two_exports_that_overlap_are_one() {
    let simulation = world();
    let p = Parameters::default();
    let world = World { seed: 3, responses: 120, units: 6, pressured: 6, start: Time(1_788_220_800_000) };
    let lines: Vec<String> = world
        .exposures(&p, &simulation.definition.id, &simulation.revision)
        .iter()
        .map(Json::to_json)
        .collect();
    let once = simulation.ndjson() + &lines.join("\n") + "\n";
    let read = |text: &str| read_in(&recognise(text.as_bytes(), "x.ndjson"), text.as_bytes(), 4096);
    let (one, two) = (read(&once), read(&once.repeat(2)));
    assert_eq!((one.counts.repeated, one.exposures.repeated), (0, 0));
    assert_eq!((two.counts.repeated, two.counts.skipped), (120, 0));
    assert_eq!(two.exposures.repeated, lines.len() as u64);
    assert_eq!((&two.ratings, &two.beside), (&one.ratings, &one.beside));
    let (one, two) = (report(&one), report(&two));
    let (heard, doubled) = (one.heard.unwrap(), two.heard.unwrap());
    assert_eq!(
        (doubled.sampled, doubled.rate, doubled.repeated),
        (heard.sampled, heard.rate, lines.len() as u64)
    );
    assert!(
        two.absent.iter().any(|a| a.what == "response rate" && a.reason.contains("stood in the file before"))
    );
}

#[test]
fn clocks_that_disagree_by_more_than_a_day_are_said() {
    let mut simulation = world();
    for (response, days) in simulation.responses.iter_mut().zip([-2, 1, 2, 26_000]) {
        response.received = Some(Time(response.submitted.0 + days * 86_400_000));
    }
    simulation.responses[4].received = None;
    let text = simulation.ndjson();
    let report = report(&read_in(&recognise(text.as_bytes(), "x.ndjson"), text.as_bytes(), 4096));
    let said =
        |what: &str, part: &str| report.absent.iter().any(|a| a.what == what && a.reason.contains(part));
    assert!(said("period", "The clocks disagree on 3 responses"), "{:?}", report.absent);
    assert!(said("period", "1 rating is dated "), "{:?}", report.absent);
    assert!(report.change.is_some(), "{:?}", report.absent);
}

#[test]
fn a_forged_claim_is_recomputed_and_counted() {
    let simulation = world();
    let at = simulation.responses.iter().position(|r| r.integrity.evidence != Level::None).unwrap();
    let mut forged = simulation.clone();
    forged.responses[at].integrity.evidence = Level::None;
    forged.responses[at].integrity.reasons.clear();
    let (honest, forged) = (simulation.ndjson(), forged.ndjson());
    let plan = recognise(honest.as_bytes(), "x.ndjson");
    let honest = read_in(&plan, honest.as_bytes(), 4096);
    let forged = read_in(&plan, forged.as_bytes(), 4096);
    assert_eq!(report(&honest).evidence.claims_differ, 0);
    assert_eq!(report(&forged).evidence.claims_differ, 1);
    assert_eq!(forged.evidence, honest.evidence);
    let row = &forged.rows(&Filter::default(), at as u64, 1).rows[0];
    assert!(
        row.level != Level::None && row.claimed.as_ref().is_some_and(|c| c.differs && c.level == Level::None)
    );
}

#[test]
fn exposures_are_counted_by_event_once_for_each_page_view() {
    let simulation = world();
    let mut text = simulation.ndjson();
    for (n, event) in ["eligible", "eligible", "shown", "dismissed"].iter().enumerate() {
        // Two page views, of which the first was due twice.
        let view = n / 2;
        text.push_str(&format!(
            "{{\"v\":1,\"id\":\"019a5f0e-7c00-7000-8000-00000000000{n}\",\"event\":\"{event}\",\"survey\":\"after-advice\",\"revision\":\"{}\",\"view\":\"019a5f0e-7c00-7000-8000-00000000000{view}\",\"at\":\"2026-11-21T10:00:00.000Z\",\"attributes\":{{}}}}\n",
            simulation.revision.as_str()
        ));
    }
    let dataset = read_in(&recognise(text.as_bytes(), "x.ndjson"), text.as_bytes(), 100);
    let e = dataset.exposures;
    assert_eq!((e.eligible, e.sampled, e.shown, e.started, e.dismissed, e.repeated), (1, 0, 1, 0, 1, 1));
    assert_eq!((dataset.counts.rows, dataset.counts.skipped), (120, 0));
}

#[test]
fn any_chunk_boundary_gives_the_same_data_set_from_a_table() {
    let text = "\u{feff}agent,nps,date,comment\r\nA1,9,2026-11-21,\"say \"\"hi\"\",\nthen go\"\r\nÄ2,,,x\rB,11,soon,\"y\"\n\nC,10,21.11.2026,please give me a 10";
    let bytes = text.as_bytes();
    let plan = recognise(bytes, "x.csv");
    let whole = read_in(&plan, bytes, usize::MAX);
    assert_eq!(whole.counts.rows, 4);
    for cut in 0..=bytes.len() {
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(&bytes[..cut]);
        reading.push(&bytes[cut..]);
        assert_eq!(reading.finish(), whole, "cut at byte {cut}");
    }
    assert_eq!(read_in(&plan, bytes, 1), whole);
}

#[test]
fn any_chunk_boundary_gives_the_same_data_set_from_ndjson() {
    let simulation = World { seed: 5, responses: 4, units: 2, pressured: 1, start: Time(0) }.simulate();
    let text = simulation.ndjson() + "broken\r\n\n";
    let bytes = text.as_bytes();
    let plan = recognise(bytes, "x.ndjson");
    let whole = read_in(&plan, bytes, usize::MAX);
    assert_eq!((whole.counts.used, whole.counts.skipped), (4, 1));
    for cut in 0..=bytes.len() {
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(&bytes[..cut]);
        reading.push(&bytes[cut..]);
        assert_eq!(reading.finish(), whole, "cut at byte {cut}");
    }
    assert_eq!(read_in(&plan, bytes, 1), whole);
}

/// Bytes that look enough like a table to get far.
fn tableish() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b",",
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\"",
        b"\"\"",
        b"9",
        b"9",
        b"10",
        b"0",
        b"A1",
        b"\0",
        b"\xFF",
        b";",
        b"2026-11-21",
        b"please give me a 10",
        "é".as_bytes(),
        b"\xEF\xBB\xBF",
    ];
    let pieces = proptest::sample::select(pieces);
    proptest::collection::vec(pieces, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_recognised_and_read_without_panic_and_add_up(
        bytes in prop_oneof![proptest::collection::vec(any::<u8>(), 0..400), tableish()],
        head in prop_oneof![Just(""), Just("agent,nps,comment\n"), Just("id;score\n"), Just("{\"v\":1,"), Just("\u{feff}nps\n1\n9\n")],
        chunk in 1usize..64,
    ) {
        let mut text = head.as_bytes().to_vec();
        text.extend_from_slice(&bytes);
        let mut plan = recognise(&text, "x");
        // Where no score was guessed, force one: the reader must bear it.
        if plan.scale().is_none() && let Some(column) = plan.columns.first_mut() {
            column.role = Role::Score;
            column.scale = Some(candor_engine::plan::Scale { low: 0, high: 10, nps: true });
        }
        if Reading::new(&plan).is_ok() {
            let dataset = read_in(&plan, &text, chunk);
            prop_assert_eq!(&dataset, &read_in(&plan, &text, usize::MAX));
            let c = dataset.counts;
            prop_assert_eq!(c.rows, c.read + c.skipped);
            prop_assert_eq!(c.read, c.used + c.tests + c.repeated + c.superseded + c.other);
            prop_assert_eq!(c.used as usize, dataset.ratings.len());
            let report = report(&dataset);
            prop_assert!(report.to_text().lines().all(|line| line.chars().count() <= 80));
        }
    }

    #[test]
    fn a_damaged_export_of_ours_never_panics_and_adds_up(
        place in 0usize..60_000, with in proptest::collection::vec(any::<u8>(), 0..6), remove in 0usize..300, csv in any::<bool>()
    ) {
        let simulation = World { seed: 9, responses: 40, units: 3, pressured: 3, start: Time(0) }.simulate();
        let mut bytes = if csv { simulation.responses_csv() } else { simulation.ndjson() }.into_bytes();
        let place = place % bytes.len();
        let end = (place + remove).min(bytes.len());
        bytes.splice(place..end, with);
        let plan = recognise(&bytes, "x");
        if Reading::new(&plan).is_ok() {
            let dataset = read_in(&plan, &bytes, 1000);
            let c = dataset.counts;
            prop_assert_eq!(c.rows, c.read + c.skipped);
            prop_assert_eq!(c.read, c.used + c.tests + c.repeated + c.superseded + c.other);
            report(&dataset).to_text();
        }
    }
}

#[test]
fn huge_cells_many_columns_and_nul_bytes_do_no_harm() {
    let mut text = b"agent,nps,comment\nA,9,".to_vec();
    text.resize(text.len() + (17 << 20), b'x');
    text.extend_from_slice(b"\nB\0,10,\0\nA,0,fine\n");
    let plan =
        recognise(b"agent,nps,comment\nA,9,some words of text\nB,0,other words of text\nA,10,\n", "x.csv");
    let dataset = read_in(&plan, &text, 1 << 20);
    assert_eq!(dataset.ratings, [10, 0]);
    assert_eq!(dataset.skipped[0].reason, "This row is longer than 16 MiB.");

    let header: Vec<String> = (0..100_000).map(|n| format!("c{n}")).collect();
    let row = vec!["5"; 100_000].join(",");
    let wide = format!("{}\n{row}\n{row}\n", header.join(","));
    let mut plan = recognise(b"c0,c1\n5,1\n1,5\n", "x.csv");
    plan.columns.iter_mut().for_each(|c| c.role = if c.name == "c1" { Role::Score } else { Role::Ignore });
    assert_eq!(read_in(&plan, wide.as_bytes(), 1 << 16).ratings, [5, 5]);
    recognise(wide.as_bytes(), "wide.csv");
}

#[test]
fn each_row_of_a_matrix_is_a_rating() {
    let mut world =
        World { seed: 3, responses: 40, units: 4, pressured: 0, start: Time(1_788_220_800_000) }.simulate();
    let rows = r#""rows":[{"id":"speed","text":"Speed"},{"id":"price","text":"Price"}]"#;
    let options =
        r#""options":[{"id":"bad","text":"Bad"},{"id":"fair","text":"Fair"},{"id":"good","text":"Good"}]"#;
    let asked = format!(
        r#"{{"id":"grid","type":"matrix","text":"How was the",{rows},{options}}},{{"id":"points","type":"matrix","text":"Points for",{rows},"points":7}},{{"id":"why""#
    );
    let written = world.definition.to_json().replace(r#"{"id":"why""#, &asked);
    world.definition = Definition::parse(&written).unwrap();
    world.revision = candor_survey::revision::revision(&Value::parse(&world.definition.to_json()).unwrap());
    let id = |name: &str| Id::new(name).unwrap();
    for (at, response) in world.responses.iter_mut().enumerate() {
        let (mut words, mut numbers) = (Map::new(), Map::new());
        words.set(&id("speed"), Part::Text(["bad", "fair", "good"][at % 3].into()));
        numbers.set(&id("price"), Part::Number((at as i64 % 7 + 1).into()));
        response.revision = world.revision.clone();
        response.answers.set(&id("grid"), Answer::Parts(words));
        response.answers.set(&id("points"), Answer::Parts(numbers));
    }
    let export = world.ndjson();
    let mut reading = Reading::new(&recognise(export.as_bytes(), "export.ndjson")).unwrap();
    reading.push(export.as_bytes());
    let dataset = reading.finish();
    assert_eq!((dataset.counts.read, dataset.skipped.len()), (40, 0), "{:?}", dataset.skipped.first());
    let found: Vec<(&str, &str, u8)> = dataset
        .beside
        .items
        .iter()
        .map(|item| (item.question.as_str(), item.text.as_deref().unwrap(), item.scale.high))
        .collect();
    let expected = [
        ("grid.speed", "How was the Speed", 3),
        ("grid.price", "How was the Price", 3),
        ("points.speed", "Points for Speed", 7),
        ("points.price", "Points for Price", 7),
    ];
    assert_eq!(found, expected);
    for row in 0..40 {
        let ratings: Vec<u8> = dataset.beside.items.iter().map(|item| item.ratings[row]).collect();
        let at = row as u8;
        assert_eq!(ratings, [at % 3 + 1, NO_RATING, NO_RATING, at % 7 + 1]);
    }
}
