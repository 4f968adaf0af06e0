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
use sheet::Rows;
use std::io::{Read, Seek};
use xml::Xml;

candor_cells::door!(crate::open);

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

/// Reads everything but the rows. `table` is the index of a sheet; without one it is the first that is not hidden.
///
/// # Errors
/// Why the workbook cannot be read.
pub fn open<R: Read + Seek>(file: R, table: Option<usize>) -> Result<Xlsx<R>, Refusal> {
    let package = Package::open(file)?;
    let mut workbook = workbook::read(&package)?;
    let sheets = std::mem::take(&mut workbook.sheets);
    let table = table.or_else(|| sheets.iter().position(|sheet| !sheet.hidden)).unwrap_or_default();
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
    if sheets.len() > 1 {
        head.notes.push(format!(
            "The workbook has {} sheets; this is \u{201c}{}\u{201d}.",
            sheets.len(),
            sheet.name
        ));
    }
    head.notes.extend(repaired.into_iter().map(|note: Note| format!("Row {}: {}", note.row, note.reason)));
    let width = head.columns.len();
    // A title stands alone in its row, and another one perhaps below it; then come the names.
    let titled = if cells.iter().filter(|cell| !cell.is_empty()).count() == 1 { 2 } else { 0 };
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
