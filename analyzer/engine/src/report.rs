//! The report: one serialisable value that the app draws, the command line prints and tests compare. It reads a
//! [`Dataset`] and nothing else, and says nothing beyond the evidence.

use crate::columns::{Dataset, NO_CODE, NO_RATING, NO_TIME, Rated, Skipped};
use crate::plan::{Scale, Tool};
use crate::scores::Estimate;
use crate::scores::distribution::Distribution;
use crate::scores::mean::Mean;
use crate::scores::nps::Nps;
use crate::scores::top_box::{TopBox, lowest_top};
use candor_survey::Time;
use candor_survey::evidence::Reason;
use candor_survey::question::Kind;
use candor_survey::response::Level;
use serde::{Deserialize, Serialize};

mod text;

/// The report (FORMATS.md, "Plan and report").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Format version, 1.
    pub report: u32,
    /// What was asked, and what for.
    pub survey: Survey,
    /// How many responses there are.
    pub responses: Responses,
    /// The scores; at most one, absent when no response has any.
    pub scores: Vec<Score>,
    /// The same by unit, sorted by name.
    pub units: Vec<Unit>,
    /// How many responses carry evidence of pressure, recomputed from their signals and words.
    pub evidence: Evidence,
    /// Firm-wide evidence; empty, and `absent` says so.
    pub firm: Vec<NotYet>,
    /// Findings; empty, and `absent` says so.
    pub findings: Vec<NotYet>,
    /// Key drivers; empty, and `absent` says so.
    pub drivers: Vec<NotYet>,
    /// Rows that could not be read, the first [`LISTED`] of them; `responses.skipped` counts them all.
    pub skipped: Vec<Skipped>,
    /// Rows that were read without something that could not be, such as a time; the first [`LISTED`].
    pub repaired: Vec<Skipped>,
    /// What is not in this report, and why.
    pub absent: Vec<Absent>,
}

/// How many skipped and repaired rows a report lists.
pub const LISTED: usize = 1000;

/// Units with fewer scores than this are counted, and their score is not shown: it would tell on single people.
pub const MINIMUM_CELL: u64 = 10;

/// What was asked, and what for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// The survey's id, in own files.
    pub id: Option<String>,
    /// What it is for, in own files that say so.
    pub purpose: Option<Purpose>,
    /// The revisions that were answered, sorted.
    pub revisions: Vec<String>,
}

/// What a survey is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Purpose {
    /// The decision that the answers will change.
    pub decision: Option<String>,
    /// Who takes it.
    pub owner: Option<String>,
    /// How one will know that it was right.
    pub success: Option<String>,
}

/// How many responses there are: rows = read + skipped, and read = used + tests + superseded + other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Responses {
    /// Responses in the file, readable or not; a line of which nobody can say what it is counts as one.
    pub rows: u64,
    /// Those that could be read.
    pub read: u64,
    /// Those that could not; see `skipped` of the report.
    pub skipped: u64,
    /// Marked as a test, and left out of every figure.
    pub tests: u64,
    /// Replaced by a later sending of the same response, and left out.
    pub superseded: u64,
    /// To another survey than the one that is read, and left out.
    pub other: u64,
    /// What every figure rests on.
    pub used: u64,
    /// Of those, the ones that did not come to the end.
    pub partial: u64,
    /// The earliest and the latest time among them, RFC 3339 in UTC.
    pub from: Option<String>,
    /// See `from`.
    pub to: Option<String>,
}

/// A score with its 95% interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The question's id or the column's name.
    pub question: String,
    /// The question as it was asked, in own files.
    pub text: Option<String>,
    /// The kind of question: `nps`, `csat`, `ces`, `rating`, or `scale` in other tools' files.
    pub kind: String,
    /// What `value` is: `nps` in [−1, 1]; `top_box`, a share in [0, 1]; `mean` in the scale's own points.
    pub statistic: String,
    /// How many scores it rests on.
    pub n: u64,
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
    /// The scale's lowest point.
    pub scale_low: u8,
    /// The scale's highest point.
    pub scale_high: u8,
    /// How often each point of the scale was chosen, lowest first.
    pub distribution: Vec<u64>,
    /// The result as a sentence.
    pub sentence: String,
}

/// One unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name.
    pub unit: String,
    /// Its responses that have a score.
    pub n: u64,
    /// Its score with interval, by the statistic of the report's first score.
    pub score: Option<Estimate>,
    /// Why the score is not shown, when it is not.
    pub reason: Option<String>,
    /// How many of its responses carry evidence.
    pub evidence: Levels,
    /// Whether the detectors flag it; none runs yet, and `absent` says so.
    pub flagged: bool,
    /// The adjusted p-value of that.
    pub p_adjusted: Option<f64>,
    /// The families of evidence; empty as long as no detector runs.
    pub families: Vec<NotYet>,
    /// The channels of evidence; empty as long as no detector runs.
    pub channels: Vec<NotYet>,
}

/// Counts of responses by level of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// None to speak of.
    pub none: u64,
    /// Some.
    pub some: u64,
    /// Strong.
    pub strong: u64,
}

/// How many responses carry evidence of pressure, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// None to speak of.
    pub none: u64,
    /// Some.
    pub some: u64,
    /// Strong.
    pub strong: u64,
    /// The reasons that were met, in the order of `candor_survey::evidence::Reason::ALL`.
    pub reasons: Vec<ReasonCount>,
    /// Responses whose page claimed something else than what was recomputed.
    pub claims_differ: u64,
    /// What the evidence rests on, a sentence.
    pub basis: String,
}

/// A reason and how many responses have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonCount {
    /// The code.
    pub code: String,
    /// The reason as a sentence.
    pub sentence: String,
    /// The honest explanation that remains.
    pub alternative: String,
    /// How many responses.
    pub n: u64,
}

/// What no report has yet: the lists that will hold it are empty, `absent` says so, and no value of this type exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotYet {}

/// Something that is not in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Computes the report.
pub fn report(dataset: &Dataset) -> Report {
    let statistic = Statistic::of(&dataset.score);
    let mut whole = Distribution::default();
    whole.update(&dataset.ratings);
    Report {
        report: 1,
        survey: survey(dataset),
        responses: responses(dataset),
        scores: score(&dataset.score, statistic, &whole).into_iter().collect(),
        units: units(dataset, statistic),
        evidence: evidence(dataset),
        firm: Vec::new(),
        findings: Vec::new(),
        drivers: Vec::new(),
        skipped: dataset.skipped.iter().take(LISTED).cloned().collect(),
        repaired: dataset.repaired.iter().take(LISTED).cloned().collect(),
        absent: absent(dataset, whole.n()),
    }
}

/// Which number stands for a question's ratings.
#[derive(Clone, Copy, PartialEq)]
enum Statistic {
    Nps,
    TopBox(Scale),
    Mean(Scale),
}

impl Statistic {
    fn of(score: &Rated) -> Statistic {
        match score.kind {
            _ if score.scale.nps => Statistic::Nps,
            Some(Kind::Csat) => Statistic::TopBox(score.scale),
            _ => Statistic::Mean(score.scale),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Statistic::Nps => "nps",
            Statistic::TopBox(_) => "top_box",
            Statistic::Mean(_) => "mean",
        }
    }

    fn estimate(self, ratings: &Distribution) -> Option<Estimate> {
        match self {
            Statistic::Nps => {
                let mut nps = Nps::default();
                nps.update(ratings);
                nps.finish()
            }
            Statistic::TopBox(scale) => {
                let mut top = TopBox::default();
                top.update(ratings, scale);
                top.finish()
            }
            Statistic::Mean(scale) => {
                let mut mean = Mean::default();
                mean.update(ratings, scale);
                mean.finish(scale)
            }
        }
    }

    /// The estimate as people say it: "NPS 41 (35 to 47)".
    fn say(self, e: &Estimate) -> String {
        match self {
            Statistic::Nps => {
                format!("NPS {} ({} to {})", hundred(e.value), hundred(e.low), hundred(e.high))
            }
            Statistic::TopBox(scale) => format!(
                "{}% gave {} ({}% to {}%)",
                hundred(e.value),
                if lowest_top(scale) == scale.high {
                    scale.high.to_string()
                } else {
                    format!("{} or {}", lowest_top(scale), scale.high)
                },
                hundred(e.low),
                hundred(e.high)
            ),
            Statistic::Mean(_) => format!("mean {:.2} ({:.2} to {:.2})", e.value, e.low, e.high),
        }
    }
}

/// Hundredths as a whole number, halves away from zero, with a true minus sign and never "−0".
fn hundred(value: f64) -> String {
    let rounded = libm::round(value * 100.0);
    if rounded < 0.0 { format!("\u{2212}{}", -rounded) } else { format!("{}", rounded.abs()) }
}

fn survey(dataset: &Dataset) -> Survey {
    let of_survey = |id: &str| dataset.survey.as_deref() == Some(id);
    let purpose = dataset
        .definitions
        .iter()
        .rev()
        .filter(|(_, definition)| of_survey(&definition.id))
        .find_map(|(_, definition)| definition.purpose.as_ref())
        .map(|purpose| Purpose {
            decision: purpose.decision.clone(),
            owner: purpose.owner.clone(),
            success: purpose.success.clone(),
        })
        .filter(|p| p.decision.is_some() || p.owner.is_some() || p.success.is_some());
    let mut revisions = dataset.own.as_ref().map(|own| own.revisions.labels.clone()).unwrap_or_default();
    revisions.sort_unstable();
    Survey { id: dataset.survey.clone(), purpose, revisions }
}

fn responses(dataset: &Dataset) -> Responses {
    let counts = dataset.counts;
    let times = || dataset.times.iter().flatten().copied().filter(|&ms| ms != NO_TIME);
    let shown = |ms: Option<i64>| ms.map(|ms| Time(ms).to_string());
    Responses {
        rows: counts.rows,
        read: counts.read,
        skipped: counts.skipped,
        tests: counts.tests,
        superseded: counts.superseded,
        other: counts.other,
        used: counts.used,
        partial: dataset.own.iter().flat_map(|own| &own.partial).filter(|&&partial| partial).count() as u64,
        from: shown(times().min()),
        to: shown(times().max()),
    }
}

fn score(rated: &Rated, statistic: Statistic, ratings: &Distribution) -> Option<Score> {
    let estimate = statistic.estimate(ratings)?;
    let n = ratings.n();
    Some(Score {
        question: rated.question.clone(),
        text: rated.text.clone(),
        kind: match rated.kind {
            Some(kind) => kind.as_str().into(),
            None if rated.scale.nps => "nps".into(),
            None => "scale".into(),
        },
        statistic: statistic.name().into(),
        n,
        value: estimate.value,
        low: estimate.low,
        high: estimate.high,
        scale_low: rated.scale.low,
        scale_high: rated.scale.high,
        distribution: ratings.finish(rated.scale.low, rated.scale.high),
        sentence: capital(&format!("{} from {}.", statistic.say(&estimate), counted(n, "rating"))),
    })
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}

fn units(dataset: &Dataset, statistic: Statistic) -> Vec<Unit> {
    let Some(units) = &dataset.units else { return Vec::new() };
    let mut found: Vec<(Distribution, Levels)> = vec![Default::default(); units.labels.len()];
    for (row, &code) in units.codes.iter().enumerate().filter(|(_, code)| **code != NO_CODE) {
        let (ratings, levels) = &mut found[code as usize];
        ratings.update(&dataset.ratings[row..=row]);
        levels.count(dataset.evidence.levels[row]);
    }
    let mut shown: Vec<Unit> = units
        .labels
        .iter()
        .zip(found)
        .map(|(name, (ratings, evidence))| {
            let n = ratings.n();
            let reason = (n < MINIMUM_CELL).then(|| {
                format!("Fewer than {MINIMUM_CELL} ratings: a score would say more about single people than about the unit.")
            });
            Unit {
                unit: name.clone(),
                n,
                score: statistic.estimate(&ratings).filter(|_| reason.is_none()),
                reason,
                evidence,
                flagged: false,
                p_adjusted: None,
                families: Vec::new(),
                channels: Vec::new(),
            }
        })
        .collect();
    shown.sort_unstable_by(|a, b| a.unit.cmp(&b.unit));
    shown
}

impl Levels {
    fn count(&mut self, level: Level) {
        *match level {
            Level::None => &mut self.none,
            Level::Some => &mut self.some,
            Level::Strong => &mut self.strong,
        } += 1;
    }
}

fn evidence(dataset: &Dataset) -> Evidence {
    let mut levels = Levels::default();
    dataset.evidence.levels.iter().for_each(|&level| levels.count(level));
    let reasons = Reason::ALL
        .iter()
        .map(|&reason| ReasonCount {
            code: reason.as_str().into(),
            sentence: reason.sentence().into(),
            alternative: reason.alternative().into(),
            n: dataset.evidence.reasons.iter().filter(|reasons| reasons.has(reason)).count() as u64,
        })
        .filter(|count| count.n > 0)
        .collect();
    let used = dataset.counts.used;
    let commented =
        dataset.texts.as_ref().map(|texts| (0..dataset.ratings.len()).filter(|&row| texts.has(row)).count());
    let basis = match (dataset.tool, commented) {
        (Tool::CandorNdjson | Tool::CandorCsv, _) => {
            "Recomputed from each response's own signals and words; what the page claimed is only compared with it.".into()
        }
        (_, Some(commented)) if commented > 0 => format!(
            "This file does not say how its responses were given, so only words can speak: {} of {} have a comment. \
             No evidence here does not mean no pressure.",
            grouped(commented as u64),
            counted(used, "response")
        ),
        _ => "This file has neither comments nor signals of how its responses were given, so nothing can be said about pressure.".into(),
    };
    Evidence {
        none: levels.none,
        some: levels.some,
        strong: levels.strong,
        reasons,
        claims_differ: dataset
            .own
            .iter()
            .flat_map(|own| &own.claim_differs)
            .filter(|&&differs| differs)
            .count() as u64,
        basis,
    }
}

fn absent(dataset: &Dataset, rated: u64) -> Vec<Absent> {
    let mut absent = Vec::new();
    let mut say = |what: &str, reason: String| absent.push(Absent { what: what.into(), reason });
    if rated == 0 {
        say(
            "score",
            if dataset.counts.used == 0 {
                "No response could be used.".into()
            } else {
                "No response has a rating.".into()
            },
        );
    }
    let own = dataset.tool.is_own();
    if own && dataset.definitions.is_empty() {
        say("purpose", "The survey's definition is not in this file, so neither its purpose nor its questions are known.".into());
    } else if own && survey(dataset).purpose.is_none() {
        say("purpose", "The survey's definition does not say what it is for.".into());
    } else if !own {
        say("purpose", "Files of other tools do not say what a survey is for.".into());
    }
    if own && dataset.counts.undefined > 0 {
        say(
            "reading speed",
            format!(
                "For {} the definition is not in this file, so how long its question takes to read is not known.",
                counted(dataset.counts.undefined, "response")
            ),
        );
    }
    match &dataset.units {
        None => say("units", "No column is chosen as the unit.".into()),
        Some(units) => {
            let without = units.codes.iter().filter(|code| **code == NO_CODE).count() as u64;
            if units.labels.is_empty() {
                say("units", format!("No response says its {}.", units.name));
            } else if without > 0 {
                say(
                    "units",
                    format!(
                        "{} without a value in {}; no unit counts them.",
                        counted(without, "response"),
                        units.name
                    ),
                );
            }
        }
    }
    match &dataset.times {
        None => say("period", "No column is chosen as the time.".into()),
        Some(times) => {
            let without = times.iter().filter(|&&ms| ms == NO_TIME).count() as u64;
            if without > 0 {
                say("period", format!("{} without a time.", counted(without, "response")));
            }
        }
    }
    if dataset.ratings.contains(&NO_RATING) && rated > 0 {
        let without = dataset.ratings.len() as u64 - rated;
        say("score", format!("{} without a rating; no score counts them.", counted(without, "response")));
    }
    for (what, count) in [("skipped", dataset.skipped.len()), ("repaired", dataset.repaired.len())] {
        if count > LISTED {
            say(what, format!("The first {LISTED} of {count} rows are listed."));
        }
    }
    say(
        "flagged",
        "Whether a unit stands out is not tested yet, so a difference between units may be chance or honest."
            .into(),
    );
    say("firm", "Firm-wide evidence is not computed yet.".into());
    say("findings", "Findings are not drawn yet.".into());
    say("drivers", "Key drivers are not computed yet.".into());
    absent
}

/// "1 response", "2,400 responses".
fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A count with commas between thousands.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
