//! Simulated worlds, what each method flags in them, and how right it is. Everything follows from the seeds; nothing is
//! printed here. The bars and the yardsticks are those of SCIENCE.md, section 3.

use crate::limit;
use candor_engine::plan::Scale;
use candor_engine::pressure::beta_binomial::BetaBinomial;
use candor_engine::pressure::channel::{ALL, Family};
use candor_engine::pressure::exact::Counts;
use candor_engine::pressure::funnel::Funnel;
use candor_engine::pressure::gathered::{Gathered, Units};
use candor_engine::pressure::partial_conjunction::two_families;
use candor_engine::pressure::rows::{Bonus, Paid, Period, Terms};
use candor_engine::pressure::rule::{LEVEL, Rule, Verdict};
use candor_engine::pressure::{RESPONSES_NEEDED, across_units};
use candor_engine::scores::top_box::TopBox;
use candor_engine::world::{Drawing, Parameters, Pressure, World};
use candor_survey::Time;

/// One setting of the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    /// How units are pressured; nothing for an honest world.
    pub(crate) kind: Option<Pressure>,
    /// The median number of responses to a unit.
    pub(crate) size: f64,
    /// How much units differ in quality.
    pub(crate) spread: f64,
}

/// Units in a world, and how many of them are pressured.
pub(crate) const UNITS: u32 = 60;
/// See [`UNITS`].
pub(crate) const PRESSURED: u32 = 6;
/// Honest units that the same-rule oracle knows the honest distribution from.
const KNOWN: u32 = 3000;

/// What is compared, in the order of the table.
pub(crate) const METHODS: [&str; 6] = ["Candor", "oracle", "limit", "naive", "funnel", "beta-binomial"];

/// How right a method was in the worlds of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Worlds.
    pub(crate) worlds: u64,
    /// Those with any flag.
    pub(crate) any: u64,
    /// Flags.
    pub(crate) flagged: u64,
    /// Flags on honest units.
    pub(crate) wrong: u64,
    /// Pressured units.
    pub(crate) pressured: u64,
    /// The sum of the worlds' false shares, and of their squares.
    pub(crate) share: f64,
    /// See `share`.
    pub(crate) squares: f64,
    /// The sum of squares of the worlds' counts of found units.
    pub(crate) found_squares: f64,
}

impl Tally {
    fn add(&mut self, flags: &[bool], truth: &[bool]) {
        let flagged = flags.iter().filter(|flag| **flag).count() as u64;
        let right = flags.iter().zip(truth).filter(|(flag, truth)| **flag && **truth).count() as u64;
        let share = if flagged == 0 { 0.0 } else { (flagged - right) as f64 / flagged as f64 };
        self.worlds += 1;
        self.any += u64::from(flagged > 0);
        self.flagged += flagged;
        self.wrong += flagged - right;
        self.pressured += truth.iter().filter(|truth| **truth).count() as u64;
        self.share += share;
        self.squares += share * share;
        self.found_squares += (right * right) as f64;
    }

    fn merge(&mut self, other: &Tally) {
        self.worlds += other.worlds;
        self.any += other.any;
        self.flagged += other.flagged;
        self.wrong += other.wrong;
        self.pressured += other.pressured;
        self.share += other.share;
        self.squares += other.squares;
        self.found_squares += other.found_squares;
    }

    /// The share of pressured units that were found, with the half width of its 95% interval (worlds are the clusters).
    pub(crate) fn found(&self) -> (f64, f64) {
        let (worlds, right) = (self.worlds as f64, (self.flagged - self.wrong) as f64);
        let each = self.pressured as f64 / worlds;
        let mean = right / worlds;
        let variance = (self.found_squares / worlds - mean * mean).max(0.0);
        (mean / each, 1.96 * (variance / worlds).sqrt() / each)
    }

    /// The mean false share with the upper end of its 95% interval, at least that of no false flag in so many worlds.
    pub(crate) fn false_share(&self) -> (f64, f64) {
        let worlds = self.worlds as f64;
        let mean = self.share / worlds;
        let variance = (self.squares / worlds - mean * mean).max(0.0);
        (mean, (mean + 1.96 * (variance / worlds).sqrt()).max(1.0 - 0.025f64.powf(1.0 / worlds)))
    }

    /// The share of worlds with any flag and the upper end of its 95% interval (Wilson).
    pub(crate) fn any_flag(&self) -> (f64, f64) {
        let (n, p) = (self.worlds as f64, self.any as f64 / self.worlds as f64);
        let z = 1.96f64;
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        (p, (p + z * z / (2.0 * n) + half) / (1.0 + z * z / n))
    }
}

/// The levels at which the calibration of honest units is printed.
pub(crate) const LEVELS: [f64; 4] = [0.05, 0.01, 0.001, 0.0001];

/// How many honest units had a p at or below each of [`LEVELS`], by channel or family.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tails {
    /// Units with a p, and those at or below each level, in the order of the channels, then of the families.
    pub(crate) counts: Vec<(u64, [u64; LEVELS.len()])>,
    /// The p of pressured units, in the same order.
    pub(crate) pressured: Vec<Vec<f64>>,
}

impl Tails {
    fn add(&mut self, verdict: &Verdict, pressured: bool) {
        let channels = verdict.channels.iter().map(|reading| reading.as_ref().ok().map(|reading| reading.p));
        let families = verdict.families.iter().map(|p| p.as_ref().ok().copied());
        let all: Vec<Option<f64>> = channels.chain(families).collect();
        self.counts.resize(all.len(), Default::default());
        self.pressured.resize(all.len(), Vec::new());
        for ((count, list), p) in self.counts.iter_mut().zip(&mut self.pressured).zip(all) {
            let Some(p) = p else { continue };
            if pressured {
                list.push(p);
                continue;
            }
            count.0 += 1;
            count.1.iter_mut().zip(LEVELS).for_each(|(at, level)| *at += u64::from(p <= level));
        }
    }

    fn merge(&mut self, other: &Tails) {
        self.counts.resize(self.counts.len().max(other.counts.len()), Default::default());
        self.pressured.resize(self.counts.len(), Vec::new());
        self.pressured.iter_mut().zip(&other.pressured).for_each(|(list, more)| list.extend(more));
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            count.0 += more.0;
            count.1.iter_mut().zip(more.1).for_each(|(at, more)| *at += more);
        }
    }
}

/// What one cell came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// A tally for each of [`METHODS`].
    pub(crate) tallies: [Tally; METHODS.len()],
    /// The tails of honest units under what Candor learned.
    pub(crate) candor: Tails,
    /// The tails of honest units under the oracle.
    pub(crate) oracle: Tails,
}

/// The terms of every world: a bonus for a monthly mean of nine.
pub(crate) fn terms(p: &Parameters) -> Terms {
    Terms {
        scale: Scale { low: 0, high: 10, nps: true },
        bonus: Some(Bonus { paid: Paid::Mean, target: Some(p.target), period: Period::Month, offset_min: 0 }),
        protected: None,
    }
}

/// The parameters of a cell; every other number is the table's.
pub(crate) fn parameters(cell: &Cell) -> Parameters {
    Parameters {
        size_median: Some(cell.size),
        quality_spread: cell.spread,
        kind: cell.kind,
        ..Parameters::default()
    }
}

/// 2026-09-01, a Tuesday.
const START: Time = Time(1_788_220_800_000);

/// A world of a cell.
pub(crate) fn draw(cell: &Cell, p: &Parameters, units: u32, pressured: u32, seed: u64) -> Drawing {
    let kind = cell.kind.map_or(0, |kind| kind as u64 + 1);
    let seed = seed ^ (kind << 60) ^ ((cell.size as u64) << 40) ^ (((cell.spread * 100.0) as u64) << 52);
    World { seed, responses: 0, units, pressured, start: START }.draw(p)
}

/// Flags of all units from p-values of some.
fn flags(p: Vec<Option<f64>>) -> Vec<bool> {
    let p = p.into_iter().map(|p| p.ok_or(candor_engine::pressure::Absent::NoChannel)).collect();
    match across_units(p) {
        Ok(adjusted) => adjusted.iter().map(|p| p.as_ref().is_ok_and(|p| *p <= LEVEL)).collect(),
        Err(_) => Vec::new(),
    }
}

fn tops(units: &Units, terms: &Terms) -> Vec<TopBox> {
    units.states().map(|unit| unit.tops(terms)).collect()
}

/// The three that look at averages alone.
fn averages(units: &[TopBox]) -> [Vec<bool>; 3] {
    let tested: Vec<TopBox> = units.iter().copied().filter(|unit| unit.n >= RESPONSES_NEEDED).collect();
    let by = |p: &dyn Fn(&TopBox) -> Option<f64>| {
        flags(units.iter().map(|unit| if unit.n >= RESPONSES_NEEDED { p(unit) } else { None }).collect())
    };
    let share = tested.iter().map(|unit| unit.top).sum::<u64>() as f64
        / tested.iter().map(|unit| unit.n).sum::<u64>() as f64;
    let funnel = Funnel::fit(&tested);
    let beta = BetaBinomial::fit(&tested);
    [
        by(&|unit| Some(Counts::binomial(unit.n, share).upper(unit.top).p)),
        by(&|unit| funnel.as_ref().ok()?.standing(unit).ok().map(|standing| standing.p)),
        by(&|unit| beta.as_ref().ok()?.upper(unit).ok().map(|tail| tail.p)),
    ]
}

/// The same-rule oracle: the rule, with what is usual learned from thousands of honest units of that world.
pub(crate) struct Oracle<'a> {
    rule: Rule,
    words: &'a Rule,
}

/// What is usual among honest units of a cell.
fn known(cell: &Cell, units: u32, seed: u64) -> Rule {
    let honest = Cell { kind: None, ..*cell };
    let p = parameters(&honest);
    let terms = terms(&p);
    let units = draw(&honest, &p, units, 0, seed ^ 0xa5a5_5a5a).gathered(&terms);
    let tested: Vec<&Gathered> = units.states().filter(|unit| unit.n() >= RESPONSES_NEEDED).collect();
    Rule::learn(&tested, &terms)
}

/// What the oracle knows of words, which do not depend on the cell, from so many honest units of this median size.
pub(crate) fn known_words(units: u32, size: f64) -> Rule {
    known(&Cell { kind: None, size, spread: 0.25 }, units, SEED)
}

impl Oracle<'_> {
    fn read(&self, unit: &Gathered) -> Verdict {
        let (mut verdict, mut words) = (self.rule.read(unit, None), self.words.read(unit, None));
        for (at, channel) in ALL.iter().enumerate().filter(|(_, channel)| channel.family() == Family::Words) {
            std::mem::swap(&mut verdict.channels[at], &mut words.channels[at]);
            let family = channel.family() as usize;
            verdict.families[family] = words.families[family].clone();
        }
        let at_hand: Vec<f64> = verdict.families.iter().flatten().copied().collect();
        verdict.p = two_families(&at_hand);
        verdict
    }
}

/// Runs `worlds` of a cell, numbered from `first`.
fn run(cell: &Cell, oracle: &Oracle<'_>, first: u64, worlds: u64, limits: u64) -> Outcome {
    let p = parameters(cell);
    let terms = terms(&p);
    let mut outcome = Outcome::default();
    for world in first..first + worlds {
        let pressured = if cell.kind.is_some() { PRESSURED } else { 0 };
        let drawing = draw(cell, &p, UNITS, pressured, 1 + world);
        let units = drawing.gathered(&terms);
        // The states are by name, the truth is by number; the names are numbers of one width. A unit without a response has
        // no state.
        let truth: Vec<bool> = units
            .iter()
            .map(|(name, _)| {
                let at = drawing.names.iter().position(|known| known == name);
                at.is_some_and(|at| drawing.pressured[at].is_some())
            })
            .collect();
        let tested: Vec<&Gathered> = units.states().filter(|unit| unit.n() >= RESPONSES_NEEDED).collect();
        let rule = Rule::learn(&tested, &terms);
        let mut place = 0;
        let (mut ours, mut known) = (Vec::new(), Vec::new());
        for (unit, truth) in units.states().zip(&truth) {
            if unit.n() < RESPONSES_NEEDED {
                ours.push(None);
                known.push(None);
                continue;
            }
            let (mine, oracles) = (rule.read(unit, Some(place)), oracle.read(unit));
            place += 1;
            outcome.candor.add(&mine, *truth);
            outcome.oracle.add(&oracles, *truth);
            ours.push(mine.p.ok());
            known.push(oracles.p.ok());
        }
        let [naive, funnel, beta] = averages(&tops(&units, &terms));
        let limit = if world < limits { limit::flags(cell, &p, &drawing, &units) } else { Vec::new() };
        let all = [flags(ours), flags(known), limit, naive, funnel, beta];
        for (tally, flags) in outcome.tallies.iter_mut().zip(all).filter(|(_, flags)| !flags.is_empty()) {
            tally.add(&flags, &truth);
        }
    }
    outcome
}

/// The seed of what the oracle knows.
const SEED: u64 = 77;

/// Runs a cell on several threads, the first `limits` of its worlds with the limit; the result does not depend on how many threads.
pub(crate) fn spread_out(cell: &Cell, words: &Rule, worlds: u64, limits: u64, threads: u64) -> Outcome {
    let known = &Oracle { rule: known(cell, KNOWN, SEED), words };
    // In wasm there are no threads.
    if threads < 2 {
        return run(cell, known, 0, worlds, limits);
    }
    let part = worlds.div_ceil(threads);
    let parts: Vec<Outcome> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let first = thread * part;
                    run(cell, known, first, part.min(worlds.saturating_sub(first)), limits)
                })
            })
            .collect();
        started.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut whole = Outcome::default();
    for part in parts {
        whole.tallies.iter_mut().zip(&part.tallies).for_each(|(tally, more)| tally.merge(more));
        whole.candor.merge(&part.candor);
        whole.oracle.merge(&part.oracle);
    }
    whole
}
