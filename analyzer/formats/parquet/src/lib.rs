//! Parquet files: rows of cells out of columns that are stored one after the other. It reads bytes and knows no browser;
//! the layout is that of the Apache Parquet format, 2.12.
//!
//! Groups become columns with dots in their names (`meta.city`), lists cells with JSON arrays; lists in lists are left
//! out, with a note. It holds one page and one dictionary of each column at a time.
//!
//! ```
//! use candor_cells::{Csv, Reader};
//! # let file = include_bytes!("../fixtures/snappy.parquet");
//! let mut rows = candor_parquet::open(std::io::Cursor::new(file), None)?;
//! let mut csv = Csv::new(rows.head());
//! while rows.read(1_000, &mut csv)? {}
//! assert!(csv.text.starts_with("id,score,"));
//! # Ok::<(), candor_cells::Refusal>(())
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod packed;
mod page;
mod schema;
mod thrift;
mod values;

use candor_cells::{Batch, Cells, Growth, Head, Kind, MAX_ROW, Note, Reader, Refusal, Sink};
use page::{DATA, DATA_V2, DICTIONARY, Dictionary, Header, MAX_PAGE, Page};
use schema::{Chunk, Leaf};
use std::io::{Read, Seek, SeekFrom};
use thrift::Thrift;

candor_cells::door!(crate::open);

/// The longest metadata.
const MAX_METADATA: u64 = 24 << 20;
/// The most bytes of pages and dictionaries of all columns at a time.
const MAX_OPEN: usize = 112 << 20;
/// The most pages without values one after the other.
const MAX_EMPTY: u32 = 1_000;
/// The most bytes of a page's header; it may hold the least and the greatest value.
const MAX_HEADER: u64 = 1 << 20;

/// A Parquet file whose metadata was read.
pub struct Parquet<R> {
    file: File<R>,
    head: Head,
    metadata: Vec<u8>,
    leaves: Vec<Leaf>,
    /// Where the row groups that are still to come begin in the metadata.
    groups: std::vec::IntoIter<u32>,
    /// One for each leaf that is a column, while a row group is being read.
    streams: Vec<Stream>,
    /// Rows of this row group that are still to come.
    left: u64,
    /// Rows handed out or skipped so far.
    rows: u64,
    cells: Cells,
    item: String,
    growth: Growth,
}

/// The bytes of the file, and how many of them were read.
struct File<R> {
    inner: R,
    length: u64,
    read: u64,
    /// The bytes of pages and dictionaries that are held.
    open: usize,
    packed: Vec<u8>,
}

impl<R: Read + Seek> File<R> {
    /// Leaves `length` bytes from `at` in `packed`.
    fn fetch(&mut self, at: u64, length: usize) -> Result<(), Refusal> {
        if at.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(Refusal::damaged("A page", "would end after the file"));
        }
        let unreadable = |error: std::io::Error| Refusal::from_io("The file", &error);
        self.inner.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        self.packed.clear();
        self.packed.resize(length, 0);
        self.inner.read_exact(&mut self.packed).map_err(unreadable)
    }

    /// Makes sure that so many more bytes may be held.
    fn hold(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.open += bytes;
        if self.open > MAX_OPEN {
            return Err(Refusal::TooLarge {
                place: "The pages of all columns together".into(),
                found: format!("more than {} MiB", self.open >> 20),
                limit: format!("{} MiB at a time", MAX_OPEN >> 20),
            });
        }
        Ok(())
    }
}

/// One column of a row group.
struct Stream {
    /// Its index among the leaves.
    leaf: usize,
    codec: i32,
    at: u64,
    end: u64,
    /// Values, missing ones included, of pages that are still to come.
    left: u64,
    dictionary: Option<Dictionary>,
    page: Option<Page>,
    /// The levels of the next entry, when they were looked at already.
    next: Option<(u16, u16)>,
}

/// Reads the metadata. A Parquet file has one table, so that `table` has no meaning.
///
/// # Errors
/// Why the file cannot be read.
pub fn open<R: Read + Seek>(mut inner: R, _table: Option<usize>) -> Result<Parquet<R>, Refusal> {
    let foreign = |found: &str| Refusal::Foreign { expected: "a Parquet file", found: found.into() };
    let length = inner.seek(SeekFrom::End(0)).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    let mut file = File { inner, length, read: 0, open: 0, packed: Vec::new() };
    if length < 12 {
        return Err(foreign("it has fewer than twelve bytes. Export it again."));
    }
    file.fetch(0, 4)?;
    let begins = file.packed == b"PAR1";
    file.fetch(length - 8, 8)?;
    let (size, mark) = file.packed.split_at_checked(4).unwrap_or_default();
    match mark {
        b"PAR1" => {}
        b"PARE" => {
            return Err(Refusal::Unsupported {
                what: "An encrypted Parquet file".into(),
                instead: "Write it without encryption.".into(),
            });
        }
        _ if begins => {
            return Err(Refusal::damaged("The Parquet file", "does not end as it should; was it cut off?"));
        }
        _ => return Err(foreign("it does not end with PAR1. Export the data as Parquet or CSV.")),
    }
    let size = u64::from(size.first_chunk().map_or(0, |&size| u32::from_le_bytes(size)));
    if size > length - 8 {
        return Err(Refusal::damaged(
            "The Parquet file",
            format!("says that its metadata has {size} bytes, and it has {length} itself"),
        ));
    }
    if size > MAX_METADATA {
        return Err(Refusal::TooLarge {
            place: "The file's metadata".into(),
            found: format!("{} MiB", size >> 20),
            limit: format!("{} MiB", MAX_METADATA >> 20),
        });
    }
    file.fetch(length - 8 - size, size as usize)?;
    let metadata = std::mem::take(&mut file.packed);
    file.read = size;
    let schema::Metadata { rows, leaves, groups, left_out } = schema::read(&metadata)?;
    let mut head = Head { rows: Some(rows), names_row: 1, ..Head::default() };
    head.columns = leaves.iter().filter_map(|leaf| leaf.column.clone()).collect();
    if let Some((last, first)) = left_out.split_last() {
        let names = if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
        head.notes.push(format!("{names}: these columns hold lists in lists and are left out. Write them as text to have them read."));
    }
    Ok(Parquet {
        file,
        head,
        metadata,
        leaves,
        groups: groups.into_iter(),
        streams: Vec::new(),
        left: 0,
        rows: 0,
        cells: Cells::default(),
        item: String::new(),
        growth: Growth::default(),
    })
}

impl<R: Read + Seek> Reader for Parquet<R> {
    fn head(&self) -> &Head {
        &self.head
    }

    fn read(&mut self, rows: usize, sink: &mut dyn Sink) -> Result<bool, Refusal> {
        let sink = &mut Batch::new(rows, sink);
        while !sink.is_full() {
            if self.left == 0 {
                match self.groups.next() {
                    // A million groups without rows can be stopped too.
                    Some(group) => {
                        sink.pass();
                        self.begin(group, sink)?;
                    }
                    None => return Ok(self.end(sink)),
                }
                continue;
            }
            let number = self.rows + 2;
            match self.row(number, sink) {
                Ok(()) => {
                    sink.row(number, &self.cells);
                    self.rows += 1;
                    self.left -= 1;
                    // Groups may share pages, which then count once.
                    self.growth.row(&self.cells, self.file.read.min(self.file.length))?;
                }
                Err(why @ Refusal::Damaged { .. }) => self.skip_group(&why, sink),
                Err(why) => return Err(why),
            }
        }
        Ok(true)
    }
}

impl<R: Read + Seek> Parquet<R> {
    /// Begins a row group.
    fn begin(&mut self, group: u32, sink: &mut dyn Sink) -> Result<(), Refusal> {
        self.streams.clear();
        self.file.open = 0;
        let (rows, chunks) = schema::group(&self.metadata, group).map_err(Refusal::from)?;
        self.left = rows;
        if chunks.len() != self.leaves.len() {
            let found = format!("has {} columns where the file has {}", chunks.len(), self.leaves.len());
            self.skip_group(&Refusal::damaged("A row group", found), sink);
            return Ok(());
        }
        if chunks.iter().any(|chunk| chunk.elsewhere) {
            return Err(Refusal::Unsupported {
                what: "A Parquet file whose columns are encrypted or stand in other files".into(),
                instead: "Write everything into one plain file.".into(),
            });
        }
        for (leaf, &Chunk { codec, values, start, length, .. }) in chunks.iter().enumerate() {
            if self.leaves.get(leaf).is_some_and(|leaf| leaf.column.is_some()) {
                let end = start.saturating_add(length).min(self.file.length);
                let (dictionary, page, next) = (None, None, None);
                self.streams.push(Stream {
                    leaf,
                    codec,
                    at: start,
                    end,
                    left: values,
                    dictionary,
                    page,
                    next,
                });
            }
        }
        Ok(())
    }

    /// Leaves out what is left of a row group.
    fn skip_group(&mut self, why: &Refusal, sink: &mut dyn Sink) {
        let (row, rows) = (self.rows + 2, std::mem::take(&mut self.left));
        // A group cannot have more rows than the whole file.
        let rows = rows.min(self.head.rows.unwrap_or(u64::MAX).saturating_sub(self.rows));
        if rows > 0 {
            sink.skipped(Note { row, rows: Some(rows), column: None, reason: why.to_string() });
        }
        self.rows += rows;
        self.streams.clear();
        self.file.open = 0;
    }

    /// Says when there were fewer rows than announced; there is never more to read.
    fn end(&mut self, sink: &mut dyn Sink) -> bool {
        let left = self.head.rows.unwrap_or_default().saturating_sub(self.rows);
        if left > 0 {
            let reason = format!(
                "The file says that {left} more rows follow, and its row groups have none. Export it again."
            );
            sink.skipped(Note { row: self.rows + 2, rows: Some(left), column: None, reason });
            self.rows += left;
        }
        false
    }

    fn row(&mut self, number: u64, sink: &mut dyn Sink) -> Result<(), Refusal> {
        self.cells.clear();
        for (at, stream) in self.streams.iter_mut().enumerate() {
            let Some(leaf) = self.leaves.get(stream.leaf) else { continue };
            let column = self.head.columns.get(at);
            let text = self.cells.text();
            let read = match leaf.max_repetition {
                0 => stream.cell(&mut self.file, leaf, text),
                _ => stream.list(&mut self.file, leaf, text, &mut self.item),
            };
            self.cells.end();
            match read {
                Ok(()) => {}
                Err(Fault::Repaired(reason)) => {
                    let column = column.map(|column| column.name.clone());
                    sink.repaired(Note { row: number, rows: Some(1), column, reason });
                }
                Err(Fault::Refused(Refusal::Damaged { place, found })) => {
                    let name = column.map_or("?", |column| column.name.as_str());
                    return Err(Refusal::damaged(format!("{place} of the column {name}"), found));
                }
                Err(Fault::Refused(why)) => return Err(why),
            }
            if self.cells.bytes() > MAX_ROW {
                break;
            }
        }
        Ok(())
    }
}

/// Why a cell is not as it was stored.
enum Fault {
    /// It was written in another form: a sentence.
    Repaired(String),
    Refused(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

fn ends_early() -> Refusal {
    Refusal::damaged("A page", "has fewer values than it says")
}

impl Stream {
    /// Writes the next cell of a column that has one value a row.
    fn cell<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        leaf: &Leaf,
        out: &mut String,
    ) -> Result<(), Fault> {
        let (_, definition) = self.levels(file, leaf)?.ok_or_else(ends_early)?;
        if definition < leaf.max_definition {
            return Ok(());
        }
        self.value(leaf, out)
    }

    /// Writes the next cell of a column of lists: a JSON array, or nothing where the list is missing.
    fn list<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        leaf: &Leaf,
        out: &mut String,
        item: &mut String,
    ) -> Result<(), Fault> {
        let (_, mut definition) = self.levels(file, leaf)?.ok_or_else(ends_early)?;
        let mut fault = None;
        if definition + 1 < leaf.item_definition {
            return Ok(());
        }
        let start = out.len();
        out.push('[');
        if definition >= leaf.item_definition {
            loop {
                if definition < leaf.max_definition {
                    out.push_str("null");
                } else {
                    item.clear();
                    match self.value(leaf, item) {
                        Err(Fault::Repaired(reason)) => fault = Some(reason),
                        other => other?,
                    }
                    write_item(out, item, leaf);
                }
                if out.len() - start > MAX_ROW {
                    // The row is refused for its length by whoever counts it.
                    break;
                }
                match self.levels(file, leaf)? {
                    Some((0, next)) => {
                        self.next = Some((0, next));
                        break;
                    }
                    Some((_, next)) => definition = next,
                    None => break,
                }
                out.push(',');
            }
        }
        out.push(']');
        fault.map_or(Ok(()), |reason| Err(Fault::Repaired(reason)))
    }

    fn value(&mut self, leaf: &Leaf, out: &mut String) -> Result<(), Fault> {
        let page = self.page.as_mut().ok_or_else(ends_early)?;
        let raw = page.value(self.dictionary.as_ref(), leaf.physical).ok_or_else(ends_early)?;
        values::write(out, raw, leaf).map_err(Fault::Repaired)
    }

    /// The levels of the next entry, `None` at the end of the row group.
    fn levels<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        leaf: &Leaf,
    ) -> Result<Option<(u16, u16)>, Refusal> {
        if let Some(next) = self.next.take() {
            return Ok(Some(next));
        }
        for _ in 0..MAX_EMPTY {
            if let Some(page) = self.page.as_mut().filter(|page| page.left > 0) {
                return page.levels().map(Some).ok_or_else(ends_early);
            }
            if self.left == 0 {
                return Ok(None);
            }
            self.turn(file, leaf)?;
        }
        Err(Refusal::damaged("A run of pages", format!("has no values in {MAX_EMPTY} pages")))
    }

    /// Goes to the next page.
    fn turn<R: Read + Seek>(&mut self, file: &mut File<R>, leaf: &Leaf) -> Result<(), Refusal> {
        if let Some(page) = self.page.take() {
            file.open -= page.bytes();
        }
        if self.at >= self.end {
            return Err(Refusal::damaged("The last page", "is missing"));
        }
        let header = self.header(file)?;
        for (what, bytes) in [("packed", header.packed), ("unpacked", header.unpacked)] {
            if bytes < 0 {
                return Err(Refusal::damaged("A page", format!("says that it has {bytes} bytes")));
            }
            if bytes as usize > MAX_PAGE {
                return Err(Refusal::TooLarge {
                    place: format!(
                        "A page of the column {}",
                        leaf.column.as_ref().map_or("?", |column| &column.name)
                    ),
                    found: format!("{} MiB {what}", bytes >> 20),
                    limit: format!("{} MiB", MAX_PAGE >> 20),
                });
            }
        }
        let at = self.at;
        self.at = at.saturating_add(header.packed as u64);
        if !matches!(header.kind, DATA | DATA_V2 | DICTIONARY) {
            return Ok(());
        }
        if header.values < 0 {
            return Err(Refusal::damaged("A page", format!("says that it has {} values", header.values)));
        }
        // Checked before memory is taken for it; what it takes is counted when it is known.
        file.hold(header.unpacked as usize)?;
        file.fetch(at, header.packed as usize)?;
        file.open -= header.unpacked as usize;
        file.read += header.packed as u64;
        let packed = std::mem::take(&mut file.packed);
        if header.kind == DICTIONARY {
            if let Some(old) = self.dictionary.take() {
                file.open -= old.bytes();
            }
            let dictionary = Dictionary::new(&header, &packed, self.codec, leaf.physical)?;
            file.hold(dictionary.bytes())?;
            self.dictionary = Some(dictionary);
        } else {
            let page = Page::new(&header, &packed, self.codec, leaf)?;
            file.hold(page.bytes())?;
            self.left = self.left.saturating_sub(u64::from(page.left));
            self.page = Some(page);
        }
        file.packed = packed;
        Ok(())
    }

    /// Reads a page's header, whose length nothing tells beforehand.
    fn header<R: Read + Seek>(&mut self, file: &mut File<R>) -> Result<Header, Refusal> {
        let mut length = 512;
        loop {
            let there = (self.end - self.at).min(length);
            file.fetch(self.at, there as usize)?;
            let mut thrift = Thrift::new(&file.packed, 0);
            if let Ok(header) = Header::read(&mut thrift) {
                self.at += thrift.at() as u64;
                return Ok(header);
            }
            if there < length || length >= MAX_HEADER {
                return Err(Refusal::damaged("A page's header", "cannot be understood"));
            }
            length *= 8;
        }
    }
}

/// An item of a list as JSON; what has no digits is missing.
fn write_item(out: &mut String, item: &str, leaf: &Leaf) {
    let bare = match leaf.kind() {
        Kind::Number => !item.ends_with("inf"),
        Kind::Boolean => true,
        _ => false,
    };
    if bare {
        out.push_str(if item.is_empty() { "null" } else { item });
    } else {
        candor_cells::write_json_string(out, item);
    }
}
