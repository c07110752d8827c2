//! `import`: rows of a log to the service, a thousand at most in a call.
//!
//! ```text
//!   file ──► theatre_log ──► batches ──► ImportCases ──► outcomes, counted and printed
//! ```
//!
//! A row is known by its source and encounter, so a batch whose answer was lost is simply sent again,
//! and so is a file after a run that was stopped.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read, Write},
    path::Path,
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{ImportCasesRequest, ImportOutcome, ImportRow, import_outcome::Kind};
use jiff::tz::TimeZone;
use theatre_log::{Log, Mapping, Refused};
use tonic::Code;

use super::{Service, options};
use crate::{
    cli::{ImportArgs, WriteArgs},
    exit::Exit,
    failure::Failure,
    output::{self, ImportCount, Printer},
    request::source_name,
};

/// How often a batch is sent again when its answer is lost, and how long after.
const ATTEMPTS: u32 = 6;
const WAIT: Duration = Duration::from_millis(500);
/// How often progress is told where nobody redraws a line.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(
    service: &Service,
    args: &ImportArgs,
    printer: &mut Printer<impl Write>,
) -> Result<Exit, Failure> {
    let mut log = open(args)?;
    let mut import = Import {
        service,
        args,
        source: source_name(args.source.as_deref(), &args.file)?,
        site: service.site().await?.to_owned(),
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
    printer.summary(&output::import_summary(&import.count, args.dry_run))?;
    match stopped {
        Some(failure) => Err(failure),
        None if import.count.refused > 0 => Ok(Exit::Refused),
        None => Ok(Exit::Done),
    }
}

fn open(args: &ImportArgs) -> Result<Log<Box<dyn Read>>, Failure> {
    let zone = TimeZone::get(&args.time_zone).map_err(|_| {
        Failure::usage(&format!(
            "--time-zone '{}' is not the name of a zone; write one such as America/New_York",
            crate::printable::Printable(&args.time_zone)
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
        printer: &mut Printer<impl Write>,
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

    async fn send(
        &mut self,
        rows: Vec<ImportRow>,
        printer: &mut Printer<impl Write>,
    ) -> Result<(), Failure> {
        let write = options(&WriteArgs {
            dry_run: self.args.dry_run,
            request_id: None,
        });
        let request = ImportCasesRequest {
            source: self.source.clone(),
            site: self.site.clone(),
            rows,
            strict: self.args.strict,
            validate_only: write.validate_only,
            request_id: write.request_id,
        };
        let mut attempt = 1;
        let answer = loop {
            let mut transfer = self.service.transfer();
            let answer = self
                .service
                .call(request.clone(), async |r| transfer.import_cases(r).await)
                .await;
            match answer {
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

    fn tell(
        &mut self,
        outcome: &ImportOutcome,
        printer: &mut Printer<impl Write>,
    ) -> Result<(), Failure> {
        self.count.add(outcome.kind());
        printer.import_outcome(outcome)?;
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
        let line = output::import_progress(count, self.begun.elapsed());
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
