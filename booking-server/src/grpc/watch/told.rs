//! What a reader of a watch is told, and how it ends.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use booking_proto::ot::v1::WatchScheduleResponse;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

/// How a watch ended; said after all that was told before.
#[derive(Clone, Debug, Default)]
pub(super) struct LastWord(Arc<Mutex<Option<Status>>>);

impl LastWord {
    pub(super) fn say(&self, status: Status) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
    }

    fn take(&self) -> Option<Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What a reader is told.
#[derive(Debug)]
pub(in crate::grpc) struct Told {
    receiver: mpsc::Receiver<WatchScheduleResponse>,
    last_word: LastWord,
}

impl Told {
    pub(super) fn new(
        receiver: mpsc::Receiver<WatchScheduleResponse>,
        last_word: LastWord,
    ) -> Self {
        Self {
            receiver,
            last_word,
        }
    }
}

impl Stream for Told {
    type Item = Result<WatchScheduleResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.receiver.poll_recv(cx) {
            Poll::Ready(Some(message)) => Poll::Ready(Some(Ok(message))),
            Poll::Ready(None) => Poll::Ready(self.last_word.take().map(Err)),
            Poll::Pending => Poll::Pending,
        }
    }
}
