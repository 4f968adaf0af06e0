//! The scale that a header states itself: “(1-7)”, “von 1 bis 6”, “sur 10”, “1 = very good, 5 = very bad”. It sees one name and
//! says its ends; whether the values fit is for the caller.

use super::labels::is_good;

/// The ends of a scale as a header states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Absent where only the highest point is stated.
    pub(crate) low: Option<u8>,
    pub(crate) high: u8,
    /// Whether the lowest point is the best.
    pub(crate) falls: bool,
}

/// Words between the two ends.
const TO: &[&str] = &["to", "bis", "a", "à", "al", "até", "tot", "do", "til", "till", "au"];
/// Words before the highest point alone.
const OUT_OF: &[&str] = &["of", "sur", "/", "auf"];

/// Words, numbers and signs of a header, with where each begins.
fn tokens(name: &str) -> Vec<(usize, &str)> {
    let kind = |c: char| if c.is_ascii_digit() { 1 } else { 2 * u8::from(c.is_alphanumeric()) };
    let mut tokens: Vec<(usize, &str)> = Vec::new();
    let mut from = 0;
    let mut before = 0;
    for (at, c) in name.char_indices() {
        if at > from && (kind(c) == 0 || kind(c) != before) {
            tokens.push((from, &name[from..at]));
            from = at;
        }
        before = kind(c);
    }
    tokens.push((from, &name[from..]));
    tokens.into_iter().filter(|token| !token.1.trim().is_empty()).collect()
}

/// The scale that a header states.
pub(crate) fn in_name(name: &str) -> Option<Range> {
    let lower = name.to_lowercase();
    let tokens = tokens(&lower);
    let number = |at: usize| tokens.get(at).and_then(|token| token.1.parse::<u8>().ok());
    let is = |at: usize, known: &[&str]| tokens.get(at).is_some_and(|token| known.contains(&token.1));
    let dashes = ["-", "\u{2013}", "\u{2014}"];
    let possible = |low: u8, high: u8| low <= 1 && matches!(high, 3..=7 | 9 | 10 | 100);
    let mut spans = (0..tokens.len()).filter_map(|at| {
        let (low, high) = (number(at)?, number(at + 2)?);
        let between = is(at + 1, TO) || is(at + 1, &dashes);
        // A date or a number with a fraction has more of the same.
        let more = |at: usize| is(at, &dashes) || is(at, &["/", ".", "+"]) && number(at + 1).is_some();
        let alone = !(at > 0 && (is(at - 1, &dashes) || is(at - 1, &["/", "."]))) && !more(at + 3);
        // `Q1-5` is a name.
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let glued = before.is_some_and(|before| {
            before.0 + before.1.len() == tokens[at].0 && before.1.ends_with(char::is_alphabetic)
        });
        (between && !glued && alone && possible(low, high)).then_some(Range {
            low: Some(low),
            high,
            falls: false,
        })
    });
    // `1 = sehr gut, 6 = ungenügend`: the words behind each sign, up to the next number.
    let mut ends: Vec<(u8, String)> = Vec::new();
    for (at, _) in tokens
        .iter()
        .enumerate()
        .filter(|(at, _)| is(at + 1, &["=", ":", "is", "ist", "est", "es", "\u{e8}", "\u{e9}"]))
    {
        let Some(number) = number(at) else { continue };
        let words: Vec<&str> = tokens[at + 2..]
            .iter()
            .map(|token| token.1)
            .take_while(|token| token.starts_with(char::is_alphabetic))
            .collect();
        ends.push((number, words.join(" ")));
    }
    let stated = || {
        let (low, high) = (ends.iter().min_by_key(|end| end.0)?, ends.iter().max_by_key(|end| end.0)?);
        let falls = is_good(&low.1) == Some(true) && is_good(&high.1) == Some(false);
        possible(low.0, high.0).then_some(Range { low: Some(low.0), high: high.0, falls })
    };
    let highest = || {
        let at = (0..tokens.len()).find(|&at| {
            let before = at.checked_sub(1).and_then(number);
            is(at, OUT_OF)
                && before.is_none()
                && number(at + 1).is_some_and(|high| matches!(high, 5 | 7 | 10 | 100))
        })?;
        let followed = is(at + 2, &["/", "%"]);
        number(at + 1).filter(|_| !followed).map(|high| Range { low: None, high, falls: false })
    };
    let marks = || {
        let school = lower.contains("schulnote");
        school.then_some(Range { low: Some(1), high: 6, falls: true })
    };
    // `1-6, 1 is the best`: the other end need not be said.
    let best_first = ends.len() == 1 && ends.iter().all(|end| end.0 <= 1 && is_good(&end.1) == Some(true));
    let turned = |range: Range| Range { falls: range.falls || best_first && range.low.is_some(), ..range };
    let found = stated().or_else(|| spans.next().map(turned));
    // German school marks run from 1, the best, to 6 (or to 5, in Austria).
    match (found, marks()) {
        (Some(found), Some(marks)) => Some(Range { falls: marks.falls, ..found }),
        (found, marks) => found.or(marks).or_else(highest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_states_its_scale_and_which_way_it_runs() {
        let range = |low, high, falls| Some(Range { low, high, falls });
        for (name, expected) in [
            ("Would you recommend us? (1-5)", range(Some(1), 5, false)),
            ("Rate us 0–10", range(Some(0), 10, false)),
            ("Rate us from 1 to 7", range(Some(1), 7, false)),
            ("Bewertung von 1 bis 6", range(Some(1), 6, false)),
            ("Notez notre service sur 10", range(None, 10, false)),
            ("Note /10", range(None, 10, false)),
            ("Score out of 5", range(None, 5, false)),
            ("Rating (1 = very bad, 5 = very good)", range(Some(1), 5, false)),
            ("Rating (1 = very good, 5 = very bad)", range(Some(1), 5, true)),
            ("Schulnote (1 = sehr gut, 6 = ungenügend)", range(Some(1), 6, true)),
            ("Schulnote", range(Some(1), 6, true)),
            ("Schulnote (1-5)", range(Some(1), 5, true)),
            ("Gesamtnote (1-6, 1 ist die beste Note)", range(Some(1), 6, true)),
            ("Rate us 1-5 (1 = best)", range(Some(1), 5, true)),
            ("Rate us 1-5 (5 = best)", range(Some(1), 5, false)),
            ("Visits on 1-3-2026", None),
            ("Age 18-29", None),
            ("Q1", None),
            ("Q1-5", None),
            ("Rating", None),
        ] {
            assert_eq!(in_name(name), expected, "{name}");
        }
    }
}
