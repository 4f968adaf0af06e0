//! Labels that stand for numbers: “9 - Very likely”, “Strongly agree”, “5 (Very satisfied)”. It sees the values of one
//! column and says which number each stands for; the plan shows the mapping and the reader obeys it.

use super::profile::{Named, Profile};
use super::{Scale, is_missing, rating};
use std::collections::BTreeMap;

/// What the labels of a column stand for.
pub(crate) struct Labels {
    pub(crate) scale: Scale,
    pub(crate) values: BTreeMap<String, Option<u8>>,
    /// Whether the labels carry their numbers; else the words are known ones.
    pub(crate) numbered: bool,
}

type Points = &'static [&'static [&'static str]];

/// Answer scales in words, lowest point first, with the spellings of each point. Of two scales that fit, the first counts.
const SCALES: &[Points] = &[
    &[
        &["strongly disagree"],
        &["disagree", "somewhat disagree"],
        &["neither agree nor disagree", "neutral", "undecided"],
        &["agree", "somewhat agree"],
        &["strongly agree"],
    ],
    &[
        &["strongly disagree"],
        &["disagree"],
        &["somewhat disagree", "slightly disagree"],
        &["neither agree nor disagree", "neutral", "undecided"],
        &["somewhat agree", "slightly agree"],
        &["agree"],
        &["strongly agree"],
    ],
    &[
        &["very dissatisfied", "extremely dissatisfied"],
        &["dissatisfied", "somewhat dissatisfied"],
        &["neither satisfied nor dissatisfied", "neutral"],
        &["satisfied", "somewhat satisfied"],
        &["very satisfied", "extremely satisfied"],
    ],
    &[
        &["extremely dissatisfied"],
        &["moderately dissatisfied"],
        &["slightly dissatisfied"],
        &["neither satisfied nor dissatisfied"],
        &["slightly satisfied"],
        &["moderately satisfied"],
        &["extremely satisfied"],
    ],
    &[&["poor"], &["fair"], &["good"], &["very good"], &["excellent"]],
    &[
        &["very poor", "terrible"],
        &["poor"],
        &["fair", "average", "acceptable"],
        &["good"],
        &["very good", "excellent"],
    ],
    &[
        &["very unlikely", "extremely unlikely"],
        &["unlikely", "somewhat unlikely"],
        &["neither likely nor unlikely", "neutral"],
        &["likely", "somewhat likely"],
        &["very likely", "extremely likely"],
    ],
    &[
        &["very unfavorably"],
        &["somewhat unfavorably"],
        &["neither favorably nor unfavorably (neutral)", "neither favorably nor unfavorably"],
        &["somewhat favorably"],
        &["very favorably"],
    ],
    &[
        &["very difficult"],
        &["difficult", "somewhat difficult"],
        &["neither easy nor difficult"],
        &["easy", "somewhat easy"],
        &["very easy"],
    ],
    &[
        &["very unimportant"],
        &["unimportant", "somewhat unimportant"],
        &["neither important nor unimportant (neutral)", "neither important nor unimportant", "neutral"],
        &["important", "somewhat important"],
        &["very important"],
    ],
    &[&["never"], &["rarely"], &["sometimes"], &["often", "usually"], &["always"]],
    &[
        &["never"],
        &["once in a while"],
        &["about half the time"],
        &["usually", "most of the time"],
        &["always"],
    ],
    &[
        &["sehr unzufrieden"],
        &["unzufrieden", "eher unzufrieden"],
        &["weder noch", "teils/teils", "neutral"],
        &["zufrieden", "eher zufrieden"],
        &["sehr zufrieden"],
    ],
    &[
        &["stimme überhaupt nicht zu", "stimme gar nicht zu"],
        &["stimme nicht zu", "stimme eher nicht zu"],
        &["weder noch", "teils/teils", "neutral"],
        &["stimme zu", "stimme eher zu"],
        &["stimme voll und ganz zu", "stimme voll zu"],
    ],
    &[
        &["muy insatisfecho"],
        &["insatisfecho"],
        &["ni satisfecho ni insatisfecho", "neutral"],
        &["satisfecho"],
        &["muy satisfecho"],
    ],
    &[
        &["très insatisfait"],
        &["insatisfait", "plutôt insatisfait"],
        &["ni satisfait ni insatisfait", "neutre"],
        &["satisfait", "plutôt satisfait"],
        &["très satisfait"],
    ],
];

/// How much of something, from nothing to all: “Not so likely”, “Very helpful”, “Extremely clear”.
const DEGREES: &[&[&str]] = &[
    &["not at all"],
    &["not so", "not very", "slightly", "a little"],
    &["somewhat", "moderately"],
    &["very", "quite"],
    &["extremely", "completely"],
];

/// Labels that are no answer.
const NO_ANSWER: &[&str] = &[
    "not applicable",
    "not applicable to me",
    "unfamiliar (n/a)",
    "don't know",
    "i don't know",
    "do not know",
    "not sure",
    "unsure",
    "no opinion",
    "prefer not to answer",
    "prefer not to say",
    "weiß nicht",
    "keine angabe",
    "no sé",
    "no aplica",
    "ne sait pas",
    "sans objet",
];

/// A label without letter case, outer spaces and curly apostrophes.
pub(crate) fn folded(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").replace('\u{2019}', "'").to_lowercase()
}

/// The number that a label begins with (`9 - Very likely`, `5 (Very satisfied)`, `1: never`) or ends with in brackets
/// (`Very satisfied (5)`). A range such as `18-29` and an amount such as `5 years` are none.
pub(crate) fn number_in(label: &str) -> Option<u8> {
    let label = label.trim();
    let digits = label.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = label.split_at(digits);
    if digits > 0 {
        let rest = rest.trim_start();
        let after = rest.strip_prefix(['-', '\u{2013}', '\u{2014}', ':', '=', '.', ')', '('])?;
        return after.trim_start().starts_with(char::is_alphabetic).then(|| rating(number)).flatten();
    }
    let (words, number) = label.strip_suffix(')')?.rsplit_once('(')?;
    words.trim().chars().any(char::is_alphabetic).then(|| rating(number)).flatten()
}

/// What the labels of a column stand for, when nearly all of them can be told; `None` for a column of bare numbers.
pub(crate) fn read(profile: &Profile, named: Named) -> Option<Labels> {
    if profile.n == 0 || profile.whole == profile.n || profile.values.len() > 30 {
        return None;
    }
    numbered(profile, named).or_else(|| worded(profile)).or_else(|| degrees(profile))
}

/// Whether a folded label is no answer.
pub(crate) fn no_answer(label: &str) -> bool {
    NO_ANSWER.contains(&label) || is_missing(label)
}

fn numbered(profile: &Profile, named: Named) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let mut numbers = Profile::default();
    for (value, &count) in &profile.values {
        let number = rating(value).or_else(|| number_in(value));
        if rating(value).is_none() && (number.is_some() || no_answer(&folded(value))) {
            values.insert(value.clone(), number);
        }
        let number = number.map(|number| number.to_string());
        (0..count).filter_map(|_| number.as_deref()).for_each(|number| numbers.add(number));
    }
    let labelled = values.values().any(Option::is_some);
    let told = numbers.n + values.iter().filter(|v| v.1.is_none()).map(|v| profile.values[v.0]).sum::<u32>();
    let enough = told * 100 >= profile.n * 98;
    let scale = numbers.scale(named).filter(|_| labelled && enough)?;
    Some(Labels { scale, values, numbered: true })
}

fn worded(profile: &Profile) -> Option<Labels> {
    SCALES.iter().find_map(|points| {
        let mut values = BTreeMap::new();
        let (mut told, mut seen) = (0, vec![0; points.len()]);
        for (value, &count) in &profile.values {
            let label = folded(value);
            if let Some(at) = points.iter().position(|point| point.contains(&label.as_str())) {
                values.insert(value.clone(), u8::try_from(at + 1).ok());
                seen[at] += count;
                told += count;
            } else if no_answer(&label) {
                values.insert(value.clone(), None);
                told += count;
            }
        }
        let answered: u32 = seen.iter().sum();
        let enough = told * 100 >= profile.n * 98 && answered * 2 >= profile.n;
        if !enough || seen.iter().filter(|&&n| n > 0).count() < 2 {
            return None;
        }
        // A point that the head does not have may come later.
        for (at, point) in points.iter().enumerate().filter(|(at, _)| seen[*at] == 0) {
            values.insert(sentence_case(point[0]), u8::try_from(at + 1).ok());
        }
        let high = u8::try_from(points.len()).ok()?;
        Some(Labels { scale: Scale { low: 1, high, nps: false }, values, numbered: false })
    })
}

/// The degree that a label says, and of what.
fn degree(label: &str) -> Option<(usize, &str)> {
    let spelled = DEGREES.iter().enumerate().flat_map(|(at, words)| words.iter().map(move |word| (at, word)));
    spelled.into_iter().find_map(|(at, word)| Some((at, label.strip_prefix(word)?.strip_prefix(' ')?)))
}

fn degrees(profile: &Profile) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let (mut told, mut seen) = (0, vec![false; DEGREES.len()]);
    let mut of = None;
    for (value, &count) in &profile.values {
        let label = folded(value);
        match degree(&label) {
            Some((at, what)) => {
                if of.get_or_insert_with(|| what.to_owned()) != what {
                    return None;
                }
                seen[at] = true;
                told += count;
                values.insert(value.clone(), u8::try_from(at + 1).ok());
            }
            None if no_answer(&label) => {
                told += count;
                values.insert(value.clone(), None);
            }
            None => {}
        }
    }
    let what = of?;
    // "Not at all", "somewhat" and "very" alone are a scale of three, and its points are not these.
    let fine = seen[1] || seen[4];
    if told * 100 < profile.n * 98 || !fine || seen.iter().filter(|seen| **seen).count() < 2 {
        return None;
    }
    for (at, words) in DEGREES.iter().enumerate().filter(|(at, _)| !seen[*at]) {
        values.insert(sentence_case(&format!("{} {what}", words[0])), u8::try_from(at + 1).ok());
    }
    Some(Labels { scale: Scale { low: 1, high: 5, nps: false }, values, numbered: false })
}

fn sentence_case(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_tells_its_number_and_a_range_or_an_amount_tells_none() {
        for (label, number) in [
            ("9 - Very likely", Some(9)),
            ("10 – Extremely likely", Some(10)),
            ("5 (Very satisfied)", Some(5)),
            ("1: never", Some(1)),
            ("Very satisfied (5)", Some(5)),
            ("0=not at all", Some(0)),
            ("18-29", None),
            ("5 years", None),
            ("26 - 100", None),
            ("$0 - $24,999", None),
            ("(5)", None),
            ("3.5", None),
            ("never", None),
            ("6'3\"", None),
        ] {
            assert_eq!(number_in(label), number, "{label}");
        }
    }

    fn labels(values: &[&str], named: Named) -> Option<(Scale, BTreeMap<String, Option<u8>>)> {
        let mut profile = Profile::default();
        values.iter().for_each(|value| profile.add(value));
        read(&profile, named).map(|labels| (labels.scale, labels.values))
    }

    #[test]
    fn only_the_ends_of_a_scale_may_have_labels() {
        let values = ["0 - Not at all likely", "3", "9", "10 - Very likely", "Not sure"].repeat(3);
        let (scale, values) = labels(&values, Named::Nps).unwrap();
        assert_eq!(scale, Scale { low: 0, high: 10, nps: true });
        let expected =
            [("0 - Not at all likely", Some(0)), ("10 - Very likely", Some(10)), ("Not sure", None)];
        assert_eq!(values, BTreeMap::from(expected.map(|(label, value)| (label.to_owned(), value))));
    }

    #[test]
    fn words_of_agreement_become_points_and_points_not_met_are_named() {
        let (scale, values) =
            labels(&["Agree", "strongly agree", "Disagree", "Don’t know"], Named::Not).unwrap();
        assert_eq!(scale, Scale { low: 1, high: 5, nps: false });
        assert_eq!(values["Agree"], Some(4));
        assert_eq!(values["Don’t know"], None);
        assert_eq!(values["Strongly disagree"], Some(1));
        let seven = ["Slightly agree", "Agree", "Strongly disagree"];
        assert_eq!(labels(&seven, Named::Not).unwrap().0.high, 7);
    }

    #[test]
    fn degrees_of_anything_become_points() {
        let (scale, values) = labels(&["Very helpful", "Not so helpful", "Unsure"], Named::Not).unwrap();
        assert_eq!(scale, Scale { low: 1, high: 5, nps: false });
        assert_eq!(
            (values["Very helpful"], values["Not so helpful"], values["Unsure"]),
            (Some(4), Some(2), None)
        );
        assert_eq!(values["Extremely helpful"], Some(5));
        assert!(labels(&["Very helpful", "Somewhat helpful", "Not at all helpful"], Named::Not).is_none());
        assert!(labels(&["Extremely helpful", "Slightly dear"], Named::Not).is_none());
    }

    #[test]
    fn bare_numbers_and_words_of_no_scale_are_no_labels() {
        for values in [&["1", "2", "5"][..], &["Yes", "No"], &["Good", "Berlin"], &["Good", "Good"], &[]] {
            assert!(labels(values, Named::Score).is_none(), "{values:?}");
        }
    }
}
