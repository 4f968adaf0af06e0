//! `GET /v1/surveys/{id}` and the folder behind it.

use crate::fixtures::{Collector, SHOP, definition, options, revision_of, text};
use axum::http::StatusCode;
use candor::server::{App, router};
use candor::store::Store;
use std::fs;
use std::sync::Arc;

#[tokio::test]
async fn a_live_survey_is_served_byte_for_byte_with_its_revision() {
    let collector = Collector::new();
    let answer = collector.call("GET", "/v1/surveys/visit", &[("origin", SHOP)], b"").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), definition("visit", "live"));
    let etag = format!("\"{}\"", revision_of(&definition("visit", "live")));
    assert_eq!(answer.header("etag"), Some(etag.as_str()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(answer.header("access-control-expose-headers"), Some("ETag, Retry-After"));
}

#[tokio::test]
async fn a_revision_the_browser_has_is_not_sent_again() {
    let collector = Collector::new();
    let etag = format!("\"{}\"", revision_of(&definition("visit", "live")));
    for sent in [etag.clone(), format!("\"x\", W/{etag}")] {
        let headers = [("if-none-match", sent.as_str()), ("origin", SHOP)];
        let answer = collector.call("GET", "/v1/surveys/visit", &headers, b"").await;
        assert_eq!((answer.status, answer.body.len()), (304, 0));
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
        assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
    }
    let answer = collector.call("GET", "/v1/surveys/visit", &[("if-none-match", "\"x\"")], b"").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_draft_or_paused_survey_is_served_with_the_state_it_is_in() {
    let collector = Collector::new();
    for state in ["draft", "paused"] {
        collector.define(&format!("{state}.json"), &definition(state, state)).await;
        let answer = collector.call("GET", &format!("/v1/surveys/{state}"), &[("origin", SHOP)], b"").await;
        assert_eq!((answer.status, answer.text()), (200, definition(state, state)));
        assert_eq!(text(&answer.json(), "state"), state);
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_told_that_it_is_not_listed() {
    let collector = Collector::new();
    let answer =
        collector.call("GET", "/v1/surveys/visit", &[("origin", "https://elsewhere.example")], b"").await;
    let message = answer.refused(StatusCode::FORBIDDEN, "origin");
    assert!(message.contains("https://elsewhere.example"), "{message}");
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://elsewhere.example"));
    let answer = collector.call("GET", "/v1/surveys/nowhere", &[("origin", SHOP)], b"").await;
    answer.refused(StatusCode::NOT_FOUND, "survey");
}

#[tokio::test]
async fn a_definition_that_breaks_goes_on_being_served_as_it_last_was() {
    let collector = Collector::new();
    collector.define("visit.json", "{ \"candor\": 1, ").await;
    let answer = collector.call("GET", "/v1/surveys/visit", &[], b"").await;
    assert_eq!((answer.status, answer.text()), (200, definition("visit", "live")));
    let mended = definition("visit", "live").replace("How likely?", "How likely, really?");
    collector.define("visit.json", &mended).await;
    let answer = collector.call("GET", "/v1/surveys/visit", &[], b"").await;
    assert_eq!((answer.status, answer.text()), (200, mended));
}

#[tokio::test]
async fn a_broken_definition_at_the_start_does_not_take_down_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    fs::write(options.surveys.join("a.json"), "{\"candor\": 2}").unwrap();
    fs::write(options.surveys.join("b.json"), definition("visit", "live")).unwrap();
    fs::write(options.surveys.join("c.json"), definition("visit", "paused")).unwrap();
    fs::write(options.surveys.join("d.json"), b"\xff").unwrap();
    let app = Arc::new(App::with_store(&options, Store::open(&options.data).unwrap()).unwrap());
    let catalogue = app.surveys.catalogue();
    assert_eq!(catalogue.broken(), 3, "one is no definition, one has an id that is taken, one is not text");
    let answer = crate::fixtures::call(&router(app, None), "GET", "/v1/surveys/visit", &[], b"").await;
    assert_eq!((answer.status, answer.text()), (200, definition("visit", "live")));
}

#[tokio::test]
async fn every_revision_that_was_handed_out_is_in_the_export_and_no_other() {
    let collector = Collector::new();
    let with = |question: &str| definition("visit", "live").replace("How likely?", question);
    collector.call("GET", "/v1/surveys/visit", &[], b"").await;
    collector.define("visit.json", &with("Never seen by anybody")).await;
    collector.call("GET", "/v1/health", &[], b"").await;
    collector.define("visit.json", &with("How likely is it?")).await;
    collector.call("GET", "/v1/surveys/visit", &[], b"").await;
    let revisions: Vec<_> =
        collector.lines("survey=visit").await.iter().map(|line| text(line, "revision")).collect();
    assert_eq!(
        revisions,
        [revision_of(&definition("visit", "live")), revision_of(&with("How likely is it?"))]
    );
}

#[test]
fn a_surveys_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.surveys = folder.path().join("nowhere");
    let error = App::open(&options).err().expect("an error").to_string();
    assert!(error.contains("nowhere"), "{error}");
}
