//! Does a piece of work only when what it is made from has changed since the last time.
//! It may read the inputs and keep stamps in the target folder's `xtask/stamps`.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::House;
use crate::files;
use crate::run::{self, Fallible};

/// Runs `work` unless every output exists and the inputs and the recipe have the bytes they had when it last succeeded.
/// `recipe` is whatever else decides the result: options, versions, the code of the step itself.
pub(crate) fn unless_unchanged(
    house: &House,
    what: &str,
    recipe: &[&str],
    inputs: &[PathBuf],
    outputs: &[&Path],
    work: impl FnOnce() -> Fallible<()>,
) -> Fallible<()> {
    let stamps = house.work().join("stamps");
    fs::create_dir_all(&stamps)?;
    let stamp = stamps.join(what.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let now = fingerprint(recipe, inputs)?;
    if outputs.iter().all(|path| path.exists()) && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        run::say(format_args!("{what}: unchanged"));
        return Ok(());
    }
    run::step(what, work)?;
    fs::write(&stamp, now)?;
    Ok(())
}

fn fingerprint(recipe: &[&str], inputs: &[PathBuf]) -> Fallible<String> {
    let mut sum = Sha256::new();
    for part in recipe {
        add(&mut sum, part.as_bytes());
    }
    for path in inputs {
        let bytes = files::read(path)?;
        add(&mut sum, path.as_os_str().as_encoded_bytes());
        add(&mut sum, &bytes);
    }
    Ok(hex(&sum.finalize()))
}

/// With its length in front, so that no two lists of parts read the same.
fn add(sum: &mut Sha256, bytes: &[u8]) {
    sum.update((bytes.len() as u64).to_le_bytes());
    sum.update(bytes);
}

/// Lower-case hexadecimal digits of the SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_those_of_fips_180_2s_example() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn parts_that_only_join_alike_have_different_fingerprints() {
        assert_ne!(fingerprint(&["ab", "c"], &[]).unwrap(), fingerprint(&["a", "bc"], &[]).unwrap());
    }

    #[test]
    fn work_is_repeated_when_an_input_changes_and_not_before() {
        let folder = std::env::temp_dir().join(format!("candor-xtask-once-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let house = House { root: folder.clone(), target: folder.clone() };
        let (input, output) = (folder.join("input"), folder.join("output"));
        let done = std::cell::Cell::new(0);
        let work = || {
            unless_unchanged(&house, "copy", &["v1"], std::slice::from_ref(&input), &[&output], || {
                done.set(done.get() + 1);
                fs::copy(&input, &output)?;
                Ok(())
            })
            .unwrap();
            done.get()
        };
        fs::write(&input, "one").unwrap();
        assert_eq!((work(), work()), (1, 1));
        fs::write(&input, "two").unwrap();
        assert_eq!((work(), work()), (2, 2));
        fs::remove_file(&output).unwrap();
        assert_eq!(work(), 3);
        fs::remove_dir_all(&folder).unwrap();
    }
}
