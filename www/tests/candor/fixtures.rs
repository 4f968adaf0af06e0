//! What the tests share: a survey, lines that fit it, a collector in a temporary folder, and one way to call it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use candor::server::{App, Options, router};
use candor::store::{Limits, Store};
use candor_survey::json::Value;
use candor_survey::{Id, Uuid};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

/// The origin that the surveys of these tests list.
pub(crate) const SHOP: &str = "https://shop.example";

/// A definition with a score, a reason, a choice and a list.
pub(crate) fn definition(id: &str, state: &str) -> String {
    format!(
        r#"{{
  "candor": 1, "id": "{id}", "origins": ["{SHOP}"], "languages": ["en"],
  "purpose": {{"decision": "Which shop to visit first", "owner": "Priya"}},
  "pages": [{{"questions": [
    {{"id": "nps", "type": "nps", "text": "How likely?", "required": true}},
    {{"id": "why", "type": "text", "text": "Why?", "long": true}},
    {{"id": "how", "type": "single", "text": "How did you hear of us?", "other": true,
      "options": [{{"id": "friend", "text": "A friend"}}, {{"id": "street", "text": "Walking by"}}]}},
    {{"id": "liked", "type": "multiple", "text": "What did you like?",
      "options": [{{"id": "staff", "text": "Staff"}}, {{"id": "price", "text": "Price"}}]}}
  ]}}],
  "state": "{state}"
}}
"#
    )
}

/// The revision of a definition's text.
pub(crate) fn revision_of(text: &str) -> String {
    candor_survey::revision::revision(&Value::parse(text).unwrap()).as_str().to_string()
}

/// The `n`th id.
pub(crate) fn id(n: u64) -> String {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    Uuid::v7(1_795_000_000_000 + n as i64, random).as_str().to_string()
}

/// A response to `survey`, with `answers` as JSON.
pub(crate) fn response(n: u64, seq: u32, survey: &str, answers: &str) -> String {
    let (id, revision) = (id(n), revision_of(&definition(survey, "live")));
    format!(
        r#"{{"v":1,"id":"{id}","seq":{seq},"survey":"{survey}","revision":"{revision}","status":"complete","test":false,"locale":"en","page":"/thanks","started":"2026-11-21T10:00:00.000Z","submitted":"2026-11-21T10:00:41.210Z","utc_offset_min":-300,"order":["nps","why"],"answers":{answers},"attributes":{{"agent":"A17"}},"invitation":{{"source":"trigger","token":null,"preset":{{}}}},"signals":{{"ms_total":41210,"ms_first":3100,"ms":{{"nps":3100}},"changes":1,"raised":0,"hidden":0,"untrusted":0,"input":"touch","pasted":0,"device_day":1,"device_all":1}},"integrity":{{"evidence":"none","score":0.02,"reasons":[]}}}}"#
    )
}

/// A response that gives this score to the survey `visit`.
pub(crate) fn score(n: u64, nps: u8) -> String {
    response(n, 0, "visit", &format!(r#"{{"nps":{nps},"why":null}}"#))
}

/// An exposure of the survey `visit`.
pub(crate) fn exposure(n: u64, event: &str) -> String {
    let (id, view, revision) = (id(n), id(1), revision_of(&definition("visit", "live")));
    format!(
        r#"{{"v":1,"id":"{id}","event":"{event}","survey":"visit","revision":"{revision}","view":"{view}","at":"2026-11-21T10:00:00.000Z","attributes":{{"store":"Leeds"}}}}"#
    )
}

/// A collector in a temporary folder, with the live survey `visit`.
pub(crate) struct Collector {
    pub(crate) folder: TempDir,
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
}

pub(crate) fn options(folder: &Path) -> Options {
    let surveys = folder.join("surveys");
    fs::create_dir_all(&surveys).unwrap();
    Options { surveys, data: folder.join("data"), rate: candor::rate::DEFAULT, proxied: false }
}

impl Collector {
    pub(crate) fn new() -> Collector {
        Collector::with(Limits::default(), |_| ())
    }

    pub(crate) fn with(limits: Limits, change: impl FnOnce(&mut Options)) -> Collector {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path());
        change(&mut options);
        fs::write(options.surveys.join("visit.json"), definition("visit", "live")).unwrap();
        let store = Store::open_with(&options.data, limits).unwrap();
        let app = Arc::new(App::with_store(&options, store).unwrap());
        Collector { router: router(Arc::clone(&app), None), folder, app }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a definition and waits until the folder is looked at again.
    pub(crate) async fn define(&self, file: &str, text: &str) {
        fs::write(self.folder.path().join("surveys").join(file), text).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        call(&self.router, method, path, headers, body).await
    }

    /// Posts a batch from the shop.
    pub(crate) async fn post(&self, body: &str) -> Answer {
        let headers = [("origin", SHOP), ("content-type", "text/plain")];
        self.call("POST", "/v1/responses", &headers, body.as_bytes()).await
    }

    /// A fresh token's export, as it came.
    pub(crate) async fn export(&self, query: &str) -> Answer {
        let token = candor::token::renew(&self.data(), &Id::new("test").unwrap()).unwrap();
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        self.call("GET", &format!("/v1/export?{query}"), &headers, b"").await
    }

    /// The lines of a fresh NDJSON export.
    pub(crate) async fn lines(&self, query: &str) -> Vec<Value> {
        let answer = self.export(query).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().lines().map(|line| Value::parse(line).unwrap()).collect()
    }
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn call(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_vec())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        Value::parse(&self.text()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts a refusal of the whole request, and returns its sentence.
    #[track_caller]
    pub(crate) fn refused(&self, status: StatusCode, code: &str) -> String {
        assert_eq!(self.status, status.as_u16(), "{}", self.text());
        let json = self.json();
        let error = json.get("error").expect("an error");
        assert_eq!(error.get("code").and_then(Value::as_str), Some(code));
        error.get("message").and_then(Value::as_str).expect("a message").to_string()
    }

    /// The `status` of each result.
    #[track_caller]
    pub(crate) fn statuses(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text());
        self.results().iter().map(|result| text(result, "status")).collect()
    }

    pub(crate) fn results(&self) -> Vec<Value> {
        match self.json().get("results") {
            Some(Value::Array(results)) => results.clone(),
            other => panic!("no results: {other:?}"),
        }
    }

    /// Line, code, path and message of the only rejected line.
    #[track_caller]
    pub(crate) fn rejection(&self) -> (i64, String, String, String) {
        let results = self.results();
        let rejected: Vec<_> = results.iter().filter(|r| r.get("error").is_some()).collect();
        assert_eq!(rejected.len(), 1, "{}", self.text());
        let error = rejected[0].get("error").unwrap();
        let line = match rejected[0].get("line") {
            Some(Value::Number(n)) => n.as_i64().unwrap(),
            other => panic!("no line: {other:?}"),
        };
        (line, text(error, "code"), text(error, "path"), text(error, "message"))
    }
}

/// The string under `key`.
#[track_caller]
pub(crate) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no {key} in {value:?}")).to_string()
}
