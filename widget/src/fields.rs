//! The fields of what JavaScript says: texts with U+001F between them. wasm.js takes that character out of every field.

use crate::prelude::*;

const BETWEEN: u8 = 0x1f;

/// Fields still to be read.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a str);

impl<'a> Fields<'a> {
    /// The next field; empty when there is none.
    pub(crate) fn take(&mut self) -> &'a str {
        let end = self.0.bytes().position(|b| b == BETWEEN).unwrap_or(self.0.len());
        let field = self.0.get(..end).unwrap_or_default();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        field
    }

    /// The next field as a whole number, without what is no digit; 0 when there is none.
    pub(crate) fn number(&mut self) -> i64 {
        let mut number = 0i64;
        for byte in self.take().bytes() {
            if byte.is_ascii_digit() {
                number = number.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
            }
        }
        number
    }
}

/// The whole number as text.
pub(crate) fn digits(number: i64) -> String {
    let mut text = String::new();
    candor_survey::json::push_int(&mut text, number);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_in_order_and_then_there_are_none() {
        let mut fields = Fields("act\u{1f}1200\u{1f}a\u{1f}\u{1f}b");
        assert_eq!((fields.take(), fields.number()), ("act", 1200));
        assert_eq!((fields.take(), fields.take(), fields.take()), ("a", "", "b"));
        assert_eq!((fields.number(), fields.take()), (0, ""));
    }
}
