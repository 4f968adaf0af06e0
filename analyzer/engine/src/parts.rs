//! A table read in parts: stretches of bytes, each read apart from the others and in any order, come to the same data set,
//! byte for byte, as the file read from its beginning. It owns no file; whoever has one hands out the bytes.
//!
//! A part looks for the row that begins first in its stretch. That is a guess, because a line break may stand inside of a
//! quotation; but each part says where its first row begins and where the row after its last one does, and when these
//! differ between two neighbors, [`Parts::add`] has the later one read again from where the earlier one ended.

use crate::bytes::{Damaged, Reader, Writer};
use crate::columns::Dataset;
use crate::packed;
use crate::plan::{Encoding, HEAD, Plan, PlanError, Tool};
use crate::reader::{Rows, delimiter};
use crate::table::{Line, Table};
use std::ops::Range;

/// Bytes from which the first row of a part is guessed.
const WINDOW: usize = 256 << 10;
/// Rows by which a guess is judged.
const JUDGES: usize = 8;

/// Whether a file can be read in parts by this plan: a table of another tool that is not packed, whose rows say nothing of
/// each other, and whose header it has and ends within `head`, the first [`HEAD`] bytes.
pub fn can_be_parted(plan: &Plan, head: &[u8]) -> bool {
    let apart = !plan.tool.is_own() && plan.tool != Tool::PostHog && plan.header_rows > 0;
    let plain = matches!(plan.encoding, Encoding::Utf8 | Encoding::Windows1252) && !packed::is_packed(head);
    apart && plain && rows_of(plan, head).is_ok_and(|(rows, _)| rows.has_header())
}

/// The rows of a file whose header has been read, and nothing else; and where the header ends, its line break apart.
fn rows_of(plan: &Plan, head: &[u8]) -> Result<(Rows, u64), PlanError> {
    let mut rows = Rows::new(plan, true)?;
    let mut end = 0;
    let mut table = Table::new(delimiter(plan)?);
    table.push(&head[..head.len().min(HEAD)], &mut |number, line| {
        if !rows.has_header() {
            if let Line::Cells(cells) = &line {
                end = cells.end();
            }
            rows.table_row(number, line);
        }
    });
    rows.forget_notes();
    Ok((rows, end))
}

/// A part of a table that is being read.
pub struct Part {
    range: Range<u64>,
    delimiter: u8,
    stage: Stage,
    rows: Rows,
}

enum Stage {
    /// The first bytes, among which the first row is looked for. They begin a byte before the range, because a row begins
    /// behind a line break.
    Looking(Vec<u8>),
    Reading {
        table: Box<Table>,
        start: u64,
    },
}

/// What a part came to.
#[derive(Debug, PartialEq)]
pub struct PartRead {
    range: Range<u64>,
    start: u64,
    end: u64,
    /// Rows of the file in this part, blank ones and header rows included.
    rows: u64,
    dataset: Dataset,
}

impl Part {
    /// Starts the rows that begin in `range` of a file that begins with `head`, the first [`HEAD`] bytes or all of it.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn new(plan: &Plan, head: &[u8], range: Range<u64>) -> Result<Part, PlanError> {
        let delimiter = delimiter(plan)?;
        let (rows, header_end) = rows_of(plan, head)?;
        if range.start == 0 {
            // The header is not divided: the parts that begin inside of it find their rows taken.
            let table = Box::new(Table::new(delimiter).until(range.end.max(header_end + 1)));
            let rows = Rows::new(plan, true)?;
            return Ok(Part { range, delimiter, stage: Stage::Reading { table, start: 0 }, rows });
        }
        Ok(Part { range, delimiter, stage: Stage::Looking(Vec::new()), rows })
    }

    /// Starts at the beginning of `range`, where a row is known to begin.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn from_row(plan: &Plan, head: &[u8], range: Range<u64>) -> Result<Part, PlanError> {
        let mut part = Part::new(plan, head, range)?;
        if part.range.start > 0 {
            part.begin(part.range.start);
        }
        Ok(part)
    }

    fn begin(&mut self, start: u64) {
        let table = Table::starting_at(self.delimiter, start).until(self.range.end);
        self.stage = Stage::Reading { table: Box::new(table), start };
    }

    /// The offset from which on it needs bytes; `None` when it has all of its rows.
    pub fn wants(&self) -> Option<u64> {
        match &self.stage {
            Stage::Looking(held) => Some(self.range.start - 1 + held.len() as u64),
            Stage::Reading { table, .. } => (!table.is_done()).then(|| table.fed()),
        }
    }

    /// The responses met so far, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.rows.count()
    }

    /// Takes the bytes from [`Part::wants`] on.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.stage {
            Stage::Looking(held) => {
                held.extend_from_slice(bytes);
                if held.len() > WINDOW {
                    self.found();
                }
            }
            Stage::Reading { table, .. } => {
                let rows = &mut self.rows;
                table.push(bytes, &mut |number, line| rows.table_row(number, line));
            }
        }
    }

    /// Decides where the first row begins and reads what has been held.
    fn found(&mut self) {
        let Stage::Looking(held) = &mut self.stage else { return };
        let held = std::mem::take(held);
        let at = first_row(&held, self.delimiter, self.rows.width());
        self.begin(self.range.start - 1 + at as u64);
        self.push(&held[at..]);
    }

    /// Ends the part: there is nothing more that it wants, or the file has ended.
    pub fn finish(mut self) -> PartRead {
        self.found();
        let rows = &mut self.rows;
        let (start, end, count) = match &mut self.stage {
            Stage::Looking(_) => (self.range.start, self.range.start, 0),
            Stage::Reading { table, start } => {
                if !table.is_done() {
                    table.finish(&mut |number, line| rows.table_row(number, line));
                }
                (*start, table.at(), table.rows())
            }
        };
        PartRead { range: self.range, start, end, rows: count, dataset: self.rows.into_dataset() }
    }
}

const MARK: &[u8; 5] = b"PART2";

impl PartRead {
    /// The byte form, in which it goes from one worker to another: see `columns/transfer.rs`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new(MARK);
        out.u64s(&[self.range.start, self.range.end, self.start, self.end, self.rows]);
        self.dataset.write(&mut out);
        out.finish()
    }

    /// Reads the byte form of a part that was read by `plan`.
    ///
    /// # Errors
    /// The bytes are not the columns of such a part.
    pub fn from_bytes(plan: &Plan, bytes: &[u8]) -> Result<PartRead, Damaged> {
        let mut bytes = Reader::new(bytes, MARK, "a part of a table")?;
        let blank = Rows::new(plan, true).map_err(|_| bytes.damaged())?.into_dataset();
        let range = bytes.u64()?..bytes.u64()?;
        let (start, end, rows) = (bytes.u64()?, bytes.u64()?, bytes.u64()?);
        let dataset = blank.read(&mut bytes)?;
        // A row has a byte or more.
        if end.checked_sub(start).is_none_or(|length| rows > length) || !dataset.is_of(rows) {
            return Err(bytes.damaged());
        }
        bytes.end()?;
        Ok(PartRead { range, start, end, rows, dataset })
    }

    /// The bytes of the file whose rows it has: those that begin in it.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// The responses in it, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.dataset.counts.rows
    }
}

/// Where the first row begins in bytes of which the first stands before the part: behind the first line break, if the part
/// begins outside of a quotation, or behind the first one after the quotation. Of the two, the one after which more rows have
/// as many cells as the header.
fn first_row(bytes: &[u8], delimiter: u8, width: usize) -> usize {
    let judge = |start: usize| {
        let mut found = 0;
        let mut met = 0;
        let mut table = Table::starting_at(delimiter, 0);
        // A row that is not complete says nothing.
        table.push(&bytes[start..], &mut |_, line| {
            if met < JUDGES {
                met += 1;
                found += usize::from(matches!(line, Line::Cells(cells) if cells.len() == width));
            }
        });
        // Whoever takes a text for rows soon meets one that never ends.
        (found * JUDGES).checked_div(met).unwrap_or(0)
    };
    let outside = behind_break(bytes, 0);
    let mut best = outside.map(|start| (judge(start), start));
    // Inside of a quotation, the first mark that is not one of two ends it.
    if best.is_none_or(|(points, _)| points < JUDGES) {
        let mut at = 0;
        let closing = loop {
            match memchr::memchr(b'"', &bytes[at..]) {
                Some(mark) if bytes.get(at + mark + 1) == Some(&b'"') => at += mark + 2,
                Some(mark) => break Some(at + mark + 1),
                None => break None,
            }
        };
        // Behind it, the cells of the row go on, and may be quoted too.
        let inside = closing.and_then(|from| {
            let mut table = Table::starting_at(delimiter, from as u64).until(from as u64 + 1);
            table.push(&bytes[from..], &mut |_, _| {});
            table.is_done().then(|| table.at() as usize)
        });
        if let Some(start) = inside {
            let points = judge(start);
            if best.is_none_or(|(most, _)| points > most) {
                best = Some((points, start));
            }
        }
    }
    best.map_or(bytes.len(), |(_, start)| start)
}

/// Behind the first line break from `at` on; the bytes' end is none.
fn behind_break(bytes: &[u8], at: usize) -> Option<usize> {
    let found = at + memchr::memchr2(b'\n', b'\r', &bytes[at..])?;
    let crlf = bytes[found] == b'\r' && bytes.get(found + 1) == Some(&b'\n');
    Some(found + 1 + usize::from(crlf))
}

/// The parts of a file put together, in the file's order.
#[derive(Default)]
pub struct Parts {
    /// Where the next row begins.
    next: u64,
    rows: u64,
    dataset: Option<Dataset>,
    /// The file's length in bytes; 0 when it is not known.
    size: u64,
}

impl Parts {
    /// For a file of so many bytes: memory is taken once, for as many rows as that probably has.
    pub fn of_file(size: u64) -> Parts {
        Parts { size, ..Parts::default() }
    }

    /// Adds the part that follows.
    ///
    /// # Errors
    /// The part did not begin where a row begins. Read the range that is returned with [`Part::from_row`] and add that.
    pub fn add(&mut self, part: PartRead) -> Result<(), Range<u64>> {
        // What stood before has taken all of it: a long row, or one whose quotation mark is never closed.
        if self.dataset.is_some() && self.next >= part.range.end {
            return Ok(());
        }
        if self.dataset.is_some() && part.start != self.next {
            return Err(self.next..part.range.end);
        }
        match &mut self.dataset {
            None => self.dataset = Some(part.dataset),
            Some(dataset) => {
                let rows = dataset.ratings.len() + part.dataset.ratings.len();
                if rows > dataset.ratings.capacity() {
                    // A little more than by the rows so far, so that most files ask once.
                    let expected = rows as f64 * (self.size as f64 / part.end as f64).max(1.0) * 1.02;
                    dataset.make_room(expected as usize);
                }
                dataset.append(&part.dataset, self.rows);
            }
        }
        self.rows += part.rows;
        self.next = part.end;
        Ok(())
    }

    /// The responses in the parts added so far, those that could not be read included.
    pub fn rows(&self) -> u64 {
        self.dataset.as_ref().map_or(0, |dataset| dataset.counts.rows)
    }

    /// The data set; `None` when no part was added. [`Dataset::listen`] is for whoever has the file.
    pub fn finish(self) -> Option<Dataset> {
        let mut dataset = self.dataset?;
        dataset.counts.used = dataset.ratings.len() as u64;
        Some(dataset)
    }
}
