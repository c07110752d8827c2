//! How a machine proves to the authority that it may speak for a service account.
//!
//! ```text
//!   Claim = key to certify, account, machine, nonce
//!     |
//!     | SHA-256
//!     v
//!   digest --HMAC by a shared secret--------------> Proof::Enrolment     source "static"
//!          --audience of an identity token--------> Proof::GceToken      source "gce"
//! ```
//!
//! Either proof is worth nothing for another claim: who overhears one can have the same key
//! certified again, whose private half he does not hold. That is why the authority may be asked in
//! plaintext. The claim need not be signed by its key: a certificate for a key that one does not
//! hold makes no handshake certificate.
//!
//! | file | for |
//! |---|---|
//! | `enrolment.rs` | shared secrets |
//! | `token.rs` | Google's identity tokens, verified; pure |
//! | `jwks.rs` | the keys they are verified with; pure |
//! | `key_source.rs` | where those come from, and for how long they are kept |
//! | `metadata.rs` | where a machine gets a token from |

pub mod enrolment;
pub mod jwks;
mod key_source;
pub mod metadata;
#[cfg(test)]
pub(crate) mod test_signer;
pub mod token;

use std::fmt::Write;

pub use key_source::{KeySource, KeySourceError, KeysLocation};
use sha2::{Digest, Sha256};

use alts::ServiceAccount;
use alts_handshake::MachineName;

/// Bytes of randomness in a claim.
pub const NONCE_LEN: usize = 16;

/// Keeps a claim's digest apart from every other hash.
const CLAIM_LABEL: &[u8] = b"alts-local/1 claim\0";

/// What a machine wants certified.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who asks.
    pub machine: &'a MachineName,
    /// Whom its workload is to speak as.
    pub account: &'a ServiceAccount,
    /// The Ed25519 key to certify.
    pub public_key: &'a [u8; 32],
    /// Makes each claim one of its kind.
    pub nonce: &'a [u8; NONCE_LEN],
}

impl Claim<'_> {
    /// What a proof covers.
    ///
    /// ```text
    ///   SHA-256( "alts-local/1 claim" 00 | key[32] | nonce[16] | len u16le machine | account )
    /// ```
    pub fn digest(&self) -> [u8; 32] {
        let machine = self.machine.as_ref().as_bytes();
        let len = u16::try_from(machine.len()).expect("a machine's name has at most 63 bytes");
        Sha256::new()
            .chain_update(CLAIM_LABEL)
            .chain_update(self.public_key)
            .chain_update(self.nonce)
            .chain_update(len.to_le_bytes())
            .chain_update(machine)
            .chain_update(self.account.as_ref())
            .finalize()
            .into()
    }

    /// The digest as the audience of an identity token: a name that no other service answers to.
    pub fn audience(&self) -> String {
        let mut audience = String::from("urn:alts-local:1:claim:");
        for byte in self.digest() {
            write!(audience, "{byte:02x}").expect("a string takes everything");
        }
        audience
    }
}

/// What a machine shows.
#[derive(Clone)]
pub enum Proof {
    /// HMAC-SHA256 over the claim's digest.
    Enrolment([u8; 32]),
    /// A JWT from the metadata server.
    GceToken(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Enrolment(_) => "Proof::Enrolment(redacted)",
            Self::GceToken(_) => "Proof::GceToken(redacted)",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_part_of_a_claim_changes_its_audience() {
        let (vm, v) = (
            MachineName::parse("vm").unwrap(),
            MachineName::parse("v").unwrap(),
        );
        let (svc, msvc): (ServiceAccount, ServiceAccount) =
            ("svc@p".parse().unwrap(), "msvc@p".parse().unwrap());
        let claim = Claim {
            machine: &vm,
            account: &svc,
            public_key: &[1; 32],
            nonce: &[2; 16],
        };
        let others = [
            Claim {
                machine: &v,
                account: &msvc,
                ..claim
            },
            Claim {
                machine: &v,
                ..claim
            },
            Claim {
                account: &msvc,
                ..claim
            },
            Claim {
                public_key: &[2; 32],
                ..claim
            },
            Claim {
                nonce: &[1; 16],
                ..claim
            },
        ];
        let audiences: HashSet<String> =
            others.iter().chain([&claim]).map(Claim::audience).collect();
        assert_eq!(audiences.len(), 6);
        assert!(claim.audience().starts_with("urn:alts-local:1:claim:"));
    }
}
