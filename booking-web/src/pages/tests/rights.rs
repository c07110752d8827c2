//! What pages offer and refuse by what the backend says that one may do.

use booking_proto::ot::v1::{
    Access, DaySchedule, GetAccessRequest, GetDayScheduleRequest, Grant, grant,
};
use tonic::Status;

use super::{hospital::hospital, *};
use crate::backend::fake::FakeOt;

/// Refuses as the backend refuses a caller without a right.
pub(crate) fn missing(permission: &str) -> Status {
    use tonic_types::{ErrorDetails, StatusExt as _};
    let details = ErrorDetails::with_error_info(
        "PERMISSION_MISSING",
        "otbooking",
        [("permission".to_owned(), permission.to_owned())],
    );
    let words = format!("permission {permission} denied");
    Status::with_error_details(tonic::Code::PermissionDenied, words, details)
}

/// A backend that shows nobody the board.
pub(crate) fn without_board() -> FakeOt {
    hospital(0).on(
        "ScheduleService/GetDaySchedule",
        |_: GetDayScheduleRequest| -> Result<DaySchedule, Status> { Err(missing("schedule.read")) },
    )
}

/// A backend that says this to everybody of what they may and who they are.
pub(crate) fn knows(ot: FakeOt, access: Access) -> FakeOt {
    ot.on("AccessService/GetAccess", move |_: GetAccessRequest| {
        Ok(access.clone())
    })
}

/// These rights, wherever.
pub(crate) fn grants(rights: &[&str]) -> Vec<Grant> {
    let grant = |right: &&str| Grant {
        permission: (*right).to_owned(),
        scope: grant::Scope::Any.into(),
    };
    rights.iter().map(grant).collect()
}

/// A backend that says to everybody that they have these rights and no others.
pub(crate) fn may(ot: FakeOt, rights: &[&str]) -> FakeOt {
    let access = Access {
        account: "front-end@hospital".to_owned(),
        grants: grants(rights),
        ..Default::default()
    };
    knows(ot, access)
}

#[tokio::test]
async fn pages_offer_what_the_backend_says_one_may_do_and_nothing_else() {
    let rights = ["schedule.read", "cases.read", "hospital.read"];
    let app = front_end(FakeBackend::hospital(may(hospital(1), &rights)));
    let seen = ask(app, get("/")).await;
    for offered in ["/schedule", "/waiting", "/sessions"] {
        seen.shows(&format!("href=\"{offered}\""));
    }
    for withheld in ["/cases/new", "/reports", "/audit", "/lookup"] {
        seen.hides(&format!("href=\"{withheld}\""));
    }
    // A backend that does not say is asked for everything, and refuses what it must.
    let seen = ask(front_end(FakeBackend::hospital(hospital(1))), get("/")).await;
    for offered in ["/cases/new", "/reports", "/audit", "/lookup"] {
        seen.shows(&format!("href=\"{offered}\""));
    }
}

#[tokio::test]
async fn a_right_that_a_person_lacks_is_named_and_the_connection_stays_proven() {
    let proxy = Way::Proxy {
        header: "x-person".parse().expect("a header"),
        trusted: vec![std::net::Ipv4Addr::LOCALHOST.into()],
    };
    let app = front_end_for(FakeBackend::hospital(without_board()), proxy);
    let mut request = with_header(get("/"), "x-person", "anna");
    let from = SocketAddr::from(([127, 0, 0, 1], 40_000));
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(from));
    let seen = ask(app, request).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("You may not do that");
    seen.shows("schedule.read");
    seen.shows("data-strip=\"proven\"");
}

#[tokio::test]
async fn an_account_that_may_only_look_up_is_taken_to_the_look_up_and_told_why() {
    let app = front_end(FakeBackend::hospital(without_board()));
    for path in ["/", "/?date=2026-03-02"] {
        let seen = ask(app.clone(), get(path)).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(seen.header(header::LOCATION), "/lookup?instead=board");
    }
    let seen = ask(app.clone(), get("/lookup?instead=board")).await;
    assert_eq!(seen.status, StatusCode::OK);
    seen.shows("the board needs the right <code>schedule.read</code>");
    ask(app, get("/lookup")).await.hides("schedule.read");
}

#[tokio::test]
async fn whoever_is_known_to_look_up_only_is_not_denied_again_and_is_offered_nothing_else() {
    let ot = may(without_board(), &["bookingInfo.get"]);
    let app = front_end(FakeBackend::hospital(ot.clone()));
    for _ in 0..3 {
        let seen = ask(app.clone(), get("/")).await;
        assert_eq!(seen.header(header::LOCATION), "/lookup?instead=board");
    }
    assert_eq!(
        ot.times_asked("ScheduleService/GetDaySchedule"),
        1,
        "the first time nothing was known"
    );
    let seen = ask(app, get("/lookup?instead=board")).await;
    seen.shows("front-end@hospital");
    seen.shows("href=\"/lookup\"");
    for withheld in [
        "/schedule",
        "/waiting",
        "/cases/new",
        "/sessions",
        "/reports",
        "/audit",
    ] {
        seen.hides(&format!("href=\"{withheld}\""));
    }
}
