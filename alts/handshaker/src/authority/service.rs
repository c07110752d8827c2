//! The authority over gRPC, for handshakers on other machines: requests in, signed answers out.

use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use tonic::{Code, Request, Response, Status};

use super::{
    Admission, Refused,
    proto::{
        AccountStanding, AccountState, AccountStatesBody, GetAccountStatesRequest, GetCrlRequest,
        GetCrlResponse, GetRootsRequest, IssueMasterRequest, IssueMasterResponse, Signed,
        authority_server::{Authority, AuthorityServer},
        issue_master_request,
    },
};
use crate::{
    Clock, NoCredential, ServiceAccount,
    cloud::Cloud,
    handshake::{IssuerName, MachineName, MasterRequest},
    identity::{Claim, NONCE_LEN, Proof},
    metrics::Metrics,
};

/// Largest request, in bytes: an identity token, or 256 accounts' names.
const MAX_REQUEST_LEN: usize = 128 * 1024;

/// Accounts one may ask for at once.
pub(crate) const MAX_ACCOUNTS: usize = 256;

/// Serves a cloud to machines that are admitted.
pub(crate) struct Service {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
}

impl Service {
    pub(crate) fn into_server(self) -> AuthorityServer<Self> {
        AuthorityServer::new(self).max_decoding_message_size(MAX_REQUEST_LEN)
    }

    async fn decide(&self, wanted: &Wanted) -> Result<Vec<u8>, Status> {
        let claim = wanted.claim();
        let admitted = self
            .admission
            .admit(&claim, &wanted.proof, self.clock.now())
            .await;
        let admitted = admitted.map_err(|refused| status_of_refusal(&refused))?;
        let request = MasterRequest {
            machine: wanted.machine.clone(),
            issuer: IssuerName::from(&wanted.machine),
            accounts: vec![wanted.account.clone()],
            public_key: wanted.public_key,
        };
        let certificate = self.cloud.certify(&request, &admitted.instance_id);
        let certificate = certificate.map_err(|cause| status_of(&cause))?;
        tracing::info!(
            machine = %wanted.machine,
            account = %wanted.account,
            instance_id = admitted.instance_id,
            revocation_id = %certificate.revocation_id(),
            "certificate issued"
        );
        Ok(certificate.encoded().to_vec())
    }
}

#[tonic::async_trait]
impl Authority for Service {
    async fn issue_master(
        &self,
        request: Request<IssueMasterRequest>,
    ) -> Result<Response<IssueMasterResponse>, Status> {
        let wanted = Wanted::parse(request.into_inner())?;
        let decided = self.decide(&wanted).await;
        self.metrics
            .issuance(decided.as_ref().err().map_or(Code::Ok, Status::code));
        match decided {
            Ok(certificate) => Ok(Response::new(IssueMasterResponse { certificate })),
            Err(status) => {
                tracing::warn!(
                    machine = %wanted.machine,
                    account = %wanted.account,
                    cause = status.message(),
                    "certificate refused"
                );
                Err(status)
            }
        }
    }

    async fn get_roots(
        &self,
        _request: Request<GetRootsRequest>,
    ) -> Result<Response<Signed>, Status> {
        Ok(Response::new(self.cloud.root_keys().statement().clone()))
    }

    async fn get_crl(
        &self,
        _request: Request<GetCrlRequest>,
    ) -> Result<Response<GetCrlResponse>, Status> {
        let (bytes, _) = self.cloud.crl();
        Ok(Response::new(GetCrlResponse {
            crl: bytes.to_vec(),
        }))
    }

    async fn get_account_states(
        &self,
        request: Request<GetAccountStatesRequest>,
    ) -> Result<Response<Signed>, Status> {
        let request = request.into_inner();
        if request.nonce.len() != NONCE_LEN || request.service_accounts.len() > MAX_ACCOUNTS {
            return Err(Status::invalid_argument(
                "a question has a nonce of 16 bytes and at most 256 accounts",
            ));
        }
        let state = |email: &str| match email.parse() {
            Ok(email) => self.cloud.account_state(&email),
            Err(_) => AccountState::Unknown,
        };
        let standing = |email: String| AccountStanding {
            state: state(&email).into(),
            service_account: email,
        };
        let body = AccountStatesBody {
            nonce: request.nonce,
            accounts: request.service_accounts.into_iter().map(standing).collect(),
        };
        Ok(Response::new(self.cloud.state_accounts(&body)))
    }
}

/// A request that makes sense.
struct Wanted {
    machine: MachineName,
    account: ServiceAccount,
    public_key: VerifyingKey,
    nonce: [u8; NONCE_LEN],
    proof: Proof,
}

impl Wanted {
    fn parse(request: IssueMasterRequest) -> Result<Self, Status> {
        let bad = |what: &str| Status::invalid_argument(format!("{what}; use alts-handshaker"));
        let proof = match request.proof {
            Some(issue_master_request::Proof::EnrolmentMac(mac)) => Proof::Enrolment(
                mac.try_into()
                    .map_err(|_| bad("an enrolment proof has 32 bytes"))?,
            ),
            Some(issue_master_request::Proof::GceIdentityToken(token)) => Proof::GceToken(token),
            None => return Err(bad("the request proves nothing")),
        };
        let key = VerifyingKey::try_from(request.public_key.as_slice());
        let nonce = request.nonce.try_into();
        Ok(Self {
            machine: MachineName::parse(&request.machine).map_err(bad)?,
            account: request
                .service_account
                .parse()
                .map_err(|error: alts::InvalidServiceAccount| bad(&error.to_string()))?,
            public_key: key.map_err(|_| bad("the key to certify is no Ed25519 key"))?,
            nonce: nonce.map_err(|_| bad("a nonce has 16 bytes"))?,
            proof,
        })
    }

    fn claim(&self) -> Claim<'_> {
        Claim {
            machine: &self.machine,
            account: &self.account,
            public_key: self.public_key.as_bytes(),
            nonce: &self.nonce,
        }
    }
}

fn status_of_refusal(refused: &Refused) -> Status {
    let code = match refused {
        // Whether a machine may speak for an account is only told to those who proved who they are.
        Refused::AccountNotEnrolled { .. } => Code::PermissionDenied,
        Refused::Keys(_) => Code::Unavailable,
        Refused::NotEnrolled(_) | Refused::GceOff | Refused::Token(_) => Code::Unauthenticated,
    };
    Status::new(code, refused.to_string())
}

/// The other direction is in `remote`, next to what is asked.
fn status_of(cause: &NoCredential) -> Status {
    let code = match cause {
        NoCredential::Disabled(_) => Code::FailedPrecondition,
        NoCredential::Unknown(_) => Code::NotFound,
        NoCredential::MachineRefused(_) => Code::Unauthenticated,
        NoCredential::AuthorityUnreachable(_) => Code::Unavailable,
    };
    Status::new(code, cause.to_string())
}
