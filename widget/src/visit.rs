//! One visitor's way through one survey: hears what is done in the view, watches it, and makes the response. It may touch
//! the view and the clock; keeping and sending a response is for `outbox` and `deliver`.

use crate::controls::complaint;
use crate::deliver::Fate;
use crate::dom::{Act, Listeners, Outcome, Trouble, document, now};
use crate::outbox::{Counts, Mail};
use crate::signals::Watch;
use crate::view::{Stage, View};
use crate::words::{Words, words};
use candor_survey::definition::{Language, Mode};
use candor_survey::json::Value;
use candor_survey::leaf::{One, OrNull};
use candor_survey::question::Answer;
use candor_survey::response::{Input, Integrity, Invitation, Level, Response, Signals, Source, Status};
use candor_survey::{Definition, Id, Json, Map, Revision, Time, Uuid, evidence};
use js_sys::{Date, Function};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// What the loader says about the page and the visit (start.js, `Page`).
#[derive(Debug)]
pub(crate) struct Page {
    /// The revision of the definition: the collector's ETag.
    revision: Revision,
    /// Where candor.js came from, or what `data-endpoint` says.
    endpoint: String,
    /// Languages that would suit the visitor, the best first.
    languages: Vec<String>,
    /// The path of the page.
    path: String,
    attributes: Map<String>,
    source: Source,
    test: bool,
    /// Whether anything may be kept on the device once the visitor acts.
    keep: bool,
}

impl Page {
    /// Reads what start.js wrote.
    pub(crate) fn read(text: &str) -> Option<Page> {
        let json = Value::parse(text).ok()?;
        let get = |key: &str| json.get(key);
        Some(Page {
            revision: Json::read(get("revision")?).ok()?,
            endpoint: Json::read(get("endpoint")?).ok()?,
            languages: Json::read(get("languages")?).ok()?,
            path: Json::read(get("path")?).ok()?,
            attributes: Json::read(get("attributes")?).ok()?,
            source: Json::read(get("source")?).ok()?,
            test: Json::read(get("test")?).ok()?,
            keep: Json::read(get("keep")?).ok()?,
        })
    }
}

/// The language of the survey that suits the visitor best: the first of `wanted` that it has, as it is or as the base
/// language, else its own first.
fn suits<'d>(definition: &'d Definition, wanted: &[String]) -> Option<&'d Language> {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let has = |test: &dyn Fn(&str) -> bool| definition.languages.iter().find(|l| test(l.as_str()));
    let mut found = wanted
        .iter()
        .filter_map(|tag| has(&|l| l.eq_ignore_ascii_case(tag)).or_else(|| has(&|l| base(l) == base(tag))));
    found.next().or(definition.languages.first())
}

/// What is to be done that a visit cannot do itself.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Nothing.
    Nothing,
    /// Take the survey off the page.
    Close,
    /// Submit.
    Submit,
    /// Try to deliver again.
    Retry,
}

/// A visit in progress.
pub(crate) struct Visit {
    definition: Rc<Definition>,
    page: Page,
    language: Language,
    words: &'static Words,
    view: View,
    watch: Watch,
    emit: Function,
    id: Uuid,
    /// When the survey was shown: by the clock that never jumps, and by the visitor's.
    shown: f64,
    started: i64,
    at_page: usize,
    stage: Stage,
    /// What the visitor used last, and whether a script has clicked since.
    hand: Input,
    scripted: bool,
    /// The response once it was submitted, by its key in the outbox.
    sent: Option<String>,
    /// Hears the visitor; dropped with the visit.
    pub(crate) listeners: Option<Listeners>,
}

/// Everything a response needs that is known when it is submitted, but for what the device remembers.
pub(crate) struct Draft {
    response: Response,
    definition: Rc<Definition>,
    pub(crate) to: String,
    pub(crate) keep: bool,
}

impl Draft {
    /// The response as it will travel, with the claim that these signals support.
    pub(crate) fn mail(&mut self, counts: Option<Counts>) -> Mail {
        let response = &mut self.response;
        response.signals.device_day = counts.map(|c| c.today);
        response.signals.device_all = counts.map(|c| c.all);
        response.integrity = evidence::judge(&evidence::case(response, &self.definition)).claim();
        Mail { key: [response.id.as_str(), "/0"].concat(), to: self.to.clone(), line: response.to_json() }
    }

    /// Whether it is a test, when it was submitted (milliseconds since 1970), and on which local day since then.
    pub(crate) fn occasion(&self) -> (bool, i64, i64) {
        let Response { test, submitted, utc_offset_min, .. } = &self.response;
        (*test, submitted.0, (submitted.0 + i64::from(*utc_offset_min) * 60_000).div_euclid(86_400_000))
    }

    /// The survey.
    pub(crate) fn survey(&self) -> &str {
        &self.response.survey
    }
}

impl Visit {
    /// Shows the survey that `definition` defines.
    pub(crate) fn begin(definition: &str, page: Page, emit: Function) -> Outcome<Visit> {
        // The collector has checked what a definition means; here it only has to have the shape of one.
        let definition = Value::parse(definition).map_err(|error| Trouble::from(error.message))?;
        let definition = Definition::read(&definition)
            .map_err(|p| Trouble::from([&p.path, ": expected ", &p.expected].concat().as_str()))?;
        let language = suits(&definition, &page.languages).ok_or("the survey has no language")?.clone();
        let words = words(language.as_str());
        let view = View::new(&definition, language.as_str(), words)?;
        let watch = Watch::new(definition.questions());
        let started = Date::now() as i64;
        let mut random = [0; 10];
        window_crypto()?.get_random_values_with_u8_array(&mut random)?;
        let mut visit = Visit {
            id: Uuid::v7(started, random),
            definition: Rc::new(definition),
            page,
            language,
            words,
            view,
            watch,
            emit,
            shown: now(),
            started,
            at_page: 0,
            stage: Stage::Asking,
            hand: Input::Keyboard,
            scripted: false,
            sent: None,
            listeners: None,
        };
        visit.turn_to(0)?;
        visit.say_event("shown");
        Ok(visit)
    }

    /// Listens to the visitor with `hear`.
    pub(crate) fn listen(&mut self, hear: impl Fn(Act) + 'static) -> Outcome {
        let inside = [
            "input",
            "change",
            "click",
            "pointerdown",
            "keydown",
            "keyup",
            "keypress",
            "paste",
            "submit",
            "focusin",
        ];
        let listeners = Listeners::new(hear)
            .to(&self.view.panel, &inside)?
            .to(&document(), &["visibilitychange", "keydown"])?;
        self.listeners = Some(listeners);
        Ok(())
    }

    /// Hears one event, from inside the survey or from the document.
    pub(crate) fn hear(&mut self, event: &Act) -> Outcome<Next> {
        let at = self.now();
        let target: Option<Element> = event.target().map(JsCast::unchecked_into);
        let kind = event.type_();
        match kind.as_str() {
            "visibilitychange" => {
                if document().hidden() && self.stage == Stage::Asking {
                    self.watch.hidden();
                }
            }
            "pointerdown" if event.is_trusted() => {
                self.scripted = false;
                let mouse = event.pointer_type().is_none_or(|kind| kind == "mouse");
                self.hand = if mouse { Input::Mouse } else { Input::Touch };
            }
            "keydown" | "keyup" | "keypress" => return Ok(self.key(event, &kind)),
            "focusin" => self.view.took_focus(event.related_target()),
            "submit" => {
                event.prevent_default();
                return self.forward();
            }
            "click" => {
                // A script's click makes a trusted change, so that it has to be remembered until a hand comes back.
                self.scripted |= !event.is_trusted();
                let button = target.map(|t| t.closest("[data-act]")).transpose()?.flatten();
                match button.and_then(|b| b.get_attribute("data-act")).as_deref() {
                    Some("close") => return Ok(Next::Close),
                    Some("again") => return Ok(Next::Retry),
                    Some("back") => self.turn_to(self.at_page.saturating_sub(1))?,
                    _ => {}
                }
            }
            "input" | "change" | "paste" => {
                let question = target.map(|t| t.closest("[data-question]")).transpose()?.flatten();
                let index = question.and_then(|q| q.get_attribute("data-question")?.parse::<usize>().ok());
                let Some(index) = index else { return Ok(Next::Nothing) };
                if kind == "paste" {
                    self.watch.pasted();
                } else {
                    let trusted = event.is_trusted() && !self.scripted;
                    self.answered(index, at, trusted)?;
                    if kind == "change" {
                        self.watch.settled(index);
                    }
                }
            }
            _ => {}
        }
        Ok(Next::Nothing)
    }

    /// A key: Escape closes a popover; all others stay inside, because the page may have shortcuts on them.
    fn key(&mut self, event: &Act, kind: &str) -> Next {
        let inside = event.current_target().is_some_and(|t| t != **document());
        if inside {
            if kind == "keydown" && event.is_trusted() {
                self.scripted = false;
                self.hand = Input::Keyboard;
            }
            event.stop_propagation();
        }
        let escape = kind == "keydown" && event.key().is_some_and(|key| key == "Escape");
        let ours = inside || document().active_element().is_none_or(|e| e.tag_name() == "BODY");
        if escape && ours && !event.default_prevented() && self.definition.display.mode == Mode::Popover {
            event.prevent_default();
            return Next::Close;
        }
        Next::Nothing
    }

    fn answered(&mut self, index: usize, at: u32, trusted: bool) -> Outcome {
        let Some(control) = self.view.controls.get(index) else { return Ok(()) };
        let Some(question) = self.definition.questions().nth(index) else { return Ok(()) };
        let answer = control.read(question);
        control.follow()?;
        // A complaint goes away as soon as it is met, and comes only when the visitor wants to go on.
        if complaint(question, &answer).is_none() {
            control.complain(None)?;
        }
        let before = self.watch.started();
        self.watch.answered(index, answer, at, self.hand, trusted);
        if !before && self.watch.started() {
            self.say_event("started");
        }
        Ok(())
    }

    /// The questions on one page, by their place in the survey.
    fn on_page(&self, page: usize) -> std::ops::Range<usize> {
        let before = self.definition.pages.iter().take(page).map(|p| p.questions.len()).sum();
        before..before + self.definition.pages.get(page).map_or(0, |p| p.questions.len())
    }

    fn turn_to(&mut self, page: usize) -> Outcome {
        let at = self.now();
        let had_focus = self.view.has_focus();
        for index in self.on_page(self.at_page) {
            self.watch.on_show(index, false, at);
        }
        self.at_page = page;
        for index in self.on_page(page) {
            self.watch.on_show(index, true, at);
        }
        self.view.show_page(page)?;
        // The button that was pressed may be gone; whoever is in the survey goes on with its first question.
        if had_focus && let Some(control) = self.view.controls.get(self.on_page(page).start) {
            control.focus();
        }
        Ok(())
    }

    /// Next or Send: complains about this page, turns to the next one, or submits.
    fn forward(&mut self) -> Outcome<Next> {
        if self.stage != Stage::Asking {
            return Ok(Next::Nothing);
        }
        let mut wrong = Vec::new();
        for index in self.on_page(self.at_page) {
            let (Some(question), Some(control)) =
                (self.definition.questions().nth(index), self.view.controls.get(index))
            else {
                continue;
            };
            let sentence = complaint(question, &control.read(question)).map(|c| c.sentence(self.words));
            control.complain(sentence.as_deref())?;
            if sentence.is_some() {
                if wrong.is_empty() {
                    control.focus();
                }
                wrong.push(question.text.in_language(self.language.as_str()));
            }
        }
        if !wrong.is_empty() {
            self.view.announce(&[self.words.look_at, &wrong.join(" ")].concat());
            return Ok(Next::Nothing);
        }
        if self.at_page + 1 < self.definition.pages.len() {
            self.turn_to(self.at_page + 1)?;
            return Ok(Next::Nothing);
        }
        Ok(Next::Submit)
    }

    /// Milliseconds since the survey was shown.
    fn now(&self) -> u32 {
        (now() - self.shown) as u32
    }

    /// The response as the visitor leaves it; from here on the survey cannot be changed.
    pub(crate) fn submit(&mut self) -> Outcome<Draft> {
        let questions: Vec<_> = self.definition.questions().collect();
        let answers: Vec<Answer> =
            questions.iter().zip(&self.view.controls).map(|(q, control)| control.read(q)).collect();
        let ms_total = (now() - self.shown) as u32;
        let signals: Signals = self.watch.finish(&answers, self.hand, ms_total);
        let order: Vec<Id> = questions.iter().map(|q| q.id.clone()).collect();
        let response = Response {
            v: One,
            id: self.id.clone(),
            seq: 0,
            survey: self.definition.id.clone(),
            revision: self.page.revision.clone(),
            status: Status::Complete,
            test: self.page.test,
            locale: self.language.clone(),
            page: self.page.path.clone(),
            started: Time(self.started),
            // A clock that was set back meanwhile must not make a response that ended before it began.
            submitted: Time((Date::now() as i64).max(self.started)),
            utc_offset_min: -Date::new_0().get_timezone_offset() as i32,
            received: None,
            answers: Map(order.iter().cloned().zip(answers).collect()),
            order,
            attributes: self.page.attributes.clone(),
            invitation: Invitation { source: self.page.source, token: OrNull(None), preset: Map::new() },
            signals,
            integrity: Integrity {
                evidence: Level::None,
                score: candor_survey::definition::Share::from_hundredths(0),
                reasons: Vec::new(),
            },
        };
        let deliver = &self.definition.deliver.endpoint;
        let to = deliver.as_ref().unwrap_or(&self.page.endpoint).trim_end_matches('/').to_string();
        self.stage = Stage::Saving;
        self.view.set_stage(Stage::Saving)?;
        self.sent = Some([self.id.as_str(), "/0"].concat());
        Ok(Draft { response, definition: self.definition.clone(), to, keep: self.page.keep })
    }

    /// The response that was submitted, when the visitor asks for another try.
    pub(crate) fn retry(&mut self) -> Outcome {
        self.stage = Stage::Saving;
        self.view.say(Stage::Saving, self.words.sending, "", ("", ""))
    }

    /// The response is safe.
    pub(crate) fn thank(&mut self) -> Outcome {
        if self.stage == Stage::Thanks {
            return self.view.add_note("");
        }
        self.stage = Stage::Thanks;
        let thanks = self.definition.thanks.as_ref();
        let title = thanks.map_or(self.words.thanks, |t| t.in_language(self.language.as_str()));
        self.view.say(Stage::Thanks, title, "", ("close", self.words.done))?;
        self.say_event("submitted");
        Ok(())
    }

    /// A pass of delivery is over; `settled` says what it settled.
    pub(crate) fn tried(&mut self, settled: &[(Mail, Fate)]) -> Outcome {
        let Some(key) = &self.sent else { return Ok(()) };
        let words = self.words;
        match settled.iter().find(|(mail, _)| mail.key == *key).map(|(_, fate)| fate) {
            Some(Fate::Refused(_)) if self.stage != Stage::Thanks => {
                self.sent = None;
                self.fail(words.refused, words.refused_why, ("close", words.done))
            }
            Some(_) => {
                self.sent = None;
                self.thank()
            }
            None if self.stage == Stage::Thanks => self.view.add_note(words.waiting),
            None => self.fail(words.failed, words.failed_why, ("again", words.again)),
        }
    }

    fn fail(&mut self, title: &str, why: &str, button: (&str, &str)) -> Outcome {
        self.stage = Stage::Error;
        self.view.say(Stage::Error, title, why, button)?;
        self.say_event("error");
        Ok(())
    }

    /// Takes the survey off the page. Returns whether the visitor turned it away, and whether that may be remembered.
    pub(crate) fn end(&mut self, by_visitor: bool) -> Option<Id> {
        self.listeners = None;
        self.view.remove();
        let dismissed = by_visitor && self.stage == Stage::Asking;
        if dismissed {
            self.say_event("dismissed");
        }
        self.say_event("closed");
        (dismissed && self.page.keep && !self.page.test).then(|| self.definition.id.clone())
    }

    /// Whether anything may be kept from now on.
    pub(crate) fn set_keep(&mut self, keep: bool) {
        self.page.keep = keep;
    }

    /// What the page says about the visit, as of now.
    pub(crate) fn set_attributes(&mut self, json: &str) {
        if let Ok(attributes) = Value::parse(json).map_err(drop).and_then(|v| Json::read(&v).map_err(drop)) {
            self.page.attributes = attributes;
        }
    }

    /// Tells the page, which may be listening.
    fn say_event(&self, event: &str) {
        let response = if matches!(event, "submitted") { self.id.as_str() } else { "" };
        // The loader's own function, which catches whatever the page's listeners throw.
        let _ = self.emit.call2(&JsValue::NULL, &event.into(), &response.into());
    }
}

fn window_crypto() -> Outcome<web_sys::Crypto> {
    Ok(crate::dom::window().crypto()?)
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

    #[test]
    fn what_the_loader_says_is_read_whole_or_not_at_all() {
        let text = r#"{"revision":"0123456789abcdef","endpoint":"https://f.example","languages":["en"],
            "path":"/checkout","attributes":{"agent":"A17"},"source":"trigger","test":false,"keep":true}"#;
        let page = Page::read(text).unwrap();
        assert_eq!(page.attributes.get("agent").unwrap(), "A17");
        assert!(Page::read(&text.replace("0123456789abcdef", "latest")).is_none());
        assert!(Page::read(&text.replace("trigger", "whim")).is_none());
    }
}
