//! What the logs say, and what they must never say.

use tests::{CLIENT_ACCOUNT, INTRUDER_ACCOUNT, http};

use super::suite;

#[tokio::test]
async fn the_articles_four_messages_are_logged_word_for_word() {
    let mut suite = suite().await;
    suite.client(&[]).await.expect("runs");
    let address = suite.server_addr.to_string();
    let refused = suite
        .client_on(2, &[&address, tests::SERVER_ACCOUNT])
        .await
        .expect("runs");
    assert!(!refused.status.success());
    for message in [
        "Booking OT service started successfully!",
        "Entering interceptor ClientAuthInterceptor",
        "Authentication of the client failed",
    ] {
        suite.server.announced(message).await.expect("logged");
    }
    let log = suite.server.log_text();
    assert!(
        log.contains("Received request for booking info for patient "),
        "{log}"
    );
    assert!(
        log.contains(CLIENT_ACCOUNT) && log.contains(INTRUDER_ACCOUNT),
        "{log}"
    );
}

#[tokio::test]
async fn neither_patients_nor_keys_reach_a_log() {
    let suite = suite().await;
    let hostile = "PT-1204\n{\"level\":\"ERROR\"}";
    for args in [
        &[][..],
        &[
            "--patient",
            "PT-7777",
            "--doctor",
            "DC-8888",
            "--description",
            "secret growth",
        ],
        &["--patient", hostile],
        &["--patient", ""],
    ] {
        suite.client(args).await.expect("runs");
    }
    for form in [
        "patient=PT-1204&doctor=DC-3904&description=",
        "patient=PT-7777&doctor=DC-8888",
    ] {
        http::post_form(suite.web_addr, "/booking", form)
            .await
            .expect("a page");
    }
    let logs = [&suite.server, &suite.web, suite.mock.process()]
        .map(|p| p.log_text())
        .join("\n");
    for secret in [
        "PT-1204",
        "PT-7777",
        "DC-3904",
        "DC-8888",
        "secret growth",
        "Gall bladder",
        "01-Jun-2024",
        "key_data",
        "PRIVATE",
        "in_bytes",
    ] {
        assert!(!logs.contains(secret), "{secret:?} is in a log:\n{logs}");
    }
}
