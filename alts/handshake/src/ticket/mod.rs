//! Resumption: a session that begins with the secret an earlier one left, instead of certificates.
//!
//! ```text
//!   kept by the client      ServerFinished { ticket }  ...  ClientInit { ticket }
//!                           sealed by the server            opened by the server
//!
//!   kept by the server      ClientFinished { ticket }  ...  ServerInit { ticket }
//!                           sealed by the client            opened by the client
//! ```
//!
//! Source: ALTS whitepaper, section "Session Resumption". What it leaves open is decided strictly
//! here:
//!
//! * **One use.** A session leaves one ticket. Who keeps it forgets it as it is presented; who gave
//!   it remembers the hash of its secret until it would have expired.
//! * **No more than the credentials allowed.** A ticket ends with the certificates it stands for,
//!   and they are checked again when it is used: root, policy, times, revocation. The other side
//!   needs a credential of its own to begin at all.
//! * **Bound** to the giver's account and resumption key, to the side that keeps it, and to what the
//!   session agreed on.
//! * **Silent.** A ticket that cannot be used leads to a full handshake, never to a failure.
//!
//! With [`Cipher::Pfs`] a resumed session has forward secrecy too. Who steals a resumption key can
//! pose to its owner as others while its tickets live (whitepaper, section "Tradeoffs").

mod keeper;
mod sealed;
mod shelf;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::{keeper::TicketKeeper, shelf::Shelf};
use super::{Cipher, Seed, Timestamp, Trust, VerifiedPeer, keys::ResumptionSecret};
use alts::ServiceAccount;

/// The longest ticket that is kept or opened, in bytes. Ours are about 270.
pub(crate) const MAX_TICKET_LEN: usize = 2048;

/// The longest a ticket may live, whoever gave it. Ours end much sooner, with the handshake
/// certificates they stand for.
pub const MAX_TICKET_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Names a resumption key to the peers that keep its tickets.
pub(crate) type ResumptionId = [u8; 16];

/// 96 random bits: each seals at most one ticket.
pub(crate) type TicketNonce = [u8; 12];

/// What a side does about resumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumptionSettings {
    /// It gives tickets: must keep a resumption key.
    pub gives: bool,
    /// It keeps tickets that it is given.
    pub keeps: bool,
    /// How long a ticket that it gives may live; at most [`MAX_TICKET_LIFETIME`].
    pub lifetime: Duration,
}

impl Default for ResumptionSettings {
    fn default() -> Self {
        Self {
            gives: true,
            keeps: true,
            lifetime: Duration::from_secs(3600),
        }
    }
}

/// Which side keeps a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Client,
    Server,
}

/// What a session left: enough to begin another.
pub(crate) struct Resumable {
    pub(crate) secret: ResumptionSecret,
    pub(crate) terms: Terms,
}

/// What a resumed session takes over from the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The other side, as its certificates described it.
    pub(crate) peer: Arc<VerifiedPeer>,
    pub(crate) cipher: Cipher,
    pub(crate) record_protocol: String,
    pub(crate) expires: Timestamp,
}

impl Terms {
    /// Ends with the certificates it stands for, or earlier.
    pub(crate) fn ending(self, now: Timestamp, lifetime: Duration) -> Self {
        let latest = now.after(lifetime.min(MAX_TICKET_LIFETIME));
        Self {
            expires: latest.min(self.peer.not_after()),
            ..self
        }
    }

    /// Whether the other side is still to be believed.
    pub(crate) fn hold(&self, trust: &Trust, now: Timestamp) -> bool {
        now < self.expires && trust.check_standing(&self.peer, now).is_ok()
    }

    /// Whether a session with these choices is the one it was given for.
    pub(crate) fn agree(&self, cipher: Cipher, record_protocol: &str) -> bool {
        self.cipher == cipher && self.record_protocol == record_protocol
    }
}

/// A ticket for the other side to keep.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NewTicket {
    pub(crate) ticket: Vec<u8>,
    pub(crate) lifetime: Duration,
}

/// A ticket that is kept, and what it stands for.
pub(crate) struct HeldTicket {
    pub(crate) ticket: Vec<u8>,
    pub(crate) session: Resumable,
}

/// All that one account on one machine has for resuming sessions. In memory only: a restart begins
/// with none.
pub struct Resumption {
    settings: ResumptionSettings,
    keeper: Mutex<TicketKeeper>,
    /// Tickets that servers gave us, by the name that was dialled.
    from_servers: Mutex<Shelf<String>>,
    /// Tickets that clients gave us, by their resumption key.
    from_clients: Mutex<Shelf<ResumptionId>>,
}

impl Resumption {
    /// For `account`; its first resumption key comes from `seed`, which nobody else may have:
    /// single use is remembered here alone.
    pub fn new(
        account: ServiceAccount,
        seed: &Seed,
        settings: ResumptionSettings,
        now: Timestamp,
    ) -> Self {
        let settings = ResumptionSettings {
            lifetime: settings.lifetime.min(MAX_TICKET_LIFETIME),
            ..settings
        };
        Self {
            settings,
            keeper: Mutex::new(TicketKeeper::new(account, seed, settings.lifetime, now)),
            from_servers: Mutex::default(),
            from_clients: Mutex::default(),
        }
    }

    /// Whether tickets that we are given are kept.
    pub(crate) fn keeps(&self) -> bool {
        self.settings.keeps
    }

    /// What other sides may return our tickets by; `None` when we give none.
    pub(crate) fn id(&self) -> Option<ResumptionId> {
        self.settings.gives.then(|| lock(&self.keeper).id())
    }

    /// A ticket for the other side to keep. `next_key` replaces the resumption key if that is due.
    pub(crate) fn give(
        &self,
        holder: Holder,
        secret: &ResumptionSecret,
        terms: Terms,
        nonce: TicketNonce,
        next_key: &Seed,
        now: Timestamp,
    ) -> Option<NewTicket> {
        if !self.settings.gives {
            return None;
        }
        let terms = terms.ending(now, self.settings.lifetime);
        let lifetime_s = terms.expires.as_unix_s().checked_sub(now.as_unix_s())?;
        let mut keeper = lock(&self.keeper);
        keeper.rotate_if_due(next_key, now);
        Some(NewTicket {
            ticket: keeper.seal(holder, secret, &terms, nonce),
            lifetime: Duration::from_secs(lifetime_s),
        })
        .filter(|_| lifetime_s > 0)
    }

    /// Opens a ticket of ours, for the first and only time.
    pub(crate) fn redeem(
        &self,
        holder: Holder,
        ticket: &[u8],
        now: Timestamp,
    ) -> Option<Resumable> {
        lock(&self.keeper).redeem(holder, ticket, now)
    }

    /// Keeps a server's ticket.
    pub(crate) fn keep_for_name(&self, name: &str, ticket: HeldTicket, now: Timestamp) {
        if self.settings.keeps {
            lock(&self.from_servers).put(name.to_owned(), ticket, now);
        }
    }

    /// A ticket for the server behind a name, if one is kept that `fits`.
    pub(crate) fn take_for_name(
        &self,
        name: &str,
        fits: impl Fn(&Terms) -> bool,
    ) -> Option<HeldTicket> {
        lock(&self.from_servers).take(name, fits)
    }

    /// Keeps a client's ticket.
    pub(crate) fn keep_for_client(&self, id: ResumptionId, ticket: HeldTicket, now: Timestamp) {
        if self.settings.keeps {
            lock(&self.from_clients).put(id, ticket, now);
        }
    }

    /// A ticket of this client's, if one is kept that `fits`.
    pub(crate) fn take_for_client(
        &self,
        id: &ResumptionId,
        fits: impl Fn(&Terms) -> bool,
    ) -> Option<HeldTicket> {
        lock(&self.from_clients).take(id, fits)
    }
}

/// All three are whole between any two statements: a panic elsewhere cannot have broken them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Resumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumption")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
