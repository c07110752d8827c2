//! Who is connected to a server: who gives way when there are too many, and who has been silent for too
//! long. One look at all of them every so often is enough: no connection has a timer of its own.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::{LogSampler, ServerLimits, ServiceAccount};

/// How often connections are looked at, where no limit is shorter than a few of these.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// A refusal that is repeated is logged so often.
const LOG_INTERVAL: Duration = Duration::from_secs(10);
/// What has to be heard of a client under protection: the preface of HTTP/2, for hyper waits for all of
/// it as long as the client likes.
const FIRST_WORDS_LEN: usize = 24;

/// The connections of one [`crate::AltsIncoming`], and why it closed others.
#[derive(Debug)]
pub struct ServerConnections {
    pub(crate) limits: ServerLimits,
    pub(crate) log: LogSampler<&'static str>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// By number, so that the oldest is first.
    entries: BTreeMap<u64, Entry>,
    /// Since when nobody is accepted any more.
    stopping: Option<Instant>,
    closed: BTreeMap<&'static str, u64>,
}

#[derive(Debug)]
struct Entry {
    /// `None` until its first words have been heard.
    account: Option<ServiceAccount>,
    signs: Arc<Signs>,
    end: oneshot::Sender<&'static str>,
    last_heard: Instant,
    last_said: Instant,
    /// When no frame was under way, or another one than now.
    last_whole: Instant,
}

/// What a connection shows of itself, for whoever looks next.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    heard: AtomicBool,
    pub(crate) said: AtomicBool,
    /// A frame has begun and not ended.
    pub(crate) unfinished: AtomicBool,
    /// Its last call was refused.
    pub(crate) refused: AtomicBool,
}

/// One connection's place; given up when dropped.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) connections: Arc<ServerConnections>,
    pub(crate) remote_addr: SocketAddr,
    number: u64,
    pub(crate) signs: Arc<Signs>,
    ended: oneshot::Receiver<&'static str>,
    ending: Option<&'static str>,
    /// Of the first words.
    missing: usize,
}

impl ServerConnections {
    pub(crate) fn new(limits: ServerLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            log: LogSampler::new(LOG_INTERVAL),
            state: Mutex::default(),
        })
    }

    /// How many there are now, those that are not secured yet included.
    #[must_use]
    pub fn open(&self) -> usize {
        self.lock().entries.len()
    }

    /// How many were closed for each reason so far, in words such as `idle` or `handshake refused`.
    #[must_use]
    pub fn closed(&self) -> BTreeMap<&'static str, u64> {
        self.lock().closed.clone()
    }

    /// A place for a new connection. Where there are too many, another one gives way.
    pub(crate) fn admit(self: &Arc<Self>, remote_addr: SocketAddr) -> Guest {
        let signs = Arc::<Signs>::default();
        let (end, ended) = oneshot::channel();
        let now = Instant::now();
        let mut state = self.lock();
        if state.entries.len() >= self.limits.connections {
            state.evict_of_most();
        }
        let number = state.next;
        state.next += 1;
        let entry = Entry {
            account: None,
            signs: Arc::clone(&signs),
            end,
            last_heard: now,
            last_said: now,
            last_whole: now,
        };
        state.entries.insert(number, entry);
        Guest {
            connections: Arc::clone(self),
            remote_addr,
            number,
            signs,
            ended,
            ending: None,
            missing: FIRST_WORDS_LEN,
        }
    }

    /// Makes room for one: for want of files, mostly.
    pub(crate) fn evict(&self) {
        self.lock().evict_of_most();
    }

    /// One that was never served is over for this reason.
    pub(crate) fn count(&self, reason: &'static str) {
        *self.lock().closed.entry(reason).or_default() += 1;
    }

    /// Nobody is accepted any more; those who have spoken have the time to drain.
    pub(crate) fn stop(&self) {
        let now = Instant::now();
        let mut state = self.lock();
        state.stopping = Some(now);
        state.close_overdue(&self.limits, now);
    }

    /// Looks at everybody every so often, as long as there is or may be anybody.
    pub(crate) async fn watch(self: Arc<Self>) {
        let limits = &self.limits;
        let shortest = limits.opening.min(limits.idle).min(limits.frame);
        let often = (shortest.min(limits.drain) / 4).clamp(Duration::from_millis(5), LOOK_INTERVAL);
        loop {
            tokio::time::sleep(often).await;
            let mut state = self.lock();
            state.close_overdue(limits, Instant::now());
            if state.stopping.is_some() && state.entries.is_empty() {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&mut self, number: u64, reason: &'static str) {
        if let Some(entry) = self.entries.remove(&number) {
            // It may just have gone by itself.
            let _ = entry.end.send(reason);
            *self.closed.entry(reason).or_default() += 1;
        }
    }

    /// The oldest of those who have said nothing yet gives way; where all have, the longest silent of the
    /// account that has most.
    fn evict_of_most(&mut self) {
        let mut sizes = HashMap::<_, usize>::new();
        for entry in self.entries.values() {
            *sizes.entry(&entry.account).or_default() += 1;
        }
        let most = sizes
            .into_iter()
            .max_by_key(|(of, size)| (of.is_none(), *size));
        if let Some(account) = most.map(|(account, _)| account.clone()) {
            self.evict(&account, "server full");
        }
    }

    fn evict(&mut self, account: &Option<ServiceAccount>, reason: &'static str) {
        let theirs = self.entries.iter().filter(|(_, e)| e.account == *account);
        let heard = |entry: &Entry| (entry.signs.heard.load(Relaxed), entry.last_heard);
        let longest_silent = theirs.min_by_key(|(_, entry)| heard(entry));
        if let Some(number) = longest_silent.map(|(number, _)| *number) {
            self.end(number, reason);
        }
    }

    fn close_overdue(&mut self, limits: &ServerLimits, now: Instant) {
        let stopping = self.stopping;
        let overdue = self.entries.iter_mut();
        let overdue = overdue.filter_map(|(n, e)| Some((*n, e.overdue(limits, stopping, now)?)));
        for (number, reason) in overdue.collect::<Vec<_>>() {
            self.end(number, reason);
        }
    }
}

impl Entry {
    /// Notes what it did since the last look, and says whether that was too little.
    fn overdue(
        &mut self,
        limits: &ServerLimits,
        stopping: Option<Instant>,
        now: Instant,
    ) -> Option<&'static str> {
        if self.account.is_none() {
            let slow = now - self.last_heard >= limits.opening;
            let stopped = stopping.map(|_| "drained");
            return stopped.or_else(|| slow.then_some("too slow to open"));
        }
        let heard = self.signs.heard.swap(false, Relaxed);
        if heard {
            self.last_heard = now;
        }
        if heard || !self.signs.unfinished.load(Relaxed) {
            self.last_whole = now;
        }
        if self.signs.said.swap(false, Relaxed) {
            self.last_said = now;
        }
        let silent = now - self.last_heard.max(self.last_said);
        let refused = self.signs.refused.load(Relaxed);
        // Whoever is there answers the goodbye of HTTP/2.
        let deaf = stopping.filter(|stopping| self.last_heard <= *stopping);
        let long_since = |since: Option<Instant>, limit| since.is_some_and(|s| now - s >= limit);
        let rules = [
            ("drained", long_since(stopping, limits.drain)),
            ("drained", long_since(deaf, limits.opening)),
            ("unfinished frame", now - self.last_whole >= limits.frame),
            ("refused", refused && silent >= limits.opening),
            ("idle", silent >= limits.idle),
        ];
        rules
            .iter()
            .find(|(_, broken)| *broken)
            .map(|(reason, _)| *reason)
    }
}

impl Guest {
    /// Resolves when it has to go.
    pub(crate) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<&'static str> {
        if self.ending.is_none()
            && let Poll::Ready(ending) = Pin::new(&mut self.ended).poll(cx)
        {
            let reason = ending.unwrap_or("gone");
            self.ending = Some(reason);
            if let Some(left_out) = self.connections.log.admit(reason) {
                tracing::info!(remote_addr = %self.remote_addr, reason, left_out, "connection closed");
            }
        }
        self.ending.map_or(Poll::Pending, Poll::Ready)
    }

    /// So much plaintext has come from `account`.
    pub(crate) fn note_heard(&mut self, len: usize, account: &ServiceAccount) {
        if len > 0 {
            self.signs.heard.store(true, Relaxed);
        }
        if self.missing > 0 {
            self.missing = self.missing.saturating_sub(len);
            if self.missing == 0 {
                self.identify(account);
            }
        }
    }

    /// It is counted for whom it has proven to be.
    fn identify(&self, account: &ServiceAccount) {
        let account = Some(account.clone());
        let most = self.connections.limits.connections_per_account;
        let mut state = self.connections.lock();
        let theirs = state.entries.values().filter(|e| e.account == account);
        if theirs.count() >= most {
            state.evict(&account, "account full");
        }
        if let Some(entry) = state.entries.get_mut(&self.number) {
            entry.account = account;
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.connections.lock().entries.remove(&self.number);
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
