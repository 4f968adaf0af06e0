//! The definition and response that the other tests start from: FORMATS.md's own example, whole.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test module: each test file uses what it needs"
)]

use candor_survey::{Definition, Response, Value};

pub const DEFINITION: &str = r#"{
  "candor": 1, "id": "post-purchase",
  "purpose": {"decision": "Which step of the checkout to mend first", "owner": "Head of Shop", "success": "Fewer calls"},
  "origins": ["https://shop.example", "http://127.0.0.1:4401"],
  "languages": ["en", "de"],
  "pages": [
    {"questions": [{"id": "nps", "type": "nps", "required": true,
      "text": {"en": "How likely are you to recommend us to a friend or colleague?", "de": "Wie wahrscheinlich empfehlen Sie uns weiter?"}}]},
    {"questions": [
      {"id": "why", "type": "text", "long": true, "text": "Why?"},
      {"id": "heard", "type": "single", "text": "How did you hear of us?", "other": true,
       "options": [{"id": "friend", "text": "A friend"}, {"id": "web", "text": "On the web"}]},
      {"id": "used", "type": "multiple", "text": "What did you use?", "other": true, "min": 1, "max": 2,
       "options": [{"id": "chat", "text": "Chat"}, {"id": "phone", "text": "Phone"}, {"id": "mail", "text": "Mail"}]},
      {"id": "stars", "type": "rating", "symbol": "stars", "text": "The parcel?"},
      {"id": "ease", "type": "ces", "text": "How easy was it?"},
      {"id": "sat", "type": "csat", "text": "How satisfied are you?"}]}
  ],
  "display": {"mode": "popover"}, "when": {"delay_s": 2}, "who": {"sample": 0.5, "cooldown_days": 30},
  "state": "live"
}"#;

pub const RESPONSE: &str = r#"{"v":1,"id":"019a5f0e-7c00-7000-8000-000000000001","seq":0,"survey":"post-purchase","revision":"9f2c0a1b2c3d4e5f","status":"complete","test":false,"locale":"en","page":"/checkout/thanks","started":"2026-11-21T10:00:00.000Z","submitted":"2026-11-21T10:00:41.210Z","utc_offset_min":60,"received":"2026-11-21T10:00:41.502Z","order":["nps","why"],"answers":{"nps":9,"why":"Quick and kind."},"attributes":{"agent":"A17","store":"Leeds"},"invitation":{"source":"trigger","token":null,"preset":{}},"signals":{"ms_total":41210,"ms_first":3100,"ms":{"nps":3100},"changes":1,"raised":0,"hidden":0,"untrusted":0,"input":"touch","pasted":0,"device_day":1,"device_all":1},"integrity":{"evidence":"none","score":0.02,"reasons":[]}}"#;

pub fn definition() -> Definition {
    Definition::parse(DEFINITION).unwrap_or_else(|e| panic!("{e}"))
}

pub fn response() -> Response {
    Response::from_value(&Value::parse(RESPONSE).unwrap()).unwrap_or_else(|e| panic!("{e}"))
}

/// `text` with one occurrence of `from` replaced.
pub fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from} must stand in the sample once");
    text.replacen(from, to, 1)
}
