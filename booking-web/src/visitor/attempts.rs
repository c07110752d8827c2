//! How often somebody may be wrong: a bucket of tries for each name and each address, and a few
//! passwords at once for everybody together, for each takes a core and 19 MiB for a moment.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

/// Tries in a row before waiting.
const BURST: f64 = 10.0;
/// One more try after this long.
const REFILL: Duration = Duration::from_secs(30);
/// Buckets kept; full ones are forgotten first, and then everything: forgetting is kinder than
/// running out of memory, and each try costs the same.
const MAX_BUCKETS: usize = 10_000;
/// Passwords checked at once.
const AT_ONCE: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(IpAddr),
}

/// The buckets.
#[derive(Debug)]
pub(crate) struct Attempts {
    buckets: Mutex<HashMap<Key, (f64, Instant)>>,
    at_once: Semaphore,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            buckets: Mutex::default(),
            at_once: Semaphore::new(AT_ONCE),
        }
    }
}

impl Attempts {
    /// Takes a try for this name from this address; false when there is none left.
    pub(crate) fn take(&self, name: &str, from: Option<IpAddr>, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS {
            buckets.retain(|_, (left, since)| refilled(*left, now - *since) < BURST);
            if buckets.len() >= MAX_BUCKETS {
                buckets.clear();
            }
        }
        let keys = [Some(Key::Name(name.to_owned())), from.map(Key::Address)];
        let mut allowed = true;
        for key in keys.into_iter().flatten() {
            let (left, since) = buckets.entry(key).or_insert((BURST, now));
            *left = refilled(*left, now - *since);
            *since = now;
            allowed &= *left >= 1.0;
            *left = (*left - 1.0).max(0.0);
        }
        allowed
    }

    /// After a right password the name starts anew.
    pub(crate) fn forgive(&self, name: &str) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.remove(&Key::Name(name.to_owned()));
    }

    /// Waits for a turn to check a password.
    pub(crate) async fn turn(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.at_once.acquire().await.expect("never closed")
    }
}

fn refilled(left: f64, passed: Duration) -> f64 {
    (left + passed.as_secs_f64() / REFILL.as_secs_f64()).min(BURST)
}
