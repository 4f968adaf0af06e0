//! Reads of a survey's definition what is shown. The collector has checked every definition that it serves, field by field
//! and with a sentence for each that is wrong; doing that again on a visitor's device is 5 KB of brotli. Here a field is
//! there or it is not.

use crate::prelude::*;
use candor_survey::json::Value;
use candor_survey::logic::Condition;
use candor_survey::route::{Ask, Leg, Way};
use candor_survey::{Id, Map};

/// The text under `key`; empty when there is none.
pub(crate) fn word(json: &'static Value, key: &str) -> &'static str {
    json.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list under `key`; empty when there is none.
pub(crate) fn list(json: &'static Value, key: &str) -> &'static [Value] {
    match json.get(key) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

/// Whether `key` says `true`.
pub(crate) fn is(json: &Value, key: &str) -> bool {
    matches!(json.get(key), Some(Value::Bool(true)))
}

/// The whole number under `key`.
pub(crate) fn whole(json: &Value, key: &str) -> Option<i64> {
    match json.get(key) {
        Some(Value::Number(number)) => number.as_i64(),
        _ => None,
    }
}

/// The text for people under `key` in `language`, else in its base language, else the first there is.
pub(crate) fn said(json: &'static Value, key: &str, language: &str) -> &'static str {
    match json.get(key) {
        Some(Value::String(text)) => text,
        Some(Value::Object(texts)) => {
            let find = |wanted: &str| texts.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
            let base = language.bytes().position(|b| b == b'-').and_then(|at| language.get(..at));
            let found = find(language).or_else(|| find(base?)).or_else(|| texts.first());
            found.and_then(|(_, text)| text.as_str()).unwrap_or_default()
        }
        _ => "",
    }
}

/// Texts by id, such as attributes.
pub(crate) fn by_id(json: &Value) -> Map<String> {
    let mut texts = Map::new();
    if let Value::Object(fields) = json {
        for (key, value) in fields {
            if let (Some(id), Some(text)) = (Id::new(key), value.as_str()) {
                texts.0.push((id, text.into()));
            }
        }
    }
    texts
}

/// A value that stays for as long as the survey does: the memory of the whole instance goes at once.
pub(crate) fn kept(text: &str) -> Option<&'static Value> {
    Value::parse(text).ok().map(|value| &*Box::leak(Box::new(value)))
}

fn condition(json: &'static Value, key: &str) -> Option<&'static Condition> {
    // The collector has read it, so that what cannot be read comes from nowhere; it does not hold.
    let text = json.get(key)?.as_str()?;
    let condition = Condition::parse(text).unwrap_or(Condition::Any(Vec::new()));
    Some(&*Box::leak(Box::new(condition)))
}

/// The way through a survey.
pub(crate) fn way(definition: &'static Value) -> Way<'static> {
    let mut way = Way::default();
    let pages = list(definition, "pages");
    for page in pages {
        let mut leg = Leg { show_if: condition(page, "show_if"), ..Leg::default() };
        for question in list(page, "questions") {
            leg.asks.push(Ask {
                id: word(question, "id"),
                show_if: condition(question, "show_if"),
                required: is(question, "required"),
                required_if: condition(question, "required_if"),
            });
        }
        for skip in list(page, "skip_to") {
            let has = |page: &'static Value| {
                list(page, "questions").iter().any(|q| word(q, "id") == word(skip, "to"))
            };
            let to = pages.iter().position(has).unwrap_or(pages.len());
            leg.skips.push((condition(skip, "if"), to));
        }
        way.pages.push(leg);
    }
    way
}
