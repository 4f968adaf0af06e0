//! The score with its interval, and a sentence that says what the interval means. The numbers are the engine's.

use crate::numbers::{Statistic, count};
use crate::text::{TEXT, counted, fill};
use candor_engine::report::Score;
use leptos::prelude::*;

/// The score, or plainly that there is none.
#[component]
pub(crate) fn ScorePart(score: Option<Score>) -> impl IntoView {
    match score {
        None => view! {
            <section class="score" aria-labelledby="score">
                <h2 id="score">{TEXT.score_none}</h2>
                <p>{TEXT.score_none_what}</p>
            </section>
        }
        .into_any(),
        Some(score) => {
            let statistic = Statistic::new(&score.statistic);
            let what = match statistic {
                Statistic::Nps => [TEXT.score_nps_is, " ", TEXT.score_nps_method].concat(),
                Statistic::TopBox => TEXT.score_top_box_is.into(),
                Statistic::Mean => {
                    let (low, high) = (score.scale_low.to_string(), score.scale_high.to_string());
                    fill(TEXT.score_mean_is, &[("low", &low), ("high", &high)])
                }
            };
            let n = counted(TEXT.score_scores, score.n);
            let (low, high) = (statistic.value(score.low), statistic.value(score.high));
            let meaning = fill(TEXT.score_meaning, &[("low", &low), ("high", &high), ("n", &n)]);
            let asked = score.text.map(|text| {
                view! { <p class="asked" dir="auto">{fill(TEXT.score_asked, &[("question", &text)])}</p> }
            });
            view! {
                <section class="score" aria-labelledby="score">
                    <h2 id="score" class="number">
                        <span class="kind">{statistic_name(statistic)}</span>
                        " "
                        <span data-test="nps-value">{statistic.value(score.value)}</span>
                        " "
                        <span class="interval">
                            "("
                            <span data-test="nps-interval">{statistic.interval(score.low, score.high)}</span>
                            ")"
                        </span>
                    </h2>
                    {asked}
                    <p>{meaning}</p>
                    <p class="quiet">{what}</p>
                </section>
            }
            .into_any()
        }
    }
}

/// The statistic in words.
pub(crate) fn statistic_name(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Nps => TEXT.score_nps,
        Statistic::TopBox => TEXT.score_top_box,
        Statistic::Mean => TEXT.score_mean,
    }
}

/// n as it stands beside a number.
pub(crate) fn n_of(n: u64) -> String {
    fill(TEXT.units_n, &[("n", &count(n))])
}
