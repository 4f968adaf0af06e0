//! Mahalanobis distance: how far a response lies from the middle of all, in units of their spread. It reads
//! [`Moments`] and one response, and touches nothing else.
//!
//! D² = dᵀS⁻¹d with d = x − x̄, S the pairwise covariance (ddof 1); a missing answer counts as d = 0. Source: Mahalanobis
//! (1936), "On the generalised distance in statistics"; R's `psych::outlier`, which careless's `mahad` calls. D² has no
//! unit; it is cut at the given quantile of χ² with as many degrees as items that vary. Items with one answer from
//! everybody add no distance and are left out; an item that follows from others is refused by name, and so are holes that leave S
//! without a distance (R's function solves with S all the same, and may say a negative one).
//!
//! Traps: answers on a scale are not normal: the 99% cut flags 8% of honest data, so it is *not* an error rate of 1%.
//! Reference: careless_dataset.csv, 200 rows to 1e-9 (row 1: 44.0523809442334; cut for 50 items 76.1539).

use super::moments::Moments;
use super::{MISSING, Refusal};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A pivot below this share of the item's variance means that nothing of the item is left beside the others.
const NOTHING_LEFT: f64 = 1e-10;

/// The middle and the spread of all responses.
#[derive(Clone, Debug, PartialEq)]
pub struct Mahalanobis {
    /// The items that vary.
    used: Vec<usize>,
    means: Vec<f64>,
    /// L⁻¹ of S = LLᵀ, the lower triangle row by row.
    whitening: Vec<f64>,
    cut: f64,
}

impl Mahalanobis {
    /// Fits the distance. `confidence` in (0, 1) places the cut; .99 is usual. Refused without two responses, when all
    /// items are constant, when two items were never answered together, when items depend on each other, and when holes have left
    /// a covariance that no responses have.
    pub fn fit(moments: &Moments, confidence: f64) -> Result<Mahalanobis, Refusal> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Refusal::OutOfRange);
        }
        if moments.rows() < 2 {
            return Err(Refusal::TooFewResponses { found: moments.rows(), needed: 2 });
        }
        let used: Vec<usize> = (0..moments.items()).filter(|&item| !moments.constant(item)).collect();
        if used.is_empty() {
            return Err(Refusal::AllConstant);
        }
        let p = used.len();
        // Cholesky, row by row; `lower` holds L as a lower triangle: row i starts at i(i + 1)/2.
        let mut lower: Vec<f64> = Vec::with_capacity(p * (p + 1) / 2);
        for i in 0..p {
            for j in 0..=i {
                let (first, second) = (used[j], used[i]);
                let covariance =
                    moments.covariance(second, first).ok_or(Refusal::NeverTogether { first, second })?;
                let (row, other) = (i * (i + 1) / 2, j * (j + 1) / 2);
                let left = (0..j).fold(covariance, |left, k| left - lower[row + k] * lower[other + k]);
                if i > j {
                    lower.push(left / lower[other + j]);
                } else if left > NOTHING_LEFT * covariance {
                    lower.push(libm::sqrt(left));
                } else if left < -NOTHING_LEFT * covariance {
                    return Err(Refusal::Holes);
                } else {
                    return Err(Refusal::Dependent { item: second });
                }
            }
        }
        // L⁻¹ by forward substitution, column by column.
        let mut whitening = vec![0.0; lower.len()];
        for column in 0..p {
            for i in column..p {
                let row = i * (i + 1) / 2;
                let unit = if i == column { 1.0 } else { 0.0 };
                let left = (column..i)
                    .fold(unit, |left, k| left - lower[row + k] * whitening[k * (k + 1) / 2 + column]);
                whitening[row + column] = left / lower[row + i];
            }
        }
        let cut = ChiSquared::new(p as f64).map_err(|_| Refusal::AllConstant)?.inverse_cdf(confidence);
        let means = used.iter().filter_map(|&item| moments.mean(item)).collect();
        Ok(Mahalanobis { used, means, whitening, cut })
    }

    /// D² of one response, ≥ 0; none when it answered none of the items that vary.
    pub fn of(&self, row: &[u8]) -> Option<f64> {
        self.with(row, &mut Vec::new())
    }

    /// As [`Mahalanobis::of`], with room for the differences handed in, for a million responses in a loop.
    pub(crate) fn with(&self, row: &[u8], differences: &mut Vec<f64>) -> Option<f64> {
        differences.clear();
        let mut answered = false;
        for (&item, mean) in self.used.iter().zip(&self.means) {
            let answer = row.get(item).copied().unwrap_or(MISSING);
            answered |= answer != MISSING;
            differences.push(if answer == MISSING { 0.0 } else { f64::from(answer) - mean });
        }
        if !answered {
            return None;
        }
        let (mut square, mut from) = (0.0, 0);
        for i in 0..differences.len() {
            let row = &self.whitening[from..=from + i];
            let part: f64 =
                row.iter().zip(&differences[..]).map(|(weight, difference)| weight * difference).sum();
            square += part * part;
            from += i + 1;
        }
        Some(square)
    }

    /// The quantile of χ² past which a response is marked.
    pub fn cut(&self) -> f64 {
        self.cut
    }

    /// How many items vary: the degrees of freedom.
    pub fn items(&self) -> usize {
        self.used.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, fixture};
    use super::*;

    fn fit(items: usize, answers: &[u8]) -> Result<Mahalanobis, Refusal> {
        let mut moments = Moments::new(items);
        moments.update(&Block::new(items, answers).unwrap()).unwrap();
        Mahalanobis::fit(&moments, 0.99)
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let answers = fixture::answers();
        let fit = fit(50, &answers).unwrap();
        assert!((fit.cut() - 76.153_891_249_012_72).abs() < 1e-9, "{}", fit.cut());
        assert_eq!(fit.items(), 50);
        let found: Vec<_> = answers.chunks(50).map(|row| fit.of(row)).collect();
        assert!(fixture::deviation(&found, &fixture::reference("mahad_sq")) < 1e-9);
        let flags: Vec<_> = found.iter().map(|d| Some(f64::from(u8::from(d.unwrap() > fit.cut())))).collect();
        assert_eq!(flags, fixture::reference("mahad_flag99"));
    }

    #[test]
    fn a_missing_answer_adds_nothing() {
        // Means 1 and 2, variances 1, uncorrelated: D² is the squared distance.
        let answers = [0, 2, 2, 2, 1, 1, 1, 3, 1, 2];
        let fit = fit(2, &answers).unwrap();
        let half = fit.of(&[3, MISSING]).unwrap();
        assert!((half - fit.of(&[3, 2]).unwrap()).abs() < 1e-12 && (half - 8.0).abs() < 1e-12, "{half}");
        assert_eq!(fit.of(&[MISSING, MISSING]), None);
        assert_eq!(fit.of(&[]), None);
    }

    #[test]
    fn constant_items_are_left_out_and_dependent_ones_named() {
        let with = fit(3, &[0, 7, 2, 2, 7, 2, 1, 7, 1, 1, 7, 3]).unwrap();
        let without = fit(2, &[0, 2, 2, 2, 1, 1, 1, 3]).unwrap();
        assert_eq!(with.of(&[2, 7, 3]), without.of(&[2, 3]));
        assert_eq!((with.items(), with.cut()), (2, without.cut()));
        assert_eq!(fit(3, &[1, 2, 3, 2, 1, 3, 4, 4, 8, 0, 3, 3]), Err(Refusal::Dependent { item: 2 }));
    }

    #[test]
    fn holes_that_leave_a_covariance_of_no_responses_are_said_to_be_holes() {
        // Where both are answered, the first item goes with either of the others, and those go against each other.
        let missing = MISSING;
        let answers = [
            [1, 1, missing, 2, 2, missing, 3, 3, missing],
            [1, missing, 1, 2, missing, 2, 3, missing, 3],
            [missing, 1, 3, missing, 2, 2, missing, 3, 1],
        ];
        assert_eq!(fit(3, &answers.concat()), Err(Refusal::Holes));
        assert!(Refusal::Holes.to_string().contains("Too many answers are missing"));
    }

    #[test]
    fn hopeless_blocks_have_their_reason() {
        assert_eq!(fit(2, &[1, 2]), Err(Refusal::TooFewResponses { found: 1, needed: 2 }));
        assert_eq!(fit(2, &[]), Err(Refusal::TooFewResponses { found: 0, needed: 2 }));
        assert_eq!(fit(2, &[MISSING; 8]), Err(Refusal::AllConstant));
        assert_eq!(fit(2, &[3; 8]), Err(Refusal::AllConstant));
        let apart = [1, MISSING, 2, MISSING, MISSING, 1, MISSING, 2];
        assert_eq!(fit(2, &apart), Err(Refusal::NeverTogether { first: 0, second: 1 }));
        for confidence in [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Mahalanobis::fit(&Moments::new(2), confidence), Err(Refusal::OutOfRange));
        }
    }
}
