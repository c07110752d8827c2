//! Which permission each method needs: the one table. What is not in it cannot be called.

use super::Permission::{self, *};

/// One method of our contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Method {
    /// As gRPC writes it: `package.Service/Method`.
    pub name: &'static str,
    /// What its caller needs, at least for things of their own; nothing for what is there for everybody
    /// whom the policy knows.
    pub permission: Option<Permission>,
}

const fn method(name: &'static str, permission: Permission) -> Method {
    Method {
        name,
        permission: Some(permission),
    }
}

const fn for_everybody(name: &'static str) -> Method {
    Method {
        name,
        permission: None,
    }
}

/// Every method.
pub const METHODS: &[Method] = &[
    method("otbooking.OtBookingService/getBookingInfo", BookingInfoGet),
    //
    method("ot.v1.CaseService/CreateCase", CasesRequest),
    method("ot.v1.CaseService/GetCase", CasesRead),
    method("ot.v1.CaseService/ListCases", CasesRead),
    method("ot.v1.CaseService/UpdateCase", CasesRequest),
    method("ot.v1.CaseService/ScheduleCase", CasesSchedule),
    method("ot.v1.CaseService/ConfirmCase", CasesConfirm),
    method("ot.v1.CaseService/RescheduleCase", CasesSchedule),
    method("ot.v1.CaseService/PostponeCase", CasesWithdraw),
    method("ot.v1.CaseService/CancelCase", CasesWithdraw),
    method("ot.v1.CaseService/AbortCase", CasesRecord),
    method("ot.v1.CaseService/RecordMilestone", CasesRecord),
    method("ot.v1.CaseService/CorrectCase", CasesCorrect),
    method("ot.v1.CaseService/BatchRescheduleCases", CasesReorder),
    //
    method("ot.v1.ScheduleService/GetDaySchedule", ScheduleRead),
    method("ot.v1.ScheduleService/FindSlots", CasesRead),
    method("ot.v1.ScheduleService/PlanEmergency", EmergencyPlan),
    method("ot.v1.ScheduleService/ApplyEmergencyPlan", EmergencyPlan),
    method("ot.v1.ScheduleService/ListConflicts", CasesRead),
    method("ot.v1.WatchService/WatchSchedule", ScheduleRead),
    //
    method("ot.v1.HospitalService/ListSites", HospitalRead),
    method("ot.v1.HospitalService/CreateSite", HospitalWrite),
    method("ot.v1.HospitalService/CreateTheatre", HospitalWrite),
    method("ot.v1.HospitalService/GetTheatre", HospitalRead),
    method("ot.v1.HospitalService/ListTheatres", HospitalRead),
    method("ot.v1.HospitalService/UpdateTheatre", HospitalWrite),
    method("ot.v1.HospitalService/DeleteTheatre", HospitalWrite),
    method("ot.v1.HospitalService/CreateStaff", HospitalWrite),
    method("ot.v1.HospitalService/GetStaff", HospitalRead),
    method("ot.v1.HospitalService/ListStaff", HospitalRead),
    method("ot.v1.HospitalService/UpdateStaff", HospitalWrite),
    method("ot.v1.HospitalService/DeleteStaff", HospitalWrite),
    method("ot.v1.HospitalService/CreateEquipmentUnit", HospitalWrite),
    method("ot.v1.HospitalService/ListEquipmentUnits", HospitalRead),
    method("ot.v1.HospitalService/UpdateEquipmentUnit", HospitalWrite),
    method("ot.v1.HospitalService/CreateProcedureType", HospitalWrite),
    method("ot.v1.HospitalService/ListProcedureTypes", HospitalRead),
    method("ot.v1.HospitalService/UpdateProcedureType", HospitalWrite),
    method("ot.v1.HospitalService/CreateReason", HospitalWrite),
    method("ot.v1.HospitalService/ListReasons", HospitalRead),
    method("ot.v1.HospitalService/UpdateReason", HospitalWrite),
    method(
        "ot.v1.HospitalService/CreateUnavailability",
        UnavailabilityWrite,
    ),
    method("ot.v1.HospitalService/ListUnavailabilities", HospitalRead),
    method(
        "ot.v1.HospitalService/DeleteUnavailability",
        UnavailabilityWrite,
    ),
    //
    method("ot.v1.SessionService/CreateSessionTemplate", SessionsWrite),
    method("ot.v1.SessionService/ListSessionTemplates", HospitalRead),
    method("ot.v1.SessionService/UpdateSessionTemplate", SessionsWrite),
    method("ot.v1.SessionService/DeleteSessionTemplate", SessionsWrite),
    method("ot.v1.SessionService/ExpandSessionTemplate", SessionsWrite),
    method("ot.v1.SessionService/CreateSession", SessionsWrite),
    method("ot.v1.SessionService/GetSession", HospitalRead),
    method("ot.v1.SessionService/ListSessions", HospitalRead),
    method("ot.v1.SessionService/UpdateSession", SessionsWrite),
    method("ot.v1.SessionService/ReleaseSession", SessionsRelease),
    method("ot.v1.SessionService/CancelSession", SessionsWrite),
    //
    method("ot.v1.ReportService/QueryUtilisation", ReportsRead),
    method("ot.v1.ReportService/QueryOnTimeStarts", ReportsRead),
    method("ot.v1.ReportService/QueryTurnover", ReportsRead),
    method("ot.v1.ReportService/QueryCancellations", ReportsRead),
    method("ot.v1.ReportService/QueryDurationAccuracy", ReportsRead),
    method("ot.v1.ReportService/QueryWaiting", ReportsRead),
    //
    method("ot.v1.TransferService/ImportCases", CasesImport),
    method("ot.v1.TransferService/ExportCases", CasesExport),
    //
    method("ot.v1.AuditService/ListAuditEvents", AuditRead),
    method("ot.v1.AuditService/VerifyAuditChain", AuditRead),
    //
    for_everybody("ot.v1.AccessService/GetAccess"),
];

/// The method of an HTTP/2 path, `/package.Service/Method`.
pub fn of_path(path: &str) -> Option<&'static Method> {
    let name = path.strip_prefix('/')?;
    METHODS.iter().find(|method| method.name == name)
}
