//! What the comments say, as far as it can be counted: how many tell of a score that was asked for and in what way, their
//! languages, and how kind the English ones are. No comment stands here; the responses have them.

use crate::change::absent;
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::chart::steps::{Bars, Interval, Steps};
use crate::conclusions::{Conclusions, not_found};
use crate::names::Names;
use crate::numbers::{NOTHING, Statistic, count, share};
use crate::route::Route;
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Filter;
use candor_engine::report::{Sentiment, Words};
use candor_engine::scores::Estimate;
use candor_survey::evidence::Reason;
use candor_survey::words::Cue;
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub(crate) fn VoicesPage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let words = report.words.clone().map(|words| {
        view! {
            <Search session/>
            <Asked words=words.clone()/>
            {words.sentiment.map(|sentiment| view! { <Kindness sentiment/> })}
            <Phrases words=words.clone()/>
            <Languages words/>
            <Mismatches/>
        }
    });
    view! {
        <h1 tabindex="-1">{TEXT.voices_title}</h1>
        {words}
        {absent(&opened, "words")}
        <Conclusions
            findings=report.findings.clone()
            not_found=not_found(report)
            about=&["words", "phrases", "drift"]
            names
        />
    }
}

/// The way to the answers whose comments have some words.
#[component]
fn Search(session: Session) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let search = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = wanted.get_untracked().trim().to_owned();
        if !text.is_empty() {
            session.go(&Route::responses(Filter { text: Some(text), ..Filter::default() }));
        }
    };
    view! {
        <section class="part onscreen" aria-labelledby="search">
            <h2 id="search" class="label">{TEXT.search_label}</h2>
            <form class="search" role="search" on:submit=search>
                <label>
                    <span class="unseen">{TEXT.search_words}</span>
                    <input
                        type="search"
                        data-test="search"
                        dir="auto"
                        placeholder=TEXT.search_words
                        prop:value=wanted
                        on:input=move |event| wanted.set(event_target_value(&event))
                    />
                </label>
                <button type="submit" class="second" data-test="search-go">{TEXT.search_go}</button>
            </form>
        </section>
    }
}

/// The way to the answers whose score and words disagree.
#[component]
fn Mismatches() -> impl IntoView {
    let behind = Route::responses(Filter { mismatch: true, ..Filter::default() });
    view! {
        <section class="part" aria-labelledby="mismatch">
            <h2 id="mismatch" class="label">{TEXT.mismatch_label}</h2>
            <p>{TEXT.mismatch_what}</p>
            <p class="onscreen"><a href=behind.href() data-test="mismatches">{TEXT.mismatch_read}</a></p>
        </section>
    }
}

/// What kind of solicitation a comment tells of.
fn kind(cue: &str) -> &str {
    match Cue::from_word(cue) {
        Some(Cue::NamesScore) => TEXT.cue_names_score,
        Some(Cue::NamesQuestions) => TEXT.cue_names_questions,
        Some(Cue::NamesConsequences) => TEXT.cue_names_consequences,
        Some(Cue::Seen) => TEXT.cue_seen,
        Some(Cue::Intimidates) => TEXT.cue_intimidates,
        Some(Cue::Incentive) => TEXT.cue_incentive,
        Some(Cue::StaffFilled) => TEXT.cue_staff_filled,
        Some(Cue::OnlyIfHappy) => TEXT.cue_only_if_happy,
        None => cue,
    }
}

/// Comments that tell of a score that was asked for.
#[component]
fn Asked(words: Words) -> impl IntoView {
    let title = match words.solicited {
        0 => fill(TEXT.asked_none, &[("all", &counted(TEXT.comments, words.commented))]),
        n => fill(
            crate::text::form(TEXT.asked_some, n),
            &[("n", &count(n)), ("all", &counted(TEXT.comments, words.commented))],
        ),
    };
    let all = words.commented;
    let heads = [TEXT.asked_kind, TEXT.comments_head, TEXT.distribution_share].map(String::from).to_vec();
    let rows = words
        .cues
        .iter()
        .map(|cue| vec![kind(&cue.cue).to_owned(), count(cue.n), share(cue.n, all)])
        .collect();
    let bars = words.cues.iter().map(|cue| (kind(&cue.cue).to_owned(), cue.n)).collect();
    let behind = Route::responses(Filter { reason: Some(Reason::Solicited), ..Filter::default() });
    // A picture of nothing is none.
    let picture = if words.cues.is_empty() {
        view! { <h3 class="finding">{title}</h3> }.into_any()
    } else {
        view! {
            <Figure finding=title drawn=TEXT.asked_drawn.to_string() heads rows>
                <Bars rows=bars all class="bar-some"/>
            </Figure>
        }
        .into_any()
    };
    let read = (words.solicited > 0).then(|| view! { <p><a href=behind.href()>{TEXT.asked_read}</a></p> });
    view! {
        <section class="part" aria-labelledby="asked">
            <h2 id="asked" class="label">{TEXT.asked_label}</h2>
            {picture}
            {read}
        </section>
    }
}

#[component]
fn Kindness(sentiment: Sentiment) -> impl IntoView {
    let scale = Linear::new(-1.0, 1.0).with_margin(1.5);
    let number = |value: f64| Statistic::Mean.value(value);
    let words = Statistic::Mean.with_interval(sentiment.value, sentiment.low, sentiment.high);
    let title = match (sentiment.low > 0.0, sentiment.high < 0.0) {
        (true, _) => TEXT.sentiment_kind,
        (_, true) => TEXT.sentiment_unkind,
        _ => TEXT.sentiment_neither,
    };
    let drawn = fill(TEXT.sentiment_drawn, &[("n", &counted(TEXT.comments, sentiment.n))]);
    let heads =
        [TEXT.sentiment_label, TEXT.units_low, TEXT.units_high, TEXT.evidence_n].map(String::from).to_vec();
    let rows = vec![vec![
        number(sentiment.value),
        number(sentiment.low),
        number(sentiment.high),
        count(sentiment.n),
    ]];
    let ticks = vec![
        (-1.0, TEXT.sentiment_low.to_owned()),
        (0.0, "0".to_owned()),
        (1.0, TEXT.sentiment_high.to_owned()),
    ];
    view! {
        <section class="part" aria-labelledby="sentiment">
            <h2 id="sentiment" class="label">{TEXT.sentiment_label}</h2>
            <Figure finding=title.to_string() drawn heads rows>
                <Steps scale ticks>
                    <ul class="waterfall">
                        <li class="step">
                            <span class="who">{TEXT.sentiment_mean}</span>
                            <span class="figure-text" data-test="sentiment">{words}</span>
                            <Interval scale e=Some(Estimate { value: sentiment.value, low: sentiment.low, high: sentiment.high })/>
                        </li>
                    </ul>
                </Steps>
            </Figure>
        </section>
    }
}

/// A language's own name in English, by its tag.
fn language(tag: &str) -> &str {
    match tag {
        "en" => TEXT.language_en,
        "es" => TEXT.language_es,
        "de" => TEXT.language_de,
        "fr" => TEXT.language_fr,
        "pt" => TEXT.language_pt,
        "it" => TEXT.language_it,
        "nl" => TEXT.language_nl,
        "unknown" => TEXT.language_unknown,
        other => other,
    }
}

#[component]
fn Languages(words: Words) -> impl IntoView {
    let first = words.languages.iter().find(|language| language.language != "unknown");
    let title = first.map_or(TEXT.languages_unknown.to_owned(), |first| {
        fill(
            TEXT.languages_finding,
            &[("language", language(&first.language)), ("share", &share(first.n, words.sampled))],
        )
    });
    let all = words.sampled;
    let drawn =
        fill(TEXT.languages_drawn, &[("n", &count(all)), ("all", &counted(TEXT.comments, words.commented))]);
    let heads =
        [TEXT.languages_language, TEXT.comments_head, TEXT.distribution_share].map(String::from).to_vec();
    let rows = words
        .languages
        .iter()
        .map(|found| vec![language(&found.language).to_owned(), count(found.n), share(found.n, all)])
        .collect();
    let bars = words.languages.iter().map(|found| (language(&found.language).to_owned(), found.n)).collect();
    view! {
        <section class="part" aria-labelledby="languages">
            <h2 id="languages" class="label">{TEXT.languages_label}</h2>
            <Figure finding=title drawn heads rows>
                <Bars rows=bars all class="bar-plain"/>
            </Figure>
        </section>
    }
}

/// Phrases that come again and again, with the mean rating of who used them.
#[component]
fn Phrases(words: Words) -> impl IntoView {
    let mut phrases = words.phrases;
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.n));
    phrases.first().map(|first| first.phrase.clone()).map(|first| {
        let title = fill(TEXT.phrases_finding, &[("phrase", &first)]);
        let drawn = fill(TEXT.phrases_drawn, &[("n", &counted(TEXT.comments, words.sampled))]);
        let heads = [TEXT.phrases_phrase, TEXT.comments_head, TEXT.phrases_mean].map(String::from).to_vec();
        let mean = |mean: Option<f64>| mean.map_or(NOTHING.into(), |mean| Statistic::Mean.value(mean));
        let rows = phrases
            .iter()
            .map(|phrase| vec![phrase.phrase.clone(), count(phrase.n), mean(phrase.mean)])
            .collect();
        let bars = phrases.into_iter().map(|phrase| (phrase.phrase, phrase.n)).collect();
        view! {
            <section class="part" aria-labelledby="phrases">
                <h2 id="phrases" class="label">{TEXT.phrases_label}</h2>
                <Figure finding=title drawn heads rows>
                    <Bars rows=bars all=words.sampled class="bar-plain"/>
                </Figure>
            </section>
        }
    })
}
