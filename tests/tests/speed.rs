//! Nothing moves: whichever way a survey comes onto a page, is answered and goes, what the page shows stays where it is
//! (cumulative layout shift 0, which only Chromium counts). How long anything takes is no matter of pass or fail on a machine
//! that has other things to do: `cargo xtask bench widget` measures that beside the rivals (tests/bench).

use candor_tests::wire::{Answer, Reply, Server, header};
use candor_tests::{Browser, Demo, Kind, Outcome, Visitor, collects, in_each};
use serde_json::json;
use std::time::Duration;

/// The ways onto a page that leave the page where it is; an inline survey stands at the end of what is there.
const MODES: [&str; 6] = ["popover", "modal", "inline", "tab", "page", "kiosk"];

/// Counts what moves without the visitor's doing.
const PROBE: &str = "window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: 'layout-shift', buffered: true })";

#[tokio::test]
async fn nothing_on_the_page_moves_when_a_survey_comes_and_goes() -> Outcome {
    in_each(&[Kind::Chromium], async |kind| {
        let demo = Demo::start()?;
        let candor = demo.candor.clone();
        let server = Server::start(move |asked| {
            let origin = format!("http://{}", header(&asked.headers, "host").unwrap_or_default());
            let definition = |mode: &str| {
                let score =
                    json!({"id": "score", "type": "nps", "text": "How likely are you to recommend us?"});
                let display = match mode {
                    "inline" => json!({"mode": mode, "into": "#feedback"}),
                    "tab" => json!({"mode": mode, "label": "Feedback"}),
                    _ => json!({"mode": mode}),
                };
                let definition = json!({
                    "candor": 1, "id": mode, "origins": [origin], "languages": ["en"], "state": "live",
                    "pages": [{"questions": [score]}], "display": display,
                });
                Some(definition.to_string())
            };
            Reply::Whole(collects(&asked, definition).unwrap_or_else(|| {
                let mode = asked.path.trim_start_matches('/');
                let words =
                    "<p>What the page has to say, in a line or two that stand where they stand.</p>\n"
                        .repeat(12);
                let html = format!(
                    "<!doctype html>
<html lang=\"en\">
<title>A page that stays</title>
<link rel=\"icon\" href=\"data:,\">
<script>{PROBE}</script>
<main><h1>A page that stays</h1>
{words}<div id=\"feedback\"></div></main>
<script async src=\"{candor}/candor.js\" data-endpoint=\"{origin}\" data-survey=\"{mode}\"></script>
</html>"
                );
                Answer::new(200, "text/html; charset=utf-8", html)
            }))
        })?;
        let browser = Browser::of(kind).await?;
        let visitor = Visitor::at(&browser.driver);
        let mut problems = Vec::new();
        for mode in MODES {
            visitor.opens(&format!("{}/{mode}", server.origin)).await?;
            let answered = async {
                if mode == "tab" {
                    visitor.clicks("Feedback").await?;
                }
                visitor.sees("asking").await?;
                visitor.chooses("9").await?;
                visitor.clicks("Send").await?;
                visitor.sees("thanks").await?;
                browser.driver.execute("candor.hide()", vec![]).await?;
                visitor.waits("it to be gone", async || Ok(visitor.state().await?.is_empty())).await
            };
            if let Err(e) = answered.await {
                problems.push(format!("{mode}: {e}"));
            }
            // What moves late has had time to.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let moved: f64 = browser.driver.execute("return window.moved", vec![]).await?.convert()?;
            if moved > 0.0 {
                problems.push(format!("{mode}: moved by {moved}"));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    })
    .await
}
