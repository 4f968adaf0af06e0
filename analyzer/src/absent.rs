//! What the report cannot conclude, and why, as the engine says it.

use crate::text::TEXT;
use candor_engine::report::Absent;
use leptos::prelude::*;

/// The list; nothing when nothing is absent.
#[component]
pub(crate) fn AbsentList(absent: Vec<Absent>) -> impl IntoView {
    (!absent.is_empty()).then(|| {
        view! {
            <section class="part" aria-labelledby="absent" data-test="absent">
                <h2 id="absent">{TEXT.absent_label}</h2>
                <p class="quiet">{TEXT.absent_what}</p>
                <dl class="absent">
                    {by_name(absent)
                        .into_iter()
                        .map(|(name, reasons)| {
                            let reasons = reasons
                                .into_iter()
                                .map(|reason| view! { <dd>{reason}</dd> })
                                .collect_view();
                            view! { <div><dt>{name}</dt>{reasons}</div> }
                        })
                        .collect_view()}
                </dl>
            </section>
        }
    })
}

/// The reasons by what they are about, in the order in which each is met first.
fn by_name(absent: Vec<Absent>) -> Vec<(String, Vec<String>)> {
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    for Absent { what, reason } in absent {
        let name = name(what);
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, reasons)) => reasons.push(reason),
            None => names.push((name, vec![reason])),
        }
    }
    names
}

/// A subject of the report as the end of a sentence, by its code: that of a finding or of something absent. Empty where
/// there are no words for it.
pub(crate) fn subject(what: &str) -> &'static str {
    match what {
        "score" => TEXT.subject_score,
        "units" => TEXT.subject_units,
        "period" => TEXT.subject_period,
        "flagged" | "pressure" => TEXT.subject_flagged,
        "change" => TEXT.subject_change,
        "trend" => TEXT.subject_trend,
        "rate and mix" | "mix" => TEXT.subject_parts,
        "drivers" => TEXT.subject_drivers,
        "response rate" | "heard" => TEXT.subject_heard,
        "careless" => TEXT.subject_careless,
        "words" => TEXT.subject_words,
        "protected" => TEXT.subject_protected,
        _ => "",
    }
}

/// What the engine's code stands for; a code without words of ours is shown as it is.
fn name(what: String) -> String {
    let name = match what.as_str() {
        "score" => TEXT.absent_score,
        "purpose" => TEXT.absent_purpose,
        "reading speed" => TEXT.absent_speed,
        "units" => TEXT.absent_units,
        "period" => TEXT.absent_period,
        "skipped" => TEXT.absent_skipped,
        "repaired" => TEXT.absent_repaired,
        "flagged" => TEXT.absent_flagged,
        "change" => TEXT.absent_change,
        "trend" => TEXT.absent_trend,
        "rate and mix" => TEXT.absent_parts,
        "drivers" => TEXT.absent_drivers,
        "response rate" => TEXT.absent_heard,
        "weights" => TEXT.absent_weights,
        "careless" => TEXT.absent_careless,
        "words" => TEXT.absent_words,
        "protected" => TEXT.absent_protected,
        "clustering" => TEXT.absent_clustering,
        "channels" => TEXT.absent_channels,
        _ => return what,
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_about_one_thing_stand_together_where_it_is_met_first() {
        let absent = |what: &str, reason: &str| Absent { what: what.into(), reason: reason.into() };
        let named =
            by_name(vec![absent("channels", "One."), absent("words", "Two."), absent("channels", "Three.")]);
        assert_eq!(named[0], (TEXT.absent_channels.into(), vec!["One.".into(), "Three.".into()]));
        assert_eq!(named[1].1, ["Two."]);
    }
}
