//! Microsoft Forms, as a workbook or saved from one. One header row: `ID`, `Start time`, `Completion time`, then `Email` and `Name` (of
//! nobody in an anonymous form), perhaps `Last modified time` and `Language`, in the language of the form's owner, and the questions.
//! Several choices stand in one cell, each with a semicolon behind it. A quiz has `Total points`, `Quiz feedback`, and beside each
//! question `Points - …` and `Feedback - …`.

use super::{Found, Head, Hint, Part};
use crate::plan::{Naming, Tool};

/// When a form was opened and when it was sent, in one language.
const TIMES: &[(&[&str], &[&str])] = &[
    (&["Start time"], &["Completion time"]),
    (&["Startzeit"], &["Fertigstellungszeit"]),
    (&["Heure de début"], &["Heure de fin"]),
    (&["Hora de inicio"], &["Hora de finalización"]),
    (&["Ora di inizio"], &["Ora di completamento"]),
    (&["Begintijd"], &["Tijd van voltooien"]),
    (&["Hora de início"], &["Hora de conclusão"]),
];

/// An address and a name: who answered, where the form asks for an account.
const PERSONS: &[&str] = &[
    "Email",
    "Name",
    "E-Mail",
    "Adresse de messagerie",
    "Adresse de courriel",
    "Nom",
    "Correo electrónico",
    "Nombre",
    "Posta elettronica",
    "Nome",
    "E-mail",
    "Naam",
    "Email2",
    "Name2",
];

/// The columns that stand before the questions.
const FIRST: usize = 5;

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    let is = |at: usize, names: &[&str]| names.contains(&head.cell(0, at));
    let (opened, sent) = TIMES.iter().find(|(opened, sent)| is(1, opened) && is(2, sent))?;
    if !head.cell(0, 0).eq_ignore_ascii_case("id") {
        return None;
    }
    let persons = (3..FIRST).filter(|&at| is(at, PERSONS)).count();
    let columns = (0..head.width())
        .map(|at| match head.cell(0, at) {
            _ if at == 0 => Hint::tools(Tool::MicrosoftForms),
            name if at == 1 && opened.contains(&name) => {
                Hint::new(Part::Time(1), "When the form was opened.")
            }
            name if at == 2 && sent.contains(&name) => Hint::new(Part::Time(3), "When the form was sent."),
            name if at < FIRST && PERSONS.contains(&name) => Hint::person(),
            "Last modified time"
            | "Uhrzeit der letzten Änderung"
            | "Zeitpunkt der letzten Änderung"
            | "Heure de la dernière modification"
            | "Hora de la última modificación" => {
                Hint::new(Part::Kept, "When the answer was changed later; empty where it was not.")
            }
            "Language" | "Sprache" | "Langue" | "Idioma" if at <= FIRST + 1 => {
                Hint::tools(Tool::MicrosoftForms)
            }
            "Total points" | "Quiz feedback" => Hint::new(Part::Kept, "Points and remarks of a quiz."),
            name if of_a_quiz(head, name) => Hint::new(Part::Kept, "Points and remarks of a quiz."),
            _ => Hint::answer(),
        })
        .collect();
    Some(Found {
        tool: Tool::MicrosoftForms,
        sure: if persons == 2 { 95 } else { 60 },
        because: format!("it begins with {}, {} and {}", head.cell(0, 0), head.cell(0, 1), head.cell(0, 2)),
        header_rows: 1,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}

/// Whether a column holds points or remarks on a question that has a column of its own.
fn of_a_quiz(head: &Head<'_>, name: &str) -> bool {
    let question = name.strip_prefix("Points - ").or_else(|| name.strip_prefix("Feedback - "));
    question.is_some_and(|question| head.has(question.trim()))
}
