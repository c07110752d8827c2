//! The words under which the domain's small choices are kept.

use booking_domain::{
    Anaesthesia, Laterality, ReasonGroup, RuleId, SessionState, TeamRole, TheatreState,
};
use jiff::civil::Weekday;
use thiserror::Error;

use crate::{ChangeKind, Outcome};

/// A text that is none of the words there are.
#[derive(Clone, Copy, Debug, Error)]
#[error("none of the words it can be")]
pub(crate) struct UnknownName;

/// A choice with a word for each of its values.
pub(crate) trait Named: Copy + Eq + 'static {
    const NAMES: &'static [(Self, &'static str)];

    fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(value, _)| *value == self);
        found.expect("every value is in the table").1
    }

    fn named(name: &str) -> Result<Self, UnknownName> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(value, _)| *value).ok_or(UnknownName)
    }
}

macro_rules! names {
    ($($type:ident { $($value:ident = $name:literal),* $(,)? })*) => {
        $(impl Named for $type {
            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$value, $name)),*];
        })*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_word_is_read_back() {
                $(for (value, name) in $type::NAMES {
                    assert!($type::named(name).unwrap() == *value);
                    assert_eq!(value.name(), *name);
                })*
                assert!(Laterality::named("left").is_err());
            }

            // A value that is added to the domain must be added here: this stops compiling.
            #[test]
            fn every_value_has_a_word() {
                $(let _ = |value: $type| match value { $($type::$value => (),)* #[allow(unreachable_patterns, reason = "non-exhaustive")] _ => () };)*
            }
        }
    };
}

names! {
    Laterality {
        Unspecified = "UNSPECIFIED", NotApplicable = "NOT_APPLICABLE", Left = "LEFT",
        Right = "RIGHT", Bilateral = "BILATERAL",
    }
    Anaesthesia {
        General = "GENERAL", Regional = "REGIONAL", Sedation = "SEDATION", Local = "LOCAL",
        None = "NONE",
    }
    TheatreState { Open = "OPEN", Maintenance = "MAINTENANCE", Retired = "RETIRED" }
    SessionState { Planned = "PLANNED", Released = "RELEASED", Cancelled = "CANCELLED" }
    ReasonGroup {
        Patient = "PATIENT", Clinical = "CLINICAL", Facility = "FACILITY", Staff = "STAFF",
        Equipment = "EQUIPMENT", Emergency = "EMERGENCY", Admin = "ADMIN",
    }
    TeamRole {
        PrimarySurgeon = "PRIMARY_SURGEON", AssistantSurgeon = "ASSISTANT_SURGEON",
        Anaesthetist = "ANAESTHETIST", ScrubNurse = "SCRUB_NURSE",
        CirculatingNurse = "CIRCULATING_NURSE",
    }
    RuleId {
        R1 = "R1", R2 = "R2", R3 = "R3", R4 = "R4", R5 = "R5", R6 = "R6", R7 = "R7", R8 = "R8",
        R9 = "R9", R10 = "R10", R11 = "R11", R12 = "R12",
    }
    ChangeKind {
        Case = "CASE", Session = "SESSION", SessionTemplate = "SESSION_TEMPLATE",
        Unavailability = "UNAVAILABILITY", Site = "SITE", Theatre = "THEATRE", Staff = "STAFF",
        Unit = "UNIT", ProcedureType = "PROCEDURE_TYPE", Reason = "REASON",
    }
    Outcome { Ok = "OK", Denied = "DENIED" }
}

/// 1 for Monday to 7 for Sunday, as ISO 8601 counts.
pub(crate) fn weekday(number: i8) -> Result<Weekday, jiff::Error> {
    Weekday::from_monday_one_offset(number)
}
