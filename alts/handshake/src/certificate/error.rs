//! Why a peer's certificate is not accepted.

use alts::ServiceAccount;

use super::{
    key_id::KeyId,
    name::MachineName,
    revocation::{Category, RevocationId},
};

/// Why a peer's certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Larger than any certificate of ours.
    #[error("it is {0} bytes long, the limit is 8192")]
    TooLong(usize),
    /// Not the protobuf it should be, or a field breaks its rule.
    #[error("its {0} is malformed")]
    Malformed(&'static str),
    /// Signed by nobody this handshaker knows.
    #[error(
        "it was issued by the unknown authority {0}; both machines must trust the same authority"
    )]
    UnknownAuthority(KeyId),
    /// A signature that does not verify.
    #[error("the {0} signature is wrong")]
    BadSignature(&'static str),
    /// The machine vouches for an account that the authority did not give to it.
    #[error(
        "the authority does not let the machine {machine} vouch for {account}; let the workload \
         run on a machine that may"
    )]
    NotVouchedFor {
        /// Who signed.
        machine: MachineName,
        /// For whom.
        account: ServiceAccount,
    },
    /// This handshaker's own policy says no.
    #[error(
        "this machine's issuer policy does not let {issuer} certify the {category} {identity}; if \
         it should, add a rule to the policy"
    )]
    Policy {
        /// Who certified.
        issuer: String,
        /// What.
        category: Category,
        /// Whom.
        identity: String,
    },
    /// On the revocation list.
    #[error("it is revoked, as {0}; restart the peer's workload so that it obtains another")]
    Revoked(RevocationId),
    /// A list is required and there is none.
    #[error(
        "this machine requires a revocation list and has none; check that its authority publishes \
         one"
    )]
    NoRevocationList,
    /// A list is required and a newer one is overdue.
    #[error(
        "this machine's revocation list ended {seconds} s ago; check that its authority is \
         reachable"
    )]
    StaleRevocationList {
        /// How long ago, by the verifier's clock.
        seconds: u64,
    },
    /// Too old.
    #[error(
        "it expired {seconds} s ago; restart the peer's workload or check both machines' clocks"
    )]
    Expired {
        /// How long ago, by the verifier's clock.
        seconds: u64,
    },
    /// From the future.
    #[error("it becomes valid in {seconds} s; check both machines' clocks")]
    NotYetValid {
        /// How far ahead, by the verifier's clock.
        seconds: u64,
    },
}
