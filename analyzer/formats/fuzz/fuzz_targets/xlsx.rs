//! Any bytes as a file: read to the end or refused, with rows whose numbers rise.
#![no_main]

use candor_cells::{Cells, Note, Reader, Sink};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

struct Rising(u64);

impl Sink for Rising {
    fn row(&mut self, number: u64, _: &Cells) {
        assert!(number > self.0);
        self.0 = number;
    }
    fn skipped(&mut self, note: Note) {
        assert!(note.row > self.0 && !note.reason.is_empty());
    }
    fn repaired(&mut self, note: Note) {
        assert!(!note.reason.is_empty());
    }
}

fuzz_target!(|file: &[u8]| {
    if let Ok(mut reader) = candor_xlsx::open(Cursor::new(file), None) {
        let mut rows = Rising(0);
        // Enough to reach every path; a file may announce any number of rows.
        for _ in 0..200 {
            if !matches!(reader.read(100, &mut rows), Ok(true)) {
                break;
            }
        }
    }
});
