//! The byte form in which a part's columns go from the worker that read them to the one that puts the parts together. It has
//! what a table read in parts can have, in the order of [`Dataset`]'s fields; names and types of columns follow from the plan,
//! by which both sides read, and are not in it.
//!
//! Numbers are little-endian. Lists stand behind their length as a `u64`, texts as UTF-8 behind theirs in bytes; a column has
//! one value a row and no length. Columns of numbers stand behind the bytes that a value takes, as [`narrow`](super::narrow) has it.

use super::beside::Beside;
use super::comments::Comments;
use super::dates::DateVotes;
use super::{
    Categories, Column, Counts, Dataset, EvidenceColumns, NONE, Numbers, Place, Reasons, RowNumbers, Skipped,
    Texts, Times, Values, Whole,
};
use crate::bytes::{Damaged, Reader, Writer};
use candor_survey::response::Level;
use candor_survey::words::Cues;

const LEVELS: [Level; 3] = [Level::None, Level::Some, Level::Strong];

impl Dataset {
    /// Appends the columns to `out`.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.u64(self.ratings.len() as u64);
        self.row_numbers.write(out);
        out.raw(&self.ratings);
        if let Some(units) = &self.units {
            units.write(out);
        }
        if let Some(times) = &self.times {
            times.write(out);
        }
        if let Some(texts) = &self.texts {
            texts.write(out);
        }
        self.comments.write(out);
        self.others.iter().for_each(|column| column.write(out));
        self.beside.write(out);
        out.values(&self.evidence.cues, |cues| [cues.0]);
        out.values(&self.evidence.levels, |level| [level as u8]);
        out.values(&self.evidence.reasons, |reasons| [reasons.0]);
        let Counts { rows, read, skipped, .. } = self.counts;
        out.u64s(&[rows, read, skipped]);
        self.date_votes.write(out);
        write_rows(&self.skipped, out);
        write_rows(&self.repaired, out);
    }

    /// Reads columns into a data set of the same plan that has no rows.
    ///
    /// # Errors
    /// The bytes are no such columns.
    pub(crate) fn read(mut self, bytes: &mut Reader<'_>) -> Result<Dataset, Damaged> {
        let rows = bytes.count(1)?;
        self.row_numbers = RowNumbers::read(rows, bytes)?;
        self.ratings = bytes.raw(rows)?.to_vec();
        if let Some(units) = &mut self.units {
            units.read(rows, bytes)?;
        }
        if let Some(times) = &mut self.times {
            *times = Times::read(rows, bytes)?;
        }
        if let Some(texts) = &mut self.texts {
            texts.read_places(rows, bytes)?;
        }
        self.comments = Comments::read(bytes)?;
        for column in &mut self.others {
            column.read(rows, bytes)?;
        }
        self.beside.read(rows, bytes)?;
        let level = |byte: &u8| LEVELS.get(usize::from(*byte)).copied();
        self.evidence = EvidenceColumns {
            cues: bytes.values(rows, |[cues]| Cues(cues))?,
            levels: bytes
                .raw(rows)?
                .iter()
                .map(level)
                .collect::<Option<_>>()
                .ok_or_else(|| bytes.damaged())?,
            reasons: bytes.values(rows, |[reasons]| Reasons(reasons))?,
        };
        let counts = &mut self.counts;
        (counts.rows, counts.read, counts.skipped) = (bytes.u64()?, bytes.u64()?, bytes.u64()?);
        // Of the rows that were read, the columns have all but the tests.
        counts.tests = counts.read.checked_sub(rows as u64).ok_or_else(|| bytes.damaged())?;
        self.date_votes = DateVotes::read(bytes)?;
        self.skipped = read_rows(bytes)?;
        self.repaired = read_rows(bytes)?;
        Ok(self)
    }

    /// Whether its counts can be those of a part with so many rows of the file, header rows and blank ones included, so that what
    /// parts are put together from adds up.
    pub(crate) fn is_of(&self, rows: u64) -> bool {
        let Counts { read, skipped, .. } = self.counts;
        let length = self.ratings.len() as u64;
        let votes = [self.date_votes.time, self.date_votes.others];
        let dates = length.saturating_mul(1 + self.others.len() as u64);
        read.checked_add(skipped) == Some(self.counts.rows)
            && self.counts.rows <= rows
            && self.row_numbers.runs.last().is_none_or(|&(index, row)| {
                row.checked_add(length - index).is_some_and(|behind| behind <= rows.saturating_add(1))
            })
            && self.skipped.iter().chain(&self.repaired).all(|note| note.row <= rows)
            && self.others.iter().flat_map(|column| column.odd.cells()).all(|(row, _)| *row < length)
            && self.others.iter().all(|column| column.odd.more() <= length)
            && self.beside.items.iter().all(|item| item.off_scale <= length)
            && votes.iter().all(|votes| votes.day_first <= dates && votes.month_first <= dates)
            && self.comments.are_of(length)
    }
}

fn write_rows(rows: &[Skipped], out: &mut Writer) {
    out.u64(rows.len() as u64);
    for Skipped { row, column, reason } in rows {
        out.u64s(&[*row, u64::from(column.is_some())]);
        out.bytes(column.as_deref().unwrap_or_default().as_bytes());
        out.bytes(reason.as_bytes());
    }
}

fn read_rows(bytes: &mut Reader<'_>) -> Result<Vec<Skipped>, Damaged> {
    let count = bytes.count(32)?;
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let (row, named) = (bytes.u64()?, bytes.u64()? == 1);
        let column = Some(bytes.str()?.to_owned()).filter(|_| named);
        rows.push(Skipped { row, column, reason: bytes.str()?.into() });
    }
    Ok(rows)
}

impl RowNumbers {
    fn write(&self, out: &mut Writer) {
        out.u64(self.runs.len() as u64);
        for &(index, row) in &self.runs {
            out.u64s(&[index, row]);
        }
    }

    fn read(rows: usize, bytes: &mut Reader<'_>) -> Result<RowNumbers, Damaged> {
        let count = bytes.count(16)?;
        let numbers = bytes.u64s(2 * count)?;
        let runs: Vec<_> = numbers.chunks_exact(2).map(|run| (run[0], run[1])).collect();
        let begins = runs.first().map(|run| run.0) == (rows > 0).then_some(0);
        let ordered = runs.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
        let ends = runs.last().is_none_or(|run| run.0 < rows as u64);
        if !(begins && ordered && ends) {
            return Err(bytes.damaged());
        }
        Ok(RowNumbers { runs, length: rows as u64 })
    }
}

impl Categories {
    fn write(&self, out: &mut Writer) {
        out.u64(self.labels.len() as u64);
        self.labels.iter().for_each(|label| out.bytes(label.as_bytes()));
        self.codes.write(out);
    }

    fn read(&mut self, rows: usize, bytes: &mut Reader<'_>) -> Result<(), Damaged> {
        for code in 0..bytes.count(8)? {
            // Each word stands there once, and none is empty.
            if self.code_for(bytes.str()?) != code as u32 {
                return Err(bytes.damaged());
            }
        }
        self.codes = Whole::read(rows, bytes)?;
        let known = self.labels.len() as i64;
        match self.codes.iter().all(|code| (0..known).contains(&code) || code == NONE) {
            true => Ok(()),
            false => Err(bytes.damaged()),
        }
    }
}

impl Texts {
    /// Of texts that stay in the file.
    fn write(&self, out: &mut Writer) {
        if let Texts::Left(left) = self {
            left.places.iter().for_each(|place| out.u64(place.0));
        }
    }

    fn read_places(&mut self, rows: usize, bytes: &mut Reader<'_>) -> Result<(), Damaged> {
        if let Texts::Left(left) = self {
            let count = rows.checked_mul(left.cells).ok_or_else(|| bytes.damaged())?;
            for place in bytes.raw(count.checked_mul(8).ok_or_else(|| bytes.damaged())?)?.chunks_exact(8) {
                left.places.push(Place(place.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte))));
            }
        }
        Ok(())
    }
}

impl Column {
    fn write(&self, out: &mut Writer) {
        match &self.values {
            Values::Ratings(ratings) => out.raw(ratings),
            Values::Numbers(numbers) => numbers.write(out),
            Values::Times(times) => times.write(out),
            Values::Words(words) => words.write(out),
            Values::Texts(texts) => texts.write(out),
        }
        out.u64s(&[self.odd.more(), self.odd.cells().len() as u64]);
        for (row, text) in self.odd.cells() {
            out.u64(*row);
            out.bytes(text.as_bytes());
        }
    }

    fn read(&mut self, rows: usize, bytes: &mut Reader<'_>) -> Result<(), Damaged> {
        match &mut self.values {
            Values::Ratings(ratings) => *ratings = bytes.raw(rows)?.to_vec(),
            Values::Numbers(numbers) => *numbers = Numbers::read(rows, bytes)?,
            Values::Times(times) => *times = Times::read(rows, bytes)?,
            Values::Words(words) => words.read(rows, bytes)?,
            Values::Texts(texts) => texts.read_places(rows, bytes)?,
        }
        let more = bytes.u64()?;
        for _ in 0..bytes.count(16)? {
            self.odd.push(bytes.u64()?, bytes.str()?);
        }
        if self.odd.more > 0 {
            return Err(bytes.damaged());
        }
        self.odd.more = more;
        Ok(())
    }
}

impl Beside {
    fn write(&self, out: &mut Writer) {
        for item in &self.items {
            out.raw(&item.ratings);
            out.u64(item.off_scale);
        }
        self.groups.iter().for_each(|group| group.write(out));
    }

    fn read(&mut self, rows: usize, bytes: &mut Reader<'_>) -> Result<(), Damaged> {
        for item in &mut self.items {
            item.ratings = bytes.raw(rows)?.to_vec();
            item.off_scale = bytes.u64()?;
        }
        self.groups.iter_mut().try_for_each(|group| group.read(rows, bytes))
    }
}
