//! Logs in, files and figures out, and the audit of it all.

use booking_proto::ot::v1::{
    self, audit_service_client::AuditServiceClient, report_service_client::ReportServiceClient,
    transfer_service_client::TransferServiceClient,
};
use tonic::Status;

use super::{
    days::{at, created, wire},
    drafts::{draft, plan},
    world::{FRONT_END, World},
};
use crate::access::Role;

#[tokio::test]
async fn a_log_is_taken_in_once_and_its_overlaps_are_flagged_or_refused() {
    let world = World::new().await;
    let row = |line: i32, start: &str, out: &str| v1::ImportRow {
        line,
        encounter_id: format!("E{line}"),
        theatre: "OR 1".into(),
        specialty: "Urology".into(),
        procedure: "Procedure".into(),
        scheduled_time: at(start),
        booked_min: 90,
        wheels_in: at(start),
        wheels_out: at(out),
        ..v1::ImportRow::default()
    };
    let mut request = v1::ImportCasesRequest {
        source: "log.csv".into(),
        rows: vec![
            row(2, "2022-01-03T07:00:00Z", "2022-01-03T08:20:00Z"),
            row(3, "2022-01-03T08:30:00Z", "2022-01-03T09:50:00Z"),
            row(4, "2022-01-03T09:00:00Z", "2022-01-03T10:00:00Z"),
        ],
        strict: true,
        validate_only: true,
        ..v1::ImportCasesRequest::default()
    };
    let mut transfer = TransferServiceClient::new(wire(&world, Role::Integration).await);
    let mut kinds = async |request: &v1::ImportCasesRequest| -> Result<Vec<_>, Status> {
        let outcomes = transfer
            .import_cases(request.clone())
            .await?
            .into_inner()
            .outcomes;
        Ok(outcomes.iter().map(|it| it.kind()).collect::<Vec<_>>())
    };
    use v1::import_outcome::Kind::{Flagged, Imported, Refused, Unchanged};
    assert_eq!(
        kinds(&request).await.unwrap(),
        [Imported, Imported, Refused]
    );
    request.validate_only = false;
    request.strict = false;
    assert_eq!(
        kinds(&request).await.unwrap(),
        [Imported, Imported, Flagged]
    );
    assert_eq!(
        kinds(&request).await.unwrap(),
        [Unchanged, Unchanged, Unchanged]
    );
    assert_eq!(world.store.examine().await.unwrap(), []);

    let export = v1::ExportCasesRequest {
        format: v1::export_cases_request::Format::Csv.into(),
        theatres: vec!["theatres/OR%201".into()],
        ..v1::ExportCasesRequest::default()
    };
    let mut chunks = transfer.export_cases(export).await.unwrap().into_inner();
    let mut file = Vec::new();
    while let Some(chunk) = chunks.message().await.unwrap() {
        file.extend(chunk.data);
    }
    let file = String::from_utf8(file).unwrap();
    assert_eq!(file.lines().count(), 4);
    assert!(file.contains("log.csv/E2"), "{file}");

    let report = v1::ReportRequest {
        first_date: "2022-01-03".into(),
        last_date: "2022-01-03".into(),
        theatres: vec!["theatres/OR%201".into()],
        window_open_minute: Some(7 * 60),
        window_close_minute: Some(17 * 60),
        ..v1::ReportRequest::default()
    };
    let mut reports = ReportServiceClient::new(wire(&world, Role::Viewer).await);
    let used = reports
        .query_utilisation(report)
        .await
        .unwrap()
        .into_inner();
    let row = used
        .rows
        .iter()
        .find(|row| row.theatre == "theatres/OR%201")
        .unwrap();
    // The union of 80, 80 and 60 minutes, 50 of which are in both of the last two.
    assert_eq!((row.in_room_min, row.available_min), (170.0, 600.0));
    assert_eq!(row.overlapping_pairs, 1);
    assert!(!used.definitions.is_empty());
}

#[tokio::test]
async fn the_audit_says_who_did_what_for_whom_and_its_chain_is_whole() {
    let world = World::new().await;
    let case = created(&world, draft("PT-1"), None).await;
    let mut cases = world.cases(Role::Scheduler).await;
    let schedule = v1::ScheduleCaseRequest {
        name: case.name.clone(),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::ScheduleCaseRequest::default()
    };
    cases.schedule_case(schedule).await.unwrap();
    let mut audit = AuditServiceClient::new(wire(&world, Role::Auditor).await);
    let list = v1::ListAuditEventsRequest {
        filter: format!("resource = {} AND outcome = OK", case.name),
        ..v1::ListAuditEventsRequest::default()
    };
    let events = audit
        .list_audit_events(list)
        .await
        .unwrap()
        .into_inner()
        .audit_events;
    assert_eq!(events.len(), 2);
    let newest = &events[0];
    assert_eq!(newest.method, "ot.v1.CaseService/ScheduleCase");
    assert_eq!(
        (newest.account.as_str(), newest.person.as_str()),
        (FRONT_END, "scheduler")
    );
    assert_eq!(
        (newest.etag_before.as_str(), newest.etag_after.as_str()),
        ("\"v1\"", "\"v2\"")
    );
    let changed: Vec<_> = newest.changes.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(changed, ["plan", "state"]);
    // Of whom a case is, an auditor need not know.
    let entered = &events[1].changes;
    let patient = entered.iter().find(|it| it.field == "patient").unwrap();
    assert_eq!(patient.after, "");

    let whole = audit
        .verify_audit_chain(v1::VerifyAuditChainRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(whole.intact && whole.events >= 2, "{whole:?}");
}
