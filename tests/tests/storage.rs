//! Promise: whatever is wrong with the browser's storage, a visitor who answers is heard: the response goes straight to the
//! collector, "thank you" comes only when it is there, and while it cannot be sent the visitor is told so and may try again.

use candor_tests::{Browser, Fault, Kind, Outcome, Page, Scene, Visitor, in_each};
use std::time::Duration;

/// What is wrong, and a script of the page that makes it so before candor.js comes.
const FAULTS: [(&str, &str); 7] = [
    (
        "disabled",
        "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } });",
    ),
    ("absent", "Object.defineProperty(window, 'indexedDB', { value: undefined });"),
    (
        "full",
        "IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = function () {
            this.transaction.abort();
            throw new DOMException('The current transaction exceeded its quota limitations.', 'QuotaExceededError');
        };",
    ),
    ("blocked", "IDBFactory.prototype.open = () => new EventTarget();"),
    (
        "hanging",
        "IDBFactory.prototype.open = () => new EventTarget();
        IDBFactory.prototype.databases = () => new Promise(() => {});",
    ),
    ("without-stores", "indexedDB.open('candor', 1).onsuccess = ({ target }) => target.result.close();"),
    ("newer", "indexedDB.open('candor', 99).onsuccess = ({ target }) => target.result.close();"),
];

/// Answers a page's survey: with the network up it is stored once; with the network down the visitor is told that it could
/// not be sent, and after the network came back another try stores it once.
async fn is_heard(scene: &Scene, browser: &Browser, name: &str, script: &str, kept: bool) -> Outcome {
    let visitor = Visitor::at(&browser.driver);
    let online = format!("{}-{name}", browser.kind.name());
    visitor.opens(&scene.page(&online, Page::default().script(script))).await?;
    scene.answers(&visitor).await?;
    visitor.sees("thanks").await?;
    let at_once = scene.stored(&online)?.len();
    if !kept && at_once != 1 {
        return Err(format!("thank you was said while the collector held {at_once} responses").into());
    }
    let stored = scene.arrived(&online, Duration::from_secs(5)).await?;
    if stored != 1 {
        return Err(format!("{stored} responses stored").into());
    }
    if kept {
        return Ok(());
    }
    let offline = format!("{online}-offline");
    scene.front.fails(Fault::Reset, &format!("\"{offline}\""), usize::MAX);
    visitor.opens(&scene.page(&offline, Page::default().script(script))).await?;
    scene.answers(&visitor).await?;
    visitor.sees("error").await?;
    scene.front.heals();
    visitor.acts("again").await?;
    visitor.sees("thanks").await?;
    let stored = scene.stored(&offline)?.len();
    if stored == 1 { Ok(()) } else { Err(format!("{stored} responses stored after another try").into()) }
}

#[tokio::test]
async fn with_every_fault_of_storage_the_visitor_is_heard_or_told() -> Outcome {
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let mut wrong = Vec::new();
        for (name, script) in FAULTS {
            // Each fault has a device of its own.
            let browser = Browser::of(kind).await?;
            if let Err(why) = is_heard(&scene, &browser, name, script, false).await {
                wrong.push(format!("{name}: {why}"));
            }
        }
        let browser = Browser::private(kind).await?;
        if let Err(why) = is_heard(&scene, &browser, "private", "", true).await {
            wrong.push(format!("private: {why}"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    })
    .await
}
