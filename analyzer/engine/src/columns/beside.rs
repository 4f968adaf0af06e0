//! What responses say beside the score: other ratings, the groups that weights know, the protected question, and who was
//! asked. Columns like those of [`Dataset`](super::Dataset), a value a row; only a reading writes them.

use super::{Categories, NO_RATING, retain};
use crate::plan::{Bonus, Margin, Plan, PlanColumn, Scale};
use candor_survey::exposure::Event;
use candor_survey::question::{Answer, Choice, Kind, Part, Question};
use candor_survey::response::Source;
use candor_survey::{Definition, Response};
use std::collections::BTreeMap;

/// Columns beside the score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// Other questions on a scale, in the order in which they were met.
    pub items: Vec<Item>,
    /// The columns that the plan's weights are about, in their order.
    pub groups: Vec<Categories>,
    /// Whom the responses should stand for, as the plan has it.
    pub margins: Vec<Margin>,
    /// Answers to the protected question; empty where the survey has none.
    pub protected: Vec<Protected>,
    /// The designs that crosswise answers name.
    pub designs: Vec<Design>,
    /// Whether a response came of a page view that exposures count, by a trigger or a link; kiosks answer many times in one view, and
    /// a call from a program has none. Empty where the file does not say.
    pub triggered: Vec<bool>,
    /// What is paid for, as the plan has it.
    pub bonus: Option<Bonus>,
    /// Page views in which the survey was due, by unit as in `sampled`.
    pub eligible: BTreeMap<String, u64>,
    /// Sampled invitations by unit (the empty name where an exposure has none); empty in files without exposures.
    pub sampled: BTreeMap<String, u64>,
}

/// Another question on a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The question's id, or the column's name.
    pub question: String,
    /// The question as it was asked, where a definition says so.
    pub text: Option<String>,
    /// The kind of question, where a definition says so.
    pub kind: Option<Kind>,
    /// The scale.
    pub scale: Scale,
    /// The ratings; [`NO_RATING`] where there is none on the scale.
    pub ratings: Vec<u8>,
    /// Cells that are numbers, or words, but no point of the scale; they count as no rating.
    pub off_scale: u64,
}

/// A crosswise design: what the innocuous statement was, and for whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The probability of the innocuous statement.
    pub p: f64,
    /// The group that had it.
    pub group: String,
}

/// An answer to the protected question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protected {
    /// None.
    #[default]
    Unanswered,
    /// Asked directly: pressed.
    Yes,
    /// Asked directly: not pressed.
    No,
    /// Asked directly, and rather not said.
    RatherNot,
    /// Asked crosswise, by the design at this place.
    Crosswise {
        /// The place in [`Beside::designs`].
        design: u8,
        /// Whether both statements are true, or neither is.
        same: bool,
    },
}

/// How many points the rows of a matrix have: those of its scale, or its options, which stand in their order.
fn points_of(question: &Question) -> Option<u8> {
    let options = || i64::try_from(question.options().len()).unwrap_or_default();
    let points = question.points.map_or_else(options, i64::from);
    u8::try_from(points).ok().filter(|&points| (2..NO_RATING).contains(&points))
}

/// The point that the answer to a row of a matrix is: a number, or the place of the option.
fn point_of(part: &Part, question: &Question) -> Option<u8> {
    match part {
        Part::Number(number) => number.as_i64().and_then(|n| u8::try_from(n).ok()),
        Part::Text(id) => {
            let place = question.options().iter().position(|option| option.id.as_str() == id)?;
            u8::try_from(place + 1).ok()
        }
    }
}

impl Beside {
    /// No rows yet of a file that is read by `plan`, in which these columns are other ratings. Own files say themselves which
    /// questions have a scale.
    pub(crate) fn new<'p>(plan: &'p Plan, items: impl Iterator<Item = (&'p PlanColumn, Scale)>) -> Beside {
        let item = |(column, scale): (&PlanColumn, Scale)| Item {
            question: column.name.clone(),
            text: column.text.clone(),
            kind: None,
            scale,
            ratings: Vec::new(),
            off_scale: 0,
        };
        let items = items.map(item).collect();
        let groups = plan.weights.iter().map(|margin| Categories::new(&margin.column)).collect();
        Beside {
            items,
            groups,
            margins: plan.weights.clone(),
            bonus: plan.bonus.clone(),
            ..Beside::default()
        }
    }

    /// Appends what a response of an own file says; `row` is its place in the columns.
    pub(crate) fn keep(
        &mut self,
        row: usize,
        response: &Response,
        definition: Option<&Definition>,
        score: &str,
    ) {
        self.items.iter_mut().for_each(|item| item.ratings.push(NO_RATING));
        self.protected.push(Protected::Unanswered);
        self.triggered.push(matches!(response.invitation.source, Source::Trigger | Source::Link));
        for group in &mut self.groups {
            let name = group.name.strip_prefix("attribute.").unwrap_or(&group.name);
            let word = response.attributes.get(name).map_or("", String::as_str).trim();
            group.push(word);
        }
        let Some(definition) = definition else { return };
        for question in definition.questions().filter(|question| question.id.as_str() != score) {
            let answer = response.answers.get(&question.id);
            if question.kind == Kind::Protected {
                self.protected[row] = answer.map_or(Protected::Unanswered, |answer| self.protected(answer));
                continue;
            }
            if question.kind == Kind::Matrix {
                let Some(high) = points_of(question) else { continue };
                for part in question.rows() {
                    let point = match answer {
                        Some(Answer::Parts(parts)) => {
                            parts.get(&part.id).and_then(|part| point_of(part, question))
                        }
                        _ => None,
                    };
                    let name = [question.id.as_str(), ".", part.id.as_str()].concat();
                    let scale = Scale { low: 1, high, nps: false };
                    self.put(row, name, (question, Some(part)), scale, point);
                }
                continue;
            }
            let Some(scale) = question.scale().and_then(|(low, high)| {
                let (low, high) = (u8::try_from(low).ok()?, u8::try_from(high).ok()?);
                Some(Scale { low, high, nps: question.kind == Kind::Nps })
            }) else {
                continue;
            };
            let point = match answer {
                Some(Answer::Number(number)) => number.as_i64().and_then(|n| u8::try_from(n).ok()),
                _ => None,
            };
            self.put(row, question.id.to_string(), (question, None), scale, point);
        }
    }

    /// Puts a rating of the last row where the ratings of that question, and of that row of a matrix, stand.
    fn put(
        &mut self,
        row: usize,
        name: String,
        (question, part): (&Question, Option<&Choice>),
        scale: Scale,
        point: Option<u8>,
    ) {
        // A revision may have asked on another scale; points of two scales are never put together.
        let place = self.items.iter().position(|item| item.question == name && item.scale == scale);
        let place = place.unwrap_or_else(|| {
            let asked = question.text.in_language("en");
            let text = match part {
                Some(part) => [asked, " ", part.text.in_language("en")].concat(),
                None => asked.into(),
            };
            self.items.push(Item {
                question: name,
                text: Some(text),
                kind: Some(question.kind),
                scale,
                ratings: vec![NO_RATING; row + 1],
                off_scale: 0,
            });
            self.items.len() - 1
        });
        if let Some(point) = point.filter(|point| (scale.low..=scale.high).contains(point)) {
            self.items[place].ratings[row] = point;
        }
    }

    fn protected(&mut self, answer: &Answer) -> Protected {
        match answer {
            Answer::Text(word) if word == "yes" => Protected::Yes,
            Answer::Text(word) if word == "no" => Protected::No,
            Answer::Text(word) if word == "rather_not" => Protected::RatherNot,
            Answer::Crosswise(crosswise) => {
                let (p, group) = (crosswise.p.as_f64(), crosswise.group.as_str());
                let known = self.designs.iter().position(|design| design.p == p && design.group == group);
                let at = known.unwrap_or_else(|| {
                    self.designs.push(Design { p, group: group.into() });
                    self.designs.len() - 1
                });
                // A survey has two groups; a file with hundreds of them is no design that could be fitted.
                u8::try_from(at).map_or(Protected::Unanswered, |design| Protected::Crosswise {
                    design,
                    same: crosswise.same,
                })
            }
            _ => Protected::Unanswered,
        }
    }

    /// Counts an exposure of a unit; the empty name is none.
    pub(crate) fn expose(&mut self, event: Event, unit: &str) {
        let counts = match event {
            Event::Eligible => &mut self.eligible,
            Event::Sampled => &mut self.sampled,
            _ => return,
        };
        *counts.entry(unit.into()).or_insert(0) += 1;
    }

    /// Adds the rows of a part of the same table, which was read by the same plan.
    pub(crate) fn append(&mut self, part: &Beside) {
        for (all, part) in self.items.iter_mut().zip(&part.items) {
            all.ratings.extend_from_slice(&part.ratings);
            all.off_scale += part.off_scale;
        }
        for (all, part) in self.groups.iter_mut().zip(&part.groups) {
            all.append(part);
        }
    }

    pub(crate) fn retain(&mut self, keep: &[bool]) {
        self.items.iter_mut().for_each(|item| retain(&mut item.ratings, keep));
        self.groups.iter_mut().for_each(|group| group.retain(keep));
        retain(&mut self.protected, keep);
        retain(&mut self.triggered, keep);
    }
}
