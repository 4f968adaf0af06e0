//! A drawn world as the columns that the channels of [`crate::pressure`] look at, without writing it down and reading it back.

use super::{Comment, DAY, Parameters, Pressure, World, phrases};
use crate::pressure::gathered::{Units, update, update_asked};
use crate::pressure::rows::{Asked, Moments, NONE, Rows, Terms};
use crate::words::language::Language;
use crate::words::solicitation::Hearing;
use candor_survey::response::{Input, Source};
use candor_survey::words::{Cues, cues};

/// The columns of a world, and what is true of it.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The names of the units.
    pub names: Vec<String>,
    /// How each unit is pressured.
    pub pressured: Vec<Option<Pressure>>,
    /// How far the page views of each unit went.
    pub asked: Vec<Asked>,
    /// Each row's unit.
    pub units: Vec<u32>,
    /// Each row's rating.
    pub ratings: Vec<u8>,
    /// When each response began.
    pub times: Vec<i64>,
    /// Whether the score was filled in beforehand.
    pub preset: Vec<bool>,
    /// Whether it came from a kiosk.
    pub kiosk: Vec<bool>,
    /// Whether a page view led to it, by a trigger or a link.
    pub triggered: Vec<bool>,
    /// What it was given with.
    pub input: Vec<Option<Input>>,
    /// Scripted answers; there are none.
    pub untrusted: Vec<u32>,
    /// Answers raised.
    pub raised: Vec<u32>,
    /// Times the page was hidden.
    pub hidden: Vec<u32>,
    /// Milliseconds before the score.
    pub ms_score: Vec<u32>,
    /// Earlier responses of the device that day.
    pub device_day: Vec<u32>,
    /// What each comment says.
    pub cues: Vec<Option<Cues>>,
}

/// The shares of phrases of solicitation, and of those that only sound so, that the rule hears.
pub fn heard() -> (f64, f64) {
    let share = |phrases: &[&str]| {
        phrases.iter().filter(|text| !cues(text).is_empty()).count() as f64 / phrases.len() as f64
    };
    (share(phrases::ENGLISH.solicited), share(phrases::ENGLISH.sounds_solicited))
}

impl World {
    /// Draws the world that [`World::simulate_with`] writes.
    pub fn draw(&self, p: &Parameters) -> Drawing {
        let of = |bank: &phrases::Bank| [bank.solicited, bank.sounds_solicited].concat();
        let mut german = Hearing::new([Language::GERMAN]);
        let english = of(&phrases::ENGLISH).into_iter().map(|text| (text, cues(text)));
        let heard: Vec<(&str, Cues)> =
            english.chain(of(&phrases::GERMAN).into_iter().map(|text| (text, german.cues(text)))).collect();
        let start = self.midnight();
        let mut into = Drawing::default();
        for (at, (unit, drawn)) in self.drawn(p).into_iter().enumerate() {
            into.names.push(unit.name().to_owned());
            into.pressured.push(unit.pressure);
            into.asked.push(unit.asked);
            for one in drawn {
                into.units.push(at as u32);
                into.ratings.push(one.score);
                into.times.push(start.0 + i64::from(one.day) * DAY + one.ms);
                into.preset.push(one.preset.is_some());
                into.kiosk.push(one.source == Source::Kiosk);
                into.triggered.push(one.is_triggered());
                into.input.push(Some(one.input));
                into.untrusted.push(0);
                into.raised.push(u32::from(one.raised));
                into.hidden.push(one.hidden);
                into.ms_score.push(one.ms_first);
                into.device_day.push(if one.device_known { one.device_day } else { NONE });
                into.cues.push(match one.comment {
                    Comment::None => None,
                    Comment::Plain => Some(Cues::default()),
                    Comment::Phrase(text) => {
                        heard.iter().find(|(phrase, _)| *phrase == text).map(|(_, cues)| *cues)
                    }
                });
            }
        }
        into
    }
}

impl Drawing {
    /// The rows.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            names: &self.names,
            units: &self.units,
            ratings: &self.ratings,
            times: Some(&self.times),
            moments: Some(Moments {
                preset: &self.preset,
                kiosk: &self.kiosk,
                input: &self.input,
                untrusted: &self.untrusted,
                raised: &self.raised,
                hidden: &self.hidden,
                ms_score: &self.ms_score,
                device_day: &self.device_day,
            }),
            cues: Some(&self.cues),
            triggered: Some(&self.triggered),
            ..Rows::default()
        }
    }

    /// The state of all units.
    pub fn gathered(&self, terms: &Terms) -> Units {
        let mut units = Units::default();
        update(&mut units, &self.rows(), terms);
        for (name, asked) in self.names.iter().zip(&self.asked) {
            update_asked(&mut units, name, *asked);
        }
        units
    }
}
