//! The reading plan: what a file is and which column plays which part, guessed from its first bytes with a reason for each
//! guess. It looks only at the bytes it is given; whatever it guesses, the user may change, and the reader obeys.

mod profile;
mod recognise;

pub(crate) use profile::{is_missing, rating};
pub use recognise::recognise;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The most bytes of a file that [`recognise()`] looks at.
pub const HEAD: usize = 256 << 10;

/// How to read a file. Made by [`recognise()`], corrected by the user, obeyed to the letter by
/// [`Reading`](crate::reader::Reading); saved as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What wrote the file.
    pub tool: Tool,
    /// How its bytes become characters.
    pub encoding: Encoding,
    /// What stands between two cells; of no meaning for NDJSON.
    pub delimiter: char,
    /// Rows before the first response: 1 for CSV, 0 for NDJSON.
    pub header_rows: u32,
    /// The columns in the file's order. For NDJSON they are named as in `responses.csv`: `answer.nps`, `attribute.agent`.
    pub columns: Vec<PlanColumn>,
    /// How `04/05/2026` is read, decided once for the whole file.
    pub date_order: DateOrder,
    /// For own files: the survey that is read. Responses to others are counted and left out; absent: the first one met.
    pub survey: Option<String>,
    /// What the user should know about these guesses, a sentence each.
    pub notes: Vec<String>,
    /// Whom the responses should stand for: one margin post-stratifies, several rake. Empty: every response counts the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Margin>,
}

/// How many customers there are in each group of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// The column, or `attribute.…` in own files.
    pub column: String,
    /// The number of customers in each group, above 0. A number that is missing (null) is refused with a sentence.
    pub population: BTreeMap<String, Option<f64>>,
    /// Whether these are shares, or counts of which only the proportions are meant.
    #[serde(default)]
    pub shares: bool,
}

/// One column of the file and its part in the reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanColumn {
    /// The name in the header, or `column 3` when the header leaves it empty.
    pub name: String,
    /// Its part.
    pub role: Role,
    /// Why this part was guessed, a sentence.
    pub reason: String,
    /// Up to three different values from the head, shortened to 60 characters.
    pub examples: Vec<String>,
    /// The scale that its values suggest; the score column must have one.
    pub scale: Option<Scale>,
}

/// The part a column plays. Exactly one column is the score, at most one each is unit and time; several may be text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Not read.
    Ignore,
    /// The rating.
    Score,
    /// What responses are grouped by: an agent, a store, a team.
    Unit,
    /// When the response was given.
    Time,
    /// What was written.
    Text,
    /// Another rating: what may drive the score. Several columns may be items.
    Item,
}

impl Role {
    /// The roles that a form shows, in its order.
    pub const ALL: &'static [Role] = &[Role::Ignore, Role::Score, Role::Unit, Role::Time, Role::Text];

    /// The word as it stands in a saved plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Ignore => "ignore",
            Role::Score => "score",
            Role::Unit => "unit",
            Role::Time => "time",
            Role::Text => "text",
            Role::Item => "item",
        }
    }
}

/// What wrote the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// Candor's own export, a JSON document a line.
    CandorNdjson,
    /// Candor's own `responses.csv`.
    CandorCsv,
    /// Any table with one header row.
    Csv,
}

/// How bytes become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, what Western spreadsheets wrote before UTF-8.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The ends of a scale of whole numbers, and whether it is read as NPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// The lowest point.
    pub low: u8,
    /// The highest point, at most 254.
    pub high: u8,
    /// Whether 0–6 are detractors and 9–10 promoters; only a scale from 0 to 10 can be.
    pub nps: bool,
}

/// Which number comes first in a date such as `04/05/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 4 May.
    DayFirst,
    /// April 5.
    MonthFirst,
}

/// Why a plan cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// No column is the score.
    NoScore,
    /// More columns than one play a part that only one can.
    Several {
        /// The part.
        role: Role,
        /// The columns that have it.
        columns: Vec<String>,
    },
    /// A column of an own file cannot play this part.
    Unfit {
        /// The column.
        column: String,
        /// The part.
        role: Role,
        /// What can.
        expected: &'static str,
    },
    /// The scale is missing, upside down, too long, or NPS without being 0 to 10.
    Scale(Option<Scale>),
    /// The delimiter is not a single-byte character, or is a quotation mark or line break.
    Delimiter(char),
    /// The number of header rows does not belong to this tool.
    HeaderRows(u32),
    /// The definitions given beside the file cannot be read.
    Definitions(String),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::NoScore => {
                f.write_str("No column is chosen as the score. Choose the column that holds the ratings.")
            }
            PlanError::Several { role, columns } => write!(
                f,
                "{} columns are chosen as the {}: {}. Keep one and set the others to ignore.",
                columns.len(),
                role.as_str(),
                columns.join(", ")
            ),
            PlanError::Unfit { column, role, expected } => {
                write!(f, "{column} cannot be the {}: {expected}.", role.as_str())
            }
            PlanError::Scale(None) => {
                f.write_str("The score has no scale. Say its lowest and its highest point.")
            }
            PlanError::Scale(Some(Scale { low, high, nps })) => {
                write!(
                    f,
                    "A scale from {low} to {high}{} cannot be read: the lowest point must be below the highest, the highest at most 254, and only 0 to 10 can be NPS.",
                    if *nps { " as NPS" } else { "" }
                )
            }
            PlanError::Delimiter(c) => {
                write!(f, "{c:?} cannot stand between cells. Choose a comma, a semicolon, a tab or a bar.")
            }
            PlanError::HeaderRows(n) => {
                write!(f, "{n} header rows cannot be read: a table has 1, Candor's NDJSON has 0.")
            }
            PlanError::Definitions(reason) => write!(f, "The survey definitions cannot be read: {reason}."),
        }
    }
}

impl std::error::Error for PlanError {}

impl Plan {
    /// Takes every column that plays no part and whose values suggest a scale for another rating. What no question asked
    /// (a number of units, a day of the week) can look like one, so this is done where nobody can choose.
    pub fn guess_items(&mut self) {
        if !matches!(self.tool, Tool::CandorNdjson | Tool::CandorCsv) {
            let ignored = self
                .columns
                .iter_mut()
                .filter(|column| column.role == Role::Ignore && column.scale.is_some());
            ignored.for_each(|column| column.role = Role::Item);
        }
    }

    /// The scale of the score column, when one is chosen.
    pub fn scale(&self) -> Option<Scale> {
        self.columns.iter().find(|column| column.role == Role::Score)?.scale
    }
}

impl Scale {
    /// Whether a file can be read by it.
    pub fn is_valid(self) -> bool {
        self.low < self.high && self.high <= 254 && (!self.nps || (self.low, self.high) == (0, 10))
    }
}
