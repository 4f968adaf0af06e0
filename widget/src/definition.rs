//! Reads of a survey's definition what the widget shows, and what start.js says with it. It touches nothing.
//!
//! The collector has checked every definition that it serves, field by field and with a sentence for each that is wrong.
//! Doing that again on a visitor's device is 5 KB of brotli; here a definition has its shape or it has not.

use candor_survey::definition::{
    Color, Deliver, Display, Language, Mode, Page, Protect, Protection, Scheme, State, Text, Theme, When, Who,
};
use candor_survey::json::Value;
use candor_survey::leaf::One;
use candor_survey::question::{Choice, Kind, Question, Symbol};
use candor_survey::response::Source;
use candor_survey::{Definition, Id, Map, Revision};

/// What the widget shows of the definition `text`. Of the rest (purpose, origins, when, who, where to deliver) the
/// loader has seen what it needs, and it is left empty.
pub(crate) fn shown(text: &str) -> Option<Definition> {
    let json = Value::parse(text).ok()?;
    let mut pages = Vec::new();
    for page in list(&json, "pages") {
        let mut questions = Vec::new();
        for q in list(page, "questions") {
            questions.push(question(q)?);
        }
        pages.push(Page { questions });
    }
    let mut languages = Vec::new();
    for language in list(&json, "languages") {
        languages.push(Language::new(language.as_str()?)?);
    }
    let theme = json.get("theme");
    Some(Definition {
        candor: One,
        id: id(&json)?,
        purpose: None,
        origins: Vec::new(),
        languages,
        pages,
        display: Display {
            mode: json
                .get("display")
                .and_then(|d| Mode::from_word(word(d, "mode")?))
                .unwrap_or(Mode::Popover),
            into: None,
        },
        when: When { delay_s: 0 },
        who: Who { sample: None, cooldown_days: 0, attributes: Map::new(), priority: 0 },
        theme: Theme {
            accent: theme.and_then(|t| Color::new(word(t, "accent")?)),
            scheme: theme.and_then(|t| Scheme::from_word(word(t, "scheme")?)).unwrap_or(Scheme::Auto),
        },
        deliver: Deliver { endpoint: None },
        protect: Protect { kind: Protection::None },
        state: State::Live,
        thanks: said(&json, "thanks"),
    })
}

fn question(q: &Value) -> Option<Question> {
    let mut options = Vec::new();
    for option in list(q, "options") {
        options.push(Choice { id: id(option)?, text: said(option, "text")? });
    }
    Some(Question {
        id: id(q)?,
        kind: Kind::from_word(word(q, "type")?)?,
        text: said(q, "text")?,
        help: said(q, "help"),
        required: is(q, "required"),
        low: said(q, "low"),
        high: said(q, "high"),
        points: number(q, "points"),
        symbol: word(q, "symbol").and_then(Symbol::from_word),
        options: Some(options),
        other: is(q, "other"),
        min: number(q, "min"),
        max: number(q, "max"),
        long: is(q, "long"),
        max_length: number(q, "max_length"),
    })
}

fn word<'v>(json: &'v Value, key: &str) -> Option<&'v str> {
    json.get(key)?.as_str()
}

fn list<'v>(json: &'v Value, key: &str) -> &'v [Value] {
    match json.get(key) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

fn is(json: &Value, key: &str) -> bool {
    matches!(json.get(key), Some(Value::Bool(true)))
}

fn whole(json: &Value, key: &str) -> Option<i64> {
    match json.get(key) {
        Some(Value::Number(number)) => number.as_i64(),
        _ => None,
    }
}

fn number(json: &Value, key: &str) -> Option<u32> {
    whole(json, key).map(|n| n as u32)
}

fn id(json: &Value) -> Option<Id> {
    Id::new(word(json, "id")?)
}

fn said(json: &Value, key: &str) -> Option<Text> {
    match json.get(key)? {
        Value::String(text) => Some(Text::Same(text.clone())),
        texts => Some(Text::ByLanguage(by_id(texts))),
    }
}

/// Texts by id, such as attributes.
fn by_id(json: &Value) -> Map<String> {
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

/// What start.js says about the page and the visit.
#[derive(Debug)]
pub(crate) struct Occasion {
    /// The revision of the definition: the collector's ETag.
    pub(crate) revision: Revision,
    /// Languages that would suit the visitor, the best first.
    pub(crate) languages: Vec<String>,
    /// The path of the page.
    pub(crate) path: String,
    pub(crate) utc_offset_min: i32,
    pub(crate) source: Source,
    pub(crate) test: bool,
}

/// Reads what start.js wrote.
pub(crate) fn occasion(text: &str) -> Option<Occasion> {
    let json = Value::parse(text).ok()?;
    let mut languages = Vec::new();
    for language in list(&json, "languages") {
        languages.push(language.as_str()?.into());
    }
    Some(Occasion {
        revision: Revision::new(word(&json, "revision")?)?,
        languages,
        path: word(&json, "path")?.into(),
        utc_offset_min: whole(&json, "utc_offset_min")? as i32,
        source: Source::from_word(word(&json, "source")?)?,
        test: is(&json, "test"),
    })
}

/// Reads the attributes of a visit, a JSON object of texts; what is none is left out.
pub(crate) fn attributes(text: &str) -> Map<String> {
    by_id(&Value::parse(text).unwrap_or(Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The surveys of the demo, with what they leave out.
    const FULL: &str = r##"{"candor":1,"id":"full","origins":["https://shop.example"],"languages":["en","pt-BR"],
        "purpose":{"decision":"d"},"state":"live","thanks":{"en":"Thanks","pt-BR":"Obrigado"},
        "display":{"mode":"inline","into":"#here"},"theme":{"accent":"#c2185b","scheme":"dark"},"when":{"delay_s":3},
        "pages":[{"questions":[
            {"id":"nps","type":"nps","text":"How likely?","low":"Not","high":{"en":"Very"},"required":true,"help":"Help"},
            {"id":"csat","type":"csat","text":"How satisfied?","points":4},{"id":"ces","type":"ces","text":"How easy?"},
            {"id":"stars","type":"rating","text":"How good?","symbol":"stars"}]},
          {"questions":[
            {"id":"one","type":"single","text":"Which?","options":[{"id":"a","text":"A"},{"id":"b","text":{"en":"B"}}],"other":true},
            {"id":"many","type":"multiple","text":"Which?","options":[{"id":"a","text":"A"},{"id":"b","text":"B"}],"min":1,"max":2},
            {"id":"why","type":"text","text":"Why?","long":true,"max_length":200}]}]}"##;

    #[test]
    fn what_is_shown_is_what_the_collector_checked() {
        let whole = Definition::parse(FULL).unwrap();
        let shown = shown(FULL).unwrap();
        assert_eq!(
            (&shown.id, &shown.languages, &shown.thanks),
            (&whole.id, &whole.languages, &whole.thanks)
        );
        assert_eq!((&shown.theme, shown.display.mode), (&whole.theme, whole.display.mode));
        assert_eq!(shown.pages.len(), whole.pages.len());
        for (shown, mut whole) in shown.questions().cloned().zip(whole.questions().cloned()) {
            // No options and an empty list of them are the same thing to whoever shows them.
            whole.options.get_or_insert_default();
            assert_eq!(shown, whole);
        }
    }

    #[test]
    fn a_survey_without_a_look_of_its_own_is_a_popover_in_the_visitors_scheme() {
        let plain = r#"{"id":"s","languages":["en"],"pages":[]}"#;
        let shown = shown(plain).unwrap();
        assert_eq!(
            (shown.display.mode, shown.theme.scheme, shown.theme.accent),
            (Mode::Popover, Scheme::Auto, None)
        );
    }

    #[test]
    fn what_is_no_definition_is_not_shown() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"id":"s","languages":[1],"pages":[]}"#,
            &FULL.replace("\"nps\",\"type\"", "\"nps\",\"kind\""),
        ] {
            assert!(shown(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_start_js_says_is_read_whole_or_not_at_all() {
        let text = r#"{"revision":"0123456789abcdef","endpoint":"https://f.example","languages":["en"],
            "path":"/checkout","utc_offset_min":-60,"source":"api","test":false}"#;
        let said = occasion(text).unwrap();
        assert_eq!(
            attributes(r#"{"agent":"A17","no id":"x"}"#),
            Map(vec![(Id::new("agent").unwrap(), "A17".into())])
        );
        assert_eq!((said.utc_offset_min, said.source, said.test), (-60, Source::Api, false));
        assert!(occasion(&text.replace("0123456789abcdef", "latest")).is_none());
        assert!(occasion(&text.replace("api", "whim")).is_none());
    }
}
