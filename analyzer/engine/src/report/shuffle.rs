//! Units in an order of chance, for whoever shows them without their names: letters that are given in the order of names would be
//! read off a list of the staff. The order is the file's own: the same file gives it again, in every part of its report, in what is
//! exported, and when a project is opened again.
//!
//! Its key is the SHA-256 of what was read of the first [`LOOKED_AT`] rows: their ratings, their times and which of them share a
//! unit. A unit's place is that of the SHA-256 of the key and its name. Who has the list of the staff and no more cannot compute it.
//!
//! Trap: it keeps names from readers of the report, not from those who have the file, nor from one who knows of a unit what the
//! report says of it, such as how many responses it has.

use super::Report;
use crate::columns::Dataset;
use crate::sort;
use sha2::{Digest, Sha256};

/// As many rows are looked at for the key.
const LOOKED_AT: usize = 65_536;

/// The order of chance of a file's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shuffle {
    key: [u8; 32],
}

impl Shuffle {
    /// The order of the units of what was read.
    pub fn of(dataset: &Dataset) -> Shuffle {
        let mut hash = Sha256::new();
        let rows = dataset.ratings.len().min(LOOKED_AT);
        hash.update((dataset.ratings.len() as u64).to_le_bytes());
        hash.update(&dataset.ratings[..rows]);
        for row in 0..rows {
            if let Some(times) = &dataset.times {
                hash.update(times.get(row).to_le_bytes());
            }
            if let Some(units) = &dataset.units {
                hash.update(units.code_of(row).to_le_bytes());
            }
        }
        Shuffle { key: hash.finalize().into() }
    }

    /// Puts the units of a report in this order, wherever it lists them.
    pub fn put(&self, report: &mut Report) {
        self.sort(&mut report.units, |unit| &unit.unit);
        if let Some(heard) = &mut report.heard {
            self.sort(&mut heard.units, |heard| &heard.unit);
        }
    }

    fn sort<T>(&self, units: &mut Vec<T>, name: impl Fn(&T) -> &str) {
        let place = |unit: T| -> ([u8; 32], T) {
            let hash = Sha256::new().chain_update(self.key).chain_update(name(&unit));
            (hash.finalize().into(), unit)
        };
        let mut placed: Vec<([u8; 32], T)> = std::mem::take(units).into_iter().map(place).collect();
        sort::by(&mut placed, |a, b| a.0.cmp(&b.0));
        units.extend(placed.into_iter().map(|(_, unit)| unit));
    }
}

/// Puts the units of a report back in the order of their names, as [`report`](super::report()) lists them.
pub fn by_name(report: &mut Report) {
    sort::by(&mut report.units, |a, b| a.unit.cmp(&b.unit));
    if let Some(heard) = &mut report.heard {
        sort::by(&mut heard.units, |a, b| a.unit.cmp(&b.unit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::recognise;
    use crate::reader::Reading;
    use crate::report::report;

    /// Twelve stores with thirty scores each; `salt` changes one score.
    fn read(salt: u32) -> Dataset {
        let mut csv = String::from("store,score,date\n");
        for row in 0..360_u32 {
            let score = if row == 0 { salt } else { row * 7 % 11 };
            let (day, store) = (row % 28 + 1, row % 12);
            csv.push_str(&format!("Store {store:02},{score},2026-01-{day:02}\n"));
        }
        let plan = recognise(csv.as_bytes(), "a.csv");
        let mut reading = Reading::new(&plan).unwrap();
        reading.push(csv.as_bytes());
        reading.finish()
    }

    fn names(report: &Report) -> Vec<String> {
        report.units.iter().map(|unit| unit.unit.clone()).collect()
    }

    #[test]
    fn the_order_is_the_files_own_and_not_that_of_names() {
        let data = read(3);
        let whole = report(&data);
        assert_eq!(whole.units.len(), 12);
        let shuffled = |data: &Dataset| {
            let mut report = report(data);
            Shuffle::of(data).put(&mut report);
            report
        };
        let mut once = shuffled(&data);
        assert_ne!(names(&once), names(&whole));
        assert_eq!(names(&once), names(&shuffled(&read(3))), "the same file");
        assert_ne!(names(&once), names(&shuffled(&read(4))), "another file with the same stores");
        by_name(&mut once);
        assert_eq!(once, whole);
    }

    #[test]
    fn some_of_the_units_keep_the_order_of_all() {
        let data = read(3);
        let shuffle = Shuffle::of(&data);
        let mut all = report(&data);
        let mut some = all.clone();
        some.units.retain(|unit| unit.unit.ends_with(['1', '5', '8']));
        shuffle.put(&mut all);
        shuffle.put(&mut some);
        let kept: Vec<String> =
            names(&all).into_iter().filter(|name| name.ends_with(['1', '5', '8'])).collect();
        assert_eq!(names(&some), kept);
    }
}
