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
use crate::report::grouped;
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
            "About {} of {} customers say under protection that they were pressed; {} is usual.",
            percent(found),
            grouped(n),
            percent(usual)
        );
        let own = Crosswise { n, same: unit.protected.top }.finish(self.p);
        let own = own.map_err(|_| Absent::Responses { needed: ANSWERS_NEEDED, found: n })?;
        let own = Estimate { value: own.rate, low: own.low, high: own.high };
        let figure = Figure { measure: Measure::Share, found: own, expected: usual };
        Ok(Reading { p: tail, effect: found - usual, figure, n, sentence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use crate::scores::top_box::TopBox;
    use rand_core::{Rng, SeedableRng};

    fn terms(protected: Option<f64>) -> Terms {
        Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected }
    }

    /// A unit of `n` answers to a statement that is true for a quarter, where a share `rate` was pressed.
    fn unit(n: u64, rate: f64, random: &mut impl Rng) -> Gathered {
        let top = draw::binomial(n, 0.75 - 0.5 * rate, random);
        Gathered { protected: TopBox { n, top }, ..Gathered::default() }
    }

    fn read(units: &[Gathered], p: f64) -> Vec<Result<Reading, Absent>> {
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Protected.usual(&units, &vec![1.0; units.len()], &terms(Some(p))).unwrap();
        units.iter().enumerate().map(|(at, unit)| usual.read(unit, Some(at))).collect()
    }

    #[test]
    fn a_unit_where_half_say_that_they_were_pressed_stands_out_and_the_others_do_not() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(93);
        let mut units: Vec<Gathered> = (0..24).map(|_| unit(400, 0.1, &mut random)).collect();
        units.push(unit(400, 0.5, &mut random));
        let found = read(&units, 0.25);
        let last = found[24].as_ref().unwrap();
        assert!(last.p < 1e-3 && (last.effect - 0.4).abs() < 0.12 && last.n == 400, "{last:?}");
        assert!((last.figure.found.value - 0.5).abs() < 0.1 && (last.figure.expected - 0.1).abs() < 0.05);
        let low = found[..24].iter().filter(|reading| reading.as_ref().unwrap().p <= 0.05).count();
        assert!(low <= 4, "{low} of 24");
        // The opposite of the statement, true for three quarters, tells the same of the same people.
        let turned: Vec<Gathered> = units
            .iter()
            .map(|unit| {
                let TopBox { n, top } = unit.protected;
                Gathered { protected: TopBox { n, top: n - top }, ..Gathered::default() }
            })
            .collect();
        for (one, other) in found.iter().zip(read(&turned, 0.75)) {
            let (one, other) = (one.as_ref().unwrap(), other.unwrap());
            assert!((one.p / other.p - 1.0).abs() < 1e-6, "{one:?} {other:?}");
            assert!((one.effect - other.effect).abs() < 1e-9, "{one:?} {other:?}");
        }
    }

    #[test]
    fn fewer_than_fifty_answers_say_nothing_of_a_unit_and_a_coin_nothing_at_all() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(94);
        let mut units: Vec<Gathered> = (0..12).map(|_| unit(60, 0.1, &mut random)).collect();
        units.extend([unit(50, 0.1, &mut random), unit(49, 0.1, &mut random)]);
        let found = read(&units, 0.25);
        assert!(found[12].is_ok());
        assert_eq!(found[13], Err(Absent::Responses { needed: 50, found: 49 }));
        let units: Vec<&Gathered> = units.iter().collect();
        let silent = Gathered::default();
        for (units, p) in [(&units[..], None), (&units[..], Some(0.5)), (&[&silent; 12][..], Some(0.25))] {
            let usual = Protected.usual(units, &vec![1.0; units.len()], &terms(p));
            assert_eq!(usual.map(|_| ()), Err(Absent::NoProtected));
        }
    }

    #[test]
    fn the_rate_is_that_of_the_crosswise_model_and_the_side_is_the_one_where_it_is_high() {
        // (λ + p − 1)/(2p − 1): .6 with p = ¼ is .3, with p = ¾ it is .7; cut to [0, 1].
        for (same, p, expected) in
            [(0.6, 0.25, 0.3), (0.6, 0.75, 0.7), (0.9, 0.25, 0.0), (0.1, 0.25, 1.0), (0.25, 0.75, 0.0)]
        {
            assert!((rate(same, p) - expected).abs() < 1e-12, "{same} {p}");
        }
        let unit = |n, top| Gathered { protected: TopBox { n, top }, ..Gathered::default() };
        // A half is π/4 on the arcsine scale; the variance is 1/(4n + 2). Parts of a whole add up to π/2.
        let (value, variance) = seen(&unit(60, 30), 0.75).unwrap();
        assert!(
            (value - std::f64::consts::FRAC_PI_4).abs() < 1e-12 && (variance - 1.0 / 242.0).abs() < 1e-15
        );
        assert_eq!(seen(&unit(60, 30), 0.25).unwrap().0, -value);
        let (one, other) = (seen(&unit(60, 12), 0.75).unwrap().0, seen(&unit(60, 48), 0.75).unwrap().0);
        // (12 + ⅜)/(60 + ¾).
        assert!(
            (one + other - std::f64::consts::FRAC_PI_2).abs() < 1e-12
                && (one.sin().powi(2) - 12.375 / 60.75).abs() < 1e-12
        );
        assert_eq!(seen(&unit(49, 12), 0.75), Err(Absent::Responses { needed: 50, found: 49 }));
        assert!(seen(&unit(50, 12), 0.75).is_ok());
    }

    #[test]
    fn a_share_that_says_nothing_is_refused() {
        let unit = Gathered { protected: TopBox { n: 60, top: 42 }, ..Gathered::default() };
        let none = Gathered::default();
        let learned =
            |units: &[&Gathered], p| Protected.usual(units, &vec![1.0; units.len()], &terms(p)).map(|_| ());
        for p in [None, Some(0.5), Some(1.5), Some(-0.25), Some(f64::NAN)] {
            assert_eq!(learned(&[&unit; 12], p), Err(Absent::NoProtected), "{p:?}");
        }
        assert_eq!(learned(&[&none; 12], Some(0.25)), Err(Absent::NoProtected));
        // One unit that was asked is enough to look at the others.
        let mut units = vec![&unit; 12];
        units[0] = &none;
        assert_eq!(learned(&units, Some(0.25)), Ok(()));
    }
}
