//! The export as NDJSON: each definition revision, then the responses, then the exposures, a document a line. It reads
//! rows and writes lines.

use super::rows::{Row, Rows};
use std::io::{self, Write};

/// Writes the whole export.
pub(super) fn write(rows: &Rows<'_>, mut out: impl Write) -> io::Result<()> {
    for revision in rows.definitions()? {
        writeln!(out, "{}", revision.line()?)?;
    }
    let mut text = String::new();
    let mut line = |row: Row<'_>| match row.value() {
        Some(value) => {
            text.clear();
            value.write(&mut text);
            text.push('\n');
            out.write_all(text.as_bytes())
        }
        None => Ok(()),
    };
    rows.responses(&mut line)?;
    rows.exposures(&mut line)
}
