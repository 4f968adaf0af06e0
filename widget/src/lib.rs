//! The widget: shows a survey on a client's page, watches how it is answered, says what the response is. This file is the
//! door between start.js and the rest; one survey at a time is open behind it.
//!
//! `view` and `controls` are what a visitor sees, `visit` the way through it, `signals` what is counted on the way,
//! `verdict` what the collector's answers mean, `words` our own texts, `dom` the page's elements. Storage, network and
//! listeners are JavaScript (outbox.js, deliver.js, start.js), where they take a sixth of the bytes: see SIZE.md.
#![deny(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod color;
mod controls;
mod dom;
mod signals;
mod verdict;
mod view;
mod visit;
mod words;

use dom::Element;
use std::cell::RefCell;
use visit::{Draft, Page, Visit};
use wasm_bindgen::prelude::*;

thread_local! {
    static OPEN: RefCell<Option<Visit>> = const { RefCell::new(None) };
    static DRAFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
}

/// Does something with the open visit. Events that the browser sends while we are doing it (focus moving, say) find the
/// visit taken and are left out: they are our own doing.
fn with<T>(act: impl FnOnce(&mut Visit) -> T) -> Option<T> {
    OPEN.with(|open| Some(act(open.try_borrow_mut().ok()?.as_mut()?)))
}

/// Shows a survey inside the shadow root `root` and returns its style sheet. `page` is JSON as start.js writes it, `now`
/// in milliseconds since 1970, `random` ten random bytes.
///
/// # Errors
/// A sentence saying why it cannot be shown.
#[wasm_bindgen]
pub fn show(
    definition: &str,
    page: &str,
    root: &Element,
    now: f64,
    random: &[u8],
) -> Result<String, JsValue> {
    let page = Page::read(page).ok_or("start.js and the widget do not fit together")?;
    let random = random.try_into().unwrap_or_default();
    let visit = Visit::begin(definition, page, root, now as i64, random)?;
    let style = visit.style();
    OPEN.with(|open| *open.borrow_mut() = Some(visit));
    Ok(style)
}

/// Hears one event and says what is to be done: see [`visit::Next`].
#[wasm_bindgen]
pub fn hear(kind: &str, target: Option<Element>, trusted: bool, detail: &str, at: f64) -> u8 {
    with(|visit| visit.hear(kind, target, trusted, detail, at as u32) as u8).unwrap_or_default()
}

/// Ends the answering, `at` milliseconds after the survey was shown and `now` since 1970; [`response`] has what was answered.
#[wasm_bindgen]
pub fn submit(at: f64, now: f64) {
    let draft = with(|visit| visit.submit(at as u32, now as i64));
    DRAFT.with(|slot| *slot.borrow_mut() = draft);
}

/// The response that was submitted last, one line of JSON. `today` and `all` are the numbers of responses from this device
/// before it, which are left out where nothing may be kept.
#[wasm_bindgen]
pub fn response(today: Option<u32>, all: Option<u32>) -> String {
    DRAFT.with(|slot| slot.borrow_mut().as_mut().map(|draft| draft.line(today, all))).unwrap_or_default()
}

/// Tells the visitor where the response is: see [`visit::Visit::say`].
#[wasm_bindgen]
pub fn say(stage: u8, focused: bool) {
    with(|visit| visit.say(stage, focused));
}

/// Forgets the visit.
#[wasm_bindgen]
pub fn close() {
    OPEN.with(|open| open.borrow_mut().take());
}

/// Says what the page says about the visit: a JSON object of texts.
#[wasm_bindgen]
pub fn set_attributes(attributes: &str) {
    with(|visit| visit.set_attributes(attributes));
}

/// What the collector's answer means for the lines that were sent: see [`verdict::Verdict::as_lines`].
#[wasm_bindgen]
pub fn verdict(status: u16, body: &str, lines: usize) -> String {
    verdict::verdict(status, body, lines).as_lines()
}

/// Milliseconds to wait before the next try: see [`verdict::backoff_ms`].
#[wasm_bindgen]
pub fn backoff_ms(tries: u32, luck: f64) -> i32 {
    verdict::backoff_ms(tries, luck)
}
