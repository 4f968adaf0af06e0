//! What is on show while a file is read: how far, and a way to stop. It only shows the session's progress.

use crate::numbers::bytes;
use crate::session::Session;
use crate::text::{TEXT, counted, fill};
use leptos::prelude::*;

/// The progress of the reading under way.
#[component]
pub(crate) fn ProgressPage(session: Session) -> impl IntoView {
    let name =
        move || session.progress.with(|p| p.as_ref().map(|(name, _)| name.clone()).unwrap_or_default());
    let progress =
        move || session.progress.with(|p| p.as_ref().map(|(_, progress)| *progress).unwrap_or_default());
    let title = move || fill(TEXT.reading, &[("name", &name())]);
    view! {
        <section class="progress">
            <h1 tabindex="-1">{title}</h1>
            <progress
                aria-label=title
                max="100"
                value=move || {
                    let p = progress();
                    if p.size > 0.0 { (p.done / p.size * 100.0).round() } else { 0.0 }.to_string()
                }
            ></progress>
            <p class="quiet">
                {move || counted(TEXT.reading_rows, progress().rows)} " · "
                {move || {
                    let p = progress();
                    fill(TEXT.reading_bytes, &[("done", &bytes(p.done)), ("size", &bytes(p.size))])
                }}
                {move || progress().left.map(|left| format!(" · {}", counted(TEXT.reading_left, left.ceil() as u64)))}
            </p>
            <p class="quiet">{move || progress().reporting.then_some(TEXT.reading_report)}</p>
            <button type="button" class="second" data-test="cancel" on:click=move |_| session.cancel()>
                {TEXT.cancel}
            </button>
        </section>
    }
}
