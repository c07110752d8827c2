//! A case moved, what stands in its way, and how it is undone.

use std::sync::{Arc, Mutex};

use booking_proto::ot::v1::{
    CancelCaseRequest, Case, CreateCaseRequest, GetCaseRequest, ListSitesRequest,
    ListSitesResponse, Override, Plan, RescheduleCaseRequest, Site, case::State,
};
use tonic::{Code, Status};
use tonic_types::{PreconditionViolation, StatusExt as _};

use super::{
    cases::{refused_as, send, value, with_case},
    hospital::{case, hospital},
    *,
};
use crate::backend::fake::FakeOt;

/// What was asked of a method, in order.
type Asked<Q> = Arc<Mutex<Vec<Q>>>;

/// Answers a method with this case, and keeps what it was asked.
fn keeping<Q, F>(ot: FakeOt, method: &str, case: F) -> (FakeOt, Asked<Q>)
where
    Q: prost::Message + Default + Clone + 'static,
    F: Fn() -> Case + Send + Sync + 'static,
{
    let asked = Asked::<Q>::default();
    let kept = Arc::clone(&asked);
    let ot = ot.on(method, move |request: Q| {
        kept.lock().unwrap().push(request);
        Ok(case())
    });
    (ot, asked)
}

/// A refusal for these rules: the first one's word, then rule, subject and words of each.
fn broken(word: &str, rules: &[[&str; 3]]) -> Status {
    let violations = rules
        .iter()
        .map(|[rule, subject, words]| PreconditionViolation::new(*rule, *subject, *words));
    let mut details = refused_as(word);
    details.set_precondition_failure(violations.collect::<Vec<_>>());
    Status::with_error_details(Code::FailedPrecondition, "rules are broken", details)
}

/// Another case, and a theatre that is closed.
fn in_the_way() -> Status {
    let rules = [
        ["R1", "cases/c2", "Theatre One is taken by another case."],
        ["R6", "theatres/OT-1", "Theatre One is closed then."],
    ];
    broken("THEATRE_DOUBLE_BOOKED", &rules)
}

/// A rule that may be overridden.
fn set_aside() -> Status {
    let words = "The session belongs to orthopaedics.";
    broken("SESSION_OWNED", &[["R8", "sessions/s1", words]])
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
    seen.hides("Override with a reason");
}

#[tokio::test]
async fn a_rule_that_is_set_aside_without_saying_why_is_asked_about_and_stays_ticked() {
    let ot = with_case(State::Confirmed).on(
        "CaseService/RescheduleCase",
        |_: RescheduleCaseRequest| -> Result<Case, Status> { Err(set_aside()) },
    );
    let app = front_end(FakeBackend::hospital(ot));
    let form = "theatre=theatres%2FOT-1&date=2026-03-02&time=10%3A05&reason=reasons%2Fill";
    let refused = send(&app, "/cases/c1/move", "/cases/c1/move", form).await;
    refused.shows("Override with a reason");
    assert_eq!(value(&refused, "rule"), "R8");
    let words = crate::pages::url::encode(&value(&refused, "rule_words"));
    let form = format!("{form}&override=R8&rule=R8&rule_words={words}&override_reason=");
    let seen = send(&app, "/cases/c1/move", "/cases/c1/move", &form).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "id=\"override_reason-complaint\"",
        "Fill this in.",
        "name=\"override\" value=\"R8\" checked",
        "The session belongs to orthopaedics.",
    ] {
        seen.shows(part);
    }
}

#[tokio::test]
async fn an_offered_slot_that_was_taken_meanwhile_is_still_in_the_form() {
    let ot = with_case(State::Requested).on(
        "CaseService/ScheduleCase",
        |_: booking_proto::ot::v1::ScheduleCaseRequest| -> Result<Case, Status> {
            Err(in_the_way())
        },
    );
    let app = front_end(FakeBackend::hospital(ot));
    let form = "theatre=theatres%2FOT-1&at=2026-03-02T10%3A05%3A00Z";
    let seen = send(&app, "/cases/c1/move", "/cases/c1/move", form).await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert_eq!(value(&seen, "date"), "2026-03-02");
    assert_eq!(value(&seen, "time"), "10:05");
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
    let app = front_end(FakeBackend::hospital(ot.clone()));
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
    assert_eq!(
        ot.times_asked("CaseService/RescheduleCase"),
        2,
        "there and back"
    );
}

#[tokio::test]
async fn undoing_a_move_sets_aside_again_what_was_set_aside_there() {
    let ot = hospital(1).on("CaseService/GetCase", |_: GetCaseRequest| {
        Ok(Case {
            overrides: vec![Override {
                rule: "R8".to_owned(),
                ..Default::default()
            }],
            ..case(1, State::Confirmed)
        })
    });
    let (ot, moved) = keeping::<RescheduleCaseRequest, _>(ot, "CaseService/RescheduleCase", || {
        case(1, State::Confirmed)
    });
    let app = front_end(FakeBackend::hospital(ot));
    let form = "theatre=theatres%2FOT-1&date=2026-03-02&time=10%3A05&reason=reasons%2Fill";
    let seen = send(&app, "/cases/c1/move", "/cases/c1/move", form).await;
    let location = seen.header(header::LOCATION).to_owned();
    let sealed = location.split("undo=").nth(1).unwrap();
    send(&app, "/cases/c1", "/undo", &format!("undo={sealed}")).await;
    let moved = moved.lock().unwrap();
    assert!(moved[0].overrides.is_empty());
    assert_eq!(moved[1].overrides[0].rule, "R8");
    assert!(!moved[1].overrides[0].reason.is_empty());
}

#[tokio::test]
async fn a_double_click_on_undo_enters_a_cancelled_case_once() {
    let ot = with_case(State::Requested).on("CaseService/CancelCase", |_: CancelCaseRequest| {
        Ok(case(1, State::Cancelled))
    });
    let (ot, entered) =
        keeping::<CreateCaseRequest, _>(ot, "CaseService/CreateCase", || case(2, State::Requested));
    let app = front_end(FakeBackend::hospital(ot));
    let form = "reason=reasons%2Fill";
    let cancelled = send(&app, "/cases/c1", "/cases/c1/cancel", form).await;
    let location = cancelled.header(header::LOCATION).to_owned();
    let sealed = location.split("undo=").nth(1).unwrap();
    for _ in 0..2 {
        send(&app, &location, "/undo", &format!("undo={sealed}")).await;
    }
    let entered = entered.lock().unwrap();
    assert_eq!(entered.len(), 2);
    assert!(!entered[0].request_id.is_empty());
    assert_eq!(
        entered[0].request_id, entered[1].request_id,
        "the backend knows the second for the first"
    );
}

#[tokio::test]
async fn a_case_in_the_second_of_two_equal_hours_stays_there_until_its_time_is_edited() {
    // London's clocks go back at 01:00Z that day: half past one comes at 00:30Z and at 01:30Z.
    let second: jiff::Timestamp = "2026-10-25T01:30:00Z".parse().unwrap();
    let london = |_: ListSitesRequest| {
        let site = Site {
            name: "sites/main".to_owned(),
            time_zone: "Europe/London".to_owned(),
            ..Default::default()
        };
        Ok(ListSitesResponse {
            sites: vec![site],
            ..Default::default()
        })
    };
    let planned = move |_: GetCaseRequest| {
        Ok(Case {
            plan: Some(Plan {
                theatre: "theatres/OT-1".to_owned(),
                start_time: hospital::at(second.as_second()),
                ..Default::default()
            }),
            ..case(1, State::Confirmed)
        })
    };
    let ot = hospital(1)
        .on("HospitalService/ListSites", london)
        .on("CaseService/GetCase", planned);
    let (ot, moved) = keeping::<RescheduleCaseRequest, _>(ot, "CaseService/RescheduleCase", || {
        case(1, State::Confirmed)
    });
    let app = front_end(FakeBackend::hospital(ot));
    let page = ask(app.clone(), get("/cases/c1/move")).await;
    assert_eq!(value(&page, "time"), "01:30");
    let exactly = crate::pages::url::encode(&value(&page, "exactly"));
    for (time, start_s) in [
        ("01%3A30", second.as_second()),
        ("02%3A30", second.as_second() + 3600),
    ] {
        let form = format!(
            "theatre=theatres%2FOT-1&date=2026-10-25&time={time}&exactly={exactly}&reason=reasons%2Fill"
        );
        send(&app, "/cases/c1/move", "/cases/c1/move", &form).await;
        let last = moved.lock().unwrap().last().cloned().expect("it was moved");
        let start = last.plan.unwrap().start_time;
        assert_eq!(start, hospital::at(start_s), "{time}");
    }
}
