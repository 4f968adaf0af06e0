//! The dictionary: which variables a file has, how long they are, what they and their values are called. Everything that
//! counts something is checked against the bytes that are there before memory is taken for it.

use crate::cases::Compression;
use crate::input::Input;
use crate::values::{Values, kind, trim};
use candor_cells::{Column, Head, Kind, Missing, Refusal, ValueLabel, write_f64};
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// The most bytes of a case.
const MAX_CASE: u64 = 32 << 20;
/// The most variables.
const MAX_VARIABLES: usize = 200_000;
/// The most bytes of names, labels and value labels together.
const MAX_WORDS: u64 = 48 << 20;

pub(crate) struct Dictionary {
    pub(crate) head: Head,
    pub(crate) variables: Vec<Variable>,
    pub(crate) values: Values,
    pub(crate) compression: Compression,
}

/// One variable, which becomes one column.
pub(crate) struct Variable {
    /// The bytes of each part that it is stored in: one of 0 for a number, several for a string of more than 255 bytes.
    pub(crate) segments: Vec<u16>,
    /// What its cells hold.
    pub(crate) kind: Kind,
    /// What is declared to mean "no answer".
    pub(crate) declared: Vec<Declared>,
}

/// A declared missing value, or range of them.
pub(crate) enum Declared {
    Number(f64),
    Range(f64, f64),
    /// Without the spaces that fill it up.
    Text(Vec<u8>),
}

impl Variable {
    pub(crate) fn is_number(&self) -> bool {
        self.segments.first() == Some(&0)
    }

    /// How many elements of eight bytes a segment takes.
    pub(crate) fn elements(&self, segment: u16) -> u16 {
        segment.div_ceil(8).max(1)
    }
}

/// A variable as it stands in the file.
struct Raw {
    name: Vec<u8>,
    width: u8,
    label: Option<Vec<u8>>,
    /// As the record counts them: negative for ranges.
    missing_count: i32,
    missing: Vec<[u8; 8]>,
    format: u8,
}

/// Words of the dictionary, until their encoding is known.
#[derive(Default)]
struct Words {
    /// The bytes that were read.
    bytes: u64,
    /// Sets of value and label.
    labels: Vec<Vec<(Vec<u8>, Vec<u8>)>>,
    /// The set of a variable, by its short name.
    label_set: BTreeMap<Vec<u8>, usize>,
    /// By the name that the record of long strings uses.
    long_labels: Vec<(Vec<u8>, usize)>,
    long_missing: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    long_names: Vec<u8>,
    very_long: Vec<u8>,
    encoding: Option<Vec<u8>>,
    code_page: Option<i32>,
    missing: Option<[u8; 8]>,
    rows: Option<i64>,
}

impl Words {
    fn count(&mut self, bytes: usize) -> Result<(), Refusal> {
        // A word takes more memory than its bytes.
        self.bytes += bytes as u64 + 48;
        if self.bytes > MAX_WORDS {
            return Err(Refusal::TooLarge {
                place: "The dictionary".into(),
                found: "it has more labels than that".into(),
                limit: format!("{} MiB of labels", MAX_WORDS >> 20),
            });
        }
        Ok(())
    }
}

/// Reads up to the first case.
pub(crate) fn read<R: Read + Seek>(input: &mut Input<R>) -> Result<Dictionary, Refusal> {
    let foreign = |found: &str| Refusal::Foreign { expected: "an SPSS file", found: found.into() };
    let magic = match input.array::<4>() {
        Ok(magic) => magic,
        Err(Refusal::Damaged { .. }) => {
            return Err(foreign("it has fewer than four bytes. Open the file that SPSS saved."));
        }
        Err(other) => return Err(other),
    };
    if magic != *b"$FL2" && magic != *b"$FL3" {
        return Err(match &magic[..] {
            b"* SP" | b"ASCI" => foreign("it is a portable file (.por). Save it as .sav."),
            _ => foreign("it does not begin with $FL2 or $FL3. Save the data as .sav, .zsav or .csv."),
        });
    }
    input.skip(60, "the program's name")?;
    let layout: [u8; 4] = input.array()?;
    input.big_endian = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
        (2 | 3, _) => false,
        (_, 2 | 3) => true,
        (other, _) => {
            return Err(Refusal::damaged(
                input.place(),
                format!("has the layout code {other}, where 2 or 3 is known"),
            ));
        }
    };
    input.skip(4, "the case size")?;
    let compression = input.i32()?;
    input.skip(4, "the weight")?;
    let rows = input.i32()?;
    let bias = input.f64()?;
    input.skip(17 + 64 + 3, "the file label")?;
    let compression = match compression {
        0 => Compression::None,
        1 => Compression::Bytecode { bias },
        2 => Compression::Zlib { bias },
        other => {
            return Err(Refusal::Unsupported {
                what: format!("Compression number {other} of SPSS files"),
                instead: "Save the file as .sav or .csv.".into(),
            });
        }
    };

    let mut words = Words::default();
    let mut raw: Vec<Raw> = Vec::new();
    // By the element that they begin with, counted from 1; `None` inside a string.
    let mut elements: Vec<Option<u32>> = Vec::new();
    loop {
        match input.i32()? {
            2 => variable(input, &mut words, &mut raw, &mut elements)?,
            3 => labels(input, &mut words, &raw, &elements)?,
            6 => {
                let lines = input.count("the lines of a document")?;
                input.skip(lines.saturating_mul(80), "a document")?;
            }
            7 => extension(input, &mut words)?,
            999 => {
                input.skip(4, "the end")?;
                break;
            }
            other => {
                return Err(Refusal::damaged(
                    input.place(),
                    format!("has a record of type {other}, which SPSS does not write"),
                ));
            }
        }
    }
    if elements.len() as u64 * 8 > MAX_CASE {
        return Err(Refusal::TooLarge {
            place: "A row".into(),
            found: format!("{} MiB", (elements.len() * 8) >> 20),
            limit: format!("{} MiB", MAX_CASE >> 20),
        });
    }
    if rows >= 0 {
        words.rows = words.rows.or(Some(i64::from(rows)));
    }
    assemble(words, raw, input.big_endian, compression)
}

fn variable<R: Read + Seek>(
    input: &mut Input<R>,
    words: &mut Words,
    raw: &mut Vec<Raw>,
    elements: &mut Vec<Option<u32>>,
) -> Result<(), Refusal> {
    let width = input.i32()?;
    let has_label = input.i32()?;
    let missing_count = input.i32()?;
    let print = input.i32()?;
    input.skip(4, "a format")?;
    let name: [u8; 8] = input.array()?;
    let label = match has_label {
        1 => {
            let length = input.count("the length of a label")?;
            let mut label = input.bytes(length, "a label")?;
            input.skip(length.next_multiple_of(4) - length, "a label's end")?;
            // SPSS itself stops at 256.
            label.truncate(4_096);
            Some(label)
        }
        _ => None,
    };
    if !matches!(missing_count, -3 | -2 | 0..=3) {
        return Err(Refusal::damaged(
            input.place(),
            format!("declares {missing_count} missing values, where 3 are possible"),
        ));
    }
    let mut missing = Vec::new();
    for _ in 0..missing_count.unsigned_abs() {
        missing.push(input.array()?);
    }
    let width = match width {
        // A further element of the string before it.
        -1 => {
            elements.push(None);
            return if elements.len() as u64 * 8 > MAX_CASE { too_many() } else { Ok(()) };
        }
        _ => u8::try_from(width).map_err(|_| {
            Refusal::damaged(input.place(), format!("has a variable that is {width} bytes wide"))
        })?,
    };
    words.count(label.as_ref().map_or(0, Vec::len) + 160)?;
    elements.push(Some(raw.len() as u32));
    if raw.len() >= MAX_VARIABLES {
        return too_many();
    }
    let format = (print >> 16) as u8;
    raw.push(Raw { name: trim(&name).to_vec(), width, label, missing_count, missing, format });
    Ok(())
}

fn too_many() -> Result<(), Refusal> {
    Err(Refusal::TooLarge {
        place: "The dictionary".into(),
        found: "it has more variables than that".into(),
        limit: format!("{MAX_VARIABLES} variables"),
    })
}

fn labels<R: Read + Seek>(
    input: &mut Input<R>,
    words: &mut Words,
    raw: &[Raw],
    elements: &[Option<u32>],
) -> Result<(), Refusal> {
    let count = input.count("the number of value labels")?;
    let mut set = Vec::new();
    for _ in 0..count {
        let value: [u8; 8] = input.array()?;
        let [length] = input.array()?;
        let label = input.bytes(u64::from(length), "a value label")?;
        let padded = (u64::from(length) + 1).next_multiple_of(8) - 1;
        input.skip(padded - u64::from(length), "a value label's end")?;
        words.count(label.len() + 56)?;
        set.push((value.to_vec(), label));
    }
    if input.i32()? != 4 {
        return Err(Refusal::damaged(input.place(), "has value labels that belong to no variable"));
    }
    let at = words.labels.len();
    words.labels.push(set);
    for _ in 0..input.count("the number of labelled variables")? {
        let index = input.count("the index of a variable")? as usize;
        let variable = index.checked_sub(1).and_then(|index| *elements.get(index)?);
        let Some(variable) = variable.and_then(|variable| raw.get(variable as usize)) else {
            return Err(Refusal::damaged(
                input.place(),
                format!("has value labels of a variable {index}, which is not there"),
            ));
        };
        words.label_set.insert(variable.name.clone(), at);
    }
    Ok(())
}

fn extension<R: Read + Seek>(input: &mut Input<R>, words: &mut Words) -> Result<(), Refusal> {
    let subtype = input.i32()?;
    let size = input.count("the size of an item")?;
    let length = size.saturating_mul(input.count("a number of items")?);
    if !matches!(subtype, 3 | 4 | 13 | 14 | 16 | 20 | 21 | 22) {
        return input.skip(length, "a record");
    }
    let bytes = input.bytes(length, "a record")?;
    words.count(bytes.len())?;
    let big_endian = input.big_endian;
    let i32 = |at: usize| {
        let bytes = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if big_endian { i32::from_be_bytes(bytes) } else { i32::from_le_bytes(bytes) })
    };
    match subtype {
        3 => words.code_page = i32(28),
        4 => words.missing = bytes.first_chunk().copied(),
        13 => words.long_names = bytes,
        14 => words.very_long = bytes,
        16 => {
            let rows = bytes.get(8..).and_then(|bytes| bytes.first_chunk::<8>());
            let rows = rows
                .map(|&rows| if big_endian { i64::from_be_bytes(rows) } else { i64::from_le_bytes(rows) });
            words.rows = rows.filter(|&rows| rows >= 0);
        }
        20 => words.encoding = Some(bytes),
        21 => long_labels(&mut Slice { rest: &bytes, big_endian }, words)?,
        _ => long_missing(&mut Slice { rest: &bytes, big_endian }, words)?,
    }
    Ok(())
}

/// A record whose parts say how long they are.
struct Slice<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Slice<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let Some((head, rest)) = self.rest.split_at_checked(length) else {
            return Err(Refusal::damaged(
                "The dictionary",
                "has labels or missing values of long strings that are cut off",
            ));
        };
        self.rest = rest;
        Ok(head)
    }

    fn length(&mut self) -> Result<usize, Refusal> {
        let bytes = self.take(4)?.first_chunk::<4>().copied().unwrap_or_default();
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) } as usize)
    }

    fn text(&mut self) -> Result<&'a [u8], Refusal> {
        let length = self.length()?;
        self.take(length)
    }
}

fn long_labels(record: &mut Slice<'_>, words: &mut Words) -> Result<(), Refusal> {
    while !record.rest.is_empty() {
        let name = record.text()?.to_vec();
        let _width = record.length()?;
        let mut set = Vec::new();
        for _ in 0..record.length()? {
            let (value, label) = (record.text()?, record.text()?);
            words.count(value.len() + label.len() + 48)?;
            set.push((value.to_vec(), label.to_vec()));
        }
        words.count(name.len())?;
        words.long_labels.push((name, words.labels.len()));
        words.labels.push(set);
    }
    Ok(())
}

fn long_missing(record: &mut Slice<'_>, words: &mut Words) -> Result<(), Refusal> {
    while !record.rest.is_empty() {
        let name = record.text()?.to_vec();
        let count = record.take(1)?.first().copied().unwrap_or_default();
        let length = record.length()?;
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(record.take(length)?.to_vec());
        }
        words.count(name.len() + values.iter().map(Vec::len).sum::<usize>())?;
        words.long_missing.push((name, values));
    }
    Ok(())
}

/// The encoding that the file names, or else the one of its code page; with a sentence when it is a guess.
fn encoding(words: &Words) -> (&'static Encoding, Option<String>) {
    if let Some(name) = &words.encoding {
        let label = trim(name).to_ascii_lowercase();
        let label = label.strip_prefix(b"cp").map_or(label.clone(), |page| [b"windows-", page].concat());
        if let Some(encoding) = Encoding::for_label(&label) {
            return (encoding, None);
        }
    }
    let page = match words.code_page {
        Some(65_001) => Some("utf-8".to_string()),
        Some(page @ 1_250..=1_258) => Some(format!("windows-{page}")),
        Some(page @ 28_591..=28_606) => Some(format!("iso-8859-{}", page - 28_590)),
        Some(874) => Some("windows-874".into()),
        Some(932) => Some("shift_jis".into()),
        Some(936) => Some("gbk".into()),
        Some(949) => Some("euc-kr".into()),
        Some(950) => Some("big5".into()),
        Some(54_936) => Some("gb18030".into()),
        _ => None,
    };
    if let Some(encoding) = page.and_then(|page| Encoding::for_label(page.as_bytes())) {
        return (encoding, None);
    }
    let note = "The file names no encoding that is known here, so its letters are read as Windows-1252. If some look wrong, save it from SPSS in Unicode mode.";
    (encoding_rs::WINDOWS_1252, Some(note.into()))
}

/// `NAME=value` pairs, separated by tabs and NULs.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    bytes.split(|&byte| matches!(byte, b'\t' | 0)).filter_map(|pair| {
        let equals = pair.iter().position(|&byte| byte == b'=')?;
        Some((pair.get(..equals)?, pair.get(equals + 1..)?))
    })
}

fn assemble(
    words: Words,
    raw: Vec<Raw>,
    big_endian: bool,
    compression: Compression,
) -> Result<Dictionary, Refusal> {
    let (encoding, guessed) = encoding(&words);
    let lowest = (-f64::MAX).to_bits();
    let missing =
        words.missing.unwrap_or(if big_endian { lowest.to_be_bytes() } else { lowest.to_le_bytes() });
    let values = Values { encoding, big_endian, missing };
    let long_names: BTreeMap<&[u8], &[u8]> = pairs(&words.long_names).collect();
    let very_long: BTreeMap<&[u8], usize> = pairs(&words.very_long)
        .filter_map(|(name, width)| Some((name, std::str::from_utf8(width).ok()?.trim().parse().ok()?)))
        .filter(|&(_, width)| width > 255)
        .collect();

    let mut head = Head { names_row: 1, ..Head::default() };
    head.rows = words.rows.and_then(|rows| u64::try_from(rows).ok());
    head.notes.extend(guessed);
    let mut variables: Vec<Variable> = Vec::new();
    // Columns by the name that records of long strings use.
    let mut by_name: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut set_kind: BTreeMap<usize, (Kind, bool)> = BTreeMap::new();
    let mut raw = raw.into_iter();
    while let Some(first) = raw.next() {
        let mut segments = vec![u16::from(first.width)];
        if let Some(&width) = very_long.get(first.name.as_slice()) {
            // All but the last segment are 255 bytes wide and stand for 252 of the whole (PSPP).
            for _ in 1..width.div_ceil(252) {
                match raw.next() {
                    Some(next) if next.width > 0 && first.width > 0 => segments.push(u16::from(next.width)),
                    _ => {
                        let name = values.text(&first.name);
                        return Err(Refusal::damaged(
                            format!("The variable {name}"),
                            format!("is said to be {width} bytes wide, and has not so many parts"),
                        ));
                    }
                }
            }
        }
        let is_number = first.width == 0;
        let kind = if is_number { kind(first.format) } else { Kind::Text };
        let name = *long_names.get(first.name.as_slice()).unwrap_or(&first.name.as_slice());
        let mut column = Column { name: values.text(name), kind, ..Column::default() };
        column.label = first.label.as_ref().map(|label| values.text(label)).filter(|label| !label.is_empty());
        let declared = declared(&values, &first, is_number);
        column.values = words.label_set.get(&first.name).copied();
        if let Some(at) = column.values {
            set_kind.entry(at).or_insert((kind, is_number));
        }
        by_name.insert(name.to_vec(), variables.len());
        variables.push(Variable { segments, kind, declared });
        head.columns.push(column);
    }
    if variables.is_empty() {
        return Err(Refusal::damaged("The dictionary", "has no variables"));
    }
    for (name, at) in &words.long_labels {
        if let Some(column) = by_name.get(trim(name)).and_then(|&column| head.columns.get_mut(column)) {
            column.values = Some(*at);
            set_kind.insert(*at, (Kind::Text, false));
        }
    }
    for (name, texts) in &words.long_missing {
        if let Some(variable) = by_name.get(trim(name)).and_then(|&column| variables.get_mut(column)) {
            variable.declared.extend(texts.iter().map(|text| Declared::Text(trim(text).to_vec())));
        }
    }
    for (column, variable) in head.columns.iter_mut().zip(&variables) {
        column.missing =
            variable.declared.iter().map(|declared| shown(&values, declared, variable.kind)).collect();
    }
    let some = head.columns.iter().filter(|column| !column.missing.is_empty()).count();
    if some > 0 {
        let columns = if some == 1 { "1 column declares".into() } else { format!("{some} columns declare") };
        head.notes.push(format!(
            "{columns} some values to mean \u{201c}no answer\u{201d}; these cells are read as empty."
        ));
    }
    head.value_labels = (words.labels.into_iter().enumerate())
        .map(|(at, set)| {
            let (kind, is_number) = set_kind.get(&at).copied().unwrap_or((Kind::Number, true));
            let label = |(value, label): (Vec<u8>, Vec<u8>)| {
                let mut text = String::new();
                match value.first_chunk::<8>().filter(|_| is_number) {
                    // A value that is no date is kept as a number in cells too.
                    Some(&element) => values.write(&mut text, values.f64(element), kind).unwrap_or_default(),
                    None => text = values.text(&value),
                }
                ValueLabel { value: text, label: values.text(&label) }
            };
            set.into_iter().map(label).collect()
        })
        .collect();
    Ok(Dictionary { head, variables, values, compression })
}

fn declared(values: &Values, raw: &Raw, is_number: bool) -> Vec<Declared> {
    if !is_number {
        return raw.missing.iter().map(|value| Declared::Text(trim(value).to_vec())).collect();
    }
    let mut numbers = raw.missing.iter().map(|&element| values.f64(element));
    let mut declared = Vec::new();
    if raw.missing_count < 0
        && let (Some(low), Some(high)) = (numbers.next(), numbers.next())
    {
        declared.push(Declared::Range(low, high));
    }
    declared.extend(numbers.map(Declared::Number));
    declared
}

fn shown(values: &Values, declared: &Declared, kind: Kind) -> Missing {
    let number = |number: f64| {
        let mut text = String::new();
        // The largest numbers stand for "and all beyond".
        if number.abs() >= f64::MAX.next_down() {
            write_f64(&mut text, f64::INFINITY.copysign(number));
        } else {
            // What is no date is kept as a number in cells too.
            values.write(&mut text, number, kind).unwrap_or_default();
        }
        text
    };
    match declared {
        Declared::Number(value) => Missing::Value(number(*value)),
        Declared::Range(low, high) => Missing::Range(number(*low), number(*high)),
        Declared::Text(text) => Missing::Value(values.text(text)),
    }
}
