//! `alts-handshaker serve`: one machine's handshaker, until a signal.

use std::path::PathBuf;

use alts_daemon::{
    clock::Clock,
    run::{RunArgs, read_config},
};
use alts_handshaker::{config::serve::ServeConfig, serve::ServedMachine};
use anyhow::bail;
use clap::Args;

/// Runs one machine's handshaker, with credentials from an authority elsewhere.
///
/// Whoever can connect to its address speaks as the machine's service account: keep it on loopback,
/// or on a link that leads to this machine alone.
#[derive(Debug, Args)]
#[command(after_long_help = concat!("\
Examples:
  alts-handshaker serve --config /etc/alts-handshaker/serve.toml
  alts-handshaker doctor --handshaker-address 127.0.0.1:18080      does it work?

This is a configuration that shows every key:

", include_str!("../../serve.toml")))]
pub(super) struct ServeArgs {
    /// Machine, authority and identity, as TOML.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,

    /// Said for a release: what took its place.
    #[arg(long, hide = true)]
    enable_faults: bool,

    #[command(flatten)]
    run: RunArgs,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    if args.enable_faults {
        bail!(
            "--enable-faults is gone: a handshaker in service cannot be made to fail; use a mock, \
             `mock-gce loopback`"
        );
    }
    let (text, name) = read_config(&args.config, "`serve --help` shows one")?;
    let config = ServeConfig::parse(&text, &name)?;
    let (state_dir, signals) = args
        .run
        .begin(config.state_dir.clone(), "alts-handshaker-serve")?;
    let served = ServedMachine::start(&config, &state_dir, Clock::system()).await?;
    announce(&served, &config);
    signals.then(served.stop()).await;
    Ok(())
}

/// What scripts wait for: one `handshaker ready` per address, then `serve ready`.
fn announce(served: &ServedMachine, config: &ServeConfig) {
    for address in &served.addresses {
        tracing::info!(
            machine = %served.machine,
            service_account = %served.account,
            %address,
            "handshaker ready"
        );
    }
    tracing::info!(admin = %served.admin, authority = config.authority.address, "serve ready");
}
