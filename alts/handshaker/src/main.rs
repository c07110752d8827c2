//! The binary `alts-handshaker`: parses the command line, runs the command, maps its end to an exit
//! code.

mod cli;

use std::process::ExitCode;

use alts_daemon::run::failed;
use clap::Parser;

fn main() -> ExitCode {
    // clap ends the process with 2 on wrong usage, and with 0 on --help and --version.
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            let error = anyhow::Error::new(error).context("cannot start the runtime");
            return failed("alts-handshaker", &error);
        }
    };
    match runtime.block_on(cli.run()) {
        Ok(code) => code,
        Err(error) => failed("alts-handshaker", &error),
    }
}
