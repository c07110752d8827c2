//! A workload's connection to its handshaker, and the credential that lives and dies with it.
//!
//! A credential is obtained when the workload's process connects and is kept for that connection, at
//! most until it expires. So disabling an account stops new processes at once and running ones when
//! their credential ends: it recalls nothing. A connection without a credential asks again at each
//! handshake.
//!
//! ```text
//!   issued                          2/3 of its life, a little spread                    expires
//!     |---------------- used ----------------|------ used; asking for the next one ------|
//!                                            authority out of reach, or the account disabled:
//!                                            what is held is used to its end
//! ```

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use alts_authority::{
    issuer::{Issuer, NoCredential},
    verifier_feed::VerifierFeed,
};
use alts_daemon::{
    clock::Clock,
    connections::{ActiveCallGuard, ConnectionPermit},
    listener::ConnectionHandler,
    retry::Backoff,
    rng,
};
use alts_handshake::{
    HandshakeCredential, MAX_CLOCK_SKEW, MachineName, MasterCredential, MasterKey, Seed, Timestamp,
    Validity,
};
use tokio::{
    sync::Mutex,
    task::AbortHandle,
    time::{Instant, sleep},
};

use crate::{
    hook::{CallHook, Interference},
    limits::{HandshakeLimiter, Limits},
    metrics::{
        CONNECTIONS, CONNECTIONS_CLOSED, CREDENTIAL_REQUESTS, Counted, CredentialSlot, Metrics,
    },
    peer_check::PeerCheck,
    renewal::renewal_wait,
    session::SessionContext,
};

/// How long one key agreement key is used. It is replaced without asking the authority.
const HANDSHAKE_CERTIFICATE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A key this close to its end is replaced before it is used: the handshake must end while it
/// holds.
const RENEWAL_MARGIN: Duration = Duration::from_secs(60);

/// Waits between attempts to renew: the first, and the longest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// One machine: what it runs as, and where its credentials come from.
#[derive(Clone)]
pub(crate) struct Workload {
    pub(crate) machine: MachineName,
    pub(crate) session: SessionContext,
    pub(crate) verifier: VerifierFeed,
    pub(crate) issuer: Arc<dyn Issuer>,
    pub(crate) peer_check: PeerCheck,
    pub(crate) hook: Option<Arc<dyn CallHook>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) limiter: Arc<HandshakeLimiter>,
}

/// One connection of one process on that machine.
pub(crate) struct Connection {
    workload: Arc<Workload>,
    /// Held across the request to the authority: one connection asks once, however many handshakes
    /// wait.
    held: Mutex<State>,
    gauge: CredentialSlot,
    /// Keeps the connection from giving way while it works. `None` in tests.
    permit: Option<Arc<ConnectionPermit>>,
    _counted: Counted,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// For those who waited while it was asked for in vain: they hear the same.
    refused: Option<(Instant, NoCredential)>,
    /// When another one was asked for because what is held had not begun.
    asked_early: Option<Instant>,
}

struct Held {
    master: MasterCredential,
    handshake: Arc<HandshakeCredential>,
    keeper: AbortHandle,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Connection {
    /// Something has connected; whether it is a workload shows when it speaks.
    pub(crate) fn open(workload: Arc<Workload>, permit: Option<ConnectionPermit>) -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::default(),
            permit: permit.map(Arc::new),
            gauge: workload.metrics.credential_slot(),
            _counted: workload.metrics.counted(CONNECTIONS, &workload.machine),
            workload,
        })
    }

    /// It speaks HTTP/2. Begins to obtain the credential at once: what counts is the account's state
    /// when the process connects.
    pub(crate) fn begin(self: &Arc<Self>) {
        let opened = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(cause) = opened.credential().await {
                let machine = opened.workload.machine.as_ref();
                tracing::warn!(machine, %cause, "no credential for a new connection");
            }
        });
    }

    pub(crate) fn workload(&self) -> &Arc<Workload> {
        &self.workload
    }

    /// A call begins: this connection is not idle while it lasts.
    pub(crate) fn begin_call(&self) -> Option<ActiveCallGuard> {
        self.permit.as_ref().map(ConnectionPermit::begin_call)
    }

    /// What goes wrong in the call that begins: in service, nothing.
    pub(crate) fn begin_interference(&self) -> Option<Box<dyn Interference>> {
        let hook = Arc::clone(self.workload.hook.as_ref()?);
        hook.begin(self.permit.as_ref().map_or(0, |permit| permit.number()))
    }

    /// The credential, obtained or renewed if need be.
    pub(crate) async fn credential(
        self: &Arc<Self>,
    ) -> Result<Arc<HandshakeCredential>, NoCredential> {
        let asked = Instant::now();
        let mut state = self.held.lock().await;
        let now = self.workload.clock.now();
        let ended = |held: &Held| held.master.validity().has_ended(now);
        if state.held.as_ref().is_some_and(ended) {
            state.held = None;
            self.gauge.clear();
        }
        if state.held.is_none() {
            if let Some((when, cause)) = &state.refused
                && *when >= asked
            {
                return Err(cause.clone());
            }
            match self.obtain().await {
                Ok(master) => self.hold(&mut state, master)?,
                Err(cause) => {
                    state.refused = Some((Instant::now(), cause.clone()));
                    return Err(cause);
                }
            }
        }
        // A clock was ahead, and peers do not believe in the future. Should the next one be no better, or
        // not to be had, this one serves on.
        let early = state.held.as_ref().is_some_and(|held| is_early(held, now));
        let asked = state.asked_early;
        if early && asked.is_none_or(|asked| asked.elapsed() >= LONGEST_RETRY) {
            state.asked_early = Some(Instant::now());
            match self.obtain().await {
                Ok(master) => self.hold(&mut state, master)?,
                Err(cause) => {
                    tracing::warn!(%cause, "the credential begins in the future, and there is no other");
                }
            }
        }
        let held = state.held.as_mut().expect("it was obtained above");
        held.freshen(now)?;
        Ok(Arc::clone(&held.handshake))
    }

    /// Asks for a new master credential. What is held stays.
    async fn obtain(&self) -> Result<MasterCredential, NoCredential> {
        let workload = &self.workload;
        let key = MasterKey::new(workload.session.account.clone(), &seed()?);
        let request = key.request(workload.machine.clone());
        let issued = workload.issuer.issue(request).await;
        let result = issued.as_ref().err().map_or("issued", NoCredential::word);
        let machine = &workload.machine;
        workload
            .metrics
            .count(CREDENTIAL_REQUESTS, machine, ("result", result));
        Ok(key.certified(issued?))
    }

    /// Takes a master credential into use, and sees to the one after it.
    fn hold(
        self: &Arc<Self>,
        state: &mut State,
        master: MasterCredential,
    ) -> Result<(), NoCredential> {
        let validity = master.validity();
        let handshake = agreement_key(&master, self.workload.clock.now())?;
        let keeper = tokio::spawn(renew(Arc::downgrade(self), validity));
        self.gauge.holds(&self.workload.machine, validity.not_after);
        state.held = Some(Held {
            master,
            handshake,
            keeper: keeper.abort_handle(),
        });
        state.refused = None;
        Ok(())
    }
}

impl ConnectionHandler for Workload {
    type State = Connection;

    fn receive(self: &Arc<Self>, permit: ConnectionPermit) -> Arc<Connection> {
        Connection::open(Arc::clone(self), Some(permit))
    }

    fn speaks(connection: &Arc<Connection>) {
        connection.begin();
    }

    fn closed(&self, reason: &'static str) {
        self.metrics
            .count(CONNECTIONS_CLOSED, &self.machine, ("reason", reason));
    }

    fn name(&self) -> &str {
        self.machine.as_ref()
    }
}

/// Waits for the time to renew, and renews: handshakes go on with the old credential meanwhile.
/// Aborted when that is replaced or its connection ends.
async fn renew(connection: Weak<Connection>, validity: Validity) {
    let Some(wait) = connection.upgrade().map(|connection| {
        let now = connection.workload().clock.now();
        renewal_wait(validity, now, rng::fraction())
    }) else {
        return;
    };
    sleep(wait).await;
    let mut backoff = Backoff::new(FIRST_RETRY, LONGEST_RETRY);
    loop {
        let Some(connection) = connection.upgrade() else {
            return;
        };
        let machine = connection.workload().machine.clone();
        // Not under the lock: handshakes must not wait for this.
        match connection.obtain().await {
            Ok(master) => {
                // Drops, and so aborts, what this task belongs to: nothing is left to be done here.
                let mut state = connection.held.lock().await;
                match connection.hold(&mut state, master) {
                    Ok(()) => tracing::debug!(%machine, "credential renewed"),
                    Err(cause) => tracing::warn!(%machine, %cause, "credential not renewed"),
                }
                return;
            }
            Err(cause) => {
                let now = connection.workload().clock.now();
                let left_s = validity
                    .not_after
                    .as_unix_s()
                    .saturating_sub(now.as_unix_s());
                if left_s == 0 {
                    tracing::warn!(%machine, %cause, "the credential has ended");
                    return;
                }
                tracing::warn!(%machine, %cause, left_s, "the credential cannot be renewed; \
                    going on with it until it ends");
            }
        }
        drop(connection);
        sleep(backoff.next(rng::fraction())).await;
    }
}

impl Held {
    /// Replaces the key agreement key when its time has come.
    fn freshen(&mut self, now: Timestamp) -> Result<(), NoCredential> {
        let soon = now.after(RENEWAL_MARGIN);
        let end = self.handshake.validity().not_after;
        // The last one ends with the master certificate; a newer one could not end later.
        if soon >= end && end != self.master.validity().not_after {
            self.handshake = agreement_key(&self.master, now)?;
        }
        Ok(())
    }
}

fn is_early(held: &Held, now: Timestamp) -> bool {
    held.master.validity().not_before > now.after(MAX_CLOCK_SKEW)
}

fn agreement_key(
    master: &MasterCredential,
    now: Timestamp,
) -> Result<Arc<HandshakeCredential>, NoCredential> {
    let credential = master.issue(&seed()?, now, HANDSHAKE_CERTIFICATE_LIFETIME);
    Ok(Arc::new(credential))
}

fn seed() -> Result<Seed, NoCredential> {
    rng::seed().map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.workload.session.account)
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
