//! Bookings that are answered: by the command line, by the page, by two backends of one account.

use serde_json::Value;
use tests::{CLIENT_ACCOUNT, SERVER_ACCOUNT, http, suite::Suite};

use super::{stderr, stdout, suite};

async fn ask(suite: &Suite, args: &[&str]) -> String {
    let output = suite.client(args).await.expect("the client runs");
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    stdout(&output)
}

#[tokio::test]
async fn the_articles_call_prints_the_articles_line() {
    let suite = suite().await;
    assert_eq!(
        ask(&suite, &[]).await,
        "Date of booking: 01-Jun-2024 11:30\n"
    );
    suite.stop().await.expect("stops");
}

#[tokio::test]
async fn the_articles_comma_joined_argument_works() {
    let suite = suite().await;
    let joined = format!("{},{SERVER_ACCOUNT}", suite.server_addr);
    let output = suite.client_on(0, &[&joined]).await.expect("runs");
    assert_eq!(
        stdout(&output),
        "Date of booking: 01-Jun-2024 11:30\n",
        "{}",
        stderr(&output)
    );
}

#[tokio::test]
async fn any_of_several_target_accounts_may_be_there() {
    let suite = suite().await;
    let printed = ask(
        &suite,
        &["someone-else@grpc-alts-demo.iam.gserviceaccount.com"],
    )
    .await;
    assert!(printed.contains("01-Jun-2024 11:30"), "{printed}");
}

#[tokio::test]
async fn json_output_names_the_verified_peer() {
    let suite = suite().await;
    let printed = ask(&suite, &["--output", "json"]).await;
    let answer: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(answer["bookingDate"], "01-Jun-2024 11:30");
    assert_eq!(answer["condition"], "Gall bladder stone");
    let peer = answer["peer"].to_string();
    for wanted in [
        SERVER_ACCOUNT,
        "ALTSRP_GCM_AES128_REKEY",
        "INTEGRITY_AND_PRIVACY",
    ] {
        assert!(peer.contains(wanted), "{peer}");
    }
}

#[tokio::test]
async fn the_page_shows_the_booking_and_both_verified_accounts() {
    let suite = suite().await;
    // This front end's account may ask the article's question, and has no right to the board.
    let home = http::get(suite.web_addr, "/").await.expect("home");
    assert_eq!(home.status, 303, "{}", home.head);
    let instead = "/lookup?instead=board";
    assert!(home.head.contains(instead), "{}", home.head);
    let form = http::get(suite.web_addr, instead).await.expect("a form");
    assert_eq!(form.status, 200, "{}", form.head);
    assert!(form.body.contains("schedule.read"), "{}", form.body);
    let form = "patient=PT-1204&doctor=DC-3904&description=";
    let page = http::post_form(suite.web_addr, "/booking", form)
        .await
        .expect("a page");
    assert_eq!(page.status, 200, "{}", page.head);
    for wanted in [
        "01-Jun-2024 11:30",
        "Gall bladder stone",
        SERVER_ACCOUNT,
        CLIENT_ACCOUNT,
        "ALTSRP_GCM_AES128_REKEY",
        "Integrity and privacy",
    ] {
        assert!(
            page.body.contains(wanted),
            "{wanted} is missing:\n{}",
            page.body
        );
    }
    suite.stop().await.expect("stops");
}

#[tokio::test]
async fn health_and_reflection_answer_over_alts() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let suite = suite().await;
    let handshaker = alts::Handshaker::builder()
        .address(suite.mock.handshaker(0))
        .allow_untrusted(true)
        .build()
        .expect("a handshaker");
    let channel = alts::AltsChannel::builder(handshaker)
        .target_service_account(SERVER_ACCOUNT.parse().expect("an account"))
        .connect_lazy(&suite.server_addr.to_string())
        .expect("a channel");
    let mut health = HealthClient::new(channel);
    for service in ["", "otbooking.OtBookingService"] {
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = health.check(request).await.expect("healthy").into_inner();
        assert_eq!(answer.status, 1, "{service:?} is SERVING");
    }
}
