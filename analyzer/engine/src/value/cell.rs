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

    /// Adds what another cell has counted.
    pub fn merge(&mut self, other: &Cell) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
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

    /// Adds what other cells have counted.
    pub fn merge(&mut self, other: &Cells) {
        for (key, cell) in &other.0 {
            self.0.entry(*key).or_default().merge(cell);
        }
    }

    /// The cells of each rating, over all segments.
    pub fn by_rating(&self) -> BTreeMap<u8, Cell> {
        let mut all: BTreeMap<u8, Cell> = BTreeMap::new();
        for (&(_, rating), cell) in &self.0 {
            all.entry(rating).or_default().merge(cell);
        }
        all
    }

    /// All of them.
    pub fn total(&self) -> Cell {
        let mut total = Cell::default();
        self.0.values().for_each(|cell| total.merge(cell));
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_split_of_the_customers_gives_the_same_sums(
            rows in proptest::collection::vec((0u32..3, 0u8..=10, -10_000_000_000_000i64..=10_000_000_000_000), 0..80),
            at in 0usize..80,
        ) {
            let count = |rows: &[(u32, u8, i64)]| {
                let mut cells = Cells::default();
                rows.iter().for_each(|&(segment, rating, amount)| cells.update(segment, rating, amount));
                cells
            };
            let (one, other) = rows.split_at(at.min(rows.len()));
            let mut merged = count(other);
            merged.merge(&count(one));
            prop_assert_eq!(&merged, &count(&rows));
            let total = merged.total();
            let n = rows.len() as f64;
            let mean = rows.iter().map(|row| row.2 as f64).sum::<f64>() / n.max(1.0);
            let spread: f64 = rows.iter().map(|row| (row.2 as f64 - mean).powi(2)).sum();
            prop_assert!((total.spread() - spread).abs() <= 1e-9 * spread.max(1.0));
        }
    }

    #[test]
    fn equal_amounts_have_no_spread_however_large_they_are() {
        let mut cell = Cell::default();
        (0..1000).for_each(|_| cell.update(9_999_999_999_999));
        assert_eq!((cell.spread(), cell.mean()), (0.0, 9_999_999_999_999.0));
    }
}
