//! Calls that change nothing and are in the audit all the same: those that were denied, and the
//! article's question, which tells of a patient.
//!
//! ```text
//!  call -> answered at once
//!    \---> queue -> one writer -> audit
//! ```
//!
//! Nobody waits for the audit of a read. Who calls faster than can be written fills the queue; what
//! does not fit is counted, and how much that was and when stands in the audit as soon as there is
//! room, so that a hole in it is never silent.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use alts::LogSampler;
use booking_store::{AuditRecord, Outcome, Store};
use jiff::Timestamp;
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
    task::JoinHandle,
    time::timeout,
};

use crate::clock::Clock;

/// Calls that wait to be written: some seconds of somebody trying.
const BACKLOG: usize = 4096;

/// How often it is logged that calls do not fit.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// What the event of a hole calls itself. No method of a service is called so.
const HOLE: &str = "booking-server/AuditHole";

/// Why the lock of a hole is never poisoned.
const UNBROKEN: &str = "nothing panics while it has the hole";

/// How long the end of a server may take to write what is left.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What the audit keeps of a call of `method` by `account`, for `person`; all else is empty.
pub(crate) fn record(
    at: Timestamp,
    method: &str,
    account: &str,
    person: Option<&str>,
    outcome: Outcome,
) -> AuditRecord {
    AuditRecord {
        at,
        method: method.to_owned(),
        account: account.to_owned(),
        transport: "alts".to_owned(),
        person: person.unwrap_or_default().to_owned(),
        outcome,
        ..AuditRecord::default()
    }
}

/// Takes calls; cheap to clone.
#[derive(Clone)]
pub(crate) struct Journal {
    queue: mpsc::Sender<AuditRecord>,
    missing: Arc<Missing>,
    log: Arc<LogSampler<()>>,
    clock: Clock,
}

/// Calls that are not in the audit, and not told of yet.
#[derive(Debug, Default)]
struct Missing(Mutex<Option<Hole>>);

/// How many calls are missing, and when they were.
#[derive(Clone, Copy, Debug)]
struct Hole {
    denied: u64,
    asked: u64,
    first: Timestamp,
    last: Timestamp,
}

/// Writes them, until it is told to end.
#[derive(Debug)]
pub(crate) struct Writer {
    writing: JoinHandle<()>,
    /// Dropped to say so.
    end: oneshot::Sender<()>,
}

impl Journal {
    /// A journal that is written into the audit of `store`.
    pub(crate) fn into(store: Store, clock: Clock) -> (Self, Writer) {
        Self::with_backlog(BACKLOG, store, clock)
    }

    fn with_backlog(backlog: usize, store: Store, clock: Clock) -> (Self, Writer) {
        let (queue, calls) = mpsc::channel(backlog);
        let missing = Arc::new(Missing::default());
        let (end, ended) = oneshot::channel();
        let writing = tokio::spawn(write(calls, ended, Arc::clone(&missing), store));
        let journal = Self {
            queue,
            missing,
            log: Arc::new(LogSampler::new(LOG_INTERVAL)),
            clock,
        };
        (journal, Writer { writing, end })
    }

    /// A journal that nobody reads: for tests that are about something else.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        let (queue, _) = mpsc::channel(1);
        Self {
            queue,
            missing: Arc::default(),
            log: Arc::new(LogSampler::new(LOG_INTERVAL)),
            clock: Arc::new(Timestamp::now),
        }
    }

    /// A call of `method` was not allowed.
    pub(crate) fn denied(&self, method: &str, account: &str, person: Option<&str>) {
        self.tell(method, account, person, "", Outcome::Denied);
    }

    /// A call of `method` was told about `resource`.
    pub(crate) fn asked(&self, method: &str, account: &str, person: Option<&str>, resource: &str) {
        self.tell(method, account, person, resource, Outcome::Ok);
    }

    fn tell(
        &self,
        method: &str,
        account: &str,
        person: Option<&str>,
        resource: &str,
        outcome: Outcome,
    ) {
        let record = AuditRecord {
            resource: resource.to_owned(),
            ..record((self.clock)(), method, account, person, outcome)
        };
        if let Err(TrySendError::Full(record)) = self.queue.try_send(record) {
            if let Some(left_out) = self.log.admit(()) {
                tracing::warn!(
                    method,
                    account,
                    left_out,
                    "too many calls at once: one is not in the audit"
                );
            }
            self.missing.add(Hole::of(&record));
        }
    }
}

async fn write(
    mut calls: mpsc::Receiver<AuditRecord>,
    ended: oneshot::Receiver<()>,
    missing: Arc<Missing>,
    store: Store,
) {
    let mut ended = pin!(ended);
    loop {
        let record = tokio::select! {
            record = calls.recv() => record,
            // What has been told by now is still written.
            _ = &mut ended, if !calls.is_closed() => {
                calls.close();
                continue;
            }
        };
        let Some(record) = record else { return };
        let call = Hole::of(&record);
        if let Err(error) = store.audit(record).await {
            tracing::error!(%error, "a call is missing in the audit");
            missing.add(call);
        } else if let Some(hole) = missing.take()
            && let Err(error) = store.audit(hole.record()).await
        {
            tracing::error!(%error, "a hole in the audit is not told of there yet");
            missing.add(hole);
        }
    }
}

impl Missing {
    fn add(&self, more: Hole) {
        let mut hole = self.0.lock().expect(UNBROKEN);
        *hole = Some(hole.map_or(more, |hole| hole.with(more)));
    }

    fn take(&self) -> Option<Hole> {
        self.0.lock().expect(UNBROKEN).take()
    }
}

impl Hole {
    /// That of one call.
    fn of(call: &AuditRecord) -> Self {
        let denied = call.outcome == Outcome::Denied;
        Self {
            denied: denied.into(),
            asked: (!denied).into(),
            first: call.at,
            last: call.at,
        }
    }

    fn with(self, more: Self) -> Self {
        Self {
            denied: self.denied + more.denied,
            asked: self.asked + more.asked,
            first: self.first.min(more.first),
            last: self.last.max(more.last),
        }
    }

    /// What the audit keeps of it: the server's own word, of no account.
    fn record(self) -> AuditRecord {
        let Self {
            denied,
            asked,
            first,
            last,
        } = self;
        AuditRecord {
            transport: "local".to_owned(),
            reason: format!(
                "{denied} denied calls and {asked} questions were not recorded between {first} and {last}"
            ),
            ..record(last, HOLE, "", None, Outcome::Ok)
        }
    }
}

impl Writer {
    /// Takes no more, and waits until all that was told is written.
    pub(crate) async fn flush(self) {
        let Self { writing, end } = self;
        drop(end);
        if timeout(FLUSH_TIMEOUT, writing).await.is_err() {
            tracing::warn!("the audit of the last calls was not written in time");
        }
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
