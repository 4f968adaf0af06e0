//! What is usual among units that differ honestly, learned from the units at hand, and how far out a unit lies. Arithmetic on
//! numbers handed in; it touches nothing else.
//!
//! An honest unit's own value is normal around a common centre m with a spread τ; what is seen of it is that value with
//! sampling error: normal with a known variance ([`Spread`]), or a Poisson count at a rate whose logarithm is the value
//! ([`Rates`]; Poisson–lognormal, Bulmer 1974, Biometrics 30:101–110). A share ε of the units may be anything above that: the
//! two-groups model (Efron 2008, "Microarrays, empirical Bayes and the two-groups model", Statistical Science 23:1–22), in
//! which pressured units neither move m nor widen τ as far as they stand apart. m, τ and ε are not known from a few dozen
//! units, so none is plugged in: p is the tail averaged over their posterior distribution (a posterior predictive p-value,
//! Guttman 1967, JRSS B 29:83–100), *each unit left out of its own* (weights divided by its likelihood; Gelfand, Dey and Chang
//! 1992), which makes the tail as heavy as ignorance of τ is.
//!
//! The prior is flat in m and in τ; for rates it is Jeffreys's in m (√rate), and exponential in τ with mean ½ ln 2, because where a
//! handful of events were seen among all units the data say nothing of τ: a penalised complexity prior (Simpson et al. 2017,
//! "Penalising model component complexity", Statistical Science 32:1–28), which asks of the data to show that units differ, and holds
//! a spread of ln 2, at which an honest unit with twice the rate of another is nothing odd, for likely one time in seven. ε is 1%, 5%, 10% or 20%, each as likely beforehand. What stands apart is spread
//! widely: normal around three spreads above with three spreads' sd; for log rates around 2 above with sd 2.
//!
//! Traps: more than a fifth of the units pressured, or all of them, is usual here by definition; a p is only as good as the
//! normal shape of honest differences on the scale that the channel chose.

use super::Absent;
use super::exact::{FLOOR, Tail};
use super::funnel::UNITS_NEEDED;
use crate::sort;
use std::f64::consts::{PI, SQRT_2};

/// The shares of units that may stand apart.
const APART: [f64; 4] = [0.01, 0.05, 0.1, 0.2];
/// More units than this say no more about what is usual; of more, this many are taken at even distances.
const ENOUGH: usize = 1500;
/// Points of the posterior distribution with less weight than this beside the heaviest are left out.
const NEGLIGIBLE: f64 = 1e-6;
/// The smallest likelihood of one unit.
const LEAST: f64 = 1e-280;

/// A unit's value y and its sampling variance.
pub type Seen = (f64, f64);

/// How many events a unit has had, and how many it would have at a rate of 1.
pub type Events = (u64, f64);

/// P(Z ≥ z).
pub(super) fn above(z: f64) -> f64 {
    libm::erfc(z / SQRT_2) / 2.0
}

fn density(away: f64, variance: f64) -> f64 {
    libm::exp(-away * away / (2.0 * variance)) / libm::sqrt(2.0 * PI * variance)
}

/// A point of the posterior distribution of centre and spread.
#[derive(Clone, Debug)]
struct Point {
    centre: f64,
    spread: f64,
    /// Its weight with each of [`APART`].
    weights: [f64; APART.len()],
    /// The likelihood of each unit when honest.
    units: Vec<f64>,
}

/// The likelihood of all units at one centre and spread, when honest.
type Likelihood<'a> = dyn Fn(f64, f64, &mut Vec<f64>) + 'a;

/// What there is of a unit beside its value: how likely it is when the unit stands apart, times how much more likely than others
/// the unit is to do so.
type Apart = Vec<f64>;

/// One grid over centre and spread: its points with log weights.
fn grid(
    centres: (f64, f64, usize),
    spreads: (f64, f64, usize),
    prior: &dyn Fn(f64, f64) -> f64,
    likelihood: &Likelihood<'_>,
    apart: &[f64],
) -> Vec<Point> {
    let at = |(low, high, steps): (f64, f64, usize), step: usize| {
        if steps < 2 { low } else { low + (high - low) * step as f64 / (steps - 1) as f64 }
    };
    let mut points = Vec::with_capacity(centres.2 * spreads.2);
    for s in 0..spreads.2 {
        for c in 0..centres.2 {
            let (centre, spread) = (at(centres, c), at(spreads, s));
            let mut units = Vec::new();
            likelihood(centre, spread, &mut units);
            let start = prior(centre, spread);
            let weights = APART.map(|share| {
                let mixed =
                    units.iter().zip(apart).map(|(f0, f1)| ((1.0 - share) * f0 + share * f1).max(LEAST));
                // One logarithm for many factors: the product is taken over before it could vanish or overflow.
                let (mut sum, mut product) = (start, 1.0f64);
                for factor in mixed {
                    product *= factor;
                    if !(1e-20..1e20).contains(&product) {
                        sum += libm::log(product.max(f64::MIN_POSITIVE));
                        product = 1.0;
                    }
                }
                sum + libm::log(product)
            });
            points.push(Point { centre, spread, weights, units });
        }
    }
    let top = points.iter().flat_map(|point| point.weights).fold(f64::NEG_INFINITY, f64::max);
    points.iter_mut().for_each(|point| point.weights = point.weights.map(|log| libm::exp(log - top)));
    points
}

/// The posterior distribution, found coarsely in the given ranges and then where it lies.
fn posterior(
    centres: (f64, f64),
    spreads: (f64, f64),
    prior: &dyn Fn(f64, f64) -> f64,
    likelihood: &Likelihood<'_>,
    apart: &[f64],
) -> Vec<Point> {
    let mut ranges = (centres, spreads);
    let mut points = Vec::new();
    for (round, steps) in [(0, 9), (1, 7), (2, 9)] {
        points =
            grid((ranges.0.0, ranges.0.1, steps), (ranges.1.0, ranges.1.1, steps), prior, likelihood, apart);
        if round == 2 {
            break;
        }
        let total: f64 = points.iter().flat_map(|point| point.weights).sum();
        let moments = |of: &dyn Fn(&Point) -> f64, range: (f64, f64), bounds: (f64, f64)| {
            let weighed = |f: &dyn Fn(f64) -> f64| {
                points.iter().map(|point| point.weights.iter().sum::<f64>() * f(of(point))).sum::<f64>()
                    / total
            };
            let mean = weighed(&|x| x);
            // A grid knows no sd finer than its own step.
            let step = (range.1 - range.0) / (steps - 1) as f64;
            let sd = libm::sqrt(weighed(&|x| (x - mean) * (x - mean))).max(step / 3.0);
            ((mean - 4.0 * sd).max(bounds.0), (mean + 4.0 * sd).min(bounds.1))
        };
        ranges = (
            moments(&|point| point.centre, ranges.0, (f64::NEG_INFINITY, f64::INFINITY)),
            moments(&|point| point.spread, ranges.1, spreads),
        );
    }
    points.retain(|point| point.weights.iter().any(|&weight| weight > NEGLIGIBLE));
    points
}

/// The weight of each point when the unit at `own` is left out.
fn left_out(points: &[Point], apart: &[f64], own: Option<usize>) -> Vec<f64> {
    let weights: Vec<f64> = points
        .iter()
        .map(|point| {
            let unit = own.and_then(|own| Some((point.units.get(own)?, apart.get(own)?)));
            let each = point.weights.iter().zip(APART).map(|(weight, share)| match unit {
                Some((f0, f1)) => weight / ((1.0 - share) * f0 + share * f1).max(LEAST),
                None => *weight,
            });
            each.sum()
        })
        .collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// Every how many-th of `k` units is learned from.
pub(super) fn stride(k: usize) -> usize {
    k.div_ceil(ENOUGH).max(1)
}

/// The place of a unit among those that were learned from.
fn place(at: usize, step: usize) -> Option<usize> {
    at.is_multiple_of(step).then_some(at / step)
}

/// The quantile of sorted values (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let left = position as usize;
    let right = (left + 1).min(sorted.len() - 1);
    sorted[left] + (position - left as f64) * (sorted[right] - sorted[left])
}

/// What is usual of a value with normal sampling error.
#[derive(Clone, Debug)]
pub struct Spread {
    points: Vec<Point>,
    apart: Apart,
    step: usize,
}

impl Spread {
    /// Learns it from `units`, values that are finite with variances that are positive; `odds` says how much more likely than
    /// others each of them is to stand apart, by what is known from elsewhere: 1 where nothing is.
    pub fn among(units: &[Seen], odds: &[f64]) -> Result<Spread, Absent> {
        if units.len() < UNITS_NEEDED {
            return Err(Absent::Units { needed: UNITS_NEEDED as u64, found: units.len() as u64 });
        }
        let step = stride(units.len());
        let units: Vec<Seen> = units.iter().copied().step_by(step).collect();
        let mut sorted: Vec<f64> = units.iter().map(|unit| unit.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut variances: Vec<f64> = units.iter().map(|unit| unit.1).collect();
        variances.sort_unstable_by(f64::total_cmp);
        let centre = quantile(&sorted, 0.5);
        let wide = (centre - quantile(&sorted, 0.16))
            .max((quantile(&sorted, 0.84) - centre) / 2.0)
            .max(libm::sqrt(quantile(&variances, 0.5)));
        let near = 4.0 * wide / libm::sqrt(units.len() as f64) + 0.3 * wide;
        let apart: Apart = units
            .iter()
            .zip(odds.iter().step_by(step))
            .map(|((y, s2), odds)| {
                let own = wide * wide + s2;
                odds * density(y - centre - 3.0 * libm::sqrt(own), 9.0 * own)
            })
            .collect();
        let points = posterior(
            (centre - near, centre + near),
            (0.0, 3.0 * wide),
            &|_, _| 0.0,
            &|centre, spread, into| {
                into.extend(units.iter().map(|(y, s2)| density(y - centre, spread * spread + s2)));
            },
            &apart,
        );
        Ok(Spread { points, apart, step })
    }

    /// P(Y ≥ y) of an honest unit; `own` is the unit's place among those that were learned from.
    pub fn tail(&self, (y, s2): Seen, own: Option<usize>) -> f64 {
        let own = own.and_then(|own| place(own, self.step));
        let weights = left_out(&self.points, &self.apart, own);
        let each = self.points.iter().zip(&weights).map(|(point, weight)| {
            weight * above((y - point.centre) / libm::sqrt(point.spread * point.spread + s2))
        });
        each.sum::<f64>().clamp(FLOOR, 1.0)
    }

    /// What an honest unit's own value may be: centres and spreads of normal distributions, after the weight of each; `own` as in
    /// [`Spread::tail`].
    pub(super) fn honest(&self, own: Option<usize>) -> Vec<(f64, f64, f64)> {
        let weights = left_out(&self.points, &self.apart, own.and_then(|own| place(own, self.step)));
        self.points.iter().zip(weights).map(|(point, weight)| (weight, point.centre, point.spread)).collect()
    }

    /// The usual value and the spread, on average over what is not known of them.
    pub fn usual(&self) -> (f64, f64) {
        let weights = left_out(&self.points, &self.apart, None);
        self.points.iter().zip(&weights).fold((0.0, 0.0), |(centre, spread), (point, weight)| {
            (centre + weight * point.centre, spread + weight * point.spread)
        })
    }
}

/// Distance between the nodes of log rates.
const NODE: f64 = 0.125;
/// So many events fix a rate as well as nodes at that distance tell rates apart; more are taken for as many, at the same rate.
const MANY: u64 = 64;

/// The prior mean of the spread of log rates: a unit two spreads above the centre has twice its rate.
const TWICE: f64 = std::f64::consts::LN_2 / 2.0;

/// What is usual of a rate of events.
#[derive(Clone, Debug)]
pub struct Rates {
    points: Vec<Point>,
    apart: Apart,
    /// The weights of the nodes at each point, from a first node on.
    masses: Vec<(usize, Vec<f64>)>,
    lowest: f64,
    /// The rate at each node.
    rates: Vec<f64>,
    step: usize,
}

/// The nodes that a normal distribution has weight at, and the weights.
fn masses(lowest: f64, count: usize, centre: f64, spread: f64) -> (usize, Vec<f64>) {
    // A spread below half of the distance of nodes is not told from it.
    let spread = spread.max(NODE / 2.0);
    let node = |value: f64| (((value - lowest) / NODE).max(0.0) as usize).min(count);
    let (from, to) = (node(centre - 6.0 * spread), node(centre + 6.0 * spread + NODE));
    let mut found: Vec<f64> = (from..to)
        .map(|node| {
            let z = (lowest + node as f64 * NODE - centre) / spread;
            libm::exp(-z * z / 2.0)
        })
        .collect();
    let total: f64 = found.iter().sum();
    found.iter_mut().for_each(|mass| *mass /= total.max(LEAST));
    (from, found)
}

fn fewer((x, e): Events) -> Events {
    if x > MANY { (MANY, e * MANY as f64 / x as f64) } else { (x, e) }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Rates {
    /// Learns it from `units`, exposures that are finite and positive; `odds` as in [`Spread::among`].
    pub fn among(units: &[Events], odds: &[f64]) -> Result<Rates, Absent> {
        if units.len() < UNITS_NEEDED {
            return Err(Absent::Units { needed: UNITS_NEEDED as u64, found: units.len() as u64 });
        }
        let step = stride(units.len());
        let units: Vec<Events> = units.iter().copied().map(fewer).step_by(step).collect();
        // Four fifths of the units, those with the lower rates, say where to look.
        let mut by_rate: Vec<&Events> = units.iter().collect();
        sort::by(&mut by_rate, |a, b| (a.0 as f64 / a.1).total_cmp(&(b.0 as f64 / b.1)));
        let lower = &by_rate[..(units.len() * 4).div_ceil(5)];
        let events: f64 = lower.iter().map(|unit| unit.0 as f64).sum();
        let centre = libm::log((events + 0.5) / lower.iter().map(|unit| unit.1).sum::<f64>());
        let near = 4.0 * libm::sqrt(1.0 / (events + 0.5) + 1.0 / units.len() as f64) + 0.5;
        let (low, high) = (centre - near - 1.0, centre + near);
        let lowest = low - 5.0;
        let count = ((high + 8.0 - lowest) / NODE) as usize;
        let rates: Vec<f64> = (0..count).map(|node| libm::exp(lowest + node as f64 * NODE)).collect();
        let chances: Vec<Vec<f64>> = units
            .iter()
            .map(|&(x, e)| {
                let start = x as f64 * (libm::log(e) + lowest) - libm::lgamma(x as f64 + 1.0);
                let chance = |(node, rate): (usize, &f64)| {
                    libm::exp(start + (x as f64 * NODE) * node as f64 - e * rate)
                };
                rates.iter().enumerate().map(chance).collect()
            })
            .collect();
        let (from, far) = masses(lowest, count, centre + 2.0, 2.0);
        let apart: Apart = chances
            .iter()
            .zip(odds.iter().step_by(step))
            .map(|(chances, odds)| odds * dot(&far, &chances[from..]))
            .collect();
        let points = posterior(
            (low, high),
            (0.0, 2.5),
            &|centre, spread| centre / 2.0 - spread / TWICE,
            &|centre, spread, into| {
                let (from, usual) = masses(lowest, count, centre, spread);
                into.extend(chances.iter().map(|chances| dot(&usual, &chances[from..])));
            },
            &apart,
        );
        let masses = points.iter().map(|point| masses(lowest, count, point.centre, point.spread)).collect();
        Ok(Rates { points, apart, masses, lowest, rates, step })
    }

    /// The tail of an honest unit with these events; `own` is the unit's place among those that were learned from.
    pub fn tail(&self, events: Events, own: Option<usize>) -> Tail {
        let (x, e) = fewer(events);
        let own = own.and_then(|own| place(own, self.step));
        let weights = left_out(&self.points, &self.apart, own);
        let start = x as f64 * (libm::log(e) + self.lowest) - libm::lgamma(x as f64 + 1.0);
        let (mut at_least, mut half) = (vec![0.0; self.rates.len()], vec![0.0; self.rates.len()]);
        for (node, rate) in self.rates.iter().enumerate() {
            let here = libm::exp(start + (x as f64 * NODE) * node as f64 - e * rate);
            let more = beyond(x, e * rate, here);
            (at_least[node], half[node]) = (more + here, more + here / 2.0);
        }
        let (mut p, mut mid_p) = (0.0, 0.0);
        for ((from, masses), weight) in self.masses.iter().zip(&weights) {
            p += weight * dot(masses, &at_least[*from..]);
            mid_p += weight * dot(masses, &half[*from..]);
        }
        Tail { p: p.clamp(FLOOR, 1.0), mid_p: mid_p.clamp(FLOOR, 1.0) }
    }

    /// The usual rate, that of the average unit (the mean of the lognormal).
    pub fn usual(&self) -> f64 {
        let weights = left_out(&self.points, &self.apart, None);
        let mean = |point: &Point| libm::exp(point.centre + point.spread * point.spread / 2.0);
        self.points.iter().zip(&weights).map(|(point, weight)| weight * mean(point)).sum()
    }
}

/// P(X > x) of a Poisson count, given P(X = x): summed on the side where the terms fall.
fn beyond(x: u64, mean: f64, here: f64) -> f64 {
    let (mut term, mut sum) = (here, 0.0);
    if x as f64 >= mean {
        let mut at = x as f64;
        loop {
            at += 1.0;
            term *= mean / at;
            sum += term;
            if term <= 1e-17 * sum || term < 1e-300 {
                return sum;
            }
        }
    }
    let mut at = x as f64;
    while at > 0.0 {
        term *= at / mean;
        sum += term;
        if term <= 1e-17 * sum || term < 1e-300 {
            break;
        }
        at -= 1.0;
    }
    (1.0 - sum - here).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::super::exact::Counts;
    use super::*;
    use rand_core::{Rng, SeedableRng};

    const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];

    /// A unit that is honest: its own value around 1 with this spread, seen with one of three sampling errors.
    fn value(at: usize, spread: f64, random: &mut impl Rng) -> Seen {
        let s2 = [0.01, 0.04, 0.09][at % 3];
        (1.0 + spread * draw::normal(random) + libm::sqrt(s2) * draw::normal(random), s2)
    }

    /// An honest unit's events among a few hundred comments, at a rate of .01 times one with this spread of its logarithm.
    fn events(at: usize, spread: f64, random: &mut impl Rng) -> Events {
        let n = [100, 200, 400][at % 3];
        let rate = 0.01 * libm::exp(spread * draw::normal(random));
        (draw::binomial(n, rate.min(1.0), random), n as f64)
    }

    /// The shares of honest units at or below each level, each in a world of `k`, in which one in ten stands apart when `mixed`.
    fn shares(rounds: usize, k: usize, mut world: impl FnMut(usize) -> Vec<f64>) -> [f64; 3] {
        let mut counts = [0usize; 3];
        for _ in 0..rounds {
            for p in world(k) {
                counts.iter_mut().zip(LEVELS).for_each(|(count, level)| *count += usize::from(p <= level));
            }
        }
        counts.map(|count| count as f64 / (rounds * k) as f64)
    }

    #[test]
    fn tails_of_honest_values_hold_their_share_whatever_the_spread() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(61);
        for spread in [0.0, 0.1, 0.5] {
            let found = shares(60, 60, |k| {
                let units: Vec<Seen> = (0..k).map(|at| value(at, spread, &mut random)).collect();
                let usual = Spread::among(&units, &vec![1.0; k]).unwrap();
                units.iter().enumerate().map(|(at, unit)| usual.tail(*unit, Some(at))).collect()
            });
            // 3,600 units: four standard errors are .0145, .0066 and .0021; a spread that is not known makes tails a little cautious.
            assert!((0.02..0.0645).contains(&found[0]), "{spread}: {found:?}");
            assert!(found[1] < 0.0166 && found[2] < 0.0031, "{spread}: {found:?}");
        }
    }

    #[test]
    fn tails_of_honest_counts_hold_their_share_whatever_the_spread() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(62);
        // At a spread of 1, three times what the prior expects, a nominal 1% holds 2%.
        for (spread, most) in [(0.0, 0.0194), (0.35, 0.0194), (1.0, 0.03)] {
            let found = shares(30, 60, |k| {
                let units: Vec<Events> = (0..k).map(|at| events(at, spread, &mut random)).collect();
                let usual = Rates::among(&units, &vec![1.0; k]).unwrap();
                units.iter().enumerate().map(|(at, unit)| usual.tail(*unit, Some(at)).mid_p).collect()
            });
            // 1,800 units: four standard errors are .0205, .0094 and .0030.
            assert!((0.015..0.0705).contains(&found[0]), "{spread}: {found:?}");
            assert!(found[1] < most && found[2] < 0.004, "{spread}: {found:?}");
        }
    }

    #[test]
    fn units_that_stand_apart_hardly_widen_what_is_usual() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(63);
        let honest: Vec<Seen> = (0..54).map(|at| value(at, 0.1, &mut random)).collect();
        let mut mixed = honest.clone();
        mixed.extend([(2.0, 0.01); 6]);
        let (alone, among) =
            [&honest, &mixed].map(|units| Spread::among(units, &vec![1.0; units.len()]).unwrap()).into();
        let (centre, spread) = alone.usual();
        let (mixed_centre, mixed_spread) = among.usual();
        assert!(
            (centre - 1.0).abs() < 0.08 && (mixed_centre - centre).abs() < 0.04,
            "{centre} {mixed_centre}"
        );
        assert!((mixed_spread - spread).abs() < 0.05, "{spread} {mixed_spread}");
        // The variance of all sixty would make two of 2.0 a nominal one in a hundred.
        assert!(among.tail((2.0, 0.01), Some(54)) < 1e-4);
        let mut rates: Vec<Events> = (0..54).map(|at| events(at, 0.3, &mut random)).collect();
        rates.extend([(40, 200.0); 6]);
        let usual = Rates::among(&rates, &[1.0; 60]).unwrap();
        assert!((0.007..0.016).contains(&usual.usual()), "{}", usual.usual());
        assert!(usual.tail((40, 200.0), Some(55)).p < 1e-3);
    }

    #[test]
    fn a_unit_that_others_speak_against_is_learned_from_less_and_never_from_itself() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(64);
        let mut rates: Vec<Events> =
            (0..54).map(|_| (draw::binomial(100, 0.002, &mut random), 100.0)).collect();
        rates.extend([(3, 100.0); 6]);
        let told = |odds: f64| {
            let mut all = vec![1.0; 54];
            all.extend([odds; 6]);
            Rates::among(&rates, &all).unwrap()
        };
        let (deaf, told) = (told(1.0), told(30.0));
        let p = |usual: &Rates, own| usual.tail((3, 100.0), own).mid_p;
        assert!(
            p(&told, Some(58)) < 0.8 * p(&deaf, Some(58)),
            "{} {}",
            p(&told, Some(58)),
            p(&deaf, Some(58))
        );
        assert!(p(&deaf, Some(58)) < p(&deaf, None));
        let mut values: Vec<Seen> = (0..30).map(|at| value(at, 0.0, &mut random)).collect();
        values.push((1.8, 0.04));
        let usual = Spread::among(&values, &[1.0; 31]).unwrap();
        assert!(usual.tail(values[30], Some(30)) < usual.tail(values[30], None));
    }

    #[test]
    fn where_hardly_anything_was_seen_a_tail_is_heavier_than_chance() {
        // Six events in sixty units of a hundred comments, none with two.
        let units: Vec<Events> = (0..60).map(|at| (u64::from(at % 10 == 0), 100.0)).collect();
        let usual = Rates::among(&units, &[1.0; 60]).unwrap();
        let chance = Counts::binomial(100, 0.001).upper(3).p;
        let found = usual.tail((3, 100.0), None).p;
        assert!(found > 2.0 * chance && found < 0.01, "{found} {chance}");
    }

    #[test]
    fn a_poisson_tail_is_the_sum_of_its_terms_on_either_side_of_the_mean() {
        for (x, mean) in [(0u64, 0.3f64), (3, 0.3), (3, 9.0), (12, 9.0), (40, 9.0), (64, 64.0)] {
            let term = |k: u64| libm::exp(k as f64 * libm::log(mean) - mean - libm::lgamma(k as f64 + 1.0));
            let expected: f64 = (x + 1..x + 400).map(term).rev().sum();
            let found = beyond(x, mean, term(x));
            assert!((found - expected).abs() < 1e-12 * expected.max(1e-3), "{x} {mean}: {found} {expected}");
        }
        // More events than are looked at are as many as are, at the same rate.
        assert_eq!(fewer((64, 10.0)), (64, 10.0));
        assert_eq!(fewer((128, 10.0)), (64, 5.0));
    }

    #[test]
    fn of_very_many_units_some_are_learned_from_and_the_others_are_not_left_out() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(65);
        let units: Vec<Seen> = (0..2 * ENOUGH).map(|at| value(at, 0.1, &mut random)).collect();
        let usual = Spread::among(&units, &vec![1.0; units.len()]).unwrap();
        assert_eq!((stride(ENOUGH), usual.step, place(7, 2), place(8, 2)), (1, 2, None, Some(4)));
        let p = |own| usual.tail((1.6, 0.01), own);
        assert_eq!(p(Some(7)).to_bits(), p(None).to_bits());
        assert_ne!(p(Some(8)).to_bits(), p(None).to_bits());
        let (centre, spread) = usual.usual();
        assert!((centre - 1.0).abs() < 0.02 && (spread - 0.1).abs() < 0.03, "{centre} {spread}");
    }

    /// Points of an even grid.
    fn even(low: f64, high: f64, steps: usize) -> impl Iterator<Item = f64> {
        (0..=steps).map(move |step| low + (high - low) * step as f64 / steps as f64)
    }

    #[test]
    fn where_no_unit_can_stand_apart_a_tail_is_the_integral_over_centre_and_spread() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(66);
        for spread in [0.05, 0.3] {
            let units: Vec<Seen> = (0..30).map(|at| value(at, spread, &mut random)).collect();
            let usual = Spread::among(&units, &[0.0; 30]).unwrap();
            // The same by brute force: flat in both, unit after unit left out.
            for own in [None, Some(0), Some(7), Some(20)] {
                let (y, s2) = own.map_or((1.7, 0.04), |own| units[own]);
                let (mut p, mut centre, mut wide, mut all) = (0.0, 0.0, 0.0, 0.0);
                for m in even(0.4, 1.6, 240) {
                    for t in even(0.0, 1.2, 240) {
                        let others = units.iter().enumerate().filter(|(at, _)| Some(*at) != own);
                        let log: f64 = others
                            .map(|(_, (y, s2))| {
                                let variance = t * t + s2;
                                -(y - m) * (y - m) / (2.0 * variance) - libm::log(variance) / 2.0
                            })
                            .sum();
                        // Half a step at the end of the range.
                        let weight = libm::exp(log) * if t == 0.0 { 0.5 } else { 1.0 };
                        p += weight * above((y - m) / libm::sqrt(t * t + s2));
                        centre += weight * m;
                        wide += weight * t;
                        all += weight;
                    }
                }
                let found = usual.tail((y, s2), own);
                // Nine points each way are good to a tenth of a tail.
                assert!((found * all / p - 1.0).abs() < 0.12, "{spread} {own:?}: {found} {}", p / all);
                if own.is_none() {
                    let (c, t) = usual.usual();
                    let (centre, wide) = (centre / all, wide / all);
                    assert!((c - centre).abs() < 0.01 && (t - wide).abs() < 0.02, "{c} {centre} {t} {wide}");
                }
            }
        }
    }

    #[test]
    fn where_no_unit_can_stand_apart_a_tail_of_counts_is_the_integral_over_centre_and_spread() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(67);
        let units: Vec<Events> = (0..30).map(|at| events(at, 0.4, &mut random)).collect();
        let usual = Rates::among(&units, &[0.0; 30]).unwrap();
        let term =
            |x: u64, mean: f64| libm::exp(x as f64 * libm::log(mean) - mean - libm::lgamma(x as f64 + 1.0));
        let normal: Vec<(f64, f64)> = even(-5.0, 5.0, 40).map(|z| (z, libm::exp(-z * z / 2.0))).collect();
        let total: f64 = normal.iter().map(|(_, weight)| weight).sum();
        for own in [None, Some(1), Some(11)] {
            let (x, e) = own.map_or((9, 300.0), |own| units[own]);
            let (mut p, mut rate, mut all) = (0.0, 0.0, 0.0);
            for m in even(-6.5, -3.0, 70) {
                for t in even(0.0, 2.0, 50) {
                    // Jeffreys's prior of the centre, and an exponential one of the spread with mean ½ ln 2.
                    let mut weight =
                        libm::exp(m / 2.0 - t / (0.5 * 2f64.ln())) * if t == 0.0 { 0.5 } else { 1.0 };
                    for (_, (x, e)) in units.iter().enumerate().filter(|(at, _)| Some(*at) != own) {
                        let chance = |(z, w): &(f64, f64)| w * term(*x, e * libm::exp(m + t * z));
                        weight *= normal.iter().map(chance).sum::<f64>() / total;
                    }
                    let tail = |(z, w): &(f64, f64)| {
                        let mean = e * libm::exp(m + t * z);
                        w * (1.0 - (0..x).map(|x| term(x, mean)).sum::<f64>())
                    };
                    p += weight * normal.iter().map(tail).sum::<f64>() / total;
                    rate += weight * libm::exp(m + t * t / 2.0);
                    all += weight;
                }
            }
            let found = usual.tail((x, e), own).p;
            assert!((found * all / p - 1.0).abs() < 0.15, "{own:?}: {found} {}", p / all);
            if own.is_none() {
                assert!((usual.usual() * all / rate - 1.0).abs() < 0.1, "{} {}", usual.usual(), rate / all);
            }
        }
    }

    #[test]
    fn a_unit_that_is_left_out_might_as_well_not_be_there() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(68);
        let mut values: Vec<Seen> = (0..40).map(|at| value(at, 0.1, &mut random)).collect();
        let mut rates: Vec<Events> = (0..40).map(|at| events(at, 0.3, &mut random)).collect();
        (values[20], rates[20]) = ((2.2, 0.04), (14, 200.0));
        for odds in [0.2, 1.0, 10.0] {
            let mut all = vec![1.0; 40];
            all[20] = odds;
            let others = [&values[..20], &values[21..]].concat();
            let p = [
                Spread::among(&values, &all).unwrap().tail(values[20], Some(20)),
                Spread::among(&others, &[1.0; 39]).unwrap().tail(values[20], None),
            ];
            assert!((p[0] / p[1] - 1.0).abs() < 0.2, "{odds}: {p:?}");
            let others = [&rates[..20], &rates[21..]].concat();
            let p = [
                Rates::among(&rates, &all).unwrap().tail(rates[20], Some(20)).p,
                Rates::among(&others, &[1.0; 39]).unwrap().tail(rates[20], None).p,
            ];
            assert!((p[0] / p[1] - 1.0).abs() < 0.2, "{odds}: {p:?}");
        }
    }

    #[test]
    fn fewer_than_ten_units_show_nothing_usual() {
        let few = Err(Absent::Units { needed: 10, found: 9 });
        assert_eq!(Spread::among(&[(0.0, 1.0); 9], &[1.0; 9]).map(|_| ()), few);
        assert_eq!(Rates::among(&[(0, 1.0); 9], &[1.0; 9]).map(|_| ()), few);
        // Ten that are all alike have a tail all the same.
        let alike = Rates::among(&[(0, 50.0); 10], &[1.0; 10]).unwrap();
        let tail = alike.tail((0, 50.0), Some(3));
        assert!((0.999..=1.0).contains(&tail.p) && (0.4..0.6).contains(&tail.mid_p), "{tail:?}");
        let p = Spread::among(&[(0.5, 0.01); 10], &[1.0; 10]).unwrap().tail((0.5, 0.01), Some(0));
        assert!((p - 0.5).abs() < 0.02, "{p}");
    }
}
