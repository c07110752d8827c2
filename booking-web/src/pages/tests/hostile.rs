//! Every form, fed with what nobody should send: refused in words, nothing done, nothing injected.

use booking_proto::ot::v1::{Case, GetCaseRequest, case::State};

use super::{
    hospital::{case, hospital},
    *,
};

/// Every address that takes a form.
const FORMS: [&str; 16] = [
    "/cases/new",
    "/cases/c1/move",
    "/cases/c1/edit",
    "/cases/c1/emergency",
    "/cases/c1/confirm",
    "/cases/c1/milestone",
    "/cases/c1/postpone",
    "/cases/c1/cancel",
    "/cases/c1/abort",
    "/cases/c1/no-such-action",
    "/undo",
    "/sessions/s1/release",
    "/sessions/s1/cancel",
    "/audit/verify",
    "/settings",
    "/alts/accounts/switch",
];

/// Every field that any form has.
const FIELDS: [&str; 28] = [
    "patient",
    "procedure",
    "procedure_type",
    "condition",
    "laterality",
    "urgency",
    "anaesthesia",
    "specialty",
    "setup_min",
    "procedure_min",
    "cleanup_min",
    "surgeon",
    "anaesthetist",
    "notes",
    "theatre",
    "date",
    "time",
    "at",
    "reason",
    "note",
    "override",
    "override_reason",
    "milestone",
    "option",
    "undo",
    "next",
    "etag",
    "request_id",
];

/// Reading calls are made for pages; anything else would have been a deed.
fn deeds(called: &[(String, String)]) -> Vec<&String> {
    let reads = |method: &str| {
        ["/Get", "/List", "/Find", "/Plan", "/Query"]
            .iter()
            .any(|read| method.contains(read))
    };
    called
        .iter()
        .map(|(method, _)| method)
        .filter(|method| !reads(method))
        .collect()
}

fn everything(value: &str) -> String {
    let value = crate::pages::url::encode(value);
    FIELDS.map(|field| format!("{field}={value}")).join("&")
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing_whichever_they_are() {
    let ot = hospital(1);
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    for path in FORMS.into_iter().chain([
        "/booking",
        "/sign-in",
        "/sign-out",
        "/alts/accounts/drill/1",
        "/alts/accounts/faults",
    ]) {
        for site in ["cross-site", "same-site"] {
            let request = with_header(
                post_to(path, "reason=reasons%2Fill"),
                "sec-fetch-site",
                site,
            );
            let seen = ask(app.clone(), request).await;
            assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path} from {site}");
        }
    }
    assert!(called.lock().unwrap().is_empty());
}

#[tokio::test]
async fn junk_in_every_field_is_answered_in_words_and_never_becomes_markup() {
    let ot = hospital(1).on("CaseService/GetCase", |q: GetCaseRequest| {
        Ok(Case {
            name: q.name,
            ..case(1, State::Confirmed)
        })
    });
    let app = front_end(FakeBackend::hospital(ot));
    let page = ask(app.clone(), get("/settings")).await;
    let token = crate::pages::url::encode(&page.token());
    let long = "z".repeat(400);
    for value in [
        "",
        "\"><script>alert(1)</script>",
        "' OR 1=1 --",
        "\0\u{202e}\u{fffd}",
        "-1",
        "2026-13-45",
        "99:99",
        "//evil.example",
        &long,
    ] {
        for path in FORMS {
            let form = format!("token={token}&{}", everything(value));
            let seen = ask(app.clone(), post_to(path, form)).await;
            // 502 is the backend's "unimplemented": the fake does no deeds.
            assert!(
                !seen.status.is_server_error() || seen.status == StatusCode::BAD_GATEWAY,
                "{path} {value:?}: {}",
                seen.status
            );
            assert!(!seen.body.contains("<script>"), "{path} {value:?}");
            let goes_to = seen.header(header::LOCATION);
            assert!(
                goes_to.is_empty() || (goes_to.starts_with('/') && !goes_to.starts_with("//")),
                "{path}: {goes_to}"
            );
        }
    }
}

#[tokio::test]
async fn junk_in_a_move_is_told_beside_its_field_before_anything_is_asked() {
    let ot = hospital(1).on("CaseService/GetCase", |q: GetCaseRequest| {
        Ok(Case {
            name: q.name,
            ..case(1, State::Confirmed)
        })
    });
    let called = ot.called.clone();
    let app = front_end(FakeBackend::hospital(ot));
    let page = ask(app.clone(), get("/settings")).await;
    let form = format!(
        "token={}&theatre=theatres%2Fnone&date=soon&time=25%3A00&reason=&note={}",
        crate::pages::url::encode(&page.token()),
        "n".repeat(201)
    );
    let seen = ask(app, post_to("/cases/c1/move", form)).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(seen.body.matches("aria-invalid=\"true\"").count(), 5);
    seen.shows("value=\"soon\"");
    assert_eq!(deeds(&called.lock().unwrap()), Vec::<&String>::new());
}
