//! What bounds a handshaker in time and in number.

use std::time::Duration;

use alts_daemon::{
    connections::{MAX_CONNECTIONS, capacity},
    listener::PREFACE_TIMEOUT,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Handshakes under way at once, over all connections of a machine; as many more wait, and others are refused.
/// Each holds its first request of at most 96 KiB or a frame of at most 64 KiB: all of them together
/// stay below 768 MiB. (A request that is still arriving is HTTP/2's: one a call, of at most
/// `MAX_REQUEST_LEN`.)
const MAX_HANDSHAKES: usize = 4096;
const MAX_WAITING: usize = 4096;

/// How long things may take. The defaults suit every known library; tests are in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From a connection's beginning until it speaks HTTP/2.
    pub preface: Duration,
    /// Until a call's first message: a Go server opens the call before its peer talks, and waits up
    /// to 120 s.
    pub first_message: Duration,
    /// From the first message to the result: Java's deadline is 20 s, Go's 30 s.
    pub handshake: Duration,
    /// Connections at once; the longest idle one gives way.
    pub connections: usize,
    /// Handshakes under way at once.
    pub handshakes: usize,
    /// Handshakes that wait until others have ended; more are refused.
    pub waiting: usize,
}

impl Limits {
    /// The defaults, for a process of so many listeners: together they leave it files to work with.
    #[must_use]
    pub fn shared_by(listeners: usize) -> Self {
        Self {
            connections: capacity(listeners, MAX_CONNECTIONS),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            preface: PREFACE_TIMEOUT,
            first_message: Duration::from_secs(130),
            handshake: Duration::from_secs(30),
            connections: MAX_CONNECTIONS,
            handshakes: MAX_HANDSHAKES,
            waiting: MAX_WAITING,
        }
    }
}

/// Bounds the handshakes of one machine in number, wherever it listens.
#[derive(Debug)]
pub(crate) struct HandshakeLimiter {
    /// Those under way and those that wait.
    all: Semaphore,
    under_way: Semaphore,
}

/// Permission to make one handshake; given back when dropped.
pub(crate) struct HandshakePermit<'a> {
    _one: SemaphorePermit<'a>,
    _under_way: SemaphorePermit<'a>,
}

impl HandshakeLimiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            all: Semaphore::new(limits.handshakes + limits.waiting),
            under_way: Semaphore::new(limits.handshakes),
        }
    }

    /// Waits until others have ended. `None`: too many wait already.
    pub(crate) async fn take(&self) -> Option<HandshakePermit<'_>> {
        let one = self.all.try_acquire().ok()?;
        let under_way = self.under_way.acquire().await.ok()?;
        Some(HandshakePermit {
            _one: one,
            _under_way: under_way,
        })
    }
}
