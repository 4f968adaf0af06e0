//! Zip archives around an export, Candor's own first of all: what is in one, which of its files is the table, and where in
//! the archive that stands (PKWARE APPNOTE 6.3.10). It reads byte strings that are handed to it and owns no file.
//!
//! ```text
//! tail of the file → directory_range → Archive::read → Archive::contents → Entry::data_range → Reading::unpack
//! ```

use crate::format::{Heavy, MOST_UNPACKED};
use crate::packed::Unpacking;
use crate::plan::HEAD;
use std::ops::Range;

/// As much of the file's end as [`directory_range`] needs, in bytes.
pub const TAIL: u64 = 22 + 65_535 + 20 + 56;
/// The bytes of a local header without its name.
pub const HEADER: u64 = 30;
/// The longest directory that is read: more than 100,000 files.
const MOST_DIRECTORY: u64 = 16 << 20;
/// The longest `definitions.json`.
const MOST_DEFINITIONS: u64 = 64 << 20;

/// Whether a file that begins so is a zip archive; an Excel workbook is one too.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The files, in the order of the directory.
    pub entries: Vec<Entry>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, folders included.
    pub name: String,
    /// Its bytes in the archive, and unpacked, as the directory says.
    pub packed: u64,
    /// Unpacked.
    pub size: u64,
    pub(crate) crc: u32,
    pub(crate) method: u16,
    flags: u16,
    /// Where its local header stands.
    at: u64,
}

/// Which files of an archive are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The table, or the NDJSON.
    pub table: Entry,
    /// Candor's `definitions.json`.
    pub definitions: Option<Entry>,
    /// Candor's `exposures.csv`.
    pub exposures: Option<Entry>,
    /// Files beside the table that explain it, by their names, and are not read.
    pub passed: Vec<String>,
}

impl Contents {
    /// A sentence on what is not read, where there is such a thing.
    pub fn note(&self) -> Option<String> {
        let passed = (!self.passed.is_empty()).then(|| self.passed.join(", "))?;
        Some(format!(
            "Of this zip archive {} is read; {passed} is taken for an explanation.",
            self.table.name
        ))
    }
}

/// What files are called that explain a table; they begin so.
const EXPLANATIONS: &[&str] = &[
    "readme",
    "read_me",
    "read me",
    "license",
    "licence",
    "liesmich",
    "lisezmoi",
    "leeme",
    "leggimi",
    "codebook",
    "data_dictionary",
    "data dictionary",
    "datadictionary",
    "dictionary",
    "metadata",
    "changelog",
    "notes",
];

/// Where the directory stands in an archive of `size` bytes that ends with `tail`, at least its last [`TAIL`] bytes or all.
///
/// # Errors
/// A sentence: the archive is damaged or of a kind that is not read.
pub fn directory_range(tail: &[u8], size: u64) -> Result<Range<u64>, String> {
    let cut = || {
        "The zip archive ends in the middle: its directory is missing. Copy or download it again.".to_owned()
    };
    let last = tail.len().checked_sub(22).ok_or_else(cut)?;
    let is_end = |&at: &usize| {
        let comment = short(tail, at + 20).map(usize::from);
        tail[at..].starts_with(b"PK\x05\x06") && comment == Some(tail.len() - at - 22)
    };
    let end = (0..=last).rev().find(is_end).ok_or_else(cut)?;
    let mut length = long(tail, end + 12).map(u64::from).ok_or_else(cut)?;
    let mut start = long(tail, end + 16).map(u64::from).ok_or_else(cut)?;
    let locator = end.checked_sub(20).filter(|&at| tail[at..].starts_with(b"PK\x06\x07"));
    if let Some(locator) = locator {
        let at = eight(tail, locator + 8).ok_or_else(cut)?;
        let at = at
            .checked_sub(size - tail.len() as u64)
            .and_then(|at| usize::try_from(at).ok())
            .ok_or_else(cut)?;
        if !tail.get(at..).is_some_and(|record| record.starts_with(b"PK\x06\x06")) {
            return Err(cut());
        }
        length = eight(tail, at + 40).ok_or_else(cut)?;
        start = eight(tail, at + 48).ok_or_else(cut)?;
    }
    if length > MOST_DIRECTORY {
        return Err(
            "The zip archive has a directory of more than 16 MiB. Unpack it and open the table in it.".into(),
        );
    }
    let stop = start.checked_add(length).filter(|&stop| stop <= size).ok_or_else(cut)?;
    Ok(start..stop)
}

impl Archive {
    /// Reads a directory, the bytes of [`directory_range`].
    ///
    /// # Errors
    /// A sentence: the directory is damaged.
    pub fn read(directory: &[u8]) -> Result<Archive, String> {
        let damaged = || "The directory of the zip archive is damaged. Copy or download it again.".to_owned();
        let mut entries = Vec::new();
        let mut rest = directory;
        while !rest.is_empty() {
            if !rest.starts_with(b"PK\x01\x02") {
                return Err(damaged());
            }
            let entry = entry(rest).ok_or_else(damaged)?;
            let length = |at| short(rest, at).map_or(0, usize::from);
            rest = rest.get(46 + length(28) + length(30) + length(32)..).ok_or_else(damaged)?;
            entries.push(entry);
        }
        Ok(Archive { entries })
    }

    /// Whether it is an XLSX workbook.
    pub fn is_workbook(&self) -> bool {
        let has = |name: &str| self.entries.iter().any(|entry| entry.name == name);
        has("[Content_Types].xml") && self.entries.iter().any(|entry| entry.name.starts_with("xl/"))
    }

    /// Which of its files are read: Candor's three, or the only table.
    ///
    /// # Errors
    /// A sentence: there is no table, there are several, or it cannot be unpacked.
    pub fn contents(&self) -> Result<Contents, String> {
        let named = |name: &str| self.entries.iter().find(|entry| entry.file_name() == name).cloned();
        if named("[Content_Types].xml").is_some() {
            return Err("This is an Office document that is no workbook. Save the table as XLSX or CSV and open that.".into());
        }
        if self.entries.first().is_some_and(|entry| entry.name == "mimetype") {
            return Err("This is an OpenDocument file. Save the sheet as XLSX or CSV and open that.".into());
        }
        let definitions = named("definitions.json");
        let own = named("responses.csv").filter(|_| definitions.is_some());
        let contents = match own {
            Some(table) => {
                Contents { table, definitions, exposures: named("exposures.csv"), passed: Vec::new() }
            }
            None => {
                let all: Vec<&Entry> = self.entries.iter().filter(|entry| entry.is_table()).collect();
                let (explain, mut tables): (Vec<&Entry>, Vec<&Entry>) =
                    all.iter().partition(|entry| entry.explains());
                let mut passed: Vec<String> = explain.iter().map(|entry| entry.name.clone()).collect();
                if tables.is_empty() {
                    // Whatever it is called, it is all there is.
                    (tables, passed) = (all, Vec::new());
                }
                let table = match tables.as_slice() {
                    [table] => (*table).clone(),
                    [] => {
                        return Err(
                            "There is no table in this zip archive: no file that ends in .csv, .tsv, .txt, .ndjson, .xlsx, .parquet or .sav."
                                .into(),
                        );
                    }
                    several => {
                        let names: Vec<&str> =
                            several.iter().take(5).map(|entry| entry.name.as_str()).collect();
                        return Err(format!(
                            "There are {} tables in this zip archive: {}{}. Unpack it and open one of them.",
                            several.len(),
                            names.join(", "),
                            if several.len() > names.len() { ", …" } else { "" }
                        ));
                    }
                };
                Contents { table, definitions: None, exposures: None, passed }
            }
        };
        let beside = [&contents.definitions, &contents.exposures].into_iter().flatten();
        for entry in beside.chain([&contents.table]) {
            entry.check()?;
        }
        if contents.definitions.as_ref().is_some_and(|entry| entry.size > MOST_DEFINITIONS) {
            return Err(
                "The definitions.json in this zip archive has more than 64 MiB, which no survey needs."
                    .into(),
            );
        }
        Ok(contents)
    }
}

impl Entry {
    /// The bytes of its local header that [`Entry::data_range`] looks at.
    pub fn header_range(&self) -> Range<u64> {
        self.at..self.at.saturating_add(HEADER)
    }

    /// Where its packed bytes stand, given its local header.
    ///
    /// # Errors
    /// A sentence: there is no header.
    pub fn data_range(&self, header: &[u8]) -> Result<Range<u64>, String> {
        let lengths = short(header, 26).zip(short(header, 28)).filter(|_| header.starts_with(b"PK\x03\x04"));
        let (name, extra) = lengths.ok_or_else(|| {
            format!("The zip archive is damaged where {} begins. Copy or download it again.", self.name)
        })?;
        let start = self.at.saturating_add(HEADER + u64::from(name) + u64::from(extra));
        Ok(start..start.saturating_add(self.packed))
    }

    /// The first [`HEAD`] bytes of the file, as far as the packed bytes given come to.
    pub fn head(&self, packed: &[u8]) -> Vec<u8> {
        Unpacking::of_entry(self).head(packed, HEAD)
    }

    /// The whole file from its packed bytes, at most [`MOST_UNPACKED`] of them.
    ///
    /// # Errors
    /// A sentence: it is damaged, or longer.
    pub fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, String> {
        Unpacking::of_entry(self).whole(packed, MOST_UNPACKED)
    }

    fn file_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    fn is_table(&self) -> bool {
        let name = self.file_name().to_ascii_lowercase();
        let hidden = name.starts_with('.') || self.name.starts_with("__MACOSX/");
        let text = [".csv", ".tsv", ".txt", ".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end));
        !hidden && (text || self.heavy().is_some())
    }

    /// Whether its name says that it explains a table.
    fn explains(&self) -> bool {
        let name = self.file_name().to_lowercase();
        EXPLANATIONS.iter().any(|known| name.starts_with(known))
    }

    /// Its format, when that has a reader of its own.
    pub fn heavy(&self) -> Option<Heavy> {
        Heavy::of_name(self.file_name())
    }

    fn check(&self) -> Result<(), String> {
        let name = &self.name;
        if self.flags & 1 != 0 {
            return Err(format!("{name} is encrypted. Unpack it with its password and open it then."));
        }
        if !matches!(self.method, 0 | 8) {
            return Err(format!(
                "{name} is packed by method {}, which is not read. Unpack it and open it then.",
                self.method
            ));
        }
        Ok(())
    }
}

/// The entry at the beginning of a piece of the directory.
fn entry(record: &[u8]) -> Option<Entry> {
    let lengths = [short(record, 28)?, short(record, 30)?];
    let name = record.get(46..46 + usize::from(lengths[0]))?;
    let mut extra = record.get(46 + name.len()..46 + name.len() + usize::from(lengths[1]))?;
    let (mut packed, mut size, mut at) =
        (u64::from(long(record, 20)?), u64::from(long(record, 24)?), u64::from(long(record, 42)?));
    // What does not fit 32 bits stands in the extra field 1, in this order.
    while let (Some(id), Some(length)) = (short(extra, 0), short(extra, 2)) {
        let mut field = extra.get(4..4 + usize::from(length))?;
        extra = extra.get(4 + usize::from(length)..)?;
        if id == 1 {
            for value in [&mut size, &mut packed, &mut at] {
                if *value == u64::from(u32::MAX) {
                    *value = eight(field, 0)?;
                    field = field.get(8..)?;
                }
            }
        }
    }
    Some(Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        packed,
        size,
        crc: long(record, 16)?,
        method: short(record, 10)?,
        flags: short(record, 8)?,
        at,
    })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
