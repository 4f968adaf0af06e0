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
use crate::sort;
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
        sort::by(&mut order, |&a, &b| self.segments[a].cmp(&self.segments[b]));
        let mut places = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&code, place)| places[code] = place);
        for customer in &mut self.customers {
            customer.segment = places.get(customer.segment as usize).copied().unwrap_or(NO_SEGMENT);
        }
        self.segments = self.index.keys().cloned().collect();
        self.index = sort::map(self.segments.iter().cloned().zip(0..));
        if self.segments.len() > MOST_SEGMENTS {
            self.too_many_segments = true;
            (self.segments, self.index) = (Vec::new(), BTreeMap::new());
            self.customers.iter_mut().for_each(|customer| customer.segment = NO_SEGMENT);
        }
        sort::ascending(&mut self.currencies);
        sort::by(&mut self.listed, |a, b| (a.row, &a.column).cmp(&(b.row, &b.column)));
        sort::ascending(&mut self.customers);
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

#[cfg(test)]
mod tests {
    use super::super::examples::{crm, plan};
    use super::*;

    fn full() -> JoinPlan {
        plan(&[
            ("id", Part::Key, Form::Words),
            ("sales", Part::Revenue, Form::Point),
            ("ltv", Part::LifetimeValue, Form::Comma),
            ("gone", Part::Churned, Form::Date),
            ("took", Part::Onboarding, Form::Point),
            ("kind", Part::Segment, Form::Words),
        ])
    }

    const HEAD: &str = "id,sales,ltv,gone,took,kind\n";

    #[test]
    fn a_row_is_read_cell_by_cell() {
        let rows =
            format!("{HEAD} A1 ,€12.50,\"1.000,5\",02.01.1970,12.9,gold\nA2,,,,,\nA3,NA,-,null,0,silver\n");
        let found = crm(&rows, &full()).finish();
        let of = |id: &str| *found.of(key(id)).unwrap();
        let all = Customer {
            key: key("a1"),
            revenue: 1250,
            lifetime: 100_050,
            left: Left::On(1),
            onboarding: 12,
            segment: 0,
        };
        assert_eq!(of("a1"), all);
        // Who left on no day has stayed.
        let nothing = Customer {
            key: key("a2"),
            revenue: NO_AMOUNT,
            lifetime: NO_AMOUNT,
            left: Left::No,
            onboarding: NO_DAY,
            segment: NO_SEGMENT,
        };
        assert_eq!(of("a2"), nothing);
        assert_eq!(of("a3"), Customer { key: key("a3"), onboarding: 0, segment: 1, ..nothing });
        assert_eq!(
            (found.segments.clone(), found.currencies.clone()),
            (vec!["gold".to_owned(), "silver".into()], vec!["€".to_owned()])
        );
        assert_eq!(
            (found.rows, found.keyless, found.unreadable, found.cells, found.listed.len()),
            (3, 0, 0, 0, 0)
        );
        assert_eq!(found.of(key("a4")), None);
    }

    #[test]
    fn cells_that_are_not_what_their_part_needs_are_listed_with_what_was_expected() {
        let rows = format!("{HEAD}A1,many,more,once,-3,x\nA2,1,\"2,0\",01.02.2026,long,x\n,5,,,,\n");
        let found = crm(&rows, &full()).finish();
        let listed: Vec<(u64, &str)> =
            found.listed.iter().map(|skipped| (skipped.row, skipped.column.as_deref().unwrap())).collect();
        assert_eq!(listed, [(2, "gone"), (2, "ltv"), (2, "sales"), (2, "took"), (3, "took")]);
        for (skipped, expected) in found.listed.iter().zip([
            "date",
            "amount with a comma before the fraction",
            "amount with a point before the fraction",
            "number of days",
            "number of days",
        ]) {
            assert!(skipped.reason.contains(&format!("no {expected},")), "{}", skipped.reason);
        }
        // The first customer has nothing left but his key; the last row has no key.
        let one = found.of(key("a1")).unwrap();
        assert_eq!(
            (one.revenue, one.lifetime, one.left, one.onboarding),
            (NO_AMOUNT, NO_AMOUNT, Left::Unknown, NO_DAY)
        );
        assert_eq!((found.rows, found.cells, found.keyless, found.customers.len()), (3, 5, 1, 2));
        let words = plan(&[
            ("id", Part::Key, Form::Words),
            ("gone", Part::Churned, Form::Words),
            ("since", Part::Onboarding, Form::Date),
        ]);
        // An empty cell says nothing but where it would hold the day.
        let left = |rows: &str| crm(rows, &words).customers[0].left;
        assert_eq!(
            [left("id,gone,since\nA1,,\n"), left("id,gone,since\nA1,yes,\n")],
            [Left::Unknown, Left::Yes]
        );
        let found =
            crm("id,gone,since\nA1,perhaps,\nA2,Yes,\nA3,0.0,\nA4,1.0,\nA5,aktiv,\n", &words).finish();
        assert!(found.listed[0].reason.contains("no yes or no,"), "{}", found.listed[0].reason);
        let left: Vec<Left> =
            ["a1", "a2", "a3", "a4", "a5"].iter().map(|id| found.of(key(id)).unwrap().left).collect();
        assert_eq!(left, [Left::Unknown, Left::Yes, Left::No, Left::Yes, Left::No]);
    }

    #[test]
    fn rows_that_are_too_long_or_never_closed_are_counted_and_listed() {
        let two = plan(&[("id", Part::Key, Form::Words), ("sales", Part::Revenue, Form::Point)]);
        // Empty cells beyond the header are no harm, and blank rows no rows.
        let found = crm("id,sales\nA1,1,,\n\nA2,1,234\nA3,2\nA4,\"5\nA5,6\n", &two);
        assert_eq!((found.rows, found.unreadable, found.customers.len()), (4, 2, 2));
        assert!(
            found.listed[0].reason.starts_with("This row has 3 cells where the header has 2."),
            "{:?}",
            found.listed
        );
        assert!(found.listed[1].reason.contains("never closed"), "{:?}", found.listed);
        assert_eq!(found.listed.iter().map(|skipped| skipped.row).collect::<Vec<_>>(), [4, 6]);
    }

    #[test]
    fn columns_are_found_by_name_where_they_stand_otherwise() {
        let two = plan(&[("id", Part::Key, Form::Words), ("sales", Part::Revenue, Form::Point)]);
        let found = crm("name,sales,id\nx,7,A1\n", &two).finish();
        assert_eq!(found.of(key("a1")).map(|customer| customer.revenue), Some(700));
        // Where two have the name, the one that stands as in the plan counts.
        let found = crm("id,sales,sales\nA1,7,8\n", &two).finish();
        assert_eq!(found.of(key("a1")).map(|customer| customer.revenue), Some(700));
        let third = plan(&[
            ("id", Part::Key, Form::Words),
            ("x", Part::Ignore, Form::Words),
            ("sales", Part::Revenue, Form::Point),
        ]);
        let found = crm("id,sales,sales\nA1,7,8\n", &third).finish();
        assert_eq!(found.of(key("a1")).map(|customer| customer.revenue), Some(800));
        let mut reading = CrmReading::new(&two).unwrap();
        reading.push(b"id,name\nA1,7\nA2,7\n");
        assert_eq!(reading.rows(), 2);
        assert_eq!(reading.finish().map(|_| ()), Err(JoinError::Missing("sales".into())));
    }

    #[test]
    fn parts_of_a_file_are_merged_as_if_they_were_read_in_one_go() {
        let rows = [
            "A1,$1,\"1,0\",,,gold\n,2,,,,\nA2,1,2,3,4,5,6\n",
            "A3,€5,,02.01.1970,7,silver\nA4,bad,,,,gold\n,,,,8,\n",
            "A5,€1,,,,bronze\n\"A6,,,,,\n",
        ];
        let part = |rows: &str| crm(&format!("{HEAD}{rows}"), &full());
        let mut merged = part(rows[0]);
        merged.merge(&part(rows[1]));
        merged.merge(&part(rows[2]));
        let (merged, whole) = (merged.finish(), part(&rows.concat()).finish());
        assert_eq!((merged.rows, merged.keyless, merged.unreadable, merged.cells), (8, 2, 2, 1));
        assert_eq!((&merged.customers, &merged.segments), (&whole.customers, &whole.segments));
        assert_eq!((&merged.currencies, merged.listed.len()), (&whole.currencies, whole.listed.len()));
        assert_eq!(
            (merged.rows, merged.keyless, merged.unreadable, merged.cells),
            (whole.rows, whole.keyless, whole.unreadable, whole.cells)
        );
        assert_eq!(
            (&merged.segments, &merged.currencies),
            (&vec!["bronze".to_owned(), "gold".into(), "silver".into()], &vec!["$".to_owned(), "€".into()])
        );
        let kinds: Vec<u32> =
            ["a1", "a3", "a4", "a5"].iter().map(|id| merged.of(key(id)).unwrap().segment).collect();
        assert_eq!(kinds, [1, 2, 1, 0]);
    }

    #[test]
    fn a_key_of_several_rows_is_refused_with_all_of_them() {
        let two = plan(&[("id", Part::Key, Form::Words), ("sales", Part::Revenue, Form::Point)]);
        let found = crm("id,sales\nB,1\nA,1\nb,2\nC,3\nB ,4\nD,1\nD,1\n", &two).finish();
        assert_eq!(
            (found.repeated_keys, found.repeated_rows, found.customers.len(), found.rows),
            (2, 5, 2, 7)
        );
        assert!(found.of(key("b")).is_none() && found.of(key("a")).is_some() && found.of(key("c")).is_some());
    }

    #[test]
    fn fifty_segments_are_segments_and_one_more_is_a_name() {
        let kinds = |n: usize| {
            let two = plan(&[
                ("id", Part::Key, Form::Words),
                ("kind", Part::Segment, Form::Words),
                ("sales", Part::Revenue, Form::Point),
            ]);
            let rows: String = (0..300).map(|at| format!("A{at},k{:02},1\n", at % n)).collect();
            crm(&format!("id,kind,sales\n{rows}"), &two).finish()
        };
        let fifty = kinds(50);
        assert_eq!((fifty.segments.len(), fifty.too_many_segments), (50, false));
        assert_eq!(fifty.of(key("a49")).unwrap().segment, 49);
        for n in [51, 250] {
            let more = kinds(n);
            assert!(more.too_many_segments && more.segments.is_empty(), "{n}");
            assert!(more.customers.iter().all(|customer| customer.segment == NO_SEGMENT), "{n}");
        }
    }

    #[test]
    fn a_thousand_cells_are_listed_and_all_are_counted() {
        let two = plan(&[("id", Part::Key, Form::Words), ("sales", Part::Revenue, Form::Point)]);
        let part = |from: usize, to: usize| {
            let rows: String = (from..to).map(|at| format!("A{at},bad\n")).collect();
            crm(&format!("id,sales\n{rows}"), &two)
        };
        let mut merged = part(0, 700);
        merged.merge(&part(700, 1400));
        assert_eq!((merged.listed.len(), merged.cells, part(0, 1200).listed.len()), (LISTED, 1400, LISTED));
        let mut reading = CrmReading::new(&two).unwrap();
        reading.push(b"id,sales\nA,1\n");
        reading.lost(3, Some(7), None, "seven rows".into());
        reading.lost(10, None, Some("id".into()), "one row".into());
        reading.mended(11, Some("sales".into()), "a cell".into());
        let found = reading.finish().unwrap();
        assert_eq!((found.rows, found.unreadable, found.listed.len(), found.customers.len()), (9, 8, 3, 1));
    }

    #[test]
    fn a_file_that_is_packed_or_in_utf_16_is_read_as_what_it_holds() {
        use std::io::Write;
        let two = plan(&[("id", Part::Key, Form::Words), ("sales", Part::Revenue, Form::Point)]);
        let text = "id,sales\nA1,7\nÄ2,8\n";
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let read = |bytes: &[u8], plan: &JoinPlan| {
            let mut reading = CrmReading::new(plan).unwrap();
            bytes.chunks(3).for_each(|bytes| reading.push(bytes));
            reading.finish().map(Crm::finish)
        };
        assert_eq!(read(&packed, &two), read(text.as_bytes(), &two));
        assert!(matches!(read(&packed[..packed.len() - 9], &two), Err(JoinError::Damaged(_))));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16 = JoinPlan { encoding: crate::plan::Encoding::Utf16Le, ..two.clone() };
        assert_eq!(read(&wide, &utf16).unwrap().customers, read(text.as_bytes(), &two).unwrap().customers);
    }

    #[test]
    fn a_delimiter_is_one_byte_that_means_nothing_else() {
        for (delimiter, fine) in [
            (';', true),
            ('\t', true),
            ('|', true),
            ('"', false),
            ('\n', false),
            ('\r', false),
            ('é', false),
            ('→', false),
        ] {
            let plan = JoinPlan { delimiter, ..full() };
            assert_eq!(CrmReading::new(&plan).is_ok(), fine, "{delimiter:?}");
        }
    }
}
