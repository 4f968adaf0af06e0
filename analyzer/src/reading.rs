//! Reading a file: slices of it, one after the other, pushed into the engine, with the browser in between. It is the one
//! place that touches files; whoever moves the reading into a worker changes this module alone.

use candor_engine::archive::{self, Archive, Entry};
use candor_engine::columns::Dataset;
use candor_engine::plan::{Plan, PlanError};
use candor_engine::reader::Reading;
use candor_engine::report::{Report, report};
use js_sys::{Array, ArrayBuffer, Function, Promise, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// As much of a file's beginning as the plan is guessed from.
const HEAD: f64 = 262_144.0;

/// Slices grow and shrink between these, in bytes, so that each takes about [`AIM`] on this machine.
const SMALLEST: f64 = 32_768.0;
const LARGEST: f64 = 4_194_304.0;

/// Milliseconds that the work on one slice should take: well under the 50 ms from which a page feels stuck.
const AIM: f64 = 16.0;

/// A file that can be read, and read again by another plan.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its bytes, wherever the browser keeps them.
    pub(crate) blob: Blob,
    /// Its name.
    pub(crate) name: String,
    /// For `responses.csv`: the `definitions.json` that came with it.
    pub(crate) definitions: Option<Blob>,
    /// When it is a file in a zip archive, what that says of it; the bytes are then the packed ones.
    pub(crate) zipped: Option<Zipped>,
}

/// A file in a zip archive, and Candor's `exposures.csv` beside it.
#[derive(Clone, Debug)]
pub(crate) struct Zipped {
    entry: Entry,
    exposures: Option<(Entry, Blob)>,
}

impl Source {
    /// Bytes.
    pub(crate) fn size(&self) -> f64 {
        self.blob.size()
    }

    /// A file made on this page.
    pub(crate) fn of_text(name: &str, text: &str) -> Option<Source> {
        let blob = Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))).ok()?;
        Some(Source { blob, name: name.into(), definitions: None, zipped: None })
    }

    /// The text of its `definitions.json`, when it came with one that can be read.
    pub(crate) async fn definitions(&self) -> Option<String> {
        let definitions = self.definitions.as_ref()?;
        let bytes = slice(definitions, 0.0, definitions.size()).await.ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The file's first bytes, unpacked: of 256 KiB at most.
    pub(crate) async fn head(&self) -> Result<Vec<u8>, Unreadable> {
        let head = slice(&self.blob, 0.0, HEAD).await?;
        Ok(self.zipped.as_ref().map_or(head.clone(), |zipped| zipped.entry.head(&head)))
    }

    /// The table in it, when it is a zip archive; itself when it is not.
    ///
    /// # Errors
    /// A sentence why the archive cannot be opened.
    pub(crate) async fn unzipped(self) -> Result<Source, Unopened> {
        let (blob, size) = (&self.blob, self.blob.size());
        if self.zipped.is_some() || !archive::is_zip(&slice(blob, 0.0, 4.0).await?) {
            return Ok(self);
        }
        let tail = slice(blob, (size - archive::TAIL as f64).max(0.0), size).await?;
        let directory = archive::directory_range(&tail, size as u64)?;
        let directory = slice(blob, directory.start as f64, directory.end as f64).await?;
        let contents = Archive::read(&directory)?.contents()?;
        let mut definitions = None;
        if let Some(entry) = &contents.definitions {
            let packed = packed(blob, entry).await?;
            let text = entry.unpack(&slice(&packed, 0.0, packed.size()).await?)?;
            let parts = Array::of1(&Uint8Array::from(text.as_slice()));
            definitions = Blob::new_with_u8_array_sequence(&parts).ok();
        }
        let exposures = match contents.exposures {
            Some(entry) => Some((entry.clone(), packed(blob, &entry).await?)),
            None => None,
        };
        let table = packed(blob, &contents.table).await?;
        let zipped = Some(Zipped { entry: contents.table, exposures });
        Ok(Source { blob: table, name: self.name, definitions, zipped })
    }
}

/// The packed bytes of a file in an archive.
async fn packed(blob: &Blob, entry: &Entry) -> Result<Blob, Unopened> {
    let header = entry.header_range();
    let header = slice(blob, header.start as f64, header.end as f64).await?;
    let range = entry.data_range(&header)?;
    let part = blob.slice_with_f64_and_f64(range.start as f64, range.end as f64);
    part.map_err(|error| Unopened::Unreadable(Unreadable::new(range.start as f64, &error)))
}

/// Why an archive could not be opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unopened {
    /// The browser would not hand out its bytes.
    Unreadable(Unreadable),
    /// It is damaged, or not what is read; a sentence.
    Refused(String),
}

impl From<Unreadable> for Unopened {
    fn from(unreadable: Unreadable) -> Unopened {
        Unopened::Unreadable(unreadable)
    }
}

impl From<String> for Unopened {
    fn from(sentence: String) -> Unopened {
        Unopened::Refused(sentence)
    }
}

/// How far a reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    /// Responses so far.
    pub(crate) rows: u64,
    /// Bytes so far.
    pub(crate) done: f64,
    /// Bytes in all.
    pub(crate) size: f64,
}

/// The browser would not hand out the bytes from `at` on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unreadable {
    /// The byte.
    pub(crate) at: f64,
    /// The browser's own words.
    pub(crate) reason: String,
}

impl Unreadable {
    fn new(at: f64, error: &JsValue) -> Unreadable {
        let reason = error
            .dyn_ref::<js_sys::Error>()
            .map_or_else(|| format!("{error:?}"), |error| String::from(error.message()));
        Unreadable { at, reason }
    }
}

/// Why there is nothing to show.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The plan cannot be followed.
    Plan(PlanError),
    /// Nothing of the file could be read.
    File(Unreadable),
    /// Whoever asked for it no longer wants it.
    Cancelled,
}

/// What was read.
pub(crate) struct Read {
    /// The responses.
    pub(crate) dataset: Dataset,
    /// What they come to.
    pub(crate) report: Report,
    /// Where the file broke off, when it did; what came before is in the dataset.
    pub(crate) broken: Option<Unreadable>,
}

/// Reads `source` by `plan`. `step` hears of the progress after each slice and may break the reading off.
///
/// # Errors
/// See [`Failure`]; a file that breaks off midway is no failure but a [`Read`] that says so.
pub(crate) async fn read(
    source: &Source,
    plan: &Plan,
    mut step: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Read, Failure> {
    let mut reading = Reading::new(plan).map_err(Failure::Plan)?;
    if let Some(definitions) = &source.definitions {
        let bytes = slice(definitions, 0.0, definitions.size()).await.map_err(Failure::File)?;
        reading.define(&String::from_utf8_lossy(&bytes)).map_err(Failure::Plan)?;
    }
    if let Some(zipped) = &source.zipped {
        reading.unpack(&zipped.entry);
    }
    let mut progress = Progress { rows: 0, done: 0.0, size: source.size() };
    let mut length = SMALLEST;
    let mut broken = None;
    while progress.done < progress.size {
        // Each wait for bytes is a task of the browser's own: it paints and hears clicks in between.
        let bytes = match slice(&source.blob, progress.done, progress.done + length).await {
            Ok(bytes) => bytes,
            Err(unreadable) if progress.rows == 0 => return Err(Failure::File(unreadable)),
            Err(unreadable) => {
                broken = Some(unreadable);
                break;
            }
        };
        let started = now();
        reading.push(&bytes);
        let took = now() - started;
        progress.done = (progress.done + length).min(progress.size);
        progress.rows = reading.rows();
        if step(progress).is_break() {
            return Err(Failure::Cancelled);
        }
        if took > AIM {
            length = (length / 2.0).max(SMALLEST);
        } else if took < AIM / 3.0 {
            length = (length * 2.0).min(LARGEST);
        }
    }
    if let Some((entry, blob)) = source.zipped.as_ref().and_then(|zipped| zipped.exposures.as_ref()) {
        reading.unpack_exposures(entry);
        let mut at = 0.0;
        while at < blob.size() && broken.is_none() {
            match slice(blob, at, at + SMALLEST).await {
                Ok(bytes) => reading.expose(&bytes),
                Err(unreadable) => broken = Some(unreadable),
            }
            at += SMALLEST;
            if step(progress).is_break() {
                return Err(Failure::Cancelled);
            }
        }
    }
    breathe().await;
    let dataset = reading.finish();
    breathe().await;
    let report = report(&dataset);
    breathe().await;
    if step(progress).is_break() {
        return Err(Failure::Cancelled);
    }
    Ok(Read { dataset, report, broken })
}

/// The bytes from `from` to before `to`, or to the end.
async fn slice(blob: &Blob, from: f64, to: f64) -> Result<Vec<u8>, Unreadable> {
    let bytes = async {
        let part = blob.slice_with_f64_and_f64(from, to)?;
        let buffer = JsFuture::from(part.array_buffer()).await?;
        Ok(Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec())
    };
    bytes.await.map_err(|error: JsValue| Unreadable::new(from, &error))
}

/// Lets the browser do what waits.
pub(crate) async fn breathe() {
    let promise = Promise::new(&mut |resolve: Function, _| {
        if let Some(window) = web_sys::window() {
            // Without a timer there is no waiting, and the promise resolves at once.
            if window.set_timeout_with_callback(&resolve).is_ok() {
                return;
            }
        }
        resolve.call0(&JsValue::UNDEFINED).ok();
    });
    JsFuture::from(promise).await.ok();
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}
