//! How often each score was given, as bars from zero, each a way to the responses behind it. It draws the report's counts.

use crate::chart::figure::Figure;
use crate::chart::scale::Bands;
use crate::finding;
use crate::numbers::{count, share};
use crate::route::Route;
use crate::text::{TEXT, fill};
use candor_engine::columns::Filter;
use candor_engine::report::Score;
use leptos::prelude::*;
use leptos::svg;

/// Heights in pixels: where bars begin at the top, where they stand, and the whole picture.
const TOP: f64 = 24.0;
const BASE: f64 = 184.0;
const HEIGHT: u32 = 256;
const HEIGHT_WITHOUT_THIRDS: u32 = 212;

/// More bars than this have no room for their numbers; the table has them.
const LABELED: usize = 12;

/// The distribution of a score.
#[component]
pub(crate) fn Distribution(score: Score) -> impl IntoView {
    let bands =
        Bands::new(score.distribution.len(), if score.distribution.len() > LABELED { 0.9 } else { 0.72 });
    let most = score.distribution.iter().copied().max().unwrap_or(0).max(1);
    let n = score.n;
    let low = usize::from(score.scale_low);
    let places =
        [("low", score.scale_low.to_string()), ("high", score.scale_high.to_string()), ("n", count(n))];
    let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let drawn = fill(TEXT.distribution_drawn, &places);
    let rows = score
        .distribution
        .iter()
        .enumerate()
        .map(|(i, &bar)| vec![(low + i).to_string(), count(bar), share(bar, n)])
        .collect();
    let heads =
        [TEXT.distribution_score, TEXT.evidence_n, TEXT.distribution_share].map(String::from).to_vec();
    // Every so many bars have room for their score below.
    let points = score.distribution.len();
    let every = [1, 2, 5, 10, 20, 25, 50].into_iter().find(|step| points / step < LABELED).unwrap_or(100);
    let labeled = score.distribution.len() <= LABELED;
    let bars = score
        .distribution
        .iter()
        .enumerate()
        .map(|(i, &bar)| {
            let point = low + i;
            let height = (BASE - TOP) * bar as f64 / most as f64;
            let y = BASE - height;
            let value = labeled
                .then(|| view! { <text class="value" x=bands.middle(i) y=y - 6.0>{share(bar, n)}</text> });
            let tick = (point.is_multiple_of(every)).then(
                || view! { <text class="tick strong-tick" x=bands.middle(i) y=BASE + 20.0>{point}</text> },
            );
            let words = view! {
                {value}
                {tick}
            };
            let mark = view! {
                <rect class="reach" x=bands.left(i) y="0" width=bands.width() height=BASE + 28.0></rect>
                <rect class="mark" x=bands.bar(i) y=y width=bands.bar_width() height=height></rect>
            };
            if bar == 0 {
                return view! { <g class="bar">{mark} {words}</g> }.into_any();
            }
            let label = fill(
                TEXT.distribution_bar,
                &[("score", &point.to_string()), ("n", &finding::responses(bar)), ("share", &share(bar, n))],
            );
            let behind = Route::responses(Filter { score: u8::try_from(point).ok(), ..Filter::default() });
            // Spelled out, because in a view of several children the macro takes a lone `a` for HTML's.
            let link = svg::a().attr("href", behind.href()).attr("aria-label", label).child(mark);
            view! {
                <g class="bar">
                    {link}
                    // The label says it all; the words are for the eye.
                    <g class="words" aria-hidden="true">{words}</g>
                </g>
            }
            .into_any()
        })
        .collect_view();
    let thirds = finding::thirds(&score).map(|[detractors, passives, promoters]| {
        [
            (0, 6, TEXT.distribution_detractors, detractors),
            (7, 8, TEXT.distribution_passives, passives),
            (9, 10, TEXT.distribution_promoters, promoters),
        ]
        .map(|(first, last, word, third)| {
            view! { <Third bands first last word share=share(third, n)/> }
        })
        .collect_view()
    });
    let height = if thirds.is_some() { HEIGHT } else { HEIGHT_WITHOUT_THIRDS };
    view! {
        <section class="part" aria-labelledby="distribution">
            <h2 id="distribution" class="label">{TEXT.distribution_label}</h2>
            <Figure finding=finding::distribution(&score) drawn=drawn.clone() hint=TEXT.distribution_hint heads rows>
                <svg class="chart distribution" width="100%" height=height role="group" aria-label=drawn>
                    {bars}
                    <line class="hair" x1="0" x2="100%" y1=BASE y2=BASE></line>
                    {thirds}
                </svg>
            </Figure>
        </section>
    }
}

/// The bracket under the scores that count together, with what they are called and their share.
#[component]
fn Third(bands: Bands, first: usize, last: usize, word: &'static str, share: String) -> impl IntoView {
    let (left, right, middle) = (bands.bar(first), bands.bar_end(last), bands.middle_of(first, last));
    let y = BASE + 32.0;
    // Words of the narrow brackets lean on their right ends, which keeps them apart on the smallest phone.
    let (at, anchor) = if first == 0 { (middle.clone(), "middle") } else { (right.clone(), "end") };
    view! {
        <line class="hair" x1=left.clone() x2=right.clone() y1=y y2=y></line>
        <line class="hair" x1=left.clone() x2=left y1=y - 4.0 y2=y></line>
        <line class="hair" x1=right.clone() x2=right y1=y - 4.0 y2=y></line>
        <text class="tick third" x=at.clone() text-anchor=anchor y=y + 18.0>{word}</text>
        <text class="third" x=at text-anchor=anchor y=y + 36.0>{share}</text>
    }
}
