//! What a visitor sees of a survey: the panel, its pages and buttons, the thanks. It builds and changes elements inside
//! its own shadow root and decides nothing; `visit` tells it what to show.

use crate::color;
use crate::controls::{self, Control};
use crate::dom::{Field, Outcome, Trouble, digits, document, element, set_hidden, text};
use crate::words::{Words, right_to_left};
use candor_survey::Definition;
use candor_survey::definition::{Mode, Scheme};
use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRootInit, ShadowRootMode};

/// Comes from style.css, without its comments and indentation (build.rs).
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// Where the survey stands; the host element says so in `data-state`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    /// Questions are on show.
    Asking,
    /// The response is being kept or sent.
    Saving,
    /// It is safe.
    Thanks,
    /// It is not.
    Error,
}

/// The survey on the page.
pub(crate) struct View {
    /// `<candor-survey>`, ours in the host's page.
    host: Element,
    /// Everything inside the shadow root; listeners go here.
    pub(crate) panel: Element,
    /// The questions, in order.
    pub(crate) controls: Vec<Control>,
    pages: Vec<Element>,
    form: Element,
    /// The buttons below the questions, and how far one is.
    back: Element,
    next: Element,
    progress: Element,
    place: Element,
    /// Read out by screen readers when it changes.
    live: Element,
    words: &'static Words,
    /// What had the focus before the survey took it.
    before: Option<HtmlElement>,
}

impl View {
    /// Builds the survey and puts it into the page, with its first page on show and the focus where it was.
    pub(crate) fn new(definition: &Definition, language: &str, words: &'static Words) -> Outcome<View> {
        let popover = definition.display.mode == Mode::Popover;
        let into = match &definition.display.into {
            Some(selector) if !popover => document().query_selector(selector)?.ok_or_else(|| {
                Trouble::from(["display.into: this page has no element ", selector].concat().as_str())
            })?,
            _ => document().body().ok_or("the page has no body yet")?.into(),
        };

        let several = definition.pages.len() > 1;
        let mark = definition.questions().any(|q| !q.required);
        let mut controls = Vec::new();
        let mut pages = Vec::new();
        let form = element("form", &[("novalidate", "")], &[])?;
        for page in &definition.pages {
            let shown = element("div", &[("class", "page")], &[])?;
            for question in &page.questions {
                let control = controls::build(question, controls.len(), language, words, mark)?;
                shown.append_child(&control.root)?;
                controls.push(control);
            }
            form.append_child(&shown)?;
            pages.push(shown);
        }

        let back = button("back", "quiet", words.back)?;
        let next = element("button", &[("type", "submit"), ("class", "main")], &[])?;
        let place = text("span", "place", "")?;
        form.append_child(&*element("div", &[("class", "actions")], &[&back, &place, &next])?)?;

        let close = button("close", "close", "")?;
        close.set_attribute("aria-label", words.close)?;
        let progress = element("div", &[("class", "progress"), ("aria-hidden", "true")], &[])?;
        for _ in pages.iter().filter(|_| several) {
            progress.append_child(&*element("i", &[], &[])?)?;
        }
        let live = element("div", &[("class", "heard"), ("role", "status")], &[])?;
        let mut class = String::from(if popover { "panel popover" } else { "panel inline" });
        if !several {
            class.push_str(" short");
        }
        let direction = if right_to_left(language) { "rtl" } else { "ltr" };
        let panel = element(
            "section",
            &[("class", &class), ("aria-label", words.survey), ("lang", language), ("dir", direction)],
            &[&progress, &form, &live],
        )?;
        if popover {
            panel.append_child(&close)?;
        }

        let mode = definition.display.mode.as_str();
        let host = element("candor-survey", &[("data-mode", mode), ("dir", direction)], &[])?;
        let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
        let sheet = CssStyleSheet::new()?;
        sheet.replace_sync(&style(definition))?;
        shadow.set_adopted_style_sheets(&Array::of1(&sheet));
        shadow.append_child(&panel)?;

        let view = View {
            host,
            panel,
            controls,
            pages,
            form,
            back,
            next,
            progress,
            place,
            live,
            words,
            before: None,
        };
        view.set_stage(Stage::Asking)?;
        view.show_page(0)?;
        into.append_child(&view.host)?;
        Ok(view)
    }

    /// Shows one page of questions and hides the others. What was typed on them stays where it is.
    pub(crate) fn show_page(&self, page: usize) -> Outcome {
        for (n, element) in self.pages.iter().enumerate() {
            set_hidden(element, n != page)?;
        }
        let last = page + 1 == self.pages.len();
        self.next.set_text_content(Some(if last { self.words.send } else { self.words.next }));
        set_hidden(&self.back, page == 0)?;
        if self.pages.len() > 1 {
            let [before, between, after] = self.words.page;
            let place = [before, &digits(page + 1), between, &digits(self.pages.len()), after].concat();
            self.place.set_text_content(Some(&place));
            let mut step = self.progress.first_element_child();
            for n in 0.. {
                let Some(bar) = step else { break };
                bar.set_class_name(if n <= page { "done" } else { "" });
                step = bar.next_element_sibling();
            }
        }
        Ok(())
    }

    /// Says something to those who cannot see it.
    pub(crate) fn announce(&self, sentence: &str) {
        self.live.set_text_content(Some(sentence));
    }

    /// Says where the survey stands.
    pub(crate) fn set_stage(&self, stage: Stage) -> Outcome {
        let (state, label) = match stage {
            Stage::Asking => ("asking", None),
            Stage::Saving => ("saving", Some(self.words.sending)),
            Stage::Thanks => ("thanks", None),
            Stage::Error => ("error", None),
        };
        self.host.set_attribute("data-state", state)?;
        if let Some(label) = label {
            self.next.set_text_content(Some(label));
            self.announce(label);
        }
        Ok(())
    }

    /// Puts a message in the place of the questions, with a note below it and one button.
    pub(crate) fn say(&self, stage: Stage, title: &str, note: &str, (act, label): (&str, &str)) -> Outcome {
        let had_focus = self.has_focus();
        self.set_stage(stage)?;
        let mark = element("div", &[("class", "mark"), ("aria-hidden", "true")], &[])?;
        let title_element = text("p", "title", title)?;
        title_element.set_attribute("tabindex", "-1")?;
        let note_element = text("p", "help", note)?;
        let button = button(act, if stage == Stage::Error { "main" } else { "quiet" }, label)?;
        let actions = element("div", &[("class", "actions")], &[&button])?;
        let message =
            element("div", &[("class", "message")], &[&mark, &title_element, &note_element, &actions])?;
        set_hidden(&self.form, true)?;
        set_hidden(&self.progress, true)?;
        self.unsay()?;
        self.panel.insert_before(&message, Some(&self.live))?;
        self.announce(&[title, " ", note].concat());
        if had_focus {
            title_element.unchecked_into::<Field>().focus();
        }
        Ok(())
    }

    /// Adds a line to the message that is on show.
    pub(crate) fn add_note(&self, note: &str) -> Outcome {
        if let Some(element) = self.panel.query_selector(".message .help")? {
            element.set_text_content(Some(note));
            self.announce(note);
        }
        Ok(())
    }

    /// Takes a message away that was on show.
    fn unsay(&self) -> Outcome {
        if let Some(message) = self.panel.query_selector(".message")? {
            message.remove();
        }
        Ok(())
    }

    /// The focus came in from `before`, where it will go back to.
    pub(crate) fn took_focus(&mut self, before: Option<Element>) {
        let ours = |element: &Element| self.panel.contains(Some(element));
        if let Some(before) = before.filter(|element| !ours(element)) {
            self.before = Some(before.unchecked_into());
        }
    }

    /// Whether the focus is in the survey.
    pub(crate) fn has_focus(&self) -> bool {
        document().active_element().is_some_and(|element| element == self.host)
    }

    /// Takes the survey off the page, and the focus back to where it was.
    pub(crate) fn remove(&self) {
        let had_focus = self.has_focus();
        self.host.remove();
        if let (true, Some(before)) = (had_focus, &self.before) {
            // An element that has gone meanwhile cannot be focused, and then nothing has the focus.
            let _ = before.focus();
        }
    }
}

/// A button that does `act`.
fn button(act: &str, class: &str, label: &str) -> Outcome<Element> {
    let button = text("button", class, label)?;
    button.set_attribute("type", "button")?;
    button.set_attribute("data-act", act)?;
    Ok(button)
}

/// The colors that no accent changes: light and dark (LOOK.md; edges stand out from the paper by 3:1).
const REST: [&str; 2] = [
    ";--quiet:#5c636b;--line:#ddd9d0;--edge:#8a867d;--wrong:#a8431c}",
    ";--quiet:#9aa3ab;--line:#2c3237;--edge:#6b737b;--wrong:#ef8a62}",
];

/// The style sheet with the survey's colors in it.
fn style(definition: &Definition) -> String {
    let mut css = String::from(STYLE);
    let host = definition.theme.accent.as_ref().map(|color| color.as_str());
    let wanted = definition.theme.scheme;
    if wanted != Scheme::Dark {
        push_scheme(&mut css, host, 0);
    }
    if wanted == Scheme::Auto {
        css.push_str("@media(prefers-color-scheme:dark){");
    }
    if wanted != Scheme::Light {
        push_scheme(&mut css, host, 1);
    }
    if wanted == Scheme::Auto {
        css.push('}');
    }
    css
}

/// Appends the colors of one scheme: 0 light, 1 dark.
fn push_scheme(css: &mut String, host: Option<&str>, scheme: usize) {
    let accent = color::accent(host, scheme);
    css.push_str(".panel{color-scheme:");
    css.push_str(["light", "dark"][scheme]);
    for (name, rgb) in [
        (";--paper:", color::PAPER[scheme]),
        (";--ink:", color::INK[scheme]),
        (";--accent:", accent.accent),
        (";--on:", accent.on),
    ] {
        css.push_str(name);
        color::push(rgb, css);
    }
    css.push_str(REST[scheme]);
}
