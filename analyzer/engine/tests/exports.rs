//! Exports of other tools: each fixture, and each real file in `CANDOR_REFERENCE`, is recognized, its header rows are
//! right, and every row below them is read or listed. The numbers of rows were counted with Python's csv module.
#![cfg(not(target_arch = "wasm32"))]

use candor_engine::columns::{Dataset, NO_RATING};
use candor_engine::plan::{
    DateOrder, Encoding, HEAD, Holds, Naming, Plan, PlanError, Role, Scale, Tool, recognise,
};
use candor_engine::reader::Reading;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a file is known to be.
struct Known {
    file: &'static str,
    tool: Tool,
    header_rows: u32,
    /// Rows below the header that are not blank.
    rows: u64,
    columns: usize,
    score: Option<&'static str>,
    time: Option<&'static str>,
    text: Option<&'static str>,
}

const fn known(file: &'static str, tool: Tool, header_rows: u32, rows: u64, columns: usize) -> Known {
    Known { file, tool, header_rows, rows, columns, score: None, time: None, text: None }
}

impl Known {
    const fn score(mut self, name: &'static str) -> Known {
        self.score = Some(name);
        self
    }

    const fn time(mut self, name: &'static str) -> Known {
        self.time = Some(name);
        self
    }

    const fn text(mut self, name: &'static str) -> Known {
        self.text = Some(name);
        self
    }
}

const FIXTURES: &[Known] = &[
    known("qualtrics/insights.csv", Tool::Qualtrics, 3, 10, 59)
        .score("q6_reservations#1_1")
        .time("EndDate")
        .text("q5_position"),
    known("qualtrics/insights_german.csv", Tool::Qualtrics, 3, 6, 22)
        .score("Q1")
        .time("RecordedDate")
        .text("Q3"),
    known("qualtrics/matrix_labels.csv", Tool::Qualtrics, 3, 8, 19)
        .score("Q1")
        .time("RecordedDate")
        .text("Q4"),
    known("qualtrics/legacy.csv", Tool::Qualtrics, 2, 1, 16).time("V9").text("Q2"),
    known("qualtrics/legacy_matrix.csv", Tool::Qualtrics, 2, 5, 30)
        .score("Q2_1")
        .time("V9")
        .text("matrix_question_fivequestion_two_TEXT"),
    known("surveymonkey/star_wars.csv", Tool::SurveyMonkey, 2, 40, 38).score(HAN_SOLO),
    known("surveymonkey/flying_etiquette.csv", Tool::SurveyMonkey, 1, 40, 27).score(RECLINE),
    known("surveymonkey/cafe.csv", Tool::SurveyMonkey, 2, 8, 16)
        .score("How likely is it that you would recommend this café to a friend?")
        .time("End Date")
        .text("What could we do better?"),
    known("surveymonkey/german.csv", Tool::SurveyMonkey, 2, 5, 18)
        .score("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?")
        .time("Enddatum")
        .text("Warum? [Freie Antwort]"),
    known("typeform/opinion_scales.csv", Tool::Typeform, 1, 7, 14)
        .score("How likely is it that you would recommend us?")
        .time("Submit Date (UTC)")
        .text("What should we change?"),
    known("typeform/recommend.csv", Tool::Typeform, 1, 7, 10)
        .score("<strong>How likely are you to recommend us?</strong>")
        .time("Submit Date (UTC)")
        .text("Why did you give this score?"),
    known("google_forms/visit.csv", Tool::GoogleForms, 1, 7, 9)
        .score("Overall, how satisfied were you\nwith your visit?")
        .time("Timestamp")
        .text("Any other comments?"),
    known("google_forms/german.csv", Tool::GoogleForms, 1, 5, 3)
        .score("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?")
        .time("Zeitstempel")
        .text("Warum?"),
    known("microsoft_forms/visit.csv", Tool::MicrosoftForms, 1, 12, 17)
        .score("How likely are you to recommend us to a friend or colleague?")
        .time("Completion time")
        .text("Why did you give this score?"),
    known("microsoft_forms/french.csv", Tool::MicrosoftForms, 1, 8, 9)
        .score("Quelle est la probabilité que vous nous recommandiez ?")
        .time("Heure de fin")
        .text("Pourquoi ?"),
    known("formbricks/export-recommend-2026-06-18.csv", Tool::Formbricks, 1, 6, 24)
        .score("1. How likely are you to recommend Example to a friend?")
        .time("Timestamp")
        .text("4. What is the main reason for your score?"),
    known("formbricks/export-ratings-2026-06-20.csv", Tool::Formbricks, 1, 5, 18)
        .score("1. How likely are you to recommend us?")
        .time("Timestamp")
        .text("5. Anything else, good or bad?"),
    known("limesurvey/german_full.csv", Tool::LimeSurvey, 1, 6, 14)
        .score("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?")
        .time("Datum Abgeschickt")
        .text("Was war der Grund?"),
    known("limesurvey/codes.csv", Tool::LimeSurvey, 1, 10, 10).score("NPS").time("submitdate").text("WHY"),
    known("limesurvey/results.csv", Tool::LimeSurvey, 1, 6, 23).score("NPS").time("submitdate").text("WHY"),
    known("posthog/events.csv", Tool::PostHog, 1, 12, 13)
        .score("properties.$survey_response_q-nps")
        .time("timestamp")
        .text("properties.$survey_response_q-why"),
    known("posthog/events_by_number.csv", Tool::PostHog, 1, 10, 6)
        .score("$survey_response")
        .time("timestamp")
        .text("$survey_response_1"),
];

/// Relative to `CANDOR_REFERENCE`/exports.
const REAL: &[Known] = &[
    known("qualtrics/Better_Sample_Survey.csv", Tool::Qualtrics, 3, 10, 59)
        .score("q6_reservations#1_1")
        .time("EndDate")
        .text("q5_position"),
    known("qualtrics/Long_Exhaustive_Sample_Survey.csv", Tool::Qualtrics, 3, 31, 367)
        .score("Q40#1_1")
        .time("EndDate")
        .text("Q16_-2_TEXT"),
    // All answers are ticks, so nothing is a rating.
    known("qualtrics/Multiple_Answer_MC_Questions (Insights).csv", Tool::Qualtrics, 3, 5, 36)
        .time("EndDate")
        .text("mc_question_five_2_TEXT"),
    known("qualtrics/Sample_Survey (Insights).csv", Tool::Qualtrics, 3, 5, 190)
        .score("Q3_3")
        .time("EndDate")
        .text("Q11#1_1_1_TEXT"),
    known("qualtrics/Single_Answer_Matrix_Questions.csv", Tool::Qualtrics, 2, 5, 30)
        .score("Q2_1")
        .time("V9")
        .text("matrix_question_fivequestion_two_TEXT"),
    known("qualtrics/sample_legacy.csv", Tool::Qualtrics, 2, 1, 16).time("V9").text("Q2"),
    known("surveymonkey/538_StarWars.csv", Tool::SurveyMonkey, 2, 1186, 38).score(HAN_SOLO),
    known("surveymonkey/538_flying-etiquette.csv", Tool::SurveyMonkey, 1, 1040, 27).score(RECLINE),
    known("typeform/OSMI_2018_typeform.csv", Tool::Typeform, 1, 417, 123)
        .score("Overall, how much importance does your employer place on physical health?")
        .time("Submit Date (UTC)")
        .text("Why or why not?"),
];

const HAN_SOLO: &str = "Please state whether you view the following characters favorably, unfavorably, or are unfamiliar with him/her. [Han Solo]";
const RECLINE: &str = "Do you ever recline your seat when you fly?";

fn fixture(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn plan_of(bytes: &[u8]) -> Plan {
    recognise(&bytes[..bytes.len().min(HEAD)], "export.csv")
}

fn read(plan: &Plan, bytes: &[u8], chunk: usize) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    bytes.chunks(chunk).for_each(|part| reading.push(part));
    reading.finish()
}

fn column(plan: &Plan, role: Role) -> Option<&str> {
    plan.columns.iter().find(|column| column.role == role).map(|column| column.name.as_str())
}

fn check(known: &Known, bytes: &[u8]) {
    let file = known.file;
    let mut plan = plan_of(bytes);
    assert_eq!((plan.tool, plan.header_rows), (known.tool, known.header_rows), "{file}");
    assert_eq!(plan.columns.len(), known.columns, "{file}");
    for (role, name) in [(Role::Score, known.score), (Role::Time, known.time), (Role::Text, known.text)] {
        assert_eq!(column(&plan, role), name, "{file}: {role:?}");
    }
    assert!(
        plan.columns.iter().all(|column| column.reason.ends_with('.')),
        "{file}: a reason for each column"
    );
    assert!(plan.notes[0].starts_with("Read as an export of "), "{file}: {:?}", plan.notes);
    let saved = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&saved).unwrap(), plan, "{file}: a plan survives being saved");
    if known.score.is_none() {
        assert_eq!(Reading::new(&plan).err(), Some(PlanError::NoScore), "{file}");
        // Any column will do to count the rows.
        plan.columns[0].role = Role::Score;
        plan.columns[0].scale = Some(Scale { low: 0, high: 10, nps: false });
    }
    let dataset = read(&plan, bytes, usize::MAX);
    let counts = dataset.counts;
    let exposures = dataset.exposures.shown + dataset.exposures.dismissed;
    if known.tool != Tool::PostHog {
        assert_eq!((counts.rows, exposures), (known.rows, 0), "{file}");
    }
    assert_eq!(counts.rows, counts.read + counts.skipped, "{file}");
    assert_eq!(
        counts.read,
        counts.used + counts.tests + counts.repeated + counts.superseded + counts.other,
        "{file}"
    );
    assert_eq!(counts.skipped, dataset.skipped.len() as u64, "{file}");
    for chunk in [1, 7, 4096] {
        assert_eq!(read(&plan, bytes, chunk), dataset, "{file} in chunks of {chunk}");
    }
    if known.score.is_some() && known.tool != Tool::PostHog {
        assert_eq!(counts.skipped, 0, "{file}: {:?}", dataset.skipped.first());
        assert_eq!(dataset.repaired, [], "{file}");
    }
}

#[test]
fn every_fixture_is_recognised_and_read_to_its_last_row() {
    FIXTURES.iter().for_each(|known| check(known, &fixture(known.file)));
}

#[test]
fn every_fixture_is_in_the_list() {
    let root = folder();
    let tools: BTreeSet<&str> = FIXTURES.iter().filter_map(|known| known.file.split('/').next()).collect();
    let mut found = 0;
    for tool in tools {
        let files = std::fs::read_dir(root.join(tool)).unwrap().map(|file| file.unwrap().path());
        let tables = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "csv");
        found += files.filter(tables).count();
    }
    assert_eq!(found, FIXTURES.len());
}

#[test]
#[allow(clippy::print_stdout)] // the word that a skipped test says
fn real_exports_are_recognised_and_read_to_their_last_row() {
    let Ok(root) = std::env::var("CANDOR_REFERENCE") else {
        println!("skipped: CANDOR_REFERENCE does not say where the real exports are");
        return;
    };
    for known in REAL {
        let path = Path::new(&root).join("exports").join(known.file);
        check(known, &std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
}

#[test]
fn a_question_in_another_language_stands_beside_its_column() {
    let bytes = fixture("qualtrics/insights_german.csv");
    let plan = plan_of(&bytes);
    let score = plan.columns.iter().find(|column| column.role == Role::Score).unwrap();
    assert_eq!(score.text.as_deref(), Some("Wie wahrscheinlich ist es,\ndass Sie uns weiterempfehlen?"));
    assert_eq!(score.scale, Some(Scale { low: 0, high: 10, nps: true }));
    assert_eq!(column(&plan, Role::Unit), Some("agent"));
    let dataset = read(&plan, &bytes, 64);
    assert_eq!(dataset.ratings, [10, 8, 3, 10, 9, 0]);
    assert_eq!(dataset.score.text, score.text);
    // The header has three rows, one of which is two lines long; a row number counts rows.
    assert_eq!(dataset.row_numbers.iter().collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9]);
    let satisfied = plan.columns.iter().find(|column| column.name == "Q2").unwrap();
    assert_eq!(satisfied.values["Sehr zufrieden"], Some(5));
    assert_eq!(satisfied.values["Eher zufrieden"], Some(4));
}

#[test]
fn the_header_rows_of_qualtrics_are_told_from_content_when_someone_took_the_third_away() {
    let text = String::from_utf8(fixture("qualtrics/insights_german.csv")).unwrap();
    let rows: Vec<&str> = text.split_inclusive('\n').collect();
    let at = rows.iter().position(|row| row.contains("ImportId")).unwrap();
    let two = [&rows[..at], &rows[at + 1..]].concat().concat();
    let plan = plan_of(two.as_bytes());
    assert_eq!((plan.tool, plan.header_rows, column(&plan, Role::Score)), (Tool::Qualtrics, 2, Some("Q1")));
    let one = [&rows[..1], &rows[at + 1..]].concat().concat();
    let plan = plan_of(one.as_bytes());
    assert_eq!((plan.tool, plan.header_rows), (Tool::Qualtrics, 1));
    assert_eq!(read(&plan, one.as_bytes(), 9).counts.rows, 6);
}

#[test]
fn the_empty_last_column_of_old_qualtrics_exports_may_be_missing_below() {
    let bytes = fixture("qualtrics/legacy_matrix.csv");
    let text = String::from_utf8(bytes.clone()).unwrap();
    let mut cut: String = text.split_inclusive('\n').take(2).collect();
    for row in text.lines().skip(2) {
        cut.push_str(row.trim_end_matches(','));
        cut.push('\n');
    }
    assert_ne!(cut.len(), text.len());
    let plan = plan_of(&bytes);
    assert_eq!(read(&plan, cut.as_bytes(), 50).ratings, read(&plan, &bytes, 50).ratings);
    // Without the last cell that has a name a row is cut, and said.
    let short = cut.replacen(",-1\n", "\n", 1);
    assert_eq!(read(&plan, short.as_bytes(), 50).skipped.len(), 1);
}

#[test]
fn surveymonkeys_questions_go_on_above_their_options() {
    let bytes = fixture("surveymonkey/cafe.csv");
    let plan = plan_of(&bytes);
    assert_eq!((plan.encoding, plan.naming), (Encoding::Windows1252, Naming::Spread));
    let names: Vec<&str> = plan.columns[9..].iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "How likely is it that you would recommend this café to a friend?",
            "Which of these did you buy? Please select all that apply. [Coffee]",
            "Which of these did you buy? Please select all that apply. [Tea]",
            "Which of these did you buy? Please select all that apply. [Other (please specify)]",
            "Please rate the following: [Service]",
            "Please rate the following: [Cleanliness]",
            "What could we do better?",
        ]
    );
    assert!(plan.columns[10].reason.starts_with("One option of a question with several answers"));
    let dataset = read(&plan, &bytes, 11);
    assert_eq!(dataset.ratings, [10, 9, 7, 0, 8, 10, 2, 9]);
    assert_eq!(dataset.texts.unwrap().get(1), "More seats – and cheaper crème brûlée");
    assert_eq!(column(&plan, Role::Unit), Some("Custom Data 1"));
    // 05/13/2026 settles 05/01/2026.
    assert_eq!(plan.date_order, DateOrder::MonthFirst);
    assert_eq!(dataset.times.unwrap().get(0), 1_777_623_150_000);
}

#[test]
fn labels_become_numbers_by_the_mapping_that_the_plan_shows() {
    let bytes = fixture("surveymonkey/cafe.csv");
    let mut plan = plan_of(&bytes);
    let shown: Vec<_> =
        plan.columns[9].values.iter().map(|(label, value)| (label.as_str(), *value)).collect();
    assert_eq!(shown, [("0 - Not at all likely", Some(0)), ("10 - Extremely likely", Some(10))]);
    plan.columns[9].role = Role::Ignore;
    plan.columns[13].role = Role::Score;
    assert_eq!(read(&plan, &bytes, 100).ratings, [5, 4, 3, 1, 4, 5, 2, NO_RATING]);
    // A changed mapping is obeyed to the letter, and a label without one is listed.
    let values = &mut plan.columns[13].values;
    values.insert("5 (Very satisfied)".into(), Some(1));
    values.insert("3 (Neutral)".into(), None);
    values.remove("4 (Satisfied)");
    let saved = serde_json::to_string(&plan).unwrap();
    let plan: Plan = serde_json::from_str(&saved).unwrap();
    let dataset = read(&plan, &bytes, 100);
    assert_eq!(dataset.ratings, [1, NO_RATING, 1, 1, 2, NO_RATING]);
    let said: Vec<_> = dataset.skipped.iter().map(|s| (s.row, s.reason.as_str())).collect();
    let reason = "Expected a whole number from 1 to 5 or one of its labels, found “4 (Satisfied)”.";
    assert_eq!(said, [(4, reason), (7, reason)]);
}

#[test]
fn a_label_that_the_head_did_not_have_is_read_by_its_number() {
    let plan = plan_of("id,recommend\n1,0 - Not likely\n2,9\n3,7\n4,9\n".as_bytes());
    let dataset = read(&plan, "id,recommend\n1,10 - Very likely\n2,Often\n".as_bytes(), 5);
    assert_eq!(dataset.ratings, [10]);
    assert_eq!(dataset.skipped.len(), 1);
}

#[test]
fn a_label_outside_of_the_scale_and_names_from_no_header_row_are_refused() {
    let bytes = fixture("surveymonkey/cafe.csv");
    let with = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan_of(&bytes);
        change(&mut plan);
        Reading::new(&plan).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(
        with(&|plan| plan.columns[9].values.extend([("11 - Yes!".into(), Some(11))]))
            .contains("“11 - Yes!” stands for 11")
    );
    assert!(with(&|plan| plan.header_rows = 1).contains("no two header rows"));
    assert!(with(&|plan| plan.naming = Naming::Row(3)).contains("Row 3 cannot name the columns"));
    assert!(with(&|plan| plan.naming = Naming::Row(0)).contains("Row 0"));
    assert!(with(&|plan| plan.header_rows = 0).contains("0 header rows"));
    assert_eq!(with(&|plan| plan.header_rows = 3), "");
}

#[test]
fn typeform_google_and_limesurvey_tell_the_order_of_day_and_month_from_all_rows() {
    // 29-05-2026 stands in the last row alone.
    let typeform = plan_of(&fixture("typeform/recommend.csv"));
    assert_eq!(typeform.date_order, DateOrder::DayFirst);
    let text = typeform.columns[1].text.as_deref();
    assert_eq!(text, Some("How likely are you to recommend us?"));
    let bytes = fixture("google_forms/visit.csv");
    let google = plan_of(&bytes);
    assert_eq!(google.date_order, DateOrder::MonthFirst);
    let dataset = read(&google, &bytes, 33);
    assert_eq!(dataset.ratings, [5, 4, 3, 1, 4, 5, 2]);
    assert_eq!(dataset.times.unwrap().get(0), 1_536_192_376_000);
    assert_eq!(google.notes.len(), 1, "{:?}", google.notes);
    let limesurvey = plan_of(&fixture("limesurvey/results.csv"));
    assert_eq!((limesurvey.delimiter, limesurvey.encoding), (';', Encoding::Utf8));
    let timing = limesurvey.columns.iter().find(|column| column.name == "NPSTime").unwrap();
    assert_eq!(timing.reason, "How long it took to answer, in seconds.");
}

#[test]
fn who_answered_is_never_read() {
    for known in FIXTURES {
        let plan = plan_of(&fixture(known.file));
        let telling = |name: &str| {
            ["ipaddr", "email", "firstname", "lastname", "userid", "distinctid", "token", "networkid"]
                .iter()
                .any(|word| name.to_lowercase().replace([' ', '_', '-'], "").contains(word))
        };
        for column in plan.columns.iter().filter(|column| telling(&column.name)) {
            assert_eq!(column.role, Role::Ignore, "{}: {}", known.file, column.name);
        }
    }
}

#[test]
fn posthogs_events_become_responses_and_exposures() {
    let bytes = fixture("posthog/events.csv");
    let mut plan = plan_of(&bytes);
    assert_eq!(plan.survey.as_deref(), Some("0195-survey-a"));
    assert!(plan.notes.iter().any(|note| note.contains("holds 2 surveys")), "{:?}", plan.notes);
    let dataset = read(&plan, &bytes, 40);
    // The finished event of s1 stands before its partial one and counts all the same.
    assert_eq!(dataset.ratings, [9, 2, 10]);
    assert_eq!(dataset.row_numbers.iter().collect::<Vec<_>>(), [2, 7, 12]);
    assert_eq!(dataset.score.text.as_deref(), Some("How likely are you to recommend us?"));
    assert_eq!((dataset.exposures.shown, dataset.exposures.dismissed), (4, 1));
    let counts = dataset.counts;
    assert_eq!((counts.rows, counts.read, counts.skipped), (6, 5, 1));
    assert_eq!((counts.used, counts.superseded, counts.other), (3, 1, 1));
    assert_eq!(
        (dataset.skipped[0].row, dataset.skipped[0].reason.as_str()),
        (9, "The event “$pageview” is neither a response nor the showing of a survey.")
    );
    plan.survey = Some("0195-survey-b".into());
    let other = read(&plan, &bytes, 40);
    assert_eq!((other.ratings.as_slice(), other.exposures.shown), (&[1][..], 1));
    // Oldest first gives the same responses.
    plan.survey = Some("0195-survey-a".into());
    let text = String::from_utf8(bytes).unwrap();
    let mut rows: Vec<&str> = text.lines().collect();
    rows[1..].reverse();
    let mut turned = read(&plan, rows.join("\n").as_bytes(), 40).ratings;
    turned.reverse();
    assert_eq!(turned, [9, 2, 10]);
    let numbered = plan_of(&fixture("posthog/events_by_number.csv"));
    assert_eq!(numbered.columns[4].text.as_deref(), Some("Why?"));
}

#[test]
fn tables_of_nobody_stay_plain_tables() {
    for text in [
        "id,event,score\n1,login,5\n2,logout,4\n",
        "Timestamp,agent,nps\n2026-05-04T10:00:00Z,A,9\n2026-05-05T10:00:00Z,B,3\n",
        "respondent_id,rating\n000001,5\n000002,4\n",
        "#,score\n1,5\n2,4\n",
        "V1,V2,V3,V4,V5,score\n1,2,3,4,5,6\n",
        "Response ID,Timestamp,score\n1,2026-05-04,5\n",
    ] {
        let plan = plan_of(text.as_bytes());
        assert_eq!((plan.tool, plan.header_rows), (Tool::Csv, 1), "{text}");
    }
}

#[test]
fn two_header_rows_of_a_plain_table_are_read_when_the_plan_says_so() {
    let text = "score,who\npoints,agent\n5,A\n4,B\n";
    let mut plan = plan_of(text.as_bytes());
    plan.header_rows = 2;
    for (column, role) in plan.columns.iter_mut().zip([Role::Score, Role::Unit]) {
        column.role = role;
        column.scale = Some(Scale { low: 1, high: 5, nps: false });
    }
    let dataset = read(&plan, text.as_bytes(), 3);
    assert_eq!((dataset.ratings.as_slice(), dataset.counts.rows), (&[5, 4][..], 2));
    plan.naming = Naming::Row(2);
    plan.columns[0].name = "points".into();
    plan.columns[1].name = "agent".into();
    assert_eq!(read(&plan, text.as_bytes(), 3).units.unwrap().labels, ["A", "B"]);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_packed_export_gives_what_the_export_gives() {
    for known in FIXTURES.iter().filter(|known| known.score.is_some()) {
        let bytes = fixture(known.file);
        let plan = plan_of(&bytes);
        let file = packed(&bytes);
        let of_packed = plan_of(&file);
        assert_eq!(of_packed.columns, plan.columns, "{}", known.file);
        assert!(of_packed.notes[0].contains("gzip"), "{:?}", of_packed.notes);
        for chunk in [1, 100, usize::MAX] {
            assert_eq!(read(&of_packed, &file, chunk), read(&plan, &bytes, 64), "{}", known.file);
        }
    }
}

#[test]
fn a_packed_export_that_was_cut_keeps_its_whole_rows_and_says_so() {
    let mut text = String::from("agent,nps\n");
    (0..20_000u32).for_each(|n| text.push_str(&format!("A{},{}\n", n * n % 977, n % 11)));
    let file = packed(text.as_bytes());
    let cut = &file[..file.len() / 2];
    let dataset = read(&plan_of(cut), cut, 1000);
    let rows = dataset.ratings.len();
    assert!(
        rows > 1000 && dataset.ratings.iter().zip(0u32..).all(|(&rating, n)| u32::from(rating) == n % 11)
    );
    assert_eq!(dataset.skipped.len(), 1);
    assert_eq!(dataset.skipped[0].row, rows as u64 + 2);
    assert!(dataset.skipped[0].reason.contains("ends in the middle"));
    assert_eq!(dataset.counts.rows, dataset.counts.read + dataset.counts.skipped);
    let damaged = plan_of(b"\x1F\x8B\x08 and nothing of gzip");
    assert!(damaged.columns.is_empty() && damaged.notes[0].contains("is damaged"), "{:?}", damaged.notes);
}

/// What damage puts into a file; the empty one takes a byte out.
const EDITS: &[&str] = &["", "\"", ",", "\n", "\r", "\0", "é", "{'ImportId': '"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_damaged_export_is_read_without_a_crash_and_its_counts_add_up(
        which in 0..FIXTURES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), prop::sample::select(EDITS)), 1..12),
        chunk in 1usize..300,
    ) {
        let mut bytes = fixture(FIXTURES[which].file);
        for (at, put) in &edits {
            let at = at.index(bytes.len());
            bytes.splice(at..at + usize::from(put.is_empty()), put.bytes());
        }
        let plan = plan_of(&bytes);
        if let Ok(mut reading) = Reading::new(&plan) {
            bytes.chunks(chunk).for_each(|part| reading.push(part));
            let dataset = reading.finish();
            let counts = dataset.counts;
            prop_assert_eq!(counts.rows, counts.read + counts.skipped);
            prop_assert_eq!(counts.read, counts.used + counts.tests + counts.repeated + counts.superseded + counts.other);
            prop_assert_eq!(counts.skipped, dataset.skipped.len() as u64);
            prop_assert_eq!(dataset.ratings.len(), dataset.row_numbers.len());
            prop_assert!(dataset.row_numbers.iter().is_sorted_by(|a, b| a < b));
            prop_assert_eq!(read(&plan, &bytes, usize::MAX), dataset);
        }
    }
}

#[test]
fn exports_from_which_columns_were_taken_are_recognised_too() {
    let plan = plan_of(b"StartDate,EndDate,Are you well?,How clear was it?\n,,Response,Response\n3/31/2026 1:00,3/31/2026 1:05,Yes,Very clear\n3/30/2026 1:00,3/30/2026 1:05,No,Extremely clear\n");
    assert_eq!((plan.tool, plan.header_rows, plan.naming), (Tool::SurveyMonkey, 2, Naming::Spread));
    assert_eq!(
        (column(&plan, Role::Score), column(&plan, Role::Time)),
        (Some("How clear was it?"), Some("EndDate"))
    );
    let plan = plan_of(b"*How likely are you to recommend us?*,Start Date (UTC),Submit Date (UTC)\n9,2026-05-01 10:00,2026-05-01 10:02\n3,2026-05-02 10:00,2026-05-02 10:02\n");
    assert_eq!((plan.tool, column(&plan, Role::Time)), (Tool::Typeform, Some("Submit Date (UTC)")));
    assert_eq!(plan.columns[0].text.as_deref(), Some("How likely are you to recommend us?"));
    let plan = plan_of(b"\"id\",\"submitdate\",\"lastpage\",\"NPS\"\r\n\"1\",\"1980-01-01 00:00:00\",\"2\",\"9\"\r\n\"2\",\"1980-01-01 00:00:00\",\"2\",\"4\"\r\n\r\n");
    assert_eq!((plan.tool, plan.delimiter, column(&plan, Role::Score)), (Tool::LimeSurvey, ',', Some("NPS")));
    assert_eq!(column(&plan, Role::Time), None);
    assert!(plan.columns[1].reason.contains("does not record times"));
}

#[test]
fn another_time_of_the_same_file_tells_the_order_that_the_chosen_one_leaves_open() {
    let head = "How likely are you to recommend us?,Start Date (UTC),Submit Date (UTC)\n";
    let plan = plan_of(
        format!("{head}9,30-04-2026 23:58,01-05-2026 00:01\n3,02-05-2026 10:00,02-05-2026 10:02\n")
            .as_bytes(),
    );
    assert_eq!(
        (column(&plan, Role::Time), plan.date_order),
        (Some("Submit Date (UTC)"), DateOrder::DayFirst)
    );
    assert_eq!(plan.notes.len(), 1, "{:?}", plan.notes);
}

#[test]
fn a_plan_that_was_saved_before_there_were_labels_and_naming_is_read_as_it_was() {
    let plan = plan_of(b"agent,nps\nA,9\nB,3\nA,0\n");
    let mut saved = serde_json::to_value(&plan).unwrap();
    assert_eq!(saved["naming"], serde_json::json!({"row": 1}));
    saved.as_object_mut().unwrap().remove("naming");
    assert_eq!(serde_json::from_value::<Plan>(saved).unwrap(), plan);
    let saved = serde_json::to_value(plan_of(&fixture("surveymonkey/cafe.csv"))).unwrap();
    assert_eq!((&saved["tool"], &saved["naming"]), (&"surveymonkey".into(), &"spread".into()));
    assert_eq!(
        saved["columns"][9]["values"],
        serde_json::json!({"0 - Not at all likely": 0, "10 - Extremely likely": 10})
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn items(plan: &Plan) -> Vec<&str> {
    let items = plan.columns.iter().filter(|column| column.role == Role::Item);
    items.map(|column| column.name.as_str()).collect()
}

/// The plan of a fixture, and what is read by it.
fn opened(name: &str) -> (Plan, Dataset) {
    let file = fixture(name);
    let plan = recognise(&file, name);
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(&file);
    let dataset = reading.finish();
    assert_eq!(dataset.skipped, [], "{name}");
    (plan, dataset)
}

#[test]
fn several_answers_on_one_scale_are_ratings_and_their_labels_are_shown() {
    let (plan, dataset) = opened("qualtrics/matrix_labels.csv");
    assert_eq!(items(&plan), ["Q2_1", "Q2_2", "Q2_3"]);
    let second = plan.columns.iter().find(|column| column.name == "Q2_2").unwrap();
    assert_eq!(second.scale, Some(Scale { low: 1, high: 7, nps: false }));
    assert_eq!((second.values["Somewhat agree"], second.values["-99"]), (Some(5), None));
    // The preview and the test are counted, and stand in no column; −99 was seen and not answered.
    assert_eq!((dataset.counts.rows, dataset.counts.tests, dataset.counts.used), (8, 2, 6));
    assert_eq!(dataset.ratings, [10, NO_RATING, 7, 3, 8, 0]);
    assert_eq!(dataset.beside.items[2].ratings, [5, NO_RATING, 5, 2, 5, 1]);

    let (plan, dataset) = opened("surveymonkey/german.csv");
    let beratung = "Bitte bewerten Sie: [Beratung]";
    assert_eq!(items(&plan), [beratung, "Bitte bewerten Sie: [Auswahl]", "Bitte bewerten Sie: [Preise]"]);
    assert_eq!(dataset.ratings, [10, 7, 0, 9, 8]);
    assert_eq!(dataset.beside.items[2].ratings, [4, 3, 2, NO_RATING, 4]);

    let (plan, dataset) = opened("typeform/opinion_scales.csv");
    assert_eq!(items(&plan).len(), 3, "{:?}", items(&plan));
    assert!(items(&plan).iter().all(|item| item.starts_with("How satisfied")));
    assert_eq!(dataset.ratings, [9, 10, 2, 8, 6, NO_RATING, 7]);

    // One row of the array has the same answer throughout, which means what it means in the others.
    let (plan, dataset) = opened("limesurvey/german_full.csv");
    assert_eq!(items(&plan).len(), 3, "{:?}", items(&plan));
    assert_eq!(dataset.beside.items[0].ratings, [4; 6]);
    assert_eq!(dataset.beside.items[2].ratings, [4, 2, 1, NO_RATING, NO_RATING, 3]);

    let (plan, dataset) = opened("formbricks/export-ratings-2026-06-20.csv");
    let rated = ["2. How do you rate our support?", "3. How do you rate our prices?"];
    let agreed = ["4. How far do you agree? - Speed", "4. How far do you agree? - Looks"];
    assert_eq!(items(&plan), [rated, agreed].concat());
    assert_eq!(dataset.beside.items[3].ratings, [5, 4, 4, 2, NO_RATING]);
    // A file of nothing but generated responses is read all the same.
    let (plan, dataset) = opened("qualtrics/insights.csv");
    assert!(
        plan.tests.is_none() && plan.notes.iter().any(|note| note.contains("trials")),
        "{:?}",
        plan.notes
    );
    assert_eq!((dataset.counts.tests, dataset.counts.used), (0, 10));
    // What was chosen, ticked or ranked is no rating, whatever its numbers.
    for name in ["surveymonkey/star_wars.csv", "surveymonkey/flying_etiquette.csv", "posthog/events.csv"] {
        let plan = plan_of(&fixture(name));
        assert!(!items(&plan).iter().any(|item| item.to_lowercase().contains("rank")), "{:?}", items(&plan));
    }
}

#[test]
fn limesurveys_codes_of_answers_are_points_and_the_plan_says_so() {
    let (plan, dataset) = opened("limesurvey/codes.csv");
    assert_eq!(items(&plan), ["SERV[SQ001]", "SERV[SQ002]", "SERV[SQ003]"]);
    let coded = &plan.columns[6];
    assert_eq!((coded.scale, coded.values.len()), (Some(Scale { low: 1, high: 5, nps: false }), 5));
    assert!(coded.reason.contains("whether A1 is the lowest"), "{}", coded.reason);
    assert_eq!(dataset.beside.items[0].ratings, [5, 4, 2, 4, 3, 5, NO_RATING, 5, 3, 4]);
    // Turned round, the plan is obeyed.
    let mut turned = plan.clone();
    for column in &mut turned.columns[6..9] {
        column.values.values_mut().for_each(|point| *point = point.map(|point| 6 - point));
    }
    let file = fixture("limesurvey/codes.csv");
    assert_eq!(read(&turned, &file, 7).beside.items[0].ratings[..3], [1, 2, 4]);
    // One column alone, or a code of another kind, is a name.
    let text = String::from_utf8(file).unwrap();
    for other in [text.replace("A2", "B2"), text.replace("SERV[SQ001]", "A").replace("SERV[SQ002]", "B")] {
        let plan = plan_of(other.as_bytes());
        assert!(plan.columns[6..9].iter().all(|column| column.values.is_empty()), "{:?}", plan.columns[6]);
    }
}

#[test]
fn microsofts_forms_have_a_unit_and_items_and_keep_who_answered_out() {
    let (plan, dataset) = opened("microsoft_forms/visit.csv");
    assert_eq!(column(&plan, Role::Unit), Some("Your branch"));
    assert_eq!(items(&plan), ["Please rate our service", "The staff were friendly", "The wait was short"]);
    let kept = |name: &str| plan.columns.iter().find(|column| column.name == name).unwrap();
    for name in ["ID", "Email", "Name", "Total points", "Last modified time"] {
        assert_eq!((kept(name).role, kept(name).holds), (Role::Ignore, Holds::Nothing), "{name}");
    }
    assert_eq!(dataset.ratings[..4], [9, 10, 3, 8]);
    assert_eq!(plan.date_order, DateOrder::MonthFirst);
    let (plan, dataset) = opened("microsoft_forms/french.csv");
    assert!(plan.columns[3].reason.contains("who answered") && dataset.times.is_some());
    // A table that counts its rows and has hours is no form.
    let table = "ID,Start time,End time,Score\n1,9:00,9:30,5\n2,9:30,9:40,4\n";
    assert_eq!(plan_of(table.as_bytes()).tool, Tool::Csv);
}

#[test]
fn a_last_row_that_sums_up_the_others_is_listed_and_left_out() {
    let table = "Store,Agent,Score,Date,Comment\n";
    let rows: String = (0..20)
        .map(|row| {
            format!(
                "S{},Ann{},{},2026-03-{:02},it was fine for me {row}\n",
                row % 3,
                row % 4,
                row % 11,
                row + 1
            )
        })
        .collect();
    for (last, said) in [
        ("Total,,9,,\n", Some("Total")),
        ("\"Grand total:\",,5,,", Some("Grand total:")),
        ("  Durchschnitt ,,7,,\n", Some("Durchschnitt")),
        (",Moyenne,8,,\n", Some("Moyenne")),
        // A store of this name that was rated, and one that is only short of answers.
        ("Total,Ann1,9,2026-03-30,\n", None),
        ("S1,,9,,\n", None),
    ] {
        let file = format!("{table}{rows}{last}");
        let plan = plan_of(file.as_bytes());
        assert_eq!(plan.totals.as_ref().map(|totals| totals.value.as_str()), said, "{last}");
        for chunk in [1, 7, 4096] {
            let dataset = read(&plan, file.as_bytes(), chunk);
            let left_out = u64::from(said.is_some());
            assert_eq!((dataset.counts.rows, dataset.counts.skipped), (21, left_out), "{last}");
            assert_eq!(dataset.counts.used, 21 - left_out);
            if let Some(row) = dataset.skipped.first() {
                assert!(row.row == 22 && row.reason.contains("sums up others"), "{row:?}");
            }
        }
        // Without that line in the plan, the row is a response as any other.
        let obeyed = Plan { totals: None, ..plan };
        assert_eq!(read(&obeyed, file.as_bytes(), 64).counts.used, 21, "{last}");
    }
    // A brand of this name stands in more than one row.
    let file = format!("{table}Total,Ann,9,,\n{rows}Total,,9,,\n");
    assert_eq!(plan_of(file.as_bytes()).totals, None);
}

#[test]
fn limesurveys_codes_may_stand_before_the_questions() {
    let file = "\"id. Response ID\",\"submitdate. Date submitted\",\"lastpage. Last page\",\"NPS. Would you recommend us?\",\"SQ[SQ001]. How satisfied? [Service]\",\"SQ[SQ002]. How satisfied? [Price]\"\r\n\
        \"1\",\"2026-03-01 12:00:30\",\"3\",\"9\",\"4\",\"3\"\r\n\"2\",\"2026-03-02 12:00:30\",\"3\",\"2\",\"1\",\"2\"\r\n\"3\",\"2026-03-03 12:00:30\",\"3\",\"7\",\"5\",\"4\"\r\n";
    let plan = plan_of(file.as_bytes());
    assert_eq!(
        (plan.tool, column(&plan, Role::Score)),
        (Tool::LimeSurvey, Some("NPS. Would you recommend us?"))
    );
    assert_eq!(column(&plan, Role::Time), Some("submitdate. Date submitted"));
    assert_eq!(items(&plan), ["SQ[SQ001]. How satisfied? [Service]", "SQ[SQ002]. How satisfied? [Price]"]);
}

#[test]
fn what_stands_before_the_names_of_the_columns_is_no_name() {
    let table = "Zeit;Preis;NPS\r\n21.05.2026;1,5;9\r\n22.05.2026;2,5;3\r\n23.05.2026;0,5;10\r\n";
    for (before, rows) in [
        ("", 1),
        ("sep=;\r\n", 2),
        ("\"sep=;\"\r\n", 2),
        ("Mai, alle Filialen\r\n\r\n", 2),
        ("Umfrage;;\r\nMai;;\r\n", 3),
        (";Umfrage;\r\n", 2),
    ] {
        let file = format!("\u{feff}{before}{table}");
        let plan = recognise(file.as_bytes(), "x.csv");
        assert_eq!(
            (plan.delimiter, plan.header_rows, plan.naming),
            (';', rows, Naming::Row(rows)),
            "{before}"
        );
        assert_eq!(plan.notes.len(), usize::from(rows > 1), "{:?}", plan.notes);
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(file.as_bytes());
        let dataset = reading.finish();
        assert_eq!((dataset.ratings.as_slice(), dataset.counts.skipped), (&[9, 3, 10][..], 0), "{before}");
    }
    // A tool is known below them too.
    let file = String::from_utf8(fixture("typeform/opinion_scales.csv")).unwrap();
    let plan = recognise(format!("sep=,\n{file}").as_bytes(), "x.csv");
    assert_eq!((plan.tool, plan.header_rows, plan.naming), (Tool::Typeform, 2, Naming::Row(2)));
}

#[test]
fn columns_of_one_name_or_none_are_each_their_own() {
    let file = "Unnamed: 0,rating,rating,,rating\n0,1,9,x,3\n1,2,10,y,5\n2,5,0,x,4\n";
    let mut plan = recognise(file.as_bytes(), "x.csv");
    for column in &mut plan.columns {
        column.role = Role::Ignore;
    }
    let item = Some(Scale { low: 0, high: 10, nps: false });
    for (at, role) in [(1, Role::Item), (2, Role::Score), (3, Role::Unit), (4, Role::Item)] {
        (plan.columns[at].role, plan.columns[at].scale) = (role, item);
    }
    let mut reading = Reading::new(&plan).unwrap();
    reading.push(file.as_bytes());
    let dataset = reading.finish();
    assert_eq!(dataset.ratings, [9, 10, 0]);
    let items: Vec<&[u8]> = dataset.beside.items.iter().map(|item| item.ratings.as_slice()).collect();
    assert_eq!(items, [&[1, 2, 5][..], &[3, 5, 4]]);
    assert_eq!(dataset.units.unwrap().labels, ["x", "y"]);
}
