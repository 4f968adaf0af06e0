//! Small drawings: Candor's mark, and the marks of the three levels of evidence, told apart by shape as well as color.

use crate::route::Route;
use crate::text::TEXT;
use candor_survey::response::Level;
use leptos::prelude::*;

/// Candor's mark, a number with its interval, and its name.
#[component]
pub(crate) fn Wordmark() -> impl IntoView {
    view! {
        <a class="wordmark" href=Route::Open.href()>
            <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
                <path class="whisker" d="M3 9v14M29 9v14M3 16h26"></path>
                <circle class="dot" cx="19" cy="16" r="6.5"></circle>
            </svg>
            <span class="name">{TEXT.name}</span>
            <span class="room">{TEXT.room}</span>
        </a>
    }
}

/// A level's mark: an empty, a half and a full disc.
#[component]
pub(crate) fn LevelMark(level: Level) -> impl IntoView {
    let class = format!("level level-{}", level.as_str());
    view! {
        <svg class=class width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <circle class="rim" cx="7" cy="7" r="5.5"></circle>
            {match level {
                Level::None => ().into_any(),
                Level::Some => view! { <path class="full" d="M7 1.5a5.5 5.5 0 0 1 0 11z"></path> }.into_any(),
                Level::Strong => view! { <circle class="full" cx="7" cy="7" r="5.5"></circle> }.into_any(),
            }}
        </svg>
    }
}

/// A level in words.
pub(crate) fn level_name(level: Level) -> &'static str {
    match level {
        Level::None => TEXT.evidence_none,
        Level::Some => TEXT.evidence_some,
        Level::Strong => TEXT.evidence_strong,
    }
}
