//! The demo, started as `cargo xtask demo` starts it, on ports of its own. It may start the `candor` binary and talk to it
//! over HTTP.

use crate::Scratch;
use crate::wire::http;
use std::io::{self, BufRead, BufReader};
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

/// The folder of built pages.
pub fn site() -> PathBuf {
    given("CANDOR_SITE", "target/site")
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
            .args([Path::new("--site"), &site()])
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

    /// Puts a definition in the place of what the collector had of it, and waits until it serves it.
    ///
    /// # Errors
    /// When it cannot be written, or is not served within five seconds.
    pub async fn publish(&self, survey: &str, definition: &str) -> io::Result<()> {
        std::fs::write(self.surveys().join(format!("{survey}.json")), definition)?;
        // The collector looks at its folder at most four times a second.
        for _ in 0..50 {
            let (status, body) = http(&self.candor, "GET", &format!("/v1/surveys/{survey}"), &[], b"")?;
            if status == 200 && body == definition.as_bytes() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(io::Error::other(format!("the collector does not serve {survey}: is its definition valid?")))
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
            // A part of one may be there before the whole.
            let whole = |r: &&candor_survey::Response| r.status == candor_survey::response::Status::Complete;
            if responses.iter().filter(whole).count() >= n {
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
