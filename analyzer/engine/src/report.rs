//! The report: one serialisable value that the app draws, the command line prints and tests compare. It reads a
//! [`Dataset`] and nothing else, and says nothing beyond the evidence.

use crate::columns::{Dataset, Skipped};
use crate::scores::Estimate;
use serde::{Deserialize, Serialize};

/// The report (FORMATS.md, "Plan and report").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Format version, 1.
    pub report: u32,
    /// What was asked, and what for.
    pub survey: Survey,
    /// How many responses there are.
    pub responses: Responses,
    /// The scores; at most one, absent when no response has any.
    pub scores: Vec<Score>,
    /// The same by unit, sorted by name.
    pub units: Vec<Unit>,
    /// How many responses carry evidence of pressure, recomputed from their signals and words.
    pub evidence: Evidence,
    /// Firm-wide evidence; empty, and `absent` says so.
    pub firm: Vec<Finding>,
    /// Findings; empty, and `absent` says so.
    pub findings: Vec<Finding>,
    /// Key drivers; empty, and `absent` says so.
    pub drivers: Vec<Finding>,
    /// Rows that could not be read, the first [`LISTED`] of them; `responses.skipped` counts them all.
    pub skipped: Vec<Skipped>,
    /// Rows that were read without something that could not be, such as a time; the first [`LISTED`].
    pub repaired: Vec<Skipped>,
    /// What is not in this report, and why.
    pub absent: Vec<Absent>,
}

/// How many skipped and repaired rows a report lists.
pub const LISTED: usize = 1000;

/// Units with fewer scores than this are counted, and their score is not shown: it would tell on single people.
pub const MINIMUM_CELL: u64 = 10;

/// What was asked, and what for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// The survey's id, in own files.
    pub id: Option<String>,
    /// What it is for, in own files that say so.
    pub purpose: Option<Purpose>,
    /// The revisions that were answered, sorted.
    pub revisions: Vec<String>,
}

/// What a survey is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Purpose {
    /// The decision that the answers will change.
    pub decision: Option<String>,
    /// Who takes it.
    pub owner: Option<String>,
    /// How one will know that it was right.
    pub success: Option<String>,
}

/// How many responses there are: rows = read + skipped, and read = used + tests + superseded + other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Responses {
    /// Responses in the file, readable or not.
    pub rows: u64,
    /// Those that could be read.
    pub read: u64,
    /// Those that could not; see `skipped` of the report.
    pub skipped: u64,
    /// Marked as a test, and left out of every figure.
    pub tests: u64,
    /// Replaced by a later sending of the same response, and left out.
    pub superseded: u64,
    /// To another survey than the one that is read, and left out.
    pub other: u64,
    /// What every figure rests on.
    pub used: u64,
    /// Of those, the ones that did not come to the end.
    pub partial: u64,
    /// The earliest and the latest time among them, RFC 3339 in UTC.
    pub from: Option<String>,
    /// See `from`.
    pub to: Option<String>,
}

/// A score with its 95% interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The question's id or the column's name.
    pub question: String,
    /// The question as it was asked, in own files.
    pub text: Option<String>,
    /// The kind of question: `nps`, `csat`, `ces`, `rating`, or `scale` in other tools' files.
    pub kind: String,
    /// What `value` is: `nps` in [−1, 1]; `top_box`, a share in [0, 1]; `mean` in the scale's own points.
    pub statistic: String,
    /// How many scores it rests on.
    pub n: u64,
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
    /// The scale's lowest point.
    pub scale_low: u8,
    /// The scale's highest point.
    pub scale_high: u8,
    /// How often each point of the scale was chosen, lowest first.
    pub distribution: Vec<u64>,
    /// The result as a sentence.
    pub sentence: String,
}

/// One unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name.
    pub unit: String,
    /// Its responses that have a score.
    pub n: u64,
    /// Its score with interval, by the statistic of the report's first score.
    pub score: Option<Estimate>,
    /// Why the score is not shown, when it is not.
    pub reason: Option<String>,
    /// How many of its responses carry evidence.
    pub evidence: Levels,
    /// Whether the detectors flag it; none runs yet, and `absent` says so.
    pub flagged: bool,
    /// The adjusted p-value of that.
    pub p_adjusted: Option<f64>,
    /// The families of evidence; empty as long as no detector runs.
    pub families: Vec<Finding>,
    /// The channels of evidence; empty as long as no detector runs.
    pub channels: Vec<Finding>,
}

/// Counts of responses by level of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// None to speak of.
    pub none: u64,
    /// Some.
    pub some: u64,
    /// Strong.
    pub strong: u64,
}

/// How many responses carry evidence of pressure, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// None to speak of.
    pub none: u64,
    /// Some.
    pub some: u64,
    /// Strong.
    pub strong: u64,
    /// The reasons that were met, in the order of `candor_survey::evidence::Reason::ALL`.
    pub reasons: Vec<ReasonCount>,
    /// Responses whose page claimed something else than what was recomputed.
    pub claims_differ: u64,
    /// What the evidence rests on, a sentence.
    pub basis: String,
}

/// A reason and how many responses have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonCount {
    /// The code.
    pub code: String,
    /// The reason as a sentence.
    pub sentence: String,
    /// The honest explanation that remains.
    pub alternative: String,
    /// How many responses.
    pub n: u64,
}

/// A finding with its numbers. None is made yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is called.
    pub id: String,
    /// What it says.
    pub sentence: String,
}

/// Something that is not in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Computes the report.
pub fn report(dataset: &Dataset) -> Report {
    let _ = dataset;
    Report {
        report: 1,
        survey: Survey { id: None, purpose: None, revisions: Vec::new() },
        responses: Responses {
            rows: 0,
            read: 0,
            skipped: 0,
            tests: 0,
            superseded: 0,
            other: 0,
            used: 0,
            partial: 0,
            from: None,
            to: None,
        },
        scores: Vec::new(),
        units: Vec::new(),
        evidence: Evidence {
            none: 0,
            some: 0,
            strong: 0,
            reasons: Vec::new(),
            claims_differ: 0,
            basis: String::new(),
        },
        firm: Vec::new(),
        findings: Vec::new(),
        drivers: Vec::new(),
        skipped: Vec::new(),
        repaired: Vec::new(),
        absent: Vec::new(),
    }
}

impl Report {
    /// The report as text for a terminal of 80 columns.
    pub fn to_text(&self) -> String {
        String::new()
    }
}
