//! One visitor's way through one survey. What happens on the page comes in as text; nothing here can reach the page, the
//! clock, the network or the device.

use crate::fields::{Fields, digits};
use crate::prelude::*;
use crate::signals::{Track, Watch};
use candor_survey::evidence::{Case, judge};
use candor_survey::json::{Number, Value};
use candor_survey::logic::{Condition, Given, fill};
use candor_survey::question::Kind;
use candor_survey::redact::redact;
use candor_survey::response::Input;
use candor_survey::route::{Ask, Leg, Stop, Way};
use candor_survey::words::{Cues, cues};
use candor_survey::{Id, Map};

/// A survey on show.
pub struct Visit {
    way: Way<'static>,
    /// For each option: its question, its id and its text in the visitor's language.
    options: Vec<(&'static str, &'static str, &'static str)>,
    /// Characters of each question's text as the visitor reads it.
    chars: Vec<u32>,
    attributes: Map<String>,
    watch: Watch,
    /// Questions that were answered before the visitor was there, by their places.
    preset: Vec<usize>,
    /// The pages on the way, for the answers so far.
    stops: Vec<Stop>,
    /// What the visitor used last.
    hand: Input,
}

/// Hears a message and replies. The fields of each message, and the reply:
///
/// | message | fields | reply |
/// |---|---|---|
/// | `begin` | the survey, see below | the way |
/// | `attribute` | name, value: something that the page says about the visit | the way |
/// | `put` | question, answer, milliseconds before it was first answered or 0, 1 if it was preset | the way |
/// | `answer` | question, answer, trusted (1 or 0), hand, at | the way |
/// | `shown` | question, 1 or 0, at | |
/// | `first` | question | milliseconds that it was on show before it was first answered, or nothing |
/// | `settled` | question: what was typed is finished for now | |
/// | `forged` | question: its fields changed without any event | |
/// | `pasted`, `hidden` | a text was pasted, the page was hidden | |
/// | `fill` | a text | the same with what it pipes filled in |
/// | `redact` | a text | the same without personal data |
/// | `claim` | responses from this device that day and ever, or nothing twice; 1 at a kiosk; what was written freely… | signals and evidence, see below |
///
/// The survey is, page after page: `P` show_if; `Q` id, type, required (1 or 0), characters, show_if, required_if; `O` id,
/// text for each option of the question before; `S` condition, page for each way onward from the page. Questions and pages
/// are told by their places, from 0. `at` is in milliseconds since the survey was shown. An answer is a letter and what
/// follows it: nothing for none, `n` a number, `s` a text, `b1` or `b0`, `o` for something written in instead of an option,
/// `l` a list, `r` rows or fields and what each says; U+001E ends each item of these two, and stands between a row and its
/// value. The way is the pages on it, each as `page:questions shown:those that must be answered yet;`. Signals and evidence
/// are ms_first (or nothing), changes, raised, hidden, untrusted, pasted, input, level, hundredths, reasons, `;` between
/// them and `,` between reasons.
pub fn hear(open: &mut Option<Visit>, message: &str) -> String {
    let mut fields = Fields(message);
    match fields.take() {
        "begin" => {
            let survey: &'static str = Box::leak(String::from(fields.0).into_boxed_str());
            let mut visit = Visit::begin(survey);
            let way = visit.walk();
            *open = Some(visit);
            way
        }
        "redact" => redact(fields.0).unwrap_or_else(|| fields.0.into()),
        kind => match open {
            Some(visit) => visit.hear(kind, &mut fields),
            None => String::new(),
        },
    }
}

fn condition(text: &'static str) -> Option<&'static Condition> {
    if text.is_empty() {
        return None;
    }
    // The collector has read it, so that what cannot be read comes from nowhere; it does not hold.
    let condition = Condition::parse(text).unwrap_or(Condition::Any(Vec::new()));
    Some(&*Box::leak(Box::new(condition)))
}

/// Reads an answer as `hear` says it is written.
fn answer(text: &str) -> Value {
    let rest = text.get(1..).unwrap_or_default();
    let number = |text: &str| Number::new(text).map_or(Value::Null, Value::Number);
    let value = |text: &str| match Number::new(text) {
        Some(number) => Value::Number(number),
        None => Value::String(text.into()),
    };
    match text.as_bytes().first() {
        Some(b'n') => number(rest),
        Some(b's') => Value::String(rest.into()),
        Some(b'b') => Value::Bool(rest == "1"),
        Some(b'o') => other(rest),
        Some(b'l') => {
            let (mut items, mut rest) = (Vec::new(), rest);
            while !rest.is_empty() {
                let item = item(&mut rest);
                // What was written in comes last, and says so.
                items.push(match item.strip_prefix(':') {
                    Some(text) => other(text),
                    None => Value::String(item.into()),
                });
            }
            Value::Array(items)
        }
        Some(b'r') => {
            let (mut parts, mut rest) = (Vec::new(), rest);
            while !rest.is_empty() {
                let id = item(&mut rest);
                parts.push((id.into(), value(item(&mut rest))));
            }
            Value::Object(parts)
        }
        _ => Value::Null,
    }
}

/// The next item of a list.
fn item<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.bytes().position(|b| b == 0x1e).unwrap_or(rest.len());
    let item = rest.get(..end).unwrap_or_default();
    *rest = rest.get(end + 1..).unwrap_or_default();
    item
}

#[allow(clippy::vec_init_then_push, reason = "vec! is 40 bytes of brotli more on somebody's page")]
fn other(text: &str) -> Value {
    let mut fields = Vec::new();
    fields.push((String::from("other"), Value::String(text.into())));
    Value::Object(fields)
}

impl Visit {
    fn begin(survey: &'static str) -> Visit {
        let mut visit = Visit {
            way: Way::default(),
            options: Vec::new(),
            chars: Vec::new(),
            attributes: Map::new(),
            watch: Watch::default(),
            preset: Vec::new(),
            stops: Vec::new(),
            hand: Input::Mouse,
        };
        let mut fields = Fields(survey);
        let mut asked = "";
        loop {
            let tag = fields.take();
            let pages = &mut visit.way.pages;
            match (tag, pages.last_mut()) {
                ("P", _) => pages.push(Leg { show_if: condition(fields.take()), ..Leg::default() }),
                ("Q", Some(page)) => {
                    asked = fields.take();
                    // A type that nobody knows is watched as a text.
                    let kind = Kind::from_word(fields.take()).unwrap_or(Kind::Text);
                    visit.watch.tracks.push(Track::new(kind));
                    let required = fields.number() == 1;
                    visit.chars.push(fields.number() as u32);
                    let show_if = condition(fields.take());
                    page.asks.push(Ask {
                        id: asked,
                        show_if,
                        required,
                        required_if: condition(fields.take()),
                    });
                }
                ("O", _) => visit.options.push((asked, fields.take(), fields.take())),
                ("S", Some(page)) => page.skips.push((condition(fields.take()), fields.number() as usize)),
                _ => return visit,
            }
        }
    }

    fn hear(&mut self, kind: &str, fields: &mut Fields<'_>) -> String {
        match kind {
            "fill" => self.fill(fields.0),
            "claim" => self.claim(fields),
            "attribute" => {
                if let Some(name) = Id::new(fields.take()) {
                    self.attributes.set(&name, fields.take().into());
                }
                self.walk()
            }
            "pasted" => {
                self.watch.pasted += 1;
                String::new()
            }
            "hidden" => {
                self.watch.hidden += 1;
                String::new()
            }
            _ => self.about(kind, fields),
        }
    }

    /// Hears what happened to one question.
    fn about(&mut self, kind: &str, fields: &mut Fields<'_>) -> String {
        let place = fields.number() as usize;
        match kind {
            "answer" => {
                let answer = answer(fields.take());
                let trusted = fields.number() == 1;
                self.hand = Input::from_word(fields.take()).unwrap_or(self.hand);
                self.watch.answered(place, answer, fields.number() as u32, self.hand, trusted);
                return self.walk();
            }
            "put" => {
                self.watch.put(place, answer(fields.take()), fields.number() as u32);
                if fields.number() == 1 {
                    self.preset.push(place);
                }
                return self.walk();
            }
            "shown" => {
                let shown = fields.number() == 1;
                self.watch.on_show(place, shown, fields.number() as u32);
            }
            "first" => return self.watch.tracks.get(place).map_or(String::new(), |track| maybe(track.first)),
            "settled" => self.watch.settled(place),
            "forged" => self.watch.forged(place),
            _ => {}
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
        let ids = self.way.pages.iter().flat_map(|page| &page.asks);
        for (place, (ask, track)) in ids.zip(&self.watch.tracks).enumerate() {
            if self.stops.iter().any(|stop| stop.shown.contains(&place)) {
                answers.push((ask.id, &track.answer));
            }
        }
        let named = |question: &str, option: &str| {
            let found = self.options.iter().find(|(of, id, _)| *of == question && *id == option);
            found.map(|(_, _, text)| *text)
        };
        fill(text, &Given { answers, attributes: &self.attributes }, &named)
    }

    fn claim(&mut self, fields: &mut Fields<'_>) -> String {
        let mut known = || {
            let count = fields.take();
            (!count.is_empty()).then(|| Fields(count).number() as u32)
        };
        let (device_day, device_all) = (known(), known());
        let kiosk = fields.number() == 1;
        let mut heard = Cues::default();
        while !fields.0.is_empty() {
            heard = heard.union(cues(fields.take()));
        }
        // The question whose score the survey is about (as `candor_survey::evidence::score_question`).
        let find =
            |wanted: &dyn Fn(Kind) -> bool| self.watch.tracks.iter().position(|track| wanted(track.kind));
        let score = find(&|kind| kind == Kind::Nps)
            .or_else(|| find(&|kind| matches!(kind, Kind::Csat | Kind::Ces | Kind::Rating)));
        let score = score.unwrap_or(usize::MAX);
        let case = Case {
            preset: self.preset.contains(&score),
            untrusted: self.watch.untrusted(),
            ms_score: self.watch.tracks.get(score).and_then(|track| track.first),
            read_chars: self.chars.get(score).copied().unwrap_or(0),
            raised: self.watch.raised,
            hidden: self.watch.hidden,
            input: Some(self.watch.input(self.hand)),
            device_day,
            device_all,
            kiosk,
            cues: heard,
        };
        let claim = judge(&case);
        let mut said = maybe(self.watch.first);
        for count in [self.watch.changes, case.raised, case.hidden, case.untrusted, self.watch.pasted] {
            said.push(';');
            said.push_str(&digits(i64::from(count)));
        }
        for word in
            [case.input.map_or("", Input::as_str), claim.level.as_str(), &digits(i64::from(claim.score)), ""]
        {
            said.push(';');
            said.push_str(word);
        }
        for reason in &claim.reasons {
            said.push_str(reason.as_str());
            said.push(',');
        }
        said
    }
}

fn maybe(number: Option<u32>) -> String {
    number.map_or(String::new(), |number| digits(i64::from(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(open: &mut Option<Visit>, fields: &[&str]) -> String {
        hear(open, &fields.join("\u{1f}"))
    }

    /// Two pages and a third that is skipped by the glad.
    fn survey() -> Option<Visit> {
        let mut open = None;
        let way = say(
            &mut open,
            &[
                "begin",
                "P",
                "",
                "Q",
                "nps",
                "nps",
                "1",
                "30",
                "",
                "",
                "Q",
                "used",
                "multiple",
                "0",
                "10",
                "",
                "",
                "O",
                "chat",
                "The chat",
                "S",
                "nps >= 9",
                "2",
                "P",
                "",
                "Q",
                "why",
                "text",
                "0",
                "4",
                "",
                "nps <= 6",
                "P",
                "",
                "Q",
                "more",
                "text",
                "0",
                "5",
                "answered(why)",
                "",
            ],
        );
        assert_eq!(way, "0:0,1:0;1:2:;");
        open
    }

    #[test]
    fn the_way_follows_the_answers() {
        let mut open = survey();
        assert_eq!(say(&mut open, &["answer", "0", "n5", "1", "mouse", "900"]), "0:0,1:;1:2:2;");
        assert_eq!(
            say(&mut open, &["answer", "2", "sBecause", "1", "keyboard", "4000"]),
            "0:0,1:;1:2:;2:3:;"
        );
        assert_eq!(say(&mut open, &["answer", "0", "n9", "1", "mouse", "9000"]), "0:0,1:;");
    }

    #[test]
    fn texts_repeat_answers_with_the_options_own_words() {
        let mut open = survey();
        say(&mut open, &["answer", "1", "lchat\u{1e}:a fax\u{1e}", "1", "mouse", "900"]);
        assert_eq!(say(&mut open, &["fill", "You used {{used|nothing}}."]), "You used The chat, a fax.");
    }

    #[test]
    fn answers_are_read_as_they_are_written() {
        let json = |text: &str| answer(text).to_json();
        assert_eq!(json(""), "null");
        assert_eq!(json("n-2.50"), "-2.50");
        assert_eq!(json("n1e"), "null");
        assert_eq!(json("s"), "\"\"");
        assert_eq!(json("b1"), "true");
        assert_eq!(json("oTea"), r#"{"other":"Tea"}"#);
        assert_eq!(json("la\u{1e}b\u{1e}:c\u{1e}"), r#"["a","b",{"other":"c"}]"#);
        assert_eq!(json("rstaff\u{1e}4\u{1e}goods\u{1e}agree\u{1e}"), r#"{"staff":4,"goods":"agree"}"#);
    }

    #[test]
    fn the_claim_says_what_was_counted_and_what_it_is_evidence_of() {
        let mut open = survey();
        say(&mut open, &["shown", "0", "1", "0"]);
        say(&mut open, &["answer", "0", "n10", "1", "mouse", "200"]);
        say(&mut open, &["hidden"]);
        say(&mut open, &["pasted"]);
        assert_eq!(
            say(&mut open, &["claim", "", "", "0", "He told me to give a 10"]),
            "200;0;0;1;0;1;mouse;strong;66;fast,solicited,"
        );
        assert_eq!(say(&mut open, &["claim", "5", "9", "1"]), "200;0;0;1;0;1;mouse;some;31;fast,");
        assert_eq!(say(&mut open, &["first", "0"]), "200");
        assert_eq!(say(&mut open, &["first", "1"]), "");
    }

    #[test]
    fn an_answer_that_a_link_brought_is_preset() {
        let mut open = survey();
        say(&mut open, &["put", "0", "n10", "0", "1"]);
        assert_eq!(say(&mut open, &["claim", "", "", "0"]), ";0;0;0;0;0;mouse;some;36;preset,");
    }

    #[test]
    fn before_a_survey_is_begun_there_is_nothing_to_say() {
        assert_eq!(say(&mut None, &["answer", "0", "n1", "1", "mouse", "1"]), "");
        assert_eq!(say(&mut None, &["redact", "a@b.example"]), "[e-mail]");
    }
}
