//! Promise: a phone's keyboard never covers the question. A test's browser has no such keyboard, so the
//! browser's `visualViewport` is made to say what a phone's says when one comes up: the page is as high as before, and less
//! of it is seen.

use candor_tests::{Browser, Kind, Outcome, Page, Scene, Visitor, in_each};
use std::time::Duration;

const KEYBOARD: &str = "let covered = 0;
Object.defineProperty(visualViewport, 'height', { get: () => innerHeight - covered });
window.keyboard = (height) => {
    covered = height;
    visualViewport.dispatchEvent(new Event('resize'));
};";

/// How far the field that has the focus, and the panel, lie above what is covered, and below the top.
const ROOM: &str = "const root = document.querySelector('candor-survey').shadowRoot;
const rect = (element) => element.getBoundingClientRect();
const [field, panel] = [rect(root.activeElement), rect(root.querySelector('.panel'))];
return [visualViewport.height - field.bottom, visualViewport.height - panel.bottom, field.top, panel.top];";

#[tokio::test]
async fn the_keyboard_of_a_phone_covers_no_question() -> Outcome {
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        browser.driver.set_window_rect(0, 0, 480, 860).await?;
        let visitor = Visitor::at(&browser.driver);
        visitor
            .opens(&scene.page(&format!("{}-keyboard", kind.name()), Page::default().script(KEYBOARD)))
            .await?;
        visitor.sees("asking").await?;
        visitor.chooses("9").await?;
        visitor.writes_at_length("Typed with two thumbs").await?;
        for height in [320, 400, 0] {
            browser.driver.execute(format!("keyboard({height})"), []).await?;
            // The field is scrolled to.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let room: Vec<f64> = browser.driver.execute(ROOM, []).await?.convert()?;
            assert!(room.iter().all(|room| *room >= 0.0), "{height} px: {room:?}");
            browser.shot(&format!("keyboard-{height}")).await?;
        }
        Ok(())
    })
    .await
}
