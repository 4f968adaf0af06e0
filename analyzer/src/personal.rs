//! Personal data that comments hold: masked wherever the file's own words are shown, until the analyst asks to see it. Whether it is
//! shown is a signal of the session; it stands in no address and in no project, and another file is masked again. Comments are
//! masked where they are read ([`candor_engine::columns::Filter::personal`]); this is the switch, and the same for examples of cells.

use crate::session::Session;
use crate::text::TEXT;
use candor_survey::redact::redact;
use leptos::prelude::*;

/// What a file holds as it may be shown now. Whoever asks inside of a reactive scope is asked again when that changes.
pub(crate) fn shown(text: String) -> String {
    if use_context::<Session>().is_some_and(|session| session.personal.get()) { text } else { masked(text) }
}

/// A text with a word in brackets in the place of each piece of personal data.
pub(crate) fn masked(text: String) -> String {
    redact(&text).unwrap_or(text)
}

/// The switch.
#[component]
pub(crate) fn PersonalSwitch(session: Session) -> impl IntoView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                data-test="show-personal"
                prop:checked=session.personal
                on:change=move |event| session.personal.set(event_target_checked(&event))
            />
            <span>{TEXT.personal_show}</span>
        </label>
        <p class="quiet small">{TEXT.personal_what}</p>
    }
}
