//! Who is at the other end, and all that must go on holding for it to be believed.

use alts::ServiceAccount;

use super::{
    key_id::KeyId,
    name::MachineName,
    revocation::RevocationId,
    time::{Timestamp, Validity},
};

/// A peer whose chain holds. That it also holds the key is for the handshake to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPeer {
    /// Who it is.
    pub account: ServiceAccount,
    /// The machine that vouches for it.
    pub machine: MachineName,
    /// The authority's key that signed the master certificate.
    pub root: KeyId,
    /// What a revocation list would name to end all that the machine vouched for with that
    /// certificate.
    pub machine_revocation_id: RevocationId,
    /// What a revocation list would name to end this one's handshake certificate.
    pub revocation_id: RevocationId,
    /// When the master certificate holds.
    pub machine_validity: Validity,
    /// When the handshake certificate holds.
    pub validity: Validity,
}

impl VerifiedPeer {
    /// From when on none of this holds any more, by the peer's own clock.
    pub fn not_after(&self) -> Timestamp {
        self.validity.not_after.min(self.machine_validity.not_after)
    }
}
