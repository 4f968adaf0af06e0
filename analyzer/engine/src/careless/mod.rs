//! Careless answering, a file an index: what one response to a block of items looks like beside all others. It reads
//! blocks of small whole numbers, keeps exact counts, and touches nothing else.
//!
//! **These indices are confounded with being satisfied**: a happy customer gives the top answer everywhere. Report them
//! as *careless*, apart from *pressured*, and never let one alone lower anyone's score.
//!
//! What needs a fit over all responses is a state of whole numbers ([`moments::Moments`], [`counts::ItemCounts`],
//! [`duplicates::Duplicates`]) with `update`, `merge` and a byte form; what looks at one response alone is a function.
//! [`indices`] computes all of them for a response at once.

pub mod counts;
pub mod duplicates;
pub mod even_odd;
pub mod guttman;
pub mod indices;
pub mod irv;
pub mod longstring;
pub mod mahalanobis;
pub mod moments;
pub mod page_time;
pub mod person_total;
pub mod synonyms;

use std::fmt;

/// The answer of somebody who did not answer.
pub const MISSING: u8 = 255;

/// Answers to a block of items, row-major: all answers of the first response in the order asked, then the second's.
/// Answers are whole numbers from 0 to 254, [`MISSING`] is 255. Use the items as asked, not reverse-keyed.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    items: usize,
    answers: &'a [u8],
}

impl<'a> Block<'a> {
    /// A block of responses to `items` items.
    pub fn new(items: usize, answers: &'a [u8]) -> Result<Block<'a>, Refusal> {
        if items == 0 {
            return Err(Refusal::NoItems);
        }
        if !answers.len().is_multiple_of(items) {
            return Err(Refusal::Ragged { items, answers: answers.len() });
        }
        Ok(Block { items, answers })
    }

    /// How many items a response has.
    pub fn items(&self) -> usize {
        self.items
    }

    /// The responses, one slice each.
    pub fn rows(&self) -> std::slice::ChunksExact<'a, u8> {
        self.answers.chunks_exact(self.items)
    }
}

/// Columns (one slice an item, all of one length) as the answers of a row-major [`Block`].
pub fn row_major(columns: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    let rows = columns.first().ok_or(Refusal::NoItems)?.len();
    if let Some(other) = columns.iter().find(|column| column.len() != rows) {
        return Err(Refusal::Ragged { items: columns.len(), answers: rows * columns.len() + other.len() });
    }
    let mut answers = vec![MISSING; rows * columns.len()];
    for (item, column) in columns.iter().enumerate() {
        for (row, &answer) in column.iter().enumerate() {
            answers[row * columns.len() + item] = answer;
        }
    }
    Ok(answers)
}

/// Why an index of careless answering is not computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The block has no items.
    NoItems,
    /// The answers do not fill whole rows.
    Ragged {
        /// Items in a row.
        items: usize,
        /// Answers at hand.
        answers: usize,
    },
    /// Two states, or a state and a block, are about different items, seeds or sizes.
    Unlike,
    /// Too few responses for the index to mean anything.
    TooFewResponses {
        /// Responses at hand.
        found: u64,
        /// Responses needed.
        needed: u64,
    },
    /// Every item has the same answer from everybody (or none at all).
    AllConstant,
    /// Two items were never answered by the same two responses, so that they have no covariance.
    NeverTogether {
        /// The first item, counted from 0.
        first: usize,
        /// The second item, counted from 0.
        second: usize,
    },
    /// So many answers are missing that the pairwise covariance is that of no responses: a distance by it could be negative.
    Holes,
    /// One item follows from others (a copy, a sum).
    Dependent {
        /// The first such item, counted from 0.
        item: usize,
    },
    /// No two items correlate as strongly as asked.
    NoPairs,
    /// Fewer than two factors, or a factor without items.
    TooFewFactors,
    /// The factors name another number of items than the block has.
    FactorsUnlikeItems {
        /// Items named by the factors.
        named: usize,
        /// Items of the block.
        items: usize,
    },
    /// The scale has fewer than two points, or reaches 255, which means missing.
    NoScale,
    /// A confidence or a threshold outside (0, 1).
    OutOfRange,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoItems => write!(f, "There are no items to compare. Name at least one rating column."),
            Refusal::Ragged { items, answers } => {
                write!(
                    f,
                    "{answers} answers do not fill rows of {items} items. Every response needs a place for every item."
                )
            }
            Refusal::Unlike => {
                write!(f, "These counts are about different items or settings and cannot be added.")
            }
            Refusal::TooFewResponses { found, needed } => {
                let (are, s) = if *found == 1 { ("is", "") } else { ("are", "s") };
                write!(f, "There {are} {found} response{s}; this needs at least {needed}.")
            }
            Refusal::AllConstant => {
                write!(f, "Everybody gave the same answers, or none, so nobody can stand out.")
            }
            Refusal::Holes => {
                write!(
                    f,
                    "Too many answers are missing to say how the items vary together. Leave out the item that is answered least."
                )
            }
            Refusal::NeverTogether { first, second } => {
                write!(
                    f,
                    "Items {} and {} were never answered together. Leave one out.",
                    first + 1,
                    second + 1
                )
            }
            Refusal::Dependent { item } => {
                write!(f, "Item {} follows from the items before it. Leave it out.", item + 1)
            }
            Refusal::NoPairs => write!(f, "No two items correlate strongly enough to be compared."),
            Refusal::TooFewFactors => {
                write!(f, "Even–odd consistency needs at least two factors, each with items.")
            }
            Refusal::FactorsUnlikeItems { named, items } => {
                write!(f, "The factors name {named} items, but there are {items}.")
            }
            Refusal::NoScale => write!(f, "The scale needs at least two points between 0 and 254."),
            Refusal::OutOfRange => write!(f, "The confidence or threshold must lie between 0 and 1."),
        }
    }
}

impl std::error::Error for Refusal {}

/// Pearson's r of pairs, two passes around the means; none when either side does not vary. Callers that know their values
/// as whole numbers test for a constant side exactly before they come here.
pub(crate) fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (mut mean_x, mut mean_y) = (0.0, 0.0);
    for &(x, y) in pairs {
        mean_x += x;
        mean_y += y;
    }
    mean_x /= n;
    mean_y /= n;
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for &(x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    let scale = libm::sqrt(xx * yy);
    (scale > 0.0).then(|| (xy / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
pub(crate) mod fixture {
    //! `careless_dataset.csv` (R package careless, MIT, Yentes & Wilhelm) and what that package says of it.

    /// The 200 responses to 50 items, row-major.
    pub(crate) fn answers() -> Vec<u8> {
        include_str!("fixtures/careless_dataset.csv")
            .lines()
            .skip(1)
            .flat_map(|line| line.split(',').map(|answer| answer.parse().unwrap()))
            .collect()
    }

    /// A column of a reference file; an empty field is none.
    pub(crate) fn column(file: &str, name: &str) -> Vec<Option<f64>> {
        let mut lines = file.lines();
        let place = lines.next().unwrap().split(',').position(|field| field == name).unwrap();
        lines.map(|line| line.split(',').nth(place).unwrap().parse().ok()).collect()
    }

    /// A column of what R's careless says.
    pub(crate) fn reference(name: &str) -> Vec<Option<f64>> {
        column(include_str!("fixtures/careless_reference.csv"), name)
    }

    /// The largest difference between what was found and what was expected; the same places must be empty.
    pub(crate) fn deviation(found: &[Option<f64>], expected: &[Option<f64>]) -> f64 {
        assert_eq!(found.len(), expected.len());
        let mut largest = 0.0f64;
        for (row, pair) in found.iter().zip(expected).enumerate() {
            match pair {
                (Some(found), Some(expected)) => largest = largest.max((found - expected).abs()),
                (None, None) => {}
                _ => panic!("row {}: {pair:?}", row + 1),
            }
        }
        largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_are_the_same_block() {
        let answers = row_major(&[&[1, 2, 3], &[4, MISSING, 6]]).unwrap();
        assert_eq!(answers, [1, 4, 2, MISSING, 3, 6]);
        let block = Block::new(2, &answers).unwrap();
        assert_eq!(block.rows().nth(1).unwrap(), [2, MISSING]);
        assert_eq!(block.items(), 2);
    }

    #[test]
    fn blocks_that_are_none_are_refused() {
        assert_eq!(Block::new(0, &[]).unwrap_err(), Refusal::NoItems);
        assert_eq!(Block::new(3, &[1, 2]).unwrap_err(), Refusal::Ragged { items: 3, answers: 2 });
        assert_eq!(row_major(&[]).unwrap_err(), Refusal::NoItems);
        assert!(matches!(row_major(&[&[1], &[]]).unwrap_err(), Refusal::Ragged { .. }));
    }

    #[test]
    fn r_of_a_line_is_one_and_of_a_constant_none() {
        assert_eq!(pearson(&[(1.0, 2.0), (2.0, 4.0), (4.0, 8.0)]), Some(1.0));
        assert_eq!(pearson(&[(1.0, 3.0), (2.0, 2.0)]), Some(-1.0));
        assert_eq!(pearson(&[(1.0, 3.0), (1.0, 2.0)]), None);
        assert_eq!(pearson(&[]), None);
    }
}
