//! A delimited text, pushed in as it arrives, cut into rows of cells. It copies only a row that arrives in pieces, knows
//! where in the file each cell stands, and numbers rows as a spreadsheet shows them: the header is row 1, a quoted line
//! break ends no row, a blank line is one.
//!
//! A cell that begins with a quotation mark goes on to the closing one; a doubled one inside is one. What follows a closing
//! mark, and a mark inside of a cell that does not begin with one, is text. LF, CR and CRLF each end a row.

use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;

/// The most bytes that one row may hold. Longer ones are not kept in memory; they are reported.
pub(crate) const MAX_ROW: usize = 16 << 20;
/// The most cells that one row may hold.
const MAX_CELLS: usize = 1 << 20;
pub(crate) const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];
/// Set in the end of a cell that begins with a quotation mark.
const QUOTED: u32 = 1 << 31;

/// What was found at one row.
pub(crate) enum Line<'a> {
    /// Its cells.
    Cells(Cells<'a>),
    /// More than [`MAX_ROW`] bytes or [`MAX_CELLS`] cells.
    TooLong,
    /// The file ended inside a quotation that began in this row.
    Unclosed,
}

/// The cells of one row, in the file's encoding.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    /// The row as it stands in the file.
    row: &'a [u8],
    ends: &'a [u32],
    /// Where the row begins in the file.
    at: u64,
}

impl<'a> Cells<'a> {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where a cell stands in the row, quotation marks included, and whether it begins with one.
    #[inline]
    fn bounds(&self, index: usize) -> (Range<usize>, bool) {
        let Some(&end) = self.ends.get(index) else { return (0..0, false) };
        let start = match index {
            0 => 0,
            _ => (self.ends[index - 1] & !QUOTED) as usize + 1,
        };
        (start..(end & !QUOTED) as usize, end & QUOTED != 0)
    }

    /// The cell at `index` without its quotation marks; empty past the end.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Cow<'a, [u8]> {
        let (range, quoted) = self.bounds(index);
        let cell = &self.row[range];
        if quoted { unquoted(cell) } else { Cow::Borrowed(cell) }
    }

    /// The cell at `index` as it stands in the file, quotation marks included; empty past the end.
    pub(crate) fn raw(&self, index: usize) -> &'a [u8] {
        &self.row[self.bounds(index).0]
    }

    /// Where the cell at `index` stands in the file, quotation marks included.
    #[inline]
    pub(crate) fn place(&self, index: usize) -> Range<u64> {
        let (range, _) = self.bounds(index);
        self.at + range.start as u64..self.at + range.end as u64
    }

    /// Where the row ends in the file, its line break apart.
    pub(crate) fn end(&self) -> u64 {
        self.at + self.row.len() as u64
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Cow<'a, [u8]>> {
        (0..self.len()).map(move |i| self.get(i))
    }

    /// Whether there is nothing in the row but spaces.
    pub(crate) fn are_blank(self) -> bool {
        self.iter().all(|cell| cell.trim_ascii().is_empty())
    }
}

/// A cell without its quotation marks: `"a ""b"" c"` is `a "b" c`.
pub(crate) fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = cell.strip_prefix(b"\"") else { return Cow::Borrowed(cell) };
    let closed = match memchr(b'"', inner) {
        None => return Cow::Borrowed(inner),
        Some(at) => at,
    };
    if closed + 1 == inner.len() {
        return Cow::Borrowed(&inner[..closed]);
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr(b'"', rest) {
        text.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                text.push(b'"');
                rest = after;
            }
            // Closed: what follows is text as it stands.
            None => break,
        }
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// Where in a cell the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At its beginning.
    Start,
    /// In one that is not quoted, or behind the closing mark.
    Plain,
    /// Inside a quotation.
    Quoted,
    /// Behind a mark that closes the quotation or is the first of two.
    Mark,
}

pub(crate) struct Table {
    delimiter: u8,
    state: State,
    /// The beginning of a row that earlier bytes did not complete.
    held: Vec<u8>,
    /// Bytes of the row in earlier pieces, also when they are not held.
    length: usize,
    /// Where each cell of the row ends, from the row's beginning.
    ends: Vec<u32>,
    /// [`QUOTED`] when the cell that has begun is.
    quoted: u32,
    row: u64,
    /// Where in the file the row begins.
    row_at: u64,
    /// Where in the file the next byte stands.
    at: u64,
    /// The first row that begins here or later is left to another reading.
    until: u64,
    done: bool,
    /// How much of a byte order mark has been met; 3 once that is settled.
    bom: usize,
    /// Whether the next byte belongs to a row that has begun.
    within: bool,
    /// Whether the last row ended in CR, so that a following LF belongs to it.
    after_cr: bool,
}

impl Table {
    pub(crate) fn new(delimiter: u8) -> Table {
        Table {
            delimiter,
            state: State::Start,
            held: Vec::new(),
            length: 0,
            ends: Vec::new(),
            quoted: 0,
            row: 0,
            row_at: 0,
            at: 0,
            until: u64::MAX,
            done: false,
            bom: 0,
            within: false,
            after_cr: false,
        }
    }

    /// Begins at `at`, where a row begins; rows are counted from there.
    pub(crate) fn starting_at(delimiter: u8, at: u64) -> Table {
        Table { at, bom: BOM.len(), ..Table::new(delimiter) }
    }

    /// Leaves rows that begin at `until` or later to another reading.
    pub(crate) fn until(mut self, until: u64) -> Table {
        self.until = until;
        self
    }

    /// Whether all rows that begin before the end have been met.
    pub(crate) fn is_done(&self) -> bool {
        self.done || !self.within && !self.after_cr && self.at >= self.until
    }

    /// Where in the file the next byte stands; once it is done, where the next row begins.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Where in the file the bytes end that it has been given.
    pub(crate) fn fed(&self) -> u64 {
        // A byte order mark of which not all has been met is not counted yet.
        self.at + if self.bom < BOM.len() { self.bom as u64 } else { 0 }
    }

    /// The rows met so far, blank ones included.
    pub(crate) fn rows(&self) -> u64 {
        self.row
    }

    /// Takes the next bytes and hands each row that they complete to `sink`, with its number.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        while self.bom < BOM.len() {
            let Some((&byte, rest)) = bytes.split_first() else { return };
            if byte == BOM[self.bom] {
                self.bom += 1;
                bytes = rest;
                if self.bom == BOM.len() {
                    self.at += BOM.len() as u64;
                }
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

    fn feed(&mut self, bytes: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        let before = self.at;
        let mut next = 0;
        while let Some(&first) = bytes.get(next) {
            if self.done {
                return;
            }
            if !self.within {
                if std::mem::take(&mut self.after_cr) && first == b'\n' {
                    next += 1;
                    self.at = before + next as u64;
                    continue;
                }
                self.at = before + next as u64;
                if self.at >= self.until {
                    self.done = true;
                    return;
                }
                self.row += 1;
                if matches!(first, b'\n' | b'\r') {
                    // A blank line has no cells; a spreadsheet counts it.
                    self.after_cr = first == b'\r';
                    next += 1;
                    self.at += 1;
                    continue;
                }
                self.begin();
            }
            match self.scan(&bytes[next..]) {
                Some(end) => {
                    let piece = &bytes[next..next + end];
                    self.after_cr = bytes[next + end] == b'\r';
                    next += end + 1;
                    self.at = before + next as u64;
                    self.emit(piece, sink);
                }
                None => {
                    self.hold(&bytes[next..]);
                    next = bytes.len();
                    self.at = before + next as u64;
                }
            }
        }
    }

    fn begin(&mut self) {
        self.within = true;
        self.row_at = self.at;
        self.state = State::Start;
        self.length = 0;
        self.quoted = 0;
        self.ends.clear();
        self.held.clear();
    }

    /// Looks through the next piece of a row and notes the ends of cells; where the row ends, if it does.
    #[inline]
    fn scan(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            match self.state {
                State::Start if *piece.get(at)? == b'"' => {
                    self.quoted = QUOTED;
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Start => self.state = State::Plain,
                State::Plain => match self.scan_plain(piece, at)? {
                    end if piece[end] != self.delimiter => return Some(end),
                    end => at = end + 1,
                },
                State::Quoted => {
                    at += memchr(b'"', &piece[at..])? + 1;
                    self.state = State::Mark;
                }
                State::Mark if *piece.get(at)? == b'"' => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Mark => self.state = State::Plain,
            }
        }
    }

    /// From `at` on, inside of a cell that is not quoted, notes the ends of cells up to the row's end, or up to a delimiter behind which
    /// a quotation may begin; where that is.
    #[inline]
    fn scan_plain(&mut self, piece: &[u8], mut at: usize) -> Option<usize> {
        let delimiter = self.delimiter;
        let ends = |byte: u8| byte == delimiter || matches!(byte, b'\n' | b'\r');
        while let Some(word) = piece.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            let mut found = same(word, delimiter) | same(word, b'\n') | same(word, b'\r');
            while found != 0 {
                let end = at + (found.trailing_zeros() / 8) as usize;
                found &= found - 1;
                self.end_cell(end);
                // Of eight bytes without a mark, each is an end or inside of a cell that is not quoted.
                if piece[end] != delimiter || end == at + 7 || same(word, b'"') != 0 {
                    self.state = State::Start;
                    return Some(end);
                }
            }
            at += 8;
        }
        let end = at + piece.get(at..)?.iter().position(|&byte| ends(byte))?;
        self.end_cell(end);
        self.state = State::Start;
        Some(end)
    }

    #[inline]
    fn end_cell(&mut self, end: usize) {
        if self.ends.len() <= MAX_CELLS {
            self.ends.push((self.length + end) as u32 | self.quoted);
        }
        self.quoted = 0;
    }

    fn hold(&mut self, piece: &[u8]) {
        self.length = self.length.saturating_add(piece.len());
        if self.length > MAX_ROW {
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(piece);
        }
    }

    fn emit(&mut self, last: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        self.within = false;
        if self.length + last.len() > MAX_ROW || self.ends.len() > MAX_CELLS {
            return sink(self.row, Line::TooLong);
        }
        let row = if self.length == 0 {
            last
        } else {
            self.held.extend_from_slice(last);
            &self.held
        };
        sink(self.row, Line::Cells(Cells { row, ends: &self.ends, at: self.row_at }));
    }

    /// The number of the row that is not complete yet.
    pub(crate) fn incomplete(&self) -> u64 {
        self.row + u64::from(!self.within)
    }

    /// Ends the text: the last row needs no line break.
    pub(crate) fn finish(&mut self, sink: &mut impl FnMut(u64, Line<'_>)) {
        self.settle_bom(sink);
        if !self.within {
            return;
        }
        match self.state {
            State::Quoted => sink(self.row, Line::Unclosed),
            _ => {
                if self.ends.len() <= MAX_CELLS {
                    self.ends.push(self.length as u32 | self.quoted);
                }
                self.emit(b"", sink);
            }
        }
        self.within = false;
    }
}

/// Bit 7 of each of eight bytes: whether it is this one (Warren, Hacker's Delight, 6-1, the form that is exact for all of them).
#[inline]
fn same(word: u64, byte: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let differs = word ^ (ONES * u64::from(byte));
    !(((differs & LOW) + LOW) | differs | LOW)
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
                    Line::Cells(cells) => Some(cells.iter().map(Cow::into_owned).collect()),
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
