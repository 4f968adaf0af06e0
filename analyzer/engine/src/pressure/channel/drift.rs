//! Drift: scores rise while the words do not. It reads a unit's scores and the sentiment of their words by month.
//!
//! In the base period, the earlier half of the months, a line through all units' scores and sentiments says which score which
//! words go with; a unit's inflation is how much further its later scores lie above that line than its earlier ones did
//! (Filippas, Horton and Golden 2022, "Reputation inflation", Marketing Science 41:733–745). Its sampling variance is σ²(1/n₀ + 1/n₁)
//! with the line's residual variance σ²; against the usual inflation and its honest spread ([`Spread`]). The effect is points
//! of the scale beyond the usual inflation.
//!
//! Traps: a rise that all units share is the usual one here; it is reported for the firm. And words say less than customers feel: where
//! half of what a sentiment varies by is noise, a line through it foretells half of a rise that is real, and the rest looks like drift. In
//! 176 of 240 simulated firms without drift, whose customers grew happier by .3 sd, the interval over all units lies above nothing.

use super::{Channel, Family, Figure, Learned, Reading, Usual, further, moved};
use crate::pressure::Absent;
use crate::pressure::gathered::{Gathered, Sums};
use crate::pressure::rows::Terms;
use crate::pressure::usual::{Seen, Spread};
use crate::report::counted;
use crate::scores::state::State;

/// The channel.
pub struct Drift;

/// The fewest responses with words in either period.
const WORDS_NEEDED: u64 = 5;

/// Scores against words in the base period.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The first month of the later period.
    pub later: i64,
    slope: f64,
    level: f64,
    variance: f64,
}

impl Line {
    /// Fits it to the earlier half of the months of `units`.
    pub fn fit(units: &[&Gathered]) -> Result<Line, Absent> {
        let months = || units.iter().flat_map(|unit| unit.months.iter());
        let first = months().map(|(month, _)| *month).min();
        let last = months().map(|(month, _)| *month).max();
        let (Some(first), Some(last)) = (first, last) else { return Err(Absent::NoSentiment) };
        if first == last {
            return Err(Absent::Periods { needed: 2, found: 1 });
        }
        let later = first + (last - first + 1) / 2;
        let mut base = Sums::default();
        months().filter(|(month, _)| **month < later).for_each(|(_, sums)| base.merge(sums));
        let n = base.n as f64;
        let (x, y) = (base.x as f64 / n, base.y as f64 / n);
        let xx = base.xx as f64 / n - x * x;
        let yy = base.yy as f64 / n - y * y;
        let xy = base.xy as f64 / n - x * y;
        let slope = if xx > 0.0 { xy / xx } else { 0.0 };
        let variance = yy - slope * xy;
        if variance.is_nan() || variance <= 1e-12 {
            return Err(Absent::Constant);
        }
        Ok(Line { later, slope, level: y - slope * x, variance })
    }

    /// A unit's inflation with its sampling variance, and how many responses it rests on.
    pub fn inflation(&self, unit: &Gathered) -> Result<(Seen, u64), Absent> {
        if unit.months.is_empty() {
            return Err(Absent::NoSentiment);
        }
        let (mut before, mut after) = (Sums::default(), Sums::default());
        for (month, sums) in unit.months.iter() {
            if *month < self.later { before.merge(sums) } else { after.merge(sums) }
        }
        let found = before.n.min(after.n);
        if found < WORDS_NEEDED {
            return Err(Absent::Responses { needed: WORDS_NEEDED, found });
        }
        let residual = |sums: &Sums| {
            let n = sums.n as f64;
            sums.y as f64 / n - self.level - self.slope * sums.x as f64 / n
        };
        let variance = self.variance * (1.0 / before.n as f64 + 1.0 / after.n as f64);
        Ok(((residual(&after) - residual(&before), variance), before.n + after.n))
    }
}

struct Learnt {
    line: Line,
    spread: Learned<Spread>,
}

impl Channel for Drift {
    fn name(&self) -> &'static str {
        "drift"
    }
    fn title(&self) -> &'static str {
        "Scores that rise while the words do not"
    }
    fn test(&self) -> &'static str {
        "Later scores less those that a line fitted in the earlier months predicts from sentiment, against the honest spread of the units"
    }
    fn family(&self) -> Family {
        Family::Words
    }
    fn alternative(&self) -> &'static str {
        "What customers write about may have changed while they became happier."
    }
    fn usual(&self, units: &[&Gathered], odds: &[f64], _: &Terms) -> Result<Box<dyn Usual>, Absent> {
        let line = Line::fit(units)?;
        let seen = units.iter().map(|unit| line.inflation(unit).map(|(seen, _)| seen)).collect();
        Ok(Box::new(Learnt { line, spread: Learned::from(seen, odds, Spread::among)? }))
    }
}

impl Usual for Learnt {
    fn read(&self, unit: &Gathered, own: Option<usize>) -> Result<Reading, Absent> {
        let (seen, n) = self.line.inflation(unit)?;
        let p = self.spread.usual.tail(seen, self.spread.place(own));
        let usual = self.spread.usual.usual().0;
        let sentence = format!(
            "Scores {} than the tone of {} explains; {} is usual.",
            further(seen.0),
            counted(n, "comment"),
            moved(usual)
        );
        Ok(Reading { p, effect: seen.0 - usual, figure: Figure::points(seen, usual), n, sentence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use rand_core::{Rng, SeedableRng};

    const TERMS: Terms = Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };

    /// A unit of four months: how customers feel differs by unit and month, words and scores follow it, each with noise of its own. In
    /// the later two months a share of the scores from 7 to 9 is lifted to ten.
    fn unit(n: u64, lifted: f64, random: &mut impl Rng) -> Gathered {
        let mut unit = Gathered::default();
        let quality = 0.3 * draw::normal(random);
        for month in 0..4i64 {
            let mood = quality + 0.2 * draw::normal(random);
            for _ in 0..n {
                let felt = mood + draw::normal(random);
                let words = (300.0 + 250.0 * felt + 250.0 * draw::normal(random)).clamp(-1000.0, 1000.0);
                let mut score = (7.5 + 1.5 * felt + draw::normal(random)).round().clamp(0.0, 10.0);
                if month >= 2 && (7.0..10.0).contains(&score) && draw::share(random) < lifted {
                    score = 10.0;
                }
                let (x, y) = (words as i128, score as i128);
                unit.months.entry(&month).merge(&Sums { n: 1, x, y, xx: x * x, xy: x * y, yy: y * y });
            }
        }
        unit
    }

    fn read(units: &[Gathered]) -> Vec<Reading> {
        let units: Vec<&Gathered> = units.iter().collect();
        let usual = Drift.usual(&units, &vec![1.0; units.len()], &TERMS).unwrap();
        units.iter().enumerate().map(|(at, unit)| usual.read(unit, Some(at)).unwrap()).collect()
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test says how often it is found")]
    fn scores_that_follow_the_words_keep_the_level_and_lifted_ones_stand_out() {
        let mut random = rand_pcg::Pcg64::seed_from_u64(71);
        // Worlds in which nobody lifts scores, and worlds in which six do.
        for (honest, lifting) in [(60, 0), (54, 6)] {
            let (mut five, mut one, mut all, mut found) = (0, 0, 0, 0);
            for _ in 0..100 {
                let mut units: Vec<Gathered> = (0..honest).map(|_| unit(20, 0.0, &mut random)).collect();
                units.extend((0..lifting).map(|_| unit(100, 0.7, &mut random)));
                for (at, reading) in read(&units).into_iter().enumerate() {
                    if at < honest {
                        all += 1;
                        five += u32::from(reading.p <= 0.05);
                        one += u32::from(reading.p <= 0.01);
                    } else {
                        found += u32::from(reading.p <= 0.05);
                        assert!(reading.n == 400, "{reading:?}");
                    }
                }
            }
            println!(
                "drift by unit: {five} and {one} of {all} honest units at 5% and 1%, {found} of {} others at 5%",
                100 * lifting
            );
            // 6,000 honest units: four standard errors of 5% and 1% are 1.1% and .5%. Beside six that lift scores less than three
            // spreads, honest units seem to differ by more than they do, and their tails are lighter.
            let share = |count: u32| f64::from(count) / f64::from(all);
            assert!(share(five) < 0.061 && share(one) < 0.015, "{five} {one} of {all}");
            assert!(lifting > 0 || share(five) > 0.039, "{five} of {all}");
            assert!(found >= 60 * lifting as u32, "{found} of {lifting} in a hundred worlds");
        }
    }

    #[test]
    fn a_rise_that_the_words_share_is_none() {
        // Scores of 5 go with sentiment 0 and scores of 9 with 400; later everybody says and gives more.
        let mut units = Vec::new();
        for at in 0..12i128 {
            let mut unit = Gathered::default();
            for (month, more) in [(0, 0), (1, 400)] {
                for n in 0..30i128 {
                    let x = if n % 2 == 0 { more } else { more + 400 };
                    // Noise that neither words nor months know of.
                    let y = 5 + x / 100 + (n / 2 + at) % 3 - 1;
                    unit.months.entry(&month).merge(&Sums { n: 1, x, y, xx: x * x, xy: x * y, yy: y * y });
                }
            }
            units.push(unit);
        }
        for reading in read(&units) {
            assert!(reading.p > 0.2 && reading.effect.abs() < 0.01, "{reading:?}");
        }
        let few: Vec<&Gathered> = units.iter().take(9).collect();
        assert_eq!(
            Drift.usual(&few, &[1.0; 9], &TERMS).map(|_| ()),
            Err(Absent::Units { needed: 10, found: 9 })
        );
        let silent = Gathered::default();
        assert_eq!(Drift.usual(&[&silent], &[1.0], &TERMS).map(|_| ()), Err(Absent::NoSentiment));
    }
}
