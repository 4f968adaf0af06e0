//! Words of solicitation in a comment: "he asked me to give a 10", "or I lose my bonus". Small enough to run on the
//! visitor's device, so that a text need not leave it to be judged. English; other languages come with their own tables.
//!
//! A phrase is a row of slots over the words of one sentence. A cue is a reason to read the comment, never a verdict.

use crate::prelude::*;
use crate::record::choice;
use alloc::collections::BTreeMap;

choice! {
    /// What a comment says was done to its writer (SCIENCE.md, section 3, "solicitation").
    pub enum Cue {
        /// A score was named: "please give me a 10".
        NamesScore = "names_score",
        /// The questions that matter were named, or how to answer them.
        NamesQuestions = "names_questions",
        /// Consequences were named: "or I lose my bonus".
        NamesConsequences = "names_consequences",
        /// It was said that the answers will be seen.
        Seen = "seen",
        /// The writer was watched, threatened or made to feel guilty.
        Intimidates = "intimidates",
        /// Something was offered for it.
        Incentive = "incentive",
        /// Staff filled the survey in.
        StaffFilled = "staff_filled",
        /// Only the happy were asked to answer.
        OnlyIfHappy = "only_if_happy",
    }
}

/// A set of [`Cue`]s, a bit each, in the order of `Cue::ALL`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cues(pub u8);

impl Cues {
    /// Whether the set has `cue`.
    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u8) != 0
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The cues in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Cue> {
        Cue::ALL.iter().copied().filter(move |&cue| self.has(cue))
    }

    /// Both sets together.
    pub fn union(self, other: Cues) -> Cues {
        Cues(self.0 | other.0)
    }
}

/// Slots of a phrase are separated by spaces. `a|b` is either word, `a*` any word that starts so, `#` a high score,
/// `..` up to four words in which nobody starts anew, `...` any four, `~` up to four that only fill ("a", "us", "at least"),
/// `$` the end of the sentence or a word that shows that the score was no count of things ("a 10 or …", "5 stars").
/// The last field says whether a denial just before it ("nobody asked me …") takes the phrase back.
const PHRASES: &[(Cue, &str, bool)] = &[
    (
        Cue::NamesScore,
        "ask*|told|tell*|beg*|urg*|push*|pressur*|insist*|remind*|instruct* me|us|you|people|customers|everyone .. giv*|rat*|leav*|scor*|put|mark|select|choos*|click|pick ~ #",
        true,
    ),
    (Cue::NamesScore, "ask*|beg*|push*|fish*|plead*|insist* for|on ~ # $", true),
    (Cue::NamesScore, "please|kindly giv*|rat*|leav*|scor*|put|mark|select ~ #", false),
    (Cue::NamesScore, "said|says|saying|told|mention* .. need*|want*|requir* ~ #", true),
    (Cue::NamesScore, "only # count*|matter*", false),
    (
        Cue::NamesScore,
        "anything|everything below|under|less|lower|but|except ~ # .. fail*|zero|nothing|bad|counts",
        false,
    ),
    (Cue::NamesQuestions, "told|show*|explain* me|us .. how to answer|fill|complete|rate", true),
    (Cue::NamesQuestions, "told|ask* me|us .. question* .. about him|her|them|himself|herself", true),
    (Cue::NamesQuestions, "told|show* me|us which|what ~ question*|box*|answer*", true),
    (Cue::NamesConsequences, "los* .. bonus|job|commission|pay", true),
    (Cue::NamesConsequences, "bonus*|commission|salary|job|pay depend*|relies|rides|hang*|based", true),
    (Cue::NamesConsequences, "bonus*|commission|salary|job|pay is|are tied|based|dependent", true),
    (Cue::NamesConsequences, "he|she|they|staff|would|will|could get|gets|be fired|punish*|disciplin*", true),
    (Cue::NamesConsequences, "he|she|they|staff|would|will|could get|gets|be in|into trouble", true),
    (Cue::NamesConsequences, "zero|fail* for me|him|her|them|us", true),
    (
        Cue::Seen,
        "boss|manager|management|they|he|she will|would|can see|read|check .. what|how|who .. answer*|gave|put|rate*|said|wrote|scor*",
        true,
    ),
    (
        Cue::Seen,
        "boss|manager|management|they|he|she sees|reads|checks .. answer*|survey*|rating*|review*|scor*",
        true,
    ),
    (Cue::Seen, "survey|answers|answer|it is|are not anonymous", false),
    (Cue::Intimidates, "threaten*", true),
    (Cue::Intimidates, "pressur* me|us|customers|into", true),
    (
        Cue::Intimidates,
        "stood|stand*|hover*|lean* over|behind|next|beside ... while|until|when ... survey|answer*|fill*|rat*",
        true,
    ),
    (Cue::Intimidates, "watch* me|us ... survey|answer*|fill*|rat*|score*", true),
    (Cue::Intimidates, "made|make me|us feel guilty|bad .. survey|rating|score|review", true),
    (Cue::Intimidates, "wouldnt|refused .. until|unless .. survey|review|rating|#", false),
    (
        Cue::Incentive,
        "discount|voucher|coupon|gift|refund|cashback|credit|freebie|prize for|if .. survey|review|rating|feedback|#",
        true,
    ),
    (Cue::Incentive, "in exchange|return for ~ survey|review|rating|feedback|#", true),
    (
        Cue::StaffFilled,
        "filled|fill|completed|did|answered|took .. survey|questionnaire|rating|review for|on me|us|behalf",
        true,
    ),
    (
        Cue::StaffFilled,
        "took|used|grabbed|has my|our phone|tablet|device ... survey|rat*|score|review|answer*|#",
        true,
    ),
    (
        Cue::OnlyIfHappy,
        "only .. survey|review|answer|fill|rate|respond .. if|when ~ happy|satisfied|pleased",
        true,
    ),
    (Cue::OnlyIfHappy, "only .. if|when ~ happy|satisfied|pleased", true),
    (
        Cue::OnlyIfHappy,
        "if .. not|isnt|arent|wasnt|less happy|satisfied|# .. call|tell|talk|contact|ring .. first|before|instead",
        false,
    ),
];

const HIGH: &[&str] = &[
    "8",
    "9",
    "10",
    "10s",
    "9s",
    "nine",
    "nines",
    "ten",
    "tens",
    "5",
    "five",
    "fives",
    "star",
    "stars",
    "full",
    "perfect",
    "top",
    "highest",
    "maximum",
    "max",
    "excellent",
    "100",
];
const FILLER: &[&str] = &[
    "a",
    "an",
    "the",
    "all",
    "at",
    "least",
    "only",
    "us",
    "me",
    "you",
    "him",
    "her",
    "them",
    "it",
    "with",
    "as",
    "straight",
    "solid",
    "full",
    "my",
    "our",
    "your",
    "their",
    "his",
    "youre",
    "were",
    "im",
    "they",
    "we",
    "are",
    "is",
    "for",
    "good",
    "to",
    "be",
    "of",
    "or",
    "service",
    "rating",
    "score",
    "survey",
    "completely",
    "i",
    "was",
    "am",
    "very",
    "really",
    "than",
];
const DENIAL: &[&str] = &[
    "nobody", "noone", "never", "not", "didnt", "wasnt", "werent", "without", "neither", "none", "no",
    "doesnt", "dont", "nor",
];
const AFTER_SCORE: &[&str] = &[
    ".",
    "star",
    "stars",
    "rating",
    "score",
    "out",
    "on",
    "in",
    "or",
    "otherwise",
    "because",
    "he",
    "she",
    "they",
    "i",
    "and",
    "so",
    "again",
    "from",
    "at",
    "when",
    "even",
    "every",
];
/// A speaker who starts anew: a phrase does not reach across.
const BREAK: &[&str] = &[".", "i", "id", "ill", "ive", "but", "and", "so", "because"];

/// The cues in `text`.
pub fn cues(text: &str) -> Cues {
    let words = words(text);
    search(&words, |at, phrase| fits(first_slot(PHRASES[phrase].1), &words[at]))
}

/// [`cues`] for many texts: it remembers which phrases each word can begin, so that most words of most texts are looked up
/// once and no more. The results are the same.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    begins: BTreeMap<String, u64>,
}

/// The most words that a [`Listener`] remembers: the usual ones of a language are met long before.
const REMEMBERED: usize = 1 << 16;
const _: () = assert!(PHRASES.len() <= 64, "a phrase has a bit in a u64");

impl Listener {
    /// The cues in `text`.
    pub fn cues(&mut self, text: &str) -> Cues {
        let words = words(text);
        let begins: Vec<u64> = words.iter().map(|word| self.begins(word)).collect();
        if begins.iter().all(|&phrases| phrases == 0) {
            return Cues::default();
        }
        search(&words, |at, phrase| begins[at] & (1 << phrase) != 0)
    }

    /// The phrases that `word` can begin, a bit each.
    fn begins(&mut self, word: &str) -> u64 {
        if let Some(&phrases) = self.begins.get(word) {
            return phrases;
        }
        let begin = |(at, &(_, phrase, _)): (usize, &(Cue, &str, bool))| {
            u64::from(fits(first_slot(phrase), word)) << at
        };
        let phrases = PHRASES.iter().enumerate().map(begin).sum();
        if self.begins.len() < REMEMBERED {
            self.begins.insert(word.into(), phrases);
        }
        phrases
    }
}

fn first_slot(phrase: &str) -> &str {
    phrase.split(' ').next().unwrap_or_default()
}

/// The cues in `words`; `begins` says whether the word at a place can begin a phrase, which is told by its index.
fn search(words: &[String], begins: impl Fn(usize, usize) -> bool) -> Cues {
    let mut found = Cues::default();
    for (index, &(cue, phrase, deniable)) in PHRASES.iter().enumerate() {
        if found.has(cue) {
            continue;
        }
        let hit = (0..words.len()).filter(|&at| begins(at, index)).any(|at| {
            let denied = deniable
                && words[..at]
                    .iter()
                    .rev()
                    .take(3)
                    .take_while(|w| *w != ".")
                    .any(|w| DENIAL.contains(&w.as_str()));
            let slots: Vec<&str> = phrase.split(' ').collect();
            !denied && matches(&slots, &words[at..], deniable)
        });
        if hit {
            found.0 |= 1 << cue as u8;
        }
    }
    found
}

/// Lower-case words, apostrophes dropped ("didn't" is `didnt`), a lone `.` where a sentence ends.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            words.push(core::mem::take(word));
        }
    };
    for c in text.chars() {
        if in_word(c) {
            word.push(c.to_ascii_lowercase());
        } else if !matches!(c, '\'' | '’' | '‘') {
            flush(&mut word);
            if matches!(c, '.' | '!' | '?' | ';' | '\n') {
                word.push('.');
                flush(&mut word);
            }
        }
    }
    flush(&mut word);
    words
}

/// Whether `c` belongs to a word. The phrases are English, so that letters beyond ASCII need only not end a word, and the
/// Unicode tables of letters and of lower case, 4 KB of brotli, stay off the visitor's device. What does end a word there:
/// Latin-1's signs, General Punctuation, CJK punctuation.
fn in_word(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        _ => true,
    }
}

fn fits(slot: &str, word: &str) -> bool {
    slot.split('|').any(|form| match form.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None if form == "#" => HIGH.contains(&word),
        None => form == word,
    })
}

fn matches(slots: &[&str], words: &[String], deniable: bool) -> bool {
    let Some((slot, rest)) = slots.split_first() else { return true };
    match *slot {
        "$" => {
            words.first().is_none_or(|word| AFTER_SCORE.contains(&word.as_str()))
                && matches(rest, words, deniable)
        }
        ".." | "..." | "~" => (0..=words.len().min(4)).any(|gap| {
            let passed = |word: &String| {
                if *slot == "~" {
                    FILLER.contains(&word.as_str())
                } else if *slot == "..." {
                    word != "."
                } else {
                    !(BREAK.contains(&word.as_str()) || deniable && DENIAL.contains(&word.as_str()))
                }
            };
            words[..gap].iter().all(passed) && matches(rest, &words[gap..], deniable)
        }),
        slot => words.first().is_some_and(|word| fits(slot, word)) && matches(rest, &words[1..], deniable),
    }
}
