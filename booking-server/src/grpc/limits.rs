//! What bounds a call, a connection and a range that is asked about.

use std::time::Duration;

/// The largest header list of a call. Ours carry no metadata; others' carry tracing.
pub(super) const MAX_HEADER_LIST_BYTES: u32 = 16 * 1024;

/// How long a call may take, whatever deadline it came with.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Streams that one connection may have open.
pub(super) const MAX_STREAMS_PER_CONNECTION: u32 = 256;

/// Calls that one connection has worked on at a time; its others wait their turn. One busy front
/// end leaves the store's readers to the others often enough.
pub(super) const MAX_CALLS_PER_CONNECTION: usize = 64;

/// How long a connection may be silent before it is asked whether it is still there, and how long
/// it may take to answer: a machine that lost power is forgotten within two minutes.
pub(super) const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(60);
pub(super) const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// How often a call that an account may not make is logged, however many it makes.
pub(super) const DENIED_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The longest range that is listed or watched. Days.
pub(super) const MAX_RANGE_DAYS: i64 = 400;
