//! The contract's enumerations in the words of the field. Sides are written out, never a letter.

use booking_proto::{
    contract::resource::shown_id,
    ot::v1::{
        Anaesthesia, Laterality, Milestone, Milestones, TeamRole, Urgency, case::State,
        reason::Group,
    },
};
use jiff::Timestamp;

use super::civil::instant;

/// A state: word, class name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateMark {
    pub(crate) word: &'static str,
    pub(crate) class: &'static str,
}

pub(crate) fn state(state: State) -> StateMark {
    let (word, class) = match state {
        State::Requested => ("Requested", "requested"),
        State::Scheduled => ("Scheduled", "scheduled"),
        State::Confirmed => ("Confirmed", "confirmed"),
        State::InTheatre => ("In theatre", "inside"),
        State::InRecovery => ("In recovery", "recovery"),
        State::Completed => ("Completed", "completed"),
        State::Postponed => ("Postponed", "postponed"),
        State::Cancelled => ("Cancelled", "cancelled"),
        State::Unspecified => ("Unknown", "requested"),
    };
    StateMark { word, class }
}

/// How urgent: letter on a board (none for planned cases), word, class name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UrgencyMark {
    pub(crate) letter: &'static str,
    pub(crate) word: &'static str,
    pub(crate) class: &'static str,
}

impl UrgencyMark {
    /// Whether an emergency plan can be made for it.
    pub(crate) fn is_urgent(self) -> bool {
        matches!(self.class, "immediate" | "urgent")
    }
}

pub(crate) fn urgency(urgency: Urgency) -> UrgencyMark {
    let (letter, word, class) = match urgency {
        Urgency::Immediate => ("I", "Immediate", "immediate"),
        Urgency::Urgent2a => ("U", "Urgent, within 6 hours", "urgent"),
        Urgency::Urgent2b => ("U", "Urgent, within 18 hours", "urgent"),
        Urgency::Expedited => ("E", "Expedited", "expedited"),
        Urgency::Elective => ("", "Elective", "elective"),
        Urgency::Unspecified => ("", "Not said", "elective"),
    };
    UrgencyMark {
        letter,
        word,
        class,
    }
}

pub(crate) const URGENCIES: [Urgency; 5] = [
    Urgency::Elective,
    Urgency::Expedited,
    Urgency::Urgent2b,
    Urgency::Urgent2a,
    Urgency::Immediate,
];

/// Empty where there is no side to tell.
pub(crate) fn side(laterality: Laterality) -> &'static str {
    match laterality {
        Laterality::Left => "left",
        Laterality::Right => "right",
        Laterality::Bilateral => "both sides",
        Laterality::NotApplicable | Laterality::Unspecified => "",
    }
}

pub(crate) fn anaesthesia(anaesthesia: Anaesthesia) -> &'static str {
    match anaesthesia {
        Anaesthesia::General => "General",
        Anaesthesia::Regional => "Regional",
        Anaesthesia::Sedation => "Sedation",
        Anaesthesia::Local => "Local",
        Anaesthesia::None => "No anaesthesia",
        Anaesthesia::Unspecified => "Anaesthesia not said",
    }
}

pub(crate) fn role(role: TeamRole) -> &'static str {
    match role {
        TeamRole::PrimarySurgeon => "Surgeon",
        TeamRole::AssistantSurgeon => "Assistant",
        TeamRole::Anaesthetist => "Anaesthetist",
        TeamRole::ScrubNurse => "Scrub nurse",
        TeamRole::CirculatingNurse => "Circulating nurse",
        TeamRole::Unspecified => "Team",
    }
}

pub(crate) fn group(group: Group) -> &'static str {
    match group {
        Group::Patient => "Patient",
        Group::Clinical => "Clinical",
        Group::Facility => "Facility",
        Group::Staff => "Staff",
        Group::Equipment => "Equipment",
        Group::Emergency => "Emergency",
        Group::Admin => "Administration",
        Group::Unspecified => "Other",
    }
}

/// Every milestone in the order in which they happen: a theatre is clean long before its patient leaves
/// recovery, and with that the case is closed.
pub(crate) const MILESTONES: [(Milestone, &str); 7] = [
    (Milestone::WheelsIn, "Wheels in"),
    (Milestone::AnaesthesiaReady, "Anaesthesia ready"),
    (Milestone::KnifeToSkin, "Knife to skin"),
    (Milestone::Closed, "Closed"),
    (Milestone::WheelsOut, "Wheels out"),
    (Milestone::TheatreClean, "Theatre clean"),
    (Milestone::RecoveryOut, "Recovery out"),
];

/// When a milestone was reached.
pub(crate) fn reached(milestones: Option<Milestones>, milestone: Milestone) -> Option<Timestamp> {
    let all = milestones?;
    instant(match milestone {
        Milestone::WheelsIn => all.wheels_in,
        Milestone::AnaesthesiaReady => all.anaesthesia_ready,
        Milestone::KnifeToSkin => all.knife_to_skin,
        Milestone::Closed => all.closed,
        Milestone::WheelsOut => all.wheels_out,
        Milestone::RecoveryOut => all.recovery_out,
        Milestone::TheatreClean => all.theatre_clean,
        Milestone::Unspecified => None,
    })
}

/// The procedure, with its side in words.
pub(crate) fn procedure(procedure: &str, laterality: Laterality) -> String {
    match side(laterality) {
        "" => procedure.to_owned(),
        side => format!("{procedure}, {side}"),
    }
}

/// The last three characters of a patient's number: enough to tell two on a board apart.
pub(crate) fn patient_tail(patient: &str) -> String {
    let number = shown_id(patient);
    if number.is_empty() {
        return String::new();
    }
    let skip = number.chars().count().saturating_sub(3);
    format!("…{}", number.chars().skip(skip).collect::<String>())
}

/// Several, with commas between them.
pub(crate) fn shown_ids(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().map(|name| shown_id(name)).collect();
    shown.join(", ")
}

/// The part of a resource name behind the collection: `OT-1` of `theatres/OT-1`.
pub(crate) fn id(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, id)| id)
}

/// Blood that is to be ready; nothing for none.
pub(crate) fn blood(units: i32) -> String {
    match units {
        0 => String::new(),
        1 => "1 unit of blood".to_owned(),
        units => format!("{units} units of blood"),
    }
}
