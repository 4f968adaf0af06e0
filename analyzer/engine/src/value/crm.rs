//! The rows of a CRM table: bytes pushed in as they arrive become one customer a key, 40 bytes each. It keeps no text but the
//! names of segments, and of keys their hashes alone.

use super::amount;
use super::plan::{Form, JoinError, JoinPlan, Part};
use crate::archive::Entry;
use crate::columns::Skipped;
use crate::columns::keys::{NO_KEY, key};
use crate::date;
use crate::encoding::{self, FromUtf16};
use crate::packed::Unpacking;
use crate::plan::is_missing;
use crate::reader::Takes;
use crate::table::{Line, Table};
use std::collections::BTreeMap;

/// An amount that is not there.
pub(super) const NO_AMOUNT: i64 = i64::MIN;
/// A day that is not there.
pub(super) const NO_DAY: i32 = i32::MIN;
/// A segment that is not there.
pub(super) const NO_SEGMENT: u32 = u32::MAX;
/// Most cells that are listed as unreadable; the others are counted.
pub const LISTED: usize = 1000;
/// Most segments; a column with more is a name.
pub const MOST_SEGMENTS: usize = 50;

const DAY: i64 = 86_400_000;

/// Whether a customer left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Left {
    /// Nobody says.
    Unknown,
    No,
    Yes,
    /// On this day since 1970.
    On(i32),
}

/// A row: what is known of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Customer {
    pub(super) key: u64,
    /// In hundredths.
    pub(super) revenue: i64,
    pub(super) lifetime: i64,
    pub(super) left: Left,
    /// The day of onboarding since 1970, or days that it took.
    pub(super) onboarding: i32,
    pub(super) segment: u32,
}

/// The customers of a CRM file, or of a part of its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crm {
    /// By key, once it is finished.
    pub(super) customers: Vec<Customer>,
    pub(super) segments: Vec<String>,
    /// Whether there were more than [`MOST_SEGMENTS`], so that none is kept.
    pub(super) too_many_segments: bool,
    index: BTreeMap<String, u32>,
    /// Rows below the header.
    pub(super) rows: u64,
    /// Rows without a key.
    pub(super) keyless: u64,
    /// Rows that could not be read, and cells.
    pub(super) unreadable: u64,
    pub(super) cells: u64,
    /// Keys that stand in several rows, and these rows.
    pub(super) repeated_keys: u64,
    pub(super) repeated_rows: u64,
    /// Whether amounts carry more than one currency.
    pub(super) currencies: Vec<String>,
    pub(super) listed: Vec<Skipped>,
}

impl Crm {
    /// Adds the customers of other rows of the same file, read by the same plan.
    pub fn merge(&mut self, other: &Crm) {
        let codes: Vec<u32> = other.segments.iter().map(|name| self.segment(name)).collect();
        let moved = |customer: &Customer| Customer {
            segment: codes.get(customer.segment as usize).copied().unwrap_or(NO_SEGMENT),
            ..*customer
        };
        self.customers.extend(other.customers.iter().map(moved));
        self.rows += other.rows;
        self.keyless += other.keyless;
        self.unreadable += other.unreadable;
        self.cells += other.cells;
        other.currencies.iter().for_each(|currency| self.pays(currency));
        let room = LISTED.saturating_sub(self.listed.len());
        self.listed.extend(other.listed.iter().take(room).cloned());
    }

    fn segment(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.index.get(name) {
            return code;
        }
        let code = self.segments.len() as u32;
        self.segments.push(name.into());
        self.index.insert(name.into(), code);
        code
    }

    fn pays(&mut self, currency: &str) {
        if !currency.is_empty() && !self.currencies.iter().any(|known| known == currency) {
            self.currencies.push(currency.into());
        }
    }

    fn list(&mut self, row: u64, column: Option<&str>, reason: String) {
        if self.listed.len() < LISTED {
            self.listed.push(Skipped { row, column: column.map(String::from), reason });
        }
    }

    /// Puts customers in the order of their keys and segments in that of their names, so that rows in any order and any division
    /// give the same. A key of several rows is refused: nobody can say which of them is meant.
    pub fn finish(mut self) -> Crm {
        let mut order: Vec<usize> = (0..self.segments.len()).collect();
        order.sort_unstable_by(|&a, &b| self.segments[a].cmp(&self.segments[b]));
        let mut places = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&code, place)| places[code] = place);
        for customer in &mut self.customers {
            customer.segment = places.get(customer.segment as usize).copied().unwrap_or(NO_SEGMENT);
        }
        self.segments = self.index.keys().cloned().collect();
        self.index = self.segments.iter().cloned().zip(0..).collect();
        if self.segments.len() > MOST_SEGMENTS {
            self.too_many_segments = true;
            (self.segments, self.index) = (Vec::new(), BTreeMap::new());
            self.customers.iter_mut().for_each(|customer| customer.segment = NO_SEGMENT);
        }
        self.currencies.sort_unstable();
        self.listed.sort_by(|a, b| (a.row, &a.column).cmp(&(b.row, &b.column)));
        self.customers.sort_unstable();
        let mut kept: Vec<Customer> = Vec::with_capacity(self.customers.len());
        for same in self.customers.chunk_by(|a, b| a.key == b.key) {
            match same {
                [one] => kept.push(*one),
                several => {
                    self.repeated_keys += 1;
                    self.repeated_rows += several.len() as u64;
                }
            }
        }
        self.customers = kept;
        self
    }

    /// Rows below the header.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The customer of a key.
    pub(super) fn of(&self, key: u64) -> Option<&Customer> {
        let at = self.customers.binary_search_by_key(&key, |customer| customer.key).ok()?;
        self.customers.get(at)
    }
}

/// A CRM file being read.
pub struct CrmReading {
    unpacking: Unpacking,
    utf16: Option<FromUtf16>,
    table: Table,
    rows: Rows,
}

struct Rows {
    plan: JoinPlan,
    head: Vec<Vec<String>>,
    /// Where the header puts the columns that play a part, with their places in the plan.
    places: Option<Vec<(usize, usize)>>,
    width: usize,
    crm: Crm,
}

impl CrmReading {
    /// Starts reading by `plan`, which is obeyed to the letter.
    ///
    /// # Errors
    /// What in the plan cannot be followed.
    pub fn new(plan: &JoinPlan) -> Result<CrmReading, JoinError> {
        plan.check()?;
        let delimiter = u8::try_from(plan.delimiter).ok().filter(u8::is_ascii);
        let delimiter = delimiter.filter(|d| !matches!(d, b'"' | b'\n' | b'\r'));
        let table = Table::new(delimiter.ok_or(JoinError::Delimiter(plan.delimiter))?);
        Ok(CrmReading {
            unpacking: Unpacking::default(),
            utf16: FromUtf16::new(plan.encoding),
            table,
            rows: Rows { plan: plan.clone(), head: Vec::new(), places: None, width: 0, crm: Crm::default() },
        })
    }

    /// For a file in a zip archive: the bytes that follow are its packed ones.
    pub fn unpack(&mut self, entry: &Entry) {
        self.unpacking = Unpacking::of_entry(entry);
    }

    /// Rows met so far.
    pub fn rows(&self) -> u64 {
        self.rows.crm.rows
    }

    /// Ends the file; the customers are to be finished by [`Crm::finish`].
    ///
    /// # Errors
    /// The key's column is not in the header, or there is no row.
    pub fn finish(self) -> Result<Crm, JoinError> {
        let CrmReading { unpacking, utf16, mut table, mut rows } = self;
        let mut utf16 = utf16;
        {
            let mut sink = |bytes: &[u8]| table.push(bytes, &mut |number, line| rows.row(number, line));
            let ended = unpacking.finish(&mut |bytes| match &mut utf16 {
                Some(utf16) => utf16.push(bytes, &mut sink),
                None => sink(bytes),
            });
            if let Err(reason) = ended {
                return Err(JoinError::Damaged(reason));
            }
            if let Some(utf16) = utf16 {
                utf16.finish(&mut sink);
            }
        }
        table.finish(&mut |number, line| rows.row(number, line));
        let Rows { places, plan, crm, .. } = rows;
        let Some(places) = places else { return Err(JoinError::Empty) };
        for (at, column) in plan.columns.iter().enumerate().filter(|(_, column)| column.role != Part::Ignore)
        {
            if !places.iter().any(|&(of, _)| of == at) {
                return Err(JoinError::Missing(column.name.clone()));
            }
        }
        if crm.rows == 0 { Err(JoinError::Empty) } else { Ok(crm) }
    }
}

impl Takes for CrmReading {
    /// A file packed with gzip is unpacked on the way.
    fn push(&mut self, bytes: &[u8]) {
        let CrmReading { unpacking, utf16, table, rows } = self;
        let mut sink = |bytes: &[u8]| table.push(bytes, &mut |number, line| rows.row(number, line));
        unpacking.push(bytes, &mut |bytes| match utf16 {
            Some(utf16) => utf16.push(bytes, &mut sink),
            None => sink(bytes),
        });
    }

    fn lost(&mut self, row: u64, rows: Option<u64>, column: Option<String>, reason: String) {
        self.rows.crm.rows += rows.unwrap_or(1);
        self.rows.crm.unreadable += rows.unwrap_or(1);
        self.rows.crm.list(row, column.as_deref(), reason);
    }

    fn mended(&mut self, row: u64, column: Option<String>, reason: String) {
        self.rows.crm.list(row, column.as_deref(), reason);
    }
}

impl Rows {
    fn row(&mut self, number: u64, line: Line<'_>) {
        let cells = match line {
            Line::Cells(cells) => cells,
            Line::TooLong => return self.lost(number, "This row is longer than 16 MiB."),
            Line::Unclosed => {
                return self.lost(number, "A quotation mark opens in this row and is never closed.");
            }
        };
        let encoding = self.plan.encoding;
        let Some(places) = &self.places else {
            let row = cells.iter().map(|cell| encoding::decode(&cell, encoding).0.trim().to_owned());
            self.head.push(row.collect());
            if self.head.len() >= self.plan.header_rows as usize {
                self.begin();
            }
            return;
        };
        if cells.are_blank() {
            return;
        }
        if cells.len() > self.width && (self.width..cells.len()).any(|at| !cells.get(at).is_empty()) {
            let reason = format!(
                "This row has {} cells where the header has {}. Does an amount have a comma and no quotation marks?",
                cells.len(),
                self.width
            );
            return self.lost(number, &reason);
        }
        let mut customer = Customer {
            key: NO_KEY,
            revenue: NO_AMOUNT,
            lifetime: NO_AMOUNT,
            left: Left::Unknown,
            onboarding: NO_DAY,
            segment: NO_SEGMENT,
        };
        let mut bad: Vec<(usize, String)> = Vec::new();
        let crm = &mut self.crm;
        crm.rows += 1;
        for &(of, at) in places {
            let column = &self.plan.columns[of];
            let cell = cells.get(at);
            let (text, _) = encoding::decode(&cell, encoding);
            let text = text.trim();
            if is_missing(text) {
                // Who left on no day has stayed.
                if column.role == Part::Churned && column.form == Form::Date {
                    customer.left = Left::No;
                }
                continue;
            }
            let day = |text: &str| {
                let days = date::parse(text, self.plan.date_order)?.div_euclid(DAY);
                i32::try_from(days).ok()
            };
            let read = match column.role {
                Part::Ignore => true,
                Part::Key => {
                    customer.key = key(text);
                    true
                }
                Part::Revenue | Part::LifetimeValue => {
                    let decimal = if column.form == Form::Comma { ',' } else { '.' };
                    let amount = amount::parse(text, decimal);
                    if amount.is_some() {
                        crm.pays(amount::currency(text));
                    }
                    let into = match column.role {
                        Part::Revenue => &mut customer.revenue,
                        _ => &mut customer.lifetime,
                    };
                    *into = amount.unwrap_or(NO_AMOUNT);
                    amount.is_some()
                }
                Part::Churned => {
                    let word = column.words.get(text).map_or(text, String::as_str);
                    let left = match column.form {
                        Form::Date => day(text).map(Left::On),
                        _ => left(word),
                    };
                    customer.left = left.unwrap_or(Left::Unknown);
                    left.is_some()
                }
                Part::Onboarding => {
                    let days = match column.form {
                        Form::Date => day(text),
                        form => {
                            let decimal = if form == Form::Comma { ',' } else { '.' };
                            let days =
                                amount::parse(text, decimal).map(|hundredths| hundredths.div_euclid(100));
                            days.filter(|days| *days >= 0).and_then(|days| i32::try_from(days).ok())
                        }
                    };
                    customer.onboarding = days.unwrap_or(NO_DAY);
                    days.is_some()
                }
                Part::Segment => {
                    let name = column.words.get(text).map_or(text, String::as_str);
                    // What has thousands of values is no segment; they are not kept.
                    if crm.index.contains_key(name) || crm.segments.len() < 4 * MOST_SEGMENTS {
                        customer.segment = crm.segment(name);
                    }
                    true
                }
            };
            if !read {
                bad.push((of, column.role.expects(column.form).to_owned()));
            }
        }
        crm.cells += bad.len() as u64;
        for (of, expected) in bad {
            let column = self.plan.columns[of].name.clone();
            crm.list(number, Some(&column), format!("This cell is no {expected}, so it counts as empty."));
        }
        if customer.key == NO_KEY {
            crm.keyless += 1;
        } else {
            crm.customers.push(customer);
        }
    }

    fn lost(&mut self, number: u64, reason: &str) {
        if self.places.is_some() {
            self.crm.rows += 1;
            self.crm.unreadable += 1;
            self.crm.list(number, None, reason.into());
        }
    }

    /// A column is found where the plan has it, and by its name in a file whose columns stand otherwise.
    fn begin(&mut self) {
        let names = self.plan.naming.names(&self.head);
        let mut places = Vec::new();
        for (of, column) in self.plan.columns.iter().enumerate().filter(|(_, c)| c.role != Part::Ignore) {
            let here = names.get(of).is_some_and(|name| *name == column.name).then_some(of);
            let found = here.or_else(|| names.iter().position(|name| *name == column.name));
            places.extend(found.map(|at| (of, at)));
        }
        self.width = names.len();
        self.places = Some(places);
    }
}

/// Words for "has left", and for "has not".
const YES: &[&str] = &[
    "1",
    "true",
    "yes",
    "y",
    "t",
    "x",
    "churned",
    "churn",
    "lost",
    "left",
    "cancelled",
    "canceled",
    "closed",
    "inactive",
    "terminated",
    "ended",
    "former",
    "ja",
    "oui",
    "si",
    "sí",
    "sì",
    "sim",
    "gekündigt",
    "abgewandert",
    "inaktiv",
];
const NO: &[&str] = &[
    "0", "false", "no", "n", "f", "active", "retained", "current", "open", "customer", "stayed", "nein",
    "non", "não", "nee", "aktiv", "actif", "activo",
];

/// Whether a word says that a customer has left.
pub(super) fn left(word: &str) -> Option<Left> {
    let word = word.trim().to_lowercase();
    let word = word.strip_suffix(".0").unwrap_or(&word);
    if YES.contains(&word) {
        Some(Left::Yes)
    } else if NO.contains(&word) {
        Some(Left::No)
    } else {
        None
    }
}
