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
        &["totalmente en desacuerdo", "muy en desacuerdo"],
        &["en desacuerdo"],
        &["ni de acuerdo ni en desacuerdo", "neutral"],
        &["de acuerdo"],
        &["totalmente de acuerdo", "muy de acuerdo"],
    ],
    &[
        &["pas du tout d'accord"],
        &["pas d'accord", "plutôt pas d'accord"],
        &["ni d'accord ni pas d'accord", "neutre"],
        &["d'accord", "plutôt d'accord"],
        &["tout à fait d'accord"],
    ],
    &[
        &["trifft überhaupt nicht zu", "trifft gar nicht zu", "trifft nicht zu"],
        &["trifft eher nicht zu"],
        &["teils/teils", "teils teils", "weder noch"],
        &["trifft eher zu"],
        &["trifft voll und ganz zu", "trifft voll zu", "trifft zu"],
    ],
    &[
        &["sehr unwahrscheinlich"],
        &["unwahrscheinlich", "eher unwahrscheinlich"],
        &["weder noch", "neutral"],
        &["wahrscheinlich", "eher wahrscheinlich"],
        &["sehr wahrscheinlich"],
    ],
    &[&["zeer ontevreden"], &["ontevreden"], &["neutraal"], &["tevreden"], &["zeer tevreden"]],
    &[
        &["helemaal mee oneens", "zeer mee oneens"],
        &["mee oneens", "oneens"],
        &["neutraal"],
        &["mee eens", "eens"],
        &["helemaal mee eens", "zeer mee eens"],
    ],
    &[
        &["molto insoddisfatto"],
        &["insoddisfatto"],
        &["né soddisfatto né insoddisfatto", "neutrale"],
        &["soddisfatto"],
        &["molto soddisfatto"],
    ],
    &[
        &["muito insatisfeito"],
        &["insatisfeito"],
        &["neutro", "nem satisfeito nem insatisfeito"],
        &["satisfeito"],
        &["muito satisfeito"],
    ],
    &[&["nie"], &["selten"], &["manchmal"], &["oft", "häufig"], &["immer"]],
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
/// (`Very satisfied (5)`), and that of stars (`4 stars`, `★★★★☆`, `4/5`, `4 out of 5`). A range such as `18-29` and an amount
/// such as `5 years` are none.
pub(crate) fn number_in(label: &str) -> Option<u8> {
    let label = label.trim();
    let digits = label.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = label.split_at(digits);
    if digits > 0 {
        let rest = rest.trim_start();
        if is_of_stars(rating(number), rest) {
            return rating(number);
        }
        let after = rest.strip_prefix(['-', '\u{2013}', '\u{2014}', ':', '=', '.', ')', '('])?;
        return after.trim_start().starts_with(char::is_alphabetic).then(|| rating(number)).flatten();
    }
    let filled = label.chars().take_while(|&c| c == '★').count();
    if filled > 0 && label.chars().skip(filled).all(|c| c == '☆') {
        return u8::try_from(filled).ok();
    }
    let (words, number) = label.strip_suffix(')')?.rsplit_once('(')?;
    words.trim().chars().any(char::is_alphabetic).then(|| rating(number)).flatten()
}

/// Whether a number with this behind it counts stars, or says of how many points it is.
fn is_of_stars(number: Option<u8>, rest: &str) -> bool {
    const STARS: &[&str] = &[
        "star",
        "stars",
        "★",
        "stern",
        "sterne",
        "estrella",
        "estrellas",
        "étoile",
        "étoiles",
        "stella",
        "stelle",
        "ster",
        "sterren",
    ];
    let rest = rest.to_lowercase();
    let of = ["/", "out of ", "of ", "von ", "de ", "sur ", "su ", "van de "];
    let most = of.iter().find_map(|of| rest.strip_prefix(of)).map(|most| most.trim_start());
    let most = most.and_then(|most| rating(most.split(' ').next()?));
    STARS.contains(&rest.as_str())
        || most.is_some_and(|most| matches!(most, 5 | 7 | 10) && number <= Some(most))
}

/// What the labels of a column stand for, when nearly all of them can be told; `None` for a column of bare numbers.
pub(crate) fn read(profile: &Profile, named: Named) -> Option<Labels> {
    if profile.n == 0 || profile.values.len() > 30 {
        return None;
    }
    numbered(profile, named).or_else(|| worded(profile)).or_else(|| degrees(profile))
}

/// Codes that statistics programs have people write for “seen, but not answered” and the like; no scale that is read here goes
/// below 0.
const CODES: &[&str] = &["-7", "-8", "-9", "-66", "-77", "-88", "-97", "-98", "-99", "-999"];

/// The codes of the same kind that are not negative.
const HIGH: [u8; 5] = [77, 88, 97, 98, 99];

/// Whether such codes are among the values: where nearly all other numbers are 10 or less, and there are enough of them. What
/// else lies above, as an 11, is a mistake.
fn high_codes(profile: &Profile) -> bool {
    let numbers = || profile.values.iter().filter_map(|(value, count)| Some((rating(value)?, *count)));
    let low: u32 = numbers().filter(|(number, _)| *number <= 10).map(|(_, count)| count).sum();
    let coded: u32 = numbers().filter(|(number, _)| HIGH.contains(number)).map(|(_, count)| count).sum();
    let stray: u32 = numbers().map(|(_, count)| count).sum::<u32>() - low - coded;
    coded > 0 && low >= 10 && low >= coded && 50 * stray <= low
}

/// Whether a folded label is no answer.
pub(crate) fn no_answer(label: &str) -> bool {
    NO_ANSWER.contains(&label) || CODES.contains(&label) || is_missing(label)
}

fn numbered(profile: &Profile, named: Named) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let mut numbers = Profile::default();
    let high_codes = high_codes(profile);
    for (value, &count) in &profile.values {
        let coded = high_codes && rating(value).is_some_and(|number| HIGH.contains(&number));
        let plain = rating(value).filter(|_| !coded);
        let number = plain.or_else(|| number_in(value).filter(|_| !coded));
        if plain.is_none() && (number.is_some() || coded) || no_answer(&folded(value)) {
            values.insert(value.clone(), number);
        }
        let number = number.map(|number| number.to_string());
        (0..count).filter_map(|_| number.as_deref()).for_each(|number| numbers.add(number));
    }
    let labelled = !values.is_empty() && 2 * numbers.n >= profile.n;
    let told = numbers.n + values.iter().filter(|v| v.1.is_none()).map(|v| profile.values[v.0]).sum::<u32>();
    let enough = told * 100 >= profile.n * 98;
    let scale = numbers.scale(named).filter(|_| labelled && enough)?;
    Some(Labels { scale, values, numbered: true })
}

fn worded(profile: &Profile) -> Option<Labels> {
    // A column of seven points may show five of them: the scale by which the most points are told apart.
    let mut best: Option<(usize, Labels)> = None;
    for points in SCALES {
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
        let apart = seen.iter().filter(|&&n| n > 0).count();
        if !enough || apart < 2 || best.as_ref().is_some_and(|best| best.0 >= apart) {
            continue;
        }
        // A point that the head does not have may come later.
        for (at, point) in points.iter().enumerate().filter(|(at, _)| seen[*at] == 0) {
            values.insert(sentence_case(point[0]), u8::try_from(at + 1).ok());
        }
        let scale = Scale { low: 1, high: u8::try_from(points.len()).ok()?, nps: false };
        best = Some((apart, Labels { scale, values, numbered: false }));
    }
    best.map(|best| best.1)
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
            ("4 stars", Some(4)),
            ("1 Stern", Some(1)),
            ("★★★★☆", Some(4)),
            ("4/5", Some(4)),
            ("9 out of 10", Some(9)),
            ("6/5", None),
            ("4/2026", None),
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
    fn codes_and_words_for_no_answer_among_bare_numbers_are_no_points() {
        let values = ["9", "10", "0", "-99", "7", "Don't know"].repeat(3);
        let (scale, values) = labels(&values, Named::Not).unwrap();
        assert_eq!(scale, Scale { low: 0, high: 10, nps: true });
        assert_eq!(values, BTreeMap::from(["-99", "Don't know"].map(|code| (code.to_owned(), None))));
        let (scale, values) = labels(&["1", "2", "4", "5", "99"].repeat(3), Named::Not).unwrap();
        assert_eq!((scale, &values["99"]), (Scale { low: 1, high: 5, nps: false }, &None));
        // An 11 among many is a mistake, and makes no rating of a 99.
        let one_stray = [["1", "7", "8", "9", "10", "99"].repeat(20), vec!["11"]].concat();
        let (scale, values) = labels(&one_stray, Named::Score).unwrap();
        assert_eq!((scale.high, values), (10, BTreeMap::from([("99".to_owned(), None)])));
        // Ages, and numbers below zero.
        for numbers in [["18", "45", "77", "99", "9"], ["-12", "-9", "-8", "3", "5"]] {
            assert!(labels(&numbers.repeat(3), Named::Not).is_none(), "{numbers:?}");
        }
    }

    #[test]
    fn of_two_scales_the_one_that_tells_more_points_apart_is_meant() {
        let (scale, values) =
            labels(&["Agree", "Somewhat agree", "Strongly agree", "Disagree"], Named::Not).unwrap();
        assert_eq!((scale.high, values["Somewhat agree"], values["Agree"]), (7, Some(5), Some(6)));
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
