//! The widget's own texts, one table for each language. A survey's texts are in its definition; these are the rest, and
//! nothing else in the widget says anything to a visitor.

/// The texts of one language. `{}` stands for a number or a question.
pub(crate) struct Words {
    /// The name of the survey's region, for those who cannot see it.
    pub(crate) survey: &'static str,
    /// The button that closes the survey.
    pub(crate) close: &'static str,
    /// To the next page, the one before, and off.
    pub(crate) next: &'static str,
    pub(crate) back: &'static str,
    pub(crate) send: &'static str,
    pub(crate) sending: &'static str,
    /// Where the visitor is: page, pages.
    pub(crate) page: [&'static str; 3],
    /// Beside a question that must be answered, where others need not.
    pub(crate) required: &'static str,
    /// An option of one's own, and the field that says what.
    pub(crate) other: &'static str,
    pub(crate) other_text: &'static str,
    /// What is still wrong with an answer, and the sentence that names the question.
    pub(crate) needed: &'static str,
    pub(crate) at_least: [&'static str; 2],
    pub(crate) at_most: [&'static str; 2],
    pub(crate) look_at: &'static str,
    /// Said when the response is safe; added when it is safe but not yet delivered.
    pub(crate) thanks: &'static str,
    pub(crate) waiting: &'static str,
    /// Said when it can neither be kept nor sent; when the collector would not have it; and the button.
    pub(crate) failed: &'static str,
    pub(crate) failed_why: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) refused_why: &'static str,
    pub(crate) again: &'static str,
    pub(crate) done: &'static str,
}

const ENGLISH: Words = Words {
    survey: "Survey",
    close: "Close the survey",
    next: "Next",
    back: "Back",
    send: "Send",
    sending: "Sending…",
    page: ["Page ", " of ", ""],
    required: "Required",
    other: "Something else",
    other_text: "Something else: please say what",
    needed: "Please answer this question; the survey cannot be sent without it.",
    at_least: ["Please choose at least ", "."],
    at_most: ["Please choose no more than ", "."],
    look_at: "Still needed: ",
    thanks: "Thank you. Your answers are saved.",
    waiting: "They will be sent as soon as there is a connection.",
    failed: "Your answers could not be sent yet.",
    failed_why: "They are still here, and this browser cannot keep them for later. Please try again before you leave this page.",
    refused: "Your answers were not accepted.",
    refused_why: "The survey may have been changed or closed. We are sorry for the trouble.",
    again: "Try again",
    done: "Close",
};

/// The texts for a language tag, else English.
pub(crate) fn words(_language: &str) -> &'static Words {
    &ENGLISH
}

/// Whether a language is written from right to left.
pub(crate) fn right_to_left(language: &str) -> bool {
    let base = language.split('-').next().unwrap_or_default();
    ["ar", "fa", "he", "ur"].iter().any(|tag| base.eq_ignore_ascii_case(tag))
}
