//! Names of units, shown or hidden. A works council, or a screen that many see, gets A, B, C in their place, in pictures,
//! tables and sentences alike. One signal for the whole app; nothing is stored.
//!
//! Letters follow the units' places in the report, whose order is one of chance that the file alone decides
//! ([`candor_engine::report::Shuffle`]): who has a list of the staff cannot read names off the letters, nor off an address. Whoever
//! has the file can, and so can whoever knows of a unit what the report says of it, such as how many responses it has.

use crate::session::Opened;
use crate::text::TEXT;
use leptos::prelude::*;
use std::collections::HashMap;
use std::ops::Range;
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

    /// A unit's name, or the letters in its place. Of units with too few ratings a report lists the first alone: any other has no
    /// letters.
    pub(crate) fn name(&self, name: &str) -> String {
        match self.place(name) {
            _ if !self.hidden => name.into(),
            Some(place) => letters(place),
            None => TEXT.names_small.into(),
        }
    }

    /// Puts what belongs to units in the order in which a list has them: by their names, or by their places while names are hidden,
    /// because an order tells names too.
    pub(crate) fn sort<T>(&self, listed: &mut [T], name: impl Fn(&T) -> &str) {
        let names: Vec<&str> = listed.iter().map(name).collect();
        let mut from = self.order(&names);
        // Along each cycle of the places: `here` is given what belongs there, and passes its own on.
        for start in 0..from.len() {
            let mut here = start;
            loop {
                let next = std::mem::replace(&mut from[here], here);
                if next == start {
                    break;
                }
                listed.swap(here, next);
                here = next;
            }
        }
    }

    /// Which of these names comes first, second and so on.
    fn order(&self, names: &[&str]) -> Vec<usize> {
        let key = |at: usize| {
            let place = if self.hidden { self.place(names[at]).unwrap_or(usize::MAX) } else { 0 };
            (place, if self.hidden { "" } else { names[at] })
        };
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|&a, &b| key(a).cmp(&key(b)));
        order
    }

    /// A sentence with the letters in the place of every name. A name without any letter, as 17, cannot be told from a
    /// number: then a sentence that may hold one is not shown.
    pub(crate) fn sentence(&self, sentence: &str) -> String {
        if !self.hidden {
            return sentence.into();
        }
        match self.found(sentence, Case::AsWritten) {
            Some(mut found) => {
                lists_by_place(sentence, &mut found);
                written(sentence, &found).0
            }
            None => TEXT.names_sentence.into(),
        }
    }

    /// A comment with the letters in the place of every name, in whatever case somebody wrote it, and the ranges of bytes in it
    /// that are `marks` in `comment`. One that may hold a name without any letter is not shown, as with [`Names::sentence`].
    pub(crate) fn comment(&self, comment: String, marks: Vec<Range<usize>>) -> (String, Vec<Range<usize>>) {
        if !self.hidden {
            return (comment, marks);
        }
        let Some(found) = self.found(&comment, Case::Any) else {
            return (TEXT.names_comment.into(), Vec::new());
        };
        let (text, moved) = written(&comment, &found);
        let marks = marks.into_iter().map(|mark| {
            let start = moved(mark.start).start;
            start..moved(mark.end).end.max(start)
        });
        (text, marks.collect())
    }

    /// Where names stand in a text as words of their own, each with its unit's place; of those that begin together, the longest.
    /// Nothing when one of them may as well be a number.
    fn found(&self, text: &str, case: Case) -> Option<Vec<(Range<usize>, usize)>> {
        let mut found = Vec::new();
        let (mut next, mut before) = (0, None);
        for (at, first) in text.char_indices() {
            let begins = at >= next && !within(before);
            before = Some(first);
            if !begins {
                continue;
            }
            let here = self.places.iter().filter_map(|(name, &place)| {
                let length = case.begins(&text[at..], name)?;
                let ends = length > 0 && !within(text[at + length..].chars().next());
                ends.then_some((length, place, name))
            });
            if let Some((length, place, name)) = here.max() {
                if !name.contains(char::is_alphabetic) {
                    return None;
                }
                next = at + length;
                found.push((at..next, place));
            }
        }
        Some(found)
    }
}

/// Names that a sentence lists, with commas and an "and" between them, stand in the order of the alphabet; in that of their places
/// they tell nothing of it.
fn lists_by_place(sentence: &str, found: &mut [(Range<usize>, usize)]) {
    let listed = |a: &(Range<usize>, usize), b: &(Range<usize>, usize)| {
        matches!(&sentence[a.0.end..b.0.start], ", " | " and ")
    };
    for list in found.chunk_by_mut(listed) {
        // A list has five names at most.
        for end in (1..list.len()).rev() {
            for at in 0..end {
                let (this, next) = (list[at].1, list[at + 1].1);
                (list[at].1, list[at + 1].1) = (this.min(next), this.max(next));
            }
        }
    }
}

/// Whether a name may be written in another case.
#[derive(Clone, Copy)]
enum Case {
    AsWritten,
    Any,
}

impl Case {
    /// How many bytes of `text` are `name`, when it begins with that.
    fn begins(self, text: &str, name: &str) -> Option<usize> {
        let mut chars = text.char_indices();
        for wanted in name.chars() {
            let (_, found) = chars.next()?;
            let same = match self {
                Case::AsWritten => found == wanted,
                Case::Any => found == wanted || found.to_lowercase().eq(wanted.to_lowercase()),
            };
            if !same {
                return None;
            }
        }
        Some(chars.offset())
    }
}

fn within(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// A text with letters in the place of what was found, and where a byte of the text is in it: the letters around it, or itself.
fn written(text: &str, found: &[(Range<usize>, usize)]) -> (String, impl Fn(usize) -> Range<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    // What was found, and what stands in its place.
    let mut moves: Vec<(Range<usize>, Range<usize>)> = Vec::with_capacity(found.len());
    for (range, place) in found {
        out.push_str(&text[from..range.start]);
        let start = out.len();
        out.push_str(&letters(*place));
        moves.push((range.clone(), start..out.len()));
        from = range.end;
    }
    out.push_str(&text[from..]);
    let moved = move |at: usize| match moves.iter().rev().find(|(before, _)| before.start < at) {
        Some((before, after)) if at < before.end => after.clone(),
        Some((before, after)) => {
            let at = after.end + (at - before.end);
            at..at
        }
        None => at..at,
    };
    (out, moved)
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
    fn a_list_of_names_does_not_tell_their_alphabet() {
        // As the file's order of chance has them.
        let names = Names::hidden_of(&["York", "Bradford", "Leeds", "Ripon"]);
        assert_eq!(
            names.sentence("Look at Bradford, Leeds, York and 2 more."),
            "Look at A, B, C and 2 more."
        );
        assert_eq!(names.sentence("Leeds (41) is above York (3)."), "C (41) is above A (3).");
    }

    #[test]
    fn lists_are_in_the_order_of_what_they_show() {
        let mut listed = ["Leeds", "York", "Bradford"];
        Names::shown().sort(&mut listed, |name| name);
        assert_eq!(listed, ["Bradford", "Leeds", "York"]);
        Names::hidden_of(&["York", "Bradford", "Leeds"]).sort(&mut listed, |name| name);
        assert_eq!(listed, ["York", "Bradford", "Leeds"]);
    }

    #[test]
    fn a_comment_names_nobody_in_whatever_case_and_keeps_its_marks() {
        let names = Names::hidden_of(&["Bradford", "Élodie", "York"]);
        let comment = "BRADFORD was fine; élodie asked for a 10 in yorkshire, at York.".to_owned();
        let mark = |text: &str, words: &str| {
            let at = text.find(words).unwrap();
            at..at + words.len()
        };
        let marks = vec![mark(&comment, "élodie asked"), mark(&comment, "a 10")];
        let (text, moved) = names.comment(comment, marks);
        assert_eq!(text, "A was fine; B asked for a 10 in yorkshire, at C.");
        assert_eq!(moved, [mark(&text, "B asked"), mark(&text, "a 10")]);
        // A mark that ends within a name ends behind its letters.
        let (text, moved) = names.comment("asked at York".into(), vec![0..11]);
        assert_eq!((text.as_str(), moved), ("asked at C", vec![0..10]));
        assert_eq!(Names::shown().comment("York".into(), vec![0..4]), ("York".into(), vec![0..4]));
        let numbers = Names::hidden_of(&["17"]);
        assert_eq!(
            numbers.comment("17 was rude".into(), vec![0..2]),
            (TEXT.names_comment.into(), Vec::new())
        );
    }

    #[test]
    fn a_name_that_is_a_number_hides_the_sentences_that_may_hold_it() {
        let names = Names::hidden_of(&["17", "18"]);
        assert_eq!(names.sentence("17 of 40 answers."), TEXT.names_sentence);
        assert_eq!(names.sentence("4 of 40 answers."), "4 of 40 answers.");
        assert_eq!(names.name("18"), "B");
        assert_eq!(names.name("a unit that the report does not list"), TEXT.names_small);
    }
}
