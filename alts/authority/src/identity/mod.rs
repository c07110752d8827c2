//! How a machine proves to the authority that it may speak for a service account.
//!
//! ```text
//!   Claim = what is asked, account, machine, nonce, time
//!     |
//!     | SHA-256
//!     v
//!   digest --HMAC by a shared secret--------------> Proof::Enrolment     source "static"
//!          --audience of an identity token--------> Proof::GceToken      source "gce"
//!          --what a token is sealed with----------> Proof::SealedToken   source "kubernetes"
//! ```
//!
//! Each proof is worth nothing for another claim, nor a few minutes later, and a certificate is
//! given for it once. That is why the authority may be asked in plaintext. The claim need not be signed
//! by its key: a certificate for a key that one does not hold makes no handshake certificate.
//!
//! | file | for |
//! |---|---|
//! | `enrolment.rs` | shared secrets |
//! | `jwt.rs` | what is verified of every token; pure |
//! | `gce.rs`, `kubernetes.rs` | Google's tokens of machines, and a cluster's of pods |
//! | `jwks.rs` | the keys they are verified with; pure |
//! | `key_source.rs` | where those come from, and for how long they are kept |
//! | `metadata.rs` | where a machine gets a token from |
//! | `sealed.rs` | a pod's token on its way to the authority |

pub mod enrolment;
pub mod gce;
pub mod jwks;
pub mod jwt;
pub(crate) mod key_source;
pub mod kubernetes;
pub mod metadata;
pub(crate) mod sealed;
#[cfg(test)]
#[path = "../../tests/keys/test_signer.rs"]
pub(crate) mod test_signer;

use alts::ServiceAccount;
use alts_daemon::hex::hex;
use alts_handshake::{MachineName, Timestamp};
pub use key_source::{KeySource, KeySourceError, KeysLocation};
use sha2::{Digest, Sha256};

/// Bytes of randomness in a claim.
pub const NONCE_LEN: usize = 16;

/// Keeps a claim's digest apart from every other hash.
const CLAIM_LABEL: &[u8] = b"alts-local/1 claim\0";

/// What a machine asks of its authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// To certify this Ed25519 key.
    Certificate(&'a [u8; 32]),
    /// Which certificates are revoked.
    RevocationList,
    /// Which accounts may act.
    AccountStates,
}

impl Question<'_> {
    /// One byte that tells the questions apart, and what is asked.
    fn parts(&self) -> (u8, &[u8]) {
        match self {
            Self::Certificate(key) => (1, key.as_slice()),
            Self::RevocationList => (2, &[]),
            Self::AccountStates => (3, &[]),
        }
    }
}

/// That a machine may ask something.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who asks.
    pub machine: &'a MachineName,
    /// Whom its workload speaks as.
    pub account: &'a ServiceAccount,
    /// What is asked.
    pub question: Question<'a>,
    /// Makes each claim one of its kind.
    pub nonce: &'a [u8; NONCE_LEN],
    /// When it is asked, by the machine's clock.
    pub asked_at: Timestamp,
}

impl Claim<'_> {
    /// What a proof covers.
    ///
    /// ```text
    ///   SHA-256( "alts-local/1 claim" 00 | kind u8 | key[32] or nothing | nonce[16] | time u64le
    ///            | len u16le machine | account )
    /// ```
    pub fn digest(&self) -> [u8; 32] {
        let machine = self.machine.as_ref().as_bytes();
        let (kind, asked) = self.question.parts();
        let len = u16::try_from(machine.len()).expect("a machine's name has at most 63 bytes");
        Sha256::new()
            .chain_update(CLAIM_LABEL)
            .chain_update([kind])
            .chain_update(asked)
            .chain_update(self.nonce)
            .chain_update(self.asked_at.as_unix_s().to_le_bytes())
            .chain_update(len.to_le_bytes())
            .chain_update(machine)
            .chain_update(self.account.as_ref())
            .finalize()
            .into()
    }

    /// The digest as the audience of an identity token: a name that no other service answers to.
    pub fn audience(&self) -> String {
        let prefix = match self.question {
            Question::Certificate(_) => "urn:alts-local:1:claim:",
            Question::RevocationList | Question::AccountStates => "urn:alts-local:1:question:",
        };
        format!("{prefix}{}", hex(&self.digest()))
    }
}

/// What a machine shows. It cannot be printed: tokens are secrets.
pub(crate) enum Proof {
    /// HMAC-SHA256 over the claim's digest.
    Enrolment([u8; 32]),
    /// A JWT from the metadata server.
    GceToken(String),
    /// A JWT of a pod, sealed to the authority's root key for this claim.
    SealedToken(Vec<u8>),
}

#[cfg(test)]
mod tests;
