//! The examples of docs/embed, as a web team copies them.

use candor_survey::Value;
use candor_tests::{Browser, Kind, Outcome, Scene, Visitor, in_each, wire::Answer};
use thirtyfour::prelude::*;

/// The demo's survey on this site, whatever it waits for otherwise.
async fn publish(scene: &Scene, survey: &str) -> Outcome {
    let text = std::fs::read_to_string(scene.demo.surveys().join(format!("{survey}.json")))?;
    let mut definition: serde_json::Value = serde_json::from_str(&text)?;
    definition["origins"] = serde_json::json!([scene.site.origin]);
    definition.as_object_mut().map(|fields| fields.remove("when"));
    Ok(scene.demo.publish(survey, &definition.to_string()).await?)
}

#[tokio::test]
async fn the_plain_html_example_shows_both_surveys_and_hears_the_response() -> Outcome {
    let scene = Scene::start().await?;
    for survey in ["post-purchase", "after-delivery"] {
        publish(&scene, survey).await?;
    }
    let example = include_str!("../../docs/embed/html.html");
    let own = "console.log(\"response\", event.response)";
    assert!(example.contains(own));
    let html = example
        .replace("https://feedback.example", &scene.front.origin)
        .replace(own, "(document.title = event.response)");
    scene.site.serves("/thanks", Answer::new(200, "text/html; charset=utf-8", html));
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        let visitor = Visitor::at(&browser.driver);
        visitor.opens(&format!("{}/thanks", scene.site.origin)).await?;
        visitor.sees("asking").await?;
        let press = async |words: &str| {
            let button = browser.driver.find(By::XPath(format!("//button[text()='{words}']"))).await?;
            button.click().await
        };
        press("Accept").await?;
        press("Tell us what you think").await?;
        visitor.chooses("9").await?;
        visitor.acts("next").await?;
        visitor.acts("next").await?;
        visitor.sees("thanks").await?;
        let id = browser.driver.title().await?;
        let stored = scene.demo.wait_for_responses("post-purchase", 1).await?;
        let mine = stored.iter().find(|response| response.id.as_str() == id);
        let mine = mine.ok_or_else(|| format!("no response {id} among {}", stored.len()))?;
        let store = mine.attributes.get("store").cloned();
        assert_eq!(store.as_deref(), Some("Leeds"), "what the tag says of the visit");
        assert_ne!(mine.answers.get("nps").map(candor_survey::Answer::json), Some(Value::Null));
        Ok(())
    })
    .await
}
