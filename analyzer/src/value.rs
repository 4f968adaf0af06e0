//! What the score has to do with money: a CRM file beside the survey, the plan by which both are joined, and what comes of it. It
//! asks the desk and draws the answer; every number and every sentence is the engine's.

use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::chart::steps::{Interval, Steps};
use crate::conclusions::Conclusions;
use crate::export;
use crate::filters::segment_name;
use crate::joining::{Joining, bare, sentences, take};
use crate::names::Names;
use crate::numbers::{NOTHING, Statistic, bytes, count, percent};
use crate::plan_file::PlanFile;
use crate::progress::Reached;
use crate::project::Join;
use crate::reading::{Progress, now};
use crate::session::{Opened, Session};
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Skipped;
use candor_engine::columns::selection::Selection;
use candor_engine::report::Absent;
use candor_engine::scores::Estimate;
use candor_engine::value::{Form, JoinPlan, Part, Value, amount_said};
use candor_worker::{Answer, Question};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;

/// What was found, or why nothing was.
type Found = Option<Result<Arc<Value>, Vec<String>>>;

/// The page.
#[component]
pub(crate) fn ValuePage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let names = Names::of(&opened);
    let found: RwSignal<Found> = RwSignal::new(None);
    let working = RwSignal::new(false);
    let whole = opened.whole.clone();
    let progress: RwSignal<Option<Progress>> = RwSignal::new(None);
    Effect::new(move |_| {
        let joining = session.joining.get();
        let Some(join) = joining.as_ref().and_then(|joining| joining.plan.clone()) else {
            working.set(false);
            progress.set(None);
            return found.set(None);
        };
        let name = joining.map(|joining| joining.name).unwrap_or_default();
        let among = session.among.with_untracked(|among| among.selection(&whole));
        working.set(true);
        progress.set(None);
        pursue(Pursuit { session, among, join, name, began: now(), found, working, progress });
    });
    let cancel = Callback::new(move |()| session.cancel_join());
    // Made once for a reading: a button that is made anew with each step could not be held by the keyboard.
    let is_read = Memo::new(move |_| progress.with(Option::is_some));
    let reading = move || {
        is_read.get().then(|| {
            let name = session.joining.with_untracked(|of| of.as_ref().map(|of| of.name.clone()));
            let title = fill(TEXT.reading, &[("name", &name.unwrap_or_default())]);
            let reached = Signal::derive(move || progress.get().unwrap_or_default());
            view! {
                <div class="progress crm-progress" data-test="crm-progress">
                    <Reached title progress=reached hook="crm-cancel" cancel/>
                </div>
            }
        })
    };
    let is_sample = opened.name == TEXT.sample_name;
    let survey = opened.name.clone();
    let shown = move || match found.get() {
        None => ().into_any(),
        Some(Err(problem)) => view! { <Problem problem/> }.into_any(),
        Some(Ok(value)) => view! { <Numbers session value names=names.clone()/> }.into_any(),
    };
    view! {
        <h1 tabindex="-1">{TEXT.value_title}</h1>
        <p class="lede">{TEXT.value_what}</p>
        {move || {
            let (joining, awaited) = (session.joining.get(), session.awaited.get());
            view! { <CrmFile session joining awaited survey=survey.clone() is_sample/> }
        }}
        <p class="quiet" role="status" data-test="value-working">
            {move || working.get().then_some(TEXT.value_working)}
        </p>
        {reading}
        {shown}
    }
}

/// Somebody who waits for what the score has to do with money.
#[derive(Clone)]
struct Pursuit {
    session: Session,
    among: Selection,
    join: JoinPlan,
    /// The CRM file's.
    name: String,
    /// Since when.
    began: f64,
    found: RwSignal<Found>,
    working: RwSignal<bool>,
    progress: RwSignal<Option<Progress>>,
}

/// Asks until the CRM file has been read and both are joined.
fn pursue(pursuit: Pursuit) {
    let (session, among) = (pursuit.session, pursuit.among.clone());
    session.ask(Question::Value { among, join: Box::new(pursuit.join.clone()) }, move |answer| {
        // Whoever has changed the plan meanwhile, or has gone, waits for another answer or for none.
        let now = session.joining.with_untracked(|now| now.as_ref().and_then(|now| now.plan.clone()));
        let Pursuit { name, began, found, working, progress, .. } = &pursuit;
        if now.as_ref() != Some(&pursuit.join) || working.try_get_untracked().is_none() {
            return;
        }
        if let Some(Answer::Reached(reached)) = answer {
            progress.set(Some(of_crm(reached, crate::reading::now() - *began)));
            return pursue(pursuit);
        }
        working.set(false);
        progress.set(None);
        found.set(match answer {
            Some(Answer::Value(Ok(value))) => Some(Ok(Arc::from(value))),
            Some(Answer::Value(Err(refusal))) => Some(Err(sentences(name, refusal))),
            _ => None,
        });
    });
}

/// How far the CRM file is after so many milliseconds.
fn of_crm(reached: candor_worker::Reached, milliseconds: f64) -> Progress {
    let (done, size) = (reached.done as f64, reached.size as f64);
    let progress = Progress::at(reached.rows, done, size, milliseconds / 1000.0);
    if done < size { progress } else { Progress { left: None, reporting: true, ..progress } }
}

/// Where the CRM file is chosen, and how it is joined.
#[component]
fn CrmFile(
    session: Session,
    joining: Option<Joining>,
    awaited: Option<Join>,
    survey: String,
    is_sample: bool,
) -> impl IntoView {
    let chosen = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            session.join(session.source_of(&file, None));
        }
        input.set_value("");
    };
    let choose = |label: &'static str| {
        view! {
            <label class="button">
                <input class="unseen" type="file" data-test="crm-input" on:change=chosen/>
                <span>{label}</span>
            </label>
        }
    };
    match joining {
        None => view! {
            <section class="crm-choose onscreen" aria-label=TEXT.value_choose>
                {awaited.map(|join| view! { <p data-test="crm-awaited">{awaited_said(&join)}</p> })}
                {choose(TEXT.value_choose)} " " <span class="quiet">{TEXT.value_drop}</span>
                {is_sample
                    .then(|| {
                        view! {
                            <p>
                                <button type="button" class="second" data-test="crm-sample" on:click=move |_| session.join_sample()>
                                    {TEXT.value_sample}
                                </button>
                                " "
                                <span class="quiet">{TEXT.value_sample_what}</span>
                            </p>
                        }
                    })}
                <p class="quiet">{TEXT.value_stays}</p>
            </section>
        }
        .into_any(),
        Some(joining) => {
            let Joining { name, plan, problem, together, notes } = joining;
            let notes = notes
                .into_iter()
                .map(|note| view! { <p role="status" data-test="crm-note">{note}</p> })
                .collect_view();
            let looking = plan.is_none() && problem.is_empty();
            let taken = together.then(|| {
                let taken = fill(TEXT.value_taken_why, &[("survey", &survey), ("crm", &name)]);
                view! {
                    <p data-test="crm-taken">
                        {taken}
                        " "
                        <button type="button" class="plain" data-test="crm-swap" on:click=move |_| session.swap()>
                            {TEXT.value_swap}
                        </button>
                    </p>
                }
            });
            let looking = looking.then(|| view! { <p role="status">{fill(TEXT.value_looking, &[("name", &name)])}</p> });
            let problem = (!problem.is_empty()).then(|| view! { <Problem problem/> });
            let plan = plan.map(|plan| view! { <JoinTable session name plan/> });
            view! {
                <section class="crm-choose onscreen">
                    {taken} {looking} {problem} {notes} {plan}
                    <p class="crm-more">
                        {choose(TEXT.value_another)}
                        " "
                        <button type="button" class="plain" data-test="crm-remove" on:click=move |_| session.remove_crm()>
                            {TEXT.value_remove}
                        </button>
                    </p>
                </section>
            }
            .into_any()
        }
    }
}

/// Which CRM file a project asks for.
fn awaited_said(join: &Join) -> String {
    let key = join.plan.columns.iter().find(|column| column.role == Part::Key);
    let places = [
        ("name", &*join.name),
        ("size", &*bytes(join.size as f64)),
        ("survey", &*segment_name(&join.plan.survey_key)),
        ("crm", key.map_or("", |key| key.name.as_str())),
    ];
    fill(TEXT.value_awaited, &places)
}

#[component]
fn Problem(problem: Vec<String>) -> impl IntoView {
    let sentences = problem.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view();
    view! {
        <div class="crm-problem" role="status" data-test="crm-problem">
            <p class="label">{TEXT.value_problem}</p>
            {sentences}
        </div>
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Ignore => TEXT.value_part_ignore,
        Part::Key => TEXT.value_part_key,
        Part::Revenue => TEXT.value_part_revenue,
        Part::LifetimeValue => TEXT.value_part_lifetime_value,
        Part::Churned => TEXT.value_part_churned,
        Part::Onboarding => TEXT.value_part_onboarding,
        Part::Segment => TEXT.value_part_segment,
    }
}

/// Gives a part to a column; the one that had it is no longer read.
fn assign(plan: &mut JoinPlan, at: usize, part: Part) {
    for (of, column) in plan.columns.iter_mut().enumerate() {
        if of == at {
            (column.role, column.reason) = (part, TEXT.value_chosen.into());
        } else if column.role == part && part != Part::Ignore {
            (column.role, column.reason) = (Part::Ignore, TEXT.value_chosen.into());
        }
    }
}

/// The join plan as a table, each guess with its reason and its examples, all of it to be changed.
#[component]
fn JoinTable(session: Session, name: String, plan: JoinPlan) -> impl IntoView {
    let keys = plan
        .survey_columns
        .iter()
        .map(|choice| {
            let selected = choice.name == plan.survey_key;
            let shown = [&choice.name, " (", &choice.examples.join(", "), ")"].concat();
            view! { <option value=choice.name.clone() prop:selected=selected>{shown}</option> }
        })
        .collect_view();
    let none = plan
        .survey_key
        .is_empty()
        .then(|| view! { <option value="" prop:selected=true>{TEXT.plan_choose}</option> });
    let key_changed = move |event| {
        let key = event_target_value(&event);
        session.replan(|plan| (plan.survey_key, plan.survey_reason) = (key, TEXT.value_chosen.into()));
    };
    let rows = plan
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let id = format!("join-{at}");
            let changed = move |event| {
                let word = event_target_value(&event);
                if let Some(part) = Part::ALL.into_iter().find(|part| part.as_str() == word) {
                    session.replan(|plan| assign(plan, at, part));
                }
            };
            let options = Part::ALL
                .map(|part| {
                    view! { <option value=part.as_str() prop:selected=part == column.role>{part_name(part)}</option> }
                })
                .collect_view();
            let money = matches!(column.role, Part::Revenue | Part::LifetimeValue)
                && matches!(column.form, Form::Point | Form::Comma);
            let comma = column.form == Form::Comma;
            let decimal = move |event| {
                let form = if event_target_value(&event) == "," { Form::Comma } else { Form::Point };
                session.replan(|plan| {
                    if let Some(column) = plan.columns.get_mut(at) {
                        column.form = form;
                    }
                });
            };
            let decimal = money.then(|| {
                view! {
                    <label class="decimal">
                        <span class="quiet">{TEXT.value_decimal}</span>
                        " "
                        <select data-test=format!("decimal-{at}") on:change=decimal>
                            <option value="." prop:selected=!comma>{TEXT.value_decimal_point}</option>
                            <option value="," prop:selected=comma>{TEXT.value_decimal_comma}</option>
                        </select>
                    </label>
                }
            });
            let examples = column.examples.iter().map(|example| view! { <bdi>{example.clone()}</bdi> }).collect_view();
            let empty = column.examples.is_empty().then_some(TEXT.value_no_examples);
            view! {
                <tr role="row" data-test="join-row">
                    <th scope="row" role="rowheader"><label for=id.clone()><bdi>{column.name.clone()}</bdi></label></th>
                    <td role="cell">
                        <select id=id.clone() data-test=id.clone() on:change=changed>{options}</select>
                        {decimal}
                    </td>
                    <td role="cell" class="quiet">{column.reason.clone()}</td>
                    <td role="cell" class="examples">{examples} {empty}</td>
                </tr>
            }
        })
        .collect_view();
    let heads = [
        fill(TEXT.value_plan_column, &[("name", &name)]),
        TEXT.value_plan_part.into(),
        TEXT.plan_why.into(),
        TEXT.plan_examples.into(),
    ];
    let notes = plan.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    let reason = plan.survey_reason.clone();
    let (save_name, saved) = ([&name, ".join.json"].concat(), plan.clone());
    let save = move |_: leptos::ev::MouseEvent| {
        keep(session, &save_name, serde_json::to_string_pretty(&bare(&saved)).ok())
    };
    let load = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        let Some(file) = file else { return };
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            match serde_json::from_str::<JoinPlan>(&text.unwrap_or_default()) {
                Ok(plan) => session.replan(|now| take(now, plan)),
                Err(_) => session.said.set(fill(TEXT.value_plan_bad, &[("name", &file.name())])),
            }
        });
    };
    // Open while there is something to correct.
    let open = plan.check().is_err() || plan.survey_key.is_empty();
    view! {
        <details class="join-plan" open=open>
            <summary data-test="join-plan">{TEXT.value_plan}</summary>
            <p>
                <label>
                    <span>{TEXT.value_plan_key}</span>
                    " "
                    <select data-test="survey-key" on:change=key_changed>{none} {keys}</select>
                </label>
                " "
                <span class="quiet">{reason}</span>
            </p>
            // The roles are spelled out because on a phone the table is laid out as blocks, which would drop them.
            <table class="plan-table" role="table" aria-label=TEXT.value_plan_caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {heads.map(|head| view! { <th scope="col" role="columnheader">{head}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            <ul class="notes">{notes}</ul>
            <PlanFile save load words=(TEXT.value_plan_save, TEXT.value_plan_load) hooks=("join-save", "join-load")/>
        </details>
    }
}

fn keep(session: Session, name: &str, text: Option<String>) {
    let saved = text.is_some_and(|text| export::save(name, "application/json", &text));
    let said = if saved { TEXT.export_done } else { TEXT.export_failed };
    session.said.set(fill(said, &[("name", name)]));
}

/// What a figure shows: a row for each estimate.
struct Row {
    name: String,
    words: String,
    e: Option<Estimate>,
}

/// How values of a figure are written, and between which ends they may lie.
#[derive(Clone)]
enum Unit {
    Score(Statistic),
    Share,
    Money(String),
}

impl Unit {
    fn value(&self, value: f64) -> String {
        match self {
            Unit::Score(statistic) => statistic.value(value),
            Unit::Share => percent(value),
            Unit::Money(currency) => amount_said(value, currency),
        }
    }

    fn with_interval(&self, e: Estimate) -> String {
        let interval = fill(TEXT.interval, &[("low", &self.value(e.low)), ("high", &self.value(e.high))]);
        [self.value(e.value), interval].join(" ")
    }

    fn row(&self, name: String, e: Option<Estimate>) -> Row {
        let words = e.map_or_else(|| TEXT.value_few.to_owned(), |e| self.with_interval(e));
        Row { name, words, e }
    }

    /// A scale for these rows; money and shares begin at nothing.
    fn scale(&self, rows: &[Row]) -> Linear {
        let values = rows.iter().filter_map(|row| row.e).flat_map(|e| [e.low, e.high, e.value]);
        match self {
            Unit::Score(Statistic::Nps) => Linear::around(values, (-1.0, 1.0)),
            Unit::Score(Statistic::TopBox) => Linear::around(values, (0.0, 1.0)),
            Unit::Score(Statistic::Mean) => Linear::around(values, (0.0, 254.0)),
            Unit::Share => Linear::around(values.chain([0.0]), (0.0, 1.0)),
            Unit::Money(_) => {
                let values: Vec<f64> = values.chain([0.0]).collect();
                let ends =
                    values.iter().fold((0.0_f64, 0.0_f64), |(low, high), &x| (low.min(x), high.max(x)));
                Linear::around(values.into_iter(), (ends.0 * 1.5, ends.1 * 1.5))
            }
        }
    }
}

/// A part of the page: estimates with their intervals, one below the other.
#[component]
fn Strips(
    id: &'static str,
    label: String,
    finding: String,
    drawn: String,
    unit: Unit,
    rows: Vec<Row>,
    heads: Vec<String>,
    table: Vec<Vec<String>>,
) -> impl IntoView {
    let scale = unit.scale(&rows).with_margin(1.5);
    let ticks = scale.ticks(4).into_iter().map(|value| (value, unit.value(value))).collect();
    let list = rows
        .into_iter()
        .map(|Row { name, words, e }| {
            view! {
                <li class="step" data-test="value-row">
                    <span class="who"><bdi>{name}</bdi></span>
                    <span class="figure-text" data-test="value-words">{words}</span>
                    <Interval scale e/>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="part value-part" aria-labelledby=id data-test=id>
            <h2 id=id class="label">{label}</h2>
            <Figure finding drawn heads rows=table>
                <Steps scale ticks>
                    <ul class="waterfall">{list}</ul>
                </Steps>
            </Figure>
        </section>
    }
}

fn gave(low: u8, high: u8) -> String {
    let text = if low == high { TEXT.value_gave_one } else { TEXT.value_gave };
    fill(text, &[("low", &low.to_string()), ("high", &high.to_string())])
}

fn heads(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn or_nothing(words: Option<String>) -> String {
    words.unwrap_or_else(|| NOTHING.into())
}

/// Everything that was found.
#[component]
fn Numbers(session: Session, value: Arc<Value>, names: Names) -> impl IntoView {
    let of = |id: &str| {
        let found = value.findings.iter().find(|finding| finding.id == id);
        found.map(|finding| names.sentence(&finding.sentence)).unwrap_or_default()
    };
    let statistic = Unit::Score(Statistic::new(&value.statistic));
    let money = Unit::Money(value.currency.clone());
    let measure = value.measure.clone().unwrap_or_default();
    let n = |n: u64| counted(TEXT.customers, n);
    let interval = |unit: &Unit, name: String, n: Option<u64>, e: Option<Estimate>| {
        let cell = |pick: fn(Estimate) -> f64| or_nothing(e.map(|e| unit.value(pick(e))));
        let n = n.map_or_else(|| TEXT.value_few.into(), count);
        vec![name, n, cell(|e| e.value), cell(|e| e.low), cell(|e| e.high)]
    };
    let heads_of =
        |first: &str| heads(&[first, TEXT.evidence_n, TEXT.value_value, TEXT.units_low, TEXT.units_high]);

    let worth = value.worth.as_ref().map(|worth| {
        let within = match worth.segments {
            0 | 1 => String::new(),
            n => fill(TEXT.value_worth_within, &[("n", &count(n))]),
        };
        let places = [("measure", &*measure), ("within", &within), ("n", &n(worth.n))];
        let rows = vec![money.row(TEXT.value_worth_row.into(), Some(worth.slope))];
        let mut table = vec![interval(&money, TEXT.value_worth_row.into(), Some(worth.n), Some(worth.slope))];
        if let Some(ratio) = worth.ratio {
            table.push(interval(
                &Unit::Share,
                TEXT.value_worth_ratio.into(),
                Some(worth.positive),
                Some(ratio),
            ));
        }
        view! {
            <Strips
                id="worth" label=TEXT.value_worth.into() finding=of("worth") unit=money.clone() rows table
                drawn=fill(TEXT.value_worth_drawn, &places) heads=heads_of(TEXT.value_name)
            />
        }
    });
    let by_score = value
        .money
        .iter()
        .map(|part| {
            let unit = Unit::Money(part.currency.clone());
            let (id, finding) = match part.part {
                Part::LifetimeValue => ("lifetime-value", of("lifetime_value")),
                _ => ("revenue", of("revenue")),
            };
            let rows = part.groups.iter().map(|group| unit.row(gave(group.low, group.high), group.median)).collect();
            let table = part
                .groups
                .iter()
                .map(|group| {
                    let said = |e: Option<Estimate>| or_nothing(e.map(|e| unit.with_interval(e)));
                    vec![
                        gave(group.low, group.high),
                        group.n.map_or_else(|| TEXT.value_few.into(), count),
                        said(group.median),
                        said(group.mean),
                        or_nothing(group.share.map(percent)),
                    ]
                })
                .collect();
            let all = part.groups.iter().filter_map(|group| group.n).sum();
            view! {
                <Strips
                    id label=fill(TEXT.value_money, &[("column", &part.column)]) finding unit=unit.clone() rows table
                    drawn=fill(TEXT.value_money_drawn, &[("column", &part.column), ("n", &n(all))])
                    heads=heads(&[
                        TEXT.value_group, TEXT.evidence_n, TEXT.value_median, TEXT.value_mean, TEXT.value_share_of_money,
                    ])
                />
            }
        })
        .collect_view();
    let weighted = value.weighted.as_ref().map(|weighted| {
        let lines = [(TEXT.value_weighted_plain, weighted.plain), (TEXT.value_weighted_by, weighted.weighted)];
        let effective = count(weighted.effective_n.round() as u64);
        let places = [("measure", &*measure), ("n", &n(weighted.n)), ("effective", &effective)];
        view! {
            <Strips
                id="weighted" label=TEXT.value_weighted.into() finding=of("weighted") unit=statistic.clone()
                drawn=fill(TEXT.value_weighted_drawn, &places) heads=heads_of(TEXT.value_name)
                rows=lines.map(|(name, e)| statistic.row(name.into(), Some(e))).into()
                table=lines.map(|(name, e)| interval(&statistic, name.into(), Some(weighted.n), Some(e))).into()
            />
        }
    });
    let best = value.best.as_ref().map(|best| {
        let lines = [
            (TEXT.value_best_best, best.n, best.score),
            (TEXT.value_best_others, best.others, best.others_score),
        ];
        let from = money.value(best.from);
        let places = [("measure", &*measure), ("from", &from), ("n", &n(best.n + best.others))];
        view! {
            <Strips
                id="best" label=TEXT.value_best.into() finding=of("best") unit=statistic.clone()
                drawn=fill(TEXT.value_best_drawn, &places) heads=heads_of(TEXT.value_name)
                rows=lines.map(|(name, _, e)| statistic.row(name.into(), Some(e))).into()
                table=lines.map(|(name, n, e)| interval(&statistic, name.into(), Some(n), Some(e))).into()
            />
        }
    });
    let churn = value.churn.as_ref().map(|churn| {
        let mut drawn = fill(TEXT.value_churn_drawn, &[("n", &n(churn.n))]);
        if churn.before > 0 {
            drawn.push_str(&fill(TEXT.value_churn_before, &[("n", &count(churn.before))]));
        }
        let unit = Unit::Share;
        let rows =
            churn.groups.iter().map(|group| unit.row(gave(group.low, group.high), group.share)).collect();
        let line = |group: &candor_engine::value::churn::ChurnGroup| {
            interval(&Unit::Share, gave(group.low, group.high), group.n, group.share)
        };
        view! {
            <Strips
                id="churn" label=TEXT.value_churn.into() finding=of("churn") drawn unit rows
                table=churn.groups.iter().map(line).collect() heads=heads_of(TEXT.value_group)
            />
        }
    });
    let onboarding = value.onboarding.as_ref().map(|onboarding| {
        let days = |from: i64, to: i64| {
            let [from, to] = [from, to].map(|days| count(days.unsigned_abs()));
            fill(TEXT.value_days, &[("from", &from), ("to", &to)])
        };
        let drawn = if onboarding.measure == "since" { TEXT.value_since_drawn } else { TEXT.value_took_drawn };
        let groups = &onboarding.groups;
        view! {
            <Strips
                id="onboarding" label=TEXT.value_onboarding.into() finding=of("onboarding") unit=statistic.clone()
                drawn=fill(drawn, &[("n", &n(onboarding.n))]) heads=heads_of(TEXT.value_name)
                rows=groups.iter().map(|group| statistic.row(days(group.from, group.to), Some(group.score))).collect()
                table=groups
                    .iter()
                    .map(|group| interval(&statistic, days(group.from, group.to), Some(group.n), Some(group.score)))
                    .collect()
            />
        }
    });
    let pains = value.pains.as_ref().map(|pains| {
        let called = |pain: &candor_engine::value::Pain| match pain.kind.as_str() {
            "phrase" => fill("\u{201c}{name}\u{201d}", &[("name", &pain.name)]),
            _ => fill(TEXT.value_pain_rating, &[("name", &pain.name)]),
        };
        let mut columns = heads_of(TEXT.value_name);
        columns.push(TEXT.value_money_column.into());
        let line = |pain: &candor_engine::value::Pain| {
            let mut cells = interval(&Unit::Share, called(pain), Some(pain.n), Some(pain.share));
            cells.push(money.value(pain.money));
            cells
        };
        let places = [("measure", &*measure), ("low", &*pains.low.to_string())];
        view! {
            <Strips
                id="pains" label=TEXT.value_pains.into() finding=of("pains") unit=Unit::Share
                drawn=fill(TEXT.value_pains_drawn, &places) heads=columns
                rows=pains.pains.iter().map(|pain| Unit::Share.row(called(pain), Some(pain.share))).collect()
                table=pains.pains.iter().map(line).collect()
            />
        }
    });
    let saved = value.clone();
    let save = move |_| keep(session, "value.json", serde_json::to_string_pretty(&*saved).ok());
    view! {
        <Found value=value.clone() finding=of("join")/>
        {worth}
        {churn}
        {weighted}
        {best}
        {pains}
        {by_score}
        {onboarding}
        <Unsaid absent=value.absent.clone() unreadable=value.unreadable.clone()/>
        <Conclusions
            findings=value.findings.clone()
            about=&[
                "join", "worth", "churn", "weighted", "best", "pains", "revenue", "lifetime_value", "onboarding",
            ]
            names=names.clone()
        />
        <p class="onscreen">
            <button type="button" class="plain" data-test="value-save" on:click=save>{TEXT.value_save}</button>
        </p>
    }
}

/// Who was found on both sides.
#[component]
fn Found(value: Arc<Value>, finding: String) -> impl IntoView {
    let join = &value.join;
    let statistic = Unit::Score(Statistic::new(&value.statistic));
    let money = Unit::Money(value.currency.clone());
    let score = |e: Option<Estimate>| e.map_or_else(|| TEXT.value_few.into(), |e| statistic.with_interval(e));
    let mean = |e: Option<f64>| e.map_or_else(|| NOTHING.into(), |e| money.value(e));
    let lines: Vec<(&str, String)> = vec![
        (TEXT.value_join_answers, count(join.answers)),
        (TEXT.value_join_keyless, count(join.keyless)),
        (TEXT.value_join_repeated, count(join.repeated)),
        (TEXT.value_join_keys, count(join.keys)),
        (TEXT.value_join_matched, count(join.matched)),
        (TEXT.value_join_unmatched, count(join.unmatched)),
        (TEXT.value_join_customers, count(join.crm_customers)),
        (TEXT.value_join_silent, count(join.crm_silent)),
        (TEXT.value_join_repeated_rows, count(join.crm_repeated_rows)),
        (TEXT.value_join_unread, count(join.crm_unreadable)),
        (TEXT.value_join_score_matched, score(join.matched_score)),
        (TEXT.value_join_score_rest, score(join.rest_score)),
        (TEXT.value_join_mean_matched, mean(join.crm_matched_mean)),
        (TEXT.value_join_mean_silent, mean(join.crm_silent_mean)),
    ];
    let table = lines.iter().map(|(what, n)| vec![(*what).to_owned(), n.clone()]).collect();
    let rows = vec![
        statistic.row(TEXT.value_join_score_matched.into(), join.matched_score),
        statistic.row(TEXT.value_join_score_rest.into(), join.rest_score),
    ];
    let notes = join.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    view! {
        <Strips
            id="found" label=TEXT.value_join.into() finding drawn=TEXT.value_join_drawn.into() unit=statistic.clone()
            rows table heads=heads(&[TEXT.value_join_what, TEXT.value_join_n])
        />
        <ul class="notes" data-test="join-notes">{notes}</ul>
    }
}

/// What is not said, and which cells could not be read.
#[component]
fn Unsaid(absent: Vec<Absent>, unreadable: Vec<Skipped>) -> impl IntoView {
    const SHOWN: usize = 20;
    let many = unreadable.len() as u64;
    let unsaid = (!absent.is_empty()).then(|| {
        let list = absent.into_iter().map(|absent| view! { <li>{absent.reason}</li> }).collect_view();
        view! {
            <section class="part" aria-labelledby="unsaid">
                <h2 id="unsaid" class="label">{TEXT.value_absent}</h2>
                <ul class="notes">{list}</ul>
            </section>
        }
    });
    let cells = (many > 0).then(|| {
        let list = unreadable
            .into_iter()
            .take(SHOWN)
            .map(|cell| {
                let column = cell.column.map(|column| [&column, ": "].concat()).unwrap_or_default();
                let reason = [&column, &*cell.reason].concat();
                view! { <li>{fill(TEXT.value_unreadable_row, &[("row", &count(cell.row)), ("reason", &reason)])}</li> }
            })
            .collect_view();
        view! {
            <details class="as-table">
                <summary>{counted(TEXT.value_unreadable, many)}</summary>
                <ul class="notes" data-test="crm-unreadable">{list}</ul>
            </details>
        }
    });
    view! { {unsaid} {cells} }
}
