//! The JSON reader against `serde_json`, and its errors.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_survey::json::{MAX_DEPTH, Number, Value};
use proptest::prelude::*;

fn error(text: &str) -> String {
    Value::parse(text).expect_err("should be refused").to_string()
}

#[test]
fn errors_name_line_column_and_what_was_expected() {
    assert_eq!(error("{\"a\": 1,\n  \"b\" 2}"), "not valid JSON at line 2, column 7: expected a colon");
    assert_eq!(error("[1, 2"), "not valid JSON at line 1, column 6: expected a comma or ]");
    assert_eq!(error("{\"a\":1,\"a\":2}"), "not valid JSON at line 1, column 8: this key is given twice");
    assert_eq!(error("01"), "not valid JSON at line 1, column 2: a number cannot start with 0");
    assert_eq!(error(""), "not valid JSON at line 1, column 1: the text ends where a value should stand");
    assert_eq!(error("{} x"), "not valid JSON at line 1, column 4: expected the end of the text");
    assert_eq!(
        error("\"a\u{1}\""),
        "not valid JSON at line 1, column 3: a control character must be escaped"
    );
}

#[test]
fn columns_count_characters_and_not_bytes() {
    assert_eq!(error("\"größe\" x"), "not valid JSON at line 1, column 9: expected the end of the text");
}

#[test]
fn half_a_surrogate_pair_is_refused_and_a_whole_one_is_a_character() {
    assert_eq!(Value::parse("\"\\ud83d\\ude00\""), Ok(Value::String("😀".into())));
    assert!(error("\"\\ud83d\"").contains("surrogate"));
    assert!(error("\"\\ud83d\\u0041\"").contains("surrogate"));
    assert!(error("\"\\ude00\"").contains("surrogate"));
}

#[test]
fn nesting_beyond_the_limit_is_refused_without_exhausting_the_stack() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Value::parse(&nested(MAX_DEPTH)).is_ok());
    assert!(error(&nested(1_000_000)).contains("nested too deeply"));
}

#[test]
fn numbers_keep_the_text_they_were_written_as() {
    for text in ["9", "-0", "0.02", "1e400", "123456789012345678901234567890", "5E-3"] {
        assert_eq!(Value::parse(text).unwrap().to_json(), text);
    }
    let number = |text: &str| match Value::parse(text) {
        Ok(Value::Number(n)) => n,
        other => panic!("{text} read as {other:?}"),
    };
    assert_eq!(number("9.0").as_i64(), Some(9));
    assert_eq!(number("-12").as_i64(), Some(-12));
    assert_eq!(number("9.5").as_i64(), None);
    assert_eq!(number("99999999999999999999").as_i64(), None);
    assert_eq!(Number::from(i64::MIN).as_str(), "-9223372036854775808");
}

/// Any document, as `serde_json` knows it.
fn document() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value as J;
    let leaf = prop_oneof![
        Just(J::Null),
        any::<bool>().prop_map(J::from),
        any::<i64>().prop_map(J::from),
        (-1e6..1e6f64).prop_map(J::from),
        any::<String>().prop_map(J::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(J::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(J::from_iter),
        ]
    })
}

proptest! {
    #[test]
    fn every_document_serde_json_writes_is_read_and_written_back_equal(document in document()) {
        let text = document.to_string();
        let ours = Value::parse(&text).expect("valid JSON");
        let back: serde_json::Value = serde_json::from_str(&ours.to_json()).expect("valid JSON");
        prop_assert_eq!(back, document.clone());
        let pretty = serde_json::to_string_pretty(&document).unwrap();
        prop_assert_eq!(Value::parse(&pretty).expect("valid JSON"), ours);
    }

    #[test]
    fn what_serde_json_refuses_is_refused(text in "[\\[\\]{}:,\"\\\\0-9eE.+a-u \\n-]{0,24}") {
        if Value::parse(&text).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn what_is_refused_is_refused_by_serde_json_too(text in "[\\[\\]{}:,\"0-9.\\- ]{0,16}") {
        // But for what we refuse and RFC 8259 only warns of: a key given twice.
        if let Err(e) = Value::parse(&text) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert!(theirs.is_err() || e.message.contains("twice"), "{text}: {e}");
        }
    }

    #[test]
    fn any_text_at_all_is_read_or_refused_without_a_panic(text in any::<String>()) {
        let _ = Value::parse(&text);
    }
}
