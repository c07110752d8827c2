//! Keeps a log readable while strangers repeat themselves.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Kinds that are remembered at once; one more, and all are forgotten.
const MAX_KINDS: usize = 1024;

/// Lets the first of each kind into a log at once, and then one in each interval, with how many of the
/// kind were left out before it.
#[derive(Debug)]
pub struct LogSampler<K> {
    interval: Duration,
    /// When one was logged, and how many were not since.
    kinds: Mutex<HashMap<K, (Instant, u64)>>,
}

impl<K: Eq + Hash> LogSampler<K> {
    /// One of each kind in each `interval`.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        let kinds = Mutex::default();
        Self { interval, kinds }
    }

    /// Whether this one is to be logged: `Some` says so, and how many were left out since the last.
    pub fn admit(&self, kind: K) -> Option<u64> {
        let now = Instant::now();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, left_out)) = kinds.get_mut(&kind) {
            if now - *last < self.interval {
                *left_out += 1;
                return None;
            }
            *last = now;
            return Some(std::mem::take(left_out));
        }
        if kinds.len() >= MAX_KINDS {
            kinds.clear();
        }
        kinds.insert(kind, (now, 0));
        Some(0)
    }
}

#[cfg(test)]
#[path = "log_sampler_tests.rs"]
mod tests;
