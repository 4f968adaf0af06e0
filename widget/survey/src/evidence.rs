//! The evidence of pressure in one response, from its signals and words. The widget computes it to make its claim, the
//! analyzer computes it again from the same signals, and both run this code.
//!
//! No rule looks at the score itself: a suspicion that depends on the score would bend every score that is corrected by
//! it (SCIENCE.md, section 3). No single reason is ever strong: that takes two reasons of different kinds.

use crate::definition::{Definition, Share};
use crate::leaf::Id;
use crate::prelude::*;
use crate::question::{Answer, Kind, Question};
use crate::record::choice;
use crate::response::{Input, Integrity, Level, Response, Source};
use crate::words::{Cue, Cues, cues};

/// Everything the rules look at, in numbers, so that rows of a file can be judged as well as responses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Case {
    /// Whether the score was filled in before the visitor saw the survey.
    pub preset: bool,
    /// Answers that came from a script.
    pub untrusted: u32,
    /// Milliseconds that the score question was on show before its first answer.
    pub ms_score: Option<u32>,
    /// Characters of the score question as the visitor read it.
    pub read_chars: u32,
    /// Answers raised after having stood for two seconds or more.
    pub raised: u32,
    /// Times the page was hidden while the survey was open.
    pub hidden: u32,
    /// What the answers were given with.
    pub input: Option<Input>,
    /// Earlier responses from this device today.
    pub device_day: Option<u32>,
    /// Earlier responses from this device ever.
    pub device_all: Option<u32>,
    /// Whether the device is one that stands where customers pass.
    pub kiosk: bool,
    /// What the comments say was done to their writer.
    pub cues: Cues,
}

choice! {
    /// Why a response carries evidence of pressure. The word is the code in `integrity.reasons`.
    pub enum Reason {
        /// The score was already filled in.
        Preset = "preset",
        /// A script gave the answers.
        Scripted = "scripted",
        /// The score came faster than its question can be read.
        Fast = "fast",
        /// The score was raised after it had stood for a while.
        Raised = "raised",
        /// The page was left while answering.
        Hidden = "hidden",
        /// The same device answered again and again on one day.
        Device = "device",
        /// The comment says that the score was solicited.
        Solicited = "solicited",
    }
}

/// From this many earlier responses on one day, a device is answering again and again. A family that shares a tablet
/// stays below it.
pub const DEVICE_DAY: u32 = 3;

/// Milliseconds below which nobody can have read a question of `chars` characters and answered it: 15 ms a character is
/// 800 words a minute, twice a fast reader (Brysbaert 2019: 238 on average), and 300 ms to move a hand. Someone whose
/// device answered before knows the question, and has half of it.
pub fn too_fast_ms(chars: u32, known: bool) -> u32 {
    let ms = 300u32.saturating_add(chars.saturating_mul(15));
    if known { ms / 2 } else { ms }
}

impl Reason {
    /// How much this reason alone says, in hundredths: the score is one minus the product of what is left.
    fn weight(self, case: &Case) -> u32 {
        match self {
            Reason::Preset | Reason::Device => 35,
            Reason::Scripted => 50,
            Reason::Fast => 30,
            Reason::Raised => 25,
            Reason::Hidden => 10,
            Reason::Solicited => {
                let grave = [Cue::NamesConsequences, Cue::Intimidates, Cue::StaffFilled];
                if grave.iter().any(|&cue| case.cues.has(cue)) { 60 } else { 50 }
            }
        }
    }

    /// Reasons of one kind can share one honest cause, so only different kinds can agree with each other.
    fn kind(self) -> u8 {
        match self {
            Reason::Preset => 0,
            Reason::Scripted | Reason::Fast => 1,
            Reason::Raised | Reason::Hidden => 2,
            Reason::Device => 3,
            Reason::Solicited => 4,
        }
    }

    /// The reason as a plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Reason::Preset => "The score was already filled in when the survey opened.",
            Reason::Scripted => "A script, not a hand, gave at least one answer.",
            Reason::Fast => "The score came faster than its question can be read.",
            Reason::Raised => "The score stood for a while and was then raised.",
            Reason::Hidden => "The page was left more than once while answering.",
            Reason::Device => "The same device had already answered three times or more that day.",
            Reason::Solicited => "The comment says that a score was asked for.",
        }
    }

    /// The honest explanation that remains.
    pub fn alternative(self) -> &'static str {
        match self {
            Reason::Preset => "A link in an e-mail may carry the score that the customer clicked there.",
            Reason::Scripted => "Dictation and other assistive software can answer through scripts.",
            Reason::Fast => "Someone who has seen the question before need not read it.",
            Reason::Raised => "People correct themselves.",
            Reason::Hidden => "People look things up, or take a call.",
            Reason::Device => "A shared device at a counter does the same; mark it as a kiosk.",
            Reason::Solicited => "The writer may be joking, or speaking of another shop.",
        }
    }

    fn applies(self, case: &Case) -> bool {
        match self {
            Reason::Preset => case.preset,
            Reason::Scripted => case.untrusted > 0,
            // A score that was filled in needs no reading, and Preset says so already. A customer who was asked before
            // knows the question; a device that answers again and again is not that customer.
            Reason::Fast => {
                let known = case.device_all.is_some_and(|n| n > 0) && !Reason::Device.applies(case);
                !case.preset && case.ms_score.is_some_and(|ms| ms < too_fast_ms(case.read_chars, known))
            }
            // Arrow keys walk up a scale step by step, and a slow walk is not a second thought.
            Reason::Raised => match case.input {
                Some(Input::Keyboard) => false,
                Some(Input::Mixed) => case.raised > 1,
                _ => case.raised > 0,
            },
            Reason::Hidden => case.hidden > 1,
            Reason::Device => !case.kiosk && case.device_day.is_some_and(|n| n >= DEVICE_DAY),
            Reason::Solicited => !case.cues.is_empty(),
        }
    }
}

/// What the evidence in one response comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// How much evidence.
    pub level: Level,
    /// The same from 2 (no reason at all: nothing is certified honest) to 100, in hundredths.
    pub score: u32,
    /// The reasons, in the order of [`Reason::ALL`].
    pub reasons: Vec<Reason>,
}

/// Weighs the evidence in one response.
pub fn judge(case: &Case) -> Judgement {
    let reasons: Vec<Reason> = Reason::ALL.iter().copied().filter(|reason| reason.applies(case)).collect();
    let mut left = 98_000_000u64;
    for reason in &reasons {
        left = left * u64::from(100 - reason.weight(case)) / 100;
    }
    let score = 100 - ((left + 500_000) / 1_000_000) as u32;
    let mut kinds: Vec<u8> = reasons.iter().filter(|r| r.weight(case) >= 20).map(|r| r.kind()).collect();
    kinds.dedup();
    let level = match kinds.len() {
        0 => Level::None,
        2.. if score >= 55 => Level::Strong,
        _ => Level::Some,
    };
    Judgement { level, score, reasons }
}

impl Judgement {
    /// The claim as it travels with a response.
    pub fn claim(&self) -> Integrity {
        Integrity {
            evidence: self.level,
            score: Share::from_hundredths(self.score),
            reasons: self.reasons.iter().filter_map(|r| Id::new(r.as_str())).collect(),
        }
    }
}

/// The question whose score a survey is about: the first NPS question, else the first on a scale.
pub fn score_question(definition: &Definition) -> Option<&Question> {
    definition
        .questions()
        .find(|q| q.kind == Kind::Nps)
        .or_else(|| definition.questions().find(|q| q.scale().is_some()))
}

/// The case that a response makes under its definition.
pub fn case(response: &Response, definition: &Definition) -> Case {
    let score = score_question(definition);
    let signals = &response.signals;
    let mut found = Cues::default();
    for (id, answer) in response.answers.iter() {
        let text = match answer {
            Answer::Text(text) if definition.question(id).is_some_and(|q| q.kind == Kind::Text) => text,
            Answer::Other(text) => text,
            _ => continue,
        };
        found = found.union(cues(text));
    }
    Case {
        preset: score
            .is_some_and(|q| response.invitation.preset.get(&q.id).is_some_and(|a| *a != Answer::Skipped)),
        untrusted: signals.untrusted,
        ms_score: score.and_then(|q| signals.ms.get(&q.id).copied()),
        read_chars: score.map_or(0, |q| q.text.in_language(response.locale.as_str()).chars().count() as u32),
        raised: signals.raised,
        hidden: signals.hidden,
        input: Some(signals.input),
        device_day: signals.device_day,
        device_all: signals.device_all,
        kiosk: response.invitation.source == Source::Kiosk,
        cues: found,
    }
}
