//! The analyzer kept on a device: once its owner has asked for it, it opens and reads without any network.

use candor_tests::{Browser, Demo, Kind, Outcome, Visitor, in_each};
use std::path::Path;

#[tokio::test]
async fn a_kept_analyzer_opens_and_reads_a_workbook_without_a_network() -> Outcome {
    let workbook =
        Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("analyzer/formats/xlsx/fixtures/shared.xlsx");
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let demo = Demo::start()?;
        let address = demo.analyzer.clone();
        let browser = Browser::of(kind).await?;
        let analyst = browser.analyst();
        let visitor = Visitor::at(&browser.driver);
        visitor.opens(&address).await?;
        analyst.clicks("keep").await?;
        let kept = async || Ok(analyst.reads("kept").await?.starts_with("Kept."));
        visitor.waits("kept", kept).await?;
        // Its server is gone, and the browser's own cache may not have everything.
        drop(demo);
        assert!(
            std::net::TcpStream::connect(
                address.trim_start_matches("http://").trim_end_matches("/analyzer/")
            )
            .is_err()
        );
        visitor.opens("about:blank").await?;
        visitor.opens(&address).await?;
        analyst.opens(&workbook).await?;
        analyst.finds("nps-value").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nothing_is_kept_for_who_did_not_ask() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::of(Kind::Chromium).await?;
    let analyst = browser.analyst();
    Visitor::at(&browser.driver).opens(&demo.analyzer).await?;
    analyst.clicks("open-sample").await?;
    analyst.finds("nps-value").await?;
    let script = "const done = arguments[0];
        Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()]).then(([workers, kept]) => done(workers.length + kept.length));";
    let found: u64 = browser.driver.execute_async(script, vec![]).await?.convert()?;
    assert_eq!(found, 0);
    Ok(())
}
