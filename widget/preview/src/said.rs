//! A way through a survey in words: who comes along it, and what they are shown. It touches nothing but its arguments.

use candor_survey::definition::Text;
use candor_survey::logic::{Given, fill};
use candor_survey::question::{Answer, Pick, Question};
use candor_survey::route::Branch;
use candor_survey::{Definition, Id, Json, Value};

/// The most characters of a text that a line of words repeats.
const MOST: usize = 40;

/// A value in its JSON form.
pub(crate) fn json(value: &impl Json) -> Value {
    let mut text = String::new();
    value.write(&mut text);
    Value::parse(&text).unwrap_or(Value::Null)
}

/// A text in the survey's first language.
pub(crate) fn first<'a>(definition: &Definition, text: &'a Text) -> &'a str {
    text.in_language(definition.languages.first().map_or("en", |language| language.as_str()))
}

/// Such as `9 to “How likely are you to recommend us?”: 2 of 3 pages`.
pub(crate) fn way(definition: &Definition, branch: &Branch) -> String {
    let mut who: Vec<String> = Vec::new();
    for (id, answer) in branch.answers.iter() {
        if let Some(question) = definition.question(id) {
            let asked = ["“", &short(first(definition, &question.text)), "”"].concat();
            who.push(match given(definition, question, answer) {
                Some(given) => [&given, " to ", &asked].concat(),
                None => ["no answer to ", &asked].concat(),
            });
        }
    }
    who.extend(branch.attributes.iter().map(|(name, value)| format!("{name} is {}", short(value))));
    let who = if who.is_empty() { "Everyone".into() } else { who.join("; ") };
    let (shown, all) = (branch.pages.len(), definition.pages.len());
    let pages = if all == 1 { "page" } else { "pages" };
    let mut words = format!("{who}: {shown} of {all} {pages}");
    let asked: Vec<&Id> = branch.pages.iter().flat_map(|(_, ids)| ids).collect();
    // What tells one way from another is as a rule where it leads.
    if let Some(last) = asked.last().and_then(|id| definition.question(id)) {
        let answers = json(&branch.answers);
        let fields = if let Value::Object(fields) = &answers { fields.as_slice() } else { &[] };
        let answers = fields.iter().map(|(id, answer)| (id.as_str(), answer)).collect();
        let named = |question: &str, option: &str| {
            let option = definition.question(question)?.options().iter().find(|o| o.id.as_str() == option)?;
            Some(first(definition, &option.text))
        };
        let given = Given { answers, attributes: &branch.attributes };
        let text = fill(first(definition, &last.text), &given, &named);
        words.push_str(&format!(", the last “{}”", short(&text)));
    }
    words
}

/// An answer in words; nothing where it was skipped.
fn given(definition: &Definition, question: &Question, answer: &Answer) -> Option<String> {
    let named = |id: &str| {
        let option = question.options().iter().find(|option| option.id.as_str() == id);
        option.map_or_else(|| id.to_string(), |option| short(first(definition, &option.text)))
    };
    Some(match answer {
        Answer::Skipped => return None,
        Answer::Text(text) => named(text),
        Answer::Other(_) => "something else".into(),
        Answer::Many(picks) => {
            let picks = picks.iter().map(|pick| match pick {
                Pick::Option(id) => named(id),
                Pick::Other(_) => "something else".into(),
            });
            picks.collect::<Vec<_>>().join(", ")
        }
        Answer::Bool(agrees) => (if *agrees { "yes" } else { "no" }).into(),
        _ => {
            let parts = answer.parts().into_iter().filter(|(_, cell)| !cell.is_empty());
            parts.map(|(_, cell)| cell).collect::<Vec<_>>().join(", ")
        }
    })
}

fn short(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.into();
    }
    let mut cut: String = text.chars().take(MOST).collect();
    // At the end of a word, where there is one.
    if let Some((whole, _)) = cut.rsplit_once(' ') {
        cut = whole.into();
    }
    cut + "…"
}
