//! The head of the brief: which decision the answers are for, whose it is and how success will be known, or plainly that
//! nobody said. The analyst may write over it; his words go into the print and the export, and last until the tab is closed.

use crate::app::focus_first;
use crate::brief::Edited;
use crate::session::Opened;
use crate::text::TEXT;
use candor_engine::report::Purpose;
use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;

/// The purpose, and the form that changes it.
#[component]
pub(crate) fn PurposePart(opened: Arc<Opened>) -> impl IntoView {
    let editing = RwSignal::new(false);
    // What had the focus is gone with the form, or with its button.
    Effect::new(move |before: Option<bool>| {
        let now = editing.get();
        if before.is_some_and(|before| before != now) {
            let place = if now { ".purpose-form input" } else { "[data-test=edit-purpose]" };
            request_animation_frame(move || focus_first(place));
        }
        now
    });
    let about = match &opened.report.survey.id {
        Some(id) => format!("{id} · {}", opened.name),
        None => opened.name.clone(),
    };
    let body = move || {
        let opened = opened.clone();
        match editing.get() {
            true => view! { <Form opened editing/> }.into_any(),
            false => view! { <Said opened editing/> }.into_any(),
        }
    };
    view! {
        <header class="head">
            <p class="about"><bdi>{about}</bdi></p>
            {body}
        </header>
    }
}

#[component]
fn Said(opened: Arc<Opened>, editing: RwSignal<bool>) -> impl IntoView {
    let said = move || match Edited::purpose(&opened) {
        None => view! {
            <h1 tabindex="-1">{TEXT.purpose_none}</h1>
            <p class="quiet">{TEXT.purpose_none_what}</p>
        }
        .into_any(),
        Some(purpose) => {
            let detail = |label: &'static str, text: Option<String>| {
                text.map(|text| view! { <div><dt>{label}</dt><dd dir="auto">{text}</dd></div> })
            };
            view! {
                <p class="label">{TEXT.purpose_label}</p>
                // The words have a direction of their own; the heading stands where the page's others do.
                <h1 tabindex="-1">
                    <bdi>{purpose.decision.unwrap_or_else(|| TEXT.purpose_no_decision.into())}</bdi>
                </h1>
                <dl class="purpose">
                    {detail(TEXT.purpose_owner, purpose.owner)} {detail(TEXT.purpose_success, purpose.success)}
                </dl>
            }
            .into_any()
        }
    };
    view! {
        {said}
        <button type="button" class="plain" data-test="edit-purpose" on:click=move |_| editing.set(true)>
            {TEXT.purpose_edit}
        </button>
    }
}

#[component]
fn Form(opened: Arc<Opened>, editing: RwSignal<bool>) -> impl IntoView {
    let now = Edited::purpose(&opened).unwrap_or(Purpose { decision: None, owner: None, success: None });
    let values = [now.decision, now.owner, now.success].map(|text| RwSignal::new(text.unwrap_or_default()));
    let edited = use_context::<Edited>();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let [decision, owner, success] = values.map(|value| {
            let text = value.get_untracked();
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        });
        if let Some(Edited(signal)) = edited {
            signal.set(Some((opened.file, Purpose { decision, owner, success })));
        }
        editing.set(false);
    };
    let field = |label: &'static str, hook: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span>{label}</span>
                <input
                    type="text"
                    data-test=hook
                    dir="auto"
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    let [decision, owner, success] = values;
    view! {
        <h1 tabindex="-1">{TEXT.purpose_label}</h1>
        <form class="purpose-form" on:submit=submit>
            {field(TEXT.purpose_decision, "purpose-decision", decision)}
            {field(TEXT.purpose_owner, "purpose-owner", owner)}
            {field(TEXT.purpose_success, "purpose-success", success)}
            <p class="quiet">{TEXT.purpose_kept}</p>
            <p class="actions">
                <button type="submit" class="button" data-test="keep-purpose">{TEXT.purpose_keep}</button>
                <button type="button" class="second" on:click=move |_| editing.set(false)>
                    {TEXT.cancel}
                </button>
            </p>
        </form>
    }
}
