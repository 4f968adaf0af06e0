//! The controls: for each type of question, how it is built, how it is read and what is still wrong with an answer. A new
//! question type is added here, and in `candor-survey`'s file of questions, and nowhere else.
//!
//! Controls are the browser's own radio buttons, check boxes and text fields in labels and fieldsets: keyboards, screen
//! readers and autofill know them already, and they keep what was typed while another page is shown.

use crate::dom::{Element, digits, element, join, text};
use crate::words::Words;
use candor_survey::definition::Text;
use candor_survey::question::{Answer, Kind, Pick, Question};

/// A question as it stands on the page.
pub(crate) struct Control {
    /// All of it.
    pub(crate) root: Element,
    /// What stands for it where it is described: the text field, else all of it.
    named: Element,
    /// Its fields: a radio button or check box for each choice, or the one text field.
    fields: Vec<Element>,
    /// The field for something of one's own, shown while that is chosen.
    other: Option<Element>,
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
            Complaint::AtLeast(n) => join(&[words.at_least[0], &digits(n), words.at_least[1]]),
            Complaint::AtMost(n) => join(&[words.at_most[0], &digits(n), words.at_most[1]]),
        }
    }
}

/// Builds the control of a question, the `index`th of the survey. `mark` says whether a required question says so.
pub(crate) fn build(question: &Question, index: usize, language: &str, words: &Words, mark: bool) -> Control {
    let place = digits(index as u32);
    // Ids live in our shadow root: h is the help, w what is wrong, f a text field.
    let id = |part: &str| join(&[part, &place]);
    let (name, help_id, wrong_id, field_id) = (id("q"), id("h"), id("w"), id("f"));
    let about = join(&[&help_id, " ", &wrong_id]);
    let limit = digits(question.max_length());
    let typed = question.kind == Kind::Text;
    let said = |text: &Option<Text>| text.as_ref().map_or("", |text| text.in_language(language)).to_string();

    // A text field has a label, a group of choices a legend.
    let (whole, title) = if typed { ("div", "label") } else { ("fieldset", "legend") };
    let title = text(title, "title", question.text.in_language(language));
    if mark && question.required {
        title.append(&text("span", "need", words.required));
    }
    let help = text("p", "help", &said(&question.help));
    help.set("id", &help_id);
    let wrong = element("p", &[("class", "wrong"), ("id", &wrong_id), ("hidden", "")], &[]);

    let mut fields = Vec::new();
    let mut other = None;
    let mut choose = |kind: &str, class: &str, children: &[&Element]| {
        let input = element("input", &[("type", kind), ("name", &name)], &[]);
        let label = element("label", &[("class", class)], &[&input]);
        for child in children {
            label.append(child);
        }
        fields.push(input);
        label
    };

    let body = match question.kind {
        Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => {
            let (first, last) = question.scale().unwrap_or((0, 10));
            let ends = [(first, said(&question.low)), (last, said(&question.high))];
            let (scale, point) =
                if question.symbol.is_some() { ("stars", "star") } else { ("scale", "point") };
            // Where they do not fit into one row, points stand in two of about the same length (style.css).
            let columns = digits(if last - first < 5 { 1 } else { (last - first + 2) as u32 / 2 });
            let points = element("div", &[("class", &join(&["points c", &columns]))], &[]);
            for n in first..=last {
                let point = text("span", point, &digits(n as u32));
                // What a person hears: the point, and at the ends what it means.
                let heard = ends.iter().find(|(end, _)| *end == n).map_or("", |(_, words)| words);
                points.append(&choose("radio", "spot", &[&point, &text("span", "heard", heard)]));
            }
            let shown = element("div", &[("class", "ends"), ("aria-hidden", "true")], &[]);
            for (n, words) in &ends {
                // Where the points stand in two rows the ends are no longer above their words, and the number says it.
                let both = [&text("b", "", &digits(*n as u32)), &text("span", "", words)];
                shown.append(&element("span", &[], &both));
            }
            element("div", &[("class", scale)], &[&points, &shown])
        }
        Kind::Single | Kind::Multiple => {
            let kind = if question.kind == Kind::Single { "radio" } else { "checkbox" };
            let options = element("div", &[("class", "options")], &[]);
            for option in question.options() {
                options.append(&choose(
                    kind,
                    "option",
                    &[&text("span", "", option.text.in_language(language))],
                ));
            }
            if question.other {
                options.append(&choose(kind, "option", &[&text("span", "", words.other)]));
                let attributes = [
                    ("class", "field"),
                    ("aria-label", words.other_text),
                    ("placeholder", words.other_text),
                    ("maxlength", &limit),
                    ("hidden", ""),
                ];
                let field = element("input", &attributes, &[]);
                options.append(&field);
                other = Some(field);
            }
            options
        }
        Kind::Text => {
            let tag = if question.long { "textarea" } else { "input" };
            let attributes =
                [("class", "field"), ("id", &field_id), ("maxlength", &limit), ("aria-describedby", &about)];
            title.set("for", &field_id);
            let field = element(tag, &attributes, &[]);
            fields.push(field.clone());
            field
        }
    };

    let root = element(whole, &[("class", "question")], &[&title, &help, &body, &wrong]);
    // What is described, and what is said to be required and wrong: the field, or the group.
    let named = if typed { body } else { root.clone() };
    named.set("aria-describedby", &about);
    if !typed && question.kind != Kind::Multiple {
        named.set("role", "radiogroup");
    }
    // A group of check boxes cannot be required by an attribute (ARIA 1.2), only by what is said of it.
    if question.required && question.kind != Kind::Multiple {
        named.set("aria-required", "true");
    }
    Control { root, named, fields, other, wrong }
}

impl Control {
    /// The answer as the control stands.
    pub(crate) fn read(&self, question: &Question) -> Answer {
        let mut chosen = self.fields.iter().enumerate().filter(|(_, field)| field.checked()).map(|(n, _)| n);
        let written = || self.other.as_ref().map_or(String::new(), Element::value);
        let option = |n: usize| question.options().get(n).map(|option| &option.id);
        match question.kind {
            Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => {
                let first = question.scale().map_or(0, |(first, _)| first);
                chosen.next().map_or(Answer::Skipped, |n| Answer::Number((first + n as i64).into()))
            }
            Kind::Single => match chosen.next() {
                None => Answer::Skipped,
                Some(n) => {
                    option(n).map_or_else(|| Answer::Other(written()), |id| Answer::Text(id.to_string()))
                }
            },
            Kind::Multiple => {
                let mut picks = Vec::new();
                for n in chosen {
                    picks.push(
                        option(n).map_or_else(|| Pick::Other(written()), |id| Pick::Option(id.clone())),
                    );
                }
                if picks.is_empty() { Answer::Skipped } else { Answer::Many(picks) }
            }
            Kind::Text => {
                let text = self.named.value();
                if text.trim_ascii().is_empty() { Answer::Skipped } else { Answer::Text(text) }
            }
        }
    }

    /// Shows the field for something of one's own while that is chosen. What was written in it stays.
    pub(crate) fn follow(&self) {
        if let (Some(other), Some(last)) = (&self.other, self.fields.last()) {
            other.set_hidden(!last.checked());
        }
    }

    /// Says what is still wrong; nothing when that is empty.
    pub(crate) fn complain(&self, sentence: &str) {
        self.wrong.set_text(sentence);
        self.wrong.set_hidden(sentence.is_empty());
        self.named.set("aria-invalid", if sentence.is_empty() { "false" } else { "true" });
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
