//! `candor analyze FILE…`: reads exports by a plan and prints the report, the same one that the app draws. It reads those
//! files, which may be packed, workbooks, Parquet or SPSS files, and beside an own `responses.csv` its `definitions.json` and `exposures.csv`; it sends
//! nothing anywhere.

use crate::rows::Rows;
use candor_engine::archive::{self, Archive, Contents, Entry};
use candor_engine::columns::Dataset;
use candor_engine::format::{self, Format, Heavy};
use candor_engine::plan::{Plan, PlanError, Tool, recognise};
use candor_engine::reader::{Reading, Takes};
use candor_engine::report;
use candor_engine::value::CrmReading;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How much of a file is looked at to recognize it, in bytes.
const HEAD: u64 = 256 << 10;

/// As many columns are named where none is the score.
const LISTED: usize = 30;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// Reads the files as one set of responses and returns the report, as text or as JSON, with a line break at its end.
///
/// # Errors
/// A sentence: what cannot be read, and what to do.
pub fn run(files: &[PathBuf], plan: Option<&Path>, json: bool) -> Result<String, String> {
    let exports = open(files)?;
    let given = plan.is_some();
    let plan = planned(&exports, plan)?;
    if !given && let Err(error @ PlanError::NoScore) = Reading::new(&plan) {
        let columns: Vec<&str> =
            plan.columns.iter().map(|column| column.name.as_str()).take(LISTED).collect();
        return Err(format!(
            "cannot read {}: {error} It has {}. Print the plan with --show-plan, give one of them the role \"score\" and its scale, and \
             read by that with --plan.",
            files[0].display(),
            columns.join(", ")
        ));
    }
    let (dataset, corrected) = read_corrected(exports, &plan, |_| {})?;
    let notes = corrected.map_or(plan.notes, |plan| plan.notes);
    let report = report::report(&dataset);
    let mut text = if json {
        // The report has a format of its own; what is said of the reading stands beside it.
        notes.iter().for_each(|note| eprintln!("candor: {note}"));
        serde_json::to_string_pretty(&report).map_err(|error| format!("the report is no JSON: {error}"))?
    } else {
        let notes = notes.iter().map(|note| format!("- {note}\n")).collect::<String>();
        let notes = if notes.is_empty() { notes } else { format!("How the file was read\n{notes}\n") };
        notes + &report.to_text()
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The plan by which the files would be read, as JSON with a line break at its end.
///
/// # Errors
/// A sentence: what cannot be read, and what to do.
pub fn plan(files: &[PathBuf]) -> Result<String, String> {
    let plan = guessed(&open(files)?)?;
    let text =
        serde_json::to_string_pretty(&plan).map_err(|error| format!("the plan is no JSON: {error}"))?;
    Ok(text + "\n")
}

/// The plan that is given, else the one that the first file suggests.
///
/// # Errors
/// The plan, or what stands beside the file, cannot be read.
pub(crate) fn planned(exports: &[Export], plan: Option<&Path>) -> Result<Plan, String> {
    match plan {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
            serde_json::from_str(&text).map_err(|error| format!("{} is not a plan: {error}", path.display()))
        }
        None => guessed(exports),
    }
}

/// A file that has been opened and looked into.
pub(crate) struct Export {
    path: PathBuf,
    inside: Inside,
    /// What of it is not read, a sentence.
    note: Option<String>,
}

/// What a file holds.
enum Inside {
    /// Text, or gzip around text.
    Bytes { input: File, head: Vec<u8> },
    /// Text in a zip archive; the head is unpacked.
    Zipped { input: File, head: Vec<u8>, contents: Zipped },
    /// Rows of another format.
    Rows(Rows),
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error: io::Error| format!("cannot read {path}: {error}")
}

/// Opens files and looks at their first bytes.
///
/// # Errors
/// One cannot be read, is empty, or is an archive without a table; or there is none.
pub(crate) fn open(files: &[PathBuf]) -> Result<Vec<Export>, String> {
    if files.is_empty() {
        return Err("name at least one file to analyze".into());
    }
    files.iter().map(|file| Export::open(file)).collect()
}

impl Export {
    fn open(file: &Path) -> Result<Export, String> {
        let (inside, note) = Inside::of(file).map_err(|error| match error {
            Refused::Unreadable(error) => unreadable(file)(error),
            Refused::Sentence(sentence) => format!("cannot read {}: {sentence}", file.display()),
            Refused::Empty => format!("{} is empty: there is nothing to analyze", file.display()),
        })?;
        Ok(Export { path: file.into(), inside, note })
    }

    fn refused(&self) -> impl Fn(String) -> String + use<> {
        let path = self.path.display().to_string();
        move |reason| format!("cannot read {path}: {reason}")
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How its table would be read, and its first bytes.
    pub(crate) fn head(&self) -> (Plan, &[u8]) {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        match &self.inside {
            Inside::Bytes { head, .. } | Inside::Zipped { head, .. } => (recognise(head, &name), head),
            Inside::Rows(rows) => (rows.recognise(), rows.head()),
        }
    }

    /// Hands its customers to `reading`.
    ///
    /// # Errors
    /// A sentence: the file cannot be read.
    pub(crate) fn pour(&mut self, reading: &mut CrmReading) -> Result<(), String> {
        let refused = self.refused();
        match &mut self.inside {
            Inside::Rows(rows) => rows.read(reading).map_err(refused),
            Inside::Zipped { input, contents, .. } => {
                let (table, range) = &contents.table;
                reading.unpack(table);
                chunks(input, range.clone(), |chunk| reading.push(chunk)).map_err(unreadable(&self.path))
            }
            Inside::Bytes { input, .. } => {
                chunks(input, 0..u64::MAX, |chunk| reading.push(chunk)).map_err(unreadable(&self.path))
            }
        }
    }

    /// The text of the `definitions.json` of the same export: in the archive, or beside an own `responses.csv`.
    fn definitions(&self, tool: Tool) -> Result<Option<String>, String> {
        match &self.inside {
            Inside::Zipped { contents, .. } => Ok(contents.definitions.clone()),
            Inside::Bytes { .. } if tool == Tool::CandorCsv => {
                let beside = self.path.with_file_name("definitions.json");
                match std::fs::read_to_string(&beside) {
                    Ok(text) => Ok(Some(text)),
                    // A table that was taken out of its zip is read by itself; the report says what it lacks.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(unreadable(&beside)(error)),
                }
            }
            Inside::Bytes { .. } | Inside::Rows(_) => Ok(None),
        }
    }

    /// Hands over the exposures of the same export, when all of its responses have been.
    fn expose(&mut self, tool: Tool, reading: &mut Reading) -> Result<(), String> {
        if let Inside::Zipped { input, contents, .. } = &mut self.inside {
            if let Some((exposures, range)) = &contents.exposures {
                reading.unpack_exposures(exposures);
                chunks(input, range.clone(), |chunk| reading.expose(chunk))
                    .map_err(unreadable(&self.path))?;
            }
        } else if tool == Tool::CandorCsv {
            let beside = self.path.with_file_name("exposures.csv");
            match File::open(&beside) {
                Ok(mut input) => chunks(&mut input, 0..u64::MAX, |chunk| reading.expose(chunk))
                    .map_err(unreadable(&beside))?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(&beside)(error)),
            }
        }
        Ok(())
    }
}

impl Inside {
    /// What a file holds, and what of it is not read.
    fn of(file: &Path) -> Result<(Inside, Option<String>), Refused> {
        let mut input = File::open(file)?;
        let head = bytes(&mut input, 0..HEAD)?;
        if head.is_empty() {
            return Err(Refused::Empty);
        }
        match Format::of(&head) {
            Format::Text | Format::Gzip => Ok((Inside::Bytes { input, head }, None)),
            Format::Heavy(heavy) => Ok((Inside::Rows(Rows::open(heavy, input)?), None)),
            Format::GzipAround(heavy) => {
                let unpacked = format::gunzip(&bytes(&mut input, 0..u64::MAX)?)?;
                Ok((Inside::Rows(Rows::open(heavy, Cursor::new(unpacked))?), None))
            }
            Format::Zip => {
                let Some((contents, note)) = contents(&mut input)? else {
                    return Ok((Inside::Rows(Rows::open(Heavy::Xlsx, input)?), None));
                };
                let (table, range) = &contents.table;
                if let Some(heavy) = table.heavy() {
                    let unpacked = table.unpack(&bytes(&mut input, range.clone())?)?;
                    return Ok((Inside::Rows(Rows::open(heavy, Cursor::new(unpacked))?), note));
                }
                let first = range.start..range.end.min(range.start + HEAD);
                let head = table.head(&bytes(&mut input, first)?);
                Ok((Inside::Zipped { input, head, contents }, note))
            }
        }
    }
}

/// The plan that the first bytes of the first file suggest.
///
/// # Errors
/// What stands beside the file cannot be read.
pub(crate) fn guessed(exports: &[Export]) -> Result<Plan, String> {
    let first = exports.first().ok_or("name at least one file to analyze")?;
    let name = first.path.file_name().unwrap_or_default().to_string_lossy();
    let mut plan = match &first.inside {
        Inside::Bytes { head, .. } | Inside::Zipped { head, .. } => recognise(head, &name),
        Inside::Rows(rows) => rows.recognise(),
    };
    if plan.columns.is_empty() && !plan.tool.is_own() {
        return Err(format!("cannot read {}: {}", first.path.display(), plan.notes.join(" ")));
    }
    if let Some(definitions) = first.definitions(plan.tool)? {
        plan.define(&definitions);
    }
    plan.notes.extend(first.note.clone());
    Ok(plan)
}

/// Reads files by one plan as one set of responses; twice, when its order of day and month was a guess that the files contradict.
///
/// # Errors
/// A sentence: which file cannot be read, and what to do.
pub(crate) fn read(exports: Vec<Export>, plan: &Plan) -> Result<Dataset, String> {
    read_as(exports, plan, |_| {})
}

/// The same, with the reading prepared before its first byte.
///
/// # Errors
/// A sentence: which file cannot be read, and what to do.
pub(crate) fn read_as(
    exports: Vec<Export>,
    plan: &Plan,
    prepare: impl Fn(&mut Reading),
) -> Result<Dataset, String> {
    Ok(read_corrected(exports, plan, prepare)?.0)
}

/// The same, and the plan by which they were read where that is another.
fn read_corrected(
    mut exports: Vec<Export>,
    plan: &Plan,
    prepare: impl Fn(&mut Reading),
) -> Result<(Dataset, Option<Plan>), String> {
    let dataset = read_by(&mut exports, plan, &prepare)?;
    match plan.corrected_by(&dataset) {
        None => Ok((dataset, None)),
        Some(corrected) => {
            let paths: Vec<PathBuf> = exports.into_iter().map(|export| export.path).collect();
            Ok((read_by(&mut open(&paths)?, &corrected, &prepare)?, Some(corrected)))
        }
    }
}

fn read_by(exports: &mut [Export], plan: &Plan, prepare: &impl Fn(&mut Reading)) -> Result<Dataset, String> {
    let several = exports.len() > 1;
    let Some(first) = exports.first() else { return Err("name at least one file to analyze".into()) };
    let mut reading = Reading::new(plan).map_err(|error| first.refused()(error.to_string()))?;
    prepare(&mut reading);
    let first = first.path.clone();
    let mut header = None;
    for export in exports.iter_mut() {
        let refused = export.refused();
        if let Some(definitions) = export.definitions(plan.tool)? {
            reading.define(&definitions).map_err(|error| refused(error.to_string()))?;
        }
        match &mut export.inside {
            Inside::Rows(rows) if !several => rows.read(&mut reading).map_err(refused)?,
            Inside::Zipped { input, contents, .. } if !several => {
                let (table, range) = &contents.table;
                reading.unpack(table);
                chunks(input, range.clone(), |chunk| reading.push(chunk))
                    .map_err(unreadable(&export.path))?;
            }
            Inside::Bytes { input, head } if !several || Format::of(head) == Format::Text => {
                let own = header_of(head, plan.header_rows);
                let mut from = 0;
                match &header {
                    None => header = Some(own),
                    Some(header) if *header == own => {
                        // The header stands in the first file, and is no response.
                        from = own.len() as u64;
                    }
                    Some(_) => {
                        let (path, first) = (export.path.display(), first.display());
                        return Err(format!("{path} has other columns than {first}: analyze it by itself"));
                    }
                }
                let mut last = b'\n';
                let push = |chunk: &[u8]| {
                    reading.push(chunk);
                    last = chunk.last().copied().unwrap_or(last);
                };
                chunks(input, from..u64::MAX, push).map_err(unreadable(&export.path))?;
                if last != b'\n' && several {
                    reading.push(b"\n");
                }
            }
            _ => {
                return Err(format!(
                    "{} is no plain text: analyze it by itself, or save all of them as CSV",
                    export.path.display()
                ));
            }
        }
    }
    for export in exports {
        export.expose(plan.tool, &mut reading)?;
    }
    Ok(reading.finish())
}

/// The header rows of a table with their line breaks; a line break between quotation marks ends none.
fn header_of(head: &[u8], rows: u32) -> Vec<u8> {
    let (mut quoted, mut left) = (false, rows);
    let mut end = 0;
    for (at, &byte) in head.iter().enumerate() {
        if left == 0 {
            break;
        }
        end = at + 1;
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => left -= 1,
            _ => {}
        }
    }
    head[..end].to_vec()
}

/// What is read of a zip archive, and where its packed bytes stand.
struct Zipped {
    table: (Entry, Range<u64>),
    definitions: Option<String>,
    exposures: Option<(Entry, Range<u64>)>,
}

/// Why a file is not read.
enum Refused {
    Unreadable(io::Error),
    Sentence(String),
    Empty,
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Unreadable(error)
    }
}

impl From<String> for Refused {
    fn from(sentence: String) -> Refused {
        Refused::Sentence(sentence)
    }
}

/// What is in a zip archive, and what of it is not read; nothing when it is a workbook.
fn contents(input: &mut File) -> Result<Option<(Zipped, Option<String>)>, Refused> {
    let size = input.metadata()?.len();
    let tail = bytes(input, size.saturating_sub(archive::TAIL)..size)?;
    let directory = bytes(input, archive::directory_range(&tail, size)?)?;
    let archive = Archive::read(&directory)?;
    if archive.is_workbook() {
        return Ok(None);
    }
    let contents = archive.contents()?;
    let note = contents.note();
    let Contents { table, definitions, exposures, .. } = contents;
    let mut located = |entry: Entry| -> Result<(Entry, Range<u64>), Refused> {
        let header = bytes(input, entry.header_range())?;
        let range = entry.data_range(&header)?;
        Ok((entry, range))
    };
    let table = located(table)?;
    let exposures = exposures.map(&mut located).transpose()?;
    let definitions = match definitions.map(located).transpose()? {
        Some((entry, range)) => {
            Some(String::from_utf8_lossy(&entry.unpack(&bytes(input, range)?)?).into_owned())
        }
        None => None,
    };
    Ok(Some((Zipped { table, definitions, exposures }, note)))
}

/// The bytes of a range, as far as the file goes.
fn bytes(input: &mut File, range: Range<u64>) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    chunks(input, range, |chunk| found.extend_from_slice(chunk))?;
    Ok(found)
}

/// Hands the bytes of a range to `sink`, a chunk after the other, as far as the file goes.
fn chunks(input: &mut File, range: Range<u64>, mut sink: impl FnMut(&[u8])) -> io::Result<()> {
    input.seek(SeekFrom::Start(range.start))?;
    let mut input = input.take(range.end.saturating_sub(range.start));
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(n) => sink(&chunk[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
