//! The authority over gRPC, for handshakers on other machines: requests in, signed answers out.

use std::sync::Arc;

use alts::ServiceAccount;
use alts_daemon::{
    clock::Clock,
    connections::{ActiveCallGuard, ConnectionPermit},
    listener::ConnectionHandler,
    metrics::Counters,
};
use alts_handshake::{MachineName, MasterRequest, Timestamp, wire::Signed};
use ed25519_dalek::VerifyingKey;
use tonic::{Code, Request, Response, Status};

use super::{
    accepted_proofs::NotAccepted,
    admission::{Admission, Refused},
    proto::authority::{
        AccountStanding, AccountState, AccountStatesBody, Asker, GetAccountStatesRequest,
        GetCrlRequest, GetCrlResponse, GetRootsRequest, IssueMasterRequest, IssueMasterResponse,
        asker,
        authority_server::{Authority, AuthorityServer},
    },
};
use crate::{
    certificate_authority::CertificateAuthority,
    identity::{Claim, NONCE_LEN, Proof, Question},
    issuer::NoCredential,
};

/// Largest request, in bytes: an identity token and a few names.
const MAX_REQUEST_LEN: usize = 128 * 1024;

/// How a call ends.
type Answer<T> = Result<Response<T>, Status>;

/// Those who connect, of whom nothing is known before they prove it.
pub(crate) struct Machines;

impl ConnectionHandler for Machines {
    type State = ConnectionPermit;

    fn receive(self: &Arc<Self>, permit: ConnectionPermit) -> Arc<ConnectionPermit> {
        Arc::new(permit)
    }

    fn speaks(_: &Arc<ConnectionPermit>) {}

    fn closed(&self, _: &'static str) {}

    fn name(&self) -> &str {
        "authority"
    }
}

/// Keeps the connection of a question from giving way before it is answered.
fn begin_call<T>(request: &Request<T>) -> Option<ActiveCallGuard> {
    let permit = request.extensions().get::<Arc<ConnectionPermit>>();
    permit.map(ConnectionPermit::begin_call)
}

/// Serves an authority to machines that are admitted.
pub(crate) struct Service {
    pub(crate) authority: Arc<CertificateAuthority>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) issued: Arc<Counters>,
    pub(crate) clock: Clock,
}

impl Service {
    pub(crate) fn into_server(self) -> AuthorityServer<Self> {
        AuthorityServer::new(self).max_decoding_message_size(MAX_REQUEST_LEN)
    }

    /// Where waiting for the disk stops nobody else.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CertificateAuthority) -> T + Send + 'static,
    ) -> Result<T, Status> {
        let authority = Arc::clone(&self.authority);
        let done = tokio::task::spawn_blocking(move || work(&authority)).await;
        done.map_err(|_| Status::internal("the authority could not decide; see its log"))
    }

    async fn admit(&self, asker: &ProvenBy, question: Question<'_>) -> Result<String, Status> {
        let claim = asker.claim(question);
        let (roots, now) = (self.authority.root_keys(), self.clock.now());
        let admitted = self.admission.admit(&claim, &asker.proof, &roots, now);
        admitted
            .await
            .map_err(|refused| status_of_refusal(&refused))
    }

    /// The same for who wants to read, not to be certified.
    async fn admit_reader(
        &self,
        asker: Option<Asker>,
        question: Question<'_>,
    ) -> Result<ProvenBy, Status> {
        let asker = ProvenBy::parse(asker)?;
        match self.admit(&asker, question).await {
            Ok(_) => Ok(asker),
            Err(status) => {
                let (machine, cause) = (&asker.machine, status.message());
                tracing::warn!(%machine, cause, "a question is refused");
                Err(status)
            }
        }
    }

    async fn decide(&self, asker: &ProvenBy, public_key: VerifyingKey) -> Result<Vec<u8>, Status> {
        let question = Question::Certificate(public_key.as_bytes());
        let instance_id = self.admit(asker, question).await?;
        let request = MasterRequest {
            machine: asker.machine.clone(),
            account: asker.account.clone(),
            public_key,
        };
        let id = instance_id.clone();
        let certify = move |authority: &CertificateAuthority| authority.certify(&request, &id);
        let certificate = self.blocking(certify).await?;
        let certificate = certificate.map_err(|cause| status_of(&cause))?;
        tracing::info!(
            machine = %asker.machine,
            account = %asker.account,
            instance_id,
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
    ) -> Answer<IssueMasterResponse> {
        let _active = begin_call(&request);
        let asked = request.into_inner();
        let asker = ProvenBy::parse(asked.asker)?;
        let key = VerifyingKey::try_from(asked.public_key.as_slice())
            .map_err(|_| bad("the key to certify is no Ed25519 key"))?;
        let decided = self.decide(&asker, key).await;
        let code = decided.as_ref().err().map_or(Code::Ok, Status::code);
        self.issued.count(format!("code=\"{code:?}\""));
        match decided {
            Ok(certificate) => Ok(Response::new(IssueMasterResponse { certificate })),
            Err(status) => {
                tracing::warn!(
                    machine = %asker.machine,
                    account = %asker.account,
                    cause = status.message(),
                    "certificate refused"
                );
                Err(status)
            }
        }
    }

    async fn get_roots(&self, _: Request<GetRootsRequest>) -> Answer<Signed> {
        Ok(Response::new(
            self.authority.root_keys().statement().clone().into(),
        ))
    }

    async fn get_crl(&self, request: Request<GetCrlRequest>) -> Answer<GetCrlResponse> {
        let _active = begin_call(&request);
        let asker = request.into_inner().asker;
        self.admit_reader(asker, Question::RevocationList).await?;
        let (bytes, _) = self.blocking(CertificateAuthority::crl).await?;
        Ok(Response::new(GetCrlResponse {
            crl: bytes.to_vec(),
        }))
    }

    async fn get_account_states(
        &self,
        request: Request<GetAccountStatesRequest>,
    ) -> Answer<Signed> {
        let _active = begin_call(&request);
        let request = request.into_inner();
        let asker = self
            .admit_reader(request.asker, Question::AccountStates)
            .await?;
        let state = match request.service_account.parse() {
            Ok(account) => self.authority.account_state(&account),
            Err(_) => AccountState::Unknown,
        };
        let body = AccountStatesBody {
            nonce: asker.nonce.to_vec(),
            account: Some(AccountStanding {
                service_account: request.service_account,
                state: state.into(),
            }),
        };
        Ok(Response::new(self.authority.state_accounts(&body)))
    }
}

/// Who asks, in a form that makes sense; not believed yet.
struct ProvenBy {
    machine: MachineName,
    account: ServiceAccount,
    nonce: [u8; NONCE_LEN],
    asked_at: Timestamp,
    proof: Proof,
}

fn bad(what: &str) -> Status {
    Status::invalid_argument(format!("{what}; use alts-handshaker"))
}

impl ProvenBy {
    fn parse(asker: Option<Asker>) -> Result<Self, Status> {
        let asker = asker.ok_or_else(|| bad("the request does not say who asks"))?;
        let proof = match asker.proof {
            Some(asker::Proof::EnrolmentMac(mac)) => Proof::Enrolment(
                mac.try_into()
                    .map_err(|_| bad("an enrolment proof has 32 bytes"))?,
            ),
            Some(asker::Proof::GceIdentityToken(token)) => Proof::GceToken(token),
            Some(asker::Proof::SealedKubernetesToken(sealed)) => Proof::SealedToken(sealed),
            None => return Err(bad("the request proves nothing")),
        };
        let account = asker.service_account.parse();
        let nonce = asker.nonce.try_into();
        Ok(Self {
            machine: MachineName::parse(&asker.machine).map_err(bad)?,
            account: account
                .map_err(|error: alts::InvalidServiceAccount| bad(&error.to_string()))?,
            nonce: nonce.map_err(|_| bad("a nonce has 16 bytes"))?,
            asked_at: Timestamp::from_unix_s(asker.asked_at_s),
            proof,
        })
    }

    fn claim<'a>(&'a self, question: Question<'a>) -> Claim<'a> {
        Claim {
            machine: &self.machine,
            account: &self.account,
            question,
            nonce: &self.nonce,
            asked_at: self.asked_at,
        }
    }
}

fn status_of_refusal(refused: &Refused) -> Status {
    let code = match refused {
        // Whether a machine may speak for an account is only told to those who proved who they are.
        Refused::AccountNotEnrolled { .. } => Code::PermissionDenied,
        Refused::Keys(_) => Code::Unavailable,
        Refused::NotAccepted(NotAccepted::TooMany(_)) => Code::ResourceExhausted,
        _ => Code::Unauthenticated,
    };
    Status::new(code, refused.to_string())
}

/// The other direction is in `remote`, next to what is asked.
fn status_of(cause: &NoCredential) -> Status {
    let code = match cause {
        NoCredential::Disabled(_) => Code::FailedPrecondition,
        NoCredential::Unknown(_) => Code::NotFound,
        NoCredential::MachineRefused(_) | NoCredential::Unproven(_) => Code::Unauthenticated,
        NoCredential::AuthorityUnreachable(_) => Code::Unavailable,
    };
    Status::new(code, cause.to_string())
}
