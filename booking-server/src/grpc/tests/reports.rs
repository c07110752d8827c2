//! Figures through the whole server, from cases that callers entered.

use booking_proto::ot::v1::{
    self, report_service_client::ReportServiceClient, session_owner::Owner,
    session_service_client::SessionServiceClient,
};
use tonic::Code;

use super::{
    days::{annexe, created, session, wire},
    drafts::{draft, plan},
    world::World,
};
use crate::access::Role;

fn june() -> v1::ReportRequest {
    v1::ReportRequest {
        first_date: "2024-06-01".into(),
        last_date: "2024-06-30".into(),
        ..v1::ReportRequest::default()
    }
}

#[tokio::test]
async fn what_is_cancelled_from_the_waiting_list_is_counted_as_the_definition_says() {
    let world = World::new().await;
    let mut reports = ReportServiceClient::new(wire(&world, Role::Coordinator).await);
    let mut cancelled = async |theatres: &[&str]| {
        let request = v1::ReportRequest {
            theatres: theatres.iter().map(ToString::to_string).collect(),
            ..june()
        };
        let report = reports.query_cancellations(request).await.unwrap();
        report.into_inner().cancelled
    };
    let (all, in_theatre) = (cancelled(&[]).await, cancelled(&["theatres/OT-1"]).await);
    let case = created(&world, draft("PT-1"), None).await;
    let cancel = v1::CancelCaseRequest {
        name: case.name,
        reason: "reasons/PATIENT_UNFIT".into(),
        ..v1::CancelCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    cases.cancel_case(cancel).await.unwrap();
    assert_eq!(cancelled(&[]).await, all + 1);
    // It never had a theatre.
    assert_eq!(cancelled(&["theatres/OT-1"]).await, in_theatre);
}

#[tokio::test]
async fn a_report_of_one_site_tells_nothing_of_another() {
    let world = World::new().await;
    let (start, end) = ("2024-06-21T07:00:00Z", "2024-06-21T12:00:00Z");
    let mut sessions = SessionServiceClient::new(wire(&world, Role::Scheduler).await);
    let open = session(start, end, Owner::Open(true));
    sessions.create_session(open).await.unwrap();
    created(&world, draft("PT-1"), plan("OT-1", "2024-06-21T08:00:00Z")).await;
    let mut reports = ReportServiceClient::new(wire(&world, Role::Coordinator).await);
    let has_sessions =
        |report: &v1::UtilisationReport| report.owners.iter().any(|it| it.sessions > 0);
    let report = reports
        .query_utilisation(june())
        .await
        .unwrap()
        .into_inner();
    assert!(has_sessions(&report), "{report:?}");

    annexe(&world).await;
    let of_annexe = |theatres: &[&str]| v1::ReportRequest {
        site: "sites/annexe".into(),
        theatres: theatres.iter().map(ToString::to_string).collect(),
        ..june()
    };
    let report = reports.query_utilisation(of_annexe(&[])).await.unwrap();
    let report = report.into_inner();
    assert!(!has_sessions(&report), "{report:?}");
    let refused = reports
        .query_utilisation(of_annexe(&["theatres/OT-1"]))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().starts_with("theatres[0]"), "{refused:?}");
}
