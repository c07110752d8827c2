//! Whom a handshaker believes: a peer's chain, checked link by link once, and its standing, checked
//! every time.
//!
//! ```text
//!   size -> chain (see `certificate/chain.rs`), or seen before
//!        -> standing: root still known -> issuer policy -> times -> revocation list
//! ```
//!
//! Tickets are checked for standing too: what they stand for must still be believed when they are
//! used. Whether the caller wanted this peer is not asked here: see the client's last state.

use std::{fmt, sync::Arc};

use sha2::{Digest, Sha256};

use super::{policy::Policy, recent::Recent};
use crate::certificate::{
    CertificateError, Crl, MAX_CERTIFICATE_LEN, MAX_CLOCK_SKEW, Roots, Timestamp, VerifiedChain,
    VerifiedPeer,
};

/// What to do without a revocation list that is current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationRule {
    /// Go on: ids that the last known list names stay refused. For machines whose authority
    /// publishes none, or whose operators prefer service to certainty.
    #[default]
    IfKnown,
    /// Refuse everybody until there is one.
    Required,
}

/// All that decides whom a handshaker believes, at one moment.
///
/// A snapshot: to change a root, the policy or the list, make another and put it in this one's
/// place. A peer is judged by the one that is there when its certificate arrives.
pub struct PeerVerifier {
    roots: Roots,
    policy: Policy,
    crl: Option<Arc<Crl>>,
    revocation: RevocationRule,
    /// Chains that these roots made, by the SHA-256 of their bytes. What may change is checked again
    /// at every use.
    seen: Recent<VerifiedChain>,
}

impl PeerVerifier {
    /// Believes what `roots` signed, `policy` allows and `crl` does not name.
    pub fn new(
        roots: impl Into<Roots>,
        policy: Policy,
        crl: Option<Arc<Crl>>,
        revocation: RevocationRule,
    ) -> Self {
        Self {
            roots: roots.into(),
            policy,
            crl,
            revocation,
            seen: Recent::default(),
        }
    }

    /// Believes whatever `roots` signed, until it expires.
    pub fn of_roots(roots: impl Into<Roots>) -> Self {
        Self::new(roots, Policy::default(), None, RevocationRule::default())
    }

    /// The keys it believes.
    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    /// The revocation list in use.
    pub fn crl(&self) -> Option<&Arc<Crl>> {
        self.crl.as_ref()
    }

    /// Checks a peer's serialised handshake certificate.
    ///
    /// The signatures of a chain that was already seen are not checked again; all else always is.
    ///
    /// # Errors
    /// The first thing found wrong, see [`CertificateError`].
    pub fn verify(
        &self,
        certificate: &[u8],
        now: Timestamp,
    ) -> Result<VerifiedChain, CertificateError> {
        if certificate.len() > MAX_CERTIFICATE_LEN {
            return Err(CertificateError::TooLong(certificate.len()));
        }
        let digest: [u8; 32] = Sha256::digest(certificate).into();
        let (chain, is_new) = match self.seen.get(&digest) {
            Some(chain) => (chain, false),
            None => (VerifiedChain::check(certificate, &self.roots)?, true),
        };
        self.revalidate(&chain.peer, now)?;
        if is_new {
            self.seen.insert(digest, chain.clone());
        }
        Ok(chain)
    }

    /// Whether a peer whose chain once held is still believed: the root, the policy, the times, the
    /// revocation list.
    ///
    /// # Errors
    /// The first thing that no longer holds.
    pub fn revalidate(&self, peer: &VerifiedPeer, now: Timestamp) -> Result<(), CertificateError> {
        if !self.roots.contains(peer.root) {
            return Err(CertificateError::UnknownAuthority(peer.root));
        }
        self.policy.check(peer)?;
        peer.machine_validity.check(now)?;
        peer.validity.check(now)?;
        self.check_revocation(peer, now)
    }

    fn check_revocation(
        &self,
        peer: &VerifiedPeer,
        now: Timestamp,
    ) -> Result<(), CertificateError> {
        let required = self.revocation == RevocationRule::Required;
        let Some(crl) = &self.crl else {
            return if required {
                Err(CertificateError::NoRevocationList)
            } else {
                Ok(())
            };
        };
        // Also in an old list: nothing is ever taken off one before it has expired by itself.
        for id in [peer.machine_revocation_id, peer.revocation_id] {
            if crl.contains(id) {
                return Err(CertificateError::Revoked(id));
            }
        }
        let due = crl.validity().not_after;
        if required && now >= due.after(MAX_CLOCK_SKEW) {
            let seconds = now.as_unix_s() - due.as_unix_s();
            return Err(CertificateError::StaleRevocationList { seconds });
        }
        Ok(())
    }
}

impl fmt::Debug for PeerVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerVerifier")
            .field("roots", &self.roots)
            .field("revocation", &self.revocation)
            .finish_non_exhaustive()
    }
}
