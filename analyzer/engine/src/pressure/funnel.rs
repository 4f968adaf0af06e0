//! Level: which units have more top scores than honest differences between units explain. Arithmetic on counts of top scores and
//! responses by unit; it touches nothing else.
//!
//! Additive overdispersion on the arcsine scale (Spiegelhalter 2005, "Funnel plots for comparing institutional performance",
//! Statistics in Medicine 24:1185–1202): yᵢ = arcsin √(xᵢ/nᵢ), sᵢ = 1/(2√nᵢ), target θ = arcsin √(Σx/Σn), zᵢ = (yᵢ − θ)/sᵢ. With W the
//! z winsorised at their 10% and 90% quantiles (type 7), φ = ΣW²/k and τ² = max(0, (kφ − (k−1))/(Σw − Σw²/Σw)), w = 1/s². The
//! published figure is [`published`]: φ 3.08263037 and τ² .004131022 of reference/funnel_proportions.csv (R package FunnelPlotR).
//!
//! Trap: that φ is biased low, because winsorising honest z shrinks them too: a nominal 5% tail holds 8.5% to 9.4% of honest units, a
//! .1% tail .6% to .8%. [`Funnel::fit`] corrects it. For a standard normal Z and q its 90% point, E min(Z², q²) = .8 − 2qϕ(q) + .2q² =
//! c = .678655… So τ² is the one for which the winsorised mean square of *standardised* deviations (yᵢ − θ)/√(sᵢ² + τ²) is c, as it is
//! for honest units whatever their sizes (a robust form of Paule and Mandel 1982); 0 where none is. φ/c alone would not do: the z of
//! unequal units are a mixture of normals, not one.
//!
//! The tail is Student's t, since τ² is estimated from k units. By the influence function of the winsorised mean square (Huber 1981,
//! §3.3: inside the quantiles z² − .04q/ϕ(q), outside q² + .16q/ϕ(q)) its variance is v/k with v/c² = 2.8115, so that Var τ² ≈
//! (v/c²)/(k m²) with m the mean of 1/(sᵢ² + τ²), and a unit has νᵢ = 2(sᵢ² + τ²)²/Var τ² degrees (Satterthwaite 1946). The variance of
//! yᵢ − θ counts θ's own, less what the unit adds to it. The tests simulate it: 5% tails hold 4.4% to 5.2% of 60 units (3.7% of 20), 1%
//! tails .8% to 1.0%, .1% tails .05% to .12%.
//!
//! Weak by design: pressure moves an average less than honest units differ, and pressured units widen τ² themselves.

use super::{Absent, RESPONSES_NEEDED};
use crate::scores::beta;
use crate::scores::top_box::TopBox;
use crate::scores::unavailable::Unavailable;

/// The fewest units that honest differences can be estimated from.
pub const UNITS_NEEDED: usize = 10;

/// E min(Z², q²) of a standard normal Z.
const EXPECTED: f64 = 0.678_654_558_952_874_4;
/// k times the variance of a winsorised mean square, over the square of its expectation.
const RELATIVE: f64 = 2.811_5;

/// The figures of the published method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// The target θ on the arcsine scale.
    pub target: f64,
    /// The winsorised φ.
    pub phi: f64,
    /// The variance τ² between units on the arcsine scale.
    pub tau2: f64,
}

/// What is usual among the units.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// The target θ on the arcsine scale.
    pub target: f64,
    /// The variance τ² between honest units on the arcsine scale.
    pub tau2: f64,
    /// The degrees of freedom of a unit of average precision.
    pub degrees: f64,
    /// The mean of 1/(s² + τ²).
    precision: f64,
    /// Responses of all units.
    n: f64,
    /// The variance of θ.
    variance: f64,
}

/// How far a unit stands above the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// P(T ≥ t) under honest differences, in (0, 1).
    pub p: f64,
    /// t, in standard deviations of an honest unit of this size.
    pub t: f64,
    /// The effect: the share of top scores less the target's, in [−1, 1].
    pub above: f64,
    /// Responses.
    pub n: u64,
}

/// A unit on the arcsine scale with its sampling variance.
fn transformed(unit: &TopBox) -> (f64, f64) {
    let n = unit.n as f64;
    (libm::asin(libm::sqrt(unit.top as f64 / n)), 1.0 / (4.0 * n))
}

/// The target and the units on the arcsine scale, or why they cannot be compared.
fn scale(units: &[TopBox]) -> Result<(f64, Vec<(f64, f64)>), Absent> {
    if units.iter().any(|unit| unit.top > unit.n || unit.n == 0) {
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
    Ok((libm::asin(libm::sqrt(top / n)), units.iter().map(transformed).collect()))
}

/// The mean square of `z` winsorised at its 10% and 90% quantiles (Hyndman and Fan 1996, type 7).
fn winsorised(mut z: Vec<f64>) -> f64 {
    z.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let position = share * (z.len() - 1) as f64;
        let left = position as usize;
        let right = (left + 1).min(z.len() - 1);
        z[left] + (position - left as f64) * (z[right] - z[left])
    };
    let (low, high) = (at(0.1), at(0.9));
    z.iter().map(|z| z.clamp(low, high)).map(|z| z * z).sum::<f64>() / z.len() as f64
}

/// The variance τ² between units whose values y with sampling variances s² scatter around `target`: the one at which their
/// standardised deviations are as large, winsorised, as a normal number's.
fn between(scaled: &[(f64, f64)], target: f64) -> f64 {
    let square =
        |tau2: f64| winsorised(scaled.iter().map(|(y, s2)| (y - target) / libm::sqrt(s2 + tau2)).collect());
    if square(0.0) <= EXPECTED {
        return 0.0;
    }
    let farthest = scaled.iter().map(|(y, _)| (y - target).abs()).fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, 2.0 * farthest * farthest);
    // A variance to a part in 10¹² is enough, and 60 halvings more than that.
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if square(middle) > EXPECTED {
            low = middle
        } else {
            high = middle
        }
        if high - low <= 1e-12 * high {
            break;
        }
    }
    high
}

/// Spiegelhalter's figures as published: not for testing units with.
pub fn published(units: &[TopBox]) -> Result<Published, Absent> {
    let (target, scaled) = scale(units)?;
    let k = scaled.len() as f64;
    let phi = winsorised(scaled.iter().map(|(y, s2)| (y - target) / libm::sqrt(*s2)).collect());
    let (w, w2) = scaled.iter().fold((0.0, 0.0), |(w, w2), (_, s2)| (w + 1.0 / s2, w2 + 1.0 / (s2 * s2)));
    Ok(Published { target, phi, tau2: ((k * phi - (k - 1.0)) / (w - w2 / w)).max(0.0) })
}

impl Funnel {
    /// What is usual among `units`, those with fewer than [`RESPONSES_NEEDED`] responses left out by the caller.
    pub fn fit(units: &[TopBox]) -> Result<Funnel, Absent> {
        let (target, scaled) = scale(units)?;
        let tau2 = between(&scaled, target);
        let k = scaled.len() as f64;
        let precision = scaled.iter().map(|(_, s2)| 1.0 / (s2 + tau2)).sum::<f64>() / k;
        let n = units.iter().map(|unit| unit.n as f64).sum::<f64>();
        let variance =
            units.iter().zip(&scaled).map(|(unit, (_, s2))| (unit.n as f64 / n).powi(2) * (s2 + tau2)).sum();
        Ok(Funnel { target, tau2, degrees: 2.0 * k / RELATIVE, precision, n, variance })
    }

    /// Where a unit stands; `unit` is one of those that were handed to [`Funnel::fit`].
    pub fn standing(&self, unit: &TopBox) -> Result<Standing, Absent> {
        if unit.n < RESPONSES_NEEDED {
            return Err(Absent::Responses { needed: RESPONSES_NEEDED, found: unit.n });
        }
        if unit.top > unit.n {
            return Err(Absent::Numbers(Unavailable::OutOfRange));
        }
        let (y, s2) = transformed(unit);
        let own = s2 + self.tau2;
        // Never less than what sampling alone leaves of the difference.
        let variance = (own * (1.0 - 2.0 * unit.n as f64 / self.n) + self.variance).max(s2 * 1e-3);
        let t = (y - self.target) / libm::sqrt(variance);
        let degrees = self.degrees * (own * self.precision).powi(2);
        let tails = if self.tau2 == 0.0 { beta::normal_tails(t) } else { beta::t_tails(t, degrees) };
        let p = if t > 0.0 { tails / 2.0 } else { 1.0 - tails / 2.0 };
        let above = unit.top as f64 / unit.n as f64 - libm::sin(self.target).powi(2);
        Ok(Standing { p, t, above, n: unit.n })
    }
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::*;
    use rand_core::SeedableRng;

    /// The 90% point of the normal distribution, where z are winsorised.
    const Q: f64 = 1.281_551_565_544_600_4;

    fn reference() -> Vec<Vec<f64>> {
        include_str!("../../fixtures/pressure/funnel_proportions.csv")
            .lines()
            .skip(1)
            .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
            .collect()
    }

    #[test]
    fn the_published_figures_are_reproduced() {
        let rows = reference();
        let units: Vec<TopBox> =
            rows.iter().map(|row| TopBox { top: row[0] as u64, n: row[1] as u64 }).collect();
        let found = published(&units).unwrap();
        let mut worst: f64 = 0.0;
        for (row, unit) in rows.iter().zip(&units) {
            let (y, s2) = transformed(unit);
            let figures = [
                (found.target, row[2]),
                (y, row[3]),
                (s2.sqrt(), row[4]),
                ((y - found.target) / s2.sqrt(), row[5]),
                (found.phi, row[7]),
                (found.tau2, row[8]),
                ((y - found.target) / (s2 + found.tau2).sqrt(), row[9]),
            ];
            for (found, expected) in figures {
                worst = worst.max((found - expected).abs());
            }
        }
        assert!(worst < 1e-13, "the largest deviation is {worst:e}");
        // The three units that the reference was made with stand out in either form; A07 has 151 of 151.
        let funnel = Funnel::fit(&units).unwrap();
        assert!(funnel.tau2 > found.tau2);
        assert!(funnel.standing(&units[6]).unwrap().p < 1e-4);
    }

    #[test]
    fn the_constants_are_those_of_the_normal_distribution() {
        let density = (-Q * Q / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        assert!((beta::normal_tails(Q) - 0.2).abs() < 1e-15);
        let inside = [0.8 - 2.0 * Q * density, 2.4 - 2.0 * (Q.powi(3) + 3.0 * Q) * density];
        let expected = inside[0] + 0.2 * Q * Q;
        assert!((EXPECTED - expected).abs() < 1e-12, "{expected}");
        // The influence of z: z² − a inside, q² + 4a outside.
        let a = 0.04 * Q / density;
        let square = inside[1] - 2.0 * a * inside[0] + 0.8 * a * a + 0.2 * (Q * Q + 4.0 * a).powi(2);
        let relative = (square - expected * expected) / (expected * expected);
        assert!((RELATIVE - relative).abs() < 1e-3, "{relative}");
    }

    /// Shares of honest units in the nominal 5%, 1% and .1% tails: of the published form, and of ours.
    fn tails(k: usize, size: f64, unequal: f64, spread: f64, worlds: u32, seed: u64) -> ([f64; 3], [f64; 3]) {
        let mut random = rand_pcg::Pcg64::seed_from_u64(seed);
        let (mut theirs, mut ours, mut all) = ([0u32; 3], [0u32; 3], 0u32);
        for _ in 0..worlds {
            let units: Vec<TopBox> = (0..k)
                .map(|_| {
                    let n = (size * (unequal * draw::normal(&mut random)).exp()).max(20.0) as u64;
                    let y: f64 = 0.8 + spread * draw::normal(&mut random);
                    TopBox { n, top: draw::binomial(n, y.sin().powi(2), &mut random) }
                })
                .collect();
            let old = published(&units).unwrap();
            let new = Funnel::fit(&units).unwrap();
            for unit in &units {
                let (y, s2) = transformed(unit);
                let z = (y - old.target) / (s2 + old.tau2).sqrt();
                let tail = beta::normal_tails(z) / 2.0;
                let standing = new.standing(unit).unwrap();
                all += 1;
                for (at, level) in [0.05, 0.01, 0.001].into_iter().enumerate() {
                    theirs[at] += u32::from(z > 0.0 && tail <= level);
                    ours[at] += u32::from(standing.p <= level);
                }
            }
        }
        let share = |count: u32| f64::from(count) / f64::from(all);
        (theirs.map(share), ours.map(share))
    }

    #[test]
    fn a_nominal_five_percent_tail_holds_five_percent_of_honest_units() {
        for (k, size, unequal, spread, worlds) in [
            (60, 60.0, 0.6, 0.1, 200),
            (60, 150.0, 0.6, 0.1, 120),
            (60, 150.0, 0.0, 0.1, 120),
            (20, 100.0, 0.6, 0.1, 400),
            (60, 60.0, 0.6, 0.0, 200),
        ] {
            let (theirs, ours) = tails(k, size, unequal, spread, worlds, 3);
            assert!(spread == 0.0 || theirs[0] > 0.08, "{k} {size} {unequal} {spread}: {theirs:?}");
            assert!((0.035..0.06).contains(&ours[0]), "{k} {size} {unequal} {spread}: {ours:?}");
            assert!(ours[1] < 0.016 && ours[2] < 0.0035, "{k} {size} {unequal} {spread}: {ours:?}");
        }
    }

    #[test]
    fn too_few_units_constant_answers_and_impossible_counts_are_refused() {
        let unit = |top, n| TopBox { n, top };
        assert_eq!(Funnel::fit(&[unit(3, 30); 9]), Err(Absent::Units { needed: 10, found: 9 }));
        assert_eq!(Funnel::fit(&[unit(30, 30); 10]), Err(Absent::Constant));
        assert_eq!(Funnel::fit(&[unit(0, 30); 10]), Err(Absent::Constant));
        assert_eq!(Funnel::fit(&[unit(4, 3); 10]), Err(Absent::Numbers(Unavailable::OutOfRange)));
        assert_eq!(Funnel::fit(&[unit(0, 0); 10]), Err(Absent::Numbers(Unavailable::OutOfRange)));
        let even = Funnel::fit(&[unit(15, 30); 12]).unwrap();
        assert_eq!(even.tau2, 0.0);
        assert_eq!(even.standing(&unit(3, 19)), Err(Absent::Responses { needed: 20, found: 19 }));
        assert!((even.standing(&unit(15, 30)).unwrap().p - 0.5).abs() < 1e-6);
    }
}
