//! Threshold: period averages that heap just above a bonus target. Arithmetic on sums and counts of ratings by period; it touches
//! nothing else.
//!
//! A period is *near* when its sum of ratings lies within one standard deviation s√n of target·n, s² being the unit's variance of a
//! rating. Of the unit's near periods, how many lie at or above the target? The chance of each is the sum over whole sums above against
//! those below of a normal density at the unit's own mean: a unit whose mean lies above the target has more just above it. That chance
//! is then corrected by the peers' density there: logit P = β₀ + β₁·logit(chance), by maximum likelihood over the near periods of all
//! *other* units (a normal prior of sd 1 around β₀ = 0, β₁ = 1, and one Newton step to leave the unit out), which takes in whatever
//! skewness and differences between periods the units share. The count is a sum of unlike Bernoulli trials; its tail is exact
//! ([`super::exact`]). After Bollen and Pool (2009, J. Finance 64:2257–2288) and Burgstahler and Dichev (1997, J. Accounting and
//! Economics 24:99–126), who compare with neighbouring bins instead.
//!
//! Traps: a plain ½ calls 23% of honest units whose mean lies above the target at a nominal 5% (simulated: 943 units of 24 skewed months
//! that differ), this form 2.8%: cautious, since a unit's own mean already knows of its near periods. Averages that were rounded heap by
//! themselves, so sums are compared. A heap that all units share is taken as usual here, and looked for in [`distances`] of all units
//! ([`super::firm`]), whose periods are enough for a test of the density at the target. Under six periods it abstains.

use super::Absent;
use super::exact::{Counts, Tail};
use crate::scores::mean::Mean;
use crate::scores::unavailable::Unavailable;

/// The fewest periods of a unit.
pub const PERIODS_NEEDED: usize = 6;

/// The fewest near periods of other units.
pub const PEERS_NEEDED: usize = 30;

/// How a unit's periods lie around the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heap {
    /// The tail of `above` under the peers' density.
    pub tail: Tail,
    /// Near periods at or above the target.
    pub above: u64,
    /// Near periods.
    pub near: u64,
    /// How many of them are usually above; the effect is `above` less this.
    pub expected: f64,
}

/// A near period: the log odds of lying above by the unit's own mean, and whether it does.
pub(super) type Near = (f64, bool);

/// The near periods of a unit, a state of whole numbers for each period.
pub(super) fn near(periods: &[Mean], target: f64) -> Result<Vec<Near>, Absent> {
    let periods: Vec<&Mean> = periods.iter().filter(|period| period.n > 0).collect();
    if periods.len() < PERIODS_NEEDED {
        return Err(Absent::Periods { needed: PERIODS_NEEDED as u64, found: periods.len() as u64 });
    }
    let mut all = Mean::default();
    periods.iter().for_each(|period| all.merge(period));
    let n = all.n as f64;
    let mean = all.sum as f64 / n;
    let variance = (all.squares as f64 - all.sum as f64 * mean) / (n - 1.0);
    if variance.is_nan() || variance <= 0.0 {
        return Err(Absent::Constant);
    }
    let mut found = Vec::new();
    for period in periods {
        let n = period.n as f64;
        let deviation = libm::sqrt(variance * n);
        // The least whole sum at or above the target; a target like 8.7 times 10 must be 87.
        let least = libm::ceil(target * n - 1e-9);
        let width = libm::ceil(deviation).max(1.0);
        let away = period.sum as f64 - least;
        if away < -width || away >= width {
            continue;
        }
        // Of a normal density each side is a sum over whole sums; in logarithms, so that neither can vanish.
        let centre = (least - n * mean) / deviation;
        let side = |from: f64| {
            let mut sum = 0.0;
            let mut step = 0.0;
            while step < width {
                let z = centre + (from + step) / deviation;
                sum += libm::exp((centre * centre - z * z) / 2.0);
                step += 1.0;
            }
            sum
        };
        let odds = libm::log(side(0.0)) - libm::log(side(-width));
        // Beyond e^±20 a period is as good as certain.
        found.push((odds.clamp(-20.0, 20.0), away >= 0.0));
    }
    Ok(found)
}

/// How far periods lie from the target: the sum of their ratings less the least that reaches it, by the root of their number. Half a point
/// is added, so that the least sum lies as far above as the one before it lies below.
pub fn distances(periods: &[Mean], target: f64) -> impl Iterator<Item = f64> {
    periods.iter().filter(|period| period.n > 0).map(move |period| {
        let n = period.n as f64;
        (period.sum as f64 - libm::ceil(target * n - 1e-9) + 0.5) / libm::sqrt(n)
    })
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The slope and the curvature of the log-likelihood of near periods.
fn slope(near: &[Near], b: [f64; 2]) -> ([f64; 2], [f64; 3]) {
    near.iter().fold(([0.0; 2], [0.0; 3]), |([g0, g1], [h00, h01, h11]), &(x, above)| {
        let p = logistic(b[0] + b[1] * x);
        let (away, weight) = (f64::from(u8::from(above)) - p, p * (1.0 - p));
        ([g0 + away, g1 + away * x], [h00 + weight, h01 + weight * x, h11 + weight * x * x])
    })
}

/// The Newton step for slope `g` and curvature `h`.
fn newton(g: [f64; 2], h: [f64; 3]) -> [f64; 2] {
    let determinant = h[0] * h[2] - h[1] * h[1];
    [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant]
}

/// For each unit, in order, how its period averages lie around `target`, or why that cannot be said. A period is the state of its
/// ratings; periods without ratings are left out. No target in the plan is [`Absent::NoBonus`].
pub fn heaps(units: &[Vec<Mean>], target: Option<f64>) -> Result<Vec<Result<Heap, Absent>>, Absent> {
    let target = target.ok_or(Absent::NoBonus)?;
    if !target.is_finite() {
        return Err(Absent::Numbers(Unavailable::NotFinite));
    }
    let units: Vec<Result<Vec<Near>, Absent>> = units.iter().map(|periods| near(periods, target)).collect();
    let all: Vec<Near> = units.iter().flatten().flatten().copied().collect();
    // The prior counts as one more observation with variance 1 in each direction.
    let whole = |b: [f64; 2]| {
        let (g, h) = slope(&all, b);
        ([g[0] - b[0], g[1] - (b[1] - 1.0)], [h[0] + 1.0, h[1], h[2] + 1.0])
    };
    let mut b = [0.0, 1.0];
    for _ in 0..50 {
        let (g, h) = whole(b);
        let step = newton(g, h);
        // The likelihood is concave; short steps keep it from overshooting.
        let scale = 1.0 / step[0].abs().max(step[1].abs()).max(1.0);
        b = [b[0] + scale * step[0], b[1] + scale * step[1]];
        if step[0].abs().max(step[1].abs()) < 1e-12 {
            break;
        }
    }
    let (_, h) = whole(b);
    Ok(units
        .into_iter()
        .map(|unit| {
            let unit = unit?;
            if unit.is_empty() {
                return Err(Absent::NothingNear);
            }
            let peers = all.len() - unit.len();
            if peers < PEERS_NEEDED {
                return Err(Absent::PeersNear { needed: PEERS_NEEDED as u64, found: peers as u64 });
            }
            let (own_g, own_h) = slope(&unit, b);
            let step = newton([-own_g[0], -own_g[1]], [h[0] - own_h[0], h[1] - own_h[1], h[2] - own_h[2]]);
            let usual = [b[0] + step[0], b[1] + step[1]];
            let mut counts = Counts::zero();
            let mut expected = 0.0;
            for &(x, _) in &unit {
                let p = logistic(usual[0] + usual[1] * x);
                expected += p;
                counts = counts.plus(&Counts::binomial(1, p));
            }
            let above = unit.iter().filter(|(_, above)| *above).count() as u64;
            Ok(Heap { tail: counts.upper(above), above, near: unit.len() as u64, expected })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::*;
    use crate::scores::density::jump;
    use rand_core::{Rng, SeedableRng};

    const TARGET: f64 = 8.0;

    fn period(ratings: &[u64]) -> Mean {
        Mean {
            n: ratings.len() as u64,
            sum: ratings.iter().sum(),
            squares: ratings.iter().map(|x| x * x).sum(),
        }
    }

    /// Ratings 0–10, skewed towards the top as customers' are, whose mean rises with `quality`.
    fn rating(quality: f64, random: &mut impl Rng) -> u64 {
        let shares = [0.03, 0.01, 0.01, 0.02, 0.02, 0.04, 0.04, 0.11, 0.21, 0.20, 0.31];
        let weight = |at: usize| shares[at] * (0.15 * quality * at as f64).exp();
        let mut left = draw::share(random) * (0..11).map(weight).sum::<f64>();
        for at in 0..11 {
            left -= weight(at);
            if left < 0.0 {
                return at as u64;
            }
        }
        10
    }

    /// A unit of `months` months; one that is pressured lifts sevens and less, last ones first, until the month reaches the target.
    fn unit(months: usize, quality: f64, pressured: bool, random: &mut impl Rng) -> Vec<Mean> {
        (0..months)
            .map(|_| {
                let n = 15 + (draw::share(random) * 30.0) as usize;
                // Honest months differ too.
                let month = quality + 0.2 * draw::normal(random);
                let mut ratings: Vec<u64> = (0..n).map(|_| rating(month, random)).collect();
                let mut left = if pressured { n / 5 } else { 0 };
                for at in (0..n).rev() {
                    let sum: u64 = ratings.iter().sum();
                    if left == 0 || sum as f64 >= TARGET * n as f64 {
                        break;
                    }
                    if ratings[at] <= 7 {
                        ratings[at] = 10;
                        left -= 1;
                    }
                }
                period(&ratings)
            })
            .collect()
    }

    #[test]
    fn honest_units_above_the_target_keep_the_level_where_a_plain_half_does_not() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(11);
        let (mut p, mut ours, mut plain, mut all, mut every) = (0u32, 0u32, 0u32, 0u32, 0u32);
        let (mut above, mut expected) = (0, 0.0);
        for _ in 0..30 {
            let units: Vec<Vec<Mean>> = (0..60)
                .map(|_| {
                    let quality = 0.3 + draw::normal(&mut random);
                    unit(24, quality, false, &mut random)
                })
                .collect();
            for (unit, heap) in units.iter().zip(heaps(&units, Some(TARGET)).unwrap()) {
                let Ok(heap) = heap else { continue };
                every += 1;
                above += heap.above;
                expected += heap.expected;
                assert!(heap.expected > 0.0 && heap.expected < heap.near as f64, "{heap:?}");
                p += u32::from(heap.tail.mid_p <= 0.05);
                let mut total = Mean::default();
                unit.iter().for_each(|period| total.merge(period));
                if total.sum as f64 > TARGET * total.n as f64 {
                    all += 1;
                    ours += u32::from(heap.tail.mid_p <= 0.05);
                    plain += u32::from(Counts::binomial(heap.near, 0.5).upper(heap.above).mid_p <= 0.05);
                }
            }
        }
        let share = |count: u32, of: u32| f64::from(count) / f64::from(of);
        assert!(
            share(p, every) < 0.065 && share(ours, all) < 0.07,
            "{} {}",
            share(p, every),
            share(ours, all)
        );
        assert!(share(plain, all) > 0.15, "{}", share(plain, all));
        // What is expected of each unit, learned from the others, is right on average.
        assert!((expected / above as f64 - 1.0).abs() < 0.02, "{above} {expected}");
    }

    #[test]
    fn ratings_mirrored_about_the_target_turn_the_odds_round() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(15);
        // Nine ratings whose sum reaches 77; 17 − x turns a sum of 77 into 76, the greatest that does not.
        let target = 77.0 / 9.0;
        for quality in [0.0, 0.3, 0.6] {
            let months: Vec<Vec<u64>> = (0..24)
                .map(|_| (0..9).map(|_| 7 + draw::binomial(3, 0.3 + 0.5 * quality, &mut random)).collect())
                .collect();
            let periods = |turn: &dyn Fn(u64) -> u64| -> Vec<Mean> {
                months
                    .iter()
                    .map(|month| period(&month.iter().map(|&x| turn(x)).collect::<Vec<_>>()))
                    .collect()
            };
            let (found, turned) = (near(&periods(&|x| x), target), near(&periods(&|x| 17 - x), target));
            let (found, turned) = (found.unwrap(), turned.unwrap());
            assert!(found.len() > 3 && found.len() == turned.len(), "{found:?} {turned:?}");
            for (one, other) in found.iter().zip(&turned) {
                assert!((one.0 + other.0).abs() < 1e-9 && one.1 != other.1, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_odds_are_those_of_a_normal_density_at_the_units_own_mean() {
        // Six periods of four ratings, twelve of them 8 and twelve 9.
        let periods = [[8, 8, 8, 8], [9, 9, 9, 9], [8, 8, 9, 9], [8, 9, 8, 9], [8, 9, 9, 9], [8, 8, 8, 9]]
            .map(|ratings| period(&ratings));
        // s² = 24 · .25/23, so that s√4 is 1.02: near a target of 35 are two whole sums on each side.
        let deviation2 = 4.0 * 6.0 / 23.0;
        let density = |sum: f64| libm::exp(-(sum - 34.0) * (sum - 34.0) / (2.0 * deviation2));
        let odds = libm::log((density(35.0) + density(36.0)) / (density(34.0) + density(33.0)));
        let found = near(&periods, 8.75).unwrap();
        assert_eq!(found.iter().map(|near| near.1).collect::<Vec<_>>(), [true, false, false, true, false]);
        assert!(found.iter().all(|near| (near.0 - odds).abs() < 1e-9), "{found:?} {odds}");
    }

    #[test]
    fn a_unit_that_lifts_months_to_the_target_stands_out() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(12);
        let (mut found, mut rounds) = (0, 0);
        for _ in 0..20 {
            let mut units: Vec<Vec<Mean>> = (0..60)
                .map(|_| {
                    let quality = 0.5 * draw::normal(&mut random);
                    unit(24, quality, false, &mut random)
                })
                .collect();
            units[3] = unit(24, -0.3, true, &mut random);
            let heap = heaps(&units, Some(TARGET)).unwrap().swap_remove(3).unwrap();
            rounds += 1;
            found += u32::from(heap.tail.p < 0.01 && heap.above as f64 > heap.expected);
        }
        assert!(found >= 12, "{found} of {rounds}");
    }

    #[test]
    fn a_heap_that_half_of_the_units_share_is_a_jump_of_the_density_and_honest_units_have_none() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(14);
        let mut found = |pressured: usize| {
            let worlds = (0..60).map(|_| {
                let all: Vec<f64> = (0..60)
                    .flat_map(|at| {
                        let quality = 0.3 + 0.5 * draw::normal(&mut random);
                        distances(&unit(12, quality, at < pressured, &mut random), TARGET).collect::<Vec<_>>()
                    })
                    .collect();
                let jump = jump(&all, 0.0).unwrap();
                jump.p <= 0.05 && jump.t > 0.0
            });
            worlds.filter(|found| *found).count()
        };
        // Of 60 honest worlds 1.5 are expected to jump upwards, and five or more come about once in fifty.
        assert!(found(0) < 5);
        assert!(found(30) > 50);
    }

    #[test]
    fn sums_at_the_target_are_above_it_although_floats_are_not() {
        // 8.7 · 10 is 86.99… or 87 by the machine; a sum of 87 reaches the target, 86 does not.
        let ten = |sum: u64| Mean { n: 10, sum, squares: sum * sum / 10 + 40 };
        let found = near(&[ten(87), ten(86), ten(88), ten(85), ten(87), ten(86)], 8.7).unwrap();
        assert_eq!(
            found.iter().map(|near| near.1).collect::<Vec<_>>(),
            [true, false, true, false, true, false]
        );
    }

    #[test]
    fn where_nothing_can_be_said_the_reason_is() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(13);
        let usual: Vec<Vec<Mean>> = (0..20).map(|_| unit(12, 0.0, false, &mut random)).collect();
        assert_eq!(heaps(&usual, None), Err(Absent::NoBonus));
        assert_eq!(heaps(&usual, Some(f64::NAN)), Err(Absent::Numbers(Unavailable::NotFinite)));
        let mut units = usual.clone();
        units[0].truncate(5);
        units[1] = vec![period(&[9; 20]); 8];
        units[2] = vec![period(&[1, 1, 2, 1, 1, 1, 1, 2]); 8];
        units[3] = vec![Mean::default(); 30];
        let found = heaps(&units, Some(TARGET)).unwrap();
        assert_eq!(found[0], Err(Absent::Periods { needed: 6, found: 5 }));
        assert_eq!(found[1], Err(Absent::Constant));
        assert_eq!(found[2], Err(Absent::NothingNear));
        assert_eq!(found[3], Err(Absent::Periods { needed: 6, found: 0 }));
        assert!(found[4].is_ok());
        let alone = heaps(&usual[..2], Some(TARGET)).unwrap();
        assert!(matches!(alone[0], Err(Absent::PeersNear { needed: 30, .. })), "{alone:?}");
        assert_eq!(heaps(&[], Some(TARGET)), Ok(vec![]));
    }

    #[test]
    fn slope_and_curvature_are_those_of_the_log_likelihood() {
        let near = [(0.5, true), (-1.0, false), (2.0, true), (1.5, false), (-0.3, true)];
        let likelihood = |b: [f64; 2]| -> f64 {
            near.iter()
                .map(|&(x, above)| {
                    let odds = b[0] + b[1] * x;
                    -(1.0 + (if above { -odds } else { odds }).exp()).ln()
                })
                .sum()
        };
        let b = [0.3, 0.8];
        let (g, h) = slope(&near, b);
        let moved = |at: usize, by: f64| {
            let mut moved = b;
            moved[at] += by;
            moved
        };
        for at in 0..2 {
            let by_steps = (likelihood(moved(at, 1e-5)) - likelihood(moved(at, -1e-5))) / 2e-5;
            assert!((g[at] - by_steps).abs() < 1e-8, "{g:?} {by_steps}");
            let (up, down) = (slope(&near, moved(at, 1e-5)).0, slope(&near, moved(at, -1e-5)).0);
            for other in 0..2 {
                let by_steps = -(up[other] - down[other]) / 2e-5;
                assert!((h[at + other] - by_steps).abs() < 1e-8, "{h:?} {by_steps}");
            }
        }
        // [2 1; 1 3] times [1, 3] is [5, 10].
        let step = newton([5.0, 10.0], [2.0, 1.0, 3.0]);
        assert!((step[0] - 1.0).abs() < 1e-12 && (step[1] - 3.0).abs() < 1e-12, "{step:?}");
    }

    #[test]
    fn what_is_expected_of_a_unit_is_learned_from_the_others_alone() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(16);
        let units: Vec<Vec<Mean>> =
            (0..25).map(|at| unit(12, 0.4 * draw::normal(&mut random), at % 5 == 0, &mut random)).collect();
        let found = heaps(&units, Some(TARGET)).unwrap();
        let nears: Vec<Vec<Near>> = units.iter().map(|unit| near(unit, TARGET).unwrap()).collect();
        for (at, heap) in found.iter().enumerate() {
            let Ok(heap) = heap else { continue };
            let others: Vec<Near> = nears
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .flat_map(|(_, near)| near.clone())
                .collect();
            // The penalised likelihood is concave: climbed with small steps until it is level.
            let mut b = [0.0, 1.0];
            for _ in 0..20_000 {
                let mut g = [-b[0], 1.0 - b[1]];
                for &(x, above) in &others {
                    let miss = f64::from(u8::from(above)) - 1.0 / (1.0 + (-b[0] - b[1] * x).exp());
                    g = [g[0] + miss, g[1] + miss * x];
                }
                b = [b[0] + 0.002 * g[0], b[1] + 0.002 * g[1]];
            }
            let expected: f64 = nears[at].iter().map(|(x, _)| 1.0 / (1.0 + (-b[0] - b[1] * x).exp())).sum();
            // One Newton step away from all units is as good as the way to the top.
            assert!((heap.expected - expected).abs() < 0.02 * expected, "{at}: {heap:?} {expected}");
            assert_eq!(
                (heap.near, heap.above),
                (nears[at].len() as u64, nears[at].iter().filter(|near| near.1).count() as u64)
            );
        }
        assert!(found.iter().filter(|heap| heap.is_ok()).count() > 20);
    }

    #[test]
    fn distances_are_counted_from_the_middle_of_the_step_at_the_target() {
        // A sum of 87 reaches 8.7 by half a point, 86 misses it by half a point; √10 and √4 periods.
        let found: Vec<f64> = distances(
            &[(10, 87), (10, 86), (0, 0), (4, 36)].map(|(n, sum)| Mean { n, sum, squares: 0 }),
            8.7,
        )
        .collect();
        let expected = [0.5 / 10f64.sqrt(), -0.5 / 10f64.sqrt(), 0.75];
        assert!(
            found.len() == 3 && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?}"
        );
    }
}
