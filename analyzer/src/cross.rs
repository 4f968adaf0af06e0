//! The score of each combination of two groupings, as a table: which combinations differ from all other answers, after the tests
//! are adjusted for each other, with every answer counted alike or weighted to the customers. It asks the desk and shows the answer.

use crate::filters::segment_name;
use crate::names::Names;
use crate::numbers::{Statistic, count, p_value};
use crate::route::Route;
use crate::score::{n_of, statistic_name};
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill, form};
use candor_engine::columns::selection::{Grouping, MOST_VALUES};
use candor_engine::plan::Role;
use candor_engine::report::{Cell, Cross, CrossWeights, Crossing};
use candor_engine::scores::change::FEWEST_UNITS;
use candor_worker::{Answer, Question};
use leptos::prelude::*;
use std::sync::Arc;

/// The false discovery rate at which a combination is said to differ.
const RATE: f64 = 0.05;
/// As many customers as this times the scores of a group stand in the example of weights: with fewer than there are scores nothing
/// could be weighted.
const EXAMPLE: u64 = 10;

/// The part of the page; nothing where there are no two groupings.
#[component]
pub(crate) fn CrossPart(session: Session, opened: Arc<Opened>, names: Names) -> impl IntoView {
    let unit = opened
        .plan
        .columns
        .iter()
        .find(|column| column.role == Role::Unit && opened.whole.units.len() <= MOST_VALUES)
        .map(|column| {
            column
                .name
                .strip_prefix("attribute.")
                .filter(|_| opened.plan.tool.is_own())
                .unwrap_or(&column.name)
                .to_owned()
        });
    let columns: Vec<String> = unit
        .clone()
        .into_iter()
        .chain(opened.groupings.iter().map(|grouping| grouping.column.clone()))
        .collect();
    let [first, second, ..] = columns.as_slice() else { return ().into_any() };
    let chosen = RwSignal::new([first.clone(), second.clone()]);
    let answer: RwSignal<Option<Result<Cross, String>>> = RwSignal::new(None);
    let weighs: Vec<String> = opened.plan.weights.iter().map(|margin| segment_name(&margin.column)).collect();
    let can_weigh = !weighs.is_empty();
    let of = opened.clone();
    Effect::new(move |_| {
        let [rows, columns] = chosen.get();
        let crossing = Crossing { rows, columns, weighted: can_weigh && session.weighted.get() };
        let among = session.among.with_untracked(|among| among.selection(&of.whole));
        session.ask(Question::Cross { among, crossing: crossing.clone() }, move |found| {
            // Whoever has chosen otherwise, or gone elsewhere, no longer waits.
            let same = chosen.try_with_untracked(|[rows, columns]| {
                *rows == crossing.rows
                    && *columns == crossing.columns
                    && (!can_weigh || session.weighted.get_untracked() == crossing.weighted)
            });
            if let (Some(true), Some(Answer::Cross(found))) = (same, found) {
                answer.set(Some(found));
            }
        });
    });
    let weights = match can_weigh {
        true => view! { <WeightsSwitch session columns=weighs/> }.into_any(),
        false => view! { <NoWeights session grouping=opened.groupings.first().cloned()/> }.into_any(),
    };
    let field = move |nth: usize, label: &'static str, hook: &'static str| {
        let options = columns
            .iter()
            .map(|column| {
                let (name, value) = (column.clone(), column.clone());
                let selected = move || chosen.with(|chosen| chosen[nth] == name);
                view! { <option value=value prop:selected=selected>{segment_name(column)}</option> }
            })
            .collect_view();
        let set = move |event| chosen.update(|chosen| chosen[nth] = event_target_value(&event));
        view! {
            <label>
                <span>{label}</span>
                <select data-test=hook on:change=set>{options}</select>
            </label>
        }
    };
    let table = move || match answer.get() {
        None => view! { <p class="quiet">{TEXT.cross_none}</p> }.into_any(),
        Some(Err(sentence)) => view! { <p role="status" data-test="cross-refused">{sentence}</p> }.into_any(),
        Some(Ok(cross)) => {
            let [rows, columns] = chosen.get_untracked();
            let names_of = |column: &str| (Some(column) == unit.as_deref()).then(|| names.clone());
            let (down, across) = (names_of(&rows), names_of(&columns));
            view! { <CrossTable cross down across/> }.into_any()
        }
    };
    view! {
        <section class="part" aria-labelledby="cross">
            <h2 id="cross" class="label">{TEXT.cross_label}</h2>
            <div class="fields onscreen">
                {field(0, TEXT.cross_rows, "cross-rows")} {field(1, TEXT.cross_columns, "cross-columns")}
            </div>
            {weights}
            {table}
        </section>
    }
    .into_any()
}

/// Weights on or off.
#[component]
fn WeightsSwitch(session: Session, columns: Vec<String>) -> impl IntoView {
    let words = fill(TEXT.weights_switch, &[("columns", &columns.join(", "))]);
    view! {
        <p class="onscreen">
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    data-test="weights"
                    prop:checked=session.weighted
                    on:change=move |event| session.weigh(event_target_checked(&event))
                />
                <span>{words}</span>
            </label>
        </p>
    }
}

/// What would be needed to weight the answers, with a column of this file as the example.
#[component]
fn NoWeights(session: Session, grouping: Option<Grouping>) -> impl IntoView {
    let example = grouping.map(|Grouping { column, values }| {
        let population: serde_json::Map<String, serde_json::Value> =
            values.into_iter().map(|(value, n)| (value, (EXAMPLE * n).into())).collect();
        let margin = serde_json::json!({ "column": column, "population": population });
        let text = format!("\"weights\": [{margin}]");
        view! { <pre class="scroll" tabindex="0" data-test="weights-example"><code>{text}</code></pre> }
    });
    view! {
        <details class="as-table weights onscreen">
            <summary data-test="weights-none">{TEXT.weights_none}</summary>
            <p>{TEXT.weights_needed}</p>
            {example}
            <p>
                <a href=Route::Plan.href() data-test="weights-plan" on:click=move |_| session.show_plan()>
                    {TEXT.weights_plan}
                </a>
            </p>
        </details>
    }
}

/// Whether a combination differs from the others: above, below, or neither.
fn differs(cell: &Cell) -> Option<bool> {
    let found = cell.difference.zip(cell.p_adjusted);
    found.filter(|(_, p)| *p <= RATE).map(|(difference, _)| difference.value > 0.0)
}

/// How the table was weighted, and what that costs.
fn weights_said(weights: &CrossWeights) -> String {
    let columns: Vec<String> = weights.columns.iter().map(|column| segment_name(column)).collect();
    let places = [
        ("columns", &*columns.join(", ")),
        ("n", &*counted(TEXT.score_scores, weights.n)),
        ("effective", &*count(weights.effective_n.round() as u64)),
    ];
    let said = fill(TEXT.weights_said, &places);
    match weights.without {
        0 => said,
        n => [said, counted(TEXT.weights_without, n)].join(" "),
    }
}

#[component]
fn CrossTable(cross: Cross, down: Option<Names>, across: Option<Names>) -> impl IntoView {
    let mut cross = cross;
    if let Some(names) = &down {
        let mut rows: Vec<_> = std::mem::take(&mut cross.rows).into_iter().zip(cross.cells).collect();
        names.sort(&mut rows, |(word, _)| word);
        (cross.rows, cross.cells) = rows.into_iter().unzip();
    }
    if let Some(names) = &across {
        let words = cross.columns.clone();
        names.sort(&mut cross.columns, |word| word);
        for cells in &mut cross.cells {
            let mut row: Vec<_> = words.iter().zip(std::mem::take(cells)).collect();
            names.sort(&mut row, |(word, _)| word);
            *cells = row.into_iter().map(|(_, cell)| cell).collect();
        }
    }
    let statistic = Statistic::new(&cross.statistic);
    let many = cross.cells.iter().flatten().filter(|cell| differs(cell).is_some()).count() as u64;
    let title = match many {
        0 => TEXT.cross_finding_none.to_owned(),
        n => fill(form(TEXT.cross_finding, n), &[("n", &count(n)), ("all", &count(cross.tested))]),
    };
    let name =
        |names: &Option<Names>, word: &str| names.as_ref().map_or(word.to_owned(), |names| names.name(word));
    let cell = move |cell: Cell| {
        let Some(score) = cell.score else {
            let word = if cell.n == Some(0) { TEXT.cross_nobody } else { TEXT.cross_few };
            return view! { <td class="quiet">{word}</td> }.into_any();
        };
        let (sign, says) = match differs(&cell) {
            Some(true) => ("▲ ", TEXT.cross_above),
            Some(false) => ("▼ ", TEXT.cross_below),
            None => ("", ""),
        };
        let p = cell.p_adjusted.map(p_value).unwrap_or_default();
        let n = n_of(cell.n.unwrap_or_default());
        view! {
            <td class:differs=!sign.is_empty() data-test="cross-cell">
                <span aria-hidden="true">{sign}</span>
                <span class="with-interval" data-test="cross-score">
                    {statistic.with_interval(score.value, score.low, score.high)}
                </span>
                <span class="unseen">" " {says}</span>
                <span class="quiet small">{[n, p].join(", ")}</span>
            </td>
        }
        .into_any()
    };
    let heads =
        cross.columns.iter().map(|word| view! { <th scope="col"><bdi>{name(&across, word)}</bdi></th> });
    let heads = heads.collect_view();
    let rows = cross
        .rows
        .iter()
        .zip(cross.cells)
        .map(|(word, cells)| {
            view! {
                <tr>
                    <th scope="row"><bdi>{name(&down, word)}</bdi></th>
                    {cells.into_iter().map(cell).collect_view()}
                </tr>
            }
        })
        .collect_view();
    let drawn = fill(TEXT.cross_drawn, &[("statistic", statistic_name(statistic))]);
    let weights = cross.weighted.as_ref().map(|weights| {
        view! { <p class="quiet" data-test="weights-said">{weights_said(weights)}</p> }
    });
    let few_units = (cross.few_units > 0).then(|| {
        let n = cross.few_units;
        let said = fill(form(TEXT.cross_few_units, n), &[("n", &count(n)), ("least", &count(FEWEST_UNITS))]);
        view! { <p class="quiet" data-test="cross-few-units">{said}</p> }
    });
    view! {
        <h3 class="finding" id="cross-finding">{title}</h3>
        <p class="drawn quiet">{drawn}</p>
        // Wide tables scroll inside, and the keyboard must be able to do it.
        <div class="scroll" tabindex="0" role="region" aria-labelledby="cross-finding">
            <table class="numbers cross">
                <thead><tr><td></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {few_units}
        {weights}
        <p class="quiet tested">{cross.test} "."</p>
    }
}
