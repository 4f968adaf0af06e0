//! What the engine concludes, in its own sentences: each with how it was tested, on how many observations, and the honest
//! explanations that remain. A page shows those that are about its subject.

use crate::names::Names;
use crate::numbers::{count, p_value};
use crate::text::{TEXT, fill};
use candor_engine::report::{Finding, Report};
use leptos::prelude::*;

/// The findings about these subjects, in the report's order; nothing when there are none.
#[component]
pub(crate) fn Conclusions(
    findings: Vec<Finding>,
    about: &'static [&'static str],
    names: Names,
) -> impl IntoView {
    let shown: Vec<Finding> =
        findings.into_iter().filter(|finding| about.contains(&finding.id.as_str())).collect();
    (!shown.is_empty()).then(|| {
        view! {
            <section class="part" aria-labelledby="conclusions">
                <h2 id="conclusions" class="label">{TEXT.conclusions_label}</h2>
                {shown.into_iter().map(|finding| view! { <Conclusion finding names=names.clone()/> }).collect_view()}
            </section>
        }
    })
}

#[component]
fn Conclusion(finding: Finding, names: Names) -> impl IntoView {
    let p = finding.p.map(|p| ["; ", &p_value(p)].concat()).unwrap_or_default();
    let tested = finding
        .test
        .map(|test| fill(TEXT.conclusions_tested, &[("test", &test), ("p", &p), ("n", &count(finding.n))]));
    let alternatives = finding.alternatives.iter().map(|text| view! { <li>{names.sentence(text)}</li> });
    view! {
        <div class="conclusion" class:open-question=!finding.conclusive data-test="conclusion">
            {(!finding.conclusive).then(|| view! { <p class="label">{TEXT.conclusions_open}</p> })}
            <p class="statement">{names.sentence(&finding.sentence)}</p>
            {(!finding.alternatives.is_empty())
                .then(|| {
                    view! {
                        <p class="quiet">{TEXT.conclusions_but}</p>
                        <ul class="notes quiet">{alternatives.collect_view()}</ul>
                    }
                })}
            <p class="quiet tested">{tested}</p>
        </div>
    }
}

/// Whether the engine could conclude something about a subject; false when it says nothing of it.
pub(crate) fn conclusive(report: &Report, id: &str) -> bool {
    report.findings.iter().any(|finding| finding.id == id && finding.conclusive)
}
