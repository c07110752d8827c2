//! The binary `mock-gce`: parses the command line, runs the command, maps its end to an exit code.
//!
//! There is no runtime and no second thread here: `exec` moves this very process into a machine,
//! which Linux allows to processes with one thread only.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // clap ends the process with 2 on wrong usage, and with 0 on --help and --version.
    cli::Cli::parse().run()
}
