//! A real Chromium with its driver, each a process of ours. It may start both, and end them by their own ids.

use crate::Scratch;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// A running Chromium; dropping it ends the driver and with it the browser.
pub struct Browser {
    driver_process: Child,
    // Emptied by `kill`, which hands it on.
    profile: Option<Scratch>,
    netlog: Scratch,
    /// The WebDriver session.
    pub driver: WebDriver,
}

/// The network log's name in its folder.
const NETLOG: &str = "net.json";

/// The width and height of a desktop window, in CSS pixels.
const DESKTOP: (u32, u32) = (1280, 900);

impl Browser {
    /// Starts Chromium with an empty profile.
    ///
    /// # Errors
    /// When Chromium or its driver is not installed or does not start.
    pub async fn start() -> Result<Browser, Box<dyn std::error::Error + Send + Sync>> {
        Browser::start_with(Scratch::new("profile")?).await
    }

    /// Starts Chromium with a profile that is there already: the same visitor, another day.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_with(profile: Scratch) -> Result<Browser, Box<dyn std::error::Error + Send + Sync>> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver_process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| io::Error::other(format!("chromedriver (Debian package chromium-driver): {e}")))?;
        let netlog = Scratch::new("netlog")?;
        let mut capabilities = ChromeCapabilities::new();
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--lang=en-US",
        ] {
            capabilities.add_arg(argument)?;
        }
        capabilities.add_arg(&format!("--window-size={},{}", DESKTOP.0, DESKTOP.1))?;
        capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        capabilities.add_arg(&format!("--log-net-log={}", netlog.join(NETLOG).display()))?;
        capabilities.set_logging_prefs("browser", thirtyfour::LoggingPrefsLogLevel::All)?;
        capabilities.set_logging_prefs("performance", thirtyfour::LoggingPrefsLogLevel::All)?;
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let driver = loop {
            match WebDriver::new(&address, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(e) if tries == 50 => return Err(e.into()),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        Ok(Browser { driver_process, profile: Some(profile), netlog, driver })
    }

    /// Kills the whole browser, as a crash would: SIGKILL to its main process. Returns its profile.
    ///
    /// # Errors
    /// When the browser's process cannot be found.
    pub async fn kill(mut self) -> io::Result<Scratch> {
        self.end()?;
        let profile =
            self.profile.take().ok_or_else(|| io::Error::other("the profile was handed on already"))?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        for name in ["SingletonLock", "SingletonSocket", "SingletonCookie"] {
            let _ = std::fs::remove_file(profile.join(name));
        }
        Ok(profile)
    }

    /// Ends the browser's main process, found through the profile's lock, a link named `host-1234`; then the driver, which
    /// would otherwise leave the browser behind.
    fn end(&mut self) -> io::Result<()> {
        let profile =
            self.profile.as_ref().ok_or_else(|| io::Error::other("the browser was ended already"))?;
        let lock = std::fs::read_link(profile.join("SingletonLock"));
        let killed = lock.and_then(|lock| {
            let pid = lock.to_string_lossy().rsplit('-').next().unwrap_or_default().to_string();
            Command::new("kill").args(["-KILL", &pid]).stderr(Stdio::null()).status()
        });
        let _ = self.driver_process.kill();
        let _ = self.driver_process.wait();
        killed.map(drop)
    }

    /// Closes the browser as a person does, and returns what its network log says: see [`netlog_urls`].
    ///
    /// # Errors
    /// When the session is gone already, or the log cannot be read.
    pub async fn quit(self, origin: &str) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
        let path = self.netlog.join(NETLOG);
        self.driver.clone().quit().await?;
        // The log is whole once the browser has closed it.
        let mut urls = netlog_urls(&path, origin);
        for _ in 0..50 {
            if urls.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            urls = netlog_urls(&path, origin);
        }
        Ok(urls?)
    }

    /// The http addresses of every request that the page has made since this was last asked. (The new tab that the browser
    /// starts with asks for its own `chrome:` files.)
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn requests(&self) -> WebDriverResult<Vec<String>> {
        let entries = self.driver.get_log("performance").await?;
        let messages =
            entries.iter().filter_map(|e| serde_json::from_str::<serde_json::Value>(&e.message).ok());
        Ok(messages
            .filter(|m| m["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|m| m["message"]["params"]["request"]["url"].as_str().map(String::from))
            .filter(|url| url.starts_with("http"))
            .collect())
    }

    /// What the page has said in the console since this was last asked: level and text.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn console(&self) -> WebDriverResult<Vec<String>> {
        let entries = self.driver.get_log("browser").await?;
        Ok(entries.into_iter().map(|e| format!("{} {}", e.level, e.message)).collect())
    }

    /// Takes a screenshot into the folder that `CANDOR_SHOTS` names, and nothing when it names none.
    ///
    /// # Errors
    /// When the picture cannot be taken or written.
    pub async fn shot(&self, name: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if let Some(folder) = std::env::var_os("CANDOR_SHOTS") {
            std::fs::create_dir_all(&folder)?;
            self.driver.screenshot(&PathBuf::from(folder).join(format!("{name}.png"))).await?;
        }
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Otherwise the session would wait two minutes for a driver that is gone. There is no lock when the browser was
        // closed already.
        let _ = self.driver.clone().leak();
        let _ = self.end();
    }
}

/// Every address that pages of `origin` asked the network for, from the browser's network log: scripts, workers, beacons,
/// images and prefetches alike, and whatever anyone asked of `origin` itself. The browser's own errands (updates, the time)
/// have no page behind them and are left out.
///
/// # Errors
/// When the log cannot be read.
fn netlog_urls(path: &Path, origin: &str) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let log: serde_json::Value = serde_json::from_str(&text).map_err(io::Error::other)?;
    let kind = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"].as_i64();
    let kind = kind.ok_or_else(|| io::Error::other("the network log does not name its events"))?;
    let events = log["events"].as_array().map(Vec::as_slice).unwrap_or_default();
    let asked = events.iter().filter(|e| e["type"].as_i64() == Some(kind)).map(|e| &e["params"]);
    let pages = asked.filter(|request| {
        let starts = |key: &str| request[key].as_str().is_some_and(|text| text.starts_with(origin));
        starts("initiator") || starts("url")
    });
    Ok(pages.filter_map(|request| request["url"].as_str()).map(String::from).collect())
}
