//! What the browser tests stand on: the demo as a stranger starts it, and a real Chromium that somebody sits at. It may
//! start processes and listen on this machine; every process it starts ends with the value that holds it.

mod browser;
mod demo;
mod visitor;

pub use browser::{Browser, netlog_urls};
pub use demo::{Demo, binary, http};
pub use visitor::Visitor;

use std::path::PathBuf;

/// What a test returns: any error, with its own words.
pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A new empty folder that only this test uses, under the system's folder for temporary files.
pub fn scratch(name: &str) -> std::io::Result<PathBuf> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("candor-tests-{}-{number}-{name}", std::process::id()));
    std::fs::create_dir_all(&path)?;
    Ok(path)
}
