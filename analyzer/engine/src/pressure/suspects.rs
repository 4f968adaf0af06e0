//! A score with and without suspect answers, for a unit and for the firm. It counts ratings by unit and by whether they are
//! suspect, and touches nothing else.
//!
//! What is suspect is handed in, and must not have been decided by the rating: dropping "fast tens" would lower an honest score
//! too (an NPS of .348 to .337 when 5% are dropped). `candor_survey::evidence::judge` looks at no rating. Then the effect, score
//! with less score without, is 0 on average in honest data: w(m₁ − m₀), with w the share of suspect ratings, m₁ and m₀ the means of
//! suspect and other ratings, and variance w²(v₁/n₁ + v₀/n₀), given how many are suspect.
//!
//! Trap: it is the effect of *these answers*, not of pressure. Who was pressed without a trace is in both scores.

use crate::columns::{NO_CODE, NO_RATING};
use crate::plan::Scale;
use crate::scores::mean::Mean;
use crate::scores::state::{BadBytes, By, Bytes, State};
use crate::scores::{Estimate, Z};

/// The fewest ratings of either sort from which an interval is given.
pub const NEEDED: u64 = 10;

/// Ratings of a unit, those that are not suspect and those that are, as points: on an NPS scale a detractor is 0, a neutral 1 and
/// a promoter 2; otherwise points above the scale's low end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Suspects {
    /// Ratings that are not suspect.
    pub others: Mean,
    /// Those that are.
    pub suspect: Mean,
}

/// A score with and without suspect answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The score of all ratings: NPS in [−1, 1], or the mean in points of the scale.
    pub with: f64,
    /// The score of those that are not suspect.
    pub without: f64,
    /// The first less the second, with its 95% interval; nothing when there are fewer than [`NEEDED`] of either sort.
    pub effect: Option<Estimate>,
    /// Ratings.
    pub n: u64,
    /// Suspect ones among them.
    pub suspect: u64,
}

/// Counts ratings of `scale` into `units`; the slices are of one length, and codes are places in `names`.
pub fn update(
    units: &mut By<String, Suspects>,
    names: &[String],
    codes: &[u32],
    ratings: &[u8],
    suspect: &[bool],
    scale: Scale,
) {
    let mut found = vec![Suspects::default(); names.len()];
    for ((&code, &rating), &suspect) in codes.iter().zip(ratings).zip(suspect) {
        if code == NO_CODE || rating == NO_RATING || !(scale.low..=scale.high).contains(&rating) {
            continue;
        }
        let Some(unit) = found.get_mut(code as usize) else { continue };
        let x = match (scale.nps, rating) {
            (false, rating) => u64::from(rating - scale.low),
            (true, 9..) => 2,
            (true, 7..) => 1,
            (true, _) => 0,
        };
        let kept = if suspect { &mut unit.suspect } else { &mut unit.others };
        kept.merge(&Mean { n: 1, sum: x, squares: x * x });
    }
    for (name, unit) in names.iter().zip(&found).filter(|(_, unit)| unit.others.n + unit.suspect.n > 0) {
        units.update(name, unit);
    }
}

impl Suspects {
    /// The score with and without; nothing when no rating is left without.
    pub fn finish(&self, scale: Scale) -> Option<Effect> {
        let (n0, n1) = (self.others.n as f64, self.suspect.n as f64);
        if self.others.n == 0 {
            return None;
        }
        let low = if scale.nps { -1.0 } else { f64::from(scale.low) };
        let mean = |of: &Mean| of.sum as f64 / of.n as f64;
        let without = mean(&self.others);
        let with = (self.others.sum + self.suspect.sum) as f64 / (n0 + n1);
        let variance =
            |of: &Mean| (of.squares as f64 - of.sum as f64 * mean(of)).max(0.0) / (of.n as f64 - 1.0);
        let enough = self.others.n.min(self.suspect.n) >= NEEDED;
        let effect = enough.then(|| {
            // Half of a point's worth of variance more in each, so that answers that are all alike keep a width.
            let share = n1 / (n0 + n1);
            let half = Z
                * share
                * libm::sqrt((variance(&self.suspect) + 0.25) / n1 + (variance(&self.others) + 0.25) / n0);
            Estimate { value: with - without, low: with - without - half, high: with - without + half }
        });
        Some(Effect {
            with: low + with,
            without: low + without,
            effect,
            n: self.others.n + self.suspect.n,
            suspect: self.suspect.n,
        })
    }
}

/// The firm's score with and without the suspect answers of the units that `counts` names, all others kept.
///
/// Ratings of a unit are alike, so the effect's interval is that of a sum over units where this is wider: both scores are ratios of
/// such sums, linearized (Cochran 1977, *Sampling Techniques*, 6.3): with unit u's points and ratings t, n and those kept t₀, n₀,
/// eᵤ = (t − with·n)/N − (t₀ − without·n₀)/N₀, and variance k/(k−1) Σe² over k units.
pub fn firm(units: &By<String, Suspects>, scale: Scale, counts: impl Fn(&str) -> bool) -> Option<Effect> {
    let counted = |(name, unit): (&String, &Suspects)| match counts(name) {
        true => *unit,
        false => {
            let mut kept = unit.others;
            kept.merge(&unit.suspect);
            Suspects { others: kept, suspect: Mean::default() }
        }
    };
    let mut all = Suspects::default();
    units.iter().map(counted).for_each(|unit| all.merge(&unit));
    let mut found = all.finish(scale)?;
    if let Some(effect) = &mut found.effect {
        let (sum, n) = (
            |unit: &Suspects| unit.others.sum + unit.suspect.sum,
            |unit: &Suspects| unit.others.n + unit.suspect.n,
        );
        let with = sum(&all) as f64 / n(&all) as f64;
        let without = all.others.sum as f64 / all.others.n as f64;
        let mut k = 0u64;
        let squares: f64 = units
            .iter()
            .map(counted)
            .filter(|unit| n(unit) > 0)
            .map(|unit| {
                k += 1;
                let residual = (sum(&unit) as f64 - with * n(&unit) as f64) / n(&all) as f64
                    - (unit.others.sum as f64 - without * unit.others.n as f64) / all.others.n as f64;
                residual * residual
            })
            .sum();
        if k > 1 {
            let half = Z * libm::sqrt(squares * k as f64 / (k as f64 - 1.0));
            effect.low = effect.low.min(effect.value - half);
            effect.high = effect.high.max(effect.value + half);
        }
    }
    Some(found)
}

impl State for Suspects {
    const TAG: [u8; 4] = *b"susp";
    fn merge(&mut self, other: &Suspects) {
        self.others.merge(&other.others);
        self.suspect.merge(&other.suspect);
    }
    fn write(&self, to: &mut Vec<u8>) {
        State::write(&self.others, to);
        State::write(&self.suspect, to);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Suspects, BadBytes> {
        Ok(Suspects { others: State::read(from)?, suspect: State::read(from)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pressure::draw;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;

    const NPS: Scale = Scale { low: 0, high: 10, nps: true };

    fn counted(ratings: &[u8], suspect: &[bool], scale: Scale) -> Suspects {
        let (mut units, names) = (By::default(), ["a".to_owned()]);
        update(&mut units, &names, &vec![0; ratings.len()], ratings, suspect, scale);
        units.total()
    }

    #[test]
    fn the_scores_are_those_of_the_ratings_that_are_counted() {
        // Six others: 3 promoters, 1 detractor: ⅓. Two suspect tens more: 5 of 8 less 1 of 8, ½.
        let ratings = [9, 10, 9, 7, 8, 3, 10, 10];
        let suspect = [false, false, false, false, false, false, true, true];
        let found = counted(&ratings, &suspect, NPS).finish(NPS).unwrap();
        assert!((found.with - 0.5).abs() < 1e-15 && (found.without - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((found.effect, found.n, found.suspect), (None, 8, 2));
        let five = Scale { low: 1, high: 5, nps: false };
        let found = counted(&[1, 5, 4], &[false, false, true], five).finish(five).unwrap();
        assert!((found.with - 10.0 / 3.0).abs() < 1e-12 && (found.without - 3.0).abs() < 1e-12);
        assert_eq!(counted(&[10, 255], &[true, false], NPS).finish(NPS), None);
    }

    #[test]
    fn in_honest_data_the_interval_holds_no_effect_nineteen_times_in_twenty() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(20);
        let (rounds, mut held) = (2000, 0);
        for _ in 0..rounds {
            let ratings: Vec<u8> = (0..300).map(|_| (11.0 * draw::share(&mut random).sqrt()) as u8).collect();
            let suspect: Vec<bool> = (0..300).map(|_| draw::share(&mut random) < 0.15).collect();
            let effect = counted(&ratings, &suspect, NPS).finish(NPS).unwrap().effect.unwrap();
            held += u32::from(effect.low <= 0.0 && 0.0 <= effect.high);
        }
        let share = f64::from(held) / f64::from(rounds);
        assert!((0.94..0.995).contains(&share), "{share}");
    }

    #[test]
    fn the_firms_effect_is_as_uncertain_as_its_units_differ() {
        // Four units of 20 suspect tens and 20 other ratings, all sixes but in one unit, where the others are tens as well. By hand, in
        // NPS points of 0 to 2: with = 200/160 = 1.25, without = 40/80 = .5; a unit's residual is (40 − 1.25·40)/160 + .5·20/80 =
        // .0625 for three, (80 − 50)/160 − (40 − 10)/80 = −.1875 for the one: variance 4/3 (3·.0625² + .1875²) = .0625.
        let (mut units, names) = (By::<String, Suspects>::default(), ["a", "b", "c", "d"].map(String::from));
        for unit in 0..4u32 {
            let others = if unit == 3 { 10 } else { 6 };
            let ratings: Vec<u8> = (0..40).map(|at| if at < 20 { 10 } else { others }).collect();
            let suspect: Vec<bool> = (0..40).map(|at| at < 20).collect();
            update(&mut units, &names, &[unit; 40], &ratings, &suspect, NPS);
        }
        let effect = firm(&units, NPS, |_| true).unwrap().effect.unwrap();
        assert!((effect.value - 0.75).abs() < 1e-12);
        assert!((effect.high - 0.75 - Z * 0.25).abs() < 1e-12, "{effect:?}");
        assert!((0.75 - effect.low - Z * 0.25).abs() < 1e-12, "{effect:?}");
        // Ratings alone would have had it at half of that.
        let alone = units.total().finish(NPS).unwrap().effect.unwrap();
        assert!(alone.high < effect.high - 0.2, "{alone:?}");
    }

    #[test]
    fn the_firm_loses_only_the_answers_of_the_units_that_are_named() {
        let mut units = By::<String, Suspects>::default();
        let names = ["a".to_owned(), "b".to_owned()];
        let codes = [0, 0, 1, 1];
        update(&mut units, &names, &codes, &[10, 0, 10, 0], &[true, false, true, false], NPS);
        let only = firm(&units, NPS, |name| name == "a").unwrap();
        assert!((only.with - 0.0).abs() < 1e-15 && (only.without + 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(firm(&units, NPS, |_| true).unwrap().without, -1.0);
    }

    proptest! {
        #[test]
        fn any_split_of_the_responses_gives_the_same_bytes(
            rows in proptest::collection::vec((0u8..5, 0u8..=10, any::<bool>()), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            type Units = By<String, Suspects>;
            proof::any_split_equals_one_pass::<_, Units>(&rows, &deal, order, |units, &(unit, rating, suspect)| {
                let names: Vec<String> = (0..4).map(|unit| format!("unit {unit}")).collect();
                update(units, &names, &[u32::from(unit)], &[rating], &[suspect], NPS);
            })?;
        }
    }
}
