//! What a visitor sees of a survey: the panel, its pages and buttons, the thanks. It builds and changes elements inside
//! the shadow root that start.js made for it, and decides nothing; `visit` tells it what to show.

use crate::color;
use crate::controls::{self, Control};
use crate::dom::{Element, digits, element, join, text};
use crate::words::{Words, right_to_left};
use candor_survey::Definition;
use candor_survey::definition::{Mode, Scheme};

/// Comes from style.css, without its comments and white space (build.rs).
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

/// The survey on the page.
pub(crate) struct View {
    /// The questions, in order.
    pub(crate) controls: Vec<Control>,
    panel: Element,
    pages: Vec<Element>,
    form: Element,
    /// How far one is, for the eye: a bar for each page.
    progress: Element,
    bars: Vec<Element>,
    place: Element,
    back: Element,
    next: Element,
    /// What is said in the place of the questions.
    message: Element,
    message_title: Element,
    message_note: Element,
    message_button: Element,
    /// Read out by screen readers when it changes.
    live: Element,
    words: &'static Words,
}

impl View {
    /// Builds the survey inside `root`, with its first page on show.
    pub(crate) fn new(
        definition: &Definition,
        language: &str,
        words: &'static Words,
        root: &Element,
    ) -> View {
        let popover = definition.display.mode == Mode::Popover;
        let several = definition.pages.len() > 1;
        let mark = definition.questions().any(|question| !question.required);

        let progress = element("div", &[("class", "progress"), ("aria-hidden", "true")], &[]);
        let form = element("form", &[("novalidate", "")], &[]);
        let (mut controls, mut pages, mut bars) = (Vec::new(), Vec::new(), Vec::new());
        for page in &definition.pages {
            let shown = element("div", &[("class", "page")], &[]);
            for question in &page.questions {
                let control = controls::build(question, controls.len(), language, words, mark);
                shown.append(&control.root);
                controls.push(control);
            }
            form.append(&shown);
            pages.push(shown);
            if several {
                let bar = element("i", &[], &[]);
                progress.append(&bar);
                bars.push(bar);
            }
        }
        let back = button("back", "quiet", words.back);
        let next = element("button", &[("class", "main")], &[]);
        let place = text("span", "place", "");
        form.append(&element("div", &[("class", "actions")], &[&back, &place, &next]));

        let mark = element("div", &[("class", "mark"), ("aria-hidden", "true")], &[]);
        let message_title = element("p", &[("class", "title"), ("tabindex", "-1")], &[]);
        let message_note = text("p", "help", "");
        let message_button = button("close", "quiet", words.done);
        let message = element(
            "div",
            &[("class", "message"), ("hidden", "")],
            &[&mark, &message_title, &message_note, &message_button],
        );

        let live = element("div", &[("class", "heard"), ("role", "status")], &[]);
        let panel = element(
            "section",
            &[
                ("class", if popover { "panel popover" } else { "panel inline" }),
                ("aria-label", words.survey),
                ("lang", language),
                ("dir", if right_to_left(language) { "rtl" } else { "ltr" }),
            ],
            &[&progress, &form, &message, &live],
        );
        if popover {
            let close = button("close", "close", "");
            close.set("aria-label", words.close);
            panel.append(&close);
        }
        root.append(&panel);
        let view = View {
            controls,
            panel,
            pages,
            form,
            progress,
            bars,
            place,
            back,
            next,
            message,
            message_title,
            message_note,
            message_button,
            live,
            words,
        };
        view.show_page(0);
        view
    }

    /// Shows one page of questions and hides the others. What was typed on them stays where it is.
    pub(crate) fn show_page(&self, page: usize) {
        for (n, element) in self.pages.iter().enumerate() {
            element.set_hidden(n != page);
        }
        for (n, bar) in self.bars.iter().enumerate() {
            bar.set("class", if n <= page { "done" } else { "" });
        }
        let last = page + 1 == self.pages.len();
        self.next.set_text(if last { self.words.send } else { self.words.next });
        self.back.set_hidden(page == 0);
        if !self.bars.is_empty() {
            let [before, between, after] = self.words.page;
            let (here, all) = (digits(page as u32 + 1), digits(self.pages.len() as u32));
            self.place.set_text(&join(&[before, &here, between, &all, after]));
        }
    }

    /// Says something to those who cannot see it.
    pub(crate) fn announce(&self, sentence: &str) {
        self.live.set_text(sentence);
    }

    /// Shows that the response is on its way: in the place of the button, or of a message.
    pub(crate) fn busy(&self) {
        self.next.set_text(self.words.sending);
        self.message_title.set_text(self.words.sending);
        self.message_note.set_text("");
        self.announce(self.words.sending);
    }

    /// Puts a message in the place of the questions, with a note below it and a button that does `act`. Takes the focus
    /// there when the visitor had it in the survey.
    pub(crate) fn say(&self, title: &str, note: &str, (act, label): (&str, &str), focused: bool) {
        self.message_title.set_text(title);
        self.message_note.set_text(note);
        self.message_button.set_text(label);
        self.message_button.set("data-act", act);
        self.form.set_hidden(true);
        self.progress.set_hidden(true);
        self.message.set_hidden(false);
        self.announce(&join(&[title, " ", note]));
        if focused {
            self.message_title.focus();
        }
    }

    /// Changes the note below a message.
    pub(crate) fn note(&self, note: &str) {
        self.message_note.set_text(note);
        self.announce(note);
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.panel.remove();
    }
}

/// A button that does `act`.
fn button(act: &str, class: &str, label: &str) -> Element {
    let button = text("button", class, label);
    button.set("type", "button");
    button.set("data-act", act);
    button
}

/// The style sheet with the survey's colors in it: light, dark, or dark where the visitor's system is.
pub(crate) fn style(definition: &Definition) -> String {
    let mut css = String::from(STYLE);
    let host = definition.theme.accent.as_ref().map(|color| color.as_str());
    let wanted = definition.theme.scheme;
    if wanted != Scheme::Dark {
        push_scheme(&mut css, &color::LIGHT, host);
    }
    if wanted == Scheme::Auto {
        css.push_str("@media(prefers-color-scheme:dark){");
    }
    if wanted != Scheme::Light {
        push_scheme(&mut css, &color::DARK, host);
    }
    if wanted == Scheme::Auto {
        css.push('}');
    }
    css
}

fn push_scheme(css: &mut String, scheme: &color::Palette, host: Option<&str>) {
    let (accent, on) = color::accent(host, scheme);
    css.push_str(".panel{");
    css.push_str(scheme.rest);
    for (name, rgb) in
        [(";--paper:", scheme.paper), (";--ink:", scheme.ink), (";--accent:", accent), (";--on:", on)]
    {
        css.push_str(name);
        color::push(rgb, css);
    }
    css.push('}');
}
