//! How often somebody may be wrong: a bucket of tries for each name and each address, and a few
//! passwords at once for everybody together, for each takes a core and 19 MiB for a moment.
//!
//! A try that is refused takes nothing. Names fill faster than addresses, so whoever keeps guessing
//! at somebody's name from one address runs dry before the name does, and its owner gets in.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// Tries in a row before waiting.
const BURST: f64 = 10.0;
/// One more try after this long.
const ADDRESS_REFILL: Duration = Duration::from_secs(30);
const NAME_REFILL: Duration = Duration::from_secs(10);
/// Buckets kept; the fullest are forgotten first, so that made-up names do not fill anybody's again.
const MAX_BUCKETS: usize = 10_000;
/// How many are forgotten at once when there are too many.
const FORGOTTEN: usize = MAX_BUCKETS / 10;
/// The bits of an IPv6 address that whoever has a network can choose at will.
const HOST_BITS: u32 = 64;
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

impl Key {
    fn refill(&self) -> Duration {
        match self {
            Self::Name(_) => NAME_REFILL,
            Self::Address(_) => ADDRESS_REFILL,
        }
    }

    /// Of a network, where its addresses can be had by the million.
    fn of_address(from: IpAddr) -> Self {
        Self::Address(match from.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from(v6.to_bits() >> HOST_BITS << HOST_BITS).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// What is left now of a bucket that had this much then.
    fn refilled(&self, (left, since): (f64, Instant), now: Instant) -> f64 {
        let passed = now.saturating_duration_since(since).as_secs_f64();
        (left + passed / self.refill().as_secs_f64()).min(BURST)
    }
}

impl Attempts {
    /// Takes a try for this name from this address; false, and nothing is taken, when either has
    /// none left.
    pub(crate) fn take(&self, name: &str, from: Option<IpAddr>, now: Instant) -> bool {
        let mut buckets = self.buckets.lock();
        let keys = [Some(Key::Name(name.to_owned())), from.map(Key::of_address)];
        let left = keys.into_iter().flatten().map(|key| {
            let kept = buckets.get(&key).copied().unwrap_or((BURST, now));
            (key.refilled(kept, now), key)
        });
        let left: Vec<_> = left.collect();
        if left.iter().any(|(left, _)| *left < 1.0) {
            return false;
        }
        for (left, key) in left {
            buckets.insert(key, (left - 1.0, now));
        }
        make_room(&mut buckets, now);
        true
    }

    /// After a right password the name starts anew, and the address has its try back.
    pub(crate) fn forgive(&self, name: &str, from: Option<IpAddr>) {
        let mut buckets = self.buckets.lock();
        buckets.remove(&Key::Name(name.to_owned()));
        if let Some((left, _)) = from.and_then(|from| buckets.get_mut(&Key::of_address(from))) {
            *left = (*left + 1.0).min(BURST);
        }
    }

    /// Waits for a turn to check a password.
    pub(crate) async fn turn(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.at_once.acquire().await.expect("never closed")
    }
}

fn make_room(buckets: &mut HashMap<Key, (f64, Instant)>, now: Instant) {
    if buckets.len() <= MAX_BUCKETS {
        return;
    }
    let all = buckets.iter();
    let left = all.map(|(key, kept)| (key.refilled(*kept, now), key.clone()));
    let mut left: Vec<_> = left.collect();
    left.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    for (_, key) in left.into_iter().take(FORGOTTEN) {
        buckets.remove(&key);
    }
}
