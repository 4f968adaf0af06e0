//! Key phrases: what many comments speak of, as short runs of words. It reads texts that are handed in, and touches nothing else.
//!
//! A candidate is a run of one to [`LONGEST`] words inside of a clause that neither begins nor ends with a function word ("the",
//! "was"). It counts once a comment, so that one writer who repeats it is one. Candidates are ranked by C-value: log₂(words + 1) ·
//! (comments − the mean count of the longer candidates that hold it), which lets "customer service" stand for "customer" where the
//! one hardly comes without the other. Source: Frantzi, Ananiadou and Mima (2000), "Automatic recognition of multi-word terms: the
//! C-value/NC-value method", International Journal on Digital Libraries 3:115–130, with log₂(n + 1) so that single words have a
//! weight. No model, no dictionary beyond the function words.
//!
//! Trap: frequency is not importance, and a phrase is no opinion: "waiting time" is praised and cursed. The ratings beside it say
//! which.

use super::personal;
use crate::sort;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most words of a phrase.
pub const LONGEST: usize = 3;
/// Most phrases that are kept.
pub const MOST: usize = 12;
/// A phrase of fewer comments would tell on single writers.
pub const COMMENTS_NEEDED: u64 = 10;

/// English function words and the fillers of comments, sorted.
const FUNCTION: &[&str] = &[
    "a", "about", "after", "again", "all", "also", "always", "am", "an", "and", "any", "are", "as", "at",
    "back", "be", "because", "been", "before", "being", "but", "by", "came", "can", "could", "did", "didn't",
    "do", "does", "doesn't", "don't", "down", "each", "even", "ever", "every", "for", "from", "get", "go",
    "got", "had", "has", "have", "he", "her", "here", "him", "his", "how", "i", "i'm", "i've", "if", "in",
    "into", "is", "isn't", "it", "it's", "its", "just", "made", "make", "me", "more", "most", "much", "my",
    "never", "no", "not", "nothing", "of", "off", "on", "once", "one", "only", "or", "other", "our", "out",
    "over", "own", "really", "she", "should", "so", "some", "still", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "two", "under",
    "until", "up", "us", "very", "was", "wasn't", "we", "well", "went", "were", "what", "when", "where",
    "which", "while", "who", "why", "will", "with", "without", "would", "you", "your",
];

/// A key phrase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// The words, in lower case.
    pub phrase: String,
    /// Comments that have it.
    pub n: u64,
    /// Those of them that have a rating.
    pub rated: u64,
    /// Their mean rating, in points of the scale; absent with fewer than [`COMMENTS_NEEDED`].
    pub mean: Option<f64>,
}

/// What was counted of a candidate.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    n: u64,
    rated: u64,
    sum: u64,
}

/// The key phrases of English comments with their ratings, the one with the highest C-value first; equals in the order of their
/// letters.
pub fn phrases<'t>(comments: impl IntoIterator<Item = (&'t str, Option<u8>)>) -> Vec<Phrase> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for (text, rating) in comments {
        for phrase in candidates(text) {
            let count = counts.entry(phrase).or_default();
            count.n += 1;
            if let Some(rating) = rating {
                count.rated += 1;
                count.sum += u64::from(rating);
            }
        }
    }
    counts.retain(|_, count| count.n >= COMMENTS_NEEDED);
    // How often longer candidates hold a shorter one, and how many of them there are.
    let mut held: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (longer, count) in &counts {
        let words: Vec<&str> = longer.split(' ').collect();
        let mut parts = BTreeSet::new();
        for length in 1..words.len() {
            parts.extend(words.windows(length).map(|part| part.join(" ")));
        }
        for part in parts {
            if let Some((part, _)) = counts.get_key_value(&part) {
                let held = held.entry(part).or_default();
                *held = (held.0 + count.n, held.1 + 1);
            }
        }
    }
    let mut ranked: Vec<(f64, &String, &Count)> = counts
        .iter()
        .map(|(phrase, count)| {
            let words = phrase.split(' ').count() as f64;
            let (sum, longer) = held.get(phrase.as_str()).copied().unwrap_or_default();
            let inside = sum as f64 / longer.max(1) as f64;
            (libm::log2(words + 1.0) * (count.n as f64 - inside), phrase, count)
        })
        .filter(|(value, ..)| *value > 0.0)
        .collect();
    sort::by(&mut ranked, |a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let shown = ranked.into_iter().take(MOST).map(|(_, phrase, count)| Phrase {
        phrase: phrase.clone(),
        n: count.n,
        rated: count.rated,
        mean: (count.rated >= COMMENTS_NEEDED).then(|| count.sum as f64 / count.rated as f64),
    });
    shown.collect()
}

/// The candidates of a comment, each once.
pub(crate) fn candidates(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let text = personal::without(text).to_lowercase().replace('\u{2019}', "'");
    for clause in text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-' || c == ' ')) {
        let words: Vec<&str> = clause
            .split(' ')
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| !word.is_empty())
            .collect();
        for length in 1..=LONGEST {
            for part in words.windows(length) {
                let stands = |word: &&str| {
                    FUNCTION.binary_search(word).is_err() && word.chars().any(char::is_alphabetic)
                };
                let (first, last) = (part.first(), part.last());
                let long = length > 1 || part.iter().any(|word| word.chars().count() > 2);
                if long && first.is_some_and(stands) && last.is_some_and(stands) {
                    found.insert(part.join(" "));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_sorted_so_that_they_are_found() {
        assert!(FUNCTION.is_sorted());
    }

    #[test]
    fn personal_data_is_no_phrase_nor_is_its_mask() {
        let found = candidates("Please mail jane.doe@example.com, call [phone] or [e-mail] about parcels");
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["call", "mail", "parcels", "please", "please mail"]);
    }

    #[test]
    fn a_phrase_stands_for_its_words_where_they_hardly_come_without_it() {
        let with = "The customer service was slow, and I had to wait.";
        let without = "A slow day.";
        let comments: Vec<(&str, Option<u8>)> =
            (0..20).map(|n| (with, Some(n % 5))).chain((0..15).map(|_| (without, None))).collect();
        let found = phrases(comments);
        // By hand: "customer service" log2(3) · 20; "slow" 35 less the mean of "slow day" (15) and "service was slow" (20).
        let of = |phrase: &str| found.iter().find(|found| found.phrase == phrase);
        let service = of("customer service").unwrap();
        assert_eq!((service.n, service.rated, service.mean), (20, 20, Some(2.0)));
        // "customer" never comes without "customer service".
        assert!(of("customer").is_none());
        let slow = of("slow").unwrap();
        assert_eq!((slow.n, slow.rated), (35, 20));
        let at = |phrase: &str| found.iter().position(|found| found.phrase == phrase).unwrap();
        assert!(at("customer service") < at("slow"), "{found:?}");
        assert!(
            found.iter().all(|phrase| !phrase.phrase.starts_with("the ") && !phrase.phrase.contains("i "))
        );
    }

    #[test]
    fn few_writers_and_one_who_repeats_give_no_phrase() {
        assert_eq!(phrases((0..9).map(|_| ("Friendly staff", Some(9)))), []);
        assert_eq!(phrases([("parking parking parking ".repeat(40).as_str(), Some(1))]), []);
        assert_eq!(phrases([]), []);
        // Punctuation ends a clause, and numbers are no words.
        let found = candidates("Clean. Rooms, 24 7 \u{2014} it\u{2019}s fine");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["clean", "fine", "rooms"]);
    }
}
