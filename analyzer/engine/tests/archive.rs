//! Zip archives around an export: opened without being unpacked first, and refused with a sentence when they are damaged
//! or bombs.
#![cfg(not(target_arch = "wasm32"))]

use candor_engine::archive::{Archive, Contents, Entry, TAIL, directory_range, is_zip};
use candor_engine::columns::Dataset;
use candor_engine::own::{self, Columns};
use candor_engine::plan::{HEAD, Plan, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::report;
use candor_engine::world::World;
use candor_survey::{Exposure, Time, Value};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method)
}

/// An archive as most programs write it.
fn zipped(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An archive as the collector streams it: the lengths stand behind each file, in 64 bits.
fn streamed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zip = ZipWriter::new_stream(&mut bytes);
    for (name, bytes) in files {
        zip.start_file(*name, options(CompressionMethod::Deflated).large_file(true)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    bytes
}

fn contents(file: &[u8]) -> Result<Contents, String> {
    let tail = &file[file.len() - file.len().min(TAIL as usize)..];
    let range = directory_range(tail, file.len() as u64)?;
    Archive::read(&file[range.start as usize..range.end as usize])?.contents()
}

fn packed<'f>(file: &'f [u8], entry: &Entry) -> Result<&'f [u8], String> {
    let range = entry.header_range();
    let header = file.get(range.start as usize..range.end as usize).unwrap_or_default();
    let range = entry.data_range(header)?;
    Ok(&file[(range.start as usize).min(file.len())..(range.end as usize).min(file.len())])
}

fn open(file: &[u8], chunk: usize) -> Result<(Plan, Dataset), String> {
    let contents = contents(file)?;
    let table = packed(file, &contents.table)?;
    let mut plan = recognise(&contents.table.head(&table[..table.len().min(HEAD)]), &contents.table.name);
    let text = |entry: &Entry| entry.unpack(packed(file, entry)?);
    let definitions = contents.definitions.as_ref().map(text).transpose()?;
    let definitions = definitions.map(|bytes| String::from_utf8(bytes).unwrap());
    if let Some(definitions) = &definitions {
        plan.define(definitions);
    }
    let mut reading = Reading::new(&plan).map_err(|error| error.to_string())?;
    if let Some(definitions) = &definitions {
        reading.define(definitions).map_err(|error| error.to_string())?;
    }
    reading.unpack(&contents.table);
    table.chunks(chunk).for_each(|part| reading.push(part));
    if let Some(entry) = &contents.exposures {
        reading.unpack_exposures(entry);
        packed(file, entry)?.chunks(chunk).for_each(|part| reading.expose(part));
    }
    Ok((plan, reading.finish()))
}

const SHOP: &[u8] = b"agent,nps,why\nA,9,kind\nB,0,\"slow,\nvery\"\nA,10,\n";

fn read(file: &[u8]) -> Dataset {
    let mut reading = Reading::new(&recognise(file, "shop.csv")).unwrap();
    reading.push(file);
    reading.finish()
}

#[test]
fn a_zipped_table_gives_what_the_table_gives_in_any_chunks() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let file = zipped(
            &[
                ("folder/", b""),
                ("folder/shop.csv", SHOP),
                ("__MACOSX/._shop.csv", b"x"),
                ("read me.md", b"#"),
            ],
            method,
        );
        assert!(is_zip(&file));
        for chunk in [1, 2, 3, 10, 1 << 20] {
            assert_eq!(open(&file, chunk).unwrap().1, read(SHOP), "{method}, in chunks of {chunk}");
        }
    }
    assert_eq!(open(&streamed(&[("shop.csv", SHOP)]), 5).unwrap().1, read(SHOP));
}

#[test]
fn candors_own_zip_gives_the_report_of_its_ndjson() {
    let simulation =
        World { seed: 3, responses: 120, units: 6, pressured: 6, start: Time(1_788_220_800_000) }.simulate();
    let mut ndjson = simulation.ndjson();
    let csv = simulation.responses_csv();
    let definition = ndjson.lines().next().unwrap().to_owned();
    let first = recognise(ndjson.as_bytes(), "x.ndjson").survey.unwrap();
    let mut columns = Columns::default();
    let mut exposures = Vec::new();
    let revision =
        Value::parse(&definition).unwrap().get("revision").and_then(Value::as_str).unwrap().to_owned();
    for (n, (survey, event)) in
        [(&*first, "eligible"), (&*first, "shown"), (&*first, "shown"), ("another", "shown")]
            .into_iter()
            .enumerate()
    {
        let line = format!(
            "{{\"v\":1,\"id\":\"01980000-0000-7000-8000-00000000000{n}\",\"event\":\"{event}\",\"survey\":\"{survey}\",\"revision\":\"{revision}\",\"view\":\"01980000-0000-7000-8000-00000000010{n}\",\"at\":\"2026-11-21T10:00:00.000Z\",\"attributes\":{{\"agent\":\"A,1\"}}}}"
        );
        let exposure = Exposure::from_value(&Value::parse(&line).unwrap()).unwrap();
        columns.meet_exposure(&exposure);
        exposures.push(exposure);
        ndjson.push_str(&line);
        ndjson.push('\n');
    }
    let row = |cells: Vec<String>| {
        let quoted: Vec<_> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        quoted.join(",") + "\r\n"
    };
    let mut exposures_csv = row(columns.exposure_names());
    exposures.iter().for_each(|exposure| exposures_csv.push_str(&row(columns.exposure_cells(exposure))));
    let definitions = format!("[{definition}]");
    let file = streamed(&[
        ("responses.csv", csv.as_bytes()),
        ("exposures.csv", exposures_csv.as_bytes()),
        ("definitions.json", definitions.as_bytes()),
    ]);
    let (plan, from_zip) = open(&file, 1000).unwrap();
    assert_eq!(plan.tool, Tool::CandorCsv);
    assert_eq!((from_zip.exposures.eligible, from_zip.exposures.shown), (1, 2));
    assert_eq!(from_zip.skipped, []);
    let from_ndjson = read(ndjson.as_bytes());
    assert_eq!(from_zip.exposures, from_ndjson.exposures);
    assert_eq!(report(&from_zip), report(&from_ndjson));
    // A line of it that is none is said.
    let broken = exposures_csv.replacen("eligible", "guessed", 1);
    let file = streamed(&[
        ("responses.csv", csv.as_bytes()),
        ("exposures.csv", broken.as_bytes()),
        ("definitions.json", definitions.as_bytes()),
    ]);
    let skipped = open(&file, 1000).unwrap().1.skipped;
    assert_eq!((skipped.len(), skipped[0].row), (1, 2));
    assert!(skipped[0].reason.starts_with("In exposures.csv: "), "{}", skipped[0].reason);
    assert_eq!(own::unguard("'=1"), "=1");
}

#[test]
fn an_archive_that_holds_no_table_or_several_is_refused_with_a_sentence() {
    let refused =
        |files: &[(&str, &[u8])]| contents(&zipped(files, CompressionMethod::Deflated)).unwrap_err();
    assert!(refused(&[("a.png", b"x")]).contains("no table"));
    assert!(refused(&[]).contains("no table"));
    assert!(
        refused(&[("a.csv", SHOP), ("b.csv", SHOP)]).contains("2 tables in this zip archive: a.csv, b.csv.")
    );
    let explained = zipped(&[("README.txt", b"x"), ("in/a.csv", SHOP)], CompressionMethod::Deflated);
    let found = contents(&explained).unwrap();
    assert_eq!((found.table.name.as_str(), found.passed.len()), ("in/a.csv", 1));
    assert!(found.note().unwrap().contains("README.txt"));
    // Whatever a table is called that stands alone.
    let alone = contents(&zipped(&[("notes.csv", SHOP)], CompressionMethod::Deflated)).unwrap();
    assert_eq!((alone.table.name.as_str(), alone.note()), ("notes.csv", None));
    assert!(refused(&[("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]).contains("Office"));
    let mut encrypted = zipped(&[("a.csv", SHOP)], CompressionMethod::Deflated);
    let at = encrypted.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
    encrypted[at + 8] |= 1;
    assert!(contents(&encrypted).unwrap_err().contains("encrypted"));
    encrypted[at + 8] = 0;
    encrypted[at + 10] = 12;
    assert!(contents(&encrypted).unwrap_err().contains("method 12"));
}

#[test]
fn an_archive_that_was_cut_or_damaged_is_said() {
    let rows: Vec<u8> =
        (0..5000u32).flat_map(|n| format!("A{},{}\n", n * n % 977, n % 11).into_bytes()).collect();
    let table = [b"agent,nps\n".as_slice(), &rows].concat();
    let file = zipped(&[("shop.csv", &table)], CompressionMethod::Deflated);
    for length in [0, 1, 21, 22, file.len() / 2, file.len() - 1] {
        assert!(contents(&file[..length]).unwrap_err().contains("ends in the middle"), "{length} bytes");
    }
    // Wherever a byte is wrong: a sentence, and never a whole file that is not the file.
    let whole = open(&file, 4096).unwrap().1;
    for at in (0..file.len()).step_by(37) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x55;
        match open(&damaged, 4096) {
            Err(sentence) => assert!(sentence.ends_with('.'), "{sentence}"),
            Ok((_, dataset)) => assert!(dataset == whole || !dataset.skipped.is_empty(), "byte {at}"),
        }
    }
}

#[test]
fn a_bomb_is_refused_before_it_fills_the_memory() {
    let rows = format!("A,5,{}\n", "x".repeat(8188)).repeat(1 << 7);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.csv", options(CompressionMethod::Deflated)).unwrap();
    zip.write_all(b"agent,nps,why\nA,5,some words here\nB,10,other words there\nA,0,and a third of these\n")
        .unwrap();
    (0..200).for_each(|_| zip.write_all(rows.as_bytes()).unwrap());
    let file = zip.finish().unwrap().into_inner();
    let (_, dataset) = open(&file, 1 << 20).unwrap();
    assert!(dataset.skipped.last().unwrap().reason.contains("more than 200 times"));
    assert!((4_000..10_000).contains(&dataset.counts.rows), "{} rows", dataset.counts.rows);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_is_survived(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = streamed(&[("shop.csv", SHOP), ("notes.md", b"x")]);
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(cut.index(file.len() * 2).max(4));
        if let Ok((_, dataset)) = open(&file, 7) {
            prop_assert_eq!(dataset.counts.rows, dataset.counts.read + dataset.counts.skipped);
        }
    }
}

#[test]
fn places_beyond_any_file_are_refused() {
    let mut file = zipped(&[("shop.csv", SHOP)], CompressionMethod::Deflated);
    let directory = file.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    // Lengths and the place of the header, of 32 bits, say that they stand in the field 1, of 64.
    file[directory + 20..directory + 28].fill(0xFF);
    file[directory + 42..directory + 46].fill(0xFF);
    let name = directory + 46 + "shop.csv".len();
    let field = [&[1, 0, 24, 0][..], &[0xFF; 24]].concat();
    file[directory + 30] = field.len() as u8;
    file.splice(name..name, field.iter().copied());
    let end = file.len() - 22;
    file[end + 12] += field.len() as u8;
    let said = open(&file, 64).unwrap_err();
    assert!(said.contains("damaged where shop.csv begins"), "{said}");
}
