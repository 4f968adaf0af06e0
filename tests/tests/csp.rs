//! Promise: the widget lives under the strictest Content Security Policy a client's page can have and still carry its script
//! tag. The survey is shown, answered and stored, and nothing of ours is ever refused, but one probe for wasm where the
//! policy does not say that wasm may run, and not even that where the tag says `data-wasm="off"`.

use candor_tests::wire::Answer;
use candor_tests::{Browser, Kind, Outcome, Page, Scene, Visitor, in_each};
use std::time::Duration;

/// A client's policy. In it `C` is Candor's origin; a nonce `n0nce` is on the script tag.
struct Policy {
    name: &'static str,
    policy: &'static str,
    /// Attributes of the script tag.
    tag: &'static str,
    /// Whether the one probe is refused: wasm may not run here, and the tag does not say so.
    probed: bool,
}

const fn policy(name: &'static str, policy: &'static str) -> Policy {
    Policy { name, policy, tag: "", probed: false }
}
const fn without_wasm(name: &'static str, policy: &'static str) -> Policy {
    Policy { name, policy, tag: "", probed: true }
}
const fn told_so(name: &'static str, policy: &'static str) -> Policy {
    Policy { name, policy, tag: r#"data-wasm="off""#, probed: false }
}

const POLICIES: [Policy; 20] = [
    policy("scripts-by-origin", "script-src C 'wasm-unsafe-eval'"),
    without_wasm("no-wasm", "script-src C"),
    told_so("no-wasm-told", "script-src C"),
    policy("nonce", "script-src 'nonce-n0nce' C 'wasm-unsafe-eval'"),
    policy("dynamic", "script-src 'nonce-n0nce' 'strict-dynamic' 'wasm-unsafe-eval'"),
    without_wasm("dynamic-no-wasm", "script-src 'nonce-n0nce' 'strict-dynamic'"),
    told_so("dynamic-no-wasm-told", "script-src 'nonce-n0nce' 'strict-dynamic'"),
    policy("styles-self", "style-src 'self'"),
    policy("styles-none", "style-src 'none'"),
    policy("trusted-types", "require-trusted-types-for 'script'"),
    policy("trusted-types-none", "require-trusted-types-for 'script'; trusted-types 'none'"),
    policy("minimum", "default-src 'none'; script-src C 'wasm-unsafe-eval'; connect-src C"),
    without_wasm("minimum-no-wasm", "default-src 'none'; script-src C; connect-src C"),
    told_so("minimum-no-wasm-told", "default-src 'none'; script-src C; connect-src C"),
    policy(
        "by-path",
        "script-src C/candor.js C/candor-ask.js C/candor-widget.js 'wasm-unsafe-eval'; connect-src C/v1/ C/candor-widget.wasm",
    ),
    told_so(
        "by-path-told",
        "default-src 'none'; script-src C/candor.js C/candor-ask.js C/candor-widget.js C/candor-widget-asm.js; connect-src C/v1/",
    ),
    policy(
        "nothing-else",
        "img-src 'none'; font-src 'none'; media-src 'none'; object-src 'none'; frame-src 'none'; worker-src 'none'; manifest-src 'none'; base-uri 'none'; form-action 'none'",
    ),
    policy("sandbox", "sandbox allow-scripts allow-same-origin"),
    without_wasm(
        "everything",
        "default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; connect-src C; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    told_so(
        "everything-told",
        "default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; connect-src C; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; sandbox allow-scripts allow-same-origin",
    ),
];

/// What a page reported as refused under its policy: the directive and what was refused. The browser posts these to the
/// page's own site, from the first byte on, and no policy keeps it from that; a listener on the page would miss what comes
/// before it.
fn refused(scene: &Scene, case: &str) -> Vec<String> {
    let reports =
        scene.site.asked().into_iter().filter(|request| request.path == format!("/violations?{case}"));
    let bodies = reports.filter_map(|report| serde_json::from_slice::<serde_json::Value>(&report.body).ok());
    let said =
        |report: &serde_json::Value, key: &str| report["csp-report"][key].as_str().unwrap_or("?").to_string();
    // The icon that Firefox asks the page's own site for is none of ours.
    let ours = bodies.filter(|report| !said(report, "blocked-uri").starts_with(&scene.site.origin));
    ours.map(|r| format!("{} {}", said(&r, "effective-directive"), said(&r, "blocked-uri"))).collect()
}

/// What is wrong with how the survey fared under a policy.
async fn fares(scene: &Scene, browser: &Browser, case: &Policy, framed: bool) -> Result<(), String> {
    let said =
        |error: &dyn std::fmt::Display| error.to_string().lines().next().unwrap_or_default().to_string();
    let name = format!("{}-{}{}", browser.kind.name(), case.name, if framed { "-framed" } else { "" });
    let policy = case.policy.replace('C', &scene.front.origin);
    let page = Page::default()
        .header("Content-Security-Policy", &format!("{policy}; report-uri /violations?{name}"))
        .nonce("n0nce")
        .tag(case.tag);
    let address = scene.page(&name, page);
    let visitor = Visitor::at(&browser.driver);
    if framed {
        let html = format!(
            r#"<!doctype html><iframe sandbox="allow-scripts allow-same-origin" width="700" height="700" src="/{name}"></iframe>"#
        );
        scene.site.serves("/outside", Answer::new(200, "text/html", html));
        visitor.opens(&format!("{}/outside", scene.site.origin)).await.map_err(|e| said(&e))?;
        browser.driver.enter_frame(0).await.map_err(|e| said(&e))?;
    } else {
        visitor.opens(&address).await.map_err(|e| said(&e))?;
    }
    let answered = async {
        scene.answers(&visitor).await?;
        visitor.sees("thanks").await
    };
    let answered = answered.await.map_err(|e| format!("{}; refused: {:?}", said(&e), refused(scene, &name)));
    let console = if browser.kind == Kind::Chromium {
        browser.console().await.map_err(|e| said(&e))?
    } else {
        Vec::new()
    };
    answered.map_err(|e| format!("{e}; console: {console:?}"))?;
    let stored = scene.arrived(&name, Duration::from_secs(5)).await.map_err(|e| said(&e))?;
    if stored != 1 {
        return Err(format!("{stored} responses stored"));
    }
    let refused = refused(scene, &name);
    let probe = ["script-src wasm-eval"];
    let probes: &[&str] = if case.probed { &probe } else { &[] };
    if refused != probes {
        return Err(format!("refused: {refused:?}, expected: {probes:?}"));
    }
    // The browser says in the console that it refused the probe, and that is all there is to say.
    let beyond: Vec<&String> = console
        .iter()
        .filter(|line| !(case.probed && line.contains("wasm") || line.contains("escape its sandboxing")))
        .collect();
    if beyond.is_empty() { Ok(()) } else { Err(format!("console: {beyond:?}")) }
}

#[tokio::test]
async fn under_every_policy_the_survey_is_answered_and_nothing_but_the_probe_is_refused() -> Outcome {
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        let mut wrong = Vec::new();
        for case in &POLICIES {
            if let Err(why) = fares(&scene, &browser, case, false).await {
                wrong.push(format!("{}: {why}", case.name));
            }
        }
        if let Err(why) =
            fares(&scene, &browser, &policy("sandboxed", "script-src C 'wasm-unsafe-eval'"), true).await
        {
            wrong.push(format!("a sandboxed frame: {why}"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    })
    .await
}
