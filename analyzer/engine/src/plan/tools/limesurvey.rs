//! LimeSurvey. Every cell quoted, one header row of codes (`id`, `submitdate`, `lastpage`, `startlanguage`, …, `M3[other]`,
//! `SQ[SQ001]`) or of their full names, and where timings are saved `interviewtime`, `groupTime12` and `<code>Time`.

use super::{Found, Head, Hint, Part};
use crate::plan::{Naming, Tool};

/// What stands for a time in surveys that record none.
const NO_DATE: &str = "1980-01-01";

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    // Whoever exports may leave columns out.
    let has = |wanted: &str| head.names().any(|name| code(name) == wanted);
    let any = |names: [&str; 2]| names.iter().any(|name| has(name));
    let codes = has("id") && has("submitdate") && any(["lastpage", "startlanguage"]);
    let full = has("Response ID") && has("Date submitted") && any(["Last page", "Start language"]);
    let german = has("Antwort ID") && has("Datum Abgeschickt");
    if !codes && !full && !german {
        return None;
    }
    let columns = (0..head.width())
        .map(|at| match in_english(code(head.cell(0, at))) {
            "submitdate" | "Date submitted" | "datestamp" | "Date last action" | "startdate"
            | "Date started"
                if head.values(1, at).next().is_some()
                    && head.values(1, at).all(|time| time.starts_with(NO_DATE)) =>
            {
                Hint::new(Part::Kept, "LimeSurvey writes 1980-01-01 where a survey does not record times.")
            }
            "submitdate" | "Date submitted" => Hint::new(Part::Time(3), "When the response was sent."),
            "datestamp" | "Date last action" => Hint::new(Part::Time(2), "When the last answer was given."),
            "startdate" | "Date started" => Hint::new(Part::Time(1), "When the survey was opened."),
            "token" | "Access code" | "ipaddr" | "IP address" => Hint::person(),
            "id" | "Response ID" | "lastpage" | "Last page" | "startlanguage" | "Start language" | "seed"
            | "Seed" | "refurl" | "Referrer URL" => Hint::tools(Tool::LimeSurvey),
            name if is_timing(head, name) => Hint::new(Part::Kept, "How long it took to answer, in seconds."),
            name if name.ends_with("[other]") || name.ends_with("[comment]") => Hint::new(Part::Written, ""),
            _ => Hint::answer(),
        })
        .collect();
    Some(Found {
        tool: Tool::LimeSurvey,
        sure: if codes { 100 } else { 95 },
        because: match codes {
            true => "it has the columns id and submitdate, and lastpage or startlanguage".into(),
            false if german => "it has the columns Antwort ID and Datum Abgeschickt".into(),
            false => {
                "it has the columns Response ID and Date submitted, and Last page or Start language".into()
            }
        },
        header_rows: 1,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}

/// The full names of LimeSurvey's own columns in German; other names as they are.
fn in_english(name: &str) -> &str {
    match name {
        "Antwort ID" => "Response ID",
        "Datum Abgeschickt" => "Date submitted",
        "Datum gestartet" => "Date started",
        "Datum letzte Aktivität" => "Date last action",
        "Letzte Seite" => "Last page",
        "Start-Sprache" => "Start language",
        "Zufallsstartwert" => "Seed",
        "IP-Adresse" => "IP address",
        "Weiterleitungs-URL" => "Referrer URL",
        "Zugangsschlüssel" => "Access code",
        "Gesamtzeit" => "Total time",
        name => name,
    }
}

/// The code in `Q1[SQ001]. How satisfied? [Service]`; a name without a code as it is.
fn code(name: &str) -> &str {
    match name.split_once(". ") {
        Some((code, text)) if !code.contains(' ') && !text.is_empty() => code,
        _ => name,
    }
}

fn is_timing(head: &Head<'_>, name: &str) -> bool {
    let group = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    // A question's own time is named after its code, and a question such as `lunchTime` is one only if `lunch` is too.
    let question = |code: &str| {
        head.names().map(self::code).any(|known| {
            known.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        })
    };
    name == "interviewtime"
        || name == "Total time"
        || name.starts_with("Group time: ")
        || name.starts_with("Question time: ")
        || name.strip_prefix("groupTime").is_some_and(group)
        || name.strip_suffix("Time").is_some_and(|code| !code.is_empty() && question(code))
}
