//! `POST /v1/responses`: the fate of every line, and every refusal of a whole batch.

use crate::fixtures::{Answer, Collector, SHOP, exposure, id, response, score, text};
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use candor::batch::{MAX_LINE, MAX_LINES};
use candor::collect::MAX_BODY;
use candor::store::Limits;
use candor_survey::json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Asserts that the page may read the answer.
#[track_caller]
fn readable(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(answer.header("access-control-expose-headers"), Some("ETag, Retry-After"));
    assert_eq!(answer.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn responses_and_exposures_are_stored_and_told_apart_by_their_event() {
    let collector = Collector::new();
    let batch = format!("{}\n{}\n", score(1, 9), exposure(2, "shown"));
    let answer = collector.post(&batch).await;
    assert_eq!(answer.statuses(), ["stored", "stored"]);
    readable(&answer);
    let results = answer.results();
    assert_eq!(text(&results[0], "id"), id(1));
    assert_eq!(text(&results[1], "id"), id(2));
    assert_eq!(collector.lines("survey=visit").await.len(), 3);
}

#[tokio::test]
async fn the_line_decides_between_stored_duplicate_superseded_and_conflict() {
    let collector = Collector::new();
    let at = |seq, nps| response(1, seq, "visit", &format!(r#"{{"nps":{nps}}}"#));
    for (line, status) in [
        (at(1, 9), "stored"),
        (at(1, 9), "duplicate"),
        (at(1, 8), "conflict"),
        (at(0, 7), "superseded"),
        (at(2, 6), "stored"),
        (at(1, 9), "superseded"),
    ] {
        assert_eq!(collector.post(&line).await.statuses(), [status], "{line}");
    }
    assert_eq!(collector.post(&exposure(5, "shown")).await.statuses(), ["stored"]);
    assert_eq!(collector.post(&exposure(5, "shown")).await.statuses(), ["duplicate"]);
    assert_eq!(collector.post(&exposure(5, "started")).await.statuses(), ["conflict"]);
}

#[tokio::test]
async fn the_bytes_compared_are_the_line_without_its_line_break() {
    let collector = Collector::new();
    assert_eq!(collector.post(&score(1, 9)).await.statuses(), ["stored"]);
    assert_eq!(collector.post(&format!("{}\r\n", score(1, 9))).await.statuses(), ["duplicate"]);
    assert_eq!(collector.post(&format!("{} \n", score(1, 9))).await.statuses(), ["conflict"]);
}

#[tokio::test]
async fn one_batch_may_hold_the_same_response_twice() {
    let collector = Collector::new();
    let at = |seq| response(1, seq, "visit", r#"{"nps":9}"#);
    let batch = [at(0), at(1), at(1), at(0)].join("\n");
    assert_eq!(collector.post(&batch).await.statuses(), ["stored", "stored", "duplicate", "superseded"]);
}

#[tokio::test]
async fn a_response_to_one_survey_cannot_replace_one_to_another() {
    let collector = Collector::new();
    collector.define("other.json", &crate::fixtures::definition("other", "live")).await;
    assert_eq!(collector.post(&response(1, 0, "visit", r#"{"nps":9}"#)).await.statuses(), ["stored"]);
    assert_eq!(collector.post(&response(1, 1, "other", r#"{"nps":0}"#)).await.statuses(), ["conflict"]);
}

#[tokio::test]
async fn a_bad_line_does_not_lose_the_good_ones() {
    let collector = Collector::new();
    let batch = format!("{}\n\n{{\"v\":1,}}\n  \n{}", score(1, 9), score(2, 3));
    let answer = collector.post(&batch).await;
    assert_eq!(answer.statuses(), ["stored", "rejected", "stored"]);
    let (line, code, path, message) = answer.rejection();
    assert_eq!((line, code.as_str(), path.as_str()), (3, "syntax", ""));
    assert_eq!(message, "not valid JSON at line 3, column 8: expected a key in double quotes");
    assert_eq!(answer.results()[2].get("line"), Some(&Value::Number(5.into())), "blank lines are counted");
    assert_eq!(collector.lines("survey=visit").await.len(), 3);
}

#[tokio::test]
async fn a_field_that_does_not_fit_is_named_with_what_was_expected() {
    let collector = Collector::new();
    let answer = collector.post(&score(1, 11)).await;
    let (_, code, path, message) = answer.rejection();
    assert_eq!((code.as_str(), path.as_str()), ("field", "answers.nps"));
    assert_eq!(message, "answers.nps: expected a whole number from 0 to 10, found 11");
    assert_eq!(text(&answer.results()[0], "id"), id(1), "the page learns which response it was");

    let (_, code, path, _) =
        collector.post(&score(1, 9).replace("\"seq\":0", "\"seq\":-1")).await.rejection();
    assert_eq!((code.as_str(), path.as_str()), ("field", "seq"));
    let (_, code, path, _) = collector.post(&exposure(1, "seen")).await.rejection();
    assert_eq!((code.as_str(), path.as_str()), ("field", "event"));
}

#[tokio::test]
async fn a_survey_that_is_not_known_is_rejected_by_name() {
    let collector = Collector::new();
    let (_, code, path, message) = collector.post(&response(1, 0, "elsewhere", "{}")).await.rejection();
    assert_eq!((code.as_str(), path.as_str()), ("survey", "survey"));
    assert!(message.contains("elsewhere"), "{message}");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_rejected_by_byte() {
    let collector = Collector::new();
    let mut body = score(1, 9).into_bytes();
    body.push(b'\n');
    body.extend_from_slice(b"{\"v\":\"\xff\"}");
    let headers = [("content-type", "application/x-ndjson")];
    let answer = collector.call("POST", "/v1/responses", &headers, &body).await;
    assert_eq!(answer.statuses(), ["stored", "rejected"]);
    let (line, code, _, message) = answer.rejection();
    assert_eq!((line, code.as_str()), (2, "encoding"));
    assert_eq!(message, "line 2 is not UTF-8 at byte 7");
}

#[tokio::test]
async fn a_line_over_its_limit_is_rejected_alone() {
    let collector = Collector::new();
    let long = format!("{{\"page\":\"{}\"}}", "a".repeat(MAX_LINE));
    let answer = collector.post(&format!("{long}\n{}", score(1, 9))).await;
    assert_eq!(answer.statuses(), ["rejected", "stored"]);
    let (_, code, _, message) = answer.rejection();
    assert_eq!(code, "size");
    assert!(message.contains("65536"), "{message}");

    let padded = score(2, 9);
    let padded = format!("{padded}{}", " ".repeat(MAX_LINE - padded.len()));
    assert_eq!(collector.post(&padded).await.statuses(), ["stored"], "the limit itself is allowed");
}

#[tokio::test]
async fn a_line_whose_survey_does_not_list_the_origin_is_rejected_and_the_others_kept() {
    let collector = Collector::new();
    let other = crate::fixtures::definition("other", "live").replace(SHOP, "https://other.example");
    collector.define("other.json", &other).await;
    let answer = collector.post(&format!("{}\n{}", score(1, 9), response(2, 0, "other", "{}"))).await;
    assert_eq!(answer.statuses(), ["stored", "rejected"]);
    let (line, code, _, message) = answer.rejection();
    assert_eq!((line, code.as_str()), (2, "origin"));
    assert!(message.contains(SHOP) && message.contains("other"), "{message}");
}

#[tokio::test]
async fn an_origin_that_no_survey_lists_is_refused_as_a_whole_and_may_read_why() {
    let collector = Collector::new();
    for origin in ["https://elsewhere.example", "null", "http://shop.example", "https://shop.example:8443"] {
        let headers = [("origin", origin), ("content-type", "text/plain")];
        let answer = collector.call("POST", "/v1/responses", &headers, score(1, 9).as_bytes()).await;
        let message = answer.refused(StatusCode::FORBIDDEN, "origin");
        assert!(message.contains(origin), "{message}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    }
    assert_eq!(collector.lines("survey=visit").await.len(), 1, "nothing but the definition");
}

#[tokio::test]
async fn what_no_page_sent_has_no_origin_and_is_taken() {
    let collector = Collector::new();
    let headers = [("content-type", "application/x-ndjson; charset=utf-8")];
    let answer = collector.call("POST", "/v1/responses", &headers, score(1, 9).as_bytes()).await;
    assert_eq!(answer.statuses(), ["stored"]);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn other_content_types_are_refused_by_name() {
    let collector = Collector::new();
    for given in ["application/json", "multipart/form-data; boundary=x", "text/plainer"] {
        let headers = [("origin", SHOP), ("content-type", given)];
        let answer = collector.call("POST", "/v1/responses", &headers, score(1, 9).as_bytes()).await;
        let message = answer.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type");
        assert!(message.contains("application/x-ndjson"), "{message}");
        readable(&answer);
    }
    let none = collector.call("POST", "/v1/responses", &[("origin", SHOP)], b"").await;
    none.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type");
    let headers = [("content-type", "text/plain"), ("content-encoding", "gzip")];
    let zipped = collector.call("POST", "/v1/responses", &headers, b"").await;
    zipped.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type");
}

#[tokio::test]
async fn a_batch_over_its_limit_is_refused_with_the_limit() {
    let collector = Collector::new();
    let answer = collector.post(&" ".repeat(MAX_BODY + 1)).await;
    let message = answer.refused(StatusCode::PAYLOAD_TOO_LARGE, "size");
    assert!(message.contains("1048576") && message.contains("1 MiB"), "{message}");
    readable(&answer);
    assert_eq!(
        collector.post(&" ".repeat(MAX_BODY)).await.statuses(),
        [""; 0],
        "the limit itself is allowed"
    );

    let answer = collector.post(&"x\n".repeat(MAX_LINES + 1)).await;
    let message = answer.refused(StatusCode::PAYLOAD_TOO_LARGE, "size");
    assert!(message.contains("5000"), "{message}");
    assert_eq!(collector.post(&"x\n".repeat(MAX_LINES)).await.statuses().len(), MAX_LINES);
}

#[tokio::test]
async fn the_wrong_method_and_the_wrong_address_say_what_there_is() {
    let collector = Collector::new();
    let answer = collector.call("GET", "/v1/responses", &[("origin", SHOP)], b"").await;
    answer.refused(StatusCode::METHOD_NOT_ALLOWED, "method");
    assert_eq!(answer.header("allow"), Some("POST"));
    readable(&answer);
    let answer = collector.call("DELETE", "/v1/surveys/visit", &[("origin", SHOP)], b"").await;
    answer.refused(StatusCode::METHOD_NOT_ALLOWED, "method");
    readable(&answer);
    let answer = collector.call("POST", "/v1/response", &[("origin", SHOP)], b"").await;
    let message = answer.refused(StatusCode::NOT_FOUND, "address");
    assert!(message.contains("/v1/responses"), "{message}");
    readable(&answer);
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let collector = Collector::new();
    for path in ["/v1/responses", "/v1/surveys/visit"] {
        let headers = [
            ("origin", SHOP),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        let answer = collector.call("OPTIONS", path, &headers, b"").await;
        assert_eq!(answer.status, 204);
        readable(&answer);
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST"));
        assert_eq!(answer.header("access-control-allow-headers"), Some("Content-Type, If-None-Match"));
    }
}

#[tokio::test]
async fn an_address_that_sends_too_often_is_told_when_to_come_back() {
    let collector = Collector::with(Limits::default(), |options| {
        options.rate = 2;
        options.proxied = true;
    });
    let post = async |forwarded: &str| {
        let headers = [("origin", SHOP), ("content-type", "text/plain"), ("x-forwarded-for", forwarded)];
        collector.call("POST", "/v1/responses", &headers, score(1, 9).as_bytes()).await
    };
    assert_eq!(post("203.0.113.7").await.status, 200);
    assert_eq!(
        post("198.51.100.1, 203.0.113.7").await.status,
        200,
        "what a client says itself does not count"
    );
    let answer = post("203.0.113.7").await;
    answer.refused(StatusCode::TOO_MANY_REQUESTS, "rate");
    assert_eq!(answer.header("retry-after"), Some("30"));
    readable(&answer);
    assert_eq!(post("203.0.113.8").await.status, 200, "another address is not refused");
}

#[tokio::test]
async fn without_a_proxy_the_peer_is_counted_whatever_a_header_says() {
    let collector = Collector::with(Limits::default(), |options| options.rate = 1);
    let peer: SocketAddr = "203.0.113.7:5000".parse().unwrap();
    let router = collector.router.clone().layer(axum::Extension(ConnectInfo(peer)));
    for (forwarded, status) in [("198.51.100.1", 200), ("198.51.100.2", 429)] {
        let headers = [("content-type", "text/plain"), ("x-forwarded-for", forwarded)];
        let answer =
            crate::fixtures::call(&router, "POST", "/v1/responses", &headers, score(1, 9).as_bytes()).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn when_more_waits_than_may_the_answer_is_503_and_what_waited_is_kept() {
    let line = score(1, 9);
    let limits = Limits { waiting_bytes: line.len() * 3 / 2, ..Limits::default() };
    let collector = Arc::new(Collector::with(limits, |_| ()));
    let holder = candor::store::open_database(&collector.data(), false).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = {
        let (collector, line) = (Arc::clone(&collector), line.clone());
        tokio::spawn(async move { collector.post(&line).await })
    };
    while collector.app.store.room(line.len()).is_some() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let answer = collector.post(&score(2, 9)).await;
    answer.refused(StatusCode::SERVICE_UNAVAILABLE, "busy");
    assert_eq!(answer.header("retry-after"), Some("1"));
    readable(&answer);
    holder.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap().statuses(), ["stored"]);
    assert_eq!(collector.post(&score(2, 9)).await.statuses(), ["stored"]);
}

#[tokio::test]
async fn when_another_process_holds_the_database_the_answer_is_503_and_nothing_is_kept() {
    let limits = Limits { patience: Duration::from_millis(50), ..Limits::default() };
    let collector = Collector::with(limits, |_| ());
    let holder = candor::store::open_database(&collector.data(), false).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = collector.post(&score(1, 9)).await;
    answer.refused(StatusCode::SERVICE_UNAVAILABLE, "busy");
    assert_eq!(answer.header("retry-after"), Some("5"));
    let health = collector.call("GET", "/v1/health", &[], b"").await;
    health.refused(StatusCode::SERVICE_UNAVAILABLE, "health");
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(collector.post(&score(1, 9)).await.statuses(), ["stored"], "not a duplicate: it was not kept");
}

#[tokio::test]
async fn when_the_disk_is_full_the_answer_is_507_and_what_was_acknowledged_stays() {
    let limits = Limits { pages: Some(40), ..Limits::default() };
    let collector = Collector::with(limits, |_| ());
    let mut stored = 0;
    let refused = loop {
        let long = format!(r#"{{"nps":9,"why":"{}"}}"#, "so good ".repeat(400));
        let answer = collector.post(&response(stored, 0, "visit", &long)).await;
        if answer.status != 200 {
            break answer;
        }
        assert_eq!(answer.statuses(), ["stored"]);
        stored += 1;
        assert!(stored < 200, "40 pages of 4 KiB cannot hold so many");
    };
    let message = refused.refused(StatusCode::INSUFFICIENT_STORAGE, "disk");
    assert!(message.contains("nothing was kept"), "{message}");
    assert!(refused.header("retry-after").is_some());
    readable(&refused);
    assert!(stored > 5);
    assert_eq!(collector.lines("survey=visit").await.len() as u64, stored + 1);
}

#[tokio::test]
async fn health_says_ok_and_counts_what_is_broken() {
    let collector = Collector::new();
    let answer = collector.call("GET", "/v1/health", &[], b"").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status":"ok","surveys":1,"broken":0}"#));
    collector.define("bad.json", "{").await;
    let answer = collector.call("GET", "/v1/health", &[], b"").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status":"ok","surveys":1,"broken":1}"#));
}

#[tokio::test]
async fn sixty_four_at_once_are_each_stored_once_and_each_told_so() {
    let collector = Arc::new(Collector::new());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..64 {
        let collector = Arc::clone(&collector);
        tasks.spawn(async move {
            let shared = response(999, 0, "visit", r#"{"nps":5}"#);
            let answer =
                collector.post(&format!("{}\n{}\n{shared}", score(2 * n, 9), score(2 * n + 1, 0))).await;
            answer.statuses()
        });
    }
    let mut first = 0;
    while let Some(statuses) = tasks.join_next().await {
        let statuses = statuses.unwrap();
        assert_eq!(statuses[..2], ["stored", "stored"]);
        match statuses[2].as_str() {
            "stored" => first += 1,
            other => assert_eq!(other, "duplicate"),
        }
    }
    assert_eq!(first, 1, "the response that all of them sent was stored once");
    assert_eq!(collector.lines("survey=visit").await.len(), 1 + 129);
}

#[tokio::test]
async fn answers_are_checked_against_the_revision_they_were_given_to() {
    let collector = Collector::new();
    let with_why = response(1, 0, "visit", r#"{"nps":9,"why":"near"}"#);
    assert_eq!(collector.post(&with_why).await.statuses(), ["stored"]);
    let next = crate::fixtures::definition("visit", "live").replace("\"id\": \"why\"", "\"id\": \"because\"");
    collector.define("visit.json", &next).await;
    let late = response(2, 0, "visit", r#"{"nps":9,"why":"near"}"#);
    assert_eq!(collector.post(&late).await.statuses(), ["stored"], "the earlier revision asked it");
    let newer = crate::fixtures::revision_of(&next);
    let older = crate::fixtures::revision_of(&crate::fixtures::definition("visit", "live"));
    let wrong = response(3, 0, "visit", r#"{"nps":9,"why":"near"}"#).replace(&older, &newer);
    let (_, code, path, _) = collector.post(&wrong).await.rejection();
    assert_eq!((code.as_str(), path.as_str()), ("field", "answers.why"));
    let unknown = wrong.replace(&newer, "0123456789abcdef");
    assert_eq!(
        collector.post(&unknown).await.statuses(),
        ["stored"],
        "a revision not known here is believed"
    );
}

#[tokio::test]
async fn a_survey_that_was_paused_or_taken_away_still_takes_what_was_under_way() {
    let collector = Collector::new();
    assert_eq!(collector.post(&score(1, 9)).await.statuses(), ["stored"]);
    collector.define("visit.json", &crate::fixtures::definition("visit", "paused")).await;
    assert_eq!(collector.post(&score(2, 9)).await.statuses(), ["stored"]);
    std::fs::remove_file(collector.folder.path().join("surveys/visit.json")).unwrap();
    collector.define("nothing.txt", "").await;
    assert_eq!(collector.call("GET", "/v1/surveys/visit", &[], b"").await.status, 404);
    assert_eq!(collector.post(&score(3, 9)).await.statuses(), ["stored"]);
}
