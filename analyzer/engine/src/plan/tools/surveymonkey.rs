//! SurveyMonkey. Row 1 has the questions, row 2 `Response`, `Open-Ended Response` or the option; a question with several
//! columns stands in the first of them and is blank above the others. Some exports have the first row alone, which is told
//! from row 2: a response always has a respondent.

use super::{Found, Head, Hint, Part, plain};
use crate::plan::{Naming, Tool};

/// The names of its own columns, in their order.
const OWN: [&str; 8] = [
    "respondentid",
    "collectorid",
    "startdate",
    "enddate",
    "ipaddress",
    "emailaddress",
    "firstname",
    "lastname",
];

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    // Ten digits or so, one a response, and nothing above them in row 2: so far no language is needed.
    let numbered = |at: usize| {
        let number = |id: &str| id.len() >= 8 && id.bytes().all(|b| b.is_ascii_digit());
        head.cell(1, at).is_empty() && head.values(2, at).next().is_some() && head.values(2, at).all(number)
    };
    let goes_on = (2..head.width()).filter(|&at| head.cell(0, at).is_empty() && !head.cell(1, at).is_empty());
    let foreign = numbered(0) && numbered(1) && goes_on.count() > 0;
    let respondent = head.names().position(|name| plain(name) == "respondentid").or(foreign.then_some(0));
    let subheads = (0..head.width())
        .filter(|&at| matches!(head.cell(1, at), "Response" | "Open-Ended Response"))
        .count();
    let blank = respondent.is_some_and(|at| head.cell(1, at).is_empty());
    let two = head.rows.len() > 1 && (blank || subheads >= 2);
    let header_rows = if two { 2 } else { 1 };
    let sure = match respondent {
        _ if two => 95,
        Some(_) if head.names().any(|name| plain(name) == "collectorid") => 90,
        // Others count their respondents too, but not in ten digits or so.
        Some(0) if matches!(head.cell(0, 0), "RespondentID" | "Respondent ID") => {
            let number = |id: &str| id.len() >= 8 && id.bytes().all(|b| b.is_ascii_digit());
            if head.values(1, 0).all(number) { 70 } else { 30 }
        }
        _ => return None,
    };
    // Its own columns stand in one order in every language, up to the first question.
    let own = (0..head.width()).take_while(|&at| head.cell(1, at).is_empty()).count();
    let name_of = |at: usize| match OWN.get(at).filter(|_| foreign && respondent == Some(0) && at < own) {
        Some(name) if plain(head.cell(0, 0)) != OWN[0] => (*name).to_owned(),
        _ => plain(head.cell(0, at)),
    };
    let columns = (0..head.width())
        .map(|at| match name_of(at).as_str() {
            "respondentid" | "collectorid" => Hint::tools(Tool::SurveyMonkey),
            "enddate" | "datemodified" => Hint::new(Part::Time(2), "When the last answer was given."),
            "startdate" | "datecreated" => Hint::new(Part::Time(1), "When the survey was opened."),
            "ipaddress" | "emailaddress" | "firstname" | "lastname" => Hint::person(),
            name if name.starts_with("custom") && name.len() < 14 => {
                Hint::new(Part::Field, "What the link or the list of contacts said about the respondent.")
            }
            _ if two && head.is_ticked(2, at, head.cell(1, at)) => Hint::ticked(),
            _ if two && head.cell(1, at) == "Open-Ended Response" => Hint::new(Part::Written, ""),
            _ => Hint::answer(),
        })
        .collect();
    let because = match two {
        true => "row 1 has the questions, and row 2 \u{201c}Response\u{201d} or the options",
        false => "it begins with RespondentID, and responses begin in row 2",
    };
    Some(Found {
        tool: Tool::SurveyMonkey,
        sure,
        because: because.into(),
        header_rows: header_rows as u32,
        naming: if two { Naming::Spread } else { Naming::Row(1) },
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}
