//! Which pages and questions a visitor meets, given the answers so far, and every way through a survey there is. It
//! touches nothing but its arguments.
//!
//! Pages are passed in their order and a skip only leads forward, so that no survey can go in a circle. A condition
//! speaks of what comes before it, and an answer counts only where its question is shown: who goes back and changes an
//! answer is not led by what was said on a page that is no longer there.

use crate::definition::{Definition, Skip};
use crate::json::{Number, Value};
use crate::leaf::{Id, Map};
use crate::logic::{Condition, Expression, Given, What};
use crate::prelude::*;
use crate::question::{Answer, Kind, Pick, Question};

/// A survey as the way through it sees it: pages, and on them questions.
#[derive(Debug, Default)]
pub struct Way<'a> {
    /// The pages, in order.
    pub pages: Vec<Leg<'a>>,
}

/// A page of a [`Way`].
#[derive(Debug, Default)]
pub struct Leg<'a> {
    /// The page is shown only where this holds.
    pub show_if: Option<&'a Condition>,
    /// Its questions.
    pub asks: Vec<Ask<'a>>,
    /// Where to go from here: the first whose condition holds, to the page with this place (the number of pages for the
    /// end).
    pub skips: Vec<(Option<&'a Condition>, usize)>,
}

/// A question of a [`Leg`].
#[derive(Debug)]
pub struct Ask<'a> {
    /// Its id.
    pub id: &'a str,
    /// It is shown only where this holds.
    pub show_if: Option<&'a Condition>,
    /// It must be answered, always or where this holds.
    pub required: bool,
    /// See `required`.
    pub required_if: Option<&'a Condition>,
}

/// A page that is shown. Questions are told by their places among all of the survey's.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Which page, from 0.
    pub page: usize,
    /// Its questions that are shown, never none.
    pub shown: Vec<usize>,
    /// Those of them that must be answered and are not.
    pub open: Vec<usize>,
}

impl<'a> Way<'a> {
    /// The way through a definition.
    pub fn of(definition: &'a Definition) -> Way<'a> {
        let ask = |question: &'a Question| Ask {
            id: &question.id,
            show_if: question.show_if.as_ref().map(Expression::condition),
            required: question.required,
            required_if: question.required_if.as_ref().map(Expression::condition),
        };
        let mut pages = Vec::new();
        for (place, page) in definition.pages.iter().enumerate() {
            let mut skips = Vec::new();
            for skip in page.skip_to.iter().flatten() {
                skips.push((
                    skip.condition.as_ref().map(Expression::condition),
                    target(definition, place, skip),
                ));
            }
            pages.push(Leg {
                show_if: page.show_if.as_ref().map(Expression::condition),
                asks: page.questions.iter().map(ask).collect(),
                skips,
            });
        }
        Way { pages }
    }

    /// The pages on the way from the first to the end, for these answers: `answer` gives that of a question by its place,
    /// in its JSON form, and `null` for one that was skipped. The next page after page `p` is the first one here
    /// that is larger than `p`; without one the survey is at its end. A page without a question to show is passed over,
    /// and so are its skips. Pages after the last one answered are those that come if nothing more is answered.
    pub fn walk(&self, answer: &dyn Fn(usize) -> &'a Value, attributes: &'a Map<String>) -> Vec<Stop> {
        let mut given = Given { answers: Vec::new(), attributes };
        let mut stops = Vec::new();
        let (mut next, mut place) = (0, 0);
        for (number, page) in self.pages.iter().enumerate() {
            let first = place;
            place += page.asks.len();
            if number < next || !holds(page.show_if, &given) {
                continue;
            }
            let mut stop = Stop { page: number, shown: Vec::new(), open: Vec::new() };
            for (n, ask) in page.asks.iter().enumerate() {
                if !holds(ask.show_if, &given) {
                    continue;
                }
                stop.shown.push(first + n);
                let answer = answer(first + n);
                // Who must agree has not answered by refusing.
                let refused = ask.required && *answer == Value::Bool(false);
                let answered = *answer != Value::Null;
                if answered {
                    given.answers.push((ask.id, answer));
                }
                let needed =
                    || ask.required || ask.required_if.is_some_and(|c| c.evaluate(&given) == Some(true));
                if refused || !answered && needed() {
                    stop.open.push(first + n);
                }
            }
            if stop.shown.is_empty() {
                continue;
            }
            stops.push(stop);
            if let Some((_, to)) = page.skips.iter().find(|(condition, _)| holds(*condition, &given)) {
                next = *to;
            }
        }
        stops
    }
}

/// [`Way::walk`] through a definition; an answer that is absent is one that was skipped.
pub fn route<'a>(
    definition: &'a Definition,
    answers: &'a Map<Value>,
    attributes: &'a Map<String>,
) -> Vec<Stop> {
    let given: Vec<&Value> =
        definition.questions().map(|question| answers.get(&question.id).unwrap_or(&Value::Null)).collect();
    Way::of(definition).walk(&|place| given.get(place).copied().unwrap_or(&Value::Null), attributes)
}

/// What is not said holds.
fn holds(condition: Option<&Condition>, given: &Given<'_>) -> bool {
    condition.is_none_or(|condition| condition.evaluate(given) == Some(true))
}

/// The page that a skip from page `from` leads to: the later one that has the question, or past the last.
fn target(definition: &Definition, from: usize, skip: &Skip) -> usize {
    let has = |page: &crate::definition::Page| page.questions.iter().any(|q| q.id == skip.to);
    let pages = definition.pages.iter().enumerate();
    pages.skip(from + 1).find(|(_, page)| has(page)).map_or(definition.pages.len(), |(place, _)| place)
}

/// One way through a survey, and answers that lead along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The pages that are shown, each with the questions that are shown on it.
    pub pages: Vec<(usize, Vec<Id>)>,
    /// Answers that lead along it; only questions that a condition speaks of have one.
    pub answers: Map<Answer>,
    /// Attributes that lead along it.
    pub attributes: Map<String>,
}

/// The ways through a survey.
#[derive(Clone, Debug, PartialEq)]
pub struct Branches {
    /// Each way once, in the order in which they were found.
    pub all: Vec<Branch>,
    /// Whether the search came to its end. Where it did not, there may be more ways.
    pub complete: bool,
}

/// Every way through a survey that some answers lead along, for a preview. Of the answers to a question only those are
/// tried that some comparison tells apart; `limit` bounds how many combinations are (a million take a few seconds).
pub fn branches(definition: &Definition, limit: usize) -> Branches {
    let mut conditions: Vec<&Condition> = Vec::new();
    for page in &definition.pages {
        conditions.extend(page.show_if.iter().map(Expression::condition));
        let skips = page.skip_to.iter().flatten();
        conditions.extend(skips.filter_map(|skip| skip.condition.as_ref()).map(Expression::condition));
        conditions
            .extend(page.questions.iter().filter_map(|q| q.show_if.as_ref()).map(Expression::condition));
        conditions
            .extend(page.questions.iter().filter_map(|q| q.required_if.as_ref()).map(Expression::condition));
    }
    let atoms: Vec<&Condition> = conditions.iter().flat_map(|condition| condition.atoms()).collect();
    let mut names: Vec<&Id> = Vec::new();
    for term in atoms.iter().flat_map(|atom| atom.terms()) {
        if let What::Attribute(id) = &term.what
            && !names.contains(&id)
        {
            names.push(id);
        }
    }

    let questions: Vec<&Question> = definition.questions().collect();
    let mut found = Branches { all: Vec::new(), complete: true };
    // What is still to be tried: how many attributes are settled, which questions are, and to what.
    let mut open = vec![(0, Vec::<&Id>::new(), Map::new(), Map::new())];
    let mut tried = 0;
    while let Some((settled, asked, answers, attributes)) = open.pop() {
        tried += 1;
        if tried > limit {
            found.complete = false;
            break;
        }
        if let Some(&name) = names.get(settled) {
            for value in attribute_values(&atoms, name).into_iter().rev() {
                let mut attributes = attributes.clone();
                if let Some(value) = value {
                    attributes.set(name, value);
                }
                open.push((settled + 1, asked.clone(), answers.clone(), attributes));
            }
            continue;
        }
        let values = json(&answers);
        let stops = route(definition, &values, &attributes);
        let speaks = |q: &Question| atoms.iter().any(|atom| concerns(atom, &q.id));
        let shown =
            stops.iter().flat_map(|stop| &stop.shown).filter_map(|&place| questions.get(place).copied());
        let next = shown.into_iter().find(|q| !asked.contains(&&q.id) && speaks(q));
        if let Some(question) = next {
            for answer in answer_values(&atoms, question).into_iter().rev() {
                let mut answers = answers.clone();
                answers.set(&question.id, answer);
                let mut asked = asked.clone();
                asked.push(&question.id);
                open.push((settled, asked, answers, attributes.clone()));
            }
            continue;
        }
        // Nobody comes past a question that must be answered without answering it.
        let open = stops.iter().flat_map(|stop| &stop.open).filter_map(|&place| questions.get(place));
        if open.into_iter().any(|q| asked.contains(&&q.id)) {
            continue;
        }
        let ids = |stop: &Stop| {
            stop.shown.iter().filter_map(|&place| questions.get(place)).map(|q| q.id.clone()).collect()
        };
        let pages: Vec<_> = stops.iter().map(|stop| (stop.page, ids(stop))).collect();
        if !found.all.iter().any(|branch| branch.pages == pages) {
            found.all.push(Branch { pages, answers, attributes });
        }
    }
    found
}

/// Answers in their JSON form.
pub fn json(answers: &Map<Answer>) -> Map<Value> {
    Map(answers.iter().map(|(id, answer)| (id.clone(), answer.json())).collect())
}

fn concerns(atom: &Condition, question: &Id) -> bool {
    atom.terms().iter().any(|term| matches!(&term.what, What::Answer(id, _) if id == question))
}

/// The literals that stand in a comparison with what `is` says.
fn literals<'a>(atoms: &[&'a Condition], is: &dyn Fn(&What) -> bool) -> Vec<&'a What> {
    let mut found = Vec::new();
    for atom in atoms {
        let terms = atom.terms();
        if terms.iter().any(|term| is(&term.what)) {
            found.extend(terms.iter().map(|term| &term.what).filter(|what| !is(what)));
        }
    }
    found
}

/// The number itself, and one on each side of it.
fn around(number: &Number) -> Vec<Number> {
    let whole = number.as_str().split('.').next().unwrap_or_default();
    let whole = match Value::parse(whole) {
        Ok(Value::Number(whole)) => whole.as_i64().unwrap_or(0),
        _ => 0,
    };
    vec![whole.saturating_sub(1).into(), number.clone(), whole.saturating_add(1).into()]
}

/// A text that no survey compares with.
const SOMETHING_ELSE: &str = "…";

fn attribute_values(atoms: &[&Condition], name: &Id) -> Vec<Option<String>> {
    let mut values = vec![None, Some(SOMETHING_ELSE.into())];
    let mut add = |value: String| {
        if !values.contains(&Some(value.clone())) {
            values.push(Some(value));
        }
    };
    for literal in literals(atoms, &|what| matches!(what, What::Attribute(id) if id == name)) {
        match literal {
            What::Text(text) => add(text.clone()),
            What::Number(number) => around(number).iter().for_each(|n| add(n.as_str().into())),
            _ => {}
        }
    }
    values
}

/// Answers to a question that the comparisons tell apart, the one that skips it first.
fn answer_values(atoms: &[&Condition], question: &Question) -> Vec<Answer> {
    let mut values = vec![Answer::Skipped];
    let literals = literals(atoms, &|what| matches!(what, What::Answer(id, _) if *id == question.id));
    if let Some((low, high)) = question.scale() {
        values.extend((low..=high).map(|n| Answer::Number(n.into())));
    }
    let ids: Vec<&Id> = question.options().iter().map(|option| &option.id).collect();
    values.extend(ids.iter().map(|id| Answer::Text(id.to_string())));
    values.push(Answer::Other(SOMETHING_ELSE.into()));
    values.extend([true, false].map(Answer::Bool));
    values.extend(literals.iter().filter_map(|what| match what {
        // A day between any two that are spoken of is not tried.
        What::Text(text) if question.kind == Kind::Date => Some(Answer::Text(text.clone())),
        _ => None,
    }));
    if question.kind == Kind::Date {
        values.extend(["0000-01-01", "9999-12-31"].map(|day| Answer::Text(day.into())));
    }
    values.push(Answer::Text(SOMETHING_ELSE.into()));
    for literal in &literals {
        match literal {
            What::Text(text) => values.push(Answer::Text(text.clone())),
            What::Number(number) => values.extend(around(number).into_iter().map(Answer::Number)),
            What::Bool(_) | What::Answer(..) | What::Attribute(_) => {}
        }
    }
    values.extend(lists(question, &literals).into_iter().map(Answer::Many));
    values.retain(|answer| question.check_answer(answer).is_ok());
    // Answers that no comparison tells apart lead the same way. Comparisons with another question's answer tell all apart.
    let own: Vec<_> = atoms.iter().filter(|atom| concerns(atom, &question.id)).collect();
    let alone = own.iter().flat_map(|atom| atom.terms()).all(|term| match &term.what {
        What::Answer(id, _) => *id == question.id,
        What::Attribute(_) => false,
        _ => true,
    });
    let attributes = Map::new();
    let mut seen: Vec<Vec<Option<bool>>> = Vec::new();
    values.retain(|answer| {
        let value = answer.json();
        let given = Given { answers: vec![(question.id.as_str(), &value)], attributes: &attributes };
        let mut judged: Vec<_> = own.iter().map(|atom| atom.evaluate(&given)).collect();
        // Skipping is never the same as answering: a question may have to be answered.
        judged.push(Some(*answer == Answer::Skipped));
        let new = !alone || !seen.contains(&judged);
        seen.push(judged);
        new
    });
    values
}

/// Lists with every selection of the options that are spoken of, filled up with others to the fewest allowed.
fn lists(question: &Question, literals: &[&What]) -> Vec<Vec<Pick>> {
    let is_named = |id: &str| literals.iter().any(|what| matches!(what, What::Text(text) if text == id));
    let (named, rest): (Vec<_>, Vec<_>) = question.options().iter().partition(|option| is_named(&option.id));
    let fewest = question.min.unwrap_or(1).max(1) as usize;
    let mut lists = Vec::new();
    // Past ten options, no more than the first ten are combined.
    for selection in 0..1u32 << named.len().min(10) {
        for other in [false, true] {
            let chosen = named.iter().enumerate().filter(|(i, _)| selection & (1 << i) != 0).map(|(_, o)| *o);
            let mut picks: Vec<Pick> = chosen.map(|option| Pick::Option(option.id.clone())).collect();
            let filled = rest.iter().map(|option| Pick::Option(option.id.clone()));
            picks.extend(filled.take(fewest.saturating_sub(picks.len() + usize::from(other))));
            if other {
                picks.push(Pick::Other(SOMETHING_ELSE.into()));
            }
            lists.push(picks);
        }
    }
    lists
}
