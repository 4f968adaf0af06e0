//! Weights that make the sample stand for the customers: simple, stratified, post-stratified and raked means with their standard errors,
//! and what weighting costs in responses. The state is a score by cell, whole numbers; populations are handed in.
//!
//! - Post-stratification (Holt and Smith 1979, JRSS A 142:33–46): in cell h every response weighs N_h/n_h.
//! - Raking (Deming and Stephan 1940, Ann. Math. Stat. 11:427–444): the weights are scaled to one margin after the other until a round
//!   changes no cell's total by more than the tolerance. (The R package survey stops at a change of one person by default, which moves
//!   the mean below by 1e-4; the reference was run to the end, and so is the default here.)
//! - Standard error: of the linearized values w(y − ȳ)/W, from which the means of the post-strata (for raking, ten sweeps over the
//!   margins) are first taken out, √((1 − f)·n/(n−1)·Σ(x − x̄)²) (Särndal, Swensson and Wretman 1992, "Model Assisted Survey Sampling";
//!   Lumley 2010, "Complex Surveys", §7.2), as the R package survey does; f is n/N for counts and 0 for shares.
//! - Effective size n_eff = (Σw)²/Σw² (Kish 1965, "Survey Sampling", §11.7).
//! - A group of the responses, [`Domain`]: its weighted mean with the interval of the unweighted one at the group's own n_eff in the
//!   place of n, and differences of two of them likewise (Kish 1992, "Weighting for unequal P_i", J. Official Statistics 8:183–200; as
//!   Korn and Graubard 1998, Survey Methodology 24:193–201, do for a share). It takes weights for known and for unrelated to the
//!   ratings, so what post-stratification gains is not counted; with equal weights it is the unweighted interval.
//!
//! Traps: weights mend who answered, not why: whoever is silent for a reason tied to the score stays missing (see [`super::heard`]). A
//! cell with few responses gets heavy weights; look at n_eff. A cell without any has no weight: merge cells. The standard errors take
//! responses for independent: multiply by √deff.
//!
//! Tested against reference/survey_api_means.csv and survey_api_weights.csv (R package survey on apisrs and apistrat, which may not be
//! copied: that test reads the directory in `CANDOR_REFERENCE`): SRS 656.585 (9.24972), post-stratified 656.78158 (9.15654), stratified
//! 662.28736 (9.40894), and raked 657.79155 (8.97171), this one without the finite-population correction (8.82568 with it); and by
//! hand here.

use super::change::{self, Difference};
use super::mean::Mean;
use super::state::By;
use super::unavailable::Unavailable;
use super::{Estimate, Z, top_box};
use std::collections::BTreeMap;

/// A score by weighting cell: the groups of a cell stand in the order of the margins.
pub type Cells = By<Vec<String>, Mean>;

/// What the numbers of a population are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Population {
    /// Persons: the sample is a part of them, and the standard error shrinks with the part.
    Counts,
    /// Shares, or counts that are only proportions.
    Shares,
}

/// A weighted mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    /// The mean in points above the scale's low end, with its interval.
    pub mean: Estimate,
    /// Its standard error.
    pub standard_error: f64,
    /// Responses.
    pub n: u64,
    /// The size of an unweighted sample worth as much, at most n.
    pub effective_n: f64,
    /// What one response of each cell weighs, in the order of the cells. Cells without a response are left out.
    pub weights: Vec<(Vec<String>, f64)>,
    /// Rounds that raking made; 0 otherwise.
    pub rounds: u32,
}

/// When raking stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raking {
    /// Rounds at most.
    pub rounds: u32,
    /// The largest change of a cell's total in one round that counts as settled, as a share of the population.
    pub tolerance: f64,
}

impl Default for Raking {
    /// A thousand rounds, settled to a part in 10¹².
    fn default() -> Raking {
        Raking { rounds: 1000, tolerance: 1e-12 }
    }
}

/// Kish's effective sample size of weights, each of one response.
pub fn effective_n(weights: &[f64]) -> Result<f64, Unavailable> {
    if weights.is_empty() {
        return Err(Unavailable::Empty);
    }
    if weights.iter().any(|weight| !weight.is_finite()) {
        return Err(Unavailable::NotFinite);
    }
    // Scaled by the heaviest, so that no square leaves the range of floats.
    let heaviest = weights.iter().copied().fold(0.0, f64::max);
    if weights.iter().any(|&weight| weight < 0.0) || heaviest == 0.0 {
        return Err(Unavailable::OutOfRange);
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for weight in weights {
        sum += weight / heaviest;
        squares += (weight / heaviest) * (weight / heaviest);
    }
    Ok(sum * sum / squares)
}

/// The weighted points of some of the responses, as those of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Domain {
    /// Responses.
    pub n: u64,
    /// The size of an unweighted sample worth as much, at most n.
    pub effective_n: f64,
    /// The weighted mean of their points, in points above the scale's low end.
    pub mean: f64,
    /// The weighted mean of the points' squares.
    pub square: f64,
}

impl Domain {
    /// Of the points in each weighting cell, with what a response of that cell weighs. Absent without a response.
    pub fn of<'a>(cells: impl IntoIterator<Item = (&'a Mean, f64)>) -> Option<Domain> {
        let (mut n, mut sums) = (0, [0.0; 4]);
        for (cell, weight) in cells {
            n += cell.n;
            let count = cell.n as f64;
            let more = [count, weight * count, cell.sum as f64, cell.squares as f64];
            let [squares, total, sum, square] = &mut sums;
            *squares += weight * weight * more[0];
            *total += more[1];
            *sum += weight * more[2];
            *square += weight * more[3];
        }
        let [squares, total, sum, square] = sums;
        let found = Domain {
            n,
            // Rounding must not give more than there are.
            effective_n: (total * total / squares).min(n as f64),
            mean: sum / total,
            square: square / total,
        };
        (n > 0 && total > 0.0 && found.effective_n.is_finite() && found.mean.is_finite()).then_some(found)
    }

    /// The mean with its interval, on a scale `range` long: Wilson's where the points are of a share, else the adjusted Wald of
    /// [`super::mean`].
    pub fn estimate(&self, range: f64, share: bool) -> Estimate {
        if share {
            return top_box::wilson(self.mean, self.effective_n);
        }
        let n = self.effective_n + 3.0;
        let center = (self.effective_n * self.mean + 1.5 * range) / n;
        let square = (self.effective_n * self.square + 1.125 * range * range) / n;
        let half = Z * libm::sqrt((square - center * center).max(0.0) / n);
        Estimate {
            value: self.mean,
            low: (center - half).max(0.0).min(self.mean),
            high: (center + half).min(range).max(self.mean),
        }
    }

    /// `self` less `before`, as [`super::change`] compares two samples.
    pub fn less(&self, before: &Domain, range: f64, share: bool) -> Difference {
        change::difference_of([(before, 1.0), (self, 1.0)], 0.0, range, share)
    }
}

/// Cells with responses, in order.
fn met(cells: &Cells) -> Result<Vec<(&Vec<String>, &Mean)>, Unavailable> {
    let met: Vec<_> = cells.iter().filter(|(_, cell)| cell.n > 0).collect();
    let n: u64 = met.iter().map(|(_, cell)| cell.n).sum();
    match n {
        0 => Err(Unavailable::Empty),
        1 => Err(Unavailable::TooFew { needed: 2, found: 1 }),
        _ => Ok(met),
    }
}

/// Refuses numbers of a population that are none.
fn check<'a>(numbers: impl Iterator<Item = &'a f64>) -> Result<(), Unavailable> {
    let mut any = false;
    for number in numbers {
        any = true;
        if !number.is_finite() {
            return Err(Unavailable::NotFinite);
        }
        if *number <= 0.0 {
            return Err(Unavailable::OutOfRange);
        }
    }
    if any { Ok(()) } else { Err(Unavailable::Empty) }
}

/// The share of the population that is in the sample.
fn sampled(n: f64, total: f64, population: Population) -> Result<f64, Unavailable> {
    match population {
        Population::Shares => Ok(0.0),
        Population::Counts if n > total => Err(Unavailable::OutOfRange),
        Population::Counts => Ok(n / total),
    }
}

/// Σ(y − ȳ)² within a cell.
fn spread(cell: &Mean) -> f64 {
    let spread = u128::from(cell.n) * u128::from(cell.squares) - u128::from(cell.sum) * u128::from(cell.sum);
    spread as f64 / cell.n as f64
}

/// The weighted mean; `take_out` changes the cells' means of the linearized values.
fn finish(
    met: &[(&Vec<String>, &Mean)],
    weights: &[f64],
    sampled: f64,
    rounds: u32,
    take_out: impl FnOnce(&mut [f64]),
) -> Result<Weighted, Unavailable> {
    let cells = || met.iter().map(|(_, cell)| cell).zip(weights);
    let n: u64 = met.iter().map(|(_, cell)| cell.n).sum();
    let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (cell, weight) in cells() {
        total += weight * cell.n as f64;
        sum += weight * cell.sum as f64;
        squares += weight * weight * cell.n as f64;
    }
    let value = sum / total;
    let mut means: Vec<f64> =
        cells().map(|(cell, weight)| weight * (cell.sum as f64 / cell.n as f64 - value) / total).collect();
    take_out(&mut means);
    let count = n as f64;
    let center = cells().zip(&means).map(|((cell, _), mean)| cell.n as f64 * mean).sum::<f64>() / count;
    let (mut between, mut within) = (0.0, 0.0);
    for ((cell, weight), mean) in cells().zip(&means) {
        between += cell.n as f64 * (mean - center) * (mean - center);
        within += weight / total * (weight / total) * spread(cell);
    }
    let standard_error = libm::sqrt((1.0 - sampled) * count / (count - 1.0) * (between + within));
    weighted(met, weights, value, standard_error, n, total * total / squares, rounds)
}

fn weighted(
    met: &[(&Vec<String>, &Mean)],
    weights: &[f64],
    value: f64,
    standard_error: f64,
    n: u64,
    effective_n: f64,
    rounds: u32,
) -> Result<Weighted, Unavailable> {
    let all = met.iter().fold(Mean::default(), |mut all, (_, cell)| {
        all.merge(cell);
        all
    });
    if spread(&all) == 0.0 {
        return Err(Unavailable::Constant);
    }
    // Weights of a population given in numbers beyond the range of floats overflow.
    if !value.is_finite() || !standard_error.is_finite() || !effective_n.is_finite() {
        return Err(Unavailable::NotFinite);
    }
    let half = Z * standard_error;
    Ok(Weighted {
        mean: Estimate { value, low: value - half, high: value + half },
        standard_error,
        n,
        effective_n,
        weights: met.iter().zip(weights).map(|((cell, _), &weight)| ((*cell).clone(), weight)).collect(),
        rounds,
    })
}

/// The mean of a simple random sample; `size` is the number of persons it was drawn from, where that is known.
pub fn simple(cells: &Cells, size: Option<f64>) -> Result<Weighted, Unavailable> {
    let met = met(cells)?;
    let n = met.iter().map(|(_, cell)| cell.n).sum::<u64>() as f64;
    check(size.iter().chain([&1.0]))?;
    let sampled = size.map_or(Ok(0.0), |size| sampled(n, size, Population::Counts))?;
    finish(&met, &vec![size.unwrap_or(n) / n; met.len()], sampled, 0, |_| {})
}

/// The weight of each cell, from a population that must have the same cells.
fn cell_weights(
    met: &[(&Vec<String>, &Mean)],
    population: &BTreeMap<Vec<String>, f64>,
) -> Result<Vec<f64>, Unavailable> {
    check(population.values())?;
    if let Some(empty) = population.keys().find(|cell| !met.iter().any(|(met, _)| met == cell)) {
        return Err(Unavailable::EmptyCell(empty.join(", ")));
    }
    met.iter()
        .map(|(cell, mean)| {
            let number = population.get(*cell).ok_or_else(|| Unavailable::UnknownCell(cell.join(", ")))?;
            Ok(number / mean.n as f64)
        })
        .collect()
}

/// The mean post-stratified to the numbers of each cell.
pub fn post_stratified(
    cells: &Cells,
    population: &BTreeMap<Vec<String>, f64>,
    kind: Population,
) -> Result<Weighted, Unavailable> {
    let met = met(cells)?;
    let weights = cell_weights(&met, population)?;
    let n = met.iter().map(|(_, cell)| cell.n).sum::<u64>() as f64;
    let sampled = sampled(n, population.values().sum(), kind)?;
    finish(&met, &weights, sampled, 0, |means| means.fill(0.0))
}

/// The mean of a sample drawn apart in each cell, two responses or more in each.
pub fn stratified(
    cells: &Cells,
    population: &BTreeMap<Vec<String>, f64>,
    kind: Population,
) -> Result<Weighted, Unavailable> {
    let met = met(cells)?;
    let weights = cell_weights(&met, population)?;
    let total: f64 = population.values().sum();
    let (mut value, mut variance, mut n, mut squares) = (0.0, 0.0, 0, 0.0);
    for ((_, cell), weight) in met.iter().zip(&weights) {
        if cell.n < 2 {
            return Err(Unavailable::TooFew { needed: 2, found: cell.n });
        }
        let count = cell.n as f64;
        let share = weight * count / total;
        let sampled = sampled(count, weight * count, kind)?;
        value += share * (cell.sum as f64 / count);
        variance += share * share * (1.0 - sampled) * spread(cell) / (count - 1.0) / count;
        n += cell.n;
        squares += weight * weight * count;
    }
    weighted(&met, &weights, value, libm::sqrt(variance), n, total * total / squares, 0)
}

/// The mean raked to margins, given in the order of the cells' groups.
pub fn raked(
    cells: &Cells,
    margins: &[BTreeMap<String, f64>],
    kind: Population,
    raking: Raking,
) -> Result<Weighted, Unavailable> {
    let met = met(cells)?;
    check(margins.iter().flat_map(BTreeMap::values))?;
    if raking.tolerance.is_nan() {
        return Err(Unavailable::NotFinite);
    }
    if met.iter().any(|(cell, _)| cell.len() != margins.len()) {
        return Err(Unavailable::DifferentColumns);
    }
    let totals: Vec<f64> = margins.iter().map(|margin| margin.values().sum()).collect();
    let total = totals[0];
    if totals.iter().any(|other| (other - total).abs() > 1e-9 * total) {
        return Err(Unavailable::MarginsDisagree);
    }
    // For each margin: which of its groups each cell belongs to, and the number of each group.
    let mut groups: Vec<(Vec<usize>, Vec<f64>)> = Vec::new();
    for (at, margin) in margins.iter().enumerate() {
        if let Some(empty) = margin.keys().find(|group| !met.iter().any(|(cell, _)| cell[at] == **group)) {
            return Err(Unavailable::EmptyCell(empty.clone()));
        }
        let of_cell = met
            .iter()
            .map(|(cell, _)| {
                let group = margin.keys().position(|group| *group == cell[at]);
                group.ok_or_else(|| Unavailable::UnknownCell(cell[at].clone()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        groups.push((of_cell, margin.values().copied().collect()));
    }
    let sizes: Vec<f64> = met.iter().map(|(_, cell)| cell.n as f64).collect();
    let n: f64 = sizes.iter().sum();
    let sampled = sampled(n, total, kind)?;
    let mut weights = vec![total / n; met.len()];
    let mut after_margin = vec![Vec::new(); margins.len()];
    for round in 1..=raking.rounds {
        let before = weights.clone();
        for ((of_cell, numbers), kept) in groups.iter().zip(&mut after_margin) {
            let mut found = vec![0.0; numbers.len()];
            for (at, &group) in of_cell.iter().enumerate() {
                found[group] += weights[at] * sizes[at];
            }
            for (at, &group) in of_cell.iter().enumerate() {
                weights[at] *= numbers[group] / found[group];
            }
            kept.clone_from(&weights);
        }
        if weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Unavailable::NotFinite);
        }
        let moved = (0..met.len()).map(|at| (weights[at] - before[at]).abs() * sizes[at]).fold(0.0, f64::max);
        if moved <= raking.tolerance * total {
            return finish(&met, &weights, sampled, round, |means| {
                // As in the R package survey: ten sweeps, with the weights as they stood after each margin.
                for _ in 0..10 {
                    for ((of_cell, numbers), weights) in groups.iter().zip(&after_margin) {
                        let mut sums = vec![(0.0, 0.0); numbers.len()];
                        for (at, &group) in of_cell.iter().enumerate() {
                            sums[group].0 += sizes[at] * means[at] / weights[at];
                            sums[group].1 += sizes[at];
                        }
                        for (at, &group) in of_cell.iter().enumerate() {
                            means[at] -= weights[at] * sums[group].0 / sums[group].1;
                        }
                    }
                }
            });
        }
    }
    Err(Unavailable::NotConverged { rounds: raking.rounds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use crate::scores::distribution::Distribution;
    use crate::scores::state::{State, proof};
    use crate::scores::top_box::TopBox;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn one(x: u64) -> Mean {
        Mean { n: 1, sum: x, squares: x * x }
    }

    fn cell(groups: &[&str]) -> Vec<String> {
        groups.iter().map(|group| (*group).to_string()).collect()
    }

    fn cells(rows: &[(&[&str], u64)]) -> Cells {
        let mut cells = Cells::default();
        rows.iter().for_each(|(groups, x)| cells.update(&cell(groups), &one(*x)));
        cells
    }

    fn margin(numbers: &[(&str, f64)]) -> BTreeMap<String, f64> {
        numbers.iter().map(|(group, number)| ((*group).to_string(), *number)).collect()
    }

    fn by_cell(numbers: &[(&[&str], f64)]) -> BTreeMap<Vec<String>, f64> {
        numbers.iter().map(|(groups, number)| (cell(groups), *number)).collect()
    }

    /// Three young (8, 9, 10) and one old pair (4, 6), of 40 young and 60 old customers.
    fn small() -> Cells {
        cells(&[(&["young"], 8), (&["young"], 9), (&["young"], 10), (&["old"], 4), (&["old"], 6)])
    }

    #[test]
    fn a_simple_mean_is_worked_by_hand() {
        // Mean 7.4, s² = (.36 + 2.56 + 6.76 + 11.56 + 1.96)/4 = 5.8; of 100: √(.95·5.8/5).
        let found = simple(&small(), Some(100.0)).unwrap();
        near(found.mean.value, 7.4);
        near(found.standard_error, (0.95f64 * 5.8 / 5.0).sqrt());
        near(found.effective_n, 5.0);
        near(found.mean.low, 7.4 - Z * found.standard_error);
        near(found.mean.high, 7.4 + Z * found.standard_error);
        // Of everybody there is nothing left to be uncertain of, and of fewer than were asked nothing is known.
        near(simple(&small(), Some(5.0)).unwrap().standard_error, 0.0);
        assert_eq!(simple(&small(), Some(4.0)).map(|_| ()), Err(Unavailable::OutOfRange));
        assert_eq!(found.weights, [(cell(&["old"]), 20.0), (cell(&["young"]), 20.0)]);
        near(simple(&small(), None).unwrap().standard_error, (5.8f64 / 5.0).sqrt());
    }

    #[test]
    fn a_post_stratified_and_a_stratified_mean_are_worked_by_hand() {
        let population = by_cell(&[(&["young"], 40.0), (&["old"], 60.0)]);
        let found = post_stratified(&small(), &population, Population::Counts).unwrap();
        // .4·9 + .6·5; Σ(w/W)²·SS = (.4/3)²·2 + (.6/2)²·2.
        near(found.mean.value, 6.6);
        near(
            found.standard_error,
            (0.95f64 * 5.0 / 4.0 * ((0.4f64 / 3.0).powi(2) * 2.0 + 0.09 * 2.0)).sqrt(),
        );
        // (40 + 60)²/(3·(40/3)² + 2·30²).
        near(found.effective_n, 10_000.0 / (1600.0 / 3.0 + 1800.0));
        let shares = by_cell(&[(&["young"], 0.4), (&["old"], 0.6)]);
        let free = post_stratified(&small(), &shares, Population::Shares).unwrap();
        near(free.standard_error, found.standard_error / 0.95f64.sqrt());
        // Σ share²(1 − f)s²/n: .16·(37/40)·1/3 + .36·(58/60)·2/2.
        let strata = stratified(&small(), &population, Population::Counts).unwrap();
        near(strata.mean.value, 6.6);
        near(strata.standard_error, (0.16f64 * 37.0 / 40.0 / 3.0 + 0.36 * 58.0 / 60.0).sqrt());
        near(strata.effective_n, found.effective_n);
    }

    #[test]
    fn a_group_of_the_responses_is_weighted_by_hand_and_with_equal_weights_is_the_plain_mean() {
        // Points 0, 1 and 2 of weight 3, and 2 of weight 1: Σw 10, Σw² 28, Σwx 11, Σwx² 19.
        let (heavy, light) = (Mean { n: 3, sum: 3, squares: 5 }, one(2));
        let found = Domain::of([(&heavy, 3.0), (&light, 1.0)]).unwrap();
        assert_eq!(found.n, 4);
        near(found.effective_n, 100.0 / 28.0);
        near(found.mean, 1.1);
        near(found.square, 1.9);
        assert_eq!(Domain::of([(&Mean::default(), 1.0)]), None);

        let ratings = |counts: &[(u8, u64)]| {
            let mut ratings = Distribution::default();
            counts.iter().for_each(|&(point, n)| ratings.add(point, n));
            ratings
        };
        let five = Scale { low: 1, high: 5, nps: false };
        let (before, after) = (ratings(&[(1, 4), (3, 9), (5, 8)]), ratings(&[(2, 3), (4, 11), (5, 9)]));
        let mean = |ratings: &Distribution| {
            let mut mean = Mean::default();
            mean.update(ratings, five);
            mean
        };
        let of = |mean: &Mean| Domain::of([(mean, 7.0)]).unwrap();
        let (one, other) = (mean(&before), mean(&after));
        let (plain, weighted) = (one.finish(five).unwrap(), of(&one).estimate(4.0, false));
        near(weighted.value + 1.0, plain.value);
        near(weighted.low + 1.0, plain.low);
        near(weighted.high + 1.0, plain.high);
        let plain = change::mean((&one, 1.0), (&other, 1.0), five).unwrap();
        let weighted = of(&other).less(&of(&one), 4.0, false);
        for (found, expected) in [
            (weighted.value, plain.value),
            (weighted.low, plain.low),
            (weighted.high, plain.high),
            (weighted.p, plain.p),
        ] {
            near(found, expected);
        }
        let top = |ratings: &Distribution| {
            let mut top = TopBox::default();
            top.update(ratings, five);
            top
        };
        let (one, other) = (top(&before), top(&after));
        let of = |top: &TopBox| Domain::of([(&Mean::from(top), 0.5)]).unwrap();
        assert_eq!(of(&one).estimate(1.0, true), one.finish().unwrap());
        let plain = change::top_box((&one, 1.0), (&other, 1.0)).unwrap();
        let weighted = of(&other).less(&of(&one), 1.0, true);
        near(weighted.low, plain.low);
        near(weighted.p, plain.p);
    }

    /// In this many samples of 300 responses, of which a third is of the half that weighs most.
    #[test]
    fn a_weighted_difference_of_groups_that_are_alike_is_seldom_told() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(2);
        let samples = 2000;
        let mut told = 0;
        for _ in 0..samples {
            let mut sides = [[Mean::default(); 2]; 2];
            for at in 0..300 {
                let young = at % 3 == 0;
                // The young are harder to please, so that weights matter.
                let share = if young { 0.4 } else { 0.7 };
                let x =
                    u64::from(draw::share(&mut random) < share) + u64::from(draw::share(&mut random) < share);
                sides[usize::from(draw::share(&mut random) < 0.15)][usize::from(young)].merge(&one(x));
            }
            let [rest, part] =
                sides.map(|[old, young]| Domain::of([(&old, 0.5 / 200.0), (&young, 0.5 / 100.0)]).unwrap());
            told += u64::from(part.less(&rest, 2.0, false).p <= 0.05);
        }
        // 5% within the noise of so many samples; below it is careful.
        let share = told as f64 / f64::from(samples);
        assert!((0.02..=0.062).contains(&share), "{share}");
    }

    #[test]
    fn raking_meets_every_margin() {
        let rows: &[(&[&str], u64)] = &[
            (&["a", "x"], 1),
            (&["a", "x"], 4),
            (&["a", "y"], 7),
            (&["b", "x"], 3),
            (&["b", "y"], 9),
            (&["b", "y"], 8),
        ];
        let margins = [margin(&[("a", 70.0), ("b", 30.0)]), margin(&[("x", 40.0), ("y", 60.0)])];
        let found = raked(&cells(rows), &margins, Population::Counts, Raking::default()).unwrap();
        let sum = |at: usize, group: &str| -> f64 {
            found
                .weights
                .iter()
                .filter(|(cell, _)| cell[at] == group)
                .map(|(cell, weight)| {
                    weight * rows.iter().filter(|(groups, _)| groups == cell).count() as f64
                })
                .sum()
        };
        for (at, group, number) in [(0, "a", 70.0), (0, "b", 30.0), (1, "x", 40.0), (1, "y", 60.0)] {
            near(sum(at, group), number);
        }
        // Raking keeps the odds ratio of the sample's table: (2·2)/(1·1) = 4.
        let of = |a: &str, b: &str| {
            let (groups, weight) = found.weights.iter().find(|(groups, _)| *groups == cell(&[a, b])).unwrap();
            weight * rows.iter().filter(|(row, _)| row == groups).count() as f64
        };
        near(of("a", "x") * of("b", "y") / (of("a", "y") * of("b", "x")), 4.0);
        assert!(found.rounds > 1);
    }

    #[test]
    fn raking_on_one_margin_is_post_stratification() {
        let margin = margin(&[("young", 40.0), ("old", 60.0)]);
        let raked = raked(&small(), &[margin], Population::Counts, Raking::default()).unwrap();
        let population = by_cell(&[(&["young"], 40.0), (&["old"], 60.0)]);
        let post = post_stratified(&small(), &population, Population::Counts).unwrap();
        near(raked.mean.value, post.mean.value);
        near(raked.standard_error, post.standard_error);
    }

    #[test]
    fn the_effective_size_follows_kish() {
        assert_eq!(effective_n(&[2.0; 7]), Ok(7.0));
        near(effective_n(&[1.0, 3.0]).unwrap(), 1.6);
        near(effective_n(&[1e300, 3e300]).unwrap(), 1.6);
        assert_eq!(effective_n(&[]), Err(Unavailable::Empty));
        assert_eq!(effective_n(&[1.0, f64::NAN]), Err(Unavailable::NotFinite));
        assert_eq!(effective_n(&[1.0, -1.0]), Err(Unavailable::OutOfRange));
        assert_eq!(effective_n(&[0.0, 0.0]), Err(Unavailable::OutOfRange));
    }

    #[test]
    fn populations_that_do_not_fit_are_refused_with_the_group() {
        let post = |population: &[(&[&str], f64)]| {
            post_stratified(&small(), &by_cell(population), Population::Counts).err()
        };
        assert_eq!(post(&[(&["young"], 40.0)]), Some(Unavailable::UnknownCell("old".into())));
        let more: &[(&[&str], f64)] = &[(&["young"], 40.0), (&["old"], 60.0), (&["ancient"], 5.0)];
        assert_eq!(post(more), Some(Unavailable::EmptyCell("ancient".into())));
        assert_eq!(post(&[(&["young"], f64::NAN), (&["old"], 60.0)]), Some(Unavailable::NotFinite));
        assert_eq!(post(&[(&["young"], 0.0), (&["old"], 60.0)]), Some(Unavailable::OutOfRange));
        assert_eq!(post(&[(&["young"], 1.0), (&["old"], 1.0)]), Some(Unavailable::OutOfRange));
        assert_eq!(post(&[]), Some(Unavailable::Empty));
        let rake = |margins: &[BTreeMap<String, f64>], rounds| {
            let state = cells(&[
                (&["a", "x"], 1),
                (&["b", "y"], 2),
                (&["a", "y"], 3),
                (&["b", "x"], 9),
                (&["b", "x"], 9),
            ]);
            raked(&state, margins, Population::Counts, Raking { rounds, ..Raking::default() }).err()
        };
        let (first, second) = (margin(&[("a", 70.0), ("b", 30.0)]), margin(&[("x", 40.0), ("y", 60.0)]));
        assert_eq!(rake(&[first.clone(), second.clone()], 50), None);
        assert_eq!(rake(&[first.clone(), second], 1), Some(Unavailable::NotConverged { rounds: 1 }));
        assert_eq!(
            rake(&[first.clone(), margin(&[("x", 4.0), ("y", 6.0)])], 50),
            Some(Unavailable::MarginsDisagree)
        );
        assert_eq!(rake(&[first], 50), Some(Unavailable::DifferentColumns));
        assert_eq!(rake(&[], 50), Some(Unavailable::Empty));
    }

    #[test]
    fn samples_that_say_nothing_are_refused() {
        assert_eq!(simple(&Cells::default(), None), Err(Unavailable::Empty));
        assert_eq!(simple(&cells(&[(&["a"], 5)]), None), Err(Unavailable::TooFew { needed: 2, found: 1 }));
        assert_eq!(simple(&cells(&[(&["a"], 5), (&["b"], 5)]), None), Err(Unavailable::Constant));
        assert_eq!(simple(&small(), Some(3.0)), Err(Unavailable::OutOfRange));
        let thin = stratified(
            &cells(&[(&["a"], 5), (&["b"], 6)]),
            &by_cell(&[(&["a"], 5.0), (&["b"], 5.0)]),
            Population::Counts,
        );
        assert_eq!(thin, Err(Unavailable::TooFew { needed: 2, found: 1 }));
    }

    /// Columns of a CSV, by name.
    fn columns(text: &str, names: &[&str]) -> Vec<Vec<String>> {
        fn split(line: &str) -> Vec<String> {
            let (mut cells, mut quoted) = (vec![String::new()], false);
            for c in line.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if !quoted => cells.push(String::new()),
                    c => cells.last_mut().unwrap().push(c),
                }
            }
            cells
        }
        let mut lines = text.lines();
        let head = split(lines.next().unwrap());
        let at: Vec<usize> =
            names.iter().map(|name| head.iter().position(|cell| cell == name).unwrap()).collect();
        lines
            .map(|line| {
                let cells = split(line);
                at.iter().map(|&at| cells[at].clone()).collect()
            })
            .collect()
    }

    #[test]
    #[ignore = "needs CANDOR_REFERENCE, the folder with data/ and reference/ (the input is GPL and not copied)"]
    fn the_figures_of_the_r_package_survey_are_reproduced() {
        let read = crate::reference::file;
        let means: BTreeMap<String, (f64, f64)> =
            columns(&read("reference/survey_api_means.csv"), &["design", "mean", "se"])
                .into_iter()
                .map(|row| (row[0].clone(), (row[1].parse().unwrap(), row[2].parse().unwrap())))
                .collect();
        let matches = |found: &Weighted, design: &str| {
            near(found.mean.value, means[design].0);
            near(found.standard_error, means[design].1);
        };
        let (mut by_type, mut by_both) = (Cells::default(), Cells::default());
        for row in columns(&read("data/apisrs.csv"), &["stype", "sch.wide", "api00"]) {
            let score = one(row[2].parse().unwrap());
            by_type.update(&row[..1].to_vec(), &score);
            by_both.update(&row[..2].to_vec(), &score);
        }
        let types = [("E", 4421.0), ("H", 755.0), ("M", 1018.0)];
        let population: BTreeMap<_, _> =
            types.iter().map(|(group, number)| (cell(&[group]), *number)).collect();
        matches(&simple(&by_type, Some(6194.0)).unwrap(), "srs");
        let post = post_stratified(&by_type, &population, Population::Counts).unwrap();
        matches(&post, "srs_poststrat");
        let margins = [margin(&types), margin(&[("No", 1072.0), ("Yes", 5122.0)])];
        // The reference's raked design was given without the size of the population, so without its correction.
        let rake = raked(&by_both, &margins, Population::Shares, Raking::default()).unwrap();
        matches(&rake, "srs_raked");
        let weight = |found: &Weighted, groups: &[String]| {
            found.weights.iter().find(|(cell, _)| cell == groups).map(|(_, weight)| *weight).unwrap()
        };
        for row in
            columns(&read("reference/survey_api_weights.csv"), &["stype", "schwide", "poststrat", "raked"])
        {
            near(weight(&post, &row[..1]), row[2].parse().unwrap());
            near(weight(&rake, &row[..2]), row[3].parse().unwrap());
        }
        // The file gives each school's weight in single precision (44.2099990844727 for 44.21), and the reference used it.
        let (mut strata, mut population) = (Cells::default(), BTreeMap::new());
        for row in columns(&read("data/apistrat.csv"), &["stype", "api00", "pw"]) {
            strata.update(&row[..1].to_vec(), &one(row[1].parse().unwrap()));
            *population.entry(row[..1].to_vec()).or_insert(0.0) += row[2].parse::<f64>().unwrap();
        }
        let strat = stratified(&strata, &population, Population::Counts).unwrap();
        near(strat.mean.value, means["strat"].0);
        // R took the finite correction from the exact counts and the weights from the rounded ones: 1e-10 of the standard error.
        assert!((strat.standard_error / means["strat"].1 - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec((0u8..3, 0u8..3, 0u64..=10), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, Cells>(&rows, &deal, order, |state, &(a, b, x)| {
                state.update(&vec![a.to_string(), b.to_string()], &one(x));
            })?;
            let mut state = Cells::default();
            rows.iter().for_each(|&(a, b, x)| state.update(&vec![a.to_string(), b.to_string()], &one(x)));
            let read = Cells::from_bytes(&state.to_bytes()).unwrap();
            prop_assert_eq!(simple(&read, None), simple(&state, None));
        }
    }
}
