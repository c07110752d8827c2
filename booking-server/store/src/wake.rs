//! What wakes the tail of the changes: commits here; on PostgreSQL also what is heard of other servers'
//! commits, and the clock in any case.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::watch;

use crate::db::Pool;

/// How often the change log is looked at when nothing was heard: notifications are lost with the
/// connection they would have come over.
const POLL: Duration = Duration::from_secs(2);

/// The name of the channel; a trigger of the schema notifies it.
const CHANNEL: &str = "ot_booking_changes";

pub(crate) struct Wake {
    commits: watch::Receiver<u64>,
    /// Where other servers' commits are heard of; with SQLite there are none.
    elsewhere: Option<PgPool>,
    listener: Option<PgListener>,
}

impl Wake {
    pub(crate) fn new(readers: &Pool, commits: watch::Receiver<u64>) -> Self {
        let elsewhere = match readers {
            Pool::Sqlite(_) => None,
            Pool::Postgres(pool) => Some(pool.clone()),
        };
        Self {
            commits,
            elsewhere,
            listener: None,
        }
    }

    /// Waits until there may be changes; `false` when there will be none any more.
    pub(crate) async fn wait(&mut self) -> bool {
        let Some(pool) = &self.elsewhere else {
            return self.commits.changed().await.is_ok();
        };
        if self.listener.is_none() {
            match listen(pool).await {
                Ok(listener) => self.listener = Some(listener),
                Err(error) => tracing::warn!(%error, "cannot listen for changes; polling"),
            }
        }
        let heard = async {
            match &mut self.listener {
                Some(listener) => listener.recv().await.map(drop),
                None => std::future::pending().await,
            }
        };
        let lost = tokio::select! {
            commit = self.commits.changed() => return commit.is_ok(),
            heard = heard => heard.is_err(),
            () = tokio::time::sleep(POLL) => false,
        };
        if lost {
            self.listener = None;
        }
        true
    }

    /// The last changes were not read: the next wait is none.
    pub(crate) fn again(&mut self) {
        self.commits.mark_changed();
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}
