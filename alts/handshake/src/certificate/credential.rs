//! What a workload proves its identity with, and how its machine makes it.
//!
//! ```text
//!   a machine's handshaker                       authority
//!   MasterKey::new(seed) --MasterRequest-------> RootKey::sign
//!   MasterKey::certified <--MasterCertificate--- (the accounts are enabled)
//!        |
//!        v
//!   MasterCredential --issue(seed)--> HandshakeCredential    again and again, nobody is asked
//! ```
//!
//! The long-lived key signs; the key that agrees is replaced often, which limits the use of a
//! stolen one (ALTS whitepaper, section "Tradeoffs").

use std::{fmt, time::Duration};

use alts::ServiceAccount;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

use super::{
    master::{MasterCertificate, MasterRequest},
    name::MachineName,
    revocation::RevocationId,
    signed::Signed,
    time::{Timestamp, Validity},
};
use crate::{entropy::Seed, wire};

/// A machine's master key before it is certified: made for one workload, which it is to vouch for.
pub struct MasterKey {
    subject: ServiceAccount,
    key: SigningKey,
}

impl MasterKey {
    /// From 32 random bytes.
    pub fn new(subject: ServiceAccount, seed: &Seed) -> Self {
        Self {
            subject,
            key: SigningKey::from_bytes(seed),
        }
    }

    /// What to ask the authority.
    pub fn request(&self, machine: MachineName) -> MasterRequest {
        MasterRequest {
            machine,
            account: self.subject.clone(),
            public_key: self.key.verifying_key(),
        }
    }

    /// The key with the authority's answer.
    pub fn certified(self, certificate: MasterCertificate) -> MasterCredential {
        MasterCredential {
            key: self,
            certificate,
        }
    }
}

/// A certified master key: makes the workload's handshake certificates until it expires.
pub struct MasterCredential {
    key: MasterKey,
    certificate: MasterCertificate,
}

impl MasterCredential {
    /// When it holds.
    pub fn validity(&self) -> Validity {
        self.certificate.validity()
    }

    /// What a revocation list would name to end all that this credential made.
    pub fn revocation_id(&self) -> RevocationId {
        self.certificate.revocation_id()
    }

    /// A fresh key agreement key, certified for `lifetime` and never beyond this credential's own
    /// end.
    pub fn issue(&self, seed: &Seed, now: Timestamp, lifetime: Duration) -> HandshakeCredential {
        let key = StaticSecret::from(**seed);
        let public_key = PublicKey::from(&key);
        let validity = Validity {
            not_before: now,
            not_after: now.after(lifetime).min(self.validity().not_after),
        };
        let revocation_id = self
            .certificate
            .workload_ids()
            .pick(short_digest(&public_key));
        let body = wire::HandshakeBody {
            subject: self.key.subject.as_ref().to_owned(),
            public_key: public_key.as_bytes().to_vec(),
            revocation_id: revocation_id.as_u64(),
            not_before_s: validity.not_before.as_unix_s(),
            not_after_s: validity.not_after.as_unix_s(),
            master: self.certificate.encoded().to_vec(),
        };
        HandshakeCredential {
            subject: self.key.subject.clone(),
            key,
            certificate: Signed::new(&body, [&self.key.key]).encode(),
            revocation_id,
            validity,
        }
    }
}

/// Spreads keys over the revocation ids there are, without a counter to keep.
fn short_digest(key: &PublicKey) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    short
}

/// What one side of a handshake proves its identity with.
pub struct HandshakeCredential {
    subject: ServiceAccount,
    key: StaticSecret,
    certificate: Vec<u8>,
    revocation_id: RevocationId,
    validity: Validity,
}

impl HandshakeCredential {
    /// Whose it is.
    pub fn subject(&self) -> &ServiceAccount {
        &self.subject
    }

    /// When it holds.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// What a revocation list would name to end this credential alone.
    pub fn revocation_id(&self) -> RevocationId {
        self.revocation_id
    }

    pub(crate) fn key(&self) -> &StaticSecret {
        &self.key
    }

    /// Its serialised handshake certificate, which anybody may see.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, redacted)", self.subject)
    }
}

impl fmt::Debug for MasterCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterCredential({}, redacted)", self.key.subject)
    }
}

impl fmt::Debug for HandshakeCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandshakeCredential({}, redacted)", self.subject)
    }
}
