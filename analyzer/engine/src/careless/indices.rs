//! Every index of careless answering for a response at once: two passes over a block, one that counts and one that scores.
//! It composes the files beside it, and touches nothing else.
//!
//! ```
//! use candor_engine::careless::{Block, indices::{Options, State}};
//!
//! let answers = [5, 4, 5, 3, 3, 3, 1, 2, 1, 4, 5, 4];
//! let block = Block::new(3, &answers)?;
//! let mut state = State::new(3); // one for each part of the file, in any order; then merge
//! state.update(&block)?;
//! let fitted = state.finish(&Options::default());
//! let mut scorer = fitted.scorer();
//! let straight = block.rows().filter(|row| scorer.of(row).irv == Some(0.0)).count();
//! assert_eq!(straight, 1);
//! # Ok::<(), candor_engine::careless::Refusal>(())
//! ```
//! An index that cannot be fitted is absent from every response, and [`Fitted`] has the reason.

use super::counts::ItemCounts;
use super::even_odd::EvenOdd;
use super::guttman::{Guttman, Misfit, Scorer as GuttmanScorer};
use super::irv::{irv, irv_chunks};
use super::longstring::{Runs, runs};
use super::mahalanobis::Mahalanobis;
use super::moments::Moments;
use super::person_total::PersonTotal;
use super::synonyms::{Direction, Synonyms};
use super::{Block, Refusal};
use crate::bytes::{Damaged, Reader, Writer};

const MARK: &[u8; 5] = b"CARE1";

/// What the indices need to know beyond the answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The lowest and the highest point of the scale; none takes the range of the answers.
    pub scale: Option<(u8, u8)>,
    /// How many consecutive items belong to each factor; empty when nothing is known.
    pub factors: Vec<usize>,
    /// The correlation from which (strictly) two items are synonyms, in (0, 1).
    pub synonyms: f64,
    /// Stretches of the block whose variability is reported one by one.
    pub chunks: usize,
    /// The quantile of χ² at which a distance is marked, in (0, 1).
    pub confidence: f64,
}

impl Default for Options {
    /// Synonyms above .60, four chunks, 99%: the reference run.
    fn default() -> Options {
        Options { scale: None, factors: Vec::new(), synonyms: 0.6, chunks: 4, confidence: 0.99 }
    }
}

/// What is counted over all responses: memory by item, not by response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Pairwise sums.
    pub moments: Moments,
    /// Answers by item and value.
    pub counts: ItemCounts,
}

impl State {
    /// Nothing counted yet, for blocks of `items` items.
    pub fn new(items: usize) -> State {
        State { moments: Moments::new(items), counts: ItemCounts::new(items) }
    }

    /// Counts the responses of a block.
    pub fn update(&mut self, block: &Block<'_>) -> Result<(), Refusal> {
        self.moments.update(block)?;
        self.counts.update(block)
    }

    /// Adds what another state has counted.
    pub fn merge(&mut self, other: &State) -> Result<(), Refusal> {
        self.moments.merge(&other.moments)?;
        self.counts.merge(&other.counts)
    }

    /// Fits every index that can be.
    pub fn finish(&self, options: &Options) -> Fitted {
        let scale = options.scale.or(self.counts.range()).ok_or(Refusal::AllConstant);
        Fitted {
            chunks: options.chunks,
            mahalanobis: Mahalanobis::fit(&self.moments, options.confidence),
            even_odd: EvenOdd::new(&options.factors, self.moments.items()),
            synonyms: Synonyms::fit(&self.moments, options.synonyms, Direction::Synonyms),
            antonyms: Synonyms::fit(&self.moments, options.synonyms, Direction::Antonyms),
            person_total: PersonTotal::fit(&self.moments),
            guttman: scale.and_then(|(low, high)| Guttman::fit(&self.counts, low, high)),
        }
    }

    /// The byte form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(MARK);
        writer.bytes(&self.moments.to_bytes());
        writer.bytes(&self.counts.to_bytes());
        writer.finish()
    }

    /// Reads the byte form.
    pub fn from_bytes(bytes: &[u8]) -> Result<State, Damaged> {
        let mut reader = Reader::new(bytes, MARK, "counts for careless answering")?;
        let moments = Moments::from_bytes(reader.bytes()?)?;
        let counts = ItemCounts::from_bytes(reader.bytes()?)?;
        if moments.items() != counts.items() || moments.rows() != counts.rows() {
            return Err(reader.damaged());
        }
        reader.end()?;
        Ok(State { moments, counts })
    }
}

/// The fitted indices, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Stretches of the block.
    pub chunks: usize,
    /// Mahalanobis distance.
    pub mahalanobis: Result<Mahalanobis, Refusal>,
    /// Even–odd consistency.
    pub even_odd: Result<EvenOdd, Refusal>,
    /// Psychometric synonyms.
    pub synonyms: Result<Synonyms, Refusal>,
    /// Psychometric antonyms.
    pub antonyms: Result<Synonyms, Refusal>,
    /// Person–total correlation.
    pub person_total: Result<PersonTotal, Refusal>,
    /// Guttman errors and U3.
    pub guttman: Result<Guttman, Refusal>,
}

/// The indices of one response; what cannot be computed for it is none, as each file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// The longest and the mean run, in items.
    pub runs: Option<Runs>,
    /// The standard deviation of the answers, in points.
    pub irv: Option<f64>,
    /// The same for each stretch.
    pub irv_chunks: Vec<Option<f64>>,
    /// Mahalanobis D².
    pub mahalanobis: Option<f64>,
    /// Whether D² lies past the cut.
    pub far: Option<bool>,
    /// Even–odd consistency, in [−1, 1], high is careless.
    pub even_odd: Option<f64>,
    /// r over synonyms.
    pub synonyms: Option<f64>,
    /// r over antonyms.
    pub antonyms: Option<f64>,
    /// Person–total r with the means of the others.
    pub person_total_without_self: Option<f64>,
    /// Person–total r with the means of all.
    pub person_total_with_self: Option<f64>,
    /// Guttman errors, normed, and U3.
    pub misfit: Option<Misfit>,
}

impl Fitted {
    /// A scorer for one thread.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer {
            fitted: self,
            guttman: self.guttman.as_ref().ok().map(Guttman::scorer),
            differences: Vec::new(),
            pairs: Vec::new(),
        }
    }
}

/// Scores responses one by one.
#[derive(Clone, Debug)]
pub struct Scorer<'a> {
    fitted: &'a Fitted,
    guttman: Option<GuttmanScorer<'a>>,
    differences: Vec<f64>,
    pairs: Vec<(f64, f64)>,
}

impl Scorer<'_> {
    /// The indices of one response, which must be one of those that were counted.
    pub fn of(&mut self, row: &[u8]) -> Indices {
        let fitted = self.fitted;
        let distance = fitted.mahalanobis.as_ref().ok();
        let mahalanobis = distance.and_then(|fit| fit.with(row, &mut self.differences));
        let total = fitted.person_total.as_ref().ok();
        Indices {
            runs: runs(row),
            irv: irv(row),
            irv_chunks: irv_chunks(row, fitted.chunks),
            mahalanobis,
            far: mahalanobis.zip(distance).map(|(square, fit)| square > fit.cut()),
            even_odd: fitted.even_odd.as_ref().ok().and_then(|fit| fit.with(row, &mut self.pairs)),
            synonyms: fitted.synonyms.as_ref().ok().and_then(|fit| fit.of(row)),
            antonyms: fitted.antonyms.as_ref().ok().and_then(|fit| fit.of(row)),
            person_total_without_self: total.and_then(|fit| fit.r(row, true, &mut self.pairs)),
            person_total_with_self: total.and_then(|fit| fit.r(row, false, &mut self.pairs)),
            misfit: self.guttman.as_mut().and_then(|scorer| scorer.of(row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MISSING, fixture};
    use super::*;
    use crate::scores::state::proof;
    use proptest::prelude::*;

    #[test]
    fn the_reference_run_has_every_index() {
        let answers = fixture::answers();
        let block = Block::new(50, &answers).unwrap();
        let mut state = State::new(50);
        state.update(&block).unwrap();
        let fitted = state.finish(&Options { factors: vec![5; 10], ..Options::default() });
        assert_eq!(fitted.antonyms, Err(Refusal::NoPairs));
        let mut scorer = fitted.scorer();
        let found: Vec<Indices> = block.rows().map(|row| scorer.of(row)).collect();
        let check = |name: &str, of: &dyn Fn(&Indices) -> Option<f64>| {
            let found: Vec<_> = found.iter().map(of).collect();
            let deviation = fixture::deviation(&found, &fixture::reference(name));
            assert!(deviation < 1e-9, "{name}: {deviation}");
        };
        check("longstr", &|row| row.runs.map(|runs| runs.longest as f64));
        check("avgstr", &|row| row.runs.map(|runs| runs.mean));
        check("irv", &|row| row.irv);
        check("irv1", &|row| row.irv_chunks[0]);
        check("irv4", &|row| row.irv_chunks[3]);
        check("mahad_sq", &|row| row.mahalanobis);
        check("mahad_flag99", &|row| row.far.map(|far| f64::from(u8::from(far))));
        check("evenodd", &|row| row.even_odd);
        check("psychsyn", &|row| row.synonyms);
        check("person_total_incl", &|row| row.person_total_with_self);
        check("person_total_excl", &|row| row.person_total_without_self);
        assert!(found.iter().all(|row| row.misfit.is_some() && row.antonyms.is_none()));
    }

    #[test]
    fn what_cannot_be_fitted_is_absent_with_its_reason() {
        let mut state = State::new(3);
        state.update(&Block::new(3, &[MISSING; 30]).unwrap()).unwrap();
        let fitted = state.finish(&Options::default());
        assert_eq!(fitted.mahalanobis, Err(Refusal::AllConstant));
        assert_eq!(fitted.even_odd, Err(Refusal::TooFewFactors));
        assert_eq!(fitted.guttman, Err(Refusal::AllConstant));
        let row = fitted.scorer().of(&[MISSING; 3]);
        assert_eq!((row.runs, row.irv, row.far, row.misfit), (None, None, None, None));
        assert_eq!(row.irv_chunks, [None; 4]);
    }

    proptest! {
        #[test]
        fn any_split_of_the_rows_gives_the_same_bytes_and_never_a_nan(
            rows in proptest::collection::vec((0usize..64, proptest::array::uniform6(prop_oneof![2 => 0u8..4, 1 => Just(MISSING)])), 0..60),
            factors in prop_oneof![Just(vec![2, 2, 2]), Just(vec![]), Just(vec![3, 3])], order: u64
        ) {
            let mut whole = State::new(6);
            let mut parts = vec![State::new(6); 64];
            for (part, row) in &rows {
                whole.update(&Block::new(6, row).unwrap()).unwrap();
                parts[*part].update(&Block::new(6, row).unwrap()).unwrap();
            }
            let merged = proof::in_any_order(parts, order, |into, part| into.merge(part).unwrap());
            prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
            prop_assert_eq!(&State::from_bytes(&whole.to_bytes()).unwrap(), &whole);
            let fitted = whole.finish(&Options { factors, ..Options::default() });
            let mut scorer = fitted.scorer();
            for (_, row) in &rows {
                let found = scorer.of(row);
                let unit = [found.even_odd, found.synonyms, found.antonyms, found.person_total_with_self, found.person_total_without_self];
                prop_assert!(unit.into_iter().flatten().all(|r| (-1.0..=1.0).contains(&r)));
                prop_assert!(found.mahalanobis.is_none_or(|square| square.is_finite() && square >= 0.0));
                let misfit = found.misfit.iter().flat_map(|misfit| [misfit.normed, misfit.u3]);
                prop_assert!(misfit.into_iter().all(|share| (0.0..=1.0).contains(&share)));
                prop_assert!(found.irv.is_none_or(|sd| (0.0..=3.0).contains(&sd)));
            }
        }
    }
}
