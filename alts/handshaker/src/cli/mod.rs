//! What may be typed, and the help that says so.

mod accounts;
mod authority;
mod doctor;
mod serve;

use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    process::{self, ExitCode},
};

use alts_daemon::admin::client::{AdminArgs, print};
use anyhow::{Context, anyhow};
use clap::{Args, Parser, Subcommand};

/// An ALTS handshaker with real cryptography that runs anywhere.
///
/// gRPC programs that use ALTS leave the handshake to a service on their machine. On Google Cloud
/// that service is Google's. This one runs on a laptop, and any gRPC library can be pointed at it.
#[derive(Debug, Parser)]
#[command(
    name = "alts-handshaker",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed or refused, 2 wrong usage.\n\n\
                  Logs go to stderr; RUST_LOG sets what is logged (default: info)."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a mock cloud on this computer: `mock-gce loopback`, which takes this program's place
    #[command(disable_help_flag = true)]
    Mock(MockGceArgs),
    Serve(serve::ServeArgs),
    Authority(authority::AuthorityArgs),
    Accounts(AccountsArgs),
    /// Makes a mock's handshaker misbehave: `mock-gce faults`, which takes this program's place
    #[command(disable_help_flag = true)]
    Faults(MockGceArgs),
    Metrics(MetricsArgs),
    Doctor(doctor::DoctorArgs),
}

/// What `mock-gce` takes.
#[derive(Debug, Args)]
struct MockGceArgs {
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    args: Vec<OsString>,
}

/// Lists and changes the service accounts of a running mock or authority.
///
/// Disabling an account stops credentials from being issued, at once and across restarts. It
/// recalls none: a process that is connected to its handshaker keeps its credential until it ends
/// or the credential expires.
#[derive(Debug, Args)]
struct AccountsArgs {
    #[command(subcommand)]
    command: accounts::Command,

    #[command(flatten)]
    admin: AdminArgs,
}

/// Prints what a running mock, authority or handshaker has counted, as Prometheus reads it.
///
/// Prometheus itself reads the same from http://ADDR/metrics.
#[derive(Debug, Args)]
struct MetricsArgs {
    #[command(flatten)]
    admin: AdminArgs,
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Mock(args) => return Err(mock_gce("loopback", args)),
            Command::Serve(args) => serve::run(args).await?,
            Command::Authority(args) => authority::run(args).await?,
            Command::Accounts(args) => {
                accounts::run(args.command, &args.admin.address()?, args.admin.output).await?;
            }
            Command::Faults(args) => return Err(mock_gce("faults", args)),
            Command::Metrics(args) => metrics(&args.admin.address()?).await?,
            Command::Doctor(args) => return doctor::run(args).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Has `mock-gce` take this process's place: what runs in service knows no mock. Returns when it
/// cannot.
fn mock_gce(command: &str, MockGceArgs { args }: MockGceArgs) -> anyhow::Error {
    let beside = std::env::current_exe().map(|own| own.with_file_name("mock-gce"));
    let program = match beside {
        Ok(program) if program.is_file() => program,
        _ => "mock-gce".into(),
    };
    let error = process::Command::new(program)
        .arg(command)
        .args(args)
        .exec();
    anyhow!(
        "this is done by `mock-gce {command}`, which cannot be run: {error}; install mock-gce beside \
         alts-handshaker, or on PATH"
    )
}

async fn metrics(admin: &str) -> anyhow::Result<()> {
    let text = alts_daemon::admin::scrape::metrics(admin).await;
    let remedy =
        "say with --admin where a mock, an authority or a handshaker has its admin service";
    print(&text.with_context(|| format!("no metrics from {admin}; {remedy}"))?)
}

#[cfg(test)]
mod tests;
