//! Forgets what has been kept for long enough.

use std::time::Duration;

use jiff::Timestamp;

use crate::{OpenOptions, StoreError, Tx, Work, write_queue::WriteQueue};

/// How often. What is forgotten was kept for days: an hour more does not count.
const EVERY: Duration = Duration::from_secs(60 * 60);

pub(crate) async fn from_time_to_time(queue: WriteQueue, options: OpenOptions) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = prune(&queue, &options).await {
            tracing::warn!(%error, "old changes and requests were not forgotten");
        }
    }
}

pub(crate) async fn prune(queue: &WriteQueue, options: &OpenOptions) -> Result<(), StoreError> {
    let before = |kept: Duration| Timestamp::now().checked_sub(kept).unwrap_or(Timestamp::MIN);
    let cutoffs = (before(options.keep_changes), before(options.keep_requests));
    queue.write(cutoffs, forget, false).await
}

fn forget<'a>(
    (changes, requests): &'a (Timestamp, Timestamp),
    tx: &'a mut Tx,
) -> Work<'a, (), StoreError> {
    Box::pin(tx.prune(*changes, *requests))
}
