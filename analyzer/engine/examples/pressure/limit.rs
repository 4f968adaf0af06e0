//! The limit: what somebody who knows every number of the world, and how units are pressured if they are, could find. For each
//! unit the likelihood ratio of its responses under that pressure and under none, with its own quality and polarisation
//! integrated out; then the largest set of units whose mean probability of being honest is at most 5% (the oracle of the local
//! false discovery rate; Sun and Cai 2007, JASA 102:901–912).
//!
//! Exact but for three things: a unit's own rates of honest presets and of chance phrases are taken as their means; where a
//! month's mean has reached the target its last days are taken as honest, whatever order low ratings were lifted in; and
//! answering times, volume by day and comment rates are left out, in which all kinds but "fill" are honest, and "fill" shows
//! itself with certainty: no honest device but a kiosk answers twice on a day.

use super::bench::{Cell, PRESSURED, UNITS};
use candor_engine::pressure::gathered::{DAY, Units};
use candor_engine::pressure::rows::{NONE, Period};
use candor_engine::world::{Drawing, Parameters, Pressure, heard};
use std::collections::BTreeMap;

/// What can be told apart in a response: in the last days or not, preset or not, comment or not, heard or not, and the rating.
type Kind = (bool, bool, bool, bool, u8);

/// A unit's responses by what can be told apart in them.
#[derive(Default)]
struct Seen {
    counts: BTreeMap<Kind, f64>,
    /// Months by number: the sum and count of ratings, and the ratings of the last days.
    months: BTreeMap<i64, (f64, f64, [f64; 11])>,
    repeated: bool,
    eligible: f64,
    sampled: f64,
}

/// The strengths of the five kinds.
struct Strengths {
    beg: f64,
    fill: f64,
    gate: f64,
    preset: f64,
    threshold: f64,
}

fn strengths(kind: Pressure, p: &Parameters) -> Strengths {
    let of = |one: Pressure| match kind {
        Pressure::Mix => p.mix,
        kind if kind == one => 1.0,
        _ => 0.0,
    };
    Strengths {
        beg: of(Pressure::Beg),
        fill: of(Pressure::Fill),
        gate: of(Pressure::Gate),
        preset: of(Pressure::Preset),
        threshold: of(Pressure::Threshold),
    }
}

/// P(Z ≤ z), and the z of a share.
fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

fn point(share: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) < share { low = middle } else { high = middle }
    }
    low
}

/// Flags by the limit, in the order of `units`.
pub(crate) fn flags(cell: &Cell, p: &Parameters, drawing: &Drawing, units: &Units) -> Vec<bool> {
    let Some(kind) = cell.kind else { return vec![false; units.len()] };
    let by = strengths(kind, p);
    let mut seen: Vec<Seen> = drawing.names.iter().map(|_| Seen::default()).collect();
    for (unit, asked) in seen.iter_mut().zip(&drawing.asked) {
        (unit.eligible, unit.sampled) = (asked.eligible as f64, asked.sampled as f64);
    }
    for (row, &unit) in drawing.units.iter().enumerate() {
        let unit = &mut seen[unit as usize];
        let (month, end) = Period::Month.of(drawing.times[row].div_euclid(DAY));
        let rating = drawing.ratings[row];
        let cues = drawing.cues[row];
        let told =
            (end, drawing.preset[row], cues.is_some(), cues.is_some_and(|cues| !cues.is_empty()), rating);
        *unit.counts.entry(told).or_default() += 1.0;
        let months = unit.months.entry(month).or_default();
        months.0 += f64::from(rating);
        months.1 += 1.0;
        months.2[usize::from(rating)] += f64::from(u8::from(end));
        let device = drawing.device_day[row];
        unit.repeated |= !drawing.kiosk[row] && device != NONE && device > 0;
    }
    let mut sums = 0.0;
    let points: Vec<f64> = p
        .ratings
        .iter()
        .take(10)
        .map(|share| {
            sums += share;
            point(sums)
        })
        .collect();
    let prior = f64::from(PRESSURED) / f64::from(UNITS);
    let honest: Vec<f64> = seen
        .iter()
        .map(|unit| {
            let ratio = ratio(unit, &by, cell.spread, p, &points);
            1.0 / (1.0 + prior / (1.0 - prior) * ratio.clamp(-300.0, 300.0).exp())
        })
        .collect();
    let mut order: Vec<usize> = (0..honest.len()).collect();
    order.sort_by(|&a, &b| honest[a].total_cmp(&honest[b]));
    let (mut sum, mut flagged) = (0.0, Vec::new());
    for (count, &unit) in order.iter().enumerate() {
        sum += honest[unit];
        if sum > 0.05 * (count + 1) as f64 {
            break;
        }
        flagged.push(drawing.names[unit].as_str());
    }
    units.iter().map(|(name, _)| flagged.contains(&name.as_str())).collect()
}

/// The logarithm of a unit's likelihood ratio.
fn ratio(unit: &Seen, by: &Strengths, spread: f64, p: &Parameters, points: &[f64]) -> f64 {
    if by.fill > 0.0 {
        return if unit.repeated { 300.0 } else { -300.0 };
    }
    let (mut pressed, mut honest) = (Vec::new(), Vec::new());
    let qualities: Vec<f64> =
        if spread > 0.0 { (-16..=16).map(|z| f64::from(z) * 0.25).collect() } else { vec![0.0] };
    for z in &qualities {
        for w in (-8..=8).map(|w| f64::from(w) * 0.4) {
            let weight = -(z * z + w * w) / 2.0;
            let (quality, polarization) = (spread * z, (p.polarization_spread * w).exp());
            let mut before = 0.0;
            let mut felt: Vec<f64> = points
                .iter()
                .map(|point| {
                    let upto = below((point - quality) / polarization);
                    let share = upto - before;
                    before = upto;
                    share.max(1e-12)
                })
                .collect();
            felt.push((1.0 - before).max(1e-12));
            honest.push(weight + likelihood(unit, None, &felt, p));
            pressed.push(weight + likelihood(unit, Some(by), &felt, p));
        }
    }
    let total = |logs: &[f64]| {
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
    };
    total(&pressed) - total(&honest)
}

/// The log-likelihood of a unit whose customers feel so.
fn likelihood(unit: &Seen, by: Option<&Strengths>, felt: &[f64], p: &Parameters) -> f64 {
    let none = Strengths { beg: 0.0, fill: 0.0, gate: 0.0, preset: 0.0, threshold: 0.0 };
    let by = by.unwrap_or(&none);
    let invited = 1.0 - by.gate * (1.0 - p.gate);
    let unhappy: f64 = felt[..7].iter().sum();
    let sampled = p.sampled * (1.0 - (1.0 - invited) * unhappy);
    let mut sum = unit.sampled * sampled.ln() + (unit.eligible - unit.sampled) * (1.0 - sampled).ln();
    let kept = 1.0 - (1.0 - invited) * unhappy;
    let share = |rating: usize| felt[rating] * if rating <= 6 { invited } else { 1.0 } / kept;
    let (real, chance) = heard();
    let chance = chance * p.sounds_solicited * (p.sounds_spread * p.sounds_spread / 2.0).exp();
    let presets = p.preset_links * (p.preset_spread * p.preset_spread / 2.0).exp();
    let loaded = by.preset * p.preset;
    let below_ten: f64 = (7..10).map(share).sum();
    for (&(end, preset, comment, cue, rating), count) in &unit.counts {
        if by.threshold > 0.0 && end {
            // Said month by month below.
            continue;
        }
        let k = usize::from(rating);
        let begged = by.beg * if end { p.beg_month_end } else { p.beg };
        let free = match k {
            10 => share(10) + begged * below_ten,
            7..=9 => share(k) * (1.0 - begged),
            _ => share(k),
        };
        let carried = match k {
            10 => share(10) + below_ten,
            7..=9 => 0.0,
            _ => share(k),
        };
        let given = if preset {
            loaded * carried + (1.0 - loaded) * presets * free
        } else {
            (1.0 - loaded) * (1.0 - presets) * free
        };
        let words = if !comment {
            1.0
        } else {
            let asked = if k == 10 { begged * below_ten / free } else { 0.0 };
            let heard = asked * p.beg_comments * real + (1.0 - asked * p.beg_comments) * chance;
            if cue { heard } else { 1.0 - heard }
        };
        sum += count * (given * words).max(1e-300).ln();
    }
    if by.threshold > 0.0 {
        for (ratings, n, last) in unit.months.values() {
            if *ratings >= p.target * n {
                sum += last.iter().enumerate().map(|(k, count)| count * share(k).ln()).sum::<f64>();
            } else if last[..10].iter().sum::<f64>() > 0.0 {
                // Whoever lifts does not stop below the target.
                return -1e6;
            }
        }
    }
    sum
}
