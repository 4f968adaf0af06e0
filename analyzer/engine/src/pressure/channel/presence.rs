//! Presence: a script gave the answers, a score was raised after it had stood, or the page was left more than once while
//! answering. It reads how many responses show that, by input.
//!
//! What is expected are the site's rates for the same kinds of input, since touch and mouse differ; what honest units have beyond
//! or below it is learned from them ([`super::Rates`]). The effect is such responses beyond the usual number.

use super::{Channel, Family, Usual, about, counted, enough};
use crate::pressure::Absent;
use crate::pressure::gathered::{Gathered, INPUTS};
use crate::pressure::rows::Terms;
use crate::report::grouped;
use crate::scores::top_box::TopBox;

/// The channel.
pub struct Presence;

impl Channel for Presence {
    fn name(&self) -> &'static str {
        "presence"
    }
    fn title(&self) -> &'static str {
        "Scripted, raised or abandoned answers"
    }
    fn test(&self) -> &'static str {
        "Count against the usual rates by input; Poisson-lognormal over the units, mid-p"
    }
    fn family(&self) -> Family {
        Family::Moment
    }
    fn alternative(&self) -> &'static str {
        "People correct themselves, look things up, and dictate."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let mut all = [TopBox::default(); INPUTS];
        for unit in units {
            all.iter_mut().zip(&unit.presence).for_each(|(sum, own)| sum.merge(own));
        }
        if all.iter().all(|input| input.n == 0) {
            return Err(Absent::NoSignals);
        }
        let rates = all.map(|input| (input.top as f64 + 0.5) / (input.n as f64 + 1.0));
        let see = move |unit: &Gathered| {
            enough(unit.presence.iter().map(|input| input.n).sum())?;
            let expected = unit.presence.iter().zip(rates).map(|(input, rate)| input.n as f64 * rate).sum();
            Ok((unit.presence.iter().map(|input| input.top).sum(), expected))
        };
        counted(units, odds, see, |unit, found, expected| {
            let n = unit.presence.iter().map(|input| input.n).sum();
            let sentence = format!(
                "In {} of {} responses a script answered, a score was raised later or the page was left; {} would be \
                 usual.",
                grouped(found),
                grouped(n),
                about(expected)
            );
            (found as f64 - expected, n, sentence)
        })
    }
}
