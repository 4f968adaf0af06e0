//! Person–total correlation: how well one person's answers follow the ups and downs of the items. It reads [`Moments`] and
//! one response, and touches nothing else.
//!
//! r over the answered items between the answers and the item means, either of all responses (*with self*) or of all
//! others (*without self*: (Σx − own)/(n − 1)). Source: Curran (2016), "Methods for the detection of carelessly invalid
//! responses in survey data", Journal of Experimental Social Psychology 66:4–19. Low or negative is careless. A person
//! whose answers do not vary, or item means that do not, give none. Reference: careless_dataset.csv, 200 rows to 1e-9 (row
//! 1: .34132103670738 with self, .28749097827351 without).

use super::moments::Moments;
use super::{MISSING, Refusal, pearson};

/// Item totals of all responses.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonTotal {
    /// Σx and n of each item.
    totals: Vec<(u64, u64)>,
}

impl PersonTotal {
    /// Takes the item totals; refused with fewer than two responses, as then there are no others.
    pub fn fit(moments: &Moments) -> Result<PersonTotal, Refusal> {
        if moments.rows() < 2 {
            return Err(Refusal::TooFewResponses { found: moments.rows(), needed: 2 });
        }
        let totals = (0..moments.items()).map(|item| (moments.sum(item), moments.answered(item))).collect();
        Ok(PersonTotal { totals })
    }

    /// r with the means of all responses, this one among them, in [−1, 1].
    pub fn with_self(&self, row: &[u8]) -> Option<f64> {
        self.r(row, false, &mut Vec::new())
    }

    /// r with the means of all other responses, in [−1, 1]. The row must be one of those that were counted.
    pub fn without_self(&self, row: &[u8]) -> Option<f64> {
        self.r(row, true, &mut Vec::new())
    }

    /// Either r, with room for the pairs handed in, for a million responses in a loop.
    pub(crate) fn r(&self, row: &[u8], without_self: bool, pairs: &mut Vec<(f64, f64)>) -> Option<f64> {
        pairs.clear();
        // Whether answers and means vary is decided on whole numbers: sum/n differ where sum·n₀ ≠ sum₀·n.
        let mut first: Option<(u8, u64, u64)> = None;
        let (mut answers_vary, mut means_vary) = (false, false);
        for (&answer, &(sum, n)) in row.iter().zip(&self.totals) {
            let own = u64::from(answer);
            if answer == MISSING || n == 0 || (without_self && (n == 1 || sum < own)) {
                continue;
            }
            let (sum, n) = if without_self { (sum - own, n - 1) } else { (sum, n) };
            let (answer0, sum0, n0) = *first.get_or_insert((answer, sum, n));
            answers_vary |= answer != answer0;
            means_vary |= u128::from(sum) * u128::from(n0) != u128::from(sum0) * u128::from(n);
            pairs.push((own as f64, sum as f64 / n as f64));
        }
        if answers_vary && means_vary { pearson(pairs) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, fixture};
    use super::*;

    fn fit(items: usize, answers: &[u8]) -> Result<PersonTotal, Refusal> {
        let mut moments = Moments::new(items);
        moments.update(&Block::new(items, answers).unwrap()).unwrap();
        PersonTotal::fit(&moments)
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let answers = fixture::answers();
        let fit = fit(50, &answers).unwrap();
        let with: Vec<_> = answers.chunks(50).map(|row| fit.with_self(row)).collect();
        let without: Vec<_> = answers.chunks(50).map(|row| fit.without_self(row)).collect();
        assert!(fixture::deviation(&with, &fixture::reference("person_total_incl")) < 1e-9);
        assert!(fixture::deviation(&without, &fixture::reference("person_total_excl")) < 1e-9);
    }

    #[test]
    fn only_answered_items_count() {
        // Means of all: 2, 3, 4, 100. The missing item would have changed the r of 1.
        let answers = [1, 2, 3, MISSING, 3, 4, 5, 100];
        let fit = fit(4, &answers).unwrap();
        assert!((fit.with_self(&answers[..4]).unwrap() - 1.0).abs() < 1e-12);
        // Others' means: 3, 4, 5.
        assert!((fit.without_self(&answers[..4]).unwrap() - 1.0).abs() < 1e-12);
        // The item that only this response answered has no others.
        assert!((fit.without_self(&answers[4..]).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn flat_people_and_flat_items_give_no_number() {
        let flat = fit(3, &[1, 2, 3, 3, 2, 1, 2, 2, 2]).unwrap();
        assert_eq!(flat.with_self(&[1, 2, 3]), None);
        // Without the person the means are 2.5, 2, 1.5.
        assert_eq!(flat.without_self(&[1, 2, 3]), Some(-1.0));
        assert_eq!(flat.without_self(&[2, 2, 2]), None);
        assert_eq!(flat.with_self(&[MISSING; 3]), None);
        assert_eq!(flat.with_self(&[]), None);
        assert_eq!(fit(2, &[1, 2]), Err(Refusal::TooFewResponses { found: 1, needed: 2 }));
        assert_eq!(fit(2, &[MISSING; 4]).unwrap().with_self(&[1, 2]), None);
    }
}
