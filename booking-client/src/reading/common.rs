//! Arguments that several families share.

use std::time::Duration;

use booking_proto::ot::v1::{self, OverrideRequest};
use clap::{ArgAction, Args, ValueEnum};
use jiff::SignedDuration;
use uuid::Uuid;

use super::name::resource;
use crate::telemetry::LogFormat;

/// The heading of what every command takes.
pub const EVERY_COMMAND: &str = "Every command";

/// What every command takes, before or behind its name.
#[derive(Debug, Args)]
#[command(next_help_heading = EVERY_COMMAND)]
pub struct Common {
    /// The booking service, as HOST:PORT; the article's call has it first
    #[arg(long, env = "OT_SERVER", value_name = "HOST:PORT")]
    pub server: Option<String>,

    /// A service account the server may prove to be; repeat it, or join with commas
    #[arg(
        long,
        env = "OT_SERVER_ACCOUNT",
        value_name = "ACCOUNT",
        value_delimiter = ','
    )]
    pub server_account: Vec<String>,

    /// Act for this person; only accounts that may are believed
    #[arg(
        long,
        env = "OT_ON_BEHALF_OF",
        value_name = "PERSON",
        hide_short_help = true
    )]
    pub on_behalf_of: Option<String>,

    /// The site whose civil time is typed and shown; needed where there are several
    #[arg(long, env = "OT_SITE", value_name = "SITE", hide_short_help = true)]
    pub site: Option<String>,

    /// How the answer is printed on stdout
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: OutputFormat,

    /// Give up after this long: connecting, handshake and answer together
    ///
    /// A number with a unit: 5s, 500ms, 1m 30s. At most 1h. For commands that make several calls
    /// or listen for long: each call.
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = parse_timeout)]
    pub timeout: Duration,

    /// How log lines are written on stderr
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        hide_short_help = true
    )]
    pub log_format: LogFormat,

    /// Print the condition too, and log more on stderr: -v progress, -vv details, -vvv everything
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
}

/// How the answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people: `Date of booking: 01-Jun-2024 11:30`, or a table.
    #[default]
    Text,
    /// For programs. The article's call: one object on one line (bookingDate, null while the case
    /// waits, condition, peer). Commands: protobuf's JSON mapping of ot.v1, one message a line.
    Json,
}

/// The longest `--timeout`: nobody waits longer for one answer, and it keeps sums of durations
/// far from overflow.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// What every write takes.
#[derive(Clone, Debug, Default, Args)]
pub struct WriteArgs {
    /// Check everything, change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// A UUID for this change: sent again, it is not done again
    ///
    /// Without it every run is a change of its own.
    #[arg(long, value_name = "UUID", hide_short_help = true)]
    request_id: Option<Uuid>,
}

impl WriteArgs {
    /// The change's own UUID: as typed, or a fresh one.
    pub fn request_id(&self) -> String {
        self.request_id.unwrap_or_else(Uuid::new_v4).to_string()
    }
}

/// What every change of something that is there takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ChangeArgs {
    /// Only if this is still its version, as printed before; otherwise ABORTED
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "",
        hide_default_value = true
    )]
    pub etag: String,

    /// Dry run and request id.
    #[command(flatten)]
    pub write: WriteArgs,
}

/// One thing that something is done to which needs no more words.
#[derive(Clone, Debug, Args)]
pub struct OneArgs {
    /// Which
    id: String,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Messages that say only which thing is changed.
macro_rules! one {
    ($($request:ident in $collection:literal),+ $(,)?) => { $(
        impl From<OneArgs> for v1::$request {
            fn from(typed: OneArgs) -> Self {
                Self {
                    name: resource($collection, &typed.id),
                    etag: typed.change.etag,
                    request_id: typed.change.write.request_id(),
                    validate_only: typed.change.write.dry_run,
                }
            }
        }
    )+ };
}

one! {
    ConfirmCaseRequest in "cases",
    DeleteSessionTemplateRequest in "sessionTemplates",
    DeleteStaffRequest in "staff",
    DeleteTheatreRequest in "theatres",
    DeleteUnavailabilityRequest in "unavailabilities",
    ReleaseSessionRequest in "sessions",
}

/// A rule to set aside and why, as in `R8=the owner agreed`.
pub fn parse_rule(typed: &str) -> Result<OverrideRequest, String> {
    let (rule, reason) = typed.split_once('=').unwrap_or_default();
    let reason = reason.trim().to_owned();
    if !rule.starts_with('R') || reason.is_empty() {
        return Err("write the rule and why, as in R8='the owner agreed'".to_owned());
    }
    let rule = rule.to_owned();
    Ok(OverrideRequest { rule, reason })
}

/// Reads a duration as people type it; the error says what would have been understood.
fn parse_timeout(typed: &str) -> Result<Duration, String> {
    let timeout = parse_duration(typed)?;
    if timeout > MAX_TIMEOUT {
        return Err("longer than an hour; give at most 1h".to_owned());
    }
    Ok(timeout)
}

/// A duration of any length but none.
pub fn parse_duration(typed: &str) -> Result<Duration, String> {
    let example = "write a number with a unit, for example 5s, 500ms or 1m30s";
    let signed: SignedDuration = typed
        .parse()
        .map_err(|_| format!("not a duration; {example}"))?;
    let timeout = Duration::try_from(signed).map_err(|_| format!("negative; {example}"))?;
    if timeout.is_zero() {
        return Err(format!("no time at all; {example}"));
    }
    Ok(timeout)
}

#[cfg(test)]
#[path = "common_tests.rs"]
mod tests;
