//! One case: entered, seen, edited, cancelled.

use booking_proto::ot::v1::{
    CancelCaseRequest, Case, CreateCaseRequest, Durations, GetCaseRequest,
    ListProcedureTypesRequest, ListProcedureTypesResponse, ProcedureType, UpdateCaseRequest,
    case::State,
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{
    hospital::{case, hospital},
    *,
};
use crate::backend::fake::FakeOt;

pub(super) fn with_case(state: State) -> FakeOt {
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

pub(super) fn refused_as(word: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(word, "otbooking", [] as [(String, String); 0])
}

/// Opens a page and sends a form from it.
pub(super) async fn send(app: &Router, from: &str, to: &str, form: &str) -> Seen {
    let page = ask(app.clone(), get(from)).await;
    let form = format!("token={}&{form}", crate::pages::url::encode(&page.token()));
    ask(app.clone(), post_to(to, form)).await
}

/// The value of the first input of that name on a page.
pub(super) fn value(seen: &Seen, name: &str) -> String {
    let input = seen.body.split(&format!("name=\"{name}\"")).nth(1);
    let value = input.and_then(|input| input.split("value=\"").nth(1));
    let value = value.unwrap_or_else(|| panic!("{name} is not in:\n{}", seen.body));
    value.split('"').next().expect("its end").to_owned()
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
