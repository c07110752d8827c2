//! People: who may look, as whom the backend is asked, and how they leave.

use tempfile::TempDir;

use super::{hospital::hospital, *};
use crate::visitor::{Users, hash_password};

const PASSWORD: &str = "correct horse";

fn users(folder: &TempDir) -> Users {
    let file = folder.path().join("people.toml");
    let hash = hash_password(PASSWORD).expect("hashed");
    std::fs::write(
        &file,
        format!("[people.anna]\ndisplay_name = \"Anna Berg\"\npassword = \"{hash}\"\n"),
    )
    .expect("written");
    Users::in_file(&file).expect("read")
}

fn local(folder: &TempDir) -> Way {
    Way::Local {
        users: users(folder),
        demo: Some(("key".to_owned(), "anna".to_owned())),
    }
}

fn session(seen: &Seen) -> String {
    let cookie = seen.header(header::SET_COOKIE);
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    cookie.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn whoever_has_not_signed_in_is_asked_to_and_comes_back_where_they_wanted() {
    let folder = TempDir::new().unwrap();
    let ot = hospital(1);
    let called = ot.called.clone();
    let app = front_end_for(FakeBackend::hospital(ot), local(&folder));
    for path in [
        "/",
        "/waiting",
        "/cases/c1",
        "/kiosk",
        "/lookup",
        "/events",
        "/alts/accounts",
        "/settings",
    ] {
        let seen = ask(app.clone(), get(path)).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(
            seen.header(header::LOCATION),
            format!("/sign-in?next={path}")
        );
    }
    assert!(called.lock().unwrap().is_empty());

    let form = format!(
        "name=anna&password={}&next=%2Fwaiting",
        PASSWORD.replace(' ', "+")
    );
    let seen = ask(app.clone(), post_to("/sign-in", form)).await;
    assert_eq!(
        (seen.status, seen.header(header::LOCATION)),
        (StatusCode::SEE_OTHER, "/waiting")
    );
    let board = ask(app, with_header(get("/"), "cookie", &session(&seen))).await;
    board.shows("Anna Berg");
    assert!(
        called
            .lock()
            .unwrap()
            .iter()
            .all(|(_, person)| person == "anna")
    );
}

#[tokio::test]
async fn a_wrong_password_is_told_without_saying_what_was_wrong_and_tries_run_out() {
    let folder = TempDir::new().unwrap();
    let app = front_end_for(FakeBackend::hanging(), local(&folder));
    let try_with = |name: &str| {
        ask(
            app.clone(),
            post_to("/sign-in", format!("name={name}&password=guess")),
        )
    };
    let (known, unknown) = (try_with("anna").await, try_with("nobody").await);
    for seen in [&known, &unknown] {
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        seen.shows("do not belong together");
    }
    for _ in 0..9 {
        try_with("anna").await;
    }
    assert_eq!(try_with("anna").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_demos_link_signs_in_and_every_page_says_so() {
    let folder = TempDir::new().unwrap();
    let app = front_end_for(FakeBackend::hospital(hospital(1)), local(&folder));
    assert_eq!(
        ask(app.clone(), get("/sign-in/demo/other")).await.status,
        StatusCode::NOT_FOUND
    );
    let seen = ask(app.clone(), get("/sign-in/demo/key")).await;
    let board = ask(app, with_header(get("/"), "cookie", &session(&seen))).await;
    board.shows("Demo: a link signed you in as Anna Berg");
}

#[tokio::test]
async fn signing_out_ends_the_session_also_for_whoever_kept_its_cookie() {
    let folder = TempDir::new().unwrap();
    let app = front_end_for(FakeBackend::hospital(hospital(1)), local(&folder));
    let cookie = session(&ask(app.clone(), get("/sign-in/demo/key")).await);
    let board = ask(app.clone(), with_header(get("/"), "cookie", &cookie)).await;
    let token = board.token();
    let out = with_header(
        post_to("/sign-out", format!("token={token}")),
        "cookie",
        &cookie,
    );
    assert_eq!(ask(app.clone(), out).await.status, StatusCode::SEE_OTHER);
    let again = ask(app, with_header(get("/"), "cookie", &cookie)).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn from_elsewhere_and_without_sign_in_only_the_look_up_is_answered() {
    let app = front_end_for(FakeBackend::hospital(hospital(1)), Way::Closed);
    let seen = ask(app.clone(), get("/")).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("Sign-in is not set up");
    assert_eq!(ask(app, get("/lookup")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_look_up_is_for_whoever_has_signed_in_and_the_articles_for_nobody() {
    let folder = TempDir::new().unwrap();
    let backend = FakeBackend::finding("01-Jun-2024 11:30", "Gall bladder stone");
    let people = backend.heard_for.clone();
    let app = front_end_for(backend, local(&folder));
    let cookie = session(&ask(app.clone(), get("/sign-in/demo/key")).await);
    ask(app, with_header(post(ARTICLE), "cookie", &cookie)).await;
    assert_eq!(*people.lock().unwrap(), [Some("anna".to_owned())]);

    let backend = FakeBackend::finding("01-Jun-2024 11:30", "Gall bladder stone");
    let people = backend.heard_for.clone();
    ask(front_end(backend), post(ARTICLE)).await;
    assert_eq!(*people.lock().unwrap(), [None]);
}

#[tokio::test]
async fn a_name_longer_than_any_is_refused_without_being_remembered() {
    let folder = TempDir::new().unwrap();
    let app = front_end_for(FakeBackend::hanging(), local(&folder));
    let form = format!("name={}&password=guess", "n".repeat(65));
    for _ in 0..12 {
        let seen = ask(app.clone(), post_to("/sign-in", form.clone())).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
