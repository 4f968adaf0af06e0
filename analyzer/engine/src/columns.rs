//! The columns that a file becomes: one value a row and column, kept as small as the values allow. Plain values; whoever
//! holds a [`Dataset`] may read every one of them, and only a reading writes them.

pub mod beside;

use self::beside::Beside;
use crate::plan::{Scale, Tool};
use candor_survey::evidence::{Case, Reason};
use candor_survey::question::Kind;
use candor_survey::response::{Input, Level};
use candor_survey::words::Cues;
use candor_survey::{Definition, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The rating of a row that has none.
pub const NO_RATING: u8 = 255;
/// The code of a row that has no category.
pub const NO_CODE: u32 = u32::MAX;
/// The time of a row that has none.
pub const NO_TIME: i64 = i64::MIN;

/// Everything that was read from one file. All columns have one value for each response that is used; tests, superseded
/// responses and those to another survey are counted and are in no column.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// What wrote the file.
    pub tool: Tool,
    /// What the ratings answer.
    pub score: Rated,
    /// The survey that was read, in own files.
    pub survey: Option<String>,
    /// The definitions in the file, by revision, in the order in which they were met.
    pub definitions: Vec<(String, Definition)>,
    /// Where each response stands in the file, counted as in [`Skipped::row`].
    pub row_numbers: Vec<u64>,
    /// The ratings in points of the scale; [`NO_RATING`] where the question was skipped.
    pub ratings: Vec<u8>,
    /// The units; absent when no column is the unit.
    pub units: Option<Categories>,
    /// Milliseconds since 1970 UTC, [`NO_TIME`] where there is none; absent when no column is the time.
    pub times: Option<Vec<i64>>,
    /// What was written, several text columns joined by a line break; absent when no column is text.
    pub texts: Option<Texts>,
    /// What only own files have.
    pub own: Option<OwnColumns>,
    /// What responses say beside the score.
    pub beside: Beside,
    /// The evidence of pressure in each response.
    pub evidence: EvidenceColumns,
    /// How many rows became what.
    pub counts: Counts,
    /// How far page views went, in own files that have exposures.
    pub exposures: Exposures,
    /// The rows that could not be read.
    pub skipped: Vec<Skipped>,
    /// The rows that were read without something that could not be.
    pub repaired: Vec<Skipped>,
}

/// What the ratings answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Rated {
    /// The question's id, or the column's name.
    pub question: String,
    /// The question as it was asked, where a definition says so.
    pub text: Option<String>,
    /// The kind of question, where a definition says so.
    pub kind: Option<Kind>,
    /// The scale.
    pub scale: Scale,
}

/// A column of repeated words: a dictionary and a code a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Categories {
    /// The column's name.
    pub name: String,
    /// The words, in the order in which they were met.
    pub labels: Vec<String>,
    /// The index of each row's word, [`NO_CODE`] where there is none.
    pub codes: Vec<u32>,
    /// The code of each word; it only speeds up reading.
    index: BTreeMap<String, u32>,
}

impl Categories {
    pub(crate) fn new(name: &str) -> Categories {
        Categories { name: name.into(), ..Categories::default() }
    }

    /// Appends a row; an empty word is none.
    pub(crate) fn push(&mut self, word: &str) {
        let code = match self.index.get(word) {
            _ if word.is_empty() => NO_CODE,
            Some(&code) => code,
            None => {
                let code = self.labels.len() as u32;
                self.labels.push(word.into());
                self.index.insert(word.into(), code);
                code
            }
        };
        self.codes.push(code);
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.labels.get(*self.codes.get(row)? as usize).map(String::as_str)
    }

    /// The code of a word.
    pub fn code(&self, word: &str) -> Option<u32> {
        self.index.get(word).copied()
    }
}

/// A column of texts in one piece of memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    /// The text of a row; empty where there is none.
    pub fn get(&self, row: usize) -> &str {
        let Some(&end) = self.ends.get(row) else { return "" };
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.bytes[start..end]
    }
}

/// What only own files have, a value a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnColumns {
    /// The responses' ids.
    pub ids: Texts,
    /// The revisions that they answered.
    pub revisions: Categories,
    /// Whether the visitor did not come to the end.
    pub partial: Vec<bool>,
    /// The levels that the pages claimed.
    pub claimed_levels: Vec<Level>,
    /// The reason codes that the pages claimed, joined with `|`.
    pub claimed_reasons: Texts,
    /// Whether the claim differs from what was recomputed.
    pub claim_differs: Vec<bool>,
    /// The signals.
    pub signals: Signals,
}

/// The signals of `candor_survey::evidence::Case`, a column each; [`Signals::NONE`] where one is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    /// Whether the score was filled in beforehand.
    pub preset: Vec<bool>,
    /// Whether the device stands where customers pass.
    pub kiosk: Vec<bool>,
    /// What the answers were given with.
    pub input: Vec<Option<Input>>,
    /// Answers that came from a script.
    pub untrusted: Vec<u32>,
    /// Milliseconds that the score question was on show before its first answer.
    pub ms_score: Vec<u32>,
    /// Characters of the score question as the visitor read it.
    pub read_chars: Vec<u32>,
    /// Answers raised after having stood.
    pub raised: Vec<u32>,
    /// Times the page was hidden.
    pub hidden: Vec<u32>,
    /// Earlier responses from this device today.
    pub device_day: Vec<u32>,
    /// Earlier responses from this device ever.
    pub device_all: Vec<u32>,
}

impl Signals {
    /// A signal that is missing.
    pub const NONE: u32 = u32::MAX;

    pub(crate) fn push(&mut self, case: &Case) {
        let or_none = |value: Option<u32>| value.map_or(Self::NONE, |v| v.min(Self::NONE - 1));
        self.preset.push(case.preset);
        self.kiosk.push(case.kiosk);
        self.input.push(case.input);
        self.untrusted.push(case.untrusted);
        self.ms_score.push(or_none(case.ms_score));
        self.read_chars.push(case.read_chars);
        self.raised.push(case.raised);
        self.hidden.push(case.hidden);
        self.device_day.push(or_none(case.device_day));
        self.device_all.push(or_none(case.device_all));
    }
}

/// The evidence of pressure in each response, recomputed by `candor_survey::evidence::judge`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvidenceColumns {
    /// What the comments say was done to their writers.
    pub cues: Vec<Cues>,
    /// How much evidence.
    pub levels: Vec<Level>,
    /// The reasons.
    pub reasons: Vec<Reasons>,
}

/// A set of reasons, a bit each, in the order of [`Reason::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub u8);

impl Reasons {
    pub(crate) fn of(reasons: &[Reason]) -> Reasons {
        Reasons(reasons.iter().fold(0, |set, &reason| set | 1 << reason as u8))
    }

    /// Whether the set has `reason`.
    pub fn has(self, reason: Reason) -> bool {
        self.0 & (1 << reason as u8) != 0
    }

    /// The reasons in order.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |&reason| self.has(reason))
    }
}

/// How many rows became what: rows = read + skipped, and read = used + tests + superseded + other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Responses in the file, readable or not.
    pub rows: u64,
    /// Those that could be read.
    pub read: u64,
    /// Those that could not.
    pub skipped: u64,
    /// Marked as a test.
    pub tests: u64,
    /// Replaced by a later sending of the same response.
    pub superseded: u64,
    /// To another survey.
    pub other: u64,
    /// In the columns.
    pub used: u64,
    /// Responses in the columns whose definition is not in the file.
    pub undefined: u64,
}

/// How far page views went: counts of exposures by event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposures {
    /// The survey was due.
    pub eligible: u64,
    /// The visitor was drawn into the sample.
    pub sampled: u64,
    /// The survey was on the screen.
    pub shown: u64,
    /// The first answer was given.
    pub started: u64,
    /// It was closed without having been submitted.
    pub dismissed: u64,
}

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
        let unit = filter.unit.as_ref().map(|name| self.units.as_ref().and_then(|units| units.code(name)));
        let passes = |&row: &usize| {
            let in_unit = match unit {
                None => true,
                Some(None) => false,
                Some(Some(code)) => self.units.as_ref().is_some_and(|units| units.codes[row] == code),
            };
            in_unit
                && filter.level.is_none_or(|level| self.evidence.levels[row] == level)
                && filter.reason.is_none_or(|reason| self.evidence.reasons[row].has(reason))
                && filter.score.is_none_or(|score| self.ratings[row] == score && score != NO_RATING)
        };
        let mut page = Page::default();
        for row in (0..self.ratings.len()).filter(passes) {
            if page.total >= offset && page.rows.len() < limit {
                page.rows.push(self.row(row));
            }
            page.total += 1;
        }
        page
    }

    fn row(&self, row: usize) -> Row {
        let own = self.own.as_ref();
        let time = self.times.as_ref().map(|times| times[row]).filter(|&ms| ms != NO_TIME);
        Row {
            row: self.row_numbers[row],
            id: own.map(|own| own.ids.get(row).into()),
            score: Some(self.ratings[row]).filter(|&score| score != NO_RATING),
            unit: self.units.as_ref().and_then(|units| units.get(row)).map(Into::into),
            time: time.map(|ms| Time(ms).to_string()),
            text: self.texts.as_ref().map_or("", |texts| texts.get(row)).into(),
            level: self.evidence.levels[row],
            reasons: self.evidence.reasons[row].iter().collect(),
            claimed: own.map(|own| Claim {
                level: own.claimed_levels[row],
                reasons: own.claimed_reasons.get(row).into(),
                differs: own.claim_differs[row],
            }),
        }
    }

    /// Keeps only the rows for which `keep` is true: what a superseded response leaves behind.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        retain(&mut self.row_numbers, keep);
        retain(&mut self.ratings, keep);
        if let Some(units) = &mut self.units {
            units.retain(keep);
        }
        if let Some(times) = &mut self.times {
            retain(times, keep);
        }
        if let Some(texts) = &mut self.texts {
            texts.retain(keep);
        }
        self.beside.retain(keep);
        retain(&mut self.evidence.cues, keep);
        retain(&mut self.evidence.levels, keep);
        retain(&mut self.evidence.reasons, keep);
        if let Some(own) = &mut self.own {
            own.ids.retain(keep);
            own.revisions.retain(keep);
            retain(&mut own.partial, keep);
            retain(&mut own.claimed_levels, keep);
            own.claimed_reasons.retain(keep);
            retain(&mut own.claim_differs, keep);
            let signals = &mut own.signals;
            retain(&mut signals.preset, keep);
            retain(&mut signals.kiosk, keep);
            retain(&mut signals.input, keep);
            for column in [
                &mut signals.untrusted,
                &mut signals.ms_score,
                &mut signals.read_chars,
                &mut signals.raised,
                &mut signals.hidden,
                &mut signals.device_day,
                &mut signals.device_all,
            ] {
                retain(column, keep);
            }
        }
    }
}

fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
    let mut kept = keep.iter();
    column.retain(|_| kept.next() == Some(&true));
}

impl Texts {
    fn retain(&mut self, keep: &[bool]) {
        let mut kept = Texts::default();
        for (row, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
            kept.push(self.get(row));
        }
        *self = kept;
    }
}

impl Categories {
    /// Words that no row has any more go too, so that the dictionary is that of the rows that are left.
    fn retain(&mut self, keep: &[bool]) {
        let mut kept = Categories::new(&self.name);
        for (row, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
            kept.push(self.get(row).unwrap_or_default());
        }
        *self = kept;
    }
}
