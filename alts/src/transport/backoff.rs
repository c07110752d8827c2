//! When a failing address may be tried again: exponential back-off with jitter.
//!
//! tonic redials at every call. Without a gate, a thousand calls on a dead address are a
//! thousand dials; with it they are one, and the rest fail at once with its reason. Pure: time
//! and randomness are arguments.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::Error;

/// The first pause. Short, because the usual cause is a server that is just starting.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause: how late a recovered server may be noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// gRPC's growth factor (its connection back-off document).
const GROWTH: f64 = 1.6;
/// gRPC's jitter: a fifth up or down.
const JITTER: f64 = 0.2;

/// The state of one address.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failure: Option<Failure>,
}

#[derive(Debug)]
struct Failure {
    last: Arc<Error>,
    pause: Duration,
    until: Instant,
}

impl Backoff {
    /// Fails while it is too early for another attempt.
    pub(super) fn check(&self, now: Instant) -> Result<(), Error> {
        match &self.failure {
            Some(failure) if now < failure.until => Err(Error::BackingOff {
                last: Arc::clone(&failure.last),
                retry_in: failure.until - now,
            }),
            _ => Ok(()),
        }
    }

    /// Remembers a failed attempt; `random` is uniform in 0.0 to 1.0.
    pub(super) fn failed(&mut self, error: &Error, now: Instant, random: f64) {
        let pause = self.failure.as_ref().map_or(FIRST_PAUSE, |failure| {
            failure.pause.mul_f64(GROWTH).min(LONGEST_PAUSE)
        });
        let jittered = pause.mul_f64(1.0 + JITTER * (2.0 * random - 1.0));
        self.failure = Some(Failure {
            last: Arc::new(error.clone()),
            pause,
            until: now + jittered,
        });
    }

    /// Forgets all failures.
    pub(super) fn succeeded(&mut self) {
        self.failure = None;
    }
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
