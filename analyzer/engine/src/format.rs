//! What kind of file holds a table, told by its first bytes. It only looks; text and gzip are read by
//! [`Reading`](crate::reader::Reading), a zip archive by [`archive`](crate::archive), and the others by modules of their
//! own (`analyzer/formats`), which hand over rows.

use crate::packed;
use crate::plan::HEAD;

/// What holds a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text, or something that no reader knows.
    Text,
    /// Gzip around text.
    Gzip,
    /// Gzip around one of the formats below: it must be unpacked before it can be read.
    GzipAround(Heavy),
    /// A zip archive, or a workbook: [`Archive::is_workbook`](crate::archive::Archive::is_workbook) tells.
    Zip,
    /// A format with a reader of its own.
    Heavy(Heavy),
}

/// The formats that have a reader of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heavy {
    /// An XLSX workbook.
    Xlsx,
    /// Parquet.
    Parquet,
    /// SPSS `.sav` and `.zsav`.
    Sav,
}

/// The most that a packed file of these formats may be unpacked to, in bytes: it must be in memory as a whole.
pub const MOST_UNPACKED: u64 = 256 << 20;

impl Format {
    /// The format of a file by its first bytes, at best [`HEAD`] of them.
    pub fn of(head: &[u8]) -> Format {
        if packed::is_gzip(head) {
            return match Heavy::of(&packed::unpacked_head(&head[..head.len().min(HEAD)], 8)) {
                Some(heavy) => Format::GzipAround(heavy),
                None => Format::Gzip,
            };
        }
        match Heavy::of(head) {
            // Any archive may be a workbook; its directory tells.
            Some(Heavy::Xlsx) => Format::Zip,
            Some(heavy) => Format::Heavy(heavy),
            None if head.starts_with(b"PK\x05\x06") => Format::Zip,
            None => Format::Text,
        }
    }
}

impl Heavy {
    /// The format of a file that is not packed; a zip archive is taken for a workbook.
    pub fn of(head: &[u8]) -> Option<Heavy> {
        match head {
            [b'P', b'K', 3, 4, ..] => Some(Heavy::Xlsx),
            [b'P', b'A', b'R', b'1', ..] => Some(Heavy::Parquet),
            [b'$', b'F', b'L', b'2' | b'3', ..] => Some(Heavy::Sav),
            _ => None,
        }
    }

    /// The format by the end of a file's name.
    pub fn of_name(name: &str) -> Option<Heavy> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "xlsx" | "xlsm" => Some(Heavy::Xlsx),
            "parquet" => Some(Heavy::Parquet),
            "sav" | "zsav" => Some(Heavy::Sav),
            _ => None,
        }
    }

    /// The name of its reader, as files of the site have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Heavy::Xlsx => "xlsx",
            Heavy::Parquet => "parquet",
            Heavy::Sav => "sav",
        }
    }
}

/// The whole of a gzip file.
///
/// # Errors
/// A sentence: it is damaged, or unpacks to more than [`MOST_UNPACKED`].
pub fn gunzip(file: &[u8]) -> Result<Vec<u8>, String> {
    packed::Unpacking::default().whole(file, MOST_UNPACKED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn first_bytes_tell_the_format_packed_or_not() {
        let packed = |bytes: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        for (head, format) in [
            (&b"a,b\n1,2\n"[..], Format::Text),
            (b"", Format::Text),
            (b"P", Format::Text),
            (b"PK\x03\x04....", Format::Zip),
            (b"PK\x05\x06....", Format::Zip),
            (b"PAR1....", Format::Heavy(Heavy::Parquet)),
            (b"$FL2@(#) SPSS", Format::Heavy(Heavy::Sav)),
            (b"$FL3@(#) SPSS", Format::Heavy(Heavy::Sav)),
        ] {
            assert_eq!(Format::of(head), format);
        }
        assert_eq!(Format::of(&packed(b"a,b\n")), Format::Gzip);
        assert_eq!(Format::of(&packed(b"$FL2@(#) SPSS")), Format::GzipAround(Heavy::Sav));
        assert_eq!(gunzip(&packed(b"$FL2@(#) SPSS")).unwrap(), b"$FL2@(#) SPSS");
        assert!(gunzip(&packed(b"$FL2@(#) SPSS")[..20]).is_err());
        assert_eq!(Heavy::of_name("Survey 2026.SAV"), Some(Heavy::Sav));
        assert_eq!(Heavy::of_name("survey.csv"), None);
    }
}
