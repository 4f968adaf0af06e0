//! Preset: scores that the link had filled in before the customer saw the question. It reads how many responses that are not
//! from a kiosk came with one.
//!
//! Counts against the usual rate and its honest spread ([`super::Rates`]). The effect is the share of such responses beyond the
//! usual one.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::report::grouped;

/// The channel.
pub struct Preset;

impl Channel for Preset {
    fn name(&self) -> &'static str {
        "preset"
    }
    fn title(&self) -> &'static str {
        "Scores that the link had filled in"
    }
    fn test(&self) -> &'static str {
        "Count against the usual rate; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Moment
    }
    fn alternative(&self) -> &'static str {
        "A link in an e-mail may carry the score that the customer clicked there."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.preset.n == 0) {
            return Err(Absent::NoSignals);
        }
        counted(
            units,
            odds,
            |unit| Ok((unit.preset.top, enough(unit.preset.n)? as f64)),
            |unit, preset, expected| {
                let n = unit.preset.n;
                let sentence = format!(
                    "{} of {} scores were already filled in when the survey opened; {} would be usual.",
                    grouped(preset),
                    grouped(n),
                    about(expected)
                );
                ((preset as f64 - expected) / n as f64, n, sentence)
            },
        )
    }
}
