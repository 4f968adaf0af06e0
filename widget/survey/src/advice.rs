//! Advice on a survey before anyone is asked: what its wording, its scales and its length will do to the answers, each with
//! the reason and what to do. It reads a definition, and touches nothing else.
//!
//! Wording is judged by tables of words and phrases, most of them English: such tables miss much and sometimes point at
//! what is fine, so their verdicts are advice. One thing is refused, see [`refuse_gating`].

mod gating;
mod scale;
mod time;
mod wording;

use crate::definition::{Mode, Text};
use crate::json::{Value, push_int};
use crate::logic::Condition;
use crate::prelude::*;
use crate::question::{Kind, Question};
use crate::record::{Problem, choice};
use crate::{Definition, Id, words};

pub use time::estimated_seconds;

choice! {
    /// How much an advice weighs, the gravest first.
    pub enum Severity {
        /// The survey cannot be published so.
        Refused = "refused",
        /// It will spoil answers, or lose them.
        Warning = "warning",
        /// It is worth a thought.
        Hint = "hint",
    }
}

choice! {
    /// What an advice is about.
    pub enum Code {
        /// Only some scores are shown an invitation to review.
        ReviewGating = "review_gating",
        /// The text asks for a score, or names what hangs on it.
        AsksForScore = "asks_for_score",
        /// The wording leads to an answer.
        Leading = "leading",
        /// One score is asked for two things.
        DoubleBarreled = "double_barreled",
        /// Two negatives in one sentence.
        DoubleNegative = "double_negative",
        /// More answers, or better ends, on one side.
        Unbalanced = "unbalanced",
        /// A scale whose number of points is even has no middle.
        NoMiddle = "no_middle",
        /// Only one end of a scale is named.
        OneEnd = "one_end",
        /// A likelihood to recommend that is colored or named by what the score will be counted as.
        ColoredNps = "colored_nps",
        /// It takes longer than people give it.
        TooLong = "too_long",
        /// Nothing says what the answers will decide, or who decides.
        NoPurpose = "no_purpose",
        /// The page knows the answer already.
        AlreadyKnown = "already_known",
        /// No question can be left out.
        AllRequired = "all_required",
        /// A text is missing in a language of the survey.
        Untranslated = "untranslated",
        /// A score without a question for its reason.
        NoReason = "no_reason",
        /// Everybody is asked, every time.
        AsksAlways = "asks_always",
    }
}

impl Code {
    /// How much it weighs.
    pub fn severity(self) -> Severity {
        match self {
            Code::ReviewGating => Severity::Refused,
            Code::NoMiddle | Code::OneEnd | Code::NoReason | Code::AsksAlways => Severity::Hint,
            _ => Severity::Warning,
        }
    }

    /// Why it matters, in a sentence, with its source where that is research or law.
    pub fn why(self) -> &'static str {
        match self {
            Code::ReviewGating => {
                "Asking only some scores for a public review misleads everybody who reads the reviews; in the US see the \
                 FTC's rule on reviews, 16 CFR Part 465 (§ 465.7 on review suppression), and 16 CFR 255.2(d) on reviews \
                 that are procured so as to distort what customers think."
            }
            Code::AsksForScore => {
                "A score that was asked for measures the asking; Candor's own analysis will count it as pressure."
            }
            Code::Leading => {
                "People agree with what a question takes for granted (Schuman & Presser 1981), so the score rises and \
                 says nothing."
            }
            Code::DoubleBarreled => {
                "Whoever feels differently about the two cannot answer, and you cannot tell which one an answer is about \
                 (Krosnick & Presser 2010)."
            }
            Code::DoubleNegative => {
                "Readers miss one of the negatives and answer the opposite of what they mean (Krosnick & Presser 2010)."
            }
            Code::Unbalanced => {
                "Answers follow the middle of what is offered: with more on one side, the average moves there by itself \
                 (Schwarz et al. 1985)."
            }
            Code::NoMiddle => {
                "Whoever is in between must choose a side, which adds noise (Krosnick & Presser 2010); some surveys want \
                 just that."
            }
            Code::OneEnd => "A number means what its ends say; people guess the end that is not named.",
            Code::ColoredNps => {
                "Colors and names for the groups tell people which answer is welcome, and move scores away from the ones \
                 that look bad (Tourangeau, Couper & Conrad 2007)."
            }
            Code::TooLong => {
                "The longer it is said to take, the fewer begin, and late answers are shorter and more alike (Galesic & \
                 Bosnjak 2009). Reading is taken at 238 words a minute (Brysbaert 2019); the time to answer is our own estimate."
            }
            Code::NoPurpose => {
                "Answers that decide nothing are not worth a visitor's time; the analyzer shows the purpose first."
            }
            Code::AlreadyKnown => {
                "It costs people time and trust, and makes honest answers less anonymous than they need to be."
            }
            Code::AllRequired => {
                "Who must answer what they cannot gives any answer, or leaves (Décieux et al. 2015)."
            }
            Code::Untranslated => {
                "Those visitors are shown the fallback language in the middle of their own."
            }
            Code::NoReason => "A score says that something changed; only the reasons say what.",
            Code::AsksAlways => {
                "The same visitors are asked again and again, and answer less and less; a share of them tells as much."
            }
        }
    }

    /// What to do, in a sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            Code::ReviewGating => {
                "Show the invitation to everyone who has answered, whatever the score, or to no one."
            }
            Code::AsksForScore => "Ask for the experience, and leave the score to the visitor.",
            Code::Leading => {
                "Name the thing without praise or blame, and let both sides of the answer stand in the question."
            }
            Code::DoubleBarreled => "Ask two questions, or drop the part that no decision depends on.",
            Code::DoubleNegative => "Say it in the positive: what is, instead of what is not.",
            Code::Unbalanced => {
                "Offer as many answers on one side as on the other, and name both ends as opposites."
            }
            Code::NoMiddle => "Use an odd number of points, unless you mean to have no middle.",
            Code::OneEnd => "Name both ends, as opposites of each other.",
            Code::ColoredNps => {
                "Show all eleven numbers alike, with words at both ends that say likely, such as “Not at all likely” and \
                 “Extremely likely”."
            }
            Code::TooLong => "Keep what the decision needs, and ask the rest of another share of visitors.",
            Code::NoPurpose => {
                "Write the decision and its owner into `purpose`; if there is none, do not ask."
            }
            Code::AlreadyKnown => {
                "Let the page pass it as an attribute (`data-attr-…`, or a name in `hidden`), or leave it out."
            }
            Code::AllRequired => {
                "Require only what the survey is worthless without, as a rule its first question."
            }
            Code::Untranslated => "Write the text in every language that `languages` lists.",
            Code::NoReason => {
                "Add an open question after it, such as “What is the main reason for your score?”"
            }
            Code::AsksAlways => {
                "Set `who.sample` to a share, or `who.cooldown_days` or `who.every_days` to a rest between two surveys."
            }
        }
    }
}

/// One advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it is about.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// Where, as in [`Problem::path`]: `pages[0].questions[1].text`.
    pub path: String,
    /// What there is, in a sentence; [`Code::why`] and [`Code::remedy`] say the rest.
    pub what: String,
}

/// What a person reads first: what, why and what to do.
impl core::fmt::Display for Advice {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {} {} {}", self.path, self.what, self.code.why(), self.code.remedy())
    }
}

/// What could be better about a survey, the gravest first, then in the order of the definition.
pub fn advise(definition: &Definition) -> Vec<Advice> {
    let mut found = Found { definition, advice: Vec::new() };
    for (path, _) in gating::gated(definition) {
        found.add(
            Code::ReviewGating,
            path,
            "This invites to a public review only where a condition on a score holds.",
        );
    }
    found.purpose();
    found.texts();
    for (place, question) in places(definition) {
        found.question(&place, question);
    }
    found.answers_wanted();
    found.length();
    found.audience();
    found.advice.sort_by_key(|advice| advice.severity);
    found.advice
}

/// Refuses a survey in which an invitation to review (a link to a review site, or words such as "leave us a review") is
/// shown or not depending on a score. Whoever publishes a survey, or shows it, calls it after [`Definition::from_value`].
///
/// # Errors
/// The first such text.
pub fn refuse_gating(definition: &Definition) -> Result<(), Problem> {
    let Some((path, found)) = gating::gated(definition).into_iter().next() else { return Ok(()) };
    let expected = "an invitation to review that does not depend on a score (16 CFR Part 465): show it to everyone or to no one";
    Err(Problem { path, ..Problem::new(expected, &Value::String(found.into())) })
}

/// Every question with its place, such as `pages[0].questions[1]`.
fn places(definition: &Definition) -> impl Iterator<Item = (String, &Question)> {
    definition.pages.iter().enumerate().flat_map(|(p, page)| {
        let place = move |q| [&indexed("pages", p), ".", &indexed("questions", q)].concat();
        page.questions.iter().enumerate().map(move |(q, question)| (place(q), question))
    })
}

fn indexed(list: &str, index: usize) -> String {
    let mut out = [list, "["].concat();
    push_int(&mut out, index as i64);
    out.push(']');
    out
}

/// Every text of a question with its path.
fn texts<'a>(place: &str, question: &'a Question) -> Vec<(String, &'a Text)> {
    let at = |field: &str| [place, ".", field].concat();
    let mut all = vec![(at("text"), &question.text)];
    for (field, text) in [("help", &question.help), ("low", &question.low), ("high", &question.high)] {
        all.extend(text.iter().map(|text| (at(field), text)));
    }
    let choices = [("rows", question.rows()), ("options", question.options()), ("fields", question.fields())];
    for (field, choices) in choices {
        for (i, choice) in choices.iter().enumerate() {
            all.push((at(&[&indexed(field, i), ".text"].concat()), &choice.text));
        }
    }
    for (i, group) in question.groups().iter().enumerate() {
        all.push((at(&[&indexed("groups", i), ".text"].concat()), &group.text));
    }
    all
}

/// Each form of a text with the base language it is in (`de` for `de-AT`).
fn forms<'a>(definition: &Definition, text: &'a Text) -> Vec<(String, &'a str)> {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match text {
        Text::Same(text) => {
            let first = definition.languages.first().map_or("en", |language| language.as_str());
            vec![(base(first), text)]
        }
        Text::ByLanguage(texts) => texts.iter().map(|(tag, text)| (base(tag), text.as_str())).collect(),
    }
}

/// A piece of a text: as it stands, or shown where a condition holds, and what is shown where it does not.
enum Piece<'a> {
    Plain(&'a str),
    Answer(&'a str),
    If(Condition, &'a str, &'a str),
}

/// The pieces of a text that may repeat answers (see [`crate::logic`]).
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, inner)) = rest.split_once("{{") {
        pieces.push(Piece::Plain(plain));
        // A bar, or the end of the piece, may stand inside the quotes of its condition.
        let condition = inner.match_indices('|').find_map(|(bar, _)| {
            let condition = Condition::parse(inner.get(..bar)?).ok()?;
            let (said, after) = inner.get(bar + 1..)?.split_once("}}")?;
            let (then, otherwise) = said.split_once('|').unwrap_or((said, ""));
            Some((Piece::If(condition, then, otherwise), after))
        });
        let place = || {
            let (place, after) = inner.split_once("}}")?;
            Some((Piece::Answer(place.split_once('|').map_or("", |(_, otherwise)| otherwise)), after))
        };
        match condition.or_else(place) {
            Some((piece, after)) => {
                pieces.push(piece);
                rest = after;
            }
            None => {
                rest = inner;
                break;
            }
        }
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The text with everything that it may say in it, and nothing of how that is chosen.
fn spoken(text: &str) -> String {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Plain(said) | Piece::Answer(said) => out.push_str(said),
            Piece::If(_, then, otherwise) => {
                for part in [then, " ", otherwise] {
                    out.push_str(part);
                }
            }
        }
    }
    out
}

/// The advice so far.
struct Found<'a> {
    definition: &'a Definition,
    advice: Vec<Advice>,
}

impl Found<'_> {
    fn add(&mut self, code: Code, path: impl Into<String>, what: impl Into<String>) {
        let (path, what) = (path.into(), what.into());
        self.advice.push(Advice { code, severity: code.severity(), path, what });
    }

    fn purpose(&mut self) {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let Some(purpose) = &self.definition.purpose else {
            return self.add(Code::NoPurpose, "id", "Nothing says what the answers will decide.");
        };
        if !said(&purpose.decision) {
            self.add(Code::NoPurpose, "purpose", "Nothing says which decision the answers will change.");
        }
        if !said(&purpose.owner) {
            self.add(Code::NoPurpose, "purpose", "Nobody is named who will take the decision.");
        }
    }

    /// What can be said of any text: its languages, and whether it asks for a score.
    fn texts(&mut self) {
        let definition = self.definition;
        let mut all: Vec<(String, &Text)> =
            definition.thanks.iter().map(|text| ("thanks".to_string(), text)).collect();
        all.extend(definition.display.label.iter().map(|text| ("display.label".to_string(), text)));
        all.extend(places(definition).flat_map(|(place, question)| texts(&place, question)));
        for (path, text) in all {
            let missing: Vec<&str> = match text {
                Text::Same(_) if definition.languages.len() < 2 => Vec::new(),
                Text::Same(_) => {
                    definition.languages.iter().skip(1).map(|language| language.as_str()).collect()
                }
                Text::ByLanguage(texts) => {
                    let tags = definition.languages.iter().map(|language| language.as_str());
                    tags.filter(|tag| !texts.iter().any(|(given, _)| given.eq_ignore_ascii_case(tag)))
                        .collect()
                }
            };
            if !missing.is_empty() {
                let what = ["This text is not given in ", &missing.join(", "), "."].concat();
                self.add(Code::Untranslated, path.as_str(), what);
            }
            for (language, form) in forms(definition, text) {
                if language == "en" && !words::cues(&spoken(form)).is_empty() {
                    self.add(Code::AsksForScore, path.as_str(), "This text asks for a score.");
                    break;
                }
            }
        }
    }

    fn question(&mut self, place: &str, question: &Question) {
        self.wording(place, question);
        self.scales(place, question);
        self.known(place, question);
    }

    fn wording(&mut self, place: &str, question: &Question) {
        // Options and ends are answers; what is asked stands in the text, its help and the rows.
        for (path, text) in texts(place, question) {
            if ["options", "fields", "groups", "low", "high"]
                .iter()
                .any(|field| path[place.len()..].contains(field))
            {
                continue;
            }
            for (language, form) in forms(self.definition, text) {
                let form = spoken(form);
                if let Some(words) = wording::leading(&form, &language) {
                    let what = ["“", words, "” leads to an answer."].concat();
                    self.add(Code::Leading, path.as_str(), what);
                }
                if language != "en" {
                    continue;
                }
                let asked = path.ends_with(".text") && question.scale().is_some();
                if let Some((first, second)) = wording::double_barreled(&form).filter(|_| asked) {
                    let what =
                        ["One score is asked for two things: “", &first, "” and “", &second, "”."].concat();
                    self.add(Code::DoubleBarreled, path.as_str(), what);
                }
                if let Some((first, second)) = wording::double_negative(&form) {
                    let what = ["“", &first, "” and “", &second, "” take each other back."].concat();
                    self.add(Code::DoubleNegative, path.as_str(), what);
                }
            }
        }
    }

    fn scales(&mut self, place: &str, question: &Question) {
        let at = |field: &str| [place, ".", field].concat();
        let definition = self.definition;
        let sign =
            |text: &Text| forms(definition, text).first().and_then(|(_, form)| scale::sign(&spoken(form)));
        if matches!(question.kind, Kind::Single | Kind::Dropdown | Kind::Matrix) {
            let signs: Vec<i8> = question.options().iter().filter_map(|option| sign(&option.text)).collect();
            let count = |sign: i8| signs.iter().filter(|&&s| s == sign).count();
            let (good, bad) = (count(1), count(-1));
            // A scale says a judgment in most of its answers; a list of things may hold a good word by chance.
            if signs.len() >= 3 && 2 * signs.len() > question.options().len() && good != bad {
                let mut what = String::from("The answers are ");
                push_int(&mut what, good as i64);
                what.push_str(" good and ");
                push_int(&mut what, bad as i64);
                what.push_str(" bad.");
                self.add(Code::Unbalanced, at("options"), what);
            }
        }
        if let Some(low) = &question.low
            && sign(low).is_some_and(|sign| sign >= 0)
        {
            self.add(Code::Unbalanced, at("low"), "The low end of the scale is not worded as low.");
        }
        if let Some(high) = &question.high
            && sign(high).is_some_and(|sign| sign <= 0)
        {
            self.add(Code::Unbalanced, at("high"), "The high end of the scale is not worded as high.");
        }
        if question.low.is_some() != question.high.is_some() {
            let field = if question.low.is_some() { "low" } else { "high" };
            self.add(Code::OneEnd, at(field), "Only one end of the scale is named.");
        }
        if let Some(points) = question.points.filter(|points| points % 2 == 0) {
            let mut what = String::from("A scale of ");
            push_int(&mut what, i64::from(points));
            what.push_str(" points has no middle.");
            self.add(Code::NoMiddle, at("points"), what);
        }
        // Eleven faces are the same scale in another dress.
        let faces =
            question.symbol == Some(crate::question::Symbol::Faces) && question.points.unwrap_or(0) >= 10;
        if faces {
            self.add(
                Code::ColoredNps,
                at("symbol"),
                "Ten or more faces tell people which answer is welcome.",
            );
        }
        if question.kind == Kind::Nps {
            for (path, text) in texts(place, question) {
                let hit = forms(definition, text)
                    .into_iter()
                    .find_map(|(language, form)| scale::colored(&spoken(form), &language));
                if let Some(word) = hit {
                    let what = ["“", &word, "” tells people which score is welcome."].concat();
                    self.add(Code::ColoredNps, path, what);
                }
            }
        }
    }

    fn known(&mut self, place: &str, question: &Question) {
        let definition = self.definition;
        let given = |id: &Id| definition.hidden.contains(id) || definition.who.attributes.get(id).is_some();
        let field = question.fields().iter().any(|field| given(&field.id));
        if given(&question.id) || field {
            let path = [place, if field { ".fields" } else { ".id" }].concat();
            self.add(Code::AlreadyKnown, path, "The page passes this as an attribute already.");
            return;
        }
        let words = match question.kind {
            Kind::Email => Some("an e-mail address"),
            Kind::Contact => Some("who is answering"),
            Kind::Text | Kind::Number => forms(definition, &question.text)
                .into_iter()
                .find_map(|(_, form)| wording::known(&spoken(form))),
            _ => None,
        };
        if let Some(asked) = words {
            let what = ["This asks for ", asked, ", which a site with an account or an order has."].concat();
            self.add(Code::AlreadyKnown, [place, ".text"].concat(), what);
        }
    }

    fn answers_wanted(&mut self) {
        let asked: Vec<_> = self.definition.questions().filter(|q| q.kind != Kind::Statement).collect();
        if asked.len() > 1 && asked.iter().all(|question| question.required) {
            self.add(Code::AllRequired, "pages", "Every question must be answered.");
        }
        let nps = places(self.definition).enumerate().find(|(_, (_, q))| q.kind == Kind::Nps);
        if let Some((at, (place, _))) = nps
            && !self.definition.questions().skip(at + 1).any(|question| question.kind == Kind::Text)
        {
            self.add(Code::NoReason, place, "Nobody is asked for the reason of this score.");
        }
    }

    fn length(&mut self) {
        let seconds = estimated_seconds(self.definition);
        if seconds > time::LIMIT {
            let mut what = String::from("It takes about ");
            push_int(&mut what, i64::from(seconds.div_ceil(60)));
            what.push_str(" minutes; three are what most people give.");
            self.add(Code::TooLong, "pages", what);
        }
    }

    fn audience(&mut self) {
        let definition = self.definition;
        let who = &definition.who;
        let passing = matches!(definition.display.mode, Mode::Kiosk | Mode::Page | Mode::Tab | Mode::Inline);
        if who.sample.is_none() && who.cooldown_days == 0 && who.every_days == 0 && !who.once && !passing {
            let path = if who.attributes.0.is_empty() { "display" } else { "who" };
            self.add(Code::AsksAlways, path, "Everybody is asked, at every visit.");
        }
    }
}
