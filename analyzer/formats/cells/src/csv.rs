//! A sink that writes CSV (RFC 4180, UTF-8, commas, line feeds): what the engine's reader of tables takes as it is.

use crate::{Cells, Head, Note, Sink};

/// Rows as CSV, and the notes that came with them. Line numbers are row numbers: a row that is left out is an empty line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Csv {
    /// The text so far; whoever takes it leaves an empty one.
    pub text: String,
    /// Rows that could not be read.
    pub skipped: Vec<Note>,
    /// Rows that were read after a repair.
    pub repaired: Vec<Note>,
    /// The last row written.
    row: u64,
}

impl Csv {
    /// Starts with the line of names.
    pub fn new(head: &Head) -> Csv {
        let mut csv = Csv::default();
        csv.line(head.names_row, head.columns.iter().map(|column| column.name.as_str()));
        csv
    }

    fn line<'a>(&mut self, number: u64, cells: impl Iterator<Item = &'a str>) {
        for _ in self.row + 1..number {
            self.text.push('\n');
        }
        self.row = number;
        let start = self.text.len();
        let mut first = true;
        for cell in cells {
            if !first {
                self.text.push(',');
            }
            first = false;
            // A byte order mark at the start of the text would be taken off.
            let breaks = |byte| matches!(byte, b'"' | b',' | b'\n' | b'\r');
            if cell.bytes().any(breaks) || cell.starts_with('\u{feff}') {
                self.quoted(cell);
            } else {
                self.text.push_str(cell);
            }
        }
        // An empty line would be no row.
        if self.text.len() == start {
            self.text.push_str("\"\"");
        }
        self.text.push('\n');
    }

    fn quoted(&mut self, cell: &str) {
        self.text.push('"');
        let mut parts = cell.split('"');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.text.push_str("\"\"");
            self.text.push_str(part);
        }
        self.text.push('"');
    }
}

impl Sink for Csv {
    fn row(&mut self, number: u64, cells: &Cells) {
        self.line(number, cells.iter());
    }

    fn skipped(&mut self, note: Note) {
        self.skipped.push(note);
    }

    fn repaired(&mut self, note: Note) {
        self.repaired.push(note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;

    fn row(cells: &[&str]) -> Cells {
        let mut row = Cells::default();
        cells.iter().for_each(|cell| row.push(cell));
        row
    }

    #[test]
    fn line_numbers_are_row_numbers() {
        let column = |name: &str| Column { name: name.into(), ..Column::default() };
        let mut csv =
            Csv::new(&Head { columns: vec![column("a"), column("b")], names_row: 2, ..Head::default() });
        csv.row(3, &row(&["1", "x"]));
        csv.row(6, &row(&["2", ""]));
        assert_eq!(csv.text, "\na,b\n1,x\n\n\n2,\n");
    }

    #[test]
    fn whatever_would_break_a_cell_is_quoted() {
        let mut csv = Csv::default();
        csv.row(1, &row(&["say \"hi\"", "a,b", "two\nlines", "\"", "plain; text"]));
        csv.row(2, &row(&[""]));
        assert_eq!(csv.text, "\"say \"\"hi\"\"\",\"a,b\",\"two\nlines\",\"\"\"\",plain; text\n\"\"\n");
    }
}
