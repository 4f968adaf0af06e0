//! A client's site at an origin of its own: a page for each address, made by the test. It listens on this machine and
//! remembers what it was asked and sent.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A request that a [`Host`] was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The host it was asked of, with the port.
    pub host: String,
    /// The path, with its query.
    pub path: String,
    /// The body, as text.
    pub body: String,
}

/// What a [`Host`] answers: a status, the type of the body, more headers, the body.
#[derive(Clone, Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// Every header but the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// A page of this type.
    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Page {
        let headers = vec![("Content-Type".into(), content_type.into())];
        Page { status: 200, headers, body: body.into() }
    }

    /// An HTML page.
    pub fn html(body: impl Into<Vec<u8>>) -> Page {
        Page::of("text/html; charset=utf-8", body)
    }

    /// Nothing at this address.
    pub fn missing() -> Page {
        Page { status: 404, ..Page::of("text/plain", "nothing here") }
    }

    /// The page with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Page {
        self.headers.push((name.into(), value.into()));
        self
    }
}

type Answer = dyn Fn(&Asked) -> Page + Send + Sync;

/// A running site; dropping it ends it.
pub struct Host {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Host {
    /// Starts a site that answers each request with what `answer` makes of it.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(answer: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> io::Result<Host> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let host = Host { address: listener.local_addr()?, over: Arc::default(), asked: Arc::default() };
        let (over, asked) = (Arc::clone(&host.over), Arc::clone(&host.asked));
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), asked, answer) = (stream, Arc::clone(&asked), Arc::clone(&answer)) else {
                    continue;
                };
                // A browser opens connections that it never uses.
                std::thread::spawn(move || serve(stream, &asked, &*answer));
            }
        });
        Ok(host)
    }

    /// The site's origin under a name of its own: to the browser, another site with another storage. Without a name, the
    /// plain one.
    pub fn origin(&self, name: &str) -> String {
        let port = self.address.port();
        if name.is_empty() { format!("http://127.0.0.1:{port}") } else { format!("http://{name}.localhost:{port}") }
    }

    /// What was asked since this was last called.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request and closes.
fn serve(stream: TcpStream, log: &Mutex<Vec<Asked>>, answer: &Answer) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_string(), words.next()?.to_string());
    let (mut host, mut length) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.trim().into(),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let asked = Asked { method, host, path, body: String::from_utf8_lossy(&body).into_owned() };
    let page = answer(&asked);
    log.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let mut head = format!(
        "HTTP/1.1 {} -\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n",
        page.status,
        page.body.len()
    );
    for (name, value) in &page.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&page.body).ok()
}
