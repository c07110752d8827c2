//! Changes to the root keys and the revocation list, and what is published of both.

use std::{sync::Arc, time::Duration};

use alts_daemon::{rng, state::StateDir};
use alts_handshake::{
    Crl, KeyId, Policy, RevocationId, RevokedIds, Roots, Timestamp, Trust, TrustSettings, Validity,
    wire,
};

use super::{
    AUTHORITY_FILE, AuthorityError, CertificateAuthority, REVOCATIONS_FILE, locked, read, replace,
};
use crate::{
    ledger::{Revocation, Revoked, RevokedRecord},
    proto::authority as proto,
    root_keys::{RootKeys, RotationError},
    root_keys_record::RootKeysRecord,
    trust_feed::TrustFeed,
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
    pub(super) fn trust(&self, roots: &RootKeys, policy: &Policy) -> Arc<Trust> {
        let roots: Roots = roots.public().into_iter().collect();
        let crl = Crl::open(&self.bytes, &roots).expect("one of these very keys has signed it");
        let settings = TrustSettings::default();
        Arc::new(Trust::new(
            roots,
            policy.clone(),
            Some(Arc::new(crl)),
            settings,
        ))
    }
}

impl CertificateAuthority {
    /// What every machine of this authority believes today.
    pub fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust.borrow())
    }

    /// The same, as it changes.
    pub fn trust_feed(&self) -> TrustFeed {
        self.trust.subscribe().into()
    }

    /// The name of the key that signs.
    pub fn authority_key_id(&self) -> KeyId {
        read(&self.roots).signing(self.clock.now()).id()
    }

    /// The root keys; their private halves stay inside.
    pub fn root_keys(&self) -> Arc<RootKeys> {
        read(&self.roots)
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
        let state = locked(&self.state);
        let changed = decide(&read(&self.roots), self.clock.now())?;
        // The list first: if the roots then cannot be written, a time was skipped and that is all.
        let list = self.new_list(&state, &changed, Revoked::clone(&read(&self.revoked)))?;
        state.replace(AUTHORITY_FILE, RootKeysRecord::from(&changed))?;
        replace(&self.roots, changed.clone());
        self.publish(&changed, list);
        Ok(changed)
    }

    /// Puts ids on the revocation list and publishes it. Blocks on the disk.
    ///
    /// # Errors
    /// When the list is full or cannot be kept; then nothing has changed.
    pub fn revoke(&self, ids: &[RevocationId]) -> Result<(), AuthorityError> {
        let state = locked(&self.state);
        let mut revoked = Revoked::clone(&read(&self.revoked));
        let now = self.clock.now();
        // What has ended meanwhile makes room.
        revoked.prune(now);
        {
            let issued = locked(&self.issued);
            let about = |id: &RevocationId| Revocation::new(*id, issued.list.of(*id), now);
            revoked.add(ids.iter().map(about))?;
        }
        let roots = read(&self.roots);
        let list = self.new_list(&state, &roots, revoked)?;
        self.publish(&roots, list);
        Ok(())
    }

    /// Ids that are revoked, in order.
    pub fn revoked(&self) -> Vec<RevocationId> {
        read(&self.revoked).ids().collect()
    }

    /// The revocation list for other machines, and when it is good. Blocks on the disk now and then.
    pub fn crl(&self) -> (Arc<[u8]>, Validity) {
        if self.list_is_due()
            && let Err(error) = self.renew_list()
        {
            // It is good for much longer than until the next attempt.
            tracing::warn!(%error, "the revocation list is not renewed");
        }
        let crl = locked(&self.crl);
        (Arc::clone(&crl.bytes), crl.validity)
    }

    fn list_is_due(&self) -> bool {
        self.clock.now() >= locked(&self.crl).validity.not_before.after(CRL_REFRESH)
    }

    fn renew_list(&self) -> Result<(), AuthorityError> {
        let state = locked(&self.state);
        // Somebody else may have done it meanwhile.
        if self.list_is_due() {
            let roots = read(&self.roots);
            let list = self.new_list(&state, &roots, Revoked::clone(&read(&self.revoked)))?;
            self.publish(&roots, list);
        }
        Ok(())
    }

    /// Signs whom of the accounts may act, over the asker's nonce.
    pub(crate) fn state_accounts(&self, body: &proto::AccountStatesBody) -> wire::Signed {
        read(&self.roots).state(body).into()
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
        replace(&self.revoked, revoked);
        *locked(&self.crl) = crl;
        self.trust.send_replace(trust);
    }

    /// Tells them of another policy.
    pub(super) fn publish_policy(&self) {
        let trust = locked(&self.crl).trust(&read(&self.roots), &self.policy);
        self.trust.send_replace(trust);
    }
}
