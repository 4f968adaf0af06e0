//! Who is not heard: response rates of sampled invitations, over all and by unit, and where the score of *all* who were
//! invited can lie. It reads exposures and ratings of a [`Dataset`], and nothing else.
//!
//! An answer counts only when a page view that exposures count led to it, by a trigger or a link: kiosks answer many times in one
//! view, and calls from programs have none.

use super::points::{Statistic, nps, top_box};
use super::{Absent, MINIMUM_CELL, counted, grouped};
use crate::columns::{Dataset, NO_RATING};
use crate::scores::Estimate;
use crate::scores::distribution::{Distribution, by_group};
use crate::scores::heard::{Heard as State, response_rate};
use serde::{Deserialize, Serialize};

/// Who is heard, and who is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Invitations that the sampling chose.
    pub sampled: u64,
    /// Answers to them that hold a score.
    pub answered: u64,
    /// The response rate, in [0, 1], with its interval.
    pub rate: Estimate,
    /// The score of those who answered.
    pub among_answers: f64,
    /// Where the score of all who were invited can lie if nothing is assumed of the silent; absent for a mean.
    pub bounds: Option<Estimate>,
    /// The same by unit, sorted by name; units with fewer than ten invitations are left out.
    pub units: Vec<UnitHeard>,
}

/// The response rate of a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitHeard {
    /// The unit.
    pub unit: String,
    /// Invitations that the sampling chose.
    pub sampled: u64,
    /// Answers to them that hold a score.
    pub answered: u64,
    /// The response rate, in [0, 1], with its interval.
    pub rate: Estimate,
}

pub(super) fn heard(
    dataset: &Dataset,
    statistic: Statistic,
    deff: f64,
    absent: &mut Vec<Absent>,
) -> Option<Heard> {
    let mut say = |reason: String| absent.push(Absent { what: "response rate".into(), reason });
    let beside = &dataset.beside;
    let sampled: u64 = beside.sampled.values().sum();
    if sampled == 0 {
        say("The file does not say who was invited, so nobody can say whom the score does not hear.".into());
        return None;
    }
    let mut ratings = dataset.ratings.clone();
    for (rating, _) in ratings.iter_mut().zip(&beside.triggered).filter(|(_, triggered)| !**triggered) {
        *rating = NO_RATING;
    }
    let mut all = Distribution::default();
    all.update(&ratings);
    let answered = all.n();
    if answered == 0 {
        say(format!("None of {} led to a score.", counted(sampled, "sampled invitation")));
        return None;
    }
    let Ok(rate) = response_rate(sampled, answered, deff) else {
        say(format!(
            "{} came from {}: exposures are missing, so a response rate would be wrong.",
            counted(answered, "answer"),
            counted(sampled, "sampled invitation")
        ));
        return None;
    };
    let bounds = match statistic {
        Statistic::Nps => State { sampled, scored: nps(&all) }.finish(deff).ok(),
        Statistic::TopBox(scale) => State { sampled, scored: top_box(&all, scale) }.finish(deff).ok(),
        _ => None,
    };
    let among_answers = statistic.estimate(&all)?.value;
    let mut units = Vec::new();
    if let Some(categories) = &dataset.units {
        let by = by_group(categories, &ratings);
        let mut wrong = 0u64;
        for (unit, &sampled) in
            beside.sampled.iter().filter(|(unit, n)| !unit.is_empty() && **n >= MINIMUM_CELL)
        {
            let answered = categories.code(unit).map_or(0, |code| by[code as usize].n());
            match response_rate(sampled, answered, 1.0) {
                Ok(rate) => units.push(UnitHeard { unit: unit.clone(), sampled, answered, rate }),
                Err(_) => wrong += 1,
            }
        }
        if wrong > 0 {
            say(format!(
                "{} more answers than sampled invitations; no response rate is shown for them.",
                if wrong == 1 { "1 unit has".into() } else { format!("{} units have", grouped(wrong)) }
            ));
        }
    }
    let bounds =
        bounds.map(|bounds| Estimate { value: bounds.among_answers, low: bounds.low, high: bounds.high });
    Some(Heard { sampled, answered, rate, among_answers, bounds, units })
}
