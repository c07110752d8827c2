//! `alts-handshaker mock`: from flags to a running cloud, until a signal.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use alts_handshaker::{
    Clock,
    config::Config,
    mock::{MockCloud, ReadyMachine},
};
use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{LogFormat, MockArgs};

/// Largest configuration that is read, in bytes.
const MAX_CONFIG_LEN: u64 = 1024 * 1024;

pub(super) async fn run(args: MockArgs) -> anyhow::Result<()> {
    let config = match &args.config {
        Some(path) => read_config(path)?,
        None => Config::article(),
    };
    let state_dir = match args.state_dir {
        Some(path) => path,
        None => default_state_dir()?,
    };
    start_log(args.log_format);
    // Before anything is announced: a signal right after must not kill us half-way.
    let mut stop = StopSignals::new()?;
    let mock = MockCloud::start(&config, &state_dir, Clock::system()).await?;
    announce(&mock, &state_dir);

    let name = stop.next().await;
    tracing::info!(signal = name, "stopping");
    tokio::select! {
        () = mock.stop() => tracing::info!("stopped"),
        name = stop.next() => tracing::warn!(signal = name, "stopped without waiting"),
    }
    Ok(())
}

fn read_config(path: &Path) -> anyhow::Result<Config> {
    let text = read_bounded(path).with_context(|| {
        format!(
            "cannot read the configuration {}; give --config a TOML file, or leave it out for \
            the built-in one",
            path.display()
        )
    })?;
    Ok(Config::parse(&text, &path.display().to_string())?)
}

fn read_bounded(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAX_CONFIG_LEN {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 1 MiB",
        ));
    }
    fs::read_to_string(path)
}

fn default_state_dir() -> anyhow::Result<PathBuf> {
    // The XDG specification has relative paths ignored.
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|base| base.join("alts-handshaker"))
        .context("neither XDG_STATE_HOME nor HOME is set; name a directory with --state-dir")
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
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

/// SIGINT and SIGTERM, in the order they come.
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}
