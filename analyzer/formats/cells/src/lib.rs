//! What the readers of XLSX, Parquet and SPSS files share: a file's bytes come in through [`std::io::Read`] and
//! [`std::io::Seek`], a [`Head`] says which columns it has, and rows of [`Cells`] go out to a [`Sink`]. It names no browser
//! and no file; only the door of a wasm module ([`door!`]) does, and only when compiled for wasm.
//!
//! A cell is text. An empty one is missing. Numbers have the fewest digits that give the same number back, dates are
//! ISO 8601, booleans are `true` and `false`, lists are JSON arrays.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod csv;
pub mod door;
mod json;
mod refusal;
mod text;

pub use csv::Csv;
pub use json::{head as write_json_head, string as write_json_string};
pub use refusal::Refusal;
pub use text::{write_date, write_date_time, write_duration, write_f32, write_f64, write_time};

/// The longest row, in bytes of text. One that is longer is refused rather than held in memory.
pub const MAX_ROW: usize = 32 << 20;

/// What is known of a file before its first row is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The columns, in the file's order.
    pub columns: Vec<Column>,
    /// The sets of value labels that columns name by their index, each once however many columns use it.
    pub value_labels: Vec<Vec<ValueLabel>>,
    /// How many rows the file says it has; a claim, not a count.
    pub rows: Option<u64>,
    /// The row that holds the names, counted from 1; rows are numbered after it.
    pub names_row: u64,
    /// The tables that could be read instead of this one, by name; the sheets of a workbook, else empty.
    pub tables: Vec<String>,
    /// Which of `tables` this is.
    pub table: usize,
    /// What the reader should know about how the file was read, a sentence each.
    pub notes: Vec<String>,
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name, as the file has it; empty when it has none.
    pub name: String,
    /// What the file says the column means, such as the wording of the question.
    pub label: Option<String>,
    /// The index of its value labels in [`Head::value_labels`].
    pub values: Option<usize>,
    /// The values that the file declares to mean "no answer". Cells that hold one are read as missing.
    pub missing: Vec<Missing>,
    /// What its cells hold.
    pub kind: Kind,
}

/// A value as its cells have it, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueLabel {
    /// The value, as cells have it.
    pub value: String,
    /// What it stands for.
    pub label: String,
}

/// What a file declares to mean "no answer".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// One value.
    Value(String),
    /// All numbers from the first to the second, both included; an open end is `-inf` or `inf`.
    Range(String, String),
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Anything: the format does not say, cell by cell.
    #[default]
    Any,
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// `true` and `false`.
    Boolean,
    /// `2026-11-22`.
    Date,
    /// `13:05:00`.
    Time,
    /// `2026-11-22T13:05:00`, with `Z` at the end where the file says that it is UTC.
    DateTime,
    /// `PT26H30M5S`.
    Duration,
    /// A JSON array of any of these.
    List,
}

impl Kind {
    /// The word for it in a head's JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Any => "any",
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::DateTime => "date-time",
            Kind::Duration => "duration",
            Kind::List => "list",
        }
    }
}

/// Rows that could not be read, or one that was read after a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The (first) row, numbered as in [`Sink::row`].
    pub row: u64,
    /// How many rows from there; `None` when the file is too damaged to tell.
    pub rows: Option<u64>,
    /// The column, when one is to blame.
    pub column: Option<String>,
    /// What is wrong and what was done, a sentence.
    pub reason: String,
}

/// Where rows go.
pub trait Sink {
    /// Takes a row. Numbers count from 1 and rise; in a workbook they are the ones that the spreadsheet shows, elsewhere
    /// the names count as row 1. A number that is left out is an empty row of a workbook or one that was skipped.
    fn row(&mut self, number: u64, cells: &Cells);
    /// Hears of rows that could not be read.
    fn skipped(&mut self, note: Note);
    /// Hears of a row that was read after a repair.
    fn repaired(&mut self, note: Note);
}

/// A reader that has read its file's head.
pub trait Reader {
    /// What is known of the file.
    fn head(&self) -> &Head;

    /// Hands the next rows to `sink`, at most as many as asked and no more than memory is good for ([`Batch`]), and says
    /// whether there may be more.
    ///
    /// # Errors
    /// Why the rest cannot be read. Rows that were handed out before are good; a file that is only cut off or damaged is
    /// no error but ends with a [`Sink::skipped`].
    fn read(&mut self, rows: usize, sink: &mut dyn Sink) -> Result<bool, Refusal>;
}

/// The cells of one row: one piece of text and where each cell ends, so that a row costs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// Forgets the row and keeps its memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Appends a cell.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.end();
    }

    /// The text that the cell under way is written to; [`Cells::end`] ends it.
    pub fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the cell under way.
    pub fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Where the cell under way began in [`Cells::text`].
    pub fn start(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bytes the cells have together.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let cell = self.text.get(start..end).unwrap_or_default();
            start = end;
            cell
        })
    }
}

/// A sink that is full after so many rows, or when their text or notes would take too much memory together.
pub struct Batch<'a> {
    sink: &'a mut dyn Sink,
    rows: usize,
    bytes: usize,
    notes: usize,
}

impl<'a> Batch<'a> {
    /// The most bytes and notes of a batch, give or take a row.
    const BYTES: usize = 4 << 20;
    const NOTES: usize = 4_096;

    /// Room for so many rows.
    pub fn new(rows: usize, sink: &'a mut dyn Sink) -> Batch<'a> {
        Batch { sink, rows, bytes: 0, notes: 0 }
    }

    /// Whether no further row should be handed out.
    pub fn is_full(&self) -> bool {
        self.rows == 0 || self.bytes > Self::BYTES || self.notes > Self::NOTES
    }

    /// Counts work that gave no row.
    pub fn pass(&mut self) {
        self.rows = self.rows.saturating_sub(1);
    }
}

impl Sink for Batch<'_> {
    fn row(&mut self, number: u64, cells: &Cells) {
        self.rows = self.rows.saturating_sub(1);
        self.bytes += cells.bytes() + cells.len();
        self.sink.row(number, cells);
    }

    fn skipped(&mut self, note: Note) {
        self.notes += 1;
        self.sink.skipped(note);
    }

    fn repaired(&mut self, note: Note) {
        self.notes += 1;
        self.sink.repaired(note);
    }
}

/// Keeps a small file from becoming an endless table: what was read must keep up with what was written.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    written: u64,
    free: u64,
    times: u64,
}

impl Default for Growth {
    fn default() -> Growth {
        Growth::new(Growth::FREE, Growth::TIMES)
    }
}

impl Growth {
    /// What any file may become.
    const FREE: u64 = 64 << 20;
    /// What each byte of a file may become beyond that. Deflate reaches 1,032; exports 20 to 100.
    const TIMES: u64 = 500;
    /// What a row takes beside its text, whoever keeps it.
    const ROW: usize = 16;

    /// For what may become `free` bytes, and beyond that `times` as many as were read.
    pub fn new(free: u64, times: u64) -> Growth {
        Growth { written: 0, free, times }
    }

    /// Counts a row that was written after `read` bytes of the file.
    ///
    /// # Errors
    /// When the file is mostly air.
    pub fn row(&mut self, cells: &Cells, read: u64) -> Result<(), Refusal> {
        if cells.bytes() > MAX_ROW {
            return Err(Refusal::TooLarge {
                place: "A row".into(),
                found: format!("{} MiB of text", cells.bytes() >> 20),
                limit: format!("{} MiB", MAX_ROW >> 20),
            });
        }
        self.bytes("The table", (cells.bytes() + cells.len() + Self::ROW) as u64, read)
    }

    /// Counts bytes that `place` became, such as those that were unpacked, after `read` bytes of the file.
    ///
    /// # Errors
    /// When the file is mostly air.
    pub fn bytes(&mut self, place: &str, bytes: u64, read: u64) -> Result<(), Refusal> {
        self.written += bytes;
        if self.written > self.free && self.written / self.times > read {
            return Err(Refusal::TooLarge {
                place: place.into(),
                found: format!("{} MiB unpacked from {} KiB", self.written >> 20, read >> 10),
                limit: format!("{} times as much", self.times),
            });
        }
        Ok(())
    }
}
