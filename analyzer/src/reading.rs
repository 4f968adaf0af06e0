//! Reading a file without keeping the page: workers of this page, what is asked of them, and how a big table is shared out
//! among several. It is the one place that talks to workers; no byte of a file is looked at here.

use crate::text::{TEXT, fill};
use candor_engine::columns::selection::Grouping;
use candor_engine::columns::{Filter, Page};
use candor_engine::plan::Plan;
use candor_engine::report::{Report, Unit};
use candor_worker::{Answer, Question, Refusal, Reply, Request, Unreadable};
use js_sys::{Array, ArrayBuffer};
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ErrorEvent, MessageEvent};

#[wasm_bindgen(raw_module = "candor-workers")]
extern "C" {
    /// A new worker with the program in it: workers.js.
    fn spawn() -> web_sys::Worker;

    /// What a worker is given to read a file: workers.js.
    #[wasm_bindgen(catch)]
    async fn handed(file: &Blob) -> Result<JsValue, JsValue>;

    /// Whether this browser can keep the analyzer for use without a network: workers.js.
    pub(crate) fn keepable() -> bool;

    /// Keeps it: workers.js.
    #[wasm_bindgen(catch)]
    pub(crate) async fn keep() -> Result<JsValue, JsValue>;

    /// Gets and compiles the module that reads a format: workers.js.
    #[wasm_bindgen(catch)]
    async fn reader(format: &str) -> Result<JsValue, JsValue>;
}

/// What a worker is given of a file.
async fn given(file: &Blob) -> JsValue {
    // What cannot be read here, the worker cannot read either, and says so.
    handed(file).await.unwrap_or_else(|_| file.into())
}

/// A file that can be read, and read again by another plan.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its bytes, wherever the browser keeps them; the sample has none until it is made.
    pub(crate) blob: Option<Blob>,
    /// Its name.
    pub(crate) name: String,
    /// For `responses.csv`: the `definitions.json` that came with it.
    pub(crate) definitions: Option<Blob>,
}

impl Source {
    /// Bytes.
    pub(crate) fn size(&self) -> f64 {
        self.blob.as_ref().map_or(0.0, Blob::size)
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
    /// Seconds that the rest will take; absent while that cannot be told.
    pub(crate) left: Option<f64>,
    /// Whether all has been read and the report is being computed.
    pub(crate) reporting: bool,
}

impl Progress {
    /// So many bytes and rows after `seconds`.
    pub(crate) fn at(rows: u64, done: f64, size: f64, seconds: f64) -> Progress {
        // A rate that was watched for less than half a second is a guess.
        let left = (seconds > 0.5 && done > 0.0).then(|| seconds * (size - done).max(0.0) / done);
        Progress { rows, done, size, left, reporting: false }
    }
}

/// What a worker says.
enum Said {
    Reply(Box<Reply>, JsValue),
    /// It has ended by itself, and why.
    Died(String),
}

type Ear = Rc<RefCell<Box<dyn FnMut(Said)>>>;

/// A worker; it ends when it is dropped.
struct Worker {
    handle: web_sys::Worker,
    ear: Ear,
    ended: Rc<Cell<bool>>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _died: Closure<dyn FnMut(ErrorEvent)>,
}

impl Worker {
    fn start() -> Worker {
        let handle = spawn();
        let ear: Ear = Rc::new(RefCell::new(Box::new(|_| {})));
        let to = ear.clone();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message: Array = event.data().unchecked_into();
            let reply = serde_json::from_str(&message.get(0).as_string().unwrap_or_default());
            let said = match reply {
                Ok(reply) => Said::Reply(Box::new(reply), message.get(1)),
                Err(error) => Said::Died(error.to_string()),
            };
            hear(&to, said);
        });
        let ended = Rc::new(Cell::new(false));
        let (to, has_ended) = (ear.clone(), ended.clone());
        let died = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            has_ended.set(true);
            hear(&to, Said::Died(event.message()));
        });
        handle.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        handle.set_onerror(Some(died.as_ref().unchecked_ref()));
        Worker { handle, ear, ended, _heard: heard, _died: died }
    }

    fn listen(&self, ear: impl FnMut(Said) + 'static) {
        *self.ear.borrow_mut() = Box::new(ear);
    }

    /// Asks something of it. Bytes are handed over; files are not copied.
    fn ask(&self, request: &Request, attached: &[&JsValue]) {
        let Ok(request) = serde_json::to_string(request) else { return };
        let message = Array::of1(&request.into());
        let handed = Array::new();
        for value in attached {
            message.push(value);
            if value.is_instance_of::<ArrayBuffer>() {
                handed.push(value);
            }
        }
        // It fails for what cannot be cloned alone, and strings, files and bytes can.
        self.handle.post_message_with_transfer(&message, &handed).ok();
    }
}

/// Hears with the ear there is. It is not borrowed meanwhile, because what is heard may end the worker.
fn hear(ear: &Ear, said: Said) {
    let mut taken = ear.replace(Box::new(|_| {}));
    taken(said);
    *ear.borrow_mut() = taken;
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handle.set_onmessage(None);
        self.handle.set_onerror(None);
        self.handle.terminate();
    }
}

/// A file that has been read.
pub(crate) struct Done {
    /// The plan by which it was read.
    pub(crate) plan: Plan,
    /// What its responses come to.
    pub(crate) report: Report,
    /// The columns by which responses can be chosen.
    pub(crate) groupings: Vec<Grouping>,
    /// Where the file broke off, when it did.
    pub(crate) broken: Option<Unreadable>,
}

/// What comes of a reading.
pub(crate) enum News {
    /// How the file would be read; and the file, when it was made by the worker.
    Opened(Box<Plan>, Option<Blob>),
    /// How far it is: responses and bytes.
    Progress(u64, f64),
    /// All columns are there.
    Columns,
    /// It has been read.
    Read(Box<Done>),
    /// It is not read.
    Refused(Refusal),
    /// Rows that were asked for, by the ticket of the asking.
    Rows(u64, Result<Page, Unreadable>),
    /// The answer to a question, by the ticket of the asking.
    Answer(u64, Option<Answer>),
    /// A worker has ended by itself, and what was in it is gone.
    Died(String),
}

/// As many workers read parts, at most.
const MOST_READERS: usize = 4;
/// Parts that a reader is given ahead, so that it never waits for the page.
const AHEAD: usize = 2;
/// The length of a part: a few for each reader of a small file, and no more than this in any.
const LONGEST_PART: f64 = 8_388_608.0;
const SHORTEST_PART: f64 = 524_288.0;

/// A file at its desk. Dropping it stops what is under way, within the time that the browser takes to end a worker.
pub(crate) struct Desk {
    worker: Rc<Worker>,
    shared: Rc<RefCell<Shared>>,
}

/// What a file has under way.
#[derive(Default)]
struct Shared {
    readers: Vec<Rc<Worker>>,
    ranges: Vec<(f64, f64)>,
    /// How many parts each reader has been given and not handed over yet.
    asked: Vec<usize>,
    /// The parts that were given out, and those that the desk has put together.
    given: usize,
    joined: usize,
    /// The units of the report that is on the way.
    units: Vec<Unit>,
}

/// Workers that have started and wait for work, so that nobody waits for them.
#[derive(Default)]
pub(crate) struct Spare(Vec<Worker>);

impl Spare {
    /// As many as a file may need.
    pub(crate) fn fill(&mut self) {
        while self.0.len() < readers() + 1 {
            self.0.push(Worker::start());
        }
    }

    fn take(&mut self) -> Worker {
        self.0.retain(|worker| !worker.ended.get());
        self.0.pop().unwrap_or_else(Worker::start)
    }
}

/// How many workers read parts.
fn readers() -> usize {
    let cores = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (cores as usize).clamp(1, MOST_READERS)
}

impl Desk {
    /// Puts a file on a desk, or has the sample made there; `tell` hears what comes of it.
    pub(crate) fn open(source: &Source, spare: Rc<RefCell<Spare>>, tell: impl FnMut(News) + 'static) -> Desk {
        let worker = Rc::new(spare.borrow_mut().take());
        let shared = Rc::new(RefCell::new(Shared::default()));
        let tell: Tell = Rc::new(RefCell::new(Box::new(tell)));
        let desk = Desk { worker: worker.clone(), shared: shared.clone() };
        let file = source.blob.clone();
        let table = Table { desk: Rc::downgrade(&worker), shared, file, spare, tell };
        worker.listen(move |said| table.desk_said(said));
        let (source, to) = (source.clone(), Rc::downgrade(&worker));
        spawn_local(async move {
            let name = source.name;
            let (request, files) = match (source.blob, source.definitions) {
                (None, _) => (Request::Sample { name }, Vec::new()),
                (Some(file), None) => (Request::Open { name }, vec![file]),
                (Some(file), Some(definitions)) => (Request::Open { name }, vec![file, definitions]),
            };
            let mut attached = Vec::new();
            for file in files {
                attached.push(given(&file).await);
            }
            // Meanwhile another file may have been opened instead.
            if let Some(worker) = to.upgrade() {
                worker.ask(&request, &attached.iter().collect::<Vec<_>>());
            }
        });
        desk
    }

    /// Reads the file by `plan`.
    pub(crate) fn read(&self, plan: &Plan) {
        self.shared.replace(Shared::default());
        self.worker.ask(&Request::Read { plan: Box::new(plan.clone()) }, &[]);
    }

    /// Asks something about what was read.
    pub(crate) fn ask(&self, ticket: u64, question: Question) {
        self.worker.ask(&Request::Ask { ticket, question }, &[]);
    }

    /// Has a CRM file looked at, with the module of its format when it wants one; without a file, the sample's is made.
    pub(crate) fn crm(&self, ticket: u64, name: &str, file: Option<&Blob>, module: Option<&JsValue>) {
        let (file, module) = (file.cloned(), module.cloned());
        let (request, to) = (Request::Crm { ticket, name: name.into() }, Rc::downgrade(&self.worker));
        spawn_local(async move {
            let file = match file {
                Some(file) => given(&file).await,
                None => JsValue::NULL,
            };
            if let Some(worker) = to.upgrade() {
                worker.ask(&request, &[&file, &module.unwrap_or(JsValue::NULL)]);
            }
        });
    }

    /// Asks for some of the rows that pass a filter.
    pub(crate) fn rows(&self, ticket: u64, filter: &Filter, offset: u64, limit: usize) {
        self.worker.ask(&Request::Rows { ticket, filter: filter.clone(), offset, limit }, &[]);
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Readers know the table that they belong to, so that nothing else would let go of them.
        self.shared.borrow_mut().readers.clear();
    }
}

type Tell = Rc<RefCell<Box<dyn FnMut(News)>>>;

/// What the workers of one file need to know of each other.
#[derive(Clone)]
struct Table {
    desk: std::rc::Weak<Worker>,
    shared: Rc<RefCell<Shared>>,
    file: Option<Blob>,
    spare: Rc<RefCell<Spare>>,
    tell: Tell,
}

impl Table {
    fn tell(&self, news: News) {
        (self.tell.borrow_mut())(news);
    }

    fn desk_said(&self, said: Said) {
        let (reply, attached) = match said {
            Said::Reply(reply, attached) => (*reply, attached),
            Said::Died(reason) => return self.tell(News::Died(reason)),
        };
        match reply {
            Reply::Opened { plan } => self.tell(News::Opened(plan, attached.dyn_into().ok())),
            Reply::Wants { format } => self.fetch(format),
            Reply::Refused(refusal) => {
                self.shared.borrow_mut().readers.clear();
                self.tell(News::Refused(refusal));
            }
            Reply::Divide { plan, size } => self.divide(plan, size as f64),
            Reply::Progress { rows, done, parts } => {
                self.shared.borrow_mut().joined = parts;
                self.give();
                self.tell(News::Progress(rows, done as f64));
            }
            Reply::Columns => {
                self.shared.borrow_mut().readers.clear();
                self.tell(News::Columns);
            }
            Reply::Units { units } => self.shared.borrow_mut().units.extend(units),
            Reply::Read { plan, mut report, groupings, broken } => {
                report.units = std::mem::take(&mut self.shared.borrow_mut().units);
                let news = News::Read(Box::new(Done { plan: *plan, report: *report, groupings, broken }));
                let table = self.clone();
                // Drawing it is a task of its own, so that the page answers in between.
                set_timeout(move || table.tell(news), Duration::ZERO);
            }
            Reply::Answer { ticket, mut answer } => {
                if let Some(Answer::Report(Ok(report))) = &mut answer {
                    report.units = std::mem::take(&mut self.shared.borrow_mut().units);
                }
                self.tell(News::Answer(ticket, answer));
            }
            Reply::Rows { ticket, page } => self.tell(News::Rows(ticket, page)),
            Reply::Part { .. } => {}
        }
    }

    /// Fetches the module of a format for the desk: the only request that opening a file can make.
    fn fetch(&self, format: String) {
        let table = self.clone();
        spawn_local(async move {
            match module(&format).await {
                Ok(module) => {
                    if let Some(desk) = table.desk.upgrade() {
                        desk.ask(&Request::Reader, &[&module]);
                    }
                }
                Err(sentence) => table.tell(News::Refused(Refusal::File(sentence))),
            }
        });
    }

    /// Shares the file out, again when that was done by another plan.
    fn divide(&self, plan: Box<Plan>, size: f64) {
        let Some(file) = &self.file else { return };
        {
            let mut shared = self.shared.borrow_mut();
            let count = readers();
            shared.ranges = parts(size, count);
            while shared.readers.len() < count {
                let reader = Rc::new(self.spare.borrow_mut().take());
                let (table, at) = (self.clone(), shared.readers.len());
                reader.listen(move |said| table.reader_said(at, said));
                shared.readers.push(reader);
            }
            let begin = Request::Begin { plan };
            shared.readers.iter().for_each(|reader| reader.ask(&begin, &[file]));
            shared.asked = vec![0; count];
            (shared.given, shared.joined) = (0, 0);
        }
        self.give();
    }

    /// Gives each next part to the reader that has least to do, as long as the desk keeps up.
    fn give(&self) {
        let mut shared = self.shared.borrow_mut();
        let most = AHEAD * shared.readers.len();
        while shared.given < shared.ranges.len() && shared.given < shared.joined + most {
            let part = shared.given;
            let (from, to) = shared.ranges[part];
            let free = (0..shared.readers.len()).min_by_key(|&at| shared.asked[at]);
            let Some(at) = free.filter(|&at| shared.asked[at] < AHEAD) else { return };
            shared.readers[at].ask(&Request::Part { part, from: from as u64, to: to as u64 }, &[]);
            shared.asked[at] += 1;
            shared.given += 1;
        }
    }

    /// The reader with the number `at` said something.
    fn reader_said(&self, at: usize, said: Said) {
        match said {
            Said::Reply(reply, columns) => {
                let (Reply::Part { part, broken }, Some(desk)) = (*reply, self.desk.upgrade()) else {
                    return;
                };
                let of = {
                    let mut shared = self.shared.borrow_mut();
                    if let Some(asked) = shared.asked.get_mut(at) {
                        *asked = asked.saturating_sub(1);
                    }
                    shared.ranges.len()
                };
                let columns: &[&JsValue] = if broken.is_some() { &[] } else { &[&columns] };
                desk.ask(&Request::Add { part, of, broken }, columns);
                self.give();
            }
            Said::Died(reason) => self.tell(News::Died(reason)),
        }
    }
}

/// The module that reads a format, or the sentence why it cannot be had.
pub(crate) async fn module(format: &str) -> Result<JsValue, String> {
    reader(format).await.map_err(|error| {
        let reason =
            error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()));
        fill(TEXT.problem_format, &[("reason", &reason)])
    })
}

/// The ranges of a file's parts.
fn parts(size: f64, readers: usize) -> Vec<(f64, f64)> {
    let length = (size / (4 * readers) as f64).ceil().clamp(SHORTEST_PART, LONGEST_PART);
    let count = (size / length).ceil() as usize;
    (0..count).map(|part| (part as f64 * length, ((part + 1) as f64 * length).min(size))).collect()
}

/// Milliseconds of the page's own clock.
pub(crate) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Marks a moment for whoever measures the page.
pub(crate) fn mark(moment: &str) {
    if let Some(clock) = web_sys::window().and_then(|window| window.performance()) {
        clock.mark(moment).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_file_and_none_is_longer_than_may_be() {
        for (size, readers) in [(1.0, 1), (600_000.0, 4), (1_048_577.0, 2), (137e6, 2), (1.37e9, 4)] {
            let parts = parts(size, readers);
            assert_eq!(parts.first().map(|part| part.0), Some(0.0));
            assert_eq!(parts.last().map(|part| part.1), Some(size));
            assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].0));
            assert!(parts.iter().all(|(from, to)| from < to && to - from <= LONGEST_PART));
        }
    }

    #[test]
    fn the_time_left_is_told_once_there_is_a_rate() {
        assert_eq!(Progress::at(10, 100.0, 400.0, 0.2).left, None);
        assert_eq!(Progress::at(10, 100.0, 400.0, 2.0).left, Some(6.0));
        assert_eq!(Progress::at(0, 0.0, 400.0, 2.0).left, None);
    }
}
