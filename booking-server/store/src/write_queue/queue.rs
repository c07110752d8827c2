//! The queue of writes and the worker at its end.

use tokio::sync::{mpsc, oneshot};

use super::{
    batch::Batch,
    context::{PATIENCE, WriterContext},
    queued_write::{PendingWrite, QueuedWrite, Work},
};
use crate::{error::StoreError, tx::Tx};

/// Works that wait for their turn; more than that and callers wait to be queued.
const QUEUE: usize = 1_024;

/// Works that share a commit. More would save little of the disk's time and cost the first ones
/// theirs.
const MAX_BATCH: usize = 128;

/// Where writes are queued; the worker has the other end.
#[derive(Clone, Debug)]
pub(crate) struct WriteQueue {
    queue: mpsc::Sender<Box<dyn QueuedWrite>>,
}

impl WriteQueue {
    /// Starts the worker; it ends when the last `WriteQueue` is gone and the queue is empty.
    pub(crate) fn start(context: WriterContext) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, writes) = mpsc::channel(QUEUE);
        let worker = tokio::spawn(work_off(context, writes));
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
        let write = Box::new(PendingWrite::new(command, work, reply, rehearsal));
        match self.queue.send_timeout(write, PATIENCE).await {
            Ok(()) => {}
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                return Err(StoreError::Busy("too many writes wait already".into()).into());
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(StoreError::Closed.into()),
        }
        // Without an answer the work, or the writer with it, has panicked.
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Unknown.into()))
    }
}

async fn work_off(context: WriterContext, mut writes: mpsc::Receiver<Box<dyn QueuedWrite>>) {
    let mut rehearsal = None;
    loop {
        let first = match rehearsal.take() {
            Some(write) => write,
            None => match writes.recv().await {
                Some(write) => write,
                None => return,
            },
        };
        let mut batch = vec![first];
        // A rehearsal is undone, and nothing else with it.
        while !batch[0].is_rehearsal() && batch.len() < MAX_BATCH {
            match writes.try_recv() {
                Ok(write) if write.is_rehearsal() => {
                    rehearsal = Some(write);
                    break;
                }
                Ok(write) => batch.push(write),
                Err(_) => break,
            }
        }
        // In a task of its own: a work that panics takes its batch with it, and not the writer.
        let work = Batch::new(context.clone()).work_off(batch);
        if tokio::spawn(work).await.is_err() {
            // What it panicked with is not repeated: it may be about a patient.
            tracing::error!("a write panicked; those that shared its commit were undone");
        }
    }
}
