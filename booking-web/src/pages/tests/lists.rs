//! What is listed: who waits, what was done, what is printed, which slots there are.

use booking_proto::ot::v1::{
    DaySchedule, GetDayScheduleRequest, ListAuditEventsResponse, ListCasesRequest,
    ListCasesResponse, ListSitesRequest, ListSitesResponse, case::State,
};
use tonic::Status;

use super::{
    hospital::{at, case, day, hospital},
    *,
};

#[tokio::test]
async fn filters_that_hide_everybody_who_waits_say_how_many_and_how_to_see_them() {
    let ot = hospital(0).on("CaseService/ListCases", |q: ListCasesRequest| {
        let all = [case(1, State::Requested), case(2, State::Postponed)];
        let shown = if q.filter.contains("text") {
            &[][..]
        } else {
            &all[..]
        };
        Ok(ListCasesResponse {
            cases: shown.to_vec(),
            ..Default::default()
        })
    });
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app, get("/waiting?text=nothing")).await;
    seen.shows("No waiting case fits these filters; 2 cases are hidden.");
    seen.shows("Clear filters");
}

#[tokio::test]
async fn times_that_are_not_the_hospitals_say_so() {
    use booking_proto::ot::v1::{AuditEvent, ListAuditEventsRequest};
    let denied = |_: ListSitesRequest| -> Result<ListSitesResponse, Status> {
        Err(Status::permission_denied("no"))
    };
    let events = |_: ListAuditEventsRequest| {
        Ok(ListAuditEventsResponse {
            audit_events: vec![AuditEvent {
                time: at(1_772_441_412),
                ..Default::default()
            }],
            ..Default::default()
        })
    };
    let ot = hospital(0).on("AuditService/ListAuditEvents", events);
    let app = front_end(FakeBackend::hospital(ot.clone()));
    ask(app, get("/audit")).await.hides(" UTC</td>");
    let app = front_end(FakeBackend::hospital(
        ot.on("HospitalService/ListSites", denied),
    ));
    ask(app, get("/audit")).await.shows(":12 UTC</td>");
}

/// A fresh list's version, from the printed page.
async fn version(change: fn(&mut DaySchedule)) -> String {
    let ot = hospital(0).on(
        "ScheduleService/GetDaySchedule",
        move |q: GetDayScheduleRequest| {
            let mut day = day(&q, 1);
            change(&mut day);
            Ok(day)
        },
    );
    let seen = ask(
        front_end(FakeBackend::hospital(ot)),
        get("/print?date=2026-03-02"),
    )
    .await;
    let version = seen
        .body
        .split("List version <strong>")
        .nth(1)
        .expect("a list");
    version.split('<').next().expect("its end").to_owned()
}

#[tokio::test]
async fn a_lists_version_changes_with_anything_that_is_printed_on_it() {
    use booking_proto::ot::v1::Session;
    let as_it_was = version(|_| {}).await;
    assert_eq!(version(|_| {}).await, as_it_was);
    let changes: [fn(&mut DaySchedule); 3] = [
        |day| {
            day.theatres[0].sessions.push(Session {
                start_time: day.start_time,
                end_time: day.end_time,
                ..Default::default()
            });
        },
        |day| day.theatres[0].theatre.as_mut().unwrap().display_name = "Theatre 1".to_owned(),
        |day| day.theatres[0].cases[0].case.as_mut().unwrap().notes = "Latex".to_owned(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_ne!(version(change).await, as_it_was, "{index}");
    }
}

#[tokio::test]
async fn a_date_that_is_none_is_told_beside_its_field() {
    let ot = hospital(1)
        .on(
            "CaseService/GetCase",
            |_: booking_proto::ot::v1::GetCaseRequest| Ok(case(1, State::Requested)),
        )
        .on(
            "ScheduleService/FindSlots",
            |_: booking_proto::ot::v1::FindSlotsRequest| {
                Ok(booking_proto::ot::v1::FindSlotsResponse::default())
            },
        );
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app.clone(), get("/cases/c1/slots?from=31.02.")).await;
    seen.shows("id=\"from-complaint\"");
    seen.shows("Enter a date");
    ask(app, get("/cases/c1/slots?from="))
        .await
        .hides("id=\"from-complaint\"");
}
