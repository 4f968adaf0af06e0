//! A page that means no good: forty style sheets and forty scripts (tests/pages/hostile, one file a case). On each the
//! survey is usable, what is sent is the same to the byte as from a plain page, and the page's globals are as they were.

use candor_survey::Value;
use candor_tests::wire::{Answer, Reply, Server};
use candor_tests::{Browser, Demo, Kind, Outcome, in_each, soak};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// What nobody can do anything about, and why: there the console says so, and the page is as it was.
const SAYS_SO: &[(&str, &str)] = &[
    ("crypto-gone.js", "without chance there is no id for a response"),
    ("fetch-gone.js", "without fetch there is no definition to show"),
    ("json-patched.js", "a JSON.parse that answers {} leaves no definition to decide by"),
    ("unknown-nodes-removed.js", "what is taken off the page cannot be answered"),
];

/// The cases of the small version: what the issue names, and one of each family.
const SMALL: &[&str] = &[
    "all-unset.css",
    "unknown-elements-hidden.css",
    "overlay-on-top.css",
    "body-moved-and-turned.css",
    "zoomed-in.css",
    "div-reset-important.css",
    "print-only.css",
    "right-to-left.css",
    "object-prototype-options.js",
    "prototype-js.js",
    "mootools-js.js",
    "fetch-patched.js",
    "json2-js.js",
    "promise-then-patched.js",
    "crypto-patched.js",
    "attach-shadow-polyfill.js",
    "keys-taken-in-capture.js",
    "unknown-nodes-removed.js",
];

fn pages() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/pages"))
}

/// The names of the cases with this ending: those of the small version, or all.
fn cases(ending: &str) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(pages().join("hostile"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name.ends_with(ending));
    assert_eq!(names.len(), 40, "the promise is forty");
    names.retain(|name| soak() || SMALL.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

/// The page of a case: `/zoomed-in.css` is the page with that style sheet, `/` the plain one.
fn page(candor: &str, path: &str) -> std::io::Result<Answer> {
    let read = |name: &str| std::fs::read_to_string(pages().join(name));
    let case = path.trim_start_matches('/');
    let hostile = match case.rsplit_once('.') {
        Some((_, "css")) => format!("<style>{}</style>", read(&format!("hostile/{case}"))?),
        Some((_, "js")) if case != "untouched.js" => {
            format!("<script>{}</script>", read(&format!("hostile/{case}"))?)
        }
        Some(_) => return Ok(Answer::new(200, "text/javascript", read(case)?)),
        None => String::new(),
    };
    let html = read("hostile.html")?.replace("{{hostile}}", &hostile).replace("{{candor}}", candor);
    Ok(Answer::new(200, "text/html; charset=utf-8", html))
}

/// The site with every case, and the demo whose collector it sends to.
async fn stage() -> Result<(Demo, Server), Box<dyn std::error::Error + Send + Sync>> {
    let demo = Demo::start()?;
    let candor = demo.candor.clone();
    let host = Server::start(move |asked| {
        Reply::Whole(
            page(&candor, &asked.path).unwrap_or_else(|e| Answer::new(404, "text/plain", e.to_string())),
        )
    })?;
    let cases = [cases(".css")?, cases(".js")?].concat();
    let names = std::iter::once("plain").chain(cases.iter().map(String::as_str));
    let origins: Vec<String> = names.map(|name| format!("{:?}", origin(&host, name))).collect();
    let definition = include_str!("../surveys/hostile-page.json");
    let definition = definition.replace("\"origins\": []", &format!("\"origins\": [{}]", origins.join(",")));
    demo.publish("hostile-page", &definition).await?;
    Ok((demo, host))
}

/// Each case has an origin of its own, so that none finds what another has left.
fn origin(host: &Server, case: &str) -> String {
    host.named(&case.replace('.', "-"))
}

/// Someone at a page whose every built-in method may lie. Looks from outside the page's own world: in Chromium from an
/// isolated one, in Firefox from the driver's sandbox, and there with nothing but syntax; moves the mouse to where things are.
struct Wary<'b>(&'b Browser);

impl Wary<'_> {
    /// What the body of a function says that sees the page's elements and not its methods.
    async fn asks(&self, body: &str) -> WebDriverResult<Json> {
        if self.0.kind != Kind::Chromium {
            return Ok(self.0.driver.execute(body, vec![]).await?.json().clone());
        }
        let tools = self.0.driver.cdp();
        let frames = tools.send_raw("Page.getFrameTree", json!({})).await?;
        let frame = &frames["frameTree"]["frame"]["id"];
        let world = json!({"frameId": frame, "worldName": "wary"});
        let world = tools.send_raw("Page.createIsolatedWorld", world).await?;
        self.evaluates(json!({"expression": format!("(() => {{ {body} }})()"), "contextId": world["executionContextId"]})).await
    }

    /// What is not as it was in the page's own world, or what its console was told: a getter of tests/pages/untouched.js.
    async fn untouched(&self, name: &str) -> Result<String, String> {
        let said = if self.0.kind == Kind::Chromium {
            self.evaluates(json!({"expression": format!("untouched.{name}")})).await
        } else {
            self.asks(&format!("return window.untouched.{name}")).await
        };
        let said = said.map_err(|e| e.to_string())?;
        said.as_str().map(String::from).ok_or_else(|| format!("untouched.{name} is {said}"))
    }

    async fn evaluates(&self, mut what: Json) -> WebDriverResult<Json> {
        what["returnByValue"] = json!(true);
        let mut answer = self.0.driver.cdp().send_raw("Runtime.evaluate", what).await?;
        match answer.get("exceptionDetails") {
            Some(exception) => Ok(exception["exception"]["description"].clone()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    async fn state(&self) -> WebDriverResult<String> {
        let state =
            self.asks("const e = document.querySelector('candor-survey'); return e ? e.dataset.state : ''");
        Ok(state.await?.as_str().unwrap_or_default().into())
    }

    async fn sees(&self, state: &str) -> Result<(), String> {
        let start = Instant::now();
        let mut seen = Ok(String::new());
        while start.elapsed() < Duration::from_secs(6) {
            seen = self.state().await.map_err(|e| e.to_string());
            if seen.as_deref() == Ok(state) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("waited for {state}, saw {seen:?}"))
    }

    /// Clicks, with the real mouse, what `selector` finds and whose words begin with `words`.
    async fn clicks(&self, selector: &str, words: &str) -> Result<(), String> {
        let script =
            "const found = document.querySelector('candor-survey').shadowRoot.querySelectorAll(SELECTOR);
            for (let i = 0; i < found.length; i++) {
                if (!found[i].getClientRects().length) continue;
                const said = found[i].getAttribute('aria-label') || found[i].textContent;
                let at = 0;
                for (let j = 0; j < said.length && at < WORDS.length; j++) {
                    if (said[j] === WORDS[at]) at++;
                    else if (at || (said[j] !== ' ' && said[j] !== '\\n')) break;
                }
                if (at !== WORDS.length) continue;
                found[i].scrollIntoView({ block: 'nearest', behavior: 'instant' });
                const r = found[i].getBoundingClientRect();
                return [(r.left + r.width / 2) | 0, (r.top + r.height / 2) | 0];
            }
            return null";
        let script = script
            .replace("SELECTOR", &json!(selector).to_string())
            .replace("WORDS", &json!(words).to_string());
        let found = self.asks(&script).await.map_err(|e| e.to_string())?;
        let (Some(x), Some(y)) = (found[0].as_i64(), found[1].as_i64()) else {
            return Err(format!("no {selector} says {words}: {found}"));
        };
        let hand = self.0.driver.action_chain().move_to(x, y).click();
        hand.perform().await.map_err(|e| format!("{words}: {e}"))
    }

    /// Whether nothing keeps a person from using the survey: everything that can be acted on is inside the window, large
    /// enough, in sight, and on top.
    async fn is_usable(&self) -> Result<(), String> {
        let script = "const host = document.querySelector('candor-survey'), root = host.shadowRoot;
            let problems = '';
            const say = (what, r) => { problems += what + ' (' + (r ? [r.left | 0, r.top | 0, r.width | 0, r.height | 0] : '') + '); ' };
            const panel = root.querySelector('.panel').getBoundingClientRect();
            if (panel.width < 240 || panel.height < 80) say('the panel is too small', panel);
            if (panel.left < -1 || panel.top < -1 || panel.right > innerWidth + 1 || panel.bottom > innerHeight + 1) say('the panel is not inside the window', panel);
            const controls = root.querySelectorAll('label, button, textarea');
            for (let i = 0; i < controls.length; i++) {
                const control = controls[i], r = control.getBoundingClientRect();
                if (!control.getClientRects().length) continue;
                // The words above a text field are no target.
                if (control.localName === 'label' && control.control && control.control.localName === 'textarea') continue;
                const name = control.localName + ' ' + (control.getAttribute('aria-label') || control.textContent);
                const style = getComputedStyle(control);
                if (style.visibility !== 'visible' || style.opacity === '0') { say(name + ' is not in sight', r); continue }
                if (r.width < 23.5 || r.height < 23.5) say(name + ' is too small', r);
                const x = r.left + r.width / 2, y = r.top + r.height / 2;
                if (x < panel.left || y < panel.top || x > panel.right || y > panel.bottom) continue;
                if (document.elementFromPoint(x, y) !== host) { say(name + ' is covered by the page', r); continue }
                let over = root.elementFromPoint(x, y);
                while (over && over !== control) over = over.parentNode;
                if (!over) say(name + ' is covered', r);
            }
            return problems";
        let problems = self.asks(script).await.map_err(|e| e.to_string())?;
        match problems.as_str() {
            Some("") => Ok(()),
            problems => Err(format!("not usable: {}", problems.unwrap_or("it cannot be looked at"))),
        }
    }

    /// Looks at the survey, and answers all of it with mouse and keys.
    async fn answers(&self) -> Result<(), String> {
        self.sees("asking").await?;
        // It comes in with a short movement.
        tokio::time::sleep(Duration::from_millis(250)).await;
        self.is_usable().await?;
        self.clicks("label", "9").await?;
        self.clicks("button", "Next").await?;
        self.is_usable().await?;
        self.clicks("label", "4").await?;
        self.clicks("label", "Scripts").await?;
        self.clicks("textarea", "").await?;
        let typed = self.0.driver.action_chain().send_keys("It bites, a bit.").perform().await;
        typed.map_err(|e| e.to_string())?;
        self.clicks("button", "Send").await?;
        self.sees("thanks").await
    }
}

/// A line of the export without what is different each time: ids, times, and the address.
fn same_each_time(line: &str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    fn without(value: &mut Value, names: &[&str]) {
        if let Value::Object(fields) = value {
            fields.retain(|(name, _)| !names.contains(&name.as_str()));
        }
    }
    let mut value = Value::parse(line)?;
    without(&mut value, &["id", "page", "started", "submitted", "received"]);
    if let Value::Object(fields) = &mut value {
        for (name, part) in fields {
            match name.as_str() {
                "signals" => without(part, &["ms_total", "ms_first", "ms"]),
                "integrity" => without(part, &["score"]),
                _ => {}
            }
        }
    }
    Ok(value.to_json())
}

/// What was sent from the page at `path`, once it has arrived.
async fn sent(demo: &Demo, path: &str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let from = format!("\"page\":\"{path}\"");
    // What was kept on the way may have been sent before.
    let whole = "\"status\":\"complete\"";
    for _ in 0..60 {
        let export = String::from_utf8(demo.export("hostile-page", "ndjson")?)?;
        if let Some(line) = export.lines().find(|line| line.contains(&from) && line.contains(whole)) {
            return same_each_time(line);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("it was thanked for and has not arrived".into())
}

async fn on_each(ending: &str, kind: Kind) -> Outcome {
    let (demo, host) = stage().await?;
    let browser = Browser::of(kind).await?;
    let wary = Wary(&browser);
    browser.driver.goto(&format!("{}/plain", origin(&host, "plain"))).await?;
    wary.answers().await.map_err(|problem| format!("the plain page: {problem}"))?;
    let plain = sent(&demo, "/plain").await?;
    let mut failures = Vec::new();
    for case in cases(ending)? {
        let impossible = SAYS_SO.iter().any(|(name, _)| *name == case);
        let answered = match browser.driver.goto(&format!("{}/{case}", origin(&host, &case))).await {
            Ok(()) => wary.answers().await,
            Err(e) => Err(e.to_string()),
        };
        match wary.untouched("changes").await.as_deref() {
            Ok("") => {}
            Ok(changes) => failures.push(format!("{case}: the page's globals were touched: {changes}")),
            Err(e) => failures.push(format!("{case}: {e}")),
        }
        match (answered, impossible) {
            (Ok(()), false) => match sent(&demo, &format!("/{case}")).await {
                Ok(sent) if sent == plain => {}
                Ok(sent) => {
                    failures.push(format!("{case}: sent {sent}\n    and from the plain page {plain}"))
                }
                Err(e) => failures.push(format!("{case}: {e}")),
            },
            (Ok(()), true) => failures.push(format!("{case}: works; it no longer belongs in SAYS_SO")),
            (Err(problem), false) => failures.push(format!("{case}: {problem}")),
            (Err(_), true) => {
                let said = wary.untouched("said").await?;
                if !said.starts_with("candor:") {
                    failures.push(format!("{case}: the console says nothing of it: {said}"));
                }
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

#[tokio::test]
async fn a_survey_is_answered_under_forty_hostile_style_sheets() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| on_each(".css", kind).await).await
}

#[tokio::test]
async fn a_survey_is_answered_beside_forty_hostile_scripts_which_keep_their_globals() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| on_each(".js", kind).await).await
}
