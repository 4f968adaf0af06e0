//! The `candor` binary. Everything it does is in the library; this hands over the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    candor::cli::main()
}
