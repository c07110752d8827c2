//! Requests that are well-formed and still not taken, or not as they look.

use booking_proto::ot::v1::{
    self, hospital_service_client::HospitalServiceClient,
    transfer_service_client::TransferServiceClient,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{
    days::{at, created, wire},
    drafts::{draft, plan, reason},
    world::World,
};
use crate::access::Role;

/// The first field that is refused.
fn refused_field(status: &Status) -> String {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_error_details();
    let violations = &details
        .bad_request()
        .expect("fields are named")
        .field_violations;
    violations[0].field.clone()
}

async fn create(world: &World, case: v1::Case) -> Result<v1::Case, Status> {
    let request = v1::CreateCaseRequest {
        case: Some(case),
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    Ok(cases.create_case(request).await?.into_inner())
}

#[tokio::test]
async fn two_primary_surgeons_are_one_too_many_in_words() {
    let world = World::new().await;
    let mut case = draft("PT-1");
    let lead = case.team[0].clone();
    case.team.push(lead.clone());
    create(&world, case.clone())
        .await
        .expect("said twice, it is one");
    case.team[1] = v1::TeamMember {
        staff: "staff/DC-1180".into(),
        ..lead
    };
    let refused = create(&world, case).await.unwrap_err();
    assert_eq!(refused_field(&refused), "case.team", "{refused:?}");
}

#[tokio::test]
async fn a_procedure_type_that_is_retired_or_never_was_is_not_asked_for() {
    let world = World::new().await;
    let mut hospital = HospitalServiceClient::new(wire(&world, Role::Admin).await);
    let new = v1::CreateProcedureTypeRequest {
        procedure_type_id: "old".into(),
        procedure_type: Some(v1::ProcedureType {
            display_name: "Old ways".into(),
            default_durations: draft("PT-1").durations,
            ..v1::ProcedureType::default()
        }),
        ..v1::CreateProcedureTypeRequest::default()
    };
    let kind = hospital.create_procedure_type(new).await.unwrap();
    let mut kind = kind.into_inner();
    let of_kind = |patient: &str| v1::Case {
        procedure_type: kind.name.clone(),
        ..draft(patient)
    };
    let (early, late) = (of_kind("PT-1"), of_kind("PT-2"));
    let early = create(&world, early).await.unwrap();
    kind.retired = true;
    let retire = v1::UpdateProcedureTypeRequest {
        procedure_type: Some(kind),
        ..v1::UpdateProcedureTypeRequest::default()
    };
    hospital.update_procedure_type(retire).await.unwrap();
    let refused = create(&world, late).await.unwrap_err();
    assert_eq!(refused_field(&refused), "case.procedure_type");
    assert!(refused.message().contains("is retired"), "{refused:?}");
    let unknown = v1::Case {
        procedure_type: "procedureTypes/none".into(),
        ..draft("PT-3")
    };
    let refused = create(&world, unknown).await.unwrap_err();
    assert_eq!(refused_field(&refused), "case.procedure_type");
    assert!(refused.message().contains("does not exist"), "{refused:?}");
    // What was asked for before keeps it.
    let update = v1::UpdateCaseRequest {
        case: Some(v1::Case {
            name: early.name,
            condition: "Worse".into(),
            ..v1::Case::default()
        }),
        ..v1::UpdateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    cases.update_case(update).await.unwrap();
}

#[tokio::test]
async fn a_target_that_nobody_chose_follows_the_urgency() {
    let world = World::new().await;
    let mut case = draft("PT-1");
    case.urgency = v1::Urgency::Expedited.into();
    let case = create(&world, case).await.unwrap();
    let update = |urgency: v1::Urgency| v1::UpdateCaseRequest {
        case: Some(v1::Case {
            name: case.name.clone(),
            urgency: urgency.into(),
            ..v1::Case::default()
        }),
        ..v1::UpdateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    let urgent = cases.update_case(update(v1::Urgency::Immediate)).await;
    let urgent = urgent.unwrap().into_inner();
    let target = |case: &v1::Case| case.target_time.map(|it| it.seconds);
    assert!(target(&urgent) < target(&case), "{urgent:?}");
    let chosen = v1::UpdateCaseRequest {
        case: Some(v1::Case {
            name: case.name.clone(),
            target_time: at("2024-07-01T08:00:00Z"),
            ..v1::Case::default()
        }),
        ..v1::UpdateCaseRequest::default()
    };
    cases.update_case(chosen).await.unwrap();
    let calm = cases.update_case(update(v1::Urgency::Elective)).await;
    let calm = calm.unwrap().into_inner();
    assert_eq!(calm.target_time, at("2024-07-01T08:00:00Z"));
}

#[tokio::test]
async fn who_and_what_has_closures_or_absences_is_in_use() {
    let world = World::new().await;
    let mut hospital = HospitalServiceClient::new(wire(&world, Role::Admin).await);
    let theatre = v1::CreateTheatreRequest {
        theatre_id: "OT-9".into(),
        theatre: Some(v1::Theatre {
            display_name: "Theatre 9".into(),
            ..hospital
                .get_theatre(v1::GetTheatreRequest {
                    name: "theatres/OT-1".into(),
                })
                .await
                .unwrap()
                .into_inner()
        }),
        ..v1::CreateTheatreRequest::default()
    };
    hospital.create_theatre(theatre).await.unwrap();
    let staff = v1::CreateStaffRequest {
        staff_id: "DC-9".into(),
        staff: Some(v1::Staff {
            display_name: "Dr Nine".into(),
            roles: vec![v1::TeamRole::PrimarySurgeon.into()],
            ..v1::Staff::default()
        }),
        ..v1::CreateStaffRequest::default()
    };
    hospital.create_staff(staff).await.unwrap();
    for subject in ["theatres/OT-9", "staff/DC-9"] {
        let closed = v1::CreateUnavailabilityRequest {
            unavailability: Some(v1::Unavailability {
                subject: subject.into(),
                start_time: at("2024-06-21T08:00:00Z"),
                end_time: at("2024-06-22T08:00:00Z"),
                reason: "Away".into(),
                ..v1::Unavailability::default()
            }),
            ..v1::CreateUnavailabilityRequest::default()
        };
        hospital.create_unavailability(closed).await.unwrap();
        let name = subject.to_owned();
        let deleted = if subject.starts_with("staff/") {
            let delete = v1::DeleteStaffRequest {
                name,
                ..v1::DeleteStaffRequest::default()
            };
            hospital.delete_staff(delete).await
        } else {
            let delete = v1::DeleteTheatreRequest {
                name,
                ..v1::DeleteTheatreRequest::default()
            };
            hospital.delete_theatre(delete).await
        };
        let refused = deleted.unwrap_err();
        assert_eq!(reason(&refused), "IN_USE", "{subject}: {refused:?}");
    }
}

#[tokio::test]
async fn a_filter_with_a_control_character_is_refused_as_a_filter() {
    let world = World::new().await;
    let mut cases = world.cases(Role::Coordinator).await;
    let list = v1::ListCasesRequest {
        filter: "text = \"a\0b\"".into(),
        ..v1::ListCasesRequest::default()
    };
    let refused = cases.list_cases(list).await.unwrap_err();
    assert_eq!(refused_field(&refused), "filter");
}

#[tokio::test]
async fn pages_of_long_notes_are_shorter_and_nothing_is_left_out() {
    const CASES: usize = 420;
    let world = World::new().await;
    let mut cases = world.cases(Role::Coordinator).await;
    let mut case = draft("PT-1");
    // Four bytes each: more than a reply takes, all together.
    case.notes = "\u{1fa7a}".repeat(4_000);
    for _ in 0..CASES {
        let request = v1::CreateCaseRequest {
            case: Some(case.clone()),
            ..v1::CreateCaseRequest::default()
        };
        cases.create_case(request).await.unwrap();
    }
    let mut list = v1::ListCasesRequest {
        page_size: 1000,
        filter: "state = REQUESTED AND patient = patients/PT-1".into(),
        ..v1::ListCasesRequest::default()
    };
    let mut listed = std::collections::BTreeSet::new();
    loop {
        let page = cases.list_cases(list.clone()).await.unwrap().into_inner();
        listed.extend(page.cases.into_iter().map(|case| case.name));
        if page.next_page_token.is_empty() {
            break;
        }
        list.page_token = page.next_page_token;
    }
    assert_eq!(listed.len(), CASES);
}

#[tokio::test]
async fn rows_that_are_refused_leave_nothing_behind() {
    let world = World::new().await;
    let row = |line: i32, specialty: &str, start: &str| v1::ImportRow {
        line,
        encounter_id: format!("E{line}"),
        theatre: "OT-1".into(),
        specialty: specialty.into(),
        procedure: "Procedure".into(),
        scheduled_time: at(start),
        booked_min: 90,
        ..v1::ImportRow::default()
    };
    let request = v1::ImportCasesRequest {
        source: "log.csv".into(),
        rows: vec![
            row(1, "Urology", "2022-01-03T07:00:00Z"),
            row(2, "Vascular", "2022-01-03T07:30:00Z"),
            // As far from the others as a file can hold.
            row(3, "Urology", "1905-01-03T07:00:00Z"),
        ],
        strict: true,
        ..v1::ImportCasesRequest::default()
    };
    let mut transfer = TransferServiceClient::new(wire(&world, Role::Integration).await);
    let outcomes = transfer.import_cases(request).await.unwrap().into_inner();
    use v1::import_outcome::Kind::{Imported, Refused};
    let kinds: Vec<_> = outcomes.outcomes.iter().map(|it| it.kind()).collect();
    assert_eq!(kinds, [Imported, Refused, Imported]);
    let hospital = world.store.hospital().await.unwrap();
    let made = |specialty: &str| {
        let id = booking_domain::testing::staff_id(&format!("placeholder-{specialty}"));
        hospital.staff.contains_key(&id)
    };
    assert!(made("Urology") && !made("Vascular"));
}

#[tokio::test]
async fn a_case_may_be_called_what_drafts_were_once_called() {
    use booking_proto::ot::v1::schedule_service_client::ScheduleServiceClient;
    let world = World::new().await;
    let request = v1::CreateCaseRequest {
        case_id: "draft".into(),
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    cases.create_case(request).await.unwrap();
    created(&world, draft("PT-2"), None).await;
    let find = v1::FindSlotsRequest {
        draft: Some(draft("PT-3")),
        theatres: vec!["theatres/OT-1".into()],
        earliest_time: at("2024-06-21T08:00:00Z"),
        latest_time: at("2024-06-21T23:00:00Z"),
        ..v1::FindSlotsRequest::default()
    };
    let mut schedule = ScheduleServiceClient::new(wire(&world, Role::Coordinator).await);
    let found = schedule.find_slots(find).await.unwrap().into_inner();
    let first = found.offers[0].plan.as_ref().unwrap().start_time;
    assert_eq!(first, at("2024-06-21T09:30:00Z"));
}
