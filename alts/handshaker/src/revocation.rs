//! When a disabled account stops: at its next credential, or at its next handshake.
//!
//! | mode | who is refused | how soon |
//! |---|---|---|
//! | `issue` | new processes, and running ones when their credential ends | at once; a credential's lifetime |
//! | `handshake` | also every peer that begins a handshake | the age at which an answer is asked for again |
//!
//! Neither touches connections that are established.

use std::{fmt, sync::Arc};

use alts::gcp::{HandshakerResp, HandshakerStatus};
use tonic::Code;

use crate::{
    ServiceAccount,
    authority::proto::AccountState,
    cloud::Cloud,
    remote::AccountStates,
    session::{Caller, Failure, Turn},
};

/// How a handshaker treats peers whose account is disabled.
#[derive(Clone, Default)]
pub enum Revocation {
    /// It does not ask: whoever holds a credential may use it.
    #[default]
    Issue,
    /// It asks an authority in another process at every handshake, and remembers for a moment.
    Remote(Arc<AccountStates>),
    /// It looks at a directory in this process at every handshake.
    Local(Arc<Cloud>),
}

impl Revocation {
    /// Whether this peer may act now. `None`: nobody is asked.
    async fn check(&self, account: &ServiceAccount) -> Option<Result<(), Failure>> {
        let state = match self {
            Self::Issue => return None,
            Self::Remote(states) => states.state(account).await,
            Self::Local(cloud) => Ok(cloud.account_state(account)),
        };
        Some(verdict(account, state))
    }

    /// Turns the result into a refusal if the peer may not act. The flag says whether it was asked
    /// for, and allowed.
    pub(crate) async fn apply(&self, caller: Caller, turn: Turn) -> (Turn, Option<bool>) {
        let Turn::Finished { answer, peer, .. } = &turn else {
            return (turn, None);
        };
        match self.check(&peer.account).await {
            None => (turn, None),
            Some(Ok(())) => (turn, Some(true)),
            Some(Err(failure)) => {
                let consumed = answer.bytes_consumed;
                (refusal(caller, failure, consumed), Some(false))
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

fn refusal(caller: Caller, failure: Failure, bytes_consumed: u32) -> Turn {
    // As for every failure after the first answer: grpc-go reads the call's status alone.
    let answer = (caller != Caller::GrpcGo).then(|| HandshakerResp {
        out_frames: Vec::new(),
        bytes_consumed,
        result: None,
        status: Some(HandshakerStatus {
            code: i32::from(failure.code).cast_unsigned(),
            details: failure.details.clone(),
        }),
    });
    Turn::Failed { answer, failure }
}

impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issue => "Revocation::Issue",
            Self::Remote(_) | Self::Local(_) => "Revocation::Handshake",
        })
    }
}
