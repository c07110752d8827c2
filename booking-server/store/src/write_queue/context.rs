//! What the writer writes to, and how long anybody waits for it.

use std::time::Duration;

use tokio::sync::watch;

use crate::{db::Pool, reads::HospitalCache};

/// How long a caller waits to be queued, and how long the writer tries to get a sound connection,
/// before the answer is "busy".
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// What it writes to, and whom it tells.
#[derive(Clone, Debug)]
pub(crate) struct WriterContext {
    pub(crate) pool: Pool,
    pub(crate) cache: HospitalCache,
    /// Counts commits, so that whoever waits for one can.
    pub(crate) committed: watch::Sender<u64>,
}
