//! A connection to a running process's admin service, and how its refusals read.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};

/// It is on this machine: what takes longer does not come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Where it is, and how answers look.
#[derive(Debug, Args)]
pub struct AdminArgs {
    /// The admin service, HOST:PORT or unix:/PATH: the field `admin` of the log line `mock ready`,
    /// `authority ready` or `serve ready`.
    #[arg(
        long,
        value_name = "ADDR",
        env = "ALTS_HANDSHAKER_ADMIN",
        default_value = "127.0.0.1:18090",
        global = true
    )]
    pub admin: String,

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

/// A connection to the admin service at `admin`, `HOST:PORT` or `unix:/PATH`.
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

/// tonic's own text is "transport error"; the cause is at the bottom.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
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

/// Seconds since the epoch as people read them.
pub fn time(unix_s: u64) -> String {
    let days = unix_s / 86_400;
    let (hour, minute, second) = (unix_s / 3600 % 24, unix_s / 60 % 60, unix_s % 60);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar: eras of 400 years have 146,097 days,
/// and a year begins in March so that the odd day is its last.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_in_rfc_3339() {
        for (unix_s, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_717_239_045, "2024-06-01T10:50:45Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(time(unix_s), expected);
        }
    }
}
