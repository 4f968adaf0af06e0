//! The demo, started as `cargo xtask demo` starts it, on ports of its own. It may start the `candor` binary and talk to it
//! over HTTP.

use crate::Scratch;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running demo; dropping it ends the process.
pub struct Demo {
    child: Child,
    data: Scratch,
    /// The shop's address, with a trailing slash.
    pub shop: String,
    /// Candor's own origin, without a trailing slash.
    pub candor: String,
    /// Candor's home, with the token in its fragment.
    pub home: String,
    /// The analyzer's address.
    pub analyzer: String,
    /// The token that the demo made.
    pub token: String,
}

/// A path that `cargo xtask test` hands over.
fn given(name: &str, otherwise: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf();
    std::env::var_os(name).map_or_else(|| root.join(otherwise), PathBuf::from)
}

/// The `candor` binary under test.
pub fn binary() -> PathBuf {
    given("CANDOR_BIN", "target/demo/candor")
}

impl Demo {
    /// Starts a demo with an empty data folder on two free ports.
    ///
    /// # Errors
    /// When the binary is not built, or says something other than its three addresses.
    pub fn start() -> io::Result<Demo> {
        Demo::start_with(Scratch::new("data")?)
    }

    /// Starts a demo on a data folder that is there already.
    ///
    /// # Errors
    /// As [`Demo::start`].
    pub fn start_with(data: Scratch) -> io::Result<Demo> {
        let binary = binary();
        let mut child = Command::new(&binary)
            .arg("demo")
            .args(["--port", "0", "--no-open"])
            .args([Path::new("--site"), &given("CANDOR_SITE", "target/site")])
            .args([Path::new("--shop"), &given("CANDOR_SHOP", "target/shop")])
            .args([Path::new("--definitions"), &given("CANDOR_DEFINITIONS", "www/site/surveys")])
            .args([Path::new("--data"), &data])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| {
                io::Error::other(format!("{} (build it with cargo xtask test): {e}", binary.display()))
            })?;
        let mut lines = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let mut address = |name: &str| -> io::Result<String> {
            let line = lines
                .next()
                .unwrap_or_else(|| Err(io::Error::other("the demo ended before it was ready")))?;
            let (label, address) = line.split_once(' ').unwrap_or_default();
            if label == name {
                Ok(address.trim().into())
            } else {
                Err(io::Error::other(format!("{name}? {line}")))
            }
        };
        let (shop, home, analyzer) = (address("shop")?, address("candor")?, address("analyzer")?);
        let token =
            home.split(['#', '&']).find_map(|part| part.strip_prefix("token=")).unwrap_or_default().into();
        let candor = analyzer.trim_end_matches("/analyzer/").into();
        Ok(Demo { child, data, shop, candor, home, analyzer, token })
    }

    /// The folder of the definitions that the demo's collector serves from.
    pub fn surveys(&self) -> PathBuf {
        self.data.join("surveys")
    }

    /// The export of a survey.
    ///
    /// # Errors
    /// When the collector cannot be reached or refuses.
    pub fn export(&self, survey: &str, format: &str) -> io::Result<Vec<u8>> {
        let path = format!("/v1/export?survey={survey}&format={format}");
        let (status, body) =
            http(&self.candor, "GET", &path, &[("Authorization", &format!("Bearer {}", self.token))], b"")?;
        if status == 200 {
            Ok(body)
        } else {
            Err(io::Error::other(format!("{status}: {}", String::from_utf8_lossy(&body))))
        }
    }

    /// The responses to a survey that the collector holds.
    ///
    /// # Errors
    /// As [`Demo::export`], and when a line of the export is not what it should be.
    pub fn responses(&self, survey: &str) -> io::Result<Vec<candor_survey::Response>> {
        let export = String::from_utf8(self.export(survey, "ndjson")?).map_err(io::Error::other)?;
        let values = export.lines().map(candor_survey::Value::parse).collect::<Result<Vec<_>, _>>();
        let values = values.map_err(io::Error::other)?;
        let responses = values.iter().filter(|v| v.get("answers").is_some());
        responses.map(|v| candor_survey::Response::from_value(v).map_err(io::Error::other)).collect()
    }

    /// Waits until the collector holds `n` responses to a survey, and returns what it holds after at most ten seconds.
    ///
    /// # Errors
    /// As [`Demo::responses`].
    pub async fn wait_for_responses(
        &self,
        survey: &str,
        n: usize,
    ) -> io::Result<Vec<candor_survey::Response>> {
        for _ in 0..100 {
            let responses = self.responses(survey)?;
            if responses.len() >= n {
                return Ok(responses);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.responses(survey)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One HTTP/1.1 request to an origin on this machine; the status and the body. Written out, because a test of a server
/// should see what stands on the wire.
///
/// # Errors
/// When the server cannot be reached or answers something that is not HTTP.
pub fn http(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<(u16, Vec<u8>)> {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let not_http = || io::Error::other("the answer is not HTTP");
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").ok_or_else(not_http)?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(not_http)?;
    let mut rest = &answer[end + 4..];
    if !head.contains("transfer-encoding: chunked") {
        return Ok((status, rest.to_vec()));
    }
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n").ok_or_else(not_http)?;
        let size =
            std::str::from_utf8(&rest[..line]).ok().and_then(|s| usize::from_str_radix(s.trim(), 16).ok());
        let size = size.ok_or_else(not_http)?;
        if size == 0 {
            return Ok((status, body));
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + size).ok_or_else(not_http)?);
        rest = rest.get(line + 4 + size..).ok_or_else(not_http)?;
    }
}
