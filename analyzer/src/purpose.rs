//! The head of the report: which decision the answers are for, whose it is and how success will be known, or plainly that
//! nobody said; and on how many responses everything below rests.

use crate::numbers::{count, day};
use crate::route::Route;
use crate::text::{TEXT, counted, fill, form};
use candor_engine::columns::Filter;
use candor_engine::report::{Responses, Survey};
use leptos::prelude::*;

/// The purpose, and the responses.
#[component]
pub(crate) fn PurposePart(survey: Survey, name: String, responses: Responses) -> impl IntoView {
    let about = match survey.id {
        Some(id) => format!("{id} · {name}"),
        None => name,
    };
    let purpose = survey.purpose.filter(|p| p.decision.is_some() || p.owner.is_some() || p.success.is_some());
    let said = match purpose {
        None => view! {
            <h1 tabindex="-1">{TEXT.purpose_none}</h1>
            <p class="lede">{TEXT.purpose_none_what}</p>
        }
        .into_any(),
        Some(purpose) => {
            let detail = |label: &'static str, text: Option<String>| {
                text.map(|text| view! { <div><dt>{label}</dt><dd dir="auto">{text}</dd></div> })
            };
            view! {
                <p class="label">{TEXT.purpose_label}</p>
                <h1 tabindex="-1" dir="auto">
                    {purpose.decision.unwrap_or_else(|| TEXT.purpose_no_decision.into())}
                </h1>
                <dl class="purpose">
                    {detail(TEXT.purpose_owner, purpose.owner)} {detail(TEXT.purpose_success, purpose.success)}
                </dl>
            }
            .into_any()
        }
    };
    view! {
        <header class="head">
            <p class="about"><bdi>{about}</bdi></p>
            {said}
            <ResponseCount responses/>
        </header>
    }
}

/// How many responses count, since when, and what was left out.
#[component]
fn ResponseCount(responses: Responses) -> impl IntoView {
    let all = Route::responses(Filter::default()).href();
    let span = responses.from.as_deref().zip(responses.to.as_deref()).map(|(from, to)| {
        [", ", &fill(TEXT.responses_span, &[("from", &day(from)), ("to", &day(to))])].concat()
    });
    let partial =
        (responses.partial > 0).then(|| [", ", &counted(TEXT.responses_partial, responses.partial)].concat());
    let left_out: Vec<String> = [
        (TEXT.responses_tests, responses.tests),
        (TEXT.responses_superseded, responses.superseded),
        (TEXT.responses_other, responses.other),
        (TEXT.responses_skipped, responses.skipped),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .map(|(text, n)| counted(text, n))
    .collect();
    // The number stands alone in its element, so that it can be read without its words.
    let words = fill(form(TEXT.responses_used, responses.used), &[("n", "")]);
    let words = words.trim_start_matches(['1', ' ']).to_string();
    view! {
        <p class="count">
            <a href=all>
                <b data-test="responses-count">{count(responses.used)}</b>
                " "
                {words}
            </a>
            {span}
            {partial}
            "."
            {(!left_out.is_empty())
                .then(|| [" ", &fill(TEXT.responses_left_out, &[("list", &left_out.join(", "))])].concat())}
        </p>
    }
}
