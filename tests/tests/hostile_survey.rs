//! A survey that means no good: classic script payloads (tests/pages/vectors.txt) in ten dresses each, in every text of a
//! definition and in what the visitor types. None runs, none becomes markup, none asks for anything; each stands there as text.

use candor_survey::Definition;
use candor_tests::wire::{Answer, Reply, Server, header};
use candor_tests::{Browser, Demo, Kind, Outcome, collects, in_each, soak};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

/// The dresses: what stands around a vector to break out of the place it is put in.
const CONTEXTS: &[&str] = &[
    "{}",
    "\">{}",
    "'>{}<a b='",
    "--></style></script></title></textarea></noscript>{}",
    "]]>{}<![CDATA[",
    "\" autofocus onfocus=PWN x=\"{}",
    "' style='animation:x' onanimationstart='PWN' {}",
    "`};PWN;//{}",
    "\\\";PWN;//{}",
    "\u{202e}\u{0}{}\u{feff}.",
];

/// The payloads: every vector in every dress. The small version takes one in nine, so that each dress and most vectors occur.
fn payloads() -> Vec<String> {
    let vectors = include_str!("../pages/vectors.txt").lines();
    let dressed =
        vectors.flat_map(|vector| CONTEXTS.iter().map(move |context| context.replace("{}", vector)));
    let all: Vec<String> = dressed.map(|payload| payload.replace("PWN", "window.__pwned=1")).collect();
    assert!(all.len() >= 500, "the promise is five hundred, here are {}", all.len());
    all.into_iter().step_by(if soak() { 1 } else { 9 }).collect()
}

/// A definition in which every text is `payload` and its own name, and those texts.
fn definition(id: &str, origin: &str, payload: &str) -> (Json, Vec<String>) {
    let mut texts = Vec::new();
    let mut text = |name: &str| {
        texts.push(format!("{payload} [{name}]"));
        json!(format!("{payload} [{name}]"))
    };
    let mut choices = |name: &str| {
        let choice = |id: &&str| json!({"id": id, "text": text(&format!("{name} {id}"))});
        Json::Array(["a", "b", "c"].iter().map(choice).collect())
    };
    let (options, several, listed, rows, ranked, fields) = (
        choices("single"),
        choices("multiple"),
        choices("dropdown"),
        choices("row"),
        choices("ranking"),
        choices("field"),
    );
    let (columns, bests) = (choices("column"), choices("maxdiff"));
    let pages = json!([
        {"questions": [
            {"id": "nps", "type": "nps", "text": text("nps"), "help": text("help"), "low": text("low"), "high": text("high")},
            {"id": "csat", "type": "csat", "text": text("csat"), "low": text("csat low"), "high": text("csat high")},
            {"id": "stars", "type": "rating", "symbol": "stars", "text": text("rating")},
            {"id": "typed", "type": "text", "text": text("text")},
        ]},
        {"questions": [
            // What was typed comes back in a later text.
            {"id": "piped", "type": "text", "long": true, "text": "You wrote {{typed|nothing}} and that is that"},
            {"id": "one", "type": "single", "other": true, "text": text("single"), "options": options},
            {"id": "many", "type": "multiple", "text": text("multiple"), "options": several},
        ]},
        {"questions": [
            {"id": "list", "type": "dropdown", "text": text("dropdown"), "options": listed},
            {"id": "grid", "type": "matrix", "text": text("matrix"), "rows": rows, "options": columns},
            {"id": "order", "type": "ranking", "text": text("ranking"), "options": ranked, "min": 0},
            {"id": "slide", "type": "slider", "text": text("slider"), "low": text("slider low"), "high": text("slider high")},
        ]},
        {"questions": [
            {"id": "who", "type": "contact", "text": text("contact"), "fields": fields},
            {"id": "yes", "type": "consent", "text": text("consent")},
            {"id": "words", "type": "statement", "text": text("statement"), "help": text("statement help")},
            {"id": "best", "type": "maxdiff", "text": text("maxdiff"), "options": bests, "sets": [["a", "b", "c"]]},
            {"id": "pressed", "type": "protected", "text": text("protected"), "help": text("protected help")},
        ]},
    ]);
    let thanks = text("thanks");
    texts.push(format!("You wrote {payload} and that is that"));
    let definition = json!({
        "candor": 1, "id": id, "origins": [origin], "languages": ["en"], "pages": pages,
        "protect": {"kind": "direct"}, "thanks": thanks, "state": "live",
    });
    (definition, texts)
}

#[test]
fn every_payload_makes_a_valid_definition() {
    for payload in payloads() {
        let (definition, _) = definition("s", "https://shop.example", &payload);
        Definition::parse(&definition.to_string()).unwrap_or_else(|e| panic!("{payload}: {e}"));
    }
}

#[tokio::test]
async fn no_payload_in_any_text_of_a_survey_runs_and_each_is_shown_as_text() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], walks_through_all).await
}

async fn walks_through_all(kind: Kind) -> Outcome {
    let demo = Demo::start()?;
    let candor = demo.candor.clone();
    let mut payloads = payloads();
    payloads.insert(0, "plain words".into());
    let served = payloads.clone();
    let strange = Arc::<Mutex<Vec<String>>>::default();
    let heard = Arc::clone(&strange);
    let host = Server::start(move |asked| {
        let origin = format!("http://{}", header(&asked.headers, "host").unwrap_or_default());
        let numbered = |id: &str| {
            let payload = served.get(id.strip_prefix('s')?.parse::<usize>().ok()?)?;
            Some(definition(id, &origin, payload).0.to_string())
        };
        Reply::Whole(collects(&asked, numbered).unwrap_or_else(|| {
            if asked.path == "/" {
                let page = include_str!("../pages/hostile-survey.html");
                let page = page.replace("{{candor}}", &candor).replace("{{endpoint}}", &origin);
                return Answer::new(200, "text/html; charset=utf-8", page);
            }
            heard.lock().unwrap_or_else(|e| e.into_inner()).push(asked.path.clone());
            Answer::new(404, "text/plain", "")
        }))
    })?;
    let origin = host.origin.clone();
    let surveys: Vec<Json> = payloads
        .iter()
        .enumerate()
        .map(|(n, payload)| {
            let id = format!("s{n}");
            let (_, texts) = definition(&id, &origin, payload);
            json!({"id": id, "payload": payload, "texts": texts})
        })
        .collect();

    let browser = Browser::of(kind).await?;
    let driver = &browser.driver;
    driver.set_script_timeout(std::time::Duration::from_secs(300)).await?;
    driver.goto(&format!("{origin}/")).await?;
    let mut problems = Vec::new();
    for some in surveys[1..].chunks(50) {
        let script = "const [surveys, done] = arguments; walkAll('s0', surveys).then(done, (error) => done([String(error)]))";
        let found: Vec<String> = driver.execute_async(script, vec![json!(some)]).await?.convert()?;
        problems.extend(found);
    }
    let strange = strange.lock().unwrap_or_else(|e| e.into_inner());
    problems.extend(strange.iter().map(|path| format!("the page's own site was asked for {path}")));
    if problems.is_empty() { Ok(()) } else { Err(problems[..problems.len().min(20)].join("\n").into()) }
}
