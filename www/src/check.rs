//! `candor check`: what is wrong with survey definitions, and what could be better, before anyone is asked. It reads the
//! files it is given.

use candor_survey::Definition;
use candor_survey::advice::{Severity, advise, estimated_seconds, refuse_gating};
use std::path::{Path, PathBuf};

/// What there is to say, a line each, and whether every file may be served.
#[derive(Debug)]
pub struct Checked {
    /// The lines, each with its file and the place in it.
    pub lines: String,
    /// No file is unreadable or refused.
    pub passed: bool,
}

/// Checks each file.
pub fn run(files: &[PathBuf]) -> Checked {
    let mut checked = Checked { lines: String::new(), passed: true };
    for file in files {
        match read(file) {
            Ok(lines) => checked.lines.push_str(&lines),
            Err(lines) => {
                checked.lines.push_str(&lines);
                checked.passed = false;
            }
        }
    }
    checked
}

/// What there is to say of a file that may be served, or else of one that may not.
fn read(file: &Path) -> Result<String, String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}\n"))?;
    let definition = Definition::parse(&text).map_err(|error| format!("{name}: {error}\n"))?;
    let advice = advise(&definition);
    let mut lines = String::new();
    for each in &advice {
        lines.push_str(&format!("{name}: {}: {each}\n", each.severity.as_str()));
    }
    let refused = refuse_gating(&definition).is_err();
    let count = |severity| advice.iter().filter(|advice| advice.severity == severity).count();
    let (warnings, hints) = (count(Severity::Warning), count(Severity::Hint));
    let verdict = if refused { "refused" } else { "may be served" };
    let seconds = estimated_seconds(&definition);
    lines.push_str(&format!(
        "{name}: {verdict}; about {seconds} seconds, {warnings} warnings, {hints} hints\n"
    ));
    if refused { Err(lines) } else { Ok(lines) }
}
