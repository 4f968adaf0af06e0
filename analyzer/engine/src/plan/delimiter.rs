//! Which character stands between the cells of a text. Pure: it looks at the bytes of a head and at nothing else.

use crate::table::{BOM, Cells, Line, Table};

/// What may stand between cells; of two that do as well, the first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The most rows that may stand before the names of the columns.
const TITLES: u32 = 2;

/// What stands between cells: of those that give the first row two cells or more, the one that most speaks for; a comma where
/// there is none. The first row may be a title, when most rows are like the one behind it.
///
/// A row speaks for a candidate when it has as many cells as the first one, and as loudly as the share of its cells that are
/// whole ([`is_whole`]); that is averaged over all rows. As two columns come about by chance more easily than ten, the average
/// is multiplied by 1 − 1/columns. (Both factors after van den Burg, Nazábal & Sutton 2019, “Wrangling messy CSV files by
/// detecting row and type patterns”; what a cell may be is simpler here.) Of equals, the one with more columns.
pub(super) fn guess(head: &[u8], whole: bool) -> u8 {
    if let Some(stated) = stated(head) {
        return stated;
    }
    let mut best = (CANDIDATES[0], 0.0, 0);
    for candidate in CANDIDATES {
        let mut tally = Tally::default();
        let mut sink = |_, line: Line<'_>| {
            if let Line::Cells(cells) = line {
                tally.add(cells, candidate);
            }
        };
        let mut table = Table::new(candidate);
        table.push(head, &mut sink);
        if whole {
            table.finish(&mut sink);
        }
        if let Some(spoken) = tally.spoken()
            && (spoken, tally.columns) > (best.1, best.2)
        {
            best = (candidate, spoken, tally.columns);
        }
    }
    best.0
}

/// What a file says itself, for a spreadsheet that opens it: `sep=;` in a row of its own.
fn stated(head: &[u8]) -> Option<u8> {
    let row = head.strip_prefix(&BOM).unwrap_or(head);
    let row = row.strip_prefix(b"\"").unwrap_or(row);
    let (word, rest) = row.split_at_checked(4)?;
    let stated = *rest.first().filter(|byte| CANDIDATES.contains(byte))?;
    word.eq_ignore_ascii_case(b"sep=").then_some(stated)
}

/// What speaks for a candidate.
#[derive(Default)]
struct Tally {
    rows: u32,
    /// The rows before the one that has two cells.
    titles: u32,
    /// The cells of that row.
    columns: usize,
    /// One less when its last cell is empty: it may end in a delimiter where the others do not.
    least: usize,
    /// Rows that have as many cells.
    fitting: u32,
    /// The shares of their cells that are whole, added up.
    sound: f64,
}

impl Tally {
    fn add(&mut self, cells: Cells<'_>, candidate: u8) {
        let empty = |at: usize| cells.raw(at).is_empty();
        if self.columns < 2 && self.rows <= TITLES {
            let last = empty(cells.len().saturating_sub(1));
            *self = Tally {
                rows: self.rows,
                titles: self.rows,
                columns: cells.len(),
                least: cells.len() - usize::from(last),
                ..Tally::default()
            };
        }
        self.rows += 1;
        if cells.len() >= self.least && (self.columns..cells.len()).all(empty) {
            let whole = (0..cells.len()).filter(|&at| is_whole(cells.raw(at), candidate)).count();
            self.fitting += 1;
            self.sound += whole as f64 / cells.len() as f64;
        }
    }

    fn spoken(&self) -> Option<f64> {
        // One row of several cells among prose is no table under a title.
        let table = self.columns >= 2 && (self.titles == 0 || 2 * self.fitting >= self.rows);
        table.then(|| self.sound / f64::from(self.rows) * (1.0 - 1.0 / self.columns as f64))
    }
}

/// Whether a cell looks as if nothing stood together in it that belongs apart: it is a quotation from end to end, or it holds
/// neither a quotation mark nor another delimiter, unless that has a space behind it, as in a sentence, or stands in a number.
fn is_whole(cell: &[u8], delimiter: u8) -> bool {
    let cell = cell.trim_ascii();
    if let Some(quoted) = cell.strip_prefix(b"\"") {
        // Doubled marks are text; the first single one must be the last byte.
        let mut rest = quoted;
        while let Some(at) = rest.iter().position(|&byte| byte == b'"') {
            match rest.get(at + 1) {
                None => return true,
                Some(b'"') => rest = &rest[at + 2..],
                Some(_) => return false,
            }
        }
        return false;
    }
    let number = cell.iter().all(|byte| byte.is_ascii_digit() || b"+-., eE%".contains(byte));
    number
        || !cell.iter().enumerate().any(|(at, &byte)| {
            byte == b'"'
                || byte != delimiter
                    && CANDIDATES.contains(&byte)
                    && (byte == b'\t' || cell.get(at + 1) != Some(&b' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> char {
        char::from(guess(text.as_bytes(), true))
    }

    #[test]
    fn a_decimal_comma_in_each_row_is_no_delimiter() {
        // A name has a comma too, and one row is cut off: by commas all the others have two cells.
        let text =
            "\"q0\"|\"q1\"|\"q2\"|\"so, the \"\"third\"\"\"\n1|\"Leeds\"|83,64|10\n7\n3|\"York\"|16,47|3\n";
        assert_eq!(told(text), '|');
        assert_eq!(told("how much, in all;nps\n1,5;9\n2,5;10\n3\n1,0;4\n"), ';');
    }

    #[test]
    fn what_stands_in_cells_is_no_delimiter() {
        for (text, expected) in [
            ("day\t\"Rating, overall\"\nMay 4, 2026\t9\nMay 5, 2026\t3\n", '\t'),
            ("id,which\n1,a;b\n2,a;c\n3,b;c\n", ','),
            ("id,\"which; all\"\n1,a;b\n2,a;c\n3,b;c\n", ','),
            ("id;which\n1;a|b\n2;a|c\n", ';'),
            ("place;nps;why\nLeeds, North;9;good, fast, near\nYork, South;3;slow, far, dear\n", ';'),
            ("a|b\n1|say \"so\", twice\n2|x, y\n", '|'),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_of_other_lengths_and_a_title_hide_no_delimiter() {
        for (text, expected) in [
            ("a;b;c;\n1;2;3\n4;5;6\n", ';'),
            ("a;b;c\n1;2;3;\n4;5;6;;\n", ';'),
            ("Results, by store, of May\nagent;nps;why\nA1;9;good\nA2;3;bad, slow, far\n", ';'),
            ("sep=;\r\nwhen;price;nps\r\nMay;1,5;9\r\nJune;2,5;3\r\n", ';'),
            ("\"sep=|\"\na|b\n", '|'),
            ("a\tb\n", '\t'),
            ("a;b\n1\n2\n3\n", ';'),
            ("why\nslow; far\nslow\n", ','),
            ("", ','),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
