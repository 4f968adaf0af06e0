//! The columns of `responses.csv` and `exposures.csv`, and what stands in their cells. It looks at definitions and records
//! only; which columns there are follows from all of them, so it is asked twice: first to meet every record, then to
//! give each one's cells.

use candor_engine::own::guard;
use candor_survey::{Answer, Definition, Exposure, Id, Map, Response};
use std::collections::{BTreeSet, HashMap};

/// What an export holds, as far as columns depend on it.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    answers: Questions,
    presets: Questions,
    timed: Questions,
    attributes: BTreeSet<Id>,
    exposed: BTreeSet<Id>,
}

/// Questions in the order in which definitions have them, and whether something was or can be written in beside each.
#[derive(Clone, Debug, Default)]
struct Questions {
    order: Vec<(Id, bool)>,
    place: HashMap<Id, usize>,
}

impl Questions {
    fn meet(&mut self, id: &Id, other: bool) {
        match self.place.get(id) {
            Some(&place) => self.order[place].1 |= other,
            None => {
                self.place.insert(id.clone(), self.order.len());
                self.order.push((id.clone(), other));
            }
        }
    }

    fn names(&self, prefix: &str, names: &mut Vec<String>) {
        for (id, other) in &self.order {
            names.push(format!("{prefix}.{id}"));
            if *other {
                names.push(format!("{prefix}.{id}.other"));
            }
        }
    }

    fn cells(&self, answers: &Map<Answer>, cells: &mut Vec<String>) {
        let by_id: HashMap<&Id, &Answer> = answers.iter().collect();
        for (id, has_other) in &self.order {
            let answer = by_id.get(id).copied().unwrap_or(&Answer::Skipped);
            let (main, other) = answer.cells();
            cells.push(if let Answer::Number(_) = answer { main } else { guard(&main) });
            if *has_other {
                cells.push(guard(other));
            }
        }
    }
}

fn joined(ids: &[Id]) -> String {
    guard(&ids.iter().map(Id::as_str).collect::<Vec<_>>().join("|"))
}

fn attributes(names: &BTreeSet<Id>, given: &Map<String>, cells: &mut Vec<String>) {
    let by_id: HashMap<&Id, &String> = given.iter().collect();
    cells.extend(names.iter().map(|name| by_id.get(name).map_or_else(String::new, |text| guard(text))));
}

impl Columns {
    /// Meets a definition: every question it asks has its columns, answered or not.
    pub fn define(&mut self, definition: &Definition) {
        for question in definition.questions() {
            self.answers.meet(&question.id, question.other);
        }
    }

    /// Meets a response.
    pub fn meet_response(&mut self, response: &Response) {
        let written_in = |answer: &Answer| !answer.cells().1.is_empty();
        for (id, answer) in response.answers.iter() {
            self.answers.meet(id, written_in(answer));
        }
        for (id, answer) in response.invitation.preset.iter() {
            self.presets.meet(id, written_in(answer));
        }
        for (id, _) in response.signals.ms.iter() {
            self.timed.meet(id, false);
        }
        self.attributes.extend(response.attributes.iter().map(|(name, _)| name.clone()));
    }

    /// Meets an exposure.
    pub fn meet_exposure(&mut self, exposure: &Exposure) {
        self.exposed.extend(exposure.attributes.iter().map(|(name, _)| name.clone()));
    }

    /// The header of `responses.csv`.
    pub fn response_names(&self) -> Vec<String> {
        let fixed = [
            "id",
            "seq",
            "survey",
            "revision",
            "status",
            "test",
            "locale",
            "page",
            "started",
            "submitted",
            "utc_offset_min",
            "received",
            "order",
        ];
        let mut names: Vec<String> = fixed.map(String::from).into();
        self.answers.names("answer", &mut names);
        names.extend(self.attributes.iter().map(|name| format!("attribute.{name}")));
        names.push("invitation.source".into());
        self.presets.names("invitation.preset", &mut names);
        let signals = [
            "ms_total",
            "ms_first",
            "changes",
            "raised",
            "hidden",
            "untrusted",
            "input",
            "pasted",
            "device_day",
            "device_all",
        ];
        names.extend(signals.map(|name| format!("signal.{name}")));
        self.timed.names("signal.ms", &mut names);
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
        self.answers.cells(&response.answers, &mut cells);
        attributes(&self.attributes, &response.attributes, &mut cells);
        cells.push(response.invitation.source.as_str().to_string());
        self.presets.cells(&response.invitation.preset, &mut cells);
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
        cells.extend(self.timed.order.iter().map(|(id, _)| maybe(ms.get(id).map(|ms| **ms))));
        cells.extend([
            response.integrity.evidence.as_str().to_string(),
            response.integrity.score.as_str().to_string(),
            joined(&response.integrity.reasons),
        ]);
        cells
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
