//! What stands between an allowed peer and the services: may this caller call this method?
//!
//! Asked before the request is decoded, so that neither a field error nor whether a thing is there
//! is told to who may not know. What is in no table cannot be called.

use std::{future::ready, sync::Arc};

use alts::AltsConnectInfo;
use booking_proto::contract::metadata::ON_BEHALF_OF;
use http::Request;
use tonic::{Status, body::Body};

use super::around::{Answer, Around};
use crate::{
    access::{
        Caller, Gatekeeper, Permission,
        methods::{self, Method},
    },
    grpc::status,
    journal::Journal,
};

/// A call that was let in; left in the request's extensions for the service.
#[derive(Clone, Debug)]
pub(in crate::grpc) struct Admitted {
    /// Who calls.
    pub(in crate::grpc) caller: Arc<Caller>,
    /// What they call.
    pub(in crate::grpc) method: &'static Method,
}

impl Admitted {
    /// As whom a request was let in.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` when nobody let it in: a service that stands behind no access layer.
    pub(in crate::grpc) fn of<M>(request: &tonic::Request<M>) -> Result<Self, Status> {
        let admitted = request.extensions().get::<Self>().cloned();
        admitted.ok_or_else(|| Status::permission_denied("nobody has let this call in"))
    }

    /// Whether the caller may know of whom a case is.
    pub(in crate::grpc) fn sees_patients(&self) -> bool {
        self.caller.may(Permission::PatientsRead)
    }
}

/// Services that are there for every peer: they tell nothing of the hospital.
const COMMON: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Lets only those calls through that their callers may make.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) gatekeeper: Gatekeeper,
    pub(crate) journal: Journal,
}

impl Access {
    /// As whom a call is let in; `None` for what is there for every peer.
    fn admit(&self, request: &Request<Body>) -> Result<Option<Admitted>, Status> {
        let path = request.uri().path();
        if COMMON.iter().any(|service| path.starts_with(service)) {
            return Ok(None);
        }
        let method = methods::of_path(path)
            .ok_or_else(|| Status::unimplemented("there is no such method"))?;
        let info = request.extensions().get::<AltsConnectInfo>();
        let info = info.ok_or_else(|| Status::permission_denied("the peer has proven nothing"))?;
        let account = info.context().peer_service_account().as_str();
        let person = person(request)?;

        let policy = self.gatekeeper.policy();
        let caller = policy.caller(account, person).map_err(|stranger| {
            self.journal.denied(method.name, account, person);
            Status::permission_denied(format!("Client {account} {stranger}"))
        })?;
        if let Err(denied) = caller.may_call(method) {
            self.journal.denied(method.name, account, person);
            return Err(status::permission_denied(denied));
        }
        let caller = Arc::new(caller);
        Ok(Some(Admitted { caller, method }))
    }
}

/// Whom the call is for. Said twice, it is not clear who is meant.
fn person(request: &Request<Body>) -> Result<Option<&str>, Status> {
    let mut named = request.headers().get_all(ON_BEHALF_OF).iter();
    let unclear = || Status::permission_denied(format!("{ON_BEHALF_OF} must name one person"));
    let Some(person) = named.next() else {
        return Ok(None);
    };
    let person = person.to_str().ok().filter(|it| !it.trim().is_empty());
    let person = person.filter(|_| named.next().is_none());
    person.map(Some).ok_or_else(unclear)
}

impl Around for Access {
    fn around(
        &self,
        mut request: Request<Body>,
        inside: impl FnOnce(Request<Body>) -> Answer,
    ) -> Answer {
        match self.admit(&request) {
            Ok(admitted) => {
                if let Some(admitted) = admitted {
                    request.extensions_mut().insert(admitted);
                }
                inside(request)
            }
            Err(status) => Box::pin(ready(Ok(status.into_http()))),
        }
    }
}
