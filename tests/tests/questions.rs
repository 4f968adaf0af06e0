//! Every type of question, answered in an inline survey by a visitor, as the collector then holds it.

use candor_survey::{Answer, Json};
use candor_tests::{Browser, Demo, Outcome, Visitor};

#[tokio::test]
async fn every_type_of_question_is_answered_inline_and_stored_as_the_formats_say() -> Outcome {
    let demo = Demo::start()?;
    let browser = Browser::start().await?;
    let visitor = Visitor::at(&browser.driver);
    visitor.opens(&format!("{}delivered/", demo.shop)).await?;
    visitor.sees("asking").await?;

    // A required question says so in a sentence, and the page stays where it is.
    visitor.clicks("Next").await?;
    assert!(visitor.reads("Please answer this question").await?, "a sentence");

    visitor.answers("How satisfied or dissatisfied", "4").await?;
    visitor.answers("How easy or difficult", "7").await?;
    visitor.answers("How do you rate the packaging", "5").await?;
    browser.shot("inline-first-page").await?;
    visitor.clicks("Next").await?;
    visitor.answers("Which of these", "It came later than I was told").await?;
    visitor.answers("Which of these", "Something else").await?;
    visitor.writes("A neighbor's dog met it first").await?;

    // Going back and forth loses nothing.
    visitor.clicks("Back").await?;
    visitor.answers("How satisfied or dissatisfied", "2").await?;
    visitor.clicks("Next").await?;
    visitor.writes_at_length("Twice around the block, \"they said\".").await?;
    browser.shot("inline-second-page").await?;
    visitor.clicks("Send").await?;
    visitor.sees("thanks").await?;

    let responses = demo.wait_for_responses("after-delivery", 1).await?;
    let answer = |id: &str| responses[0].answers.get(id).map(Json::to_json).unwrap_or_default();
    assert_eq!(answer("satisfaction"), "2");
    assert_eq!(answer("effort"), "7");
    assert_eq!(answer("packaging"), "5");
    assert_eq!(answer("events"), r#"["late",{"other":"A neighbor's dog met it first"}]"#);
    assert_eq!(answer("else"), r#""Twice around the block, \"they said\".""#);
    assert_eq!(responses[0].page, "/delivered/");
    assert_eq!(responses[0].signals.changes, 1, "the score was changed once");
    assert!(!responses[0].answers.iter().any(|(_, answer)| *answer == Answer::Skipped));
    Ok(())
}
