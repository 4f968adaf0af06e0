//! The cases as a stream of elements of eight bytes, out of the three ways to store them: as they are, as bytecode, and as
//! bytecode in zlib blocks. It holds one block's worth at a time.

use crate::input::Input;
use candor_cells::{Growth, Refusal};
use flate2::bufread::ZlibDecoder;
use std::io::{self, BufRead, BufReader, Read, Seek, Take};

/// How cases are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Compression {
    None,
    /// One byte for a small whole number, which is the byte less the bias.
    Bytecode {
        bias: f64,
    },
    /// The same in zlib streams one after the other.
    Zlib {
        bias: f64,
    },
}

pub(crate) enum Next {
    Element([u8; 8]),
    /// The system-missing number.
    Missing,
    End,
}

pub(crate) struct Elements<R> {
    bytes: Bytes<R>,
    big_endian: bool,
    /// The bias of bytecode, if it is any.
    bias: Option<f64>,
    commands: [u8; 8],
    /// The next one of `commands`.
    command: usize,
    growth: Growth,
}

enum Bytes<R> {
    Plain { inner: BufReader<R>, read: u64 },
    Zlib(Box<Blocks<R>>),
}

/// zlib streams one after the other, read as one.
struct Blocks<R> {
    /// Absent only while one is exchanged for the next.
    block: Option<ZlibDecoder<Take<BufReader<R>>>>,
    /// Bytes of the blocks before this one.
    before: u64,
    /// All bytes of the blocks.
    length: u64,
}

impl<R: Read> Read for Blocks<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(block) = &mut self.block {
            let read = block.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.before += block.total_in();
            let Some(Some(mut rest)) = self.block.take().map(|block| Some(block.into_inner())) else { break };
            if !rest.fill_buf()?.is_empty() {
                self.block = Some(ZlibDecoder::new(rest));
            }
        }
        Ok(0)
    }
}

impl<R: Read> Blocks<R> {
    fn position(&self) -> u64 {
        self.block.as_ref().map_or(self.length, |block| self.before + block.total_in())
    }
}

impl<R: Read + Seek> Elements<R> {
    pub(crate) fn new(mut input: Input<R>, compression: Compression) -> Result<Elements<R>, Refusal> {
        let big_endian = input.big_endian;
        let (bytes, bias) = match compression {
            Compression::None => {
                let read = input.position();
                (Bytes::Plain { inner: input.rest(None)?, read }, None)
            }
            Compression::Bytecode { bias } => {
                let read = input.position();
                (Bytes::Plain { inner: input.rest(None)?, read }, Some(bias))
            }
            Compression::Zlib { bias } => {
                // Where this header stands, where the table of blocks stands, how long that is.
                let start = input.position() + 24;
                let _header = input.i64()?;
                let trailer = input.i64()?;
                let _trailer_length = input.i64()?;
                let length = u64::try_from(trailer).ok().and_then(|trailer| trailer.checked_sub(start));
                let Some(length) = length else {
                    let found = format!("says that the compressed cases end at byte {trailer}");
                    return Err(Refusal::damaged(input.place(), found));
                };
                let blocks = input.rest(Some(start))?.take(length);
                let block = Some(ZlibDecoder::new(blocks));
                (Bytes::Zlib(Box::new(Blocks { block, before: start, length: start + length })), Some(bias))
            }
        };
        Ok(Elements { bytes, big_endian, bias, commands: [0; 8], command: 8, growth: Growth::default() })
    }

    /// How many bytes of the file were read.
    pub(crate) fn position(&self) -> u64 {
        match &self.bytes {
            Bytes::Plain { read, .. } => *read,
            Bytes::Zlib(blocks) => blocks.position(),
        }
    }

    /// Eight bytes, or none at the end.
    fn eight(&mut self) -> Result<Option<[u8; 8]>, Refusal> {
        let mut element = [0; 8];
        let mut filled = 0;
        while let Some(room) = element.get_mut(filled..).filter(|room| !room.is_empty()) {
            let read = match &mut self.bytes {
                Bytes::Plain { inner, .. } => inner.read(room),
                Bytes::Zlib(blocks) => blocks.read(room),
            };
            match read {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(Refusal::damaged("The last row", "is cut off")),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Refusal::from_io("The rest of the rows", &error)),
            }
        }
        match &mut self.bytes {
            Bytes::Plain { read, .. } => *read += 8,
            Bytes::Zlib(blocks) => self.growth.bytes("The compressed part", 8, blocks.position())?,
        }
        Ok(Some(element))
    }

    pub(crate) fn next(&mut self) -> Result<Next, Refusal> {
        let Some(bias) = self.bias else {
            return Ok(self.eight()?.map_or(Next::End, Next::Element));
        };
        loop {
            let Some(&command) = self.commands.get(self.command) else {
                let Some(commands) = self.eight()? else { return Ok(Next::End) };
                self.commands = commands;
                self.command = 0;
                continue;
            };
            self.command += 1;
            return Ok(match command {
                0 => continue,
                1..=251 => {
                    let number = f64::from(command) - bias;
                    Next::Element(if self.big_endian { number.to_be_bytes() } else { number.to_le_bytes() })
                }
                252 => {
                    // What follows the mark of the end is of no meaning.
                    self.command -= 1;
                    Next::End
                }
                253 => match self.eight()? {
                    Some(element) => Next::Element(element),
                    None => return Err(Refusal::damaged("The last row", "is cut off")),
                },
                254 => Next::Element(*b"        "),
                255 => Next::Missing,
            });
        }
    }
}
