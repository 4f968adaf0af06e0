//! Personal data in comments: what the widget takes out before it sends a comment ([`candor_survey::redact`]) is masked in the comments
//! of every other tool when they are read here. E-mail addresses, phone, card and account numbers.
//!
//! Trap: it finds what has a form. A name, or an address in a street, has none and stays.

use candor_survey::redact::{MASKS, redact};

/// A text with a word in brackets in the place of each piece of personal data.
pub(crate) fn masked(text: String) -> String {
    redact(&text).unwrap_or(text)
}

/// A text with the end of a clause in the place of each piece of personal data, masked or not: neither is what a comment speaks of.
pub(crate) fn without(text: &str) -> String {
    let mut text = masked(text.into());
    for mask in MASKS {
        if text.contains(mask) {
            text = text.replace(mask, " . ");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_personal_data_masked_or_not() {
        let text = "Mail jane.doe3@example.com or [phone], IBAN DE89 3704 0044 0532 0130 00, by 5 pm.";
        assert_eq!(masked(text.into()), "Mail [e-mail] or [phone], IBAN [account], by 5 pm.");
        assert_eq!(without(text), "Mail  .  or  . , IBAN  . , by 5 pm.");
        assert_eq!(without("Nothing of the kind"), "Nothing of the kind");
    }
}
