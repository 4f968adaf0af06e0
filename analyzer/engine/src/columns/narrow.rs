//! Columns of numbers in as few bytes as the values allow. How many bytes a value takes follows from the values alone, so that any
//! division of a file gives the same columns; a column is rewritten, at most three times, when a value comes that needs more.

use super::NO_TIME;
use crate::bytes::{Damaged, Reader, Writer};
use std::ops::Range;

/// What stands for no number; no column holds it as one.
pub const NONE: i64 = i64::MIN;

/// Whole numbers, one a row, in 1, 2, 4 or 8 bytes: the fewest that hold all of them. The least number of each width stands for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whole {
    /// −127 to 127.
    One(Vec<i8>),
    /// −32,767 to 32,767.
    Two(Vec<i16>),
    /// Up to 2,147,483,647 on both sides of 0.
    Four(Vec<i32>),
    /// All but [`NONE`].
    Eight(Vec<i64>),
}

/// Does the same with the values, whatever their width.
macro_rules! of_any_width {
    ($whole:expr, $values:ident => $do:expr) => {
        match $whole {
            Whole::One($values) => $do,
            Whole::Two($values) => $do,
            Whole::Four($values) => $do,
            Whole::Eight($values) => $do,
        }
    };
}

/// A width.
trait Width: Copy {
    const NONE: Self;
    fn wide(self) -> i64;
    fn narrow(value: i64) -> Option<Self>;
}

macro_rules! width {
    ($($type:ty),*) => {$(
        impl Width for $type {
            const NONE: $type = <$type>::MIN;
            #[inline]
            fn wide(self) -> i64 {
                if self == Self::NONE { NONE } else { self as i64 }
            }
            #[inline]
            fn narrow(value: i64) -> Option<$type> {
                match <$type>::try_from(value) {
                    Ok(<$type>::MIN) if value != NONE => None,
                    Ok(narrow) => Some(narrow),
                    Err(_) => (value == NONE).then_some(Self::NONE),
                }
            }
        }
    )*};
}

width!(i8, i16, i32, i64);

/// The same values in another width that holds them; the room stays what it was.
fn rewritten<A: Width, B: Width>(values: &[A], room: usize) -> Vec<B> {
    let mut all = Vec::with_capacity(room);
    all.extend(values.iter().map(|value| B::narrow(value.wide()).unwrap_or(B::NONE)));
    all
}

impl Default for Whole {
    fn default() -> Whole {
        Whole::One(Vec::new())
    }
}

impl Whole {
    /// Appends a row.
    #[inline]
    pub(crate) fn push(&mut self, value: i64) {
        let fits = of_any_width!(self, values => Width::narrow(value).map(|value| values.push(value)));
        if fits.is_none() {
            self.widen();
            self.push(value);
        }
    }

    #[cold]
    fn widen(&mut self) {
        *self = match self {
            Whole::One(values) => Whole::Two(rewritten(values, values.capacity())),
            Whole::Two(values) => Whole::Four(rewritten(values, values.capacity())),
            Whole::Four(values) => Whole::Eight(rewritten(values, values.capacity())),
            Whole::Eight(_) => return,
        };
    }

    /// Bytes that a value takes.
    fn width(&self) -> usize {
        match self {
            Whole::One(_) => 1,
            Whole::Two(_) => 2,
            Whole::Four(_) => 4,
            Whole::Eight(_) => 8,
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        of_any_width!(self, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row; [`NONE`] where there is none, and past the end.
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        of_any_width!(self, values => values.get(row).map_or(NONE, |value| value.wide()))
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The numbers of some rows, each made into another value.
    pub fn map<T>(&self, rows: Range<usize>, make: impl Fn(i64) -> T) -> Vec<T> {
        of_any_width!(self, values => {
            values.get(rows).unwrap_or_default().iter().map(|value| make(value.wide())).collect()
        })
    }

    /// Appends the rows of another part of the file.
    pub(crate) fn append(&mut self, part: &Whole) {
        while self.width() < part.width() {
            self.widen();
        }
        match (self, part) {
            (Whole::One(all), Whole::One(part)) => all.extend_from_slice(part),
            (Whole::Two(all), Whole::Two(part)) => all.extend_from_slice(part),
            (Whole::Four(all), Whole::Four(part)) => all.extend_from_slice(part),
            (Whole::Eight(all), Whole::Eight(part)) => all.extend_from_slice(part),
            (all, part) => part.iter().for_each(|value| all.push(value)),
        }
    }

    /// Makes room for so many more rows, and for no more.
    pub(crate) fn reserve_exact(&mut self, more: usize) {
        of_any_width!(self, values => values.reserve_exact(more));
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u64(self.width() as u64);
        match self {
            Whole::One(values) => out.values(values, i8::to_le_bytes),
            Whole::Two(values) => out.values(values, i16::to_le_bytes),
            Whole::Four(values) => out.values(values, i32::to_le_bytes),
            Whole::Eight(values) => out.values(values, i64::to_le_bytes),
        }
    }

    pub(super) fn read(rows: usize, bytes: &mut Reader<'_>) -> Result<Whole, Damaged> {
        let read = match bytes.u64()? {
            1 => Whole::One(bytes.values(rows, i8::from_le_bytes)?),
            2 => Whole::Two(bytes.values(rows, i16::from_le_bytes)?),
            4 => Whole::Four(bytes.values(rows, i32::from_le_bytes)?),
            8 => Whole::Eight(bytes.values(rows, i64::from_le_bytes)?),
            _ => return Err(bytes.damaged()),
        };
        // In fewer bytes than these it could not be: the same values are always the same column.
        let needed = match &read {
            Whole::One(_) => true,
            Whole::Two(values) => values.iter().any(|value| i8::narrow(value.wide()).is_none()),
            Whole::Four(values) => values.iter().any(|value| i16::narrow(value.wide()).is_none()),
            Whole::Eight(values) => values.iter().any(|value| i32::narrow(value.wide()).is_none()),
        };
        if needed { Ok(read) } else { Err(bytes.damaged()) }
    }
}

/// A column of numbers: whole ones as such, and all as floats once one of them is none. Two are the same when they have the same
/// bits, so that columns with gaps can be compared.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Whole numbers that four bytes hold.
    Whole(Whole),
    /// Floats; NaN where there is none.
    Floats(Vec<f64>),
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers::Whole(Whole::default())
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Numbers) -> bool {
        match (self, other) {
            (Numbers::Whole(a), Numbers::Whole(b)) => a == b,
            (Numbers::Floats(a), Numbers::Floats(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
            }
            _ => false,
        }
    }
}

/// The whole number that a float is, as no other float is; [`NONE`] for NaN.
#[inline]
fn whole(value: f64) -> Option<i64> {
    let number = value as i32;
    if f64::from(number).to_bits() == value.to_bits() && number != i32::MIN {
        return Some(number.into());
    }
    value.is_nan().then_some(NONE)
}

#[inline]
fn float(number: i64) -> f64 {
    if number == NONE { f64::NAN } else { number as f64 }
}

impl Numbers {
    /// Appends a row; NaN is none.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) {
        match self {
            Numbers::Floats(all) => all.push(value),
            Numbers::Whole(all) => match whole(value) {
                Some(number) => all.push(number),
                None => {
                    self.make_floats();
                    self.push(value);
                }
            },
        }
    }

    fn make_floats(&mut self) {
        if let Numbers::Whole(all) = self {
            let room = of_any_width!(&*all, values => values.capacity());
            let mut floats = Vec::with_capacity(room);
            floats.extend(all.iter().map(float));
            *self = Numbers::Floats(floats);
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Numbers::Whole(all) => all.len(),
            Numbers::Floats(all) => all.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row; NaN where there is none, and past the end.
    #[inline]
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Numbers::Whole(all) => float(all.get(row)),
            Numbers::Floats(all) => all.get(row).copied().unwrap_or(f64::NAN),
        }
    }

    /// The numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    pub(crate) fn append(&mut self, part: &Numbers) {
        if matches!(part, Numbers::Floats(_)) {
            self.make_floats();
        }
        match (self, part) {
            (Numbers::Whole(all), Numbers::Whole(part)) => all.append(part),
            (Numbers::Floats(all), part) => all.extend(part.iter()),
            (Numbers::Whole(_), Numbers::Floats(_)) => {}
        }
    }

    pub(crate) fn of_rows(&self, rows: impl Iterator<Item = usize>) -> Numbers {
        let mut kept = Numbers::default();
        rows.for_each(|row| kept.push(self.get(row)));
        kept
    }

    pub(crate) fn reserve_exact(&mut self, more: usize) {
        match self {
            Numbers::Whole(all) => all.reserve_exact(more),
            Numbers::Floats(all) => all.reserve_exact(more),
        }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Numbers::Whole(all) => {
                out.u64(0);
                all.write(out);
            }
            Numbers::Floats(all) => {
                out.u64(1);
                out.values(all, f64::to_le_bytes);
            }
        }
    }

    pub(super) fn read(rows: usize, bytes: &mut Reader<'_>) -> Result<Numbers, Damaged> {
        match bytes.u64()? {
            0 => match Whole::read(rows, bytes)? {
                Whole::Eight(_) => Err(bytes.damaged()),
                all => Ok(Numbers::Whole(all)),
            },
            1 => {
                let all = bytes.values(rows, f64::from_le_bytes)?;
                if all.iter().all(|&value| whole(value).is_some()) {
                    return Err(bytes.damaged());
                }
                Ok(Numbers::Floats(all))
            }
            _ => Err(bytes.damaged()),
        }
    }
}

/// A column of times: seconds as long as all are whole, from 1932 to 2068 in four bytes a row, and milliseconds once one is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Seconds since [`MIDDLE`], or milliseconds since 1970.
    numbers: Whole,
    fine: bool,
}

/// 2000-01-01, in milliseconds since 1970 UTC.
const MIDDLE: i64 = 946_684_800_000;

fn from_seconds(seconds: i64) -> i64 {
    if seconds == NONE { NO_TIME } else { seconds * 1000 + MIDDLE }
}

/// The seconds that a time in milliseconds is.
#[inline]
fn seconds(ms: i64) -> Option<i64> {
    if ms == NO_TIME {
        return Some(NONE);
    }
    let since = ms.checked_sub(MIDDLE)?;
    (since % 1000 == 0).then_some(since / 1000)
}

impl Times {
    /// Appends a time in milliseconds since 1970 UTC; [`NO_TIME`] is none.
    #[inline]
    pub(crate) fn push(&mut self, ms: i64) {
        match seconds(ms).filter(|_| !self.fine) {
            Some(seconds) => self.numbers.push(seconds),
            None => {
                self.refine();
                self.numbers.push(ms);
            }
        }
    }

    fn refine(&mut self) {
        if !self.fine {
            let room = of_any_width!(&self.numbers, values => values.capacity());
            let mut fine = Whole::default();
            fine.reserve_exact(room);
            self.iter().for_each(|ms| fine.push(ms));
            *self = Times { numbers: fine, fine: true };
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Milliseconds since 1970 UTC; [`NO_TIME`] where there is none, and past the end.
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        let number = self.numbers.get(row);
        if self.fine { number } else { from_seconds(number) }
    }

    /// The times in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The times of some rows.
    pub fn in_rows(&self, rows: Range<usize>) -> Vec<i64> {
        if self.fine { self.numbers.map(rows, |ms| ms) } else { self.numbers.map(rows, from_seconds) }
    }

    pub(crate) fn append(&mut self, part: &Times) {
        if part.fine {
            self.refine();
        }
        if self.fine == part.fine {
            self.numbers.append(&part.numbers);
        } else {
            part.iter().for_each(|ms| self.numbers.push(ms));
        }
    }

    pub(crate) fn of_rows(&self, rows: impl Iterator<Item = usize>) -> Times {
        let mut kept = Times::default();
        rows.for_each(|row| kept.push(self.get(row)));
        kept
    }

    pub(crate) fn reserve_exact(&mut self, more: usize) {
        self.numbers.reserve_exact(more);
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u64(self.fine.into());
        self.numbers.write(out);
    }

    pub(super) fn read(rows: usize, bytes: &mut Reader<'_>) -> Result<Times, Damaged> {
        let fine = bytes.u64()?;
        let numbers = Whole::read(rows, bytes)?;
        let real = match fine {
            // Of seconds so far from us that they are no milliseconds there are none.
            0 => numbers.iter().all(|number| {
                number == NONE || number.checked_mul(1000).and_then(|ms| ms.checked_add(MIDDLE)).is_some()
            }),
            1 => numbers.iter().any(|number| seconds(number).is_none()),
            _ => false,
        };
        if real { Ok(Times { numbers, fine: fine == 1 }) } else { Err(bytes.damaged()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const EDGES: [i64; 14] = [
        0,
        -1,
        127,
        -127,
        -128,
        128,
        32_767,
        -32_768,
        32_768,
        2_147_483_647,
        -2_147_483_648,
        2_147_483_648,
        i64::MAX,
        NONE,
    ];

    fn read_back<T>(
        rows: usize,
        write: impl Fn(&mut Writer),
        read: impl Fn(usize, &mut Reader<'_>) -> Result<T, Damaged>,
    ) -> T {
        let mut out = Writer::new(b"TEST1");
        write(&mut out);
        let bytes = out.finish();
        let mut bytes = Reader::new(&bytes, b"TEST1", "a test").unwrap();
        let found = read(rows, &mut bytes).unwrap();
        bytes.end().unwrap();
        found
    }

    #[test]
    fn a_whole_number_takes_as_many_bytes_as_the_column_needs() {
        for (most, bytes) in [(0, 1), (127, 1), (128, 2), (-128, 2), (32_768, 4), (-2_147_483_648, 8)] {
            let mut column = Whole::default();
            [1, most, NONE].into_iter().for_each(|value| column.push(value));
            assert_eq!((column.width(), column.iter().collect::<Vec<_>>()), (bytes, vec![1, most, NONE]));
        }
    }

    #[test]
    fn numbers_are_floats_once_one_is_not_whole_and_keep_their_bits() {
        for (odd, stays) in
            [(2.5, false), (-0.0, false), (1e12, false), (-2_147_483_647.0, true), (f64::NAN, true)]
        {
            let mut column = Numbers::default();
            [7.0, odd, f64::NAN].into_iter().for_each(|value| column.push(value));
            assert_eq!(matches!(column, Numbers::Whole(_)), stays, "{odd}");
            assert_eq!(column.get(1).to_bits(), odd.to_bits());
            assert!(column.get(0) == 7.0 && column.get(2).is_nan());
        }
    }

    #[test]
    fn times_take_four_bytes_as_long_as_they_are_whole_seconds() {
        let mut column = Times::default();
        column.push(1_735_689_600_000);
        column.push(NO_TIME);
        assert!(matches!(column.numbers, Whole::Four(_)));
        column.push(1_735_689_600_001);
        assert!(matches!(column.numbers, Whole::Eight(_)));
        assert_eq!(column.in_rows(0..3), [1_735_689_600_000, NO_TIME, 1_735_689_600_001]);
    }

    proptest! {
        #[test]
        fn any_division_of_rows_gives_the_same_columns(
            rows in vec((0..EDGES.len(), -1000i64..1000, 0..4), 0..40),
            cut in 0usize..40,
        ) {
            let value = |&(edge, near, kind): &(usize, i64, i32)| match kind {
                0 => EDGES[edge],
                1 => near * 1000 + MIDDLE,
                _ => near,
            };
            let values: Vec<i64> = rows.iter().map(value).collect();
            let cut = cut.min(values.len());
            let parts = [&values[..cut], &values[cut..]];

            let whole = |values: &[i64]| {
                let mut column = Whole::default();
                values.iter().for_each(|&value| column.push(value));
                column
            };
            let (mut all, part) = (whole(parts[0]), whole(parts[1]));
            all.append(&part);
            prop_assert_eq!(&all, &whole(&values));
            prop_assert_eq!(all.iter().collect::<Vec<_>>(), values.clone());
            prop_assert_eq!(&read_back(values.len(), |out| all.write(out), Whole::read), &all);

            let times = |values: &[i64]| {
                let mut column = Times::default();
                values.iter().for_each(|&value| column.push(value));
                column
            };
            let (mut all, part) = (times(parts[0]), times(parts[1]));
            all.append(&part);
            prop_assert_eq!(&all, &times(&values));
            prop_assert_eq!(all.in_rows(0..values.len()), values.clone());
            prop_assert_eq!(&read_back(values.len(), |out| all.write(out), Times::read), &all);
            prop_assert_eq!(all.of_rows(cut..values.len()), part);

            let float = |&value: &i64| if value % 7 == 3 { value as f64 / 4.0 } else { super::float(value) };
            let numbers = |values: &[i64]| {
                let mut column = Numbers::default();
                values.iter().map(float).for_each(|value| column.push(value));
                column
            };
            let (mut all, part) = (numbers(parts[0]), numbers(parts[1]));
            all.append(&part);
            prop_assert_eq!(&all, &numbers(&values));
            let bits: Vec<u64> = values.iter().map(float).map(f64::to_bits).collect();
            prop_assert_eq!(all.iter().map(f64::to_bits).collect::<Vec<_>>(), bits);
            prop_assert_eq!(&read_back(values.len(), |out| all.write(out), Numbers::read), &all);
            prop_assert_eq!(all.of_rows(cut..values.len()), part);
        }

        #[test]
        fn bytes_that_are_no_column_are_refused_or_read_back_as_they_are(bytes in vec(any::<u8>(), 0..80), rows in 0usize..8) {
            let mut all = b"TEST1".to_vec();
            all.extend(&bytes);
            let mut reader = Reader::new(&all, b"TEST1", "a test").unwrap();
            if let Ok(times) = Times::read(rows, &mut reader) {
                prop_assert_eq!(times.len(), rows);
                prop_assert_eq!(times.of_rows(0..rows), times);
            }
        }
    }
}
