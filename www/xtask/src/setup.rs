//! Makes this machine ready: the wasm toolchain, the npm packages, the browsers.
//! It may run rustup, cargo install, npm, pip and, as root on Debian, apt-get; otherwise it says in a sentence what to install.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::House;
use crate::once;
use crate::run::{self, Fallible};
use crate::wasm::Toolchain;

/// What a build needs and cargo does not bring.
pub(crate) struct Tools {
    /// Who compiles for wasm32.
    pub(crate) wasm: Toolchain,
}

/// Makes ready what a build needs.
///
/// # Errors
/// A sentence naming what is missing and how to get it.
pub(crate) fn tools(house: &House) -> Fallible<Tools> {
    let wasm = Toolchain::find_or_install(house)?;
    npm(house, &house.xtask())?;
    Ok(Tools { wasm })
}

/// Installs exactly what the `package-lock.json` in a folder says, when it says something new.
///
/// # Errors
/// A sentence naming what is missing, or what npm said.
pub(crate) fn npm(house: &House, here: &Path) -> Fallible<()> {
    if !run::on_path("npm") || !run::on_path("node") {
        apt(&["nodejs", "npm"], "Node.js 20 or later with npm, for wasm-opt and esbuild")?;
    }
    let mut inputs = vec![here.join("package.json"), here.join("package-lock.json")];
    inputs.extend(Some(here.join(".npmrc")).filter(|file| file.exists()));
    let installed = here.join("node_modules/.package-lock.json");
    let what = format!("npm packages of {}", here.file_name().unwrap_or_default().to_string_lossy());
    once::unless_unchanged(house, &what, &["npm ci"], &inputs, &[&installed], || {
        run::output(Command::new("npm").args(["ci", "--no-progress"]).current_dir(here)).map(drop)
    })
}

/// Makes the Python ready whose readers ours are compared with, in the target folder.
///
/// # Errors
/// What is missing, or what pip said.
pub(crate) fn python(house: &House) -> Fallible<PathBuf> {
    let folder = house.target.join("python");
    let python = folder.join("bin/python");
    let packages = house.root.join("analyzer/fuzz/requirements.txt");
    let inputs = std::slice::from_ref(&packages);
    once::unless_unchanged(house, "Python packages", &["venv, pip"], inputs, &[&python], || {
        run::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut pip = Command::new(&python);
        run::output(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&packages)).map(drop)
    })?;
    Ok(python)
}

/// Makes the browsers ready that the tests drive: Chromium, without which there are no browser tests, and as far as they can
/// be had Firefox and WebKitGTK; the tests say in a line which are missing. Returns the folder of what cargo installed.
///
/// # Errors
/// A sentence naming what is missing and how to get it.
pub(crate) fn browsers(house: &House) -> Fallible<PathBuf> {
    chromium()?;
    let tools = house.target.join("tools");
    let others = firefox(house, &tools).and_then(|()| webkit());
    if let Err(why) = others {
        run::say(format_args!("{why}"));
    }
    npm(house, &house.root.join("tests/peers"))?;
    Ok(tools.join("bin"))
}

fn firefox(house: &House, tools: &Path) -> Fallible<()> {
    if !run::on_path("firefox-esr") && !run::on_path("firefox") {
        apt(&["firefox-esr"], "Firefox")?;
    }
    let driver = tools.join(format!("bin/geckodriver{}", std::env::consts::EXE_SUFFIX));
    if run::on_path("geckodriver") || driver.exists() {
        return Ok(());
    }
    run::step("cargo install geckodriver", || {
        let mut cargo = run::cargo("install");
        cargo.args(["geckodriver", "--locked", "--root"]).arg(tools).current_dir(&house.root);
        run::output(&mut cargo).map(drop)
    })
}

fn webkit() -> Fallible<()> {
    if run::on_path("WebKitWebDriver") && run::on_path("Xvfb") {
        return Ok(());
    }
    apt(&["webkit2gtk-driver", "xvfb"], "WebKitGTK's driver and Xvfb")
}

/// Makes Chromium and its driver ready.
fn chromium() -> Fallible<()> {
    if run::on_path("chromium") && run::on_path("chromedriver") {
        return Ok(());
    }
    // Without a font every text is zero pixels wide, and Debian's Chromium only recommends one.
    apt(
        &["chromium", "chromium-driver", "fonts-liberation"],
        "Chromium and its driver, as `chromium` and `chromedriver` on the path",
    )
}

/// Installs Debian packages where we may, and says what a person would have to install where we may not.
///
/// # Errors
/// The sentence for the person, or what apt-get said.
pub(crate) fn apt(packages: &[&str], what: &str) -> Fallible<()> {
    let debian = Path::new("/etc/debian_version").exists() && run::on_path("apt-get");
    let root = run::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    if !debian || !root {
        let names = packages.join(" ");
        return Err(format!("please install {what} (on Debian: `sudo apt-get install {names}`)").into());
    }
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(arguments);
        run::output(&mut command).map(drop)
    };
    run::step(&format!("apt-get install {}", packages.join(" ")), || {
        apt_get(&["update"])?;
        apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
    })
}
