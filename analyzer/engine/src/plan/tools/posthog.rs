//! PostHog. One event a row, named in the column `event`; properties stand in columns of their own, with or without
//! `properties.` before the name. `survey sent` is a response, `survey shown` and `survey dismissed` say how many were asked.

use super::{Found, Head, Hint, Part};
use crate::plan::{Naming, Tool};
use candor_survey::Value;
use std::collections::BTreeMap;

pub(crate) const SENT: &str = "survey sent";
pub(crate) const SHOWN: &str = "survey shown";
pub(crate) const DISMISSED: &str = "survey dismissed";

/// Where the columns stand that say what an event is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) event: usize,
    pub(crate) survey: Option<usize>,
    /// The same in all events of one response.
    pub(crate) submission: Option<usize>,
    pub(crate) completed: Option<usize>,
}

impl Layout {
    /// Absent where no column names the event.
    pub(crate) fn new(names: &[String]) -> Option<Layout> {
        let find = |wanted: &str| names.iter().position(|name| property(name) == wanted);
        Some(Layout {
            event: names.iter().position(|name| name == "event")?,
            survey: find("$survey_id"),
            submission: find("$survey_submission_id"),
            completed: find("$survey_completed"),
        })
    }
}

fn property(name: &str) -> &str {
    name.strip_prefix("properties.").unwrap_or(name)
}

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let names: Vec<String> = head.names().map(str::to_owned).collect();
    let layout = Layout::new(&names)?;
    let answered = names.iter().any(|name| property(name).starts_with("$survey_response"));
    if layout.survey.is_none() && !answered {
        return None;
    }
    let sent: Vec<usize> = (1..head.rows.len()).filter(|&row| head.cell(row, layout.event) == SENT).collect();
    let mut surveys: BTreeMap<&str, usize> = BTreeMap::new();
    for id in sent.iter().filter_map(|&row| Some(head.cell(row, layout.survey?))) {
        *surveys.entry(id).or_default() += 1;
    }
    let most = surveys.values().max();
    let survey = surveys.iter().find(|(_, n)| Some(*n) == most).map(|(id, _)| (*id).to_owned());
    let mut notes = Vec::new();
    if surveys.len() > 1 {
        let ids: Vec<&str> = surveys.keys().copied().collect();
        let chosen = survey.as_deref().unwrap_or_default();
        notes.push(format!("This export holds {} surveys: {}. Read is {chosen}.", ids.len(), ids.join(", ")));
    }
    if sent.is_empty() {
        notes.push(format!(
            "No event in the first rows is a \u{201c}{SENT}\u{201d}, which is what a response is called."
        ));
    }
    let questions = questions(head, &layout, &names, survey.as_deref());
    let columns = names
        .iter()
        .map(|name| match property(name) {
            "timestamp" => Hint::new(Part::Time(2), "When the event happened."),
            "created_at" | "inserted_at" => Hint::new(Part::Time(1), "When PostHog stored the event."),
            "distinct_id" | "person_id" | "$ip" | "$user_id" | "$device_id" | "$session_id"
            | "$geoip_city_name" => Hint::person(),
            name if name.starts_with("$survey_response") => {
                let key = name.trim_start_matches("$survey_response").trim_start_matches('_');
                let text = questions.get(if key.is_empty() { "0" } else { key });
                Hint::answer().asked(text.map_or("", String::as_str))
            }
            name if name.starts_with("person.properties.") => {
                Hint::new(Part::Field, "What PostHog knows about the person.")
            }
            "properties" => {
                Hint::new(Part::Kept, "Holds the properties as JSON; each is read as a column of its own.")
            }
            "event" | "$survey_id" | "$survey_submission_id" | "$survey_completed" => {
                Hint::new(Part::Kept, "Read by Candor itself.")
            }
            name if name.starts_with('$') || matches!(name, "uuid" | "team_id" | "elements_chain") => {
                Hint::tools(Tool::PostHog)
            }
            _ => Hint::new(Part::Field, "What the page said about the visit."),
        })
        .collect();
    Some(Found {
        tool: Tool::PostHog,
        sure: 100,
        because: "it has the column event and properties of surveys".into(),
        header_rows: 1,
        naming: Naming::Row(1),
        survey,
        columns,
        notes,
        tests: None,
    })
}

/// The questions by id and by number from 0, from `$survey_questions` of the first response that has it.
fn questions(
    head: &Head<'_>,
    layout: &Layout,
    names: &[String],
    survey: Option<&str>,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Some(column) = names.iter().position(|name| property(name) == "$survey_questions") else {
        return found;
    };
    let of_survey = |row: &usize| layout.survey.is_none_or(|at| Some(head.cell(*row, at)) == survey);
    let mut lists =
        (1..head.rows.len()).filter(of_survey).filter_map(|row| Value::parse(head.cell(row, column)).ok());
    let Some(Value::Array(list)) = lists.next() else { return found };
    for (at, question) in list.iter().enumerate() {
        let Some(text) = question.get("question").and_then(Value::as_str) else { continue };
        found.insert(at.to_string(), text.to_owned());
        if let Some(id) = question.get("id").and_then(Value::as_str) {
            found.insert(id.to_owned(), text.to_owned());
        }
    }
    found
}
