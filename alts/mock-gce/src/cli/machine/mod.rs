//! The commands about machines, and their arguments. Linux only: a machine is made of namespaces.

mod exec;
mod list;
mod up;

use std::{path::PathBuf, process::ExitCode};

use alts_daemon::admin::client::{Output, print};
use clap::{Args, Subcommand};
use mock_gce::instance::{ADMIN_SOCKET, Instance, InstanceName, OPERATOR_TOKEN};

use super::{block_on, ended};

/// `exec` could not run the command; the codes below are free for the command's own.
const EXEC_FAILED: u8 = 125;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Up(UpArgs),
    Exec(ExecArgs),
    Machines(MachinesArgs),
    Env(EnvArgs),
    Down(DownArgs),
    /// The cloud process, which `up` starts
    #[command(hide = true)]
    Cloud {
        #[arg(long)]
        dir: PathBuf,
    },
    /// A machine's keeper, which the cloud process starts
    #[command(hide = true)]
    Keep,
}

impl Command {
    pub(super) fn run(self) -> ExitCode {
        ended(match self {
            Self::Up(args) => up::run(args),
            Self::Exec(args) => return exec::run(args),
            Self::Machines(args) => list::run(args),
            Self::Env(args) => args.run(),
            Self::Down(args) => args.run(),
            Self::Cloud { dir } => block_on(mock_gce::cloud::run(&dir)),
            Self::Keep => mock_gce::machine::keeper::run(),
        })
    }
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
        Instance::locate(self.name, xdg)
    }
}

/// Brings the machines up, in the background.
///
/// Returns when every machine is ready, and prints them. They stay until `down`, until the computer
/// stops, or until the cloud process ends, however it ends.
#[derive(Debug, Args)]
#[command(after_long_help = concat!("\
Without CONFIG this is the configuration, which shows every key:

", include_str!("../../../article.toml")))]
pub(super) struct UpArgs {
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
pub(super) struct ExecArgs {
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
pub(super) struct MachinesArgs {
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
pub(super) struct EnvArgs {
    #[command(flatten)]
    which: Which,
}

impl EnvArgs {
    /// Lines for a shell.
    fn run(self) -> anyhow::Result<()> {
        let instance = self.which.instance()?;
        let record = instance.running()?;
        let api = format!("http://{}/", record.api);
        let token = instance.path(OPERATOR_TOKEN).display().to_string();
        let admin = format!("unix:{}", instance.path(ADMIN_SOCKET).display());
        let lines = [
            ("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", api.as_str()),
            ("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", &token),
            ("CLOUDSDK_CORE_PROJECT", &record.project),
            ("ALTS_HANDSHAKER_ADMIN", &admin),
        ];
        let lines = lines.map(|(name, value)| format!("export {name}={}\n", quoted(value)));
        print(&lines.concat())
    }
}

/// As one word of a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Powers the machines off and removes everything, also after a crash.
///
/// Programs in the machines get SIGTERM, and three seconds. Keys and accounts go, too, unless they
/// were kept with --state-dir.
#[derive(Debug, Args)]
pub(super) struct DownArgs {
    #[command(flatten)]
    which: Which,
}

impl DownArgs {
    /// Nothing stays.
    fn run(self) -> anyhow::Result<()> {
        let instance = self.which.instance()?;
        let right = instance.exclusive()?;
        let was_up = instance.bring_down(right)?;
        let state = if was_up { "is down" } else { "was not up" };
        print(&format!("{} {state}\n", instance.name()))
    }
}

#[cfg(test)]
mod tests;
