//! A collector that keeps nothing: it hands out whatever definition a test makes up, and says that every response is stored.
//! It touches nothing but the request.

use crate::wire::{Answer, Request};
use candor_survey::Value;
use serde_json::json;

/// What such a collector answers to this request; none when it is not for a collector. `definition` makes the definition
/// with this id.
pub fn collects(asked: &Request, definition: impl Fn(&str) -> Option<String>) -> Option<Answer> {
    if let Some(id) = asked.path.strip_prefix("/v1/surveys/") {
        let Some(definition) = definition(id) else { return Some(Answer::new(404, "text/plain", id)) };
        let answer = Answer::new(200, "application/json", definition);
        return Some(answer.with("ETag", "\"0123456789abcdef\"").with("Cache-Control", "no-store"));
    }
    let stored = |(i, line): (usize, &str)| {
        let line_of = Value::parse(line).ok()?;
        Some(json!({"line": i + 1, "id": line_of.get("id")?.as_str()?, "status": "stored"}))
    };
    (asked.path == "/v1/responses").then(|| {
        let results: Vec<_> = asked.text().lines().enumerate().filter_map(stored).collect();
        Answer::new(200, "application/json", json!({"results": results}).to_string())
    })
}
