//! Promise: who closes the tab or goes elsewhere right after "thank you" has been heard. At least 99 of 100 responses arrive
//! at once, every one after the next visit, and no delivery needs a preflight.

use candor_tests::{Browser, Fault, Kind, Outcome, Page, Scene, Visitor, in_each, soaking};
use std::time::Duration;
use thirtyfour::prelude::*;

/// How the visitor leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Close,
    Navigate,
}

/// Answers in a tab of its own and leaves as soon as thanks are said. With `waiting` the first delivery has failed by then,
/// and only what the page does as it goes can bring it at once.
async fn leaves(
    scene: &Scene,
    browser: &Browser,
    case: &str,
    way: Way,
    waiting: bool,
) -> WebDriverResult<()> {
    let visitor = Visitor::at(&browser.driver);
    let address = scene.page(case, Page::default());
    let marker = format!("\"{case}\"");
    if waiting {
        scene.front.fails(Fault::Status(503), &marker, 1);
    }
    let first = browser.driver.window().await?;
    let tab = browser.driver.new_tab().await?;
    browser.driver.switch_to_window(tab).await?;
    visitor.opens(&address).await?;
    scene.answers(&visitor).await?;
    visitor.sees("thanks").await?;
    if waiting {
        visitor.waits("the first delivery", async || Ok(!scene.front.deliveries(&marker).is_empty())).await?;
    }
    if way == Way::Navigate {
        visitor.opens("about:blank").await?;
    }
    browser.driver.close_window().await?;
    browser.driver.switch_to_window(first).await
}

#[tokio::test]
async fn who_leaves_after_thank_you_is_heard_at_once_and_nobody_needs_a_preflight() -> Outcome {
    let each = if soaking() { 100 } else { 5 };
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        let mut late = Vec::new();
        let mut cases = Vec::new();
        for way in [Way::Close, Way::Navigate] {
            for n in 0..each {
                let case = format!("{}-{way:?}-{n}", kind.name());
                leaves(&scene, &browser, &case, way, n % 2 == 1).await?;
                if scene.arrived(&case, Duration::from_secs(3)).await? == 0 {
                    for seen in scene.front.seen().iter().filter(|s| s.request.text().contains(&case)) { println!("{case} {:?} {} {} {:?} ago {:?}", seen.fault, seen.request.method, seen.request.path, seen.request.headers.iter().filter(|h| h.0.contains("ontent")).collect::<Vec<_>>(), seen.at.elapsed()); }
                    late.push(case.clone());
                }
                cases.push(case);
            }
        }
        let all = cases.len();
        let visitor = Visitor::at(&browser.driver);
        visitor.opens(&scene.page("the-next-visit", Page::default())).await?;
        let mut missing = Vec::new();
        for case in cases {
            let stored = scene.arrived(&case, Duration::from_secs(10)).await?;
            if stored != 1 {
                missing.push(format!("{case}: {stored}"));
            }
        }
        println!("{}: {} of {all} arrived at once, {} after the next visit", kind.name(), all - late.len(), all - missing.len());
        if !missing.is_empty() {
            return Err(format!("after the next visit, not 1: {missing:?}").into());
        }
        if late.len() * 100 > all {
            return Err(format!("of {all}, not at once: {late:?}").into());
        }
        let preflights =
            scene.front.seen().into_iter().filter(|seen| seen.request.method == "OPTIONS").count();
        if preflights == 0 { Ok(()) } else { Err(format!("{preflights} preflights").into()) }
    })
    .await;
    Ok(())
}
