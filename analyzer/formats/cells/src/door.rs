//! The door of a wasm module that reads one format. It needs no glue: the module imports one function and exports five.
//!
//! Imported, from `candor`:
//! - `read(offset: f64, into: u32, length: u32) -> u32`: puts up to `length` bytes of the file, from `offset` on, into the
//!   memory at `into` and says how many; fewer only at the end of the file, `0xFFFF_FFFF` when the file cannot be read.
//!   A worker answers it with `FileReaderSync` and a slice, so that no more of the file is in memory than is looked at.
//!
//! Exported:
//! - `open(length: f64, table: u32) -> u32`: starts a file of so many bytes; `table` is the index of a sheet, or
//!   `0xFFFF_FFFF` for the reader's choice. The reply is the head:
//!   `{"columns":[{"name":"q1","kind":"number","label":"How likely …" or null,"values":0 or null,"missing":["99",["900","inf"]]}],
//!   "value_labels":[[["1","Yes"],["2","No"]]],"rows":1000 or null,"names_row":1,"table":0,"tables":["Sheet1"],"notes":["…"]}`.
//! - `next(rows: u32) -> u32`: reads about so many rows. The reply is UTF-8 CSV, the names first; the chunks together are
//!   one text. `0`: there is more, `1`: this was all.
//! - `notes() -> u32`: the reply is `{"skipped":[…],"repaired":[…]}` of what was noted since the last time, each
//!   `{"row":7,"rows":1 or null,"column":"q1" or null,"reason":"…"}`.
//! - `reply() -> u32` and `reply_length() -> u32`: where the last reply is, until the next call.
//!
//! `open` and `next` return `2` when the file is refused; the reply is then the sentence for the user. A module that traps
//! is done for: drop the instance. One instance reads one file.

use crate::{Csv, Reader, Refusal, json};
use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

/// There is more to read.
pub const MORE: u32 = 0;
/// That was all.
pub const END: u32 = 1;
/// The file is refused; the reply says why.
pub const REFUSED: u32 = 2;
/// The table of the reader's choice.
pub const ANY_TABLE: u32 = u32::MAX;

/// What the exported functions do, apart from wasm.
#[derive(Default)]
pub struct Door {
    reader: Option<Box<dyn Reader>>,
    csv: Csv,
    reply: Vec<u8>,
}

impl Door {
    /// Takes the reader of a file, or why there is none.
    pub fn open(&mut self, opened: Result<Box<dyn Reader>, Refusal>) -> u32 {
        match opened {
            Ok(reader) => {
                self.say(|out| json::head(out, reader.head()));
                self.csv = Csv::new(reader.head());
                self.reader = Some(reader);
                MORE
            }
            Err(refusal) => self.refuse(&refusal),
        }
    }

    /// Reads about so many rows.
    pub fn next(&mut self, rows: usize) -> u32 {
        self.reply.clear();
        let Some(reader) = &mut self.reader else { return END };
        let more = reader.read(rows, &mut self.csv);
        self.reply = std::mem::take(&mut self.csv.text).into_bytes();
        match more {
            Ok(true) => MORE,
            Ok(false) => {
                self.reader = None;
                END
            }
            Err(refusal) => self.refuse(&refusal),
        }
    }

    /// What was noted since the last time.
    pub fn notes(&mut self) -> u32 {
        let (skipped, repaired) =
            (std::mem::take(&mut self.csv.skipped), std::mem::take(&mut self.csv.repaired));
        self.say(|out| json::notes(out, &skipped, &repaired));
        MORE
    }

    /// The last reply.
    pub fn reply(&self) -> &[u8] {
        &self.reply
    }

    fn refuse(&mut self, refusal: &Refusal) -> u32 {
        self.reader = None;
        self.reply = refusal.to_string().into_bytes();
        REFUSED
    }

    fn say(&mut self, write: impl FnOnce(&mut String)) {
        let mut out = String::new();
        write(&mut out);
        self.reply = out.into_bytes();
    }
}

/// The file on the other side of the imported function.
pub struct File {
    length: u64,
    position: u64,
}

impl File {
    /// A file of so many bytes.
    pub fn new(length: f64) -> File {
        File { length: length as u64, position: 0 }
    }
}

impl Read for File {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = into.len().min(left);
        let Some(room) = into.get_mut(..wanted).filter(|room| !room.is_empty()) else { return Ok(0) };
        match fetch(self.position, room) {
            Some(read) if read > 0 => {
                let read = read.min(wanted);
                self.position += read as u64;
                Ok(read)
            }
            _ => Err(io::Error::other("the browser did not hand them over")),
        }
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
fn fetch(offset: u64, into: &mut [u8]) -> Option<usize> {
    #[link(wasm_import_module = "candor")]
    unsafe extern "C" {
        fn read(offset: f64, into: *mut u8, length: usize) -> usize;
    }
    // SAFETY: the imported function writes at most `length` bytes to `into`, and keeps neither.
    let read = unsafe { read(offset as f64, into.as_mut_ptr(), into.len()) };
    (read != usize::MAX).then_some(read)
}

/// Outside wasm there is no other side.
#[cfg(not(target_arch = "wasm32"))]
fn fetch(_: u64, _: &mut [u8]) -> Option<usize> {
    None
}

thread_local! {
    static DOOR: RefCell<Door> = RefCell::default();
}

/// Does something with the one door of a wasm module.
pub fn with<T>(act: impl FnOnce(&mut Door) -> T) -> T {
    DOOR.with(|door| act(&mut door.borrow_mut()))
}

/// Exports the functions of the door (see [`door`](crate::door)) from a wasm module. `$open` is a function of the
/// file (`Read` and `Seek`) and the table, `None` for any.
#[macro_export]
macro_rules! door {
    ($open:path) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code)] // `no_mangle` is: another function of the same name would be called in its place.
        mod exported {
            use $crate::door;

            #[unsafe(no_mangle)]
            extern "C" fn open(length: f64, table: u32) -> u32 {
                let table = (table != door::ANY_TABLE).then_some(table as usize);
                let opened = $open(door::File::new(length), table);
                door::with(|door| door.open(opened.map(|reader| Box::new(reader) as Box<dyn $crate::Reader>)))
            }

            #[unsafe(no_mangle)]
            extern "C" fn next(rows: u32) -> u32 {
                door::with(|door| door.next(rows as usize))
            }

            #[unsafe(no_mangle)]
            extern "C" fn notes() -> u32 {
                door::with(door::Door::notes)
            }

            #[unsafe(no_mangle)]
            extern "C" fn reply() -> *const u8 {
                door::with(|door| door.reply().as_ptr())
            }

            #[unsafe(no_mangle)]
            extern "C" fn reply_length() -> usize {
                door::with(|door| door.reply().len())
            }
        }
    };
}
