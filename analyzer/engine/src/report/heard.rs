//! Who is not heard: response rates of sampled invitations, over all and by unit, and where the score of *all* who were
//! invited can lie. It reads exposures and ratings of a [`Dataset`], and nothing else.
//!
//! An answer counts only when a page view that exposures count led to it, by a trigger or a link: kiosks answer many times in one
//! view, and calls from programs have none.

use super::cross::less;
use super::points::{Statistic, nps, top_box};
use super::{Absent, MINIMUM_CELL, counted, grouped};
use crate::columns::{Dataset, NO_RATING};
use crate::scores::Estimate;
use crate::scores::cluster::clustering;
use crate::scores::distribution::{Distribution, by_group};
use crate::scores::heard::{Heard as State, response_rate};
use crate::scores::mean::Mean;
use crate::scores::nps::Nps;
use crate::scores::state::By;
use crate::scores::top_box::TopBox;
use serde::{Deserialize, Serialize};

/// Who is heard, and who is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Invitations that the sampling chose, each counted once.
    pub sampled: u64,
    /// Answers to them that hold a score.
    pub answered: u64,
    /// Events of page views that stood in the file before and are not counted again.
    pub repeated: u64,
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

pub(super) fn heard(dataset: &Dataset, statistic: Statistic, absent: &mut Vec<Absent>) -> Option<Heard> {
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
    let invited = Invited::of(dataset, &ratings, &all);
    let rate_deff = invited.deff(|sampled, ratings| Mean::from(&TopBox { n: sampled, top: ratings.n() }));
    let Ok(rate) = response_rate(sampled, answered, rate_deff) else {
        say(format!(
            "{} came from {}: exposures are missing, so a response rate would be wrong.",
            counted(answered, "answer"),
            counted(sampled, "sampled invitation")
        ));
        return None;
    };
    let bounds = bounds(statistic, sampled, &all, &invited);
    let among_answers = statistic.estimate(&all)?.value;
    let mut units = Vec::new();
    if let Some(categories) = &dataset.units {
        let mut wrong = 0u64;
        for (unit, &sampled) in
            beside.sampled.iter().filter(|(unit, n)| !unit.is_empty() && **n >= MINIMUM_CELL)
        {
            let answered = categories.code(unit).map_or(0, |code| invited.answers[code as usize].n());
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
    let repeated = dataset.exposures.repeated;
    Some(Heard { sampled, answered, repeated, rate, among_answers, bounds, units })
}

/// Where the score of all who were invited can lie. Each end is a score of all of them, and is widened by how *that* one differs
/// between units.
fn bounds(statistic: Statistic, sampled: u64, all: &Distribution, invited: &Invited) -> Option<Estimate> {
    let (least, greatest) = match statistic {
        Statistic::Nps => {
            let end = |up: bool| {
                invited.deff(|sampled, ratings| {
                    let Nps { n, promoters, detractors } = nps(ratings);
                    let silent = sampled.saturating_sub(n);
                    let (high, low) = if up { (silent, 0) } else { (0, silent) };
                    let (promoters, detractors) = (promoters + high, detractors + low);
                    Mean::from(&Nps { n: n + silent, promoters, detractors })
                })
            };
            let heard = State { sampled, scored: nps(all) };
            (heard.finish(end(false)).ok()?, heard.finish(end(true)).ok()?)
        }
        Statistic::TopBox(scale) => {
            let end = |up: bool| {
                invited.deff(|sampled, ratings| {
                    let TopBox { n, top } = top_box(ratings, scale);
                    let silent = sampled.saturating_sub(n);
                    Mean::from(&TopBox { n: n + silent, top: top + if up { silent } else { 0 } })
                })
            };
            let heard = State { sampled, scored: top_box(all, scale) };
            (heard.finish(end(false)).ok()?, heard.finish(end(true)).ok()?)
        }
        _ => return None,
    };
    Some(Estimate { value: least.among_answers, low: least.low, high: greatest.high })
}

/// Who was invited, and what they answered.
struct Invited {
    /// Ratings by unit, by code.
    answers: Vec<Distribution>,
    /// Invitations and ratings of each unit with invitations; those without a unit are one more.
    units: Vec<(u64, Distribution)>,
}

impl Invited {
    fn of(dataset: &Dataset, ratings: &[u8], all: &Distribution) -> Invited {
        let answers = dataset.units.as_ref().map(|units| by_group(units, ratings)).unwrap_or_default();
        let mut of_units = Distribution::default();
        answers.iter().for_each(|unit| of_units.merge(unit));
        let of = |(name, &sampled): (&String, &u64)| {
            let code = dataset.units.as_ref().and_then(|units| units.code(name));
            let ratings = match code {
                _ if name.is_empty() => less(all, &of_units),
                Some(code) => answers[code as usize].clone(),
                None => Distribution::default(),
            };
            (sampled, ratings)
        };
        Invited { units: dataset.beside.sampled.iter().map(of).collect(), answers }
    }

    /// How much wider an interval is because what `of` makes of a unit's invitations and ratings differs between units; 1 where
    /// that cannot be told.
    fn deff(&self, of: impl Fn(u64, &Distribution) -> Mean) -> f64 {
        let mut by: By<u32, Mean> = By::default();
        for (place, (sampled, ratings)) in self.units.iter().enumerate() {
            by.update(&(place as u32), &of(*sampled, ratings));
        }
        clustering(&by).map_or(1.0, |clustering| clustering.deff)
    }
}
