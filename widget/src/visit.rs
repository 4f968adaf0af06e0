//! One visitor's way through one survey. What happens on the page comes in as text; nothing here can reach the page, the
//! clock, the network or the device.

use crate::definition::{by_id, is, kept, list, said, way, whole, word};
use crate::fields::{Fields, digits};
use crate::prelude::*;
use crate::response::Stand;
use crate::signals::{Track, Watch};
use crate::{color, verdict};
use candor_survey::json::Value;
use candor_survey::logic::{Given, fill};
use candor_survey::response::Input;
use candor_survey::route::{Stop, Way};
use candor_survey::{Map, Uuid};

/// A survey on show.
pub struct Visit {
    pub(crate) definition: &'static Value,
    /// What start.js said about the page and the visit.
    pub(crate) page: &'static Value,
    pub(crate) language: &'static str,
    pub(crate) id: &'static str,
    pub(crate) started: i64,
    way: Way<'static>,
    /// The questions, in order.
    pub(crate) questions: Vec<&'static Value>,
    pub(crate) attributes: Map<String>,
    pub(crate) watch: Watch,
    /// Answers that were there before the visitor was.
    pub(crate) preset: Vec<(&'static str, Value)>,
    /// The pages on the way, for the answers so far.
    pub(crate) stops: Vec<Stop>,
    /// The last page that the visitor came to.
    pub(crate) furthest: usize,
    /// What the visitor used last.
    pub(crate) hand: Input,
}

/// Hears a message and replies. The fields of each message, and the reply:
///
/// | message | fields | reply |
/// |---|---|---|
/// | `begin` | definition, page (JSON, see start.js), now, 20 random hexadecimal digits | the response's id; nothing when one cannot be read |
/// | `put` | question, answer (JSON), milliseconds before it was first answered or 0, 1 if it was preset | the way |
/// | `answer` | question, answer (JSON), trusted (1 or 0), hand, at | the way |
/// | `way` | | the way |
/// | `shown` | question, 1 or 0, at | |
/// | `first` | question | milliseconds that it was on show before it was first answered, or 0 |
/// | `settled` | question: what was typed is finished for now | |
/// | `forged` | question: its fields changed without any event | |
/// | `pasted`, `hidden` | a text was pasted, the page was hidden | |
/// | `page` | the page that the visitor came to | |
/// | `fill` | a text | the same with what it pipes filled in |
/// | `private` | | 1 if something is taken out of the answers before they are sent |
/// | `line` | complete (1 or 0), seq, at, now, attributes (JSON), orders (JSON), responses from this device that day and ever, or nothing | the response, one line of JSON |
/// | `verdict` | status, lines, body | what the collector's answer means: see `verdict.rs` |
/// | `style` | the page's colors, a scheme, the theme's accent (all may be empty) | the style sheet's colors |
///
/// Questions and pages are told by their places, from 0. `at` is in milliseconds since the survey was shown, `now` since
/// 1970. The way is the pages on it, `;` between them, each as `page:questions shown:those that must be answered yet`.
pub fn hear(open: &mut Option<Visit>, message: &str) -> String {
    let mut fields = Fields(message);
    match fields.take() {
        "begin" => {
            *open = Visit::begin(&mut fields);
            open.as_ref().map_or(String::new(), |visit| visit.id.into())
        }
        "verdict" => {
            let (status, lines) = (fields.number(), fields.number());
            verdict::verdict(status, fields.take(), lines)
        }
        "style" => color::style(&mut fields),
        kind => match open {
            Some(visit) => visit.hear(kind, &mut fields),
            None => String::new(),
        },
    }
}

impl Visit {
    fn begin(fields: &mut Fields<'_>) -> Option<Visit> {
        let definition = kept(fields.take())?;
        let page = kept(fields.take())?;
        let now = fields.number();
        let mut random = [0u8; 10];
        for (byte, pair) in random.iter_mut().zip(fields.take().as_bytes().chunks(2)) {
            for digit in pair {
                // Letters follow each other as digits do: in ASCII, 9 more than the low half of a letter is its value.
                *byte = *byte << 4 | ((digit & 15) + if *digit > b'9' { 9 } else { 0 });
            }
        }
        let (mut questions, mut watch) = (Vec::new(), Watch::default());
        for page in list(definition, "pages") {
            for question in list(page, "questions") {
                watch.tracks.push(Track::new(question)?);
                questions.push(question);
            }
        }
        let earlier = word(page, "id");
        let id =
            if earlier.is_empty() { Box::leak(Box::new(Uuid::v7(now, random))).as_str() } else { earlier };
        let mut visit = Visit {
            definition,
            page,
            language: word(page, "lang"),
            id,
            started: whole(page, "started").unwrap_or(now),
            way: way(definition),
            questions,
            attributes: by_id(page.get("attributes").unwrap_or(&Value::Null)),
            watch,
            preset: Vec::new(),
            stops: Vec::new(),
            furthest: 0,
            hand: Input::Mouse,
        };
        visit.walk();
        Some(visit)
    }

    fn hear(&mut self, kind: &str, fields: &mut Fields<'_>) -> String {
        match kind {
            "fill" => return self.fill(fields.take()),
            "line" => return self.stand(fields),
            "way" => return self.walk(),
            "private" => return digits(i64::from(self.answers().1)),
            "page" => self.furthest = self.furthest.max(fields.number() as usize),
            "pasted" => self.watch.pasted += 1,
            "hidden" => self.watch.hidden += 1,
            _ => return self.about(kind, fields),
        }
        String::new()
    }

    /// Hears what happened to one question.
    fn about(&mut self, kind: &str, fields: &mut Fields<'_>) -> String {
        let place = fields.number() as usize;
        match kind {
            "shown" => {
                let shown = fields.number() == 1;
                self.watch.on_show(place, shown, fields.number() as u32);
            }
            "first" => {
                let first = self.watch.tracks.get(place).and_then(|track| track.first);
                return digits(i64::from(first.unwrap_or(0)));
            }
            "settled" => self.watch.settled(place),
            "forged" => self.watch.forged(place),
            _ => {
                let answer = Value::parse(fields.take()).unwrap_or(Value::Null);
                if kind == "answer" {
                    let trusted = fields.number() == 1;
                    self.hand = Input::from_word(fields.take()).unwrap_or(self.hand);
                    self.watch.answered(place, answer, fields.number() as u32, self.hand, trusted);
                } else {
                    let first = fields.number() as u32;
                    if fields.number() == 1
                        && let Some(track) = self.watch.tracks.get(place)
                    {
                        self.preset.push((track.id, answer.clone()));
                    }
                    self.watch.put(place, answer, first);
                }
                return self.walk();
            }
        }
        String::new()
    }

    /// Finds the way again and says it.
    fn walk(&mut self) -> String {
        let tracks = &self.watch.tracks;
        let answer = |place: usize| tracks.get(place).map_or(&Value::Null, |track| &track.answer);
        self.stops = self.way.walk(&answer, &self.attributes);
        let mut said = String::new();
        for stop in &self.stops {
            said.push_str(&digits(stop.page as i64));
            for places in [&stop.shown, &stop.open] {
                let mut mark = ':';
                for place in places {
                    said.push(mark);
                    said.push_str(&digits(*place as i64));
                    mark = ',';
                }
                if places.is_empty() {
                    said.push(mark);
                }
            }
            said.push(';');
        }
        said
    }

    fn fill(&self, text: &str) -> String {
        let mut answers = Vec::new();
        for stop in &self.stops {
            for &place in &stop.shown {
                if let Some(track) = self.watch.tracks.get(place) {
                    answers.push((track.id, &track.answer));
                }
            }
        }
        let named = |question: &str, option: &str| {
            let question = self.questions.iter().find(|q| word(q, "id") == question)?;
            let option = list(question, "options").iter().find(|o| word(o, "id") == option)?;
            Some(said(option, "text", self.language))
        };
        fill(text, &Given { answers, attributes: &self.attributes }, &named)
    }

    fn stand(&mut self, fields: &mut Fields<'_>) -> String {
        let complete = fields.number() == 1;
        let (seq, at, now) = (fields.number(), fields.number(), fields.number());
        if let Ok(json) = Value::parse(fields.take()) {
            self.attributes = by_id(&json);
        }
        let orders = fields.take();
        let device = (!fields.0.is_empty()).then(|| (fields.number(), fields.number()));
        self.line(&Stand { complete, seq, at, now, orders, device })
    }

    /// Whether the response is a test.
    pub(crate) fn is_test(&self) -> bool {
        is(self.page, "test")
    }
}
