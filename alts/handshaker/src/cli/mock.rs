//! `alts-handshaker mock`: from flags to a running cloud, until a signal.

use std::path::Path;

use alts_handshaker::{
    Clock,
    config::Config,
    mock::{MockCloud, ReadyMachine},
};

use super::{
    MockArgs,
    run::{StopSignals, default_state_dir, read_config, start_log},
};

pub(super) async fn run(args: MockArgs) -> anyhow::Result<()> {
    let config = match &args.config {
        Some(path) => {
            let otherwise = "give --config a TOML file, or leave it out for the built-in one";
            let (text, name) = read_config(path, otherwise)?;
            Config::parse(&text, &name)?
        }
        None => Config::article(),
    };
    let state_dir = match args.state_dir {
        Some(path) => path,
        None => default_state_dir("alts-handshaker")?,
    };
    start_log(args.log_format);
    alts_handshaker::allow_many_files();
    // Before anything is announced: a signal right after must not kill us half-way.
    let signals = StopSignals::new()?;
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
    for ReadyMachine {
        name,
        account,
        address,
    } in mock.machines()
    {
        if !address.ip().is_loopback() {
            tracing::warn!(machine = %name, %address, "this address is not loopback: other \
                computers may speak as this machine's service account");
        }
        tracing::info!(machine = %name, service_account = %account, %address, "handshaker ready");
    }
    tracing::info!(admin = %mock.admin(), state_dir = %state_dir.display(), "mock ready");
}
