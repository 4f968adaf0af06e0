//! Refusals of a whole request: the status, a code for programs, and a sentence for people. Every handler that says no
//! says it with this type, so that `{"error":{"code":…,"message":…}}` has one author.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use candor_survey::json::Value;
use candor_survey::record::{object, string};

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// A word for programs, such as `origin` or `size`.
    pub code: &'static str,
    /// A sentence for people: what, where, and what to do.
    pub message: String,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
    /// For 405: the methods that there are.
    pub allow: Option<&'static str>,
}

impl Refusal {
    /// A refusal with this status, code and sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Refusal { status, code, message: message.into(), retry_after: None, allow: None }
    }

    /// The same, and when to try again.
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// 405: the path is right and the method is not.
    pub fn method(allow: &'static str) -> Self {
        let message = format!("this address takes {allow} only");
        Refusal { allow: Some(allow), ..Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method", message) }
    }

    /// 503: more is waiting to be written than may wait.
    pub fn busy() -> Self {
        let message = "more responses are waiting to be written than fit in memory; send this again later";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(1)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = object([("code", string(self.code)), ("message", Value::String(self.message))]);
        let body = object([("error", error)]).to_json();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
