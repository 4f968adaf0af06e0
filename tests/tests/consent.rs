//! Nothing before consent: twenty pages on which every call that could keep something on the device, or tell one device
//! from another, is counted (tests/pages/watched.js). None comes before the visitor acts; with Global Privacy Control, Do
//! Not Track or `data-consent="required"` none comes at all, and nobody hears of the visit, until `candor.consent(true)`.

use candor_tests::wire::{Answer, Reply, Server};
use candor_tests::{Browser, Demo, Kind, Outcome, Visitor, in_each, soak};
use serde_json::{Value as Json, json};
use std::time::Duration;
use thirtyfour::prelude::*;

/// What Candor may do on a page.
#[derive(Clone, Copy, PartialEq)]
enum May {
    /// Keep the response once the visitor acts.
    Act,
    /// Nothing before `candor.consent(true)`, which is not called.
    Nothing,
    /// The same, and it is called before the visitor acts.
    Consent,
}

/// A page: its name, the tag's attributes, what the browser says of the visitor's wishes, the definition's fields, what the
/// page does to have it shown, and what may be done.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, May);

const GPC: &str = "globalPrivacyControl: true";
const DNT: &str = "doNotTrack: '1'";

const CASES: &[Case] = &[
    ("plain", "", "", "", "", May::Act),
    ("given", "data-consent=given", "", "", "", May::Act),
    ("required", "data-consent=required", "", "", "", May::Nothing),
    ("required-given", "data-consent=required", "", "", "", May::Consent),
    ("gpc", "", GPC, "", "", May::Nothing),
    ("gpc-given", "", GPC, "", "", May::Consent),
    ("gpc-required", "data-consent=required", GPC, "", "", May::Nothing),
    ("gpc-and-the-page-says-given", "data-consent=given", GPC, "", "", May::Act),
    ("dnt", "", DNT, "", "", May::Nothing),
    ("dnt-required", "data-consent=required", DNT, "", "", May::Nothing),
    ("test", "data-test", GPC, "", "", May::Nothing),
    ("javascript", "data-wasm=off data-consent=required", "", "", "", May::Nothing),
    ("delay", "", "", r#""when":{"delay_s":1}"#, "", May::Act),
    ("scroll", "", GPC, r#""when":{"scroll":40}"#, "scrollTo(0, 3000)", May::Nothing),
    (
        "event",
        "data-consent=required",
        "",
        r#""when":{"event":"bought"}"#,
        "candor.track('bought')",
        May::Nothing,
    ),
    ("once", "", "", r#""who":{"sample":1,"cooldown_days":30,"every_days":60,"once":true}"#, "", May::Act),
    ("hidden", "data-consent=required", "", r#""hidden":["agent"]"#, "", May::Nothing),
    ("modal", "data-consent=required", "", r#""display":{"mode":"modal"}"#, "", May::Nothing),
    ("inline", "", "", r##""display":{"mode":"inline","into":"#feedback"}"##, "", May::Act),
    ("page", "", GPC, r#""display":{"mode":"page"}"#, "", May::Nothing),
];

/// The rows of the small version.
const SMALL: &[&str] =
    &["plain", "required", "required-given", "gpc", "gpc-given", "dnt", "scroll", "inline"];

/// Where the visitor may be asked, the names of what is kept are looked at (`indexedDB.databases()`), which keeps nothing:
/// without it nobody who answered yesterday could be left alone today.
const LOOK: &str = "IDBFactory.prototype.databases";

fn page(candor: &str, (name, tag, wishes, ..): &Case) -> Answer {
    let watched = include_str!("../pages/watched.js");
    let html = format!(
        "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>{name}</title>
<script>for (const [name, value] of Object.entries({{ {wishes} }})) Object.defineProperty(navigator, name, {{ value }})</script>
<script>{watched}</script>
<main style=\"min-height: 4000px\"><h1>{name}</h1><div id=\"feedback\"></div></main>
<script async src=\"{candor}/candor.js\" data-survey=\"{name}\" data-attr-case=\"{name}\" {tag}></script>
</html>"
    );
    Answer::new(200, "text/html; charset=utf-8", html)
}

fn definition(origin: &str, (name, _, _, fields, ..): &Case) -> String {
    let mut fields: Json = serde_json::from_str(&format!("{{{fields}}}")).unwrap_or_default();
    let score = json!({"id": "score", "type": "nps", "text": "How likely are you to recommend us?"});
    let more = json!({
        "candor": 1, "id": name, "origins": [origin], "languages": ["en"], "state": "live",
        "pages": [{"questions": [score]}],
    });
    if let (Json::Object(fields), Json::Object(more)) = (&mut fields, more) {
        fields.extend(more);
    }
    fields.to_string()
}

/// What Candor called since this was last asked.
async fn called(driver: &WebDriver) -> WebDriverResult<Vec<String>> {
    driver.execute("return watched()", vec![]).await?.convert()
}

/// Goes to one page and answers its survey; says what is wrong.
async fn visit(
    browser: &Browser,
    demo: &Demo,
    host: &Server,
    case: &Case,
) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let (name, _, wishes, _, does, may) = case;
    let driver = &browser.driver;
    let visitor = Visitor::at(driver);
    let mut problems = Vec::new();
    visitor.opens(&format!("{}/{name}", host.named(name))).await?;
    if !does.is_empty() {
        tokio::time::sleep(Duration::from_millis(800)).await;
        driver.execute(*does, vec![]).await?;
    }
    visitor.sees("asking").await?;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let mut before = called(driver).await?;
    if *may == May::Act {
        before.retain(|call| call != LOOK);
    }
    if !before.is_empty() {
        problems.push(format!("{name}: before the visitor acted: {before:?}"));
    }
    if *may == May::Consent {
        driver.execute("candor.consent(true)", vec![]).await?;
    }
    visitor.chooses("9").await?;
    visitor.clicks("Send").await?;
    visitor.sees("thanks").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let after = called(driver).await?;
    match may {
        May::Nothing if !after.is_empty() => problems.push(format!("{name}: without consent: {after:?}")),
        // The watch sees: what is kept is kept by a call that is counted.
        May::Act | May::Consent if !after.iter().any(|call| call == "IDBFactory.prototype.open") => {
            problems.push(format!("{name}: was to be kept on the device, and was not: {after:?}"));
        }
        May::Act | May::Consent => {
            let strange: Vec<_> = after.iter().filter(|call| !call.starts_with("IDBFactory")).collect();
            if !strange.is_empty() {
                problems.push(format!("{name}: after the visitor acted: {strange:?}"));
            }
        }
        May::Nothing => {}
    }
    let left: Vec<String> = driver
        .execute_async(
            "const done = arguments[0];
            indexedDB.databases().then((found) => done([...found.map((d) => d.name), ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie].filter(Boolean)))",
            vec![],
        )
        .await?
        .convert()?;
    let expected: &[&str] = if *may == May::Nothing { &[] } else { &["candor"] };
    if left != expected {
        problems.push(format!("{name}: left on the device: {left:?}"));
    }
    // Nobody hears of a visit that does not want to be heard of, but through the answer that the visitor sent.
    let export = String::from_utf8(demo.export(name, "ndjson")?)?;
    let exposures = export.lines().filter(|line| line.contains("\"event\":")).count();
    if !wishes.is_empty() && *may == May::Nothing && exposures > 0 {
        problems.push(format!("{name}: {exposures} exposures were sent"));
    }
    Ok(problems)
}

#[tokio::test]
async fn nothing_is_kept_read_or_told_before_the_visitor_acts_or_consents() -> Outcome {
    assert_eq!(CASES.len(), 20, "the promise is twenty pages");
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let demo = Demo::start()?;
        let candor = demo.candor.clone();
        let host = Server::start(move |asked| {
            let case = CASES.iter().find(|case| asked.path.trim_start_matches('/') == case.0);
            Reply::Whole(case.map_or_else(|| Answer::new(404, "text/plain", ""), |case| page(&candor, case)))
        })?;
        let browser = Browser::of(kind).await?;
        let mut problems = Vec::new();
        for case in CASES.iter().filter(|case| soak() || SMALL.contains(&case.0)) {
            if let Err(e) = demo.publish(case.0, &definition(&host.named(case.0), case)).await {
                problems.push(e.to_string());
                continue;
            }
            match visit(&browser, &demo, &host, case).await {
                Ok(found) => problems.extend(found),
                Err(e) => problems.push(format!("{}: {e}", case.0)),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    })
    .await
}
