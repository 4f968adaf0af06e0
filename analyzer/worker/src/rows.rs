//! XLSX, Parquet and SPSS files at a desk: a module of their own reads them (`analyzer/formats/cells/src/door.rs`), which the
//! page has fetched, and hands over rows as CSV. It holds no more of the file than that module asks for.

use crate::file::File;
use candor_engine::plan::{Described, HEAD, Plan, recognise_described};
use candor_engine::reader::Takes;
use candor_worker::{Refusal, Unreadable};
use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Rows that are read at a time.
const BATCH: u32 = 4096;
/// What the module's functions return.
const END: f64 = 1.0;
const REFUSED: f64 = 2.0;
/// The table of the reader's choice.
const ANY_TABLE: u32 = u32::MAX;
/// What the module is told when bytes cannot be had.
const NO_BYTES: f64 = 4_294_967_295.0;

/// What the module reads from, and how that went.
struct Asked {
    file: File,
    memory: RefCell<Option<WebAssembly::Memory>>,
    /// The furthest byte that it asked for.
    reached: Cell<u64>,
    failed: RefCell<Option<Unreadable>>,
}

/// A file that is being read by a module.
pub(crate) struct Rows {
    exports: JsValue,
    asked: Rc<Asked>,
    described: Described,
    /// Rows that have been read and not been handed on: at first the head.
    text: Vec<u8>,
    more: bool,
    _read: Closure<dyn FnMut(f64, f64, f64) -> f64>,
}

#[derive(Deserialize)]
struct Notes {
    skipped: Vec<Note>,
    repaired: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    row: u64,
    rows: Option<u64>,
    column: Option<String>,
    reason: String,
}

impl Asked {
    /// Puts bytes of the file into the module's memory and says how many.
    fn read(&self, offset: f64, into: f64, length: f64) -> f64 {
        let (from, length) = (offset as u64, length as i64 as u32);
        let Some(memory) = self.memory.borrow().clone() else { return NO_BYTES };
        match self.file.bytes(from..from + u64::from(length)) {
            Ok(bytes) => {
                self.reached.set(self.reached.get().max(from + u64::from(bytes.length())));
                let room = Uint8Array::new_with_byte_offset_and_length(
                    &memory.buffer(),
                    into as i64 as u32,
                    bytes.length(),
                );
                room.set(&bytes, 0);
                f64::from(bytes.length())
            }
            Err(unreadable) => {
                self.failed.replace(Some(unreadable));
                NO_BYTES
            }
        }
    }
}

impl Rows {
    /// Opens a file with the module of its format and reads the first rows.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn open(module: &WebAssembly::Module, file: &File) -> Result<Rows, Refusal> {
        let asked = Rc::new(Asked {
            file: file.clone(),
            memory: RefCell::new(None),
            reached: Cell::new(0),
            failed: RefCell::new(None),
        });
        let reads = asked.clone();
        let read = Closure::<dyn FnMut(f64, f64, f64) -> f64>::new(move |offset, into, length| {
            reads.read(offset, into, length)
        });
        let (imports, candor) = (Object::new(), Object::new());
        let started = Reflect::set(&candor, &"read".into(), read.as_ref())
            .and_then(|_| Reflect::set(&imports, &"candor".into(), &candor))
            .and_then(|_| WebAssembly::Instance::new(module, &imports))
            .map_err(|error| Refusal::File(trapped(&error)))?;
        let exports: JsValue = started.exports().into();
        let memory =
            Reflect::get(&exports, &"memory".into()).map_err(|error| Refusal::File(trapped(&error)))?;
        asked.memory.replace(Some(memory.unchecked_into()));
        let mut rows = Rows {
            exports,
            asked,
            described: Described::default(),
            text: Vec::new(),
            more: true,
            _read: read,
        };
        rows.call("open", &[file.size() as f64, f64::from(ANY_TABLE)])?;
        rows.described =
            serde_json::from_slice(&rows.reply()?).map_err(|error| Refusal::File(error.to_string()))?;
        while rows.more && rows.text.len() < HEAD {
            rows.next()?;
        }
        Ok(rows)
    }

    /// The plan that the first rows suggest.
    pub(crate) fn recognise(&self) -> Plan {
        recognise_described(&self.text, !self.more, &self.described)
    }

    /// The head: the first rows as CSV.
    pub(crate) fn head(&self) -> &[u8] {
        &self.text
    }

    /// The bytes of the file that have been looked at.
    pub(crate) fn reached(&self) -> u64 {
        self.asked.reached.get()
    }

    /// Hands the rows that are there to `reading`, and says whether there may be more.
    ///
    /// # Errors
    /// The rest cannot be read.
    pub(crate) fn read(&mut self, reading: &mut impl Takes) -> Result<bool, Refusal> {
        reading.push(&std::mem::take(&mut self.text));
        self.call("notes", &[])?;
        let notes: Notes =
            serde_json::from_slice(&self.reply()?).map_err(|error| Refusal::File(error.to_string()))?;
        for note in notes.skipped {
            reading.lost(note.row, note.rows, note.column, note.reason);
        }
        for note in notes.repaired {
            reading.mended(note.row, note.column, note.reason);
        }
        if !self.more {
            return Ok(false);
        }
        self.next()?;
        Ok(true)
    }

    fn next(&mut self) -> Result<(), Refusal> {
        self.more = self.call("next", &[f64::from(BATCH)])? != END;
        let rows = self.reply()?;
        self.text.extend_from_slice(&rows);
        Ok(())
    }

    /// Calls a function of the module; what it refuses, it says.
    fn call(&self, name: &str, arguments: &[f64]) -> Result<f64, Refusal> {
        let called = Reflect::get(&self.exports, &name.into()).and_then(|function| {
            let arguments = arguments.iter().copied().map(JsValue::from_f64).collect::<js_sys::Array>();
            function.unchecked_into::<Function>().apply(&JsValue::NULL, &arguments)
        });
        if let Some(unreadable) = self.asked.failed.borrow_mut().take() {
            return Err(Refusal::Unreadable(unreadable));
        }
        match called.map(|result| result.as_f64().unwrap_or_default()) {
            Ok(REFUSED) => Err(Refusal::File(String::from_utf8_lossy(&self.reply()?).into_owned())),
            Ok(result) => Ok(result),
            Err(error) => Err(Refusal::File(trapped(&error))),
        }
    }

    fn reply(&self) -> Result<Vec<u8>, Refusal> {
        let number = |name: &str| {
            Reflect::get(&self.exports, &name.into())
                .and_then(|function| function.unchecked_into::<Function>().call0(&JsValue::NULL))
                .map(|result| result.as_f64().unwrap_or_default() as i64 as u32)
                .map_err(|error| Refusal::File(trapped(&error)))
        };
        let (at, length) = (number("reply")?, number("reply_length")?);
        let Some(memory) = self.asked.memory.borrow().clone() else { return Ok(Vec::new()) };
        Ok(Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), at, length).to_vec())
    }
}

/// The sentence for a module that stopped: it is made so that this needs a file nobody has thought of.
fn trapped(error: &JsValue) -> String {
    let reason = error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()));
    format!("Its reader stopped ({reason}). Save the table as CSV and open that.")
}
