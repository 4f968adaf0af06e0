//! The export as a zip of `responses.csv`, `exposures.csv` and `definitions.json`, written as it goes. It reads the rows
//! twice, because the header of a table comes before the last row that needs a column of its own.

use super::pipe::Pipe;
use super::rows::{Row, Rows};
use candor_engine::own::Columns;
use candor_survey::{Definition, Exposure, Response};
use std::io::{self, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Writes the whole export.
pub(super) fn write(rows: &Rows<'_>, pipe: Pipe) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(pipe.clone());
    match fill(rows, &mut zip) {
        Ok(()) => zip.finish().map(drop).map_err(io::Error::other),
        Err(error) => {
            // A zip that is dropped completes itself. This one must not look complete.
            pipe.abort(&error);
            Err(error)
        }
    }
}

fn fill(rows: &Rows<'_>, zip: &mut ZipWriter<StreamWriter<Pipe>>) -> io::Result<()> {
    let definitions = rows.definitions()?;
    let mut columns = Columns::default();
    for revision in &definitions {
        match Definition::parse(&revision.json) {
            Ok(definition) => columns.define(&revision.revision, definition),
            // Its answers have columns all the same, from the responses.
            Err(error) => eprintln!("candor: the stored revision {}: {error}", revision.revision),
        }
    }
    rows.responses(|row| {
        response(&row).iter().for_each(|response| columns.meet_response(response));
        Ok(())
    })?;
    rows.exposures(|row| {
        exposure(&row).iter().for_each(|exposure| columns.meet_exposure(exposure));
        Ok(())
    })?;

    // Its size is not known before it is written, and may be over 4 GiB.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    zip.start_file("responses.csv", options)?;
    let mut table = csv::Writer::from_writer(&mut *zip);
    table.write_record(columns.response_names())?;
    rows.responses(|row| match response(&row) {
        Some(response) => Ok(table.write_record(columns.response_cells(&response))?),
        None => Ok(()),
    })?;
    table.flush()?;
    drop(table);

    zip.start_file("exposures.csv", options)?;
    let mut table = csv::Writer::from_writer(&mut *zip);
    table.write_record(columns.exposure_names())?;
    rows.exposures(|row| match exposure(&row) {
        Some(exposure) => Ok(table.write_record(columns.exposure_cells(&exposure))?),
        None => Ok(()),
    })?;
    table.flush()?;
    drop(table);

    zip.start_file("definitions.json", options)?;
    let lines: Vec<String> = definitions.iter().map(|revision| revision.line()).collect::<io::Result<_>>()?;
    writeln!(zip, "[{}]", lines.join(",\n"))
}

fn response(row: &Row<'_>) -> Option<Response> {
    read(row, Response::from_value(&row.value()?))
}

fn exposure(row: &Row<'_>) -> Option<Exposure> {
    read(row, Exposure::from_value(&row.value()?))
}

fn read<T>(row: &Row<'_>, read: Result<T, candor_survey::Problem>) -> Option<T> {
    read.map_err(|problem| {
        eprintln!("candor: the stored record {} cannot be a table's row: {problem}", row.id());
    })
    .ok()
}
