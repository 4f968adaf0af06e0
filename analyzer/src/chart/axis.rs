//! The axis under a chart: a hairline, its ticks and their words. It draws at the heights it is given.

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
