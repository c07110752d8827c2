//! A connection to a running process's admin service, and how its refusals read.

use std::{
    array, env,
    io::{self, Write},
    iter,
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tonic::{
    Code, Response, Status,
    transport::{Channel, Endpoint},
};

use super::address::ADMIN_SOCKET;
use crate::run::{STATE_DIRS, default_state_dir};

/// It is on this machine: what takes longer does not come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Where it is, and how answers look.
#[derive(Debug, Args)]
pub struct AdminArgs {
    /// The admin service, unix:/PATH or HOST:PORT: the field `admin` of the log line `mock ready`,
    /// `authority ready` or `serve ready`. Default: the one that answers in a default state directory,
    /// a mock's before an authority's before a handshaker's.
    #[arg(
        long,
        value_name = "ADDR",
        env = "ALTS_HANDSHAKER_ADMIN",
        global = true
    )]
    admin: Option<String>,

    /// How the answer looks.
    #[arg(long, value_enum, default_value_t = Output::Table, global = true)]
    pub output: Output,
}

/// How an answer looks.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Output {
    /// For people.
    Table,
    /// A JSON array for lists, else one object.
    Json,
}

impl Output {
    /// An answer as `table` words it for people, or as JSON.
    ///
    /// # Errors
    /// When it cannot be serialised.
    pub fn render(
        self,
        json: &impl Serialize,
        table: impl FnOnce() -> String,
    ) -> anyhow::Result<String> {
        Ok(match self {
            Self::Table => table(),
            Self::Json => serde_json::to_string_pretty(json)? + "\n",
        })
    }
}

impl AdminArgs {
    /// Where the admin service is, as told or as found.
    ///
    /// # Errors
    /// When none is.
    pub fn address(&self) -> anyhow::Result<String> {
        self.address_of(STATE_DIRS[0])
    }

    /// The same; `first`: the name of the default state directory to look into before the others.
    ///
    /// # Errors
    /// When none is.
    pub fn address_of(&self, first: &str) -> anyhow::Result<String> {
        if let Some(admin) = &self.admin {
            return Ok(admin.clone());
        }
        let told = env::var_os("ALTS_HANDSHAKER_STATE_DIR").map(PathBuf::from);
        let names = iter::once(first).chain(STATE_DIRS);
        let defaults = names.map(|name| default_state_dir(name).ok());
        let folders = iter::once(told).chain(defaults).flatten();
        let mut sockets = folders.map(|folder| folder.join(ADMIN_SOCKET));
        let answers = |socket: &PathBuf| UnixStream::connect(socket).is_ok();
        let found = sockets.find(answers).context(
            "no admin service answers in a default state directory; start one with \
             `alts-handshaker mock`, or say where it is with --admin",
        )?;
        Ok(format!("unix:{}", found.display()))
    }
}

/// A connection to the admin service at `admin`, `unix:/PATH` or `HOST:PORT`.
///
/// # Errors
/// When that is no address, or nobody answers there.
pub async fn connect(admin: &str) -> anyhow::Result<Channel> {
    if admin.contains("://") {
        return Err(anyhow!(
            "{admin:?} is a URL; write --admin HOST:PORT or unix:/PATH"
        ));
    }
    let uri = match admin.starts_with("unix:") {
        true => admin.to_owned(),
        false => format!("http://{admin}"),
    };
    let endpoint = Endpoint::from_shared(uri)
        .with_context(|| format!("{admin:?} is no address; write --admin HOST:PORT or unix:/PATH"))?
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(CALL_TIMEOUT);
    endpoint.connect().await.map_err(|error| {
        let cause = innermost(&error);
        anyhow!(
            "no admin service answers at {admin}: {cause}; start one with `alts-handshaker mock`, \
            or say where it is with --admin"
        )
    })
}

/// What is at the bottom of an error: tonic's own text is "transport error".
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What a call was answered.
///
/// # Errors
/// Its refusal, as it is told on the command line.
pub fn told<T>(answer: Result<Response<T>, Status>) -> anyhow::Result<T> {
    answer.map(Response::into_inner).map_err(refused)
}

/// A refusal as it is told on the command line.
pub fn refused(status: Status) -> anyhow::Error {
    match status.code() {
        Code::NotFound => anyhow!("NOT_FOUND: {}", status.message()),
        Code::AlreadyExists => anyhow!("ALREADY_EXISTS: {}", status.message()),
        Code::InvalidArgument => anyhow!("INVALID_ARGUMENT: {}", status.message()),
        Code::FailedPrecondition => anyhow!("FAILED_PRECONDITION: {}", status.message()),
        Code::Unimplemented => anyhow!(
            "what answers there is no admin service for this; say with --admin where one is"
        ),
        code => anyhow!("{code:?}: {}", status.message()),
    }
}

/// Prints an answer. A reader that has seen enough, such as `head`, is no failure.
///
/// # Errors
/// When stdout cannot be written to.
pub fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

/// Lines of columns, each as wide as its longest cell. The first line has the columns' names.
pub fn table<const N: usize>(
    names: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let names = iter::once(names.map(str::to_owned));
    let rows: Vec<[String; N]> = names.chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = array::from_fn(|column| width(column).unwrap_or_default());
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Seconds since the epoch as people read them (RFC 3339).
pub fn time(unix_s: u64) -> String {
    let time = i64::try_from(unix_s).ok();
    let time = time.and_then(|unix_s| jiff::Timestamp::from_second(unix_s).ok());
    time.unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
