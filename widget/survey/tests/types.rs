//! Each type of question: the answers it takes and refuses, its JSON and its CSV cells, and the definitions of it that are
//! refused. FORMATS.md, "Answers", has the table.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_survey::question::Question;
use candor_survey::route::{json, route};
use candor_survey::{Answer, Definition, Json, Kind, Map, Value};

const OPTIONS: &str = r#""options":[{"id":"a","text":"A"},{"id":"b","text":"B"},{"id":"c","text":"C"}]"#;
const ROWS: &str = r#""rows":[{"id":"speed","text":"Speed"},{"id":"price","text":"Price"}]"#;
const FIELDS: &str = r#""fields":[{"id":"name","text":"Name"},{"id":"phone","text":"Phone"}]"#;
const SETS: &str = r#""sets":[["a","b","c"],["c","b","a"]]"#;
const GROUPS: &str = r#""groups":[{"id":"A","text":"Born before March","p":0.2},{"id":"B","text":"Born in March or later","p":0.8}]"#;

/// A definition with one question of these fields.
fn definition(fields: &str) -> Value {
    let fields = fields
        .replace("OPTIONS", OPTIONS)
        .replace("ROWS", ROWS)
        .replace("FIELDS", FIELDS)
        .replace("SETS", SETS)
        .replace("GROUPS", GROUPS);
    let protect = match (fields.contains("protected"), fields.contains("groups")) {
        (true, true) => "crosswise",
        (true, false) => "direct",
        _ => "none",
    };
    let text = format!(
        r#"{{"candor":1,"id":"s","origins":[],"languages":["en"],"state":"draft","protect":{{"kind":"{protect}"}},
            "pages":[{{"questions":[{{"id":"q","text":"Q?",{fields}}}]}}]}}"#
    );
    Value::parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn question(fields: &str) -> Question {
    let definition = Definition::from_value(&definition(fields)).unwrap_or_else(|e| panic!("{fields}: {e}"));
    assert_eq!(Definition::from_value(&Value::parse(&definition.to_json()).unwrap()).unwrap(), definition);
    definition.question("q").unwrap().clone()
}

/// The types with the fields they need, an answer each, its columns and its cells.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const TYPES: &[Case] = &[
    (r#""type":"nps""#, "9", &[("q", "9")]),
    (r#""type":"rating","symbol":"faces","points":3"#, "3", &[("q", "3")]),
    (r#""type":"dropdown",OPTIONS"#, r#""b""#, &[("q", "b")]),
    (r#""type":"dropdown","other":true,OPTIONS"#, r#"{"other":"=x"}"#, &[("q", "other"), ("q.other", "=x")]),
    (r#""type":"dropdown","other":true,OPTIONS"#, r#""a""#, &[("q", "a"), ("q.other", "")]),
    (
        r#""type":"multiple","other":true,"none":"c",OPTIONS"#,
        r#"["a","b",{"other":"x"}]"#,
        &[("q", "a|b|other"), ("q.other", "x")],
    ),
    (r#""type":"multiple","none":"c","min":2,OPTIONS"#, r#"["c"]"#, &[("q", "c")]),
    (
        r#""type":"matrix",ROWS,OPTIONS"#,
        r#"{"speed":"a","price":"c"}"#,
        &[("q.speed", "a"), ("q.price", "c")],
    ),
    (r#""type":"matrix",ROWS,"points":5"#, r#"{"price":5}"#, &[("q.speed", ""), ("q.price", "5")]),
    (r#""type":"ranking",OPTIONS"#, r#"["c","a","b"]"#, &[("q", "c>a>b")]),
    (r#""type":"ranking","max":2,"min":1,OPTIONS"#, r#"["b"]"#, &[("q", "b")]),
    (r#""type":"number""#, "-12", &[("q", "-12")]),
    (r#""type":"number","decimals":2,"from":0.5,"to":10"#, "9.75", &[("q", "9.75")]),
    (r#""type":"slider","from":-10,"to":10,"step":5,"low":"No","high":"Yes""#, "-5", &[("q", "-5")]),
    (r#""type":"date","earliest":"2026-01-01""#, r#""2026-02-28""#, &[("q", "2026-02-28")]),
    (r#""type":"email""#, r#""ann@shop.example""#, &[("q", "ann@shop.example")]),
    (
        r#""type":"contact",FIELDS"#,
        r#"{"name":"Ann","phone":"+44 1"}"#,
        &[("q.name", "Ann"), ("q.phone", "+44 1")],
    ),
    (r#""type":"consent""#, "true", &[("q", "true")]),
    (r#""type":"consent""#, "false", &[("q", "false")]),
    (
        r#""type":"maxdiff",SETS,OPTIONS"#,
        r#"[{"set":2,"best":"c","worst":"a"}]"#,
        &[("q.1.best", ""), ("q.1.worst", ""), ("q.2.best", "c"), ("q.2.worst", "a")],
    ),
    (r#""type":"protected""#, r#""rather_not""#, &[("q", "rather_not")]),
    (
        r#""type":"protected",GROUPS"#,
        r#"{"same":true,"p":0.2,"group":"A"}"#,
        &[("q.same", "true"), ("q.p", "0.2"), ("q.group", "A")],
    ),
];

#[test]
fn every_type_goes_from_json_to_csv_and_back() {
    for (fields, json, expected) in TYPES {
        let question = question(fields);
        let answer = Answer::read(&Value::parse(json).unwrap()).unwrap_or_else(|e| panic!("{json}: {e}"));
        question.check_answer(&answer).unwrap_or_else(|e| panic!("{fields} {json}: {e}"));
        assert_eq!(&answer.to_json(), json);
        let (columns, cells) = (question.columns(), question.cells(&answer));
        let pairs: Vec<_> =
            columns.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect();
        assert_eq!(&pairs, expected, "{fields}");
        let cells: Vec<_> = cells.iter().map(String::as_str).collect();
        assert_eq!(&question.value(&cells).to_json(), json, "{fields}");
        let skipped = question.cells(&Answer::Skipped);
        assert!(skipped.iter().all(String::is_empty) && skipped.len() == columns.len());
        let skipped: Vec<_> = skipped.iter().map(String::as_str).collect();
        assert_eq!(question.value(&skipped), Value::Null);
    }
    let statement = question(r#""type":"statement""#);
    assert_eq!((statement.columns().len(), statement.value(&[])), (0, Value::Null));
    for kind in Kind::ALL {
        let named = |(fields, ..): &Case| fields.contains(&format!("\"{}\"", kind.as_str()));
        let older = [Kind::Csat, Kind::Ces, Kind::Single, Kind::Text, Kind::Statement];
        assert!(older.contains(kind) || TYPES.iter().any(named), "{kind:?} stands in the table above");
    }
}

#[test]
fn a_wrong_answer_is_refused_with_what_was_expected() {
    let contact = format!(r#"{{"name":"{}"}}"#, "x".repeat(61));
    for (fields, json, expected) in [
        (r#""type":"dropdown",OPTIONS"#, r#""d""#, "expected one of a, b, c, found \"d\""),
        (
            r#""type":"dropdown",OPTIONS"#,
            r#"{"other":"x"}"#,
            "expected one of a, b, c, found {\"other\":\"x\"}",
        ),
        (
            r#""type":"multiple","none":"c",OPTIONS"#,
            r#"["a","c"]"#,
            "expected nothing beside c, found [\"a\",\"c\"]",
        ),
        (
            r#""type":"matrix",ROWS,OPTIONS"#,
            r#"{"size":"a"}"#,
            "size: expected one of speed, price, found \"size\"",
        ),
        (r#""type":"matrix",ROWS,OPTIONS"#, r#"{"speed":2}"#, "speed: expected one of a, b, c, found 2"),
        (
            r#""type":"matrix",ROWS,"points":5"#,
            r#"{"speed":6}"#,
            "speed: expected a whole number from 1 to 5, found 6",
        ),
        (r#""type":"matrix",ROWS,"points":5"#, "4", "expected an object of speed, price, found 4"),
        (
            r#""type":"ranking",OPTIONS"#,
            r#"["a","a","b"]"#,
            "expected a list of different ones of a, b, c, found [\"a\",\"a\",\"b\"]",
        ),
        (
            r#""type":"ranking",OPTIONS"#,
            r#"["a","b"]"#,
            "expected as many options as min and max allow, found [\"a\",\"b\"]",
        ),
        (r#""type":"ranking",OPTIONS"#, r#""a""#, "expected a list of a, b, c, found \"a\""),
        (r#""type":"number""#, "1.5", "expected a whole number, found 1.5"),
        (r#""type":"number""#, "1e3", "expected a whole number, found 1e3"),
        (
            r#""type":"number","decimals":2,"from":0.5,"to":10"#,
            "0.499",
            "expected a number of at most 2 decimals from 0.5 to 10, found 0.499",
        ),
        (
            r#""type":"number","decimals":2,"from":0.5,"to":10"#,
            "10.01",
            "expected a number of at most 2 decimals from 0.5 to 10, found 10.01",
        ),
        (r#""type":"number""#, r#""7""#, "expected a whole number, found \"7\""),
        (r#""type":"slider""#, "101", "expected a whole number from 0 to 100, found 101"),
        (
            r#""type":"slider","from":-10,"to":10,"step":5"#,
            "-7",
            "expected a whole number from -10 to 10 in steps of 5, found -7",
        ),
        (
            r#""type":"date","earliest":"2026-01-01","latest":"2026-12-31""#,
            r#""2027-01-01""#,
            "expected a date such as 2026-11-21 from 2026-01-01 to 2026-12-31, found \"2027-01-01\"",
        ),
        (r#""type":"date""#, r#""2026-02-30""#, "expected a date such as 2026-11-21, found \"2026-02-30\""),
        (r#""type":"date""#, r#""2026-2-3""#, "expected a date such as 2026-11-21, found \"2026-2-3\""),
        (
            r#""type":"email""#,
            r#""ann@shop""#,
            "expected an e-mail address such as ann@shop.example, found \"ann@shop\"",
        ),
        (
            r#""type":"email""#,
            r#""a b@c.d""#,
            "expected an e-mail address such as ann@shop.example, found \"a b@c.d\"",
        ),
        (r#""type":"contact",FIELDS"#, r#"{"fax":"1"}"#, "fax: expected one of name, phone, found \"fax\""),
        (
            r#""type":"contact","max_length":60,FIELDS"#,
            &contact,
            "name: expected a text of at most 60 characters, found",
        ),
        (
            r#""type":"contact",FIELDS"#,
            r#"{"name":1}"#,
            "name: expected a text of at most 4000 characters, found 1",
        ),
        (r#""type":"contact",FIELDS"#, r#""Ann""#, "expected an object of name, phone, found \"Ann\""),
        (r#""type":"consent""#, r#""true""#, "expected true or false, found \"true\""),
        (r#""type":"statement""#, "1", "expected null, because a statement has no answer, found 1"),
        (
            r#""type":"maxdiff",SETS,OPTIONS"#,
            r#"[{"set":3,"best":"a","worst":"b"}]"#,
            "[0].set: expected each set once, from 1 to 2, the number of sets, found 3",
        ),
        (
            r#""type":"maxdiff",SETS,OPTIONS"#,
            r#"[{"set":0,"best":"a","worst":"b"}]"#,
            "[0].set: expected each set once, from 1 to 2, the number of sets, found 0",
        ),
        (
            r#""type":"maxdiff",SETS,OPTIONS"#,
            r#"[{"set":1,"best":"a","worst":"a"}]"#,
            "[0].worst: expected one of a, b, c, best and worst different, found \"a\"",
        ),
        (
            r#""type":"maxdiff",SETS,OPTIONS"#,
            r#"["a"]"#,
            "expected a list of {\"set\": 1, \"best\": id, \"worst\": id}, found [\"a\"]",
        ),
        (r#""type":"protected""#, r#""maybe""#, "expected one of yes, no, rather_not, found \"maybe\""),
        (
            r#""type":"protected""#,
            r#"{"same":true,"p":0.2,"group":"A"}"#,
            "expected one of yes, no, rather_not, found",
        ),
        (
            r#""type":"protected",GROUPS"#,
            r#""yes""#,
            "expected {\"same\": true or false, \"p\": number, \"group\": id}, found \"yes\"",
        ),
        (
            r#""type":"protected",GROUPS"#,
            r#"{"same":true,"p":0.8,"group":"A"}"#,
            "p: expected 0.2, the group's own, found 0.8",
        ),
        (
            r#""type":"protected",GROUPS"#,
            r#"{"same":true,"p":0.2,"group":"C"}"#,
            "group: expected one of the groups A, B, found \"C\"",
        ),
    ] {
        let answer = Answer::read(&Value::parse(json).unwrap()).unwrap_or_else(|e| panic!("{json}: {e}"));
        let problem = question(fields).check_answer(&answer).expect_err(fields).to_string();
        assert!(problem.starts_with(expected), "{fields}\n{problem}\n{expected}");
    }
    let read = |json: &str| Answer::read(&Value::parse(json).unwrap()).expect_err(json).to_string();
    assert_eq!(read(r#"{"speed":[1]}"#), "speed: expected a number or a text, found [1]");
    assert_eq!(
        read(r#"{"same":true,"p":0.2}"#),
        "group: expected an id of 1 to 64 letters, digits, _ or -, and it is missing"
    );
}

#[test]
fn a_wrong_question_is_refused_with_the_field() {
    for (fields, expected) in [
        (r#""type":"dropdown""#, "options: expected at least two options, and it is missing"),
        (
            r#""type":"text",OPTIONS"#,
            "options: expected no such field here; it belongs to single, dropdown, multiple, ranking, maxdiff, matrix, found \"text\"",
        ),
        (r#""type":"multiple","none":"x",OPTIONS"#, "none: expected the id of an option, found \"x\""),
        (r#""type":"matrix",OPTIONS"#, "rows: expected at least one row, and it is missing"),
        (r#""type":"matrix",ROWS"#, "options: expected either options or points, and it is missing"),
        (
            r#""type":"matrix",ROWS,OPTIONS,"points":5"#,
            "options: expected either options or points, and it is missing",
        ),
        (r#""type":"contact""#, "fields: expected at least one field, and it is missing"),
        (
            r#""type":"contact","fields":[{"id":"other","text":"O"}]"#,
            "fields[0].id: expected an id that stands here once; \"other\" is kept for what is written in, found \"other\"",
        ),
        (r#""type":"ranking","max":4,OPTIONS"#, "max: expected 1 to the number of options, found 4"),
        (r#""type":"number","from":3,"to":3"#, "to: expected more than from, found 3"),
        (r#""type":"number","from":1e3"#, "from: expected a number without an exponent, found 1e3"),
        (r#""type":"slider","from":0.5"#, "from: expected a whole number, found 0.5"),
        (r#""type":"slider","step":0"#, "step: expected at least 1, found 0"),
        (
            r#""type":"date","earliest":"2026-13-01""#,
            "earliest: expected a date such as 2026-11-21, found \"2026-13-01\"",
        ),
        (
            r#""type":"date","earliest":"2026-02-01","latest":"2026-01-01""#,
            "latest: expected a day not before earliest, found \"2026-01-01\"",
        ),
        (
            r#""type":"statement","required":true"#,
            "required: expected no such field here; a statement has no answer, found \"statement\"",
        ),
        (r#""type":"maxdiff",OPTIONS"#, "sets: expected at least one set of options, and it is missing"),
        (
            r#""type":"maxdiff","sets":[["a","b","b"]],OPTIONS"#,
            "sets[0]: expected at least three different options, found [\"a\",\"b\",\"b\"]",
        ),
        (
            r#""type":"protected","groups":[{"id":"A","text":"T","p":0.50}]"#,
            "groups[0].p: expected a number between 0 and 1 that is not a half, such as 0.2, found 0.50",
        ),
        (
            r#""type":"protected","groups":[{"id":"A","text":"T","p":1}]"#,
            "groups[0].p: expected a number between 0 and 1 that is not a half, such as 0.2, found 1",
        ),
        (r#""type":"protected","groups":[]"#, "groups: expected at least one group, and it is missing"),
    ] {
        let problem = Definition::from_value(&definition(fields)).expect_err(fields).to_string();
        let problem = problem.strip_prefix("pages[0].questions[0].").unwrap_or(&problem);
        assert_eq!(problem, expected, "{fields}");
    }
    let text = definition(r#""type":"protected""#)
        .to_json()
        .replace("\"kind\":\"direct\"", "\"kind\":\"crosswise\"");
    assert_eq!(
        Definition::from_value(&Value::parse(&text).unwrap())
            .expect_err("direct is not crosswise")
            .to_string(),
        "protect.kind: expected one protected question of this kind; its questions ask for direct, found \"crosswise\""
    );
}

#[test]
fn conditions_know_the_types() {
    let show_if = |types: &str, condition: &str| {
        let mut text = definition(types).to_json();
        let end = text.rfind("}]}]}").unwrap();
        text.insert_str(
            end + 1,
            &format!(r#",{{"id":"z","type":"text","text":"Z","show_if":"{condition}"}}"#),
        );
        match Definition::from_value(&Value::parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"))) {
            Ok(_) => String::new(),
            Err(problem) => problem.to_string(),
        }
    };
    for (fields, condition, expected) in [
        (r#""type":"matrix",ROWS,"points":5"#, "q.q.speed > 3 and answered(q)", ""),
        (r#""type":"matrix",ROWS,OPTIONS"#, "q.q.speed = 'a'", ""),
        (r#""type":"matrix",ROWS,OPTIONS"#, "q.q.speed = 'd'", "one of 'a', 'b', 'c' at character 13"),
        (r#""type":"matrix",ROWS,OPTIONS"#, "q = 'a'", "one of q.speed, q.price at character 1"),
        (r#""type":"ranking",OPTIONS"#, "q has 'a'", ""),
        (r#""type":"date""#, "q >= '2026-01-01'", ""),
        (r#""type":"date""#, "q >= 'soon'", "a date such as '2026-11-21' at character 6"),
        (r#""type":"consent""#, "q = true", ""),
        (r#""type":"consent""#, "q = 'true'", "true or false at character 5"),
        (r#""type":"contact",FIELDS"#, "q.q.name = 'Ann'", ""),
        (r#""type":"maxdiff",SETS,OPTIONS"#, "answered(q)", ""),
        (
            r#""type":"protected""#,
            "q = 'yes'",
            "another question: the answer to a protected one is never used at character 1",
        ),
        (
            r#""type":"protected""#,
            "answered(q)",
            "another question: the answer to a protected one is never used at character 10",
        ),
    ] {
        let said = show_if(fields, condition);
        let wanted = if expected.is_empty() { String::new() } else { format!("expected {expected}, found") };
        assert!(said.contains(&wanted) && said.is_empty() == expected.is_empty(), "{condition}: {said}");
    }
}

#[test]
fn who_must_agree_has_not_answered_by_refusing() {
    let definition = Definition::from_value(&definition(r#""type":"consent","required":true"#)).unwrap();
    let open = |text: &str| {
        let answers = Map::read(&Value::parse(text).unwrap()).unwrap();
        route(&definition, &json(&answers), &Map::new())[0].open.len()
    };
    assert_eq!((open("{}"), open(r#"{"q":false}"#), open(r#"{"q":true}"#)), (1, 1, 0));
}
