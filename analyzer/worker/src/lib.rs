//! What the page and its workers say to each other. A message is an array: first a [`Request`] or a [`Reply`] as JSON, then
//! what cannot be JSON: files, and bytes that are handed over without a copy. Nothing here touches a browser.
//!
//! One worker, the *desk*, is given a file, reads it, and keeps what was read; it answers for the report and for single rows.
//! Others, the *readers*, read parts of a big table and hand their columns over, which the page passes on to the desk. All run
//! the same program.
//!
//! ```text
//! page → desk    Open + file               desk → page    Opened
//!                                          desk → page    Wants                        a workbook, Parquet or SPSS file
//! page → desk    Reader + module           desk → page    Opened
//! page → desk    Read                      desk → page    Progress …, Read             a file that is read in one go
//!                                          desk → page    Divide                       or a table that can be divided:
//! page → reader  Begin + file, Part …      reader → page  Part + columns …
//! page → desk    Add + columns …           desk → page    Progress …, Units …, Read
//! page → desk    Rows                      desk → page    Rows
//! page → desk    Ask                       desk → page    Units …, Answer
//! page → desk    Crm + file                desk → page    Answer                       how a CRM file would be joined
//! ```

use candor_engine::columns::selection::{Grouping, Selection};
use candor_engine::columns::{Filter, Page};
use candor_engine::plan::Plan;
use candor_engine::report::{Comparison, Cross, Crossing, Portrait, Report, TooFew, Unit};
use candor_engine::value::{JoinPlan, Value};
use serde::{Deserialize, Serialize};

/// What the page asks of a worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Desk: look at the file that comes with this, and at its `definitions.json`, when one comes too.
    Open {
        /// The file's name.
        name: String,
    },
    /// Desk: the module that was wanted, which comes with this.
    Reader,
    /// Desk: simulate the sample and look at that. The reply brings the file.
    Sample {
        /// What it is called.
        name: String,
    },
    /// Desk: read the file by this plan, or say that it is to be divided.
    Read {
        /// The plan.
        plan: Box<Plan>,
    },
    /// Desk: a part that a reader has read, with its columns.
    Add {
        /// Its place among the parts, from 0.
        part: usize,
        /// How many parts there are.
        of: usize,
        /// Where the file could not be read, when it could not; then there are no columns.
        broken: Option<Unreadable>,
    },
    /// Desk: some of the rows that pass a filter.
    Rows {
        /// Comes back with the reply.
        ticket: u64,
        /// Which rows.
        filter: Filter,
        /// How many of them to pass over.
        offset: u64,
        /// At most so many.
        limit: usize,
    },
    /// Desk: a question about what was read.
    Ask {
        /// Comes back with the reply.
        ticket: u64,
        /// The question.
        question: Question,
    },
    /// Desk: look at the CRM file that comes with this, and at the module of its format, when one comes too. Without a file it is
    /// that of the sample. The answer is [`Answer::Crm`].
    Crm {
        /// Comes back with the reply.
        ticket: u64,
        /// The file's name.
        name: String,
    },
    /// Reader: parts of the file that comes with this are to be read by this plan.
    Begin {
        /// The plan.
        plan: Box<Plan>,
    },
    /// Reader: read this part.
    Part {
        /// Its place among the parts, from 0.
        part: usize,
        /// Its first byte.
        from: u64,
        /// The byte behind its last.
        to: u64,
    },
}

/// What a worker answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The file is of a format that has a module of its own: `xlsx`, `parquet` or `sav`. It is to be sent.
    Wants {
        /// The format.
        format: String,
    },
    /// How the file would be read.
    Opened {
        /// The plan.
        plan: Box<Plan>,
    },
    /// The file cannot be opened or read; a plan that cannot be followed may be mended.
    Refused(Refusal),
    /// The file is a table that others may read in parts: ranges of bytes from 0 to here. A second one means that all are to be
    /// read again: the whole column of dates tells another order of day and month than the first rows did.
    Divide {
        /// The plan by which they are read.
        plan: Box<Plan>,
        /// Its length in bytes.
        size: u64,
    },
    /// How far the reading is.
    Progress {
        /// Responses so far.
        rows: u64,
        /// Bytes so far.
        done: u64,
        /// Parts so far, of a file that is read in parts.
        parts: usize,
    },
    /// All columns are there; the report is being computed.
    Columns,
    /// Some of the units of the report that the next reply brings, which comes without them: a message that is read in one go
    /// holds the page no longer than a moment.
    Units {
        /// In an order of chance ([`candor_engine::report::Shuffle`]): their places stand in addresses, and their letters follow them
        /// where names are hidden.
        units: Vec<Unit>,
    },
    /// The file has been read.
    Read {
        /// The plan by which it was read: the one that was asked for, or the same with the order of day and month that the whole
        /// column tells.
        plan: Box<Plan>,
        /// What its responses come to, without the units, which came before it.
        report: Box<Report>,
        /// The columns by which responses can be chosen.
        groupings: Vec<Grouping>,
        /// Where the file broke off, when it did; what came before is in the report.
        broken: Option<Unreadable>,
    },
    /// A part has been read; its columns come with this unless it is broken.
    Part {
        /// Its place among the parts, from 0.
        part: usize,
        /// Where the file could not be read, when it could not.
        broken: Option<Unreadable>,
    },
    /// The rows that were asked for.
    Rows {
        /// That of the request.
        ticket: u64,
        /// The rows, or why their texts cannot be had any more.
        page: Result<Page, Unreadable>,
    },
    /// The answer to a question; nothing before the file has been read.
    Answer {
        /// That of the request.
        ticket: u64,
        /// The answer.
        answer: Option<Answer>,
    },
}

/// A question about what was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// The report of some of the responses.
    Report(Selection),
    /// Two sides beside each other.
    Compare {
        /// Among which responses.
        among: Selection,
        /// The sides.
        sides: [Selection; 2],
    },
    /// The score by two groupings.
    Cross {
        /// Among which responses.
        among: Selection,
        /// Which groupings, and whether they are weighted.
        crossing: Crossing,
    },
    /// What the card of a unit draws.
    Portrait {
        /// Among which responses.
        among: Selection,
        /// The unit.
        unit: String,
    },
    /// The SHA-256 of the file's bytes.
    Hash,
    /// The survey joined with the CRM file that was looked at last, by this plan.
    Value {
        /// Among which responses.
        among: Selection,
        /// How both are joined.
        join: Box<JoinPlan>,
    },
    /// Let go of the CRM file and of what was read of it.
    Unjoin,
}

/// How far a CRM file has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Customers so far.
    pub rows: u64,
    /// Bytes so far.
    pub done: u64,
    /// Bytes in all.
    pub size: u64,
}

/// What a desk answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The report without its units, which came before it, or that too few responses are chosen.
    Report(Result<Box<Report>, TooFew>),
    /// The comparison, or why there is none: a sentence.
    Compare(Result<Box<Comparison>, String>),
    /// The table, or why there is none: a sentence.
    Cross(Result<Cross, String>),
    /// What the card of a unit draws, or why it draws nothing: a sentence.
    Portrait(Result<Box<Portrait>, String>),
    /// 64 hexadecimal digits.
    Hash(Result<String, Unreadable>),
    /// How the CRM file would be joined.
    Crm(Crm),
    /// What the score has to do with money, or why it cannot be told.
    Value(Result<Box<Value>, Refusal>),
    /// The CRM file is still being read: whoever wants its value asks again, and whoever does not lets it go.
    Reached(Reached),
    /// The CRM file is gone.
    Unjoined,
}

/// What a look at a CRM file gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Crm {
    /// It is of a format that has a module of its own, and is to be sent again with it.
    Wants {
        /// The format.
        format: String,
    },
    /// How it would be joined.
    Guessed(Box<JoinPlan>),
    /// It cannot be opened.
    Refused(Refusal),
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// There is no table in it; what the plan's notes say of it.
    NoTable(Vec<String>),
    /// It is damaged, or of a kind that is not read: a sentence.
    File(String),
    /// The plan cannot be followed: a sentence.
    Plan(String),
    /// The browser would not hand out its bytes.
    Unreadable(Unreadable),
}

/// The browser would not hand out the bytes from `at` on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unreadable {
    /// The byte.
    pub at: u64,
    /// The browser's own words.
    pub reason: String,
}
