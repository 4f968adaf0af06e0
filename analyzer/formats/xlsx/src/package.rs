//! The parts of a workbook: a zip archive's directory, and each part unpacked as it is read. Only what a workbook needs is
//! read of zip (PKWARE APPNOTE): stored and deflated parts, no encryption, no more than 4 GiB.

use candor_cells::{Growth, Refusal};
use flate2::bufread::DeflateDecoder;
use std::cell::RefCell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

/// The longest directory; a workbook of a thousand sheets has 200 KiB.
const MAX_DIRECTORY: u32 = 4 << 20;
/// The longest part that is kept: lists of sheets, formats and references.
const MAX_PART: u64 = 24 << 20;
/// What any part may unpack to, and how many times its packed bytes a longer one may: XML packs to a tenth, rows that are all
/// alike to a fiftieth, and a million rows of air take seconds.
const FREE: u64 = 16 << 20;
const TIMES: u64 = 200;
/// The most bytes that a directory's end may have: itself and a comment.
const MAX_END: u64 = 22 + 65_535;

/// What the parts are in.
pub(crate) struct Package<R> {
    file: Rc<RefCell<R>>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    deflated: bool,
    encrypted: bool,
    /// Neither stored nor deflated.
    unknown: bool,
    packed: u32,
    header: u32,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn entry(directory: &[u8]) -> Option<(Entry, &[u8])> {
    let rest = directory.strip_prefix(b"PK\x01\x02")?;
    let method = u16_at(directory, 10)?;
    let name = usize::from(u16_at(directory, 28)?);
    let after = name + usize::from(u16_at(directory, 30)?) + usize::from(u16_at(directory, 32)?);
    let entry = Entry {
        // Some writers use the other slash.
        name: String::from_utf8_lossy(directory.get(46..46 + name)?).replace('\\', "/"),
        deflated: method == 8,
        encrypted: u16_at(directory, 8)? & 1 == 1,
        unknown: !matches!(method, 0 | 8),
        packed: u32_at(directory, 20)?,
        header: u32_at(directory, 42)?,
    };
    Some((entry, rest.get(42 + after..)?))
}

impl<R: Read + Seek> Package<R> {
    pub(crate) fn open(mut file: R) -> Result<Package<R>, Refusal> {
        let foreign = |found: &str| Refusal::Foreign { expected: "an XLSX workbook", found: found.into() };
        let io = |error: io::Error| Refusal::from_io("The workbook", &error);
        let length = file.seek(SeekFrom::End(0)).map_err(io)?;
        let mut magic = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        file.by_ref().take(8).read_to_end(&mut magic).map_err(io)?;
        if magic.starts_with(b"\xD0\xCF\x11\xE0") {
            return Err(foreign(
                "it is an old .xls workbook or one with a password. Save it as .xlsx without a password.",
            ));
        }
        if !magic.starts_with(b"PK") {
            return Err(foreign("it does not begin as one. Save it as .xlsx or .csv."));
        }
        let tail_length = length.min(MAX_END);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(length - tail_length)).map_err(io)?;
        file.by_ref().take(tail_length).read_to_end(&mut tail).map_err(io)?;
        let end = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").and_then(|at| tail.get(at..));
        let places = end.and_then(|end| Some((u32_at(end, 12)?, u32_at(end, 16)?)));
        let Some((size, offset)) = places else {
            return Err(Refusal::damaged("The workbook", "does not end as it should; was it cut off?"));
        };
        if size > MAX_DIRECTORY {
            return Err(Refusal::TooLarge {
                place: "The workbook's list of parts".into(),
                found: format!("{} MiB", size >> 20),
                limit: format!("{} MiB", MAX_DIRECTORY >> 20),
            });
        }
        let mut directory = Vec::new();
        file.seek(SeekFrom::Start(u64::from(offset))).map_err(io)?;
        file.by_ref().take(u64::from(size)).read_to_end(&mut directory).map_err(io)?;
        let mut entries = Vec::new();
        let mut rest = directory.as_slice();
        while let Some((entry, after)) = entry(rest) {
            entries.push(entry);
            rest = after;
        }
        Ok(Package { file: Rc::new(RefCell::new(file)), entries })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches('/');
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// A part, to be read from its beginning; `None` when there is none of this name.
    pub(crate) fn part(&self, name: &str) -> Result<Option<Part<R>>, Refusal> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.encrypted || entry.unknown {
            return Err(Refusal::Unsupported {
                what: format!(
                    "{name}, which is {}",
                    if entry.encrypted { "encrypted" } else { "packed in an unusual way" }
                ),
                instead:
                    "Open the workbook in a spreadsheet program and save it as .xlsx without a password."
                        .into(),
            });
        }
        // Only the header beside the part says how long that header is.
        let mut packed = Packed { file: Rc::clone(&self.file), at: u64::from(entry.header), left: 30 };
        let mut header = [0; 30];
        packed.read_exact(&mut header).map_err(|error| Refusal::from_io(name, &error))?;
        let lengths = u16_at(&header, 26).zip(u16_at(&header, 28));
        let Some((name_length, extra)) = lengths.filter(|_| header.starts_with(b"PK\x03\x04")) else {
            return Err(Refusal::damaged(name, "is not where the workbook says"));
        };
        packed.at += u64::from(name_length) + u64::from(extra);
        packed.left = u64::from(entry.packed);
        let packed = BufReader::with_capacity(1 << 16, packed);
        let bytes = match entry.deflated {
            true => Bytes::Deflated(Box::new(DeflateDecoder::new(packed))),
            false => Bytes::Stored(packed),
        };
        Ok(Some(Part {
            bytes,
            name: name.into(),
            growth: Growth::new(FREE, TIMES),
            unpacked: 0,
            longest: MAX_PART,
        }))
    }
}

/// The packed bytes of a part.
struct Packed<R> {
    file: Rc<RefCell<R>>,
    at: u64,
    left: u64,
}

impl<R: Read + Seek> Read for Packed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(room) = into.get_mut(..wanted).filter(|room| !room.is_empty()) else { return Ok(0) };
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(room)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A part, unpacked as it is read. It ends with an error, a [`Refusal`], when it is mostly air.
pub(crate) struct Part<R> {
    bytes: Bytes<R>,
    name: String,
    growth: Growth,
    /// The bytes that were read, and may be.
    unpacked: u64,
    longest: u64,
}

enum Bytes<R> {
    Stored(BufReader<Packed<R>>),
    Deflated(Box<DeflateDecoder<BufReader<Packed<R>>>>),
}

impl<R: Read + Seek> Part<R> {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same part without a limit, for who does not keep all of it.
    pub(crate) fn of_any_length(self) -> Part<R> {
        Part { longest: u64::MAX, ..self }
    }

    /// How many packed bytes were read.
    pub(crate) fn read_so_far(&self) -> u64 {
        match &self.bytes {
            Bytes::Stored(_) => self.unpacked,
            Bytes::Deflated(decoder) => decoder.total_in(),
        }
    }
}

impl<R: Read + Seek> Read for Part<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.bytes {
            Bytes::Stored(bytes) => bytes.read(into),
            Bytes::Deflated(bytes) => bytes.read(into),
        }?;
        self.unpacked += read as u64;
        if self.unpacked > self.longest {
            return Err(io::Error::other(Refusal::TooLarge {
                place: self.name.clone(),
                found: "more than that".into(),
                limit: format!("{} MiB", self.longest >> 20),
            }));
        }
        let so_far = self.read_so_far();
        self.growth.bytes(&self.name, read as u64, so_far).map_err(io::Error::other)?;
        Ok(read)
    }
}
