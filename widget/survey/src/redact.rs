//! Personal data out of free text, on the visitor's device, before it is sent: e-mail addresses, phone, card and account
//! numbers. What is taken out leaves a word in brackets, so that a reader sees that something stood there. It errs on the
//! side of taking out: a long number in a comment is hardly ever what the comment is about.

use crate::prelude::*;

/// The fewest digits of a phone number: seven, with or without spaces and signs between them. Amounts, years, dates and
/// most order numbers are shorter.
const PHONE: usize = 7;
/// Digits of a card number (ISO/IEC 7812: 12 to 19).
const CARD: core::ops::RangeInclusive<usize> = 12..=19;
/// Letters and digits of an account number (ISO 13616, IBAN: 15 to 34).
const ACCOUNT: core::ops::RangeInclusive<usize> = 15..=34;

/// What stands in the place of an e-mail address.
const EMAIL: &str = "[e-mail]";
/// Of an account number.
const IBAN: &str = "[account]";
/// Of a card number.
const PAN: &str = "[card]";
/// Of a phone number.
const CALL: &str = "[phone]";

/// All words in brackets that [`redact`] leaves.
pub const MASKS: [&str; 4] = [EMAIL, IBAN, PAN, CALL];

/// `text` without personal data; nothing when it has none.
///
/// An e-mail address is what has something on both sides of an `@`, and a dot behind it. An account number begins with
/// two capital letters and two digits and has the length of an IBAN; a card number has 12 to 19 digits and Luhn's check
/// digit; a phone number is any other run of seven to fifteen digits with nothing but `+ ( ) - . /` and single spaces
/// between them (ITU-T E.164: at most fifteen).
pub fn redact(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let begins = at == 0 || !is_word(byte(bytes, at - 1)) || (at > 2 && is_quote(bytes, at - 3));
        let found = if begins {
            email(bytes, at).or_else(|| account(bytes, at)).or_else(|| number(bytes, at))
        } else {
            None
        };
        match found {
            Some((length, name)) => {
                out.push_str(text.get(from..at).unwrap_or_default());
                out.push_str(name);
                at += length;
                from = at;
            }
            None => at += 1,
        }
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Some(out)
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(b' ')
}

/// A letter, a digit, or part of a letter beyond ASCII.
fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80
}

/// A sign of general punctuation (U+2000 to U+203F in UTF-8), as “ ” ’ … and –, which stands beside words and is no part of them.
fn is_quote(bytes: &[u8], at: usize) -> bool {
    byte(bytes, at) == 0xE2 && byte(bytes, at + 1) == 0x80
}

/// Whether a word that reaches to `at` ends there.
fn ends(bytes: &[u8], at: usize) -> bool {
    !is_word(byte(bytes, at)) || is_quote(bytes, at)
}

type Found = Option<(usize, &'static str)>;

fn email(bytes: &[u8], start: usize) -> Found {
    let part = |b: u8| is_word(b) || matches!(b, b'.' | b'-' | b'_' | b'+' | b'%');
    let run = |mut at: usize| {
        let start = at;
        while part(byte(bytes, at)) {
            at += 1;
        }
        at - start
    };
    let name = run(start);
    if name == 0 || byte(bytes, start + name) != b'@' {
        return None;
    }
    let mut host = run(start + name + 1);
    while host > 0 && !is_word(byte(bytes, start + name + host)) {
        host -= 1;
    }
    let dotted = bytes.get(start + name + 1..start + name + 1 + host).unwrap_or_default().contains(&b'.');
    dotted.then_some((name + 1 + host, EMAIL))
}

fn account(bytes: &[u8], start: usize) -> Found {
    let shaped = byte(bytes, start).is_ascii_uppercase()
        && byte(bytes, start + 1).is_ascii_uppercase()
        && byte(bytes, start + 2).is_ascii_digit()
        && byte(bytes, start + 3).is_ascii_digit();
    if !shaped {
        return None;
    }
    let (mut at, mut length, mut digits) = (start, 0, 0);
    loop {
        let (here, next) = (byte(bytes, at), byte(bytes, at + 1));
        if here.is_ascii_uppercase() || here.is_ascii_digit() {
            length += 1;
            digits += usize::from(here.is_ascii_digit());
        } else if !(here == b' ' && (next.is_ascii_uppercase() || next.is_ascii_digit())) {
            break;
        }
        at += 1;
    }
    (ACCOUNT.contains(&length) && digits >= 10 && ends(bytes, at)).then_some((at - start, IBAN))
}

fn number(bytes: &[u8], start: usize) -> Found {
    let mut digits = Vec::new();
    let (mut at, mut end) = (start, start);
    loop {
        let here = byte(bytes, at);
        if here.is_ascii_digit() {
            digits.push(here - b'0');
            end = at + 1;
        } else if !matches!(here, b'+' | b'(' | b')' | b'-' | b'.' | b'/')
            && (here != b' ' || byte(bytes, at + 1) == b' ')
        {
            break;
        } else if digits.is_empty() && !matches!(here, b'+' | b'(') {
            return None;
        }
        at += 1;
        if at > bytes.len() {
            break;
        }
    }
    if !ends(bytes, end) {
        return None;
    }
    if CARD.contains(&digits.len()) && luhn(&digits) {
        return Some((end - start, PAN));
    }
    // Eight digits with two signs between them are a day: 21/11/2026.
    let day = digits.len() == 8 && end - start == 10;
    ((PHONE..=15).contains(&digits.len()) && !day).then_some((end - start, CALL))
}

/// Luhn's check (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0u32;
    for (place, digit) in digits.iter().rev().enumerate() {
        let doubled = u32::from(*digit) << (place & 1);
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    sum.is_multiple_of(10)
}
