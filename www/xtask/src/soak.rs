//! The batteries that take too long for every day: the browser tests in full, a thousand generated files beside independent
//! readers, files that are made to do harm, and every parser fuzzed. It starts their programs and lets them speak.

use crate::House;
use crate::run::{self, Fallible};
use crate::{setup, site, suite, wasm};
use std::ffi::OsString;
use std::path::Path;

/// How long each parser is fuzzed, in seconds. The limits beside it are the parsers' own promises: 256 MB and 2 seconds for any input.
const FUZZED: u32 = 600;

/// The engine's folders that are changed on trial, in this order.
const MUTATED: [&str; 6] = ["pressure", "scores", "careless", "protected", "value", "words"];

/// Runs all but `mutants`, or one: `fuzz`, `fuzz:TARGET`, `generated`, `bombs`, `mutants`, `mutants:FILES` (a pattern below the engine's
/// `src`), or a file of browser tests. True when nothing failed.
///
/// # Errors
/// What is missing, or a program that cannot be started.
pub(crate) fn run(house: &House, test: Option<&str>) -> Fallible<bool> {
    match test {
        Some("generated") => generated(house),
        Some("bombs") => bombs(house),
        Some("fuzz") => fuzz(house, None),
        Some("mutants") => mutants(house, None),
        Some(test) => match test.split_once(':') {
            Some(("fuzz", target)) => fuzz(house, Some(target)),
            Some(("mutants", pattern)) => mutants(house, Some(pattern)),
            _ => browsers(house, Some(test)),
        },
        None => Ok(generated(house)? & bombs(house)? & browsers(house, None)? & fuzz(house, None)?),
    }
}

/// The reference files whose inputs may not be copied into the project, natively and in wasm: `folder` holds `data` and `reference`.
///
/// # Errors
/// When there is no such folder, or a program cannot be started.
pub(crate) fn reference(house: &House, folder: &Path) -> Fallible<bool> {
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut native = run::cargo("test");
    native.args([
        "--package",
        "candor-engine",
        "--lib",
        "--tests",
        "--no-fail-fast",
        "--",
        "--include-ignored",
    ]);
    let native = native.env("CANDOR_REFERENCE", &folder).current_dir(&house.root).status()?.success();
    let mut wasm = wasm::tests(house, &setup::tools(house)?.wasm, &["candor-engine"])?;
    Ok(wasm.env("CANDOR_REFERENCE", &folder).status()?.success() & native)
}

fn browsers(house: &House, test: Option<&str>) -> Fallible<bool> {
    let drivers = setup::browsers(house)?;
    let tools = setup::tools(house)?;
    site::build(house, &tools)?;
    let candor = site::candor(house, "demo")?;
    let mut cargo = suite::browser_tests(house, &candor, &drivers)?;
    if let Some(test) = test {
        cargo.args(["--test", test]);
    }
    Ok(cargo.env("CANDOR_SOAK", "1").status()?.success())
}

fn generated(house: &House) -> Fallible<bool> {
    let python = setup::python(house)?;
    let mut cargo = run::cargo("test");
    cargo.args(["--release", "--package", "candor-fuzz", "--test", "generated", "--", "--nocapture"]);
    cargo.env("CANDOR_PYTHON", python).env("CANDOR_GENERATED", "1000");
    Ok(cargo.current_dir(&house.root).status()?.success())
}

fn bombs(house: &House) -> Fallible<bool> {
    let mut cargo = run::cargo("test");
    // One after the other, so that the times are theirs.
    cargo.args([
        "--release",
        "--package",
        "candor",
        "--test",
        "bombs",
        "--",
        "--nocapture",
        "--test-threads=1",
    ]);
    Ok(cargo.current_dir(&house.root).status()?.success())
}

/// Changes statistics and detectors, one operator or returned value at a time, and asks the tests whether they notice
/// (`www/xtask/mutants`): hours. A run that was stopped goes on.
fn mutants(house: &House, only: Option<&str>) -> Fallible<bool> {
    let path = with_tool(house, "mutants")?;
    let mut cargo = run::cargo("run");
    cargo.args(["--package", "candor-mutants", "--"]).arg(house.target.join("mutants"));
    match only {
        Some(pattern) => cargo.arg(pattern),
        None => cargo.args(MUTATED.map(|folder| format!("{folder}/**/*.rs"))),
    };
    Ok(cargo.env("PATH", &path).current_dir(&house.root).status()?.success())
}

/// Installs a subcommand of cargo where there is none; returns the path on which it is found.
fn with_tool(house: &House, name: &str) -> Fallible<OsString> {
    let tools = house.target.join("tools");
    let package = format!("cargo-{name}");
    let found = run::output(run::cargo(name).arg("--version")).is_ok();
    if !found && !tools.join("bin").join(&package).exists() {
        run::step(&format!("cargo install {package}"), || {
            let mut cargo = run::cargo("install");
            run::output(cargo.args([&package, "--locked", "--root"]).arg(&tools)).map(drop)
        })?;
    }
    let mut folders = vec![tools.join("bin")];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    Ok(std::env::join_paths(folders)?)
}

/// Fuzzes from the committed corpus and the fixtures; what is new goes to the target folder, what fails is said.
fn fuzz(house: &House, only: Option<&str>) -> Fallible<bool> {
    let path = with_tool(house, "fuzz")?;
    let package = house.root.join("analyzer/fuzz");
    let mut targets = Vec::new();
    for file in std::fs::read_dir(package.join("corpus"))? {
        targets.push(file?.file_name().to_string_lossy().into_owned());
    }
    targets.sort();
    if let Some(only) = only {
        if !targets.iter().any(|target| target == only) {
            return Err(format!("there is no target {only}; there are {}", targets.join(", ")).into());
        }
        targets = vec![only.to_owned()];
    }
    let mut clean = true;
    for target in &targets {
        let found = house.target.join("fuzz-corpus").join(target);
        std::fs::create_dir_all(&found)?;
        let mut cargo = run::cargo("fuzz");
        cargo.args([
            "run",
            "--fuzz-dir",
            "analyzer/fuzz",
            "--features",
            "libfuzzer",
            "--sanitizer",
            "none",
            target,
        ]);
        cargo.arg(&found).arg(package.join("corpus").join(target));
        let fixtures = house.root.join("analyzer/formats").join(target).join("fixtures");
        cargo.args(fixtures.exists().then_some(fixtures));
        cargo.args([
            "--",
            &format!("-max_total_time={FUZZED}"),
            "-max_len=65536",
            "-rss_limit_mb=256",
            "-timeout=2",
        ]);
        cargo.arg("-print_final_stats=1");
        // The coverage that libFuzzer follows is an option of the nightly compiler that the stable one has too.
        cargo.env("RUSTC_BOOTSTRAP", "1").env("PATH", &path).current_dir(&house.root);
        let passed = cargo.status()?.success();
        run::say(format_args!("fuzz {target}: {}", if passed { "clean" } else { "FAILED" }));
        clean &= passed;
    }
    Ok(clean)
}
