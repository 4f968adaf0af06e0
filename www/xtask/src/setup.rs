//! Makes this machine ready: the wasm toolchain, the npm packages, the browser.
//! It may run rustup, npm and, as root on Debian, apt-get; otherwise it says in a sentence what to install.

use std::path::Path;
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
    npm(house)?;
    Ok(Tools { wasm })
}

/// Installs exactly what `package-lock.json` says, when it says something new.
fn npm(house: &House) -> Fallible<()> {
    if !run::on_path("npm") || !run::on_path("node") {
        apt(&["nodejs", "npm"], "Node.js 20 or later with npm, for wasm-opt and esbuild")?;
    }
    let here = house.xtask();
    let inputs = ["package.json", "package-lock.json", ".npmrc"].map(|name| here.join(name));
    let installed = here.join("node_modules/.package-lock.json");
    once::unless_unchanged(house, "npm packages", &["npm ci"], &inputs, &[&installed], || {
        run::output(Command::new("npm").args(["ci", "--no-progress"]).current_dir(&here)).map(drop)
    })
}

/// Makes Chromium and its driver ready.
///
/// # Errors
/// A sentence naming what is missing and how to get it.
pub(crate) fn chromium() -> Fallible<()> {
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
