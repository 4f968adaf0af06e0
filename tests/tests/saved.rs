//! Promise: "thank you" means saved. The browser is killed, all of it at once, at points from the click on Send to well after
//! thanks are said, with the network up and down. The collector never holds two of a response, and wherever the visitor saw
//! "thank you" it holds exactly one after the next visit.

use candor_tests::{Browser, Fault, Kind, Outcome, Page, Scene, Visitor, in_each, soak};
use std::time::Duration;

/// Tells the page's own site at once when the survey says thank you: what the visitor saw, known without asking a browser
/// that is about to be killed.
const WITNESS: &str = "new MutationObserver(() => {
    if (document.querySelector('candor-survey')?.dataset.state === 'thanks') fetch('/seen?' + location.pathname.slice(1));
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });";

/// Milliseconds from the click to the kill.
const POINTS: [u64; 4] = [0, 20, 80, 1000];
const POINTS_TO_SOAK: [u64; 20] =
    [0, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 100, 120, 150, 200, 300, 500, 1000];

#[tokio::test]
async fn wherever_thank_you_was_seen_exactly_one_is_stored_after_the_browser_was_killed() -> Outcome {
    let (points, rounds) = if soak() { (&POINTS_TO_SOAK[..], 10) } else { (&POINTS[..], 1) };
    let scene = Scene::start().await?;
    // WebKitGTK's sessions keep nothing: there is no next visit.
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let mut browser = Browser::of(kind).await?;
        let (mut kills, mut thanked, mut kept_without) = (0, 0, 0);
        for (n, point) in points.iter().cycle().take(points.len() * rounds).enumerate() {
            let case = format!("{}-killed-{n}", kind.name());
            // Every point meets either network, the small version half of them.
            let offline = (n / points.len() + n) % 2 == 1;
            if offline {
                scene.front.fails(Fault::Reset, &format!("\"{case}\""), usize::MAX);
            }
            let visitor = Visitor::at(&browser.driver);
            visitor.opens(&scene.page(&case, Page::default().script(WITNESS))).await?;
            visitor.sees("asking").await?;
            visitor.chooses("9").await?;
            let send = visitor.button("Send").await?;
            browser.takes_aim();
            tokio::select! {
                _ = async {
                    // A click that answers has done its part; the kill has its own time.
                    let _ = send.click().await;
                    std::future::pending::<()>().await
                } => {}
                () = tokio::time::sleep(Duration::from_millis(*point)) => {}
            }
            let profile = browser.kill().await?;
            scene.front.heals();
            let seen = scene.site.asked().iter().any(|asked| asked.path == format!("/seen?{case}"));

            browser = Browser::again(kind, profile).await?;
            let visitor = Visitor::at(&browser.driver);
            visitor.opens(&scene.page("the-next-visit", Page::default())).await?;
            visitor.sees("asking").await?;
            let patience = Duration::from_secs(if seen { 15 } else { 2 });
            let stored = scene.arrived(&case, patience).await?;
            assert!(stored <= 1, "{case}, {point} ms after the click: {stored} stored");
            assert!(
                !seen || stored == 1,
                "{case}, {point} ms after the click, offline {offline}: thank you was seen, and nothing is stored"
            );
            kills += 1;
            thanked += usize::from(seen);
            kept_without += usize::from(!seen && stored == 1);
        }
        eprintln!(
            "{}: {kills} kills; thank you seen before {thanked}, all stored once; not seen before {}, of which {kept_without} stored once",
            kind.name(),
            kills - thanked
        );
        assert!(thanked > 0, "no kill came after thank you: the points are too early");
        Ok(())
    })
    .await
}
