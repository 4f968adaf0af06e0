//! One visitor's way through one survey: hears what is done in the view, watches it, and makes the response. It may touch
//! the view; times and random bytes are handed in, keeping and sending a response is for outbox.js and deliver.js.

use crate::controls::{Control, complaint};
use crate::definition::{Occasion, attributes, shown};
use crate::dom::Element;
use crate::signals::Watch;
use crate::view::View;
use crate::words::{Words, words};
use candor_survey::definition::{Language, Share};
use candor_survey::leaf::{One, OrNull};
use candor_survey::question::Question;
use candor_survey::response::{Input, Integrity, Invitation, Level, Response, Status};
use candor_survey::{Definition, Json, Map, Time, Uuid, evidence};
use std::rc::Rc;

/// The language of the survey that suits the visitor best: the first of `wanted` that it has, as it is or as the base
/// language, else its own first.
fn suits<'d>(definition: &'d Definition, wanted: &[String]) -> Option<&'d Language> {
    fn base(tag: &str) -> &str {
        tag.split_once('-').map_or(tag, |(base, _)| base)
    }
    let has = &definition.languages;
    for tag in wanted {
        let exact = has.iter().find(|l| l.as_str().eq_ignore_ascii_case(tag));
        let found = exact.or_else(|| has.iter().find(|l| base(l.as_str()).eq_ignore_ascii_case(base(tag))));
        if found.is_some() {
            return found;
        }
    }
    has.first()
}

/// What start.js is to do after an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Next {
    /// Nothing.
    Nothing = 0,
    /// Tell the page that the first answer was given.
    Started = 1,
    /// Take the survey off the page.
    Close = 2,
    /// Submit.
    Submit = 3,
    /// Try to deliver again.
    Retry = 4,
}

/// A visit in progress.
pub(crate) struct Visit {
    definition: Rc<Definition>,
    page: Occasion,
    language: Language,
    words: &'static Words,
    view: View,
    watch: Watch,
    id: Uuid,
    /// When the survey was shown, by the visitor's clock.
    started: i64,
    at_page: usize,
    submitted: bool,
    /// What the visitor used last, and whether a script has clicked since.
    hand: Input,
    scripted: bool,
}

/// A response that only waits for what the device remembers.
pub(crate) struct Draft {
    response: Response,
    definition: Rc<Definition>,
}

impl Draft {
    /// The response as it will travel, one line of JSON, with the claim that its signals support. `today` and `all` are
    /// the numbers of responses from this device before it; nothing before consent.
    pub(crate) fn line(self, today: Option<u32>, all: Option<u32>) -> String {
        let mut response = self.response;
        response.signals.device_day = today;
        response.signals.device_all = all;
        response.integrity = evidence::judge(&evidence::case(&response, &self.definition)).claim();
        response.to_json()
    }
}

impl Visit {
    /// Shows the survey that `definition` defines inside `root`. `now` is in milliseconds since 1970.
    /// `None` when it does not have the shape of a definition.
    pub(crate) fn begin(
        definition: &str,
        page: Occasion,
        root: &Element,
        now: i64,
        random: [u8; 10],
    ) -> Option<Visit> {
        let definition = shown(definition)?;
        let language = suits(&definition, &page.languages)?.clone();
        let words = words(language.as_str());
        let mut visit = Visit {
            view: View::new(&definition, language.as_str(), words, root),
            watch: Watch::new(definition.questions()),
            definition: Rc::new(definition),
            page,
            language,
            words,
            id: Uuid::v7(now, random),
            started: now,
            at_page: 0,
            submitted: false,
            hand: Input::Keyboard,
            scripted: false,
        };
        visit.turn_to(0, 0);
        Some(visit)
    }

    /// The style sheet of the survey.
    pub(crate) fn style(&self) -> String {
        crate::view::style(&self.definition)
    }

    /// Hears one event. `detail` is the kind of pointer or the key, `at` in milliseconds since the survey was shown.
    pub(crate) fn hear(
        &mut self,
        kind: &str,
        target: Option<Element>,
        trusted: bool,
        detail: &str,
        at: u32,
    ) -> Next {
        match kind {
            "hidden" if !self.submitted => self.watch.hidden(),
            "pointerdown" if trusted => {
                self.scripted = false;
                self.hand = if detail == "mouse" { Input::Mouse } else { Input::Touch };
            }
            "keydown" if trusted => {
                self.scripted = false;
                self.hand = Input::Keyboard;
            }
            "submit" => return self.forward(at),
            "click" => {
                // A script's click makes a trusted change, so that it has to be remembered until a hand comes back.
                self.scripted |= !trusted;
                let button = target.and_then(|t| t.closest("[data-act]"));
                match button.and_then(|b| b.get("data-act")).as_deref() {
                    Some("close") => return Next::Close,
                    Some("again") => return Next::Retry,
                    Some("back") if !self.submitted => {
                        self.turn_to(self.at_page.saturating_sub(1), at);
                        self.focus_page();
                    }
                    _ => {}
                }
            }
            "paste" => self.watch.pasted(),
            "input" | "change" => {
                let inside =
                    |control: &Control| target.as_ref().is_some_and(|field| control.root.contains(field));
                if let Some(index) = self.view.controls.iter().position(inside) {
                    return self.answered(index, at, trusted && !self.scripted, kind == "change");
                }
            }
            _ => {}
        }
        Next::Nothing
    }

    #[inline(never)]
    fn question(&self, index: usize) -> Option<&Question> {
        self.definition.questions().nth(index)
    }

    fn answered(&mut self, index: usize, at: u32, trusted: bool, settled: bool) -> Next {
        let Some(control) = self.view.controls.get(index) else { return Next::Nothing };
        let Some(question) = self.question(index) else { return Next::Nothing };
        let answer = control.read(question);
        control.follow();
        // A complaint goes away as soon as it is met, and comes only when the visitor wants to go on.
        if complaint(question, &answer).is_none() {
            control.complain("");
        }
        let before = self.watch.started();
        self.watch.answered(index, answer, at, self.hand, trusted);
        if settled {
            self.watch.settled(index);
        }
        if before || !self.watch.started() { Next::Nothing } else { Next::Started }
    }

    /// The questions on one page, by their place in the survey.
    fn on_page(&self, page: usize) -> std::ops::Range<usize> {
        let mut start = 0;
        for (n, shown) in self.definition.pages.iter().enumerate() {
            let end = start + shown.questions.len();
            if n == page {
                return start..end;
            }
            start = end;
        }
        start..start
    }

    fn turn_to(&mut self, page: usize, at: u32) {
        for index in self.on_page(self.at_page) {
            self.watch.on_show(index, false, at);
        }
        self.at_page = page;
        for index in self.on_page(page) {
            self.watch.on_show(index, true, at);
        }
        self.view.show_page(page);
    }

    /// Whoever turned the page goes on with its first question, because the button that was pressed may be gone.
    fn focus_page(&self) {
        if let Some(control) = self.view.controls.get(self.on_page(self.at_page).start) {
            control.focus();
        }
    }

    /// Next or Send: complains about this page, turns to the next one, or submits.
    fn forward(&mut self, at: u32) -> Next {
        if self.submitted {
            return Next::Nothing;
        }
        let mut needed = String::new();
        for index in self.on_page(self.at_page) {
            let (Some(question), Some(control)) = (self.question(index), self.view.controls.get(index))
            else {
                continue;
            };
            let wrong = complaint(question, &control.read(question));
            control.complain(&wrong.as_ref().map_or(String::new(), |wrong| wrong.sentence(self.words)));
            if wrong.is_some() {
                if needed.is_empty() {
                    needed.push_str(self.words.look_at);
                    control.focus();
                }
                needed.push(' ');
                needed.push_str(self.text(question));
            }
        }
        if !needed.is_empty() {
            self.view.announce(&needed);
            return Next::Nothing;
        }
        if self.at_page + 1 == self.definition.pages.len() {
            return Next::Submit;
        }
        self.turn_to(self.at_page + 1, at);
        self.focus_page();
        Next::Nothing
    }

    /// The response as the visitor leaves it; from here on the survey cannot be changed. `at` is in milliseconds since it
    /// was shown, `now` since 1970; `said` is what the page says about the visit, a JSON object of texts.
    pub(crate) fn submit(&mut self, at: u32, now: i64, said: &str) -> Draft {
        self.submitted = true;
        let (mut order, mut answers) = (Vec::new(), Map::new());
        for (question, control) in self.definition.questions().zip(&self.view.controls) {
            order.push(question.id.clone());
            answers.0.push((question.id.clone(), control.read(question)));
        }
        let signals = self.watch.finish(&answers, self.hand, at);
        let response = Response {
            v: One,
            id: self.id.clone(),
            seq: 0,
            survey: self.definition.id.clone(),
            revision: self.page.revision.clone(),
            status: Status::Complete,
            test: self.page.test,
            locale: self.language.clone(),
            page: std::mem::take(&mut self.page.path),
            started: Time(self.started),
            // A clock that was set back meanwhile must not make a response that ended before it began.
            submitted: Time(now.max(self.started)),
            utc_offset_min: self.page.utc_offset_min,
            received: None,
            answers,
            order,
            attributes: attributes(said),
            invitation: Invitation { source: self.page.source, token: OrNull(None), preset: Map::new() },
            signals,
            // Draft::line makes the claim, once the signals are complete.
            integrity: Integrity {
                evidence: Level::None,
                score: Share::from_hundredths(0),
                reasons: Vec::new(),
            },
        };
        Draft { response, definition: self.definition.clone() }
    }

    fn text<'q>(&self, question: &'q Question) -> &'q str {
        question.text.in_language(self.language.as_str())
    }

    /// Tells the visitor where the response is. `stage` is start.js's: 0 asking (said to those who cannot see it), 1 saving, 2 thanks, 3 thanks and still waiting to be
    /// sent, 4 could not be sent, 5 was refused. `focused`: the visitor has the focus in the survey.
    pub(crate) fn say(&self, stage: u8, focused: bool) {
        let words = self.words;
        let thanks = self.definition.thanks.as_ref();
        let thanks = thanks.map_or(words.thanks, |text| text.in_language(self.language.as_str()));
        let done = ("close", words.done);
        match stage {
            0 => self.view.announce(self.question(0).map_or("", |question| self.text(question))),
            1 => self.view.busy(),
            2 => self.view.say(thanks, "", done, focused),
            3 => self.view.note(words.waiting),
            4 => self.view.say(words.failed, words.failed_why, ("again", words.again), focused),
            _ => self.view.say(words.refused, words.refused_why, done, focused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(languages: &str) -> Definition {
        let head = r#"{"candor":1,"id":"s","origins":[],"state":"live","pages":[{"questions":[
            {"id":"nps","type":"nps","text":"How likely?"}]}],"languages":"#;
        Definition::parse(&[head, languages, "}"].concat()).unwrap()
    }

    fn language(languages: &str, wanted: &[&str]) -> String {
        let wanted: Vec<String> = wanted.iter().map(|tag| tag.to_string()).collect();
        suits(&definition(languages), &wanted).unwrap().as_str().into()
    }

    #[test]
    fn the_survey_is_in_the_first_wanted_language_that_it_has() {
        assert_eq!(language(r#"["en","de"]"#, &["fr", "de-AT", "en"]), "de");
        assert_eq!(language(r#"["en","pt-BR","pt"]"#, &["pt-br"]), "pt-BR");
        assert_eq!(language(r#"["en","pt-BR"]"#, &["pt"]), "pt-BR");
        assert_eq!(language(r#"["en","de"]"#, &["", "zh"]), "en");
    }
}
