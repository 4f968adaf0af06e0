//! Level: more ratings at the top of the scale than other units have. It reads a unit's count of ratings.
//!
//! The share of top ratings on the arcsine scale, where its sampling variance is 1/(4n) whatever the share (Spiegelhalter 2005,
//! Statistics in Medicine 24:1185–1202), against the usual centre and honest spread ([`Spread`]). The effect is the share beyond
//! the usual one, in [−1, 1].
//!
//! Trap: weak by design. Honest units differ in quality by more than pressure moves an average.

use super::{Channel, Family, Figure, Learned, Reading, Usual, enough, percent};
use crate::pressure::Absent;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};
use crate::report::grouped;

/// The channel.
pub struct Level;

struct Learnt {
    spread: Learned<Spread>,
    terms: Terms,
}

fn seen(unit: &Gathered, terms: &Terms) -> Result<Seen, Absent> {
    let tops = unit.tops(terms);
    let n = enough(tops.n)? as f64;
    // Anscombe (1948, Biometrika 35:246–254): an eighth of a response keeps the variance at the ends of the scale.
    Ok((libm::asin(libm::sqrt((tops.top as f64 + 0.375) / (n + 0.75))), 1.0 / (4.0 * n + 2.0)))
}

impl Channel for Level {
    fn name(&self) -> &'static str {
        "level"
    }
    fn title(&self) -> &'static str {
        "More top ratings than other units have"
    }
    fn test(&self) -> &'static str {
        "Share of top ratings on the arcsine scale, against the honest spread of the units"
    }
    fn family(&self) -> Family {
        Family::Ratings
    }
    fn alternative(&self) -> &'static str {
        "The unit may simply be better than the others, or serve customers who are easier to please."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], terms: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let seen = units.iter().map(|unit| seen(unit, terms)).collect();
        Ok(Box::new(Learnt { spread: Learned::from(seen, odds, Spread::among)?, terms: *terms }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let tops = unit.tops(&self.terms);
        let share = tops.top as f64 / enough(tops.n)? as f64;
        let p = self.spread.usual.tail(seen(unit, &self.terms)?, self.spread.place(own));
        let usual = libm::sin(self.spread.usual.usual().0).powi(2);
        let sentence = format!(
            "{} of {} ratings are {}; {} are usual.",
            percent(share),
            grouped(tops.n),
            self.terms.scale.high,
            percent(usual)
        );
        Ok(Reading {
            p,
            effect: share - usual,
            figure: Figure::share(tops.top, tops.n, usual),
            n: tops.n,
            sentence,
        })
    }
}
