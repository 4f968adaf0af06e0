//! Promise: a file that was changed on its way does not run. The page is as it was, and one line in the console says why.

use base64::Engine;
use candor_tests::wire::{self, Request};
use candor_tests::{Browser, Kind, Outcome, Page, Scene, Visitor, in_each};
use sha2::Digest;
use std::time::Duration;

/// The file that was changed, and what its page's tag says.
const FILES: [(&str, &str); 5] = [
    ("candor.js", ""),
    ("candor-ask.js", ""),
    ("candor-widget.js", ""),
    ("candor-widget.wasm", ""),
    ("candor-widget-asm.js", r#"data-wasm="off""#),
];

/// Keeps what is said in the console, and errors that nobody caught, where the test can read them.
const LISTENER: &str = "window.said = [];
    for (const level of ['log', 'info', 'warn', 'error']) {
        const native = console[level];
        console[level] = (...what) => { said.push(what.map(String).join(' ')); native.apply(console, what); };
    }
    addEventListener('error', (event) => event.message && said.push('uncaught ' + event.message));
    addEventListener('unhandledrejection', (event) => said.push('unhandled ' + event.reason));";

/// What the page's embed code says of a file: its digest as Subresource Integrity writes it.
fn integrity(scene: &Scene, file: &str) -> std::io::Result<String> {
    let path = format!("/{file}");
    let request = Request { method: "GET".into(), path, headers: Vec::new(), body: Vec::new() };
    let answer = wire::ask(&scene.demo.candor, &request)?;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(&answer.body));
    Ok(format!(r#"integrity="sha384-{digest}" crossorigin="anonymous""#))
}

async fn does_not_run(scene: &Scene, browser: &Browser, file: &str, tag: &str) -> Outcome {
    let visitor = Visitor::at(&browser.driver);
    let page = |changed: &str| -> std::io::Result<String> {
        let tag = format!("{} {tag}", integrity(scene, "candor.js")?);
        let case = format!("{}-{changed}-{}", browser.kind.name(), file.replace('.', "-"));
        Ok(scene.page(&case, Page::default().script(LISTENER).tag(&tag)))
    };
    // Unchanged, it runs: otherwise this would prove nothing.
    scene.front.heals();
    visitor.opens(&page("whole")?).await?;
    visitor.sees("asking").await?;

    scene.front.flips(&format!("/{file}"));
    visitor.opens(&page("changed")?).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let script = "return [
        document.querySelector('candor-survey') ? 'a survey is shown' : '',
        document.getElementById('own').innerText,
        String(typeof window.candor?.show),
        ...window.said]";
    let found: Vec<String> = browser.driver.execute(script, vec![]).await?.convert()?;
    let [survey, own, api, said @ ..] = &found[..] else { return Err("the page says nothing".into()) };
    if !survey.is_empty() {
        return Err(survey.as_str().into());
    }
    if own != "What the page itself says." {
        return Err(format!("the page itself is changed: {own}").into());
    }
    if file == "candor.js" {
        // Nothing of ours runs, and the line is the browser's own.
        if api != "undefined" || !said.is_empty() {
            return Err(format!("something ran: {api} {said:?}").into());
        }
    } else if said.len() != 1 || !said[0].starts_with("candor") {
        return Err(format!("not one line of ours: {said:?}").into());
    }
    if browser.kind == Kind::Chromium {
        let console = browser.console().await?;
        let why = console.iter().filter(|line| line.contains("integrity") && line.contains(file)).count();
        if why == 0 {
            return Err(format!("no line says why: {console:?}").into());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_changed_on_its_way_does_not_run_and_one_line_says_why() -> Outcome {
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let mut wrong = Vec::new();
        for (file, tag) in FILES {
            // No file may come from the cache of the case before.
            let browser = Browser::of(kind).await?;
            if let Err(why) = does_not_run(&scene, &browser, file, tag).await {
                wrong.push(format!("{file}: {why}"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    })
    .await
}
