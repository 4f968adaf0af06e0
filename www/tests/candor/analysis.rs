//! `candor analyze` and `candor careless`, seen from outside: what `--help` promises, several files, and files that cannot
//! be read.

use candor_engine::plan::Plan;
use candor_engine::report::Report;
use candor_engine::value::{Part, Value};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_candor");

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(BINARY).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the commands below "Example:" of a command's help, one after the other.
fn example(command: &str, folder: &Path) -> Vec<Output> {
    let help = text(&run(&[command, "--help"], folder).stdout);
    let (_, example) = help.split_once("Example:\n").unwrap_or_else(|| panic!("{help}"));
    let lines: Vec<&str> =
        example.lines().map(str::trim).filter(|line| line.starts_with("candor ")).collect();
    assert!(!lines.is_empty(), "{help}");
    let run = |line: &&str| {
        let line = line.replacen("candor", &format!("'{BINARY}'"), 1);
        let output = Command::new("sh").args(["-c", &line]).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        output
    };
    lines.iter().map(run).collect()
}

fn report(folder: &Path, arguments: &[&str]) -> Report {
    let output = run(&[&["analyze", "--json"], arguments].concat(), folder);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A survey of six items of 60 people, two who gave one answer to all, and one who gave none.
fn survey(folder: &Path) {
    let mut rows = String::from("id,q1,q2,q3,q4,q5,q6,ms\n");
    for n in 0..60u32 {
        // Scattered: no item follows from the others.
        let item = |k: u32| {
            1 + (n.wrapping_mul(2_654_435_761).wrapping_add(k.wrapping_mul(2_246_822_519)) >> 13) % 5
        };
        let ms = if n == 7 { "-5".into() } else { (5000 + 200 * n).to_string() };
        let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(item);
        rows.push_str(&format!("p{n},{a},{b},{c},{d},{e},{f},{ms}\n"));
    }
    rows.push_str("straight,5,5,5,5,5,5,9000\nstraight too,5,5,5,5,5,5,60000\nnobody,,,,,,,\n");
    fs::write(folder.join("survey.csv"), rows).unwrap();
}

#[test]
fn the_example_of_analyze_runs_and_prints_one_report_twice() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = example("analyze", folder.path());
    assert!(text(&outputs[1].stdout).contains("What can be said"), "{outputs:?}");
    let report: Report =
        serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!((report.report, report.responses.used), (1, 400));
    assert_eq!(report.to_text().trim_end(), text(&outputs[1].stdout).trim_end());
}

#[test]
fn the_example_of_careless_runs_and_has_every_index_of_every_response() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    example("careless", folder.path());
    let found = fs::read_to_string(folder.path().join("careless.csv")).unwrap();
    let mut lines = found.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert!(rows.len() == 63 && rows.iter().all(|row| row.len() == names.len()), "{found}");
    let cell = |row: usize, name: &str| rows[row][names.iter().position(|known| *known == name).unwrap()];
    assert_eq!((cell(0, "row"), cell(61, "row")), ("2", "63"));
    assert_eq!((cell(60, "longstr"), cell(60, "avgstr"), cell(60, "irv")), ("6", "6", "0"));
    assert_eq!((cell(60, "copies"), cell(60, "maxmatch"), cell(60, "nearest")), ("2", "1", "63"));
    assert_eq!((cell(62, "longstr"), cell(62, "irv"), cell(62, "copies")), ("", "", ""));
    let given = |name: &str| (0..60).filter(|&row| !cell(row, name).is_empty()).count();
    for name in ["mahad_sq", "evenodd", "person_total_excl", "guttman", "u3"] {
        assert!(given(name) > 30, "{name}: {found}");
    }
    assert_eq!(given("fast"), 0);
}

#[test]
fn careless_takes_times_and_a_negative_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    let output =
        run(&["careless", "survey.csv", "--items", "q1,q2,q3,q4,q5,q6", "--ms", "ms"], folder.path());
    assert!(output.status.success(), "{output:?}");
    let found = text(&output.stdout);
    let at = found.lines().next().unwrap().split(',').position(|name| name == "fast").unwrap();
    let cell = |row: usize| found.lines().nth(row + 1).unwrap().split(',').nth(at).unwrap().to_owned();
    assert_eq!((cell(0), cell(59), cell(61), cell(7)), ("1".into(), "0".into(), "0".into(), String::new()));
    assert!(text(&output.stderr).contains("evenodd is empty: name how many items"), "{output:?}");
}

#[test]
fn a_plan_can_be_printed_and_one_with_the_least_that_it_must_say_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.csv"), "when,who,happy\n05.01.2026,A,4\n17.01.2026,B,5\n").unwrap();
    let output = run(&["analyze", "c.csv", "--show-plan"], folder.path());
    let plan: Plan = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        plan.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        ["when", "who", "happy"]
    );
    let written = r#"{"tool":"csv","encoding":"utf-8","delimiter":",","header_rows":1,"columns":[{"name":"when","role":"time"},
        {"name":"who","role":"ignore"},{"name":"happy","role":"score","scale":{"low":1,"high":5,"nps":false}}]}"#;
    fs::write(folder.path().join("plan.json"), written).unwrap();
    let found = report(folder.path(), &["c.csv", "--plan", "plan.json"]);
    assert_eq!((found.responses.used, found.responses.to.as_deref()), (2, Some("2026-01-17T00:00:00.000Z")));
    // Texts alone: no column can be the score.
    fs::write(folder.path().join("t.csv"), "said,by\nvery good,Ann\nquite bad,Bea\n").unwrap();
    let output = run(&["analyze", "t.csv"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("It has said, by.") && said.contains("--show-plan"), "{said}");
}

#[test]
fn careless_names_the_columns_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    survey(folder.path());
    for (arguments, expected) in [
        (&["survey.csv", "--items", "q1,q9"][..], "no column “q9”; it has id, q1"),
        (&["survey.csv", "--items", "q1,q1"], "q1 stands twice"),
        (&["nowhere.csv", "--items", "q1"], "No such file"),
    ] {
        let output = run(&[&["careless"], arguments].concat(), folder.path());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(expected) && output.stdout.is_empty(), "{output:?}");
    }
}

#[test]
fn careless_says_why_an_index_is_empty_and_what_counts_as_missing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.csv"), "a,b,c\n3,3,3\n3,3,3\nx,3,3\n").unwrap();
    let output = run(&["careless", "c.csv", "--items", "a,b,c", "--factors", "2,2"], folder.path());
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("mahad_sq is empty: Everybody gave the same answers"), "{said}");
    assert!(said.contains("The factors name 4 items, but there are 3."), "{said}");
    // In the first item as in any other.
    assert!(said.contains("a: 1 cells are no whole number from 0 to 254 and count as missing."), "{said}");
    assert_eq!(text(&output.stdout).lines().count(), 4);
    fs::write(folder.path().join("none.csv"), "a,b\n\n,\n").unwrap();
    let output = run(&["careless", "none.csv", "--items", "a,b"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none.csv has no response that could be read"), "{output:?}");
}

#[test]
fn several_files_are_one_set_of_responses() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: u32| format!("2026-01-{:02},A{},{}\n", 1 + n % 28, n % 3, n * 7 % 11);
    let rows = |from: u32, to: u32| (from..to).map(row).collect::<String>();
    let head = "date,agent,nps\n";
    fs::write(folder.path().join("all.csv"), format!("{head}{}", rows(0, 90))).unwrap();
    fs::write(folder.path().join("one.csv"), format!("{head}{}", rows(0, 40))).unwrap();
    // The last line need not end.
    fs::write(folder.path().join("two.csv"), format!("{head}{}", rows(40, 90).trim_end())).unwrap();
    assert_eq!(report(folder.path(), &["one.csv", "two.csv"]), report(folder.path(), &["all.csv"]));
    fs::write(folder.path().join("other.csv"), format!("agent,date,nps\n{}", rows(0, 5))).unwrap();
    let output = run(&["analyze", "one.csv", "other.csv"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("other.csv has other columns than one.csv"), "{output:?}");
}

#[test]
fn exports_of_one_survey_are_read_together() {
    let folder = tempfile::tempdir().unwrap();
    for (name, seed) in [("a.ndjson", "1"), ("b.ndjson", "2")] {
        let made = run(&["simulate", "--responses", "60", "--seed", seed, "--out", name], folder.path());
        assert!(made.status.success(), "{made:?}");
    }
    assert_eq!(report(folder.path(), &["a.ndjson", "b.ndjson"]).responses.used, 120);
    // The same responses again have stood there before, and count once.
    let twice = report(folder.path(), &["a.ndjson", "a.ndjson"]);
    let found = &twice.responses;
    assert_eq!((found.used, found.repeated, found.skipped), (60, 60, 0));
}

#[test]
fn a_plan_with_weights_is_obeyed_and_a_plan_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("region,nps\n");
    (0..100).for_each(|n| {
        rows.push_str(&format!(
            "{},{}\n",
            if n % 4 == 0 { "north" } else { "south" },
            if n % 4 == 0 { 3 + n % 5 } else { 10 - n % 3 }
        ))
    });
    fs::write(folder.path().join("s.csv"), rows).unwrap();
    let plan = r#"{"tool":"csv","encoding":"utf-8","delimiter":",","header_rows":1,"date_order":"month_first","survey":null,"notes":[],
        "columns":[{"name":"region","role":"ignore","reason":"","examples":[],"scale":null},
                   {"name":"nps","role":"score","reason":"","examples":[],"scale":{"low":0,"high":10,"nps":true}}],
        "weights":[{"column":"region","population":{"north":500,"south":500}}]}"#;
    fs::write(folder.path().join("plan.json"), plan).unwrap();
    let found = report(folder.path(), &["--plan", "plan.json", "s.csv"]);
    let weighted = found.weighted.unwrap();
    assert_eq!((weighted.method.as_str(), weighted.n), ("post-stratified", 100));
    assert!(weighted.score.value < found.scores[0].value && weighted.effective_n < 100.0, "{weighted:?}");
    fs::write(folder.path().join("no.json"), "[]").unwrap();
    let output = run(&["analyze", "--plan", "no.json", "s.csv"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no.json is not a plan"), "{output:?}");
}

#[test]
fn dates_are_read_in_the_order_that_the_whole_file_tells() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..9_000)
        .map(|row| {
            format!(
                "{:02}/{:02}/2026,{},nothing to say about it today\n",
                1 + row % 12,
                1 + row / 750,
                row % 11
            )
        })
        .collect();
    let settled = folder.path().join("settled.csv");
    let late = folder.path().join("late.csv");
    std::fs::write(&settled, format!("date,nps,why\n28/12/2026,9,\n{rows}28/12/2026,9,\n")).unwrap();
    std::fs::write(&late, format!("date,nps,why\n{rows}28/12/2026,9,\n28/12/2026,9,\n")).unwrap();
    let (settled, late) = (report(folder.path(), &["settled.csv"]), report(folder.path(), &["late.csv"]));
    assert_eq!(late.responses.used, 9_002);
    // The days of January are in the same weeks, and no date was left out.
    assert!(!late.weeks.is_empty());
    assert_eq!(settled.weeks, late.weeks);
}

#[test]
fn a_workbook_and_a_parquet_file_give_the_report_of_the_same_table_as_csv_packed_or_not() {
    use std::io::Write;
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analyzer/formats");
    let folder = tempfile::tempdir().unwrap();
    for file in [
        "xlsx/fixtures/shared.xlsx",
        "xlsx/fixtures/openpyxl.xlsx",
        "parquet/fixtures/snappy.parquet",
        "parquet/fixtures/zstd.parquet",
    ] {
        let bytes = fs::read(formats.join(file)).unwrap();
        let name = file.rsplit('/').next().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        // What an independent reader finds in the file (analyzer/formats/fixtures.py).
        let expected = report(folder.path(), &[formats.join(format!("{file}.csv")).to_str().unwrap()]);
        assert!(expected.responses.used >= 50, "{file}");
        fs::write(path(name), &bytes).unwrap();
        let mut zip = zip::ZipWriter::new(fs::File::create(path("export.zip")).unwrap());
        zip.start_file::<_, ()>(format!("export/{name}"), Default::default()).unwrap();
        zip.write_all(&bytes).unwrap();
        zip.finish().unwrap();
        let mut packed = vec![path(name), path("export.zip")];
        // A workbook is a zip archive already, which nobody packs with gzip.
        if name.ends_with(".parquet") {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(&bytes).unwrap();
            fs::write(path("export.gz"), gzip.finish().unwrap()).unwrap();
            packed.push(path("export.gz"));
        }
        for packed in packed {
            assert_eq!(report(folder.path(), &[&packed]), expected, "{packed}");
        }
    }
}

#[test]
fn what_an_spss_file_says_of_its_columns_is_obeyed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analyzer/formats/sav/fixtures/plain.sav");
    let report = report(Path::new("."), &[file.to_str().unwrap()]);
    let score = &report.scores[0];
    assert_eq!(score.text.as_deref(), Some("How likely are you to recommend us? (0–10)"));
    // 10 of 60 answers are 99, which the file declares to mean that there is none.
    assert_eq!((report.responses.used, score.n), (60, 50));
}

#[test]
fn files_that_only_look_like_a_format_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, said) in [
        ("cut.parquet", &b"PAR1 and no more"[..], "Parquet"),
        ("cut.sav", b"$FL2@(#) SPSS", "dictionary"),
        ("cut.xlsx", b"PK\x03\x04 and no more", "zip archive"),
        ("old.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Office program"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(&["analyze", name], folder.path());
        let error = text(&output.stderr);
        assert!(!output.status.success() && error.contains(said) && error.contains(name), "{error}");
    }
}

#[test]
fn the_example_of_value_runs_and_its_plan_can_be_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = example("value", folder.path());
    let said = text(&outputs[1].stdout);
    assert!(
        said.contains("What it comes to") && said.lines().all(|line| line.chars().count() <= 80),
        "{said}"
    );
    let found: Value = serde_json::from_slice(&fs::read(folder.path().join("value.json")).unwrap()).unwrap();
    assert_eq!((found.value, found.join.answers, found.join.conclusive), (1, 1200, true));
    assert_eq!(found.to_text().trim_end(), said.trim_end());
    // A corrected plan is obeyed to the letter.
    let mut plan = found.plan.clone();
    plan.columns
        .iter_mut()
        .filter(|column| column.role == Part::Revenue)
        .for_each(|column| column.role = Part::Ignore);
    fs::write(folder.path().join("join.json"), serde_json::to_string(&plan).unwrap()).unwrap();
    let output = run(&["value", "--json", "--join", "join.json", "world.ndjson", "crm.csv"], folder.path());
    let other: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((other.measure.as_deref(), other.money.len()), (Some("lifetime_value"), 1));
    // No key is printed in whole.
    assert!(!said.contains("C00") && !text(&output.stdout).contains("C00"));
}

#[test]
fn what_cannot_be_joined_gets_a_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let rows: String = (0..40).map(|at| format!("k{at},{},2026-01-02\n", at % 11)).collect();
    fs::write(path.join("survey.csv"), format!("customer_id,nps,submitted\n{rows}")).unwrap();
    fs::write(path.join("empty.csv"), "").unwrap();
    fs::write(path.join("header.csv"), "customer_id,revenue\n").unwrap();
    fs::write(path.join("names.csv"), "name,city\nAnn,Leeds\nBob,York\n").unwrap();
    fs::write(path.join("bad.json"), "{}").unwrap();
    fs::write(path.join("own.ndjson"), run(&["simulate", "--responses", "20", "--units", "2"], path).stdout)
        .unwrap();
    for (arguments, expected) in [
        (&["survey.csv", "missing.csv"][..], "missing.csv"),
        (&["survey.csv", "empty.csv"], "empty.csv is empty"),
        (&["survey.csv", "header.csv"], "is the key"),
        (&["survey.csv", "names.csv"], "is the key"),
        (&["survey.csv", "own.ndjson"], "no CRM table"),
        (&["survey.csv", "names.csv", "--join", "bad.json"], "bad.json is not a join plan"),
    ] {
        let output = run(&[&["value"], arguments].concat(), path);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {output:?}");
        assert!(text(&output.stderr).contains(expected), "{arguments:?} {output:?}");
        assert!(output.stdout.is_empty());
    }
}
