//! Whether a density jumps at a point: values that heap just above a bonus target. Arithmetic on values handed in; it touches nothing
//! else.
//!
//! The local-polynomial density test of Cattaneo, Jansson and Ma (2020, "Simple local polynomial density estimators", JASA
//! 115:1449–1455), unrestricted: on each side of the point a cubic is fitted to the empirical distribution function of all values,
//! weighted by a triangular kernel of width h; its slope at the point is the density there. T = (f₊ − f₋)/se, with the jackknife
//! standard error of the same paper: each value moves the fit through all others not below it, so that
//! Var f = Σᵢ (Σ aⱼ/(n−1), over j ≠ i with xⱼ ≥ xᵢ)², where f = Σ aⱼF(xⱼ).
//!
//! Widths are those with the least mean squared error of a fit one degree lower, as if the bias were the only one: h⁵ = V/(4B²n),
//! V = n·c·Var f and B = −3/7 of the third derivative of F (over 3!), both found by a pilot fit of width c and b. The pilots' widths are
//! those of a normal distribution with the mean and the deviation of the values, c⁵ = (3840/7)/(4H₂²φn)·σ⁵ and
//! b⁹ = 5(37,739,520/11)/(4H₄²φn)·σ⁹, H Hermite's polynomials at the point. For each side there are three such widths, for its own
//! density, for the difference and for the sum of both; the middle one is taken. None is wider than the values reach, none has
//! fewer than 23 (different) values.
//!
//! Tested against reference/rddensity_senate.csv (R package rddensity, its defaults; 1,390 elections): T −.8752730, p .3814254, widths
//! 19.8411084 and 27.1187867; and against the same package on other values, with ties and with skewness.

use super::beta::normal_tails;
use super::matrix::solve;
use super::unavailable::Unavailable;

/// The fewest different values on each side.
pub const NEEDED: usize = 23;
/// The fewest for the pilot fit of the third derivative.
const PILOT: usize = 25;
/// The bias of a quadratic's slope at an edge under the triangular kernel, by the third derivative over 3!.
const BIAS: f64 = -3.0 / 7.0;

/// What happens to the density at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jump {
    /// The density just below the point, with its standard error.
    pub below: (f64, f64),
    /// The density at it and just above, with its standard error.
    pub above: (f64, f64),
    /// (above − below) by its standard error.
    pub t: f64,
    /// The two-sided p-value of no jump.
    pub p: f64,
    /// The widths of the fits below and above.
    pub widths: (f64, f64),
}

/// One side of the point: values less the point, rising, and the empirical distribution function of all values there.
#[derive(Clone, Copy)]
struct Side<'a> {
    x: &'a [f64],
    cdf: &'a [f64],
    /// Values on both sides.
    n: f64,
}

impl Side<'_> {
    /// The coefficient of x^`power` of a polynomial of `degree` within `width`, and its jackknife variance.
    fn fit(&self, width: f64, degree: usize, power: usize) -> Option<(f64, f64)> {
        let size = degree + 1;
        let within = || self.x.iter().zip(self.cdf).filter(|(x, _)| x.abs() <= width);
        let mut matrix = vec![0.0; size * size];
        for (x, _) in within() {
            let u = x / width;
            let mut moments = vec![1.0 - u.abs()];
            (0..2 * degree).for_each(|at| moments.push(moments[at] * u));
            for row in 0..size {
                for column in 0..size {
                    matrix[row * size + column] += moments[row + column];
                }
            }
        }
        let mut unit = vec![0.0; size];
        unit[power] = 1.0;
        let solution = solve(matrix, unit)?;
        let scale = (0..power).fold(1.0, |scale, _| scale * width);
        let weight = |x: f64| {
            let u = x / width;
            (1.0 - u.abs()) * solution.iter().rev().fold(0.0, |sum, b| sum * u + b) / scale
        };
        let coefficient = within().map(|(&x, cdf)| weight(x) * cdf).sum();
        // From the top, group by group of equal values.
        let (mut variance, mut above, mut group) = (0.0, 0.0, (f64::NAN, 0.0, 0.0));
        let moved = |above: f64, (_, own, equal): (f64, f64, f64)| equal * (above - own) * (above - own);
        for (&x, _) in within().rev() {
            if x != group.0 {
                variance += moved(above, group);
                group = (x, weight(x) / (self.n - 1.0), 0.0);
            }
            above += group.1;
            group.2 += 1.0;
        }
        Some((coefficient, variance + moved(above, group)))
    }

    /// The distance to the value of this place from the point, or to the farthest, and the same of different values.
    fn nearest(&self, place: usize) -> f64 {
        let mut away: Vec<f64> = self.x.iter().map(|x| x.abs()).collect();
        away.sort_unstable_by(f64::total_cmp);
        away.dedup();
        // Different values reach at least as far as values.
        away.get(place - 1).or(away.last()).copied().unwrap_or_default()
    }

    /// The distance to the farthest value.
    fn reach(&self) -> f64 {
        self.x.iter().fold(0.0, |reach, x| reach.max(x.abs()))
    }
}

/// The width with the least mean squared error.
fn best(variance: f64, bias: f64, n: f64) -> f64 {
    let width = libm::pow(variance / (4.0 * bias * bias * n), 0.2);
    if width.is_nan() { 0.0 } else { width }
}

fn median(mut three: [f64; 3]) -> f64 {
    three.sort_unstable_by(f64::total_cmp);
    three[1]
}

/// Whether the density of `values` jumps at `point`, which belongs to the side above.
///
/// # Errors
/// [`Unavailable::NotFinite`], and [`Unavailable::TooFew`] different values on a side.
pub fn jump(values: &[f64], point: f64) -> Result<Jump, Unavailable> {
    if !point.is_finite() || values.iter().any(|value| !value.is_finite()) {
        return Err(Unavailable::NotFinite);
    }
    let mut x: Vec<f64> = values.iter().map(|value| value - point).collect();
    x.sort_unstable_by(f64::total_cmp);
    let first = x.partition_point(|&x| x < 0.0);
    let n = x.len() as f64;
    for side in [&x[..first], &x[first..]] {
        let mut different = side.to_vec();
        different.dedup();
        if different.len() < NEEDED {
            return Err(Unavailable::TooFew { needed: NEEDED as u64, found: different.len() as u64 });
        }
    }
    let cdf: Vec<f64> =
        x.iter().map(|value| (x.partition_point(|other| other <= value) as f64 - 1.0) / (n - 1.0)).collect();
    let [below, above] =
        [0..first, first..x.len()].map(|side| Side { x: &x[side.clone()], cdf: &cdf[side], n });
    let (left, right) = widths(&x, below, above).ok_or(Unavailable::Constant)?;
    let [below, above] = [below.fit(left, 3, 1), above.fit(right, 3, 1)];
    let (Some(below), Some(above)) = (below, above) else { return Err(Unavailable::Constant) };
    let t = (above.0 - below.0) / libm::sqrt(above.1 + below.1);
    if !t.is_finite() {
        return Err(Unavailable::Constant);
    }
    Ok(Jump {
        below: (below.0, libm::sqrt(below.1)),
        above: (above.0, libm::sqrt(above.1)),
        t,
        p: normal_tails(t),
        widths: (left, right),
    })
}

/// The widths for the density below and above the point.
fn widths(x: &[f64], below: Side<'_>, above: Side<'_>) -> Option<(f64, f64)> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let deviation = libm::sqrt(x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0));
    let reach = below.reach().max(above.reach());
    // As if the values were normal; the point lies at −mean.
    let z = mean / deviation;
    let (square, normal) = (z * z, libm::exp(-z * z / 2.0) / libm::sqrt(std::f64::consts::TAU));
    let (second, fourth) = (square - 1.0, square * square - 6.0 * square + 3.0);
    let pilot = |constant: f64, polynomial: f64, root: f64, places: usize| {
        let width = deviation * libm::pow(constant / (polynomial * polynomial * normal * n), 1.0 / root);
        width.min(reach).max(below.nearest(places)).max(above.nearest(places))
    };
    let c = pilot(3840.0 / 28.0, second, 5.0, NEEDED);
    let b = pilot(5.0 * 37_739_520.0 / 44.0, fourth, 9.0, PILOT);
    let variance = [below, above].map(|side| side.fit(c, 2, 1).map(|(_, variance)| n * c * variance));
    let third = [below, above].map(|side| side.fit(b, 4, 3).map(|(third, _)| BIAS * third));
    let ([Some(v0), Some(v1)], [Some(b0), Some(b1)]) = (variance, third) else { return None };
    let least = [below.nearest(NEEDED), above.nearest(NEEDED)];
    let both = |bias: f64| best(v0 + v1, bias, n).min(reach).max(least[0]).max(least[1]);
    let (difference, sum) = (both(b1 - b0), both(b1 + b0));
    let own =
        |variance, bias, side: Side<'_>, least: f64| best(variance, bias, n).min(side.reach()).max(least);
    Some((
        median([own(v0, b0, below, least[0]), difference, sum]),
        median([own(v1, b1, above, least[1]), difference, sum]),
    ))
}

#[cfg(test)]
mod tests {
    // The figures stand as their source prints them.
    #![allow(clippy::excessive_precision)]

    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-8 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let margins: Vec<f64> = include_str!("../../fixtures/scores/rddensity_senate.csv")
            .lines()
            .skip(1)
            .map(|line| line.parse().unwrap())
            .collect();
        let found = jump(&margins, 0.0).unwrap();
        near(found.t, -0.875_273_014_082_586_7);
        near(found.p, 0.381_425_373_757_181_55);
        near(found.widths.0, 19.841_108_436_392_13);
        near(found.widths.1, 27.118_786_663_630_047);
        near(found.below.0, 0.021_685_914_653_281_25);
        near(found.above.0, 0.018_137_707_252_810_86);
        near(found.below.1, 0.003_288_478_134_278_094_3);
        near(found.above.1, 0.002_370_536_574_513_214_7);
    }

    /// `n` values, spread evenly over (0, 1) in no order, as `shape` makes them.
    fn values(n: usize, shape: impl Fn(usize, f64) -> f64) -> Vec<f64> {
        (0..n).map(|at| shape(at, ((at * 7919 % 2003) as f64 + 0.5) / 2003.0)).collect()
    }

    #[test]
    fn skewed_tied_and_heaped_values_have_the_figures_that_the_same_package_gives() {
        let skewed = |_: usize, u: f64| -libm::log(u);
        let tied = |_: usize, u: f64| (200.0 * u * u).floor() / 20.0;
        let heaped = |at: usize, u: f64| {
            let value = 10.0 * u;
            let lifted = value > 6.6 && value < 7.0 && at.is_multiple_of(2);
            if lifted { 7.0 + (value - 6.6) / 2.0 } else { value }
        };
        // t, p, widths, of rddensity 3.0 for Python.
        let cases: [(Vec<f64>, f64, [f64; 4]); 4] = [
            (
                values(600, skewed),
                1.0,
                [
                    -0.070_408_518_567_197_25,
                    0.943_868_511_241_126_5,
                    0.999_791_838_105_770_1,
                    1.155_982_907_993_163_6,
                ],
            ),
            (values(2000, tied), 4.0, [-0.050_926_889_177_461_55, 0.959_383_778_840_777_6, 1.15, 1.15]),
            (
                values(1500, heaped),
                7.0,
                [
                    4.702_608_650_524_152,
                    2.568_584_550_610_708_6e-6,
                    1.071_089_218_021_223_3,
                    1.009_598_733_394_291_7,
                ],
            ),
            (
                values(120, skewed),
                0.7,
                [
                    -0.105_722_544_948_051_61,
                    0.915_802_492_314_259_4,
                    0.925_885_050_289_088_4,
                    1.073_364_798_370_492_8,
                ],
            ),
        ];
        for (values, point, [t, p, left, right]) in cases {
            let found = jump(&values, point).unwrap();
            near(found.t, t);
            near(found.p, p);
            near(found.widths.0, left);
            near(found.widths.1, right);
        }
    }

    #[test]
    fn where_nothing_can_be_said_the_reason_is() {
        let even = values(400, |_, u| u);
        assert!(jump(&even, 0.5).is_ok());
        assert_eq!(jump(&even, f64::NAN), Err(Unavailable::NotFinite));
        assert_eq!(jump(&[f64::INFINITY], 0.0), Err(Unavailable::NotFinite));
        assert_eq!(jump(&[], 0.0), Err(Unavailable::TooFew { needed: 23, found: 0 }));
        assert_eq!(jump(&even, 2.0), Err(Unavailable::TooFew { needed: 23, found: 0 }));
        // Ten different values, however many.
        let tens = values(2000, |_, u| (10.0 * u).floor());
        assert!(matches!(jump(&tens, 5.0), Err(Unavailable::TooFew { needed: 23, found: 5 })));
        // In no order, the same bits.
        let mut turned = even.clone();
        turned.reverse();
        assert_eq!(jump(&turned, 0.5), jump(&even, 0.5));
    }
}
