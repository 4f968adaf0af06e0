//! The byte form of states: little-endian whole numbers behind a five-byte mark that names the state and its version. It
//! reads and writes byte strings, and touches nothing else.

use std::fmt;

/// A byte form that is not one: cut short, of another state or version, or with trailing bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// What was being read.
    pub what: &'static str,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The bytes are not a saved state ({}). Compute it again from the responses.", self.what)
    }
}

impl std::error::Error for Damaged {}

/// Writes a byte form.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(mark: &[u8; 5]) -> Writer {
        Writer(mark.to_vec())
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64s(&mut self, values: &[u64]) {
        for &value in values {
            self.u64(value);
        }
    }

    /// A byte string behind its length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.u64(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Bytes as they are; whoever reads them knows how many.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Values of `N` bytes each, as they are; whoever reads them knows how many.
    pub(crate) fn values<T: Copy, const N: usize>(&mut self, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
        let from = self.0.len();
        self.0.resize(from + values.len() * N, 0);
        for (place, &value) in self.0[from..].chunks_exact_mut(N).zip(values) {
            place.copy_from_slice(&bytes(value));
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a byte form; every step can fail, none allocates more than the bytes at hand.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], mark: &[u8; 5], what: &'static str) -> Result<Reader<'a>, Damaged> {
        match bytes.strip_prefix(mark) {
            Some(rest) => Ok(Reader { rest, what }),
            None => Err(Damaged { what }),
        }
    }

    pub(crate) fn damaged(&self) -> Damaged {
        Damaged { what: self.what }
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        let (head, rest) = self.rest.split_first_chunk::<8>().ok_or(Damaged { what: self.what })?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*head))
    }

    /// A count of things that each take at least `size` bytes of what is left.
    pub(crate) fn count(&mut self, size: usize) -> Result<usize, Damaged> {
        let count = usize::try_from(self.u64()?).map_err(|_| self.damaged())?;
        if count.checked_mul(size.max(1)).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(self.damaged());
        }
        Ok(count)
    }

    pub(crate) fn u64s(&mut self, count: usize) -> Result<Vec<u64>, Damaged> {
        if count.checked_mul(8).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(self.damaged());
        }
        (0..count).map(|_| self.u64()).collect()
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let count = self.count(1)?;
        let (head, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn str(&mut self) -> Result<&'a str, Damaged> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.damaged())
    }

    /// The next `count` bytes.
    pub(crate) fn raw(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(Damaged { what: self.what })?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `count` values of `N` bytes each.
    pub(crate) fn values<T, const N: usize>(
        &mut self,
        count: usize,
        value: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, Damaged> {
        let length = count.checked_mul(N).ok_or(Damaged { what: self.what })?;
        let values = self.raw(length)?.chunks_exact(N);
        Ok(values.filter_map(|bytes| bytes.try_into().ok()).map(value).collect())
    }

    pub(crate) fn end(self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged()) }
    }
}
