//! `ot.v1.AccessService`: who the caller is, and what they may.

use booking_proto::ot::v1::{self, access_service_server::AccessService};
use tonic::{Request, Response};

use crate::{
    access::{Caller, Permission},
    grpc::{
        convert::words::number,
        layers::access::Admitted,
        shared::{GrpcServices, Reply},
    },
    names::optional,
};

#[tonic::async_trait]
impl AccessService for GrpcServices {
    async fn get_access(&self, request: Request<v1::GetAccessRequest>) -> Reply<v1::Access> {
        Ok(Response::new(access(&Admitted::of(&request)?.caller)))
    }
}

fn access(caller: &Caller) -> v1::Access {
    let granted = |permission: &Permission| {
        Some(v1::Grant {
            permission: permission.to_string(),
            scope: number(caller.grants.scope(*permission)?),
        })
    };
    let mut grants: Vec<v1::Grant> = Permission::ALL.iter().filter_map(granted).collect();
    grants.sort_by(|one, other| one.permission.cmp(&other.permission));
    v1::Access {
        account: caller.account.clone(),
        person: caller.person.clone().unwrap_or_default(),
        staff: optional(caller.staff.as_ref()),
        roles: caller.roles.iter().map(ToString::to_string).collect(),
        grants,
    }
}
