//! What the pains cost: the share of money that customers bring who score low and speak of a thing, or rate it low. Not what would be
//! won by mending it: these customers may stay as they are, and others would stay anyway.
//!
//! Phrases are those of low scorers' English comments ([`crate::words::phrases`]), of the sample that a dataset keeps; their money is shared
//! by that of all customers with a comment in the sample. Low ratings of another question (its bottom box) are shared by the money of all who rated it.

use super::cell::Cell;
use super::join::{Answer, Group};
use super::{MINIMUM, counts, say, weighted};
use crate::columns::{Dataset, NO_RATING};
use crate::report::{Absent, Statistic};
use crate::scores::Estimate;
use crate::words::language::Language;
use crate::words::phrases;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the pains cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pains {
    /// The highest rating of those who count as low scorers.
    pub low: u8,
    /// Customers with money and a comment that was looked at.
    pub commented: u64,
    /// The pains, the dearest first.
    pub pains: Vec<Pain>,
}

/// A pain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pain {
    /// `phrase`, or `rating` of another question.
    pub kind: String,
    /// The phrase, or the question.
    pub name: String,
    /// Customers who have it, at least 10.
    pub n: u64,
    /// Customers among whom they are counted.
    pub of: u64,
    /// The share of these customers' money that they bring.
    pub share: Estimate,
    /// Their money.
    pub money: f64,
}

pub(super) fn pains(
    dataset: &Dataset,
    paying: &[(&Answer, i64)],
    groups: &[Group],
    absent: &mut Vec<Absent>,
) -> Option<Pains> {
    if paying.is_empty() {
        return None;
    }
    let scale = dataset.score.scale;
    // Detractors; of a short scale its bottom box; of a longer one its lowest third.
    let low = match groups.first() {
        Some(group) if group.high > group.low => group.high,
        _ => (scale.low..=scale.high)
            .rev()
            .find(|&point| Statistic::BottomBox(scale).point(point) == 1)
            .unwrap_or(scale.low),
    };
    let mut found = Vec::new();
    let by_row: BTreeMap<usize, (u8, i64)> =
        paying.iter().map(|(answer, amount)| (answer.row, (answer.rating, counts(*amount)))).collect();
    let comments: Vec<(&str, u8, i64)> = dataset
        .comments
        .sample()
        .filter(|comment| comment.language == Some(Language::ENGLISH))
        .filter_map(|comment| {
            by_row.get(&comment.row).map(|&(rating, amount)| (comment.text, rating, amount))
        })
        .collect();
    let mut all = Cell::default();
    comments.iter().for_each(|comment| all.update(comment.2));
    let lows: Vec<(std::collections::BTreeSet<String>, i64)> = comments
        .iter()
        .filter(|comment| comment.1 <= low)
        .map(|comment| (phrases::candidates(comment.0), comment.2))
        .collect();
    let of_low =
        comments.iter().filter(|comment| comment.1 <= low).map(|comment| (comment.0, Some(comment.1)));
    for phrase in phrases::phrases(of_low) {
        let mut some = Cell::default();
        lows.iter()
            .filter(|(has, _)| has.contains(&phrase.phrase))
            .for_each(|(_, amount)| some.update(*amount));
        found.extend(pain("phrase", &phrase.phrase, some, all));
    }
    for item in &dataset.beside.items {
        let statistic = Statistic::BottomBox(item.scale);
        let (mut some, mut all) = (Cell::default(), Cell::default());
        for (answer, amount) in paying {
            let rating = item.ratings.get(answer.row).copied().unwrap_or(NO_RATING);
            if rating == NO_RATING {
                continue;
            }
            all.update(counts(*amount));
            if statistic.point(rating) == 1 && answer.rating <= low {
                some.update(counts(*amount));
            }
        }
        found.extend(pain("rating", item.text.as_deref().unwrap_or(&item.question), some, all));
    }
    if found.is_empty() {
        say(
            absent,
            "pains",
            "What the pains cost cannot be told: at least 10 customers who score low must speak of the same thing in English, or rate it low.",
        );
        return None;
    }
    found.sort_by(|a, b| b.share.value.total_cmp(&a.share.value).then_with(|| a.name.cmp(&b.name)));
    Some(Pains { low, commented: all.n, pains: found })
}

fn pain(kind: &str, name: &str, some: Cell, all: Cell) -> Option<Pain> {
    if some.n < MINIMUM {
        return None;
    }
    let share = weighted::share(some, all)?;
    let money = some.sum as f64 / 100.0;
    Some(Pain { kind: kind.into(), name: name.into(), n: some.n, of: all.n, share, money })
}
