//! Who scores how: how all scores are spread, the score of each unit beside what may be expected of it next time, who of
//! those that were invited answered, and the score weighted to the customers.

use crate::change::absent;
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::chart::steps::{Interval, Steps};
use crate::conclusions::Conclusions;
use crate::cross::CrossPart;
use crate::distribution::Distribution;
use crate::filters::segment_name;
use crate::names::{Names, NamesSwitch};
use crate::numbers::{Statistic, count, percent};
use crate::session::{Opened, Session};
use crate::text::{TEXT, fill, form};
use crate::units::Units;
use candor_engine::report::{Heard, Score, Weighted};
use leptos::prelude::*;
use std::sync::Arc;

/// As many units as have their response rate drawn; the table has all.
const DRAWN: usize = 60;

/// The page.
#[component]
pub(crate) fn SegmentsPage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let report = &opened.report;
    let names = Names::of(&opened);
    let parts = report.scores.first().cloned().map(|score| {
        let weighted = report.weighted.clone().map(|weighted| {
            view! { <WeightedPart weighted score=score.clone()/> }
        });
        view! {
            <Distribution score=score.clone()/>
            <Units units=report.units.clone() score plan=opened.plan.clone() names=names.clone()/>
            {weighted}
            <CrossPart session opened=opened.clone() names=names.clone()/>
        }
    });
    let switch = (!report.units.is_empty()).then(|| view! { <NamesSwitch/> });
    let heard = report.heard.clone().map(|heard| view! { <HeardPart heard names=names.clone()/> });
    view! {
        <h1 tabindex="-1">{TEXT.segments_title}</h1>
        {switch}
        {parts}
        {heard}
        <OtherScores scores=report.scores.iter().skip(1).cloned().collect()/>
        {absent(&opened, "units")}
        {absent(&opened, "response rate")}
        {absent(&opened, "weights")}
        <Conclusions
            findings=report.findings.clone()
            about=&["score", "units", "ranking", "heard", "weights"]
            names
        />
    }
}

/// The response rate, over all and by unit.
#[component]
fn HeardPart(heard: Heard, names: Names) -> impl IntoView {
    let mut heard = heard;
    names.sort(&mut heard.units, |unit| &unit.unit);
    let title = fill(TEXT.heard_finding, &[("share", &percent(heard.rate.value))]);
    let drawn = fill(TEXT.heard_drawn, &[("n", &count(heard.sampled))]);
    let heads = [
        TEXT.units_unit,
        TEXT.heard_sampled,
        TEXT.heard_answered,
        TEXT.heard_rate,
        TEXT.units_low,
        TEXT.units_high,
    ]
    .map(String::from)
    .to_vec();
    let all = (TEXT.heard_all.to_owned(), heard.sampled, heard.answered, heard.rate);
    let lines: Vec<_> = std::iter::once(all)
        .chain(
            heard.units.iter().map(|unit| (names.name(&unit.unit), unit.sampled, unit.answered, unit.rate)),
        )
        .collect();
    let rows = lines
        .iter()
        .map(|(name, sampled, answered, rate)| {
            vec![
                name.clone(),
                count(*sampled),
                count(*answered),
                percent(rate.value),
                percent(rate.low),
                percent(rate.high),
            ]
        })
        .collect();
    let most = lines.iter().map(|(.., rate)| rate.high).fold(0.0, f64::max);
    let scale = Linear::around([0.0, most].into_iter(), (0.0, 1.0)).with_margin(1.5);
    let ticks = scale.ticks(4).into_iter().map(|value| (value, percent(value))).collect();
    let list = lines
        .into_iter()
        .take(DRAWN)
        .map(|(name, _, _, rate)| {
            let interval = fill(TEXT.interval, &[("low", &percent(rate.low)), ("high", &percent(rate.high))]);
            view! {
                <li class="step">
                    <span class="who"><bdi>{name}</bdi></span>
                    <span class="figure-text">{percent(rate.value)} " " {interval}</span>
                    <Interval scale e=Some(rate)/>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="part" aria-labelledby="heard">
            <h2 id="heard" class="label">{TEXT.heard_label}</h2>
            <Figure finding=title drawn heads rows>
                <Steps scale ticks>
                    <ul class="waterfall">{list}</ul>
                </Steps>
            </Figure>
        </section>
    }
}

/// The score as it is and weighted.
#[component]
fn WeightedPart(weighted: Weighted, score: Score) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let with = weighted.score;
    let said = fill(
        TEXT.weighted_said,
        &[
            (
                "columns",
                &weighted.columns.iter().map(|name| segment_name(name)).collect::<Vec<_>>().join(", "),
            ),
            ("weighted", &statistic.with_interval(with.value, with.low, with.high)),
            ("raw", &statistic.with_interval(score.value, score.low, score.high)),
        ],
    );
    view! {
        <section class="part" aria-labelledby="weighted">
            <h2 id="weighted" class="label">{TEXT.weighted_label}</h2>
            <p class="statement">{said}</p>
        </section>
    }
}

/// Scores by other statistics, and of other ratings.
#[component]
fn OtherScores(scores: Vec<Score>) -> impl IntoView {
    (!scores.is_empty()).then(|| {
        let list = scores
            .into_iter()
            .map(|score| {
                let called = score.text.unwrap_or(score.question);
                view! { <li><b><bdi>{called}</bdi></b> ": " {score.sentence}</li> }
            })
            .collect_view();
        view! {
            <section class="part" aria-labelledby="others">
                <h2 id="others" class="label">{form(TEXT.others_label, 2)}</h2>
                <ul class="notes">{list}</ul>
            </section>
        }
    })
}
