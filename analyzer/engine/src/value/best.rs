//! The best customers beside the others: the fifth who bring the most money, and how they score.

use super::scored::Scored;
use super::{MINIMUM, counts, join::Answer, say};
use crate::report::{Absent, Statistic, two_samples};
use crate::scores::Estimate;
use serde::{Deserialize, Serialize};

/// The part of the customers who are called best.
pub const BEST: f64 = 0.2;

/// The best customers beside the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The least that one of them brings.
    pub from: f64,
    /// How many they are: a fifth, and whoever brings as much as the last of these.
    pub n: u64,
    /// All others.
    pub others: u64,
    /// The share of all money that they bring.
    pub share: f64,
    /// Their score.
    pub score: Estimate,
    /// That of the others.
    pub others_score: Estimate,
    /// Best less others.
    pub difference: Estimate,
    /// The p-value of no difference; absent when it cannot be had.
    pub p: Option<f64>,
}

pub(super) fn best(
    paying: &[(&Answer, i64)],
    statistic: Statistic,
    absent: &mut Vec<Absent>,
) -> Option<Best> {
    if paying.is_empty() {
        return None;
    }
    let mut amounts: Vec<i64> = paying.iter().map(|(_, amount)| *amount).collect();
    amounts.sort_unstable();
    amounts.reverse();
    let wanted = libm::ceil(amounts.len() as f64 * BEST) as usize;
    let from = amounts[wanted.saturating_sub(1)];
    let (mut ours, mut others) = (Scored::default(), Scored::default());
    let (mut brought, mut total) = (0i128, 0i128);
    for (answer, amount) in paying {
        let is = *amount >= from;
        (if is { &mut ours } else { &mut others }).add(answer.unit, answer.rating);
        total += i128::from(counts(*amount));
        brought += if is { i128::from(counts(*amount)) } else { 0 };
    }
    let n = ours.n();
    // Where the best are half of all at most, the others are as many.
    if n < MINIMUM || from <= 0 || n * 2 > paying.len() as u64 {
        say(
            absent,
            "best",
            "The best customers cannot be told apart: there are too few, or most bring the same.",
        );
        return None;
    }
    let found = two_samples(statistic, &others.ratings, &ours.ratings, [1.0; 2])?;
    Some(Best {
        from: from as f64 / 100.0,
        n,
        others: others.n(),
        share: brought as f64 / total as f64,
        score: ours.score(statistic)?,
        others_score: others.score(statistic)?,
        difference: Estimate { value: found.value, low: found.low, high: found.high },
        p: Some(found.p).filter(|p| p.is_finite()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::examples::{paying, said};
    use super::*;

    fn found(rows: &[(u8, i64)]) -> Result<Best, String> {
        let answers = paying(rows);
        let all: Vec<(&Answer, i64)> =
            answers.iter().map(|answer| (answer, answer.customer.revenue)).collect();
        let mut absent = Vec::new();
        best(&all, Statistic::Nps, &mut absent).ok_or_else(|| said(&absent, "best"))
    }

    #[test]
    fn a_fifth_who_bring_most_are_the_best_and_the_others_the_rest() {
        // Twelve of 60, all promoters, bring 20; of 48 others, half promoters and half detractors, each brings 5.
        let rows: Vec<_> = (0..60)
            .map(|at| if at % 5 == 0 { (10, 2000) } else { (if at % 2 == 0 { 9 } else { 6 }, 500) })
            .collect();
        let best = found(&rows).unwrap();
        assert_eq!((best.n, best.others, best.from), (12, 48, 20.0));
        // 240 of 480.
        assert!((best.share - 0.5).abs() < 1e-12, "{best:?}");
        assert_eq!((best.score.value, best.others_score.value, best.difference.value), (1.0, 0.0, 1.0));
        assert!(best.difference.low > 0.3 && best.p.is_some_and(|p| p < 0.01), "{best:?}");
    }

    #[test]
    fn whoever_brings_as_much_as_the_last_of_the_fifth_is_among_the_best() {
        // Ten of 50 are the fifth; the tenth brings 7, and so do four more.
        let amounts = |same: usize| -> Vec<(u8, i64)> {
            (0..50)
                .map(|at| {
                    (
                        at as u8 % 11,
                        if at < 9 {
                            900
                        } else if at < 10 + same {
                            700
                        } else {
                            100
                        },
                    )
                })
                .collect()
        };
        assert_eq!(found(&amounts(0)).map(|best| (best.n, best.others, best.from)), Ok((10, 40, 7.0)));
        assert_eq!(found(&amounts(4)).map(|best| (best.n, best.others, best.from)), Ok((14, 36, 7.0)));
        // Half of all may be the best, and no more.
        assert_eq!(found(&amounts(15)).map(|best| best.n), Ok(25));
        assert!(found(&amounts(16)).unwrap_err().contains("most bring the same"));
        // A fifth of 45 is nine, of 46 ten.
        let (few, enough) = (&amounts(0)[..45], &amounts(0)[..46]);
        assert!(found(few).is_err() && found(enough).is_ok_and(|best| best.n == 10));
    }

    #[test]
    fn losses_count_as_no_money_and_without_money_nobody_is_best() {
        let rows = |loss: i64| -> Vec<(u8, i64)> {
            (0..60)
                .map(|at| {
                    (
                        at as u8 % 11,
                        if at < 12 {
                            300
                        } else if at < 24 {
                            100
                        } else {
                            loss
                        },
                    )
                })
                .collect()
        };
        // 36 of 48.
        assert_eq!(found(&rows(-50)), found(&rows(0)));
        assert!((found(&rows(-50)).unwrap().share - 0.75).abs() < 1e-12);
        let none: Vec<(u8, i64)> = (0..60).map(|at| (at as u8 % 11, if at < 12 { 0 } else { -5 })).collect();
        assert!(found(&none).unwrap_err().contains("cannot be told apart"));
        // One hundredth is money.
        let least: Vec<(u8, i64)> = (0..60).map(|at| (at as u8 % 11, i64::from(at < 12))).collect();
        assert_eq!(found(&least).map(|best| (best.n, best.from, best.share)), Ok((12, 0.01, 1.0)));
        assert_eq!(found(&[]), Err(String::new()));
    }
}
