//! Brings responses to the collector: at once, again after a while, and once more as the page goes away. It may touch
//! the network and the outbox; what the collector's answers mean is decided here, in plain values.

use crate::dom::{Act, Listeners, Outcome, Trouble, after, object, window};
use crate::outbox::{self, Mail};
use candor_survey::json::Value;
use js_sys::{Date, Math, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::{AbortSignal, Response};

/// Bytes in one request: beacons and keepalive requests share 65,536, and lines must not fill it to the brim.
const BATCH_BYTES: usize = 60_000;
/// Mails looked at in one pass.
const BATCH_MAILS: u32 = 200;
/// Milliseconds for the collector to answer in.
const PATIENCE_MS: u32 = 15_000;
/// The longest the collector may ask us to wait, in milliseconds; a day off is a mistake.
const LONGEST_WAIT_MS: f64 = 3_600_000.0;

/// What the collector said about one response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It has it: stored, a duplicate, or superseded.
    Delivered,
    /// It will never have it, and why.
    Refused(String),
    /// Nobody knows: try again.
    Unknown,
}

/// What the collector said about a whole request.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// A fate for each line.
    Lines(Vec<Fate>),
    /// None of it, and why.
    Refused(String),
    /// Not now.
    Later,
}

/// What an answer of the collector means for the `lines` lines that were sent. Everything that is not plainly the
/// collector speaking (HTML from a captive portal, half a body, an error of a proxy) means "later".
fn verdict(status: u16, body: &str, lines: usize) -> Verdict {
    let json = Value::parse(body).ok();
    match status {
        200 => {
            let Some(Value::Array(results)) = json.as_ref().and_then(|v| v.get("results")) else {
                return Verdict::Later;
            };
            let mut fates = vec![Fate::Unknown; lines];
            for result in results {
                let line = match result.get("line") {
                    Some(Value::Number(n)) => n.as_i64().and_then(|n| usize::try_from(n).ok()),
                    _ => None,
                };
                if let Some(slot) = line.and_then(|n| fates.get_mut(n.checked_sub(1)?)) {
                    *slot = match result.get("status").and_then(Value::as_str) {
                        Some("stored" | "duplicate" | "superseded") => Fate::Delivered,
                        Some("conflict") => Fate::Refused("conflict".into()),
                        Some("rejected") => Fate::Refused(reason(result)),
                        _ => Fate::Unknown,
                    };
                }
            }
            Verdict::Lines(fates)
        }
        400 | 403 | 413 | 415 | 422 => Verdict::Refused(json.as_ref().map_or_else(
            || ["the collector answered ", &crate::dom::digits(usize::from(status))].concat(),
            reason,
        )),
        _ => Verdict::Later,
    }
}

/// The collector's reason for a refusal: code, path and message of its `error`.
fn reason(refusal: &Value) -> String {
    let error = refusal.get("error");
    let parts =
        ["code", "path", "message"].map(|k| error.and_then(|e| e.get(k)?.as_str()).unwrap_or_default());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// Milliseconds to wait before trying for the `tries`th time again: 2 s doubled each time up to 5 minutes, of which a
/// share from a half to the whole by `luck` (0 to 1), so that a crowd does not come back all at once.
fn backoff_ms(tries: u32, luck: f64) -> i32 {
    let most = (2000u32 << tries.min(8)).min(300_000);
    (f64::from(most) * (0.5 + luck / 2.0)) as i32
}

/// When to come back, by a `Retry-After` header: seconds, or a date that `parse_date` reads as milliseconds since 1970.
/// `None` when there is no such header or it says nothing.
fn retry_at(header: Option<&str>, now: f64, parse_date: impl Fn(&str) -> f64) -> Option<f64> {
    let header = header?.trim();
    let at = match header.parse::<u32>() {
        Ok(seconds) => now + f64::from(seconds) * 1000.0,
        Err(_) => parse_date(header),
    };
    // A date that cannot be read is not a number, and compares as nothing.
    (at > now).then(|| at.min(now + LONGEST_WAIT_MS))
}

/// The next mails that can travel together: to one collector, within the size of a request, at least one.
fn batch(mails: &[Mail], bytes: usize) -> usize {
    let Some(first) = mails.first() else { return 0 };
    let mut size = 0;
    let fits = |mail: &&Mail| {
        size += mail.line.len() + 1;
        mail.to == first.to && size <= bytes
    };
    mails.iter().take_while(fits).count().max(1)
}

/// The mail of this page.
#[derive(Default)]
struct Post {
    /// What only this page knows of, because nothing may be kept on the device.
    unkept: Vec<Mail>,
    /// What is in the outbox, as far as this page knows.
    kept: Vec<Mail>,
    /// Whether there is an outbox to look into. Looking would make one, so nobody looks before.
    outbox: bool,
    /// Whether a pass is running, and whether another was asked for meanwhile.
    running: bool,
    again: bool,
    /// Passes that left something undelivered in a row, and which waiting is the latest.
    tries: u32,
    waiting: u32,
    /// Until when the collector asked to be left alone, in milliseconds since 1970.
    wait_until: f64,
    /// Hears the page go away and the network come back, while there is mail.
    listeners: Option<Listeners>,
}

impl Post {
    fn mails(&self) -> Vec<Mail> {
        self.unkept.iter().chain(&self.kept).cloned().collect()
    }
}

thread_local! {
    static POST: RefCell<Post> = RefCell::default();
}

fn post<T>(with: impl FnOnce(&mut Post) -> T) -> T {
    POST.with(|post| with(&mut post.borrow_mut()))
}

/// Takes charge of a mail that is `kept` in the outbox or only here: it is sent by [`deliver`], and tried until it is.
pub(crate) fn entrust(mail: Mail, kept: bool) {
    post(|post| {
        post.outbox |= kept;
        if kept { post.kept.push(mail) } else { post.unkept.push(mail) }
    });
}

/// Looks into the outbox that an earlier visit left behind, and delivers what is in it.
pub(crate) async fn deliver_old() {
    post(|post| post.outbox = true);
    deliver().await;
}

/// Sends everything that is undelivered, now, says what was settled, and comes back later for the rest.
pub(crate) async fn deliver() {
    if let Err(trouble) = listen() {
        trouble.say();
    }
    if post(|post| std::mem::replace(&mut post.running, true)) {
        post(|post| post.again = true);
        return;
    }
    let mut settled = Vec::new();
    loop {
        post(|post| post.again = false);
        settled.extend(alone().await);
        if !post(|post| post.again) {
            break;
        }
    }
    let wait = post(|post| {
        post.running = false;
        if post.kept.is_empty() && post.unkept.is_empty() {
            post.tries = 0;
            post.listeners = None;
            return None;
        }
        post.tries += 1;
        post.waiting += 1;
        let told = (post.wait_until - Date::now()).clamp(0.0, LONGEST_WAIT_MS) as i32;
        Some((post.waiting, told.saturating_add(backoff_ms(post.tries - 1, Math::random()))))
    });
    crate::tried(&settled);
    if let Some((turn, ms)) = wait {
        come_back(turn, ms);
    }
}

/// Waits, then delivers again, unless a later waiting has begun.
fn come_back(turn: u32, ms: i32) {
    spawn_local(async move {
        let _ = after(ms).await;
        if post(|post| post.waiting == turn) {
            deliver().await;
        }
    });
}

/// One pass over the mail while no other tab makes one: the outbox is everybody's. Where the browser has no locks (an
/// insecure page) two tabs may send the same response, which the collector calls a duplicate.
async fn alone() -> Vec<(Mail, Fate)> {
    let locks = if post(|post| post.outbox) { NAVIGATOR.with(Navigator::locks) } else { None };
    let Some(locks) = locks else { return pass().await };
    let settled = Rc::new(RefCell::new(Vec::new()));
    let work = {
        let settled = settled.clone();
        Closure::once(move || {
            future_to_promise(async move {
                *settled.borrow_mut() = pass().await;
                Ok(JsValue::UNDEFINED)
            })
        })
    };
    if let Err(error) = locks.request("candor-outbox", work.as_ref()).await {
        Trouble::from(error).say();
    }
    settled.take()
}

/// Sends what there is, once, and returns what was settled.
async fn pass() -> Vec<(Mail, Fate)> {
    if let Err(trouble) = look().await {
        trouble.say();
    }
    let (mails, wait_until) = post(|post| (post.mails(), post.wait_until));
    let mut settled = Vec::new();
    let mut rest = &mails[..];
    // How many of the next mails travel alone, and which collectors do not answer.
    let mut single = 0;
    let mut silent: Vec<&str> = Vec::new();
    if (0.0..LONGEST_WAIT_MS).contains(&(wait_until - Date::now())) {
        return settled;
    }
    while let Some(first) = rest.first() {
        let (now, next) = rest.split_at(batch(rest, if single > 0 { 0 } else { BATCH_BYTES }));
        let verdict = if silent.contains(&first.to.as_str()) { Verdict::Later } else { send(now).await };
        let fates = match verdict {
            Verdict::Lines(fates) => fates,
            // One bad letter must not condemn its neighbors.
            Verdict::Refused(_) if now.len() > 1 => {
                single = now.len();
                continue;
            }
            Verdict::Refused(why) => vec![Fate::Refused(why)],
            Verdict::Later => {
                silent.push(&first.to);
                vec![Fate::Unknown; now.len()]
            }
        };
        single = single.saturating_sub(1);
        rest = next;
        let fates: Vec<_> = now.iter().cloned().zip(fates).filter(|(_, f)| *f != Fate::Unknown).collect();
        if let Err(trouble) = settle(&fates).await {
            trouble.say();
        }
        settled.extend(fates);
    }
    settled
}

/// Reads the outbox, if there is one.
async fn look() -> Outcome {
    if !post(|post| post.outbox) {
        return Ok(());
    }
    let known: Vec<String> = post(|post| post.kept.iter().map(|mail| mail.key.clone()).collect());
    let (mut found, wait_until) = outbox::undelivered(BATCH_MAILS).await?;
    post(|post| {
        post.again |= found.len() >= BATCH_MAILS as usize;
        // What was kept while we read is in the outbox too, and not in what we read.
        found.extend(post.kept.drain(..).filter(|mail| !known.contains(&mail.key)));
        post.kept = found;
        post.wait_until = post.wait_until.max(wait_until);
    });
    Ok(())
}

/// Takes what was delivered or refused off the books, here and in the outbox.
async fn settle(fates: &[(Mail, Fate)]) -> Outcome {
    let gone = |mail: &Mail| fates.iter().any(|(m, _)| m.key == mail.key);
    let outbox = post(|post| {
        post.unkept.retain(|mail| !gone(mail));
        let before = post.kept.len();
        post.kept.retain(|mail| !gone(mail));
        post.kept.len() < before
    });
    for (mail, fate) in fates {
        if let Fate::Refused(why) = fate {
            Trouble::from([&mail.to, " refused a response: ", why].concat().as_str()).say();
        }
    }
    if outbox { outbox::settle(fates).await } else { Ok(()) }
}

/// Sends these mails, which are all for one collector, in one request.
async fn send(mails: &[Mail]) -> Verdict {
    match ask(mails).await {
        Ok((status, body)) => verdict(status, &body, mails.len()),
        // No network, or nobody there: the console has said so already.
        Err(_) => Verdict::Later,
    }
}

async fn ask(mails: &[Mail]) -> Outcome<(u16, String)> {
    let (url, body) = letter(mails);
    // A request that may outlive the page must stay within the quota; a larger one takes its chance while the page lives.
    let keepalive = body.len() <= BATCH_BYTES;
    let signal = AbortSignal::timeout_with_u32(PATIENCE_MS);
    let options = object(&[
        ("method", &"POST".into()),
        ("body", &body.into()),
        ("credentials", &"omit".into()),
        ("keepalive", &keepalive.into()),
        ("signal", &signal),
    ])?;
    let answer: Response =
        window().fetch_with_str_and_init(&url, options.unchecked_ref()).await?.unchecked_into();
    let status = answer.status();
    if matches!(status, 429 | 503) {
        let header = answer.headers().get("Retry-After")?;
        if let Some(until) = retry_at(header.as_deref(), Date::now(), |date| Date::parse(date)) {
            post(|post| post.wait_until = until);
            if post(|post| post.outbox) {
                outbox::remember("wait", until).await?;
            }
        }
    }
    Ok((status, answer.text()?.await?.as_string().unwrap_or_default()))
}

/// Where these mails go, and their lines.
fn letter(mails: &[Mail]) -> (String, String) {
    let to = mails.first().map_or("", |mail| &mail.to);
    let lines = mails.iter().flat_map(|mail| [mail.line.as_str(), "\n"]).collect();
    ([to, "/v1/responses"].concat(), lines)
}

/// Begins to hear the page go away and the network come back.
fn listen() -> Outcome {
    if post(|post| post.listeners.is_some()) {
        return Ok(());
    }
    let hear = |event: Act| {
        if event.type_() == "online" {
            come_back(post(|post| post.waiting), 0);
        } else {
            last_chance();
        }
    };
    let listeners = Listeners::new(hear).to(&window(), &["pagehide", "online"])?;
    post(|post| post.listeners = Some(listeners));
    Ok(())
}

/// The page is going away: a beacon for each collector. What is kept stays in the outbox until its delivery is known,
/// and a collector that gets it twice calls it a duplicate.
fn last_chance() {
    let (mails, wait_until) = post(|post| (post.mails(), post.wait_until));
    if wait_until > Date::now() {
        return;
    }
    let mut rest = &mails[..];
    while !rest.is_empty() {
        let (now, next) = rest.split_at(batch(rest, BATCH_BYTES));
        let (url, body) = letter(now);
        // A beacon that the browser will not take is one more reason for the next visit to look into the outbox.
        let _ = window().navigator().send_beacon_with_opt_str(&url, Some(&body));
        rest = next;
    }
}

#[wasm_bindgen]
extern "C" {
    /// `navigator`, with the locks that an insecure page does not have.
    type Navigator;

    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    static NAVIGATOR: Navigator;

    #[wasm_bindgen(method, getter)]
    fn locks(this: &Navigator) -> Option<Locks>;

    type Locks;

    #[wasm_bindgen(method)]
    fn request(this: &Locks, name: &str, work: &JsValue) -> Promise;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(key: &str, to: &str, bytes: usize) -> Mail {
        Mail { key: key.into(), to: to.into(), line: "x".repeat(bytes) }
    }

    #[test]
    fn each_line_has_the_fate_that_the_collector_gave_it() {
        let body = r#"{"results":[{"line":1,"id":"a","status":"stored"},{"line":2,"id":"b","status":"duplicate"},
            {"line":3,"id":"c","status":"superseded"},{"line":4,"id":"d","status":"conflict"},
            {"line":5,"id":"e","status":"rejected","error":{"code":"field","path":"answers.nps","message":"no"}}]}"#;
        let Verdict::Lines(fates) = verdict(200, body, 6) else { panic!("a verdict for each line") };
        let delivered = Fate::Delivered;
        assert_eq!(fates[..3], [delivered.clone(), delivered.clone(), delivered]);
        assert_eq!(fates[3], Fate::Refused("conflict".into()));
        assert_eq!(fates[4], Fate::Refused("field: answers.nps: no".into()));
        assert_eq!(fates[5], Fate::Unknown, "a line that was not spoken of may not be there");
    }

    #[test]
    fn results_count_by_their_line_and_not_by_their_order() {
        let body = r#"{"results":[{"line":2,"status":"stored"},{"line":1,"status":"rejected"}]}"#;
        let expected = vec![Fate::Refused(String::new()), Fate::Delivered];
        assert_eq!(verdict(200, body, 2), Verdict::Lines(expected));
    }

    #[test]
    fn a_success_that_is_not_the_collectors_own_is_tried_again() {
        for body in
            ["", "<!doctype html><p>Welcome to Hotel Wi-Fi", r#"{"results":[{"line":1,"sta"#, "{}", "[]"]
        {
            assert_eq!(verdict(200, body, 1), Verdict::Later, "{body}");
        }
        for line in ["0", "-1", "2", "1e9", "null"] {
            let body = [r#"{"results":[{"line":"#, line, r#","status":"stored"}]}"#].concat();
            assert_eq!(verdict(200, &body, 1), Verdict::Lines(vec![Fate::Unknown]), "{body}");
        }
        assert_eq!(verdict(204, "", 1), Verdict::Later);
    }

    #[test]
    fn a_request_that_can_never_succeed_is_refused_with_its_reason() {
        for status in [400, 403, 413, 415, 422] {
            let body = r#"{"error":{"code":"origin","message":"https://a.example may not send"}}"#;
            let expected = Verdict::Refused("origin: https://a.example may not send".into());
            assert_eq!(verdict(status, body, 1), expected);
        }
        assert_eq!(verdict(413, "<html>", 1), Verdict::Refused("the collector answered 413".into()));
    }

    #[test]
    fn a_request_that_may_succeed_later_is_kept() {
        for status in [401, 404, 408, 429, 500, 502, 503, 504, 507] {
            assert_eq!(verdict(status, r#"{"error":{"code":"x"}}"#, 1), Verdict::Later, "{status}");
        }
    }

    #[test]
    fn the_wait_grows_to_five_minutes_and_never_shrinks_below_half_of_it() {
        assert_eq!(backoff_ms(0, 1.0), 2000);
        assert_eq!(backoff_ms(0, 0.0), 1000);
        assert_eq!(backoff_ms(3, 1.0), 16_000);
        assert_eq!(backoff_ms(7, 1.0), 256_000);
        assert_eq!(backoff_ms(8, 1.0), 300_000);
        assert_eq!(backoff_ms(4_000_000_000, 0.0), 150_000);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let unreadable = |_: &str| f64::NAN;
        assert_eq!(retry_at(Some("120"), 5000.0, unreadable), Some(125_000.0));
        assert_eq!(retry_at(Some(" Fri, 21 Nov 2026 "), 5000.0, |_| 9000.0), Some(9000.0));
        assert_eq!(retry_at(Some("Thu, 01 Jan 1970"), 5000.0, |_| 0.0), None);
        assert_eq!(retry_at(Some("soon"), 5000.0, unreadable), None);
        assert_eq!(retry_at(None, 5000.0, unreadable), None);
        assert_eq!(retry_at(Some("4294967295"), 0.0, unreadable), Some(LONGEST_WAIT_MS));
    }

    #[test]
    fn a_batch_is_for_one_collector_and_one_request() {
        let mails = [mail("1", "a", 100), mail("2", "a", 100), mail("3", "b", 100)];
        assert_eq!(batch(&mails, 1000), 2);
        assert_eq!(batch(&mails, 202), 2);
        assert_eq!(batch(&mails, 201), 1);
        assert_eq!(batch(&mails, 0), 1, "a mail that fits nowhere travels alone");
        assert_eq!(batch(&[], 1000), 0);
    }
}
