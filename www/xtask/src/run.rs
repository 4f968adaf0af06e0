//! Starts other programs, in a clean environment, and says what is done and how long it took.
//! It may start processes and write to stderr; stdout belongs to the programs' own results.

use std::error::Error;
use std::fmt::Display;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Anything that can go wrong, as a sentence.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error>>;

/// One line about what is being done.
pub(crate) fn say(line: impl Display) {
    eprintln!("xtask: {line}");
}

/// Says what is about to be done, does it, and says how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Fallible<T>) -> Fallible<T> {
    say(format_args!("{what} …"));
    let started = Instant::now();
    let result = work().map_err(|error| format!("{what}: {error}"))?;
    say(format_args!("{what}: {:.1} s", started.elapsed().as_secs_f64()));
    Ok(result)
}

/// Runs a program to its end, its output going where ours goes.
///
/// # Errors
/// When it cannot be started, or ends with anything but success; names the program and its first arguments.
pub(crate) fn succeed(command: &mut Command) -> Fallible<()> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", spelt(command)).into()) }
}

/// Runs a program to its end and returns what it wrote to stdout, without the last line feed; stderr is kept for the error.
///
/// # Errors
/// As [`succeed`], with what the program wrote to stderr.
pub(crate) fn output(command: &mut Command) -> Fallible<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{}` failed ({}): {}", spelt(command), output.status, complaint.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// True when a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A cargo that does not inherit what the outer `cargo run` told us about ourselves.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new("cargo");
    clean(&mut command);
    command.arg(subcommand);
    command
}

/// Takes away what `cargo run` set for this process: it describes xtask, not what is built next.
pub(crate) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let ours = matches!(name, "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
            || name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_");
        if ours {
            command.env_remove(name);
        }
    }
}

/// Becomes the program, so that a signal meant for it reaches it and nothing of ours stays behind.
///
/// # Errors
/// When it cannot be started.
#[cfg(unix)]
pub(crate) fn become_process(mut command: Command) -> Fallible<()> {
    use std::os::unix::process::CommandExt;
    clean(&mut command);
    let error = command.exec();
    Err(cannot_start(&command, &error).into())
}

/// Starts the program and waits for it: this system has no way to become it.
///
/// # Errors
/// As [`succeed`].
#[cfg(not(unix))]
pub(crate) fn become_process(mut command: Command) -> Fallible<()> {
    clean(&mut command);
    succeed(&mut command)
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", command.get_program().to_string_lossy())
}

fn spelt(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args().take(4) {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    if command.get_args().len() > 4 {
        line.push_str(" …");
    }
    line
}
