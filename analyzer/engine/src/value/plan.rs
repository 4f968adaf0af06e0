//! The join plan: which column of a CRM table joins it with the survey and which column says what, guessed from names, from what
//! cells look like and from how many keys of both sides are the same, with a reason for each guess. Whatever it guesses, the user
//! may change, and [`CrmReading`](super::crm::CrmReading) obeys.

use super::amount::{Votes, currency};
use super::crm::{MOST_SEGMENTS, left};
use crate::columns::Dataset;
use crate::columns::keys::{NO_KEY, key, masked};
use crate::date;
use crate::encoding::FromUtf16;
use crate::packed;
use crate::plan::{
    DateOrder, Encoding, HEAD, MOST_HEADER_ROWS, Names, Naming, Plan, is_missing, name_points,
};
use crate::table::{Line, Table};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::ops::Range;

/// How a CRM table is read and joined with a survey; saved as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JoinPlan {
    /// Format version, 1.
    pub join: u32,
    /// The survey's column that holds the key, `attribute.…` or `answer.…` in own files.
    pub survey_key: String,
    /// Why, a sentence.
    #[serde(default)]
    pub survey_reason: String,
    /// The columns that could be the survey's key, each with masked examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub survey_columns: Vec<KeyChoice>,
    /// The columns of the CRM table, in its order.
    pub columns: Vec<JoinColumn>,
    /// How bytes become characters.
    pub encoding: Encoding,
    /// What stands between two cells.
    pub delimiter: char,
    /// Rows before the first customer, 1 to 20.
    pub header_rows: u32,
    /// Which of them name the columns.
    #[serde(default)]
    pub naming: Naming,
    /// How `04/05/2026` is read.
    pub date_order: DateOrder,
    /// What the user should know about these guesses, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A column of the survey that could be its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChoice {
    /// Its name.
    pub name: String,
    /// Up to three values, masked.
    pub examples: Vec<String>,
}

/// One column of the CRM table and its part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JoinColumn {
    /// The name in the header.
    pub name: String,
    /// Its part.
    pub role: Part,
    /// Why, a sentence.
    #[serde(default)]
    pub reason: String,
    /// Up to three different values; masked where they are keys, or may be names of people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// How its cells are read.
    #[serde(default)]
    pub form: Form,
    /// The currency that its amounts carry, as `€`; empty where they carry none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub currency: String,
    /// What its codes stand for, where the file says so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
}

/// The part that a column of a CRM table plays. One is the key; at most one column each is another part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Not read.
    #[default]
    Ignore,
    /// What it has in common with the survey.
    Key,
    /// What the customer brought in a period.
    Revenue,
    /// What the customer brings in all.
    LifetimeValue,
    /// Whether the customer left, or the day.
    Churned,
    /// The day of onboarding, or the days that it took.
    Onboarding,
    /// The kind of customer, within which customers are compared.
    Segment,
}

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As words.
    #[default]
    Words,
    /// As numbers with a point before the fraction.
    Point,
    /// As numbers with a comma before the fraction.
    Comma,
    /// As dates.
    Date,
}

impl Part {
    /// Every part, in the order in which a form shows them.
    pub const ALL: [Part; 7] = [
        Part::Ignore,
        Part::Key,
        Part::Revenue,
        Part::LifetimeValue,
        Part::Churned,
        Part::Onboarding,
        Part::Segment,
    ];

    /// The word as it stands in a saved plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Ignore => "ignore",
            Part::Key => "key",
            Part::Revenue => "revenue",
            Part::LifetimeValue => "lifetime_value",
            Part::Churned => "churned",
            Part::Onboarding => "onboarding",
            Part::Segment => "segment",
        }
    }

    /// What a cell should be, within a sentence.
    pub(super) fn expects(self, form: Form) -> &'static str {
        match (self, form) {
            (Part::Churned | Part::Onboarding, Form::Date) => "date",
            (Part::Churned, _) => "yes or no",
            (Part::Onboarding, _) => "number of days",
            (_, Form::Comma) => "amount with a comma before the fraction",
            _ => "amount with a point before the fraction",
        }
    }
}

/// Why a CRM table cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinError {
    /// No column is the key.
    NoKey,
    /// No column says anything about customers.
    NothingKnown,
    /// More columns than one play a part that only one can.
    Several {
        /// The part.
        part: Part,
        /// The columns.
        columns: Vec<String>,
    },
    /// The cells of a column are not what its part needs.
    Unfit {
        /// The column.
        column: String,
        /// The part.
        part: Part,
        /// What it needs.
        expected: String,
    },
    /// The survey has no such column that could be a key, and these that could.
    NoSurveyKey {
        /// The column.
        column: String,
        /// Those that could.
        among: Vec<String>,
    },
    /// The survey's key is its score.
    ScoreIsKey(String),
    /// The header has no such column.
    Missing(String),
    /// What cannot stand between cells.
    Delimiter(char),
    /// Header rows that cannot be.
    HeaderRows(u32),
    /// There is no row below the header.
    Empty,
    /// The file is damaged: a sentence.
    Damaged(String),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::NoKey => f.write_str(
                "No column of the CRM file is the key. Choose the one that the survey has too: a customer number or an e-mail address.",
            ),
            JoinError::NothingKnown => f.write_str(
                "The CRM file says nothing about customers yet. Choose at least one column as revenue, lifetime value, churned or onboarding.",
            ),
            JoinError::Several { part, columns } => write!(
                f,
                "{} columns are chosen as {}: {}. Keep one and set the others to ignore.",
                columns.len(),
                part.as_str().replace('_', " "),
                columns.join(", ")
            ),
            JoinError::Unfit { column, part, expected } => {
                write!(f, "{column} cannot be {}: its cells are no {expected}.", part.as_str().replace('_', " "))
            }
            JoinError::NoSurveyKey { column, among } if among.is_empty() => write!(
                f,
                "The survey has no column {column:?} that could be a key, and no other. Export it with a customer number."
            ),
            JoinError::NoSurveyKey { column, among } => write!(
                f,
                "The survey has no column {column:?} that could be its key. Choose one of {}.",
                among.join(", ")
            ),
            JoinError::ScoreIsKey(column) => {
                write!(f, "{column} is the survey's score and cannot be its key too. Choose another column as the key.")
            }
            JoinError::Missing(column) => {
                write!(f, "The header of the CRM file has no column {column:?}, which the join plan names.")
            }
            JoinError::Delimiter(c) => {
                write!(f, "{c:?} cannot stand between cells. Choose a comma, a semicolon, a tab or a bar.")
            }
            JoinError::HeaderRows(n) => write!(f, "{n} header rows cannot be read: a CRM table has 1 to 20."),
            JoinError::Empty => {
                f.write_str("The CRM file has no row below its header. Export it again, with its customers.")
            }
            JoinError::Damaged(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for JoinError {}

impl JoinPlan {
    /// Refuses what cannot be followed.
    ///
    /// # Errors
    /// See [`JoinError`].
    pub fn check(&self) -> Result<(), JoinError> {
        if !(1..=MOST_HEADER_ROWS).contains(&self.header_rows) {
            return Err(JoinError::HeaderRows(self.header_rows));
        }
        for part in Part::ALL.into_iter().filter(|part| *part != Part::Ignore) {
            let columns: Vec<&JoinColumn> =
                self.columns.iter().filter(|column| column.role == part).collect();
            if columns.len() > 1 {
                let columns = columns.iter().map(|column| column.name.clone()).collect();
                return Err(JoinError::Several { part, columns });
            }
            let Some(column) = columns.first() else { continue };
            let fits = match part {
                Part::Revenue | Part::LifetimeValue => matches!(column.form, Form::Point | Form::Comma),
                Part::Churned => column.form != Form::Comma,
                Part::Onboarding => column.form != Form::Words,
                _ => true,
            };
            if !fits {
                let expected = match part {
                    Part::Revenue | Part::LifetimeValue => "amounts",
                    Part::Churned => "dates, and neither yes nor no",
                    _ => "dates, and no numbers of days",
                };
                return Err(JoinError::Unfit {
                    column: column.name.clone(),
                    part,
                    expected: expected.into(),
                });
            }
        }
        if self.of(Part::Key).is_none() {
            return Err(JoinError::NoKey);
        }
        let known = [Part::Revenue, Part::LifetimeValue, Part::Churned, Part::Onboarding];
        if known.iter().all(|part| self.of(*part).is_none()) {
            return Err(JoinError::NothingKnown);
        }
        Ok(())
    }

    /// The column that plays a part.
    pub fn of(&self, part: Part) -> Option<&JoinColumn> {
        self.columns.iter().find(|column| column.role == part)
    }
}

const KEY_NAMES: Names<'_> = &[
    "id",
    "customer",
    "client",
    "account",
    "email",
    "mail",
    "contact",
    "user",
    "member",
    "key",
    "uid",
    "guid",
    "kunde",
    "kundennummer",
    "kundennr",
    "konto",
    "cliente",
    "compte",
    "klant",
    "number",
    "nr",
    "no",
];
const REVENUE_NAMES: Names<'_> = &[
    "revenue",
    "umsatz",
    "sales",
    "turnover",
    "spend",
    "spent",
    "amount",
    "mrr",
    "arr",
    "billing",
    "billed",
    "invoiced",
    "chiffre",
    "ingresos",
    "facturacion",
    "ricavi",
    "fatturato",
    "omzet",
    "gasto",
    "value",
    "total",
];
const LIFETIME_NAMES: Names<'_> = &["lifetime", "ltv", "clv", "cltv", "kundenwert"];
const CHURN_NAMES: Names<'_> = &[
    "churn",
    "churned",
    "cancel",
    "cancelled",
    "canceled",
    "cancellation",
    "lost",
    "left",
    "terminated",
    "gekündigt",
    "kündigung",
    "kuendigung",
    "gekuendigt",
    "abgewandert",
    "baja",
    "resilie",
    "status",
    "closed",
];
const ONBOARDING_NAMES: Names<'_> = &[
    "onboard",
    "onboarded",
    "onboarding",
    "since",
    "signup",
    "signed",
    "joined",
    "started",
    "start",
    "created",
    "registered",
    "activated",
    "acquired",
    "acquisition",
    "seit",
    "alta",
];
const SEGMENT_NAMES: Names<'_> = &[
    "segment", "tier", "plan", "industry", "sector", "size", "type", "kind", "class", "branche", "category",
    "region", "country", "market", "package",
];

/// Survey rows that a guess looks at.
pub const LOOKED_AT: usize = 100_000;
/// Different values of a column of the head that are kept apart.
const MOST_VALUES: usize = 20_000;

/// What the head of a file says of a column.
#[derive(Default)]
struct Look {
    n: u32,
    keys: HashSet<u64>,
    votes: Votes,
    amounts: u32,
    dates: u32,
    leavers: u32,
    days: u32,
    first: Vec<String>,
    currency: BTreeMap<String, u32>,
    words: BTreeSet<String>,
    fractions: bool,
}

impl Look {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if is_missing(text) {
            return;
        }
        self.n += 1;
        if self.keys.len() < MOST_VALUES {
            self.keys.insert(key(text));
        }
        if self.votes.hear(text) {
            self.amounts += 1;
            let sign = currency(text);
            if !sign.is_empty() {
                *self.currency.entry(sign.into()).or_default() += 1;
            }
            self.days += u32::from(text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 5);
            self.fractions |= text.contains(['.', ',']);
        }
        let dated = [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| date::parse(text, order));
        self.dates += u32::from(dated.iter().any(Option::is_some));
        self.leavers += u32::from(left(text).is_some());
        if self.words.len() <= MOST_SEGMENTS {
            self.words.insert(text.into());
        }
        if self.first.len() < 3 && !self.first.iter().any(|known| known == text) {
            self.first.push(text.into());
        }
    }

    fn nearly_all(&self, count: u32) -> bool {
        self.n > 0 && u64::from(count) * 10 >= u64::from(self.n) * 9
    }

    /// Whether nearly every cell is another one.
    fn differs(&self) -> bool {
        self.n > 0 && self.keys.len() * 10 >= (self.n as usize).min(MOST_VALUES) * 9
    }

    fn form(&self) -> Form {
        if self.nearly_all(self.dates) {
            Form::Date
        } else if self.nearly_all(self.amounts) {
            if self.votes.decimal() == ',' { Form::Comma } else { Form::Point }
        } else {
            Form::Words
        }
    }
}

/// Guesses how to join a CRM table with a survey. `file` is the plan that `recognise` guesses for the table, `head` its first
/// bytes, as `recognise` had them; `bytes` hands out the survey's bytes where columns were left in its file.
///
/// # Errors
/// What `bytes` failed with.
pub fn guess<E>(
    survey: &Dataset,
    file: &Plan,
    head: &[u8],
    mut bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
) -> Result<JoinPlan, E> {
    let looks = look(file, head);
    let mut columns: Vec<JoinColumn> = file
        .columns
        .iter()
        .zip(&looks)
        .map(|(column, look)| JoinColumn {
            name: column.name.clone(),
            role: Part::Ignore,
            reason: "Plays no part.".into(),
            examples: Vec::new(),
            form: look.form(),
            currency: usual(&look.currency),
            words: column.words.clone(),
        })
        .collect();
    let mut plan = JoinPlan {
        join: 1,
        survey_key: String::new(),
        survey_reason: String::new(),
        survey_columns: Vec::new(),
        columns: Vec::new(),
        encoding: file.encoding,
        delimiter: file.delimiter,
        header_rows: file.header_rows,
        naming: file.naming,
        date_order: file.date_order,
        notes: Vec::new(),
    };
    let pair = keys(survey, &mut plan, &columns, &looks, &mut bytes)?;
    if let Some((at, reason)) = pair {
        columns[at].role = Part::Key;
        columns[at].reason = reason;
    }
    parts(&mut columns, &looks);
    for (column, look) in columns.iter_mut().zip(&looks) {
        let shown = |text: &String| -> String {
            // What nearly differs in every row and is no number or date may be a name or an address.
            let person = column.role == Part::Key || column.form == Form::Words && look.differs();
            if person { masked(text) } else { text.chars().take(60).collect() }
        };
        column.examples = look.first.iter().map(shown).collect();
        column.examples.dedup();
        if look.currency.len() > 1 && matches!(column.role, Part::Revenue | Part::LifetimeValue) {
            let signs: Vec<&str> = look.currency.keys().map(String::as_str).collect();
            plan.notes.push(format!(
                "The amounts in {} carry several currencies ({}). They are added up as they stand; convert them first.",
                column.name,
                signs.join(", ")
            ));
        }
        if look.votes.open > 0 && look.votes.point + look.votes.comma == 0 && column.form == Form::Point {
            plan.notes.push(format!(
                "Amounts such as {} in {} could have a point or a comma before the fraction. A point is taken; change it if it is a comma.",
                look.first.first().map_or("", String::as_str),
                column.name
            ));
        }
    }
    plan.columns = columns;
    Ok(plan)
}

/// The currency that most amounts carry.
fn usual(met: &BTreeMap<String, u32>) -> String {
    met.iter()
        .max_by_key(|(sign, n)| (**n, std::cmp::Reverse(*sign)))
        .map_or_else(String::new, |(sign, _)| sign.clone())
}

/// The columns of a head.
fn look(file: &Plan, head: &[u8]) -> Vec<Look> {
    let mut looks: Vec<Look> = file.columns.iter().map(|_| Look::default()).collect();
    let unpacked;
    let head = match packed::is_gzip(head) {
        true => {
            unpacked = packed::unpacked_head(head, HEAD);
            &unpacked
        }
        false => head,
    };
    let delimiter = u8::try_from(file.delimiter).unwrap_or(b',');
    let mut table = Table::new(delimiter);
    let mut header = file.header_rows;
    let mut sink = |_, line: Line<'_>| {
        let Line::Cells(cells) = line else { return };
        if header > 0 {
            header -= 1;
            return;
        }
        for (at, look) in looks.iter_mut().enumerate() {
            let cell = cells.get(at);
            look.add(&crate::encoding::decode(&cell, file.encoding).0);
        }
    };
    match FromUtf16::new(file.encoding) {
        Some(mut utf16) => utf16.push(head, &mut |bytes| table.push(bytes, &mut sink)),
        None => table.push(head, &mut sink),
    }
    // A row that the head cuts is not read, but a short file ends without a line break.
    if head.len() < HEAD {
        table.finish(&mut sink);
    }
    looks
}

/// The columns that join both: of those whose values differ in the CRM table, the pair that has the most values in common, and
/// where names say that they are keys.
fn keys<E>(
    survey: &Dataset,
    plan: &mut JoinPlan,
    columns: &[JoinColumn],
    looks: &[Look],
    bytes: &mut impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
) -> Result<Option<(usize, String)>, E> {
    let mut best: Option<(f64, usize, String, usize, usize)> = None;
    for name in survey.key_columns() {
        let Some((hashes, examples)) = survey.keys(&name, LOOKED_AT, &mut *bytes)? else { continue };
        let known: HashSet<u64> = hashes.into_iter().filter(|hash| *hash != NO_KEY).collect();
        plan.survey_columns.push(KeyChoice { name: name.clone(), examples });
        let called = name.rsplit('.').next().unwrap_or_default();
        for (at, (column, look)) in columns.iter().zip(looks).enumerate() {
            // A day or an amount that happens to be the same joins nobody.
            if !look.differs() || look.keys.len() < 2 || matches!(column.form, Form::Date) || look.fractions {
                continue;
            }
            let common = look.keys.iter().filter(|hash| known.contains(hash)).count();
            let of = look.keys.len().min(known.len()).max(1);
            let named =
                f64::from(name_points(called, KEY_NAMES) + name_points(&column.name, KEY_NAMES)) / 10.0;
            let same = if key(called) == key(&column.name) { 0.5 } else { 0.0 };
            let points =
                common as f64 / of as f64 + if common > 0 || same > 0.0 { named + same } else { named / 2.0 };
            if points >= 0.3 && best.as_ref().is_none_or(|best| points > best.0) {
                best = Some((points, at, name.clone(), common, look.keys.len()));
            }
        }
    }
    let Some((_, at, name, common, of)) = best else { return Ok(None) };
    let reason = match common {
        0 => format!("Its name suggests it. None of its first {of} values was met in the survey's {name}."),
        n => format!("{n} of its first {of} values stand in the survey's {name} too."),
    };
    plan.survey_reason =
        format!("It has the most values in common with {} of the CRM file.", columns[at].name);
    if common == 0 {
        plan.survey_reason = "Its name suggests a key.".into();
    }
    plan.survey_key = name;
    Ok(Some((at, reason)))
}

/// The other parts, each given to the column that its name and its cells suggest most.
fn parts(columns: &mut [JoinColumn], looks: &[Look]) {
    let candidates: [(Part, Names<'_>); 5] = [
        (Part::LifetimeValue, LIFETIME_NAMES),
        (Part::Churned, CHURN_NAMES),
        (Part::Onboarding, ONBOARDING_NAMES),
        (Part::Revenue, REVENUE_NAMES),
        (Part::Segment, SEGMENT_NAMES),
    ];
    for (part, names) in candidates {
        let fits = |column: &JoinColumn, look: &Look| match part {
            Part::Revenue | Part::LifetimeValue => matches!(column.form, Form::Point | Form::Comma),
            Part::Churned => column.form == Form::Date || look.nearly_all(look.leavers) && look.n > 0,
            Part::Onboarding => column.form == Form::Date || look.nearly_all(look.days),
            _ => {
                column.form == Form::Words
                    && (2..=MOST_SEGMENTS).contains(&look.words.len())
                    && !look.differs()
            }
        };
        let mut best: Option<(u32, usize)> = None;
        for (at, (column, look)) in columns.iter().zip(looks).enumerate() {
            if column.role != Part::Ignore || !fits(column, look) {
                continue;
            }
            // Of a list of names the first one that fits counts most.
            let rank = names.iter().position(|name| name_points(&column.name, &[name]) > 0);
            let Some(rank) = rank else { continue };
            let points = 100 - rank as u32 + u32::from(!look.currency.is_empty()) * 50;
            if best.is_none_or(|(most, _)| points > most) {
                best = Some((points, at));
            }
        }
        // An amount with a currency needs no name.
        if best.is_none() && part == Part::Revenue {
            let paid: Vec<usize> = (0..columns.len())
                .filter(|&at| columns[at].role == Part::Ignore && !looks[at].currency.is_empty())
                .filter(|&at| fits(&columns[at], &looks[at]))
                .collect();
            if let [at] = paid[..] {
                best = Some((0, at));
            }
        }
        let Some((points, at)) = best else { continue };
        let (column, look) = (&mut columns[at], &looks[at]);
        column.role = part;
        let cells = match (part, column.form) {
            (Part::Segment, _) => format!("{} different words", look.words.len()),
            (_, Form::Date) => format!("{} of {} cells are dates", look.dates, look.n),
            (Part::Churned, _) => format!("{} of {} cells say yes or no", look.leavers, look.n),
            (Part::Onboarding, _) => format!("{} of {} cells are whole numbers", look.days, look.n),
            _ => format!("{} of {} cells are amounts", look.amounts, look.n),
        };
        column.reason = if points == 0 {
            format!("{cells}, with a currency.")
        } else {
            format!("Its name suggests it, and {cells}.")
        };
    }
}

/// Of two files, whether the second is rather the survey: `Some(1)`; `Some(0)` when the first is, nothing when neither is more like
/// a survey than the other. Own files and those of survey tools are surveys; else the one that has a score, and of two
/// the one whose columns do not speak of money and of customers who leave.
pub fn survey_of(files: [&Plan; 2]) -> Option<usize> {
    let points = files.map(|plan| {
        let known = plan.tool.is_own() || !matches!(plan.tool, crate::plan::Tool::Csv);
        let scored = plan.columns.iter().any(|column| column.role == crate::plan::Role::Score);
        let written = plan.columns.iter().any(|column| column.role == crate::plan::Role::Text);
        let customers = plan.columns.iter().filter(|column| {
            [LIFETIME_NAMES, CHURN_NAMES, &REVENUE_NAMES[..REVENUE_NAMES.len() - 2]]
                .iter()
                .any(|names| name_points(&column.name, names) > 0)
        });
        i64::from(known) * 100 + i64::from(scored) * 10 + i64::from(written) * 5
            - 12 * customers.count() as i64
    });
    match points[0].cmp(&points[1]) {
        std::cmp::Ordering::Greater => Some(0),
        std::cmp::Ordering::Less => Some(1),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::survey;
    use super::*;
    use crate::plan::{Role, Tool, recognise};
    use std::convert::Infallible;

    fn looked(cells: &[&str]) -> Look {
        let mut look = Look::default();
        cells.iter().for_each(|cell| look.add(cell));
        look
    }

    #[test]
    fn a_column_is_what_nine_of_ten_cells_are() {
        let with = |cells: &[(&str, usize)]| {
            let all: Vec<&str> = cells.iter().flat_map(|(cell, n)| vec![*cell; *n]).collect();
            looked(&all).form()
        };
        assert_eq!(with(&[("2026-01-02", 9), ("x", 1)]), Form::Date);
        assert_eq!(with(&[("2026-01-02", 8), ("x", 2)]), Form::Words);
        assert_eq!(with(&[("1.5", 9), ("x", 1)]), Form::Point);
        assert_eq!(with(&[("1,5", 9), ("x", 1)]), Form::Comma);
        assert_eq!(with(&[("1.5", 8), ("x", 2)]), Form::Words);
        // Missing cells say nothing, and neither do no cells.
        assert_eq!(with(&[("1.5", 9), ("x", 1), ("", 50), ("NA", 50)]), Form::Point);
        assert_eq!(with(&[]), Form::Words);
        assert!(!looked(&[]).nearly_all(0) && !looked(&[]).differs());
        assert!(looked(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "i"]).differs());
        assert!(!looked(&["a", "b", "c", "d", "e", "f", "g", "h", "h", "h"]).differs());
    }

    #[test]
    fn what_cells_hold_is_counted() {
        let look = looked(&["$5", " $6.50", "€7", "12", "12345", "123456", "yes", "x"]);
        assert_eq!((look.n, look.amounts, look.days, look.leavers), (8, 6, 2, 2));
        assert_eq!(look.currency, [("$".to_owned(), 2), ("€".to_owned(), 1)].into());
        assert_eq!(usual(&look.currency), "$");
        assert_eq!(usual(&[("€".to_owned(), 2), ("$".to_owned(), 2)].into()), "$");
        assert_eq!(usual(&BTreeMap::new()), "");
        assert_eq!(look.first, ["$5", "$6.50", "€7"]);
        assert_eq!(looked(&["b", "b", "a", "b", "c", "d"]).first, ["b", "a", "c"]);
        assert_eq!(
            [looked(&["7", "8"]).fractions, looked(&["1.5", "7"]).fractions, looked(&["7", "1,5"]).fractions],
            [false, true, true]
        );
        // Words are kept as long as they may be segments, and one more, which says that they are none.
        let many: Vec<String> = (0..90).map(|at| format!("w{at}")).collect();
        let words = |n: usize| looked(&many[..n].iter().map(String::as_str).collect::<Vec<_>>()).words.len();
        assert_eq!([words(50), words(51), words(90)], [50, 51, 51]);
    }

    /// A survey of customers `from` to `to`, and the guess of how a table joins it.
    fn guessed(keys: std::ops::Range<usize>, table: &str) -> JoinPlan {
        let mut answers = String::from("customer_id,nps,submitted\n");
        keys.for_each(|at| answers.push_str(&format!("K{at},{},2026-03-{:02}\n", at % 11, 1 + at % 28)));
        let nothing = |_| Ok::<Vec<u8>, Infallible>(Vec::new());
        let Ok(plan) =
            guess(&survey(&answers), &recognise(table.as_bytes(), "crm.csv"), table.as_bytes(), nothing);
        plan
    }

    /// A table of 60 rows, a cell of each column by row.
    fn table(header: &str, row: impl Fn(usize) -> String) -> String {
        let rows: Vec<String> = (0..60).map(row).collect();
        // Its last row ends without a line break.
        format!("{header}\n{}", rows.join("\n"))
    }

    fn roles(plan: &JoinPlan) -> Vec<Part> {
        plan.columns.iter().map(|column| column.role).collect()
    }

    #[test]
    fn the_key_is_what_both_sides_have_in_common_before_what_is_called_so() {
        use Part::{Ignore, Key, Revenue};
        let by_values =
            guessed(0..60, &table("customer_id,reference,revenue", |at| format!("Z{at},k{at},{at}")));
        assert_eq!(roles(&by_values), [Ignore, Key, Revenue]);
        assert_eq!(
            by_values.columns[1].reason,
            "60 of its first 60 values stand in the survey's customer_id too."
        );
        assert!(by_values.survey_reason.contains("most values in common with reference"));
        let by_name =
            guessed(0..60, &table("customer_id,reference,revenue", |at| format!("Z{at},Y{at},{at}")));
        assert_eq!(roles(&by_name), [Key, Ignore, Revenue]);
        assert_eq!(
            by_name.columns[0].reason,
            "Its name suggests it. None of its first 60 values was met in the survey's customer_id."
        );
        assert_eq!(by_name.survey_reason, "Its name suggests a key.");
        // Where only the survey calls its column a key, a tenth in common makes up for it; what is shared is counted of the smaller side.
        let shared = |n: usize| {
            guessed(
                0..60,
                &table(
                    "reference,revenue",
                    |at| if at < n { format!("k{at},1") } else { format!("Y{at},1") },
                ),
            )
        };
        assert_eq!((shared(5).of(Part::Key), shared(7).columns[0].role), (None, Key));
        assert_eq!(
            shared(30).columns[0].reason,
            "30 of its first 60 values stand in the survey's customer_id too."
        );
        let small = guessed(0..12, &table("reference,revenue", |at| format!("k{at},1")));
        assert_eq!(
            small.columns[0].reason,
            "12 of its first 60 values stand in the survey's customer_id too."
        );
        // Rows that share a key, days, and amounts with a fraction are no keys.
        let orders = guessed(0..60, &table("customer_id,revenue", |at| format!("k{},1", at % 30)));
        assert_eq!(orders.of(Part::Key), None);
        for cell in ["2026-01-", "5.0"] {
            let none =
                guessed(0..60, &table("customer_id,revenue", |at| format!("{cell}{:02},1", 1 + at % 28)));
            assert_eq!(none.of(Part::Key), None, "{cell}");
        }
    }

    #[test]
    fn each_part_goes_to_the_column_that_its_name_and_cells_suggest() {
        let plan = guessed(
            0..60,
            &table("id,revenue,ltv,status,onboarding_days,tier", |at| {
                format!(
                    "k{at},{at}.5,{at},{},{},{}",
                    ["active", "churned"][at % 2],
                    at % 7,
                    ["gold", "silver", "tin"][at % 3]
                )
            }),
        );
        use Part::{Churned, Ignore, Key, LifetimeValue, Onboarding, Revenue, Segment};
        assert_eq!(roles(&plan), [Key, Revenue, LifetimeValue, Churned, Onboarding, Segment]);
        let reasons: Vec<&str> = plan.columns[1..].iter().map(|column| column.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "Its name suggests it, and 60 of 60 cells are amounts.",
                "Its name suggests it, and 60 of 60 cells are amounts.",
                "Its name suggests it, and 60 of 60 cells say yes or no.",
                "Its name suggests it, and 60 of 60 cells are whole numbers.",
                "Its name suggests it, and 3 different words.",
            ]
        );
        let dated = guessed(
            0..60,
            &table("id,cancelled,since", |at| {
                format!("k{at},2026-01-{:02},2025-02-{:02}", 1 + at % 28, 1 + at % 28)
            }),
        );
        assert_eq!(roles(&dated), [Key, Churned, Onboarding]);
        assert_eq!(dated.columns[2].reason, "Its name suggests it, and 60 of 60 cells are dates.");
        // Cells that are not what the name says play no part.
        let unfit = guessed(
            0..60,
            &table("id,revenue,ltv,churned,since,segment", |at| {
                format!("k{at},word{},w{},maybe{},{}.5x,same", at % 5, at % 5, at % 5, at % 9)
            }),
        );
        assert_eq!(roles(&unfit), [Key, Ignore, Ignore, Ignore, Ignore, Ignore]);
        // A segment has two words or more, fifty at most, and repeats them.
        let kinds = |n: usize| {
            let rows: String = (0..200).map(|at| format!("k{at},s{},1\n", at % n)).collect();
            guessed(0..60, &format!("id,segment,revenue\n{rows}")).columns[1].role
        };
        assert_eq!([1, 2, 50, 51, 200].map(kinds), [Ignore, Segment, Segment, Ignore, Ignore]);
    }

    #[test]
    fn of_several_columns_for_money_the_best_name_and_a_currency_count() {
        use Part::{Ignore, Key, Revenue};
        let of = |header: &str, cells: &str| {
            guessed(
                0..60,
                &table(header, |at| format!("k{at},{}", cells.replace('#', &(at % 9).to_string()))),
            )
        };
        assert_eq!(roles(&of("id,total,revenue", "#.5,#.5")), [Key, Ignore, Revenue]);
        assert_eq!(roles(&of("id,revenue,total", "#.5,#.5")), [Key, Revenue, Ignore]);
        assert_eq!(roles(&of("id,revenue,total", "#.5,€#.5")), [Key, Ignore, Revenue]);
        assert_eq!(roles(&of("id,revenue_a,revenue_b", "#.5,#.5")), [Key, Revenue, Ignore]);
        // A currency needs no name, unless two columns have one.
        let unnamed = of("id,abc,def", "€#.5,#.5");
        assert_eq!(
            (roles(&unnamed), unnamed.columns[1].reason.as_str()),
            (vec![Key, Revenue, Ignore], "60 of 60 cells are amounts, with a currency.")
        );
        assert_eq!((unnamed.columns[1].currency.as_str(), unnamed.columns[1].form), ("€", Form::Point));
        assert_eq!(roles(&of("id,abc,def", "€#.5,€#.5")), [Key, Ignore, Ignore]);
        assert_eq!(roles(&of("id,abc,def", "#.5,#.5")), [Key, Ignore, Ignore]);
        // It must be an amount in nearly every row.
        let few = guessed(
            0..60,
            &table("id,abc", |at| {
                if at % 2 == 0 { format!("k{at},€5") } else { format!("k{at},none{}", at % 4) }
            }),
        );
        assert_eq!(roles(&few), [Key, Ignore]);
    }

    #[test]
    fn what_may_be_a_person_is_masked_and_what_is_doubtful_is_noted() {
        let plan = guessed(
            0..60,
            &table("id,name,revenue,tier,fee", |at| {
                format!(
                    "k{at},Person {at},{}{at},{},{}1",
                    ["$", "€"][at % 2],
                    ["gold", "tin"][at % 2],
                    ["$", "€"][at % 2]
                )
            }),
        );
        let examples: Vec<&[String]> = plan.columns.iter().map(|column| column.examples.as_slice()).collect();
        assert_eq!(examples[0], ["\u{2022}\u{2022}\u{2022}"]);
        assert_eq!(examples[1], ["Pe\u{2022}\u{2022}\u{2022}"]);
        assert_eq!(
            (examples[2], examples[3]),
            (&["$0".to_owned(), "€1".into(), "$2".into()][..], &["gold".to_owned(), "tin".into()][..])
        );
        // Of two columns with two currencies, only the one that is added up.
        assert_eq!(
            plan.notes,
            [
                "The amounts in revenue carry several currencies ($, €). They are added up as they stand; convert them first."
            ]
        );
        let notes = |cell: fn(usize) -> String| {
            guessed(0..60, &table("id,revenue", |at| format!("k{at},{}", cell(at)))).notes
        };
        assert_eq!(notes(|at| format!("${at}")), Vec::<String>::new());
        let open = notes(|at| format!("{}.234", 1 + at % 9));
        assert!(
            open.len() == 1 && open[0].starts_with("Amounts such as 1.234 in revenue could have"),
            "{open:?}"
        );
        assert_eq!(notes(|at| if at == 7 { "1.5".into() } else { "1.234".into() }), Vec::<String>::new());
        assert_eq!(notes(|at| at.to_string()), Vec::<String>::new());
        assert_eq!(
            notes(|at| if at % 2 == 0 { "\"1,5\"".into() } else { "\"1,234\"".into() }),
            Vec::<String>::new()
        );
    }

    #[test]
    fn forms_that_a_part_cannot_have_are_refused_with_what_is_needed() {
        use super::super::examples::plan;
        let check = |part, form| {
            plan(&[("id", Part::Key, Form::Words), ("x", part, form)])
                .check()
                .map_err(|error| error.to_string())
        };
        for (part, form, needs) in [
            (Part::Revenue, Form::Date, "x cannot be revenue: its cells are no amounts."),
            (Part::LifetimeValue, Form::Words, "x cannot be lifetime value: its cells are no amounts."),
            (
                Part::Churned,
                Form::Comma,
                "x cannot be churned: its cells are no dates, and neither yes nor no.",
            ),
            (
                Part::Onboarding,
                Form::Words,
                "x cannot be onboarding: its cells are no dates, and no numbers of days.",
            ),
        ] {
            assert_eq!(check(part, form), Err(needs.to_owned()));
        }
        for (part, form) in [
            (Part::Revenue, Form::Comma),
            (Part::LifetimeValue, Form::Point),
            (Part::Churned, Form::Words),
            (Part::Churned, Form::Point),
            (Part::Churned, Form::Date),
            (Part::Onboarding, Form::Point),
            (Part::Onboarding, Form::Comma),
            (Part::Onboarding, Form::Date),
        ] {
            assert_eq!(check(part, form), Ok(()), "{part:?} {form:?}");
        }
        assert_eq!(
            plan(&[("id", Part::Key, Form::Words), ("s", Part::Segment, Form::Words)]).check(),
            Err(JoinError::NothingKnown)
        );
        let none = |among: &[&str]| {
            JoinError::NoSurveyKey {
                column: "x".into(),
                among: among.iter().map(|&name| name.to_owned()).collect(),
            }
            .to_string()
        };
        assert!(none(&[]).contains("and no other") && none(&["a", "b"]).ends_with("Choose one of a, b."));
        let rows = |header_rows| {
            JoinPlan {
                header_rows,
                ..plan(&[("id", Part::Key, Form::Words), ("x", Part::Revenue, Form::Point)])
            }
            .check()
            .is_ok()
        };
        assert_eq!([0, 1, 20, 21].map(rows), [false, true, true, false]);
    }

    #[test]
    fn the_survey_is_the_known_one_then_the_scored_one_then_the_written_one() {
        let file = |tool: Tool, names: &str, role: &[Role]| {
            let text = format!("{names}\nx,y,z\nu,v,w\n");
            let mut plan = recognise(text.as_bytes(), "x.csv");
            plan.tool = tool;
            for (at, column) in plan.columns.iter_mut().enumerate() {
                column.role = role.get(at).copied().unwrap_or(Role::Ignore);
            }
            plan
        };
        let plain = file(Tool::Csv, "a,b,c", &[]);
        let scored = file(Tool::Csv, "a,b,c", &[Role::Score]);
        let written = file(Tool::Csv, "a,b,c", &[Role::Text]);
        let both = file(Tool::Csv, "a,b,c", &[Role::Text, Role::Score]);
        let tool = file(Tool::SurveyMonkey, "a,b,c", &[]);
        // With a column that speaks of money or of leaving.
        let paid = file(Tool::Csv, "a,b,gasto", &[]);
        let scored_paid = file(Tool::Csv, "a,b,revenue", &[Role::Score]);
        let both_paid = file(Tool::Csv, "a,b,churn", &[Role::Text, Role::Score]);
        let scored_twice = file(Tool::Csv, "a,ltv,churn", &[Role::Score]);
        let known_twice = file(Tool::SurveyMonkey, "a,ltv,churn", &[]);
        for (more, less) in [
            (&scored, &plain),
            (&written, &plain),
            (&scored, &written),
            (&both, &scored),
            (&tool, &both),
            (&plain, &paid),
            (&plain, &scored_paid),
            (&both_paid, &plain),
            (&written, &both_paid),
            (&scored_paid, &scored_twice),
            (&known_twice, &both),
            (&scored_paid, &paid),
            (&paid, &scored_twice),
        ] {
            assert_eq!((survey_of([more, less]), survey_of([less, more])), (Some(0), Some(1)));
        }
        // "total" and "value" are words of surveys too.
        assert_eq!(survey_of([&plain, &file(Tool::Csv, "total,value,c", &[])]), None);
    }
}
