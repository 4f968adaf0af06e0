//! Promise: what was answered and not sent is kept, arrives as a part, and is gone on with at the next visit, also when the
//! survey was edited meanwhile. In the end there is one response, whole.

use candor_survey::response::Status;
use candor_survey::{Answer, Value};
use candor_tests::{Browser, Demo, Kind, Outcome, Visitor, in_each};
use std::time::Duration;

const SURVEY: &str = "post-purchase";

/// The survey as somebody edits it: a page more in front, and its last question taken away.
fn edited(definition: &str) -> String {
    let mut definition: serde_json::Value = serde_json::from_str(definition).unwrap_or_default();
    let pages = definition["pages"].as_array_mut().expect("the demo's survey has pages");
    let last = pages.last_mut().and_then(|page| page["questions"].as_array_mut());
    assert!(last.is_some_and(|questions| questions.len() > 1 && questions.pop().is_some()));
    pages.insert(
        0,
        serde_json::json!({"questions": [{"id": "new", "type": "statement", "text": "Welcome."}]}),
    );
    definition.to_string()
}

#[tokio::test]
async fn what_was_answered_and_not_sent_is_gone_on_with_in_a_survey_that_was_edited() -> Outcome {
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let demo = Demo::start()?;
        let browser = Browser::of(kind).await?;
        let visitor = Visitor::at(&browser.driver);
        visitor.opens(&demo.shop).await?;
        visitor.sees("asking").await?;
        visitor.chooses("9").await?;
        visitor.acts("next").await?;
        visitor.writes_at_length("Half a").await?;
        // What is typed is kept once the field is left.
        visitor.presses("\u{e004}").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;

        // The visitor goes elsewhere, and somebody edits the survey.
        visitor.opens("about:blank").await?;
        let file = demo.surveys().join(format!("{SURVEY}.json"));
        std::fs::write(&file, edited(&std::fs::read_to_string(&file)?))?;
        let part = loop {
            let stored = demo.responses(SURVEY)?;
            // The part that holds the text is sent as the page is left.
            if let Some(part) =
                stored.into_iter().find(|r| r.answers.get("why").is_some_and(|a| *a != Answer::Skipped))
            {
                break part;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(part.status, Status::Partial);
        tokio::time::sleep(Duration::from_millis(500)).await;

        visitor.opens(&demo.shop).await?;
        visitor.sees("asking").await?;
        assert!(visitor.reads("Your earlier answers are still here.").await?, "it says so");
        visitor.writes_at_length(" sentence.").await?;
        visitor.acts("next").await?;
        visitor.sees("thanks").await?;

        let whole = loop {
            let stored = demo.responses(SURVEY)?;
            assert_eq!(stored.len(), 1, "one visitor, one response");
            if let Some(whole) = stored.into_iter().find(|r| r.status == Status::Complete) {
                break whole;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!((&whole.id, whole.seq > part.seq), (&part.id, true));
        assert_eq!(whole.answers.get("nps"), Some(&Answer::Number(9.into())));
        let said = whole.answers.get("why").map_or(Value::Null, Answer::json).to_json();
        assert!(said.contains("Half a") && said.contains(" sentence."), "{said}");
        assert!(whole.answers.get("advice").is_none(), "a question that is gone is not answered");
        Ok(())
    })
    .await
}
