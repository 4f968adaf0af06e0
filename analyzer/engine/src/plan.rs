//! The reading plan: what a file is and which column plays which part, guessed from its first bytes with a reason for each
//! guess. It looks only at the bytes it is given; whatever it guesses, the user may change, and the reader obeys.

mod delimiter;
mod described;
mod labels;
mod profile;
mod ranges;
mod recognise;
mod tools;

pub use described::{Described, DescribedColumn};
pub(crate) use labels::{folded, number_in};
pub(crate) use profile::{is_missing, rating};
pub(crate) use recognise::{MOST_HEADER_ROWS, Names, called_like_a_time, name_points, not_nps};
pub use recognise::{recognise, recognise_described};
pub(crate) use tools::posthog;
pub use tools::without_tags;

use crate::widened;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The most bytes of a file that [`recognise()`] looks at.
pub const HEAD: usize = 256 << 10;

/// How to read a file. Made by [`recognise()`], corrected by the user, obeyed to the letter by
/// [`Reading`](crate::reader::Reading); saved as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Plan {
    /// What wrote the file.
    pub tool: Tool,
    /// How its bytes become characters.
    pub encoding: Encoding,
    /// What stands between two cells; of no meaning for NDJSON.
    pub delimiter: char,
    /// Rows before the first response: 0 for NDJSON, 1 for Candor's own CSV, up to 20 for any other table, 0 where it has no row
    /// of names: its columns are `column 1`, `column 2` and so on.
    pub header_rows: u32,
    /// Which of these rows name the columns.
    #[serde(default)]
    pub naming: Naming,
    /// The columns in the file's order. For NDJSON they are named as in `responses.csv`: `answer.nps`, `attribute.agent`.
    pub columns: Vec<PlanColumn>,
    /// How `04/05/2026` is read, decided once for the whole file.
    pub date_order: DateOrder,
    /// Whether that order is a guess from the first rows, which the whole column may correct ([`Plan::corrected_by`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub date_order_guessed: bool,
    /// Whether the ends of the score's scale are a guess from the first rows, which the whole column may correct
    /// ([`Plan::corrected_by`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scale_guessed: bool,
    /// For own files and PostHog's: the survey that is read. Responses to others are counted and left out; absent: the first one met.
    pub survey: Option<String>,
    /// What the user should know about these guesses, a sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Whom the responses should stand for: one margin post-stratifies, several rake. Empty: every response counts the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Margin>,
    /// Rows that somebody made while trying the survey out; they are counted and left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestRows>,
    /// Rows that sum up the others, as a last one that says “Total”; they are listed and left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<TotalRows>,
    /// What scores are paid for. Without it, what needs it (averages that heap above the target, the end of the period) is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<Bonus>,
}

/// A plan as it is written, which may leave the order of day and month to the whole column.
#[derive(Deserialize)]
#[serde(rename = "Plan")]
struct Written {
    tool: Tool,
    encoding: Encoding,
    delimiter: char,
    header_rows: u32,
    #[serde(default)]
    naming: Naming,
    columns: Vec<PlanColumn>,
    date_order: Option<DateOrder>,
    #[serde(default)]
    date_order_guessed: bool,
    #[serde(default)]
    scale_guessed: bool,
    survey: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    weights: Vec<Margin>,
    tests: Option<TestRows>,
    totals: Option<TotalRows>,
    bonus: Option<Bonus>,
}

impl From<Written> for Plan {
    fn from(written: Written) -> Plan {
        Plan {
            tool: written.tool,
            encoding: written.encoding,
            delimiter: written.delimiter,
            header_rows: written.header_rows,
            naming: written.naming,
            columns: written.columns,
            date_order: written.date_order.unwrap_or(DateOrder::MonthFirst),
            date_order_guessed: written.date_order_guessed || written.date_order.is_none(),
            scale_guessed: written.scale_guessed,
            survey: written.survey,
            notes: written.notes,
            weights: written.weights,
            tests: written.tests,
            totals: written.totals,
            bonus: written.bonus,
        }
    }
}

/// How rows are told that are no responses, but trials of the survey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRows {
    /// The column that says it, by its name.
    pub column: String,
    /// What it says then, any of these, letter case included.
    pub values: Vec<String>,
}

/// How rows are told that are no responses, but sums or averages of the others, or what a report writes below them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalRows {
    /// The column that says it, by its name.
    pub column: String,
    /// What it says then, letter case included.
    pub value: String,
    /// What else it may say then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// What scores are paid for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bonus {
    /// The value of `statistic` from which a period is paid for: points of the scale for a mean, NPS in [−1, 1], a share in [0, 1]
    /// for the top box. Absent: it is not known.
    #[serde(default)]
    pub target: Option<f64>,
    /// What is compared with the target.
    #[serde(default)]
    pub statistic: Paid,
    /// How often it is paid.
    pub period: Period,
    /// Minutes that the firm's clocks are ahead of UTC, as `60`, from −1439 to 1439.
    #[serde(default)]
    pub tz: i32,
}

/// The statistic that a bonus is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// The mean rating.
    #[default]
    Mean,
    /// Net promoter score.
    Nps,
    /// The share of the highest points.
    TopBox,
}

/// How often a bonus is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// By week, from Monday.
    Week,
    /// By calendar month.
    Month,
    /// By calendar quarter.
    Quarter,
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
    /// The question as it was asked, where the header says so beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its part.
    pub role: Role,
    /// Why this part was guessed, a sentence.
    #[serde(default)]
    pub reason: String,
    /// Up to three different values from the head, shortened to 60 characters.
    #[serde(default)]
    pub examples: Vec<String>,
    /// The scale that its values suggest; the score column must have one.
    pub scale: Option<Scale>,
    /// Labels that stand for points of the scale, as “Strongly agree” for 5; null for a label that is no answer, as
    /// “Don't know”. Letter case and outer spaces are of no meaning. Numbers need no label. When every label listed
    /// begins or ends with its number, as “9 - Very likely”, one that is not listed is read in the same way.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Option<u8>>,
    /// What its cells stand for, where a file has codes for words, as “2” for “North”. The words are what is read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// How its cells are kept when it plays no part.
    #[serde(default)]
    pub holds: Holds,
}

/// How the cells of a column are kept that plays no part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Not at all.
    #[default]
    Nothing,
    /// As whole numbers from 0 to 254, labels by `values`.
    Ratings,
    /// As numbers.
    Numbers,
    /// As times.
    Times,
    /// As words that come again and again.
    Words,
    /// As texts.
    Texts,
}

/// Which header rows name the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Naming {
    /// One row, counted from 1.
    Row(u32),
    /// Row 1 has the questions, row 2 the options; where row 1 is blank the question before it goes on. A column is
    /// named `Question [Option]`, or by the question alone where row 2 says nothing of its own: nothing, or what it says of
    /// several questions of one column, as “Response” in whatever language.
    Spread,
}

impl Default for Naming {
    fn default() -> Naming {
        Naming::Row(1)
    }
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
    /// Every role, in the order in which a form shows them.
    pub const ALL: &'static [Role] =
        &[Role::Ignore, Role::Score, Role::Item, Role::Unit, Role::Time, Role::Text];

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
    /// Any other table.
    Csv,
    /// Qualtrics.
    Qualtrics,
    /// SurveyMonkey.
    #[serde(rename = "surveymonkey")]
    SurveyMonkey,
    /// Typeform.
    Typeform,
    /// Google Forms.
    GoogleForms,
    /// Microsoft Forms.
    MicrosoftForms,
    /// Formbricks.
    Formbricks,
    /// LimeSurvey.
    #[serde(rename = "limesurvey")]
    LimeSurvey,
    /// PostHog: one event a row. `survey sent` is a response, `survey shown` and `survey dismissed` are exposures.
    #[serde(rename = "posthog")]
    PostHog,
}

impl Tool {
    /// Whether Candor wrote the file itself.
    pub fn is_own(self) -> bool {
        matches!(self, Tool::CandorNdjson | Tool::CandorCsv)
    }

    /// The tool's name as its maker writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Tool::CandorNdjson | Tool::CandorCsv => "Candor",
            Tool::Csv => "CSV",
            Tool::Qualtrics => "Qualtrics",
            Tool::SurveyMonkey => "SurveyMonkey",
            Tool::Typeform => "Typeform",
            Tool::GoogleForms => "Google Forms",
            Tool::MicrosoftForms => "Microsoft Forms",
            Tool::Formbricks => "Formbricks",
            Tool::LimeSurvey => "LimeSurvey",
            Tool::PostHog => "PostHog",
        }
    }
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
    /// UTF-16, the low byte of a character first, what spreadsheets call "Unicode text".
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the high byte of a character first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
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
    /// Another rating has no scale by which it can be read.
    ItemScale(String),
    /// The delimiter is not a single-byte character, or is a quotation mark or line break.
    Delimiter(char),
    /// The number of header rows does not belong to this tool.
    HeaderRows(u32),
    /// The columns cannot be named by rows that are no header rows, or not in this tool's files.
    Naming(Naming),
    /// A label of the score column stands for a number outside of its scale.
    Label {
        /// The label.
        label: String,
        /// What it stands for.
        value: u8,
    },
    /// The definitions given beside the file cannot be read.
    Definitions(String),
    /// The bonus has a target or a clock that cannot be.
    Bonus(&'static str),
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
            PlanError::ItemScale(column) => {
                write!(
                    f,
                    "{column} is called a rating, and has no scale by which it can be read. Say its lowest and its highest point, at most 254, or set it to ignore."
                )
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
                write!(
                    f,
                    "{n} header rows cannot be read: a table has 0 to 20, Candor's CSV has 1, Candor's NDJSON has 0."
                )
            }
            PlanError::Naming(Naming::Row(row)) => {
                write!(f, "Row {row} cannot name the columns, because it is no header row.")
            }
            PlanError::Naming(Naming::Spread) => f.write_str(
                "Questions and options cannot name the columns, because there are no two header rows.",
            ),
            PlanError::Label { label, value } => {
                write!(f, "\u{201c}{label}\u{201d} stands for {value}, which is outside of the scale.")
            }
            PlanError::Bonus(reason) => write!(f, "The bonus cannot be used: {reason}."),
            PlanError::Definitions(reason) => write!(f, "The survey definitions cannot be read: {reason}."),
        }
    }
}

impl std::error::Error for PlanError {}

impl Default for Plan {
    /// A table of UTF-8 with commas and one header row, of which no column is known.
    fn default() -> Plan {
        Plan {
            tool: Tool::Csv,
            encoding: Encoding::Utf8,
            delimiter: ',',
            header_rows: 1,
            naming: Naming::default(),
            columns: Vec::new(),
            date_order: DateOrder::MonthFirst,
            date_order_guessed: false,
            scale_guessed: false,
            survey: None,
            notes: Vec::new(),
            weights: Vec::new(),
            tests: None,
            totals: None,
            bonus: None,
        }
    }
}

impl Bonus {
    /// Refuses a target that no period can have, and a clock that no firm has.
    pub(crate) fn check(&self, scale: Scale) -> Result<(), PlanError> {
        let (low, high) = match self.statistic {
            Paid::Mean => (f64::from(scale.low), f64::from(scale.high)),
            Paid::Nps if !scale.nps => {
                return Err(PlanError::Bonus("it is paid for NPS, and the score is none"));
            }
            Paid::Nps => (-1.0, 1.0),
            Paid::TopBox => (0.0, 1.0),
        };
        if self.target.is_some_and(|target| !(low..=high).contains(&target)) {
            return Err(PlanError::Bonus(
                "no period can reach its target, which is a mean in points of the scale, NPS from \u{2212}1 to 1, or a share from 0 to 1",
            ));
        }
        if !(-1439..=1439).contains(&self.tz) {
            return Err(PlanError::Bonus("its tz is minutes ahead of UTC, from \u{2212}1439 to 1439"));
        }
        Ok(())
    }
}

impl Plan {
    /// Whether the properties of its events stand in one column as JSON and are read as columns of their own.
    pub(crate) fn widens(&self) -> bool {
        let has = |is: &dyn Fn(&str) -> bool| self.columns.iter().any(|column| is(&column.name));
        self.tool == Tool::PostHog
            && has(&|name| name == widened::COLUMN)
            && has(&|name| name.starts_with(widened::PREFIX))
    }

    /// The scale of the score column, when one is chosen.
    pub fn scale(&self) -> Option<Scale> {
        self.columns.iter().find(|column| column.role == Role::Score)?.scale
    }
}

/// What row 2 says of a question that has one column, in several languages.
const RESPONSE: &[&str] = &[
    "Response",
    "Open-Ended Response",
    "Antwort",
    "Offene Antwort",
    "R\u{e9}ponse",
    "R\u{e9}ponse ouverte",
    "Respuesta",
    "Respuesta abierta",
    "Risposta",
    "Risposta aperta",
    "Resposta",
    "Resposta aberta",
    "Antwoord",
    "Open antwoord",
];

impl Naming {
    /// The names of so many columns in a file without a row of names.
    pub(crate) fn numbers(width: usize) -> Vec<String> {
        (1..=width).map(|at| format!("column {at}")).collect()
    }

    /// The names of the columns by these header rows; a column without any is `column 3`.
    pub(crate) fn names(self, rows: &[Vec<String>]) -> Vec<String> {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: usize, at: usize| rows.get(row).and_then(|row| row.get(at)).map_or("", |c| c.trim());
        let goes_on = |at: usize| cell(0, at).is_empty() && !cell(1, at).is_empty();
        let alone = |at: usize| !cell(0, at).is_empty() && !goes_on(at + 1);
        let mut said: BTreeMap<&str, u32> = BTreeMap::new();
        if self == Naming::Spread {
            (0..width).filter(|&at| alone(at)).for_each(|at| *said.entry(cell(1, at)).or_default() += 1);
        }
        let mut question = "";
        let mut name = |at: usize| match self {
            Naming::Row(row) => cell((row as usize).saturating_sub(1), at).to_owned(),
            Naming::Spread => {
                let (first, option) = (cell(0, at), cell(1, at));
                if !first.is_empty() || option.is_empty() {
                    question = first;
                }
                match option {
                    option if option.is_empty() || RESPONSE.contains(&option) && alone(at) => {
                        question.to_owned()
                    }
                    option if alone(at) && said.get(option) > Some(&1) => question.to_owned(),
                    option => format!("{question} [{option}]"),
                }
            }
        };
        (0..width)
            .map(|at| {
                Some(name(at)).filter(|n| !n.is_empty()).unwrap_or_else(|| format!("column {}", at + 1))
            })
            .collect()
    }
}

impl Scale {
    /// Whether a file can be read by it.
    pub fn is_valid(self) -> bool {
        self.low < self.high && self.high <= 254 && (!self.nps || (self.low, self.high) == (0, 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_leaves_out_the_order_of_day_and_month_leaves_it_to_the_whole_column() {
        let written = serde_json::to_value(Plan::default()).unwrap();
        assert_eq!(serde_json::from_value::<Plan>(written.clone()).unwrap(), Plan::default());
        let mut without = written;
        without.as_object_mut().unwrap().remove("date_order");
        let plan: Plan = serde_json::from_value(without).unwrap();
        assert!(plan.date_order_guessed);
    }
}
