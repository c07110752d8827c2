//! An authority in another process, as a handshaker sees it: asked over gRPC, believed for its
//! signatures.
//!
//! | file | for |
//! |---|---|
//! | this one | asking for certificates |
//! | `source.rs` | the proof that goes with the request |
//! | `trust_updater.rs` | root keys and the revocation list, fetched again and again |
//! | `trust_anchor_chain.rs` | root keys that were learnt, and why they are believed; pure |
//! | `account_states.rs` | whether a peer's account may act now, for revocation at each handshake |

mod account_states;
mod source;
mod status;
mod trust_anchor_chain;
mod trust_updater;

use std::time::Duration;

use tonic::{
    Code, Status,
    transport::{Channel, Endpoint},
};

use self::status::cause;
pub use self::{
    account_states::AccountStates,
    source::IdentitySource,
    trust_updater::{TrustSource, TrustUpdater},
};
use crate::{
    identity::{Claim, Proof},
    issuer::{Issuer, NoCredential},
    proto::authority::{
        IssueMasterRequest, authority_client::AuthorityClient, issue_master_request,
    },
    trust_feed::TrustFeed,
};
use alts::ServiceAccount;
use alts_daemon::{clock::Clock, rng};
use alts_handshake::{MAX_CLOCK_SKEW, MAX_CRL_LEN, MasterCertificate, MasterRequest};

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
    identity: IdentitySource,
    trust: TrustFeed,
    clock: Clock,
}

impl RemoteAuthority {
    /// Proves the machine's identity by `identity`; believes certificates that a root of `trust`
    /// signed.
    pub fn new(
        client: AuthorityClient<Channel>,
        identity: IdentitySource,
        trust: TrustFeed,
        clock: Clock,
    ) -> Self {
        Self {
            client,
            identity,
            trust,
            clock,
        }
    }
}

impl Issuer for RemoteAuthority {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let account = request.accounts.first().cloned().ok_or_else(|| {
            NoCredential::MachineRefused("no account was asked for; ask for one".to_owned())
        })?;
        let asked = ask(&request, &account, &self.identity).await?;
        let answer = self.client.clone().issue_master(asked).await;
        let answer = answer.map_err(|status| no_credential(&status, &account))?;
        let encoded = answer.into_inner().certificate;
        let trust = self.trust.current();
        let now = self.clock.now();
        MasterCertificate::receive(&encoded, &request, trust.roots(), now, MAX_CLOCK_SKEW)
            .map_err(|error| NoCredential::MachineRefused(format!("its certificate: {error}")))
    }
}

async fn ask(
    request: &MasterRequest,
    account: &ServiceAccount,
    identity: &IdentitySource,
) -> Result<IssueMasterRequest, NoCredential> {
    let nonce =
        rng::nonce().map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))?;
    let claim = Claim {
        machine: &request.machine,
        account,
        public_key: request.public_key.as_bytes(),
        nonce: &nonce,
    };
    let proof = match identity.prove(&claim).await? {
        Proof::Enrolment(mac) => issue_master_request::Proof::EnrolmentMac(mac.to_vec()),
        Proof::GceToken(token) => issue_master_request::Proof::GceIdentityToken(token),
    };
    Ok(IssueMasterRequest {
        machine: request.machine.to_string(),
        service_account: account.to_string(),
        public_key: request.public_key.as_bytes().to_vec(),
        nonce: nonce.to_vec(),
        proof: Some(proof),
    })
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
