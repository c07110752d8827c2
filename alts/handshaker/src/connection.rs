//! A workload's connection to its handshaker, and the credential that lives and dies with it.
//!
//! A credential is obtained when the workload's process connects and is kept for that connection,
//! at most until it expires. So disabling an account stops new processes at once and running ones
//! when their credential ends: it recalls nothing. A connection without a credential asks again at
//! each handshake.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::Mutex;

use crate::{
    Clock, Issuer, NoCredential, environment,
    handshake::{HandshakeCredential, MachineName, MasterCredential, MasterKey, Timestamp},
    session::SessionContext,
};

/// How long one key agreement key is used. It is replaced without asking the authority.
const HANDSHAKE_CERTIFICATE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A key this close to its end is replaced before it is used: the handshake must end while it
/// holds.
const RENEWAL_MARGIN: Duration = Duration::from_secs(60);

/// One machine: what it runs as, and where its credentials come from.
pub(crate) struct Workload<I> {
    pub(crate) machine: MachineName,
    pub(crate) session: SessionContext,
    pub(crate) issuer: Arc<I>,
    pub(crate) clock: Clock,
}

/// One connection of one process on that machine.
pub(crate) struct Connection<I> {
    workload: Arc<Workload<I>>,
    held: Mutex<Option<Held>>,
}

struct Held {
    master: MasterCredential,
    handshake: Arc<HandshakeCredential>,
}

impl<I: Issuer> Connection<I> {
    /// Begins to obtain the credential at once: what counts is the account's state when the process
    /// connects.
    pub(crate) fn open(workload: Arc<Workload<I>>) -> Arc<Self> {
        let connection = Arc::new(Self {
            workload,
            held: Mutex::default(),
        });
        let opened = Arc::clone(&connection);
        tokio::spawn(async move {
            if let Err(cause) = opened.credential().await {
                let machine = opened.workload.machine.as_ref();
                tracing::warn!(machine, %cause, "no credential for a new connection");
            }
        });
        connection
    }

    pub(crate) fn workload(&self) -> &Workload<I> {
        &self.workload
    }

    /// The credential, obtained or renewed if need be.
    pub(crate) async fn credential(&self) -> Result<Arc<HandshakeCredential>, NoCredential> {
        // Held across the request to the authority: one connection asks once, however many
        // handshakes wait.
        let mut held = self.held.lock().await;
        let now = self.workload.clock.now();
        if held
            .as_ref()
            .is_some_and(|held| !held.master.validity().holds(now))
        {
            *held = None;
        }
        let current = match held.take() {
            Some(current) => current.renewed(&self.workload, now)?,
            None => self.obtain(now).await?,
        };
        let credential = Arc::clone(&current.handshake);
        *held = Some(current);
        Ok(credential)
    }

    async fn obtain(&self, now: Timestamp) -> Result<Held, NoCredential> {
        let workload = &self.workload;
        let key = MasterKey::new(workload.session.account.clone(), &seed()?);
        let request = key.request(workload.machine.clone());
        let master = key.certified(workload.issuer.issue(request).await?);
        let handshake = agreement_key(&master, workload, now)?;
        Ok(Held { master, handshake })
    }
}

impl Held {
    fn renewed<I>(self, workload: &Workload<I>, now: Timestamp) -> Result<Self, NoCredential> {
        let soon = now.after(RENEWAL_MARGIN);
        let end = self.handshake.validity().not_after;
        // The last one ends with the master certificate; a newer one could not end later.
        if soon < end || end == self.master.validity().not_after {
            return Ok(self);
        }
        Ok(Self {
            handshake: agreement_key(&self.master, workload, now)?,
            master: self.master,
        })
    }
}

fn agreement_key<I>(
    master: &MasterCredential,
    workload: &Workload<I>,
    now: Timestamp,
) -> Result<Arc<HandshakeCredential>, NoCredential> {
    let ciphers = &workload.session.ciphers;
    let credential = master.issue(&seed()?, ciphers, now, HANDSHAKE_CERTIFICATE_LIFETIME);
    Ok(Arc::new(credential))
}

fn seed() -> Result<crate::handshake::Seed, NoCredential> {
    environment::seed().map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))
}

impl<I> fmt::Debug for Connection<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.workload.session.account)
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
