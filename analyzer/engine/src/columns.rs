//! The columns that a file becomes: one value a row and column, kept as small as the values allow. Plain values; whoever
//! holds a [`Dataset`] may read every one of them.

use candor_survey::evidence::Reason;
use candor_survey::response::Level;
use serde::{Deserialize, Serialize};

/// Everything that was read from one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {}

/// A row that could not be read, or was read after a repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The row in the file, counted from 1: the header is row 1 of a table, and NDJSON counts lines.
    pub row: u64,
    /// The column, when one is to blame.
    pub column: Option<String>,
    /// What is wrong, a sentence.
    pub reason: String,
}

/// Which rows to show. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only this unit.
    pub unit: Option<String>,
    /// Only this level of evidence.
    pub level: Option<Level>,
    /// Only rows with this reason.
    pub reason: Option<Reason>,
    /// Only this score.
    pub score: Option<u8>,
}

/// Some of the rows that pass a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// How many rows pass the filter.
    pub total: u64,
    /// The rows asked for, in the file's order.
    pub rows: Vec<Row>,
}

/// One response, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row in the file, counted as in [`Skipped::row`].
    pub row: u64,
    /// The response's id, in own files.
    pub id: Option<String>,
    /// The score; absent when it was skipped.
    pub score: Option<u8>,
    /// The unit.
    pub unit: Option<String>,
    /// The time, RFC 3339 in UTC.
    pub time: Option<String>,
    /// What was written; empty when nothing was.
    pub text: String,
    /// How much evidence of pressure, recomputed.
    pub level: Level,
    /// The reasons for it.
    pub reasons: Vec<Reason>,
    /// What the page claimed, in own files.
    pub claimed: Option<Claim>,
}

/// What the page said about a response; a page can forge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The level it claimed.
    pub level: Level,
    /// The reason codes it gave, joined with `|`.
    pub reasons: String,
    /// Whether that differs from what was recomputed.
    pub differs: bool,
}

impl Dataset {
    /// The rows that pass `filter`, `limit` of them from `offset` on.
    pub fn rows(&self, filter: &Filter, offset: u64, limit: usize) -> Page {
        let _ = (filter, offset, limit);
        Page::default()
    }
}
