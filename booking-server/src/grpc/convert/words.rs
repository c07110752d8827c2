//! Words that have a number on the wire: one table each, read in both directions.

use booking_domain::{
    Anaesthesia, CaseState, Laterality, Milestone, ReasonGroup, SessionState, TeamRole,
    TheatreState, Urgency,
};
use booking_proto::ot::v1;
use booking_store::Outcome;

use crate::{access::Scope, app::Verdict, export::Format};

/// A word of the domain that has a number in the contract.
pub(in crate::grpc) trait Word: Copy + PartialEq + 'static {
    /// The contract's enum.
    type Wire: Copy + Into<i32> + 'static;

    /// The domain's word for each of the contract's.
    const TABLE: &'static [(Self, Self::Wire)];

    /// The contract's name.
    fn name(wire: Self::Wire) -> &'static str;
}

/// The number of a word; 0 for one that the contract has no word for.
pub(in crate::grpc) fn number<W: Word>(word: W) -> i32 {
    let found = W::TABLE.iter().find(|(known, _)| *known == word);
    found.map_or(0, |(_, wire)| (*wire).into())
}

/// The word of a number.
pub(in crate::grpc) fn word<W: Word>(number: i32) -> Result<W, String> {
    find(|wire: W::Wire| wire.into() == number)
}

/// The word of a name.
pub(in crate::grpc) fn named<W: Word>(name: &str) -> Result<W, String> {
    find(|wire: W::Wire| W::name(wire) == name)
}

/// The name of a word; empty for one that the contract has no word for.
pub(in crate::grpc) fn name_of<W: Word>(word: W) -> &'static str {
    let found = W::TABLE.iter().find(|(known, _)| *known == word);
    found.map_or("", |(_, wire)| W::name(*wire))
}

fn find<W: Word>(is_it: impl Fn(W::Wire) -> bool) -> Result<W, String> {
    let found = W::TABLE.iter().find(|(_, wire)| is_it(*wire));
    found.map(|(word, _)| *word).ok_or_else(|| {
        let names: Vec<_> = W::TABLE.iter().map(|(_, wire)| W::name(*wire)).collect();
        format!("must be one of {}", names.join(", "))
    })
}

macro_rules! words {
    ($($word:ident is $wire:path: $($variant:ident)*;)*) => {$(
        impl Word for $word {
            type Wire = $wire;

            const TABLE: &'static [(Self, $wire)] = {
                use $wire as Wire;
                &[$((Self::$variant, Wire::$variant),)*]
            };

            fn name(wire: $wire) -> &'static str {
                wire.as_str_name()
            }
        }
    )*};
}

words! {
    Anaesthesia is v1::Anaesthesia: General Regional Sedation Local None;
    CaseState is v1::case::State:
        Requested Scheduled Confirmed InTheatre InRecovery Completed Postponed Cancelled;
    Format is v1::export_cases_request::Format: Csv FhirR4 Icalendar;
    Laterality is v1::Laterality: Unspecified NotApplicable Left Right Bilateral;
    Milestone is v1::Milestone:
        WheelsIn AnaesthesiaReady KnifeToSkin Closed WheelsOut RecoveryOut TheatreClean;
    Outcome is v1::audit_event::Outcome: Ok Denied;
    ReasonGroup is v1::reason::Group:
        Patient Clinical Facility Staff Equipment Emergency Admin;
    Scope is v1::grant::Scope: Own Any;
    SessionState is v1::session::State: Planned Released Cancelled;
    TeamRole is v1::TeamRole:
        PrimarySurgeon AssistantSurgeon Anaesthetist ScrubNurse CirculatingNurse;
    TheatreState is v1::theatre::State: Open Maintenance Retired;
    Urgency is v1::Urgency: Immediate Urgent2a Urgent2b Expedited Elective;
    Verdict is v1::import_outcome::Kind: Imported Unchanged Flagged Refused;
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
