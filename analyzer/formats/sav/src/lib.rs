//! SPSS system files, `.sav` and `.zsav`: cases as rows of cells, with the labels and the declared missing values. It
//! reads bytes and knows no browser; the layout is that of the PSPP developers' guide, "System File Format".
//!
//! Cells hold the values, not their labels. Values that a variable declares missing, and the system-missing value, are
//! empty cells. Dates and times count from 14 October 1582 and become ISO 8601.
//!
//! ```
//! use candor_cells::{Csv, Reader};
//! # let file = include_bytes!("../fixtures/plain.sav");
//! let mut cases = candor_sav::open(std::io::Cursor::new(file), None)?;
//! let mut csv = Csv::new(cases.head());
//! while cases.read(1_000, &mut csv)? {}
//! assert!(csv.text.starts_with("id,recommend,"));
//! # Ok::<(), candor_cells::Refusal>(())
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
mod dictionary;
mod input;
mod values;

use candor_cells::{Batch, Cells, Growth, Head, Note, Reader, Refusal, Sink};
use cases::{Elements, Next};
use dictionary::{Dictionary, Variable};
use input::Input;
use std::io::{Read, Seek};

candor_cells::door!(crate::open);

/// An SPSS file whose dictionary was read.
pub struct Sav<R> {
    head: Head,
    variables: Vec<Variable>,
    values: values::Values,
    elements: Elements<R>,
    cells: Cells,
    /// The bytes of the string under way.
    string: Vec<u8>,
    /// Cases handed out so far.
    cases: u64,
    growth: Growth,
    ended: bool,
}

/// Reads the dictionary. An SPSS file has one table, so that `table` has no meaning.
///
/// # Errors
/// Why the file cannot be read.
pub fn open<R: Read + Seek>(file: R, _table: Option<usize>) -> Result<Sav<R>, Refusal> {
    let mut input = Input::new(file)?;
    let Dictionary { head, variables, values, compression } = dictionary::read(&mut input)?;
    let elements = Elements::new(input, compression)?;
    Ok(Sav {
        head,
        variables,
        values,
        elements,
        cells: Cells::default(),
        string: Vec::new(),
        cases: 0,
        growth: Growth::default(),
        ended: false,
    })
}

/// What became of a case.
enum Case {
    Read,
    End,
    /// The file ends inside it, or is damaged there.
    Broken(Refusal),
}

impl<R: Read + Seek> Reader for Sav<R> {
    fn head(&self) -> &Head {
        &self.head
    }

    fn read(&mut self, rows: usize, sink: &mut dyn Sink) -> Result<bool, Refusal> {
        let sink = &mut Batch::new(rows, sink);
        while !self.ended && !sink.is_full() {
            match self.case(sink)? {
                Case::Read => {
                    self.cases += 1;
                    sink.row(self.cases + 1, &self.cells);
                    self.growth.row(&self.cells, self.elements.position())?;
                }
                Case::End => self.end(None, sink),
                Case::Broken(why) => self.end(Some(why), sink),
            }
        }
        Ok(!self.ended)
    }
}

impl<R: Read + Seek> Sav<R> {
    fn case(&mut self, sink: &mut dyn Sink) -> Result<Case, Refusal> {
        self.cells.clear();
        let number = self.cases + 2;
        let mut first = true;
        for (at, variable) in self.variables.iter().enumerate() {
            self.string.clear();
            let mut repair = None;
            for &segment in &variable.segments {
                let before = self.string.len();
                for _ in 0..variable.elements(segment) {
                    let element = match self.elements.next() {
                        Ok(Next::Element(element)) => element,
                        Ok(Next::Missing) if variable.is_number() => self.values.missing,
                        Ok(Next::Missing) => *b"        ",
                        Ok(Next::End) if first => return Ok(Case::End),
                        Ok(Next::End) => {
                            return Ok(Case::Broken(Refusal::damaged(format!("Row {number}"), "is cut off")));
                        }
                        Err(why @ Refusal::Damaged { .. }) => return Ok(Case::Broken(why)),
                        Err(why) => return Err(why),
                    };
                    first = false;
                    self.string.extend_from_slice(&element);
                }
                // The last byte of a segment of 255 pads it to 256.
                if !variable.is_number() {
                    self.string.truncate(before + usize::from(segment));
                }
            }
            let written = match variable.is_number() {
                true => self.values.number(self.cells.text(), &self.string, variable),
                false => self.values.string(self.cells.text(), &self.string, variable),
            };
            if let Err(reason) = written {
                repair = Some(reason);
            }
            self.cells.end();
            if let Some(reason) = repair {
                let column = self.head.columns.get(at).map(|column| column.name.clone());
                sink.repaired(Note { row: number, rows: Some(1), column, reason });
            }
        }
        Ok(Case::Read)
    }

    /// Says how the cases ended, when that is not as the file announced.
    fn end(&mut self, why: Option<Refusal>, sink: &mut dyn Sink) {
        self.ended = true;
        let row = self.cases + 2;
        let left = self.head.rows.map(|rows| rows.saturating_sub(self.cases));
        let reason = match (why, left) {
            (Some(why), _) => why.to_string(),
            (None, Some(left)) if left > 0 => {
                format!(
                    "The file says that {left} more rows follow, and ends. Was it cut off? Copy or export it again."
                )
            }
            _ => return,
        };
        // A case that was begun is one, whatever the file announced.
        sink.skipped(Note { row, rows: left.filter(|&left| left > 0), column: None, reason });
    }
}
