//! Changes to the root keys and the revocation list, and what is published of both.

use std::{sync::Arc, time::Duration};

use super::{AUTHORITY_FILE, Cloud, CloudError, REVOCATIONS_FILE, locked, read, replace};
use crate::{
    authority::{
        RootKeysRecord,
        ledger::{Revoked, RevokedRecord},
        proto,
        root_keys::{RootKeys, RotationError},
        statement::Subject,
    },
    environment,
    handshake::{
        Crl, KeyId, Policy, RevocationId, RevokedIds, Roots, Timestamp, Trust, TrustSettings,
        Validity,
    },
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
    pub(super) fn sign(roots: &RootKeys, revoked: &Revoked, now: Timestamp) -> Self {
        let ids: RevokedIds = revoked.ids().map(Into::into).collect();
        let validity = Validity::starting(now, CRL_LIFETIME);
        let bytes = roots.signing(now).sign_crl(&ids, validity).into();
        Self { bytes, validity }
    }

    /// What this process's own machines believe.
    pub(super) fn trust(&self, roots: &RootKeys, policy: &Policy) -> Arc<Trust> {
        let roots: Roots = roots.public().into_iter().collect();
        let crl = Crl::open(&self.bytes, &roots).expect("it was just signed with one of them");
        let settings = TrustSettings::default();
        Arc::new(Trust::new(
            roots,
            policy.clone(),
            Some(Arc::new(crl)),
            settings,
        ))
    }
}

impl Cloud {
    /// What every machine of this cloud believes today.
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
    pub fn rotate_root(&self, lead: Duration) -> Result<RootKeys, CloudError> {
        let seed = environment::seed()?;
        self.change_roots(|roots, now| roots.rotated(seed, lead, now))
    }

    /// Forgets all keys but the one that signs. Blocks on the disk.
    ///
    /// # Errors
    /// When there is no other, or the change cannot be kept; then nothing has changed.
    pub fn retire_roots(&self) -> Result<RootKeys, CloudError> {
        self.change_roots(RootKeys::retired)
    }

    fn change_roots(
        &self,
        decide: impl FnOnce(&RootKeys, Timestamp) -> Result<RootKeys, RotationError>,
    ) -> Result<RootKeys, CloudError> {
        let state = locked(&self.state);
        let changed = decide(&read(&self.roots), self.clock.now())?;
        state.replace(AUTHORITY_FILE, RootKeysRecord::from(&changed))?;
        replace(&self.roots, changed.clone());
        drop(state);
        self.publish();
        Ok(changed)
    }

    /// Puts ids on the revocation list and publishes it. Blocks on the disk.
    ///
    /// # Errors
    /// When the list is full or cannot be kept; then nothing has changed.
    pub fn revoke(&self, ids: &[RevocationId]) -> Result<(), CloudError> {
        let state = locked(&self.state);
        let mut changed = Revoked::clone(&read(&self.revoked));
        changed.add(ids.iter().copied(), self.clock.now())?;
        state.replace(REVOCATIONS_FILE, RevokedRecord::from(&changed))?;
        replace(&self.revoked, changed);
        drop(state);
        self.publish();
        Ok(())
    }

    /// Ids that are revoked, in order.
    pub fn revoked(&self) -> Vec<RevocationId> {
        read(&self.revoked).ids().collect()
    }

    /// The revocation list for other machines, and when it is good.
    pub fn crl(&self) -> (Arc<[u8]>, Validity) {
        let mut crl = locked(&self.crl);
        if self.clock.now() >= crl.validity.not_before.after(CRL_REFRESH) {
            *crl = self.signed_crl();
        }
        (Arc::clone(&crl.bytes), crl.validity)
    }

    /// Signs whom of the accounts may act, over the asker's nonce.
    pub(crate) fn state_accounts(&self, body: &proto::AccountStatesBody) -> proto::Signed {
        read(&self.roots).state(Subject::AccountStates, body)
    }

    fn signed_crl(&self) -> PublishedCrl {
        PublishedCrl::sign(&read(&self.roots), &read(&self.revoked), self.clock.now())
    }

    /// Tells this process's own machines; others ask.
    pub(super) fn publish(&self) {
        let mut crl = locked(&self.crl);
        *crl = self.signed_crl();
        let trust = crl.trust(&read(&self.roots), &self.policy);
        self.trust.send_replace(trust);
    }
}
