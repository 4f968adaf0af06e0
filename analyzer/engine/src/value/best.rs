//! The best customers beside the others: the fifth who bring the most money, and how they score.

use super::{MINIMUM, counts, join::Answer, say};
use crate::report::{Absent, Statistic, two_samples};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
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
    amounts.sort_unstable_by(|a, b| b.cmp(a));
    let wanted = libm::ceil(amounts.len() as f64 * BEST) as usize;
    let from = amounts[wanted.saturating_sub(1)];
    let (mut ours, mut others) = (Distribution::default(), Distribution::default());
    let (mut brought, mut total) = (0i128, 0i128);
    for (answer, amount) in paying {
        let is = *amount >= from;
        (if is { &mut ours } else { &mut others }).add(answer.rating, 1);
        total += i128::from(counts(*amount));
        brought += if is { i128::from(counts(*amount)) } else { 0 };
    }
    let n = ours.n();
    if n < MINIMUM || others.n() < MINIMUM || from <= 0 || n * 2 > paying.len() as u64 {
        say(
            absent,
            "best",
            "The best customers cannot be told apart: there are too few, or most bring the same.",
        );
        return None;
    }
    let found = two_samples(statistic, &others, &ours, [1.0; 2])?;
    Some(Best {
        from: from as f64 / 100.0,
        n,
        others: others.n(),
        share: brought as f64 / total as f64,
        score: statistic.estimate(&ours)?,
        others_score: statistic.estimate(&others)?,
        difference: Estimate { value: found.value, low: found.low, high: found.high },
        p: Some(found.p).filter(|p| p.is_finite()),
    })
}
