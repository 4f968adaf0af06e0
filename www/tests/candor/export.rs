//! `GET /v1/export`: what went in comes out, in both forms.

use crate::fixtures::{
    Answer, Collector, SHOP, definition, exposure, id, response, revision_of, score, text,
};
use axum::http::StatusCode;
use candor_survey::json::Value;
use candor_survey::{Response, Time};
use std::io::{Cursor, Read};
use std::time::Duration;

/// The files of a zip, by name.
fn unzip(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 200);
    let mut zip = zip::ZipArchive::new(Cursor::new(&answer.body)).unwrap();
    let mut files = Vec::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.push((file.name().unwrap().to_string(), text));
    }
    files
}

/// The rows of a table, the header first.
fn table(files: &[(String, String)], name: &str) -> Vec<Vec<String>> {
    let (_, text) = files.iter().find(|(n, _)| n == name).expect("the file");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect()
}

/// The cell of `row` in the column `name`.
#[track_caller]
fn cell<'t>(table: &'t [Vec<String>], row: usize, name: &str) -> &'t str {
    let column = table[0].iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}"));
    &table[row][column]
}

#[tokio::test]
async fn the_lines_are_definitions_then_responses_then_exposures() {
    let collector = Collector::new();
    collector.post(&exposure(1, "eligible")).await;
    collector.post(&score(2, 9)).await;
    let answer = collector.export("survey=visit&format=ndjson&from=&to=").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let disposition = answer.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename=\"candor-visit-20"), "{disposition}");
    assert!(disposition.ends_with(".ndjson\""), "{disposition}");
    let lines: Vec<_> = answer.text().lines().map(|line| Value::parse(line).unwrap()).collect();
    assert_eq!(text(&lines[0], "revision"), revision_of(&definition("visit", "live")));
    assert_eq!(lines[0].get("definition"), Some(&Value::parse(&definition("visit", "live")).unwrap()));
    assert_eq!(text(&lines[1], "id"), id(2));
    assert_eq!(text(&lines[2], "event"), "eligible");
    assert_eq!(lines.len(), 3);
}

#[tokio::test]
async fn a_response_comes_out_as_it_went_in_with_the_collectors_clock() {
    let collector = Collector::new();
    let sent = response(
        1,
        0,
        "visit",
        r#"{"nps":9,"why":"a \"b\"\nc 😀","how":{"other":"the paper"},"liked":["staff","price"]}"#,
    );
    let told = sent.replace("\"order\"", "\"received\":\"2001-01-01T00:00:00.000Z\",\"order\"");
    let before = candor::clock::now();
    assert_eq!(collector.post(&told).await.statuses(), ["stored"]);
    let after = candor::clock::now();
    let lines = collector.lines("survey=visit").await;
    let mut out = Response::from_value(&lines[1]).unwrap();
    let received = out.received.take().expect("received");
    assert!((before..=after).contains(&received), "what the page said about `received` is replaced");
    assert_eq!(out, Response::from_value(&Value::parse(&sent).unwrap()).unwrap());
}

#[tokio::test]
async fn only_the_latest_of_a_response_comes_out() {
    let collector = Collector::new();
    collector.post(&response(1, 0, "visit", r#"{"nps":3}"#)).await;
    collector.post(&response(1, 4, "visit", r#"{"nps":8}"#)).await;
    collector.post(&response(1, 2, "visit", r#"{"nps":5}"#)).await;
    let lines = collector.lines("survey=visit").await;
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1].get("answers").and_then(|a| a.get("nps")), Some(&Value::Number(8.into())));
}

#[tokio::test]
async fn without_a_survey_all_of_them_come_out_and_with_one_only_it() {
    let collector = Collector::new();
    collector.define("other.json", &definition("other", "live")).await;
    collector.post(&format!("{}\n{}", score(1, 9), response(2, 0, "other", r#"{"nps":1}"#))).await;
    let ids = |lines: Vec<Value>| -> Vec<String> {
        lines.iter().filter_map(|l| Some(l.get("id")?.as_str()?.to_string())).collect()
    };
    assert_eq!(ids(collector.lines("").await), [id(2), id(1)], "by survey");
    assert_eq!(ids(collector.lines("survey=visit").await), [id(1)]);
    assert_eq!(ids(collector.lines("survey=other").await), [id(2)]);
}

#[tokio::test]
async fn the_tables_have_exactly_the_columns_of_the_format() {
    let collector = Collector::new();
    let preset = r#""preset":{"nps":10}"#;
    let full = response(
        1,
        3,
        "visit",
        r#"{"nps":9,"why":"good, \"really\"","how":{"other":"the paper"},"liked":["price","staff"]}"#,
    )
    .replace(r#""preset":{}"#, preset)
    .replace(r#""ms":{"nps":3100}"#, r#""ms":{"nps":3100,"why":900}"#)
    .replace(r#""reasons":[]"#, r#""reasons":["preset","fast"]"#);
    assert_eq!(collector.post(&full).await.statuses(), ["stored"]);
    let bare = response(2, 0, "visit", r#"{"nps":0,"why":null,"how":"street","liked":[]}"#)
        .replace(r#""attributes":{"agent":"A17"}"#, r#""attributes":{"store":"Leeds"}"#)
        .replace(r#""ms_first":3100,"#, "")
        .replace(r#","device_day":1,"device_all":1"#, "");
    assert_eq!(collector.post(&bare).await.statuses(), ["stored"]);
    collector.post(&exposure(3, "shown")).await;
    let answer = collector.export("survey=visit&format=csv").await;
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    let files = unzip(&answer);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["responses.csv", "exposures.csv", "definitions.json"]);
    let responses = table(&files, "responses.csv");
    assert_eq!(
        responses[0].join(","),
        "id,seq,survey,revision,status,test,locale,page,started,submitted,utc_offset_min,received,order,\
         answer.nps,answer.why,answer.how,answer.how.other,answer.liked,attribute.agent,attribute.store,\
         invitation.source,invitation.preset.nps,signal.ms_total,signal.ms_first,signal.changes,signal.raised,\
         signal.hidden,signal.untrusted,signal.input,signal.pasted,signal.device_day,signal.device_all,\
         signal.ms.nps,signal.ms.why,integrity.evidence,integrity.score,integrity.reasons"
    );
    let received = Time::parse(cell(&responses, 1, "received")).expect("a time").to_string();
    let revision = revision_of(&definition("visit", "live"));
    assert_eq!(
        responses[1],
        [
            &id(1),
            "3",
            "visit",
            &revision,
            "complete",
            "false",
            "en",
            "/thanks",
            "2026-11-21T10:00:00.000Z",
            "2026-11-21T10:00:41.210Z",
            "-300",
            &received,
            "nps|why",
            "9",
            "good, \"really\"",
            "other",
            "the paper",
            "price|staff",
            "A17",
            "",
            "trigger",
            "10",
            "41210",
            "3100",
            "1",
            "0",
            "0",
            "0",
            "touch",
            "0",
            "1",
            "1",
            "3100",
            "900",
            "none",
            "0.02",
            "preset|fast",
        ]
    );
    for (name, expected) in [
        ("answer.nps", "0"),
        ("answer.why", ""),
        ("answer.how", "street"),
        ("answer.how.other", ""),
        ("answer.liked", ""),
        ("attribute.agent", ""),
        ("attribute.store", "Leeds"),
        ("invitation.preset.nps", ""),
        ("signal.ms_first", ""),
        ("signal.ms.why", ""),
        ("signal.device_day", ""),
        ("integrity.reasons", ""),
    ] {
        assert_eq!(cell(&responses, 2, name), expected, "{name}");
    }
    let exposures = table(&files, "exposures.csv");
    assert_eq!(exposures[0].join(","), "id,event,survey,revision,view,at,received,attribute.store");
    assert_eq!(cell(&exposures, 1, "event"), "shown");
    assert_eq!(cell(&exposures, 1, "attribute.store"), "Leeds");
    let Value::Array(definitions) = Value::parse(&files[2].1).unwrap() else { panic!("no list") };
    assert_eq!(definitions.len(), 1);
    assert_eq!(text(&definitions[0], "revision"), revision);
    assert_eq!(definitions[0].get("definition"), Some(&Value::parse(&definition("visit", "live")).unwrap()));
}

#[tokio::test]
async fn an_answer_to_an_unknown_revision_has_its_columns_too() {
    let collector = Collector::new();
    let revision = revision_of(&definition("visit", "live"));
    let unknown =
        response(1, 0, "visit", r#"{"taste":{"other":"salty"}}"#).replace(&revision, "0123456789abcdef");
    assert_eq!(collector.post(&unknown).await.statuses(), ["stored"]);
    let responses = table(&unzip(&collector.export("survey=visit&format=csv").await), "responses.csv");
    assert_eq!(cell(&responses, 1, "answer.taste"), "other");
    assert_eq!(cell(&responses, 1, "answer.taste.other"), "salty");
}

#[tokio::test]
async fn every_type_of_answer_has_the_columns_and_cells_of_the_format() {
    let collector = Collector::new();
    let everything = include_str!("../../site/surveys/everything.json")
        .replace("{{shop}}", SHOP)
        .replace("{{candor}}", "https://feedback.example");
    collector.define("everything.json", &everything).await;
    let ours = revision_of(&everything);
    let answers = r#"{"hello":null,"bought":{"other":"=A swap"},"finding":6,"counter":4,"grown":["herbs",{"other":"Hops"}],"area":12.5,"came_up":85,"packets":{"amount":2},"first":["small","peat","dates"],"varieties":[{"set":1,"best":"bees","worst":"yield"}],"nps":2,"why":"+1","asked":{"same":true,"p":0.16,"group":"A"},"reply":"phone","call":{"phone":"+44 1"},"quote":false}"#;
    let sent = response(1, 0, "everything", answers)
        .replace(&revision_of(&definition("everything", "live")), &ours)
        .replace(r#""order":["nps","why"]"#, r#""order":["hello","bought","grown","first","nps","mail"],"orders":{"first":["dates","peat","small"],"grown":["herbs","flowers"]}"#)
        .replace(r#""preset":{}"#, r#""preset":{"packets":{"instructions":3},"bought":"web"}"#);
    assert_eq!(collector.post(&sent).await.statuses(), ["stored"]);
    let unknown =
        response(2, 0, "everything", r#"{"nps":9,"packets":{"ink":"good"},"first":["peat","dates"]}"#);
    assert_eq!(collector.post(&unknown).await.statuses(), ["stored"]);
    let files = unzip(&collector.export("survey=everything&format=csv").await);
    let responses = table(&files, "responses.csv");
    let names = |prefix: &str| {
        let names = responses[0].iter().filter_map(|name| name.strip_prefix(prefix));
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names("answer."),
        "bought bought.other delivery arrived finding counter grown grown.other area came_up packets.instructions \
         packets.amount packets.ink first varieties.1.best varieties.1.worst nps why asked.same asked.p asked.group \
         reply mail call.name call.phone quote"
    );
    assert_eq!(names("invitation.preset."), "bought bought.other packets.instructions packets.amount");
    assert_eq!(responses[0][13..16], ["order.grown", "order.first", "answer.bought"]);
    for (name, expected) in [
        ("order", "hello|bought|grown|first|nps|mail"),
        ("order.grown", "herbs|flowers"),
        ("order.first", "dates|peat|small"),
        ("answer.bought", "other"),
        ("answer.bought.other", "'=A swap"),
        ("answer.delivery", ""),
        ("answer.finding", "6"),
        ("answer.counter", "4"),
        ("answer.grown", "herbs|other"),
        ("answer.grown.other", "Hops"),
        ("answer.area", "12.5"),
        ("answer.came_up", "85"),
        ("answer.packets.instructions", ""),
        ("answer.packets.amount", "2"),
        ("answer.packets.ink", ""),
        ("answer.first", "small>peat>dates"),
        ("answer.varieties.1.best", "bees"),
        ("answer.varieties.1.worst", "yield"),
        ("answer.why", "'+1"),
        ("answer.asked.same", "true"),
        ("answer.asked.p", "0.16"),
        ("answer.asked.group", "A"),
        ("answer.reply", "phone"),
        ("answer.mail", ""),
        ("answer.call.phone", "'+44 1"),
        ("answer.quote", "false"),
        ("invitation.preset.bought", "web"),
        ("invitation.preset.packets.instructions", "3"),
    ] {
        assert_eq!(cell(&responses, 1, name), expected, "{name}");
    }
    // Of a revision that nobody has: as the answers stand.
    assert_eq!(cell(&responses, 2, "answer.packets.ink"), "good");
    assert_eq!(cell(&responses, 2, "answer.first"), "peat|dates");
    assert_eq!(cell(&responses, 2, "order.first"), "");
}

#[tokio::test]
async fn a_cell_that_a_spreadsheet_would_run_is_disarmed_and_numbers_are_not() {
    let collector = Collector::new();
    let dangerous = ["=1+1", "+1", "-1", "@a", "\\tx", "\\rx", "'=1", "''=1"];
    let harmless = ["a=b", "'quoted'", "", " =1"];
    for (n, why) in dangerous.iter().chain(&harmless).enumerate() {
        let line = response(n as u64, 0, "visit", &format!(r#"{{"nps":9,"why":"{why}"}}"#));
        assert_eq!(collector.post(&line).await.statuses(), ["stored"]);
    }
    let responses = table(&unzip(&collector.export("survey=visit&format=csv").await), "responses.csv");
    let written: Vec<_> = (1..responses.len()).map(|row| cell(&responses, row, "answer.why")).collect();
    assert_eq!(written[..8], ["'=1+1", "'+1", "'-1", "'@a", "'\tx", "'\rx", "''=1", "'''=1"]);
    assert_eq!(written[8..], harmless);
    assert_eq!(cell(&responses, 1, "utc_offset_min"), "-300");
}

#[tokio::test]
async fn from_and_to_select_by_the_collectors_clock() {
    let collector = Collector::new();
    collector.post(&score(1, 9)).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let between = candor::clock::now();
    collector.post(&score(2, 9)).await;
    let ids = async |query: &str| -> Vec<String> {
        let lines = collector.lines(&format!("survey=visit&{query}")).await;
        lines.iter().skip(1).map(|line| text(line, "id")).collect()
    };
    assert_eq!(ids(&format!("from={between}")).await, [id(2)]);
    assert_eq!(ids(&format!("to={between}")).await, [id(1)]);
    let today = &between.to_string()[..10];
    assert_eq!(ids(&format!("from={today}&to={today}")).await.len(), 2, "a date is its whole day");
    assert_eq!(ids("to=2020-01-01").await.len(), 0);
    assert_eq!(ids("from=2020-01-01T00:00:00%2B02:00").await.len(), 2, "an offset is understood");
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_named() {
    let collector = Collector::new();
    for (query, expected) in [
        ("format=xml", "format: expected ndjson or csv, found \"xml\""),
        ("from=yesterday", "from: expected a date such as 2026-11-21"),
        ("to=2026-02-30", "to: expected a date"),
        ("from=2026-11-21T10:00:00", "from: expected a date"),
        ("from=2026-11-21&to=2026-11-20", "from: expected a moment before `to`"),
        ("survey=a%20b", "survey: expected a survey's id"),
        ("surveys=visit", "surveys: no such parameter; there are survey, format, from and to"),
    ] {
        let message = collector.export(query).await.refused(StatusCode::BAD_REQUEST, "parameter");
        assert!(message.starts_with(expected), "{query}: {message}");
    }
    collector.export("survey=nowhere").await.refused(StatusCode::NOT_FOUND, "survey");
}

#[tokio::test]
async fn an_export_that_is_being_read_stops_nobody_from_writing() {
    let collector = Collector::new();
    let long = format!(r#"{{"nps":9,"why":"{}"}}"#, "so good ".repeat(400));
    for batch in 0..10 {
        let lines: Vec<_> = (0..100).map(|n| response(batch * 100 + n, 0, "visit", &long)).collect();
        assert_eq!(collector.post(&lines.join("\n")).await.status, 200);
    }
    let token = candor::token::renew(&collector.data(), &candor_survey::Id::new("slow").unwrap()).unwrap();
    let request = axum::http::Request::get("/v1/export?survey=visit")
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .unwrap();
    let slow = tower::ServiceExt::oneshot(collector.router.clone(), request).await.unwrap();
    assert_eq!(collector.post(&score(5000, 9)).await.statuses(), ["stored"]);
    let body = axum::body::to_bytes(slow.into_body(), usize::MAX).await.unwrap();
    let lines = body.split(|&b| b == b'\n').filter(|line| !line.is_empty()).count();
    assert!((1001..=1002).contains(&lines), "it shows one moment: {lines}");
}
