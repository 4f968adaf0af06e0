//! Candor's own export formats (FORMATS.md): what is a line of the NDJSON, and `responses.csv` as rows to responses and
//! responses to rows. It knows the letter of the formats and nothing of files or columns.

mod columns;
#[cfg(test)]
mod every_type;

use candor_survey::{Definition, Exposure, Json, Question, Response, Value};

pub use columns::Columns;

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
    answers: Vec<Asked>,
    presets: Vec<Asked>,
}

/// The columns of a question: what each is called after `answer.`, and where it stands.
struct Asked {
    id: String,
    columns: Vec<(String, usize)>,
}

enum Column {
    Fixed(&'static str),
    Shuffled(String),
    Attribute(String),
    Source,
    Signal(String),
    Milliseconds(String),
    Evidence,
    Score,
    Reasons,
    /// Of no known name; or an answer's, which is read with its question's others.
    Apart,
}

/// Why a row is no response: in which column, and what is wrong.
pub(crate) struct Fault {
    pub(crate) column: Option<String>,
    pub(crate) reason: String,
}

impl Layout {
    /// The layout of a header; a column of no known name is not read.
    pub(crate) fn new(header: &[String]) -> Layout {
        let (mut answers, mut presets) = (Vec::new(), Vec::new());
        let asked = |found: &mut Vec<Asked>, name: &str, at: usize| {
            // No id has a dot.
            let id = name.split('.').next().unwrap_or_default();
            let place = found.iter().position(|asked| asked.id == id).unwrap_or_else(|| {
                found.push(Asked { id: id.into(), columns: Vec::new() });
                found.len() - 1
            });
            found[place].columns.push((name.into(), at));
            Column::Apart
        };
        let columns = header.iter().enumerate().map(|(at, name)| {
            let name = name.trim();
            if let Some(fixed) = FIXED.get(at).filter(|fixed| **fixed == name) {
                Column::Fixed(fixed)
            } else if let Some(rest) = name.strip_prefix("order.") {
                Column::Shuffled(rest.into())
            } else if let Some(rest) = name.strip_prefix("answer.") {
                asked(&mut answers, rest, at)
            } else if let Some(rest) = name.strip_prefix("attribute.") {
                Column::Attribute(rest.into())
            } else if let Some(rest) = name.strip_prefix("invitation.preset.") {
                asked(&mut presets, rest, at)
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
                    _ => Column::Apart,
                }
            }
        });
        let columns = columns.collect();
        Layout { columns, answers, presets }
    }

    /// The response in a row of cells. `question` finds a question of the row's revision; without one, an answer is a
    /// number where `numeric` says so, and otherwise what its columns tell of it.
    pub(crate) fn response<'d>(
        &self,
        cells: &[&str],
        question: impl Fn(&str, &str) -> Option<&'d Question>,
        numeric: impl Fn(&str) -> bool,
    ) -> Result<Response, Fault> {
        let cell = |at: usize| unguard(cells.get(at).copied().unwrap_or_default());
        let fixed = |name: &str| FIXED.iter().position(|f| *f == name).map_or("", cell);
        let ids = |text: &str| -> Vec<Value> {
            text.split('|').filter(|id| !id.is_empty()).map(|id| Value::String(id.into())).collect()
        };
        let revision = fixed("revision");
        let given = |asked: &[Asked]| -> Vec<(String, Value)> {
            let answers = asked.iter().filter_map(|Asked { id, columns }| {
                let filled = columns.iter().map(|(name, at)| (name.as_str(), cell(*at)));
                let filled: Vec<_> = filled.filter(|(_, text)| !text.is_empty()).collect();
                if filled.is_empty() {
                    return None;
                }
                let value = match question(revision, id) {
                    Some(question) => defined(question, &filled),
                    None => undefined(id, &filled, numeric(id)),
                };
                Some((id.clone(), value))
            });
            answers.collect()
        };
        let (mut answers, presets) = (given(&self.answers), given(&self.presets));
        // Shown and skipped, or not shown at all: the order tells.
        let shown: Vec<&str> = fixed("order").split('|').filter(|id| !id.is_empty()).collect();
        for id in &shown {
            if !answers.iter().any(|(known, _)| known == id) {
                answers.push(((*id).into(), Value::Null));
            }
        }

        let mut fields: Vec<(String, Value)> = vec![("v".into(), Value::Number(1.into()))];
        let (mut attributes, mut orders) = (Vec::new(), Vec::new());
        let (mut signals, mut milliseconds) = (Vec::new(), Vec::new());
        let mut invitation: Vec<(String, Value)> = Vec::new();
        let mut integrity: Vec<(String, Value)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let text = cell(at);
            let string = || Value::String(text.into());
            match column {
                Column::Fixed("received") if text.is_empty() => {}
                Column::Fixed("order") => fields.push(("order".into(), Value::Array(ids(text)))),
                Column::Fixed("test") => fields.push(("test".into(), boolean(text))),
                Column::Fixed(name @ ("seq" | "utc_offset_min")) => {
                    fields.push(((*name).into(), number(text)))
                }
                Column::Fixed(name) => fields.push(((*name).into(), string())),
                Column::Shuffled(id) if !text.is_empty() => {
                    orders.push((id.clone(), Value::Array(ids(text))))
                }
                Column::Attribute(name) if !text.is_empty() => attributes.push((name.clone(), string())),
                Column::Source => invitation.push(("source".into(), string())),
                Column::Signal(name) if name == "input" => signals.push((name.clone(), string())),
                Column::Signal(name) if !text.is_empty() => signals.push((name.clone(), number(text))),
                Column::Milliseconds(id) if !text.is_empty() => milliseconds.push((id.clone(), number(text))),
                Column::Evidence => integrity.push(("evidence".into(), string())),
                Column::Score => integrity.push(("score".into(), number(text))),
                Column::Reasons => integrity.push(("reasons".into(), Value::Array(ids(text)))),
                _ => {}
            }
        }
        signals.push(("ms".into(), Value::Object(milliseconds)));
        invitation.push(("preset".into(), Value::Object(presets)));
        if !orders.is_empty() {
            fields.push(("orders".into(), Value::Object(orders)));
        }
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

/// The exposure in a row of `exposures.csv`.
pub(crate) fn exposure(names: &[String], cells: &[String]) -> Result<Exposure, candor_survey::Problem> {
    let mut fields: Vec<(String, Value)> = vec![("v".into(), Value::Number(1.into()))];
    let mut attributes = Vec::new();
    for (name, cell) in names.iter().zip(cells) {
        let text = unguard(cell);
        let value = Value::String(text.into());
        match name.strip_prefix("attribute.") {
            _ if text.is_empty() => {}
            Some(attribute) => attributes.push((attribute.to_owned(), value)),
            None => fields.push((name.clone(), value)),
        }
    }
    fields.push(("attributes".into(), Value::Object(attributes)));
    Exposure::from_value(&Value::Object(fields))
}

/// The JSON of an answer by its question, from the cells that are not empty and the names of their columns. What stands
/// in a column that the question has not is given as it stands, for the question to refuse.
fn defined(question: &Question, filled: &[(&str, &str)]) -> Value {
    let columns = question.columns();
    if filled.iter().any(|(name, _)| !columns.iter().any(|column| column == name)) {
        return undefined(&question.id, filled, false);
    }
    let cells: Vec<&str> = columns
        .iter()
        .map(|column| filled.iter().find(|(name, _)| name == column).map_or("", |(_, text)| text))
        .collect();
    question.value(&cells)
}

/// The JSON of an answer whose question is not known, from its cells that are not empty, as far as they tell.
fn undefined(id: &str, filled: &[(&str, &str)], numeric: bool) -> Value {
    let string = |text: &str| Value::String(text.into());
    let part = |suffix: &str| {
        let of = |name: &&str| name.strip_prefix(id).and_then(|rest| rest.strip_prefix('.')) == Some(suffix);
        filled.iter().find(|(name, _)| of(name)).map(|(_, text)| *text)
    };
    if let Some((_, main)) = filled.iter().find(|(name, _)| *name == id) {
        let written = part("other").map(|text| Value::Object(vec![("other".into(), string(text))]));
        return match written {
            Some(other) if *main == "other" => other,
            Some(other) => {
                let item = |id: &str| if id == "other" { other.clone() } else { string(id) };
                Value::Array(main.split('|').map(item).collect())
            }
            None if numeric => number(main),
            None => string(main),
        };
    }
    if let (Some(same), Some(p), Some(group)) = (part("same"), part("p"), part("group")) {
        let fields = [("same", boolean(same)), ("p", number(p)), ("group", string(group))];
        return Value::Object(fields.map(|(name, value)| (name.into(), value)).into());
    }
    let parts = filled.iter().filter_map(|(name, text)| {
        let suffix = name.strip_prefix(id)?.strip_prefix('.')?;
        Some((suffix, *text))
    });
    // `1.best` and `1.worst`: no row has a dot in its id.
    let mut sets: Vec<(&str, Vec<(String, Value)>)> = Vec::new();
    for (suffix, text) in parts.clone() {
        let Some((set, which)) = suffix.split_once('.') else { continue };
        match sets.iter_mut().find(|(known, _)| *known == set) {
            Some((_, fields)) => fields.push((which.into(), string(text))),
            None => sets.push((set, vec![("set".into(), number(set)), (which.into(), string(text))])),
        }
    }
    if !sets.is_empty() {
        return Value::Array(sets.into_iter().map(|(_, fields)| Value::Object(fields)).collect());
    }
    Value::Object(parts.map(|(suffix, text)| (suffix.into(), number(text))).collect())
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

/// The `responses.csv` of some responses, given the definitions of their revisions.
pub fn responses_csv(definitions: &[(&str, &Definition)], responses: &[Response]) -> String {
    let mut columns = Columns::default();
    for &(revision, definition) in definitions {
        columns.define(revision, definition.clone());
    }
    responses.iter().for_each(|response| columns.meet_response(response));
    let mut out = String::new();
    push_row(&mut out, &columns.response_names());
    responses.iter().for_each(|response| push_row(&mut out, &columns.response_cells(response)));
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
