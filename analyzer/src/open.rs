//! The opening screen: what this is, one obvious thing to do, a sample for who has no file, and how to check that nothing
//! leaves the machine. It hands files to the session and keeps nothing.

use crate::kept;
use crate::reading;
use crate::session::Session;
use crate::text::{TEXT, counted, fill};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

/// The opening screen.
#[component]
pub(crate) fn Open(session: Session, dropping: RwSignal<bool>) -> impl IntoView {
    let chosen = move |event: ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        if let Some(files) = input.files() {
            session.choose(&files);
        }
        // So that choosing the same file again is heard again.
        input.set_value("");
    };
    view! {
        <section class="open">
            <h1 tabindex="-1">{TEXT.open_title}</h1>
            <p class="lede">{TEXT.open_what}</p>
            <div class="choose">
                <label class="button">
                    // Several, because a responses.csv may bring its definitions.json.
                    <input class="unseen" type="file" multiple=true data-test="file-input" on:change=chosen/>
                    <span>{TEXT.open_choose}</span>
                </label>
                <p class="drop">
                    {move || if dropping.get() { TEXT.open_drop_now } else { TEXT.open_drop }}
                </p>
            </div>
            <div class="sample">
                <button type="button" class="second" data-test="open-sample" on:click=move |_| session.sample()>
                    {TEXT.open_sample}
                </button>
                <p>{TEXT.open_sample_what}</p>
            </div>
            <KeptPlans session/>
            <section class="stays" aria-labelledby="stays">
                <h2 id="stays">{TEXT.stays_title}</h2>
                <p>{TEXT.stays_what}</p>
                <ul>
                    <li>{TEXT.stays_network}</li>
                    <li>{TEXT.stays_airplane}</li>
                    <li>{TEXT.stays_policy}</li>
                </ul>
            </section>
            <Keep/>
        </section>
    }
}

/// How many plans are kept on this device, and the way to forget them; nothing while there is none.
#[component]
fn KeptPlans(session: Session) -> impl IntoView {
    let many = RwSignal::new(kept::plans().len() as u64);
    let forget = move |_| {
        let done = kept::forget_all();
        session.said.set(if done { TEXT.plan_forgotten } else { TEXT.plan_not_kept }.into());
        many.set(kept::plans().len() as u64);
    };
    move || {
        (many.get() > 0).then(|| {
            view! {
                <p class="quiet" data-test="kept-plans">
                    {counted(TEXT.plans_kept, many.get())}
                    " "
                    <button type="button" class="plain" data-test="forget-plans" on:click=forget>
                        {TEXT.plans_forget}
                    </button>
                </p>
            }
        })
    }
}

/// The two ways to have the analyzer without a network; nothing in the build that is one of them.
#[component]
fn Keep() -> impl IntoView {
    let said = RwSignal::new(String::new());
    let keep = move |_| {
        said.set(TEXT.keep_installing.into());
        spawn_local(async move {
            said.set(match reading::keep().await {
                Ok(_) => TEXT.keep_done.into(),
                Err(error) => {
                    let reason = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
                    fill(TEXT.keep_failed, &[("reason", &reason.unwrap_or_default())])
                }
            });
        });
    };
    reading::keepable().then(|| {
        view! {
            <section class="stays" aria-labelledby="keep">
                <h2 id="keep">{TEXT.keep_title}</h2>
                <ul>
                    <li>
                        <a href="candor-analyzer.html" download="" data-test="one-file">{TEXT.keep_file}</a>
                        {TEXT.keep_file_what}
                    </li>
                    <li>
                        <button type="button" class="plain" data-test="keep" on:click=keep>{TEXT.keep_install}</button>
                        {TEXT.keep_install_what}
                    </li>
                </ul>
                <p role="status" data-test="kept">{said}</p>
            </section>
        }
    })
}
