//! The proof that goes with every question: who asks, for whom, and when.

use std::path::PathBuf;

use alts::ServiceAccount;
use alts_daemon::{clock::Clock, rng};
use alts_handshake::MachineName;
use ed25519_dalek::VerifyingKey;
use parking_lot::Mutex;

use crate::{
    identity::{
        Claim, Question, enrolment::EnrolmentSecret, kubernetes, metadata::MetadataServer, sealed,
    },
    issuer::NoCredential,
    proto::authority::{Asker, asker::Proof},
    statement::TrustAnchors,
};

/// What this machine proves its identity with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// A secret that it shares with the authority.
    Static(EnrolmentSecret),
    /// The metadata server at this base address, `http://metadata.google.internal` on Google Cloud.
    Gce(String),
    /// The token that Kubernetes keeps in this file.
    Kubernetes(PathBuf),
}

impl IdentitySource {
    /// `root`: whom alone a token that could be shown again is meant for.
    async fn prove(
        &self,
        claim: &Claim<'_>,
        root: Option<VerifyingKey>,
    ) -> Result<Proof, NoCredential> {
        match self {
            Self::Static(secret) => Ok(Proof::EnrolmentMac(secret.prove(claim).to_vec())),
            Self::Gce(base) => MetadataServer(base.clone())
                .identity_token(&claim.audience())
                .await
                .map(Proof::GceIdentityToken)
                .map_err(|error| {
                    NoCredential::AuthorityUnreachable(format!(
                        "the metadata server gave no identity token: {error}"
                    ))
                }),
            Self::Kubernetes(file) => {
                let unproven = NoCredential::Unproven;
                let token = kubernetes::projected(file).await.map_err(unproven)?;
                let sealed = root.and_then(|root| sealed::seal(&token, claim, &root).ok());
                let problem = "no token can be sealed to the root key; compare `roots`";
                sealed
                    .map(Proof::SealedKubernetesToken)
                    .ok_or_else(|| unproven(problem.to_owned()))
            }
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
    /// The newest root key that is known.
    root: Mutex<Option<VerifyingKey>>,
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
            root: Mutex::default(),
        }
    }

    /// Seals to these keys' newest from now on.
    pub(super) fn trust(&self, known: &TrustAnchors) {
        *self.root.lock() = known.keys().first().copied();
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
        let root = *self.root.lock();
        let proof = self.identity.prove(&claim, root).await?;
        Ok(Asker {
            machine: self.machine.to_string(),
            service_account: self.account.to_string(),
            nonce: nonce.to_vec(),
            asked_at_s: claim.asked_at.as_unix_s(),
            proof: Some(proof),
        })
    }
}
