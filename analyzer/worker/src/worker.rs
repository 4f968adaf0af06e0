//! A worker's ear and mouth: messages in, messages out. What they mean is the desk's and the reader's.

use crate::crm::Customers;
use crate::desk::{Desk, read_part};
use crate::file::{self, File};
use candor_engine::parts::Part;
use candor_engine::plan::{HEAD, Plan};
use candor_engine::world::{Parameters, World};
use candor_worker::{Answer, Crm, Refusal, Reply, Request, Unreadable};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// What a worker has been given.
#[derive(Default)]
struct Worker {
    desk: Option<Desk>,
    reader: Option<Reader>,
}

/// A table that is read in parts.
struct Reader {
    plan: Plan,
    file: File,
    head: Vec<u8>,
}

/// From now on messages are heard.
pub(crate) fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let mut worker = Worker::default();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message: Array = event.data().unchecked_into();
        let request = message.get(0).as_string().unwrap_or_default();
        // Both sides are one build, so that what arrives can be read.
        if let Ok(request) = serde_json::from_str(&request) {
            worker.hear(request, &message);
        }
    });
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
}

fn say(reply: &Reply) {
    say_with(reply, None);
}

fn say_with(reply: &Reply, attached: Option<JsValue>) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let Ok(reply) = serde_json::to_string(reply) else { return };
    let message = Array::of1(&reply.into());
    let handed = Array::new();
    if let Some(attached) = attached {
        message.push(&attached);
        if attached.is_instance_of::<ArrayBuffer>() {
            handed.push(&attached);
        }
    }
    // It fails for what cannot be cloned alone, and strings, blobs and bytes can.
    scope.post_message_with_transfer(&message, &handed).ok();
}

/// The file at a place of a message.
fn file(message: &Array, at: u32) -> Result<Option<File>, Unreadable> {
    let handed = message.get(at);
    if handed.is_undefined() || handed.is_null() { Ok(None) } else { File::of(handed).map(Some) }
}

fn missing() -> Unreadable {
    Unreadable { at: 0, reason: "There is no file.".into() }
}

impl Worker {
    fn hear(&mut self, request: Request, message: &Array) {
        match request {
            Request::Open { name } => {
                let opened =
                    file(message, 1).and_then(|table| Ok((table.ok_or_else(missing)?, file(message, 2)?)));
                let opened = opened.map_err(Refusal::Unreadable);
                self.open(opened.and_then(|(table, definitions)| Desk::open(name, table, definitions)), None);
            }
            Request::Reader => {
                if let (Some(desk), Ok(module)) = (&mut self.desk, message.get(1).dyn_into()) {
                    desk.take(module);
                    say(&desk.plan());
                }
            }
            Request::Sample { name } => {
                let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
                let table = File::of_bytes(text.as_bytes());
                let desk = Desk::open(name, table, None);
                self.open(desk, file::of_text(&text).map(Into::into));
            }
            Request::Read { plan } => {
                if let Some(desk) = &mut self.desk {
                    desk.read(*plan, &say);
                }
            }
            Request::Add { part, of, broken } => {
                if let Some(desk) = &mut self.desk {
                    let bytes = || Uint8Array::new(&message.get(1)).to_vec();
                    desk.add(part, of, broken.map_or_else(|| Ok(bytes()), Err), &say);
                }
            }
            Request::Rows { ticket, filter, offset, limit } => {
                let page = self.desk.as_ref().map(|desk| desk.rows(&filter, offset, limit));
                say(&Reply::Rows { ticket, page: page.unwrap_or_else(|| Err(missing())) });
            }
            Request::Ask { ticket, question } => {
                let answer = self.desk.as_mut().and_then(|desk| desk.answer(&question, &say));
                say(&Reply::Answer { ticket, answer });
            }
            Request::Crm { ticket, name } => {
                let Some(desk) = &mut self.desk else { return };
                let made = || File::of_bytes(World::sample().crm(&Parameters::sample()).as_bytes());
                let table = file(message, 1).map(|found| found.unwrap_or_else(made));
                let opened = table
                    .map_err(Refusal::Unreadable)
                    .and_then(|table| Customers::open(name, table, message.get(2).dyn_into().ok()));
                let answer = opened.map_or_else(Crm::Refused, |customers| desk.join(customers));
                say(&Reply::Answer { ticket, answer: Some(Answer::Crm(answer)) });
            }
            Request::Begin { plan } => {
                let begun = file(message, 1).and_then(|file| {
                    let file = file.ok_or_else(missing)?;
                    let head = file.bytes(0..HEAD as u64)?.to_vec();
                    Ok(Reader { plan: *plan, file, head })
                });
                match begun {
                    Ok(reader) => self.reader = Some(reader),
                    Err(unreadable) => say(&Reply::Part { part: 0, broken: Some(unreadable) }),
                }
            }
            Request::Part { part, from, to } => {
                let Some(reader) = &self.reader else { return };
                match reader.read(from, to) {
                    Ok(columns) => say_with(&Reply::Part { part, broken: None }, Some(columns.into())),
                    Err(unreadable) => say(&Reply::Part { part, broken: Some(unreadable) }),
                }
            }
        }
    }

    fn open(&mut self, desk: Result<Desk, Refusal>, made: Option<JsValue>) {
        match desk {
            Ok(desk) => {
                say_with(&desk.plan(), made);
                self.desk = Some(desk);
            }
            Err(refusal) => say(&Reply::Refused(refusal)),
        }
    }
}

impl Reader {
    fn read(&self, from: u64, to: u64) -> Result<ArrayBuffer, Unreadable> {
        let refused =
            |error: candor_engine::plan::PlanError| Unreadable { at: from, reason: error.to_string() };
        let part = Part::new(&self.plan, &self.head, from..to).map_err(refused)?;
        let read = read_part(part, &self.file, to)?;
        Ok(Uint8Array::from(read.to_bytes().as_slice()).buffer())
    }
}
