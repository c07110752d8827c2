//! Both halves of resumption together: the tickets a server gives, and those a client keeps.

use std::{fmt, sync::Arc, time::Duration};

use alts::ServiceAccount;
use parking_lot::Mutex;

use super::{
    cache::TicketCache,
    issuer::TicketIssuer,
    session::{MAX_TICKET_LIFETIME, NewTicket, ResumableSession, SessionParameters, StoredTicket},
};
use crate::{
    certificate::{Timestamp, VerifiedPeer},
    entropy::{Entropy, Seed},
    keys::ResumptionSecret,
};

/// All that one account on one machine has for resuming sessions. In memory only: a restart begins
/// with none.
pub struct Resumption {
    issuer: Mutex<TicketIssuer>,
    /// Tickets that servers gave us, by the name that was dialled.
    cache: Mutex<TicketCache>,
}

impl Resumption {
    /// For `account`; its first key for tickets comes from `seed`, which nobody else may have:
    /// single use is remembered here alone.
    pub fn new(account: ServiceAccount, seed: &Seed, now: Timestamp) -> Self {
        Self {
            issuer: Mutex::new(TicketIssuer::new(account, seed, now)),
            cache: Mutex::default(),
        }
    }

    /// A ticket for the client to keep, unless it would have ended already.
    pub(crate) fn issue(
        &self,
        secret: &ResumptionSecret,
        peer: &Arc<VerifiedPeer>,
        record_protocol: &str,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Option<NewTicket> {
        let parameters = SessionParameters::new(peer, record_protocol, now, MAX_TICKET_LIFETIME);
        let expires_s = parameters.expires.as_unix_s();
        let lifetime_s = expires_s.checked_sub(now.as_unix_s()).filter(|s| *s > 0)?;
        let mut issuer = self.issuer.lock();
        issuer.rotate_if_due(&entropy.ticket_key(), now);
        Some(NewTicket {
            ticket: issuer.seal(secret, &parameters, entropy.ticket_nonce),
            lifetime: Duration::from_secs(lifetime_s),
        })
    }

    /// Opens a ticket of ours, for the first and only time.
    pub(crate) fn accept(&self, ticket: &[u8], now: Timestamp) -> Option<ResumableSession> {
        self.issuer.lock().accept(ticket, now)
    }

    /// Keeps a server's ticket.
    pub(crate) fn store(&self, name: &str, ticket: StoredTicket, now: Timestamp) {
        self.cache.lock().put(name, ticket, now);
    }

    /// A ticket for the server behind a name, if one is kept that `fits`.
    pub(crate) fn take(
        &self,
        name: &str,
        fits: impl Fn(&SessionParameters) -> bool,
    ) -> Option<StoredTicket> {
        self.cache.lock().take(name, fits)
    }
}

impl fmt::Debug for Resumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumption").finish_non_exhaustive()
    }
}
