//! Changes to the root keys and the revocation list, and what is published of both.

use std::{sync::Arc, time::Duration};

use alts_daemon::{rng, state::StateDir};
use alts_handshake::{
    Crl, KeyId, PeerVerifier, Policy, RevocationId, RevocationRule, RevokedIds, Roots, Timestamp,
    Validity, wire,
};

use super::{AUTHORITY_FILE, AuthorityError, CertificateAuthority, REVOCATIONS_FILE};
use crate::{
    ledger::{Revocation, Revoked, RevokedRecord},
    proto::authority as proto,
    root_keys::{RootKeys, RotationError},
    root_keys_record::RootKeysRecord,
    verifier_feed::VerifierFeed,
};

/// How long a published list is good for. Machines fetch it far more often; this is how long one
/// may go on when it cannot.
const CRL_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A list older than this is signed anew when it is asked for.
const CRL_REFRESH: Duration = Duration::from_secs(10 * 60);

/// The list as it is handed out.
#[derive(Debug)]
pub(super) struct PublishedCrl {
    bytes: Arc<[u8]>,
    validity: Validity,
}

impl PublishedCrl {
    /// Signs what is revoked with the key that signs at `now`. The time of the list is counted on:
    /// it must be on disk before the list is seen.
    pub(super) fn sign(roots: &RootKeys, revoked: &mut Revoked, now: Timestamp) -> Self {
        revoked.prune(now);
        let ids: RevokedIds = revoked.ids().map(Into::into).collect();
        let validity = Validity::starting(revoked.list(now), CRL_LIFETIME);
        let bytes = roots.signing(now).sign_crl(&ids, validity).into();
        Self { bytes, validity }
    }

    /// What this process's own machines believe. `roots`: those that signed it.
    pub(super) fn trust(&self, roots: &RootKeys, policy: &Policy) -> Arc<PeerVerifier> {
        let roots: Roots = roots.public().into_iter().collect();
        let crl = Crl::open(&self.bytes, &roots).expect("one of these very keys has signed it");
        let (crl, rule) = (Some(Arc::new(crl)), RevocationRule::default());
        Arc::new(PeerVerifier::new(roots, policy.clone(), crl, rule))
    }
}

impl CertificateAuthority {
    /// What every machine of this authority believes today.
    pub fn trust(&self) -> Arc<PeerVerifier> {
        Arc::clone(&self.trust.borrow())
    }

    /// The same, as it changes.
    pub fn verifier_feed(&self) -> VerifierFeed {
        self.trust.subscribe().into()
    }

    /// The name of the key that signs.
    pub fn authority_key_id(&self) -> KeyId {
        self.roots.read().signing(self.clock.now()).id()
    }

    /// The root keys; their private halves stay inside.
    pub fn root_keys(&self) -> Arc<RootKeys> {
        Arc::clone(&self.roots.read())
    }

    /// Publishes a new key, which signs when `lead` has passed; the old one stays published. Blocks
    /// on the disk.
    ///
    /// # Errors
    /// When there are too many, or the change cannot be kept; then nothing has changed.
    pub fn rotate_root(&self, lead: Duration) -> Result<RootKeys, AuthorityError> {
        let seed = rng::seed()?;
        self.change_roots(|roots, now| roots.rotated(seed, lead, now))
    }

    /// Forgets all keys but the one that signs. Blocks on the disk.
    ///
    /// # Errors
    /// When there is no other, or the change cannot be kept; then nothing has changed.
    pub fn retire_roots(&self) -> Result<RootKeys, AuthorityError> {
        self.change_roots(RootKeys::retired)
    }

    fn change_roots(
        &self,
        decide: impl FnOnce(&RootKeys, Timestamp) -> Result<RootKeys, RotationError>,
    ) -> Result<RootKeys, AuthorityError> {
        let state = self.state.lock();
        let changed = decide(&Arc::clone(&self.roots.read()), self.clock.now())?;
        // The list first: if the roots then cannot be written, a time was skipped and that is all.
        let list = self.new_list(&state, &changed, Revoked::clone(&self.revoked.read()))?;
        state.replace(AUTHORITY_FILE, RootKeysRecord::from(&changed))?;
        *self.roots.write() = Arc::new(changed.clone());
        self.publish(&changed, list);
        Ok(changed)
    }

    /// Puts ids on the revocation list and publishes it. Blocks on the disk.
    ///
    /// # Errors
    /// When the list is full or cannot be kept; then nothing has changed.
    pub fn revoke(&self, ids: &[RevocationId]) -> Result<(), AuthorityError> {
        let state = self.state.lock();
        let mut revoked = Revoked::clone(&self.revoked.read());
        let now = self.clock.now();
        // What has ended meanwhile makes room.
        revoked.prune(now);
        {
            let issued = self.issued.lock();
            let about = |id: &RevocationId| Revocation::new(*id, issued.list.of(*id), now);
            revoked.add(ids.iter().map(about))?;
        }
        let roots = Arc::clone(&self.roots.read());
        let list = self.new_list(&state, &roots, revoked)?;
        self.publish(&roots, list);
        Ok(())
    }

    /// Ids that are revoked, in order.
    pub fn revoked(&self) -> Vec<RevocationId> {
        self.revoked.read().ids().collect()
    }

    /// The revocation list for other machines, and when it is good. Blocks on the disk now and then.
    pub fn crl(&self) -> (Arc<[u8]>, Validity) {
        if self.list_is_due()
            && let Err(error) = self.renew_list()
        {
            // It is good for much longer than until the next attempt.
            tracing::warn!(%error, "the revocation list is not renewed");
        }
        let crl = self.crl.lock();
        (Arc::clone(&crl.bytes), crl.validity)
    }

    fn list_is_due(&self) -> bool {
        self.clock.now() >= self.crl.lock().validity.not_before.after(CRL_REFRESH)
    }

    fn renew_list(&self) -> Result<(), AuthorityError> {
        let state = self.state.lock();
        // Somebody else may have done it meanwhile.
        if self.list_is_due() {
            let roots = Arc::clone(&self.roots.read());
            let list = self.new_list(&state, &roots, Revoked::clone(&self.revoked.read()))?;
            self.publish(&roots, list);
        }
        Ok(())
    }

    /// Signs whom of the accounts may act, over the asker's nonce.
    pub(crate) fn state_accounts(&self, body: &proto::AccountStatesBody) -> wire::Signed {
        self.roots.read().state(body).into()
    }

    /// Makes a list of `revoked`, and writes down both its ids and its time.
    fn new_list(
        &self,
        state: &StateDir,
        roots: &RootKeys,
        mut revoked: Revoked,
    ) -> Result<(Revoked, PublishedCrl), AuthorityError> {
        let crl = PublishedCrl::sign(roots, &mut revoked, self.clock.now());
        state.replace(REVOCATIONS_FILE, RevokedRecord::from(&revoked))?;
        Ok((revoked, crl))
    }

    /// Tells this process's own machines; others ask. Whoever calls holds the state, so that lists
    /// come out in the order of their times.
    fn publish(&self, roots: &RootKeys, (revoked, crl): (Revoked, PublishedCrl)) {
        let trust = crl.trust(roots, &self.policy);
        *self.revoked.write() = Arc::new(revoked);
        *self.crl.lock() = crl;
        self.trust.send_replace(trust);
    }

    /// Tells them of another policy.
    pub(super) fn publish_policy(&self) {
        let trust = self
            .crl
            .lock()
            .trust(&Arc::clone(&self.roots.read()), &self.policy);
        self.trust.send_replace(trust);
    }
}
