//! Typeform. One header row from `#`, the response's token, to `Start Date (UTC)`, `Submit Date (UTC)` and `Network ID`;
//! questions may hold HTML or stand between stars, and a question with several answers has a column for each option.

use super::{Found, Head, Hint, Part};
use crate::plan::{Naming, Tool};

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let times = ["Start Date (UTC)", "Submit Date (UTC)"].iter().filter(|name| head.has(name)).count();
    // Some take the tokens away before they share a file; both times in this spelling are Typeform's all the same.
    let sure = match (head.cell(0, 0), times) {
        ("#", 1..) => 100,
        (_, 2) => 90,
        _ => return None,
    };
    let columns = (0..head.width())
        .map(|at| match head.cell(0, at) {
            "Submit Date (UTC)" => Hint::new(Part::Time(2), "When the form was sent, in UTC."),
            "Start Date (UTC)" => Hint::new(Part::Time(1), "When the form was opened, in UTC."),
            "#" | "Response Type" | "Stage Date (UTC)" | "Tags" | "Ending" => Hint::tools(Tool::Typeform),
            "Network ID" | "Network Id" => Hint::person(),
            "Other" | "" => Hint::new(Part::Written, ""),
            name if head.is_ticked(1, at, name) => Hint::ticked(),
            name if name.contains('<') || name.starts_with('*') => {
                Hint::answer().asked(without_tags(name).trim_matches('*'))
            }
            _ => Hint::answer(),
        })
        .collect();
    Some(Found {
        tool: Tool::Typeform,
        sure,
        because: "it has the columns Start Date (UTC) and Submit Date (UTC)".into(),
        header_rows: 1,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}

/// A text without its HTML tags.
pub fn without_tags(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        // A sign that opens no tag is content.
        match after
            .split_once('>')
            .filter(|(tag, _)| tag.starts_with(|c: char| c.is_alphabetic() || c == '/'))
        {
            Some((_, after)) => rest = after,
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_out_of_a_question_and_signs_are_not() {
        assert_eq!(without_tags("Do you <strong>live</strong> here?<br/>"), "Do you live here?");
        assert_eq!(without_tags("Is 3 < 5 and <b>5 > 3</b>?"), "Is 3 < 5 and 5 > 3?");
    }
}
