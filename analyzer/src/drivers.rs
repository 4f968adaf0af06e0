//! What goes with the score: how much of its differences each other rating accounts for, against how well that rating does
//! itself. Association, not cause, and the page says so.

use crate::change::absent;
use crate::chart::axis::{Heights, Lines};
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::chart::steps::{Interval, Steps};
use crate::conclusions::{Conclusions, conclusive};
use crate::names::Names;
use crate::numbers::{NOTHING, Statistic, count, percent};
use crate::session::Opened;
use crate::text::{TEXT, counted, fill};
use candor_engine::report::Driver;
use candor_engine::scores::Estimate;
use leptos::prelude::*;
use std::sync::Arc;

/// Heights in pixels of the picture of importance against performance.
const TOP: f64 = 24.0;
const BASE: f64 = 272.0;
const HEIGHT: u32 = 316;

/// The page.
#[component]
pub(crate) fn DriversPage(opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let known = conclusive(report, "drivers");
    let drivers = report.drivers.clone();
    let picture = (!drivers.is_empty()).then(|| view! { <Importance drivers=drivers.clone() known/> });
    let rise = drivers.iter().any(|driver| driver.slope.is_some());
    let rise = rise.then(|| view! { <IfItRose drivers=drivers.clone()/> });
    let matrix = (drivers.len() > 1).then(|| view! { <Priorities drivers known/> });
    view! {
        <h1 tabindex="-1">{TEXT.drivers_title}</h1>
        <p class="lede">{TEXT.drivers_what}</p>
        {picture}
        {rise}
        {matrix}
        {absent(&opened, "drivers")}
        <Conclusions findings=report.findings.clone() about=&["drivers"] names/>
    }
}

fn called(driver: &Driver) -> String {
    driver.text.clone().unwrap_or_else(|| driver.question.clone())
}

/// What the shares show; `known` is whether the report names a driver.
fn finding(drivers: &[Driver], known: bool) -> String {
    match drivers.first() {
        Some(first) if known => {
            fill(TEXT.drivers_finding, &[("driver", &called(first)), ("share", &percent(first.r_squared))])
        }
        _ => TEXT.drivers_unknown.into(),
    }
}

#[component]
fn Importance(drivers: Vec<Driver>, known: bool) -> impl IntoView {
    let title = finding(&drivers, known);
    let most = drivers.iter().map(|driver| driver.high).fold(0.0, f64::max);
    let scale = Linear::around([0.0, most].into_iter(), (0.0, 1.0)).with_margin(1.5);
    let n = drivers.first().map_or(0, |driver| driver.n);
    let drawn = fill(TEXT.drivers_drawn, &[("n", &counted(TEXT.responses_used, n))]);
    let heads = [
        TEXT.drivers_rating,
        TEXT.drivers_share,
        TEXT.units_low,
        TEXT.units_high,
        TEXT.drivers_johnson,
        TEXT.drivers_correlation,
        TEXT.drivers_performance,
        TEXT.drivers_slope,
        TEXT.evidence_n,
    ]
    .map(String::from)
    .to_vec();
    let rows = drivers
        .iter()
        .map(|driver| {
            vec![
                called(driver),
                percent(driver.lmg),
                percent(driver.low),
                percent(driver.high),
                percent(driver.johnson),
                Statistic::Mean.value(driver.correlation),
                percent(driver.performance),
                driver
                    .slope
                    .map_or(NOTHING.into(), |e| Statistic::Mean.with_interval(e.value, e.low, e.high)),
                count(driver.n),
            ]
        })
        .collect();
    let ticks = scale.ticks(4).into_iter().map(|value| (value, percent(value))).collect();
    let list = drivers
        .into_iter()
        .zip(1..)
        .map(|(driver, number): (Driver, u64)| {
            let words = [percent(driver.lmg), fill(TEXT.interval, &[("low", &percent(driver.low)), ("high", &percent(driver.high))])].join(" ");
            view! {
                <li class="step driver" data-test="driver-row">
                    <span class="who">
                        <span class="quiet">{number} ". "</span>
                        <bdi>{called(&driver)}</bdi>
                    </span>
                    <span class="figure-text" data-test="driver-share">{words}</span>
                    <Interval scale e=Some(Estimate { value: driver.lmg, low: driver.low, high: driver.high })/>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="part" aria-labelledby="importance">
            <h2 id="importance" class="label">{TEXT.drivers_label}</h2>
            <Figure finding=title drawn heads rows>
                <Steps scale ticks>
                    <ol class="waterfall">{list}</ol>
                </Steps>
            </Figure>
        </section>
    }
}

/// By how much the score differs where one rating is a point higher and the others are the same.
#[component]
fn IfItRose(drivers: Vec<Driver>) -> impl IntoView {
    let mut known: Vec<(u64, Driver, Estimate)> = drivers
        .into_iter()
        .zip(1..)
        .filter_map(|(driver, nth)| Some((nth, driver.clone(), driver.slope?)))
        .collect();
    known.sort_by(|a, b| b.2.value.total_cmp(&a.2.value));
    let clear = known.first().filter(|(.., slope)| slope.low > 0.0);
    let title = match clear {
        Some((_, driver, slope)) => fill(
            TEXT.rise_finding,
            &[
                ("driver", &called(driver)),
                ("points", &Statistic::Mean.difference(slope.value, slope.low, slope.high)),
            ],
        ),
        None => TEXT.rise_unknown.into(),
    };
    let n = known.first().map_or(0, |(_, driver, _)| driver.n);
    let drawn = fill(TEXT.rise_drawn, &[("n", &counted(TEXT.responses_used, n))]);
    let values = known.iter().flat_map(|(.., slope)| [slope.low, slope.high, 0.0]);
    let scale = Linear::around(values, (-20.0, 20.0)).with_margin(1.5);
    let ticks = scale.ticks(4).into_iter().map(|value| (value, Statistic::Mean.value(value))).collect();
    let heads =
        [TEXT.drivers_rating, TEXT.drivers_slope, TEXT.units_low, TEXT.units_high].map(String::from).to_vec();
    let rows = known
        .iter()
        .map(|(_, driver, slope)| {
            let number = |value: f64| Statistic::Mean.value(value);
            vec![called(driver), number(slope.value), number(slope.low), number(slope.high)]
        })
        .collect();
    let list = known
        .into_iter()
        .map(|(nth, driver, slope)| {
            view! {
                <li class="step driver" data-test="rise-row">
                    <span class="who">
                        <span class="quiet">{nth} ". "</span>
                        <bdi>{called(&driver)}</bdi>
                    </span>
                    <span class="figure-text" data-test="rise-value">
                        {Statistic::Mean.with_interval(slope.value, slope.low, slope.high)}
                    </span>
                    <Interval scale e=Some(slope)/>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="part" aria-labelledby="rise">
            <h2 id="rise" class="label">{TEXT.rise_label}</h2>
            <Figure finding=title drawn heads rows>
                <Steps scale ticks>
                    <ol class="waterfall">{list}</ol>
                </Steps>
            </Figure>
        </section>
    }
}

/// The most important of the ratings that matter more than the average one and reach less than half of their scale, as the title of the
/// picture; `known` is whether the report names a driver at all.
fn first_to_raise(drivers: &[Driver], known: bool) -> String {
    if !known {
        return TEXT.priorities_unknown.into();
    }
    let average = average_importance(drivers);
    let found = drivers
        .iter()
        .filter(|driver| driver.lmg > average && driver.performance < 0.5)
        .max_by(|a, b| a.lmg.total_cmp(&b.lmg));
    match found {
        Some(driver) => fill(TEXT.priorities_finding, &[("driver", &called(driver))]),
        None => TEXT.priorities_none.into(),
    }
}

fn average_importance(drivers: &[Driver]) -> f64 {
    drivers.iter().map(|driver| driver.lmg).sum::<f64>() / drivers.len().max(1) as f64
}

/// How far, in pixels, each mark steps aside for those before it that it would cover; `places` are shares of the width and heights in
/// pixels.
fn aside(places: &[(f64, f64)]) -> Vec<u32> {
    // On the narrowest picture a mark is a twelfth of the width.
    const NEAR: (f64, f64) = (0.08, 22.0);
    places
        .iter()
        .enumerate()
        .map(|(at, (x, y))| {
            let before = places[..at].iter();
            let covered =
                before.filter(|(other, height)| (x - other).abs() < NEAR.0 && (y - height).abs() < NEAR.1);
            24 * covered.count() as u32
        })
        .collect()
}

/// Importance against performance: much to gain is above on the left.
#[component]
fn Priorities(drivers: Vec<Driver>, known: bool) -> impl IntoView {
    let x = Linear::new(0.0, 1.0).with_margin(4.0);
    let most = drivers.iter().map(|driver| driver.lmg).fold(0.0, f64::max);
    let y = Linear::around([0.0, most * 1.05].into_iter(), (0.0, 1.0));
    let height = move |value: f64| y.between(value, BASE, TOP);
    let heads =
        [TEXT.drivers_rating, TEXT.drivers_performance, TEXT.drivers_share].map(String::from).to_vec();
    let rows = drivers
        .iter()
        .map(|driver| vec![called(driver), percent(driver.performance), percent(driver.lmg)])
        .collect();
    let title = first_to_raise(&drivers, known);
    let average = height(average_importance(&drivers));
    let places: Vec<(f64, f64)> =
        drivers.iter().map(|driver| (driver.performance, height(driver.lmg))).collect();
    let marks = drivers
        .iter()
        .zip(1..)
        .zip(aside(&places))
        .map(|((driver, number), aside): ((&Driver, u64), u32)| {
            let (cx, cy) = (x.at(driver.performance), height(driver.lmg));
            view! {
                <g transform=format!("translate({aside} 0)")>
                    <circle class="dot" cx=cx.clone() cy=cy r="11"></circle>
                    <text class="dot-number" x=cx y=cy + 4.5 text-anchor="middle">{number}</text>
                </g>
            }
        })
        .collect_view();
    let ticks = y.ticks(4);
    let heights = ticks.iter().map(|&value| (value, percent(value))).collect();
    let below = [0.0, 0.5, 1.0]
        .map(|value| view! { <text class="tick middle" x=x.at(value) y=BASE + 20.0>{percent(value)}</text> })
        .collect_view();
    view! {
        <section class="part" aria-labelledby="priorities">
            <h2 id="priorities" class="label">{TEXT.priorities_label}</h2>
            <Figure
                finding=title
                drawn=TEXT.priorities_drawn.to_string()
                heads
                rows
            >
                <div class="plot">
                    <Heights ticks=heights scale=y base=BASE top=TOP height=HEIGHT/>
                    <svg class="chart priorities" width="100%" height=HEIGHT aria-hidden="true">
                        <Lines ticks scale=y base=BASE top=TOP/>
                        <line class="hair" x1=x.at(0.5) x2=x.at(0.5) y1=TOP y2=BASE stroke-dasharray="2 3"></line>
                        <line class="hair" x1="0" x2="100%" y1=average y2=average stroke-dasharray="2 3"></line>
                        <text class="tick" x="0" y="12">{TEXT.priorities_height}</text>
                        {marks}
                        {below}
                        <text class="tick" x="100%" y=BASE + 40.0 text-anchor="end">{TEXT.priorities_axis}</text>
                    </svg>
                </div>
            </Figure>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(name: &str, lmg: f64, performance: f64) -> Driver {
        Driver {
            question: name.into(),
            text: None,
            outcome: "nps".into(),
            lmg,
            low: lmg,
            high: lmg,
            johnson: lmg,
            correlation: 0.5,
            performance,
            slope: None,
            n: 100,
            r_squared: 0.6,
        }
    }

    #[test]
    fn the_title_names_the_rating_that_is_important_and_low_or_says_that_there_is_none() {
        let high = [driver("advice", 0.4, 0.8), driver("price", 0.1, 0.3)];
        assert_eq!(first_to_raise(&high, true), TEXT.priorities_none);
        let low = [driver("advice", 0.3, 0.4), driver("stock", 0.28, 0.2), driver("price", 0.02, 0.3)];
        assert!(first_to_raise(&low, true).starts_with("“advice” matters"), "{}", first_to_raise(&low, true));
        assert_eq!(first_to_raise(&low, false), TEXT.priorities_unknown);
    }

    #[test]
    fn marks_step_aside_for_those_that_they_would_cover() {
        assert_eq!(
            aside(&[(0.7, 100.0), (0.72, 110.0), (0.2, 100.0), (0.7, 105.0), (0.7, 140.0)]),
            [0, 24, 0, 48, 0]
        );
    }
}
