//! The small types that records are made of: ids, times, versions and maps keyed by id. They hold only values that are
//! already checked, so whatever comes later need not check again.

use crate::json::{Value, push_int, push_string};
use crate::prelude::*;
use crate::record::{Defs, Json, Problem, object, string};
use core::fmt;
use core::ops::Deref;

/// An id of a survey, question, option, row or attribute: `[A-Za-z0-9_-]{1,64}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// The id spelt `text`, if it is one.
    pub fn new(text: &str) -> Option<Id> {
        is_id(text).then(|| Id(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

impl Deref for Id {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const ID: &str = "an id of 1 to 64 letters, digits, _ or -";

impl Json for Id {
    fn read(value: &Value) -> Result<Self, Problem> {
        value.as_str().and_then(Id::new).ok_or_else(|| Problem::new(ID, value))
    }
    fn write(&self, out: &mut String) {
        push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string")), ("pattern", string("^[A-Za-z0-9_-]{1,64}$"))])
    }
}

/// A UUID in its lower-case text form. Widgets make version 7 (RFC 9562), so that ids sort by time; any version is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(Box<str>);

impl Uuid {
    /// The UUID spelt `text` (8-4-4-4-12 hexadecimal digits), if it is one.
    pub fn new(text: &str) -> Option<Uuid> {
        let shaped = text.len() == 36
            && text.bytes().enumerate().all(|(i, b)| match i {
                8 | 13 | 18 | 23 => b == b'-',
                _ => b.is_ascii_hexdigit(),
            });
        shaped.then(|| Uuid(text.to_ascii_lowercase().into()))
    }

    /// A version 7 UUID (RFC 9562, 5.7) from a time in milliseconds and 10 random bytes.
    pub fn v7(ms: i64, random: [u8; 10]) -> Uuid {
        let mut bytes = [0u8; 16];
        bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0F);
        bytes[8] = 0x80 | (bytes[8] & 0x3F);
        let mut text = String::new();
        for (i, byte) in bytes.into_iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }));
            }
        }
        Uuid(text.into())
    }

    /// The UUID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Json for Uuid {
    fn read(value: &Value) -> Result<Self, Problem> {
        value
            .as_str()
            .and_then(Uuid::new)
            .ok_or_else(|| Problem::new("a UUID such as 019a5f0e-7c00-7000-8000-000000000000", value))
    }
    fn write(&self, out: &mut String) {
        push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string")), ("format", string("uuid"))])
    }
}

/// A definition's revision: the first 16 hexadecimal digits of the SHA-256 of its canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(Box<str>);

impl Revision {
    /// The revision spelt `text` (16 lower-case hexadecimal digits), if it is one.
    pub fn new(text: &str) -> Option<Revision> {
        let shaped = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        shaped.then(|| Revision(text.into()))
    }

    /// The revision as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Json for Revision {
    fn read(value: &Value) -> Result<Self, Problem> {
        value
            .as_str()
            .and_then(Revision::new)
            .ok_or_else(|| Problem::new("a revision of 16 hexadecimal digits", value))
    }
    fn write(&self, out: &mut String) {
        push_string(out, &self.0);
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string")), ("pattern", string("^[0-9a-f]{16}$"))])
    }
}

/// A format version that must be 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct One;

impl Json for One {
    fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::Number(n) if n.as_i64() == Some(1) => Ok(One),
            _ => Err(Problem::new("1, the only version there is", value)),
        }
    }
    fn write(&self, out: &mut String) {
        out.push('1');
    }
    fn schema(_: &mut Defs) -> Value {
        object([("const", Value::Number(1.into()))])
    }
}

/// A value that is written as `null` when it is not there, and may also be left out when read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrNull<T>(pub Option<T>);

impl<T: Json> Json for OrNull<T> {
    fn read(value: &Value) -> Result<Self, Problem> {
        Option::read(value).map(OrNull)
    }
    fn write(&self, out: &mut String) {
        self.0.write(out);
    }
    fn schema(defs: &mut Defs) -> Value {
        Option::<T>::schema(defs)
    }
    fn absent() -> Option<Self> {
        Some(OrNull(None))
    }
}

/// A JSON object whose keys are ids, in written order.
#[derive(Clone, Debug, PartialEq)]
pub struct Map<T>(pub Vec<(Id, T)>);

impl<T> Map<T> {
    /// A map with nothing in it.
    pub fn new() -> Self {
        Map(Vec::new())
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(k, _)| k.as_str() == key).map(|(_, v)| v)
    }

    /// Puts `value` under `key`, replacing what was there.
    pub fn set(&mut self, key: &Id, value: T) {
        match self.0.iter_mut().find(|(k, _)| k == key) {
            Some(slot) => slot.1 = value,
            None => self.0.push((key.clone(), value)),
        }
    }

    /// The pairs, in written order.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &T)> {
        self.0.iter().map(|(k, v)| (k, v))
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Map::new()
    }
}

impl<T: Json> Json for Map<T> {
    fn read(value: &Value) -> Result<Self, Problem> {
        let Value::Object(fields) = value else { return Err(Problem::new("an object", value)) };
        fields
            .iter()
            .map(|(key, value)| {
                let id = Id::new(key).ok_or_else(|| Problem::new(ID, &string(key)).inside(key))?;
                Ok((id, T::read(value).map_err(|p| p.inside(key))?))
            })
            .collect::<Result<_, Problem>>()
            .map(Map)
    }
    fn write(&self, out: &mut String) {
        out.push('{');
        for (i, (key, value)) in self.0.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            push_string(out, key);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }
    fn schema(defs: &mut Defs) -> Value {
        let values = T::schema(defs);
        object([
            ("type", string("object")),
            ("propertyNames", Id::schema(defs)),
            ("additionalProperties", values),
        ])
    }
}

/// A moment in milliseconds since 1970-01-01T00:00:00Z; RFC 3339 in UTC with milliseconds when written. Reading also
/// takes fewer or more fractional digits (cut to milliseconds), for files that other programs wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// The years a [`Time`] can show: 0000 to 9999, as RFC 3339 has them.
const EARLIEST: i64 = -62_167_219_200_000;
const LATEST: i64 = 253_402_300_799_999;

impl Time {
    /// Reads `2026-11-21T10:00:00.000Z`; the offset must be `Z`.
    pub fn parse(text: &str) -> Option<Time> {
        let b = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<i64> {
            b.get(from..to)?
                .iter()
                .try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0')))
        };
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !marks.iter().all(|&(at, mark)| b.get(at) == Some(&mark)) || b.last() != Some(&b'Z') {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut ms = 0;
        let fraction = b.get(19..b.len() - 1)?;
        if let Some((dot, digits)) = fraction.split_first() {
            if *dot != b'.' || digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            for i in 0..3 {
                ms = ms * 10 + digits.get(i).map_or(0, |d| i64::from(d - b'0'));
            }
        }
        // Days from civil (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y - era * 400;
        let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        let days = era * 146_097 + doe - 719_468;
        Some(Time((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms))
    }

    /// Appends the RFC 3339 form. Times outside the years 0 to 9999 are shown as the nearest that can be.
    pub fn push(self, out: &mut String) {
        let ms = self.0.clamp(EARLIEST, LATEST);
        let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        let mut part = |value: i64, width: usize, mark: char| {
            let mut digits = String::new();
            push_int(&mut digits, value);
            (digits.len()..width).for_each(|_| out.push('0'));
            out.push_str(&digits);
            out.push(mark);
        };
        part(year, 4, '-');
        part(month, 2, '-');
        part(day, 2, 'T');
        part(rest / 3_600_000, 2, ':');
        part(rest / 60_000 % 60, 2, ':');
        part(rest / 1000 % 60, 2, '.');
        part(rest % 1000, 3, 'Z');
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push(&mut text);
        f.write_str(&text)
    }
}

impl Json for Time {
    fn read(value: &Value) -> Result<Self, Problem> {
        value
            .as_str()
            .and_then(Time::parse)
            .ok_or_else(|| Problem::new("a time such as 2026-11-21T10:00:00.000Z", value))
    }
    fn write(&self, out: &mut String) {
        out.push('"');
        self.push(out);
        out.push('"');
    }
    fn schema(_: &mut Defs) -> Value {
        object([("type", string("string")), ("format", string("date-time"))])
    }
}
