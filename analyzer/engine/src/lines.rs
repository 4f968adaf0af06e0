//! A text of lines, pushed in as it arrives, cut at line feeds. It owns the line that has begun and nothing else.

use crate::table::{BOM, MAX_ROW};

#[derive(Default)]
pub(crate) struct Lines {
    begun: Vec<u8>,
    number: u64,
    too_long: bool,
}

impl Lines {
    /// Takes the next bytes and hands each line that they complete to `sink` with its number, counted from 1, without
    /// line ending; `None` for one of more than [`MAX_ROW`] bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(u64, Option<&[u8]>)) {
        while let Some(at) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(at);
            bytes = &rest[1..];
            if self.begun.is_empty() && !self.too_long && line.len() <= MAX_ROW {
                self.number += 1;
                sink(self.number, Some(trim(line, self.number)));
            } else {
                self.hold(line);
                self.emit(sink);
            }
        }
        self.hold(bytes);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.begun.len() + bytes.len() > MAX_ROW {
            self.too_long = true;
            self.begun.clear();
        }
        if !self.too_long {
            self.begun.extend_from_slice(bytes);
        }
    }

    fn emit(&mut self, sink: &mut impl FnMut(u64, Option<&[u8]>)) {
        self.number += 1;
        let line = (!self.too_long).then(|| trim(&self.begun, self.number));
        sink(self.number, line);
        self.begun.clear();
        self.too_long = false;
    }

    /// The number of the line that is not complete yet.
    pub(crate) fn incomplete(&self) -> u64 {
        self.number + 1
    }

    /// Ends the text: the last line needs no line feed.
    pub(crate) fn finish(mut self, sink: &mut impl FnMut(u64, Option<&[u8]>)) {
        if self.too_long || !self.begun.is_empty() {
            self.emit(sink);
        }
    }
}

fn trim(line: &[u8], number: u64) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if number == 1 { line.strip_prefix(&BOM[..]).unwrap_or(line) } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], chunk: usize) -> Vec<(u64, Option<String>)> {
        let mut found = Vec::new();
        let mut sink = |number, line: Option<&[u8]>| {
            found.push((number, line.map(|l| String::from_utf8_lossy(l).into_owned())));
        };
        let mut lines = Lines::default();
        for part in text.chunks(chunk) {
            lines.push(part, &mut sink);
        }
        lines.finish(&mut sink);
        found
    }

    #[test]
    fn any_chunk_size_gives_the_same_lines() {
        let text = b"\xEF\xBB\xBFone\r\n\ntwo\r\nthree";
        let expected: Vec<_> =
            [(1, "one"), (2, ""), (3, "two"), (4, "three")].map(|(n, l)| (n, Some(l.to_string()))).into();
        for chunk in 1..=text.len() {
            assert_eq!(lines(text, chunk), expected, "in chunks of {chunk}");
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_said_and_the_next_one_is_read() {
        let mut text = vec![b'x'; MAX_ROW + 1];
        text.extend_from_slice(b"\nnext");
        for chunk in [1 << 16, text.len()] {
            assert_eq!(lines(&text, chunk), vec![(1, None), (2, Some("next".into()))]);
        }
    }
}
