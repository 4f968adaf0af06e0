//! The pictures on the evidence card of a unit: how its ratings came over time with the ends of bonus periods, how they are spread beside
//! those of all others, runs within minutes, days on which devices answered again and again, and who of those that were invited
//! answered. It asks the desk and draws the answer.

use crate::chart::axis::Axis;
use crate::chart::figure::Figure;
use crate::chart::scale::{Bands, Linear};
use crate::chart::steps::{Interval, Steps};
use crate::names::Names;
use crate::numbers::{NOTHING, count, day, day_number, percent, time};
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::selection::Selection;
use candor_engine::report::{Days, DeviceDay, Moment, Portrait, Run};
use candor_worker::{Answer, Question};
use leptos::prelude::*;
use std::sync::Arc;

/// Heights in pixels: where bars begin at the top, where they stand, and the whole picture.
const TOP: f64 = 12.0;
const BASE: f64 = 148.0;
const HEIGHT: u32 = 148;
const HEIGHT_WITH_WORDS: u32 = 176;
/// More bars than this have no room for their numbers; the table has them.
const LABELED: usize = 12;

/// The pictures, once they have come; a sentence where there are none.
#[component]
pub(crate) fn Pictures(session: Session, opened: Arc<Opened>, unit: String, names: Names) -> impl IntoView {
    let answer: RwSignal<Option<Result<Box<Portrait>, String>>> = RwSignal::new(None);
    let mut among = session.among.with_untracked(|among| among.selection(&opened.whole));
    // A card speaks of all responses where the choice leaves out those that carry evidence.
    if among.clear {
        among = Selection::default();
    }
    session.ask(Question::Portrait { among, unit: unit.clone() }, move |found| {
        if let Some(Answer::Portrait(found)) = found {
            // Whoever has gone elsewhere meanwhile no longer waits.
            answer.try_set(Some(found));
        }
    });
    let pictures = move || match answer.get() {
        None => ().into_any(),
        Some(Err(sentence)) => view! { <p class="quiet">{sentence}</p> }.into_any(),
        Some(Ok(portrait)) => {
            let Portrait { timeline, period_ends, course, runs, devices, .. } = (*portrait).clone();
            view! {
                <Timeline timeline period_ends course/>
                <Spread portrait=*portrait/>
                <Devices devices/>
                <Runs runs/>
            }
            .into_any()
        }
    };
    view! {
        <section class="part pictures" aria-labelledby="card-pictures" data-test="card-pictures">
            <h2 id="card-pictures" class="label">{TEXT.portrait_label}</h2>
            {pictures}
            <Coverage opened unit names/>
        </section>
    }
}

/// A stretch of days in words.
fn span(days: &Days) -> String {
    if days.from == days.to {
        return day(&days.from);
    }
    fill(TEXT.portrait_span, &[("from", &day(&days.from)), ("to", &day(&days.to))])
}

/// The first day and the one behind the last, as numbers.
fn ends(days: &Days) -> Option<(f64, f64)> {
    Some((day_number(&days.from)? as f64, day_number(&days.to)? as f64 + 1.0))
}

/// Ratings over time, with the ends of periods as bands behind them.
#[component]
fn Timeline(timeline: Vec<Moment>, period_ends: Vec<Days>, course: String) -> impl IntoView {
    let first = timeline.first().and_then(|moment| ends(&moment.days)).map(|days| days.0);
    let last = timeline.last().and_then(|moment| ends(&moment.days)).map(|days| days.1);
    first.zip(last).map(|(first, last)| {
        let scale = Linear::new(first, last);
        let most = timeline.iter().map(|moment| moment.n).max().unwrap_or(0).max(1);
        let height = |n: u64| (BASE - TOP) * n as f64 / most as f64;
        let bands = period_ends
            .iter()
            .filter_map(ends)
            .map(|(from, to)| {
                view! {
                    <rect class="period-end" data-test="period-end" x=scale.at(from) y="0" width=scale.across(from, to) height=BASE></rect>
                }
            })
            .collect_view();
        let bars = timeline
            .iter()
            .filter_map(|moment| {
                let (from, to) = ends(&moment.days)?;
                let (x, width) = (scale.at(from), scale.across(from, to));
                let (all, top) = (height(moment.n), height(moment.top.unwrap_or(0)));
                Some(view! {
                    <rect class="moment" data-test="moment" x=x.clone() y=BASE - all width=width.clone() height=all></rect>
                    <rect class="moment-top" x=x y=BASE - top width=width height=top></rect>
                })
            })
            .collect_view();
        let middle = ((first + last) / 2.0).floor();
        let ticks = [first, middle, last - 1.0].map(|at| (at, crate::numbers::day_of_number(at as i64)));
        let rows = timeline
            .iter()
            .map(|moment| {
                vec![span(&moment.days), count(moment.n), moment.top.map_or(NOTHING.into(), count)]
            })
            .collect();
        let heads = [TEXT.portrait_days, TEXT.evidence_n, TEXT.portrait_top].map(String::from).to_vec();
        let marked = if period_ends.is_empty() { TEXT.portrait_no_ends } else { TEXT.portrait_ends };
        let drawn = [fill(TEXT.portrait_timeline, &[("most", &count(most))]), marked.into()].join(" ");
        view! {
            <Figure finding=course drawn=drawn.clone() heads rows>
                <svg class="chart timeline" width="100%" height=HEIGHT role="img" aria-label=drawn>
                    {bands}
                    {bars}
                </svg>
                <Axis scale ticks=ticks.to_vec()/>
            </Figure>
        }
    })
}

/// How often each rating was given, beside how often it would be among as many of all others.
#[component]
fn Spread(portrait: Portrait) -> impl IntoView {
    let Portrait { distribution, expected, scale_low, spread, n, .. } = portrait;
    (!expected.is_empty()).then(|| {
        let points = distribution.len();
        let bands = Bands::new(points, 0.72);
        let most = distribution.iter().map(|&n| n as f64).chain(expected.iter().copied()).fold(1.0, f64::max);
        let height = |n: f64| (BASE - TOP) * n / most;
        let every = [1, 2, 5, 10, 20, 25, 50].into_iter().find(|step| points / step < LABELED).unwrap_or(100);
        let low = usize::from(scale_low);
        let bars = distribution
            .iter()
            .zip(&expected)
            .enumerate()
            .map(|(at, (&own, &usual))| {
                let (own, usual) = (height(own as f64), BASE - height(usual));
                let tick = (low + at).is_multiple_of(every).then(|| {
                    view! { <text class="tick strong-tick" x=bands.middle(at) y=BASE + 20.0>{low + at}</text> }
                });
                view! {
                    <rect class="bar-plain" data-test="spread-bar" x=bands.bar(at) y=BASE - own width=bands.bar_width() height=own></rect>
                    <line class="usual-line" x1=bands.left(at) x2=bands.left(at + 1) y1=usual y2=usual></line>
                    {tick}
                }
            })
            .collect_view();
        let rows = distribution
            .iter()
            .zip(&expected)
            .enumerate()
            .map(|(at, (&own, usual))| vec![(low + at).to_string(), count(own), format!("{usual:.1}")])
            .collect();
        let heads =
            [TEXT.distribution_score, TEXT.evidence_n, TEXT.portrait_usual].map(String::from).to_vec();
        let drawn = fill(TEXT.portrait_spread, &[("n", &count(n))]);
        view! {
            <Figure finding=spread drawn=drawn.clone() heads rows>
                <svg class="chart distribution spread" width="100%" height=HEIGHT_WITH_WORDS role="img" aria-label=drawn>
                    {bars}
                    <line class="hair" x1="0" x2="100%" y1=BASE y2=BASE></line>
                </svg>
            </Figure>
        }
    })
}

/// The days on which devices answered again and again: all answers of known devices, and those among them.
#[component]
fn Devices(devices: Vec<DeviceDay>) -> impl IntoView {
    let most = devices.iter().map(|day| day.n).max().unwrap_or(0);
    (most > 0).then(|| {
        let scale = Linear::new(0.0, most as f64);
        let worst = devices.iter().max_by_key(|day| day.again).map(|of| {
            let places = [("day", &*day(&of.day)), ("again", &*count(of.again)), ("n", &*count(of.n))];
            fill(TEXT.portrait_devices, &places)
        });
        let rows = devices
            .into_iter()
            .map(|of| {
                let places = [("again", &*count(of.again)), ("n", &*count(of.n)), ("most", &*count(of.most))];
                view! {
                    <li class="step" data-test="device-day">
                        <span class="who">{day(&of.day)}</span>
                        <span class="figure-text">{fill(TEXT.portrait_device, &places)}</span>
                        <svg class="strip" width="100%" height="16" aria-hidden="true">
                            <line class="hair" x1="0" x2="0" y1="0" y2="16"></line>
                            <rect class="moment" x="0" y="3" width=scale.at(of.n as f64) height="10"></rect>
                            <rect class="moment-top" x="0" y="3" width=scale.at(of.again as f64) height="10"></rect>
                        </svg>
                    </li>
                }
            })
            .collect_view();
        view! {
            <h3>{worst}</h3>
            <p class="drawn quiet">{TEXT.portrait_devices_drawn}</p>
            <ul class="waterfall">{rows}</ul>
        }
    })
}

/// The longest runs of one rating.
#[component]
fn Runs(runs: Vec<Run>) -> impl IntoView {
    runs.iter().max_by_key(|run| run.n).cloned().map(|longest| {
        let minutes = counted(TEXT.portrait_minutes, longest.minutes);
        let title = fill(
            TEXT.portrait_runs,
            &[("n", &*count(longest.n)), ("rating", &*longest.rating.to_string()), ("minutes", &*minutes)],
        );
        let list = runs
            .into_iter()
            .map(|run| {
                let minutes = counted(TEXT.portrait_minutes, run.minutes);
                let places = [
                    ("when", &*time(&run.from)),
                    ("n", &*count(run.n)),
                    ("rating", &*run.rating.to_string()),
                    ("minutes", &*minutes),
                ];
                view! { <li data-test="run">{fill(TEXT.portrait_run, &places)}</li> }
            })
            .collect_view();
        view! {
            <h3>{title}</h3>
            <p class="drawn quiet">{TEXT.portrait_runs_drawn}</p>
            <ul class="notes">{list}</ul>
        }
    })
}

/// The share of those invited by this unit that answered, beside that of all.
#[component]
fn Coverage(opened: Arc<Opened>, unit: String, names: Names) -> impl IntoView {
    let heard = opened.report.heard.as_ref()?;
    let own = heard.units.iter().find(|of| of.unit == unit)?;
    let rows = [
        (names.name(&own.unit), own.sampled, own.answered, own.rate),
        (TEXT.heard_all.to_owned(), heard.sampled, heard.answered, heard.rate),
    ];
    let most = rows.iter().map(|row| row.3.high).fold(0.0, f64::max);
    let scale = Linear::around([0.0, most].into_iter(), (0.0, 1.0)).with_margin(1.5);
    let ticks = scale.ticks(4).into_iter().map(|value| (value, percent(value))).collect();
    let table = rows
        .iter()
        .map(|(name, sampled, answered, rate)| {
            let rates = [rate.value, rate.low, rate.high].map(percent);
            [name.clone(), count(*sampled), count(*answered)].into_iter().chain(rates).collect()
        })
        .collect();
    let heads = [
        TEXT.units_unit,
        TEXT.heard_sampled,
        TEXT.heard_answered,
        TEXT.heard_rate,
        TEXT.units_low,
        TEXT.units_high,
    ];
    let finding = fill(
        TEXT.portrait_coverage,
        &[("own", &percent(own.rate.value)), ("all", &percent(heard.rate.value))],
    );
    let list = rows
        .into_iter()
        .map(|(name, _, _, rate)| {
            let interval = fill(TEXT.interval, &[("low", &percent(rate.low)), ("high", &percent(rate.high))]);
            view! {
                <li class="step" data-test="coverage-row">
                    <span class="who"><bdi>{name}</bdi></span>
                    <span class="figure-text">{percent(rate.value)} " " {interval}</span>
                    <Interval scale e=Some(rate)/>
                </li>
            }
        })
        .collect_view();
    let drawn = fill(TEXT.portrait_coverage_drawn, &[("n", &count(own.sampled))]);
    Some(view! {
        <Figure finding drawn heads=heads.map(String::from).to_vec() rows=table>
            <Steps scale ticks>
                <ul class="waterfall">{list}</ul>
            </Steps>
        </Figure>
    })
}
