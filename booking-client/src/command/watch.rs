//! `watch`: changes until Ctrl-C, over as many connections as it takes.
//!
//! ```text
//!   open(token) ──► messages ──► lost ──► wait ──► open(last token)
//!                      │
//!                      └──► WATCH_TOKEN_EXPIRED ──► open without a token: a new snapshot
//! ```

use std::{io::Write, time::Duration};

use booking_proto::ot::v1::{
    WatchScheduleRequest, WatchScheduleResponse, watch_schedule_response::Kind,
};
use tonic::{Code, Streaming};

use super::Service;
use crate::{
    cli::WatchArgs,
    failure::Failure,
    moment::Place,
    output::{self, Printer},
    request,
};

/// The service says something every 15 s; a connection that is silent for three times that is dead.
const SILENCE: Duration = Duration::from_secs(45);
/// Between two attempts, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

pub(super) async fn run(
    service: &Service,
    args: &WatchArgs,
    with_tokens: bool,
    printer: &mut Printer<impl Write>,
) -> Result<(), Failure> {
    let place = service.place().await?;
    let request = request::watch(args, &place)?;
    let mut watch = Watch {
        service,
        request,
        place,
        with_tokens,
        snapshot_only: args.snapshot_only,
    };
    tokio::select! {
        ended = watch.follow(printer) => ended,
        // Nothing is lost: whoever needs to go on has the last token.
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

struct Watch<'a> {
    service: &'a Service,
    /// What is asked next; its token moves with what was printed.
    request: WatchScheduleRequest,
    place: Place,
    with_tokens: bool,
    snapshot_only: bool,
}

impl Watch<'_> {
    async fn follow(&mut self, printer: &mut Printer<impl Write>) -> Result<(), Failure> {
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

    async fn one_connection(&mut self, printer: &mut Printer<impl Write>) -> Result<(), Failure> {
        let mut client = self.service.watch();
        let request = self.request.clone();
        let mut changes: Streaming<WatchScheduleResponse> = self
            .service
            .open(request, async |r| client.watch_schedule(r).await)
            .await?;
        loop {
            let next = tokio::time::timeout(SILENCE, changes.message()).await;
            let next = next.map_err(|_| Failure::deadline(SILENCE))?;
            let Some(change) = next.map_err(|status| Failure::in_command(&status))? else {
                return Err(Failure::lost("the service ended the watch"));
            };
            let (kind, token) = (change.kind(), change.resume_token.clone());
            if kind != Kind::Heartbeat {
                printer.message(&change, || {
                    output::change(&change, &self.place, self.with_tokens)
                })?;
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
    ) && failure.exit() == crate::exit::Exit::Failed
        && !failure.is_local()
}

#[cfg(test)]
mod tests {
    use std::io;

    use tonic::Status;

    use super::*;

    #[test]
    fn only_what_the_service_or_the_way_to_it_may_mend_is_waited_for() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe] {
            assert!(!passes(&io::Error::from(kind).into()), "{kind}");
        }
        for status in [Status::unavailable("restarts"), Status::unknown("?")] {
            assert!(passes(&Failure::in_command(&status)), "{status}");
        }
        let denied = Failure::in_command(&Status::permission_denied("no"));
        assert!(!passes(&denied));
    }
}
