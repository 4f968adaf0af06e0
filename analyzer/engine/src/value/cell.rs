//! Sums of money in whole hundredths, by point of the scale and segment: all that means, shares and slopes of money need. Whole
//! numbers, so that any division of the customers gives the same bits.

use std::collections::BTreeMap;

/// Customers, their money and its squares. Amounts are at most 10¹³ hundredths, so that the sums hold 10¹² customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Customers.
    pub n: u64,
    /// Σy, in hundredths.
    pub sum: i128,
    /// Σy².
    pub squares: i128,
}

impl Cell {
    /// Counts a customer.
    pub fn update(&mut self, amount: i64) {
        let amount = i128::from(amount);
        self.n += 1;
        self.sum += amount;
        self.squares += amount * amount;
    }

    /// The mean, in hundredths; 0 of nobody.
    pub fn mean(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.sum as f64 / self.n as f64 }
    }

    /// Σ(y − ȳ)². About the whole number below the mean it is exact, so that nothing cancels.
    pub fn spread(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let n = i128::from(self.n);
        let about = self.sum.div_euclid(n);
        let rest = self.sum - about * n;
        let squares = self.squares - 2 * about * self.sum + about * about * n;
        (squares as f64 - rest as f64 * rest as f64 / n as f64).max(0.0)
    }
}

/// Cells by segment and rating.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(pub BTreeMap<(u32, u8), Cell>);

impl Cells {
    /// Counts a customer.
    pub fn update(&mut self, segment: u32, rating: u8, amount: i64) {
        self.0.entry((segment, rating)).or_default().update(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(amounts: &[i64]) -> Cell {
        let mut cell = Cell::default();
        amounts.iter().for_each(|amount| cell.update(*amount));
        cell
    }

    proptest! {
        #[test]
        fn moving_all_amounts_by_as_much_moves_the_mean_and_not_the_spread(
            amounts in proptest::collection::vec(-1_000i64..=1_000, 1..40),
            by in -9_000_000_000_000i64..=9_000_000_000_000,
        ) {
            let moved: Vec<i64> = amounts.iter().map(|amount| amount + by).collect();
            prop_assert_eq!(cell(&amounts).spread(), cell(&moved).spread());
            prop_assert!((cell(&moved).mean() - by as f64 - cell(&amounts).mean()).abs() < 0.01);
        }
    }

    #[test]
    fn means_and_spreads_are_those_of_a_pencil() {
        // 0 and 1 lie a half from their mean; 1, 2 and 6 lie 2, 1 and 3 from 3; −3, −3 and −1 lie ⅔, ⅔ and 4⁄3 from −7⁄3.
        for (amounts, mean, spread) in [
            (&[][..], 0.0, 0.0),
            (&[7], 7.0, 0.0),
            (&[0, 1], 0.5, 0.5),
            (&[1, 2, 6], 3.0, 14.0),
            (&[-3, -3, -1], -7.0 / 3.0, 8.0 / 3.0),
        ] {
            let cell = cell(amounts);
            assert_eq!(cell.n, amounts.len() as u64);
            assert!((cell.mean() - mean).abs() < 1e-12 && (cell.spread() - spread).abs() < 1e-12, "{cell:?}");
        }
    }

    #[test]
    fn equal_amounts_have_no_spread_however_large_they_are() {
        let cell = cell(&[9_999_999_999_999; 1000]);
        assert_eq!((cell.spread(), cell.mean()), (0.0, 9_999_999_999_999.0));
    }

    #[test]
    fn customers_are_counted_by_segment_and_rating() {
        let mut cells = Cells::default();
        for (segment, rating, amount) in [(1, 9, 5), (0, 9, 7), (1, 9, -2), (1, 3, 1)] {
            cells.update(segment, rating, amount);
        }
        let found: Vec<_> =
            cells.0.iter().map(|(key, cell)| (*key, cell.n, cell.sum, cell.squares)).collect();
        assert_eq!(found, [((0, 9), 1, 7, 49), ((1, 3), 1, 1, 1), ((1, 9), 2, 3, 29)]);
    }
}
