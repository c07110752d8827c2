//! Roles: the permissions of the people and programs of a hospital.

use std::fmt;

use booking_domain::words;

use super::{
    Grants,
    Permission::{self, *},
    Scope::{Any, Own},
};

/// What somebody is in a hospital.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// A screen on a wall: the board without patients.
    Kiosk,
    /// Reads; without patients.
    Viewer,
    /// A clinic or a ward: asks for cases and takes back its own.
    Requester,
    /// Asks for, places and confirms cases of their own; releases sessions of their own.
    Surgeon,
    /// Plans.
    Scheduler,
    /// Runs the day in the theatre.
    TheatreNurse,
    /// Plans, runs the day, and decides on emergencies.
    Coordinator,
    /// A program that takes cases in and out.
    Integration,
    /// Reads and verifies the audit.
    Auditor,
    /// Sets the hospital up, and corrects records; moves no case.
    Admin,
    /// Asks the article's question.
    Legacy,
}

words! {
    Role {
        Kiosk = "kiosk", Viewer = "viewer", Requester = "requester", Surgeon = "surgeon",
        Scheduler = "scheduler", TheatreNurse = "theatre-nurse", Coordinator = "coordinator",
        Integration = "integration", Auditor = "auditor", Admin = "admin", Legacy = "legacy",
    }
}

const READ: &[Permission] = &[ScheduleRead, HospitalRead, CasesRead, ReportsRead];

const PLAN: &[Permission] = &[
    PatientsRead,
    CasesRequest,
    CasesSchedule,
    CasesReorder,
    CasesConfirm,
    CasesWithdraw,
    RulesOverride,
    SessionsWrite,
    SessionsRelease,
    UnavailabilityWrite,
    CasesExport,
];

const RUN: &[Permission] = &[PatientsRead, CasesReorder, CasesRecord];

impl Role {
    /// What it may: for anything, and for one's own.
    const fn permissions(self) -> (&'static [&'static [Permission]], &'static [Permission]) {
        match self {
            Self::Kiosk => (&[&[ScheduleRead]], &[]),
            Self::Viewer => (&[READ], &[]),
            Self::Requester => (&[READ, &[PatientsRead]], &[CasesRequest, CasesWithdraw]),
            Self::Surgeon => (
                &[READ, &[PatientsRead]],
                &[
                    CasesRequest,
                    CasesSchedule,
                    CasesConfirm,
                    CasesWithdraw,
                    SessionsRelease,
                ],
            ),
            Self::Scheduler => (&[READ, PLAN], &[]),
            Self::TheatreNurse => (&[READ, RUN], &[]),
            Self::Coordinator => (
                &[
                    READ,
                    PLAN,
                    RUN,
                    &[SessionsUseAny, EmergencyPlan, CasesCorrect],
                ],
                &[],
            ),
            Self::Integration => (
                &[&[
                    ScheduleRead,
                    HospitalRead,
                    CasesRead,
                    PatientsRead,
                    CasesImport,
                    CasesExport,
                ]],
                &[],
            ),
            Self::Auditor => (&[&[AuditRead]], &[]),
            Self::Admin => (
                &[READ, &[HospitalWrite, UnavailabilityWrite, CasesCorrect]],
                &[],
            ),
            Self::Legacy => (&[&[BookingInfoGet]], &[]),
        }
    }

    /// What it may.
    pub fn grants(self) -> Grants {
        let (any, own) = self.permissions();
        let any = any.iter().copied().flatten().map(|&each| (each, Any));
        let own = own.iter().map(|&each| (each, Own));
        any.chain(own).fold(Grants::NONE, |grants, (each, scope)| {
            grants.with(each, scope)
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
