//! How a store is opened.

use std::time::Duration;

use crate::Seed;

/// What opening a store depends on, beyond where it is.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// What a database that is new is filled with.
    pub seed: Seed,
    /// Connections that read side by side.
    pub readers: u32,
    /// How long changes are kept for readers of the feed that come back.
    pub keep_changes: Duration,
    /// How long answers are remembered for requests that are sent again.
    pub keep_requests: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            seed: Seed::None,
            // Reads are short; more connections than a small machine has cores only add threads.
            readers: 4,
            keep_changes: 7 * DAY,
            keep_requests: 2 * DAY,
        }
    }
}
