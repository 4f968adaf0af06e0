//! Psychometric synonyms and antonyms: within one response, how alike the answers are to pairs of items that everybody
//! else answers alike (or oppositely). It reads [`Moments`] and one response, and touches nothing else.
//!
//! Pairs are all items with pairwise r > threshold (antonyms: r < −threshold), strictly; the index is Pearson's r of the
//! two sides over the pairs that this response answered. In each pair the later item is the first side, as in R. Source:
//! Meade & Craig (2012), "Identifying careless responses in survey data", Psychological Methods 17:437–455; R package
//! careless, `psychsyn`. Fewer than three answered pairs, or a side without spread, gives none. (R then shuffles the sides
//! of the pairs at random and tries again; nothing here is random.)
//!
//! Trap: unstable with few pairs. Reference: careless_dataset.csv at .60: 53 pairs, 200 rows to 1e-9, none in the same
//! places (row 1: .33195308049795).

use super::moments::Moments;
use super::{MISSING, Refusal};

/// Which pairs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Items that everybody answers alike.
    Synonyms,
    /// Items that everybody answers oppositely.
    Antonyms,
}

/// Two items that belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The later item, counted from 0.
    pub later: usize,
    /// The earlier item, counted from 0.
    pub earlier: usize,
    /// Their pairwise correlation.
    pub r: f64,
}

/// The pairs of a block of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Synonyms {
    pairs: Vec<Pair>,
}

impl Synonyms {
    /// Finds the pairs; `threshold` in (0, 1), .60 is usual. Refused when there is no pair, with fewer than three
    /// responses (any two items would correlate perfectly), and with a threshold outside its range.
    pub fn fit(moments: &Moments, threshold: f64, direction: Direction) -> Result<Synonyms, Refusal> {
        if !(threshold > 0.0 && threshold < 1.0) {
            return Err(Refusal::OutOfRange);
        }
        if moments.rows() < 3 {
            return Err(Refusal::TooFewResponses { found: moments.rows(), needed: 3 });
        }
        let mut pairs = Vec::new();
        for earlier in 0..moments.items() {
            for later in earlier + 1..moments.items() {
                if let Some(r) = moments.correlation(later, earlier) {
                    let strength = if direction == Direction::Synonyms { r } else { -r };
                    if strength > threshold {
                        pairs.push(Pair { later, earlier, r });
                    }
                }
            }
        }
        if pairs.is_empty() { Err(Refusal::NoPairs) } else { Ok(Synonyms { pairs }) }
    }

    /// The pairs, by the earlier item.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The within-person r over the answered pairs, in [−1, 1]; none with fewer than three, or without spread.
    pub fn of(&self, row: &[u8]) -> Option<f64> {
        let (mut n, mut x, mut y, mut xx, mut yy, mut xy) = (0i64, 0i64, 0i64, 0i64, 0i64, 0i64);
        for pair in &self.pairs {
            let (Some(&later), Some(&earlier)) = (row.get(pair.later), row.get(pair.earlier)) else {
                continue;
            };
            if later != MISSING && earlier != MISSING {
                let (later, earlier) = (i64::from(later), i64::from(earlier));
                n += 1;
                x += later;
                y += earlier;
                xx += later * later;
                yy += earlier * earlier;
                xy += later * earlier;
            }
        }
        let (own, others) = (n * xx - x * x, n * yy - y * y);
        (n >= 3 && own > 0 && others > 0)
            .then(|| ((n * xy - x * y) as f64 / (libm::sqrt(own as f64 * others as f64))).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, fixture};
    use super::*;

    fn fit(items: usize, answers: &[u8], threshold: f64, direction: Direction) -> Result<Synonyms, Refusal> {
        let mut moments = Moments::new(items);
        moments.update(&Block::new(items, answers).unwrap()).unwrap();
        Synonyms::fit(&moments, threshold, direction)
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let answers = fixture::answers();
        let synonyms = fit(50, &answers, 0.6, Direction::Synonyms).unwrap();
        assert_eq!(synonyms.pairs().len(), 53);
        let reference = fixture::column(include_str!("fixtures/pairs_reference.csv"), "r");
        let found: Vec<_> = synonyms.pairs().iter().map(|pair| Some(pair.r)).collect();
        assert!(fixture::deviation(&found, &reference) < 1e-12);
        let found: Vec<_> = answers.chunks(50).map(|row| synonyms.of(row)).collect();
        assert!(fixture::deviation(&found, &fixture::reference("psychsyn")) < 1e-9);
        assert_eq!(fit(50, &answers, 0.6, Direction::Antonyms), Err(Refusal::NoPairs));
    }

    /// Item 2k + 1 is 6 − item 2k, for three unrelated items 0, 2, 4.
    const OPPOSITES: [u8; 24] = [1, 5, 1, 5, 5, 1, 1, 5, 5, 1, 1, 5, 5, 1, 1, 5, 1, 5, 5, 1, 5, 1, 5, 1];

    #[test]
    fn antonyms_are_pairs_that_everybody_answers_oppositely() {
        let antonyms = fit(6, &OPPOSITES, 0.6, Direction::Antonyms).unwrap();
        let places: Vec<_> = antonyms.pairs().iter().map(|pair| (pair.later, pair.earlier, pair.r)).collect();
        assert_eq!(places, [(1, 0, -1.0), (3, 2, -1.0), (5, 4, -1.0)]);
        assert_eq!(antonyms.of(&[1, 5, 2, 4, 4, 2]), Some(-1.0));
        assert_eq!(antonyms.of(&[1, 1, 2, 2, 4, 4]), Some(1.0));
        assert_eq!(fit(6, &OPPOSITES, 0.6, Direction::Synonyms), Err(Refusal::NoPairs));
    }

    #[test]
    fn two_answered_pairs_or_a_straight_line_give_no_number() {
        let antonyms = fit(6, &OPPOSITES, 0.6, Direction::Antonyms).unwrap();
        assert_eq!(antonyms.of(&[1, 5, 2, 4, MISSING, 2]), None);
        assert_eq!(antonyms.of(&[3; 6]), None);
        assert_eq!(antonyms.of(&[3, 1, 3, 2, 3, 4]), None);
        assert_eq!(antonyms.of(&[MISSING; 6]), None);
        assert_eq!(antonyms.of(&[1, 2]), None);
    }

    #[test]
    fn the_threshold_is_strict_and_in_range() {
        // r is exactly ½: rows (1, 1) (2, 3) (3, 2).
        let block = [1, 1, 2, 3, 3, 2];
        assert_eq!(fit(2, &block, 0.5, Direction::Synonyms), Err(Refusal::NoPairs));
        assert_eq!(fit(2, &block, 0.4999, Direction::Synonyms).unwrap().pairs().len(), 1);
        for threshold in [0.0, 1.0, -0.6, f64::NAN] {
            assert_eq!(fit(2, &block, threshold, Direction::Synonyms), Err(Refusal::OutOfRange));
        }
        let few = Err(Refusal::TooFewResponses { found: 2, needed: 3 });
        assert_eq!(fit(2, &[1, 1, 2, 2], 0.5, Direction::Synonyms), few);
        assert_eq!(fit(2, &[3; 40], 0.5, Direction::Synonyms), Err(Refusal::NoPairs));
    }
}
