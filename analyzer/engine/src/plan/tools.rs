//! The tools whose exports are known, a file each. Every one looks at the first rows of a table and says how sure it is,
//! which rows are the header and what each column is for, with a reason; none reads more than it is handed.

mod formbricks;
mod google_forms;
mod limesurvey;
mod microsoft_forms;
pub(crate) mod posthog;
mod qualtrics;
mod surveymonkey;
mod typeform;

pub use typeform::without_tags;

use super::{DateOrder, Naming, TestRows, Tool, is_missing};
use crate::date;

/// The first rows of a table, decoded, header rows included.
pub(super) struct Head<'a> {
    pub(super) rows: &'a [Vec<String>],
}

/// What a tool makes of a head.
pub(super) struct Found {
    pub(super) tool: Tool,
    /// From 0 to 100; below 50 the table is nobody's.
    pub(super) sure: u8,
    /// What gave it away, as the second half of a sentence.
    pub(super) because: String,
    pub(super) header_rows: u32,
    pub(super) naming: Naming,
    pub(super) survey: Option<String>,
    /// One for each column.
    pub(super) columns: Vec<Hint>,
    pub(super) notes: Vec<String>,
    pub(super) tests: Option<TestRows>,
}

/// What a tool says about a column.
#[derive(Clone, Debug)]
pub(super) struct Hint {
    pub(super) part: Part,
    /// A sentence; empty when the values say more.
    pub(super) reason: String,
    /// The question, where it stands beside the name.
    pub(super) text: Option<String>,
}

/// What a column is for in the tool that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An answer, or nothing is known.
    Answer,
    /// An answer in the respondent's own words.
    Written,
    /// A time; the higher the number the nearer to the moment of answering.
    Time(u32),
    /// What the page, the mail or the list of contacts said: it may be a unit, never a score.
    Field,
    /// The tool's own, or it tells who answered: never read.
    Kept,
}

/// Every tool. A table is the tool's that is surest.
const TOOLS: &[fn(&Head<'_>) -> Option<Found>] = &[
    qualtrics::recognise,
    surveymonkey::recognise,
    typeform::recognise,
    google_forms::recognise,
    microsoft_forms::recognise,
    formbricks::recognise,
    limesurvey::recognise,
    posthog::recognise,
];

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let surest = |best: Found, other: Found| if other.sure > best.sure { other } else { best };
    TOOLS.iter().filter_map(|tool| tool(head)).filter(|found| found.sure >= 50).reduce(surest)
}

impl Head<'_> {
    /// A cell without outer spaces; empty outside of the table.
    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", |cell| cell.trim())
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The first row.
    fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.width()).map(|at| self.cell(0, at))
    }

    fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// The cells of a column below `header_rows` that are not empty.
    fn values(&self, header_rows: usize, column: usize) -> impl Iterator<Item = &str> {
        (header_rows..self.rows.len()).map(move |row| self.cell(row, column)).filter(|cell| !is_missing(cell))
    }

    /// Whether a column holds nothing but its own option, as a ticked box does.
    fn is_ticked(&self, header_rows: usize, column: usize, option: &str) -> bool {
        !option.is_empty()
            && self.values(header_rows, column).next().is_some()
            && self.values(header_rows, column).all(|cell| cell == option)
    }
}

impl Hint {
    fn new(part: Part, reason: impl Into<String>) -> Hint {
        Hint { part, reason: reason.into(), text: None }
    }

    fn answer() -> Hint {
        Hint::new(Part::Answer, "")
    }

    fn person() -> Hint {
        Hint::new(Part::Kept, "Tells who answered, so it is not read.")
    }

    fn tools(tool: Tool) -> Hint {
        Hint::new(Part::Kept, format!("{} writes it for its own use.", tool.as_str()))
    }

    fn ticked() -> Hint {
        Hint::new(
            Part::Kept,
            "One option of a question with several answers: its name where it was ticked, else empty.",
        )
    }

    fn asked(mut self, text: &str) -> Hint {
        self.text = Some(text.to_owned()).filter(|text| !text.is_empty());
        self
    }
}

/// Whether a text is a date, whichever of day and month comes first.
fn is_date(text: &str) -> bool {
    [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter().any(|order| date::parse(text, order).is_some())
}

/// A name without case, spaces and signs: `Respondent ID` and `respondent_id` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
