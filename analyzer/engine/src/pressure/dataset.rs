//! The columns of a [`Dataset`] as [`Rows`]: the one place where the channels and the readers meet.

use super::gathered::{Units, update, update_asked};
use super::rows::{Asked, Bonus, Moments, Rows, Terms};
use crate::columns::beside::Protected;
use crate::columns::{Dataset, NO_RATING};
use crate::sample::mix;
use candor_survey::words::Cues;

/// What was found in comments beyond what a reading hears; empty where nothing was.
#[derive(Clone, Debug, Default)]
pub struct Listened {
    /// Cues in languages other than English, one a row.
    pub cues: Vec<Cues>,
    /// The sentiment in thousandths, from −1000 to 1000, one a row; nothing where it is not known.
    pub sentiment: Vec<Option<i16>>,
}

/// Counts the responses of `dataset` by unit; nothing when no column is the unit.
pub fn gather(dataset: &Dataset, listened: &Listened) -> Option<(Units, Terms)> {
    let units = dataset.units.as_ref()?;
    let cues: Option<Vec<Option<Cues>>> = dataset.texts.as_ref().map(|texts| {
        let heard = dataset.evidence.cues.iter().enumerate();
        let more = |row: usize| listened.cues.get(row).copied().unwrap_or_default();
        heard.map(|(row, cues)| texts.has(row).then(|| cues.union(more(row)))).collect()
    });
    let answers = answers(dataset);
    let (p, same) = told(dataset);
    let rows = Rows {
        names: &units.labels,
        units: &units.codes,
        ratings: &dataset.ratings,
        times: dataset.times.as_deref(),
        moments: dataset.own.as_ref().map(|own| Moments {
            preset: &own.signals.preset,
            kiosk: &own.signals.kiosk,
            input: &own.signals.input,
            untrusted: &own.signals.untrusted,
            raised: &own.signals.raised,
            hidden: &own.signals.hidden,
            ms_score: &own.signals.ms_score,
            device_day: &own.signals.device_day,
        }),
        cues: cues.as_deref(),
        sentiment: Some(listened.sentiment.as_slice()).filter(|sentiment| !sentiment.is_empty()),
        answers: answers.as_deref(),
        same: same.as_deref(),
    };
    let bonus = dataset.beside.bonus.as_ref().map(|bonus| Bonus {
        paid: bonus.statistic,
        target: bonus.target,
        period: bonus.period,
        offset_min: bonus.tz,
    });
    let terms = Terms { scale: dataset.score.scale, bonus, protected: p };
    let mut gathered = Units::default();
    update(&mut gathered, &rows, &terms);
    let beside = &dataset.beside;
    for (unit, &eligible) in beside.eligible.iter().filter(|(unit, _)| !unit.is_empty()) {
        let sampled = beside.sampled.get(unit).copied().unwrap_or(0);
        update_asked(&mut gathered, unit, Asked { eligible, sampled });
    }
    Some((gathered, terms))
}

/// A hash of the answers to all other closed questions; nothing for a row that left one out, or in a file that asks none.
fn answers(dataset: &Dataset) -> Option<Vec<Option<u64>>> {
    let items = &dataset.beside.items;
    if items.is_empty() {
        return None;
    }
    let of = |row: usize| {
        items.iter().try_fold(0u64, |hash, item| {
            let rating = item.ratings.get(row).copied().filter(|&rating| rating != NO_RATING)?;
            Some(mix(hash ^ (u64::from(rating) + 1)))
        })
    };
    Some((0..dataset.ratings.len()).map(of).collect())
}

/// The share of people for whom the unrelated statement is true, and which answers say "same". Of two groups with shares p and
/// 1 − p, the answers of the second are turned round: "same" there is what "different" is in the first. Designs of other shares are
/// not put together.
fn told(dataset: &Dataset) -> (Option<f64>, Option<Vec<Option<bool>>>) {
    let beside = &dataset.beside;
    let Some(p) = beside.designs.first().map(|design| design.p) else { return (None, None) };
    let turned: Option<Vec<bool>> = beside
        .designs
        .iter()
        .map(|design| match design.p {
            other if (other - p).abs() < 1e-9 => Some(false),
            other if (other + p - 1.0).abs() < 1e-9 => Some(true),
            _ => None,
        })
        .collect();
    let Some(turned) = turned else { return (None, None) };
    let same = beside.protected.iter().map(|answer| match *answer {
        Protected::Crosswise { design, same } => Some(same != turned.get(usize::from(design)).copied()?),
        _ => None,
    });
    (Some(p), Some(same.collect()))
}
