//! Root keys and revocations over gRPC.

use std::{sync::Arc, time::Duration};

use tonic::{Request, Response, Status};

use super::{
    proto::{
        Issued, ListIssuedRequest, ListIssuedResponse, RetireRootsRequest, RevokeRequest,
        RotateRootRequest, ShowCrlRequest, ShowCrlResponse, ShowRootsRequest, ShowRootsResponse,
        authority_admin_server::{AuthorityAdmin, AuthorityAdminServer},
    },
    status,
};
use crate::{
    authority::{ledger, root_keys::RootKeys},
    cloud::{Cloud, CloudError},
    handshake::RevocationId,
    hex::hex,
};

/// Longest lead of a new root key: whoever wants to wait longer may rotate later.
const MAX_LEAD: Duration = Duration::from_secs(30 * 24 * 3600);

/// Serves a cloud's keys.
pub(super) struct AuthorityService {
    cloud: Arc<Cloud>,
}

impl AuthorityService {
    pub(super) fn server(cloud: Arc<Cloud>) -> AuthorityAdminServer<Self> {
        AuthorityAdminServer::new(Self { cloud })
    }

    /// Runs a change where blocking on the disk stops nobody else.
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

    fn crl(&self) -> Response<ShowCrlResponse> {
        let (_, validity) = self.cloud.crl();
        let ids = self.cloud.revoked();
        Response::new(ShowCrlResponse {
            issued_at_s: validity.not_before.as_unix_s(),
            next_update_s: validity.not_after.as_unix_s(),
            revocation_ids: ids.iter().map(|id| id.as_u64()).collect(),
        })
    }
}

#[tonic::async_trait]
impl AuthorityAdmin for AuthorityService {
    async fn revoke(
        &self,
        request: Request<RevokeRequest>,
    ) -> Result<Response<ShowCrlResponse>, Status> {
        let numbers = request.into_inner().revocation_ids;
        let ids: Vec<RevocationId> = numbers.into_iter().map(RevocationId::from_u64).collect();
        if let Some(bad) = ids.iter().find(|id| id.category().is_none()) {
            let problem = format!("{bad} names no certificate; copy it from the log");
            return Err(Status::invalid_argument(problem));
        }
        let revoked = ids.clone();
        self.change(move |cloud| cloud.revoke(&ids)).await?;
        for id in revoked {
            tracing::info!(revocation_id = %id, "revoked");
        }
        Ok(self.crl())
    }

    async fn show_crl(
        &self,
        _request: Request<ShowCrlRequest>,
    ) -> Result<Response<ShowCrlResponse>, Status> {
        Ok(self.crl())
    }

    async fn list_issued(
        &self,
        request: Request<ListIssuedRequest>,
    ) -> Result<Response<ListIssuedResponse>, Status> {
        let name = request.into_inner().service_account;
        let account = (!name.is_empty()).then(|| name.parse()).transpose();
        let account = account.map_err(|error: alts::InvalidServiceAccount| {
            Status::invalid_argument(error.to_string())
        })?;
        let issued = self.cloud.issued(account.as_ref());
        Ok(Response::new(ListIssuedResponse {
            issued: issued.iter().map(to_proto).collect(),
        }))
    }

    async fn show_roots(
        &self,
        _request: Request<ShowRootsRequest>,
    ) -> Result<Response<ShowRootsResponse>, Status> {
        Ok(shown(&self.cloud.root_keys()))
    }

    async fn rotate_root(
        &self,
        request: Request<RotateRootRequest>,
    ) -> Result<Response<ShowRootsResponse>, Status> {
        let lead = Duration::from_secs(request.into_inner().lead_s);
        if lead > MAX_LEAD {
            return Err(Status::invalid_argument("a lead is at most 30 days"));
        }
        let roots = self.change(move |cloud| cloud.rotate_root(lead)).await?;
        tracing::info!(
            generation = roots.generation(),
            "a new root key is published"
        );
        Ok(shown(&roots))
    }

    async fn retire_roots(
        &self,
        _request: Request<RetireRootsRequest>,
    ) -> Result<Response<ShowRootsResponse>, Status> {
        let roots = self.change(Cloud::retire_roots).await?;
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

fn to_proto(issued: &ledger::Issued) -> Issued {
    Issued {
        revocation_id: issued.revocation_id.as_u64(),
        service_account: issued.account.to_string(),
        machine: issued.machine.to_string(),
        instance_id: issued.instance_id.clone(),
        issued_at_s: issued.issued_at.as_unix_s(),
        expires_at_s: issued.expires_at.as_unix_s(),
    }
}
