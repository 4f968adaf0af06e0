//! One response, all the way: from a visitor's click in the shop to a number on the analyst's screen.

use candor_survey::response::{Input, Level, Status};
use candor_survey::{Answer, Response};
use candor_tests::{Browser, Demo, Kind, Outcome, Scratch, Visitor, http};
use thirtyfour::prelude::*;

/// The score of a response to the shop's survey.
fn score(response: &Response) -> i64 {
    match response.answers.get("nps") {
        Some(Answer::Number(n)) => n.as_i64().unwrap_or(-1),
        other => panic!("no score: {other:?}"),
    }
}

/// Answers the shop's survey with the mouse, up to "thank you".
async fn answers_by_mouse(visitor: &Visitor<'_>, score: &str, why: &str) -> WebDriverResult<()> {
    visitor.sees("asking").await?;
    visitor.chooses(score).await?;
    visitor.clicks("Next").await?;
    visitor.writes(why).await?;
    visitor.chooses("No, and I did not need it").await?;
    visitor.clicks("Send").await?;
    visitor.sees("thanks").await
}

/// NPS with its adjusted Wald interval, by this test's own arithmetic (Bonett and Price: n+3, ¾ more of either end).
fn nps_by_hand(scores: &[i64]) -> (f64, f64, f64) {
    let n = scores.len() as f64;
    let promoters = scores.iter().filter(|s| **s >= 9).count() as f64;
    let detractors = scores.iter().filter(|s| **s <= 6).count() as f64;
    let (p, d) = ((promoters + 0.75) / (n + 3.0), (detractors + 0.75) / (n + 3.0));
    let half = 1.959963984540054 * ((p + d - (p - d) * (p - d)) / (n + 3.0)).sqrt();
    ((promoters - detractors) / n, (p - d - half).max(-1.0), (p - d + half).min(1.0))
}

/// A share of one as the page shows it: hundredths, with a true minus sign.
fn shown(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    if hundredths < 0 { format!("−{}", -hundredths) } else { hundredths.to_string() }
}

#[tokio::test]
async fn a_visitor_answers_by_mouse_and_keyboard_and_the_analyst_sees_the_number_the_test_computed() -> Outcome
{
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);

    // With the mouse.
    visitor.opens(&demo.shop).await?;
    answers_by_mouse(&visitor, "9", "Quick and kind.").await?;
    browser.shot("shop-thanks").await?;

    // With the keyboard alone, on another visit.
    visitor.opens(&demo.shop).await?;
    visitor.sees("asking").await?;
    visitor.tabs_to("radio").await?;
    visitor.presses(" ").await?;
    for _ in 0..6 {
        visitor.presses(String::from('\u{e014}')).await?;
    }
    visitor.tabs_to("Next").await?;
    visitor.presses(String::from('\u{e007}')).await?;
    visitor.tabs_to("textarea").await?;
    visitor.presses("The parcel came late").await?;
    visitor.tabs_to("Send").await?;
    visitor.presses(String::from('\u{e007}')).await?;
    visitor.sees("thanks").await?;

    let two = demo.wait_for_responses("post-purchase", 2).await?;
    let mut scores: Vec<i64> = two.iter().map(score).collect();
    scores.sort_unstable();
    assert_eq!(scores, [6, 9], "the two visits and nothing else");
    for response in &two {
        let by_mouse = score(response) == 9;
        assert_eq!(response.signals.input, if by_mouse { Input::Mouse } else { Input::Keyboard });
        assert_eq!(response.signals.untrusted, 0, "WebDriver's events are those of a person");
        assert_eq!((response.status, response.test), (Status::Complete, false));
        assert_eq!(response.page, "/");
        assert_eq!(response.attributes.get("agent").map(String::as_str), Some("A17"));
        assert_eq!(response.attributes.get("store").map(String::as_str), Some("Leeds"));
        assert_eq!(response.order.len(), 3, "every question was shown");
        let why = if by_mouse { "Quick and kind." } else { "The parcel came late" };
        assert_eq!(response.answers.get("why"), Some(&Answer::Text(why.into())));
        let advice = if by_mouse { Answer::Text("not_needed".into()) } else { Answer::Skipped };
        assert_eq!(response.answers.get("advice"), Some(&advice));
        assert!(response.received.is_some(), "the collector's clock");
        assert!(response.signals.ms_first.is_some_and(|ms| ms <= response.signals.ms_total));
        assert_ne!(response.integrity.evidence, Level::Strong);
    }

    // The third is submitted while the network is down, and the whole browser is killed on "thank you".
    visitor.opens(&demo.shop).await?;
    visitor.sees("asking").await?;
    let offline =
        serde_json::json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
    let tools = browser.driver.cdp();
    tools.send_raw("Network.enable", serde_json::json!({})).await?;
    tools.send_raw("Network.emulateNetworkConditions", offline).await?;
    answers_by_mouse(&visitor, "10", "Lovely seeds").await?;
    let profile = browser.kill().await?;
    assert_eq!(demo.responses("post-purchase")?.len(), 2, "the third could not have been sent");

    // The same visitor, another day: nothing is asked of them, and the response arrives.
    let browser = Browser::again(Kind::Chromium, profile).await?;
    let visitor = Visitor::at(&browser.driver);
    visitor.opens(&demo.shop).await?;
    let all = demo.wait_for_responses("post-purchase", 3).await?;
    let mut scores: Vec<i64> = all.iter().map(score).collect();
    scores.sort_unstable();
    assert_eq!(scores, [6, 9, 10], "exactly the three, once each");

    // And a tab that is closed at once after "thank you".
    visitor.opens(&demo.shop).await?;
    answers_by_mouse(&visitor, "3", "").await?;
    let tab = browser.driver.window().await?;
    browser.driver.new_tab().await?;
    let other = browser.driver.windows().await?.into_iter().find(|w| *w != tab).ok_or("a second tab")?;
    browser.driver.close_window().await?;
    browser.driver.switch_to_window(other).await?;
    let all = demo.wait_for_responses("post-purchase", 4).await?;
    let scores: Vec<i64> = all.iter().map(score).collect();
    assert_eq!(scores.len(), 4, "{scores:?}");

    // The export, as a person takes it, opens in the analyzer.
    let folder = Scratch::new("export")?;
    let file = folder.file("post-purchase.ndjson", demo.export("post-purchase", "ndjson")?)?;
    visitor.opens(&demo.analyzer).await?;
    let input = browser.driver.query(By::Css("[data-test=file-input]")).first().await?;
    input.send_keys(file.to_string_lossy()).await?;
    let text = async |name: &str| -> WebDriverResult<String> {
        browser.driver.query(By::Css(format!("[data-test={name}]"))).first().await?.text().await
    };
    let (value, low, high) = nps_by_hand(&scores);
    assert_eq!(text("nps-value").await?, shown(value));
    let interval = text("nps-interval").await?;
    assert!(interval.contains(&shown(low)) && interval.contains(&shown(high)), "{interval}: {low} to {high}");
    assert_eq!(text("responses-count").await?, "4");
    browser.shot("analyzer-four-responses").await?;
    Ok(())
}

#[tokio::test]
async fn the_widget_lives_under_the_shops_strict_policy_and_says_nothing_in_its_console() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    visitor.opens(&demo.shop).await?;
    answers_by_mouse(&visitor, "8", "Fine").await?;
    let console = browser.console().await?;
    assert!(console.is_empty(), "{console:?}");
    let third_party: Vec<String> = browser
        .requests()
        .await?
        .into_iter()
        .filter(|url| !url.starts_with(&demo.shop) && !url.starts_with(&demo.candor))
        .collect();
    assert!(third_party.is_empty(), "{third_party:?}");
    Ok(())
}

#[tokio::test]
async fn a_visitor_who_is_not_asked_downloads_the_loader_and_the_definition_and_nothing_else() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    // The definition is paused while the demo runs: its file is what the collector serves from.
    let visitor = Visitor::at(&browser.driver);
    visitor.opens(&format!("{}nowhere", demo.shop)).await?;
    browser.requests().await?;
    let (status, definition) = http(&demo.candor, "GET", "/v1/surveys/post-purchase", &[], b"")?;
    assert_eq!(status, 200);
    let definition = String::from_utf8(definition)?;
    assert!(definition.contains("\"delay_s\""), "{definition}");
    let later = definition
        .replace("\"delay_s\": 1", "\"delay_s\": 3600")
        .replace("\"delay_s\":1", "\"delay_s\":3600");
    assert_ne!(definition, later);
    std::fs::write(demo.surveys().join("post-purchase.json"), later)?;
    // The collector looks at its folder at most four times a second.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    visitor.opens(&demo.shop).await?;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let mut ours: Vec<String> = browser
        .requests()
        .await?
        .into_iter()
        .filter_map(|url| url.strip_prefix(&demo.candor).map(String::from))
        .collect();
    ours.sort();
    // What goes to the responses is not downloaded: it says that a visitor was there who may be asked.
    assert_eq!(ours, ["/candor.js", "/v1/responses", "/v1/surveys/post-purchase"]);
    let stored: i64 = browser
        .driver
        .execute_async("const done = arguments[0]; indexedDB.databases().then(d => done(d.length + localStorage.length + document.cookie.length))", vec![])
        .await?
        .convert()?;
    assert_eq!(stored, 0, "nothing is stored for a visitor who did nothing");
    Ok(())
}
