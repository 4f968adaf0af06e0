//! The analyzer's workers in a real browser: a table that is read in parts, stopping, a second file, and a worker that ends.

use candor_engine::plan::recognise;
use candor_engine::reader::Reading;
use candor_engine::report::{Report, report};
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, in_each};
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// A table of so many rows, with comments that hold line breaks and quotation marks, in two languages.
fn table(rows: usize) -> String {
    let mut csv = String::from("store,score,when,comment\n");
    for row in 0..rows {
        let comment = match row % 9 {
            0 => format!("\"The staff was very friendly, number {row}\nand I would come back any time\""),
            1 => format!("he asked me to give a 10 so that he gets his bonus, he said \"\"please\"\" {row}"),
            4 => "Die junge Frau an der Kasse war sehr freundlich und hat mir geholfen".into(),
            _ => String::new(),
        };
        let comment = if row % 9 == 1 { format!("\"{comment}\"") } else { comment };
        let (month, day) = (row * 12 / rows + 1, row % 28 + 1);
        let store = ["Leeds", "York", "Hull", "Bath", "Ely"][row % 5];
        let score = (row * 7 + row / 13) % 11;
        csv.push_str(&format!("{store},{score},2026-{month:02}-{day:02},{comment}\n"));
    }
    csv
}

/// What the engine makes of it outside of any browser.
fn natively(csv: &str, name: &str) -> Report {
    let mut reading = Reading::new(&recognise(csv.as_bytes(), name)).unwrap();
    reading.push(csv.as_bytes());
    report(&reading.finish())
}

fn points(report: &Report) -> String {
    format!("{}", (report.scores[0].value * 100.0).round())
}

#[tokio::test]
async fn workbooks_parquet_and_spss_files_give_the_numbers_of_the_command_line() -> Outcome {
    let demo = Demo::start()?;
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("analyzer").join("formats");
    let folder = Scratch::new("file")?;
    let packed = folder.file("survey.zip", b"")?;
    let mut zip = std::process::Command::new("python3");
    zip.args(["-m", "zipfile", "-c"]).arg(&packed).arg(formats.join("sav/fixtures/plain.sav"));
    assert!(zip.status()?.success());
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        for file in [
            formats.join("xlsx/fixtures/shared.xlsx"),
            formats.join("parquet/fixtures/zstd.parquet"),
            formats.join("sav/fixtures/plain.sav"),
            packed.clone(),
        ] {
            let analyzed = std::process::Command::new(candor_tests::binary())
                .arg("analyze")
                .arg(&file)
                .arg("--json")
                .output()?;
            assert!(analyzed.status.success(), "{}", String::from_utf8_lossy(&analyzed.stderr));
            let expected: Report = serde_json::from_slice(&analyzed.stdout)?;
            Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
            browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
            browser.analyst().chooses(&file).await?;
            browser.analyst().clicks("read-it").await?;
            let shown = browser.analyst().reads("nps-value").await?.replace('−', "-");
            assert_eq!(shown, points(&expected), "{}", file.display());
            let read = browser.analyst().reads("responses-count").await?.replace(',', "");
            assert_eq!(read, expected.responses.used.to_string(), "{}", file.display());
        }
        Ok(())
    })
    .await
}

/// Keeps hold of the page's workers from here on, so that a test can end one as the browser might.
const WATCH: &str = "window.started = []; const Born = Worker;
    window.Worker = class extends Born { constructor(...a) { super(...a); started.push(this); } };";

#[tokio::test]
async fn a_table_read_in_parts_gives_the_numbers_that_the_engine_gives_natively() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let csv = table(60_000);
    assert!(csv.len() > 2 << 20, "so that it is divided");
    let path = folder.file("parts.csv", &csv)?;
    let expected = natively(&csv, "parts.csv");
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
        browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
        browser.analyst().chooses(&path).await?;
        browser.analyst().clicks("read-it").await?;
        assert_eq!(browser.analyst().reads("nps-value").await?.replace('−', "-"), points(&expected));
        assert_eq!(browser.analyst().reads("responses-count").await?.replace(',', ""), "60000");
        browser.analyst().clicks("go-integrity").await?;
        let digits: String =
            browser.analyst().reads("evidence-some").await?.chars().filter(char::is_ascii_digit).collect();
        assert!(
            expected.evidence.some > 0 && digits.starts_with(&expected.evidence.some.to_string()),
            "{digits}"
        );
        // The texts stayed in the file, and are read from there.
        browser.analyst().clicks("evidence-some").await?;
        let row = browser.analyst().reads("response-row").await?;
        assert!(row.contains("so that he gets his bonus, he said \"please\""), "{row}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_whose_last_rows_tell_the_order_of_day_and_month_is_read_again() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let rows = |rows: usize| -> String {
        // Days and months alike in number, and in no order.
        let day = |row: usize| (1 + row * 7 % 12, 1 + (row / 12 + row * 5) % 12);
        let line = |row| format!("{},{:02}/{:02}/2026,store {}\n", row % 11, day(row).0, day(row).1, row % 7);
        (0..rows).map(line).collect()
    };
    // One is divided, the other is read in one go.
    let divided = format!("score,when,store\n{}9,28/12/2026,store 1\n", rows(60_000));
    let short = format!("score,when,store\n{}9,28/12/2026,store 1\n", rows(20_000));
    assert!(divided.len() > 1 << 20 && short.len() > 256 << 10 && short.len() < 1 << 20);
    let browser = Browser::start().await?;
    for (name, csv) in [("divided.csv", divided), ("short.csv", short)] {
        let path = folder.file(name, &csv)?;
        Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
        browser.driver.query(By::Css("[data-test=open-sample]")).first().await?;
        browser.analyst().chooses(&path).await?;
        browser.analyst().clicks("read-it").await?;
        let all = (csv.lines().count() - 1).to_string();
        assert_eq!(browser.analyst().reads("responses-count").await?.replace(',', ""), all, "{name}");
        browser.analyst().clicks("go-data").await?;
        browser.analyst().clicks("see-plan").await?;
        let notes = browser.driver.query(By::Css(".plan .notes")).first().await?.text().await?;
        assert!(notes.contains("1 can only be day/month and 0 only the other way"), "{name}: {notes}");
    }
    Ok(())
}

#[tokio::test]
async fn reading_stops_when_asked_to_and_what_was_opened_before_stays() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let browser = Browser::start().await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    let small = folder.file("small.csv", table(900))?;
    browser.analyst().chooses(&small).await?;
    browser.analyst().clicks("read-it").await?;
    let before = browser.analyst().reads("nps-value").await?;

    let long = folder.file("long.csv", table(1_000_000))?;
    browser.driver.goto(&format!("{}#open", demo.analyzer)).await?;
    browser.analyst().chooses(&long).await?;
    browser.analyst().clicks("read-it").await?;
    // From the click to the page without the button, on the page's own clock.
    let script = "const done = arguments[0]; const wait = () => {
        const button = document.querySelector('[data-test=cancel]');
        if (!button) return setTimeout(wait, 5);
        setTimeout(() => {
            const at = performance.now(); button.click();
            const gone = () => document.querySelector('[data-test=cancel]') ? setTimeout(gone, 1) : done(performance.now() - at);
            gone();
        }, 150);
    }; wait()";
    let took: f64 = browser.driver.execute_async(script, vec![]).await?.convert()?;
    assert!(took <= 300.0, "it took {took} ms");
    browser.driver.goto(&format!("{}#report", demo.analyzer)).await?;
    assert_eq!(browser.analyst().reads("nps-value").await?, before);
    // Its rows are still to be had.
    browser.driver.goto(&format!("{}#responses?", demo.analyzer)).await?;
    assert!(browser.analyst().reads("responses-range").await?.contains("900"));

    // And another file can be opened in its place.
    let second = table(30_000);
    let path = folder.file("second.csv", &second)?;
    browser.driver.goto(&format!("{}#open", demo.analyzer)).await?;
    browser.analyst().chooses(&path).await?;
    browser.analyst().clicks("read-it").await?;
    let expected = points(&natively(&second, "second.csv"));
    let waited = Instant::now();
    while browser.analyst().reads("responses-count").await?.replace(',', "") != "30000" {
        assert!(waited.elapsed() < Duration::from_secs(20), "the second file is on show");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(browser.analyst().reads("nps-value").await?.replace('−', "-"), expected);
    Ok(())
}

#[tokio::test]
async fn when_a_worker_ends_midway_the_page_says_so_and_lives() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let browser = Browser::start().await?;
    let watch = serde_json::json!({ "source": WATCH });
    browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", watch).await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    let long = folder.file("long.csv", table(1_000_000))?;
    browser.analyst().chooses(&long).await?;
    browser.analyst().clicks("read-it").await?;
    browser.driver.query(By::Css("[data-test=cancel]")).first().await?;
    // It is gone without a word.
    let ended = "started.forEach(worker => worker.terminate()); return started.length";
    let ended: u64 = browser.driver.execute(ended, vec![]).await?.convert()?;
    assert!(ended > 1, "several workers were reading");
    let problem = browser.analyst().reads("problem").await?;
    assert!(problem.contains("long.csv") && problem.contains("ended"), "{problem}");
    let small = folder.file("small.csv", table(900))?;
    browser.driver.goto(&format!("{}#open", demo.analyzer)).await?;
    browser.analyst().chooses(&small).await?;
    browser.analyst().clicks("read-it").await?;
    assert_eq!(browser.analyst().reads("responses-count").await?, "900");
    Ok(())
}

#[tokio::test]
async fn closing_a_file_ends_its_workers_however_often() -> Outcome {
    let demo = Demo::start()?;
    let folder = Scratch::new("file")?;
    let path = folder.file("parts.csv", table(60_000))?;
    let browser = Browser::start().await?;
    let count = "window.living = 0; const Born = Worker; window.Worker = class extends Born {
        constructor(...a) { super(...a); living++; }
        terminate() { super.terminate(); living--; } };";
    let count = serde_json::json!({ "source": count });
    browser.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", count).await?;
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    browser.analyst().finds("open-sample").await?;
    let living = async || browser.driver.execute("return living", vec![]).await?.convert::<u64>();
    let spare = living().await?;
    for time in 0..10 {
        browser.analyst().opens(&path).await?;
        assert_eq!(browser.analyst().reads("responses-count").await?, "60,000");
        browser.analyst().clicks("open-another").await?;
        browser.analyst().clicks("close").await?;
        browser.analyst().finds("open-sample").await?;
        assert_eq!(living().await?, spare, "after closing it {time} times");
    }
    // Nothing of it is left to go back to.
    browser.driver.goto(&format!("{}#brief", demo.analyzer)).await?;
    browser.analyst().finds("open-sample").await?;
    Ok(())
}
