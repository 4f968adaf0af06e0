//! HTTP/1.1 written out: a test of a server should see what stands on the wire, and a test of a client needs a server that
//! misbehaves. It may listen on and connect to this machine's loopback.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Header lines: names as they were sent, values without the space around them.
pub type Headers = Vec<(String, String)>;

/// The value of a header, whatever the case of its name.
pub fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A request, whole.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// As they were sent.
    pub headers: Headers,
    /// What the length promised.
    pub body: Vec<u8>,
}

impl Request {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Those that describe the connection and the length are left out.
    pub headers: Headers,
    /// Decoded from chunks.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of this media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let headers = vec![("Content-Type".into(), media_type.into())];
        Answer { status, headers, body: body.into() }
    }

    /// With one header more.
    pub fn with(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// What a server does with a request.
pub enum Reply {
    /// Answers it.
    Whole(Answer),
    /// Promises the whole body, sends half, and closes the connection.
    Half(Answer),
    /// Says nothing until the client gives up.
    Nothing,
    /// Tears the connection down (RST).
    Reset,
}

/// A server on a free port of the loopback, a thread for each connection; dropping it ends it.
pub struct Server {
    /// Its origin, without a trailing slash.
    pub origin: String,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Starts one that treats each request as `reply` says.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(reply: impl Fn(Request) -> Reply + Send + Sync + 'static) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let ended = Arc::new(AtomicBool::new(false));
        let (over, reply) = (Arc::clone(&ended), Arc::new(reply));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let reply = Arc::clone(&reply);
                // A client that breaks off is the client's affair.
                std::thread::spawn(move || stream.and_then(|stream| serve(&stream, &*reply)));
            }
        });
        Ok(Server { origin, ended })
    }

    /// The same server under a name of its own: to the browser another site, with another storage.
    pub fn named(&self, name: &str) -> String {
        self.origin.replace("127.0.0.1", &format!("{name}.localhost"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The listener is waiting for somebody.
        let _ = TcpStream::connect(self.origin.trim_start_matches("http://"));
    }
}

/// Reads one request and replies to it.
fn serve(stream: &TcpStream, reply: &dyn Fn(Request) -> Reply) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream);
    let (first, headers) = head(&mut reader)?;
    let mut words = first.split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let length = header(&headers, "Content-Length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (method, path) = (method.into(), path.into());
    match reply(Request { method, path, headers, body }) {
        Reply::Whole(answer) => write_answer(stream, &answer, answer.body.len()),
        Reply::Half(answer) => write_answer(stream, &answer, answer.body.len() / 2),
        Reply::Nothing => reader.read_to_end(&mut Vec::new()).map(drop),
        Reply::Reset => socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)),
    }
}

fn write_answer(mut stream: &TcpStream, answer: &Answer, bytes: usize) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} \r\nConnection: close\r\n", answer.status);
    // 204 and 304 have no body, and must not say that they have one.
    if !matches!(answer.status, 204 | 304) {
        head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body[..bytes])?;
    stream.flush()
}

/// The first line and the headers.
fn head(reader: &mut impl BufRead) -> io::Result<(String, Headers)> {
    let mut lines = reader.lines();
    let mut line = || lines.next().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()));
    let first = line()?;
    let mut headers = Headers::new();
    loop {
        let line = line()?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.trim().into(), value.trim().into())),
            None if line.is_empty() => return Ok((first, headers)),
            None => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// Asks an origin on this machine.
///
/// # Errors
/// When it cannot be reached or answers something that is not HTTP.
pub fn ask(origin: &str, request: &Request) -> io::Result<Answer> {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let Request { method, path, headers, body } = request;
    let length = body.len();
    let mut head_lines = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in headers {
        head_lines.push_str(&format!("{name}: {value}\r\n"));
    }
    head_lines.push_str("\r\n");
    stream.write_all(head_lines.as_bytes())?;
    stream.write_all(body)?;
    let mut reader = BufReader::new(stream);
    let not_http = || io::Error::other("the answer is not HTTP");
    let (first, mut headers) = head(&mut reader)?;
    let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(not_http)?;
    let chunked = header(&headers, "Transfer-Encoding").is_some_and(|coding| coding == "chunked");
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim(), 16).map_err(|_| not_http())?;
            if size == 0 {
                break;
            }
            let read = (&mut reader).take(size).read_to_end(&mut body)?;
            if read as u64 != size || reader.read_line(&mut line)? != 2 {
                return Err(not_http());
            }
        }
    } else {
        reader.read_to_end(&mut body)?;
    }
    let ours = ["connection", "content-length", "transfer-encoding"];
    headers.retain(|(name, _)| !ours.contains(&name.to_ascii_lowercase().as_str()));
    Ok(Answer { status, headers, body })
}

/// One request to an origin on this machine; the status and the body.
///
/// # Errors
/// As [`ask`].
pub fn http(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<(u16, Vec<u8>)> {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let request = Request { method: method.into(), path: path.into(), headers, body: body.into() };
    ask(origin, &request).map(|answer| (answer.status, answer.body))
}
