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
use crate::sort;
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
        sort::map(paying.iter().map(|(answer, amount)| (answer.row, (answer.rating, counts(*amount)))));
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
    sort::by(&mut found, |a, b| b.share.value.total_cmp(&a.share.value).then_with(|| a.name.cmp(&b.name)));
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

#[cfg(test)]
mod tests {
    use super::super::examples::{answer, said, survey};
    use super::super::join;
    use super::*;
    use crate::plan::{Role, recognise};
    use crate::reader::Reading;

    const LONG: &str = "The waiting time was far too long and nobody answered my question";
    const FINE: &str = "Everything was fine and the staff were very friendly to all of us";

    fn found(dataset: &Dataset, amounts: &[i64]) -> Result<Pains, String> {
        let answers: Vec<Answer> = (0..amounts.len()).map(|row| answer(row, dataset.ratings[row])).collect();
        let paying: Vec<(&Answer, i64)> = answers.iter().zip(amounts.iter().copied()).collect();
        let mut absent = Vec::new();
        pains(dataset, &paying, &join::groups(dataset.score.scale), &mut absent)
            .ok_or_else(|| said(&absent, "pains"))
    }

    /// Each writer adds something of his own.
    fn written(rows: &[(u8, &str)]) -> Dataset {
        let row = |(at, (rating, text)): (usize, &(u8, &str))| format!("K{at},{rating},{text} {at}\n");
        let rows: String = rows.iter().enumerate().map(row).collect();
        survey(&format!("customer_id,nps,comment\n{rows}"))
    }

    #[test]
    fn the_money_of_low_scorers_who_speak_of_a_thing_is_shared_by_that_of_all_who_wrote() {
        // Twelve of 40 who gave 6 speak of waiting and bring 100 each; two of them lost money. Nobody who scores high counts, whatever he says.
        let rows: Vec<(u8, &str)> = (0..40)
            .map(|at| {
                if at < 12 {
                    (6, LONG)
                } else if at < 24 {
                    (7, LONG)
                } else {
                    (10, FINE)
                }
            })
            .collect();
        let mut amounts = vec![10_000; 40];
        (amounts[0], amounts[1]) = (-500, -1);
        let pains = found(&written(&rows), &amounts).unwrap();
        assert_eq!((pains.low, pains.commented), (6, 40));
        let waiting = pains.pains.iter().find(|pain| pain.name == "waiting time").unwrap();
        assert_eq!((waiting.kind.as_str(), waiting.n, waiting.of, waiting.money), ("phrase", 12, 40, 1000.0));
        assert!((waiting.share.value - 10.0 / 38.0).abs() < 1e-12, "{waiting:?}");
        assert!(!pains.pains.iter().any(|pain| pain.name.contains("staff")), "{pains:?}");
        assert!(pains.pains.windows(2).all(|pair| pair[0].share.value >= pair[1].share.value));
    }

    #[test]
    fn ten_low_scorers_are_needed_and_nine_tell_on_people() {
        let of = |low: usize| {
            let rows: Vec<(u8, &str)> =
                (0..40).map(|at| if at < low { (2, LONG) } else { (10, FINE) }).collect();
            found(&written(&rows), &[100; 40])
        };
        assert!(of(10).is_ok_and(|pains| pains.pains.iter().all(|pain| pain.n == 10)));
        assert!(of(9).unwrap_err().contains("at least 10 customers"));
        // Comments in another language are not looked at.
        let german = "Die Wartezeit war viel zu lang und niemand hat meine Frage beantwortet";
        assert!(found(&written(&[(2, german); 40]), &[100; 40]).is_err());
        assert_eq!(found(&written(&[(2, LONG); 40]), &[]), Err(String::new()));
    }

    #[test]
    fn low_ratings_of_another_question_are_shared_by_the_money_of_all_who_rated_it() {
        let rated = |high: u8, ratings: &dyn Fn(usize) -> (u8, String)| {
            let rows: String = (0..60)
                .map(|at| {
                    let (score, item) = ratings(at);
                    format!("K{at},{score},{item}\n")
                })
                .collect();
            let text = format!("customer_id,satisfaction,delivery\n{rows}");
            let mut plan = recognise(text.as_bytes(), "survey.csv");
            let roles = [Role::Ignore, Role::Score, Role::Item];
            plan.columns.iter_mut().zip(roles).for_each(|(column, role)| column.role = role);
            let mut reading = Reading::new(&plan).unwrap();
            reading.push(text.as_bytes());
            let dataset = reading.finish();
            assert_eq!((dataset.score.scale.high, dataset.beside.items.len()), (high, 1));
            dataset
        };
        // Scores and ratings from 1 to 5. Twelve are low in both, twelve in the score alone, twelve in the rating alone; twelve rated nothing.
        let dataset = rated(5, &|at| match at % 5 {
            0 => (1 + (at % 2) as u8, "2".into()),
            1 => (2, "5".into()),
            2 => (5, "1".into()),
            3 => (3, "4".into()),
            _ => (1, String::new()),
        });
        let pains = found(&dataset, &[100; 60]).unwrap();
        assert_eq!((pains.low, pains.commented, pains.pains.len()), (2, 0, 1));
        let pain = &pains.pains[0];
        assert_eq!(
            (pain.kind.as_str(), pain.name.as_str(), pain.n, pain.of, pain.money),
            ("rating", "delivery", 12, 48, 12.0)
        );
        assert!((pain.share.value - 0.25).abs() < 1e-12, "{pain:?}");
    }
}
