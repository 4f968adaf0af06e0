//! The metadata at the end of a file: which columns it has, what their cells mean, and where row groups stand. Row groups are
//! only found here and read one at a time, so that memory follows the columns and not their number.

use crate::thrift::{Broken, FALSE, STRUCT, TRUE, Thrift, Walked};
use candor_cells::{Column, Kind, Refusal};

/// The most columns.
const MAX_COLUMNS: usize = 100_000;

/// The most row groups; writers make one for some hundred thousand rows.
const MAX_GROUPS: usize = 1 << 20;

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Physical {
    Boolean,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    Fixed(usize),
}

impl Physical {
    /// The bytes of a value, when all have as many.
    pub(crate) fn width(self) -> Option<usize> {
        match self {
            Physical::Int32 | Physical::Float => Some(4),
            Physical::Int64 | Physical::Double => Some(8),
            Physical::Int96 => Some(12),
            Physical::Fixed(width) => Some(width),
            Physical::Boolean | Physical::Bytes => None,
        }
    }
}

/// What a stored value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// As it is stored.
    Plain,
    Text,
    /// An unsigned number of 32 or 64 bits.
    Unsigned,
    Decimal {
        scale: i32,
    },
    Date,
    /// Nanoseconds of a unit.
    Time {
        unit: i64,
    },
    Timestamp {
        unit: i64,
        utc: bool,
    },
    Uuid,
    Half,
}

/// A column that is stored.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) physical: Physical,
    pub(crate) meaning: Meaning,
    /// The definition level of a value.
    pub(crate) max_definition: u16,
    pub(crate) max_repetition: u16,
    /// In a list: the definition level at which it has an item, missing or not.
    pub(crate) item_definition: u16,
    /// The column of the table that it becomes; `None` for lists in lists.
    pub(crate) column: Option<Column>,
}

pub(crate) struct Metadata {
    pub(crate) rows: u64,
    pub(crate) leaves: Vec<Leaf>,
    /// Where each row group begins in the metadata.
    pub(crate) groups: Vec<u32>,
    /// The names of columns that are lists in lists.
    pub(crate) left_out: Vec<String>,
}

#[derive(Default)]
struct Element {
    physical: Option<i32>,
    length: i32,
    repetition: i32,
    name: String,
    children: i32,
    converted: Option<i32>,
    scale: i32,
    logical: Option<Meaning>,
}

fn element(thrift: &mut Thrift<'_>) -> Walked<Element> {
    let mut element = Element::default();
    thrift.fields(&mut |thrift, number, kind| {
        match (number, kind) {
            (1, 5) => element.physical = Some(thrift.i32()?),
            (2, 5) => element.length = thrift.i32()?,
            (3, 5) => element.repetition = thrift.i32()?,
            (4, 8) => element.name = String::from_utf8_lossy(thrift.binary()?).into_owned(),
            (5, 5) => element.children = thrift.i32()?,
            (6, 5) => element.converted = Some(thrift.i32()?),
            (7, 5) => element.scale = thrift.i32()?,
            (10, STRUCT) => element.logical = logical(thrift)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(element)
}

/// `LogicalType`: a union, a structure of which one field is there.
fn logical(thrift: &mut Thrift<'_>) -> Walked<Option<Meaning>> {
    let mut found = None;
    thrift.fields(&mut |thrift, number, kind| {
        if kind != STRUCT {
            return Ok(false);
        }
        // Of time and timestamp: whether in UTC, and the unit; of decimals: the scale; of integers: whether signed.
        let (mut flag, mut unit, mut scale) = (false, 1, 0);
        thrift.fields(&mut |thrift, field, kind| {
            match (number, field, kind) {
                (7 | 8, 1, TRUE | FALSE) => flag = kind == TRUE,
                (10, 2, TRUE | FALSE) => flag = kind == TRUE,
                (7 | 8, 2, STRUCT) => thrift.fields(&mut |_, field, _| {
                    unit = match field {
                        1 => 1_000_000,
                        2 => 1_000,
                        _ => 1,
                    };
                    Ok(false)
                })?,
                (5, 1, 5) => scale = thrift.i32()?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        found = match number {
            1 | 4 | 12 => Some(Meaning::Text),
            5 => Some(Meaning::Decimal { scale }),
            6 => Some(Meaning::Date),
            7 => Some(Meaning::Time { unit }),
            8 => Some(Meaning::Timestamp { unit, utc: flag }),
            10 if !flag => Some(Meaning::Unsigned),
            10 => Some(Meaning::Plain),
            14 => Some(Meaning::Uuid),
            15 => Some(Meaning::Half),
            _ => None,
        };
        Ok(true)
    })?;
    Ok(found)
}

impl Element {
    fn physical(&self) -> Option<Physical> {
        Some(match self.physical? {
            0 => Physical::Boolean,
            1 => Physical::Int32,
            2 => Physical::Int64,
            3 => Physical::Int96,
            4 => Physical::Float,
            5 => Physical::Double,
            6 => Physical::Bytes,
            7 => Physical::Fixed(usize::try_from(self.length).ok().filter(|&length| length <= 1 << 20)?),
            _ => return None,
        })
    }

    fn meaning(&self, physical: Physical) -> Meaning {
        let converted = match self.converted {
            Some(0 | 4 | 19) => Meaning::Text,
            Some(5) => Meaning::Decimal { scale: self.scale },
            Some(6) => Meaning::Date,
            Some(7) => Meaning::Time { unit: 1_000_000 },
            Some(8) => Meaning::Time { unit: 1_000 },
            Some(9) => Meaning::Timestamp { unit: 1_000_000, utc: true },
            Some(10) => Meaning::Timestamp { unit: 1_000, utc: true },
            Some(11..=14) => Meaning::Unsigned,
            _ if physical == Physical::Int96 => Meaning::Timestamp { unit: 1, utc: false },
            _ => Meaning::Plain,
        };
        let meaning = self.logical.unwrap_or(converted);
        let fits = match meaning {
            Meaning::Text => physical == Physical::Bytes,
            Meaning::Unsigned => matches!(physical, Physical::Int32 | Physical::Int64),
            Meaning::Date => physical == Physical::Int32,
            Meaning::Time { .. } => matches!(physical, Physical::Int32 | Physical::Int64),
            Meaning::Timestamp { .. } => matches!(physical, Physical::Int64 | Physical::Int96),
            Meaning::Decimal { scale } => {
                (0..=76).contains(&scale)
                    && matches!(
                        physical,
                        Physical::Int32 | Physical::Int64 | Physical::Bytes | Physical::Fixed(_)
                    )
            }
            Meaning::Uuid => physical == Physical::Fixed(16),
            Meaning::Half => physical == Physical::Fixed(2),
            Meaning::Plain => true,
        };
        if fits { meaning } else { Meaning::Plain }
    }
}

impl Leaf {
    /// What its values are, in a list or not.
    pub(crate) fn kind(&self) -> Kind {
        kind(self.physical, self.meaning)
    }
}

fn kind(physical: Physical, meaning: Meaning) -> Kind {
    match (meaning, physical) {
        (Meaning::Plain, Physical::Boolean) => Kind::Boolean,
        (Meaning::Text | Meaning::Uuid, _) | (Meaning::Plain, Physical::Bytes | Physical::Fixed(_)) => {
            Kind::Text
        }
        (Meaning::Date, _) => Kind::Date,
        (Meaning::Time { .. }, _) => Kind::Time,
        (Meaning::Timestamp { .. }, _) => Kind::DateTime,
        _ => Kind::Number,
    }
}

/// A group whose children are being read.
struct Open {
    children: i32,
    definition: u16,
    repetition: u16,
    item_definition: u16,
    /// What the names of its children begin with.
    prefix: String,
    /// A list's wrapping, whose name, and whose only child's, mean nothing.
    wraps: bool,
}

/// Reads the metadata.
pub(crate) fn read(bytes: &[u8]) -> Result<Metadata, Refusal> {
    let mut rows = 0i64;
    let mut groups = Vec::new();
    let mut elements: Option<(usize, usize)> = None;
    let mut thrift = Thrift::new(bytes, 0);
    thrift.fields(&mut |thrift, number, kind| {
        match (number, kind) {
            (2, 9) => {
                let (_, count) = thrift.list()?;
                elements = Some((thrift.at(), count));
                for _ in 0..count {
                    thrift.skip(STRUCT, 8)?;
                }
            }
            (3, 6) => rows = thrift.i64()?,
            (4, 9) => {
                let (_, count) = thrift.list()?;
                if count > MAX_GROUPS {
                    return Err(Broken);
                }
                groups = Vec::with_capacity(count);
                for _ in 0..count {
                    groups.push(u32::try_from(thrift.at()).map_err(|_| Broken)?);
                    thrift.skip(STRUCT, 16)?;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let Some((at, count)) = elements else {
        return Err(Refusal::damaged("The file's metadata", "has no columns"));
    };
    let rows = u64::try_from(rows)
        .map_err(|_| Refusal::damaged("The file's metadata", format!("says that there are {rows} rows")))?;
    let (leaves, left_out) = leaves(&mut Thrift::new(bytes, at), count)?;
    Ok(Metadata { rows, leaves, groups, left_out })
}

fn leaves(thrift: &mut Thrift<'_>, count: usize) -> Result<(Vec<Leaf>, Vec<String>), Refusal> {
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut left_out = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut words = 0;
    for at in 0..count {
        let element = element(thrift)?;
        if at == 0 {
            open.push(Open {
                children: element.children,
                definition: 0,
                repetition: 0,
                item_definition: 0,
                prefix: String::new(),
                wraps: false,
            });
            continue;
        }
        while open.last().is_some_and(|parent| parent.children <= 0) {
            open.pop();
        }
        let depth = open.len();
        let Some(parent) = open.last_mut() else {
            return Err(Refusal::damaged("The file's metadata", "has columns that belong to nothing"));
        };
        parent.children -= 1;
        if depth > 64 {
            return Err(Refusal::TooLarge {
                place: "The nesting of columns".into(),
                found: format!("{depth} levels"),
                limit: "64 levels".into(),
            });
        }
        let repeated = element.repetition == 2;
        let definition = parent.definition + u16::from(element.repetition != 0);
        let repetition = parent.repetition + u16::from(repeated);
        let item_definition = if repeated { definition } else { parent.item_definition };
        // `picks.list.element` is the column picks: the group that repeats and its only child have no name of their own.
        let nameless = parent.wraps || (repeated && depth > 1);
        let name = match (parent.prefix.as_str(), nameless) {
            ("", _) => element.name.clone(),
            (prefix, true) => prefix.to_string(),
            (prefix, false) => format!("{prefix}.{}", element.name),
        };
        words += name.len();
        if words > 32 << 20 || leaves.len() >= MAX_COLUMNS {
            return Err(Refusal::TooLarge {
                place: "The file's metadata".into(),
                found: "it has more columns, or longer names, than that".into(),
                limit: format!("{MAX_COLUMNS} columns"),
            });
        }
        if element.physical.is_none() {
            // The only child of a group that repeats is the item itself; with more children they have names.
            let wraps = repeated && depth > 1 && element.children == 1;
            open.push(Open {
                children: element.children,
                definition,
                repetition,
                item_definition,
                prefix: name,
                wraps,
            });
            continue;
        }
        let Some(physical) = element.physical() else {
            return Err(Refusal::damaged(format!("The column {name}"), "has an unknown type"));
        };
        let meaning = element.meaning(physical);
        let kind = if repetition > 0 { Kind::List } else { kind(physical, meaning) };
        let column = if repetition > 1 {
            left_out.push(name);
            None
        } else {
            Some(Column { name, kind, ..Column::default() })
        };
        leaves.push(Leaf {
            physical,
            meaning,
            max_definition: definition,
            max_repetition: repetition,
            item_definition,
            column,
        });
    }
    if leaves.iter().all(|leaf| leaf.column.is_none()) {
        return Err(Refusal::damaged("The file's metadata", "has no columns that could be read"));
    }
    Ok((leaves, left_out))
}

/// Where the pages of a column stand in one row group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) codec: i32,
    pub(crate) values: u64,
    pub(crate) start: u64,
    pub(crate) length: u64,
    /// Whether it stands in another file, or is encrypted.
    pub(crate) elsewhere: bool,
}

/// Reads one row group: its rows and the chunk of each column.
pub(crate) fn group(bytes: &[u8], at: u32) -> Walked<(u64, Vec<Chunk>)> {
    let mut rows = 0;
    let mut chunks = Vec::new();
    Thrift::new(bytes, at as usize).fields(&mut |thrift, number, kind| {
        match (number, kind) {
            (1, 9) => {
                let (_, count) = thrift.list()?;
                if count > MAX_COLUMNS {
                    return Err(Broken);
                }
                for _ in 0..count {
                    chunks.push(chunk(thrift)?);
                }
            }
            (3, 6) => rows = u64::try_from(thrift.i64()?).map_err(|_| Broken)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((rows, chunks))
}

fn chunk(thrift: &mut Thrift<'_>) -> Walked<Chunk> {
    let mut chunk = Chunk::default();
    thrift.fields(&mut |thrift, number, kind| {
        match (number, kind) {
            (1, 8) | (8 | 9, _) => {
                chunk.elsewhere = true;
                return Ok(false);
            }
            (3, STRUCT) => {
                let (mut data, mut dictionary) = (0, 0);
                thrift.fields(&mut |thrift, number, kind| {
                    match (number, kind) {
                        (4, 5) => chunk.codec = thrift.i32()?,
                        (5, 6) => chunk.values = u64::try_from(thrift.i64()?).map_err(|_| Broken)?,
                        (7, 6) => chunk.length = u64::try_from(thrift.i64()?).map_err(|_| Broken)?,
                        (9, 6) => data = u64::try_from(thrift.i64()?).map_err(|_| Broken)?,
                        (11, 6) => dictionary = u64::try_from(thrift.i64()?).map_err(|_| Broken)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
                // Some writers put 0 where there is no dictionary.
                chunk.start = if dictionary > 0 { data.min(dictionary) } else { data };
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(chunk)
}
