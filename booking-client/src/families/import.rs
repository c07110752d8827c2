//! `booking-client import`: rows of a log to the service, a thousand at most in a call.
//!
//! ```text
//!   file ──► theatre_log ──► batches ──► ImportCases ──► outcomes, counted and printed
//! ```
//!
//! A row is known by its source and encounter, so a batch whose answer was lost is simply sent again,
//! and so is a file after a run that was stopped.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, IsTerminal as _, Read, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{ImportCasesRequest, ImportOutcome, ImportRow, import_outcome::Kind};
use clap::Args;
use jiff::tz::TimeZone;
use theatre_log::{Log, Mapping, Refused};
use tonic::Code;
use uuid::Uuid;

use crate::{
    connection::Service,
    exit::Exit,
    failure::Failure,
    printable::Printable,
    printing::Printer,
    reading::{OutputFormat, UsageError, shown},
};

/// A log to take in.
#[derive(Debug, Args)]
#[command(after_long_help = MANUAL)]
pub struct ImportArgs {
    /// The log: CSV with a header; - for stdin
    file: PathBuf,
    /// The zone whose clocks the log was written by, such as America/New_York; never guessed
    #[arg(long, value_name = "ZONE")]
    time_zone: String,
    /// Names of columns and forms of dates where they differ from the usual: see below
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// A name for the log; part of what makes a row the same row. The file's own name unless told
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Refuse a row whose plan overlaps one taken before it, instead of importing and flagging it
    #[arg(long)]
    strict: bool,
    /// Say what would happen, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Rows sent in one call
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=1000), hide_short_help = true)]
    batch: u16,
}

const MANUAL: &str = "\
The log is CSV with a header, one case a row; a byte-order mark and CRLF line ends are fine. Columns
are found by these names, in any order and letter case; others are left alone:
  Encounter ID, Date, OR Suite, Service, CPT Description, Booked Time (min), OR Schedule,
  Wheels In, Start Time, End Time, Wheels Out
Needed are the encounter, the theatre, the booked minutes and the schedule. Dates and times may be
ISO (2022-01-03 07:05) or American (1/3/22 7:05 AM); a time without a date takes it from Date.
What the procedure column says is kept as the procedure's name; codes are never read.

A mapping file names other columns and forms (all entries are optional):
  [columns]
  encounter_id   = \"Case No\"
  theatre        = \"Room\"
  specialty      = \"Dept\"
  procedure      = \"Procedure\"
  date           = \"Day\"
  booked_min     = \"Minutes\"
  scheduled_time = \"Planned\"
  wheels_in      = \"In\"
  knife_to_skin  = \"Cut\"
  closed         = \"Close\"
  wheels_out     = \"Out\"
  [format]
  date_time = [\"%d.%m.%Y %H:%M\"]
  date      = [\"%d.%m.%Y\"]
  delimiter = \";\"

Importing the same file again changes nothing: a row is known by --source and its encounter. So a
run that was stopped goes on when it is started again. Exit code 1: some rows were refused.

Examples:
  booking-client import log.csv --time-zone America/New_York --dry-run
  booking-client import log.csv --time-zone Europe/Berlin --mapping ours.toml --strict";

/// How often a batch is sent again when its answer is lost, and how long after.
const ATTEMPTS: u32 = 6;
const WAIT: Duration = Duration::from_millis(500);
/// How often progress is told where nobody redraws a line.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

impl ImportArgs {
    /// Takes the log in.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<Exit, Failure> {
        let mut log = open(&self)?;
        let mut import = Import {
            service,
            args: &self,
            source: source_name(self.source.as_deref(), &self.file)?,
            site: service.site().await?,
            count: ImportCount::default(),
            progress: Progress::new(),
        };
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        let stopped = tokio::select! {
            sent = import.everything(&mut log, printer) => sent.err(),
            _ = &mut interrupted => Some(Failure::here("stopped; the same command goes on from here")),
        };
        import.progress.end();
        printer.note(&import.count.summary(self.dry_run))?;
        match stopped {
            Some(failure) => Err(failure),
            None if import.count.of(Kind::Refused) > 0 => Ok(Exit::Refused),
            None => Ok(Exit::Done),
        }
    }
}

fn open(args: &ImportArgs) -> Result<Log<Box<dyn Read>>, Failure> {
    let zone = TimeZone::get(&args.time_zone).map_err(|_| {
        Failure::usage(&format!(
            "--time-zone '{}' is not the name of a zone; write one such as America/New_York",
            Printable(&args.time_zone)
        ))
    })?;
    let mapping = match &args.mapping {
        None => Mapping::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            Mapping::parse(&text)
                .map_err(|error| Failure::usage(&format!("{}: {error}", path.display())))?
        }
    };
    let bytes: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&args.file).map_err(|error| unreadable(&args.file, &error))?)
    };
    Log::open(bytes, &mapping, zone)
        .map_err(|error| Failure::usage(&format!("{} {error}", args.file.display())))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(&format!(
        "{} cannot be read: {error}; check its name",
        path.display()
    ))
}

/// What a log is called: as it was told, or its file without folders, so that the same file in
/// another folder is the same log.
fn source_name(told: Option<&str>, file: &Path) -> Result<String, UsageError> {
    if let Some(told) = told {
        return Ok(told.to_owned());
    }
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| name != "-").ok_or_else(|| {
        UsageError::Meaning(
            "a log on stdin has no name of its own; give it one with --source".to_owned(),
        )
    })
}

struct Import<'a> {
    service: &'a Service,
    args: &'a ImportArgs,
    source: String,
    site: String,
    count: ImportCount,
    progress: Progress,
}

impl Import<'_> {
    async fn everything(
        &mut self,
        log: &mut Log<impl Read>,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let mut batch = Vec::new();
        for row in log {
            match row
                .map_err(|error| Failure::here(&format!("{} {error}", self.args.file.display())))?
            {
                Ok(row) => batch.push(row),
                Err(refused) => self.tell(&not_understood(&refused), printer)?,
            }
            if batch.len() == usize::from(self.args.batch) {
                self.send(std::mem::take(&mut batch), printer).await?;
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.send(batch, printer).await
    }

    async fn send(&mut self, rows: Vec<ImportRow>, printer: &mut Printer) -> Result<(), Failure> {
        let request = ImportCasesRequest {
            source: self.source.clone(),
            site: self.site.clone(),
            rows,
            strict: self.args.strict,
            validate_only: self.args.dry_run,
            request_id: Uuid::new_v4().to_string(),
        };
        let mut attempt = 1;
        let answer = loop {
            match self.service.call(request.clone()).await {
                Err(failure) if attempt < ATTEMPTS && may_be_sent_again(&failure) => {
                    tracing::warn!(%failure, attempt, "sending the rows again");
                    tokio::time::sleep(WAIT * attempt).await;
                    attempt += 1;
                }
                answer => break answer?,
            }
        };
        for outcome in &answer.outcomes {
            self.tell(outcome, printer)?;
        }
        self.progress.tell(&self.count);
        Ok(())
    }

    fn tell(&mut self, outcome: &ImportOutcome, printer: &mut Printer) -> Result<(), Failure> {
        // Programs are told of every row, people of those that went wrong.
        let kind = match outcome.kind() {
            Kind::Unspecified => Kind::Refused,
            kind => kind,
        };
        *self.count.0.entry(kind).or_default() += 1;
        let worth_telling = printer.format == OutputFormat::Json
            || !matches!(outcome.kind(), Kind::Imported | Kind::Unchanged);
        if worth_telling {
            printer.message(outcome, outcome_line)?;
        }
        Ok(())
    }
}

/// A row that this side could not read is told like one that the service refused.
fn not_understood(refused: &Refused) -> ImportOutcome {
    ImportOutcome {
        line: i32::try_from(refused.line).unwrap_or(i32::MAX),
        kind: Kind::Refused.into(),
        case: String::new(),
        message: refused.why.clone(),
    }
}

/// Nothing was said about the rows, or that they may come again.
fn may_be_sent_again(failure: &Failure) -> bool {
    failure.exit() == Exit::Failed
        && matches!(failure.code(), Code::Unavailable | Code::DeadlineExceeded)
}

/// What became of the rows so far, those that this side refused among them.
#[derive(Clone, Debug, Default)]
struct ImportCount(BTreeMap<Kind, u64>);

impl ImportCount {
    fn of(&self, kind: Kind) -> u64 {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn words(&self) -> String {
        let (flagged, refused) = (self.of(Kind::Flagged), self.of(Kind::Refused));
        format!(
            "{} imported, {flagged} of them flagged, {} here before, {refused} refused",
            self.of(Kind::Imported) + flagged,
            self.of(Kind::Unchanged),
        )
    }

    /// How far it is.
    fn progress(&self, elapsed: Duration) -> String {
        let rows = self.total();
        let rate = rows as f64 / elapsed.as_secs_f64().max(0.001);
        format!("{rows} rows: {} ({rate:.0} rows/s)", self.words())
    }

    /// How it ended.
    fn summary(&self, dry_run: bool) -> String {
        let mode = if dry_run {
            "Dry run, nothing was changed: "
        } else {
            ""
        };
        format!("{mode}{} rows: {}", self.total(), self.words())
    }
}

/// A row that a person should look at.
fn outcome_line(outcome: &ImportOutcome) -> String {
    let (kind, message) = (outcome.kind(), Printable(&outcome.message));
    format!(
        "line {}: {}: {message}\n",
        outcome.line,
        shown(kind.as_str_name())
    )
}

/// How far it is, on stderr: redrawn on a terminal, a line now and then elsewhere.
struct Progress {
    redraws: bool,
    begun: Instant,
    told: Instant,
}

impl Progress {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            redraws: io::stderr().is_terminal(),
            begun: now,
            told: now,
        }
    }

    fn tell(&mut self, count: &ImportCount) {
        let line = count.progress(self.begun.elapsed());
        // A closed stderr must not end the import.
        if self.redraws {
            drop(write!(io::stderr(), "\r\u{1b}[K{line}"));
        } else if self.told.elapsed() >= PROGRESS_EVERY {
            self.told = Instant::now();
            drop(writeln!(io::stderr(), "{line}"));
        }
    }

    fn end(&self) {
        if self.redraws {
            drop(write!(io::stderr(), "\r\u{1b}[K"));
        }
    }
}
