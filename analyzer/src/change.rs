//! Whether the score changed: two periods, what their difference is made of, and the weeks at which the level moved, or the curve
//! along which it did. It draws the report's numbers, and its titles say no more than the report's tests.

use crate::chart::axis::{Heights, Lines};
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::chart::steps::Steps;
use crate::compare::ComparePart;
use crate::conclusions::{Conclusions, conclusive};
use crate::names::Names;
use crate::numbers::{Statistic, count, day, day_number, day_of_number, p_value};
use crate::score::statistic_name;
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::report::{Change, Course, Parts, Score, Stretch, course};
use candor_engine::scores::Estimate;
use leptos::prelude::*;
use std::sync::Arc;

/// Heights of the trend in pixels: where values end at the top, where they begin, and the whole picture.
const TOP: f64 = 24.0;
const BASE: f64 = 232.0;
const HEIGHT: u32 = 264;

/// The page.
#[component]
pub(crate) fn ChangePage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let Some(score) = report.scores.first().cloned() else {
        return view! {
            <h1 tabindex="-1">{TEXT.change_title}</h1>
            <p>{TEXT.score_none}"."</p>
        }
        .into_any();
    };
    let real = conclusive(report, "change");
    let two = match report.change.clone() {
        Some(change) => view! { <TwoPeriods change real score=score.clone()/> }.into_any(),
        None => absent(&opened, "change").into_any(),
    };
    let trend = match report.trend.is_empty() {
        false => {
            let (trend, curve, weeks) = (report.trend.clone(), report.curve.clone(), report.weeks.clone());
            view! { <Trend trend curve weeks score/> }.into_any()
        }
        true => absent(&opened, "trend").into_any(),
    };
    let score = report.scores.first().cloned();
    let pick = score.map(|score| view! { <ComparePart session opened=opened.clone() score/> });
    view! {
        <h1 tabindex="-1">{TEXT.change_title}</h1>
        {two}
        {trend}
        {pick}
        <Conclusions findings=report.findings.clone() about=&["change", "mix", "trend"] names/>
    }
    .into_any()
}

/// Why a part of this page is not there, as the report says it.
pub(crate) fn absent(opened: &Opened, what: &str) -> impl IntoView + use<> {
    let reasons: Vec<String> = opened
        .report
        .absent
        .iter()
        .filter(|absent| absent.what == what)
        .map(|absent| absent.reason.clone())
        .collect();
    (!reasons.is_empty()).then(|| {
        view! {
            <section class="part" id=["absent-", &what.replace(' ', "-")].concat()>
                <p class="label">{TEXT.absent_label}</p>
                {reasons.into_iter().map(|reason| view! { <p>{reason}</p> }).collect_view()}
            </section>
        }
    })
}

/// Whether the score changed, as a title; `real` is whether the report concludes that it did.
pub(crate) fn verdict(change: &Change, real: bool) -> &'static str {
    match real {
        true if change.difference.value < 0.0 => TEXT.change_fell,
        true => TEXT.change_rose,
        false => TEXT.change_unknown,
    }
}

/// What the parts of a change show.
fn made_of(change: &Change, parts: &Parts, real: bool) -> &'static str {
    let rest = parts.mix.value.abs().max(parts.opened.value.abs()).max(parts.closed.value.abs());
    match real {
        false => TEXT.parts_unknown,
        true if parts.rate.value * change.difference.value <= 0.0 => TEXT.parts_against,
        true if rest > parts.rate.value.abs() => TEXT.parts_mix,
        true => TEXT.parts_rate,
    }
}

/// When the level moved, or along which course.
fn moved(trend: &[Stretch], curve: &[Stretch]) -> String {
    match course(curve) {
        Some(Course::Along(first, last)) if last.value < first.value => return TEXT.trend_fell.into(),
        Some(Course::Along(..)) => return TEXT.trend_rose.into(),
        Some(Course::Between(..)) => return TEXT.trend_wavered.into(),
        None => {}
    }
    match trend {
        [.., _, last] if trend.len() == 2 => fill(TEXT.trend_once, &[("day", &day(&last.from))]),
        [.., _, last] => {
            let n = count(trend.len() as u64 - 1);
            fill(TEXT.trend_often, &[("n", &n), ("day", &day(&last.from))])
        }
        _ => TEXT.trend_never.into(),
    }
}

/// The range of a score's scale in the unit of its value.
pub(crate) fn ends(statistic: Statistic, score: &Score) -> (f64, f64) {
    match statistic {
        Statistic::Nps => (-1.0, 1.0),
        Statistic::TopBox => (0.0, 1.0),
        Statistic::Mean => (f64::from(score.scale_low), f64::from(score.scale_high)),
    }
}

/// A step of the waterfall: from where to where, and how far its interval reaches.
struct Step {
    name: &'static str,
    from: f64,
    to: f64,
    reach: Option<(f64, f64)>,
    words: String,
    class: &'static str,
}

/// The two periods, and what lies between them.
#[component]
fn TwoPeriods(change: Change, real: bool, score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let difference = change.difference;
    let title = match &change.split {
        Some(split) => [verdict(&change, real), ": ", made_of(&change, split, real)].concat(),
        None => verdict(&change, real).to_owned(),
    };
    let span = |from: &str, to: &str| fill(TEXT.responses_span, &[("from", &day(from)), ("to", &day(to))]);
    let drawn = fill(
        TEXT.parts_drawn,
        &[
            ("statistic", statistic_name(statistic)),
            ("before", &span(&change.before.from, &change.before.to)),
            ("after", &span(&change.after.from, &change.after.to)),
            ("nb", &count(change.before.n)),
            ("na", &count(change.after.n)),
            ("difference", &statistic.difference(difference.value, difference.low, difference.high)),
            ("p", &change.p.map(p_value).unwrap_or_default()),
        ],
    );
    let two = Two {
        title,
        drawn,
        ends: [(TEXT.parts_before, change.before.value), (TEXT.parts_after, change.after.value)],
        difference,
        split: change.split,
    };
    view! {
        <section class="part" aria-labelledby="parts">
            <h2 id="parts" class="label">{TEXT.parts_label}</h2>
            <TwoSides two score/>
        </section>
    }
}

/// Two scores and what lies between them.
pub(crate) struct Two {
    /// What the picture shows.
    pub(crate) title: String,
    /// What is drawn.
    pub(crate) drawn: String,
    /// The names and the values of both.
    pub(crate) ends: [(&'static str, f64); 2],
    /// The second less the first.
    pub(crate) difference: Estimate,
    /// What the difference is made of.
    pub(crate) split: Option<Parts>,
}

/// The picture of two scores and what lies between them.
#[component]
pub(crate) fn TwoSides(two: Two, score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let Two { title, drawn, ends: [(first, before), (second, after)], difference, split } = two;
    let end = |name: &'static str, value: f64| Step {
        name,
        from: value,
        to: value,
        reach: None,
        words: statistic.value(value),
        class: "level-mark",
    };
    let mut steps = vec![end(first, before)];
    let mut at = before;
    let mut part = |name: &'static str, e: Estimate, whole: bool, class: &'static str| {
        let (low, high) = (at + e.low, at + e.high);
        let words = match whole {
            true => statistic.with_interval(e.value, e.low, e.high),
            false => statistic.value(e.value),
        };
        steps.push(Step {
            name,
            from: at,
            to: at + e.value,
            reach: whole.then_some((low, high)),
            words,
            class,
        });
        at += e.value;
    };
    match &split {
        Some(split) => {
            part(TEXT.parts_own, split.rate, split.intervals, "part-own");
            part(TEXT.parts_moved, split.mix, split.intervals, "part-mix");
            for (name, e) in [(TEXT.parts_opened, split.opened), (TEXT.parts_closed, split.closed)] {
                if e.value.abs() > 1e-12 {
                    part(name, e, split.intervals, "part-mix");
                }
            }
        }
        None => part(TEXT.parts_difference, difference, true, "part-own"),
    }
    steps.push(end(second, after));
    let values = steps.iter().flat_map(|step| {
        let (low, high) = step.reach.unwrap_or((step.from, step.to));
        [step.from, step.to, low, high]
    });
    let scale = Linear::around(values, ends(statistic, &score)).with_margin(1.5);
    let heads =
        [TEXT.parts_part, TEXT.units_value, TEXT.parts_from, TEXT.parts_to].map(String::from).to_vec();
    let rows = steps
        .iter()
        .map(|step| {
            vec![step.name.into(), step.words.clone(), statistic.value(step.from), statistic.value(step.to)]
        })
        .collect();
    let ticks = scale.ticks(4).into_iter().map(|value| (value, statistic.value(value))).collect();
    let split = split.is_some();
    view! {
        <Figure finding=title drawn heads rows>
            <Steps scale ticks>
                <ul class="waterfall">
                    {steps.into_iter().map(|step| view! { <StepRow step scale/> }).collect_view()}
                </ul>
            </Steps>
        </Figure>
        {split.then(|| view! { <p class="quiet">{TEXT.parts_what}</p> })}
    }
}

#[component]
fn StepRow(step: Step, scale: Linear) -> impl IntoView {
    let (low, high) = (step.from.min(step.to), step.from.max(step.to));
    let mark = match step.class {
        "level-mark" => {
            view! { <circle class="point" cx=scale.at(step.to) cy="18" r="6"></circle> }.into_any()
        }
        class => view! {
            <line class="carry" x1=scale.at(step.from) x2=scale.at(step.from) y1="0" y2="36"></line>
            <line class="carry" x1=scale.at(step.to) x2=scale.at(step.to) y1="9" y2="36"></line>
            <rect class=class x=scale.at(low) width=scale.across(low, high) y="9" height="18"></rect>
        }
        .into_any(),
    };
    let reach = step.reach.map(|(low, high)| {
        view! {
            <line class="reach-line" x1=scale.at(low) x2=scale.at(high) y1="18" y2="18"></line>
            <line class="reach-line" x1=scale.at(low) x2=scale.at(low) y1="14" y2="22"></line>
            <line class="reach-line" x1=scale.at(high) x2=scale.at(high) y1="14" y2="22"></line>
        }
    });
    view! {
        <li class="step">
            <span class="who">{step.name}</span>
            <span class="figure-text">{step.words}</span>
            <svg class="strip" width="100%" height="36" aria-hidden="true">
                {mark}
                {reach}
            </svg>
        </li>
    }
}

/// The weeks, and the levels between which they moved, or the curve along which they did.
#[component]
fn Trend(trend: Vec<Stretch>, curve: Vec<Stretch>, weeks: Vec<Stretch>, score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let number = |text: &str| day_number(text).unwrap_or_default() as f64;
    let first = trend.first().map_or(0.0, |stretch| number(&stretch.from));
    let last = trend.last().map_or(1.0, |stretch| number(&stretch.to) + 1.0);
    let x = Linear::new(first, last).with_margin(1.0);
    let finding = moved(&trend, &curve);
    let n = trend.iter().map(|stretch| stretch.n).sum();
    let gradual = !curve.is_empty();
    // A week is named by a line across; along a curve none is.
    let shown = if gradual { curve } else { trend };
    let y = Linear::around(
        shown.iter().chain(&weeks).flat_map(|stretch| [stretch.low, stretch.high]),
        ends(statistic, &score),
    );
    let height = move |value: f64| y.between(value, BASE, TOP);
    let bands = shown
        .iter()
        .map(|stretch| {
            let (from, to) = (number(&stretch.from), number(&stretch.to) + 1.0);
            let (high, low) = (height(stretch.high), height(stretch.low));
            view! {
                <rect class="band" x=x.at(from) width=x.across(from, to) y=high height=(low - high).max(1.0)></rect>
            }
        })
        .collect_view();
    let points = weeks
        .iter()
        .map(|week| {
            let at = x.at(number(&week.from) + 3.5);
            view! {
                <line class="week" x1=at.clone() x2=at.clone() y1=height(week.low) y2=height(week.high)></line>
                <circle class="week-point" cx=at cy=height(week.value) r="3"></circle>
            }
        })
        .collect_view();
    let levels = if gradual {
        let middle = |week: &Stretch| number(&week.from) + 3.5;
        let lines = shown
            .windows(2)
            .map(|two| {
                let [(x1, y1), (x2, y2)] =
                    [&two[0], &two[1]].map(|week| (x.at(middle(week)), height(week.value)));
                view! { <line class="level-line" x1=x1 x2=x2 y1=y1 y2=y2></line> }
            })
            .collect_view();
        let ends = match course(&shown) {
            Some(Course::Along(one, other) | Course::Between(one, other)) => vec![one, other],
            None => Vec::new(),
        };
        let words = ends
            .into_iter()
            .map(|week| {
                let at = middle(week);
                let anchor = match (at - first) / (last - first) {
                    part if part < 0.1 => "start",
                    part if part > 0.9 => "end",
                    _ => "middle",
                };
                let above = (height(week.high) - 6.0).max(12.0);
                let word = statistic.value(week.value);
                view! { <text class="level-word" x=x.at(at) y=above text-anchor=anchor>{word}</text> }
            })
            .collect_view();
        view! {
            {lines}
            {words}
        }
        .into_any()
    } else {
        let many = shown.len();
        let levels = shown
            .iter()
            .enumerate()
            .map(|(i, stretch)| {
                let (from, to) = (number(&stretch.from), number(&stretch.to) + 1.0);
                let level = height(stretch.value);
                // The outer words lean inward, so that none is cut at the edge.
                let (at, anchor) = match i {
                    0 if many > 1 => (x.at(from), "start"),
                    i if i + 1 == many && many > 1 => (x.at(to), "end"),
                    _ => (x.at((from + to) / 2.0), "middle"),
                };
                let above = (height(stretch.high) - 6.0).max(12.0);
                let moved = (i > 0).then(|| {
                    view! { <line class="moved" x1=x.at(from) x2=x.at(from) y1=TOP y2=BASE></line> }
                });
                view! {
                    {moved}
                    <line class="level-line" x1=x.at(from) x2=x.at(to) y1=level y2=level></line>
                    <text class="level-word" x=at y=above text-anchor=anchor>{statistic.value(stretch.value)}</text>
                }
            })
            .collect_view();
        levels.into_any()
    };
    let ticks = y.ticks(4);
    let named = ticks.iter().map(|&value| (value, statistic.value(value))).collect();
    let dates = [(first, "start"), ((first + last) / 2.0, "middle"), (last - 1.0, "end")]
        .map(|(at, anchor)| {
            let word = day_of_number(at.round() as i64);
            view! { <text class="tick" x=x.at(at) y=BASE + 22.0 text-anchor=anchor>{word}</text> }
        })
        .collect_view();
    let drawn = fill(
        if gradual { TEXT.trend_drawn_curve } else { TEXT.trend_drawn },
        &[("statistic", statistic_name(statistic)), ("n", &counted(TEXT.score_scores, n))],
    );
    let row = |stretch: &Stretch, what: &str| {
        vec![
            fill(TEXT.responses_span, &[("from", &day(&stretch.from)), ("to", &day(&stretch.to))]),
            what.to_owned(),
            count(stretch.n),
            statistic.value(stretch.value),
            statistic.value(stretch.low),
            statistic.value(stretch.high),
        ]
    };
    let what = if gradual { TEXT.trend_curve } else { TEXT.trend_level };
    let rows = shown
        .iter()
        .map(|stretch| row(stretch, what))
        .chain(weeks.iter().map(|week| row(week, TEXT.trend_week)))
        .collect();
    let heads = [
        TEXT.trend_when,
        TEXT.trend_what,
        TEXT.evidence_n,
        TEXT.units_value,
        TEXT.units_low,
        TEXT.units_high,
    ]
    .map(String::from)
    .to_vec();
    view! {
        <section class="part" aria-labelledby="trend">
            <h2 id="trend" class="label">{TEXT.trend_label}</h2>
            <Figure finding drawn heads rows>
                <div class="plot">
                    <Heights ticks=named scale=y base=BASE top=TOP height=HEIGHT/>
                    <svg class="chart trend" width="100%" height=HEIGHT aria-hidden="true">
                        <Lines ticks scale=y base=BASE top=TOP/>
                        {bands}
                        {points}
                        {levels}
                        {dates}
                    </svg>
                </div>
            </Figure>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::report::Period;

    fn point(value: f64) -> Estimate {
        Estimate { value, low: value - 0.05, high: value + 0.05 }
    }

    fn change(rate: f64, mix: f64) -> (Change, Parts) {
        let parts = Parts {
            rate: point(rate),
            mix: point(mix),
            opened: point(0.0),
            closed: point(0.0),
            intervals: true,
        };
        let period = |value| Period { from: "2026-01-01".into(), to: "2026-01-28".into(), n: 90, value };
        let change = Change {
            statistic: "nps".into(),
            before: period(0.4),
            after: period(0.4 + rate + mix),
            difference: point(rate + mix),
            p: Some(0.01),
            test: String::new(),
            noise: None,
            split: None,
        };
        (change, parts)
    }

    #[test]
    fn a_title_says_no_more_than_the_test() {
        let (fall, parts) = change(-0.2, -0.01);
        assert_eq!((verdict(&fall, true), verdict(&fall, false)), (TEXT.change_fell, TEXT.change_unknown));
        assert_eq!(made_of(&fall, &parts, true), TEXT.parts_rate);
        assert_eq!(made_of(&fall, &parts, false), TEXT.parts_unknown);
    }

    #[test]
    fn a_fall_that_the_units_do_not_share_is_said_to_be_mix() {
        let (fall, parts) = change(-0.02, -0.2);
        assert_eq!(made_of(&fall, &parts, true), TEXT.parts_mix);
        let (fall, parts) = change(0.05, -0.2);
        assert_eq!(made_of(&fall, &parts, true), TEXT.parts_against);
    }

    #[test]
    fn the_last_move_of_the_level_is_named() {
        let stretch = |from: &str| Stretch {
            from: from.into(),
            to: "2026-12-01".into(),
            n: 9,
            value: 0.0,
            low: 0.0,
            high: 0.0,
        };
        let trend = ["2026-01-05", "2026-03-02", "2026-06-01"].map(stretch);
        assert_eq!(moved(&trend[..1], &[]), TEXT.trend_never);
        assert_eq!(moved(&trend[..2], &[]), "The level moved once, in the week from Mar 2, 2026");
        assert_eq!(moved(&trend, &[]), "The level moved 2 times, last in the week from Jun 1, 2026");
        // Along a curve no week is named.
        let curve = |values: [f64; 4]| values.map(|value| Stretch { value, ..stretch("2026-01-05") });
        assert_eq!(moved(&trend[..1], &curve([0.4, 0.3, 0.35, 0.2])), TEXT.trend_fell);
        assert_eq!(moved(&trend[..1], &curve([0.2, 0.3, 0.35, 0.4])), TEXT.trend_rose);
        assert_eq!(moved(&trend[..1], &curve([0.2, 0.4, 0.3, 0.2])), TEXT.trend_wavered);
    }
}
