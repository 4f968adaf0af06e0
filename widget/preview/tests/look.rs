//! What the preview page is told of a survey.

use candor_preview::look;
use candor_survey::json::Value;

const SURVEY: &str = r#"{
  "candor": 1, "id": "visit", "origins": [], "languages": ["en", "de"], "state": "draft",
  "pages": [
    {"questions": [{"id": "nps", "type": "nps",
      "text": {"en": "How likely are you to recommend us to a friend or colleague?", "de": "Empfehlen Sie uns?"}}]},
    {"show_if": "nps <= 6",
     "questions": [{"id": "why", "type": "text", "text": "How great were we?"},
       {"id": "used", "type": "multiple", "text": "Used?", "options": [{"id": "chat", "text": "Chat"}, {"id": "mail", "text": "Mail"}]}]},
    {"show_if": "used has 'chat' and used has 'mail'", "questions": [{"id": "chat", "type": "text", "text": "You gave {{nps|nothing}}. How was it?"}]}
  ]
}"#;

fn seen(text: &str) -> Value {
    Value::parse(&look(text)).unwrap()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    match value.get(key) {
        Some(Value::Array(items)) => items,
        other => panic!("{key}: {other:?}"),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no {key} in {value:?}"))
}

fn line(value: &Value) -> i64 {
    match value.get("line") {
        Some(Value::Number(line)) => line.as_i64().unwrap(),
        other => panic!("no line: {other:?}"),
    }
}

#[test]
fn every_way_through_is_told_in_words_and_as_what_the_widget_is_prefilled_with() {
    let seen = seen(SURVEY);
    assert_eq!(seen.get("problem"), Some(&Value::Null));
    assert_eq!(seen.get("complete"), Some(&Value::Bool(true)));
    let ways: Vec<_> = list(&seen, "branches")
        .iter()
        .map(|b| (text(b, "words"), b.get("preset").unwrap().to_json()))
        .collect();
    let asked = "“How likely are you to recommend us to a…”";
    assert_eq!(
        ways,
        [
            (format!("no answer to {asked}: 1 of 3 pages, the last {asked}").as_str(), "{}".into()),
            (
                format!("0 to {asked}; no answer to “Used?”: 2 of 3 pages, the last “Used?”").as_str(),
                r#"{"nps":"0"}"#.into()
            ),
            (
                format!(
                    "0 to {asked}; Chat, Mail to “Used?”: 3 of 3 pages, the last “You gave 0. How was it?”"
                )
                .as_str(),
                r#"{"nps":"0","used":"chat,mail"}"#.into()
            ),
        ]
    );
}

#[test]
fn advice_stands_with_its_line() {
    let seen = seen(SURVEY);
    let leading = list(&seen, "advice").iter().find(|advice| text(advice, "code") == "leading").unwrap();
    assert_eq!((text(leading, "path"), line(leading)), ("pages[1].questions[0].text", 7));
    assert!(!text(leading, "why").is_empty() && !text(leading, "remedy").is_empty());
    assert_eq!(list(&seen, "questions").len(), 4);
    assert_eq!(text(&seen, "revision").len(), 16);
    assert_eq!(list(&seen, "languages").len(), 2);
}

#[test]
fn what_cannot_be_read_has_a_line_a_path_and_a_sentence() {
    let broken = seen("{\n  \"candor\": 1,\n}");
    let problem = broken.get("problem").unwrap();
    assert_eq!(
        (line(problem), text(problem, "message")),
        (3, "This is not JSON: expected a key in double quotes.")
    );
    let wrong = seen(&SURVEY.replace("\"nps <= 6\"", "\"npz <= 6\""));
    let problem = wrong.get("problem").unwrap();
    assert_eq!((line(problem), text(problem, "path")), (6, "pages[1].show_if"));
    assert!(
        text(problem, "message").starts_with("Expected one of the questions before: nps at character 1"),
        "{problem:?}"
    );
    assert_eq!(wrong.get("advice"), None);
}

#[test]
fn review_gating_is_a_problem_and_an_advice() {
    let seen = seen(&SURVEY.replace("How great were we?", "Review us on Google!"));
    let problem = seen.get("problem").unwrap();
    assert_eq!((line(problem), text(problem, "path")), (7, "pages[1].questions[0].text"));
    assert!(text(problem, "message").contains("16 CFR Part 465"), "{problem:?}");
    assert_eq!(text(&list(&seen, "advice")[0], "severity"), "refused");
}

#[test]
fn no_text_makes_it_panic() {
    for end in (0..SURVEY.len()).filter(|end| SURVEY.is_char_boundary(*end)) {
        assert!(seen(&SURVEY[..end]).get("problem").is_some());
    }
}
