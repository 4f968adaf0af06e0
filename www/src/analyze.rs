//! `candor analyze FILE`: reads an export by a plan and prints the report, the same one that the app draws. It reads that
//! file, and beside an own `responses.csv` its `definitions.json`; it sends nothing anywhere.

use candor_engine::plan::{Plan, Tool, recognise};
use candor_engine::reader::Reading;
use candor_engine::report;
use std::fs::File;
use std::io::{self, Read, Seek};
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
    if plan.tool == Tool::CandorCsv {
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
    input.rewind().map_err(unreadable(file))?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => reading.push(&chunk[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(file)(error)),
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
