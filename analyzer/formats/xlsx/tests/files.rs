//! Whole workbooks: what openpyxl finds in them (fixtures.py), damaged ones and bombs.

use candor_cells::{Csv, Reader, Refusal};
use proptest::prelude::*;
use std::io::{Cursor, Write};

fn read_sheet(file: &[u8], table: Option<usize>, rows: usize) -> Result<Csv, Refusal> {
    let mut reader = candor_xlsx::open(Cursor::new(file), table)?;
    let mut csv = Csv::new(reader.head());
    while reader.read(rows, &mut csv)? {}
    Ok(csv)
}

fn read(file: &[u8]) -> Result<Csv, Refusal> {
    read_sheet(file, None, 100)
}

macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../fixtures/", $name, ".xlsx")).as_slice(),
            include_str!(concat!("../fixtures/", $name, ".xlsx.csv")),
        )
    };
}

#[test]
fn workbooks_give_the_cells_that_openpyxl_finds() {
    for (name, file, expected) in [fixture!("openpyxl"), fixture!("gaps"), fixture!("shared")] {
        for rows in [1, 7, 100_000] {
            let found = read_sheet(file, None, rows).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            for (at, (found, expected)) in found.text.split('\n').zip(expected.split('\n')).enumerate() {
                assert_eq!(found, expected, "{name}, line {}", at + 1);
            }
            assert_eq!(found.text.len(), expected.len(), "{name}");
            assert_eq!((found.skipped, found.repaired), (vec![], vec![]), "{name}");
        }
    }
}

#[test]
fn below_a_title_rows_are_as_wide_as_the_names() {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let title = |row: u8| {
        format!("<row r=\"{row}\">{}<c r=\"C{row}\" s=\"1\"/></row>", cell(&format!("A{row}"), "May"))
    };
    let names =
        format!("<row r=\"4\">{}{}{}</row>", cell("A4", "id"), cell("B4", "score"), cell("C4", "why"));
    let row = "<row r=\"5\"><c r=\"A5\"><v>1</v></c><c r=\"B5\"><v>9</v></c></row>";
    let last = format!("<row r=\"6\"><c r=\"A6\"><v>2</v></c>{}</row>", cell("D6", "more"));
    let two = format!("{}{}{names}{row}{last}", title(1), title(2));
    assert_eq!(read(&rows(&two)).expect("readable").text, "May\nMay\n\nid,score,why\n1,9,\n2,,,more\n");
    let one = format!("{}{names}{row}{last}", title(2));
    assert_eq!(read(&rows(&one)).expect("readable").text, "\nMay\n\nid,score,why\n1,9,\n2,,,more\n");
}

#[test]
fn a_cover_is_passed_over_for_the_sheet_with_the_rows() {
    let cell = |at: String, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = |rows: std::ops::RangeInclusive<u32>, wide: bool| {
        let row = |n: u32| {
            let second = if wide { cell(format!("B{n}"), "b") } else { String::new() };
            format!("<row r=\"{n}\">{}{second}</row>", cell(format!("A{n}"), "a"))
        };
        format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.map(row).collect::<String>())
    };
    let book = |sheets: &[(&str, String)]| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        let (mut list, mut relations) = (String::new(), String::new());
        for (at, (name, text)) in sheets.iter().enumerate() {
            list.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"s{at}\"/>"));
            relations
                .push_str(&format!("<Relationship Id=\"s{at}\" Type=\"x/worksheet\" Target=\"s{at}.xml\"/>"));
            zip.start_file(format!("xl/s{at}.xml"), options).expect("a part");
            zip.write_all(text.as_bytes()).expect("its bytes");
        }
        let parts = [
            ("xl/workbook.xml", format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>")),
            ("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>")),
        ];
        for (name, text) in parts {
            zip.start_file(name, options).expect("a part");
            zip.write_all(text.as_bytes()).expect("its bytes");
        }
        zip.finish().expect("an archive").into_inner()
    };
    let chosen = |file: &[u8]| {
        let reader = candor_xlsx::open(Cursor::new(file), None).expect("readable");
        (reader.head().table, reader.head().notes.join(" "))
    };
    let (cover, empty) = (sheet(1..=9, false), "<worksheet><sheetData/></worksheet>".to_owned());
    let data = || sheet(1..=40, true);
    for first in [cover, empty, sheet(1..=5, true)] {
        let (table, note) = chosen(&book(&[("Cover", first), ("Data", data())]));
        assert_eq!(table, 1);
        assert!(
            note.contains("\u{201c}Data\u{201d} is read") && note.contains("\u{201c}Cover\u{201d}"),
            "{note}"
        );
    }
    // Two months of one survey: the first is read, and it is said that there is another.
    let (table, note) = chosen(&book(&[("May", sheet(1..=20, true)), ("June", data())]));
    assert_eq!((table, note.as_str()), (0, "The workbook has 2 sheets; this is \u{201c}May\u{201d}."));
}

#[test]
fn another_sheet_can_be_chosen() {
    let file = fixture!("gaps").1;
    let reader = candor_xlsx::open(Cursor::new(file), None).expect("readable");
    assert_eq!(reader.head().tables, ["First", "Second"]);
    assert_eq!((reader.head().table, reader.head().names_row), (0, 3));
    assert_eq!(reader.head().notes, ["The workbook has 2 sheets; this is \u{201c}First\u{201d}."]);
    assert_eq!(read_sheet(file, Some(1), 10).expect("readable").text, "other,sheet\n1,2\n");
    let said = read_sheet(file, Some(7), 10).expect_err("none").to_string();
    assert!(said.starts_with("The workbook has no sheet number 8."), "{said}");
}

const WORKBOOK: &str =
    r#"<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="sheet.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="strings.xml"/></Relationships>"#;

/// A workbook of one sheet and its shared strings, not packed, so that only what is in them can be too large.
fn workbook(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    zipped(sheet, strings, zip::CompressionMethod::Stored)
}

fn zipped(sheet: &[u8], strings: &[u8], method: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let parts: [(&str, &[u8]); 4] = [
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/sheet.xml", sheet),
        ("xl/strings.xml", strings),
    ];
    for (name, bytes) in parts {
        zip.start_file(name, options).expect("a part");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

fn rows(rows: &str) -> Vec<u8> {
    workbook(
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        b"<sst><si><t>q</t></si></sst>",
    )
}

const NAMES: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;

#[test]
fn what_is_not_as_it_should_be_is_repaired_and_said() {
    let found = read(&rows(&format!(
        r#"{NAMES}<row r="1"><c t="s"><v>9</v></c><c r="C2"><v>7</v></c></row>
           <row r="4"><c r="B4"><v>2</v></c><c r="A4"><v>1</v></c><c r="A4"><v>3</v></c><c r="ZZZZ4"><v>1</v></c></row>
           <row r="9999999"><c r="A5"><v>many</v></c></row>"#
    )))
    .expect("readable");
    assert_eq!(found.text, "q\n,,7\n\n3,2,\nmany,,\n");
    let notes: Vec<_> =
        found.repaired.iter().map(|note| (note.row, note.column.as_deref(), note.reason.as_str())).collect();
    assert_eq!(
        notes,
        [
            (2, None, "The file numbers this row 1 after row 1; it is read as row 2."),
            (2, Some("q"), "The workbook has no text number 9; the cell is read as empty."),
            (4, None, "A cell is said to stand at ZZZZ4, where no sheet has one; it is left out."),
            (4, None, "Two cells stand in one place; the later one is read."),
            (5, None, "The file numbers this row 9999999 after row 4; it is read as row 5."),
            (5, Some("q"), "\u{201c}many\u{201d} is no number, though its cell says so; it is kept as text."),
        ]
    );
}

#[test]
fn a_sheet_that_is_damaged_keeps_the_rows_before() {
    let found = read(&rows(&format!(r#"{NAMES}<row><c><v>1</v></c></row><row><c><v>2</v></c></oops>"#)))
        .expect("rows");
    assert_eq!(found.text, "q\n1\n");
    let [note] = found.skipped.as_slice() else { panic!("{:?}", found.skipped) };
    assert_eq!((note.row, note.rows), (3, None));
    assert!(note.reason.starts_with("The workbook's xl/sheet.xml is no proper XML"), "{}", note.reason);
}

#[test]
fn document_types_are_refused_whatever_they_declare() {
    let laughs = br#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    let elsewhere = br#"<!DOCTYPE sst SYSTEM "file:///etc/passwd"><sst><si><t>q</t></si></sst>"#;
    for strings in [&laughs[..], &elsewhere[..]] {
        let said = read(&workbook(b"<worksheet/>", strings)).expect_err("refused").to_string();
        assert!(
            said.starts_with(
                "The workbook's xl/strings.xml, which declares a document type (DOCTYPE), cannot be read."
            ),
            "{said}"
        );
    }
    let said =
        read(&workbook(b"<worksheet/>", b"<sst><si><t>&b;</t></si></sst>")).expect_err("refused").to_string();
    assert!(said.contains("uses an entity that is declared nowhere"), "{said}");
}

#[track_caller]
fn too_large(file: &[u8], expected: &str) {
    let refusal = read(file).expect_err("refused");
    assert!(matches!(refusal, Refusal::TooLarge { .. }), "{refusal}");
    assert!(refusal.to_string().starts_with(expected), "{refusal}");
}

#[test]
fn bombs_are_refused() {
    // 100 MiB of one text, of texts, of levels, of rows of nothing, of tags, and of spaces.
    let mut text = b"<sst><si><t>".to_vec();
    text.resize(100 << 20, b'x');
    too_large(&workbook(b"<worksheet/>", &text), "One text or tag of the workbook is too large");
    too_large(
        &zipped(b"<worksheet/>", &b"<si/>".repeat(20 << 20), zip::CompressionMethod::Deflated),
        "xl/strings.xml is too large: 16 MiB unpacked from ",
    );
    let texts = b"<si/>".repeat(20 << 20);
    too_large(
        &workbook(b"<worksheet/>", &[b"<sst>", &texts[..]].concat()),
        "The workbook's list of texts is too large",
    );
    too_large(
        &workbook(b"<worksheet/>", &b"<a>".repeat(1 << 20)),
        "The nesting of xl/strings.xml is too large",
    );
    too_large(&rows(&"<row/>".repeat(20 << 20)), "The sheet is too large");
    let nothing = format!("<worksheet><sheetData>{}</sheetData></worksheet>", "<a/>".repeat(20 << 20));
    too_large(
        &zipped(nothing.as_bytes(), b"<sst/>", zip::CompressionMethod::Deflated),
        "xl/sheet.xml is too large",
    );
    too_large(&rows(&" ".repeat(100 << 20)), "One text or tag of the workbook is too large");
    // Rows that are empty up to their last column, and one long text that many cells share.
    let wide: String =
        (2..9_000).map(|n| format!(r#"<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>"#)).collect();
    let sheet = format!("<worksheet><sheetData>{NAMES}{wide}</sheetData></worksheet>");
    too_large(
        &zipped(sheet.as_bytes(), b"<sst><si><t>q</t></si></sst>", zip::CompressionMethod::Deflated),
        "The table is too large",
    );
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(900_000));
    let cells = r#"<row><c t="s"><v>0</v></c></row>"#.repeat(1_000);
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    too_large(
        &zipped(sheet.as_bytes(), long.as_bytes(), zip::CompressionMethod::Deflated),
        "The table is too large",
    );
    let cells = r#"<c t="s"><v>0</v></c>"#.repeat(1_000);
    let sheet = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    too_large(
        &zipped(sheet.as_bytes(), long.as_bytes(), zip::CompressionMethod::Deflated),
        "Row 1 is too large",
    );
}

#[test]
fn what_is_no_workbook_is_said() {
    let said = |bytes: &[u8]| read(bytes).expect_err("refused").to_string();
    assert!(said(b"id,score\n").contains("it does not begin as one"));
    assert!(
        said(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("an old .xls workbook or one with a password")
    );
    assert!(said(b"PK\x03\x04").contains("was it cut off?"));
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    let file = zip.finish().expect("an archive").into_inner();
    assert!(said(&file).contains("it is an OpenDocument table (.ods)"));
    assert!(said(&rows("")).contains("The sheet \u{201c}S\u{201d} is empty and cannot be read."));
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(place in 0.0..1.0f64, value: u8) {
        let mut file = fixture!("openpyxl").1.to_vec();
        let at = (place * file.len() as f64) as usize;
        file[at] = value;
        let _ = read(&file);
    }

    #[test]
    fn rows_of_anything_never_panic(inside in "(<row( r=\"[0-9]{1,7}\")?>|</row>|<c( r=\"[A-Z]{0,4}[0-9]{0,3}\")?( t=\"(s|b|d|e|str|inlineStr)\")?>|</c>|<v>|</v>|<is><t>|</t></is>|[0-9.eE-]{1,9}|&lt;|&#x[0-9a-f]{1,6};){0,60}") {
        let _ = read(&rows(&format!("{NAMES}{inside}")));
    }
}
