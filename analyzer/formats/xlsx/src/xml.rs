//! XML as a workbook has it: elements and text, no document type, nothing that refers elsewhere. One event is held at a time.

use crate::package::Part;
use candor_cells::Refusal;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, BufRead, BufReader, Read, Seek};

/// The longest tag, and the longest text of one cell. Spreadsheets stop at 32,767 characters.
pub(crate) const MAX_TEXT: usize = 1 << 20;
/// How deep elements may be nested; a workbook's reach about 10.
const MAX_DEPTH: usize = 64;

pub(crate) struct Xml<R> {
    reader: Reader<Metered<BufReader<Part<R>>>>,
    buffer: Vec<u8>,
    depth: usize,
}

/// Ends with an error when one event has too many bytes, because events are held in memory.
struct Metered<B> {
    inner: B,
    event: usize,
}

impl<B: BufRead> Read for Metered<B> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl<B: BufRead> BufRead for Metered<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event > MAX_TEXT {
            return Err(io::Error::other(Refusal::TooLarge {
                place: "One text or tag of the workbook".into(),
                found: "more than a million bytes".into(),
                limit: format!("{} MiB", MAX_TEXT >> 20),
            }));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.event += bytes;
        self.inner.consume(bytes);
    }
}

impl<R: Read + Seek> Xml<R> {
    pub(crate) fn new(part: Part<R>) -> Xml<R> {
        let inner = BufReader::with_capacity(1 << 15, part);
        let mut reader = Reader::from_reader(Metered { inner, event: 0 });
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, buffer: Vec::new(), depth: 0 }
    }

    fn part(&self) -> &Part<R> {
        self.reader.get_ref().inner.get_ref()
    }

    /// How many packed bytes were read.
    pub(crate) fn read_so_far(&self) -> u64 {
        self.part().read_so_far()
    }

    pub(crate) fn damaged(&self, found: impl Into<String>) -> Refusal {
        Refusal::damaged(format!("The workbook's {}", self.part().name()), found)
    }

    /// The next event; `Event::Eof` at the end.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, Refusal> {
        self.buffer.clear();
        self.reader.get_mut().event = 0;
        let place = || format!("The workbook's {}", self.part().name());
        // Made before the reader is borrowed for as long as the event lives.
        let (damaged, forbidden) = (place(), self.part().name().to_string());
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => {
                match error.get_ref().and_then(|inner| inner.downcast_ref::<Refusal>()) {
                    Some(refusal) => refusal.clone(),
                    None => Refusal::from_io(&damaged, &error),
                }
            }
            other => Refusal::damaged(damaged, format!("is no proper XML ({other})")),
        })?;
        match event {
            Event::DocType(_) => {
                return Err(Refusal::Unsupported {
                    what: format!("The workbook's {forbidden}, which declares a document type (DOCTYPE),"),
                    instead: "No spreadsheet program writes one, and it can make a reader fetch or fill memory. Open the workbook in a spreadsheet program and save it anew.".into(),
                });
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(Refusal::TooLarge {
                place: format!("The nesting of {forbidden}"),
                found: "more levels".into(),
                limit: format!("{MAX_DEPTH} levels"),
            });
        }
        Ok(event)
    }
}

/// The value of an attribute by its name without a prefix; empty when there is none.
pub(crate) fn attribute(start: &BytesStart<'_>, name: &str) -> String {
    let found = start.attributes().with_checks(false).flatten().find(|a| local(a.key.as_ref()) == name);
    let Some(found) = found else { return String::new() };
    unescape(&found.value).map(|value| value.into_owned()).unwrap_or_default()
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Appends what an event has of text. `false` for an entity that XML does not know by itself.
pub(crate) fn append(out: &mut String, event: &Event<'_>) -> bool {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(character)) => out.push(character),
            Ok(None) => match &*reference.xml10_content() {
                "lt" => out.push('<'),
                "gt" => out.push('>'),
                "amp" => out.push('&'),
                "apos" => out.push('\''),
                "quot" => out.push('"'),
                _ => return false,
            },
            Err(_) => return false,
        },
        _ => {}
    }
    true
}

/// Takes off how a workbook keeps characters that XML cannot (`_x000D_`; ECMA-376 part 1, 22.9.2.19), from `start` on.
pub(crate) fn unescape_characters(text: &mut String, start: usize) {
    let Some(tail) = text.get(start..).filter(|tail| tail.contains("_x")) else { return };
    let mut out = String::with_capacity(tail.len());
    let mut rest = tail;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let digits = from.get(2..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let ends = from.as_bytes().get(6) == Some(&b'_');
        let code = digits.filter(|_| ends).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                out.push(character);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    text.truncate(start);
    text.push_str(&out);
}
