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

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(amounts: &[i64]) -> Cell {
        let mut cell = Cell::default();
        amounts.iter().for_each(|amount| cell.update(*amount));
        cell
    }

    #[test]
    fn two_customers_are_weighted_by_hand() {
        // Of 300 at 1 and 100 at 0: x̄_w = ¾. n/(n−1) Σw²(x − x̄_w)²/(Σw)² = 2 · (9 · 1/16 + 1 · 9/16)/16 = 9/64, its root 3/8; t with
        // one degree of freedom is 12.7062. Worth 400²/(300² + 100²) = 1.6 equal customers.
        let found = weighted([(1.0, cell(&[300])), (0.0, cell(&[100]))].into_iter()).unwrap();
        let t = 12.706_204_736_432_1;
        assert!((found.mean.value - 0.75).abs() < 1e-12 && (found.mean.high - 0.75 - t * 0.375).abs() < 1e-6);
        assert!((found.mean.value - found.mean.low - t * 0.375).abs() < 1e-6);
        assert!((found.effective_n - 1.6).abs() < 1e-12 && found.n == 2);
        // Less plain: ¼, with influences ¾ · ¼ − ½ · ½ = −1/16 and −(¼ · ¾ − ½ · ½) = 1/16; √(2 · 2/256) = ⅛, and t of 2 with one degree
        // of freedom has p = 1 − 2 atan(2)/π.
        assert!((found.difference.value - 0.25).abs() < 1e-12);
        assert!((found.difference.high - 0.25 - t * 0.125).abs() < 1e-6, "{found:?}");
        assert!((found.p - (1.0 - 2.0 * 2f64.atan() / std::f64::consts::PI)).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn the_unit_of_money_plays_no_part_and_equal_money_none_at_all() {
        let cells = |by: i64| {
            let of = |amounts: &[i64]| cell(&amounts.iter().map(|amount| amount * by).collect::<Vec<_>>());
            [(-1.0, of(&[5, 9, 1])), (0.0, of(&[4])), (1.0, of(&[2, 30]))].into_iter()
        };
        let (one, many) = (weighted(cells(1)).unwrap(), weighted(cells(1000)).unwrap());
        for (a, b) in [(one.mean, many.mean), (one.difference, many.difference)] {
            assert!((a.value - b.value).abs() + (a.low - b.low).abs() + (a.high - b.high).abs() < 1e-12);
        }
        assert!((one.p - many.p).abs() < 1e-12 && (one.effective_n - many.effective_n).abs() < 1e-9);
        // Everybody brings the same: as plain as can be, and no p-value.
        let same = weighted([(1.0, cell(&[7; 6])), (0.0, cell(&[7; 4]))].into_iter()).unwrap();
        assert!((same.mean.value - 0.6).abs() < 1e-12 && same.difference.value.abs() < 1e-12, "{same:?}");
        assert!((same.effective_n - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_mean_of_one_customer_or_of_no_money_is_none() {
        assert_eq!(weighted([(1.0, cell(&[300]))].into_iter()), None);
        assert_eq!(weighted([(1.0, cell(&[0, 0])), (0.0, cell(&[0]))].into_iter()), None);
        assert!(weighted([(1.0, cell(&[0])), (0.0, cell(&[1]))].into_iter()).is_some());
        // A score that all share differs from nothing, and has no p-value.
        let all = weighted([(1.0, cell(&[300, 200]))].into_iter()).unwrap();
        assert!(all.p.is_nan() && (all.mean.low, all.mean.high) == (1.0, 1.0), "{all:?}");
    }

    #[test]
    fn shares_of_money_are_those_of_the_amounts_and_stay_in_their_range() {
        let (some, all) = (cell(&[30, 10]), cell(&[30, 10, 100, 60]));
        let found = share(some, all).unwrap();
        // x̄ = ⅕; 4/3 · (30² · .64 + 10² · .64 + 100² · .04 + 60² · .04)/200² = .0394667; t with three degrees is 3.18245.
        let half = 3.182_446_305_284_263 * 0.039_466_666_666_666_67f64.sqrt();
        assert!((found.value - 0.2).abs() < 1e-12 && (found.high - 0.2 - half).abs() < 1e-9, "{found:?}");
        assert_eq!(found.low, 0.0);
        let most = share(cell(&[100, 60, 30]), all).unwrap();
        assert!((most.value - 0.95).abs() < 1e-12 && most.high == 1.0 && most.low > 0.5, "{most:?}");
    }
}
