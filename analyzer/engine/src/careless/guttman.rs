//! Guttman errors and U3: whether somebody reaches the unpopular steps of a scale while missing the popular ones. It reads
//! [`ItemCounts`] and one response, and touches nothing else.
//!
//! An item on a scale of m + 1 points has m *steps*; step s is taken by who answers at least the s-th point above the lowest.
//! Its popularity p is the share that takes it. With all steps ordered by falling popularity (ties: earlier item, then lower
//! step), G counts the pairs in which the less popular step was taken and the more popular was not: Σ rank of the steps
//! taken − N(N + 1)/2, N the number taken (the total score). Normed: G over the most that this total allows. With W = Σ
//! ln(p/(1 − p)) over the steps taken, U3 = (max W − W)/(max W − min W) over all answer patterns of the same total. G is a
//! count, the other two lie in [0, 1]; 0 fits perfectly. Where the total allows no error both are 0.
//!
//! Source: van der Flier (1982) for U3; Emons (2008), "Nonparametric person-fit analysis of polytomous item scores", Applied
//! Psychological Measurement 32:224–247; R package PerFit, `Gpoly`, `Gnormed.poly`, `U3poly`. Choices beyond it: only answered
//! items count, with the steps re-ranked among them (PerFit imputes); a step that everybody or nobody takes has no logit
//! and is left out of U3.
//!
//! Traps: use the items as asked but keyed in one direction, else every honest answer is an error; extreme totals allow
//! few errors, so normed values jump there. Reference: `perfit_PhysFunc.csv`, 714 rows: G exactly, the others to 5e-5, as
//! the file rounds to four decimals (row 1: 12, .2927, .2633).

use super::counts::ItemCounts;
use super::{MISSING, Refusal};
use crate::sort;
use std::collections::HashMap;

/// Patterns of missing answers whose extremes are remembered.
const REMEMBERED: usize = 10_000;

/// Steps and their popularity.
#[derive(Clone, Debug, PartialEq)]
pub struct Guttman {
    low: u8,
    high: u8,
    items: usize,
    /// Steps, item after item, as places in `order`.
    rank: Vec<u32>,
    /// ln(p/(1 − p)) of each step, item after item; none where everybody or nobody takes it.
    logit: Vec<Option<f64>>,
}

/// How badly one response fits the order of the steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Misfit {
    /// Guttman errors, a count of pairs.
    pub errors: u64,
    /// Errors over the most this total allows, in [0, 1].
    pub normed: f64,
    /// U3, in [0, 1].
    pub u3: f64,
}

/// What one pattern of answered items allows, by total.
#[derive(Clone, Debug)]
struct Extremes {
    /// At item·m + s − 1 the rank, from 1, of a step among the steps of the answered items.
    rank: Vec<u64>,
    /// The most Σ rank, by total score.
    most_ranks: Vec<u64>,
    /// The largest and the smallest W, by the number of steps taken that have a logit.
    largest: Vec<f64>,
    smallest: Vec<f64>,
}

impl Guttman {
    /// Orders the steps of items on one scale from `low` to `high`; answers outside it count as missing. Refused without
    /// items, without two responses, without two points, or when no step is taken by some and not by others.
    pub fn fit(counts: &ItemCounts, low: u8, high: u8) -> Result<Guttman, Refusal> {
        if counts.items() == 0 {
            return Err(Refusal::NoItems);
        }
        if low >= high || high == MISSING {
            return Err(Refusal::NoScale);
        }
        if counts.rows() < 2 {
            return Err(Refusal::TooFewResponses { found: counts.rows(), needed: 2 });
        }
        let steps = usize::from(high - low);
        // At item·m + s − 1: who takes the step, among how many.
        let mut popularity: Vec<(u64, u64)> = Vec::with_capacity(counts.items() * steps);
        for item in 0..counts.items() {
            let answered: u64 = (low..=high).map(|value| counts.at(item, value)).sum();
            let mut taking = answered;
            for value in low..high {
                taking -= counts.at(item, value);
                popularity.push((taking, answered));
            }
        }
        let mut order: Vec<usize> = (0..popularity.len()).collect();
        // Shares are compared as fractions, exactly; an item nobody answered comes last. The sort is stable.
        sort::by(&mut order, |&a, &b| {
            let ((x, n), (y, m)) = (popularity[a], popularity[b]);
            let (x, n) = (u128::from(x), u128::from(n.max(1)));
            let (y, m) = (u128::from(y), u128::from(m.max(1)));
            (y * n).cmp(&(x * m))
        });
        let mut rank = vec![0; order.len()];
        (0u32..).zip(&order).for_each(|(place, &step)| rank[step] = place);
        let logit: Vec<Option<f64>> = popularity
            .iter()
            .map(|&(taking, answered)| {
                (taking > 0 && taking < answered)
                    .then(|| libm::log(taking as f64 / (answered - taking) as f64))
            })
            .collect();
        if logit.iter().all(Option::is_none) {
            return Err(Refusal::AllConstant);
        }
        Ok(Guttman { low, high, items: counts.items(), rank, logit })
    }

    /// A scorer, which remembers what each pattern of missing answers allows.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer { guttman: self, seen: HashMap::new(), taken: Vec::new(), pattern: Vec::new() }
    }

    fn steps(&self) -> usize {
        usize::from(self.high - self.low)
    }

    /// What the answered items allow. `taken` has the steps taken by item, none for missing.
    fn extremes(&self, taken: &[Option<usize>]) -> Extremes {
        let m = self.steps();
        let answered: Vec<usize> = (0..self.items).filter(|&item| taken[item].is_some()).collect();
        let mut order: Vec<usize> = answered.iter().flat_map(|item| item * m..(item + 1) * m).collect();
        sort::by_key(&mut order, |&step| self.rank[step]);
        let mut rank = vec![0; self.rank.len()];
        (1u64..).zip(&order).for_each(|(place, &step)| rank[step] = place);

        // Over the items one after the other: the best sum for each total so far (a knapsack, exact).
        let mut most_ranks = vec![0u64];
        let (mut largest, mut smallest) = (vec![0.0f64], vec![0.0f64]);
        for &item in &answered {
            let range = item * m..(item + 1) * m;
            let mut ranks = vec![0u64];
            let mut weights = vec![0.0f64];
            for step in range {
                ranks.push(ranks[ranks.len() - 1] + rank[step]);
                if let Some(logit) = self.logit[step] {
                    weights.push(weights[weights.len() - 1] + logit);
                }
            }
            most_ranks = knapsack(&most_ranks, &ranks, |a, b| a > b);
            largest = knapsack(&largest, &weights, |a, b| a > b);
            smallest = knapsack(&smallest, &weights, |a, b| a < b);
        }
        Extremes { rank, most_ranks, largest, smallest }
    }
}

/// The best sum for each total, when one more item may add `sums[x]` for x more points.
fn knapsack<T: Copy + std::ops::Add<Output = T>>(
    before: &[T],
    sums: &[T],
    better: fn(T, T) -> bool,
) -> Vec<T> {
    let mut after: Vec<Option<T>> = vec![None; before.len() + sums.len() - 1];
    for (total, &sum) in before.iter().enumerate() {
        for (points, &more) in sums.iter().enumerate() {
            let (place, sum) = (&mut after[total + points], sum + more);
            if place.is_none_or(|best| better(sum, best)) {
                *place = Some(sum);
            }
        }
    }
    // Every total from 0 to the largest is reached.
    after.into_iter().flatten().collect()
}

/// Scores responses against the order of the steps.
#[derive(Clone, Debug)]
pub struct Scorer<'a> {
    guttman: &'a Guttman,
    seen: HashMap<Vec<bool>, Extremes>,
    taken: Vec<Option<usize>>,
    pattern: Vec<bool>,
}

impl Scorer<'_> {
    /// The misfit of one response; none when it answered nothing on the scale, or has not as many items as were counted.
    pub fn of(&mut self, row: &[u8]) -> Option<Misfit> {
        let guttman = self.guttman;
        let m = guttman.steps();
        if row.len() != guttman.items {
            return None;
        }
        self.taken.clear();
        self.taken.extend(row.iter().map(|&answer| {
            (guttman.low..=guttman.high).contains(&answer).then(|| usize::from(answer - guttman.low))
        }));
        if self.taken.iter().all(Option::is_none) {
            return None;
        }
        self.pattern.clear();
        self.pattern.extend(self.taken.iter().map(Option::is_some));
        if !self.seen.contains_key(&self.pattern) {
            if self.seen.len() >= REMEMBERED {
                self.seen.clear();
            }
            self.seen.insert(self.pattern.clone(), guttman.extremes(&self.taken));
        }
        let extremes = self.seen.get(&self.pattern)?;

        let (mut total, mut ranks, mut weighed, mut weight) = (0usize, 0u64, 0usize, 0.0);
        for (item, taken) in self.taken.iter().enumerate() {
            let Some(taken) = *taken else { continue };
            total += taken;
            for step in item * m..item * m + taken {
                ranks += extremes.rank[step];
                if let Some(logit) = guttman.logit[step] {
                    weighed += 1;
                    weight += logit;
                }
            }
        }
        let least = (total * (total + 1) / 2) as u64;
        let errors = ranks - least;
        let most = extremes.most_ranks[total] - least;
        let (largest, smallest) = (extremes.largest[weighed], extremes.smallest[weighed]);
        // Sums of the same logits in another order differ in the last bits; a range below that is no range.
        let range = largest - smallest;
        let u3 = if range > 1e-9 { ((largest - weight) / range).clamp(0.0, 1.0) } else { 0.0 };
        Some(Misfit { errors, normed: if most > 0 { errors as f64 / most as f64 } else { 0.0 }, u3 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, fixture};
    use super::*;
    use proptest::prelude::*;

    fn counts(items: usize, answers: &[u8]) -> ItemCounts {
        let mut counts = ItemCounts::new(items);
        counts.update(&Block::new(items, answers).unwrap()).unwrap();
        counts
    }

    #[test]
    #[ignore = "needs CANDOR_REFERENCE, the folder with data/ and reference/ (the input is GPL and not copied)"]
    fn the_figures_of_perfit_are_reproduced() {
        let input = crate::reference::file("data/PhysFuncData_0_2.csv");
        let expected = crate::reference::file("reference/perfit_PhysFunc.csv");
        let answers: Vec<u8> = input
            .lines()
            .skip(1)
            .flat_map(|line| line.split(',').map(|field| field.parse().unwrap()))
            .collect();
        let guttman = Guttman::fit(&counts(10, &answers), 0, 2).unwrap();
        let mut scorer = guttman.scorer();
        let found: Vec<Misfit> = answers.chunks(10).map(|row| scorer.of(row).unwrap()).collect();
        assert_eq!(found.len(), 714);
        let column = |name: &str, of: fn(&Misfit) -> f64| {
            let found: Vec<_> = found.iter().map(|misfit| Some(of(misfit))).collect();
            fixture::deviation(&found, &fixture::column(&expected, name))
        };
        assert_eq!(column("Gpoly", |misfit| misfit.errors as f64), 0.0);
        assert!(column("Gnormedpoly", |misfit| misfit.normed) <= 5e-5);
        assert!(column("U3poly", |misfit| misfit.u3) <= 5e-5);
    }

    /// Three items of yes and no, taken by 4, 3 and 1 of five.
    const EASY_TO_HARD: [u8; 15] = [1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0];

    #[test]
    fn errors_are_popular_steps_missed_beside_unpopular_ones_taken() {
        let guttman = Guttman::fit(&counts(3, &EASY_TO_HARD), 0, 1).unwrap();
        let mut scorer = guttman.scorer();
        let perfect = Misfit { errors: 0, normed: 0.0, u3: 0.0 };
        for row in [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]] {
            assert_eq!(scorer.of(&row), Some(perfect), "{row:?}");
        }
        assert_eq!(scorer.of(&[0, 0, 1]), Some(Misfit { errors: 2, normed: 1.0, u3: 1.0 }));
        // W = ln(3/2), between ln 4 and ln ¼: (ln 4 − ln 1.5)/(2 ln 4).
        let middle = scorer.of(&[0, 1, 0]).unwrap();
        assert_eq!((middle.errors, middle.normed), (1, 0.5));
        assert!((middle.u3 - (4f64.ln() - 1.5f64.ln()) / (2.0 * 4f64.ln())).abs() < 1e-12);
    }

    #[test]
    fn missing_items_are_left_out_of_the_order() {
        let guttman = Guttman::fit(&counts(3, &EASY_TO_HARD), 0, 1).unwrap();
        let mut scorer = guttman.scorer();
        assert_eq!(scorer.of(&[0, MISSING, 1]), Some(Misfit { errors: 1, normed: 1.0, u3: 1.0 }));
        assert_eq!(scorer.of(&[MISSING, MISSING, 1]).unwrap().errors, 0);
        assert_eq!(scorer.of(&[MISSING; 3]), None);
        assert_eq!(scorer.of(&[7, 8, 9]), None);
        assert_eq!(scorer.of(&[1, 1]), None);
    }

    #[test]
    fn steps_that_everybody_takes_do_not_make_a_number_of_u3() {
        // Everybody gives at least 2 of 1–3 on the first item, nobody 3 on the second.
        let guttman = Guttman::fit(&counts(2, &[2, 1, 3, 2, 2, 2, 3, 1]), 1, 3).unwrap();
        let mut scorer = guttman.scorer();
        for first in 1..=3 {
            for second in 1..=3 {
                let misfit = scorer.of(&[first, second]).unwrap();
                assert!((0.0..=1.0).contains(&misfit.u3) && (0.0..=1.0).contains(&misfit.normed));
            }
        }
    }

    #[test]
    fn hopeless_blocks_have_their_reason() {
        let refused =
            |items, answers: &[u8], low, high| Guttman::fit(&counts(items, answers), low, high).unwrap_err();
        assert_eq!(refused(2, &[3; 8], 1, 5), Refusal::AllConstant);
        assert_eq!(refused(2, &[MISSING; 8], 1, 5), Refusal::AllConstant);
        assert_eq!(refused(2, &[9; 8], 1, 5), Refusal::AllConstant);
        assert_eq!(refused(2, &[1, 2], 1, 5), Refusal::TooFewResponses { found: 1, needed: 2 });
        assert_eq!(refused(2, &[1, 2, 3, 4], 5, 5), Refusal::NoScale);
        assert_eq!(refused(2, &[1, 2, 3, 4], 0, MISSING), Refusal::NoScale);
        assert_eq!(Guttman::fit(&ItemCounts::new(0), 1, 5), Err(Refusal::NoItems));
    }

    /// Every answer pattern of `items` items on 0 to `high` with the given total.
    fn patterns(items: usize, high: u8, total: usize) -> Vec<Vec<u8>> {
        let base = usize::from(high) + 1;
        (0..base.pow(items as u32))
            .map(|code| {
                (0..items as u32).map(|item| (code / base.pow(item) % base) as u8).collect::<Vec<u8>>()
            })
            .filter(|row| row.iter().map(|&answer| usize::from(answer)).sum::<usize>() == total)
            .collect()
    }

    proptest! {
        #[test]
        fn errors_and_extremes_are_those_that_counting_every_pair_and_every_pattern_finds(
            rows in proptest::collection::vec(proptest::array::uniform4(0u8..=2), 3..30)
        ) {
            let answers: Vec<u8> = rows.concat();
            let Ok(guttman) = Guttman::fit(&counts(4, &answers), 0, 2) else { return Ok(()) };
            let share = |item: usize, step: u8| rows.iter().filter(|row| row[item] >= step).count();
            let mut order: Vec<(usize, u8)> = (0..4).flat_map(|item| [(item, 1), (item, 2)]).collect();
            order.sort_by_key(|&(item, step)| std::cmp::Reverse(share(item, step)));
            let errors = |row: &[u8]| {
                let taken: Vec<bool> = order.iter().map(|&(item, step)| row[item] >= step).collect();
                let pairs = (0..taken.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
                pairs.filter(|&(a, b)| !taken[a] && taken[b]).count() as u64
            };
            let weight = |row: &[u8]| -> (usize, f64) {
                let steps = order.iter().filter(|&&(item, step)| row[item] >= step);
                let logits: Vec<f64> = steps
                    .map(|&(item, step)| share(item, step))
                    .filter(|&taking| taking > 0 && taking < rows.len())
                    .map(|taking| (taking as f64 / (rows.len() - taking) as f64).ln())
                    .collect();
                (logits.len(), logits.iter().sum())
            };
            let mut scorer = guttman.scorer();
            for row in &rows {
                let misfit = scorer.of(row).unwrap();
                prop_assert_eq!(misfit.errors, errors(row));
                let total = row.iter().map(|&answer| usize::from(answer)).sum();
                let most = patterns(4, 2, total).iter().map(|row| errors(row)).max().unwrap();
                let normed = if most == 0 { 0.0 } else { misfit.errors as f64 / most as f64 };
                prop_assert_eq!(misfit.normed, normed);
                let (taken, own) = weight(row);
                let all = (0..=8).flat_map(|total| patterns(4, 2, total)).map(|row| weight(&row));
                let same: Vec<f64> = all.filter(|(number, _)| *number == taken).map(|(_, weight)| weight).collect();
                let (largest, smallest) = same.iter().fold((f64::MIN, f64::MAX), |(a, b), &w| (a.max(w), b.min(w)));
                let u3 = if largest - smallest > 1e-9 { (largest - own) / (largest - smallest) } else { 0.0 };
                prop_assert!((misfit.u3 - u3).abs() < 1e-9, "{} {}", misfit.u3, u3);
            }
        }
    }
}
