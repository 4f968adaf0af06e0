//! The data folder: one SQLite file in WAL mode that holds responses, exposures, definitions and tokens, and a lock file
//! that one serving process holds. It opens, checks and reads; every write of what visitors send goes through [`writer`].
//!
//! Reading never waits for writing: an export has its own connection and sees the moment at which it began.

pub mod writer;

use crate::error::Error;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use writer::Writer;
pub use writer::{Entry, Limits, Outcome, Room, WriteError};

/// The schema that this code reads and writes (`PRAGMA user_version`).
pub const SCHEMA_VERSION: i64 = 1;

/// `line` is the line as the page sent it; `received` is the collector's clock in milliseconds. The index serves exports
/// of one survey over a span of time, in the order of arrival.
const SCHEMA: &str = "
CREATE TABLE definitions (
  survey TEXT NOT NULL, revision TEXT NOT NULL, recorded INTEGER NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (survey, revision)) STRICT;
CREATE TABLE responses (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, survey TEXT NOT NULL, received INTEGER NOT NULL,
  line TEXT NOT NULL) STRICT;
CREATE INDEX responses_by_survey ON responses (survey, received);
CREATE TABLE exposures (
  id TEXT PRIMARY KEY, survey TEXT NOT NULL, received INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
CREATE INDEX exposures_by_survey ON exposures (survey, received);
CREATE TABLE tokens (name TEXT PRIMARY KEY, hash BLOB NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE TABLE probe (one INTEGER PRIMARY KEY, at INTEGER NOT NULL, line BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
";

const DATABASE: &str = "candor.sqlite";
const LOCK: &str = "candor.lock";

/// How long a connection waits for another process, such as `candor token new`, to finish its write.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database of a data folder for reading and writing, making both when `create` says so.
///
/// # Errors
/// The folder or file cannot be written, was written by a later version, or is not there and `create` is false.
pub fn open_database(folder: &Path, create: bool) -> Result<Connection, Error> {
    let path = folder.join(DATABASE);
    if create {
        std::fs::create_dir_all(folder).map_err(Error::file("make the data folder", folder))?;
    } else if !path.exists() {
        return Err(Error::NoData { folder: folder.into() });
    }
    let failed = || Error::database("open", &path);
    let mut connection = Connection::open(&path).map_err(failed())?;
    connection.busy_timeout(PATIENCE).map_err(failed())?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed())?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed())?;
    // In a transaction, so that two processes that both find no schema do not both make one.
    let begin = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed())?;
    let version: i64 = begin.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed())?;
    if version > SCHEMA_VERSION {
        return Err(Error::Newer { path, found: version });
    }
    if version == 0 {
        begin.execute_batch(SCHEMA).map_err(failed())?;
    }
    begin.commit().map_err(failed())?;
    Ok(connection)
}

/// An open data folder.
pub struct Store {
    database: PathBuf,
    writer: Writer,
    // Held, never read: the lock goes when the process goes, however it goes.
    _lock: File,
}

impl Store {
    /// Opens a data folder for serving and starts its writer.
    ///
    /// # Errors
    /// As [`open_database`], and when another process serves the folder.
    pub fn open(folder: &Path) -> Result<Store, Error> {
        Store::open_with(folder, Limits::default())
    }

    /// The same with other limits on what may wait to be written.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(folder: &Path, limits: Limits) -> Result<Store, Error> {
        std::fs::create_dir_all(folder).map_err(Error::file("make the data folder", folder))?;
        let lock = lock(folder)?;
        let connection = open_database(folder, true)?;
        // SQLite syncs what it writes; that the folder itself has the new files is for us to see to.
        File::open(folder).and_then(|f| f.sync_all()).map_err(Error::file("write into", folder))?;
        Ok(Store { database: folder.join(DATABASE), writer: Writer::start(connection, limits), _lock: lock })
    }

    /// A connection that only reads.
    ///
    /// # Errors
    /// What SQLite says; the file was there when the store was opened.
    pub fn reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.database, flags)?;
        connection.busy_timeout(PATIENCE)?;
        Ok(connection)
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.database
    }

    /// Room for `bytes` of what is to be written, to be handed to [`Store::write`]; `None` when too much is in hand already.
    pub fn room(&self, bytes: usize) -> Option<Room> {
        self.writer.room(bytes)
    }

    /// Writes entries, in order and in one transaction. When this returns `Ok` they are on disk.
    ///
    /// # Errors
    /// Nothing of it is on disk, and why.
    pub async fn write(&self, entries: Vec<Entry>, room: Room) -> Result<Vec<Outcome>, WriteError> {
        self.writer.write(entries, room).await
    }

    /// Finishes what waits to be written and closes the database.
    pub fn close(self) {
        self.writer.stop();
    }
}

/// Takes the folder's lock, or says who has it.
fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let failed = || Error::file("write into the data folder", &path);
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed())?;
    match file.try_lock() {
        Ok(()) => {
            let process = std::process::id().to_string();
            file.set_len(0).and_then(|()| file.write_all(process.as_bytes())).map_err(failed())?;
            file.rewind().map_err(failed())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            // Who it is only helps the sentence along.
            let read = file.read_to_string(&mut process);
            let process = read.ok().and_then(|_| process.trim().parse().ok());
            Err(Error::InUse { folder: folder.into(), process })
        }
        Err(TryLockError::Error(source)) => Err(failed()(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_is_synced_before_it_returns() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_database(folder.path(), true).unwrap();
        let pragma = |name: &str| -> String {
            connection
                .query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "wal");
        // 2 is FULL: in WAL mode, one sync of the log a commit (https://sqlite.org/pragma.html#pragma_synchronous).
        assert_eq!(pragma("synchronous"), "2");
    }

    #[test]
    fn a_lock_goes_with_the_store_that_held_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let error = Store::open(folder.path()).err().unwrap();
        assert!(matches!(error, Error::InUse { process: Some(id), .. } if id == std::process::id()));
        store.close();
        Store::open(folder.path()).unwrap().close();
    }
}
