//! Who is not heard: how many of the invited answered, and where the score of *all* of them can lie. The state counts invitations
//! and answers by unit; it touches nothing else.
//!
//! Response rate r = answered/sampled, with Wilson's interval; r comes from *sampled* invitations (those the sampling chose), never from
//! visits or sales. If nothing is assumed of the silent (Manski 1989, "Anatomy of the selection problem", J. Human Resources
//! 24:343–360; Horowitz and Manski 2000, JASA 95:77–84), a share p of the answers stands for a share in [rp, rp + 1 − r] of the
//! invited, and an NPS for r·NPS ± (1 − r). Both ends are themselves scores of all that were invited (all silent below, or all above), so
//! each takes its own interval: Wilson's, or the adjusted Wald of [`super::nps`]. The range from the lower end of the one to the upper
//! end of the other covers the truth at least 95% of the time (Imbens and Manski 2004, Econometrica 72:1845–1857, would allow a little less).
//!
//! Trap: at r = .1 an NPS of .6 is compatible with −.84 to .96. The bounds are wide because little is known, not because the method is weak.

use super::Estimate;
use super::cluster::widened;
use super::nps::Nps;
use super::state::{BadBytes, Bytes, State};
use super::top_box::TopBox;
use super::unavailable::Unavailable;

/// What became of sampled invitations. `scored` are the answers that hold the score: an answer that skipped the question is silent
/// about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard<S> {
    /// Invitations that the sampling chose and that reached a person.
    pub sampled: u64,
    /// The scores of those who answered.
    pub scored: S,
}

impl<S: State> State for Heard<S> {
    const TAG: [u8; 4] = [b'H', b'd', S::TAG[0], S::TAG[1]];
    fn merge(&mut self, other: &Heard<S>) {
        self.sampled += other.sampled;
        self.scored.merge(&other.scored);
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.sampled.to_le_bytes());
        self.scored.write(to);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Heard<S>, BadBytes> {
        Ok(Heard { sampled: from.count()?, scored: S::read(from)? })
    }
}

/// Where the score of all who were invited can lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The response rate, in [0, 1], with its interval.
    pub rate: Estimate,
    /// The score of those who answered.
    pub among_answers: f64,
    /// The least score that all can have, were every silent one at the bottom.
    pub least: f64,
    /// The greatest score that all can have, were every silent one at the top.
    pub greatest: f64,
    /// The lower end of the range, with sampling error.
    pub low: f64,
    /// The upper end of the range, with sampling error.
    pub high: f64,
}

/// How many are silent; refused when there were no invitations, no answers, or more answers than invitations.
fn silent(sampled: u64, answered: u64) -> Result<u64, Unavailable> {
    if sampled == 0 || answered == 0 {
        return Err(Unavailable::Empty);
    }
    sampled.checked_sub(answered).ok_or(Unavailable::OutOfRange)
}

/// The response rate with Wilson's interval, widened by √deff.
pub fn response_rate(sampled: u64, answered: u64, deff: f64) -> Result<Estimate, Unavailable> {
    if answered > sampled {
        return Err(Unavailable::OutOfRange);
    }
    let rate = TopBox { n: sampled, top: answered }.finish().ok_or(Unavailable::Empty)?;
    widened(rate, deff, 0.0, 1.0)
}

impl Heard<TopBox> {
    /// Bounds on the share, in [0, 1]; `deff` is the design effect of the score ([`super::cluster`]), 1 within one unit.
    pub fn finish(&self, deff: f64) -> Result<Bounds, Unavailable> {
        let TopBox { n, top } = self.scored;
        let silent = silent(self.sampled, n)?;
        let all = |top| {
            let share = TopBox { n: self.sampled, top }.finish().ok_or(Unavailable::Empty)?;
            widened(share, deff, 0.0, 1.0)
        };
        let (least, greatest) = (all(top)?, all(top + silent)?);
        Ok(Bounds {
            rate: response_rate(self.sampled, n, deff)?,
            among_answers: top as f64 / n as f64,
            least: least.value,
            greatest: greatest.value,
            low: least.low,
            high: greatest.high,
        })
    }
}

impl Heard<Nps> {
    /// Bounds on the NPS, in [−1, 1]; `deff` is the design effect of the score ([`super::cluster`]), 1 within one unit.
    pub fn finish(&self, deff: f64) -> Result<Bounds, Unavailable> {
        let Nps { n, promoters, detractors } = self.scored;
        let silent = silent(self.sampled, n)?;
        let all = |promoters, detractors| {
            let nps = Nps { n: self.sampled, promoters, detractors }.finish().ok_or(Unavailable::Empty)?;
            widened(nps, deff, -1.0, 1.0)
        };
        let (least, greatest) = (all(promoters, detractors + silent)?, all(promoters + silent, detractors)?);
        Ok(Bounds {
            rate: response_rate(self.sampled, n, deff)?,
            among_answers: self.scored.value().ok_or(Unavailable::Empty)?,
            least: least.value,
            greatest: greatest.value,
            low: least.low,
            high: greatest.high,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::{By, proof};
    use proptest::prelude::*;

    #[test]
    fn a_tenth_heard_leaves_almost_everything_open() {
        let heard = Heard { sampled: 1000, scored: Nps { n: 100, promoters: 70, detractors: 10 } };
        let found = heard.finish(1.0).unwrap();
        assert!((found.least + 0.84).abs() < 1e-12 && (found.greatest - 0.96).abs() < 1e-12, "{found:?}");
        assert!(found.low < found.least && found.greatest < found.high);
        assert!((found.rate.value - 0.1).abs() < 1e-15 && (found.among_answers - 0.6).abs() < 1e-15);
    }

    #[test]
    fn everybody_heard_leaves_the_interval_of_the_score() {
        let scored = TopBox { n: 263, top: 81 };
        let found = Heard { sampled: 263, scored }.finish(1.0).unwrap();
        let share = scored.finish().unwrap();
        assert_eq!(
            (found.low, found.least, found.greatest, found.high),
            (share.low, share.value, share.value, share.high)
        );
    }

    #[test]
    fn counts_that_cannot_be_are_refused() {
        let scored = TopBox { n: 5, top: 1 };
        assert_eq!(Heard { sampled: 4, scored }.finish(1.0), Err(Unavailable::OutOfRange));
        assert_eq!(Heard { sampled: 0, scored: TopBox::default() }.finish(1.0), Err(Unavailable::Empty));
        assert_eq!(Heard { sampled: 9, scored: Nps::default() }.finish(1.0), Err(Unavailable::Empty));
        assert_eq!(Heard { sampled: 9, scored }.finish(f64::INFINITY), Err(Unavailable::NotFinite));
        assert_eq!(response_rate(0, 0, 1.0), Err(Unavailable::Empty));
        assert_eq!(response_rate(9, 0, 1.0).unwrap().value, 0.0);
    }

    proptest! {
        #[test]
        fn the_bounds_are_those_of_the_formula_and_hold_whatever_the_silent_would_have_said(
            promoters in 0u64..50, neutral in 0u64..50, detractors in 1u64..50, silent in 0u64..200, said in 0.0..=1.0
        ) {
            let scored = Nps { n: promoters + neutral + detractors, promoters, detractors };
            let heard = Heard { sampled: scored.n + silent, scored };
            let found = heard.finish(1.5).unwrap();
            let (r, nps) = (scored.n as f64 / heard.sampled as f64, scored.value().unwrap());
            prop_assert!((found.least - (r * nps - (1.0 - r))).abs() < 1e-12);
            prop_assert!((found.greatest - (r * nps + (1.0 - r))).abs() < 1e-12);
            let more = (said * silent as f64) as u64;
            let truth = Nps { n: heard.sampled, promoters: promoters + more, detractors: detractors + silent - more };
            let truth = truth.value().unwrap();
            prop_assert!(found.least - 1e-12 <= truth && truth <= found.greatest + 1e-12);
            let top = Heard { sampled: heard.sampled, scored: TopBox { n: scored.n, top: promoters } }.finish(1.0).unwrap();
            let p = promoters as f64 / scored.n as f64;
            prop_assert!((top.least - r * p).abs() < 1e-12 && (top.greatest - (r * p + 1.0 - r)).abs() < 1e-12);
            prop_assert!(0.0 <= top.low && top.low <= top.least + 1e-12 && top.greatest <= top.high + 1e-12 && top.high <= 1.0);
        }

        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec((0u8..5, proptest::option::of(0u8..=10)), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, By<String, Heard<Nps>>>(&rows, &deal, order, |state, &(unit, score)| {
                let (n, promoters, detractors) = score
                    .map_or((0, 0, 0), |score| (1, u64::from(score >= 9), u64::from(score <= 6)));
                state.update(&unit.to_string(), &Heard { sampled: 1, scored: Nps { n, promoters, detractors } });
            })?;
        }
    }
}
