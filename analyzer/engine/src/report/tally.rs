//! What the report counts in one pass over the rows: ratings and evidence by unit, and the units in the order of their names,
//! so that floats are added in the same order whatever the order of the file.

use super::Levels;
use super::points::Statistic;
use crate::columns::{Categories, Dataset, NO_CODE};
use crate::scores::cluster::{Clustering, clustering};
use crate::scores::distribution::{Distribution, by_group};
use crate::scores::mean::Mean;
use crate::scores::state::By;
use crate::scores::unavailable::Unavailable;

/// Counts over the rows.
pub(super) struct Tally {
    /// All ratings of the score.
    pub(super) whole: Distribution,
    /// The place of each unit in the order of names, by code; empty without units.
    pub(super) ranks: Vec<u32>,
    /// The codes in the order of names.
    pub(super) order: Vec<u32>,
    /// Ratings of the score by unit, by code.
    pub(super) units: Vec<Distribution>,
    /// Evidence by unit, by code.
    pub(super) levels: Vec<Levels>,
}

impl Tally {
    pub(super) fn of(dataset: &Dataset) -> Tally {
        let mut whole = Distribution::default();
        whole.update(&dataset.ratings);
        let order = dataset.units.as_ref().map(Categories::order).unwrap_or_default();
        let mut ranks = vec![0; order.len()];
        for (rank, &code) in order.iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        let mut levels = vec![Levels::default(); order.len()];
        if let Some(units) = &dataset.units {
            for (code, &level) in
                units.codes().zip(&dataset.evidence.levels).filter(|(code, _)| *code != NO_CODE)
            {
                levels[code as usize].count(level);
            }
        }
        let units = dataset.units.as_ref().map(|units| by_group(units, &dataset.ratings)).unwrap_or_default();
        Tally { whole, ranks, order, units, levels }
    }

    /// How ratings cluster in units, as points of a statistic.
    pub(super) fn clustering(
        &self,
        statistic: Statistic,
        units: &[Distribution],
    ) -> Result<Clustering, Unavailable> {
        clustering(&self.points(statistic, units))
    }

    /// The points of each unit, by its place in the order of names.
    pub(super) fn points(&self, statistic: Statistic, units: &[Distribution]) -> By<u32, Mean> {
        let mut by = By::default();
        for (rank, &code) in self.order.iter().enumerate() {
            by.update(&(rank as u32), &statistic.points(&units[code as usize]));
        }
        by
    }

    /// The place of a row's unit in the order of names.
    pub(super) fn rank_of(&self, dataset: &Dataset, row: usize) -> Option<u32> {
        self.ranks.get(dataset.units.as_ref()?.code_of(row) as usize).copied()
    }

    /// Units with a rating of the score.
    pub(super) fn rated_units(&self) -> usize {
        self.units.iter().filter(|unit| unit.n() > 0).count()
    }
}
