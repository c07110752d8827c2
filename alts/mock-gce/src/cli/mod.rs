//! What may be typed, and the help that says so.

mod faults;
mod loopback;
#[cfg(target_os = "linux")]
mod machine;

use std::process::ExitCode;

use alts_daemon::run::failed;
use anyhow::Context;
use clap::{Parser, Subcommand};

const AFTER_HELP: &str = "\
Examples:
  mock-gce up
  mock-gce exec prod-booking-service-vm -- booking-server ACCOUNT
  mock-gce exec prod-booking-client-vm -- booking-client 10.128.0.2:8080 SERVER_ACCOUNT
  eval \"$(mock-gce env)\" && gcloud iam service-accounts list
  mock-gce down
  mock-gce loopback                 handshakers and accounts in one process, without machines

Machines need Linux, unshare (util-linux) and ip (iproute2), and either root or user namespaces.
Exit codes: 0 done, 1 failed, 2 wrong usage; of exec: the command's own, 125 when there is no such
machine, 126 when the command cannot be run, 127 when there is none.";

/// Machines that look like Google Compute Engine, on one computer.
///
/// Each machine is a network, mount and host name namespace with the firmware, the host names, the
/// metadata server and the ALTS handshaker of a Google Compute Engine VM, and a service account of
/// its own. Programs run in it unchanged, in any language: what runs here is what runs there.
#[derive(Debug, Parser)]
#[command(
    name = "mock-gce",
    version,
    disable_help_subcommand = true,
    after_help = AFTER_HELP
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(target_os = "linux")]
    #[command(flatten)]
    Machine(machine::Command),
    Loopback(loopback::LoopbackArgs),
    Faults(faults::FaultsArgs),
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> ExitCode {
        let done = match self.command {
            #[cfg(target_os = "linux")]
            Command::Machine(command) => return command.run(),
            Command::Loopback(args) => block_on(loopback::run(args)),
            Command::Faults(args) => block_on(faults::run(args)),
        };
        ended(done)
    }
}

/// How a command ended, as an exit code; an error is told.
fn ended(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed("mock-gce", &error),
    }
}

/// Not in `main`: `exec` needs a process without a second thread.
fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(command)
}

#[cfg(test)]
mod tests;
