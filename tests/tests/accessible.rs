//! Accessible: twelve surveys (tests/surveys/accessible), which between them have every type of question and every mode, in
//! both themes. axe-core finds nothing, in a window, on a telephone of 320 px and at 200% zoom; everything is done by
//! keyboard; a survey in a corner never traps the focus, a modal does, and either gives it back.

use candor_survey::{Definition, Kind as Question, definition::Mode};
use candor_tests::wire::{Answer, Reply, Request, Server};
use candor_tests::{Browser, Demo, Kind, Outcome, Visitor, collects, in_each, soak};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::Duration;
use thirtyfour::prelude::*;

const SURVEYS: &[&str] = &[
    include_str!("../surveys/accessible/01-recommend.json"),
    include_str!("../surveys/accessible/02-scales.json"),
    include_str!("../surveys/accessible/03-choices.json"),
    include_str!("../surveys/accessible/04-matrix.json"),
    include_str!("../surveys/accessible/05-ranking.json"),
    include_str!("../surveys/accessible/06-typed.json"),
    include_str!("../surveys/accessible/07-slider.json"),
    include_str!("../surveys/accessible/08-protected.json"),
    include_str!("../surveys/accessible/09-crosswise.json"),
    include_str!("../surveys/accessible/10-logic.json"),
    include_str!("../surveys/accessible/11-right-to-left.json"),
    include_str!("../surveys/accessible/12-long.json"),
];
const SCHEMES: [&str; 2] = ["light", "dark"];
const MODES: [&str; 6] = ["popover", "modal", "inline", "tab", "page", "kiosk"];

/// The windows, in CSS pixels: a desktop, a small telephone, and a desktop at 200% zoom, which to a page is one of half the
/// size.
const WINDOWS: [(u32, u32); 3] = [(1240, 860), (320, 568), (640, 430)];

fn surveys() -> Vec<Json> {
    SURVEYS.iter().map(|text| serde_json::from_str(text).unwrap_or_default()).collect()
}

fn id(survey: &Json) -> &str {
    survey["id"].as_str().unwrap_or_default()
}

fn mode(survey: &Json) -> &str {
    survey["display"]["mode"].as_str().unwrap_or("popover")
}

/// The definition called `<survey>_<scheme>_<mode>`: that survey in that theme and mode.
fn definition(name: &str, origin: &str) -> Option<String> {
    let mut words = name.split('_');
    let (wanted, scheme, shown) = (words.next()?, words.next()?, words.next()?);
    let mut survey = surveys().into_iter().find(|survey| id(survey) == wanted)?;
    if mode(&survey) != shown {
        survey["display"] = match shown {
            "inline" => json!({"mode": shown, "into": "#feedback"}),
            "tab" => json!({"mode": shown, "label": "Feedback"}),
            _ => json!({"mode": shown}),
        };
    }
    survey["id"] = json!(name);
    survey["origins"] = json!([origin]);
    survey["theme"]["scheme"] = json!(scheme);
    Some(survey.to_string())
}

/// The site: `/<definition>` is a page with that survey on it, `/asks/<definition>` shows it only when its button is
/// clicked, `/windows/<n>/<definition>` is the first in the nth window.
fn site(asked: &Request, candor: &str, origin: &str) -> Option<Answer> {
    if let Some(answer) = collects(asked, |id| definition(id, origin)) {
        return Some(answer);
    }
    let html = |body: String| {
        let page = format!("<!doctype html>\n<html {body}\n</html>\n");
        Some(Answer::new(200, "text/html; charset=utf-8", page))
    };
    let path = asked.path.strip_prefix('/')?;
    match path {
        "axe.js" => {
            let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node_modules/axe-core/axe.min.js");
            let axe = std::fs::read(&axe).unwrap_or_else(|e| {
                format!("throw new Error('{}: {e}: run npm ci in tests/peers')", axe.display()).into()
            });
            return Some(Answer::new(200, "text/javascript", axe));
        }
        "accessible.js" => {
            return Some(Answer::new(200, "text/javascript", include_str!("../pages/accessible.js")));
        }
        _ => {}
    }
    // One window at a time: a survey is never shown in two at once.
    if let Some((window, name)) = path.strip_prefix("windows/").and_then(|rest| rest.split_once('/')) {
        let (width, height) = *WINDOWS.get(window.parse::<usize>().ok()?)?;
        return html(format!(
            "lang=\"en\">\n<title>A window</title>\n<iframe title=\"{width}\" width=\"{width}\" height=\"{height}\" src=\"/{name}\"></iframe>"
        ));
    }
    let (name, tag) = match path.strip_prefix("asks/") {
        Some(name) => (name, String::new()),
        None => (path, format!("data-survey=\"{path}\"")),
    };
    let language = if path.contains("right-to-left") { "lang=\"ar\" dir=\"rtl\"" } else { "lang=\"en\"" };
    html(format!(
        "{language}>
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>A page with a survey</title>
<link rel=\"icon\" href=\"data:,\">
<script src=\"/axe.js\"></script>
<script src=\"/accessible.js\"></script>
</head>
<body>
<header><a id=\"before\" href=\"#before\">Before</a></header>
<main>
<h1>A page with a survey</h1>
<p><button id=\"ask\" type=\"button\" onclick=\"candor.show('{name}')\">Ask</button> <a id=\"after\" href=\"#after\">After</a></p>
<div id=\"feedback\"></div>
</main>
<script async src=\"{candor}/candor.js\" data-endpoint=\"{origin}\" {tag}></script>
</body>"
    ))
}

type Stage = (Demo, Server, Browser);

async fn stage(kind: Kind) -> Result<Stage, Box<dyn std::error::Error + Send + Sync>> {
    let demo = Demo::start()?;
    let candor = demo.candor.clone();
    let server = Server::start(move |asked| {
        let host = candor_tests::wire::header(&asked.headers, "host").unwrap_or_default();
        let answer = site(&asked, &candor, &format!("http://{host}"));
        Reply::Whole(answer.unwrap_or_else(|| Answer::new(404, "text/plain", "")))
    })?;
    let browser = Browser::of(kind).await?;
    browser.driver.set_script_timeout(Duration::from_secs(120)).await?;
    Ok((demo, server, browser))
}

#[test]
fn the_twelve_surveys_are_valid_and_have_every_type_of_question_and_every_mode() {
    let read: Vec<Definition> = SURVEYS
        .iter()
        .map(|text| Definition::parse(text).unwrap_or_else(|e| panic!("{e}: {text}")))
        .collect();
    assert_eq!(read.len(), 12);
    for kind in Question::ALL {
        assert!(read.iter().flat_map(Definition::questions).any(|q| q.kind == *kind), "{}", kind.as_str());
    }
    for mode in Mode::ALL {
        assert!(read.iter().any(|survey| survey.display.mode == *mode), "{}", mode.as_str());
        assert!(MODES.contains(&mode.as_str()));
    }
}

#[tokio::test]
async fn axe_and_a_ruler_find_nothing_in_any_theme_mode_and_window() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let (_demo, server, browser) = stage(kind).await?;
        let mut problems = Vec::new();
        for (n, survey) in surveys().iter().enumerate() {
            for (scheme, shown) in SCHEMES.iter().flat_map(|scheme| MODES.map(|mode| (scheme, mode))) {
                for (window, (width, _)) in WINDOWS.iter().enumerate() {
                    // The small version: each survey in its own mode, in the themes and windows by turns.
                    let turn = shown == mode(survey) && *scheme == SCHEMES[n % 2] && window == n % 3;
                    if !soak() && !turn {
                        continue;
                    }
                    let name = format!("{}_{scheme}_{shown}", id(survey));
                    browser.driver.goto(&format!("{}/windows/{window}/{name}", server.origin)).await?;
                    let script = "const done = arguments[0];
                        document.querySelector('iframe').contentWindow.walk().then(done, (error) => done([String(error)]))";
                    let found: Vec<String> = browser.driver.execute_async(script, vec![]).await?.convert()?;
                    problems.extend(found.into_iter().map(|problem| format!("{name} {width} px: {problem}")));
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    })
    .await
}

/// What has the focus: its question, type, and whether that question still wants an answer.
const FOCUS: &str = "const root = document.querySelector('candor-survey')?.shadowRoot, e = root?.activeElement;
    if (!e) return {};
    const group = e.name ? [...root.querySelectorAll(`[name=\"${e.name}\"]`)] : [];
    return { act: e.dataset.act ?? '', kind: e.type ?? e.localName, name: e.name ?? '', open: e.localName === 'textarea' || !/radio|checkbox/.test(e.type) ? !e.value : !group.some((e) => e.checked) }";

/// Answers a whole survey by keyboard: Tab to go on, the keys of each control to answer it, Enter on Next.
async fn by_keyboard(browser: &Browser) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let visitor = Visitor::at(&browser.driver);
    let key = |key: char| visitor.presses(String::from(key));
    let (tab, enter, down, right) = ('\u{e004}', '\u{e007}', '\u{e015}', '\u{e014}');
    let mut met = Vec::new();
    for _ in 0..250 {
        let focus = browser.driver.execute(FOCUS, vec![]).await?.json().clone();
        let word = |field: &str| focus[field].as_str().unwrap_or_default().to_string();
        let new = !met.contains(&word("name"));
        match (word("act").as_str(), word("kind").as_str()) {
            ("next", _) => {
                key(enter).await?;
                // The next page, or the thanks, takes the focus to where it begins.
                tokio::time::sleep(Duration::from_millis(150)).await;
                if visitor.state().await? != "asking" {
                    return Ok(visitor.sees("thanks").await?);
                }
            }
            ("", "radio" | "checkbox") if focus["open"] == true => visitor.presses(" ").await?,
            ("", "range") if new => key(right).await?,
            ("", "select-one") if focus["open"] == true => key(down).await?,
            ("", "email") if new => visitor.presses("ann@shop.example").await?,
            ("", "number") if new => visitor.presses("3").await?,
            ("", "text" | "textarea") if focus["open"] == true => visitor.presses("A word").await?,
            _ => {}
        }
        met.push(word("name"));
        key(tab).await?;
    }
    Err(format!("not at its end after 250 keys, but {}; met {met:?}", visitor.state().await?).into())
}

#[tokio::test]
async fn every_survey_is_answered_by_keyboard_alone() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let (_demo, server, browser) = stage(kind).await?;
        let mut problems = Vec::new();
        for survey in
            surveys().iter().filter(|survey| soak() || ["03-choices", "08-protected"].contains(&id(survey)))
        {
            let name = format!("{}_light_{}", id(survey), mode(survey));
            let visitor = Visitor::at(&browser.driver);
            visitor.opens(&format!("{}/{name}", server.origin)).await?;
            let answered =
                match visitor.waits("the survey", async || Ok(!visitor.state().await?.is_empty())).await {
                    Ok(()) => by_keyboard(&browser).await,
                    Err(e) => Err(e.into()),
                };
            problems.extend(answered.err().map(|e| format!("{name}: {e}")));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    })
    .await
}

/// The id of what has the focus on the page, or `candor-survey`.
async fn focused(driver: &WebDriver) -> WebDriverResult<String> {
    let script = "const e = document.activeElement; return e.id || e.localName";
    driver.execute(script, vec![]).await?.convert()
}

#[tokio::test]
async fn a_corner_never_traps_the_focus_a_modal_does_and_both_give_it_back() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let (_demo, server, browser) = stage(kind).await?;
        let driver = &browser.driver;
        let visitor = Visitor::at(driver);
        let (tab, enter, shift, escape) = ('\u{e004}', '\u{e007}', '\u{e008}', '\u{e00c}');
        for shown in ["popover", "modal"] {
            visitor.opens(&format!("{}/asks/12-long_light_{shown}", server.origin)).await?;
            visitor
                .waits("candor.js", async || {
                    driver.execute("return !!window.candor?.show", vec![]).await?.convert()
                })
                .await?;
            driver.execute("document.querySelector('#ask').focus()", vec![]).await?;
            visitor.presses(String::from(enter)).await?;
            visitor.sees("asking").await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let at_first = focused(driver).await?;
            let expected = if shown == "popover" { "ask" } else { "candor-survey" };
            if at_first != expected {
                return Err(format!("{shown}: the focus is on {at_first}").into());
            }
            for _ in 0..5 {
                if focused(driver).await? != "candor-survey" {
                    visitor.presses(String::from(tab)).await?;
                }
            }
            if focused(driver).await? != "candor-survey" {
                return Err(format!("{shown}: Tab does not come to it").into());
            }
            // Backward, because past its end the browser's own controls come, of which each has others.
            let mut path = Vec::new();
            for _ in 0..20 {
                driver.action_chain().key_down(shift).send_keys(tab).key_up(shift).perform().await?;
                path.push(focused(driver).await?);
            }
            let left = path.iter().any(|id| ["before", "ask", "after"].contains(&id.as_str()));
            if left == (shown == "modal") {
                return Err(format!("{shown}: the focus went {path:?}").into());
            }
            visitor.tabs_to("Close").await?;
            visitor.presses(String::from(escape)).await?;
            visitor.waits("the survey to go", async || Ok(visitor.state().await?.is_empty())).await?;
            let at_last = focused(driver).await?;
            if at_last != "ask" && at_last != "after" {
                return Err(format!("{shown}: the focus went to {at_last} at the end").into());
            }
        }
        Ok(())
    })
    .await
}
