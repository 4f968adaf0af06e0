//! The score by unit, highest first: the interval, then the point, n and the evidence beside it. Units too small to be
//! shown are named with the reason; everything drawn is the report's.

use crate::chart::axis::Axis;
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::finding;
use crate::mark::LevelMark;
use crate::names::Names;
use crate::numbers::{NOTHING, Statistic, count};
use crate::route::Route;
use crate::score::{n_of, statistic_name};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Filter;
use candor_engine::plan::{Plan, Role};
use candor_engine::report::{Score, Unit};
use candor_engine::scores::Estimate;
use candor_survey::response::Level;
use leptos::prelude::*;

/// As many units as are drawn at once; a button draws the rest.
const AT_ONCE: usize = 60;

/// The score by unit; nothing when the file has no units.
#[component]
pub(crate) fn Units(units: Vec<Unit>, score: Score, plan: Plan, names: Names) -> impl IntoView {
    (!units.is_empty()).then(|| {
        let statistic = Statistic::new(&score.statistic);
        let label = plan.columns.iter().find(|column| column.role == Role::Unit).map_or_else(
            || TEXT.units_label_plain.to_string(),
            |column| {
                let name = column.name.strip_prefix("attribute.").unwrap_or(&column.name);
                fill(TEXT.units_label, &[("unit", name)])
            },
        );
        let (shown, hidden): (Vec<Unit>, Vec<Unit>) =
            units.into_iter().partition(|unit| unit.score.is_some());
        let mut shown: Vec<(Unit, Estimate)> =
            shown.into_iter().filter_map(|unit| unit.score.map(|estimate| (unit, estimate))).collect();
        names.sort(&mut shown, |(unit, _)| &unit.unit);
        shown.sort_by(|(_, a), (_, b)| b.value.total_cmp(&a.value));
        let picture =
            (!shown.is_empty()).then(|| view! { <UnitsPicture shown statistic score names=names.clone()/> });
        view! {
            <section class="part" aria-labelledby="units">
                <h2 id="units" class="label">{label}</h2>
                {picture}
                <HiddenUnits hidden names/>
            </section>
        }
    })
}

#[component]
fn UnitsPicture(
    shown: Vec<(Unit, Estimate)>,
    statistic: Statistic,
    score: Score,
    names: Names,
) -> impl IntoView {
    let title = finding::units(&shown, statistic, &names);
    let drawn = fill(TEXT.units_drawn, &[("statistic", statistic_name(statistic))]);
    let heads = [
        TEXT.units_unit,
        TEXT.evidence_n,
        TEXT.units_value,
        TEXT.units_low,
        TEXT.units_high,
        TEXT.units_next,
        TEXT.evidence_none,
        TEXT.evidence_some,
        TEXT.evidence_strong,
    ]
    .map(String::from)
    .to_vec();
    let rows = shown
        .iter()
        .map(|(unit, e)| {
            let levels = unit.evidence;
            vec![
                names.name(&unit.unit),
                count(unit.n),
                statistic.value(e.value),
                statistic.value(e.low),
                statistic.value(e.high),
                unit.next
                    .map_or(NOTHING.into(), |next| statistic.with_interval(next.value, next.low, next.high)),
                count(levels.none),
                count(levels.some),
                count(levels.strong),
            ]
        })
        .collect();
    let (low, high) = match statistic {
        // Zero is an end of the axis unless an interval reaches below it.
        Statistic::Nps if shown.iter().all(|(_, e)| e.low >= 0.0) && score.low >= 0.0 => (0.0, 1.0),
        Statistic::Nps => (-1.0, 1.0),
        Statistic::TopBox => (0.0, 1.0),
        Statistic::Mean => (f64::from(score.scale_low), f64::from(score.scale_high)),
    };
    let scale = Linear::new(low, high).with_margin(1.5);
    let ticks = scale
        .ticks(4)
        .into_iter()
        .map(|value| match statistic {
            Statistic::Mean => (value, value.to_string()),
            _ => (value, statistic.value(value)),
        })
        .collect();
    let together = fill(TEXT.units_all_together, &[("value", &statistic.value(score.value))]);
    let noted = shown.iter().any(|(unit, _)| unit.evidence.strong > 0);
    let all = shown.len();
    let every = RwSignal::new(all <= AT_ONCE);
    let more = move || {
        (!every.get()).then(|| {
            let text = fill(TEXT.units_all, &[("n", &count(all as u64))]);
            view! {
                <button type="button" class="second" on:click=move |_| every.set(true)>
                    {text}
                </button>
            }
        })
    };
    view! {
        <Figure finding=title drawn heads rows>
            <div class="units-picture" class:noted=noted>
                <div class="unit axis-row" aria-hidden="true">
                    <svg class="strip" width="100%" height="16">
                        <text class="tick middle" x=scale.at(score.value) y="11">
                            {together}
                        </text>
                    </svg>
                </div>
                <ol class="units">
                    {move || {
                        let many = if every.get() { all } else { AT_ONCE };
                        shown
                            .iter()
                            .take(many)
                            .map(|(unit, estimate)| {
                                view! {
                                    <UnitRow
                                        unit=unit.clone()
                                        estimate=*estimate
                                        overall=score.value
                                        statistic
                                        scale
                                        names=names.clone()
                                    />
                                }
                            })
                            .collect_view()
                    }}
                </ol>
                <div class="unit axis-row">
                    <div class="strip">
                        <Axis scale ticks/>
                    </div>
                </div>
            </div>
            {more}
        </Figure>
    }
}

/// One unit: a line of words and its interval with the point on it.
#[component]
fn UnitRow(
    unit: Unit,
    estimate: Estimate,
    overall: f64,
    statistic: Statistic,
    scale: Linear,
    names: Names,
) -> impl IntoView {
    let Estimate { value, low, high } = estimate;
    let name = names.name(&unit.unit);
    let words = statistic.with_interval(value, low, high);
    let label =
        fill(TEXT.units_row, &[("unit", &name), ("value", &words), ("n", &finding::responses(unit.n))]);
    let filter = Filter { unit: Some(unit.unit.clone()), ..Filter::default() };
    let strong = Route::responses(Filter { level: Some(Level::Strong), ..filter.clone() });
    let evidence = (unit.evidence.strong > 0 && !names.hidden()).then(|| {
        view! {
            <LevelMark level=Level::Strong/>
            " "
            <a href=strong.href()>{counted(TEXT.units_strong, unit.evidence.strong)}</a>
        }
    });
    let next = unit.next.map(|next| {
        view! {
            <line class="next" x1=scale.at(next.value) x2=scale.at(next.value) y1="7" y2="25"></line>
        }
    });
    // The responses name the unit, so a hidden one has no way to them.
    let who = if names.hidden() {
        view! { <span class="who"><span class="unseen">{label}</span><span aria-hidden="true">{name}</span></span> }.into_any()
    } else {
        view! {
            <a class="who" href=Route::responses(filter).href() aria-label=label>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any()
    };
    view! {
        <li class="unit" data-test="unit-row">
            {who}
            <span class="n">{n_of(unit.n)}</span>
            <span class="figure-text">{words}</span>
            <svg class="strip" width="100%" height="32" aria-hidden="true">
                <line class="hair" x1=scale.at(0.0) x2=scale.at(0.0) y1="0" y2="32"></line>
                <line class="overall" x1=scale.at(overall) x2=scale.at(overall) y1="0" y2="32"></line>
                <line class="interval" x1=scale.at(low) x2=scale.at(high) y1="16" y2="16"></line>
                {next}
                <circle class="point" cx=scale.at(value) cy="16" r="5"></circle>
            </svg>
            <span class="note">{evidence}</span>
        </li>
    }
}

/// Units whose score is not shown, and why.
#[component]
fn HiddenUnits(hidden: Vec<Unit>, names: Names) -> impl IntoView {
    let mut hidden = hidden;
    names.sort(&mut hidden, |unit| &unit.unit);
    (!hidden.is_empty()).then(|| {
        let title = counted(TEXT.units_hidden, hidden.len() as u64);
        view! {
            <details class="hidden-units">
                <summary>{title}</summary>
                <ul>
                    {hidden
                        .into_iter()
                        .map(|unit| {
                            view! {
                                <li>
                                    <b><bdi>{names.name(&unit.unit)}</bdi></b>
                                    ", "
                                    {n_of(unit.n)}
                                    ". "
                                    {unit.reason.unwrap_or_else(|| NOTHING.into())}
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </details>
        }
    })
}
