//! The protected question: the rate of pressure in the whole group, never of a person or a unit. It reads the answers of a
//! [`Dataset`], and nothing else.

use super::share::Share;
use super::{Absent, counted, hundred};
use crate::columns::Dataset;
use crate::columns::beside::Protected as Answer;
use crate::protected::MINIMUM;
use crate::protected::crosswise::{Crosswise, price};
use crate::protected::extended::Extended;
use crate::scores::Estimate;
use crate::scores::beta::normal_tails;
use crate::scores::cluster::widened;
use serde::{Deserialize, Serialize};

/// The rate that the protected question gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Protected {
    /// `direct`, `crosswise` or `extended` (crosswise in two groups that check each other).
    pub design: String,
    /// Answers.
    pub n: u64,
    /// The rate with its interval, in [0, 1].
    pub rate: Estimate,
    /// The probability of such a rate or a higher one if nobody was pressed; absent for a direct question, where one "yes" is one.
    pub p: Option<f64>,
    /// For two groups: whether they agree, so that the rate can be read.
    pub fits: Option<bool>,
    /// How many of these answers carry as much as one to a direct question.
    pub price: Option<f64>,
    /// Asked directly, those who would rather not say.
    pub rather_not: u64,
}

pub(super) fn protected(dataset: &Dataset, absent: &mut Vec<Absent>) -> Option<Protected> {
    let mut say = |reason: String| absent.push(Absent { what: "protected".into(), reason });
    let beside = &dataset.beside;
    let mut rather_not = 0u64;
    let mut asked = Share::of(dataset);
    let mut crosswise = vec![Crosswise::default(); beside.designs.len()];
    let mut shares: Vec<Share<'_>> = beside.designs.iter().map(|_| Share::of(dataset)).collect();
    for (row, answer) in beside.protected.iter().enumerate() {
        match *answer {
            Answer::Unanswered => {}
            Answer::Yes | Answer::No | Answer::RatherNot => {
                asked.count(row, matches!(answer, Answer::Yes));
                rather_not += u64::from(matches!(answer, Answer::RatherNot));
            }
            Answer::Crosswise { design, same } => {
                crosswise[usize::from(design)].update(&[same]);
                shares[usize::from(design)].count(row, same);
            }
        }
    }
    let direct = asked.total().n;
    let answered = crosswise.iter().filter(|design| design.n > 0).count();
    if direct > 0 && answered > 0 {
        say("The protected question was asked directly and crosswise in one file; analyze the revisions apart.".into());
        return None;
    }
    if direct > 0 {
        if direct < MINIMUM {
            say(format!(
                "There are {direct} answers to the protected question; a rate needs at least {MINIMUM}."
            ));
            return None;
        }
        let rate = asked.finish()?;
        return Some(Protected {
            design: "direct".into(),
            n: direct,
            rate,
            p: None,
            fits: None,
            price: None,
            rather_not,
        });
    }
    let p = |at: usize| beside.designs[at].p;
    let met: Vec<usize> = (0..crosswise.len()).filter(|&at| crosswise[at].n > 0).collect();
    let (name, found) = match met[..] {
        [] => {
            say("The survey asks no protected question, so nobody was asked whether they were pressed."
                .into());
            return None;
        }
        [one] => ("crosswise", crosswise[one].finish(p(one)).map(|rate| (rate, None))),
        [first, second] => {
            let extended = Extended { first: crosswise[first], second: crosswise[second] };
            (
                "extended",
                extended.finish([p(first), p(second)]).map(|fitted| (fitted.rate, Some(fitted.fits))),
            )
        }
        _ => {
            say(format!(
                "The protected question was asked in {}; a rate is fitted to one or two.",
                counted(met.len() as u64, "design")
            ));
            return None;
        }
    };
    let (rate, fits) = match found {
        Ok(found) => found,
        Err(reason) => {
            say(reason.to_string());
            return None;
        }
    };
    // Answers of one unit are alike: of two designs, the one in which they are more so counts for both.
    let deff = met.iter().map(|&design| shares[design].deff()).fold(1.0, f64::max);
    let standard_error = rate.standard_error * libm::sqrt(deff);
    let tail = (standard_error > 0.0).then(|| {
        let two = normal_tails(rate.unclipped / standard_error);
        if rate.unclipped > 0.0 { two / 2.0 } else { 1.0 - two / 2.0 }
    });
    Some(Protected {
        design: name.into(),
        n: rate.n,
        rate: widened(Estimate { value: rate.rate, low: rate.low, high: rate.high }, deff, 0.0, 1.0).ok()?,
        p: tail,
        fits,
        price: price(rate.rate, p(met[0])).ok(),
        rather_not: 0,
    })
}

impl Protected {
    /// How the rate and its interval are computed.
    pub(super) fn test(&self) -> &'static str {
        match self.design.as_str() {
            "direct" => "a direct question; Wilson interval, widened by how much units differ",
            "crosswise" => {
                "crosswise model; the interval is Wilson's, carried over and widened by how much units differ"
            }
            _ => {
                "extended crosswise model by maximum likelihood; profile interval, widened by how much units differ"
            }
        }
    }

    /// The rate as a sentence.
    pub(super) fn sentence(&self) -> String {
        let Estimate { value, low, high } = self.rate;
        let rate = format!("{}% ({}% to {}%)", hundred(value), hundred(low), hundred(high));
        if self.fits == Some(false) {
            return format!(
                "The two groups of the protected question contradict each other, so its rate of {rate} cannot be read: some did not follow the instructions."
            );
        }
        format!(
            "By the protected question, {rate} of {} say that they were pressed for a rating.",
            counted(self.n, "answer")
        )
    }
}
