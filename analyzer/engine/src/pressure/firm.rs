//! Evidence of pressure on everybody. Units are compared with each other, so that what all of them do is invisible to the
//! channels; this reads the sums over all units, and is reported apart. "No pressure" is never concluded from it.

use super::Absent;
use super::channel::drift::Line;
use super::channel::{further, moved};
use super::gathered::{Gathered, Units};
use super::rows::Terms;
use super::threshold::{distances, near};
use crate::protected::crosswise::Crosswise;
use crate::report::counted;
use crate::scores::beta;
use crate::scores::density::jump;
use crate::scores::mean::Mean;
use crate::scores::resample::below;
use crate::scores::state::State;
use crate::scores::top_box::TopBox;
use crate::scores::{Estimate, Z};
use rand_core::SeedableRng;

/// Of fewer units none are drawn again.
const UNITS_DRAWN: usize = 10;
/// How often units are drawn again.
const DRAWS: usize = 200;
/// What seeds the draws: equal data gives equal evidence.
const DRIFT: u64 = 20_261_122;

/// One kind of evidence about the whole firm.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The channel that it belongs to.
    pub channel: &'static str,
    /// The figure with its 95% interval: a share, or points of the scale for drift.
    pub estimate: Estimate,
    /// How often chance would show as much; none where there is nothing to compare with.
    pub p: Option<f64>,
    /// What it rests on: comments, answers.
    pub n: u64,
    /// One plain sentence.
    pub sentence: String,
}

/// The evidence about the whole firm, each kind or why it cannot be had.
pub fn firm(units: &Units, terms: &Terms) -> Vec<(&'static str, Result<Evidence, Absent>)> {
    let mut all = Gathered::default();
    for unit in units.states() {
        all.comments.merge(&unit.comments);
        all.protected.merge(&unit.protected);
        all.months.merge(&unit.months);
    }
    vec![
        ("solicitation", solicitation(&all)),
        ("drift", drift(units, &all)),
        ("threshold", threshold(units, terms)),
        ("protected", protected(&all, terms)),
    ]
}

fn hundred(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

fn solicitation(all: &Gathered) -> Result<Evidence, Absent> {
    let estimate = all.comments.finish().ok_or(Absent::NoComments)?;
    let sentence = format!(
        "{} of {} comments ({} to {}) say that a score was asked for.",
        hundred(estimate.value),
        all.comments.n,
        hundred(estimate.low),
        hundred(estimate.high)
    );
    Ok(Evidence { channel: "solicitation", estimate, p: None, n: all.comments.n, sentence })
}

/// The rise of scores against their words, with a bootstrap by unit: units that moved together are one observation each, and the
/// line is fitted anew in each draw (Filippas, Horton and Golden 2022); the interval is Student's, with the draws' own variance. Of
/// fewer than [`UNITS_DRAWN`] units the interval takes responses as independent.
fn drift(units: &Units, all: &Gathered) -> Result<Evidence, Absent> {
    let inflation = |all: &Gathered| Line::fit(&[all])?.inflation(all);
    let ((value, variance), n) = inflation(all)?;
    let half = Z * libm::sqrt(variance);
    let mut estimate = Estimate { value, low: value - half, high: value + half };
    let with_words: Vec<&Gathered> = units.states().filter(|unit| !unit.months.is_empty()).collect();
    if with_words.len() >= UNITS_DRAWN {
        let mut random = rand_pcg::Pcg64::seed_from_u64(DRIFT);
        let k = with_words.len() as u64;
        let replicates: Vec<f64> = (0..DRAWS)
            .filter_map(|_| {
                let mut drawn = Gathered::default();
                for _ in 0..k {
                    drawn.months.merge(&with_words[below(k, &mut random) as usize].months);
                }
                inflation(&drawn).ok().map(|((value, _), _)| value)
            })
            .collect();
        let drawn = replicates.len() as f64;
        let mean = replicates.iter().sum::<f64>() / drawn;
        let squares: f64 = replicates.iter().map(|replicate| (replicate - mean) * (replicate - mean)).sum();
        // Units drawn from k vary by (k − 1)/k of what they vary by, and a few units do not know their own variance: of worlds
        // of twenty units without drift, 10% had none within the middle 95% of the replicates.
        let (k, variance) = (k as f64, squares / (drawn - 1.0));
        let half = beta::t_quantile(0.05, k - 1.0) * libm::sqrt(variance * k / (k - 1.0));
        if half.is_finite() {
            estimate = Estimate { value, low: value - half, high: value + half };
        }
    }
    let sentence = format!(
        "From the earlier to the later half of the months, scores {} than the tone of {} explains ({} to {}).",
        further(value),
        counted(n, "comment"),
        moved(estimate.low),
        moved(estimate.high)
    );
    Ok(Evidence { channel: "drift", estimate, p: None, n, sentence })
}

/// Period averages of all units that reach the bonus target by a little, among those near it: a rate, since there are no peers whose
/// density would say how many honest ones would. Of enough periods, whether their density jumps at the target ([`jump`]).
fn threshold(units: &Units, terms: &Terms) -> Result<Evidence, Absent> {
    let target = terms.bonus.and_then(|bonus| bonus.target_points(terms.scale)).ok_or(Absent::NoBonus)?;
    let mut periods = TopBox::default();
    let (mut expected, mut away) = (0.0, Vec::new());
    for unit in units.states() {
        let own: Vec<Mean> = unit.periods.states().copied().collect();
        away.extend(distances(&own, target));
        for (usually, above) in near(&own, target).unwrap_or_default() {
            periods.n += 1;
            periods.top += u64::from(above);
            expected += 1.0 / (1.0 + libm::exp(-usually));
        }
    }
    let estimate = periods.finish().ok_or(Absent::NothingNear)?;
    let density = jump(&away, 0.0).ok();
    let heaped = match density {
        Some(jump) if jump.p <= 0.05 && jump.t > 0.0 => format!(
            " The averages of all {} periods are denser just above the target than just below it, by more than chance gives.",
            away.len()
        ),
        Some(_) => format!(
            " That the averages of all {} periods heap just above the target does not show.",
            away.len()
        ),
        None => String::new(),
    };
    let sentence = format!(
        "Of {} periods of all units with an average near the target, {} reach it; by the units' own averages about {expected:.0} would.{heaped}",
        periods.n, periods.top
    );
    Ok(Evidence { channel: "threshold", estimate, p: density.map(|jump| jump.p), n: periods.n, sentence })
}

fn protected(all: &Gathered, terms: &Terms) -> Result<Evidence, Absent> {
    let p = terms.protected.ok_or(Absent::NoProtected)?;
    let found = all.protected.n;
    if found == 0 {
        return Err(Absent::NoProtected);
    }
    let needed = super::channel::protected::ANSWERS_NEEDED;
    let rate = Crosswise { n: found, same: all.protected.top }.finish(p);
    let rate = rate.map_err(|_| Absent::Responses { needed, found })?;
    let estimate = Estimate { value: rate.rate, low: rate.low, high: rate.high };
    let sentence = format!(
        "About {} of customers ({} to {}) say under protection that they were pressed; answering at random would look like 50%.",
        hundred(rate.rate),
        hundred(rate.low),
        hundred(rate.high)
    );
    Ok(Evidence { channel: "protected", estimate, p: None, n: found, sentence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::draw;
    use crate::pressure::gathered::{Sums, update};
    use crate::pressure::rows::{Bonus, Paid, Period, Rows};
    use rand_core::Rng;

    const DAY: i64 = 86_400_000;

    /// Twelve units with a comment a day for six months of 2024, whose rating is that of its words, and `rise` more in the second half.
    fn commented(rise: u8) -> Units {
        let names: Vec<String> = (0..12).map(|unit| format!("u{unit}")).collect();
        let (mut units, mut ratings, mut times, mut sentiment) = (vec![], vec![], vec![], vec![]);
        for unit in 0..12u32 {
            for day in 0..182i64 {
                // Day 19,723 is 2024-01-01, and the 91st after it 2024-04-01.
                let words = (day * 7 + i64::from(unit) * 3) % 5;
                let late = if day >= 91 { rise } else { 0 };
                units.push(unit);
                ratings.push(3 + words as u8 + late + u8::from((day + i64::from(unit)) % 3 == 0));
                times.push((19_723 + day) * DAY);
                sentiment.push(Some((words * 400 - 800) as i16));
            }
        }
        let mut gathered = Units::default();
        let rows = Rows {
            names: &names,
            units: &units,
            ratings: &ratings,
            times: Some(&times),
            sentiment: Some(&sentiment),
            ..Rows::default()
        };
        update(&mut gathered, &rows, &terms(None));
        gathered
    }

    fn terms(bonus: Option<Bonus>) -> Terms {
        Terms { scale: Scale { low: 0, high: 10, nps: true }, bonus, protected: None }
    }

    fn of(found: Vec<(&'static str, Result<Evidence, Absent>)>, name: &str) -> Result<Evidence, Absent> {
        found.into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    #[test]
    fn scores_that_rise_while_words_do_not_are_as_much_drift_as_they_rose() {
        let risen = of(firm(&commented(2), &terms(None)), "drift").unwrap();
        let Estimate { value, low, high } = risen.estimate;
        // Words and thirds are the same in both halves but for a day.
        assert!((value - 2.0).abs() < 0.05 && low > 1.9 && high < 2.1 && risen.n == 12 * 182, "{risen:?}");
        let level = of(firm(&commented(0), &terms(None)), "drift").unwrap();
        assert!(level.estimate.value.abs() < 0.05, "{level:?}");
        // Equal data gives equal evidence.
        assert_eq!(firm(&commented(2), &terms(None)), firm(&commented(2), &terms(None)));
    }

    /// Twenty units of six months with fifteen comments each. How customers feel differs by unit and by month; words and scores
    /// follow it, each with noise of its own. In the later three months all feel better by `happier`, and a share of the scores from 7 to 9 is
    /// lifted to ten.
    fn felt(happier: f64, lifted: f64, random: &mut impl Rng) -> Units {
        let mut units = Units::default();
        for unit in 0..20 {
            let unit = units.entry(format!("u{unit}").as_str());
            let quality = 0.4 * draw::normal(random);
            for month in 0..6i64 {
                let mood = quality + 0.2 * draw::normal(random) + if month >= 3 { happier } else { 0.0 };
                for _ in 0..15 {
                    let felt = mood + draw::normal(random);
                    let words = (200.0 + 250.0 * felt + 250.0 * draw::normal(random)).clamp(-1000.0, 1000.0);
                    let mut score = (7.5 + 1.5 * felt + draw::normal(random)).round().clamp(0.0, 10.0);
                    if month >= 3 && (7.0..10.0).contains(&score) && draw::share(random) < lifted {
                        score = 10.0;
                    }
                    let (x, y) = (words as i128, score as i128);
                    unit.months.entry(&month).merge(&Sums { n: 1, x, y, xx: x * x, xy: x * y, yy: y * y });
                }
            }
        }
        units
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "a test says how often it is found")]
    fn worlds_without_drift_hardly_ever_show_one_and_worlds_with_it_do() {
        const WORLDS: u32 = 240;
        let mut random = rand_pcg::Pcg64::seed_from_u64(81);
        // How many worlds have an interval above nothing, and below it.
        let worlds = [(0.0, 0.0), (0.3, 0.0), (0.0, 0.1), (0.0, 0.3)];
        let [honest, happier, weak, strong] = worlds.map(|(happier, lifted)| {
            let mut found = [0u32; 2];
            for _ in 0..WORLDS {
                let drift = of(firm(&felt(happier, lifted, &mut random), &terms(None)), "drift").unwrap();
                found[0] += u32::from(drift.estimate.low > 0.0);
                found[1] += u32::from(drift.estimate.high < 0.0);
            }
            found
        });
        println!(
            "drift over all units, of {WORLDS} worlds each: none {honest:?}, a tenth of scores lifted {weak:?}, three tenths \
             {strong:?}, none but customers happier {happier:?}"
        );
        // The report speaks of scores that rose: that side alone is a false alarm there.
        assert!(f64::from(honest[0]) <= 0.05 * f64::from(WORLDS), "{honest:?}");
        assert!(f64::from(honest[0] + honest[1]) <= 0.08 * f64::from(WORLDS), "{honest:?}");
        assert!(weak[0] > 2 * honest[0] && strong[0] > WORLDS * 9 / 10, "{weak:?} {strong:?}");
    }

    #[test]
    fn periods_of_all_units_that_reach_the_target_by_a_little_are_counted_against_their_own_averages() {
        let names = ["u".to_owned()];
        let (mut ratings, mut times) = (vec![], vec![]);
        // Eight months of ten ratings: six with a sum of 90, two with 80, and the target is 9.
        for month in 0..8i64 {
            for n in 0..10i64 {
                let high = if month < 6 { n % 2 * 2 + 8 } else { n % 2 * 2 + 7 };
                ratings.push(high as u8);
                times.push((19_723 + month * 31 + n) * DAY);
            }
        }
        let bonus = Bonus { paid: Paid::Mean, target: Some(9.0), period: Period::Month, offset_min: 0 };
        let mut gathered = Units::default();
        let rows = Rows {
            names: &names,
            units: &[0; 80],
            ratings: &ratings,
            times: Some(&times),
            ..Rows::default()
        };
        update(&mut gathered, &rows, &terms(Some(bonus)));
        let found = of(firm(&gathered, &terms(Some(bonus))), "threshold").unwrap();
        // The two months of 80 lie 10 below, more than one standard deviation of a sum (√10 · 1.09).
        assert!(
            (found.n, found.estimate.value) == (6, 1.0) && found.sentence.contains("6 reach it"),
            "{found:?}"
        );
        assert_eq!(of(firm(&gathered, &terms(None)), "threshold"), Err(Absent::NoBonus));
    }

    #[test]
    fn comments_and_protected_answers_are_said_as_shares_with_their_intervals() {
        let mut units = Units::default();
        for (name, n, top) in [("a", 150, 50), ("b", 113, 31)] {
            let unit = units.entry(name);
            unit.comments = TopBox { n, top };
            unit.protected = TopBox { n: 100, top: 60 };
        }
        let with = Terms { protected: Some(0.25), ..terms(None) };
        // Wilson for 81 of 263: .2553 to .3662.
        let asked = of(firm(&units, &with), "solicitation").unwrap();
        assert_eq!(asked.sentence, "30.8% of 263 comments (25.5% to 36.6%) say that a score was asked for.");
        assert_eq!((asked.n, asked.p), (263, None));
        // (.6 + .25 − 1)/(½ − 1) = .3; 120 of 200 have Wilson's .5308 to .6654, which turns to .1692 to .4384.
        let told = of(firm(&units, &with), "protected").unwrap();
        assert!(
            told.sentence.starts_with("About 30.0% of customers (16.9% to 43.8%) say"),
            "{}",
            told.sentence
        );
        assert!((told.estimate.value - 0.3).abs() < 1e-12 && told.n == 200);
        assert_eq!(of(firm(&units, &terms(None)), "protected"), Err(Absent::NoProtected));
        let mut few = Units::default();
        few.entry("a").protected = TopBox { n: 49, top: 30 };
        assert!(matches!(of(firm(&few, &with), "protected"), Err(Absent::Responses { found: 49, .. })));
        few.entry("a").protected = TopBox::default();
        assert_eq!(of(firm(&few, &with), "protected"), Err(Absent::NoProtected));
        assert_eq!(of(firm(&few, &with), "solicitation"), Err(Absent::NoComments));
    }

    /// Units whose words never change: twenty scores each of 4 and 8 in an early month, and as many in a later one, raised.
    fn moved_by(rises: &[i128]) -> Units {
        let mut units = Units::default();
        for (at, rise) in rises.iter().enumerate() {
            let unit = units.entry(format!("u{at}").as_str());
            for (month, by) in [(1, 0), (2, *rise)] {
                for y in [4 + by, 8 + by] {
                    unit.months.entry(&month).merge(&Sums {
                        n: 20,
                        x: 0,
                        y: 20 * y,
                        xx: 0,
                        xy: 0,
                        yy: 20 * y * y,
                    });
                }
            }
        }
        units
    }

    #[test]
    fn the_interval_of_drift_is_that_of_the_units_rises_and_of_few_units_that_of_their_responses() {
        // Scores of 4 and 8 vary by 4. Nine units of 40 responses in each half: 1.959964 √(4 · 2/360).
        let nine = of(firm(&moved_by(&[1; 9]), &terms(None)), "drift").unwrap();
        let half = 1.959_963_984_540_054 * (8.0f64 / 360.0).sqrt();
        assert!((nine.estimate.value - 1.0).abs() < 1e-9 && nine.n == 720, "{nine:?}");
        assert!(
            (nine.estimate.high - 1.0 - half).abs() < 1e-9 && (1.0 - nine.estimate.low - half).abs() < 1e-9,
            "{nine:?}"
        );
        assert!(
            nine.sentence.contains("of 720 comments")
                && nine.sentence.contains("by +1.00 points (+0.71 to +1.29)"),
            "{}",
            nine.sentence
        );
        // Ten units that rose alike know no more than that.
        let ten = of(firm(&moved_by(&[1; 10]), &terms(None)), "drift").unwrap();
        assert!((ten.estimate.high - ten.estimate.low).abs() < 1e-9, "{ten:?}");
        // Sixteen units, half of which rose by nothing and half by 2: mean 1, variance 16/15, and t.975 of 15 degrees is 2.13145. The draws know
        // it by a tenth.
        let rises: Vec<i128> = (0..16).map(|at| 2 * (at % 2)).collect();
        let sixteen = of(firm(&moved_by(&rises), &terms(None)), "drift").unwrap();
        let half = 2.131_449_545_559_323 * (1.0f64 / 15.0).sqrt();
        for found in [sixteen.estimate.high - 1.0, 1.0 - sixteen.estimate.low] {
            assert!((found / half - 1.0).abs() < 0.15, "{found} {half}");
        }
    }

    #[test]
    fn a_heap_above_the_target_is_told_from_one_below_it_and_from_none() {
        // Sums of thirty ratings around 240, the target's; each unit has forty periods.
        let heaped = |shift: &dyn Fn(i64) -> i64| {
            let mut random = rand_pcg::Pcg64::seed_from_u64(82);
            let mut units = Units::default();
            for at in 0..30 {
                let unit = units.entry(format!("u{at}").as_str());
                for period in 0..40i64 {
                    let sum = shift((240.0 + 20.0 * draw::normal(&mut random)).round() as i64) as u64;
                    unit.periods.entry(&period).merge(&Mean { n: 30, sum, squares: sum * sum / 30 + 60 });
                }
            }
            let bonus = Bonus { paid: Paid::Mean, target: Some(8.0), period: Period::Month, offset_min: 0 };
            of(firm(&units, &terms(Some(bonus))), "threshold").unwrap()
        };
        let (denser, none) = (
            "The averages of all 1200 periods are denser just above the target",
            "That the averages of all 1200 periods heap just above the target does not show.",
        );
        let honest = heaped(&|sum| sum);
        assert!(honest.sentence.ends_with(none) && honest.p.is_some_and(|p| p > 0.05), "{honest:?}");
        // By the units' own averages, honest periods reach it as often as they are expected to.
        let said: f64 =
            honest.sentence.split("about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let above = honest.estimate.value * honest.n as f64;
        assert!((said / above - 1.0).abs() < 0.1, "{honest:?}");
        assert!(honest.sentence.starts_with(&format!("Of {} periods of all units", honest.n)), "{honest:?}");
        let up = heaped(&|sum| if (236..240).contains(&sum) { sum + 4 } else { sum });
        assert!(up.sentence.contains(denser) && up.p.is_some_and(|p| p <= 0.05), "{up:?}");
        let down = heaped(&|sum| if (240..244).contains(&sum) { sum - 4 } else { sum });
        assert!(down.sentence.ends_with(none) && down.p.is_some_and(|p| p <= 0.05), "{down:?}");
        // Where the units' own averages lie above the target, more than half of the near periods usually reach it.
        let high = heaped(&|sum| sum + 8);
        let said: f64 =
            high.sentence.split("about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(said > 0.52 * high.n as f64, "{high:?}");
        // Without enough periods for their density, nothing is said of it.
        let alone = heaped(&|_| 240);
        assert!(alone.p.is_none() && !alone.sentence.contains("averages of all"), "{alone:?}");
    }
}
