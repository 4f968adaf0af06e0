//! Files in a worker: bytes of a blob when they are asked for, no sooner, and zip archives opened far enough to find the table.

use candor_engine::archive::{self, Archive, Entry};
use candor_engine::format::{self, Format, Heavy};
use candor_engine::plan::HEAD;
use candor_worker::{Refusal, Unreadable};
use js_sys::{Array, Uint8Array};
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileReaderSync};

/// What the page handed over, or what was unpacked here.
#[derive(Clone)]
pub(crate) enum File {
    /// A file of the browser's, which is read where it stands.
    Blob(Blob, FileReaderSync),
    /// Bytes in memory.
    Bytes(Uint8Array),
}

impl File {
    /// A blob, or a buffer of bytes.
    pub(crate) fn of(handed: JsValue) -> Result<File, Unreadable> {
        match handed.dyn_into::<Blob>() {
            Ok(blob) => {
                let reader = FileReaderSync::new().map_err(|error| unreadable(0, &error))?;
                Ok(File::Blob(blob, reader))
            }
            Err(buffer) => Ok(File::Bytes(Uint8Array::new(&buffer))),
        }
    }

    /// Bytes that were made here.
    pub(crate) fn of_bytes(bytes: &[u8]) -> File {
        File::Bytes(Uint8Array::from(bytes))
    }

    /// Whether other workers can be given it too, without its bytes being copied.
    pub(crate) fn can_be_shared(&self) -> bool {
        matches!(self, File::Blob(..))
    }

    /// Bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            File::Blob(blob, _) => blob.size() as u64,
            File::Bytes(bytes) => bytes.length().into(),
        }
    }

    /// The bytes of a range, as far as the file goes.
    pub(crate) fn bytes(&self, range: Range<u64>) -> Result<Uint8Array, Unreadable> {
        match self.part(range.clone())? {
            File::Bytes(bytes) => Ok(bytes),
            File::Blob(part, reader) => match reader.read_as_array_buffer(&part) {
                Ok(buffer) => Ok(Uint8Array::new(&buffer)),
                Err(error) => Err(unreadable(range.start, &error)),
            },
        }
    }

    /// Copies the bytes of a range, as far as the file goes, over what `bytes` held.
    pub(crate) fn read(&self, range: Range<u64>, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        let found = self.bytes(range)?;
        bytes.resize(found.length() as usize, 0);
        found.copy_to(bytes);
        Ok(())
    }

    /// A part of it that is a file of its own, as far as the file goes.
    fn part(&self, range: Range<u64>) -> Result<File, Unreadable> {
        match self {
            File::Blob(blob, reader) => {
                let part = blob.slice_with_f64_and_f64(range.start as f64, range.end as f64);
                let part = part.map_err(|error| unreadable(range.start, &error))?;
                Ok(File::Blob(part, reader.clone()))
            }
            File::Bytes(bytes) => {
                let within = |at: u64| at.min(bytes.length().into()) as u32;
                Ok(File::Bytes(bytes.subarray(within(range.start), within(range.end))))
            }
        }
    }
}

fn unreadable(at: u64, error: &JsValue) -> Unreadable {
    let reason = error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()));
    Unreadable { at, reason }
}

/// A file of text that was made here.
pub(crate) fn of_text(text: &str) -> Option<Blob> {
    Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))).ok()
}

/// Reads a file here and there, a window at a time, for whoever asks for many small ranges in their order.
pub(crate) struct Windows<'a> {
    file: &'a File,
    window: Range<u64>,
    bytes: Vec<u8>,
}

/// The bytes of a window.
const WINDOW: u64 = 4 << 20;

impl<'a> Windows<'a> {
    pub(crate) fn new(file: &'a File) -> Windows<'a> {
        Windows { file, window: 0..0, bytes: Vec::new() }
    }

    /// The bytes of a range; those that are in no window yet are read with as many behind them.
    pub(crate) fn bytes(&mut self, range: Range<u64>) -> Result<Vec<u8>, Unreadable> {
        if range.start < self.window.start || range.end > self.window.end {
            let end = range.end.max((range.start + WINDOW).min(self.file.size()));
            self.file.read(range.start..end, &mut self.bytes)?;
            self.window = range.start..end;
        }
        let at = (range.start - self.window.start) as usize;
        let end = (range.end - self.window.start) as usize;
        let short = || Unreadable { at: range.start, reason: "The file is shorter than it was.".into() };
        Ok(self.bytes.get(at..end).ok_or_else(short)?.to_vec())
    }
}

/// A file that has been looked into.
pub(crate) struct Source {
    /// The table: the file itself, or its packed bytes in a zip archive.
    pub(crate) table: File,
    /// The table's first bytes, unpacked.
    pub(crate) head: Vec<u8>,
    /// The `definitions.json` that came with it.
    pub(crate) definitions: Option<String>,
    /// When it is in a zip archive, what that says of it.
    pub(crate) entry: Option<Entry>,
    /// Candor's `exposures.csv` in the same archive.
    pub(crate) exposures: Option<(Entry, File)>,
    /// The format, when a module of its own reads it; the head is empty then.
    pub(crate) heavy: Option<Heavy>,
    /// What of an archive is not read, a sentence.
    pub(crate) note: Option<String>,
}

impl Source {
    /// Looks into a file.
    ///
    /// # Errors
    /// It cannot be read, or is an archive that cannot be opened.
    pub(crate) fn open(file: File, definitions: Option<File>) -> Result<Source, Refusal> {
        let beside = match definitions {
            Some(definitions) => {
                let bytes = definitions.bytes(0..definitions.size()).map_err(Refusal::Unreadable)?;
                Some(String::from_utf8_lossy(&bytes.to_vec()).into_owned())
            }
            None => None,
        };
        let first = file.bytes(0..HEAD as u64).map_err(Refusal::Unreadable)?.to_vec();
        match Format::of(&first) {
            Format::Text | Format::Gzip => {
                return Ok(Source {
                    table: file,
                    head: first,
                    definitions: beside,
                    entry: None,
                    exposures: None,
                    heavy: None,
                    note: None,
                });
            }
            Format::Heavy(heavy) => return Ok(Source::heavy(heavy, file)),
            Format::GzipAround(heavy) => {
                let packed = file.bytes(0..file.size()).map_err(Refusal::Unreadable)?.to_vec();
                let unpacked = format::gunzip(&packed).map_err(Refusal::File)?;
                return Ok(Source::heavy(heavy, File::of_bytes(&unpacked)));
            }
            Format::Zip => {}
        }
        let bytes = |range| Ok(file.bytes(range).map_err(Refusal::Unreadable)?.to_vec());
        let size = file.size();
        let tail = bytes(size.saturating_sub(archive::TAIL)..size)?;
        let directory = archive::directory_range(&tail, size).map_err(Refusal::File)?;
        let archive = Archive::read(&bytes(directory)?).map_err(Refusal::File)?;
        if archive.is_workbook() {
            return Ok(Source::heavy(Heavy::Xlsx, file));
        }
        let contents = archive.contents().map_err(Refusal::File)?;
        let note = contents.note();
        let packed = |entry: &Entry| {
            let range = entry.data_range(&bytes(entry.header_range())?).map_err(Refusal::File)?;
            file.part(range).map_err(Refusal::Unreadable)
        };
        let definitions = match &contents.definitions {
            Some(entry) => {
                let definitions = packed(entry)?;
                let bytes = definitions.bytes(0..definitions.size()).map_err(Refusal::Unreadable)?;
                let text = entry.unpack(&bytes.to_vec()).map_err(Refusal::File)?;
                Some(String::from_utf8_lossy(&text).into_owned())
            }
            None => beside,
        };
        let exposures = match contents.exposures {
            Some(entry) => Some((entry.clone(), packed(&entry)?)),
            None => None,
        };
        let table = packed(&contents.table)?;
        if let Some(heavy) = contents.table.heavy() {
            let bytes = table.bytes(0..table.size()).map_err(Refusal::Unreadable)?.to_vec();
            let unpacked = contents.table.unpack(&bytes).map_err(Refusal::File)?;
            return Ok(Source { note, ..Source::heavy(heavy, File::of_bytes(&unpacked)) });
        }
        let head = table.bytes(0..HEAD as u64).map_err(Refusal::Unreadable)?.to_vec();
        let head = contents.table.head(&head);
        Ok(Source { table, head, definitions, entry: Some(contents.table), exposures, heavy: None, note })
    }

    fn heavy(heavy: Heavy, table: File) -> Source {
        Source {
            table,
            head: Vec::new(),
            definitions: None,
            entry: None,
            exposures: None,
            heavy: Some(heavy),
            note: None,
        }
    }
}
