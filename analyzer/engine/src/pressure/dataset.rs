//! The columns of a [`Dataset`] as [`Rows`]: the one place where the channels and the readers meet.

use super::gathered::{Units, update};
use super::rows::{Bonus, Moments, Rows, Terms};
use crate::columns::Dataset;
use candor_survey::words::Cues;

/// Counts the responses of `dataset` by unit; nothing when no column is the unit.
///
/// What a dataset does not have yet stays absent, and so do the channels that need it: page views by unit (coverage), the
/// sentiment of comments (drift), answers to other questions (duplicates, protected).
pub fn gather(dataset: &Dataset, bonus: Option<Bonus>) -> Option<(Units, Terms)> {
    let units = dataset.units.as_ref()?;
    let cues: Option<Vec<Option<Cues>>> = dataset.texts.as_ref().map(|texts| {
        let heard = dataset.evidence.cues.iter().enumerate();
        heard.map(|(row, cues)| texts.has(row).then_some(*cues)).collect()
    });
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
        ..Rows::default()
    };
    let terms = Terms { scale: dataset.score.scale, bonus, protected: None };
    let mut gathered = Units::default();
    update(&mut gathered, &rows, &terms);
    Some((gathered, terms))
}
