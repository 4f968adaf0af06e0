//! Compiles for wasm32, binds to JavaScript, optimizes, and runs wasm tests under Node.
//! It may run cargo, rustup, node and wasm-opt, install the wasm target, and write to the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::House;
use crate::files;
use crate::once;
use crate::run::{self, Fallible};
use crate::setup;

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The code of these steps is an input to what they make.
const RECIPE: &str = include_str!("wasm.rs");

/// Each WebAssembly feature that rustc's wasm32 target uses, by name: with `--all-features`, wasm-opt writes modules that
/// Chromium refuses.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Who compiles for wasm32.
pub(crate) enum Toolchain {
    /// The toolchain cargo runs with has the target's standard library.
    Rustup,
    /// Debian's cargo and rustc, building the standard library from Debian's source package.
    Debian {
        /// rustup's `rust-lld`; Debian packages none.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// rustup's first, Debian's second, or the one `CANDOR_WASM` names; says which when it had to do something.
    ///
    /// # Errors
    /// Says why neither could be had.
    pub(crate) fn find_or_install(house: &House) -> Fallible<Toolchain> {
        match std::env::var("CANDOR_WASM").as_deref() {
            Err(_) | Ok("") => Self::rustup(house).or_else(|why| {
                run::say(format_args!(
                    "no wasm32 standard library from rustup ({why}); taking Debian's packages"
                ));
                Self::debian(house)
            }),
            Ok("rustup") => Self::rustup(house),
            Ok("debian") => Self::debian(house),
            Ok(other) => Err(format!("CANDOR_WASM is `{other}`; it may be `rustup` or `debian`").into()),
        }
    }

    fn rustup(house: &House) -> Fallible<Toolchain> {
        let library = |house: &House| -> Fallible<bool> {
            let mut rustc = Command::new("rustc");
            rustc.current_dir(&house.root).args(["--target", TARGET, "--print", "target-libdir"]);
            let folder = run::output(&mut rustc)?;
            Ok(fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()))
        };
        if library(house)? {
            return Ok(Toolchain::Rustup);
        }
        run::step("rustup target add wasm32-unknown-unknown", || {
            let mut rustup = Command::new("rustup");
            run::output(rustup.current_dir(&house.root).args(["target", "add", TARGET])).map(drop)
        })?;
        if library(house)? {
            Ok(Toolchain::Rustup)
        } else {
            Err("rustup added it, yet rustc has none".into())
        }
    }

    fn debian(house: &House) -> Fallible<Toolchain> {
        let mut rustc = Command::new("rustc");
        let sysroot = run::output(rustc.current_dir(&house.root).args(["--print", "sysroot"]))?;
        let hosts = fs::read_dir(Path::new(&sysroot).join("lib/rustlib"))?;
        // rustc tells what kind of linker it has by the file's name, which must be this one.
        let linker = hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|path| path.is_file());
        let linker = linker.ok_or_else(|| format!("there is no rust-lld below {sysroot}/lib/rustlib"))?;
        let needed = [DEBIAN_CARGO, DEBIAN_RUSTC, "/usr/lib/rustlib/src/rust/library/std/Cargo.toml"];
        if !needed.iter().all(|path| Path::new(path).exists()) {
            setup::apt(&["rustc-web", "cargo-web", "rust-web-src"], "a Rust that can compile for wasm32")?;
        }
        run::say("wasm32: Debian's cargo and rustc, building the standard library");
        Ok(Toolchain::Debian { linker })
    }

    /// The compiler with its version, as it says it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn compiler(&self, house: &House) -> Fallible<String> {
        let program = match self {
            Toolchain::Rustup => "rustc",
            Toolchain::Debian { .. } => DEBIAN_RUSTC,
        };
        let mut rustc = Command::new(program);
        run::output(rustc.env_remove("LD_LIBRARY_PATH").current_dir(&house.root).arg("--version"))
    }

    /// A cargo that compiles for wasm32.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = run::cargo(subcommand);
        if let Toolchain::Debian { linker } = self {
            command = Command::new(DEBIAN_CARGO);
            run::clean(&mut command);
            // The outer cargo and rustup point at their own compiler and its libraries.
            command.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
            command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            command.args([subcommand, "-Zbuild-std=std,panic_abort"]);
        }
        command.args(["--target", TARGET]);
        command
    }
}

/// How wasm-bindgen shall write the glue.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Glue {
    /// Not at all: the module imports nothing. It stops at once where it would panic (stop.mjs).
    Bare,
    /// Not at all, and its imports stay for whoever starts it.
    None,
    /// `<name>.js` with an `init({ module_or_path })`.
    Web,
    /// `<name>.js` with `wasm_bindgen.initSync({ module })`, a classic script: what a worker from a Blob's address may be
    /// wherever the page lies.
    Classic,
}

/// A package on its way to the browser.
pub(crate) struct Module<'a> {
    /// Its name in cargo, its profile, and what it is called in messages.
    pub(crate) package: &'a str,
    /// The cargo profile.
    pub(crate) profile: &'a str,
    /// The file cargo writes, without `.wasm`.
    pub(crate) artifact: &'a str,
    /// How it is bound.
    pub(crate) glue: Glue,
    /// What rustc is told beside what it is always told.
    pub(crate) flags: &'a [&'a str],
    /// What wasm-opt is told to do; the features are added.
    pub(crate) passes: &'a [&'a str],
}

/// What came of it.
pub(crate) struct Built {
    /// The optimized module.
    pub(crate) wasm: PathBuf,
    /// The glue to import; none for a bare module.
    pub(crate) glue: Option<PathBuf>,
    /// The same module before it was optimized.
    pub(crate) bound: PathBuf,
}

impl Module<'_> {
    /// Compiles, binds and optimizes, as far as something changed.
    ///
    /// # Errors
    /// What the failing step said.
    pub(crate) fn build(&self, house: &House, toolchain: &Toolchain) -> Fallible<Built> {
        let name = self.artifact.replace('-', "_");
        let compiled = house.target.join(TARGET).join(self.profile).join(format!("{}.wasm", self.artifact));
        run::step(&format!("{}: cargo build", self.package), || {
            let mut cargo = toolchain.cargo("build");
            cargo.current_dir(&house.root).args(["--package", self.package, "--profile", self.profile]);
            // Also set by the person, they would change what we ship.
            cargo.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", rustflags(house, self.flags));
            run::succeed(&mut cargo)
        })?;

        let place = house.work().join(self.package);
        fs::create_dir_all(&place)?;
        let bound = place.join(format!("{name}_bg.wasm"));
        let lock = house.xtask().join("package-lock.json");
        let glue = match self.glue {
            Glue::None => {
                let what = format!("{}: as it is", self.package);
                let inputs = std::slice::from_ref(&compiled);
                once::unless_unchanged(house, &what, &[RECIPE], inputs, &[&bound], || {
                    fs::copy(&compiled, &bound)?;
                    Ok(())
                })?;
                None
            }
            Glue::Bare => {
                let stop = house.xtask().join("stop.mjs");
                let what = format!("{}: stops", self.package);
                let inputs = [compiled.clone(), stop.clone(), lock.clone()];
                once::unless_unchanged(house, &what, &[RECIPE], &inputs, &[&bound], || {
                    run::succeed(
                        Command::new("node").current_dir(&house.root).args([&stop, &compiled, &bound]),
                    )
                })?;
                None
            }
            Glue::Web | Glue::Classic => {
                let glue = place.join(format!("{name}.js"));
                let what = format!("{}: wasm-bindgen", self.package);
                let inputs = std::slice::from_ref(&compiled);
                once::unless_unchanged(house, &what, &[RECIPE], inputs, &[&bound, &glue], || {
                    let mut bindgen = Bindgen::new();
                    match self.glue {
                        Glue::Classic => bindgen.no_modules(true)?,
                        _ => bindgen.web(true)?,
                    };
                    bindgen.omit_default_module_path(true);
                    bindgen.input_path(&compiled).out_name(&name).typescript(false);
                    bindgen.remove_name_section(true).remove_producers_section(true);
                    Ok(bindgen.generate(&place)?)
                })?;
                Some(glue)
            }
        };

        let wasm = place.join(format!("{name}.wasm"));
        let what = format!("{}: wasm-opt {}", self.package, self.passes.join(" "));
        once::unless_unchanged(house, &what, &[RECIPE], &[bound.clone(), lock], &[&wasm], || {
            optimize(house, &bound, &wasm, self.passes)
        })?;
        Ok(Built { wasm, glue, bound })
    }
}

fn optimize(house: &House, from: &Path, to: &Path, passes: &[&str]) -> Fallible<()> {
    let mut node = node(house, "binaryen/bin/wasm-opt");
    node.args(passes).args(FEATURES);
    node.args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
    run::succeed(node.arg(from).arg("-o").arg(to))
}

/// A bare module as JavaScript, for pages whose policy forbids wasm: a module with `make()`, which returns the exports of a
/// new instance.
///
/// # Errors
/// What the failing step said.
pub(crate) fn as_javascript(house: &House, built: &Built) -> Fallible<PathBuf> {
    let place = built.bound.with_extension("asm.js");
    let lock = house.xtask().join("package-lock.json");
    once::unless_unchanged(house, "wasm2js", &[RECIPE], &[built.bound.clone(), lock], &[&place], || {
        let lowered = built.bound.with_extension("lowered.wasm");
        // What came to wasm after its first version, wasm2js does not know.
        let passes = [
            "--signext-lowering",
            "--llvm-nontrapping-fptoint-lowering",
            "--llvm-memory-copy-fill-lowering",
            "-Oz",
        ];
        optimize(house, &built.bound, &lowered, &passes)?;
        let mut node = node(house, "binaryen/bin/wasm2js");
        let written = built.bound.with_extension("wasm2js.js");
        run::succeed(node.args(["--enable-mutable-globals", "-Oz"]).arg(&lowered).arg("-o").arg(&written))?;
        let text = files::read_text(&written)?;
        let (code, _) = text.split_once("var retasmFunc").ok_or("wasm2js did not end as it used to")?;
        Ok(fs::write(&place, format!("{code}export const make = () => asmFunc({{}});\n"))?)
    })?;
    Ok(place)
}

/// These flags, and those under which the same source gives the same bytes wherever it and cargo's home lie.
fn rustflags(house: &House, more: &[&str]) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let mut flags = vec![format!("--remap-path-prefix={}=target", house.target.display())];
    flags.extend(more.iter().map(|&flag| flag.to_owned()));
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    flags.join("\u{1f}")
}

/// Node running a program of our npm packages.
pub(crate) fn node(house: &House, program: &str) -> Command {
    let mut node = Command::new("node");
    node.current_dir(&house.root).arg(house.xtask().join("node_modules").join(program));
    node
}

/// The command that runs the tests of packages that also live in wasm, inside wasm32 under Node. The numbers that they are compared
/// with are computed natively before.
///
/// # Errors
/// When our own program cannot be found, or the native numbers cannot be had.
pub(crate) fn tests(house: &House, toolchain: &Toolchain, packages: &[&str]) -> Fallible<Command> {
    let xtask = std::env::current_exe()?;
    let numbers = house.target.join("native-numbers.txt");
    run::step("the native numbers that wasm must have too", || {
        let mut native = run::cargo("test");
        native.args(["--package", "candor-engine", "--test", "numbers"]).env("CANDOR_NUMBERS", &numbers);
        run::succeed(native.current_dir(&house.root))
    })?;
    let mut cargo = toolchain.cargo("test");
    cargo.current_dir(&house.root).args(["--lib", "--tests", "--no-fail-fast"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    // A list in TOML, because an environment variable would be cut at the spaces of a path.
    cargo.arg("--config").arg(format!("target.{TARGET}.runner = ['{}', 'run-wasm-tests']", xtask.display()));
    cargo.env("CANDOR_NUMBERS", numbers);
    Ok(cargo)
}

/// Binds one test binary and runs it under Node. This is what wasm-bindgen-test-runner does for Node, without the 186
/// packages that it needs for browsers; `wasm-bindgen-test` is pinned to the version whose runtime this knows.
///
/// # Errors
/// When the binary cannot be bound or Node cannot be started.
pub(crate) fn run_tests(house: &House, binary: &Path) -> Fallible<bool> {
    // Every test is an export of this name. Without one, wasm-bindgen's runtime is not linked in and cannot be bound.
    if !files::read(binary)?.windows(7).any(|bytes| bytes == b"__wbgt_") {
        println!("running 0 tests\n\ntest result: ok. 0 passed; 0 failed\n");
        return Ok(true);
    }
    let place = house.work().join("wasm-tests").join(binary.file_stem().unwrap_or_default());
    let mut bindgen = Bindgen::new();
    bindgen.nodejs(true)?.input_path(binary).out_name("tests").typescript(false);
    bindgen.debug(true).keep_debug(false).export_wasm(true).emit_start(false);
    bindgen.generate(&place)?;
    let runner = house.xtask().join("wasm-test/run.cjs");
    Ok(Command::new("node").arg(runner).arg(place.join("tests.js")).status()?.success())
}
