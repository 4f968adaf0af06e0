//! The protected question: a rate of pressure in a group, asked so that no answer says anything about who gave it. It
//! reads counts, and touches nothing else.
//!
//! The visitor sees two statements, a sensitive one ("somebody asked me for a good score") and an innocuous one of known
//! probability p ("my mother was born in January to March"), and says only whether *both or neither* ("same") or *exactly
//! one* is true. The answer is about a **group, never a person**: [`crosswise`] estimates the rate, [`extended`] lets two
//! groups with different p check each other.

pub mod crosswise;
pub mod extended;

use std::fmt;

/// The fewest answers an estimate is given for.
pub const MINIMUM: u64 = 50;

/// Why no rate is given.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// Fewer than [`MINIMUM`] answers: the estimate would be noise, and the group small enough to point at people.
    TooFewAnswers {
        /// Answers at hand.
        found: u64,
        /// Answers needed.
        needed: u64,
    },
    /// p is not strictly between 0 and 1, so that an answer would say what it should protect.
    Unprotected {
        /// The probability of the innocuous statement.
        p: f64,
    },
    /// p is within .01 of ½, where the answer says nothing at all.
    Uninformative {
        /// The probability of the innocuous statement.
        p: f64,
    },
    /// The two groups of the extended design have the same p, so that they cannot check each other.
    SameDesign,
    /// More "same" than answers.
    Impossible,
    /// The control statement's own rate is not in [0, 1], or is one at which random answers look like honest ones.
    NoControl,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TooFewAnswers { found, needed } => {
                write!(
                    f,
                    "There are {found} answers to the protected question; a rate needs at least {needed}."
                )
            }
            Refusal::Unprotected { p } => {
                write!(
                    f,
                    "An innocuous statement with probability {p} protects nobody. Use one between 0 and 1."
                )
            }
            Refusal::Uninformative { p } => {
                write!(
                    f,
                    "An innocuous statement with probability {p} hides everything. Use one far from ½, such as ¼."
                )
            }
            Refusal::SameDesign => {
                write!(f, "Both groups were asked with the same probability and cannot check each other.")
            }
            Refusal::Impossible => write!(f, "More answers say \"same\" than there are answers."),
            Refusal::NoControl => {
                write!(f, "The control statement needs a known rate in [0, 1] that is not ½.")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A rate in a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The estimate, clipped to [0, 1].
    pub rate: f64,
    /// The estimate as computed; far outside [0, 1] means that the instructions were not followed.
    pub unclipped: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The lower end of the 95% interval, in [0, 1].
    pub low: f64,
    /// The upper end of the 95% interval, in [0, 1].
    pub high: f64,
    /// Answers.
    pub n: u64,
}

/// The 97.5% point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Refuses a p that protects nobody or tells nothing.
fn check(p: f64) -> Result<(), Refusal> {
    if !(p > 0.0 && p < 1.0) {
        Err(Refusal::Unprotected { p })
    } else if (p - 0.5).abs() <= 0.01 {
        Err(Refusal::Uninformative { p })
    } else {
        Ok(())
    }
}

/// The probability of "same" at rate `rate`: πp + (1 − π)(1 − p).
fn same(rate: f64, p: f64) -> f64 {
    rate * p + (1.0 - rate) * (1.0 - p)
}
