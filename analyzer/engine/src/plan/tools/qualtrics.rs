//! Qualtrics. Three header rows: column ids, questions in the survey's language, and the ids of import as JSON or as
//! Python writes it (`{'ImportId': 'QID1'}`). Legacy exports have two: `V1` to `V10` and the questions, a byte order mark,
//! and a comma at the end of each row. Rows that someone took away are told from what stands below.

use super::{Found, Head, Hint, Part, is_date};
use crate::plan::{Naming, TestRows, Tool};

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let (sure, header_rows, ids, because) = shape(head)?;
    let columns = (0..head.width())
        .map(|at| {
            let text = if header_rows > 1 { head.cell(1, at) } else { "" };
            let id = id(head, ids, at);
            let own = ids == Ids::Import && !id.contains("QID");
            hint(&id, head.cell(0, at), own).asked(text)
        })
        .collect();
    Some(Found {
        tool: Tool::Qualtrics,
        sure,
        because: because.into(),
        header_rows,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: tests(head, header_rows as usize, ids),
    })
}

fn id(head: &Head<'_>, ids: Ids, column: usize) -> String {
    match ids {
        Ids::Import => import_id(head.cell(2, column)).unwrap_or_default(),
        Ids::Row(row) => head.cell(row, column).to_owned(),
    }
}

/// Previews and generated responses. The channel by which a response came is spelled alike in all languages; the status is a
/// number or English.
fn tests(head: &Head<'_>, header_rows: usize, ids: Ids) -> Option<TestRows> {
    const CHANNELS: &[&str] = &["preview", "test"];
    const STATUSES: &[&str] = &["Survey Preview", "Survey Test", "1", "2", "9", "17"];
    let find = |wanted: &str| (0..head.width()).find(|&at| super::plain(&id(head, ids, at)) == wanted);
    let known = [(find("distributionchannel"), CHANNELS), (find("status"), STATUSES)];
    let mut known = known.into_iter().filter_map(|(at, values)| Some((at?, values)));
    let met =
        |&(at, values): &(usize, &[&str])| head.values(header_rows, at).any(|cell| values.contains(&cell));
    let (at, values) = known.clone().find(met).or_else(|| known.next())?;
    Some(TestRows {
        column: head.cell(0, at).to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    })
}

/// Where the ids stand that are the same in every language.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Import,
    Row(usize),
}

fn shape(head: &Head<'_>) -> Option<(u8, u32, Ids, &'static str)> {
    let width = head.width();
    let filled = (0..width).filter(|&at| !head.cell(2, at).is_empty()).count();
    let imported = (0..width).filter(|&at| import_id(head.cell(2, at)).is_some()).count();
    if imported >= 2 && imported * 10 >= filled * 8 {
        return Some((100, 3, Ids::Import, "row 3 holds its ImportIds"));
    }
    let legacy = (0..5).all(|at| head.cell(0, at) == format!("V{}", at + 1));
    if legacy && head.cell(1, 0) == "ResponseID" {
        return Some((95, 2, Ids::Row(1), "row 1 counts V1, V2, … and row 2 begins with ResponseID"));
    }
    let column = |names: &[&str]| head.names().position(|name| names.contains(&name));
    let id = column(&["ResponseId", "ResponseID"])?;
    let start = column(&["StartDate"])?;
    column(&["Finished", "Progress", "EndDate"])?;
    // The row of questions repeats the names of the tool's own columns, or translates them; a response has a date there.
    let questions = !head.cell(1, start).is_empty() && !is_date(head.cell(1, start))
        || head.cell(1, id) == head.cell(0, id);
    let rows = if questions { 2 } else { 1 };
    Some((80, rows, Ids::Row(0), "it has the columns ResponseId, StartDate and Finished"))
}

/// The id in `{"ImportId":"QID1_TEXT"}`, in either spelling.
fn import_id(cell: &str) -> Option<String> {
    let (_, rest) = cell.strip_prefix('{')?.split_once("ImportId")?;
    let rest = rest.split_once(':')?.1.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

fn hint(id: &str, name: &str, own: bool) -> Hint {
    let key = super::plain(id.strip_prefix("panel-").or_else(|| id.strip_prefix("Location-")).unwrap_or(id));
    match key.as_str() {
        "recordeddate" => Hint::new(Part::Time(3), "When Qualtrics recorded the response."),
        "enddate" => Hint::new(Part::Time(2), "When the last answer was given."),
        "startdate" => Hint::new(Part::Time(1), "When the survey was opened."),
        "ipaddress"
        | "recipientlastname"
        | "recipientfirstname"
        | "recipientemail"
        | "name"
        | "emailaddress"
        | "externaldatareference"
        | "externalreference"
        | "locationlatitude"
        | "locationlongitude" => Hint::person(),
        "responseid"
        | "recordid"
        | "responseset"
        | "responsesetid"
        | "finished"
        | "status"
        | "progress"
        | "duration"
        | "durationinseconds"
        | "locationaccuracy"
        | "distributionchannel"
        | "userlanguage"
        | "" => Hint::tools(Tool::Qualtrics),
        _ if name.contains("_FIRST_CLICK")
            || name.contains("_LAST_CLICK")
            || name.contains("_PAGE_SUBMIT") =>
        {
            Hint::tools(Tool::Qualtrics)
        }
        _ if name.ends_with("_NPS_GROUP") => {
            Hint::new(Part::Kept, "Promoter, passive or detractor, as Qualtrics derives it from the score.")
        }
        _ if id.ends_with("TEXT") || name.ends_with("_TEXT") => Hint::new(Part::Written, ""),
        _ if own => Hint::new(Part::Field, ""),
        _ => Hint::answer(),
    }
}
