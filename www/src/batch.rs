//! A batch: the lines of one `POST /v1/responses`, read and checked one by one. It touches only its arguments, so that a
//! line's fate depends on the line, the origin and the surveys, and on nothing else.
//!
//! The state of a survey does not matter here. Somebody who began while it was live may finish after it was paused, and
//! a draft is answered by those who write it.

use crate::store::{Entry, Outcome};
use crate::surveys::{Catalogue, Survey};
use candor_survey::json::Value;
use candor_survey::record::{Problem, object, string};
use candor_survey::{Exposure, Id, Response, Revision, Time, Uuid};
use std::sync::Arc;

/// The most bytes a line may have, its line break not counted.
pub const MAX_LINE: usize = 64 << 10;

/// The most lines a batch may have. The shortest line that can be stored is over 250 bytes, so a batch of 1 MiB never
/// comes near; without a limit a megabyte of line breaks and letters would ask for a hundred megabytes of refusals.
pub const MAX_LINES: usize = 5000;

/// Why one line was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// A word for programs: `size`, `encoding`, `syntax`, `field`, `survey` or `origin`.
    pub code: &'static str,
    /// The field, such as `answers.nps`; empty when it is the line as a whole.
    pub path: String,
    /// A sentence for people.
    pub message: String,
}

/// One line and what is to become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number in the batch, from 1.
    pub number: usize,
    /// Its id, as far as one could be read.
    pub id: Option<Uuid>,
    /// Whether it is to be written; if so, it is the next of [`Batch::entries`].
    pub checked: Result<(), Rejection>,
}

/// A batch that has been read.
#[derive(Debug, Default)]
pub struct Batch {
    /// Its lines, the blank ones left out.
    pub lines: Vec<Line>,
    /// What is to be written: one for each line that passed, in order.
    pub entries: Vec<Entry>,
    /// Definitions that these lines speak of and that the store does not have yet.
    pub definitions: Vec<Arc<Survey>>,
}

/// The batch has more than [`MAX_LINES`] lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyLines;

impl Batch {
    /// Reads a batch that a page of `origin` sent (`None`: no page) and the collector had at `received`.
    ///
    /// # Errors
    /// Only when it has too many lines; everything else is the fate of one line.
    pub fn read(
        body: &[u8],
        origin: Option<&str>,
        catalogue: &Catalogue,
        received: Time,
    ) -> Result<Batch, TooManyLines> {
        let mut batch = Batch::default();
        for (i, line) in body.split(|&b| b == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if batch.lines.len() == MAX_LINES {
                return Err(TooManyLines);
            }
            batch.take(i + 1, line, origin, catalogue, received);
        }
        Ok(batch)
    }

    fn take(
        &mut self,
        number: usize,
        line: &[u8],
        origin: Option<&str>,
        catalogue: &Catalogue,
        received: Time,
    ) {
        let mut id = None;
        let checked = parse(number, line).and_then(|(text, value)| {
            id = value.get("id").and_then(Value::as_str).and_then(Uuid::new);
            let record = Record::read(&value)?;
            let survey = admitting(record.survey(), origin, catalogue)?;
            let own = catalogue.revision(record.survey(), record.revision().as_str());
            if let (Record::Response(response), Some(own)) = (&record, own) {
                response.check(&own.definition).map_err(field)?;
            }
            Ok((text, record, own.unwrap_or(survey)))
        });
        let checked = checked.map(|(text, record, survey)| {
            let listed = self.definitions.iter().any(|listed| Arc::ptr_eq(listed, survey));
            if !survey.is_recorded() && !listed {
                self.definitions.push(Arc::clone(survey));
            }
            self.entries.push(record.into_entry(received, text.to_owned()));
        });
        self.lines.push(Line { number, id, checked });
    }

    /// The answer to the batch: `{"results":[…]}`, with `outcomes` those of [`Batch::entries`].
    pub fn answer(&self, outcomes: &[Outcome]) -> String {
        let mut outcomes = outcomes.iter();
        let results = self.lines.iter().map(|line| {
            let mut result = vec![("line".to_string(), Value::Number((line.number as i64).into()))];
            if let Some(id) = &line.id {
                result.push(("id".into(), string(id.as_str())));
            }
            let status = match &line.checked {
                Ok(()) => outcomes.next().map_or("rejected", |outcome| outcome.as_str()),
                Err(_) => "rejected",
            };
            result.push(("status".into(), string(status)));
            if let Err(rejection) = &line.checked {
                let error = object([
                    ("code", string(rejection.code)),
                    ("path", string(&rejection.path)),
                    ("message", string(&rejection.message)),
                ]);
                result.push(("error".into(), error));
            }
            Value::Object(result)
        });
        object([("results", Value::Array(results.collect()))]).to_json()
    }
}

fn parse(number: usize, line: &[u8]) -> Result<(&str, Value), Rejection> {
    let whole = |code, message| Rejection { code, path: String::new(), message };
    if line.len() > MAX_LINE {
        let message =
            format!("line {number} has {} bytes, and a line may have at most {MAX_LINE}", line.len());
        return Err(whole("size", message));
    }
    let text = std::str::from_utf8(line).map_err(|error| {
        whole("encoding", format!("line {number} is not UTF-8 at byte {}", error.valid_up_to() + 1))
    })?;
    let value = Value::parse(text).map_err(|error| {
        let message = format!("not valid JSON at line {number}, column {}: {}", error.column, error.message);
        whole("syntax", message)
    })?;
    Ok((text, value))
}

fn field(problem: Problem) -> Rejection {
    Rejection { code: "field", path: problem.path.clone(), message: problem.to_string() }
}

/// The survey, if it is known and takes records from this origin.
fn admitting<'c>(
    id: &Id,
    origin: Option<&str>,
    catalogue: &'c Catalogue,
) -> Result<&'c Arc<Survey>, Rejection> {
    let Some(survey) = catalogue.known(id) else {
        let message = format!("survey: this collector knows no survey {id}; check its id, and --surveys");
        return Err(Rejection { code: "survey", path: "survey".into(), message });
    };
    match origin {
        Some(origin) if !survey.definition.admits(origin) => {
            let message = format!(
                "survey: {id} does not list the origin {origin}; add it to the definition's `origins`"
            );
            Err(Rejection { code: "origin", path: "survey".into(), message })
        }
        _ => Ok(survey),
    }
}

/// What a line can be. An exposure has an `event`, a response has none.
enum Record {
    Response(Box<Response>),
    Exposure(Box<Exposure>),
}

impl Record {
    fn read(value: &Value) -> Result<Record, Rejection> {
        if value.get("event").is_some() {
            Exposure::from_value(value).map(|e| Record::Exposure(e.into())).map_err(field)
        } else {
            Response::from_value(value).map(|r| Record::Response(r.into())).map_err(field)
        }
    }

    fn survey(&self) -> &Id {
        match self {
            Record::Response(response) => &response.survey,
            Record::Exposure(exposure) => &exposure.survey,
        }
    }

    fn revision(&self) -> &Revision {
        match self {
            Record::Response(response) => &response.revision,
            Record::Exposure(exposure) => &exposure.revision,
        }
    }

    fn into_entry(self, received: Time, line: String) -> Entry {
        match self {
            Record::Response(r) => Entry::Response { id: r.id, seq: r.seq, survey: r.survey, received, line },
            Record::Exposure(e) => Entry::Exposure { id: e.id, survey: e.survey, received, line },
        }
    }
}

/// The write that records a definition.
pub fn definition_entry(survey: &Survey, recorded: Time) -> Entry {
    Entry::Definition {
        survey: survey.definition.id.clone(),
        revision: survey.revision.clone(),
        recorded,
        json: survey.text.clone(),
    }
}
