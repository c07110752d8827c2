//! The feed of changes: every change once, in the order of the commits, none lost.
//!
//! ```text
//!   commit here ──────────┐
//!   NOTIFY from elsewhere ┼─▶ tail ──▶ recent changes (ring) ──▶ feed, feed, feed …
//!   2 s (PostgreSQL) ─────┘    │                                    │
//!                         change_log ◀──────────────────────────────┘ only who has fallen behind
//! ```
//!
//! The tail reads each change from the database once, however many feeds there are. A feed knows
//! its place in the order; what is no longer in the ring it reads from the log itself, and when the
//! log has been pruned past its place it says so. Nothing is skipped.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use thiserror::Error;
use tokio::sync::watch;

use crate::{
    Change, StoreError,
    db::Pool,
    reads::{HospitalCache, Reads},
    wake::Wake,
};

/// Changes that are kept in memory: minutes of a busy hospital.
const RING: usize = 4_096;

/// Changes that are read from the log at once.
const PAGE: u32 = 1_000;

/// How long the tail waits before it reads again after the database has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Why the feed cannot go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeedError {
    /// The reader came back too late, or with a place of another database: changes after it are
    /// gone.
    #[error("changes have been missed: list again, then watch from there")]
    Lost,
    /// The store is being closed.
    #[error("the store is closing")]
    Closed,
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the tail has read last.
#[derive(Debug, Default)]
struct Ring {
    changes: VecDeque<Arc<Change>>,
}

impl Ring {
    /// The change in this place.
    fn get(&self, seq: u64) -> Option<Arc<Change>> {
        let first = self.changes.front()?.seq;
        let index = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.changes.get(index).map(Arc::clone)
    }
}

/// What feeds wait for.
#[derive(Clone, Copy, Debug)]
struct FeedState {
    /// The newest change that the tail has seen.
    newest: u64,
    /// There will be none any more.
    closed: bool,
}

/// What tail and feeds share.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    pool: Pool,
    ring: Arc<Mutex<Ring>>,
    state: watch::Sender<FeedState>,
}

impl Tail {
    pub(crate) fn new(pool: Pool, newest: u64) -> Self {
        Self {
            pool,
            ring: Arc::default(),
            state: watch::Sender::new(FeedState {
                newest,
                closed: false,
            }),
        }
    }

    /// Reads changes as they come, until `wake` says that none will.
    pub(crate) async fn follow(self, mut wake: Wake) {
        while wake.wait().await {
            if let Err(error) = self.catch_up().await {
                tracing::warn!(%error, "changes cannot be read; trying again");
                tokio::time::sleep(AFTER_FAILURE).await;
                wake.again();
            }
        }
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        loop {
            let changes = read(&self.pool, self.newest(), PAGE).await?;
            let Some(last) = changes.last().map(|change| change.seq) else {
                return Ok(());
            };
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            for change in changes {
                ring.changes.push_back(Arc::new(change));
            }
            let surplus = ring.changes.len().saturating_sub(RING);
            ring.changes.drain(..surplus);
            drop(ring);
            self.state.send_modify(|state| state.newest = last);
        }
    }

    /// A feed of what comes after the change in place `position`.
    pub(crate) fn feed(&self, position: u64) -> ChangeFeed {
        ChangeFeed {
            pool: self.pool.clone(),
            ring: Arc::clone(&self.ring),
            state: self.state.subscribe(),
            behind: VecDeque::new(),
            position,
        }
    }

    /// The newest change that the tail has seen.
    pub(crate) fn newest(&self) -> u64 {
        self.state.borrow().newest
    }

    /// Ends every feed.
    pub(crate) fn close(&self) {
        self.state.send_modify(|state| state.closed = true);
    }

    /// At most `limit` changes after the one in place `after`.
    pub(crate) async fn since(&self, after: u64, limit: u32) -> Result<Vec<Change>, FeedError> {
        since(&self.pool, after, limit).await
    }
}

async fn snapshot(pool: &Pool) -> Result<Reads, StoreError> {
    let conn = pool.begin_read().await?;
    // Changes are read without the hospital.
    Ok(Reads::new(conn, HospitalCache::default(), None))
}

async fn read(pool: &Pool, after: u64, limit: u32) -> Result<Vec<Change>, StoreError> {
    snapshot(pool).await?.change_rows(after, limit).await
}

async fn since(pool: &Pool, after: u64, limit: u32) -> Result<Vec<Change>, FeedError> {
    let mut reads = snapshot(pool).await?;
    let newest = reads.position().await?;
    if after > newest {
        return Err(FeedError::Lost);
    }
    let changes = reads.change_rows(after, limit).await?;
    let goes_on = match changes.first() {
        Some(first) => first.seq == after + 1,
        None => after == newest || limit == 0,
    };
    if goes_on {
        Ok(changes)
    } else {
        Err(FeedError::Lost)
    }
}

/// Every change after a given one, once each, in order.
#[derive(Debug)]
pub struct ChangeFeed {
    pool: Pool,
    ring: Arc<Mutex<Ring>>,
    state: watch::Receiver<FeedState>,
    /// Read from the log because they were no longer in the ring.
    behind: VecDeque<Arc<Change>>,
    position: u64,
}

impl ChangeFeed {
    /// Waits for the next change. May be dropped while it waits; nothing is lost by that.
    ///
    /// # Errors
    ///
    /// [`FeedError`]; after one there is no next.
    pub async fn next(&mut self) -> Result<Arc<Change>, FeedError> {
        let wanted = self.position + 1;
        loop {
            let change = self.behind.pop_front().or_else(|| self.in_ring(wanted));
            if let Some(change) = change {
                self.position = change.seq;
                return Ok(change);
            }
            let state = *self.state.borrow_and_update();
            if state.closed {
                return Err(FeedError::Closed);
            }
            if state.newest >= wanted {
                let changes = since(&self.pool, self.position, PAGE).await?;
                self.behind = changes.into_iter().map(Arc::new).collect();
            } else if self.state.changed().await.is_err() {
                return Err(FeedError::Closed);
            }
        }
    }

    fn in_ring(&self, seq: u64) -> Option<Arc<Change>> {
        self.ring
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(seq)
    }

    /// Everything up to here was told.
    pub fn position(&self) -> u64 {
        self.position
    }
}
