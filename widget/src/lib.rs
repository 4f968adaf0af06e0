//! The widget: shows a survey on a client's page, watches how it is answered, says what the response is. This file is the
//! door between start.js and the rest; one survey at a time is open behind it.
//!
//! `view` and `controls` are what a visitor sees, `visit` the way through it, `signals` what is counted on the way,
//! `definition` what it is shown from, `verdict` what the collector's answers mean, `words` our own texts, `dom` the page's elements. Storage, network and
//! listeners are JavaScript (outbox.js, deliver.js, start.js), where they take a sixth of the bytes: see SIZE.md.
#![deny(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod color;
mod controls;
mod definition;
mod dom;
mod signals;
mod verdict;
mod view;
mod visit;
mod words;

use dom::Element;
use std::cell::Cell;
use visit::{Draft, Visit};
use wasm_bindgen::prelude::*;

/// A visitor downloads the allocator too: this one is 2 KB of brotli smaller than the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static OPEN: Cell<Option<Visit>> = const { Cell::new(None) };
    static DRAFT: Cell<Option<Draft>> = const { Cell::new(None) };
}

/// Does something with the open visit. Events that the browser sends while we are doing it (focus moving, say) find the
/// place empty and are left out: they are our own doing.
fn with<T>(act: impl FnOnce(&mut Visit) -> T) -> Option<T> {
    let mut visit = OPEN.take()?;
    let result = act(&mut visit);
    OPEN.set(Some(visit));
    Some(result)
}

/// Shows a survey inside the shadow root `root` and returns its style sheet; an empty one when it cannot be shown, because
/// `definition` or `page` cannot be read. `page` is JSON as start.js writes it, `now` in milliseconds since 1970, `random`
/// ten random bytes.
#[wasm_bindgen]
pub fn show(definition: &str, page: &str, root: &Element, now: f64, random: &[u8]) -> String {
    let random = random.try_into().unwrap_or_default();
    let visit =
        definition::occasion(page).and_then(|page| Visit::begin(definition, page, root, now as i64, random));
    let style = visit.as_ref().map_or(String::new(), Visit::style);
    OPEN.set(visit);
    style
}

/// Hears one event and says what is to be done: see [`visit::Next`].
#[wasm_bindgen]
pub fn hear(kind: &str, target: Option<Element>, trusted: bool, detail: &str, at: f64) -> u8 {
    with(|visit| visit.hear(kind, target, trusted, detail, at as u32) as u8).unwrap_or_default()
}

/// Ends the answering, `at` milliseconds after the survey was shown and `now` since 1970; [`response`] has what was answered.
/// `attributes` is what the page says about the visit: a JSON object of texts.
#[wasm_bindgen]
pub fn submit(at: f64, now: f64, attributes: &str) {
    DRAFT.set(with(|visit| visit.submit(at as u32, now as i64, attributes)));
}

/// The response that was submitted last, one line of JSON; it is given out once. `today` and `all` are the numbers of responses from this device
/// before it, which are left out where nothing may be kept.
#[wasm_bindgen]
pub fn response(today: Option<u32>, all: Option<u32>) -> String {
    DRAFT.take().map_or(String::new(), |draft| draft.line(today, all))
}

/// Tells the visitor where the response is: see [`visit::Visit::say`].
#[wasm_bindgen]
pub fn say(stage: u8, focused: bool) {
    with(|visit| visit.say(stage, focused));
}

/// Forgets the visit.
#[wasm_bindgen]
pub fn close() {
    OPEN.take();
}

/// What the collector's answer means for the lines that were sent: see [`verdict::verdict`].
#[wasm_bindgen]
pub fn verdict(status: u16, body: &str, lines: usize) -> String {
    verdict::verdict(status, body, lines)
}

/// Milliseconds to wait before the next try: see [`verdict::backoff_ms`].
#[wasm_bindgen]
pub fn backoff_ms(tries: u32, luck: f64) -> i32 {
    verdict::backoff_ms(tries, luck)
}
