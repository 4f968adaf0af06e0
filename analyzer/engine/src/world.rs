//! A simulated world: a survey with honest and pressured units, for the demo, the tests and newcomers. Everything follows
//! from a seed and a start date that are handed in; floats go through `libm`, so that wasm and native give the same bytes.
//!
//! The numbers are those of SCIENCE.md, section 3, and stand in one table, [`Parameters`]. What is drawn of a response
//! ([`Drawn`]) and how it is written as an export are two steps with a stream of chance each, so that a world drawn for a
//! benchmark ([`World::draw`]) is the world that [`World::simulate`] writes.

mod chain;
mod chance;
mod crm;
mod exposures;
mod phrases;
mod rows;

pub use rows::{Drawing, heard};

use crate::own;
use crate::pressure::rows::Asked;
use crate::sort;
use candor_survey::definition::Share;
use candor_survey::evidence::{case, judge};
use candor_survey::leaf::{One, OrNull};
use candor_survey::question::Answer;
use candor_survey::response::{Input, Integrity, Invitation, Level, Signals, Source, Status};
use candor_survey::{Definition, Id, Json, Map, Response, Revision, Time, Uuid, Value};
use chance::Chance;
use phrases::Bank;

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// The seed; equal seeds give equal bytes.
    pub seed: u64,
    /// How many responses in all.
    pub responses: u32,
    /// How many units there are, at least one: agents, three to a store, or the stores of a chain ([`Parameters::chain`]).
    pub units: u32,
    /// How many of them are pressured, at most all. They take turns at the kinds of [`Pressure::ALL`].
    pub pressured: u32,
    /// The first day (its midnight, UTC).
    pub start: Time,
}

/// What the stream of chance that writes is seeded with, beside the world's seed.
const WRITING: u64 = 0x7772_6974_696e_6721;

/// Every number of the world. Shares are from 0 to 1; a spread is a standard deviation over units.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// How often an average unit is given each rating from 0 to 10.
    pub ratings: [f64; 11],
    /// Days.
    pub days: u32,
    /// How busy a weekend day is beside a weekday.
    pub weekend: f64,
    /// How unequal units are in size (log-normal), and the median size; when there is none, [`World::responses`] are shared out.
    pub size_spread: f64,
    /// See `size_spread`.
    pub size_median: Option<f64>,
    /// The share of page views in which the survey is due that are drawn into the sample, and of those that are answered.
    pub sampled: f64,
    /// See `sampled`.
    pub answered: f64,
    /// How every pressured unit is pressured; when nothing is said, they take turns.
    pub kind: Option<Pressure>,
    /// How much units differ in quality, on the latent normal scale.
    pub quality_spread: f64,
    /// How much they differ in polarization (log-normal).
    pub polarization_spread: f64,
    /// The share of responses with a comment, and how much units differ in it.
    pub comments: f64,
    /// See `comments`.
    pub comments_spread: f64,
    /// The median time to the first answer in milliseconds, its log-spread, and how much units differ (log-normal).
    pub first_answer_ms: f64,
    /// See `first_answer_ms`.
    pub first_answer_spread: f64,
    /// See `first_answer_ms`.
    pub speed_spread: f64,
    /// How much units differ in how busy the last days of a month are (log-normal).
    pub month_end_spread: f64,
    /// The share of links that carry a score in honest units, and how much they differ (log-normal).
    pub preset_links: f64,
    /// See `preset_links`.
    pub preset_spread: f64,
    /// The share of honest comments that sound like solicitation, and how much units differ (log-normal).
    pub sounds_solicited: f64,
    /// See `sounds_solicited`.
    pub sounds_spread: f64,
    /// The share of units with a shared kiosk, and of their responses the share that comes from it.
    pub kiosk_units: f64,
    /// See `kiosk_units`.
    pub kiosk_share: f64,
    /// The share of responses beside those from a kiosk that come through a link.
    pub links: f64,
    /// The share of responses that do not come to the end.
    pub partial: f64,
    /// The share of devices of which earlier responses are known (consent was given).
    pub device_known: f64,
    /// The share of those that have answered before, on another day.
    pub device_again: f64,
    /// The share of honest responses with a changed score, with one raised after having stood, and with a page that was
    /// left once or twice.
    pub changed: f64,
    /// See `changed`.
    pub raised: f64,
    /// See `changed`.
    pub hidden: f64,
    /// Days at the end of a month in which pressure is highest.
    pub month_end_days: u32,
    /// Beg: the share of sevens to nines that become ten, in the month and at its end.
    pub beg: f64,
    /// See `beg`.
    pub beg_month_end: f64,
    /// Beg: the share of their comments that say so.
    pub beg_comments: f64,
    /// Fill: staff's own responses beside those of customers.
    pub fill: f64,
    /// Fill: the median time to the first answer in milliseconds, and its log-spread.
    pub staff_ms: f64,
    /// See `staff_ms`.
    pub staff_spread: f64,
    /// Fill: how many there are in a burst, and the minutes between two.
    pub burst: u32,
    /// See `burst`.
    pub burst_minutes: f64,
    /// Gate: how often a customer who would give 0 to 6 is invited beside the others.
    pub gate: f64,
    /// Preset: the share of links that carry a ten. Who would give seven or more leaves it.
    pub preset: f64,
    /// Threshold: the mean of a month that pays the bonus.
    pub target: f64,
    /// Mix: how strong each of the five is beside its strength alone.
    pub mix: f64,
    /// Whether the units are the stores of a chain in two countries, each in its region, which ask four ratings more, in two
    /// languages; otherwise they are agents, whose customers are asked a score and a reason.
    pub chain: bool,
    /// By how much every unit is better from the middle day on, on the latent scale.
    pub better: f64,
    /// At least how good the best honest unit is, on the latent scale.
    pub best: Option<f64>,
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters {
            ratings: [0.03, 0.01, 0.01, 0.02, 0.02, 0.04, 0.04, 0.11, 0.21, 0.20, 0.31],
            days: 92,
            weekend: 0.7,
            size_spread: 0.6,
            size_median: None,
            sampled: 0.6,
            answered: 0.35,
            kind: None,
            quality_spread: 0.25,
            polarization_spread: 0.15,
            comments: 0.35,
            comments_spread: 0.1,
            first_answer_ms: 5200.0,
            first_answer_spread: 0.5,
            speed_spread: 0.25,
            month_end_spread: 0.15,
            preset_links: 0.03,
            preset_spread: 0.6,
            sounds_solicited: 0.002,
            sounds_spread: 0.5,
            kiosk_units: 0.15,
            kiosk_share: 0.5,
            links: 1.0,
            partial: 0.04,
            device_known: 0.7,
            device_again: 0.12,
            changed: 0.08,
            raised: 0.01,
            hidden: 0.06,
            month_end_days: 5,
            beg: 0.4,
            beg_month_end: 0.8,
            beg_comments: 0.12,
            fill: 0.18,
            staff_ms: 1800.0,
            staff_spread: 0.3,
            burst: 6,
            burst_minutes: 1.5,
            gate: 0.3,
            preset: 0.45,
            target: 9.0,
            mix: 0.5,
            chain: false,
            better: 0.0,
            best: None,
        }
    }
}

impl Parameters {
    /// The numbers of the sample, [`World::sample`].
    pub fn sample() -> Parameters {
        Parameters {
            days: 183,
            size_spread: 0.25,
            kind: Some(Pressure::Mix),
            quality_spread: 0.2,
            mix: 0.75,
            beg_comments: 0.35,
            chain: true,
            better: 0.13,
            best: Some(1.3),
            ..Parameters::default()
        }
    }
}

/// A simulated export.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The survey that was asked.
    pub definition: Definition,
    /// Its revision.
    pub revision: Revision,
    /// The responses, by time received.
    pub responses: Vec<Response>,
    /// The units that were pressured, and how.
    pub pressured: Vec<(String, Pressure)>,
    /// How many page views each unit had, by name.
    pub asked: Vec<(String, Asked)>,
}

/// How a unit is pressured (SCIENCE.md, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// Customers are asked for a ten.
    Beg,
    /// Staff fill surveys in themselves.
    Fill,
    /// The unhappy are seldom invited.
    Gate,
    /// Links carry the score.
    Preset,
    /// Low scores are lifted at month end until the mean reaches the bonus target.
    Threshold,
    /// All of these.
    Mix,
}

impl Pressure {
    /// Its word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Pressure::Beg => "beg",
            Pressure::Fill => "fill",
            Pressure::Gate => "gate",
            Pressure::Preset => "preset",
            Pressure::Threshold => "threshold",
            Pressure::Mix => "mix",
        }
    }

    /// Every kind, in the order in which pressured units take turns.
    pub const ALL: &'static [Pressure] = &[
        Pressure::Beg,
        Pressure::Fill,
        Pressure::Gate,
        Pressure::Preset,
        Pressure::Threshold,
        Pressure::Mix,
    ];
}

/// Where the stores are; further ones are numbered.
const STORES: [&str; 12] = [
    "Leeds",
    "York",
    "Hull",
    "Sheffield",
    "Harrogate",
    "Durham",
    "Bradford",
    "Lincoln",
    "Derby",
    "Chester",
    "Lancaster",
    "Carlisle",
];
/// Units to a store.
const STORE_UNITS: u32 = 3;
const DAY: i64 = 86_400_000;
const NPS: &str = "nps";
const WHY: &str = "why";

/// One unit and what is different about it.
struct Unit {
    place: Place,
    size: u32,
    quality: f64,
    polarization: f64,
    comments: f64,
    speed: f64,
    month_end: f64,
    preset_links: f64,
    sounds_solicited: f64,
    kiosk: bool,
    pressure: Option<Pressure>,
    asked: Asked,
}

/// Who or what a unit is.
#[derive(Clone)]
enum Place {
    Agent { name: String, store: String },
    Store { name: String, region: &'static str, german: bool },
}

impl Unit {
    fn name(&self) -> &str {
        let (Place::Agent { name, .. } | Place::Store { name, .. }) = &self.place;
        name
    }

    /// The words of its customers.
    fn bank(&self) -> &'static Bank {
        match self.place {
            Place::Store { german: true, .. } => &phrases::GERMAN,
            _ => &phrases::ENGLISH,
        }
    }

    /// How strongly one kind of pressure acts here: 0 when it does not.
    fn strength(&self, kind: Pressure, parameters: &Parameters) -> f64 {
        match self.pressure {
            Some(Pressure::Mix) => parameters.mix,
            Some(own) if own == kind => 1.0,
            _ => 0.0,
        }
    }
}

impl Drawn {
    /// Whether a page view led to it, by a trigger or a link.
    fn is_triggered(&self) -> bool {
        matches!(self.source, Source::Trigger | Source::Link)
    }
}

/// One response before it is written down: everything about it but its words and its ids.
#[derive(Clone, Debug)]
struct Drawn {
    day: u32,
    ms: i64,
    /// What is given.
    score: u8,
    /// What would have been given freely; the words go with it.
    felt: u8,
    asked: bool,
    preset: Option<u8>,
    source: Source,
    staff: bool,
    /// Earlier responses from this device on this day, and whether they are known.
    device_day: u32,
    device_known: bool,
    device_again: bool,
    partial: bool,
    comment: Comment,
    ms_first: u32,
    raised: bool,
    changed: bool,
    hidden: u32,
    input: Input,
}

/// What kind of comment a response has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Comment {
    None,
    /// One that goes with the score that would have been given freely.
    Plain,
    /// Words of solicitation, or words that sound so.
    Phrase(&'static str),
}

impl World {
    /// What the app opens as its sample: 10,000 responses to 40 stores of a chain in six months of 2026, [`Parameters::sample`].
    /// Four stores are pressured in every way that there is; one that is not has the best quality; and from July on all are better.
    pub fn sample() -> World {
        World { seed: 20_261_121, responses: 10_000, units: 40, pressured: 4, start: Time(1_775_001_600_000) }
    }

    /// Runs the world with the usual parameters.
    pub fn simulate(&self) -> Simulation {
        self.simulate_with(&Parameters::default())
    }

    /// Runs the world with other parameters.
    pub fn simulate_with(&self, p: &Parameters) -> Simulation {
        let written = if p.chain { chain::DEFINITION } else { include_str!("world/definition.json") };
        let definition =
            Definition::parse(written).unwrap_or_else(|error| unreachable!("the simulated survey: {error}"));
        // The revision is that of the definition as the export writes it, with defaults in place.
        let canonical = Value::parse(&definition.to_json()).unwrap_or(Value::Null);
        let revision = candor_survey::revision::revision(&canonical);
        let mut writing = Chance::new(self.seed ^ WRITING);
        let (units, start) = (self.drawn(p), self.midnight());
        let mut responses = Vec::new();
        for ((unit, drawn), customers) in units.iter().zip(crm::numbers(self, &units)) {
            for (one, customer) in drawn.iter().zip(customers) {
                let mut response = response(unit, one, start, (&definition, &revision), &mut writing);
                if p.chain {
                    chain::ask_more(&mut response, unit, one, &definition, &mut writing);
                }
                response.integrity = judge(&case(&response, &definition)).claim();
                if let (Some(customer), Some(name)) = (customer, Id::new("customer")) {
                    response.attributes.set(&name, crm::name(customer));
                }
                responses.push(response);
            }
        }
        sort::by(&mut responses, |a, b| (a.received, &a.id).cmp(&(b.received, &b.id)));
        let pressured =
            units.iter().filter_map(|(unit, _)| Some((unit.name().to_owned(), unit.pressure?))).collect();
        let asked = units.iter().map(|(unit, _)| (unit.name().to_owned(), unit.asked)).collect();
        Simulation { definition, revision, responses, pressured, asked }
    }

    fn midnight(&self) -> Time {
        Time(self.start.0.div_euclid(DAY) * DAY)
    }

    /// Every unit with its responses, in the order of their times.
    fn drawn(&self, p: &Parameters) -> Vec<(Unit, Vec<Drawn>)> {
        let mut chance = Chance::new(self.seed);
        let calendar = Calendar::new(self.midnight(), p);
        let units = self.units(p, &mut chance);
        units
            .into_iter()
            .map(|mut unit| {
                let drawn = drawn(&unit, &calendar, p, &mut chance);
                unit.asked = exposures::asked(&unit, &drawn, p, &mut chance);
                (unit, drawn)
            })
            .collect()
    }

    fn units(&self, p: &Parameters, chance: &mut Chance) -> Vec<Unit> {
        let count = self.units.max(1);
        let digits = count.to_string().len().max(2);
        let weights: Vec<f64> = (0..count).map(|_| chance.log_normal(1.0, p.size_spread)).collect();
        let sizes = match p.size_median {
            Some(median) => {
                weights.iter().map(|weight| libm::round(median * weight).min(1e6) as u32).collect()
            }
            None => shares(self.responses, &weights),
        };
        let pressured = chance.choose(count, self.pressured.min(count));
        let mut kinds =
            Pressure::ALL.iter().copied().filter(|kind| p.kind.is_none_or(|only| only == *kind)).cycle();
        let mut units: Vec<Unit> = (0..count)
            .zip(sizes)
            .map(|(number, size)| {
                let store = number / STORE_UNITS;
                Unit {
                    place: if p.chain {
                        chain::place(number)
                    } else {
                        Place::Agent {
                            name: format!("A{:0digits$}", number + 1),
                            store: STORES
                                .get(store as usize)
                                .map_or_else(|| format!("Store {}", store + 1), |name| (*name).into()),
                        }
                    },
                    size,
                    quality: p.quality_spread * chance.normal(),
                    polarization: chance.log_normal(1.0, p.polarization_spread),
                    comments: (p.comments + p.comments_spread * chance.normal()).clamp(0.02, 0.95),
                    speed: chance.log_normal(1.0, p.speed_spread),
                    month_end: chance.log_normal(1.0, p.month_end_spread),
                    preset_links: chance.log_normal(p.preset_links, p.preset_spread).min(0.5),
                    sounds_solicited: chance.log_normal(p.sounds_solicited, p.sounds_spread).min(0.5),
                    kiosk: chance.happens(p.kiosk_units),
                    pressure: if pressured.contains(&number) { kinds.next() } else { None },
                    asked: Asked::default(),
                }
            })
            .collect();
        let honest = units.iter_mut().filter(|unit| unit.pressure.is_none());
        if let (Some(least), Some(best)) = (p.best, honest.max_by(|a, b| a.quality.total_cmp(&b.quality))) {
            best.quality = best.quality.max(least);
        }
        units
    }
}

fn drawn(unit: &Unit, calendar: &Calendar, p: &Parameters, chance: &mut Chance) -> Vec<Drawn> {
    let fill = p.fill * unit.strength(Pressure::Fill, p);
    let staff = libm::round(f64::from(unit.size) * fill / (1.0 + fill)) as u32;
    let days = calendar.of(unit);
    let mut drawn: Vec<Drawn> =
        (staff..unit.size).map(|_| customer(unit, calendar, &days, p, chance)).collect();
    if unit.strength(Pressure::Threshold, p) > 0.0 {
        lift(&mut drawn, calendar, p);
    }
    fill_in(staff, &days, p, chance, &mut drawn);
    sort::by_key(&mut drawn, |one| (one.day, one.ms));
    count_kiosk(&mut drawn);
    drawn.iter_mut().for_each(|one| answer(one, unit, p, chance));
    drawn
}

/// What a customer feels, is asked and gives; how it is answered is for [`answer`].
fn customer(unit: &Unit, calendar: &Calendar, days: &Days, p: &Parameters, chance: &mut Chance) -> Drawn {
    let gate = unit.strength(Pressure::Gate, p);
    let invited = 1.0 - gate * (1.0 - p.gate);
    let (latent, mut felt) = loop {
        let latent = unit.quality + unit.polarization * chance.normal();
        let felt = rating_at(&p.ratings, normal_share(latent));
        if felt > 6 || chance.happens(invited) {
            break (latent, felt);
        }
    };
    let day = days.draw(chance);
    if day >= p.days / 2 {
        felt = rating_at(&p.ratings, normal_share(latent + p.better));
    }
    let beg = unit.strength(Pressure::Beg, p);
    let rate = if calendar.month_end[day as usize] { p.beg_month_end } else { p.beg };
    let asked = (7..=9).contains(&felt) && chance.happens(beg * rate);
    let mut score = if asked { 10 } else { felt };
    let source = if unit.kiosk && chance.happens(p.kiosk_share) {
        Source::Kiosk
    } else if chance.happens(p.links) {
        Source::Link
    } else {
        Source::Trigger
    };
    // In honest units a link carries what the customer clicked in the e-mail; in pressured ones it carries a ten.
    let mut preset = None;
    if source == Source::Link && chance.happens(unit.strength(Pressure::Preset, p) * p.preset) {
        preset = Some(10);
        score = if score >= 7 { 10 } else { score };
    } else if source == Source::Link && chance.happens(unit.preset_links) {
        preset = Some(score);
    }
    Drawn { day, ms: opening_hour(chance), score, felt, asked, preset, source, ..Drawn::staff() }
}

/// Threshold: at the end of each month the lowest scores become tens until the month's mean reaches the target.
fn lift(drawn: &mut [Drawn], calendar: &Calendar, p: &Parameters) {
    for month in 0..calendar.months {
        let of_month = |one: &&mut Drawn| calendar.month[one.day as usize] == month;
        let mut month: Vec<&mut Drawn> = drawn.iter_mut().filter(of_month).collect();
        let mut sum: u32 = month.iter().map(|one| u32::from(one.score)).sum();
        let enough = p.target * month.len() as f64;
        sort::by_key(&mut month, |one| one.score);
        for one in month.iter_mut().filter(|one| calendar.month_end[one.day as usize]) {
            if f64::from(sum) >= enough {
                break;
            }
            sum += 10 - u32::from(one.score);
            one.score = 10;
        }
    }
}

impl Drawn {
    /// A ten that staff give, before it is said when.
    fn staff() -> Drawn {
        Drawn {
            day: 0,
            ms: 0,
            score: 10,
            felt: 10,
            asked: false,
            preset: None,
            source: Source::Link,
            staff: false,
            device_day: 0,
            device_known: false,
            device_again: false,
            partial: false,
            comment: Comment::None,
            ms_first: 0,
            raised: false,
            changed: false,
            hidden: 0,
            input: Input::Touch,
        }
    }
}

/// Fill: staff's own responses, in bursts on one device.
fn fill_in(staff: u32, days: &Days, p: &Parameters, chance: &mut Chance, drawn: &mut Vec<Drawn>) {
    let mut left = staff;
    while left > 0 {
        let day = days.draw(chance);
        let mut ms = opening_hour(chance);
        let earlier = drawn.iter().filter(|one| one.staff && one.day == day).count() as u32;
        let burst = left.min(p.burst.max(1));
        for in_burst in 0..burst {
            drawn.push(Drawn {
                day,
                ms: ms.min(DAY - 60_000),
                staff: true,
                device_day: earlier + in_burst,
                ..Drawn::staff()
            });
            ms += (chance.log_normal(p.burst_minutes, 0.4) * 60_000.0) as i64;
        }
        left -= burst;
    }
}

/// How a response is answered: speed, signals and whether there are words.
fn answer(one: &mut Drawn, unit: &Unit, p: &Parameters, chance: &mut Chance) {
    one.partial = !one.staff && chance.happens(p.partial);
    if !one.staff && !one.partial {
        one.comment = comment(unit, one, p, chance);
    }
    let ms_first = match one.staff {
        true => chance.log_normal(p.staff_ms, p.staff_spread),
        false => chance.log_normal(p.first_answer_ms * unit.speed, p.first_answer_spread),
    };
    one.ms_first = ms_first.clamp(250.0, 600_000.0) as u32;
    one.raised = !one.staff && one.preset.is_none() && chance.happens(p.raised);
    let lowered = one.preset.is_some_and(|preset| preset != one.score);
    one.changed = lowered || chance.happens(p.changed) || one.raised;
    one.hidden = if chance.happens(p.hidden) { 1 + u32::from(chance.happens(0.3)) } else { 0 };
    let kiosk = one.source == Source::Kiosk;
    one.device_known = one.staff || kiosk || chance.happens(p.device_known);
    one.device_again = chance.happens(p.device_again);
    one.input = match chance.below(100) {
        _ if one.staff || kiosk => Input::Touch,
        0..41 => Input::Mouse,
        41..90 => Input::Touch,
        90..96 => Input::Keyboard,
        _ => Input::Mixed,
    };
}

fn response(
    unit: &Unit,
    drawn: &Drawn,
    start: Time,
    (definition, revision): (&Definition, &Revision),
    writing: &mut Chance,
) -> Response {
    let id = |text: &str| Id::new(text).unwrap_or_else(|| unreachable!("{text} is an id"));
    let (nps, why) = (id(NPS), id(WHY));
    let comment = match drawn.comment {
        Comment::None => None,
        Comment::Plain => Some(plain(drawn.felt, unit.bank(), writing)),
        Comment::Phrase(text) => Some(text.to_owned()),
    };
    // A pause before the comment and a fifth of a second for each letter.
    let pause = writing.log_normal(if drawn.staff { 700.0 } else { 4000.0 }, 0.5).min(300_000.0) as u32;
    let letters = comment.as_ref().map_or(0, |text| text.chars().count() as u32);
    let typing = (f64::from(letters) * writing.log_normal(200.0, 0.3)) as u32;
    let ms_total = drawn.ms_first + if drawn.partial { pause / 2 } else { pause + typing };
    let kiosk = drawn.source == Source::Kiosk;
    let earlier = if drawn.staff || kiosk { 20 } else { u32::from(drawn.device_again) };

    let started = drawn.started(start);
    let submitted = Time(started.0 + i64::from(ms_total));
    let received = Time(submitted.0 + 150 + i64::from(writing.below(900)));
    let mut answers = Map::new();
    answers.set(&nps, Answer::Number(i64::from(drawn.score).into()));
    let mut ms = Map::new();
    ms.set(&nps, drawn.ms_first);
    let mut order = vec![nps.clone()];
    if !drawn.partial {
        order.push(why.clone());
        if comment.is_some() {
            ms.set(&why, pause);
        }
        answers.set(&why, comment.map_or(Answer::Skipped, Answer::Text));
    }
    let mut preset = Map::new();
    if let Some(score) = drawn.preset {
        preset.set(&nps, Answer::Number(i64::from(score).into()));
    }
    Response {
        orders: None,
        v: One,
        id: Uuid::v7(started.0, writing.bytes()),
        seq: 0,
        survey: definition.id.clone(),
        revision: revision.clone(),
        status: if drawn.partial { Status::Partial } else { Status::Complete },
        test: false,
        locale: definition.languages[0].clone(),
        page: "/advice/thanks".into(),
        started,
        submitted,
        utc_offset_min: 0,
        received: Some(received),
        order,
        answers,
        attributes: unit.attributes(),
        invitation: Invitation { source: drawn.source, token: OrNull(None), preset },
        signals: Signals {
            ms_total,
            ms_first: Some(drawn.ms_first),
            ms,
            changes: u32::from(drawn.changed),
            raised: u32::from(drawn.raised),
            hidden: drawn.hidden,
            untrusted: 0,
            input: drawn.input,
            pasted: 0,
            device_day: drawn.device_known.then_some(drawn.device_day),
            device_all: drawn.device_known.then_some(drawn.device_day + earlier),
        },
        integrity: Integrity { evidence: Level::None, score: Share::from_hundredths(0), reasons: Vec::new() },
    }
}

impl Drawn {
    fn started(&self, start: Time) -> Time {
        Time(start.0 + i64::from(self.day) * DAY + self.ms)
    }
}

impl Unit {
    fn attributes(&self) -> Map<String> {
        let mut attributes = Map::new();
        let known = match &self.place {
            Place::Agent { name, store } => [("agent", name.as_str()), ("store", store)],
            Place::Store { name, region, .. } => [("store", name.as_str()), ("region", region)],
        };
        for (name, value) in known {
            if let Some(id) = Id::new(name) {
                attributes.set(&id, value.into());
            }
        }
        attributes
    }
}

/// Earlier responses of the day on a unit's kiosk.
fn count_kiosk(drawn: &mut [Drawn]) {
    let (mut day, mut count) = (u32::MAX, 0);
    for draft in drawn.iter_mut().filter(|one| one.source == Source::Kiosk) {
        if draft.day != day {
            (day, count) = (draft.day, 0);
        }
        draft.device_day = count;
        count += 1;
    }
}

/// Splits `total` in proportion to `weights`: whole parts, the largest remainders rounded up.
fn shares(total: u32, weights: &[f64]) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| f64::from(total) * weight / sum).collect();
    let mut parts: Vec<u32> = exact.iter().map(|part| libm::floor(*part) as u32).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    sort::by(&mut order, |&a, &b| libm::modf(exact[b]).0.total_cmp(&libm::modf(exact[a]).0).then(a.cmp(&b)));
    let mut left = total.saturating_sub(parts.iter().sum());
    for &at in order.iter().cycle().take(parts.len() * 2) {
        if left == 0 {
            break;
        }
        parts[at] += 1;
        left -= 1;
    }
    parts
}

/// The share of a normal distribution below `x`.
fn normal_share(x: f64) -> f64 {
    0.5 * libm::erfc(-x / core::f64::consts::SQRT_2)
}

/// The rating at a share of the distribution.
fn rating_at(ratings: &[f64; 11], share: f64) -> u8 {
    let mut below = 0.0;
    for (rating, part) in ratings.iter().enumerate() {
        below += part;
        if share < below {
            return rating as u8;
        }
    }
    10
}

/// A moment between 9 and 19 o'clock, most often in the middle.
fn opening_hour(chance: &mut Chance) -> i64 {
    let hours = 9.0 + 5.0 * (chance.share() + chance.share());
    (hours * 3_600_000.0) as i64
}

/// What kind of comment the customer writes, if any.
fn comment(unit: &Unit, drawn: &Drawn, p: &Parameters, chance: &mut Chance) -> Comment {
    if !chance.happens(unit.comments) {
        return Comment::None;
    }
    if drawn.asked && chance.happens(p.beg_comments) {
        return Comment::Phrase(chance.pick(unit.bank().solicited));
    }
    if chance.happens(unit.sounds_solicited) {
        return Comment::Phrase(chance.pick(unit.bank().sounds_solicited));
    }
    Comment::Plain
}

/// A comment that goes with what was felt.
fn plain(felt: u8, bank: &Bank, chance: &mut Chance) -> String {
    let (first, second, closing) = match felt {
        9.. => (bank.pleased, bank.pleased, bank.closing_pleased),
        7..=8 => (bank.pleased, bank.so_so, bank.closing_pleased),
        4..=6 => (bank.so_so, bank.annoyed, bank.closing_annoyed),
        _ => (bank.annoyed, bank.annoyed, bank.closing_annoyed),
    };
    let (topic, sentences) = chance.pick(first);
    let mut text = String::from(chance.pick(sentences));
    let (other_topic, others) = chance.pick(second);
    if other_topic != topic && chance.happens(0.45) {
        text.push(' ');
        text.push_str(chance.pick(others));
    }
    if chance.happens(0.2) {
        text.push(' ');
        text.push_str(chance.pick(closing));
    }
    text
}

/// The days of the world: how busy each is, its month, and whether it is among the last of its month.
struct Calendar {
    weights: Vec<f64>,
    month: Vec<u32>,
    month_end: Vec<bool>,
    months: u32,
}

impl Calendar {
    fn new(start: Time, p: &Parameters) -> Calendar {
        let first = start.0.div_euclid(DAY);
        let month_of = |day: i64| Time(day * DAY).to_string()[..7].to_owned();
        let mut calendar =
            Calendar { weights: Vec::new(), month: Vec::new(), month_end: Vec::new(), months: 0 };
        let mut current = String::new();
        for day in first..first + i64::from(p.days.max(1)) {
            let month = month_of(day);
            if month != current {
                calendar.months += 1;
                current.clone_from(&month);
            }
            // Day 0 was a Thursday.
            let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
            calendar.weights.push(if weekend { p.weekend } else { 1.0 });
            calendar.month.push(calendar.months - 1);
            calendar.month_end.push(month_of(day + i64::from(p.month_end_days)) != month);
        }
        calendar
    }

    /// The days of a unit; `month_end` says how much busier the last days of a month are there.
    fn of(&self, unit: &Unit) -> Days {
        let mut sum = 0.0;
        let weights = self.weights.iter().zip(&self.month_end);
        let sums = weights.map(|(weight, end)| {
            sum += weight * if *end { unit.month_end } else { 1.0 };
            sum
        });
        Days(sums.collect())
    }
}

/// How busy the days of a unit are, summed up.
struct Days(Vec<f64>);

impl Days {
    /// A day, drawn by how busy it is.
    fn draw(&self, chance: &mut Chance) -> u32 {
        let total = self.0.last().copied().unwrap_or(0.0);
        let at = chance.share() * total;
        self.0.partition_point(|sum| *sum <= at).min(self.0.len().saturating_sub(1)) as u32
    }
}

impl Simulation {
    /// The export as NDJSON: the definition, then the responses.
    pub fn ndjson(&self) -> String {
        let mut out = own::definition_line(&self.revision, &self.definition);
        out.push('\n');
        for response in &self.responses {
            response.write(&mut out);
            out.push('\n');
        }
        out
    }

    /// The export's `responses.csv`.
    pub fn responses_csv(&self) -> String {
        own::responses_csv(&[(self.revision.as_str(), &self.definition)], &self.responses)
    }

    /// The export's `definitions.json`.
    pub fn definitions_json(&self) -> String {
        format!("[{}]\n", own::definition_line(&self.revision, &self.definition))
    }
}
