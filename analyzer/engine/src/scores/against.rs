//! Does a group of the responses differ from all others, where responses of one unit are alike? The difference of two (weighted) means
//! of one survey, whose sides may share units, have units of their own, or be parts of a single one. Sums by unit and side are handed in.
//!
//! With W the weight of a side, Wᵤ that of unit u on it, and m the side's mean, two variances are computed; the wider interval and the
//! larger p-value count:
//!
//! - **Linearized by unit** (Woodruff 1971, JASA 66:411–414), where both sides lie in at least [`FEWEST_UNITS`] units:
//!   zᵤ = eᵤ(group)/(W√(1 − hᵤ)) − eᵤ(rest)/(W√(1 − hᵤ)) with eᵤ = Σw(x − m) and hᵤ = Wᵤ/W, var = Σzᵤ². The roots are Bell and
//!   McCaffrey's (2002, Survey Methodology 28:169–181), exact for equal weights. Student's t with (Σvᵤ)²/Σvᵤ² − 1 degrees of freedom, the
//!   effective number of units (Carter, Schnepel and Steigerwald 2017, Rev. Econ. Stat. 99:698–709), vᵤ being what zᵤ² is expected to be
//!   under the model below: a group in six of a thousand units has five, not 999.
//! - **By the units' common variance**, which few units learn from all: MSB, MSW, n₀ and the ICC ρ of [`super::cluster::pooled`], τ² =
//!   (MSB − MSW)/n₀. Each side's variance is that of the adjusted Wald at Kish's effective size, of which the part within units is taken,
//!   (1 − ρ)/(1 − ρΣhᵤ²); to their sum comes Bτ², B = Σ(hᵤ(group) − hᵤ(rest))². Levels of units that are on both sides alike cancel: B
//!   is near 0. A group that is one unit has B near 1: it is compared with how units differ. Student's t with V²/(B·MSB/n₀)²·(k₁ + k₂ − 2)
//!   degrees of freedom (Satterthwaite 1946, Biometrics Bulletin 2:110–114; MSW is known from far more responses).
//!
//! Traps: levels of units are taken for normal where the second one is alone. Where every unit has one response on a side, nothing is
//! known within units, and the second variance is the plain one.

use super::change::{self, Difference, FEWEST_UNITS};
use super::cluster::pooled_of;
use super::mean::Mean;
use super::unavailable::Unavailable;
use super::weights::Domain;

/// The largest intraclass correlation by which a variance is made smaller.
const MOST_ALIKE: f64 = 0.99;

/// The responses of one unit on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    /// Their points, each counted once.
    pub points: Mean,
    /// Σw.
    pub weight: f64,
    /// Σw².
    pub weight_squares: f64,
    /// Σwx, x in points above the scale's low end.
    pub sum: f64,
    /// Σwx².
    pub squares: f64,
}

impl Part {
    /// Adds a response of `x` points that weighs `weight`.
    pub fn update(&mut self, x: u64, weight: f64) {
        self.points.merge(&Mean { n: 1, sum: x, squares: x * x });
        let x = x as f64;
        self.weight += weight;
        self.weight_squares += weight * weight;
        self.sum += weight * x;
        self.squares += weight * x * x;
    }

    /// Adds what another part has.
    pub fn merge(&mut self, other: &Part) {
        self.points.merge(&other.points);
        self.weight += other.weight;
        self.weight_squares += other.weight_squares;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// What is not in `part`, which must be a part of this.
    pub fn less(&self, part: &Part) -> Part {
        let (whole, points) = (self.points, part.points);
        let n = whole.n.saturating_sub(points.n);
        // What is left of weights when all is taken away is rounding.
        if n == 0 {
            return Part::default();
        }
        Part {
            points: Mean { n, sum: whole.sum - points.sum, squares: whole.squares - points.squares },
            weight: self.weight - part.weight,
            weight_squares: self.weight_squares - part.weight_squares,
            sum: self.sum - part.sum,
            squares: self.squares - part.squares,
        }
    }

    fn domain(&self) -> Option<Domain> {
        let found = Domain {
            n: self.points.n,
            effective_n: (self.weight * self.weight / self.weight_squares).min(self.points.n as f64),
            mean: self.sum / self.weight,
            square: self.squares / self.weight,
        };
        (found.n > 0 && found.effective_n > 0.0 && found.mean.is_finite()).then_some(found)
    }
}

/// The difference of a group less all other responses, in points, by unit: what of it is in the group, and what is not. The scale is
/// `range` long; `share` says whether the points are of a share.
pub fn against(units: &[[Part; 2]], range: f64, share: bool) -> Result<Difference, Unavailable> {
    let mut sides = [Part::default(); 2];
    let mut met = [0u64; 2];
    for unit in units {
        for (side, part) in unit.iter().enumerate().filter(|(_, part)| part.points.n > 0) {
            sides[side].merge(part);
            met[side] += 1;
        }
    }
    let [group, rest] = sides;
    let (Some(one), Some(other)) = (group.domain(), rest.domain()) else { return Err(Unavailable::Empty) };
    let share_of = |unit: &[Part; 2]| [unit[0].weight / group.weight, unit[1].weight / rest.weight];
    // What of a side's variance lies within units, and how units differ.
    let mut alike = [0.0; 2];
    let mut apart = 0.0;
    for unit in units {
        let [in_group, in_rest] = share_of(unit);
        alike[0] += in_group * in_group;
        alike[1] += in_rest * in_rest;
        apart += (in_group - in_rest) * (in_group - in_rest);
    }
    let common = match pooled_of([0, 1].map(|side| units.iter().map(move |unit| &unit[side].points))) {
        Ok(found) => Some(found),
        Err(Unavailable::OneResponseEach | Unavailable::Constant) => None,
        Err(reason) => return Err(reason),
    };
    // Where units are of one mind, what levels that cancel would leave is nothing; something always differs within units.
    let icc = common.as_ref().map_or(0.0, |found| found.icc.min(MOST_ALIKE));
    let within = alike.map(|alike| (1.0 - icc) / (1.0 - icc * alike.min(1.0)));
    let (between, unsure, df) = common.as_ref().map_or((0.0, 0.0, f64::INFINITY), |found| {
        let per = apart / found.size;
        (
            (found.between - found.within).max(0.0) * per,
            found.between.max(found.within) * per,
            found.df as f64,
        )
    });
    let plain = change::difference_of([(&other, within[1]), (&one, within[0])], between, range, share);
    let variance = plain.standard_error * plain.standard_error;
    let df = df * (variance / unsure) * (variance / unsure);
    // Beyond this, Student's t is the normal distribution to nine digits.
    let modelled = if df < 1e9 { plain.student(df, range) } else { plain };
    if met.iter().any(|&met| met < FEWEST_UNITS) {
        return Ok(modelled);
    }

    let (inside, spread) = common
        .as_ref()
        .map_or((1.0, 0.0), |found| (found.within, ((found.between - found.within) / found.size).max(0.0)));
    let (mut squares, mut expected, mut expected_squares) = (0.0, 0.0, 0.0);
    for unit in units {
        let part = share_of(unit);
        let residual = |side: usize, mean: f64, whole: f64| {
            let of = &unit[side];
            if of.points.n == 0 {
                return 0.0;
            }
            (of.sum - mean * of.weight) / (whole * libm::sqrt((1.0 - part[side]).max(f64::EPSILON)))
        };
        let z = residual(0, one.mean, group.weight) - residual(1, other.mean, rest.weight);
        squares += z * z;
        let kish = |side: usize, whole: f64| unit[side].weight_squares / (whole * whole);
        let v = inside * (kish(0, group.weight) + kish(1, rest.weight))
            + spread * (part[0] - part[1]) * (part[0] - part[1]);
        expected += v;
        expected_squares += v * v;
    }
    let df = expected * expected / expected_squares - 1.0;
    let linearized = Difference::with(one.mean - other.mean, libm::sqrt(squares)).student(df.max(1.0), range);
    let mut wider =
        if linearized.high - linearized.low > modelled.high - modelled.low { linearized } else { modelled };
    wider.p = linearized.p.max(modelled.p);
    Ok(wider)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::beta;
    use crate::scores::change::{Periods, paired};
    use crate::scores::state::By;

    fn part(points: &[u64], weight: f64) -> Part {
        let mut part = Part::default();
        points.iter().for_each(|&x| part.update(x, weight));
        part
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn few_units_are_compared_by_how_units_differ() {
        // The units of the test of `pooled`: MSB 16, MSW 2, n₀ 2, ICC 7/9, τ² 7, two degrees of freedom. h is ½ everywhere, so B = 1, and
        // of each adjusted Wald variance, 3.2419825, (1 − 7/9)/(1 − 7/18) = 4/11 is within units: V = 9.3578054.
        let none = Part::default();
        let units = [
            [part(&[0, 2], 1.0), none],
            [part(&[4, 6], 1.0), none],
            [none, part(&[10, 12], 1.0)],
            [none, part(&[14, 16], 1.0)],
        ];
        let found = against(&units, 16.0, false).unwrap();
        near(found.value, -10.0);
        near(found.standard_error, 9.357_805_4_f64.sqrt());
        let df = 2.0 * (9.357_805_4_f64 / 8.0).powi(2);
        near(found.p, beta::t_tails((36.0 - 76.0) / 7.0 / found.standard_error, df));
        assert!(found.low < -10.0 && found.high > 0.0, "{found:?}");
    }

    #[test]
    fn units_that_are_on_both_sides_alike_are_paired() {
        // Units whose own differences differ much: what is linearized is wider than what levels that cancel would leave.
        let shift = [4, 0, 3, 1, 4, 3];
        let (mut units, mut by) = (Vec::new(), By::<u32, Periods>::default());
        for (at, shift) in shift.into_iter().enumerate() {
            let group: Vec<u64> = (0..20).map(|x| x % 2 + shift).collect();
            let rest: Vec<u64> = (0..20).map(|x| x % 2 + 2).collect();
            let unit = [part(&group, 1.0), part(&rest, 1.0)];
            by.update(&(at as u32), &Periods { before: unit[1].points, after: unit[0].points });
            units.push(unit);
        }
        let (found, expected) = (against(&units, 10.0, false).unwrap(), paired(&by).unwrap());
        near(found.value, expected.value);
        near(found.standard_error, expected.standard_error);
        near(found.p, expected.p);
    }

    #[test]
    fn weights_that_are_all_alike_change_nothing_and_sides_can_be_turned_round() {
        let units = |weight: f64| -> Vec<[Part; 2]> {
            let of = |at: u64, shift: u64| {
                let points: Vec<u64> = (0..6 + at).map(|x| (x * 7 + shift) % 11).collect();
                part(&points, weight)
            };
            (0..7).map(|at| [of(at, at), of(3 * at, 2 + at * at)]).collect()
        };
        let plain = against(&units(1.0), 10.0, false).unwrap();
        let weighted = against(&units(2.5), 10.0, false).unwrap();
        near(weighted.value, plain.value);
        near(weighted.standard_error, plain.standard_error);
        near(weighted.p, plain.p);
        let turned: Vec<[Part; 2]> = units(1.0).into_iter().map(|[group, rest]| [rest, group]).collect();
        let turned = against(&turned, 10.0, false).unwrap();
        near(turned.value, -plain.value);
        near(turned.p, plain.p);
    }

    #[test]
    fn the_rest_is_what_is_not_in_the_part_and_an_empty_side_is_refused() {
        let (whole, some) = (part(&[1, 5, 7], 0.3), part(&[5], 0.3));
        let rest = whole.less(&some);
        assert_eq!(rest.points, part(&[1, 7], 0.3).points);
        near(rest.sum, 2.4);
        assert_eq!(whole.less(&whole), Part::default());
        let units = [[some, Part::default()], [some, Part::default()]];
        assert_eq!(against(&units, 10.0, false), Err(Unavailable::Empty));
    }
}
