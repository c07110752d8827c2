//! When a disabled account stops: at its next credential, or at its next handshake.
//!
//! | mode | who is refused | how soon |
//! |---|---|---|
//! | `issue` | new processes, and running ones when their credential ends | at once; a credential's lifetime |
//! | `handshake` | also every peer that begins a handshake | the age at which an answer is asked for again |
//!
//! Neither touches connections that are established.

use std::sync::Arc;

use alts::{ServiceAccount, gcp::HandshakerResp};
use alts_authority::{
    certificate_authority::CertificateAuthority, client::AccountStates,
    proto::authority::AccountState,
};
use tonic::Code;
use zeroize::Zeroize;

use crate::session::{ClientLibrary, Failure, Step, fail_later};

/// How a handshaker treats peers whose account is disabled.
#[derive(Clone, Debug, Default)]
pub enum PeerCheck {
    /// It does not ask: whoever holds a credential may use it.
    #[default]
    Never,
    /// It asks an authority in another process at every handshake, and remembers for a moment.
    Remote(Arc<AccountStates>),
    /// It looks at a directory in this process at every handshake.
    Local(Arc<CertificateAuthority>),
}

impl PeerCheck {
    /// Whether this peer may act now. `None`: nobody is asked.
    async fn check(&self, account: &ServiceAccount) -> Option<Result<(), Failure>> {
        let state = match self {
            Self::Never => return None,
            Self::Remote(states) => states.state(account).await,
            Self::Local(authority) => Ok(authority.account_state(account)),
        };
        Some(verdict(account, state))
    }

    /// Turns the result into a refusal if the peer may not act. The word, for metrics, says what came
    /// of asking, if that was done.
    pub(crate) async fn apply(
        &self,
        library: ClientLibrary,
        mut step: Step,
    ) -> (Step, Option<&'static str>) {
        let Step::Finished { answer, peer, .. } = &mut step else {
            return (step, None);
        };
        match self.check(&peer.account).await {
            None => (step, None),
            Some(Ok(())) => (step, Some("allowed")),
            Some(Err(failure)) => {
                let finished = std::mem::take(answer);
                (refused(library, failure, finished), Some("refused"))
            }
        }
    }
}

/// Who is not known to be enabled is refused.
fn verdict(account: &ServiceAccount, state: Result<AccountState, String>) -> Result<(), Failure> {
    let (code, cause) = match state {
        Ok(AccountState::Enabled) => return Ok(()),
        Ok(AccountState::Disabled) => (
            Code::Unauthenticated,
            format!("the account {account} is disabled"),
        ),
        Ok(AccountState::Unknown | AccountState::Unspecified) => (
            Code::Unauthenticated,
            format!("there is no account {account}"),
        ),
        Err(problem) => (
            Code::Unavailable,
            format!("whether {account} may act is not known: {problem}"),
        ),
    };
    let details = format!(
        "the peer is refused: {cause}; this handshaker asks the authority at each handshake"
    );
    Err(Failure { code, details })
}

/// The refusal in place of a result, whose key nobody will ever use.
fn refused(library: ClientLibrary, failure: Failure, mut finished: HandshakerResp) -> Step {
    if let Some(result) = &mut finished.result {
        result.key_data.zeroize();
    }
    fail_later(library, failure, &[], finished.bytes_consumed as usize)
}

#[cfg(test)]
#[path = "peer_check_tests.rs"]
mod tests;
