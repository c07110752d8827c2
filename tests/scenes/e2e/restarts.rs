//! Programs that are killed and started again: nothing is lost, everybody recovers.

use tests::{CLIENT_ACCOUNT, drill, http};

use super::suite;

#[tokio::test]
async fn a_killed_mock_remembers_accounts_and_trust() {
    let mut suite = suite().await;
    suite
        .mock
        .accounts(&["disable", CLIENT_ACCOUNT])
        .await
        .expect("disabled");
    suite.mock.restart().await.expect("restarts");
    assert_eq!(
        drill::call(&suite).await.expect("runs").status,
        "UNAVAILABLE"
    );
    suite
        .mock
        .accounts(&["enable", CLIENT_ACCOUNT])
        .await
        .expect("enabled");
    let seen = drill::call(&suite).await.expect("runs");
    assert_eq!(seen.status, "OK", "{}", seen.line);
}

#[tokio::test]
async fn the_page_recovers_by_itself_when_its_backend_comes_back() {
    let mut suite = suite().await;
    let form = "patient=PT-1204&doctor=DC-3904&description=";
    let before = http::post_form(suite.web_addr, "/booking", form)
        .await
        .expect("a page");
    assert!(before.body.contains("01-Jun-2024 11:30"));
    suite.server.stop().await.expect("stops");
    let without = http::post_form(suite.web_addr, "/booking", form)
        .await
        .expect("a page");
    assert!(without.status >= 500, "{}", without.head);
    suite.restart_server().await.expect("starts");
    // The front end pauses between attempts; a person presses the button again.
    let mut last = String::new();
    for _ in 0..50 {
        let after = http::post_form(suite.web_addr, "/booking", form)
            .await
            .expect("a page");
        if after.body.contains("01-Jun-2024 11:30") {
            return;
        }
        last = after.body;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not within five seconds: {last}");
}

#[tokio::test]
async fn a_second_server_on_the_same_database_is_refused() {
    let suite = suite().await;
    let program = tests::process::program("booking-server").expect("built");
    let database = format!("sqlite:{}", suite.folder().join("ot-booking.db").display());
    let output = tokio::process::Command::new(program)
        .args([
            CLIENT_ACCOUNT,
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            &database,
        ])
        .args([
            "--allow-untrusted-handshaker",
            "--handshaker-address",
            suite.mock.handshaker(1),
        ])
        .output()
        .await
        .expect("runs");
    assert!(!output.status.success());
    assert_eq!(drill::call(&suite).await.expect("runs").status, "OK");
}
