//! What is taken out of free text before it is sent, and what is left alone.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_survey::redact::redact;

#[test]
fn personal_data_is_taken_out() {
    for (text, expected) in [
        ("Write to ann.lee+shop@mail.example.com.", "Write to [e-mail]."),
        ("(jürgen@büro.example)", "([e-mail])"),
        ("Call me on +44 20 7946 0958 please", "Call me on [phone] please"),
        ("tel (020) 7946-0958", "tel [phone]"),
        ("01632960123", "[phone]"),
        ("card 4111 1111 1111 1111!", "card [card]!"),
        ("card 4111111111111111", "card [card]"),
        ("IBAN DE89 3704 0044 0532 0130 00 thanks", "IBAN [account] thanks"),
        ("GB29NWBK60161331926819", "[account]"),
        ("a@b.example and c@d.example", "[e-mail] and [e-mail]"),
        ("“call +1 415 555 0113”", "“call [phone]”"),
        ("my number: “01632960123”…", "my number: “[phone]”…"),
        ("IBAN “DE89 3704 0044 0532 0130 00”", "IBAN “[account]”"),
        ("日本 03-1234-5678 です", "日本 [phone] です"),
    ] {
        assert_eq!(redact(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_personal_data_is_left_alone() {
    for text in [
        "",
        "He asked me to give a 10.",
        "I paid 1,299.00 in 2026",
        "open 24/7, 365 days",
        "order 48213",
        "@home is nice",
        "me@home",
        "A17B22",
        "2026-11",
        "bought on 21/11/2026, came 2026-11-25",
        "x4111111",
        "10/10 would buy again",
    ] {
        assert_eq!(redact(text), None, "{text}");
    }
}

#[test]
fn nothing_is_redacted_twice_and_nothing_around_it_is_lost() {
    for text in ["\u{1f600} a@b.example \u{1f600}", "é 0123456789 é", "((((((((", "+ + + +", "1 2 3 4 5 6 7"]
    {
        if let Some(once) = redact(text) {
            assert_eq!(redact(&once), None, "{once}");
            assert!(once.starts_with(text.chars().next().unwrap()) || once.starts_with('['));
        }
    }
}
