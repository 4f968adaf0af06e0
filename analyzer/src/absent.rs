//! What the report cannot conclude, and why, as the engine says it.

use crate::text::TEXT;
use candor_engine::report::Absent;
use leptos::prelude::*;

/// The list; nothing when nothing is absent.
#[component]
pub(crate) fn AbsentList(absent: Vec<Absent>) -> impl IntoView {
    (!absent.is_empty()).then(|| {
        view! {
            <section class="part" aria-labelledby="absent">
                <h2 id="absent">{TEXT.absent_label}</h2>
                <p class="quiet">{TEXT.absent_what}</p>
                <dl class="absent">
                    {absent
                        .into_iter()
                        .map(|absent| view! { <div><dt>{absent.what}</dt><dd>{absent.reason}</dd></div> })
                        .collect_view()}
                </dl>
            </section>
        }
    })
}
