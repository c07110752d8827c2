//! What the commands that run until a signal have in common: configuration, state, log, signals.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::LogFormat;

/// Largest configuration that is read, in bytes.
const MAX_CONFIG_LEN: u64 = 1024 * 1024;

/// The text of a configuration, and its name for errors.
pub(super) fn read_config(path: &Path, otherwise: &str) -> anyhow::Result<(String, String)> {
    let text = read_bounded(path).with_context(|| {
        format!(
            "cannot read the configuration {}; {otherwise}",
            path.display()
        )
    })?;
    Ok((text, path.display().to_string()))
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

/// Names of the default state directories of `mock`, `authority` and `serve`.
pub(super) const STATE_DIRS: [&str; 3] =
    ["alts-handshaker", "alts-authority", "alts-handshaker-serve"];

/// `name`: keeps the state of different commands apart.
pub(super) fn default_state_dir(name: &str) -> anyhow::Result<PathBuf> {
    // The XDG specification has relative paths ignored.
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|base| base.join(name))
        .context("neither XDG_STATE_HOME nor HOME is set; name a directory with --state-dir")
}

pub(super) fn start_log(format: LogFormat) {
    let (filter, problem) = match env::var(EnvFilter::DEFAULT_ENV).map(EnvFilter::try_new) {
        Ok(Ok(filter)) => (filter, None),
        Ok(Err(problem)) => (EnvFilter::new("info"), Some(problem)),
        Err(_) => (EnvFilter::new("info"), None),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    if let Some(problem) = problem {
        tracing::warn!(%problem, "RUST_LOG is not understood, and not used; try RUST_LOG=info");
    }
}

/// SIGINT and SIGTERM, in the order they come.
pub(super) struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?,
        })
    }

    /// Waits for a signal, then for `stop`; a second signal does not wait.
    pub(super) async fn then(mut self, stop: impl Future<Output = ()>) {
        let name = self.next().await;
        tracing::info!(signal = name, "stopping");
        tokio::select! {
            () = stop => tracing::info!("stopped"),
            name = self.next() => tracing::warn!(signal = name, "stopped without waiting"),
        }
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}
