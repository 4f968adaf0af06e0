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
    /// Those of them that say of something that was looked for that it was not found.
    #[prop(optional)]
    not_found: Vec<Finding>,
) -> impl IntoView {
    let shown: Vec<Finding> =
        findings.into_iter().filter(|finding| about.contains(&finding.id.as_str())).collect();
    (!shown.is_empty()).then(|| {
        view! {
            <section class="part" aria-labelledby="conclusions">
                <h2 id="conclusions" class="label">{TEXT.conclusions_label}</h2>
                {shown.into_iter().map(|finding| view! { <Conclusion not_found=not_found.contains(&finding) finding names=names.clone()/> }).collect_view()}
            </section>
        }
    })
}

#[component]
fn Conclusion(finding: Finding, not_found: bool, names: Names) -> impl IntoView {
    let open = if not_found { TEXT.conclusions_not_found } else { TEXT.conclusions_open };
    let p = finding.p.map(|p| ["; ", &p_value(p)].concat()).unwrap_or_default();
    let tested = finding
        .test
        .map(|test| fill(TEXT.conclusions_tested, &[("test", &test), ("p", &p), ("n", &count(finding.n))]));
    let alternatives = finding.alternatives.iter().map(|text| view! { <li>{names.sentence(text)}</li> });
    view! {
        <div class="conclusion" class:open-question=!finding.conclusive data-test="conclusion">
            {(!finding.conclusive).then(|| view! { <p class="label">{open}</p> })}
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

/// Whether a finding says that what was looked for was not found, which is another thing than that nothing could be looked at.
pub(crate) fn looked_for(report: &Report, finding: &Finding) -> bool {
    let looked = match finding.id.as_str() {
        "words" => finding.n > 0,
        "pressure" => report.units.iter().any(|unit| unit.p_adjusted.is_some()),
        _ => false,
    };
    looked && !finding.conclusive
}

/// All that was looked for and not found.
pub(crate) fn not_found(report: &Report) -> Vec<Finding> {
    report.findings.iter().filter(|finding| looked_for(report, finding)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::plan::recognise;
    use candor_engine::reader::Reading;

    fn read(csv: &str) -> Report {
        let plan = recognise(csv.as_bytes(), "a.csv");
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(csv.as_bytes());
        candor_engine::report::report(&reading.finish())
    }

    #[test]
    fn what_was_looked_for_is_told_from_what_could_not_be_looked_at() {
        let mut with = String::from("score,comment\n");
        let mut without = String::from("score\n");
        for row in 0..60 {
            with.push_str(&format!("{},the parcel number {row} came late in the day\n", row % 11));
            without.push_str(&format!("{}\n", row % 11));
        }
        let (with, without) = (read(&with), read(&without));
        let ids = |report: &Report| -> Vec<String> { not_found(report).into_iter().map(|f| f.id).collect() };
        assert_eq!(ids(&with), ["words"]);
        assert!(ids(&without).is_empty());
    }
}
