//! An authority in another process, as a handshaker sees it: asked over gRPC, believed for its
//! signatures.
//!
//! | file | for |
//! |---|---|
//! | this one | asking for certificates |
//! | `prover.rs` | the proof that goes with every question |
//! | `trust_updater.rs` | root keys and the revocation list, fetched again and again |
//! | `trust_anchor_chain.rs` | root keys that were learnt, and why they are believed; pure |
//! | `account_states.rs` | whether a peer's account may act now, for revocation at each handshake |

mod account_states;
mod prover;
mod status;
mod trust_anchor_chain;
mod trust_updater;

use std::{sync::Arc, time::Duration};

use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};

use self::status::cause;
pub use self::{
    account_states::AccountStates,
    prover::{IdentitySource, MachineProver},
    trust_updater::{TrustSource, TrustUpdater},
};
use crate::{
    identity::Question,
    issuer::{Issuer, NoCredential},
    proto::authority::{IssueMasterRequest, authority_client::AuthorityClient},
    verifier_feed::VerifierFeed,
};
use alts::ServiceAccount;
use alts_handshake::{MAX_CRL_LEN, MasterCertificate, MasterRequest};

/// Dialling, and one call. Together far below the 20 s after which gRPC libraries give up, so that
/// they hear why.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer, in bytes: the longest revocation list, and a little around it.
const MAX_ANSWER_LEN: usize = MAX_CRL_LEN + 1024;

/// A connection that died silently is found out within these two: the next call must not wait for
/// it in vain.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(20);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the authority is. Nothing is dialled before the first call, and a broken connection is
/// dialled again by the next one.
///
/// # Errors
/// When `address` is no `HOST:PORT`.
pub fn connect(address: &str) -> Result<AuthorityClient<Channel>, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(CALL_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    Ok(AuthorityClient::new(endpoint.connect_lazy()).max_decoding_message_size(MAX_ANSWER_LEN))
}

/// Asks for certificates on behalf of one machine.
#[derive(Debug)]
pub struct RemoteAuthority {
    client: AuthorityClient<Channel>,
    asker: Arc<MachineProver>,
    trust: VerifierFeed,
}

impl RemoteAuthority {
    /// Believes certificates that a root of `trust` signed.
    pub fn new(
        client: AuthorityClient<Channel>,
        asker: Arc<MachineProver>,
        trust: VerifierFeed,
    ) -> Self {
        Self {
            client,
            asker,
            trust,
        }
    }
}

#[tonic::async_trait]
impl Issuer for RemoteAuthority {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let public_key = request.public_key.to_bytes();
        let asker = self.asker.prove(Question::Certificate(&public_key)).await?;
        let asked = IssueMasterRequest {
            asker: Some(asker),
            public_key: public_key.to_vec(),
        };
        let answer = self.client.clone().issue_master(asked).await;
        let answer = answer.map_err(|status| no_credential(&status, self.asker.account()))?;
        let encoded = answer.into_inner().certificate;
        let trust = self.trust.current();
        let now = self.asker.clock().now();
        MasterCertificate::receive(&encoded, &request, trust.roots(), now)
            .map_err(|error| NoCredential::MachineRefused(format!("its certificate: {error}")))
    }
}

/// What the authority's status means for a workload. Nobody signs a refusal: who is on the path can
/// forge one, as he could cut the wire.
fn no_credential(status: &Status, account: &ServiceAccount) -> NoCredential {
    match status.code() {
        Code::FailedPrecondition => NoCredential::Disabled(account.clone()),
        Code::NotFound => NoCredential::Unknown(account.clone()),
        Code::Unauthenticated | Code::PermissionDenied | Code::InvalidArgument => {
            NoCredential::MachineRefused(status.message().to_owned())
        }
        _ => NoCredential::AuthorityUnreachable(cause(status)),
    }
}
