//! JSON text to values and back, with errors that say line and column. It may touch nothing but its argument: the same
//! code runs in the visitor's browser and in the collector, so both refuse the same texts.
//!
//! Why our own: `serde_json` costs a visitor 10 KB of brotli, float parsing another 13 KB (measured, DESIGN.md). This
//! reader is about 2 KB because a number stays the text it was written as until somebody asks for its value. It is
//! tested against `serde_json` on generated documents.

use crate::prelude::*;
use core::cmp::Ordering;
use core::fmt;

/// How deep arrays and objects may nest. Our formats need 7; the limit keeps a hostile text from exhausting the stack.
pub const MAX_DEPTH: usize = 64;

/// Any JSON value. Objects keep the order in which their keys were written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, kept as written.
    Number(Number),
    /// A string, with escapes resolved.
    String(String),
    /// `[…]`
    Array(Vec<Value>),
    /// `{…}`, keys unique, in written order.
    Object(Vec<(String, Value)>),
}

/// A JSON number as it was written: `9`, `0.02`, `-1e3`. Keeping the text means no digit is ever lost on the way from
/// a page to an export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// The number as JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that is written `text` (RFC 8259, section 6), if it is one.
    pub fn new(text: &str) -> Option<Number> {
        let mut reader = Reader { text, at: 0 };
        reader.number().ok().filter(|_| reader.at == text.len())
    }

    /// The value when it is a whole number that fits, written without an exponent (`9`, `9.0`, not `9e0`).
    pub fn as_i64(&self) -> Option<i64> {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((&self.0, ""));
        if fraction.bytes().any(|b| b != b'0') {
            return None;
        }
        let (negative, digits) = match whole.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, whole),
        };
        let mut value: i64 = 0;
        for b in digits.bytes() {
            if !b.is_ascii_digit() {
                return None;
            }
            value = value.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
        }
        Some(if negative { -value } else { value })
    }

    /// Which of two numbers is larger, exactly, from their texts: nothing is rounded and no float is parsed.
    pub fn compare(&self, other: &Number) -> Ordering {
        let ((sign, point, digits), theirs) = (self.decimal(), other.decimal());
        let size = (point, digits).cmp(&(theirs.1, theirs.2));
        sign.cmp(&theirs.0).then(if sign < 0 { size.reverse() } else { size })
    }

    /// The sign (-1, 0, 1), how many digits stand before the point, and the digits without zeros at either end.
    fn decimal(&self) -> (i8, i64, Vec<u8>) {
        let (mut digits, mut point, mut fraction, mut exponent) = (Vec::new(), 0i64, false, None);
        let mut down = false;
        for b in self.0.bytes() {
            match (b, &mut exponent) {
                (b'e' | b'E', _) => exponent = Some(0i64),
                (b'-', Some(_)) => down = true,
                (b'.', _) => fraction = true,
                (b'0'..=b'9', Some(n)) => *n = n.saturating_mul(10).saturating_add(i64::from(b - b'0')),
                (b'0'..=b'9', None) => {
                    // A zero in front of every other digit only moves the point.
                    let counts = b != b'0' || !digits.is_empty();
                    point += i64::from(counts && !fraction) - i64::from(!counts && fraction);
                    if counts {
                        digits.push(b);
                    }
                }
                _ => {}
            }
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let exponent = exponent.unwrap_or(0);
        match digits.is_empty() {
            true => (0, 0, digits),
            false => {
                let moved =
                    if down { point.saturating_sub(exponent) } else { point.saturating_add(exponent) };
                (if self.0.starts_with('-') { -1 } else { 1 }, moved, digits)
            }
        }
    }

    /// The nearest 64-bit float. The widget never calls this (float parsing is 13 KB); hosts do.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        let mut text = String::new();
        push_int(&mut text, value);
        Number(text.into())
    }
}

/// Why a text is not JSON, and where. Lines and columns count from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line of the character that could not be read.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
    /// What is wrong there, as the second half of a sentence: "expected a comma or }".
    pub message: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not valid JSON at line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl core::error::Error for SyntaxError {}

impl Value {
    /// Reads one JSON document; white space may surround it, nothing else may.
    ///
    /// # Errors
    /// The first character that is not JSON (RFC 8259), a key given twice, or nesting beyond [`MAX_DEPTH`].
    pub fn parse(text: &str) -> Result<Value, SyntaxError> {
        let mut reader = Reader { text, at: 0 };
        reader.skip_space();
        let value = reader.value(0).and_then(|value| {
            reader.skip_space();
            if reader.at == text.len() { Ok(value) } else { Err("expected the end of the text") }
        });
        value.map_err(|message| {
            let before = text.as_bytes().get(..reader.at).unwrap_or_default();
            let last_line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
            let characters = last_line.iter().filter(|&&b| b & 0xC0 != 0x80).count();
            let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
            SyntaxError { line, column: characters + 1, message }
        })
    }

    /// The value under `key`, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(fields) => fields.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The string, when this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// Appends this value as compact JSON: no white space, keys in written order.
    pub fn write(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            Value::Number(n) => out.push_str(n.as_str()),
            Value::String(s) => push_string(out, s),
            Value::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Value::Object(fields) => {
                out.push('{');
                for (i, (key, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    push_string(out, key);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// This value as compact JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// Appends `value` in decimal, without the formatting machinery that a visitor would have to download.
pub fn push_int(out: &mut String, value: i64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    for &digit in &digits[at..] {
        out.push(digit as char);
    }
}

/// Appends `text` as a JSON string, escaping only what RFC 8785 section 3.2.2.2 escapes.
pub fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for nibble in [c as u8 >> 4, c as u8 & 15] {
                    out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// The reading position. Every method leaves `at` on the offending byte when it fails.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Step<T> = Result<T, &'static str>;

/// What was expected, where somebody will read it.
pub(crate) const fn expected(what: &'static str) -> &'static str {
    if cfg!(feature = "messages") { what } else { "" }
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What is still to be read, and what was read since `start`. Positions never stand inside a character; indexing would
    /// say so in a message whose making is 2 KB on somebody's page.
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Step<Value> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply");
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err("expected a value"),
            None => Err("the text ends where a value should stand"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Step<Value> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err("expected a value")
        }
    }

    fn array(&mut self, depth: usize) -> Step<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::Array(items));
                }
                _ => return Err("expected a comma or ]"),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Step<Value> {
        self.at += 1;
        let mut fields: Vec<(String, Value)> = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(fields));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err("expected a key in double quotes");
            }
            let key_at = self.at;
            let key = self.string()?;
            // A scan suits objects of a few dozen keys; a hostile one is bounded by the collector's 64 KiB a line.
            if fields.iter().any(|(k, _)| *k == key) {
                self.at = key_at;
                return Err("this key is given twice");
            }
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err("expected a colon");
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(depth + 1)?;
            fields.push((key, value));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Object(fields));
                }
                _ => return Err("expected a comma or }"),
            }
        }
    }

    fn digits(&mut self) -> Step<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(expected("expected a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Step<Number> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(expected("a number cannot start with 0"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Number(self.since(start).into()))
    }

    fn string(&mut self) -> Step<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.since(start));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err("a control character must be escaped"),
                None => return Err("the text ends inside a string"),
            }
        }
    }

    fn escape(&mut self) -> Step<char> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.hex4()?;
                let code = match first {
                    0xD800..=0xDBFF if self.rest().starts_with("\\u") => {
                        self.at += 2;
                        let second = self.hex4()?;
                        if (0xDC00..=0xDFFF).contains(&second) {
                            0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                        } else {
                            first
                        }
                    }
                    _ => first,
                };
                return char::from_u32(code).ok_or_else(|| {
                    self.at = start;
                    "half of a surrogate pair is not a character"
                });
            }
            _ => return Err("unknown escape"),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex4(&mut self) -> Step<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = match self.peek() {
                Some(b @ b'0'..=b'9') => b - b'0',
                Some(b @ b'a'..=b'f') => b - b'a' + 10,
                Some(b @ b'A'..=b'F') => b - b'A' + 10,
                _ => return Err("expected four hexadecimal digits"),
            };
            value = value * 16 + u32::from(digit);
            self.at += 1;
        }
        Ok(value)
    }
}
