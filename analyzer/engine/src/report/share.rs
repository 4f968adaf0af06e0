//! A share of the responses, with an interval that knows of units: responses of one unit are alike in whether they tell of
//! pressure or were given without care, as they are in their scores. It reads the units of a [`Dataset`], and nothing else.
//!
//! Wilson's interval, made longer by √deff, the design effect of *this* share ([`crate::scores::cluster`]). Responses without a
//! unit count as one more unit, as they do in comparisons. Where units cannot be told apart (none, one, or none with two
//! responses), it is Wilson's.

use crate::columns::{Categories, Dataset};
use crate::scores::Estimate;
use crate::scores::cluster::{clustering, widened};
use crate::scores::mean::Mean;
use crate::scores::state::By;
use crate::scores::top_box::TopBox;

/// How the interval is called.
pub(super) const TEST: &str = "Wilson interval, widened by how much units differ";

/// Responses and those that have what is counted, by unit.
pub(super) struct Share<'d> {
    units: Option<&'d Categories>,
    /// By the unit's code; behind the last one, those without a unit.
    counts: Vec<TopBox>,
}

impl<'d> Share<'d> {
    pub(super) fn of(dataset: &'d Dataset) -> Share<'d> {
        let units = dataset.units.as_ref();
        let places = units.map_or(0, |units| units.labels.len()) + 1;
        Share { units, counts: vec![TopBox::default(); places] }
    }

    /// Counts the response of a row, and whether it has what is counted.
    pub(super) fn count(&mut self, row: usize, has: bool) {
        let last = self.counts.len() - 1;
        let place = self.units.map_or(last, |units| last.min(units.code_of(row) as usize));
        self.counts[place].n += 1;
        self.counts[place].top += u64::from(has);
    }

    /// All responses that were counted.
    pub(super) fn total(&self) -> TopBox {
        self.counts
            .iter()
            .fold(TopBox::default(), |all, unit| TopBox { n: all.n + unit.n, top: all.top + unit.top })
    }

    /// How much wider the interval is because units differ in this share; 1 where that cannot be told.
    pub(super) fn deff(&self) -> f64 {
        let mut by: By<u32, Mean> = By::default();
        for (place, unit) in self.counts.iter().enumerate().filter(|(_, unit)| unit.n > 0) {
            by.update(&(place as u32), &Mean::from(unit));
        }
        clustering(&by).map_or(1.0, |clustering| clustering.deff)
    }

    /// The share in [0, 1] with its interval; nothing where nothing was counted.
    pub(super) fn finish(&self) -> Option<Estimate> {
        widened(self.total().finish()?, self.deff(), 0.0, 1.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::recognise;
    use crate::reader::Reading;

    /// A file of units and ratings; the share is that of tens.
    fn tens(rows: &[(&str, u8)]) -> Option<(Estimate, f64)> {
        let mut file = String::from("store,score\n");
        rows.iter().for_each(|(unit, score)| file += &format!("{unit},{score}\n"));
        let plan = recognise(file.as_bytes(), "a.csv");
        let mut reading = Reading::new(&plan).ok()?;
        reading.push(file.as_bytes());
        let dataset = reading.finish();
        let mut share = Share::of(&dataset);
        dataset.ratings.iter().enumerate().for_each(|(row, &rating)| share.count(row, rating == 10));
        Some((share.finish()?, share.deff()))
    }

    #[test]
    fn units_that_differ_widen_the_interval_and_units_that_do_not_leave_it() {
        // Ten units of ten: in five everybody gives a ten, in five nobody. MSW = 0, so ICC = 1 and deff = 10.
        let apart: Vec<(&str, u8)> = (0..100)
            .map(|at| {
                (["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][at / 10], if at < 50 { 10 } else { 0 })
            })
            .collect();
        let (wide, deff) = tens(&apart).unwrap();
        assert!((deff - 10.0).abs() < 1e-9, "{deff}");
        let wilson = TopBox { n: 100, top: 50 }.finish().unwrap();
        assert!((wide.high - 0.5 - (wilson.high - 0.5) * 10f64.sqrt()).abs() < 1e-12);
        // The same tens, five in every unit.
        let alike: Vec<(&str, u8)> =
            (0..100).map(|at| (apart[at].0, if at % 2 == 0 { 10 } else { 0 })).collect();
        let (narrow, deff) = tens(&alike).unwrap();
        assert!((deff - 1.0).abs() < 1e-12 && narrow == wilson, "{narrow:?}");
    }

    #[test]
    fn responses_without_a_unit_are_one_more() {
        let rows: Vec<(&str, u8)> =
            (0..40).map(|at| (["a", ""][at / 20], if at < 20 { 10 } else { 0 })).collect();
        let (share, deff) = tens(&rows).unwrap();
        assert!(share.value == 0.5 && deff > 19.0, "{share:?} {deff}");
    }
}
