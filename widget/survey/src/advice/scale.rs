//! Which side of a scale an answer is on, and whether a scale is colored. It touches nothing but its arguments.

use super::wording::{has, lists, words};
use crate::prelude::*;

const GOOD: &str = "excellent great good superb outstanding amazing fantastic wonderful perfect awesome satisfied happy \
    pleased delighted agree likely easy helpful friendly clear love loved best better \
    zufrieden gut ausgezeichnet hervorragend toll zu wahrscheinlich leicht einfach \
    satisfecho satisfecha bueno buena excelente facil probable acuerdo \
    satisfait satisfaite satisfaits bon bonne facile probable daccord \
    satisfeito satisfeita bom boa provavel concordo \
    soddisfatto soddisfatta buono buona ottimo ottima eccellente probabile \
    tevreden goed uitstekend makkelijk waarschijnlijk eens";

const BAD: &str = "poor bad terrible awful horrible dissatisfied unsatisfied unsatisfactory disagree unlikely difficult \
    hard unhelpful unhappy unfriendly unclear worst worse hate hated disappointing disappointed \
    unzufrieden schlecht mangelhaft unwahrscheinlich schwer schwierig \
    insatisfecho insatisfecha malo mala dificil improbable desacuerdo \
    insatisfait insatisfaite mauvais mauvaise difficile pasdaccord \
    insatisfeito insatisfeita ruim mau dificil improvavel discordo \
    insoddisfatto insoddisfatta cattivo cattiva scarso scarsa pessimo improbabile \
    ontevreden slecht moeilijk onwaarschijnlijk oneens";

const NEUTRAL: &str = "neutral average ok okay fair mixed acceptable regular passable mittelmassig";

/// Words that turn what follows around, and words that turn it off.
const NOT: &str = "not nicht no pas non nao niet kein keine hardly nada gar";
const NEITHER: &str = "neither weder ni noch nem";

/// 1 for an answer on the good side, -1 for the bad one, 0 for the middle; nothing where it says no judgment.
pub(super) fn sign(text: &str) -> Option<i8> {
    for (faces, sign) in [("😀😃😄😁😊🙂😍👍", 1), ("😞😟😠😡🙁😢👎", -1), ("😐😶", 0)]
    {
        if text.chars().any(|c| faces.contains(c)) {
            return Some(sign);
        }
    }
    let words = words(text);
    let any = |table: &str| words.iter().any(|word| lists(table, word));
    if any(NEITHER) {
        return Some(0);
    }
    // "stimme nicht zu" and "stimme zu" differ in one word; "zu" alone is none.
    let good = words.iter().any(|word| lists(GOOD, word) && (word != "zu" || has(&words, "stimme")));
    let sign = match (good, any(BAD)) {
        (_, true) => -1,
        (true, false) => 1,
        (false, false) if any(NEUTRAL) => return Some(0),
        (false, false) => return None,
    };
    Some(if any(NOT) { -sign } else { sign })
}

/// What in a text about an NPS colors its numbers, or names the groups that they are counted in.
pub(super) fn colored(text: &str, language: &str) -> Option<String> {
    if let Some(mark) = text.chars().find(|c| "🔴🟥🟢🟩🟡🟨😡😠😞🙁😀😃😊😍👍👎".contains(*c))
    {
        return Some(mark.into());
    }
    let colors = match language {
        "de" => "rot roten rote grun grunen grune",
        "es" => "rojo roja verde",
        "fr" => "rouge vert verte",
        "it" => "rosso rossa verde",
        "nl" => "rood rode groen groene",
        "pt" => "vermelho vermelha verde",
        _ => "red green",
    };
    let groups = "detractor detractors promoter promoters passives kritiker promotoren detracteurs promoteurs detractores promotores";
    words(text).into_iter().find(|word| lists(colors, word) || lists(groups, word))
}
