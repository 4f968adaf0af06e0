//! The figure around a picture: the finding as its title, what is drawn as its subtitle, and the table one key away. It
//! lays out what it is given.

use super::keep::KeepPicture;
use crate::text::TEXT;
use leptos::prelude::*;

/// A picture with its finding, what is drawn in it, and the same numbers as a table.
#[component]
pub(crate) fn Figure(
    /// The title: what the picture shows.
    finding: String,
    /// The subtitle: what is drawn, and n.
    drawn: String,
    /// What can be done with the picture on a screen; it is not printed.
    #[prop(optional)]
    hint: &'static str,
    /// The column heads of the table.
    heads: Vec<String>,
    /// Its rows, the first cell being the row's head.
    rows: Vec<Vec<String>>,
    /// The picture.
    children: Children,
) -> impl IntoView {
    let (caption, called) = (drawn.clone(), finding.clone());
    // The table is made when it is first opened: with a thousand units it costs more than the picture.
    let wanted = RwSignal::new(false);
    let table = move || {
        wanted.get().then(|| {
            let (caption, heads, rows) = (caption.clone(), heads.clone(), rows.clone());
            view! { <Table caption heads rows/> }
        })
    };
    view! {
        <figure class="figure">
            <figcaption>
                <h3 class="finding">{finding}</h3>
                <p class="drawn">{drawn} <Hint hint/></p>
            </figcaption>
            {children()}
            <div class="figure-keep">
                <details class="as-table" on:toggle=move |_| wanted.set(true)>
                    <summary>{TEXT.as_table}</summary>
                    {table}
                </details>
                <KeepPicture finding=called/>
            </div>
        </figure>
    }
}

/// What can be done with what is above it on a screen: not printed, and nothing where there is nothing.
#[component]
pub(crate) fn Hint(hint: &'static str) -> impl IntoView {
    (!hint.is_empty()).then(|| view! { <span class="onscreen">" " {hint}</span> })
}

/// Numbers in rows, the first column being the rows' heads.
#[component]
pub(crate) fn Table(caption: String, heads: Vec<String>, rows: Vec<Vec<String>>) -> impl IntoView {
    let name = caption.clone();
    view! {
        // Wide tables scroll inside, and the keyboard must be able to do it.
        <div class="scroll" tabindex="0" role="region" aria-label=name>
            <table class="numbers">
                <caption class="unseen">{caption}</caption>
                <thead>
                    <tr>{heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| {
                            let mut cells = row.into_iter();
                            let head = cells.next();
                            view! {
                                <tr>
                                    <th scope="row"><bdi>{head}</bdi></th>
                                    {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}
