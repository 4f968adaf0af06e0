//! What stands between a page and the collector and goes wrong as networks, proxies and servers do; and what changes a file
//! on its way. It passes everything else on to the real collector, and writes down what it saw.

use crate::wire::{self, Answer, Reply, Request, Server};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What goes wrong with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The collector answers with this status and its JSON, readable by the page.
    Status(u16),
    /// The collector answers so and asks to be left alone for so many seconds.
    Later(u16, u64),
    /// A proxy answers with this status and a page of HTML, which the page may not read.
    Proxy(u16),
    /// A captive portal answers 200 with HTML.
    Portal,
    /// The connection is torn down, and nothing reaches the collector.
    Reset,
    /// The delivery reaches the collector; the connection is torn down before its answer.
    ResetAfter,
    /// Nobody answers.
    Hang,
    /// The delivery reaches the collector; half of its answer comes back.
    Half,
}

/// A fault that meets some deliveries.
#[derive(Clone, Debug)]
struct Rule {
    fault: Fault,
    /// What stands in the deliveries that it meets.
    marker: String,
    /// How many more.
    left: usize,
}

/// A request as it came by.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When.
    pub at: Instant,
    /// What was asked.
    pub request: Request,
    /// What met it.
    pub fault: Option<Fault>,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    flipped: Option<String>,
    seen: Vec<Seen>,
}

/// A collector as pages reach it: the real one with this before it.
pub struct Front {
    /// The origin that pages use, without a trailing slash.
    pub origin: String,
    state: Arc<Mutex<State>>,
    _server: Server,
}

impl Front {
    /// Stands before the collector of this origin.
    ///
    /// # Errors
    /// When there is no port.
    pub fn before(collector: &str) -> io::Result<Front> {
        let state = Arc::<Mutex<State>>::default();
        let (collector, shared) = (collector.to_string(), Arc::clone(&state));
        let server = Server::start(move |request| {
            let fault = lock(&shared).notes(&request);
            treat(&collector, &request, fault, &shared).unwrap_or(Reply::Reset)
        })?;
        Ok(Front { origin: server.origin.clone(), state, _server: server })
    }

    /// Lets the next `times` deliveries in which `marker` stands meet a fault.
    pub fn fails(&self, fault: Fault, marker: &str, times: usize) {
        lock(&self.state).rules.push(Rule { fault, marker: marker.into(), left: times });
    }

    /// Lets nothing go wrong from now on.
    pub fn heals(&self) {
        let mut state = lock(&self.state);
        state.rules.clear();
        state.flipped = None;
    }

    /// Changes one byte of a file on its way, in a place where the file still does what it did: only whoever compares
    /// it with what it should be can tell.
    pub fn flips(&self, path: &str) {
        lock(&self.state).flipped = Some(path.into());
    }

    /// What came by so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state).seen.clone()
    }

    /// The deliveries that came by in which `marker` stands.
    pub fn deliveries(&self, marker: &str) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|s| delivers(&s.request, marker));
        seen
    }
}

/// Whether this brings a response in which `marker` stands. Exposures travel the same way and are not meant.
fn delivers(request: &Request, marker: &str) -> bool {
    request.method == "POST"
        && request.text().lines().any(|line| line.contains("\"answers\"") && line.contains(marker))
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Writes a request down, with the fault that is to meet it.
    fn notes(&mut self, request: &Request) -> Option<Fault> {
        let met = |rule: &&mut Rule| rule.left > 0 && delivers(request, &rule.marker);
        let rule = self.rules.iter_mut().find(met);
        let fault = rule.map(|rule| {
            rule.left -= 1;
            rule.fault
        });
        self.seen.push(Seen { at: Instant::now(), request: request.clone(), fault });
        fault
    }
}

fn treat(
    collector: &str,
    request: &Request,
    fault: Option<Fault>,
    state: &Mutex<State>,
) -> io::Result<Reply> {
    let refuses = |status: u16| {
        let error = format!(r#"{{"error":{{"code":"test","message":"the test says {status}"}}}}"#);
        Answer::new(status, "application/json", error)
            .with("Access-Control-Allow-Origin", "*")
            .with("Access-Control-Expose-Headers", "Retry-After")
    };
    let html = "<!doctype html><title>Welcome</title><p>Please sign in to the network.";
    Ok(match fault {
        None => Reply::Whole(pass_on(collector, request, state)?),
        Some(Fault::Status(status)) => Reply::Whole(refuses(status)),
        Some(Fault::Later(status, s)) => Reply::Whole(refuses(status).with("Retry-After", &s.to_string())),
        Some(Fault::Proxy(status)) => Reply::Whole(Answer::new(status, "text/html", html)),
        Some(Fault::Portal) => {
            Reply::Whole(Answer::new(200, "text/html", html).with("Access-Control-Allow-Origin", "*"))
        }
        Some(Fault::Reset) => Reply::Reset,
        Some(Fault::ResetAfter) => {
            pass_on(collector, request, state)?;
            Reply::Reset
        }
        Some(Fault::Hang) => Reply::Nothing,
        Some(Fault::Half) => Reply::Half(pass_on(collector, request, state)?),
    })
}

/// Asks the collector itself.
fn pass_on(collector: &str, request: &Request, state: &Mutex<State>) -> io::Result<Answer> {
    let mut request = request.clone();
    // The length and the host are written anew, and a file that is to be changed must come as it is.
    let dropped = ["host", "connection", "content-length", "accept-encoding"];
    request.headers.retain(|(name, _)| !dropped.contains(&name.to_ascii_lowercase().as_str()));
    let flipped = lock(state).flipped.as_deref() == Some(request.path.as_str());
    if flipped {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("if-none-match"));
    }
    let mut answer = wire::ask(collector, &request)?;
    if flipped {
        flip(&mut answer.body);
        answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("etag"));
    }
    Ok(answer)
}

/// In a script the space after a keyword becomes a tab; in a wasm module the last byte changes, which is of a section that
/// no engine reads, or of a text.
fn flip(body: &mut [u8]) {
    let keywords: [&[u8]; 3] = [b"const ", b"return ", b"let "];
    let space = keywords.iter().find_map(|word| {
        body.windows(word.len()).position(|window| window == *word).map(|start| start + word.len() - 1)
    });
    match space {
        Some(at) if !body.starts_with(b"\0asm") => body[at] = b'\t',
        _ => {
            if let Some(last) = body.last_mut() {
                *last ^= 1;
            }
        }
    }
}
