//! Solicitation: comments that say a score was asked for. It reads how many comments there are and in how many the words were
//! heard (`candor_survey::words`).
//!
//! Counts against the usual rate and its honest spread ([`super::Rates`]). The effect is such comments beyond the usual number.
//!
//! Trap: the rule hears most phrases, not all, and some that are no solicitation; both are the same for all units, and the usual
//! rate takes them in.

use super::{Channel, Family, Usual, about, counted};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::report::grouped;

/// The channel.
pub struct Solicitation;

impl Channel for Solicitation {
    fn name(&self) -> &'static str {
        "solicitation"
    }
    fn title(&self) -> &'static str {
        "Comments that tell of a score that was asked for"
    }
    fn test(&self) -> &'static str {
        "Count of comments with such phrases against the usual rate; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Words
    }
    fn alternative(&self) -> &'static str {
        "Writers joke, and some speak of another shop."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.comments.n == 0) {
            return Err(Absent::NoComments);
        }
        counted(
            units,
            odds,
            |unit| match unit.comments.n {
                0 => Err(Absent::NoComments),
                n => Ok((unit.comments.top, n as f64)),
            },
            |unit, found, expected| {
                let n = unit.comments.n;
                let sentence = format!(
                    "{} of {} comments say that a score was asked for; {} would be usual.",
                    grouped(found),
                    grouped(n),
                    about(expected)
                );
                (found as f64 - expected, n, sentence)
            },
        )
    }
}
