//! What pages call: `GET /v1/surveys/{id}` and `POST /v1/responses`. It reads the surveys and writes the store, and keeps
//! nothing about who called: no address, no user agent, no log line.

use crate::batch::{Batch, MAX_LINES, TooManyLines, definition_entry};
use crate::clock;
use crate::cors;
use crate::refusal::Refusal;
use crate::server::App;
use crate::store::{Entry, Outcome, Room, WriteError};
use crate::surveys::Survey;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most bytes a batch may have.
pub const MAX_BODY: usize = 1 << 20;

/// A body over the limit is read to this point before it is refused: a browser that is cut off while it sends sees a dead
/// network and never the reason.
const PATIENT_BODY: usize = 8 << 20;

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// `GET /v1/surveys/{id}`: the definition, byte for byte as its file has it, with its revision as the ETag.
///
/// It is given in every state. The definition says which it is in, and candor.js asks nobody unless it is live: a draft
/// must be there for the preview that `data-test` gives, and a paused survey must put no error into a client's console.
///
/// # Errors
/// 404 `survey`; 403 `origin`; 503 `busy` or 507 `disk` when the revision cannot be recorded.
pub async fn survey(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let catalogue = app.surveys.catalogue();
    let survey = catalogue.current(&id).ok_or_else(|| {
        let message = "this collector has no such survey; check its id, and --surveys";
        Refusal::new(StatusCode::NOT_FOUND, "survey", message)
    })?;
    if let Some(origin) = cors::origin(&headers)
        && !survey.definition.admits(origin)
    {
        let message = format!(
            "survey {id} does not list the origin {origin}; add it to the definition's `origins` to show it there"
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, "origin", message));
    }
    record(&app, survey).await?;
    let etag = format!("\"{}\"", survey.revision.as_str());
    let unchanged = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*");
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], survey.text.clone()).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Sees to it that the store has this revision: what was handed out must be in the export.
///
/// # Errors
/// 503 or 507: it cannot be written.
pub async fn record(app: &App, survey: &Survey) -> Result<(), Refusal> {
    if survey.is_recorded() {
        return Ok(());
    }
    let room = app.store.room(survey.text.len()).ok_or_else(Refusal::busy)?;
    write(app, vec![definition_entry(survey, clock::now())], room).await?;
    survey.set_recorded();
    Ok(())
}

/// `POST /v1/responses`: a batch of responses and exposures, answered line by line when all of it is on disk.
///
/// # Errors
/// 403 `origin`, 408 `slow`, 413 `size`, 415 `type`, 429 `rate`, 503 `busy` and 507 `disk`: nothing of it was kept.
pub async fn responses(State(app): State<Arc<App>>, request: Request) -> Result<Response, Refusal> {
    let received = clock::now();
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(address) = address(&parts.headers, peer, app.proxied) {
        app.rate.count(address, Instant::now()).map_err(|seconds| {
            let message = format!("too many requests from this address; wait {seconds} s and send it again");
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate", message).after(seconds)
        })?;
    }
    let catalogue = app.surveys.catalogue();
    let origin = cors::origin(&parts.headers);
    if let Some(origin) = origin
        && !catalogue.admits(origin)
    {
        let message = format!(
            "no survey here lists the origin {origin}; add it to the `origins` of the survey that it shows"
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, "origin", message));
    }
    check_type(&parts.headers)?;
    let body = read(body).await?;
    let room = app.store.room(body.len()).ok_or_else(Refusal::busy)?;
    let origin = origin.map(str::to_owned);
    // A full batch takes tens of milliseconds to check, during which this thread would answer nobody else.
    let batch =
        tokio::task::spawn_blocking(move || Batch::read(&body, origin.as_deref(), &catalogue, received));
    let mut batch = batch
        .await
        .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the batch was not read"))?
        .map_err(|TooManyLines| {
            let message = format!("the batch has more than {MAX_LINES} lines; send it in parts");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "size", message)
        })?;
    let mut entries: Vec<Entry> =
        batch.definitions.iter().map(|survey| definition_entry(survey, received)).collect();
    entries.append(&mut batch.entries);
    let outcomes = if entries.is_empty() { Vec::new() } else { write(&app, entries, room).await? };
    batch.definitions.iter().for_each(|survey| survey.set_recorded());
    let answer = batch.answer(outcomes.get(batch.definitions.len()..).unwrap_or_default());
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, answer).into_response())
}

async fn write(app: &App, entries: Vec<Entry>, room: Room) -> Result<Vec<Outcome>, Refusal> {
    app.store.write(entries, room).await.map_err(|error| match error {
        WriteError::Locked => {
            let message = "another process holds the database; nothing was kept, send this again later";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(5)
        }
        // What the database said is for the operator's log: it can name folders.
        WriteError::Failed(_) => {
            let message = "the collector's disk is full or failing; nothing was kept, send this again later";
            Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "disk", message).after(60)
        }
    })
}

/// The address a request counts for: the peer's, or behind a proxy the one that the proxy says, which is the last.
fn address(headers: &HeaderMap, peer: Option<IpAddr>, proxied: bool) -> Option<IpAddr> {
    let said = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    if proxied { said.or(peer) } else { peer }
}

/// The types that a page can send without a preflight, or that say what a batch is.
fn check_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type", message));
    if headers.contains_key(header::CONTENT_ENCODING) {
        return refuse("a batch is sent as it is, without Content-Encoding".into());
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/plain" | "application/x-ndjson" => Ok(()),
        "" => refuse("no Content-Type; a batch is text/plain or application/x-ndjson".into()),
        _ => refuse(format!("a batch is text/plain or application/x-ndjson, not {essence}")),
    }
}

/// The whole body, or why not.
async fn read(mut body: Body) -> Result<Bytes, Refusal> {
    let all = async {
        let mut kept = Vec::new();
        let mut size = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Refusal::new(StatusCode::BAD_REQUEST, "body", "the body ended before it was complete")
            })?;
            let Ok(data) = frame.into_data() else { continue };
            size += data.len();
            if size <= MAX_BODY {
                kept.extend_from_slice(&data);
            } else {
                kept = Vec::new();
            }
            if size > PATIENT_BODY {
                break;
            }
        }
        if size > MAX_BODY {
            let message = format!("the batch has more than {MAX_BODY} bytes (1 MiB); send it in parts");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "size", message));
        }
        Ok(Bytes::from(kept))
    };
    tokio::time::timeout(BODY_TIME, all).await.unwrap_or_else(|_| {
        let message = format!("the body did not arrive within {} s", BODY_TIME.as_secs());
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "slow", message))
    })
}
