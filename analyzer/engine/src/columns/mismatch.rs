//! Responses whose score and words disagree: kind words with a low score, or unkind words with a high one. Either the scale was
//! misread, or the score was not the writer's own. It reads the sample of comments, and nothing else.

use super::{Dataset, NO_RATING};
use crate::words::language::Language;
use crate::words::sentiment::Lexicon;

/// How kind or unkind words must be (VADER's compound, in [−1, 1]) to disagree with a score. The lexicon's authors take .05 for kind
/// (Hutto and Gilbert 2014); ten times that leaves words of which nobody doubts what they mean.
const CLEARLY: f64 = 0.5;

impl Dataset {
    /// The rows of the sampled English comments whose score lies in the lower third of its scale with clearly kind words, or in the
    /// upper third with clearly unkind ones; in order.
    pub fn mismatches(&self) -> Vec<usize> {
        let Ok(lexicon) = Lexicon::english() else { return Vec::new() };
        let (low, high) = (f64::from(self.score.scale.low), f64::from(self.score.scale.high));
        let disagrees = |rating: u8, text: &str| {
            let place = (f64::from(rating) - low) / (high - low);
            let kind = lexicon.score(text).compound;
            (place <= 1.0 / 3.0 && kind >= CLEARLY) || (place >= 2.0 / 3.0 && kind <= -CLEARLY)
        };
        self.comments
            .sample()
            .filter(|comment| comment.language == Some(Language::ENGLISH))
            .filter(|comment| {
                let rating = self.ratings.get(comment.row).copied().filter(|&rating| rating != NO_RATING);
                rating.is_some_and(|rating| disagrees(rating, comment.text))
            })
            .map(|comment| comment.row)
            .collect()
    }
}
