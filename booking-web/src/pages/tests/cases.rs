//! One case: seen, moved, cancelled, undone, edited; and what stands in the way.

use booking_proto::ot::v1::{
    CancelCaseRequest, Case, CreateCaseRequest, GetCaseRequest, RescheduleCaseRequest,
    UpdateCaseRequest, case::State,
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, PreconditionViolation, StatusExt as _};

use super::{
    hospital::{case, hospital},
    *,
};
use crate::backend::fake::FakeOt;

fn with_case(state: State) -> FakeOt {
    hospital(1).on("CaseService/GetCase", move |q: GetCaseRequest| {
        Ok(Case {
            name: q.name,
            ..case(1, state)
        })
    })
}

fn in_the_way() -> Status {
    let violations = vec![
        PreconditionViolation::new("R1", "cases/c2", "Theatre One is taken by another case."),
        PreconditionViolation::new("R6", "theatres/OT-1", "Theatre One is closed then."),
    ];
    let mut details = ErrorDetails::with_error_info(
        "THEATRE_DOUBLE_BOOKED",
        "otbooking",
        [] as [(String, String); 0],
    );
    details.set_precondition_failure(violations);
    Status::with_error_details(Code::FailedPrecondition, "two rules", details)
}

/// Opens a page and sends a form from it.
async fn send(app: &Router, from: &str, to: &str, form: &str) -> Seen {
    let page = ask(app.clone(), get(from)).await;
    let form = format!("token={}&{form}", crate::pages::url::encode(&page.token()));
    ask(app.clone(), post_to(to, form)).await
}

#[tokio::test]
async fn a_cases_page_offers_what_its_state_allows() {
    let table = [
        (
            State::Requested,
            &["Find a slot", "Cancel the case", "Emergency plan"][..],
            &["Postpone", "Wheels in"][..],
        ),
        (
            State::Scheduled,
            &["Move…", "Confirm", "Postpone", "Wheels in"],
            &["Abort the case"],
        ),
        (
            State::InTheatre,
            &["Abort the case", "Knife to skin"],
            &["Move…", "Cancel the case"],
        ),
        (
            State::Completed,
            &["Wheels out"],
            &["Move…", "Cancel the case", "Abort the case"],
        ),
    ];
    for (state, offered, withheld) in table {
        let seen = ask(
            front_end(FakeBackend::hospital(with_case(state))),
            get("/cases/c1"),
        )
        .await;
        assert_eq!(seen.status, StatusCode::OK, "{state:?}");
        offered.iter().for_each(|words| seen.shows(words));
        withheld.iter().for_each(|words| seen.hides(words));
    }
}

#[tokio::test]
async fn every_rule_in_the_way_of_a_move_is_told_and_what_was_typed_is_kept() {
    let ot = with_case(State::Confirmed).on(
        "CaseService/RescheduleCase",
        |_: RescheduleCaseRequest| -> Result<Case, Status> { Err(in_the_way()) },
    );
    let app = front_end(FakeBackend::hospital(ot));
    let seen = send(
        &app,
        "/cases/c1/move",
        "/cases/c1/move",
        "theatre=theatres%2FOT-1&date=2026-03-02&time=10%3A05&reason=reasons%2Fill&note=soon",
    )
    .await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    for part in [
        "taken by another case",
        "href=\"/cases/c2\"",
        "is closed then",
        "value=\"10:05\"",
        "value=\"2026-03-02\"",
        "value=\"soon\"",
    ] {
        seen.shows(part);
    }
    seen.hides("Set aside with a reason");
}

#[tokio::test]
async fn a_move_ends_where_it_began_with_an_offer_to_undo_it() {
    let ot =
        with_case(State::Confirmed).on("CaseService/RescheduleCase", |q: RescheduleCaseRequest| {
            Ok(Case {
                name: q.name,
                ..case(2, State::Scheduled)
            })
        });
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    let form = "theatre=theatres%2FOT-1&date=2026-03-02&time=10%3A05&reason=reasons%2Fill&next=%2F%3Fdate%3D2026-03-02";
    let seen = send(&app, "/cases/c1/move", "/cases/c1/move", form).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    let location = seen.header(header::LOCATION).to_owned();
    assert!(
        location.starts_with("/?date=2026-03-02&undo="),
        "{location}"
    );
    let board = ask(app.clone(), get(&location)).await;
    board.shows("Moved.");
    let sealed = location.split("undo=").nth(1).unwrap();
    let undone = send(&app, &location, "/undo", &format!("undo={sealed}")).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    let calls = called
        .lock()
        .unwrap()
        .iter()
        .filter(|(method, _)| method == "CaseService/RescheduleCase")
        .count();
    assert_eq!(calls, 2, "there and back");
}

#[tokio::test]
async fn a_cancellation_needs_a_reason_before_anything_is_sent() {
    let ot = with_case(State::Confirmed).on("CaseService/CancelCase", |_: CancelCaseRequest| {
        Ok(case(1, State::Cancelled))
    });
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    let seen = send(&app, "/cases/c1", "/cases/c1/cancel", "reason=").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.shows("Choose a reason.");
    assert!(
        called
            .lock()
            .unwrap()
            .iter()
            .all(|(method, _)| method != "CaseService/CancelCase")
    );
    let seen = send(
        &app,
        "/cases/c1",
        "/cases/c1/cancel",
        "reason=reasons%2Fill",
    )
    .await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stale_edit_is_compared_and_not_lost() {
    let ot = with_case(State::Requested).on(
        "CaseService/UpdateCase",
        |_: UpdateCaseRequest| -> Result<Case, Status> {
            let details = ErrorDetails::with_error_info(
                "ETAG_MISMATCH",
                "otbooking",
                [] as [(String, String); 0],
            );
            Err(Status::with_error_details(
                Code::Aborted,
                "changed",
                details,
            ))
        },
    );
    let app = front_end(FakeBackend::hospital(ot));
    let form = "etag=%22v1%22&procedure=Knee+replacement&condition=Gonarthrosis&laterality=LEFT&urgency=ELECTIVE&anaesthesia=GENERAL&setup_min=10&procedure_min=40&cleanup_min=10";
    let seen = send(&app, "/cases/c1/edit", "/cases/c1/edit", form).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    for part in [
        "Somebody else was faster",
        "id=\"comparison\"",
        "<bdi>Knee replacement</bdi>",
        "<bdi>Hip replacement</bdi>",
        "value=\"Knee replacement\"",
        "value=\"&#34;v7&#34;\"",
    ] {
        seen.shows(part);
    }
}

#[tokio::test]
async fn junk_in_a_new_case_is_told_beside_each_field_and_kept() {
    let ot = hospital(0).on("CaseService/CreateCase", |_: CreateCaseRequest| {
        Ok(case(1, State::Requested))
    });
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    let long = "x".repeat(201);
    let form = format!(
        "patient=%22%3E%3Cscript%3E{}&procedure={long}&condition=a%00b&laterality=SIDEWAYS&urgency=&anaesthesia=GENERAL&setup_min=-1&procedure_min=1e9&cleanup_min=ten",
        "P".repeat(70)
    );
    let seen = send(&app, "/cases/new", "/cases/new", &form).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(seen.body.matches("aria-invalid=\"true\"").count(), 8);
    seen.shows(&long);
    seen.shows("&#60;script&#62;");
    seen.hides("<script>");
    assert!(
        called
            .lock()
            .unwrap()
            .iter()
            .all(|(method, _)| method != "CaseService/CreateCase")
    );
}

#[tokio::test]
async fn a_form_without_its_token_or_with_anothers_changes_nothing() {
    let ot = with_case(State::Confirmed).on("CaseService/CancelCase", |_: CancelCaseRequest| {
        Ok(case(1, State::Cancelled))
    });
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    for form in [
        "reason=reasons%2Fill",
        "token=&reason=reasons%2Fill",
        "token=abc.def&reason=reasons%2Fill",
    ] {
        let seen = ask(app.clone(), post_to("/cases/c1/cancel", form)).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{form}");
    }
    assert!(
        called
            .lock()
            .unwrap()
            .iter()
            .all(|(method, _)| method != "CaseService/CancelCase")
    );
}
