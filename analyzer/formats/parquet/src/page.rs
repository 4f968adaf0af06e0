//! One page: its header, unpacking it, and its values one after the other.

use crate::packed::{Delta, Hybrid};
use crate::schema::{Leaf, Physical};
use crate::thrift::{FALSE, STRUCT, Thrift, Walked};
use candor_cells::Refusal;
use std::io::Read;

/// The longest page, packed or unpacked.
pub(crate) const MAX_PAGE: usize = 64 << 20;

#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) kind: i32,
    pub(crate) unpacked: i32,
    pub(crate) packed: i32,
    pub(crate) values: i32,
    pub(crate) encoding: i32,
    level_encodings: [i32; 2],
    /// Of the second version: the bytes of definition and repetition levels, and whether the rest is packed.
    level_bytes: [i32; 2],
    is_packed: bool,
}

pub(crate) const DATA: i32 = 0;
pub(crate) const DICTIONARY: i32 = 2;
pub(crate) const DATA_V2: i32 = 3;

impl Header {
    pub(crate) fn read(thrift: &mut Thrift<'_>) -> Walked<Header> {
        let mut header = Header { is_packed: true, level_encodings: [3, 3], ..Header::default() };
        thrift.fields(&mut |thrift, number, kind| {
            match (number, kind) {
                (1, 5) => header.kind = thrift.i32()?,
                (2, 5) => header.unpacked = thrift.i32()?,
                (3, 5) => header.packed = thrift.i32()?,
                (5 | 7, STRUCT) => thrift.fields(&mut |thrift, number, _| {
                    match number {
                        1 => header.values = thrift.i32()?,
                        2 => header.encoding = thrift.i32()?,
                        3 if header.kind == DATA => header.level_encodings[0] = thrift.i32()?,
                        4 if header.kind == DATA => header.level_encodings[1] = thrift.i32()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?,
                (8, STRUCT) => thrift.fields(&mut |thrift, number, kind| {
                    match number {
                        1 => header.values = thrift.i32()?,
                        4 => header.encoding = thrift.i32()?,
                        5 => header.level_bytes[0] = thrift.i32()?,
                        6 => header.level_bytes[1] = thrift.i32()?,
                        7 => header.is_packed = kind != FALSE,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(header)
    }
}

/// Unpacks a page's bytes into exactly `length` bytes.
fn unpack(codec: i32, packed: &[u8], length: usize) -> Result<Vec<u8>, Refusal> {
    let broken = |why: String| Refusal::damaged("A page", format!("cannot be unpacked ({why})"));
    let mut out = Vec::new();
    // One byte more than there should be, to notice when there are more.
    let mut drain = |reader: &mut dyn Read| {
        let read = reader.take(length as u64 + 1).read_to_end(&mut out);
        read.map(drop).map_err(|error| broken(error.to_string()))
    };
    match codec {
        0 => out = packed.to_vec(),
        1 => {
            let claimed = snap::raw::decompress_len(packed).map_err(|error| broken(error.to_string()))?;
            if claimed == length {
                out = vec![0; length];
                snap::raw::Decoder::new()
                    .decompress(packed, &mut out)
                    .map_err(|error| broken(error.to_string()))?;
            }
        }
        2 => drain(&mut flate2::read::MultiGzDecoder::new(packed))?,
        4 => drain(&mut brotli_decompressor::Decompressor::new(packed, 4_096))?,
        5 => out = lz4_hadoop(packed, length).or_else(|| lz4(packed, length)).unwrap_or_default(),
        6 => {
            if !zstd_window_fits(packed) {
                return Err(Refusal::TooLarge {
                    place: "The zstd window of a page".into(),
                    found: "it is larger than that".into(),
                    limit: format!("{} MiB", MAX_PAGE >> 20),
                });
            }
            let mut decoder =
                ruzstd::decoding::StreamingDecoder::new(packed).map_err(|error| broken(error.to_string()))?;
            drain(&mut decoder)?;
        }
        7 => out = lz4(packed, length).unwrap_or_default(),
        other => {
            let name = if other == 3 { "LZO".into() } else { format!("number {other}") };
            return Err(Refusal::Unsupported {
                what: format!("The compression {name} of Parquet files"),
                instead: "Write the file with snappy, gzip, lz4, brotli or zstd.".into(),
            });
        }
    }
    if out.len() != length {
        return Err(broken(format!("{length} bytes were announced, and there are {}", out.len())));
    }
    Ok(out)
}

fn lz4(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; length];
    let written = lz4_flex::block::decompress_into(packed, &mut out).ok()?;
    (written == length).then_some(out)
}

/// What Hadoop wrote: blocks, each after its unpacked and its packed length (big-endian).
fn lz4_hadoop(mut packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; length];
    let mut at = 0usize;
    while !packed.is_empty() {
        let (unpacked, rest) = packed.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let (block, rest) = rest.split_at_checked(u32::from_be_bytes(*size) as usize)?;
        let end = at.checked_add(u32::from_be_bytes(*unpacked) as usize)?;
        let written = lz4_flex::block::decompress_into(block, out.get_mut(at..end)?).ok()?;
        if at + written != end {
            return None;
        }
        at = end;
        packed = rest;
    }
    (at == length).then_some(out)
}

/// Whether the window that a zstd frame asks for is no longer than a page may be (RFC 8878, 3.1.1.1).
fn zstd_window_fits(packed: &[u8]) -> bool {
    match packed {
        [_, _, _, _, descriptor, window, ..] if descriptor & 0x20 == 0 => {
            let base = 1u64 << (10 + (window >> 3));
            base + base / 8 * u64::from(window & 7) <= MAX_PAGE as u64
        }
        // A frame of one segment is as long as it says, which is checked when it is unpacked.
        _ => true,
    }
}

/// The values of a dictionary.
pub(crate) struct Dictionary {
    data: Vec<u8>,
    /// Where each begins, when they are not all of one length.
    starts: Vec<u32>,
}

impl Dictionary {
    pub(crate) fn new(
        header: &Header,
        packed: &[u8],
        codec: i32,
        physical: Physical,
    ) -> Result<Dictionary, Refusal> {
        if !matches!(header.encoding, 0 | 2) {
            return Err(unknown_encoding(header.encoding));
        }
        let data = unpack(codec, packed, header.unpacked.max(0) as usize)?;
        let mut starts = Vec::new();
        let mut at = 0;
        if physical == Physical::Bytes {
            for _ in 0..header.values {
                starts.push(at as u32);
                if plain(&data, &mut at, data.len(), physical).is_none() {
                    return Err(Refusal::damaged("A dictionary", "has fewer values than it says"));
                }
            }
        }
        Ok(Dictionary { data, starts })
    }

    fn get(&self, index: usize, physical: Physical) -> Option<Raw<'_>> {
        let mut at = match physical {
            Physical::Bytes => *self.starts.get(index)? as usize,
            _ => index.checked_mul(physical.width()?)?,
        };
        plain(&self.data, &mut at, self.data.len(), physical)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.data.len() + 4 * self.starts.len()
    }
}

/// A stored value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raw<'a> {
    Boolean(bool),
    Integer(i64),
    Float(f32),
    Double(f64),
    Bytes(&'a [u8]),
}

fn chunk<const N: usize>(data: &[u8], at: &mut usize, end: usize) -> Option<[u8; N]> {
    let bytes = *data.get(*at..end)?.first_chunk::<N>()?;
    *at += N;
    Some(bytes)
}

/// The plain value at a place, which moves on.
fn plain<'a>(data: &'a [u8], at: &mut usize, end: usize, physical: Physical) -> Option<Raw<'a>> {
    let mut take = |length: usize| {
        let bytes = data.get(*at..end)?.get(..length)?;
        *at += length;
        Some(Raw::Bytes(bytes))
    };
    match physical {
        Physical::Int96 => take(12),
        Physical::Fixed(length) => take(length),
        Physical::Bytes => {
            let length = u32::from_le_bytes(chunk(data, at, end)?) as usize;
            let bytes = data.get(*at..end)?.get(..length)?;
            *at += length;
            Some(Raw::Bytes(bytes))
        }
        Physical::Int32 => Some(Raw::Integer(i64::from(i32::from_le_bytes(chunk(data, at, end)?)))),
        Physical::Int64 => Some(Raw::Integer(i64::from_le_bytes(chunk(data, at, end)?))),
        Physical::Float => Some(Raw::Float(f32::from_le_bytes(chunk(data, at, end)?))),
        Physical::Double => Some(Raw::Double(f64::from_le_bytes(chunk(data, at, end)?))),
        // Booleans are packed and have no dictionary.
        Physical::Boolean => None,
    }
}

/// How the values of a page are stored.
enum Values {
    Plain {
        at: usize,
    },
    /// Plain booleans, from this bit on.
    Bits {
        at: usize,
    },
    Dictionary(Hybrid),
    Runs(Hybrid),
    Delta(Delta),
    Lengths {
        lengths: Delta,
        at: usize,
    },
    Prefixes {
        prefixes: Delta,
        lengths: Delta,
        at: usize,
    },
    /// The first byte of every value, then the second of every value, …
    Split {
        at: usize,
        next: usize,
    },
}

/// A page of values that is being read.
pub(crate) struct Page {
    data: Vec<u8>,
    definitions: Hybrid,
    repetitions: Hybrid,
    values: Values,
    /// The bytes of a value that do not stand together in the page.
    scratch: Vec<u8>,
    /// Values and missing ones that are still to come.
    pub(crate) left: u32,
}

fn unknown_encoding(encoding: i32) -> Refusal {
    Refusal::Unsupported {
        what: format!("The encoding number {encoding} of Parquet files"),
        instead: "Write the file with a current version of the program.".into(),
    }
}

fn width(max: u16) -> u32 {
    u16::BITS - max.leading_zeros()
}

impl Page {
    pub(crate) fn new(header: &Header, packed: &[u8], codec: i32, leaf: &Leaf) -> Result<Page, Refusal> {
        let short = || Refusal::damaged("A page", "is shorter than its header says");
        let unpacked = header.unpacked.max(0) as usize;
        let [def, rep] = header.level_bytes.map(|length| length.max(0) as usize);
        let mut at = 0;
        let (data, repetitions, definitions);
        if header.kind == DATA_V2 {
            // Levels stand before the packed part.
            let levels = def
                .checked_add(rep)
                .filter(|&levels| levels <= packed.len().min(unpacked))
                .ok_or_else(short)?;
            let (head, tail) = packed.split_at_checked(levels).ok_or_else(short)?;
            let codec = if header.is_packed && !tail.is_empty() { codec } else { 0 };
            let rest = unpack(codec, tail, unpacked - levels)?;
            data = [head, &rest].concat();
            repetitions = Hybrid::new(0, rep, width(leaf.max_repetition));
            definitions = Hybrid::new(rep, levels, width(leaf.max_definition));
            at = levels;
        } else {
            data = unpack(codec, packed, unpacked)?;
            let mut levels = |max: u16, encoding: i32| {
                if max == 0 {
                    return Ok(Hybrid::default());
                }
                if encoding != 3 {
                    return Err(unknown_encoding(encoding));
                }
                let length =
                    u32::from_le_bytes(chunk(&data, &mut at, data.len()).ok_or_else(short)?) as usize;
                let start = at;
                at = at.checked_add(length).filter(|&at| at <= data.len()).ok_or_else(short)?;
                Ok(Hybrid::new(start, at, width(max)))
            };
            repetitions = levels(leaf.max_repetition, header.level_encodings[1])?;
            definitions = levels(leaf.max_definition, header.level_encodings[0])?;
        }
        let end = data.len();
        let deltas = |at| Delta::new(&data, at, end).ok_or_else(short);
        let values = match (header.encoding, leaf.physical) {
            (0, Physical::Boolean) => Values::Bits { at: at * 8 },
            (0, _) => Values::Plain { at },
            // A page of nothing but missing values may end before the width.
            (2 | 8, _) => {
                let width = u32::from(data.get(at).copied().unwrap_or_default());
                if width > 32 {
                    return Err(short());
                }
                Values::Dictionary(Hybrid::new(at + 1, end, width))
            }
            (3, Physical::Boolean) => {
                let length = u32::from_le_bytes(chunk(&data, &mut at, end).ok_or_else(short)?) as usize;
                Values::Runs(Hybrid::new(at, at.saturating_add(length).min(end), 1))
            }
            _ if at == end => Values::Plain { at },
            (5, Physical::Int32 | Physical::Int64) => Values::Delta(deltas(at)?),
            (6, Physical::Bytes) => {
                let lengths = deltas(at)?;
                Values::Lengths { lengths, at: lengths.after(&data).ok_or_else(short)? }
            }
            (7, Physical::Bytes | Physical::Fixed(_)) => {
                let prefixes = deltas(at)?;
                let lengths = deltas(prefixes.after(&data).ok_or_else(short)?)?;
                Values::Prefixes { prefixes, lengths, at: lengths.after(&data).ok_or_else(short)? }
            }
            (
                9,
                Physical::Int32 | Physical::Int64 | Physical::Float | Physical::Double | Physical::Fixed(_),
            ) => Values::Split { at, next: 0 },
            (other, _) => return Err(unknown_encoding(other)),
        };
        let left = header.values.max(0) as u32;
        Ok(Page { data, definitions, repetitions, values, scratch: Vec::new(), left })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.data.len()
    }

    /// The repetition and the definition level of the next entry; the entry's value, if it has one, must be taken.
    pub(crate) fn levels(&mut self) -> Option<(u16, u16)> {
        self.left = self.left.checked_sub(1)?;
        Some((self.repetitions.next(&self.data)? as u16, self.definitions.next(&self.data)? as u16))
    }

    /// The next value.
    pub(crate) fn value<'a>(
        &'a mut self,
        dictionary: Option<&'a Dictionary>,
        physical: Physical,
    ) -> Option<Raw<'a>> {
        let data = &self.data;
        let end = data.len();
        match &mut self.values {
            Values::Plain { at } => plain(data, at, end, physical),
            Values::Bits { at } => {
                let byte = data.get(*at / 8)?;
                let bit = byte >> (*at % 8) & 1;
                *at += 1;
                Some(Raw::Boolean(bit == 1))
            }
            Values::Dictionary(indices) => {
                let dictionary = dictionary?;
                let index = indices.next(data)? as usize;
                dictionary.get(index, physical)
            }
            Values::Runs(runs) => Some(Raw::Boolean(runs.next(data)? == 1)),
            Values::Delta(delta) => {
                let value = delta.next(data)?;
                // Differences of 32-bit numbers wrap around in 32 bits.
                Some(Raw::Integer(if physical == Physical::Int32 { i64::from(value as i32) } else { value }))
            }
            Values::Lengths { lengths, at } => {
                let length = usize::try_from(lengths.next(data)?).ok()?;
                let bytes = data.get(*at..)?.get(..length)?;
                *at += length;
                Some(Raw::Bytes(bytes))
            }
            Values::Prefixes { prefixes, lengths, at } => {
                let prefix = usize::try_from(prefixes.next(data)?).ok()?;
                let length = usize::try_from(lengths.next(data)?).ok()?;
                let suffix = data.get(*at..)?.get(..length)?;
                *at += length;
                if prefix > self.scratch.len() || prefix + length > candor_cells::MAX_ROW {
                    return None;
                }
                self.scratch.truncate(prefix);
                self.scratch.extend_from_slice(suffix);
                Some(Raw::Bytes(&self.scratch))
            }
            Values::Split { at, next } => {
                let width = physical.width()?;
                let values = (end - *at).checked_div(width)?;
                if *next >= values {
                    return None;
                }
                self.scratch.clear();
                for byte in 0..width {
                    self.scratch.push(*data.get(*at + byte * values + *next)?);
                }
                *next += 1;
                plain(&self.scratch, &mut 0, self.scratch.len(), physical)
            }
        }
    }
}
