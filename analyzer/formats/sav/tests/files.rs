//! Whole files: what pyreadstat found in them (fixtures.py), damaged ones and bombs.

use candor_cells::{Cells, Csv, Kind, Missing, Note, Reader, Refusal, Sink};
use proptest::prelude::*;
use std::io::Cursor;

fn read(file: &[u8], rows: usize) -> Result<Csv, Refusal> {
    let mut reader = candor_sav::open(Cursor::new(file), None)?;
    let mut csv = Csv::new(reader.head());
    while reader.read(rows, &mut csv)? {}
    Ok(csv)
}

macro_rules! fixture {
    ($name:literal) => {
        (
            include_bytes!(concat!("../fixtures/", $name)).as_slice(),
            include_str!(concat!("../fixtures/", $name, ".csv")),
        )
    };
}

#[test]
fn files_give_the_cells_that_pyreadstat_finds() {
    let files = [
        fixture!("plain.sav"),
        fixture!("bytecode.sav"),
        fixture!("blocks.zsav"),
        fixture!("big_endian_1252.sav"),
        fixture!("little_endian_1251.sav"),
    ];
    for (file, expected) in files {
        for rows in [1, 7, 100_000] {
            let found = read(file, rows).expect("readable");
            for (at, (found, expected)) in found.text.lines().zip(expected.lines()).enumerate() {
                assert_eq!(found, expected, "line {}", at + 1);
            }
            assert_eq!(found.text.len(), expected.len());
            assert_eq!((found.skipped, found.repaired), (vec![], vec![]));
        }
    }
}

#[test]
fn labels_and_declared_missing_values_come_with_the_head() {
    let reader = candor_sav::open(Cursor::new(fixture!("bytecode.sav").0), None).expect("readable");
    let head = reader.head();
    assert_eq!(head.rows, Some(60));
    let column = |name: &str| head.columns.iter().find(|column| column.name == name).expect("there");
    let recommend = column("recommend");
    assert_eq!(recommend.label.as_deref(), Some("How likely are you to recommend us? (0–10)"));
    assert_eq!(recommend.missing, vec![Missing::Value("99".into())]);
    let labels: Vec<_> = head.value_labels[recommend.values.expect("labelled")]
        .iter()
        .map(|label| (label.value.as_str(), label.label.as_str()))
        .collect();
    assert_eq!(labels, [("0", "Not at all"), ("10", "Extremely"), ("99", "No answer")]);
    let store = &head.value_labels[column("store").values.expect("labelled")];
    assert_eq!((store[0].value.as_str(), store[0].label.as_str()), ("Köln", "Cologne"));
    let effort = &column("effort").missing;
    assert!(effort.contains(&Missing::Range("900".into(), "999".into())), "{effort:?}");
    assert_eq!(column("day").kind, Kind::Date);
    assert_eq!(column("at").kind, Kind::DateTime);
    assert_eq!(column("why").kind, Kind::Text);
    assert!(head.notes.iter().any(|note| note.starts_with("3 columns declare")), "{:?}", head.notes);
}

#[test]
fn an_open_range_is_shown_as_one() {
    let reader = candor_sav::open(Cursor::new(fixture!("big_endian_1252.sav").0), None).expect("readable");
    let score = &reader.head().columns[0];
    assert_eq!(score.label.as_deref(), Some("Käse – 5 €"));
    let expected = [Missing::Range("90".into(), "inf".into()), Missing::Value("-1".into())];
    assert_eq!(score.missing, expected);
}

#[test]
fn a_file_cut_anywhere_is_said_and_keeps_the_rows_before() {
    for (file, expected) in [fixture!("bytecode.sav"), fixture!("blocks.zsav"), fixture!("plain.sav")] {
        let whole = expected.lines().count();
        for length in (0..file.len()).step_by(997) {
            match read(&file[..length], 1_000) {
                Ok(csv) => {
                    assert!(expected.starts_with(&csv.text), "at {length}");
                    let lines = csv.text.lines().count();
                    assert!(lines == whole || csv.skipped.len() == 1, "at {length}: {lines} lines");
                }
                Err(refusal) => assert!(!refusal.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn rows_read_and_skipped_add_up_to_what_the_file_announces() {
    let (file, _) = fixture!("bytecode.sav");
    let mut reader = candor_sav::open(Cursor::new(&file[..file.len() - 5_000]), None).expect("readable");
    let mut rows = Count::default();
    while reader.read(10, &mut rows).expect("no refusal") {}
    let note = rows.skipped.expect("cut");
    assert_eq!(rows.read + note.rows.expect("announced"), 60);
    assert_eq!(note.row, rows.read + 2);
}

#[derive(Default)]
struct Count {
    read: u64,
    skipped: Option<Note>,
}

impl Sink for Count {
    fn row(&mut self, _: u64, _: &Cells) {
        self.read += 1;
    }
    fn skipped(&mut self, note: Note) {
        self.skipped = Some(note);
    }
    fn repaired(&mut self, note: Note) {
        unreachable!("{note:?}");
    }
}

/// The header of a file in bytecode, with as many cases as `rows`.
fn header(rows: i32) -> Vec<u8> {
    let mut file = b"$FL2".to_vec();
    file.resize(64, b' ');
    for number in [2, 1, 1, 0, rows] {
        file.extend(i32::to_le_bytes(number));
    }
    file.extend(100f64.to_le_bytes());
    file.resize(176, b' ');
    file
}

fn words(file: &mut Vec<u8>, numbers: &[i32]) {
    for number in numbers {
        file.extend(number.to_le_bytes());
    }
}

#[test]
fn absurd_counts_are_refused_before_memory_is_taken() {
    let refusal = |build: &dyn Fn(&mut Vec<u8>)| {
        let mut file = header(1);
        build(&mut file);
        read(&file, 10).expect_err("refused").to_string()
    };
    let label = refusal(&|file| {
        words(file, &[2, 0, 1, 0, 0, 0]);
        file.extend(b"Q1      ");
        words(file, &[i32::MAX]);
    });
    assert!(label.contains("says that a label has 2147483647 bytes, and 0 follow"), "{label}");
    let labels = refusal(&|file| words(file, &[3, i32::MAX]));
    assert!(labels.contains("is cut off"), "{labels}");
    let document = refusal(&|file| words(file, &[6, i32::MAX]));
    assert!(document.contains("bytes, and 0 follow"), "{document}");
    let record = refusal(&|file| words(file, &[7, 13, i32::MAX, i32::MAX]));
    assert!(record.contains("bytes, and 0 follow"), "{record}");
    let negative = refusal(&|file| words(file, &[7, 13, -1, 5]));
    assert!(negative.contains("has -1 for the size of an item"), "{negative}");
    let nothing = refusal(&|file| words(file, &[999, 0]));
    assert!(nothing.contains("has no variables"), "{nothing}");
}

#[test]
fn a_million_variables_are_refused() {
    let mut file = header(-1);
    for _ in 0..1_000_000 {
        words(&mut file, &[2, 0, 0, 0, 0, 0]);
        file.extend(b"Q       ");
    }
    words(&mut file, &[999, 0]);
    let refusal = read(&file, 10).expect_err("refused");
    assert!(matches!(refusal, Refusal::TooLarge { .. }), "{refusal}");
}

#[test]
fn what_is_no_spss_file_is_said() {
    let said = read(b"PK\x03\x04 and more", 1).expect_err("refused").to_string();
    assert!(said.starts_with("This is not an SPSS file: it does not begin with $FL2"), "{said}");
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(at in 0usize..60_195, value: u8, rows in 1usize..50) {
        let mut file = fixture!("bytecode.sav").0.to_vec();
        file[at] = value;
        let _ = read(&file, rows);
        // Most of the file is cases; the dictionary is what can contradict itself.
        let mut file = fixture!("big_endian_1252.sav").0.to_vec();
        let at = at % file.len();
        file[at] = value;
        let _ = read(&file, rows);
    }
}

#[test]
fn the_door_of_the_module_hands_out_the_head_the_rows_and_the_notes() {
    use candor_cells::door::{Door, END, MORE, REFUSED};
    let (file, expected) = fixture!("bytecode.sav");
    let opened = candor_sav::open(Cursor::new(&file[..file.len() - 5_000]), None);
    let mut door = Door::default();
    assert_eq!(door.open(opened.map(|reader| Box::new(reader) as Box<dyn Reader>)), MORE);
    let head: serde_json::Value = serde_json::from_slice(door.reply()).expect("JSON");
    assert_eq!(head["columns"][1]["name"], "recommend");
    assert_eq!(head["columns"][1]["missing"], serde_json::json!(["99"]));
    assert_eq!(head["columns"][2]["missing"], serde_json::json!([["900", "999"], "-1.25"]));
    assert_eq!(head["value_labels"][0][1], serde_json::json!(["10", "Extremely"]));
    assert_eq!((&head["rows"], &head["names_row"]), (&60.into(), &1.into()));
    let mut text = Vec::new();
    while door.next(7) == MORE {
        text.extend_from_slice(door.reply());
    }
    text.extend_from_slice(door.reply());
    assert!(text.len() > 10_000 && expected.as_bytes().starts_with(&text));
    assert_eq!(door.notes(), MORE);
    let notes: serde_json::Value = serde_json::from_slice(door.reply()).expect("JSON");
    assert_eq!(notes["skipped"].as_array().map(Vec::len), Some(1));
    assert!(notes["skipped"][0]["reason"].as_str().expect("a sentence").contains("is cut off"));
    assert_eq!((door.next(7), door.reply()), (END, &b""[..]));

    let opened = candor_sav::open(Cursor::new(b"id,score\n"), None);
    assert_eq!(door.open(opened.map(|reader| Box::new(reader) as Box<dyn Reader>)), REFUSED);
    assert!(door.reply().starts_with(b"This is not an SPSS file"));
}
