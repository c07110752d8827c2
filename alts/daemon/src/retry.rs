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
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_start_afresh_after_success() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(5));
        let waits: Vec<Duration> = (0..4).map(|_| backoff.next(1.0)).collect();
        assert_eq!(waits, [1, 2, 4, 5].map(seconds));
        assert_eq!(backoff.next(0.0), Duration::from_millis(2500));
        backoff.reset();
        assert_eq!(backoff.next(1.0), seconds(1));
    }
}
