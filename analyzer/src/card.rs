//! The evidence card of a unit: family by family what each channel found against what is usual, which channels could not
//! speak and why, and the honest explanations that remain. It is evidence, not a verdict, and says so first.

use crate::chart::figure::Table;
use crate::chart::scale::Linear;
use crate::integrity::Notes;
use crate::mark::LevelMark;
use crate::names::{Names, NamesSwitch};
use crate::numbers::{NOTHING, Statistic, combined_p, count, percent};
use crate::portrait::Pictures;
use crate::responses::Marked;
use crate::route::{Page, Route};
use crate::score::n_of;
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::{Filter, Page as Rows};
use candor_engine::report::{Channel, Family, Unit};
use candor_survey::evidence::Reason;
use candor_survey::response::Level;
use leptos::prelude::*;
use std::sync::Arc;

/// The card of the unit at this place of the report of all responses.
#[component]
pub(crate) fn Card(session: Session, opened: Arc<Opened>, place: usize) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let back = view! {
        <p class="back"><a href=Route::Page(Page::Integrity).href()>{TEXT.card_back}</a></p>
    };
    let of_place = |unit: &&Unit| opened.whole.units.get(place).is_some_and(|whole| whole.unit == unit.unit);
    let Some(unit) = report.units.iter().find(of_place).cloned() else {
        return view! {
            {back}
            <h1 tabindex="-1">{TEXT.card_none}</h1>
        }
        .into_any();
    };
    let statistic = report.scores.first().map(|score| Statistic::new(&score.statistic));
    let score = statistic.zip(unit.score).map_or_else(
        || unit.reason.clone().unwrap_or_default(),
        |(s, e)| {
            let value = s.with_interval(e.value, e.low, e.high);
            fill(TEXT.card_score, &[("value", &value), ("n", &n_of(unit.n))])
        },
    );
    let said = unit.verdict.as_ref().or(unit.untested.as_ref()).map(|text| names.sentence(text));
    let adjusted = if unit.flagged { TEXT.card_adjusted } else { TEXT.card_adjusted_chance };
    let p = unit.p_adjusted.map(|p| fill(adjusted, &[("p", &combined_p(p))]));
    let suspects = unit.suspects.as_ref().map(|removal| {
        view! {
            <section class="part" aria-labelledby="card-suspects">
                <h2 id="card-suspects" class="label">{TEXT.card_suspects}</h2>
                <p class="statement">{names.sentence(&removal.sentence)}</p>
            </section>
        }
    });
    let families = unit
        .families
        .iter()
        .map(|family| {
            let channels: Vec<Channel> =
                unit.channels.iter().filter(|channel| channel.family == family.name).cloned().collect();
            view! { <FamilyPart family=family.clone() channels names=names.clone()/> }
        })
        .collect_view();
    let name = names.name(&unit.unit);
    let marked = unit.flagged.then(|| view! { <LevelMark level=Level::Strong/> " " });
    view! {
        {back}
        <p class="label">{TEXT.page_card}</p>
        <h1 tabindex="-1" data-test="card-name"><bdi>{name}</bdi></h1>
        <p class="quiet">{score}</p>
        <p class="lede" data-test="card-verdict">{marked} {said}</p>
        <p class="quiet">{p}</p>
        <p class="not-verdict"><b>{TEXT.card_evidence}</b> " " {TEXT.card_evidence_what}</p>
        <NamesSwitch/>
        {families}
        <Pictures session opened=opened.clone() unit=unit.unit.clone() names=names.clone()/>
        <Quotes session unit=unit.unit.clone() hidden=names.hidden()/>
        {suspects}
        <Behind unit=unit.clone() hidden=names.hidden()/>
        <Note opened=opened.clone() place/>
        <ChannelTable channels=unit.channels names/>
    }
    .into_any()
}

#[component]
fn FamilyPart(family: Family, channels: Vec<Channel>, names: Names) -> impl IntoView {
    let id = format!("family-{}", family.name);
    let heading = id.clone();
    let says = match (family.p, family.speaks) {
        (None, _) => [TEXT.card_silent, " ", family.reason.as_deref().unwrap_or_default()].concat(),
        (Some(p), true) => fill(TEXT.card_speaks, &[("p", &combined_p(p))]),
        (Some(p), false) => fill(TEXT.card_quiet, &[("p", &combined_p(p))]),
    };
    let (usable, absent): (Vec<Channel>, Vec<Channel>) =
        channels.into_iter().partition(|channel| channel.reason.is_none());
    // One scale for all shares of a family, so that a dot farther right is a greater share.
    let most = usable
        .iter()
        .filter(|channel| is_share(channel))
        .flat_map(|channel| [channel.value, channel.high, channel.expected])
        .flatten()
        .fold(0.0, f64::max);
    let mark = family.speaks.then(|| view! { <LevelMark level=Level::Some/> " " });
    view! {
        <section class="part" aria-labelledby=id>
            <h2 id=heading>{family.title}</h2>
            <p class="quiet">{mark} {says}</p>
            <ul class="channels">
                {usable
                    .into_iter()
                    .map(|channel| view! { <ChannelRow channel most names=names.clone()/> })
                    .collect_view()}
                {absent
                    .into_iter()
                    .map(|channel| {
                        view! {
                            <li class="channel absent-channel" data-test="absent-channel">
                                <h3>{channel.title}</h3>
                                <p class="quiet">{TEXT.card_absent} " " {names.sentence(&channel.reason.unwrap_or_default())}</p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// A value of a channel as its measure says.
fn written(channel: &Channel, value: f64) -> String {
    match channel.measure.as_deref() {
        Some("share") => percent(value),
        _ => Statistic::Mean.value(value),
    }
}

/// The end of a strip, which is a round value.
fn end(channel: &Channel, value: f64) -> String {
    if is_share(channel) { percent(value) } else { value.to_string().replace('-', "−") }
}

#[component]
fn ChannelRow(channel: Channel, most: f64, names: Names) -> impl IntoView {
    let p = channel.p.map(|p| [", ", &combined_p(p)].concat()).unwrap_or_default();
    let tested = [channel.test.trim_end_matches('.'), ", ", &n_of(channel.n), &p].concat();
    view! {
        <li class="channel" data-test="channel">
            <h3>{channel.title.clone()}</h3>
            <p class="statement">{names.sentence(&channel.sentence)}</p>
            <Against channel=channel.clone() most/>
            <p class="quiet"><b>{TEXT.card_but}</b> " " {channel.alternative}</p>
            <p class="quiet tested">{tested}</p>
        </li>
    }
}

fn is_share(channel: &Channel) -> bool {
    channel.measure.as_deref() == Some("share")
}

/// What was found, with its interval, against what is usual; nothing for a channel that has no such number. Shares are drawn from zero
/// to `most` or a little more.
#[component]
fn Against(channel: Channel, most: f64) -> impl IntoView {
    channel.value.map(|value| {
        let (low, high) = (channel.low.unwrap_or(value), channel.high.unwrap_or(value));
        let expected = channel.expected;
        let share = is_share(&channel);
        // Points are drawn around what there is.
        let scale = if share {
            Linear::around([0.0, most].into_iter(), (0.0, 1.0))
        } else {
            Linear::around([low, high, value, expected.unwrap_or(value), 0.0].into_iter(), (-100.0, 100.0))
        }
        .with_margin(1.5);
        let found = match channel.low.zip(channel.high) {
            Some((low, high)) => fill(
                TEXT.card_found_interval,
                &[
                    ("value", &written(&channel, value)),
                    ("low", &written(&channel, low)),
                    ("high", &written(&channel, high)),
                ],
            ),
            None => fill(TEXT.card_found, &[("value", &written(&channel, value))]),
        };
        let usual = expected.map(|expected| {
            let word = fill(TEXT.card_usual, &[("value", &written(&channel, expected))]);
            let right = scale.percent(expected) > 50.0;
            let (dx, anchor) = if right { (-6, "end") } else { (6, "start") };
            view! {
                <line class="usual" x1=scale.at(expected) x2=scale.at(expected) y1="2" y2="44"></line>
                <text class="tick" x=scale.at(expected) dx=dx y="44" text-anchor=anchor>{word}</text>
            }
        });
        let zero = share
            .then(|| view! { <line class="hair" x1=scale.at(0.0) x2=scale.at(0.0) y1="2" y2="30"></line> });
        let [from, to] = scale.ends();
        let ends = view! {
            <line class="hair" x1=scale.at(from) x2=scale.at(to) y1="50" y2="50"></line>
            <text class="tick" x="0" y="64">{end(&channel, from)}</text>
            <text class="tick" x="100%" y="64" text-anchor="end">{end(&channel, to)}</text>
        };
        view! {
            <div class="against">
                <p class="found"><b>{found}</b></p>
                <svg class="strip" width="100%" height="68" aria-hidden="true">
                    {ends}
                    {zero}
                    {usual}
                    <line class="interval" x1=scale.at(low) x2=scale.at(high) y1="16" y2="16"></line>
                    <circle class="point" cx=scale.at(value) cy="16" r="6"></circle>
                </svg>
            </div>
        }
    })
}

/// As many comments as stand on the card.
const QUOTED: usize = 5;

/// The comments that say that a score was asked for, the first of them; nothing without any, and while names are hidden, because
/// comments name people.
#[component]
fn Quotes(session: Session, unit: String, hidden: bool) -> impl IntoView {
    let filter = Filter { unit: Some(unit), reason: Some(Reason::Solicited), ..Filter::default() };
    let found: RwSignal<Option<Rows>> = RwSignal::new(None);
    if !hidden {
        session.rows(&filter, 0, QUOTED, move |rows| {
            // Whoever has gone elsewhere meanwhile no longer waits.
            found.try_set(rows);
        });
    }
    move || {
        let rows = found.get().filter(|found| !found.rows.is_empty())?;
        let quotes = rows.rows.into_iter().map(|row| {
            let score = row.score.map(|score| fill(TEXT.behind_score_of, &[("score", &score.to_string())]));
            view! {
                <li data-test="quote">
                    <blockquote class="comment" dir="auto"><Marked text=row.text marks=row.marks/></blockquote>
                    <p class="meta quiet">{score}</p>
                </li>
            }
        });
        Some(view! {
            <section class="part" aria-labelledby="card-quotes">
                <h2 id="card-quotes" class="label">{TEXT.card_quotes}</h2>
                <p class="quiet">{TEXT.card_quotes_what}</p>
                <ul class="quotes">{quotes.collect_view()}</ul>
                <p>
                    <a href=Route::responses(filter.clone()).href()>{counted(TEXT.card_quotes_all, rows.total)}</a>
                </p>
            </section>
        })
    }
}

/// The way to the responses; not offered while names are hidden, because they name the unit.
#[component]
fn Behind(unit: Unit, hidden: bool) -> impl IntoView {
    let filter = Filter { unit: Some(unit.unit), ..Filter::default() };
    let strong = Route::responses(Filter { level: Some(Level::Strong), ..filter.clone() });
    let all = Route::responses(filter);
    let body = if hidden {
        view! { <p class="quiet">{TEXT.card_behind_hidden}</p> }.into_any()
    } else {
        let strong = (unit.evidence.strong > 0).then(|| {
            view! { <li><a href=strong.href()>{counted(TEXT.card_behind_strong, unit.evidence.strong)}</a></li> }
        });
        view! {
            <ul class="notes">
                {strong}
                <li><a href=all.href()>{TEXT.card_behind_all}</a></li>
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="part" aria-labelledby="card-behind">
            <h2 id="card-behind" class="label">{TEXT.behind_label}</h2>
            {body}
        </section>
    }
}

/// What the analyst notes, kept until another file is opened, and printed with the card.
#[component]
fn Note(opened: Arc<Opened>, place: usize) -> impl IntoView {
    use_context::<Notes>().map(|notes| {
        let now = notes.of(&opened, place);
        view! {
            <section class="part note-part" aria-labelledby="card-note">
                <h2 id="card-note" class="label">{TEXT.card_note}</h2>
                <textarea
                    rows="4"
                    // So that the style sheet sees whether there is a note: an empty one is not printed.
                    placeholder=" "
                    aria-labelledby="card-note"
                    aria-describedby="card-note-kept"
                    dir="auto"
                    data-test="note"
                    prop:value=now
                    on:input=move |event| notes.keep(&opened, place, event_target_value(&event))
                ></textarea>
                <p id="card-note-kept" class="quiet onscreen">{TEXT.purpose_kept}</p>
            </section>
        }
    })
}

/// All channels as a table.
#[component]
fn ChannelTable(channels: Vec<Channel>, names: Names) -> impl IntoView {
    let heads = [
        TEXT.card_channel,
        TEXT.units_value,
        TEXT.units_low,
        TEXT.units_high,
        TEXT.card_expected,
        TEXT.card_p,
        TEXT.evidence_n,
        TEXT.card_reason,
    ]
    .map(String::from)
    .to_vec();
    let rows = channels
        .iter()
        .map(|channel| {
            let number = |value: Option<f64>| value.map_or(NOTHING.into(), |value| written(channel, value));
            vec![
                channel.title.clone(),
                number(channel.value),
                number(channel.low),
                number(channel.high),
                number(channel.expected),
                channel.p.map_or(NOTHING.into(), combined_p),
                count(channel.n),
                channel.reason.as_deref().map(|reason| names.sentence(reason)).unwrap_or_default(),
            ]
        })
        .collect::<Vec<_>>();
    let caption = TEXT.card_table.to_string();
    (!rows.is_empty()).then(|| {
        view! {
            <details class="as-table">
                <summary>{TEXT.as_table}</summary>
                <Table caption heads rows/>
            </details>
        }
    })
}
