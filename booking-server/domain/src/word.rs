//! The words of the domain's small choices: one table, for whoever keeps, prints or exports one.
//!
//! They are the field's, and the contract's too: what the store keeps is what a spreadsheet shows
//! and what a filter takes.

use thiserror::Error;

use crate::{
    Anaesthesia, CaseState, Laterality, Milestone, ReasonGroup, RuleId, SessionState, TeamRole,
    TheatreState, Urgency,
};

/// A text that is none of the words that a choice has.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("none of the words it can be")]
pub struct UnknownWord;

/// Gives each choice `ALL`, `as_str` and the way back, for serde too. A value without a word does not compile.
#[macro_export]
macro_rules! words {
    ($($choice:ident { $($value:ident = $word:literal),* $(,)? })*) => {$(
        impl $choice {
            /// Every value, in the order of their declaration.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$value),*];

            /// The word under which it is kept and told.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)*
                }
            }
        }

        impl std::str::FromStr for $choice {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                let mut all = Self::ALL.into_iter();
                all.find(|value| value.as_str() == word).ok_or($crate::UnknownWord)
            }
        }

        impl serde::Serialize for $choice {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $choice {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

words! {
    Anaesthesia {
        General = "GENERAL", Regional = "REGIONAL", Sedation = "SEDATION", Local = "LOCAL",
        None = "NONE",
    }
    CaseState {
        Requested = "REQUESTED", Scheduled = "SCHEDULED", Confirmed = "CONFIRMED",
        InTheatre = "IN_THEATRE", InRecovery = "IN_RECOVERY", Completed = "COMPLETED",
        Postponed = "POSTPONED", Cancelled = "CANCELLED",
    }
    Laterality {
        Unspecified = "UNSPECIFIED", NotApplicable = "NOT_APPLICABLE", Left = "LEFT",
        Right = "RIGHT", Bilateral = "BILATERAL",
    }
    Milestone {
        WheelsIn = "WHEELS_IN", AnaesthesiaReady = "ANAESTHESIA_READY",
        KnifeToSkin = "KNIFE_TO_SKIN", Closed = "CLOSED", WheelsOut = "WHEELS_OUT",
        RecoveryOut = "RECOVERY_OUT", TheatreClean = "THEATRE_CLEAN",
    }
    ReasonGroup {
        Patient = "PATIENT", Clinical = "CLINICAL", Facility = "FACILITY", Staff = "STAFF",
        Equipment = "EQUIPMENT", Emergency = "EMERGENCY", Admin = "ADMIN",
    }
    RuleId {
        R1 = "R1", R2 = "R2", R3 = "R3", R4 = "R4", R5 = "R5", R6 = "R6", R7 = "R7", R8 = "R8",
        R9 = "R9", R10 = "R10", R11 = "R11", R12 = "R12",
    }
    SessionState { Planned = "PLANNED", Released = "RELEASED", Cancelled = "CANCELLED" }
    TeamRole {
        PrimarySurgeon = "PRIMARY_SURGEON", AssistantSurgeon = "ASSISTANT_SURGEON",
        Anaesthetist = "ANAESTHETIST", ScrubNurse = "SCRUB_NURSE",
        CirculatingNurse = "CIRCULATING_NURSE",
    }
    TheatreState { Open = "OPEN", Maintenance = "MAINTENANCE", Retired = "RETIRED" }
    Urgency {
        Immediate = "IMMEDIATE", Urgent2a = "URGENT_2A", Urgent2b = "URGENT_2B",
        Expedited = "EXPEDITED", Elective = "ELECTIVE",
    }
}

#[cfg(test)]
#[path = "word_tests.rs"]
mod tests;
