//! docs/SURVEYS.md says what is so: its examples are definitions, its answers are what the export has, and its error
//! messages are what is said.

#[cfg(target_arch = "wasm32")]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

use candor_survey::{Answer, Definition, Json, Kind, Question, Value};

const PAGE: &str = include_str!("../../../docs/SURVEYS.md");

/// What every definition needs, for examples that show a part of one.
const FRAME: &str = r#"{"candor":1,"id":"s","origins":[],"languages":["en"],"state":"draft","pages":[
    {"questions":[{"id":"q","type":"nps","text":"Q?"}]}]}"#;

/// The condition and the text in the example of a whole survey that others are put in the place of. Both stand on its last
/// page, where every question but the last one has been asked.
const CONDITION: &str = r#""show_if": "score <= 6", "text": "You gave"#;
const TEXT: &str = "You gave {{score}}. We read every answer.";

/// The JSON blocks, each with what follows up to the next one.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let blocks = PAGE.split("```json\n").skip(1);
    blocks.map(|block| block.split_once("```").expect("a block that ends")).collect()
}

/// The definition that an example is, or is a part or a question of.
fn definition(example: &str) -> Definition {
    let value = Value::parse(example).unwrap_or_else(|e| panic!("{example}: {e}"));
    let Value::Object(fields) = &value else { panic!("no object: {example}") };
    if value.get("candor").is_some() {
        return Definition::from_value(&value).unwrap_or_else(|e| panic!("{example}: {e}"));
    }
    let parts = match value.get("type") {
        Some(_) => {
            let pages = format!("[{{\"questions\":[{example}]}}]");
            vec![("pages".to_owned(), Value::parse(&pages).unwrap())]
        }
        None => fields.clone(),
    };
    let Ok(Value::Object(mut whole)) = Value::parse(FRAME) else { panic!("the frame is an object") };
    whole.retain(|(name, _)| parts.iter().all(|(part, _)| part != name));
    whole.extend(parts);
    Definition::from_value(&Value::Object(whole)).unwrap_or_else(|e| panic!("{example}: {e}"))
}

/// What stands between back ticks, in order.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The rows of the tables under a heading: the first cell as code, the second as it stands.
fn rows(heading: &str) -> Vec<(String, &'static str)> {
    let (_, rest) =
        PAGE.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading} is there"));
    let section = rest.split("\n#").next().unwrap_or_default();
    let rows =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
    rows.map(|(code, said)| (code.replace("\\|", "|"), said)).collect()
}

/// The example of a whole survey with something else in the place of `from`.
fn with(from: &str, to: &str) -> Result<Definition, String> {
    let (example, _) = blocks()[0];
    assert_eq!(example.matches(from).count(), 1, "{from}");
    Definition::parse(&example.replacen(from, to, 1)).map_err(|error| error.to_string())
}

fn with_condition(condition: &str) -> Result<Definition, String> {
    let mut json = String::new();
    Value::String(condition.into()).write(&mut json);
    with(CONDITION, &CONDITION.replace(r#""score <= 6""#, &json))
}

#[test]
fn every_example_is_a_definition() {
    let definitions: Vec<_> = blocks().iter().map(|(example, _)| definition(example)).collect();
    for kind in Kind::ALL {
        let shown = definitions.iter().skip(1).any(|d| d.questions().any(|q| q.kind == *kind));
        assert!(shown && PAGE.contains(&format!("\n### {}\n", kind.as_str())), "{kind:?} has an example");
    }
}

#[test]
fn every_answer_is_taken_and_stands_in_the_cells_that_are_named() {
    let mut answered: Vec<Kind> = Vec::new();
    for (example, after) in blocks() {
        for line in after.lines().filter(|line| line.starts_with("Answer: ")) {
            let definition = definition(example);
            let question: &Question = definition.questions().next().unwrap();
            let said = quoted(line);
            let answer =
                Answer::read(&Value::parse(said[0]).unwrap()).unwrap_or_else(|e| panic!("{line}: {e}"));
            question.check_answer(&answer).unwrap_or_else(|e| panic!("{line}: {e}"));
            assert_eq!(answer.to_json(), said[0]);
            let pairs = question.columns().into_iter().zip(question.cells(&answer));
            let cells: Vec<_> = pairs.flat_map(|(column, cell)| [column, cell]).collect();
            assert_eq!(cells, said[1..], "{line}");
            answered.push(question.kind);
        }
    }
    for kind in Kind::ALL {
        assert!(*kind == Kind::Statement || answered.contains(kind), "{kind:?} has an answer");
    }
}

#[test]
fn every_condition_can_be_used() {
    let conditions = rows("## Logic");
    assert!(conditions.len() >= 10);
    for (condition, _) in conditions {
        with_condition(&condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
    }
}

#[test]
fn every_message_is_what_is_said() {
    let messages = rows("### What is said when a condition is wrong");
    assert!(messages.len() >= 10);
    for (condition, message) in messages {
        let error = with_condition(&condition).expect_err(&condition);
        assert_eq!(error, format!("pages[2].questions[1].show_if: {message}, found \"{condition}\""));
    }
}

#[test]
fn every_text_that_repeats_an_answer_can_be_used() {
    let texts = rows("### Texts that repeat an answer");
    assert!(texts.len() >= 4);
    for (text, _) in texts {
        with(TEXT, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}
