//! Names of units, shown or hidden. A works council, or a screen that many see, gets A, B, C in their place, in pictures,
//! tables and sentences alike. One signal for the whole app; nothing is stored.

use crate::session::Opened;
use crate::text::TEXT;
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Whether names are hidden.
#[derive(Clone, Copy)]
pub(crate) struct Hiding(RwSignal<bool>);

impl Hiding {
    /// Makes names shown, and the choice known to every component below.
    pub(crate) fn provide() -> Hiding {
        let hiding = Hiding(RwSignal::new(false));
        provide_context(hiding);
        hiding
    }

    /// Whether they are hidden, at this moment.
    pub(crate) fn now(self) -> bool {
        self.0.get_untracked()
    }

    /// Whoever calls this is called again when that changes: the body of a component is not.
    pub(crate) fn track(self) {
        self.0.track();
    }

    /// Hides or shows them.
    pub(crate) fn set(self, hidden: bool) {
        self.0.set(hidden);
    }
}

/// The names of a report's units as they may be shown now.
#[derive(Clone)]
pub(crate) struct Names {
    hidden: bool,
    /// Each name's place in the report.
    places: Arc<HashMap<String, usize>>,
}

impl Names {
    /// Of the units of this file, whichever responses are chosen; whoever asks inside of a reactive scope is asked again when
    /// the choice to hide them changes.
    pub(crate) fn of(opened: &Opened) -> Names {
        let hidden = use_context::<Hiding>().is_some_and(|hiding| hiding.0.get());
        Names::new(opened.whole.units.iter().map(|unit| unit.unit.as_str()), hidden)
    }

    fn new<'u>(units: impl Iterator<Item = &'u str>, hidden: bool) -> Names {
        Names { hidden, places: Arc::new(units.map(String::from).zip(0..).collect()) }
    }

    /// Of no report: every name as it is.
    #[cfg(test)]
    pub(crate) fn shown() -> Names {
        Names::new(std::iter::empty(), false)
    }

    /// Of these units, hidden.
    #[cfg(test)]
    pub(crate) fn hidden_of(units: &[&str]) -> Names {
        Names::new(units.iter().copied(), true)
    }

    /// Whether they are hidden, so that what would show them otherwise (the responses) is not offered.
    pub(crate) fn hidden(&self) -> bool {
        self.hidden
    }

    /// A unit's place in the report of all responses.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// A unit's name, or the letters in its place.
    pub(crate) fn name(&self, name: &str) -> String {
        match self.place(name) {
            Some(place) if self.hidden => letters(place),
            _ => name.into(),
        }
    }

    /// A sentence with the letters in the place of every name. A name without any letter, as 17, cannot be told from a
    /// number: then a sentence that may hold one is not shown.
    pub(crate) fn sentence(&self, sentence: &str) -> String {
        if !self.hidden {
            return sentence.into();
        }
        let mut numeric = self.places.keys().filter(|name| !name.contains(char::is_alphabetic));
        if numeric.any(|name| next(sentence, name).is_some()) {
            return TEXT.names_sentence.into();
        }
        let mut out = String::with_capacity(sentence.len());
        let mut rest = sentence;
        loop {
            // The first name in what is left; of those that begin together, the longest.
            let found = self
                .places
                .iter()
                .filter_map(|(name, &place)| Some((next(rest, name)?, usize::MAX - name.len(), place)))
                .min();
            let Some((at, length, place)) = found else { break };
            out.push_str(&rest[..at]);
            out.push_str(&letters(place));
            rest = &rest[at + (usize::MAX - length)..];
        }
        out + rest
    }
}

/// Where `name` stands in `text` as words of its own.
fn next(text: &str, name: &str) -> Option<usize> {
    let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(name).map(|(at, _)| at).find(|&at| {
        !name.is_empty()
            && !within(text[..at].chars().next_back())
            && !within(text[at + name.len()..].chars().next())
    })
}

/// A, B, … Z, AA, AB, …
fn letters(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    match place / 26 {
        0 => last.into(),
        more => format!("{}{last}", letters(more - 1)),
    }
}

/// The switch.
#[component]
pub(crate) fn NamesSwitch() -> impl IntoView {
    use_context::<Hiding>().map(|Hiding(hidden)| {
        view! {
            <label class="switch">
                <input
                    type="checkbox"
                    data-test="hide-names"
                    prop:checked=hidden
                    on:change=move |event| {
                        hidden.set(event_target_checked(&event));
                        // The page is made anew, and the switch with it: the keyboard stays there.
                        request_animation_frame(|| {
                            if let Ok(Some(switch)) = document().query_selector(".switch input") {
                                switch.unchecked_into::<web_sys::HtmlElement>().focus().ok();
                            }
                        });
                    }
                />
                <span>{TEXT.names_hide}</span>
            </label>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_letters_like_the_columns_of_a_sheet() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn a_sentence_names_nobody_and_keeps_its_other_words() {
        let names = Names::hidden_of(&["Ann", "Ann Lee", "York"]);
        assert_eq!(
            names.sentence("Annual: Ann Lee (41) and Ann; New York’s best."),
            "Annual: B (41) and A; New C’s best."
        );
    }

    #[test]
    fn a_name_that_is_a_number_hides_the_sentences_that_may_hold_it() {
        let names = Names::hidden_of(&["17", "18"]);
        assert_eq!(names.sentence("17 of 40 answers."), TEXT.names_sentence);
        assert_eq!(names.sentence("4 of 40 answers."), "4 of 40 answers.");
        assert_eq!(names.name("18"), "B");
    }
}
