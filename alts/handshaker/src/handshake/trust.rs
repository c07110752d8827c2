//! Whom a handshaker believes: a peer's chain is checked from the root down, cheapest refusals
//! first.
//!
//! ```text
//!   sizes -> root known -> master signature -> master's category and times
//!         -> handshake signature -> same subject -> handshake times
//! ```
//!
//! Whether the caller wanted this peer is not asked here: see the client's last state.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use ed25519_dalek::VerifyingKey;
use prost::Message;
use sha2::{Digest, Sha256};
use x25519_dalek::PublicKey;

use super::{
    Cipher,
    certificate::{
        Category, CertificateError, MAX_CERTIFICATE_LEN, RevocationId, Timestamp, VERSION, Validity,
    },
    signature::{KeyId, Label, check_signature, signer},
    wire,
};
use crate::ServiceAccount;

/// How far two machines' clocks may be apart.
///
/// The bound is a trade: every certificate is believed this much longer than it says.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// Verified chains that are remembered. A machine has few peers; each entry is about 300 bytes.
const CACHE_CAPACITY: usize = 1024;

/// A peer whose chain holds. That it also holds the key is for the handshake to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPeer {
    /// Who it is.
    pub account: ServiceAccount,
    /// The machine that asked for its certificate.
    pub issuer: String,
    /// What a revocation list would name.
    pub revocation_id: RevocationId,
    pub(crate) static_key: PublicKey,
    ciphers: Vec<Cipher>,
    master_validity: Validity,
    handshake_validity: Validity,
}

impl VerifiedPeer {
    /// Whether the peer's key was certified for this key agreement.
    pub(crate) fn check_cipher(&self, cipher: Cipher) -> Result<(), CertificateError> {
        if self.ciphers.contains(&cipher) {
            Ok(())
        } else {
            Err(CertificateError::Cipher(cipher))
        }
    }

    fn check_times(&self, now: Timestamp, skew: Duration) -> Result<(), CertificateError> {
        self.master_validity.check(now, skew)?;
        self.handshake_validity.check(now, skew)
    }
}

/// The known root keys, and the chains that were already found good.
pub struct Trust {
    roots: BTreeMap<KeyId, VerifyingKey>,
    skew: Duration,
    cache: Mutex<Cache>,
}

impl Trust {
    /// Believes the holders of `roots`, with [`MAX_CLOCK_SKEW`].
    pub fn new(roots: impl IntoIterator<Item = VerifyingKey>) -> Self {
        Self {
            roots: roots
                .into_iter()
                .map(|key| (KeyId::of(&key), key))
                .collect(),
            skew: MAX_CLOCK_SKEW,
            cache: Mutex::default(),
        }
    }

    /// Checks a peer's serialised handshake certificate.
    ///
    /// The two signatures of a chain that was already seen are not checked again; its times always
    /// are.
    ///
    /// # Errors
    /// The first thing found wrong, see [`CertificateError`].
    pub fn verify(
        &self,
        certificate: &[u8],
        now: Timestamp,
    ) -> Result<Arc<VerifiedPeer>, CertificateError> {
        if certificate.len() > MAX_CERTIFICATE_LEN {
            return Err(CertificateError::TooLong(certificate.len()));
        }
        let digest: [u8; 32] = Sha256::digest(certificate).into();
        if let Some(peer) = self.cache().get(&digest) {
            peer.check_times(now, self.skew)?;
            return Ok(peer);
        }
        let peer = Arc::new(self.verify_chain(certificate)?);
        peer.check_times(now, self.skew)?;
        self.cache().insert(digest, Arc::clone(&peer));
        Ok(peer)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // The cache is whole between any two statements: a panic elsewhere cannot have broken it.
        self.cache
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Everything but the times, which change without the bytes.
    fn verify_chain(&self, certificate: &[u8]) -> Result<VerifiedPeer, CertificateError> {
        let handshake: wire::Certificate = decode(certificate, "handshake certificate")?;
        let body: wire::HandshakeBody = decode(&handshake.body, "handshake body")?;
        let master: wire::Certificate = decode(&body.master, "master certificate")?;

        let root = signer(&master)?;
        let root_key = self
            .roots
            .get(&root)
            .ok_or(CertificateError::UnknownAuthority(root))?;
        check_signature(Label::Master, &master, root_key)?;
        let master = Master::parse(&decode(&master.body, "master body")?)?;
        // Nobody else is issued a certificate yet; a machine's or a person's must not pass for a
        // workload's.
        if master.category != Category::Workload {
            return Err(CertificateError::Category(master.category));
        }

        if signer(&handshake)? != KeyId::of(&master.key) {
            return Err(CertificateError::Malformed("signer"));
        }
        check_signature(Label::Handshake, &handshake, &master.key)?;
        if body.subject != master.subject.as_ref() {
            return Err(CertificateError::SubjectMismatch);
        }
        master.into_peer(&body)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roots: Vec<&KeyId> = self.roots.keys().collect();
        f.debug_struct("Trust")
            .field("roots", &roots)
            .finish_non_exhaustive()
    }
}

/// A master certificate's body, parsed.
struct Master {
    subject: ServiceAccount,
    category: Category,
    issuer: String,
    key: VerifyingKey,
    revocation_id: RevocationId,
    validity: Validity,
}

impl Master {
    fn parse(body: &wire::MasterBody) -> Result<Self, CertificateError> {
        let bad = CertificateError::Malformed;
        if body.version != VERSION {
            return Err(bad("master version"));
        }
        let category = Category::from_wire(body.category()).ok_or_else(|| bad("category"))?;
        let revocation_id = RevocationId::from_wire(body.revocation_id);
        if !revocation_id.is_of(category) {
            return Err(bad("revocation id"));
        }
        let key = body.public_key.as_slice().try_into();
        Ok(Self {
            subject: body.subject.parse().map_err(|_| bad("subject"))?,
            category,
            issuer: body.issuer.clone(),
            key: key.map_err(|_| bad("master public key"))?,
            revocation_id,
            validity: validity(body.not_before_s, body.not_after_s)?,
        })
    }

    fn into_peer(self, body: &wire::HandshakeBody) -> Result<VerifiedPeer, CertificateError> {
        let bad = CertificateError::Malformed;
        if body.version != VERSION {
            return Err(bad("handshake version"));
        }
        if body.revocation_id != self.revocation_id.as_u64() {
            return Err(bad("revocation id"));
        }
        let key: [u8; 32] = body
            .public_key
            .as_slice()
            .try_into()
            .map_err(|_| bad("handshake public key"))?;
        Ok(VerifiedPeer {
            account: self.subject,
            issuer: self.issuer,
            revocation_id: self.revocation_id,
            static_key: PublicKey::from(key),
            // Numbers of a later version are skipped, not refused.
            ciphers: body
                .ciphers
                .iter()
                .copied()
                .filter_map(Cipher::from_number)
                .collect(),
            master_validity: self.validity,
            handshake_validity: validity(body.not_before_s, body.not_after_s)?,
        })
    }
}

fn validity(not_before_s: u64, not_after_s: u64) -> Result<Validity, CertificateError> {
    if not_after_s <= not_before_s {
        return Err(CertificateError::Malformed("validity"));
    }
    Ok(Validity {
        not_before: Timestamp::from_unix_s(not_before_s),
        not_after: Timestamp::from_unix_s(not_after_s),
    })
}

fn decode<M: Message + Default>(bytes: &[u8], what: &'static str) -> Result<M, CertificateError> {
    M::decode(bytes).map_err(|_| CertificateError::Malformed(what))
}

/// Chains found good, by the SHA-256 of their bytes, in two generations: when the young one is full
/// the old one goes.
#[derive(Default)]
struct Cache {
    young: BTreeMap<[u8; 32], Arc<VerifiedPeer>>,
    old: BTreeMap<[u8; 32], Arc<VerifiedPeer>>,
}

impl Cache {
    fn get(&self, digest: &[u8; 32]) -> Option<Arc<VerifiedPeer>> {
        self.young
            .get(digest)
            .or_else(|| self.old.get(digest))
            .cloned()
    }

    fn insert(&mut self, digest: [u8; 32], peer: Arc<VerifiedPeer>) {
        if self.young.len() >= CACHE_CAPACITY / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, peer);
    }
}
