//! Runs every test there is, stage after stage, and counts over all of them.
//! It may start the stages' programs and print what they say; the last line it prints is `N passed, N failed`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::House;
use crate::arguments::Stage;
use crate::run::{self, Fallible};
use crate::setup::{self, Tools};
use crate::{site, sizes, wasm};

/// How many tests there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// A stage that is one question counts as one test.
    fn one(passed: bool) -> Tally {
        Tally { passed: u64::from(passed), failed: u64::from(!passed) }
    }
}

/// What became of a stage.
enum Outcome {
    Ran(Tally),
    Skipped(String),
    /// It did not come as far as counting; this counts as one failure.
    Broke(String),
}

/// Runs the stages. True when nothing failed.
///
/// # Errors
/// None of its own: a stage that cannot run has failed, and the others run all the same.
pub(crate) fn run(house: &House, stages: &[Stage]) -> Fallible<bool> {
    let started = Instant::now();
    let tools = if stages.iter().any(|stage| matches!(stage, Stage::Wasm | Stage::Types | Stage::Site)) {
        Some(setup::tools(house).map_err(|error| error.to_string()))
    } else {
        None
    };
    let browser = if stages.contains(&Stage::Browser) { setup::browsers(house).map(Some) } else { Ok(None) };
    let mut ground =
        Ground { house, tools, browser: browser.map_err(|error| error.to_string()), built: None };

    let mut report = vec![("set-up", Outcome::Ran(Tally::default()), started.elapsed())];
    for &stage in stages {
        run::say(format_args!("== {} ==", stage.name()));
        let started = Instant::now();
        let outcome = ground.run(stage).unwrap_or_else(|error| Outcome::Broke(error.to_string()));
        if let Outcome::Broke(why) | Outcome::Skipped(why) = &outcome {
            run::say(format_args!("{}: {why}", stage.name()));
        }
        report.push((stage.name(), outcome, started.elapsed()));
    }
    print!("{}", summary(&report, started.elapsed()));
    let total = total(&report);
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}

type Line = (&'static str, Outcome, Duration);

fn total(report: &[Line]) -> Tally {
    let mut total = Tally::default();
    for (_, outcome, _) in report {
        let tally = match outcome {
            Outcome::Ran(tally) => *tally,
            Outcome::Skipped(_) => Tally::default(),
            Outcome::Broke(_) => Tally::one(false),
        };
        total.passed += tally.passed;
        total.failed += tally.failed;
    }
    total
}

fn summary(report: &[Line], whole: Duration) -> String {
    let mut text = String::from("\nstage      passed  failed   seconds\n");
    for (name, outcome, time) in report {
        let (passed, failed, remark) = match outcome {
            Outcome::Ran(tally) => (tally.passed, tally.failed, String::new()),
            Outcome::Skipped(why) => (0, 0, format!("  skipped: {why}")),
            Outcome::Broke(why) => (0, 1, format!("  {}", why.lines().next().unwrap_or_default())),
        };
        text += &format!("{name:8} {passed:8} {failed:7} {:9.1}{remark}\n", time.as_secs_f64());
    }
    text += &format!("{:8} {:8} {:7} {:9.1}\n", "all", "", "", whole.as_secs_f64());
    let failed: Vec<&str> = report
        .iter()
        .filter(|(_, outcome, _)| {
            !matches!(outcome, Outcome::Skipped(_) | Outcome::Ran(Tally { failed: 0, .. }))
        })
        .map(|(name, ..)| *name)
        .collect();
    if !failed.is_empty() {
        text += &format!("failed: {}\n", failed.join(", "));
    }
    text
}

/// What the stages stand on.
struct Ground<'a> {
    house: &'a House,
    /// Absent when no stage needs them.
    tools: Option<Result<Tools, String>>,
    /// The folder of the drivers that cargo installed; none when no stage needs a browser.
    browser: Result<Option<PathBuf>, String>,
    /// The `candor` binary, once the site and it are built.
    built: Option<PathBuf>,
}

impl Ground<'_> {
    fn run(&mut self, stage: Stage) -> Fallible<Outcome> {
        match stage {
            Stage::Format => self.question("fmt", &["--all", "--check"], "rustfmt"),
            Stage::Lint => self.question(
                "clippy",
                &["--workspace", "--all-targets", "--", "--deny", "warnings"],
                "clippy",
            ),
            Stage::Unit => {
                let mut cargo = run::cargo("test");
                cargo.args(["--workspace", "--exclude", "candor-tests", "--no-fail-fast"]);
                match setup::python(self.house) {
                    Ok(python) => {
                        cargo.env("CANDOR_PYTHON", python);
                    }
                    Err(error) => {
                        run::say(format_args!("generated files are not compared with other readers: {error}"))
                    }
                }
                count(cargo.current_dir(&self.house.root))
            }
            Stage::Wasm => {
                count(&mut wasm::tests(self.house, &self.tools()?.wasm, &["candor-survey", "candor-engine"])?)
            }
            Stage::Types => {
                self.tools()?;
                let mut tsc = wasm::node(self.house, "typescript/bin/tsc");
                Ok(Outcome::Ran(Tally::one(tsc.arg("--project").arg(self.house.xtask()).status()?.success())))
            }
            Stage::Script => {
                let mut node = Command::new("node");
                count(node.current_dir(&self.house.root).args(["--test", "widget/loader/", "widget/tests/"]))
            }
            Stage::Site => {
                site::build(self.house, self.tools()?)?;
                self.built = Some(site::candor(self.house, "demo")?);
                Ok(Outcome::Ran(Tally::one(true)))
            }
            Stage::Sizes => {
                self.built()?;
                Ok(Outcome::Ran(Tally::one(sizes::differences(self.house, self.tools()?)? == 0)))
            }
            Stage::Browser => {
                let candor = self.built()?;
                let drivers = self.browser.clone()?.unwrap_or_default();
                let mut cargo = browser_tests(self.house, &candor, &drivers)?;
                count(&mut cargo)
            }
        }
    }

    fn tools(&self) -> Result<&Tools, String> {
        match &self.tools {
            Some(Ok(tools)) => Ok(tools),
            Some(Err(error)) => Err(error.clone()),
            None => Err("was not set up".to_owned()),
        }
    }

    fn built(&self) -> Result<PathBuf, String> {
        self.built.clone().ok_or_else(|| "not run, because what it needs was not built".to_owned())
    }

    /// A cargo command whose answer is yes or no, and which may not be installed.
    fn question(&self, subcommand: &str, arguments: &[&str], component: &str) -> Fallible<Outcome> {
        if run::output(run::cargo(subcommand).arg("--version").current_dir(&self.house.root)).is_err() {
            let how = format!("{component} is not installed; `rustup component add {component}` brings it");
            return Ok(Outcome::Skipped(how));
        }
        let status = run::cargo(subcommand).args(arguments).current_dir(&self.house.root).status()?;
        Ok(Outcome::Ran(Tally::one(status.success())))
    }
}

/// The command that runs the browser tests.
///
/// # Errors
/// When the path would not be one.
pub(crate) fn browser_tests(house: &House, candor: &Path, drivers: &Path) -> Fallible<Command> {
    let mut cargo = run::cargo("test");
    cargo.args(["--package", "candor-tests", "--no-fail-fast"]).current_dir(&house.root);
    cargo.env("CANDOR_BIN", candor);
    cargo.env("CANDOR_SITE", house.site()).env("CANDOR_SHOP", house.shop());
    cargo.env("CANDOR_DEFINITIONS", house.definitions());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = vec![drivers.to_path_buf()];
    folders.extend(std::env::split_paths(&path));
    // What fails says so in a sentence; where in our code it was said helps nobody.
    cargo.env("PATH", std::env::join_paths(folders)?).env_remove("RUST_BACKTRACE");
    Ok(cargo)
}

/// Runs a test command, shows what it says as it says it, and adds up its result lines.
fn count(command: &mut Command) -> Fallible<Outcome> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if let Some(more) = result_line(&line) {
                tally.passed += more.passed;
                tally.failed += more.failed;
            }
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        run::say(format_args!("no test failed, yet the command did ({status}): that counts as one failure"));
        tally.failed = 1;
    }
    if tally == Tally::default() {
        return Ok(Outcome::Broke("no test ran".to_owned()));
    }
    Ok(Outcome::Ran(tally))
}

/// Reads `test result: ok. 12 passed; 0 failed; …`, as cargo test and wasm-bindgen's runtime both write it, and `# pass 12`
/// and `# fail 0` as Node's test runner does.
fn result_line(line: &str) -> Option<Tally> {
    for (sign, passed) in [("# pass ", true), ("# fail ", false)] {
        if let Some(number) = line.strip_prefix(sign) {
            let number = number.trim().parse().ok()?;
            return Some(if passed {
                Tally { passed: number, failed: 0 }
            } else {
                Tally { passed: 0, failed: number }
            });
        }
    }
    let rest = line.trim().strip_prefix("test result: ")?;
    let counts = rest.split_once(". ")?.1;
    let mut tally = Tally::default();
    for part in counts.split(';') {
        match part.trim().split_once(' ') {
            Some((number, "passed")) => tally.passed = number.parse().ok()?,
            Some((number, "failed")) => tally.failed = number.parse().ok()?,
            _ => {}
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_cargo_of_wasm_bindgen_and_of_node_are_counted() {
        let cargo = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(result_line(cargo), Some(Tally { passed: 3, failed: 1 }));
        assert_eq!(result_line("# pass 12"), Some(Tally { passed: 12, failed: 0 }));
        assert_eq!(result_line("# fail 1"), Some(Tally { passed: 0, failed: 1 }));
        let wasm = "test result: ok. 41 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s";
        assert_eq!(result_line(wasm), Some(Tally { passed: 41, failed: 0 }));
    }

    #[test]
    fn other_lines_are_not_counted() {
        for line in
            ["", "running 3 tests", "test result_line ... ok", "12 passed; 0 failed", "test result: soon"]
        {
            assert_eq!(result_line(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_test_command_that_fails_without_a_failed_test_counts_as_one_failure() {
        let mut early = Command::new("sh");
        early.args(["-c", "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 101"]);
        let outcome = count(&mut early).unwrap();
        assert_eq!(total(&[("unit", outcome, Duration::ZERO)]), Tally { passed: 2, failed: 1 });
    }

    #[test]
    fn a_stage_of_tests_that_ran_none_has_failed() {
        assert!(
            matches!(count(Command::new("true").arg("x")).unwrap(), Outcome::Broke(why) if why == "no test ran")
        );
    }

    #[test]
    fn the_summary_counts_all_stages_and_names_the_failed_ones() {
        let second = Duration::from_secs(1);
        let report = [
            ("format", Outcome::Skipped("rustfmt is not installed".to_owned()), second),
            ("unit", Outcome::Ran(Tally { passed: 40, failed: 2 }), second),
            ("wasm", Outcome::Ran(Tally { passed: 30, failed: 0 }), second),
            ("browser", Outcome::Broke("not run".to_owned()), second),
        ];
        assert_eq!(total(&report), Tally { passed: 70, failed: 3 });
        let text = summary(&report, 4 * second);
        assert!(text.ends_with("failed: unit, browser\n"), "{text}");
        assert!(text.contains("skipped: rustfmt is not installed"), "{text}");
    }
}
