//! A peer's chain, taken apart and checked link by link: what its bytes alone decide.
//!
//! ```text
//!   root known -> master signature -> handshake signature
//!              -> the machine may vouch for the account -> its revocation id is the machine's to give
//! ```
//!
//! What changes without the bytes, such as the time or a revocation, is for `trust` to check.

use std::sync::Arc;

use alts::ServiceAccount;
use x25519_dalek::PublicKey;

use super::{
    error::CertificateError,
    key_id::KeyId,
    master::VerifiedMaster,
    peer::VerifiedPeer,
    revocation::RevocationId,
    roots::Roots,
    signed::{Signed, SignedError},
    time::Validity,
};
use crate::wire;

/// The longest serialised chain a peer may present, in bytes. Ours are below 1 KiB.
pub(crate) const MAX_CERTIFICATE_LEN: usize = 8 * 1024;

/// A chain whose links hold.
#[derive(Clone, Debug)]
pub struct VerifiedChain {
    /// Whose it is.
    pub peer: Arc<VerifiedPeer>,
    pub(crate) static_key: PublicKey,
}

impl VerifiedChain {
    /// Takes a serialised handshake certificate.
    pub(crate) fn check(certificate: &[u8], roots: &Roots) -> Result<Self, CertificateError> {
        let bad = CertificateError::Malformed;
        let signed = Signed::<wire::HandshakeBody>::decode(certificate);
        let signed = signed.map_err(|_| bad("handshake certificate"))?;
        let claimed = signed.peek().map_err(|_| bad("handshake body"))?;
        let master = VerifiedMaster::check(&claimed.master, roots)?;
        let opened = signed.open(|id| (id == KeyId::of(&master.key)).then_some(&master.key));
        let (body, _) = opened.map_err(|error| match error {
            SignedError::Malformed | SignedError::UnknownSigner(_) => bad("signer"),
            SignedError::BadSignature => CertificateError::BadSignature("master key's"),
        })?;

        let account: ServiceAccount = body.subject.parse().map_err(|_| bad("subject"))?;
        master.check_vouches_for(&account)?;
        let revocation_id = RevocationId::from_u64(body.revocation_id);
        if !master.workload_ids.contains(revocation_id) {
            return Err(bad("revocation id"));
        }
        let key: [u8; 32] = body
            .public_key
            .as_slice()
            .try_into()
            .map_err(|_| bad("handshake public key"))?;
        let peer = VerifiedPeer {
            account,
            machine: master.machine,
            root: master.root,
            machine_revocation_id: master.revocation_id,
            revocation_id,
            machine_validity: master.validity,
            validity: Validity::from_wire(body.not_before_s, body.not_after_s)
                .ok_or_else(|| bad("validity"))?,
        };
        Ok(Self {
            peer: Arc::new(peer),
            static_key: PublicKey::from(key),
        })
    }
}
