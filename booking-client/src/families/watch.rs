//! `booking-client watch`: changes until Ctrl-C, over as many connections as it takes.
//!
//! ```text
//!   open(token) ──► messages ──► lost ──► wait ──► open(last token)
//!                      │
//!                      └──► WATCH_TOKEN_EXPIRED ──► open without a token: a new snapshot
//! ```

use std::time::Duration;

use booking_proto::{
    contract::limits::WATCH_HEARTBEAT,
    ot::v1::{WatchScheduleRequest, WatchScheduleResponse, watch_schedule_response::Kind},
};
use clap::Args;
use theatre_log::stamp;
use tonic::Code;

use super::cases::shown::case_line;
use crate::{
    connection::Service,
    exit::Exit,
    failure::Failure,
    printable::Printable,
    printing::{Printer, clock},
    reading::{Bound, SiteTime, UsageError, resources},
};

/// What to watch.
#[derive(Debug, Args)]
#[command(after_help = MANUAL)]
pub struct WatchArgs {
    /// Only this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// Only what is planned from then on
    #[arg(long, value_name = "DAY|TIME", requires = "to")]
    from: Option<Bound>,
    /// Only what is planned until then
    #[arg(long, value_name = "DAY|TIME", requires = "from")]
    to: Option<Bound>,
    /// Go on from a token that was printed before, without telling again what is there
    #[arg(long, value_name = "TOKEN")]
    resume: Option<String>,
    /// Stop when what is there has been told
    #[arg(long, conflicts_with = "resume")]
    snapshot_only: bool,
}

const MANUAL: &str = "\
A line per change, in the order in which they were made, none left out. A lost connection is taken
up again where it broke. After -v each line ends with a token: give it to --resume to go on from
there in a later run.";

impl WatchArgs {
    fn into_request(self, site: &SiteTime) -> Result<WatchScheduleRequest, UsageError> {
        let from = self.from.map(|from| from.from(site)).transpose()?;
        let to = self.to.map(|to| to.to(site)).transpose()?;
        Ok(WatchScheduleRequest {
            theatres: resources("theatres", &self.theatre),
            start_time: from.map(stamp),
            end_time: to.map(stamp),
            resume_token: self.resume.unwrap_or_default(),
        })
    }

    /// Watches until it is stopped.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let site = service.site_time().await?;
        let mut watch = Watch {
            service,
            snapshot_only: self.snapshot_only,
            request: self.into_request(&site)?,
            site,
        };
        tokio::select! {
            ended = watch.follow(printer) => ended,
            // Nothing is lost: whoever needs to go on has the last token.
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    }
}

/// A connection that is silent for three times as long as the service ever is, is dead.
const SILENCE: Duration = WATCH_HEARTBEAT.saturating_mul(3);
/// Between two attempts, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

struct Watch<'a> {
    service: &'a Service,
    /// What is asked next; its token moves with what was printed.
    request: WatchScheduleRequest,
    site: SiteTime,
    snapshot_only: bool,
}

impl Watch<'_> {
    async fn follow(&mut self, printer: &mut Printer) -> Result<(), Failure> {
        let mut wait = FIRST_WAIT;
        loop {
            let token = self.request.resume_token.clone();
            let failure = match self.one_connection(printer).await {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if failure.code() == Code::OutOfRange && !self.request.resume_token.is_empty() {
                tracing::warn!("too far behind: starting again with everything that is there");
                self.request.resume_token.clear();
            } else if !passes(&failure) {
                return Err(failure);
            }
            if self.request.resume_token != token {
                wait = FIRST_WAIT;
            }
            tracing::warn!(%failure, "the watch broke off; taking it up again in {wait:?}");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn one_connection(&mut self, printer: &mut Printer) -> Result<(), Failure> {
        let mut changes = self.service.open(self.request.clone()).await?;
        loop {
            let next = tokio::time::timeout(SILENCE, changes.message()).await;
            let next = next.map_err(|_| Failure::deadline(SILENCE))?;
            let Some(change) = next.map_err(|status| Failure::in_command(&status))? else {
                return Err(Failure::lost("the service ended the watch"));
            };
            let (kind, token) = (change.kind(), change.resume_token.clone());
            if kind != Kind::Heartbeat {
                let with_token = printer.verbose;
                printer.message(&change, |change| line(change, &self.site, with_token))?;
                printer.flush()?;
            }
            // Only what was printed counts as told.
            if !token.is_empty() {
                self.request.resume_token = token;
            }
            if kind == Kind::SnapshotComplete && self.snapshot_only {
                return Ok(());
            }
        }
    }
}

/// Whether it may be otherwise in a moment: the service restarts, a connection broke.
fn passes(failure: &Failure) -> bool {
    matches!(
        failure.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Internal
    ) && failure.exit() == Exit::Failed
        && !failure.is_local()
}

/// What changed, on a line; with the token to go on from, when asked for.
fn line(change: &WatchScheduleResponse, site: &SiteTime, with_token: bool) -> String {
    let case = change.case.as_ref();
    let case = case.map(|case| case_line(case, site)).unwrap_or_default();
    let (case, name) = (case.trim_end(), Printable(&change.name));
    let at = clock(change.commit_time, site);
    let said = match change.kind() {
        Kind::Snapshot => format!("there      {case}"),
        Kind::SnapshotComplete => "           that is what is there; changes follow".to_owned(),
        Kind::Changed => format!("{at:10} {case}"),
        Kind::Removed => format!("{at:10} {name} is no longer among them"),
        Kind::Configuration => format!("{at:10} {name} changed"),
        Kind::Heartbeat | Kind::Unspecified => return String::new(),
    };
    if with_token && !change.resume_token.is_empty() {
        return format!("{said}  {}\n", Printable(&change.resume_token));
    }
    format!("{said}\n")
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
