//! Coverage: few customers are asked. It reads how many page views of a unit could have been asked, how many were, and how many
//! of those led to a score, by a trigger or a link. Answers of a kiosk have no page view of their own, and count in none of these.
//!
//! Two shares on the arcsine scale, each with sampling variance 1/(4n) against the usual centre and honest spread ([`Spread`]):
//! asked of those who could have been, and answered of those asked; low is what counts, and the two p-values are combined
//! ([`crate::pressure::cauchy`]). That the few are happy is for the ratings to say: a family may not look at what another one
//! tests. The sentence says both shares beside what is usual of them, the one with the smaller p-value first; the figure and the n
//! are that share's, and the effect is the usual one less the unit's own.
//!
//! Trap: a page that draws its sample itself shows nothing here unless the page views it keeps out are counted as eligible.

use super::{Channel, Family, Figure, Learned, Reading, Usual, enough, percent};
use crate::pressure::Absent;
use crate::pressure::cauchy::combine;
use crate::pressure::gathered::Gathered;
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};
use crate::report::grouped;

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
    low(unit.answered, unit.asked[1])
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
        let [eligible, sampled] = unit.asked;
        let of_asked = Arm::read(&self.asked, asked(unit), sampled, eligible, own);
        let of_answered = Arm::read(&self.answered, answered(unit), unit.answered, sampled, own);
        let p = |arm: &Arm| arm.tested.as_ref().map(|tested| tested.0).map_err(Clone::clone);
        let (p_asked, p_answered) = (p(&of_asked), p(&of_answered));
        if let (Err(reason), Err(_)) = (&p_asked, &p_answered) {
            return Err(reason.clone());
        }
        let each: Vec<f64> = [&p_asked, &p_answered].into_iter().flatten().copied().collect();
        let asked = of_asked.said("customers who could have been asked were");
        let answered = of_answered.said("who were asked gave a score");
        // What could not be tested cannot be what speaks.
        let answers_speak = p_answered.unwrap_or(2.0) < p_asked.unwrap_or(2.0);
        let (arm, sentence) =
            if answers_speak { (of_answered, [answered, asked]) } else { (of_asked, [asked, answered]) };
        let share = arm.share();
        let usual = arm.tested.as_ref().map_or(share, |tested| tested.1);
        let figure = Figure::share(arm.part, arm.of, usual);
        Ok(Reading {
            p: combine(&each)?,
            effect: usual - share,
            figure,
            n: arm.of,
            sentence: sentence.join(" "),
        })
    }
}

/// One of the two shares of a unit, beside what is usual of it.
struct Arm {
    part: u64,
    of: u64,
    /// Its p-value and the usual share.
    tested: Result<(f64, f64), Absent>,
}

impl Arm {
    fn read(
        learned: &Result<Learned<Spread>, Absent>,
        seen: Result<Seen, Absent>,
        part: u64,
        of: u64,
        own: Option<usize>,
    ) -> Arm {
        let tested = match (learned, seen) {
            (Ok(learned), Ok(seen)) => {
                let usual = libm::sin(learned.usual.usual().0).powi(2);
                Ok((learned.usual.tail(seen, learned.place(own)), usual))
            }
            (Err(reason), _) => Err(reason.clone()),
            (_, Err(reason)) => Err(reason),
        };
        Arm { part, of, tested }
    }

    /// The share, in [0, 1]; more answers than were asked for are all.
    fn share(&self) -> f64 {
        self.part.min(self.of) as f64 / self.of.max(1) as f64
    }

    /// The share as a sentence, with the usual one where it is known.
    fn said(&self, what: &str) -> String {
        let count = format!("{} of {} {what}", grouped(self.part), grouped(self.of));
        match &self.tested {
            Ok((_, usual)) => {
                format!("{count}, {}; {} are usual.", percent(self.share()), percent(*usual))
            }
            Err(_) => format!("{count}."),
        }
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
            answered: draw::binomial(asked, answered, random),
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
        // The few who answer are what is said and drawn, not the many who were asked.
        let few = found(41);
        assert!(few.p < 1e-3 && (few.effect - 0.2).abs() < 0.06 && few.n < 700, "{few:?}");
        assert!((few.figure.expected - 0.35).abs() < 0.03 && few.figure.found.high < 0.25, "{few:?}");
        assert!(found(42).p >= 0.5 && found(42).effect < -0.1, "{:?}", found(42));
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
        units[3].answered = 5000;
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
        let unit = Gathered { asked: [400, 120], responses: 99, answered: 30, ..Gathered::default() };
        assert_eq!((asked(&unit), answered(&unit)), (low(120, 400), low(30, 120)));
    }

    #[test]
    fn what_is_said_of_a_unit_are_its_shares_beside_the_usual_one() {
        let unit = |eligible, sampled, answered| Gathered {
            asked: [eligible, sampled],
            answered,
            ..Gathered::default()
        };
        let units: Vec<Gathered> =
            (0..12).map(|at| unit(1000, if at == 0 { 300 } else { 600 }, 200)).collect();
        let found = read(&units);
        let first = found[0].as_ref().unwrap();
        assert_eq!(
            first.sentence,
            "300 of 1,000 customers who could have been asked were, 30%; 60% are usual. \
             200 of 300 who were asked gave a score, 67%; 33% are usual."
        );
        assert!((first.effect - 0.3).abs() < 0.02 && (first.figure.expected - 0.6).abs() < 0.02, "{first:?}");
        assert_eq!((first.figure.found.value, first.n), (0.3, 1000));
        // Asked too rarely for a share of answers, a unit is judged by the other one alone.
        let mut units = units;
        units[5] = unit(1000, 15, 3);
        let alone = read(&units)[5].clone().unwrap();
        assert!(
            alone.p < 0.01 && alone.sentence.ends_with(" 3 of 15 who were asked gave a score."),
            "{alone:?}"
        );
        // Asked as others are and answered by few, it is the answers that are said first, with what is usual of them.
        units[5] = unit(1000, 600, 90);
        let few = read(&units)[5].clone().unwrap();
        assert!(
            few.sentence.starts_with("90 of 600 who were asked gave a score, 15%; 33% are usual. 600 of"),
            "{few:?}"
        );
        assert!((few.figure.found.value - 0.15).abs() < 1e-12 && (few.effect - 0.18).abs() < 0.02, "{few:?}");
    }
}
