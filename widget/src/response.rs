//! The response as one line of JSON (docs/FORMATS.md), written straight from the visit: the types of `candor-survey` that
//! describe it also read and check, which nobody needs on the way out. A test reads every line back with them.

use crate::definition::{said, whole, word};
use crate::fields::digits;
use crate::prelude::*;
use crate::visit::Visit;
use candor_survey::evidence::{Case, judge};
use candor_survey::json::{Value, push_string};
use candor_survey::question::Kind;
use candor_survey::redact::redact;
use candor_survey::words::{Cues, cues};
use candor_survey::{Time, record::Json};

/// When and under what the response is written.
pub(crate) struct Stand<'a> {
    /// Whether the visitor came to the end.
    pub(crate) complete: bool,
    pub(crate) seq: i64,
    /// Milliseconds since the survey was shown, and since 1970.
    pub(crate) at: i64,
    pub(crate) now: i64,
    /// The orders in which options were shown, where chance decided: a JSON object of lists by question.
    pub(crate) orders: &'a str,
    /// Responses from this device before: that day and ever. Unknown where nothing may be kept.
    pub(crate) device: Option<(i64, i64)>,
}

/// An object being written.
struct Object<'a>(&'a mut String);

impl Object<'_> {
    fn begin(out: &mut String) -> Object<'_> {
        out.push('{');
        Object(out)
    }

    fn key(&mut self, key: &str) -> &mut String {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        push_string(self.0, key);
        self.0.push(':');
        self.0
    }

    fn text(&mut self, key: &str, text: &str) {
        push_string(self.key(key), text);
    }

    /// A number, or anything else that is JSON already.
    fn raw(&mut self, key: &str, json: &str) {
        self.key(key).push_str(json);
    }

    fn number(&mut self, key: &str, number: i64) {
        self.raw(key, &digits(number));
    }

    fn end(self) {
        self.0.push('}');
    }
}

/// The answer as it is sent: what looks like personal data in free text is taken out.
fn private(kind: Kind, answer: &Value) -> (Value, bool) {
    let mut taken = false;
    let mut clean = |text: &str| {
        let redacted = redact(text);
        taken |= redacted.is_some();
        Value::String(redacted.unwrap_or_else(|| text.into()))
    };
    let mut written = |answer: &Value| {
        let mut fields = Vec::new();
        fields.push((
            String::from("other"),
            clean(answer.get("other").and_then(Value::as_str).unwrap_or_default()),
        ));
        Value::Object(fields)
    };
    let kept = match answer {
        Value::String(text) if kind == Kind::Text => clean(text),
        Value::Object(_) if matches!(kind, Kind::Single | Kind::Dropdown) => written(answer),
        Value::Array(picks) if kind == Kind::Multiple => {
            let mut kept = Vec::new();
            for pick in picks {
                kept.push(if pick.as_str().is_some() { pick.clone() } else { written(pick) });
            }
            Value::Array(kept)
        }
        _ => answer.clone(),
    };
    (kept, taken)
}

impl Visit {
    /// The questions that belong into the response, by their places: those on the way as far as the visitor came.
    fn met(&self) -> Vec<usize> {
        let mut met = Vec::new();
        for stop in &self.stops {
            if stop.page <= self.furthest {
                met.extend_from_slice(&stop.shown);
            }
        }
        met
    }

    /// The answers as they are sent, whether anything was taken out of them, and what they say was done to their writer.
    pub(crate) fn answers(&self) -> (String, bool, Cues) {
        let (mut out, mut taken, mut heard) = (String::new(), false, Cues::default());
        let mut answers = Object::begin(&mut out);
        for place in self.met() {
            let Some(track) = self.watch.tracks.get(place) else { continue };
            let (answer, was_taken) = private(track.kind, &track.answer);
            taken |= was_taken;
            for text in texts(track.kind, &answer) {
                heard = heard.union(cues(text));
            }
            answer.write(answers.key(track.id));
        }
        answers.end();
        (out, taken, heard)
    }

    /// What the rules of evidence look at.
    fn case(&self, stand: &Stand<'_>, heard: Cues) -> Case {
        let score = self.score();
        let track = score.and_then(|place| self.watch.tracks.get(place));
        let question = score.and_then(|place| self.questions.get(place));
        let text = question.map_or("", |question| said(question, "text", self.language));
        let earlier = |count: i64| u32::try_from(count).ok();
        Case {
            preset: track.is_some_and(|track| self.preset.iter().any(|(id, _)| *id == track.id)),
            untrusted: self.watch.untrusted(),
            ms_score: track.and_then(|track| track.first),
            read_chars: text.chars().count() as u32,
            raised: self.watch.raised,
            hidden: self.watch.hidden,
            input: Some(self.watch.input(self.hand)),
            device_day: stand.device.and_then(|(today, _)| earlier(today)),
            device_all: stand.device.and_then(|(_, all)| earlier(all)),
            kiosk: word(self.page, "source") == "kiosk",
            cues: heard,
        }
    }

    /// The question whose score the survey is about (as `candor_survey::evidence::score_question`).
    fn score(&self) -> Option<usize> {
        let find =
            |wanted: &dyn Fn(Kind) -> bool| self.watch.tracks.iter().position(|track| wanted(track.kind));
        find(&|kind| kind == Kind::Nps)
            .or_else(|| find(&|kind| matches!(kind, Kind::Csat | Kind::Ces | Kind::Rating)))
    }

    /// The response.
    pub(crate) fn line(&self, stand: &Stand<'_>) -> String {
        let (answers, _, heard) = self.answers();
        let met = self.met();
        let mut out = String::new();
        let mut line = Object::begin(&mut out);
        line.raw("v", "1");
        line.text("id", self.id);
        line.number("seq", stand.seq);
        line.text("survey", word(self.definition, "id"));
        line.text("revision", word(self.page, "revision"));
        line.text("status", if stand.complete { "complete" } else { "partial" });
        line.raw("test", if self.is_test() { "true" } else { "false" });
        line.text("locale", self.language);
        line.text("page", word(self.page, "path"));
        Time(self.started).write(line.key("started"));
        // A clock that was set back meanwhile must not make a response that ended before it began.
        Time(stand.now.max(self.started)).write(line.key("submitted"));
        line.number("utc_offset_min", whole(self.page, "utc_offset_min").unwrap_or(0));
        list(line.key("order"), &mut met.iter().filter_map(|&place| Some(self.watch.tracks.get(place)?.id)));
        if stand.orders.len() > 2 {
            line.raw("orders", stand.orders);
        }
        line.raw("answers", &answers);
        let mut attributes = Object::begin(line.key("attributes"));
        for (id, text) in self.attributes.iter() {
            attributes.text(id, text);
        }
        attributes.end();
        let mut invitation = Object::begin(line.key("invitation"));
        invitation.text("source", word(self.page, "source"));
        invitation.raw("token", "null");
        let mut preset = Object::begin(invitation.key("preset"));
        for (id, answer) in &self.preset {
            answer.write(preset.key(id));
        }
        preset.end();
        invitation.end();

        let mut signals = Object::begin(line.key("signals"));
        signals.number("ms_total", stand.at);
        if let Some(first) = self.watch.first {
            signals.number("ms_first", i64::from(first));
        }
        let mut ms = Object::begin(signals.key("ms"));
        for track in met.iter().filter_map(|&place| self.watch.tracks.get(place)) {
            if let Some(first) = track.first {
                ms.number(track.id, i64::from(first));
            }
        }
        ms.end();
        let case = self.case(stand, heard);
        for (key, count) in [
            ("changes", self.watch.changes),
            ("raised", case.raised),
            ("hidden", case.hidden),
            ("untrusted", case.untrusted),
            ("pasted", self.watch.pasted),
        ] {
            signals.number(key, i64::from(count));
        }
        signals.text("input", case.input.map_or("mixed", |input| input.as_str()));
        if let Some((today, all)) = stand.device {
            signals.number("device_day", today);
            signals.number("device_all", all);
        }
        signals.end();

        let claim = judge(&case);
        let mut integrity = Object::begin(line.key("integrity"));
        integrity.text("evidence", claim.level.as_str());
        integrity.raw("score", candor_survey::definition::Share::from_hundredths(claim.score).as_str());
        list(integrity.key("reasons"), &mut claim.reasons.iter().map(|reason| reason.as_str()));
        integrity.end();
        line.end();
        out
    }
}

fn list(out: &mut String, items: &mut dyn Iterator<Item = &str>) {
    out.push('[');
    for item in items {
        if !out.ends_with('[') {
            out.push(',');
        }
        push_string(out, item);
    }
    out.push(']');
}

/// What a visitor wrote freely (as `candor_survey::evidence::case`).
fn texts(kind: Kind, answer: &Value) -> Vec<&str> {
    let mut texts = Vec::new();
    match answer {
        Value::String(text) if kind == Kind::Text => texts.push(text.as_str()),
        Value::Object(_) if matches!(kind, Kind::Single | Kind::Dropdown) => {
            texts.extend(answer.get("other").and_then(Value::as_str));
        }
        _ => {}
    }
    texts
}
