//! A peer's chain, taken apart and checked link by link: what its bytes alone decide.
//!
//! ```text
//!   root known -> master signature -> a machine's -> handshake signature -> a workload's
//!              -> the machine may vouch for the account -> its revocation id is the machine's to give
//! ```
//!
//! What changes without the bytes, such as the time or a revocation, is for `trust` to check.

use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use prost::Message;
use x25519_dalek::PublicKey;

use super::{
    Category, CertificateError, Cipher, IssuerName, KeyId, MachineName, RevocationId,
    RevocationRange, Roots, Timestamp, Validity, VerifiedPeer,
    certificate::VERSION,
    master::MAX_VOUCHED_ACCOUNTS,
    signature::{Label, check_signature, signer},
    wire,
};
use alts::ServiceAccount;

/// A chain whose links hold.
#[derive(Clone, Debug)]
pub struct VerifiedChain {
    /// Whose it is.
    pub peer: Arc<VerifiedPeer>,
    pub(crate) static_key: PublicKey,
    ciphers: Vec<Cipher>,
}

impl VerifiedChain {
    /// Takes a serialised handshake certificate.
    pub(super) fn check(certificate: &[u8], roots: &Roots) -> Result<Self, CertificateError> {
        let handshake: wire::Certificate = decode(certificate, "handshake certificate")?;
        let body: wire::HandshakeBody = decode(&handshake.body, "handshake body")?;
        let master = Master::check(&decode(&body.master, "master certificate")?, roots)?;
        if signer(&handshake)? != KeyId::of(&master.key) {
            return Err(CertificateError::Malformed("signer"));
        }
        check_signature(Label::Handshake, &handshake, &master.key)?;
        master.into_chain(&body)
    }

    /// Whether the peer's key was certified for this key agreement.
    pub(crate) fn check_cipher(&self, cipher: Cipher) -> Result<(), CertificateError> {
        if self.ciphers.contains(&cipher) {
            Ok(())
        } else {
            Err(CertificateError::Cipher(cipher))
        }
    }
}

/// A master certificate, its signature checked and its fields parsed.
pub(super) struct Master {
    root: KeyId,
    pub(super) machine: MachineName,
    issuer: IssuerName,
    pub(super) key: VerifyingKey,
    pub(super) revocation_id: RevocationId,
    pub(super) workload_ids: RevocationRange,
    accounts: Vec<ServiceAccount>,
    pub(super) validity: Validity,
}

impl Master {
    pub(super) fn check(
        certificate: &wire::Certificate,
        roots: &Roots,
    ) -> Result<Self, CertificateError> {
        let root = signer(certificate)?;
        check_signature(Label::Master, certificate, roots.get(root)?)?;
        Self::parse(root, &decode(&certificate.body, "master body")?)
    }

    pub(super) fn vouches_for(&self, account: &ServiceAccount) -> bool {
        self.accounts.contains(account)
    }

    fn parse(root: KeyId, body: &wire::MasterBody) -> Result<Self, CertificateError> {
        let bad = CertificateError::Malformed;
        if body.version != VERSION {
            return Err(bad("master version"));
        }
        check_category(body.category(), Category::Machine)?;
        let revocation_id = RevocationId::from_u64(body.revocation_id);
        if revocation_id.category() != Some(Category::Machine) {
            return Err(bad("revocation id"));
        }
        if body.may_certify.is_empty() || body.may_certify.len() > MAX_VOUCHED_ACCOUNTS {
            return Err(bad("list of accounts"));
        }
        let accounts = body.may_certify.iter().map(|account| account.parse());
        let key = body.public_key.as_slice().try_into();
        Ok(Self {
            root,
            machine: MachineName::parse(&body.subject).map_err(|_| bad("machine's name"))?,
            issuer: IssuerName::parse(&body.issuer).map_err(|_| bad("issuer's name"))?,
            key: key.map_err(|_| bad("master public key"))?,
            revocation_id,
            workload_ids: RevocationRange::from_wire(body.first_workload_id, body.workload_ids)
                .ok_or_else(|| bad("range of revocation ids"))?,
            accounts: accounts
                .collect::<Result<_, _>>()
                .map_err(|_| bad("list of accounts"))?,
            validity: validity(body.not_before_s, body.not_after_s)?,
        })
    }

    fn into_chain(self, body: &wire::HandshakeBody) -> Result<VerifiedChain, CertificateError> {
        let bad = CertificateError::Malformed;
        if body.version != VERSION {
            return Err(bad("handshake version"));
        }
        check_category(body.category(), Category::Workload)?;
        let account: ServiceAccount = body.subject.parse().map_err(|_| bad("subject"))?;
        if !self.vouches_for(&account) {
            return Err(CertificateError::NotVouchedFor {
                machine: self.machine,
                account,
            });
        }
        let revocation_id = RevocationId::from_u64(body.revocation_id);
        if !self.workload_ids.contains(revocation_id) {
            return Err(bad("revocation id"));
        }
        let key: [u8; 32] = body
            .public_key
            .as_slice()
            .try_into()
            .map_err(|_| bad("handshake public key"))?;
        let peer = VerifiedPeer {
            account,
            machine: self.machine,
            issuer: self.issuer,
            root: self.root,
            machine_revocation_id: self.revocation_id,
            revocation_id,
            machine_validity: self.validity,
            validity: validity(body.not_before_s, body.not_after_s)?,
        };
        // Numbers of a later version are skipped, not refused.
        let ciphers = body.ciphers.iter().copied().filter_map(Cipher::from_number);
        Ok(VerifiedChain {
            peer: Arc::new(peer),
            static_key: PublicKey::from(key),
            ciphers: ciphers.collect(),
        })
    }
}

/// A person's certificate, or a machine's, must not pass for a workload's, nor the other way round.
fn check_category(found: wire::Category, expected: Category) -> Result<(), CertificateError> {
    let found = Category::from_wire(found).ok_or(CertificateError::Malformed("category"))?;
    if found == expected {
        Ok(())
    } else {
        Err(CertificateError::Category { found, expected })
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
