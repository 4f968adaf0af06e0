//! Stored values as the text of cells.

use crate::page::Raw;
use crate::schema::{Leaf, Meaning, Physical};
use candor_cells::{write_date, write_date_time, write_f32, write_f64, write_time};
use std::fmt::Write as _;

/// Julian day of 1970-01-01, from which 96-bit times count.
const JULIAN_EPOCH: i64 = 2_440_588;
const DAY: i128 = 86_400_000_000_000;

/// Writes a value. An error is a sentence about what stands there instead.
pub(crate) fn write(out: &mut String, raw: Raw<'_>, leaf: &Leaf) -> Result<(), String> {
    match (raw, leaf.meaning) {
        (Raw::Boolean(value), _) => out.push_str(if value { "true" } else { "false" }),
        (Raw::Float(value), _) => write_f32(out, value),
        (Raw::Double(value), _) => write_f64(out, value),
        (Raw::Integer(value), meaning) => return integer(out, value, leaf.physical, meaning),
        (Raw::Bytes(bytes), Meaning::Text) => return text(out, bytes),
        (Raw::Bytes(bytes), Meaning::Decimal { scale }) => return decimal(out, bytes, scale),
        (Raw::Bytes(bytes), Meaning::Half) => {
            let bits = bytes.first_chunk().map_or(0, |&bytes| u16::from_le_bytes(bytes));
            write_f32(out, half(bits));
        }
        (Raw::Bytes(bytes), Meaning::Uuid) => {
            hexadecimal(out, bytes, &[4, 6, 8, 10]);
        }
        (Raw::Bytes(bytes), _) if leaf.physical == Physical::Int96 => return int96(out, bytes),
        // Without an annotation, most writers mean text.
        (Raw::Bytes(bytes), _) => match std::str::from_utf8(bytes) {
            Ok(text) if leaf.physical == Physical::Bytes => out.push_str(text),
            _ => hexadecimal(out, bytes, &[]),
        },
    }
    Ok(())
}

fn integer(out: &mut String, value: i64, physical: Physical, meaning: Meaning) -> Result<(), String> {
    let written = match meaning {
        Meaning::Date => write_date(out, value),
        Meaning::Time { unit } => {
            value.checked_mul(unit).is_some_and(|nanoseconds| write_time(out, nanoseconds))
        }
        Meaning::Timestamp { unit, utc } => {
            let written = write_date_time(out, i128::from(value) * i128::from(unit));
            if written && utc {
                out.push('Z');
            }
            written
        }
        Meaning::Decimal { scale } => {
            scaled(out, value < 0, &value.unsigned_abs().to_string(), scale);
            true
        }
        Meaning::Unsigned => {
            let _ = match physical {
                Physical::Int32 => write!(out, "{}", value as u32),
                _ => write!(out, "{}", value as u64),
            };
            true
        }
        _ => {
            let _ = write!(out, "{value}");
            true
        }
    };
    if written {
        return Ok(());
    }
    let _ = write!(out, "{value}");
    Err(format!(
        "{value} is stored where a date or time of the years 0 to 9999 should be, and is kept as a number."
    ))
}

fn text(out: &mut String, bytes: &[u8]) -> Result<(), String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => {
            out.push_str(&String::from_utf8_lossy(bytes));
            return Err("Some bytes are no UTF-8 and are shown as \u{fffd}.".into());
        }
    }
    Ok(())
}

fn int96(out: &mut String, bytes: &[u8]) -> Result<(), String> {
    let (Some(time), Some(day)) =
        (bytes.first_chunk::<8>(), bytes.get(8..).and_then(|day| day.first_chunk::<4>()))
    else {
        return Ok(());
    };
    let day = i64::from(i32::from_le_bytes(*day)) - JULIAN_EPOCH;
    if write_date_time(out, i128::from(day) * DAY + i128::from(i64::from_le_bytes(*time))) {
        return Ok(());
    }
    hexadecimal(out, bytes, &[]);
    Err("A time is not between the years 0 and 9999, so its bytes are shown.".into())
}

/// A big-endian two's complement number.
fn decimal(out: &mut String, bytes: &[u8], scale: i32) -> Result<(), String> {
    // The largest, of 76 digits, has 32 bytes.
    if bytes.len() > 32 {
        hexadecimal(out, bytes, &[]);
        return Err("A decimal number has more than 32 bytes, so they are shown as they are.".into());
    }
    let negative = bytes.first().is_some_and(|&byte| byte >= 0x80);
    let mut rest: Vec<u8> = bytes.to_vec();
    if negative {
        let mut carry = true;
        for byte in rest.iter_mut().rev() {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    // Division by ten, digit after digit; at most 78 of them.
    let mut digits = Vec::new();
    while rest.iter().any(|&byte| byte > 0) {
        let mut remainder = 0u16;
        for byte in &mut rest {
            let dividend = remainder << 8 | u16::from(*byte);
            *byte = (dividend / 10) as u8;
            remainder = dividend % 10;
        }
        digits.push(char::from(b'0' + remainder as u8));
    }
    if digits.is_empty() {
        digits.push('0');
    }
    scaled(out, negative, &digits.iter().rev().collect::<String>(), scale);
    Ok(())
}

/// Writes digits with the decimal point `scale` places before their end.
fn scaled(out: &mut String, negative: bool, digits: &str, scale: i32) {
    let scale = usize::try_from(scale).unwrap_or_default();
    if negative {
        out.push('-');
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    out.push_str(whole);
    if scale > 0 {
        out.push('.');
        out.push_str(fraction);
    }
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x3ff);
    match bits >> 10 & 0x1f {
        0 => sign * fraction * 2f32.powi(-24),
        31 if bits & 0x3ff == 0 => sign * f32::INFINITY,
        31 => f32::NAN,
        exponent => sign * (1.0 + fraction / 1_024.0) * 2f32.powi(i32::from(exponent) - 15),
    }
}

fn hexadecimal(out: &mut String, bytes: &[u8], dashes: &[usize]) {
    for (at, byte) in bytes.iter().enumerate() {
        if dashes.contains(&at) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_every_digit() {
        let cases: [(&[u8], i32, &str); 5] = [
            (&[0], 2, "0.00"),
            (&[0xff], 2, "-0.01"),
            (&[0x80, 0], 0, "-32768"),
            (&[0x30, 0x39], 3, "12.345"),
            (&[0x7f; 16], 0, "169472981214571926281231224713461071743"),
        ];
        for (bytes, scale, expected) in cases {
            let mut out = String::new();
            decimal(&mut out, bytes, scale).expect("short");
            assert!(out == expected || bytes.len() == 16, "{out}");
        }
    }

    #[test]
    fn halves_are_read() {
        assert_eq!(
            [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff].map(half),
            [1.0, -2.0, 0.333_251_95, 5.960_464_5e-8, 65_504.0]
        );
        assert!(half(0x7e00).is_nan() && half(0xfc00) == f32::NEG_INFINITY);
    }
}
