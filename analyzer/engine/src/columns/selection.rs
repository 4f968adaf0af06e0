//! Choosing rows: which responses of a file somebody wants to hear about, and the columns of these alone. It reads a
//! [`Dataset`] and makes another one; nothing is read again from the file.

use super::attributes::Attributes;
use super::beside::{Beside, Item};
use super::{
    Categories, Counts, Dataset, EvidenceColumns, Exposures, Held, Left, NO_CODE, NO_RATING, NO_TIME,
    OwnColumns, Places, RowNumbers, Signals, Texts, Values,
};
use crate::sort;
use candor_survey::response::Level;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;

/// Most values of a column by which responses can be grouped; what has more is a name or a text.
pub const MOST_VALUES: usize = 50;

/// Which responses are chosen: those that meet every condition there is. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Given on this day or later, in days since 1970-01-01 UTC; a response without a time is not.
    pub from: Option<i64>,
    /// Given on this day or earlier.
    pub to: Option<i64>,
    /// Of this unit.
    pub unit: Option<String>,
    /// With this value in another column.
    pub member: Option<Member>,
    /// Without any evidence of pressure.
    pub clear: bool,
}

/// A value of a column by which responses can be grouped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
}

/// A column by which responses can be grouped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// The column.
    pub column: String,
    /// Its values, sorted, and how many responses with a rating have each.
    pub values: Vec<(String, u64)>,
}

impl Selection {
    /// Whether it chooses every response.
    pub fn is_all(&self) -> bool {
        *self == Selection::default()
    }

    /// Whether it chooses by unit alone, the only thing that is known of page views too.
    pub fn is_by_unit(&self) -> bool {
        *self == Selection { unit: self.unit.clone(), ..Selection::default() }
    }
}

impl Dataset {
    /// For each row whether it is chosen.
    pub fn chosen(&self, selection: &Selection) -> Vec<bool> {
        let mut chosen = vec![true; self.ratings.len()];
        if selection.from.is_some() || selection.to.is_some() {
            let from = selection.from.map_or(i64::MIN + 1, |day| day.saturating_mul(DAY));
            let to = selection.to.map_or(i64::MAX, |day| day.saturating_add(1).saturating_mul(DAY));
            match &self.times {
                Some(times) => narrow(&mut chosen, times.iter(), |ms| ms != NO_TIME && from <= ms && ms < to),
                None => chosen.fill(false),
            }
        }
        if let Some(unit) = &selection.unit {
            of_word(&mut chosen, self.units.as_ref(), unit);
        }
        if let Some(Member { column, value }) = &selection.member {
            of_word(&mut chosen, self.grouping(column).as_deref(), value);
        }
        if selection.clear {
            narrow(&mut chosen, &self.evidence.levels, |level| *level == Level::None);
        }
        chosen
    }

    /// The column of that name as groups, when responses can be grouped by it.
    pub fn grouping(&self, column: &str) -> Option<Cow<'_, Categories>> {
        let named = |categories: &&Categories| categories.name == column;
        if let Some(group) = self.beside.groups.iter().find(named) {
            return Some(Cow::Borrowed(group));
        }
        if let Some(own) = &self.own {
            return own.attributes.groups().find(named).map(Cow::Borrowed);
        }
        match &self.others.iter().find(|other| other.name == column)?.values {
            Values::Words(words) => Some(Cow::Borrowed(words)),
            Values::Ratings(points) => Some(Cow::Owned(by_point(column, points))),
            _ => None,
        }
        .filter(|categories| categories.labels.len() <= MOST_VALUES)
    }

    /// The columns by which responses can be grouped: those that play no part in the score, with 2 to [`MOST_VALUES`] values. In own
    /// files these are attributes, named as in `responses.csv`.
    pub fn groupings(&self) -> Vec<Grouping> {
        let mut found: Vec<Grouping> = Vec::new();
        let names = self.beside.groups.iter().map(|group| &group.name);
        let attributes = self.own.iter().flat_map(|own| own.attributes.groups()).map(|group| &group.name);
        for name in names.chain(attributes).chain(self.others.iter().map(|other| &other.name)) {
            let known = found.iter().any(|grouping| grouping.column == *name);
            let Some(categories) = self.grouping(name).filter(|_| !known) else { continue };
            if (2..=MOST_VALUES).contains(&categories.labels.len()) {
                let mut counts = vec![0u64; categories.labels.len()];
                for (code, _) in
                    categories.codes().zip(&self.ratings).filter(|(_, rating)| **rating != NO_RATING)
                {
                    if let Some(n) = counts.get_mut(code as usize) {
                        *n += 1;
                    }
                }
                let mut values: Vec<(String, u64)> = categories.labels.iter().cloned().zip(counts).collect();
                sort::ascending(&mut values);
                found.push(Grouping { column: name.clone(), values });
            }
        }
        found
    }

    /// The columns of the chosen rows alone, as a file would give them that has no others. Columns that play no part in a
    /// report are not in it. Page views are kept for a selection by unit alone, because of them nothing else is known.
    pub fn select(&self, selection: &Selection) -> Dataset {
        let chosen = self.chosen(selection);
        let rows: Vec<usize> = (0..chosen.len()).filter(|&row| chosen[row]).collect();
        let mut row_numbers = RowNumbers::default();
        rows.iter().for_each(|&row| row_numbers.push(self.row_numbers.get(row)));
        let own = self.own.as_ref().map(|own| own.select(&rows));
        let n = rows.len() as u64;
        let defined = |revision: Option<&str>| {
            self.definitions.iter().any(|(known, _)| Some(known.as_str()) == revision)
        };
        let undefined = own
            .iter()
            .flat_map(|own| (0..rows.len()).map(|row| own.revisions.get(row)))
            .filter(|r| !defined(*r));
        Dataset {
            tool: self.tool,
            score: self.score.clone(),
            survey: self.survey.clone(),
            definitions: self.definitions.clone(),
            row_numbers,
            ratings: gather(&self.ratings, &rows),
            units: self.units.as_ref().map(|units| units.select(&rows)),
            times: self.times.as_ref().map(|times| times.of_rows(rows.iter().copied())),
            texts: self.texts.as_ref().map(|texts| texts.select(&rows)),
            comments: self.comments.select(&rows),
            others: Vec::new(),
            counts: Counts {
                rows: n,
                read: n,
                used: n,
                undefined: undefined.count() as u64,
                ..Counts::default()
            },
            own,
            beside: self.beside.select(&rows, selection),
            evidence: EvidenceColumns {
                cues: gather(&self.evidence.cues, &rows),
                levels: gather(&self.evidence.levels, &rows),
                reasons: gather(&self.evidence.reasons, &rows),
            },
            date_votes: self.date_votes,
            exposures: Exposures::default(),
            skipped: Vec::new(),
            repaired: Vec::new(),
        }
    }
}

/// Leaves out the rows whose value does not pass.
fn narrow<T>(chosen: &mut [bool], column: impl IntoIterator<Item = T>, passes: impl Fn(T) -> bool) {
    chosen.iter_mut().zip(column).for_each(|(chosen, value)| *chosen &= passes(value));
}

fn of_word(chosen: &mut [bool], column: Option<&Categories>, word: &str) {
    match column.and_then(|column| Some((column, column.code(word)?))) {
        Some((column, code)) => narrow(chosen, column.codes(), |of| of == code),
        None => chosen.fill(false),
    }
}

fn by_point(name: &str, points: &[u8]) -> Categories {
    let mut met = [false; 256];
    points.iter().for_each(|&point| met[usize::from(point)] = true);
    let mut categories = Categories::new(name);
    let mut codes = [NO_CODE; 256];
    for point in (0..NO_RATING).filter(|&point| met[usize::from(point)]) {
        codes[usize::from(point)] = categories.code_for(&point.to_string());
    }
    points.iter().for_each(|&point| categories.push_code(codes[usize::from(point)]));
    categories
}

/// The values of these rows; a column that the file does not have stays empty.
fn gather<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|&row| column.get(row).copied()).collect()
}

impl Categories {
    /// Words get codes in the order in which these rows have them.
    fn select(&self, rows: &[usize]) -> Categories {
        let mut kept = Categories::new(&self.name);
        let mut codes = vec![NO_CODE; self.labels.len()];
        for &row in rows {
            let code = self.code_of(row);
            let new = match codes.get_mut(code as usize) {
                None => NO_CODE,
                Some(new) => {
                    if *new == NO_CODE {
                        *new = kept.code_for(&self.labels[code as usize]);
                    }
                    *new
                }
            };
            kept.push_code(new);
        }
        kept
    }
}

impl Texts {
    fn select(&self, rows: &[usize]) -> Texts {
        match self {
            Texts::Held(_) => {
                let mut kept = Texts::Held(Held::default());
                rows.iter().for_each(|&row| kept.push(self.get(row)));
                kept
            }
            Texts::Left(left) => {
                let mut places = Places::default();
                let cells = rows.iter().flat_map(|&row| left.cells_of(row));
                cells.for_each(|cell| places.push(left.places.get(cell)));
                Texts::Left(Left { cells: left.cells, encoding: left.encoding, places })
            }
        }
    }
}

impl OwnColumns {
    fn select(&self, rows: &[usize]) -> OwnColumns {
        let signals = &self.signals;
        OwnColumns {
            ids: self.ids.select(rows),
            revisions: self.revisions.select(rows),
            partial: gather(&self.partial, rows),
            claimed_levels: gather(&self.claimed_levels, rows),
            claimed_reasons: self.claimed_reasons.select(rows),
            claim_differs: gather(&self.claim_differs, rows),
            clocks_differ: gather(&self.clocks_differ, rows),
            keys: self.keys.select(rows),
            attributes: Attributes::default(),
            signals: Signals {
                preset: gather(&signals.preset, rows),
                kiosk: gather(&signals.kiosk, rows),
                input: gather(&signals.input, rows),
                untrusted: gather(&signals.untrusted, rows),
                ms_score: gather(&signals.ms_score, rows),
                read_chars: gather(&signals.read_chars, rows),
                raised: gather(&signals.raised, rows),
                hidden: gather(&signals.hidden, rows),
                device_day: gather(&signals.device_day, rows),
                device_all: gather(&signals.device_all, rows),
            },
        }
    }
}

impl Beside {
    fn select(&self, rows: &[usize], selection: &Selection) -> Beside {
        let item = |item: &Item| Item {
            question: item.question.clone(),
            text: item.text.clone(),
            kind: item.kind,
            scale: item.scale,
            ratings: gather(&item.ratings, rows),
            // Which rows these cells stood in is not kept.
            off_scale: 0,
        };
        let views = |counts: &BTreeMap<String, u64>| match &selection.unit {
            _ if selection.is_all() => counts.clone(),
            Some(unit) if selection.is_by_unit() => {
                counts.get_key_value(unit).map(|(unit, &n)| (unit.clone(), n)).into_iter().collect()
            }
            _ => BTreeMap::new(),
        };
        Beside {
            items: self.items.iter().map(item).collect(),
            groups: self.groups.iter().map(|group| group.select(rows)).collect(),
            margins: self.margins.clone(),
            protected: gather(&self.protected, rows),
            designs: self.designs.clone(),
            triggered: gather(&self.triggered, rows),
            bonus: self.bonus.clone(),
            eligible: views(&self.eligible),
            sampled: views(&self.sampled),
        }
    }
}
