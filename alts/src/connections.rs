//! Who is connected to a server: who gives way when there are too many, and who has been silent for too
//! long. One look at all of them every so often is enough: no connection has a timer of its own.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    io, mem,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
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
/// What Unix says when the system, or this process, has no file left (ENFILE, EMFILE).
const NO_FILE_LEFT: [i32; 2] = [23, 24];

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
    /// Dropping these wakes whoever waits in either [`Half`].
    _place: [oneshot::Sender<()>; 2],
    last_heard: Instant,
    last_said: Instant,
    /// When no frame was under way, or another one than now.
    last_whole: Instant,
}

/// What a connection shows of itself, for whoever looks next, and whether it has to go.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    heard: AtomicBool,
    pub(crate) said: AtomicBool,
    /// A frame has begun and not ended.
    pub(crate) unfinished: AtomicBool,
    /// A call of it was refused, or let in.
    pub(crate) refused: AtomicBool,
    pub(crate) let_in: AtomicBool,
    ending: OnceLock<&'static str>,
}

/// What is waited for by whoever may have to hear of an end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Half {
    Read,
    Write,
}

/// One connection's place; given up when dropped.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) connections: Arc<ServerConnections>,
    pub(crate) remote_addr: SocketAddr,
    number: u64,
    pub(crate) signs: Arc<Signs>,
    /// Of two tasks, where a stream is split.
    ended: [oneshot::Receiver<()>; 2],
    /// Whether its end was logged.
    logged: bool,
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

    /// A place for a new connection. Where there are too many, another newcomer gives way: a quarter of all
    /// places is kept from those who have spoken.
    pub(crate) fn admit(self: &Arc<Self>, remote_addr: SocketAddr) -> Guest {
        let signs = Arc::<Signs>::default();
        let [reading, writing] = [(); 2].map(|()| oneshot::channel());
        let now = Instant::now();
        let mut state = self.lock();
        if state.entries.len() >= self.limits.connections && !state.evict_newcomer() {
            // Of fewer than four there is no quarter.
            state.evict_of_most();
        }
        let number = state.next;
        state.next += 1;
        let entry = Entry {
            account: None,
            signs: Arc::clone(&signs),
            _place: [reading.0, writing.0],
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
            ended: [reading.1, writing.1],
            logged: false,
            missing: FIRST_WORDS_LEN,
        }
    }

    /// Makes room for one that could not be accepted, where it was for want of files: whoever does
    /// nothing with one gives it back. Says whether there was such a one.
    pub(crate) fn makes_room(&self, error: &io::Error) -> bool {
        let want = error.raw_os_error().filter(|it| NO_FILE_LEFT.contains(it));
        want.is_some() && self.lock().evict_newcomer()
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
    /// Says whether it was there.
    fn end(&mut self, number: Option<u64>, reason: &'static str) -> bool {
        let entry = number.and_then(|number| self.entries.remove(&number));
        if let Some(entry) = &entry {
            let _ = entry.signs.ending.set(reason);
            *self.closed.entry(reason).or_default() += 1;
        }
        entry.is_some()
    }

    /// The oldest of those who have said nothing yet gives way. Says whether there was one.
    fn evict_newcomer(&mut self) -> bool {
        let mut newcomers = self.entries.iter().filter(|(_, e)| e.account.is_none());
        let oldest = newcomers.next().map(|(number, _)| *number);
        self.end(oldest, "server full")
    }

    /// Of those who have spoken, the longest silent of the account that has most gives way.
    fn evict_of_most(&mut self) {
        let mut sizes = HashMap::<_, usize>::new();
        for account in self.entries.values().filter_map(|e| e.account.as_ref()) {
            *sizes.entry(account).or_default() += 1;
        }
        let size = |entry: &Entry| sizes.get(entry.account.as_ref()?).copied();
        let longest_silent = self.longest_silent(size);
        self.end(longest_silent, "server full");
    }

    /// Among those who weigh most, of those who weigh anything.
    fn longest_silent(&self, weight: impl Fn(&Entry) -> Option<usize>) -> Option<u64> {
        // Those of whom something was seen since the last look come last.
        let seen = |e: &Entry| e.signs.heard.load(Relaxed) || e.signs.said.load(Relaxed);
        let silence = |e: &Entry| (seen(e), e.last_heard.max(e.last_said));
        let rank = |e: &Entry| Some((Reverse(weight(e)?), silence(e)));
        let ranked = self.entries.iter();
        let ranked = ranked.filter_map(|(number, entry)| Some((rank(entry)?, *number)));
        ranked.min().map(|(_, number)| number)
    }

    fn close_overdue(&mut self, limits: &ServerLimits, now: Instant) {
        let stopping = self.stopping;
        let overdue = self.entries.iter_mut();
        let overdue = overdue.filter_map(|(n, e)| Some((*n, e.overdue(limits, stopping, now)?)));
        for (number, reason) in overdue.collect::<Vec<_>>() {
            self.end(Some(number), reason);
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
        let refused = self.signs.refused.load(Relaxed) && !self.signs.let_in.load(Relaxed);
        // Whoever is there answers the goodbye of HTTP/2.
        let deaf = stopping.filter(|stopping| self.last_heard <= *stopping);
        let long_silent = silent >= limits.opening;
        let long_since = |since: Option<Instant>, limit| since.is_some_and(|s| now - s >= limit);
        let rules = [
            ("drained", long_since(stopping, limits.drain)),
            ("drained", long_silent && long_since(deaf, limits.opening)),
            ("unfinished frame", now - self.last_whole >= limits.frame),
            ("refused", refused && long_silent),
            ("idle", silent >= limits.idle),
        ];
        let (reason, _) = rules.into_iter().find(|(_, broken)| *broken)?;
        Some(reason)
    }
}

impl Guest {
    /// Why it has to go, once it has to.
    pub(crate) fn ended(&mut self) -> Option<&'static str> {
        let reason = *self.signs.ending.get()?;
        if !mem::replace(&mut self.logged, true)
            && let Some(left_out) = self.connections.log.admit(reason)
        {
            tracing::info!(remote_addr = %self.remote_addr, reason, left_out, "connection closed");
        }
        Some(reason)
    }

    /// Resolves when it has to go.
    pub(crate) fn poll_ended(&mut self, half: Half, cx: &mut Context<'_>) -> Poll<&'static str> {
        if self.ended().is_none() {
            // Pending without a reason, too, when its task has used up its time: it is asked anew.
            let _ = Pin::new(&mut self.ended[half as usize]).poll(cx);
        }
        self.ended().map_or(Poll::Pending, Poll::Ready)
    }

    /// It is over by itself, for this reason.
    pub(crate) fn over(&self, reason: &'static str) {
        self.connections.lock().end(Some(self.number), reason);
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

    /// It is counted for whom it has proven to be, among those who have spoken.
    fn identify(&self, account: &ServiceAccount) {
        let limits = &self.connections.limits;
        let mut state = self.connections.lock();
        let Some(entry) = state.entries.get_mut(&self.number) else {
            return;
        };
        entry.account = Some(account.clone());
        entry.last_heard = Instant::now();
        let theirs = |entry: &Entry| (entry.account.as_ref()? == account).then_some(0);
        let of_theirs = state.entries.values().filter_map(theirs).count();
        let most = limits.connections - limits.connections / 4;
        let mut spoken = state.entries.values().filter(|e| e.account.is_some());
        if of_theirs > limits.connections_per_account {
            let longest_silent = state.longest_silent(theirs);
            state.end(longest_silent, "account full");
        } else if spoken.nth(most).is_some() {
            state.evict_of_most();
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
