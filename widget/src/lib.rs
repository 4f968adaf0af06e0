//! The widget: shows a survey on a client's page, watches how it is answered, keeps the response and delivers it. This
//! file is the door that start.js comes in by; one survey at a time is open behind it.
//!
//! `dom` is the browser, `view` and `controls` what a visitor sees, `visit` the way through it, `signals` what is counted
//! on the way, `outbox` what is kept on the device, `deliver` how it reaches the collector, `words` our own texts.
#![deny(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod color;
mod controls;
mod deliver;
mod dom;
mod outbox;
mod signals;
mod view;
mod visit;
mod words;

use deliver::{Fate, deliver, deliver_old, entrust};
use dom::{Act, Outcome, Trouble};
use js_sys::Function;
use outbox::Mail;
use std::cell::RefCell;
use visit::{Next, Page, Visit};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

thread_local! {
    static OPEN: RefCell<Option<Visit>> = const { RefCell::new(None) };
}

/// Does something with the open visit. Events that the browser sends while we are doing it (focus moving, say) find the
/// visit taken and are left out: they are our own doing.
fn with<T>(act: impl FnOnce(&mut Visit) -> Outcome<T>) -> Option<T> {
    OPEN.with(|open| {
        let mut open = open.try_borrow_mut().ok()?;
        act(open.as_mut()?).map_err(|trouble| trouble.say()).ok()
    })
}

/// Shows a survey; one that is open already is closed first. `page` is JSON as start.js writes it, `emit` is called with
/// the name of each event and the response's id once there is one.
///
/// # Errors
/// A sentence saying why it cannot be shown: the definition's first wrong field, or the element that is not there.
#[wasm_bindgen]
pub fn show(definition: &str, page: &str, emit: Function) -> Result<(), JsValue> {
    hide();
    let page = Page::read(page).ok_or("start.js and the widget do not fit together")?;
    let mut visit = Visit::begin(definition, page, emit).map_err(|Trouble(error)| error)?;
    visit.listen(hear).map_err(|Trouble(error)| error)?;
    OPEN.with(|open| *open.borrow_mut() = Some(visit));
    Ok(())
}

/// Closes the survey without taking it for the visitor's wish.
#[wasm_bindgen]
pub fn hide() {
    close(false);
}

/// Says what the page says about the visit: a JSON object of texts.
#[wasm_bindgen]
pub fn set_attributes(attributes: &str) {
    with(|visit| Ok(visit.set_attributes(attributes)));
}

/// Says whether anything may be kept on the device from now on.
#[wasm_bindgen]
pub fn set_keep(keep: bool) {
    with(|visit| Ok(visit.set_keep(keep)));
}

/// Delivers what an earlier visit left in the outbox. There must be one.
#[wasm_bindgen]
pub fn deliver_mail() {
    spawn_local(deliver_old());
}

fn hear(event: Act) {
    match with(|visit| visit.hear(&event)) {
        Some(Next::Close) => close(true),
        Some(Next::Submit) => spawn_local(submit()),
        Some(Next::Retry) => {
            with(Visit::retry);
            spawn_local(deliver());
        }
        Some(Next::Nothing) | None => {}
    }
}

fn close(by_visitor: bool) {
    let visit = OPEN.with(|open| open.try_borrow_mut().ok().and_then(|mut open| open.take()));
    let Some(mut visit) = visit else { return };
    if let Some(survey) = visit.end(by_visitor) {
        spawn_local(async move {
            let key = ["asked:", &survey].concat();
            if let Err(trouble) = outbox::remember(&key, js_sys::Date::now()).await {
                trouble.say();
            }
        });
    }
}

/// Keeps the response where that is allowed and possible, says thank you once it is on disk, and delivers it. Where it
/// is not, only the collector's word is good enough for a thank you.
async fn submit() {
    let Some(mut draft) = with(Visit::submit) else { return };
    let mut mail = None;
    let mut kept = false;
    if draft.keep {
        match outbox::keep(&mut draft, &mut mail).await {
            Ok(()) => kept = true,
            Err(trouble) => trouble.say(),
        }
    }
    entrust(mail.unwrap_or_else(|| draft.mail(None)), kept);
    if kept {
        with(Visit::thank);
    }
    deliver().await;
}

/// A pass of delivery is over, and the visitor may be waiting to hear of it.
fn tried(settled: &[(Mail, Fate)]) {
    with(|visit| visit.tried(settled));
}
