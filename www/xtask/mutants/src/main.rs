//! Mutation testing in one compilation: cargo-mutants says what can be changed in the engine, all changes are compiled at once, each
//! behind a switch (`switched.rs`), and a test runs again for those changes alone that it reaches. A build for each change would take
//! a week on two cores.
//!
//! `candor-mutants FOLDER PATTERN…`, in the repository: FOLDER takes a copy of the tree, the results (a run that was stopped goes on)
//! and the table; a PATTERN chooses files below `analyzer/engine/src`. It may write in FOLDER and cargo's target folder only.
#![allow(clippy::print_stdout)]

mod switched;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use switched::{MARK, Mutant, Switched};

/// Anything that can go wrong, as a sentence.
type Fallible<T> = Result<T, Box<dyn Error>>;

/// The crate under test, and where it stands.
const PACKAGE: &str = "candor-engine";
const SOURCE: &str = "analyzer/engine/src";

/// A test that takes longer, in seconds, is left out: it would run for each of hundreds of changes.
const LONGEST: f64 = 10.0;

/// What a mutant may take: seconds of the processor in addition to ten times its tests', and memory in KiB.
const GRACE: f64 = 5.0;
const MEMORY: u64 = 6 << 20;

/// How often the same is compiled without what did not compile. A compiler tells of types first, of borrows when these agree.
const ATTEMPTS: usize = 30;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, patterns @ ..] = arguments.as_slice() else {
        eprintln!("mutants: say the folder for the results, then patterns of files, such as 'scores/*.rs'");
        return ExitCode::FAILURE;
    };
    match run(Path::new(folder), patterns) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, patterns: &[String]) -> Fallible<()> {
    fs::create_dir_all(folder)?;
    let folder = folder.canonicalize()?;
    let mutants = listed(patterns)?;
    eprintln!("mutants: {} changes", mutants.len());
    let tree = folder.join("tree");
    copy_tree(&tree, &mutants)?;
    let without = compiled(&tree, &folder, &mutants)?;
    let programs = programs(&tree)?;
    let tests = tests(&tree, &programs, &folder)?;
    eprintln!("mutants: {} tests, {:.0} s", tests.len(), tests.iter().map(|test| test.seconds).sum::<f64>());
    let results = judge(&tree, &folder, &mutants, &without, patterns, &programs, &tests)?;
    fs::write(folder.join("table.md"), table(&mutants, &without, &results))?;
    println!("{}", fs::read_to_string(folder.join("table.md"))?);
    Ok(())
}

/// What cargo-mutants would change, in its order, which is that of the source.
fn listed(patterns: &[String]) -> Fallible<Vec<Mutant>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["mutants", "--list", "--json", "--package", PACKAGE]);
    for pattern in patterns {
        cargo.args(["--file", &format!("{SOURCE}/{pattern}")]);
    }
    let output = cargo.stderr(Stdio::inherit()).output()?;
    let list: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
    let mut mutants = Vec::new();
    for (place, value) in list.iter().enumerate() {
        let start = &value["span"]["start"];
        mutants.push(Mutant {
            id: place as u32 + 1,
            file: text(&value["file"]).trim_start_matches(SOURCE).trim_start_matches('/').to_owned(),
            name: text(&value["name"]).trim_start_matches(SOURCE).trim_start_matches('/').to_owned(),
            genre: text(&value["genre"]),
            start: (number(&start["line"]), number(&start["column"])),
            replacement: text(&value["replacement"]),
        });
    }
    if mutants.is_empty() {
        return Err("there is nothing to change in these files".into());
    }
    Ok(mutants)
}

/// Writes a file unless it is that already, so that what was compiled stays so.
fn write(to: &Path, bytes: &[u8]) -> Fallible<()> {
    if fs::read(to).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(to, bytes).map_err(|error| format!("{}: {error}", to.display()).into())
}

/// The files that git knows or would take, as they are now, but those that will have switches; and the switch.
fn copy_tree(tree: &Path, mutants: &[Mutant]) -> Fallible<()> {
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()?
        .stdout;
    let switched: BTreeSet<String> =
        mutants.iter().map(|mutant| format!("{SOURCE}/{}", mutant.file)).collect();
    let library = format!("{SOURCE}/lib.rs");
    for file in
        String::from_utf8(list)?.split('\0').filter(|file| !file.is_empty() && !switched.contains(*file))
    {
        let mut bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        if file == library {
            let allowed = "#![allow(warnings, unsafe_code, arithmetic_overflow, unconditional_panic, overflowing_literals)]\n";
            bytes.splice(0..0, allowed.bytes());
            bytes.extend(b"\n#[doc(hidden)]\npub mod mutant_switch;\n");
        }
        write(&tree.join(file), &bytes)?;
    }
    write(&tree.join(SOURCE).join("mutant_switch.rs"), include_bytes!("switch.rs"))
}

/// Cargo in the copy, with a target folder of its own: to cargo a crate in a copy of the tree is the same crate, so that in a folder
/// that both use it would take the one for the other.
fn in_tree<'c>(cargo: &'c mut Command, tree: &Path) -> &'c mut Command {
    cargo.current_dir(tree).env("CARGO_TARGET_DIR", tree.join("target"))
}

/// Writes the switches and checks until all compiles; returns the changes that do not, or for which there is no switch.
fn compiled(tree: &Path, folder: &Path, mutants: &[Mutant]) -> Fallible<BTreeSet<u32>> {
    // What an earlier run has found, where it looked at the same changes.
    let kept = folder.join("refused.json");
    let names: Vec<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    let known: Value = serde_json::from_slice(&fs::read(&kept).unwrap_or_default()).unwrap_or_default();
    let ids = known["ids"].as_array().filter(|_| known["names"] == json!(names));
    let mut without: BTreeSet<u32> =
        ids.into_iter().flatten().filter_map(|id| Some(id.as_u64()? as u32)).collect();
    for _ in 0..ATTEMPTS {
        let mut places = BTreeMap::new();
        let mut written = BTreeSet::new();
        let mut files: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants.iter() {
            files.entry(&mutant.file).or_default().push(mutant);
        }
        for (file, all) in files {
            let used: Vec<&Mutant> = all.into_iter().filter(|mutant| !without.contains(&mutant.id)).collect();
            let source = fs::read_to_string(Path::new(SOURCE).join(file))?;
            let switched = switched::switched(&source, &used).map_err(|error| format!("{file}: {error}"))?;
            write(&tree.join(SOURCE).join(file), switched.text.as_bytes())?;
            written.extend(switched.places.iter().flat_map(|(_, ids)| ids.iter().copied()));
            places.insert(format!("{SOURCE}/{file}"), switched);
        }
        without.extend(mutants.iter().map(|mutant| mutant.id).filter(|id| !written.contains(id)));
        let mut cargo = Command::new("cargo");
        cargo.args(["check", "--package", PACKAGE, "--lib", "--profile", "test", "--message-format", "json"]);
        let output = in_tree(&mut cargo, tree).stderr(Stdio::null()).output()?;
        if output.status.success() {
            fs::write(&kept, json!({"names": names, "ids": without}).to_string())?;
            return Ok(without);
        }
        let before = without.len();
        for line in output.stdout.split(|&byte| byte == b'\n') {
            without.extend(refused(line, &places)?);
        }
        eprintln!("mutants: {} do not compile", without.len());
        if without.len() == before {
            return Err(format!(
                "the tree does not compile: see `cargo check --package {PACKAGE}` in {}",
                tree.display()
            )
            .into());
        }
    }
    Err("the tree does not compile even without the changes that the compiler spoke of".into())
}

/// The changes that a message of the compiler is about: that of the line, or all of the innermost place.
fn refused(line: &[u8], places: &BTreeMap<String, Switched>) -> Fallible<Vec<u32>> {
    let Ok(message) = serde_json::from_slice::<Value>(line) else { return Ok(Vec::new()) };
    let message = &message["message"];
    if message["level"] != "error" {
        return Ok(Vec::new());
    }
    let mut ids = Vec::new();
    for span in message["spans"].as_array().into_iter().flatten().filter(|span| span["is_primary"] == true) {
        let Some(switched) = span["file_name"].as_str().and_then(|file| places.get(file)) else { continue };
        let at = span["byte_start"].as_u64().unwrap_or_default() as usize;
        let line = switched.text[at..].lines().next().unwrap_or_default();
        if let Some((_, id)) = line.split_once(MARK) {
            ids.push(id.trim().parse()?);
            continue;
        }
        let end = span["byte_end"].as_u64().unwrap_or_default() as usize;
        let around = switched.places.iter().filter(|(range, _)| range.start <= at && end <= range.end);
        let inside = switched.places.iter().filter(|(range, _)| at <= range.start && range.end <= end);
        // That a match is not complete without an arm is said of what is matched, which stands before the arm.
        let mut arms = switched.places.iter().filter(|(range, _)| range.start >= end);
        let nearest = if message["code"]["code"] == "E0004" {
            arms.find(|(range, _)| switched.text[range.clone()].starts_with(switched::ARM))
        } else {
            around
                .min_by_key(|(range, _)| range.len())
                .or_else(|| inside.max_by_key(|(range, _)| range.len()))
        };
        ids.extend(nearest.into_iter().flat_map(|(_, ids)| ids));
    }
    Ok(ids)
}

/// The test programs: the library's own and those beside it.
fn programs(tree: &Path) -> Fallible<Vec<PathBuf>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--package", PACKAGE, "--lib", "--tests", "--no-run", "--message-format", "json"]);
    let output = in_tree(&mut cargo, tree).stderr(Stdio::inherit()).output()?;
    let mut programs = Vec::new();
    for line in output.stdout.split(|&byte| byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
        programs.extend(message["executable"].as_str().map(PathBuf::from));
    }
    if programs.is_empty() || !output.status.success() {
        return Err("the tests do not compile with the switches".into());
    }
    Ok(programs)
}

/// A test, how long it takes, and the first numbers of the switches that it reaches.
struct Test {
    program: usize,
    name: String,
    seconds: f64,
    reaches: BTreeSet<u32>,
}

/// How a program of tests is started: alone, with the same cases each time, and without searching for smaller ones.
fn tested(tree: &Path, program: &Path, seconds: f64) -> Command {
    let mut command = Command::new("sh");
    let limits = format!(
        "ulimit -c 0; ulimit -t {}; ulimit -v {MEMORY}; exec \"$0\" \"$@\"",
        (GRACE + 10.0 * seconds).ceil()
    );
    command.args(["-c", &limits]).arg(program).args(["--quiet", "--test-threads=1"]);
    command
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1")
        .env("RUST_BACKTRACE", "0");
    command
        .current_dir(tree.join("analyzer/engine"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs each test alone, to see what it reaches. One that fails without a change, or takes too long, says nothing and is left out.
fn tests(tree: &Path, programs: &[PathBuf], folder: &Path) -> Fallible<Vec<Test>> {
    let mut tests = Vec::new();
    let trace = folder.join("trace");
    // What an earlier run has found, where the program is the same.
    let kept = folder.join("tests.json");
    let mut known: Value = serde_json::from_slice(&fs::read(&kept).unwrap_or_default()).unwrap_or(json!({}));
    for (program, path) in programs.iter().enumerate() {
        let built = format!("{} {:?}", path.display(), fs::metadata(path)?.modified()?);
        let output = Command::new(path).args(["--list", "--format", "terse"]).output()?;
        for line in String::from_utf8(output.stdout)?.lines() {
            let Some(name) = line.strip_suffix(": test") else { continue };
            let one = &mut known[&built][name];
            if one.is_null() {
                fs::write(&trace, "")?;
                let started = Instant::now();
                let mut command = tested(tree, path, LONGEST / 10.0);
                let passed = command.args(["--exact", name]).env("MUTANT_TRACE", &trace).status()?.success();
                let reaches: Vec<u32> =
                    fs::read_to_string(&trace)?.lines().map(str::parse).collect::<Result<_, _>>()?;
                *one =
                    json!({"passed": passed, "seconds": started.elapsed().as_secs_f64(), "reaches": reaches});
            }
            if one["passed"] != true {
                eprintln!("mutants: left out, since it fails or takes too long: {name}");
                continue;
            }
            let reaches = one["reaches"].as_array().into_iter().flatten();
            let reaches = reaches.filter_map(|id| Some(id.as_u64()? as u32)).collect();
            let seconds = one["seconds"].as_f64().unwrap_or_default();
            tests.push(Test { program, name: name.to_owned(), seconds, reaches });
        }
        fs::write(&kept, known.to_string())?;
    }
    tests.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(tests)
}

/// What became of each mutant, by name; kept as they come in, so that a run can go on.
fn judge(
    tree: &Path,
    folder: &Path,
    mutants: &[Mutant],
    without: &BTreeSet<u32>,
    patterns: &[String],
    programs: &[PathBuf],
    tests: &[Test],
) -> Fallible<BTreeMap<String, String>> {
    let path = folder.join("results.ndjson");
    let mut results = BTreeMap::new();
    for line in fs::read_to_string(&path).unwrap_or_default().lines() {
        let value: Value = serde_json::from_str(line)?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        results.insert(text("name"), text("result"));
    }
    let mut file = fs::OpenOptions::new().create(true).append(true).open(&path)?;
    let mut said = Instant::now();
    let mut todo: Vec<&Mutant> = mutants.iter().filter(|mutant| !without.contains(&mutant.id)).collect();
    // By pattern, and scattered there, so that a run that is stopped has tried a sample.
    let prefix = |pattern: &String| pattern.split('*').next().unwrap_or_default().to_owned();
    let prefixes: Vec<String> = patterns.iter().map(prefix).collect();
    todo.sort_by_key(|mutant| {
        let pattern = prefixes.iter().position(|prefix| mutant.file.starts_with(prefix));
        (pattern, mutant.id.wrapping_mul(2_654_435_769))
    });
    // All are tried with what is quick before any is tried with what is slow.
    for slow in [false, true] {
        todo.retain(|mutant| results.get(&mutant.name).is_none_or(|result| slow && result == UNDECIDED));
        for (done, mutant) in todo.iter().enumerate() {
            let (result, by) = verdict(tree, mutant, programs, tests, slow)?;
            writeln!(file, "{}", json!({"name": mutant.name, "result": result, "by": by}))?;
            results.insert(mutant.name.clone(), result.to_owned());
            if said.elapsed() > Duration::from_secs(60) {
                said = Instant::now();
                let tests = if slow { "slow" } else { "quick" };
                eprintln!("mutants: {done} of {} with the {tests} tests", todo.len());
            }
        }
    }
    Ok(results)
}

/// The tests that reach a change are quick as long as they take less than this together, in seconds.
const QUICK: f64 = 2.0;

/// What has passed the quick tests, and has slow ones before it.
const UNDECIDED: &str = "undecided";

/// Runs the tests that reach a change, those of its own module first and then from the quickest to the slowest, until one fails.
fn verdict<'t>(
    tree: &Path,
    mutant: &Mutant,
    programs: &[PathBuf],
    tests: &'t [Test],
    slow: bool,
) -> Fallible<(&'static str, &'t str)> {
    let module = mutant.file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    let mut reaching: Vec<&Test> = tests.iter().filter(|test| test.reaches.contains(&mutant.id)).collect();
    if reaching.is_empty() {
        return Ok(("unreached", ""));
    }
    reaching.sort_by_key(|test| !test.name.starts_with(&module));
    let mut seconds = 0.0;
    let quick = reaching
        .iter()
        .take_while(|test| {
            seconds += test.seconds;
            seconds < QUICK
        })
        .count();
    let (first, second) = reaching.split_at(quick.max(1));
    let mut rest = if slow { second } else { first };
    let mut budget = if slow { QUICK } else { QUICK / 8.0 };
    while let Some(first) = rest.first() {
        let mut seconds = 0.0;
        let fits = |test: &&&Test| {
            seconds += test.seconds;
            test.program == first.program && (seconds < budget || std::ptr::eq(**test, *first))
        };
        let batch = rest.iter().take_while(fits).count();
        let seconds: f64 = rest[..batch].iter().map(|test| test.seconds).sum();
        let mut command = tested(tree, &programs[first.program], seconds);
        command
            .arg("--exact")
            .args(rest[..batch].iter().map(|test| &test.name))
            .env("MUTANT", mutant.id.to_string());
        let status = command.status()?;
        if !status.success() {
            let result = if status.code().is_some_and(|code| code < 128) { "caught" } else { "timeout" };
            return Ok((result, &first.name));
        }
        rest = &rest[batch..];
        budget *= 2.0;
    }
    Ok((if slow || second.is_empty() { "missed" } else { UNDECIDED }, ""))
}

/// A row a file, and the survivors.
fn table(mutants: &[Mutant], without: &BTreeSet<u32>, results: &BTreeMap<String, String>) -> String {
    let mut files: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut missed = String::new();
    for mutant in mutants {
        let row = files.entry(&mutant.file).or_default();
        match results.get(&mutant.name).map(String::as_str) {
            _ if without.contains(&mutant.id) => row[3] += 1,
            Some("caught") => row[0] += 1,
            Some("timeout") => row[1] += 1,
            Some(other) => {
                row[2] += 1;
                missed += &format!(
                    "- `{}`{}\n",
                    mutant.name,
                    if other == "unreached" { ", no test reaches it" } else { "" }
                );
            }
            None => {}
        }
    }
    let mut text = "| file | changes | caught | never ended | missed | not compiled | caught of all |\n|---|---|---|---|---|---|---|\n".to_owned();
    let mut all = [0; 4];
    let mut row = |name: &str, [caught, timeout, missed, without]: [usize; 4]| {
        let tried = caught + timeout + missed;
        let share = 100.0 * (caught + timeout) as f64 / tried.max(1) as f64;
        text +=
            &format!("| {name} | {tried} | {caught} | {timeout} | {missed} | {without} | {share:.0}% |\n");
    };
    for (file, counts) in files {
        row(file, counts);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    row("all", all);
    format!("{text}\n{missed}")
}
