//! Behind Identity-Aware Proxy: who is served, as whom the backend is asked, and what others are told.

use jiff::Timestamp;

use super::{hospital::hospital, *};
use crate::visitor::{Iap, iap::tests::for_tests::Signer};

const ASSERTION: &str = "x-goog-iap-jwt-assertion";
const ANNA: &str = "anna.berg@hospital.example";

fn now_s() -> i64 {
    Timestamp::now().as_second()
}

#[tokio::test]
async fn no_page_is_served_without_an_assertion_and_only_the_probe_needs_none() {
    let ot = hospital(1);
    let called = ot.called.clone();
    let way = Way::Iap(Iap::knowing(&Signer::new("k1")));
    let app = front_end_for(FakeBackend::hospital(ot), way);
    for path in [
        "/",
        "/schedule",
        "/waiting",
        "/cases/c1",
        "/cases/new",
        "/sessions",
        "/reports",
        "/import",
        "/print",
        "/kiosk",
        "/audit",
        "/lookup",
        "/begin",
        "/settings",
        "/events",
        "/alts/accounts",
    ] {
        let seen = ask(app.clone(), get(path)).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path}");
        seen.shows("Nobody has signed you in");
        seen.shows("Open the address that your hospital gave you");
    }
    for path in [
        "/booking",
        "/cases/new",
        "/cases/c1/move",
        "/cases/c1/edit",
        "/cases/c1/emergency",
        "/cases/c1/confirm",
        "/cases/c1/cancel",
        "/cases/c1/milestone",
        "/undo",
        "/sessions/s1/release",
        "/sessions/s1/cancel",
        "/audit/verify",
        "/begin",
        "/settings",
        "/alts/accounts/switch",
        "/alts/accounts/faults",
        "/alts/accounts/drill/1",
        "/import",
        "/import/1/import",
        "/sign-out",
    ] {
        let seen = ask(app.clone(), post_to(path, ARTICLE)).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path}");
        seen.shows("Nobody has signed you in");
    }
    // No other way in: nobody types a password here.
    let typed = ask(app.clone(), post_to("/sign-in", "name=anna&password=x")).await;
    assert_eq!(typed.status, StatusCode::NOT_FOUND);
    let probe = ask(app, get("/healthz")).await;
    assert_eq!(
        (probe.status, probe.body.as_str()),
        (StatusCode::OK, "ok\n")
    );
    assert!(called.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_is_named_is_served_and_the_backend_hears_who_it_is() {
    let signer = Signer::new("k1");
    let ot = hospital(1);
    let called = ot.called.clone();
    let way = Way::Iap(Iap::knowing(&signer));
    let app = front_end_for(FakeBackend::hospital(ot), way);
    let assertion = signer.assertion(ANNA, now_s());
    let board = ask(app, with_header(get("/"), ASSERTION, &assertion)).await;
    assert_eq!(board.status, StatusCode::OK);
    board.shows(ANNA);
    board.hides("Sign out");
    board.hides(&assertion);
    let called = called.lock().unwrap();
    assert!(!called.is_empty() && called.iter().all(|(_, person)| person == ANNA));
}

#[tokio::test]
async fn a_form_of_one_person_is_nothing_in_the_name_of_another() {
    let signer = Signer::new("k1");
    let way = Way::Iap(Iap::knowing(&signer));
    let app = front_end_for(FakeBackend::hospital(hospital(1)), way);
    let [anna, bert] = [ANNA, "bert@hospital.example"].map(|who| signer.assertion(who, now_s()));
    let page = ask(app.clone(), with_header(get("/settings"), ASSERTION, &anna)).await;
    let form = format!("theme=dark&token={}", page.token());
    for (who, status) in [
        (&anna, StatusCode::SEE_OTHER),
        (&bert, StatusCode::FORBIDDEN),
    ] {
        let sent = with_header(post_to("/settings", form.clone()), ASSERTION, who);
        assert_eq!(ask(app.clone(), sent).await.status, status);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_told_in_words_and_nobody_is_let_in() {
    let signer = Signer::new("k1");
    let app = |iap| front_end_for(FakeBackend::hospital(hospital(1)), Way::Iap(iap));
    let old = signer.assertion(ANNA, now_s() - 3600);
    let expired = with_header(get("/"), ASSERTION, &old);
    let seen = ask(app(Iap::knowing(&signer)), expired).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("does not count now");
    seen.hides(&old);
    // Where nobody has the keys, nobody can be recognised.
    let at = "http://127.0.0.1:1/".parse().unwrap();
    let keyless = Iap::new("/projects/1/global/backendServices/2".to_owned(), at);
    let good = signer.assertion(ANNA, now_s());
    let seen = ask(app(keyless), with_header(get("/"), ASSERTION, &good)).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    // Nor by a name that could not be told the backend.
    for odd in [
        "",
        " ",
        "an na@x.example",
        "\u{e5}sa@x.example",
        "a@x.example\r\nx: y",
        &"a".repeat(65),
    ] {
        let odd = signer.assertion(odd, now_s());
        let seen = ask(
            app(Iap::knowing(&signer)),
            with_header(get("/"), ASSERTION, &odd),
        )
        .await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
    }
}
