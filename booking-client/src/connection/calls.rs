//! The calls that commands make: which request is answered by what. The name of the method behind each
//! pair is the contract's own, out of its descriptors.

use booking_proto::{
    ot::v1::*,
    otbooking::{BookingRequest, BookingResponse},
};
use prost::{Message, Name};
use tonic::codegen::http::uri::PathAndQuery;

use crate::printing::json::CONTRACT;

/// A message of the contract that is answered.
pub trait Answer: Message + Name + Default + 'static {}

impl<M: Message + Name + Default + 'static> Answer for M {}

/// A message of the contract that one method takes.
pub trait Call: Message + Name + 'static {
    /// What the method, or each message of its stream, answers.
    type Answer: Answer;
}

macro_rules! calls {
    ($($answer:ty: $($request:ident)+;)+) => {
        $($(impl Call for $request {
            type Answer = $answer;
        })+)+

        #[cfg(test)]
        const ALL: &[fn() -> PathAndQuery] = &[$($(path::<$request, $answer>,)+)+];
    };
}

calls! {
    (): DeleteSessionTemplateRequest DeleteStaffRequest DeleteTheatreRequest DeleteUnavailabilityRequest;
    ApplyEmergencyPlanResponse: ApplyEmergencyPlanRequest;
    BatchRescheduleCasesResponse: BatchRescheduleCasesRequest;
    BookingResponse: BookingRequest;
    CancelSessionResponse: CancelSessionRequest;
    Case: AbortCaseRequest CancelCaseRequest ConfirmCaseRequest CorrectCaseRequest CreateCaseRequest
        GetCaseRequest PostponeCaseRequest RecordMilestoneRequest RescheduleCaseRequest
        ScheduleCaseRequest UpdateCaseRequest;
    DaySchedule: GetDayScheduleRequest;
    EmergencyPlan: PlanEmergencyRequest;
    EquipmentUnit: CreateEquipmentUnitRequest UpdateEquipmentUnitRequest;
    ExpandSessionTemplateResponse: ExpandSessionTemplateRequest;
    ExportChunk: ExportCasesRequest;
    FindSlotsResponse: FindSlotsRequest;
    ImportCasesResponse: ImportCasesRequest;
    ListAuditEventsResponse: ListAuditEventsRequest;
    ListCasesResponse: ListCasesRequest;
    ListConflictsResponse: ListConflictsRequest;
    ListEquipmentUnitsResponse: ListEquipmentUnitsRequest;
    ListProcedureTypesResponse: ListProcedureTypesRequest;
    ListReasonsResponse: ListReasonsRequest;
    ListSessionTemplatesResponse: ListSessionTemplatesRequest;
    ListSessionsResponse: ListSessionsRequest;
    ListSitesResponse: ListSitesRequest;
    ListStaffResponse: ListStaffRequest;
    ListTheatresResponse: ListTheatresRequest;
    ListUnavailabilitiesResponse: ListUnavailabilitiesRequest;
    ProcedureType: CreateProcedureTypeRequest UpdateProcedureTypeRequest;
    Reason: CreateReasonRequest UpdateReasonRequest;
    Session: CreateSessionRequest GetSessionRequest ReleaseSessionRequest UpdateSessionRequest;
    SessionTemplate: CreateSessionTemplateRequest UpdateSessionTemplateRequest;
    Site: CreateSiteRequest;
    Staff: CreateStaffRequest GetStaffRequest UpdateStaffRequest;
    Theatre: CreateTheatreRequest GetTheatreRequest UpdateTheatreRequest;
    Unavailability: CreateUnavailabilityRequest;
    VerifyAuditChainResponse: VerifyAuditChainRequest;
    WatchScheduleResponse: WatchScheduleRequest;
}

/// Where the method is that takes the one and answers the other.
pub(super) fn path<M: Name, R: Name>() -> PathAndQuery {
    let (takes, answers) = (M::full_name(), R::full_name());
    let services: Vec<_> = CONTRACT.services().collect();
    let mut methods = services.iter().flat_map(|service| service.methods());
    let method = methods.find(|method| {
        method.input().full_name() == takes && method.output().full_name() == answers
    });
    let method = method.expect("every call is a method of the contract");
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    path.parse().expect("names of methods are paths")
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
