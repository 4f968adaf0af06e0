//! Google Forms. One header row that begins with `Timestamp` in the language of the sheet; times are written
//! `9/6/2018 0:06:16` or `2026/10/04 10:15:00 AM GMT+5:30`, and a grid has a column `Question [Row]` for each row.

use super::{Found, Head, Hint, Part, is_date};
use crate::plan::{Naming, Tool};

const TIMESTAMP: &[&str] = &[
    "Timestamp",
    "Zeitstempel",
    "Horodateur",
    "Marca temporal",
    "Informazioni cronologiche",
    "Carimbo de data/hora",
    "Tijdstempel",
    "Sygnatura czasowa",
    "Tidstämpel",
    "Tidsstempel",
    "Tidsmerke",
    "Aikaleima",
    "Časové razítko",
    "Időbélyeg",
    "Zaman damgası",
    "Отметка времени",
    "Позначка часу",
    "Cap waktu",
    "タイムスタンプ",
    "타임스탬프",
    "时间戳记",
    "時間戳記",
];

pub(super) fn recognise(head: &Head<'_>) -> Option<Found> {
    if !TIMESTAMP.contains(&head.cell(0, 0)) {
        return None;
    }
    // Other programs write a column of this name too, but not in this spelling.
    let spelled = |text: &str| {
        let day = text.split_once(' ').map_or("", |(day, _)| day);
        let year_first =
            day.split(|c: char| !c.is_ascii_digit()).next().is_some_and(|first| first.len() == 4);
        let signs = day.contains(['/', '.']) || day.contains('-') && !year_first;
        let time = text.split_once(' ').map_or("", |(_, time)| time);
        is_date(text) && signs && [':', '.'].iter().any(|sign| time.matches(*sign).count() >= 2)
    };
    let times = head.values(1, 0).count();
    let fitting = head.values(1, 0).filter(|text| spelled(text)).count();
    let columns = (0..head.width())
        .map(|at| match head.cell(0, at) {
            _ if at == 0 => Hint::new(Part::Time(2), "When the form was sent, in the sheet's time zone."),
            "Email Address" | "Username" | "E-Mail-Adresse" | "Nom d'utilisateur" => Hint::person(),
            "Score" if is_points(head, at) => Hint::new(Part::Kept, "Points reached in a quiz."),
            _ => Hint::answer(),
        })
        .collect();
    Some(Found {
        tool: Tool::GoogleForms,
        sure: if times > 0 && fitting * 10 >= times * 9 { 75 } else { 0 },
        because: format!("it begins with {} and Google's way to write times", head.cell(0, 0)),
        header_rows: 1,
        naming: Naming::Row(1),
        survey: None,
        columns,
        notes: Vec::new(),
        tests: None,
    })
}

/// Whether a column holds points such as `28.00 / 30`.
fn is_points(head: &Head<'_>, column: usize) -> bool {
    head.values(1, column).next().is_some() && head.values(1, column).all(|cell| cell.contains(" / "))
}
