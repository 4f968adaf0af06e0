//! The hosted page of a survey, `GET /s/{id}`.

use crate::fixtures::{Answer, Collector, call, definition};
use axum::Router;
use candor::server::router;
use candor::site::Site;
use std::fs;
use std::sync::Arc;

const HOST: &str = "feedback.example";

/// A collector with a site, and a definition that lists the collector's origin.
fn collector() -> (Collector, Router) {
    let collector = Collector::new();
    let site = collector.folder.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("candor.js"), "1").unwrap();
    let site = Site::open(&site, Vec::new()).unwrap();
    let router = router(Arc::clone(&collector.app), Some(Arc::new(site)));
    (collector, router)
}

fn listed(id: &str, state: &str) -> String {
    definition(id, state).replace("\"origins\": [", "\"origins\": [\"https://feedback.example\", ")
}

async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = [("host", HOST)].into_iter().chain(headers.iter().copied()).collect();
    call(router, "GET", path, &headers, b"").await
}

#[tokio::test]
async fn a_live_survey_has_a_page_of_its_own_under_a_strict_policy() {
    let (collector, router) = collector();
    collector.define("link.json", &listed("link", "live")).await;
    let answer = get(&router, "/s/link?q.nps=9", &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let html = answer.text();
    assert!(html.contains("<title>How likely?</title>"), "{html}");
    assert!(
        html.contains("<script async src=\"/candor.js\" data-survey=\"link\" data-mode=\"page\"></script>"),
        "{html}"
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && !html.contains("<style") && !html.contains("style="),
        "{html}"
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    for file in ["/s/page.css", "/candor.js"] {
        assert_eq!(get(&router, file, &[]).await.status, 200, "{file}");
    }
}

#[tokio::test]
async fn the_page_is_in_the_survey_s_language_that_the_browser_asks_for() {
    let (collector, router) = collector();
    let two = listed("link", "live")
        .replace("[\"en\"]", "[\"en\", \"de\"]")
        .replace("\"How likely?\"", r#"{"en": "How <likely>?", "de": "Wie \"wahrscheinlich\"?"}"#);
    collector.define("link.json", &two).await;
    for (asked, language, title) in [
        ("de-AT,de;q=0.9,en;q=0.8", "de", "Wie &quot;wahrscheinlich&quot;?"),
        ("fr;q=0.9, en-GB;q=0.5, de;q=0.2", "en", "How &lt;likely&gt;?"),
        ("ja", "en", "How &lt;likely&gt;?"),
        ("de;q=0, *", "en", "How &lt;likely&gt;?"),
    ] {
        let html = get(&router, "/s/link", &[("accept-language", asked)]).await.text();
        assert!(html.contains(&format!("<html lang=\"{language}\">")), "{asked}: {html}");
        assert!(html.contains(&format!("<title>{title}</title>")), "{asked}: {html}");
    }
}

#[tokio::test]
async fn where_responses_go_elsewhere_the_policy_lets_them() {
    let (collector, router) = collector();
    for (endpoint, allowed) in [
        ("https://eu.feedback.example/candor", "connect-src 'self' https://eu.feedback.example;"),
        ("https://a; script-src *", "connect-src 'self';"),
    ] {
        let elsewhere = listed("link", "live")
            .replace("\"state\"", &format!("\"deliver\": {{\"endpoint\": \"{endpoint}\"}}, \"state\""));
        collector.define("link.json", &elsewhere).await;
        let answer = get(&router, "/s/link", &[]).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains(allowed), "{policy}");
        assert_eq!(policy.matches("script-src").count(), 1, "{policy}");
    }
}

#[tokio::test]
async fn who_comes_for_nothing_is_told_so_in_a_sentence() {
    let (collector, router) = collector();
    collector.define("draft.json", &listed("draft", "draft")).await;
    collector.define("paused.json", &listed("paused", "paused")).await;
    for (id, sentence) in [
        ("nothing", "There is no survey at this address"),
        ("%3Cscript%3E", "There is no survey at this address"),
        ("draft", "This survey is not being asked now"),
        ("paused", "This survey is not being asked now"),
    ] {
        let answer = get(&router, &format!("/s/{id}"), &[]).await;
        assert_eq!(answer.status, 404, "{id}");
        let html = answer.text();
        assert!(html.contains(sentence) && !html.contains("<script"), "{id}: {html}");
        assert!(
            answer
                .header("content-security-policy")
                .unwrap()
                .starts_with("default-src 'none'; style-src 'self';")
        );
    }
}

#[tokio::test]
async fn a_survey_that_does_not_list_the_collector_says_what_to_add() {
    let (_collector, router) = collector();
    for (host, origin) in [(HOST, "https://feedback.example"), ("127.0.0.1:4400", "http://127.0.0.1:4400")] {
        let answer = call(&router, "GET", "/s/visit", &[("host", host)], b"").await;
        assert_eq!(answer.status, 403);
        let html = answer.text();
        assert!(html.contains(&format!("add <code>\"{origin}\"</code> to <code>origins</code>")), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }
}

#[tokio::test]
async fn a_page_is_only_read_and_a_collector_without_a_site_has_none() {
    let (collector, router) = collector();
    assert_eq!(call(&router, "POST", "/s/visit", &[("host", HOST)], b"").await.status, 405);
    assert_eq!(collector.call("GET", "/s/visit", &[("host", HOST)], b"").await.status, 404);
}
