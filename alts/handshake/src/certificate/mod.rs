//! Certificates: who vouches for whom, and for how long.
//!
//! ```text
//!   root key (Ed25519)                 the authority's; every handshaker knows it by its KeyId
//!     |  signs, label "alts-local/2 master"
//!     v
//!   MasterBody     a machine: name, Ed25519 key, the account it may vouch for, revocation id,
//!     |            validity
//!     |  that key signs, label "alts-local/2 handshake"
//!     v
//!   HandshakeBody  a workload: account, X25519 key, revocation id, validity, master certificate
//! ```
//!
//! The roles are those of the ALTS whitepaper, section "Certificates"; the bytes are ours. The
//! issuer that its policies speak of, who asks and not who signs, is here always the machine.
//!
//! | file | for |
//! |---|---|
//! | `signed.rs` | the envelope of all that is signed |
//! | `master.rs`, `chain.rs` | the two certificates, checked |
//! | `credential.rs` | the two certificates, made |
//! | `crl.rs`, `revocation.rs` | which no longer count, and how they are named |
//! | `roots.rs` | the authority's keys |

mod chain;
mod credential;
mod crl;
mod error;
mod key_id;
mod master;
mod name;
mod peer;
mod revocation;
mod roots;
mod signed;
mod time;

pub(crate) use self::chain::MAX_CERTIFICATE_LEN;
pub use self::{
    chain::VerifiedChain,
    credential::{HandshakeCredential, MasterCredential, MasterKey},
    crl::{Crl, CrlError, MAX_CRL_LEN, RevokedIds},
    error::CertificateError,
    key_id::KeyId,
    master::{MasterCertificate, MasterRequest},
    name::MachineName,
    peer::VerifiedPeer,
    revocation::{BadRevocationId, Category, RevocationId, RevocationRange},
    roots::{RootKey, Roots},
    signed::{MAX_SIGNATURES, Signed, SignedBody, SignedError},
    time::{MAX_CLOCK_SKEW, Timestamp, Validity},
};
