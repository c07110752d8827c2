//! The authority over gRPC for its operator: the accounts, the root keys and what is revoked.

use std::{sync::Arc, time::Duration};

use alts::ServiceAccount;
use alts_daemon::{hex::hex, state::StateError};
use alts_handshake::RevocationId;
use tonic::{Code, Request, Response, Status, service::Routes};

use super::{ledger, root_keys::RootKeys};
use crate::{
    certificate_authority::{AuthorityError, CertificateAuthority},
    directory::{self, DirectoryError},
    proto::admin::{
        Account, ChangeAccountResponse, CreateAccountRequest, DisableAccountRequest,
        EnableAccountRequest, Issued, ListAccountsRequest, ListAccountsResponse, ListIssuedRequest,
        ListIssuedResponse, RetireRootsRequest, RevokeRequest, RotateRootRequest, ShowCrlRequest,
        ShowCrlResponse, ShowRootsRequest, ShowRootsResponse,
        accounts_server::{Accounts, AccountsServer},
        authority_admin_server::{AuthorityAdmin, AuthorityAdminServer},
    },
};

/// Longest lead of a new root key: whoever wants to wait longer may rotate later.
const MAX_LEAD: Duration = Duration::from_secs(30 * 24 * 3600);

/// How a call ends.
type Answer<T> = Result<Response<T>, Status>;

/// The services for an authority's operator.
pub fn services(authority: Arc<CertificateAuthority>) -> Routes {
    let service = AdminService { authority };
    Routes::new(AccountsServer::new(service.clone()))
        .add_service(AuthorityAdminServer::new(service))
}

#[derive(Clone)]
struct AdminService {
    authority: Arc<CertificateAuthority>,
}

impl AdminService {
    /// Runs a change where blocking on the disk stops nobody else. A client that hangs up does not
    /// stop it halfway.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&CertificateAuthority) -> Result<T, AuthorityError> + Send + 'static,
    ) -> Result<T, Status> {
        let authority = Arc::clone(&self.authority);
        tokio::task::spawn_blocking(move || change(&authority))
            .await
            .map_err(|_| Status::internal("the change did not finish; see the log"))?
            .map_err(|error| status(&error))
    }

    async fn set_disabled(&self, email: &str, disabled: bool) -> Answer<ChangeAccountResponse> {
        let email = parse(email)?;
        let (account, changed) = self
            .change(move |authority| authority.set_disabled(&email, disabled))
            .await?;
        tracing::info!(account = %account.email, disabled, changed, "account switched");
        Ok(Response::new(ChangeAccountResponse {
            account: Some(to_proto(&account)),
            changed,
        }))
    }

    fn crl(&self) -> Response<ShowCrlResponse> {
        let (_, validity) = self.authority.crl();
        let ids = self.authority.revoked();
        Response::new(ShowCrlResponse {
            issued_at_s: validity.not_before.as_unix_s(),
            next_update_s: validity.not_after.as_unix_s(),
            revocation_ids: ids.iter().map(|id| id.as_u64()).collect(),
        })
    }
}

#[tonic::async_trait]
impl Accounts for AdminService {
    async fn list_accounts(&self, _: Request<ListAccountsRequest>) -> Answer<ListAccountsResponse> {
        let accounts = self.authority.accounts().iter().map(to_proto).collect();
        Ok(Response::new(ListAccountsResponse { accounts }))
    }

    async fn create_account(&self, request: Request<CreateAccountRequest>) -> Answer<Account> {
        let request = request.into_inner();
        let email = parse(&request.email)?;
        let account = self
            .change(move |authority| authority.create_account(email, &request.display_name))
            .await?;
        tracing::info!(account = %account.email, "account created");
        Ok(Response::new(to_proto(&account)))
    }

    async fn disable_account(
        &self,
        request: Request<DisableAccountRequest>,
    ) -> Answer<ChangeAccountResponse> {
        self.set_disabled(&request.into_inner().email, true).await
    }

    async fn enable_account(
        &self,
        request: Request<EnableAccountRequest>,
    ) -> Answer<ChangeAccountResponse> {
        self.set_disabled(&request.into_inner().email, false).await
    }
}

#[tonic::async_trait]
impl AuthorityAdmin for AdminService {
    async fn revoke(&self, request: Request<RevokeRequest>) -> Answer<ShowCrlResponse> {
        let numbers = request.into_inner().revocation_ids;
        let ids: Vec<RevocationId> = numbers.into_iter().map(RevocationId::from_u64).collect();
        if let Some(bad) = ids.iter().find(|id| id.category().is_none()) {
            let problem = format!("{bad} names no certificate; copy it from the log");
            return Err(Status::invalid_argument(problem));
        }
        let revoked = ids.clone();
        self.change(move |authority| authority.revoke(&ids)).await?;
        for id in revoked {
            tracing::info!(revocation_id = %id, "revoked");
        }
        Ok(self.crl())
    }

    async fn show_crl(&self, _: Request<ShowCrlRequest>) -> Answer<ShowCrlResponse> {
        Ok(self.crl())
    }

    async fn list_issued(&self, request: Request<ListIssuedRequest>) -> Answer<ListIssuedResponse> {
        let name = request.into_inner().service_account;
        let account = (!name.is_empty()).then(|| parse(&name)).transpose()?;
        let issued = self.authority.issued(account.as_ref());
        Ok(Response::new(ListIssuedResponse {
            issued: issued.iter().map(issued_to_proto).collect(),
        }))
    }

    async fn show_roots(&self, _: Request<ShowRootsRequest>) -> Answer<ShowRootsResponse> {
        Ok(shown(&self.authority.root_keys()))
    }

    async fn rotate_root(&self, request: Request<RotateRootRequest>) -> Answer<ShowRootsResponse> {
        let lead = Duration::from_secs(request.into_inner().lead_s);
        if lead > MAX_LEAD {
            return Err(Status::invalid_argument("a lead is at most 30 days"));
        }
        let roots = self
            .change(move |authority| authority.rotate_root(lead))
            .await?;
        tracing::info!(
            generation = roots.generation(),
            "a new root key is published"
        );
        Ok(shown(&roots))
    }

    async fn retire_roots(&self, _: Request<RetireRootsRequest>) -> Answer<ShowRootsResponse> {
        let roots = self.change(CertificateAuthority::retire_roots).await?;
        tracing::info!(generation = roots.generation(), "old root keys are retired");
        Ok(shown(&roots))
    }
}

fn shown(roots: &RootKeys) -> Response<ShowRootsResponse> {
    Response::new(ShowRootsResponse {
        generation: roots.generation(),
        keys: roots
            .public()
            .iter()
            .map(|key| hex(key.as_bytes()))
            .collect(),
        signs_from_s: roots.signs_from().as_unix_s(),
    })
}

fn issued_to_proto(issued: &ledger::Issued) -> Issued {
    Issued {
        revocation_id: issued.revocation_id.as_u64(),
        service_account: issued.account.to_string(),
        machine: issued.machine.to_string(),
        instance_id: issued.instance_id.clone(),
        issued_at_s: issued.issued_at.as_unix_s(),
        expires_at_s: issued.expires_at.as_unix_s(),
    }
}

fn parse(email: &str) -> Result<ServiceAccount, Status> {
    email
        .parse()
        .map_err(|error: alts::InvalidServiceAccount| Status::invalid_argument(error.to_string()))
}

fn to_proto(account: &directory::Account) -> Account {
    Account {
        email: account.email.to_string(),
        unique_id: account.unique_id.clone(),
        display_name: account.display_name.clone(),
        disabled: account.disabled,
    }
}

fn status(error: &AuthorityError) -> Status {
    let code = match error {
        AuthorityError::Directory(
            DirectoryError::NotFound { .. } | DirectoryError::NotRestorable(_),
        ) => Code::NotFound,
        AuthorityError::Directory(DirectoryError::AlreadyExists(_)) => Code::AlreadyExists,
        AuthorityError::Directory(_) => Code::InvalidArgument,
        AuthorityError::Rotation(_) | AuthorityError::Revocation(_) => Code::FailedPrecondition,
        AuthorityError::State(StateError::TooLong { .. }) => Code::ResourceExhausted,
        AuthorityError::State(_) | AuthorityError::NoEntropy(_) => Code::Internal,
    };
    Status::new(code, error.to_string())
}
