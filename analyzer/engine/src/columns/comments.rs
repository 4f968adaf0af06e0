//! A sample of the comments, taken on the way past while a file is read, and what all of them say in other languages than
//! English. Texts may stay in the file, so whoever computes language or sentiment does so on this sample.
//!
//! A comment's place in the file gives it a priority and the lowest stay ("bottom-k", Cohen & Kaplan 2007), so that any
//! division of a file into parts keeps the same ones.

use crate::bytes::{Damaged, Reader, Writer};
use crate::columns::{Dataset, Texts};
use crate::sample::mix;
use crate::sort;
use crate::words::language::{Language, language};
use crate::words::solicitation::Hearing;
use candor_survey::words::Cues;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most comments that are kept.
pub const KEPT: usize = 2000;
/// As much of each as is kept, in bytes; enough to tell its language and its mood.
const LONGEST: usize = 4096;

/// The sample, and what all comments say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comments {
    /// By priority: the index of the row, and what was written.
    kept: BTreeMap<u64, (u64, Box<str>)>,
    /// The highest priority that is kept, once there are as many as may be: most comments are not.
    highest: Option<u64>,
    /// What is heard in languages other than English, a set of cues a row; empty when no such language is in the sample.
    pub heard: Vec<Cues>,
    /// The language of each comment of the sample.
    languages: Vec<Option<Language>>,
}

/// A comment of the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comment<'a> {
    /// The index of its row in the columns.
    pub row: usize,
    /// What was written, 4 KiB at most.
    pub text: &'a str,
    /// Its language, when that can be told.
    pub language: Option<Language>,
}

impl Comments {
    /// Offers what was written in the row with index `row`, which stands at `at` in the file.
    #[inline]
    pub(crate) fn offer(&mut self, at: u64, row: u64, text: &str) {
        let priority = mix(at.wrapping_add(0x9e37_79b9_7f4a_7c15));
        if self.highest.is_none_or(|highest| priority < highest) {
            let short = &text[..text.floor_char_boundary(LONGEST)];
            self.keep(priority, row, short.into());
        }
    }

    fn keep(&mut self, priority: u64, row: u64, text: Box<str>) {
        self.kept.insert(priority, (row, text));
        if self.kept.len() > KEPT {
            self.kept.pop_last();
        }
        if self.kept.len() == KEPT {
            self.highest = self.kept.last_key_value().map(|(&highest, _)| highest);
        }
    }

    /// The sample, in the order of the rows: all comments, or [`KEPT`] drawn by where they stand. Languages are those that
    /// [`Dataset::listen`] told.
    pub fn sample(&self) -> impl Iterator<Item = Comment<'_>> {
        let languages = self.languages.iter().copied().chain(std::iter::repeat(None));
        let comment = |((row, text), language)| Comment { row, text, language };
        self.in_order().into_iter().zip(languages).map(comment)
    }

    fn in_order(&self) -> Vec<(usize, &str)> {
        let mut sample: Vec<_> = self.kept.values().map(|(row, text)| (*row as usize, &**text)).collect();
        sort::by_key(&mut sample, |&(row, _)| row);
        sample
    }

    /// Adds those of another part of the file, before which there are `from` rows in the columns.
    pub(crate) fn append(&mut self, part: &Comments, from: u64) {
        for (&priority, (row, text)) in &part.kept {
            self.keep(priority, from + row, text.clone());
        }
    }

    /// Those of these rows, which are in order, and what is heard in them; nothing is told or heard anew.
    pub(super) fn select(&self, rows: &[usize]) -> Comments {
        let place = |row: usize| rows.binary_search(&row).ok();
        let new = |(&priority, (row, text)): (&u64, &(u64, Box<str>))| {
            Some((priority, (place(*row as usize)? as u64, text.clone())))
        };
        let languages = self.in_order().into_iter().zip(&self.languages);
        Comments {
            highest: None,
            kept: sort::map(self.kept.iter().filter_map(new)),
            heard: rows.iter().filter_map(|&row| self.heard.get(row).copied()).collect(),
            languages: languages
                .filter(|((row, _), _)| place(*row).is_some())
                .map(|(_, &told)| told)
                .collect(),
        }
    }

    /// Keeps only those whose row is kept, and counts rows anew.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let before: Vec<u64> = keep
            .iter()
            .scan(0, |kept, &keep| {
                let at = *kept;
                *kept += u64::from(keep);
                Some(at)
            })
            .collect();
        self.kept.retain(|_, (row, _)| {
            let at = *row as usize;
            *row = before.get(at).copied().unwrap_or_default();
            keep.get(at) == Some(&true)
        });
        self.highest = None;
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u64(self.kept.len() as u64);
        for (&priority, (row, text)) in &self.kept {
            out.u64s(&[priority, *row]);
            out.bytes(text.as_bytes());
        }
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Result<Comments, Damaged> {
        let mut comments = Comments::default();
        for _ in 0..bytes.count(24)? {
            let (priority, row) = (bytes.u64()?, bytes.u64()?);
            comments.keep(priority, row, bytes.str()?.into());
        }
        Ok(comments)
    }

    /// Whether all are of one of so many rows.
    pub(super) fn are_of(&self, rows: u64) -> bool {
        self.kept.values().all(|(row, _)| *row < rows)
    }
}

impl Dataset {
    /// Tells the languages of the sampled comments and listens to all comments in those that are not English, which was heard
    /// on reading. `bytes` hands out bytes of the file, in the order in which they stand there; texts in memory ask for none.
    ///
    /// # Errors
    /// What `bytes` failed with; the languages are known even so.
    pub fn listen<E>(&mut self, mut bytes: impl FnMut(Range<u64>) -> Result<Vec<u8>, E>) -> Result<(), E> {
        let Dataset { texts: Some(texts), comments, .. } = self else { return Ok(()) };
        comments.languages = comments.in_order().into_iter().map(|(_, text)| language(text)).collect();
        let mut hearing = Hearing::new(comments.languages.iter().copied().flatten());
        if hearing.is_deaf() {
            return Ok(());
        }
        let texts: &Texts = texts;
        let heard = (0..texts.len()).map(|row| match texts.has(row) {
            true => texts.read(row, &mut bytes).map(|text| hearing.cues(&text)),
            false => Ok(Cues::default()),
        });
        comments.heard = heard.collect::<Result<_, E>>()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_drawn_evenly_and_long_comments_are_cut_between_letters() {
        let mut comments = Comments::default();
        let long = "é".repeat(3000);
        for row in 0..20_000 {
            comments.offer(row * 137, row, if row == 0 { &long } else { "fine" });
        }
        let rows: Vec<usize> = comments.sample().map(|comment| comment.row).collect();
        assert_eq!(rows.len(), KEPT);
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        // A tenth of each half: 1,000, sd 30.
        let first = rows.iter().filter(|&&row| row < 10_000).count();
        assert!((880..=1120).contains(&first), "{first}");
        let mut short = Comments::default();
        short.offer(9, 0, &long);
        assert_eq!(short.sample().next().unwrap().text.len(), LONGEST);
    }
}
