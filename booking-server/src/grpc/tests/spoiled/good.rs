//! Requests with nothing wrong.

use booking_proto::ot::v1;
use prost::Message as _;

use super::super::drafts::{draft, plan};

/// Good requests, so that what is spoiled is the only thing that is wrong.
pub(super) fn good(world_case: &v1::Case) -> Vec<(&'static str, Vec<u8>)> {
    let name = world_case.name.clone();
    let place = || plan("OT-2", "2024-06-21T10:00:00Z");
    let reason = || "reasons/PATIENT_UNFIT".to_owned();
    let at = |time: &str| plan("OT-1", time).unwrap().start_time;
    let validate_only = true;
    let session = || v1::Session {
        theatre: "theatres/OT-3".into(),
        start_time: at("2024-06-24T08:00:00Z"),
        end_time: at("2024-06-24T12:00:00Z"),
        owner: Some(v1::SessionOwner {
            owner: Some(v1::session_owner::Owner::Open(true)),
        }),
        ..v1::Session::default()
    };
    vec![
        (
            "CreateCase",
            v1::CreateCaseRequest {
                case: Some(draft("PT-7")),
                plan: place(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "UpdateCase",
            v1::UpdateCaseRequest {
                case: Some(v1::Case {
                    name: name.clone(),
                    ..draft("PT-7")
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "RescheduleCase",
            v1::RescheduleCaseRequest {
                name: name.clone(),
                plan: place(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "PostponeCase",
            v1::PostponeCaseRequest {
                name: name.clone(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CancelCase",
            v1::CancelCaseRequest {
                name: name.clone(),
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "RecordMilestone",
            v1::RecordMilestoneRequest {
                name: name.clone(),
                milestone: 1,
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "BatchRescheduleCases",
            v1::BatchRescheduleCasesRequest {
                moves: vec![v1::batch_reschedule_cases_request::Move {
                    name,
                    plan: place(),
                    ..Default::default()
                }],
                reason: reason(),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "FindSlots",
            v1::FindSlotsRequest {
                draft: Some(draft("PT-7")),
                earliest_time: at("2024-06-21T07:00:00Z"),
                latest_time: at("2024-06-22T07:00:00Z"),
                include_near_misses: true,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateTheatre",
            v1::CreateTheatreRequest {
                theatre_id: "OT-9".into(),
                theatre: Some(v1::Theatre {
                    site: "sites/main".into(),
                    display_name: "Nine".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateStaff",
            v1::CreateStaffRequest {
                staff: Some(v1::Staff {
                    display_name: "N".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "UpdateTheatre",
            v1::UpdateTheatreRequest {
                theatre: Some(v1::Theatre {
                    name: "theatres/OT-1".into(),
                    turnover_min: 5,
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateSession",
            v1::CreateSessionRequest {
                session: Some(session()),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "CreateUnavailability",
            v1::CreateUnavailabilityRequest {
                unavailability: Some(v1::Unavailability {
                    subject: "theatres/OT-1".into(),
                    start_time: at("2024-06-24T08:00:00Z"),
                    end_time: at("2024-06-24T12:00:00Z"),
                    reason: "flood".into(),
                    ..Default::default()
                }),
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "QueryUtilisation",
            v1::ReportRequest {
                first_date: "2024-06-01".into(),
                last_date: "2024-06-30".into(),
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "ImportCases",
            v1::ImportCasesRequest {
                source: "log".into(),
                rows: vec![v1::ImportRow {
                    line: 2,
                    encounter_id: "E1".into(),
                    theatre: "OR 1".into(),
                    procedure: "P".into(),
                    scheduled_time: at("2022-01-03T07:00:00Z"),
                    booked_min: 90,
                    ..Default::default()
                }],
                validate_only,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
        (
            "ExportCases",
            v1::ExportCasesRequest {
                format: 1,
                ..Default::default()
            }
            .encode_to_vec(),
        ),
    ]
}
