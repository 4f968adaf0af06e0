//! What the browser tests stand on: the demo as a stranger starts it, and the real browsers that somebody sits at. It may
//! start processes and listen on this machine; every process it starts ends with the value that holds it.

mod analyst;
mod browser;
mod demo;
mod faults;
mod site;
mod stub;
mod visitor;
pub mod wire;

pub use analyst::Analyst;
pub use browser::{Browser, Kind, in_each};
pub use demo::{Demo, binary, site};
pub use faults::{Fault, Front, Seen};
pub use site::{Page, Scene, Site};
pub use stub::collects;
pub use visitor::Visitor;
pub use wire::http;

use std::path::PathBuf;

/// What a test returns: any error, with its own words.
pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A folder of its own, gone when this is dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new empty folder under the system's folder for temporary files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(name: &str) -> std::io::Result<Scratch> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("candor-tests-{}-{number}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }

    /// A file in it with these contents.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> std::io::Result<PathBuf> {
        let path = self.0.join(name);
        std::fs::write(&path, contents)?;
        Ok(path)
    }
}

impl std::ops::Deref for Scratch {
    type Target = std::path::Path;
    fn deref(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A browser that has just been killed may still be letting go of its files.
        for _ in 0..10 {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}

/// Whether the long version of a test is asked for (`CANDOR_SOAK=1`): every case there is, not those that fit in a minute.
pub fn soak() -> bool {
    std::env::var_os("CANDOR_SOAK").is_some_and(|value| value != "0")
}
