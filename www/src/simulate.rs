//! `candor simulate`: writes the export of a world in which some units are pressured. The world is the engine's; this
//! writes its text to a file or to standard output.

use crate::error::Error;
use candor_engine::world::{Parameters, World};
use candor_survey::Json;
use std::io::{self, Write};
use std::path::Path;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The definition and the responses.
    Ndjson,
    /// These and the page views.
    WithExposures,
    /// `responses.csv`.
    Csv,
}

/// Simulates and writes the export.
///
/// # Errors
/// The file cannot be written. A reader that went away, as `head` does, is none.
pub fn run(world: &World, parameters: &Parameters, form: Form, out: Option<&Path>) -> Result<(), Error> {
    let simulation = world.simulate_with(parameters);
    let mut text = if form == Form::Csv { simulation.responses_csv() } else { simulation.ndjson() };
    if form == Form::WithExposures {
        for exposure in world.exposures(parameters, &simulation.definition.id, &simulation.revision) {
            exposure.write(&mut text);
            text.push('\n');
        }
    }
    match out {
        Some(path) => std::fs::write(path, text).map_err(Error::file("write", path)),
        None => {
            let mut stdout = io::stdout().lock();
            match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(Error::file("write to", Path::new("standard output"))(error))
                }
                _ => Ok(()),
            }
        }
    }
}
