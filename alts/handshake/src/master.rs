//! Master certificates: what the authority says of a machine, and the key it says it with.
//!
//! A master certificate makes its machine a constrained intermediate authority: for the accounts
//! that are listed and no others (ALTS whitepaper, section "Certificates").

use std::{fmt, time::Duration};

use ed25519_dalek::{SigningKey, VerifyingKey};
use prost::Message;

use super::{
    Category, CertificateError, IssuerName, MachineName, RevocationId, RevocationRange, Roots,
    Seed, Timestamp, Validity,
    certificate::VERSION,
    chain::Master,
    crl::{CrlBody, RevokedIds},
    revocation::WORKLOAD_IDS,
    signature::{KeyId, Label, sign, sign_bytes},
    wire,
};
use alts::ServiceAccount;

/// Most accounts one master certificate may list: a machine runs as few.
pub const MAX_VOUCHED_ACCOUNTS: usize = 16;

/// What the authority is asked to certify.
#[derive(Clone, Debug)]
pub struct MasterRequest {
    /// The machine it is for.
    pub machine: MachineName,
    /// Who asks, by the name under which the authority knows them. The machine itself, unless the
    /// authority finds out better.
    pub issuer: IssuerName,
    /// The accounts that the machine is to vouch for; at most [`MAX_VOUCHED_ACCOUNTS`].
    pub accounts: Vec<ServiceAccount>,
    /// The key to certify.
    pub public_key: VerifyingKey,
}

/// A serialised, signed master certificate, and what its holder needs to know of it.
#[derive(Clone, Debug)]
pub struct MasterCertificate {
    encoded: Vec<u8>,
    validity: Validity,
    revocation_id: RevocationId,
    workload_ids: RevocationRange,
}

impl MasterCertificate {
    /// Takes an authority's answer to `request`, serialised as [`encoded`](Self::encoded) gives it.
    ///
    /// # Errors
    /// When no root of `roots` signed it, it holds at another time than `now`, or it is an answer to
    /// something else.
    pub fn receive(
        encoded: &[u8],
        request: &MasterRequest,
        roots: &Roots,
        now: Timestamp,
        skew: Duration,
    ) -> Result<Self, CertificateError> {
        let certificate = wire::Certificate::decode(encoded)
            .map_err(|_| CertificateError::Malformed("master certificate"))?;
        let master = Master::check(&certificate, roots)?;
        master.validity.check(now, skew)?;
        if master.key != request.public_key || master.machine != request.machine {
            return Err(CertificateError::Malformed("subject"));
        }
        if let Some(missing) = request.accounts.iter().find(|a| !master.vouches_for(a)) {
            return Err(CertificateError::NotVouchedFor {
                machine: master.machine,
                account: missing.clone(),
            });
        }
        Ok(Self {
            encoded: encoded.to_vec(),
            validity: master.validity,
            revocation_id: master.revocation_id,
            workload_ids: master.workload_ids,
        })
    }

    /// As it travels.
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// When it holds.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// What a revocation list would name to end it and all that was made with it.
    pub fn revocation_id(&self) -> RevocationId {
        self.revocation_id
    }

    /// The ids that the machine gives to its workloads' certificates.
    pub fn workload_ids(&self) -> RevocationRange {
        self.workload_ids
    }
}

/// The authority's key: the root of all trust.
pub struct RootKey(SigningKey);

impl RootKey {
    /// From 32 random bytes.
    pub fn new(seed: &Seed) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What verifiers need.
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// How certificates name this key.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.public())
    }

    /// Certifies a machine's key. Whether it may be certified was decided before.
    ///
    /// `serial`: never given before. Its lower 44 bits become the revocation id and choose the range
    /// of ids for the workloads.
    pub fn sign(
        &self,
        request: &MasterRequest,
        validity: Validity,
        serial: u64,
    ) -> MasterCertificate {
        let workload_ids = RevocationRange::of_workloads(serial);
        let revocation_id = RevocationId::of_master(serial);
        let body = wire::MasterBody {
            version: VERSION,
            subject: request.machine.as_ref().to_owned(),
            category: Category::Machine.to_wire().into(),
            issuer: request.issuer.as_ref().to_owned(),
            public_key: request.public_key.as_bytes().to_vec(),
            revocation_id: revocation_id.as_u64(),
            not_before_s: validity.not_before.as_unix_s(),
            not_after_s: validity.not_after.as_unix_s(),
            may_certify: request.accounts.iter().map(ToString::to_string).collect(),
            first_workload_id: workload_ids.first().as_u64(),
            workload_ids: WORKLOAD_IDS,
        };
        MasterCertificate {
            encoded: sign(Label::Master, &body, &self.0).encode_to_vec(),
            validity,
            revocation_id,
            workload_ids,
        }
    }

    /// A revocation list, as it is published; good from `issued_at` until the next one is due.
    pub fn sign_crl(&self, revoked: &RevokedIds, validity: Validity) -> Vec<u8> {
        let body = CrlBody::encode(self.id(), revoked, validity);
        let signature = sign_bytes(Label::Crl, &body, &self.0);
        [body.as_slice(), &signature].concat()
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, redacted)", self.id())
    }
}
