//! The calls of package `ot.v1`, as one page makes them: each on behalf of the person who looks at
//! the page, each noted with who proved to have answered it.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{
    access_service_client::AccessServiceClient, audit_service_client::AuditServiceClient,
    case_service_client::CaseServiceClient, hospital_service_client::HospitalServiceClient,
    report_service_client::ReportServiceClient, schedule_service_client::ScheduleServiceClient,
    session_service_client::SessionServiceClient, transfer_service_client::TransferServiceClient,
    watch_service_client::WatchServiceClient, *,
};
use tonic::{Code, Request, Response, Status, Streaming, metadata::AsciiMetadataValue};

use super::{AccessBook, PeerSlot, Refusal, Reply, Wire, alts::BACKEND_GRACE};

/// The largest answer that is read: a board of a thousand cases is under a mebibyte.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Metadata that names the person for whom a call is made; only the account is proven by ALTS.
const ON_BEHALF_OF: &str = "on-behalf-of";

/// What one page asks of the backend, and who proved to answer.
pub(crate) struct Desk {
    wire: Wire,
    person: Option<String>,
    timeout: Duration,
    noted: Mutex<Option<Reply<()>>>,
    access: Arc<AccessBook>,
    /// Whether the first call takes the question with it what the person may.
    learns: AtomicBool,
}

impl Desk {
    /// For calls on behalf of `person`, or of nobody: then the account's own rights count.
    ///
    /// What they may is kept in `access`, and asked for beside the first call when it is old.
    pub(crate) fn new(
        wire: Wire,
        person: Option<String>,
        timeout: Duration,
        access: Arc<AccessBook>,
    ) -> Self {
        Self {
            learns: AtomicBool::new(access.is_stale(person.as_deref(), Instant::now())),
            access,
            wire,
            person,
            timeout,
            noted: Mutex::new(None),
        }
    }

    /// What the strip should tell: the last that was proven, unless anything was refused for want
    /// of proof, which counts more.
    pub(crate) fn noted(&self) -> Option<Reply<()>> {
        self.noted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks what the person may, unless that is known. A backend that does not know the question
    /// leaves it unknown.
    pub(crate) async fn learn(&self) {
        if self.learns.swap(false, Ordering::Relaxed) {
            self.ask_access().await;
        }
    }

    async fn ask_access(&self) {
        let asked = self.ask(GetAccessRequest {}, |wire, request| async move {
            AccessServiceClient::new(wire).get_access(request).await
        });
        let person = self.person.as_deref();
        if let Reply::Proven {
            outcome: Ok(said), ..
        } = asked.await
        {
            self.access.note(person, said.into(), Instant::now());
        }
    }

    async fn call<Q, A, F>(
        &self,
        message: Q,
        method: impl FnOnce(Wire, Request<Q>) -> F,
    ) -> Result<A, Refusal>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let asked = self.ask(message, method);
        let reply = if self.learns.swap(false, Ordering::Relaxed) {
            tokio::join!(asked, self.ask_access()).0
        } else {
            asked.await
        };
        self.note(&reply);
        match reply {
            Reply::Proven { outcome, .. } => outcome,
            Reply::Unproven(refusal) => Err(refusal),
        }
    }

    async fn ask<Q, A, F>(&self, message: Q, method: impl FnOnce(Wire, Request<Q>) -> F) -> Reply<A>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let slot = PeerSlot::default();
        let mut request = Request::new(message);
        request.set_timeout(self.timeout + BACKEND_GRACE);
        request.extensions_mut().insert(slot.clone());
        if let Err(refusal) = name_person(&mut request, self.person.as_deref()) {
            return Reply::Unproven(refusal);
        }
        let called = tokio::time::timeout(self.timeout, method(self.wire.clone(), request)).await;
        let outcome = match called {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(Refusal::from(&status)),
            Err(_) => Err(Refusal::timed_out(self.timeout)),
        };
        Reply::conclude(slot.get().cloned(), outcome)
    }

    fn note<T>(&self, reply: &Reply<T>) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let worse = matches!(&*noted, Some(earlier) if earlier.taints());
        if !worse {
            *noted = Some(reply.bare());
        }
    }
}

/// Says for whom a call is made, if for anybody.
pub(super) fn name_person<Q>(
    request: &mut Request<Q>,
    person: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(person) = person {
        let person = AsciiMetadataValue::try_from(person)
            .map_err(|_| Refusal::from(&Status::new(Code::InvalidArgument, "no such person")))?;
        request.metadata_mut().insert(ON_BEHALF_OF, person);
    }
    Ok(())
}

impl<T> Reply<T> {
    /// Without the answer: who was proven, or why nobody was.
    fn bare(&self) -> Reply<()> {
        match self {
            Self::Proven { peer, outcome } => Reply::Proven {
                peer: peer.clone(),
                outcome: outcome.as_ref().map(drop).map_err(Clone::clone),
            },
            Self::Unproven(refusal) => Reply::Unproven(refusal.clone()),
        }
    }

    /// Whether the connection must not be called secure.
    pub(crate) fn taints(&self) -> bool {
        match self {
            Self::Proven { outcome, .. } => outcome
                .as_ref()
                .err()
                .is_some_and(|refusal| refusal.kind.taints_proven_peer()),
            Self::Unproven(_) => true,
        }
    }
}

/// One method of [`Desk`] for each method of the contract that a page uses.
macro_rules! methods {
    ($($client:ident { $($method:ident($request:ty) -> $answer:ty;)+ })+) => {
        impl Desk {
            $($(
                pub(crate) async fn $method(&self, message: $request) -> Result<$answer, Refusal> {
                    self.call(message, |wire, request| async move {
                        $client::new(wire)
                            .max_decoding_message_size(MAX_ANSWER_BYTES)
                            .$method(request)
                            .await
                    })
                    .await
                }
            )+)+
        }
    };
}

methods! {
    CaseServiceClient {
        create_case(CreateCaseRequest) -> Case;
        get_case(GetCaseRequest) -> Case;
        list_cases(ListCasesRequest) -> ListCasesResponse;
        update_case(UpdateCaseRequest) -> Case;
        schedule_case(ScheduleCaseRequest) -> Case;
        confirm_case(ConfirmCaseRequest) -> Case;
        reschedule_case(RescheduleCaseRequest) -> Case;
        postpone_case(PostponeCaseRequest) -> Case;
        cancel_case(CancelCaseRequest) -> Case;
        abort_case(AbortCaseRequest) -> Case;
        record_milestone(RecordMilestoneRequest) -> Case;
    }
    ScheduleServiceClient {
        get_day_schedule(GetDayScheduleRequest) -> DaySchedule;
        find_slots(FindSlotsRequest) -> FindSlotsResponse;
        plan_emergency(PlanEmergencyRequest) -> EmergencyPlan;
        apply_emergency_plan(ApplyEmergencyPlanRequest) -> ApplyEmergencyPlanResponse;
        list_conflicts(ListConflictsRequest) -> ListConflictsResponse;
    }
    HospitalServiceClient {
        list_theatres(ListTheatresRequest) -> ListTheatresResponse;
        list_staff(ListStaffRequest) -> ListStaffResponse;
        list_procedure_types(ListProcedureTypesRequest) -> ListProcedureTypesResponse;
        list_reasons(ListReasonsRequest) -> ListReasonsResponse;
        list_sites(ListSitesRequest) -> ListSitesResponse;
        create_site(CreateSiteRequest) -> Site;
        create_theatre(CreateTheatreRequest) -> Theatre;
    }
    SessionServiceClient {
        list_sessions(ListSessionsRequest) -> ListSessionsResponse;
        release_session(ReleaseSessionRequest) -> Session;
        cancel_session(CancelSessionRequest) -> CancelSessionResponse;
    }
    ReportServiceClient {
        query_utilisation(ReportRequest) -> UtilisationReport;
        query_on_time_starts(ReportRequest) -> OnTimeStartsReport;
        query_turnover(ReportRequest) -> TurnoverReport;
        query_cancellations(ReportRequest) -> CancellationsReport;
        query_waiting(ReportRequest) -> WaitingReport;
    }
    TransferServiceClient {
        import_cases(ImportCasesRequest) -> ImportCasesResponse;
    }
    AuditServiceClient {
        list_audit_events(ListAuditEventsRequest) -> ListAuditEventsResponse;
        verify_audit_chain(VerifyAuditChainRequest) -> VerifyAuditChainResponse;
    }
}

/// Changes as they are committed.
type Stream = Streaming<WatchScheduleResponse>;

/// Opens the stream of changes, as the front end itself: it tells pages only *what* changed, and
/// each page asks for itself what its person may see. Refused like any other call.
pub(crate) async fn watch(wire: Wire, resume_token: String) -> Result<Stream, Refusal> {
    let slot = PeerSlot::default();
    let mut request = Request::new(WatchScheduleRequest {
        resume_token,
        ..Default::default()
    });
    request.extensions_mut().insert(slot.clone());
    let answer = WatchServiceClient::new(wire).watch_schedule(request).await;
    let outcome = answer.map(Response::into_inner);
    let outcome = outcome.map_err(|status| Refusal::from(&status));
    match Reply::conclude(slot.get().cloned(), outcome) {
        Reply::Proven { outcome, .. } => outcome,
        Reply::Unproven(refusal) => Err(refusal),
    }
}
