//! Bytes to characters, in the two encodings that CSV exports come in. It looks at one cell at a time.

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
        (Encoding::Utf8, Ok(text)) => (Cow::Borrowed(text), false),
        (Encoding::Utf8, Err(_)) => (String::from_utf8_lossy(cell), true),
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

/// The encoding of a head: UTF-8 unless some byte forbids it. A character cut off at the end forbids nothing.
pub(crate) fn guess(head: &[u8]) -> Encoding {
    match std::str::from_utf8(head) {
        Ok(_) => Encoding::Utf8,
        Err(error) if error.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
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

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_utf_8() {
        assert_eq!(guess(&"caf\u{e9}".as_bytes()[..4]), Encoding::Utf8);
        assert_eq!(guess(b"caf\xE9 au lait"), Encoding::Windows1252);
    }
}
