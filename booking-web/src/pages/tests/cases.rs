//! One case: seen, moved, cancelled, undone, edited; and what stands in the way.

use std::sync::{Arc, Mutex};

use booking_proto::ot::v1::{
    CancelCaseRequest, Case, CreateCaseRequest, Durations, GetCaseRequest,
    ListProcedureTypesRequest, ListProcedureTypesResponse, ListSitesRequest, ListSitesResponse,
    Override, Plan, ProcedureType, RescheduleCaseRequest, Site, UpdateCaseRequest, case::State,
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, PreconditionViolation, StatusExt as _};

use super::{
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

fn with_case(state: State) -> FakeOt {
    hospital(1).on("CaseService/GetCase", move |q: GetCaseRequest| {
        Ok(Case {
            name: q.name,
            ..case(1, state)
        })
    })
}

/// A hospital that takes any new case.
fn takes_cases() -> FakeOt {
    hospital(0).on("CaseService/CreateCase", |_: CreateCaseRequest| {
        Ok(case(1, State::Requested))
    })
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

fn refused_as(word: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(word, "otbooking", [] as [(String, String); 0])
}

/// Another case, and a theatre that is closed.
fn in_the_way() -> Status {
    let rules = [
        ["R1", "cases/c2", "Theatre One is taken by another case."],
        ["R6", "theatres/OT-1", "Theatre One is closed then."],
    ];
    broken("THEATRE_DOUBLE_BOOKED", &rules)
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
async fn a_cancellation_needs_a_reason_before_anything_is_sent() {
    let ot = with_case(State::Confirmed).on("CaseService/CancelCase", |_: CancelCaseRequest| {
        Ok(case(1, State::Cancelled))
    });
    let app = front_end(FakeBackend::hospital(ot.clone()));
    let seen = send(&app, "/cases/c1", "/cases/c1/cancel", "reason=").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.shows("Choose a reason.");
    assert_eq!(ot.times_asked("CaseService/CancelCase"), 0);
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
            let details = refused_as("ETAG_MISMATCH");
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
    let ot = takes_cases();
    let app = front_end(FakeBackend::hospital(ot.clone()));
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
    assert_eq!(ot.times_asked("CaseService/CreateCase"), 0);
}

#[tokio::test]
async fn a_form_without_its_token_or_with_anothers_changes_nothing() {
    let ot = with_case(State::Confirmed).on("CaseService/CancelCase", |_: CancelCaseRequest| {
        Ok(case(1, State::Cancelled))
    });
    let app = front_end(FakeBackend::hospital(ot.clone()));
    for form in [
        "reason=reasons%2Fill",
        "token=&reason=reasons%2Fill",
        "token=abc.def&reason=reasons%2Fill",
    ] {
        let seen = ask(app.clone(), post_to("/cases/c1/cancel", form)).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{form}");
    }
    assert_eq!(ot.times_asked("CaseService/CancelCase"), 0);
}

/// A rule that may be set aside.
fn set_aside() -> Status {
    let words = "The session belongs to orthopaedics.";
    broken("SESSION_OWNED", &[["R8", "sessions/s1", words]])
}

/// The value of the first input of that name on a page.
fn value(seen: &Seen, name: &str) -> String {
    let input = seen.body.split(&format!("name=\"{name}\"")).nth(1);
    let value = input.and_then(|input| input.split("value=\"").nth(1));
    let value = value.unwrap_or_else(|| panic!("{name} is not in:\n{}", seen.body));
    value.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn the_defaults_of_a_kind_are_filled_in_beside_what_was_typed_and_nothing_is_in_the_address()
{
    let kinds = |_: ListProcedureTypesRequest| {
        let kind = ProcedureType {
            name: "procedureTypes/hip".to_owned(),
            display_name: "Hip replacement".to_owned(),
            default_durations: Some(Durations {
                setup_min: 25,
                procedure_min: 95,
                cleanup_min: 20,
            }),
            ..Default::default()
        };
        Ok(ListProcedureTypesResponse {
            procedure_types: vec![kind],
            ..Default::default()
        })
    };
    let ot = takes_cases().on("HospitalService/ListProcedureTypes", kinds);
    let app = front_end(FakeBackend::hospital(ot.clone()));
    let form = "patient=PT-1204&condition=Coxarthrosis&notes=latex+allergy&urgency=EXPEDITED\
                &laterality=LEFT&procedure=&specialty=Orthopaedics&setup_min=15&procedure_min=60\
                &cleanup_min=15&procedure_type=procedureTypes%2Fhip&fill=1";
    let seen = send(&app, "/cases/new", "/cases/new", form).await;
    assert_eq!(seen.status, StatusCode::OK);
    for (field, kept) in [
        ("patient", "PT-1204"),
        ("condition", "Coxarthrosis"),
        ("specialty", "Orthopaedics"),
        ("procedure", "Hip replacement"),
        ("procedure_min", "95"),
    ] {
        assert_eq!(value(&seen, field), kept, "{field}");
    }
    seen.shows("latex allergy");
    seen.shows("value=\"EXPEDITED\" selected");
    seen.hides("formmethod=\"get\"");
    assert_eq!(ot.times_asked("CaseService/CreateCase"), 0);
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
async fn a_rule_that_is_set_aside_without_saying_why_is_asked_about_and_stays_ticked() {
    let ot = with_case(State::Confirmed).on(
        "CaseService/RescheduleCase",
        |_: RescheduleCaseRequest| -> Result<Case, Status> { Err(set_aside()) },
    );
    let app = front_end(FakeBackend::hospital(ot));
    let form = "theatre=theatres%2FOT-1&date=2026-03-02&time=10%3A05&reason=reasons%2Fill";
    let refused = send(&app, "/cases/c1/move", "/cases/c1/move", form).await;
    refused.shows("Set aside with a reason");
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
async fn a_reason_and_a_note_outlive_the_refusal_of_what_they_were_for() {
    let app = front_end(FakeBackend::hospital(with_case(State::Confirmed)));
    let note = "n".repeat(201);
    let form = format!("reason=reasons%2Fill&note={note}");
    let seen = send(&app, "/cases/c1", "/cases/c1/postpone", &form).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.shows("Shorten the note");
    seen.shows(&format!("value=\"{note}\""));
    seen.shows("value=\"reasons/ill\" selected");
    seen.shows("data-self=\"/cases/c1\"");
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

#[tokio::test]
async fn a_case_with_every_field_filled_to_its_limit_in_any_script_is_read() {
    let app = front_end(FakeBackend::hospital(hospital(0)));
    let text = |characters| crate::pages::url::encode(&"\u{8853}".repeat(characters));
    let form = format!(
        "patient={}&procedure={}&condition={}&specialty={}&notes={}",
        text(64),
        text(200),
        text(200),
        text(200),
        text(2000)
    );
    let seen = send(&app, "/cases/new", "/cases/new", &form).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.body
    );
    seen.shows(&"\u{8853}".repeat(2000));
}
