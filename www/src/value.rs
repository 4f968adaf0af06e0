//! `candor value SURVEY CRM`: joins a survey with a CRM table by key and prints what the score has to do with money, the same
//! numbers that the app draws. It reads the two files and what stands beside the survey; it sends nothing anywhere.

use crate::analyze::{self, Export};
use candor_engine::columns::selection::Selection;
use candor_engine::value::{CrmReading, JoinPlan, guess, value};
use std::convert::Infallible;
use std::path::{Path, PathBuf};

/// Joins both files and returns what comes of it, as text or as JSON, with a line break at its end.
///
/// # Errors
/// A sentence: what cannot be read or joined, and what to do.
pub fn run(
    survey: &Path,
    crm: &Path,
    plan: Option<&Path>,
    join: Option<&Path>,
    json: bool,
) -> Result<String, String> {
    let one = |path: &Path| analyze::open(&[PathBuf::from(path)]);
    let exports = one(survey)?;
    let plan = analyze::planned(&exports, plan)?;
    let dataset = analyze::read(exports, &plan)?;
    let table = one(crm)?.into_iter().next().ok_or("name a CRM file")?;
    let join = match join {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            serde_json::from_str(&text)
                .map_err(|error| format!("{} is not a join plan: {error}", path.display()))?
        }
        None => guessed(&dataset, &table)?,
    };
    let customers = customers(table, &join)?;
    let nothing = |_| Ok::<_, Infallible>(Vec::new());
    let Ok(found) = value(&dataset, &customers, &join, &Selection::default(), nothing);
    let found = found.map_err(|error| error.to_string())?;
    if json {
        let text = serde_json::to_string_pretty(&found);
        return text.map(|text| text + "\n").map_err(|error| format!("the value is no JSON: {error}"));
    }
    Ok(found.to_text())
}

fn guessed(dataset: &candor_engine::columns::Dataset, table: &Export) -> Result<JoinPlan, String> {
    let path = table.path().display();
    let (file, head) = table.head();
    if file.tool.is_own() {
        return Err(format!(
            "{path} is an export of Candor, and no CRM table: name the survey first, the CRM file second"
        ));
    }
    if file.columns.is_empty() {
        return Err(format!("cannot read {path}: {}", file.notes.join(" ")));
    }
    let Ok(join) = guess(dataset, &file, head, |_| Ok::<_, Infallible>(Vec::new()));
    Ok(join)
}

fn customers(mut table: Export, join: &JoinPlan) -> Result<candor_engine::value::Crm, String> {
    let path = table.path().display().to_string();
    let refused = |error: candor_engine::value::JoinError| format!("cannot join {path}: {error}");
    let mut reading = CrmReading::new(join).map_err(&refused)?;
    table.pour(&mut reading)?;
    Ok(reading.finish().map_err(&refused)?.finish())
}
