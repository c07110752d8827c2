//! What may be typed, and the help that says so.

mod down;
mod env;
mod exec;
mod faults;
mod loopback;
mod machines;
mod up;

use std::{path::PathBuf, process::ExitCode};

use alts_daemon::{
    admin::client::{Output, print},
    run::failed,
};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use mock_gce::{
    instance::{Instance, InstanceName},
    machine::keeper::KeeperArgs,
};

/// `exec` could not run the command; the codes below are free for the command's own.
const EXEC_FAILED: u8 = 125;

const AFTER_HELP: &str = "\
Examples:
  mock-gce up
  mock-gce exec prod-booking-service-vm -- booking-server ACCOUNT
  mock-gce exec prod-booking-client-vm -- booking-client 10.128.0.2:8080 SERVER_ACCOUNT
  eval \"$(mock-gce env)\" && gcloud iam service-accounts list
  mock-gce down

Needs Linux, unshare (util-linux) and ip (iproute2), and either root or user namespaces.
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
    Up(UpArgs),
    Exec(ExecArgs),
    Machines(MachinesArgs),
    Env(EnvArgs),
    Down(DownArgs),
    Loopback(loopback::LoopbackArgs),
    Faults(faults::FaultsArgs),
    /// The cloud process, which `up` starts
    #[command(hide = true)]
    Cloud {
        #[arg(long)]
        dir: PathBuf,
    },
    /// A machine's keeper, which the cloud process starts
    #[command(hide = true)]
    Keep(KeeperArgs),
}

/// Which mock is meant.
#[derive(Debug, Args)]
struct Which {
    /// Which mock, when several run side by side
    #[arg(
        long,
        value_name = "INSTANCE",
        env = "MOCK_GCE_NAME",
        default_value = "default"
    )]
    name: InstanceName,
}

impl Which {
    fn instance(self) -> anyhow::Result<Instance> {
        let xdg = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Ok(Instance::locate(self.name, xdg)?)
    }
}

/// Brings the machines up, in the background.
///
/// Returns when every machine is ready, and prints them. They stay until `down`, until the computer
/// stops, or until the cloud process ends, however it ends.
#[derive(Debug, Args)]
#[command(after_long_help = concat!("\
Without CONFIG this is the configuration, which shows every key:

", include_str!("../../article.toml")))]
struct UpArgs {
    /// Machines, addresses and accounts, as TOML. Default: the article's, built in
    config: Option<PathBuf>,

    #[command(flatten)]
    which: Which,

    /// Where keys and accounts are kept. Default: with the mock itself, until `down`
    #[arg(long, value_name = "DIR", env = "MOCK_GCE_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// Where Google's REST interfaces answer outside the machines: a loopback address; port 0 takes
    /// a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = up::loopback)]
    api: std::net::SocketAddr,
}

/// Runs a command in a machine: in this terminal and this directory, with this exit code.
///
/// The command takes this process's place: signals reach it, and its end is the end. Proxy variables
/// are not passed on, because proxies are out of reach in there.
#[derive(Debug, Args)]
struct ExecArgs {
    #[command(flatten)]
    which: Which,

    /// Which machine
    machine: String,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<std::ffi::OsString>,
}

/// Lists the machines.
#[derive(Debug, Args)]
struct MachinesArgs {
    #[command(flatten)]
    which: Which,

    /// How the answer looks
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

/// Prints what a shell needs so that gcloud talks to this mock's IAM, and alts-handshaker to its
/// handshakers.
///
///   eval "$(mock-gce env)"
#[derive(Debug, Args)]
struct EnvArgs {
    #[command(flatten)]
    which: Which,
}

/// Powers the machines off and removes everything, also after a crash.
///
/// Programs in the machines get SIGTERM, and three seconds. Keys and accounts go, too, unless they
/// were kept with --state-dir.
#[derive(Debug, Args)]
struct DownArgs {
    #[command(flatten)]
    which: Which,
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Up(args) => up::run(args),
            Command::Exec(args) => return exec::run(args),
            Command::Machines(args) => machines::run(args),
            Command::Env(args) => env::run(args),
            Command::Down(args) => down::run(args),
            Command::Loopback(args) => block_on(loopback::run(args)),
            Command::Faults(args) => block_on(faults::run(args)),
            Command::Cloud { dir } => block_on(mock_gce::cloud::run(&dir)),
            Command::Keep(args) => mock_gce::machine::keeper::run(&args),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed("mock-gce", &error),
        }
    }
}

/// Not in `main`: `exec` needs a process without a second thread.
fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
