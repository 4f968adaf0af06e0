//! Words: how a text is taken apart, and what in a question leads, asks two things at once, or denies twice. It touches
//! nothing but its arguments.

use crate::prelude::*;

/// The words of a text in lower case without accents, each mark of punctuation a word of its own. An apostrophe joins what
/// it stands between (`dont`); `&` is `and`. What stands in quotes is somebody's name for something and is left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if matches!(c, '“' | '”' | '"' | '„' | '«' | '»') {
            quoted = !quoted;
        } else if quoted || matches!(c, '\'' | '’') {
            continue;
        } else if c.is_alphanumeric() {
            word.push_str(plain(c).unwrap_or(c.encode_utf8(&mut [0; 4])));
            continue;
        }
        if !word.is_empty() {
            words.push(core::mem::take(&mut word));
        }
        match c {
            '&' => words.push("and".into()),
            ',' | '.' | '?' | '!' | ';' | ':' | '/' | '(' | ')' => words.push(c.into()),
            _ => {}
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A Latin letter without its accent.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' => "a",
        'ç' => "c",
        'è'..='ë' => "e",
        'ì'..='ï' => "i",
        'ñ' => "n",
        'ò'..='ö' => "o",
        'ù'..='ü' => "u",
        'ß' => "ss",
        _ => return None,
    })
}

/// Whether `phrase`, words with a space between two, stands in `words`.
pub(super) fn has(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| window.iter().zip(&phrase).all(|(word, listed)| word == listed))
}

/// Whether a table, words with a space between two, lists this one.
pub(super) fn lists(table: &str, word: &str) -> bool {
    table.split_ascii_whitespace().any(|listed| listed == word)
}

/// The first phrase of a table, with a bar between two, that stands in `words`.
pub(super) fn phrase(words: &[String], table: &'static str) -> Option<&'static str> {
    table.split('|').map(str::trim).find(|phrase| has(words, phrase))
}

/// Phrases that take the answer for granted, by language.
const LEADING: &[(&str, &str)] = &[
    (
        "en",
        "dont you|wouldnt you|isnt it|arent you|didnt you|wasnt it|do you not agree|wouldnt it be|would you not \
         agree|you must admit|surely|obviously|of course|as you know|everyone knows|most people agree|how great| \
         how amazing|how awesome|how fantastic|how wonderful|how excellent|how outstanding|how much did you love| \
         how much do you love|how much did you enjoy|how much did you like|how awful|how terrible|how bad|how \
         frustrating|how annoying|what did you love|our great|our excellent|our amazing|our fantastic|our \
         wonderful|our outstanding|our world class|our award winning|our friendly|our superb|our new and \
         improved|amazing service|great service|excellent service|amazing experience|wonderful experience|great \
         experience|friendly staff|friendly team|world class|award winning|outstanding service|terrible service| \
         poor service",
    ),
    (
        "de",
        "finden sie nicht|nicht wahr|wie toll|wie grossartig|wie hervorragend|unser hervorragender|unseren \
         hervorragenden|unser ausgezeichneter|unseren tollen|stimmen sie zu",
    ),
    (
        "es",
        "no cree que|no crees que|no le parece|verdad que|excelente servicio|cuanto le encanto|nuestro excelente| \
         nuestro magnifico",
    ),
    (
        "fr",
        "ne trouvez vous pas|ne pensez vous pas|nest ce pas|notre excellent|notre formidable|excellent service| \
         combien avez vous adore",
    ),
    ("it", "non trova che|non pensa che|non credi che|ottimo servizio|nostro eccellente|quanto ha adorato"),
    ("nl", "vindt u niet|vind je niet|hoe geweldig|onze uitstekende|onze geweldige|uitstekende service"),
    ("pt", "nao acha que|nao concorda que|excelente servico|nosso excelente|nosso otimo|quanto adorou"),
];

/// The phrase that leads to an answer, if there is one.
pub(super) fn leading(text: &str, language: &str) -> Option<&'static str> {
    let words = words(text);
    let (_, phrases) = LEADING.iter().find(|(listed, _)| *listed == language)?;
    phrase(&words, phrases)
}

/// Pairs that are one thing, or the two ends of one scale.
const ONE_THING: &str = "easy/difficult easy/hard good/bad good/poor well/badly well/poorly fast/slow quick/slow quickly/slowly \
    high/low long/short better/worse simple/complicated simple/complex clean/dirty positive/negative \
    cheap/expensive more/less much/little strong/weak true/false yes/no likely/unlikely friend/colleague \
    friends/colleagues friend/relative friends/family friend/family colleague/friend family/friends \
    questions/concerns questions/answers question/concern problem/issue problems/issues comments/suggestions \
    terms/conditions pros/cons research/development bed/breakfast up/running sooner/later again/again time/again \
    more/more one/more checkin/checkout wear/tear back/forth click/collect drag/drop pick/mix search/find \
    heating/cooling health/safety arts/crafts supply/demand rock/roll whether/not you/us us/you mr/mrs";

/// Words that say how much, and no thing of their own.
const DEGREE: &str = "very extremely rather quite somewhat completely how too a an the your our any to";

/// Beginnings of what only says when or of what one is to think.
const SETTING: &str = "when after before since while if thinking considering based during as given having compared overall today \
    yesterday on in at for with";

/// The two things that one question asks about.
pub(super) fn double_barreled(text: &str) -> Option<(String, String)> {
    let names = capitalized_pairs(text);
    let all = words(text);
    let clauses = all.split(|word| matches!(word.as_str(), "." | "?" | "!" | ";" | ":" | "(" | ")"));
    for clause in clauses {
        let mut words = clause;
        // "When you called and were put through, how …": the setting is not asked about.
        if words.first().is_some_and(|first| lists(SETTING, first))
            && let Some(comma) = words.iter().position(|word| word == ",")
        {
            words = &words[comma + 1..];
        }
        for (at, joint) in words.iter().enumerate() {
            if !matches!(joint.as_str(), "and" | "or" | "/") || at == 0 || at + 1 == words.len() {
                continue;
            }
            let degree = |word: &&String| lists(DEGREE, word) || *word == ",";
            let before = words[..at].iter().rev().find(|word| !degree(word));
            let after = words[at + 1..].iter().find(|word| !degree(word));
            let (Some(before), Some(after)) = (before, after) else { continue };
            let number = |word: &str| word.bytes().all(|b| b.is_ascii_digit()) || lists(NUMBERS, word);
            let range = words[..at].iter().any(|word| word == "between");
            // "before I ordered or paid": the rest of the clause says when, not what.
            let setting = words[..at].iter().skip(1).any(|word| {
                matches!(
                    word.as_str(),
                    "when" | "after" | "before" | "since" | "while" | "if" | "whether" | "who" | "whom"
                )
            });
            let compared = words[..at].iter().any(|word| {
                matches!(
                    word.as_str(),
                    "compare" | "compared" | "comparison" | "difference" | "choose" | "choice"
                )
            });
            let one = lists(ONE_THING, &[before.as_str(), after].join("/"))
                || lists(ONE_THING, &[after.as_str(), before].join("/"))
                || opposite(before, after)
                || joint == "or" && after == "not"
                || words[..=at].last().is_some_and(|j| j == "/") && after == "or"
                || matches!(after.as_str(), "so" | "others" | "other" | "similar" | "later" | "more")
                || before == after;
            if one || range || setting || compared || number(before) && number(after) {
                continue;
            }
            if names.iter().any(|(a, b)| a == before && b == after) {
                continue;
            }
            return Some((before.clone(), after.clone()));
        }
    }
    None
}

const NUMBERS: &str = "one two three four five six seven eight nine ten";

/// Whether one word is the other with a syllable that denies it.
fn opposite(a: &str, b: &str) -> bool {
    let denies = |long: &str, short: &str| {
        ["un", "dis", "in", "im", "ir", "non"]
            .iter()
            .any(|syllable| long.strip_prefix(syllable) == Some(short))
    };
    denies(a, b) || denies(b, a)
}

/// The words on both sides of an "and" between two capital letters, such as Radish & Rain: a name.
fn capitalized_pairs(text: &str) -> Vec<(String, String)> {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let capital = |token: &str| token.chars().next().is_some_and(char::is_uppercase);
    let bare = |token: &str| words(token).into_iter().find(|word| word.chars().all(char::is_alphanumeric));
    let mut pairs = Vec::new();
    for window in tokens.windows(3) {
        if matches!(window[1], "and" | "&" | "or")
            && capital(window[0])
            && capital(window[2])
            && let (Some(a), Some(b)) = (bare(window[0]), bare(window[2]))
        {
            pairs.push((a, b));
        }
    }
    pairs
}

const NEGATIVES: &str = "not no never none nobody nothing neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent \
    wont wouldnt shouldnt couldnt hasnt havent hardly disagree unhappy unsatisfied dissatisfied unable unlikely \
    impossible unnecessary unclear unhelpful uncommon unimportant unfriendly unaware unusual oppose forbid \
    prohibit prevent avoid";

/// Two negatives in one sentence, if there are.
pub(super) fn double_negative(text: &str) -> Option<(String, String)> {
    let all = words(text);
    for sentence in all.split(|word| matches!(word.as_str(), "." | "?" | "!" | ";")) {
        let mut found: Vec<&String> = Vec::new();
        for (at, word) in sentence.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| sentence[before].as_str());
            let two_before = at.checked_sub(2).map(|before| sentence[before].as_str());
            // The other end of a scale denies nothing: "satisfied or dissatisfied", "whether or not", "yes or no". Agreeing
            // or disagreeing with a "not" does.
            let end =
                before == Some("or") && (word != "disagree") || before == Some("or") && two_before.is_none();
            // "Why not", "if not", "not only" and "no longer" say something else.
            let next = sentence.get(at + 1).map(String::as_str);
            let other = word == "not" && (matches!(before, Some("why" | "if")) || next == Some("only"))
                || word == "no" && matches!(next, Some("longer" | "matter"));
            if lists(NEGATIVES, word) && !end && !other {
                found.push(word);
            }
        }
        // "disagree" beside "agree" is an end of the scale unless something else is denied.
        if let [first, second, ..] = found[..] {
            return Some((first.clone(), second.clone()));
        }
    }
    None
}

/// What a site with an account or an order has, and how people ask for it.
const KNOWN: &[(&str, &str)] = &[
    (
        "the order number",
        "order number|bestellnummer|numero de pedido|numero de commande|numero dordine|numero ordine|bestelnummer| \
         numero do pedido|booking number|booking reference",
    ),
    (
        "the customer number",
        "customer number|account number|kundennummer|numero de cliente|numero client|klantnummer",
    ),
    (
        "an e-mail address",
        "your e mail|your email|email address|e mail address|e mail adresse|correo electronico|adresse e mail| \
         indirizzo e mail|e mailadres|seu e mail",
    ),
    ("a name", "your name|full name|first name|ihr name|su nombre|votre nom|il suo nome|uw naam|seu nome"),
    ("a phone number", "phone number|telefonnummer"),
    ("what was bought", "which product did you buy|what did you buy"),
];

/// What a question asks for that the site knows, if it does.
pub(super) fn known(text: &str) -> Option<&'static str> {
    let words = words(text);
    KNOWN.iter().find(|(_, phrases)| phrase(&words, phrases).is_some()).map(|(asked, _)| *asked)
}
