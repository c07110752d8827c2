//! The proof that goes with every question: who asks, for whom, and when.

use alts::ServiceAccount;
use alts_daemon::{clock::Clock, rng};
use alts_handshake::MachineName;

use crate::{
    identity::{Claim, Proof, Question, enrolment::EnrolmentSecret, metadata::MetadataServer},
    issuer::NoCredential,
    proto::authority::{Asker, asker},
};

/// What this machine proves its identity with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// A secret that it shares with the authority.
    Static(EnrolmentSecret),
    /// The metadata server at this base address, `http://metadata.google.internal` on Google Cloud.
    Gce(String),
}

impl IdentitySource {
    async fn prove(&self, claim: &Claim<'_>) -> Result<Proof, NoCredential> {
        match self {
            Self::Static(secret) => Ok(Proof::Enrolment(secret.prove(claim))),
            Self::Gce(base) => MetadataServer(base.clone())
                .identity_token(&claim.audience())
                .await
                .map(Proof::GceToken)
                .map_err(|error| {
                    NoCredential::AuthorityUnreachable(format!(
                        "the metadata server gave no identity token: {error}"
                    ))
                }),
        }
    }
}

/// A machine that can prove who it is, and whom it speaks for.
#[derive(Debug)]
pub struct MachineProver {
    machine: MachineName,
    account: ServiceAccount,
    identity: IdentitySource,
    clock: Clock,
}

impl MachineProver {
    /// Of this machine, which runs as `account`.
    pub fn new(
        machine: MachineName,
        account: ServiceAccount,
        identity: IdentitySource,
        clock: Clock,
    ) -> Self {
        Self {
            machine,
            account,
            identity,
            clock,
        }
    }

    pub(super) fn account(&self) -> &ServiceAccount {
        &self.account
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A proof for one question, which serves now and once.
    pub(super) async fn prove(&self, question: Question<'_>) -> Result<Asker, NoCredential> {
        let nonce =
            rng::nonce().map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))?;
        let claim = Claim {
            machine: &self.machine,
            account: &self.account,
            question,
            nonce: &nonce,
            asked_at: self.clock.now(),
        };
        let proof = match self.identity.prove(&claim).await? {
            Proof::Enrolment(mac) => asker::Proof::EnrolmentMac(mac.to_vec()),
            Proof::GceToken(token) => asker::Proof::GceIdentityToken(token),
        };
        Ok(Asker {
            machine: self.machine.to_string(),
            service_account: self.account.to_string(),
            nonce: nonce.to_vec(),
            asked_at_s: claim.asked_at.as_unix_s(),
            proof: Some(proof),
        })
    }
}
