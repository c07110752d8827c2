//! `alts-handshaker serve`: one machine's handshaker, until a signal.

use std::path::PathBuf;

use alts_handshaker::{config::serve::ServeConfig, serve::ServedMachine};
use clap::Args;

use alts_daemon::{
    clock::Clock,
    connections::allow_many_files,
    run::{LogFormat, StopSignals, default_state_dir, read_config, start_log},
};

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

    /// Where learnt root keys are kept. Default: `state_dir` of the configuration, else
    /// $XDG_STATE_HOME/alts-handshaker-serve.
    #[arg(long, value_name = "DIR", env = "ALTS_HANDSHAKER_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let (text, name) = read_config(&args.config, "`serve --help` shows one")?;
    let config = ServeConfig::parse(&text, &name)?;
    let state_dir = match args.state_dir.or_else(|| config.state_dir.clone()) {
        Some(path) => path,
        None => default_state_dir("alts-handshaker-serve")?,
    };
    start_log(args.log_format);
    allow_many_files();
    // Before anything is announced: a signal right after must not kill us half-way.
    let signals = StopSignals::new()?;
    let served = ServedMachine::start(&config, &state_dir, Clock::system()).await?;
    announce(&served, &config);
    signals.then(served.stop()).await;
    Ok(())
}

/// What scripts wait for: one `handshaker ready` per address, then `serve ready`.
fn announce(served: &ServedMachine, config: &ServeConfig) {
    for address in served.addresses() {
        tracing::info!(
            machine = %served.machine(),
            service_account = %served.account(),
            %address,
            "handshaker ready"
        );
    }
    tracing::info!(admin = %served.admin(), authority = config.authority.address, "serve ready");
}
