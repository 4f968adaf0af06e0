//! Coverage: few customers are asked. It reads how many page views of a unit could have been asked, how many were, and how many
//! responses there are.
//!
//! Two shares on the arcsine scale, each with sampling variance 1/(4n) against the usual centre and honest spread ([`Spread`]):
//! asked of those who could have been, and answered of those asked; low is what counts, and the two p-values are combined
//! ([`crate::pressure::cauchy`]). That the few are happy is for the ratings to say: a family may not look at what another one
//! tests. The effect is the usual share of customers asked less the unit's own.
//!
//! Trap: a page that draws its sample itself shows nothing here unless the page views it keeps out are counted as eligible.

use super::{Channel, Family, Figure, Learned, Reading, Usual, enough, percent};
use crate::pressure::Absent;
use crate::pressure::cauchy::combine;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};

/// The channel.
pub struct Coverage;

struct Learnt {
    asked: Result<Learned<Spread>, Absent>,
    answered: Result<Learned<Spread>, Absent>,
}

/// A low share as a high value.
fn low(part: u64, of: u64) -> Result<Seen, Absent> {
    let n = enough(of)? as f64;
    let share = (part.min(of) as f64 + 0.375) / (n + 0.75);
    Ok((-libm::asin(libm::sqrt(share)), 1.0 / (4.0 * n + 2.0)))
}

fn asked(unit: &Gathered) -> Result<Seen, Absent> {
    low(unit.asked[1], unit.asked[0])
}

fn answered(unit: &Gathered) -> Result<Seen, Absent> {
    low(unit.responses, unit.asked[1])
}

impl Channel for Coverage {
    fn name(&self) -> &'static str {
        "coverage"
    }
    fn title(&self) -> &'static str {
        "Few customers asked, or few answers"
    }
    fn test(&self) -> &'static str {
        "Shares asked and answered on the arcsine scale, against the honest spread of the units"
    }
    fn family(&self) -> Family {
        Family::Asking
    }
    fn alternative(&self) -> &'static str {
        "Fewer customers may have met the conditions under which one is asked."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        if units.iter().all(|unit| unit.asked[0] == 0) {
            return Err(Absent::NoExposures);
        }
        let [asked, answered] = [asked, answered]
            .map(|share| Learned::from(units.iter().map(|unit| share(unit)).collect(), odds, Spread::among));
        match (asked, answered) {
            (Err(reason), Err(_)) => Err(reason),
            (asked, answered) => Ok(Box::new(Learnt { asked, answered })),
        }
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let p = |learned: &Result<Learned<Spread>, Absent>, seen: Result<Seen, Absent>| match learned {
            Ok(learned) => Ok(learned.usual.tail(seen?, learned.place(own))),
            Err(reason) => Err(reason.clone()),
        };
        let both = [p(&self.asked, asked(unit)), p(&self.answered, answered(unit))];
        if let [Err(reason), Err(_)] = both {
            return Err(reason);
        }
        let each: Vec<f64> = both.into_iter().flatten().collect();
        let [eligible, sampled] = unit.asked;
        let share = sampled as f64 / eligible.max(1) as f64;
        let usual = self.asked.as_ref().map_or(share, |asked| libm::sin(asked.usual.usual().0).powi(2));
        let sentence = format!(
            "{} of {eligible} customers who could have been asked were; {} are usual. {} of {sampled} asked answered.",
            percent(share),
            percent(usual),
            unit.responses
        );
        let figure = Figure::share(sampled, eligible, usual);
        Ok(Reading { p: combine(&each)?, effect: usual - share, figure, n: eligible, sentence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::channel::Reading;
    use crate::pressure::draw;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// A unit with 1,000 customers who could have been asked.
    fn unit(asked: f64, answered: f64, random: &mut impl Rng) -> Gathered {
        let asked = draw::binomial(1000, asked, random);
        Gathered {
            asked: [1000, asked],
            responses: draw::binomial(asked, answered, random),
            ..Gathered::default()
        }
    }

    fn read(units: &[Gathered]) -> Vec<Result<Reading, Absent>> {
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Coverage.usual(&units, &vec![1.0; units.len()], &TERMS).unwrap();
        units.iter().enumerate().map(|(at, unit)| usual.read(unit, Some(at))).collect()
    }

    #[test]
    fn few_who_are_asked_and_few_who_answer_stand_out_and_many_do_not() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(102);
        let mut units: Vec<Gathered> = (0..40).map(|_| unit(0.6, 0.35, &mut random)).collect();
        for (asked, answered) in [(0.3, 0.35), (0.6, 0.15), (0.9, 0.6)] {
            units.push(unit(asked, answered, &mut random));
        }
        let found = read(&units);
        let found = |at: usize| found[at].as_ref().unwrap();
        assert!(
            found(40).p < 1e-3 && (found(40).effect - 0.3).abs() < 0.06 && found(40).n == 1000,
            "{:?}",
            found(40)
        );
        assert!(found(41).p < 1e-3 && found(41).effect.abs() < 0.06, "{:?}", found(41));
        assert!(found(42).p >= 0.5 && found(42).effect < -0.2, "{:?}", found(42));
        assert!(
            (found(40).figure.expected - 0.6).abs() < 0.03
                && (found(40).figure.found.value - 0.3).abs() < 0.06
        );
        let low = (0..40).filter(|&at| found(at).p <= 0.05).count();
        assert!(low <= 6, "{low} of 40");
    }

    #[test]
    fn more_answers_than_were_asked_for_are_all_and_without_page_views_nothing_is_said() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(103);
        let mut units: Vec<Gathered> = (0..12).map(|_| unit(0.6, 0.35, &mut random)).collect();
        units[3].responses = 5000;
        units[4].asked = [19, 19];
        let found = read(&units);
        assert!(found[3].as_ref().is_ok_and(|reading| reading.p > 0.1), "{:?}", found[3]);
        assert_eq!(found[4], Err(Absent::Responses { needed: 20, found: 19 }));
        let silent = Gathered::default();
        let usual = Coverage.usual(&[&silent; 12], &[1.0; 12], &TERMS);
        assert_eq!(usual.map(|_| ()), Err(Absent::NoExposures));
    }

    #[test]
    fn shares_stand_on_anscombes_scale() {
        // Anscombe (1948): asin √((x + ⅜)/(n + ¾)) has a variance of 1/(4n + 2). A half is π/4; (30 + ⅜)/(120 + ¾) is .52539.
        for (part, of, expected) in [
            (60, 120, std::f64::consts::FRAC_PI_4),
            (30, 120, 0.525_389_940_393_346_6),
            (90, 120, std::f64::consts::FRAC_PI_2 - 0.525_389_940_393_346_6),
        ] {
            let (value, variance) = low(part, of).unwrap();
            assert!(
                (value + expected).abs() < 1e-12 && (variance - 1.0 / 482.0).abs() < 1e-15,
                "{part} {value} {variance}"
            );
        }
        assert_eq!(low(200, 120), low(120, 120));
        assert_eq!(
            (low(10, 19), low(10, 20).is_ok()),
            (Err(Absent::Responses { needed: 20, found: 19 }), true)
        );
        let unit = Gathered { asked: [400, 120], responses: 30, ..Gathered::default() };
        assert_eq!((asked(&unit), answered(&unit)), (low(120, 400), low(30, 120)));
    }

    #[test]
    fn what_is_said_of_a_unit_are_its_shares_beside_the_usual_one() {
        let unit = |eligible, sampled, responses| Gathered {
            asked: [eligible, sampled],
            responses,
            ..Gathered::default()
        };
        let units: Vec<Gathered> =
            (0..12).map(|at| unit(1000, if at == 0 { 300 } else { 600 }, 200)).collect();
        let found = read(&units);
        let first = found[0].as_ref().unwrap();
        assert_eq!(
            first.sentence,
            "30% of 1000 customers who could have been asked were; 60% are usual. 200 of 300 asked answered."
        );
        assert!((first.effect - 0.3).abs() < 0.02 && (first.figure.expected - 0.6).abs() < 0.02, "{first:?}");
        assert_eq!((first.figure.found.value, first.n), (0.3, 1000));
        // Asked too rarely for a share of answers, a unit is judged by the other one alone.
        let mut units = units;
        units[5] = unit(1000, 15, 3);
        assert!(read(&units)[5].as_ref().is_ok_and(|reading| reading.p < 0.01));
    }
}
