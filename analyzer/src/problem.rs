//! What went wrong, above whatever is on show: a sentence, what to do, and the rows when rows are the trouble. It takes
//! nothing away from what had been read before.

use crate::session::Session;
use crate::skipped::SkippedRows;
use crate::text::TEXT;
use leptos::prelude::*;

/// The last problem, until it is dismissed or a file is opened.
#[component]
pub(crate) fn ProblemNote(session: Session) -> impl IntoView {
    move || {
        session.problem.get().map(|problem| {
            let sentences =
                problem.sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view();
            let n = problem.skipped.len() as u64;
            view! {
                <section class="problem" role="alert" tabindex="-1" data-test="problem">
                    <h2>{problem.title}</h2>
                    {sentences}
                    <SkippedRows rows=problem.skipped n about=TEXT.skipped open=true/>
                    <button type="button" class="second" on:click=move |_| session.problem.set(None)>
                        {TEXT.dismiss}
                    </button>
                </section>
            }
        })
    }
}
