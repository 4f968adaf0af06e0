//! What `recognise` makes of files, and how a corrected plan is obeyed.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_engine::plan::{DateOrder, Encoding, Plan, PlanError, Role, Scale, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::world::World;
use candor_survey::Time;

fn role_of(plan: &Plan, role: Role) -> Vec<&str> {
    plan.columns.iter().filter(|c| c.role == role).map(|c| c.name.as_str()).collect()
}

fn sample() -> candor_engine::world::Simulation {
    World { seed: 1, responses: 200, units: 6, pressured: 1, start: Time(0) }.simulate()
}

const RETAIL: &str = "\
respondent_id,ts,agent_id,store,nps,csat,duration_ms,comment
000000,2025-01-01T00:00:05Z,A001,north,9,5,31000,the staff was very helpful and friendly
000001,2025-01-01T00:07:05Z,A002,south,10,4,21000,checkout took far too long today
000002,2025-01-01T00:14:05Z,A001,north,0,1,9000,nobody answered my question at all
000003,2025-01-01T00:21:05Z,A003,south,7,5,47000,
000004,2025-01-01T00:28:05Z,A002,north,8,3,12000,\"price ok, quality poor, parking bad\"
000005,2025-01-01T00:35:05Z,A003,south,10,5,8000,people would come back any day
";

#[test]
fn a_retail_export_is_understood_and_each_guess_has_a_reason() {
    let plan = recognise(RETAIL.as_bytes(), "retail.csv");
    assert_eq!(
        (plan.tool, plan.encoding, plan.delimiter, plan.header_rows),
        (Tool::Csv, Encoding::Utf8, ',', 1)
    );
    assert_eq!(role_of(&plan, Role::Score), ["nps"]);
    assert_eq!(role_of(&plan, Role::Unit), ["agent_id"]);
    assert_eq!(role_of(&plan, Role::Time), ["ts"]);
    assert_eq!(role_of(&plan, Role::Text), ["comment"]);
    assert_eq!(plan.scale(), Some(Scale { low: 0, high: 10, nps: true }));
    assert!(plan.columns.iter().all(|c| c.reason.ends_with('.')), "{plan:#?}");
    assert_eq!(plan.columns[3].examples, ["north", "south"]);
    assert_eq!(plan.notes, [""; 0]);
}

#[test]
fn semicolons_tabs_and_bars_are_told_from_commas_in_texts() {
    for delimiter in [';', '\t', '|'] {
        let text = format!(
            "name{delimiter}score{delimiter}why\nA{delimiter}3{delimiter}slow, dirty, far\nB{delimiter}5{delimiter}near, clean\n"
        );
        let plan = recognise(text.as_bytes(), "x.csv");
        assert_eq!(plan.delimiter, delimiter);
        assert_eq!(role_of(&plan, Role::Score), ["score"]);
        assert_eq!(plan.scale(), Some(Scale { low: 1, high: 5, nps: false }));
    }
}

#[test]
fn windows_1252_is_recognised_and_said() {
    let plan = recognise(b"Filiale;Bewertung\nM\xFCnchen;5\nK\xF6ln;4\nM\xFCnchen;1\nK\xF6ln;4\n", "x.csv");
    assert_eq!(plan.encoding, Encoding::Windows1252);
    assert!(plan.notes[0].contains("Windows-1252"));
    assert_eq!(plan.columns[0].examples, ["München", "Köln"]);
    assert_eq!(role_of(&plan, Role::Unit), ["Filiale"]);
}

#[test]
fn utf_16_is_recognised_and_read_in_any_chunks() {
    let text = "Filiale\tBewertung\r\nM\u{fc}nchen\t5\r\nK\u{f6}ln\t4\r\nM\u{fc}nchen\t1\r\nK\u{f6}ln\t4\r\n";
    for (mark, encoding) in
        [("\u{feff}", Encoding::Utf16Le), ("", Encoding::Utf16Le), ("\u{feff}", Encoding::Utf16Be)]
    {
        let units = mark.encode_utf16().chain(text.encode_utf16());
        let bytes: Vec<u8> = match encoding {
            Encoding::Utf16Le => units.flat_map(u16::to_le_bytes).collect(),
            _ => units.flat_map(u16::to_be_bytes).collect(),
        };
        let plan = recognise(&bytes, "x.txt");
        assert_eq!((plan.encoding, plan.delimiter), (encoding, '\t'));
        assert!(plan.notes[0].contains("UTF-16"), "{:?}", plan.notes);
        for chunk in [1, 2, 3, 7, bytes.len()] {
            let mut reading = Reading::new(&plan).unwrap();
            bytes.chunks(chunk).for_each(|part| reading.push(part));
            let dataset = reading.finish();
            assert_eq!(dataset.ratings, [5, 4, 1, 4], "in chunks of {chunk}");
            assert_eq!(dataset.units.unwrap().labels, ["M\u{fc}nchen", "K\u{f6}ln"]);
            assert_eq!(dataset.repaired, []);
        }
        // A file that was cut inside of a character says so.
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(&bytes[..bytes.len() - 5]);
        reading.push(&[0x3D, 0xD8]);
        assert!(reading.finish().counts.skipped > 0);
    }
}

#[test]
fn the_order_of_day_and_month_is_decided_from_all_rows_of_the_head() {
    let with = |dates: [&str; 3]| {
        let rows = dates.map(|date| format!("{date},5\n")).concat();
        recognise(format!("date,score\n{rows}").as_bytes(), "x.csv")
    };
    let plan = with(["04/05/2026", "01/02/2026", "25/12/2026"]);
    assert_eq!((plan.date_order, plan.notes.len()), (DateOrder::DayFirst, 0));
    let plan = with(["04/05/2026", "01/02/2026", "12/25/2026"]);
    assert_eq!((plan.date_order, plan.notes.len()), (DateOrder::MonthFirst, 0));
    let plan = with(["04/05/2026", "01/02/2026", "03/03/2026"]);
    assert_eq!(plan.date_order, DateOrder::MonthFirst);
    assert!(plan.notes[0].contains("could be day/month or month/day"), "{:?}", plan.notes);
    let plan = with(["25/12/2026", "12/25/2026", "03/03/2026"]);
    assert!(plan.notes[0].contains("contradict"), "{:?}", plan.notes);
}

/// A file whose first 300 KiB leave the order of day and month open, or say `first`; then come 40 dates that say `rest`.
fn late(first: &str, rest: &str) -> String {
    let mut text = String::from("date,opened,score,note\n");
    text.push_str(&format!("{first},1/2/2026,5,\n").repeat(3));
    for row in 0..6_000 {
        let (day, month) = (1 + row % 12, 1 + row / 500);
        text.push_str(
            &format!(
                "{day:02}/{month:02}/2026,1/2/2026,{},a note of forty letters, more or less\n",
                row % 11
            )
            .replace(", more", " more"),
        );
    }
    text.push_str(&format!("{rest},1/2/2026,5,\n").repeat(40));
    text
}

#[test]
fn the_order_of_day_and_month_is_that_of_the_whole_column() {
    let read = |plan: &Plan, text: &str| {
        let mut reading = Reading::new(plan).unwrap();
        reading.push(text.as_bytes());
        reading.finish()
    };
    let (day, month) = ("25/12/2026", "12/25/2026");
    for (first, rest, guessed, told) in [
        ("03/03/2026", day, DateOrder::MonthFirst, Some(DateOrder::DayFirst)),
        ("03/03/2026", month, DateOrder::MonthFirst, None),
        ("03/03/2026", "04/04/2026", DateOrder::MonthFirst, None),
        // Three rows at the beginning say one thing, forty at the end another.
        (month, day, DateOrder::MonthFirst, Some(DateOrder::DayFirst)),
        (day, month, DateOrder::DayFirst, Some(DateOrder::MonthFirst)),
    ] {
        let text = late(first, rest);
        let plan = recognise(text.as_bytes(), "x.csv");
        assert_eq!((plan.date_order, plan.date_order_guessed), (guessed, true), "{first} {rest}");
        let dataset = read(&plan, &text);
        let corrected = plan.corrected_by(&dataset);
        assert_eq!(corrected.as_ref().map(|plan| plan.date_order), told, "{first} {rest}");
        if let Some(corrected) = corrected {
            assert!(corrected.notes.last().unwrap().contains("40 can only be"), "{:?}", corrected.notes);
            let again = read(&corrected, &text);
            assert!(again.repaired.len() < dataset.repaired.len());
            assert_eq!(corrected.corrected_by(&again), None);
        }
        // A plan that a person has settled is obeyed to the letter.
        let settled = Plan { date_order_guessed: false, ..plan };
        assert_eq!(settled.corrected_by(&read(&settled, &text)), None);
    }
    // ISO dates leave nothing to guess.
    assert!(!recognise(RETAIL.as_bytes(), "retail.csv").date_order_guessed);
}

#[test]
fn a_scale_that_goes_on_behind_the_first_rows_is_that_of_the_whole_column() {
    let text = |header: &str, late: usize| {
        let mut text = format!("Date,{header},Comment\n");
        for row in 0..6_000 {
            let rating = if row < 5_000 { row * 7 % 11 % 7 + 1 } else { row % late + 1 };
            text.push_str(&format!(
                "2026-03-01,{rating},a note of sixty letters more or less and some more\n"
            ));
        }
        text
    };
    let read = |plan: &Plan, text: &str| {
        let mut reading = Reading::new(plan).unwrap();
        reading.push(text.as_bytes());
        reading.finish()
    };
    let grown = text("Rating", 10);
    let plan = recognise(grown.as_bytes(), "x.csv");
    assert_eq!((plan.scale().unwrap().high, plan.scale_guessed), (7, true));
    let dataset = read(&plan, &grown);
    assert!(dataset.counts.skipped > 100);
    let corrected = plan.corrected_by(&dataset).unwrap();
    assert_eq!(corrected.scale(), Some(Scale { low: 1, high: 10, nps: false }));
    assert!(corrected.notes.last().unwrap().contains("further on"), "{:?}", corrected.notes);
    let again = read(&corrected, &grown);
    assert_eq!((again.counts.skipped, corrected.corrected_by(&again)), (0, None));
    // A plan that a person has settled, and a scale that the header states, are obeyed to the letter.
    let settled = Plan { scale_guessed: false, ..plan };
    assert_eq!(settled.corrected_by(&read(&settled, &grown)), None);
    assert!(!recognise(text("Rating (1-7)", 10).as_bytes(), "x.csv").scale_guessed);
    // Nothing lies beyond.
    let same = text("Rating", 7);
    let plan = recognise(same.as_bytes(), "x.csv");
    assert_eq!(plan.corrected_by(&read(&plan, &same)), None);
}

#[test]
fn a_file_without_names_is_read_from_its_first_row() {
    let text: String =
        (0..40).map(|row| format!("2026-03-{:02},Ann,{}\n", row % 28 + 1, row % 5 + 1)).collect();
    let plan = recognise(text.as_bytes(), "x.csv");
    assert_eq!(plan.header_rows, 0);
    let mut reading = Reading::new(&plan).unwrap();
    text.as_bytes().chunks(7).for_each(|chunk| reading.push(chunk));
    let dataset = reading.finish();
    assert_eq!((dataset.ratings.len(), dataset.ratings[0]), (40, 1));
    assert_eq!(dataset.score.question, "column 3");
}

#[test]
fn properties_of_events_in_one_column_of_json_are_read() {
    let mut text = String::from("uuid,event,properties,timestamp\n");
    for row in 0..30 {
        let sent = row % 3 > 0;
        let answer =
            if sent { format!("\"\"$survey_response\"\":\"\"{}\"\",", row % 11) } else { String::new() };
        let event = if sent { "survey sent" } else { "survey shown" };
        text.push_str(&format!(
            "u{row},{event},\"{{{answer}\"\"$survey_id\"\":\"\"s\"\",\"\"agent\"\":\"\"A{}\"\"}}\",2026-03-01 10:00:{row:02}\n",
            row % 2
        ));
    }
    let plan = recognise(text.as_bytes(), "x.csv");
    let named = |role: Role| plan.columns.iter().find(|column| column.role == role).map(|c| c.name.as_str());
    assert_eq!(plan.tool, Tool::PostHog);
    assert_eq!(named(Role::Score), Some("properties.$survey_response"));
    assert_eq!(named(Role::Unit), Some("properties.agent"));
    for chunk in [13, 100_000] {
        let mut reading = Reading::new(&plan).unwrap();
        text.as_bytes().chunks(chunk).for_each(|chunk| reading.push(chunk));
        let dataset = reading.finish();
        let expected: Vec<u8> = (0..30u8).filter(|row| row % 3 > 0).map(|row| row % 11).collect();
        assert_eq!((dataset.ratings, dataset.exposures.shown), (expected, 10));
    }
}

#[test]
fn identifiers_durations_ages_and_yes_no_are_not_taken_for_scores() {
    let mut text = String::from("row,age,seconds,returning,how likely to recommend us\n");
    for row in 0..40 {
        text.push_str(&format!("{row},{},{},{},{}\n", 20 + row, 5 + row * 7, row % 2, row % 11));
    }
    let plan = recognise(text.as_bytes(), "x.csv");
    assert_eq!(role_of(&plan, Role::Score), ["how likely to recommend us"]);
}

#[test]
fn coordinates_ratings_questions_and_yes_or_no_are_not_taken_for_units_or_nps() {
    let mut text = String::from(
        "LocationLatitude,staff_service_rating,Have you told your employer about it?,recommended,airport,overall_rating\n",
    );
    for row in 0..30 {
        text.push_str(&format!(
            "{}.5,{},{},{},{},{}\n",
            50 + row % 3,
            row % 5,
            ["Yes", "No"][row % 2],
            row % 2,
            ["LHR", "ZRH", "CDG"][row % 3],
            1 + row % 5
        ));
    }
    let plan = recognise(text.as_bytes(), "x.csv");
    assert_eq!(role_of(&plan, Role::Unit), ["airport"]);
    assert_eq!(role_of(&plan, Role::Score), ["overall_rating"]);
}

#[test]
fn what_is_no_table_has_no_columns_and_a_sentence_why() {
    for (head, word) in [
        (&b""[..], "empty"),
        (b"\xEF\xBB\xBF \n", "empty"),
        (b"PK\x03\x04rest", "packed twice"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "no text"),
        (b"PAR1....", "packed twice"),
        (b"{\"users\":[]}", "JSON"),
    ] {
        let plan = recognise(head, "export.bin");
        assert!(plan.columns.is_empty());
        assert!(plan.notes[0].starts_with("export.bin ") && plan.notes[0].contains(word), "{:?}", plan.notes);
        assert_eq!(Reading::new(&plan).err(), Some(PlanError::NoScore));
    }
}

#[test]
fn a_file_without_ratings_says_so() {
    let plan = recognise(b"name,comment\nA,it was a good day for me\nB,it was a bad day for us\n", "x.csv");
    assert!(plan.notes[0].contains("No column looks like ratings"));
}

#[test]
fn candors_own_exports_are_recognised() {
    let simulation = sample();
    let ndjson = recognise(simulation.ndjson().as_bytes(), "export.ndjson");
    assert_eq!((ndjson.tool, ndjson.header_rows), (Tool::CandorNdjson, 0));
    let csv = recognise(simulation.responses_csv().as_bytes(), "responses.csv");
    assert_eq!((csv.tool, csv.header_rows), (Tool::CandorCsv, 1));
    for plan in [&ndjson, &csv] {
        assert_eq!(plan.survey.as_deref(), Some("after-advice"));
        assert_eq!(role_of(plan, Role::Score), ["answer.nps"]);
        assert_eq!(role_of(plan, Role::Unit), ["attribute.agent"]);
        assert_eq!(role_of(plan, Role::Time), ["received"]);
        assert_eq!(role_of(plan, Role::Text), ["answer.why"]);
        assert_eq!(plan.scale(), Some(Scale { low: 0, high: 10, nps: true }));
        assert_eq!(plan.notes, [""; 0]);
    }
    // A response alone, without its definition, is ours too.
    let lines = simulation.ndjson();
    let without = lines.split_once('\n').map(|(_, rest)| rest).unwrap();
    let plan = recognise(without.as_bytes(), "rest.ndjson");
    assert_eq!(plan.tool, Tool::CandorNdjson);
    assert_eq!(role_of(&plan, Role::Score), ["answer.nps"]);
    assert_eq!(plan.notes.len(), 1);
}

#[test]
fn a_long_file_is_recognised_from_its_head_alone() {
    let mut text = String::from("agent,nps\n");
    while text.len() < candor_engine::plan::HEAD + 1000 {
        text.push_str("A1,9\nA2,0\nA3,10\n");
    }
    let whole = recognise(text.as_bytes(), "x.csv");
    let head = recognise(&text.as_bytes()[..candor_engine::plan::HEAD], "x.csv");
    assert_eq!(whole, head);
    assert_eq!(role_of(&whole, Role::Score), ["nps"]);
}

#[test]
fn a_plan_survives_being_saved() {
    let plan = recognise(RETAIL.as_bytes(), "retail.csv");
    let saved = serde_json::to_string(&plan).unwrap();
    assert!(saved.contains("\"role\":\"score\"") && saved.contains("\"encoding\":\"utf-8\""), "{saved}");
    assert_eq!(serde_json::from_str::<Plan>(&saved).unwrap(), plan);
}

#[test]
fn another_score_unit_and_text_are_obeyed() {
    let mut plan = recognise(RETAIL.as_bytes(), "retail.csv");
    for column in &mut plan.columns {
        column.role = match column.name.as_str() {
            "csat" => Role::Score,
            "store" => Role::Unit,
            "agent_id" | "comment" => Role::Text,
            _ => Role::Ignore,
        };
    }
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(RETAIL.as_bytes());
    let dataset = reading.finish();
    assert_eq!(dataset.ratings, [5, 4, 1, 5, 3, 5]);
    assert_eq!(dataset.units.unwrap().labels, ["north", "south"]);
    assert_eq!(dataset.times, None);
    assert_eq!(dataset.texts.as_ref().unwrap().get(2), "A001\nnobody answered my question at all");
    assert_eq!(dataset.texts.unwrap().get(3), "A003");
}

#[test]
fn a_plan_that_cannot_be_followed_is_refused_with_a_sentence() {
    let good = recognise(RETAIL.as_bytes(), "retail.csv");
    let with = |change: &dyn Fn(&mut Plan)| {
        let mut plan = good.clone();
        change(&mut plan);
        Reading::new(&plan).err().map(|e| e.to_string()).unwrap_or_default()
    };
    let set = |plan: &mut Plan, name: &str, role| {
        plan.columns.iter_mut().filter(|c| c.name == name).for_each(|c| c.role = role);
    };
    assert!(with(&|p| set(p, "nps", Role::Ignore)).contains("No column is chosen as the score"));
    assert!(with(&|p| set(p, "csat", Role::Score)).contains("2 columns are chosen as the score: nps, csat"));
    assert!(with(&|p| set(p, "store", Role::Unit)).contains("chosen as the unit"));
    assert!(with(&|p| p.columns[4].scale = None).contains("no scale"));
    assert!(
        with(&|p| p.columns[4].scale = Some(Scale { low: 5, high: 1, nps: false })).contains("from 5 to 1")
    );
    assert!(with(&|p| p.columns[4].scale = Some(Scale { low: 1, high: 5, nps: true })).contains("as NPS"));
    assert!(with(&|p| p.delimiter = '"').contains("cannot stand between cells"));
    assert!(with(&|p| p.delimiter = 'é').contains("cannot stand between cells"));
    assert!(with(&|p| p.header_rows = 21).contains("21 header rows"));
    let own = recognise(sample().ndjson().as_bytes(), "x.ndjson");
    let unfit = |name: &str, role| {
        let mut plan = own.clone();
        plan.columns.iter_mut().filter(|c| c.role == role).for_each(|c| c.role = Role::Ignore);
        plan.columns.iter_mut().filter(|c| c.name == name).for_each(|c| c.role = role);
        Reading::new(&plan).err().map(|e| e.to_string()).unwrap_or_default()
    };
    assert!(unfit("answer.why", Role::Unit).contains("attribute."));
    assert!(unfit("attribute.store", Role::Time).contains("received"));
    assert_eq!(unfit("attribute.store", Role::Unit), "");
}
