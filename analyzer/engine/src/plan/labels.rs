//! Labels that stand for numbers: “9 - Very likely”, “Strongly agree”, “5 (Very satisfied)”. It sees the values of one
//! column and says which number each stands for; the plan shows the mapping and the reader obeys it.

use super::profile::{Named, Profile};
use super::{Scale, is_missing, rating};
use crate::sort;
use std::collections::BTreeMap;

/// What the labels of a column stand for.
pub(crate) struct Labels {
    pub(crate) scale: Scale,
    pub(crate) values: BTreeMap<String, Option<u8>>,
    pub(crate) how: How,
}

/// How the labels of a column were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// They carry their numbers.
    Numbered,
    /// They carry numbers that fall as their words get better, so the points are counted from the other end.
    Reversed,
    /// The ends of the scale are words, the points between are bare numbers.
    Ends,
    /// They are words of a known scale.
    Words,
    /// They are numbers on both sides of zero.
    Signed,
    /// They are half points, counted twice.
    Halves,
    /// They are the groups of NPS, not the ratings that make them.
    Groups,
    /// They say yes or no.
    Flags,
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
        &["awful", "terrible", "horrible", "very bad"],
        &["poor", "bad"],
        &["okay", "ok", "average", "neutral", "fair", "neither good nor bad"],
        &["good"],
        &["great", "excellent", "amazing", "very good"],
    ],
    &[
        &["very unhappy", "extremely unhappy"],
        &["unhappy", "somewhat unhappy"],
        &["neither happy nor unhappy", "neutral"],
        &["happy", "somewhat happy"],
        &["very happy", "extremely happy"],
    ],
    &[
        &["extremely unhappy"],
        &["very unhappy"],
        &["unhappy"],
        &["neutral", "neither happy nor unhappy"],
        &["happy"],
        &["very happy"],
        &["extremely happy"],
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
        &["weder noch", "teils/teils", "teils, teils", "teils-teils", "teils teils", "neutral"],
        &["zufrieden", "eher zufrieden"],
        &["sehr zufrieden"],
    ],
    &[
        &["sehr schlecht"],
        &["schlecht", "eher schlecht"],
        &[
            "mittelmäßig",
            "mittel",
            "durchschnittlich",
            "weder gut noch schlecht",
            "teils/teils",
            "okay",
            "neutral",
        ],
        &["gut", "eher gut"],
        &["sehr gut"],
    ],
    &[&["mangelhaft"], &["ausreichend"], &["befriedigend"], &["gut"], &["sehr gut"]],
    &[&["ungenügend"], &["mangelhaft"], &["ausreichend"], &["befriedigend"], &["gut"], &["sehr gut"]],
    &[
        &["stimme überhaupt nicht zu", "stimme gar nicht zu"],
        &["stimme nicht zu", "stimme eher nicht zu"],
        &["weder noch", "teils/teils", "neutral"],
        &["stimme zu", "stimme eher zu"],
        &["stimme voll und ganz zu", "stimme voll zu"],
    ],
    &[
        &["muy insatisfecho", "muy insatisfecha"],
        &["insatisfecho", "insatisfecha"],
        &["ni satisfecho ni insatisfecho", "ni satisfecha ni insatisfecha", "neutral"],
        &["satisfecho", "satisfecha"],
        &["muy satisfecho", "muy satisfecha"],
    ],
    &[
        &["muy malo", "muy mala", "pésimo", "muy mal"],
        &["malo", "mala", "mal"],
        &["regular", "normal", "neutral"],
        &["bueno", "buena", "bien"],
        &["muy bueno", "muy buena", "excelente", "muy bien"],
    ],
    &[
        &["muy improbable", "nada probable"],
        &["improbable", "poco probable"],
        &["neutral", "ni probable ni improbable"],
        &["probable"],
        &["muy probable"],
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
        &["teils/teils", "teils teils", "teils, teils", "teils-teils", "weder noch"],
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
        &["molto insoddisfatto", "molto insoddisfatta"],
        &["insoddisfatto", "insoddisfatta"],
        &["né soddisfatto né insoddisfatto", "né soddisfatta né insoddisfatta", "neutrale"],
        &["soddisfatto", "soddisfatta"],
        &["molto soddisfatto", "molto soddisfatta"],
    ],
    &[
        &["per niente soddisfatto", "per niente soddisfatta", "per nulla soddisfatto"],
        &["poco soddisfatto", "poco soddisfatta"],
        &["abbastanza soddisfatto", "abbastanza soddisfatta"],
        &["soddisfatto", "soddisfatta"],
        &["molto soddisfatto", "molto soddisfatta"],
    ],
    &[
        &["pessimo", "molto scarso"],
        &["scarso", "insufficiente"],
        &["sufficiente", "discreto"],
        &["buono"],
        &["ottimo", "eccellente", "molto buono"],
    ],
    &[
        &["muito insatisfeito", "muito insatisfeita"],
        &["insatisfeito", "insatisfeita"],
        &["neutro", "nem satisfeito nem insatisfeito"],
        &["satisfeito", "satisfeita"],
        &["muito satisfeito", "muito satisfeita"],
    ],
    &[
        &["muito ruim", "péssimo", "muito mau"],
        &["ruim", "mau"],
        &["regular", "razoável"],
        &["bom"],
        &["muito bom", "ótimo", "excelente"],
    ],
    &[
        &["zeer slecht"],
        &["slecht"],
        &["matig", "neutraal", "redelijk"],
        &["goed"],
        &["zeer goed", "uitstekend"],
    ],
    &[&["nie"], &["selten"], &["manchmal"], &["oft", "häufig"], &["immer"]],
    &[
        &["très insatisfait", "très insatisfaite"],
        &["insatisfait", "insatisfaite", "plutôt insatisfait", "peu satisfait"],
        &["ni satisfait ni insatisfait", "neutre"],
        &["satisfait", "satisfaite", "plutôt satisfait"],
        &["très satisfait", "très satisfaite"],
    ],
    &[
        &["très mauvais", "très mauvaise"],
        &["mauvais", "mauvaise"],
        &["moyen", "moyenne", "neutre", "passable"],
        &["bon", "bonne"],
        &["très bon", "très bonne", "excellent", "excellente"],
    ],
    &[&["🙁", "☹", "😞", "😟", "😡", "😠"], &["😐", "😑"], &["🙂", "😀", "😃", "😄", "😊", "☺"]],
    &[
        &["😡", "😠", "😭", "😢", "😣", "😖"],
        &["🙁", "☹", "😞", "😟", "😕"],
        &["😐", "😑"],
        &["🙂", "☺", "😊"],
        &["😍", "😀", "😃", "😄", "😁", "🤩"],
    ],
];

/// Scales that may be anything else as well, and are read where the name says that this is a score; the first number is the point
/// of the first labels.
const NAMED_SCALES: &[(u8, Points)] = &[
    (0, &[&["bad", "bad, i'm unsatisfied", "bad, i'm dissatisfied"], &["good", "good, i'm satisfied"]]),
    (0, &[&["👎", "thumbs down"], &["👍", "thumbs up"]]),
    (1, &[&["one"], &["two"], &["three"], &["four"], &["five"]]),
];

/// No and yes, read as 0 and 1 where the name says that this is a score.
const FLAGS: &[&[&str]] = &[
    &["no", "false", "n", "f", "nein", "falsch", "non", "faux", "falso", "nee", "n\u{e3}o", "nie", "nej"],
    &[
        "yes",
        "true",
        "y",
        "t",
        "ja",
        "wahr",
        "oui",
        "vrai",
        "s\u{ed}",
        "si",
        "s\u{ec}",
        "vero",
        "verdadero",
        "sim",
        "verdadeiro",
        "tak",
    ],
];

/// The groups of NPS, each with the point that stands for all ratings in it: any point of a group gives the same NPS.
const GROUPS: &[(u8, &[&str])] = &[
    (
        3,
        &[
            "detractor",
            "detractors",
            "detraktor",
            "detraktoren",
            "kritiker",
            "d\u{e9}tracteur",
            "d\u{e9}tracteurs",
            "detractores",
            "detrattore",
            "detrattori",
            "criticaster",
            "criticasters",
            "detrator",
            "detratores",
        ],
    ),
    (
        8,
        &[
            "passive",
            "passives",
            "neutral",
            "neutrals",
            "passiv",
            "passiver",
            "passive kunden",
            "indifferent",
            "indifferente",
            "indifferenter",
            "unentschlossen",
            "unentschlossene",
            "passif",
            "passifs",
            "neutre",
            "neutres",
            "pasivo",
            "pasivos",
            "neutro",
            "neutros",
            "passivo",
            "passivi",
            "passivos",
            "passief",
            "passieven",
            "neutraal",
        ],
    ),
    (
        10,
        &[
            "promoter",
            "promoters",
            "promotor",
            "promotoren",
            "bef\u{fc}rworter",
            "promoteur",
            "promoteurs",
            "promotores",
            "promotore",
            "promotori",
        ],
    ),
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
    "k. a.",
    "k.a.",
    "weiss nicht",
    "offered",
    "unoffered",
    "not offered",
];

/// What the words for the lowest points begin with or hold.
const BAD: &[&str] = &[
    "not",
    "never",
    "no",
    "worst",
    "schlechteste",
    "schlechtester",
    "pire",
    "peor",
    "peggiore",
    "pior",
    "slechtste",
    "least",
    "poor",
    "bad",
    "terrible",
    "awful",
    "horrible",
    "unlikely",
    "unhappy",
    "dissatisfied",
    "unsatisfied",
    "disagree",
    "difficult",
    "nicht",
    "keinesfalls",
    "schlecht",
    "unzufrieden",
    "unwahrscheinlich",
    "ungenügend",
    "mangelhaft",
    "nada",
    "poco",
    "malo",
    "mala",
    "mal",
    "insatisfecho",
    "improbable",
    "pas",
    "mauvais",
    "insatisfait",
    "niente",
    "nulla",
    "pessimo",
    "insoddisfatto",
    "improbabile",
    "niet",
    "slecht",
    "ontevreden",
    "onwaarschijnlijk",
    "ruim",
    "insatisfeito",
    "improvável",
];

/// What the words for the highest points begin with or hold.
const GOOD: &[&str] = &[
    "likely",
    "satisfied",
    "happy",
    "excellent",
    "good",
    "great",
    "best",
    "beste",
    "bester",
    "meilleur",
    "meilleure",
    "mejor",
    "migliore",
    "melhor",
    "easy",
    "agree",
    "always",
    "definitely",
    "perfect",
    "gut",
    "zufrieden",
    "wahrscheinlich",
    "ausgezeichnet",
    "hervorragend",
    "satisfecho",
    "probable",
    "excelente",
    "bueno",
    "bien",
    "satisfait",
    "bon",
    "soddisfatto",
    "probabile",
    "ottimo",
    "tevreden",
    "waarschijnlijk",
    "goed",
    "uitstekend",
    "satisfeito",
    "provável",
    "bom",
];

/// A label without letter case, outer spaces and curly apostrophes.
pub(crate) fn folded(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").replace('\u{2019}', "'").to_lowercase()
}

/// A folded label without what it says for both genders (`satisfecho/a`, `satisfait(e)`), and without how a picture is drawn.
fn plain(label: &str) -> String {
    let mut label = label.replace('\u{FE0F}', "").replace('_', " ");
    for both in ["(e)", "(a)", "/a", "/o", "(o)"] {
        let long = |word: &&str| word.len() > 3;
        let kept: Vec<&str> =
            label.split(' ').map(|word| word.strip_suffix(both).filter(long).unwrap_or(word)).collect();
        label = kept.join(" ");
    }
    label
}

/// Whether a label is a known one but for one letter: a wrong one, one too many or too few, or two that changed places.
/// Short words and their opposites (`likely`, `unlikely`) are further apart.
fn is_misspelt(label: &str, known: &str) -> bool {
    let (label, known): (Vec<char>, Vec<char>) = (label.chars().collect(), known.chars().collect());
    if known.len() < 7 || label.len().abs_diff(known.len()) > 1 {
        return false;
    }
    let same = label.iter().zip(&known).take_while(|(a, b)| a == b).count();
    let (label, known) = (&label[same..], &known[same..]);
    match (label, known) {
        ([a, b, rest @ ..], [c, d, other @ ..]) if a == d && b == c && rest == other => true,
        ([_, rest @ ..], [_, other @ ..]) if rest == other => true,
        ([_, rest @ ..], _) if rest == known => true,
        (_, [_, other @ ..]) => label == other,
        _ => false,
    }
}

/// Whether the words of a label are those of a high point, or of a low one; `None` where they tell neither.
pub(crate) fn is_good(label: &str) -> Option<bool> {
    let label = plain(&folded(label));
    let words: Vec<&str> =
        label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let says = |known: &[&str]| words.iter().any(|word| known.contains(word));
    match (says(BAD), says(GOOD)) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    }
}

/// The words of a label that carries a number.
fn words_of(label: &str) -> &str {
    label.trim_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || "-\u{2013}\u{2014}:=.()/".contains(c)
    })
}

/// The number that a label begins with (`9 - Very likely`, `5 (Very satisfied)`, `1: never`) or ends with in brackets
/// (`Very satisfied (5)`) or behind a dash (`Extremely likely - 10`), and that of stars (`4 stars`, `★★★★☆`, `4/5`, `4 out of 5`).
/// A range such as `18-29` and an amount such as `5 years` are none.
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
    let filled = label.chars().take_while(|&c| matches!(c, '★' | '⭐')).count();
    if filled > 0 && label.chars().skip(filled).all(|c| c == '☆') {
        return u8::try_from(filled).ok();
    }
    let in_brackets = label.strip_suffix(')').and_then(|label| label.rsplit_once('('));
    let (words, number) = in_brackets.or_else(|| behind_a_dash(label))?;
    words.trim().chars().any(char::is_alphabetic).then(|| rating(number)).flatten()
}

/// The words and the number of `Extremely likely - 10`. A dash without a space may be part of a code, as in `A-1`.
fn behind_a_dash(label: &str) -> Option<(&str, &str)> {
    [" - ", " \u{2013} ", " \u{2014} ", ": ", " = "].iter().find_map(|dash| label.rsplit_once(dash))
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
        || most.is_some_and(|most| matches!(most, 3..=7 | 10 | 100) && number <= Some(most))
}

/// What the labels of a column stand for, when nearly all of them can be told; `None` for a column of bare numbers.
pub(crate) fn read(profile: &Profile, named: Named) -> Option<Labels> {
    if profile.n == 0 || profile.values.len() > 30 {
        return None;
    }
    groups(profile, named)
        .or_else(|| numbered(profile, named))
        .or_else(|| halves(profile, named))
        .or_else(|| flags(profile, named))
        .or_else(|| ends(profile, named))
        .or_else(|| worded(profile, named))
        .or_else(|| degrees(profile))
        .or_else(|| signed(profile, named))
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
    // Below 1 there is nothing but a −1.
    let minus_one = {
        let below = |value: &&String| value.starts_with('-') || value.as_str() == "0";
        profile.values.keys().filter(below).all(|value| value == "-1")
    };
    let mut trailing = Vec::new();
    for (value, &count) in &profile.values {
        let coded = high_codes && rating(value).is_some_and(|number| HIGH.contains(&number));
        let plain = rating(value).filter(|_| !coded);
        let number = plain.or_else(|| number_in(value).or_else(|| percent(value, named)).filter(|_| !coded));
        if plain.is_none() && (number.is_some() || coded)
            || no_answer(&folded(value))
            || minus_one && value == "-1"
        {
            values.insert(value.clone(), number);
        }
        if plain.is_none() && number.is_some() && value.ends_with(|c: char| c.is_ascii_digit()) {
            trailing.extend(behind_a_dash(value).map(|(words, _)| folded(words)));
        }
        let number = number.map(|number| number.to_string());
        (0..count).filter_map(|_| number.as_deref()).for_each(|number| numbers.add(number));
    }
    // `Store - 1` and `Store - 2` are names.
    if trailing.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let labelled = !values.is_empty() && 2 * numbers.n >= profile.n;
    let told = numbers.n + values.iter().filter(|v| v.1.is_none()).map(|v| profile.values[v.0]).sum::<u32>();
    let enough = told * 100 >= profile.n * 98;
    let scale = numbers.scale(named).filter(|_| labelled && enough)?;
    let mut labels = Labels { scale, values, how: How::Numbered };
    if falls(&labels.values) {
        labels.reverse();
    }
    Some(labels)
}

/// `80%`, where the name says that this is a score.
fn percent(value: &str, named: Named) -> Option<u8> {
    let number = value.strip_suffix('%').filter(|_| named == Named::Score)?.trim_end();
    rating(number).filter(|&number| number <= 100)
}

/// Whether the numbers of labels fall as their words get better: those of the lowest number are good, those of the highest bad.
fn falls(values: &BTreeMap<String, Option<u8>>) -> bool {
    let said = || values.iter().filter_map(|(label, number)| Some(((*number)?, is_good(words_of(label))?)));
    let lowest = said().min_by_key(|(number, _)| *number);
    let highest = said().max_by_key(|(number, _)| *number);
    lowest.is_some_and(|lowest| lowest.1) && highest.is_some_and(|highest| !highest.1)
}

impl Labels {
    /// Counts the points from the other end, bare numbers included.
    fn reverse(&mut self) {
        let Scale { low, high, .. } = self.scale;
        for value in self.values.values_mut().flatten() {
            *value = (low + high).saturating_sub(*value).clamp(low, high);
        }
        for point in low..=high {
            self.values.entry(point.to_string()).or_insert(Some(low + high - point));
        }
        self.how = How::Reversed;
    }
}

/// Bare numbers on a scale the name of whose column says that 1 is the best, as German school marks are.
pub(crate) fn reversed(scale: Scale) -> Labels {
    let mut labels = Labels { scale, values: BTreeMap::new(), how: How::Reversed };
    labels.reverse();
    labels
}

/// Bare numbers between one or two words that stand for the ends of the scale.
fn ends(profile: &Profile, named: Named) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let mut numbers = Profile::default();
    let mut words: Vec<&String> = Vec::new();
    for (value, &count) in &profile.values {
        if let Some(number) = rating(value) {
            (0..count).for_each(|_| numbers.add(&number.to_string()));
        } else if no_answer(&folded(value)) {
            values.insert(value.clone(), None);
        } else {
            words.push(value);
        }
    }
    let mut distinct: Vec<String> = words.iter().map(|word| folded(word)).collect();
    sort::ascending(&mut distinct);
    distinct.dedup();
    let mut said: Vec<(&str, Option<bool>)> =
        distinct.iter().map(|word| (word.as_str(), is_good(word))).collect();
    if numbers.distinct() < 3 || !(1..=2).contains(&said.len()) {
        return None;
    }
    // The name says that these are points, or each word does.
    if named == Named::Not && said.iter().any(|(_, good)| good.is_none()) {
        return None;
    }
    // One end that is known tells the other.
    match said.as_mut_slice() {
        [(_, Some(good)), (_, other @ None)] | [(_, other @ None), (_, Some(good))] => *other = Some(!*good),
        _ => {}
    }
    let is_low = said.iter().find(|(_, good)| *good == Some(false)).map(|(word, _)| *word);
    let is_high = said.iter().find(|(_, good)| *good == Some(true)).map(|(word, _)| *word);
    if usize::from(is_low.is_some()) + usize::from(is_high.is_some()) != said.len() {
        return None;
    }
    let (least, most) = (numbers.low, numbers.high);
    let above = [5, 7, 10].into_iter().find(|&high| high > most);
    let (low, high) = match (is_low, is_high) {
        _ if named == Named::Nps && numbers.n >= 3 && most > 5 => (0, 10),
        (Some(_), Some(_)) if least > 1 => (1, above?),
        (Some(_), Some(_)) if least == 1 && matches!(most, 4 | 6..=9) => {
            (0, above.filter(|&high| high != 7).unwrap_or(10))
        }
        // A word beside all numbers of a scale is a mistake.
        (None, Some(_)) if matches!(most, 4 | 6 | 9) => (least.min(1), most + 1),
        (Some(_), None) if least == 1 && most == 10 => (0, 10),
        (Some(_), None) if least > 1 => (1, [5, 7, 10].into_iter().find(|&high| high >= most)?),
        _ => return None,
    };
    // A point that is a word is never a bare number too.
    if is_low.is_some() && least <= low || is_high.is_some() && most >= high {
        return None;
    }
    for word in words {
        let is_low = is_low == Some(folded(word).as_str());
        values.insert(word.clone(), Some(if is_low { low } else { high }));
    }
    let scale = Scale { low, high, nps: (low, high) == (0, 10) };
    Some(Labels { scale, values, how: How::Ends })
}

/// The point that stands for the group of NPS which a cell names. `values`: NPS itself, −100, 0 and 100 (or −1, 0 and 1), counts too.
fn group(value: &str, values: bool) -> Option<u8> {
    let label = folded(value).replace('\u{2212}', "-");
    match label.as_str() {
        "-100" | "-1" if values => Some(3),
        "0" if values => Some(8),
        "100" | "1" if values => Some(10),
        label => GROUPS.iter().find(|(_, labels)| labels.contains(&label)).map(|(point, _)| *point),
    }
}

/// Whether these labels are the groups of NPS.
pub(crate) fn are_groups(values: &BTreeMap<String, Option<u8>>) -> bool {
    !values.is_empty() && values.iter().all(|(label, point)| point.is_none() || group(label, true) == *point)
}

/// Promoters, passives and detractors where nothing says which ratings they gave, in words or as what each adds to NPS.
fn groups(profile: &Profile, named: Named) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let mut told = 0;
    let mut signed = false;
    for (value, &count) in &profile.values {
        let point = group(value, named == Named::Nps);
        if point.is_none() && !no_answer(&folded(value)) {
            continue;
        }
        signed |= value.starts_with(['-', '\u{2212}']);
        values.insert(value.clone(), point);
        told += count;
    }
    let has = |wanted: u8| values.values().any(|point| *point == Some(wanted));
    // Bare numbers are NPS only where one is below zero; of words, “neutral” alone is a word of other scales.
    let numbers = values.keys().any(|value| rating(value).is_some());
    if told * 100 < profile.n * 98 || !has(10) || !has(3) || numbers && !signed {
        return None;
    }
    if numbers {
        let far = if values.contains_key("100") { 100 } else { 1 };
        for (value, point) in [(-far, 3), (0, 8), (far, 10)] {
            values.insert(value.to_string(), Some(point));
        }
    }
    Some(Labels { scale: Scale { low: 0, high: 10, nps: true }, values, how: How::Groups })
}

/// Half points, `4.5` or `4,5` between 4 and 5, where the name says that this is a score. They are counted twice, so that each is
/// a whole number.
fn halves(profile: &Profile, named: Named) -> Option<Labels> {
    let twice = |value: &str| -> Option<u8> {
        let (whole, half) = match value.split_once(['.', ',']) {
            Some((whole, "5" | "50")) => (whole, 1),
            Some((whole, "0" | "00")) => (whole, 0),
            Some(_) => return None,
            None => (value, 0),
        };
        let whole = rating(whole).filter(|&whole| whole <= 10)?;
        Some(2 * whole + half)
    };
    let points = || profile.values.iter().filter_map(|(value, count)| Some((twice(value)?, *count)));
    let told: u32 = points().map(|point| point.1).sum();
    let halved: u32 = points().filter(|point| point.0 % 2 == 1).map(|point| point.1).sum();
    let (least, most) = (points().map(|point| point.0).min()?, points().map(|point| point.0).max()?);
    let none = profile.values.iter().filter(|(value, _)| no_answer(&folded(value)));
    let unsaid: u32 = none.clone().map(|none| *none.1).sum();
    let enough = (told + unsaid) * 100 >= profile.n * 98 && halved * 20 >= told && told * 2 > profile.n;
    if named != Named::Score || !enough || !(3..=20).contains(&most) {
        return None;
    }
    let high = if most <= 10 { 10 } else { 20 };
    let low = least.min(1);
    let mut values: BTreeMap<String, Option<u8>> = sort::map(none.map(|(value, _)| (value.clone(), None)));
    for point in low..=high {
        let (whole, half) = (point / 2, if point % 2 == 1 { "5" } else { "0" });
        if point % 2 == 0 {
            values.insert(whole.to_string(), Some(point));
        }
        for spelled in [format!("{whole}.{half}"), format!("{whole},{half}")] {
            values.insert(spelled, Some(point));
        }
    }
    Some(Labels { scale: Scale { low, high, nps: false }, values, how: How::Halves })
}

/// Yes and no, where the name says that this is a score: the mean is the share of those who said yes.
fn flags(profile: &Profile, named: Named) -> Option<Labels> {
    let mut values = BTreeMap::new();
    let (mut told, mut seen) = (0, [false; 2]);
    for (value, &count) in &profile.values {
        let label = folded(value);
        let point = FLAGS.iter().position(|flag| flag.contains(&label.as_str()));
        if point.is_none() && !no_answer(&label) {
            continue;
        }
        point.into_iter().for_each(|point| seen[point] = true);
        values.insert(value.clone(), point.and_then(|point| u8::try_from(point).ok()));
        told += count;
    }
    let fits = named != Named::Not && seen == [true; 2] && told * 100 >= profile.n * 98;
    fits.then_some(Labels { scale: Scale { low: 0, high: 1, nps: false }, values, how: How::Flags })
}

/// Points on both sides of zero, as from −2 to +2, where the name says that this is a score.
fn signed(profile: &Profile, named: Named) -> Option<Labels> {
    let mut points = BTreeMap::new();
    let mut told = 0;
    for (value, &count) in &profile.values {
        let number = value.replace('\u{2212}', "-");
        let Some(number) = number.parse::<i8>().ok().filter(|number| (-3..=3).contains(number)) else {
            continue;
        };
        points.insert(value.clone(), number);
        told += count;
    }
    let (least, most) = (*points.values().min()?, *points.values().max()?);
    let far = least.abs().max(most.abs());
    if named == Named::Not || least >= 0 || most <= 0 || far < 2 || told * 100 < profile.n * 98 {
        return None;
    }
    for number in -far..=far {
        points.entry(number.to_string()).or_insert(number);
    }
    let point = |number: i8| u8::try_from(number + far + 1).ok();
    let values = sort::map(points.into_iter().map(|(value, number)| (value, point(number))));
    Some(Labels { scale: Scale { low: 1, high: point(far)?, nps: false }, values, how: How::Signed })
}

fn worded(profile: &Profile, named: Named) -> Option<Labels> {
    // A column of seven points may show five of them: the scale by which the most points are told apart.
    let mut best: Option<(usize, Option<Labels>)> = None;
    let scales = SCALES.iter().map(|points| (1, *points, true));
    let by_name = NAMED_SCALES.iter().map(|&(low, points)| (low, points, named != Named::Not));
    for (low, points, may) in by_name.chain(scales) {
        let point = |at: usize| u8::try_from(at).ok().map(|at| low + at);
        let mut values = BTreeMap::new();
        let (mut told, mut seen) = (0, vec![0; points.len()]);
        let mut unknown = Vec::new();
        for (value, &count) in &profile.values {
            let label = plain(&folded(value));
            if let Some(at) = points.iter().position(|point| point.contains(&label.as_str())) {
                values.insert(value.clone(), point(at));
                seen[at] += count;
                told += count;
            } else if no_answer(&label) {
                values.insert(value.clone(), None);
                told += count;
            } else {
                unknown.push((value, label, count));
            }
        }
        for (value, label, count) in unknown {
            let alike = |point: &[&str]| point.iter().any(|known| is_misspelt(&label, known));
            let Some(at) = points.iter().position(|point| alike(point)) else { continue };
            values.insert(value.clone(), point(at));
            seen[at] += count;
            told += count;
        }
        let answered: u32 = seen.iter().sum();
        let apart = seen.iter().filter(|&&n| n > 0).count();
        // In a few rows one word that is not known is more than two in a hundred.
        let least = if apart > 3 { 90 } else { 98 };
        let enough = told * 100 >= profile.n * least && answered * 4 >= profile.n;
        if !enough || apart < 2 || best.as_ref().is_some_and(|best| best.0 >= apart) {
            continue;
        }
        // Among forty answers nobody chose the middle: there was none to choose.
        let forced = seen.len() == 5 && apart == 4 && seen[2] == 0 && answered >= 40;
        if forced {
            values.values_mut().flatten().filter(|point| **point > low + 2).for_each(|point| *point -= 1);
        }
        // A point that the head does not have may come later.
        for (at, labels) in points.iter().enumerate().filter(|(at, _)| seen[*at] == 0 && !forced) {
            values.insert(sentence_case(labels[0]), point(at));
        }
        let scale = Scale { low, high: point(points.len() - 1 - usize::from(forced))?, nps: false };
        best = Some((apart, may.then_some(Labels { scale, values, how: How::Words })));
    }
    best.and_then(|best| best.1)
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
    Some(Labels { scale: Scale { low: 1, high: 5, nps: false }, values, how: How::Words })
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
            ("60/100", Some(60)),
            ("⭐⭐⭐", Some(3)),
            ("Extremely likely - 10", Some(10)),
            ("Not at all likely – 0", Some(0)),
            ("A-1", None),
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

    fn repeated(values: &[(&str, usize)]) -> Vec<String> {
        values.iter().flat_map(|(value, n)| vec![(*value).to_owned(); *n]).collect()
    }

    fn read_of(values: &[(&str, usize)], named: Named) -> Option<Labels> {
        let mut profile = Profile::default();
        repeated(values).iter().for_each(|value| profile.add(value));
        read(&profile, named)
    }

    #[test]
    fn words_at_the_ends_of_a_scale_are_its_ends() {
        let nps = Scale { low: 0, high: 10, nps: true };
        let behind = [("Extremely likely - 10", 9), ("9", 2), ("6", 1), ("Not at all likely - 0", 3)];
        let labels = read_of(&behind, Named::Nps).unwrap();
        assert_eq!((labels.scale, labels.values["Extremely likely - 10"]), (nps, Some(10)));
        let bare = [("Not at all likely", 3), ("1", 1), ("5", 1), ("9", 2), ("Extremely likely", 9)];
        let labels = read_of(&bare, Named::Nps).unwrap();
        assert_eq!((labels.scale, labels.how), (nps, How::Ends));
        assert_eq!(
            (labels.values["Not at all likely"], labels.values["Extremely likely"]),
            (Some(0), Some(10))
        );
        let five = [("Very poor", 2), ("2", 1), ("3", 1), ("4", 1), ("Excellent", 5), ("N/A", 1)];
        let labels = read_of(&five, Named::Not).unwrap();
        assert_eq!(labels.scale, Scale { low: 1, high: 5, nps: false });
        assert_eq!((labels.values["Very poor"], labels.values["Excellent"]), (Some(1), Some(5)));
        // One end tells the other.
        let low = [("Gar nicht", 2), ("2", 1), ("3", 1), ("4", 1), ("Voll und ganz gut", 5)];
        assert_eq!(read_of(&low, Named::Score).unwrap().values["Gar nicht"], Some(1));
    }

    #[test]
    fn a_word_beside_all_numbers_of_a_scale_and_words_that_say_nothing_are_no_ends() {
        for values in [
            &[("1", 3), ("2", 3), ("3", 3), ("4", 3), ("5", 3), ("good", 1)][..],
            &[("2", 3), ("3", 3), ("4", 3), ("Leeds", 3), ("York", 3)],
            &[("2", 3), ("3", 3), ("4", 3), ("good", 3), ("great", 3)],
            &[("0", 3), ("5", 3), ("10", 3)],
        ] {
            assert!(read_of(values, Named::Nps).is_none(), "{values:?}");
        }
        assert!(read_of(&[("Store - 1", 3), ("Store - 2", 3), ("Store - 5", 3)], Named::Not).is_none());
    }

    #[test]
    fn numbers_that_fall_as_their_words_get_better_are_counted_from_the_other_end() {
        let labels =
            read_of(&[("1 - Very satisfied", 7), ("2", 2), ("5 - Very dissatisfied", 1)], Named::Score)
                .unwrap();
        assert_eq!(labels.how, How::Reversed);
        let points =
            ["1 - Very satisfied", "2", "3", "5 - Very dissatisfied"].map(|label| labels.values[label]);
        assert_eq!(points, [Some(5), Some(4), Some(3), Some(1)]);
        let labels = read_of(&[("1 - Very poor", 7), ("2", 2), ("5 - Very good", 1)], Named::Score).unwrap();
        assert_eq!(labels.how, How::Numbered);
    }

    #[test]
    fn points_on_both_sides_of_zero_are_counted_from_one() {
        let values = [("-2", 1), ("-1", 2), ("0", 2), ("+1", 3)];
        let labels = read_of(&values, Named::Score).unwrap();
        assert_eq!((labels.scale, labels.how), (Scale { low: 1, high: 5, nps: false }, How::Signed));
        assert_eq!(["-2", "0", "+1", "2"].map(|value| labels.values[value]), [1, 3, 4, 5].map(Some));
        assert!(read_of(&values, Named::Not).is_none());
    }

    #[test]
    fn spellings_for_both_genders_mistakes_and_pictures_are_known() {
        for (values, points) in [
            (&["Muy insatisfecho/a", "Satisfecho/a", "Neutral"][..], [1, 4, 3]),
            (&["Très insatisfait(e)", "Satisfait(e)", "Neutre"][..], [1, 4, 3]),
            (&["Sehr schlecht", "Gut", "Mittelmäßig"][..], [1, 4, 3]),
            (&["Sehr unzufrieden", "Eher zufrieden", "Teils, teils"][..], [1, 4, 3]),
            (&["Per niente soddisfatto", "Soddisfatto", "Abbastanza soddisfatto"][..], [1, 4, 3]),
            (&["Awful", "Good", "Okay"][..], [1, 4, 3]),
            (&["😡", "🙂", "😐", "😍"][..], [1, 4, 3]),
            (&["Very dissatisfied", "Satisfied", "Neutral", "Verry satisfied"][..], [1, 4, 3]),
        ] {
            let (scale, found) = labels(values, Named::Not).unwrap_or_else(|| panic!("{values:?}"));
            assert_eq!(scale.high, 5, "{values:?}");
            let read: Vec<_> = values.iter().take(3).map(|value| found[*value]).collect();
            assert_eq!(read, points.map(Some), "{values:?}");
        }
        let typo = labels(&["Very dissatisfied", "Satisfied", "Verry satisfied"], Named::Not).unwrap();
        assert_eq!(typo.1["Verry satisfied"], Some(5));
        // Opposites are never taken for mistakes.
        assert!(!is_misspelt("unlikely", "likely") && !is_misspelt("insatisfecho", "satisfecho"));
        assert!(is_misspelt("satisfeid", "satisfied") == is_misspelt("satisfied", "satisfeid"));
    }

    #[test]
    fn two_points_and_numbers_in_words_are_a_scale_where_the_name_says_so() {
        for (values, expected) in [
            (["Good", "Bad"], [1, 0]),
            (["👍", "👎"], [1, 0]),
            (["FIVE", "ONE"], [5, 1]),
            (["80%", "20 %"], [80, 20]),
            (["Good, I'm satisfied", "Bad, I'm unsatisfied"], [1, 0]),
        ] {
            let (_, found) = labels(&values, Named::Score).unwrap_or_else(|| panic!("{values:?}"));
            assert_eq!(values.map(|value| found[value]), expected.map(Some));
            assert!(labels(&values, Named::Not).is_none(), "{values:?}");
        }
    }

    #[test]
    fn the_groups_of_nps_give_nps_and_are_no_bare_numbers() {
        for (values, named) in [
            (["Detractor", "Passive", "Promoter"], Named::Not),
            (["D\u{e9}tracteur", "Passif", "Promoteur"], Named::Nps),
            (["-100", "0", "100"], Named::Nps),
            (["-1", "0", "1"], Named::Nps),
        ] {
            let (scale, found) = labels(&values, named).unwrap_or_else(|| panic!("{values:?}"));
            assert_eq!(scale, Scale { low: 0, high: 10, nps: true });
            assert_eq!(values.map(|value| found[value]), [3, 8, 10].map(Some));
            assert!(are_groups(&found));
        }
        for (values, named) in [(["0", "1", "1"], Named::Nps), (["-100", "0", "100"], Named::Score)] {
            assert!(labels(&values, named).is_none(), "{values:?}");
        }
        assert!(!are_groups(&BTreeMap::from([("9 - likely".to_owned(), Some(9))])));
    }

    #[test]
    fn half_points_of_a_score_are_counted_twice_and_averages_are_none() {
        let (scale, values) = labels(&["4.5", "3", "5.0", "1,5", "n/a"], Named::Score).unwrap();
        assert_eq!(scale, Scale { low: 1, high: 10, nps: false });
        assert_eq!(["4.5", "3", "5.0", "1,5", "2.5"].map(|value| values[value]), [9, 6, 10, 3, 5].map(Some));
        for (values, named) in [
            (&["4.5", "4.27", "3.9"][..], Named::Score),
            (&["4.5", "3", "5.0"], Named::Not),
            (&["4.0", "3", "5.0"], Named::Score),
            (&["1.5", "30", "12.5"], Named::Score),
        ] {
            assert!(labels(values, named).is_none(), "{values:?}");
        }
    }

    #[test]
    fn yes_and_no_are_points_where_the_name_says_so() {
        for values in [["TRUE", "FALSE"], ["Ja", "Nein"], ["Oui", "Non"], ["yes", "no"]] {
            let (scale, found) = labels(&values, Named::Score).unwrap_or_else(|| panic!("{values:?}"));
            assert_eq!((scale.low, scale.high), (0, 1));
            assert_eq!(values.map(|value| found[value]), [Some(1), Some(0)]);
            assert!(labels(&values, Named::Not).is_none(), "{values:?}");
        }
    }

    #[test]
    fn words_without_a_middle_among_many_answers_are_a_scale_of_four() {
        let four = [("very_unhappy", 10), ("unhappy", 10), ("happy", 10), ("very_happy", 10)];
        let labels = read_of(&four, Named::Not).unwrap();
        assert_eq!(labels.scale, Scale { low: 1, high: 4, nps: false });
        assert_eq!(four.map(|(label, _)| labels.values[label]), [1, 2, 3, 4].map(Some));
        // Of few answers the middle may merely not have been chosen.
        assert_eq!(read_of(&four.map(|(label, _)| (label, 2)), Named::Not).unwrap().scale.high, 5);
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
        let (scale, values) = labels(&["1", "2", "4", "5", "-1"].repeat(3), Named::Not).unwrap();
        assert_eq!((scale, &values["-1"]), (Scale { low: 1, high: 5, nps: false }, &None));
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
        for values in [&["1", "2", "5"][..], &["Yes", "Yes"], &["Good", "Berlin"], &["Good", "Good"], &[]] {
            assert!(labels(values, Named::Score).is_none(), "{values:?}");
        }
    }
}
