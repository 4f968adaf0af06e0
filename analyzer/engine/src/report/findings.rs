//! What the numbers come to: sentences that a store manager understands, each with its number, interval, test and n, and the
//! honest explanations that remain; the most important first. It reads the parts of a [`Report`] that stand already, and
//! computes no statistic of its own.
//!
//! Order: what calls for an answer (a change or a difference that chance does not explain, a score that was asked for), then
//! what one has to know to read the score, then what cannot be concluded; within each in the order of this file. Nothing
//! here says more than its test: "evidence of", "consistent with", never "guilty".

use super::change::wider;
use super::points::{Statistic, signed};
use super::share;
use super::{Change, Course, Report, Unit, counted, course, grouped, hundred};
use crate::scores::Estimate;
use crate::scores::cluster::Clustering;
use crate::sort;
use candor_survey::words::Cue;
use serde::{Deserialize, Serialize};

/// A result in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, the same in every report: `score`, `change`, `mix`, `trend`, `units`, `ranking`, `heard`, `weights`, `drivers`,
    /// `careless`, `words`, `evidence`, `protected`, `pressure`, `suspects`, `drift`.
    pub id: String,
    /// The result, a sentence.
    pub sentence: String,
    /// Its number; absent where no conclusion is possible.
    pub value: Option<f64>,
    /// The lower end of its 95% interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How many observations it rests on.
    pub n: u64,
    /// How it was computed or tested.
    pub test: Option<String>,
    /// The p-value, where there is a test.
    pub p: Option<f64>,
    /// The honest explanations that remain.
    pub alternatives: Vec<String>,
    /// Whether a conclusion is possible.
    pub conclusive: bool,
    /// Its place in the order of importance, from 1.
    pub rank: u32,
}

/// Something to do first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do, a sentence.
    pub sentence: String,
    /// The finding that it follows from.
    pub finding: String,
}

/// Most things to do first.
pub const STEPS: usize = 3;
/// The level at which a test is said to have found something.
const LEVEL: f64 = 0.05;

/// The part of the score's spread below which drivers are not named.
const LITTLE: f64 = 0.05;

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matters {
    Answer,
    Context,
    Unknown,
}

struct Draft {
    matters: Matters,
    finding: Finding,
    step: Option<String>,
}

/// What the findings need beside the report.
pub(super) struct Basis {
    pub(super) statistic: Statistic,
    pub(super) clustering: Option<Clustering>,
    pub(super) weeks: i64,
}

pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "p < .001".into() } else { format!("p = {}", format!("{p:.3}").trim_start_matches('0')) }
}

fn finding(id: &str, sentence: String, e: Option<Estimate>, n: u64) -> Finding {
    Finding {
        id: id.into(),
        sentence,
        value: e.map(|e| e.value),
        low: e.map(|e| e.low),
        high: e.map(|e| e.high),
        n,
        test: None,
        p: None,
        alternatives: Vec::new(),
        conclusive: true,
        rank: 0,
    }
}

impl Finding {
    fn test(mut self, test: &str, p: Option<f64>) -> Finding {
        self.test = Some(test.into());
        self.p = p;
        self
    }

    fn but(mut self, alternatives: &[&str]) -> Finding {
        self.alternatives.extend(alternatives.iter().map(|text| (*text).to_owned()));
        self
    }

    fn matters(self, matters: Matters, step: Option<String>) -> Draft {
        let conclusive = matters != Matters::Unknown;
        Draft { matters, finding: Finding { conclusive, ..self }, step: step.filter(|_| conclusive) }
    }
}

/// The findings of a report and what to do first.
pub(super) fn findings(report: &Report, basis: &Basis) -> (Vec<Finding>, Vec<Step>) {
    let mut drafts: Vec<Draft> = [
        pressure(report),
        suspects(report),
        change(report, basis),
        mix(report, basis),
        drift(report),
        words(report),
        evidence(report),
        protected(report),
        units(basis),
        ranking(report, basis),
        trend(report, basis),
        heard(report, basis),
        drivers(report),
        weights(report, basis),
        careless(report),
        score(report, basis),
    ]
    .into_iter()
    .flatten()
    .collect();
    // The sort is stable, so that equals stay in the order above.
    sort::by_key(&mut drafts, |draft| draft.matters);
    let mut steps = Vec::new();
    for draft in &drafts {
        if let Some(sentence) = draft.step.clone().filter(|_| steps.len() < STEPS) {
            steps.push(Step { sentence, finding: draft.finding.id.clone() });
        }
    }
    let ranked = drafts.into_iter().zip(1..).map(|(draft, rank)| Finding { rank, ..draft.finding });
    (ranked.collect(), steps)
}

/// Which units stand out. It comes first when one does: somebody's work is spoken of.
fn pressure(report: &Report) -> Option<Draft> {
    let pressure = report.pressure.as_ref()?;
    let flagged: Vec<&Unit> = report.units.iter().filter(|unit| unit.flagged).collect();
    let n = pressure.tested;
    let found = finding("pressure", pressure.sentence.clone(), None, n).test(&pressure.test, None);
    if flagged.is_empty() {
        let but = [
            "What every unit does alike is usual here, and cannot stand out.",
            "Units with few ratings can be pressed for them and not stand out.",
        ];
        return Some(found.but(&but).matters(Matters::Unknown, None));
    }
    let names: Vec<&str> = flagged.iter().map(|unit| unit.unit.as_str()).collect();
    let p = flagged.iter().filter_map(|unit| unit.p_adjusted).fold(0.0, f64::max);
    let mut found = found.test(&pressure.test, Some(p));
    // The honest explanations of whatever spoke.
    let speaking = flagged.iter().flat_map(|unit| {
        let families = unit.families.iter().filter(|family| family.speaks);
        families.filter_map(|family| {
            let of_family = unit.channels.iter().filter(|channel| channel.family == family.name);
            of_family
                .filter(|channel| channel.p.is_some())
                .min_by(|a, b| a.p.unwrap_or(1.0).total_cmp(&b.p.unwrap_or(1.0)))
        })
    });
    for channel in speaking {
        if !found.alternatives.contains(&channel.alternative) {
            found.alternatives.push(channel.alternative.clone());
        }
    }
    let step = format!(
        "Look at the evidence on {}, and hear the people there before you conclude anything.",
        super::pressure::listed(&names)
    );
    Some(found.matters(Matters::Answer, Some(step)))
}

/// What suspect answers do to the firm's score.
fn suspects(report: &Report) -> Option<Draft> {
    let removal = report.pressure.as_ref()?.without_suspect.as_ref()?;
    let found = finding("suspects", removal.sentence.clone(), removal.effect, removal.n).test(
        "score of all answers less the score of those without evidence; the evidence looks at no score",
        None,
    );
    let found = found.but(&[
        "Who was pressed and left no trace is in both scores.",
        "Customers whose answers look alike may also feel alike, without anyone having pressed them.",
    ]);
    let known = removal.effect.is_some_and(|effect| effect.low > 0.0 || effect.high < 0.0);
    Some(found.matters(if known { Matters::Context } else { Matters::Unknown }, None))
}

/// Whether scores moved against their words, over all units.
fn drift(report: &Report) -> Option<Draft> {
    let drift = report.firm.iter().find(|channel| channel.name == "drift")?;
    let e = Estimate { value: drift.value?, low: drift.low?, high: drift.high? };
    let found = finding("drift", drift.sentence.clone(), Some(e), drift.n).test(&drift.test, None);
    let found = found.but(&[
        "What customers write about may have changed, or who writes at all.",
        "Customers may have become happier by more than their words show: words say only a part of what a score does.",
        "Sentiment is read by a list of English words, which knows neither irony nor trade.",
    ]);
    // In simulated firms whose customers grew happier, three in four show it: it is told, and nothing is concluded of it.
    Some(found.matters(if e.low > 0.0 { Matters::Context } else { Matters::Unknown }, None))
}

fn score(report: &Report, basis: &Basis) -> Option<Draft> {
    let score = report.scores.first()?;
    let e = Estimate { value: score.value, low: score.low, high: score.high };
    let mut sentence = score.sentence.clone();
    if score.deff > 1.005 {
        sentence.push_str(&format!(
            " Ratings of one unit resemble each other, so these {} are worth about {}; the interval says so.",
            grouped(score.n),
            grouped(libm::round(score.n as f64 / score.deff) as u64)
        ));
    }
    let test = match basis.statistic {
        Statistic::Nps | Statistic::Mean(_) => "adjusted Wald interval",
        Statistic::TopBox(_) | Statistic::BottomBox(_) => "Wilson interval",
    };
    let test = if score.deff > 1.0 {
        format!("{test}, widened by the root of the design effect {}", signed(score.deff, 2))
    } else {
        test.into()
    };
    let found = finding("score", sentence, Some(e), score.n).test(&test, None);
    Some(
        found.but(&["Those who answered may differ from those who did not."]).matters(Matters::Context, None),
    )
}

/// Whether chance explains a change no longer: test and interval say so both.
fn changed(change: &Change) -> bool {
    let Estimate { low, high, .. } = change.difference;
    change.p.is_some_and(|p| p < LEVEL) && (low > 0.0 || high < 0.0)
}

fn change(report: &Report, basis: &Basis) -> Option<Draft> {
    let change = report.change.as_ref()?;
    let (s, d) = (basis.statistic, change.difference);
    let weeks = if basis.weeks == 1 { "week".to_owned() } else { format!("{} weeks", basis.weeks) };
    let periods = format!(
        "{} was {} in the {weeks} to {} and {} in the {weeks} to {}",
        super::capital(&s.subject()),
        s.number(change.before.value),
        crate::date::written(&change.before.to),
        s.number(change.after.value),
        crate::date::written(&change.after.to)
    );
    let range = format!("{} ({} to {})", s.difference(d.value), s.number(d.low), s.number(d.high));
    let n = change.before.n + change.after.n;
    let p = change.p?;
    let noise = match change.noise.and_then(wider) {
        Some(times) => format!(
            " Weeks differ by more than their ratings explain, so the interval is {} times as wide.",
            signed(times, 1)
        ),
        None => String::new(),
    };
    // What a week brings to all units is measured on the weeks; where these are too few it remains an explanation.
    let unmeasured = change.noise.is_none().then_some(
        "A week may bring something to all units at once, such as weather or news; the weeks are too few to tell how much.",
    );
    if !changed(change) {
        let sentence = format!(
            "{periods}. Whether it changed cannot be told: the difference of {range} is one that chance alone gives ({}).{noise}",
            p_value(p)
        );
        let found = finding("change", sentence, Some(d), n).test(&change.test, Some(p));
        let but = "A real change smaller than the interval may hide in it; more responses would show it.";
        return Some(found.but(&[but]).matters(Matters::Unknown, None));
    }
    let fell = d.value < 0.0;
    let sentence = format!(
        "{periods}: a {} of {range}, more than chance explains ({}).{noise}",
        if fell { "fall" } else { "rise" },
        p_value(p)
    );
    let but: Vec<&str> = [
        "Other customers may have been asked, or another share of them may have answered.",
        "A campaign, a season or a price can move a score that service did not.",
    ]
    .into_iter()
    .chain(unmeasured)
    .collect();
    let step = match &change.split {
        Some(split)
            if split.intervals
                && (split.rate.value * d.value <= 0.0 || split.mix.value.abs() > split.rate.value.abs()) =>
        {
            "Before anyone is praised or blamed for the change, look at which units the responses come from: the mix moved more than the units did."
        }
        _ if fell => {
            "Read the comments of the later period beside those of the earlier one, and find what happened between them."
        }
        _ => {
            "Find out what was done differently in the later period, and whether customers or only ratings noticed."
        }
    };
    let found = finding("change", sentence, Some(d), n).test(&change.test, Some(p)).but(&but);
    Some(found.matters(Matters::Answer, Some(step.into())))
}

fn mix(report: &Report, basis: &Basis) -> Option<Draft> {
    // What a difference is made of is of interest once there is one.
    let change = report.change.as_ref().filter(|change| changed(change))?;
    let (s, split) = (basis.statistic, change.split.as_ref()?);
    let part = |e: &Estimate| {
        if split.intervals {
            format!("{} ({} to {})", s.number(e.value), s.number(e.low), s.number(e.high))
        } else {
            s.number(e.value)
        }
    };
    let mut sentence = format!(
        "Of the difference of {}, the units' own scores account for {} and the mix of units for {}",
        s.difference(change.difference.value),
        part(&split.rate),
        part(&split.mix)
    );
    for (e, what) in [(&split.opened, "units that are new"), (&split.closed, "units that are gone")] {
        if e.value.abs() > 1e-12 {
            sentence.push_str(&format!("; {what} for {}", part(e)));
        }
    }
    sentence.push('.');
    let against = split.rate.value * change.difference.value < 0.0;
    if against {
        sentence.push_str(" The units' own scores went the other way.");
    }
    let test = if split.intervals {
        "Kitagawa's decomposition, intervals by drawing whole units again"
    } else {
        "Kitagawa's decomposition"
    };
    let n = change.before.n + change.after.n;
    let found = finding("mix", sentence, Some(split.rate).filter(|_| split.intervals), n).test(test, None);
    let found = found.but(&["What is called mix here is the mix of units; the mix of customers within a unit may have moved as well."]);
    Some(found.matters(Matters::Context, None))
}

fn words(report: &Report) -> Option<Draft> {
    let words = report.words.as_ref()?;
    if words.solicited == 0 {
        let sentence =
            format!("None of {} tells of a score that was asked for.", counted(words.commented, "comment"));
        let but =
            ["Customers who were asked seldom write it down.", "Phrases beyond the lists are not heard."];
        return Some(
            finding("words", sentence, None, words.commented).but(&but).matters(Matters::Unknown, None),
        );
    }
    let share = words.solicited_share?;
    let kinds: Vec<String> = words.cues.iter().map(|cue| of_kind(cue.n, kind(&cue.cue))).collect();
    let sentence = format!(
        "{} of {} {} of a score that was asked for, {}% ({}% to {}%): {}. That is evidence of solicitation, not of who did it.",
        grouped(words.solicited),
        counted(words.commented, "comment"),
        if words.solicited == 1 { "tells" } else { "tell" },
        decimal(share.value),
        decimal(share.low),
        decimal(share.high),
        kinds.join(", ")
    );
    let found = finding("words", sentence, Some(share), words.commented)
        .test(&format!("phrases of solicitation, {}", share::TEST), None);
    let found = found.but(&[
        "A writer may be joking, quoting, or speaking of another shop.",
        "Lists of phrases take some innocent comments with them; read them before concluding anything.",
    ]);
    let comments = counted(words.solicited, "comment");
    let step = if words.solicited > 100 {
        format!("Read a hundred of the {comments} that tell of a score that was asked for, from many units.")
    } else {
        format!("Read the {comments} that tell of a score that was asked for.")
    };
    Some(found.matters(Matters::Answer, Some(step)))
}

/// So many comments of a kind, its verb as one or many of them have it: "1 names a score", "4 tell of a reward".
fn of_kind(n: u64, kind: &str) -> String {
    let verb = kind.split(' ').next().unwrap_or_default();
    let one = if n == 1 { "s" } else { "" };
    format!("{} {verb}{one}{}", grouped(n), kind.strip_prefix(verb).unwrap_or_default())
}

fn kind(cue: &str) -> &'static str {
    match Cue::from_word(cue) {
        Some(Cue::NamesScore) => "name a score",
        Some(Cue::NamesQuestions) => "name questions or how to answer them",
        Some(Cue::NamesConsequences) => "name consequences",
        Some(Cue::Seen) => "say that answers will be seen",
        Some(Cue::Intimidates) => "tell of pressure in person",
        Some(Cue::Incentive) => "tell of a reward",
        Some(Cue::StaffFilled) => "say that staff filled it in",
        Some(Cue::OnlyIfHappy) => "say that only the happy were asked",
        None => "tell of something else",
    }
}

fn evidence(report: &Report) -> Option<Draft> {
    let evidence = &report.evidence;
    let n = evidence.none + evidence.some + evidence.strong;
    if n == 0 || evidence.strong == 0 {
        return None;
    }
    let share = evidence.strong_share?;
    let chance = evidence.by_chance?;
    let exceeded = chance.is_exceeded(evidence.strong);
    let mut sentence = format!(
        "{} of {} {} strong evidence of pressure (two reasons of different kinds), {}% ({}% to {}%); chance alone would bring {}.",
        grouped(evidence.strong),
        counted(n, "response"),
        if evidence.strong == 1 { "carries" } else { "carry" },
        // What is not nobody never reads 0.0%.
        if share.value < 0.0005 { "<0.1".into() } else { decimal(share.value) },
        decimal(share.low),
        decimal(share.high),
        chance.said()
    );
    if !exceeded {
        sentence.push_str(" That is not clearly more, so that nothing can be concluded from their number.");
    }
    let test = format!(
        "rules over each response's signals and words, {}; by chance: kinds of reasons independent within each unit, at its rates",
        share::TEST
    );
    let found = finding("evidence", sentence, Some(share), n).test(&test, None);
    let but: Vec<&str> = evidence.reasons.iter().map(|reason| reason.alternative.as_str()).collect();
    let step = format!(
        "Look at the {}.",
        match evidence.strong {
            1 => "one response with strong evidence of pressure".into(),
            n => format!("{} with strong evidence of pressure, one by one", counted(n, "response")),
        }
    );
    let matters = if exceeded { Matters::Answer } else { Matters::Unknown };
    Some(found.but(&but).matters(matters, Some(step)))
}

fn protected(report: &Report) -> Option<Draft> {
    let protected = report.protected.as_ref()?;
    let found = finding(
        "protected",
        protected.sentence(),
        Some(protected.rate).filter(|_| protected.fits != Some(false)),
        protected.n,
    );
    let found = found.test(protected.test(), protected.p).but(&[
        "Answers given at random look like a rate of one half.",
        "It is a rate of the group; it says nothing of a person or a unit.",
    ]);
    let known = protected.fits != Some(false) && protected.rate.low > 0.0;
    let step = "Ask staff, without names, what they are told about ratings: the protected question says that some customers are pressed.";
    let matters = if known { Matters::Answer } else { Matters::Unknown };
    Some(found.matters(matters, Some(step.into())))
}

fn units(basis: &Basis) -> Option<Draft> {
    let clustering = basis.clustering.as_ref()?;
    let n = clustering.n;
    let test = "analysis of variance by unit, F test";
    if clustering.p >= LEVEL {
        let sentence = format!(
            "Whether the {} differ at all cannot be told: differences like theirs come about by chance ({}).",
            counted(clustering.units, "unit"),
            p_value(clustering.p)
        );
        let found = finding("units", sentence, None, n).test(test, Some(clustering.p));
        let but = "Differences too small for this many ratings may be there.";
        return Some(found.but(&[but]).matters(Matters::Unknown, None));
    }
    let share = clustering.icc;
    let sentence = format!(
        "The {} differ by more than chance ({}): {}% of the differences between ratings are differences between units.",
        counted(clustering.units, "unit"),
        p_value(clustering.p),
        decimal(share)
    );
    let mut found = finding("units", sentence, None, n).test(test, Some(clustering.p));
    found.value = Some(share);
    let found = found.but(&[
        "Units serve different customers, at different hours, with different things to sell.",
        "A difference between units says nothing about pressure.",
    ]);
    Some(found.matters(Matters::Context, None))
}

fn ranking(report: &Report, basis: &Basis) -> Option<Draft> {
    let s = basis.statistic;
    let shown: Vec<(&Unit, Estimate, Estimate)> =
        report.units.iter().filter_map(|unit| Some((unit, unit.score?, unit.next?))).collect();
    if shown.len() < 2 {
        return None;
    }
    let by =
        |a: &&(&Unit, Estimate, Estimate), b: &&(&Unit, Estimate, Estimate)| a.1.value.total_cmp(&b.1.value);
    let (best, worst) = (shown.iter().max_by(by)?, shown.iter().min_by(by)?);
    let next = |unit: &(&Unit, Estimate, Estimate)| {
        format!(
            "{} ({}) is expected at {} {}",
            unit.0.unit,
            s.number(unit.1.value),
            s.number(unit.2.value),
            s.interval(unit.2.low, unit.2.high)
        )
    };
    let sentence = format!(
        "The best and the worst of {} are so in part by luck: next time {}, and {}.",
        counted(shown.len() as u64, "unit"),
        next(best),
        next(worst)
    );
    let found = finding("ranking", sentence, Some(best.2), best.0.n)
        .test("regression to the mean by each unit's reliability; range for as many further ratings", None);
    let found = found.but(&["A unit that truly changed will not fall back to the mean."]);
    Some(found.matters(Matters::Context, None))
}

fn trend(report: &Report, basis: &Basis) -> Option<Draft> {
    let s = basis.statistic;
    let last = report.trend.last()?;
    let n = report.trend.iter().map(|stretch| stretch.n).sum();
    let test = "steps (PELT, 3 ln T each) and curves (up to the third degree, with seasons) of weekly scores, beside the noise of weeks";
    if let Some(course) = course(&report.curve) {
        return Some(gradual(course, s, n, test));
    }
    let [.., before, after] = &report.trend[..] else {
        let sentence =
            format!("From {} to {} no week is found at which the level moved.", last.from, last.to);
        let but = "A drift or a step that is small beside the weeks' own spread is not found by this.";
        return Some(
            finding("trend", sentence, None, n).test(test, None).but(&[but]).matters(Matters::Unknown, None),
        );
    };
    let sentence = format!(
        "The level moved {}; last in the week from {}, from {} to {} {}.",
        if report.trend.len() == 2 { "once".into() } else { format!("{} times", report.trend.len() - 1) },
        after.from,
        s.number(before.value),
        s.number(after.value),
        s.interval(after.low, after.high)
    );
    let e = Estimate { value: after.value, low: after.low, high: after.high };
    let step =
        format!("Look at the weeks around {}: did a rule, a team, a survey or a bonus change?", after.from);
    let found = finding("trend", sentence, Some(e), n).test(test, None).but(&[
        "It may have moved over some weeks instead of in one, and the one that is named may be off by a few.",
        "The survey itself may have changed: its wording, its place, or who is asked.",
        "A change of the mix of units moves the level without any unit having changed.",
    ]);
    Some(found.matters(Matters::Answer, Some(step)))
}

/// A level that moved along a curve.
fn gradual(course: Course<'_>, s: Statistic, n: u64, test: &str) -> Draft {
    let at = |week: &super::Stretch| format!("{} {}", s.number(week.value), s.interval(week.low, week.high));
    let (sentence, end, matters) = match course {
        Course::Along(first, last) => {
            let how = if last.value < first.value { "fell" } else { "rose" };
            let sentence = format!(
                "From {} to {} {} {how} gradually, from {} to {}; no week stands out.",
                first.from,
                last.to,
                s.subject(),
                at(first),
                at(last)
            );
            (sentence, last, Matters::Answer)
        }
        Course::Between(lowest, highest) => {
            let sentence = format!(
                "{} moved up and down gradually, between {} in the week from {} and {} in the week from {}; no week stands out.",
                super::capital(&s.subject()),
                at(lowest),
                lowest.from,
                at(highest),
                highest.from
            );
            (sentence, highest, Matters::Context)
        }
    };
    let e = Estimate { value: end.value, low: end.low, high: end.high };
    let step = "Look for what changed little by little, such as customers, staff or who is asked, rather than for an event in one week.";
    let found = finding("trend", sentence, Some(e), n).test(test, None).but(&[
        "Steps that are small, follow each other or come amid seasons look like this too.",
        "A season comes back; whether this is one, only further years show.",
        "A change of the mix of units, or of who is asked, moves the level without any unit having changed.",
    ]);
    found.matters(matters, Some(step.into()).filter(|_| matters == Matters::Answer))
}

fn heard(report: &Report, basis: &Basis) -> Option<Draft> {
    let heard = report.heard.as_ref()?;
    let (s, r) = (basis.statistic, heard.rate);
    let mut sentence = format!(
        "{} of {} were answered, {}% ({}% to {}%).",
        grouped(heard.answered),
        counted(heard.sampled, "sampled invitation"),
        decimal(r.value),
        decimal(r.low),
        decimal(r.high)
    );
    if let Some(bounds) = heard.bounds {
        sentence.push_str(&format!(
            " If nothing is assumed of those who are silent, {} of all who were invited lies between {} and {}.",
            s.subject(),
            s.number(bounds.low),
            s.number(bounds.high)
        ));
    }
    let found = finding("heard", sentence, Some(r), heard.sampled)
        .test("Wilson interval; worst-case bounds (Manski)", None);
    let found =
        found.but(&["The silent may well think like those who answer; nothing in the file can show it."]);
    let step = (r.high < 0.5).then(|| "Ask fewer and hear more of them: a shorter survey at a better moment, and a second, smaller one among the silent.".into());
    Some(found.matters(Matters::Context, step))
}

fn drivers(report: &Report) -> Option<Draft> {
    let first = report.drivers.first()?;
    let share = |value: f64| hundred(value / first.r_squared.max(f64::MIN_POSITIVE));
    if first.r_squared < LITTLE || report.drivers.iter().all(|driver| driver.low <= 1e-9) {
        let why = if first.r_squared < LITTLE {
            "too little to name any of them as what drives it"
        } else {
            "but of none of them can it be told that it accounts for any"
        };
        let sentence = format!(
            "The other ratings account for {}% of the differences in the score, {why}.",
            decimal(first.r_squared)
        );
        let found = finding("drivers", sentence, None, first.n).test(
            "LMG shares of R² (Shapley); Student's t by bootstrap, units drawn whole where they are known",
            None,
        );
        return Some(found.matters(Matters::Unknown, None));
    }
    let called = first.text.as_deref().unwrap_or(&first.question);
    let sentence = format!(
        "The other ratings together account for {}% of the differences in the score; “{called}” has the largest part of it, {}%, and stands at {} of 100 itself.",
        hundred(first.r_squared),
        share(first.lmg),
        hundred(first.performance)
    );
    // Much to gain: a large part, and room above.
    let gain = report.drivers.iter().filter(|driver| driver.correlation > 0.0 && driver.low > 0.0);
    let gain =
        gain.max_by(|a, b| (a.lmg * (1.0 - a.performance)).total_cmp(&(b.lmg * (1.0 - b.performance))));
    let step = gain.map(|driver| {
        format!(
            "Try to improve “{}”, where a large part of the score and room above meet, and see whether the score follows.",
            driver.text.as_deref().unwrap_or(&driver.question)
        )
    });
    let e = Estimate { value: first.lmg, low: first.low, high: first.high };
    let found = finding("drivers", sentence, Some(e), first.n).test(
        "LMG shares of R² (Shapley); Student's t by bootstrap, units drawn whole where they are known",
        None,
    );
    let found = found.but(&[
        "What goes with the score need not move it: a good mood moves both.",
        "A rating with one meaning for everyone has no spread, and no share, however important it is.",
    ]);
    Some(found.matters(Matters::Context, step))
}

fn weights(report: &Report, basis: &Basis) -> Option<Draft> {
    let (weighted, s) = (report.weighted.as_ref()?, basis.statistic);
    let raw = report.scores.first()?;
    let sentence = format!(
        "Weighted to the customers by {}, it is {} instead of {}; the {} are then worth {}.",
        weighted.columns.join(" and "),
        s.say(&weighted.score),
        s.number(raw.value),
        counted(weighted.n, "rating"),
        grouped(libm::round(weighted.effective_n) as u64)
    );
    let found = finding("weights", sentence, Some(weighted.score), weighted.n).test(
        &format!("{}; linearized variance, at least that of so many ratings unweighted", weighted.method),
        None,
    );
    let found = found.but(&[
        "Weights mend who answered, not why: who is silent for a reason tied to the score stays missing.",
    ]);
    Some(found.matters(Matters::Context, None))
}

fn careless(report: &Report) -> Option<Draft> {
    let careless = report.careless.as_ref()?;
    let sentence = format!(
        "{} of {} gave one answer to all {} ratings, {}% ({}% to {}%); {} of them the highest.",
        grouped(careless.straight),
        counted(careless.n, "response"),
        careless.items.len(),
        decimal(careless.share.value),
        decimal(careless.share.low),
        decimal(careless.share.high),
        grouped(careless.straight_top)
    );
    let found = finding("careless", sentence, Some(careless.share), careless.n)
        .test(&format!("one answer to all ratings, {}", share::TEST), None);
    let found =
        found.but(&["A satisfied customer gives the highest answer everywhere, and is not careless."]);
    Some(found.matters(Matters::Context, None))
}

/// A share in percent with one decimal.
fn decimal(share: f64) -> String {
    signed(share * 100.0, 1)
}
