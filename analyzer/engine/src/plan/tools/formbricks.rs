//! Formbricks. One header row: `No.`, `Response ID`, `Timestamp`, `Finished`, …, `Tags`, what the page said, the questions
//! with their numbers (`1. Headline`, `2. Headline - Row`, `3. Headline - Option ID`), variables, hidden fields, and what
//! is known about the person.

use super::{Found, Head, Hint, Part};
use crate::plan::{Naming, Tool};

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    if !["No.", "Response ID", "Timestamp", "Finished", "Survey ID"].iter().all(|name| head.has(name)) {
        return None;
    }
    let columns = (0..head.width())
        .map(|at| match head.cell(0, at) {
            "Timestamp" => Hint::new(Part::Time(2), "When the response was begun."),
            "Formbricks ID (internal)" | "User ID" | "Verified Email" => Hint::person(),
            "No." | "Response ID" | "Finished" | "Quotas" | "Survey ID" | "Tags" | "Notes" => {
                Hint::tools(Tool::Formbricks)
            }
            name => match question(name) {
                Some(_) if name.ends_with(" - Option ID") => {
                    Hint::new(Part::Kept, "The id of the option in the column before.")
                }
                Some(text) => Hint::answer().asked(text),
                None if name.starts_with("userAgent - ") => Hint::tools(Tool::Formbricks),
                None => Hint::new(
                    Part::Field,
                    "What the page or the list of contacts said, or a variable of the survey.",
                ),
            },
        })
        .collect();
    Some(Found {
        tool: Tool::Formbricks,
        sure: 100,
        because: "it has the columns No., Response ID, Finished and Survey ID".into(),
        header_rows: 1,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}

/// The headline in `12. Headline`.
fn question(name: &str) -> Option<&str> {
    let (number, headline) = name.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(headline)
}
