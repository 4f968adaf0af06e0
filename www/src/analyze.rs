//! `candor analyze FILE`: reads an export by a plan and prints the report, the same one that the app draws. It reads that
//! file, which may be a zip archive, and beside an own `responses.csv` its `definitions.json`; it sends nothing anywhere.

use candor_engine::archive::{self, Archive, Contents, Entry};
use candor_engine::plan::{Plan, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::report;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// How much of a file is looked at to recognize it, in bytes.
const HEAD: u64 = 256 << 10;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// Reads the file and returns the report, as text or as JSON, with a line break at its end.
///
/// # Errors
/// A sentence: what cannot be read, and what to do.
pub fn run(file: &Path, plan: Option<&Path>, json: bool) -> Result<String, String> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| format!("cannot read {path}: {error}")
    };
    let mut input = File::open(file).map_err(unreadable(file))?;
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head).map_err(unreadable(file))?;
    if head.is_empty() {
        return Err(format!("{} is empty: there is nothing to analyze", file.display()));
    }
    let zipped = if archive::is_zip(&head) {
        let contents = contents(&mut input).map_err(|error| match error {
            Refused::Unreadable(error) => unreadable(file)(error),
            Refused::Archive(sentence) => format!("cannot read {}: {sentence}", file.display()),
        })?;
        let (table, range) = &contents.table;
        let packed =
            bytes(&mut input, range.start..range.end.min(range.start + HEAD)).map_err(unreadable(file))?;
        head = table.head(&packed);
        Some(contents)
    } else {
        None
    };
    let given = match plan {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
            let plan = serde_json::from_str::<Plan>(&text)
                .map_err(|error| format!("{} is not a plan: {error}", path.display()))?;
            Some(plan)
        }
        None => None,
    };
    let guessed = given.is_none();
    let mut plan =
        given.unwrap_or_else(|| recognise(&head, &file.file_name().unwrap_or_default().to_string_lossy()));
    let mut definitions = None;
    let beside = file.with_file_name("definitions.json");
    if let Some(zipped) = &zipped {
        definitions = zipped.definitions.clone();
    } else if plan.tool == Tool::CandorCsv {
        match std::fs::read_to_string(&beside) {
            Ok(text) => definitions = Some(text),
            // A table that was taken out of its zip is read by itself; the report says what it lacks.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(&beside)(error)),
        }
    }
    if let Some(definitions) = definitions.as_ref().filter(|_| guessed) {
        plan.define(definitions);
    }
    let mut reading =
        Reading::new(&plan).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    if let Some(definitions) = &definitions {
        reading.define(definitions).map_err(|error| format!("cannot read {}: {error}", beside.display()))?;
    }
    match &zipped {
        None => chunks(&mut input, 0..u64::MAX, |chunk| reading.push(chunk)).map_err(unreadable(file))?,
        Some(zipped) => {
            let (table, range) = &zipped.table;
            reading.unpack(table);
            chunks(&mut input, range.clone(), |chunk| reading.push(chunk)).map_err(unreadable(file))?;
            if let Some((exposures, range)) = &zipped.exposures {
                reading.unpack_exposures(exposures);
                chunks(&mut input, range.clone(), |chunk| reading.expose(chunk)).map_err(unreadable(file))?;
            }
        }
    }
    let report = report::report(&reading.finish());
    let mut text = if json {
        serde_json::to_string_pretty(&report).map_err(|error| format!("the report is no JSON: {error}"))?
    } else {
        report.to_text()
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// What is read of a zip archive, and where its packed bytes stand.
struct Zipped {
    table: (Entry, Range<u64>),
    definitions: Option<String>,
    exposures: Option<(Entry, Range<u64>)>,
}

/// Why a zip archive is not read.
enum Refused {
    Unreadable(io::Error),
    Archive(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Unreadable(error)
    }
}

impl From<String> for Refused {
    fn from(sentence: String) -> Refused {
        Refused::Archive(sentence)
    }
}

fn contents(input: &mut File) -> Result<Zipped, Refused> {
    let size = input.metadata()?.len();
    let tail = bytes(input, size.saturating_sub(archive::TAIL)..size)?;
    let directory = bytes(input, archive::directory_range(&tail, size)?)?;
    let Contents { table, definitions, exposures } = Archive::read(&directory)?.contents()?;
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
    Ok(Zipped { table, definitions, exposures })
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
