//! Gzip and the files of a zip archive, unpacked as they arrive. It knows gzip by its first two bytes, which no table begins
//! with, holds a few megabytes at most, and refuses what unpacks to absurd lengths.

use crate::archive::Entry;
use flate2::Crc;
use flate2::write::{DeflateDecoder, MultiGzDecoder};
use std::io::Write;

/// What every gzip file begins with.
const MAGIC: [u8; 2] = [0x1F, 0x8B];
/// Packed bytes that are unpacked at a time: deflate makes at most 1,032 bytes of one, so 4 MiB come of it.
const PIECE: usize = 4 << 10;
/// A table packs to a tenth, one of the same row again and again to a hundredth; beyond this it is a bomb.
const MOST_RATIO: u64 = 200;
/// Below this length the ratio is of no meaning. Rows of two bytes take a dozen in memory.
const FREE: u64 = 32 << 20;

/// A file of which it is not known beforehand whether it is packed.
#[derive(Default)]
pub(crate) struct Unpacking {
    state: State,
    pieces: Pieces,
}

/// Packed bytes in pieces of [`PIECE`] whatever chunks they arrive in, so that a damaged file, too, gives the same rows in any.
#[derive(Default)]
struct Pieces(Vec<u8>);

#[derive(Default)]
enum State {
    /// Not a byte has been met, or only the first of the two.
    #[default]
    Unknown,
    First,
    Plain,
    Gzip(Box<Gzip>),
    Entry(Box<Zipped>),
    Failed(String),
}

/// A file of an archive.
struct Zipped {
    entry: Entry,
    /// Absent when the file is stored as it is.
    decoder: Option<DeflateDecoder<Vec<u8>>>,
    crc: Crc,
    taken: u64,
    given: u64,
}

struct Gzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    taken: u64,
    given: u64,
}

/// Whether a file that begins so is packed.
pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// Whether a file that begins so is a package of any kind.
pub(crate) fn is_packed(head: &[u8]) -> bool {
    is_gzip(head) || head.starts_with(b"PK\x03\x04")
}

/// The first `most` bytes of a packed file, as far as its head holds them.
pub(crate) fn unpacked_head(head: &[u8], most: usize) -> Vec<u8> {
    Unpacking::default().head(head, most)
}

impl Unpacking {
    /// For the packed bytes of a file in an archive.
    pub(crate) fn of_entry(entry: &Entry) -> Unpacking {
        let decoder = (entry.method == 8).then(|| DeflateDecoder::new(Vec::new()));
        let zipped = Zipped { entry: entry.clone(), decoder, crc: Crc::new(), taken: 0, given: 0 };
        Unpacking { state: State::Entry(Box::new(zipped)), pieces: Pieces::default() }
    }

    /// The first `most` bytes, as far as these packed ones come to.
    pub(crate) fn head(mut self, packed: &[u8], most: usize) -> Vec<u8> {
        let mut found = Vec::new();
        for piece in packed.chunks(PIECE) {
            self.push(piece, &mut |bytes| found.extend_from_slice(bytes));
            if found.len() >= most {
                break;
            }
        }
        // The head of a file ends in the middle, and damage is for the reading to say.
        let _ = self.finish(&mut |bytes| found.extend_from_slice(bytes));
        found.truncate(most);
        found
    }

    /// The whole file, from all of its packed bytes.
    pub(crate) fn whole(mut self, packed: &[u8], most: u64) -> Result<Vec<u8>, String> {
        let mut found = Vec::new();
        for piece in packed.chunks(PIECE) {
            self.push(piece, &mut |bytes| found.extend_from_slice(bytes));
            if found.len() as u64 > most {
                return Err(format!(
                    "It unpacks to more than {} MiB. Unpack it and open it then.",
                    most >> 20
                ));
            }
        }
        self.finish(&mut |bytes| found.extend_from_slice(bytes))?;
        Ok(found)
    }

    /// Takes the next bytes of the file and hands on what they unpack to.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        if bytes.is_empty() {
            return;
        }
        match &mut self.state {
            State::Plain => sink(bytes),
            State::Unknown if bytes == &MAGIC[..1] => self.state = State::First,
            State::Unknown if bytes.starts_with(&MAGIC) => self.begin(bytes, sink),
            State::Unknown => {
                self.state = State::Plain;
                sink(bytes);
            }
            State::First if bytes[0] == MAGIC[1] => {
                self.begin(&MAGIC[..1], sink);
                self.push(bytes, sink);
            }
            State::First => {
                self.state = State::Plain;
                sink(&MAGIC[..1]);
                sink(bytes);
            }
            State::Gzip(gzip) => {
                if let Err(reason) = self.pieces.push(bytes, |piece| gzip.push(piece, sink)) {
                    self.state = State::Failed(reason);
                }
            }
            State::Entry(zipped) => {
                if let Err(reason) = self.pieces.push(bytes, |piece| zipped.push(piece, sink)) {
                    self.state = State::Failed(reason);
                }
            }
            State::Failed(_) => {}
        }
    }

    fn begin(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        let decoder = MultiGzDecoder::new(Vec::new());
        self.state = State::Gzip(Box::new(Gzip { decoder, taken: 0, given: 0 }));
        self.push(bytes, sink);
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Why not all of it was unpacked, a sentence.
    pub(crate) fn finish(self, sink: &mut impl FnMut(&[u8])) -> Result<(), String> {
        match self.state {
            State::Unknown | State::Plain => Ok(()),
            State::First => {
                sink(&MAGIC[..1]);
                Ok(())
            }
            State::Gzip(mut gzip) => {
                gzip.push(&self.pieces.0, sink)?;
                let ended = gzip.decoder.try_finish();
                gzip.give(sink);
                ended.map_err(|_| {
                    "The gzip file ends in the middle, so its last rows are missing. Copy or download it again.".into()
                })
            }
            State::Entry(mut zipped) => {
                zipped.push(&self.pieces.0, sink)?;
                if let Some(decoder) = &mut zipped.decoder {
                    // What is missing at the end is told by the length.
                    let _ = decoder.try_finish();
                }
                zipped.give(b"", sink);
                zipped.ended()
            }
            State::Failed(reason) => Err(reason),
        }
    }
}

impl Pieces {
    fn push(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        while let Some((fill, rest)) = bytes.split_at_checked(PIECE - self.0.len()) {
            bytes = rest;
            if self.0.is_empty() {
                take(fill)?;
            } else {
                self.0.extend_from_slice(fill);
                take(&self.0)?;
                self.0.clear();
            }
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

impl Zipped {
    fn push(&mut self, piece: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), String> {
        self.taken += piece.len() as u64;
        let written = match &mut self.decoder {
            Some(decoder) => decoder.write_all(piece).is_ok(),
            None => true,
        };
        self.give(piece, sink);
        let Entry { name, size, .. } = &self.entry;
        if !written || self.given > *size {
            return Err(format!(
                "{name} is damaged in its zip archive, so the rest of it cannot be read. Copy or download it again."
            ));
        }
        if self.given > FREE && self.given / self.taken > MOST_RATIO {
            return Err(format!(
                "{name} unpacks to more than {MOST_RATIO} times its length, which no survey does, so the rest is not read. If you trust it, unpack it first.",
            ));
        }
        Ok(())
    }

    /// Hands on what has been unpacked, or the piece itself when it is not packed.
    fn give(&mut self, piece: &[u8], sink: &mut impl FnMut(&[u8])) {
        let unpacked = match &mut self.decoder {
            Some(decoder) => std::mem::take(decoder.get_mut()),
            None => piece.to_vec(),
        };
        self.given += unpacked.len() as u64;
        self.crc.update(&unpacked);
        if !unpacked.is_empty() {
            sink(&unpacked);
        }
    }

    fn ended(&self) -> Result<(), String> {
        let Entry { name, size, crc, .. } = &self.entry;
        if self.given < *size {
            return Err(format!(
                "{name} ends in the middle of its zip archive, so its last rows are missing. Copy or download it again."
            ));
        }
        if self.crc.sum() != *crc {
            return Err(format!(
                "{name} is not what was put into the zip archive: its checksum differs. Copy or download it again."
            ));
        }
        Ok(())
    }
}

impl Gzip {
    fn push(&mut self, piece: &[u8], sink: &mut impl FnMut(&[u8])) -> Result<(), String> {
        self.taken += piece.len() as u64;
        let written = self.decoder.write_all(piece);
        self.give(sink);
        if written.is_err() {
            return Err(format!(
                "The gzip file is damaged within its first {} bytes, so the rest cannot be read. Copy or download it again.",
                self.taken
            ));
        }
        if self.given > FREE && self.given / self.taken > MOST_RATIO {
            return Err(format!(
                "The gzip file unpacks to more than {MOST_RATIO} times its length, which no survey does, so the rest is not read. If you trust it, unpack it first.",
            ));
        }
        Ok(())
    }

    fn give(&mut self, sink: &mut impl FnMut(&[u8])) {
        let unpacked = self.decoder.get_mut();
        self.given += unpacked.len() as u64;
        if !unpacked.is_empty() {
            sink(unpacked);
            unpacked.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(bytes: &[u8], chunk: usize) -> (Vec<u8>, Result<(), String>) {
        let mut found = Vec::new();
        let mut sink = |bytes: &[u8]| found.extend_from_slice(bytes);
        let mut unpacking = Unpacking::default();
        bytes.chunks(chunk).for_each(|part| unpacking.push(part, &mut sink));
        let ended = unpacking.finish(&mut sink);
        (found, ended)
    }

    #[test]
    fn any_chunk_size_unpacks_the_same_and_two_members_are_one_file() {
        let mut file = packed(b"a,b\n1,2\n");
        file.extend(packed(b"3,4\n"));
        for chunk in 1..=file.len() {
            assert_eq!(unpack(&file, chunk), (b"a,b\n1,2\n3,4\n".to_vec(), Ok(())), "in chunks of {chunk}");
        }
    }

    #[test]
    fn what_is_not_packed_passes_untouched() {
        for file in [&b""[..], b"\x1F", b"\x1Fa", b"a,b", b"\x1F\x8C\x1F\x8B"] {
            for chunk in 1..5 {
                assert_eq!(unpack(file, chunk), (file.to_vec(), Ok(())));
            }
        }
    }

    #[test]
    fn a_file_that_ends_early_or_is_damaged_is_said() {
        let text: Vec<u8> =
            (0..5000u32).flat_map(|n| format!("{n},{}\n", n * n % 977).into_bytes()).collect();
        let file = packed(&text);
        let (found, ended) = unpack(&file[..file.len() / 2], 100);
        assert!(text.starts_with(&found) && !found.is_empty());
        assert!(ended.unwrap_err().contains("ends in the middle"));
        let mut damaged = file.clone();
        damaged[file.len() / 2] ^= 0xFF;
        let (found, ended) = unpack(&damaged, 100);
        assert!(ended.is_err());
        for chunk in [1, 7, PIECE - 1, PIECE, PIECE + 1, file.len()] {
            assert_eq!(unpack(&damaged, chunk), (found.clone(), ended.clone()), "in chunks of {chunk}");
        }
        assert!(unpack(b"\x1F\x8B\x08no gzip", 3).1.is_err());
    }

    #[test]
    fn a_bomb_is_refused_before_it_fills_the_memory() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let row = b"5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5\n".repeat(1 << 15);
        (0..200).for_each(|_| encoder.write_all(&row).unwrap());
        let bomb = encoder.finish().unwrap();
        let mut given = 0;
        let mut most = 0;
        let mut sink = |bytes: &[u8]| {
            given += bytes.len() as u64;
            most = most.max(bytes.len());
        };
        let mut unpacking = Unpacking::default();
        unpacking.push(&bomb, &mut sink);
        assert!(unpacking.finish(&mut sink).unwrap_err().contains("more than 200 times"));
        assert!(given < FREE + (8 << 20) && most < 8 << 20, "{given} bytes, {most} at once");
    }

    #[test]
    fn the_head_of_a_packed_file_is_unpacked_as_far_as_it_goes() {
        let text = b"agent,nps\nA,9\n".repeat(20_000);
        let file = packed(&text);
        assert_eq!(unpacked_head(&file, 100), text[..100]);
        let part = unpacked_head(&file[..file.len() / 2], usize::MAX);
        assert!(text.starts_with(&part));
    }
}
