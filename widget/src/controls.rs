//! The controls: for each type of question, how it is built, how it is read and what is still wrong with an answer. A new
//! question type is added here, and in `candor-survey`'s file of questions, and nowhere else.
//!
//! Controls are the browser's own radio buttons, check boxes and text fields in labels and fieldsets: keyboards, screen
//! readers and autofill know them already, and they keep what was typed while another page is shown.

use crate::dom::{Field, Outcome, digits, element, set_hidden, text};
use crate::words::Words;
use candor_survey::question::{Answer, Kind, Pick, Question};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A question as it stands on the page.
pub(crate) struct Control {
    /// All of it.
    pub(crate) root: Element,
    /// Its fields: a radio button or check box for each choice, or the one text field.
    fields: Vec<Field>,
    /// The field for something of one's own, shown while that is chosen.
    other: Option<Field>,
    /// Where it says what is still wrong.
    wrong: Element,
}

/// What is still wrong with an answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Complaint {
    /// It must be answered.
    Needed,
    /// At least so many must be chosen.
    AtLeast(u32),
    /// At most so many can be chosen.
    AtMost(u32),
}

/// What is still wrong with this answer to this question.
pub(crate) fn complaint(question: &Question, answer: &Answer) -> Option<Complaint> {
    match answer {
        Answer::Skipped => question.required.then_some(Complaint::Needed),
        Answer::Many(picks) => {
            let chosen = picks.len() as u32;
            let (min, max) = (question.min.unwrap_or(0), question.max.unwrap_or(u32::MAX));
            if chosen < min {
                Some(Complaint::AtLeast(min))
            } else {
                (chosen > max).then_some(Complaint::AtMost(max))
            }
        }
        _ => None,
    }
}

impl Complaint {
    /// The complaint as a sentence.
    pub(crate) fn sentence(&self, words: &Words) -> String {
        match *self {
            Complaint::Needed => words.needed.into(),
            Complaint::AtLeast(n) => [words.at_least[0], &digits(n as usize), words.at_least[1]].concat(),
            Complaint::AtMost(n) => [words.at_most[0], &digits(n as usize), words.at_most[1]].concat(),
        }
    }
}

/// Builds the control of a question, the `index`th of the survey. `mark` says whether a required question says so.
pub(crate) fn build(
    question: &Question,
    index: usize,
    language: &str,
    words: &Words,
    mark: bool,
) -> Outcome<Control> {
    let name = ["q", &digits(index)].concat();
    let id = |part: &str| [&name, part].concat();
    let typed = question.kind == Kind::Text;

    // A text field has a label, a group of choices a legend.
    let title = text(if typed { "label" } else { "legend" }, "title", question.text.in_language(language))?;
    if mark && question.required {
        title.append_child(&*text("span", "need", words.required)?)?;
    }
    let help = match &question.help {
        Some(help) => Some(text("p", "help", help.in_language(language))?),
        None => None,
    };
    let wrong = element("p", &[("class", "wrong"), ("id", &id("w")), ("hidden", "")], &[])?;
    let about = [&id("h"), " ", &id("w")].concat();

    let mut fields = Vec::new();
    let mut other = None;
    let mut choose = |value: usize, kind: &str, class: &str, children: &[&Element]| -> Outcome<Element> {
        let input = element("input", &[("type", kind), ("name", &name), ("value", &digits(value))], &[])?;
        let label = element("label", &[("class", class)], &[&input])?;
        for child in children {
            label.append_child(child)?;
        }
        fields.push(input.unchecked_into());
        Ok(label)
    };

    let body = match question.kind {
        Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => {
            let (first, last) = question.scale().unwrap_or((0, 10));
            let (low, high) = (&question.low, &question.high);
            let [low, high] = [low, high].map(|t| t.as_ref().map_or("", |t| t.in_language(language)));
            let stars = question.symbol.is_some();
            let many = if last - first > 7 { " many" } else { "" };
            let points = element("div", &[("class", &["points", many].concat())], &[])?;
            for n in first..=last {
                // What a person hears: the point, and at the ends what it means.
                let end = if n == first {
                    low
                } else if n == last {
                    high
                } else {
                    ""
                };
                let point = text("span", if stars { "star" } else { "point" }, &digits(n as usize))?;
                let heard = text("span", "heard", end)?;
                points.append_child(&*choose(n as usize, "radio", "spot", &[&point, &heard])?)?;
            }
            let ends = element("div", &[("class", "ends"), ("aria-hidden", "true")], &[])?;
            for (n, words) in [(first, low), (last, high)] {
                // Where the points stand in two rows the ends are no longer above their words, and the number says it.
                let at = text("b", "", &digits(n as usize))?;
                let said = text("span", "", words)?;
                ends.append_child(&*element("span", &[], &[&at, &said])?)?;
            }
            let all = element("div", &[("class", if stars { "stars" } else { "scale" })], &[&points])?;
            if !(low.is_empty() && high.is_empty()) {
                all.append_child(&ends)?;
            }
            all
        }
        Kind::Single | Kind::Multiple => {
            let kind = if question.kind == Kind::Single { "radio" } else { "checkbox" };
            let options = element("div", &[("class", "options")], &[])?;
            for (n, option) in question.options().iter().enumerate() {
                let said = text("span", "", option.text.in_language(language))?;
                options.append_child(&*choose(n, kind, "option", &[&said])?)?;
            }
            if question.other {
                let said = text("span", "", words.other)?;
                options.append_child(&*choose(question.options().len(), kind, "option", &[&said])?)?;
                let field = element(
                    "input",
                    &[
                        ("type", "text"),
                        ("class", "field"),
                        ("aria-label", words.other_text),
                        ("maxlength", &count(question.max_length())),
                        ("hidden", ""),
                    ],
                    &[],
                )?;
                options.append_child(&field)?;
                other = Some(field.unchecked_into());
            }
            options
        }
        Kind::Text => {
            let (tag, rows) =
                if question.long { ("textarea", ("rows", "3")) } else { ("input", ("type", "text")) };
            let limit = count(question.max_length());
            let field = element(
                tag,
                &[
                    rows,
                    ("class", "field"),
                    ("id", &name),
                    ("maxlength", &limit),
                    ("aria-describedby", &about),
                ],
                &[],
            )?;
            if question.required {
                field.set_attribute("aria-required", "true")?;
            }
            title.set_attribute("for", &name)?;
            fields.push(field.clone().unchecked_into());
            field
        }
    };

    let place = digits(index);
    let root = element(
        if typed { "div" } else { "fieldset" },
        &[("class", "question"), ("data-question", &place)],
        &[&title],
    )?;
    if let Some(help) = &help {
        help.set_id(&id("h"));
        root.append_child(help)?;
    }
    root.append_child(&body)?;
    root.append_child(&wrong)?;
    if !typed {
        root.set_attribute("aria-describedby", &about)?;
        if question.kind != Kind::Multiple {
            root.set_attribute("role", "radiogroup")?;
            if question.required {
                root.set_attribute("aria-required", "true")?;
            }
        }
    }
    Ok(Control { root, fields, other, wrong })
}

fn count(n: u32) -> String {
    digits(n as usize)
}

impl Control {
    /// The answer as the control stands.
    pub(crate) fn read(&self, question: &Question) -> Answer {
        let mut chosen = self.fields.iter().enumerate().filter(|(_, field)| field.checked()).map(|(n, _)| n);
        let written = || self.other.as_ref().map_or(String::new(), Field::value);
        match question.kind {
            Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => {
                let first = question.scale().map_or(0, |(first, _)| first);
                chosen.next().map_or(Answer::Skipped, |n| Answer::Number((first + n as i64).into()))
            }
            Kind::Single => match chosen.next() {
                None => Answer::Skipped,
                Some(n) => match question.options().get(n) {
                    Some(option) => Answer::Text(option.id.to_string()),
                    None => Answer::Other(written()),
                },
            },
            Kind::Multiple => {
                let pick = |n: usize| match question.options().get(n) {
                    Some(option) => Pick::Option(option.id.clone()),
                    None => Pick::Other(written()),
                };
                let picks: Vec<Pick> = chosen.map(pick).collect();
                if picks.is_empty() { Answer::Skipped } else { Answer::Many(picks) }
            }
            Kind::Text => {
                let text = self.fields.first().map_or(String::new(), Field::value);
                if text.trim().is_empty() { Answer::Skipped } else { Answer::Text(text) }
            }
        }
    }

    /// Shows the field for something of one's own while that is chosen. What was written in it stays.
    pub(crate) fn follow(&self) -> Outcome {
        match (&self.other, self.fields.last()) {
            (Some(other), Some(last)) => set_hidden(other, !last.checked()),
            _ => Ok(()),
        }
    }

    /// Says what is still wrong, or nothing.
    pub(crate) fn complain(&self, sentence: Option<&str>) -> Outcome {
        self.wrong.set_text_content(sentence);
        set_hidden(&self.wrong, sentence.is_none())?;
        let invalid = if sentence.is_some() { "true" } else { "false" };
        match self.fields.first() {
            Some(field) if self.root.tag_name() != "FIELDSET" => {
                field.set_attribute("aria-invalid", invalid)?
            }
            _ => self.root.set_attribute("aria-invalid", invalid)?,
        }
        Ok(())
    }

    /// Brings the visitor here: to what is chosen, else to the first field.
    pub(crate) fn focus(&self) {
        if let Some(field) = self.fields.iter().find(|field| field.checked()).or(self.fields.first()) {
            field.focus();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_survey::json::Value;
    use candor_survey::{Definition, Json};

    fn question(fields: &str) -> Question {
        let text = [
            r#"{"candor":1,"id":"s","origins":[],"languages":["en"],"state":"live","pages":[{"questions":[{"id":"q","#,
            r#""text":"Which?","#,
            fields,
            "}]}]}",
        ];
        Definition::parse(&text.concat()).unwrap().questions().next().unwrap().clone()
    }

    fn answer(text: &str) -> Answer {
        Answer::read(&Value::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn a_required_question_that_was_skipped_is_needed() {
        let required = question(r#""type":"nps","required":true"#);
        assert_eq!(complaint(&required, &Answer::Skipped), Some(Complaint::Needed));
        assert_eq!(complaint(&required, &answer("0")), None);
        assert_eq!(complaint(&question(r#""type":"nps""#), &Answer::Skipped), None);
    }

    #[test]
    fn too_few_and_too_many_choices_say_how_many() {
        let fields = r#""type":"multiple","min":2,"max":2,
            "options":[{"id":"a","text":"A"},{"id":"b","text":"B"},{"id":"c","text":"C"}]"#;
        let two = question(fields);
        assert_eq!(complaint(&two, &answer(r#"["a"]"#)), Some(Complaint::AtLeast(2)));
        assert_eq!(complaint(&two, &answer(r#"["a","b"]"#)), None);
        let too_many = complaint(&two, &answer(r#"["a","b","c"]"#)).unwrap();
        assert_eq!(too_many, Complaint::AtMost(2));
        let words = crate::words::words("en");
        assert_eq!(too_many.sentence(words), "Please choose no more than 2.");
    }

    #[test]
    fn a_choice_that_may_be_left_open_is_not_held_to_its_minimum() {
        let fields = r#""type":"multiple","min":2,"options":[{"id":"a","text":"A"},{"id":"b","text":"B"}]"#;
        assert_eq!(complaint(&question(fields), &Answer::Skipped), None);
    }
}
