//! Where a handshaker gets credentials from, and why it may get none.
//!
//! The seam between a handshaker and its authority: one in the same process, or one in another that
//! is asked over gRPC.

use alts::ServiceAccount;
use alts_handshake::{MasterCertificate, MasterRequest};

/// Certifies workloads' keys, or says why not.
#[tonic::async_trait]
pub trait Issuer: Send + Sync + 'static {
    /// Asks for a master certificate.
    ///
    /// # Errors
    /// [`NoCredential`], when the account may have none or nobody can be asked.
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential>;
}

/// Why a workload has no credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCredential {
    /// The account is there and switched off.
    #[error(
        "no credential for {0}: the account is disabled; enable it: alts-handshaker accounts \
         enable {0}"
    )]
    Disabled(ServiceAccount),
    /// The directory has no such account.
    #[error(
        "no credential for {0}: there is no such account; create it: alts-handshaker accounts \
         create {0}"
    )]
    Unknown(ServiceAccount),
    /// The authority does not believe that this machine may have one.
    #[error("no credential: the authority refuses this machine: {0}")]
    MachineRefused(String),
    /// The machine has nothing to show to the authority.
    #[error("no credential: this machine cannot prove who it is: {0}")]
    Unproven(String),
    /// The authority cannot be asked.
    #[error("no credential: the authority is out of reach: {0}; start it, then try again")]
    AuthorityUnreachable(String),
}

impl NoCredential {
    /// For metrics: one word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Disabled(_) => "disabled",
            Self::Unknown(_) => "unknown",
            Self::MachineRefused(_) => "refused",
            Self::Unproven(_) => "unproven",
            Self::AuthorityUnreachable(_) => "unreachable",
        }
    }

    /// The cause without the remedy: what the peer is told, who can do nothing about it.
    pub fn cause_for_peer(&self) -> String {
        match self {
            Self::Disabled(account) => format!("{account} is disabled"),
            Self::Unknown(account) => format!("{account} does not exist"),
            Self::MachineRefused(_) => "its authority refuses its machine".to_owned(),
            Self::Unproven(_) => "its machine cannot prove who it is".to_owned(),
            Self::AuthorityUnreachable(_) => "its authority is out of reach".to_owned(),
        }
    }
}
