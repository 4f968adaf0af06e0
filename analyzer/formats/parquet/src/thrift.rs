//! The compact protocol of Apache Thrift, as far as Parquet's metadata needs it. It walks over a byte slice, never further,
//! and takes no memory.

use candor_cells::Refusal;

/// How deep structures may be nested; Parquet's own reach 6.
const MAX_DEPTH: u8 = 24;

pub(crate) const TRUE: u8 = 1;
pub(crate) const FALSE: u8 = 2;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(crate) const STRUCT: u8 = 12;

/// A place in thrift bytes.
#[derive(Clone, Copy)]
pub(crate) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Reading ended where the bytes do, or they are no thrift.
pub(crate) struct Broken;

impl From<Broken> for Refusal {
    fn from(_: Broken) -> Refusal {
        Refusal::damaged("The file's metadata", "cannot be understood")
    }
}

pub(crate) type Walked<T> = Result<T, Broken>;

impl<'a> Thrift<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Thrift<'a> {
        Thrift { bytes, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Walked<u8> {
        let byte = *self.bytes.get(self.at).ok_or(Broken)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Walked<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    pub(crate) fn i64(&mut self) -> Walked<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub(crate) fn i32(&mut self) -> Walked<i32> {
        i32::try_from(self.i64()?).map_err(|_| Broken)
    }

    pub(crate) fn binary(&mut self) -> Walked<&'a [u8]> {
        let length = usize::try_from(self.varint()?).map_err(|_| Broken)?;
        let end = self.at.checked_add(length).ok_or(Broken)?;
        let bytes = self.bytes.get(self.at..end).ok_or(Broken)?;
        self.at = end;
        Ok(bytes)
    }

    /// The type of a list's items and how many there are; each takes at least a byte.
    pub(crate) fn list(&mut self) -> Walked<(u8, usize)> {
        let byte = self.byte()?;
        let length = match byte >> 4 {
            15 => usize::try_from(self.varint()?).map_err(|_| Broken)?,
            short => usize::from(short),
        };
        if length > self.bytes.len() - self.at {
            return Err(Broken);
        }
        Ok((byte & 15, length))
    }

    /// Hands the fields of a structure to `field`, by number and type; those that it does not take (`false`) are skipped.
    pub(crate) fn fields(
        &mut self,
        field: &mut dyn FnMut(&mut Thrift<'a>, i16, u8) -> Walked<bool>,
    ) -> Walked<()> {
        let mut number = 0i16;
        loop {
            let byte = self.byte()?;
            if byte == 0 {
                return Ok(());
            }
            let kind = byte & 15;
            number = match byte >> 4 {
                0 => i16::try_from(self.i64()?).map_err(|_| Broken)?,
                more => number.checked_add(i16::from(more)).ok_or(Broken)?,
            };
            if !field(self, number, kind)? {
                self.skip(kind, MAX_DEPTH)?;
            }
        }
    }

    pub(crate) fn skip(&mut self, kind: u8, depth: u8) -> Walked<()> {
        let depth = depth.checked_sub(1).ok_or(Broken)?;
        match kind {
            TRUE | FALSE => {}
            3 => {
                self.byte()?;
            }
            4..=6 => {
                self.varint()?;
            }
            7 => {
                self.at = self.at.checked_add(8).filter(|&at| at <= self.bytes.len()).ok_or(Broken)?;
            }
            8 => {
                self.binary()?;
            }
            LIST | SET => {
                let (kind, length) = self.list()?;
                for _ in 0..length {
                    self.skip_item(kind, depth)?;
                }
            }
            MAP => {
                let length = self.varint()?;
                if length > 0 {
                    let kinds = self.byte()?;
                    for _ in 0..length {
                        self.skip_item(kinds >> 4, depth)?;
                        self.skip_item(kinds & 15, depth)?;
                    }
                }
            }
            STRUCT => loop {
                let byte = self.byte()?;
                if byte == 0 {
                    break;
                }
                if byte >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(byte & 15, depth)?;
            },
            13 => {
                self.at = self.at.checked_add(16).filter(|&at| at <= self.bytes.len()).ok_or(Broken)?;
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    /// Unlike a field, a boolean that is an item has a byte of its own.
    fn skip_item(&mut self, kind: u8, depth: u8) -> Walked<()> {
        match kind {
            TRUE | FALSE => self.byte().map(drop),
            other => self.skip(other, depth),
        }
    }
}
