//! Sentiment of an English text: an own port of VADER, rule by rule, quirk by quirk. It reads a lexicon and a text, and
//! touches nothing else.
//!
//! Each word has a valence (mean of ten raters, −4 to 4), changed by the words up to three places before it (boosters ±.293,
//! negations × −.74), capitals (.733), "but" (half before, half as much again after), exclamation and question marks. With s
//! their sum, compound = s/√(s² + 15) in [−1, 1]; negative, neutral and positive are shares of the text that add up to 1.
//! Source: Hutto & Gilbert (2014), "VADER: A parsimonious rule-based model for sentiment analysis of social media text",
//! ICWSM-14; PyPI `vaderSentiment` 3.3.2, MIT. Nothing is rounded here; the reference prints three and four decimals, which
//! [`Sentiment::rounded`] repeats.
//!
//! Traps: English only, so ask [`super::language`] first. The score of a comment that disagrees with its rating is a reason to
//! *read* it, not evidence (r = .57 on real reviews). Reference: every row of `vader_golden.csv` to 1e-4 ("VADER is very smart,
//! handsome, and funny." is .8545), and 937 made-up texts, committed beside the lexicon.

use crate::bytes::Damaged;
use std::collections::HashMap;

/// The lexicon as it is embedded: its form and its licence stand in `vader.LICENSE.md`. 62 KB, 26 KB as brotli; a browser
/// may fetch it only when comments are read, and call [`Lexicon::parse`].
pub const TABLE: &str = include_str!("vader.txt");

const BOOST: f64 = 0.293;
const CAPITALS: f64 = 0.733;
const NEGATION: f64 = -0.74;

const NEGATIONS: &str = "aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't doesn't \
    dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt needn't never \
    none nope nor not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't \
    without wont wouldnt won't wouldn't rarely seldom despite";

const BOOSTERS: &str = "absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous \
    enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking \
    fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly \
    intensely major majorly more most particularly purely quite really remarkably so substantially thoroughly total totally \
    tremendous tremendously uber unbelievably unusually utter utterly very";

const DAMPENERS: &str = "almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly \
    scarce scarcely slight slightly somewhat sorta sortof sort-of";

/// Dampeners of two words, which count only before the word before a lexicon word.
const DAMPENING_PAIRS: [[&str; 2]; 3] = [["just", "enough"], ["kind", "of"], ["sort", "of"]];

/// Phrases with a valence of their own.
const IDIOMS: [(&[&str], f64); 8] = [
    (&["the", "shit"], 3.0),
    (&["the", "bomb"], 3.0),
    (&["bad", "ass"], 1.5),
    (&["bus", "stop"], 0.0),
    (&["yeah", "right"], -2.0),
    (&["kiss", "of", "death"], -1.5),
    (&["to", "die", "for"], 3.0),
    (&["beating", "heart"], 3.5),
];

/// The sentiment of one text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sentiment {
    /// The share of negative words, weighed, in [0, 1].
    pub negative: f64,
    /// The share of neutral words, in [0, 1].
    pub neutral: f64,
    /// The share of positive words, weighed, in [0, 1].
    pub positive: f64,
    /// The whole, from −1 (worst) to 1 (best).
    pub compound: f64,
}

impl Sentiment {
    /// As the reference prints it: shares to three decimals, compound to four.
    pub fn rounded(self) -> Sentiment {
        // Rust and Python both round the exact binary value, ties to even.
        let round = |value: f64, decimals: usize| format!("{value:.decimals$}").parse().unwrap_or(value);
        Sentiment {
            negative: round(self.negative, 3),
            neutral: round(self.neutral, 3),
            positive: round(self.positive, 3),
            compound: round(self.compound, 4),
        }
    }
}

/// What is known of a lower-case word.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    valence: Option<f64>,
    /// .293, −.293 or 0.
    boost: f64,
    negates: bool,
}

/// Valences of words, and descriptions of emoji.
#[derive(Clone, Debug)]
pub struct Lexicon<'a> {
    words: HashMap<Box<str>, Entry>,
    emoji: HashMap<char, &'a str>,
}

/// A word of a text.
struct Token {
    /// Where its lower-case form stands in the buffer.
    from: usize,
    to: usize,
    entry: Entry,
    capitals: bool,
}

/// The words of a text with their lower-case forms.
struct Tokens {
    lower: String,
    tokens: Vec<Token>,
    /// Whether some words, but not all, are in capitals.
    some_capitals: bool,
}

impl std::ops::Index<usize> for Tokens {
    type Output = Token;

    fn index(&self, place: usize) -> &Token {
        &self.tokens[place]
    }
}

impl Tokens {
    fn lower(&self, place: usize) -> &str {
        &self.lower[self[place].from..self[place].to]
    }

    fn is(&self, place: usize, words: &[&str]) -> bool {
        words.contains(&self.lower(place))
    }

    /// Whether `phrase` starts at `from`.
    fn phrase(&self, from: usize, phrase: &[&str]) -> bool {
        from + phrase.len() <= self.tokens.len()
            && phrase.iter().enumerate().all(|(place, word)| self.lower(from + place) == *word)
    }
}

/// White space as Python's `split` sees it: Unicode's, and four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `str.isupper`: something in capitals, nothing in lower or title case.
fn is_capitals(word: &str) -> bool {
    let mut found = false;
    for c in word.chars() {
        if c.is_uppercase() {
            found = true;
        } else if c.is_lowercase() || !c.is_ascii() && c.to_uppercase().ne([c]) {
            return false;
        }
    }
    found
}

impl Lexicon<'static> {
    /// The embedded English lexicon. Building it takes about a millisecond: keep it.
    pub fn english() -> Result<Lexicon<'static>, Damaged> {
        Lexicon::parse(TABLE)
    }
}

impl<'a> Lexicon<'a> {
    /// Reads a table in the form of [`TABLE`].
    pub fn parse(table: &'a str) -> Result<Lexicon<'a>, Damaged> {
        let damaged = Damaged { what: "a sentiment lexicon" };
        let mut lines = table.lines();
        lines.next().ok_or(damaged)?;
        let mut order = Vec::new();
        let mut before = String::new();
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            let mut rest = line.chars();
            let shared = (rest.next().ok_or(damaged)? as usize).checked_sub(65).ok_or(damaged)?;
            let kept = before.char_indices().nth(shared).map_or(before.len(), |(at, _)| at);
            before.truncate(kept);
            before.push_str(rest.as_str());
            order.push(Box::<str>::from(before.as_str()));
        }
        let codes = lines.next().ok_or(damaged)?.as_bytes();
        if codes.len() != order.len() {
            return Err(damaged);
        }
        let mut words = HashMap::with_capacity(order.len() + 256);
        for (word, &code) in order.into_iter().zip(codes) {
            let valence = (f64::from(code) - 79.0) / 10.0;
            words.insert(word, Entry { valence: Some(valence), ..Entry::default() });
        }
        let mut entry = |word: &str, change: fn(&mut Entry)| change(words.entry(word.into()).or_default());
        NEGATIONS.split_whitespace().for_each(|word| entry(word, |entry| entry.negates = true));
        BOOSTERS.split_whitespace().for_each(|word| entry(word, |entry| entry.boost = BOOST));
        DAMPENERS.split_whitespace().for_each(|word| entry(word, |entry| entry.boost = -BOOST));
        let emoji = lines
            .filter_map(|line| {
                let mut rest = line.chars();
                Some((rest.next()?, rest.as_str()))
            })
            .collect();
        Ok(Lexicon { words, emoji })
    }

    /// The sentiment of one text; all zero when it has no words.
    pub fn score(&self, text: &str) -> Sentiment {
        let described;
        let text = if text.is_ascii() {
            text
        } else {
            described = self.describe(text);
            &described
        };
        let tokens = self.tokens(text);
        let mut valences: Vec<f64> = (0..tokens.tokens.len()).map(|place| valence(&tokens, place)).collect();
        contrast(&tokens, &mut valences);
        weigh(&valences, emphasis(text))
    }

    /// The text with emoji replaced by their descriptions.
    fn describe(&self, text: &str) -> String {
        let mut described = String::with_capacity(text.len());
        let mut after_space = true;
        for c in text.chars() {
            if let Some(description) = self.emoji.get(&c) {
                if !after_space {
                    described.push(' ');
                }
                described.push_str(description);
                after_space = false;
            } else {
                described.push(c);
                after_space = c == ' ';
            }
        }
        described
    }

    fn tokens(&self, text: &str) -> Tokens {
        let mut lower = String::with_capacity(text.len());
        let mut tokens = Vec::new();
        let mut in_capitals = 0;
        for word in text.split(is_space).filter(|word| !word.is_empty()) {
            let stripped = word.trim_matches(|c: char| c.is_ascii_punctuation());
            // What has two letters or fewer without its punctuation was likely an emoticon.
            let word = if stripped.chars().nth(2).is_none() { word } else { stripped };
            let capitals = is_capitals(word);
            in_capitals += usize::from(capitals);
            let from = lower.len();
            if word.is_ascii() {
                lower.push_str(word);
                lower[from..].make_ascii_lowercase();
            } else {
                lower.push_str(&word.to_lowercase());
            }
            let form = &lower[from..];
            let mut entry = self.words.get(form).copied().unwrap_or_default();
            entry.negates |= form.contains("n't");
            tokens.push(Token { from, to: lower.len(), entry, capitals });
        }
        let some_capitals = 0 < in_capitals && in_capitals < tokens.len();
        Tokens { lower, tokens, some_capitals }
    }
}

/// The valence of the word at `i` among its neighbors.
fn valence(tokens: &Tokens, i: usize) -> f64 {
    let entry = tokens[i].entry;
    let last = tokens.tokens.len() - 1;
    if entry.boost != 0.0 || tokens.phrase(i, &["kind", "of"]) {
        return 0.0;
    }
    let Some(own) = entry.valence else { return 0.0 };
    let mut valence = own;
    // "no" before a lexicon word negates it and is nothing itself.
    if tokens.lower(i) == "no" && i != last && tokens[i + 1].entry.valence.is_some() {
        valence = 0.0;
    }
    if (i > 0 && tokens.lower(i - 1) == "no")
        || (i > 1 && tokens.lower(i - 2) == "no")
        || (i > 2 && tokens.lower(i - 3) == "no" && tokens.is(i - 1, &["or", "nor"]))
    {
        valence = own * NEGATION;
    }
    if tokens[i].capitals && tokens.some_capitals {
        valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
    }
    for distance in 0..3 {
        if i > distance && tokens[i - distance - 1].entry.valence.is_none() {
            valence += boost(tokens, i - distance - 1, valence) * [1.0, 0.95, 0.9][distance];
            valence = negate(tokens, i, distance, valence);
            if distance == 2 {
                valence = idioms(tokens, i, valence);
            }
        }
    }
    // "least" negates, unless it is "at least" or "very least".
    if i > 0 && tokens.lower(i - 1) == "least" && !(i > 1 && tokens.is(i - 2, &["at", "very"])) {
        valence *= NEGATION;
    }
    valence
}

/// What the word at `place` adds to a valence after it.
fn boost(tokens: &Tokens, place: usize, valence: f64) -> f64 {
    let token = &tokens[place];
    if token.entry.boost == 0.0 {
        return 0.0;
    }
    let mut boost = if valence < 0.0 { -token.entry.boost } else { token.entry.boost };
    if token.capitals && tokens.some_capitals {
        boost += if valence > 0.0 { CAPITALS } else { -CAPITALS };
    }
    boost
}

/// Negation by the word `distance` + 1 places before `i`, and the praise in "never so".
fn negate(tokens: &Tokens, i: usize, distance: usize, valence: f64) -> f64 {
    const SO: &[&str] = &["so", "this"];
    let negates = tokens[i - distance - 1].entry.negates;
    let (praised, doubtless) = match distance {
        0 => (false, false),
        1 => (
            tokens.lower(i - 2) == "never" && tokens.is(i - 1, SO),
            tokens.lower(i - 2) == "without" && tokens.lower(i - 1) == "doubt",
        ),
        // The reference's "and" binds before its "or": "so" or "this" right before the word is enough.
        _ => (
            tokens.lower(i - 3) == "never" && tokens.is(i - 2, SO) || tokens.is(i - 1, SO),
            tokens.lower(i - 3) == "without"
                && (tokens.lower(i - 2) == "doubt" || tokens.lower(i - 1) == "doubt"),
        ),
    };
    if praised {
        valence * 1.25
    } else if negates && !doubtless {
        valence * NEGATION
    } else {
        valence
    }
}

/// Idioms around the word at `i` ≥ 3, and dampeners of two words before it.
fn idioms(tokens: &Tokens, i: usize, mut valence: f64) -> f64 {
    let idiom = |from: usize, length: usize| {
        IDIOMS
            .iter()
            .find(|(words, _)| words.len() == length && tokens.phrase(from, words))
            .map(|idiom| idiom.1)
    };
    let before = [(i - 1, 2), (i - 2, 3), (i - 2, 2), (i - 3, 3), (i - 3, 2)];
    if let Some(own) = before.into_iter().find_map(|(from, length)| idiom(from, length)) {
        valence = own;
    }
    if let Some(own) = idiom(i, 2) {
        valence = own;
    }
    if let Some(own) = idiom(i, 3) {
        valence = own;
    }
    for from in [i - 3, i - 2] {
        if DAMPENING_PAIRS.iter().any(|pair| tokens.phrase(from, pair)) {
            valence -= BOOST;
        }
    }
    valence
}

/// "But": what comes before counts half, what comes after half as much again. As in the reference, a changed valence is
/// found by its value, at the first place that has it.
fn contrast(tokens: &Tokens, valences: &mut [f64]) {
    let Some(but) = (0..valences.len()).find(|&place| tokens.lower(place) == "but") else { return };
    for place in 0..valences.len() {
        let value = valences[place];
        let first = valences.iter().position(|&other| other == value).unwrap_or(place);
        match first.cmp(&but) {
            std::cmp::Ordering::Less => valences[first] = value * 0.5,
            std::cmp::Ordering::Greater => valences[first] = value * 1.5,
            std::cmp::Ordering::Equal => {}
        }
    }
}

/// Exclamation marks (up to four) and question marks (from two).
fn emphasis(text: &str) -> f64 {
    let count = |mark: u8| text.bytes().filter(|&byte| byte == mark).count();
    let questions = match count(b'?') {
        0 | 1 => 0.0,
        few @ 2..=3 => few as f64 * 0.18,
        _ => 0.96,
    };
    count(b'!').min(4) as f64 * 0.292 + questions
}

fn weigh(valences: &[f64], emphasis: f64) -> Sentiment {
    if valences.is_empty() {
        return Sentiment { negative: 0.0, neutral: 0.0, positive: 0.0, compound: 0.0 };
    }
    let mut sum: f64 = valences.iter().sum();
    if sum > 0.0 {
        sum += emphasis;
    } else if sum < 0.0 {
        sum -= emphasis;
    }
    let compound = (sum / libm::sqrt(sum * sum + 15.0)).clamp(-1.0, 1.0);
    // One more for each word, as neutral words count one.
    let (mut positive, mut negative, mut neutral) = (0.0, 0.0, 0.0);
    for &valence in valences {
        if valence > 0.0 {
            positive += valence + 1.0;
        } else if valence < 0.0 {
            negative -= valence - 1.0;
        } else {
            neutral += 1.0;
        }
    }
    if positive > negative {
        positive += emphasis;
    } else if positive < negative {
        negative += emphasis;
    }
    let total = positive + negative + neutral;
    Sentiment { negative: negative / total, neutral: neutral / total, positive: positive / total, compound }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(lexicon: &Lexicon<'_>, text: &str, expected: [f64; 4]) -> f64 {
        let found = lexicon.score(text).rounded();
        let found = [found.negative, found.neutral, found.positive, found.compound];
        let deviation = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(deviation < 1e-4, "{text:?}: {found:?} is not {expected:?}");
        deviation
    }

    #[test]
    fn made_up_texts_score_as_in_python() {
        let lexicon = Lexicon::english().unwrap();
        let lines = include_str!("fixtures/vader_generated.tsv").split('\n').skip(1);
        let mut texts = 0;
        for line in lines.filter(|line| !line.is_empty()) {
            let fields: Vec<&str> = line.split('\t').collect();
            let figures: Vec<f64> = fields[1..].iter().map(|field| field.parse().unwrap()).collect();
            check(&lexicon, fields[0], figures.try_into().unwrap());
            texts += 1;
        }
        assert_eq!(texts, 937);
    }

    #[test]
    #[ignore = "needs CANDOR_REFERENCE, the folder with reference/"]
    fn every_row_of_the_golden_file_is_reproduced() {
        let file = crate::reference::file("reference/vader_golden.csv");
        let lexicon = Lexicon::english().unwrap();
        let (mut rows, mut largest) = (0, 0.0f64);
        for record in records(&file).iter().skip(1) {
            let figures: Vec<f64> = record[3..].iter().map(|field| field.parse().unwrap()).collect();
            largest = largest.max(check(&lexicon, &record[1], figures.try_into().unwrap()));
            rows += 1;
        }
        assert!(rows > 1800, "{rows}");
        assert_eq!(largest, 0.0);
    }

    /// The records of a CSV file with quoted fields.
    fn records(file: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = file.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, quoted) {
                ('"', true) if chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
                ('"', _) => quoted = !quoted,
                (',', false) => record.push(std::mem::take(&mut field)),
                ('\r', false) => {}
                ('\n', false) => {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                _ => field.push(c),
            }
        }
        records
    }

    #[test]
    fn the_documented_examples_score_as_documented() {
        // From the README of vaderSentiment.
        let lexicon = Lexicon::english().unwrap();
        for (text, figures) in [
            ("VADER is smart, handsome, and funny.", [0.0, 0.254, 0.746, 0.8316]),
            ("VADER is very smart, handsome, and funny.", [0.0, 0.299, 0.701, 0.8545]),
            ("VADER is VERY SMART, handsome, and FUNNY!!!", [0.0, 0.233, 0.767, 0.9342]),
            ("VADER is not smart, handsome, nor funny.", [0.646, 0.354, 0.0, -0.7424]),
            ("At least it isn't a horrible book.", [0.0, 0.678, 0.322, 0.431]),
            ("Today only kinda sux! But I'll get by, lol", [0.127, 0.556, 0.317, 0.5249]),
            ("Catch utf-8 emoji such as such as 💘 and 💋 and 😁", [0.0, 0.615, 0.385, 0.875]),
            ("Not bad at all", [0.0, 0.513, 0.487, 0.431]),
        ] {
            check(&lexicon, text, figures);
        }
    }

    #[test]
    fn the_whole_lexicon_is_embedded() {
        let lexicon = Lexicon::english().unwrap();
        let valences: Vec<f64> = lexicon.words.values().filter_map(|entry| entry.valence).collect();
        assert_eq!((valences.len(), lexicon.emoji.len()), (7488, 1212));
        for (word, valence) in [("abandon", -1.9), ("zealous", 0.5), (":)", 2.0), ("$:", -1.5), ("okay", 0.9)]
        {
            assert_eq!(lexicon.words[word].valence, Some(valence), "{word}");
        }
        assert_eq!(lexicon.emoji[&'😀'], "grinning face");
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        for table in
            ["", "title", "title\nAgood", "title\nAgood\n\n", "title\nAgood\n\nab\n", "title\n!good\n\na\n"]
        {
            assert!(Lexicon::parse(table).is_err(), "{table:?}");
        }
        let small = Lexicon::parse("title\nAgood\nBreat\n\nbn\n😀good face\n").unwrap();
        assert_eq!(small.words["good"].valence, Some(1.9));
        assert_eq!(small.words["great"].valence, Some(3.1));
        assert!(small.score("😀").compound > 0.4);
    }

    proptest! {
        #[test]
        fn any_text_has_shares_that_add_up(text in "(\\PC|[ a-z!?]|no |not |but |great |GREAT |bad |least |so ){0,40}") {
            let lexicon = Lexicon::english().unwrap();
            let found = lexicon.score(&text);
            prop_assert!((-1.0..=1.0).contains(&found.compound));
            let sum = found.negative + found.neutral + found.positive;
            prop_assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-12, "{found:?}");
            prop_assert!(found.negative >= 0.0 && found.neutral >= 0.0 && found.positive >= 0.0);
        }
    }
}
