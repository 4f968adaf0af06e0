//! The analyzer: a Leptos app over [`candor_engine`] that opens survey exports on the analyst's own machine and says what
//! their numbers are worth. It may touch the page and the files handed to it, and nothing else: no request, and no storage but of plans
//! that the analyst has pressed "remember" for ([`kept`]).
//!
//! A screen is one file here and one arm in [`app`]. Data flows one way: file → [`reading`] → [`session`] → screens; no
//! component computes a statistic, and what the interface says stands in [`text`].

#![allow(
    unreachable_pub,
    reason = "the component macro makes the structs of its properties pub in private modules"
)]

mod absent;
mod among;
mod app;
mod brief;
mod card;
mod change;
mod chart;
mod compare;
mod conclusions;
mod cross;
mod data;
mod distribution;
mod drivers;
mod evidence;
mod export;
mod filters;
mod finding;
mod funnel;
mod integrity;
mod joining;
mod kept;
mod mark;
mod names;
mod numbers;
mod open;
mod panic;
mod personal;
mod plan;
mod plan_file;
mod portrait;
mod problem;
mod progress;
mod project;
mod purpose;
mod reading;
mod report;
mod responses;
mod route;
mod score;
mod segments;
mod session;
mod skipped;
mod text;
mod units;
mod value;
mod voices;

/// Puts the app into the page, in place of the words that stood there while it was loading.
pub fn mount() {
    panic::speak_plainly();
    let Some(place) = leptos::prelude::document().get_element_by_id("app") else { return };
    place.set_text_content(None);
    use wasm_bindgen::JsCast;
    leptos::mount::mount_to(place.unchecked_into(), app::App).forget();
}
