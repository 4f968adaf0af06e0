//! The score when each customer counts by the money that he brings, and shares of money. It reads sums of money by rating, and
//! touches nothing else.
//!
//! x̄_w = Σwx/Σw, linearized: its variance is n/(n−1) Σw²(x − x̄_w)²/(Σw)² (Cochran 1977, "Sampling Techniques", §6.3), as is that
//! of the share of money of some customers, whose x is 1 for them and 0 for others. Weighted less plain is one sum over the
//! same customers, each with w(x − x̄_w)/Σw − (x − x̄)/n. Intervals by Student's t with n − 1 degrees of freedom. What the weights are
//! worth is (Σw)²/Σw² (Kish 1965): when one customer brings most of the money, it is near 1 and the interval is not to be
//! believed. Money below 0 counts as none.
//!
//! Tested against statsmodels 0.15.0 (`WLS` on a constant, `cov_type="HC1"`).

use super::cell::Cell;
use crate::scores::{Estimate, beta};

/// A weighted mean of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted {
    /// The weighted mean.
    pub mean: Estimate,
    /// Weighted less plain.
    pub difference: Estimate,
    /// The p-value of no difference.
    pub p: f64,
    /// Customers.
    pub n: u64,
    /// As many equal customers would give an interval as long.
    pub effective_n: f64,
}

/// The mean of `x` over cells of customers who share one, weighted by their money; amounts are not below 0. Nothing under two customers,
/// or without money.
pub fn weighted(cells: impl Iterator<Item = (f64, Cell)> + Clone) -> Option<Weighted> {
    let (mut n, mut sum, mut squares) = (0u64, 0i128, 0i128);
    for (_, cell) in cells.clone() {
        n += cell.n;
        sum += cell.sum;
        squares += cell.squares;
    }
    if n < 2 || sum <= 0 {
        return None;
    }
    let (count, total) = (n as f64, sum as f64);
    let mean = cells.clone().map(|(x, cell)| x * cell.sum as f64).sum::<f64>() / total;
    let plain = cells.clone().map(|(x, cell)| x * cell.n as f64).sum::<f64>() / count;
    let (mut variance, mut of_difference) = (0.0, 0.0);
    for (x, cell) in cells {
        let (with, without) = ((x - mean) / total, (x - plain) / count);
        variance += cell.squares as f64 * with * with;
        of_difference += cell.squares as f64 * with * with - 2.0 * cell.sum as f64 * with * without
            + cell.n as f64 * without * without;
    }
    let free = count - 1.0;
    let t = beta::t_quantile(0.05, free);
    let around = |value: f64, variance: f64| {
        let half = t * libm::sqrt((variance * count / free).max(0.0));
        Estimate { value, low: value - half, high: value + half }
    };
    let error = libm::sqrt((of_difference * count / free).max(0.0));
    let difference = around(mean - plain, of_difference);
    let p = if error > 0.0 { beta::t_tails(difference.value / error, free) } else { f64::NAN };
    Some(Weighted {
        mean: around(mean, variance),
        difference,
        p,
        n,
        effective_n: total * total / squares as f64,
    })
}

/// The share of all money that some customers bring, in [0, 1]; `some` are among `all`.
pub fn share(some: Cell, all: Cell) -> Option<Estimate> {
    let others =
        Cell { n: all.n - some.n.min(all.n), sum: all.sum - some.sum, squares: all.squares - some.squares };
    let found = weighted([(1.0, some), (0.0, others)].into_iter())?.mean;
    Some(Estimate { value: found.value, low: found.low.max(0.0), high: found.high.min(1.0) })
}
