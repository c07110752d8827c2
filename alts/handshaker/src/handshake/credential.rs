//! What a workload proves its identity with, and how the authority and the handshaker make it.
//!
//! ```text
//!   handshaker                                   authority
//!   MasterKey::new(seed) --MasterRequest-------> RootKey::sign
//!   MasterKey::certified <--MasterCertificate--- (the account is enabled)
//!        |
//!        v
//!   MasterCredential --issue(seed)--> HandshakeCredential    again and again, nobody is asked
//! ```
//!
//! The long-lived key signs; the key that agrees is replaced often, which is what the ALTS
//! whitepaper has instead of forward secrecy (section "Tradeoffs") and what limits the use of a
//! stolen one here too.

use std::{fmt, time::Duration};

use ed25519_dalek::{SigningKey, VerifyingKey};
use prost::Message;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{
    Cipher,
    certificate::{Category, RevocationId, Timestamp, VERSION, Validity},
    signature::{KeyId, Label, sign},
    wire,
};
use crate::ServiceAccount;

/// 32 uniformly random bytes that become a private key.
pub type Seed = Zeroizing<[u8; 32]>;

/// The machine that asks for a certificate on behalf of a workload.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineName(String);

impl MachineName {
    /// Longest name, in bytes: that of a DNS label, as Compute Engine has it.
    pub const MAX_LEN: usize = 63;

    /// Parses a name of letters, digits and hyphens that starts with a letter, as Compute Engine
    /// has it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        if name.len() > Self::MAX_LEN {
            return Err("a machine's name has at most 63 characters");
        }
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts_well || !name.chars().all(good) || name.ends_with('-') {
            return Err(
                "a machine's name is lowercase letters, digits and inner hyphens, and starts with \
                 a letter",
            );
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for MachineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for MachineName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// What the authority is asked to certify.
#[derive(Clone, Debug)]
pub struct MasterRequest {
    /// For whom.
    pub subject: ServiceAccount,
    /// By whom.
    pub issuer: MachineName,
    /// The key to certify.
    pub public_key: VerifyingKey,
}

/// A serialised, signed master certificate, and what its holder needs to know of it.
#[derive(Clone, Debug)]
pub struct MasterCertificate {
    encoded: Vec<u8>,
    validity: Validity,
    revocation_id: RevocationId,
}

impl MasterCertificate {
    /// When it holds.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// What a revocation list would name.
    pub fn revocation_id(&self) -> RevocationId {
        self.revocation_id
    }
}

/// The authority's key: the root of all trust.
pub struct RootKey(SigningKey);

impl RootKey {
    /// From 32 random bytes.
    pub fn new(seed: &Seed) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What verifiers need.
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// How certificates name this key.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.public())
    }

    /// Certifies a workload's key. Whether it may be certified was decided before.
    ///
    /// `serial`: 56 random bits for the revocation id.
    pub fn sign(
        &self,
        request: &MasterRequest,
        validity: Validity,
        serial: u64,
    ) -> MasterCertificate {
        let revocation_id = RevocationId::new(Category::Workload, serial);
        let body = wire::MasterBody {
            version: VERSION,
            subject: request.subject.as_ref().to_owned(),
            category: Category::Workload.to_wire().into(),
            issuer: request.issuer.as_ref().to_owned(),
            public_key: request.public_key.as_bytes().to_vec(),
            revocation_id: revocation_id.as_u64(),
            not_before_s: validity.not_before.as_unix_s(),
            not_after_s: validity.not_after.as_unix_s(),
        };
        MasterCertificate {
            encoded: sign(Label::Master, &body, &self.0).encode_to_vec(),
            validity,
            revocation_id,
        }
    }
}

/// A workload's master key before it is certified.
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
    pub fn request(&self, issuer: MachineName) -> MasterRequest {
        MasterRequest {
            subject: self.subject.clone(),
            issuer,
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

/// A certified master key: may make this workload's handshake certificates until it expires.
pub struct MasterCredential {
    key: MasterKey,
    certificate: MasterCertificate,
}

impl MasterCredential {
    /// When it holds.
    pub fn validity(&self) -> Validity {
        self.certificate.validity
    }

    /// A fresh key agreement key, certified for `lifetime` and never beyond this credential's own
    /// end.
    pub fn issue(
        &self,
        seed: &Seed,
        ciphers: &[Cipher],
        now: Timestamp,
        lifetime: Duration,
    ) -> HandshakeCredential {
        let secret = StaticSecret::from(**seed);
        let public_key = PublicKey::from(&secret);
        let validity = Validity {
            not_before: now,
            not_after: now.after(lifetime).min(self.certificate.validity.not_after),
        };
        let body = wire::HandshakeBody {
            version: VERSION,
            subject: self.key.subject.as_ref().to_owned(),
            public_key: public_key.as_bytes().to_vec(),
            ciphers: ciphers.iter().map(|cipher| cipher.number()).collect(),
            // A workload has one master certificate per connection: revoking either revokes both.
            revocation_id: self.certificate.revocation_id.as_u64(),
            not_before_s: validity.not_before.as_unix_s(),
            not_after_s: validity.not_after.as_unix_s(),
            master: self.certificate.encoded.clone(),
        };
        HandshakeCredential {
            subject: self.key.subject.clone(),
            secret,
            certificate: sign(Label::Handshake, &body, &self.key.key).encode_to_vec(),
            validity,
        }
    }
}

/// What one side of a handshake proves its identity with.
pub struct HandshakeCredential {
    subject: ServiceAccount,
    secret: StaticSecret,
    certificate: Vec<u8>,
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

    pub(crate) fn secret(&self) -> &StaticSecret {
        &self.secret
    }

    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, redacted)", self.id())
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
