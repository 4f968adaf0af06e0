//! The hosted page of a survey, `GET /s/{id}`: for links in mails, on receipts and behind QR codes, where there is no page
//! of the client's to stand on. It reads the surveys; what is shown on it is candor.js's business, as on any page.
//!
//! The page is of the collector's own origin, and a survey says itself where it may be shown: its `origins` must list this
//! one too. Whoever opens the link is told in a sentence when there is nothing to answer, and whoever runs it, why.

use crate::server::App;
use crate::site::host;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use candor_survey::definition::State as Stage;
use candor_survey::logic::{Given, fill};
use candor_survey::{Definition, Map};
use std::sync::Arc;

/// What the page looks like before the widget stands on it, and when there is none.
const STYLE: &str = "\
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; background: #fbfaf7; color: #1b1f24 }
body { margin: 0 }
main { max-width: 34rem; margin: 20vh auto 0; padding: 0 1.5rem }
h1 { margin: 0; font: 600 1.563rem/1.25 Charter, \"Iowan Old Style\", Georgia, \"Liberation Serif\", serif }
p { margin: 1rem 0 0; color: #5c636b }
code { overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  :root { background: #15181b; color: #e9e6df }
  p { color: #9aa3ab }
}
";

/// `GET /s/{id}`: a page with nothing but this survey on it. 404 where there is no live survey of this name, 403 where it
/// does not list the collector's origin.
pub async fn page(State(app): State<Arc<App>>, Path(id): Path<String>, request: Request) -> Response {
    let headers = request.headers();
    let catalogue = app.surveys.catalogue();
    let Some(survey) = catalogue.current(&id) else {
        let said = "The link may be mistyped, or the survey is over.";
        return sentence(StatusCode::NOT_FOUND, "There is no survey at this address", said);
    };
    let definition = &survey.definition;
    if definition.state != Stage::Live {
        let said = "It has not begun yet, or it has ended. Thank you for coming.";
        return sentence(StatusCode::NOT_FOUND, "This survey is not being asked now", said);
    }
    let own = host(headers, request.uri()).unwrap_or_default();
    if !["https://", "http://"].iter().any(|scheme| definition.admits(&[scheme, own].concat())) {
        let said = format!(
            "It does not list this address among the places where it may be shown. If it is your survey, add \
             <code>\"{}\"</code> to <code>origins</code> in its definition.",
            escaped(&origin(own))
        );
        return sentence(StatusCode::FORBIDDEN, "This survey cannot be shown here", &said);
    }
    let language = language(definition, headers);
    let title = title(definition, language);
    let body = format!(
        "<script async src=\"/candor.js\" data-survey=\"{}\" data-mode=\"page\"></script>\n\
         <noscript><main><h1>This survey needs JavaScript</h1><p>Allow it for this page, and load the page again.</p></main></noscript>",
        escaped(&definition.id)
    );
    let html = document(language, &title, &body);
    let endpoint = definition.deliver.endpoint.as_deref().and_then(endpoint_origin).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' {endpoint}; style-src 'self'; \
         img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    let policy = policy.replace(" ;", ";");
    (headers_with(&policy), html).into_response()
}

/// `GET /s/page.css`; no survey has such an id.
pub async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}

/// A page that says why there is no survey on it. `said` is HTML.
fn sentence(status: StatusCode, title: &str, said: &str) -> Response {
    let body = format!("<main><h1>{title}</h1><p>{said}</p></main>");
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (status, headers_with(policy), document("en", title, &body)).into_response()
}

fn headers_with(policy: &str) -> [(header::HeaderName, String); 8] {
    [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".into()),
        (header::CONTENT_SECURITY_POLICY, policy.into()),
        (header::CACHE_CONTROL, "no-cache".into()),
        (header::VARY, "Accept-Language".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::X_FRAME_OPTIONS, "DENY".into()),
        // The address may carry a prefilled answer, and who was asked.
        (header::REFERRER_POLICY, "no-referrer".into()),
        (header::HeaderName::from_static("x-robots-tag"), "noindex".into()),
    ]
}

fn document(language: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"/mark.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/s/page.css\">\n{body}\n</html>\n",
        escaped(language),
        escaped(title)
    )
}

/// The survey's language that the browser asks for first; its fallback where it asks for none of them.
fn language<'d>(definition: &'d Definition, headers: &HeaderMap) -> &'d str {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let asked =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut ranges: Vec<(f32, &str)> = asked
        .split(',')
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((weight, tag.trim()))
        })
        .collect();
    // Equal weights stay in their order.
    ranges.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let tags = || definition.languages.iter().map(|language| language.as_str());
    let find = |range: &str| {
        tags()
            .find(|tag| tag.eq_ignore_ascii_case(range))
            .or_else(|| tags().find(|tag| base(tag) == base(range)))
    };
    ranges.into_iter().find_map(|(_, range)| find(range)).or_else(|| tags().next()).unwrap_or("en")
}

/// What is asked first, which is what a visitor knows the survey by.
fn title(definition: &Definition, language: &str) -> String {
    let first =
        definition.questions().next().map_or(definition.id.as_str(), |q| q.text.in_language(language));
    let nothing = Given { answers: Vec::new(), attributes: &Map::new() };
    fill(first, &nothing, &|_, _| None)
}

/// The origin that a page of this host has, as far as a collector behind a proxy can know.
fn origin(host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let scheme = if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { "http://" } else { "https://" };
    [scheme, host].concat()
}

/// The origin of an address, if it is one that may stand in a policy.
fn endpoint_origin(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    let end = address.len() - rest.len() + host.len();
    (!host.is_empty() && host.bytes().all(fits)).then(|| &address[..end])
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}
