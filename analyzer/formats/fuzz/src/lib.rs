//! What every target does with a file once its reader has opened it: reads rows and holds the reader to what it promises.
//! It knows no format.

use candor_cells::{Cells, Note, Reader, Sink};

/// Rows whose numbers rise, and notes that say something.
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

/// Reads enough rows to reach every path; a file may announce any number of them.
pub fn drain(mut reader: impl Reader) {
    let mut rows = Rising(0);
    for _ in 0..200 {
        if !matches!(reader.read(100, &mut rows), Ok(true)) {
            break;
        }
    }
}
