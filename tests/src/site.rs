//! A client's site, with a survey on its pages: the pages are what a test makes them, the collector behind is the real one,
//! and what stands before it goes wrong when the test says so. It may listen on this machine and start the demo.

use crate::faults::Front;
use crate::wire::{Answer, Headers, Reply, Request, Server};
use crate::{Demo, Visitor};
use candor_survey::Response;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thirtyfour::prelude::*;

/// A server of pages, an origin of its own.
pub struct Site {
    /// Its origin, without a trailing slash.
    pub origin: String,
    state: Arc<Mutex<State>>,
    _server: Server,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Answer>,
    asked: Vec<Request>,
}

impl Site {
    /// A site without pages.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start() -> io::Result<Site> {
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| {
            let mut state = lock(&shared);
            let path = request.path.split('?').next().unwrap_or_default();
            let answer = state.files.get(path).cloned();
            state.asked.push(request);
            // What a page says to its own site by itself (reports, beacons) needs no answer.
            Reply::Whole(answer.unwrap_or_else(|| Answer::new(204, "text/plain", "")))
        })?;
        Ok(Site { origin: server.origin.clone(), state, _server: server })
    }

    /// Answers so at this path, whatever the query, from now on.
    pub fn serves(&self, path: &str, answer: Answer) {
        lock(&self.state).files.insert(path.into(), answer);
    }

    /// What was asked of it so far.
    pub fn asked(&self) -> Vec<Request> {
        lock(&self.state).asked.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A page with the script tag on it, as a web team might have it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    headers: Headers,
    scripts: Vec<String>,
    nonce: String,
    tag: String,
}

impl Page {
    /// With a header of the answer, such as a policy.
    pub fn header(mut self, name: &str, value: &str) -> Page {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a script of the page's own, which runs before candor.js.
    pub fn script(mut self, source: &str) -> Page {
        self.scripts.push(source.into());
        self
    }

    /// With a nonce on every script tag.
    pub fn nonce(mut self, nonce: &str) -> Page {
        self.nonce = format!(r#" nonce="{nonce}""#);
        self
    }

    /// With more attributes on the script tag, such as `data-wasm="off"`.
    pub fn tag(mut self, attributes: &str) -> Page {
        self.tag.push_str(&format!(" {attributes}"));
        self
    }
}

/// The survey of these tests: one page with a score that is required, and a text.
const SURVEY: &str = "promise";

/// A client's site, a collector, and what stands between them.
pub struct Scene {
    /// The collector, and what serves candor.js.
    pub demo: Demo,
    /// What stands before it.
    pub front: Front,
    /// The client's site.
    pub site: Site,
}

impl Scene {
    /// Starts the three, with a survey that is live on the site.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start() -> io::Result<Scene> {
        let demo = Demo::start()?;
        let front = Front::before(&demo.candor)?;
        let site = Site::start()?;
        demo.publish(SURVEY, &include_str!("promise.json").replace("{{site}}", &site.origin)).await?;
        Ok(Scene { demo, front, site })
    }

    /// Puts a page on the site at `/<case>`, with the survey's tag on it, and returns its address. Responses from it carry
    /// the attribute `case`.
    pub fn page(&self, case: &str, page: Page) -> String {
        let Page { headers, scripts, nonce, tag } = page;
        let (front, mut own) = (&self.front.origin, String::new());
        for (n, source) in scripts.into_iter().enumerate() {
            let path = format!("/{case}/{n}.js");
            own.push_str(&format!("<script src=\"{path}\"{nonce}></script>\n"));
            self.site.serves(&path, Answer::new(200, "text/javascript", source));
        }
        let html = format!(
            "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>A client's page</title>
<p id=\"own\">What the page itself says.</p>
{own}<script async src=\"{front}/candor.js\" data-survey=\"{SURVEY}\" data-attr-case=\"{case}\"{nonce}{tag}></script>
</html>
"
        );
        let path = format!("/{case}");
        let mut answer = Answer::new(200, "text/html; charset=utf-8", html);
        answer.headers.extend(headers);
        self.site.serves(&path, answer);
        format!("{}{path}", self.site.origin)
    }

    /// Answers the survey on show, up to the click that sends it.
    ///
    /// # Errors
    /// When the visitor cannot.
    pub async fn answers(&self, visitor: &Visitor<'_>) -> WebDriverResult<()> {
        visitor.sees("asking").await?;
        visitor.chooses("9").await?;
        visitor.clicks("Send").await
    }

    /// The responses of a case that the collector holds.
    ///
    /// # Errors
    /// As [`Demo::responses`].
    pub fn stored(&self, case: &str) -> io::Result<Vec<Response>> {
        let mut responses = self.demo.responses(SURVEY)?;
        responses.retain(|r| r.attributes.get("case").is_some_and(|value| value == case));
        Ok(responses)
    }

    /// How many responses of a case the collector holds: waits, at most `patience`, until there is one.
    ///
    /// # Errors
    /// As [`Demo::responses`].
    pub async fn arrived(&self, case: &str, patience: std::time::Duration) -> io::Result<usize> {
        let start = std::time::Instant::now();
        loop {
            let stored = self.stored(case)?.len();
            if stored > 0 || start.elapsed() > patience {
                return Ok(stored);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
