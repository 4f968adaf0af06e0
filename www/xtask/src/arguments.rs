//! Reads the few arguments by hand and holds the help text.
//! It touches nothing.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
cargo xtask <command>

  demo [--port N] [--no-open]   build everything and start the shop, Candor and the analyzer on this machine
                                (Candor on port N, the shop on N+1; --port 0 takes two free ports)
  test [STAGE ...]              run every test there is, or only the named stages:
                                format lint unit wasm types script site sizes browser
  dist [--bless]                write target/dist, print the size of every shipped file and compare with
                                www/xtask/sizes.snap; --bless writes the snapshot anew
  soak [TEST]                   all that takes hours, by hand, before a release: the browser tests in full; `generated`, 1,000 files
                                beside independent readers; `bombs`; `fuzz`, every parser for ten minutes. Or one of these,
                                `fuzz:TARGET`, or one file of browser tests; and by its name only, `mutants`: the statistics and
                                detectors changed one operator at a time, to see which tests notice (tests/MUTANTS.md), or those of
                                some files, `mutants:scores/*.rs`
  soak --reference DIR          the statistics beside reference files that may not be copied, natively and in wasm
  bench widget                  the widget beside PostHog's and SurveyJS's, in one run on this machine
  bench tables [ROWS]           how fast a table is read, beside polars natively and beside DuckDB-wasm and others in a browser tab,
                                and how long a choice of responses takes when it is open
  bench pressure [OPTION ...]   what the detectors achieve in simulated worlds, beside their yardsticks: 1,000 worlds a cell, hours;
                                --worlds N, --threads N, --kind KIND, --size N, --tails
  site                          only build target/site and target/shop

Each does its own set-up and says what it does. CANDOR_WASM=rustup or CANDOR_WASM=debian chooses where the
wasm32 standard library comes from; without it rustup is tried first and Debian's packages second.
";

/// What was asked for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the help.
    Help,
    /// Build and start the demo, handing these arguments on to `candor demo`.
    Demo {
        /// `--port N`, `--no-open`, checked.
        passed_on: Vec<String>,
    },
    /// Run the stages named, or all when none is.
    Test {
        /// In the order they run in, whatever order they were named in.
        stages: Vec<Stage>,
    },
    /// Write what we ship and compare its sizes.
    Dist {
        /// Take today's sizes as the new snapshot.
        bless: bool,
    },
    /// The batteries that take too long for every day.
    Soak {
        /// `generated`, `bombs`, `fuzz`, `fuzz:TARGET`, `mutants`, `mutants:FILES` or a file of browser tests; all but `mutants` when absent.
        test: Option<String>,
    },
    /// The reference files that may not be copied.
    Reference {
        /// Holds `data` and `reference`.
        folder: PathBuf,
    },
    /// Measure the widget beside its peers.
    BenchWidget,
    /// Measure the engine's reader of tables beside its peers.
    BenchTables {
        /// Rows of the table that is read; a million when absent.
        rows: Option<u64>,
    },
    /// Measure the detectors in simulated worlds.
    BenchPressure {
        /// Its options, which it checks itself.
        passed_on: Vec<String>,
    },
    /// Build the site only.
    Site,
    /// Run a test binary of wasm32 under Node. Cargo asks for it, as the target's runner; people do not.
    RunWasmTests {
        /// The `.wasm` that cargo built.
        binary: PathBuf,
    },
}

/// A part of `cargo xtask test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// rustfmt.
    Format,
    /// clippy.
    Lint,
    /// The workspace's own tests on this machine.
    Unit,
    /// The types of the hand-written JavaScript.
    Types,
    /// Its tests that need no browser.
    Script,
    /// The site and the binary can be built.
    Site,
    /// What we ship weighs what the snapshot says.
    Sizes,
    /// The shared crates' tests inside wasm32.
    Wasm,
    /// Whole-product tests in a real browser.
    Browser,
}

impl Stage {
    /// Every stage in the order they run in: what is quick to say no comes first.
    pub(crate) const ALL: [Stage; 9] = [
        Stage::Format,
        Stage::Lint,
        Stage::Unit,
        Stage::Wasm,
        Stage::Types,
        Stage::Script,
        Stage::Site,
        Stage::Sizes,
        Stage::Browser,
    ];

    /// The word used on the command line and in the closing table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stage::Format => "format",
            Stage::Lint => "lint",
            Stage::Unit => "unit",
            Stage::Types => "types",
            Stage::Script => "script",
            Stage::Site => "site",
            Stage::Sizes => "sizes",
            Stage::Wasm => "wasm",
            Stage::Browser => "browser",
        }
    }
}

/// Reads the arguments after `cargo xtask`.
///
/// # Errors
/// A sentence naming the argument that was not understood.
pub(crate) fn parse(arguments: impl Iterator<Item = impl Into<OsString>>) -> Result<Command, String> {
    let mut words = Vec::new();
    for argument in arguments {
        let word = argument.into().into_string().map_err(|word| format!("{word:?} is not text"))?;
        if word == "--help" || word == "-h" {
            return Ok(Command::Help);
        }
        words.push(word);
    }
    let mut rest = words.iter().map(String::as_str);
    match rest.next() {
        None | Some("help") => Ok(Command::Help),
        Some("demo") => demo(rest),
        Some("test") => test(rest),
        Some("dist") => match (rest.next(), rest.next()) {
            (None, None) => Ok(Command::Dist { bless: false }),
            (Some("--bless"), None) => Ok(Command::Dist { bless: true }),
            (Some("--bless"), Some(word)) | (Some(word), _) => Err(not_understood("dist", word)),
            (None, Some(_)) => Ok(Command::Help),
        },
        Some("site") => match rest.next() {
            None => Ok(Command::Site),
            Some(word) => Err(not_understood("site", word)),
        },
        Some("soak") => match (rest.next(), rest.next()) {
            (Some("--reference"), Some(folder)) => match rest.next() {
                None => Ok(Command::Reference { folder: folder.into() }),
                Some(word) => Err(not_understood("soak", word)),
            },
            (Some("--reference"), None) => Err("`soak --reference` needs the folder".to_owned()),
            (test, None) => Ok(Command::Soak { test: test.map(str::to_owned) }),
            (_, Some(word)) => Err(not_understood("soak", word)),
        },
        Some("bench") => match rest.next() {
            Some("widget") => match rest.next() {
                None => Ok(Command::BenchWidget),
                Some(word) => Err(not_understood("bench", word)),
            },
            Some("tables") => match rest.next().map(|rows| (rows.parse(), rows)) {
                None => Ok(Command::BenchTables { rows: None }),
                Some((Ok(rows), _)) if rows > 0 => Ok(Command::BenchTables { rows: Some(rows) }),
                Some((_, rows)) => Err(format!("`bench tables {rows}`: the rows are a number")),
            },
            Some("pressure") => Ok(Command::BenchPressure { passed_on: rest.map(str::to_owned).collect() }),
            Some(word) => Err(not_understood("bench", word)),
            None => Err("`bench` needs to know what: `widget`, `tables` or `pressure`".to_owned()),
        },
        Some("run-wasm-tests") => match rest.next() {
            Some(binary) => Ok(Command::RunWasmTests { binary: binary.into() }),
            None => Err("`run-wasm-tests` needs the binary".to_owned()),
        },
        Some(word) => Err(format!("there is no command `{word}`")),
    }
}

fn not_understood(command: &str, word: &str) -> String {
    format!("`{command}` does not understand `{word}`")
}

fn demo<'a>(mut rest: impl Iterator<Item = &'a str>) -> Result<Command, String> {
    let mut passed_on = Vec::new();
    while let Some(word) = rest.next() {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        match (name, inline) {
            ("--no-open", None) => passed_on.push("--no-open".to_owned()),
            ("--port", _) => {
                let value =
                    inline.or_else(|| rest.next()).ok_or("`--port` needs a number, as in `--port 4400`")?;
                let port: u16 = value
                    .parse()
                    .map_err(|_| format!("`--port {value}`: a port is a number from 0 to 65534"))?;
                if port == u16::MAX {
                    return Err(
                        "`--port 65535` leaves no port for the shop, which takes the next one".to_owned()
                    );
                }
                passed_on.extend(["--port".to_owned(), port.to_string()]);
            }
            _ => return Err(not_understood("demo", word)),
        }
    }
    Ok(Command::Demo { passed_on })
}

fn test<'a>(rest: impl Iterator<Item = &'a str>) -> Result<Command, String> {
    let mut named = Vec::new();
    for word in rest {
        let stage = Stage::ALL.into_iter().find(|stage| stage.name() == word);
        named.push(stage.ok_or_else(|| {
            let names = Stage::ALL.map(Stage::name).join(", ");
            format!("`test` has no stage `{word}`; its stages are {names}")
        })?);
    }
    let all = named.is_empty();
    if named.contains(&Stage::Sizes) || named.contains(&Stage::Browser) {
        named.push(Stage::Site);
    }
    Ok(Command::Test {
        stages: Stage::ALL.into_iter().filter(|stage| all || named.contains(stage)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace())
    }

    #[test]
    fn no_argument_and_help_anywhere_print_the_help() {
        for line in ["", "help", "--help", "demo -h", "nonsense --help"] {
            assert_eq!(read(line), Ok(Command::Help), "{line:?}");
        }
    }

    #[test]
    fn reference_files_are_read_from_the_one_folder_that_is_named() {
        assert_eq!(read("soak --reference /figures"), Ok(Command::Reference { folder: "/figures".into() }));
        assert_eq!(read("soak mutants"), Ok(Command::Soak { test: Some("mutants".into()) }));
        for line in ["soak --reference", "soak --reference here there", "soak mutants twice"] {
            assert!(read(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn the_demo_hands_its_checked_arguments_on() {
        let passed_on =
            |words: &[&str]| Command::Demo { passed_on: words.iter().map(|w| w.to_string()).collect() };
        assert_eq!(read("demo"), Ok(passed_on(&[])));
        assert_eq!(read("demo --no-open --port 0"), Ok(passed_on(&["--no-open", "--port", "0"])));
        assert_eq!(read("demo --port=4500"), Ok(passed_on(&["--port", "4500"])));
    }

    #[test]
    fn a_port_that_cannot_be_is_refused_by_name() {
        for (line, said) in [
            ("demo --port", "needs a number"),
            ("demo --port many", "`--port many`"),
            ("demo --port 65535", "leaves no port for the shop"),
            ("demo --prot 1", "`--prot`"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(said), "{line:?} said: {error}");
        }
    }

    #[test]
    fn named_stages_run_in_their_own_order_with_what_they_need_and_none_means_all() {
        assert_eq!(read("test"), Ok(Command::Test { stages: Stage::ALL.to_vec() }));
        assert_eq!(
            read("test browser unit"),
            Ok(Command::Test { stages: vec![Stage::Unit, Stage::Site, Stage::Browser] })
        );
        assert!(read("test speed").unwrap_err().contains("format, lint, unit"));
    }

    #[test]
    fn the_help_names_every_stage() {
        for stage in Stage::ALL {
            assert!(HELP.contains(stage.name()), "{}", stage.name());
        }
    }

    #[test]
    fn a_bench_is_named_and_its_options_are_its_own() {
        assert_eq!(read("bench widget"), Ok(Command::BenchWidget));
        let passed_on = vec!["--worlds".to_owned(), "20".to_owned()];
        assert_eq!(read("bench pressure --worlds 20"), Ok(Command::BenchPressure { passed_on }));
        assert!(read("bench").unwrap_err().contains("`pressure`"));
        assert!(read("bench speed").unwrap_err().contains("`speed`"));
    }

    #[test]
    fn bless_is_the_only_thing_dist_understands() {
        assert_eq!(read("dist"), Ok(Command::Dist { bless: false }));
        assert_eq!(read("dist --bless"), Ok(Command::Dist { bless: true }));
        assert!(read("dist --bless now").unwrap_err().contains("`now`"));
        assert!(read("dist --blss").unwrap_err().contains("`--blss`"));
    }
}
