//! The axes of a chart: a hairline, its ticks and their words. They draw at the heights they are given.

use super::scale::Linear;
use leptos::prelude::*;

/// An axis with its words below, in an SVG of its own so that rows of HTML can stand above it.
#[component]
pub(crate) fn Axis(scale: Linear, ticks: Vec<(f64, String)>) -> impl IntoView {
    let last = ticks.len().saturating_sub(1);
    let ticks = ticks
        .into_iter()
        .enumerate()
        .map(|(i, (value, word))| {
            let x = scale.at(value);
            // The outer words lean inward, so that none is cut at the edge.
            let anchor = match i {
                0 => "start",
                i if i == last => "end",
                _ => "middle",
            };
            view! {
                <line class="hair" x1=x.clone() x2=x.clone() y1="0" y2="5"></line>
                <text class="tick" x=x y="20" text-anchor=anchor>{word}</text>
            }
        })
        .collect_view();
    view! {
        <svg class="axis" width="100%" height="26" aria-hidden="true">
            <line class="hair" x1=scale.at(f64::MIN) x2=scale.at(f64::MAX) y1="0.5" y2="0.5"></line>
            {ticks}
        </svg>
    }
}

/// The axis beside a chart: its words in a column of their own, each at the height of its line.
#[component]
pub(crate) fn Heights(
    /// Values with their words.
    ticks: Vec<(f64, String)>,
    scale: Linear,
    /// Where the scale begins, in pixels from the top.
    base: f64,
    /// Where it ends.
    top: f64,
    /// The height of the picture.
    height: u32,
) -> impl IntoView {
    let words = ticks
        .into_iter()
        .map(|(value, word)| {
            let y = scale.between(value, base, top);
            view! { <text class="tick" x="100%" y=y + 4.0 text-anchor="end">{word}</text> }
        })
        .collect_view();
    view! { <svg class="heights" width="100%" height=height aria-hidden="true">{words}</svg> }
}

/// The lines across a chart at the heights of [`Heights`].
#[component]
pub(crate) fn Lines(ticks: Vec<f64>, scale: Linear, base: f64, top: f64) -> impl IntoView {
    ticks
        .into_iter()
        .map(|value| {
            let y = scale.between(value, base, top);
            view! { <line class="hair faint" x1="0" x2="100%" y1=y y2=y></line> }
        })
        .collect_view()
}
