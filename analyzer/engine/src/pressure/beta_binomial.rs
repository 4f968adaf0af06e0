//! Level, on the scale of counts: honest units' shares follow a beta distribution, their counts a beta-binomial one. Arithmetic on
//! counts of top scores and responses by unit; it touches nothing else.
//!
//! P(x | n) = C(n, x) B(α + x, β + n − x)/B(α, β) (Skellam 1948, JRSS B 10:257–261), α and β by maximum likelihood (Newton's method on
//! their logarithms, damped); ρ = 1/(α + β + 1). Where the likelihood grows towards ρ = 0, as the sign of Tarone's score says (1979,
//! Biometrika 66:585–590), the units differ by no more than chance and the distribution is binomial. A unit's p is P(X ≥ x). The shrunken
//! share is (α + x)/(α + β + n), its 95% interval that of Beta(α + x, β + n − x) (empirical Bayes; Morris 1983, JASA 78:47–55).
//!
//! Traps: α and β are not robust, so pressured units widen them and hide in it; and they are taken as known, so that tails of few units
//! are too small ([`super::funnel`] allows for both). The interval of a shrunken share says nothing about the error of α and β.
//! Reference: betabinomial_eb.csv (R): α 8.78475, β 4.98358, log-likelihood −3477.3114 (without the binomial coefficients), and
//! the tail and shrunken share of each of 40 units: those to 1e-11 at the reference's α and β, α and β to 2e-7, where its
//! optimiser stopped.

use super::exact::{Counts, FLOOR, Tail};
use super::funnel::UNITS_NEEDED;
use super::{Absent, RESPONSES_NEEDED};
use crate::scores::top_box::TopBox;
use crate::scores::unavailable::Unavailable;
use crate::scores::{Estimate, beta};

/// Newton steps allowed; ordinary units need some 8.
const STEPS: u32 = 200;

/// The distribution of honest units' shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaBinomial {
    /// The mean share.
    pub mean: f64,
    /// α and β; none where the units differ by no more than chance.
    pub shape: Option<(f64, f64)>,
}

/// The digamma and trigamma functions at `x` > 0: by recurrence to 12, then asymptotically (Abramowitz and Stegun 1964,
/// 6.3.18, 6.4.12).
fn polygamma(mut x: f64) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    while x < 12.0 {
        first -= 1.0 / x;
        second += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let digamma = libm::log(x)
        - 0.5 / x
        - r * (1.0 / 12.0
            - r * (1.0 / 120.0
                - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * 691.0 / 32760.0)))));
    let trigamma = 1.0 / x
        + r / 2.0
        + r / x
            * (1.0 / 6.0
                - r * (1.0 / 30.0
                    - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * (5.0 / 66.0 - r * 691.0 / 2730.0)))));
    (first + digamma, second + trigamma)
}

fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

fn log_likelihood(units: &[TopBox], a: f64, b: f64) -> f64 {
    let own = ln_beta(a, b);
    units.iter().map(|unit| ln_beta(a + unit.top as f64, b + (unit.n - unit.top) as f64) - own).sum()
}

impl BetaBinomial {
    /// By maximum likelihood over all units that were handed in.
    pub fn fit(units: &[TopBox]) -> Result<BetaBinomial, Absent> {
        if units.iter().any(|unit| unit.top > unit.n) {
            return Err(Absent::Numbers(Unavailable::OutOfRange));
        }
        if units.len() < UNITS_NEEDED {
            return Err(Absent::Units { needed: UNITS_NEEDED as u64, found: units.len() as u64 });
        }
        let top: f64 = units.iter().map(|unit| unit.top as f64).sum();
        let n: f64 = units.iter().map(|unit| unit.n as f64).sum();
        if top == 0.0 || top == n {
            return Err(Absent::Constant);
        }
        let mean = top / n;
        let score: f64 = units
            .iter()
            .map(|unit| {
                let (n, x) = (unit.n as f64, unit.top as f64);
                x * (x - 1.0) / mean + (n - x) * (n - x - 1.0) / (1.0 - mean) - n * (n - 1.0)
            })
            .sum();
        if score <= 0.0 {
            return Ok(BetaBinomial { mean, shape: None });
        }
        let (mut u, mut v) = (libm::log(mean * 10.0), libm::log((1.0 - mean) * 10.0));
        let mut likelihood = log_likelihood(units, libm::exp(u), libm::exp(v));
        let mut damping = 0.0;
        for _ in 0..STEPS {
            let (a, b) = (libm::exp(u), libm::exp(v));
            let (zero_a, zero_b, zero) = (polygamma(a), polygamma(b), polygamma(a + b));
            let (mut ga, mut gb, mut haa, mut hbb, mut hab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for unit in units {
                let (n, x) = (unit.n as f64, unit.top as f64);
                let (at_a, at_b, at) = (polygamma(a + x), polygamma(b + n - x), polygamma(a + b + n));
                ga += at_a.0 - zero_a.0 - (at.0 - zero.0);
                gb += at_b.0 - zero_b.0 - (at.0 - zero.0);
                haa += at_a.1 - zero_a.1 - (at.1 - zero.1);
                hbb += at_b.1 - zero_b.1 - (at.1 - zero.1);
                hab -= at.1 - zero.1;
            }
            // On the logarithms, with the sign that makes the matrix positive near the maximum.
            let (gu, gv) = (a * ga, b * gb);
            let (huu, hvv, huv) = (-a * a * haa - gu, -b * b * hbb - gv, -a * b * hab);
            let step = loop {
                let (huu, hvv) = (huu + damping, hvv + damping);
                let determinant = huu * hvv - huv * huv;
                if huu > 0.0 && determinant > 0.0 {
                    let du = (hvv * gu - huv * gv) / determinant;
                    let dv = (huu * gv - huv * gu) / determinant;
                    if du.abs().max(dv.abs()) < 1e-13 {
                        break None;
                    }
                    let next = log_likelihood(units, libm::exp(u + du), libm::exp(v + dv));
                    if du.abs().max(dv.abs()) < 3.0 && next >= likelihood - 1e-12 * likelihood.abs() {
                        break Some((du, dv, next));
                    }
                }
                damping = (damping * 4.0).max(1e-3 * (huu.abs() + hvv.abs()).max(1e-6));
                if !damping.is_finite() {
                    return Err(Absent::Numbers(Unavailable::NotConverged { rounds: STEPS }));
                }
            };
            let Some((du, dv, next)) = step else {
                return Ok(BetaBinomial { mean: a / (a + b), shape: Some((a, b)) });
            };
            (u, v, likelihood) = (u + du, v + dv, next);
            damping = if damping < 1e-6 { 0.0 } else { damping / 16.0 };
            if u.max(v) > 30.0 {
                return Ok(BetaBinomial { mean, shape: None });
            }
            if du.abs().max(dv.abs()) < 1e-11 && damping == 0.0 {
                let (a, b) = (libm::exp(u), libm::exp(v));
                return Ok(BetaBinomial { mean: a / (a + b), shape: Some((a, b)) });
            }
        }
        Err(Absent::Numbers(Unavailable::NotConverged { rounds: STEPS }))
    }

    /// ρ, the correlation of two answers of one unit, in [0, 1).
    pub fn rho(&self) -> f64 {
        self.shape.map_or(0.0, |(a, b)| 1.0 / (a + b + 1.0))
    }

    /// How far up a unit lies under honest differences.
    pub fn upper(&self, unit: &TopBox) -> Result<Tail, Absent> {
        check(unit)?;
        let Some((a, b)) = self.shape else {
            return Ok(Counts::binomial(unit.n, self.mean).upper(unit.top));
        };
        let (n, x) = (unit.n as f64, unit.top as f64);
        let here = libm::exp(
            libm::lgamma(n + 1.0) - libm::lgamma(x + 1.0) - libm::lgamma(n - x + 1.0)
                + ln_beta(a + x, b + n - x)
                - ln_beta(a, b),
        );
        let ratio = |x: f64| (n - x) * (a + x) / ((x + 1.0) * (b + n - x - 1.0));
        // Away from the mean the terms fall, so their sum is accurate.
        let mut sum = 0.0;
        let mut term = 1.0;
        let above = if x >= self.mean * n {
            for at in unit.top..unit.n {
                term *= ratio(at as f64);
                sum += term;
                if term < 1e-18 * sum && b >= 1.0 {
                    break;
                }
            }
            sum * here
        } else {
            for at in (0..unit.top).rev() {
                term /= ratio(at as f64);
                sum += term;
                if term < 1e-18 * sum && a >= 1.0 {
                    break;
                }
            }
            1.0 - (sum + 1.0) * here
        };
        Ok(Tail { p: (above + here).clamp(FLOOR, 1.0), mid_p: (above + here / 2.0).clamp(FLOOR, 1.0) })
    }

    /// A unit's share of top scores, shrunken towards the mean, with its 95% interval.
    pub fn shrunken(&self, unit: &TopBox) -> Result<Estimate, Absent> {
        if unit.top > unit.n {
            return Err(Absent::Numbers(Unavailable::OutOfRange));
        }
        let (a, b) = self.shape.ok_or(Absent::NoDifferences)?;
        let (a, b) = (a + unit.top as f64, b + (unit.n - unit.top) as f64);
        Ok(Estimate {
            value: a / (a + b),
            low: beta::quantile(0.025, a, b),
            high: 1.0 - beta::quantile(0.025, b, a),
        })
    }
}

fn check(unit: &TopBox) -> Result<(), Absent> {
    if unit.top > unit.n {
        return Err(Absent::Numbers(Unavailable::OutOfRange));
    }
    if unit.n < RESPONSES_NEEDED {
        return Err(Absent::Responses { needed: RESPONSES_NEEDED, found: unit.n });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let rows: Vec<Vec<f64>> = include_str!("../../fixtures/pressure/betabinomial_eb.csv")
            .lines()
            .skip(1)
            .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
            .collect();
        let units: Vec<TopBox> =
            rows.iter().map(|row| TopBox { top: row[0] as u64, n: row[1] as u64 }).collect();
        let found = BetaBinomial::fit(&units).unwrap();
        let (a, b) = found.shape.unwrap();
        let mut worst = [0.0_f64; 2];
        for (row, unit) in rows.iter().zip(&units) {
            let fitted = [
                (found.mean, row[2]),
                (found.rho(), row[3]),
                (a, row[4]),
                (b, row[5]),
                (log_likelihood(&units, a, b), row[10]),
            ];
            fitted.iter().for_each(|(found, expected)| worst[0] = worst[0].max((found - expected).abs()));
            // The rest at the reference's own α and β, so that its optimiser's tolerance is not in it.
            let theirs = BetaBinomial { mean: row[2], shape: Some((row[4], row[5])) };
            let shrunken = theirs.shrunken(unit).unwrap();
            let tail = theirs.upper(unit).unwrap().p;
            let each =
                [(shrunken.value, row[6]), (shrunken.low, row[7]), (shrunken.high, row[8]), (tail, row[9])];
            each.iter().for_each(|(found, expected)| worst[1] = worst[1].max((found - expected).abs()));
            assert!((tail / row[9] - 1.0).abs() < 1e-9, "{tail} {row:?}");
        }
        assert!(worst[0] < 1e-6 && worst[1] < 1e-11, "the largest deviations are {worst:?}");
    }

    #[test]
    fn the_slope_of_the_likelihood_is_zero_at_the_fit_whatever_the_shape() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(4);
        for spread in [0.02, 0.1, 0.4, 2.0] {
            let units: Vec<TopBox> = (0..60)
                .map(|_| {
                    let n = 20 + (200.0 * draw::share(&mut random)) as u64;
                    let share = (0.9 + spread * draw::normal(&mut random)).sin().powi(2);
                    TopBox { n, top: draw::binomial(n, share, &mut random) }
                })
                .collect();
            let Some((a, b)) = BetaBinomial::fit(&units).unwrap().shape else { continue };
            let at = log_likelihood(&units, a, b);
            for (da, db) in [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999)] {
                assert!(log_likelihood(&units, a * da, b * db) <= at, "{spread} {a} {b}");
            }
        }
    }

    #[test]
    fn tails_add_up_from_both_sides_even_for_a_distribution_with_two_heaps() {
        for shape in [(0.3, 0.2), (3.0, 8.0), (800.0, 300.0)] {
            let known = BetaBinomial { mean: shape.0 / (shape.0 + shape.1), shape: Some(shape) };
            let mut before = 1.0;
            for top in 0..=40 {
                let tail = known.upper(&TopBox { n: 40, top }).unwrap();
                // p(x) − mid-p(x) is half of P(X = x), and p(x) less P(X = x) is p(x + 1).
                assert!((tail.p - before).abs() < 1e-12, "{shape:?} {top}: {tail:?} {before}");
                before = (2.0 * tail.mid_p - tail.p).max(FLOOR);
            }
            assert!(before < 1e-12);
        }
    }

    #[test]
    fn the_polygammas_have_their_closed_forms() {
        // ψ(1) = −γ, ψ′(1) = π²/6, ψ(½) = −γ − 2 ln 2, ψ′(½) = π²/2.
        let (euler, square) = (0.577_215_664_901_532_9, std::f64::consts::PI.powi(2));
        for (x, first, second) in
            [(1.0, -euler, square / 6.0), (0.5, -euler - 2.0 * 2.0_f64.ln(), square / 2.0)]
        {
            let found = polygamma(x);
            assert!((found.0 - first).abs() < 1e-14 && (found.1 - second).abs() < 1e-13, "{found:?}");
        }
    }

    #[test]
    fn units_that_differ_by_no_more_than_chance_are_binomial() {
        let found = BetaBinomial::fit(&[TopBox { n: 30, top: 15 }; 12]).unwrap();
        assert_eq!((found.shape, found.mean, found.rho()), (None, 0.5, 0.0));
        assert_eq!(found.shrunken(&TopBox { n: 30, top: 15 }), Err(Absent::NoDifferences));
        assert_eq!(found.upper(&TopBox { n: 30, top: 20 }).unwrap(), Counts::binomial(30, 0.5).upper(20));
        assert_eq!(BetaBinomial::fit(&[TopBox { n: 30, top: 30 }; 12]), Err(Absent::Constant));
        assert_eq!(BetaBinomial::fit(&[]), Err(Absent::Units { needed: 10, found: 0 }));
        assert_eq!(found.upper(&TopBox { n: 5, top: 5 }), Err(Absent::Responses { needed: 20, found: 5 }));
    }
}
