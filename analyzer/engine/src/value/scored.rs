//! The score of a part of the customers, with the interval that the report's own score has: customers of one unit answer alike, so
//! that a part is worth fewer customers than it has (see [`crate::scores::cluster`]).
//!
//! Differences between two parts are not widened: both are served by the same units, whose levels cancel.

use crate::report::Statistic;
use crate::scores::Estimate;
use crate::scores::cluster::{clustering, widened};
use crate::scores::distribution::Distribution;
use crate::scores::mean::Mean;
use crate::scores::state::By;

/// The unit of an answer that names none.
pub(super) const NO_UNIT: u32 = u32::MAX;

/// Ratings, and those of each unit.
#[derive(Clone, Debug, Default)]
pub(super) struct Scored {
    /// All of them.
    pub(super) ratings: Distribution,
    units: std::collections::BTreeMap<u32, Distribution>,
}

impl Scored {
    /// Adds a rating of a unit, by its place in the order of names, or [`NO_UNIT`].
    pub(super) fn add(&mut self, unit: u32, rating: u8) {
        self.ratings.add(rating, 1);
        if unit != NO_UNIT {
            self.units.entry(unit).or_default().add(rating, 1);
        }
    }

    /// How many ratings.
    pub(super) fn n(&self) -> u64 {
        self.ratings.n()
    }

    /// The design effect, at least 1; 1 where it cannot be told.
    fn deff(&self, statistic: Statistic) -> f64 {
        let mut units: By<u32, Mean> = By::default();
        self.units.iter().for_each(|(unit, ratings)| units.update(unit, &statistic.points(ratings)));
        clustering(&units).map_or(1.0, |found| found.deff)
    }

    /// The score; absent without a rating.
    pub(super) fn score(&self, statistic: Statistic) -> Option<Estimate> {
        statistic.clustered(&self.ratings, self.deff(statistic))
    }

    /// An estimate of these ratings in another way, its interval made as much longer.
    pub(super) fn widened(&self, statistic: Statistic, estimate: Estimate) -> Estimate {
        let (least, greatest) = statistic.range();
        widened(estimate, self.deff(statistic), least, greatest).unwrap_or(estimate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(unit: impl Fn(u32) -> u32) -> Estimate {
        let mut scored = Scored::default();
        // 20 units of 30 customers, half of them of tens, half of sixes; two ratings differ in each.
        for row in 0..600u32 {
            let usual = if row / 30 % 2 == 0 { 10 } else { 6 };
            scored.add(unit(row), if row % 30 < 2 { 8 } else { usual });
        }
        assert_eq!(scored.n(), 600);
        scored.score(Statistic::Nps).unwrap()
    }

    #[test]
    fn customers_of_units_that_differ_are_worth_less_than_as_many_of_anywhere() {
        let (by_unit, anywhere) = (scored(|row| row / 30), scored(|row| row % 7));
        let alone = scored(|_| NO_UNIT);
        assert_eq!((by_unit.value, anywhere), (alone.value, alone), "nothing but the unit differs");
        // Nearly all of the variance lies between units, so that 30 customers are worth little more than one.
        let longer = (by_unit.high - by_unit.low) / (alone.high - alone.low);
        assert!((4.8..5.6).contains(&longer), "{longer}");
    }
}
