//! Whether at least two families of evidence speak against a unit, so that one broken channel can flag nobody. Arithmetic on
//! p-values handed in; it touches nothing else.
//!
//! The null hypothesis is "fewer than two families are affected". Its p-value is Simes's (1986, "An improved Bonferroni procedure
//! for multiple tests of significance", Biometrika 73:751–754) on all but the smallest of the k families: with p₍₁₎ ≤ … ≤ p₍ₖ₎,
//! the least of (k−1)/j · p₍ⱼ₊₁₎ over j = 1 … k−1 (Benjamini and Heller 2008, "Screening for partial conjunction hypotheses",
//! Biometrics 64:1215–1222). It holds for independent families, and for positively dependent ones.
//!
//! Traps: with one family nobody can be flagged, only ranked: [`Absent::Families`]. Where *no* family is affected it is very
//! cautious (at .05 about .005 for five families), which is the price of the two. A family that could not be computed is left
//! out; one that was computed stays in however large its p is.

use super::{Absent, probability};

/// The p-value of "fewer than two families are affected", at most 1, of the families that have one.
pub fn two_families(families: &[f64]) -> Result<f64, Absent> {
    if families.len() < 2 {
        return Err(Absent::Families { found: families.len() as u64 });
    }
    let mut p = families.iter().map(|&p| probability(p)).collect::<Result<Vec<f64>, Absent>>()?;
    p.sort_unstable_by(f64::total_cmp);
    let others = p.len() - 1;
    let least = (1..=others).map(|j| others as f64 / j as f64 * p[j]).fold(1.0, f64::min);
    Ok(least)
}

#[cfg(test)]
mod tests {
    use super::super::draw;
    use super::*;
    use crate::scores::unavailable::Unavailable;
    use rand_core::SeedableRng;

    #[test]
    fn one_family_however_strong_flags_nobody() {
        assert_eq!(two_families(&[0.0, 0.8]), Ok(0.8));
        assert_eq!(two_families(&[0.0, 0.9, 0.9, 0.9, 0.9]), Ok(0.9));
        assert_eq!(two_families(&[0.0]), Err(Absent::Families { found: 1 }));
        assert_eq!(two_families(&[]), Err(Absent::Families { found: 0 }));
    }

    #[test]
    fn the_second_smallest_is_weighed_by_how_many_were_looked_at() {
        // By hand: the rest of .001 .004 .03 .5 .9 is 4/1 · .004, 4/2 · .03, 4/3 · .5, .9.
        assert_eq!(two_families(&[0.5, 0.001, 0.9, 0.004, 0.03]), Ok(0.016));
        assert_eq!(two_families(&[0.01, 0.02, 0.02, 0.02]), Ok(0.02));
        assert_eq!(two_families(&[0.2, f64::NAN]), Err(Absent::Numbers(Unavailable::NotFinite)));
    }

    #[test]
    fn with_one_family_broken_the_level_is_kept_exactly() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(8);
        let mut share = |broken: bool| {
            let rounds = 100_000;
            let called = (0..rounds).filter(|_| {
                let mut p = [(); 5].map(|()| draw::share(&mut random));
                if broken {
                    p[2] = 0.0;
                }
                two_families(&p).unwrap() <= 0.05
            });
            called.count() as f64 / f64::from(rounds)
        };
        // Simes is exact for independent tests; five standard errors are .0035.
        let broken = share(true);
        assert!((broken - 0.05).abs() < 0.0035, "{broken}");
        let honest = share(false);
        assert!(honest < 0.01, "{honest}");
    }
}
