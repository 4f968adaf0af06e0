//! The columns of a [`Dataset`] as [`Rows`]: the one place where the channels and the readers meet.

use super::RESPONSES_NEEDED;
use super::gathered::{Units, update, update_asked};
use super::rows::{Asked, Bonus, Moments, Rows, Terms};
use crate::columns::beside::Protected;
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING};
use crate::sample::mix;
use candor_survey::words::Cues;
use std::borrow::Cow;

/// What was found in comments beyond what a reading hears; empty where nothing was.
#[derive(Clone, Debug, Default)]
pub struct Listened {
    /// Cues in languages other than English, one a row.
    pub cues: Vec<Cues>,
    /// The sentiment in thousandths, from −1000 to 1000, one a row; nothing where it is not known.
    pub sentiment: Vec<Option<i16>>,
}

/// More units than this are not kept when they have too few ratings to be tested: a million units of one response would take a
/// gigabyte, and nothing is said of any of them.
const MANY: usize = 50_000;

/// The names and each row's place in them, of units that are kept.
type Kept<'a> = (Cow<'a, [String]>, Cow<'a, [u32]>);

fn kept<'a>(units: &'a Categories, ratings: &[u8]) -> Kept<'a> {
    if units.labels.len() <= MANY {
        return (Cow::Borrowed(&units.labels), Cow::Borrowed(&units.codes));
    }
    let mut counts = vec![0u64; units.labels.len()];
    for (&code, _) in
        units.codes.iter().zip(ratings).filter(|(code, rating)| **code != NO_CODE && **rating != NO_RATING)
    {
        counts[code as usize] += 1;
    }
    let mut names = Vec::new();
    let places: Vec<u32> = counts
        .iter()
        .zip(&units.labels)
        .map(|(&n, name)| {
            if n < RESPONSES_NEEDED {
                return NO_CODE;
            }
            names.push(name.clone());
            names.len() as u32 - 1
        })
        .collect();
    let codes =
        units.codes.iter().map(|&code| places.get(code as usize).copied().unwrap_or(NO_CODE)).collect();
    (Cow::Owned(names), Cow::Owned(codes))
}

/// Counts the responses of `dataset` by unit; nothing when no column is the unit. Of more than 50,000 units only those are kept that
/// have the ratings for a test.
pub fn gather(dataset: &Dataset, listened: &Listened) -> Option<(Units, Terms)> {
    let units = dataset.units.as_ref()?;
    let cues: Option<Vec<Option<Cues>>> = dataset.texts.as_ref().map(|texts| {
        let heard = dataset.evidence.cues.iter().enumerate();
        let more = |row: usize| listened.cues.get(row).copied().unwrap_or_default();
        heard.map(|(row, cues)| texts.has(row).then(|| cues.union(more(row)))).collect()
    });
    let answers = answers(dataset);
    let (p, same) = told(dataset);
    let (names, codes) = kept(units, &dataset.ratings);
    let rows = Rows {
        names: &names,
        units: &codes,
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
    for (unit, &eligible) in &beside.eligible {
        // A unit that nobody answered for has nothing to be tested by.
        if gathered.get(unit.as_str()).is_none() {
            continue;
        }
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
