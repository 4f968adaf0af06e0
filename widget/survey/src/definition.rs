//! A survey definition: what is asked, of whom, where it may be shown and what it is for. Reading one checks everything
//! that would otherwise surprise a visitor, and names the field that is wrong.

use crate::json::{SyntaxError, Value};
use crate::leaf::{Id, Map, One};
use crate::logic::{Expression, Scope};
use crate::prelude::*;
use crate::question::{Kind, Question};
use crate::record::{Defs, Json, Problem, choice, object, record};
use core::fmt;

record! {
    /// A survey definition (FORMATS.md, "candor": 1).
    pub struct Definition {
        /// Format version.
        candor: One,
        /// The survey's id.
        id: Id,
        /// What the survey is for; the analyzer shows it first.
        purpose: Option<Purpose>,
        /// The exact origins that may show the survey and send to it, such as https://shop.example.
        origins: Vec<String>,
        /// The languages its texts come in, the fallback first.
        languages: Vec<Language>,
        /// The pages, in order; one is shown at a time.
        pages: Vec<Page>,
        /// How it appears on the page.
        display: Display = Display::popover(),
        /// When it is due on a page.
        when: When = When::at_once(),
        /// Who is asked.
        who: Who = Who::everyone(),
        /// Names that are taken from the address of the page (`?agent=A17`) as attributes.
        hidden: Vec<Id> = Vec::new(),
        /// How it looks; the host's font and no theme at all is fine.
        theme: Theme = Theme { accent: None, scheme: Scheme::Auto },
        /// Where responses go; without an endpoint, to where candor.js came from.
        deliver: Deliver = Deliver { endpoint: None, partial: true, callback: false },
        /// The protected question's kind.
        protect: Protect = Protect { kind: Protection::None },
        /// Whether it is asked at all.
        state: State,
        /// What is said once the response is safe; a short word of thanks when absent.
        thanks: Option<Text>,
    }
}

record! {
    /// What a survey is for.
    pub struct Purpose {
        /// The decision that the answers will change.
        decision: Option<String>,
        /// Who takes it.
        owner: Option<String>,
        /// How one will know that it was right.
        success: Option<String>,
    }
}

record! {
    /// Questions shown together.
    pub struct Page {
        /// The questions, in order.
        questions: Vec<Question>,
        /// The page is shown only where this holds.
        show_if: Option<Expression>,
        /// Where to go from here instead of the next page: the first whose condition holds.
        skip_to: Option<Vec<Skip>>,
    }
}

record! {
    /// A way onward from a page.
    pub struct Skip {
        /// When it is taken; always when absent.
        condition as "if": Option<Expression>,
        /// A question of a later page, which is gone to; or `end`.
        to: Id,
    }
}

record! {
    /// How the survey appears.
    pub struct Display {
        /// The mode.
        mode: Mode,
        /// For inline: a CSS selector of the element it is put into. A `<candor-survey>` element needs none.
        into: Option<String>,
        /// For popover and tab: the side of the page; the end of a line when absent.
        side: Side = Side::End,
        /// For tab: what stands on it.
        label: Option<Text>,
        /// For kiosk: seconds without a touch, or after the thanks, until the survey begins anew for the next person; 30
        /// and 8 when absent.
        reset_s: Option<u32>,
    }
}

choice! {
    /// A side of the page, as the reader of its language has it.
    pub enum Side {
        /// Where a line begins.
        Start = "start",
        /// Where a line ends.
        End = "end",
    }
}

impl Display {
    fn popover() -> Self {
        Display { mode: Mode::Popover, into: None, side: Side::End, label: None, reset_s: None }
    }
}

choice! {
    /// Where the survey stands on the page.
    pub enum Mode {
        /// In a corner, over the page.
        Popover = "popover",
        /// In the flow of the page, inside an element of it.
        Inline = "inline",
        /// Over the page, which waits until it is closed.
        Modal = "modal",
        /// A tab at the side of the page that opens it.
        Tab = "tab",
        /// The whole page.
        Page = "page",
        /// The whole page of a device that stands where customers pass; it begins anew for each.
        Kiosk = "kiosk",
    }
}

record! {
    /// When the survey is due on a page: once the delay is over and, where there are triggers, one of them has happened.
    pub struct When {
        /// Seconds after the loader has run.
        delay_s: u32 = 0,
        /// Pages of the site that it is due on: paths such as `/checkout/*`, in which `*` stands for anything; every page
        /// when empty. A pattern that holds `?` is compared with path and query.
        url: Vec<String> = Vec::new(),
        /// Trigger: the page was scrolled so far, in percent of its height, 1 to 100.
        scroll: Option<u32>,
        /// Trigger: the pointer leaves the page at its top edge, as on the way to close it.
        exit: bool = false,
        /// Trigger: a click on what this CSS selector finds.
        click: Option<String>,
        /// Trigger: the page says `candor.track("…")`.
        event: Option<String>,
        /// Trigger: so many seconds without a key, a pointer or a scroll.
        idle_s: Option<u32>,
    }
}

impl When {
    /// As soon as the page has the survey.
    pub fn at_once() -> Self {
        When {
            delay_s: 0,
            url: Vec::new(),
            scroll: None,
            exit: false,
            click: None,
            event: None,
            idle_s: None,
        }
    }
}

record! {
    /// Who is asked.
    pub struct Who {
        /// The share of eligible visitors who are asked, from 0 to 1; everyone when absent.
        sample: Option<Share>,
        /// Days after a visitor answered or dismissed any survey of this site before this one is asked.
        cooldown_days: u32 = 0,
        /// Days after a visitor answered or dismissed this survey before it is asked again.
        every_days: u32 = 0,
        /// A visitor who answered or dismissed this survey is never asked again.
        once: bool = false,
        /// Attributes that the page must have set to exactly these values.
        attributes: Map<String> = Map::new(),
        /// When several surveys are due, the highest priority wins, then the id.
        priority: i32 = 0,
    }
}

impl Who {
    /// Everyone, once on each page view.
    pub fn everyone() -> Self {
        Who {
            sample: None,
            cooldown_days: 0,
            every_days: 0,
            once: false,
            attributes: Map::new(),
            priority: 0,
        }
    }
}

record! {
    /// How the survey looks.
    pub struct Theme {
        /// The host's accent, as #rrggbb.
        accent: Option<Color>,
        /// Light, dark, or as the visitor's system has it.
        scheme: Scheme = Scheme::Auto,
    }
}

choice! {
    /// The color scheme.
    pub enum Scheme {
        /// As the visitor's system has it.
        Auto = "auto",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

record! {
    /// Where responses go.
    pub struct Deliver {
        /// The collector's address, such as https://feedback.example.
        endpoint: Option<String>,
        /// Whether what was answered so far is sent with each page, and when the visitor leaves; without it only what is
        /// sent off is.
        partial: bool = true,
        /// The response goes to the page's own script (`candor.on("submitted", …)`) and nowhere else.
        callback: bool = false,
    }
}

record! {
    /// The protected question.
    pub struct Protect {
        /// Its kind.
        kind: Protection = Protection::None,
    }
}

choice! {
    /// The kind of protected question.
    pub enum Protection {
        /// There is none.
        None = "none",
        /// Asked straight out; the answer can be refused.
        Direct = "direct",
        /// Asked together with an innocent statement, so that no answer tells on anybody.
        Crosswise = "crosswise",
    }
}

choice! {
    /// Whether the survey is asked.
    pub enum State {
        /// Being written: shown only with data-test.
        Draft = "draft",
        /// Asked.
        Live = "live",
        /// Not asked for now.
        Paused = "paused",
    }
}

/// A BCP 47 language tag such as `en` or `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(Box<str>);

impl Language {
    /// The tag spelt `text`, if it is shaped like one: letters, then parts of letters and digits.
    pub fn new(text: &str) -> Option<Language> {
        let mut parts = text.split('-');
        let first = parts
            .next()
            .is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
        let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
        (first && rest).then(|| Language(text.into()))
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Json for Language {
    fn read(value: &Value) -> Result<Self, Problem> {
        value
            .as_str()
            .and_then(Language::new)
            .ok_or_else(|| Problem::new("a language tag such as en or pt-BR", value))
    }
    fn write(&self, out: &mut String) {
        crate::json::push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        use crate::record::string;
        object([("type", string("string")), ("pattern", string("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"))])
    }
}

/// A share from 0 to 1, kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share(crate::json::Number);

impl Share {
    /// The share `hundredths`/100; more than 100 counts as 100.
    pub fn from_hundredths(hundredths: u32) -> Share {
        let hundredths = hundredths.min(100);
        let mut text = String::new();
        crate::json::push_int(&mut text, i64::from(hundredths / 100));
        if !hundredths.is_multiple_of(100) {
            text.push('.');
            text.push(char::from(b'0' + (hundredths / 10 % 10) as u8));
            if !hundredths.is_multiple_of(10) {
                text.push(char::from(b'0' + (hundredths % 10) as u8));
            }
        }
        match Value::parse(&text) {
            Ok(Value::Number(n)) => Share(n),
            _ => Share(0.into()),
        }
    }

    /// The share as a float. Hosts only: see [`crate::json::Number::as_f64`].
    pub fn as_f64(&self) -> f64 {
        self.0.as_f64()
    }

    /// The share as JSON text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Json for Share {
    fn read(value: &Value) -> Result<Self, Problem> {
        // Told from the text, so that no float is parsed on a visitor's device: 0, 0.…, or 1 with nothing but zeros.
        match value {
            Value::Number(n) if n.as_i64() == Some(1) => Ok(Share(n.clone())),
            Value::Number(n)
                if n.as_str() == "0" || n.as_str().starts_with("0.") && !n.as_str().contains(['e', 'E']) =>
            {
                Ok(Share(n.clone()))
            }
            _ => Err(Problem::new("a number from 0 to 1, such as 0.25", value)),
        }
    }
    fn write(&self, out: &mut String) {
        out.push_str(self.0.as_str());
    }
    fn schema(_: &mut Defs) -> Value {
        use crate::record::string;
        object([
            ("type", string("number")),
            ("minimum", Value::Number(0.into())),
            ("maximum", Value::Number(1.into())),
        ])
    }
}

/// A color written `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Color(Box<str>);

impl Color {
    /// The color spelt `text` (`#rrggbb`), if it is one.
    pub fn new(text: &str) -> Option<Color> {
        let shaped = text.len() == 7 && text.starts_with('#');
        (shaped && text.bytes().skip(1).all(|b| b.is_ascii_hexdigit())).then(|| Color(text.into()))
    }

    /// The color as `#rrggbb`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Json for Color {
    fn read(value: &Value) -> Result<Self, Problem> {
        value.as_str().and_then(Color::new).ok_or_else(|| Problem::new("a color such as #0f6b62", value))
    }
    fn write(&self, out: &mut String) {
        crate::json::push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        use crate::record::string;
        object([("type", string("string")), ("pattern", string("^#[0-9A-Fa-f]{6}$"))])
    }
}

/// A text for people: one string for every language, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// The same in every language.
    Same(String),
    /// One for each language tag, in written order; never empty.
    ByLanguage(Map<String>),
}

impl Text {
    /// The text in `language` (a BCP 47 tag), else in its base language (`de` for `de-AT`), else the first one there is.
    /// Definitions list their fallback language first, and so should their texts.
    pub fn in_language(&self, language: &str) -> &str {
        match self {
            Text::Same(text) => text,
            Text::ByLanguage(texts) => {
                let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
                let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
                let find =
                    |test: &dyn Fn(&str) -> bool| texts.iter().find(|(tag, _)| test(tag)).map(|(_, t)| t);
                find(&|tag| same(tag, language))
                    .or_else(|| find(&|tag| same(tag, &base(language))))
                    .or_else(|| texts.iter().next().map(|(_, t)| t))
                    .map_or("", String::as_str)
            }
        }
    }

    /// Every form of the text.
    pub fn all(&self) -> Vec<&str> {
        match self {
            Text::Same(text) => vec![text],
            Text::ByLanguage(texts) => texts.iter().map(|(_, t)| t.as_str()).collect(),
        }
    }
}

impl Json for Text {
    fn read(value: &Value) -> Result<Self, Problem> {
        let expected = "a text, or one for each language such as {\"en\": …, \"de\": …}";
        match value {
            Value::String(text) if !text.trim().is_empty() => Ok(Text::Same(text.clone())),
            Value::Object(fields) if !fields.is_empty() => {
                let texts = Map::<String>::read(value)?;
                for (tag, text) in texts.iter() {
                    if Language::new(tag).is_none() || text.trim().is_empty() {
                        let found = Value::String(text.clone());
                        return Err(Problem::new("a language tag with a text", &found).inside(tag));
                    }
                }
                Ok(Text::ByLanguage(texts))
            }
            _ => Err(Problem::new(expected, value)),
        }
    }
    fn write(&self, out: &mut String) {
        match self {
            Text::Same(text) => text.write(out),
            Text::ByLanguage(texts) => texts.write(out),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        use crate::record::string;
        let texts = Map::<String>::schema(defs);
        object([("anyOf", Value::Array(vec![object([("type", string("string"))]), texts]))])
    }
}

/// Why a text is not a survey definition.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DefinitionError {
    /// It is not JSON.
    Syntax(SyntaxError),
    /// It is JSON, and a field is wrong.
    Field(Problem),
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DefinitionError::Syntax(e) => e.fmt(f),
            DefinitionError::Field(e) => e.fmt(f),
        }
    }
}

impl core::error::Error for DefinitionError {}

impl Definition {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str) -> Result<Definition, DefinitionError> {
        let value = Value::parse(text).map_err(DefinitionError::Syntax)?;
        Definition::from_value(&value).map_err(DefinitionError::Field)
    }

    /// Reads and checks a definition that is already JSON.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn from_value(value: &Value) -> Result<Definition, Problem> {
        let definition = Definition::read(value)?;
        definition.check()?;
        Ok(definition)
    }

    /// Every question, in the order of the pages.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.pages.iter().flat_map(|page| &page.questions)
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions().find(|q| q.id.as_str() == id)
    }

    /// The text of a question's option.
    pub fn option(&self, question: &str, option: &str, language: &str) -> Option<&str> {
        let option = self.question(question)?.options().iter().find(|o| o.id.as_str() == option)?;
        Some(option.text.in_language(language))
    }

    /// Whether a page of this origin (`https://shop.example`) may show the survey and send to it.
    pub fn admits(&self, origin: &str) -> bool {
        self.origins.iter().any(|o| o == origin)
    }

    fn check(&self) -> Result<(), Problem> {
        let at = |list: &str, i: usize, problem: Problem| problem.at(i).inside(list);
        let quoted = |text: &str| Value::String(text.into());
        for (i, origin) in self.origins.iter().enumerate() {
            if !is_origin(origin) {
                let problem =
                    Problem::new("an origin such as https://shop.example, without a path", &quoted(origin));
                return Err(at("origins", i, problem));
            }
        }
        if self.languages.is_empty() {
            return Err(Problem::new("at least one language", &Value::Array(vec![])).inside("languages"));
        }
        if self.pages.is_empty() {
            return Err(Problem::new("at least one page", &Value::Array(vec![])).inside("pages"));
        }
        if self.display.mode == Mode::Inline && self.display.into.is_none() {
            return Err(Problem::missing("a CSS selector, because mode is inline")
                .inside("into")
                .inside("display"));
        }
        if self.when.scroll.is_some_and(|percent| !(1..=100).contains(&percent)) {
            let percent = self.when.scroll.unwrap_or_default();
            let problem = Problem::new("1 to 100 percent", &Value::Number(i64::from(percent).into()));
            return Err(problem.inside("scroll").inside("when"));
        }
        for (i, url) in self.when.url.iter().enumerate() {
            if !url.starts_with(['/', '*']) {
                let problem = Problem::new("a path such as /checkout/*", &quoted(url));
                return Err(problem.at(i).inside("url").inside("when"));
            }
        }
        if let Some(endpoint) = &self.deliver.endpoint
            && !(endpoint.starts_with("https://") || endpoint.starts_with("http://"))
        {
            let problem = Problem::new("an address such as https://feedback.example", &quoted(endpoint));
            return Err(problem.inside("endpoint").inside("deliver"));
        }
        let mut seen: Vec<&Id> = Vec::new();
        for (p, page) in self.pages.iter().enumerate() {
            if page.questions.is_empty() {
                let problem = Problem::new("at least one question", &Value::Array(vec![]));
                return Err(at("pages", p, problem.inside("questions")));
            }
            for (q, question) in page.questions.iter().enumerate() {
                let inside = |problem: Problem| at("pages", p, at("questions", q, problem));
                if seen.contains(&&question.id) {
                    let problem = Problem::new("an id that no other question has", &quoted(&question.id));
                    return Err(inside(problem.inside("id")));
                }
                seen.push(&question.id);
                question.check().map_err(inside)?;
            }
        }
        let protected = |q: &&Question| q.kind == Kind::Protected;
        let kind = match self.questions().find(protected) {
            None => Protection::None,
            Some(question) if question.groups.is_some() => Protection::Crosswise,
            Some(_) => Protection::Direct,
        };
        if self.protect.kind != kind || self.questions().filter(protected).count() > 1 {
            let expected =
                ["one protected question of this kind; its questions ask for ", kind.as_str()].concat();
            let found = quoted(self.protect.kind.as_str());
            return Err(Problem::new(expected, &found).inside("kind").inside("protect"));
        }
        self.check_logic()
    }

    /// Checks every condition and every text that repeats an answer.
    fn check_logic(&self) -> Result<(), Problem> {
        let mut before = 0;
        for (p, page) in self.pages.iter().enumerate() {
            let inside = |problem: Problem| problem.at(p).inside("pages");
            let earlier = Scope { definition: self, earlier: before };
            if let Some(condition) = &page.show_if {
                earlier.check(condition).map_err(|problem| inside(problem.inside("show_if")))?;
            }
            for (q, question) in page.questions.iter().enumerate() {
                let scope = Scope { definition: self, earlier: before + q };
                let inside = |problem: Problem| inside(problem.at(q).inside("questions"));
                for (field, condition) in
                    [("show_if", &question.show_if), ("required_if", &question.required_if)]
                {
                    if let Some(condition) = condition {
                        scope.check(condition).map_err(|problem| inside(problem.inside(field)))?;
                    }
                }
                for (field, text) in question.texts() {
                    for text in text.all() {
                        earlier.check_text(text).map_err(|problem| inside(problem.inside(field)))?;
                    }
                }
            }
            before += page.questions.len();
            let scope = Scope { definition: self, earlier: before };
            for (s, skip) in page.skip_to.iter().flatten().enumerate() {
                let inside = |problem: Problem| inside(problem.at(s).inside("skip_to"));
                if let Some(condition) = &skip.condition {
                    scope.check(condition).map_err(|problem| inside(problem.inside("if")))?;
                }
                if !self.questions().skip(before).any(|q| q.id == skip.to) && skip.to.as_str() != "end" {
                    let expected = "a question of a later page, or end";
                    return Err(inside(
                        Problem::new(expected, &Value::String(skip.to.to_string())).inside("to"),
                    ));
                }
            }
        }
        let scope = Scope { definition: self, earlier: before };
        for text in self.thanks.iter().flat_map(Text::all) {
            scope.check_text(text).map_err(|problem| problem.inside("thanks"))?;
        }
        Ok(())
    }
}

/// `scheme://host[:port]`, as a browser writes it in the Origin header: no path, no trailing slash, no capitals.
fn is_origin(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let host_fits =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'[' | b']' | b':');
    !host.is_empty() && host.bytes().all(host_fits) && port.is_none_or(|p| p.parse::<u16>().is_ok())
}
