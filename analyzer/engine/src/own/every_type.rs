//! That every type of question comes through `responses.csv` as through NDJSON. The survey is the demo's, which asks every
//! type, in two revisions that do not agree about some questions; the responses are drawn.

use super::{Columns, Layout, definition_line, responses_csv};
use crate::columns::Dataset;
use crate::plan::recognise;
use crate::reader::Reading;
use crate::report::report;
use crate::sort;
use candor_survey::revision::revision;
use candor_survey::{Definition, Json, Kind, Question, Response, Revision, Time, Uuid, Value};
use proptest::prelude::*;

/// The definitions, oldest first.
fn definitions() -> Vec<(Revision, Definition)> {
    let first = include_str!("../../../../www/site/surveys/everything.json")
        .replace("{{shop}}", "https://shop.example")
        .replace("{{candor}}", "https://feedback.example");
    let mut second = Value::parse(&first).unwrap();
    let changes = [
        (
            "packets",
            r#"{"id":"packets","type":"matrix","text":"Packets?","randomize":true,"rows":[{"id":"price","text":"Price"},{"id":"amount","text":"Amount"}],"options":[{"id":"less","text":"Less"},{"id":"more","text":"More"}]}"#,
        ),
        (
            "grown",
            r#"{"id":"grown","type":"single","text":"What?","other":true,"options":[{"id":"herbs","text":"Herbs"},{"id":"none","text":"None"}]}"#,
        ),
        ("asked", r#"{"id":"asked","type":"protected","text":"Did anybody ask for a score?"}"#),
        ("area", r#"{"id":"area","type":"number","text":"How cold?","from":-30,"to":30,"decimals":2}"#),
        (
            "first",
            r#"{"id":"first","type":"ranking","text":"Best two?","max":2,"options":[{"id":"peat","text":"Peat"},{"id":"dates","text":"Dates"},{"id":"1","text":"One"}]}"#,
        ),
        (
            "call",
            r#"{"id":"call","type":"contact","text":"Who?","fields":[{"id":"same","text":"The same"},{"id":"name","text":"Name"}]}"#,
        ),
    ];
    change(&mut second, &changes);
    let mut second = second.to_json();
    for (from, to) in [
        (r#""kind":"crosswise""#, r#""kind":"direct""#),
        (" and not grown has 'nothing'", ""),
        ("grown has 'nothing'", "grown = 'none'"),
    ] {
        second = second.replace(from, to);
    }
    let read = |text: &str| {
        let value = Value::parse(text).unwrap();
        (revision(&value), Definition::from_value(&value).unwrap_or_else(|e| panic!("{e}")))
    };
    vec![read(&first), read(&second)]
}

/// Puts each question in the place of the one with its id.
fn change(value: &mut Value, questions: &[(&str, &str)]) {
    match value {
        Value::Object(fields) => {
            let id = fields.iter().find(|(key, _)| key == "id").and_then(|(_, id)| id.as_str());
            let is_question = fields.iter().any(|(key, _)| key == "type");
            let new = questions.iter().find(|(known, _)| is_question && Some(*known) == id);
            match new {
                Some((_, question)) => *value = Value::parse(question).unwrap(),
                None => fields.iter_mut().for_each(|(_, value)| change(value, questions)),
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, questions)),
        _ => {}
    }
}

/// Chance by a linear congruential generator (Knuth, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    fn shuffled<'a>(&mut self, items: &[&'a str]) -> Vec<&'a str> {
        let mut items = items.to_vec();
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
        items
    }
}

const WORDS: [&str; 7] = ["=1+1", "a|b", "x>y", "other", "\"quoted\",\nand more", "'-", "they came up well"];

fn list(ids: &[&str]) -> String {
    format!("[{}]", ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(","))
}

/// An answer that fits, as JSON.
fn answer(q: &Question, chance: &mut Chance) -> String {
    let options: Vec<&str> = q.options().iter().map(|o| o.id.as_str()).collect();
    let text = |text: &str| Value::String(text.into()).to_json();
    let other = |chance: &mut Chance| format!("{{\"other\":{}}}", text(chance.of(&WORDS)));
    let object = |parts: Vec<(&str, String)>| {
        let parts: Vec<String> = parts.iter().map(|(id, part)| format!("\"{id}\":{part}")).collect();
        format!("{{{}}}", parts.join(","))
    };
    match q.kind {
        Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => {
            let (low, high) = q.scale().unwrap();
            (low + chance.below((high - low + 1) as usize) as i64).to_string()
        }
        Kind::Single | Kind::Dropdown if q.other && chance.below(3) == 0 => other(chance),
        Kind::Single | Kind::Dropdown => text(chance.of(&options)),
        Kind::Multiple if chance.below(4) == 0 => list(&[q.none.as_deref().unwrap()]),
        Kind::Multiple => {
            let some =
                options.iter().filter(|id| Some(**id) != q.none.as_deref()).copied().collect::<Vec<_>>();
            let mut picks: Vec<String> =
                chance.shuffled(&some)[..1 + chance.below(2)].iter().map(|id| text(id)).collect();
            if chance.below(2) == 0 {
                picks.push(other(chance));
            }
            format!("[{}]", picks.join(","))
        }
        Kind::Text => text(chance.of(&WORDS)),
        Kind::Matrix => {
            let rows = q.rows().iter().skip(chance.below(q.rows().len()));
            object(
                rows.map(|row| {
                    let part = if q.points.is_some() {
                        (1 + chance.below(5)).to_string()
                    } else {
                        text(chance.of(&options))
                    };
                    (row.id.as_str(), part)
                })
                .collect(),
            )
        }
        Kind::Ranking => list(&chance.shuffled(&options)[..q.max.unwrap_or(options.len() as u32) as usize]),
        Kind::Number if q.decimals == Some(2) => ["-12.25", "0", "7.5"][chance.below(3)].into(),
        Kind::Number => ["0.5", "12", "10000"][chance.below(3)].into(),
        Kind::Slider => (5 * chance.below(21)).to_string(),
        Kind::Date => text(chance.of(&["2026-01-01", "2026-10-31"])),
        Kind::Email => text("ann+seeds@shop.example"),
        Kind::Contact => {
            let fields = q.fields().iter().skip(chance.below(q.fields().len()));
            object(
                fields
                    .map(|field| (field.id.as_str(), text(chance.of(&["+44 1", "Ann", "007", "true"]))))
                    .collect(),
            )
        }
        Kind::Consent => (chance.below(2) == 0).to_string(),
        Kind::Statement => "null".into(),
        Kind::Maxdiff => {
            let sets = q.sets().iter().enumerate().map(|(at, set)| {
                let ids: Vec<&str> = set.iter().map(|id| id.as_str()).collect();
                let ids = chance.shuffled(&ids);
                format!("{{\"set\":{},\"best\":\"{}\",\"worst\":\"{}\"}}", at + 1, ids[0], ids[1])
            });
            format!("[{}]", sets.collect::<Vec<_>>().join(","))
        }
        Kind::Protected if q.groups.is_some() => {
            let group = &q.groups()[chance.below(q.groups().len())];
            format!(
                "{{\"same\":{},\"p\":{},\"group\":\"{}\"}}",
                chance.below(2) == 0,
                group.p.as_str(),
                group.id
            )
        }
        Kind::Protected => text(chance.of(&["yes", "no", "rather_not"])),
    }
}

/// Responses to the definitions by turns, each of which passes [`Response::check`].
fn responses(definitions: &[(Revision, Definition)], n: usize, seed: u64) -> Vec<Response> {
    let mut chance = Chance(seed);
    let mut all = Vec::new();
    for at in 0..n {
        let (revision, definition) = &definitions[at % definitions.len()];
        let partial = chance.below(4) == 0;
        let (mut order, mut answers, mut orders, mut presets) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let shown =
            definition.questions().filter(|q| q.kind == Kind::Nps || chance.below(5) > 0).collect::<Vec<_>>();
        for q in shown.iter().take(if partial { 9 } else { usize::MAX }) {
            order.push(q.id.as_str());
            let skipped = !q.required && q.required_if.is_none() && chance.below(5) == 0;
            let given = if skipped { "null".into() } else { answer(q, &mut chance) };
            if !skipped && chance.below(8) == 0 && q.kind != Kind::Statement {
                presets.push(format!("\"{}\":{given}", q.id));
            }
            answers.push(format!("\"{}\":{given}", q.id));
            if q.randomize {
                let choices = if q.kind == Kind::Matrix { q.rows() } else { q.options() };
                let ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
                orders.push(format!("\"{}\":{}", q.id, list(&chance.shuffled(&ids))));
            }
        }
        let started = Time(1_795_000_000_000 + 60_000 * at as i64);
        let mut random = [0; 10];
        random[9] = at as u8;
        let orders =
            if orders.is_empty() { String::new() } else { format!("\"orders\":{{{}}},", orders.join(",")) };
        let line = format!(
            r#"{{"v":1,"id":"{}","seq":0,"survey":"everything","revision":"{}","status":"{}","test":false,"locale":"de","page":"/s/everything","started":"{started}","submitted":"{started}","utc_offset_min":-60,"received":"{started}","order":{},{orders}"answers":{{{}}},"attributes":{{"agent":"A{}"}},"invitation":{{"source":"link","token":null,"preset":{{{}}}}},"signals":{{"ms_total":4000,"ms":{{"nps":{}}},"changes":0,"raised":0,"hidden":0,"untrusted":0,"input":"mixed","pasted":0}},"integrity":{{"evidence":"none","score":0.02,"reasons":[]}}}}"#,
            Uuid::v7(started.0, random).as_str(),
            revision.as_str(),
            if partial { "partial" } else { "complete" },
            list(&order),
            answers.join(","),
            at % 3,
            presets.join(","),
            100 * chance.below(30),
        );
        let response =
            Response::from_value(&Value::parse(&line).unwrap()).unwrap_or_else(|e| panic!("{e}: {line}"));
        response.check(definition).unwrap_or_else(|e| panic!("{e}: {line}"));
        all.push(response);
    }
    all
}

fn borrowed(definitions: &[(Revision, Definition)]) -> Vec<(&str, &Definition)> {
    definitions.iter().map(|(revision, definition)| (revision.as_str(), definition)).collect()
}

/// The response with its answers in the order of their ids, which is no part of what they say.
fn sorted(mut response: Response) -> Response {
    for answers in [&mut response.answers, &mut response.invitation.preset] {
        sort::by(&mut answers.0, |a, b| a.0.cmp(&b.0));
    }
    response
}

/// What stands in the rows of a table with these definitions, read again with those.
fn again(
    definitions: &[(Revision, Definition)],
    known: &[(Revision, Definition)],
    responses: &[Response],
) -> Vec<Response> {
    let mut columns = Columns::default();
    definitions
        .iter()
        .for_each(|(revision, definition)| columns.define(revision.as_str(), definition.clone()));
    responses.iter().for_each(|response| columns.meet_response(response));
    let layout = Layout::new(&columns.response_names());
    let question =
        |revision: &str, id: &str| known.iter().find(|(r, _)| r.as_str() == revision)?.1.question(id);
    let read = |response: &Response| {
        let cells = columns.response_cells(response);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        layout
            .response(&cells, question, |id| id == "nps")
            .unwrap_or_else(|f| panic!("{:?} {}", f.column, f.reason))
    };
    responses.iter().map(read).collect()
}

fn read(bytes: &str, name: &str, definitions: Option<&str>) -> Dataset {
    let mut plan = recognise(bytes.as_bytes(), name);
    definitions.iter().for_each(|definitions| plan.define(definitions));
    let mut reading = Reading::new(&plan).unwrap();
    definitions.iter().for_each(|definitions| reading.define(definitions).unwrap());
    reading.push(bytes.as_bytes());
    reading.finish()
}

/// Reads both forms of one data set and compares what comes of them.
fn compare(definitions: &[(Revision, Definition)], responses: &[Response]) {
    let lines: Vec<String> =
        definitions.iter().map(|(revision, definition)| definition_line(revision, definition)).collect();
    let ndjson =
        lines.iter().cloned().chain(responses.iter().map(Json::to_json)).collect::<Vec<_>>().join("\n");
    let from_ndjson = read(&ndjson, "x.ndjson", None);
    let csv = responses_csv(&borrowed(definitions), responses);
    let from_csv = read(&csv, "responses.csv", Some(&format!("[{}]", lines.join(","))));
    assert_eq!((&from_csv.skipped, &from_csv.repaired), (&vec![], &vec![]));
    assert_eq!(from_csv.counts.used, responses.len() as u64);
    assert_eq!(report(&from_csv), report(&from_ndjson));
    assert_eq!(from_csv.texts, from_ndjson.texts);
    assert_eq!(from_csv.own, from_ndjson.own);
    assert_eq!(from_csv.evidence, from_ndjson.evidence);
    assert_eq!((from_csv.ratings, from_csv.times), (from_ndjson.ratings, from_ndjson.times));
}

#[test]
fn the_columns_of_each_type_are_those_of_the_format_and_revisions_unite() {
    let definitions = definitions();
    assert!(Kind::ALL.iter().all(|kind| definitions[0].1.questions().any(|q| q.kind == *kind)));
    let csv = responses_csv(&borrowed(&definitions), &responses(&definitions, 30, 1));
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let of = |prefix: &str| header.iter().filter_map(|name| name.strip_prefix(prefix)).collect::<Vec<_>>();
    assert_eq!(of("order."), ["grown", "packets", "first"]);
    assert_eq!(header[13], "order.grown");
    let expected = "bought bought.other delivery arrived finding counter grown grown.other area came_up \
        packets.instructions packets.amount packets.price first varieties.1.best varieties.1.worst nps why \
        asked.same asked.p asked.group asked reply mail call.name call.phone call.same quote";
    assert_eq!(of("answer."), expected.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn an_answer_whose_question_is_not_known_is_not_lost() {
    let definitions = definitions();
    let responses = responses(&definitions, 30, 2);
    let told = |answer: &candor_survey::Answer| {
        let mut parts = answer.parts();
        parts.retain(|(_, cell)| !cell.is_empty());
        sort::ascending(&mut parts);
        parts
    };
    // Nobody defines the second revision.
    for (read, sent) in again(&definitions[..1], &definitions[..1], &responses).iter().zip(&responses) {
        for (id, answer) in sent.answers.iter() {
            let found = read.answers.get(id).unwrap_or_else(|| panic!("no {id}"));
            assert_eq!(told(found), told(answer), "{id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_answer_comes_back_from_its_cells(seed in any::<u64>()) {
        let definitions = definitions();
        let responses = responses(&definitions, 30, seed);
        for (read, sent) in again(&definitions, &definitions, &responses).into_iter().zip(responses) {
            prop_assert_eq!(sorted(read), sorted(sent));
        }
    }

    #[test]
    fn ndjson_and_csv_of_every_type_give_one_report(seed in any::<u64>()) {
        let definitions = definitions();
        compare(&definitions, &responses(&definitions, 30, seed));
        compare(&definitions[..1], &responses(&definitions[..1], 30, seed));
    }
}
