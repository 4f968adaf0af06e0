//! What was read, and how: the rows and what became of them, the columns, careless answers, what is not in the report and
//! why; and the ways to take the report along.

use crate::absent::AbsentList;
use crate::brief::Edited;
use crate::chart::figure::Table as Numbers;
use crate::conclusions::Conclusions;
use crate::export::{self, Table};
use crate::names::{Names, NamesSwitch};
use crate::numbers::{bytes, count, span};
use crate::route::Route;
use crate::session::{Opened, Session};
use crate::skipped::SkippedRows;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Skipped;
use candor_engine::plan::{Plan, Role};
use candor_engine::report::Responses;
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub(crate) fn DataPage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let (report, whole) = (&opened.report, &opened.whole);
    let names = Names::of(&opened);
    // What is wrong with a cell is said with what stands in it.
    let unnamed = |rows: &[Skipped]| -> Vec<Skipped> {
        let of = |row: &Skipped| Skipped { reason: names.sentence(&row.reason), ..row.clone() };
        rows.iter().map(of).collect()
    };
    let (skipped, repaired) = (unnamed(&whole.skipped), unnamed(&whole.repaired));
    let repairs = whole.repaired.len() as u64;
    let from = fill(
        TEXT.read_from,
        &[
            ("name", &opened.name),
            ("size", &bytes(opened.size)),
            ("rows", &counted(TEXT.reading_rows, whole.responses.rows)),
        ],
    );
    let all_read = whole.skipped.is_empty().then(|| [" ", TEXT.read_no_skipped].concat());
    view! {
        <h1 tabindex="-1">{TEXT.data_title}</h1>
        <p class="lede"><bdi>{from}</bdi> {all_read}</p>
        <p>
            <a href=Route::Plan.href() data-test="see-plan" on:click=move |_| session.show_plan()>
                {TEXT.read_plan}
            </a>
        </p>
        <Rows responses=whole.responses.clone()/>
        <SkippedRows rows=skipped n=whole.responses.skipped about=TEXT.skipped/>
        <SkippedRows rows=repaired n=repairs about=TEXT.repaired/>
        <Columns plan=opened.plan.clone()/>
        <Export session opened=opened.clone() names=names.clone()/>
        <AbsentList absent=report.absent.clone()/>
        <Conclusions findings=report.findings.clone() about=&["careless"] names/>
    }
}

/// What became of the rows.
#[component]
fn Rows(responses: Responses) -> impl IntoView {
    let span = responses.from.as_deref().zip(responses.to.as_deref()).map(|(from, to)| span(from, to));
    let rows = [
        (TEXT.rows_all, responses.rows),
        (TEXT.rows_skipped, responses.skipped),
        (TEXT.rows_tests, responses.tests),
        (TEXT.rows_repeated, responses.repeated),
        (TEXT.rows_superseded, responses.superseded),
        (TEXT.rows_other, responses.other),
        (TEXT.rows_used, responses.used),
        (TEXT.rows_partial, responses.partial),
    ];
    let list = rows
        .into_iter()
        .filter(|&(name, n)| n > 0 || name == TEXT.rows_used)
        .map(|(name, n)| view! { <div><dt>{name}</dt><dd>{count(n)}</dd></div> })
        .collect_view();
    view! {
        <section class="part" aria-labelledby="rows">
            <h2 id="rows" class="label">{TEXT.rows_label}</h2>
            <dl class="tally">{list}</dl>
            <p class="quiet">{span}</p>
        </section>
    }
}

/// The part a column plays, in words.
fn role(role: Role) -> &'static str {
    match role {
        Role::Score => TEXT.plan_score,
        Role::Unit => TEXT.plan_unit,
        Role::Time => TEXT.plan_time,
        Role::Text => TEXT.plan_text,
        Role::Item => TEXT.plan_item,
        Role::Ignore => TEXT.columns_ignored,
    }
}

/// The columns of the file, and what each was read as.
#[component]
fn Columns(plan: Plan) -> impl IntoView {
    let n = plan.columns.len() as u64;
    let heads =
        [TEXT.plan_column, TEXT.columns_role, TEXT.columns_scale, TEXT.plan_why].map(String::from).to_vec();
    let rows: Vec<Vec<String>> = plan
        .columns
        .iter()
        .map(|column| {
            let scale = column.scale.map(|scale| {
                let (low, high) = (scale.low.to_string(), scale.high.to_string());
                fill(TEXT.plan_scale_plain, &[("low", &low), ("high", &high)])
            });
            vec![
                column.name.clone(),
                role(column.role).into(),
                scale.unwrap_or_default(),
                column.reason.clone(),
            ]
        })
        .collect();
    let caption = TEXT.columns_label.to_string();
    (n > 0).then(|| {
        view! {
            <section class="part" aria-labelledby="columns">
                <h2 id="columns" class="label">{TEXT.columns_label}</h2>
                <details class="as-table words-table">
                    <summary>{counted(TEXT.columns_show, n)}</summary>
                    <Numbers caption heads rows/>
                </details>
            </section>
        }
    })
}

/// The files to take along.
#[component]
fn Export(session: Session, opened: Arc<Opened>, names: Names) -> impl IntoView {
    let told = move |name: &str, done: bool| {
        let said = if done { TEXT.export_done } else { TEXT.export_failed };
        session.said.set(fill(said, &[("name", name)]));
    };
    let tables = Table::ALL
        .into_iter()
        .filter(|table| table.rows(&opened.report) > 0)
        .map(|table| {
            let (of, names) = (opened.clone(), names.clone());
            let save = move |_| {
                told(table.file(), export::save(table.file(), "text/csv", &table.csv(&of.report, &names)));
            };
            let rows = counted(TEXT.reading_rows, table.rows(&opened.report) as u64);
            let hook = ["export-", table.file().trim_end_matches(".csv")].concat();
            view! {
                <li>
                    <button type="button" class="second" data-test=hook on:click=save>
                        {table.file()}
                    </button>
                    <span class="quiet">{rows}</span>
                </li>
            }
        })
        .collect_view();
    let masked = move || if session.personal.get() { TEXT.export_personal } else { TEXT.export_masked };
    let of = opened.clone();
    let whole = move |_| {
        let mut report = (*of.report).clone();
        report.survey.purpose = Edited::purpose(&of);
        let text = export::json(&report, &names, session.personal.get_untracked());
        told("report.json", text.is_some_and(|text| export::save("report.json", "application/json", &text)));
    };
    view! {
        <section class="part" aria-labelledby="export">
            <h2 id="export" class="label">{TEXT.export_label}</h2>
            <p>{TEXT.export_what} " " {masked}</p>
            <NamesSwitch/>
            <ul class="files">
                <li>
                    <button type="button" class="second" data-test="export-report" on:click=whole>
                        "report.json"
                    </button>
                    <span class="quiet">{TEXT.export_report}</span>
                </li>
                {tables}
            </ul>
        </section>
    }
}
