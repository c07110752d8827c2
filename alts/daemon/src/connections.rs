//! How many connections a handshaker or an authority holds, and which one gives way when there are too many. Whoever
//! opens sockets and does nothing with them loses them to whoever has work to do.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{sync::oneshot, time::Instant};

/// Connections at once, per handshaker. A machine has tens of workloads; each has one connection, or
/// one per handshake (C-core). A connection is some 20 KiB.
pub const MAX_CONNECTIONS: usize = 1024;

/// Files that a process opens beside its workloads' connections: listeners, its state, its own
/// connections to an authority or a metadata server, operators who ask.
const RESERVED_FILES: usize = 64;

/// The connections that are open.
#[derive(Debug)]
pub struct ConnectionLimiter {
    capacity: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    entries: BTreeMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    evict: oneshot::Sender<()>,
    last_used: Instant,
    calls: usize,
}

impl Open {
    /// The one without a call that has been idle longest gives way, if there is one.
    fn evict_idle(&mut self) -> bool {
        let idle = self.entries.iter().filter(|(_, entry)| entry.calls == 0);
        let longest = idle.min_by_key(|(_, entry)| entry.last_used);
        let Some(number) = longest.map(|(number, _)| *number) else {
            return false;
        };
        if let Some(entry) = self.entries.remove(&number) {
            // It may just have gone by itself.
            let _ = entry.evict.send(());
        }
        true
    }
}

/// One connection's permission to be open; given back when dropped.
#[derive(Debug)]
pub struct ConnectionPermit {
    limiter: Arc<ConnectionLimiter>,
    number: u64,
}

/// A call that keeps its connection from being closed.
#[derive(Debug)]
pub struct ActiveCallGuard(Arc<ConnectionPermit>);

/// What came of a new connection.
#[derive(Debug)]
pub struct Admitted {
    /// To be held as long as it is open.
    pub permit: ConnectionPermit,
    /// Resolves when the connection has to give way.
    pub evicted: oneshot::Receiver<()>,
    /// Whether another one had to.
    pub at_the_cost_of_another: bool,
}

impl ConnectionLimiter {
    /// At most so many.
    pub fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            open: Mutex::default(),
        })
    }

    /// Closes the connection without a call that has been idle longest, if there is one.
    pub fn evict_idle(&self) -> bool {
        self.open.lock().evict_idle()
    }

    /// Takes a new connection in. When there are too many, the one without a call that has been idle
    /// longest gives way; `None` when all have calls under way.
    pub fn admit(self: &Arc<Self>) -> Option<Admitted> {
        let mut open = self.open.lock();
        let full = open.entries.len() >= self.capacity;
        if full && !open.evict_idle() {
            return None;
        }
        let (evict, evicted) = oneshot::channel();
        let number = open.next;
        open.next += 1;
        open.entries.insert(
            number,
            Entry {
                evict,
                last_used: Instant::now(),
                calls: 0,
            },
        );
        let permit = ConnectionPermit {
            limiter: Arc::clone(self),
            number,
        };
        Some(Admitted {
            permit,
            evicted,
            at_the_cost_of_another: full,
        })
    }
}

/// How many connections each of so many listeners of this process may hold; `most`: how many it wants.
pub fn capacity(listeners: usize, most: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    capacity_with(files, listeners, most)
}

/// A process that may open so many files: a listener that took them all could not accept the
/// connection for which an idle one is to give way.
fn capacity_with(files: u64, listeners: usize, most: usize) -> usize {
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let each = files.saturating_sub(RESERVED_FILES) / listeners.max(1);
    each.clamp(1, most)
}

/// Lets this process open as many files as it may: service managers start programs with 1024, for the
/// sake of old ones, and allow many more. Every connection is a file.
pub fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

impl ConnectionPermit {
    /// Tells this connection from others of its listener.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// A call begins.
    pub fn begin_call(self: &Arc<Self>) -> ActiveCallGuard {
        self.count(|calls| calls + 1);
        ActiveCallGuard(Arc::clone(self))
    }

    fn count(&self, change: impl FnOnce(usize) -> usize) {
        if let Some(entry) = self.limiter.open.lock().entries.get_mut(&self.number) {
            entry.calls = change(entry.calls);
            entry.last_used = Instant::now();
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limiter.open.lock().entries.remove(&self.number);
    }
}

impl Drop for ActiveCallGuard {
    fn drop(&mut self) {
        self.0.count(|calls| calls.saturating_sub(1));
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
