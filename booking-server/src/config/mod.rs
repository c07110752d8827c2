//! The command line and the environment: read here, once, into values that need no more checking.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use alts::{HandshakerArgs, ServiceAccount};
use booking_store::{Location, Seed};
use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser as _},
    error::ErrorKind,
    parser::ValueSource,
};
use jiff::SignedDuration;
use tracing_subscriber::EnvFilter;

use crate::telemetry::LogFormat;

/// The longest drain: beyond an hour it is a mistyped unit.
const MAX_DRAIN_TIMEOUT: SignedDuration = SignedDuration::from_hours(1);

/// The shortest life of a connection: below it, a server would be busy with handshakes.
const MIN_CONNECTION_AGE: SignedDuration = SignedDuration::from_secs(1);

/// What every service account's e-mail address ends with.
const ACCOUNT_SUFFIX: &str = ".gserviceaccount.com";

const AFTER_HELP: &str = "\
Examples:
  On Google Compute Engine, as in the article:
    booking-server prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com

  On a laptop, with `alts-handshaker mock` running, leaving nothing behind:
    booking-server --handshaker-address 127.0.0.1:18081 --allow-untrusted-handshaker \\
        --database-url sqlite::memory: --listen 127.0.0.1:8080 \\
        prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com

  For a hospital, with several servers on one database, and roles in a file:
    booking-server --database-url postgres://booking@db.internal/ot --access /etc/ot/access.toml

The access file gives roles to accounts, and to people for whom an account may act:
  [accounts.\"web@hospital.iam.gserviceaccount.com\"]
  roles = [\"coordinator\"]
  act_as = true               # its calls may carry the metadata on-behalf-of: anna
  [people.anna]
  roles = [\"surgeon\"]
  permissions = [\"reports.read\"]
  staff = \"DC-3904\"
`booking-server roles` shows every role, and which methods it may call. The file is read anew
when it changes, and on SIGHUP; one that cannot be understood changes nothing.

Accounts on the command line, in either form, replace those of OT_ALLOWED_CLIENTS. Those that the
access file does not name may ask the article's question, and nothing else.
SIGINT and SIGTERM drain the server; a second signal ends it at once.
Exit status: 0 after a drain, 1 when it cannot start or go on, or when the doctor finds something,
2 for a wrong command line.";

/// The operating-theatre booking service: gRPC over ALTS.
///
/// Answers otbooking.OtBookingService, ot.v1, grpc.health.v1 and grpc.reflection.v1 for the service
/// accounts named here or in the access file, and for nobody else.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "booking-server",
    version,
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true
)]
struct CommandLine {
    #[command(subcommand)]
    other: Option<Other>,

    #[command(flatten)]
    serve: Config,
}

/// How this server is to run.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Service accounts that may call, as e-mail addresses
    #[arg(value_name = "ALLOWED_CLIENT_ACCOUNT", value_delimiter = ',')]
    pub allowed_clients: Vec<ServiceAccount>,

    /// One more service account that may call; may be repeated
    #[arg(
        long,
        value_name = "ACCOUNT",
        env = "OT_ALLOWED_CLIENTS",
        value_delimiter = ','
    )]
    allow_client: Vec<ServiceAccount>,

    /// Address and port to listen on; port 0 takes a free one and logs it
    #[arg(
        long,
        value_name = "ADDR",
        env = "OT_LISTEN",
        default_value = "0.0.0.0:8080",
        value_parser = listen_address
    )]
    pub listen: SocketAddr,

    /// Who may do what: a TOML file, as below
    #[arg(long, value_name = "FILE", env = "OT_ACCESS")]
    pub access: Option<PathBuf>,

    /// Where the cases are kept.
    #[command(flatten)]
    pub database: Database,

    /// What a new database is filled with: `article` is an invented hospital around the article's
    /// case, `demo` the same with a believable week of cases around today. A database that is in use is never seeded
    #[arg(
        long,
        default_value = "article",
        value_parser = PossibleValuesParser::new([Seed::Article, Seed::Demo, Seed::None].map(Seed::as_str))
            .try_map(|name| name.parse::<Seed>())
    )]
    pub seed: Seed,

    /// How long calls under way may take to finish after a stop, such as 30s or 1m30s
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = drain_timeout)]
    pub drain_timeout: Duration,

    /// How old a connection may grow, such as 10m, before its client has to shake hands anew; watches
    /// end then. A disabled account keeps the connections it has: this bounds for how long.
    /// Unlimited when absent
    #[arg(long, value_name = "TIME", env = "OT_MAX_CONNECTION_AGE", value_parser = connection_age)]
    pub max_connection_age: Option<Duration>,

    /// How log lines look on standard error
    #[arg(long, value_enum, default_value = "text", env = "OT_LOG_FORMAT")]
    pub log_format: LogFormat,

    /// Which log lines are written: a level, or directives such as `info,alts=debug`
    #[arg(long, value_name = "FILTER", default_value = "info", env = "OT_LOG", value_parser = log_filter)]
    pub log: String,

    /// Log patients' numbers instead of pseudonyms: for demonstrations with invented patients only
    #[arg(long)]
    pub log_patient_ids: bool,

    /// The handshaker to use.
    #[command(flatten)]
    pub handshaker: HandshakerArgs,
}

/// What the program does instead of serving.
#[derive(Clone, Debug, Subcommand)]
enum Other {
    /// Looks for what contradicts itself in the database: double bookings, resources held by
    /// nobody, an audit that was altered. Run it while no server uses an SQLite file
    Doctor {
        #[command(flatten)]
        database: Database,
    },
    /// Shows every role, and which methods it may call
    Roles,
}

/// Which database.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// Where the cases are kept: sqlite:FILE, sqlite::memory: or postgres://USER@HOST/DATABASE
    #[arg(
        long = "database-url",
        value_name = "URL",
        env = "OT_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:ot-booking.db"
    )]
    pub location: Location,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Invocation {
    /// Serve.
    Serve(Box<Config>),
    /// Examine a database.
    Doctor(Location),
    /// Show the roles.
    Roles,
}

impl Invocation {
    /// Reads a command line, the program's name first, and the environment.
    ///
    /// # Errors
    ///
    /// What clap prints and exits with: status 2 for a usage error, 0 for `--help`.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = CommandLine::command();
        let matches = command.try_get_matches_from_mut(args)?;
        let CommandLine { other, mut serve } = CommandLine::from_arg_matches(&matches)?;
        match other {
            Some(Other::Doctor { database }) => return Ok(Self::Doctor(database.location)),
            Some(Other::Roles) => return Ok(Self::Roles),
            None => {}
        }
        // A command line that names accounts means those and no others, whatever the environment says.
        let from_environment =
            matches.value_source("allow_client") == Some(ValueSource::EnvVariable);
        if !from_environment || serve.allowed_clients.is_empty() {
            serve.allowed_clients.append(&mut serve.allow_client);
        }
        serve.allowed_clients.sort();
        serve.allowed_clients.dedup();
        if serve.allowed_clients.is_empty() && serve.access.is_none() {
            return Err(command.error(
                ErrorKind::MissingRequiredArgument,
                "no client may call: name the service accounts that may, as in\n\n  \
                 booking-server \
                 prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com\n\n\
                 or with --allow-client, or in OT_ALLOWED_CLIENTS, or in a file with --access",
            ));
        }
        Ok(Self::Serve(Box::new(serve)))
    }
}

/// Whether an account could be one of Google's. Others are allowed, a mistyped one is likely.
pub fn looks_like_service_account(account: &ServiceAccount) -> bool {
    let text: &str = account.as_ref();
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.len() > ACCOUNT_SUFFIX.len() && domain.ends_with(ACCOUNT_SUFFIX)
    })
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse();
    address.map_err(|_| "write an IP address and a port, such as 127.0.0.1:8080".to_owned())
}

fn span(text: &str) -> Result<SignedDuration, String> {
    text.parse()
        .map_err(|_| "write a time such as 30s, 1m30s or 500ms".to_owned())
}

fn connection_age(text: &str) -> Result<Duration, String> {
    let age = span(text)?;
    let long = age >= MIN_CONNECTION_AGE;
    long.then_some(age.unsigned_abs())
        .ok_or_else(|| format!("at least {} s", MIN_CONNECTION_AGE.as_secs()))
}

fn drain_timeout(text: &str) -> Result<Duration, String> {
    let timeout = span(text)?;
    if timeout > MAX_DRAIN_TIMEOUT {
        return Err(format!("at most {} minutes", MAX_DRAIN_TIMEOUT.as_mins()));
    }
    let timeout = timeout.try_into();
    timeout.map_err(|_| "a time cannot be negative".to_owned())
}

/// Kept as text, because a filter cannot be cloned; parsed again where it is used.
fn log_filter(text: &str) -> Result<String, String> {
    let parsed = EnvFilter::builder().parse(text);
    parsed
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
