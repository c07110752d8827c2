//! The calls of the contract, as one page makes them: each on behalf of the person who looks at
//! the page, each noted with who proved to have answered it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use booking_proto::{
    contract::{limits::SERVER_GRACE, metadata::ON_BEHALF_OF},
    ot::v1::{
        access_service_client::AccessServiceClient, audit_service_client::AuditServiceClient,
        case_service_client::CaseServiceClient, hospital_service_client::HospitalServiceClient,
        report_service_client::ReportServiceClient, schedule_service_client::ScheduleServiceClient,
        session_service_client::SessionServiceClient,
        transfer_service_client::TransferServiceClient, watch_service_client::WatchServiceClient,
        *,
    },
    otbooking::{BookingRequest, ot_booking_service_client::OtBookingServiceClient},
};
use parking_lot::Mutex;
use tonic::{Code, Request, Response, Status, Streaming, metadata::AsciiMetadataValue};

use super::{
    access::{Access, AccessBook},
    channel::{Backend, GrpcChannel},
    observed::PeerSlot,
    refusal::Refusal,
    reply::{Booking, Lookup, Reply},
};

/// The largest answer that is read: a board of a thousand cases is under a mebibyte.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// The largest booking that is read: two short texts, with room for every field to come.
const MAX_BOOKING_BYTES: usize = 64 * 1024;

/// What it takes to ask the backend for anybody. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BackendHandle {
    /// Who answers. One for the program: behind it is one long-lived channel.
    backend: Arc<dyn Backend>,
    /// How long one call may take.
    pub(crate) timeout: Duration,
    /// What people may, as far as it was asked.
    access: Arc<AccessBook>,
}

impl BackendHandle {
    pub(crate) fn new(backend: impl Backend, timeout: Duration) -> Self {
        Self {
            backend: Arc::new(backend),
            timeout,
            access: Arc::default(),
        }
    }

    /// For calls on behalf of `person`, or of nobody: then the account's own rights count.
    pub(crate) fn client(&self, person: Option<String>) -> BackendClient {
        let (channel, access) = (self.backend.channel(), Arc::clone(&self.access));
        BackendClient::new(channel, person, self.timeout, access)
    }

    /// What a person, or the account alone, may, as was said last; none before anything was.
    pub(crate) fn access(&self, person: Option<&str>) -> Option<Arc<Access>> {
        self.access.of(person)
    }

    /// Leaves the connection behind.
    pub(crate) fn reconnect(&self) {
        self.backend.reconnect();
    }

    /// Looks a booking up as the article has it.
    pub(crate) async fn look_up(&self, lookup: Lookup, person: Option<String>) -> Reply {
        self.backend.look_up(lookup, person, self.timeout).await
    }
}

/// What one page asks of the backend, and who proved to answer.
pub(crate) struct BackendClient {
    channel: GrpcChannel,
    person: Option<String>,
    timeout: Duration,
    noted: Mutex<Option<Reply<()>>>,
    access: Arc<AccessBook>,
    /// Whether the first call takes the question with it what the person may.
    learns: AtomicBool,
}

impl BackendClient {
    /// What they may is kept in `access`, and asked for beside the first call when it is old.
    pub(super) fn new(
        channel: GrpcChannel,
        person: Option<String>,
        timeout: Duration,
        access: Arc<AccessBook>,
    ) -> Self {
        Self {
            learns: AtomicBool::new(access.is_stale(person.as_deref(), Instant::now())),
            access,
            channel,
            person,
            timeout,
            noted: Mutex::new(None),
        }
    }

    /// What the strip should tell: the last that was proven, unless anything was refused for want
    /// of proof, which counts more.
    pub(crate) fn noted(&self) -> Option<Reply<()>> {
        let noted = self.noted.lock();
        noted.clone()
    }

    /// Asks what the person may, unless that is known. A backend that does not know the question
    /// leaves it unknown.
    pub(crate) async fn learn(&self) -> Option<Arc<Access>> {
        if self.learns.swap(false, Ordering::Relaxed) {
            self.ask_access().await;
        }
        self.access.of(self.person.as_deref())
    }

    async fn ask_access(&self) {
        let asked = self.ask(GetAccessRequest {}, |channel, request| async move {
            AccessServiceClient::new(channel).get_access(request).await
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
        method: impl FnOnce(GrpcChannel, Request<Q>) -> F,
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
        let mut noted = self.noted.lock();
        if noted.as_ref().is_none_or(|one| one.taint().is_none()) {
            *noted = Some(reply.bare());
        }
        reply.into_outcome()
    }

    /// Sends a request in the person's name, and waits for the beginning of its answer.
    async fn ask<Q, A, F>(
        &self,
        message: Q,
        method: impl FnOnce(GrpcChannel, Request<Q>) -> F,
    ) -> Reply<A>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout + SERVER_GRACE);
        let slot = PeerSlot::default();
        request.extensions_mut().insert(slot.clone());
        if let Some(person) = &self.person {
            let Ok(person) = AsciiMetadataValue::try_from(person) else {
                let nobody = Status::new(Code::InvalidArgument, "no such person");
                return Reply::Unproven(Refusal::from(&nobody));
            };
            request.metadata_mut().insert(ON_BEHALF_OF, person);
        }
        let called = method(self.channel.clone(), request);
        let outcome = match tokio::time::timeout(self.timeout, called).await {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(Refusal::from(&status)),
            Err(_) => Err(Refusal::timed_out(self.timeout)),
        };
        Reply::conclude(slot.get().cloned(), outcome)
    }

    /// The article's call.
    pub(super) async fn look_up(&self, lookup: Lookup) -> Reply {
        let message = BookingRequest {
            patient_id: lookup.patient,
            doctor_id: lookup.doctor,
            description: lookup.description,
        };
        self.ask(message, |channel, request| async move {
            let client = OtBookingServiceClient::new(channel);
            let mut client = client.max_decoding_message_size(MAX_BOOKING_BYTES);
            let answer = client.get_booking_info(request).await?;
            Ok(answer.map(|found| Booking {
                date: found.booking_date,
                condition: found.condition,
            }))
        })
        .await
    }

    /// Opens the stream of changes, as the front end itself: it tells pages only *what* changed,
    /// and each page asks for itself what its person may see. Refused like any other call, but
    /// without an end to the time it may take.
    pub(crate) async fn watch(
        &self,
        resume_token: String,
    ) -> Result<Streaming<WatchScheduleResponse>, Refusal> {
        let request = WatchScheduleRequest {
            resume_token,
            ..Default::default()
        };
        let opened = self.ask(request, |channel, mut request| async move {
            request.metadata_mut().remove("grpc-timeout");
            let mut client = WatchServiceClient::new(channel);
            client.watch_schedule(request).await
        });
        opened.await.into_outcome()
    }
}

/// One method of [`BackendClient`] for each method of the contract that a page uses.
macro_rules! methods {
    ($($client:ident { $($method:ident($request:ty) -> $answer:ty;)+ })+) => {
        impl BackendClient {
            $($(
                pub(crate) async fn $method(&self, message: $request) -> Result<$answer, Refusal> {
                    self.call(message, |channel, request| async move {
                        $client::new(channel)
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

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
