//! Intra-individual response variability: the standard deviation of a person's own answers. A function of one response;
//! nothing else is touched.
//!
//! IRV = √(Σ(x − x̄)²/(n − 1)) over the answers given, in points of the scale. Source: Dunn, Heggestad, Shanock & Theilgard
//! (2018), "Intra-individual response variability as an indicator of insufficient effort responding", Journal of Business
//! and Psychology 33:105–121; R package careless, `irv`. Chunks are of equal width over the places 1 to n, as R's `cut`
//! makes them: place k belongs to the first chunk c with k ≤ 1 + c(n − 1)/chunks (50 items in 4: 13, 12, 12, 13).
//!
//! Trap: low is a straight line, high is random answering; neither end alone is careless. Reference: careless_dataset.csv,
//! 200 rows and 4 chunks to 1e-9 (row 1: .86307471239961).

use super::MISSING;

/// The standard deviation of the answers given, in points; none with fewer than two answers.
pub fn irv(row: &[u8]) -> Option<f64> {
    let (mut n, mut sum, mut squares) = (0u64, 0u64, 0u64);
    for &answer in row {
        if answer != MISSING {
            let answer = u64::from(answer);
            n += 1;
            sum += answer;
            squares += answer * answer;
        }
    }
    // Whole numbers up to the last step: a straight line is exactly 0.
    (n >= 2).then(|| libm::sqrt((n * squares - sum * sum) as f64 / (n * (n - 1)) as f64))
}

/// The chunk, from 0, of a place from 0 among `items`, when there are `chunks`.
fn chunk(place: usize, items: usize, chunks: usize) -> usize {
    if items < 2 { 0 } else { (place * chunks).div_ceil(items - 1).max(1) - 1 }
}

/// The standard deviation in each of `chunks` stretches of equal width; none where fewer than two answers were given.
pub fn irv_chunks(row: &[u8], chunks: usize) -> Vec<Option<f64>> {
    let mut from = 0;
    (0..chunks)
        .map(|number| {
            let rest = &row[from..];
            let length =
                (from..row.len()).take_while(|&place| chunk(place, row.len(), chunks) == number).count();
            from += length;
            irv(&rest[..length])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_figures_of_the_reference_are_reproduced() {
        let answers = fixture::answers();
        let found: Vec<_> = answers.chunks(50).map(irv).collect();
        assert!(fixture::deviation(&found, &fixture::reference("irv")) < 1e-9);
        for part in 0..4 {
            let found: Vec<_> = answers.chunks(50).map(|row| irv_chunks(row, 4)[part]).collect();
            assert!(fixture::deviation(&found, &fixture::reference(&format!("irv{}", part + 1))) < 1e-9);
        }
    }

    #[test]
    fn fifty_items_fall_into_four_chunks_as_in_r() {
        let mut sizes = [0; 4];
        (0..50).for_each(|place| sizes[chunk(place, 50, 4)] += 1);
        assert_eq!(sizes, [13, 12, 12, 13]);
    }

    #[test]
    fn missing_answers_are_left_out() {
        assert_eq!(irv(&[1, MISSING, 3]), Some(std::f64::consts::SQRT_2));
        assert_eq!(irv(&[4, MISSING, MISSING]), None);
        assert_eq!(irv(&[]), None);
        assert_eq!(irv(&[9; 30]), Some(0.0));
        assert_eq!(irv_chunks(&[1, 1, MISSING, 2], 2), [Some(0.0), None]);
        assert_eq!(irv_chunks(&[1], 3), [None, None, None]);
        assert!(irv_chunks(&[1, 2], 0).is_empty());
    }

    proptest! {
        #[test]
        fn every_place_belongs_to_one_chunk_and_chunks_come_in_order(items in 1usize..60, chunks in 1usize..9) {
            let places: Vec<_> = (0..items).map(|place| chunk(place, items, chunks)).collect();
            prop_assert!(places.is_sorted() && places[items - 1] < chunks);
        }
    }
}
