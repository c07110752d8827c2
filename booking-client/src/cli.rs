//! What may be typed, and the manual: clap definitions only, no decisions.
//!
//! The article's form stays the top level for good. Later commands become subcommands beside it:
//! a first argument that is `HOST:PORT` can never be mistaken for the name of a command.

use std::time::Duration;

use alts::HandshakerArgs;
use clap::{ArgAction, Parser, ValueEnum};
use jiff::SignedDuration;

use crate::{exit, telemetry::LogFormat};

/// The patient of the article's call.
pub const DEFAULT_PATIENT: &str = "PT-1204";
/// The doctor of the article's call.
pub const DEFAULT_DOCTOR: &str = "DC-3904";
/// The longest `--timeout`: nobody waits longer for one booking, and it keeps sums of durations
/// far from overflow.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Ask the OT booking service when a patient is booked with a doctor, over ALTS.
///
/// Connects to the booking service, proves this machine's service account to it, makes the service
/// prove that it is one of ACCOUNT, and only then sends the question. No key or password is typed
/// or stored here: the machine's handshaker holds them.
#[derive(Debug, Parser)]
#[command(
    version,
    override_usage = "booking-client [OPTIONS] <ADDRESS> <ACCOUNT>...\n       \
                      booking-client [OPTIONS] <ADDRESS>,<ACCOUNT>[,<ACCOUNT>...]",
    after_help = "Try 'booking-client --help' for examples and exit codes.",
    after_long_help = manual(),
)]
pub struct Cli {
    /// The booking service, as HOST:PORT; accounts may follow after commas
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// Service accounts the server may prove to be; any one of them will do
    ///
    /// At least one is needed. Case matters. Several may be joined by commas.
    #[arg(value_name = "ACCOUNT")]
    pub accounts: Vec<String>,

    /// The hospital's number for the patient
    #[arg(long, value_name = "ID", default_value = DEFAULT_PATIENT, allow_hyphen_values = true)]
    pub patient: String,

    /// The doctor, in any surgical role
    #[arg(long, value_name = "ID", default_value = DEFAULT_DOCTOR, allow_hyphen_values = true)]
    pub doctor: String,

    /// Only cases whose procedure or condition contains this text, in any letter case
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub description: String,

    /// How the answer is printed on stdout
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub output: OutputFormat,

    /// Also print who the server proved to be and how the connection is protected
    ///
    /// JSON always has it.
    #[arg(long)]
    pub show_peer: bool,

    /// Give up after this long: connecting, handshake and answer together
    ///
    /// A number with a unit: 5s, 500ms, 1m 30s. At most 1h.
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = parse_timeout)]
    pub timeout: Duration,

    /// How log lines are written on stderr
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub log_format: LogFormat,

    /// Print the condition too, and log more on stderr: -v progress, -vv details, -vvv everything
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,

    /// The handshaker this machine runs. Last, because its help heading holds for what follows.
    #[command(flatten)]
    pub handshaker: HandshakerArgs,
}

/// How the answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// A line for people: `Date of booking: 01-Jun-2024 11:30`.
    #[default]
    Text,
    /// One JSON object on one line: bookingDate (null while the case waits), condition, peer.
    Json,
}

/// Reads a duration as people type it; the error says what would have been understood.
fn parse_timeout(typed: &str) -> Result<Duration, String> {
    let example = "write a number with a unit, for example 5s, 500ms or 1m30s";
    let signed: SignedDuration = typed
        .parse()
        .map_err(|_| format!("not a duration; {example}"))?;
    let timeout = Duration::try_from(signed).map_err(|_| format!("negative; {example}"))?;
    if timeout.is_zero() {
        return Err(format!("no time at all; {example}"));
    }
    if timeout > MAX_TIMEOUT {
        return Err("longer than an hour; give at most 1h".to_owned());
    }
    Ok(timeout)
}

/// Examples and exit codes: the part of the manual that is not about one flag.
fn manual() -> String {
    let mut text = String::from(EXAMPLES);
    text.push_str("\nExit codes:\n");
    for (exit, meaning) in exit::TABLE {
        text.push_str(&format!("  {}  {meaning}\n", exit as u8));
    }
    text.push_str(
        "\nErrors are one line on stderr: 'booking-client: STATUS: cause; remedy'.\n\
         RUST_LOG, when set, decides what is logged (for example RUST_LOG=alts=debug).",
    );
    text
}

const EXAMPLES: &str = "\
Examples:
  The article's call, on a machine of Google Compute Engine:
    booking-client 10.128.0.2:8080 prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  The same with a handshaker of your own (for example 'alts-handshaker mock'):
    booking-client --handshaker-address 127.0.0.1:18080 --allow-untrusted-handshaker \\
        127.0.0.1:8080 prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  Another patient and doctor, for a script, giving up after two seconds:
    booking-client --patient PT-2001 --doctor DC-1007 --output json --timeout 2s \\
        10.128.0.2:8080,prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  A service that moves from one account to another: either is accepted:
    booking-client booking.internal:8080 old-svc@example.org new-svc@example.org
";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_manual_has_examples_and_every_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("10.128.0.2:8080"), "{help}");
        for (exit, meaning) in exit::TABLE {
            let words: String = format!("{}  {meaning}", exit as u8)
                .split_whitespace()
                .collect();
            assert!(
                help.split_whitespace().collect::<String>().contains(&words),
                "{help}"
            );
        }
    }

    #[test]
    fn durations_are_read_as_people_type_them() {
        let table = [
            ("5s", 5_000),
            ("500ms", 500),
            ("1m30s", 90_000),
            ("1m 30s", 90_000),
            ("1h", 3_600_000),
            ("PT2S", 2_000),
        ];
        for (typed, millis) in table {
            assert_eq!(
                parse_timeout(typed),
                Ok(Duration::from_millis(millis)),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_wrong_duration_is_told_what_would_be_right() {
        for typed in [
            "",
            "5",
            "0s",
            "-5s",
            "5s ago",
            "soon",
            "61m",
            "1y",
            "9223372036854775807h",
        ] {
            let error = parse_timeout(typed).unwrap_err();
            assert!(
                error.contains("500ms") || error.contains("1h"),
                "{typed}: {error}"
            );
        }
    }
}
