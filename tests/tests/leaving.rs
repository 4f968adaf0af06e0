//! Leaving clean: a hundred times the tag comes, the survey is answered and `destroy()` is called; a hundred times an app
//! goes on to its next route while the survey is open. No listener, element, interval, observer or byte of wasm is left
//! growing, and in Chromium, once the garbage is collected, no node and no heap either.

use candor_tests::wire::{Answer, Reply, Server};
use candor_tests::{Browser, Demo, Kind, Outcome, collects, in_each, soak};
use serde_json::{Value as Json, json};
use std::time::Duration;
use thirtyfour::prelude::*;

/// Before these many rounds nothing is compared: what is made once is made by then.
const WARM: usize = 4;

/// The most that the JavaScript heap may grow by in bytes: so much in each round, which is well below one survey's nodes
/// and texts, and once what the engine takes for itself until a function has run often.
const HEAP: f64 = 4096.0;
const ENGINE: f64 = 262_144.0;

/// What is there now, with Chromium's own counts.
async fn left(browser: &Browser) -> WebDriverResult<Json> {
    // What was sent has been answered.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut counts = json!({});
    if browser.kind == Kind::Chromium {
        let tools = browser.driver.cdp();
        // What finalizers let go of is collected by the next one.
        for _ in 0..3 {
            tools.send_raw("HeapProfiler.collectGarbage", json!({})).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let metrics = tools.send_raw("Performance.getMetrics", json!({})).await?;
        for metric in metrics["metrics"].as_array().into_iter().flatten() {
            counts[metric["name"].as_str().unwrap_or_default()] = metric["value"].clone();
        }
    }
    counts["page"] = browser.driver.execute("return left()", vec![]).await?.json().clone();
    Ok(counts)
}

async fn round(browser: &Browser, name: &str, candor: &str, times: usize) -> Outcome {
    let script = "const [name, src, times, done] = arguments;
        (async () => { for (let i = 0; i < times; i++) await rounds[name](src) })().then(() => done(''), (error) => done(String(error)))";
    let arguments = vec![json!(name), json!(format!("{candor}/candor.js")), json!(times)];
    let failed: String = browser.driver.execute_async(script, arguments).await?.convert()?;
    if failed.is_empty() { Ok(()) } else { Err(failed.into()) }
}

async fn stays_as_it_was(kind: Kind, name: &str) -> Outcome {
    let demo = Demo::start()?;
    let server = Server::start(|asked| {
        let host = candor_tests::wire::header(&asked.headers, "host").unwrap_or_default().to_string();
        let definition = |id: &str| {
            let score = json!({"id": "score", "type": "nps", "text": "How likely are you to recommend us?"});
            let more = json!({"id": "why", "type": "text", "text": "Why?", "long": true});
            let definition = json!({
                "candor": 1, "id": id, "origins": [format!("http://{host}")], "languages": ["en"], "state": "live",
                "pages": [{"questions": [score, more]}],
            });
            Some(definition.to_string())
        };
        Reply::Whole(collects(&asked, definition).unwrap_or_else(|| {
            let script = include_str!("../pages/leaving.js");
            let html = format!("<!doctype html>\n<html lang=\"en\">\n<title>An app</title>\n<link rel=\"icon\" href=\"data:,\">\n<h1>An app</h1>\n<script>{script}</script>\n</html>\n");
            Answer::new(200, "text/html; charset=utf-8", html)
        }))
    })?;
    let browser = Browser::of(kind).await?;
    browser.driver.set_script_timeout(Duration::from_secs(180)).await?;
    browser.driver.goto(&server.origin).await?;
    let rounds = if soak() { 100 } else { 10 };
    if browser.kind == Kind::Chromium {
        browser.driver.cdp().send_raw("Performance.enable", json!({})).await?;
    }
    let fresh = left(&browser).await?;
    round(&browser, name, &demo.candor, WARM).await?;
    let before = left(&browser).await?;
    round(&browser, name, &demo.candor, rounds).await?;
    let after = left(&browser).await?;
    let mut problems = Vec::new();
    for what in ["elements", "listeners", "intervals", "observers", "patches", "instances", "bytes"] {
        let count = |counts: &Json| {
            let value = &counts["page"][what];
            value.as_array().map(Vec::len).or(value.as_u64().and_then(|n| n.try_into().ok()))
        };
        // Without a forced collection it cannot be known when wasm goes.
        let knowable = kind == Kind::Chromium || !["instances", "bytes"].contains(&what);
        // Where everything is taken away, the page is as before it came. A module that was imported stays, and its wasm.
        let all = name == "destroyed" && !["instances", "bytes"].contains(&what);
        let then = if all { &fresh } else { &before };
        match (count(then), count(&after)) {
            (Some(was), Some(is)) if is > was && knowable => {
                let (was, is) = (&then["page"][what], &after["page"][what]);
                problems.push(format!("{what}: {was} before, {is} after {rounds} rounds"));
            }
            (Some(_), Some(_)) => {}
            _ => problems.push(format!("{what} was not counted")),
        }
    }
    let counts = [
        ("Nodes", 0.5, 0.0),
        ("JSEventListeners", 0.5, 0.0),
        ("Documents", 0.0, 0.0),
        ("JSHeapUsedSize", HEAP, ENGINE),
    ];
    for (what, most, once) in counts {
        match (before[what].as_f64(), after[what].as_f64()) {
            (Some(was), Some(is)) if is - was > most * rounds as f64 + once => {
                problems.push(format!("{what}: {was} before, {is} after {rounds} rounds"));
            }
            (None, _) | (_, None) if kind == Kind::Chromium => {
                problems.push(format!("{what} was not counted"))
            }
            _ => {}
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

#[tokio::test]
async fn destroy_leaves_the_page_as_it_was() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| stays_as_it_was(kind, "destroyed").await).await
}

#[tokio::test]
async fn an_app_that_goes_from_route_to_route_does_not_grow() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| stays_as_it_was(kind, "navigated").await).await
}
