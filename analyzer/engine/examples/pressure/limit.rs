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
const KINDS: usize = 16 * 11;

/// A unit's responses by what can be told apart in them.
struct Seen {
    counts: [f64; KINDS],
    /// Months by number: the sum and count of ratings, and the ratings of the last days.
    months: BTreeMap<i64, (f64, f64, [f64; 11])>,
    repeated: bool,
    eligible: f64,
    sampled: f64,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen { counts: [0.0; KINDS], months: BTreeMap::new(), repeated: false, eligible: 0.0, sampled: 0.0 }
    }
}

/// How likely things are in a unit whose customers feel so: in logarithms.
struct Chances {
    weight: f64,
    kinds: [f64; KINDS],
    sampled: f64,
    kept_out: f64,
    ratings: [f64; 11],
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
        let told = [end, drawing.preset[row], cues.is_some(), cues.is_some_and(|cues| !cues.is_empty())];
        let at = told.iter().fold(0, |at, bit| 2 * at + usize::from(*bit));
        unit.counts[at * 11 + usize::from(rating)] += 1.0;
        let months = unit.months.entry(month).or_default();
        months.0 += f64::from(rating);
        months.1 += 1.0;
        months.2[usize::from(rating)] += f64::from(u8::from(end));
        let device = drawing.device_day[row];
        unit.repeated |= !drawing.kiosk[row] && device != NONE && device > 0;
    }
    let prior = f64::from(PRESSURED) / f64::from(UNITS);
    let none = Strengths { beg: 0.0, fill: 0.0, gate: 0.0, preset: 0.0, threshold: 0.0 };
    // Staff who fill surveys in show themselves with certainty, so that nothing else need be looked at.
    let [pressed, free] =
        [&by, &none].map(|by| if by.fill > 0.0 { Vec::new() } else { chances(by, cell.spread, p) });
    let honest: Vec<f64> = seen
        .iter()
        .map(|unit| {
            let ratio = match by.fill > 0.0 {
                true if unit.repeated => 300.0,
                true => -300.0,
                false => {
                    likelihood(unit, by.threshold > 0.0, &pressed, p) - likelihood(unit, false, &free, p)
                }
            };
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

/// How likely things are under this pressure, over a grid of quality and polarisation.
fn chances(by: &Strengths, spread: f64, p: &Parameters) -> Vec<Chances> {
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
    let heard = heard();
    let qualities: Vec<f64> =
        if spread > 0.0 { (-16..=16).map(|z| f64::from(z) * 0.25).collect() } else { vec![0.0] };
    let mut all = Vec::new();
    for z in &qualities {
        for w in (-8..=8).map(|w| f64::from(w) * 0.4) {
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
            all.push(chance(by, -(z * z + w * w) / 2.0, &felt, p, heard));
        }
    }
    all
}

fn chance(by: &Strengths, weight: f64, felt: &[f64], p: &Parameters, (real, sounds): (f64, f64)) -> Chances {
    let invited = 1.0 - by.gate * (1.0 - p.gate);
    let unhappy: f64 = felt[..7].iter().sum();
    let kept = 1.0 - (1.0 - invited) * unhappy;
    let share = |rating: usize| felt[rating] * if rating <= 6 { invited } else { 1.0 } / kept;
    let sounds = sounds * p.sounds_solicited * (p.sounds_spread * p.sounds_spread / 2.0).exp();
    let presets = p.preset_links * (p.preset_spread * p.preset_spread / 2.0).exp();
    let loaded = by.preset * p.preset;
    let below_ten: f64 = (7..10).map(share).sum();
    let mut kinds = [0.0; KINDS];
    for (at, kind) in kinds.iter_mut().enumerate() {
        let (told, k) = (at / 11, at % 11);
        let [end, preset, comment, cue] = [8, 4, 2, 1].map(|bit| told & bit != 0);
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
        let given = match preset {
            true => loaded * carried + (1.0 - loaded) * presets * free,
            false => (1.0 - loaded) * (1.0 - presets) * free,
        };
        let asked = if k == 10 { begged * below_ten / free * p.beg_comments } else { 0.0 };
        let hears = asked * real + (1.0 - asked) * sounds;
        let words = match (comment, cue) {
            (false, _) => 1.0,
            (true, true) => hears,
            (true, false) => 1.0 - hears,
        };
        *kind = (given * words).max(1e-300).ln();
    }
    let sampled = p.sampled * kept;
    Chances {
        weight,
        kinds,
        sampled: sampled.ln(),
        kept_out: (1.0 - sampled).ln(),
        ratings: std::array::from_fn(|rating| share(rating).ln()),
    }
}

/// The log-likelihood of a unit.
fn likelihood(unit: &Seen, lifted: bool, chances: &[Chances], p: &Parameters) -> f64 {
    let months = || unit.months.values();
    // Whoever lifts does not stop below the target.
    let reached = |ratings: f64, n: f64| ratings >= p.target * n;
    if lifted
        && months().any(|(ratings, n, last)| !reached(*ratings, *n) && last[..10].iter().sum::<f64>() > 0.0)
    {
        return -1e6;
    }
    // What is lifted is said month by month: all tens, or honest where the target is reached.
    let from = if lifted { KINDS / 2 } else { KINDS };
    let logs: Vec<f64> = chances
        .iter()
        .map(|chances| {
            let mut sum = chances.weight
                + unit.sampled * chances.sampled
                + (unit.eligible - unit.sampled) * chances.kept_out
                + unit.counts[..from].iter().zip(&chances.kinds).map(|(count, log)| count * log).sum::<f64>();
            if lifted {
                for (_, _, last) in months().filter(|(ratings, n, _)| reached(*ratings, *n)) {
                    sum += last.iter().zip(&chances.ratings).map(|(count, log)| count * log).sum::<f64>();
                }
            }
            sum
        })
        .collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
}
