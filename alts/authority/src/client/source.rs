//! The proof that goes with a request for a certificate.

use crate::{
    identity::{Claim, Proof, enrolment::EnrolmentSecret, metadata::MetadataServer},
    issuer::NoCredential,
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
    pub(super) async fn prove(&self, claim: &Claim<'_>) -> Result<Proof, NoCredential> {
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
