//! What an operator reads about a call, and what nobody may.

use std::time::Duration;

use booking_store::StoreError;

use super::*;
use crate::{
    pseudonym::PatientNames,
    testing::{LogCapture, Script, ScriptedStore, article_store},
};

/// What the log calls PT-1204 under the tests' key.
const PSEUDONYM: &str = "PT-#96b40648";

#[tokio::test]
async fn a_call_is_logged_with_its_method_and_outcome_and_a_pseudonym() {
    let (log, _guard) = LogCapture::start();
    Open::over(&article_store().await)
        .await
        .ask("PT-1204", "DC-3904", "")
        .await
        .unwrap();

    let message = format!("Received request for booking info for patient {PSEUDONYM}");
    let received = log.line(&message).await;
    let finished = log.line("call finished").await;
    for line in [&received, &finished] {
        assert!(
            line.contains("/otbooking.OtBookingService/getBookingInfo"),
            "{line}"
        );
        assert!(line.contains(r#""peer":"none""#), "{line}");
    }
    assert!(finished.contains(r#""code":"OK""#), "{finished}");
    assert!(finished.contains(r#""duration_us":"#), "{finished}");
}

#[tokio::test]
async fn nothing_of_a_patient_reaches_a_log_at_any_level() {
    let (log, _guard) = LogCapture::start();
    let open = Open::over(&article_store().await).await;
    open.ask("PT-1204", "DC-3904", "gall").await.unwrap();
    open.ask("PT-1204", "DC-3904", "spleen").await.unwrap_err();
    open.ask("PT-1204\n", "DC-3904", "").await.unwrap_err();
    open.ask("PT-1204", "", "gall").await.unwrap_err();
    let text = log.text().to_lowercase();
    assert!(
        text.contains(&PSEUDONYM.to_lowercase()),
        "the calls were not logged at all"
    );
    for secret in ["pt-1204", "gall", "spleen", "cholecystectomy", "jun-2024"] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn the_article_s_message_has_the_plain_number_where_that_was_asked_for() {
    let (log, _guard) = LogCapture::start();
    let mut plain = article(&article_store().await);
    plain.patient_names = Arc::new(PatientNames::plain_ids());
    Open::with(plain)
        .await
        .ask("PT-1204", "DC-3904", "")
        .await
        .unwrap();
    log.line("Received request for booking info for patient PT-1204")
        .await;
}

#[tokio::test]
async fn every_outcome_is_logged_by_its_name() {
    let failing = ScriptedStore::new(Script::Fail(|| StoreError::Gone));
    let empty = ScriptedStore::new(Script::Cases(Vec::new()));
    for (store, patient, expected) in [
        (&empty, "", "INVALID_ARGUMENT"),
        (&empty, "p", "NOT_FOUND"),
        (&failing, "p", "INTERNAL"),
    ] {
        let (log, _guard) = LogCapture::start();
        Open::over(store)
            .await
            .ask(patient, "d", "")
            .await
            .unwrap_err();
        let line = log.line("call finished").await;
        assert!(line.contains(&format!(r#""code":"{expected}""#)), "{line}");
    }
}

#[tokio::test]
async fn the_cause_of_a_failure_is_logged_for_the_operator() {
    let (log, _guard) = LogCapture::start();
    let store = ScriptedStore::new(Script::Fail(|| StoreError::Corrupt("page 7".into())));
    Open::over(&store)
        .await
        .ask("p", "d", "")
        .await
        .unwrap_err();
    let line = log.line("the store did not answer").await;
    assert!(line.contains("page 7") && line.contains("ERROR"), "{line}");
}

#[tokio::test]
async fn a_call_that_its_caller_gives_up_is_logged_as_cancelled() {
    let (log, _guard) = LogCapture::start();
    let store = ScriptedStore::new(Script::Wait);
    let open = Open::over(&store).await;
    let under_way = call(&open).await;
    store.asked.notified().await;
    under_way.abort();
    let line = log.line("call finished").await;
    assert!(line.contains(r#""code":"CANCELLED""#), "{line}");
}

#[tokio::test]
async fn a_call_that_runs_into_its_deadline_is_logged_too() {
    let (log, _guard) = LogCapture::start();
    let open = Open::over(&ScriptedStore::new(Script::Wait)).await;
    let mut asked = tonic::Request::new(request("p", "d", ""));
    asked.set_timeout(Duration::from_millis(20));
    open.booking()
        .await
        .get_booking_info(asked)
        .await
        .unwrap_err();
    log.line("call finished").await;
}
