//! The one writer: a thread that takes everything that waits, writes it in one transaction, syncs once, and only then
//! answers each. It may touch the database's tables of responses, exposures, definitions and the probe, and nothing else.
//!
//! Why: one sync a response gives some 300 a second on a disk, one sync a group over 10,000 (DESIGN.md), and an
//! acknowledgement that came before the sync would be a lie.

use super::PATIENCE;
use candor_survey::{Id, Revision, Time, Uuid};
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::fmt;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// A share of what may be in hand at once; given back when dropped.
pub type Room = tokio::sync::OwnedSemaphorePermit;

/// One thing to write.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A response that has been checked.
    Response {
        /// Its id.
        id: Uuid,
        /// Which sending of it this is.
        seq: u32,
        /// Its survey.
        survey: Id,
        /// When the collector had it.
        received: Time,
        /// The line as it was sent.
        line: String,
    },
    /// An exposure that has been checked.
    Exposure {
        /// Its id.
        id: Uuid,
        /// Its survey.
        survey: Id,
        /// When the collector had it.
        received: Time,
        /// The line as it was sent.
        line: String,
    },
    /// A definition that has been handed out.
    Definition {
        /// Its survey.
        survey: Id,
        /// Its revision.
        revision: Revision,
        /// When it was first handed out.
        recorded: Time,
        /// The file as it was read.
        json: String,
    },
    /// A write that says whether writes succeed.
    Probe {
        /// When.
        at: Time,
    },
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk, and is the latest of its id.
    Stored,
    /// The same bytes were there already.
    Duplicate,
    /// A later sending of the same response is there already.
    Superseded,
    /// Other bytes are there under the same id and sequence number, or the id belongs to another survey.
    Conflict,
}

impl Outcome {
    /// The word in the answer's `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Stored => "stored",
            Outcome::Duplicate => "duplicate",
            Outcome::Superseded => "superseded",
            Outcome::Conflict => "conflict",
        }
    }
}

/// Why nothing of a group was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// Another process held the database for too long; trying again will do.
    Locked,
    /// The disk is full or failing; what the database said.
    Failed(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Locked => f.write_str("another process holds the database"),
            WriteError::Failed(reason) => write!(f, "the disk cannot be written: {reason}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => WriteError::Locked,
            _ => WriteError::Failed(error.to_string()),
        }
    }
}

/// How much may wait to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of request bodies that may be in hand at once; must be over the largest body (1 MiB).
    pub waiting_bytes: usize,
    /// Pages that the database may have, when it is to have fewer than the disk allows.
    pub pages: Option<u32>,
    /// How long to wait for another process, such as `candor token new`, to finish its write.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        // About two seconds of writing at 10,000 responses of 1.3 KB a second.
        Limits { waiting_bytes: 32 << 20, pages: None, patience: PATIENCE }
    }
}

/// Entries in one transaction, so that a flood cannot put off the sync for long.
const GROUP: usize = 2048;

struct Job {
    entries: Vec<Entry>,
    // Travels with the entries, because whoever sent them may hang up before they are written.
    _room: Room,
    reply: oneshot::Sender<Result<Vec<Outcome>, WriteError>>,
}

/// The handle to the writer thread.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
    room: Arc<Semaphore>,
}

impl Writer {
    pub(super) fn start(mut connection: Connection, limits: Limits) -> Writer {
        let (jobs, waiting) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            if let Err(error) = connection.busy_timeout(limits.patience) {
                eprintln!("candor: cannot set how long to wait for other processes: {error}");
            }
            if let Some(pages) = limits.pages
                && let Err(error) = connection.pragma_update(None, "max_page_count", pages)
            {
                eprintln!("candor: cannot limit the database to {pages} pages: {error}");
            }
            run(&mut connection, &waiting);
        });
        Writer { jobs, thread, room: Arc::new(Semaphore::new(limits.waiting_bytes)) }
    }

    pub(super) fn room(&self, bytes: usize) -> Option<Room> {
        let bytes = u32::try_from(bytes).ok()?;
        Arc::clone(&self.room).try_acquire_many_owned(bytes).ok()
    }

    pub(super) async fn write(&self, entries: Vec<Entry>, room: Room) -> Result<Vec<Outcome>, WriteError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || WriteError::Failed("the writer has stopped".into());
        self.jobs.send(Job { entries, _room: room, reply }).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    pub(super) fn stop(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            eprintln!("candor: the writer ended badly; what it had acknowledged is on disk");
        }
    }
}

/// Takes groups until every sender is gone.
fn run(connection: &mut Connection, waiting: &mpsc::Receiver<Job>) {
    let mut failing = false;
    while let Ok(first) = waiting.recv() {
        let mut entries = first.entries.len();
        let mut group = vec![first];
        while entries < GROUP {
            let Ok(job) = waiting.try_recv() else { break };
            entries += job.entries.len();
            group.push(job);
        }
        let written = write_group(connection, &group).map_err(WriteError::from);
        // One line when it begins and one when it ends: a full disk must not fill the log too.
        match &written {
            Err(error) if !failing => eprintln!("candor: {error}; nothing is acknowledged until it can"),
            Ok(_) if failing => eprintln!("candor: the disk can be written again"),
            _ => {}
        }
        failing = written.is_err();
        // Whoever no longer waits for the answer will send again and be told that it is a duplicate.
        match written {
            Ok(outcomes) => {
                for (job, outcomes) in group.into_iter().zip(outcomes) {
                    let _ = job.reply.send(Ok(outcomes));
                }
            }
            Err(error) => {
                for job in group {
                    let _ = job.reply.send(Err(error.clone()));
                }
            }
        }
    }
}

fn write_group(connection: &mut Connection, group: &[Job]) -> rusqlite::Result<Vec<Vec<Outcome>>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcomes = {
        let mut statements = Statements::prepare(&transaction)?;
        group
            .iter()
            .map(|job| job.entries.iter().map(|entry| statements.write(entry)).collect())
            .collect::<rusqlite::Result<_>>()?
    };
    transaction.commit()?;
    Ok(outcomes)
}

struct Statements<'t> {
    response: CachedStatement<'t>,
    add_response: CachedStatement<'t>,
    replace_response: CachedStatement<'t>,
    exposure: CachedStatement<'t>,
    add_exposure: CachedStatement<'t>,
    add_definition: CachedStatement<'t>,
    probe: CachedStatement<'t>,
}

impl<'t> Statements<'t> {
    fn prepare(transaction: &'t Transaction<'_>) -> rusqlite::Result<Self> {
        let prepare = |sql| transaction.prepare_cached(sql);
        Ok(Statements {
            response: prepare("SELECT seq, survey = ?2, line = ?3 FROM responses WHERE id = ?1")?,
            add_response: prepare(
                "INSERT INTO responses (id, seq, survey, received, line) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            replace_response: prepare(
                "UPDATE responses SET seq = ?2, received = ?3, line = ?4 WHERE id = ?1",
            )?,
            exposure: prepare("SELECT line = ?2 FROM exposures WHERE id = ?1")?,
            add_exposure: prepare(
                "INSERT INTO exposures (id, survey, received, line) VALUES (?1, ?2, ?3, ?4)",
            )?,
            add_definition: prepare(
                "INSERT INTO definitions (survey, revision, recorded, json) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?,
            // As long as the longest line: on a disk that is nearly full, a number may fit where a response does not.
            probe: prepare("INSERT OR REPLACE INTO probe (one, at, line) VALUES (1, ?1, zeroblob(65536))")?,
        })
    }

    fn write(&mut self, entry: &Entry) -> rusqlite::Result<Outcome> {
        match entry {
            Entry::Response { id, seq, survey, received, line } => {
                let there = self
                    .response
                    .query_row(params![id.as_str(), survey.as_str(), line], |row| {
                        Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?))
                    })
                    .optional()?;
                Ok(match there {
                    None => {
                        self.add_response.execute(params![
                            id.as_str(),
                            seq,
                            survey.as_str(),
                            received.0,
                            line
                        ])?;
                        Outcome::Stored
                    }
                    // A page of one survey must not replace what another survey was told.
                    Some((_, false, _)) => Outcome::Conflict,
                    Some((stored, ..)) if *seq > stored => {
                        self.replace_response.execute(params![id.as_str(), seq, received.0, line])?;
                        Outcome::Stored
                    }
                    Some((stored, ..)) if *seq < stored => Outcome::Superseded,
                    Some((_, _, true)) => Outcome::Duplicate,
                    Some((_, _, false)) => Outcome::Conflict,
                })
            }
            Entry::Exposure { id, survey, received, line } => {
                let same =
                    self.exposure.query_row(params![id.as_str(), line], |row| row.get(0)).optional()?;
                Ok(match same {
                    None => {
                        self.add_exposure.execute(params![id.as_str(), survey.as_str(), received.0, line])?;
                        Outcome::Stored
                    }
                    Some(true) => Outcome::Duplicate,
                    Some(false) => Outcome::Conflict,
                })
            }
            Entry::Definition { survey, revision, recorded, json } => {
                let added = self.add_definition.execute(params![
                    survey.as_str(),
                    revision.as_str(),
                    recorded.0,
                    json
                ])?;
                Ok(if added == 1 { Outcome::Stored } else { Outcome::Duplicate })
            }
            Entry::Probe { at } => {
                self.probe.execute(params![at.0])?;
                Ok(Outcome::Stored)
            }
        }
    }
}
