//! The report's pages in a real browser: their numbers are the engine's, axe-core finds nothing on any of them in either
//! theme, nothing is wider than the window, everything is done by keyboard, and hidden names are hidden everywhere.

use candor_engine::report::Report;
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::Duration;
use thirtyfour::prelude::*;

const PAGES: [&str; 8] = ["brief", "integrity", "change", "drivers", "voices", "segments", "value", "data"];

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a script says of the page.
async fn of_page<T: serde::de::DeserializeOwned>(browser: &Browser, script: &str) -> WebDriverResult<T> {
    browser.driver.execute(script, vec![]).await?.convert()
}

/// Goes to a page of the report by its link, and waits until its heading stands.
async fn goes(browser: &Browser, page: &str) -> WebDriverResult<()> {
    let link = browser.driver.query(By::Css(format!("[data-test=go-{page}]"))).first().await?;
    if link.attr("aria-current").await?.is_some() {
        return Ok(());
    }
    link.click().await?;
    arrives(browser, page).await
}

async fn arrives(browser: &Browser, page: &str) -> WebDriverResult<()> {
    Visitor::at(&browser.driver)
        .waits(page, async || {
            let script = format!(
                "return document.querySelector('[data-test=go-{page}]')?.ariaCurrent === 'page' && document.activeElement?.localName === 'h1'"
            );
            of_page(browser, &script).await
        })
        .await
}

/// A simulated file with every kind of pressure, and what the command line makes of it.
fn simulated(folder: &Scratch) -> Fallible<(std::path::PathBuf, Json, Report)> {
    let candor = candor_tests::binary();
    let made = std::process::Command::new(&candor)
        .args([
            "simulate",
            "--units",
            "60",
            "--pressured",
            "6",
            "--kind",
            "mix",
            "--size",
            "150",
            "--exposures",
        ])
        .output()?;
    let file = folder.file("simulated.ndjson", &made.stdout)?;
    let analyzed = std::process::Command::new(&candor).arg("analyze").arg(&file).arg("--json").output()?;
    assert!(analyzed.status.success(), "{}", String::from_utf8_lossy(&analyzed.stderr));
    Ok((file, serde_json::from_slice(&analyzed.stdout)?, serde_json::from_slice(&analyzed.stdout)?))
}

async fn opens(browser: &Browser, demo: &Demo, file: &Path) -> WebDriverResult<()> {
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    let input = browser.driver.query(By::Css("[data-test=file-input]")).first().await?;
    input.send_keys(file.to_string_lossy()).await?;
    browser.analyst().reads("nps-value").await.map(drop)
}

/// A share of one in hundredths with a true minus sign.
fn points(value: f64) -> String {
    let rounded = (value * 100.0).round();
    if rounded < 0.0 { format!("−{}", -rounded) } else { format!("{}", rounded.abs()) }
}

#[tokio::test]
async fn the_numbers_of_every_page_are_the_engines() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (file, whole, report) = simulated(&folder)?;
    let browser = Browser::start().await?;
    opens(&browser, &demo, &file).await?;

    // The brief has seven numbers at most, and no figure stands outside of them but in what to do and in dates.
    let figures: u64 =
        of_page(&browser, "return document.querySelectorAll('.brief [data-figure]').length").await?;
    assert!((3..=7).contains(&figures), "{figures} numbers");
    let loose: String = of_page(
        &browser,
        "const brief = document.querySelector('.brief').cloneNode(true);
         brief.querySelectorAll('[data-figure], .head, .steps, .asked, .count, .changed .quiet').forEach((e) => e.remove());
         return brief.textContent.match(/\\d.*/)?.[0] ?? ''",
    )
    .await?;
    assert_eq!(loose, "", "a number that is no figure");
    assert_eq!(browser.analyst().reads("nps-value").await?, points(report.scores[0].value));
    let interval = browser.analyst().reads("nps-interval").await?;
    assert_eq!(interval, format!("{} to {}", points(report.scores[0].low), points(report.scores[0].high)));
    let change = report.change.as_ref().ok_or("the simulated file is long enough for a change")?;
    let shown = browser.analyst().reads("change-value").await?;
    assert!(shown.starts_with(&format!("{} point", points(change.difference.value))), "{shown}");
    let steps = browser.driver.find_all(By::Css("[data-test=step]")).await?;
    assert_eq!(steps.len(), report.first.len());
    for (step, expected) in steps.iter().zip(&report.first) {
        assert_eq!(step.text().await?, expected.sentence);
    }

    goes(&browser, "integrity").await?;
    for (name, n) in
        [("none", report.evidence.none), ("some", report.evidence.some), ("strong", report.evidence.strong)]
    {
        let shown = browser.analyst().reads(&format!("evidence-{name}")).await?;
        assert_eq!(shown.replace(',', ""), n.to_string(), "{name}");
    }
    let rows = browser.driver.find_all(By::Css("[data-test=ranked-row]")).await?;
    assert_eq!(rows.len(), report.units.len().min(30));
    let flagged = report.units.iter().filter(|unit| unit.flagged).count();
    assert!(flagged > 0 && report.pressure.is_some(), "so that there is a card with something to say");
    for row in rows.iter().take(flagged) {
        assert!(row.text().await?.contains("stands out"), "flagged units come first");
    }

    // The card of the first: every channel, those that could not speak with their reason.
    rows[0].find(By::Css("a")).await?.click().await?;
    let name = browser.analyst().reads("card-name").await?;
    let unit = report.units.iter().find(|unit| unit.unit == name).ok_or("the card has a unit's name")?;
    assert_eq!(
        browser.analyst().reads("card-verdict").await?.trim(),
        unit.verdict.as_deref().unwrap_or_default()
    );
    let usable = unit.channels.iter().filter(|channel| channel.reason.is_none());
    let shown = browser.driver.find_all(By::Css("[data-test=channel]")).await?;
    assert_eq!(shown.len(), usable.clone().count());
    let said: Vec<String> = of_page(
        &browser,
        "return [...document.querySelectorAll('[data-test=channel] .statement')].map((e) => e.textContent)",
    )
    .await?;
    for channel in usable {
        assert!(said.contains(&channel.sentence), "{}: {said:?}", channel.sentence);
    }
    let silent = browser.driver.find_all(By::Css("[data-test=absent-channel]")).await?;
    assert_eq!(silent.len() + shown.len(), unit.channels.len());

    goes(&browser, "drivers").await?;
    let rows = browser.driver.find_all(By::Css("[data-test=driver-row]")).await?;
    assert_eq!(rows.len(), report.drivers.len());

    // What is taken along is what the command line writes.
    goes(&browser, "data").await?;
    browser
        .driver
        .execute(
            "window.saved = []; const make = URL.createObjectURL;
             URL.createObjectURL = (blob) => (blob.text().then((text) => saved.push(text)), make.call(URL, blob));",
            vec![],
        )
        .await?;
    for hook in ["export-report", "export-units"] {
        browser.driver.query(By::Css(format!("[data-test={hook}]"))).first().await?.click().await?;
    }
    Visitor::at(&browser.driver)
        .waits("two files", async || of_page(&browser, "return saved.length === 2").await)
        .await?;
    let saved: Vec<String> = of_page(&browser, "return saved").await?;
    assert_eq!(serde_json::from_str::<Json>(&saved[0])?, whole);
    let units: Vec<&str> = saved[1].lines().skip(1).collect();
    assert_eq!(units.len(), report.units.len());
    assert!(
        units[0].starts_with(&format!("{},{},", report.units[0].unit, report.units[0].n)),
        "{}",
        units[0]
    );
    Ok(())
}

#[tokio::test]
async fn hidden_names_stand_nowhere_on_any_page_and_in_no_export() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (file, _, report) = simulated(&folder)?;
    let browser = Browser::start().await?;
    opens(&browser, &demo, &file).await?;
    goes(&browser, "integrity").await?;
    browser.driver.query(By::Css("[data-test=hide-names]")).first().await?.click().await?;
    browser.driver.query(By::Css("[data-test=card-link]")).first().await?.click().await?;
    browser.analyst().reads("card-name").await?;
    let mut seen =
        vec![of_page::<String>(&browser, "return document.body.textContent + location.href").await?];
    for page in PAGES {
        goes(&browser, page).await?;
        browser
            .driver
            .execute("document.querySelectorAll('details').forEach((d) => d.open = true)", vec![])
            .await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        seen.push(of_page(&browser, "return document.querySelector('main').innerHTML").await?);
    }
    // The lists of responses name units beside each of them, and the plan in its examples.
    for list in ["#responses", "#responses?level=some", "#responses?score=10&page=2"] {
        browser.driver.execute(format!("location.hash = '{list}'"), vec![]).await?;
        browser.analyst().reads("responses-range").await?;
        browser.analyst().reads("response-row").await.map_err(|e| format!("{list}: {e}"))?;
        seen.push(of_page(&browser, "return document.querySelector('main').innerHTML").await?);
        goes(&browser, "data").await?;
    }
    browser.analyst().clicks("see-plan").await?;
    browser.analyst().reads("read-it").await?;
    seen.push(of_page(&browser, "return document.querySelector('main').innerHTML").await?);
    for unit in &report.units {
        let word = |text: &str| {
            text.match_indices(&unit.unit).any(|(at, name)| {
                let after = text[at + name.len()..].chars().next();
                let before = text[..at].chars().next_back();
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            })
        };
        for (place, text) in seen.iter().enumerate() {
            assert!(!word(text), "{} stands on page {place}", unit.unit);
        }
    }
    Ok(())
}

/// By axe-core every rule that it runs by itself, and by a ruler that nothing is wider than the window.
const AUDIT: &str = "const done = arguments[0];
    const wide = document.documentElement;
    const ruler = wide.scrollWidth > wide.clientWidth ? [`${wide.scrollWidth} px in ${wide.clientWidth}`] : [];
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done([...ruler,
        ...violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary.slice(0, 200)}`)]));";

#[tokio::test]
async fn axe_and_a_ruler_find_nothing_on_any_page_in_either_theme() -> Outcome {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .map_err(|e| format!("{}: {e}: run npm ci in tests/peers", axe.display()))?;
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (file, ..) = simulated(&folder)?;
    let browser = Browser::start().await?;
    browser.driver.set_script_timeout(Duration::from_secs(60)).await?;
    opens(&browser, &demo, &file).await?;
    browser.driver.execute(axe, vec![]).await?;
    let tools = browser.driver.cdp();
    let mut problems = Vec::new();
    // A desktop, a telephone, a desktop at 200% zoom (to a page a window of half the size), and one read from right to left.
    for (window, width, height, direction) in [
        ("desktop", 1280, 900, "ltr"),
        ("phone", 390, 844, "ltr"),
        ("zoom", 640, 450, "ltr"),
        ("rtl", 390, 844, "rtl"),
    ] {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        tools.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        browser.driver.execute(format!("document.documentElement.dir = '{direction}'"), vec![]).await?;
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            tools.send_raw("Emulation.setEmulatedMedia", features).await?;
            for page in PAGES.into_iter().chain(["card"]) {
                if page == "card" {
                    goes(&browser, "integrity").await?;
                    browser.driver.query(By::Css("[data-test=card-link]")).first().await?.click().await?;
                    browser.analyst().reads("card-name").await?;
                } else {
                    goes(&browser, page).await?;
                }
                // What fades from one color to another is not to be judged on its way.
                tokio::time::sleep(Duration::from_millis(250)).await;
                let found: Vec<String> = browser.driver.execute_async(AUDIT, vec![]).await?.convert()?;
                problems.extend(found.into_iter().map(|found| format!("{page} {window} {scheme}: {found}")));
                if std::env::var_os("CANDOR_SHOTS").is_some() {
                    let tall: u64 = of_page(&browser, "return document.documentElement.scrollHeight").await?;
                    let whole =
                        json!({"width": width, "height": tall, "deviceScaleFactor": 1, "mobile": false});
                    tools.send_raw("Emulation.setDeviceMetricsOverride", whole).await?;
                    browser.shot(&format!("{page}-{window}-{scheme}")).await?;
                    let back =
                        json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
                    tools.send_raw("Emulation.setDeviceMetricsOverride", back).await?;
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

/// Presses Tab until the element with this test name has the focus.
async fn tabs_to(browser: &Browser, name: &str) -> WebDriverResult<()> {
    let script = "return document.activeElement?.dataset?.test ?? ''";
    for _ in 0..60 {
        if of_page::<String>(browser, script).await? == name {
            // Around the end of a page Tab goes through Firefox's own bars, where the focus of a browser without a window
            // would stay: keys would come to the page, and press no button.
            let here = browser.driver.window().await?;
            return browser.driver.switch_to_window(here).await;
        }
        Visitor::at(&browser.driver).presses("\u{e004}").await?;
    }
    Err(WebDriverError::from_inner(thirtyfour::error::WebDriverErrorInner::NotFound(
        name.into(),
        "60 times Tab did not come to it".into(),
    )))
}

#[tokio::test]
async fn from_the_sample_to_a_printed_brief_by_keyboard_alone() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let demo = Demo::start()?;
        let browser = Browser::of(kind).await?;
        let visitor = Visitor::at(&browser.driver);
        let enter = String::from('\u{e007}');
        visitor.opens(&demo.analyzer).await?;
        browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
        tabs_to(&browser, "open-sample").await?;
        visitor.presses(enter.clone()).await?;
        browser.analyst().reads("nps-value").await?;
        for page in &PAGES[1..] {
            tabs_to(&browser, &format!("go-{page}")).await?;
            visitor.presses(enter.clone()).await?;
            arrives(&browser, page).await?;
            // The focus is on the heading now; the way to the next page is behind it, around the end.
            browser.driver.execute("document.querySelector('.wordmark').focus()", vec![]).await?;
        }
        tabs_to(&browser, "go-brief").await?;
        visitor.presses(enter.clone()).await?;
        arrives(&browser, "brief").await?;
        tabs_to(&browser, "edit-purpose").await?;
        visitor.presses(enter.clone()).await?;
        // The form opens with the focus in its first field.
        visitor
            .waits("the form", async || {
                of_page(&browser, "return document.activeElement.dataset.test === 'purpose-decision'").await
            })
            .await?;
        visitor.presses("Whether to keep the bonus").await?;
        visitor.presses(enter.clone()).await?;
        visitor
            .waits("the purpose", async || {
                of_page(
                    &browser,
                    "return document.querySelector('.head h1').textContent.includes('keep the bonus')",
                )
                .await
            })
            .await?;
        browser
            .driver
            .execute("window.printed = 0; window.print = () => { window.printed += 1 }", vec![])
            .await?;
        tabs_to(&browser, "print").await?;
        visitor.presses(enter).await?;
        let printed: u64 = of_page(&browser, "return window.printed").await?;
        assert_eq!(printed, 1);
        Ok(())
    })
    .await
}
