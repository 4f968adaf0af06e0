//! Words of solicitation in a comment: "he asked me to give a 10", "or I lose my bonus". Small enough to run on the
//! visitor's device, so that a text need not leave it to be judged. English; other languages come with their own tables.
//!
//! A phrase is a row of slots over the words of one sentence. A cue is a reason to read the comment, never a verdict.

use crate::prelude::*;
use crate::record::choice;
use core::marker::PhantomData;

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

/// The words of solicitation in one language: ASCII, lower case, without apostrophes.
///
/// Slots of a phrase are separated by spaces. `a|b` is either word, `a*` any word that starts so, `#` a high score,
/// `..` up to four words in which nobody starts anew, `...` any four, `~` up to four that only fill ("a", "us", "at least"),
/// `$` the end of the sentence or a word that shows that the score was no count of things ("a 10 or …", "5 stars").
///
/// Each line begins with its cue, by its place in `Cue::ALL`, and says whether a denial just before it ("nobody asked me …")
/// takes the phrase back: `-` it does, `+` it does not.
pub trait Tongue {
    /// The phrases, one a line.
    const PHRASES: &'static str;
    /// Words for a high score: `#`.
    const HIGH: &'static str;
    /// Words that only fill: `~`.
    const FILLER: &'static str;
    /// Words that deny what follows.
    const DENIAL: &'static str;
    /// Words that show that a score was no count of things: `$`.
    const AFTER_SCORE: &'static str;
    /// A speaker who starts anew: a phrase does not reach across.
    const BREAK: &'static str;
}

/// English, the language that the visitor's device knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct English;

impl Tongue for English {
    const PHRASES: &'static str = "\
0-ask*|told|tell*|beg*|urg*|push*|pressur*|insist*|remind*|instruct* me|us|you|people|customers|everyone .. giv*|rat*|leav*|scor*|put|mark|select|choos*|click|pick ~ # $\n\
0-ask*|beg*|push*|fish*|plead*|insist* for|on ~ # $\n\
0+please|kindly giv*|rat*|leav*|scor*|put|mark|select ~ # $\n\
0-said|says|saying|told|mention* .. need*|want*|requir* ~ # $\n\
0+only # count*|matter*\n\
0+anything|everything below|under|less|lower|but|except ~ # .. fail*|zero|nothing|bad|counts\n\
1-told|show*|explain* me|us .. how to answer|fill|complete|rate\n\
1-told|ask* me|us .. question* .. about him|her|them|himself|herself\n\
1-told|show* me|us which|what ~ question*|box*|answer*\n\
2-los* .. bonus|job|commission|pay\n\
2-bonus*|commission|salary|job|pay depend*|relies|rides|hang*|based\n\
2-bonus*|commission|salary|job|pay is|are tied|based|dependent\n\
2-he|she|they|staff|would|will|could get|gets|be fired|punish*|disciplin*\n\
2-he|she|they|staff|would|will|could get|gets|be in|into trouble\n\
2-zero|fail* for me|him|her|them|us\n\
3-boss|manager|management|they|he|she will|would|can see|read|check .. what|how|who .. answer*|gave|put|rate*|said|wrote|scor*\n\
3-boss|manager|management|they|he|she sees|reads|checks .. answer*|survey*|rating*|review*|scor*\n\
3+survey|answers|answer|it is|are not anonymous\n\
4-threaten*\n\
4-pressur* me|us|customers|into\n\
4-stood|stand*|hover*|lean* over|behind|next|beside ... while|until|when ... survey|answer*|fill*|rat*\n\
4-watch* me|us ... survey|answer*|fill*|rat*|score*\n\
4-made|make me|us feel guilty|bad .. survey|rating|score|review\n\
4+wouldnt|refused .. until|unless .. survey|review|rating|#\n\
5-discount|voucher|coupon|gift|refund|cashback|credit|freebie|prize for|if .. survey|review|rating|feedback|#\n\
5-in exchange|return for ~ survey|review|rating|feedback|#\n\
6-filled|fill|completed|did|answered|took .. survey|questionnaire|rating|review for|on me|us|behalf\n\
6-took|used|grabbed|has my|our phone|tablet|device ... survey|rat*|score|review|answer*|#\n\
7-only .. survey|review|answer|fill|rate|respond .. if|when ~ happy|satisfied|pleased\n\
7-only .. if|when ~ happy|satisfied|pleased\n\
7+if .. not|isnt|arent|wasnt|less happy|satisfied|# .. call|tell|talk|contact|ring .. first|before|instead";
    const HIGH: &'static str = "8 9 10 10s 9s nine nines ten tens 5 five fives star stars full perfect top highest maximum max excellent 100";
    const FILLER: &'static str = "a an the all at least only us me you him her them it with as straight solid full my our your their his youre were im they we are is for good to be of or service rating score survey completely i was am very really than";
    const DENIAL: &'static str =
        "nobody noone never not didnt wasnt werent without neither none no doesnt dont nor";
    const AFTER_SCORE: &'static str = ". star stars point points 10 5 rating score out on in or of to if but for before please the this that we not otherwise because he she they i and so again from at when even every";
    const BREAK: &'static str = ". i id ill ive but and so because";
}

/// Whether `word` is among these words. One text takes less of a visitor's download than a list of them.
fn among(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}

/// The cues in an English `text`.
pub fn cues(text: &str) -> Cues {
    let words = words(text);
    search::<English>(&words)
}

/// [`cues`] for many texts: it remembers which slots each word fits, so that a word is looked up once and compared no more.
/// The results are the same.
#[derive(Clone, Debug)]
pub struct Listener<T = English> {
    tongue: PhantomData<T>,
    phrases: Vec<Phrase>,
    /// The different slots that stand for words.
    slots: Vec<&'static str>,
    memory: Memory,
    /// The words of the text at hand, by their place in the memory, the slots that any of them fits, and the phrases that any of
    /// them can begin.
    text: Vec<usize>,
    fitted: Fits,
    begun: u64,
    /// The word at hand.
    word: String,
}

#[derive(Clone, Debug)]
struct Phrase {
    cue: u8,
    /// The phrases of its cue, a bit each.
    same_cue: u64,
    deniable: bool,
    slots: Vec<Slot>,
    /// The slots that stand for words: a text that fits not all of them has no such phrase.
    needs: Fits,
}

/// Slots that stand for words, a bit each.
type Fits = [u64; 4];

#[derive(Clone, Copy, Debug)]
enum Slot {
    /// One of the words of a slot, by its place in `Listener::slots`.
    Word(usize),
    /// `$`
    End,
    /// `..`, `...` and `~`: up to four words without these signs, or with one of them.
    Without(u8),
    With(u8),
}

/// What is known of a word.
#[derive(Clone, Debug)]
struct Known {
    word: Box<str>,
    /// The phrases that it can begin, a bit each.
    begins: u64,
    /// The slots that it fits.
    fits: Fits,
    signs: u8,
}

const STOP: u8 = 1;
const BREAKS: u8 = 2;
const DENIES: u8 = 4;
const FILLS: u8 = 8;
const FOLLOWS_SCORE: u8 = 16;

/// Words met before, found by their hash.
#[derive(Clone, Debug, Default)]
struct Memory {
    words: Vec<Known>,
    /// Each word at its hash or behind. Its length is a power of two and more than that of the words.
    table: Vec<Entry>,
    /// The word of up to seven letters that was met last of those with one hash, by its letters: most words are met again soon.
    near: Vec<(u64, u32)>,
}

/// Bits of that hash.
const NEAR: u32 = 10;

/// A word in the table, or none.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    print: Print,
    /// One more than its place among the words; 0 where there is none.
    place: u32,
}

/// The most words that a [`Listener`] remembers before it begins anew: the usual ones of a language are met long before.
const REMEMBERED: usize = 1 << 16;

impl<T: Tongue> Default for Listener<T> {
    fn default() -> Listener<T> {
        let () = Self::FITS;
        let mut slots: Vec<&'static str> = Vec::new();
        let mut compile = |(cue, deniable, phrase): (u8, bool, &'static str)| {
            let compiled = phrase.split(' ').map(|slot| match slot {
                "$" => Slot::End,
                "..." => Slot::Without(STOP),
                ".." if deniable => Slot::Without(BREAKS | DENIES),
                ".." => Slot::Without(BREAKS),
                "~" => Slot::With(FILLS),
                word => Slot::Word(slots.iter().position(|known| *known == word).unwrap_or_else(|| {
                    slots.push(word);
                    slots.len() - 1
                })),
            });
            let of_cue = |(at, other): (usize, (u8, bool, &str))| u64::from(other.0 == cue) << at;
            let same_cue = phrases::<T>().enumerate().map(of_cue).sum();
            let slots: Vec<Slot> = compiled.collect();
            let mut needs = Fits::default();
            for slot in &slots {
                if let Slot::Word(slot) = *slot {
                    needs[slot / 64] |= 1 << (slot % 64);
                }
            }
            Phrase { cue, same_cue, deniable, slots, needs }
        };
        let phrases = phrases::<T>().map(&mut compile).collect();
        Listener {
            tongue: PhantomData,
            phrases,
            slots,
            memory: Memory::default(),
            text: Vec::new(),
            fitted: Fits::default(),
            begun: 0,
            word: String::new(),
        }
    }
}

impl<T: Tongue> Listener<T> {
    /// A phrase has a bit in a u64, and a slot one in [`Fits`].
    const FITS: () = {
        let (mut at, mut lines, mut slots) = (0, 1, 1);
        while at < T::PHRASES.len() {
            lines += (T::PHRASES.as_bytes()[at] == b'\n') as u32;
            slots += matches!(T::PHRASES.as_bytes()[at], b'\n' | b' ') as u32;
            at += 1;
        }
        assert!(lines <= 64 && slots <= 256);
    };

    /// The cues in `text`.
    pub fn cues(&mut self, text: &str) -> Cues {
        if self.memory.words.len() > REMEMBERED {
            self.memory = Memory::default();
        }
        self.read(text);
        self.fit();
        // Most comments have the words of no phrase, and need no search.
        let (mut open, mut begun) = (0, self.begun);
        while begun != 0 {
            let at = begun.trailing_zeros() as usize;
            begun &= begun - 1;
            let Some(phrase) = self.phrases.get(at) else { break };
            let possible = phrase.needs.iter().zip(&self.fitted).all(|(need, fit)| need & !fit == 0);
            open |= u64::from(possible) << at;
        }
        if open == 0 {
            return Cues::default();
        }
        let mut found = 0;
        for at in 0..self.text.len() {
            let (before, from) = self.text.split_at(at);
            let mut begun = from.first().map_or(0, |&word| self.known(word).begins) & open;
            while begun != 0 {
                let index = begun.trailing_zeros() as usize;
                begun &= begun - 1;
                let Some(phrase) = self.phrases.get(index) else { break };
                if !(phrase.deniable && self.denied(before)) && self.matches(&phrase.slots, from) {
                    found |= 1 << phrase.cue;
                    open &= !phrase.same_cue;
                    begun &= open;
                }
            }
        }
        Cues(found)
    }

    fn known(&self, word: usize) -> &Known {
        &self.memory.words[word]
    }

    fn denied(&self, before: &[usize]) -> bool {
        let signs = before.iter().rev().take(3).map(|&word| self.known(word).signs);
        signs.take_while(|signs| signs & STOP == 0).any(|signs| signs & DENIES != 0)
    }

    /// The same as the function of this name, by what is known of the words.
    fn matches(&self, slots: &[Slot], words: &[usize]) -> bool {
        let Some((slot, rest)) = slots.split_first() else { return true };
        let signs = |word: &usize| self.known(*word).signs;
        let skips =
            |most: usize| (0..=most).any(|n| words.get(n..).is_some_and(|words| self.matches(rest, words)));
        match *slot {
            Slot::Word(slot) => words.split_first().is_some_and(|(&word, after)| {
                self.known(word).fits[slot / 64] & 1 << (slot % 64) != 0 && self.matches(rest, after)
            }),
            Slot::End => {
                words.first().is_none_or(|word| signs(word) & FOLLOWS_SCORE != 0) && self.matches(rest, words)
            }
            Slot::Without(none) => {
                skips(words.iter().take(4).take_while(|word| signs(word) & none == 0).count())
            }
            Slot::With(some) => {
                skips(words.iter().take(4).take_while(|word| signs(word) & some != 0).count())
            }
        }
    }

    /// Takes the words of a text, as [`words`] does.
    fn read(&mut self, text: &str) {
        self.text.clear();
        let mut at = 0;
        while at < text.len() {
            // Most words are ASCII up to a sign that ends them: such a one is looked up where it stands.
            if self.word.is_empty() {
                let rest = &text.as_bytes()[at..];
                let (first, length) = letters(rest);
                let short = (1..8).contains(&length) && ends_word(rest.get(length));
                let end = match self.memory.recall(first).filter(|_| short) {
                    Some(place) => {
                        self.text.push(place);
                        Some(at + length)
                    }
                    None => Print::at(rest).map(|print| {
                        let end = at + print.length as usize;
                        self.enter(&text[at..end], print);
                        end
                    }),
                };
                if let Some(end) = end {
                    // A space only ends the word; every other sign is looked at.
                    at = end + usize::from(text.as_bytes().get(end) == Some(&b' '));
                    continue;
                }
            }
            let Some(c) = text[at..].chars().next() else { break };
            at += c.len_utf8();
            if in_word(c) {
                self.word.push(c.to_ascii_lowercase());
            } else if !matches!(c, '\'' | '’' | '‘') {
                self.take();
                if matches!(c, '.' | '!' | '?' | ';' | '\n') {
                    self.word.push('.');
                    self.take();
                }
            }
        }
        self.take();
    }

    /// Adds the word to the text.
    fn take(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let mut word = core::mem::take(&mut self.word);
        self.enter(&word, Print::of(word.as_bytes()));
        word.clear();
        self.word = word;
    }

    /// Adds a word to the text, in whatever case.
    fn enter(&mut self, word: &str, print: Print) {
        let place = match self.memory.place(word, print) {
            Some(place) => place,
            None => {
                let known = self.look_up(&word.to_ascii_lowercase());
                self.memory.remember(known)
            }
        };
        self.text.push(place);
        if print.length < 8 {
            self.memory.keep_near(print.first, place);
        }
    }

    /// Puts together what the words of the text fit and begin.
    fn fit(&mut self) {
        let (mut fitted, mut begun) = (Fits::default(), 0);
        for known in self.text.iter().filter_map(|&place| self.memory.words.get(place)) {
            begun |= known.begins;
            fitted.iter_mut().zip(&known.fits).for_each(|(fitted, fits)| *fitted |= fits);
        }
        (self.fitted, self.begun) = (fitted, begun);
    }

    fn look_up(&self, word: &str) -> Known {
        let mut fitting = Fits::default();
        for (at, _) in self.slots.iter().enumerate().filter(|(_, slot)| fits::<T>(slot, word)) {
            fitting[at / 64] |= 1 << (at % 64);
        }
        let can_begin = |(at, (_, _, phrase))| u64::from(fits::<T>(first_slot(phrase), word)) << at;
        let signs = [
            (STOP, word == "."),
            (BREAKS, among(T::BREAK, word)),
            (DENIES, among(T::DENIAL, word)),
            (FILLS, among(T::FILLER, word)),
            (FOLLOWS_SCORE, among(T::AFTER_SCORE, word)),
        ];
        Known {
            word: word.into(),
            begins: phrases::<T>().enumerate().map(can_begin).sum(),
            fits: fitting,
            signs: signs.iter().map(|(sign, has)| sign * u8::from(*has)).sum(),
        }
    }
}

/// What tells a word from most others, in whatever case: its length, its first eight bytes, and a hash of it all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Print {
    first: u64,
    hash: u32,
    length: u32,
}

impl Print {
    /// Of a word without capitals.
    fn of(word: &[u8]) -> Print {
        let mut chunks = word.chunks(8).map(eight);
        let first = chunks.next().unwrap_or_default();
        let hash = chunks.fold(mix(0, first), mix);
        Print::new(first, hash, word.len())
    }

    /// The word of ASCII letters and digits that these bytes begin with; `None` when there is none, or when what follows
    /// does not end it.
    #[inline]
    fn at(bytes: &[u8]) -> Option<Print> {
        let (first, mut length) = letters(bytes);
        let mut hash = mix(0, first);
        let mut more = length;
        while more == 8 {
            let next;
            (next, more) = letters(&bytes[length..]);
            if more > 0 {
                hash = mix(hash, next);
                length += more;
            }
        }
        (length > 0 && ends_word(bytes.get(length))).then(|| Print::new(first, hash, length))
    }

    fn new(first: u64, hash: u64, length: usize) -> Print {
        Print { first, hash: mix(hash, length as u64) as u32, length: length as u32 }
    }
}

/// Whether the byte behind a word's letters ends it.
#[inline]
fn ends_word(byte: Option<&u8>) -> bool {
    byte.is_none_or(|&byte| byte < 0x80 && byte != b'\'')
}

fn mix(hash: u64, bytes: u64) -> u64 {
    let mixed = (hash ^ bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 32
}

/// A byte in each of the eight.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The first eight bytes as a number, the first one lowest; zeros behind the last.
#[inline]
fn eight(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(&eight) => u64::from_le_bytes(eight),
        None => bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)),
    }
}

/// The ASCII letters and digits that these bytes begin with, eight at most, letters small; and how many there are.
#[inline]
fn letters(bytes: &[u8]) -> (u64, usize) {
    let bytes = eight(bytes);
    // Bit 7 of each byte: whether the lower seven are from `low` to `high`.
    let within = |bytes: u64, low: u8, high: u8| (bytes + each(0x80 - low)) & !(bytes + each(0x7f - high));
    let (seven, small) = (bytes & each(0x7f), (bytes | each(0x20)) & each(0x7f));
    let good = (within(small, b'a', b'z') | within(seven, b'0', b'9')) & !bytes & each(0x80);
    let length = ((!good & each(0x80)).trailing_zeros() / 8) as usize;
    let kept = if length == 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
    // A digit has the bit that makes a letter small.
    ((bytes | each(0x20)) & kept, length)
}

impl Memory {
    /// The place of the word of up to seven letters that these are, when it was met last of its hash.
    #[inline]
    fn recall(&self, letters: u64) -> Option<usize> {
        let &(known, place) = self.near.get(Self::near(letters))?;
        (known == letters).then_some(place as usize)
    }

    fn keep_near(&mut self, letters: u64, place: usize) {
        self.near.resize(1 << NEAR, (0, 0));
        if let Some(near) = self.near.get_mut(Self::near(letters)) {
            *near = (letters, place as u32);
        }
    }

    #[inline]
    fn near(letters: u64) -> usize {
        (letters.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - NEAR)) as usize
    }

    #[inline]
    fn place(&self, word: &str, print: Print) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = print.hash as usize & mask;
        loop {
            let entry = &self.table[at];
            let place = entry.place.checked_sub(1)? as usize;
            // Of eight bytes the print is all.
            if entry.print == print
                && (print.length <= 8 || self.words[place].word.eq_ignore_ascii_case(word))
            {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    fn remember(&mut self, known: Known) -> usize {
        self.words.push(known);
        if self.words.len() * 2 > self.table.len() {
            self.table = vec![Entry::default(); (self.words.len() * 4).next_power_of_two()];
            (0..self.words.len()).for_each(|place| self.enter(place));
        } else {
            self.enter(self.words.len() - 1);
        }
        self.words.len() - 1
    }

    fn enter(&mut self, place: usize) {
        let mask = self.table.len() - 1;
        let print = Print::of(self.words[place].word.as_bytes());
        let mut at = print.hash as usize & mask;
        while self.table[at].place != 0 {
            at = (at + 1) & mask;
        }
        self.table[at] = Entry { print, place: place as u32 + 1 };
    }
}

fn first_slot(phrase: &str) -> &str {
    phrase.split(' ').next().unwrap_or_default()
}

/// The phrases: the place of the cue, whether a denial takes it back, and the slots.
fn phrases<T: Tongue>() -> impl Iterator<Item = (u8, bool, &'static str)> {
    T::PHRASES.split('\n').map(|line| {
        let mut signs = line.bytes();
        let (cue, denial) = (signs.next().unwrap_or(b'0') - b'0', signs.next());
        (cue, denial == Some(b'-'), line.get(2..).unwrap_or_default())
    })
}

/// The cues in `words`.
fn search<T: Tongue>(words: &[String]) -> Cues {
    let begins =
        |at: usize, phrase: &str| words.get(at).is_some_and(|word| fits::<T>(first_slot(phrase), word));
    let mut found = 0;
    for (cue, deniable, phrase) in phrases::<T>() {
        if found & (1 << cue) != 0 {
            continue;
        }
        let hit = (0..words.len()).filter(|&at| begins(at, phrase)).any(|at| {
            let before = words.get(..at).unwrap_or_default().iter().rev().take(3);
            let denied = deniable && before.take_while(|w| *w != ".").any(|w| among(T::DENIAL, w));
            !denied && matches::<T>(phrase, words.get(at..).unwrap_or_default(), deniable)
        });
        found |= u8::from(hit) << cue;
    }
    Cues(found)
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

fn fits<T: Tongue>(slot: &str, word: &str) -> bool {
    slot.split('|').any(|form| match form.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None if form == "#" => among(T::HIGH, word),
        None => form == word,
    })
}

/// Whether `words` begin with what these slots, separated by spaces, ask for.
fn matches<T: Tongue>(slots: &str, words: &[String], deniable: bool) -> bool {
    let slot = first_slot(slots);
    let rest = slots.get(slot.len() + 1..);
    let go_on = |passed: usize| match (rest, words.get(passed..)) {
        (Some(rest), Some(words)) => matches::<T>(rest, words, deniable),
        (None, Some(_)) => true,
        _ => false,
    };
    match slot {
        "$" => words.first().is_none_or(|word| among(T::AFTER_SCORE, word)) && go_on(0),
        ".." | "..." | "~" => {
            let passes = |word: &String| {
                if slot == "~" {
                    among(T::FILLER, word)
                } else if slot == "..." {
                    word != "."
                } else {
                    !(among(T::BREAK, word) || deniable && among(T::DENIAL, word))
                }
            };
            let most = words.iter().take(4).take_while(|word| passes(word)).count();
            (0..=most).any(go_on)
        }
        slot => words.first().is_some_and(|word| fits::<T>(slot, word)) && go_on(1),
    }
}
