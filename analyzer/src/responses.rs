//! The responses behind a number, a page at a time: what was answered, and what speaks for pressure with its honest
//! alternative. It asks the session for the rows and shows them.

use crate::among::Among;
use crate::filters::chosen;
use crate::mark::{LevelMark, level_name};
use crate::names::Names;
use crate::numbers::{count, time};
use crate::personal::PersonalSwitch;
use crate::route::Route;
use crate::session::Session;
use crate::text::{TEXT, fill};
use candor_engine::columns::{Filter, Page, Row};
use candor_survey::response::Level;
use leptos::prelude::*;

/// As many responses as stand on a page.
const ON_A_PAGE: u64 = 25;

/// The responses that a route asks for.
#[component]
pub(crate) fn ResponsesPage(session: Session, route: Route) -> impl IntoView {
    let Route::Responses { filter, page } = route else { return ().into_any() };
    let offset = (page - 1).saturating_mul(ON_A_PAGE);
    let reason = filter.reason.map(|reason| {
        view! {
            <p class="lede">{fill(TEXT.behind_reason, &[("sentence", reason.sentence())])}</p>
            <p class="quiet">{reason.alternative()}</p>
        }
    });
    let mismatch = filter.mismatch.then(|| view! { <p class="quiet">{TEXT.behind_mismatch_what}</p> });
    let Some(whole) = session.whole.get_untracked() else { return ().into_any() };
    let names = Names::of(&whole);
    let title = title(&filter, &names);
    let among = session.among.get_untracked();
    let among = Among { clear: among.clear && !filter.asks_for_evidence(), ..among };
    let among = (!among.is_all()).then(|| {
        let words = chosen(&among, &whole.whole, &names);
        view! { <p class="quiet" data-test="responses-among">{fill(TEXT.behind_among, &[("words", &words)])}</p> }
    });
    let hidden = names.hidden().then(|| view! { <p class="quiet">{TEXT.names_comments}</p> });
    let found: RwSignal<Option<Option<Page>>> = RwSignal::new(None);
    let asked = filter.clone();
    // Asked for again when personal data is shown or masked: texts leave the worker masked.
    Effect::new(move |_| {
        session.personal.track();
        session.rows(&asked, offset, ON_A_PAGE as usize, move |page| {
            // Whoever has gone elsewhere meanwhile no longer waits.
            found.try_set(Some(page));
        });
    });
    let list = move || match found.get() {
        None => view! { <p class="quiet" role="status">{TEXT.behind_waiting}</p> }.into_any(),
        Some(None) => view! { <p>{TEXT.behind_gone}</p> }.into_any(),
        Some(Some(found)) => {
            view! { <Responses found filter=filter.clone() page offset names=names.clone()/> }.into_any()
        }
    };
    view! {
        <section class="behind">
            <p class="back">
                <a href=Route::Report.href() data-test="back">{TEXT.back_to_report}</a>
            </p>
            <p class="label">{TEXT.behind_label}</p>
            <h1 tabindex="-1" data-test="responses-title">{title}</h1>
            {among}
            {mismatch}
            {reason}
            {hidden}
            <PersonalSwitch session/>
            {list}
        </section>
    }
    .into_any()
}

/// The responses that were found.
#[component]
fn Responses(found: Page, filter: Filter, page: u64, offset: u64, names: Names) -> impl IntoView {
    let shown = found.rows.len() as u64;
    let range = if shown == 0 {
        TEXT.behind_none.to_string()
    } else {
        let (from, to) = (count(offset + 1), count(offset + shown));
        fill(TEXT.behind_count, &[("from", &from), ("to", &to), ("n", &count(found.total))])
    };
    let step = |page: u64, word: &'static str, rel: &'static str| {
        let to = Route::Responses { filter: filter.clone(), page };
        view! { <a href=to.href() rel=rel>{word}</a> }
    };
    let previous = (page > 1).then(|| step(page - 1, TEXT.behind_previous, "prev"));
    let next = (offset + shown < found.total).then(|| step(page + 1, TEXT.behind_next, "next"));
    view! {
        <p class="quiet" data-test="responses-range">{range}</p>
        <ol class="responses">
            {found.rows.into_iter().map(|row| view! { <ResponseRow row=unnamed(row, &names)/> }).collect_view()}
        </ol>
        <nav class="pages" aria-label=TEXT.behind_pages>{previous} {next}</nav>
    }
}

/// A response as it may be shown: without names while these are hidden.
fn unnamed(row: Row, names: &Names) -> Row {
    let (text, marks) = names.comment(row.text, row.marks);
    Row { unit: row.unit.map(|unit| names.name(&unit)), text, marks, ..row }
}

/// The list's heading: which responses these are.
fn title(filter: &Filter, names: &Names) -> String {
    if *filter == Filter::default() {
        return TEXT.behind_all.into();
    }
    let mut title = String::from(match filter.level {
        Some(Level::None) => TEXT.behind_level_none,
        Some(Level::Some) => TEXT.behind_level_some,
        Some(Level::Strong) => TEXT.behind_level_strong,
        None => TEXT.behind_responses,
    });
    if let Some(unit) = &filter.unit {
        title.push(' ');
        title.push_str(&fill(TEXT.behind_unit, &[("unit", &names.name(unit))]));
    }
    if let Some(score) = filter.score {
        title.push(' ');
        title.push_str(&fill(TEXT.behind_score, &[("score", &score.to_string())]));
    }
    if let Some(text) = &filter.text {
        title.push(' ');
        title.push_str(&fill(TEXT.behind_text, &[("text", &names.comment(text.clone(), Vec::new()).0)]));
    }
    if filter.mismatch {
        title.push(' ');
        title.push_str(TEXT.behind_mismatch);
    }
    if filter.reason.is_some() && filter.level.is_none() {
        title.push(' ');
        title.push_str(TEXT.behind_with_reason);
    }
    title
}

/// A comment, with the words marked that tell of a score that was asked for.
#[component]
pub(crate) fn Marked(
    /// The comment.
    text: String,
    /// Ranges of its bytes, in their order.
    marks: Vec<std::ops::Range<usize>>,
) -> impl IntoView {
    let piece = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let mut at = 0;
    let mut pieces = Vec::with_capacity(marks.len());
    for mark in marks {
        pieces.push((piece(at..mark.start), piece(mark.clone())));
        at = mark.end;
    }
    let rest = piece(at..text.len());
    let pieces = pieces.into_iter().map(|(before, marked)| {
        view! { {before} <mark data-test="cue">{marked}</mark> }
    });
    view! { {pieces.collect_view()} {rest} }
}

/// One response.
#[component]
fn ResponseRow(row: Row) -> impl IntoView {
    let score = match row.score {
        Some(score) => view! {
            <span class="unseen">{fill(TEXT.behind_score_of, &[("score", &score.to_string())])}</span>
            <span aria-hidden="true">{score}</span>
        }
        .into_any(),
        None => view! { <span class="none">{TEXT.behind_no_score}</span> }.into_any(),
    };
    let comment = if row.text.is_empty() {
        view! { <p class="comment quiet">{TEXT.behind_no_text}</p> }.into_any()
    } else {
        view! { <p class="comment" dir="auto"><Marked text=row.text marks=row.marks/></p> }.into_any()
    };
    let evidence = row
        .reasons
        .iter()
        .map(|reason| {
            view! { <li>{reason.sentence()} " " <span class="quiet">{reason.alternative()}</span></li> }
        })
        .collect_view();
    let claim = row.claimed.filter(|claim| claim.differs).map(|claim| {
        let reasons = match claim.reasons.as_str() {
            "" => String::new(),
            reasons => fill(TEXT.behind_claim_reasons, &[("reasons", &reasons.replace('|', ", "))]),
        };
        let level = level_name(claim.level).to_lowercase();
        let said = fill(TEXT.behind_claim_differs, &[("level", &level), ("reasons", &reasons)]);
        view! { <p class="claim">{said}</p> }
    });
    let when = row.time.as_deref().map_or_else(|| TEXT.behind_unknown_time.to_string(), time);
    view! {
        <li class="response" data-test="response-row">
            <p class="given">{score}</p>
            <div>
                {comment}
                <p class="meta quiet">
                    <bdi>{row.unit.unwrap_or_else(|| TEXT.behind_unknown_unit.into())}</bdi>
                    " · "
                    {when}
                    " · "
                    {fill(TEXT.behind_row, &[("row", &count(row.row))])}
                </p>
                {(row.level != Level::None || !row.reasons.is_empty())
                    .then(|| {
                        view! {
                            <div class="why">
                                <p>
                                    <LevelMark level=row.level/>
                                    " "
                                    <b>{level_name(row.level)}</b>
                                </p>
                                <ul>{evidence}</ul>
                            </div>
                        }
                    })}
                {claim}
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_survey::evidence::Reason;

    #[test]
    fn the_heading_says_which_responses_these_are() {
        let names = Names::shown();
        let all = Filter::default();
        assert_eq!(title(&all, &names), "All responses");
        let unit = Filter { unit: Some("Leeds".into()), ..all.clone() };
        assert_eq!(title(&unit, &names), "Responses from Leeds");
        let strong = Filter { level: Some(Level::Strong), ..unit };
        assert_eq!(title(&strong, &names), "Responses with strong evidence of pressure from Leeds");
        assert_eq!(title(&Filter { score: Some(9), ..all.clone() }, &names), "Responses with the score 9");
        assert_eq!(title(&Filter { reason: Some(Reason::Fast), ..all }, &names), "Responses with one reason");
    }

    #[test]
    fn while_names_are_hidden_neither_the_heading_nor_a_response_has_one() {
        let names = Names::hidden_of(&["Bradford", "Leeds"]);
        let filter =
            Filter { unit: Some("Leeds".into()), text: Some("at leeds".into()), ..Filter::default() };
        assert_eq!(title(&filter, &names), "Responses from B with “at B”");
        let row = Row {
            row: 2,
            id: None,
            score: Some(10),
            unit: Some("Bradford".into()),
            time: None,
            text: "bradford asked for a 10, Leeds did not".into(),
            marks: vec![9..23],
            places: Vec::new(),
            level: Level::None,
            reasons: Vec::new(),
            claimed: None,
        };
        let shown = unnamed(row.clone(), &names);
        assert_eq!(shown.unit.as_deref(), Some("A"));
        assert_eq!(shown.text, "A asked for a 10, B did not");
        assert_eq!(&shown.text[shown.marks[0].clone()], "asked for a 10");
        assert_eq!(unnamed(row.clone(), &Names::shown()), row);
    }
}
