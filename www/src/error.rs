//! Why Candor cannot start, or a command cannot be carried out: one type, each variant a sentence that says what, where
//! and what to do. Refusals of a single request are [`Refusal`](crate::refusal::Refusal)s, not these.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a command failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read or written.
    File {
        /// What was being done, as in "read" or "write into".
        doing: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process serves this data folder.
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// That process's id, when it could be read.
        process: Option<u32>,
    },
    /// The data folder holds no Candor database.
    NoData {
        /// The data folder.
        folder: PathBuf,
    },
    /// The database was written by a later version of Candor.
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its schema's version.
        found: i64,
    },
    /// SQLite could not do something.
    Database {
        /// What was being done, as in "open" or "list the tokens in".
        doing: &'static str,
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Nothing can listen on this port.
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing can listen on this address.
    Address {
        /// The address as it was given.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// A token's name is already taken.
    TokenExists {
        /// The name.
        name: String,
    },
    /// There is no token of that name.
    NoToken {
        /// The name.
        name: String,
    },
    /// Something given on the command line does not fit; the sentence says what and what to do.
    Usage(String),
    /// The system gave no random bytes.
    Random(getrandom::Error),
}

impl Error {
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::File { doing, path, source }
    }

    pub(crate) fn database(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Database { doing, path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())
            }
            Error::InUse { folder, process } => {
                write!(f, "another candor ")?;
                if let Some(process) = process {
                    write!(f, "(process {process}) ")?;
                }
                write!(
                    f,
                    "already serves the data folder {}: stop it, or give this one its own with --data",
                    folder.display()
                )
            }
            Error::NoData { folder } => write!(
                f,
                "{} holds no Candor data: give the folder that `candor serve --data` uses",
                folder.display()
            ),
            Error::Newer { path, found } => write!(
                f,
                "{} was written by a later Candor (schema {found}, this one knows {}): update this one",
                path.display(),
                crate::store::SCHEMA_VERSION
            ),
            Error::Database { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())
            }
            Error::Port { port, source } if source.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "port {port} is taken: stop what uses it, or choose another with --port")
            }
            Error::Port { port, source } => {
                write!(f, "cannot listen on port {port}: {source}; choose another with --port")
            }
            Error::Address { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "{address} is taken: stop what uses it, or choose another with --listen")
            }
            Error::Address { address, source } => {
                write!(f, "cannot listen on {address}: {source}; choose another with --listen")
            }
            Error::TokenExists { name } => write!(
                f,
                "there is already a token named {name}: `candor token revoke {name}` first, or choose another name"
            ),
            Error::NoToken { name } => {
                write!(f, "there is no token named {name}: `candor token list` shows those there are")
            }
            Error::Usage(sentence) => f.write_str(sentence),
            Error::Random(source) => write!(f, "the system gave no random bytes for a token: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File { source, .. } | Error::Port { source, .. } | Error::Address { source, .. } => {
                Some(source)
            }
            Error::Database { source, .. } => Some(source),
            _ => None,
        }
    }
}
