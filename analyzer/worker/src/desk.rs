//! The desk: a file, how it is read, and what was read of it.

use crate::crm::{Customers, refused};
use crate::file::{File, Source, Windows};
use crate::rows::Rows;
use candor_engine::columns::selection::Selection;
use candor_engine::columns::{Dataset, Filter, Page};
use candor_engine::parts::{Part, PartRead, Parts, can_be_parted};
use candor_engine::plan::{self, Plan};
use candor_engine::reader::Reading;
use candor_engine::report::{Report, Shuffle, Unit, compare, cross, portrait, report, report_of};
use candor_engine::value::{JoinPlan, guess, value};
use candor_worker::{Answer, Crm, Question, Refusal, Reply, Unreadable};
use js_sys::WebAssembly;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes that are read at a time.
pub(crate) const SLICE: u64 = 1 << 20;
/// A table that is shorter is read in one go: to divide it would take longer.
const WORTH_DIVIDING: u64 = 1 << 20;
/// More than what a part looks for its first row in.
const LOOKED_AT: usize = 257 << 10;
/// Milliseconds between two words about the progress.
const SAY_EVERY: f64 = 50.0;

/// Units in a message: some 200 KB, which a page reads in five milliseconds.
const UNITS_AT_ONCE: usize = 24;

/// What a desk has.
pub(crate) struct Desk {
    source: Source,
    /// The file as it was chosen; the source may be a part of it.
    file: File,
    name: String,
    state: State,
    /// The module that reads a workbook, Parquet or SPSS file, once it has come.
    module: Option<WebAssembly::Module>,
    /// The CRM file beside it.
    customers: Option<Customers>,
}

enum State {
    /// The file has been looked at.
    Open,
    /// Its parts are being put together.
    Joining(Box<Joining>),
    /// It has been read.
    Read(Box<Dataset>),
}

struct Joining {
    plan: Plan,
    parts: Parts,
    /// Parts that wait for an earlier one.
    waiting: BTreeMap<usize, Result<Vec<u8>, Unreadable>>,
    /// How many were put together, and how many bytes these are.
    joined: usize,
    done: u64,
}

impl Desk {
    /// Looks into a file.
    ///
    /// # Errors
    /// It cannot be read or opened.
    pub(crate) fn open(name: String, file: File, definitions: Option<File>) -> Result<Desk, Refusal> {
        let source = Source::open(file.clone(), definitions)?;
        Ok(Desk { source, file, name, state: State::Open, module: None, customers: None })
    }

    /// Takes the module that was wanted.
    pub(crate) fn take(&mut self, module: WebAssembly::Module) {
        self.module = Some(module);
    }

    /// How the file would be read, or what is missing to tell.
    pub(crate) fn plan(&self) -> Reply {
        if let Some(heavy) = self.source.heavy {
            let Some(module) = &self.module else {
                return Reply::Wants { format: heavy.as_str().into() };
            };
            return match Rows::open(module, &self.source.table).map(|rows| rows.recognise()) {
                Ok(plan) if plan.columns.is_empty() => Reply::Refused(Refusal::NoTable(plan.notes)),
                Ok(mut plan) => {
                    plan.notes.extend(self.source.note.clone());
                    Reply::Opened { plan: Box::new(plan) }
                }
                Err(refusal) => Reply::Refused(refusal),
            };
        }
        let mut plan = plan::recognise(&self.source.head, &self.name);
        if let Some(definitions) = &self.source.definitions {
            plan.define(definitions);
        }
        if plan.columns.is_empty() && !plan.tool.is_own() {
            return Reply::Refused(Refusal::NoTable(plan.notes));
        }
        plan.notes.extend(self.source.note.clone());
        Reply::Opened { plan: Box::new(plan) }
    }

    /// Reads the file by `plan`, or has it divided.
    pub(crate) fn read(&mut self, plan: Plan, say: &impl Fn(&Reply)) {
        let size = self.source.table.size();
        let plain = self.source.entry.is_none() && self.source.heavy.is_none();
        let apart = plain && self.file.can_be_shared() && size >= WORTH_DIVIDING;
        if apart && can_be_parted(&plan, &self.source.head) {
            return self.divide(plan, say);
        }
        match self.whole(&plan, say) {
            Ok((dataset, broken)) => {
                if let Some(corrected) = plan.corrected_by(&dataset).filter(|_| broken.is_none()) {
                    return self.read(corrected, say);
                }
                say(&Reply::Columns);
                self.report(plan, dataset, broken, say);
            }
            Err(refusal) => say(&Reply::Refused(refusal)),
        }
    }

    fn divide(&mut self, plan: Plan, say: &impl Fn(&Reply)) {
        let size = self.source.table.size();
        say(&Reply::Divide { plan: Box::new(plan.clone()), size });
        self.state = State::Joining(Box::new(Joining {
            plan,
            parts: Parts::of_file(size),
            waiting: BTreeMap::new(),
            joined: 0,
            done: 0,
        }));
    }

    fn whole(&self, plan: &Plan, say: &impl Fn(&Reply)) -> Result<(Dataset, Option<Unreadable>), Refusal> {
        let refused = |error: plan::PlanError| Refusal::Plan(error.to_string());
        let mut reading = Reading::new(plan).map_err(refused)?;
        if let Some(definitions) = &self.source.definitions {
            reading.define(definitions).map_err(refused)?;
        }
        if let Some(entry) = &self.source.entry {
            reading.unpack(entry);
        }
        let mut said = 0.0;
        if let Some(module) = self.module.as_ref().filter(|_| self.source.heavy.is_some()) {
            let mut rows = Rows::open(module, &self.source.table)?;
            while rows.read(&mut reading)? {
                let now = js_sys::Date::now();
                if now - said > SAY_EVERY {
                    said = now;
                    say(&Reply::Progress { rows: reading.rows(), done: rows.reached(), parts: 0 });
                }
            }
            return Ok((reading.finish(), None));
        }
        let mut push = |bytes: &[u8], done: u64| {
            reading.push(bytes);
            let now = js_sys::Date::now();
            if now - said > SAY_EVERY {
                said = now;
                say(&Reply::Progress { rows: reading.rows(), done, parts: 0 });
            }
        };
        let table = &self.source.table;
        let mut broken = slices(table, 0..table.size(), &mut push).err();
        if let Some(unreadable) = broken.take_if(|_| reading.rows() == 0) {
            return Err(Refusal::Unreadable(unreadable));
        }
        if let Some((entry, file)) = self.source.exposures.as_ref().filter(|_| broken.is_none()) {
            reading.unpack_exposures(entry);
            broken = slices(file, 0..file.size(), &mut |bytes, _| reading.expose(bytes)).err();
        }
        Ok((reading.finish(), broken))
    }

    /// Takes a part that a reader has read.
    pub(crate) fn add(
        &mut self,
        part: usize,
        of: usize,
        read: Result<Vec<u8>, Unreadable>,
        say: &impl Fn(&Reply),
    ) {
        let Desk { source, state: State::Joining(joining), .. } = self else { return };
        joining.waiting.insert(part, read);
        let mut broken = None;
        while let Some(next) = joining.waiting.remove(&joining.joined) {
            let joined = next.and_then(|bytes| joining.join(&source.table, &source.head, &bytes));
            joining.joined += 1;
            if let Err(unreadable) = joined {
                broken = Some(unreadable);
                break;
            }
        }
        let rows = joining.parts.rows();
        if let Some(unreadable) = broken.take_if(|_| rows == 0) {
            self.state = State::Open;
            return say(&Reply::Refused(Refusal::Unreadable(unreadable)));
        }
        say(&Reply::Progress { rows, done: joining.done, parts: joining.joined });
        if broken.is_none() && joining.joined < of {
            return;
        }
        let (parts, plan) = (std::mem::take(&mut joining.parts), std::mem::take(&mut joining.plan));
        if let Some(mut dataset) = parts.finish() {
            if let Some(corrected) = plan.corrected_by(&dataset).filter(|_| broken.is_none()) {
                return self.divide(corrected, say);
            }
            say(&Reply::Columns);
            let mut windows = Windows::new(&self.source.table);
            // A comment that cannot be heard any more is one that says nothing; the rows themselves are there.
            let heard = dataset.listen(|range| windows.bytes(range));
            self.report(plan, dataset, broken.or(heard.err()), say);
        }
    }

    fn report(&mut self, plan: Plan, dataset: Dataset, broken: Option<Unreadable>, say: &impl Fn(&Reply)) {
        let groupings = dataset.groupings();
        let mut report = Box::new(report(&dataset));
        Shuffle::of(&dataset).put(&mut report);
        say_units(&mut report, say);
        say(&Reply::Read { plan: Box::new(plan), report, groupings, broken });
        self.state = State::Read(Box::new(dataset));
    }

    /// The answer to a question; nothing before the file has been read.
    pub(crate) fn answer(&mut self, question: &Question, say: &impl Fn(&Reply)) -> Option<Answer> {
        match question {
            Question::Value { among, join } => return Some(self.value(among, join)),
            Question::Unjoin => {
                self.customers = None;
                return Some(Answer::Unjoined);
            }
            _ => {}
        }
        let State::Read(dataset) = &self.state else { return None };
        Some(match question {
            Question::Report(selection) => {
                let mut report = report_of(dataset, selection).map(Box::new);
                if let Ok(report) = &mut report {
                    Shuffle::of(dataset).put(report);
                    say_units(report, say);
                }
                Answer::Report(report)
            }
            Question::Compare { among, sides } => {
                Answer::Compare(compare(dataset, among, sides).map(Box::new))
            }
            Question::Cross { among, crossing } => Answer::Cross(cross(dataset, among, crossing)),
            Question::Portrait { among, unit } => {
                Answer::Portrait(portrait(dataset, among, unit).map(Box::new))
            }
            Question::Hash => Answer::Hash(self.hash()),
            Question::Value { .. } | Question::Unjoin => return None,
        })
    }

    /// How a CRM file would be joined with what was read.
    pub(crate) fn join(&mut self, customers: Customers) -> Crm {
        let State::Read(dataset) = &self.state else { return Crm::Refused(nothing_read()) };
        if let Some(format) = customers.wants() {
            return Crm::Wants { format: format.into() };
        }
        let mut windows = Windows::new(&self.source.table);
        let guessed = customers.head().and_then(|(plan, head)| {
            guess(dataset, &plan, &head, |range| windows.bytes(range)).map_err(Refusal::Unreadable)
        });
        match guessed {
            Ok(plan) => {
                self.customers = Some(customers);
                Crm::Guessed(Box::new(plan))
            }
            Err(refusal) => Crm::Refused(refusal),
        }
    }

    /// What the score has to do with money, or how far the CRM file has been read.
    fn value(&mut self, among: &Selection, join: &JoinPlan) -> Answer {
        let (State::Read(dataset), Some(customers)) = (&self.state, &mut self.customers) else {
            return Answer::Value(Err(nothing_read()));
        };
        if customers.by(join).is_none() {
            match customers.read_on(join) {
                Ok(Some(reached)) => return Answer::Reached(reached),
                // What is worked out of it is the next turn's, so that the page can say so before.
                Ok(None) => return Answer::Reached(customers.whole()),
                Err(refusal) => return Answer::Value(Err(refusal)),
            }
        }
        let Some(customers) = customers.by(join) else { return Answer::Value(Err(nothing_read())) };
        let mut windows = Windows::new(&self.source.table);
        let found = value(dataset, customers, join, among, |range| windows.bytes(range));
        let found = found.map_err(Refusal::Unreadable).and_then(|found| found.map_err(refused));
        Answer::Value(found.map(Box::new))
    }

    /// The SHA-256 of the file that was chosen.
    fn hash(&self) -> Result<String, Unreadable> {
        let mut hash = Sha256::new();
        slices(&self.file, 0..self.file.size(), &mut |bytes, _| hash.update(bytes))?;
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Some of the rows that pass a filter, with their texts.
    pub(crate) fn rows(&self, filter: &Filter, offset: u64, limit: usize) -> Result<Page, Unreadable> {
        let State::Read(dataset) = &self.state else { return Ok(Page::default()) };
        // Whoever looks for words reads all of them, in order.
        let mut windows = Windows::new(&self.source.table);
        dataset.rows_with_texts(filter, offset, limit, |range| match filter.text {
            Some(_) => windows.bytes(range),
            None => Ok(self.source.table.bytes(range)?.to_vec()),
        })
    }
}

impl Joining {
    fn join(&mut self, file: &File, head: &[u8], bytes: &[u8]) -> Result<(), Unreadable> {
        let damaged = |error: &dyn std::fmt::Display| Unreadable { at: self.done, reason: error.to_string() };
        let part = PartRead::from_bytes(&self.plan, bytes).map_err(|error| damaged(&error))?;
        let end = part.range().end;
        // The part began in the middle of a row: it is read again from where the one before it ended.
        if let Err(range) = self.parts.add(part) {
            let again = Part::from_row(&self.plan, head, range).map_err(|error| damaged(&error))?;
            let again = read_part(again, file, end)?;
            // Begun where the row begins, it fits.
            self.parts.add(again).ok();
        }
        self.done = end;
        Ok(())
    }
}

/// Says the units of a report before it, a few at a time.
fn say_units(report: &mut Report, say: &impl Fn(&Reply)) {
    let mut units = std::mem::take(&mut report.units).into_iter();
    loop {
        let units: Vec<Unit> = units.by_ref().take(UNITS_AT_ONCE).collect();
        if units.is_empty() {
            return;
        }
        say(&Reply::Units { units });
    }
}

/// Hands a part what it wants of the file, the bytes up to `end` at once.
pub(crate) fn read_part(mut part: Part, file: &File, end: u64) -> Result<PartRead, Unreadable> {
    let mut bytes = Vec::new();
    while let Some(at) = part.wants().filter(|&at| at < file.size()) {
        let to = if at < end { end } else { at + (SLICE >> 4) };
        file.read(at..to, &mut bytes)?;
        // A slice at a time: what it looks for its first row in, it copies, and that need not be all; and a browser changes
        // over to the faster translation of a function when that is called again.
        for slice in bytes.chunks(LOOKED_AT) {
            part.push(slice);
        }
    }
    Ok(part.finish())
}

fn nothing_read() -> Refusal {
    Refusal::Unreadable(Unreadable { at: 0, reason: "There is no file.".into() })
}

/// Hands the bytes of a range to `sink`, a slice after the other, each with where it ends.
pub(crate) fn slices(
    file: &File,
    range: Range<u64>,
    sink: &mut impl FnMut(&[u8], u64),
) -> Result<(), Unreadable> {
    let mut bytes = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let end = (at + SLICE).min(range.end);
        file.read(at..end, &mut bytes)?;
        sink(&bytes, end);
        at = end;
    }
    Ok(())
}
