//! Units by size and score in a funnel plot: small units scatter widely by chance alone, so a ranking would praise and blame
//! them for luck. The band is the report's; a place outside of it is a reason to look, and says nothing of why.

use crate::change::ends;
use crate::chart::axis::{Heights, Lines};
use crate::chart::figure::Figure;
use crate::chart::scale::Linear;
use crate::names::Names;
use crate::numbers::{Statistic, count};
use crate::route::Route;
use crate::score::statistic_name;
use crate::text::{TEXT, counted, fill};
use candor_engine::report::{Funnel, Score, Unit, Width};
use leptos::prelude::*;
use leptos::svg;

/// Heights in pixels, as in the trend.
const TOP: f64 = 24.0;
const BASE: f64 = 272.0;
const HEIGHT: u32 = 312;
/// More units than this outside of the band are not named in the picture.
const NAMED: usize = 8;

/// Where a unit stands beside the band that 95% of units of its size are expected in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Below,
    Within,
    Above,
}

/// The band at `n`, between the two sizes beside it on the scale of 1/√n, in which it is nearly straight.
fn band_at(band: &[Width], n: u64) -> Option<(f64, f64)> {
    let (first, last) = (band.first()?, band.last()?);
    let near = |width: &Width| (width.low, width.high);
    if n <= first.n || n >= last.n {
        return Some(near(if n <= first.n { first } else { last }));
    }
    let after = band.iter().position(|width| width.n >= n)?;
    let (a, b) = (band.get(after.checked_sub(1)?)?, band.get(after)?);
    let x = |n: u64| 1.0 / (n as f64).sqrt();
    let share = (x(n) - x(a.n)) / (x(b.n) - x(a.n));
    Some((a.low + share * (b.low - a.low), a.high + share * (b.high - a.high)))
}

fn place(band: &[Width], n: u64, value: f64) -> Place {
    match band_at(band, n) {
        Some((low, _)) if value < low => Place::Below,
        Some((_, high)) if value > high => Place::Above,
        _ => Place::Within,
    }
}

/// What the picture shows.
fn finding(outside: usize, all: usize) -> String {
    // A twentieth is expected outside; so many units are outside of it by chance.
    let expected = all as f64 / 20.0;
    match outside {
        0 => fill(TEXT.funnel_none, &[("n", &count(all as u64))]),
        _ => {
            let expected = format!("{expected:.0}");
            let places =
                [("n", &*count(outside as u64)), ("all", &*count(all as u64)), ("expected", &*expected)];
            fill(crate::text::form(TEXT.funnel_some, outside as u64), &places)
        }
    }
}

/// The funnel plot.
#[component]
pub(crate) fn FunnelPicture(units: Vec<Unit>, funnel: Funnel, score: Score, names: Names) -> impl IntoView {
    let statistic = Statistic::new(&score.statistic);
    let shown: Vec<(usize, Unit, f64)> = units
        .into_iter()
        .enumerate()
        .filter_map(|(place, unit)| {
            let value = unit.score?.value;
            Some((place, unit, value))
        })
        .collect();
    let band = funnel.band.clone();
    let root = |n: u64| (n as f64).sqrt();
    let (least, most) = band.first().zip(band.last()).map_or((10, 100), |(a, b)| (a.n, b.n));
    let x = Linear::new(root(least), root(most)).with_margin(3.0);
    let values =
        shown.iter().map(|(_, _, value)| *value).chain(band.iter().flat_map(|width| [width.low, width.high]));
    let y = Linear::around(values, ends(statistic, &score));
    let height = move |value: f64| y.between(value, BASE, TOP);
    let outline = |low: fn(&Width) -> f64, high: fn(&Width) -> f64| {
        let there = band.iter().map(|width| (width.n, high(width)));
        let back = band.iter().rev().map(|width| (width.n, low(width)));
        let points: Vec<String> = there
            .chain(back)
            .map(|(n, value)| format!("{:.2},{:.2}", x.percent(root(n)), height(value)))
            .collect();
        points.join(" ")
    };
    let far = outline(|width| width.far_low, |width| width.far_high);
    let near = outline(|width| width.low, |width| width.high);
    let outside: Vec<usize> =
        (0..shown.len()).filter(|&i| place(&band, shown[i].1.n, shown[i].2) != Place::Within).collect();
    let title = finding(outside.len(), shown.len());
    let marks = shown
        .iter()
        .enumerate()
        .map(|(i, (at, unit, value))| {
            let out = outside.contains(&i);
            let (cx, cy) = (x.at(root(unit.n)), height(*value));
            let named = (out && outside.len() <= NAMED).then(|| {
                let right = x.percent(root(unit.n)) > 70.0;
                let (dx, anchor) = if right { (-10, "end") } else { (10, "start") };
                view! { <text class="mark-word" x=cx.clone() y=cy + 4.0 dx=dx text-anchor=anchor>{names.name(&unit.unit)}</text> }
            });
            let class = match (unit.flagged, out) {
                (true, _) => "dot flagged",
                (_, true) => "dot outside",
                _ => "dot",
            };
            let dot = view! { <circle class=class cx=cx cy=cy r=if unit.flagged { "6" } else { "4.5" }></circle> };
            // The ranked list below has the same links for the keyboard.
            let link = svg::a().attr("href", Route::Card(names.place(&unit.unit).unwrap_or(*at)).href()).attr("tabindex", "-1").child(dot);
            view! {
                {link}
                {named}
            }
        })
        .collect_view();
    let ticks = y.ticks(4);
    let heights = ticks.iter().map(|&value| (value, statistic.value(value))).collect();
    let sizes = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000];
    let mut last = f64::NEG_INFINITY;
    let mut size_words = Vec::new();
    for n in sizes.into_iter().filter(|&n| n >= least && n <= most) {
        let at = x.percent(root(n));
        // Words that would run into each other on a phone are left out.
        if at - last >= 16.0 {
            last = at;
            size_words
                .push(view! { <text class="tick middle" x=x.at(root(n)) y=BASE + 20.0>{count(n)}</text> });
        }
    }
    let n = shown.iter().map(|(_, unit, _)| unit.n).sum();
    let drawn = fill(
        TEXT.funnel_drawn,
        &[("statistic", statistic_name(statistic)), ("n", &counted(TEXT.score_scores, n))],
    );
    let heads = [TEXT.units_unit, TEXT.evidence_n, TEXT.units_value, TEXT.funnel_low, TEXT.funnel_high]
        .map(String::from)
        .to_vec();
    let mut listed: Vec<&(usize, Unit, f64)> = shown.iter().collect();
    names.sort(&mut listed, |(_, unit, _)| &unit.unit);
    let rows = listed
        .into_iter()
        .map(|(_, unit, value)| {
            let (low, high) = band_at(&band, unit.n).unwrap_or_default();
            vec![
                names.name(&unit.unit),
                count(unit.n),
                statistic.value(*value),
                statistic.value(low),
                statistic.value(high),
            ]
        })
        .collect();
    let expected = height(funnel.expected);
    let edge = format!("0 0 100 {HEIGHT}");
    view! {
        <Figure finding=title drawn heads rows>
            <div class="plot">
                <Heights ticks=heights scale=y base=BASE top=TOP height=HEIGHT/>
                <svg class="chart funnel" width="100%" height=HEIGHT aria-hidden="true">
                    // Stretched in one direction: shapes only, no words and no strokes.
                    <svg width="100%" height=HEIGHT viewBox=edge preserveAspectRatio="none">
                        <polygon class="band far" points=far></polygon>
                        <polygon class="band" points=near></polygon>
                    </svg>
                    <Lines ticks scale=y base=BASE top=TOP/>
                    <line class="overall" x1="0" x2="100%" y1=expected y2=expected></line>
                    {marks}
                    {size_words}
                    <text class="tick" x="100%" y=BASE + 38.0 text-anchor="end">{TEXT.funnel_size}</text>
                </svg>
            </div>
        </Figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(n: u64, half: f64) -> Width {
        Width { n, low: -half, high: half, far_low: -2.0 * half, far_high: 2.0 * half }
    }

    #[test]
    fn a_unit_is_held_against_the_band_of_its_own_size() {
        // Halves that shrink as 1/√n, so that between two sizes the band is known exactly.
        let band = [width(16, 0.5), width(64, 0.25), width(400, 0.1)];
        let (low, high) = band_at(&band, 25).unwrap_or_default();
        assert!((high - 0.4).abs() < 1e-12 && (low + 0.4).abs() < 1e-12, "{low} {high}");
        assert_eq!(place(&band, 25, 0.41), Place::Above);
        assert_eq!(place(&band, 25, -0.39), Place::Within);
        assert_eq!(place(&band, 900, -0.11), Place::Below);
        assert_eq!(band_at(&[], 25), None);
    }

    #[test]
    fn the_title_says_how_many_are_outside_by_chance() {
        assert_eq!(finding(0, 12), "All 12 units lie where units of their size are expected");
        assert_eq!(
            finding(3, 40),
            "3 of 40 units lie outside of where 95% of units of their size are expected; by chance alone it would be about 2"
        );
        assert!(finding(1, 12).starts_with("1 of 12 units lies"));
    }
}
