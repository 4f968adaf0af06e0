//! Weighs what we ship and compares it with the committed snapshot `sizes.snap`.
//! It may read the site, write `target/dist`, keep compressed files in the target folder, and write the snapshot when blessed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::House;
use crate::files::{self, Folder};
use crate::once;
use crate::one_file;
use crate::run::{self, Fallible};
use crate::setup::Tools;
use crate::site;

/// How heavy a file is on its way to a visitor, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

type Sizes = BTreeMap<String, Size>;

/// What a visitor may be made to download, in bytes of brotli (docs/DESIGN.md): hard, whatever the snapshot says.
const BUDGETS: [(&str, &[&str], u64); 2] = [
    ("a visitor who is not asked", &["candor.js"], 2048),
    (
        "a survey that is shown, everything",
        &["candor.js", "candor-ask.js", "candor-widget.js", "candor-widget.wasm"],
        36 * 1024,
    ),
];

/// What is over budget, in sentences.
fn over_budget(sizes: &Sizes) -> Vec<String> {
    let weigh = |files: &[&str]| {
        files.iter().filter_map(|file| sizes.get(*file)).map(|size| size.brotli).sum::<u64>()
    };
    let over = BUDGETS.iter().map(|(what, files, most)| (what, weigh(files), *most));
    over.filter(|(_, bytes, most)| bytes > most)
        .map(|(what, bytes, most)| format!("{what}: {bytes} bytes of brotli, and {most} are let pass"))
        .collect()
}

/// Writes `target/dist`, prints the weight of every file, and compares with the snapshot or renews it.
/// False when the weights are not the snapshot's.
///
/// # Errors
/// When the binary does not compile or a file cannot be read or written.
pub(crate) fn dist(house: &House, tools: &Tools, bless: bool) -> Fallible<bool> {
    let candor = site::candor(house, "release")?;
    let place = house.dist();
    Folder::read(&house.site())?.write(&place.join("site"))?;
    let name = candor.file_name().unwrap_or_default();
    fs::copy(&candor, place.join(name))?;
    fs::copy(house.site().join(one_file::PLACE), place.join("candor-analyzer.html"))?;

    let now = Snapshot { compiler: tools.wasm.compiler(house)?, sizes: web_files(house)? };
    let mut all = now.sizes.clone();
    all.insert(name.to_string_lossy().into_owned(), weigh(house, "candor", &files::read(&candor)?)?);
    print!("{}", table(&all));
    println!("written to {}", place.display());
    if bless {
        fs::write(path(house), now.to_text())?;
        println!("blessed {}", path(house).display());
        return Ok(true);
    }
    let differences = compare(&Snapshot::read(&files::read_text(&path(house))?)?, &now);
    complain(&differences);
    Ok(differences.is_empty())
}

/// Compares the built site with the snapshot; prints and returns how many things differ.
///
/// # Errors
/// When the snapshot or the site cannot be read.
pub(crate) fn differences(house: &House, tools: &Tools) -> Fallible<usize> {
    let now = Snapshot { compiler: tools.wasm.compiler(house)?, sizes: web_files(house)? };
    print!("{}", table(&now.sizes));
    let mut differences = compare(&Snapshot::read(&files::read_text(&path(house))?)?, &now);
    differences.extend(over_budget(&now.sizes));
    complain(&differences);
    Ok(differences.len())
}

fn complain(differences: &[String]) {
    for difference in differences {
        println!("{difference}");
    }
    if !differences.is_empty() {
        println!("if this is meant, `cargo xtask dist --bless` takes today's sizes as the snapshot");
    }
}

fn path(house: &House) -> PathBuf {
    house.xtask().join("sizes.snap")
}

/// The built site's files under names that do not change with their content.
fn web_files(house: &House) -> Fallible<Sizes> {
    let mut sizes = Sizes::new();
    for (path, bytes) in Folder::read(&house.site())?.0 {
        // The server reads headers.json itself; the .br files are the others once more.
        if path != "headers.json" && !path.ends_with(".br") {
            let size = weigh(house, &path, &bytes)?;
            sizes.insert(stable_name(&path), size);
        }
    }
    Ok(sizes)
}

fn weigh(house: &House, path: &str, bytes: &[u8]) -> Fallible<Size> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    Ok(Size {
        raw: bytes.len() as u64,
        gzip: gzip.finish()?.len() as u64,
        brotli: brotli(house, path, bytes)?.len() as u64,
    })
}

/// Brotli at quality 11, remembered by content: a megabyte takes seconds.
///
/// # Errors
/// When the remembered file cannot be read or written.
pub(crate) fn brotli(house: &House, path: &str, bytes: &[u8]) -> Fallible<Vec<u8>> {
    let place = house.work().join("brotli");
    let kept = place.join(format!("{}.br", once::sha256(bytes)));
    if let Ok(compressed) = fs::read(&kept) {
        return Ok(compressed);
    }
    let compress = || {
        let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
        writer.write_all(bytes)?;
        Ok(writer.into_inner())
    };
    let compressed =
        if bytes.len() < 100_000 { compress() } else { run::step(&format!("{path}: brotli"), compress) }?;
    fs::create_dir_all(&place)?;
    // Under another name first: a half-written file must never be taken for a remembered one.
    let half = kept.with_extension("half");
    fs::write(&half, &compressed)?;
    fs::rename(&half, &kept)?;
    Ok(compressed)
}

/// `analyzer/app-0123456789abcdef.js` without its hash.
fn stable_name(path: &str) -> String {
    let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{name}.{extension}")
        }
        _ => path.to_owned(),
    }
}

/// One line a file: name, raw, gzip, brotli.
fn table(sizes: &Sizes) -> String {
    let width = sizes.keys().map(String::len).max().unwrap_or(0).max(4);
    let mut text = format!("{:width$} {:>10} {:>10} {:>10}\n", "file", "raw", "gzip", "brotli");
    for (name, size) in sizes {
        let _ = writeln!(text, "{name:width$} {:>10} {:>10} {:>10}", size.raw, size.gzip, size.brotli);
    }
    text
}

/// The committed weights, and the compiler that made them.
#[derive(Debug, PartialEq)]
struct Snapshot {
    compiler: String,
    sizes: Sizes,
}

impl Snapshot {
    fn to_text(&self) -> String {
        let remark = "# Bytes of every shipped web file. `cargo xtask dist --bless` writes this file.";
        format!("{remark}\ncompiler {}\n{}", self.compiler, table(&self.sizes))
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    fn read(text: &str) -> Result<Snapshot, String> {
        let mut snapshot = Snapshot { compiler: String::new(), sizes: Sizes::new() };
        for (index, line) in text.lines().enumerate() {
            let place = || format!("sizes.snap, line {}", index + 1);
            if let Some(compiler) = line.strip_prefix("compiler ") {
                snapshot.compiler = compiler.trim().to_owned();
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] | ["file", "raw", "gzip", "brotli"] => {}
                [first, ..] if first.starts_with('#') => {}
                [name, raw, gzip, brotli] => {
                    let number = |word: &str| {
                        word.parse().map_err(|_| format!("{}: `{word}` is not a number of bytes", place()))
                    };
                    let size = Size { raw: number(raw)?, gzip: number(gzip)?, brotli: number(brotli)? };
                    snapshot.sizes.insert((*name).to_owned(), size);
                }
                _ => return Err(format!("{}: expected `name raw gzip brotli`", place())),
            }
        }
        Ok(snapshot)
    }
}

/// How far a size may lie from the snapshot, in percent: by the same compiler, and by another. Debian's 1.96 was
/// measured to make the widget up to 4.9% heavier than rustup's 1.95 from the same source.
const SAME_COMPILER: u64 = 1;
const OTHER_COMPILER: u64 = 6;

/// A sentence for every file that is new, gone, or heavier or lighter than the snapshot by more than compilers differ.
fn compare(then: &Snapshot, now: &Snapshot) -> Vec<String> {
    let percent = if then.compiler == now.compiler { SAME_COMPILER } else { OTHER_COMPILER };
    let mut differences = Vec::new();
    for (name, size) in &now.sizes {
        let Some(before) = then.sizes.get(name) else {
            differences.push(format!("{name}: not in the snapshot ({} bytes brotli)", size.brotli));
            continue;
        };
        for (how, before, after) in [
            ("raw", before.raw, size.raw),
            ("gzip", before.gzip, size.gzip),
            ("brotli", before.brotli, size.brotli),
        ] {
            if before.abs_diff(after) > (before * percent / 100).max(64) {
                let change = 100.0 * (after as f64 / before as f64 - 1.0);
                differences.push(format!(
                    "{name}: {how} was {before}, is {after} ({change:+.1}%, {percent}% is let pass)"
                ));
            }
        }
    }
    let gone = then.sizes.keys().filter(|name| !now.sizes.contains_key(*name));
    differences.extend(gone.map(|name| format!("{name}: no longer shipped")));
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(files: &[(&str, u64, u64, u64)]) -> Sizes {
        files.iter().map(|&(name, raw, gzip, brotli)| (name.to_owned(), Size { raw, gzip, brotli })).collect()
    }

    fn by(compiler: &str, sizes: Sizes) -> Snapshot {
        Snapshot { compiler: compiler.to_owned(), sizes }
    }

    #[test]
    fn a_snapshot_reads_back_as_what_was_written_and_its_columns_stand_in_line() {
        let files =
            [("candor.js", 4000, 1900, 1700), ("analyzer/candor-analyzer.wasm", 1_200_000, 400_000, 300_000)];
        let written = by("rustc 1.95.0 (59807616e 2026-04-14)", sizes(&files));
        let text = written.to_text();
        assert_eq!(Snapshot::read(&text).unwrap(), written);
        let lengths: Vec<usize> = text.lines().skip(2).map(str::len).collect();
        assert!(lengths.iter().all(|&length| length == lengths[0]), "{text}");
    }

    #[test]
    fn a_line_that_is_no_size_is_named() {
        assert!(Snapshot::read("a 1 2 3\nb 1 two 3\n").unwrap_err().contains("line 2: `two`"));
        assert!(Snapshot::read("a 1 2\n").unwrap_err().contains("line 1: expected"));
    }

    #[test]
    fn within_one_percent_or_64_bytes_nothing_is_said() {
        let before = by("a", sizes(&[("small", 100, 100, 100), ("large", 100_000, 100_000, 100_000)]));
        let after = by("a", sizes(&[("small", 164, 36, 100), ("large", 101_000, 99_000, 100_000)]));
        assert_eq!(compare(&before, &after), Vec::<String>::new());
    }

    #[test]
    fn another_compiler_may_differ_by_more_but_not_by_everything() {
        let before = by("a", sizes(&[("large", 100_000, 100_000, 100_000)]));
        let after = by("b", sizes(&[("large", 104_000, 106_000, 106_001)]));
        assert_eq!(compare(&before, &after), ["large: brotli was 100000, is 106001 (+6.0%, 6% is let pass)"]);
    }

    #[test]
    fn past_the_tolerance_new_and_gone_files_are_each_named() {
        let before = by(
            "a",
            sizes(&[("gone", 1, 1, 1), ("large", 100_000, 100_000, 100_000), ("small", 100, 100, 100)]),
        );
        let after = by(
            "a",
            sizes(&[("large", 102_000, 100_000, 98_000), ("new", 9, 9, 9), ("small", 165, 100, 100)]),
        );
        assert_eq!(
            compare(&before, &after),
            [
                "large: raw was 100000, is 102000 (+2.0%, 1% is let pass)",
                "large: brotli was 100000, is 98000 (-2.0%, 1% is let pass)",
                "new: not in the snapshot (9 bytes brotli)",
                "small: raw was 100, is 165 (+65.0%, 1% is let pass)",
                "gone: no longer shipped",
            ]
        );
    }

    #[test]
    fn only_a_hash_is_taken_off_a_name() {
        assert_eq!(
            stable_name("analyzer/candor-analyzer-0123456789abcdef.wasm"),
            "analyzer/candor-analyzer.wasm"
        );
        for name in ["candor-widget.js", "candor.js", "a-0123456789abcdeg.js", "LICENSE"] {
            assert_eq!(stable_name(name), name);
        }
    }

    #[test]
    fn compressed_bytes_are_remembered_and_decompress_to_the_same() {
        let target = std::env::temp_dir().join(format!("candor-xtask-sizes-{}", std::process::id()));
        let house = House { root: target.clone(), target: target.clone() };
        let text = "to be weighed ".repeat(100);
        let first = brotli(&house, "text", text.as_bytes()).unwrap();
        assert_eq!(brotli(&house, "text", text.as_bytes()).unwrap(), first);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut first.as_slice(), &mut back).unwrap();
        assert_eq!(back, text.as_bytes());
        fs::remove_dir_all(&target).unwrap();
    }
}
