//! Bytes to characters, in the encodings that exports come in. UTF-16 becomes UTF-8 as it arrives; the others are decoded
//! a cell at a time, when somebody looks at it.

use crate::plan::Encoding;
use std::borrow::Cow;

/// What 0x80 to 0x9F stand for in Windows-1252, by the WHATWG Encoding Standard; the rest is Latin-1.
const C1: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a cell, and whether bytes that are no characters were replaced by U+FFFD.
pub(crate) fn decode(cell: &[u8], encoding: Encoding) -> (Cow<'_, str>, bool) {
    match (encoding, std::str::from_utf8(cell)) {
        (Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be, Ok(text)) => (Cow::Borrowed(text), false),
        (Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be, Err(_)) => {
            (String::from_utf8_lossy(cell), true)
        }
        (Encoding::Windows1252, Ok(text)) if cell.is_ascii() => (Cow::Borrowed(text), false),
        (Encoding::Windows1252, _) => {
            let character = |&byte: &u8| match byte {
                0x80..=0x9F => C1[usize::from(byte - 0x80)],
                _ => char::from(byte),
            };
            (Cow::Owned(cell.iter().map(character).collect()), false)
        }
    }
}

/// The encoding of a head: UTF-16 by its byte order mark, or by an empty byte beside nearly each of the first characters;
/// else UTF-8 unless some byte forbids it. A character cut off at the end forbids nothing.
pub(crate) fn guess(head: &[u8]) -> Encoding {
    match head {
        [0xFF, 0xFE, ..] => return Encoding::Utf16Le,
        [0xFE, 0xFF, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    let pairs = head.len().min(1000) / 2;
    let empty = |first: usize| head.chunks_exact(2).take(pairs).filter(|pair| pair[first] == 0).count();
    let (high, low) = (empty(0), empty(1));
    if pairs > 4 && low * 10 > pairs * 8 && high == 0 {
        return Encoding::Utf16Le;
    }
    if pairs > 4 && high * 10 > pairs * 8 && low == 0 {
        return Encoding::Utf16Be;
    }
    match std::str::from_utf8(head) {
        Ok(_) => Encoding::Utf8,
        Err(error) if error.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    }
}

/// UTF-16 that becomes UTF-8 as it arrives. Half a pair becomes a byte that no UTF-8 has, so that the row is listed.
pub(crate) struct FromUtf16 {
    big: bool,
    /// The first byte of a unit.
    byte: Option<u8>,
    /// The first unit of a pair.
    high: Option<u16>,
    text: Vec<u8>,
}

/// What stands for half a pair.
const BROKEN: u8 = 0xFF;

impl FromUtf16 {
    /// For the two UTF-16s; the other encodings need none.
    pub(crate) fn new(encoding: Encoding) -> Option<FromUtf16> {
        let big = match encoding {
            Encoding::Utf16Le => false,
            Encoding::Utf16Be => true,
            Encoding::Utf8 | Encoding::Windows1252 => return None,
        };
        Some(FromUtf16 { big, byte: None, high: None, text: Vec::new() })
    }

    /// Takes the next bytes and hands on what they come to.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8])) {
        let big = self.big;
        let ascii = |pair: &[u8]| match (big, pair) {
            (true, &[0, low]) | (false, &[low, 0]) if low.is_ascii() => Some(low),
            _ => None,
        };
        // A cell of UTF-8 is at most half as long again; a piece at a time keeps that small.
        for piece in bytes.chunks(64 << 10) {
            let mut rest = piece;
            while !rest.is_empty() {
                if self.byte.is_none() && self.high.is_none() {
                    let before = self.text.len();
                    self.text.extend(rest.chunks_exact(2).map_while(ascii));
                    rest = &rest[2 * (self.text.len() - before)..];
                }
                let Some((&byte, after)) = rest.split_first() else { break };
                rest = after;
                match self.byte.take() {
                    None => self.byte = Some(byte),
                    Some(first) if self.big => self.unit(u16::from_be_bytes([first, byte])),
                    Some(first) => self.unit(u16::from_le_bytes([first, byte])),
                }
            }
            sink(&self.text);
            self.text.clear();
        }
    }

    fn unit(&mut self, unit: u16) {
        let units = match self.high.take() {
            Some(high) if (0xDC00..0xE000).contains(&unit) => [high, unit],
            broken => {
                if broken.is_some() {
                    self.text.push(BROKEN);
                }
                if (0xD800..0xDC00).contains(&unit) {
                    self.high = Some(unit);
                    return;
                }
                [unit, 0]
            }
        };
        match char::decode_utf16(units).next() {
            Some(Ok(c)) => self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => self.text.push(BROKEN),
        }
    }

    /// Ends the file.
    pub(crate) fn finish(mut self, sink: &mut impl FnMut(&[u8])) {
        if self.high.is_some() || self.byte.is_some() {
            self.text.push(BROKEN);
            sink(&self.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_has_its_own_quotation_marks_and_the_euro() {
        let (text, replaced) = decode(b"\x93caf\xE9\x94 \x80", Encoding::Windows1252);
        assert_eq!((text.as_ref(), replaced), ("“café” €", false));
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_replaced_and_said() {
        let (text, replaced) = decode(b"caf\xE9", Encoding::Utf8);
        assert_eq!((text.as_ref(), replaced), ("caf\u{fffd}", true));
    }

    fn from_utf16(bytes: &[u8], encoding: Encoding, chunk: usize) -> Vec<u8> {
        let mut found = Vec::new();
        let mut sink = |text: &[u8]| found.extend_from_slice(text);
        let mut decoder = FromUtf16::new(encoding).unwrap();
        bytes.chunks(chunk).for_each(|part| decoder.push(part, &mut sink));
        decoder.finish(&mut sink);
        found
    }

    #[test]
    fn utf_16_becomes_utf_8_in_any_chunks_and_either_order() {
        let text = "\u{feff}naïve;日本;😀\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((guess(&little), guess(&big)), (Encoding::Utf16Le, Encoding::Utf16Be));
        for chunk in 1..8 {
            assert_eq!(from_utf16(&little, Encoding::Utf16Le, chunk), text.as_bytes());
            assert_eq!(from_utf16(&big, Encoding::Utf16Be, chunk), text.as_bytes());
        }
        let plain: Vec<u8> = "agent;score\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(guess(&plain), Encoding::Utf16Le);
    }

    #[test]
    fn half_a_pair_of_utf_16_is_no_character_and_costs_no_other() {
        let units = [0x61, 0xD83D, 0x62, 0xDE00, 0x63, 0xD83D];
        let bytes: Vec<u8> = units.iter().flat_map(|unit: &u16| unit.to_le_bytes()).collect();
        assert_eq!(from_utf16(&bytes, Encoding::Utf16Le, 1), b"a\xFFb\xFFc\xFF");
        assert_eq!(from_utf16(b"a\0b", Encoding::Utf16Le, 2), b"a\xFF");
    }

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_utf_8() {
        assert_eq!(guess(&"caf\u{e9}".as_bytes()[..4]), Encoding::Utf8);
        assert_eq!(guess(b"caf\xE9 au lait"), Encoding::Windows1252);
    }
}
