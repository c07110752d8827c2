//! What is not told to whoever may not see patients, by any way round.

use booking_proto::ot::v1::{
    self, audit_service_client::AuditServiceClient, schedule_service_client::ScheduleServiceClient,
    transfer_service_client::TransferServiceClient,
};
use tonic::{Code, Status};

use super::{
    days::{at, created, wire},
    drafts::{draft, plan, reason},
    world::World,
};
use crate::access::Role;

/// The newest events that a filter asks for, as an auditor without a right to patients sees them.
async fn audit(world: &World, filter: &str) -> Result<Vec<v1::AuditEvent>, Status> {
    let mut audit = AuditServiceClient::new(wire(world, Role::Auditor).await);
    let list = v1::ListAuditEventsRequest {
        filter: filter.into(),
        ..v1::ListAuditEventsRequest::default()
    };
    Ok(audit
        .list_audit_events(list)
        .await?
        .into_inner()
        .audit_events)
}

#[tokio::test]
async fn notes_reasons_and_a_log_s_numbers_are_not_in_what_an_auditor_sees() {
    let world = World::new().await;
    let mut cases = world.cases(Role::Coordinator).await;
    let case = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T03:00:00Z"),
        overrides: vec![v1::OverrideRequest {
            rule: "R6".into(),
            reason: "Mrs Secret cannot wait".into(),
        }],
        ..v1::CreateCaseRequest::default()
    };
    let case = cases.create_case(case).await.unwrap().into_inner();
    assert_eq!(case.overrides.len(), 1, "{case:?}");
    let postpone = v1::PostponeCaseRequest {
        name: case.name.clone(),
        reason: "reasons/PATIENT_UNFIT".into(),
        note: "Mrs Secret: has a fever".into(),
        ..v1::PostponeCaseRequest::default()
    };
    cases.postpone_case(postpone).await.unwrap();
    let rows = vec![v1::ImportRow {
        line: 1,
        encounter_id: "E-Secret".into(),
        theatre: "OR 1".into(),
        procedure: "Procedure".into(),
        scheduled_time: at("2022-01-03T07:00:00Z"),
        booked_min: 90,
        wheels_in: at("2022-01-03T07:00:00Z"),
        wheels_out: at("2022-01-03T08:00:00Z"),
        ..v1::ImportRow::default()
    }];
    let import = v1::ImportCasesRequest {
        source: "log.csv".into(),
        rows,
        ..v1::ImportCasesRequest::default()
    };
    let mut transfer = TransferServiceClient::new(wire(&world, Role::Integration).await);
    let imported = transfer.import_cases(import).await.unwrap().into_inner();
    let imported = imported.outcomes[0].case.clone();
    let correct = v1::CorrectCaseRequest {
        name: imported.clone(),
        milestones: Some(v1::Milestones {
            wheels_in: at("2022-01-03T07:05:00Z"),
            wheels_out: at("2022-01-03T08:00:00Z"),
            recovery_out: at("2022-01-03T09:00:00Z"),
            ..v1::Milestones::default()
        }),
        reason: "Secret came late".into(),
        ..v1::CorrectCaseRequest::default()
    };
    cases.correct_case(correct).await.unwrap();

    let events = audit(&world, "outcome = OK").await.unwrap();
    assert!(events.len() >= 4);
    let seen = format!("{events:?}");
    assert!(!seen.contains("Secret"), "{seen}");
    // The codes are still there: they are what an auditor looks for.
    let postponed = events.iter().find(|it| it.method.ends_with("PostponeCase"));
    assert_eq!(postponed.unwrap().reason, "PATIENT_UNFIT");

    let mut viewer = world.cases(Role::Viewer).await;
    for name in [case.name, imported] {
        let seen = viewer.get_case(v1::GetCaseRequest { name }).await.unwrap();
        let seen = format!("{seen:?}");
        assert!(!seen.contains("Secret"), "{seen}");
    }
}

#[tokio::test]
async fn who_looked_a_patient_up_is_not_told_to_whoever_may_not_see_patients() {
    let world = World::new().await;
    for filter in [
        "resource = patients/PT-1204",
        "resource = \"patients/nobody\"",
    ] {
        let refused = audit(&world, filter).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{filter}");
        assert_eq!(reason(&refused), "PERMISSION_MISSING");
    }
    let mut viewer = world.cases(Role::Viewer).await;
    let list = v1::ListCasesRequest {
        filter: "patient = patients/PT-1204".into(),
        ..v1::ListCasesRequest::default()
    };
    let refused = viewer.list_cases(list).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // Whoever tried is in the audit.
    let tried = audit(&world, "outcome = DENIED").await.unwrap();
    let tried: Vec<_> = tried
        .iter()
        .map(|it| (it.method.as_str(), it.person.as_str()))
        .collect();
    assert!(
        tried.contains(&("ot.v1.CaseService/ListCases", "viewer")),
        "{tried:?}"
    );
    assert!(
        tried.contains(&("ot.v1.AuditService/ListAuditEvents", "auditor")),
        "{tried:?}"
    );
}

#[tokio::test]
async fn no_draft_asks_when_a_patient_is_taken_without_the_right_to_patients() {
    let world = World::new().await;
    let request = v1::FindSlotsRequest {
        draft: Some(draft("PT-1204")),
        earliest_time: at("2024-06-21T08:00:00Z"),
        latest_time: at("2024-06-21T23:00:00Z"),
        ..v1::FindSlotsRequest::default()
    };
    let mut viewer = ScheduleServiceClient::new(wire(&world, Role::Viewer).await);
    let refused = viewer.find_slots(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    // For a case that they know of they may ask.
    let case = created(&world, draft("PT-1"), None).await;
    let known = v1::FindSlotsRequest {
        case: case.name,
        draft: None,
        ..request
    };
    viewer.find_slots(known).await.unwrap();
}

#[tokio::test]
async fn a_file_of_cases_leaves_a_trace() {
    let world = World::new().await;
    let export = v1::ExportCasesRequest {
        format: v1::export_cases_request::Format::Csv.into(),
        ..v1::ExportCasesRequest::default()
    };
    let mut transfer = TransferServiceClient::new(wire(&world, Role::Integration).await);
    let mut file = transfer.export_cases(export).await.unwrap().into_inner();
    assert!(file.message().await.unwrap().is_some());
    let told = audit(&world, "method = ot.v1.TransferService/ExportCases").await;
    assert_eq!(told.unwrap()[0].person, "integration");
}
