//! The titles of the pictures: what each of them shows, as a sentence over the report's numbers. It adds up counts that
//! the report has and claims nothing that the intervals do not carry.

use crate::names::Names;
use crate::numbers::{Statistic, count, share};
use crate::text::{TEXT, counted, fill, form};
use candor_engine::report::{Evidence, Score, Unit};
use candor_engine::scores::Estimate;
use std::cmp::Ordering::Equal;

/// Detractors, passives and promoters of a distribution from 0 to 10; nothing for other scales.
pub(crate) fn thirds(score: &Score) -> Option<[u64; 3]> {
    let counts = &score.distribution;
    (score.kind == "nps" || score.statistic == "nps").then_some(())?;
    Some([counts.get(..7)?.iter().sum(), counts.get(7..9)?.iter().sum(), counts.get(9..11)?.iter().sum()])
}

/// What the distribution shows.
pub(crate) fn distribution(score: &Score) -> String {
    match thirds(score) {
        Some([detractors, _, promoters]) => fill(
            TEXT.distribution_finding_nps,
            &[("promoters", &share(promoters, score.n)), ("detractors", &share(detractors, score.n))],
        ),
        None => {
            let most = score.distribution.iter().copied().max().unwrap_or(0);
            let at = score.distribution.iter().position(|&n| n == most).unwrap_or(0) as u64;
            let mode = (u64::from(score.scale_low) + at).to_string();
            fill(TEXT.distribution_finding, &[("share", &share(most, score.n)), ("mode", &mode)])
        }
    }
}

/// What the units show; `shown` are those with a score, highest first.
pub(crate) fn units(shown: &[(Unit, Estimate)], statistic: Statistic, names: &Names) -> String {
    match shown {
        [] => TEXT.units_none.into(),
        [(unit, e)] => {
            let value = statistic.with_interval(e.value, e.low, e.high);
            fill(TEXT.units_finding_one, &[("unit", &names.name(&unit.unit)), ("value", &value)])
        }
        [(highest, top), .., (lowest, bottom)] => {
            let text = if bottom.high >= top.low { TEXT.units_finding_overlap } else { TEXT.units_finding };
            fill(
                text,
                &[
                    ("highest", &names.name(&highest.unit)),
                    ("lowest", &names.name(&lowest.unit)),
                    ("high", &statistic.value(top.value)),
                    ("low", &statistic.value(bottom.value)),
                ],
            )
        }
    }
}

/// The unit with the highest score, where some units stand out and this one was tested and does not.
pub(crate) fn best_is_not_flagged(units: &[Unit]) -> Option<&Unit> {
    let score = |unit: &&Unit| unit.score.map(|score| score.value);
    let best = units
        .iter()
        .filter(|unit| unit.score.is_some())
        .max_by(|a, b| score(a).partial_cmp(&score(b)).unwrap_or(Equal))?;
    (units.iter().any(|unit| unit.flagged) && !best.flagged && best.p_adjusted.is_some()).then_some(best)
}

/// What the evidence comes to.
pub(crate) fn evidence(evidence: &Evidence) -> String {
    match (evidence.strong, evidence.some) {
        (0, 0) => return TEXT.evidence_finding_none.into(),
        (0, some) => return counted(TEXT.evidence_finding_some, some),
        _ => {}
    }
    let all = count(evidence.none + evidence.some + evidence.strong);
    let strong = count(evidence.strong);
    fill(form(TEXT.evidence_finding, evidence.strong), &[("n", &strong), ("all", &all)])
}

/// `1 response`, `12 responses`.
pub(crate) fn responses(n: u64) -> String {
    counted(TEXT.evidence_count, n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::report::Levels;

    fn score(statistic: &str, distribution: &[u64]) -> Score {
        Score {
            question: "q".into(),
            text: None,
            kind: if statistic == "nps" { "nps".into() } else { "csat".into() },
            statistic: statistic.into(),
            n: distribution.iter().sum(),
            value: 0.0,
            low: 0.0,
            high: 0.0,
            deff: 1.0,
            scale_low: if statistic == "nps" { 0 } else { 1 },
            scale_high: if statistic == "nps" { 10 } else { distribution.len() as u8 },
            distribution: distribution.to_vec(),
            sentence: String::new(),
        }
    }

    fn unit(name: &str, value: f64, low: f64, high: f64) -> (Unit, Estimate) {
        let unit = Unit {
            unit: name.into(),
            n: 50,
            score: Some(Estimate { value, low, high }),
            next: None,
            reason: None,
            evidence: Levels::default(),
            flagged: false,
            p_adjusted: None,
            verdict: None,
            untested: None,
            families: Vec::new(),
            channels: Vec::new(),
            suspects: None,
        };
        (unit, Estimate { value, low, high })
    }

    #[test]
    fn an_nps_distribution_is_titled_by_its_ends() {
        let score = score("nps", &[1, 0, 0, 0, 0, 1, 2, 3, 3, 5, 5]);
        assert_eq!(thirds(&score), Some([4, 6, 10]));
        assert_eq!(distribution(&score), "50% gave a 9 or 10, 20% gave 6 or less");
    }

    #[test]
    fn another_distribution_is_titled_by_its_commonest_score() {
        assert_eq!(distribution(&score("mean", &[1, 2, 5, 2, 0])), "50% gave a 3, more than any other score");
    }

    #[test]
    fn units_whose_intervals_overlap_are_not_said_to_differ() {
        let names = Names::shown();
        let apart = [unit("A", 0.6, 0.5, 0.7), unit("B", 0.1, 0.0, 0.2)];
        assert_eq!(units(&apart, Statistic::Nps, &names), "From 10 for B to 60 for A");
        let close = [unit("A", 0.6, 0.3, 0.8), unit("B", 0.2, 0.0, 0.4)];
        assert_eq!(
            units(&close, Statistic::Nps, &names),
            "The highest and the lowest overlap: A and B may not differ"
        );
        assert_eq!(units(&[], Statistic::Nps, &names), TEXT.units_none);
    }

    #[test]
    fn evidence_is_counted_out_of_all_responses() {
        let found = |some, strong| Evidence {
            none: 1000,
            some,
            strong,
            strong_share: None,
            by_chance: None,
            reasons: Vec::new(),
            claims_differ: 0,
            basis: String::new(),
        };
        assert_eq!(evidence(&found(20, 12)), "12 of 1,032 responses carry strong evidence of pressure");
        assert_eq!(evidence(&found(20, 1)), "1 of 1,021 responses carries strong evidence of pressure");
        assert_eq!(
            evidence(&found(1234, 0)),
            "No response carries strong evidence of pressure; 1,234 carry some"
        );
        assert_eq!(evidence(&found(0, 0)), "No response carries evidence of pressure");
    }

    #[test]
    fn the_best_unit_is_named_only_where_others_stand_out_and_it_does_not() {
        let tested = |name: &str, value: f64, flagged: bool| Unit {
            flagged,
            p_adjusted: Some(if flagged { 0.001 } else { 0.5 }),
            ..unit(name, value, value, value).0
        };
        let named = |units: &[Unit]| best_is_not_flagged(units).map(|unit| unit.unit.clone());
        assert_eq!(named(&[tested("a", 0.9, false), tested("b", 0.8, true)]), Some("a".into()));
        assert_eq!(named(&[tested("a", 0.7, false), tested("b", 0.8, true)]), None);
        assert_eq!(named(&[tested("a", 0.9, false), tested("b", 0.8, false)]), None);
    }
}
