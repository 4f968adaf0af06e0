//! Reading: bytes pushed in as they arrive become a [`Dataset`]; any chunk size gives the same one. It owns no file and
//! knows no browser, and what it cannot read it lists by row instead of stopping.

use crate::columns::Dataset;
use crate::plan::{Plan, PlanError};

/// A file being read.
pub struct Reading {
    rows: u64,
}

impl Reading {
    /// Starts reading by `plan`.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn new(plan: &Plan) -> Result<Reading, PlanError> {
        let _ = plan;
        Ok(Reading { rows: 0 })
    }

    /// For `responses.csv`: the `definitions.json` of the same export (a JSON array of
    /// `{"v":1,"revision":…,"definition":{…}}`), given before the first byte of the file.
    ///
    /// # Errors
    /// A sentence with the place that cannot be read.
    pub fn define(&mut self, definitions: &str) -> Result<(), PlanError> {
        let _ = definitions;
        Ok(())
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        let _ = bytes;
    }

    /// The responses met so far, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the file.
    pub fn finish(self) -> Dataset {
        Dataset::default()
    }
}
