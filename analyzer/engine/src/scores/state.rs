//! What every state can do: be merged with another, and be written as bytes and read back. States hold whole numbers under
//! sorted keys, so that any split of the rows, merged in any order, gives the same bits; it touches nothing else.
//!
//! Byte form: a tag of four bytes that names the state, then its numbers, little-endian: counts as `u64`, sums of products
//! as `i128`, text as a `u32` length and UTF-8. A state has exactly one byte form, so equal states are equal bytes.

use super::mean::Mean;
use super::nps::Nps;
use super::top_box::TopBox;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

/// Counts read from bytes must be exact as floats.
const LARGEST_COUNT: u64 = 1 << 53;

/// Why bytes are not a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadBytes {
    /// They begin with another tag: it is the byte form of something else.
    Tag,
    /// They end too early.
    Short,
    /// They go on after the end.
    Long,
    /// A text is not UTF-8.
    Text,
    /// Keys are not in ascending order, or one stands twice.
    Order,
    /// The numbers contradict each other, or are too large to be exact.
    Contradiction,
}

impl fmt::Display for BadBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadBytes::Tag => "the bytes are of another kind of state",
            BadBytes::Short => "the bytes end too early",
            BadBytes::Long => "the bytes go on after the end of the state",
            BadBytes::Text => "a text in the bytes is not UTF-8",
            BadBytes::Order => "the keys in the bytes are not in order",
            BadBytes::Contradiction => "the numbers in the bytes contradict each other",
        })
    }
}

impl std::error::Error for BadBytes {}

/// The rest of the bytes of a state.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BadBytes> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(BadBytes::Short)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A small number.
    pub fn u32(&mut self) -> Result<u32, BadBytes> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    /// A count, at most 2⁵³.
    pub fn count(&mut self) -> Result<u64, BadBytes> {
        let count = u64::from_le_bytes(self.take()?);
        if count <= LARGEST_COUNT { Ok(count) } else { Err(BadBytes::Contradiction) }
    }

    /// A signed number.
    pub fn i64(&mut self) -> Result<i64, BadBytes> {
        Ok(i64::from_le_bytes(self.take()?))
    }

    /// A sum of products.
    pub fn i128(&mut self) -> Result<i128, BadBytes> {
        Ok(i128::from_le_bytes(self.take()?))
    }

    /// A text.
    pub fn text(&mut self) -> Result<&'a str, BadBytes> {
        let length = self.u32()? as usize;
        let (text, rest) = self.0.split_at_checked(length).ok_or(BadBytes::Short)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| BadBytes::Text)
    }
}

/// Appends a text the way [`Bytes::text`] reads it.
fn write_text(text: &str, to: &mut Vec<u8>) {
    // A unit's name of 4 GiB does not fit any memory that this runs in.
    to.extend((text.len() as u32).to_le_bytes());
    to.extend(text.as_bytes());
}

/// A state: whole numbers that can be merged and carried as bytes. The default is the state of no rows.
pub trait State: Clone + Default + PartialEq {
    /// The four bytes that begin its byte form.
    const TAG: [u8; 4];

    /// Adds what another state has counted. Order and grouping never matter.
    fn merge(&mut self, other: &Self);

    /// Appends the numbers, without the tag.
    fn write(&self, to: &mut Vec<u8>);

    /// Reads the numbers that [`State::write`] wrote.
    fn read(from: &mut Bytes<'_>) -> Result<Self, BadBytes>;

    /// The byte form.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Self::TAG.to_vec();
        self.write(&mut bytes);
        bytes
    }

    /// Reads the byte form.
    fn from_bytes(bytes: &[u8]) -> Result<Self, BadBytes> {
        let mut bytes = Bytes(bytes);
        if bytes.take::<4>()? != Self::TAG {
            return Err(BadBytes::Tag);
        }
        let state = Self::read(&mut bytes)?;
        if bytes.0.is_empty() { Ok(state) } else { Err(BadBytes::Long) }
    }
}

/// What states can be kept by: a unit's name, a period's number, a block's number, the groups of a weighting cell.
pub trait Key: Clone + Ord {
    /// One byte that tells keyed states apart.
    const TAG: u8;
    /// Appends the key.
    fn write(&self, to: &mut Vec<u8>);
    /// Reads the key.
    fn read(from: &mut Bytes<'_>) -> Result<Self, BadBytes>;
}

impl Key for String {
    const TAG: u8 = b's';
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self, to);
    }
    fn read(from: &mut Bytes<'_>) -> Result<String, BadBytes> {
        Ok(from.text()?.into())
    }
}

impl Key for Vec<String> {
    const TAG: u8 = b'v';
    fn write(&self, to: &mut Vec<u8>) {
        to.extend((self.len() as u32).to_le_bytes());
        self.iter().for_each(|text| write_text(text, to));
    }
    fn read(from: &mut Bytes<'_>) -> Result<Vec<String>, BadBytes> {
        (0..from.u32()?).map(|_| from.text().map(String::from)).collect()
    }
}

impl Key for i64 {
    const TAG: u8 = b'i';
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
    fn read(from: &mut Bytes<'_>) -> Result<i64, BadBytes> {
        from.i64()
    }
}

impl Key for u32 {
    const TAG: u8 = b'u';
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }
    fn read(from: &mut Bytes<'_>) -> Result<u32, BadBytes> {
        from.u32()
    }
}

/// A state for each key, in the order of the keys. Units are kept by name, not by their code in one file's dictionary, so
/// that parts read by different workers can be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By<K, S> {
    states: BTreeMap<K, S>,
}

impl<K, S> Default for By<K, S> {
    fn default() -> By<K, S> {
        By { states: BTreeMap::new() }
    }
}

impl<K: Key, S: State> By<K, S> {
    /// Merges `state` into what is kept for `key`.
    pub fn update<Q>(&mut self, key: &Q, state: &S)
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        match self.states.get_mut(key) {
            Some(kept) => kept.merge(state),
            None => {
                self.states.insert(key.to_owned(), state.clone());
            }
        }
    }

    /// What is kept for `key`.
    pub fn get<Q>(&self, key: &Q) -> Option<&S>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.states.get(key)
    }

    /// What is kept for `key`, to be updated in place; of no rows when there was nothing.
    pub fn entry<Q>(&mut self, key: &Q) -> &mut S
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        self.states.entry(key.to_owned()).or_default()
    }

    /// Keys and states, in the order of the keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &S)> {
        self.states.iter()
    }

    /// The states, in the order of their keys.
    pub fn states(&self) -> impl ExactSizeIterator<Item = &S> {
        self.states.values()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// All states merged into one.
    pub fn total(&self) -> S {
        let mut total = S::default();
        self.states().for_each(|state| total.merge(state));
        total
    }
}

impl<K: Key, S: State> State for By<K, S> {
    const TAG: [u8; 4] = [b'B', K::TAG, S::TAG[0], S::TAG[1]];

    fn merge(&mut self, other: &By<K, S>) {
        for (key, state) in other.iter() {
            self.update(key, state);
        }
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.extend((self.len() as u64).to_le_bytes());
        for (key, state) in self.iter() {
            key.write(to);
            state.write(to);
        }
    }

    fn read(from: &mut Bytes<'_>) -> Result<By<K, S>, BadBytes> {
        let mut states = BTreeMap::new();
        for _ in 0..from.count()? {
            let key = K::read(from)?;
            if states.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadBytes::Order);
            }
            states.insert(key, S::read(from)?);
        }
        Ok(By { states })
    }
}

/// Reads three counts.
fn counts(from: &mut Bytes<'_>) -> Result<[u64; 3], BadBytes> {
    Ok([from.count()?, from.count()?, from.count()?])
}

impl State for Mean {
    const TAG: [u8; 4] = *b"mean";
    fn merge(&mut self, other: &Mean) {
        Mean::merge(self, other);
    }
    fn write(&self, to: &mut Vec<u8>) {
        [self.n, self.sum, self.squares].iter().for_each(|count| to.extend(count.to_le_bytes()));
    }
    fn read(from: &mut Bytes<'_>) -> Result<Mean, BadBytes> {
        let [n, sum, squares] = counts(from)?;
        // Cauchy and Schwarz: (Σx)² ≤ n Σx², and whole numbers are never above their squares.
        let possible =
            sum <= squares && u128::from(sum) * u128::from(sum) <= u128::from(n) * u128::from(squares);
        if possible { Ok(Mean { n, sum, squares }) } else { Err(BadBytes::Contradiction) }
    }
}

impl State for Nps {
    const TAG: [u8; 4] = *b"nps ";
    fn merge(&mut self, other: &Nps) {
        Nps::merge(self, other);
    }
    fn write(&self, to: &mut Vec<u8>) {
        [self.n, self.promoters, self.detractors].iter().for_each(|count| to.extend(count.to_le_bytes()));
    }
    fn read(from: &mut Bytes<'_>) -> Result<Nps, BadBytes> {
        let [n, promoters, detractors] = counts(from)?;
        if promoters + detractors <= n {
            Ok(Nps { n, promoters, detractors })
        } else {
            Err(BadBytes::Contradiction)
        }
    }
}

impl State for TopBox {
    const TAG: [u8; 4] = *b"topb";
    fn merge(&mut self, other: &TopBox) {
        TopBox::merge(self, other);
    }
    fn write(&self, to: &mut Vec<u8>) {
        [self.n, self.top].iter().for_each(|count| to.extend(count.to_le_bytes()));
    }
    fn read(from: &mut Bytes<'_>) -> Result<TopBox, BadBytes> {
        let (n, top) = (from.count()?, from.count()?);
        if top <= n { Ok(TopBox { n, top }) } else { Err(BadBytes::Contradiction) }
    }
}

/// NPS counted as points: a detractor 0, a neutral 1, a promoter 2. Its mean is the NPS plus one, so variances, intraclass
/// correlations and differences are those of the NPS.
impl From<&Nps> for Mean {
    fn from(nps: &Nps) -> Mean {
        let neutral = nps.n.saturating_sub(nps.promoters + nps.detractors);
        Mean { n: nps.n, sum: 2 * nps.promoters + neutral, squares: 4 * nps.promoters + neutral }
    }
}

/// A top box counted as points: 1 in the box, 0 outside.
impl From<&TopBox> for Mean {
    fn from(top: &TopBox) -> Mean {
        Mean { n: top.n, sum: top.top, squares: top.top }
    }
}

/// What property tests of every state share.
#[cfg(test)]
pub(crate) mod proof {
    use super::*;
    use proptest::prelude::*;

    /// Merges parts, at least one, in pairs drawn at random: every order and every grouping can come up.
    pub(crate) fn in_any_order<S>(mut parts: Vec<S>, mut order: u64, merge: impl Fn(&mut S, &S)) -> S {
        while parts.len() > 1 {
            order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let part = parts.swap_remove((order >> 33) as usize % parts.len());
            let into = (order >> 17) as usize % parts.len();
            merge(&mut parts[into], &part);
        }
        parts.remove(0)
    }

    /// Deals `rows` into `parts` by `deal`, merges the parts in the order of `order`, and compares with one pass: the states
    /// and their bytes must be equal, and the bytes must read back.
    pub(crate) fn any_split_equals_one_pass<R, S: State + std::fmt::Debug>(
        rows: &[R],
        deal: &[u8],
        order: u64,
        update: impl Fn(&mut S, &R),
    ) -> Result<(), TestCaseError> {
        let parts = 1 + deal.iter().copied().max().unwrap_or(0) as usize % 64;
        let mut split = vec![S::default(); parts];
        let mut whole = S::default();
        for (at, row) in rows.iter().enumerate() {
            update(&mut whole, row);
            update(&mut split[deal.get(at).copied().unwrap_or(0) as usize % parts], row);
        }
        let merged = in_any_order(split, order, |into, part| into.merge(part));
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
        prop_assert_eq!(&S::from_bytes(&whole.to_bytes()), &Ok(whole));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_that_are_not_a_state_are_refused_with_the_reason() {
        let mut units = By::<String, TopBox>::default();
        units.update("a", &TopBox { n: 3, top: 1 });
        units.update("b", &TopBox { n: 1, top: 1 });
        let bytes = units.to_bytes();
        assert_eq!(By::from_bytes(&bytes), Ok(units));
        type Units = By<String, TopBox>;
        assert_eq!(By::<String, Nps>::from_bytes(&bytes), Err(BadBytes::Tag));
        assert_eq!(Units::from_bytes(&bytes[..bytes.len() - 1]), Err(BadBytes::Short));
        assert_eq!(Units::from_bytes(&[bytes.as_slice(), &[0]].concat()), Err(BadBytes::Long));
        let name = bytes.iter().position(|&byte| byte == b'b').unwrap();
        let mut twice = bytes.clone();
        twice[name] = b'a';
        assert_eq!(Units::from_bytes(&twice), Err(BadBytes::Order));
        let mut text = bytes.clone();
        text[name] = 0xFF;
        assert_eq!(Units::from_bytes(&text), Err(BadBytes::Text));
        let mut more = TopBox { n: 3, top: 1 }.to_bytes();
        more[4] = 0;
        assert_eq!(TopBox::from_bytes(&more), Err(BadBytes::Contradiction));
        more[11] = 1;
        assert_eq!(TopBox::from_bytes(&more), Err(BadBytes::Contradiction));
        let many = [By::<i64, Nps>::TAG.as_slice(), &(1u64 << 50).to_le_bytes()].concat();
        assert_eq!(By::<i64, Nps>::from_bytes(&many), Err(BadBytes::Short));
    }

    #[test]
    fn nps_as_points_keeps_its_variance() {
        let nps = Nps { n: 161, promoters: 100, detractors: 11 };
        let points = Mean::from(&nps);
        let (n, mean) = (points.n as f64, points.sum as f64 / points.n as f64);
        assert!((points.squares as f64 / n - mean * mean - nps.variance().unwrap()).abs() < 1e-12);
        assert!((mean - 1.0 - nps.value().unwrap()).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn keyed_states_split_anyhow_equal_one_pass(
            rows in proptest::collection::vec((0u8..6, 0u8..=10), 0..300),
            deal in proptest::collection::vec(any::<u8>(), 0..300),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, By<String, Nps>>(&rows, &deal, order, |state, &(unit, score)| {
                let (promoters, detractors) = (u64::from(score >= 9), u64::from(score <= 6));
                state.update(&format!("unit {unit}"), &Nps { n: 1, promoters, detractors });
            })?;
            proof::any_split_equals_one_pass::<_, By<i64, TopBox>>(&rows, &deal, order, |state, &(unit, score)| {
                state.update(&(i64::from(unit) - 3), &TopBox { n: 1, top: u64::from(score >= 9) });
            })?;
            proof::any_split_equals_one_pass::<_, By<Vec<String>, Mean>>(&rows, &deal, order, |state, &(unit, score)| {
                let x = u64::from(score);
                let cell = vec![(unit % 2).to_string(), (unit / 2).to_string()];
                state.update(&cell, &Mean { n: 1, sum: x, squares: x * x });
            })?;
        }

        #[test]
        fn any_bytes_are_a_state_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let tagged = [By::<String, Mean>::TAG.as_slice(), &bytes].concat();
            if let Ok(state) = By::<String, Mean>::from_bytes(&tagged) {
                prop_assert_eq!(state.to_bytes(), tagged);
            }
        }
    }
}
