//! Cross-origin resource sharing for what pages call: every answer, refusals included, says that the calling page may
//! read it. A page can then tell a refusal, with its reason, from a network that is down.
//!
//! Being allowed to read an answer gives nothing away: who may have what is decided by the handlers, which read the same
//! Origin header. The export is not under this layer, so no page of another origin can read one.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The origin of the page that sent a request, as it stands in the header: `null` for a page that has none; `None` when
/// no page sent it, or one of our own origin reads.
pub fn origin(headers: &HeaderMap) -> Option<&str> {
    // An origin that is no text is nobody's, and is treated as such.
    headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"))
}

/// Answers preflights, and puts the headers on every other answer.
pub async fn layer(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let preflight = request.method() == Method::OPTIONS;
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        let fixed = HeaderValue::from_static;
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, fixed("ETag, Retry-After"));
        if preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, POST"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, fixed("Content-Type, If-None-Match"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, fixed("7200"));
        }
    }
    response
}
