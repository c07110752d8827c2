//! `mock-gce loopback`: from flags to a running cloud, until a signal.

use std::path::{Path, PathBuf};

use alts_daemon::{
    clock::Clock,
    run::{RunArgs, read_config},
};
use clap::Args;
use mock_gce::loopback::{MockCloud, config::Config, config::Machine};

/// Runs a mock cloud without machines: an authority, a directory of service accounts, and a handshaker per machine.
///
/// The cryptography is real: certificates, key agreement, proofs. What is not real is how a
/// workload is recognised: whoever can connect to a machine's address speaks as that machine's
/// service account. Keep the addresses on loopback.
#[derive(Debug, Args)]
#[command(after_long_help = concat!("\
Examples:
  mock-gce loopback                               the article's two machines
  mock-gce loopback --config cloud.toml           your own machines
  mock-gce loopback --state-dir \"$(mktemp -d)\"    a fresh authority and fresh accounts

Without --config this is the configuration, which shows every key:

", include_str!("../../loopback.toml")))]
pub(super) struct LoopbackArgs {
    /// Machines and accounts, as TOML. Default: the article's, built in.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    run: RunArgs,
}

pub(super) async fn run(args: LoopbackArgs) -> anyhow::Result<()> {
    let config = match &args.config {
        Some(path) => {
            let otherwise = "give --config a TOML file, or leave it out for the built-in one";
            let (text, name) = read_config(path, otherwise)?;
            Config::parse(&text, &name)?
        }
        None => Config::article(),
    };
    let (state_dir, signals) = args.run.begin(None, "alts-handshaker")?;
    let mock = MockCloud::start(&config, &state_dir, Clock::system()).await?;
    announce(&mock, &state_dir);
    signals.then(mock.stop()).await;
    Ok(())
}

/// What scripts wait for: one `handshaker ready` per machine, then `mock ready`.
fn announce(mock: &MockCloud, state_dir: &Path) {
    tracing::warn!(
        real = "certificates, key agreement, proofs of identity",
        mock = "who a workload is: whoever connects to a machine's address speaks as its service \
            account",
        "this is a mock cloud: for development and tests, not for secrets"
    );
    for Machine {
        name,
        account,
        address,
    } in &mock.machines
    {
        if !address.ip().is_loopback() {
            tracing::warn!(machine = %name, %address, "this address is not loopback: other \
                computers may speak as this machine's service account");
        }
        tracing::info!(machine = %name, service_account = %account, %address, "handshaker ready");
    }
    tracing::info!(admin = %mock.admin, state_dir = %state_dir.display(), "mock ready");
}
