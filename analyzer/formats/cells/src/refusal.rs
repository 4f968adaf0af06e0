//! Why a file is not read. Each refusal is a sentence that says what, where and what to do.

use std::fmt;

/// Why a file, or the rest of it, is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The bytes are of another format.
    Foreign {
        /// What was expected, such as `an XLSX workbook`.
        expected: &'static str,
        /// What the bytes seem to be, and what to do with it.
        found: String,
    },
    /// The file contradicts itself or ends too early.
    Damaged {
        /// Where, as the subject of a sentence.
        place: String,
        /// What is wrong, as its predicate.
        found: String,
    },
    /// Reading it would take more memory or time than an honest file needs.
    TooLarge {
        /// Where, as the subject of a sentence.
        place: String,
        /// How much there is.
        found: String,
        /// How much is read.
        limit: String,
    },
    /// Something that the format allows and this reader does not read.
    Unsupported {
        /// What.
        what: String,
        /// What to do instead.
        instead: String,
    },
    /// The file's bytes could not be fetched.
    Unreadable(String),
}

impl Refusal {
    /// A [`Refusal::Damaged`].
    pub fn damaged(place: impl Into<String>, found: impl Into<String>) -> Refusal {
        Refusal::Damaged { place: place.into(), found: found.into() }
    }

    /// What an input error means for the file: that it is cut off, or that it cannot be fetched.
    pub fn from_io(place: &str, error: &std::io::Error) -> Refusal {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Refusal::damaged(place, "is cut off"),
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                Refusal::damaged(place, format!("cannot be unpacked ({error})"))
            }
            _ => Refusal::Unreadable(error.to_string()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Foreign { expected, found } => write!(f, "This is not {expected}: {found}"),
            Refusal::Damaged { place, found } => {
                let stop = if found.ends_with('?') { "" } else { "." };
                write!(
                    f,
                    "{place} {found}{stop} Export the file again, or open it in the program that wrote it and save it anew."
                )
            }
            Refusal::TooLarge { place, found, limit } => {
                write!(
                    f,
                    "{place} is too large: {found}, where at most {limit} is read. Export it as CSV instead."
                )
            }
            Refusal::Unsupported { what, instead } => write!(f, "{what} cannot be read. {instead}"),
            Refusal::Unreadable(why) => {
                write!(
                    f,
                    "The file's bytes could not be fetched ({why}). Was it moved or changed? Open it again."
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}
