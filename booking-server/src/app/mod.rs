//! What callers can have done: the use cases, between the wire and the store.
//!
//! ```text
//!  grpc ── use case ──▶ App::write ─▶ answered before? ─▶ UseCase::perform(UnitOfWork) ─▶ commit ─▶ answer
//!                          │           (request id)         load, etag, decide (domain),
//!                          │                                write + audit + change
//!                          └─ validate_only: the same, undone
//! ```
//!
//! Every write takes the one path above, so that idempotency, etags, the audit and the dry run are
//! in one place; a use case is what is left: which things to load, which decision of the domain to
//! ask for, what to write. Nothing here knows protobuf or SQL: answers that must be remembered are
//! bytes, made by whoever calls.

mod audit;
mod call;
mod cases;
mod catalogue;
mod emergency;
mod import;
mod move_cases;
mod refusal;
mod schedule_window;
mod sessions;
mod unit_of_work;

use booking_store::{AuditRecord, Outcome, Reads, Store, StoredResponse, Tx, Work};
use jiff::{Timestamp, Unit};

pub(crate) use self::{
    audit::told,
    call::Call,
    cases::{CaseChange, ChangeCase, CreateCase},
    catalogue::{CatalogueItem, Create, Delete, HospitalItem, Update},
    emergency::ApplyEmergencyOption,
    import::{ImportCases, ImportRow, Imported, Verdict},
    move_cases::{Move, MoveCases},
    refusal::Refusal,
    schedule_window::ScheduleWindow,
    sessions::{CancelSession, ExpandTemplate, ReleaseSession},
    unit_of_work::{UnitOfWork, UseCase},
};
use crate::clock::Clock;

/// The use cases' way to the store.
#[derive(Clone)]
pub(crate) struct App {
    store: Store,
    clock: Clock,
}

/// All that a write is made of; it may run more than once.
struct QueuedWrite<C, E> {
    call: Call,
    use_case: C,
    encode: E,
    now: Timestamp,
}

impl App {
    /// Over `store`, by `clock`.
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// The store, for what only reads.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// What time it is, to the microsecond, which is what the store keeps.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        now.round(Unit::Microsecond).unwrap_or(now)
    }

    /// A snapshot to read from.
    pub(crate) async fn read(&self) -> Result<Reads, Refusal> {
        Ok(self.store.read().await?)
    }

    /// Does what `use_case` says, once, and answers with what `encode` makes of it; or with what
    /// was answered when the same request came before.
    pub(crate) async fn write<C, E>(
        &self,
        call: Call,
        use_case: C,
        encode: E,
    ) -> Result<Vec<u8>, Refusal>
    where
        C: UseCase,
        E: Fn(&C::Answer) -> Vec<u8> + Send + Sync + 'static,
    {
        let (validate_only, now) = (call.validate_only, self.now());
        let denied = call.record(String::new(), now);
        let queued = QueuedWrite {
            call,
            use_case,
            encode,
            now,
        };
        let done = if validate_only {
            self.store.rehearse(queued, QueuedWrite::run).await
        } else {
            self.store.write(queued, QueuedWrite::run).await
        };
        if let Err(Refusal::Denied(_)) = &done {
            self.denied(denied).await;
        }
        done
    }

    /// Writes down that a call was not allowed. The caller is refused whether or not that works.
    pub(crate) async fn denied(&self, record: AuditRecord) {
        let record = AuditRecord {
            outcome: Outcome::Denied,
            ..record
        };
        if let Err(error) = self.store.audit(record).await {
            tracing::error!(%error, "a denied call is missing in the audit");
        }
    }
}

impl<C, E> QueuedWrite<C, E>
where
    C: UseCase,
    E: Fn(&C::Answer) -> Vec<u8> + Send + Sync,
{
    fn run<'a>(queued: &'a Self, tx: &'a mut Tx) -> Work<'a, Vec<u8>, Refusal> {
        Box::pin(async move {
            let call = &queued.call;
            let principal = call.caller.principal();
            let remembers = !call.request_id.is_empty();
            if remembers && let Some(before) = tx.request(&principal, &call.request_id).await? {
                return again(call, before);
            }
            let mut work = UnitOfWork {
                hospital: tx.hospital().await?,
                tx,
                now: queued.now,
                call,
            };
            let answer = queued.use_case.perform(&mut work).await?;
            let response = (queued.encode)(&answer);
            if remembers {
                let stored = StoredResponse {
                    method: call.method.name.to_owned(),
                    request_hash: call.request_hash,
                    response: response.clone(),
                    at: queued.now,
                };
                tx.remember(&principal, &call.request_id, stored);
            }
            Ok(response)
        })
    }
}

/// The answer to a request that has been answered before.
fn again(call: &Call, before: StoredResponse) -> Result<Vec<u8>, Refusal> {
    if before.method == call.method.name && before.request_hash == call.request_hash {
        Ok(before.response)
    } else {
        Err(Refusal::RequestIdReused)
    }
}
