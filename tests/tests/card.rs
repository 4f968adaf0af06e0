//! The evidence card of a unit in a real browser: its pictures have the engine's numbers, the ends of periods are marked where the plan
//! says what is paid for, and the words that tell of a score that was asked for are marked in the comments.

use candor_engine::columns::selection::Selection;
use candor_engine::columns::{Dataset, Filter};
use candor_engine::plan::{Bonus, Paid, Period, Plan, recognise};
use candor_engine::reader::Reading;
use candor_engine::report::{Shuffle, portrait, report};
use candor_engine::world::{Parameters, World};
use candor_survey::evidence::Reason;
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use thirtyfour::prelude::*;

async fn of_page<T: serde::de::DeserializeOwned>(browser: &Browser, script: &str) -> WebDriverResult<T> {
    browser.driver.execute(script, vec![]).await?.convert()
}

/// The words of every element with this test name, trimmed.
async fn all(browser: &Browser, name: &str) -> WebDriverResult<Vec<String>> {
    let script = format!(
        "return [...document.querySelectorAll('[data-test={name}]')].map((e) => e.textContent.trim())"
    );
    of_page(browser, &script).await
}

fn natively(plan: &Plan, text: &str) -> Dataset {
    let mut reading = Reading::new(plan).unwrap();
    reading.push(text.as_bytes());
    let mut dataset = reading.finish();
    let nothing = |_| Ok::<_, std::convert::Infallible>(Vec::new());
    let Ok(()) = dataset.listen(nothing);
    dataset
}

/// The first of the units that stand out, by its place in the page's report and its name.
fn flagged(dataset: &Dataset) -> Result<(usize, String), &'static str> {
    let mut whole = report(dataset);
    let unit = whole.units.iter().find(|unit| unit.flagged).ok_or("nobody stands out")?.unit.clone();
    Shuffle::of(dataset).put(&mut whole);
    let place = whole.units.iter().position(|of| of.unit == unit).ok_or("it is in the report")?;
    Ok((place, unit))
}

/// Opens a file with its plan, and the card of the unit at a place of the report.
async fn opens(browser: &Browser, demo: &Demo, files: &[&Path], place: usize) -> WebDriverResult<()> {
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    let input = browser.driver.query(By::Css("[data-test=file-input]")).first().await?;
    let names: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    input.send_keys(names.join("\n")).await?;
    browser.analyst().reads("nps-value").await?;
    let go = format!("location.hash = '#integrity?unit={place}'");
    browser.driver.execute(go, vec![]).await?;
    browser.analyst().reads("moment").await.map(drop)
}

#[tokio::test]
async fn the_card_draws_how_the_answers_of_a_unit_came_and_marks_the_words_of_a_comment() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
    let file = folder.file("sample.ndjson", &text)?;
    let mut plan = recognise(text.as_bytes(), "sample.ndjson");
    plan.bonus = Some(Bonus { target: None, statistic: Paid::Mean, period: Period::Month, tz: 60 });
    let paid = folder.file("paid.json", serde_json::to_string(&plan)?)?;
    let dataset = natively(&plan, &text);
    // A unit that stands out has most to show.
    let (place, unit) = flagged(&dataset)?;
    let expected = portrait(&dataset, &Selection::default(), &unit)?;
    assert!(expected.period_ends.len() >= 3 && !expected.expected.is_empty(), "{expected:?}");
    let solicited = Filter { unit: Some(unit), reason: Some(Reason::Solicited), ..Filter::default() };
    let quotes = dataset.rows(&solicited, 0, 5);
    let marks: Vec<&str> =
        quotes.rows.iter().flat_map(|row| row.marks.iter().map(|range| &row.text[range.clone()])).collect();
    assert!(!marks.is_empty(), "a pressured unit is asked for tens");
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        opens(&browser, &demo, &[&file, &paid], place).await?;
        assert_eq!(all(&browser, "moment").await?.len(), expected.timeline.len());
        assert_eq!(all(&browser, "period-end").await?.len(), expected.period_ends.len());
        assert_eq!(all(&browser, "spread-bar").await?.len(), expected.distribution.len());
        assert_eq!(all(&browser, "device-day").await?.len(), expected.devices.len());
        assert_eq!(all(&browser, "run").await?.len(), expected.runs.len());
        let findings: Vec<String> = of_page(
            &browser,
            "return [...document.querySelectorAll('[data-test=card-pictures] .finding')].map((e) => e.textContent)",
        )
        .await?;
        assert_eq!(findings[..2], [expected.course.clone(), expected.spread.clone()]);
        if let Some(first) = expected.devices.first() {
            let words = format!("{} of {}; one gave {}", first.again, first.n, first.most);
            assert!(all(&browser, "device-day").await?[0].ends_with(&words));
        }
        browser.analyst().reads("quote").await?;
        assert_eq!(all(&browser, "cue").await?, marks);
        // The numbers of the timeline stand in its table.
        let rows: u64 = of_page(
            &browser,
            "const details = document.querySelector('[data-test=card-pictures] details');
             details.open = true;
             return new Promise((done) => setTimeout(() => done(details.querySelectorAll('tbody tr').length), 100))",
        )
        .await?;
        assert_eq!(rows, expected.timeline.len() as u64);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_cards_pictures_fit_a_phone_and_axe_finds_nothing_in_either_theme() -> Outcome {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .map_err(|e| format!("{}: {e}: run npm ci in tests/peers", axe.display()))?;
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let text = World::sample().simulate_with(&Parameters::sample()).ndjson();
    let file = folder.file("sample.ndjson", &text)?;
    let mut plan = recognise(text.as_bytes(), "sample.ndjson");
    plan.bonus = Some(Bonus { target: None, statistic: Paid::Mean, period: Period::Month, tz: 0 });
    let paid = folder.file("paid.json", serde_json::to_string(&plan)?)?;
    let (place, _) = flagged(&natively(&plan, &text))?;
    let browser = Browser::start().await?;
    browser.driver.set_script_timeout(Duration::from_secs(60)).await?;
    opens(&browser, &demo, &[&file, &paid], place).await?;
    browser.analyst().reads("quote").await?;
    browser.driver.execute(axe, vec![]).await?;
    let audit = "const done = arguments[0];
        const wide = document.documentElement;
        const ruler = wide.scrollWidth > wide.clientWidth ? [`${wide.scrollWidth} px in ${wide.clientWidth}`] : [];
        axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done([...ruler,
            ...violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`)]));";
    let tools = browser.driver.cdp();
    let mut problems = Vec::new();
    for (window, width, height) in [("desktop", 1280, 900), ("phone", 390, 844)] {
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            tools.send_raw("Emulation.setEmulatedMedia", features).await?;
            let size = |height: u64| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(height)).await?;
            tokio::time::sleep(Duration::from_millis(250)).await;
            let found: Vec<String> = browser.driver.execute_async(audit, vec![]).await?.convert()?;
            problems.extend(found.into_iter().map(|problem| format!("{window} {scheme}: {problem}")));
            let tall: u64 = of_page(&browser, "return document.documentElement.scrollHeight").await?;
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(tall)).await?;
            browser.shot(&format!("card-{window}-{scheme}")).await?;
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
