//! XLSX, Parquet and SPSS files for the command line: their rows as the CSV that the engine reads, by the same readers that
//! the app loads as wasm. It opens no file and owns no plan.

use candor_cells::{Csv, Reader};
use candor_engine::format::Heavy;
use candor_engine::plan::{Described, HEAD, Plan, recognise_described};
use candor_engine::reader::Takes;
use std::io::{Read, Seek};

/// Rows read at a time.
const BATCH: usize = 4096;

/// A file that has been opened, and its first rows.
pub(crate) struct Rows {
    reader: Box<dyn Reader>,
    described: Described,
    /// What has been read and not been handed on: at first the head.
    csv: Csv,
    more: bool,
}

impl Rows {
    /// Opens a file and reads its first rows.
    ///
    /// # Errors
    /// A sentence: it cannot be read.
    pub(crate) fn open(format: Heavy, file: impl Read + Seek + 'static) -> Result<Rows, String> {
        fn boxed<R: Reader + 'static, E: ToString>(opened: Result<R, E>) -> Result<Box<dyn Reader>, String> {
            opened.map(|reader| Box::new(reader) as Box<dyn Reader>).map_err(|refusal| refusal.to_string())
        }
        let reader = match format {
            Heavy::Xlsx => boxed(candor_xlsx::open(file, None)),
            Heavy::Parquet => boxed(candor_parquet::open(file, None)),
            Heavy::Sav => boxed(candor_sav::open(file, None)),
        }?;
        let mut json = String::new();
        candor_cells::write_json_head(&mut json, reader.head());
        let described = serde_json::from_str(&json).map_err(|error| format!("its head: {error}"))?;
        let csv = Csv::new(reader.head());
        let mut rows = Rows { reader, described, csv, more: true };
        while rows.more && rows.csv.text.len() < HEAD {
            rows.next()?;
        }
        Ok(rows)
    }

    fn next(&mut self) -> Result<(), String> {
        self.more = self.reader.read(BATCH, &mut self.csv).map_err(|refusal| refusal.to_string())?;
        Ok(())
    }

    /// The plan that the first rows suggest.
    pub(crate) fn recognise(&self) -> Plan {
        recognise_described(self.csv.text.as_bytes(), !self.more, &self.described)
    }

    /// The head: the first rows as CSV.
    pub(crate) fn head(&self) -> &[u8] {
        self.csv.text.as_bytes()
    }

    /// Hands all rows to `reading`.
    ///
    /// # Errors
    /// A sentence: the rest cannot be read.
    pub(crate) fn read(&mut self, reading: &mut impl Takes) -> Result<(), String> {
        loop {
            reading.push(std::mem::take(&mut self.csv.text).as_bytes());
            for note in std::mem::take(&mut self.csv.skipped) {
                reading.lost(note.row, note.rows, note.column, note.reason);
            }
            for note in std::mem::take(&mut self.csv.repaired) {
                reading.mended(note.row, note.column, note.reason);
            }
            if !self.more {
                return Ok(());
            }
            self.next()?;
        }
    }
}
