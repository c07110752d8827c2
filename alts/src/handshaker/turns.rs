//! Whose turn it is to shake hands: so many at once, and nobody has all of them.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::sleep,
};

/// Parties are told apart by so many shares: few enough to keep, and nobody can choose another's.
const SHARES: usize = 64;
/// How often somebody who had its time is asked for its turn.
const ASK_INTERVAL: Duration = Duration::from_millis(100);

/// Turns for parties: remote addresses where we serve, targets where we dial. A quarter is out of reach
/// for any one of them.
#[derive(Debug)]
pub(super) struct Turns {
    all: Semaphore,
    shares: [Semaphore; SHARES],
    hasher: RandomState,
}

/// Permission to make one handshake; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pools: [&'a Semaphore; 2],
    _permits: [SemaphorePermit<'a>; 2],
}

impl Turns {
    /// At most so many at once.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: Semaphore::new(most),
            shares: std::array::from_fn(|_| Semaphore::new((most - most / 4).max(1))),
            hasher: RandomState::new(),
        }
    }

    /// Waits for a turn.
    pub(super) async fn take(&self, party: impl Hash) -> Turn<'_> {
        const OPEN: &str = "the semaphores are never closed";
        let share = self.hasher.hash_one(party) % SHARES as u64;
        // In this order, so that whoever waits for its own has nothing that others want.
        let pools = [&self.shares[share as usize], &self.all];
        let own = pools[0].acquire().await.expect(OPEN);
        let one = pools[1].acquire().await.expect(OPEN);
        let _permits = [own, one];
        Turn { pools, _permits }
    }

    /// How many nobody has.
    #[cfg(test)]
    pub(super) fn available(&self) -> usize {
        self.all.available_permits()
    }
}

impl Turn<'_> {
    /// Resolves when its time is up: after so long, as soon as others may have to wait for it.
    pub(super) async fn outstayed(&self, patience: Duration) {
        sleep(patience).await;
        while self.pools.iter().all(|pool| pool.available_permits() > 0) {
            sleep(ASK_INTERVAL).await;
        }
    }
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
