//! XLSX workbooks: the cells of one sheet, row by row, as they are displayed nowhere but stored. It reads bytes and knows no
//! browser; the layout is that of ECMA-376 (Office Open XML), both its editions of names.
//!
//! The first row that is not empty gives the columns their names; rows keep the numbers that the spreadsheet shows.
//! Numbers whose format is one of a date become dates. Formulas give the value that was stored with them.
//!
//! ```
//! use candor_cells::{Csv, Reader};
//! # let file = include_bytes!("../fixtures/shared.xlsx");
//! let mut sheet = candor_xlsx::open(std::io::Cursor::new(file), None)?;
//! let mut csv = Csv::new(sheet.head());
//! while sheet.read(1_000, &mut csv)? {}
//! assert!(csv.text.starts_with("agent,score,why\n"));
//! # Ok::<(), candor_cells::Refusal>(())
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod package;
mod sheet;
mod workbook;
mod xml;

use candor_cells::{Batch, Cells, Column, Growth, Head, Note, Reader, Refusal, Sink};
use package::Package;
use quick_xml::events::Event;
use sheet::Rows;
use std::io::{Read, Seek};
use xml::Xml;

candor_cells::door!(crate::open);

/// As many rows may stand above the names.
const TITLED: u8 = 20;
/// As many rows of a sheet are counted to tell a table from what explains it, and as many sheets are looked at.
const COUNTED: usize = 300;
const LOOKED_AT: usize = 50;
/// As many tags and texts of a sheet are gone through for that.
const MOST_EVENTS: usize = 200_000;

/// The sheet that holds the responses: the first that is not hidden, unless it is a cover or a summary and a later one has three
/// times as many rows of two cells or more.
fn longest<R: Read + Seek>(package: &Package<R>, sheets: &[workbook::Sheet], first: usize) -> usize {
    if sheets.iter().filter(|sheet| !sheet.hidden).count() < 2 {
        return first;
    }
    // One that is damaged is read as far as it goes.
    let mut best = (first, rows_of(package, sheets.get(first)).unwrap_or(COUNTED));
    let least = 3 * best.1;
    for (at, sheet) in sheets.iter().enumerate().skip(first + 1).take(LOOKED_AT) {
        if best.1 >= COUNTED {
            break;
        }
        // A sheet that cannot be read is not the one to read.
        let rows = if sheet.hidden { 0 } else { rows_of(package, Some(sheet)).unwrap_or(0) };
        if rows > best.1 && rows > least && rows > 2 {
            best = (at, rows);
        }
    }
    best.0
}

/// How many rows of a sheet have two cells or more that are filled, at most [`COUNTED`].
fn rows_of<R: Read + Seek>(package: &Package<R>, sheet: Option<&workbook::Sheet>) -> Result<usize, Refusal> {
    let Some(part) = sheet.map(|sheet| package.part(&sheet.part)).transpose()?.flatten() else {
        return Ok(0);
    };
    let mut xml = Xml::new(part.of_any_length());
    let (mut rows, mut filled) = (0, 0);
    for _ in 0..MOST_EVENTS {
        if rows == COUNTED {
            break;
        }
        match xml.next()? {
            Event::Start(start) if start.local_name().as_ref() == "row" => filled = 0,
            Event::Start(start) if matches!(start.local_name().as_ref(), "v" | "is") => filled += 1,
            Event::End(end) if end.local_name().as_ref() == "row" => rows += usize::from(filled > 1),
            Event::End(end) if end.local_name().as_ref() == "sheetData" => break,
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(rows)
}

/// A sheet whose names were read.
pub struct Xlsx<R> {
    head: Head,
    rows: Rows<R>,
    /// The last row that was handed out.
    last: u64,
    /// How many cells a row has at least.
    width: usize,
    /// How many rows may still be wider than what stands above them: those behind a title.
    titled: u8,
    cells: Cells,
    growth: Growth,
    ended: bool,
}

/// Reads everything but the rows. `table` is the index of a sheet; without one it is the first that is not hidden, or a later one where that
/// is a cover.
///
/// # Errors
/// Why the workbook cannot be read.
pub fn open<R: Read + Seek>(file: R, table: Option<usize>) -> Result<Xlsx<R>, Refusal> {
    let package = Package::open(file)?;
    let mut workbook = workbook::read(&package)?;
    let sheets = std::mem::take(&mut workbook.sheets);
    let first = sheets.iter().position(|sheet| !sheet.hidden).unwrap_or_default();
    let table = match table {
        Some(table) => table,
        None => longest(&package, &sheets, first),
    };
    let Some(sheet) = sheets.get(table) else {
        return Err(Refusal::damaged("The workbook", format!("has no sheet number {}", table + 1)));
    };
    let Some(part) = package.part(&sheet.part)? else {
        return Err(Refusal::damaged(
            "The workbook",
            format!("has no {}, which holds the sheet {}", sheet.part, sheet.name),
        ));
    };
    let mut rows = Rows::new(Xml::new(part.of_any_length()), workbook);
    let mut head = Head { table, ..Head::default() };
    let mut cells = Cells::default();
    let mut repaired = Vec::new();
    let Some(names_row) = rows.next(0, &mut cells, &mut repaired)? else {
        return Err(Refusal::Unsupported {
            what: format!("The sheet \u{201c}{}\u{201d} is empty and", sheet.name),
            instead: "Choose another sheet.".into(),
        });
    };
    head.names_row = names_row;
    head.columns = cells.iter().map(|name| Column { name: name.into(), ..Column::default() }).collect();
    head.tables = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    if table != first {
        let skipped: Vec<String> =
            sheets.iter().take(table).map(|sheet| format!("\u{201c}{}\u{201d}", sheet.name)).collect();
        head.notes.push(format!(
            "The sheet \u{201c}{}\u{201d} is read, as it has the most rows; {} before it has few and is not read.",
            sheet.name,
            skipped.join(", ")
        ));
    } else if sheets.len() > 1 {
        head.notes.push(format!(
            "The workbook has {} sheets; this is \u{201c}{}\u{201d}.",
            sheets.len(),
            sheet.name
        ));
    }
    head.notes.extend(repaired.into_iter().map(|note: Note| format!("Row {}: {}", note.row, note.reason)));
    let width = head.columns.len();
    // Of a title few cells are filled, and perhaps others stand below it; then come the names.
    let titled = if cells.iter().filter(|cell| !cell.is_empty()).count() <= 2 { TITLED } else { 0 };
    Ok(Xlsx { head, rows, last: names_row, width, titled, cells, growth: Growth::default(), ended: false })
}

impl<R: Read + Seek> Reader for Xlsx<R> {
    fn head(&self) -> &Head {
        &self.head
    }

    fn read(&mut self, rows: usize, sink: &mut dyn Sink) -> Result<bool, Refusal> {
        let mut repaired = Vec::new();
        let sink = &mut Batch::new(rows, sink);
        while !self.ended && !sink.is_full() {
            match self.rows.next(self.last, &mut self.cells, &mut repaired) {
                Ok(Some(number)) => {
                    self.last = number;
                    if self.titled > 0 {
                        self.titled -= 1;
                        self.width = self.width.max(self.cells.len());
                    }
                    while self.cells.len() < self.width {
                        self.cells.end();
                    }
                    sink.row(number, &self.cells);
                    self.growth.row(&self.cells, self.rows.read_so_far())?;
                }
                Ok(None) => self.ended = true,
                Err(why @ Refusal::Damaged { .. }) => {
                    self.ended = true;
                    sink.skipped(Note {
                        row: self.last + 1,
                        rows: None,
                        column: None,
                        reason: why.to_string(),
                    });
                }
                Err(why) => return Err(why),
            }
            for mut note in repaired.drain(..) {
                // Cells name their column by its letters; the sheet's names are known here.
                if let Some(at) = note.column.as_deref().and_then(|at| at.parse::<usize>().ok()) {
                    note.column = self.head.columns.get(at).map(|column| column.name.clone());
                }
                sink.repaired(note);
            }
        }
        Ok(!self.ended)
    }
}
