//! Evidence of pressure on everybody. Units are compared with each other, so that what all of them do is invisible to the
//! channels; this reads the sums over all units, and is reported apart. "No pressure" is never concluded from it.

use super::Absent;
use super::channel::drift::Line;
use super::gathered::{Gathered, Units};
use super::rows::Terms;
use crate::protected::crosswise::Crosswise;
use crate::scores::state::State;
use crate::scores::{Estimate, Z};

/// One kind of evidence about the whole firm.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The channel that it belongs to.
    pub channel: &'static str,
    /// The figure with its 95% interval: a share, or points of the scale for drift.
    pub estimate: Estimate,
    /// What it rests on: comments, answers.
    pub n: u64,
    /// One plain sentence.
    pub sentence: String,
}

/// The evidence about the whole firm, each kind or why it cannot be had.
pub fn firm(units: &Units, terms: &Terms) -> Vec<(&'static str, Result<Evidence, Absent>)> {
    let mut all = Gathered::default();
    for unit in units.states() {
        all.comments.merge(&unit.comments);
        all.protected.merge(&unit.protected);
        all.months.merge(&unit.months);
    }
    vec![("solicitation", solicitation(&all)), ("drift", drift(&all)), ("protected", protected(&all, terms))]
}

fn hundred(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

fn solicitation(all: &Gathered) -> Result<Evidence, Absent> {
    let estimate = all.comments.finish().ok_or(Absent::NoComments)?;
    let sentence = format!(
        "{} of {} comments ({} to {}) say that a score was asked for.",
        hundred(estimate.value),
        all.comments.n,
        hundred(estimate.low),
        hundred(estimate.high)
    );
    Ok(Evidence { channel: "solicitation", estimate, n: all.comments.n, sentence })
}

/// The rise of scores against their words. The interval takes responses as independent; clustered by unit it would be wider.
fn drift(all: &Gathered) -> Result<Evidence, Absent> {
    let line = Line::fit(&[all])?;
    let ((value, variance), n) = line.inflation(all)?;
    let half = Z * libm::sqrt(variance);
    let estimate = Estimate { value, low: value - half, high: value + half };
    let sentence = format!(
        "Against what the words of {n} comments go with, scores moved by {value:+.2} points ({:+.2} to {:+.2}) between the earlier \
         and the later half of the months.",
        estimate.low, estimate.high
    );
    Ok(Evidence { channel: "drift", estimate, n, sentence })
}

fn protected(all: &Gathered, terms: &Terms) -> Result<Evidence, Absent> {
    let p = terms.protected.ok_or(Absent::NoProtected)?;
    let found = all.protected.n;
    if found == 0 {
        return Err(Absent::NoProtected);
    }
    let needed = super::channel::protected::ANSWERS_NEEDED;
    let rate = Crosswise { n: found, same: all.protected.top }.finish(p);
    let rate = rate.map_err(|_| Absent::Responses { needed, found })?;
    let estimate = Estimate { value: rate.rate, low: rate.low, high: rate.high };
    let sentence = format!(
        "About {} of customers ({} to {}) say under protection that they were pressed; answering at random would look like 50%.",
        hundred(rate.rate),
        hundred(rate.low),
        hundred(rate.high)
    );
    Ok(Evidence { channel: "protected", estimate, n: found, sentence })
}
