//! How the file was read: its size and rows, the way to its plan, and the rows that could not be read.

use crate::numbers::bytes;
use crate::route::Route;
use crate::session::Session;
use crate::skipped::SkippedRows;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Skipped;
use candor_engine::report::Responses;
use leptos::prelude::*;

/// The last part of the report.
#[component]
pub(crate) fn Provenance(
    session: Session,
    name: String,
    size: f64,
    responses: Responses,
    skipped: Vec<Skipped>,
    repaired: Vec<Skipped>,
) -> impl IntoView {
    let rows = counted(TEXT.reading_rows, responses.rows);
    let from = fill(TEXT.read_from, &[("name", &name), ("size", &bytes(size)), ("rows", &rows)]);
    let all_read = skipped.is_empty().then(|| [" ", TEXT.read_no_skipped].concat());
    let repairs = repaired.len() as u64;
    view! {
        <section class="part" aria-labelledby="read">
            <h2 id="read">{TEXT.read_label}</h2>
            <p>{from} {all_read}</p>
            <p>
                <a href=Route::Plan.href() data-test="see-plan" on:click=move |_| session.show_plan()>
                    {TEXT.read_plan}
                </a>
            </p>
            <SkippedRows rows=skipped n=responses.skipped about=TEXT.skipped/>
            <SkippedRows rows=repaired n=repairs about=TEXT.repaired/>
        </section>
    }
}
