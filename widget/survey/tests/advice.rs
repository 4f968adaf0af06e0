//! Advice on surveys: what each code catches and what it lets pass, how long a survey takes, and that an invitation to
//! review which depends on a score is refused however it is dressed.

#![allow(clippy::print_stdout, reason = "a test says how well its tables do")]

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_survey::Definition;
use candor_survey::advice::{Advice, Code, Severity, advise, estimated_seconds, refuse_gating};

/// A survey that nothing can be said against, with these pages and, before them, more fields.
fn survey(more: &str, pages: &str) -> Definition {
    let text = format!(
        r#"{{"candor": 1, "id": "s", "origins": [], "state": "draft", "who": {{"sample": 0.2}},
            "purpose": {{"decision": "What to mend first", "owner": "Priya"}}, {more} "pages": [{pages}]}}"#
    );
    Definition::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn english(pages: &str) -> Definition {
    survey(r#""languages": ["en"],"#, pages)
}

/// The advice on one question.
fn on(question: &str) -> Vec<Advice> {
    advise(&english(&format!(r#"{{"questions": [{question}]}}"#)))
}

/// Whether this code is said of a question with this text.
fn said(code: Code, kind: &str, text: &str) -> bool {
    on(&format!(r#"{{"id": "q", "type": "{kind}", "text": "{text}"}}"#))
        .iter()
        .any(|advice| advice.code == code)
}

#[track_caller]
fn codes(advice: &[Advice]) -> Vec<&'static str> {
    advice.iter().map(|advice| advice.code.as_str()).collect()
}

#[test]
fn a_good_survey_gets_no_advice() {
    let good = english(
        r#"{"questions": [{"id": "nps", "type": "nps", "required": true, "low": "Not at all likely", "high": "Extremely likely",
              "text": "How likely are you to recommend Radish & Rain to a friend or colleague?"}]},
           {"questions": [{"id": "why", "type": "text", "text": "What is the main reason for your score?"},
             {"id": "sat", "type": "csat", "text": "How satisfied or dissatisfied are you with the delivery?",
              "low": "Very dissatisfied", "high": "Very satisfied"},
             {"id": "how", "type": "single", "text": "How did you hear of us?",
              "options": [{"id": "friend", "text": "A good friend"}, {"id": "web", "text": "On the web"}, {"id": "street", "text": "Walking by"}]}]}"#,
    );
    assert_eq!(advise(&good), []);
    assert_eq!(refuse_gating(&good), Ok(()));
}

// ---- Double-barreled questions ----

const TWO_THINGS: [&str; 20] = [
    "How satisfied are you with the price and quality of our product?",
    "How would you rate our staff and facilities?",
    "How easy was it to find and book a room?",
    "How satisfied were you with the speed and accuracy of our answer?",
    "How likely are you to return and to recommend us?",
    "Rate the food and the atmosphere.",
    "How clear and helpful was the agent?",
    "How do you rate our website / app?",
    "How satisfied are you with your pay and working conditions?",
    "How friendly & knowledgeable was the adviser?",
    "The checkout was fast and the delivery came on time.",
    "How satisfied are you with the product or service?",
    "How well did we understand and solve your problem?",
    "When you called us, how polite and quick was the person on the phone?",
    "How satisfied are you with the range, price and freshness of the vegetables?",
    "Please rate the training and support that you were given.",
    "How useful and easy to read was the manual?",
    "How likely are you to buy again or renew?",
    "How satisfied are you with the cleanliness and comfort of the train?",
    "How often do you find our emails relevant and interesting?",
];

const ONE_THING: [&str; 20] = [
    "How likely are you to recommend us to a friend or colleague?",
    "How satisfied or dissatisfied are you with the delivery?",
    "How easy or difficult was it to return the parcel?",
    "How likely or unlikely are you to shop here again?",
    "How likely are you to recommend Radish & Rain to friends and family?",
    "How satisfied are you with the bed and breakfast?",
    "After you ordered and paid, how clear was the confirmation?",
    "When you called or wrote to us, how quick was our reply?",
    "On a scale between 1 and 10, how was your visit?",
    "How good or bad was the food?",
    "How clear or unclear was the invoice?",
    "How satisfied are you with how Marks and Spencer handled your return?",
    "How much better or worse is the new app?",
    "How satisfied are you with your account manager?",
    "How helpful or unhelpful was the adviser?",
    "How quickly or slowly did we answer?",
    "How do you rate the packaging?",
    "How well did we answer your questions or concerns?",
    "How satisfied are you with the person whom you called and met?",
    "How satisfied are you with the “Pay and Go” checkout?",
];

#[test]
fn one_score_for_two_things_is_told_from_one_thing_in_two_words() {
    let caught = |text: &&&str| said(Code::DoubleBarreled, "csat", &text.replace('"', "\\\""));
    let missed: Vec<_> = TWO_THINGS.iter().filter(|text| !caught(text)).collect();
    let alarms: Vec<_> = ONE_THING.iter().filter(|text| caught(text)).collect();
    let hits = TWO_THINGS.len() - missed.len();
    let (precision, recall) =
        (hits as f64 / (hits + alarms.len()) as f64, hits as f64 / TWO_THINGS.len() as f64);
    println!(
        "double-barreled: precision {precision:.2}, recall {recall:.2}; missed {missed:?}; false alarms {alarms:?}"
    );
    assert!(precision >= 0.95, "false alarms: {alarms:?}");
    assert!(recall >= 0.9, "missed: {missed:?}");
}

#[test]
fn two_things_are_no_fault_where_no_score_is_given() {
    assert!(!said(Code::DoubleBarreled, "text", "What did you like and dislike?"));
    assert!(said(Code::DoubleBarreled, "rating", "Rate the food and the service."));
}

// ---- Wording ----

#[test]
fn leading_wording_is_named() {
    for text in [
        "How great was our support?",
        "Don’t you agree that we are quick?",
        "How satisfied are you with our amazing service?",
        "How did you like our award-winning app?",
        "Surely you will come back?",
    ] {
        assert!(said(Code::Leading, "csat", text), "{text}");
    }
    for text in [
        "How satisfied or dissatisfied are you with our service?",
        "Do you agree or disagree that the price is fair?",
        "How do you rate the service, from poor to excellent?",
        "What could be better?",
    ] {
        assert!(!said(Code::Leading, "csat", text), "{text}");
    }
}

#[test]
fn leading_wording_is_named_in_seven_languages() {
    for (language, text) in [
        ("de", "Finden Sie nicht auch, dass wir schnell sind?"),
        ("es", "¿No cree que somos rápidos?"),
        ("fr", "Ne trouvez-vous pas que nous sommes rapides ?"),
        ("it", "Non trova che siamo veloci?"),
        ("nl", "Vindt u niet dat wij snel zijn?"),
        ("pt", "Não acha que somos rápidos?"),
        ("pt-BR", "Não acha que somos rápidos?"),
    ] {
        let pages = format!(r#"{{"questions": [{{"id": "q", "type": "csat", "text": "{text}"}}]}}"#);
        let advice = advise(&survey(&format!(r#""languages": ["{language}"],"#), &pages));
        assert_eq!(codes(&advice), ["leading"], "{language}");
    }
}

#[test]
fn two_negatives_in_a_sentence_are_named() {
    for text in [
        "Do you agree or disagree that we should not close the shop?",
        "How unlikely are you not to come back?",
        "Was it never impossible to reach us?",
    ] {
        assert!(said(Code::DoubleNegative, "csat", text), "{text}");
    }
    for text in [
        "How satisfied or dissatisfied are you?",
        "Do you agree or disagree that the price is fair?",
        "Was the parcel damaged or not?",
        "What did you not find?",
        "Did nothing work? Please say why not.",
    ] {
        assert!(!said(Code::DoubleNegative, "csat", text), "{text}");
    }
}

#[test]
fn a_text_that_asks_for_a_score_is_named() {
    let advice = on(
        r#"{"id": "q", "type": "csat", "text": "How was it?", "help": "Please give us a 10, or I lose my bonus."}"#,
    );
    assert_eq!(codes(&advice), ["asks_for_score"]);
    assert_eq!(advice[0].path, "pages[0].questions[0].help");
}

// ---- Scales ----

fn options(texts: &[&str]) -> Vec<Advice> {
    let options: Vec<_> =
        texts.iter().enumerate().map(|(i, text)| format!(r#"{{"id": "o{i}", "text": "{text}"}}"#)).collect();
    on(&format!(
        r#"{{"id": "q", "type": "single", "text": "How was it?", "options": [{}]}}"#,
        options.join(",")
    ))
}

#[test]
fn a_scale_with_more_on_one_side_is_named() {
    assert_eq!(codes(&options(&["Excellent", "Very good", "Good", "Fair", "Poor"])), ["unbalanced"]);
    assert_eq!(codes(&options(&["Great", "Good", "OK"])), ["unbalanced"]);
    assert_eq!(codes(&options(&["Sehr zufrieden", "Zufrieden", "Unzufrieden"])), ["unbalanced"]);
    let balanced = [
        "Very satisfied",
        "Satisfied",
        "Neither satisfied nor dissatisfied",
        "Dissatisfied",
        "Very dissatisfied",
    ];
    assert_eq!(options(&balanced), []);
    assert_eq!(options(&["Very likely", "Likely", "Not likely", "Not at all likely"]), []);
    assert_eq!(options(&["Good food", "The view", "The walk", "A friend"]), []);
}

#[test]
fn ends_that_are_no_opposites_are_named() {
    let ends = |low: &str, high: &str| {
        codes(&on(&format!(
            r#"{{"id": "q", "type": "rating", "text": "The parcel?", "low": "{low}", "high": "{high}"}}"#
        )))
    };
    assert_eq!(ends("Good", "Excellent"), ["unbalanced"]);
    assert_eq!(ends("Very satisfied", "Very dissatisfied"), ["unbalanced", "unbalanced"]);
    assert_eq!(ends("Poor", "Excellent"), [""; 0]);
    assert_eq!(ends("Not at all likely", "Extremely likely"), [""; 0]);
    assert_eq!(ends("Too small", "Too large"), [""; 0]);
    let one = on(r#"{"id": "q", "type": "rating", "text": "The parcel?", "low": "Poor"}"#);
    assert_eq!(codes(&one), ["one_end"]);
}

#[test]
fn an_even_number_of_points_has_no_middle() {
    let advice = on(r#"{"id": "q", "type": "csat", "text": "How was it?", "points": 4}"#);
    assert_eq!(codes(&advice), ["no_middle"]);
    assert_eq!(
        (advice[0].severity, advice[0].path.as_str()),
        (Severity::Hint, "pages[0].questions[0].points")
    );
    assert_eq!(on(r#"{"id": "q", "type": "csat", "text": "How was it?", "points": 5}"#), []);
}

#[test]
fn an_nps_that_shows_which_answer_is_welcome_is_named() {
    let nps = |more: &str| {
        codes(&on(&format!(r#"{{"id": "q", "type": "nps", "text": "Recommend?"{more}}}, {WHY}"#)))
    };
    assert_eq!(nps(r#", "low": "Not likely (red)", "high": "Very likely""#), ["colored_nps"]);
    assert_eq!(nps(r#", "low": "😡 Unlikely", "high": "Likely 😊""#), ["colored_nps", "colored_nps"]);
    assert_eq!(nps(r#", "help": "9 and 10 are promoters""#), ["colored_nps"]);
    assert_eq!(nps(r#", "low": "Not at all likely", "high": "Extremely likely""#), [""; 0]);
    let faces = on(r#"{"id": "q", "type": "rating", "text": "Recommend?", "symbol": "faces", "points": 11}"#);
    assert_eq!(codes(&faces), ["colored_nps"]);
}

const WHY: &str = r#"{"id": "why", "type": "text", "text": "Why?"}"#;

// ---- The survey as a whole ----

#[test]
fn reading_and_answering_take_the_time_they_take() {
    // 238 words take a minute (Brysbaert 2019), and a score 5 seconds.
    let words = vec!["word"; 238].join(" ");
    let page = |text: &str| format!(r#"{{"questions": [{{"id": "q", "type": "nps", "text": "{text}"}}]}}"#);
    assert_eq!(estimated_seconds(&english(&page(&words))), 65);
    assert_eq!(estimated_seconds(&english(&page("Recommend?"))), 6);
}

#[test]
fn only_the_longest_way_through_is_counted() {
    let both = english(
        r#"{"questions": [{"id": "nps", "type": "nps", "text": "Recommend?"}]},
           {"show_if": "nps > 6", "questions": [{"id": "a", "type": "text", "text": "Why?", "long": true}]},
           {"show_if": "nps <= 6", "questions": [{"id": "b", "type": "text", "text": "Why?"}]}"#,
    );
    // Two words are read in a second at most; 5 for the score and 30 for the longer text.
    assert_eq!(estimated_seconds(&both), 36);
}

#[test]
fn more_than_three_minutes_is_too_long() {
    let texts = |n: usize| {
        let one = |i: usize| format!(r#"{{"id": "q{i}", "type": "text", "text": "Why?", "long": true}}"#);
        let all: Vec<_> = (0..n).map(one).collect();
        codes(&advise(&english(&format!(r#"{{"questions": [{}]}}"#, all.join(",")))))
    };
    assert_eq!(texts(5), [""; 0]);
    assert_eq!(texts(6), ["too_long"]);
}

#[test]
fn a_survey_without_decision_or_owner_is_named() {
    let with = |purpose: &str| {
        let text = format!(
            r#"{{"candor": 1, "id": "s", "origins": [], "state": "draft", "who": {{"sample": 0.2}}, "languages": ["en"], {purpose}
                "pages": [{{"questions": [{WHY}]}}]}}"#
        );
        advise(&Definition::parse(&text).unwrap()).into_iter().map(|advice| advice.path).collect::<Vec<_>>()
    };
    assert_eq!(with(""), ["id"]);
    assert_eq!(with(r#""purpose": {"decision": "d"},"#), ["purpose"]);
    assert_eq!(with(r#""purpose": {"decision": " "},"#), ["purpose", "purpose"]);
    assert_eq!(with(r#""purpose": {"decision": "d", "owner": "o"},"#), [""; 0]);
}

#[test]
fn what_the_site_knows_is_named() {
    for question in [
        r#"{"id": "m", "type": "email", "text": "Where can we write to?"}"#,
        r#"{"id": "c", "type": "contact", "text": "Who are you?", "fields": [{"id": "name", "text": "Name"}]}"#,
        r#"{"id": "t", "type": "text", "text": "What is your order number?"}"#,
        r#"{"id": "t", "type": "text", "text": "Please enter your e-mail address"}"#,
    ] {
        assert_eq!(codes(&on(question)), ["already_known"], "{question}");
    }
    let hidden = survey(
        r#""languages": ["en"], "hidden": ["store"],"#,
        r#"{"questions": [{"id": "store", "type": "text", "text": "Which store?"}]}"#,
    );
    let advice = advise(&hidden);
    assert_eq!(
        (codes(&advice), advice[0].path.as_str()),
        (vec!["already_known"], "pages[0].questions[0].id")
    );
    assert!(!said(Code::AlreadyKnown, "text", "In what order did you visit the rooms?"));
}

#[test]
fn to_require_everything_is_named() {
    let two = |second: bool| {
        on(&format!(
            r#"{{"id": "a", "type": "csat", "text": "How was it?", "required": true}},
               {{"id": "b", "type": "text", "text": "Why?", "required": {second}}}"#
        ))
    };
    assert_eq!(codes(&two(true)), ["all_required"]);
    assert_eq!(two(false), []);
}

#[test]
fn a_text_that_lacks_a_language_is_named_with_the_language() {
    let advice = advise(&survey(
        r#""languages": ["en", "de", "fr"], "thanks": {"en": "Thanks", "de": "Danke", "fr": "Merci"},"#,
        r#"{"questions": [{"id": "q", "type": "text", "text": {"en": "Why?", "de": "Warum?"}, "help": "In a word."}]}"#,
    ));
    assert_eq!(codes(&advice), ["untranslated", "untranslated"]);
    assert_eq!(
        (advice[0].path.as_str(), advice[0].what.as_str()),
        ("pages[0].questions[0].text", "This text is not given in fr.")
    );
    assert_eq!(advice[1].what, "This text is not given in de, fr.");
}

#[test]
fn a_score_without_a_reason_and_a_survey_for_everybody_are_hints() {
    let text = r#"{"candor": 1, "id": "s", "origins": [], "state": "draft", "languages": ["en"],
        "purpose": {"decision": "d", "owner": "o"},
        "pages": [{"questions": [{"id": "nps", "type": "nps", "text": "Recommend?"}]}]}"#;
    let advice = advise(&Definition::parse(text).unwrap());
    assert_eq!(codes(&advice), ["no_reason", "asks_always"]);
    assert!(advice.iter().all(|advice| advice.severity == Severity::Hint));
}

#[test]
fn the_gravest_comes_first() {
    let advice = on(r#"{"id": "nps", "type": "nps", "text": "How great are we?"},
           {"id": "r", "type": "statement", "text": "Review us on Google!", "show_if": "nps > 8"}"#);
    assert_eq!(codes(&advice), ["review_gating", "leading", "no_reason"]);
}

#[test]
fn every_code_says_why_and_what_to_do() {
    for code in Code::ALL {
        for sentence in [code.why(), code.remedy()] {
            assert!(
                sentence.ends_with(['.', '”']) && sentence.split(' ').count() > 5,
                "{}: {sentence}",
                code.as_str()
            );
        }
    }
}

// ---- Review gating ----

#[track_caller]
fn refused(survey: &Definition, path: &str) {
    let problem = refuse_gating(survey).expect_err("it is refused");
    assert_eq!(problem.path, path);
    assert!(problem.to_string().contains("16 CFR Part 465"), "{problem}");
    let first = &advise(survey)[0];
    assert_eq!(
        (first.code, first.severity, first.path.as_str()),
        (Code::ReviewGating, Severity::Refused, path)
    );
}

/// A score, then a statement with this text under `more`.
fn invitation(more: &str, text: &str) -> Definition {
    english(&format!(
        r#"{{"questions": [{{"id": "nps", "type": "nps", "text": "Recommend?"}}]}},
           {{"questions": [{{"id": "r", "type": "statement", "text": "{text}"{more}}}, {WHY}]}}"#
    ))
}

const INVITATIONS: [&str; 24] = [
    "Review us on Google!",
    "Please leave us a review.",
    "Would you share your experience on Google?",
    "Tell others on Trustpilot.",
    "https://g.page/r/abc/review",
    "Thank you: https://search.google.com/local/writereview?placeid=x",
    "Find us at www.yelp.com/biz/shop",
    "You can also rate us on Facebook.",
    "Love it? Rate the app: https://apps.apple.com/app/id1",
    "https://shop.example/reviews/new",
    "Leave a “review” for others.",
    "Help others: write a short and honest review.",
    "Capterra pays for good words.",
    "Escriba una reseña, por favor.",
    "Déjenos una reseña.",
    "Bitte schreiben Sie eine Bewertung.",
    "Würden Sie eine Rezension hinterlassen?",
    "Laissez-nous un avis.",
    "Publiez un avis en ligne.",
    "Deixe uma avaliação.",
    "Lasciaci una recensione.",
    "Scriva una breve recensione.",
    "Laat een recensie achter.",
    "Schrijf een beoordeling.",
];

const NO_INVITATIONS: [&str; 12] = [
    "What would have made it a 10?",
    "May we call you about this?",
    "How did you find us, by Google or a friend?",
    "Have you read our terms at https://shop.example/terms?",
    "Tell us what you would change in the app.",
    "Please share what went wrong with your booking.",
    "Did you review your order before you paid?",
    "How would you rate our service?",
    "Was können wir besser machen?",
    "Donnez-nous votre avis : que faut-il changer ?",
    "¿Qué opinión tiene de la entrega?",
    "Wat kunnen wij beter doen?",
];

#[test]
fn an_invitation_that_only_promoters_see_is_refused_in_any_words() {
    let shown = |text: &str| invitation(r#", "show_if": "nps > 8""#, text);
    let missed: Vec<_> = INVITATIONS.iter().filter(|text| refuse_gating(&shown(text)).is_ok()).collect();
    let alarms: Vec<_> = NO_INVITATIONS.iter().filter(|text| refuse_gating(&shown(text)).is_err()).collect();
    println!("invitations: missed {missed:?}; false alarms {alarms:?}");
    assert!(missed.is_empty() && alarms.is_empty(), "missed {missed:?}; false alarms {alarms:?}");
    refused(&shown(INVITATIONS[0]), "pages[1].questions[0].text");
}

#[test]
fn an_invitation_that_everybody_sees_is_allowed() {
    for text in INVITATIONS {
        assert_eq!(refuse_gating(&invitation("", text)), Ok(()), "{text}");
        // Whether a score was given says nothing of which it was; and neither does the page's language.
        for condition in ["answered(nps)", "attr.country = 'us'"] {
            let shown = format!(r#", "show_if": "{condition}""#);
            assert_eq!(refuse_gating(&invitation(&shown, text)), Ok(()), "{condition}");
        }
    }
}

#[test]
fn a_page_a_skip_a_later_answer_and_an_attribute_are_conditions_too() {
    let review = r#"{"id": "r", "type": "statement", "text": "Please leave us a review."}"#;
    let nps = r#"{"id": "nps", "type": "nps", "text": "Recommend?"}"#;
    let why = WHY;
    for (pages, path) in [
        (
            format!(r#"{{"questions": [{nps}]}}, {{"show_if": "not nps <= 8", "questions": [{review}]}}"#),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}], "skip_to": [{{"if": "nps < 9", "to": "why"}}]}}, {{"questions": [{review}]}}, {{"questions": [{why}]}}"#
            ),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}], "skip_to": [{{"if": "nps >= 9", "to": "r"}}, {{"to": "end"}}]}}, {{"questions": [{why}]}}, {{"questions": [{review}]}}"#
            ),
            "pages[2].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}], "skip_to": [{{"if": "nps <= 6", "to": "end"}}]}}, {{"questions": [{review}]}}"#
            ),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}]}}, {{"questions": [{{"id": "liked", "type": "text", "text": "What did you like?", "show_if": "nps = 10"}}]}},
                   {{"show_if": "answered(liked)", "questions": [{review}]}}"#
            ),
            "pages[2].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}]}}, {{"show_if": "attr.last_nps > 8", "questions": [{review}]}}"#
            ),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{{"id": "how", "type": "single", "text": "How was it?",
                   "options": [{{"id": "up", "text": "Good"}}, {{"id": "down", "text": "Bad"}}]}}]}},
                   {{"show_if": "how = 'up'", "questions": [{review}]}}"#
            ),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{{"id": "sure", "type": "single", "text": "Are you satisfied?",
                   "options": [{{"id": "y", "text": "Yes"}}, {{"id": "n", "text": "No"}}]}}]}},
                   {{"show_if": "sure = 'y'", "questions": [{review}]}}"#
            ),
            "pages[1].questions[0].text",
        ),
        (
            format!(
                r#"{{"questions": [{nps}]}}, {{"show_if": "nps > 8", "questions": [{{"id": "o", "type": "single", "text": "What next?",
                   "options": [{{"id": "a", "text": "Leave us a review"}}, {{"id": "b", "text": "Nothing"}}]}}]}}"#
            ),
            "pages[1].questions[0].options[0].text",
        ),
    ] {
        refused(&english(&pages), path);
    }
    let after_the_skip = format!(
        r#"{{"questions": [{nps}], "skip_to": [{{"if": "nps < 9", "to": "r"}}]}}, {{"questions": [{why}]}}, {{"questions": [{review}]}}"#
    );
    assert_eq!(refuse_gating(&english(&after_the_skip)), Ok(()), "both ways lead to it");
}

#[test]
fn a_text_that_changes_with_the_score_is_read_in_both_its_forms() {
    let thanks = |text: &str| {
        survey(
            &format!(r#""languages": ["en"], "thanks": "{text}","#),
            r#"{"questions": [{"id": "nps", "type": "nps", "text": "Recommend?"}]}"#,
        )
    };
    for text in [
        "Thank you. {{nps > 8 | Please leave us a review.}}",
        "{{nps < 9 | What a pity. | Review us on Google!}}",
        "Write a review {{nps > 8 | at www.yelp.com | to Priya at our shop }}.",
        "Thanks. {{nps > 8 and attr.x != '}}' | https://g.page/r/1}}",
        "Thanks. {{attr.score = 'high|er' | Review us on Google}}",
    ] {
        refused(&thanks(text), "thanks");
    }
    for text in [
        "Thank you for the {{nps|answer}}. Please leave us a review.",
        "{{nps > 8 | Wonderful. | What a pity.}} Please leave us a review.",
        "{{nps > 8 | Review us on Google, please. | Review us on Google, too.}}",
        "{{attr.country = 'us' | Review us on Google. | Thanks.}}",
    ] {
        assert_eq!(refuse_gating(&thanks(text)), Ok(()), "{text}");
    }
}

#[test]
fn a_survey_that_only_the_happy_are_given_may_not_invite() {
    let more = r#""languages": ["en"], "thanks": "Review us on Google!","#;
    let text = format!(
        r#"{{"candor": 1, "id": "s", "origins": [], "state": "draft", "who": {{"attributes": {{"nps": "9"}}}}, {more}
            "purpose": {{"decision": "d", "owner": "o"}}, "pages": [{{"questions": [{WHY}]}}]}}"#
    );
    refused(&Definition::parse(&text).unwrap(), "thanks");
}

#[test]
fn every_language_is_read() {
    let two = survey(
        r#""languages": ["en", "de"],"#,
        r#"{"questions": [{"id": "nps", "type": "nps", "text": {"en": "Recommend?", "de": "Empfehlen?"}}]},
           {"show_if": "nps > 8", "questions": [{"id": "r", "type": "statement",
             "text": {"en": "Thank you.", "de": "Bewerten Sie uns auf Google: Bitte schreiben Sie eine Bewertung."}}]}"#,
    );
    refused(&two, "pages[1].questions[0].text");
}
