//! The contract's words as people type them: `urgent-2a` for `URGENT_2A`. One list each, so that
//! help, completion and parser cannot disagree.

use booking_proto::ot::v1::{
    Anaesthesia, Laterality, Milestone, TeamRole, Urgency, case::State, reason::Group,
};
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Parsers of what is typed into what the contract calls it, and the lists that they take it from.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $enum:ty, $list:ident = [$($word:literal),+ $(,)?];)+) => { $(
        const $list: &[&str] = &[$($word),+];

        $(#[$doc])*
        pub fn $name() -> impl TypedValueParser<Value = $enum> {
            PossibleValuesParser::new($list).map(|word| {
                <$enum>::from_str_name(&contract(&word)).expect("every word of the list is the contract's")
            })
        }
    )+ };
}

words! {
    /// Where a case stands.
    state: State, STATES = [
        "requested", "scheduled", "confirmed", "in-theatre", "in-recovery", "completed",
        "postponed", "cancelled",
    ];
    /// How urgent.
    urgency: Urgency, URGENCIES = ["immediate", "urgent-2a", "urgent-2b", "expedited", "elective"];
    /// Which side.
    side: Laterality, SIDES = ["not-applicable", "left", "right", "bilateral"];
    /// How anaesthetised.
    anaesthesia: Anaesthesia, ANAESTHESIAS = ["general", "regional", "sedation", "local", "none"];
    /// A moment that is written down.
    milestone: Milestone, MILESTONES = [
        "wheels-in", "anaesthesia-ready", "knife-to-skin", "closed", "wheels-out", "recovery-out",
        "theatre-clean",
    ];
    /// What somebody does in a case.
    role: TeamRole, ROLES = [
        "primary-surgeon", "assistant-surgeon", "anaesthetist", "scrub-nurse", "circulating-nurse",
    ];
    /// Whose doing a reason is.
    group: Group, GROUPS = [
        "patient", "clinical", "facility", "staff", "equipment", "emergency", "admin",
    ];
}

fn contract(typed: &str) -> String {
    typed.to_ascii_uppercase().replace('-', "_")
}

/// How a word of the contract is shown: `URGENT_2A` as `urgent 2a`.
pub fn shown(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', " ")
}

#[cfg(test)]
#[path = "enum_names_tests.rs"]
mod tests;
