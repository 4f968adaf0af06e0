//! Key drivers: how much of the spread of an outcome each other rating accounts for. The state holds exact sums of products; random
//! numbers are handed in.
//!
//! R² of the linear regression of the outcome on the predictors is divided among them in two ways, each adding up to R²:
//! - LMG (Lindeman, Merenda and Gold 1980, "Introduction to Bivariate and Multivariate Analysis", p. 119; the Shapley value of R²,
//!   Lipovetsky and Conklin 2001): the mean, over all orders, of what a predictor adds to R² when it enters. Exact to
//!   [`EXACT`] predictors, from all subsets; past that the mean over orders drawn at random, each with its reverse.
//! - Johnson's relative weights (2000, Multivariate Behavioral Research 35:1–19): with R = QDQᵀ the predictors' correlations, Λ = Q√DQᵀ
//!   and β = Λ⁻¹r, the weight of j is ΣₖΛ²ⱼₖβ²ₖ.
//!
//! Intervals: bootstrap over blocks of responses, whole units where they are known (Field and Welsh 2007, JRSS B 69:369–390): value ±
//! t·sd·√(k/(k−1)) with Student's t of k − 1 degrees of freedom over k blocks and the standard deviation of the replicates, since blocks
//! drawn from k vary by (k − 1)/k of what they vary by and a few do not know their own variance (Cameron and Miller 2015, Journal of
//! Human Resources 50:317–372); cut to [0, 1] for shares. The percentiles of the replicates are too narrow for a few blocks, and those of
//! a share, which is never negative, never leave 0 in.
//!
//! Traps: a share of R² is no effect: what moves the outcome may be a cause of both. Rows that lack any of the answers are left out, and
//! counted; they may differ from the others. A share has no sign; look at the correlation. Predictors that repeat each other share what
//! they explain, and `collinear` says so.
//!
//! Tested against R (relaimpo, and Johnson's formula) on data/swiss.csv, in hundredths: reference/keydriver_swiss.csv, LMG .0571, .1712,
//! .2601, .1056, .1128; R² .706735.

use super::Estimate;
use super::beta;
use super::matrix::symmetric_eigen;
use super::resample::{below, shuffle};
use super::state::{BadBytes, By, Bytes, Key, State};
use super::unavailable::Unavailable;
use crate::columns::NO_RATING;
use rand_core::Rng;

/// How many predictors are divided exactly; all 2ᵖ subsets are looked at.
pub const EXACT: usize = 12;

/// Rows whose products are summed at once.
const BLOCK: usize = 2048;

/// The part of a predictor's variance that others must leave unexplained for it to be told from them.
const TOLD_APART: f64 = 1e-10;

/// Exact sums of products of predictors and outcome over complete rows. The default is the state of no rows, of any columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Predictors and the outcome, or 0 before the first row.
    columns: usize,
    /// Whether rows or states with different columns were put together; then nothing else is kept.
    mixed: bool,
    /// Complete rows.
    n: u64,
    /// Rows that lacked an answer.
    incomplete: u64,
    /// Sums of each column, the outcome last.
    sums: Vec<i128>,
    /// Sums of products of columns i ≥ j, row by row of the lower triangle.
    products: Vec<i128>,
}

impl Moments {
    /// Takes on the number of columns, or gives up where it differs or there is none. Says whether rows can be added.
    fn shape(&mut self, columns: Option<usize>) -> bool {
        let Some(columns) = columns else {
            *self = Moments { mixed: true, ..Moments::default() };
            return false;
        };
        if self.columns == 0 && !self.mixed {
            self.columns = columns;
            self.sums = vec![0; columns];
            self.products = vec![0; columns * (columns + 1) / 2];
        } else if self.columns != columns && !self.mixed {
            *self = Moments { mixed: true, ..Moments::default() };
        }
        !self.mixed
    }

    /// Adds rows of ratings, a slice a question and as long as the outcome's; a row with a [`NO_RATING`] is counted and left out.
    pub fn update(&mut self, predictors: &[&[u8]], outcome: &[u8]) {
        let columns: Vec<&[u8]> = predictors.iter().copied().chain([outcome]).collect();
        let long = columns.iter().all(|column| column.len() == outcome.len());
        if !self.shape(long.then_some(columns.len())) {
            return;
        }
        // Complete rows are gathered a block at a time: products of short columns are summed many at once.
        let mut block: Vec<Vec<i16>> = vec![Vec::with_capacity(BLOCK); columns.len()];
        for from in (0..outcome.len()).step_by(BLOCK) {
            let rows = from..(from + BLOCK).min(outcome.len());
            let complete = |at: &usize| columns.iter().all(|column| column[*at] != NO_RATING);
            let kept: Vec<usize> = rows.clone().filter(complete).collect();
            self.n += kept.len() as u64;
            self.incomplete += (rows.len() - kept.len()) as u64;
            for (short, column) in block.iter_mut().zip(&columns) {
                short.clear();
                short.extend(kept.iter().map(|&at| i16::from(column[at])));
            }
            let mut products = self.products.iter_mut();
            for (i, column) in block.iter().enumerate() {
                self.sums[i] += i128::from(column.iter().map(|&x| i32::from(x)).sum::<i32>());
                for (other, product) in block[..=i].iter().zip(&mut products) {
                    // At most 2,048 · 254², which an i32 holds.
                    let sum: i32 = column.iter().zip(other).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
                    *product += i128::from(sum);
                }
            }
        }
    }

    /// Adds one row of whole numbers, for measures that are no ratings: fixed-point numbers in any unit, since R² does not depend on it.
    pub fn update_row(&mut self, predictors: &[i32], outcome: i32) {
        if !self.shape(Some(predictors.len() + 1)) {
            return;
        }
        let row: Vec<i128> = predictors.iter().copied().chain([outcome]).map(i128::from).collect();
        self.n += 1;
        let mut next = self.products.iter_mut();
        for (i, x) in row.iter().enumerate() {
            self.sums[i] += x;
            for (y, product) in row[..=i].iter().zip(&mut next) {
                *product += x * y;
            }
        }
    }

    /// Complete rows.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Rows that were left out because an answer was missing.
    pub fn incomplete(&self) -> u64 {
        self.incomplete
    }
}

impl State for Moments {
    const TAG: [u8; 4] = *b"mome";

    fn merge(&mut self, other: &Moments) {
        if other.columns == 0 && !other.mixed {
            return;
        }
        if !self.shape((!other.mixed).then_some(other.columns)) {
            return;
        }
        self.n += other.n;
        self.incomplete += other.incomplete;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
        self.products.iter_mut().zip(&other.products).for_each(|(sum, more)| *sum += more);
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.extend((if self.mixed { u32::MAX } else { self.columns as u32 }).to_le_bytes());
        to.extend(self.n.to_le_bytes());
        to.extend(self.incomplete.to_le_bytes());
        self.sums.iter().chain(&self.products).for_each(|sum| to.extend(sum.to_le_bytes()));
    }

    fn read(from: &mut Bytes<'_>) -> Result<Moments, BadBytes> {
        let columns = from.u32()?;
        let (n, incomplete) = (from.count()?, from.count()?);
        if columns == u32::MAX || columns == 0 {
            let whole = n == 0 && incomplete == 0;
            let empty = Moments { mixed: columns != 0, ..Moments::default() };
            return if whole { Ok(empty) } else { Err(BadBytes::Contradiction) };
        }
        let columns = columns as usize;
        let triangle = columns.checked_mul(columns + 1).ok_or(BadBytes::Contradiction)? / 2;
        // No sum of n products of 32-bit numbers is larger.
        let largest = i128::from(n) << 62;
        let mut sum = || match from.i128()? {
            sum if -largest <= sum && sum <= largest => Ok(sum),
            _ => Err(BadBytes::Contradiction),
        };
        let sums = (0..columns).map(|_| sum()).collect::<Result<Vec<_>, _>>()?;
        let products = (0..triangle).map(|_| sum()).collect::<Result<Vec<_>, _>>()?;
        Ok(Moments { columns, mixed: false, n, incomplete, sums, products })
    }
}

/// What one predictor accounts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// Its LMG share of R².
    pub lmg: f64,
    /// Its relative weight.
    pub johnson: f64,
    /// Its correlation with the outcome, which has the sign.
    pub correlation: f64,
    /// By how many of its points the outcome differs between two responses that differ by one point in this predictor and in no
    /// other: its coefficient in the least squares regression on all of them. NaN where predictors are nearly sums of others.
    pub slope: f64,
}

/// R² divided among the predictors.
#[derive(Clone, Debug, PartialEq)]
pub struct Drivers {
    /// The part of the outcome's spread that all predictors account for, in [0, 1].
    pub r_squared: f64,
    /// For each predictor in order, what it accounts for, or why that cannot be said.
    pub predictors: Vec<Result<Importance, Unavailable>>,
    /// Whether some predictors are nearly sums of others; their shares are then divided by convention.
    pub collinear: bool,
    /// The orders that LMG was averaged over, 0 where it is exact.
    pub orders: u32,
    /// Complete rows.
    pub n: u64,
    /// Rows that were left out because an answer was missing.
    pub incomplete: u64,
}

/// Correlations of those predictors that vary, and with the outcome.
struct Correlations {
    /// Which predictors vary.
    kept: Vec<usize>,
    /// Their correlations with each other, row by row.
    predictors: Vec<f64>,
    /// Their correlations with the outcome.
    outcome: Vec<f64>,
    /// The outcome's standard deviation over theirs.
    scales: Vec<f64>,
}

fn correlations(moments: &Moments) -> Result<Correlations, Unavailable> {
    if moments.mixed {
        return Err(Unavailable::DifferentColumns);
    }
    if moments.columns < 2 || moments.n == 0 {
        return Err(Unavailable::Empty);
    }
    let n = i128::from(moments.n);
    // nΣxy − ΣxΣy is a whole number: nothing cancels.
    let spread = |i: usize, j: usize| {
        let product = moments.products[i * (i + 1) / 2 + j].checked_mul(n);
        let sums = moments.sums[i].checked_mul(moments.sums[j]);
        product.zip(sums).and_then(|(product, sums)| product.checked_sub(sums)).ok_or(Unavailable::TooLarge)
    };
    let outcome = moments.columns - 1;
    let spreads = (0..=outcome).map(|i| spread(i, i)).collect::<Result<Vec<_>, _>>()?;
    if spreads[outcome] <= 0 {
        return Err(Unavailable::Constant);
    }
    let kept: Vec<usize> = (0..outcome).filter(|&i| spreads[i] > 0).collect();
    if kept.is_empty() {
        return Err(Unavailable::Constant);
    }
    let needed = kept.len() as u64 + 2;
    if moments.n < needed {
        return Err(Unavailable::TooFew { needed, found: moments.n });
    }
    let correlation = |i: usize, j: usize| {
        let (i, j) = (i.max(j), i.min(j));
        if i == j {
            return Ok(1.0);
        }
        Ok(spread(i, j)? as f64 / libm::sqrt(spreads[i] as f64) / libm::sqrt(spreads[j] as f64))
    };
    let mut predictors = Vec::with_capacity(kept.len() * kept.len());
    for &i in &kept {
        for &j in &kept {
            predictors.push(correlation(i, j)?);
        }
    }
    let outcome = kept.iter().map(|&i| correlation(i, outcome)).collect::<Result<Vec<_>, _>>()?;
    let scales = kept.iter().map(|&i| libm::sqrt(spreads[moments.columns - 1] as f64 / spreads[i] as f64));
    Ok(Correlations { scales: scales.collect(), kept, predictors, outcome })
}

/// The coefficients of the regression on all predictors, in points; NaN where some are nearly sums of others.
fn slopes(correlations: &Correlations) -> Vec<f64> {
    let size = correlations.outcome.len();
    let mut entering = Entering::new(correlations);
    (0..size).for_each(|predictor| {
        entering.enter(predictor);
    });
    let mut slopes = vec![f64::NAN; size];
    if !entering.collinear {
        for at in (0..size).rev() {
            let known: f64 = (at + 1..size).map(|later| entering.rows[later][at] * slopes[later]).sum();
            slopes[at] = (entering.scores[at] - known) / entering.rows[at][at];
        }
    }
    slopes.iter().zip(&correlations.scales).map(|(slope, scale)| slope * scale).collect()
}

/// A regression that predictors enter one by one: the rows of the Cholesky factor of their correlations, and the factor times
/// the outcome, whose squares are what each entry adds to R².
#[derive(Clone)]
struct Entering<'a> {
    correlations: &'a Correlations,
    entered: Vec<usize>,
    rows: Vec<Vec<f64>>,
    scores: Vec<f64>,
    collinear: bool,
}

impl<'a> Entering<'a> {
    fn new(correlations: &'a Correlations) -> Entering<'a> {
        Entering { correlations, entered: Vec::new(), rows: Vec::new(), scores: Vec::new(), collinear: false }
    }

    /// Lets a predictor enter and returns what it adds to R²: nothing when those before it leave nothing of it.
    fn enter(&mut self, predictor: usize) -> f64 {
        let size = self.correlations.outcome.len();
        let mut row: Vec<f64> = Vec::with_capacity(self.entered.len() + 1);
        let (mut left, mut score) = (1.0, self.correlations.outcome[predictor]);
        for (at, &other) in self.entered.iter().enumerate() {
            let known: f64 = row.iter().zip(&self.rows[at]).map(|(a, b)| a * b).sum();
            let entry = (self.correlations.predictors[predictor * size + other] - known) / self.rows[at][at];
            left -= entry * entry;
            score -= entry * self.scores[at];
            row.push(entry);
        }
        if left < TOLD_APART {
            self.collinear = true;
            return 0.0;
        }
        let root = libm::sqrt(left);
        row.push(root);
        self.entered.push(predictor);
        self.rows.push(row);
        self.scores.push(score / root);
        score / root * (score / root)
    }

    /// Lets the last predictor leave again.
    fn leave(&mut self) {
        self.entered.pop();
        self.rows.pop();
        self.scores.pop();
    }
}

/// R² of every subset, the bits of the index saying which predictors are in it.
fn all_subsets(correlations: &Correlations) -> (Vec<f64>, bool) {
    fn visit(entering: &mut Entering<'_>, from: usize, subset: usize, squared: &mut [f64]) {
        for predictor in from..entering.correlations.outcome.len() {
            let size = entering.entered.len();
            let with = subset | 1 << predictor;
            squared[with] = squared[subset] + entering.enter(predictor);
            visit(entering, predictor + 1, with, squared);
            if entering.entered.len() > size {
                entering.leave();
            }
        }
    }
    let mut squared = vec![0.0; 1 << correlations.outcome.len()];
    let mut entering = Entering::new(correlations);
    visit(&mut entering, 0, 0, &mut squared);
    (squared, entering.collinear)
}

/// LMG from all subsets: a subset of s of the others weighs s!(p−1−s)!/p!.
fn exact_lmg(correlations: &Correlations) -> (Vec<f64>, f64, bool) {
    let size = correlations.outcome.len();
    let (squared, collinear) = all_subsets(correlations);
    let mut weights = vec![1.0 / size as f64; size];
    for s in 1..size {
        weights[s] = weights[s - 1] * s as f64 / (size - s) as f64;
    }
    let lmg = (0..size)
        .map(|predictor| {
            let others = (0..squared.len()).filter(|subset| subset & 1 << predictor == 0);
            others
                .map(|subset| {
                    weights[subset.count_ones() as usize]
                        * (squared[subset | 1 << predictor] - squared[subset])
                })
                .sum()
        })
        .collect();
    (lmg, squared[squared.len() - 1], collinear)
}

/// LMG from orders drawn at random, each with its reverse.
fn sampled_lmg(correlations: &Correlations, orders: u32, random: &mut impl Rng) -> (Vec<f64>, f64, bool) {
    let mut order: Vec<usize> = (0..correlations.outcome.len()).collect();
    let mut lmg = vec![0.0; order.len()];
    let mut full = Entering::new(correlations);
    let r_squared = order.iter().map(|&predictor| full.enter(predictor)).sum();
    let pairs = orders.div_ceil(2).max(1);
    for _ in 0..pairs {
        shuffle(&mut order, random);
        for _ in 0..2 {
            let mut entering = Entering::new(correlations);
            for &predictor in &order {
                lmg[predictor] += entering.enter(predictor);
            }
            order.reverse();
        }
    }
    lmg.iter_mut().for_each(|share| *share /= f64::from(pairs) * 2.0);
    (lmg, r_squared, full.collinear)
}

/// Johnson's relative weights.
fn johnson(correlations: &Correlations) -> Vec<f64> {
    let size = correlations.outcome.len();
    let (values, vectors) = symmetric_eigen(size, correlations.predictors.clone());
    let largest = values.iter().copied().fold(0.0, f64::max);
    // Directions in which the predictors do not vary have no weight.
    let roots: Vec<f64> = values
        .iter()
        .map(|&value| if value > TOLD_APART * largest { libm::sqrt(value) } else { 0.0 })
        .collect();
    let along: Vec<f64> = (0..size)
        .map(|k| (0..size).map(|j| vectors[j * size + k] * correlations.outcome[j]).sum::<f64>())
        .collect();
    let lambda = |j: usize, i: usize| -> f64 {
        (0..size).map(|k| vectors[j * size + k] * roots[k] * vectors[i * size + k]).sum()
    };
    let beta: Vec<f64> = (0..size)
        .map(|i| {
            let directions = (0..size).filter(|&k| roots[k] > 0.0);
            directions.map(|k| vectors[i * size + k] * along[k] / roots[k]).sum()
        })
        .collect();
    (0..size)
        .map(|j| {
            (0..size)
                .map(|i| {
                    let entry = lambda(j, i);
                    entry * entry * beta[i] * beta[i]
                })
                .sum()
        })
        .collect()
}

/// R² divided among the predictors. `orders` (some 2,000) and `random` matter past [`EXACT`] predictors that vary, only.
pub fn drivers(moments: &Moments, orders: u32, random: &mut impl Rng) -> Result<Drivers, Unavailable> {
    let correlations = correlations(moments)?;
    let exact = correlations.kept.len() <= EXACT;
    let (lmg, r_squared, collinear) =
        if exact { exact_lmg(&correlations) } else { sampled_lmg(&correlations, orders, random) };
    let johnson = johnson(&correlations);
    let mut predictors = vec![Err(Unavailable::Constant); moments.columns - 1];
    let slopes = slopes(&correlations);
    for (at, &predictor) in correlations.kept.iter().enumerate() {
        predictors[predictor] = Ok(Importance {
            lmg: lmg[at],
            johnson: johnson[at],
            correlation: correlations.outcome[at],
            slope: slopes[at],
        });
    }
    let orders = if exact { 0 } else { orders.div_ceil(2).max(1) * 2 };
    let (n, incomplete) = (moments.n, moments.incomplete);
    Ok(Drivers { r_squared, predictors, collinear, orders, n, incomplete })
}

/// Intervals of a division of R².
#[derive(Clone, Debug, PartialEq)]
pub struct DriverIntervals {
    /// R².
    pub r_squared: Estimate,
    /// The LMG share of each predictor in order, or why it has none.
    pub lmg: Vec<Result<Estimate, Unavailable>>,
    /// The relative weight of each predictor in order, or why it has none.
    pub johnson: Vec<Result<Estimate, Unavailable>>,
    /// The slope of each predictor in order, or why it has none.
    pub slope: Vec<Result<Estimate, Unavailable>>,
}

/// Fewest blocks that the bootstrap may draw from.
pub const FEWEST_BLOCKS: u64 = 6;

/// `value` with an interval of Student's t by the standard deviation of bootstrap replicates over `blocks` blocks; absent under 40
/// replicates or when a number is not one.
fn student_interval(value: f64, replicates: &[f64], blocks: u64) -> Option<Estimate> {
    if replicates.len() < 40 || blocks < 2 {
        return None;
    }
    let (k, drawn) = (blocks as f64, replicates.len() as f64);
    let mean = replicates.iter().sum::<f64>() / drawn;
    let squares: f64 = replicates.iter().map(|replicate| (replicate - mean) * (replicate - mean)).sum();
    let half = beta::t_quantile(0.05, k - 1.0) * libm::sqrt(squares / (drawn - 1.0) * k / (k - 1.0));
    half.is_finite().then_some(Estimate { value, low: value - half, high: value + half })
}

/// Intervals by drawing whole blocks again, `replicates` times (at least 40; 200 are usual), each replicate with `orders` orders past
/// [`EXACT`] predictors. Costs blocks × columns² × replicates. Refused of fewer than [`FEWEST_BLOCKS`] blocks.
pub fn driver_intervals<K: Key>(
    blocks: &By<K, Moments>,
    orders: u32,
    replicates: u32,
    random: &mut impl Rng,
) -> Result<DriverIntervals, Unavailable> {
    let observed = drivers(&blocks.total(), orders, random)?;
    let met: Vec<&Moments> = blocks.states().filter(|block| block.n > 0).collect();
    if (met.len() as u64) < FEWEST_BLOCKS {
        return Err(Unavailable::TooFew { needed: FEWEST_BLOCKS, found: met.len() as u64 });
    }
    let mut squared = Vec::new();
    let mut lmg = vec![Vec::new(); observed.predictors.len()];
    let mut johnson = lmg.clone();
    let mut slope = lmg.clone();
    for _ in 0..replicates {
        let mut drawn = Moments::default();
        (0..met.len()).for_each(|_| drawn.merge(met[below(met.len() as u64, random) as usize]));
        let Ok(found) = drivers(&drawn, orders, random) else { continue };
        squared.push(found.r_squared);
        for (at, predictor) in found.predictors.iter().enumerate() {
            // A predictor that happens not to vary in a draw accounts for nothing there.
            let of = |part: fn(&Importance) -> f64| predictor.as_ref().map_or(0.0, part);
            lmg[at].push(of(|predictor| predictor.lmg));
            johnson[at].push(of(|predictor| predictor.johnson));
            slope[at].push(of(|predictor| predictor.slope));
        }
    }
    let needed = (u64::from(replicates) * 19 / 20).max(40);
    let found = squared.len() as u64;
    if found < needed {
        return Err(Unavailable::TooFew { needed, found });
    }
    let blocks = met.len() as u64;
    let interval = |value: f64, replicates: &[f64]| {
        student_interval(value, replicates, blocks).ok_or(Unavailable::NotFinite)
    };
    // Rounding leaves a trace beyond the ends.
    let cut = |Estimate { value, low, high }: Estimate| Estimate {
        value,
        low: low.max(0.0).min(value),
        high: high.min(1.0).max(value),
    };
    let each =
        |replicates: &[Vec<f64>], part: fn(&Importance) -> f64| -> Vec<Result<Estimate, Unavailable>> {
            let pairs = observed.predictors.iter().zip(replicates);
            pairs
                .map(|(predictor, drawn)| interval(part(predictor.as_ref().map_err(Clone::clone)?), drawn))
                .collect()
        };
    let shares = |replicates: &[Vec<f64>], part: fn(&Importance) -> f64| {
        each(replicates, part).into_iter().map(|share| share.map(cut)).collect()
    };
    Ok(DriverIntervals {
        r_squared: cut(interval(observed.r_squared, &squared)?),
        lmg: shares(&lmg, |predictor| predictor.lmg),
        johnson: shares(&johnson, |predictor| predictor.johnson),
        slope: each(&slope, |predictor| predictor.slope),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    fn random(seed: u64) -> rand_pcg::Pcg64 {
        rand_pcg::Pcg64::seed_from_u64(seed)
    }

    fn swiss() -> Vec<Vec<i32>> {
        include_str!("../../fixtures/scores/swiss.csv")
            .lines()
            .skip(1)
            .map(|line| {
                let cells = line.split(',').skip(1);
                cells.map(|cell| (cell.parse::<f64>().unwrap() * 100.0).round() as i32).collect()
            })
            .collect()
    }

    fn moments(rows: &[Vec<i32>]) -> Moments {
        let mut moments = Moments::default();
        rows.iter().for_each(|row| moments.update_row(&row[1..], row[0]));
        moments
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let found = drivers(&moments(&swiss()), 0, &mut random(1)).unwrap();
        let mut worst = 0.0_f64;
        for (line, predictor) in
            include_str!("../../fixtures/scores/keydriver_swiss.csv").lines().skip(1).zip(&found.predictors)
        {
            let cells: Vec<&str> = line.split(',').collect();
            let predictor = predictor.as_ref().unwrap();
            for (found, expected) in
                [(predictor.lmg, cells[2]), (predictor.johnson, cells[3]), (found.r_squared, cells[4])]
            {
                worst = worst.max((found - expected.parse::<f64>().unwrap()).abs());
            }
        }
        assert!(worst < 1e-13, "the largest deviation is {worst:e}");
        assert_eq!((found.n, found.collinear, found.orders), (47, false, 0));
    }

    #[test]
    fn slopes_are_those_that_r_prints_of_the_same_regression() {
        // lm(Fertility ~ ., data = swiss) in R.
        let expected = [-0.17211, -0.25801, -0.87094, 0.10412, 1.07705];
        let found = drivers(&moments(&swiss()), 0, &mut random(1)).unwrap();
        for (predictor, expected) in found.predictors.iter().zip(expected) {
            let slope = predictor.as_ref().unwrap().slope;
            assert!((slope - expected).abs() < 6e-6, "{slope} is not {expected}");
        }
        let twice: Vec<Vec<i32>> = swiss().iter().map(|row| vec![row[0], row[1], row[1]]).collect();
        let found = drivers(&moments(&twice), 0, &mut random(1)).unwrap();
        assert!(found.collinear && found.predictors.iter().all(|one| one.as_ref().unwrap().slope.is_nan()));
    }

    #[test]
    fn both_divisions_add_up_to_r_squared() {
        let found = drivers(&moments(&swiss()), 0, &mut random(1)).unwrap();
        let sum = |part: fn(&Importance) -> f64| {
            found.predictors.iter().map(|one| part(one.as_ref().unwrap())).sum::<f64>()
        };
        assert!((sum(|one| one.lmg) - found.r_squared).abs() < 1e-13);
        assert!((sum(|one| one.johnson) - found.r_squared).abs() < 1e-13);
    }

    #[test]
    fn sampled_orders_come_near_the_exact_shares_and_add_up_exactly() {
        let moments = moments(&swiss());
        let correlations = correlations(&moments).unwrap();
        let (exact, r_squared, _) = exact_lmg(&correlations);
        let (sampled, again, _) = sampled_lmg(&correlations, 2000, &mut random(9));
        assert!((r_squared - again).abs() < 1e-13 && (sampled.iter().sum::<f64>() - r_squared).abs() < 1e-12);
        for (exact, sampled) in exact.iter().zip(&sampled) {
            assert!((exact - sampled).abs() < 0.01, "{exact} {sampled}");
        }
    }

    /// Ratings by a hidden mood and noise: `size` predictors, then the outcome of the first two.
    fn ratings(size: usize, n: usize, seed: u64) -> Vec<Vec<u8>> {
        let mut random = random(seed);
        let mut columns = vec![Vec::with_capacity(n); size + 1];
        for _ in 0..n {
            let mood = below(4, &mut random);
            let answers: Vec<u64> = (0..size).map(|_| mood + below(4, &mut random)).collect();
            columns[size].push((2 * answers[0] + answers[1] + below(5, &mut random)) as u8);
            answers.iter().enumerate().for_each(|(at, &answer)| columns[at].push(answer as u8));
        }
        columns
    }

    fn of_ratings(columns: &[Vec<u8>]) -> Moments {
        let (outcome, predictors) = columns.split_last().unwrap();
        let mut moments = Moments::default();
        moments.update(&predictors.iter().map(Vec::as_slice).collect::<Vec<_>>(), outcome);
        moments
    }

    #[test]
    fn past_twelve_predictors_the_orders_are_drawn_and_follow_the_seed() {
        let moments = of_ratings(&ratings(15, 500, 4));
        let run = |seed| drivers(&moments, 301, &mut random(seed)).unwrap();
        let found = run(1);
        assert_eq!(found.orders, 302);
        assert_eq!(found, run(1));
        assert_ne!(found, run(2));
        let shares: Vec<f64> = found.predictors.iter().map(|one| one.as_ref().unwrap().lmg).collect();
        assert!((shares.iter().sum::<f64>() - found.r_squared).abs() < 1e-12);
        assert!(shares[0] > shares[1] && shares[2..].iter().all(|&share| share < shares[1]));
    }

    #[test]
    fn a_predictor_that_repeats_another_shares_with_it_and_that_is_said() {
        let mut columns = ratings(2, 300, 5);
        let alone = drivers(&of_ratings(&columns), 0, &mut random(1)).unwrap();
        columns.insert(1, columns[0].clone());
        let found = drivers(&of_ratings(&columns), 0, &mut random(1)).unwrap();
        assert!(found.collinear && !alone.collinear);
        assert!((found.r_squared - alone.r_squared).abs() < 1e-12);
        let part = |at: usize| found.predictors[at].clone().unwrap();
        assert!(
            (part(0).lmg - part(1).lmg).abs() < 1e-12 && (part(0).johnson - part(1).johnson).abs() < 1e-9
        );
        let sum: f64 = (0..3).map(|at| part(at).johnson).sum();
        assert!((sum - found.r_squared).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn columns_that_do_not_vary_and_rows_that_do_not_suffice_are_refused() {
        let mut columns = ratings(3, 40, 6);
        columns[1].fill(4);
        columns[0][7] = NO_RATING;
        let found = drivers(&of_ratings(&columns), 0, &mut random(1)).unwrap();
        assert_eq!((found.n, found.incomplete, &found.predictors[1]), (39, 1, &Err(Unavailable::Constant)));
        assert!(found.predictors[0].is_ok() && found.predictors[2].is_ok());
        columns[3].fill(9);
        assert_eq!(drivers(&of_ratings(&columns), 0, &mut random(1)), Err(Unavailable::Constant));
        assert_eq!(drivers(&Moments::default(), 0, &mut random(1)), Err(Unavailable::Empty));
        let mut none = Moments::default();
        none.update(&[], &[1, 2, 3]);
        assert_eq!(drivers(&none, 0, &mut random(1)), Err(Unavailable::Empty));
        let mut missing = Moments::default();
        missing.update(&[&[NO_RATING; 3]], &[1, 2, 3]);
        assert_eq!(drivers(&missing, 0, &mut random(1)), Err(Unavailable::Empty));
        let few = of_ratings(&ratings(3, 4, 6));
        assert_eq!(drivers(&few, 0, &mut random(1)), Err(Unavailable::TooFew { needed: 5, found: 4 }));
        let mut uneven = Moments::default();
        uneven.update(&[&[1, 2]], &[1, 2, 3]);
        assert_eq!(drivers(&uneven, 0, &mut random(1)), Err(Unavailable::DifferentColumns));
    }

    #[test]
    fn states_of_different_columns_give_no_number_in_any_order() {
        let (two, three) = (of_ratings(&ratings(2, 20, 1)), of_ratings(&ratings(3, 20, 1)));
        let mut a = two.clone();
        a.merge(&three);
        a.merge(&two);
        let mut b = three;
        b.merge(&two);
        assert_eq!(a, b);
        assert_eq!(drivers(&a, 0, &mut random(1)), Err(Unavailable::DifferentColumns));
        assert_eq!(Moments::from_bytes(&a.to_bytes()), Ok(a));
        let mut short = two.to_bytes();
        short.truncate(40);
        assert_eq!(Moments::from_bytes(&short), Err(BadBytes::Short));
    }

    #[test]
    fn the_largest_numbers_are_exact_or_refused() {
        let mut moments = Moments::default();
        for at in 0..50 {
            moments.update_row(&[i32::MAX - at % 7, i32::MIN + at % 5], i32::MAX - at % 3);
        }
        let found = drivers(&moments, 0, &mut random(1)).unwrap();
        assert!((0.0..=1.0).contains(&found.r_squared));
    }

    #[test]
    fn bootstrap_intervals_hold_the_shares_and_follow_the_seed() {
        let mut blocks = By::<u32, Moments>::default();
        for (at, row) in swiss().iter().enumerate() {
            blocks.update(&(at as u32), &moments(std::slice::from_ref(row)));
        }
        let run = |seed| driver_intervals(&blocks, 0, 300, &mut random(seed)).unwrap();
        let found = run(3);
        assert_eq!(found, run(3));
        assert_ne!(found, run(4));
        for estimate in found.lmg.iter().chain(&found.johnson) {
            let estimate = estimate.as_ref().unwrap();
            assert!(
                0.0 <= estimate.low && estimate.low < estimate.value && estimate.value < estimate.high,
                "{estimate:?}"
            );
        }
        let mut few = By::<u32, Moments>::default();
        swiss()
            .iter()
            .enumerate()
            .for_each(|(at, row)| few.update(&(at as u32 % 5), &moments(std::slice::from_ref(row))));
        let refused = driver_intervals(&few, 0, 300, &mut random(3));
        assert_eq!(refused, Err(Unavailable::TooFew { needed: 6, found: 5 }));
    }

    #[test]
    fn an_interval_of_few_blocks_is_student_s() {
        // Fifty times −1 and 1 around 0: s² = 100/99; six blocks: t₅ = 2.570581835636314, times √(6/5).
        let replicates: Vec<f64> = (0..100).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let found = student_interval(0.5, &replicates, 6).unwrap();
        let half = 2.570_581_835_636_314 * (100.0f64 / 99.0 * 1.2).sqrt();
        assert!((found.high - 0.5 - half).abs() < 1e-9 && (0.5 - found.low - half).abs() < 1e-9, "{found:?}");
        assert_eq!(student_interval(0.5, &replicates[..39], 6), None);
        assert_eq!(student_interval(0.5, &[f64::NAN; 50], 6), None);
    }

    /// Sums of so many units of thirty rows: moods of units on all columns, and within units nothing that goes together.
    fn moody(units: u32, random: &mut rand_pcg::Pcg64) -> By<u32, Moments> {
        let mut blocks = By::<u32, Moments>::default();
        for unit in 0..units {
            let moods = [0; 3].map(|_| below(5, random) as i32);
            for _ in 0..30 {
                let [x, z, y] = moods.map(|mood| mood + below(7, random) as i32);
                blocks.entry(&unit).update_row(&[x, z], y);
            }
        }
        blocks
    }

    #[test]
    fn what_lies_between_a_few_units_alone_is_hardly_ever_named() {
        let mut random = random(11);
        let named = |units: u32, random: &mut rand_pcg::Pcg64| {
            let worlds = (0..60).filter(|_| {
                let blocks = moody(units, random);
                let found = driver_intervals(&blocks, 0, 60, random).unwrap();
                found.lmg.iter().flatten().any(|share| share.low > 1e-9)
            });
            worlds.count()
        };
        for units in [6, 12, 30] {
            let named = named(units, &mut random);
            assert!(named <= 6, "{units} units: {named} of 60");
        }
    }

    #[test]
    fn several_blocks_of_rows_add_up_as_single_rows_do() {
        let mut columns = ratings(2, 5000, 8);
        columns[1][4097] = NO_RATING;
        columns[0][..3000].fill(254);
        let mut by_row = Moments::default();
        for at in (0..5000).filter(|&at| at != 4097) {
            by_row.update_row(&[columns[0][at].into(), columns[1][at].into()], columns[2][at].into());
        }
        by_row.incomplete = 1;
        assert_eq!(of_ratings(&columns), by_row);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec([0u8..=10, 0u8..=10, 250u8..=255, 0u8..=4], 0..120),
            deal in proptest::collection::vec(any::<u8>(), 0..120),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, Moments>(&rows, &deal, order, |state, row| {
                state.update(&[&row[..1], &row[1..2], &row[2..3]], &row[3..]);
            })?;
            proof::any_split_equals_one_pass::<_, By<u32, Moments>>(&rows, &deal, order, |state, row| {
                state.entry(&u32::from(row[0])).update(&[&row[1..2], &row[2..3]], &row[3..]);
            })?;
        }

        #[test]
        fn ratings_and_whole_numbers_add_up_alike(rows in proptest::collection::vec([0u8..=10, 0u8..=10, 0u8..=10], 1..40)) {
            let columns: Vec<Vec<u8>> = (0..3).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
            let mut by_row = Moments::default();
            rows.iter().for_each(|row| by_row.update_row(&[row[0].into(), row[1].into()], row[2].into()));
            prop_assert_eq!(of_ratings(&columns), by_row);
        }

        #[test]
        fn whatever_is_answered_adds_up_or_is_refused(rows in proptest::collection::vec([0u8..4, 0u8..4, 0u8..2, 0u8..4], 0..30)) {
            let columns: Vec<Vec<u8>> = (0..4).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
            if let Ok(found) = drivers(&of_ratings(&columns), 0, &mut random(1)) {
                prop_assert!((-1e-12..=1.0 + 1e-9).contains(&found.r_squared));
                let shares: Vec<_> = found.predictors.iter().flatten().collect();
                let lmg: f64 = shares.iter().map(|share| share.lmg).sum();
                let johnson: f64 = shares.iter().map(|share| share.johnson).sum();
                prop_assert!((lmg - found.r_squared).abs() < 1e-9, "{lmg} {}", found.r_squared);
                prop_assert!((johnson - found.r_squared).abs() < 1e-7, "{johnson} {}", found.r_squared);
                prop_assert!(shares.iter().all(|share| share.lmg > -1e-9 && share.johnson >= 0.0));
            }
        }
    }
}
