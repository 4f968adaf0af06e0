//! `GET /v1/export`: what was collected, for whoever has a token, as a stream whose memory does not grow with what is
//! exported. It only reads, on a connection of its own, and sees the moment at which it began.
//!
//! `from` and `to` are about `received`, the collector's clock. A time is a moment, the first included and the second
//! not; a date stands for the whole UTC day, so `from=2026-11-01&to=2026-11-30` is November, and months meet without
//! a gap. Without `survey`, every survey is exported.

mod ndjson;
mod pipe;
mod rows;
mod zipped;

use crate::clock;
use crate::collect;
use crate::refusal::Refusal;
use crate::server::App;
use crate::token;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use candor_survey::Id;
use pipe::Pipe;
use rows::Rows;
use std::sync::Arc;

/// What is to be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Of one survey, or of all.
    pub survey: Option<Id>,
    /// As what.
    pub format: Format,
    /// Received at this moment or later, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Received before this moment.
    pub to: Option<i64>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON document a line: definitions, responses, exposures.
    #[default]
    Ndjson,
    /// A zip of `responses.csv`, `exposures.csv` and `definitions.json`.
    Csv,
}

impl Request {
    /// Reads the parameters of the address; an empty one counts as not given.
    ///
    /// # Errors
    /// A sentence that names the parameter and what it should be.
    pub fn read(parameters: &[(String, String)]) -> Result<Request, String> {
        let mut request = Request { survey: None, format: Format::default(), from: None, to: None };
        for (name, value) in parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())) {
            match name {
                "survey" | "format" | "from" | "to" if value.is_empty() => {}
                "survey" => {
                    let id = Id::new(value).ok_or("survey: expected a survey's id")?;
                    request.survey = Some(id);
                }
                "format" => {
                    request.format = match value {
                        "ndjson" => Format::Ndjson,
                        "csv" => Format::Csv,
                        _ => return Err(format!("format: expected ndjson or csv, found {value:?}")),
                    };
                }
                "from" => request.from = Some(moment(name, value, Day::Begins)?),
                "to" => request.to = Some(moment(name, value, Day::Ends)?),
                _ => {
                    return Err(format!("{name}: no such parameter; there are survey, format, from and to"));
                }
            }
        }
        match (request.from, request.to) {
            (Some(from), Some(to)) if from >= to => Err("from: expected a moment before `to`".into()),
            _ => Ok(request),
        }
    }
}

/// Which end of a day a bare date stands for.
enum Day {
    Begins,
    Ends,
}

fn moment(name: &str, value: &str, day: Day) -> Result<i64, String> {
    if let Ok(time) = value.parse::<jiff::Timestamp>() {
        return Ok(time.as_millisecond());
    }
    let date: Option<jiff::civil::Date> = value.parse().ok().filter(|_| value.len() == 10);
    let date = match day {
        Day::Begins => date,
        Day::Ends => date.and_then(|date| date.tomorrow().ok()),
    };
    date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|midnight| midnight.timestamp().as_millisecond())
        .ok_or_else(|| {
            format!(
                "{name}: expected a date such as 2026-11-21 or a time such as 2026-11-21T10:00:00Z \
                 (a + in an offset is written %2B), found {value:?}"
            )
        })
}

/// The handler.
///
/// # Errors
/// 401 `token`; 400 `parameter`; 404 `survey`; 503 `busy` when as many exports as may are running.
pub async fn export(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let failed = |error: rusqlite::Error| {
        eprintln!("candor: an export could not begin: {error}");
        let message = "the database cannot be read; the collector's log says why";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "database", message)
    };
    let reader = app.store.reader().map_err(failed)?;
    let refuse = |message| Err(Refusal::new(StatusCode::UNAUTHORIZED, "token", message));
    match bearer(&headers) {
        None => {
            return refuse("an export needs a token: send Authorization: Bearer TOKEN (`candor token new`)");
        }
        Some(token) if !token::admits(&reader, token).map_err(failed)? => {
            return refuse("this token is not known here, or was revoked; `candor token new` makes one");
        }
        Some(_) => {}
    }
    let request = Request::read(&parameters)
        .map_err(|message| Refusal::new(StatusCode::BAD_REQUEST, "parameter", message))?;
    let catalogue = app.surveys.catalogue();
    if let Some(id) = &request.survey
        && catalogue.known(id).is_none()
    {
        let message = format!("survey: this collector knows no survey {id}; check its id, and --surveys");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "survey", message));
    }
    // An export of a survey that nobody has seen yet still says what it would ask.
    for survey in catalogue.all() {
        if request.survey.as_ref().is_none_or(|id| *id == survey.definition.id) {
            collect::record(&app, survey).await?;
        }
    }
    let permit = Arc::clone(&app.exports).try_acquire_owned().map_err(|_| {
        let message = "as many exports as may are running; try again when one has ended";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(10)
    })?;

    let name = request.survey.as_ref().map_or("all", Id::as_str);
    let day = clock::now().to_string();
    let day = day.get(..10).unwrap_or_default();
    let (kind, ending) = match request.format {
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
        Format::Csv => ("application/zip", "zip"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"candor-{name}-{day}.{ending}\"")),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    let (pipe, body) = Pipe::new(tokio::runtime::Handle::current());
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        run(reader, &request, pipe);
    });
    Ok((headers, Body::new(body)).into_response())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Writes the whole export into the pipe. A failure cuts the stream off, so that half an export never looks whole.
fn run(mut reader: rusqlite::Connection, request: &Request, pipe: Pipe) {
    let written = Rows::begin(&mut reader, request).map_err(std::io::Error::other).and_then(|rows| {
        match request.format {
            Format::Ndjson => ndjson::write(&rows, pipe.clone()),
            Format::Csv => zipped::write(&rows, pipe.clone()),
        }
    });
    match written.and_then(|()| pipe.finish()) {
        Ok(()) => {}
        Err(error) => {
            // Somebody who stops a download is no problem of ours.
            if error.kind() != std::io::ErrorKind::BrokenPipe {
                eprintln!("candor: an export broke off: {error}");
            }
            pipe.abort(&error);
        }
    }
}
