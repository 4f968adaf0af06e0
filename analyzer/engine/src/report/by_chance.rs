//! How many responses would carry strong evidence by chance: reasons of two kinds meet in one response now and then, the more often the
//! more common each is. It reads the reasons and units of a [`Dataset`], and nothing else.
//!
//! Within each unit the kinds of reasons are taken for independent, at the rates that this unit has: p is the sum over what kinds can show
//! together, of the product of their rates, where [`judge`] calls it strong. A score that was filled in is never fast, by that rule; so
//! the rate of fast ones is that among the others. Responses of a unit with n responses and p are n·p, with the variance n·p(1 − p), that
//! of a Poisson binomial distribution over all responses. Rates are those observed, which hold what truly goes together as well: the
//! number is rather too high. Within units, because rates differ between units: over the whole firm they would go together by that alone.
//!
//! Responses without a unit count as one more unit.

use super::grouped;
use crate::columns::{Dataset, Reasons};
use candor_survey::evidence::{Case, DEVICE_DAY, Reason, judge};
use candor_survey::response::{Input, Level};
use candor_survey::words::{Cue, Cues};
use serde::{Deserialize, Serialize};

/// How many responses chance alone would give strong evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByChance {
    /// The expected number.
    pub expected: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

/// What the kinds can show: filled in; by script, fast; raised, left; device; solicited, gravely.
const STATES: [usize; 5] = [2, 4, 4, 2, 3];

/// What the reasons of one response show, kind by kind. `grave` says whether the comment tells of more than a wish.
fn shown(reasons: Reasons, grave: bool) -> [usize; 5] {
    let bit = |reason| usize::from(reasons.has(reason));
    [
        bit(Reason::Preset),
        bit(Reason::Scripted) + 2 * bit(Reason::Fast),
        bit(Reason::Raised) + 2 * bit(Reason::Hidden),
        bit(Reason::Device),
        bit(Reason::Solicited) * (1 + usize::from(grave)),
    ]
}

fn is_grave(cues: Cues) -> bool {
    [Cue::NamesConsequences, Cue::Intimidates, Cue::StaffFilled].into_iter().any(|cue| cues.has(cue))
}

/// Whether a response that shows this has strong evidence.
fn is_strong([preset, moment, second, device, words]: [usize; 5]) -> bool {
    let case = Case {
        preset: preset > 0,
        untrusted: (moment & 1) as u32,
        ms_score: (moment & 2 > 0).then_some(0),
        raised: (second & 1) as u32,
        hidden: second as u32 & 2,
        input: Some(Input::Touch),
        device_day: (device > 0).then_some(DEVICE_DAY),
        cues: match words {
            0 => Cues::default(),
            1 => Cues(1 << Cue::NamesScore as u8),
            _ => Cues(1 << Cue::StaffFilled as u8),
        },
        ..Case::default()
    };
    judge(&case).level == Level::Strong
}

/// How often the kinds show what, in one unit.
#[derive(Clone, Default)]
struct Unit {
    n: u64,
    /// Of the responses whose score was not filled in.
    open: u64,
    /// By kind and what it shows.
    counts: [[u64; 4]; 5],
    /// The second kind, where the score was not filled in.
    moment: [u64; 4],
}

impl Unit {
    fn update(&mut self, shown: [usize; 5]) {
        self.n += 1;
        for (counts, &state) in self.counts.iter_mut().zip(&shown) {
            counts[state] += 1;
        }
        if shown[0] == 0 {
            self.open += 1;
            self.moment[shown[1]] += 1;
        }
    }

    /// The probability that kinds which know nothing of each other show this together.
    fn probability(&self, shown: [usize; 5]) -> f64 {
        let n = self.n as f64;
        let rate = |kind: usize| self.counts[kind][shown[kind]] as f64 / n;
        // Scripts are as common where the score was filled in; who is fast was counted where it was not.
        let scripted = shown[1] & 1;
        let by_script = (self.counts[1][scripted] + self.counts[1][scripted + 2]) as f64 / n;
        let fast = match (shown[0] > 0, self.moment[scripted] + self.moment[scripted + 2]) {
            (true, _) | (_, 0) => f64::from(u8::from(shown[1] < 2)),
            (false, among) => self.moment[shown[1]] as f64 / among as f64,
        };
        rate(0) * by_script * fast * rate(2) * rate(3) * rate(4)
    }
}

impl ByChance {
    /// Of all responses; nothing where there is none.
    pub(super) fn of(dataset: &Dataset) -> Option<ByChance> {
        let places = dataset.units.as_ref().map_or(0, |units| units.labels.len());
        let mut units = vec![Unit::default(); places + 1];
        for (row, (&reasons, &cues)) in
            dataset.evidence.reasons.iter().zip(&dataset.evidence.cues).enumerate()
        {
            let place = dataset.units.as_ref().map_or(places, |of| places.min(of.code_of(row) as usize));
            units[place].update(shown(reasons, is_grave(cues)));
        }
        let strong = together().into_iter().filter(|&shown| is_strong(shown)).collect::<Vec<_>>();
        let (mut expected, mut variance, mut n) = (0.0, 0.0, 0);
        for unit in units.iter().filter(|unit| unit.n > 0) {
            let p: f64 = strong.iter().map(|&shown| unit.probability(shown)).sum();
            expected += unit.n as f64 * p;
            variance += unit.n as f64 * p * (1.0 - p).max(0.0);
            n += unit.n;
        }
        (n > 0).then(|| ByChance { expected, deviation: libm::sqrt(variance) })
    }

    /// The expected number as people say it: "about 9", "fewer than one".
    pub fn said(&self) -> String {
        match libm::round(self.expected) as u64 {
            0 => "fewer than one".into(),
            n => format!("about {}", grouped(n)),
        }
    }

    /// Whether so many are clearly more: by three standard deviations (where chance alone brings next to none, by that of one), by five
    /// responses, and by half of what chance brings, so that of those somebody reads a third or more are beyond it. Honest kinds that go
    /// together a little, as hurry does with a shared device, are beyond chance in any large file and no reason to look.
    pub fn is_exceeded(&self, strong: u64) -> bool {
        let more = strong as f64 - self.expected;
        more >= 3.0 * self.deviation.max(1.0) && more >= 5.0 && more >= self.expected / 2.0
    }
}

/// All that the kinds can show together.
fn together() -> Vec<[usize; 5]> {
    let all = STATES.iter().product();
    let digits = |mut at: usize| {
        STATES.map(|states| {
            let digit = at % states;
            at /= states;
            digit
        })
    };
    (0..all).map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_strong_together_is_what_the_rules_say() {
        assert!(!is_strong([1, 0, 0, 0, 0]) && is_strong([1, 0, 0, 1, 0]) && is_strong([0, 2, 0, 1, 0]));
        // Two weak reasons of two kinds are none, and leaving the page twice can tip them.
        assert!(!is_strong([1, 0, 1, 0, 0]) && is_strong([1, 0, 3, 0, 0]));
        assert!(!is_strong([0, 0, 0, 0, 2]) && is_strong([0, 0, 1, 0, 1]));
        assert_eq!(together().len(), 192);
    }

    #[test]
    fn two_kinds_that_know_nothing_of_each_other_meet_as_often_as_chance_says() {
        // Of 200 responses 40 are filled in and 30 come from a busy device: 6 by chance, variance 200·.03·.97.
        let mut unit = Unit::default();
        for at in 0..200 {
            unit.update([usize::from(at < 40), 0, 0, usize::from(at % 20 < 3), 0]);
        }
        let p: f64 = together().into_iter().filter(|&s| is_strong(s)).map(|s| unit.probability(s)).sum();
        assert!((p - 0.03).abs() < 1e-12, "{p}");
        let all: f64 = together().into_iter().map(|shown| unit.probability(shown)).sum();
        assert!((all - 1.0).abs() < 1e-12, "{all}");
    }

    #[test]
    fn a_score_that_was_filled_in_is_never_fast() {
        // Half are filled in, all others fast: nothing meets, and chance brings nothing.
        let mut unit = Unit::default();
        (0..100).for_each(|at| unit.update(if at < 50 { [1, 0, 0, 0, 0] } else { [0, 2, 0, 0, 0] }));
        let p: f64 = together().into_iter().filter(|&s| is_strong(s)).map(|s| unit.probability(s)).sum();
        assert_eq!(p, 0.0);
        let all: f64 = together().into_iter().map(|shown| unit.probability(shown)).sum();
        assert!((all - 1.0).abs() < 1e-12, "{all}");
    }

    #[test]
    fn chance_is_exceeded_clearly_or_not_at_all() {
        let chance = ByChance { expected: 9.0, deviation: 3.0 };
        assert!(!chance.is_exceeded(12) && !chance.is_exceeded(17) && chance.is_exceeded(18));
        let rare = ByChance { expected: 0.1, deviation: 0.3 };
        assert!(!rare.is_exceeded(5) && rare.is_exceeded(6));
        // Beyond chance in a large file, and yet mostly chance.
        let large = ByChance { expected: 1000.0, deviation: 31.0 };
        assert!(!large.is_exceeded(1400) && large.is_exceeded(1500));
    }
}
