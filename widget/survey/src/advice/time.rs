//! How long a survey takes. It touches nothing but its argument.

use super::{forms, spoken, texts};
use crate::definition::Text;
use crate::prelude::*;
use crate::question::{Kind, Question};
use crate::route::branches;
use crate::{Definition, Id};

/// Longer than this, in seconds, is too long.
pub(super) const LIMIT: u32 = 180;

/// Words read in a minute: silent reading of English non-fiction by adults (Brysbaert 2019, Journal of Memory and Language
/// 109, 104047).
const WORDS_A_MINUTE: u32 = 238;

/// How many ways through a survey are looked at.
const WAYS: usize = 5_000;

/// Seconds that the longest way through a survey takes: its words read in the fallback language, and the time to answer.
/// How long an answer takes is our own estimate, for one given with some care.
pub fn estimated_seconds(definition: &Definition) -> u32 {
    let cost = |question: &Question| (words(definition, question), answering(question));
    let total = |costs: &mut dyn Iterator<Item = (u32, u32)>| {
        let (words, seconds) = costs.fold((0, 0), |(w, s), (words, seconds)| (w + words, s + seconds));
        seconds + (words * 60).div_ceil(WORDS_A_MINUTE)
    };
    let found = branches(definition, WAYS);
    let ways = found.all.iter().map(|branch| {
        let shown: Vec<&Id> = branch.pages.iter().flat_map(|(_, ids)| ids).collect();
        total(&mut definition.questions().filter(|q| shown.contains(&&q.id)).map(cost))
    });
    match ways.max() {
        Some(longest) if found.complete => longest,
        // Too many ways to look at each: the one that would meet everything.
        _ => total(&mut definition.questions().map(cost)),
    }
}

/// The words of a question. Scripts without spaces count a word for each character (Brysbaert's rate for Chinese is close).
fn words(definition: &Definition, question: &Question) -> u32 {
    let count = |text: &Text| {
        let form = forms(definition, text).first().map(|(_, form)| spoken(form)).unwrap_or_default();
        let dense =
            form.chars().filter(|c| matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).count();
        (if dense > 0 { dense } else { form.split_whitespace().count() }) as u32
    };
    texts("", question).into_iter().map(|(_, text)| count(text)).sum()
}

fn answering(question: &Question) -> u32 {
    let each = |list: usize, seconds: u32| list as u32 * seconds;
    match question.kind {
        Kind::Statement => 0,
        Kind::Csat | Kind::Ces | Kind::Rating | Kind::Single | Kind::Consent => 4,
        Kind::Nps | Kind::Slider | Kind::Number => 5,
        Kind::Dropdown => 6,
        Kind::Date => 8,
        Kind::Multiple => 3 + each(question.options().len(), 1),
        Kind::Matrix => each(question.rows().len(), 4),
        Kind::Ranking => each(question.options().len(), 4),
        Kind::Maxdiff => each(question.sets().len(), 10),
        Kind::Email => 12,
        Kind::Contact => each(question.fields().len(), 8),
        Kind::Text => {
            if question.long {
                30
            } else {
                12
            }
        }
        Kind::Protected => {
            if question.groups.is_some() {
                20
            } else {
                6
            }
        }
    }
}
