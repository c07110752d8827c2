//! What the commands that run until a signal have in common: configuration, state, log, signals, and
//! how a command that failed says so.

use std::{
    env,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{config::source::read_bounded, connections::allow_many_files};

/// How log lines look.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The text of a configuration, and its name for errors. `otherwise`: the remedy.
///
/// # Errors
/// When it cannot be read.
pub fn read_config(path: &Path, otherwise: &str) -> anyhow::Result<(String, String)> {
    let text = read_bounded(path).with_context(|| {
        format!(
            "cannot read the configuration {}; {otherwise}",
            path.display()
        )
    })?;
    Ok((text, path.display().to_string()))
}

/// Flags of every command that runs until a signal.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Where keys, accounts and what was learnt are kept, by one process at a time. Default: `state_dir` of the
    /// configuration, else a folder of $XDG_STATE_HOME, or of ~/.local/state.
    #[arg(long, value_name = "DIR", env = "ALTS_HANDSHAKER_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

impl RunArgs {
    /// Where state is kept; `name` keeps that of different commands apart. From now on this process
    /// logs, may open many files, and hears signals: one that comes before it is ready must not kill
    /// it half-way.
    ///
    /// # Errors
    /// When there is no such place, or no signal is heard.
    pub fn begin(
        self,
        configured: Option<PathBuf>,
        name: &str,
    ) -> anyhow::Result<(PathBuf, StopSignals)> {
        let state_dir = match self.state_dir.or(configured) {
            Some(path) => path,
            None => default_state_dir(name)?,
        };
        start_log(self.log_format);
        allow_many_files();
        Ok((state_dir, StopSignals::new()?))
    }
}

/// Names of the default state directories of a mock, an authority and a machine's handshaker.
pub const STATE_DIRS: [&str; 3] = ["alts-handshaker", "alts-authority", "alts-handshaker-serve"];

/// Where state is kept when nobody says; `name` keeps that of different commands apart.
///
/// # Errors
/// When the environment names no folder.
pub fn default_state_dir(name: &str) -> anyhow::Result<PathBuf> {
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

/// Logs to stderr, as much as RUST_LOG says.
pub fn start_log(format: LogFormat) {
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
#[derive(Debug)]
pub struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// Signals count from now on.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?,
        })
    }

    /// Waits for a signal, then for `stop`; a second signal does not wait.
    pub async fn then(mut self, stop: impl Future<Output = ()>) {
        let name = self.next().await;
        tracing::info!(signal = name, "stopping");
        tokio::select! {
            () = stop => tracing::info!("stopped"),
            name = self.next() => tracing::warn!(signal = name, "stopped without waiting"),
        }
    }

    /// Waits for one, and names it.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// One line on stderr, and the code for it.
#[expect(
    clippy::print_stderr,
    reason = "this is the command line's error output"
)]
pub fn failed(program: &str, error: &anyhow::Error) -> ExitCode {
    eprintln!("{program}: {}", in_one_line(error));
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
#[path = "run_tests.rs"]
mod tests;
