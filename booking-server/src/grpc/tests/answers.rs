//! What a caller gets for what it asks.

use booking_domain::{MAX_DESCRIPTION_CHARS, MAX_ID_CHARS};
use booking_store::StoreError;
use proptest::prelude::*;
use tonic::Code;
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use super::*;
use crate::{
    app::Refusal,
    testing::{Script, ScriptedStore, article_store},
};

async fn article() -> Open {
    Open::over(&article_store().await).await
}

fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().expect("every refusal has a reason");
    assert_eq!(info.domain, "otbooking");
    info.reason.clone()
}

#[tokio::test]
async fn the_article_s_question_has_the_article_s_answer() {
    let answer = article()
        .await
        .ask("PT-1204", "DC-3904", "")
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.booking_date, "01-Jun-2024 11:30");
    assert_eq!(answer.condition, "Gall bladder stone");
}

#[tokio::test]
async fn every_other_question_is_answered_by_the_same_rules() {
    let open = article().await;
    let table = [
        // patient, doctor, description, date, condition
        (
            "PT-1204",
            "DC-3904",
            "GALL",
            "01-Jun-2024 11:30",
            "Gall bladder stone",
        ),
        (
            "PT-1187",
            "DC-3904",
            "",
            "01-Jun-2024 09:00",
            "Inguinal hernia, right",
        ),
        ("PT-1187", "DC-3904", "umbilical", "", "Umbilical hernia"),
        ("PT-1240", "DC-4410", "", "", "Cataract, left eye"),
        (
            "PT-1255",
            "DC-3904",
            "",
            "04-Jun-2024 08:15",
            "Ankle fracture, right",
        ),
        (
            "PT-1262",
            "DC-3904",
            "",
            "12-Feb-2024 09:00",
            "Lesion of the forearm",
        ),
    ];
    for (patient, doctor, description, date, condition) in table {
        let answer = open
            .ask(patient, doctor, description)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.booking_date, date, "{patient} {description}");
        assert_eq!(answer.condition, condition, "{patient} {description}");
    }
}

#[tokio::test]
async fn a_question_about_no_case_is_not_found_and_names_nobody() {
    let open = article().await;
    for (patient, doctor, description) in [
        ("PT-9999", "DC-3904", ""),
        ("PT-1204", "DC-2217", ""),
        ("PT-1204", "DC-3904", "hernia"),
        ("PT-1231", "DC-3904", ""), // cancelled
    ] {
        let status = open.ask(patient, doctor, description).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "{patient}");
        assert_eq!(reason(&status), "BOOKING_NOT_FOUND");
        assert!(!status.message().contains(patient), "{}", status.message());
    }
}

#[tokio::test]
async fn every_field_that_cannot_be_read_is_named_at_once() {
    let open = article().await;
    let long = "x".repeat(MAX_ID_CHARS + 1);
    let endless = "y".repeat(MAX_DESCRIPTION_CHARS + 1);
    let megabyte = "z".repeat(1 << 20);
    let table: [(&str, &str, &str, &[&str]); 7] = [
        ("", "DC-3904", "", &["patientID"]),
        ("PT-1204", " ", "", &["doctorID"]),
        ("", "", "", &["patientID", "doctorID"]),
        (
            &long,
            "DC\n3904",
            &endless,
            &["patientID", "doctorID", "description"],
        ),
        ("PT-1204", "DC-3904", &endless, &["description"]),
        ("PT-1204", "DC-3904", &megabyte, &["description"]),
        (&megabyte, "DC-3904", "", &["patientID"]),
    ];
    for (patient, doctor, description, expected) in table {
        let status = open.ask(patient, doctor, description).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{expected:?}");
        assert_eq!(reason(&status), "FIELD_INVALID");
        let details = status.get_error_details();
        let violations = &details.bad_request().unwrap().field_violations;
        let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, expected);
        for (field, violation) in expected.iter().zip(violations) {
            let sentence = format!("{field} {}", violation.description);
            assert!(status.message().contains(&sentence), "{}", status.message());
        }
    }
}

#[tokio::test]
async fn a_request_beyond_the_limit_is_refused_and_the_next_one_served() {
    let open = article().await;
    let huge = "x".repeat(MAX_MESSAGE_BYTES + 1);
    let status = open.ask("PT-1204", "DC-3904", &huge).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    open.ask("PT-1204", "DC-3904", "").await.unwrap();
}

/// Makes an error, as often as it is needed: store errors cannot be cloned.
type Failure = fn() -> StoreError;

#[tokio::test]
async fn a_store_that_fails_is_told_by_its_reason_and_the_cause_kept_back() {
    let table: [(Failure, Code, &str); 3] = [
        (
            || StoreError::Busy("no connection".into()),
            Code::Unavailable,
            "STORE_BUSY",
        ),
        (
            || StoreError::Corrupt("PT-1204's page".into()),
            Code::DataLoss,
            "STORE_DAMAGED",
        ),
        (|| StoreError::Gone, Code::Internal, "STORE_UNREADABLE"),
    ];
    for (error, code, expected) in table {
        let open = Open::over(&ScriptedStore::new(Script::Fail(error))).await;
        let status = open.ask("PT-1204", "DC-3904", "").await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected));
        let cause = error().to_string();
        assert!(!status.message().contains(&cause), "{}", status.message());
        let retry = status.get_error_details().retry_info().is_some();
        assert_eq!(
            retry,
            code == Code::Unavailable,
            "only a busy store is worth asking again"
        );
    }
}

#[tokio::test]
async fn methods_and_services_that_are_not_there_are_unimplemented() {
    let open = article().await;
    let channel = connect(open.address).await;
    for path in [
        "/otbooking.OtBookingService/GetBookingInfo",
        "/no.such.Service/call",
    ] {
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.unwrap();
        let codec = ProstCodec::<BookingRequest, BookingResponse>::default();
        let path = http::uri::PathAndQuery::from_static(path);
        let answer = grpc
            .unary(tonic::Request::new(request("a", "b", "")), path, codec)
            .await;
        assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
    }
}

proptest! {
    #[test]
    fn no_request_is_answered_with_anything_but_a_question_or_the_fields_that_are_wrong(
        patient in any::<String>(), doctor in any::<String>(), description in any::<String>(),
    ) {
        let asked = request(&patient, &doctor, &description);
        match convert::booking::booking_query(&asked) {
            Ok(query) => {
                prop_assert_eq!(query.patient.as_str(), patient);
                prop_assert_eq!(query.doctor.as_str(), doctor);
                prop_assert_eq!(query.description.is_some(), !description.is_empty());
            }
            Err(Refusal::Fields(fields)) => prop_assert!(!fields.is_empty()),
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
