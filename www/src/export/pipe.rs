//! The pipe between the thread that writes an export and the connection that sends it: a few chunks, and then the writer
//! waits for the reader. It keeps no more than that, however long the export.

use axum::body::Bytes;
use http_body_util::Channel;
use http_body_util::channel::Sender;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// Bytes gathered before they are sent.
const CHUNK: usize = 64 << 10;

/// Chunks that may be on their way.
const CHUNKS: usize = 4;

/// How long a reader may take nothing. A stalled one would keep the database from tidying its log for ever.
const STALL: Duration = Duration::from_secs(60);

/// The writing end. Clones write into the same pipe.
#[derive(Clone)]
pub(super) struct Pipe {
    end: Arc<Mutex<End>>,
    runtime: Handle,
}

struct End {
    // None once the pipe is finished or cut off; what is written then goes nowhere.
    sender: Option<Sender<Bytes, io::Error>>,
    buffer: Vec<u8>,
}

impl Pipe {
    /// A pipe and the body that comes out of it.
    pub(super) fn new(runtime: Handle) -> (Pipe, Channel<Bytes, io::Error>) {
        let (sender, body) = Channel::new(CHUNKS);
        let end = End { sender: Some(sender), buffer: Vec::with_capacity(CHUNK) };
        (Pipe { end: Arc::new(Mutex::new(end)), runtime }, body)
    }

    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, end: &mut End) -> io::Result<()> {
        let Some(sender) = &mut end.sender else { return Ok(()) };
        let chunk = Bytes::from(std::mem::replace(&mut end.buffer, Vec::with_capacity(CHUNK)));
        if chunk.is_empty() {
            return Ok(());
        }
        let sent = async { tokio::time::timeout(STALL, sender.send_data(chunk)).await };
        match self.runtime.block_on(sent) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader went away")),
            Err(_) => {
                let message = format!("the reader took nothing for {} s", STALL.as_secs());
                Err(io::Error::new(io::ErrorKind::TimedOut, message))
            }
        }
    }

    /// Sends what is left and ends the body.
    pub(super) fn finish(&self) -> io::Result<()> {
        let mut end = self.end();
        self.send(&mut end)?;
        end.sender = None;
        Ok(())
    }

    /// Ends the body in the middle, so that its reader knows it is not whole.
    pub(super) fn abort(&self, error: &io::Error) {
        if let Some(sender) = self.end().sender.take() {
            sender.abort(io::Error::new(error.kind(), error.to_string()));
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut end = self.end();
        if end.sender.is_some() {
            end.buffer.extend_from_slice(bytes);
            if end.buffer.len() >= CHUNK {
                self.send(&mut end)?;
            }
        }
        Ok(bytes.len())
    }

    /// Chunks are sent when they are full: a writer that flushes often must not make them small.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
