//! The report: one serialisable value that the app draws, the command line prints and tests compare. It reads a
//! [`Dataset`] and nothing else, and says nothing beyond the evidence.

use crate::columns::narrow::Times;
use crate::columns::{Dataset, MOST_LISTED, NO_CODE, NO_RATING, NO_TIME, Skipped, Values};
use crate::plan::{Scale, Tool, called_like_a_time};
use crate::pressure::channel;
use crate::scores::Estimate;
use crate::scores::cluster::Clustering;
use crate::scores::distribution::{Distribution, by_group};
use crate::scores::reliability::{mean_of_units, regression};
use crate::scores::unavailable::Unavailable;
use crate::sort;
use candor_survey::Time;
use candor_survey::evidence::Reason;
use candor_survey::question::Kind;
use candor_survey::response::Level;
pub(crate) use change::two_samples;
pub(crate) use findings::p_value;
pub(crate) use points::Statistic;
use serde::{Deserialize, Serialize};
use share::Share;
use tally::Tally;

mod by_chance;
mod careless;
mod change;
mod compared;
mod cross;
mod drivers;
mod findings;
mod funnel;
mod heard;
mod points;
mod portrait;
mod pressure;
mod protected;
mod selected;
mod share;
mod shuffle;
mod tally;
mod text;
mod weighted;
mod words;

pub use by_chance::ByChance;
pub use careless::Careless;
pub use change::{Change, Course, Parts, Period, Stretch, course};
pub use compared::{Comparison, Side, compare};
pub use cross::{Cell, Cross, CrossWeights, Crossing, cross};
pub use drivers::Driver;
pub use findings::{Finding, STEPS, Step};
pub use funnel::{Funnel, Width};
pub use heard::{Heard, UnitHeard};
pub use portrait::{Days, DeviceDay, Moment, Portrait, Run, portrait};
pub use pressure::{Availability, Pressure, Removal};
pub use protected::Protected;
pub use selected::{TooFew, report_of};
pub use shuffle::{Shuffle, by_name};
pub use weighted::Weighted;
pub use words::{CueCount, LanguageCount, Sentiment, Words};

/// The report (FORMATS.md, "Plan and report").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Format version, 1.
    pub report: u32,
    /// What was asked, and what for.
    pub survey: Survey,
    /// How many responses there are.
    pub responses: Responses,
    /// The scores: first the one that the survey is about, by its usual statistic and then by others, then those of other
    /// ratings. Empty when no response has any.
    pub scores: Vec<Score>,
    /// The same by unit, sorted by name.
    pub units: Vec<Unit>,
    /// Where units of each size are expected to score; absent without two units to compare.
    pub funnel: Option<Funnel>,
    /// How many responses carry evidence of pressure, recomputed from their signals and words.
    pub evidence: Evidence,
    /// Which units stand out, and on what evidence; absent when no column is the unit, or no unit has enough ratings.
    pub pressure: Option<Pressure>,
    /// Firm-wide evidence, which comparing units cannot show.
    pub firm: Vec<Channel>,
    /// What the numbers come to, the most important first.
    pub findings: Vec<Finding>,
    /// What to do first: at most [`STEPS`].
    pub first: Vec<Step>,
    /// Key drivers, the largest share first.
    pub drivers: Vec<Driver>,
    /// Two periods beside each other; absent when the data is too short, or has no times.
    pub change: Option<Change>,
    /// Stretches of weeks between which the level moved at once: one where no week is found at which it did. Empty when they cannot be
    /// told.
    pub trend: Vec<Stretch>,
    /// The score of each week along a curve, where the level moved gradually; empty where it did not, or where `trend` has more than one
    /// stretch.
    pub curve: Vec<Stretch>,
    /// The score of each whole week with at least [`MINIMUM_CELL`] ratings; empty where `trend` is.
    pub weeks: Vec<Stretch>,
    /// Who is heard; absent without exposures.
    pub heard: Option<Heard>,
    /// The score weighted to the customers; absent when the plan has no weights.
    pub weighted: Option<Weighted>,
    /// Careless answering; absent with fewer than four ratings on one scale.
    pub careless: Option<Careless>,
    /// What the comments say; absent without any.
    pub words: Option<Words>,
    /// The rate that the protected question gives.
    pub protected: Option<Protected>,
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

/// How many responses there are: rows = read + skipped, and read = used + tests + repeated + superseded + other.
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
    /// The same sending of the same response once more, as where two exports overlap.
    pub repeated: u64,
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
    /// What `value` is: `nps` in [−1, 1]; `top_box` and `bottom_box`, shares in [0, 1]; `mean` in the scale's own points.
    pub statistic: String,
    /// How many scores it rests on.
    pub n: u64,
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
    /// By how much clustering in units makes the interval's variance larger; 1 where it does not, or cannot be told.
    pub deff: f64,
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
    /// The score to be expected of as many further responses, by regression to the mean, with the range that holds 95% of
    /// such scores; shown beside `score` in every ranking.
    pub next: Option<Estimate>,
    /// Why the score is not shown, when it is not.
    pub reason: Option<String>,
    /// How many of its responses carry evidence.
    pub evidence: Levels,
    /// Whether it stands out in two families of evidence or more, at a false discovery rate of 5% over all units.
    pub flagged: bool,
    /// The p-value of "fewer than two families are affected", adjusted over all units that were tested.
    pub p_adjusted: Option<f64>,
    /// The evidence as a sentence: of a unit that is flagged what it rests on, of others what can be said; absent when units are not
    /// tested at all.
    pub verdict: Option<String>,
    /// Why it was not tested, or has no p-value.
    pub untested: Option<String>,
    /// The families of evidence; empty for a unit that was not tested, and beyond the first [`CARDS`] by `p_adjusted`.
    pub families: Vec<Family>,
    /// The channels of evidence, family by family; empty where `families` is.
    pub channels: Vec<Channel>,
    /// Its score with and without suspect answers; absent where it has none, or too few other ones.
    pub suspects: Option<Removal>,
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
    /// The share of strong evidence among all responses, in [0, 1], with its interval; absent without a response.
    pub strong_share: Option<Estimate>,
    /// How many would carry strong evidence if kinds of reasons met by chance alone within each unit; absent without a response.
    #[serde(default)]
    pub by_chance: Option<ByChance>,
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

/// A family of evidence: channels that can fail together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Family {
    /// `ratings`, `moment`, `words`, `asking` or `told`.
    pub name: String,
    /// The name for people, as "The moment of answering".
    pub title: String,
    /// Its combined p-value.
    pub p: Option<f64>,
    /// Whether it speaks for pressure on this unit: its p-value is at most .05. One family alone flags nobody.
    pub speaks: bool,
    /// Why there is no p-value.
    pub reason: Option<String>,
}

/// A channel of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name, as `solicitation`.
    pub name: String,
    /// Its family.
    pub family: String,
    /// The name for people, as "Comments that tell of a score that was asked for".
    pub title: String,
    /// The p-value; absent with a `reason`.
    pub p: Option<f64>,
    /// What `value`, `low`, `high` and `expected` are: `share` in [0, 1], `points` of the scale.
    pub measure: Option<String>,
    /// What was found.
    pub value: Option<f64>,
    /// The lower end of its 95% interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What is usual among units like this one.
    pub expected: Option<f64>,
    /// How much was found beyond what is usual, in the unit that the channel's page says.
    pub effect: Option<f64>,
    /// How many observations it rests on.
    pub n: u64,
    /// The result as a sentence; empty where there is none.
    pub sentence: String,
    /// How it was tested.
    pub test: String,
    /// The honest explanation that remains.
    pub alternative: String,
    /// Why there is no p-value.
    pub reason: Option<String>,
}

/// Something that is not in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// What seeds the bootstraps: equal data gives an equal report.
const RANDOM: u64 = 20_261_121;

/// Of how many units the report shows families and channels: those with the smallest adjusted p-values.
pub const CARDS: usize = 1000;

/// Most units that are listed without a score.
const UNSCORED: usize = 1000;

/// Computes the report. It rests on the dataset alone: equal datasets give equal reports, bit for bit.
pub fn report(dataset: &Dataset) -> Report {
    let statistic = Statistic::of(&dataset.score);
    let tally = Tally::of(dataset);
    let mut absent = absent(dataset, tally.whole.n());
    let clustering = clustered(dataset, &tally, statistic, &mut absent);
    let deff = clustering.as_ref().map_or(1.0, |clustering| clustering.deff);
    let over = change::over_time(dataset, &tally, statistic, deff, &mut absent);
    let heard = words::hear(dataset);
    let words = words::words(dataset, heard.as_ref(), &mut absent);
    let protected = protected::protected(dataset, &mut absent);
    let mut units = units(dataset, &tally, statistic, clustering.as_ref(), &mut absent);
    let listened = heard.map(|heard| heard.listened).unwrap_or_default();
    let (pressure, more) = pressure::pressure(dataset, &listened, &mut units, &mut absent);
    let mut firm = firm(words.as_ref(), protected.as_ref());
    firm.extend(more);
    let mut report = Report {
        report: 1,
        survey: survey(dataset),
        responses: responses(dataset),
        scores: scores(dataset, &tally, statistic, deff),
        units,
        funnel: None,
        evidence: evidence(dataset),
        pressure,
        firm,
        findings: Vec::new(),
        first: Vec::new(),
        drivers: drivers::key_drivers(dataset, &tally, &mut absent),
        change: over.change,
        trend: over.trend,
        curve: over.curve,
        weeks: over.by_week,
        heard: heard::heard(dataset, statistic, &mut absent),
        weighted: weighted::weighted(dataset, statistic, deff, &mut absent),
        careless: careless::careless(dataset, &mut absent),
        words,
        protected,
        skipped: dataset.skipped.iter().take(LISTED).cloned().collect(),
        repaired: dataset.repaired.iter().take(LISTED).cloned().collect(),
        absent,
    };
    let middle = mean_of_units(&tally.points(statistic, &tally.units)).ok();
    let shown: Vec<u64> =
        report.units.iter().filter(|unit| unit.score.is_some()).map(|unit| unit.n).collect();
    report.funnel = funnel::funnel(&shown, statistic, clustering.as_ref(), middle);
    let basis = findings::Basis { statistic, clustering, weeks: over.weeks };
    (report.findings, report.first) = findings::findings(&report, &basis);
    report
}

/// How ratings cluster in units; where that cannot be told, the report says that its intervals take them for independent.
fn clustered(
    dataset: &Dataset,
    tally: &Tally,
    statistic: Statistic,
    absent: &mut Vec<Absent>,
) -> Option<Clustering> {
    dataset.units.as_ref()?;
    let reason = match tally.clustering(statistic, &tally.units) {
        Ok(clustering) => return Some(clustering),
        Err(Unavailable::Empty) => return None,
        Err(reason) => reason,
    };
    let what = match reason {
        Unavailable::Constant => "Every rating is the same, so units cannot be told apart.".to_owned(),
        reason => {
            format!("How much units differ cannot be told: {reason}. Intervals take ratings for independent.")
        }
    };
    absent.push(Absent { what: "clustering".into(), reason: what });
    None
}

/// Firm-wide evidence: rates over everybody, which no comparison of units can show.
fn firm(words: Option<&Words>, protected: Option<&Protected>) -> Vec<Channel> {
    let mut firm = Vec::new();
    if let Some(words) = words {
        let share = words.solicited_share;
        firm.push(Channel {
            measure: Some("share".into()),
            value: share.map(|share| share.value),
            low: share.map(|share| share.low),
            high: share.map(|share| share.high),
            effect: share.map(|share| share.value),
            n: words.commented,
            sentence: format!(
                "{} of {} tell of a score that was asked for.",
                grouped(words.solicited),
                counted(words.commented, "comment")
            ),
            test: format!("phrases of solicitation, {}", share::TEST),
            reason: Some(
                "A rate, not a test: no file shows how often honest comments hold such phrases.".into(),
            ),
            ..Channel::of(&channel::solicitation::Solicitation)
        });
    }
    if let Some(protected) = protected {
        let read = protected.fits != Some(false);
        let rate = Some(protected.rate).filter(|_| read);
        firm.push(Channel {
            p: protected.p.filter(|_| read),
            measure: rate.map(|_| "share".into()),
            value: rate.map(|rate| rate.value),
            low: rate.map(|rate| rate.low),
            high: rate.map(|rate| rate.high),
            effect: rate.map(|rate| rate.value),
            n: protected.n,
            sentence: protected.sentence(),
            test: protected.test().into(),
            reason: match protected.p {
                _ if !read => Some("The two groups contradict each other.".into()),
                None => Some("Asked directly, it is a share and not a test.".into()),
                Some(_) => None,
            },
            ..Channel::of(&channel::protected::Protected)
        });
    }
    firm
}

/// Hundredths as a whole number, halves away from zero, with a true minus sign and never "−0".
pub(crate) fn hundred(value: f64) -> String {
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
    sort::ascending(&mut revisions);
    Survey { id: dataset.survey.clone(), purpose, revisions }
}

fn responses(dataset: &Dataset) -> Responses {
    let counts = dataset.counts;
    let times = || dataset.times.iter().flat_map(Times::iter).filter(|&ms| ms != NO_TIME);
    let shown = |ms: Option<i64>| ms.map(|ms| Time(ms).to_string());
    Responses {
        rows: counts.rows,
        read: counts.read,
        skipped: counts.skipped,
        tests: counts.tests,
        repeated: counts.repeated,
        superseded: counts.superseded,
        other: counts.other,
        used: counts.used,
        partial: dataset.own.iter().flat_map(|own| &own.partial).filter(|&&partial| partial).count() as u64,
        from: shown(times().min()),
        to: shown(times().max()),
    }
}

fn scores(dataset: &Dataset, tally: &Tally, statistic: Statistic, deff: f64) -> Vec<Score> {
    let rated = &dataset.score;
    let asked = Asked {
        question: &rated.question,
        text: rated.text.as_deref(),
        kind: rated.kind,
        scale: rated.scale,
    };
    let mut scores: Vec<Score> = score(&asked, statistic, &tally.whole, deff).into_iter().collect();
    for other in
        [Statistic::TopBox(rated.scale), Statistic::BottomBox(rated.scale), Statistic::Mean(rated.scale)]
    {
        if other != statistic {
            let deff = tally.clustering(other, &tally.units).map_or(1.0, |clustering| clustering.deff);
            scores.extend(score(&asked, other, &tally.whole, deff));
        }
    }
    for item in &dataset.beside.items {
        let asked = Asked {
            question: &item.question,
            text: item.text.as_deref(),
            kind: item.kind,
            scale: item.scale,
        };
        let statistic = Statistic::usual(item.kind, item.scale);
        let mut whole = Distribution::default();
        whole.update(&item.ratings);
        let units = dataset.units.as_ref().map(|units| by_group(units, &item.ratings)).unwrap_or_default();
        let deff = tally.clustering(statistic, &units).map_or(1.0, |clustering| clustering.deff);
        scores.extend(score(&asked, statistic, &whole, deff));
    }
    scores
}

/// A question on a scale.
struct Asked<'a> {
    question: &'a str,
    text: Option<&'a str>,
    kind: Option<Kind>,
    scale: Scale,
}

fn score(asked: &Asked<'_>, statistic: Statistic, ratings: &Distribution, deff: f64) -> Option<Score> {
    let estimate = statistic.clustered(ratings, deff)?;
    let n = ratings.n();
    Some(Score {
        question: asked.question.into(),
        text: asked.text.map(Into::into),
        kind: match asked.kind {
            Some(kind) => kind.as_str().into(),
            None if asked.scale.nps => "nps".into(),
            None => "scale".into(),
        },
        statistic: statistic.name().into(),
        n,
        value: estimate.value,
        low: estimate.low,
        high: estimate.high,
        deff,
        scale_low: asked.scale.low,
        scale_high: asked.scale.high,
        distribution: ratings.finish(asked.scale.low, asked.scale.high),
        sentence: capital(&format!("{}.", statistic.say_from(&estimate, n))),
    })
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}

fn units(
    dataset: &Dataset,
    tally: &Tally,
    statistic: Statistic,
    clustering: Option<&Clustering>,
    absent: &mut Vec<Absent>,
) -> Vec<Unit> {
    let Some(units) = &dataset.units else { return Vec::new() };
    let middle = mean_of_units(&tally.points(statistic, &tally.units)).ok();
    let mut shown = Vec::new();
    let mut unscored = 0;
    for &code in &tally.order {
        let (ratings, evidence) = (&tally.units[code as usize], tally.levels[code as usize]);
        let n = ratings.n();
        let reason = (n < MINIMUM_CELL).then(|| {
            format!("Fewer than {MINIMUM_CELL} ratings: a score would say more about single people than about the unit.")
        });
        if reason.is_some() {
            unscored += 1;
            if unscored > UNSCORED {
                continue;
            }
        }
        let next = clustering
            .zip(middle)
            .filter(|_| reason.is_none())
            .and_then(|(clustering, middle)| regression(&statistic.points(ratings), middle, clustering).ok());
        shown.push(Unit {
            unit: units.labels[code as usize].clone(),
            n,
            score: statistic.estimate(ratings).filter(|_| reason.is_none()),
            next: next.map(|next| statistic.estimate_of(next.next)),
            // Of a few people, how many were pressed would tell on them.
            evidence: if reason.is_some() { Levels::default() } else { evidence },
            reason,
            flagged: false,
            p_adjusted: None,
            verdict: None,
            untested: None,
            families: Vec::new(),
            channels: Vec::new(),
            suspects: None,
        });
    }
    if unscored > UNSCORED {
        let reason = format!(
            "{} have fewer than {MINIMUM_CELL} ratings; the first {} of them are listed.",
            counted(unscored as u64, "unit"),
            grouped(UNSCORED as u64)
        );
        absent.push(Absent { what: "units".into(), reason });
    }
    if tally.rated_units() == 1 {
        let reason = "All ratings belong to one unit, so there is nothing to compare it with.".into();
        absent.push(Absent { what: "units".into(), reason });
    }
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
    let mut strong = Share::of(dataset);
    for (row, &level) in dataset.evidence.levels.iter().enumerate() {
        levels.count(level);
        strong.count(row, level == Level::Strong);
    }
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
        strong_share: strong.finish(),
        by_chance: ByChance::of(dataset),
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
            let without = units.codes().filter(|&code| code == NO_CODE).count() as u64;
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
        None => {
            let called = dataset.others.iter().find(|column| {
                called_like_a_time(&column.name) && !matches!(column.values, Values::Times(_))
            });
            let why = called.map(|column| format!(" What is in “{}” cannot be read as dates.", column.name));
            say("period", format!("No column is chosen as the time.{}", why.unwrap_or_default()));
        }
        Some(times) => {
            let without = times.iter().filter(|&ms| ms == NO_TIME).count() as u64;
            if without > 0 {
                say("period", format!("{} without a time.", counted(without, "response")));
            }
        }
    }
    let clocks =
        dataset.own.iter().flat_map(|own| &own.clocks_differ).filter(|&&differ| differ).count() as u64;
    if clocks > 0 {
        say(
            "period",
            format!(
                "The clocks disagree on {}: received more than a day before or after it was submitted, as the page says. It was sent \
                 late, or one of the clocks is wrong.",
                counted(clocks, "response")
            ),
        );
    }
    if dataset.exposures.repeated > 0 {
        say(
            "response rate",
            format!(
                "{} of page views stood in the file before, as where two exports overlap; of each page view an event counts once.",
                counted(dataset.exposures.repeated, "event")
            ),
        );
    }
    if dataset.ratings.contains(&NO_RATING) && rated > 0 {
        let without = dataset.ratings.len() as u64 - rated;
        say("score", format!("{} without a rating; no score counts them.", counted(without, "response")));
    }
    for item in dataset.beside.items.iter().filter(|item| item.off_scale > 0) {
        let Scale { low, high, .. } = item.scale;
        let (cells, are) = (counted(item.off_scale, "cell"), if item.off_scale == 1 { "is" } else { "are" });
        say(
            &item.question,
            format!("{cells} {are} no point of the scale from {low} to {high} and count as no rating."),
        );
    }
    let repaired = dataset.repaired.len();
    let at_least = if repaired < MOST_LISTED { "" } else { "at least " };
    for (what, at_least, count) in
        [("skipped", "", dataset.counts.skipped), ("repaired", at_least, repaired as u64)]
    {
        if count > LISTED as u64 {
            say(what, format!("The first {LISTED} of {at_least}{count} rows are listed."));
        }
    }
    absent
}

/// "1 response", "2,400 responses".
pub(crate) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A count with commas between thousands.
pub(crate) fn grouped(n: u64) -> String {
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
