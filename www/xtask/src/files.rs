//! Reads and writes files and folders, naming them when something goes wrong.
//! It may touch the paths it is given and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Fallible;

/// The bytes of a file.
///
/// # Errors
/// Names the file.
pub(crate) fn read(path: &Path) -> Fallible<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The text of a file.
///
/// # Errors
/// Names the file, also when it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Fallible<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Every file below a folder whose name ends so, sorted; dependencies and hidden files left out.
///
/// # Errors
/// Names the folder that cannot be read.
pub(crate) fn below(folder: &Path, ending: &str) -> Fallible<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') || name == "node_modules" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if name.ends_with(ending) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A folder in memory: bytes by path, with `/` between the parts.
#[derive(Default)]
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    /// Reads a folder with everything below it.
    ///
    /// # Errors
    /// Names the file or folder that cannot be read.
    pub(crate) fn read(folder: &Path) -> Fallible<Folder> {
        let mut files = BTreeMap::new();
        for path in below(folder, "")? {
            let parts: Vec<_> = path
                .strip_prefix(folder)?
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            files.insert(parts.join("/"), read(&path)?);
        }
        Ok(Folder(files))
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.0.insert(path.into(), bytes);
    }

    /// Makes the folder on disk equal to this one: writes what differs, removes what does not belong.
    ///
    /// # Errors
    /// Names the file that cannot be written or removed.
    pub(crate) fn write(&self, folder: &Path) -> Fallible<()> {
        fs::create_dir_all(folder)?;
        for stray in below(folder, "")? {
            let known = self.0.keys().any(|path| folder.join(path) == stray);
            if !known {
                fs::remove_file(&stray).map_err(|error| format!("{}: {error}", stray.display()))?;
            }
        }
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            if fs::read(&path).is_ok_and(|there| there == *bytes) {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_a_folder_removes_what_does_not_belong_and_reading_gives_it_back() {
        let place = std::env::temp_dir().join(format!("candor-xtask-files-{}", std::process::id()));
        fs::create_dir_all(place.join("old")).unwrap();
        fs::write(place.join("old/app-1234.js"), "stale").unwrap();
        let mut folder = Folder::default();
        folder.add("index.html", b"<p>".to_vec());
        folder.add("analyzer/app-5678.js", b"fresh".to_vec());
        folder.write(&place).unwrap();
        assert_eq!(Folder::read(&place).unwrap().0, folder.0);
        fs::remove_dir_all(&place).unwrap();
    }
}
