//! Protected: customers of a unit who say under protection that they were pressed. It reads how many answered the crosswise
//! question, and how many gave the same answer to both of its statements.
//!
//! The share λ of "same" answers on the arcsine scale against the usual one and its honest spread ([`Spread`]), on the side on which
//! the rate π = (λ + p − 1)/(2p − 1) is high. The effect is π of the unit less the usual π, both cut to [0, 1]; never of a person.
//! Refused below [`ANSWERS_NEEDED`].

use super::{Channel, Family, Figure, Learned, Measure, Reading, Usual, percent};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};
use crate::protected::crosswise::Crosswise;
use crate::scores::Estimate;

/// The channel.
pub struct Protected;

/// The fewest answers from which a rate may be computed.
pub const ANSWERS_NEEDED: u64 = 50;

struct Learnt {
    spread: Learned<Spread>,
    p: f64,
}

fn seen(unit: &Gathered, p: f64) -> Result<Seen, Absent> {
    let n = unit.protected.n;
    if n < ANSWERS_NEEDED {
        return Err(Absent::Responses { needed: ANSWERS_NEEDED, found: n });
    }
    let same = libm::asin(libm::sqrt((unit.protected.top as f64 + 0.375) / (n as f64 + 0.75)));
    Ok((if p > 0.5 { same } else { -same }, 1.0 / (4.0 * n as f64 + 2.0)))
}

/// π, cut to [0, 1].
fn rate(same: f64, p: f64) -> f64 {
    ((same + p - 1.0) / (2.0 * p - 1.0)).clamp(0.0, 1.0)
}

impl Channel for Protected {
    fn name(&self) -> &'static str {
        "protected"
    }
    fn title(&self) -> &'static str {
        "Customers who say under protection that they were pressed"
    }
    fn test(&self) -> &'static str {
        "Share of \"same\" answers of the crosswise model on the arcsine scale, against the honest spread of the units"
    }
    fn family(&self) -> Family {
        Family::Told
    }
    fn alternative(&self) -> &'static str {
        "Customers who answer such a question at random look as if half of them had been pressed."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let p = terms.protected.filter(|p| (0.0..=1.0).contains(p) && (p - 0.5).abs() > 1e-6);
        let p = p.ok_or(Absent::NoProtected)?;
        if units.iter().all(|unit| unit.protected.n == 0) {
            return Err(Absent::NoProtected);
        }
        let seen = units.iter().map(|unit| seen(unit, p)).collect();
        Ok(Box::new(Learnt { spread: Learned::from(seen, odds, Spread::among)?, p }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let tail = self.spread.usual.tail(seen(unit, self.p)?, self.spread.place(own));
        let n = unit.protected.n;
        let found = rate(unit.protected.top as f64 / n as f64, self.p);
        let usual = rate(libm::sin(self.spread.usual.usual().0).powi(2), self.p);
        let sentence = format!(
            "About {} of {n} customers say under protection that they were pressed; {} is usual.",
            percent(found),
            percent(usual)
        );
        let own = Crosswise { n, same: unit.protected.top }.finish(self.p);
        let own = own.map_err(|_| Absent::Responses { needed: ANSWERS_NEEDED, found: n })?;
        let own = Estimate { value: own.rate, low: own.low, high: own.high };
        let figure = Figure { measure: Measure::Share, found: own, expected: usual };
        Ok(Reading { p: tail, effect: found - usual, figure, n, sentence })
    }
}
