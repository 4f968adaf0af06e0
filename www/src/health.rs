//! `GET /v1/health`: 200 when a write would succeed, told by making one. It touches the store's probe row.

use crate::clock;
use crate::refusal::Refusal;
use crate::server::App;
use crate::store::{Entry, WriteError};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use candor_survey::json::Value;
use candor_survey::record::{object, string};
use std::sync::Arc;

/// Bytes that a probe counts for among what waits to be written.
const PROBE: usize = 64;

/// Answers `{"status":"ok","surveys":2,"broken":0}`: surveys whose file is there, and files that cannot be read.
pub async fn health(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let unavailable =
        |message: String| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "health", message).after(5);
    let room = app.store.room(PROBE).ok_or_else(Refusal::busy)?;
    app.store.write(vec![Entry::Probe { at: clock::now() }], room).await.map_err(|error| match error {
        WriteError::Locked => unavailable("another process holds the database; nothing can be stored".into()),
        WriteError::Failed(_) => unavailable("the disk is full or failing; nothing can be stored".into()),
    })?;
    let catalogue = app.surveys.catalogue();
    let number = |n: usize| Value::Number((n as i64).into());
    let body = object([
        ("status", string("ok")),
        ("surveys", number(catalogue.all().count())),
        ("broken", number(catalogue.broken())),
    ]);
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body.to_json()).into_response())
}
