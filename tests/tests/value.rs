//! The Value page in a real browser: the sample and files of one's own joined with a CRM file give the engine's numbers and sentences,
//! two files that are chosen together are told apart, bad files get a sentence, all of it by keyboard, and axe-core finds nothing.

use candor_engine::columns::Dataset;
use candor_engine::columns::selection::Selection;
use candor_engine::plan::recognise;
use candor_engine::reader::{Reading, Takes};
use candor_engine::value::{CrmReading, JoinPlan, Part, Value, guess, value};
use candor_engine::world::{Parameters, World};
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use serde_json::json;
use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;
use thirtyfour::prelude::*;

async fn text(browser: &Browser, name: &str) -> WebDriverResult<String> {
    browser.driver.query(By::Css(format!("[data-test={name}]"))).first().await?.text().await
}

async fn click(browser: &Browser, name: &str) -> WebDriverResult<()> {
    browser.driver.query(By::Css(format!("[data-test={name}]"))).first().await?.click().await
}

async fn of_page<T: serde::de::DeserializeOwned>(browser: &Browser, script: &str) -> WebDriverResult<T> {
    browser.driver.execute(script, vec![]).await?.convert()
}

/// The words of every element that matches, trimmed.
async fn all(browser: &Browser, selector: &str) -> WebDriverResult<Vec<String>> {
    let script =
        format!("return [...document.querySelectorAll('{selector}')].map((e) => e.textContent.trim())");
    of_page(browser, &script).await
}

/// Waits until the page says the sentences of `expected`, in its order.
async fn says(browser: &Browser, expected: &Value) -> WebDriverResult<()> {
    let sentences: Vec<String> = expected.findings.iter().map(|finding| finding.sentence.clone()).collect();
    let said = Visitor::at(&browser.driver)
        .waits("the engine's sentences", async || {
            Ok(all(browser, "[data-test=conclusion] .statement").await? == sentences)
        })
        .await;
    if said.is_err() {
        assert_eq!(all(browser, "[data-test=conclusion] .statement").await?, sentences);
    }
    said
}

async fn chooses(browser: &Browser, name: &str, files: &[&Path]) -> WebDriverResult<()> {
    let input = browser.driver.query(By::Css(format!("[data-test={name}]"))).first().await?;
    let names: Vec<String> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    input.send_keys(names.join("\n")).await
}

async fn opens_sample(browser: &Browser, demo: &Demo) -> WebDriverResult<()> {
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    click(browser, "open-sample").await?;
    text(browser, "nps-value").await?;
    click(browser, "go-value").await
}

fn read(survey: &str) -> Dataset {
    let mut reading = Reading::new(&recognise(survey.as_bytes(), "survey.csv")).unwrap();
    reading.push(survey.as_bytes());
    reading.finish()
}

fn nothing(_: std::ops::Range<u64>) -> Result<Vec<u8>, Infallible> {
    Ok(Vec::new())
}

fn guessed(survey: &Dataset, crm: &str) -> JoinPlan {
    let Ok(plan) = guess(survey, &recognise(crm.as_bytes(), "crm.csv"), crm.as_bytes(), nothing);
    plan
}

fn natively(survey: &Dataset, crm: &str, plan: &JoinPlan) -> Value {
    let mut reading = CrmReading::new(plan).unwrap();
    reading.push(crm.as_bytes());
    let customers = reading.finish().unwrap().finish();
    let Ok(found) = value(survey, &customers, plan, &Selection::default(), nothing);
    found.unwrap()
}

/// A survey and a CRM file of another firm: numbers with commas before the fraction, days of leaving.
fn files() -> (String, String) {
    let mut survey = String::from("kundennummer;bewertung;kommentar;datum\n");
    let mut crm = String::from("Kundennr;Branche;Umsatz;Gek\u{fc}ndigt am\n");
    for at in 0..600u32 {
        let score = [10, 9, 3, 8, 10, 6, 7, 9, 2, 10][(at * 7 % 10) as usize];
        survey.push_str(&format!("K{at:04};{score};;{:02}.03.2026\n", 1 + at % 28));
        let amount = 100 + (at * 7919) % 900 + 90 * score;
        let left = if score <= 6 && at % 4 == 0 { "15.04.2026" } else { "" };
        let branch = ["Handel", "Bau", "Pflege"][(at % 3) as usize];
        crm.push_str(&format!("K{at:04};{branch};\u{20ac} 1.{:03},{:02};{left}\n", amount % 1000, at % 100));
    }
    (survey, crm)
}

#[tokio::test]
async fn the_sample_joined_with_its_customers_has_the_engines_numbers() -> Outcome {
    let demo = Demo::start()?;
    let (world, p) = (World::sample(), Parameters::sample());
    let (survey, crm) = (read(&world.simulate_with(&p).ndjson()), world.crm(&p));
    let expected = natively(&survey, &crm, &guessed(&survey, &crm));
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        opens_sample(&browser, &demo).await?;
        click(&browser, "crm-sample").await?;
        says(&browser, &expected).await?;
        // A number of each picture, to the digit.
        let weighted = expected.weighted.as_ref().ok_or("the sample has money")?;
        let points = |value: f64| format!("{}", (value * 100.0).round()).replace('-', "\u{2212}");
        let interval = format!(
            "{} ({} to {})",
            points(weighted.weighted.value),
            points(weighted.weighted.low),
            points(weighted.weighted.high)
        );
        assert_eq!(all(&browser, "[data-test=weighted] [data-test=value-words]").await?[1], interval);
        let churn = expected.churn.as_ref().ok_or("the sample knows who left")?;
        assert_eq!(all(&browser, "[data-test=churn] [data-test=value-row]").await?.len(), churn.groups.len());
        let pains = expected.pains.as_ref().ok_or("the sample has comments")?;
        assert_eq!(all(&browser, "[data-test=pains] [data-test=value-row]").await?.len(), pains.pains.len());
        // Behind each picture stands its table, and no key in whole is anywhere.
        click(&browser, "join-plan").await?;
        let whole: String = of_page(&browser, "return document.body.textContent").await?;
        assert!(!whole.contains("C00") && whole.contains("C0\u{2022}"), "a key is shown");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_files_that_are_chosen_together_are_told_apart_and_the_plan_is_obeyed() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (survey, crm) = files();
    let paths = [folder.file("kunden.csv", &crm)?, folder.file("umfrage.csv", &survey)?];
    let dataset = read(&survey);
    let mut plan = guessed(&dataset, &crm);
    let expected = natively(&dataset, &crm, &plan);
    assert!(expected.join.matched == 600 && expected.churn.is_some() && expected.currency == "\u{20ac}");
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
        chooses(&browser, "file-input", &[&paths[0], &paths[1]]).await?;
        click(&browser, "read-it").await?;
        text(&browser, "nps-value").await?;
        click(&browser, "go-value").await?;
        says(&browser, &expected).await?;
        let taken = text(&browser, "crm-taken").await?;
        assert!(taken.starts_with("umfrage.csv was taken for the survey"), "{taken}");

        // Without the segment, other numbers; the table says who plays which part.
        click(&browser, "join-plan").await?;
        let at = plan.columns.iter().position(|column| column.role == Part::Segment).ok_or("a segment")?;
        let script = format!(
            "const field = document.querySelector('[data-test=join-{at}]'); field.value = 'ignore';
             field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        browser.driver.execute(script, vec![]).await?;
        plan.columns[at].role = Part::Ignore;
        says(&browser, &natively(&dataset, &crm, &plan)).await?;
        plan.columns[at].role = Part::Segment;

        // Taken for each other, the survey's plan is that of the CRM file.
        click(&browser, "crm-swap").await?;
        browser.driver.query(By::Css("[data-test=read-it]")).first().await?;
        let lede = browser.driver.query(By::Css(".plan .lede")).first().await?.text().await?;
        assert!(lede.contains("kunden.csv"), "{lede}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_joined_gets_a_sentence_and_the_page_goes_on() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let browser = Browser::start().await?;
    opens_sample(&browser, &demo).await?;
    for (name, contents, sentence) in [
        ("empty.csv", &b""[..], "it has no bytes"),
        ("header.csv", b"customer_id,revenue\n", "is the key"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "picture.png is no text"),
        ("names.csv", b"name,city\nAnn,Leeds\nBob,York\nCid,Hull\n", "says nothing about customers yet"),
    ] {
        chooses(&browser, "crm-input", &[&folder.file(name, contents)?]).await?;
        let script = "return document.querySelector('[data-test=crm-problem]')?.textContent ?? ''";
        let said = Visitor::at(&browser.driver)
            .waits(name, async || Ok(of_page::<String>(&browser, script).await?.contains(sentence)))
            .await;
        assert!(said.is_ok(), "{name}: {}", of_page::<String>(&browser, script).await?);
    }
    // Customers whom nobody in the survey is: no column of theirs is the key.
    let other = World::sample().crm(&Parameters::sample()).replace("\nC", "\nX");
    chooses(&browser, "crm-input", &[&folder.file("other.csv", other)?]).await?;
    Visitor::at(&browser.driver)
        .waits("no key", async || {
            let said = "return document.querySelector('[data-test=crm-problem]')?.textContent ?? ''";
            Ok(of_page::<String>(&browser, said).await?.contains("is the key"))
        })
        .await?;
    // And the right file can be chosen after all of them.
    let right = World::sample().crm(&Parameters::sample());
    chooses(&browser, "crm-input", &[&folder.file("crm.csv", right)?]).await?;
    text(&browser, "conclusion").await.map(drop)?;
    Ok(())
}

/// Keeps what the page saves where the test can read it, as there is no folder for downloads.
const CATCH: &str = "window.saved = []; const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => (saved.push(blob), make.call(URL, blob));";

#[tokio::test]
async fn a_large_crm_file_says_how_far_it_is_and_can_be_stopped() -> Outcome {
    use std::fmt::Write;
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (survey, small) = files();
    let survey = folder.file("umfrage.csv", &survey)?;
    let (head, rows) = small.split_once('\n').ok_or("a header")?;
    // The customers of the small file, and a million who did not answer.
    let mut crm = format!("{head}\n{rows}");
    for at in 0..1_000_000u32 {
        writeln!(crm, "X{at:07};Handel;\u{20ac} 1.{:03},50;", at % 1000)?;
    }
    let crm = folder.file("kunden.csv", &crm)?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    chooses(&browser, "file-input", &[&survey]).await?;
    click(&browser, "read-it").await?;
    text(&browser, "nps-value").await?;
    click(&browser, "go-value").await?;
    // Stopped as soon as that is offered, it is gone: the page asks for a file again, and the keyboard stands there.
    let stop = "window.seen = [];
        new MutationObserver(() => {
            const cancel = document.querySelector('[data-test=crm-cancel]');
            const bar = document.querySelector('[data-test=crm-progress] progress');
            if (!cancel) return;
            window.seen.push([bar.value, bar.getAttribute('aria-label'), bar.parentElement.textContent]);
            if (window.stops) { window.stops = false; cancel.click(); }
        }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        window.stops = true;";
    browser.driver.execute(stop, vec![]).await?;
    chooses(&browser, "crm-input", &[&crm]).await?;
    let gone = "return window.seen.length > 0 && !document.querySelector('[data-test=crm-cancel]')
        && !document.querySelector('[data-test=join-plan]')
        && document.activeElement?.dataset.test === 'crm-input'";
    Visitor::at(&browser.driver).waits("the file is gone", async || of_page(&browser, gone).await).await?;
    let seen: Vec<(f64, String, String)> = of_page(&browser, "return window.seen").await?;
    assert!(
        seen[0].0 < 100.0 && seen[0].1 == "Reading kunden.csv" && seen[0].2.contains(" rows"),
        "{:?}",
        seen[0]
    );
    let said = "return document.querySelector('.bottom ~ [role=status]').textContent";
    assert_eq!(
        of_page::<String>(&browser, said).await?,
        "Reading was cancelled. Nothing was kept of the CRM file."
    );

    // Chosen again it is read to its end, and the bar has moved.
    browser.driver.execute("window.seen = []", vec![]).await?;
    chooses(&browser, "crm-input", &[&crm]).await?;
    text(&browser, "conclusion").await?;
    let seen: Vec<(f64, String, String)> = of_page(&browser, "return window.seen").await?;
    let steps: Vec<f64> = seen.iter().map(|seen| seen.0).collect();
    assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]), "{steps:?}");
    assert!(steps.iter().any(|step| (1.0..100.0).contains(step)), "{steps:?}");
    Ok(())
}

#[tokio::test]
async fn a_project_asks_for_its_crm_file_and_joins_it_by_the_same_plan() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let (survey, crm) = files();
    let dataset = read(&survey);
    let mut plan = guessed(&dataset, &crm);
    let at = plan.columns.iter().position(|column| column.role == Part::Segment).ok_or("a segment")?;
    plan.columns[at].role = Part::Ignore;
    let expected = natively(&dataset, &crm, &plan);
    let (survey, crm_file) = (folder.file("umfrage.csv", &survey)?, folder.file("kunden.csv", &crm)?);
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    chooses(&browser, "file-input", &[&survey]).await?;
    click(&browser, "read-it").await?;
    text(&browser, "nps-value").await?;
    click(&browser, "go-value").await?;
    chooses(&browser, "crm-input", &[&crm_file]).await?;
    text(&browser, "conclusion").await?;
    let script = format!(
        "const field = document.querySelector('[data-test=join-{at}]'); field.value = 'ignore';
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    browser.driver.execute(script, vec![]).await?;
    says(&browser, &expected).await?;
    browser.driver.execute(CATCH, vec![]).await?;
    click(&browser, "save-project").await?;
    let made = "return window.saved.length === 1";
    Visitor::at(&browser.driver).waits("a project", async || of_page(&browser, made).await).await?;
    let read_it = "const done = arguments[0]; window.saved[0].text().then(done);";
    let project: String = browser.driver.execute_async(read_it, vec![]).await?.convert()?;
    // It names the file and holds nothing of it.
    assert!(
        project.contains("kunden.csv") && !project.contains("K0") && !project.contains("Handel"),
        "{project}"
    );
    let project = folder.file("umfrage.csv.candor.json", &project)?;

    // Opened without its CRM file, the project asks for it, also when it is saved again.
    let other = Browser::start().await?;
    Visitor::at(&other.driver).opens(&demo.analyzer).await?;
    chooses(&other, "file-input", &[&survey, &project]).await?;
    let asks = text(&other, "crm-awaited").await?;
    assert!(
        asks.starts_with("This project joins kunden.csv (") && asks.contains("by kundennummer"),
        "{asks}"
    );
    shots(&other, "value-awaited").await?;
    chooses(&other, "crm-input", &[&crm_file]).await?;
    says(&other, &expected).await?;
    assert_eq!(all(&other, "[data-test=crm-note]").await?, Vec::<String>::new());

    // All three at once need no question, and another file of the same columns is told.
    Visitor::at(&other.driver).opens(&demo.analyzer).await?;
    chooses(&other, "file-input", &[&crm_file, &project, &survey]).await?;
    says(&other, &expected).await?;
    Visitor::at(&other.driver).opens(&demo.analyzer).await?;
    chooses(&other, "file-input", &[&survey, &project]).await?;
    text(&other, "crm-awaited").await?;
    chooses(&other, "crm-input", &[&folder.file("neu.csv", &crm)?]).await?;
    let note = text(&other, "crm-note").await?;
    assert!(note.contains("neu.csv is not the same file"), "{note}");
    says(&other, &expected).await?;
    // One without its columns is joined by what it has, and that is said.
    let renamed = crm.replacen("Umsatz", "Revenue", 1);
    Visitor::at(&other.driver).opens(&demo.analyzer).await?;
    chooses(&other, "file-input", &[&survey, &project]).await?;
    text(&other, "crm-awaited").await?;
    chooses(&other, "crm-input", &[&folder.file("kunden.csv", &renamed)?]).await?;
    let note = text(&other, "crm-note").await?;
    assert!(note.contains("columns that are not there: Umsatz"), "{note}");
    Ok(())
}

/// Pictures of the page on a desktop and a telephone, light and dark, for whoever asks for them.
async fn shots(browser: &Browser, name: &str) -> Outcome {
    if std::env::var_os("CANDOR_SHOTS").is_none() {
        return Ok(());
    }
    let tools = browser.driver.cdp();
    for (window, width, height) in [("desktop", 1280, 900), ("phone", 390, 844)] {
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            tools.send_raw("Emulation.setEmulatedMedia", features).await?;
            let size = |height: u64| json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(height)).await?;
            let tall: u64 = of_page(browser, "return document.documentElement.scrollHeight").await?;
            tools.send_raw("Emulation.setDeviceMetricsOverride", size(tall)).await?;
            browser.shot(&format!("{name}-{window}-{scheme}")).await?;
        }
    }
    tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn a_keyboard_joins_and_axe_and_a_ruler_find_nothing_in_either_theme() -> Outcome {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe)
        .map_err(|e| format!("{}: {e}: run npm ci in tests/peers", axe.display()))?;
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    browser.driver.set_script_timeout(Duration::from_secs(60)).await?;
    opens_sample(&browser, &demo).await?;
    let visitor = Visitor::at(&browser.driver);
    let focused = "return document.activeElement?.dataset.test ?? ''";
    let reaches = async |wanted: &str| -> WebDriverResult<()> {
        for _ in 0..60 {
            if of_page::<String>(&browser, focused).await? == wanted {
                return Ok(());
            }
            visitor.presses("\u{e004}").await?;
        }
        panic!("the keyboard does not reach {wanted}")
    };
    reaches("crm-sample").await?;
    visitor.presses("\u{e007}").await?;
    text(&browser, "conclusion").await?;
    reaches("join-plan").await?;
    visitor.presses("\u{e007}").await?;
    reaches("survey-key").await?;

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
            browser.shot(&format!("value-{window}-{scheme}")).await?;
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
