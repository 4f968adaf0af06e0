//! The rows of a sheet as a stream: each cell's text by its type and number format, each row's cells in their places.

use crate::workbook::{Format, Workbook, too_long};
use crate::xml::{MAX_TEXT, Xml, append, attribute, unescape_characters};
use candor_cells::{
    Cells, MAX_ROW, Note, Refusal, write_date, write_date_time, write_duration, write_f64, write_time,
};
use quick_xml::events::Event;
use std::io::{Read, Seek};

/// The last column and row that a spreadsheet has (ECMA-376: `XFD1048576`).
const MAX_COLUMN: usize = 16_384;
const MAX_NUMBER: u64 = 1_048_576;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

pub(crate) struct Rows<R> {
    xml: Xml<R>,
    workbook: Workbook,
    /// The texts of this row's cells, one after the other, with the column and place of each.
    text: String,
    places: Vec<(usize, std::ops::Range<usize>)>,
    /// What stands in the cell under way.
    value: String,
}

/// What the cell under way is.
#[derive(Default)]
struct Kind {
    letter: String,
    style: usize,
}

impl<R: Read + Seek> Rows<R> {
    pub(crate) fn new(xml: Xml<R>, workbook: Workbook) -> Rows<R> {
        Rows { xml, workbook, text: String::new(), places: Vec::new(), value: String::new() }
    }

    pub(crate) fn read_so_far(&self) -> u64 {
        self.xml.read_so_far()
    }

    /// Reads the next row that is not empty, after the one with the number `last`, and returns its number. Notes name a
    /// column by its index.
    pub(crate) fn next(
        &mut self,
        last: u64,
        cells: &mut Cells,
        repaired: &mut Vec<Note>,
    ) -> Result<Option<u64>, Refusal> {
        let mut last = last;
        loop {
            let stated = match self.xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "row" => attribute(&start, "r"),
                Event::End(end) if end.local_name().as_ref() == "sheetData" => return Ok(None),
                Event::Eof => return Err(self.xml.damaged("ends in the middle of the rows")),
                _ => continue,
            };
            let number = match stated.parse::<u64>() {
                Ok(number) if number > last && number <= MAX_NUMBER => number,
                _ if stated.is_empty() => last + 1,
                _ => {
                    let reason = format!(
                        "The file numbers this row {stated} after row {last}; it is read as row {}.",
                        last + 1
                    );
                    repaired.push(Note { row: last + 1, rows: Some(1), column: None, reason });
                    last + 1
                }
            };
            // No spreadsheet has more, and a few packed bytes can become any number of small rows.
            if number > MAX_NUMBER {
                return Err(Refusal::TooLarge {
                    place: "The sheet".into(),
                    found: "more rows than that".into(),
                    limit: format!("{MAX_NUMBER} rows"),
                });
            }
            self.row(number, repaired)?;
            self.places.retain(|(_, place)| !place.is_empty());
            // Notes on empty rows must not pile up.
            if !self.places.is_empty() || repaired.len() > MAX_COLUMN {
                self.arrange(number, cells, repaired);
                return Ok(Some(number));
            }
            last = number;
        }
    }

    /// Reads the cells up to the row's end.
    fn row(&mut self, number: u64, repaired: &mut Vec<Note>) -> Result<(), Refusal> {
        self.text.clear();
        self.places.clear();
        let mut column = 0;
        loop {
            let (stated, kind) = match self.xml.next()? {
                Event::Start(start) if start.local_name().as_ref() == "c" => {
                    let style = attribute(&start, "s").parse().unwrap_or_default();
                    (attribute(&start, "r"), Kind { letter: attribute(&start, "t"), style })
                }
                Event::End(end) if end.local_name().as_ref() == "row" => return Ok(()),
                Event::Eof => return Err(self.xml.damaged("ends in the middle of a row")),
                _ => continue,
            };
            let at = if stated.is_empty() { Some(column) } else { index(&stated) };
            self.cell()?;
            let Some(at) = at.filter(|&at| at < MAX_COLUMN) else {
                let reason = format!(
                    "A cell is said to stand at {stated:.20}, where no sheet has one; it is left out."
                );
                repaired.push(Note { row: number, rows: Some(1), column: None, reason });
                continue;
            };
            column = at + 1;
            let start = self.text.len();
            if let Some(reason) = self.write(&kind) {
                repaired.push(Note { row: number, rows: Some(1), column: Some(at.to_string()), reason });
            }
            self.places.push((at, start..self.text.len()));
            if self.text.len() > MAX_ROW || self.places.len() > 4 * MAX_COLUMN {
                return Err(Refusal::TooLarge {
                    place: format!("Row {number}"),
                    found: format!("{} cells of {} MiB", self.places.len(), self.text.len() >> 20),
                    limit: format!("{MAX_COLUMN} cells of {} MiB", MAX_ROW >> 20),
                });
            }
        }
    }

    /// Leaves what stands in a cell in `value`, up to the cell's end.
    fn cell(&mut self) -> Result<(), Refusal> {
        self.value.clear();
        let (mut in_text, mut phonetic) = (false, false);
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" | "t" => in_text = !phonetic,
                    "rPh" => phonetic = true,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "v" | "t" => in_text = false,
                    "rPh" => phonetic = false,
                    "c" => return Ok(()),
                    _ => {}
                },
                Event::Eof => return Err(self.xml.damaged("ends in the middle of a cell")),
                other if in_text && !append(&mut self.value, other) => {
                    return Err(self.xml.damaged("uses an entity that is declared nowhere"));
                }
                _ => {}
            }
            if self.value.len() > MAX_TEXT {
                return Err(too_long());
            }
        }
    }

    /// Appends the cell's text, and says what was not as it should be.
    fn write(&mut self, kind: &Kind) -> Option<String> {
        let Rows { text, value, workbook, .. } = self;
        match kind.letter.as_str() {
            "s" => match value.trim().parse().ok().and_then(|index| workbook.strings.get(index)) {
                Some(shared) => text.push_str(shared),
                None if value.is_empty() => {}
                None => {
                    return Some(format!(
                        "The workbook has no text number {value:.20}; the cell is read as empty."
                    ));
                }
            },
            "inlineStr" | "str" => {
                let start = text.len();
                text.push_str(value);
                unescape_characters(text, start);
            }
            "b" => text.push_str(match value.trim() {
                "" => "",
                "0" | "false" => "false",
                _ => "true",
            }),
            // Errors (`#N/A`) and dates, which are ISO 8601 already.
            "e" | "d" => text.push_str(value.trim()),
            _ => {
                let format = workbook.formats.get(kind.style).copied().unwrap_or(Format::Number);
                return number(text, value.trim(), format, workbook.from_1904);
            }
        }
        None
    }

    /// Puts the cells of the row into their columns.
    fn arrange(&mut self, number: u64, cells: &mut Cells, repaired: &mut Vec<Note>) {
        if !self.places.is_sorted_by(|a, b| a.0 < b.0) {
            // The sort is stable: of two cells in one place, the later one counts.
            self.places.sort_by_key(|&(column, _)| column);
            let before = self.places.len();
            self.places.reverse();
            self.places.dedup_by_key(|(column, _)| *column);
            self.places.reverse();
            if self.places.len() < before {
                let reason = "Two cells stand in one place; the later one is read.".to_string();
                repaired.push(Note { row: number, rows: Some(1), column: None, reason });
            }
        }
        cells.clear();
        for (column, place) in &self.places {
            while cells.len() < *column {
                cells.end();
            }
            cells.push(self.text.get(place.clone()).unwrap_or_default());
        }
    }
}

/// The column of a place such as `AB12`, counted from 0.
fn index(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters
        .take(4)
        .fold(0, |column, letter| column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    column.checked_sub(1)
}

/// Appends a number or what it stands for, and says what was not as it should be.
fn number(out: &mut String, text: &str, format: Format, from_1904: bool) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    // A double of 64 bits would not keep the digits of a long id.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if format == Format::Number && whole && !digits.is_empty() && digits.len() <= 40 {
        out.push_str(text);
        return None;
    }
    let Some(value) = text.parse::<f64>().ok().filter(|value| value.is_finite()) else {
        out.push_str(text);
        return Some(format!(
            "\u{201c}{text:.20}\u{201d} is no number, though its cell says so; it is kept as text."
        ));
    };
    let milliseconds = (value.clamp(-1e9, 1e9) * DAY as f64).round() as i64;
    match format {
        Format::Number => {
            write_f64(out, value);
            return None;
        }
        Format::Duration => {
            write_duration(out, i128::from(milliseconds) * 1_000_000);
            return None;
        }
        Format::Date if (0..DAY).contains(&milliseconds) => {
            let _ = write_time(out, milliseconds * 1_000_000);
            return None;
        }
        Format::Date => {}
    }
    // 1970-01-01 is day 25,569 from 1900 and 24,107 from 1904. Spreadsheets believe in 29 February 1900, their day 60.
    let (days, rest) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
    let since_1970 = match from_1904 {
        true => Some(days - 24_107),
        false if days < 60 => Some(days - 25_568),
        false if days == 60 => None,
        false => Some(days - 25_569),
    };
    let written = since_1970.filter(|_| days >= 0).is_some_and(|days| match rest {
        0 => write_date(out, days),
        _ => write_date_time(out, i128::from(days * DAY + rest) * 1_000_000),
    });
    if written {
        return None;
    }
    write_f64(out, value);
    Some(format!("{value} is formatted as a date and is none, so the number is kept."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_columns() {
        let cases =
            [("A1", Some(0)), ("Z9", Some(25)), ("AA1", Some(26)), ("XFD1", Some(16_383)), ("7", None)];
        for (place, expected) in cases {
            assert_eq!(index(place), expected, "{place}");
        }
    }

    #[test]
    fn numbers_and_dates_are_what_a_spreadsheet_shows() {
        let cases = [
            ("12345678901234567890", Format::Number, "12345678901234567890"),
            ("4.4000000000000004", Format::Number, "4.4"),
            ("1.5E-3", Format::Number, "0.0015"),
            ("1", Format::Date, "1900-01-01"),
            ("59", Format::Date, "1900-02-28"),
            ("61", Format::Date, "1900-03-01"),
            ("46348.545219907406", Format::Date, "2026-11-22T13:05:07"),
            ("0.5", Format::Date, "12:00:00"),
            ("1.5", Format::Duration, "PT36H"),
        ];
        for (text, format, expected) in cases {
            let mut out = String::new();
            assert_eq!(number(&mut out, text, format, false), None, "{text}");
            assert_eq!(out, expected);
        }
        for text in ["60", "-1", "1e300", "many"] {
            let mut out = String::new();
            assert!(number(&mut out, text, Format::Date, false).is_some(), "{text}");
            assert!(!out.is_empty());
        }
    }
}
