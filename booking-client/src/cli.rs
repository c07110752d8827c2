//! The whole command line: what may be typed, who does it, and the manual. The only file that names every
//! family of commands.
//!
//! The article's form stays the top level for good: a first argument that is `HOST:PORT` can never
//! be mistaken for the name of a command. Commands are told where the service is by flags or by
//! the environment, which is set once per shell.

use std::{
    ffi::OsString,
    io::{self, Write as _},
};

use alts::HandshakerArgs;
use clap::{Command as Clap, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    connection::Service,
    exit::{self, Exit},
    failure::Failure,
    families::{
        audit::Audit, booking::BookingArgs, cases::Cases, conflicts::ConflictsArgs,
        emergency::Emergency, equipment::Equipment, export::ExportArgs, import::ImportArgs,
        load::LoadArgs, procedures::Procedures, reasons::Reasons, report::Report,
        schedule::ScheduleArgs, sessions::Sessions, sites::Sites, slots::SlotsArgs, staff::Staff,
        theatres::Theatres, watch::WatchArgs,
    },
    printing::Printer,
    reading::{Common, EVERY_COMMAND, Endpoint, UsageError},
};

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
    after_long_help = manual(),
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
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// For which shell
        shell: Shell,
    },
}

impl Cli {
    /// The service that is asked.
    ///
    /// # Errors
    /// [`UsageError`] when nothing says which, or what says so is wrong.
    pub fn endpoint(&self) -> Result<Endpoint, UsageError> {
        let accounts = &self.booking.accounts;
        match (&self.command, self.booking.typed()) {
            (Some(_), Some(typed)) => Err(UsageError::MixedForms(typed)),
            (Some(_), None) => Endpoint::of_command(&self.common),
            (None, _) => match accounts.iter().find(|account| is_command(account)) {
                Some(command) => Err(UsageError::CommandAfterAddress(command.clone())),
                None => self.booking.endpoint(),
            },
        }
    }

    /// Does what was typed, at the service.
    ///
    /// # Errors
    /// A [`Failure`] that names cause and remedy.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<Exit, Failure> {
        let Some(command) = self.command else {
            self.booking.run(service, printer).await?;
            return Ok(Exit::Done);
        };
        let done = match command {
            Command::Cases(command) => command.run(service, printer).await,
            Command::Theatres(command) => command.run(service, printer).await,
            Command::Staff(command) => command.run(service, printer).await,
            Command::Sites(command) => command.run(service, printer).await,
            Command::Equipment(command) => command.run(service, printer).await,
            Command::Procedures(command) => command.run(service, printer).await,
            Command::Reasons(command) => command.run(service, printer).await,
            Command::Sessions(command) => command.run(service, printer).await,
            Command::Schedule(args) => args.run(service, printer).await,
            Command::Conflicts(args) => args.run(service, printer).await,
            Command::Slots(args) => args.run(service, printer).await,
            Command::Emergency(command) => command.run(service, printer).await,
            Command::Watch(args) => args.run(service, printer).await,
            Command::Report(command) => command.run(service, printer).await,
            Command::Export(args) => args.run(service, printer).await,
            // These have more than one way to end well.
            Command::Import(args) => return args.run(service, printer).await,
            Command::Audit(command) => return command.run(service, printer).await,
            Command::Load(args) => return args.run(service, printer).await,
            Command::Completions { shell } => return complete(shell),
        };
        done.map(|()| Exit::Done)
    }
}

/// A completion script on stdout. In memory first: a reader who leaves early is no error, and the generator would panic over one.
///
/// # Errors
/// The writer's.
pub fn complete(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definitions(), "booking-client", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}

/// The definitions, complete: flags of the handshaker may stand anywhere, as all common ones, and a day
/// may begin with a hyphen, as in -7.
pub fn definitions() -> Clap {
    fn days_may_begin_with_a_hyphen(command: Clap) -> Clap {
        let command = command.mut_args(|arg| {
            let names = arg.get_value_names().unwrap_or_default();
            let is_day = names.iter().any(|name| name.starts_with("DAY"));
            if is_day {
                arg.allow_hyphen_values(true)
            } else {
                arg
            }
        });
        command.mut_subcommands(days_may_begin_with_a_hyphen)
    }
    let definitions = Cli::command().mut_args(|arg| {
        let common = arg.get_help_heading() == Some(EVERY_COMMAND);
        let common = common || arg.get_id().as_str().contains("handshaker");
        arg.global(common)
    });
    days_may_begin_with_a_hyphen(definitions)
}

/// Whether this is the name of a command.
fn is_command(word: &str) -> bool {
    Cli::command().find_subcommand(word).is_some()
}

/// Reads a command line.
///
/// # Errors
/// clap's, which prints itself and knows its exit code.
pub fn parse(
    argv: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let matches = definitions().try_get_matches_from(argv)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut definitions()))
}

/// What follows the options in `booking-client --help`.
fn manual() -> String {
    let mut text = String::from(EXAMPLES);
    text.push_str("\nExit codes:\n");
    for (exit, meaning) in exit::TABLE {
        text.push_str(&format!("  {}  {meaning}\n", exit as u8));
    }
    text.push_str(ERRORS);
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

  For commands, name the service once per shell:
    export OT_SERVER=10.128.0.2:8080
    export OT_SERVER_ACCOUNT=prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com
    booking-client schedule
    booking-client cases list --waiting
    booking-client slots 0190b5c4 --latest 2026-12-01
    booking-client cases schedule 0190b5c4 --theatre OT-1 --start '2026-11-27 08:30'

Names, times, days:
  A resource is typed by its identifier (OT-1) or its full name (theatres/OT-1).
  A TIME is now, 08:30 (today), '2026-11-27 08:30' in the site's civil time, or with an offset:
  2026-10-25T01:30+01:00. A time that the clocks leave out or show twice is refused, not guessed.
  A DAY is today, tomorrow, yesterday, +3, -7 or 2026-11-27.
";

const ERRORS: &str = "
Errors are one line on stderr: 'booking-client: STATUS: cause; remedy'. A refusal that has several
reasons lists each on a line of its own below it.
RUST_LOG, when set, decides what is logged (for example RUST_LOG=alts=debug).";

/// Behind `completions --help`.
const COMPLETIONS: &str = "\
Examples:
  bash:  booking-client completions bash > ~/.local/share/bash-completion/completions/booking-client
  zsh:   booking-client completions zsh > \"${fpath[1]}/_booking-client\"
  fish:  booking-client completions fish > ~/.config/fish/completions/booking-client.fish";

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
