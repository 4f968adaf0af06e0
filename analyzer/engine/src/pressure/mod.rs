//! Pressure on units (an agent, a store, a team). What is looked at are plain columns ([`rows`]); what is kept of a unit are counts
//! and sums ([`gathered`]); the channels, a file each, say how far out a unit lies ([`channel`]); [`rule`] combines them into which
//! units stand out; [`suspects`] says what suspect answers do to a score, and [`firm`] what there is of evidence about everybody.
//!
//! A channel gives each unit a p-value that is calibrated under honest differences between units, which [`usual`] learns from the
//! units at hand. [`cauchy`] combines the channels of one family, [`partial_conjunction`] asks whether two families agree, and
//! Benjamini and Hochberg's values ([`across_units`]) say which units stand out among all that were tested. [`exact`],
//! [`threshold`] and [`period_end`] are the statistics of single channels; [`funnel`] and [`beta_binomial`] are the published
//! methods for averages alone, which no channel uses: they are what the benchmark compares with.
//!
//! Where a value cannot be had, the reason is [`Absent`]: a channel that abstains has no p-value, never one of 1.

pub mod beta_binomial;
pub mod cauchy;
pub mod channel;
pub mod dataset;
pub mod exact;
pub mod firm;
pub mod funnel;
pub mod gathered;
pub mod partial_conjunction;
pub mod period_end;
pub mod rows;
pub mod rule;
pub mod suspects;
pub mod threshold;
pub mod usual;

use crate::scores::false_discovery::benjamini_hochberg;
use crate::scores::unavailable::Unavailable;
use std::fmt;

/// The fewest responses of a unit that is tested.
pub const RESPONSES_NEEDED: u64 = 20;

/// Why a channel says nothing about a unit, or about all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Absent {
    /// The plan names no bonus target.
    NoBonus,
    /// The plan names no period that a bonus is paid for.
    NoPeriod,
    /// The file has no times.
    NoTimes,
    /// The unit has fewer periods than a pattern could show in.
    Periods {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// The unit, or all of its periods, has fewer responses than needed.
    Responses {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// There are fewer units to compare with than needed.
    Units {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// No period of the unit has an average near the target.
    NothingNear,
    /// The peers have too few period averages near the target to say what is usual there.
    PeersNear {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// No weekday has responses both in the last days of a period and before them.
    NotComparable,
    /// Every answer of the unit is the same, or of all units.
    Constant,
    /// The units differ by no more than chance, so that there is nothing to shrink towards.
    NoDifferences,
    /// The responses carry no signals of how they were given.
    NoSignals,
    /// There is no comment.
    NoComments,
    /// The sentiment of comments is not known.
    NoSentiment,
    /// The file says nothing of page views by unit.
    NoExposures,
    /// The survey asks no crosswise question.
    NoProtected,
    /// The survey asks no closed question but the score.
    OneQuestion,
    /// The scale has too few points for a shape.
    Scale,
    /// Fewer than two families of evidence could be had, so that they cannot agree.
    Families {
        /// How many there are.
        found: u64,
    },
    /// No channel of the family could be computed.
    NoChannel,
    /// The numbers contradict each other.
    Numbers(Unavailable),
}

impl From<Unavailable> for Absent {
    fn from(reason: Unavailable) -> Absent {
        match reason {
            Unavailable::Constant => Absent::Constant,
            reason => Absent::Numbers(reason),
        }
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::NoBonus => f.write_str("the plan names no bonus target"),
            Absent::NoPeriod => f.write_str("the plan names no bonus period"),
            Absent::NoTimes => f.write_str("the responses have no times"),
            Absent::Periods { needed, found } => {
                write!(f, "it needs {needed} periods and there {}", are(*found))
            }
            Absent::Responses { needed, found } => {
                write!(f, "it needs {needed} responses and there {}", are(*found))
            }
            Absent::Units { needed, found } => {
                write!(f, "it needs {needed} units to compare and there {}", are(*found))
            }
            Absent::NothingNear => f.write_str("no period has an average near the target"),
            Absent::PeersNear { needed, found } => write!(
                f,
                "it needs {needed} periods of other units with averages near the target and there {}",
                are(*found)
            ),
            Absent::NotComparable => {
                f.write_str("no weekday has responses both in the last days of a period and before them")
            }
            Absent::Constant => f.write_str("every answer is the same"),
            Absent::NoDifferences => f.write_str("the units differ by no more than chance"),
            Absent::NoSignals => f.write_str("the responses carry no signals of how they were given"),
            Absent::NoComments => f.write_str("there is no comment"),
            Absent::NoSentiment => f.write_str("the sentiment of comments is not known"),
            Absent::NoExposures => {
                f.write_str("the file does not say by unit how many customers could have been asked")
            }
            Absent::NoProtected => f.write_str("the survey asks no crosswise question"),
            Absent::OneQuestion => f.write_str("the survey asks no closed question but the score"),
            Absent::Scale => f.write_str("the scale has fewer than three points"),
            Absent::Families { found } => {
                write!(f, "two kinds of evidence must agree and there {}", are(*found))
            }
            Absent::NoChannel => f.write_str("no channel of this kind could be computed"),
            Absent::Numbers(reason) => reason.fmt(f),
        }
    }
}

impl std::error::Error for Absent {}

fn are(count: u64) -> String {
    match count {
        0 => "is none".into(),
        1 => "is 1".into(),
        count => format!("are {count}"),
    }
}

/// Refuses what is no probability.
fn probability(p: f64) -> Result<f64, Absent> {
    if p.is_nan() {
        Err(Absent::Numbers(Unavailable::NotFinite))
    } else if (0.0..=1.0).contains(&p) {
        Ok(p)
    } else {
        Err(Absent::Numbers(Unavailable::OutOfRange))
    }
}

/// The p-values of all units, adjusted over those that were tested (Benjamini and Hochberg 1995); a unit without one keeps its
/// reason and does not count. The order is that of `units`.
///
/// Trap: nothing may be filtered afterwards, or the share of false calls is no longer the one promised.
pub fn across_units(units: Vec<Result<f64, Absent>>) -> Result<Vec<Result<f64, Absent>>, Absent> {
    let tested: Vec<f64> = units.iter().flatten().copied().collect();
    let mut adjusted = benjamini_hochberg(&tested)?.into_iter();
    Ok(units.into_iter().map(|unit| unit.map(|_| adjusted.next().unwrap_or(1.0))).collect())
}

#[cfg(test)]
pub(crate) mod draw {
    //! Draws for the simulations of the tests.
    use rand_core::Rng;

    pub(crate) fn share(random: &mut impl Rng) -> f64 {
        (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn normal(random: &mut impl Rng) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - share(random)));
        radius * libm::cos(std::f64::consts::TAU * share(random))
    }

    pub(crate) fn binomial(n: u64, p: f64, random: &mut impl Rng) -> u64 {
        (0..n).filter(|_| share(random) < p).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    /// One world of 60 units with five families of three channels each: the shares of false and of right calls. The first `pushed`
    /// units have strong evidence in two families; one family is broken for everybody when `broken`.
    fn world(pushed: usize, broken: bool, random: &mut impl rand_core::Rng) -> (f64, f64) {
        let units = (0..60).map(|unit| {
            let families: Vec<f64> = (0..5)
                .map(|family| {
                    let mut channels = [(); 3].map(|()| draw::share(random));
                    if (unit < pushed && family < 2) || (broken && family == 4) {
                        channels[0] *= 1e-4;
                    }
                    cauchy::combine(&channels)
                })
                .collect::<Result<_, _>>()?;
            partial_conjunction::two_families(&families)
        });
        let called: Vec<bool> =
            across_units(units.collect()).unwrap().iter().map(|p| *p.as_ref().unwrap() <= 0.05).collect();
        let right = called[..pushed].iter().filter(|called| **called).count();
        let all = called.iter().filter(|called| **called).count();
        ((all - right) as f64 / all.max(1) as f64, right as f64 / pushed.max(1) as f64)
    }

    #[test]
    fn from_channels_to_units_the_false_share_is_kept_even_with_one_broken_family() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(14);
        for (pushed, broken) in [(0, false), (0, true), (6, false), (6, true)] {
            let rounds = 300;
            let (mut wrong, mut found) = (0.0, 0.0);
            for _ in 0..rounds {
                let (false_share, right) = world(pushed, broken, &mut random);
                wrong += false_share / f64::from(rounds);
                found += right / f64::from(rounds);
            }
            // Three standard errors of 5% in 300 worlds are 3.8%.
            assert!(wrong < 0.088, "{pushed} {broken}: {wrong}");
            assert!(pushed == 0 || found > 0.5, "{pushed} {broken}: {found}");
        }
    }

    #[test]
    fn a_unit_that_was_not_tested_keeps_its_reason_and_costs_the_others_nothing() {
        let few = Absent::Responses { needed: 20, found: 3 };
        let found = across_units(vec![Ok(0.02), Err(few.clone()), Ok(0.5)]).unwrap();
        assert_eq!(found, [Ok(0.04), Err(few), Ok(0.5)]);
        assert_eq!(across_units(vec![]), Ok(vec![]));
        assert_eq!(across_units(vec![Ok(f64::NAN)]), Err(Absent::Numbers(Unavailable::NotFinite)));
    }

    #[test]
    fn a_reason_reads_as_the_end_of_a_sentence() {
        assert_eq!(Absent::Periods { needed: 6, found: 1 }.to_string(), "it needs 6 periods and there is 1");
        assert_eq!(
            Absent::Families { found: 0 }.to_string(),
            "two kinds of evidence must agree and there is none"
        );
        assert_eq!(Absent::from(Unavailable::Constant).to_string(), "every answer is the same");
    }
}
