//! What the tests of this crate share: a store that does as it is told, a log that can be read, a
//! server over plain TCP.

use std::{
    cell::RefCell,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use booking_domain::{Case, Hospital, PatientId, StaffId};
use booking_store::{Location, OpenOptions, Seed, Store, StoreError};
use jiff::Timestamp;
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    time::timeout,
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Endpoint};
use tracing_subscriber::{filter::dynamic_filter_fn, prelude::*};

use crate::{
    access::{Gatekeeper, Policy},
    bookings::Bookings,
    clock::Clock,
    grpc::Article,
    journal::Journal,
    pseudonym::{KEY_BYTES, PatientNames},
    serve::Deps,
};

/// What a [`ScriptedStore`] does when it is asked.
pub(crate) enum Script {
    /// Answers with these cases.
    Cases(Vec<Case>),
    /// Fails like this, each time anew.
    Fail(fn() -> StoreError),
    /// Answers that there are none, once the gate has a permit.
    Wait,
}

/// A store that counts who asks it.
pub(crate) struct ScriptedStore {
    pub(crate) script: Mutex<Script>,
    pub(crate) lookups: AtomicUsize,
    pub(crate) probes: AtomicUsize,
    /// Told of every lookup.
    pub(crate) asked: Notify,
    /// What [`Script::Wait`] waits for.
    pub(crate) gate: Semaphore,
}

impl ScriptedStore {
    pub(crate) fn new(script: Script) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script),
            lookups: AtomicUsize::new(0),
            probes: AtomicUsize::new(0),
            asked: Notify::new(),
            gate: Semaphore::new(0),
        })
    }

    /// How often anything at all was asked for.
    pub(crate) fn touched(&self) -> usize {
        self.lookups.load(Ordering::SeqCst) + self.probes.load(Ordering::SeqCst)
    }

    /// The answer, or `None` when there is to be a wait.
    fn answer(&self) -> Option<Result<Vec<Case>, StoreError>> {
        match &*self.script.lock().unwrap() {
            Script::Cases(cases) => Some(Ok(cases.clone())),
            Script::Fail(error) => Some(Err(error())),
            Script::Wait => None,
        }
    }
}

impl Bookings for Arc<ScriptedStore> {
    async fn cases_of(
        &self,
        _: &PatientId,
        _: &StaffId,
    ) -> Result<(Vec<Case>, Arc<Hospital>), StoreError> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        self.asked.notify_one();
        if let Some(answer) = self.answer() {
            return answer.map(|cases| (cases, Arc::default()));
        }
        drop(self.gate.acquire().await);
        Ok((Vec::new(), Arc::default()))
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.probes.fetch_add(1, Ordering::SeqCst);
        self.answer().map_or(Ok(()), |answer| answer.map(drop))
    }
}

/// How long a test waits for what is about to happen, before it says that it did not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The time the tests' servers believe it is.
pub(crate) const NOW: &str = "2024-06-20T12:00:00Z";

/// A clock that stands still.
pub(crate) fn clock() -> Clock {
    let now: Timestamp = NOW.parse().unwrap();
    Arc::new(move || now)
}

/// Pseudonyms under a known key.
fn patient_names() -> Arc<PatientNames> {
    Arc::new(PatientNames::pseudonyms([0; KEY_BYTES].into()))
}

/// The article's service over `store`.
pub(crate) fn article<S: Bookings>(store: &S) -> Article<S> {
    install_subscriber();
    Article {
        store: store.clone(),
        clock: clock(),
        patient_names: patient_names(),
        journal: Journal::nowhere(),
    }
}

/// The hospital of the article, in this process.
pub(crate) async fn article_store() -> Store {
    let options = OpenOptions {
        seed: Seed::Article,
        ..OpenOptions::default()
    };
    Store::open(&Location::Memory, options).await.unwrap()
}

/// Dependencies around `store`: a clock that stands still, a known key, nobody allowed.
pub(crate) fn deps(store: &Store) -> Deps {
    install_subscriber();
    Deps {
        store: store.clone(),
        clock: clock(),
        patient_names: patient_names(),
        gatekeeper: Gatekeeper::new(Policy::default()),
        drain_timeout: PATIENCE,
        max_connection_age: None,
    }
}

/// A port of our own, as tonic takes it.
pub(crate) async fn listen() -> (TcpListenerStream, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (TcpListenerStream::new(listener), address)
}

/// A connection without ALTS.
pub(crate) async fn connect(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}

/// Everything this thread logs, at every level, as JSON lines.
#[derive(Clone, Default)]
pub(crate) struct LogCapture {
    lines: Arc<Mutex<Vec<u8>>>,
    written: Arc<Notify>,
}

thread_local! {
    /// Where this thread's log goes; nowhere unless a test captures it.
    static CAPTURE: RefCell<Option<LogCapture>> = const { RefCell::new(None) };
}

/// Stops capturing when dropped.
pub(crate) struct CaptureGuard;

impl Drop for CaptureGuard {
    fn drop(&mut self) {
        CAPTURE.set(None);
    }
}

impl LogCapture {
    /// Captures until the guard is dropped; for tests on a single thread.
    pub(crate) fn start() -> (Self, CaptureGuard) {
        install_subscriber();
        let capture = Self::default();
        CAPTURE.set(Some(capture.clone()));
        (capture, CaptureGuard)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines.lock().unwrap().clone()).unwrap()
    }

    /// The line with `message`, waiting until there is one.
    pub(crate) async fn line(&self, message: &str) -> String {
        let wanted = format!("\"message\":\"{message}\"");
        let line = timeout(PATIENCE, self.wait_for(&wanted)).await;
        line.unwrap_or_else(|_| panic!("no line {message:?} in:\n{}", self.text()))
    }

    async fn wait_for(&self, wanted: &str) -> String {
        loop {
            let written = self.written.notified();
            if let Some(line) = self.text().lines().find(|line| line.contains(wanted)) {
                return line.to_owned();
            }
            written.await;
        }
    }
}

/// One subscriber for all tests, before the first of them logs: a subscriber per test would race
/// with the others' over which callsites are of interest. What no test reads is not made a line of:
/// at this level HTTP/2 says more than all else that a test does.
fn install_subscriber() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .with_writer(|| ThreadLog)
            .with_filter(dynamic_filter_fn(|_, _| is_captured()));
        tracing_subscriber::registry().with(lines).init();
    });
}

/// Whether a test reads what this thread logs.
fn is_captured() -> bool {
    CAPTURE
        .try_with(|capture| capture.borrow().is_some())
        .unwrap_or_default()
}

/// Writes to the capture of the thread it is used on.
struct ThreadLog;

impl io::Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAPTURE.with_borrow(|capture| {
            if let Some(capture) = capture {
                capture.lines.lock().unwrap().extend_from_slice(bytes);
                capture.written.notify_one();
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
