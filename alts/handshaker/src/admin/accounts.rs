//! The directory over gRPC.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::{
    proto::{
        Account, ChangeAccountResponse, CreateAccountRequest, DisableAccountRequest,
        EnableAccountRequest, ListAccountsRequest, ListAccountsResponse,
        accounts_server::{Accounts, AccountsServer},
    },
    status,
};
use crate::{
    ServiceAccount,
    cloud::{Cloud, CloudError},
    directory,
};

/// Serves a cloud's directory.
pub(super) struct AccountsService {
    cloud: Arc<Cloud>,
}

impl AccountsService {
    pub(super) fn server(cloud: Arc<Cloud>) -> AccountsServer<Self> {
        AccountsServer::new(Self { cloud })
    }

    /// Runs a change where blocking on the disk stops nobody else. A client that hangs up does not
    /// stop it halfway.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Cloud) -> Result<T, CloudError> + Send + 'static,
    ) -> Result<T, Status> {
        let cloud = Arc::clone(&self.cloud);
        tokio::task::spawn_blocking(move || change(&cloud))
            .await
            .map_err(|_| Status::internal("the change did not finish; see the log"))?
            .map_err(|error| status(&error))
    }

    async fn set_disabled(
        &self,
        email: &str,
        disabled: bool,
    ) -> Result<Response<ChangeAccountResponse>, Status> {
        let email = parse(email)?;
        let (account, changed) = self
            .change(move |cloud| cloud.set_disabled(&email, disabled))
            .await?;
        tracing::info!(account = %account.email, disabled, changed, "account switched");
        Ok(Response::new(ChangeAccountResponse {
            account: Some(to_proto(&account)),
            changed,
        }))
    }
}

#[tonic::async_trait]
impl Accounts for AccountsService {
    async fn list_accounts(
        &self,
        _request: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        let accounts = self.cloud.accounts().iter().map(to_proto).collect();
        Ok(Response::new(ListAccountsResponse { accounts }))
    }

    async fn create_account(
        &self,
        request: Request<CreateAccountRequest>,
    ) -> Result<Response<Account>, Status> {
        let request = request.into_inner();
        let email = parse(&request.email)?;
        let account = self
            .change(move |cloud| cloud.create_account(email, &request.display_name))
            .await?;
        tracing::info!(account = %account.email, "account created");
        Ok(Response::new(to_proto(&account)))
    }

    async fn disable_account(
        &self,
        request: Request<DisableAccountRequest>,
    ) -> Result<Response<ChangeAccountResponse>, Status> {
        self.set_disabled(&request.into_inner().email, true).await
    }

    async fn enable_account(
        &self,
        request: Request<EnableAccountRequest>,
    ) -> Result<Response<ChangeAccountResponse>, Status> {
        self.set_disabled(&request.into_inner().email, false).await
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
