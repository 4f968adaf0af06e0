//! The file as numbers and byte strings, with a position and a byte order. It allocates no more than the file has bytes.

use candor_cells::Refusal;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// The longest byte string of a dictionary that is read; records that are longer and of no use are skipped.
const MAX_BYTES: u64 = 16 << 20;

pub(crate) struct Input<R> {
    inner: BufReader<R>,
    position: u64,
    length: u64,
    /// Whether the file's numbers have their most significant byte first.
    pub(crate) big_endian: bool,
}

impl<R: Read + Seek> Input<R> {
    pub(crate) fn new(file: R) -> Result<Input<R>, Refusal> {
        let mut inner = BufReader::with_capacity(1 << 18, file);
        let unreadable = |error: std::io::Error| Refusal::Unreadable(error.to_string());
        let length = inner.seek(SeekFrom::End(0)).map_err(unreadable)?;
        inner.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(Input { inner, position: 0, length, big_endian: false })
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn left(&self) -> u64 {
        self.length.saturating_sub(self.position)
    }

    /// What a sentence calls this place.
    pub(crate) fn place(&self) -> String {
        format!("The dictionary (byte {})", self.position)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        self.inner.read_exact(bytes).map_err(|error| Refusal::from_io(&self.place(), &error))?;
        self.position += bytes.len() as u64;
        Ok(())
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Refusal> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i32::from_be_bytes(bytes) } else { i32::from_le_bytes(bytes) })
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Refusal> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) })
    }

    pub(crate) fn f64(&mut self) -> Result<f64, Refusal> {
        Ok(f64::from_bits(self.i64()? as u64))
    }

    /// A count or length, which is never negative.
    pub(crate) fn count(&mut self, what: &str) -> Result<u64, Refusal> {
        let count = self.i32()?;
        u64::try_from(count).map_err(|_| Refusal::damaged(self.place(), format!("has {count} for {what}")))
    }

    pub(crate) fn bytes(&mut self, length: u64, what: &str) -> Result<Vec<u8>, Refusal> {
        if length > self.left() {
            let found = format!("says that {what} has {length} bytes, and {} follow", self.left());
            return Err(Refusal::damaged(self.place(), found));
        }
        if length > MAX_BYTES {
            return Err(Refusal::TooLarge {
                place: self.place(),
                found: format!("{what} of {} MiB", length >> 20),
                limit: format!("{} MiB", MAX_BYTES >> 20),
            });
        }
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn skip(&mut self, length: u64, what: &str) -> Result<(), Refusal> {
        if length > self.left() {
            let found = format!("says that {what} has {length} bytes, and {} follow", self.left());
            return Err(Refusal::damaged(self.place(), found));
        }
        // No more than the file has, so that it fits.
        self.inner.seek_relative(length as i64).map_err(|error| Refusal::Unreadable(error.to_string()))?;
        self.position += length;
        Ok(())
    }

    /// The bytes from here on, or from `offset`.
    pub(crate) fn rest(mut self, offset: Option<u64>) -> Result<BufReader<R>, Refusal> {
        if let Some(offset) = offset {
            let sought = self.inner.seek(SeekFrom::Start(offset));
            sought.map_err(|error| Refusal::Unreadable(error.to_string()))?;
        }
        Ok(self.inner)
    }
}
