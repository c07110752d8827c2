//! What all services share: who calls, with which request; and what goes back.
//!
//! The access layer has let the call in and says as whom. What is left for a service is to say how
//! its request becomes a use case and the use case's answer a response. What tells of whom a case is
//! (as the contract says of each field) is taken out here for those who may not know.

pub(super) mod catalogue;
pub(super) mod health_board;
pub(super) mod request;
pub(super) mod watchers;

use std::{num::NonZero, sync::Arc};

use booking_domain::Hospital;
use booking_store::{AuditRecord, Outcome};
use jiff::Timestamp;
use prost::{Message, Name};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use self::{health_board::HealthBoard, watchers::Watchers};
use super::{
    convert::values::{text, unless_empty},
    fields::reading,
    layers::access::Admitted,
    paging::Pages,
    tokens::Tokens,
    wire_form::{ByName, without_patient},
};
use crate::{
    access::{Denied, Gatekeeper, Permission},
    app::{App, Call, Refusal, UseCase},
    journal::record,
};

/// What a method answers.
pub(super) type Reply<R> = Result<Response<R>, Status>;

/// All services of `ot.v1`, and what they share.
#[derive(Clone)]
pub(super) struct GrpcServices {
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
    /// Turns to compute: one for each processor.
    computing: Arc<Semaphore>,
}

impl GrpcServices {
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
            computing: Arc::new(Semaphore::new(processors)),
        }
    }

    /// The hospital as it is.
    pub(super) async fn hospital(&self) -> Result<Arc<Hospital>, Refusal> {
        Ok(self.app.store().hospital().await?)
    }

    /// A page of a list that is asked for with these words.
    pub(super) fn pages(&self, admitted: &Admitted, question: &[&str]) -> Pages<'_> {
        Pages::new(&self.tokens, admitted.method.name, question)
    }

    /// Refuses who may not see patients, and tells the audit of them.
    pub(super) async fn patients_only(&self, admitted: &Admitted) -> Result<(), Refusal> {
        if admitted.sees_patients() {
            return Ok(());
        }
        self.app.denied(self.record(admitted)).await;
        Err(Denied(Permission::PatientsRead).into())
    }

    /// What the audit keeps of a call that changes nothing.
    pub(super) fn record(&self, admitted: &Admitted) -> AuditRecord {
        let (caller, method) = (&admitted.caller, admitted.method.name);
        let person = caller.person.as_deref();
        record(self.app.now(), method, &caller.account, person, Outcome::Ok)
    }

    /// Does what keeps a processor busy, where no other call waits for it: a few at a time.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = Arc::clone(&self.computing).acquire_owned().await;
        let turn = turn.expect("nobody closes it");
        let computing = tokio::task::spawn_blocking(move || {
            // Kept until it is done, whether or not anybody still waits for it.
            let _turn = turn;
            work()
        });
        computing.await.map_err(|_| Refusal::Unfinished)
    }

    /// Takes a request that only reads all the way: read, answered.
    pub(super) async fn read<M, R, F>(
        &self,
        request: Request<M>,
        answer: impl FnOnce(Admitted, M) -> F,
    ) -> Reply<R>
    where
        R: Message + Name + Default,
        F: Future<Output = Result<R, Refusal>>,
    {
        let admitted = Admitted::of(&request)?;
        let sees_patients = admitted.sees_patients();
        let response = answer(admitted, request.into_inner()).await?;
        Ok(Response::new(shown(response, sees_patients)))
    }

    /// Takes a request that writes all the way: read, done, answered.
    pub(super) async fn write<M, C, R>(
        &self,
        request: Request<M>,
        read: impl FnOnce(&M, &Hospital, Timestamp) -> Result<C, Refusal>,
        respond: fn(&C::Answer) -> R,
    ) -> Reply<R>
    where
        M: Message + Name,
        C: UseCase,
        R: Message + Name + Default + 'static,
    {
        let admitted = Admitted::of(&request)?;
        let sees_patients = admitted.sees_patients();
        let request = request.into_inner();
        let call = call(admitted, &request)?;
        let use_case = read(&request, &*self.hospital().await?, self.app.now())?;
        let encode = move |answer: &C::Answer| respond(answer).encode_to_vec();
        let response = self.app.write(call, use_case, encode).await?;
        let response = R::decode(&*response).expect("encoded here");
        Ok(Response::new(shown(response, sees_patients)))
    }
}

/// A response as the caller may see it.
pub(super) fn shown<R: Message + Name + Default>(response: R, sees_patients: bool) -> R {
    if sees_patients {
        response
    } else {
        without_patient(&response)
    }
}

/// An id for something whose id nobody chose.
pub(super) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

fn call<M: Message + Name>(admitted: Admitted, request: &M) -> Result<Call, Refusal> {
    let request = request.encode_to_vec();
    let given = ByName::of::<M>(&request);
    let id = given.text("request_id");
    // One id has one spelling.
    let request_id = reading(|fields| {
        let id = unless_empty(&id, Uuid::try_parse).map_err(|_| "must be a UUID");
        fields.take("request_id", id)
    })?;
    Ok(Call {
        caller: admitted.caller,
        method: admitted.method,
        request_id: text(request_id.as_ref()),
        request_hash: Sha256::digest(&request).into(),
        validate_only: given.flag("validate_only"),
    })
}
