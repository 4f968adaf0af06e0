//! The brief: one page to print and decide by. What the answers are for, the score, whether it changed, how much of it to
//! believe, what to do first, and what cannot be concluded. Never more than seven numbers: each stands in a [`Figure`], and
//! the rest of the report has the others.

use crate::absent;
use crate::app::Landing;
use crate::change::verdict;
use crate::conclusions::{conclusive, looked_for};
use crate::evidence::can_speak;
use crate::finding;
use crate::names::Names;
use crate::numbers::{Statistic, count, day, percent, rounds_to_nothing, span};
use crate::purpose::PurposePart;
use crate::route::{Page, Route};
use crate::score::statistic_name;
use crate::session::Opened;
use crate::text::{TEXT, counted, fill, form, listed};
use candor_engine::columns::Filter;
use candor_engine::report::{Change, Finding, Purpose, Report, Responses, Score, Step};
use leptos::prelude::*;
use std::sync::Arc;

/// The purpose as the analyst has written it over the file's own, until another file is opened.
#[derive(Clone, Copy)]
pub(crate) struct Edited(pub(crate) RwSignal<Option<(u64, Purpose)>>);

impl Edited {
    /// Makes it known to every component below.
    pub(crate) fn provide() -> Edited {
        let edited = Edited(RwSignal::new(None));
        provide_context(edited);
        edited
    }

    /// The purpose of this file: the analyst's words, or else the file's.
    pub(crate) fn purpose(opened: &Arc<Opened>) -> Option<Purpose> {
        let edited = use_context::<Edited>().and_then(|edited| {
            edited.0.with(|edited| {
                edited.as_ref().filter(|(of, _)| *of == opened.file).map(|(_, purpose)| purpose.clone())
            })
        });
        edited.or_else(|| opened.report.survey.purpose.clone())
    }
}

/// The brief.
#[component]
pub(crate) fn Brief(opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let score = report.scores.first().cloned();
    let changed = score.clone().map(|score| {
        let real = conclusive(report, "change");
        view! { <Changed change=report.change.clone() real score/> }
    });
    let of_all = opened.clear.then(|| {
        let all = counted(TEXT.responses_used, opened.whole.responses.used);
        fill(TEXT.pressure_of_all, &[("n", &all)])
    });
    let print = move |_| {
        window().print().ok();
    };
    view! {
        <div class="brief" data-test="brief">
            <PurposePart opened=opened.clone()/>
            <div class="brief-score">
                <TheScore score responses=report.responses.clone()/>
                {changed}
            </div>
            <div class="brief-two">
                <Believe opened=opened.clone()/>
                <First steps=opened.of_pressure().first.clone() of_all names=names.clone()/>
            </div>
            {(opened.name == TEXT.sample_name).then(|| view! { <Truth names=names.clone()/> })}
            <Unknown unknown=unknown(report) not_found=not_found(opened.of_pressure())/>
            <p class="actions">
                <button type="button" class="second" data-test="print" on:click=print>
                    {TEXT.brief_print}
                </button>
            </p>
        </div>
    }
}

/// A number of the brief, with its interval where it has one.
#[component]
fn Figure(children: Children) -> impl IntoView {
    view! { <b class="number-of" data-figure="">{children()}</b> }
}

#[component]
fn TheScore(score: Option<Score>, responses: Responses) -> impl IntoView {
    let Some(score) = score else {
        return view! {
            <section class="score" aria-labelledby="score">
                <h2 id="score" data-test="score-none">{TEXT.score_none}</h2>
                <p class="quiet">{TEXT.score_none_what}</p>
                <ResponseCount responses/>
            </section>
        }
        .into_any();
    };
    let statistic = Statistic::new(&score.statistic);
    let asked = score.text.map(|text| {
        view! { <p class="asked" dir="auto">{fill(TEXT.score_asked, &[("question", &text)])}</p> }
    });
    view! {
        <section class="score" aria-labelledby="score">
            <h2 id="score" class="number">
                <span class="kind">{statistic_name(statistic)}</span>
                " "
                <span data-figure="">
                    <span data-test="nps-value">{statistic.value(score.value)}</span>
                    " "
                    <span class="interval">
                        "("
                        <span data-test="nps-interval">{statistic.interval(score.low, score.high)}</span>
                        ")"
                    </span>
                </span>
            </h2>
            {asked}
            <p>{TEXT.brief_interval}</p>
            <ResponseCount responses/>
        </section>
    }
    .into_any()
}

/// On how many responses everything rests, and since when.
#[component]
fn ResponseCount(responses: Responses) -> impl IntoView {
    let all = Route::responses(Filter::default()).href();
    let span = responses
        .from
        .as_deref()
        .zip(responses.to.as_deref())
        .map(|(from, to)| [", ", &span(from, to)].concat());
    // The number stands alone in its element, so that it can be read without its words.
    let words = fill(form(TEXT.responses_used, responses.used), &[("n", "")]);
    let words = words.trim_start_matches(['1', ' ']).to_string();
    view! {
        <p class="count quiet">
            <a href=all>
                <b data-test="responses-count" data-figure="">{count(responses.used)}</b>
                " "
                {words}
            </a>
            {span}
            "."
        </p>
    }
}

/// Whether the score changed, and whether that is real.
#[component]
fn Changed(change: Option<Change>, real: bool, score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let more = Route::Page(Page::Change).href();
    let said = match change {
        None => view! { <p>{TEXT.brief_change_none}</p> }.into_any(),
        Some(change) => {
            let d = change.difference;
            let periods = fill(
                TEXT.brief_change_since,
                &[("from", &day(&change.after.from)), ("to", &day(&change.after.to))],
            );
            view! {
                <p class="statement">{verdict(&change, real)}</p>
                <p>
                    <Figure>
                        <span data-test="change-value">{statistic.difference(d.value, d.low, d.high)}</span>
                    </Figure>
                    " "
                    <span class="quiet">{periods}</span>
                </p>
            }
            .into_any()
        }
    };
    view! {
        <section class="changed" aria-labelledby="changed">
            <h2 id="changed" class="label">{TEXT.brief_change}</h2>
            {said}
            <p class="onscreen"><a href=more>{TEXT.brief_change_more}</a></p>
        </section>
    }
}

/// How much of the score to believe: who is heard, how freely, how carefully.
#[component]
fn Believe(opened: Arc<Opened>) -> impl IntoView {
    let (report, plan) = (&opened.report, &opened.plan);
    let heard = match report.heard.as_ref().map(|heard| percent(heard.rate.value)) {
        Some(rate) => view! {
            <Figure>{rate}</Figure>
            " "
            {TEXT.brief_heard}
        }
        .into_any(),
        None => TEXT.brief_heard_unknown.into_any(),
    };
    let of_pressure = opened.of_pressure();
    let evidence = &of_pressure.evidence;
    let can_speak = can_speak(plan);
    let all = evidence.none + evidence.some + evidence.strong;
    let pressed = if !can_speak {
        TEXT.brief_pressure_unknown.into_any()
    } else if evidence.strong == 0 {
        TEXT.brief_pressure_none.into_any()
    } else {
        let (figure, words) = pressed_share(evidence.strong, all);
        view! {
            <Figure>{figure}</Figure>
            " "
            {words}
        }
        .into_any()
    };
    let flagged = of_pressure.units.iter().filter(|unit| unit.flagged).count() as u64;
    let best = finding::best_is_not_flagged(&of_pressure.units)
        .map(|unit| fill(TEXT.brief_best, &[("unit", &Names::of(&opened).name(&unit.unit))]));
    let flagged = (flagged > 0).then(|| {
        let words = fill(form(TEXT.brief_flagged, flagged), &[("n", "")]);
        view! {
            <p>
                <Figure>{count(flagged)}</Figure>
                {words}
                {best}
            </p>
        }
    });
    let careless = match report.careless.as_ref().map(|careless| percent(careless.share.value)) {
        Some(share) => view! {
            <Figure>{share}</Figure>
            " "
            {TEXT.brief_careless}
        }
        .into_any(),
        None => TEXT.brief_careless_unknown.into_any(),
    };
    let to_heard = if report.heard.is_some() { "#heard" } else { "#absent-response-rate" };
    let to_careless = if report.careless.is_some() { "#conclusions" } else { "#absent" };
    let row = |label: &'static str, page: Page, part: Option<&'static str>, said: AnyView| {
        view! {
            <div>
                <dt><a href=Route::Page(page).href() on:click=lands(part)>{label}</a></dt>
                <dd>{said}</dd>
            </div>
        }
    };
    let pressed = view! {
        <p>{pressed}</p>
        {flagged}
        {opened.clear.then(|| {
            let all = counted(TEXT.responses_used, opened.whole.responses.used);
            view! { <p class="quiet" data-test="of-all">{fill(TEXT.brief_of_all, &[("n", &all)])}</p> }
        })}
    };
    view! {
        <section aria-labelledby="believe">
            <h2 id="believe" class="label">{TEXT.brief_believe}</h2>
            <dl class="believe">
                {row(TEXT.brief_believe_heard, Page::Segments, Some(to_heard), heard)}
                {row(TEXT.brief_believe_pressure, Page::Integrity, None, pressed.into_any())}
                {row(TEXT.brief_believe_careless, Page::Data, Some(to_careless), careless)}
            </dl>
        </section>
    }
}

/// What a click does beside following its link: the page is shown from this part on, where one is named.
fn lands(part: Option<&'static str>) -> impl Fn(leptos::ev::MouseEvent) {
    let landing = use_context::<Landing>();
    move |event| {
        // In another tab or window the page is another one.
        let here = !(event.ctrl_key() || event.meta_key() || event.shift_key());
        if let Some((landing, part)) = landing.zip(part).filter(|_| here) {
            landing.at(part);
        }
    }
}

/// How many of all answers carry strong evidence, as a figure and the words behind it: their share, or their count where the share
/// would read as nothing.
fn pressed_share(strong: u64, all: u64) -> (String, String) {
    let share = strong as f64 / all.max(1) as f64;
    if rounds_to_nothing(share) {
        let words = fill(form(TEXT.brief_pressure_few, strong), &[("all", &count(all))]);
        return (count(strong), words);
    }
    (percent(share), TEXT.brief_pressure.into())
}

/// What to do first.
#[component]
fn First(
    steps: Vec<Step>,
    /// That they follow from all responses, where the choice leaves out some that they are about.
    of_all: Option<String>,
    names: Names,
) -> impl IntoView {
    let steps = if steps.is_empty() {
        view! { <p>{TEXT.brief_first_none}</p> }.into_any()
    } else {
        let steps = steps
            .iter()
            .map(|step| view! { <li data-test="step">{names.sentence(&step.sentence)}</li> })
            .collect_view();
        view! { <ol class="steps">{steps}</ol> }.into_any()
    };
    view! {
        <section aria-labelledby="first">
            <h2 id="first" class="label">{TEXT.brief_first}</h2>
            {steps}
            {of_all.map(|said| view! { <p class="quiet">{said}</p> })}
        </section>
    }
}

/// The stores of the sample that are pressured, and the one with the best score, which is not.
const PRESSURED: [&str; 4] = ["Bradford", "Bremen", "Plymouth", "Salisbury"];
const BEST: &str = "Sheffield";

/// What is true of the sample, for who wants to check the page against it.
#[component]
fn Truth(names: Names) -> impl IntoView {
    let said = [
        fill(TEXT.sample_pressured, &[("units", &listed(&PRESSURED))]),
        fill(TEXT.sample_best, &[("unit", BEST)]),
        TEXT.sample_better.into(),
    ];
    view! {
        <details class="truth onscreen" data-test="truth">
            <summary>{TEXT.sample_truth}</summary>
            <ul class="notes">
                {said.iter().map(|said| view! { <li>{names.sentence(said)}</li> }).collect_view()}
            </ul>
        </details>
    }
}

/// What cannot be concluded, by name; the reasons are among the data.
#[component]
fn Unknown(unknown: Vec<String>, not_found: Vec<String>) -> impl IntoView {
    let not_found = (!not_found.is_empty()).then(|| {
        view! {
            <section class="unknown" aria-labelledby="not-found">
                <h2 id="not-found" class="label">{TEXT.conclusions_not_found}</h2>
                <p>{fill(TEXT.brief_not_found, &[("list", &not_found.join("; "))])}</p>
            </section>
        }
    });
    let unknown = (!unknown.is_empty()).then(|| {
        view! {
            <section class="unknown" aria-labelledby="unknown">
                <h2 id="unknown" class="label">{TEXT.absent_label}</h2>
                <p>
                    {fill(TEXT.brief_unknown, &[("list", &unknown.join("; "))])}
                    " "
                    <a class="onscreen" href=Route::Page(Page::Data).href() on:click=lands(Some("#absent"))>
                        {TEXT.brief_unknown_why}
                    </a>
                </p>
            </section>
        }
    });
    view! { {not_found} {unknown} }
}

/// What was looked for in the answers and not found: that is known, and no proof that there is none. Under a choice that leaves out
/// what carries evidence, that of all responses.
fn not_found(report: &Report) -> Vec<String> {
    let of = |finding: &Finding| match finding.id.as_str() {
        "pressure" => TEXT.not_found_pressure,
        _ => TEXT.not_found_words,
    };
    report.findings.iter().filter(|finding| looked_for(report, finding)).map(|f| of(f).to_owned()).collect()
}

/// The subjects that were left open, by a test or for want of data; each once.
fn unknown(report: &Report) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let open = report
        .findings
        .iter()
        .filter(|finding| !finding.conclusive && !looked_for(report, finding))
        .map(|finding| finding.id.as_str());
    // A rate that is known in part is no unknown: only what has no result counts as absent here.
    let has = |what: &str| match what {
        "score" => !report.scores.is_empty(),
        "period" => report.responses.from.is_some(),
        "units" => !report.units.is_empty(),
        "drivers" => !report.drivers.is_empty(),
        "response rate" => report.heard.is_some(),
        "careless" => report.careless.is_some(),
        "words" => report.words.is_some(),
        "protected" => report.protected.is_some(),
        "skipped" | "repaired" | "reading speed" | "clustering" | "purpose" => true,
        _ => false,
    };
    let absent = report.absent.iter().map(|absent| absent.what.as_str()).filter(|what| !has(what));
    for what in open.chain(absent) {
        let name = absent::subject(what);
        if !name.is_empty() && !names.contains(&name.to_owned()) {
            names.push(name.into());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::world::{Parameters, World};

    #[test]
    fn a_share_that_would_read_as_nothing_is_a_count() {
        let said = |strong, all| {
            let (figure, words) = pressed_share(strong, all);
            [figure, words].join(" ")
        };
        assert_eq!(said(1, 4000), "1 of 4,000 answers carries strong evidence of pressure.");
        assert_eq!(said(3, 40_000), "3 of 40,000 answers carry strong evidence of pressure.");
        assert_eq!(said(40, 4000), "1.0% of the answers carry strong evidence of pressure.");
    }

    #[test]
    fn what_is_said_to_be_true_of_the_sample_is_true_of_it() {
        let simulation = World::sample().simulate_with(&Parameters::sample());
        let mut pressured: Vec<&str> = simulation.pressured.iter().map(|(name, _)| name.as_str()).collect();
        pressured.sort_unstable();
        assert_eq!(pressured, PRESSURED);
        assert_eq!((simulation.asked.len(), simulation.responses.len()), (40, 10_000));
        assert!(TEXT.open_sample_what.contains("40 stores with 10,000 answers"));
    }
}
