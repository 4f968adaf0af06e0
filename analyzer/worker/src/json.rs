//! Reads JSON into the types that the page and its workers exchange and keep. What `serde_json` reads from text it can read in
//! two shapes: each structure as an object and as an array. The code of the second, for a hundred types, is a third of what they
//! cost a browser to fetch, and nothing that we write has that shape. A number is read by the standard library's parser, to the
//! last bit.

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Each of these is read as another is.
macro_rules! forward {
    ($($($method:ident)* => $as:ident;)*) => { $(forward!(@ $as $($method)*);)* };
    (@ $as:ident $($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$as(visitor)
        }
    )* };
}

/// How deep values may lie in one another, so that a file cannot exhaust the stack.
const DEEPEST: u8 = 128;

/// Why a text could not be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Error(Box<str>);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error(message.to_string().into())
    }
}

/// Reads one value, which is all of the text.
///
/// # Errors
/// The text is no JSON or does not hold what is wanted; says what, and at which line and column.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    let mut reader = Reader { text, at: 0, deep: 0 };
    let read = T::deserialize(&mut reader);
    let ended = match read {
        Ok(value) => match reader.peek() {
            None => return Ok(value),
            Some(_) => reader.wrong("the end"),
        },
        Err(error) => error,
    };
    Err(reader.placed(ended))
}

/// A compact JSON text with each value on a line of its own, as `serde_json` lays it out. From one compact text: a second writer
/// for every type would cost as much as the first.
pub fn laid_out(text: &str) -> String {
    let mut laid = String::with_capacity(text.len() * 2);
    let (mut deep, mut inside, mut escaped) = (0, false, false);
    let mut rest = text.chars().peekable();
    let line = |laid: &mut String, deep: usize| {
        laid.push('\n');
        (0..deep).for_each(|_| laid.push_str("  "));
    };
    while let Some(character) = rest.next() {
        if inside {
            laid.push(character);
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '[' | '{' => {
                laid.push(character);
                // Nothing is between the brackets of what is empty.
                if let Some(end) = rest.next_if(|next| matches!(next, ']' | '}')) {
                    laid.push(end);
                } else {
                    deep += 1;
                    line(&mut laid, deep);
                }
            }
            ']' | '}' => {
                deep = deep.saturating_sub(1);
                line(&mut laid, deep);
                laid.push(character);
            }
            ',' => {
                laid.push(',');
                line(&mut laid, deep);
            }
            ':' => laid.push_str(": "),
            _ => {
                inside = character == '"';
                laid.push(character);
            }
        }
    }
    laid
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
    deep: u8,
}

impl<'de> Reader<'de> {
    /// The next byte that is no space, which stays.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Passes over this byte.
    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(what));
        }
        self.at += 1;
        Ok(())
    }

    #[cold]
    fn wrong(&self, what: &str) -> Error {
        Error::custom(format_args!("expected {what}"))
    }

    #[cold]
    fn placed(&self, error: Error) -> Error {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count();
        Error::custom(format_args!("{error} at line {line} column {column}"))
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.at += 1;
        self.deep += 1;
        if self.deep >= DEEPEST {
            return Err(Error::custom("values lie too deep in one another"));
        }
        Ok(())
    }

    /// Passes over the bracket that ends a list or an object.
    fn leave(&mut self, bracket: u8) -> Result<(), Error> {
        self.deep -= 1;
        self.expect(bracket, if bracket == b']' { "`]`" } else { "`}`" })
    }

    /// Whether another value follows in a list or an object; passes over the comma before it.
    fn more(&mut self, first: &mut bool, bracket: u8) -> Result<bool, Error> {
        match self.peek() {
            Some(byte) if byte == bracket => return Ok(false),
            Some(b',') if !*first => {
                self.at += 1;
                if self.peek() == Some(bracket) {
                    return Err(self.wrong("a value after the comma"));
                }
            }
            Some(_) if *first => {}
            _ => return Err(self.wrong("a comma or the end of a list or an object")),
        }
        *first = false;
        Ok(true)
    }

    /// Whether this word stands here; passes over it.
    fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// The characters of a number, by JSON's grammar, and whether it is written as a whole one.
    fn number(&mut self) -> Result<(&'de str, bool), Error> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let whole = start + usize::from(bytes.get(start) == Some(&b'-'));
        let mut end = digits(whole);
        let mut right = end > whole && (bytes[whole] != b'0' || end == whole + 1);
        let mut is_whole = true;
        if bytes.get(end) == Some(&b'.') {
            is_whole = false;
            let after = digits(end + 1);
            right &= after > end + 1;
            end = after;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            is_whole = false;
            let power = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            end = digits(power);
            right &= end > power;
        }
        self.at = end;
        match self.text.get(start..end) {
            Some(text) if right => Ok((text, is_whole)),
            _ => Err(self.wrong("a value")),
        }
    }

    /// A text, borrowed where nothing in it is escaped.
    fn string(&mut self) -> Result<std::borrow::Cow<'de, str>, Error> {
        self.expect(b'"', "a text")?;
        let mut start = self.at;
        let mut unescaped = String::new();
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    let rest = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(if unescaped.is_empty() { rest.into() } else { (unescaped + rest).into() });
                }
                Some(b'\\') => {
                    unescaped.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    unescaped.push(self.escaped()?);
                    start = self.at;
                }
                Some(0..0x20) | None => return Err(self.wrong("the end of a text")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Error> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.four()?;
                let second =
                    if (0xD800..0xDC00).contains(&unit) && self.word("\\u") { self.four()? } else { 0 };
                let units = [unit, second];
                let units = if second == 0 { &units[..1] } else { &units[..] };
                let mut characters = char::decode_utf16(units.iter().copied());
                match (characters.next(), characters.next()) {
                    (Some(Ok(character)), None) => character,
                    _ => return Err(self.wrong("an escaped character")),
                }
            }
            _ => {
                self.at -= 1;
                return Err(self.wrong("an escaped character"));
            }
        })
    }

    /// Four hexadecimal digits.
    fn four(&mut self) -> Result<u16, Error> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.wrong("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }

    fn integer<N: std::str::FromStr>(text: &str) -> Result<N, Error> {
        text.parse()
            .map_err(|_| Error::invalid_value(Unexpected::Other("number"), &"a whole number in range"))
    }
}

/// A number that stands for itself.
fn visit_number<'de, V: Visitor<'de>>(text: &str, whole: bool, visitor: V) -> Result<V::Value, Error> {
    if whole && let Ok(number) = text.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    // What is written as -0 is a number with a sign.
    if whole
        && text != "-0"
        && let Ok(number) = text.parse::<i64>()
    {
        return visitor.visit_i64(number);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => visitor.visit_f64(number),
        _ => Err(Error::custom("a number is out of range")),
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'"') => self.deserialize_str(visitor),
            _ if self.word("null") => visitor.visit_unit(),
            _ if self.word("true") => visitor.visit_bool(true),
            _ if self.word("false") => visitor.visit_bool(false),
            _ => {
                let (text, whole) = self.number()?;
                visit_number(text, whole, visitor)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        match (self.word("true"), self.word("false")) {
            (true, _) => visitor.visit_bool(true),
            (_, true) => visitor.visit_bool(false),
            _ => Err(self.wrong("true or false")),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        let (text, whole) = self.number()?;
        visit_number(text, whole, visitor)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        let (text, _) = self.number()?;
        visitor.visit_i128(Reader::integer(text)?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        let (text, _) = self.number()?;
        visitor.visit_u128(Reader::integer(text)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.string()? {
            std::borrow::Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            std::borrow::Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.peek();
        if self.word("null") { visitor.visit_unit() } else { Err(self.wrong("null")) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek() != Some(b'[') {
            return Err(self.wrong("a list"));
        }
        self.enter()?;
        let value = visitor.visit_seq(Inside { reader: self, first: true })?;
        self.leave(b']')?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek() != Some(b'{') {
            return Err(self.wrong("an object"));
        }
        self.enter()?;
        let value = visitor.visit_map(Inside { reader: self, first: true })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.peek() == Some(b'"') {
            return visitor.visit_enum(Variant { reader: self, holds: false });
        }
        if self.peek() != Some(b'{') {
            return Err(self.wrong("a text or an object"));
        }
        self.enter()?;
        let value = visitor.visit_enum(Variant { reader: self, holds: true })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    forward_to_deserialize_any! { char bytes byte_buf unit_struct ignored_any }
    forward! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_f32 deserialize_f64 => deserialize_u64; deserialize_string => deserialize_str; }
}

/// The inside of a list or an object.
struct Inside<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Inside<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        match self.reader.more(&mut self.first, b']')? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Inside<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        match self.reader.more(&mut self.first, b'}')? {
            true => seed.deserialize(Key(&mut *self.reader)).map(Some),
            false => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.reader.expect(b':', "`:`")?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The name in an object, which is a text, also where it is a number.
struct Key<'a, 'de>(&'a mut Reader<'de>);

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_str(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.0.string()?;
        let mut inside = Reader { text: &text, at: 0, deep: 0 };
        match inside.number()? {
            (number, whole) if number.len() == text.len() => visit_number(number, whole, visitor),
            _ => Err(self.0.wrong("a number as a name")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant { reader: self.0, holds: false })
    }

    forward_to_deserialize_any! {
        bool i128 u128 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
    forward! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_f32 deserialize_f64 => deserialize_u64; }
}

/// Which of several an enumeration is: a text alone, or the one name in an object, before what it holds.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    holds: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = self.reader.string()?;
        let name: StrDeserializer<'_, Error> = name.as_ref().into_deserializer();
        let variant = seed.deserialize(name)?;
        if self.holds {
            self.reader.expect(b':', "`:`")?;
        }
        Ok((variant, self))
    }
}

impl<'de> Variant<'_, 'de> {
    fn held(self) -> Result<Self, Error> {
        if self.holds { Ok(self) } else { Err(self.reader.wrong("an object, as this holds something")) }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if self.holds { <()>::deserialize(self.reader) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.held()?.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.held()?.reader.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.held()?.reader.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::{laid_out, read};
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Alone,
        One(Option<f64>),
        Two(i64, String),
        Named { whole: u128, list: Vec<(u8, bool)> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Held {
        by_number: BTreeMap<u32, Kind>,
        by_name: BTreeMap<String, [i8; 2]>,
        #[serde(default)]
        unit: (),
        text: Box<str>,
    }

    fn kinds() -> impl Strategy<Value = Kind> {
        prop_oneof![
            Just(Kind::Alone),
            any::<Option<f64>>().prop_map(|number| Kind::One(number.filter(|number| number.is_finite()))),
            any::<(i64, String)>().prop_map(|(number, text)| Kind::Two(number, text)),
            any::<(u128, Vec<(u8, bool)>)>().prop_map(|(whole, list)| Kind::Named { whole, list }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            by_number in prop::collection::btree_map(any::<u32>(), kinds(), 0..5),
            by_name in prop::collection::btree_map(any::<String>(), any::<[i8; 2]>(), 0..5),
            text: String,
        ) {
            let held = Held { by_number, by_name, unit: (), text: text.into() };
            let (short, long) = (serde_json::to_string(&held).unwrap(), serde_json::to_string_pretty(&held).unwrap());
            prop_assert_eq!(&read::<Held>(&short).unwrap(), &held);
            prop_assert_eq!(&read::<Held>(&long).unwrap(), &held);
            prop_assert_eq!(laid_out(&short), long);
        }

        #[test]
        fn what_is_json_is_read_and_nothing_else_is(text in r#"[\[\]{}:,"\\/utrnfalse0-9.eE+ -]{0,14}"#) {
            prop_assert_eq!(read::<Value>(&text).ok(), serde_json::from_str(&text).ok());
        }

        #[test]
        fn texts_are_read_as_they_are_elsewhere(text in r#"([a-z\u{e9}\u{10000} ]|\\[nrtbf/"\\ux]|\\u(00|d8|dc|D83D)[0-9a-fA-F]{2}){0,8}"#) {
            let text = format!("\"{text}\"");
            prop_assert_eq!(read::<String>(&text).ok(), serde_json::from_str(&text).ok());
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let said = |text| read::<Held>(text).unwrap_err().to_string();
        assert_eq!(
            said("{\n  \"text\": 5"),
            "invalid type: integer `5`, expected a string at line 2 column 11"
        );
        assert_eq!(said("{}"), "missing field `by_number` at line 1 column 1");
        assert_eq!(said("[]"), "expected an object at line 1 column 0");
        assert_eq!(read::<u8>("7 8").unwrap_err().to_string(), "expected the end at line 1 column 2");
    }

    #[test]
    fn what_lies_too_deep_is_refused() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        for n in [127, 128, 100_000] {
            let theirs = serde_json::from_str::<Value>(&deep(n)).is_ok();
            assert_eq!(read::<Value>(&deep(n)).is_ok(), theirs, "{n}");
        }
    }
}
