//! Where calls arrive: who calls, with which request; and what goes back.
//!
//! The access layer has let the call in and says as whom. What is left for a service is to say how
//! its request becomes a use case and the use case's answer a response.

use std::{num::NonZero, sync::Arc};

use booking_proto::ot::v1;
use jiff::Timestamp;
use prost::Message;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{
    convert::values::{instant, version},
    fields::Fields,
    health::HealthBoard,
    paging::Pages,
    tokens::Tokens,
    watch::Watchers,
};
use crate::{
    access::{Caller, Denied, Gatekeeper, Permission, methods::Method},
    app::{App, Call, Refusal, Target, UseCase},
    domain::{Hospital, SiteId, TheatreId},
    journal::record,
    names::parse,
    store::{AuditRecord, Outcome},
};

/// A call that was let in; the access layer puts it into every request's extensions.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    /// Who calls.
    pub(super) caller: Arc<Caller>,
    /// What they call.
    pub(super) method: &'static Method,
}

impl Admitted {
    /// As whom a request was let in.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` when nobody let it in: a service that stands behind no access layer.
    pub(super) fn of<M>(request: &Request<M>) -> Result<Self, Status> {
        let admitted = request.extensions().get::<Self>().cloned();
        admitted.ok_or_else(|| Status::permission_denied("nobody has let this call in"))
    }
}

/// A request that writes.
pub(super) trait WriteRequest: Message {
    /// Its id, or nothing.
    fn request_id(&self) -> &str;
    /// Whether it is only tried.
    fn validate_only(&self) -> bool;
}

macro_rules! write_requests {
    ($($request:ident)*) => {$(
        impl WriteRequest for v1::$request {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn validate_only(&self) -> bool {
                self.validate_only
            }
        }
    )*};
}

write_requests! {
    CreateCaseRequest UpdateCaseRequest ScheduleCaseRequest ConfirmCaseRequest
    RescheduleCaseRequest PostponeCaseRequest CancelCaseRequest AbortCaseRequest
    RecordMilestoneRequest CorrectCaseRequest BatchRescheduleCasesRequest
    ApplyEmergencyPlanRequest
    CreateSiteRequest CreateTheatreRequest UpdateTheatreRequest DeleteTheatreRequest
    CreateStaffRequest UpdateStaffRequest DeleteStaffRequest
    CreateEquipmentUnitRequest UpdateEquipmentUnitRequest
    CreateProcedureTypeRequest UpdateProcedureTypeRequest
    CreateReasonRequest UpdateReasonRequest
    CreateUnavailabilityRequest DeleteUnavailabilityRequest
    CreateSessionTemplateRequest UpdateSessionTemplateRequest DeleteSessionTemplateRequest
    ExpandSessionTemplateRequest CreateSessionRequest UpdateSessionRequest
    ReleaseSessionRequest CancelSessionRequest
    ImportCasesRequest
}

/// A response of which not everybody may see everything.
pub(super) trait Redact {
    /// Takes out whose a case is and what it is for.
    fn redact(&mut self) {}
}

/// What all services share.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    /// The use cases.
    pub(super) app: App,
    /// Opaque tokens.
    pub(super) tokens: Tokens,
    /// Who may do what: for calls that last.
    pub(super) gatekeeper: Gatekeeper,
    /// Whether the server is on its way out.
    pub(super) board: HealthBoard,
    /// Who watches.
    pub(super) watchers: Watchers,
    /// Turns to think: one for each processor.
    thinking: Arc<Semaphore>,
}

impl Desk {
    /// Over `app`, with tokens under its database's key.
    pub(super) fn new(app: App, gatekeeper: Gatekeeper, board: HealthBoard) -> Self {
        let tokens = Tokens::new(app.store().token_key().as_bytes());
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            app,
            tokens,
            gatekeeper,
            board,
            watchers: Watchers::default(),
            thinking: Arc::new(Semaphore::new(processors)),
        }
    }

    /// A page of a list that is asked for with these words.
    pub(super) fn pages(&self, admitted: &Admitted, question: &[&str]) -> Pages<'_> {
        Pages::new(&self.tokens, admitted.method.name, question)
    }

    /// Refuses who may not see patients, and tells the audit of them.
    pub(super) async fn patients_only(&self, admitted: &Admitted) -> Result<(), Refusal> {
        let permission = Permission::PatientsRead;
        if admitted.caller.may(permission) {
            return Ok(());
        }
        self.app.denied(self.record(admitted)).await;
        Err(Denied(permission).into())
    }

    /// What the audit keeps of a call that changes nothing.
    pub(super) fn record(&self, admitted: &Admitted) -> AuditRecord {
        let (caller, method) = (&admitted.caller, admitted.method.name);
        let person = caller.person.as_deref();
        record(self.app.now(), method, &caller.account, person, Outcome::Ok)
    }

    /// Does what keeps a processor busy, where no other call waits for it: a few at a time.
    pub(super) async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        let gone = |_| Status::internal("the work on this call has failed; tell the operator");
        let turn = Arc::clone(&self.thinking).acquire_owned().await;
        let turn = turn.expect("nobody closes it");
        let thinking = tokio::task::spawn_blocking(move || {
            // Kept until it is done, whether or not anybody still waits for it.
            let _turn = turn;
            work()
        });
        thinking.await.map_err(gone)
    }

    /// Takes a request that writes all the way: read, done, answered.
    pub(super) async fn write<M, C, R>(
        &self,
        request: Request<M>,
        read: impl FnOnce(&M, &Hospital, Timestamp) -> Result<C, Refusal>,
        respond: fn(&C::Answer) -> R,
    ) -> Result<Response<R>, Status>
    where
        M: WriteRequest,
        C: UseCase,
        R: Message + Default + Redact + 'static,
    {
        let admitted = Admitted::of(&request)?;
        let sees_patients = admitted.caller.may(Permission::PatientsRead);
        let request = request.into_inner();
        let call = call(admitted, &request)?;
        let hospital = self.app.store().hospital().await.map_err(Refusal::from)?;
        let use_case = read(&request, &hospital, self.app.now())?;
        let encode = move |answer: &C::Answer| respond(answer).encode_to_vec();
        let response = self.app.write(call, use_case, encode).await?;
        let mut response = R::decode(&*response).expect("encoded here");
        if !sees_patients {
            response.redact();
        }
        Ok(Response::new(response))
    }
}

fn call(admitted: Admitted, request: &impl WriteRequest) -> Result<Call, Refusal> {
    let id = request.request_id();
    // One id has one spelling.
    let request_id = if id.is_empty() {
        String::new()
    } else {
        let id = Uuid::try_parse(id);
        id.map_err(|_| Refusal::field("request_id", "must be a UUID"))?
            .to_string()
    };
    Ok(Call {
        caller: admitted.caller,
        method: admitted.method,
        request_id,
        request_hash: Sha256::digest(request.encode_to_vec()).into(),
        validate_only: request.validate_only(),
    })
}

/// Reads a request: `read` says what it makes of it, or notes in the fields why nothing.
pub(super) fn reading<T>(read: impl FnOnce(&mut Fields) -> Option<T>) -> Result<T, Refusal> {
    let mut fields = Fields::new();
    let read = read(&mut fields);
    fields.finish(read)
}

/// Which case, in which version.
pub(super) fn target(fields: &mut Fields, name: &str, etag: &str) -> Option<Target> {
    let case = fields.take("name", parse(name));
    let version = fields.take("etag", version(etag));
    Some(Target {
        case: case?,
        version: version?,
    })
}

/// The site that is meant; the only one may go without saying.
pub(super) fn site(fields: &mut Fields, hospital: &Hospital, name: &str) -> Option<SiteId> {
    let site = if name.is_empty() {
        let mut sites = hospital.sites.keys();
        match (sites.next(), sites.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err("must be given: there is not exactly one".to_owned()),
        }
    } else {
        parse(name)
            .map_err(|why| why.to_string())
            .and_then(|site: SiteId| {
                let known = hospital.sites.contains_key(&site);
                known
                    .then_some(site)
                    .ok_or_else(|| "does not exist".to_owned())
            })
    };
    fields.take("site", site)
}

/// Theatres by name, all of which the hospital has.
pub(super) fn theatres(
    fields: &mut Fields,
    hospital: &Hospital,
    names: &[String],
) -> Option<Vec<TheatreId>> {
    fields.list("theatres", names, |name: &String| {
        let theatre: TheatreId = parse(name).map_err(|why| why.to_string())?;
        let known = hospital.theatres.contains_key(&theatre);
        known
            .then_some(theatre)
            .ok_or_else(|| "does not exist".to_owned())
    })
}

/// The site's theatres that are meant: those that were named, or all of them.
pub(super) fn theatres_at(
    fields: &mut Fields,
    hospital: &Hospital,
    site: &SiteId,
    asked: &[TheatreId],
) -> Option<Vec<TheatreId>> {
    let theatres = hospital.theatres.values();
    let here = theatres.filter(|theatre| theatre.site == *site);
    let here: Vec<TheatreId> = here.map(|theatre| theatre.id.clone()).collect();
    let elsewhere = asked.iter().position(|theatre| !here.contains(theatre));
    if let Some(at) = elsewhere {
        fields.refuse(format!("theatres[{at}]"), format!("is not at site {site}"));
        return None;
    }
    let meant = |theatre: &TheatreId| asked.is_empty() || asked.contains(theatre);
    Some(here.into_iter().filter(meant).collect())
}

/// An instant that may be left out.
pub(super) fn moment(
    fields: &mut Fields,
    field: &str,
    wire: Option<&prost_types::Timestamp>,
) -> Option<Option<Timestamp>> {
    fields.take(field, wire.map(instant).transpose())
}
