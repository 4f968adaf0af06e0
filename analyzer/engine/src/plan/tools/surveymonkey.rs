//! SurveyMonkey. Row 1 has the questions, row 2 `Response`, `Open-Ended Response` or the option; a question with several
//! columns stands in the first of them and is blank above the others. Some exports have the first row alone, which is told
//! from row 2: a response always has a respondent.

use super::{Found, Head, Hint, Part, plain};
use crate::plan::{Naming, Tool};

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let respondent = head.names().position(|name| plain(name) == "respondentid")?;
    let subheads = (0..head.width()).any(|at| matches!(head.cell(1, at), "Response" | "Open-Ended Response"));
    let two = head.rows.len() > 1 && (head.cell(1, respondent).is_empty() || subheads);
    let header_rows = if two { 2 } else { 1 };
    // Others count their respondents too, but not in ten digits or so.
    let number = |id: &str| id.len() >= 8 && id.bytes().all(|b| b.is_ascii_digit());
    let spelled = matches!(head.cell(0, respondent), "RespondentID" | "Respondent ID");
    let numbered = spelled && head.values(header_rows, respondent).all(number);
    let sure = match (two, head.names().any(|name| plain(name) == "collectorid")) {
        (true, _) => 95,
        (false, true) => 90,
        (false, false) if numbered && respondent == 0 => 70,
        (false, false) => 30,
    };
    let columns = (0..head.width())
        .map(|at| match plain(head.cell(0, at)).as_str() {
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
        true => "row 1 has the questions below RespondentID, and row 2 the options",
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
    })
}
