//! The one lane in which everything is written.
//!
//! ```text
//!   write() ──▶ queue ──▶ worker:  begin ─▶ work, work, work … ─▶ seal ─▶ commit ─▶ answer them all
//!   write() ──▶   │                  │
//!   write() ──▶   │                  SQLite: BEGIN IMMEDIATE, the file's one write lock
//!              bounded               PostgreSQL: the head's row FOR UPDATE, one writer per database
//! ```
//!
//! A chain of hashes and a log in the order of the commits need a total order of writes anyway, so
//! there is one lane, and it makes up for that by committing many works at once: one wait for the
//! disk serves all that came while the last one was under way. With no two writers there is no
//! deadlock; the schema's own rules against overlaps stay as the net.
//!
//! Works decide before they write, so one that refuses spoils nothing for the others. One that
//! fails after writing does: the batch is rolled back and each work gets a transaction of its own.

mod batch;
mod job;

use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use self::job::Job;
use self::{batch::Batch, job::Ask};
use crate::{StoreError, Tx, Work, db::Pool, reads::HospitalCache};

/// Works that wait for their turn; more than that and callers wait to be queued.
const QUEUE: usize = 1_024;

/// Works that share a commit. More would save little of the disk's time and cost the first ones
/// theirs.
const MAX_BATCH: usize = 128;

/// How long a caller waits to be queued, and how long the lane tries to get a sound connection,
/// before the answer is "busy".
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// What the lane writes to, and whom it tells.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) pool: Pool,
    pub(crate) cache: HospitalCache,
    /// Counts commits, so that whoever waits for one can.
    pub(crate) committed: watch::Sender<u64>,
}

/// The queue's near end.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Lane {
    /// Starts the worker; it ends when the last `Lane` is gone and the queue is empty.
    pub(crate) fn start(ground: Ground) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let worker = tokio::spawn(work_off(ground, jobs));
        (Self { queue }, worker)
    }

    /// Queues a work and waits for its answer.
    pub(crate) async fn write<C, T, E, F>(
        &self,
        command: C,
        work: F,
        rehearsal: bool,
    ) -> Result<T, E>
    where
        C: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Ask::new(command, work, reply, rehearsal));
        match self.queue.send_timeout(job, PATIENCE).await {
            Ok(()) => {}
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                return Err(StoreError::Busy("too many writes wait already".into()).into());
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(StoreError::Closed.into()),
        }
        // Without an answer the work, or the lane with it, has panicked.
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Unknown.into()))
    }
}

async fn work_off(ground: Ground, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut rehearsal = None;
    loop {
        let first = match rehearsal.take() {
            Some(job) => job,
            None => match jobs.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        let mut batch = vec![first];
        // A rehearsal is undone, and nothing else with it.
        while !batch[0].is_rehearsal() && batch.len() < MAX_BATCH {
            match jobs.try_recv() {
                Ok(job) if job.is_rehearsal() => {
                    rehearsal = Some(job);
                    break;
                }
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        // In a task of its own: a work that panics takes its batch with it, and not the lane.
        let work = Batch::new(ground.clone()).work_off(batch);
        if tokio::spawn(work).await.is_err() {
            // What it panicked with is not repeated: it may be about a patient.
            tracing::error!("a write panicked; those that shared its commit were undone");
        }
    }
}
