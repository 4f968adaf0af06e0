//! Sums and products of items, pair by pair over the responses that answered both: what covariances, correlations and
//! item means are made of. It adds whole numbers, and touches nothing else.
//!
//! Cov(i, j) = (N·Σxᵢxⱼ − Σxᵢ·Σxⱼ)/(N(N − 1)) over the N responses that answered both i and j ("pairwise"), as R's
//! `cov(use = "pairwise.complete.obs")`; r likewise, with the variances taken over the same responses. The sums are exact
//! up to 10¹⁴ responses; the numerator is formed in 128 bits, so nothing cancels. Reference: the 53 pairs of
//! careless_dataset.csv with r > .60, to 1e-12.

use super::{Block, MISSING, Refusal};
use crate::bytes::{Damaged, Reader, Writer};

const MARK: &[u8; 5] = b"MOME1";

/// Rows taken at a time: products of two answers (at most 254²) then fit their sum into 32 bits.
const STRIDE: usize = 1024;

/// Exact pairwise sums of a block of items; matrices are row-major, `items` × `items`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    items: usize,
    rows: u64,
    /// At (i, j) how many responses answered both.
    n: Vec<u64>,
    /// At (i, j) Σxᵢ over those.
    sums: Vec<u64>,
    /// At (i, j) Σxᵢ² over those.
    squares: Vec<u64>,
    /// At (i, j) Σxᵢxⱼ.
    products: Vec<u64>,
}

impl Moments {
    /// Nothing counted yet, for blocks of `items` items.
    pub fn new(items: usize) -> Moments {
        let matrix = vec![0; items * items];
        Moments {
            items,
            rows: 0,
            n: matrix.clone(),
            sums: matrix.clone(),
            squares: matrix.clone(),
            products: matrix,
        }
    }

    /// Counts the responses of a block.
    pub fn update(&mut self, block: &Block<'_>) -> Result<(), Refusal> {
        if block.items() != self.items {
            return Err(Refusal::Unlike);
        }
        let items = self.items;
        let mut columns = vec![0i16; items * STRIDE];
        for part in block.answers.chunks(items * STRIDE) {
            let rows = part.len() / items;
            self.rows += rows as u64;
            let mut incomplete = Vec::new();
            for (number, row) in part.chunks_exact(items).enumerate() {
                let mut holes = false;
                for (item, &answer) in row.iter().enumerate() {
                    holes |= answer == MISSING;
                    columns[item * STRIDE + number] = if answer == MISSING { 0 } else { i16::from(answer) };
                }
                if holes {
                    incomplete.push(row);
                }
            }
            let missing = |item: usize| incomplete.iter().filter(|row| row[item] == MISSING).count();
            for i in 0..items {
                let column = &columns[i * STRIDE..][..rows];
                let n = (rows - missing(i)) as u64;
                let sum: i32 = column.iter().map(|&x| i32::from(x)).sum();
                let square = dot(column, column);
                for j in 0..items {
                    let place = i * items + j;
                    self.n[place] += n;
                    self.sums[place] += sum.unsigned_abs() as u64;
                    self.squares[place] += square;
                }
                self.products[i * items + i] += square;
                for j in i + 1..items {
                    let product = dot(column, &columns[j * STRIDE..][..rows]);
                    self.products[i * items + j] += product;
                    self.products[j * items + i] += product;
                }
            }
            // What was added to (i, j) for a response that answered i but not j is taken back.
            for row in incomplete {
                for j in (0..items).filter(|&j| row[j] == MISSING) {
                    for i in (0..items).filter(|&i| row[i] != MISSING) {
                        let (place, answer) = (i * items + j, u64::from(row[i]));
                        self.n[place] -= 1;
                        self.sums[place] -= answer;
                        self.squares[place] -= answer * answer;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &Moments) -> Result<(), Refusal> {
        if other.items != self.items {
            return Err(Refusal::Unlike);
        }
        self.rows += other.rows;
        for (mine, others) in [
            (&mut self.n, &other.n),
            (&mut self.sums, &other.sums),
            (&mut self.squares, &other.squares),
            (&mut self.products, &other.products),
        ] {
            mine.iter_mut().zip(others).for_each(|(mine, others)| *mine += others);
        }
        Ok(())
    }

    /// How many items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many responses, answered or not.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many answered item `i`.
    pub fn answered(&self, i: usize) -> u64 {
        self.n[i * self.items + i]
    }

    /// The sum of the answers to item `i`, in points.
    pub fn sum(&self, i: usize) -> u64 {
        self.sums[i * self.items + i]
    }

    /// The mean of item `i`, in points; none when nobody answered it.
    pub fn mean(&self, i: usize) -> Option<f64> {
        let n = self.answered(i);
        (n > 0).then(|| self.sum(i) as f64 / n as f64)
    }

    /// Whether fewer than two different answers were given to item `i`.
    pub fn constant(&self, i: usize) -> bool {
        self.scatter(i, i).2 == 0
    }

    /// The pairwise covariance (ddof 1) in squared points; none when fewer than two responses answered both.
    pub fn covariance(&self, i: usize, j: usize) -> Option<f64> {
        let n = self.n[i * self.items + j];
        (n >= 2).then(|| self.scatter(i, j).2 as f64 / (n as f64 * (n - 1) as f64))
    }

    /// The pairwise correlation in [−1, 1]; none when either item does not vary among those who answered both.
    pub fn correlation(&self, i: usize, j: usize) -> Option<f64> {
        let (own, others, both) = self.scatter(i, j);
        (own > 0 && others > 0)
            .then(|| (both as f64 / (libm::sqrt(own as f64 * others as f64))).clamp(-1.0, 1.0))
    }

    /// N²·Var(i), N²·Var(j) and N²·Cov(i, j) (ddof 0) over the responses that answered both.
    fn scatter(&self, i: usize, j: usize) -> (i128, i128, i128) {
        let (here, there) = (i * self.items + j, j * self.items + i);
        let n = i128::from(self.n[here]);
        let (x, y) = (i128::from(self.sums[here]), i128::from(self.sums[there]));
        (
            n * i128::from(self.squares[here]) - x * x,
            n * i128::from(self.squares[there]) - y * y,
            n * i128::from(self.products[here]) - x * y,
        )
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.u64s(&[self.items as u64, self.rows]);
        for matrix in [&self.n, &self.sums, &self.squares, &self.products] {
            writer.u64s(matrix);
        }
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Moments, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "moments of items")?;
        let items = usize::try_from(reader.u64()?).map_err(|_| reader.damaged())?;
        let rows = reader.u64()?;
        let cells = items.checked_mul(items).ok_or(reader.damaged())?;
        let (n, sums) = (reader.u64s(cells)?, reader.u64s(cells)?);
        let (squares, products) = (reader.u64s(cells)?, reader.u64s(cells)?);
        reader.end()?;
        Ok(Moments { items, rows, n, sums, squares, products })
    }
}

/// Σxy of two columns of at most [`STRIDE`] answers.
fn dot(a: &[i16], b: &[i16]) -> u64 {
    let sum: i32 = a.iter().zip(b).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
    u64::from(sum.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    fn count(items: usize, answers: &[u8]) -> Moments {
        let mut moments = Moments::new(items);
        moments.update(&Block::new(items, answers).unwrap()).unwrap();
        moments
    }

    #[test]
    fn the_correlations_of_the_reference_are_reproduced() {
        let moments = count(50, &fixture::answers());
        let names: Vec<&str> =
            include_str!("fixtures/careless_dataset.csv").lines().next().unwrap().split(',').collect();
        let place = |name: &str| names.iter().position(|other| other.trim_matches('"') == name).unwrap();
        for line in include_str!("fixtures/pairs_reference.csv").lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let r = moments.correlation(place(fields[0]), place(fields[1])).unwrap();
            assert!((r - fields[2].parse::<f64>().unwrap()).abs() < 1e-12, "{line}");
        }
    }

    #[test]
    fn pairs_use_only_the_responses_that_answered_both() {
        // Both answered: (1, 4), (3, 2), (2, 6).
        let moments = count(2, &[1, 4, 3, 2, 200, MISSING, 2, 6, MISSING, 7, MISSING, MISSING]);
        assert_eq!(moments.covariance(0, 1), Some(-1.0));
        assert_eq!(moments.correlation(0, 1), Some(-0.5));
        assert_eq!(moments.mean(0), Some(51.5));
        assert_eq!(moments.sum(1), 19);
        assert_eq!((moments.rows(), moments.answered(0), moments.answered(1)), (6, 4, 4));
    }

    #[test]
    fn without_answers_or_without_spread_there_is_no_number() {
        let moments = count(2, &[5, MISSING, 5, MISSING]);
        assert!(moments.constant(0) && moments.constant(1));
        assert_eq!(moments.mean(1), None);
        assert_eq!(moments.covariance(0, 0), Some(0.0));
        assert_eq!(moments.covariance(0, 1), None);
        assert_eq!(moments.correlation(0, 0), None);
        assert_eq!(moments.correlation(0, 1), None);
        assert_eq!(Moments::new(1).mean(0), None);
    }

    #[test]
    fn the_largest_answers_do_not_overflow_a_stride() {
        let moments = count(2, &vec![254; 2 * 5000]);
        assert_eq!(moments.sum(0), 254 * 5000);
        assert_eq!(moments.products[1], 254 * 254 * 5000);
    }

    #[test]
    fn other_items_and_other_bytes_are_refused() {
        let mut moments = Moments::new(2);
        assert_eq!(moments.update(&Block::new(1, &[1]).unwrap()), Err(Refusal::Unlike));
        assert_eq!(moments.merge(&Moments::new(3)), Err(Refusal::Unlike));
        let bytes = moments.to_bytes();
        assert!(Moments::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(Moments::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        assert!(Moments::from_bytes(&[&MARK[..], &[255; 16]].concat()).is_err());
    }

    proptest! {
        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes_and_the_sums_a_loop_gives(
            rows in proptest::collection::vec(
                (0usize..64, proptest::array::uniform4(prop_oneof![3 => 0u8..=254, 1 => Just(MISSING)])), 0..80), order: u64
        ) {
            let mut parts = vec![Moments::new(4); 64];
            for (part, row) in &rows {
                parts[*part].update(&Block::new(4, row).unwrap()).unwrap();
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part).unwrap());
            let all: Vec<u8> = rows.iter().flat_map(|(_, row)| *row).collect();
            let whole = count(4, &all);
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(&Moments::from_bytes(&whole.to_bytes()).unwrap(), &whole);
            for i in 0..4 {
                for j in 0..4 {
                    let both: Vec<(u64, u64)> = rows.iter().map(|(_, row)| (row[i], row[j]))
                        .filter(|&(x, y)| x != MISSING && y != MISSING)
                        .map(|(x, y)| (u64::from(x), u64::from(y))).collect();
                    let place = i * 4 + j;
                    prop_assert_eq!(whole.n[place], both.len() as u64);
                    prop_assert_eq!(whole.sums[place], both.iter().map(|pair| pair.0).sum::<u64>());
                    prop_assert_eq!(whole.squares[place], both.iter().map(|pair| pair.0 * pair.0).sum::<u64>());
                    prop_assert_eq!(whole.products[place], both.iter().map(|pair| pair.0 * pair.1).sum::<u64>());
                }
            }
        }
    }
}
