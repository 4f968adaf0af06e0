//! Why a statistic has no value: each reason is a case of its own, so that the report can say it in its own words and no
//! number that merely looks right takes its place. Plain values; it touches nothing.

use std::fmt;

/// The reason a statistic cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unavailable {
    /// There is no response, unit, period or value to compute from.
    Empty,
    /// There are fewer observations than the statistic needs.
    TooFew {
        /// How many it needs.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// All responses belong to one unit, so nothing can be said about differences between units.
    OneUnit,
    /// No unit has a second response, so differences between units cannot be told from differences between responses.
    OneResponseEach,
    /// Every value is the same.
    Constant,
    /// A number that was handed in is not a number, or infinite.
    NotFinite,
    /// A number that was handed in lies outside its range, or contradicts another: a negative weight, a probability
    /// above 1, more answers than invitations.
    OutOfRange,
    /// Sums became too large to be exact.
    TooLarge,
    /// States or rows with different numbers of columns were put together.
    DifferentColumns,
    /// The population has a group in which nobody answered, so no weight can stand for it.
    EmptyCell(String),
    /// The sample has a group that the population does not mention.
    UnknownCell(String),
    /// The margins handed in describe populations of different sizes.
    MarginsDisagree,
    /// An iteration did not settle in the rounds it was given.
    NotConverged {
        /// How many rounds were made.
        rounds: u32,
    },
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Empty => f.write_str("there is nothing to compute it from"),
            Unavailable::TooFew { needed, found } => {
                write!(f, "it needs {needed} observations and there are {found}")
            }
            Unavailable::OneUnit => f.write_str("all responses belong to one unit"),
            Unavailable::OneResponseEach => f.write_str("no unit has more than one response"),
            Unavailable::Constant => f.write_str("every value is the same"),
            Unavailable::NotFinite => f.write_str("a number that was handed in is missing or infinite"),
            Unavailable::OutOfRange => f.write_str("a number that was handed in lies outside its range"),
            Unavailable::TooLarge => f.write_str("the numbers are too large to add exactly"),
            Unavailable::DifferentColumns => f.write_str("parts with different columns were put together"),
            Unavailable::EmptyCell(cell) => {
                write!(f, "nobody answered in the group “{cell}”: merge it with another")
            }
            Unavailable::UnknownCell(cell) => {
                write!(f, "the population says nothing about the group “{cell}”")
            }
            Unavailable::MarginsDisagree => {
                f.write_str("the margins describe populations of different sizes")
            }
            Unavailable::NotConverged { rounds } => write!(f, "it did not settle in {rounds} rounds"),
        }
    }
}

impl std::error::Error for Unavailable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_as_the_end_of_a_sentence() {
        assert_eq!(
            Unavailable::TooFew { needed: 2, found: 1 }.to_string(),
            "it needs 2 observations and there are 1"
        );
        assert!(Unavailable::EmptyCell("men".into()).to_string().contains("men"));
    }
}
