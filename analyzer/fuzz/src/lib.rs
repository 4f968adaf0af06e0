//! What each parser of the analyzer promises of any bytes, a function a parser: nothing panics, rows in the file = read + skipped,
//! any chunks and any division of a file give the same columns, and what is refused is refused with a sentence. The fuzz
//! targets call these with bytes that libFuzzer makes up, the tests with those that are kept in `corpus`. It touches no file.

use candor_cells::{Cells, Note, Reader, Sink};
use candor_engine::archive::{self, Archive, Entry};
use candor_engine::columns::{Dataset, Filter, MOST_LISTED};
use candor_engine::format::{self, Format, Heavy};
use candor_engine::parts::{Part, PartRead, Parts, can_be_parted};
use candor_engine::plan::{Encoding, HEAD, Holds, Plan, PlanColumn, Role, Scale, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::report;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::ops::Range;

/// A parser under test.
pub type Parser = fn(&[u8]);

/// Every parser by the name of its target and of its folder in `corpus`.
pub const PARSERS: [(&str, Parser); 9] = [
    ("table", table),
    ("ndjson", ndjson),
    ("zip", zip),
    ("gzip", gzip),
    ("plan", plan),
    ("part", part),
    ("xlsx", xlsx),
    ("parquet", parquet),
    ("sav", sav),
];

const NPS: Scale = Scale { low: 0, high: 10, nps: true };

/// A table that plans and parts are tried on.
pub const SHOP: &str = "agent,nps,when,minutes,why,note\r\n\
A1,9,2026-11-21T10:00:00Z,3,\"slow, but \"\"kind\"\"\",one\r\n\
A2,0,2026-11-21T10:01:00Z,2.5,\"two\r\nlines,9,9\r\nof it\",two words here\r\n\
\r\n\
A1,,21.11.2026,NA,NA,three\n\
A3,eleven,2026-11-21T10:03:00Z,4,good,four\n\
A3,7,never,many,\"\",\"five \"\"\"\r\
A2,10 - Very likely,2026-11-21T10:05:00Z,5,he asked me to give a 10,six\r\
A4,3,2026-11-21T10:06:00Z,6\n\
A1,8,2026-11-21T10:07:00Z,7,caf\u{e9},\u{65e5}\u{672c}\r\n";

/// Candor's own NDJSON: a response and an exposure.
const OWN: &str = include_str!("own.ndjson");

/// A delimited text of any tool.
pub fn table(file: &[u8]) {
    let Some(plan) = planned(file) else { return };
    let Some(whole) = read(&plan, file, usize::MAX) else { return };
    let chunk = 1 + file.len() % 13;
    assert!(
        read(&plan, file, chunk).as_ref() == Some(&whole),
        "chunks of {chunk} bytes give another data set"
    );
    if !plan.tool.is_own() && plan.tool != Tool::PostHog && plain(&plan, file) {
        assert_eq!(whole.counts.rows, count_rows(file, plan.delimiter as u8, u64::from(plan.header_rows)));
    }
    if can_be_parted(&plan, file) {
        let one = read_in_parts(&plan, file, 1, usize::MAX);
        assert_eq!((&one.counts, &one.ratings), (&whole.counts, &whole.ratings));
        assert_eq!((&one.skipped, &one.repaired), (&whole.skipped, &whole.repaired));
        let parts = 2 + file.len() % 3;
        assert!(read_in_parts(&plan, file, parts, chunk) == one, "{parts} parts give another data set");
    }
}

/// Candor's own NDJSON.
pub fn ndjson(file: &[u8]) {
    let mut plan = recognise(file, "export.ndjson");
    if plan.tool != Tool::CandorNdjson {
        plan = Plan { tool: Tool::CandorNdjson, header_rows: 0, ..Plan::default() };
    }
    choose_score(&mut plan);
    let Some(whole) = read(&plan, file, usize::MAX) else { return };
    let chunk = 1 + file.len() % 13;
    assert!(
        read(&plan, file, chunk).as_ref() == Some(&whole),
        "chunks of {chunk} bytes give another data set"
    );
    let own = std::str::from_utf8(file).ok();
    if let Some((mut reading, definitions)) = Reading::new(&plan).ok().zip(own)
        && let Err(error) = reading.define(definitions)
    {
        said(&error.to_string());
    }
}

/// A zip archive and what is in it.
pub fn zip(file: &[u8]) {
    if let Err(sentence) = unzipped(file) {
        said(&sentence);
    }
}

fn unzipped(file: &[u8]) -> Result<(), String> {
    let size = file.len() as u64;
    let directory = archive::directory_range(slice(file, size.saturating_sub(archive::TAIL)..size), size)?;
    let found = Archive::read(slice(file, directory))?;
    if found.is_workbook() {
        xlsx(file);
        return Ok(());
    }
    let contents = found.contents()?;
    let packed =
        |entry: &Entry| Ok::<_, String>(slice(file, entry.data_range(slice(file, entry.header_range()))?));
    let bytes = packed(&contents.table)?;
    if let Some(heavy) = contents.table.heavy() {
        let unpacked = contents.table.unpack(bytes)?;
        match heavy {
            Heavy::Xlsx => xlsx(&unpacked),
            Heavy::Parquet => parquet(&unpacked),
            Heavy::Sav => sav(&unpacked),
        }
        return Ok(());
    }
    let Some(mut plan) = planned(&contents.table.head(bytes)) else { return Ok(()) };
    let definitions = contents.definitions.as_ref().map(|entry| entry.unpack(packed(entry)?)).transpose()?;
    let definitions = definitions.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if let Some(definitions) = &definitions {
        plan.define(definitions);
    }
    let mut reading = Reading::new(&plan).map_err(|error| error.to_string())?;
    if let Some(definitions) = &definitions {
        reading.define(definitions).map_err(|error| error.to_string())?;
    }
    reading.unpack(&contents.table);
    reading.push(bytes);
    if let Some(exposures) = &contents.exposures {
        reading.unpack_exposures(exposures);
        reading.expose(packed(exposures)?);
    }
    check(&reading.finish());
    Ok(())
}

/// A gzip file; and any other bytes packed as one, which must read as they do when they are not.
pub fn gzip(file: &[u8]) {
    Format::of(file);
    if file.starts_with(&[0x1F, 0x8B]) {
        if let Err(sentence) = format::gunzip(file) {
            said(&sentence);
        }
        if let Some(plan) = planned(file) {
            let whole = read(&plan, file, usize::MAX);
            assert!(read(&plan, file, 1 + file.len() % 13) == whole, "chunks give another data set");
        }
        return;
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = packer.write_all(file).and_then(|()| packer.finish());
    let packed = packed.unwrap_or_else(|error| panic!("memory takes any bytes: {error}"));
    assert_eq!(format::gunzip(&packed).as_deref(), Ok(file));
    let Some(plan) = planned(file) else { return };
    let mut found = planned(&packed).unwrap_or_default();
    found.notes.clear();
    assert_eq!(found, Plan { notes: Vec::new(), ..plan.clone() });
    assert!(read(&plan, &packed, 5) == read(&plan, file, usize::MAX), "packed it is another data set");
}

/// A reading plan as a stranger writes it, and files read by it.
pub fn plan(json: &[u8]) {
    let plan: Plan = match serde_json::from_slice(json) {
        Ok(plan) => plan,
        Err(error) => return said(&error.to_string()),
    };
    let saved =
        serde_json::to_string(&plan).unwrap_or_else(|error| panic!("a plan cannot be saved: {error}"));
    let again: Plan = serde_json::from_str(&saved).unwrap_or_else(|error| panic!("{saved}: {error}"));
    assert_eq!(again, plan);
    for file in [SHOP, OWN] {
        match Reading::new(&plan) {
            Ok(mut reading) => {
                reading.push(file.as_bytes());
                let dataset = reading.finish();
                check(&dataset);
                report(&dataset).to_text();
            }
            Err(error) => return said(&error.to_string()),
        }
        if can_be_parted(&plan, file.as_bytes()) {
            let one = read_in_parts(&plan, file.as_bytes(), 1, usize::MAX);
            assert!(read_in_parts(&plan, file.as_bytes(), 3, 7) == one, "3 parts give another data set");
        }
    }
}

/// Columns that another worker sends, as bytes.
pub fn part(bytes: &[u8]) {
    let plan = shop_plan();
    let read = match PartRead::from_bytes(&plan, bytes) {
        Ok(read) => read,
        Err(error) => return said(&error.to_string()),
    };
    let again = PartRead::from_bytes(&plan, &read.to_bytes());
    assert_eq!(again.as_ref(), Ok(&read));
    let mut parts = Parts::of_file(SHOP.len() as u64);
    assert_eq!(parts.add(read), Ok(()));
    if let Ok(again) = again {
        let _ = parts.add(again);
    }
    let Some(mut dataset) = parts.finish() else { return };
    // A damaged part may name places that the file has not got.
    let _ = dataset.listen(|range| inside(SHOP.as_bytes(), range));
    let _ = dataset.rows_with_texts(&Filter::default(), 0, 100, |range| inside(SHOP.as_bytes(), range));
}

/// The plan of [`SHOP`] that [`part`] reads by: a column of each kind.
pub fn shop_plan() -> Plan {
    let mut plan = recognise(SHOP.as_bytes(), "shop.csv");
    for (column, (role, holds)) in plan.columns.iter_mut().zip([
        (Role::Unit, Holds::Nothing),
        (Role::Score, Holds::Nothing),
        (Role::Time, Holds::Nothing),
        (Role::Ignore, Holds::Numbers),
        (Role::Text, Holds::Nothing),
        (Role::Ignore, Holds::Texts),
    ]) {
        (column.role, column.holds) = (role, holds);
    }
    plan.columns[1].scale = Some(NPS);
    plan
}

/// An XLSX workbook.
pub fn xlsx(file: &[u8]) {
    drain(candor_xlsx::open(Cursor::new(file), None).map_err(|refusal| refusal.to_string()));
}

/// A Parquet file.
pub fn parquet(file: &[u8]) {
    drain(candor_parquet::open(Cursor::new(file), None).map_err(|refusal| refusal.to_string()));
}

/// An SPSS file.
pub fn sav(file: &[u8]) {
    drain(candor_sav::open(Cursor::new(file), None).map_err(|refusal| refusal.to_string()));
}

/// A refusal is a sentence.
fn said(sentence: &str) {
    assert!(!sentence.trim().is_empty(), "refused without a word");
}

/// The plan of a file, with some column as the score; none when it has no columns.
fn planned(file: &[u8]) -> Option<Plan> {
    let mut plan = recognise(file, "file.csv");
    if plan.columns.is_empty() && !plan.tool.is_own() {
        assert!(!plan.notes.is_empty(), "no column and no word of it");
        return None;
    }
    choose_score(&mut plan);
    Some(plan)
}

fn choose_score(plan: &mut Plan) {
    if plan.columns.iter().any(|column| column.role == Role::Score) {
        return;
    }
    let name = if plan.tool.is_own() { "answer.nps" } else { "nps" };
    let own = plan.tool.is_own();
    match plan.columns.iter_mut().find(|column| !own || column.name.starts_with("answer.")) {
        Some(column) => (column.role, column.scale) = (Role::Score, Some(column.scale.unwrap_or(NPS))),
        None => plan.columns.push(PlanColumn {
            name: name.into(),
            text: None,
            role: Role::Score,
            reason: String::new(),
            examples: Vec::new(),
            scale: Some(NPS),
            values: BTreeMap::new(),
            words: BTreeMap::new(),
            holds: Holds::Nothing,
        }),
    }
}

/// The columns of a file that arrives in chunks; none when the plan is refused.
fn read(plan: &Plan, file: &[u8], chunk: usize) -> Option<Dataset> {
    let mut reading = match Reading::new(plan) {
        Ok(reading) => reading,
        Err(error) => {
            said(&error.to_string());
            return None;
        }
    };
    file.chunks(chunk).for_each(|piece| reading.push(piece));
    let dataset = reading.finish();
    check(&dataset);
    Some(dataset)
}

fn check(dataset: &Dataset) {
    let counts = &dataset.counts;
    assert_eq!(counts.rows, counts.read + counts.skipped);
    assert_eq!(counts.read, counts.used + counts.tests + counts.superseded + counts.other);
    assert_eq!(counts.used, dataset.ratings.len() as u64);
    assert_eq!(counts.skipped.min(MOST_LISTED as u64), dataset.skipped.len() as u64);
    for note in dataset.skipped.iter().chain(&dataset.repaired) {
        assert!(note.row > 0 && !note.reason.is_empty(), "{note:?}");
    }
}

/// The file as it arrives from workers that each read a part, in any order.
fn read_in_parts(plan: &Plan, file: &[u8], parts: usize, chunk: usize) -> Dataset {
    let refused = |error| -> PartRead { panic!("parts are refused where the file is not: {error}") };
    let fill = |mut part: Part| {
        while let Some(at) = part.wants() {
            let at = at as usize;
            if at >= file.len() {
                break;
            }
            part.push(&file[at..at.saturating_add(chunk).min(file.len())]);
        }
        part.finish()
    };
    let edge = |part: usize| (file.len() * part / parts) as u64;
    let mut all = Parts::of_file(file.len() as u64);
    for at in 0..parts {
        let part = Part::new(plan, file, edge(at)..edge(at + 1)).map_or_else(refused, fill);
        if at > 0 {
            let sent = PartRead::from_bytes(plan, &part.to_bytes());
            assert_eq!(sent.as_ref(), Ok(&part));
        }
        if let Err(range) = all.add(part) {
            let again = Part::from_row(plan, file, range).map_or_else(refused, fill);
            assert_eq!(all.add(again), Ok(()));
        }
    }
    let mut dataset = all.finish().unwrap_or_else(|| panic!("no part was added"));
    dataset.listen(|range| inside(file, range)).unwrap_or_else(|at| panic!("a text stands at {at:?}"));
    check(&dataset);
    dataset
}

/// Whether rows can be counted from the file's bytes as they are.
fn plain(plan: &Plan, file: &[u8]) -> bool {
    let bytes = matches!(plan.encoding, Encoding::Utf8 | Encoding::Windows1252);
    bytes && Format::of(file) == Format::Text && file.len() < HEAD
}

/// The rows of a table behind its header, counted a byte at a time: lines that are not empty, a quoted line break apart.
fn count_rows(file: &[u8], delimiter: u8, header_rows: u64) -> u64 {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let (mut rows, mut within, mut at_start, mut quoted) = (0, false, true, false);
    let mut bytes = file.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            b'"' if quoted => quoted = false,
            _ if quoted => {}
            b'"' if at_start => (quoted, within, at_start) = (true, true, false),
            b'\n' | b'\r' => {
                rows += u64::from(within);
                (within, at_start) = (false, true);
            }
            _ => (within, at_start) = (true, byte == delimiter),
        }
    }
    if quoted {
        // The row is skipped, and is no header either.
        return rows.saturating_sub(header_rows) + 1;
    }
    (rows + u64::from(within)).saturating_sub(header_rows)
}

/// The bytes of a range, as far as the file goes.
fn slice(file: &[u8], range: Range<u64>) -> &[u8] {
    let end = range.end.min(file.len() as u64);
    let start = range.start.min(end);
    &file[start as usize..end as usize]
}

/// The bytes of a range that is in the file.
fn inside(file: &[u8], range: Range<u64>) -> Result<Vec<u8>, Range<u64>> {
    let found = slice(file, range.clone());
    if found.len() as u64 == range.end.saturating_sub(range.start) { Ok(found.to_vec()) } else { Err(range) }
}

/// Rows whose numbers rise, and notes that say something.
struct Rising(u64);

impl Sink for Rising {
    fn row(&mut self, number: u64, _: &Cells) {
        assert!(number > self.0);
        self.0 = number;
    }
    fn skipped(&mut self, note: Note) {
        assert!(note.row > self.0 && !note.reason.is_empty());
    }
    fn repaired(&mut self, note: Note) {
        assert!(!note.reason.is_empty());
    }
}

/// Reads enough rows to reach every path; a file may announce any number of them.
fn drain(reader: Result<impl Reader, String>) {
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(sentence) => return said(&sentence),
    };
    let mut rows = Rising(0);
    for _ in 0..200 {
        match reader.read(100, &mut rows) {
            Ok(true) => {}
            Ok(false) => return,
            Err(refusal) => return said(&refusal.to_string()),
        }
    }
}
