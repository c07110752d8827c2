//! Requests as clinics and planners make them, and refusals as they are read.

use booking_proto::ot::v1;
use jiff::Timestamp;
use tonic::Status;
use tonic_types::StatusExt as _;

/// An elective case of DC-3904's, as a clinic asks for it.
pub(super) fn draft(patient: &str) -> v1::Case {
    v1::Case {
        patient: format!("patients/{patient}"),
        procedure: "Laparoscopic cholecystectomy".into(),
        condition: "Gall bladder stone".into(),
        laterality: v1::Laterality::NotApplicable.into(),
        urgency: v1::Urgency::Elective.into(),
        anaesthesia: v1::Anaesthesia::General.into(),
        durations: Some(v1::Durations {
            setup_min: 15,
            procedure_min: 60,
            cleanup_min: 15,
        }),
        team: vec![
            member("DC-3904", v1::TeamRole::PrimarySurgeon),
            member("DC-1180", v1::TeamRole::Anaesthetist),
        ],
        ..v1::Case::default()
    }
}

fn member(staff: &str, role: v1::TeamRole) -> v1::TeamMember {
    v1::TeamMember {
        staff: format!("staff/{staff}"),
        role: role.into(),
    }
}

/// A place in a theatre; the day after the tests' is a Friday.
pub(super) fn plan(theatre: &str, start: &str) -> Option<v1::Plan> {
    let start: Timestamp = start.parse().unwrap();
    Some(v1::Plan {
        theatre: format!("theatres/{theatre}"),
        start_time: Some(prost_types::Timestamp {
            seconds: start.as_second(),
            nanos: 0,
        }),
        ..v1::Plan::default()
    })
}

pub(super) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info();
    info.unwrap_or_else(|| panic!("no reason in {status:?}"))
        .reason
        .clone()
}
