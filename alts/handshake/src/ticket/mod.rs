//! Resumption: a session that begins with the secret an earlier one left, instead of certificates.
//!
//! ```text
//!   ServerFinished { ticket }  ...  ClientInit { ticket }
//!   sealed by the server            opened by the server, and by nobody else
//! ```
//!
//! Source: ALTS whitepaper, section "Session Resumption". What it leaves open is decided strictly
//! here:
//!
//! * **The client keeps it.** A server keeps nothing for others: what somebody else can put on its
//!   shelf under a victim's name, the victim would stumble over.
//! * **One use.** A session leaves one ticket. The client forgets it as it is presented; the server
//!   remembers the hash of its secret until it would have expired.
//! * **No more than the credentials allowed.** A ticket ends with the certificates it stands for,
//!   and they are checked again when it is used: root, policy, times, revocation. The client needs a
//!   credential of its own to begin at all.
//! * **Bound** to the server's account and its key for tickets, and to what the session agreed on.
//! * **Silent.** A ticket that cannot be used leads to a full handshake, never to a failure.
//!
//! A resumed session has forward secrecy too: its keys also come from a fresh agreement. Who steals
//! the key that seals tickets can pose to its owner as others while its tickets live (whitepaper,
//! section "Tradeoffs").

mod cache;
mod issuer;
mod resumption;
mod sealed;
mod session;

pub use self::resumption::Resumption;
pub(crate) use self::session::{
    MAX_TICKET_LEN, NewTicket, ResumableSession, SessionParameters, StoredTicket,
};
