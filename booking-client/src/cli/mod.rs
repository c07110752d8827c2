//! What may be typed, and the manual: clap definitions only, no decisions. One file per family of
//! commands.
//!
//! The article's form stays the top level for good: a first argument that is `HOST:PORT` can never
//! be mistaken for the name of a command. Commands are told where the service is by flags or by
//! the environment, which is set once per shell.

mod audit;
mod booking;
mod cases;
mod catalogue;
mod common;
mod emergency;
mod hospital;
mod load;
mod manual;
mod report;
mod schedule;
mod sessions;
mod transfer;
mod watch;
pub mod words;

use std::{ffi::OsString, time::Duration};

use alts::HandshakerArgs;
use clap::{
    ArgAction, ArgMatches, Command as Clap, CommandFactory as _, FromArgMatches as _, Parser,
    Subcommand, ValueEnum,
};
use clap_complete::Shell;

pub use self::{
    audit::{Audit, AuditFilter},
    booking::{BookingArgs, DEFAULT_DOCTOR, DEFAULT_PATIENT},
    cases::{
        CaseFields, Cases, CorrectArgs, CreateCaseArgs, EndArgs, ListCasesArgs, MilestoneArgs,
        PlanArgs, PushArgs, RescheduleArgs, TeamArgs, UpdateCaseArgs,
    },
    catalogue::{
        Equipment, ProcedureFields, Procedures, ReasonFields, Reasons, RetireArgs, Sites,
        UnitFields,
    },
    common::{ChangeArgs, MAX_TIMEOUT, OverrideArg, WriteArgs},
    emergency::Emergency,
    hospital::{AwayArgs, Staff, StaffFields, TheatreFields, Theatres, UnavailabilityArgs},
    load::LoadArgs,
    report::{Report, ReportArgs},
    schedule::{ConflictsArgs, ScheduleArgs, SlotsArgs},
    sessions::{
        ChangeTemplateArgs, FlagArgs, ListSessionsArgs, NewSessionArgs, OwnerArgs, Sessions,
        TemplateArgs, Templates,
    },
    transfer::{ExportArgs, ExportFormat, ImportArgs},
    watch::WatchArgs,
};
use crate::telemetry::LogFormat;

/// Ask the OT booking service over ALTS: when a patient is booked, and everything else about a
/// hospital's theatres.
///
/// With an ADDRESS: when is a patient booked with a doctor? With a COMMAND: plan cases, see the
/// day, find slots, report, import, export. Either way this machine's service account is proven to
/// the service, the service must prove that it is one of the accounts named, and only then is
/// anything sent. No key or password is typed or stored here: the machine's handshaker holds them.
#[derive(Debug, Parser)]
#[command(
    name = "booking-client",
    version,
    subcommand_negates_reqs = true,
    disable_help_subcommand = false,
    override_usage = "booking-client [OPTIONS] <ADDRESS> <ACCOUNT>...\n       \
                      booking-client [OPTIONS] <ADDRESS>,<ACCOUNT>[,<ACCOUNT>...]\n       \
                      booking-client [OPTIONS] <COMMAND> ...",
    after_help = "Try 'booking-client --help' for examples and exit codes, and 'booking-client help \
                  COMMAND' for one command.",
    after_long_help = manual::text(),
)]
pub struct Cli {
    /// The article's call.
    #[command(flatten)]
    pub booking: BookingArgs,

    /// Anything else.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What every command takes.
    #[command(flatten)]
    pub common: Common,

    /// The handshaker this machine runs. Last, because its help heading holds for what follows.
    #[command(flatten)]
    pub handshaker: HandshakerArgs,
}

/// What every command takes, before or behind its name.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Every command")]
pub struct Common {
    /// The booking service, as HOST:PORT; the article's call has it first
    #[arg(long, global = true, env = "OT_SERVER", value_name = "HOST:PORT")]
    pub server: Option<String>,

    /// A service account the server may prove to be; repeat it, or join with commas
    #[arg(
        long,
        global = true,
        env = "OT_SERVER_ACCOUNT",
        value_name = "ACCOUNT",
        value_delimiter = ','
    )]
    pub server_account: Vec<String>,

    /// Act for this person; only accounts that may are believed
    #[arg(
        long,
        global = true,
        env = "OT_ON_BEHALF_OF",
        value_name = "PERSON",
        hide_short_help = true
    )]
    pub on_behalf_of: Option<String>,

    /// The site whose civil time is typed and shown; needed where there are several
    #[arg(
        long,
        global = true,
        env = "OT_SITE",
        value_name = "SITE",
        hide_short_help = true
    )]
    pub site: Option<String>,

    /// How the answer is printed on stdout
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub output: OutputFormat,

    /// Give up after this long: connecting, handshake and answer together
    ///
    /// A number with a unit: 5s, 500ms, 1m 30s. At most 1h. For commands that make several calls
    /// or listen for long: each call.
    #[arg(long, global = true, value_name = "DURATION", default_value = "20s", value_parser = common::parse_timeout)]
    pub timeout: Duration,

    /// How log lines are written on stderr
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        hide_short_help = true
    )]
    pub log_format: LogFormat,

    /// Print the condition too, and log more on stderr: -v progress, -vv details, -vvv everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
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

/// Everything but the article's call.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Cases: enter, plan, move, cancel, record what happened
    #[command(subcommand)]
    Cases(Box<Cases>),
    /// Theatres: their hours, what they can do, when they are closed
    #[command(subcommand)]
    Theatres(Theatres),
    /// Staff: what they may do, when they are away
    #[command(subcommand)]
    Staff(Staff),
    /// Sites: where the theatres are, and what the clocks show there
    #[command(subcommand)]
    Sites(Sites),
    /// Equipment: units that can be in one place at a time
    #[command(subcommand)]
    Equipment(Equipment),
    /// Procedure types: default durations, and what is needed
    #[command(subcommand)]
    Procedures(Procedures),
    /// Reasons for moving, postponing and cancelling
    #[command(subcommand)]
    Reasons(Reasons),
    /// Sessions: theatres' time that belongs to somebody
    #[command(subcommand)]
    Sessions(Sessions),
    /// One day, theatre by theatre
    Schedule(ScheduleArgs),
    /// What stands in the schedule against the rules
    Conflicts(ConflictsArgs),
    /// Where a case would fit
    Slots(Box<SlotsArgs>),
    /// What could be done for an emergency now, and do it
    #[command(subcommand)]
    Emergency(Emergency),
    /// Changes as they happen, until Ctrl-C
    Watch(WatchArgs),
    /// Figures about what happened, with their definitions
    #[command(subcommand)]
    Report(Report),
    /// Take in a log of past cases
    Import(ImportArgs),
    /// Cases as a file: CSV, FHIR or iCalendar
    Export(ExportArgs),
    /// Who did what, and whether the record is intact
    #[command(subcommand)]
    Audit(Audit),
    /// Book as fast as told, and say how fast that was
    Load(LoadArgs),
    /// A completion script for a shell, on stdout
    #[command(after_help = manual::COMPLETIONS)]
    Completions {
        /// For which shell
        shell: Shell,
    },
}

/// The definitions, complete: flags of the handshaker may stand anywhere, as all common ones.
pub fn definitions() -> Clap {
    Cli::command().mut_args(|arg| {
        let common = arg.is_global_set() || arg.get_id().as_str().contains("handshaker");
        arg.global(common)
    })
}

/// Whether this is the name of a command.
pub fn is_command(word: &str) -> bool {
    Cli::command().find_subcommand(word).is_some()
}

/// Reads a command line.
///
/// # Errors
/// clap's, which prints itself and knows its exit code.
pub fn parse(
    argv: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let matches: ArgMatches = definitions().try_get_matches_from(argv)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut definitions()))
}

#[cfg(test)]
mod tests;
