//! Nearest duplicates: how much of a response somebody else has answered just the same. It keeps a fingerprint of every
//! response and a bounded sample of them, and touches nothing else.
//!
//! The share of two responses is identical answers / items that either of them answered; the index is the largest share with
//! any other response, and the first response that has it. Source: Kuriakose & Robbins (2016), "Don't get duped", Statistical
//! Journal of the IAOS 32:283–291 (`percentmatch`). It is **exact up to [`EXACT`] responses**; past that, whole copies are
//! still counted among all by a 128-bit fingerprint (two different responses share one with probability below 10⁻²⁰ at a
//! hundred million), and shares are taken inside a sample of [`EXACT`] whose seed is handed in. Memory: 48 bytes for every
//! *different* response, and the sample.
//!
//! Trap: the famous rule "85% alike is fabricated" fails on customer surveys: 58% of honest respondents repeat somebody on
//! four items. So [`Duplicates::compare`] asks how many would repeat somebody by chance, see there. Reference:
//! careless_dataset.csv, 200 rows exactly (row 1: .5 with row 38).

use super::{Block, MISSING, Refusal};
use crate::bytes::{Damaged, Reader, Writer};
use crate::sample::{Sample, mix};
use crate::scores::resample;
use crate::sort;
use rand_core::Rng;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const MARK: &[u8; 5] = b"DUPL1";

/// Up to so many responses every pair is compared.
pub const EXACT: usize = 20_000;

/// Responses that a comparison with chance takes (their pairs are compared once a simulation).
const COMPARED: usize = 2000;

/// A hasher for keys that are fingerprints already.
#[derive(Clone, Debug, Default)]
struct Fingerprinted(u64);

impl Hasher for Fingerprinted {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = fingerprint as u64;
    }
}

/// How often a response was given, and by whom first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Copies {
    count: u64,
    first: u64,
}

/// Fingerprints of all responses and a sample of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicates {
    items: usize,
    rows: u64,
    seen: HashMap<u128, Copies, BuildHasherDefault<Fingerprinted>>,
    sample: Sample,
}

/// The response nearest to one response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// The response, by its number in the file.
    pub row: u64,
    /// The largest share of identical answers with another response, in [0, 1].
    pub share: f64,
    /// The first response that has this share.
    pub nearest: u64,
}

/// Two multiply–xorshift lanes over the answers, eight at a time; order and length count.
fn fingerprint(row: &[u8]) -> u128 {
    let mut lanes = [0x243f_6a88_85a3_08d3 ^ row.len() as u64, 0x1319_8a2e_0370_7344u64];
    for chunk in row.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        lanes[0] = mix(lanes[0] ^ word);
        lanes[1] =
            mix(lanes[1].rotate_left(23) ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(word);
    }
    u128::from(lanes[0]) << 64 | u128::from(lanes[1])
}

impl Duplicates {
    /// Nothing seen yet, for blocks of `items` items. The seed comes from the caller's random source and decides which
    /// responses are sampled once there are more than [`EXACT`].
    pub fn new(items: usize, seed: u64) -> Duplicates {
        Duplicates { items, rows: 0, seen: HashMap::default(), sample: Sample::new(EXACT, seed) }
    }

    /// Takes the responses of a block, whose first is number `first_row` of the file. Responses without any answer count
    /// as rows and are compared with nobody.
    pub fn update(&mut self, first_row: u64, block: &Block<'_>) -> Result<(), Refusal> {
        if block.items() != self.items {
            return Err(Refusal::Unlike);
        }
        for (number, row) in (first_row..).zip(block.rows()) {
            self.rows += 1;
            if row.iter().all(|&answer| answer == MISSING) {
                continue;
            }
            let copies = self.seen.entry(fingerprint(row)).or_insert(Copies { count: 0, first: number });
            copies.count += 1;
            copies.first = copies.first.min(number);
            self.sample.update(number, row);
        }
        Ok(())
    }

    /// Adds what another state has seen of the same items with the same seed.
    pub fn merge(&mut self, other: &Duplicates) -> Result<(), Refusal> {
        if other.items != self.items || !self.sample.merge(&other.sample) {
            return Err(Refusal::Unlike);
        }
        self.rows += other.rows;
        for (&key, theirs) in &other.seen {
            let copies = self.seen.entry(key).or_insert(Copies { count: 0, first: theirs.first });
            copies.count += theirs.count;
            copies.first = copies.first.min(theirs.first);
        }
        Ok(())
    }

    /// Responses with at least one answer.
    pub fn answered(&self) -> u64 {
        self.sample.offered()
    }

    /// How many responses, this one among them, gave exactly these answers, and which came first; among *all* responses.
    pub fn copies(&self, row: &[u8]) -> (u64, Option<u64>) {
        self.seen.get(&fingerprint(row)).map_or((0, None), |copies| (copies.count, Some(copies.first)))
    }

    /// How many responses have at least one exact copy; among all responses.
    pub fn copied(&self) -> u64 {
        self.seen.values().filter(|copies| copies.count > 1).map(|copies| copies.count).sum()
    }

    /// Whether [`Duplicates::finish`] compares every pair, or a sample.
    pub fn exact(&self) -> bool {
        self.sample.offered() <= EXACT as u64
    }

    /// The nearest other response of each response (past [`EXACT`]: each of the sample, inside the sample), by number.
    pub fn finish(&self) -> Result<Vec<Nearest>, Refusal> {
        let mut rows: Vec<(u64, &[u8])> = self.sample.rows().collect();
        if rows.len() < 2 {
            return Err(Refusal::TooFewResponses { found: rows.len() as u64, needed: 2 });
        }
        sort::by_key(&mut rows, |&(number, _)| number);
        let answers: Vec<&[u8]> = rows.iter().map(|&(_, row)| row).collect();
        let found = nearest(&answers);
        Ok(rows
            .iter()
            .zip(found)
            .map(|(&(row, _), best)| Nearest {
                row,
                share: best.share(),
                nearest: rows[best.place as usize].0,
            })
            .collect())
    }

    /// How many responses repeat somebody, beside how many would by chance.
    ///
    /// *Chance* is fitted to the responses: they are grouped by the mean of their answers, each group (at most 20, of at least
    /// 25 responses) has its own distribution of answers to each item, and a simulated response keeps its original's
    /// unanswered items and its group, while every answer is drawn from the group's distribution of that item (drawn
    /// again, up to 50 times, until the mean lies in the group). So that people are happy all over is part of chance, as
    /// are items that everybody answers alike. `threshold` in (0, 1] is the share from which two responses count as
    /// alike, .85 by the famous rule. At most 2,000 responses are compared, `simulations` times.
    ///
    /// Trap: items that belong together beyond the mean (a grid about the shop, another about the price) make honest people
    /// more alike than this chance; so a small p is a reason to look, and units are compared with units, not with this.
    pub fn compare<R: Rng>(
        &self,
        threshold: f64,
        simulations: usize,
        random: &mut R,
    ) -> Result<Compared, Refusal> {
        if !(threshold > 0.0 && threshold <= 1.0) || simulations == 0 {
            return Err(Refusal::OutOfRange);
        }
        // A prefix of the sample is itself a random sample.
        let rows: Vec<&[u8]> = self.sample.rows().take(COMPARED).map(|(_, row)| row).collect();
        if rows.len() < 2 {
            return Err(Refusal::TooFewResponses { found: rows.len() as u64, needed: 2 });
        }
        let fit: Vec<&[u8]> = self.sample.rows().map(|(_, row)| row).collect();
        let chance = Chance::fit(&fit);
        let observed = alike(&rows, threshold);
        let mut simulated = Vec::with_capacity(simulations);
        let mut answers = vec![MISSING; rows.len() * self.items];
        for _ in 0..simulations {
            for (row, like) in answers.chunks_exact_mut(self.items).zip(&rows) {
                chance.draw(like, row, random);
            }
            let drawn: Vec<&[u8]> = answers.chunks_exact(self.items).collect();
            simulated.push(alike(&drawn, threshold));
        }
        let n = rows.len() as f64;
        let reached = simulated.iter().filter(|&&count| count >= observed).count();
        let expected = simulated.iter().sum::<u64>() as f64 / simulations as f64;
        Ok(Compared {
            n: rows.len() as u64,
            alike: observed as f64 / n,
            by_chance: expected / n,
            p_value: (1 + reached) as f64 / (1 + simulations) as f64,
        })
    }

    /// The byte form: equal states give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.items as u64, self.rows, self.seen.len() as u64]);
        let mut seen: Vec<(&u128, &Copies)> = self.seen.iter().collect();
        sort::by_key(&mut seen, |&(key, _)| *key);
        for (&key, copies) in seen {
            writer.u64s(&[(key >> 64) as u64, key as u64, copies.count, copies.first]);
        }
        writer.bytes(&self.sample.to_bytes());
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Duplicates, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "fingerprints of responses")?;
        let items = usize::try_from(reader.u64()?).map_err(|_| reader.damaged())?;
        let rows = reader.u64()?;
        let count = reader.count(32)?;
        let mut seen = HashMap::default();
        for _ in 0..count {
            let key = u128::from(reader.u64()?) << 64 | u128::from(reader.u64()?);
            seen.insert(key, Copies { count: reader.u64()?, first: reader.u64()? });
        }
        let sample = Sample::from_bytes(reader.bytes()?)?;
        if seen.len() != count
            || (items == 0 && sample.offered() > 0)
            || sample.rows().any(|(_, row)| row.len() != items)
        {
            return Err(reader.damaged());
        }
        reader.end()?;
        Ok(Duplicates { items, rows, seen, sample })
    }
}

/// Repeated responses beside chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Responses compared with each other.
    pub n: u64,
    /// The share of them that have another one alike, in [0, 1].
    pub alike: f64,
    /// The mean of that share in the simulations, in [0, 1].
    pub by_chance: f64,
    /// The share of simulations, the observed one among them, with as many or more: never below 1/(simulations + 1).
    pub p_value: f64,
}

/// The best match so far: `same` identical answers among `items` that either answered, at `place`.
#[derive(Clone, Copy, Debug)]
struct Best {
    same: u32,
    items: u32,
    place: u32,
}

impl Best {
    const NONE: Best = Best { same: 0, items: 0, place: 0 };

    fn share(self) -> f64 {
        if self.items == 0 { 0.0 } else { f64::from(self.same) / f64::from(self.items) }
    }

    /// Takes a match when it is better; the first of equals stays.
    fn offer(&mut self, same: u32, items: u32, place: u32) {
        // same/items > best, as whole numbers; whatever comes is better than nothing.
        if self.items == 0
            || u64::from(same) * u64::from(self.items) > u64::from(self.same) * u64::from(items)
        {
            *self = Best { same, items, place };
        }
    }
}

/// The nearest other row of each row, in the order given; at least two rows, none without an answer.
fn nearest(rows: &[&[u8]]) -> Vec<Best> {
    // Equal rows first: they are at 1, and only different rows go into the square.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    sort::by_key(&mut order, |&place| rows[place]);
    let mut found = vec![Best::NONE; rows.len()];
    let mut different = Vec::new();
    for group in order.chunk_by(|&a, &b| rows[a] == rows[b]) {
        // The sort is stable, so that a group starts with its first row.
        different.push(group[0]);
        if group.len() > 1 {
            let answered = rows[group[0]].iter().filter(|&&answer| answer != MISSING).count() as u32;
            for &place in group {
                let other = if place == group[0] { group[1] } else { group[0] };
                found[place] = Best { same: answered, items: answered, place: other as u32 };
            }
        }
    }
    sort::ascending(&mut different);
    let chosen: Vec<&[u8]> = different.iter().map(|&place| rows[place]).collect();
    for (&place, best) in different.iter().zip(square(&chosen)) {
        if found[place].items == 0 && best.items > 0 {
            found[place] = Best { place: different[best.place as usize] as u32, ..best };
        }
    }
    found
}

/// How many rows have another at least `threshold` alike.
fn alike(rows: &[&[u8]], threshold: f64) -> u64 {
    nearest(rows).iter().filter(|best| best.share() >= threshold).count() as u64
}

/// Rows as bits: bit i of plane k is bit k of the code of the answer to item i; a last plane has the answered items.
struct Planes {
    /// Planes of codes.
    depth: usize,
    /// Words a plane takes in a row.
    words: usize,
    /// Whether every row answered every item.
    complete: bool,
    /// Plane after plane, word after word, row after row.
    bits: Vec<u64>,
}

impl Planes {
    fn new(rows: &[&[u8]]) -> Planes {
        let items = rows.first().map_or(0, |row| row.len());
        let words = items.div_ceil(64);
        // Answers of an item become codes 0, 1, 2 … so that few planes are needed.
        let mut codes = vec![[0u8; 256]; items];
        let mut largest = 0;
        for (item, code) in codes.iter_mut().enumerate() {
            let mut given = [false; 256];
            rows.iter().for_each(|row| given[usize::from(row[item])] = true);
            let mut next = 0u8;
            for value in (0..255).filter(|&value| given[value]) {
                code[value] = next;
                largest = largest.max(next);
                next = next.wrapping_add(1);
            }
        }
        let depth = (8 - largest.leading_zeros() as usize).max(1);
        let mut bits = vec![0; (depth + 1) * words * rows.len()];
        let mut complete = true;
        for (number, row) in rows.iter().enumerate() {
            for (item, &answer) in row.iter().enumerate() {
                if answer == MISSING {
                    complete = false;
                    continue;
                }
                let (word, bit) = (item / 64, 1u64 << (item % 64));
                let place = |plane: usize| (plane * words + word) * rows.len() + number;
                bits[place(depth)] |= bit;
                for plane in 0..depth {
                    if codes[item][usize::from(answer)] >> plane & 1 == 1 {
                        bits[place(plane)] |= bit;
                    }
                }
            }
        }
        Planes { depth, words, complete, bits }
    }
}

/// The nearest other row of each of some different rows: every pair once.
fn square(rows: &[&[u8]]) -> Vec<Best> {
    let planes = Planes::new(rows);
    let items = rows.first().map_or(0, |row| row.len()) as u32;
    if planes.words != 1 {
        return general(&planes, rows.len());
    }
    match (planes.complete, planes.depth) {
        (true, 1) => complete::<1>(&planes.bits, rows.len(), items),
        (true, 2) => complete::<2>(&planes.bits, rows.len(), items),
        (true, 3) => complete::<3>(&planes.bits, rows.len(), items),
        (true, 4) => complete::<4>(&planes.bits, rows.len(), items),
        (false, 1) => with_holes::<1>(&planes, rows.len()),
        (false, 2) => with_holes::<2>(&planes, rows.len()),
        (false, 3) => with_holes::<3>(&planes, rows.len()),
        (false, 4) => with_holes::<4>(&planes, rows.len()),
        _ => general(&planes, rows.len()),
    }
}

/// Rows of at most 64 items without holes; `D` planes.
fn complete<const D: usize>(bits: &[u64], rows: usize, items: u32) -> Vec<Best> {
    // Packed as differing answers and place, so that one minimum keeps the fewest, and the first of equals.
    let mut best = vec![u64::MAX; rows];
    let planes: [&[u64]; D] = std::array::from_fn(|plane| &bits[plane * rows..][..rows]);
    for i in 0..rows {
        let own: [u64; D] = std::array::from_fn(|plane| planes[plane][i]);
        let others: [&[u64]; D] = std::array::from_fn(|plane| &planes[plane][i + 1..]);
        let mut mine = best[i];
        for (offset, best) in best[i + 1..].iter_mut().enumerate() {
            let mut differ = 0;
            for plane in 0..D {
                differ |= own[plane] ^ others[plane][offset];
            }
            let count = u64::from(differ.count_ones()) << 32;
            mine = mine.min(count | (i + 1 + offset) as u64);
            *best = (*best).min(count | i as u64);
        }
        best[i] = mine;
    }
    best.into_iter()
        .map(|packed| match packed {
            u64::MAX => Best::NONE,
            _ => Best { same: items - (packed >> 32) as u32, items, place: packed as u32 },
        })
        .collect()
}

/// Rows of at most 64 items, with holes; `D` planes.
fn with_holes<const D: usize>(planes: &Planes, rows: usize) -> Vec<Best> {
    // Shares of denominators up to 64 lie at least 1/4,096 apart, so that their first sixteen bits tell them apart.
    let mut rank = [[0u32; 65]; 65];
    for (items, ranks) in rank.iter_mut().enumerate() {
        for (same, rank) in ranks.iter_mut().enumerate().take(items + 1) {
            *rank = 65_536 - (same * 65_536).checked_div(items).unwrap_or(0) as u32;
        }
    }
    let mut best = vec![u64::MAX; rows];
    let plane: [&[u64]; D] = std::array::from_fn(|plane| &planes.bits[plane * rows..][..rows]);
    let answered = &planes.bits[D * rows..][..rows];
    let pair = |i: usize, j: usize| {
        let differ = (0..D).fold(0, |bits, p| bits | (plane[p][i] ^ plane[p][j]));
        let same = (answered[i] & answered[j] & !differ).count_ones();
        (same, (answered[i] | answered[j]).count_ones())
    };
    for i in 0..rows {
        let mut mine = best[i];
        for (j, best) in best.iter_mut().enumerate().skip(i + 1) {
            let (same, items) = pair(i, j);
            let share = u64::from(rank[items as usize][same as usize]) << 32;
            mine = mine.min(share | j as u64);
            *best = (*best).min(share | i as u64);
        }
        best[i] = mine;
    }
    best.into_iter()
        .enumerate()
        .map(|(i, packed)| match packed {
            u64::MAX => Best::NONE,
            _ => {
                let (same, items) = pair(i, packed as u32 as usize);
                Best { same, items, place: packed as u32 }
            }
        })
        .collect()
}

/// Rows of any length, with holes.
fn general(planes: &Planes, rows: usize) -> Vec<Best> {
    let mut best = vec![Best::NONE; rows];
    let word =
        |plane: usize, word: usize, row: usize| planes.bits[(plane * planes.words + word) * rows + row];
    for i in 0..rows {
        for j in i + 1..rows {
            let (mut same, mut items) = (0, 0);
            for w in 0..planes.words {
                let differ =
                    (0..planes.depth).fold(0, |bits, plane| bits | (word(plane, w, i) ^ word(plane, w, j)));
                let (mine, others) = (word(planes.depth, w, i), word(planes.depth, w, j));
                same += (mine & others & !differ).count_ones();
                items += (mine | others).count_ones();
            }
            best[i].offer(same, items, j as u32);
            best[j].offer(same, items, i as u32);
        }
    }
    best
}

/// The distribution of answers among responses of about the same mean.
struct Chance {
    /// The highest mean of each group as Σx and n, in rising order.
    ends: Vec<(u64, u64)>,
    /// By group and item, the answers given, in rising order.
    answers: Vec<Vec<u8>>,
    items: usize,
}

/// Groups of means, at most.
const GROUPS: usize = 20;
/// Responses in a group, at least.
const IN_A_GROUP: usize = 25;

/// A row with its Σx and n.
type Leveled<'a> = (&'a [u8], (u64, u64));

/// Σx and n of a row.
fn level(row: &[u8]) -> (u64, u64) {
    row.iter()
        .filter(|&&answer| answer != MISSING)
        .fold((0, 0), |(sum, n), &answer| (sum + u64::from(answer), n + 1))
}

impl Chance {
    fn fit(rows: &[&[u8]]) -> Chance {
        let items = rows.first().map_or(0, |row| row.len());
        let mut order: Vec<Leveled<'_>> = rows.iter().map(|&row| (row, level(row))).collect();
        // Means as fractions; equal means stay in one group, whatever its size.
        sort::by(&mut order, |(_, a), (_, b)| (a.0 * b.1).cmp(&(b.0 * a.1)));
        let size = (rows.len() / GROUPS).max(IN_A_GROUP);
        let mut groups: Vec<Vec<Leveled<'_>>> = Vec::new();
        for equal in order.chunk_by(|(_, a), (_, b)| a.0 * b.1 == b.0 * a.1) {
            match groups.last_mut() {
                Some(group) if group.len() < size => group.extend_from_slice(equal),
                _ => groups.push(equal.to_vec()),
            }
        }
        // A short last group joins the one before.
        if groups.len() > 1
            && groups[groups.len() - 1].len() < IN_A_GROUP
            && let (Some(last), Some(before)) = (groups.pop(), groups.last_mut())
        {
            before.extend(last);
        }
        let ends = groups.iter().filter_map(|group| group.last().map(|(_, level)| *level)).collect();
        let answers = groups
            .iter()
            .flat_map(|group| {
                (0..items).map(|item| {
                    let given = group.iter().map(|(row, _)| row[item]).filter(|&answer| answer != MISSING);
                    let mut given: Vec<u8> = given.collect();
                    sort::ascending(&mut given);
                    given
                })
            })
            .collect();
        Chance { ends, answers, items }
    }

    /// The group of a mean.
    fn group(&self, (sum, n): (u64, u64)) -> usize {
        self.ends.partition_point(|end| end.0 * n < sum * end.1).min(self.ends.len().saturating_sub(1))
    }

    /// Draws a response like `like`: the same group, the same holes.
    fn draw<R: Rng>(&self, like: &[u8], row: &mut [u8], random: &mut R) {
        let group = self.group(level(like));
        for _ in 0..50 {
            for (item, (answer, original)) in row.iter_mut().zip(like).enumerate() {
                let given = &self.answers[group * self.items + item];
                *answer = match original {
                    &MISSING => MISSING,
                    // Where somebody answered, somebody's answer is in the list: at least the original's.
                    _ => given[below(given.len(), random)],
                };
            }
            if self.group(level(row)) == group {
                break;
            }
        }
    }
}

/// An even draw from 0 to n − 1.
fn below<R: Rng>(n: usize, random: &mut R) -> usize {
    resample::below(n as u64, random) as usize
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;
    use rand_core::SeedableRng;
    use rand_pcg::Pcg64;

    fn see(items: usize, answers: &[u8]) -> Duplicates {
        let mut state = Duplicates::new(items, 1);
        state.update(0, &Block::new(items, answers).unwrap()).unwrap();
        state
    }

    #[test]
    fn the_figures_of_the_reference_are_reproduced_exactly() {
        let state = see(50, &fixture::answers());
        let found = state.finish().unwrap();
        let file = include_str!("fixtures/percentmatch_reference.csv");
        let shares: Vec<_> = found.iter().map(|nearest| Some(nearest.share)).collect();
        let places: Vec<_> = found.iter().map(|nearest| Some(nearest.nearest as f64 + 1.0)).collect();
        assert_eq!(shares, fixture::column(file, "maxmatch"));
        assert_eq!(places, fixture::column(file, "nearest"));
        assert!(state.exact() && state.answered() == 200);
    }

    /// What the definition says, pair by pair.
    fn plainly(rows: &[Vec<u8>]) -> Vec<(f64, usize)> {
        (0..rows.len())
            .map(|i| {
                let mut best = (-1.0, 0);
                for j in (0..rows.len()).filter(|&j| j != i) {
                    let pairs = || rows[i].iter().zip(&rows[j]);
                    let same = pairs().filter(|(a, b)| a == b && **a != MISSING).count();
                    let items = pairs().filter(|(a, b)| **a != MISSING || **b != MISSING).count();
                    let share = same as f64 / items as f64;
                    if share > best.0 {
                        best = (share, j);
                    }
                }
                best
            })
            .collect()
    }

    fn check(rows: &[Vec<u8>]) {
        let found = see(rows[0].len(), &rows.concat()).finish().unwrap();
        for (found, (share, place)) in found.iter().zip(plainly(rows)) {
            assert_eq!((found.share, found.nearest), (share, place as u64), "row {} of {rows:?}", found.row);
        }
    }

    #[test]
    fn rows_that_repeat_are_counted_among_all() {
        let state = see(2, &[1, 2, 3, 4, 1, 2, 1, 2, MISSING, MISSING, MISSING, MISSING, 3, 5]);
        assert_eq!(state.copied(), 3);
        assert_eq!(state.copies(&[1, 2]), (3, Some(0)));
        assert_eq!(state.copies(&[3, 4]), (1, Some(1)));
        assert_eq!(state.copies(&[4, 3]), (0, None));
        assert_eq!((state.answered(), state.rows), (5, 7));
        let found = state.finish().unwrap();
        let pairs: Vec<_> =
            found.iter().map(|nearest| (nearest.row, nearest.share, nearest.nearest)).collect();
        assert_eq!(pairs, [(0, 1.0, 2), (1, 0.5, 6), (2, 1.0, 0), (3, 1.0, 0), (6, 0.5, 1)]);
    }

    #[test]
    fn answers_with_many_values_and_many_items_are_compared_too() {
        let mut random = Pcg64::seed_from_u64(3);
        for (items, values) in [(1, 3), (20, 11), (64, 2), (65, 2), (130, 5), (5, 255), (30, 17)] {
            let rows: Vec<Vec<u8>> =
                (0..40).map(|_| (0..items).map(|_| below(values, &mut random) as u8).collect()).collect();
            check(&rows);
        }
    }

    #[test]
    fn past_the_exact_size_a_sample_is_compared_and_copies_are_still_counted_among_all() {
        let mut random = Pcg64::seed_from_u64(5);
        let rows = EXACT + 500;
        let mut answers: Vec<u8> = (0..rows * 30).map(|_| below(5, &mut random) as u8).collect();
        answers.copy_within(0..30, (rows - 1) * 30);
        let state = see(30, &answers);
        assert!(!state.exact());
        assert_eq!((state.copied(), state.copies(&answers[..30])), (2, (2, Some(0))));
        let sample: Vec<(u64, &[u8])> = state.sample.rows().collect();
        assert_eq!(sample.len(), EXACT);
        assert!(sample.iter().all(|&(number, row)| row == &answers[number as usize * 30..][..30]));
    }

    #[test]
    fn nobody_to_compare_with_is_a_reason() {
        let few = |found| Err(Refusal::TooFewResponses { found, needed: 2 });
        assert_eq!(see(3, &[]).finish(), few(0));
        assert_eq!(see(3, &[1, 2, 3]).finish(), few(1));
        assert_eq!(see(2, &[MISSING; 8]).finish(), few(0));
        let state = see(2, &[1, 2, 1, 3]);
        let mut random = Pcg64::seed_from_u64(1);
        for threshold in [0.0, 1.1, f64::NAN] {
            assert_eq!(state.compare(threshold, 9, &mut random), Err(Refusal::OutOfRange));
        }
        assert_eq!(state.compare(0.85, 0, &mut random), Err(Refusal::OutOfRange));
        assert!(see(2, &[1, 2]).compare(0.85, 9, &mut random).is_err());
        assert_eq!(state.clone().merge(&Duplicates::new(2, 9)), Err(Refusal::Unlike));
        assert_eq!(state.clone().update(0, &Block::new(1, &[1]).unwrap()), Err(Refusal::Unlike));
    }

    /// Honest answers of a satisfied crowd to `items` items of 1–5: a level for each person, a difficulty for each item.
    fn honest(rows: usize, items: usize, random: &mut Pcg64) -> Vec<u8> {
        let noise =
            |random: &mut Pcg64| (0..12).map(|_| below(1000, random) as f64 / 1000.0).sum::<f64>() - 6.0;
        let mut answers = Vec::with_capacity(rows * items);
        for _ in 0..rows {
            let level = 4.3 + 0.9 * noise(random);
            for item in 0..items {
                let answer = level - 0.1 * (item % 5) as f64 + 0.7 * noise(random);
                answers.push(answer.round().clamp(1.0, 5.0) as u8);
            }
        }
        answers
    }

    #[test]
    fn honest_satisfied_crowds_repeat_each_other_and_are_not_accused() {
        let mut random = Pcg64::seed_from_u64(11);
        let mut small = 0;
        for world in 0..20 {
            let (rows, items) = (150 + 25 * (world % 4), 4 + 2 * (world % 5));
            let answers = honest(rows, items, &mut random);
            let compared = see(items, &answers).compare(0.85, 39, &mut random).unwrap();
            if items == 4 {
                assert!(compared.alike > 0.58, "{compared:?}");
            }
            assert!((compared.alike - compared.by_chance).abs() < 0.12, "{compared:?}");
            small += usize::from(compared.p_value <= 0.05);
        }
        // 20 worlds at 5%: four or more is rarer than 2%.
        assert!(small <= 3, "{small} of 20");
    }

    #[test]
    fn copied_responses_stand_out_from_chance() {
        let mut random = Pcg64::seed_from_u64(12);
        let mut answers = honest(200, 20, &mut random);
        // Forty responses are the same five, with another answer here and there.
        for copy in 0..40 {
            answers.copy_within((copy % 5) * 20..(copy % 5) * 20 + 20, (100 + copy) * 20);
            answers[(100 + copy) * 20 + copy % 20] = 3;
        }
        let compared = see(20, &answers).compare(0.85, 99, &mut random).unwrap();
        assert!(compared.p_value <= 0.01 && compared.alike > compared.by_chance + 0.1, "{compared:?}");
    }

    #[test]
    fn drawn_responses_keep_their_holes_and_their_answers_are_somebodys() {
        let rows: Vec<Vec<u8>> =
            (0..60).map(|n| vec![n % 5, MISSING, if n % 7 == 0 { MISSING } else { 9 }]).collect();
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let chance = Chance::fit(&rows);
        let mut random = Pcg64::seed_from_u64(2);
        let mut drawn = [0; 3];
        for row in &rows {
            chance.draw(row, &mut drawn, &mut random);
            assert!(drawn[0] < 5 && drawn[1] == MISSING && drawn[2] == row[2]);
            assert_eq!(chance.group(level(&drawn)), chance.group(level(row)));
        }
    }

    proptest! {
        #[test]
        fn any_pattern_of_holes_is_compared_as_the_definition_says(
            rows in proptest::collection::vec(proptest::array::uniform5(prop_oneof![3 => 0u8..3, 1 => Just(MISSING)]), 2..25)
        ) {
            let rows: Vec<Vec<u8>> = rows.iter().map(|row| row.to_vec())
                .filter(|row| row.iter().any(|&answer| answer != MISSING)).collect();
            if rows.len() > 1 {
                check(&rows);
            }
        }

        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes(
            rows in proptest::collection::vec((0usize..64, proptest::array::uniform3(prop_oneof![0u8..3, Just(MISSING)])), 0..80),
            seed: u64, order: u64
        ) {
            let mut whole = Duplicates::new(3, seed);
            let mut parts = vec![Duplicates::new(3, seed); 64];
            for (number, (part, row)) in (0u64..).zip(&rows) {
                whole.update(number, &Block::new(3, row).unwrap()).unwrap();
                parts[*part].update(number, &Block::new(3, row).unwrap()).unwrap();
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part).unwrap());
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(merged.finish(), whole.finish());
            prop_assert_eq!(Duplicates::from_bytes(&whole.to_bytes()).unwrap(), whole);
        }
    }
}
