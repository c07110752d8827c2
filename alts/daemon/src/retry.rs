//! How long to wait before trying again. Pure.

use std::time::Duration;

/// Doubles with every failure, up to a bound; each wait is drawn between its half and its whole, so
/// that many who failed together do not return together.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// Begins with `first` and never waits for more than `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first,
        }
    }

    /// After a success.
    pub fn reset(&mut self) {
        self.next = self.first;
    }

    /// The next wait. `fraction`: random, 0 to 1.
    pub fn next(&mut self, fraction: f64) -> Duration {
        let whole = self.next.min(self.longest);
        self.next = whole.saturating_mul(2);
        whole.mul_f64(0.5 + fraction.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
