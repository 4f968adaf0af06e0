//! What the preview page says of a survey that is being written: what is wrong with it and in which line, advice, how long
//! it takes, and every way through it. It touches nothing but the text it is given; the page shows what it returns.

mod place;
mod said;

use candor_survey::advice::{self, Advice};
use candor_survey::definition::DefinitionError;
use candor_survey::json::Value;
use candor_survey::question::{Answer, Pick};
use candor_survey::record::{object, string};
use candor_survey::revision::revision;
use candor_survey::route::{Branch, branches};
use candor_survey::{Definition, Problem};
use wasm_bindgen::prelude::wasm_bindgen;

/// How many combinations of answers are tried in search of the ways through; the page looks again at every pause in typing.
const LIMIT: usize = 20_000;

/// What there is to say of a definition's text, as JSON. `problem` {`line`, `path`, `message`}: the first thing that keeps
/// it from being shown, and without a definition it stands alone. Else `revision`, `id`, `mode`, `scheme`, `languages`,
/// `seconds`, `advice[]` {`code`, `severity`, `path`, `line`, `what`, `why`, `remedy`}, `questions[]` {`id`, `type`, `text`,
/// `page`, `line`}, `branches[]` {`words`, `answers`, `attributes`, `preset`, `pages`} and `complete`: whether those are all.
///
/// `preset` has the branch's answers as texts, as a link would bring them along: what the widget is prefilled with.
#[wasm_bindgen]
pub fn look(text: &str) -> String {
    let seen = match read(text) {
        Ok((value, definition)) => whole(text, &value, &definition),
        Err(problem) => object([("problem", problem)]),
    };
    seen.to_json()
}

fn read(text: &str) -> Result<(Value, Definition), Value> {
    let found = |error: DefinitionError| match error {
        DefinitionError::Syntax(error) => {
            let mut message = ["This is not JSON: ", error.message].concat();
            message.push('.');
            object([
                ("line", whole_number(error.line)),
                ("path", string("")),
                ("message", Value::String(message)),
            ])
        }
        DefinitionError::Field(problem) => problem_in(text, &problem),
        // The type may grow; what it says of itself is a sentence.
        other => object([("path", string("")), ("message", Value::String(other.to_string()))]),
    };
    let value = Value::parse(text).map_err(|error| found(DefinitionError::Syntax(error)))?;
    let definition =
        Definition::from_value(&value).map_err(|problem| found(DefinitionError::Field(problem)))?;
    Ok((value, definition))
}

fn whole(text: &str, value: &Value, definition: &Definition) -> Value {
    let problem =
        advice::refuse_gating(definition).err().map_or(Value::Null, |problem| problem_in(text, &problem));
    let languages = definition.languages.iter().map(|language| string(language.as_str())).collect();
    let found = branches(definition, LIMIT);
    let mut questions = Vec::new();
    for (p, page) in definition.pages.iter().enumerate() {
        for (q, question) in page.questions.iter().enumerate() {
            questions.push(object([
                ("id", string(&question.id)),
                ("type", string(question.kind.as_str())),
                ("text", Value::String(said::first(definition, &question.text).into())),
                ("page", whole_number(p)),
                ("line", whole_number(place::line(text, &format!("pages[{p}].questions[{q}]")))),
            ]));
        }
    }
    object([
        ("problem", problem),
        ("revision", string(revision(value).as_str())),
        ("id", string(&definition.id)),
        ("mode", string(definition.display.mode.as_str())),
        ("scheme", string(definition.theme.scheme.as_str())),
        ("languages", Value::Array(languages)),
        ("seconds", whole_number(advice::estimated_seconds(definition) as usize)),
        (
            "advice",
            Value::Array(advice::advise(definition).iter().map(|advice| told(text, advice)).collect()),
        ),
        ("questions", Value::Array(questions)),
        ("branches", Value::Array(found.all.iter().map(|branch| way(definition, branch)).collect())),
        ("complete", Value::Bool(found.complete)),
    ])
}

fn problem_in(text: &str, problem: &Problem) -> Value {
    let mut message = ["Expected ", &problem.expected].concat();
    if !problem.found.is_empty() {
        message.push_str("; found ");
        message.push_str(&problem.found);
    }
    message.push('.');
    object([
        ("line", whole_number(place::line(text, &problem.path))),
        ("path", string(&problem.path)),
        ("message", Value::String(message)),
    ])
}

fn told(text: &str, advice: &Advice) -> Value {
    object([
        ("code", string(advice.code.as_str())),
        ("severity", string(advice.severity.as_str())),
        ("path", string(&advice.path)),
        ("line", whole_number(place::line(text, &advice.path))),
        ("what", string(&advice.what)),
        ("why", string(advice.code.why())),
        ("remedy", string(advice.code.remedy())),
    ])
}

fn way(definition: &Definition, branch: &Branch) -> Value {
    let mut preset = Vec::new();
    for (id, answer) in branch.answers.iter() {
        // A link has a comma where a cell has a bar.
        if let Answer::Many(picks) = answer {
            let options = picks.iter().filter_map(|pick| match pick {
                Pick::Option(id) => Some(id.as_str()),
                Pick::Other(_) => None,
            });
            let options: Vec<_> = options.collect();
            preset.push((id.to_string(), Value::String(options.join(","))));
            continue;
        }
        let cells = answer.parts().into_iter().filter(|(_, cell)| !cell.is_empty());
        preset.extend(cells.map(|(part, cell)| ([id.as_str(), &part].concat(), Value::String(cell))));
    }
    let pages = branch.pages.iter().map(|(page, ids)| {
        let ids = ids.iter().map(|id| string(id)).collect();
        object([("page", whole_number(*page)), ("questions", Value::Array(ids))])
    });
    object([
        ("words", Value::String(said::way(definition, branch))),
        ("answers", said::json(&branch.answers)),
        ("attributes", said::json(&branch.attributes)),
        ("preset", Value::Object(preset)),
        ("pages", Value::Array(pages.collect())),
    ])
}

fn whole_number(n: usize) -> Value {
    Value::Number((n as i64).into())
}
