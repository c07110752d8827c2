//! Master certificates: what the authority says of a machine, asked for, made and checked.
//!
//! A master certificate makes its machine a constrained intermediate authority: for the account
//! that it names and no other (ALTS whitepaper, section "Certificates").

use alts::ServiceAccount;
use ed25519_dalek::VerifyingKey;

use super::{
    error::CertificateError,
    key_id::KeyId,
    name::MachineName,
    revocation::{RevocationId, RevocationRange},
    roots::{RootKey, Roots},
    signed::{Signed, SignedError},
    time::{Timestamp, Validity},
};
use crate::wire;

/// What the authority is asked to certify.
#[derive(Clone, Debug)]
pub struct MasterRequest {
    /// The machine it is for.
    pub machine: MachineName,
    /// The account that the machine is to vouch for.
    pub account: ServiceAccount,
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
    ) -> Result<Self, CertificateError> {
        let master = VerifiedMaster::check(encoded, roots)?;
        master.validity.check(now)?;
        if master.key != request.public_key || master.machine != request.machine {
            return Err(CertificateError::Malformed("subject"));
        }
        master.check_vouches_for(&request.account)?;
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

impl RootKey {
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
        let revocation_id = RevocationId::of_master(serial);
        let body = wire::MasterBody {
            subject: request.machine.as_ref().to_owned(),
            public_key: request.public_key.as_bytes().to_vec(),
            revocation_id: revocation_id.as_u64(),
            not_before_s: validity.not_before.as_unix_s(),
            not_after_s: validity.not_after.as_unix_s(),
            account: request.account.to_string(),
        };
        MasterCertificate {
            encoded: Signed::new(&body, [self.secret()]).encode(),
            validity,
            revocation_id,
            workload_ids: RevocationRange::of_workloads(serial),
        }
    }
}

/// A master certificate, its signature checked and its fields parsed.
pub(super) struct VerifiedMaster {
    pub(super) root: KeyId,
    pub(super) machine: MachineName,
    pub(super) key: VerifyingKey,
    pub(super) revocation_id: RevocationId,
    pub(super) workload_ids: RevocationRange,
    pub(super) account: ServiceAccount,
    pub(super) validity: Validity,
}

impl VerifiedMaster {
    pub(super) fn check(encoded: &[u8], roots: &Roots) -> Result<Self, CertificateError> {
        let bad = CertificateError::Malformed;
        let signed = Signed::<wire::MasterBody>::decode(encoded);
        let opened = signed.and_then(|signed| signed.open(|id| roots.get(id)));
        let (body, root) = opened.map_err(|error| match error {
            SignedError::Malformed | SignedError::UnknownSigner(None) => bad("master certificate"),
            SignedError::UnknownSigner(Some(id)) => CertificateError::UnknownAuthority(id),
            SignedError::BadSignature => CertificateError::BadSignature("authority's"),
        })?;
        let revocation_id = RevocationId::from_u64(body.revocation_id);
        let key = body.public_key.as_slice().try_into();
        Ok(Self {
            root,
            machine: MachineName::parse(&body.subject).map_err(|_| bad("machine's name"))?,
            key: key.map_err(|_| bad("master public key"))?,
            revocation_id,
            workload_ids: revocation_id
                .workload_ids()
                .ok_or_else(|| bad("revocation id"))?,
            account: body.account.parse().map_err(|_| bad("account"))?,
            validity: Validity::from_wire(body.not_before_s, body.not_after_s)
                .ok_or_else(|| bad("validity"))?,
        })
    }

    pub(super) fn check_vouches_for(
        &self,
        account: &ServiceAccount,
    ) -> Result<(), CertificateError> {
        if self.account == *account {
            return Ok(());
        }
        Err(CertificateError::NotVouchedFor {
            machine: self.machine.clone(),
            account: account.clone(),
        })
    }
}
