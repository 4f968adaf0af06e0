//! Even–odd consistency: whether the two halves of each factor agree within one response. A function of one response and
//! the lengths of the factors; nothing else is touched.
//!
//! Per factor the mean of its even items and the mean of its odd items (counted inside the factor, missing left out); r of
//! the two over the factors; Spearman–Brown 2r/(1 + r); floored at −1; the sign flipped, so that 1 is careless and −1
//! consistent. Source: Johnson (2005), Journal of Research in Personality 39:103–129; R package careless 1.2, `evenodd`.
//! Factors without an answer on either side are left out; fewer than two left, or a side without spread, gives none.
//!
//! Traps: with two factors r is always ±1, so use three or more. Given a matrix rather than a data frame, R's own function
//! silently uses two items a factor. Reference (data frame): careless_dataset.csv as 10 factors of 5, 200 rows to 1e-9,
//! none in the same places (row 2: −.64098436000140757).

use super::{MISSING, Refusal, pearson};

/// The factors of a block: how many consecutive items belong to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvenOdd {
    factors: Vec<usize>,
}

/// Σx and n of half a factor.
type Half = (u64, u64);

impl EvenOdd {
    /// Takes the lengths of the factors in order; together they are the `items` of the block, and at least two.
    pub fn new(factors: &[usize], items: usize) -> Result<EvenOdd, Refusal> {
        if factors.len() < 2 || factors.contains(&0) {
            return Err(Refusal::TooFewFactors);
        }
        let named = factors.iter().fold(0usize, |sum, &length| sum.saturating_add(length));
        if named != items {
            return Err(Refusal::FactorsUnlikeItems { named, items });
        }
        Ok(EvenOdd { factors: factors.to_vec() })
    }

    /// The index of one response, in [−1, 1]; high is careless.
    pub fn of(&self, row: &[u8]) -> Option<f64> {
        self.with(row, &mut Vec::new())
    }

    /// As [`EvenOdd::of`], with room for the pairs handed in, for a million responses in a loop.
    pub(crate) fn with(&self, row: &[u8], pairs: &mut Vec<(f64, f64)>) -> Option<f64> {
        pairs.clear();
        let differ = |one: Half, other: Half| one.0 * other.1 != other.0 * one.1;
        let mut first: Option<(Half, Half)> = None;
        let (mut even_varies, mut odd_varies) = (false, false);
        let mut rest = row;
        for &length in &self.factors {
            let (factor, after) = rest.split_at_checked(length)?;
            rest = after;
            let mut halves = [(0u64, 0u64); 2];
            for (place, &answer) in factor.iter().enumerate() {
                if answer != MISSING {
                    let half = &mut halves[place % 2];
                    half.0 += u64::from(answer);
                    half.1 += 1;
                }
            }
            // R counts from 1: the first item is odd.
            let [odd, even] = halves;
            if odd.1 == 0 || even.1 == 0 {
                continue;
            }
            // Whether the halves vary is decided on whole numbers: a mean of thirds has no exact float.
            let (even0, odd0) = *first.get_or_insert((even, odd));
            even_varies |= differ(even, even0);
            odd_varies |= differ(odd, odd0);
            pairs.push((even.0 as f64 / even.1 as f64, odd.0 as f64 / odd.1 as f64));
        }
        if !(even_varies && odd_varies) {
            return None;
        }
        let r = pearson(pairs)?;
        // 1 + r is 0 only at r = −1, where the floor applies anyway.
        let corrected = if r > -1.0 { (2.0 * r / (1.0 + r)).max(-1.0) } else { -1.0 };
        Some(0.0 - corrected)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let answers = fixture::answers();
        let even_odd = EvenOdd::new(&[5; 10], 50).unwrap();
        let found: Vec<_> = answers.chunks(50).map(|row| even_odd.of(row)).collect();
        assert!(fixture::deviation(&found, &fixture::reference("evenodd")) < 1e-9);
        assert_eq!(found.iter().filter(|index| index.is_none()).count(), 5);
    }

    #[test]
    fn agreeing_halves_are_minus_one_and_opposed_ones_one() {
        let even_odd = EvenOdd::new(&[2, 2, 2], 6).unwrap();
        assert_eq!(even_odd.of(&[1, 2, 3, 4, 5, 6]), Some(-1.0));
        assert_eq!(even_odd.of(&[1, 6, 3, 4, 5, 2]), Some(1.0));
        // r = ½ (odd 1 2 3, even 1 3 2): 2·½/1½ = ⅔.
        assert!((even_odd.of(&[1, 1, 2, 3, 3, 2]).unwrap() + 2.0 / 3.0).abs() < 1e-12);
        // r = −½: −1/½ = −2, floored.
        assert_eq!(even_odd.of(&[1, 3, 2, 1, 3, 2]), Some(1.0));
        // r = −¼ (odd 0 0 1 3, even 2 1 0 1…) lies below −⅓'s floor: 2r/(1 + r) is kept.
        let mild = EvenOdd::new(&[2; 4], 8).unwrap().of(&[0, 2, 0, 0, 2, 0, 2, 1]).unwrap();
        assert!(mild > 0.0 && mild < 1.0, "{mild}");
    }

    #[test]
    fn missing_answers_leave_their_half_or_their_factor_out() {
        let even_odd = EvenOdd::new(&[3, 3, 3, 2], 11).unwrap();
        let row = [1, 2, MISSING, 3, 4, 3, 4, 5, 6, MISSING, 9];
        // Odd means 1, 3, 5, even 2, 4, 5; the last factor has no odd answer.
        let expected = EvenOdd::new(&[2, 2, 2], 6).unwrap().of(&[1, 2, 3, 4, 5, 5]);
        assert_eq!(even_odd.of(&row), expected);
        assert_eq!(even_odd.of(&[MISSING; 11]), None);
    }

    #[test]
    fn means_of_thirds_that_are_equal_do_not_vary() {
        // Odd halves are 4/3 three times over, by different answers.
        let even_odd = EvenOdd::new(&[5, 5, 5], 15).unwrap();
        assert_eq!(even_odd.of(&[1, 1, 1, 2, 2, 2, 4, 1, 5, 1, 1, 2, 2, 3, 1]), None);
        assert_eq!(even_odd.of(&[3; 15]), None);
    }

    #[test]
    fn factors_that_do_not_fit_are_refused() {
        assert_eq!(EvenOdd::new(&[5], 5), Err(Refusal::TooFewFactors));
        assert_eq!(EvenOdd::new(&[], 0), Err(Refusal::TooFewFactors));
        assert_eq!(EvenOdd::new(&[5, 0], 5), Err(Refusal::TooFewFactors));
        assert_eq!(EvenOdd::new(&[2, 2], 5), Err(Refusal::FactorsUnlikeItems { named: 4, items: 5 }));
        assert_eq!(EvenOdd::new(&[1, 1, 1], 3).unwrap().of(&[1, 2, 3]), None);
        assert_eq!(EvenOdd::new(&[2, 2], 4).unwrap().of(&[1, 2]), None);
    }
}
