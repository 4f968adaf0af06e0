//! A plan as a file: the way to save the one that is looked at, and the way to take one from a file. What that means is for who
//! shows them.

use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;

/// Both ways; `words` and `hooks` are those of saving, then of taking.
#[component]
pub(crate) fn PlanFile(
    save: impl FnMut(MouseEvent) + 'static,
    load: impl FnMut(Event) + 'static,
    words: (&'static str, &'static str),
    hooks: (&'static str, &'static str),
) -> impl IntoView {
    view! {
        <p>
            <button type="button" class="plain" data-test=hooks.0 on:click=save>{words.0}</button>
            " "
            <label class="plain">
                <input class="unseen" type="file" accept=".json" data-test=hooks.1 on:change=load/>
                <span>{words.1}</span>
            </label>
        </p>
    }
}
