//! Every rule of evidence: that it fires, and that an honest visitor who looks similar is left alone.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

mod sample;

use candor_survey::evidence::{Case, Reason, case, judge, too_fast_ms};
use candor_survey::response::{Input, Level};
use candor_survey::words::{Cue, Cues, English, Listener, cues};
use candor_survey::{Response, Value};
use proptest::prelude::*;
use sample::{RESPONSE, definition, response, with};

/// A visitor who reads, thinks and answers with a mouse.
fn honest() -> Case {
    Case {
        ms_score: Some(5200),
        read_chars: 60,
        input: Some(Input::Mouse),
        device_day: Some(0),
        device_all: Some(0),
        ..Case::default()
    }
}

fn reasons(case: Case) -> Vec<Reason> {
    judge(&case).reasons
}

fn level(case: Case) -> Level {
    judge(&case).level
}

#[test]
fn an_ordinary_visitor_gives_no_evidence_and_the_formats_own_score() {
    let judgement = judge(&honest());
    assert_eq!((judgement.level, judgement.score, judgement.reasons), (Level::None, 2, vec![]));
    let claim = judge(&case(&response(), &definition())).claim();
    assert_eq!(claim, response().integrity, "FORMATS.md's example claims what we compute");
}

#[test]
fn a_score_that_was_filled_in_is_a_reason() {
    assert_eq!(reasons(Case { preset: true, ..honest() }), [Reason::Preset]);
    assert_eq!(level(Case { preset: true, ..honest() }), Level::Some);
}

#[test]
fn a_comment_or_another_question_filled_in_is_not() {
    let text = with(RESPONSE, r#""preset":{}"#, r#""preset":{"why":"from the mail"}"#);
    let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
    assert!(!case(&response, &definition()).preset);
    let text = with(RESPONSE, r#""preset":{}"#, r#""preset":{"nps":10}"#);
    let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
    assert!(case(&response, &definition()).preset);
}

#[test]
fn scripted_answers_are_a_reason() {
    assert_eq!(reasons(Case { untrusted: 1, ..honest() }), [Reason::Scripted]);
}

#[test]
fn a_keyboard_user_is_not_taken_for_a_script() {
    assert_eq!(reasons(Case { input: Some(Input::Keyboard), ..honest() }), []);
}

#[test]
fn a_score_faster_than_its_question_can_be_read_is_a_reason() {
    assert_eq!(reasons(Case { ms_score: Some(900), ..honest() }), [Reason::Fast]);
}

#[test]
fn a_fast_expert_is_not_hurried_into_suspicion() {
    // 1.3 s for 60 characters is a quick reader; 0.7 s is someone whose device has answered before.
    assert_eq!(too_fast_ms(60, false), 1200);
    assert_eq!(reasons(Case { ms_score: Some(1300), ..honest() }), []);
    assert_eq!(reasons(Case { ms_score: Some(700), device_all: Some(3), ..honest() }), []);
    assert_eq!(reasons(Case { ms_score: Some(500), device_all: Some(3), ..honest() }), [Reason::Fast]);
    // But a device that has answered six times today is no customer who was asked before.
    let again = Case { ms_score: Some(700), device_day: Some(6), device_all: Some(6), ..honest() };
    assert_eq!(reasons(again), [Reason::Fast, Reason::Device]);
}

#[test]
fn a_preset_link_confirmed_at_once_is_one_reason_and_not_two() {
    let clicked_in_the_mail = Case { preset: true, ms_score: Some(200), ..honest() };
    assert_eq!(reasons(clicked_in_the_mail), [Reason::Preset]);
    assert_eq!(level(clicked_in_the_mail), Level::Some);
}

#[test]
fn a_score_raised_after_hesitation_is_a_reason() {
    assert_eq!(reasons(Case { raised: 1, ..honest() }), [Reason::Raised]);
    assert_eq!(reasons(Case { raised: 2, input: Some(Input::Mixed), ..honest() }), [Reason::Raised]);
}

#[test]
fn walking_up_the_scale_with_arrow_keys_is_not() {
    assert_eq!(reasons(Case { raised: 4, input: Some(Input::Keyboard), ..honest() }), []);
    assert_eq!(reasons(Case { raised: 1, input: Some(Input::Mixed), ..honest() }), []);
}

#[test]
fn leaving_the_page_again_and_again_is_a_reason_and_alone_no_evidence() {
    assert_eq!(reasons(Case { hidden: 2, ..honest() }), [Reason::Hidden]);
    assert_eq!(level(Case { hidden: 9, ..honest() }), Level::None);
}

#[test]
fn taking_one_call_is_not() {
    assert_eq!(reasons(Case { hidden: 1, ..honest() }), []);
}

#[test]
fn a_device_that_answers_again_and_again_on_one_day_is_a_reason() {
    assert_eq!(reasons(Case { device_day: Some(3), device_all: Some(3), ..honest() }), [Reason::Device]);
}

#[test]
fn a_shared_family_tablet_is_not() {
    assert_eq!(reasons(Case { device_day: Some(2), device_all: Some(40), ..honest() }), []);
}

#[test]
fn a_kiosk_that_says_so_is_not() {
    assert_eq!(reasons(Case { device_day: Some(80), device_all: Some(9000), kiosk: true, ..honest() }), []);
}

#[test]
fn a_comment_that_tells_of_solicitation_is_a_reason() {
    let text = with(RESPONSE, "Quick and kind.", "She asked me to give her a 10 or she loses her bonus");
    let response = Response::from_value(&Value::parse(&text).unwrap()).unwrap();
    let judgement = judge(&case(&response, &definition()));
    assert_eq!((judgement.level, judgement.reasons), (Level::Some, vec![Reason::Solicited]));
}

#[test]
fn no_reason_alone_is_ever_strong() {
    let alone = [
        Case { preset: true, ..honest() },
        Case { untrusted: 9, ..honest() },
        Case { ms_score: Some(0), ..honest() },
        Case { raised: 9, ..honest() },
        Case { hidden: 9, ..honest() },
        Case { device_day: Some(900), device_all: Some(900), ..honest() },
        Case { cues: Cues(u8::MAX), ..honest() },
    ];
    for (case, reason) in alone.into_iter().zip(Reason::ALL) {
        assert_eq!(reasons(case), [*reason]);
        assert_ne!(level(case), Level::Strong, "{reason:?}");
    }
}

#[test]
fn reasons_that_share_one_honest_cause_are_not_strong_together() {
    // Dictation software answers by script, and fast; a caller leaves the page and thinks again.
    assert_eq!(level(Case { untrusted: 1, ms_score: Some(100), ..honest() }), Level::Some);
    assert_eq!(level(Case { raised: 1, hidden: 2, ..honest() }), Level::Some);
}

#[test]
fn two_reasons_of_different_kinds_are_strong() {
    let fast_and_again = Case { device_day: Some(6), device_all: Some(60), ms_score: Some(300), ..honest() };
    assert_eq!(reasons(fast_and_again), [Reason::Fast, Reason::Device]);
    assert_eq!(level(fast_and_again), Level::Strong);
    assert_eq!(level(Case { preset: true, device_day: Some(6), ..honest() }), Level::Strong);
}

#[test]
fn every_reason_has_a_code_a_sentence_and_an_honest_alternative() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_word(reason.as_str()), Some(*reason));
        for text in [reason.sentence(), reason.alternative()] {
            assert!(text.ends_with('.') && text.len() > 20, "{text}");
            for word in ["fraud", "guilty", "cheat"] {
                assert!(!text.to_lowercase().contains(word), "{text}");
            }
        }
    }
}

#[test]
fn each_kind_of_solicitation_is_heard() {
    let heard = [
        (Cue::NamesScore, "The lad asked me to give him a 10."),
        (Cue::NamesScore, "Told us to leave a five star rating, which felt odd"),
        (Cue::NamesScore, "He kept begging for a ten"),
        (Cue::NamesScore, "\"Please give me all tens\", he said"),
        (Cue::NamesScore, "said he needs a 10"),
        (Cue::NamesScore, "anything less than a 9 counts as a fail, apparently"),
        (Cue::NamesQuestions, "She told me how to answer the survey"),
        (Cue::NamesQuestions, "He showed us which questions matter"),
        (Cue::NamesConsequences, "or I will lose my bonus"),
        (Cue::NamesConsequences, "He says his bonus depends on it"),
        (Cue::NamesConsequences, "an 8 is a zero for me, the agent said"),
        (Cue::Seen, "my manager will see what you put"),
        (Cue::Seen, "He said the survey is not anonymous"),
        (Cue::Intimidates, "stood over me while I did the survey"),
        (Cue::Intimidates, "They watched me fill it in and rate them"),
        (Cue::Incentive, "Got a discount for a good review"),
        (Cue::Incentive, "a free coffee in return for five stars"),
        (Cue::StaffFilled, "the salesman filled in the survey for me"),
        (Cue::StaffFilled, "He took my phone and did the survey himself"),
        (Cue::OnlyIfHappy, "I was told to answer only if I was happy"),
        (Cue::OnlyIfHappy, "if you are not satisfied call me first"),
    ];
    for (cue, text) in heard {
        let found = cues(text);
        assert!(found.has(cue), "{text}: {:?}", found.iter().collect::<Vec<_>>());
    }
}

#[test]
fn honest_comments_that_sound_similar_are_left_alone() {
    let honest = [
        "10 out of 10, would recommend",
        "Nobody asked me to give a 10, I mean it",
        "She didn't ask me for a ten, she earned it",
        "I was asked to rate my stay: ten out of ten!",
        "They asked how it was and I'd give them a 10",
        "I asked for a table for ten",
        "I asked for 5 boxes and got 4",
        "I will give them five stars next time",
        "Staff told me to leave my bags with them",
        "I lost my luggage and nobody helped",
        "The discount for students is great",
        "He filled in the form for my passport quickly",
        "Only complaint: if the shop was satisfied with less plastic",
        "I get into trouble parking there",
        "The manager will see that it is fixed",
        "Best service I've ever had, top marks",
        "no one told me to rate anything 10",
        "Could be better. Price went up 10 percent.",
        "",
        "🙂🙂🙂",
    ];
    for text in honest {
        let found: Vec<_> = cues(text).iter().collect();
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

proptest! {
    #[test]
    fn more_reasons_never_lower_the_score(
        preset: bool, untrusted in 0u32..3, ms in prop::option::of(0u32..9000), raised in 0u32..3, hidden in 0u32..4,
        day in prop::option::of(0u32..9), kiosk: bool, bits: u8,
    ) {
        let base = Case { preset: false, untrusted: 0, ms_score: ms, raised, hidden, device_day: day, kiosk, ..honest() };
        let more = Case { untrusted, cues: Cues(bits), ..base };
        let (a, b) = (judge(&base), judge(&more));
        prop_assert!(b.score >= a.score && b.level >= a.level);
        prop_assert!((2..=100).contains(&b.score));
        let preset = judge(&Case { preset, ..more });
        prop_assert!((2..=100).contains(&preset.score));
        prop_assert_eq!(preset.claim().reasons.len(), preset.reasons.len());
    }

    #[test]
    fn any_text_has_cues_or_none_without_a_panic(text in any::<String>()) {
        let _ = cues(&text);
    }

    #[test]
    fn a_listener_hears_what_is_heard_text_by_text(
        texts in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
            "please", "give", "me", "a", "10", "ten", "nobody", "asked", "or", "I", "lose", "my", "bonus", "manager", "will",
            "see", "what", "you", "put", "filled", "in", "the", "survey", "for", "discount", "only", "if", "happy", ".", "told",
            "don't", "straight", "watched", "us", "answer", "zero", "him", "anything", "below", "nine", "is", "fail", "stars",
            "ASKED", "p’lease", "g'ive", "b\u{2018}onus", "'lose", "asked\u{e9}", "\u{e9}asked", "1\u{2019}0", "\u{a0}me",
        ]).prop_flat_map(|word| (
            Just(word), prop::sample::select(vec![" ", " ", " ", " ", ", ", "\n", "-", "", "'", "\u{2019}", "\u{a0}", "\u{fc}"]),
        )), 0..14).prop_map(|words| words.into_iter().map(|(word, glue)| format!("{word}{glue}")).collect::<String>()), 1..6)
    ) {
        let mut listener = Listener::<English>::default();
        for text in &texts {
            prop_assert_eq!(listener.cues(text), cues(text), "{}", text);
        }
    }
}
