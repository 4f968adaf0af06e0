//! Conditions: how they are read and written, what they mean where nothing was answered, what is refused and where; texts
//! that repeat answers; the way through a survey, and every way there is.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

mod sample;

use candor_survey::json::Number;
use candor_survey::logic::{Condition, Given, MAX_DEPTH, Operator, Scope, Term, What, fill};
use candor_survey::route::{branches, json, route};
use candor_survey::{Answer, Definition, Id, Json, Map, Response, Value};
use proptest::prelude::*;

/// A shop's survey: what is wrong is asked of the unhappy, a review of nobody in particular.
const SURVEY: &str = r#"{
  "candor": 1, "id": "s", "origins": [], "languages": ["en", "de"], "state": "draft",
  "pages": [
    {"questions": [{"id": "nps", "type": "nps", "text": "Recommend?", "required": true}],
     "skip_to": [{"if": "nps >= 9 and attr.store = 'Leeds'", "to": "heard"}]},
    {"questions": [
      {"id": "used", "type": "multiple", "text": "You gave {{nps}}. What did you use?", "other": true,
       "options": [{"id": "chat", "text": {"en": "Chat", "de": "Plaudern"}}, {"id": "mail", "text": "Mail"}, {"id": "shop", "text": "Shop"}]},
      {"id": "why", "type": "text", "text": "Why?", "show_if": "nps <= 6 or used has 'chat'", "required_if": "nps = 0"}]},
    {"show_if": "answered(why)", "questions": [{"id": "more", "type": "text", "text": "More on {{used|it}}?"}],
     "skip_to": [{"to": "end"}]},
    {"questions": [{"id": "heard", "type": "single", "text": "Heard of us?", "other": true,
       "options": [{"id": "web", "text": "On the web"}, {"id": "friend", "text": "A friend"}]},
      {"id": "stars", "type": "rating", "symbol": "stars", "text": "At {{attr.store|our shop}}{{nps > 8 | , which you liked}}?"}]}
  ],
  "thanks": "{{answered(heard) | Thanks for {{ | Thanks}}"
}"#;

fn survey() -> Definition {
    Definition::from_value(&Value::parse(SURVEY).unwrap()).unwrap_or_else(|e| panic!("{e}"))
}

fn answers(json: &str) -> Map<Answer> {
    Map::read(&Value::parse(json).unwrap()).unwrap()
}

fn attributes(json: &str) -> Map<String> {
    Map::read(&Value::parse(json).unwrap()).unwrap()
}

fn evaluate(text: &str, given: &str, store: &str) -> Option<bool> {
    let condition = Condition::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    condition.evaluate(&Given::new(&json(&answers(given)), &attributes(store)))
}

#[test]
fn a_condition_means_what_it_says() {
    let given =
        r#"{"nps":7,"used":["chat",{"other":"fax"}],"heard":{"other":"radio"},"why":"it's","2":3,"not":1}"#;
    let page = r#"{"store":"Leeds","visits":"12"}"#;
    for text in [
        "nps = 7",
        "nps=7",
        "nps != 8 and nps < 7.5 and nps <= 7 and nps > -1 and nps >= 7.0",
        "used has 'chat' and used has \"other\" and not used has 'mail'",
        "heard = 'other'",
        "heard in ['web', 'other']",
        "nps in [6, 7]",
        "why = 'it\\'s'",
        "attr.store = 'Leeds' and attr.visits > 9",
        "q.2 = 3 and q.not = 1 and q.nps > q.2",
        "not nps = 8 and (nps = 1 or nps = 7)",
        "nps = 7 or nps = 8 and nps = 9",
        "answered(nps) and not answered(stars)",
    ] {
        assert_eq!(evaluate(text, given, page), Some(true), "{text}");
    }
}

#[test]
fn what_is_not_answered_is_unknown_and_does_not_hold() {
    for (text, expected) in [
        ("nps = 7", None),
        ("nps != 7", None),
        ("not nps = 7", None),
        ("used has 'chat'", None),
        ("attr.store = 'Leeds'", None),
        ("nps in [1, 2]", None),
        ("answered(nps)", Some(false)),
        ("not answered(nps)", Some(true)),
        ("nps = 7 or stars = 5", Some(true)),
        ("nps = 7 and stars = 5", None),
        ("nps = 7 and stars = 4", Some(false)),
        ("nps = 7 or stars = 4", None),
        ("nps != 10 or not answered(nps)", Some(true)),
    ] {
        assert_eq!(evaluate(text, r#"{"nps":null,"stars":5}"#, "{}"), expected, "{text}");
    }
    assert_eq!(evaluate("attr.visits > 3", "{}", r#"{"visits":"many"}"#), None, "no number is no number");
}

fn syntax(text: &str) -> String {
    Condition::parse(text).expect_err(text).to_string()
}

#[test]
fn a_syntax_error_points_at_the_character() {
    let value = "expected a question, attr. and an attribute, a number or a text in quotes at character";
    for (text, expected) in [
        ("", format!("{value} 1")),
        ("nps >", format!("{value} 6")),
        ("nps == 9", format!("{value} 6")),
        ("nps = 9 and", format!("{value} 12")),
        ("é = 9", format!("{value} 1")),
        ("'é' = and", format!("{value} 7")),
        ("nps", "expected =, !=, <, <=, >, >=, has or in at character 4".into()),
        ("nps 9", "expected =, !=, <, <=, >, >=, has or in at character 5".into()),
        ("nps ! 9", "expected =, !=, <, <=, >, >=, has or in at character 5".into()),
        ("nps = 9 nps = 8", "expected and, or or the end at character 9".into()),
        ("(nps = 9", "expected and, or or ) at character 9".into()),
        ("nps = 9)", "expected and, or or the end at character 8".into()),
        ("nps = 007", "expected a number such as 7 or 2.5 at character 7".into()),
        ("nps = 7.", "expected a number such as 7 or 2.5 at character 7".into()),
        ("why = 'so", "expected a text that ends with the quote it began with at character 7".into()),
        ("nps in 9", "expected [ and a list such as ['a', 'b'] at character 8".into()),
        ("nps in [9 8]", "expected , or ] at character 11".into()),
        ("answered nps", "expected ( and a question at character 10".into()),
        ("attr. = 1", "expected an id of 1 to 64 letters, digits, _ or - at character 6".into()),
    ] {
        assert_eq!(syntax(text), expected, "{text}");
    }
    let nested = |depth: usize| "(".repeat(depth) + "a = 1" + &")".repeat(depth);
    assert!(Condition::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(syntax(&nested(100_000)), "expected fewer parentheses at character 26");
    assert!(syntax(&"not ".repeat(100_000)).contains("fewer parentheses"));
}

/// What is said of the survey when `from` is replaced by `to`.
fn refused(from: &str, to: &str) -> String {
    assert_eq!(SURVEY.matches(from).count(), 1, "{from}");
    let value = Value::parse(&SURVEY.replacen(from, to, 1)).unwrap();
    Definition::from_value(&value).expect_err("should be refused").to_string()
}

#[test]
fn a_condition_that_does_not_fit_the_survey_is_refused_at_its_character() {
    let condition = "nps <= 6 or used has 'chat'";
    let why = "pages[1].questions[1].show_if: expected";
    for (to, expected) in [
        ("nps <= 6 or use has 'chat'", "one of the questions before: nps, used at character 13"),
        ("used has 'phone'", "one of 'chat', 'mail', 'shop', 'other' at character 10"),
        ("used = 'chat'", "a question with one answer; one with a list is asked with has at character 1"),
        ("nps has 'chat'", "a question with a list of answers before has at character 1"),
        ("nps = 'nine'", "a number at character 7"),
        ("attr.store < 'b'", "a number at character 14"),
        ("nps > 1 and why = 'x'", "an earlier question than why at character 13"),
        ("stars = 1", "an earlier question than stars at character 1"),
        ("nps.row = 1", "nps without a part at character 1"),
        ("1 = 1", "a question or an attribute on one side at character 1"),
        ("answered('x')", "a question or attr. and an attribute at character 10"),
        ("nps in [1, used]", "a number or a text in quotes at character 12"),
        ("nps in [1, 'x']", "a number at character 12"),
        ("nps = true", "a number at character 7"),
        ("nps <= 6 or", "a question, attr. and an attribute, a number or a text in quotes at character 12"),
    ] {
        assert_eq!(refused(condition, to), format!("{why} {expected}, found \"{to}\""));
    }
    assert_eq!(
        refused("answered(why)", "answered(more)"),
        "pages[2].show_if: expected an earlier question than more at character 10, found \"answered(more)\""
    );
    assert_eq!(
        refused("nps >= 9 and attr.store = 'Leeds'", "used has 'chat'"),
        "pages[0].skip_to[0].if: expected an earlier question than used at character 1, found \"used has 'chat'\""
    );
    assert_eq!(
        refused(r#""to": "end""#, r#""to": "nps""#),
        "pages[2].skip_to[0].to: expected a question of a later page, or end, found \"nps\""
    );
    let heard = |to: &str| refused("nps > 8 | , which", &format!("{to} | , which"));
    let stars = "pages[3].questions[1].text: expected";
    assert!(heard("used > 'a'").starts_with(&format!("{stars} a question with one answer")));
    assert!(
        heard("heard = 'web'")
            .starts_with(&format!("{stars} an earlier question than heard at character 29"))
    );
    assert_eq!(
        refused("{{used|it}}", "{{used}}"),
        "pages[2].questions[0].text: expected | and what to say when there is no answer at character 11, found \"More on {{used}}?\""
    );
    assert_eq!(
        refused("{{used|it}}", "{{used|it}"),
        "pages[2].questions[0].text: expected }} at character 20, found \"More on {{used|it}?\""
    );
    assert_eq!(
        refused("{{used|it}}", "{{used has 'chat'}}"),
        "pages[2].questions[0].text: expected and, or, or | and what to say when it holds at character 26, found \"More on {{used has 'chat'}}?\""
    );
}

#[test]
fn a_definition_keeps_its_conditions_as_they_were_written() {
    let definition = survey();
    assert!(definition.to_json().contains("\"nps <= 6 or used has 'chat'\""));
    let again = Definition::from_value(&Value::parse(&definition.to_json()).unwrap()).unwrap();
    assert_eq!(again, definition);
}

#[test]
fn texts_repeat_answers_in_the_words_of_the_survey() {
    let definition = survey();
    let answers = answers(r#"{"nps":9,"used":["chat",{"other":"{{nps}} <b>"}],"heard":"web"}"#);
    let attributes = attributes(r#"{"store":"Leeds"}"#);
    let answers = json(&answers);
    let given = Given::new(&answers, &attributes);
    let filled = |text: &str| fill(text, &given, &|q, option| definition.option(q, option, "de"));
    assert_eq!(filled("You gave {{nps}}."), "You gave 9.");
    assert_eq!(filled("{{ used | it }}!"), "Plaudern, {{nps}} <b>!", "what was written is not read again");
    assert_eq!(
        filled("{{heard|}} in {{attr.store|town}}, {{attr.city|a city}}"),
        "On the web in Leeds, a city"
    );
    assert_eq!(filled("{{nps > 8 |glad|sorry}} {{nps > 9 |glad|sorry}} {{nps > 9|glad}}"), "glad sorry ");
    assert_eq!(filled("{{why|a|b}}"), "a", "a place has one word for its absence");
    assert_eq!(filled("a {{nps"), "a {{nps", "what cannot be read stays as it is");
    assert_eq!(filled("{{nps}} {{= }} {{nps}}"), "9 {{= }} {{nps}}");
    assert_eq!(filled("{ {nps} }"), "{ {nps} }");
}

/// The pages and questions shown, and which are open, for some answers.
fn way(given: &str, page: &str) -> String {
    let definition = survey();
    let stops = route(&definition, &json(&answers(given)), &attributes(page));
    let ids = |stop: &candor_survey::route::Stop| {
        let open = |place: &usize| if stop.open.contains(place) { "!" } else { "" };
        let id = |place: &usize| definition.questions().nth(*place).unwrap().id.to_string();
        let ids: Vec<_> = stop.shown.iter().map(|q| format!("{}{}", id(q), open(q))).collect();
        format!("{}:{}", stop.page, ids.join("+"))
    };
    stops.iter().map(ids).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_way_through_a_survey_follows_the_answers() {
    assert_eq!(way("{}", "{}"), "0:nps! 1:used 3:heard+stars");
    assert_eq!(way(r#"{"nps":8}"#, "{}"), "0:nps 1:used 3:heard+stars");
    assert_eq!(way(r#"{"nps":5}"#, "{}"), "0:nps 1:used+why 3:heard+stars");
    assert_eq!(way(r#"{"nps":0}"#, "{}"), "0:nps 1:used+why! 3:heard+stars");
    assert_eq!(way(r#"{"nps":5,"why":"Slow"}"#, "{}"), "0:nps 1:used+why 2:more");
    assert_eq!(way(r#"{"nps":9}"#, r#"{"store":"Leeds"}"#), "0:nps 3:heard+stars");
    assert_eq!(way(r#"{"nps":9}"#, r#"{"store":"York"}"#), "0:nps 1:used 3:heard+stars");
}

#[test]
fn a_complete_response_answers_what_its_answers_require() {
    let said = |answers: &str| {
        let whole = r#""answers":{"nps":9,"why":"Quick and kind."}"#;
        let text = sample::with(sample::RESPONSE, whole, &format!("\"answers\":{answers}"));
        let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
        response.check(&survey()).map_err(|problem| problem.to_string())
    };
    assert_eq!(said(r#"{"nps":5,"used":null,"why":null}"#), Ok(()));
    assert_eq!(
        said(r#"{"nps":0,"used":null,"why":null}"#),
        Err("answers.why: expected an answer, because the question is required, found null".into())
    );
    assert_eq!(said(r#"{"nps":0,"used":null,"why":"Slow"}"#), Ok(()));
}

#[test]
fn an_answer_to_a_question_that_is_no_longer_shown_leads_nowhere() {
    // Why was answered at nps 5; then nps was raised, and why is gone.
    assert_eq!(way(r#"{"nps":8,"why":"Slow"}"#, "{}"), "0:nps 1:used 3:heard+stars");
}

#[test]
fn every_way_through_a_survey_is_found_with_answers_that_lead_along_it() {
    let definition = survey();
    let found = branches(&definition, 100_000);
    assert!(found.complete);
    let ways: Vec<String> = found
        .all
        .iter()
        .map(|branch| {
            let pages = branch.pages.iter().map(|(page, ids)| {
                let ids: Vec<_> = ids.iter().map(|id| id.as_str()).collect();
                format!("{page}:{}", ids.join("+"))
            });
            pages.collect::<Vec<_>>().join(" ")
        })
        .collect();
    let mut sorted = ways.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        [
            "0:nps 1:used 3:heard+stars",
            "0:nps 1:used+why 2:more",
            "0:nps 1:used+why 3:heard+stars",
            "0:nps 3:heard+stars",
        ]
    );
    for branch in &found.all {
        let pages: Vec<_> = route(&definition, &json(&branch.answers), &branch.attributes)
            .iter()
            .map(|stop| {
                (
                    stop.page,
                    stop.shown
                        .iter()
                        .map(|q| definition.questions().nth(*q).unwrap().id.clone())
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(pages, branch.pages);
    }
    assert!(!branches(&definition, 5).complete, "a search that is cut short says so");
}

// ---- Properties ----

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![
        prop::sample::select(vec![
            "nps", "used", "why", "and", "not", "true", "attr", "q", "2", "-1", "-", "in", "has"
        ])
        .prop_map(String::from),
        "[A-Za-z0-9_-]{1,64}",
    ]
    .prop_map(|text| Id::new(&text).unwrap())
}

fn number() -> impl Strategy<Value = Number> {
    "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?".prop_map(|text| match Value::parse(&text) {
        Ok(Value::Number(number)) => number,
        other => panic!("{text} is {other:?}"),
    })
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        3 => (id(), prop::option::of(id())).prop_map(|(id, part)| What::Answer(id, part)),
        1 => id().prop_map(What::Attribute),
        1 => number().prop_map(What::Number),
        1 => any::<String>().prop_map(What::Text),
        1 => any::<bool>().prop_map(What::Bool),
    ]
    .prop_map(|what| Term { at: 0, what })
}

fn condition() -> impl Strategy<Value = Condition> {
    use Operator::{AtLeast, AtMost, Equal, Has, Less, More, NotEqual};
    let operator = prop::sample::select(vec![Equal, NotEqual, Less, AtMost, More, AtLeast, Has]);
    let leaf = prop_oneof![
        (term(), operator, term()).prop_map(|(a, o, b)| Condition::Compare(a, o, b)),
        term().prop_map(Condition::Answered),
        (term(), prop::collection::vec(term(), 1..4)).prop_map(|(a, items)| Condition::In(a, items)),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            inner.prop_map(|c| Condition::Not(Box::new(c))),
        ]
    })
}

fn given() -> impl Strategy<Value = (Map<Answer>, Map<String>)> {
    let text = prop::sample::select(vec![
        "null",
        "0",
        "7",
        "-2.5e3",
        "\"web\"",
        "{\"other\":\"x\"}",
        "[\"chat\"]",
        "[]",
    ]);
    let answer = text.prop_map(|text| Answer::read(&Value::parse(text).unwrap()).unwrap());
    let answers = prop::collection::vec((id(), answer), 0..6).prop_map(Map);
    (answers, prop::collection::vec((id(), "[a-z0-9.]{0,4}"), 0..4).prop_map(Map))
}

/// Text that is nearly a condition.
const NEARLY: &str = "( |nps|used|and|or|not|has|in|answered|attr\\.|q\\.|=|!=|<|>=|\\(|\\)|\\[|\\]|,|'|\"|\\\\|\\{\\{|\\}\\}|\\||é|-|[0-9]|\\.){0,24}";

proptest! {
    #[test]
    fn a_condition_written_and_read_again_is_the_same(condition in condition()) {
        let text = condition.text();
        let read = Condition::parse(&text);
        prop_assert_eq!(read, Ok(condition), "{}", text);
    }

    #[test]
    fn every_condition_has_a_value_for_every_visitor(condition in condition(), (answers, attributes) in given()) {
        let answers = json(&answers);
        let given = Given::new(&answers, &attributes);
        let value = condition.evaluate(&given);
        let not = Condition::Not(Box::new(condition.clone())).evaluate(&given);
        prop_assert_eq!(not, value.map(|holds| !holds));
        // De Morgan's laws hold in Kleene's logic.
        let both = Condition::All(vec![condition.clone(), condition.clone()]).evaluate(&given);
        prop_assert_eq!(both, value);
        prop_assert_eq!(Condition::Any(vec![condition.clone(), condition]).evaluate(&given), value);
    }

    #[test]
    fn any_text_is_read_or_refused_inside_its_length(text in any::<String>(), nearly in NEARLY) {
        for text in [text, nearly] {
            match Condition::parse(&text) {
                Ok(condition) => prop_assert_eq!(Condition::parse(&condition.text()), Ok(condition)),
                Err(e) => prop_assert!((1..=text.chars().count() + 1).contains(&e.character), "{}: {}", text, e),
            }
        }
    }

    #[test]
    fn any_text_at_all_is_filled_and_checked_without_a_panic(text in any::<String>(), nearly in NEARLY, (answers, attributes) in given()) {
        let definition = survey();
        let scope = Scope { definition: &definition, earlier: 3 };
        let values = json(&answers);
        for text in [text, nearly] {
            let filled = fill(&text, &Given::new(&values, &attributes), &|q, option| definition.option(q, option, "en"));
            prop_assert!(text.contains("{{") || filled == text);
            let _ = scope.check_text(&text);
        }
    }

    #[test]
    fn a_way_leads_forward_and_ends((answers, attributes) in given()) {
        let definition = survey();
        let stops = route(&definition, &json(&answers), &attributes);
        prop_assert!(stops.windows(2).all(|pair| pair[0].page < pair[1].page));
        prop_assert!(stops.iter().all(|stop| !stop.shown.is_empty()));
    }

    #[test]
    fn numbers_compare_as_they_are(a in -2000i64..2000, b in -2000i64..2000, shift in 0usize..4, up in 0i64..5) {
        let number = |text: &str| match Value::parse(text) {
            Ok(Value::Number(number)) => number,
            other => panic!("{text} is {other:?}"),
        };
        // The same number four ways: thousandths, with zeros behind, with an exponent down and one up.
        let ways = |n: i64| {
            let (sign, n) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
            let point = format!("{sign}{}.{:03}", n / 1000, n % 1000);
            [point.clone(), format!("{point}{}", "0".repeat(shift)), format!("{sign}{n}e-3"), format!("{sign}0.{n:09}E{:+}", 6), format!("{sign}{n}{}e-{}", "0".repeat(up as usize), 3 + up)]
        };
        for x in ways(a) {
            for y in ways(b) {
                prop_assert_eq!(number(&x).compare(&number(&y)), a.cmp(&b), "{} and {}", x, y);
            }
        }
    }
}
