//! Promise: a network that fails in whatever way loses nothing and doubles nothing. Every response is delivered once, in the
//! end, by a widget that keeps trying without hammering; what the collector will never take is kept as a dead letter, and
//! what stands behind it moves on.

use candor_tests::{Browser, Fault, Kind, Outcome, Page, Scene, Seen, Visitor, in_each, soak};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use thirtyfour::prelude::*;

/// How much faster the page's clocks run than ours.
const SPEED: u32 = 20;

/// Makes the page's clocks run `SPEED` times as fast since `BEGAN`, which goes on from one page to the next, before
/// candor.js comes. Its patience with a collector that hangs is shortened less: machines have slow moments.
const CLOCK: &str = "{
    const speed = SPEED, began = BEGAN, NativeDate = Date, now = performance.now.bind(performance);
    const later = setTimeout, timeout = AbortSignal.timeout.bind(AbortSignal);
    performance.now = () => now() * speed;
    window.Date = class extends NativeDate {
        constructor(...given) { given.length ? super(...given) : super(Date.now()); }
        static now() { return Math.floor(began + (NativeDate.now() - began) * speed); }
    };
    window.setTimeout = (then, ms = 0, ...rest) => later(then, ms / speed, ...rest);
    AbortSignal.timeout = (ms) => timeout(ms / 5);
}";

/// When the pages' clocks began to run fast, in milliseconds since 1970.
fn began() -> u128 {
    static BEGAN: OnceLock<u128> = OnceLock::new();
    *BEGAN.get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis())
}

/// A time by the page's clock, in ours.
fn on_page(seconds: u64) -> Duration {
    Duration::from_secs(seconds) / SPEED
}

/// What meets the first deliveries.
const FAULTS: [(&str, Fault); 12] = [
    ("500", Fault::Status(500)),
    ("502", Fault::Proxy(502)),
    ("503", Fault::Status(503)),
    ("503-later", Fault::Later(503, 60)),
    ("429", Fault::Status(429)),
    ("429-later", Fault::Later(429, 60)),
    ("reset", Fault::Reset),
    ("reset-after", Fault::ResetAfter),
    ("hang", Fault::Hang),
    ("half", Fault::Half),
    ("portal", Fault::Portal),
    ("proxy-404", Fault::Proxy(404)),
];

/// The statuses that can never succeed, which the collector gives for a body that is wrong in itself.
const REFUSALS: [u16; 4] = [400, 403, 413, 422];

fn page() -> Page {
    let clock = CLOCK.replace("SPEED", &SPEED.to_string()).replace("BEGAN", &began().to_string());
    Page::default().script(&clock)
}

/// Answers a page's survey up to "thank you", which the device's storage makes true whatever the network does.
async fn answers(scene: &Scene, visitor: &Visitor<'_>, case: &str) -> WebDriverResult<()> {
    visitor.opens(&scene.page(case, page())).await?;
    scene.answers(visitor).await?;
    visitor.sees("thanks").await
}

/// What the device keeps: the keys in the outbox, and each dead letter's reason. Then forgets all of it.
async fn on_device(browser: &Browser) -> WebDriverResult<(Vec<String>, Vec<String>)> {
    let script = "const done = arguments[0];
        indexedDB.open('candor').onsuccess = ({ target: { result: database } }) => {
            const stores = database.transaction(['outbox', 'dead']);
            const outbox = stores.objectStore('outbox').getAllKeys(), dead = stores.objectStore('dead').getAll();
            stores.oncomplete = () => {
                database.close();
                const forgotten = indexedDB.deleteDatabase('candor');
                forgotten.onsuccess = () => done([outbox.result, dead.result.map((letter) => letter.why)]);
            };
        };";
    browser.driver.execute_async(script, vec![]).await?.convert()
}

/// The shortest time between one delivery that failed and the next.
fn shortest_pause(deliveries: &[Seen]) -> Option<Duration> {
    deliveries.windows(2).map(|pair| pair[1].at - pair[0].at).min()
}

/// What is wrong with how a response fares through a fault.
async fn fares(scene: &Scene, browser: &Browser, name: &str, fault: Fault) -> Outcome {
    let times = if soak() { 3 } else { 1 };
    let visitor = Visitor::at(&browser.driver);
    let case = format!("{}-{name}", browser.kind.name());
    let marker = format!("\"{case}\"");
    scene.front.fails(fault, &marker, times);
    answers(scene, &visitor, &case).await?;
    // Delivered means that the device knows it: the fault is over and one delivery was answered.
    visitor
        .waits("a delivery that succeeds", async || Ok(scene.front.deliveries(&marker).len() > times))
        .await?;
    // Nothing may come after it.
    tokio::time::sleep(on_page(10)).await;
    let (outbox, dead) = on_device(browser).await?;
    let deliveries = scene.front.deliveries(&marker);
    let stored = scene.stored(&case)?.len();
    if stored != 1 || deliveries.len() != times + 1 || !outbox.is_empty() || !dead.is_empty() {
        let tried = deliveries.len();
        return Err(format!("{stored} stored, {tried} deliveries, outbox {outbox:?}, dead {dead:?}").into());
    }
    let least = match fault {
        Fault::Later(_, s) => on_page(s),
        // The first pause is from one to two seconds.
        _ => on_page(1),
    };
    let shortest = shortest_pause(&deliveries).unwrap_or_default();
    // A few milliseconds are lost on the way here.
    if shortest + Duration::from_millis(5) < least {
        return Err(format!("came back after {shortest:?}, before {least:?}").into());
    }
    Ok(())
}

/// Offline for ten minutes of the page's clock (four in the small version), and back.
async fn outlives_being_offline(scene: &Scene, browser: &Browser) -> Outcome {
    let visitor = Visitor::at(&browser.driver);
    let case = format!("{}-offline", browser.kind.name());
    let marker = format!("\"{case}\"");
    scene.front.fails(Fault::Reset, &marker, usize::MAX);
    answers(scene, &visitor, &case).await?;
    tokio::time::sleep(on_page(if soak() { 600 } else { 240 })).await;
    let tries = scene.front.deliveries(&marker).len();
    scene.front.heals();
    let stored = scene.arrived(&case, on_page(600)).await?;
    tokio::time::sleep(on_page(10)).await;
    let (outbox, dead) = on_device(browser).await?;
    if stored != 1 || !outbox.is_empty() || !dead.is_empty() {
        return Err(format!("{stored} stored, outbox {outbox:?}, dead {dead:?}").into());
    }
    // Pauses double from two seconds to five minutes, each a half to the whole of that.
    if (6..=12).contains(&tries) { Ok(()) } else { Err(format!("{tries} tries while offline").into()) }
}

/// A response that is refused for good, with another behind it.
async fn moves_on(scene: &Scene, browser: &Browser, status: u16) -> Outcome {
    let visitor = Visitor::at(&browser.driver);
    let (bad, good) =
        (format!("{}-bad-{status}", browser.kind.name()), format!("{}-good-{status}", browser.kind.name()));
    // Neither can be sent at first, so that they stand in the outbox one behind the other.
    scene.front.fails(Fault::Reset, &format!("\"{bad}\""), usize::MAX);
    scene.front.fails(Fault::Reset, &format!("\"{good}\""), usize::MAX);
    answers(scene, &visitor, &bad).await?;
    answers(scene, &visitor, &good).await?;
    scene.front.heals();
    scene.front.fails(Fault::Status(status), &format!("\"{bad}\""), usize::MAX);
    let stored = scene.arrived(&good, on_page(600)).await?;
    tokio::time::sleep(on_page(10)).await;
    let (outbox, dead) = on_device(browser).await?;
    let refused = dead.len() == 1 && dead[0].contains(&status.to_string());
    if stored != 1 || !scene.stored(&bad)?.is_empty() || !outbox.is_empty() || !refused {
        return Err(format!("{stored} of the one behind stored, outbox {outbox:?}, dead {dead:?}").into());
    }
    Ok(())
}

#[tokio::test]
async fn through_every_fault_of_the_network_a_response_is_delivered_once_or_kept_as_a_dead_letter() -> Outcome
{
    let scene = Scene::start().await?;
    in_each(&[Kind::Chromium, Kind::Firefox], async |kind| {
        let browser = Browser::of(kind).await?;
        let mut wrong = Vec::new();
        for (name, fault) in FAULTS {
            if let Err(why) = fares(&scene, &browser, name, fault).await {
                wrong.push(format!("{name}: {why}"));
            }
            scene.front.heals();
        }
        for status in REFUSALS {
            if let Err(why) = moves_on(&scene, &browser, status).await {
                wrong.push(format!("{status}: {why}"));
            }
            scene.front.heals();
        }
        if let Err(why) = outlives_being_offline(&scene, &browser).await {
            wrong.push(format!("offline: {why}"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    })
    .await
}
