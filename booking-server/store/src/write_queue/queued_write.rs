//! A work that waits for its turn, with its types hidden from the writer.

use std::pin::Pin;

use tokio::sync::oneshot;

use crate::{error::StoreError, tx::Tx};

/// What a work is while it runs: `|command, tx| Box::pin(async move { … })`.
pub type Work<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// What the writer knows of a work.
pub(crate) trait QueuedWrite: Send {
    /// Whether it is to be undone.
    fn is_rehearsal(&self) -> bool;

    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Does it and keeps the result; whether it was a success. May be called again.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

    /// Gives the result of the last run to whoever waits.
    fn answer(self: Box<Self>);

    /// Says that it did not happen.
    fn fail(self: Box<Self>, error: StoreError);
}

pub(super) struct PendingWrite<C, F, T, E> {
    command: C,
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    rehearsal: bool,
}

impl<C, F, T, E> PendingWrite<C, F, T, E> {
    pub(super) fn new(
        command: C,
        work: F,
        reply: oneshot::Sender<Result<T, E>>,
        rehearsal: bool,
    ) -> Self {
        Self {
            command,
            work,
            result: None,
            reply,
            rehearsal,
        }
    }
}

impl<C, F, T, E> QueuedWrite for PendingWrite<C, F, T, E>
where
    C: Send + Sync,
    T: Send,
    E: From<StoreError> + Send,
    F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync,
{
    fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move {
            let result = (self.work)(&self.command, tx).await;
            let success = result.is_ok();
            self.result = Some(result);
            success
        })
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // Whoever asked may have stopped waiting.
            drop(self.reply.send(result));
        }
    }

    fn fail(self: Box<Self>, error: StoreError) {
        drop(self.reply.send(Err(error.into())));
    }
}
