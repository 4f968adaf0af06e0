//! Rows of HTML above one axis, each with its words and a strip of the picture, and the bars and intervals that most rows are. They
//! draw at the heights of their rows.

use super::axis::Axis;
use super::scale::Linear;
use crate::numbers::{count, share};
use candor_engine::scores::Estimate;
use leptos::prelude::*;

/// A list of rows, with the axis below that all of them share.
#[component]
pub(crate) fn Steps(scale: Linear, ticks: Vec<(f64, String)>, children: Children) -> impl IntoView {
    view! {
        <div class="steps-picture">
            {children()}
            <div class="step axis-row"><div class="strip"><Axis scale ticks/></div></div>
        </div>
    }
}

/// A value with its interval, and zero as a hairline; the hairline alone where there is no value.
#[component]
pub(crate) fn Interval(scale: Linear, e: Option<Estimate>) -> impl IntoView {
    let marks = e.map(|e| {
        view! {
            <line class="interval" x1=scale.at(e.low) x2=scale.at(e.high) y1="15" y2="15"></line>
            <circle class="point" cx=scale.at(e.value) cy="15" r="5"></circle>
        }
    });
    view! {
        <svg class="strip" width="100%" height="30" aria-hidden="true">
            <line class="hair" x1=scale.at(0.0) x2=scale.at(0.0) y1="0" y2="30"></line>
            {marks}
        </svg>
    }
}

/// Counts as bars from zero, each with its share of `all`; the longest fills the strip.
#[component]
pub(crate) fn Bars(rows: Vec<(String, u64)>, all: u64, class: &'static str) -> impl IntoView {
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(1);
    let scale = Linear::new(0.0, most as f64);
    let rows = rows
        .into_iter()
        .map(|(name, n)| {
            view! {
                <li class="step">
                    <span class="who"><bdi>{name}</bdi></span>
                    <span class="figure-text">{count(n)} " " <span class="quiet">"(" {share(n, all)} ")"</span></span>
                    <svg class="strip" width="100%" height="16" aria-hidden="true">
                        <line class="hair" x1="0" x2="0" y1="0" y2="16"></line>
                        <rect class=class x="0" y="3" width=scale.at(n as f64) height="10"></rect>
                    </svg>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="waterfall">{rows}</ul> }
}
