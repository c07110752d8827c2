//! Looking up: what is found, what is refused, and what nobody manages to inject.

use proptest::prelude::*;

use super::*;
use crate::{
    backend::{Booking, Refusal, RefusalKind, Reply, Verified},
    pages::refusal_text::RefusalText,
};

const KINDS: [RefusalKind; 15] = [
    RefusalKind::HandshakerUnreachable,
    RefusalKind::NoCredential,
    RefusalKind::HandshakerFailed,
    RefusalKind::RefusedByPeer,
    RefusalKind::WrongIdentity,
    RefusalKind::Incompatible,
    RefusalKind::Unproven,
    RefusalKind::NotAllowed,
    RefusalKind::NotOnGce,
    RefusalKind::BackendUnreachable,
    RefusalKind::TimedOut,
    RefusalKind::Busy,
    RefusalKind::NotFound,
    RefusalKind::InvalidInput,
    RefusalKind::Failed,
];

#[tokio::test]
async fn the_look_up_page_has_the_form_and_says_whom_it_would_accept() {
    let seen = ask(front_end(FakeBackend::hanging()), get("/lookup")).await;
    assert_eq!(seen.status, StatusCode::OK);
    for part in [
        "<label for=\"patient\">",
        "<label for=\"doctor\">",
        "<label for=\"description\">",
    ] {
        seen.shows(part);
    }
    seen.shows("method=\"post\" action=\"/booking\"");
    seen.shows("data-strip=\"idle\"");
    seen.shows(&proven().backend);
}

#[tokio::test]
async fn the_articles_look_up_shows_booking_and_proof() {
    let backend = FakeBackend::finding("01-Jun-2024 11:30", "Gall bladder stone");
    let heard = backend.heard.clone();
    let seen = ask(front_end(backend), post(ARTICLE)).await;

    assert_eq!(seen.status, StatusCode::OK);
    for part in [
        "01-Jun-2024 11:30",
        "Gall bladder stone",
        "data-strip=\"proven\"",
        "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com",
        "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com",
        "ALTSRP_GCM_AES128_REKEY",
        "Integrity and privacy",
        "2.1",
        "1 Jun 2024, 09:30:00 UTC",
    ] {
        seen.shows(part);
    }
    seen.shows("value=\"PT-1204\"");
    seen.shows("value=\"DC-3904\"");

    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        (heard[0].patient.as_str(), heard[0].doctor.as_str()),
        ("PT-1204", "DC-3904")
    );
    assert_eq!(heard[0].description, "");
}

#[tokio::test]
async fn a_case_that_waits_is_said_in_words() {
    let seen = ask(front_end(FakeBackend::finding("", "")), post(ARTICLE)).await;
    assert_eq!(seen.status, StatusCode::OK);
    seen.shows("Not scheduled yet");
    seen.shows("waiting for a date");
    seen.shows("Not recorded");
}

#[tokio::test]
async fn every_refusal_has_its_own_words_status_and_strip() {
    let mut headlines = std::collections::BTreeSet::new();
    for kind in KINDS {
        let words = RefusalText::of(kind);
        let by_backend = matches!(
            kind,
            RefusalKind::NotAllowed
                | RefusalKind::Busy
                | RefusalKind::NotFound
                | RefusalKind::InvalidInput
                | RefusalKind::Failed
        );
        let peer = by_backend.then(proven);
        let backend = FakeBackend::refusing(kind, "cause for engineers", peer);
        let seen = ask(front_end(backend), post(ARTICLE)).await;

        assert_eq!(seen.status, words.status, "{kind:?}");
        assert!(
            seen.status.is_client_error() || seen.status.is_server_error(),
            "{kind:?}"
        );
        seen.shows(&escaped(words.headline));
        seen.shows(&escaped(words.cause));
        seen.shows(&escaped(words.remedy));
        seen.shows("<code>UNAVAILABLE</code>");
        seen.shows("cause for engineers");
        seen.shows("value=\"PT-1204\"");
        let proven_strip = by_backend && kind != RefusalKind::NotAllowed;
        seen.shows(if proven_strip {
            "data-strip=\"proven\""
        } else {
            "data-strip=\"refused\""
        });
        if !proven_strip {
            seen.shows(if by_backend {
                "Refused: "
            } else {
                "Not connected: "
            });
        }
        assert!(
            headlines.insert(words.headline),
            "{kind:?} says the same as another"
        );
    }
}

#[tokio::test]
async fn whoever_turned_us_away_is_named_when_proven() {
    let backend = FakeBackend::refusing(RefusalKind::NotAllowed, "", Some(proven()));
    let seen = ask(front_end(backend), post(ARTICLE)).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("Backend, verified");
    seen.shows(&proven().backend);
    seen.shows("No reason was given.");
}

#[tokio::test]
async fn wrong_entries_are_kept_and_told_beside_their_field_and_nothing_is_sent() {
    let backend = FakeBackend::finding("01-Jun-2024 11:30", "");
    let heard = backend.heard.clone();
    let form = format!("patient=&doctor={}&description=st%00ne", "D".repeat(65));
    let seen = ask(front_end(backend), post(form)).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.shows("Enter the patient&#39;s number");
    seen.shows("Shorten this to 64 characters");
    seen.shows("Remove line breaks");
    seen.shows(&"D".repeat(65));
    assert_eq!(seen.body.matches("aria-invalid=\"true\"").count(), 3);
    assert_eq!(seen.body.matches(" autofocus").count(), 1);
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_form_without_fields_is_a_form_with_empty_fields() {
    let seen = ask(front_end(FakeBackend::hanging()), post("")).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.shows("Enter the doctor&#39;s number");
}

#[tokio::test]
async fn hostile_words_are_shown_as_text_wherever_they_come_from() {
    const EVIL: &str = "\"><script>alert(1)</script>";
    let evil = || EVIL.to_owned();
    let peer = Verified {
        backend: evil(),
        ourselves: Some(evil()),
        record_protocol: evil(),
        security_level: evil(),
        rpc_versions: (evil(), evil()),
        ..proven()
    };
    let refusal = Refusal {
        kind: RefusalKind::InvalidInput,
        code: tonic::Code::InvalidArgument,
        detail: evil(),
        loggable: false,
        reason: evil(),
        broken_rules: Vec::new(),
        fields: Vec::new(),
    };
    let outcomes = [
        Ok(Booking {
            date: evil(),
            condition: evil(),
        }),
        Err(refusal),
    ];
    for outcome in outcomes {
        let backend = FakeBackend::replying(Reply::Proven {
            peer: peer.clone(),
            outcome,
        });
        let form = "patient=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E\
                    &doctor=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E\
                    &description=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        let seen = ask(front_end(backend), post(form)).await;
        seen.hides("<script>");
        seen.shows("&#60;script&#62;alert(1)");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_never_answers_does_not_hang_the_page() {
    let page = ask(front_end(FakeBackend::hanging()), post(ARTICLE));
    let patience = Duration::from_secs(60);
    let seen = tokio::time::timeout(patience, page)
        .await
        .expect("the page hangs");
    assert_eq!(seen.status, StatusCode::REQUEST_TIMEOUT);
    seen.shows("That took too long");
}

#[tokio::test]
async fn titles_and_addresses_name_no_patient() {
    let backend = FakeBackend::finding("01-Jun-2024 11:30", "Gall bladder stone");
    let seen = ask(front_end(backend), post(ARTICLE)).await;
    let title = seen
        .body
        .split("<title>")
        .nth(1)
        .unwrap()
        .split("</title>")
        .next()
        .unwrap();
    assert!(
        !title.contains("1204") && !title.contains("Gall"),
        "{title}"
    );
    assert!(seen.headers.get(header::LOCATION).is_none());
}

/// As askama escapes the apostrophes in our own words.
fn escaped(words: &str) -> String {
    words.replace('\'', "&#39;")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a form and a backend say: an answer, never a panic, and no markup but ours.
    #[test]
    fn anything_at_all_is_answered_without_foreign_markup(
        form in prop::collection::vec(any::<u8>(), 0..300),
        date in "[<>&\"'/a-z\\x00-\\x1f]{1,40}",
        condition in "(?s).{1,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = |date: &str, condition: &str, form: Vec<u8>| {
            runtime.block_on(ask(front_end(FakeBackend::finding(date, condition)), post(form)))
        };
        let any_form = answer("x", "x", form);
        prop_assert!(!any_form.status.is_server_error(), "{}", any_form.status);
        let elements = |page: &Seen| page.body.matches('<').count();
        let any_answer = answer(&date, &condition, ARTICLE.into());
        prop_assert_eq!(elements(&any_answer), elements(&answer("x", "x", ARTICLE.into())));
    }
}
