//! Definitions, responses and exposures: what is read, what is refused and in which words, and the schemas.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

mod sample;

use candor_survey::definition::{Mode, Share, Text};
use candor_survey::question::{Answer, Pick};
use candor_survey::record::schema_document;
use candor_survey::revision::{canonical, revision};
use candor_survey::{Definition, Exposure, Id, Json, Kind, Response, Time, Uuid, Value};
use proptest::prelude::*;
use sample::{DEFINITION, RESPONSE, definition, response, with};

#[test]
fn a_response_is_written_as_it_was_read_to_the_byte() {
    assert_eq!(response().to_json(), RESPONSE);
}

#[test]
fn a_definition_is_read_with_its_defaults() {
    let d = definition();
    assert_eq!(
        d.questions().map(|q| q.kind).collect::<Vec<_>>(),
        [Kind::Nps, Kind::Text, Kind::Single, Kind::Multiple, Kind::Rating, Kind::Ces, Kind::Csat]
    );
    assert_eq!(d.display.mode, Mode::Popover);
    assert_eq!(d.question("ease").unwrap().scale(), Some((1, 7)));
    assert_eq!(d.question("sat").unwrap().scale(), Some((1, 5)));
    assert_eq!(d.who.sample.as_ref().map(Share::as_f64), Some(0.5));
    assert!(d.admits("https://shop.example") && !d.admits("https://shop.example.evil"));
    assert_eq!(Definition::parse(&d.to_json()).unwrap(), d, "writing and reading again changes nothing");
}

/// What is said when `from` is replaced by `to` in the sample definition.
fn definition_error(from: &str, to: &str) -> String {
    Definition::parse(&with(DEFINITION, from, to)).expect_err("should be refused").to_string()
}

#[test]
fn a_wrong_definition_is_refused_with_the_field_and_what_was_expected() {
    let said = [
        (r#""candor": 1"#, r#""candor": 2"#, "candor: expected 1, the only version there is, found 2"),
        (
            r#""id": "post-purchase""#,
            r#""id": "post purchase""#,
            "id: expected an id of 1 to 64 letters, digits, _ or -, found \"post purchase\"",
        ),
        (
            r#""id": "why", "type": "text""#,
            r#""id": "why", "type": "essay""#,
            "pages[1].questions[0].type: expected one of nps, csat, ces, rating, single, multiple, text, dropdown, matrix, ranking, number, slider, date, email, contact, consent, statement, maxdiff, protected, found \"essay\"",
        ),
        (
            r#""id": "sat""#,
            r#""id": "nps""#,
            "pages[1].questions[5].id: expected an id that no other question has, found \"nps\"",
        ),
        (
            r#""https://shop.example""#,
            r#""https://shop.example/""#,
            "origins[0]: expected an origin such as https://shop.example, without a path, found \"https://shop.example/\"",
        ),
        (
            r#""sample": 0.5"#,
            r#""sample": 1.5"#,
            "who.sample: expected a number from 0 to 1, such as 0.25, found 1.5",
        ),
        (
            r#""state": "live""#,
            r#""stat": "live""#,
            "stat: expected no such field; this object has candor, id, purpose, origins, languages, pages, display, when, who, hidden, theme, deliver, protect, state, thanks, found \"live\"",
        ),
        (
            r#""mode": "popover""#,
            r#""mode": "inline""#,
            "display.into: expected a CSS selector, because mode is inline, and it is missing",
        ),
        (
            r#""min": 1, "max": 2"#,
            r#""min": 3, "max": 2"#,
            "pages[1].questions[2].min: expected no more than max and the number of options, found 3",
        ),
        (
            r#""long": true"#,
            r#""long": true, "points": 5"#,
            "pages[1].questions[0].points: expected no such field here; it belongs to csat, ces, rating, matrix, found \"text\"",
        ),
        (
            r#"{"id": "friend", "text": "A friend"}, "#,
            "",
            "pages[1].questions[1].options: expected at least two options, and it is missing",
        ),
        (
            r#""id": "chat""#,
            r#""id": "other""#,
            "pages[1].questions[2].options[0].id: expected an id that no other option has; \"other\" is kept for what is written in, found \"other\"",
        ),
        (
            r#""languages": ["en", "de"]"#,
            r#""languages": []"#,
            "languages: expected at least one language, found []",
        ),
    ];
    for (from, to, expected) in said {
        assert_eq!(definition_error(from, to), expected);
    }
    assert_eq!(
        Definition::parse("{\n \"candor\": 1,\n}").expect_err("a trailing comma").to_string(),
        "not valid JSON at line 3, column 1: expected a key in double quotes"
    );
    assert_eq!(
        Definition::parse(r#"{"candor": 1}"#).expect_err("too little").to_string(),
        "id: expected an id of 1 to 64 letters, digits, _ or -, and it is missing"
    );
}

/// What is said when `from` is replaced by `to` in the sample response.
fn response_error(from: &str, to: &str) -> String {
    let value = Value::parse(&with(RESPONSE, from, to)).unwrap();
    let problem = match Response::from_value(&value) {
        Ok(response) => response.check(&definition()).expect_err("should be refused"),
        Err(problem) => problem,
    };
    problem.to_string()
}

#[test]
fn a_wrong_response_is_refused_with_the_field_and_what_was_expected() {
    let said = [
        (r#""nps":9,"#, r#""nps":11,"#, "answers.nps: expected a whole number from 0 to 10, found 11"),
        (r#""nps":9,"#, r#""nps":9.5,"#, "answers.nps: expected a whole number from 0 to 10, found 9.5"),
        (r#""nps":9,"#, r#""nps":"9","#, "answers.nps: expected a whole number from 0 to 10, found \"9\""),
        (
            r#""nps":9,"#,
            r#""nps":null,"#,
            "answers.nps: expected an answer, because the question is required, found null",
        ),
        (
            r#""nps":9,"#,
            r#""np":9,"#,
            "answers.np: expected a question of this survey: nps, why, heard, used, stars, ease, sat, found \"np\"",
        ),
        (r#""nps":9,"#, r#""heard":"radio","#, "answers.heard: expected one of friend, web, found \"radio\""),
        (
            r#""nps":9,"#,
            r#""used":["chat","chat"],"#,
            "answers.used: expected a list of different ones of chat, phone, mail, found [\"chat\",\"chat\"]",
        ),
        (
            r#""nps":9,"#,
            r#""used":["chat","mail","phone"],"#,
            "answers.used: expected as many options as min and max allow, found [\"chat\",\"mail\",\"phone\"]",
        ),
        (
            r#""status":"complete""#,
            r#""status":"done""#,
            "status: expected one of partial, complete, found \"done\"",
        ),
        (
            "019a5f0e-7c00-7000-8000-000000000001",
            "019a5f0e",
            "id: expected a UUID such as 019a5f0e-7c00-7000-8000-000000000000, found \"019a5f0e\"",
        ),
        (r#""seq":0"#, r#""seq":-1"#, "seq: expected a whole number from 0 to 4294967295, found -1"),
        (
            r#""ms":{"nps":3100}"#,
            r#""ms":{"nps":-5}"#,
            "signals.ms.nps: expected a whole number from 0 to 4294967295, found -5",
        ),
        (
            r#""hidden":0,"#,
            "",
            "signals.hidden: expected a whole number from 0 to 4294967295, and it is missing",
        ),
        (
            "2026-11-21T10:00:41.210Z",
            "2026-11-21T09:00:41.210Z",
            "submitted: expected a time not before started, found \"2026-11-21T09:00:41.210Z\"",
        ),
        (
            "2026-11-21T10:00:00.000Z",
            "2026-02-30T10:00:00.000Z",
            "started: expected a time such as 2026-11-21T10:00:00.000Z, found \"2026-02-30T10:00:00.000Z\"",
        ),
        (
            "/checkout/thanks",
            "https://shop.example/thanks?mail=a@b.c",
            "page: expected a path that starts with /, without query or fragment, of at most 2048 bytes, found \"https://shop.example/thanks?mail=a@b.c\"",
        ),
        (
            r#""revision":"9f2c0a1b2c3d4e5f""#,
            r#""revision":"9F2C""#,
            "revision: expected a revision of 16 hexadecimal digits, found \"9F2C\"",
        ),
        (
            r#""input":"touch""#,
            r#""input":"touch","user_agent":"x""#,
            "signals.user_agent: expected no such field; this object has ms_total, ms_first, ms, changes, raised, hidden, untrusted, input, pasted, device_day, device_all, found \"x\"",
        ),
    ];
    for (from, to, expected) in said {
        assert_eq!(response_error(from, to), expected);
    }
}

#[test]
fn what_a_page_cannot_know_may_be_left_out() {
    let text = with(RESPONSE, r#","device_day":1,"device_all":1"#, "");
    let text = with(&text, r#""received":"2026-11-21T10:00:41.502Z","#, "");
    let text = with(&text, r#""token":null,"#, "");
    let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
    assert_eq!((response.received, response.signals.device_day), (None, None));
    assert!(!response.to_json().contains("device_day"), "absent stays absent");
    assert!(response.to_json().contains(r#""token":null"#), "the token is always said");
}

#[test]
fn a_partial_response_may_skip_what_is_required() {
    let text = with(&with(RESPONSE, r#""nps":9,"#, r#""nps":null,"#), "complete", "partial");
    let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
    assert_eq!(response.check(&definition()), Ok(()));
}

#[test]
fn every_type_of_answer_stands_in_csv_as_the_formats_say() {
    let d = definition();
    let id = |text| Id::new(text).unwrap();
    let cells = |question: &str, answer: Answer| {
        let question = d.question(question).unwrap();
        question.check_answer(&answer).unwrap();
        question.columns().into_iter().zip(question.cells(&answer)).collect::<Vec<_>>()
    };
    let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
    assert_eq!(cells("nps", Answer::Number(9.into())), [pair("nps", "9")]);
    assert_eq!(cells("nps", Answer::Skipped), [pair("nps", "")]);
    assert_eq!(cells("why", Answer::Text("a, \"b\"".into())), [pair("why", "a, \"b\"")]);
    assert_eq!(cells("heard", Answer::Text("web".into())), [pair("heard", "web"), pair("heard.other", "")]);
    assert_eq!(
        cells("heard", Answer::Other("radio".into())),
        [pair("heard", "other"), pair("heard.other", "radio")]
    );
    let picks = vec![Pick::Option(id("chat")), Pick::Other("fax".into())];
    assert_eq!(cells("used", Answer::Many(picks)), [pair("used", "chat|other"), pair("used.other", "fax")]);
}

#[test]
fn texts_fall_back_from_region_to_language_to_the_first() {
    let Text::ByLanguage(_) = &definition().question("nps").unwrap().text else { panic!("two languages") };
    let text = definition().question("nps").unwrap().text.clone();
    assert!(text.in_language("de-AT").starts_with("Wie"));
    assert!(text.in_language("DE").starts_with("Wie"));
    assert!(text.in_language("fr").starts_with("How"));
}

#[test]
fn an_exposure_is_read_and_written_as_the_formats_have_it() {
    let text = r#"{"v":1,"id":"019a5f0e-7c00-7000-8000-000000000002","event":"eligible","survey":"post-purchase","revision":"9f2c0a1b2c3d4e5f","view":"019a5f0e-7c00-7000-8000-000000000003","at":"2026-11-21T10:00:00.000Z","attributes":{"store":"Leeds"}}"#;
    assert_eq!(Exposure::from_value(&Value::parse(text).unwrap()).unwrap().to_json(), text);
    let problem = Exposure::from_value(&Value::parse(&with(text, "eligible", "seen")).unwrap()).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "event: expected one of eligible, sampled, shown, started, dismissed, found \"seen\""
    );
}

/// RFC 8785, section 3.2.2 and appendix B.
#[test]
fn canonical_json_is_that_of_rfc_8785() {
    let text = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
        "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
    let mut out = String::new();
    canonical(&Value::parse(text).unwrap(), &mut out);
    let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
    assert_eq!(out, expected);
    // Section 3.2.3: keys sort by UTF-16 units, so 😀 (D83D) comes before דּ (FB33).
    let mut out = String::new();
    canonical(&Value::parse("{\"\u{fb33}\":1,\"\u{1f600}\":2,\"\\r\":3,\"1\":4}").unwrap(), &mut out);
    assert_eq!(out, "{\"\\r\":3,\"1\":4,\"\u{1f600}\":2,\"\u{fb33}\":1}");
}

#[test]
fn the_revision_names_the_content_and_not_the_typing() {
    let value = Value::parse(DEFINITION).unwrap();
    let retyped = serde_json::from_str::<serde_json::Value>(DEFINITION).unwrap().to_string();
    assert_eq!(revision(&value), revision(&Value::parse(&retyped).unwrap()));
    assert_ne!(revision(&value), revision(&Value::parse(&with(DEFINITION, "Why?", "Why!")).unwrap()));
    // SHA-256 of {} is 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.
    assert_eq!(revision(&Value::parse(" { } ").unwrap()).as_str(), "44136fa355b3678a");
}

/// RFC 9562, appendix A.6.
#[test]
fn a_uuid_of_version_7_is_that_of_rfc_9562() {
    let random = [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F];
    assert_eq!(Uuid::v7(0x017F_22E2_79B0, random).as_str(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

#[test]
fn times_are_those_of_rfc_3339() {
    for (text, ms) in [
        ("1970-01-01T00:00:00.000Z", 0),
        ("2000-02-29T12:30:15.250Z", 951_827_415_250),
        ("2026-11-21T10:00:41.502Z", 1_795_255_241_502),
        ("1969-12-31T23:59:59.999Z", -1),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] {
        assert_eq!(Time::parse(text), Some(Time(ms)), "{text}");
        assert_eq!(Time(ms).to_string(), text);
    }
    assert_eq!(Time::parse("2026-11-21T10:00:41Z"), Some(Time(1_795_255_241_000)));
    for wrong in [
        "2026-11-21",
        "2026-11-21T10:00:41",
        "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-11-21T10:00:41.Z",
        "2026-11-21T24:00:00Z",
        "é",
        "",
    ] {
        assert_eq!(Time::parse(wrong), None, "{wrong}");
    }
}

#[cfg_attr(target_arch = "wasm32", ignore = "reads files")]
#[test]
fn the_checked_in_schemas_are_those_of_the_types() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/");
    for (name, schema) in [
        ("definition", schema_document::<Definition>("Candor survey definition")),
        ("response", schema_document::<Response>("Candor response")),
        ("exposure", schema_document::<Exposure>("Candor exposure")),
    ] {
        let path = format!("{dir}{name}.json");
        if std::env::var_os("CANDOR_BLESS").is_some() {
            std::fs::write(&path, &schema).unwrap();
        }
        serde_json::from_str::<serde_json::Value>(&schema).expect("a schema is JSON");
        let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            checked_in == schema,
            "{path} differs: run CANDOR_BLESS=1 cargo test -p candor-survey and read the change"
        );
    }
}

proptest! {
    #[test]
    fn every_time_is_read_back_as_written(ms in -62_167_219_200_000i64..=253_402_300_799_999) {
        prop_assert_eq!(Time::parse(&Time(ms).to_string()), Some(Time(ms)));
    }

    #[test]
    fn any_value_in_any_field_is_read_or_refused_without_a_panic(key in "[a-z_]{1,12}", text in any::<String>(), n in any::<i64>()) {
        for value in [Value::String(text.clone()), Value::Number(n.into()), Value::Null, Value::Array(vec![])] {
            for sample in [DEFINITION, RESPONSE] {
                let Ok(Value::Object(mut fields)) = Value::parse(sample) else { unreachable!() };
                let at = fields.iter().position(|(k, _)| k.starts_with(&key[..1])).unwrap_or(0);
                fields[at].1 = value.clone();
                let object = Value::Object(fields);
                let _ = Definition::from_value(&object);
                let _ = Response::from_value(&object);
            }
        }
    }

    #[test]
    fn shares_are_written_as_hundredths(n in 0u32..=100) {
        let share = Share::from_hundredths(n);
        prop_assert!((share.as_f64() - f64::from(n) / 100.0).abs() < 1e-12);
        prop_assert_eq!(Share::read(&Value::parse(share.as_str()).unwrap()).unwrap(), share);
    }
}
