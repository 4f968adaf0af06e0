//! The real browsers, each with its driver: Chromium, Firefox and WebKitGTK. It may start them, and an X server for the one
//! that has no headless mode, and ends them by their own ids.

use crate::analyst::Analyst;
use crate::{Outcome, Scratch};
use serde_json::json;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use thirtyfour::prelude::*;

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Debian's `chromium` with `chromium-driver`.
    Chromium,
    /// Debian's `firefox-esr` with `geckodriver` of the crate registry.
    Firefox,
    /// Debian's `webkit2gtk-driver` in an X server of its own, `xvfb`. Its sessions are private ones.
    WebKit,
}

impl Kind {
    /// All there are.
    pub const ALL: [Kind; 3] = [Kind::Chromium, Kind::Firefox, Kind::WebKit];

    /// The word in `CANDOR_BROWSERS` and in what tests say.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Chromium => "chromium",
            Kind::Firefox => "firefox",
            Kind::WebKit => "webkit",
        }
    }

    /// The programs that it takes.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &["chromium", "chromedriver"],
            Kind::Firefox => &["firefox-esr", "geckodriver"],
            Kind::WebKit => &["WebKitWebDriver", "Xvfb"],
        }
    }

    /// The browsers that the tests run in: those that `CANDOR_BROWSERS` names (`chromium,firefox,webkit`), or without it all
    /// that are installed. One that is not is said once, past the test runner's capture, so that nobody takes its silence
    /// for a pass.
    pub fn chosen() -> &'static [Kind] {
        static CHOSEN: OnceLock<Vec<Kind>> = OnceLock::new();
        CHOSEN.get_or_init(|| {
            if let Ok(names) = std::env::var("CANDOR_BROWSERS") {
                let known = |name: &str| Kind::ALL.into_iter().find(|kind| kind.name() == name.trim());
                return names
                    .split(',')
                    .map(|name| known(name).unwrap_or_else(|| panic!("CANDOR_BROWSERS: {name:?}?")))
                    .collect();
            }
            let here = |program: &&str| {
                let path = std::env::var_os("PATH").unwrap_or_default();
                std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
            };
            let mut chosen = vec![Kind::Chromium];
            for kind in [Kind::Firefox, Kind::WebKit] {
                match kind.programs().iter().find(|program| !here(program)) {
                    None => chosen.push(kind),
                    Some(program) => {
                        let line = format!("browser tests: NOT in {}, which lacks {program}\n", kind.name());
                        let _ = io::stderr().write_all(line.as_bytes());
                    }
                }
            }
            chosen
        })
    }
}

/// Does something in each of `kinds` that is chosen.
///
/// # Errors
/// None of its own: it is an [`Outcome`] because that is what a test ends with.
///
/// # Panics
/// With every browser's failures, in lines of their own, which an error's one quoted line would not give.
pub async fn in_each(kinds: &[Kind], mut what: impl AsyncFnMut(Kind) -> Outcome) -> Outcome {
    let mut failures = Vec::new();
    for kind in kinds.iter().filter(|kind| Kind::chosen().contains(kind)) {
        if let Err(error) = what(*kind).await {
            failures.push(format!("{}: {error}", kind.name()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// A running browser; dropping it ends it, its driver, and the X server.
pub struct Browser {
    /// Which it is.
    pub kind: Kind,
    driver_process: Child,
    screen: Option<Screen>,
    // Filled by `takes_aim`.
    aim: Vec<String>,
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

type Started<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

impl Browser {
    /// Starts Chromium with an empty profile.
    ///
    /// # Errors
    /// When Chromium or its driver is not installed or does not start.
    pub async fn start() -> Started<Browser> {
        Browser::of(Kind::Chromium).await
    }

    /// Starts a browser with an empty profile.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn of(kind: Kind) -> Started<Browser> {
        Browser::launch(kind, Scratch::new("profile")?, false).await
    }

    /// Starts a browser in its private mode.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn private(kind: Kind) -> Started<Browser> {
        Browser::launch(kind, Scratch::new("profile")?, true).await
    }

    /// Starts a browser with a profile that is there already: the same visitor, another day.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn again(kind: Kind, profile: Scratch) -> Started<Browser> {
        Browser::launch(kind, profile, false).await
    }

    // A driver's port was free when it was picked, and can be another's by the time the driver listens there: then it
    // ends at once or somebody else answers, and another port is tried.
    async fn launch(kind: Kind, profile: Scratch, private: bool) -> Started<Browser> {
        const TRIES: usize = 3;
        let netlog = Scratch::new("netlog")?;
        let mut screen = None;
        let (program, capabilities) = match kind {
            Kind::Chromium => ("chromedriver", chromium(&profile, &netlog.join(NETLOG), private)),
            Kind::Firefox => ("geckodriver", firefox(&profile, private)),
            Kind::WebKit => {
                screen = Some(Screen::start()?);
                ("WebKitWebDriver", json!({"browserName": "MiniBrowser"}))
            }
        };
        let serde_json::Value::Object(capabilities) = capabilities else { unreachable!() };
        let capabilities = Capabilities::from(capabilities);
        let mut tried = 0;
        let (driver_process, driver) = loop {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let mut command = Command::new(program);
            if let Some(own) = &screen {
                // Whatever it keeps, it keeps in its own folder.
                command.env("DISPLAY", &own.display).env("HOME", &*profile).env("NO_AT_BRIDGE", "1");
            }
            let mut process = command
                .arg(format!("--port={port}"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|e| io::Error::other(format!("{program}: {e}")))?;
            match session(port, &mut process, capabilities.clone()).await {
                Ok(driver) => break (process, driver),
                Err(error) => {
                    tried += 1;
                    let _ = Command::new("kill").arg("-KILL").args(family(process.id())).status();
                    let _ = process.wait();
                    if tried == TRIES {
                        return Err(error);
                    }
                }
            }
        };
        Ok(Browser { kind, driver_process, screen, aim: Vec::new(), profile: Some(profile), netlog, driver })
    }

    /// An analyst at this browser.
    pub fn analyst(&self) -> Analyst<'_> {
        Analyst::at(&self.driver)
    }

    /// Looks up the browser's processes now, so that [`Browser::kill`] strikes without delay.
    pub fn takes_aim(&mut self) {
        self.aim = family(self.driver_process.id());
    }

    /// Kills the whole browser, as a crash would: SIGKILL to all its processes at once. Returns its profile.
    ///
    /// # Errors
    /// When it was ended already.
    pub async fn kill(mut self) -> io::Result<Scratch> {
        self.end();
        let profile =
            self.profile.take().ok_or_else(|| io::Error::other("the profile was handed on already"))?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        for name in ["SingletonLock", "SingletonSocket", "SingletonCookie", "lock", ".parentlock"] {
            let _ = std::fs::remove_file(profile.join(name));
        }
        Ok(profile)
    }

    /// Ends the driver and everything it started, which is the browser.
    fn end(&mut self) {
        let family = if self.aim.is_empty() {
            family(self.driver_process.id())
        } else {
            std::mem::take(&mut self.aim)
        };
        let _ = Command::new("kill").arg("-KILL").args(family).stderr(Stdio::null()).status();
        let _ = self.driver_process.wait();
        self.screen = None;
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
        // Otherwise the session would wait two minutes for a driver that is gone.
        let _ = self.driver.clone().leak();
        self.end();
    }
}

/// The session of a driver that was started just now, once it listens.
async fn session(port: u16, driver: &mut Child, capabilities: Capabilities) -> Started<WebDriver> {
    let mut tries = 0;
    while let Err(e) = TcpStream::connect(("127.0.0.1", port)) {
        if tries == 100 {
            return Err(e.into());
        }
        tries += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    if let Some(status) = driver.try_wait()? {
        return Err(format!("the driver ended at once: {status}").into());
    }
    Ok(WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await?)
}

/// What Chromium is started with.
fn chromium(profile: &Path, netlog: &Path, private: bool) -> serde_json::Value {
    let mut args: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en-US",
    ]
    .map(String::from)
    .into();
    args.push(format!("--window-size={},{}", DESKTOP.0, DESKTOP.1));
    args.push(format!("--user-data-dir={}", profile.display()));
    args.push(format!("--log-net-log={}", netlog.display()));
    if private {
        args.push("--incognito".into());
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {"args": args},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    })
}

/// What Firefox is started with.
fn firefox(profile: &Path, private: bool) -> serde_json::Value {
    let (width, height) = (DESKTOP.0.to_string(), DESKTOP.1.to_string());
    let profile = profile.to_string_lossy();
    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": "/usr/bin/firefox-esr",
            "args": ["-headless", "-profile", profile, "--width", width, "--height", height],
            "prefs": {
                "browser.privatebrowsing.autostart": private,
                "network.captive-portal-service.enabled": false,
                "network.connectivity-service.enabled": false,
            },
        },
    })
}

/// An X server that shows nothing to anyone.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    fn start() -> io::Result<Screen> {
        let size = format!("{}x{}x24", DESKTOP.0, DESKTOP.1);
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &size])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| io::Error::other(format!("Xvfb (Debian package xvfb): {e}")))?;
        let mut number = String::new();
        // It writes the number of the display it took once it listens.
        let said = server.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(said).read_line(&mut number)?;
        Ok(Screen { server, display: format!(":{}", number.trim()) })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A process and all that descend from it.
fn family(ancestor: u32) -> Vec<String> {
    let listing = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let listing = listing.map(|ps| String::from_utf8_lossy(&ps.stdout).into_owned()).unwrap_or_default();
    let pairs: Vec<(&str, &str)> =
        listing.lines().filter_map(|line| line.trim().split_once(char::is_whitespace)).collect();
    let mut family = vec![ancestor.to_string()];
    let mut next = 0;
    while next < family.len() {
        let parent = family[next].clone();
        family.extend(pairs.iter().filter(|(_, ppid)| ppid.trim() == parent).map(|(pid, _)| pid.to_string()));
        next += 1;
    }
    family
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
