//! A delimited text, pushed in as it arrives, cut into rows of cells by csv-core. It owns one row's buffer and nothing
//! else, and numbers rows as a spreadsheet shows them: the header is row 1, a quoted line break ends no row, a blank line is one.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most bytes that one row may hold. Longer ones are not kept in memory; they are reported.
pub(crate) const MAX_ROW: usize = 16 << 20;
/// The most cells that one row may hold.
const MAX_CELLS: usize = 1 << 20;
pub(crate) const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// What was found at one row.
pub(crate) enum Line<'a> {
    /// Its cells.
    Cells(Cells<'a>),
    /// More than [`MAX_ROW`] bytes or [`MAX_CELLS`] cells.
    TooLong,
    /// The file ended inside a quotation that began in this row.
    Unclosed,
}

/// The cells of one row, quotes resolved, in the file's encoding.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Cells<'a> {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell at `index`; empty past the end.
    pub(crate) fn get(&self, index: usize) -> &'a [u8] {
        let start = match index {
            0 => 0,
            _ => self.ends.get(index - 1).copied().unwrap_or(self.bytes.len()),
        };
        let end = self.ends.get(index).copied().unwrap_or(self.bytes.len());
        &self.bytes[start.min(end)..end]
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |i| self.get(i))
    }
}

pub(crate) struct Table {
    core: Reader,
    cells: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    fields: usize,
    row: u64,
    /// How much of a byte order mark has been met; 3 once that is settled.
    bom: usize,
    /// Whether csv-core has been given its first byte.
    started: bool,
    /// Whether the next byte belongs to a row that has begun.
    within: bool,
    /// Whether the last row ended in CR, so that a following LF belongs to it.
    after_cr: bool,
    too_long: bool,
}

impl Table {
    pub(crate) fn new(delimiter: u8) -> Table {
        Table {
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            cells: vec![0; 4096],
            used: 0,
            ends: vec![0; 64],
            fields: 0,
            row: 0,
            bom: 0,
            started: false,
            within: false,
            after_cr: false,
            too_long: false,
        }
    }

    /// Takes the next bytes and hands each row that they complete to `sink`, with its number.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        while self.bom < BOM.len() {
            let Some((&byte, rest)) = bytes.split_first() else { return };
            if byte == BOM[self.bom] {
                self.bom += 1;
                bytes = rest;
            } else {
                self.settle_bom(sink);
            }
        }
        self.feed(bytes, sink);
    }

    /// What began like a byte order mark and was none is content.
    fn settle_bom(&mut self, sink: &mut impl FnMut(u64, Line<'_>)) {
        let held = std::mem::replace(&mut self.bom, BOM.len());
        if held < BOM.len() {
            self.feed(&BOM[..held], sink);
        }
    }

    fn feed(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        while let Some(&first) = bytes.first() {
            if !self.within {
                let after_cr = std::mem::take(&mut self.after_cr);
                match first {
                    b'\n' if after_cr => {
                        bytes = &bytes[1..];
                        continue;
                    }
                    b'\n' | b'\r' => {
                        // csv-core passes over blank lines in silence; a spreadsheet counts them.
                        self.row += 1;
                        self.after_cr = first == b'\r';
                        bytes = &bytes[1..];
                        continue;
                    }
                    _ => {
                        self.within = true;
                        self.row += 1;
                    }
                }
            }
            // csv-core looks for a byte order mark of its own in the first call; one byte at a time it finds none, so a
            // second mark is content however the file is cut.
            let input = if self.started { bytes } else { &bytes[..1] };
            self.started = true;
            let (result, read, wrote, ended) =
                self.core.read_record(input, &mut self.cells[self.used..], &mut self.ends[self.fields..]);
            self.used += wrote;
            self.fields += ended;
            match result {
                ReadRecordResult::OutputFull if self.cells.len() < MAX_ROW => {
                    self.cells.resize(self.cells.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_CELLS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.too_long = true;
                    self.used = 0;
                    self.fields = 0;
                }
                ReadRecordResult::Record => {
                    self.after_cr = read > 0 && bytes[read - 1] == b'\r';
                    self.emit(sink);
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            }
            bytes = &bytes[read..];
        }
    }

    fn emit(&mut self, sink: &mut impl FnMut(u64, Line<'_>)) {
        if self.too_long {
            sink(self.row, Line::TooLong);
        } else {
            let cells = Cells { bytes: &self.cells[..self.used], ends: &self.ends[..self.fields] };
            sink(self.row, Line::Cells(cells));
        }
        self.used = 0;
        self.fields = 0;
        self.within = false;
        self.too_long = false;
    }

    /// The number of the row that is not complete yet.
    pub(crate) fn incomplete(&self) -> u64 {
        self.row + u64::from(!self.within)
    }

    /// Ends the text: the last row needs no line break.
    pub(crate) fn finish(mut self, sink: &mut impl FnMut(u64, Line<'_>)) {
        self.settle_bom(sink);
        if self.within {
            // A line break ends any row but one that is inside a quotation.
            self.feed(b"\n", sink);
        }
        if self.within {
            sink(self.row, Line::Unclosed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &[u8], delimiter: u8, chunk: usize) -> Vec<(u64, Option<Vec<Vec<u8>>>)> {
        let mut rows = Vec::new();
        let mut sink = |row, line: Line<'_>| {
            rows.push((
                row,
                match line {
                    Line::Cells(cells) => Some(cells.iter().map(<[u8]>::to_vec).collect()),
                    Line::TooLong | Line::Unclosed => None,
                },
            ));
        };
        let mut table = Table::new(delimiter);
        for part in text.chunks(chunk.max(1)) {
            table.push(part, &mut sink);
        }
        table.finish(&mut sink);
        rows
    }

    fn cells(cells: &[&str]) -> Option<Vec<Vec<u8>>> {
        Some(cells.iter().map(|c| c.as_bytes().to_vec()).collect())
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = b"\xEF\xBB\xBFa,b\r\n1,\"x\r\ny\"\r\n\r\n2,\"say \"\"hi\"\"\"\r3,z\n\n\n4,";
        for chunk in 1..=text.len() {
            let found = rows(text, b',', chunk);
            assert_eq!(
                found,
                vec![
                    (1, cells(&["a", "b"])),
                    (2, cells(&["1", "x\r\ny"])),
                    (4, cells(&["2", "say \"hi\""])),
                    (5, cells(&["3", "z"])),
                    (8, cells(&["4", ""])),
                ],
                "in chunks of {chunk}"
            );
        }
    }

    #[test]
    fn a_quotation_that_never_closes_is_said_and_costs_no_row_before_it() {
        let found = rows(b"a,b\n1,2\n3,\"open\n4,5\n", b',', 7);
        assert_eq!(found, vec![(1, cells(&["a", "b"])), (2, cells(&["1", "2"])), (3, None)]);
    }

    #[test]
    fn a_row_beyond_the_limit_is_said_and_the_next_one_is_read() {
        let mut text = b"a,b\n1,".to_vec();
        text.resize(text.len() + MAX_ROW + 10, b'x');
        text.extend_from_slice(b"\n2,y\n");
        let found = rows(&text, b',', 1 << 16);
        assert_eq!(found, vec![(1, cells(&["a", "b"])), (2, None), (3, cells(&["2", "y"]))]);
    }

    #[test]
    fn a_second_byte_order_mark_is_content_in_any_chunks() {
        let text = b"\xEF\xBB\xBF\xEF\xBB\xBFa,b\n";
        for chunk in 1..8 {
            assert_eq!(rows(text, b',', chunk), vec![(1, cells(&["\u{feff}a", "b"]))]);
        }
    }

    proptest! {
        #[test]
        fn any_chunk_size_gives_the_same_rows(
            text in proptest::collection::vec(prop_oneof![
                Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'a'), Just(0u8), Just(0xEFu8), any::<u8>()
            ], 0..120),
            chunk in 1usize..20,
        ) {
            prop_assert_eq!(rows(&text, b',', chunk), rows(&text, b',', text.len().max(1)));
        }

        #[test]
        fn any_bytes_in_any_cells_come_back(
            table in proptest::collection::vec(proptest::collection::vec("[a\",\r\n;é]{0,6}", 2..5), 1..6)
        ) {
            let mut text = String::new();
            for row in &table {
                let quoted: Vec<_> = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
                text.push_str(&quoted.join(","));
                text.push_str("\r\n");
            }
            let found: Vec<_> = rows(text.as_bytes(), b',', 5).into_iter().filter_map(|(_, cells)| cells).collect();
            let expected: Vec<Vec<Vec<u8>>> =
                table.iter().map(|row| row.iter().map(|c| c.as_bytes().to_vec()).collect()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
