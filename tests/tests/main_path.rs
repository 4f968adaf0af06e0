//! The main path, in every browser: the survey is shown, answered, thanks, and arrives.

use candor_survey::{Answer, Json};
use candor_tests::Outcome;
use candor_tests::{Browser, Demo, Kind, Visitor, in_each};

#[tokio::test]
async fn a_survey_is_shown_answered_thanked_for_and_delivered_in_every_browser() -> Outcome {
    let demo = Demo::start()?;
    let mut before = 0;
    in_each(&Kind::ALL, async |kind| {
        let browser = Browser::of(kind).await?;
        let visitor = Visitor::at(&browser.driver);
        visitor.opens(&demo.shop).await?;
        visitor.sees("asking").await?;
        visitor.chooses("9").await?;
        visitor.clicks("Next").await?;
        visitor.writes("Quick and kind.").await?;
        visitor.chooses("No, and I did not need it").await?;
        visitor.clicks("Send").await?;
        visitor.sees("thanks").await?;
        before += 1;
        let responses = demo.wait_for_responses("post-purchase", before).await?;
        assert_eq!(responses.len(), before, "one more");
        let newest = responses.iter().max_by(|a, b| a.id.as_str().cmp(b.id.as_str())).ok_or("a response")?;
        let answer = |id: &str| newest.answers.get(id).map(Json::to_json).unwrap_or_default();
        assert_eq!(answer("nps"), "9");
        assert_eq!(newest.answers.get("why"), Some(&Answer::Text("Quick and kind.".into())));
        assert_eq!(newest.signals.untrusted, 0, "WebDriver's events are those of a person");
        Ok(())
    })
    .await
}
