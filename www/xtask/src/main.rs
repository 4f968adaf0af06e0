//! `cargo xtask`: sets a machine up, builds what `www` serves and what we ship, and runs every test.
//! It may touch the target folder, `www/xtask/node_modules`, `sizes.snap` when told to bless, and the machine's own
//! package tools (rustup, apt, npm) when something it needs is missing.
#![allow(clippy::print_stdout, reason = "a command line speaks")]

mod arguments;
mod files;
mod once;
mod one_file;
mod run;
mod setup;
mod site;
mod sizes;
mod soak;
mod suite;
mod wasm;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Command, HELP};
use run::Fallible;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)).map(carry_out) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::FAILURE,
        Ok(Err(error)) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("xtask: {error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

/// True when the command did what was asked; false when it ran to its end and has already said what failed.
fn carry_out(command: Command) -> Fallible<bool> {
    let house = House::here();
    match command {
        Command::Help => print!("{HELP}"),
        Command::Site => {
            let tools = setup::tools(&house)?;
            site::build(&house, &tools)?;
        }
        Command::Demo { passed_on } => {
            let tools = setup::tools(&house)?;
            site::build(&house, &tools)?;
            let candor = site::candor(&house, "demo")?;
            let mut demo = std::process::Command::new(candor);
            demo.arg("demo");
            demo.arg("--site").arg(house.site()).arg("--shop").arg(house.shop());
            demo.arg("--definitions")
                .arg(house.definitions())
                .arg("--data")
                .arg(house.target.join("demo-data"));
            demo.args(passed_on);
            run::say(format_args!("starting the demo; Ctrl-C ends it"));
            run::become_process(demo)?;
        }
        Command::Test { stages } => return suite::run(&house, &stages),
        Command::Soak { test } => return soak::run(&house, test.as_deref()),
        Command::Reference { folder } => return soak::reference(&house, &folder),
        Command::BenchWidget => {
            setup::browsers(&house)?;
            let tools = setup::tools(&house)?;
            site::build(&house, &tools)?;
            let mut node = std::process::Command::new("node");
            node.arg("tests/bench/widget.mjs").env("CANDOR_SITE", house.site()).current_dir(&house.root);
            return Ok(node.status()?.success());
        }
        Command::BenchTables { rows } => {
            setup::browsers(&house)?;
            let tools = setup::tools(&house)?;
            site::build(&house, &tools)?;
            let built = run::cargo("build")
                .args(["--release", "--package", "candor-engine", "--example", "read_table"])
                .current_dir(&house.root)
                .status()?;
            if !built.success() {
                return Ok(false);
            }
            let (rows, folder) = (rows.unwrap_or(1_000_000).to_string(), house.target.join("bench"));
            let mut python = std::process::Command::new(setup::python(&house)?);
            python.arg("tests/bench/tables.py").current_dir(&house.root);
            python.arg(house.target.join("release/examples/read_table")).arg(&folder).arg(&rows);
            let natively = python.status()?;
            // The file that the first has made.
            let in_a_tab = |program: &str| {
                let mut node = std::process::Command::new("node");
                node.arg(program).arg(folder.join(format!("survey-{rows}.csv"))).arg(&rows);
                node.env("CANDOR_SITE", house.site()).current_dir(&house.root).status()
            };
            let read = in_a_tab("tests/bench/tables.mjs")?;
            let open = in_a_tab("tests/bench/open.mjs")?;
            return Ok(natively.success() && read.success() && open.success());
        }
        Command::BenchPressure { passed_on } => {
            let mut cargo = run::cargo("run");
            cargo.args(["--release", "-p", "candor-engine", "--example", "pressure", "--"]).args(passed_on);
            return Ok(cargo.current_dir(&house.root).status()?.success());
        }
        Command::RunWasmTests { binary } => return wasm::run_tests(&house, &binary),
        Command::Dist { bless } => {
            let tools = setup::tools(&house)?;
            site::build(&house, &tools)?;
            return sizes::dist(&house, &tools, bless);
        }
    }
    Ok(true)
}

/// Where things lie. All paths are absolute.
struct House {
    /// The workspace's root.
    root: PathBuf,
    /// Cargo's target folder, wherever `CARGO_TARGET_DIR` puts it.
    target: PathBuf,
}

impl House {
    fn here() -> House {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.ancestors().nth(2).unwrap_or(xtask).to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            // Cargo reads a relative one from the current folder, and so do we.
            Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| folder.into()),
            None => root.join("target"),
        };
        House { root, target }
    }

    /// What Candor serves at its own origin.
    fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The client's page, served from another origin.
    fn shop(&self) -> PathBuf {
        self.target.join("shop")
    }

    /// The demo's survey definitions.
    fn definitions(&self) -> PathBuf {
        self.root.join("www/site/surveys")
    }

    /// What we ship.
    fn dist(&self) -> PathBuf {
        self.target.join("dist")
    }

    /// Intermediate results and the stamps that say what they were made from.
    fn work(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The folder of this tool: its npm packages, its snapshot.
    fn xtask(&self) -> PathBuf {
        self.root.join("www/xtask")
    }
}
