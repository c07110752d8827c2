//! What somebody may be allowed to do, by name.

use std::{fmt, str::FromStr};

/// Declares the permissions once: the variant, its name in files and errors, what it is for.
macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What somebody may be allowed to do.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Permission {
            $($(#[$doc])* $variant,)*
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the access file and in errors.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

permissions! {
    /// The article's question.
    BookingInfoGet = "bookingInfo.get",
    /// What a board shows: the day, its changes.
    ScheduleRead = "schedule.read",
    /// Theatres, staff, equipment, procedure types, reasons, sessions, closures, absences.
    HospitalRead = "hospital.read",
    /// Cases one by one and in lists, free slots, conflicts.
    CasesRead = "cases.read",
    /// Whose a case is and what it is for.
    PatientsRead = "patients.read",
    /// Enter a case and change what was asked for.
    CasesRequest = "cases.request",
    /// Give a case its place and move it.
    CasesSchedule = "cases.schedule",
    /// Change the order of a day's list, or push it.
    CasesReorder = "cases.reorder",
    /// Say that everybody has agreed.
    CasesConfirm = "cases.confirm",
    /// Postpone and cancel.
    CasesWithdraw = "cases.withdraw",
    /// Write down milestones; give a case up in theatre.
    CasesRecord = "cases.record",
    /// Put right what was recorded wrongly.
    CasesCorrect = "cases.correct",
    /// Override R6, R8 and R9, with a reason.
    RulesOverride = "rules.override",
    /// Book into anybody's session.
    SessionsUseAny = "sessions.useAny",
    /// Plan for an emergency; go past R6 and R11 for one.
    EmergencyPlan = "emergency.plan",
    /// Make, change and cancel sessions and their templates.
    SessionsWrite = "sessions.write",
    /// Give a session up to everybody.
    SessionsRelease = "sessions.release",
    /// Sites, theatres, staff, equipment, procedure types, reasons.
    HospitalWrite = "hospital.write",
    /// Closures and absences.
    UnavailabilityWrite = "unavailability.write",
    /// Figures.
    ReportsRead = "reports.read",
    /// Take in historical cases.
    CasesImport = "cases.import",
    /// Give cases out as files.
    CasesExport = "cases.export",
    /// Read and verify the audit.
    AuditRead = "audit.read",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let found = Self::ALL.iter().find(|known| known.as_str() == name);
        found.copied().ok_or(())
    }
}
