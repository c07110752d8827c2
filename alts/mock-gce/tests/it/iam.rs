//! IAM's interface: what comes back, in Google's envelope.

use serde_json::json;

use crate::support::World;

const ACCOUNTS: &str = "/v1/projects/grpc-alts-demo/serviceAccounts";

#[tokio::test]
async fn refusals_come_in_googles_envelope() {
    let world = World::new();
    let nobody = format!("{ACCOUNTS}/nobody@grpc-alts-demo.iam.gserviceaccount.com");
    let verb = |verb: &str| format!("{nobody}:{verb}");
    let cases = [
        ("GET", ACCOUNTS.to_owned(), "", None, 401, "UNAUTHENTICATED"),
        (
            "GET",
            nobody.clone(),
            "",
            Some("nonsense"),
            401,
            "UNAUTHENTICATED",
        ),
        ("GET", nobody.clone(), "", Some(""), 404, "NOT_FOUND"),
        ("DELETE", nobody.clone(), "", Some(""), 404, "NOT_FOUND"),
        ("POST", verb("disable"), "", Some(""), 404, "NOT_FOUND"),
        ("POST", verb("enable"), "{}", Some(""), 404, "NOT_FOUND"),
        ("POST", verb("undelete"), "{}", Some(""), 404, "NOT_FOUND"),
        (
            "GET",
            "/v1/projects/other/serviceAccounts".into(),
            "",
            Some(""),
            403,
            "PERMISSION_DENIED",
        ),
        (
            "POST",
            ACCOUNTS.to_owned(),
            "{",
            Some(""),
            400,
            "INVALID_ARGUMENT",
        ),
        (
            "POST",
            ACCOUNTS.to_owned(),
            "{}",
            Some(""),
            400,
            "INVALID_ARGUMENT",
        ),
        (
            "GET",
            format!("{ACCOUNTS}?pageSize=x"),
            "",
            Some(""),
            400,
            "INVALID_ARGUMENT",
        ),
        (
            "GET",
            format!("{ACCOUNTS}?pageToken=x!"),
            "",
            Some(""),
            400,
            "INVALID_ARGUMENT",
        ),
    ];
    for (method, path, body, token, code, status) in cases {
        let token = token.map(|token| {
            if token.is_empty() {
                world.operator.as_str()
            } else {
                token
            }
        });
        let answer = world.api(method, &path, token, body).await;
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status.as_u16(), &error["code"]),
            (code, &json!(code)),
            "{method} {path}"
        );
        assert_eq!(error["status"], status, "{method} {path}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        assert_eq!(
            answer.headers["content-type"],
            "application/json; charset=UTF-8"
        );
        assert_eq!(answer.headers.contains_key("www-authenticate"), code == 401);
        // A token in an error would be in somebody's log next.
        assert!(!answer.body.contains(&world.operator));
    }
}

#[tokio::test]
async fn what_is_no_method_is_not_there() {
    let world = World::new();
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/v1/projects/grpc-alts-demo"),
        ("GET", "/v2/projects/grpc-alts-demo/serviceAccounts"),
        ("POST", &format!("{ACCOUNTS}/a@b:explode")),
        ("POST", &format!("{ACCOUNTS}/a@b")),
    ] {
        let answer = world.operate(method, path, "").await;
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(
            answer.body.contains("was not found on this server"),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn an_account_lives_as_iam_says() {
    let world = World::new();
    let body = json!({
        "accountId": "night-shift",
        "serviceAccount": { "displayName": "Night shift", "description": "After hours" },
    });
    let body = body.to_string();
    let created = world.operate("POST", ACCOUNTS, &body).await.json();
    let email = "night-shift@grpc-alts-demo.iam.gserviceaccount.com";
    assert_eq!(
        (&created["email"], &created["description"]),
        (&email.into(), &"After hours".into())
    );
    let again = world.operate("POST", ACCOUNTS, &body).await;
    assert_eq!(again.status, 409);
    assert_eq!(
        again.json()["error"]["message"],
        "Service account night-shift already exists within project projects/grpc-alts-demo."
    );

    let by_name = format!("{ACCOUNTS}/{email}");
    let escaped = by_name.replace('@', "%40");
    let by_number = format!(
        "/v1/projects/-/serviceAccounts/{}",
        created["uniqueId"].as_str().unwrap()
    );
    for path in [&by_name, &escaped, &by_number] {
        assert_eq!(
            world.operate("GET", path, "").await.json(),
            created,
            "{path}"
        );
    }
    assert_eq!(
        world
            .operate("POST", &format!("{by_number}:disable"), "")
            .await
            .body,
        "{}\n"
    );
    assert_eq!(
        world.operate("GET", &by_name, "").await.json()["disabled"],
        true
    );

    // Deleted and restored, it is as it was: disabled.
    assert_eq!(world.operate("DELETE", &by_name, "").await.body, "{}\n");
    assert_eq!(world.operate("GET", &by_number, "").await.status, 404);
    let restored = world
        .operate("POST", &format!("{by_number}:undelete"), "{}")
        .await
        .json();
    assert_eq!(restored["restoredAccount"]["disabled"], true);
    assert_eq!(world.operate("DELETE", &by_name, "").await.status, 200);
    world.pass(30 * 24 * 3600);
    let late = world
        .operate("POST", &format!("{by_number}:undelete"), "{}")
        .await;
    assert_eq!(late.status, 404);
}

#[tokio::test]
async fn a_description_that_is_none_leaves_no_account() {
    let world = World::new();
    let body = json!({
        "accountId": "night-shift",
        "serviceAccount": { "description": "x".repeat(257) },
    });
    let refused = world.operate("POST", ACCOUNTS, &body.to_string()).await;
    assert_eq!(refused.status, 400);
    let listed = world.operate("GET", ACCOUNTS, "").await;
    assert!(!listed.body.contains("night-shift"), "{}", listed.body);
}
