//! How alike the answers within a unit are, and how much longer that makes a firm's intervals. The state is [`Mean`] by unit: whole
//! numbers, which any score of bounded points turns into (`Mean::from(&nps)`, `Mean::from(&top_box)`).
//!
//! With k units of nᵢ responses, N in all (Fisher 1925, "Statistical Methods for Research Workers", ch. VII; Donner 1986, "A review of
//! inference procedures for the intraclass correlation coefficient", Int. Stat. Rev. 54:67–82):
//! n₀ = (N − Σnᵢ²/N)/(k − 1), ICC = (MSB − MSW)/(MSB + (n₀ − 1) MSW), and, with m = Σnᵢ²/N (Kish 1965, "Survey Sampling", §5.4), the
//! design effect is deff = 1 + (m − 1)·ICC with ICC floored at 0.
//!
//! **Of two sides** ([`pooled`]; Donner and Klar 2000, "Design and Analysis of Cluster Randomization Trials in Health Research", §7.2): the
//! squares between units are those within each side, so that a difference of the sides is none of the units. With k = k₁ + k₂, N =
//! N₁ + N₂ and mⱼ = Σnᵢ²/Nⱼ of side j: MSB = (SSB₁ + SSB₂)/(k − 2), MSW = (SSW₁ + SSW₂)/(N − k), n₀ = (N − m₁ − m₂)/(k − 2), ICC as
//! above, and deffⱼ = 1 + (mⱼ − 1)·ICC. A side of its own ICC would be taken for independent half of the time when it has two units.
//!
//! Traps: intervals of the *firm* widen by √deff; intervals of one unit do not, and two periods are compared by pairing units
//! (see [`super::change`]), not by widening both. With few units the ICC is itself uncertain: 0 then means "not seen".
//!
//! Tested against reference/icc_deff.csv on icc_input.csv (295 responses, 15 agents): MSB 9.98380865797, MSW 1.94833983345, n₀
//! 19.5138014528, ICC .174475547822, m 21.8067796610, deff 4.63027427978, p 1.40633605e-8.

use super::Estimate;
use super::beta;
use super::mean::Mean;
use super::state::{By, Key};
use super::unavailable::Unavailable;

/// How responses cluster in units. Squares are in squared points of the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clustering {
    /// Units with a response.
    pub units: u64,
    /// Responses.
    pub n: u64,
    /// The mean square between units, MSB.
    pub between: f64,
    /// The mean square within units, MSW.
    pub within: f64,
    /// The size n₀ that equal units would have.
    pub size: f64,
    /// The intraclass correlation as estimated; it may be negative.
    pub icc_raw: f64,
    /// The intraclass correlation floored at 0, in [0, 1].
    pub icc: f64,
    /// The size m of the unit in which a response finds itself on average, Σnᵢ²/N.
    pub met_size: f64,
    /// The design effect, at least 1.
    pub deff: f64,
    /// The probability of such an F or a larger one if units did not differ.
    pub p: f64,
}

impl Clustering {
    /// The variance of the units' true levels, max(0, (MSB − MSW)/n₀), in squared points.
    pub fn between_variance(&self) -> f64 {
        ((self.between - self.within) / self.size).max(0.0)
    }
}

/// The intraclass correlation and the design effect of responses in units.
pub fn clustering<K: Key>(units: &By<K, Mean>) -> Result<Clustering, Unavailable> {
    let met: Vec<&Mean> = units.states().filter(|unit| unit.n > 0).collect();
    let total = units.total();
    match (met.len(), total.n) {
        (0, _) => return Err(Unavailable::Empty),
        (1, _) => return Err(Unavailable::OneUnit),
        (units, n) if units as u64 == n => return Err(Unavailable::OneResponseEach),
        _ => {}
    }
    let (k, n) = (met.len() as f64, total.n as f64);
    let mean = total.sum as f64 / n;
    let (mut between, mut within, mut squared_sizes) = (0.0, 0.0, 0u128);
    for unit in met {
        let size = unit.n as f64;
        let away = unit.sum as f64 / size - mean;
        between += size * away * away;
        // nΣx² − (Σx)² is a whole number: nothing cancels.
        let spread =
            u128::from(unit.n) * u128::from(unit.squares) - u128::from(unit.sum) * u128::from(unit.sum);
        within += spread as f64 / size;
        squared_sizes += u128::from(unit.n) * u128::from(unit.n);
    }
    // Equal means differ by rounding alone: then the whole spread lies within.
    let all = u128::from(total.n) * u128::from(total.squares) - u128::from(total.sum) * u128::from(total.sum);
    if all == 0 {
        return Err(Unavailable::Constant);
    }
    let met_size = squared_sizes as f64 / n;
    let size = (n - met_size) / (k - 1.0);
    let p = beta::f_tail(between, k - 1.0, within, n - k);
    let (between, within) = (between / (k - 1.0), within / (n - k));
    let icc_raw = (between - within) / (between + (size - 1.0) * within);
    let icc = icc_raw.max(0.0);
    let deff = 1.0 + (met_size - 1.0) * icc;
    Ok(Clustering { units: k as u64, n: total.n, between, within, size, icc_raw, icc, met_size, deff, p })
}

/// How responses cluster in the units of two sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// The intraclass correlation within both sides, floored at 0, in [0, 1].
    pub icc: f64,
    /// The design effect of each side, at least 1; 1 of a side of one unit, within which nothing widens.
    pub deff: [f64; 2],
    /// Degrees of freedom between units, k₁ + k₂ − 2.
    pub df: u64,
    /// The mean square between units within the sides, MSB.
    pub between: f64,
    /// The mean square within units, MSW.
    pub within: f64,
    /// The size n₀ that equal units would have.
    pub size: f64,
}

/// The intraclass correlation of the units of two sides, learned from both, and the design effect of each side.
pub fn pooled<K: Key>(sides: [&By<K, Mean>; 2]) -> Result<Pooled, Unavailable> {
    let sides = sides.map(|units| units.states().collect::<Vec<_>>());
    pooled_of(sides.each_ref().map(|units| units.iter().copied()))
}

/// [`pooled`] of the units' points alone; units without a response are passed over.
pub(super) fn pooled_of<'a, I: Iterator<Item = &'a Mean> + Clone>(
    sides: [I; 2],
) -> Result<Pooled, Unavailable> {
    let (mut k, mut n, mut met_sizes) = ([0u64; 2], [0u64; 2], [0.0; 2]);
    let (mut between, mut within) = (0.0, 0.0);
    for (side, units) in sides.into_iter().enumerate() {
        let mut total = Mean::default();
        units.clone().for_each(|unit| total.merge(unit));
        let mean = total.sum as f64 / total.n as f64;
        let mut squared_sizes = 0u128;
        for unit in units.filter(|unit| unit.n > 0) {
            let size = unit.n as f64;
            let away = unit.sum as f64 / size - mean;
            between += size * away * away;
            // nΣx² − (Σx)² is a whole number: nothing cancels.
            let spread =
                u128::from(unit.n) * u128::from(unit.squares) - u128::from(unit.sum) * u128::from(unit.sum);
            within += spread as f64 / size;
            squared_sizes += u128::from(unit.n) * u128::from(unit.n);
            k[side] += 1;
        }
        n[side] = total.n;
        met_sizes[side] = squared_sizes as f64 / total.n as f64;
    }
    if n.contains(&0) {
        return Err(Unavailable::Empty);
    }
    let (units, all) = (k[0] + k[1], n[0] + n[1]);
    if units == 2 {
        return Err(Unavailable::OneUnit);
    }
    if units == all {
        return Err(Unavailable::OneResponseEach);
    }
    let df = (units - 2) as f64;
    let (between, within) = (between / df, within / (all - units) as f64);
    let size = (all as f64 - met_sizes[0] - met_sizes[1]) / df;
    let whole = between + (size - 1.0) * within;
    if whole <= 0.0 {
        return Err(Unavailable::Constant);
    }
    let icc = ((between - within) / whole).max(0.0);
    let deff = |side: usize| if k[side] == 1 { 1.0 } else { 1.0 + (met_sizes[side] - 1.0) * icc };
    Ok(Pooled { icc, deff: [deff(0), deff(1)], df: units - 2, between, within, size })
}

/// An interval made longer by √deff on both sides of its value, cut to `low` and `high`. A `deff` below 1 counts as 1.
pub fn widened(estimate: Estimate, deff: f64, low: f64, high: f64) -> Result<Estimate, Unavailable> {
    if !deff.is_finite() {
        return Err(Unavailable::NotFinite);
    }
    let by = libm::sqrt(deff.max(1.0));
    let Estimate { value, low: below, high: above } = estimate;
    Ok(Estimate {
        value,
        low: (value - by * (value - below)).clamp(low, high),
        high: (value + by * (above - value)).clamp(low, high),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::state::proof;
    use crate::scores::top_box::TopBox;
    use proptest::prelude::*;

    fn one(x: u64) -> Mean {
        Mean { n: 1, sum: x, squares: x * x }
    }

    fn units(rows: &[(u32, u64)]) -> By<u32, Mean> {
        let mut units = By::default();
        rows.iter().for_each(|&(unit, x)| units.update(&unit, &one(x)));
        units
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let mut agents = By::<String, Mean>::default();
        for line in include_str!("../../fixtures/scores/icc_input.csv").lines().skip(1) {
            let (agent, score) = line.split_once(',').unwrap();
            agents.update(agent, &one(score.parse().unwrap()));
        }
        let found = clustering(&agents).unwrap();
        let expected: Vec<f64> = include_str!("../../fixtures/scores/icc_deff.csv")
            .lines()
            .nth(1)
            .unwrap()
            .split(',')
            .map(|cell| cell.parse().unwrap())
            .collect();
        for (found, expected) in [
            (found.between, expected[0]),
            (found.within, expected[1]),
            (found.size, expected[2]),
            (found.icc, expected[3]),
            (found.p * 1e8, expected[5] * 1e8),
            (found.met_size, expected[10]),
            (found.deff, expected[11]),
        ] {
            assert!((found - expected).abs() < 1e-11, "{found} is not {expected}");
        }
        assert_eq!((found.units, found.n), (15, 295));
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        assert_eq!(clustering(&units(&[])), Err(Unavailable::Empty));
        assert_eq!(clustering(&units(&[(1, 3), (1, 4)])), Err(Unavailable::OneUnit));
        assert_eq!(clustering(&units(&[(1, 3), (2, 4)])), Err(Unavailable::OneResponseEach));
        assert_eq!(clustering(&units(&[(1, 3), (1, 3), (2, 3)])), Err(Unavailable::Constant));
        let mut nobody = By::<u32, Mean>::default();
        nobody.update(&7, &Mean::default());
        assert_eq!(clustering(&nobody), Err(Unavailable::Empty));
    }

    #[test]
    fn units_of_one_mind_are_fully_alike_and_equal_units_not_at_all() {
        let alike = clustering(&units(&[(1, 0), (1, 0), (2, 10), (2, 10)])).unwrap();
        assert_eq!((alike.icc, alike.deff, alike.p), (1.0, 2.0, 0.0));
        let equal = clustering(&units(&[(1, 0), (1, 10), (2, 0), (2, 10)])).unwrap();
        assert!(equal.icc_raw < 0.0);
        assert_eq!((equal.icc, equal.deff, equal.p, equal.between_variance()), (0.0, 1.0, 1.0, 0.0));
    }

    #[test]
    fn two_sides_share_what_their_units_have_in_common() {
        // First side: units {0, 2} and {4, 6}, mean 3: SSB 2·4·2 = 16, SSW 4. Second, ten higher: {10, 12}, {14, 16}, the same. MSB
        // 32/2, MSW 8/4, n₀ = (8 − 2 − 2)/2 = 2: ICC (16 − 2)/(16 + 2) = 7/9, and deff 1 + 7/9 on each side.
        let first = units(&[(1, 0), (1, 2), (2, 4), (2, 6)]);
        let second = units(&[(3, 10), (3, 12), (4, 14), (4, 16)]);
        let found = pooled([&first, &second]).unwrap();
        assert!((found.icc - 7.0 / 9.0).abs() < 1e-12 && found.df == 2, "{found:?}");
        assert!(found.deff.iter().all(|deff| (deff - 16.0 / 9.0).abs() < 1e-12), "{found:?}");
        // A side of one unit is that unit: MSB 16/1, MSW (4 + 2)/(6 − 3) = 2, n₀ = (6 − 2 − 2)/1 = 2: ICC (16 − 2)/(16 + 2).
        let one = pooled([&first, &units(&[(3, 10), (3, 12)])]).unwrap();
        assert!((one.icc - 7.0 / 9.0).abs() < 1e-12 && one.df == 1 && one.deff[1] == 1.0, "{one:?}");
        assert_eq!(pooled([&units(&[(1, 0), (1, 2)]), &units(&[(3, 1)])]), Err(Unavailable::OneUnit));
        assert_eq!(pooled([&first, &units(&[])]), Err(Unavailable::Empty));
        assert_eq!(pooled([&units(&[(1, 0), (2, 5)]), &units(&[(3, 1)])]), Err(Unavailable::OneResponseEach));
        let flat = units(&[(1, 3), (1, 3), (2, 3)]);
        assert_eq!(pooled([&flat, &units(&[(3, 1), (3, 1)])]), Err(Unavailable::Constant));
    }

    #[test]
    fn an_interval_widens_by_the_root_and_stays_in_range() {
        let share = TopBox { n: 100, top: 95 }.finish().unwrap();
        let wide = widened(share, 4.0, 0.0, 1.0).unwrap();
        assert!((wide.value - wide.low - 2.0 * (share.value - share.low)).abs() < 1e-12);
        assert_eq!(wide.high, 1.0);
        assert_eq!(widened(share, 0.5, 0.0, 1.0), Ok(share));
        assert_eq!(widened(share, f64::NAN, 0.0, 1.0), Err(Unavailable::NotFinite));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_bits(
            rows in proptest::collection::vec((0u32..6, 0u64..=10), 0..200),
            deal in proptest::collection::vec(any::<u8>(), 0..200),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, By<u32, Mean>>(&rows, &deal, order, |state, &(unit, x)| {
                state.update(&unit, &one(x));
            })?;
        }

        #[test]
        fn a_clustering_never_holds_anything_but_numbers(rows in proptest::collection::vec((0u32..5, 0u64..=10), 0..40)) {
            if let Ok(found) = clustering(&units(&rows)) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&found.icc) && found.deff >= 1.0 && found.deff.is_finite());
                prop_assert!((0.0..=1.0).contains(&found.p) && found.size > 0.0 && found.icc_raw.is_finite());
            }
        }
    }
}
