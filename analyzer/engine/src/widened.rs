//! A table of which one column holds JSON objects, as PostHog's batch exports have: each property becomes a column of its own behind
//! the others, named `properties.` and its key. It rewrites rows and knows nothing of their meaning.

use crate::table::{Cells, Line, Table};
use candor_survey::Value;
use std::collections::HashMap;

/// The column that holds the objects.
pub(crate) const COLUMN: &str = "properties";
/// What stands before a key in the name of its column.
pub(crate) const PREFIX: &str = "properties.";
/// The most keys that become columns.
const MOST_KEYS: usize = 500;

/// Rewrites rows as they arrive.
pub(crate) struct Widened {
    delimiter: u8,
    inner: Table,
    outer: Table,
    header: Option<Header>,
    /// The columns that are wanted.
    wanted: Vec<String>,
    line: Vec<u8>,
}

struct Header {
    cells: usize,
    /// Where the objects stand.
    at: usize,
    /// The keys that become columns, each with its place among them.
    keys: HashMap<String, usize>,
}

impl Widened {
    /// `wanted`: names of columns, of which those that begin with [`PREFIX`] are taken from the objects.
    pub(crate) fn new(delimiter: u8, wanted: Vec<String>) -> Widened {
        let table = || Table::new(delimiter);
        Widened { delimiter, inner: table(), outer: table(), header: None, wanted, line: Vec::new() }
    }

    /// Takes the next bytes and hands on the rows with their new cells, each with its number in the file.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(u64, Line<'_>)) {
        let Widened { delimiter, inner, outer, header, wanted, line } = self;
        inner.push(bytes, &mut |number, row| {
            let widen = widen(row, header, wanted, *delimiter, line);
            match widen {
                Ok(()) => outer.push(line, &mut |_, row| sink(number, row)),
                Err(row) => sink(number, row),
            }
        });
    }

    /// Ends the file.
    pub(crate) fn finish(self, sink: &mut impl FnMut(u64, Line<'_>)) {
        let Widened { delimiter, mut inner, mut outer, mut header, wanted, mut line } = self;
        inner.finish(&mut |number, row| match widen(row, &mut header, &wanted, delimiter, &mut line) {
            Ok(()) => outer.push(&line, &mut |_, row| sink(number, row)),
            Err(row) => sink(number, row),
        });
    }

    /// The row in which the bytes so far end.
    pub(crate) fn incomplete(&self) -> u64 {
        self.inner.incomplete()
    }
}

/// Writes a row with its new cells into `line`; gives back what is no row.
fn widen<'a>(
    row: Line<'a>,
    header: &mut Option<Header>,
    wanted: &[String],
    delimiter: u8,
    line: &mut Vec<u8>,
) -> Result<(), Line<'a>> {
    let Line::Cells(cells) = row else { return Err(row) };
    line.clear();
    for at in 0..cells.len() {
        if at > 0 {
            line.push(delimiter);
        }
        line.extend_from_slice(cells.raw(at));
    }
    match header {
        None => {
            let names: Vec<String> =
                cells.iter().map(|name| String::from_utf8_lossy(&name).trim().to_owned()).collect();
            let new = wanted.iter().filter(|name| name.starts_with(PREFIX) && !names.contains(name));
            let new: Vec<&String> = new.collect();
            new.iter().for_each(|name| write(line, delimiter, name));
            let key = |(at, name): (usize, &&String)| (name[PREFIX.len()..].to_owned(), at);
            let at = names.iter().position(|name| name == COLUMN).unwrap_or(usize::MAX);
            let keys = new.iter().enumerate().map(key).collect();
            *header = Some(Header { cells: names.len(), at, keys });
        }
        // A row of another width is refused as it stands.
        Some(header) if cells.len() != header.cells => {}
        Some(header) => {
            let mut found = vec![String::new(); header.keys.len()];
            for (key, text) in properties(&cells, header.at) {
                if let Some(&at) = header.keys.get(&key) {
                    found[at] = text;
                }
            }
            found.iter().for_each(|text| write(line, delimiter, text));
        }
    }
    line.push(b'\n');
    Ok(())
}

/// A cell in quotation marks, with what stands before it.
fn write(line: &mut Vec<u8>, delimiter: u8, text: &str) {
    line.push(delimiter);
    line.push(b'"');
    line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    line.push(b'"');
}

fn properties(cells: &Cells<'_>, at: usize) -> Vec<(String, String)> {
    let cell = cells.get(at);
    std::str::from_utf8(&cell).map_or_else(|_| Vec::new(), texts)
}

/// The keys of an object and what a cell says of each value: a list of texts is joined with commas, other lists and objects stay JSON.
/// Nothing of what is no object.
fn texts(object: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = Value::parse(object) else { return Vec::new() };
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|value| value.as_str().is_some()) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<&str>>().join(", ")
        }
        other => other.to_json(),
    };
    fields.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

/// Widens the first rows of a table of events; how many columns there are more. Other tables are left as they are.
pub(crate) fn widen_head(rows: &mut [Vec<String>]) -> usize {
    let Some((header, below)) = rows.split_first_mut() else { return 0 };
    let is = |name: &str| header.iter().position(|known| known.trim() == name);
    let (Some(at), Some(_)) = (is(COLUMN), is("event")) else { return 0 };
    let objects: Vec<Vec<(String, String)>> =
        below.iter().map(|row| row.get(at).map_or_else(Vec::new, |cell| texts(cell))).collect();
    let mut keys: Vec<&String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for (key, _) in objects.iter().flatten() {
        let taken = header.iter().any(|name| name.strip_prefix(PREFIX) == Some(key.as_str()));
        if !taken && keys.len() < MOST_KEYS && known.insert(key) {
            keys.push(key);
        }
    }
    let width = header.len();
    for (row, object) in below.iter_mut().zip(&objects).filter(|(row, _)| row.len() == width) {
        let said: HashMap<&str, &String> = object.iter().map(|(key, text)| (key.as_str(), text)).collect();
        row.extend(
            keys.iter().map(|key| said.get(key.as_str()).map_or_else(String::new, |text| (*text).clone())),
        );
    }
    header.extend(keys.iter().map(|key| format!("{PREFIX}{key}")));
    keys.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a widened table, cells parted by bars, with their numbers.
    fn rows(text: &str, wanted: &[&str], chunk: usize) -> Vec<(u64, String)> {
        let wanted = wanted.iter().map(|name| (*name).to_owned()).collect();
        let mut widened = Widened::new(b',', wanted);
        let mut rows = Vec::new();
        let mut sink = |number, line: Line<'_>| {
            let text = match line {
                Line::Cells(cells) => {
                    let cells: Vec<String> =
                        cells.iter().map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect();
                    cells.join("|")
                }
                _ => "-".into(),
            };
            rows.push((number, text));
        };
        text.as_bytes().chunks(chunk).for_each(|part| widened.push(part, &mut sink));
        widened.finish(&mut sink);
        rows
    }

    #[test]
    fn properties_become_columns_and_rows_keep_their_numbers() {
        let text = "event,properties\nsent,\"{\"\"a\"\":\"\"9, \\\"\"x\\\"\"\"\",\"\"n\"\":null,\"\"l\"\":[\"\"p\"\",\"\"q\"\"]}\"\n\nsent,broken\nshort\nsent,{}";
        let expected: Vec<(u64, String)> = [
            (1, "event|properties|properties.a|properties.l|properties.n"),
            (2, "sent|{\"a\":\"9, \\\"x\\\"\",\"n\":null,\"l\":[\"p\",\"q\"]}|9, \"x\"|p, q|"),
            (4, "sent|broken|||"),
            (5, "short"),
            (6, "sent|{}|||"),
        ]
        .map(|(number, row)| (number, row.to_owned()))
        .to_vec();
        let wanted = ["event", "properties", "properties.a", "properties.l", "properties.n"];
        for chunk in [1, 7, 1000] {
            let rows: Vec<(u64, String)> =
                rows(text, &wanted, chunk).into_iter().filter(|row| !row.1.is_empty()).collect();
            assert_eq!(rows, expected, "{chunk}");
        }
    }

    #[test]
    fn only_tables_of_events_are_widened() {
        let table = |names: [&str; 2]| {
            let mut rows = vec![names.map(str::to_owned).to_vec(), vec!["sent".into(), "{\"a\":9}".into()]];
            (widen_head(&mut rows), rows)
        };
        let (more, rows) = table(["event", "properties"]);
        assert_eq!((more, rows[0][2].as_str(), rows[1][2].as_str()), (1, "properties.a", "9"));
        assert_eq!(table(["name", "properties"]).0, 0);
    }
}
