//! The analyzer in a real browser: what it shows, what it says of broken files, and that nothing leaves it.

use candor_tests::{Browser, Demo, Outcome, Scratch, Visitor};
use std::time::Duration;
use thirtyfour::prelude::*;

#[tokio::test]
async fn after_the_page_has_loaded_no_request_at_all_leaves_the_browser() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.driver.query(By::Css("[data-test=open-sample]")).first().await?.click().await?;
    browser.analyst().reads("nps-value").await?;
    let folder = Scratch::new("file")?;
    let csv = folder
        .file("foreign.csv", "store,score,when,comment\nLeeds,9,2026-01-02,Good\nYork,3,2026-01-03,Bad\n")?;
    browser.driver.goto(&format!("{}#again", demo.analyzer)).await?;
    browser.analyst().chooses(&csv).await?;
    browser.driver.query(By::Css("[data-test=read-it]")).first().await?.click().await?;
    browser.analyst().reads("nps-value").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;

    // The whole browser's log, beacons, workers and prefetches included. Each of the page's own files once.
    let urls = browser.quit(&demo.candor).await?;
    let (ours, others): (Vec<_>, Vec<_>) = urls.into_iter().partition(|url| url.starts_with(&demo.analyzer));
    assert!(others.is_empty(), "{others:?}");
    let mut kinds: Vec<&str> =
        ours.iter().map(|url| url.rsplit(['.', '/']).next().unwrap_or_default()).collect();
    kinds.sort_unstable();
    // The app's program and its workers' are two.
    assert_eq!(kinds, ["", "css", "js", "wasm", "wasm", "webmanifest"], "{ours:?}");
    Ok(())
}

#[tokio::test]
async fn the_page_is_served_under_a_policy_that_admits_only_its_own_hashed_files() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
    // A script that got into the page could reach nobody: not even the collector that served it.
    let script = "const done = arguments[0];
        const tries = {
            own: () => fetch('/v1/health'), elsewhere: () => fetch('http://127.0.0.1:9/'),
            beacon: async () => { if (!navigator.sendBeacon('/v1/responses', 'x')) throw 0; },
            image: () => new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = no; i.src = '/mark.svg'; }),
            script: () => new Promise((yes, no) => { const s = document.createElement('script'); s.onload = yes; s.onerror = no; s.src = '/candor.js'; document.head.append(s); }),
            inline: () => new Promise((yes, no) => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.head.append(s); window.ran ? yes() : no(); }),
        };
        Promise.all(Object.entries(tries).map(([k, f]) => f().then(() => k, () => ''))).then(r => done(r.filter(Boolean).join(' ')))";
    let got_out: String = browser.driver.execute_async(script, vec![]).await?.convert()?;
    // sendBeacon answers true before the policy is applied; the network log of the test above shows what left.
    assert_eq!(got_out.replace("beacon", "").trim(), "");
    let violations = browser.console().await?;
    assert!(violations.iter().any(|line| line.contains("Content Security Policy")), "{violations:?}");
    Ok(())
}

#[tokio::test]
async fn a_broken_file_gets_a_sentence_with_row_and_column_and_loses_nothing_already_read() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    // Rows 3, 5 and 6 are broken: a word for a number, a missing cell, a score off the scale.
    let mut csv = String::from(
        "store,score,comment\nLeeds,9,Good\nYork,eleven,\"Bad\"\nLeeds,10,Great\nYork,3\nLeeds,42,?\n",
    );
    (0..60).for_each(|i| csv.push_str(&format!("Hull,{},ok\n", i % 11)));
    let folder = Scratch::new("file")?;
    browser.analyst().chooses(&folder.file("broken.csv", &csv)?).await?;
    browser.driver.query(By::Css("[data-test=read-it]")).first().await?.click().await?;
    assert_eq!(browser.analyst().reads("responses-count").await?, "62", "every whole row was read");
    browser.driver.query(By::Css("[data-test=go-data]")).first().await?.click().await?;
    browser.driver.query(By::Css("[data-test=see-plan]")).first().await?;
    let rows = browser.driver.find_all(By::Css("[data-test=skipped-row]")).await?;
    let mut said = Vec::new();
    for row in &rows {
        // The list may be folded away: its words count all the same.
        said.push(row.prop("textContent").await?.unwrap_or_default());
    }
    assert!(
        said.iter().any(|s| s.contains("Row 3") && s.contains("score") && s.contains("eleven")),
        "row 3: {said:?}"
    );
    assert!(said.iter().any(|s| s.contains("Row 5") && s.contains("2 cells")), "row 5: {said:?}");
    assert!(
        said.iter().any(|s| s.contains("Row 6") && s.contains("score") && s.contains("42")),
        "row 6: {said:?}"
    );
    browser.shot("analyzer-skipped").await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_table_gets_a_sentence_and_the_page_goes_on() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    let folder = Scratch::new("file")?;
    let picture = folder.file("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01")?;
    browser.analyst().chooses(&picture).await?;
    let problem = browser.analyst().reads("problem").await?;
    assert!(problem.contains("picture.png") && problem.len() > 30, "{problem}");
    browser.shot("analyzer-problem").await?;
    browser.driver.query(By::Css("[data-test=open-sample]")).first().await?.click().await?;
    browser.analyst().reads("nps-value").await?;
    Ok(())
}

#[tokio::test]
async fn the_number_on_the_screen_is_the_number_on_the_command_line() -> Outcome {
    let demo = Demo::start()?;
    let candor = candor_tests::binary();
    let simulated = std::process::Command::new(&candor)
        .args(["simulate", "--seed", "7", "--responses", "900"])
        .output()?;
    let folder = Scratch::new("file")?;
    let sample = folder.file("simulated.ndjson", &simulated.stdout)?;
    let analyzed = std::process::Command::new(&candor).arg("analyze").arg(&sample).arg("--json").output()?;
    assert!(analyzed.status.success(), "{}", String::from_utf8_lossy(&analyzed.stderr));
    let report: candor_engine::report::Report = serde_json::from_slice(&analyzed.stdout)?;

    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.analyst().chooses(&sample).await?;
    let value = report.scores[0].value;
    assert_eq!(
        browser.analyst().reads("nps-value").await?.replace('−', "-"),
        format!("{}", (value * 100.0).round())
    );
    browser.driver.query(By::Css("[data-test=go-integrity]")).first().await?.click().await?;
    for (name, n) in
        [("none", report.evidence.none), ("some", report.evidence.some), ("strong", report.evidence.strong)]
    {
        let shown = browser.analyst().reads(&format!("evidence-{name}")).await?;
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        assert!(digits.starts_with(&n.to_string()), "{name}: {n} in {shown}");
    }
    assert!(report.evidence.some + report.evidence.strong > 0, "the simulated file has pressure in it");
    browser.shot("analyzer-simulated").await?;

    // The responses behind a count are as many as the count.
    assert!(report.evidence.some > 0, "so that there is a count to click");
    browser.driver.query(By::Css("[data-test=evidence-some]")).first().await?.click().await?;
    browser.driver.query(By::Css("[data-test=response-row]")).first().await?;
    let range = browser.analyst().reads("responses-range").await?;
    assert!(range.contains(&report.evidence.some.to_string()), "{} in {range}", report.evidence.some);
    browser.shot("analyzer-responses").await?;
    Ok(())
}
