//! Rows that could not be read, or not wholly: each with its number in the file, its column and what is wrong. It shows
//! what the reader listed.

use crate::numbers::count;
use crate::personal::shown;
use crate::text::{TEXT, counted, fill};
use candor_engine::columns::Skipped;
use leptos::prelude::*;

/// The rows in a section that opens; nothing when there are none.
#[component]
pub(crate) fn SkippedRows(
    /// Those that are listed.
    rows: Vec<Skipped>,
    /// How many there are.
    n: u64,
    /// What is said about them, a `one|many` text.
    about: &'static str,
    /// Whether it is open from the start.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let listed = rows.len() as u64;
    (!rows.is_empty()).then(|| {
        view! {
            <details class="skipped" open=open>
                <summary>{counted(about, n)}</summary>
                {(listed < n)
                    .then(|| view! { <p class="quiet">{fill(TEXT.skipped_listed, &[("n", &count(listed))])}</p> })}
                <ol>
                    {rows
                        .into_iter()
                        .map(|skipped| {
                            view! {
                                <li data-test="skipped-row">
                                    <b>{place(&skipped)}</b>
                                    " "
                                    <span>{move || shown(skipped.reason.clone())}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </details>
        }
    })
}

fn place(skipped: &Skipped) -> String {
    let row = count(skipped.row);
    match &skipped.column {
        Some(column) => fill(TEXT.row_and_column, &[("row", &row), ("column", column)]),
        None => fill(TEXT.row_only, &[("row", &row)]),
    }
}
