//! Elements as the text of cells: numbers, dates and times by the variable's print format, strings by the file's encoding.

use crate::dictionary::{Declared, Variable};
use candor_cells::{Kind, write_date, write_date_time, write_duration, write_f64, write_time};
use encoding_rs::Encoding;

/// Days from 14 October 1582, from which SPSS counts seconds, to 1 January 1970.
const EPOCH_DAYS: i64 = 141_428;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// How values of this file become text.
pub(crate) struct Values {
    pub(crate) encoding: &'static Encoding,
    pub(crate) big_endian: bool,
    /// The system-missing number, as the file writes it.
    pub(crate) missing: [u8; 8],
}

/// What the cells of a numeric variable hold, by the number of its print format (PSPP developers' guide).
pub(crate) fn kind(format: u8) -> Kind {
    match format {
        // DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE.
        20 | 23 | 24 | 28 | 29 | 30 | 38 | 39 => Kind::Date,
        // TIME, MTIME.
        21 | 40 => Kind::Time,
        // DATETIME, YMDHMS.
        22 | 41 => Kind::DateTime,
        // DTIME.
        25 => Kind::Duration,
        _ => Kind::Number,
    }
}

impl Values {
    pub(crate) fn f64(&self, element: [u8; 8]) -> f64 {
        if self.big_endian { f64::from_be_bytes(element) } else { f64::from_le_bytes(element) }
    }

    /// Writes the cell of a numeric variable, nothing for a missing value.
    pub(crate) fn number(&self, out: &mut String, bytes: &[u8], variable: &Variable) -> Result<(), String> {
        let Some(&element) = bytes.first_chunk::<8>() else { return Ok(()) };
        let number = self.f64(element);
        let declared = variable.declared.iter().any(|declared| match declared {
            Declared::Number(value) => *value == number,
            Declared::Range(low, high) => (*low..=*high).contains(&number),
            Declared::Text(_) => false,
        });
        if element == self.missing || number.is_nan() || declared {
            return Ok(());
        }
        self.write(out, number, variable.kind)
    }

    /// Writes a number as the cells of a kind have it.
    pub(crate) fn write(&self, out: &mut String, number: f64, kind: Kind) -> Result<(), String> {
        if kind == Kind::Number {
            write_f64(out, number);
            return Ok(());
        }
        // Beyond 1e15 a number is no time; here it is cut so that the sums below cannot overflow.
        let within = number.clamp(-1e15, 1e15);
        // SPSS shows at most hundredths of a second; more would show how a number of 64 bits rounds.
        let milliseconds = (within * 1_000.0).round() as i64;
        let nanoseconds = i128::from(milliseconds) * 1_000_000;
        let written = match kind {
            _ if number != within => false,
            Kind::Date if milliseconds.rem_euclid(DAY) == 0 => {
                write_date(out, milliseconds.div_euclid(DAY) - EPOCH_DAYS)
            }
            Kind::Date | Kind::DateTime => {
                write_date_time(out, nanoseconds - i128::from(EPOCH_DAYS * DAY) * 1_000_000)
            }
            Kind::Time if (0..DAY).contains(&milliseconds) => write_time(out, milliseconds * 1_000_000),
            _ => {
                write_duration(out, nanoseconds);
                true
            }
        };
        if !written {
            write_f64(out, number);
            return Err(format!(
                "{number} seconds give no date between the years 0 and 9999, so the number is kept."
            ));
        }
        Ok(())
    }

    /// Writes the cell of a string variable without the spaces that fill it up, nothing for a missing value.
    pub(crate) fn string(&self, out: &mut String, bytes: &[u8], variable: &Variable) -> Result<(), String> {
        let bytes = trim(bytes);
        let declared = variable.declared.iter().any(|declared| match declared {
            Declared::Text(text) => text.as_slice() == bytes,
            Declared::Number(_) | Declared::Range(..) => false,
        });
        if declared {
            return Ok(());
        }
        if self.decode(out, bytes) {
            return Err(format!(
                "Some bytes are no {} and are shown as \u{fffd}: the file names that encoding.",
                self.encoding.name()
            ));
        }
        Ok(())
    }

    /// Appends text, and says whether bytes were replaced.
    pub(crate) fn decode(&self, out: &mut String, bytes: &[u8]) -> bool {
        let (text, replaced) = self.encoding.decode_without_bom_handling(bytes);
        out.push_str(&text);
        replaced
    }

    /// Text of the dictionary.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let mut out = String::new();
        self.decode(&mut out, trim(bytes));
        out
    }
}

/// A string without the spaces, or NULs, that fill it up.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}
