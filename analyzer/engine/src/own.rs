//! Candor's own export formats (FORMATS.md): what is a line of the NDJSON, and `responses.csv` as rows to responses and
//! responses to rows. It knows the letter of the formats and nothing of files or columns.

use candor_survey::question::Answer;
use candor_survey::{Definition, Json, Kind, Question, Response, Value};
use std::collections::BTreeMap;

/// The columns that every `responses.csv` begins with.
const FIXED: [&str; 13] = [
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

/// The signals that stand in a column of their own, in the order of FORMATS.md.
const SIGNALS: [&str; 10] = [
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

/// Whether a JSON value is a line of Candor's NDJSON: a definition, a response or an exposure of version 1.
pub(crate) fn is_line(value: &Value) -> bool {
    let version = matches!(value.get("v"), Some(Value::Number(n)) if n.as_i64() == Some(1));
    version && ["definition", "answers", "event"].iter().any(|key| value.get(key).is_some())
}

/// Whether a header is that of `responses.csv`.
pub(crate) fn is_header(header: &[String]) -> bool {
    header.len() >= FIXED.len() && header.iter().zip(FIXED).all(|(name, fixed)| name.trim() == fixed)
}

/// Where each part of a response stands in a `responses.csv`.
pub(crate) struct Layout {
    columns: Vec<Column>,
}

enum Column {
    Fixed(&'static str),
    Answer(String),
    Other(String),
    Attribute(String),
    Source,
    Preset(String),
    PresetOther(String),
    Signal(String),
    Milliseconds(String),
    Evidence,
    Score,
    Reasons,
    Unknown,
}

/// Why a row is no response: in which column, and what is wrong.
pub(crate) struct Fault {
    pub(crate) column: Option<String>,
    pub(crate) reason: String,
}

impl Layout {
    /// The layout of a header; a column of no known name is not read.
    pub(crate) fn new(header: &[String]) -> Layout {
        let columns = header.iter().enumerate().map(|(at, name)| {
            let name = name.trim();
            let answered = |rest: &str, whole: fn(String) -> Column, other: fn(String) -> Column| match rest
                .strip_suffix(".other")
            {
                Some(question) => other(question.into()),
                None => whole(rest.into()),
            };
            if let Some(fixed) = FIXED.get(at).filter(|fixed| **fixed == name) {
                Column::Fixed(fixed)
            } else if let Some(rest) = name.strip_prefix("answer.") {
                answered(rest, Column::Answer, Column::Other)
            } else if let Some(rest) = name.strip_prefix("attribute.") {
                Column::Attribute(rest.into())
            } else if let Some(rest) = name.strip_prefix("invitation.preset.") {
                answered(rest, Column::Preset, Column::PresetOther)
            } else if let Some(rest) = name.strip_prefix("signal.ms.") {
                Column::Milliseconds(rest.into())
            } else if let Some(rest) = name.strip_prefix("signal.") {
                Column::Signal(rest.into())
            } else {
                match name {
                    "invitation.source" => Column::Source,
                    "integrity.evidence" => Column::Evidence,
                    "integrity.score" => Column::Score,
                    "integrity.reasons" => Column::Reasons,
                    _ => Column::Unknown,
                }
            }
        });
        Layout { columns: columns.collect() }
    }

    /// The response in a row of cells. `question` finds a question of the row's revision; without one, an answer is a
    /// number where `numeric` says so and a text otherwise.
    pub(crate) fn response<'d>(
        &self,
        cells: &[&str],
        question: impl Fn(&str, &str) -> Option<&'d Question>,
        numeric: impl Fn(&str) -> bool,
    ) -> Result<Response, Fault> {
        let cell = |at: usize| unguard(cells.get(at).copied().unwrap_or_default());
        let fixed = |name: &str| FIXED.iter().position(|f| *f == name).map_or("", cell);
        let shown: Vec<&str> = fixed("order").split('|').filter(|id| !id.is_empty()).collect();
        let revision = fixed("revision");
        let others = |preset: bool| -> BTreeMap<&str, &str> {
            let mut found = BTreeMap::new();
            for (at, column) in self.columns.iter().enumerate() {
                match column {
                    Column::Other(id) if !preset => found.insert(id.as_str(), cell(at)),
                    Column::PresetOther(id) if preset => found.insert(id.as_str(), cell(at)),
                    _ => None,
                };
            }
            found
        };
        let (written, preset_written) = (others(false), others(true));
        let answer = |id: &str, text: &str, other: &str| -> Value {
            match question(revision, id) {
                Some(q) => answer_value(q, text, other),
                None if numeric(id) => number(text),
                None => Value::String(text.into()),
            }
        };

        let mut fields: Vec<(String, Value)> = vec![("v".into(), Value::Number(1.into()))];
        let (mut answers, mut attributes, mut presets) = (Vec::new(), Vec::new(), Vec::new());
        let (mut signals, mut milliseconds) = (Vec::new(), Vec::new());
        let mut invitation: Vec<(String, Value)> = Vec::new();
        let mut integrity: Vec<(String, Value)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let text = cell(at);
            let string = || Value::String(text.into());
            match column {
                Column::Fixed("received") if text.is_empty() => {}
                Column::Fixed("order") => {
                    let ids = shown.iter().map(|id| Value::String((*id).into())).collect();
                    fields.push(("order".into(), Value::Array(ids)));
                }
                Column::Fixed("test") => fields.push(("test".into(), boolean(text))),
                Column::Fixed(name @ ("seq" | "utc_offset_min")) => {
                    fields.push(((*name).into(), number(text)))
                }
                Column::Fixed(name) => fields.push(((*name).into(), string())),
                Column::Answer(id) if !text.is_empty() => {
                    let other = written.get(id.as_str()).copied().unwrap_or_default();
                    answers.push((id.clone(), answer(id, text, other)));
                }
                // Shown and skipped, or not shown at all: the order tells.
                Column::Answer(id) if shown.contains(&id.as_str()) => answers.push((id.clone(), Value::Null)),
                Column::Preset(id) if !text.is_empty() => {
                    let other = preset_written.get(id.as_str()).copied().unwrap_or_default();
                    presets.push((id.clone(), answer(id, text, other)));
                }
                Column::Attribute(name) if !text.is_empty() => attributes.push((name.clone(), string())),
                Column::Source => invitation.push(("source".into(), string())),
                Column::Signal(name) if name == "input" => signals.push((name.clone(), string())),
                Column::Signal(name) if !text.is_empty() => signals.push((name.clone(), number(text))),
                Column::Milliseconds(id) if !text.is_empty() => milliseconds.push((id.clone(), number(text))),
                Column::Evidence => integrity.push(("evidence".into(), string())),
                Column::Score => integrity.push(("score".into(), number(text))),
                Column::Reasons => {
                    let codes = text.split('|').filter(|code| !code.is_empty());
                    let codes = codes.map(|code| Value::String(code.into())).collect();
                    integrity.push(("reasons".into(), Value::Array(codes)));
                }
                _ => {}
            }
        }
        signals.push(("ms".into(), Value::Object(milliseconds)));
        invitation.push(("preset".into(), Value::Object(presets)));
        for (name, object) in [
            ("answers", answers),
            ("attributes", attributes),
            ("invitation", invitation),
            ("signals", signals),
            ("integrity", integrity),
        ] {
            fields.push((name.into(), Value::Object(object)));
        }
        Response::from_value(&Value::Object(fields)).map_err(|problem| fault(&problem, true))
    }
}

/// A problem in a response as a fault of its row: the path becomes the name of the column, in a table the one of
/// `responses.csv`.
pub(crate) fn fault(problem: &candor_survey::Problem, in_table: bool) -> Fault {
    let path = problem.path.split('[').next().unwrap_or_default();
    let column = if in_table { column_of(path) } else { path.to_owned() };
    let mut pathless = problem.clone();
    pathless.path.clear();
    let mut reason = pathless.to_string();
    if let Some(first) = reason.get(..1).map(str::to_uppercase) {
        reason.replace_range(..1, &first);
    }
    reason.push('.');
    Fault { column: Some(column).filter(|c| !c.is_empty()), reason }
}

fn column_of(path: &str) -> String {
    for (object, column) in [("answers.", "answer."), ("attributes.", "attribute."), ("signals.", "signal.")]
    {
        if let Some(rest) = path.strip_prefix(object) {
            return [column, rest].concat();
        }
    }
    path.to_owned()
}

fn number(text: &str) -> Value {
    match Value::parse(text) {
        Ok(number @ Value::Number(_)) => number,
        // What is no number is shown as it stands by whoever expected one.
        _ => Value::String(text.into()),
    }
}

fn boolean(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::String(text.into()),
    }
}

/// The JSON of an answer that is not empty, by its question's type.
fn answer_value(question: &Question, text: &str, other: &str) -> Value {
    let written = || Value::Object(vec![("other".into(), Value::String(other.into()))]);
    match question.kind {
        Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => number(text),
        Kind::Single if question.other && text == "other" => written(),
        Kind::Multiple => Value::Array(
            text.split('|')
                .map(|id| if question.other && id == "other" { written() } else { Value::String(id.into()) })
                .collect(),
        ),
        // Types that no definition has yet (question::DRAWN) have their reader in Question::value.
        _ => Value::String(text.into()),
    }
}

/// Whether a spreadsheet would run a cell that begins so, behind any number of apostrophes: a text that itself begins
/// with `'=` must come back with its apostrophe.
fn runs(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text as it stands in a CSV cell: one that a spreadsheet would run gets a leading apostrophe.
pub fn guard(text: &str) -> String {
    if runs(text) { ["'", text].concat() } else { text.to_owned() }
}

/// The text of a CSV cell, without the apostrophe that [`guard`] put there.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if runs(text) => text,
        _ => cell,
    }
}

/// The `responses.csv` of some responses. `definitions` say which answer columns there are; attributes, presets and
/// question times get a column when some response has them.
pub fn responses_csv(definitions: &[&Definition], responses: &[Response]) -> String {
    let mut questions: Vec<&Question> = Vec::new();
    for question in definitions.iter().flat_map(|d| d.questions()) {
        if !questions.iter().any(|known| known.id == question.id) {
            questions.push(question);
        }
    }
    let mut attributes: Vec<&str> = Vec::new();
    for (name, _) in responses.iter().flat_map(|r| r.attributes.iter()) {
        if !attributes.contains(&name.as_str()) {
            attributes.push(name.as_str());
        }
    }
    let preset = |q: &&&Question| responses.iter().any(|r| r.invitation.preset.get(&q.id).is_some());
    let presets: Vec<&Question> = questions.iter().filter(preset).copied().collect();
    let timed = |q: &&&Question| responses.iter().any(|r| r.signals.ms.get(&q.id).is_some());
    let timed: Vec<&Question> = questions.iter().filter(timed).copied().collect();

    let mut out = String::new();
    let mut header: Vec<String> = FIXED.iter().map(|name| (*name).to_owned()).collect();
    header.extend(questions.iter().flat_map(|q| q.columns()).map(|c| format!("answer.{c}")));
    header.extend(attributes.iter().map(|name| format!("attribute.{name}")));
    header.push("invitation.source".into());
    header.extend(presets.iter().flat_map(|q| q.columns()).map(|c| format!("invitation.preset.{c}")));
    header.extend(SIGNALS.iter().map(|name| format!("signal.{name}")));
    header.extend(timed.iter().map(|q| format!("signal.ms.{}", q.id)));
    header.extend(["evidence", "score", "reasons"].map(|name| format!("integrity.{name}")));
    push_row(&mut out, &header);

    for response in responses {
        let optional = |value: Option<u32>| value.map(|n| n.to_string()).unwrap_or_default();
        let s = &response.signals;
        let mut row: Vec<String> = vec![
            response.id.as_str().into(),
            response.seq.to_string(),
            response.survey.to_string(),
            response.revision.as_str().into(),
            response.status.as_str().into(),
            response.test.to_string(),
            response.locale.as_str().into(),
            guard(&response.page),
            response.started.to_string(),
            response.submitted.to_string(),
            response.utc_offset_min.to_string(),
            response.received.map(|t| t.to_string()).unwrap_or_default(),
            response.order.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("|"),
        ];
        let answer = |q: &Question, answer: Option<&Answer>| -> Vec<String> {
            let cells = q.cells(answer.unwrap_or(&Answer::Skipped));
            cells.iter().map(|cell| guard(cell)).collect()
        };
        row.extend(questions.iter().flat_map(|q| answer(q, response.answers.get(&q.id))));
        row.extend(
            attributes.iter().map(|name| response.attributes.get(name).map_or(String::new(), |v| guard(v))),
        );
        row.push(response.invitation.source.as_str().into());
        row.extend(presets.iter().flat_map(|q| answer(q, response.invitation.preset.get(&q.id))));
        row.extend([
            s.ms_total.to_string(),
            optional(s.ms_first),
            s.changes.to_string(),
            s.raised.to_string(),
            s.hidden.to_string(),
            s.untrusted.to_string(),
            s.input.as_str().into(),
            s.pasted.to_string(),
            optional(s.device_day),
            optional(s.device_all),
        ]);
        row.extend(timed.iter().map(|q| optional(s.ms.get(&q.id).copied())));
        row.extend([
            response.integrity.evidence.as_str().into(),
            response.integrity.score.as_str().into(),
            response.integrity.reasons.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("|"),
        ]);
        push_row(&mut out, &row);
    }
    out
}

fn push_row(out: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

/// One definition as a line of the NDJSON and an entry of `definitions.json`.
pub fn definition_line(revision: &candor_survey::Revision, definition: &Definition) -> String {
    format!("{{\"v\":1,\"revision\":\"{}\",\"definition\":{}}}", revision.as_str(), definition.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_guarded() {
        for (text, cell) in
            [("=1+1", "'=1+1"), ("-5", "'-5"), ("\tx", "'\tx"), ("good", "good"), ("it's", "it's")]
        {
            assert_eq!(guard(text), cell);
        }
        assert_eq!(unguard("'quoted'"), "'quoted'");
    }

    proptest! {
        #[test]
        fn every_text_survives_the_guard(text in "['=+@a\t-]{0,5}") {
            let cell = guard(&text);
            prop_assert_eq!(unguard(&cell), text.as_str());
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
