//! `candor analyze FILE…`: reads exports by a plan and prints the report, the same one that the app draws. It reads those
//! files, and beside an own `responses.csv` its `definitions.json` and `exposures.csv`; it sends nothing anywhere.

use candor_engine::columns::Dataset;
use candor_engine::plan::{Plan, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::report;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How much of a file is looked at to recognize it, in bytes.
const HEAD: u64 = 256 << 10;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// Reads the files as one set of responses and returns the report, as text or as JSON, with a line break at its end.
///
/// # Errors
/// A sentence: what cannot be read, and what to do.
pub fn run(files: &[PathBuf], plan: Option<&Path>, json: bool) -> Result<String, String> {
    let first = files.first().ok_or("name at least one file to analyze")?;
    let head = head(first)?;
    let plan = match plan {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
            serde_json::from_str::<Plan>(&text)
                .map_err(|error| format!("{} is not a plan: {error}", path.display()))?
        }
        None => guessed(first, &head)?,
    };
    let dataset = read(files, &plan)?;
    let report = report::report(&dataset);
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

fn unreadable(path: &Path) -> impl Fn(io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error: io::Error| format!("cannot read {path}: {error}")
}

/// The first bytes of a file.
///
/// # Errors
/// It cannot be read, or is empty.
pub(crate) fn head(file: &Path) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    let input = File::open(file).map_err(unreadable(file))?;
    input.take(HEAD).read_to_end(&mut head).map_err(unreadable(file))?;
    if head.is_empty() {
        return Err(format!("{} is empty: there is nothing to analyze", file.display()));
    }
    Ok(head)
}

/// What stands beside an own `responses.csv`, where it does.
fn beside(file: &Path, name: &str) -> Result<Option<String>, String> {
    let path = file.with_file_name(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        // A table that was taken out of its zip is read by itself; the report says what it lacks.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path)(error)),
    }
}

/// The plan that the first bytes of a file suggest.
///
/// # Errors
/// What stands beside the file cannot be read.
pub(crate) fn guessed(file: &Path, head: &[u8]) -> Result<Plan, String> {
    let mut plan = recognise(head, &file.file_name().unwrap_or_default().to_string_lossy());
    if plan.tool == Tool::CandorCsv
        && let Some(definitions) = beside(file, "definitions.json")?
    {
        plan.define(&definitions);
    }
    plan.guess_items();
    Ok(plan)
}

/// Reads files by one plan as one set of responses.
///
/// # Errors
/// A sentence: which file cannot be read, and what to do.
pub(crate) fn read(files: &[PathBuf], plan: &Plan) -> Result<Dataset, String> {
    let first = files.first().ok_or("name at least one file")?;
    let mut reading =
        Reading::new(plan).map_err(|error| format!("cannot read {}: {error}", first.display()))?;
    if plan.tool == Tool::CandorCsv {
        for file in files {
            if let Some(definitions) = beside(file, "definitions.json")? {
                reading.define(&definitions).map_err(|error| {
                    format!("cannot read {}: {error}", file.with_file_name("definitions.json").display())
                })?;
            }
            if let Some(exposures) = beside(file, "exposures.csv")? {
                reading.expose(&exposures).map_err(|error| {
                    format!("cannot read {}: {error}", file.with_file_name("exposures.csv").display())
                })?;
            }
        }
    }
    let mut header: Option<Vec<u8>> = None;
    let mut chunk = vec![0; CHUNK];
    for file in files {
        let mut input = File::open(file).map_err(unreadable(file))?;
        if plan.tool != Tool::CandorNdjson && files.len() > 1 {
            let found = header_of(&head(file)?, plan.header_rows);
            match &header {
                None => header = Some(found),
                Some(header) if *header == found => {
                    // The header stands in the first file, and is no response.
                    io::copy(&mut input.by_ref().take(found.len() as u64), &mut io::sink())
                        .map_err(unreadable(file))?;
                }
                Some(_) => {
                    return Err(format!(
                        "{} has other columns than {}: analyze it by itself",
                        file.display(),
                        first.display()
                    ));
                }
            }
        }
        let mut last = b'\n';
        loop {
            match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => {
                    reading.push(&chunk[..n]);
                    last = chunk[n - 1];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(file)(error)),
            }
        }
        if last != b'\n' && files.len() > 1 {
            reading.push(b"\n");
        }
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
