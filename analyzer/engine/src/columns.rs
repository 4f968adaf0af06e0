//! The columns that a file becomes: one value a row and column, kept as small as the values allow. Plain values; whoever
//! holds a [`Dataset`] may read every one of them, and only a reading writes them.

pub mod attributes;
pub mod beside;
pub mod comments;
pub mod dates;
pub mod keys;
mod mismatch;
pub mod narrow;
mod places;
pub mod selection;
mod transfer;

use self::attributes::Attributes;
use self::beside::Beside;
use self::comments::Comments;
use self::keys::Keys;
use self::narrow::{NONE, Numbers, Times, Whole};
use self::places::Places;
use self::selection::Selection;
use crate::encoding;
use crate::plan::{Encoding, Scale, Tool};
use crate::sort;
use crate::table;
use crate::words::personal::masked;
use crate::words::solicitation::marks;
use candor_survey::evidence::{Case, Reason};
use candor_survey::question::Kind;
use candor_survey::response::{Input, Level};
use candor_survey::words::Cues;
use candor_survey::{Definition, Time};
use dates::DateVotes;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

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
    /// The survey that was read, in own files and PostHog's.
    pub survey: Option<String>,
    /// The definitions in the file, by revision, in the order in which they were met.
    pub definitions: Vec<(String, Definition)>,
    /// Where each response stands in the file, counted as in [`Skipped::row`].
    pub row_numbers: RowNumbers,
    /// The ratings in points of the scale; [`NO_RATING`] where the question was skipped.
    pub ratings: Vec<u8>,
    /// The units; absent when no column is the unit.
    pub units: Option<Categories>,
    /// The times; absent when no column is the time.
    pub times: Option<Times>,
    /// What was written, several text columns joined by a line break; absent when no column is text.
    pub texts: Option<Texts>,
    /// A sample of what was written, and what all of it says in other languages than English.
    pub comments: Comments,
    /// The columns that play no part in the plan and are read all the same, in the plan's order.
    pub others: Vec<Column>,
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
    /// What the dates tell of the order of day and month, where the plan's is a guess.
    pub date_votes: DateVotes,
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

/// A column that plays no part in the plan: its values by type. A cell that is no value of the type stands in `odd`, so
/// that nothing of the file is lost to a wrong guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name in the header.
    pub name: String,
    /// A value a row.
    pub values: Values,
    /// The cells that are no values of the type, by index; the column has none there.
    pub odd: Odd,
}

/// Cells that are no values of their column's type. Past [`Odd::MOST`] bytes they are only counted: then the type was a wrong guess,
/// and [`Plan::corrected_by`](crate::plan::Plan::corrected_by) has the column read as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Odd {
    cells: Vec<(u64, String)>,
    bytes: usize,
    /// Those behind the ones that are kept.
    more: u64,
}

impl Odd {
    /// The most bytes that are kept of a column, each cell with its index.
    pub const MOST: usize = 1 << 20;
    /// What a cell takes beside its text.
    const EACH: usize = 32;

    /// Adds the cell of the row with this index.
    pub(crate) fn push(&mut self, index: u64, cell: &str) {
        let bytes = self.bytes + cell.len() + Self::EACH;
        if self.more == 0 && bytes <= Self::MOST {
            self.cells.push((index, cell.into()));
            self.bytes = bytes;
        } else {
            self.more += 1;
        }
    }

    /// The cells that are kept, by index.
    pub fn cells(&self) -> &[(u64, String)] {
        &self.cells
    }

    /// How many more there are, behind those.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Adds those of another part of the file, before which there are `from` rows in the columns.
    fn append(&mut self, part: &Odd, from: u64) {
        part.cells.iter().for_each(|(index, cell)| self.push(from + index, cell));
        self.more += part.more;
    }
}

/// The values of a column, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Whole numbers from 0 to 254, or labels that the plan gives such a number; [`NO_RATING`] where there is none.
    Ratings(Vec<u8>),
    /// Numbers in the file's own unit.
    Numbers(Numbers),
    /// Times.
    Times(Times),
    /// Repeated words.
    Words(Categories),
    /// Texts.
    Texts(Texts),
}

/// Where each response stands in the file. Most follow each other, so only the first of each run is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowNumbers {
    /// The index and the row of the first response of each run.
    runs: Vec<(u64, u64)>,
    length: u64,
}

impl RowNumbers {
    pub(crate) fn push(&mut self, number: u64) {
        let next = self.runs.last().map(|&(index, row)| row + (self.length - index));
        if next != Some(number) {
            self.runs.push((self.length, number));
        }
        self.length += 1;
    }

    /// How many responses there are.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The row of the response at `index`; 0 past the end.
    pub fn get(&self, index: usize) -> u64 {
        let index = index as u64;
        let run = self.runs.partition_point(|&(first, _)| first <= index);
        match run.checked_sub(1).and_then(|run| self.runs.get(run)) {
            Some(&(first, row)) if index < self.length => row + (index - first),
            _ => 0,
        }
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        let ends = self.runs.iter().skip(1).map(|run| run.0).chain([self.length]);
        self.runs.iter().zip(ends).flat_map(|(&(first, row), end)| row..row + (end - first))
    }

    /// Adds the rows of a part of the file before which there are `before` rows.
    fn append(&mut self, part: &RowNumbers, before: u64) {
        let from = self.length;
        let joins = |runs: &[(u64, u64)], (first, row): (u64, u64)| {
            runs.last().is_some_and(|&(index, known)| known + (from + first - index) == row + before)
        };
        for &(first, row) in &part.runs {
            if !joins(&self.runs, (first, row)) {
                self.runs.push((from + first, row + before));
            }
        }
        self.length += part.length;
    }
}

/// A hash that is quick for short words (FNV-1a over eight bytes at a time). Nothing depends on its order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortHash(u64);

impl Default for ShortHash {
    fn default() -> ShortHash {
        ShortHash(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for ShortHash {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        let mut mix = |word: u64| {
            self.0 = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            self.0 ^= self.0 >> 29;
        };
        for chunk in &mut chunks {
            mix(chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)));
        }
        mix(chunks.remainder().iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    }

    fn write_u8(&mut self, _: u8) {
        // What `str` ends with tells nothing here: words are hashed alone.
    }

    fn write_usize(&mut self, _: usize) {
        // Nor does the length that a slice begins with: the bytes of the last word tell it.
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// A column of repeated words: a dictionary and a code a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Categories {
    /// The column's name.
    pub name: String,
    /// The words, in the order in which they were met.
    pub labels: Vec<String>,
    /// The index of each row's word.
    codes: Whole,
    /// The code of each word; it only speeds up reading.
    index: HashMap<String, u32, BuildHasherDefault<ShortHash>>,
}

impl Categories {
    pub(crate) fn new(name: &str) -> Categories {
        Categories { name: name.into(), ..Categories::default() }
    }

    /// Appends a row; an empty word is none.
    pub(crate) fn push(&mut self, word: &str) {
        let code = self.code_for(word);
        self.push_code(code);
    }

    /// Appends a row with the word of a code; [`NO_CODE`] is none.
    #[inline]
    pub(crate) fn push_code(&mut self, code: u32) {
        self.codes.push(number_of(code));
    }

    /// The code of a word, given to it now if it has none.
    fn code_for(&mut self, word: &str) -> u32 {
        match self.index.get(word) {
            _ if word.is_empty() => NO_CODE,
            Some(&code) => code,
            None => {
                let code = self.labels.len() as u32;
                self.labels.push(word.into());
                self.index.insert(word.into(), code);
                code
            }
        }
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.labels.get(usize::try_from(self.codes.get(row)).ok()?).map(String::as_str)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The index of a row's word; [`NO_CODE`] where there is none, and past the end.
    #[inline]
    pub fn code_of(&self, row: usize) -> u32 {
        code_of(self.codes.get(row))
    }

    /// The index of each row's word; [`NO_CODE`] where there is none.
    pub fn codes(&self) -> impl Iterator<Item = u32> + '_ {
        self.codes.iter().map(code_of)
    }

    /// The same of some rows.
    pub fn codes_in(&self, rows: Range<usize>) -> Vec<u32> {
        self.codes.map(rows, code_of)
    }

    /// The codes in the order of their words, so that what is added up in it does not depend on the order of the rows.
    pub(crate) fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.labels.len() as u32).collect();
        sort::by(&mut order, |&a, &b| self.labels[a as usize].cmp(&self.labels[b as usize]));
        order
    }

    /// The code of a word.
    pub fn code(&self, word: &str) -> Option<u32> {
        self.index.get(word).copied()
    }

    /// Adds the rows of another part of the file. Words get codes in the order in which the whole file has them.
    fn append(&mut self, part: &Categories) {
        let codes: Vec<u32> = part.labels.iter().map(|word| self.code_for(word)).collect();
        part.codes().for_each(|code| self.push_code(codes.get(code as usize).copied().unwrap_or(NO_CODE)));
    }
}

/// A code as it is kept.
fn number_of(code: u32) -> i64 {
    if code == NO_CODE { NONE } else { code.into() }
}

/// A code as it was kept.
#[inline]
fn code_of(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(NO_CODE)
}

/// Where a cell stands in the file, quotation marks included: 39 bits for the offset, 25 for the length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place(u64);

impl Place {
    /// The first offset that a place cannot have: 512 GiB.
    pub const END: u64 = 1 << 39;

    /// A range that ends before [`Place::END`] and is no longer than a row may be.
    pub(crate) fn new(range: Range<u64>) -> Place {
        Place(range.start << 25 | (range.end - range.start))
    }

    /// The bytes of the file.
    pub fn range(self) -> Range<u64> {
        let start = self.0 >> 25;
        start..start + (self.0 & 0x1FF_FFFF)
    }

    /// Whether there is nothing there.
    pub fn is_empty(self) -> bool {
        self.0 & 0x1FF_FFFF == 0
    }
}

/// A column of texts: in memory, or left in the file as the places where they stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Texts {
    /// In one piece of memory.
    Held(Held),
    /// In the file.
    Left(Left),
}

/// Texts in one piece of memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    bytes: String,
    ends: Vec<usize>,
}

/// Texts that stay in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// How many cells make up the text of a row.
    cells: usize,
    encoding: Encoding,
    /// The cells of each row, empty ones and those that say that there is no value as empty places.
    places: Places,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts::Held(Held::default())
    }
}

impl Texts {
    /// Texts that stay in the file, `cells` of them a row.
    pub(crate) fn left(cells: usize, encoding: Encoding) -> Texts {
        Texts::Left(Left { cells: cells.max(1), encoding, places: Places::default() })
    }

    /// Adds a row to texts in memory.
    pub(crate) fn push(&mut self, text: &str) {
        if let Texts::Held(held) = self {
            held.bytes.push_str(text);
            held.ends.push(held.bytes.len());
        }
    }

    /// Adds a cell to texts in the file.
    pub(crate) fn push_place(&mut self, place: Place) {
        if let Texts::Left(left) = self {
            left.places.push(place);
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Texts::Held(held) => held.ends.len(),
            Texts::Left(left) => left.places.len() / left.cells,
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row has a text.
    pub fn has(&self, row: usize) -> bool {
        match self {
            Texts::Held(_) => !self.get(row).is_empty(),
            Texts::Left(left) => left.cells_of(row).any(|cell| left.places.has(cell)),
        }
    }

    /// The text of a row; empty where there is none, or where it was left in the file (see [`Texts::places`]).
    pub fn get(&self, row: usize) -> &str {
        let Texts::Held(held) = self else { return "" };
        let Some(&end) = held.ends.get(row) else { return "" };
        let start = if row == 0 { 0 } else { held.ends[row - 1] };
        &held.bytes[start..end]
    }

    /// Where the cells stand that make up the text of a row; none when it is in memory.
    pub fn places(&self, row: usize) -> Vec<Place> {
        match self {
            Texts::Held(_) => Vec::new(),
            Texts::Left(left) => left.cells_of(row).map(|cell| left.places.get(cell)).collect(),
        }
    }

    /// The text of a row, wherever it is. `bytes` hands out the bytes of the file in a range.
    ///
    /// # Errors
    /// What `bytes` failed with.
    pub fn read<E>(
        &self,
        row: usize,
        mut bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
    ) -> Result<String, E> {
        let Texts::Left(left) = self else { return Ok(self.get(row).into()) };
        let mut text = String::new();
        let places = left.cells_of(row).map(|cell| left.places.get(cell));
        for place in places.filter(|place| !place.is_empty()) {
            let cell = bytes(place.range())?;
            let part = left.encoding.text_of(&cell);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(part.trim());
        }
        Ok(text)
    }

    /// Adds the rows of another part of the file, which keeps its texts in the same way.
    fn append(&mut self, part: &Texts) {
        match (self, part) {
            (Texts::Left(left), Texts::Left(part)) => {
                part.places.iter().for_each(|place| left.places.push(place))
            }
            (Texts::Held(held), Texts::Held(part)) => {
                let from = held.bytes.len();
                held.bytes.push_str(&part.bytes);
                held.ends.extend(part.ends.iter().map(|end| from + end));
            }
            _ => {}
        }
    }
}

impl Left {
    /// The cells of a row, by index; none past the end.
    fn cells_of(&self, row: usize) -> Range<usize> {
        let end = (row + 1) * self.cells;
        if end <= self.places.len() { end - self.cells..end } else { 0..0 }
    }
}

impl Encoding {
    /// The text of a cell as it stands in the file, its quotation marks included.
    pub fn text_of(self, cell: &[u8]) -> String {
        encoding::decode(&table::unquoted(cell), self).0.into_owned()
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
    /// Whether the collector received it more than a day before or after the time at which the page says it was submitted.
    pub clocks_differ: Vec<bool>,
    /// The signals.
    pub signals: Signals,
    /// What may join a response with a row of another file, hashed.
    pub keys: Keys,
    /// What the page said about the visit, as groups.
    pub attributes: Attributes,
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

/// How many rows became what: rows = read + skipped, and read = used + tests + repeated + superseded + other.
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
    /// The same sending of the same response once more, as where two exports overlap.
    pub repeated: u64,
    /// Replaced by a later sending of the same response.
    pub superseded: u64,
    /// To another survey.
    pub other: u64,
    /// In the columns.
    pub used: u64,
    /// Responses in the columns whose definition is not in the file.
    pub undefined: u64,
}

/// How far page views went: counts of exposures by event. An event of a page view counts once.
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
    /// Events that a page view had had already, as where two exports overlap; they are counted nowhere else.
    pub repeated: u64,
}

/// The most rows that are listed as skipped, and as repaired; behind them they are only counted. A list of all would take a hundred
/// times the length of a file in which no row is good.
pub const MOST_LISTED: usize = 100_000;

/// Lists a row, unless enough are.
pub(crate) fn list(rows: &mut Vec<Skipped>, row: Skipped) {
    if rows.len() < MOST_LISTED {
        rows.push(row);
    }
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Only this unit.
    pub unit: Option<String>,
    /// Only this level of evidence.
    #[serde(with = "words")]
    pub level: Option<Level>,
    /// Only rows with this reason.
    #[serde(with = "words")]
    pub reason: Option<Reason>,
    /// Only this score.
    pub score: Option<u8>,
    /// Only rows whose text has this, in whatever case.
    pub text: Option<String>,
    /// Only rows whose score and words disagree ([`Dataset::mismatches`]).
    pub mismatch: bool,
    /// Whether personal data in texts is shown; it is masked otherwise ([`candor_survey::redact`]).
    #[serde(default)]
    pub personal: bool,
    /// Only among these.
    pub among: Selection,
}

impl Filter {
    /// Whether it asks for responses that carry evidence, of which there are none among those without any.
    pub fn asks_for_evidence(&self) -> bool {
        self.reason.is_some() || self.level.is_some_and(|level| level != Level::None)
    }
}

/// Some of the rows that pass a filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// How many rows pass the filter.
    pub total: u64,
    /// The rows asked for, in the file's order.
    pub rows: Vec<Row>,
}

/// One response, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// What was written, without personal data unless the filter asks for that; empty when nothing was, or when it was left in the
    /// file.
    pub text: String,
    /// Where in the text the words stand that tell of a score that was asked for, as ranges of bytes in their order; of rows with
    /// that reason alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Range<usize>>,
    /// Where in the file the cells stand that make up the text, when it was left there.
    #[serde(skip)]
    pub places: Vec<Place>,
    /// How much evidence of pressure, recomputed.
    #[serde(with = "words")]
    pub level: Level,
    /// The reasons for it.
    #[serde(with = "words")]
    pub reasons: Vec<Reason>,
    /// What the page claimed, in own files.
    pub claimed: Option<Claim>,
}

/// What the page said about a response; a page can forge it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The level it claimed.
    #[serde(with = "words")]
    pub level: Level,
    /// The reason codes it gave, joined with `|`.
    pub reasons: String,
    /// Whether that differs from what was recomputed.
    pub differs: bool,
}

/// Levels and reasons, as their words.
mod words {
    use super::{Level, Reason};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) trait Words: Sized {
        type Form: Serialize + for<'de> Deserialize<'de>;
        fn form(&self) -> Self::Form;
        fn read(form: Self::Form) -> Option<Self>;
    }

    impl Words for Level {
        type Form = String;
        fn form(&self) -> String {
            self.as_str().into()
        }
        fn read(form: String) -> Option<Level> {
            Level::from_word(&form)
        }
    }

    impl Words for Reason {
        type Form = String;
        fn form(&self) -> String {
            self.as_str().into()
        }
        fn read(form: String) -> Option<Reason> {
            Reason::from_word(&form)
        }
    }

    impl<W: Words> Words for Option<W> {
        type Form = Option<W::Form>;
        fn form(&self) -> Self::Form {
            self.as_ref().map(W::form)
        }
        fn read(form: Self::Form) -> Option<Self> {
            form.map_or(Some(None), |form| W::read(form).map(Some))
        }
    }

    impl<W: Words> Words for Vec<W> {
        type Form = Vec<W::Form>;
        fn form(&self) -> Self::Form {
            self.iter().map(W::form).collect()
        }
        fn read(form: Self::Form) -> Option<Self> {
            form.into_iter().map(W::read).collect()
        }
    }

    pub(super) fn serialize<W: Words, S: Serializer>(words: &W, serializer: S) -> Result<S::Ok, S::Error> {
        words.form().serialize(serializer)
    }

    pub(super) fn deserialize<'de, W: Words, D: Deserializer<'de>>(deserializer: D) -> Result<W, D::Error> {
        W::read(W::Form::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("an unknown word"))
    }
}

impl Dataset {
    /// The rows that pass `filter`, `limit` of them from `offset` on; texts that were left in the file are not in them.
    pub fn rows(&self, filter: &Filter, offset: u64, limit: usize) -> Page {
        let nothing = |_| Ok::<_, std::convert::Infallible>(Vec::new());
        let Ok(page) = self.rows_with_texts(filter, offset, limit, nothing);
        page
    }

    /// The same, with the texts wherever they are. `bytes` hands out the bytes of the file in a range.
    ///
    /// # Errors
    /// What `bytes` failed with.
    pub fn rows_with_texts<E>(
        &self,
        filter: &Filter,
        offset: u64,
        limit: usize,
        mut bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>,
    ) -> Result<Page, E> {
        let unit = filter.unit.as_ref().map(|name| self.units.as_ref().and_then(|units| units.code(name)));
        let passes = |&row: &usize| {
            let in_unit = match unit {
                None => true,
                Some(None) => false,
                Some(Some(code)) => self.units.as_ref().is_some_and(|units| units.code_of(row) == code),
            };
            in_unit
                && filter.level.is_none_or(|level| self.evidence.levels[row] == level)
                && filter.reason.is_none_or(|reason| self.evidence.reasons[row].has(reason))
                && filter.score.is_none_or(|score| self.ratings[row] == score && score != NO_RATING)
        };
        let mut chosen = self.chosen(&filter.among);
        if filter.mismatch {
            let mut of_mismatch = self.mismatches().into_iter().peekable();
            chosen
                .iter_mut()
                .enumerate()
                .for_each(|(row, chosen)| *chosen &= of_mismatch.next_if_eq(&row).is_some());
        }
        let wanted =
            filter.text.as_ref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        let mut page = Page::default();
        for row in (0..self.ratings.len()).filter(|&row| chosen[row]).filter(passes) {
            if let Some(wanted) = &wanted {
                let Some(texts) = self.texts.as_ref().filter(|texts| texts.has(row)) else { continue };
                if !texts.read(row, &mut bytes)?.to_lowercase().contains(wanted) {
                    continue;
                }
            }
            if page.total >= offset && page.rows.len() < limit {
                let mut shown = self.row(row);
                if let Some(texts) = &self.texts {
                    shown.text = texts.read(row, &mut bytes)?;
                    if !filter.personal {
                        shown.text = masked(std::mem::take(&mut shown.text));
                    }
                }
                if shown.reasons.contains(&Reason::Solicited) {
                    shown.marks = marks(&shown.text);
                }
                page.rows.push(shown);
            }
            page.total += 1;
        }
        Ok(page)
    }

    fn row(&self, row: usize) -> Row {
        let own = self.own.as_ref();
        let time = self.times.as_ref().map(|times| times.get(row)).filter(|&ms| ms != NO_TIME);
        Row {
            row: self.row_numbers.get(row),
            id: own.map(|own| own.ids.get(row).into()),
            score: Some(self.ratings[row]).filter(|&score| score != NO_RATING),
            unit: self.units.as_ref().and_then(|units| units.get(row)).map(Into::into),
            time: time.map(|ms| Time(ms).to_string()),
            text: String::new(),
            marks: Vec::new(),
            places: self.texts.as_ref().map(|texts| texts.places(row)).unwrap_or_default(),
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
        let rows = self.row_numbers.iter().zip(keep).filter(|(_, keep)| **keep);
        let mut row_numbers = RowNumbers::default();
        rows.for_each(|(row, _)| row_numbers.push(row));
        self.row_numbers = row_numbers;
        for column in &mut self.others {
            column.retain(keep);
        }
        retain(&mut self.ratings, keep);
        if let Some(units) = &mut self.units {
            units.retain(keep);
        }
        if let Some(times) = &mut self.times {
            *times = times.of_rows(kept(keep));
        }
        if let Some(texts) = &mut self.texts {
            texts.retain(keep);
        }
        self.comments.retain(keep);
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
            retain(&mut own.clocks_differ, keep);
            own.keys.retain(keep);
            own.attributes.retain(keep);
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

/// The rows that are kept.
fn kept(keep: &[bool]) -> impl Iterator<Item = usize> + '_ {
    keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row)
}

fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
    let mut kept = keep.iter();
    column.retain(|_| kept.next() == Some(&true));
}

impl Texts {
    fn retain(&mut self, keep: &[bool]) {
        match self {
            Texts::Held(_) => {
                let mut texts = Texts::default();
                kept(keep).for_each(|row| texts.push(self.get(row)));
                *self = texts;
            }
            Texts::Left(left) => {
                let mut places = Places::default();
                kept(keep)
                    .flat_map(|row| left.cells_of(row))
                    .for_each(|cell| places.push(left.places.get(cell)));
                left.places = places;
            }
        }
    }
}

impl Column {
    fn retain(&mut self, keep: &[bool]) {
        match &mut self.values {
            Values::Ratings(ratings) => retain(ratings, keep),
            Values::Numbers(numbers) => *numbers = numbers.of_rows(kept(keep)),
            Values::Times(times) => *times = times.of_rows(kept(keep)),
            Values::Words(words) => words.retain(keep),
            Values::Texts(texts) => texts.retain(keep),
        }
        // The index of a row among those that are kept.
        let mut before = 0;
        let places: Vec<Option<u64>> = keep
            .iter()
            .map(|&keep| {
                let place = keep.then_some(before);
                before += u64::from(keep);
                place
            })
            .collect();
        let mut odd = Odd::default();
        for (row, cell) in &self.odd.cells {
            if let Some(place) = places.get(*row as usize).copied().flatten() {
                odd.push(place, cell);
            }
        }
        self.odd = Odd { more: self.odd.more, ..odd };
    }

    fn append(&mut self, part: &Column, from: u64) {
        match (&mut self.values, &part.values) {
            (Values::Ratings(all), Values::Ratings(part)) => all.extend_from_slice(part),
            (Values::Numbers(all), Values::Numbers(part)) => all.append(part),
            (Values::Times(all), Values::Times(part)) => all.append(part),
            (Values::Words(all), Values::Words(part)) => all.append(part),
            (Values::Texts(all), Values::Texts(part)) => all.append(part),
            _ => {}
        }
        self.odd.append(&part.odd, from);
    }
}

impl Dataset {
    /// Adds the rows of a part of the same table, before which there are `before` rows in the file. The part was read by the
    /// same plan, so it has the same columns.
    pub(crate) fn append(&mut self, part: &Dataset, before: u64) {
        let from = self.ratings.len() as u64;
        self.row_numbers.append(&part.row_numbers, before);
        self.ratings.extend_from_slice(&part.ratings);
        if let (Some(all), Some(part)) = (&mut self.units, &part.units) {
            all.append(part);
        }
        if let (Some(all), Some(part)) = (&mut self.times, &part.times) {
            all.append(part);
        }
        if let (Some(all), Some(part)) = (&mut self.texts, &part.texts) {
            all.append(part);
        }
        self.comments.append(&part.comments, from);
        for (all, part) in self.others.iter_mut().zip(&part.others) {
            all.append(part, from);
        }
        self.beside.append(&part.beside);
        self.evidence.cues.extend_from_slice(&part.evidence.cues);
        self.evidence.levels.extend_from_slice(&part.evidence.levels);
        self.evidence.reasons.extend_from_slice(&part.evidence.reasons);
        self.date_votes.append(part.date_votes);
        self.counts.rows += part.counts.rows;
        self.counts.read += part.counts.read;
        self.counts.skipped += part.counts.skipped;
        self.counts.tests += part.counts.tests;
        let moved = |row: &Skipped| Skipped { row: row.row + before, ..row.clone() };
        for (all, part) in [(&mut self.skipped, &part.skipped), (&mut self.repaired, &part.repaired)] {
            let room = MOST_LISTED.saturating_sub(all.len());
            all.extend(part.iter().take(room).map(moved));
        }
    }
}

impl Dataset {
    /// Makes room for `rows` rows in all, and for no more: columns that double would take twice their memory.
    pub(crate) fn make_room(&mut self, rows: usize) {
        let more = rows.saturating_sub(self.ratings.len());
        self.ratings.reserve_exact(more);
        self.units.iter_mut().for_each(|units| units.codes.reserve_exact(more));
        self.times.iter_mut().for_each(|times| times.reserve_exact(more));
        self.texts.iter_mut().for_each(|texts| texts.make_room(more));
        for column in &mut self.others {
            match &mut column.values {
                Values::Ratings(ratings) => ratings.reserve_exact(more),
                Values::Numbers(numbers) => numbers.reserve_exact(more),
                Values::Times(times) => times.reserve_exact(more),
                Values::Words(words) => words.codes.reserve_exact(more),
                Values::Texts(texts) => texts.make_room(more),
            }
        }
        self.beside.items.iter_mut().for_each(|item| item.ratings.reserve_exact(more));
        self.beside.groups.iter_mut().for_each(|group| group.codes.reserve_exact(more));
        self.evidence.cues.reserve_exact(more);
        self.evidence.levels.reserve_exact(more);
        self.evidence.reasons.reserve_exact(more);
    }
}

impl Texts {
    fn make_room(&mut self, rows: usize) {
        if let Texts::Left(left) = self {
            left.places.reserve_exact(rows * left.cells);
        }
    }
}

impl Categories {
    /// Words that no row has any more go too, so that the dictionary is that of the rows that are left.
    fn retain(&mut self, keep: &[bool]) {
        let mut words = Categories::new(&self.name);
        kept(keep).for_each(|row| words.push(self.get(row).unwrap_or_default()));
        *self = words;
    }
}
