//! What a whole file tells of the guesses that were made from its first rows. Of the order of day and month `04/05/2026` tells nothing,
//! `25/05/2026` that days come first; the order is that of the whole column, never of a row.

use crate::bytes::{Damaged, Reader, Writer};
use crate::columns::Dataset;
use crate::date::ambiguous_pair;
use crate::plan::{DateOrder, Holds, Plan, Role};

/// The dates that can be read in one order only, counted while the plan's order is a guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateVotes {
    /// In the column of the time.
    pub time: Votes,
    /// In other columns of times: one program writes all dates of a file.
    pub others: Votes,
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
    }

    pub(super) fn write(self, out: &mut Writer) {
        let DateVotes { time, others } = self;
        out.u64s(&[time.day_first, time.month_first, others.day_first, others.month_first]);
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Result<DateVotes, Damaged> {
        let mut votes = || Ok(Votes { day_first: bytes.u64()?, month_first: bytes.u64()? });
        Ok(DateVotes { time: votes()?, others: votes()? })
    }
}

impl Plan {
    /// The plan by which a file is to be read again, when `dataset`, which was read by this one, tells that a guess from the first rows
    /// was wrong: another order of day and month, or columns that play no part and whose cells are not what they were taken for.
    pub fn corrected_by(&self, dataset: &Dataset) -> Option<Plan> {
        let ordered = self.ordered_by(dataset);
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

    fn ordered_by(&self, dataset: &Dataset) -> Option<Plan> {
        let DateVotes { time, others } = dataset.date_votes;
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
