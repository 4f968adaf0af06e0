//! A level that moves gradually: polynomials of time, with or without the seasons of a year, fitted to a series by weighted least squares
//! (means) or maximum likelihood (shares). It reads a series of values with their weights, and touches nothing else.
//!
//! Means: Σwₜ(yₜ − μₜ)² is least, μ the curve. Shares: the binomial likelihood is greatest, the curve being that of the logit
//! (McCullagh and Nelder 1989, "Generalized Linear Models", 2nd edition, §4.4), by Fisher's scoring. Time runs from −1 to 1 and
//! polynomials are Legendre's, so that the equations keep their digits. The variance of a curve's value at t is xₜ'(X'WX)⁻¹xₜ.

/// Most rounds of Fisher's scoring; a handful are needed, and where shares run into 0 or 1 more would change nothing.
const ROUNDS: usize = 30;
/// The farthest logit: a share of 3·10⁻⁷.
const FARTHEST: f64 = 15.0;
/// A term of which less than this part is not explained by the others says nothing of its own.
const SINGULAR: f64 = 1e-6;

/// Values in the order of time.
pub(super) struct Series {
    /// The period of each.
    pub(super) at: Vec<f64>,
    /// A mean, or a share in [0, 1].
    pub(super) observed: Vec<f64>,
    /// Of means the inverse of the variance, of shares how many independent responses they are worth.
    pub(super) weight: Vec<f64>,
    /// Whether these are shares.
    pub(super) shares: bool,
}

/// Which curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Degree of the polynomial, from 0 to 3.
    pub(super) degree: usize,
    /// Harmonics of the season, from 0 to 2.
    pub(super) harmonics: usize,
}

impl Shape {
    /// What it has beside the constant.
    pub(super) fn terms(self) -> usize {
        self.degree + 2 * self.harmonics
    }
}

/// A fitted curve, at each period of its series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    /// The value: a mean or a share.
    pub(super) value: Vec<f64>,
    /// What is linear in the terms: the mean, or the logit of the share.
    linear: Vec<f64>,
    /// Its standard error.
    standard_error: Vec<f64>,
    shares: bool,
}

impl Fitted {
    /// The ends of the interval that reaches `widths` standard errors, at each period.
    pub(super) fn interval(&self, widths: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        let of = |linear: f64| if self.shares { logistic(linear) } else { linear };
        let ends = self.linear.iter().zip(&self.standard_error);
        ends.map(move |(linear, se)| (of(linear - widths * se), of(linear + widths * se)))
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// count·ln(observed/expected), 0 where nothing is observed.
fn log_ratio(observed: f64, expected: f64) -> f64 {
    if observed > 0.0 { observed * libm::log(observed / expected) } else { 0.0 }
}

impl Series {
    /// Twice the log-likelihood that `fitted` lacks: Σw(y − μ)², or the binomial deviance.
    pub(super) fn deviance(&self, fitted: &[f64]) -> f64 {
        let each = self.observed.iter().zip(&self.weight).zip(fitted);
        each.map(|((&y, &weight), &value)| match self.shares {
            true => 2.0 * weight * (log_ratio(y, value) + log_ratio(1.0 - y, 1.0 - value)),
            false => weight * (y - value) * (y - value),
        })
        .sum()
    }

    /// What is left of each value in standard deviations (Pearson residuals).
    pub(super) fn residuals(&self, fitted: &[f64]) -> Vec<f64> {
        let each = self.observed.iter().zip(&self.weight).zip(fitted);
        each.map(|((&y, &weight), &value)| {
            let left = y - value;
            let variance = if self.shares { value * (1.0 - value) } else { 1.0 };
            if left == 0.0 || variance <= 0.0 { 0.0 } else { left * libm::sqrt(weight / variance) }
        })
        .collect()
    }

    /// The best curve of a shape, a year being so many periods; nothing where the series does not determine it.
    pub(super) fn fit(&self, shape: Shape, year: f64) -> Option<Fitted> {
        let (first, last) = (*self.at.first()?, *self.at.last()?);
        let rows: Vec<Vec<f64>> = self
            .at
            .iter()
            .map(|&at| {
                let x = (2.0 * at - first - last) / (last - first).max(1.0);
                let mut row = vec![1.0, x, 1.5 * x * x - 0.5, (2.5 * x * x - 1.5) * x];
                row.truncate(shape.degree + 1);
                for harmonic in 1..=shape.harmonics {
                    let angle = std::f64::consts::TAU * harmonic as f64 * at / year;
                    row.extend([libm::cos(angle), libm::sin(angle)]);
                }
                row
            })
            .collect();
        let total: f64 = self.weight.iter().sum();
        let mean = self.observed.iter().zip(&self.weight).map(|(y, weight)| y * weight).sum::<f64>() / total;
        let start = if self.shares { libm::log(mean / (1.0 - mean)) } else { mean };
        let farthest = if self.shares { FARTHEST } else { f64::INFINITY };
        let mut linear = vec![start; self.at.len()];
        let mut solved = None;
        for _ in 0..if self.shares { ROUNDS } else { 1 } {
            // Fisher's scoring: least squares of what the curve would have to be, weighted by what it is.
            let working: Vec<(f64, f64)> = linear
                .iter()
                .zip(self.observed.iter().zip(&self.weight))
                .map(|(&linear, (&y, &weight))| {
                    if !self.shares {
                        return (y, weight);
                    }
                    let value = logistic(linear);
                    let variance = value * (1.0 - value);
                    (linear + (y - value) / variance, weight * variance)
                })
                .collect();
            let found = least_squares(&rows, &working)?;
            let next: Vec<f64> =
                rows.iter().map(|row| dot(row, &found.0).clamp(-farthest, farthest)).collect();
            let moved = linear.iter().zip(&next).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
            linear = next;
            solved = Some(found);
            if moved < 1e-9 {
                break;
            }
        }
        let (_, covariance) = solved?;
        let standard_error = rows
            .iter()
            .map(|row| {
                let variance: f64 = covariance.iter().zip(row).map(|(line, x)| x * dot(line, row)).sum();
                libm::sqrt(variance.max(0.0))
            })
            .collect();
        let value = linear.iter().map(|&at| if self.shares { logistic(at) } else { at }).collect();
        Some(Fitted { value, linear, standard_error, shares: self.shares })
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// The coefficients of weighted least squares and the inverse of X'WX, by Gauss and Jordan on the symmetric matrix; nothing where it
/// is singular. `values` are pairs of a value and its weight.
fn least_squares(rows: &[Vec<f64>], values: &[(f64, f64)]) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    let terms = rows.first()?.len();
    let mut matrix = vec![vec![0.0; terms]; terms];
    let mut right = vec![0.0; terms];
    for (row, &(value, weight)) in rows.iter().zip(values) {
        for i in 0..terms {
            right[i] += weight * row[i] * value;
            for j in 0..terms {
                matrix[i][j] += weight * row[i] * row[j];
            }
        }
    }
    let sizes: Vec<f64> = (0..terms).map(|i| matrix[i][i]).collect();
    let mut inverse: Vec<Vec<f64>> =
        (0..terms).map(|i| (0..terms).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for pivot in 0..terms {
        // Each is what the terms before it leave unexplained, so that no rows need be exchanged.
        let by = matrix[pivot][pivot];
        if by.is_nan() || by <= SINGULAR * sizes[pivot] {
            return None;
        }
        for line in [&mut matrix, &mut inverse] {
            line[pivot].iter_mut().for_each(|cell| *cell /= by);
        }
        for other in (0..terms).filter(|&other| other != pivot) {
            let times = matrix[other][pivot];
            for line in [&mut matrix, &mut inverse] {
                let of_pivot = line[pivot].clone();
                line[other].iter_mut().zip(&of_pivot).for_each(|(cell, of)| *cell -= times * of);
            }
        }
    }
    let found = inverse.iter().map(|line| dot(line, &right)).collect();
    Some((found, inverse))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(observed: &[f64], weight: &[f64], shares: bool) -> Series {
        let at = (0..observed.len()).map(|at| at as f64).collect();
        Series { at, observed: observed.to_vec(), weight: weight.to_vec(), shares }
    }

    #[test]
    fn a_polynomial_is_found_again_whatever_the_weights() {
        let cubic: Vec<f64> =
            (0..12).map(|at| f64::from(at - 3) * f64::from(at - 7) * f64::from(at)).collect();
        let weight: Vec<f64> = (0..12).map(|at| f64::from(1 + at % 4)).collect();
        let series = series(&cubic, &weight, false);
        let found = series.fit(Shape { degree: 3, harmonics: 0 }, 52.0).unwrap();
        assert!(series.deviance(&found.value) < 1e-18, "{:?}", found.value);
        let line = series.fit(Shape { degree: 1, harmonics: 0 }, 52.0).unwrap();
        assert!(series.deviance(&line.value) > 1.0);
    }

    #[test]
    fn seasons_are_found_again_and_not_where_periods_do_not_tell_them_apart() {
        let season: Vec<f64> =
            (0..20).map(|at| (std::f64::consts::TAU * f64::from(at) / 10.0 + 1.0).sin()).collect();
        let series = series(&season, &[1.0; 20], false);
        let found = series.fit(Shape { degree: 0, harmonics: 1 }, 10.0).unwrap();
        assert!(series.deviance(&found.value) < 1e-18);
        // A year of one period has no seasons.
        assert_eq!(series.fit(Shape { degree: 0, harmonics: 1 }, 1.0), None);
    }

    #[test]
    fn a_line_of_logits_is_that_of_the_greatest_likelihood() {
        // Of two periods the line meets both; the variance of a logit is then 1/(n p (1 − p)).
        let two = series(&[0.2, 0.6], &[50.0, 80.0], true);
        let found = two.fit(Shape { degree: 1, harmonics: 0 }, 52.0).unwrap();
        assert!((found.value[0] - 0.2).abs() < 1e-9 && (found.value[1] - 0.6).abs() < 1e-9);
        let ends: Vec<(f64, f64)> = found.interval(1.0).collect();
        let expected = logistic((0.2f64 / 0.8).ln() + (1.0 / (50.0 * 0.2 * 0.8f64)).sqrt());
        assert!((ends[0].1 - expected).abs() < 1e-9, "{ends:?} {expected}");
        // Of more, the scores of the likelihood, Σn(y − p) and Σn(y − p)t, are 0.
        let more = series(&[0.1, 0.5, 0.3, 0.9, 0.8], &[20.0, 30.0, 10.0, 40.0, 20.0], true);
        let found = more.fit(Shape { degree: 1, harmonics: 0 }, 52.0).unwrap();
        let scores = |by: fn(f64) -> f64| -> f64 {
            (0..5).map(|at| more.weight[at] * (more.observed[at] - found.value[at]) * by(at as f64)).sum()
        };
        assert!(scores(|_| 1.0).abs() < 1e-6 && scores(|at| at).abs() < 1e-6);
    }

    #[test]
    fn shares_that_run_into_their_ends_stay_finite() {
        let split = series(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], &[9.0; 6], true);
        let found = split.fit(Shape { degree: 1, harmonics: 0 }, 52.0);
        let finite = |found: &Fitted| found.value.iter().all(|value| value.is_finite() && *value > 0.0);
        assert!(found.as_ref().is_none_or(finite), "{found:?}");
        assert!(split.deviance(&[0.5; 6]) - 2.0 * 54.0 * std::f64::consts::LN_2 < 1e-9);
        assert_eq!(split.residuals(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), [0.0; 6]);
    }
}
