//! Calls that change nothing and are in the audit all the same: those that were denied, and the
//! article's question, which tells of a patient.
//!
//! ```text
//!  call -> answered at once
//!    \---> queue -> one writer -> audit
//! ```
//!
//! Nobody waits for the audit of a read. Who calls faster than can be written fills the queue; what
//! does not fit is told in the log.

use std::{pin::pin, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
    task::JoinHandle,
    time::timeout,
};

use crate::{
    serve::Clock,
    store::{AuditRecord, Outcome, Store},
};

/// Calls that wait to be written: some seconds of somebody trying.
const BACKLOG: usize = 4096;

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
        resource: String::new(),
        account: account.to_owned(),
        transport: "alts".to_owned(),
        person: person.unwrap_or_default().to_owned(),
        request_id: String::new(),
        etag_before: String::new(),
        etag_after: String::new(),
        changes: Vec::new(),
        reason: String::new(),
        outcome,
    }
}

/// Takes calls; cheap to clone.
#[derive(Clone)]
pub(crate) struct Journal {
    queue: mpsc::Sender<AuditRecord>,
    clock: Clock,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal(..)")
    }
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
        let (queue, mut calls) = mpsc::channel(BACKLOG);
        let (end, ended) = oneshot::channel();
        let writing = tokio::spawn(async move {
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
                if let Err(error) = store.audit(record).await {
                    tracing::error!(%error, "a call is missing in the audit");
                }
            }
        });
        (Self { queue, clock }, Writer { writing, end })
    }

    /// A journal that nobody reads: for tests that are about something else.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        let (queue, _) = mpsc::channel(1);
        let clock: Clock = std::sync::Arc::new(Timestamp::now);
        Self { queue, clock }
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
        if let Err(TrySendError::Full(_)) = self.queue.try_send(record) {
            tracing::warn!(
                method,
                account,
                "too many calls at once: one is not in the audit"
            );
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
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::testing::{article_store, clock};

    #[tokio::test]
    async fn what_was_told_is_written_in_the_end_though_somebody_could_still_tell() {
        let store = article_store().await;
        let before = store.verify_audit().await.unwrap().events;
        let (journal, writer) = Journal::into(store.clone(), clock());
        journal.denied("ot.v1.CaseService/GetCase", "a@p", None);
        let began = Instant::now();
        writer.flush().await;
        assert!(began.elapsed() < FLUSH_TIMEOUT);
        assert_eq!(store.verify_audit().await.unwrap().events, before + 1);
        drop(journal);
    }
}
