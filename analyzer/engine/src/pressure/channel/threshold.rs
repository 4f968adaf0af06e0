//! Threshold: period averages that heap just above the bonus target. It reads a unit's ratings by bonus period.
//!
//! The method and its traps are those of [`crate::pressure::threshold`]. The effect is near periods above the target beyond the
//! usual number.

use super::{Channel, Family, Figure, Reading, Usual, about};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::threshold::{Heap, heaps};
use crate::report::grouped;
use crate::scores::mean::Mean;

/// The channel.
pub struct Threshold;

struct Learnt {
    periods: Vec<Vec<Mean>>,
    heaps: Vec<Result<Heap, Absent>>,
    target: f64,
}

fn periods(unit: &Gathered) -> Vec<Mean> {
    unit.periods.states().copied().collect()
}

impl Channel for Threshold {
    fn name(&self) -> &'static str {
        "threshold"
    }
    fn title(&self) -> &'static str {
        "Period averages that heap just above the target"
    }
    fn test(&self) -> &'static str {
        "Counts just above and just below the target, against the slope of the other units' density there; exact, mid-p"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "Staff may honestly try harder when the month's average is close to the target."
    }
    fn usual(&self, units: &[&Gathered], _: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let bonus = terms.bonus.ok_or(Absent::NoBonus)?;
        let target = bonus.target_points(terms.scale).ok_or(Absent::NoBonus)?;
        if units.iter().all(|unit| unit.periods.is_empty()) {
            return Err(Absent::NoTimes);
        }
        let periods: Vec<Vec<Mean>> = units.iter().map(|unit| periods(unit)).collect();
        let heaps = heaps(&periods, Some(target))?;
        if let Some(Err(reason)) = heaps.first().filter(|_| heaps.iter().all(Result::is_err)) {
            return Err(reason.clone());
        }
        Ok(Box::new(Learnt { periods, heaps, target }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let heap = match own.and_then(|own| self.heaps.get(own)) {
            Some(heap) => heap.clone()?,
            None => {
                let mut all = self.periods.clone();
                all.push(periods(unit));
                heaps(&all, Some(self.target))?.pop().ok_or(Absent::NothingNear)??
            }
        };
        let sentence = format!(
            "Of {} periods with an average near the target, {} reach it; about {} usually would.",
            grouped(heap.near),
            grouped(heap.above),
            about(heap.expected)
        );
        let figure = Figure::share(heap.above, heap.near, heap.expected / heap.near.max(1) as f64);
        let effect = heap.above as f64 - heap.expected;
        Ok(Reading { p: heap.tail.mid_p, effect, figure, n: heap.near, sentence })
    }
}
