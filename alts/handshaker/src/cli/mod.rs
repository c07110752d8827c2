//! What may be typed, and the help that says so.

mod accounts;
mod admin;
mod authority;
mod doctor;
mod faults;
mod mock;
mod run;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};

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
    Mock(MockArgs),
    Serve(serve::ServeArgs),
    Authority(authority::AuthorityArgs),
    Accounts(AccountsArgs),
    Faults(faults::FaultsArgs),
    Metrics(MetricsArgs),
    Doctor(doctor::DoctorArgs),
}

/// Runs a mock cloud: an authority, a directory of service accounts, and a handshaker per machine.
///
/// The cryptography is real: certificates, key agreement, proofs. What is not real is how a
/// workload is recognised: whoever can connect to a machine's address speaks as that machine's
/// service account. Keep the addresses on loopback.
#[derive(Debug, Args)]
#[command(after_long_help = concat!("\
Examples:
  alts-handshaker mock                               the article's two machines
  alts-handshaker mock --config cloud.toml           your own machines
  alts-handshaker mock --state-dir \"$(mktemp -d)\"    a fresh authority and fresh accounts

Without --config this is the configuration, which shows every key:

", include_str!("../../article.toml")))]
struct MockArgs {
    /// Machines and accounts, as TOML. Default: the article's, built in.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where the authority's key and the accounts are kept, for one mock at a time. Default:
    /// $XDG_STATE_HOME/alts-handshaker, or ~/.local/state/alts-handshaker.
    #[arg(long, value_name = "DIR", env = "ALTS_HANDSHAKER_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
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
    admin: admin::AdminArgs,
}

/// Prints what a running mock, authority or handshaker has counted, as Prometheus reads it.
///
/// Prometheus itself reads the same from http://ADDR/metrics.
#[derive(Debug, Args)]
struct MetricsArgs {
    #[command(flatten)]
    admin: admin::AdminArgs,
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Mock(args) => mock::run(args).await?,
            Command::Serve(args) => serve::run(args).await?,
            Command::Authority(args) => authority::run(args).await?,
            Command::Accounts(args) => {
                accounts::run(args.command, &args.admin.address()?, args.admin.output).await?;
            }
            Command::Faults(args) => faults::run(args).await?,
            Command::Metrics(args) => metrics(&args.admin.address()?).await?,
            Command::Doctor(args) => return doctor::run(args).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn metrics(admin: &str) -> anyhow::Result<()> {
    let text = alts_handshaker::admin::scrape::metrics(admin).await;
    let remedy =
        "say with --admin where a mock, an authority or a handshaker has its admin service";
    admin::print(&text.with_context(|| format!("no metrics from {admin}; {remedy}"))?)
}

/// One line on stderr, and the code for it.
#[expect(
    clippy::print_stderr,
    reason = "this is the command line's error output"
)]
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("alts-handshaker: {}", in_one_line(error));
    ExitCode::FAILURE
}

/// An error and its causes. Many quote their cause themselves; it is not said twice.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn a_cause_that_is_quoted_is_not_said_twice() {
        let io = std::io::Error::other("the disk is full");
        let quoting = anyhow::Error::new(io).context("cannot write x: the disk is full; make room");
        assert_eq!(
            in_one_line(&quoting.context("not started")),
            "not started: cannot write x: the disk is full; make room"
        );
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
