//! `ot.v1.AccessService`: who the caller is, and what they may.

use booking_proto::ot::v1::{self, access_service_server::AccessService, grant};
use tonic::{Request, Response, Status};

use super::desk::{Admitted, Desk};
use crate::{
    access::{Caller, Permission, Scope},
    names::name,
};

#[tonic::async_trait]
impl AccessService for Desk {
    async fn get_access(
        &self,
        request: Request<v1::GetAccessRequest>,
    ) -> Result<Response<v1::Access>, Status> {
        Ok(Response::new(access(&Admitted::of(&request)?.caller)))
    }
}

fn access(caller: &Caller) -> v1::Access {
    let granted = |permission: &Permission| {
        let scope = match caller.grants.scope(*permission)? {
            Scope::Own => grant::Scope::Own,
            Scope::Any => grant::Scope::Any,
        };
        Some(v1::Grant {
            permission: permission.to_string(),
            scope: scope.into(),
        })
    };
    let mut grants: Vec<v1::Grant> = Permission::ALL.iter().filter_map(granted).collect();
    grants.sort_by(|one, other| one.permission.cmp(&other.permission));
    v1::Access {
        account: caller.account.clone(),
        person: caller.person.clone().unwrap_or_default(),
        staff: caller.staff.as_ref().map(name).unwrap_or_default(),
        roles: caller.roles.iter().map(ToString::to_string).collect(),
        grants,
    }
}
