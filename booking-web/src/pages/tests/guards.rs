//! What every response carries, and which requests no page ever sees.

use super::*;

async fn plain(request: Request<Body>) -> Seen {
    ask(
        front_end(FakeBackend::finding(
            "01-Jun-2024 11:30",
            "Gall bladder stone",
        )),
        request,
    )
    .await
}

fn with(mut request: Request<Body>, name: &'static str, value: &str) -> Request<Body> {
    request
        .headers_mut()
        .insert(name, value.parse().expect("a header value"));
    request
}

#[tokio::test]
async fn every_response_is_hardened_also_refusals() {
    let foreign = with(post(ARTICLE), "sec-fetch-site", "cross-site");
    let requests = [
        get("/lookup"),
        post(ARTICLE),
        get("/nowhere"),
        get("/healthz"),
        foreign,
        post(vec![b'x'; 70_000]),
    ];
    for request in requests {
        let what = format!("{} {}", request.method(), request.uri());
        let seen = plain(request).await;
        assert_eq!(
            seen.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{what}"
        );
        assert_eq!(seen.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(seen.header("referrer-policy"), "same-origin", "{what}");
        assert_eq!(seen.header("cache-control"), "no-store", "{what}");
    }
}

#[tokio::test]
async fn pages_have_no_script_or_style_but_our_own_files() {
    for request in [get("/lookup"), post(ARTICLE), get("/nowhere")] {
        let seen = plain(request).await;
        for forbidden in ["<style", " style=", " onclick", "javascript:"] {
            seen.hides(forbidden);
        }
        for script in seen.body.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/static/"), "{script}");
            assert!(script.contains("defer></script>"), "{script}");
        }
    }
}

#[tokio::test]
async fn pages_that_do_not_exist_and_methods_they_do_not_take_are_answered_in_words() {
    let put = Request::put("/booking")
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let delete = Request::delete("/")
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let table = [
        (
            get("/nowhere"),
            StatusCode::NOT_FOUND,
            "There is no such page",
        ),
        (
            get("/booking/PT-1204"),
            StatusCode::NOT_FOUND,
            "There is no such page",
        ),
        (put, StatusCode::METHOD_NOT_ALLOWED, "does not take that"),
        (delete, StatusCode::METHOD_NOT_ALLOWED, "does not take that"),
    ];
    for (request, status, words) in table {
        let seen = plain(request).await;
        assert_eq!(seen.status, status);
        seen.shows(words);
        seen.shows("href=\"/\"");
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert!(
                seen.header(header::ALLOW).contains("GET"),
                "{:?}",
                seen.headers
            );
        }
    }
}

#[tokio::test]
async fn an_answer_opened_again_leads_back_to_the_form() {
    let seen = plain(get("/booking")).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert_eq!(seen.header(header::LOCATION), "/lookup");
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_answered_in_words() {
    let json = with(post("{}"), "content-type", "application/json");
    let table = [
        (
            post(vec![b'x'; 70_000]),
            StatusCode::PAYLOAD_TOO_LARGE,
            "too large",
        ),
        (json, StatusCode::UNSUPPORTED_MEDIA_TYPE, "not a form"),
        (
            post("patient=a&patient=b"),
            StatusCode::UNPROCESSABLE_ENTITY,
            "cannot be read",
        ),
    ];
    for (request, status, words) in table {
        let seen = plain(request).await;
        assert_eq!(seen.status, status, "{words}");
        seen.shows(words);
    }
}

#[tokio::test]
async fn a_full_form_of_the_widest_characters_is_not_too_large() {
    let id = "%F0%9F%8F%A5".repeat(64);
    let form = format!(
        "patient={id}&doctor={id}&description={}",
        "%F0%9F%8F%A5".repeat(500)
    );
    assert!(form.len() < crate::guard::MAX_FORM_BYTES, "{}", form.len());
    assert_eq!(plain(post(form)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn forms_from_other_sites_never_reach_the_backend() {
    let backend = FakeBackend::finding("01-Jun-2024 11:30", "Gall bladder stone");
    let heard = backend.heard.clone();
    let request = with(post(ARTICLE), "sec-fetch-site", "cross-site");
    let seen = ask(front_end(backend), request).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("came from another site");
    seen.hides("Gall bladder");
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_refused() {
    let seen = plain(with(post(ARTICLE), "host", "rebound.example:8000")).await;
    assert_eq!(seen.status, StatusCode::MISDIRECTED_REQUEST);
    seen.hides("Gall bladder");
}

#[tokio::test]
async fn the_stylesheet_is_kept_and_named_by_version() {
    let home = plain(get("/lookup")).await;
    let link = home
        .body
        .split("href=\"")
        .find(|part| part.starts_with("/static/style.css"))
        .unwrap();
    let link = link.split('"').next().unwrap();
    assert!(link.contains("?v="), "{link}");
    let style = plain(get(link)).await;
    assert_eq!(
        style.header(header::CONTENT_TYPE),
        "text/css; charset=utf-8"
    );
    assert!(style.header(header::CACHE_CONTROL).contains("immutable"));
    let icon = plain(get("/static/icon.svg")).await;
    assert_eq!(icon.header(header::CONTENT_TYPE), "image/svg+xml");
}

#[tokio::test]
async fn a_probe_is_answered_without_the_backend() {
    let seen = ask(front_end(FakeBackend::hanging()), get("/healthz")).await;
    assert_eq!((seen.status, seen.body.as_str()), (StatusCode::OK, "ok\n"));
}
