//! How many responses carry no, some or strong evidence of pressure, for which reasons, and which honest explanation each
//! reason leaves. The engine recomputed it; this only shows it and leads to the responses.

use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::finding;
use crate::mark::{LevelMark, level_name};
use crate::numbers::{count, share};
use crate::route::Route;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Filter;
use candor_engine::plan::{Plan, Role};
use candor_engine::report::{Evidence, ReasonCount};
use candor_survey::evidence::Reason;
use candor_survey::response::Level;
use leptos::prelude::*;

/// Whether answers of such a file can carry evidence: they have signals, or comments.
pub(crate) fn can_speak(plan: &Plan) -> bool {
    plan.tool.is_own() || plan.columns.iter().any(|column| column.role == Role::Text)
}

/// The evidence.
#[component]
pub(crate) fn EvidencePart(
    evidence: Evidence,
    /// The plan that the file was read by: only our own files have signals, and pages that make claims.
    plan: Plan,
) -> impl IntoView {
    let all = evidence.none + evidence.some + evidence.strong;
    let own = plan.tool.is_own();
    let can_speak = can_speak(&plan);
    let levels = [
        (Level::None, evidence.none, TEXT.evidence_none_what),
        (Level::Some, evidence.some, TEXT.evidence_some_what),
        (Level::Strong, evidence.strong, TEXT.evidence_strong_what),
    ];
    let drawn = fill(TEXT.evidence_levels_drawn, &[("n", &count(all))]);
    let heads = [TEXT.evidence_level, TEXT.evidence_n, TEXT.evidence_share].map(String::from).to_vec();
    let rows =
        levels.iter().map(|&(level, n, _)| vec![level_name(level).into(), count(n), share(n, all)]).collect();
    let claims = own.then(|| match evidence.claims_differ {
        0 => TEXT.evidence_agree.to_string(),
        n => counted(TEXT.evidence_differ, n),
    });
    let by_chance = evidence.by_chance.filter(|_| evidence.strong > 0).map(|chance| {
        view! { <p data-test="evidence-by-chance">{fill(TEXT.evidence_by_chance, &[("n", &chance.said())])}</p> }
    });
    view! {
        <section class="part" aria-labelledby="evidence">
            <h2 id="evidence" class="label">{TEXT.evidence_label}</h2>
            {if can_speak {
                view! {
                    <Figure finding=finding::evidence(&evidence) drawn hint=TEXT.evidence_levels_hint heads rows>
                        <ul class="levels">
                            {levels
                                .map(|(level, n, what)| view! { <LevelRow level n all what/> })
                                .collect_view()}
                        </ul>
                    </Figure>
                }
                .into_any()
            } else {
                view! { <h3 class="finding">{TEXT.evidence_finding_mute}</h3> }.into_any()
            }}
            {by_chance}
            <p>{evidence.basis} " " {claims}</p>
            {can_speak
                .then(|| {
                    view! {
                        <p class="quiet">{TEXT.evidence_what}</p>
                        <Reasons reasons=evidence.reasons/>
                    }
                })}
        </section>
    }
}

/// One level: its mark, what it means, a bar from zero, and the count that leads to the responses.
#[component]
fn LevelRow(level: Level, n: u64, all: u64, what: &'static str) -> impl IntoView {
    let scale = Linear::new(0.0, all as f64);
    let label = fill(
        TEXT.evidence_show,
        &[("what", level_name(level)), ("n", &finding::responses(n)), ("share", &share(n, all))],
    );
    let class = format!("bar-{}", level.as_str());
    let hook = format!("evidence-{}", level.as_str());
    let behind = Route::responses(Filter { level: Some(level), ..Filter::default() });
    let number = view! { <span data-test=hook>{count(n)}</span> };
    let linked = match n {
        0 => number.into_any(),
        _ => view! { <a href=behind.href() aria-label=label>{number}</a> }.into_any(),
    };
    view! {
        <li>
            <span class="what">
                <LevelMark level/>
                <b>{level_name(level)}</b>
                <span class="quiet">{what}</span>
            </span>
            <svg class="strip" width="100%" height="16" aria-hidden="true">
                <line class="hair" x1="0" x2="0" y1="0" y2="16"></line>
                <rect class=class x="0" y="3" width=scale.at(n as f64) height="10"></rect>
            </svg>
            <span class="n">{linked}</span>
            <span class="share quiet">{share(n, all)}</span>
        </li>
    }
}

/// The reasons, how often each was met, and what else it may mean.
#[component]
fn Reasons(reasons: Vec<ReasonCount>) -> impl IntoView {
    if reasons.is_empty() {
        return view! { <p class="quiet">{TEXT.evidence_no_reasons}</p> }.into_any();
    }
    let rows = reasons
        .into_iter()
        .map(|reason| {
            let behind =
                Route::responses(Filter { reason: Reason::from_word(&reason.code), ..Filter::default() });
            let label = fill(
                TEXT.evidence_reason_row,
                &[("sentence", &reason.sentence), ("n", &finding::responses(reason.n))],
            );
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{reason.sentence}</th>
                    <td role="cell" class="n">
                        <a href=behind.href() aria-label=label>{count(reason.n)}</a>
                    </td>
                    <td role="cell" class="quiet">{reason.alternative}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h3 id="reasons">{TEXT.evidence_reasons}</h3>
        // The roles are spelled out because on a phone the table is laid out as blocks, which would drop them.
        <table class="reasons" role="table" aria-labelledby="reasons">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{TEXT.evidence_reason}</th>
                    <th scope="col" role="columnheader" class="n">{TEXT.evidence_n}</th>
                    <th scope="col" role="columnheader">{TEXT.evidence_alternative}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}
