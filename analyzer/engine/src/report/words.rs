//! What the comments say: in which languages, how kindly, and how many tell of solicitation. It reads texts and cues of a
//! [`Dataset`], and nothing else. No comment stands in the report.

use super::{Absent, counted};
use crate::columns::{Dataset, NO_RATING};
use crate::pressure::dataset::Listened;
use crate::scores::{Estimate, Z};
use crate::words::language::{Language, language};
use crate::words::phrases::{self, Phrase};
use crate::words::sentiment::Lexicon;
use crate::words::solicitation::Hearing;
use candor_survey::words::{Cue, Cues};
use serde::{Deserialize, Serialize};

/// Most comments whose language and sentiment are computed, evenly spread over the file.
const SAMPLED: usize = 2000;

/// What the comments say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// Responses with a comment.
    pub commented: u64,
    /// Comments whose language and sentiment were computed: all, or 2,000 evenly spread over the file.
    pub sampled: u64,
    /// Languages of the sampled comments, the commonest first; `unknown` where a comment is too short to tell.
    pub languages: Vec<LanguageCount>,
    /// The mean sentiment (VADER's compound, −1 to 1) of sampled comments that are English for certain; absent under 10.
    pub sentiment: Option<Sentiment>,
    /// Comments that tell of solicitation of any kind.
    pub solicited: u64,
    /// The same by kind, those that were met.
    pub cues: Vec<CueCount>,
    /// Key phrases of the sampled English comments, the commonest first, at most [`crate::words::phrases::MOST`].
    pub phrases: Vec<Phrase>,
}

/// A language and how many comments are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageCount {
    /// Its tag, as `en`.
    pub language: String,
    /// Comments.
    pub n: u64,
}

/// The mean sentiment of some comments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// Comments.
    pub n: u64,
    /// The mean.
    pub value: f64,
    /// The lower end of its 95% interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A kind of solicitation and how many comments tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CueCount {
    /// The kind, as `names_score`.
    pub cue: String,
    /// Comments.
    pub n: u64,
}

/// What was made out of the comments, for the words of the report and for the channels that hear them.
pub(super) struct Heard {
    /// Responses with a comment.
    commented: u64,
    /// The comments that were looked at: row, language and, in English, sentiment in [−1, 1].
    pub(super) sample: Vec<(usize, Option<Language>, Option<f64>)>,
    /// For the channels: cues in languages other than English, and sentiment by row.
    pub(super) listened: Listened,
}

/// Reads the comments; nothing without any.
pub(super) fn hear(dataset: &Dataset) -> Option<Heard> {
    let texts = dataset.texts.as_ref()?;
    let rows = dataset.ratings.len();
    let commented: Vec<usize> = (0..rows).filter(|&row| !texts.get(row).is_empty()).collect();
    let lexicon = Lexicon::english().ok().filter(|_| !commented.is_empty())?;
    let step = commented.len().div_ceil(SAMPLED);
    let mut sample = Vec::new();
    let mut sentiment = vec![None; rows];
    for &row in commented.iter().step_by(step) {
        let text = texts.get(row);
        let found = language(text);
        let compound = (found == Some(Language::ENGLISH)).then(|| lexicon.score(text).compound);
        sentiment[row] = compound.map(|compound| libm::round(compound * 1000.0) as i16);
        sample.push((row, found, compound));
    }
    // English was heard on reading; another language is listened to where the sample has it.
    let mut hearing = Hearing::new(sample.iter().filter_map(|&(_, language, _)| language));
    let mut cues = Vec::new();
    if !hearing.is_deaf() {
        cues = vec![Cues::default(); rows];
        commented.iter().for_each(|&row| cues[row] = hearing.cues(texts.get(row)));
    }
    Some(Heard { commented: commented.len() as u64, sample, listened: Listened { cues, sentiment } })
}

pub(super) fn words(dataset: &Dataset, heard: Option<&Heard>, absent: &mut Vec<Absent>) -> Option<Words> {
    let mut say = |reason: String| absent.push(Absent { what: "words".into(), reason });
    let Some(texts) = &dataset.texts else {
        say("No column is chosen as text.".into());
        return None;
    };
    let Some(heard) = heard else {
        say("Nobody wrote a comment.".into());
        return None;
    };
    let sampled = heard.sample.len() as u64;
    let mut languages: Vec<(Option<Language>, u64)> = Vec::new();
    for (_, found, _) in &heard.sample {
        match languages.iter_mut().find(|(known, _)| known == found) {
            Some((_, n)) => *n += 1,
            None => languages.push((*found, 1)),
        }
    }
    languages.sort_by_key(|&(language, n)| (std::cmp::Reverse(n), language));
    let compounds: Vec<f64> = heard.sample.iter().filter_map(|(.., compound)| *compound).collect();
    let mut counts = vec![0u64; Cue::ALL.len()];
    let mut solicited = 0;
    for row in (0..dataset.ratings.len()).filter(|&row| texts.has(row)) {
        let more = heard.listened.cues.get(row).copied().unwrap_or_default();
        let found: Cues = dataset.evidence.cues[row].union(more);
        solicited += u64::from(!found.is_empty());
        found.iter().for_each(|cue| counts[cue as usize] += 1);
    }
    let cues = Cue::ALL.iter().zip(&counts).filter(|(_, n)| **n > 0);
    let phrases = phrases::phrases(
        heard.sample.iter().filter(|(_, language, _)| *language == Some(Language::ENGLISH)).map(
            |&(row, ..)| {
                (texts.get(row), dataset.ratings.get(row).copied().filter(|&rating| rating != NO_RATING))
            },
        ),
    );
    if compounds.len() < super::MINIMUM_CELL as usize {
        say(format!(
            "Sentiment is computed for English; {} of {sampled} comments looked at is English for certain.",
            compounds.len()
        ));
    }
    let unknown: u64 = languages.iter().filter(|(language, _)| language.is_none()).map(|&(_, n)| n).sum();
    if unknown > 0 {
        say(format!(
            "{} too short to tell the language of; nothing that depends on it is computed for them.",
            counted(unknown, "comment")
        ));
    }
    Some(Words {
        commented: heard.commented,
        sampled,
        languages: languages
            .iter()
            .map(|&(language, n)| LanguageCount {
                language: language.map_or("unknown", Language::tag).into(),
                n,
            })
            .collect(),
        sentiment: (compounds.len() >= super::MINIMUM_CELL as usize).then(|| mean(&compounds)),
        solicited,
        cues: cues.map(|(cue, &n)| CueCount { cue: cue.as_str().into(), n }).collect(),
        phrases,
    })
}

fn mean(values: &[f64]) -> Sentiment {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    let half = Z * libm::sqrt(variance / n);
    let Estimate { value, low, high } =
        Estimate { value: mean, low: (mean - half).max(-1.0), high: (mean + half).min(1.0) };
    Sentiment { n: values.len() as u64, value, low, high }
}
