//! The widget's own texts in every language, held against the English ones: nothing is missing, left in English, copied
//! from another language, or too long for where it stands. It reads the files of `widget/words` and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every language there is, by the name of its file.
const LANGUAGES: [&str; 20] = [
    "ar", "cs", "da", "de", "en", "es", "fi", "fr", "he", "it", "ja", "nb", "nl", "pl", "pt", "ru", "sv",
    "tr", "uk", "zh",
];

/// Texts that are the same in English for a good reason: language, key, reason.
const ENGLISH_TOO: [(&str, &str, &str); 5] = [
    ("da", "send", "the Danish word, spelt alike"),
    ("de", "tab", "the loan word is what Germans call it"),
    ("es", "no", "the Spanish word, spelt alike"),
    ("it", "no", "the Italian word, spelt alike"),
    ("nb", "best", "the Norwegian word, spelt alike"),
];

/// Long texts that two languages share for a good reason: the languages, key, reason.
const SHARED: [(&str, &str, &str, &str); 2] =
    [("es", "pt", "page", "Página is the word in both"), ("es", "pt", "set", "Grupo is the word in both")];

/// Letters that a language does not have and its neighbors do: what a copied line would bring along.
const FOREIGN: [(&str, &str); 9] = [
    ("cs", "łąęśź"),
    ("da", "äö"),
    ("es", "ãõç"),
    ("nb", "äö"),
    ("pl", "řěůš"),
    ("pt", "ñ¿¡"),
    ("ru", "іїєґ"),
    ("sv", "æø"),
    ("uk", "ыэъё"),
];

/// What stands on buttons, and on the tab at the side of the page.
const BUTTONS: [&str; 6] = ["next", "back", "send", "done", "again", "tab"];

/// The most characters that a button has room for.
const BUTTON: usize = 24;

/// One text of one language, and the English one.
struct Entry {
    language: &'static str,
    key: String,
    text: String,
    english: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("words")
}

/// The texts of one language in the order of the file: key, text.
fn read(language: &str) -> Vec<(String, String)> {
    let file = fs::read_to_string(folder().join(format!("{language}.txt"))).unwrap();
    assert!(file.ends_with('\n') && !file.contains('\r'), "{language}: every line ends with a line feed");
    let split = |line: &str| {
        let (key, text) = line.split_once(": ").unwrap_or_else(|| panic!("{language}: no key in {line:?}"));
        (key.to_owned(), text.to_owned())
    };
    file.lines().map(split).collect()
}

fn all() -> Vec<Entry> {
    let english: BTreeMap<_, _> = read("en").into_iter().collect();
    let mut all = Vec::new();
    for language in LANGUAGES {
        for (key, text) in read(language) {
            let english = english.get(&key).cloned().unwrap_or_default();
            all.push(Entry { language, key, text, english });
        }
    }
    all
}

/// Asserts that no text is wrong, and names each that is.
fn none(wrong: impl Fn(&Entry) -> bool) {
    let line = |entry: &Entry| format!("{} {}: {:?}", entry.language, entry.key, entry.text);
    let found: Vec<_> = all().iter().filter(|entry| wrong(entry)).map(line).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// A text without its holes and its e-mail address.
fn words(text: &str) -> String {
    let text = text.replace("{}", "");
    let Some(at) = text.find('@') else { return text };
    let in_address = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let before = text[..at].trim_end_matches(in_address);
    let after = text[at + 1..].trim_start_matches(in_address);
    [before, after].concat()
}

#[test]
fn there_is_a_file_for_each_language_and_no_other() {
    let name = |file: std::io::Result<fs::DirEntry>| file.unwrap().file_name().into_string().unwrap();
    let mut found: Vec<_> = fs::read_dir(folder()).unwrap().map(name).collect();
    found.sort();
    assert_eq!(found, LANGUAGES.map(|language| format!("{language}.txt")));
}

#[test]
fn every_language_has_the_keys_of_english_in_its_order() {
    let keys = |language| read(language).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    let english = keys("en");
    for language in LANGUAGES {
        assert_eq!(keys(language), english, "{language}");
    }
    for (i, key) in english.iter().enumerate() {
        assert!(!english[..i].contains(key), "{key} stands twice");
    }
}

#[test]
fn every_text_has_as_many_holes_as_the_english_one_and_no_other_braces() {
    none(|Entry { text, english, .. }| {
        let holes = |text: &str| text.matches("{}").count();
        holes(text) != holes(english) || text.replace("{}", "").contains(['{', '}'])
    });
}

#[test]
fn no_text_was_left_in_english() {
    let all = all();
    let left = all.iter().filter(|entry| entry.language != "en" && entry.text == entry.english);
    let left: Vec<_> = left.map(|entry| (entry.language, entry.key.as_str())).collect();
    assert_eq!(left, ENGLISH_TOO.map(|(language, key, _)| (language, key)), "found and allowed");
}

#[test]
fn no_two_languages_share_a_long_text() {
    let mut shared = Vec::new();
    let all = all();
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            if a.language != b.language && a.text == b.text && a.text.chars().count() > 12 {
                shared.push((a.language, b.language, a.key.as_str()));
            }
        }
    }
    assert_eq!(shared, SHARED.map(|(a, b, key, _)| (a, b, key)), "found and allowed");
}

#[test]
fn every_letter_is_of_the_script_of_its_language() {
    none(|Entry { language, text, .. }| {
        let han = |c| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        let of_script = |c: char| match *language {
            "ru" | "uk" => ('\u{400}'..='\u{4FF}').contains(&c),
            "ar" => ('\u{600}'..='\u{6FF}').contains(&c),
            "he" => ('\u{590}'..='\u{5FF}').contains(&c),
            "ja" => han(c) || ('\u{3040}'..='\u{30FF}').contains(&c),
            "zh" => han(c),
            // Latin, Latin-1 and Latin Extended-A.
            _ => c < '\u{180}',
        };
        words(text).chars().any(|c| c.is_alphabetic() && !of_script(c))
    });
}

#[test]
fn no_text_has_a_letter_that_only_a_neighbor_has() {
    none(|Entry { language, text, .. }| {
        let foreign = FOREIGN.iter().find(|(of, _)| of == language).map_or("", |(_, letters)| letters);
        text.to_lowercase().contains(|c| foreign.contains(c))
    });
}

#[test]
fn japanese_is_written_with_kana() {
    let kana = |(_, text): &(String, String)| text.contains(|c| ('\u{3040}'..='\u{30FF}').contains(&c));
    assert!(read("ja").iter().filter(|entry| kana(entry)).count() > 40);
}

#[test]
fn spaces_quotes_and_ellipses_are_those_of_a_printed_text() {
    none(|Entry { text, .. }| {
        let typed = text.contains(['\'', '"', '`', '\t']) || text.contains("..");
        typed || text.is_empty() || text.trim() != text || text.contains("  ")
    });
}

#[test]
fn french_signs_never_begin_a_line() {
    none(|Entry { language, text, .. }| {
        let mut signs = text.char_indices().filter(|(_, c)| [':', ';', '!', '?'].contains(c));
        *language == "fr" && signs.any(|(at, _)| !text[..at].ends_with(['\u{A0}', '\u{202F}']))
    });
}

#[test]
fn chinese_and_japanese_signs_are_as_wide_as_their_letters() {
    none(|Entry { language, text, .. }| {
        ["ja", "zh"].contains(language) && words(text).contains([',', ';', ':', '?', '!', '(', ')', '.'])
    });
}

#[test]
fn every_text_fits_where_the_english_one_does() {
    none(|Entry { key, text, english, .. }| {
        let (length, measure) = (text.chars().count(), english.chars().count());
        // 2.2 times as long and ten characters more, in whole numbers.
        10 * length > 22 * measure + 100 || BUTTONS.contains(&key.as_str()) && length > BUTTON
    });
}
