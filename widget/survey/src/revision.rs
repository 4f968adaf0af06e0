//! The revision of a definition: SHA-256 over its canonical JSON (RFC 8785), so that equal definitions have equal names
//! however they were typed. Hosts only; the widget is told the revision.

use crate::json::{Number, Value, push_string};
use crate::leaf::Revision;
use crate::prelude::*;
use sha2::{Digest, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of `definition` in canonical form.
pub fn revision(definition: &Value) -> Revision {
    let mut text = String::new();
    canonical(definition, &mut text);
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| alloc::format!("{byte:02x}")).collect();
    // Eight bytes are sixteen lower-case hexadecimal digits.
    Revision::new(&hex).unwrap_or_else(|| unreachable!("{hex} is a revision"))
}

/// Appends the canonical form of RFC 8785: no white space, keys sorted by UTF-16 units, numbers as ECMAScript writes them.
pub fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Number(n) => push_number(n, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (key, value)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_string(out, key);
                out.push(':');
                canonical(value, out);
            }
            out.push('}');
        }
        other => other.write(out),
    }
}

/// Numbers are 64-bit floats to RFC 8785. One too large for a float is written as it stands: I-JSON forbids it, and two
/// different such texts must not share a name.
fn push_number(n: &Number, out: &mut String) {
    let value = n.as_f64();
    if value.is_finite() {
        out.push_str(ryu_js::Buffer::new().format_finite(value));
    } else {
        out.push_str(n.as_str());
    }
}
