//! Moments and periods, in whole seconds.

use std::time::Duration;

use super::error::CertificateError;

/// How far two machines' clocks may be apart: a trade, for every certificate is believed this much
/// longer than it says.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// A moment, in whole seconds since the Unix epoch.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From seconds since the Unix epoch.
    pub const fn from_unix_s(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    pub const fn as_unix_s(self) -> u64 {
        self.0
    }

    /// Later by `duration`'s whole seconds; the end of time instead of an overflow.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }
}

/// When something holds: from `not_before` on, and before `not_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second.
    pub not_before: Timestamp,
    /// The first second after.
    pub not_after: Timestamp,
}

impl Validity {
    /// From `now` on, for `lifetime`.
    pub const fn starting(now: Timestamp, lifetime: Duration) -> Self {
        Self {
            not_before: now,
            not_after: now.after(lifetime),
        }
    }

    /// As messages hold it, in seconds since the Unix epoch; `None` when it never holds.
    pub(crate) fn from_wire(not_before_s: u64, not_after_s: u64) -> Option<Self> {
        (not_before_s < not_after_s).then_some(Self {
            not_before: Timestamp(not_before_s),
            not_after: Timestamp(not_after_s),
        })
    }

    /// Whether it is over at `now` by the holder's own clock. Whether it has begun is not for the
    /// holder to ask: who issued it said so, by a clock that may be ahead of this one.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.not_after
    }

    /// Whether it holds, for a verifier whose clock may be off by [`MAX_CLOCK_SKEW`] in either
    /// direction.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), CertificateError> {
        if now.after(MAX_CLOCK_SKEW) < self.not_before {
            return Err(CertificateError::NotYetValid {
                seconds: self.not_before.0 - now.0,
            });
        }
        if now >= self.not_after.after(MAX_CLOCK_SKEW) {
            return Err(CertificateError::Expired {
                seconds: now.0 - self.not_after.0,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
