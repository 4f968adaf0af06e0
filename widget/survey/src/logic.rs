//! The expression language of a survey: conditions such as `nps <= 6 and not answered(why)`, and texts that repeat an
//! earlier answer, such as `You gave {{nps}} to {{attr.store|our shop}}`. It touches nothing but its arguments.
//!
//! ```text
//! condition  = all { "or" all }
//! all        = one { "and" one }
//! one        = "not" one | "(" condition ")" | "answered" "(" place ")"
//!            | term ("=" | "!=" | "<" | "<=" | ">" | ">=" | "has") term
//!            | term "in" "[" literal { "," literal } "]"
//! term       = place | literal
//! place      = ["q."] question ["." part] | "attr." attribute
//! literal    = number | 'text' | "text" | "true" | "false"
//! piped      = "{{" place ["|" otherwise] "}}" | "{{" condition "|" then ["|" otherwise] "}}"
//! ```
//!
//! A question's id stands as it is; `q.` goes before one that reads as a number or a word of the language (`q.2`, `q.not`).
//! An option is its id as a text (`heard = 'web'`), and something written in instead is `'other'`.
//!
//! **What is not there.** A question that was skipped or not shown and an attribute that the page has not set have no
//! value, and a comparison with no value is neither true nor false but *unknown*. `and`, `or` and `not` go by Kleene's (1938)
//! three values: `not` unknown is unknown, unknown `or` true is true, unknown `and` false is false. What is unknown in the
//! end does not hold. Only `answered(…)` is always known. So `nps != 10` does not hold for those who skipped it; whoever
//! means them too writes `nps != 10 or not answered(nps)`.

use crate::definition::Definition;
use crate::json::{Number, Value, expected};
use crate::leaf::{Id, Map};
use crate::prelude::*;
use crate::question::{Date, Kind, Question};
use crate::record::{Defs, Json, Problem, object, string};
use alloc::borrow::Cow;
use core::cmp::Ordering;
use core::fmt;

/// How deep parentheses and `not` may nest; the limit keeps a hostile text from exhausting the stack.
pub const MAX_DEPTH: usize = 24;

/// Something that holds, does not hold, or is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `a or b or …`: at least two.
    Any(Vec<Condition>),
    /// `a and b and …`: at least two.
    All(Vec<Condition>),
    /// `not a`
    Not(Box<Condition>),
    /// `answered(q)`
    Answered(Term),
    /// `a < b`
    Compare(Term, Operator, Term),
    /// `a in ['b', 'c']`
    In(Term, Vec<Term>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `!=`
    NotEqual,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `>`
    More,
    /// `has`: whether a list holds an option.
    Has,
}

/// The operators in the order in which they are looked for: the longer before the one it begins with.
const OPERATORS: [(&str, Operator); 6] = [
    ("!=", Operator::NotEqual),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::More),
];

/// A value, or the place where one is found.
#[derive(Clone, Debug)]
pub struct Term {
    /// Where it was written, in bytes from the start of the text; no part of what it says.
    pub at: usize,
    /// What it says.
    pub what: What,
}

impl PartialEq for Term {
    fn eq(&self, other: &Term) -> bool {
        self.what == other.what
    }
}

/// What a [`Term`] says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The answer to a question, or to one row or field of it.
    Answer(Id, Option<Id>),
    /// What the page said about the visit.
    Attribute(Id),
    /// A number, as written.
    Number(Number),
    /// A text, or an option's id.
    Text(String),
    /// `true` or `false`
    Bool(bool),
}

/// Why a text is no condition, or not one of this survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// The character that could not be read, from 1.
    pub character: usize,
    /// What was expected there.
    pub expected: Cow<'static, str>,
}

impl ExpressionError {
    /// The same as a problem of the field that holds `text`.
    pub fn problem(&self, text: &str) -> Problem {
        let mut expected = self.expected.to_string();
        expected.push_str(" at character ");
        crate::json::push_int(&mut expected, self.character as i64);
        Problem::new(expected, &string(text))
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at character {}", self.expected, self.character)
    }
}

impl core::error::Error for ExpressionError {}

/// A fault and the byte where it is; whoever holds the text makes it an [`ExpressionError`].
type Fault = (usize, Cow<'static, str>);

fn located(text: &str, (at, expected): Fault) -> ExpressionError {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let character = before.iter().filter(|&&b| b & 0xC0 != 0x80).count() + 1;
    ExpressionError { character, expected }
}

// ---- Reading ----

const RESERVED: [&str; 8] = ["and", "or", "not", "has", "in", "answered", "true", "false"];

fn in_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// Whether a word reads as a number: digits, perhaps with a minus.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The reading position. It stands on the offending character when a method fails, and never inside one.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Step<T> = Result<T, &'static str>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_ascii_start().len();
    }

    /// The word here, empty when there is none.
    fn word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let length = rest.bytes().take_while(|&b| in_word(b)).count();
        rest.get(..length).unwrap_or_default()
    }

    /// Passes `sign` if it comes next.
    fn sign(&mut self, sign: &str) -> bool {
        self.skip_space();
        let here = self.rest().starts_with(sign);
        self.at += if here { sign.len() } else { 0 };
        here
    }

    /// Passes the word `word` if it comes next.
    fn keyword(&mut self, word: &str) -> bool {
        let here = self.word() == word;
        self.at += if here { word.len() } else { 0 };
        here
    }

    fn condition(&mut self, depth: usize, joint: &str) -> Step<Condition> {
        let any = joint == "or";
        let mut parts = Vec::new();
        loop {
            parts.push(if any { self.condition(depth, "and") } else { self.one(depth) }?);
            if !self.keyword(joint) {
                break;
            }
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(if any { Condition::Any(parts) } else { Condition::All(parts) })
            }
        }
    }

    fn one(&mut self, depth: usize) -> Step<Condition> {
        if depth > MAX_DEPTH {
            return Err(expected("fewer parentheses"));
        }
        if self.keyword("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.sign("(") {
            let inner = self.condition(depth + 1, "or")?;
            return if self.sign(")") { Ok(inner) } else { Err(expected("and, or or )")) };
        }
        if self.keyword("answered") {
            if !self.sign("(") {
                return Err(expected("( and a question"));
            }
            let place = self.term()?;
            return if self.sign(")") { Ok(Condition::Answered(place)) } else { Err(expected(")")) };
        }
        let left = self.term()?;
        if self.keyword("has") {
            return Ok(Condition::Compare(left, Operator::Has, self.term()?));
        }
        if self.keyword("in") {
            if !self.sign("[") {
                return Err(expected("[ and a list such as ['a', 'b']"));
            }
            let mut items = Vec::new();
            loop {
                items.push(self.term()?);
                if self.sign("]") {
                    return Ok(Condition::In(left, items));
                }
                if !self.sign(",") {
                    return Err(expected(", or ]"));
                }
            }
        }
        for (sign, operator) in OPERATORS {
            if self.sign(sign) {
                return Ok(Condition::Compare(left, operator, self.term()?));
            }
        }
        Err(expected("=, !=, <, <=, >, >=, has or in"))
    }

    fn id(&mut self) -> Step<Id> {
        let rest = self.rest();
        let length = rest.bytes().take_while(|&b| in_word(b)).count();
        let id = Id::new(rest.get(..length).unwrap_or_default())
            .ok_or(expected("an id of 1 to 64 letters, digits, _ or -"))?;
        self.at += length;
        Ok(id)
    }

    /// Passes a point that follows at once.
    fn point(&mut self) -> bool {
        let here = self.rest().starts_with('.');
        self.at += usize::from(here);
        here
    }

    fn term(&mut self) -> Step<Term> {
        let a_term = expected("a question, attr. and an attribute, a number or a text in quotes");
        let word = self.word();
        let at = self.at;
        let what = if word.is_empty() {
            match self.rest().chars().next() {
                Some(quote @ ('\'' | '"')) => What::Text(self.quoted(quote)?),
                _ => return Err(a_term),
            }
        } else if is_number(word) {
            self.at += word.len();
            if self.point() {
                self.at += self.rest().bytes().take_while(u8::is_ascii_digit).count();
            }
            match Number::new(self.text.get(at..self.at).unwrap_or_default()) {
                Some(number) => What::Number(number),
                None => {
                    self.at = at;
                    return Err(expected("a number such as 7 or 2.5"));
                }
            }
        } else {
            let first = self.id()?;
            if self.rest().starts_with('.') && (word == "attr" || word == "q") {
                self.at += 1;
                let id = self.id()?;
                if word == "attr" {
                    What::Attribute(id)
                } else {
                    What::Answer(id, if self.point() { Some(self.id()?) } else { None })
                }
            } else if word == "true" || word == "false" {
                What::Bool(word == "true")
            } else if RESERVED.contains(&word) {
                self.at = at;
                return Err(a_term);
            } else {
                What::Answer(first, if self.point() { Some(self.id()?) } else { None })
            }
        };
        Ok(Term { at, what })
    }

    fn quoted(&mut self, quote: char) -> Step<String> {
        let mut text = String::new();
        let mut escaped = false;
        for (i, c) in self.rest().char_indices().skip(1) {
            if !escaped && c == quote {
                self.at += i + 1;
                return Ok(text);
            }
            escaped = !escaped && c == '\\';
            if !escaped {
                text.push(c);
            }
        }
        Err(expected("a text that ends with the quote it began with"))
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first character that cannot be read, and what was expected there.
    pub fn parse(text: &str) -> Result<Condition, ExpressionError> {
        let mut reader = Reader { text, at: 0 };
        let read = reader.condition(0, "or").and_then(|condition| {
            reader.skip_space();
            if reader.at == text.len() { Ok(condition) } else { Err(expected("and, or or the end")) }
        });
        read.map_err(|expected| located(text, (reader.at, expected.into())))
    }

    /// Appends the condition as text, which [`Condition::parse`] reads as the same condition.
    pub fn push(&self, out: &mut String) {
        match self {
            Condition::Any(parts) => push_parts(parts, " or ", false, out),
            Condition::All(parts) => push_parts(parts, " and ", true, out),
            Condition::Not(inner) => {
                out.push_str("not ");
                push_parts(core::slice::from_ref(inner), "", true, out);
            }
            Condition::Answered(place) => {
                out.push_str("answered(");
                place.push(out);
                out.push(')');
            }
            Condition::Compare(left, operator, right) => {
                left.push(out);
                let sign = OPERATORS.iter().find(|(_, o)| o == operator).map_or("has", |(sign, _)| sign);
                for part in [" ", sign, " "] {
                    out.push_str(part);
                }
                right.push(out);
            }
            Condition::In(left, items) => {
                left.push(out);
                out.push_str(" in [");
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { ", " } else { "" });
                    item.push(out);
                }
                out.push(']');
            }
        }
    }

    /// The condition as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.push(&mut out);
        out
    }

    /// Every comparison in the condition.
    pub fn atoms(&self) -> Vec<&Condition> {
        match self {
            Condition::Any(parts) | Condition::All(parts) => {
                parts.iter().flat_map(Condition::atoms).collect()
            }
            Condition::Not(inner) => inner.atoms(),
            atom => vec![atom],
        }
    }

    /// The terms of a comparison; none of a condition that is made of others.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Condition::Answered(term) => vec![term],
            Condition::Compare(left, _, right) => vec![left, right],
            Condition::In(left, items) => core::iter::once(left).chain(items).collect(),
            _ => vec![],
        }
    }
}

fn push_parts(parts: &[Condition], joint: &str, tight: bool, out: &mut String) {
    for (i, part) in parts.iter().enumerate() {
        out.push_str(if i > 0 { joint } else { "" });
        let wrap = matches!(part, Condition::Any(_)) || tight && matches!(part, Condition::All(_));
        out.push_str(if wrap { "(" } else { "" });
        part.push(out);
        out.push_str(if wrap { ")" } else { "" });
    }
}

impl Term {
    fn push(&self, out: &mut String) {
        match &self.what {
            What::Answer(id, part) => {
                let shadowed = part.is_some() && matches!(id.as_str(), "attr" | "q");
                if shadowed || is_number(id) || RESERVED.contains(&id.as_str()) {
                    out.push_str("q.");
                }
                out.push_str(id);
                if let Some(part) = part {
                    out.push('.');
                    out.push_str(part);
                }
            }
            What::Attribute(id) => {
                out.push_str("attr.");
                out.push_str(id);
            }
            What::Number(number) => out.push_str(number.as_str()),
            What::Text(text) => {
                out.push('\'');
                for c in text.chars() {
                    if matches!(c, '\'' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                out.push('\'');
            }
            What::Bool(true) => out.push_str("true"),
            What::Bool(false) => out.push_str("false"),
        }
    }
}

/// A condition together with the text it was written as, so that a definition is written back as it was read and errors
/// point into the text that a person typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: Box<str>,
    condition: Condition,
}

impl Expression {
    /// Reads a condition and keeps its text.
    ///
    /// # Errors
    /// The first character that cannot be read, and what was expected there.
    pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
        Condition::parse(text).map(|condition| Expression { text: text.into(), condition })
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the condition holds; what is unknown does not.
    pub fn holds(&self, given: &Given<'_>) -> bool {
        self.condition.evaluate(given) == Some(true)
    }

    /// The condition.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl Json for Expression {
    fn read(value: &Value) -> Result<Self, Problem> {
        let text = value.as_str().ok_or_else(|| Problem::new("a condition such as nps <= 6", value))?;
        Expression::parse(text).map_err(|e| e.problem(text))
    }
    fn write(&self, out: &mut String) {
        crate::json::push_string(out, &self.text);
    }
    fn schema(defs: &mut Defs) -> Value {
        let said = "A condition in the expression language, such as nps <= 6 and used has 'chat'.";
        defs.named("Expression", |_| object([("description", string(said)), ("type", string("string"))]))
    }
}

// ---- Evaluating ----

/// What a condition is judged by: the answers that count, in their JSON form, and what the page said.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// Answers of questions that are shown.
    pub answers: Vec<(&'a str, &'a Value)>,
    /// What the page said about the visit.
    pub attributes: &'a Map<String>,
}

/// A value as it is compared.
#[derive(Clone, Copy, Debug)]
enum Seen<'a> {
    Number(&'a Number),
    Text(&'a str),
    Bool(bool),
    List(&'a [Value]),
}

impl<'a> Given<'a> {
    /// Every answer there is, and the attributes.
    pub fn new(answers: &'a Map<Value>, attributes: &'a Map<String>) -> Self {
        Given { answers: answers.iter().map(|(id, answer)| (id.as_str(), answer)).collect(), attributes }
    }

    /// The answer to a question; nothing when it was skipped.
    fn answer(&self, question: &str) -> Option<&'a Value> {
        let (_, answer) = self.answers.iter().find(|(id, _)| *id == question)?;
        Some(*answer).filter(|answer| **answer != Value::Null)
    }

    /// Whether there is an answer: one with parts has one without saying which.
    fn has(&self, place: &Term) -> bool {
        let whole = matches!(&place.what, What::Answer(question, None) if self.answer(question).is_some());
        whole || self.seen(place).is_some()
    }

    /// The value of a term; nothing when there is none.
    fn seen<'s>(&'s self, term: &'s Term) -> Option<Seen<'s>> {
        match &term.what {
            What::Answer(question, part) => part_of(self.answer(question)?, part.as_ref()),
            What::Attribute(id) => self.attributes.get(id).map(|text| Seen::Text(text)),
            What::Number(number) => Some(Seen::Number(number)),
            What::Text(text) => Some(Seen::Text(text)),
            What::Bool(value) => Some(Seen::Bool(*value)),
        }
    }
}

fn part_of<'a>(answer: &'a Value, part: Option<&Id>) -> Option<Seen<'a>> {
    let part = match part {
        Some(part) => answer.get(part)?,
        None => answer,
    };
    match part {
        Value::Number(number) => Some(Seen::Number(number)),
        Value::String(text) => Some(Seen::Text(text)),
        Value::Bool(value) => Some(Seen::Bool(*value)),
        Value::Array(items) => Some(Seen::List(items)),
        Value::Object(_) => written_in(part).map(|_| Seen::Text("other")),
        Value::Null => None,
    }
}

/// What was written in instead of an option: `{"other": …}`.
fn written_in(answer: &Value) -> Option<&str> {
    answer.get("other")?.as_str()
}

/// The id of an option in a list, `other` for what was written in.
fn pick_id(pick: &Value) -> &str {
    pick.as_str().unwrap_or("other")
}

fn compare(left: Seen<'_>, operator: Operator, right: Seen<'_>) -> Option<bool> {
    // An attribute is a text, which may say a number.
    let order = match (left, right) {
        (Seen::List(picks), Seen::Text(id)) if operator == Operator::Has => {
            return Some(picks.iter().any(|pick| pick_id(pick) == id));
        }
        (Seen::Number(a), Seen::Number(b)) => a.compare(b),
        (Seen::Text(a), Seen::Number(b)) => Number::new(a)?.compare(b),
        (Seen::Number(a), Seen::Text(b)) => a.compare(&Number::new(b)?),
        (Seen::Text(a), Seen::Text(b)) => a.cmp(b),
        (Seen::Bool(a), Seen::Bool(b)) => a.cmp(&b),
        _ => return None,
    };
    Some(match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::AtMost => order != Ordering::Greater,
        Operator::More => order == Ordering::Greater,
        Operator::AtLeast => order != Ordering::Less,
        Operator::Has => return None,
    })
}

impl Condition {
    /// Whether the condition is true, false or, with `None`, unknown.
    pub fn evaluate(&self, given: &Given<'_>) -> Option<bool> {
        match self {
            Condition::Any(parts) => fold(parts.iter().map(|part| part.evaluate(given)), true),
            Condition::All(parts) => fold(parts.iter().map(|part| part.evaluate(given)), false),
            Condition::Not(inner) => inner.evaluate(given).map(|holds| !holds),
            Condition::Answered(place) => Some(given.has(place)),
            Condition::Compare(left, operator, right) => {
                compare(given.seen(left)?, *operator, given.seen(right)?)
            }
            Condition::In(left, items) => {
                let left = given.seen(left)?;
                fold(items.iter().map(|item| compare(left, Operator::Equal, given.seen(item)?)), true)
            }
        }
    }
}

/// Kleene's `or` where `decisive` is true, his `and` where it is false.
fn fold(parts: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut result = Some(!decisive);
    for part in parts {
        match part {
            Some(value) if value == decisive => return part,
            None => result = None,
            _ => {}
        }
    }
    result
}

// ---- Checking against a survey ----

/// The questions that an expression may speak of: the first `earlier` ones of the survey.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The survey.
    pub definition: &'a Definition,
    /// How many of its questions come before.
    pub earlier: usize,
}

/// What a term can be compared with.
#[derive(Clone, Copy)]
enum Sort<'a> {
    Number,
    /// One of some options: their question.
    Option(&'a Question),
    /// Several of some options.
    List(&'a Question),
    Text,
    /// A text whose order is that of time.
    Date,
    Bool,
    /// A text that may say a number.
    Attribute,
}

impl<'a> Scope<'a> {
    fn question(&self, id: &Id, at: usize) -> Result<&'a Question, Fault> {
        match self.definition.questions().position(|q| q.id == *id) {
            Some(place) if place < self.earlier => {
                self.definition.questions().nth(place).ok_or((at, "a question".into()))
            }
            Some(_) => Err((at, ["an earlier question than ", id.as_str()].concat().into())),
            None => {
                let ids: Vec<_> =
                    self.definition.questions().take(self.earlier).map(|q| q.id.as_str()).collect();
                let expected = if ids.is_empty() {
                    "an attribute, because no question comes before".into()
                } else {
                    ["one of the questions before: ", &ids.join(", ")].concat()
                };
                Err((at, expected.into()))
            }
        }
    }

    fn sort(&self, term: &Term) -> Result<Sort<'a>, Fault> {
        Ok(match &term.what {
            What::Answer(id, part) => {
                let question = self.question(id, term.at)?;
                sort_of(question, part.as_ref()).map_err(|expected| (term.at, expected))?
            }
            What::Attribute(_) => Sort::Attribute,
            What::Number(_) => Sort::Number,
            What::Text(_) => Sort::Text,
            What::Bool(_) => Sort::Bool,
        })
    }

    /// Checks that a place is there, and that it is a place.
    fn place(&self, term: &Term) -> Result<(), Fault> {
        match &term.what {
            What::Answer(..) | What::Attribute(_) => self.sort(term).map(|_| ()),
            _ => Err((term.at, "a question or attr. and an attribute".into())),
        }
    }

    fn pair(&self, left: &Term, operator: Operator, right: &Term) -> Result<(), Fault> {
        let literal = |term: &Term| !matches!(term.what, What::Answer(..) | What::Attribute(_));
        if literal(left) && literal(right) {
            return Err((left.at, "a question or an attribute on one side".into()));
        }
        let sorts = (self.sort(left)?, self.sort(right)?);
        if let (Sort::List(question), _) = sorts {
            return match (operator, literal(right)) {
                (Operator::Has, true) => option(question, right),
                (Operator::Has, false) => Err((right.at, options(question))),
                _ => Err((left.at, "a question with one answer; one with a list is asked with has".into())),
            };
        }
        if operator == Operator::Has {
            return Err((left.at, "a question with a list of answers before has".into()));
        }
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        match sorts {
            (Sort::Number, Sort::Number | Sort::Attribute) | (Sort::Attribute, Sort::Number) => Ok(()),
            (Sort::Date, Sort::Date | Sort::Attribute) | (Sort::Attribute, Sort::Date) => Ok(()),
            (Sort::Date, Sort::Text) if literal(right) => date(right),
            (Sort::Text, Sort::Date) if literal(left) => date(left),
            (Sort::Option(_) | Sort::Text | Sort::Bool, _) if ordered => {
                Err((left.at, "a number, because one is larger or smaller".into()))
            }
            (Sort::Option(question), Sort::Text) if literal(right) => option(question, right),
            (Sort::Text, Sort::Option(question)) if literal(left) => option(question, left),
            (Sort::Number, _) => Err((right.at, "a number".into())),
            (_, Sort::Number) if literal(right) => Err((right.at, "a text in quotes".into())),
            (_, Sort::Number) => Err((left.at, "a number".into())),
            (Sort::Bool, Sort::Bool) => Ok(()),
            (Sort::Bool, _) => Err((right.at, "true or false".into())),
            (_, Sort::Bool) => Err((right.at, "a text in quotes".into())),
            (_, Sort::List(_)) => Err((right.at, "a question with one answer".into())),
            (Sort::Attribute, _) if ordered => Err((right.at, "a number".into())),
            _ => Ok(()),
        }
    }

    fn condition(&self, condition: &Condition) -> Result<(), Fault> {
        for atom in condition.atoms() {
            match atom {
                Condition::Answered(Term { at, what: What::Answer(id, None) }) => {
                    let question = self.question(id, *at)?;
                    if question.kind == Kind::Protected {
                        sort_of(question, None).map_err(|expected| (*at, expected))?;
                    }
                }
                Condition::Answered(place) => self.place(place)?,
                Condition::Compare(left, operator, right) => self.pair(left, *operator, right)?,
                Condition::In(left, items) => {
                    self.place(left)?;
                    for item in items {
                        if matches!(item.what, What::Answer(..) | What::Attribute(_)) {
                            return Err((item.at, "a number or a text in quotes".into()));
                        }
                        self.pair(left, Operator::Equal, item)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks that a condition speaks of questions, parts and options that are there, and compares like with like.
    ///
    /// # Errors
    /// The character of the first term that is wrong, and what was expected there.
    pub fn check(&self, expression: &Expression) -> Result<(), Problem> {
        self.condition(&expression.condition)
            .map_err(|fault| located(&expression.text, fault).problem(&expression.text))
    }

    /// Checks what a text pipes.
    ///
    /// # Errors
    /// The first character that is wrong, and what was expected there.
    pub fn check_text(&self, text: &str) -> Result<(), Problem> {
        for piece in (Pieces { text, at: 0 }) {
            let checked = piece.and_then(|piece| match piece {
                Piece::Plain(_) => Ok(()),
                Piece::Condition(condition, ..) => self.condition(&condition),
                Piece::Place(place, otherwise) => {
                    self.place(&place)?;
                    let sure = match &place.what {
                        What::Answer(id, _) => self.question(id, place.at)?.required,
                        _ => false,
                    };
                    let expected = "| and what to say when there is no answer";
                    if sure || otherwise.is_some() { Ok(()) } else { Err((place.at, expected.into())) }
                }
            });
            checked.map_err(|fault| located(text, fault).problem(text))?;
        }
        Ok(())
    }
}

fn sort_of<'a>(question: &'a Question, part: Option<&Id>) -> Result<Sort<'a>, Cow<'static, str>> {
    let id = question.id.as_str();
    let parts = match question.kind {
        Kind::Matrix => question.rows(),
        Kind::Contact => question.fields(),
        _ => &[],
    };
    match part {
        Some(_) if parts.is_empty() => {
            return Err([id, " without a part"].concat().into());
        }
        Some(part) if parts.iter().any(|p| p.id == *part) => {}
        None if parts.is_empty() => {}
        _ => {
            let names: Vec<_> = parts.iter().map(|p| [id, ".", p.id.as_str()].concat()).collect();
            return Err(["one of ", &names.join(", ")].concat().into());
        }
    }
    Ok(match question.kind {
        Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating | Kind::Number | Kind::Slider => Sort::Number,
        Kind::Matrix if question.points.is_some() => Sort::Number,
        Kind::Single | Kind::Dropdown | Kind::Matrix => Sort::Option(question),
        Kind::Multiple | Kind::Ranking => Sort::List(question),
        Kind::Text | Kind::Email | Kind::Contact => Sort::Text,
        Kind::Date => Sort::Date,
        Kind::Consent => Sort::Bool,
        Kind::Statement | Kind::Maxdiff => {
            return Err(["a question with one answer to compare, which ", id, " has not"].concat().into());
        }
        Kind::Protected => {
            return Err("another question: the answer to a protected one is never used".into());
        }
    })
}

fn options(question: &Question) -> Cow<'static, str> {
    let mut ids: Vec<_> = question.options().iter().map(|o| o.id.as_str()).collect();
    if question.other {
        ids.push("other");
    }
    ["one of '", &ids.join("', '"), "'"].concat().into()
}

fn option(question: &Question, term: &Term) -> Result<(), Fault> {
    match &term.what {
        What::Text(id)
            if question.options().iter().any(|o| o.id.as_str() == id) || question.other && id == "other" =>
        {
            Ok(())
        }
        _ => Err((term.at, options(question))),
    }
}

fn date(term: &Term) -> Result<(), Fault> {
    match &term.what {
        What::Text(text) if Date::new(text).is_some() => Ok(()),
        _ => Err((term.at, "a date such as '2026-11-21'".into())),
    }
}

// ---- Piping ----

/// A piece of a text: as it stands, or to be filled in.
enum Piece<'a> {
    Plain(&'a str),
    Place(Term, Option<&'a str>),
    Condition(Condition, &'a str, &'a str),
}

/// The pieces of a text, up to the first fault.
struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        if !rest.starts_with("{{") {
            let plain = before(rest, b'{').unwrap_or(rest);
            self.at += plain.len();
            return Some(Ok(Piece::Plain(plain)));
        }
        let mut reader = Reader { text: self.text, at: self.at + 2 };
        let piece = reader.piece();
        // Behind a fault there is nothing more to say.
        self.at = if piece.is_ok() { reader.at } else { self.text.len() };
        Some(piece.map_err(|expected| (reader.at, expected.into())))
    }
}

impl<'a> Reader<'a> {
    fn piece(&mut self) -> Step<Piece<'a>> {
        let start = self.at;
        let place =
            self.term().ok().filter(|term| matches!(term.what, What::Answer(..) | What::Attribute(_)));
        self.skip_space();
        let place = place.filter(|_| self.rest().starts_with('|') || self.rest().starts_with("}}"));
        let condition = if place.is_none() {
            self.at = start;
            let condition = self.condition(0, "or")?;
            self.skip_space();
            if !self.rest().starts_with('|') {
                return Err(expected("and, or, or | and what to say when it holds"));
            }
            Some(condition)
        } else {
            None
        };
        let Some(said) = before(self.rest(), b'}') else {
            self.at = self.text.len();
            return Err(expected("}}"));
        };
        self.at += said.len() + 2;
        let mut said = said.splitn(3, '|').skip(1);
        let first = said.next();
        Ok(match (place, condition) {
            (_, Some(condition)) => {
                Piece::Condition(condition, first.unwrap_or_default(), said.next().unwrap_or_default())
            }
            (Some(place), _) => Piece::Place(place, first),
            _ => Piece::Plain(""),
        })
    }
}

/// Whether a text has something to be filled in.
pub fn pipes(text: &str) -> bool {
    before(text, b'{').is_some()
}

/// What stands before the first two of `mark`. Searching for a text of two letters by `split` is 3 KB on somebody's page.
fn before(text: &str, mark: u8) -> Option<&str> {
    let at = text.as_bytes().windows(2).position(|pair| pair == [mark, mark])?;
    text.get(..at)
}

/// `text` with what it pipes filled in, options by what `named` says of a question's option: its text in the visitor's
/// language. What a visitor wrote is put in as it is and not read again. From the first piece that cannot be read on, the
/// text stays as it was written.
pub fn fill<'a>(text: &str, given: &Given<'a>, named: &dyn Fn(&str, &str) -> Option<&'a str>) -> String {
    let mut out = String::new();
    let mut pieces = Pieces { text, at: 0 };
    loop {
        let at = pieces.at;
        match pieces.next() {
            None => return out,
            Some(Ok(Piece::Plain(plain))) => out.push_str(plain),
            Some(Ok(Piece::Condition(condition, then, otherwise))) => {
                out.push_str(if condition.evaluate(given) == Some(true) { then } else { otherwise });
            }
            Some(Ok(Piece::Place(place, otherwise))) => {
                let start = out.len();
                push_said(&place, given, named, &mut out);
                if out.len() == start {
                    out.push_str(otherwise.unwrap_or_default());
                }
            }
            Some(Err(_)) => {
                out.push_str(text.get(at..).unwrap_or_default());
                return out;
            }
        }
    }
}

/// Appends the value of a place in words; nothing when there is none.
fn push_said<'a>(
    place: &Term,
    given: &Given<'a>,
    named: &dyn Fn(&str, &str) -> Option<&'a str>,
    out: &mut String,
) {
    let question = match &place.what {
        What::Answer(id, _) => id.as_str(),
        _ => "",
    };
    if let Some(text) = given.answer(question).and_then(written_in) {
        out.push_str(text);
        return;
    }
    match given.seen(place) {
        Some(Seen::Number(number)) => out.push_str(number.as_str()),
        Some(Seen::Text(text)) => out.push_str(named(question, text).unwrap_or(text)),
        Some(Seen::List(picks)) => {
            for (i, pick) in picks.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                let id = pick_id(pick);
                out.push_str(written_in(pick).or_else(|| named(question, id)).unwrap_or(id));
            }
        }
        Some(Seen::Bool(_)) | None => {}
    }
}
