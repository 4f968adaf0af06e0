//! Static pages: the built site at Candor's own origin, and the demo's shop at another. It reads one folder and gives out
//! nothing outside it; a file is read again when it changes, so a new build needs no restart.

use crate::refusal::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use candor_survey::json::Value;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// A folder served as a site.
pub struct Site {
    root: PathBuf,
    replace: Vec<(String, String)>,
    files: RwLock<HashMap<PathBuf, Arc<Loaded>>>,
}

/// A file in memory.
struct Loaded {
    stamp: Stamp,
    body: Bytes,
    brotli: Option<Bytes>,
    // The first 16 hexadecimal digits of the content's SHA-256.
    hash: String,
}

/// When the file and its compressed twin were last written, and their sizes.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// Extra headers by exact path, in the root of the site; itself not served.
const HEADERS: &str = "headers.json";

impl Site {
    /// The site in `root`. In its `.html` files and extra headers, each first text of `replace` becomes the second.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn open(root: &Path, replace: Vec<(String, String)>) -> io::Result<Site> {
        Ok(Site { root: root.canonicalize()?, replace, files: RwLock::default() })
    }

    /// Answers one request for a page or file.
    pub fn answer(&self, request: &Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Refusal::method("GET, HEAD").into_response();
        }
        let Some(path) = decoded(request.uri().path()) else { return not_found() };
        // One address for each page: the headers go by it, so there must be no way around them.
        if let Some(folder) = path.strip_suffix("/index.html") {
            return Redirect::permanent(&encoded(&format!("{folder}/"))).into_response();
        }
        let file = if path.ends_with('/') { format!("{path}index.html") } else { path.clone() };
        let file = self.root.join(file.trim_start_matches('/'));
        match self.load(&file) {
            Ok(Some(loaded)) => self.give(request, &path, &file, &loaded),
            Ok(None) if !path.ends_with('/') && file.join("index.html").is_file() => {
                Redirect::permanent(&encoded(&format!("{path}/"))).into_response()
            }
            Ok(None) => not_found(),
            Err(error) => {
                eprintln!("candor: {}: {error}", file.display());
                let message = "this file cannot be read; the collector's log says why";
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "file", message).into_response()
            }
        }
    }

    fn give(&self, request: &Request, path: &str, file: &Path, loaded: &Loaded) -> Response {
        let brotli = loaded.brotli.as_ref().filter(|_| accepts_brotli(request.headers()));
        let etag = match brotli {
            Some(_) => format!("\"{}-br\"", loaded.hash),
            None => format!("\"{}\"", loaded.hash),
        };
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Only candor.js and what it loads are for other people's pages; anything else is for this origin.
        let foreign = path.rsplit_once('/').is_some_and(|(folder, _)| folder.is_empty())
            && name.starts_with("candor")
            && (name.ends_with(".js") || name.ends_with(".wasm"));
        let mut response = if holds(request.headers(), &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let body = brotli.unwrap_or(&loaded.body);
            Response::new(Body::from(body.clone()))
        };
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, content_type(name));
        set(header::ETAG, &etag);
        let cache = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
        set(header::CACHE_CONTROL, cache);
        if loaded.brotli.is_some() {
            set(header::VARY, "Accept-Encoding");
        }
        if brotli.is_some() {
            set(header::CONTENT_ENCODING, "br");
        }
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
        let resource_policy = HeaderName::from_static("cross-origin-resource-policy");
        if foreign {
            set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            set(resource_policy, "cross-origin");
        } else {
            set(resource_policy, "same-origin");
        }
        let host = host(request.headers(), request.uri());
        for (name, value) in self.extra_headers(path) {
            match (HeaderName::try_from(name.as_str()), value.contains("{origin}"), host) {
                // Without a host there is no origin to put in, and half a policy is worse than a clear refusal.
                (Ok(_), true, None) => {
                    let message = "the request has no Host that could be this site's";
                    return Refusal::new(StatusCode::BAD_REQUEST, "host", message).into_response();
                }
                (Ok(name), _, host) => set(name, &value.replace("{origin}", host.unwrap_or_default())),
                (Err(_), ..) => eprintln!("candor: {HEADERS}: {path}: {name:?} is no header's name"),
            }
        }
        response.headers_mut().extend(headers);
        response
    }

    /// The headers that the site's `headers.json` has for this path.
    fn extra_headers(&self, path: &str) -> Vec<(String, String)> {
        let file = self.root.join(HEADERS);
        let text = match self.load(&file) {
            Ok(Some(loaded)) => String::from_utf8_lossy(&loaded.body).into_owned(),
            Ok(None) => return Vec::new(),
            Err(error) => {
                eprintln!("candor: {}: {error}", file.display());
                return Vec::new();
            }
        };
        let value = Value::parse(&text).unwrap_or_else(|error| {
            eprintln!("candor: {}: {error}", file.display());
            Value::Null
        });
        match value.get(path) {
            Some(Value::Object(fields)) => fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_string())))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The file as it is now; `None` when there is no such file inside the folder.
    fn load(&self, file: &Path) -> io::Result<Option<Arc<Loaded>>> {
        let mut twin = file.as_os_str().to_owned();
        twin.push(".br");
        let twin = PathBuf::from(twin);
        let Some(written) = stamp(file) else { return Ok(None) };
        // A twin that is older than its file is of an earlier build.
        let twin_written = stamp(&twin).filter(|(time, _)| *time >= written.0);
        let stamp = [Some(written), twin_written];
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = files.get(file).filter(|loaded| loaded.stamp == stamp) {
            return Ok(Some(Arc::clone(loaded)));
        }
        drop(files);
        // A link that leads out of the folder leads nowhere.
        if !file.canonicalize()?.starts_with(&self.root) {
            return Ok(None);
        }
        let mut body = std::fs::read(file)?;
        let rewritten = !self.replace.is_empty()
            && (file.extension().is_some_and(|e| e == "html") || file.ends_with(HEADERS));
        if rewritten {
            let mut text = String::from_utf8_lossy(&body).into_owned();
            for (from, to) in &self.replace {
                text = text.replace(from, to);
            }
            body = text.into_bytes();
        }
        let brotli = match twin_written {
            Some(_) if !rewritten => Some(Bytes::from(std::fs::read(&twin)?)),
            _ => None,
        };
        let hash = Sha256::digest(&body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let loaded = Arc::new(Loaded { stamp, body: body.into(), brotli, hash });
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.insert(file.into(), Arc::clone(&loaded));
        Ok(Some(loaded))
    }
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    Some((meta.modified().ok()?, meta.len()))
}

/// The path with escapes resolved, if it can name a file that is served: no step up, nothing hidden, no other system's
/// separators, no compressed twin, not the file of headers.
fn decoded(path: &str) -> Option<String> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let served = path.starts_with('/')
        && path[1..].split('/').enumerate().all(|(i, step)| {
            let last = path[1..].split('/').count() == i + 1;
            (last || !step.is_empty()) && !step.starts_with('.') && !step.contains(['\\', ':', '\0'])
        })
        && !path.ends_with(".br")
        && path != format!("/{HEADERS}");
    served.then(|| path.into_owned())
}

fn encoded(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?');
    utf8_percent_encode(path, PATH).to_string()
}

fn not_found() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (StatusCode::NOT_FOUND, headers, "There is no page at this address.\n").into_response()
}

/// The host that the request was sent to, if it is one that may stand in a policy.
pub(crate) fn host<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> Option<&'r str> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    host.or_else(|| uri.authority().map(|authority| authority.as_str()))
        .filter(|host| !host.is_empty() && host.bytes().all(fits))
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// Whether the browser holds the file already.
fn holds(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|tag| matches!(tag.trim(), t if t == etag || t == "*"))
}

/// Whether the name carries the hash of the content: `candor-analyzer-0123456789abcdef.js`.
fn is_hashed(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 16 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("avif") => "image/avif",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("ndjson") => "application/x-ndjson",
        _ => "application/octet-stream",
    }
}
