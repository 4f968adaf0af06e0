//! What a whole file tells of the guesses that were made from its first rows. Of the order of day and month `04/05/2026` tells nothing,
//! `25/05/2026` that days come first; the order is that of the whole column, never of a row.

use crate::bytes::{Damaged, Reader, Writer};
use crate::columns::{Dataset, NO_RATING};
use crate::date::ambiguous_pair;
use crate::plan::{DateOrder, Holds, Plan, Role, Scale};

/// The dates that can be read in one order only, counted while the plan's order is a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateVotes {
    /// In the column of the time.
    pub time: Votes,
    /// In other columns of times: one program writes all dates of a file.
    pub others: Votes,
    /// Scores off the scale, while that is a guess.
    pub off_scale: OffScale,
}

/// Whole numbers that are no points of the score's scale: how often each from 0 to 10 was met, and all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OffScale([u64; 12]);

impl OffScale {
    pub(crate) fn hear(&mut self, point: u8) {
        self.0[usize::from(point).min(11)] += 1;
    }

    fn add(&mut self, part: OffScale) {
        self.0.iter_mut().zip(part.0).for_each(|(all, part)| *all += part);
    }

    /// The lowest and the highest point from 0 to 10 that more than one in a thousand of `rated` scores have, and how many are off
    /// the scale, where these are more than one in a hundred and not far beyond.
    fn ends(self, rated: u64) -> Option<(u8, u8, u64)> {
        let (near, far) = (self.0[..11].iter().sum::<u64>(), self.0[11]);
        if near * 100 < rated + near || far * 2 > near {
            return None;
        }
        let met = |point: &u8| self.0[usize::from(*point)] * 1000 >= rated + near;
        Some(((0..=10).find(met)?, (0..=10).rev().find(met)?, near))
    }
}

/// Dates that can be read in one order only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Votes {
    /// With the day before the month.
    pub day_first: u64,
    /// With the month before the day.
    pub month_first: u64,
}

impl Votes {
    pub(crate) fn hear(&mut self, date: &str) {
        match ambiguous_pair(date) {
            Some((13..=31, 1..=12)) => self.day_first += 1,
            Some((1..=12, 13..=31)) => self.month_first += 1,
            _ => {}
        }
    }

    /// What most of them say.
    fn order(self) -> Option<DateOrder> {
        match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => Some(DateOrder::DayFirst),
            std::cmp::Ordering::Less => Some(DateOrder::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }

    fn add(&mut self, part: Votes) {
        self.day_first += part.day_first;
        self.month_first += part.month_first;
    }
}

impl DateVotes {
    pub(super) fn append(&mut self, part: DateVotes) {
        self.time.add(part.time);
        self.others.add(part.others);
        self.off_scale.add(part.off_scale);
    }

    pub(super) fn write(self, out: &mut Writer) {
        let DateVotes { time, others, off_scale } = self;
        out.u64s(&[time.day_first, time.month_first, others.day_first, others.month_first]);
        out.u64s(&off_scale.0);
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Result<DateVotes, Damaged> {
        let mut votes = || Ok(Votes { day_first: bytes.u64()?, month_first: bytes.u64()? });
        let (time, others) = (votes()?, votes()?);
        let mut off_scale = OffScale::default();
        for count in &mut off_scale.0 {
            *count = bytes.u64()?;
        }
        Ok(DateVotes { time, others, off_scale })
    }
}

impl Plan {
    /// The plan by which a file is to be read again, when `dataset`, which was read by this one, tells that a guess from the first rows
    /// was wrong: another order of day and month, a longer scale, or columns that play no part and whose cells are not what they were taken for.
    pub fn corrected_by(&self, dataset: &Dataset) -> Option<Plan> {
        let rescaled = self.rescaled_by(dataset);
        let ordered = match &rescaled {
            Some(plan) => plan.ordered_by(dataset).or(rescaled),
            None => self.ordered_by(dataset),
        };
        let odd: Vec<&str> = dataset
            .others
            .iter()
            .filter(|column| column.odd.more() > 0)
            .map(|column| column.name.as_str())
            .collect();
        if odd.is_empty() {
            return ordered;
        }
        let mut plan = ordered.unwrap_or_else(|| self.clone());
        let ignored = plan.columns.iter_mut().filter(|column| column.role == Role::Ignore);
        for column in ignored.filter(|column| odd.contains(&column.name.as_str())) {
            column.holds = Holds::Texts;
        }
        plan.notes.push(format!(
            "Behind the first rows, much in {} is of another kind than there, so it is kept as text.",
            odd.join(", ")
        ));
        Some(plan)
    }

    /// The plan with a longer scale, where the first rows did not show all of it.
    fn rescaled_by(&self, dataset: &Dataset) -> Option<Plan> {
        let scale = self.scale().filter(|_| self.scale_guessed)?;
        let rated = dataset.ratings.iter().filter(|&&rating| rating != NO_RATING).count() as u64;
        let (least, most, off) = dataset.date_votes.off_scale.ends(rated)?;
        let high = [5, 7, 10].into_iter().find(|&high| high >= most.max(scale.high))?;
        // Seven points from 0 are nobody's scale.
        let (low, high) =
            if least.min(scale.low) == 0 && high > 5 { (0, 10) } else { (least.min(scale.low), high) };
        let low = low.min(1);
        let mut plan = Plan { scale_guessed: false, ..self.clone() };
        let column = plan.columns.iter_mut().find(|column| column.role == Role::Score)?;
        column.scale = Some(Scale { low, high, nps: (low, high) == (0, 10) });
        crate::plan::not_nps(column);
        let name = column.name.clone();
        plan.notes.push(format!(
            "In the first rows {name} runs from {} to {}; further on {off} ratings lie beyond, so it is read as a scale from {low} to {high}.",
            scale.low, scale.high
        ));
        Some(plan)
    }

    fn ordered_by(&self, dataset: &Dataset) -> Option<Plan> {
        let DateVotes { time, others, .. } = dataset.date_votes;
        let order = time.order().or(others.order()).filter(|_| self.date_order_guessed)?;
        if order == self.date_order {
            return None;
        }
        let votes = if time.order().is_some() { time } else { others };
        let (read, most, fewest) = match order {
            DateOrder::DayFirst => ("day/month", votes.day_first, votes.month_first),
            DateOrder::MonthFirst => ("month/day", votes.month_first, votes.day_first),
        };
        let mut plan = Plan { date_order: order, date_order_guessed: false, ..self.clone() };
        plan.notes.push(format!(
            "The first rows did not tell the order of day and month, or told another: of all dates, {most} can only be {read} and {fewest} only the other way, so that all are read as {read}."
        ));
        Some(plan)
    }
}
