//! The analyzer as one file, opened from a folder without any server: it starts, reads tables in workers and workbooks by the
//! reader that it carries, and its policy lets nothing out.

use candor_engine::plan::recognise;
use candor_engine::reader::Reading;
use candor_engine::report::report;
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, in_each, site};
use std::path::{Path, PathBuf};
use thirtyfour::prelude::*;

/// Opens the page anew and a file in it, and returns how many responses it has and the score.
async fn read(browser: &Browser, page: &str, file: &Path) -> WebDriverResult<(String, String)> {
    browser.driver.goto("about:blank").await?;
    browser.driver.goto(page).await?;
    let analyst = browser.analyst();
    analyst.opens(file).await?;
    Ok((
        analyst.reads("responses-count").await?.replace(',', ""),
        analyst.reads("nps-value").await?.replace('−', "-"),
    ))
}

/// The page as somebody has it who copied it to a stick.
fn copied(folder: &Scratch) -> std::io::Result<String> {
    let built = site().join("analyzer/candor-analyzer.html");
    Ok(format!("file://{}", folder.file("candor-analyzer.html", std::fs::read(built)?)?.display()))
}

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("analyzer").join(path)
}

#[tokio::test]
async fn one_file_reads_tables_in_workers_and_workbooks_without_any_server() -> Outcome {
    let folder = Scratch::new("stick")?;
    let page = copied(&folder)?;
    // Longer than what is read in one go.
    let mut csv = String::from("store,score,when,comment\n");
    for row in 0..40_000 {
        let score = (row * 7 + row / 13) % 11;
        csv.push_str(&format!(
            "Shop {},{score},2026-0{}-1{},came by {row} times\n",
            row % 9,
            row % 9 + 1,
            row % 10
        ));
    }
    let table = folder.file("survey.csv", &csv)?;
    let mut reading = Reading::new(&recognise(csv.as_bytes(), "survey.csv"))?;
    reading.push(csv.as_bytes());
    let expected = report(&reading.finish());
    in_each(&Kind::ALL, async |kind| {
        let browser = Browser::of(kind).await?;
        let (count, score) = read(&browser, &page, &table).await?;
        assert_eq!(count, expected.responses.used.to_string());
        assert_eq!(score, format!("{}", (expected.scores[0].value * 100.0).round()));
        let (count, _) = read(&browser, &page, &fixture("formats/xlsx/fixtures/shared.xlsx")).await?;
        assert!(count.parse::<u64>()? > 0, "{count}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_policy_of_the_one_file_lets_nothing_out() -> Outcome {
    let folder = Scratch::new("stick")?;
    let page = copied(&folder)?;
    let demo = Demo::start()?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        browser.driver.goto(&page).await?;
        let analyst = browser.analyst();
        analyst.clicks("open-sample").await?;
        analyst.finds("nps-value").await?;
        // Even what is put into the page by force gets no answer, from a server that answers whoever asks.
        let tried = browser
            .driver
            .execute_async(
                "const [address, done] = arguments;
                 fetch(address, { mode: 'no-cors' }).then(() => done('answered'), (error) => done(String(error)));",
                vec![demo.analyzer.clone().into()],
            )
            .await?;
        let tried: String = tried.convert()?;
        assert_ne!(tried, "answered");
        let requests = browser.driver.execute("return performance.getEntriesByType('resource').length", vec![]).await?;
        assert_eq!(requests.convert::<u64>()?, 0);
        Ok(())
    })
    .await
}
