//! What holds for every page of the hospital, whatever is on it.

use super::{hospital::hospital, *};
use crate::backend::fake::FakeOt;

#[tokio::test]
async fn every_page_of_the_hospital_opens_and_none_has_inline_script_or_style() {
    for path in [
        "/",
        "/?date=2026-03-29",
        "/schedule",
        "/schedule?view=week",
        "/schedule?view=list",
        "/schedule?view=list&by=surgeon",
        "/schedule?view=week&by=surgeon",
        "/waiting",
        "/waiting?urgency=URGENT_2A&text=%22x",
        "/kiosk",
        "/print",
        "/audit",
        "/settings",
        "/cases/new",
    ] {
        let seen = ask(front_end(FakeBackend::hospital(hospital(3))), get(path)).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        for forbidden in ["<style", " style=", " onclick", "javascript:", "<script>"] {
            seen.hides(forbidden);
        }
        seen.shows("<h1");
    }
}

#[tokio::test]
async fn every_page_tells_of_its_keys_and_a_key_for_the_search() {
    let app = front_end(FakeBackend::hospital(hospital(1)));
    let seen = ask(app, get("/")).await;
    seen.shows("<dialog class=\"keys\" id=\"keys\" aria-labelledby=\"keys-title\">");
    seen.shows("href=\"/settings#keys-here\" data-help");
    seen.shows("href=\"/lookup\" data-key=\"/\"");
}

#[tokio::test]
async fn what_nobody_proved_to_say_is_not_shown() {
    let seen = ask(
        front_end(FakeBackend::unproven_hospital(hospital(3))),
        get("/"),
    )
    .await;
    assert_eq!(seen.status, StatusCode::BAD_GATEWAY);
    seen.shows("data-strip=\"refused\"");
    seen.hides("Hip replacement");
}

#[tokio::test]
async fn only_pages_that_live_open_a_stream() {
    let app = front_end(FakeBackend::hospital(hospital(3)));
    for (path, lives) in [
        ("/", true),
        ("/waiting", true),
        ("/kiosk", true),
        ("/cases/new", false),
        ("/settings", false),
        ("/audit", false),
        ("/print", false),
    ] {
        let seen = ask(app.clone(), get(path)).await;
        assert_eq!(seen.body.contains("data-since"), lives, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_stands_in_for_another_lives_so_that_it_goes_when_the_backend_is_back() {
    let seen = ask(
        front_end(FakeBackend::hospital(FakeOt::default())),
        get("/waiting"),
    )
    .await;
    seen.shows("data-since");
}
