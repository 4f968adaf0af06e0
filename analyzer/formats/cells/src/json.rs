//! Heads and notes as JSON, for whoever stands outside the wasm module. It only writes.

use crate::{Head, Missing, Note};
use std::fmt::Write as _;

/// Writes a JSON string with its quotation marks.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn array<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

fn optional<T: std::fmt::Display>(out: &mut String, number: Option<T>) {
    let _ = match number {
        Some(number) => write!(out, "{number}"),
        None => write!(out, "null"),
    };
}

/// The JSON of a head, documented at [`crate::door`].
pub fn head(out: &mut String, head: &Head) {
    out.push_str("{\"columns\":");
    array(out, &head.columns, |out, column| {
        out.push_str("{\"name\":");
        string(out, &column.name);
        let _ = write!(out, ",\"kind\":\"{}\",\"label\":", column.kind.as_str());
        match &column.label {
            Some(label) => string(out, label),
            None => out.push_str("null"),
        }
        out.push_str(",\"values\":");
        optional(out, column.values);
        out.push_str(",\"missing\":");
        array(out, &column.missing, |out, missing| match missing {
            Missing::Value(value) => string(out, value),
            Missing::Range(low, high) => array(out, [low, high], |out, end| string(out, end)),
        });
        out.push('}');
    });
    out.push_str(",\"value_labels\":");
    array(out, &head.value_labels, |out, labels| {
        array(out, labels, |out, label| {
            array(out, [&label.value, &label.label], |out, text| string(out, text))
        });
    });
    out.push_str(",\"rows\":");
    optional(out, head.rows);
    let _ = write!(out, ",\"names_row\":{},\"table\":{},\"tables\":", head.names_row, head.table);
    array(out, &head.tables, |out, table| string(out, table));
    out.push_str(",\"notes\":");
    array(out, &head.notes, |out, note| string(out, note));
    out.push('}');
}

/// The JSON of notes, documented at [`crate::door`].
pub(crate) fn notes(out: &mut String, skipped: &[Note], repaired: &[Note]) {
    let write = |out: &mut String, note: &Note| {
        let _ = write!(out, "{{\"row\":{},\"rows\":", note.row);
        optional(out, note.rows);
        out.push_str(",\"column\":");
        match &note.column {
            Some(column) => string(out, column),
            None => out.push_str("null"),
        }
        out.push_str(",\"reason\":");
        string(out, &note.reason);
        out.push('}');
    };
    out.push_str("{\"skipped\":");
    array(out, skipped, write);
    out.push_str(",\"repaired\":");
    array(out, repaired, write);
    out.push('}');
}
