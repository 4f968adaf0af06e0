//! The columns of `responses.csv` and `exposures.csv`, and what stands in their cells: one layout for the collector's
//! export and for simulations. It looks at definitions and records only; which columns there are follows from all of
//! them, so it is asked twice: first to meet every record, then to give each one's cells.

use super::{FIXED, SIGNALS, guard};
use candor_survey::{Answer, Definition, Exposure, Id, Map, Question, Response};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an export holds, as far as columns depend on it.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    definitions: HashMap<Box<str>, Definition>,
    /// Every question: those of the definitions in their order, then those that only responses name.
    questions: Vec<Id>,
    place: HashMap<Id, usize>,
    answers: Named,
    presets: Named,
    timed: BTreeSet<usize>,
    shuffled: BTreeSet<usize>,
    attributes: BTreeSet<Id>,
    exposed: BTreeSet<Id>,
}

/// The names of the columns of each question, by its place: the union over its revisions.
type Named = BTreeMap<usize, Vec<String>>;

fn widen(named: &mut Named, place: usize, columns: impl IntoIterator<Item = String>) {
    let known = named.entry(place).or_default();
    for column in columns {
        if !known.contains(&column) {
            known.push(column);
        }
    }
}

/// The cells of an answer, each with the name of its column: as its question says, or as the answer stands where no
/// question is known, or where some part of the answer has no column in it.
fn placed(question: Option<&Question>, id: &Id, answer: &Answer) -> Vec<(String, String)> {
    let parts = answer.parts().into_iter().map(|(suffix, cell)| ([id.as_str(), &suffix].concat(), cell));
    if let Some(question) = question {
        let columns = question.columns();
        if parts.clone().all(|(name, cell)| cell.is_empty() || columns.contains(&name)) {
            return columns.into_iter().zip(question.cells(answer)).collect();
        }
    }
    let other = [id.as_str(), ".other"].concat();
    parts.filter(|(name, cell)| !cell.is_empty() || *name != other).collect()
}

fn joined(ids: &[Id]) -> String {
    guard(&ids.iter().map(Id::as_str).collect::<Vec<_>>().join("|"))
}

fn attributes(names: &BTreeSet<Id>, given: &Map<String>, cells: &mut Vec<String>) {
    let by_id: HashMap<&Id, &String> = given.iter().collect();
    cells.extend(names.iter().map(|name| by_id.get(name).map_or_else(String::new, |text| guard(text))));
}

impl Columns {
    /// Meets a definition: every question it asks has its columns, answered or not. Definitions come before responses.
    pub fn define(&mut self, revision: &str, definition: Definition) {
        for question in definition.questions() {
            let place = self.place(&question.id);
            widen(&mut self.answers, place, question.columns());
        }
        self.definitions.insert(revision.into(), definition);
    }

    fn place(&mut self, id: &Id) -> usize {
        if let Some(&place) = self.place.get(id) {
            return place;
        }
        self.place.insert(id.clone(), self.questions.len());
        self.questions.push(id.clone());
        self.questions.len() - 1
    }

    fn question(&self, response: &Response, id: &Id) -> Option<&Question> {
        self.definitions.get(response.revision.as_str())?.question(id)
    }

    /// Meets a response.
    pub fn meet_response(&mut self, response: &Response) {
        for (id, answer) in response.answers.iter() {
            let question = self.question(response, id);
            // What is skipped needs no column of its own where the question has others.
            if *answer == Answer::Skipped && (question.is_some() || self.place.contains_key(id)) {
                continue;
            }
            let columns = placed(question, id, answer);
            let place = self.place(id);
            widen(&mut self.answers, place, columns.into_iter().map(|(name, _)| name));
        }
        for (id, answer) in response.invitation.preset.iter() {
            let columns = placed(self.question(response, id), id, answer);
            let place = self.place(id);
            widen(&mut self.presets, place, columns.into_iter().map(|(name, _)| name));
        }
        for (id, _) in response.signals.ms.iter() {
            let place = self.place(id);
            self.timed.insert(place);
        }
        for (id, _) in response.orders.iter().flat_map(Map::iter) {
            let place = self.place(id);
            self.shuffled.insert(place);
        }
        self.attributes.extend(response.attributes.iter().map(|(name, _)| name.clone()));
    }

    /// Meets an exposure.
    pub fn meet_exposure(&mut self, exposure: &Exposure) {
        self.exposed.extend(exposure.attributes.iter().map(|(name, _)| name.clone()));
    }

    /// The header of `responses.csv`.
    pub fn response_names(&self) -> Vec<String> {
        let mut names: Vec<String> = FIXED.map(String::from).into();
        names.extend(self.shuffled.iter().map(|&place| format!("order.{}", self.questions[place])));
        names.extend(self.answers.values().flatten().map(|name| format!("answer.{name}")));
        names.extend(self.attributes.iter().map(|name| format!("attribute.{name}")));
        names.push("invitation.source".into());
        names.extend(self.presets.values().flatten().map(|name| format!("invitation.preset.{name}")));
        names.extend(SIGNALS.map(|name| format!("signal.{name}")));
        names.extend(self.timed.iter().map(|&place| format!("signal.ms.{}", self.questions[place])));
        names.extend(["evidence", "score", "reasons"].map(|name| format!("integrity.{name}")));
        names
    }

    /// The cells of one response, one for each of [`Columns::response_names`].
    pub fn response_cells(&self, response: &Response) -> Vec<String> {
        let maybe = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
        let mut cells = vec![
            response.id.as_str().to_string(),
            response.seq.to_string(),
            guard(&response.survey),
            response.revision.as_str().to_string(),
            response.status.as_str().to_string(),
            response.test.to_string(),
            response.locale.as_str().to_string(),
            guard(&response.page),
            response.started.to_string(),
            response.submitted.to_string(),
            response.utc_offset_min.to_string(),
            response.received.map_or_else(String::new, |time| time.to_string()),
            joined(&response.order),
        ];
        let orders: HashMap<&Id, &Vec<Id>> = response.orders.iter().flat_map(Map::iter).collect();
        let order =
            |place: &usize| orders.get(&self.questions[*place]).map_or_else(String::new, |ids| joined(ids));
        cells.extend(self.shuffled.iter().map(order));
        self.answer_cells(&self.answers, response, &response.answers, &mut cells);
        attributes(&self.attributes, &response.attributes, &mut cells);
        cells.push(response.invitation.source.as_str().to_string());
        self.answer_cells(&self.presets, response, &response.invitation.preset, &mut cells);
        let signals = &response.signals;
        cells.extend([
            signals.ms_total.to_string(),
            maybe(signals.ms_first),
            signals.changes.to_string(),
            signals.raised.to_string(),
            signals.hidden.to_string(),
            signals.untrusted.to_string(),
            signals.input.as_str().to_string(),
            signals.pasted.to_string(),
            maybe(signals.device_day),
            maybe(signals.device_all),
        ]);
        let ms: HashMap<&Id, &u32> = signals.ms.iter().collect();
        cells.extend(self.timed.iter().map(|&place| maybe(ms.get(&self.questions[place]).map(|ms| **ms))));
        cells.extend([
            response.integrity.evidence.as_str().to_string(),
            response.integrity.score.as_str().to_string(),
            joined(&response.integrity.reasons),
        ]);
        cells
    }

    fn answer_cells(
        &self,
        named: &Named,
        response: &Response,
        answers: &Map<Answer>,
        cells: &mut Vec<String>,
    ) {
        let by_id: HashMap<&Id, &Answer> = answers.iter().collect();
        for (&place, columns) in named {
            let id = &self.questions[place];
            let answer = by_id.get(id).copied().unwrap_or(&Answer::Skipped);
            let placed = match answer {
                Answer::Skipped => Vec::new(),
                answer => placed(self.question(response, id), id, answer),
            };
            for column in columns {
                let cell = placed.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell);
                // A number below zero is none that a spreadsheet would run.
                cells.push(if let Answer::Number(_) = answer { cell.to_owned() } else { guard(cell) });
            }
        }
    }

    /// The header of `exposures.csv`.
    pub fn exposure_names(&self) -> Vec<String> {
        let fixed = ["id", "event", "survey", "revision", "view", "at", "received"];
        let mut names: Vec<String> = fixed.map(String::from).into();
        names.extend(self.exposed.iter().map(|name| format!("attribute.{name}")));
        names
    }

    /// The cells of one exposure, one for each of [`Columns::exposure_names`].
    pub fn exposure_cells(&self, exposure: &Exposure) -> Vec<String> {
        let mut cells = vec![
            exposure.id.as_str().to_string(),
            exposure.event.as_str().to_string(),
            guard(&exposure.survey),
            exposure.revision.as_str().to_string(),
            exposure.view.as_str().to_string(),
            exposure.at.to_string(),
            exposure.received.map_or_else(String::new, |time| time.to_string()),
        ];
        attributes(&self.exposed, &exposure.attributes, &mut cells);
        cells
    }
}
