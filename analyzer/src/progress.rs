//! What is on show while a file is read: how far, and a way to stop. It only shows the session's progress.

use crate::numbers::bytes;
use crate::reading::Progress;
use crate::session::Session;
use crate::text::{TEXT, counted, fill};
use leptos::prelude::*;

/// How far a reading is, as a bar and in words, and a way to stop it.
#[component]
pub(crate) fn Reached(
    /// What is being read.
    #[prop(into)]
    title: Signal<String>,
    /// How far.
    #[prop(into)]
    progress: Signal<Progress>,
    /// The test name of the button.
    hook: &'static str,
    /// Stops it.
    cancel: Callback<()>,
) -> impl IntoView {
    view! {
        <progress
            aria-label=title
            max="100"
            value=move || {
                let p = progress.get();
                if p.size > 0.0 { (p.done / p.size * 100.0).round() } else { 0.0 }.to_string()
            }
        ></progress>
        <p class="quiet">
            {move || counted(TEXT.reading_rows, progress.get().rows)} " · "
            {move || {
                let p = progress.get();
                fill(TEXT.reading_bytes, &[("done", &bytes(p.done)), ("size", &bytes(p.size))])
            }}
            {move || progress.get().left.map(|left| format!(" · {}", counted(TEXT.reading_left, left.ceil() as u64)))}
        </p>
        <p class="quiet">{move || progress.get().reporting.then_some(TEXT.reading_report)}</p>
        <button type="button" class="second" data-test=hook on:click=move |_| cancel.run(())>
            {TEXT.cancel}
        </button>
    }
}

/// The progress of the reading under way.
#[component]
pub(crate) fn ProgressPage(session: Session) -> impl IntoView {
    let name =
        move || session.progress.with(|p| p.as_ref().map(|(name, _)| name.clone()).unwrap_or_default());
    let progress = Signal::derive(move || {
        session.progress.with(|p| p.as_ref().map(|(_, progress)| *progress).unwrap_or_default())
    });
    let title = Signal::derive(move || fill(TEXT.reading, &[("name", &name())]));
    view! {
        <section class="progress">
            <h1 tabindex="-1">{title}</h1>
            <Reached title progress hook="cancel" cancel=Callback::new(move |()| session.cancel())/>
        </section>
    }
}
